//! `qnewton solve`.

use crate::failure::Failure;
use crate::files::{check_circuit_target, check_distinct, check_targets, stated};
use crate::options::{
    AccuracyOptions, CertificateOptions, EncodingOptions, OutputOptions, PreparationOptions, SolverOptions,
    StyleOptions, TimeOptions, compile_options,
};
use crate::output::{note, print, print_document};
use crate::progress::{Interrupt, Progress};
use crate::report::{self, SystemPreparation};
use crate::text::{self, Facts};
use clap::Args;
use qnewton::matrix::write_vector;
use qnewton::pipeline::{
    CircuitFields, EncodingFields, SCHEMA_VERSION, Seconds, SolverFields, SystemFields, circuit_fields,
    encoding_fields, manifest_path, solver_fields,
};
use qnewton::{EmitOptions, LinearSystem, SolveReport, emit};
use serde::Serialize;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  qnewton solve A.mtx --rhs b.mtx
  qnewton solve A.mtx --rhs b.mtx --epsilon 1e-6 --damping 0.05 --solution x.npy
  qnewton solve A.mtx --rhs b.mtx --encoding fable -o solve.qasm
  qnewton solve A.mtx --rhs b.mtx --json | jq .relative_error

Exit code 1 if the measured error exceeds --epsilon.";

/// Options of `qnewton solve`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Solve {
    /// The matrix: MatrixMarket (.mtx, .mtx.gz), NumPy (.npy, .npz) or SciPy sparse (.npz)
    #[arg(value_name = "A")]
    matrix: PathBuf,
    /// The right-hand side, in the same formats
    #[arg(long, value_name = "FILE")]
    rhs: PathBuf,
    #[command(flatten)]
    algorithm: SolverOptions,
    #[command(flatten)]
    accuracy: AccuracyOptions,
    #[command(flatten)]
    encoding: EncodingOptions,
    #[command(flatten)]
    certificate: CertificateOptions,
    #[command(flatten)]
    preparation: PreparationOptions,
    #[command(flatten)]
    time: TimeOptions,
    /// Also write the circuit as OpenQASM 3, and its manifest to FILE.json
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    style: StyleOptions,
    /// Write x: NumPy if the name ends in .npy, else MatrixMarket
    #[arg(long, value_name = "FILE")]
    solution: Option<PathBuf>,
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
    solution: &'a [f64],
    classical_solution: &'a [f64],
    relative_error: f64,
    fidelity: f64,
    measured_success_probability: f64,
    promise_kept: bool,
    seconds: &'a Seconds,
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    solution_file: Option<String>,
}

impl Solve {
    pub(crate) fn run(self, interrupt: &Interrupt) -> Result<(), Failure> {
        check_circuit_target(self.output.as_deref())?;
        check_targets(&self.solution)?;
        let manifest = self.output.as_deref().map(manifest_path);
        check_distinct([&self.matrix, &self.rhs], self.output.iter().chain(&manifest).chain(&self.solution))?;
        let progress = Progress::new(interrupt, self.show.quiet);
        let system = LinearSystem::load(&self.matrix, Some(&self.rhs), &self.preparation.into())?;
        let options = compile_options(self.algorithm, self.encoding, self.accuracy, self.certificate);
        let solved = qnewton::solve(&system, &options, &self.time.into(), &progress)?;
        // A result that breaks the promise is shown, but leaves no file behind.
        if solved.holds() {
            if let Some(path) = &self.solution {
                write_vector(path, &solved.execution.solution)?;
            }
            if let Some(path) = &self.output {
                let options = EmitOptions { style: self.style.style(), preparation: self.preparation.into() };
                emit(&solved.compiled, path, &options)?;
            }
        }
        progress.finish();
        self.show(&system, &solved)?;
        if solved.holds() { Ok(()) } else { Err(Failure::NotKept) }
    }

    fn show(&self, system: &LinearSystem, solved: &SolveReport) -> Result<(), Failure> {
        let compiled = &solved.compiled;
        let document = Document {
            schema_version: SCHEMA_VERSION,
            name: &compiled.name,
            preparation: SystemPreparation::new(self.preparation.into(), None, &system.reports),
            system: SystemFields::from(&compiled.facts),
            encoding: encoding_fields(&compiled.encoding, &compiled.certificate),
            solver: solver_fields(compiled),
            circuit: circuit_fields(&compiled.lowered, compiled.basis, &compiled.counts, &compiled.depth)?,
            solution: &solved.execution.solution,
            classical_solution: &compiled.classical_solution,
            relative_error: solved.relative_error,
            fidelity: solved.fidelity,
            measured_success_probability: solved.execution.success_probability,
            promise_kept: solved.holds(),
            seconds: &solved.seconds,
            output: self.output.as_deref().filter(|_| solved.holds()).map(stated),
            solution_file: self.solution.as_deref().filter(|_| solved.holds()).map(stated),
        };
        if self.show.json {
            return print_document(&document);
        }
        let mut facts = Facts::default();
        report::system(&mut facts, &compiled.name, &document.system);
        report::preparation(&mut facts, &document.preparation);
        report::encoding(&mut facts, &document.encoding);
        report::solver(&mut facts, &document.solver);
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
        facts.add("solution", text::head(&solved.execution.solution, 8));
        facts.add("classical", text::head(&compiled.classical_solution, 8));
        report::seconds(&mut facts, &solved.seconds);
        print(&facts.render())?;
        for path in self.output.iter().chain(&self.solution).filter(|_| solved.holds()) {
            note(self.show.quiet, &format!("wrote {}", path.display()));
        }
        Ok(())
    }
}
