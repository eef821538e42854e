//! `qnewton solve --compare-preprocessing`: scaling and deflation side by side.

use crate::failure::Failure;
use crate::options::OutputOptions;
use crate::output::{note, print, print_document};
use crate::plot_bars::{self, Bar};
use crate::progress::Progress;
use crate::report;
use crate::text::{self, Facts};
use qnewton::LinearSystem;
use qnewton::pipeline::{
    CompileOptions, PreprocessingCandidate, SCHEMA_VERSION, SystemFacts, SystemFields, compare_preprocessing,
};
use serde::Serialize;
use std::path::Path;

/// The document of `qnewton solve --compare-preprocessing --json`.
#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    name: &'a str,
    #[serde(flatten)]
    system: SystemFields,
    epsilon: f64,
    basis: &'static str,
    candidates: Vec<Row>,
    plot_file: Option<String>,
}

/// One way to prepare the system.
#[derive(Serialize)]
struct Row {
    jacobi: bool,
    deflate: usize,
    applicable: bool,
    /// Why not.
    reason: Option<String>,
    #[serde(flatten)]
    cost: Option<Cost>,
}

#[derive(Serialize)]
struct Cost {
    /// Of what is left to the circuit.
    condition_number_left: f64,
    solver: &'static str,
    encoding: String,
    queries: u64,
    qubits: usize,
    two_qubit_count: u64,
    success_probability: f64,
    expected_two_qubit_count: f64,
}

impl Row {
    fn of(candidate: &PreprocessingCandidate) -> Self {
        let cost = candidate.cost.as_ref().ok().map(|cost| Cost {
            condition_number_left: cost.condition_number,
            solver: cost.solver.name(),
            encoding: cost.encoding.clone(),
            queries: cost.queries,
            qubits: cost.qubits,
            two_qubit_count: u64::try_from(cost.two_qubit_count).unwrap_or(u64::MAX),
            success_probability: cost.success_probability,
            expected_two_qubit_count: cost.expected_two_qubit_count,
        });
        Row {
            jacobi: candidate.jacobi,
            deflate: candidate.deflate,
            applicable: cost.is_some(),
            reason: candidate.cost.as_ref().err().map(ToString::to_string),
            cost,
        }
    }

    fn name(&self) -> String {
        match (self.jacobi, self.deflate) {
            (false, 0) => "none".to_string(),
            (true, 0) => "jacobi".to_string(),
            (false, count) => format!("deflate {count}"),
            (true, count) => format!("jacobi, deflate {count}"),
        }
    }

    fn cells(&self, cost: &Cost) -> Vec<String> {
        vec![
            self.name(),
            cost.solver.to_string(),
            cost.encoding.clone(),
            text::number(cost.condition_number_left),
            text::count(cost.queries),
            cost.qubits.to_string(),
            text::count(cost.two_qubit_count),
            text::number(cost.success_probability),
            text::number(cost.expected_two_qubit_count),
        ]
    }
}

/// Compares the ways to prepare a system and prints the table.
pub(crate) fn run(
    system: &LinearSystem,
    options: &CompileOptions,
    plot: Option<&Path>,
    show: OutputOptions,
    progress: Progress,
) -> Result<(), Failure> {
    let facts = SystemFacts::of(&system.matrix)?;
    let candidates = compare_preprocessing(system, options, &progress)?;
    progress.finish();
    let rows: Vec<Row> = candidates.iter().map(Row::of).collect();
    if let Some(path) = plot {
        let bar = |row: &Row| {
            let value = row.cost.as_ref()?.expected_two_qubit_count.max(1.0);
            Some(Bar { label: row.name(), value, muted: false })
        };
        let bars: Vec<Bar> = rows.iter().filter_map(bar).collect();
        plot_bars::write(path, "cx gates until an execution succeeds", &bars)?;
    }
    let document = Document {
        schema_version: SCHEMA_VERSION,
        name: &system.name,
        system: SystemFields::from(&facts),
        epsilon: options.epsilon,
        basis: options.basis.name(),
        candidates: rows,
        plot_file: plot.map(|path| path.display().to_string()),
    };
    if show.json {
        return print_document(&document);
    }
    let mut heading = Facts::default();
    report::system(&mut heading, document.name, &document.system);
    print(&heading.render())?;
    let header = [
        "preprocessing",
        "solver",
        "encoding",
        "condition number left",
        "queries",
        "qubits",
        "cx",
        "success",
        "cx in all",
    ];
    let table = document.candidates.iter().filter_map(|row| row.cost.as_ref().map(|cost| row.cells(cost)));
    print(&format!("\n{}", text::table(&header, 3, table)))?;
    let mut refused = Facts::default();
    for row in document.candidates.iter().filter(|row| !row.applicable) {
        refused.add(&row.name(), row.reason.clone().unwrap_or_default());
    }
    if document.candidates.iter().any(|row| !row.applicable) {
        print(&format!("\n{}", refused.render()))?;
    }
    if let Some(path) = &document.plot_file {
        note(show.quiet, &format!("wrote {path}"));
    }
    Ok(())
}
