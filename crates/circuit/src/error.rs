//! What can be wrong with a circuit.

use thiserror::Error;

/// Why a circuit is not well-formed, or why an operation on it is impossible.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum CircuitError {
    /// An operation of a definition breaks a rule of the representation.
    #[error("definition `{definition}`, operation {operation}: {problem}")]
    Malformed {
        /// Name of the definition.
        definition: String,
        /// Position of the operation in its body.
        operation: usize,
        /// The rule that is broken.
        problem: String,
    },
    /// The circuit has no entry definition.
    #[error("the circuit has no entry definition")]
    NoEntry,
    /// Values are needed but the table has a length only (a symbolic circuit).
    #[error("table {table} has no values: a symbolic circuit can be counted, not lowered or executed")]
    Symbolic {
        /// Position of the table in the circuit.
        table: usize,
    },
    /// Measurement, reset or a condition inside something that must be unitary.
    #[error("definition `{definition}` measures, resets or branches: it cannot be inverted or controlled")]
    NotUnitary {
        /// Name of the definition.
        definition: String,
    },
    /// A result that would not fit memory.
    #[error("{what} would need {size} entries, more than the limit of {limit}")]
    TooLarge {
        /// What would be built.
        what: String,
        /// Its size.
        size: u128,
        /// The limit.
        limit: u128,
    },
    /// A count above 2^128.
    #[error("a count exceeds 2^128")]
    Overflow,
}
