//! Why there is no circuit for the direction of a solution.

use crate::phases::PhaseError;
use crate::polynomial::PolynomialError;
use qnewton_circuit::CircuitError;
use thiserror::Error;

/// Why a plan or a circuit cannot be made.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum StateSolverError {
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
    /// The polynomial cannot be made.
    #[error(transparent)]
    Polynomial(#[from] PolynomialError),
    /// The polynomial has no phase factors.
    #[error(transparent)]
    Phase(#[from] PhaseError),
    /// The circuit of the encoding is not as it should be.
    #[error(transparent)]
    Circuit(#[from] CircuitError),
}

/// An error unless the value is within the bounds; NaN is not.
pub(crate) fn check(
    name: &'static str,
    value: f64,
    valid: bool,
    accepted: &'static str,
) -> Result<(), StateSolverError> {
    if valid { Ok(()) } else { Err(StateSolverError::OutOfRange { name, value, accepted }) }
}

/// An error unless there is one finite amplitude for each of 2^qubits values and one of them is not zero.
pub(crate) fn check_rhs(rhs: &[f64], qubits: usize) -> Result<(), StateSolverError> {
    let expected = u32::try_from(qubits).ok().and_then(|qubits| 1usize.checked_shl(qubits)).unwrap_or(0);
    let usable = rhs.iter().all(|value| value.is_finite()) && rhs.iter().any(|&value| value != 0.0);
    if usable && rhs.len() == expected {
        Ok(())
    } else {
        Err(StateSolverError::RightHandSide { found: rhs.len(), expected })
    }
}
