//! Data sets, dense networks, exact layer Hessians, optimizers, and Newton training through the scheduler.
//!
//! [`train`] runs an [`Optimizer`] on a [`Network`] of ReLU layers and the embedded [`digits`]. A [`Newton`]
//! step builds one linear system per layer, the exact Hessian block of the mean loss and the gradient, and
//! hands it to a [`NewtonSolver`], which decides how to solve it and leaves a [`SolveRecord`].
//! [`layer_system`] stops before the solver and returns such a system.
//!
//! Weights are flattened row by row everywhere: weight (output, input) of a layer with `n` inputs has the
//! index `output * n + input`. All results depend on the configuration and its seed, never on the number of
//! threads.

mod data;
mod export;
mod hessian;
mod network;
mod optimizer;
mod quantum_newton;
mod random;
mod solver;
mod training;

pub use data::{DIGITS_ATTRIBUTION, DIGITS_PIXELS, DataError, Dataset, DigitsOptions, Split, digits};
pub use export::{ExportedSystem, layer_system};
pub use hessian::{MAX_HESSIAN_DIMENSION, layer_hessian, layer_hessian_product};
pub use network::{Evaluation, Gradients, MAX_LAYER_SIZE, MAX_PARAMETERS, Network, NetworkError};
pub use optimizer::{Adam, Newton, NewtonOptions, Optimizer, OptimizerError, Sgd, StepContext, Update};
pub use quantum_newton::{ClassicalNewton, QuantumNewton};
pub use solver::{Decision, Execution, LayerStep, LayerSystem, NewtonSolver, SolveRecord, SolverError};
pub use training::{
    LayerLog, MAX_STEPS, ScoredStep, StepLog, TrainError, TrainingConfig, TrainingLength, TrainingLog, train,
    train_network,
};
