//! `qnewton train`.

use crate::failure::Failure;
use crate::files::{check_targets, stated};
use crate::network::NetworkOptions;
use crate::options::{AccuracyOptions, OutputOptions, TimeOptions, at_least_one, non_negative, positive};
use crate::output::{note, print, print_document};
use crate::progress::{Interrupt, Progress};
use crate::scheduling::{SchedulingOptions, names_help};
use crate::text::{self, Facts};
use clap::{Args, ValueEnum};
use qnewton::matrix::write_atomically;
use qnewton::pipeline::SCHEMA_VERSION;
use qnewton::scheduler::ScheduleOptions;
use qnewton::train::{
    Adam, ClassicalNewton, Decision, Execution, Newton, NewtonOptions, Optimizer, OptimizerError,
    QuantumNewton, Sgd, SolveRecord, TrainingLog, train,
};
use qnewton::{CompileOptions, Preparation};
use serde::Serialize;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  qnewton train --optimizer q-newton --layers 4,4,3 --steps 10
  qnewton train --optimizer q-newton --layers 4,4,3 --steps 5 --decide quantum --epsilon 0.1
  qnewton train --optimizer newton --damping 0.2
  qnewton train --optimizer adam --steps 500 --log adam.json

Data: E. Alpaydin, C. Kaynak, Optical Recognition of Handwritten Digits, UCI, 1998, CC BY 4.0.";

fn after_help() -> String {
    format!("{}\n{EXAMPLES}", names_help())
}

/// Options of `qnewton train`.
#[derive(Debug, Args)]
#[command(after_help = after_help())]
pub(crate) struct Train {
    /// The optimizer
    #[arg(long, value_name = "NAME", default_value = "q-newton")]
    optimizer: OptimizerName,
    #[command(flatten)]
    network: NetworkOptions,
    /// Steps of training; 30 with the Newton methods, 300 with the others, if not given
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    steps: Option<usize>,
    /// Learning rate; 0.2 with the Newton methods, 0.1 with sgd, 0.01 with adam, if not given
    #[arg(long, value_name = "R", value_parser = positive, allow_hyphen_values = true)]
    learning_rate: Option<f64>,
    /// Newton: add F times the largest magnitude of each Hessian block to its diagonal
    #[arg(long, value_name = "F", default_value_t = 0.1, value_parser = non_negative, allow_hyphen_values = true)]
    damping: f64,
    /// Newton: keep at most K entries per row of each Hessian block
    #[arg(long, value_name = "K", value_parser = at_least_one, allow_hyphen_values = true)]
    prune: Option<usize>,
    #[command(flatten)]
    accuracy: AccuracyOptions,
    #[command(flatten)]
    scheduling: SchedulingOptions,
    #[command(flatten)]
    time: TimeOptions,
    /// Write the log of all steps as JSON
    #[arg(long, value_name = "FILE.json")]
    log: Option<PathBuf>,
    #[command(flatten)]
    show: OutputOptions,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum OptimizerName {
    /// Newton; the scheduler decides system by system who solves
    QNewton,
    /// Newton with a classical solver
    Newton,
    /// Gradient descent with momentum 0.9
    Sgd,
    /// Adam
    Adam,
}

/// The document of `qnewton train --json` and of `--log`.
#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    #[serde(flatten)]
    log: &'a TrainingLog,
    systems: Systems,
    #[serde(skip_serializing_if = "Option::is_none")]
    log_file: Option<String>,
}

/// How the linear systems of a training were solved.
#[derive(Debug, Default, Serialize)]
struct Systems {
    total: usize,
    quantum: usize,
    classical: usize,
    executed: usize,
    perturbed: usize,
    /// Predicted, in all; null if the device cannot do one of them.
    quantum_seconds: Option<f64>,
    classical_seconds: f64,
}

impl Train {
    pub(crate) fn run(self, interrupt: &Interrupt) -> Result<(), Failure> {
        check_targets(self.log.iter())?;
        let progress = Progress::new(interrupt, self.show.quiet);
        let inner = Progress::hidden(interrupt);
        let mut optimizer = self.optimizer(&inner)?;
        let newton = matches!(self.optimizer, OptimizerName::QNewton | OptimizerName::Newton);
        let steps = self.steps.unwrap_or(if newton { 30 } else { 300 });
        let log = train(&self.network.config(steps), optimizer.as_mut(), &progress)?;
        let systems = Systems::of(&log);
        let document = Document {
            schema_version: SCHEMA_VERSION,
            log: &log,
            systems,
            log_file: self.log.as_deref().map(stated),
        };
        if let Some(path) = &self.log {
            let text = serde_json::to_string_pretty(&document).map_err(Failure::work)?;
            write_atomically(path, |out| writeln!(out, "{text}"))?;
        }
        progress.finish();
        if self.show.json {
            return print_document(&document);
        }
        print(&self.rendered(&log, &document.systems))?;
        if let Some(path) = &self.log {
            note(self.show.quiet, &format!("wrote {}", path.display()));
        }
        Ok(())
    }

    fn optimizer<'a>(&self, monitor: &'a Progress) -> Result<Box<dyn Optimizer + 'a>, Failure> {
        let preparation = Preparation { damping: self.damping, prune: self.prune, ..Preparation::default() };
        let newton = NewtonOptions::default();
        let newton =
            NewtonOptions { learning_rate: self.learning_rate.unwrap_or(newton.learning_rate), ..newton };
        let made: Result<Box<dyn Optimizer + 'a>, OptimizerError> = match self.optimizer {
            OptimizerName::QNewton => {
                let options = ScheduleOptions {
                    compile: CompileOptions { epsilon: self.accuracy.epsilon, ..CompileOptions::default() },
                    cost: self.scheduling.cost(),
                    model: self.scheduling.model(),
                    classical: Some(self.scheduling.classical(self.show.quiet)?),
                    mode: self.scheduling.decide,
                    execute: Some(self.time.into()),
                    ..ScheduleOptions::default()
                };
                let device = self.scheduling.profile()?;
                let solver = QuantumNewton::new(preparation, device, options, self.network.seed, monitor);
                Newton::new(newton, solver).map(|newton| Box::new(newton) as _)
            }
            OptimizerName::Newton => {
                Newton::new(newton, ClassicalNewton { preparation }).map(|newton| Box::new(newton) as _)
            }
            OptimizerName::Sgd => {
                Sgd::new(self.learning_rate.unwrap_or(0.1), 0.9).map(|sgd| Box::new(sgd) as _)
            }
            OptimizerName::Adam => {
                Adam::new(self.learning_rate.unwrap_or(0.01)).map(|adam| Box::new(adam) as _)
            }
        };
        made.map_err(|error| Failure::Usage(error.to_string()))
    }

    fn rendered(&self, log: &TrainingLog, systems: &Systems) -> String {
        let rows = log.evaluations.iter().map(|scored| {
            vec![
                scored.steps.to_string(),
                format!("{:.4}", scored.train.loss),
                format!("{:.1} %", 100.0 * scored.train.accuracy),
                format!("{:.4}", scored.test.loss),
                format!("{:.1} %", 100.0 * scored.test.accuracy),
            ]
        });
        let mut facts = Facts::default();
        facts.add("optimizer", log.optimizer.clone());
        facts.add("samples", format!("{} to train on, {} to test on", log.train_samples, log.test_samples));
        if systems.total > 0 {
            facts.add(
                "systems",
                format!(
                    "{}: {} quantum ({} executed, {} with an error of that size), {} classical",
                    systems.total, systems.quantum, systems.executed, systems.perturbed, systems.classical
                ),
            );
        }
        if self.optimizer == OptimizerName::QNewton {
            let quantum =
                systems.quantum_seconds.map_or("impossible on this device".to_string(), text::seconds);
            facts.add(
                "predicted",
                format!("quantum {quantum}, classical {}", text::seconds(systems.classical_seconds)),
            );
        }
        let header = ["steps", "training loss", "accuracy", "test loss", "accuracy"];
        format!("{}\n{}", facts.render(), text::table(&header, 0, rows))
    }
}

impl Systems {
    fn of(log: &TrainingLog) -> Self {
        let records: Vec<&SolveRecord> = log
            .steps
            .iter()
            .flat_map(|step| step.layers.iter().filter_map(|layer| layer.record.as_ref()))
            .collect();
        let number =
            |wanted: &dyn Fn(&SolveRecord) -> bool| records.iter().filter(|record| wanted(record)).count();
        Systems {
            total: records.len(),
            quantum: number(&|record| record.decision == Decision::Quantum),
            classical: number(&|record| record.decision == Decision::Classical),
            executed: number(&|record| record.execution == Execution::Executed),
            perturbed: number(&|record| record.execution == Execution::Perturbed),
            quantum_seconds: records.iter().map(|record| record.quantum_seconds).sum(),
            classical_seconds: records.iter().filter_map(|record| record.classical_seconds).sum(),
        }
    }
}
