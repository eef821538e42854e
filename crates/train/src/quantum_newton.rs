//! Newton solvers for training: the classical one, and Q-Newton, which lets the scheduler decide layer by layer.

use crate::random::{Generator, Purpose};
use crate::solver::{Decision, Execution, LayerStep, LayerSystem, NewtonSolver, SolveRecord, SolverError};
use qnewton_core::Monitor;
use qnewton_matrix::{LinearSystem, Preparation, Solution, SparseMatrix, solve};
use qnewton_pipeline::{PipelineError, compare};
use qnewton_scheduler::{DeviceProfile, ScheduleOptions, ScheduledSystem, Solver, schedule_system};

/// Newton's method with a classical solver: damp, prune, factorize, solve.
#[derive(Clone, Copy, Debug, Default)]
pub struct ClassicalNewton {
    /// Damping and pruning of every Hessian block.
    pub preparation: Preparation,
}

impl NewtonSolver for ClassicalNewton {
    fn solve(&mut self, system: &LayerSystem<'_>) -> Result<LayerStep, SolverError> {
        let linear = linear_system(system, &self.preparation)?;
        let solution = classical_solution(&linear, system.gradient)?;
        let record = SolveRecord {
            decision: Decision::Classical,
            execution: Execution::Classical,
            reason: "Newton's method with a classical solver".to_string(),
            dimension: linear.dimension(),
            sparsity: linear.matrix.sparsity(),
            condition_number: None,
            epsilon: None,
            relative_error: None,
            error_bound: None,
            quantum_seconds: None,
            classical_seconds: Some(solution.seconds),
        };
        Ok(LayerStep { direction: solution.x, record })
    }
}

/// Q-Newton (Li et al., arXiv 2405.00252): every system goes through the scheduler.
///
/// What the scheduler gives to the quantum side is compiled and executed on the state-vector executor. Where that
/// is too large, the classical solution is taken with a random error of the size that the solver promises, and the
/// record says so.
pub struct QuantumNewton<'a> {
    preparation: Preparation,
    device: DeviceProfile,
    options: ScheduleOptions,
    seed: u64,
    monitor: &'a dyn Monitor,
}

impl<'a> QuantumNewton<'a> {
    /// A solver that decides for `device`. `options.execute` is what executions may cost; without it the defaults.
    /// `seed` is that of the errors of circuits that are too large to execute.
    pub fn new(
        preparation: Preparation,
        device: DeviceProfile,
        mut options: ScheduleOptions,
        seed: u64,
        monitor: &'a dyn Monitor,
    ) -> Self {
        options.execute.get_or_insert_default();
        QuantumNewton { preparation, device, options, seed, monitor }
    }
}

impl NewtonSolver for QuantumNewton<'_> {
    fn solve(&mut self, system: &LayerSystem<'_>) -> Result<LayerStep, SolverError> {
        let linear = linear_system(system, &self.preparation)?;
        let scheduled = schedule_system(&linear.name, &linear, &self.device, &self.options, self.monitor)?;
        let epsilon = self.options.compile.epsilon;
        let mut record = record_of(&scheduled, &linear, epsilon);
        let outcome = scheduled.execution.ok_or("the system was not executed")?;
        let solution =
            outcome.solution.ok_or(outcome.problem.unwrap_or_else(|| "no classical solution".to_string()))?;
        let direction = match (scheduled.decision.decision, outcome.fallback) {
            (Solver::Classical, _) => solution,
            (Solver::Quantum, None) => {
                record.execution = Execution::Executed;
                record.relative_error = outcome.relative_error;
                record.error_bound = Some(epsilon);
                solution
            }
            (Solver::Quantum, Some(problem)) => {
                record.reason +=
                    &format!("; not executed ({problem}): the classical solution with an error of {epsilon}");
                record.execution = Execution::Perturbed;
                let stream = self.seed ^ ((system.step as u64) << 16) ^ system.layer as u64;
                let direction =
                    perturbed(&solution, epsilon, &mut Generator::new(stream, Purpose::SolverErrors));
                record.relative_error = Some(compare(&direction, &solution).0);
                record.error_bound = Some(epsilon);
                direction
            }
        };
        Ok(LayerStep { direction, record })
    }
}

fn linear_system(system: &LayerSystem<'_>, preparation: &Preparation) -> Result<LinearSystem, SolverError> {
    let name = format!("layer {} of step {}", system.layer, system.step);
    let matrix = SparseMatrix::from_dense(system.hessian);
    Ok(LinearSystem::new(name, matrix, Some(system.gradient.to_vec()), preparation)?)
}

fn classical_solution(system: &LinearSystem, rhs: &[f64]) -> Result<Solution, PipelineError> {
    Ok(solve(&system.matrix, rhs)?)
}

fn record_of(scheduled: &ScheduledSystem, system: &LinearSystem, epsilon: f64) -> SolveRecord {
    SolveRecord {
        decision: match scheduled.decision.decision {
            Solver::Quantum => Decision::Quantum,
            Solver::Classical => Decision::Classical,
        },
        execution: Execution::Classical,
        reason: scheduled.decision.reason.clone(),
        dimension: system.dimension(),
        sparsity: system.matrix.sparsity(),
        condition_number: scheduled.condition_number,
        epsilon: Some(epsilon),
        relative_error: None,
        error_bound: None,
        quantum_seconds: Some(scheduled.decision.predicted_seconds.quantum)
            .filter(|seconds| seconds.is_finite()),
        classical_seconds: Some(scheduled.decision.predicted_seconds.classical),
    }
}

/// `exact` plus an error of relative 2-norm `size` in a random direction.
fn perturbed(exact: &[f64], size: f64, generator: &mut Generator) -> Vec<f64> {
    let norm = |vector: &[f64]| vector.iter().map(|value| value * value).sum::<f64>().sqrt();
    let noise: Vec<f64> = exact.iter().map(|_| generator.standard_normal()).collect();
    let factor = size * norm(exact) / norm(&noise);
    exact.iter().zip(noise).map(|(value, noise)| value + factor * noise).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;
    use qnewton_core::Silent;
    use qnewton_pipeline::ExecuteOptions;
    use qnewton_scheduler::Mode;

    fn step(mode: Mode, time_limit: f64) -> LayerStep {
        let hessian = array![[2.0, 0.5, 0.0], [0.5, 1.0, 0.25], [0.0, 0.25, 1.5]];
        let gradient = [1.0, -0.5, 0.25];
        let options = ScheduleOptions {
            mode,
            execute: Some(ExecuteOptions { time_limit, ..ExecuteOptions::default() }),
            ..ScheduleOptions::default()
        };
        let device = DeviceProfile::bundled("attosecond").unwrap();
        let preparation = Preparation { damping: 0.1, ..Preparation::default() };
        let mut solver = QuantumNewton::new(preparation, device, options, 1, &Silent);
        solver.solve(&LayerSystem { step: 3, layer: 0, hessian: &hessian, gradient: &gradient }).unwrap()
    }

    #[test]
    fn quantum_directions_are_within_epsilon_of_classical_ones_executed_or_not() {
        let classical = step(Mode::Classical, 600.0);
        assert_eq!(classical.record.execution, Execution::Classical);
        for (limit, execution) in [(600.0, Execution::Executed), (0.0, Execution::Perturbed)] {
            let quantum = step(Mode::Quantum, limit);
            assert_eq!(quantum.record.decision, Decision::Quantum);
            assert_eq!(quantum.record.execution, execution);
            let error = compare(&quantum.direction, &classical.direction).0;
            assert!(error > 0.0 && error <= 1e-2 * (1.0 + 1e-9), "{error}");
            assert!((error - quantum.record.relative_error.unwrap()).abs() < 1e-9);
        }
        assert_eq!(step(Mode::Quantum, 0.0), step(Mode::Quantum, 0.0), "the same seed gives the same error");
    }

    #[test]
    fn a_singular_block_is_an_error_that_says_so() {
        let hessian = array![[1.0, 1.0], [1.0, 1.0]];
        let system = LayerSystem { step: 0, layer: 0, hessian: &hessian, gradient: &[1.0, 0.0] };
        let error = ClassicalNewton::default().solve(&system).unwrap_err();
        assert!(error.to_string().contains("singular"), "{error}");
    }
}
