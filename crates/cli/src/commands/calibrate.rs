//! `qnewton calibrate`.

use crate::calibration::stored_at;
use crate::failure::Failure;
use crate::files::{check_targets, stated};
use crate::options::OutputOptions;
use crate::output::{print, print_document};
use crate::progress::{Interrupt, Progress};
use crate::text::{self, Facts};
use clap::Args;
use qnewton::pipeline::SCHEMA_VERSION;
use qnewton::scheduler::{Calibration, CalibrationError, Check, Effort};
use serde::Serialize;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  qnewton calibrate
  qnewton calibrate --quick
  qnewton calibrate --output cluster.toml
  qnewton schedule A.mtx --classical cluster.toml

Without --output the result is kept in $XDG_DATA_HOME/qnewton/classical.toml (~/.local/share/qnewton/classical.toml),
where `schedule`, `breakeven` and `train` look for it. A file for another machine can be written by hand: docs/theory/classical.md.";

/// Options of `qnewton calibrate`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Calibrate {
    /// Write there
    #[arg(short, long, value_name = "FILE.toml")]
    output: Option<PathBuf>,
    /// Take a second instead of a minute: fewer and smaller dimensions, no check
    #[arg(long)]
    quick: bool,
    #[command(flatten)]
    show: OutputOptions,
}

/// The document of `qnewton calibrate --json`.
#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    file: String,
    #[serde(flatten)]
    calibration: &'a Calibration,
    median_error: Option<f64>,
    worst_error: Option<f64>,
}

impl Calibrate {
    pub(crate) fn run(self, interrupt: &Interrupt) -> Result<(), Failure> {
        check_targets(self.output.iter())?;
        let Some(path) = self.output.clone().or_else(stored_at) else {
            return Err(Failure::Usage(
                "there is no home folder to keep the result in: give --output".to_string(),
            ));
        };
        let progress = Progress::new(interrupt, self.show.quiet);
        let effort = if self.quick { Effort::Quick } else { Effort::Full };
        let calibration = Calibration::measure(effort, &progress).map_err(|error| match error {
            CalibrationError::Cancelled(_) => Failure::Cancelled,
            error => Failure::work(error),
        })?;
        calibration.save(&path).map_err(Failure::work)?;
        progress.finish();
        let errors = calibration.errors();
        if self.show.json {
            return print_document(&Document {
                schema_version: SCHEMA_VERSION,
                file: stated(&path),
                calibration: &calibration,
                median_error: errors.map(|errors| errors.0),
                worst_error: errors.map(|errors| errors.1),
            });
        }
        print(&rendered(&calibration, &stated(&path)))
    }
}

fn rendered(calibration: &Calibration, file: &str) -> String {
    let model = &calibration.model;
    let mut facts = Facts::default();
    facts.add("machine", format!("{}, {} threads", calibration.machine, calibration.threads));
    facts.add("file", file);
    if let Some((median, worst)) = calibration.errors() {
        let shown = |error: f64| format!("{:.0} %", 100.0 * error);
        facts.add(
            "predictions",
            format!(
                "{} checked: off by {} (median), {} at most",
                calibration.checks.len(),
                shown(median),
                shown(worst)
            ),
        );
    }
    let sparse = &model.sparse_cholesky;
    facts.add(
        "sparse Cholesky",
        format!(
            "{} per entry, {} per entry of the factor, {} per operation",
            text::seconds(sparse.per_entry),
            text::seconds(sparse.per_factor_entry),
            text::seconds(sparse.per_operation)
        ),
    );
    let iteration = &model.iteration;
    facts.add(
        "iteration",
        format!(
            "{} per entry, {} per unknown",
            text::seconds(iteration.per_nonzero),
            text::seconds(iteration.per_unknown)
        ),
    );
    let rows = model.cholesky.anchors().iter().map(|&(dimension, _)| {
        let curves = [&model.cholesky, &model.bunch_kaufman, &model.lu];
        let seconds = curves.map(|curve| text::seconds(curve.seconds(dimension)));
        [vec![text::count(dimension)], seconds.to_vec()].concat()
    });
    let header = ["unknowns", "Cholesky", "Bunch-Kaufman", "LU"];
    let mut shown = format!("{}\n{}", facts.render(), text::table(&header, 0, rows));
    if !calibration.checks.is_empty() {
        let rows = calibration.checks.iter().map(|check: &Check| {
            vec![
                check.problem.clone(),
                text::count(check.unknowns),
                text::seconds(check.predicted),
                text::seconds(check.measured),
                format!("{:+.0} %", 100.0 * (check.predicted / check.measured - 1.0)),
            ]
        });
        let header = ["checked", "unknowns", "predicted", "measured", "difference"];
        shown.push_str(&format!("\n{}", text::table(&header, 1, rows)));
    }
    shown
}
