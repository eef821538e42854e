//! What a training leaves behind.

use serde::Serialize;

use super::TrainingConfig;
use crate::network::Evaluation;
use crate::solver::SolveRecord;

/// What happened during training.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TrainingLog {
    /// The configuration.
    pub config: TrainingConfig,
    /// The optimizer and its settings.
    pub optimizer: String,
    /// Number of training samples.
    pub train_samples: usize,
    /// Number of test samples.
    pub test_samples: usize,
    /// Every step, in order.
    pub steps: Vec<StepLog>,
    /// Evaluations on all samples, in order; the first before any step, the last after all.
    pub evaluations: Vec<ScoredStep>,
}

/// One step of training.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StepLog {
    /// Index of the step, from 0.
    pub step: usize,
    /// Loss and accuracy on the step's batch, before the step.
    pub batch: Evaluation,
    /// Euclidean norm of the gradient on the batch.
    pub gradient_norm: f64,
    /// Euclidean norm of the step.
    pub step_norm: f64,
    /// Cosine of the angle between step and gradient descent; `None` if either vanishes.
    pub cosine: Option<f64>,
    /// The same layer by layer.
    pub layers: Vec<LayerLog>,
}

/// One layer in one step of training.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LayerLog {
    /// Euclidean norm of the layer's gradient.
    pub gradient_norm: f64,
    /// Euclidean norm of the layer's step.
    pub step_norm: f64,
    /// Cosine of the angle between step and gradient descent; `None` if either vanishes.
    pub cosine: Option<f64>,
    /// How the layer's linear system was solved, if the optimizer solves one.
    pub record: Option<SolveRecord>,
}

/// Loss and accuracy on all samples after a number of steps.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ScoredStep {
    /// Number of steps taken before.
    pub steps: usize,
    /// On the training samples.
    pub train: Evaluation,
    /// On the test samples.
    pub test: Evaluation,
}
