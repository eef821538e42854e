//! From a linear system to a circuit with a promise.

use crate::amplify::{Amplification, AmplificationRecord, assemble_amplified};
use crate::assemble::{Assembled, Output, Problem, Solver};
use crate::choice::EncodingChoice;
use crate::documents::Seconds;
use crate::error::PipelineError;
use crate::facts::SystemFacts;
use crate::given::{GivenBlock, GivenError, GivenRightHandSide};
use crate::manifest::{DeflationRecord, PolynomialRecord};
use crate::norm::{Direction, NormEstimate};
use crate::several::Shared;
use qnewton_circuit::{Basis, Circuit, CircuitError, Counts, Depth, count, depth, lower};
use qnewton_core::{ErrorLedger, Monitor};
use qnewton_encoding::{BlockEncoding, Certificate, Verification};
use qnewton_matrix::{
    Deflation, GramFactor, LinearSystem, SparseMatrix, is_symmetric, pad_to_power_of_two, solve,
};
use qnewton_qlsa::solver::SolverCircuit;
use std::time::Instant;

/// What the automatic choice compiles: the others apply the polynomial of `qsvt` too, at a lower success probability.
const AUTOMATIC: &[Solver] = &[Solver::Qsvt, Solver::QsvtPositive, Solver::Gram];

/// How a system is compiled.
#[derive(Clone, Debug)]
pub struct CompileOptions {
    /// Promised relative error of x, in (0, 1).
    pub epsilon: f64,
    /// The algorithm; `None` takes the cheapest.
    pub solver: Option<Solver>,
    /// How the block encoding is chosen.
    pub encoding: EncodingChoice,
    /// The gates of the circuit.
    pub basis: Basis,
    /// Whether the block encoding is executed for its certificate whatever its size.
    pub verify_encoding: bool,
    /// So many eigenpairs of smallest magnitude of a symmetric matrix are solved for classically: the circuit is made
    /// for the condition number of the others.
    pub deflate: usize,
    /// A bound of the condition number that polynomials are made for in place of the computed one.
    pub condition_number: Option<f64>,
    /// Where [`Solver::Shortcut`] gets its estimate of the norm of the solution.
    pub norm_estimate: NormEstimate,
    /// How the success probability is raised.
    pub amplification: Amplification,
    /// A circuit that prepares the right-hand side, which must be what it prepares times a norm; `None` prepares it by a
    /// tree of rotations.
    pub rhs_circuit: Option<GivenRightHandSide>,
    /// A block encoding of the prepared matrix in place of a chosen one.
    pub block: Option<GivenBlock>,
}

impl CompileOptions {
    /// Whether encodings are executed for their certificate. Those from elsewhere are: nothing else is known of them.
    pub(crate) fn verification(&self) -> Verification {
        let forced = self.verify_encoding || self.block.is_some();
        if forced { Verification::Forced } else { Verification::WhereItFits }
    }
}

impl Default for CompileOptions {
    fn default() -> Self {
        CompileOptions {
            epsilon: 1e-2,
            solver: None,
            encoding: EncodingChoice::default(),
            basis: Basis::default(),
            verify_encoding: false,
            deflate: 0,
            condition_number: None,
            norm_estimate: NormEstimate::default(),
            amplification: Amplification::default(),
            rhs_circuit: None,
            block: None,
        }
    }
}

/// A compiled system: the circuit, what it costs, and what it promises.
#[derive(Clone, Debug)]
pub struct CompiledSystem {
    /// The system's name.
    pub name: String,
    /// Facts about its matrix.
    pub facts: SystemFacts,
    /// What was solved for classically.
    pub deflation: Option<DeflationRecord>,
    /// The right-hand side of the prepared system, without padding and what was deflated.
    pub rhs: Vec<f64>,
    /// The diagonal S of a scaling: x = S y with y the solution of the prepared system.
    pub scaling: Option<Vec<f64>>,
    /// Promised relative error.
    pub epsilon: f64,
    /// The block encoding.
    pub encoding: BlockEncoding,
    /// How far the encoding may be from the matrix.
    pub certificate: Certificate,
    /// The algorithm.
    pub algorithm: Solver,
    /// Degree of the polynomial.
    pub degree: u64,
    /// What determines the polynomial.
    pub polynomial: PolynomialRecord,
    /// Residual of the phase factors.
    pub phase_residual: f64,
    /// Error bounds, all in terms of ||x_hat - x|| / ||x||.
    pub ledger: ErrorLedger,
    /// x = scale * unnormalised projected amplitudes, and what was deflated; `None` where a further query tells.
    pub scale: Option<f64>,
    /// Of a circuit that leaves the direction of x only.
    pub direction: Option<Direction>,
    /// Of a solver whose success probability is raised: queries, probability and scale are those of the amplified circuit.
    pub amplification: Option<AmplificationRecord>,
    /// Predicted probability that all registers but `system` read 0, from the exact solution: right within a factor
    /// of (1 +- epsilon)^2. Of [`Solver::Adiabatic`] it is what its walk was measured to reach at least.
    pub success_probability: f64,
    /// Queries until an execution succeeds, on average, the further query included.
    pub expected_queries: f64,
    /// The circuit with structured operations.
    pub solver: SolverCircuit,
    /// The same circuit in the basis.
    pub lowered: Circuit,
    /// The basis.
    pub basis: Basis,
    /// Gates of the lowered circuit.
    pub counts: Counts,
    /// Depth of the lowered circuit.
    pub depth: Depth,
    /// Qubits of the lowered circuit.
    pub qubits: usize,
    /// Classical solution, from which the success probability is predicted.
    pub classical_solution: Vec<f64>,
    /// Seconds per stage.
    pub seconds: Seconds,
}

/// A system with all that solvers need.
pub(crate) struct Prepared {
    pub(crate) facts: SystemFacts,
    /// The facts with the bound of the condition number that was given.
    bounded: SystemFacts,
    padded: SparseMatrix<f64>,
    /// The right-hand side without and with padding.
    rhs: Vec<f64>,
    amplitudes: Vec<f64>,
    /// The classical solution of the prepared system.
    solution: Vec<f64>,
    /// What of the solution was solved for classically, in units of x.
    deflation: Option<DeflationRecord>,
    stretch: f64,
    factor: Option<GramFactor>,
}

impl Prepared {
    pub(crate) fn of(
        system: &LinearSystem,
        options: &CompileOptions,
        clock: &mut Clock,
        monitor: &dyn Monitor,
    ) -> Result<Self, PipelineError> {
        Prepared::sharing(system, options, &mut Shared::default(), clock, monitor)
    }

    /// As [`Prepared::of`], with what other right-hand sides of the matrix have found out already.
    fn sharing(
        system: &LinearSystem,
        options: &CompileOptions,
        shared: &mut Shared,
        clock: &mut Clock,
        monitor: &dyn Monitor,
    ) -> Result<Self, PipelineError> {
        let epsilon = options.epsilon;
        if !(epsilon > 0.0 && epsilon < 1.0) {
            return Err(PipelineError::Epsilon { epsilon });
        }
        let mut rhs = system.rhs.clone().ok_or(PipelineError::NoRightHandSide)?;
        // What needs no spectrum is refused before it is computed.
        if let Some(solver) = options.solver.filter(|solver| solver.needs_symmetry())
            && !is_symmetric(&system.matrix)
        {
            return Err(PipelineError::NotSymmetric { solver: solver.name() });
        }
        if options.solver == Some(Solver::Gram) && system.factor.is_none() {
            return Err(PipelineError::NoFactor);
        }
        check_given(system, &rhs, options)?;
        monitor.begin("spectrum", 0);
        let facts = shared.facts(system)?;
        facts.check_regular()?;
        let mut deflation = None;
        let deflated = match options.deflate {
            0 => facts.clone(),
            count => {
                let pairs = Deflation::of_smallest(&system.matrix, count)?;
                let deflated = facts.deflated(&pairs);
                let part = pairs.apply(&rhs)?;
                rhs = part.rhs;
                deflation = Some(DeflationRecord {
                    eigenvalues: pairs.eigenvalues().to_vec(),
                    condition_number: deflated.spectrum.condition_number.unwrap_or(f64::INFINITY),
                    solution: unscaled(part.solution, system.scaling.as_deref()),
                });
                deflated
            }
        };
        let bounded = deflated.bounded(options.condition_number)?;
        if let Some(solver) = options.solver {
            solver.check(&facts)?;
        }
        clock.stage("spectrum");
        monitor.check()?;
        monitor.begin("classical", 0);
        let solution = solve(&system.matrix, &rhs)?.x;
        clock.stage("classical");
        monitor.check()?;
        let padded = padded_matrix(&system.matrix, &facts);
        let mut amplitudes = rhs.clone();
        amplitudes.resize(padded.rows(), 0.0);
        // ||S (y_hat - y)|| / ||S y|| is at most the ratio of the extremes of S times the relative error of y.
        let stretch = scaling_ratio(system.scaling.as_deref());
        Ok(Prepared {
            facts,
            bounded,
            padded,
            rhs,
            amplitudes,
            solution,
            deflation,
            stretch,
            factor: system.factor.clone(),
        })
    }

    /// What a solver is given.
    pub(crate) fn problem<'a>(&'a self, options: &'a CompileOptions) -> Problem<'a> {
        let Prepared { bounded, padded, amplitudes, solution, stretch, factor, .. } = self;
        Problem {
            facts: bounded,
            padded,
            rhs: amplitudes,
            solution_norm: norm(solution),
            options,
            stretch: *stretch,
            deflated: self.deflation.is_some(),
            factor: factor.as_ref(),
        }
    }

    /// x = scale * unnormalised projected amplitudes, if that is known.
    fn scale(&self, assembled: &Assembled) -> Option<f64> {
        match assembled.output {
            Output::Scaled { unit_scale } => Some(norm(&self.rhs) * unit_scale),
            Output::Direction { .. } => None,
        }
    }

    /// The probability of success. The circuit's own solution is within epsilon of the exact one, and so is the square
    /// root of its probability.
    pub(crate) fn success_probability(&self, assembled: &Assembled) -> f64 {
        match assembled.output {
            Output::Scaled { unit_scale } => {
                (norm(&self.solution) / (norm(&self.rhs) * unit_scale)).powi(2).min(1.0)
            }
            Output::Direction { success_probability, .. } => success_probability.min(1.0),
        }
    }

    /// Executions until one succeeds, on average.
    pub(crate) fn executions(&self, assembled: &Assembled) -> f64 {
        match assembled.output {
            Output::Scaled { .. } => 1.0 / self.success_probability(assembled),
            Output::Direction { executions, .. } => executions,
        }
    }

    /// Queries until one succeeds, on average, and one for the norm.
    pub(crate) fn expected_queries(&self, assembled: &Assembled) -> f64 {
        let further = if self.direction(assembled).is_some() { 1.0 } else { 0.0 };
        self.executions(assembled) * assembled.circuit.queries as f64 + further
    }

    /// What is known if the circuit leaves the direction only.
    pub(crate) fn direction(&self, assembled: &Assembled) -> Option<Direction> {
        match assembled.output {
            Output::Scaled { .. } => None,
            Output::Direction { norm_estimate, .. } => {
                let ratio = norm(&self.rhs) / (assembled.encoding.alpha * norm(&self.solution));
                Some(Direction {
                    norm_estimate,
                    norm_probability: ratio.powi(2).min(1.0),
                    least_success_probability: assembled.polynomial.least_success_probability(),
                })
            }
        }
    }
}

/// What a solver makes of a system, and how it is amplified.
type Candidate = (Assembled, Option<AmplificationRecord>);
/// Refuses circuits from elsewhere that do not fit the system.
fn check_given(system: &LinearSystem, rhs: &[f64], options: &CompileOptions) -> Result<(), GivenError> {
    if let Some(given) = &options.rhs_circuit {
        if system.scaling.is_some() || options.deflate > 0 {
            return Err(GivenError::Scaling);
        }
        given.check(rhs)?;
    }
    if let Some(given) = &options.block {
        given.check_size(system.dimension())?;
        match options.solver {
            Some(Solver::QsvtPositive) => return Err(GivenError::Shifted),
            Some(Solver::Gram) => return Err(GivenError::Factor),
            _ => {}
        }
    }
    Ok(())
}

/// Compiles a system with a right-hand side.
pub fn compile(
    system: &LinearSystem,
    options: &CompileOptions,
    monitor: &dyn Monitor,
) -> Result<CompiledSystem, PipelineError> {
    compile_sharing(system, options, &mut Shared::default(), monitor)
}

/// As [`compile()`], with what other right-hand sides of the matrix have been compiled to already.
pub(crate) fn compile_sharing(
    system: &LinearSystem,
    options: &CompileOptions,
    shared: &mut Shared,
    monitor: &dyn Monitor,
) -> Result<CompiledSystem, PipelineError> {
    let mut clock = Clock::default();
    let prepared = Prepared::sharing(system, options, shared, &mut clock, monitor)?;
    let solvers: Vec<Solver> = match options.solver {
        Some(solver) => vec![solver],
        None => {
            let usable = |solver: &Solver| solver.applies(&prepared.facts) && !shared.is_refused(*solver);
            AUTOMATIC.iter().copied().filter(usable).collect()
        }
    };
    let mut best: Option<(f64, Candidate, Lowered)> = None;
    let mut refused = None;
    for solver in solvers {
        let found = assemble_amplified(solver, &prepared, options, shared, &mut clock, monitor);
        let found = found.and_then(|found| {
            monitor.begin("lowering", 0);
            let lowered = Lowered::of(&found.0.circuit.circuit, options.basis)?;
            clock.stage("lowering");
            Ok((found, lowered))
        });
        match found {
            Ok((candidate, lowered)) => {
                let expected = lowered.counts.two_qubit() as f64 * prepared.executions(&candidate.0);
                if best.as_ref().is_none_or(|(least, ..)| expected < *least) {
                    best = Some((expected, candidate, lowered));
                }
            }
            Err(PipelineError::Cancelled(cancelled)) => return Err(cancelled.into()),
            Err(error) => refused = refused.or(Some(error)),
        }
        monitor.check()?;
    }
    let ((assembled, amplification), lowered) = match (best, refused) {
        (Some((_, candidate, lowered)), _) => (candidate, lowered),
        (None, Some(error)) => return Err(error),
        (None, None) => return Err(PipelineError::NoRightHandSide),
    };
    let scale = prepared.scale(&assembled);
    if let Some(scale) = scale.filter(|scale| !(scale.is_finite() && *scale > 0.0)) {
        return Err(PipelineError::Scale { scale });
    }
    let success_probability = prepared.success_probability(&assembled);
    let expected_queries = prepared.expected_queries(&assembled);
    let direction = prepared.direction(&assembled);
    let Prepared { facts, rhs, solution, deflation, .. } = prepared;
    let added = deflation.as_ref().map(|deflation| deflation.solution.as_slice());
    let classical_solution = with_added(unscaled(solution, system.scaling.as_deref()), added);
    if !norm(&classical_solution).is_normal() {
        return Err(PipelineError::Scale { scale: norm(&classical_solution) });
    }
    Ok(CompiledSystem {
        name: system.name.clone(),
        facts,
        deflation,
        rhs,
        scaling: system.scaling.clone(),
        epsilon: options.epsilon,
        encoding: assembled.encoding,
        certificate: assembled.certificate,
        algorithm: assembled.solver,
        degree: assembled.degree,
        polynomial: assembled.polynomial,
        phase_residual: assembled.phase_residual,
        ledger: assembled.ledger,
        scale,
        direction,
        amplification,
        success_probability,
        expected_queries,
        solver: assembled.circuit,
        lowered: lowered.circuit,
        basis: options.basis,
        counts: lowered.counts,
        depth: lowered.depth,
        qubits: lowered.qubits,
        classical_solution,
        seconds: clock.seconds,
    })
}

/// A circuit in a basis, counted.
pub(crate) struct Lowered {
    pub(crate) circuit: Circuit,
    pub(crate) counts: Counts,
    pub(crate) depth: Depth,
    pub(crate) qubits: usize,
}

impl Lowered {
    pub(crate) fn of(circuit: &Circuit, basis: Basis) -> Result<Self, CircuitError> {
        let circuit = lower(circuit, basis)?;
        let (counts, depth) = (count(&circuit)?, depth(&circuit)?);
        let qubits = circuit.entry()?.qubit_count();
        Ok(Lowered { circuit, counts, depth, qubits })
    }
}

/// x = S y.
pub(crate) fn unscaled(mut solution: Vec<f64>, scaling: Option<&[f64]>) -> Vec<f64> {
    for (value, factor) in solution.iter_mut().zip(scaling.unwrap_or_default()) {
        *value *= factor;
    }
    solution
}

/// x = solution + added.
pub(crate) fn with_added(mut solution: Vec<f64>, added: Option<&[f64]>) -> Vec<f64> {
    for (value, term) in solution.iter_mut().zip(added.unwrap_or_default()) {
        *value += term;
    }
    solution
}

/// The largest entry of S over the smallest; 1 without scaling.
pub(crate) fn scaling_ratio(scaling: Option<&[f64]>) -> f64 {
    let scaling = scaling.unwrap_or_default();
    let largest = scaling.iter().copied().fold(0.0, f64::max);
    let smallest = scaling.iter().copied().fold(f64::INFINITY, f64::min);
    if largest > 0.0 { largest / smallest } else { 1.0 }
}

/// The matrix on 2^n unknowns, n >= 1, with the same condition number and solution.
pub(crate) fn padded_matrix(matrix: &SparseMatrix<f64>, facts: &SystemFacts) -> SparseMatrix<f64> {
    if matrix.rows() > 1 {
        return pad_to_power_of_two(matrix, &facts.spectrum);
    }
    // A single unknown still needs a qubit: the second one has the same equation and right-hand side 0.
    let value = matrix.get(0, 0);
    SparseMatrix::identity(2).scale(value)
}

pub(crate) fn norm(vector: &[f64]) -> f64 {
    vector.iter().fold(0.0, |sum: f64, value| sum.hypot(*value))
}

/// Measures stages one after another.
pub(crate) struct Clock {
    last: Instant,
    pub(crate) seconds: Seconds,
}

impl Default for Clock {
    fn default() -> Self {
        Clock { last: Instant::now(), seconds: Seconds::new() }
    }
}

impl Clock {
    pub(crate) fn stage(&mut self, name: &str) {
        let now = Instant::now();
        *self.seconds.entry(name.to_string()).or_default() += (now - self.last).as_secs_f64();
        self.last = now;
    }
}
