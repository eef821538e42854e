//! The training loop.

mod batches;
mod log;

use ndarray::Array2;
use qnewton_core::{Cancelled, Monitor};
use serde::Serialize;
use thiserror::Error;

use crate::data::{DataError, Dataset, DigitsOptions, Split, digits};
use crate::network::{Network, NetworkError};
use crate::optimizer::{Optimizer, OptimizerError, StepContext};

pub(crate) use batches::Batches;
pub use log::{LayerLog, ScoredStep, StepLog, TrainingLog};

/// The largest number of steps of one training.
pub const MAX_STEPS: usize = 1_000_000;

/// A loss above this many times the initial one (or 1, whichever is more) counts as diverged.
const DIVERGENCE_FACTOR: f64 = 1e3;

/// How long to train.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TrainingLength {
    /// A number of steps; 0 leaves the network as initialised.
    Steps(usize),
    /// A number of passes over the training samples.
    Epochs(usize),
}

/// What to train on and for how long.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TrainingConfig {
    /// Layer sizes: inputs (1 to 64, the features of the digits), hidden layers, outputs (2 to 10, the
    /// classes).
    pub layers: Vec<usize>,
    /// How long to train.
    pub length: TrainingLength,
    /// Samples per step, drawn without repetition within an epoch, whose last step takes the rest; `None` for
    /// all training samples.
    pub batch_size: Option<usize>,
    /// Steps between evaluations on all training and test samples, at least 1; there is one before the first
    /// and one after the last step in any case.
    pub evaluate_every: usize,
    /// The share of samples to test on, above 0 and below 1.
    pub test_fraction: f64,
    /// Decides the split of the data, the initial weights and the batches.
    pub seed: u64,
}

impl Default for TrainingConfig {
    /// An 8-8-8 network, 300 steps on all training samples, an evaluation every 50 steps, one fifth of the
    /// samples to test on, seed 0.
    fn default() -> Self {
        Self {
            layers: vec![8, 8, 8],
            length: TrainingLength::Steps(300),
            batch_size: None,
            evaluate_every: 50,
            test_fraction: 0.2,
            seed: 0,
        }
    }
}

/// Why training did not start or did not finish.
#[derive(Debug, Error)]
pub enum TrainError {
    /// The data cannot be provided.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The network cannot be made or does not fit the data.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// Too many steps.
    #[error("{steps} steps of training asked for, at most {MAX_STEPS} are accepted")]
    Steps {
        /// The number asked for; saturated, if counted in epochs.
        steps: usize,
    },
    /// A batch that the training samples do not fill, or without samples.
    #[error("batches of {batch_size} samples asked for, 1 to {samples} are accepted")]
    BatchSize {
        /// The size asked for.
        batch_size: usize,
        /// The number of training samples.
        samples: usize,
    },
    /// No interval of evaluations.
    #[error("the number of steps between evaluations must be at least 1")]
    EvaluationInterval,
    /// The optimizer failed.
    #[error("step {step}: {source}")]
    Optimizer {
        /// Index of the step.
        step: usize,
        /// What went wrong.
        source: OptimizerError,
    },
    /// The loss is undefined, infinite or far above its start, or a step is.
    #[error("training diverged after {steps} steps: {what} is {value}")]
    Diverged {
        /// Number of steps taken before.
        steps: usize,
        /// Which number tells.
        what: &'static str,
        /// That number.
        value: f64,
    },
    /// The user asked to stop.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// Trains a freshly initialised network on the embedded digits.
///
/// # Errors
/// A setting out of range, divergence, a failing optimizer, or cancellation.
pub fn train(
    config: &TrainingConfig,
    optimizer: &mut dyn Optimizer,
    monitor: &dyn Monitor,
) -> Result<TrainingLog, TrainError> {
    let (mut network, data) = prepare(config)?;
    train_network(config, &data, &mut network, optimizer, monitor)
}

/// Trains `network`, as it is, on `data`. The sizes and the share of test samples in `config` are not used.
///
/// # Errors
/// As [`train`]; the network is then left as the last completed step made it.
pub fn train_network(
    config: &TrainingConfig,
    data: &Split,
    network: &mut Network,
    optimizer: &mut dyn Optimizer,
    monitor: &dyn Monitor,
) -> Result<TrainingLog, TrainError> {
    let mut batches = Batches::new(&data.train, config.batch_size, config.seed)?;
    train_on_batches(config, data, network, &mut batches, optimizer, monitor)
}

/// Trains on the next batches of `batches`, which come from the training samples of `data`.
pub(crate) fn train_on_batches(
    config: &TrainingConfig,
    data: &Split,
    network: &mut Network,
    batches: &mut Batches<'_>,
    optimizer: &mut dyn Optimizer,
    monitor: &dyn Monitor,
) -> Result<TrainingLog, TrainError> {
    let total = batches.steps(config.length)?;
    if config.evaluate_every == 0 {
        return Err(TrainError::EvaluationInterval);
    }
    let mut log = TrainingLog {
        config: config.clone(),
        optimizer: optimizer.describe(),
        train_samples: data.train.samples(),
        test_samples: data.test.samples(),
        steps: Vec::new(),
        evaluations: vec![score(network, data, 0)?],
    };
    let limit = DIVERGENCE_FACTOR * log.evaluations[0].train.loss.max(1.0);
    monitor.begin("training", total as u64);
    for step in 0..total {
        monitor.check()?;
        let batch = batches.next_batch();
        log.steps.push(take_step(step, network, &batch, optimizer, limit)?);
        let steps = step + 1;
        if steps == total || steps.is_multiple_of(config.evaluate_every) {
            let scored = score(network, data, steps)?;
            check_loss(scored.train.loss, limit, steps)?;
            log.evaluations.push(scored);
        }
        monitor.advance(1);
    }
    Ok(log)
}

/// Checks the sizes, then makes the initial network and the data of `config`.
pub(crate) fn prepare(config: &TrainingConfig) -> Result<(Network, Split), TrainError> {
    let network = Network::he(&config.layers, config.seed)?;
    let [features, .., classes] = config.layers[..] else {
        return Err(NetworkError::TooFewSizes { count: config.layers.len() }.into());
    };
    let TrainingConfig { test_fraction, seed, .. } = *config;
    Ok((network, digits(&DigitsOptions { classes, features, test_fraction, seed })?))
}

/// One step: gradients, the optimizer's update, and the changed network.
fn take_step(
    step: usize,
    network: &mut Network,
    batch: &Dataset,
    optimizer: &mut dyn Optimizer,
    limit: f64,
) -> Result<StepLog, TrainError> {
    let gradients = network.gradients(batch)?;
    check_loss(gradients.evaluation.loss, limit, step)?;
    let context = StepContext { step, network, batch, gradients: &gradients.layers };
    let update = optimizer.update(&context).map_err(|source| TrainError::Optimizer { step, source })?;
    let layers: Vec<LayerLog> = gradients
        .layers
        .iter()
        .zip(&update.steps)
        .zip(update.records)
        .map(|((gradient, step), record)| {
            let (gradient_norm, step_norm) = (inner(gradient, gradient).sqrt(), inner(step, step).sqrt());
            let cosine = cosine(inner(gradient, step), gradient_norm, step_norm);
            LayerLog { gradient_norm, step_norm, cosine, record }
        })
        .collect();
    let norm = |of: fn(&LayerLog) -> f64| layers.iter().map(|layer| of(layer).powi(2)).sum::<f64>().sqrt();
    let gradient_norm = norm(|layer| layer.gradient_norm);
    let step_norm = norm(|layer| layer.step_norm);
    if !step_norm.is_finite() {
        return Err(TrainError::Diverged { steps: step, what: "the norm of the step", value: step_norm });
    }
    network.subtract(&update.steps)?;
    let product =
        gradients.layers.iter().zip(&update.steps).map(|(gradient, step)| inner(gradient, step)).sum();
    Ok(StepLog {
        step,
        batch: gradients.evaluation,
        gradient_norm,
        step_norm,
        cosine: cosine(product, gradient_norm, step_norm),
        layers,
    })
}

fn score(network: &Network, data: &Split, steps: usize) -> Result<ScoredStep, NetworkError> {
    Ok(ScoredStep { steps, train: network.evaluate(&data.train)?, test: network.evaluate(&data.test)? })
}

fn check_loss(loss: f64, limit: f64, steps: usize) -> Result<(), TrainError> {
    if loss <= limit { Ok(()) } else { Err(TrainError::Diverged { steps, what: "the loss", value: loss }) }
}

fn inner(left: &Array2<f64>, right: &Array2<f64>) -> f64 {
    left.iter().zip(right).map(|(left, right)| left * right).sum()
}

fn cosine(product: f64, left_norm: f64, right_norm: f64) -> Option<f64> {
    let norms = left_norm * right_norm;
    (norms > 0.0 && norms.is_finite()).then(|| (product / norms).clamp(-1.0, 1.0))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use qnewton_core::Silent;

    use super::*;
    use crate::optimizer::{Adam, Newton, NewtonOptions, Sgd, Update};
    use crate::solver::tests::DenseSolver;

    fn newton(damping: f64) -> Newton<DenseSolver> {
        Newton::new(NewtonOptions::default(), DenseSolver { damping }).unwrap()
    }

    fn steps(steps: usize) -> TrainingConfig {
        TrainingConfig { length: TrainingLength::Steps(steps), ..TrainingConfig::default() }
    }

    fn run(config: &TrainingConfig, optimizer: &mut dyn Optimizer) -> TrainingLog {
        train(config, optimizer, &Silent).unwrap()
    }

    fn last_train_loss(log: &TrainingLog) -> f64 {
        log.evaluations.last().unwrap().train.loss
    }

    #[test]
    fn every_optimizer_learns_the_digits() {
        let optimizers: [Box<dyn Optimizer>; 4] = [
            Box::new(Sgd::default()),
            Box::new(Adam::default()),
            Box::new(newton(0.05)),
            Box::new(newton(0.2)),
        ];
        for mut optimizer in optimizers {
            let log = run(&TrainingConfig::default(), optimizer.as_mut());
            let (first, last) = (log.evaluations[0], log.evaluations[6]);
            assert_eq!((first.steps, last.steps), (0, 300));
            assert!(first.train.loss > 2.0 && last.train.loss < 0.12, "{}: {last:?}", log.optimizer);
            assert!(last.train.accuracy > 0.96 && last.test.accuracy > 0.94, "{}: {last:?}", log.optimizer);
        }
    }

    #[test]
    fn newton_needs_fewer_steps_than_gradient_descent() {
        let config = steps(100);
        let by_newton = last_train_loss(&run(&config, &mut newton(0.1)));
        let by_gradient = last_train_loss(&run(&config, &mut Sgd::default()));
        assert!(2.0 * by_newton < by_gradient, "{by_newton} {by_gradient}");
    }

    #[test]
    fn strong_damping_turns_the_newton_step_into_the_gradient() {
        let config = steps(3);
        for step in run(&config, &mut newton(1e4)).steps {
            assert!(step.layers.iter().all(|layer| layer.cosine.unwrap() > 1.0 - 1e-6));
            assert!(step.layers.iter().all(|layer| layer.record.is_some()));
        }
        for step in run(&config, &mut newton(1e-2)).steps {
            assert!(step.cosine.unwrap() < 0.9);
        }
        // Without momentum the step of SGD is the gradient.
        for step in run(&config, &mut Sgd::new(0.1, 0.0).unwrap()).steps {
            assert!(step.cosine.unwrap() > 1.0 - 1e-12);
            assert!((step.step_norm - 0.1 * step.gradient_norm).abs() < 1e-12);
        }
    }

    #[test]
    fn a_training_repeats_exactly_and_depends_on_its_seed() {
        let config = TrainingConfig { batch_size: Some(100), ..steps(20) };
        let log = run(&config, &mut newton(0.2));
        assert_eq!(log, run(&config, &mut newton(0.2)));
        let other = TrainingConfig { seed: 1, ..config };
        assert_ne!(log.steps[0].batch, run(&other, &mut newton(0.2)).steps[0].batch);
    }

    #[test]
    fn evaluations_come_at_intervals_and_at_both_ends() {
        let at = |config: &TrainingConfig| -> Vec<usize> {
            run(config, &mut Sgd::default()).evaluations.iter().map(|scored| scored.steps).collect()
        };
        assert_eq!(at(&TrainingConfig { evaluate_every: 4, ..steps(10) }), [0, 4, 8, 10]);
        assert_eq!(at(&TrainingConfig { evaluate_every: 100, ..steps(10) }), [0, 10]);
        assert_eq!(at(&steps(0)), [0]);
        // Digits 0 to 7: 1154 training samples.
        let epochs = TrainingConfig { batch_size: Some(500), length: TrainingLength::Epochs(2), ..steps(0) };
        assert_eq!(at(&epochs), [0, 6]);
    }

    #[test]
    fn divergence_is_an_error_that_names_the_step() {
        let error = train(&steps(50), &mut Sgd::new(1e3, 0.9).unwrap(), &Silent).unwrap_err();
        assert!(matches!(error, TrainError::Diverged { steps: 1..50, what: "the loss", .. }), "{error}");

        /// An optimizer whose second step is undefined.
        struct Undefined;
        impl Optimizer for Undefined {
            fn describe(&self) -> String {
                "undefined".to_owned()
            }
            fn update(&mut self, context: &StepContext<'_>) -> Result<Update, OptimizerError> {
                let mut update = Sgd::default().update(context)?;
                if context.step == 1 {
                    update.steps[0][[0, 0]] = f64::NAN;
                }
                Ok(update)
            }
        }
        let error = train(&steps(50), &mut Undefined, &Silent).unwrap_err();
        assert_eq!(error.to_string(), "training diverged after 1 steps: the norm of the step is NaN");
    }

    #[test]
    fn progress_is_reported_and_cancellation_obeyed() {
        /// Cancels once a number of steps is done.
        struct StopAfter(u64, AtomicU64);
        impl Monitor for StopAfter {
            fn begin(&self, stage: &str, total: u64) {
                assert_eq!((stage, total), ("training", 10));
            }
            fn advance(&self, steps: u64) {
                self.1.fetch_add(steps, Ordering::Relaxed);
            }
            fn is_cancelled(&self) -> bool {
                self.1.load(Ordering::Relaxed) >= self.0
            }
        }
        let stopped = StopAfter(4, AtomicU64::new(0));
        let result = train(&steps(10), &mut Sgd::default(), &stopped);
        assert!(matches!(result, Err(TrainError::Cancelled(_))));
        assert_eq!(stopped.1.into_inner(), 4);
        let finished = StopAfter(11, AtomicU64::new(0));
        assert!(train(&steps(10), &mut Sgd::default(), &finished).is_ok());
        assert_eq!(finished.1.into_inner(), 10);
    }

    #[test]
    fn settings_out_of_range_are_refused() {
        let refused =
            |config: TrainingConfig| train(&config, &mut Sgd::default(), &Silent).unwrap_err().to_string();
        let layers = |layers: &[usize]| TrainingConfig { layers: layers.to_vec(), ..steps(1) };
        assert_eq!(
            refused(layers(&[])),
            "a network needs at least 2 layer sizes, inputs and outputs; 0 given"
        );
        assert_eq!(
            refused(layers(&[8])),
            "a network needs at least 2 layer sizes, inputs and outputs; 1 given"
        );
        assert_eq!(refused(layers(&[8, 0, 8])), "layer size 0 at position 1, 1 to 4096 is accepted");
        assert_eq!(refused(layers(&[8, 8, 11])), "11 classes of digits asked for, 2 to 10 are available");
        assert_eq!(refused(layers(&[8, 1])), "1 classes of digits asked for, 2 to 10 are available");
        assert_eq!(refused(layers(&[65, 8])), "65 features of the digits asked for, 1 to 64 are available");
        assert_eq!(
            refused(steps(usize::MAX)),
            format!("{} steps of training asked for, at most 1000000 are accepted", usize::MAX)
        );
        assert_eq!(
            refused(TrainingConfig { batch_size: Some(2048), ..steps(1) }),
            "batches of 2048 samples asked for, 1 to 1154 are accepted"
        );
        assert_eq!(
            refused(TrainingConfig { evaluate_every: 0, ..steps(1) }),
            "the number of steps between evaluations must be at least 1"
        );
        assert!(refused(TrainingConfig { test_fraction: 2.0, ..steps(1) }).contains("share of test samples"));
    }

    #[test]
    fn the_log_serializes() {
        let log = run(&steps(1), &mut newton(0.1));
        let value = serde_json::to_value(&log).unwrap();
        assert_eq!(value["config"]["length"], serde_json::json!({ "steps": 1 }));
        assert_eq!(value["optimizer"], "Newton (learning rate 0.2, clip 100)");
        assert_eq!(value["steps"][0]["layers"][1]["record"]["decision"], "classical");
        assert_eq!(value["steps"][0]["layers"][1]["record"]["dimension"], 64);
        assert_eq!(value["evaluations"][1]["test"]["accuracy"], log.evaluations[1].test.accuracy);
    }
}
