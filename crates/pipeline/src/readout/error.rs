//! Why nothing was read.

use crate::error::PipelineError;
use qnewton_circuit::CircuitError;
use qnewton_core::Cancelled;
use qnewton_encoding::EncodingError;
use qnewton_matrix::MatrixError;
use qnewton_statevector::ExecutorError;
use thiserror::Error;

/// Why nothing was read.
#[derive(Debug, Error)]
pub enum ReadoutError {
    /// Too few or too many shots.
    #[error("{shots} shots; from {least} to 2^53 can be taken")]
    Shots {
        /// What was asked for.
        shots: u64,
        /// The fewest that are enough for all circuits.
        least: u64,
    },
    /// The register does not hold the solution.
    #[error(
        "the solver has {qubits} qubits in its register `system`, which must hold {unknowns} unknowns, at least 1"
    )]
    Unknowns {
        /// Number of unknowns.
        unknowns: usize,
        /// Qubits of the register; 0 if there is none.
        qubits: usize,
    },
    /// A vector or matrix of another size.
    #[error("{found} entries are given where there are {expected} unknowns")]
    Length {
        /// Number of unknowns.
        expected: usize,
        /// What was given.
        found: usize,
    },
    /// Amplitudes that are not those of a state.
    #[error("an outcome of the circuit has the probability {probability}")]
    Probability {
        /// The probability.
        probability: f64,
    },
    /// No observable.
    #[error("observable: {0}")]
    Matrix(#[from] MatrixError),
    /// No block encoding of an observable.
    #[error("block encoding of the observable: {0}")]
    Encoding(#[from] EncodingError),
    /// Circuit not well-formed.
    #[error(transparent)]
    Circuit(#[from] CircuitError),
    /// Not executed.
    #[error("executor: {0}")]
    Executor(#[from] ExecutorError),
    /// Would take too long.
    #[error(transparent)]
    Pipeline(#[from] PipelineError),
    /// Stopped by the user.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}
