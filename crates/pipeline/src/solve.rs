//! A solve: compile, execute, compare with the classical solution.

use crate::compile::{CompileOptions, CompiledSystem, compile, norm};
use crate::documents::Seconds;
use crate::error::PipelineError;
use crate::execute::{ExecuteOptions, Execution, execute};
use qnewton_core::Monitor;
use qnewton_matrix::LinearSystem;

/// Everything about one solve.
#[derive(Clone, Debug)]
pub struct SolveReport {
    /// What was compiled.
    pub compiled: CompiledSystem,
    /// What the execution gave.
    pub execution: Execution,
    /// ||x_hat - x|| / ||x||, sign and norm included.
    pub relative_error: f64,
    /// |<x_hat, x>|^2 / (||x_hat||^2 ||x||^2).
    pub fidelity: f64,
    /// Seconds per stage.
    pub seconds: Seconds,
}

impl SolveReport {
    /// Whether the measured error is within the requested one.
    pub fn holds(&self) -> bool {
        self.relative_error <= self.compiled.epsilon
    }

    /// Whether an adiabatic walk ended with at least half of the probability in the solution, without which its filter
    /// promises nothing; `None` for solvers whose promise takes no such premise.
    pub fn walk_arrived(&self) -> Option<bool> {
        let least = self.compiled.direction?.least_success_probability?;
        Some(self.execution.success_probability >= least)
    }
}

/// Compiles and executes a system and compares with the classical solution.
pub fn solve(
    system: &LinearSystem,
    compile_options: &CompileOptions,
    execute_options: &ExecuteOptions,
    monitor: &dyn Monitor,
) -> Result<SolveReport, PipelineError> {
    solve_compiled(compile(system, compile_options, monitor)?, execute_options, monitor)
}

/// Executes a compiled system and compares with the classical solution.
pub(crate) fn solve_compiled(
    compiled: CompiledSystem,
    execute_options: &ExecuteOptions,
    monitor: &dyn Monitor,
) -> Result<SolveReport, PipelineError> {
    let execution = execute(&compiled, execute_options, monitor)?;
    let (relative_error, fidelity) = compare(&execution.solution, &compiled.classical_solution);
    let mut seconds = compiled.seconds.clone();
    seconds.insert("execution".to_string(), execution.seconds);
    Ok(SolveReport { compiled, execution, relative_error, fidelity, seconds })
}

/// Relative error and fidelity of a solution against a reference that is not zero.
pub fn compare(solution: &[f64], reference: &[f64]) -> (f64, f64) {
    let difference: Vec<f64> = solution.iter().zip(reference).map(|(found, wanted)| found - wanted).collect();
    let overlap: f64 = solution.iter().zip(reference).map(|(found, wanted)| found * wanted).sum();
    let (a, b) = (norm(solution), norm(reference));
    let fidelity = if a > 0.0 && b > 0.0 { (overlap / a / b).powi(2) } else { 0.0 };
    (norm(&difference) / b, fidelity)
}
