//! `qnewton solve`.

use crate::failure::Failure;
use crate::files::{check_circuit_target, check_distinct, check_targets, numbered, read_real_matrix, stated};
use crate::given::{BlockOptions, RightHandSide, RightHandSideOptions};
use crate::options::{
    AccuracyOptions, AmplificationOptions, CertificateOptions, DeflationOptions, EncodingOptions,
    ExecutionOptions, GramOptions, OutputOptions, PreparationOptions, SolverOptions, SpectrumOptions,
    StyleOptions, compile_options,
};
use crate::output::{note, print, print_document};
use crate::preprocessing_comparison;
use crate::progress::{Interrupt, Progress};
use crate::report::{self, SystemPreparation};
use crate::shots::{ReadoutFields, ShotBudget, shot_budget};
use crate::solver_comparison;
use crate::text::{self, Facts};
use crate::unknowns::Unknowns;
use clap::Args;
use qnewton::matrix::{SparseMatrix, SystemError, read_vector};
use qnewton::pipeline::{
    CircuitFields, DeflationRecord, EncodingFields, Estimate, Readable, ReadoutOptions, SCHEMA_VERSION,
    Seconds, SolverFields, SystemFields, circuit_fields, encoding_fields, manifest_path, overlap,
    quadratic_form, read_out, solve_several, solver_fields,
};
use qnewton::{CompileOptions, EmitOptions, LinearSystem, SolveReport, emit};
use serde::Serialize;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  qnewton solve A.mtx --rhs b.mtx
  qnewton solve A.mtx --rhs b.mtx --epsilon 1e-6 --damping 0.05 --solution x.npy
  qnewton solve A.mtx --rhs b.mtx --encoding fable -o solve.qasm
  qnewton solve A.mtx --rhs b.mtx --json | jq .relative_error
  qnewton solve A.mtx --rhs b0.mtx --rhs b1.mtx --json | jq '.solutions[].solution'
  qnewton solve A.mtx --rhs-circuit b.qasm --block A.qasm --alpha 4
  qnewton solve A.mtx --rhs b.mtx --compare-solvers --plot solvers.svg
  qnewton solve A.mtx --rhs b.mtx --compare-preprocessing
  qnewton solve A.mtx --rhs b.mtx --epsilon 0.1 --shots auto --json | jq .readout.error_bound
  qnewton solve G.npy --gram --shift 1e-3 --rhs b.npy
  qnewton solve A.mtx --rhs b.mtx --deflate 2 --shots 1e6 --seed 1 --overlap c.mtx

Exit code 1 if the measured error exceeds --epsilon.";

/// Options of `qnewton solve`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Solve {
    /// The matrix: MatrixMarket (.mtx, .mtx.gz), NumPy (.npy, .npz) or SciPy sparse (.npz)
    #[arg(value_name = "A")]
    matrix: PathBuf,
    #[command(flatten)]
    rhs: RightHandSideOptions,
    #[command(flatten)]
    algorithm: SolverOptions,
    #[command(flatten)]
    amplification: AmplificationOptions,
    #[command(flatten)]
    accuracy: AccuracyOptions,
    #[command(flatten)]
    spectrum: SpectrumOptions,
    #[command(flatten)]
    deflation: DeflationOptions,
    #[command(flatten)]
    encoding: EncodingOptions,
    #[command(flatten)]
    block: BlockOptions,
    #[command(flatten)]
    certificate: CertificateOptions,
    #[command(flatten)]
    preparation: PreparationOptions,
    #[command(flatten)]
    gram: GramOptions,
    #[command(flatten)]
    execution: ExecutionOptions,
    /// Also write the circuit as OpenQASM, and its manifest to FILE.json
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    style: StyleOptions,
    /// Write x, with --shots as it was read: NumPy if the name ends in .npy, else MatrixMarket
    #[arg(long, value_name = "FILE")]
    solution: Option<PathBuf>,
    /// Read x from N simulated shots too, as on a device: magnitudes, signs and norm, half of the shots for the signs;
    /// `auto` gives half of --epsilon to the solver, and takes the shots that keep the other half
    #[arg(long, value_name = "N|auto", value_parser = shot_budget, allow_hyphen_values = true)]
    shots: Option<ShotBudget>,
    /// With --shots: seed of the outcomes
    #[arg(long, value_name = "S", default_value_t = 0, requires = "shots")]
    seed: u64,
    /// Compile with every solver and print what each costs, without executing any
    #[arg(
        long,
        group = "comparison",
        conflicts_with_all = ["output", "solution", "solver", "style", "dialect", "shots", "amplification"]
    )]
    compare_solvers: bool,
    /// Compile with scaling and with small eigenpairs deflated, and print what each costs, without executing any
    #[arg(
        long,
        group = "comparison",
        conflicts_with_all = ["output", "solution", "style", "dialect", "shots", "jacobi", "deflate"]
    )]
    compare_preprocessing: bool,
    /// With --compare-solvers or --compare-preprocessing: draw the costs as SVG
    #[arg(long, value_name = "FILE", requires = "comparison")]
    plot: Option<PathBuf>,
    /// With --shots: estimate <c, x> for the vector in FILE too, by interference, without reading x
    #[arg(long, value_name = "FILE", requires = "shots")]
    overlap: Option<PathBuf>,
    /// With --shots: estimate x^T M x for the matrix in FILE too, by a Hadamard test, without reading x
    #[arg(long, value_name = "FILE", requires = "shots")]
    quadratic_form: Option<PathBuf>,
    #[command(flatten)]
    show: OutputOptions,
}

/// The document of `qnewton solve --json`.
#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    name: &'a str,
    preparation: SystemPreparation<'a>,
    #[serde(flatten)]
    system: SystemFields,
    #[serde(flatten)]
    encoding: EncodingFields,
    #[serde(flatten)]
    solver: SolverFields,
    #[serde(flatten)]
    circuit: CircuitFields,
    solution: Unknowns<'a>,
    classical_solution: Unknowns<'a>,
    relative_error: f64,
    fidelity: f64,
    measured_success_probability: f64,
    /// What `norm_probability` predicts.
    measured_norm_probability: Option<f64>,
    /// Whether an adiabatic walk went as far as the promise of its filter takes.
    walk_arrived: Option<bool>,
    promise_kept: bool,
    seconds: &'a Seconds,
    #[serde(skip_serializing_if = "Option::is_none")]
    readout: Option<ReadoutFields<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    observables: Option<Observables>,
    /// What was solved for classically.
    #[serde(skip_serializing_if = "Option::is_none")]
    deflation: Option<&'a DeflationRecord>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    solution_file: Option<String>,
    /// Of all right-hand sides, the first one included, where there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    solutions: Option<&'a [SolutionFields<'a>]>,
}

/// One of several right-hand sides.
#[derive(Serialize)]
struct SolutionFields<'a> {
    rhs_file: String,
    rhs_column: usize,
    solution: Unknowns<'a>,
    classical_solution: Unknowns<'a>,
    relative_error: f64,
    fidelity: f64,
    #[serde(flatten)]
    solver: SolverFields,
    measured_success_probability: f64,
    measured_norm_probability: Option<f64>,
    walk_arrived: Option<bool>,
    promise_kept: bool,
    two_qubit_count: u64,
    seconds: &'a Seconds,
    #[serde(skip_serializing_if = "Option::is_none")]
    solution_file: Option<String>,
}

impl<'a> SolutionFields<'a> {
    fn new(solved: &'a SolveReport, place: &RightHandSide, file: Option<&PathBuf>) -> Self {
        let SolveReport { compiled, execution, .. } = solved;
        SolutionFields {
            rhs_file: stated(&place.file),
            rhs_column: place.column,
            solution: Unknowns::new(&execution.solution, compiled.facts.real_form),
            classical_solution: Unknowns::new(&compiled.classical_solution, compiled.facts.real_form),
            relative_error: solved.relative_error,
            fidelity: solved.fidelity,
            solver: SolverFields { scale: execution.scale, ..solver_fields(compiled) },
            measured_success_probability: execution.success_probability,
            measured_norm_probability: execution.norm_probability,
            walk_arrived: solved.walk_arrived(),
            promise_kept: solved.holds(),
            two_qubit_count: u64::try_from(compiled.counts.two_qubit()).unwrap_or(u64::MAX),
            seconds: &solved.seconds,
            solution_file: file.filter(|_| solved.holds()).map(|path| stated(path)),
        }
    }

    fn show(&self, facts: &mut Facts, number: usize) {
        let label = format!("solution {number}");
        let verdict = if self.promise_kept { "the promise holds" } else { "THE PROMISE IS BROKEN" };
        let (column, file) = (self.rhs_column, &self.rhs_file);
        let error = text::bound(self.relative_error);
        facts.add(&label, format!("column {column} of {file}: relative error {error} measured: {verdict}"));
        facts.add(&label, self.solution.head(8));
    }
}

/// Numbers about x that were estimated from shots, each from as many as were asked for.
#[derive(Serialize)]
struct Observables {
    /// <c, x>.
    #[serde(skip_serializing_if = "Option::is_none")]
    overlap: Option<Observable>,
    /// x^T M x.
    #[serde(skip_serializing_if = "Option::is_none")]
    quadratic_form: Option<Observable>,
}

/// A number about x.
#[derive(Serialize)]
struct Observable {
    value: f64,
    /// Its standard deviation, from the shots alone.
    standard_error: f64,
    /// The same number of the classical solution.
    classical: f64,
}

impl Observable {
    fn of(estimate: &Estimate, classical: f64) -> Self {
        Observable { value: estimate.value, standard_error: estimate.standard_error, classical }
    }
}

impl Solve {
    pub(crate) fn run(self, interrupt: &Interrupt) -> Result<(), Failure> {
        let (style, dialect) = self.style.checked()?;
        check_circuit_target(self.output.as_deref())?;
        check_targets(self.solution.iter().chain(&self.plot))?;
        let manifest = self.output.as_deref().map(manifest_path);
        check_distinct(
            self.inputs(),
            self.output.iter().chain(&manifest).chain(&self.solution).chain(&self.plot),
        )?;
        let progress = Progress::new(interrupt, self.show.quiet);
        let mut system = self.gram.load(&self.matrix, self.preparation)?;
        let mut options = CompileOptions {
            amplification: self.amplification.amplification,
            ..compile_options(
                self.algorithm,
                self.encoding,
                self.accuracy,
                self.certificate,
                self.spectrum,
                self.deflation,
            )
        };
        let epsilon = options.epsilon;
        if self.shots == Some(ShotBudget::Auto) {
            options.epsilon = 0.5 * epsilon;
        }
        let (mut right_hand_sides, places) = self.rhs.read(&mut system, &mut options, &progress)?;
        options.block = self.block.read(&progress)?;
        if right_hand_sides.len() > 1 {
            return self.run_several(&system, &right_hand_sides, &places, &options, progress);
        }
        system.rhs = right_hand_sides.pop();
        if self.compare_solvers {
            return solver_comparison::run(&system, &options, self.plot.as_deref(), self.show, progress);
        }
        if self.compare_preprocessing {
            return preprocessing_comparison::run(
                &system,
                &options,
                self.plot.as_deref(),
                self.show,
                progress,
            );
        }
        if system.real_form && (self.overlap.is_some() || self.quadratic_form.is_some()) {
            return Err(Failure::usage(
                "--overlap and --quadratic-form are for real systems; this one is complex",
            ));
        }
        let overlap_with = self.overlap.as_deref().map(read_vector).transpose().map_err(SystemError::from)?;
        let form = self.quadratic_form.as_deref().map(read_real_matrix).transpose()?;
        let solved = qnewton::solve(&system, &options, &self.execution.into(), &progress)?;
        let shots = self.shots.map(|budget| budget.shots(&solved.compiled, epsilon)).transpose()?;
        let readout = match shots {
            Some(shots) => {
                let options = ReadoutOptions { shots, seed: self.seed };
                Some(read_out(&solved.compiled, &options, &self.execution.into(), &progress)?)
            }
            None => None,
        };
        let observables =
            self.observables(&solved, shots, overlap_with.as_deref(), form.as_ref(), &progress)?;
        // A result that breaks the promise is shown, but leaves no file behind.
        if solved.holds() {
            if let Some(path) = &self.solution {
                let read = readout.as_ref().map(|readout| &readout.solution);
                let values = read.unwrap_or(&solved.execution.solution);
                Unknowns::new(values, system.real_form).write(path)?;
            }
            if let Some(path) = &self.output {
                let options = EmitOptions { style, dialect, preparation: self.preparation.into() };
                emit(&solved.compiled, path, &options)?;
            }
        }
        progress.finish();
        let readout =
            readout.as_ref().map(|read| ReadoutFields::new(&solved.compiled, read, epsilon, self.seed));
        // Only `auto` promises something of the shots.
        let read =
            readout.as_ref().is_none_or(|read| read.promise_kept || self.shots != Some(ShotBudget::Auto));
        self.show(&system, &solved, readout, observables, None)?;
        if solved.holds() && read { Ok(()) } else { Err(Failure::NotKept) }
    }

    fn observables(
        &self,
        solved: &SolveReport,
        shots: Option<u64>,
        vector: Option<&[f64]>,
        matrix: Option<&SparseMatrix<f64>>,
        progress: &Progress,
    ) -> Result<Option<Observables>, Failure> {
        let Some(shots) = shots.filter(|_| vector.is_some() || matrix.is_some()) else {
            return Ok(None);
        };
        let readable = Readable::of(&solved.compiled);
        let x = &solved.compiled.classical_solution;
        let dot = |left: &[f64], right: &[f64]| left.iter().zip(right).map(|(a, b)| a * b).sum::<f64>();
        // Seeds of their own: the outcomes are others than those that x was read from.
        let options = |further: u64| ReadoutOptions { shots, seed: self.seed.wrapping_add(further) };
        let limits = self.execution.into();
        let overlap = match vector {
            Some(vector) => {
                let estimate = overlap(&readable, vector, &options(1), &limits, progress)?;
                Some(Observable::of(&estimate, dot(vector, x)))
            }
            None => None,
        };
        let quadratic_form = match matrix {
            Some(matrix) => {
                let estimate = quadratic_form(&readable, matrix, &options(2), &limits, progress)?;
                Some(Observable::of(&estimate, dot(x, &matrix.mul_vec(x))))
            }
            None => None,
        };
        Ok(Some(Observables { overlap, quadratic_form }))
    }

    fn inputs(&self) -> impl Iterator<Item = &PathBuf> {
        std::iter::once(&self.matrix).chain(self.rhs.files()).chain(self.block.file())
    }

    /// Several right-hand sides: what does not depend on them is computed once.
    fn run_several(
        &self,
        system: &LinearSystem,
        right_hand_sides: &[Vec<f64>],
        places: &[RightHandSide],
        options: &CompileOptions,
        progress: Progress,
    ) -> Result<(), Failure> {
        let single = [
            ("--output", self.output.is_some()),
            ("--shots", self.shots.is_some()),
            ("--compare-solvers", self.compare_solvers),
            ("--compare-preprocessing", self.compare_preprocessing),
        ];
        if let Some((option, _)) = single.iter().find(|(_, given)| *given) {
            let found = right_hand_sides.len();
            return Err(Failure::usage(format!(
                "{option} is for a single right-hand side, {found} are given: give them one by one"
            )));
        }
        let files: Vec<PathBuf> =
            self.solution.iter().flat_map(|path| (0..places.len()).map(|k| numbered(path, k))).collect();
        check_targets(&files)?;
        check_distinct(self.inputs(), &files)?;
        let solved = solve_several(system, right_hand_sides, options, &self.execution.into(), &progress)?;
        for (path, solved) in files.iter().zip(&solved).filter(|(_, solved)| solved.holds()) {
            Unknowns::new(&solved.execution.solution, system.real_form).write(path)?;
        }
        progress.finish();
        let of_each = solved.iter().zip(places).enumerate();
        let solutions: Vec<SolutionFields<'_>> =
            of_each.map(|(k, (solved, place))| SolutionFields::new(solved, place, files.get(k))).collect();
        if let Some(first) = solved.first() {
            self.show(system, first, None, None, Some(&solutions))?;
        }
        if solved.iter().all(SolveReport::holds) { Ok(()) } else { Err(Failure::NotKept) }
    }

    fn show(
        &self,
        system: &LinearSystem,
        solved: &SolveReport,
        readout: Option<ReadoutFields<'_>>,
        observables: Option<Observables>,
        solutions: Option<&[SolutionFields<'_>]>,
    ) -> Result<(), Failure> {
        let compiled = &solved.compiled;
        let unknowns = |values| Unknowns::new(values, compiled.facts.real_form);
        let document = Document {
            schema_version: SCHEMA_VERSION,
            name: &compiled.name,
            preparation: SystemPreparation::of(self.preparation.into(), system),
            system: SystemFields::from(&compiled.facts),
            encoding: encoding_fields(&compiled.encoding, &compiled.certificate),
            // The scale that a further query told, where the circuit alone does not.
            solver: SolverFields { scale: solved.execution.scale, ..solver_fields(compiled) },
            circuit: circuit_fields(&compiled.lowered, compiled.basis, &compiled.counts, &compiled.depth)?,
            solution: unknowns(&solved.execution.solution),
            classical_solution: unknowns(&compiled.classical_solution),
            relative_error: solved.relative_error,
            fidelity: solved.fidelity,
            measured_success_probability: solved.execution.success_probability,
            measured_norm_probability: solved.execution.norm_probability,
            walk_arrived: solved.walk_arrived(),
            promise_kept: solved.holds(),
            seconds: &solved.seconds,
            readout,
            observables,
            deflation: compiled.deflation.as_ref(),
            output: self.output.as_deref().filter(|_| solved.holds()).map(stated),
            solution_file: match solutions {
                Some(solutions) => solutions.first().and_then(|first| first.solution_file.clone()),
                None => self.solution.as_deref().filter(|_| solved.holds()).map(stated),
            },
            solutions,
        };
        if self.show.json {
            return print_document(&document);
        }
        let mut facts = Facts::default();
        report::system(&mut facts, &compiled.name, &document.system);
        report::preparation(&mut facts, &document.preparation);
        report::encoding(&mut facts, &document.encoding);
        report::solver(&mut facts, &document.solver);
        report::deflation(&mut facts, document.deflation);
        report::circuit(&mut facts, &document.circuit);
        let verdict = if solved.holds() { "the promise holds" } else { "THE PROMISE IS BROKEN" };
        facts.add(
            "result",
            format!(
                "relative error {} measured, {} bounded, {} asked for: {verdict}",
                text::bound(solved.relative_error),
                text::bound(compiled.ledger.total()),
                text::bound(compiled.epsilon),
            ),
        );
        facts
            .add("result", format!("fidelity with the classical solution {}", text::number(solved.fidelity)));
        if solved.walk_arrived() == Some(false) {
            let text = "less than half of the probability was in the solution when the walk ended: nothing bounds the \
                        error";
            facts.add("result", text);
        }
        if let Some(read) = &document.readout {
            read.show(&mut facts, self.accuracy.epsilon);
        }
        if let Some(observables) = &document.observables {
            let named = [("<c, x>", &observables.overlap), ("x^T M x", &observables.quadratic_form)];
            for (name, found) in named.into_iter().filter_map(|(name, found)| Some((name, found.as_ref()?))) {
                facts.add(
                    "observable",
                    format!(
                        "{name} = {} +- {}; of the classical solution {}",
                        text::number(found.value),
                        text::number(found.standard_error),
                        text::number(found.classical)
                    ),
                );
            }
        }
        facts.add("solution", document.solution.head(8));
        facts.add("classical", document.classical_solution.head(8));
        for (number, solution) in solutions.unwrap_or_default().iter().enumerate().skip(1) {
            solution.show(&mut facts, number);
        }
        report::seconds(&mut facts, &solved.seconds);
        print(&facts.render())?;
        if let Some(solutions) = solutions {
            for file in solutions.iter().filter_map(|solution| solution.solution_file.as_ref()) {
                note(self.show.quiet, &format!("wrote {file}"));
            }
            return Ok(());
        }
        for path in self.output.iter().chain(&self.solution).filter(|_| solved.holds()) {
            note(self.show.quiet, &format!("wrote {}", path.display()));
        }
        Ok(())
    }
}
