//! Why there is no inversion by phase estimation of an evolution.

use crate::phases::PhaseError;
use crate::polynomial::PolynomialError;
use qnewton_circuit::CircuitError;
use thiserror::Error;

/// Why a plan or a circuit cannot be made.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum EvolutionError {
    /// A number is outside its range.
    #[error("{name} = {value} is not in {accepted}")]
    OutOfRange {
        /// Which number.
        name: &'static str,
        /// Its value.
        value: f64,
        /// What is accepted.
        accepted: &'static str,
    },
    /// The clock would need more qubits than a table allows.
    #[error("a clock of {qubits} qubits; at most {limit} are accepted")]
    Clock {
        /// Qubits that are needed.
        qubits: usize,
        /// The most that are accepted.
        limit: usize,
    },
    /// The encoding has U^2 != 1.
    #[error("encoding `{encoding}` is not its own inverse, as walks need: see `walk::hermitian_system`")]
    NotSelfInverse {
        /// Name of the encoding.
        encoding: String,
    },
    /// The plan was made for another subnormalization.
    #[error("the plan is for an encoding with alpha = {planned}, this one has {found}")]
    OtherEncoding {
        /// alpha of the plan.
        planned: f64,
        /// alpha of the encoding.
        found: f64,
    },
    /// The right-hand side does not fit the matrix.
    #[error(
        "a right-hand side of {found} amplitudes, {expected} finite ones that are not all zero are needed"
    )]
    RightHandSide {
        /// Its length.
        found: usize,
        /// The number of unknowns.
        expected: usize,
    },
    /// A polynomial cannot be made.
    #[error(transparent)]
    Polynomial(#[from] PolynomialError),
    /// The polynomial of an evolution has no angles.
    #[error(transparent)]
    Phase(#[from] PhaseError),
    /// The circuit of the encoding is not as it should be.
    #[error(transparent)]
    Circuit(#[from] CircuitError),
}
