//! All solvers side by side, on one system: what each circuit costs, repetitions included.

use crate::amplify::{Amplification, AmplificationRecord, assemble_amplified};
use crate::assemble::{Solver, assemble};
use crate::compile::{Clock, CompileOptions, Lowered, Prepared};
use crate::error::PipelineError;
use crate::facts::SystemFacts;
use crate::several::Shared;
use qnewton_circuit::{Counts, Depth};
use qnewton_core::Monitor;
use qnewton_matrix::LinearSystem;

/// A solver and what its circuit costs, or why there is none.
#[derive(Debug)]
pub struct SolverCandidate {
    /// The solver.
    pub solver: Solver,
    /// The circuit's figures.
    pub cost: Result<SolverCost, PipelineError>,
}

/// What a compiled solver costs.
#[derive(Clone, Debug)]
pub struct SolverCost {
    /// Name of the block encoding.
    pub encoding: String,
    /// Its subnormalization.
    pub alpha: f64,
    /// Bound of the relative error of x.
    pub error_bound: f64,
    /// Degree of the polynomial.
    pub degree: u64,
    /// Queries of the matrix and of the right-hand side.
    pub queries: u64,
    /// Queries of the right-hand side.
    pub queries_b: u64,
    /// Qubits of the lowered circuit.
    pub qubits: usize,
    /// Gates in the basis.
    pub counts: Counts,
    /// Depth in the basis.
    pub depth: Depth,
    /// Probability that one execution succeeds.
    pub success_probability: f64,
    /// Executions until one succeeds, on average; where several circuits are tried in turn, in units of the queries of
    /// this one.
    pub expected_executions: f64,
    /// Queries until an execution succeeds, on average, the further query for the norm included.
    pub expected_queries: f64,
    /// Gates of that query, where one is made.
    pub norm_query: Option<Counts>,
    /// The amplified circuit with the fewest expected queries, compiled for the same promise; `None` where none has fewer
    /// than the circuit as it is, or none can be made.
    pub amplified_circuit: Option<AmplifiedCost>,
}

/// What an amplified circuit costs, the reflections included.
#[derive(Clone, Debug)]
pub struct AmplifiedCost {
    /// How it is amplified.
    pub record: AmplificationRecord,
    /// Bound of the relative error of x.
    pub error_bound: f64,
    /// Queries of the matrix.
    pub queries: u64,
    /// Queries of the right-hand side.
    pub queries_b: u64,
    /// Qubits of the lowered circuit.
    pub qubits: usize,
    /// Gates in the basis.
    pub counts: Counts,
    /// Depth in the basis.
    pub depth: Depth,
    /// Probability that one execution succeeds.
    pub success_probability: f64,
    /// Queries until an execution succeeds, on average, the further query for the norm included.
    pub expected_queries: f64,
    /// Two-qubit gates until then, and those of the further query.
    pub expected_two_qubit_count: f64,
}

impl SolverCost {
    /// Two-qubit gates until an execution succeeds, on average, and those of a query for the norm.
    pub fn expected_two_qubit_count(&self) -> f64 {
        let norm_query = self.norm_query.as_ref().map_or(0, Counts::two_qubit);
        self.counts.two_qubit() as f64 * self.expected_executions + norm_query as f64
    }

    /// Uses of the circuit and its inverse, 2k + 1, in k rounds of amplitude amplification, k chosen such that the success
    /// probability sin^2((2k + 1) asin sqrt p) makes the expected number of uses smallest; and that expected number
    /// (Brassard, Høyer, Mosca, Tapp, quant-ph/0005055). The reflections between them are not counted.
    pub fn amplified(&self) -> (u64, f64) {
        let angle = self.success_probability.sqrt().min(1.0).asin();
        let most = (std::f64::consts::FRAC_PI_4 / angle).min(1e6) as u64;
        let uses = |rounds: u64| (2 * rounds + 1) as f64;
        let expected = |rounds: u64| uses(rounds) / (uses(rounds) * angle).sin().powi(2);
        let best = (0..=most).min_by(|&a, &b| expected(a).total_cmp(&expected(b))).unwrap_or(0);
        (2 * best + 1, expected(best))
    }
}

/// Compiles a system with every solver, the cheapest per solution first; those that do not apply come last.
pub fn compare_solvers(
    system: &LinearSystem,
    options: &CompileOptions,
    monitor: &dyn Monitor,
) -> Result<(SystemFacts, Vec<SolverCandidate>), PipelineError> {
    let mut clock = Clock::default();
    let prepared = Prepared::of(system, options, &mut clock, monitor)?;
    let mut candidates = Vec::new();
    for &solver in Solver::ALL {
        let cost = cost(solver, &prepared, options, &mut clock, monitor);
        if let Err(PipelineError::Cancelled(cancelled)) = cost {
            return Err(cancelled.into());
        }
        candidates.push(SolverCandidate { solver, cost });
        monitor.check()?;
    }
    let expected = |candidate: &SolverCandidate| {
        candidate.cost.as_ref().map_or(f64::INFINITY, SolverCost::expected_two_qubit_count)
    };
    candidates.sort_by(|a, b| expected(a).total_cmp(&expected(b)));
    Ok((prepared.facts, candidates))
}

fn cost(
    solver: Solver,
    prepared: &Prepared,
    options: &CompileOptions,
    clock: &mut Clock,
    monitor: &dyn Monitor,
) -> Result<SolverCost, PipelineError> {
    let assembled = assemble(solver, &prepared.problem(options), clock, monitor)?;
    let lowered = Lowered::of(&assembled.circuit.circuit, options.basis)?;
    let norm_query = match prepared.direction(&assembled) {
        Some(_) => Some(Lowered::of(&assembled.encoding.circuit, options.basis)?.counts),
        None => None,
    };
    let norm_gates = norm_query.as_ref().map_or(0, Counts::two_qubit);
    let amplified_circuit = amplified_cost(solver, prepared, options, norm_gates, clock, monitor)?;
    Ok(SolverCost {
        encoding: assembled.encoding.name.clone(),
        alpha: assembled.encoding.alpha,
        error_bound: assembled.ledger.total(),
        degree: assembled.degree,
        queries: assembled.circuit.queries,
        queries_b: assembled.circuit.queries_b,
        qubits: lowered.qubits,
        counts: lowered.counts,
        depth: lowered.depth,
        success_probability: prepared.success_probability(&assembled),
        expected_executions: prepared.executions(&assembled),
        expected_queries: prepared.expected_queries(&assembled),
        norm_query,
        amplified_circuit,
    })
}

/// The cost of the best amplified circuit. What keeps it from being made does not keep the solver from being compared.
fn amplified_cost(
    solver: Solver,
    prepared: &Prepared,
    options: &CompileOptions,
    norm_gates: u128,
    clock: &mut Clock,
    monitor: &dyn Monitor,
) -> Result<Option<AmplifiedCost>, PipelineError> {
    let options = CompileOptions { amplification: Amplification::Auto, ..options.clone() };
    let mut shared = Shared::default();
    let found = assemble_amplified(solver, prepared, &options, &mut shared, clock, monitor);
    let (assembled, record) = match found {
        Ok((assembled, Some(record))) => (assembled, record),
        Err(PipelineError::Cancelled(cancelled)) => return Err(cancelled.into()),
        Ok((_, None)) | Err(_) => return Ok(None),
    };
    let lowered = Lowered::of(&assembled.circuit.circuit, options.basis)?;
    let executions = prepared.executions(&assembled);
    Ok(Some(AmplifiedCost {
        record,
        error_bound: assembled.ledger.total(),
        queries: assembled.circuit.queries,
        queries_b: assembled.circuit.queries_b,
        qubits: lowered.qubits,
        expected_two_qubit_count: lowered.counts.two_qubit() as f64 * executions + norm_gates as f64,
        counts: lowered.counts,
        depth: lowered.depth,
        success_probability: prepared.success_probability(&assembled),
        expected_queries: prepared.expected_queries(&assembled),
    }))
}
