//! The seam between training and whatever solves the linear systems of Newton's method.

use std::error::Error;

use ndarray::Array2;
use serde::Serialize;

/// One layer's Newton system `H x = g` in one step of training.
#[derive(Clone, Copy, Debug)]
pub struct LayerSystem<'a> {
    /// Index of the step, from 0.
    pub step: usize,
    /// Index of the layer, from 0.
    pub layer: usize,
    /// The exact Hessian block, N x N, symmetric positive semidefinite, neither damped nor pruned. Singular as
    /// a rule, and zero where the network is certain of every class.
    pub hessian: &'a Array2<f64>,
    /// The gradient, N finite numbers that are not all zero.
    pub gradient: &'a [f64],
}

/// What a solver made of a [`LayerSystem`].
#[derive(Clone, Debug, PartialEq)]
pub struct LayerStep {
    /// The Newton direction, N finite numbers: what the learning rate times it is subtracted from the weights.
    pub direction: Vec<f64>,
    /// How it was obtained.
    pub record: SolveRecord,
}

/// Whatever went wrong in a solver.
pub type SolverError = Box<dyn Error + Send + Sync>;

/// Solves the linear systems of Newton's method: decides who solves, regularises (the Hessian block is
/// singular as a rule), solves, and says what it did.
pub trait NewtonSolver {
    /// Solves one system.
    ///
    /// # Errors
    /// Whatever kept it from giving a direction; training stops with it.
    fn solve(&mut self, system: &LayerSystem<'_>) -> Result<LayerStep, SolverError>;
}

impl<S: NewtonSolver + ?Sized> NewtonSolver for &mut S {
    fn solve(&mut self, system: &LayerSystem<'_>) -> Result<LayerStep, SolverError> {
        (**self).solve(system)
    }
}

/// Who should solve the system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// The quantum solver.
    Quantum,
    /// A classical solver.
    Classical,
}

/// Where the direction that training takes comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Execution {
    /// The compiled circuit ran on the executor.
    Executed,
    /// The circuit was too large to run: the classical solution, with an error of the size that the quantum
    /// solver would make.
    Perturbed,
    /// A classical solver ran.
    Classical,
}

/// How one system was solved. Numbers that were not computed are absent.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SolveRecord {
    /// Who should solve it.
    pub decision: Decision,
    /// Where the direction comes from.
    pub execution: Execution,
    /// Why the decision fell, in words.
    pub reason: String,
    /// Dimension N of the system.
    pub dimension: usize,
    /// Largest number of non-zeros in a row, after pruning.
    pub sparsity: usize,
    /// Condition number after damping and pruning.
    pub condition_number: Option<f64>,
    /// Relative error of the solution that was asked for.
    pub epsilon: Option<f64>,
    /// Relative error of the direction against a reference solution of the damped and pruned system.
    pub relative_error: Option<f64>,
    /// Upper bound of that error, as promised by the solver.
    pub error_bound: Option<f64>,
    /// Predicted time of the quantum solver, in seconds.
    pub quantum_seconds: Option<f64>,
    /// Predicted time of the classical solver, in seconds.
    pub classical_seconds: Option<f64>,
}

#[cfg(test)]
pub(crate) mod tests {
    use faer::linalg::solvers::Solve;
    use faer::{Mat, Side};

    use super::*;

    /// The reference: Cholesky of `H + damping max|H_ij| I`.
    pub(crate) struct DenseSolver {
        pub(crate) damping: f64,
    }

    impl NewtonSolver for DenseSolver {
        fn solve(&mut self, system: &LayerSystem<'_>) -> Result<LayerStep, SolverError> {
            let dimension = system.gradient.len();
            let largest = system.hessian.iter().fold(0.0_f64, |largest, entry| largest.max(entry.abs()));
            let matrix = Mat::from_fn(dimension, dimension, |row, column| {
                let shift = if row == column { self.damping * largest } else { 0.0 };
                system.hessian[[row, column]] + shift
            });
            let right_side = Mat::from_fn(dimension, 1, |row, _| system.gradient[row]);
            let solution = matrix.llt(Side::Lower).map_err(|error| format!("{error:?}"))?.solve(&right_side);
            Ok(LayerStep {
                direction: solution.col(0).iter().copied().collect(),
                record: SolveRecord {
                    decision: Decision::Classical,
                    execution: Execution::Classical,
                    reason: "reference solver".to_owned(),
                    dimension,
                    sparsity: dimension,
                    condition_number: None,
                    epsilon: None,
                    relative_error: None,
                    error_bound: None,
                    quantum_seconds: None,
                    classical_seconds: None,
                },
            })
        }
    }
}
