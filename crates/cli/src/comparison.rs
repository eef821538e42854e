//! `qnewton encode --compare`: all methods of block encoding side by side.

use crate::failure::Failure;
use crate::options::OutputOptions;
use crate::output::{note, print, print_document};
use crate::plot_bars::{self, Bar};
use crate::progress::Progress;
use crate::report;
use crate::text::{self, Facts};
use qnewton::encoding::{Candidate, EncodingError};
use qnewton::pipeline::{
    EncodingChoice, MatrixSource, RANKING_EPSILON, SCHEMA_VERSION, SystemFields, queries,
};
use serde::Serialize;
use std::path::Path;

/// The document of `qnewton encode --compare --json`.
#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    name: &'a str,
    #[serde(flatten)]
    system: SystemFields,
    epsilon: f64,
    encoding_error: f64,
    /// What `--encoding auto` takes.
    chosen: Option<&'static str>,
    candidates: Vec<Row>,
    plot_file: Option<String>,
}

/// One method.
#[derive(Serialize)]
struct Row {
    encoding: &'static str,
    applicable: bool,
    /// Why not.
    reason: Option<String>,
    alpha: Option<f64>,
    /// Per query, counted after lowering, else in closed form.
    two_qubit_count: Option<u64>,
    closed_form_two_qubit_count: Option<u64>,
    /// Whether `two_qubit_count` was counted.
    counted: bool,
    ancillas: Option<usize>,
    clean_ancillas: Option<usize>,
    hermitian: Option<bool>,
    spectral: Option<bool>,
    queries: Option<f64>,
    total_two_qubit_count: Option<f64>,
}

impl Row {
    fn of(candidate: &Candidate, queries: &dyn Fn(f64) -> f64) -> Self {
        let saturate = |count: u128| u64::try_from(count).unwrap_or(u64::MAX);
        let prediction = candidate.prediction.as_ref().ok();
        let usable = prediction.is_some();
        let alpha = candidate.alpha();
        Row {
            encoding: candidate.method.name(),
            applicable: usable,
            reason: candidate.prediction.as_ref().err().map(reason),
            alpha,
            two_qubit_count: candidate.two_qubit_count().map(saturate),
            closed_form_two_qubit_count: prediction.map(|prediction| saturate(prediction.two_qubit_count())),
            counted: candidate.counted.is_some(),
            ancillas: prediction.map(|prediction| prediction.projected_qubits),
            clean_ancillas: prediction.map(|prediction| prediction.clean_qubits),
            hermitian: prediction.map(|prediction| prediction.hermitian),
            spectral: prediction.map(|prediction| prediction.spectral),
            queries: alpha.map(queries),
            total_two_qubit_count: usable.then(|| candidate.figure_of_merit(queries)),
        }
    }
}

/// Compares the methods for a matrix and prints the table.
pub(crate) fn run(
    source: &MatrixSource,
    choice: &EncodingChoice,
    plot: Option<&Path>,
    show: OutputOptions,
    progress: Progress,
) -> Result<(), Failure> {
    let facts = source.facts()?;
    let candidates = source.compare(&facts, choice, RANKING_EPSILON)?;
    progress.finish();
    let queries = queries(&facts, RANKING_EPSILON);
    let rows: Vec<Row> = candidates.iter().map(|candidate| Row::of(candidate, &queries)).collect();
    let options = choice.options(&facts);
    let chosen = candidates.iter().find(|candidate| candidate.is_eligible(&options));
    let chosen = chosen.map(|candidate| candidate.method.name());
    if let Some(path) = plot {
        let bars: Vec<Bar> = rows.iter().filter_map(bar).collect();
        plot_bars::write(path, "cx gates of all queries", &bars)?;
    }
    let document = Document {
        schema_version: SCHEMA_VERSION,
        name: &source.name,
        system: SystemFields::from(&facts),
        epsilon: RANKING_EPSILON,
        encoding_error: options.error,
        chosen,
        candidates: rows,
        plot_file: plot.map(|path| path.display().to_string()),
    };
    if show.json {
        return print_document(&document);
    }
    let mut heading = Facts::default();
    report::system(&mut heading, document.name, &document.system);
    print(&heading.render())?;
    let regular = document.system.condition_number.is_some();
    let queries_title = if regular { "queries" } else { "alpha/norm" };
    let table = document.candidates.iter().filter(|row| row.applicable).map(|row| cells(row, chosen));
    let header = ["encoding", "", "cx/query", "closed form", "ancillas", "alpha", queries_title, "cx in all"];
    print(&format!("\n{}", text::table(&header, 2, table)))?;
    let mut refused = Facts::default();
    for row in document.candidates.iter().filter(|row| !row.applicable) {
        refused.add(row.encoding, row.reason.clone().unwrap_or_default());
    }
    print(&format!("\n{}", refused.render()))?;
    if let Some(path) = &document.plot_file {
        note(show.quiet, &format!("wrote {path}"));
    }
    Ok(())
}

fn reason(error: &EncodingError) -> String {
    match error {
        EncodingError::NotApplicable { reason, .. } => reason.clone(),
        error => error.to_string(),
    }
}

fn cells(row: &Row, chosen: Option<&str>) -> Vec<String> {
    let count = |value: Option<u64>| value.map_or(String::new(), text::count);
    let mark = match (chosen == Some(row.encoding), row.spectral) {
        (true, _) => "chosen",
        (false, Some(true)) => "spectral",
        _ => "",
    };
    let ancillas = match (row.ancillas, row.clean_ancillas) {
        (Some(projected), Some(0)) => projected.to_string(),
        (Some(projected), Some(clean)) => format!("{projected} + {clean} clean"),
        _ => String::new(),
    };
    vec![
        row.encoding.to_string(),
        mark.to_string(),
        if row.counted {
            count(row.two_qubit_count)
        } else {
            format!("about {}", count(row.two_qubit_count))
        },
        count(row.closed_form_two_qubit_count),
        ancillas,
        row.alpha.map_or(String::new(), text::number),
        row.queries.map_or(String::new(), text::number),
        row.total_two_qubit_count.map_or(String::new(), text::number),
    ]
}

fn bar(row: &Row) -> Option<Bar> {
    // A method without cx gets the shortest bar.
    let value = row.total_two_qubit_count?.max(1.0);
    Some(Bar { label: row.encoding.to_string(), value, muted: row.spectral == Some(true) })
}
