//! From a linear system to a circuit with a promise.

use crate::choice::{EncodingChoice, encode_chosen};
use crate::documents::Seconds;
use crate::error::PipelineError;
use crate::facts::SystemFacts;
use crate::inversion::{Inversion, invert};
use qnewton_circuit::{Basis, Circuit, Counts, Depth, count, depth, lower};
use qnewton_core::{ErrorLedger, Monitor, Stage};
use qnewton_encoding::{BlockEncoding, Certificate, SparseColumns, Verification, certify};
use qnewton_matrix::{LinearSystem, SparseMatrix, pad_to_power_of_two, solve};
use qnewton_qlsa::phases::qsvt_angles;
use qnewton_qlsa::polynomial::InversePolynomial;
use qnewton_qlsa::qsvt::inverse_direction_circuit;
use qnewton_qlsa::solver::SolverCircuit;
use std::time::Instant;

/// How a system is compiled.
#[derive(Clone, Debug)]
pub struct CompileOptions {
    /// Promised relative error of x, in (0, 1).
    pub epsilon: f64,
    /// How the block encoding is chosen.
    pub encoding: EncodingChoice,
    /// The gates of the circuit.
    pub basis: Basis,
    /// Whether the block encoding is executed for its certificate whatever its size.
    pub verify_encoding: bool,
}

impl Default for CompileOptions {
    fn default() -> Self {
        CompileOptions {
            epsilon: 1e-2,
            encoding: EncodingChoice::default(),
            basis: Basis::default(),
            verify_encoding: false,
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
    /// The right-hand side of the prepared system, without padding.
    pub rhs: Vec<f64>,
    /// The diagonal S of a scaling: x = S y with y the solution of the prepared system.
    pub scaling: Option<Vec<f64>>,
    /// Promised relative error.
    pub epsilon: f64,
    /// The block encoding.
    pub encoding: BlockEncoding,
    /// How far the encoding may be from the matrix.
    pub certificate: Certificate,
    /// The inversion polynomial.
    pub polynomial: InversePolynomial,
    /// The relative error that the polynomial was asked for.
    pub polynomial_epsilon: f64,
    /// P / normalization is what the circuit implements.
    pub normalization: f64,
    /// Residual of the phase factors.
    pub phase_residual: f64,
    /// Error bounds, all in terms of ||x_hat - x|| / ||x||.
    pub ledger: ErrorLedger,
    /// x = scale * unnormalised projected amplitudes.
    pub scale: f64,
    /// Predicted probability that all registers but `system` read 0, from the exact solution: right within a factor
    /// of (1 +- epsilon)^2.
    pub success_probability: f64,
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

/// Compiles a system with a right-hand side.
pub fn compile(
    system: &LinearSystem,
    options: &CompileOptions,
    monitor: &dyn Monitor,
) -> Result<CompiledSystem, PipelineError> {
    let epsilon = options.epsilon;
    if !(epsilon > 0.0 && epsilon < 1.0) {
        return Err(PipelineError::Epsilon { epsilon });
    }
    let rhs = system.rhs.clone().ok_or(PipelineError::NoRightHandSide)?;
    let mut clock = Clock::default();
    monitor.begin("spectrum", 0);
    let facts = SystemFacts::of(&system.matrix)?;
    let spectrum = &facts.spectrum;
    if spectrum.condition_number.is_none() {
        return Err(PipelineError::Singular { sigma_min: spectrum.smallest, norm: spectrum.norm });
    }
    clock.stage("spectrum");
    monitor.check()?;

    monitor.begin("classical", 0);
    let prepared_solution = solve(&system.matrix, &rhs)?.x;
    clock.stage("classical");
    monitor.check()?;

    monitor.begin("encoding", 0);
    let padded = padded_matrix(&system.matrix, &facts);
    let encoding = encode_chosen(&padded, &facts, &options.encoding, epsilon)?;
    let verification = if options.verify_encoding { Verification::Forced } else { Verification::WhereItFits };
    let certificate = certify(&encoding, &SparseColumns::of(&padded), verification, monitor)?;
    clock.stage("encoding");
    monitor.check()?;

    // ||S (y_hat - y)|| / ||S y|| is at most the ratio of the extremes of S times the relative error of y.
    let stretch = scaling_ratio(system.scaling.as_deref());
    // Error ledger: what everything but the polynomial contributes, so that the polynomial gets the rest.
    let mut ledger = ErrorLedger::new();
    let sigma_min = spectrum.smallest_interval.lower;
    let delta = certificate.error;
    if delta.is_nan() || delta >= sigma_min {
        return Err(PipelineError::Unreachable { epsilon, others: f64::INFINITY });
    }
    let encoding_share = delta / (sigma_min - delta);
    let condition = spectrum.norm_interval.upper / sigma_min;
    // Amplitudes from a tree of rotations: each level rounds once.
    let levels = padded.rows().trailing_zeros() as f64 + 1.0;
    // Errors of later stages are relative to a solution that is itself off by up to epsilon.
    let preparation = condition * 4.0 * levels * f64::EPSILON;
    ledger.add(Stage::Encoding, stretch * encoding_share * (1.0 + epsilon));
    ledger.add(Stage::StatePreparation, stretch * preparation * (1.0 + epsilon));
    // Amplitudes are off by at most the residual; ||x|| >= ||b|| / ||A||.
    let amplitude_to_solution = spectrum.norm_interval.upper / encoding.alpha;
    let interval = (sigma_min - delta) / encoding.alpha;
    let inversion =
        invert(interval, epsilon / stretch, ledger.total() / stretch, amplitude_to_solution, monitor)?;
    let Inversion { polynomial, polynomial_epsilon, normalization, factors, phase_error } = inversion;
    ledger.add(Stage::Polynomial, stretch * polynomial.error);
    ledger.add(Stage::Phases, stretch * phase_error);
    let (angles, phase) = qsvt_angles(&factors);
    clock.stage("phases");
    monitor.check()?;

    monitor.begin("circuit", 0);
    let mut amplitudes = rhs.clone();
    amplitudes.resize(padded.rows(), 0.0);
    let solver = inverse_direction_circuit(&encoding, &amplitudes, &angles, phase)?;
    clock.stage("circuit");
    monitor.begin("lowering", 0);
    let lowered = lower(&solver.circuit, options.basis)?;
    let (counts, depth) = (count(&lowered)?, depth(&lowered)?);
    let qubits = lowered.entry()?.qubit_count();
    clock.stage("lowering");

    let scale = norm(&rhs) * normalization / encoding.alpha;
    if !(scale.is_finite() && scale > 0.0) {
        return Err(PipelineError::Scale { scale });
    }
    // The circuit's own solution is within epsilon of the exact one, and so is the square root of its probability.
    let success_probability = (norm(&prepared_solution) / scale).powi(2).min(1.0);
    Ok(CompiledSystem {
        name: system.name.clone(),
        facts,
        rhs,
        scaling: system.scaling.clone(),
        epsilon,
        encoding,
        certificate,
        polynomial,
        polynomial_epsilon,
        normalization,
        phase_residual: factors.residual,
        ledger,
        scale,
        success_probability,
        solver,
        lowered,
        basis: options.basis,
        counts,
        depth,
        qubits,
        classical_solution: unscaled(prepared_solution, system.scaling.as_deref()),
        seconds: clock.seconds,
    })
}

/// x = S y.
pub(crate) fn unscaled(mut solution: Vec<f64>, scaling: Option<&[f64]>) -> Vec<f64> {
    for (value, factor) in solution.iter_mut().zip(scaling.unwrap_or_default()) {
        *value *= factor;
    }
    solution
}

/// The largest entry of S over the smallest; 1 without scaling.
fn scaling_ratio(scaling: Option<&[f64]>) -> f64 {
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
        self.seconds.insert(name.to_string(), (now - self.last).as_secs_f64());
        self.last = now;
    }
}
