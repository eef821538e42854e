//! Why a circuit could not be written.

use super::{Dialect, Style};
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
    /// The tool does not take this style, or not as it is meant.
    #[error("the dialect `{}` cannot be written in style `{}`: it takes {}", dialect.name(), style.name(), styles(*dialect))]
    Style {
        /// The dialect.
        dialect: Dialect,
        /// The style that was asked for.
        style: Style,
    },
    /// The tool has nothing with this meaning.
    #[error("the dialect `{}` has no {what}", dialect.name())]
    NotInDialect {
        /// The dialect.
        dialect: Dialect,
        /// What it lacks, and what would be accepted.
        what: &'static str,
    },
    /// The circuit is not well-formed, or has no values.
    #[error(transparent)]
    Circuit(#[from] CircuitError),
    /// The destination failed.
    #[error("writing failed: {0}")]
    Io(#[from] std::io::Error),
}

fn styles(dialect: Dialect) -> String {
    let names: Vec<String> = dialect.styles().iter().map(|style| format!("`{}`", style.name())).collect();
    names.join(", ")
}
