//! `qnewton solve --compare-solvers`: all solvers side by side.

use crate::failure::Failure;
use crate::options::OutputOptions;
use crate::output::{note, print, print_document};
use crate::plot_bars::{self, Bar};
use crate::progress::Progress;
use crate::report;
use crate::text::{self, Facts};
use qnewton::LinearSystem;
use qnewton::core::Provenance;
use qnewton::pipeline::{
    AmplificationRecord, AmplifiedCost, CompileOptions, NormMethod, SCHEMA_VERSION, SolverCandidate,
    SystemFields, compare_solvers, gate_counts, published_queries,
};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;

/// The document of `qnewton solve --compare-solvers --json`.
#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    name: &'a str,
    #[serde(flatten)]
    system: SystemFields,
    epsilon: f64,
    basis: &'static str,
    candidates: Vec<Row>,
    /// What others state; none of it is counted on a circuit.
    published: Vec<Published>,
    plot_file: Option<String>,
}

/// Queries as published.
#[derive(Serialize)]
struct Published {
    name: &'static str,
    provenance: &'static str,
    queries: f64,
    source: &'static str,
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
    /// Where the figures come from: the compiled circuit, its walk's length being empirical for `adiabatic`.
    provenance: &'static str,
    encoding: String,
    alpha: f64,
    error_bound: f64,
    polynomial_degree: u64,
    queries: u64,
    queries_b: u64,
    qubits: usize,
    counts: BTreeMap<String, u64>,
    two_qubit_count: u64,
    depth: u64,
    success_probability: f64,
    norm_method: NormMethod,
    expected_repetitions: f64,
    expected_queries: f64,
    expected_two_qubit_count: f64,
    amplified_uses: u64,
    amplified_expected_uses: f64,
    /// The cheapest amplified circuit; absent where none has fewer expected queries.
    #[serde(skip_serializing_if = "Option::is_none")]
    amplified: Option<Amplified>,
}

/// An amplified circuit, lowered and counted.
#[derive(Serialize)]
struct Amplified {
    provenance: &'static str,
    #[serde(flatten)]
    record: AmplificationRecord,
    error_bound: f64,
    queries: u64,
    queries_b: u64,
    qubits: usize,
    counts: BTreeMap<String, u64>,
    two_qubit_count: u64,
    depth: u64,
    success_probability: f64,
    expected_queries: f64,
    expected_two_qubit_count: f64,
}

impl Amplified {
    fn of(cost: &AmplifiedCost) -> Self {
        Amplified {
            provenance: Provenance::Compiled.name(),
            record: cost.record,
            error_bound: cost.error_bound,
            queries: cost.queries,
            queries_b: cost.queries_b,
            qubits: cost.qubits,
            counts: gate_counts(&cost.counts),
            two_qubit_count: saturate(cost.counts.two_qubit()),
            depth: saturate(cost.depth.total),
            success_probability: cost.success_probability,
            expected_queries: cost.expected_queries,
            expected_two_qubit_count: cost.expected_two_qubit_count,
        }
    }
}

fn saturate(count: u128) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

impl Row {
    fn of(candidate: &SolverCandidate) -> Self {
        let cost = candidate.cost.as_ref().ok().map(|cost| {
            let (amplified_uses, amplified_expected_uses) = cost.amplified();
            Cost {
                provenance: Provenance::Compiled.name(),
                encoding: cost.encoding.clone(),
                alpha: cost.alpha,
                error_bound: cost.error_bound,
                polynomial_degree: cost.degree,
                queries: cost.queries,
                queries_b: cost.queries_b,
                qubits: cost.qubits,
                counts: gate_counts(&cost.counts),
                two_qubit_count: saturate(cost.counts.two_qubit()),
                depth: saturate(cost.depth.total),
                success_probability: cost.success_probability,
                norm_method: candidate.solver.norm_method(),
                expected_repetitions: cost.expected_executions,
                expected_queries: cost.expected_queries,
                expected_two_qubit_count: cost.expected_two_qubit_count(),
                amplified_uses,
                amplified_expected_uses,
                amplified: cost.amplified_circuit.as_ref().map(Amplified::of),
            }
        });
        Row {
            solver: candidate.solver.name(),
            applicable: cost.is_some(),
            reason: candidate.cost.as_ref().err().map(ToString::to_string),
            cost,
        }
    }
}

/// Compares the solvers for a system and prints the table.
pub(crate) fn run(
    system: &LinearSystem,
    options: &CompileOptions,
    plot: Option<&Path>,
    show: OutputOptions,
    progress: Progress,
) -> Result<(), Failure> {
    let (facts, candidates) = compare_solvers(system, options, &progress)?;
    progress.finish();
    let rows: Vec<Row> = candidates.iter().map(Row::of).collect();
    // Published figures are for a matrix of norm 1 in its encoding.
    let kappa = options.condition_number.or(facts.spectrum.condition_number).unwrap_or(f64::INFINITY);
    let published = published_queries(kappa, options.epsilon).into_iter().map(|entry| Published {
        name: entry.name,
        provenance: entry.provenance.name(),
        queries: entry.queries,
        source: entry.source,
    });
    if let Some(path) = plot {
        let bar = |row: &Row| {
            let value = row.cost.as_ref()?.expected_two_qubit_count.max(1.0);
            Some(Bar { label: row.solver.to_string(), value, muted: false })
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
        published: published.collect(),
        plot_file: plot.map(|path| path.display().to_string()),
    };
    if show.json {
        return print_document(&document);
    }
    let mut heading = Facts::default();
    report::system(&mut heading, document.name, &document.system);
    print(&heading.render())?;
    let header = [
        "solver",
        "encoding",
        "queries",
        "expected",
        "qubits",
        "cx",
        "depth",
        "success",
        "repeated",
        "cx in all",
        "amplified",
    ];
    let table = document.candidates.iter().filter_map(|row| row.cost.as_ref().map(|cost| cells(row, cost)));
    print(&format!("\n{}", text::table(&header, 2, table)))?;
    let mut refused = Facts::default();
    for row in document.candidates.iter().filter(|row| !row.applicable) {
        refused.add(row.solver, row.reason.clone().unwrap_or_default());
    }
    if document.candidates.iter().any(|row| !row.applicable) {
        print(&format!("\n{}", refused.render()))?;
    }
    let rows = document.published.iter().map(|entry| {
        let (name, provenance) = (entry.name.to_string(), entry.provenance.to_string());
        vec![name, provenance, entry.source.to_string(), text::number(entry.queries.round())]
    });
    let header = ["published, for alpha = norm", "provenance", "source", "expected queries"];
    print(&format!("\n{}", text::table(&header, 3, rows)))?;
    if let Some(path) = &document.plot_file {
        note(show.quiet, &format!("wrote {path}"));
    }
    Ok(())
}

fn cells(row: &Row, cost: &Cost) -> Vec<String> {
    vec![
        row.solver.to_string(),
        cost.encoding.clone(),
        text::count(cost.queries),
        text::number(cost.expected_queries),
        cost.qubits.to_string(),
        text::count(cost.two_qubit_count),
        text::count(cost.depth),
        text::number(cost.success_probability),
        text::number(cost.expected_repetitions),
        text::number(cost.expected_two_qubit_count),
        cost.amplified.as_ref().map_or("no gain".to_string(), |amplified| {
            let (record, gates) = (&amplified.record, amplified.expected_two_qubit_count);
            format!("{}, {} uses: {} cx in all", record.method.name(), record.uses, text::number(gates))
        }),
    ]
}
