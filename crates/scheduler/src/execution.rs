//! Executing what was decided: quantum circuits on the state-vector executor, the rest by a factorization.

use crate::classical::{ClassicalModel, ClassicalProblem};
use crate::decision::Solver;
use crate::schedule::ScheduledSystem;
use qnewton_core::{Cancelled, Monitor};
use qnewton_matrix::{LinearSystem, solve};
use qnewton_pipeline::{CompiledSystem, ExecuteOptions, PipelineError, compare, execute, predict_seconds};
use rayon::prelude::*;
use serde::Serialize;

/// What the execution of a decision gave.
#[derive(Clone, Debug, Serialize)]
pub struct ExecutionOutcome {
    /// Whose solution it is: the classical solver's after a fallback.
    pub solver: Solver,
    /// Why the quantum solver was wanted and gave no solution that keeps its promise; `None` if that was not so.
    pub fallback: Option<String>,
    /// Seconds on this machine; of a simulation, if the solution is the quantum solver's.
    pub seconds: Option<f64>,
    /// What was predicted for them.
    pub predicted_seconds: Option<f64>,
    /// ||x_hat - x|| / ||x|| of the quantum solver, x the classical solution.
    pub relative_error: Option<f64>,
    /// ||b - A x|| / ||b|| of the classical solver.
    pub relative_residual: Option<f64>,
    /// Why there is no solution; `None` if there is one.
    pub problem: Option<String>,
    /// The solution.
    #[serde(skip)]
    pub solution: Option<Vec<f64>>,
}

/// A decided system with what its execution needs.
pub(crate) struct Pending {
    /// Who was chosen.
    pub(crate) solver: Solver,
    /// The system, with a right-hand side.
    pub(crate) system: LinearSystem,
    /// What a classical prediction knows of it.
    pub(crate) problem: ClassicalProblem,
    /// Its circuit, if there is one.
    pub(crate) compiled: Option<CompiledSystem>,
}

impl Pending {
    /// Executes; what the quantum solver does not solve within its promise is solved classically.
    pub(crate) fn execute(
        &self,
        model: &ClassicalModel,
        options: &ExecuteOptions,
        monitor: &dyn Monitor,
    ) -> Result<ExecutionOutcome, Cancelled> {
        let fallback = match self.solver {
            Solver::Classical => None,
            Solver::Quantum => match self.quantum(options, monitor)? {
                Ok(outcome) => return Ok(outcome),
                Err(reason) => Some(reason),
            },
        };
        Ok(ExecutionOutcome { fallback, ..self.classical(model) })
    }

    /// The outcome, or why there is none.
    fn quantum(
        &self,
        options: &ExecuteOptions,
        monitor: &dyn Monitor,
    ) -> Result<Result<ExecutionOutcome, String>, Cancelled> {
        let Some(compiled) = &self.compiled else {
            return Ok(Err("there is no circuit to execute, only a bound on its cost".to_string()));
        };
        let predicted_seconds = predict_seconds(&compiled.solver.circuit).ok();
        match execute(compiled, options, monitor) {
            Ok(execution) => {
                let error = compare(&execution.solution, &compiled.classical_solution).0;
                let kept = error <= compiled.epsilon;
                if !kept {
                    return Ok(Err(format!(
                        "its error {error:.1e} exceeds the {:.1e} that was asked for",
                        compiled.epsilon
                    )));
                }
                Ok(Ok(ExecutionOutcome {
                    solver: Solver::Quantum,
                    fallback: None,
                    seconds: Some(execution.seconds),
                    predicted_seconds,
                    relative_error: Some(error),
                    relative_residual: None,
                    problem: None,
                    solution: Some(execution.solution),
                }))
            }
            Err(PipelineError::Cancelled(cancelled)) => Err(cancelled),
            Err(error) => Ok(Err(error.to_string())),
        }
    }

    fn classical(&self, model: &ClassicalModel) -> ExecutionOutcome {
        let rhs = self.system.rhs.as_deref().unwrap_or_default();
        let empty = ExecutionOutcome {
            solver: Solver::Classical,
            fallback: None,
            seconds: None,
            predicted_seconds: None,
            relative_error: None,
            relative_residual: None,
            problem: None,
            solution: None,
        };
        match solve(&self.system.matrix, rhs) {
            Ok(solution) => ExecutionOutcome {
                seconds: Some(solution.seconds),
                predicted_seconds: model.seconds_of(solution.method, &self.problem),
                relative_residual: Some(solution.relative_residual),
                solution: Some(solution.x),
                ..empty
            },
            Err(error) => ExecutionOutcome { problem: Some(error.to_string()), ..empty },
        }
    }
}

/// Executes all, several at a time.
pub(crate) fn execute_all(
    decided: &mut [(ScheduledSystem, Pending)],
    model: &ClassicalModel,
    options: &ExecuteOptions,
    monitor: &dyn Monitor,
) -> Result<(), Cancelled> {
    monitor.begin("executing", decided.len() as u64);
    let quiet = OnlyCancelled(monitor);
    decided.par_iter_mut().with_max_len(1).try_for_each(|(scheduled, pending)| {
        monitor.check()?;
        scheduled.execution = Some(pending.execute(model, options, &quiet)?);
        monitor.advance(1);
        Ok(())
    })
}

/// Passes on that the user asked to stop, and nothing of the progress of one of many.
struct OnlyCancelled<'a>(&'a dyn Monitor);

impl Monitor for OnlyCancelled<'_> {
    fn begin(&self, _stage: &str, _total: u64) {}

    fn advance(&self, _steps: u64) {}

    fn is_cancelled(&self) -> bool {
        self.0.is_cancelled()
    }
}
