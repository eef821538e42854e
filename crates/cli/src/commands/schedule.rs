//! `qnewton schedule`.

use crate::failure::Failure;
use crate::files::rhs_beside;
use crate::options::{
    AccuracyOptions, CertificateOptions, DeflationOptions, EncodingOptions, OutputOptions,
    PreparationOptions, SolverOptions, SpectrumOptions, TimeOptions, compile_options,
};
use crate::output::{note, print, print_document};
use crate::progress::{Interrupt, Progress};
use crate::scheduling::{SchedulingOptions, names_help};
use crate::text::{self, Facts};
use clap::Args;
use qnewton::LinearSystem;
use qnewton::pipeline::SCHEMA_VERSION;
use qnewton::scheduler::{
    SCREENED_CONDITION_NUMBER, Schedule as Plan, ScheduleOptions, ScheduledSystem, schedule,
};
use serde::Serialize;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  qnewton schedule A.mtx
  qnewton schedule A.mtx B.mtx --rhs a.mtx --rhs b.mtx --device trapped-ion --json
  qnewton schedule A.mtx --device attosecond --free read_out,loading --execute
  qnewton schedule A.mtx --device my.toml --decide quantum --execute

Without --rhs the right-hand side is A.rhs.mtx beside A.mtx, or uniform where there is none.";

fn after_help() -> String {
    format!("{}\n{EXAMPLES}", names_help())
}

/// Options of `qnewton schedule`.
#[derive(Debug, Args)]
#[command(after_help = after_help())]
pub(crate) struct Schedule {
    /// The matrices: MatrixMarket (.mtx, .mtx.gz), NumPy (.npy, .npz) or SciPy sparse (.npz)
    #[arg(value_name = "A", required = true)]
    matrices: Vec<PathBuf>,
    /// The right-hand side; once for every matrix, in their order
    #[arg(long, value_name = "FILE")]
    rhs: Vec<PathBuf>,
    #[command(flatten)]
    scheduling: SchedulingOptions,
    /// Execute what was decided, quantum circuits on the state-vector executor
    #[arg(long)]
    execute: bool,
    /// Leave systems of at least this condition number to the classical solver, without compiling anything, where a lower bound
    /// of the quantum time is longer; inf for none
    #[arg(long, value_name = "KAPPA", default_value_t = SCREENED_CONDITION_NUMBER)]
    screen_above: f64,
    #[command(flatten)]
    time: TimeOptions,
    #[command(flatten)]
    algorithm: SolverOptions,
    #[command(flatten)]
    accuracy: AccuracyOptions,
    #[command(flatten)]
    encoding: EncodingOptions,
    #[command(flatten)]
    preparation: PreparationOptions,
    #[command(flatten)]
    show: OutputOptions,
}

/// The document of `qnewton schedule --json`.
#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    #[serde(flatten)]
    plan: &'a Plan,
}

impl Schedule {
    pub(crate) fn run(mut self, interrupt: &Interrupt) -> Result<(), Failure> {
        self.skip_right_hand_sides();
        if !self.rhs.is_empty() && self.rhs.len() != self.matrices.len() {
            let (found, needed) = (self.rhs.len(), self.matrices.len());
            return Err(Failure::Usage(format!(
                "--rhs is given {found} times for {needed} matrices; once for each is needed"
            )));
        }
        let device = self.scheduling.profile()?;
        let progress = Progress::new(interrupt, self.show.quiet);
        let systems = self.systems()?;
        let options = ScheduleOptions {
            compile: compile_options(
                self.algorithm,
                self.encoding,
                self.accuracy,
                CertificateOptions { verify: false },
                SpectrumOptions::default(),
                DeflationOptions::default(),
            ),
            cost: self.scheduling.cost(),
            mode: self.scheduling.decide,
            screen_above: self.screen_above,
            execute: self.execute.then(|| self.time.into()),
            ..ScheduleOptions::default()
        };
        let plan = schedule(&systems, &device, &options, &progress)?;
        progress.finish();
        if self.show.json {
            print_document(&Document { schema_version: SCHEMA_VERSION, plan: &plan })?;
        } else {
            print(&rendered(&plan))?;
        }
        let kept = |system: &ScheduledSystem| {
            system.execution.as_ref().is_none_or(|execution| execution.problem.is_none())
        };
        if plan.systems.iter().all(kept) { Ok(()) } else { Err(Failure::NotKept) }
    }

    /// The systems with the names of their files.
    /// `schedule *.mtx` names the right-hand sides beside the matrices too.
    fn skip_right_hand_sides(&mut self) {
        let all = self.matrices.clone();
        self.matrices.retain(|file| !all.iter().any(|matrix| matrix != file && rhs_beside(matrix) == *file));
        let skipped = all.len() - self.matrices.len();
        if skipped > 0 {
            let text =
                format!("{skipped} files are taken as the right-hand sides of the matrices beside them");
            note(self.show.quiet, &text);
        }
    }

    fn systems(&self) -> Result<Vec<(String, LinearSystem)>, Failure> {
        let mut systems = Vec::with_capacity(self.matrices.len());
        for (position, matrix) in self.matrices.iter().enumerate() {
            let rhs = match self.rhs.get(position) {
                Some(rhs) => Some(rhs.clone()),
                None => Some(rhs_beside(matrix)).filter(|beside| beside.exists()),
            };
            if let (Some(rhs), true) = (&rhs, self.rhs.is_empty()) {
                note(self.show.quiet, &format!("right-hand side of {}: {}", matrix.display(), rhs.display()));
            }
            let system = LinearSystem::load(matrix, rhs.as_deref(), &self.preparation.into())?;
            systems.push((matrix.display().to_string(), system));
        }
        Ok(systems)
    }
}

fn rendered(plan: &Plan) -> String {
    let rows = plan.systems.iter().map(|system| {
        let predicted = &system.decision.predicted_seconds;
        vec![
            system.file.clone(),
            system.decision.decision.name().to_string(),
            text::count(system.unknowns as u64),
            system.condition_number.map_or("singular".to_string(), text::number),
            text::seconds(predicted.quantum),
            text::seconds(predicted.classical),
            system.break_even_gate_time.map_or("none".to_string(), text::seconds),
        ]
    });
    let header =
        ["system", "solver", "unknowns", "condition", "quantum", "classical", "break-even gate time"];
    let mut shown = format!("device {}, relative error {}\n\n", plan.device, text::number(plan.epsilon));
    shown.push_str(&text::table(&header, 2, rows));
    for system in &plan.systems {
        shown.push_str(&format!("\n{}\n", system.file));
        let mut facts = Facts::default();
        facts.add("  reason", system.decision.reason.clone());
        if let Some(breakdown) = &system.decision.quantum_breakdown {
            let parts = breakdown.iter().filter(|(_, seconds)| *seconds > 0.0);
            let parts: Vec<String> =
                parts.map(|(component, seconds)| format!("{component} {}", text::seconds(seconds))).collect();
            if !parts.is_empty() {
                facts.add("  quantum time", parts.join(", "));
            }
        }
        if let Some(execution) = &system.execution {
            let figure =
                |name: &str, value: Option<f64>| value.map(|value| format!("{name} {}", text::bound(value)));
            let predicted = execution.predicted_seconds;
            let predicted =
                predicted.map_or(String::new(), |seconds| format!(" (predicted {})", text::seconds(seconds)));
            let parts = [
                Some(format!("{} solver", execution.solver.name())),
                execution.seconds.map(|seconds| format!("took {}{predicted}", text::seconds(seconds))),
                figure("relative error", execution.relative_error),
                figure("relative residual", execution.relative_residual),
                execution.fallback.clone().map(|reason| format!("instead of the quantum solver: {reason}")),
                execution.problem.clone().map(|problem| format!("FAILED: {problem}")),
            ];
            facts.add("  executed", parts.into_iter().flatten().collect::<Vec<_>>().join(", "));
        }
        shown.push_str(&facts.render());
    }
    shown
}
