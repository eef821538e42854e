//! Why a system did not come through.

use crate::given::GivenError;
use qnewton_circuit::CircuitError;
use qnewton_core::Cancelled;
use qnewton_encoding::EncodingError;
use qnewton_matrix::{DeflationError, InvalidSystem, SolveError, SpectrumError, SystemError};
use qnewton_qlsa::phases::PhaseError;
use qnewton_qlsa::polynomial::PolynomialError;
use qnewton_statevector::ExecutorError;
use std::path::PathBuf;
use thiserror::Error;

/// Why a system did not come through.
#[derive(Debug, Error)]
pub enum PipelineError {
    /// A circuit that is not unitary is to be compared with another.
    #[error("a circuit that measures or resets cannot be compared: only unitary ones can")]
    NotComparable,
    /// The system has no unique solution.
    #[error(
        "the matrix is singular to working precision: sigma_min = {sigma_min:.3e}, norm = {norm:.3e}; \
         damping (--damping F) would make it regular"
    )]
    Singular {
        /// Smallest singular value.
        sigma_min: f64,
        /// Largest singular value.
        norm: f64,
    },
    /// The gradients leave the system without a unique solution.
    #[error(
        "G^T G/B + shift I is singular to working precision: sigma_min = {sigma_min:.3e}, norm = {norm:.3e}; a larger \
         shift (--shift) would make it regular"
    )]
    SingularGram {
        /// Smallest singular value.
        sigma_min: f64,
        /// Largest singular value.
        norm: f64,
    },
    /// The solver for gradients was asked for a matrix.
    #[error(
        "gram needs the gradients G of A = G^T G/B + shift I (--gram --shift LAMBDA), not A; other solvers take A"
    )]
    NoFactor,
    /// Neither a shift nor the singular values of the gradients bound the polynomial of the solver for gradients.
    #[error(
        "gram needs a shift above 0 (--shift LAMBDA) in A = G^T G/B + shift I, or singular values of G above 0 and no \
         deflation; other solvers take any regular A"
    )]
    NoShift,
    /// Damping or pruning of a complex matrix.
    #[error("damping, pruning and scaling are for real matrices")]
    ComplexPreparation,
    /// Gradients with imaginary parts.
    #[error("per-sample gradients must be real")]
    ComplexGradients,
    /// A comparison where there is one method.
    #[error("gradients and families have one encoding: there is nothing to compare")]
    NothingToCompare,
    /// A solver for symmetric matrices was asked for another one.
    #[error("{solver} needs a symmetric matrix; qsvt takes any")]
    NotSymmetric {
        /// The solver.
        solver: &'static str,
    },
    /// A solver for positive definite matrices was asked for another one.
    #[error(
        "qsvt-positive needs a symmetric positive definite matrix; this one {}",
        definiteness(*symmetric, *smallest_eigenvalue)
    )]
    NotPositiveDefinite {
        /// Whether the matrix is symmetric.
        symmetric: bool,
        /// Its smallest eigenvalue, where it is known.
        smallest_eigenvalue: Option<f64>,
    },
    /// A solve without a right-hand side.
    #[error("a right-hand side is needed")]
    NoRightHandSide,
    /// A bound of the condition number that does not hold.
    #[error(
        "the condition number is said to be at most {given}, but that of the matrix is {computed}: a bound that is at \
         least as large is needed"
    )]
    ConditionNumber {
        /// What was given.
        given: f64,
        /// What was computed.
        computed: f64,
    },
    /// Eigenpairs cannot be taken out.
    #[error(transparent)]
    Deflation(#[from] DeflationError),
    /// A family whose condition number has no closed form.
    #[error(
        "the condition number of an indefinite matrix of a family is not computed: an upper bound is needed"
    )]
    UnknownConditionNumber,
    /// The requested accuracy is not a number in (0, 1).
    #[error("epsilon is {epsilon}; a number between 0 and 1 is needed")]
    Epsilon {
        /// What was asked for.
        epsilon: f64,
    },
    /// The requested accuracy is below what double precision gives for this system.
    #[error(
        "epsilon = {epsilon:.1e} cannot be promised: the stages other than the polynomial may already contribute {others:.1e}"
    )]
    Unreachable {
        /// What was asked for.
        epsilon: f64,
        /// The sum of the other stages.
        others: f64,
    },
    /// The numbers are too large or too small for double precision.
    #[error("the solution would be {scale:e} times an amplitude: scale the matrix or the right-hand side")]
    Scale {
        /// The factor between amplitudes and solution.
        scale: f64,
    },
    /// The file is not the circuit that its manifest describes.
    #[error(
        "{} is not the circuit that was emitted with its manifest: no solution can be recovered from it; \
         `verify` tells the difference, and without the manifest it runs as any circuit",
        path.display()
    )]
    Changed {
        /// The OpenQASM file.
        path: PathBuf,
    },
    /// The polynomial's degree is beyond what is compiled.
    #[error(
        "the inversion polynomial would have degree about {degree:.3e} (alpha/sigma_min = {kappa:.3e}), above the limit of {limit}"
    )]
    DegreeTooLarge {
        /// Predicted degree.
        degree: f64,
        /// alpha / sigma_min.
        kappa: f64,
        /// The limit.
        limit: u64,
    },
    /// The execution is predicted to take too long.
    #[error(
        "executing this circuit is predicted to take {predicted:.0} s, above the limit of {limit:.0} s: \
         {queries} queries on {qubits} qubits"
    )]
    TooSlow {
        /// Predicted seconds.
        predicted: f64,
        /// The limit in seconds.
        limit: f64,
        /// Number of queries.
        queries: u64,
        /// Number of qubits.
        qubits: usize,
    },
    /// A flat file would be too large.
    #[error(
        "the flat file would hold {gates} gates (about {gigabytes:.0} GB), above the limit of {limit} gates; \
         the hierarchical style says the same in little space"
    )]
    FileTooLarge {
        /// Number of gates.
        gates: u128,
        /// Predicted size.
        gigabytes: f64,
        /// The limit in gates.
        limit: u128,
    },
    /// A register, a value or an observable that the circuit does not have.
    #[error("{problem}")]
    Request {
        /// What is wrong and what would be accepted.
        problem: String,
    },
    /// A run cannot go on from its checkpoint.
    #[error("{}: {error}", path.display())]
    Checkpoint {
        /// The checkpoint.
        path: PathBuf,
        /// Why.
        error: Box<qnewton_statevector::CheckpointError>,
    },
    /// The manifest is missing or malformed.
    #[error("manifest {}: {problem}", path.display())]
    Manifest {
        /// The manifest's path.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// The circuit and its manifest do not belong together.
    #[error(
        "the manifest does not describe this circuit: a register `system`, on the qubits that the manifest names, \
         for {unknowns} unknowns is needed"
    )]
    Mismatch {
        /// Number of unknowns that the manifest states.
        unknowns: usize,
    },
    /// A file could not be read.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The reason.
        source: std::io::Error,
    },
    /// The file is not OpenQASM that the reader accepts.
    #[error("{}: {error}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Its text, to show the place.
        source_text: String,
        /// What is wrong and where.
        error: Box<qnewton_qasm::ReadError>,
    },
    /// A file could not be written.
    #[error("{}: {message}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// The reason.
        message: String,
    },
    /// The system is not usable.
    #[error(transparent)]
    System(#[from] SystemError),
    /// The system is not usable.
    #[error(transparent)]
    Invalid(#[from] InvalidSystem),
    /// No spectrum.
    #[error(transparent)]
    Spectrum(#[from] SpectrumError),
    /// No classical solution.
    #[error("classical solver: {0}")]
    Classical(#[from] SolveError),
    /// No eigenvectors to verify with.
    #[error(transparent)]
    Decomposition(#[from] qnewton_matrix::DecompositionError),
    /// No encoding.
    #[error("block encoding: {0}")]
    Encoding(#[from] EncodingError),
    /// No polynomial.
    #[error("polynomial: {0}")]
    Polynomial(#[from] PolynomialError),
    /// No phase factors.
    #[error("phase factors: {0}")]
    Phases(#[from] PhaseError),
    /// No circuit for the direction of the solution.
    #[error(transparent)]
    Direction(#[from] qnewton_qlsa::shortcut::StateSolverError),
    /// No walk.
    #[error(transparent)]
    Walk(#[from] qnewton_qlsa::walk::WalkError),
    /// A solver whose success probability is not raised that way.
    #[error("{solver} is not amplified by {method}: {reason}")]
    NotAmplified {
        /// The solver.
        solver: &'static str,
        /// How it was to be amplified.
        method: &'static str,
        /// Why not, and what would be accepted.
        reason: &'static str,
    },
    /// No amplification.
    #[error("amplification: {0}")]
    Amplification(#[from] qnewton_qlsa::amplification::AmplificationError),
    /// A solver whose circuit without values is not made.
    #[error(
        "{solver} is not estimated without values: its evolutions are planned from their phase factors; `compile` counts it"
    )]
    NoEstimate {
        /// The solver.
        solver: &'static str,
    },
    /// No phase estimation of an evolution.
    #[error("evolution: {0}")]
    Evolution(#[from] qnewton_qlsa::evolution::EvolutionError),
    /// A circuit from elsewhere that does not fit.
    #[error(transparent)]
    Given(#[from] GivenError),
    /// Circuit not well-formed.
    #[error(transparent)]
    Circuit(#[from] CircuitError),
    /// Not executed.
    #[error("executor: {0}")]
    Executor(#[from] ExecutorError),
    /// Stopped by the user.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

fn definiteness(symmetric: bool, smallest_eigenvalue: Option<f64>) -> String {
    match (symmetric, smallest_eigenvalue) {
        (false, _) => "is not symmetric".to_string(),
        (true, Some(value)) => format!("has the eigenvalue {value:.3e}"),
        (true, None) => "is not known to be definite".to_string(),
    }
}
