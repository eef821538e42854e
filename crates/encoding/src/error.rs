//! Why a matrix cannot be encoded.

use qnewton_circuit::CircuitError;
use qnewton_core::Cancelled;
use qnewton_matrix::DecompositionError;
use qnewton_statevector::ExecutorError;
use thiserror::Error;

/// Why a matrix cannot be encoded, or an encoding cannot be certified.
#[derive(Debug, Error)]
pub enum EncodingError {
    /// Block encodings act on qubits.
    #[error(
        "a {rows} x {columns} matrix cannot be encoded: pad it to a square of a power of two, at least 2"
    )]
    Dimension {
        /// Rows of the matrix.
        rows: usize,
        /// Columns of the matrix.
        columns: usize,
    },
    /// All entries vanish.
    #[error("the zero matrix has no block encoding with a finite subnormalization")]
    ZeroMatrix,
    /// NaN or infinite entries.
    #[error("the matrix has an entry that is not finite")]
    NotFinite,
    /// The circuit would not fit memory.
    #[error(
        "encoding `{method}` of {dimension} unknowns needs a table of {entries} angles, more than the limit of {limit}"
    )]
    TooLarge {
        /// The method.
        method: &'static str,
        /// Number of unknowns.
        dimension: usize,
        /// Entries of the largest table.
        entries: u128,
        /// The limit.
        limit: u128,
    },
    /// The method does not suit the matrix.
    #[error("encoding `{method}` is not applicable: {reason}")]
    NotApplicable {
        /// The method.
        method: &'static str,
        /// Why not.
        reason: String,
    },
    /// A template met a matrix of another sparsity pattern.
    #[error(
        "the matrix does not have the sparsity pattern that this `{method}` encoding was laid out for: encode it anew"
    )]
    Pattern {
        /// The method.
        method: &'static str,
    },
    /// The error asked for cannot be kept.
    #[error("encoding `{method}` has an error of {error:e}; at most {allowed:e} is allowed")]
    Inexact {
        /// The method.
        method: &'static str,
        /// Bound of its error, operator norm, in units of A.
        error: f64,
        /// What was asked for.
        allowed: f64,
    },
    /// No method was usable.
    #[error("no encoding is applicable: {reasons}")]
    NoMethod {
        /// Each method with its reason.
        reasons: String,
    },
    /// Subnormalization or error are beyond floating point.
    #[error(
        "the subnormalization {alpha:e} with error {error:e} is no positive finite number: scale the matrix"
    )]
    OutOfRange {
        /// Subnormalization.
        alpha: f64,
        /// Bound of the error.
        error: f64,
    },
    /// The matrix has no decomposition in floating point.
    #[error(transparent)]
    Decomposition(#[from] DecompositionError),
    /// The circuit is not as it should be.
    #[error(transparent)]
    Circuit(#[from] CircuitError),
    /// The circuit could not be executed.
    #[error(transparent)]
    Executor(#[from] ExecutorError),
    /// Stopped by the user.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}
