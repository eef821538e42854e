//! `qnewton estimate`.

use crate::failure::Failure;
use crate::family::family;
use crate::files::{check_distinct, check_targets};
use crate::options::{
    AccuracyOptions, EncodingOptions, GramOptions, OutputOptions, PreparationOptions, SpectrumOptions,
};
use crate::output::{note, print, print_document};
use crate::plot_bars::{self, Bar};
use crate::progress::{Interrupt, Progress};
use crate::report::{self, SystemPreparation};
use crate::text::{self, Facts};
use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use qnewton::circuit::{Basis, CircuitError, Counts};
use qnewton::encoding::Family;
use qnewton::pipeline::{
    EstimateTarget, NormMethod, SCHEMA_VERSION, Seconds, Solver, SystemFields, TargetEstimate, gate_counts,
    in_basis, magic,
};
use qnewton::{Monitor, PipelineError};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  qnewton estimate A.mtx                                    all solvers, for any right-hand side
  qnewton estimate A.mtx --solver shortcut --epsilon 1e-6
  qnewton estimate --family tridiagonal:2^40:2.00000004:-1  10^12 unknowns, condition number 10^8
  qnewton estimate --family laplacian:1024x1024 --plot solvers.svg
  qnewton estimate A.mtx --condition-number 1e4             if no more than this bound is known
  qnewton estimate G.npy --gram --shift 1e-3                (1/B) G^T G + 1e-3 I of B x N per-sample gradients

Counts are closed forms of the circuits that `compile` builds, before gates are merged or vanish.
One execution is counted; how many it takes depends on the right-hand side.";

/// Options of `qnewton estimate`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Estimate {
    /// The matrix: MatrixMarket (.mtx, .mtx.gz), NumPy (.npy, .npz) or SciPy sparse (.npz)
    #[arg(value_name = "A", required_unless_present = "family")]
    matrix: Option<PathBuf>,
    /// In place of a file, a matrix of any size that is never built: `laplacian:2^40`, `laplacian:64x64:periodic`,
    /// `tridiagonal:2^20:2:-1`
    #[arg(long, value_name = "SPEC", value_parser = family, conflicts_with_all = ["matrix", "damping", "prune", "jacobi", "gram"])]
    family: Option<Family>,
    /// The linear-system algorithm
    #[arg(long, value_name = "NAME", default_value = "all", value_parser = solver_parser())]
    solver: SolverNames,
    #[command(flatten)]
    spectrum: SpectrumOptions,
    /// Draw the two-qubit gates of the solvers as SVG
    #[arg(long, value_name = "FILE")]
    plot: Option<PathBuf>,
    #[command(flatten)]
    accuracy: AccuracyOptions,
    #[command(flatten)]
    encoding: EncodingOptions,
    #[command(flatten)]
    preparation: PreparationOptions,
    #[command(flatten)]
    gram: GramOptions,
    #[command(flatten)]
    show: OutputOptions,
}

/// One solver, or all.
#[derive(Clone, Copy, Debug)]
struct SolverNames(Option<Solver>);

/// The document of `qnewton estimate --json`.
#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    preparation: Option<SystemPreparation<'a>>,
    #[serde(flatten)]
    system: SystemFields,
    /// The one that solvers have to cope with.
    condition_number_bound: f64,
    epsilon: f64,
    basis: &'static str,
    candidates: Vec<Row>,
    plot_file: Option<String>,
}

/// One solver.
#[derive(Serialize)]
struct Row {
    solver: &'static str,
    applicable: bool,
    /// Why not.
    reason: Option<String>,
    #[serde(flatten)]
    cost: Option<Cost>,
}

#[derive(Serialize)]
struct Cost {
    /// Where the figures come from: the circuit without values.
    provenance: &'static str,
    encoding: String,
    alpha: f64,
    polynomial_degree: u64,
    queries: u64,
    queries_b: u64,
    qubits: usize,
    norm_method: NormMethod,
    /// Of each rotation that is made of T gates: together they are off by epsilon, operator norm.
    rotation_error: f64,
    /// In all.
    #[serde(flatten)]
    gates: Gates,
    /// Without the preparations of the right-hand side.
    without_rhs: Gates,
    /// One such preparation.
    rhs_preparation: Gates,
    seconds: Seconds,
}

/// Gates in a basis, each translated alone.
#[derive(Serialize)]
struct Gates {
    counts: BTreeMap<String, u64>,
    two_qubit_count: u64,
    single_qubit_count: u64,
    exact_t_count: u64,
    rotation_count: u64,
    synthesised_t_count: u64,
    /// The first two and the last, where they exceed 64 bits.
    #[serde(skip)]
    shown: [u128; 3],
}

impl Gates {
    fn of(closed_form: &Counts, basis: Basis, rotation_error: f64) -> Result<Self, CircuitError> {
        let counts = in_basis(closed_form, basis)?;
        let magic = magic(closed_form);
        let two_qubit = counts.two_qubit();
        let shown = [two_qubit, counts.total() - two_qubit, magic.t_count(rotation_error)];
        let [two_qubit_count, single_qubit_count, synthesised_t_count] = shown.map(saturate);
        Ok(Gates {
            counts: gate_counts(&counts),
            two_qubit_count,
            single_qubit_count,
            exact_t_count: saturate(magic.t),
            rotation_count: saturate(magic.rotations),
            synthesised_t_count,
            shown,
        })
    }
}

impl Cost {
    fn of(estimate: TargetEstimate, epsilon: f64, basis: Basis) -> Result<Self, CircuitError> {
        let TargetEstimate { encoding, cost, seconds, .. } = estimate;
        let rotation_error = epsilon / (magic(&cost.counts).rotations.max(1) as f64);
        let gates = |counts| Gates::of(counts, basis, rotation_error);
        Ok(Cost {
            provenance: "closed_form",
            encoding: encoding.name,
            alpha: encoding.alpha,
            polynomial_degree: cost.plan.degree(),
            queries: cost.queries,
            queries_b: cost.queries_b,
            qubits: cost.qubits,
            norm_method: cost.plan.solver().norm_method(),
            rotation_error,
            gates: gates(&cost.counts)?,
            without_rhs: gates(&cost.without_rhs)?,
            rhs_preparation: gates(&cost.preparation)?,
            seconds,
        })
    }
}

impl Estimate {
    pub(crate) fn run(self, interrupt: &Interrupt) -> Result<(), Failure> {
        check_targets(&self.plot)?;
        check_distinct(self.matrix.iter(), &self.plot)?;
        let progress = Progress::new(interrupt, self.show.quiet);
        progress.begin("spectrum", 0);
        match (&self.matrix, &self.family) {
            (Some(path), _) => {
                let system = self.gram.load(path, self.preparation)?;
                let target = EstimateTarget::of_system(&system, self.spectrum.condition_number)?;
                let fields = SystemFields::from(&target.facts);
                let preparation = SystemPreparation::of(self.preparation.into(), &system);
                self.show(&target, &system.name, Some(preparation), fields, &progress)
            }
            (None, Some(family)) => {
                let target = EstimateTarget::of_family(family, self.spectrum.condition_number)?;
                let mut fields = SystemFields::from(&target.facts);
                if fields.condition_number.is_some() {
                    fields.condition_number_method = "closed_form".to_string();
                }
                self.show(&target, "family", None, fields, &progress)
            }
            (None, None) => Err(Failure::usage("there is no matrix: give a file, or --family")),
        }
    }

    fn show(
        &self,
        target: &EstimateTarget,
        name: &str,
        preparation: Option<SystemPreparation<'_>>,
        system: SystemFields,
        progress: &Progress,
    ) -> Result<(), Failure> {
        let (epsilon, basis) = (self.accuracy.epsilon, self.encoding.basis);
        let mut candidates = Vec::new();
        for &solver in Solver::ALL.iter().filter(|&&solver| self.solver.0.is_none_or(|one| one == solver)) {
            progress.begin(solver.name(), 0);
            progress.check().map_err(PipelineError::from)?;
            let found = target.estimate(solver, epsilon, &self.encoding.choice());
            let (cost, reason) = match found {
                Ok(estimate) => {
                    (Some(Cost::of(estimate, epsilon, basis).map_err(PipelineError::from)?), None)
                }
                // Whoever asks for one solver wants to know why it fails.
                Err(error) if self.solver.0.is_some() => return Err(error.into()),
                Err(error) => (None, Some(error.to_string())),
            };
            candidates.push(Row { solver: solver.name(), applicable: cost.is_some(), reason, cost });
        }
        progress.finish();
        if let Some(path) = &self.plot {
            let bar = |row: &Row| {
                let value = (row.cost.as_ref()?.without_rhs.shown[0] as f64).max(1.0);
                Some(Bar { label: row.solver.to_string(), value, muted: false })
            };
            let bars: Vec<Bar> = candidates.iter().filter_map(bar).collect();
            plot_bars::write(path, "two-qubit gates of one execution without loading b", &bars)?;
        }
        let bounds = target.bounds();
        let document = Document {
            schema_version: SCHEMA_VERSION,
            name,
            preparation,
            system,
            condition_number_bound: bounds.largest / bounds.smallest,
            epsilon,
            basis: basis.name(),
            candidates,
            plot_file: self.plot.as_ref().map(|path| path.display().to_string()),
        };
        if self.show.json {
            return print_document(&document);
        }
        print(&document.text(self.spectrum.condition_number.is_some()))?;
        if let Some(path) = &document.plot_file {
            note(self.show.quiet, &format!("wrote {path}"));
        }
        Ok(())
    }
}

impl Document<'_> {
    fn text(&self, bound_given: bool) -> String {
        let mut facts = Facts::default();
        let method = self.system.condition_number_method.replace('_', " ");
        let system = SystemFields { condition_number_method: method, ..self.system.clone() };
        report::system(&mut facts, self.name, &system);
        if let Some(preparation) = &self.preparation {
            report::preparation(&mut facts, preparation);
        }
        if bound_given {
            let bound = text::number(self.condition_number_bound);
            facts.add("system", format!("estimated for condition numbers up to {bound}"));
        }
        let costs = || self.candidates.iter().filter_map(|row| Some((row.solver, row.cost.as_ref()?)));
        if let Some((_, cost)) = costs().next() {
            let [two_qubit, single_qubit, _] = cost.rhs_preparation.shown.map(quantity);
            let gates = format!("{two_qubit} two-qubit and {single_qubit} single-qubit gates");
            facts.add("loading b", format!("{gates} each time, in `{}`, not in the table", self.basis));
        }
        let header = [
            "solver",
            "encoding",
            "degree",
            "queries",
            "loads of b",
            "qubits",
            "two-qubit",
            "single-qubit",
            "T",
            "time",
        ];
        let rows = costs().map(|(solver, cost)| cells(solver, cost));
        let mut text = facts.render();
        if costs().next().is_some() {
            text.push_str(&format!("\n{}", text::table(&header, 2, rows)));
        }
        let mut refused = Facts::default();
        for row in &self.candidates {
            if let Some(reason) = &row.reason {
                refused.add(row.solver, reason.clone());
            }
        }
        if self.candidates.iter().any(|row| !row.applicable) {
            text.push_str(&format!("\n{}", refused.render()));
        }
        text
    }
}

fn cells(solver: &str, cost: &Cost) -> Vec<String> {
    let [two_qubit, single_qubit, t] = cost.without_rhs.shown.map(quantity);
    vec![
        solver.to_string(),
        cost.encoding.clone(),
        quantity(cost.polynomial_degree.into()),
        quantity(cost.queries.into()),
        quantity(cost.queries_b.into()),
        cost.qubits.to_string(),
        two_qubit,
        single_qubit,
        t,
        text::seconds(cost.seconds.values().sum()),
    ]
}

/// All digits of a number that has few of them.
fn quantity(number: u128) -> String {
    match u64::try_from(number) {
        Ok(number) if number < 1_000_000_000 => text::count(number),
        _ => text::number(number as f64),
    }
}

fn saturate(number: u128) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

fn solver_parser() -> impl TypedValueParser<Value = SolverNames> {
    let solvers =
        Solver::ALL.iter().map(|solver| PossibleValue::new(solver.name()).help(solver.description()));
    let all = PossibleValue::new("all").help("all of them, side by side");
    PossibleValuesParser::new(std::iter::once(all).chain(solvers))
        .map(|name| SolverNames(Solver::from_name(&name)))
}
