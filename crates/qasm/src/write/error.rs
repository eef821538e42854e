//! Why a circuit could not be written.

use qnewton_circuit::CircuitError;
use thiserror::Error;

/// Why a circuit could not be written as OpenQASM.
#[derive(Debug, Error)]
pub enum WriteError {
    /// The circuit contains something that only [`qnewton_circuit::lower()`] turns into gates.
    #[error("definition `{definition}` contains {what}: lower the circuit to a basis first")]
    NotLowered {
        /// Name of the definition.
        definition: String,
        /// What it contains.
        what: String,
    },
    /// The entry has angle parameters, for which a program has no values.
    #[error("the entry `{definition}` has {parameters} free angle parameters: call it with values instead")]
    FreeParameters {
        /// Name of the entry.
        definition: String,
        /// How many parameters it has.
        parameters: usize,
    },
    /// The file would have more statements than [`super::WriteOptions::maximum_statements`].
    #[error("the file would have {statements} statements, more than the limit of {limit}")]
    TooLarge {
        /// Statements that would be written.
        statements: u128,
        /// The limit.
        limit: u128,
    },
    /// The circuit is not well-formed, or has no values.
    #[error(transparent)]
    Circuit(#[from] CircuitError),
    /// The destination failed.
    #[error("writing failed: {0}")]
    Io(#[from] std::io::Error),
}
