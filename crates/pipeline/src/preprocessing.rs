//! Classical preprocessing side by side: what it makes of the condition number, and of the cost of a solution.

use crate::assemble::Solver;
use crate::compile::{CompileOptions, CompiledSystem, compile};
use crate::error::PipelineError;
use qnewton_core::Monitor;
use qnewton_matrix::{InvalidSystem, LinearSystem, Preparation};

/// Numbers of eigenpairs that are tried, as far as there are that many.
const DEFLATED: [usize; 5] = [0, 1, 2, 4, 8];

/// Preprocessing and what comes of it.
#[derive(Debug)]
pub struct PreprocessingCandidate {
    /// Whether the system was scaled symmetrically to a diagonal of +-1.
    pub jacobi: bool,
    /// Eigenpairs of smallest magnitude that were solved for classically.
    pub deflate: usize,
    /// The circuit's figures, or why there is none.
    pub cost: Result<PreprocessedCost, PipelineError>,
}

/// What a circuit costs after preprocessing.
#[derive(Clone, Debug, PartialEq)]
pub struct PreprocessedCost {
    /// The condition number of what is left to the circuit.
    pub condition_number: f64,
    /// The algorithm.
    pub solver: Solver,
    /// Name of the block encoding.
    pub encoding: String,
    /// Queries of the matrix in one execution.
    pub queries: u64,
    /// Qubits.
    pub qubits: usize,
    /// Two-qubit gates of one execution.
    pub two_qubit_count: u128,
    /// Probability that an execution succeeds.
    pub success_probability: f64,
    /// Two-qubit gates until one succeeds, on average.
    pub expected_two_qubit_count: f64,
}

impl PreprocessedCost {
    fn of(compiled: &CompiledSystem) -> Self {
        let condition_number = match &compiled.deflation {
            Some(deflation) => deflation.condition_number,
            None => compiled.facts.spectrum.condition_number.unwrap_or(f64::INFINITY),
        };
        let two_qubit_count = compiled.counts.two_qubit();
        let executions = compiled.expected_queries / compiled.solver.queries.max(1) as f64;
        PreprocessedCost {
            condition_number,
            solver: compiled.algorithm,
            encoding: compiled.encoding.name.clone(),
            queries: compiled.solver.queries,
            qubits: compiled.qubits,
            two_qubit_count,
            success_probability: compiled.success_probability,
            expected_two_qubit_count: two_qubit_count as f64 * executions,
        }
    }
}

/// Compiles a system that was not scaled as it is, scaled, and with more and more eigenpairs deflated; the cheapest per
/// solution first, those that cannot be compiled last.
///
/// Relative errors of a scaled system count in the units of the solution, so that they are held to a smaller one.
pub fn compare_preprocessing(
    system: &LinearSystem,
    options: &CompileOptions,
    monitor: &dyn Monitor,
) -> Result<Vec<PreprocessingCandidate>, PipelineError> {
    let mut candidates = Vec::new();
    for jacobi in [false, true] {
        let scaled = if jacobi { scaled(system) } else { Ok(system.clone()) };
        for deflate in DEFLATED.into_iter().filter(|&count| count == 0 || 2 * count <= system.dimension()) {
            let cost = match &scaled {
                Ok(system) => {
                    let options = CompileOptions { deflate, ..options.clone() };
                    compile(system, &options, monitor).map(|compiled| PreprocessedCost::of(&compiled))
                }
                Err(kind) if deflate == 0 => Err(kind.clone().into()),
                Err(_) => break,
            };
            if let Err(PipelineError::Cancelled(cancelled)) = cost {
                return Err(cancelled.into());
            }
            candidates.push(PreprocessingCandidate { jacobi, deflate, cost });
            monitor.check()?;
        }
    }
    let expected = |candidate: &PreprocessingCandidate| {
        candidate.cost.as_ref().map_or(f64::INFINITY, |cost| cost.expected_two_qubit_count)
    };
    candidates.sort_by(|a, b| expected(a).total_cmp(&expected(b)));
    Ok(candidates)
}

fn scaled(system: &LinearSystem) -> Result<LinearSystem, InvalidSystem> {
    let preparation = Preparation { jacobi: true, ..Preparation::default() };
    let scaled =
        LinearSystem::new(system.name.clone(), system.matrix.clone(), system.rhs.clone(), &preparation)?;
    Ok(LinearSystem { real_form: system.real_form, ..scaled })
}
