//! `qnewton regularize`.

use crate::failure::Failure;
use crate::options::{AccuracyOptions, OutputOptions, at_least_one, number};
use crate::output::{print, print_document};
use crate::plot_front::{self, Point};
use crate::progress::{Interrupt, Progress};
use crate::scheduling::{DeviceOptions, names_help};
use crate::text::{self, Facts};
use clap::Args;
use qnewton::pipeline::SCHEMA_VERSION;
use qnewton::scheduler::{
    CompileLimits, Regularization, RegularizationError, RegularizationGrid, Regularized, ScheduleError,
    ScheduleOptions, StepQuality, regularize, schedule_system,
};
use qnewton::{CompileOptions, LinearSystem, Preparation};
use serde::Serialize;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  qnewton regularize H.mtx --rhs g.mtx
  qnewton regularize H.mtx --rhs g.mtx --min-cosine 0.99 --max-error 0.2 --plot front.svg
  qnewton regularize H.mtx --rhs g.mtx --dampings 1e-3,1e-2,1e-1 --entries 4,8,16 --device attosecond --json

Predictions are bounds (Jennings et al., arXiv 2305.11352), for speed; `schedule` with the --damping and --prune that were
chosen compiles.";

fn after_help() -> String {
    format!("{}\n{EXAMPLES}", names_help())
}

/// Options of `qnewton regularize`.
#[derive(Debug, Args)]
#[command(after_help = after_help())]
pub(crate) struct Regularize {
    /// The Hessian, symmetric: MatrixMarket (.mtx, .mtx.gz), NumPy (.npy, .npz) or SciPy sparse (.npz)
    #[arg(value_name = "A")]
    matrix: PathBuf,
    /// The gradient
    #[arg(long, value_name = "FILE")]
    rhs: PathBuf,
    /// Smallest accepted cosine of the angle between the step and the undamped, unpruned one
    #[arg(long, value_name = "C", default_value_t = 0.9, value_parser = cosine, allow_hyphen_values = true)]
    min_cosine: f64,
    /// Largest accepted relative error of the step against the undamped, unpruned one
    #[arg(long, value_name = "E", value_parser = crate::options::positive, allow_hyphen_values = true)]
    max_error: Option<f64>,
    /// Factors of the largest magnitude of the matrix, separated by commas; 1e-4 to 1e2 in half decades if absent
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = crate::options::positive)]
    dampings: Vec<f64>,
    /// Entries per row and column to keep, separated by commas; 1, 2, 4, ..., N if absent
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = at_least_one)]
    entries: Vec<usize>,
    /// Draw seconds and cosines of all that was tried as SVG
    #[arg(long, value_name = "FILE")]
    plot: Option<PathBuf>,
    #[command(flatten)]
    device: DeviceOptions,
    #[command(flatten)]
    accuracy: AccuracyOptions,
    #[command(flatten)]
    show: OutputOptions,
}

/// The document of `qnewton regularize --json`.
#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    file: String,
    n: usize,
    device: &'a str,
    epsilon: f64,
    #[serde(flatten)]
    found: &'a Regularization,
}

fn cosine(text: &str) -> Result<f64, String> {
    number(text, "a number between -1 and 1", |value| (-1.0..=1.0).contains(&value))
}

impl Regularize {
    pub(crate) fn run(self, interrupt: &Interrupt) -> Result<(), Failure> {
        let device = self.device.profile()?;
        let progress = Progress::new(interrupt, self.show.quiet);
        let system = LinearSystem::load(&self.matrix, Some(&self.rhs), &Preparation::default())?;
        let unknowns = system.matrix.rows();
        let mut grid = RegularizationGrid::for_unknowns(unknowns);
        if !self.dampings.is_empty() {
            grid.dampings.clone_from(&self.dampings);
        }
        if !self.entries.is_empty() {
            grid.entries_per_row.clone_from(&self.entries);
        }
        let quality = StepQuality { cosine: self.min_cosine, relative_error: self.max_error };
        let options = ScheduleOptions {
            compile: CompileOptions { epsilon: self.accuracy.epsilon, ..CompileOptions::default() },
            limits: CompileLimits { unknowns: 0, ..CompileLimits::default() },
            cost: self.device.cost(),
            model: self.device.model(),
            classical: Some(self.device.classical(self.show.quiet)?),
            // A lower bound does not tell candidates apart.
            screen_above: f64::INFINITY,
            ..ScheduleOptions::default()
        };
        let mut seconds = |system: &LinearSystem| {
            schedule_system(&system.name, system, &device, &options, &progress)
                .map(|scheduled| scheduled.decision.predicted_seconds.quantum)
        };
        let rhs = system.rhs.as_deref().unwrap_or_default();
        let found = regularize(&system.matrix, rhs, &grid, quality, &mut seconds).map_err(
            |error: RegularizationError<ScheduleError>| match error {
                RegularizationError::Cost(error) => error.into(),
                error => Failure::work(error),
            },
        )?;
        progress.finish();
        if let Some(path) = &self.plot {
            plot_front::write(path, &format!("{}, {unknowns} unknowns", system.name), &points(&found))?;
        }
        if self.show.json {
            let document = Document {
                schema_version: SCHEMA_VERSION,
                file: self.matrix.display().to_string(),
                n: unknowns,
                device: &device.name,
                epsilon: self.accuracy.epsilon,
                found: &found,
            };
            return print_document(&document);
        }
        print(&rendered(&device.name, &found))
    }
}

/// What has a finite time.
fn points(found: &Regularization) -> Vec<Point> {
    let point = |(index, candidate): (usize, &Regularized)| {
        candidate.seconds.filter(|seconds| seconds.is_finite()).map(|seconds| Point {
            seconds,
            cosine: candidate.cosine,
            on_front: candidate.on_front,
            best: found.best == Some(index),
        })
    };
    found.candidates.iter().enumerate().filter_map(point).collect()
}

fn rendered(device: &str, found: &Regularization) -> String {
    let mut facts = Facts::default();
    let definite = if found.positive_definite { "positive definite" } else { "not positive definite" };
    facts.add("matrix", definite);
    let reference = if found.reference_damping == 0.0 {
        "undamped and unpruned".to_string()
    } else {
        format!(
            "damping {}, unpruned: without it the matrix is singular",
            text::number(found.reference_damping)
        )
    };
    facts.add("reference step", reference);
    let accepted = found.candidates.iter().filter(|candidate| candidate.accepted).count();
    let descent = found.candidates.iter().filter(|candidate| candidate.descent).count();
    facts.add(
        "tried",
        format!("{}, of which {descent} descend and {accepted} are accepted", found.candidates.len()),
    );
    let choice = found.best.and_then(|index| found.candidates.get(index));
    facts.add(
        "choice",
        match choice {
            Some(best) => format!(
                "--damping {:.3e} --prune {}: {} on {device}",
                best.damping,
                best.entries_per_row,
                text::seconds(best.seconds.unwrap_or(f64::INFINITY))
            ),
            None => format!("none: nothing that is accepted has a finite time on {device}"),
        },
    );
    let mut front: Vec<&Regularized> =
        found.candidates.iter().filter(|candidate| candidate.on_front).collect();
    front.sort_by(|one, other| one.cosine.total_cmp(&other.cosine));
    let header = [
        "damping",
        "entries",
        "d",
        "condition",
        "eigenvalues moved",
        "at most",
        "cosine",
        "error",
        "quantum",
    ];
    let rows = front.into_iter().map(|one| {
        vec![
            format!("{:.3e}", one.damping),
            one.entries_per_row.to_string(),
            one.sparsity.to_string(),
            text::number(one.condition_number),
            text::bound(one.eigenvalue_shift),
            text::bound(one.eigenvalue_shift_bound),
            format!("{:.4}", one.cosine),
            text::bound(one.relative_error),
            text::seconds(one.seconds.unwrap_or(f64::INFINITY)),
        ]
    });
    format!("{}\nPareto front\n{}", facts.render(), text::table(&header, 0, rows))
}
