//! `qnewton breakeven`.

use crate::failure::Failure;
use crate::files::check_targets;
use crate::options::{
    AccuracyOptions, CertificateOptions, DeflationOptions, EncodingOptions, OutputOptions, SolverOptions,
    SpectrumOptions, compile_options,
};
use crate::output::{note, print, print_document};
use crate::plot_sweeps;
use crate::progress::{Interrupt, Progress};
use crate::scheduling::{SchedulingOptions, names_help};
use crate::systems::SystemsOptions;
use crate::text;
use clap::Args;
use qnewton::pipeline::SCHEMA_VERSION;
use qnewton::scheduler::{
    Axis, Circumstances, Freed, QuantumCost, ScheduleOptions, ScheduledSystem, SweepPoint, schedule,
};
use serde::Serialize;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  qnewton breakeven A.mtx
  qnewton breakeven A.mtx B.mtx --device attosecond --free loading --json
  qnewton breakeven A.mtx --cost-model qnewton-paper --plot sweeps.svg

Each number says where the faster side changes, all else equal: how fast gates, how small a condition number, how large a
system, how coarse a read-out.";

fn after_help() -> String {
    format!("{}\n{EXAMPLES}", names_help())
}

/// Options of `qnewton breakeven`.
#[derive(Debug, Args)]
#[command(after_help = after_help())]
pub(crate) struct Breakeven {
    #[command(flatten)]
    systems: SystemsOptions,
    #[command(flatten)]
    scheduling: SchedulingOptions,
    /// Draw both times against gate time, condition number, unknowns and relative error; of a single system
    #[arg(long, value_name = "FILE.svg")]
    plot: Option<PathBuf>,
    #[command(flatten)]
    algorithm: SolverOptions,
    #[command(flatten)]
    accuracy: AccuracyOptions,
    #[command(flatten)]
    encoding: EncodingOptions,
    #[command(flatten)]
    show: OutputOptions,
}

/// The document of `qnewton breakeven --json`.
#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    device: &'a str,
    cost_model: &'a str,
    systems: Vec<System<'a>>,
}

#[derive(Serialize)]
struct System<'a> {
    file: &'a str,
    #[serde(flatten)]
    scheduled: &'a ScheduledSystem,
    /// In plain words.
    summary: String,
    /// Null for a singular matrix.
    break_even: Option<BreakEven>,
    freed: Vec<Freed>,
    sweeps: Vec<Sweep>,
}

/// Where the faster side changes; null if it never does.
#[derive(Serialize)]
struct BreakEven {
    gate_time: Option<f64>,
    condition_number: Option<f64>,
    unknowns: Option<f64>,
    epsilon: Option<f64>,
}

#[derive(Serialize)]
struct Sweep {
    axis: Axis,
    present: f64,
    points: Vec<SweepPoint>,
}

impl Breakeven {
    pub(crate) fn run(self, interrupt: &Interrupt) -> Result<(), Failure> {
        check_targets(self.plot.iter())?;
        let device = self.scheduling.profile()?;
        let progress = Progress::new(interrupt, self.show.quiet);
        let systems = self.systems.load(self.show.quiet)?;
        if self.plot.is_some() && systems.len() > 1 {
            return Err(Failure::Usage(format!("--plot draws one system, not {}", systems.len())));
        }
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
            // The question is by how much the quantum side loses.
            screen_above: f64::INFINITY,
            ..ScheduleOptions::default()
        };
        let plan = schedule(&systems, &device, &options, &progress)?;
        progress.finish();
        let mut entries = Vec::with_capacity(plan.systems.len());
        for scheduled in &plan.systems {
            let circumstances = Circumstances::of(scheduled, &plan.classical, &device, plan.cost);
            entries.push(System::of(scheduled, circumstances.as_ref()));
        }
        if let (Some(path), Some(system)) = (&self.plot, entries.first()) {
            let panels: Vec<(Axis, f64, &[SweepPoint])> =
                system.sweeps.iter().map(|sweep| (sweep.axis, sweep.present, &sweep.points[..])).collect();
            plot_sweeps::write(path, &format!("{}: {}", system.file, plan.device), &panels)?;
            note(self.show.quiet, &format!("wrote {}", path.display()));
        }
        if self.show.json {
            let (device, cost_model) = (plan.device.as_str(), plan.cost_model);
            return print_document(&Document {
                schema_version: SCHEMA_VERSION,
                device,
                cost_model,
                systems: entries,
            });
        }
        let shown: Vec<String> = entries.iter().map(rendered).collect();
        print(&format!("device {}, cost model {}\n\n{}", plan.device, plan.cost_model, shown.join("\n")))
    }
}

impl<'a> System<'a> {
    fn of(scheduled: &'a ScheduledSystem, circumstances: Option<&Circumstances<'_>>) -> Self {
        let mut system = System {
            file: &scheduled.file,
            scheduled,
            summary: scheduled.decision.reason.clone(),
            break_even: None,
            freed: Vec::new(),
            sweeps: Vec::new(),
        };
        if let Some(circumstances) = circumstances {
            let at = |axis| circumstances.break_even(axis);
            system.break_even = Some(BreakEven {
                gate_time: at(Axis::GateTime),
                condition_number: at(Axis::ConditionNumber),
                unknowns: at(Axis::Unknowns),
                epsilon: at(Axis::Epsilon),
            });
            system.freed = circumstances.freed();
            let sweep = |axis| Sweep {
                axis,
                present: circumstances.present(axis),
                points: circumstances.sweep(axis),
            };
            system.sweeps = Axis::ALL.map(sweep).into();
            system.summary = summary(scheduled, &system);
        }
        system
    }
}

/// The verdict in a sentence or two.
fn summary(scheduled: &ScheduledSystem, system: &System<'_>) -> String {
    let predicted = &scheduled.decision.predicted_seconds;
    let mut words =
        vec![match scheduled.quantum.as_ref().and_then(|cost: &QuantumCost| cost.infeasible.as_ref()) {
            Some(reason) => format!("the device cannot do it: {reason}"),
            None => wins(predicted.quantum / predicted.classical),
        }];
    // The single component that matters most, and what is left when more is free.
    let finite = || system.freed.iter().filter(|row| row.ratio.is_finite());
    let best = finite().filter(|row| row.free.len() == system.freed[0].free.len());
    if let Some(row) = best.min_by(|a, b| a.ratio.total_cmp(&b.ratio)) {
        words.push(format!("with free {}: {}", row.free.join(", "), wins(row.ratio)));
    }
    if let Some(row) = finite().next_back().filter(|row| row.free.len() > system.freed[0].free.len()) {
        words.push(format!("with free {}: {}", row.free.join(", "), wins(row.ratio)));
    }
    words.push(match system.break_even.as_ref().and_then(|border| border.gate_time) {
        Some(time) => format!("gate time needed: {time:.1e} s"),
        None => "no gate time is short enough".to_string(),
    });
    words.join("; ")
}

/// Who wins, and by what factor.
fn wins(ratio: f64) -> String {
    let (name, factor) = if ratio < 1.0 { ("quantum", 1.0 / ratio) } else { ("classical", ratio) };
    let shown = if factor >= 30.0 { format!("10^{:.0}", factor.log10()) } else { format!("{factor:.2}") };
    format!("{name} wins by {shown}")
}

fn rendered(system: &System<'_>) -> String {
    let mut shown = format!("{}\n  {}\n", system.file, system.summary);
    let Some(border) = &system.break_even else { return shown };
    let value = |value: Option<f64>, unit: &str| match value {
        Some(value) => format!("{}{unit}", text::bound(value)),
        None => "never".to_string(),
    };
    let borders = [
        value(border.gate_time, " s"),
        value(border.condition_number, ""),
        value(border.unknowns, ""),
        value(border.epsilon, ""),
    ];
    let rows = system.sweeps.iter().zip(borders).map(|(sweep, border)| {
        let unit = if sweep.axis == Axis::GateTime { " s" } else { "" };
        vec![sweep.axis.name().replace('_', " "), format!("{}{unit}", text::bound(sweep.present)), border]
    });
    shown.push('\n');
    shown.push_str(&text::table(&["all else equal", "now", "the faster side changes at"], 1, rows));
    let rows = system.freed.iter().map(|row| {
        let gate_time = row.gate_time.map_or("none".to_string(), |time| format!("{time:.1e} s"));
        let verdict =
            if row.ratio.is_finite() { wins(row.ratio) } else { "the device cannot do it".to_string() };
        vec![row.free.join(", "), verdict, gate_time]
    });
    shown.push('\n');
    shown.push_str(&text::table(&["free", "verdict", "break-even gate time"], 2, rows));
    shown
}
