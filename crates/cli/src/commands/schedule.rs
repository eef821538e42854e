//! `qnewton schedule`.

use crate::calibration::{Refined, refine};
use crate::failure::Failure;
use crate::options::{
    AccuracyOptions, CertificateOptions, DeflationOptions, EncodingOptions, OutputOptions, SolverOptions,
    SpectrumOptions, TimeOptions, compile_options,
};
use crate::output::{print, print_document};
use crate::progress::{Interrupt, Progress};
use crate::scheduling::{SchedulingOptions, names_help};
use crate::systems::SystemsOptions;
use crate::text::{self, Facts};
use crate::timeline::{TimelineArguments, TimelineDocument};
use clap::Args;
use qnewton::pipeline::SCHEMA_VERSION;
use qnewton::scheduler::{
    SCREENED_CONDITION_NUMBER, Schedule as Plan, ScheduleOptions, ScheduledSystem, schedule,
};
use serde::Serialize;

const EXAMPLES: &str = "\
Examples:
  qnewton schedule A.mtx
  qnewton schedule A.mtx B.mtx --rhs a.mtx --rhs b.mtx --device trapped-ion --json
  qnewton schedule A.mtx --device attosecond --free read_out,loading --execute
  qnewton schedule A.mtx --device my.toml --decide quantum --execute
  qnewton schedule *.mtx --workers 4 --quantum-devices 2 --gantt timeline.html

Without --rhs the right-hand side is A.rhs.mtx beside A.mtx, or uniform where there is none.";

fn after_help() -> String {
    format!("{}\n{EXAMPLES}", names_help())
}

/// Options of `qnewton schedule`.
#[derive(Debug, Args)]
#[command(after_help = after_help())]
pub(crate) struct Schedule {
    #[command(flatten)]
    systems: SystemsOptions,
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
    machines: TimelineArguments,
    #[command(flatten)]
    time: TimeOptions,
    #[command(flatten)]
    algorithm: SolverOptions,
    #[command(flatten)]
    accuracy: AccuracyOptions,
    #[command(flatten)]
    encoding: EncodingOptions,
    #[command(flatten)]
    show: OutputOptions,
}

/// The document of `qnewton schedule --json`.
#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    #[serde(flatten)]
    plan: &'a Plan,
    #[serde(skip_serializing_if = "Option::is_none")]
    timeline: Option<&'a TimelineDocument>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refinement: Option<Refined>,
}

impl Schedule {
    pub(crate) fn run(self, interrupt: &Interrupt) -> Result<(), Failure> {
        let device = self.scheduling.profile()?;
        let progress = Progress::new(interrupt, self.show.quiet);
        let systems = self.systems.load(self.show.quiet)?;
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
            model: self.scheduling.model(),
            classical: Some(self.scheduling.classical(self.show.quiet)?),
            mode: self.scheduling.decide,
            screen_above: self.screen_above,
            execute: self.execute.then(|| self.time.into()),
            ..ScheduleOptions::default()
        };
        let plan = schedule(&systems, &device, &options, &progress)?;
        let timeline = self.machines.of(&plan, &device, &options.cost)?;
        progress.finish();
        let learns = self.execute && self.scheduling.classical_is_kept();
        let refinement = learns.then(|| refine(&plan.systems, self.show.quiet)).flatten();
        if self.show.json {
            let timeline = timeline.as_ref();
            print_document(&Document { schema_version: SCHEMA_VERSION, plan: &plan, timeline, refinement })?;
        } else {
            let timeline = timeline.as_ref().map(TimelineDocument::rendered);
            let refinement = refinement.as_ref().map(learned);
            print(&(rendered(&plan) + &timeline.unwrap_or_default() + &refinement.unwrap_or_default()))?;
        }
        let kept = |system: &ScheduledSystem| {
            system.execution.as_ref().is_none_or(|execution| execution.problem.is_none())
        };
        if plan.systems.iter().all(kept) { Ok(()) } else { Err(Failure::NotKept) }
    }
}

fn learned(refined: &Refined) -> String {
    let Refined { solves, ratio, factor } = refined;
    format!(
        "\n{solves} classical solutions took {} times what was predicted (median); the calibration predicts {} times what it has \
         measured from now on\n",
        text::number(*ratio),
        text::number(*factor)
    )
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
