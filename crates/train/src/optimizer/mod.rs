//! Optimizers: from the gradients of one step to the change of the weights.

mod adam;
mod newton;
mod sgd;

use ndarray::Array2;
use thiserror::Error;

pub use adam::Adam;
pub use newton::{Newton, NewtonOptions};
pub use sgd::Sgd;

use crate::data::Dataset;
use crate::network::{Network, NetworkError};
use crate::solver::{SolveRecord, SolverError};

/// What an optimizer sees of one step.
#[derive(Clone, Copy, Debug)]
pub struct StepContext<'a> {
    /// Index of the step, from 0.
    pub step: usize,
    /// The network before the step.
    pub network: &'a Network,
    /// The samples of this step.
    pub batch: &'a Dataset,
    /// Gradient of the mean loss on the batch with respect to each layer's weights (outputs x inputs).
    pub gradients: &'a [Array2<f64>],
}

/// What an optimizer makes of one step.
#[derive(Clone, Debug, PartialEq)]
pub struct Update {
    /// What is subtracted from each layer's weights (outputs x inputs).
    pub steps: Vec<Array2<f64>>,
    /// How each layer's system was solved, one entry per layer; `None` where none was.
    pub records: Vec<Option<SolveRecord>>,
}

/// A rule that turns gradients into steps; it may remember earlier ones.
pub trait Optimizer {
    /// Name and settings in one line, for logs.
    fn describe(&self) -> String;

    /// The step for the given gradients.
    ///
    /// # Errors
    /// A linear system could not be set up or solved.
    fn update(&mut self, context: &StepContext<'_>) -> Result<Update, OptimizerError>;
}

/// Why there is no such optimizer, or no step.
#[derive(Debug, Error)]
pub enum OptimizerError {
    /// A setting out of range.
    #[error("{setting} is {value}, {accepted} is accepted")]
    Setting {
        /// Name of the setting.
        setting: &'static str,
        /// The value given.
        value: f64,
        /// What would be accepted.
        accepted: &'static str,
    },
    /// The Hessian block cannot be built.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// The solver gave up.
    #[error("the linear system of layer {layer} was not solved: {source}")]
    Solver {
        /// Index of the layer.
        layer: usize,
        /// What the solver said.
        source: SolverError,
    },
    /// The solver returned a vector of another length.
    #[error("the solver returned {found} numbers for layer {layer}, which has {expected} weights")]
    DirectionLength {
        /// Index of the layer.
        layer: usize,
        /// Length of the returned vector.
        found: usize,
        /// Number of weights.
        expected: usize,
    },
    /// The solver returned an infinite or undefined number.
    #[error("the solver returned {value} for weight {index} of layer {layer}, a finite number is needed")]
    DirectionValue {
        /// Index of the layer.
        layer: usize,
        /// Index of the weight.
        index: usize,
        /// The number returned.
        value: f64,
    },
}

fn check_learning_rate(value: f64) -> Result<(), OptimizerError> {
    if value > 0.0 && value.is_finite() {
        Ok(())
    } else {
        let accepted = "a finite number above 0";
        Err(OptimizerError::Setting { setting: "the learning rate", value, accepted })
    }
}

fn check_decay(setting: &'static str, value: f64) -> Result<(), OptimizerError> {
    if (0.0..1.0).contains(&value) {
        Ok(())
    } else {
        Err(OptimizerError::Setting { setting, value, accepted: "a number from 0 to below 1" })
    }
}

/// Zeros shaped like `arrays`, unless `memory` has these shapes already.
fn shape_memory(memory: &mut Vec<Array2<f64>>, arrays: &[Array2<f64>]) -> bool {
    let fits = memory.len() == arrays.len()
        && memory.iter().zip(arrays).all(|(memory, array)| memory.dim() == array.dim());
    if !fits {
        *memory = arrays.iter().map(|array| Array2::zeros(array.dim())).collect();
    }
    fits
}
