//! Why an amplification cannot be made.

use crate::phases::PhaseError;
use crate::polynomial::PolynomialError;
use qnewton_circuit::CircuitError;
use thiserror::Error;

/// Why there is no plan or no circuit.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum AmplificationError {
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
    /// The plan was made for another solver.
    #[error(
        "the plan is for {planned} queries of the matrix in one use of the solver, this one makes {found}"
    )]
    OtherSolver {
        /// Queries in one use according to the plan.
        planned: u64,
        /// Those of the solver.
        found: u64,
    },
    /// No register besides `system`, so that success is certain.
    #[error("the solver has no register besides `system`: it cannot fail")]
    NothingToAmplify,
    /// The block of the solver cannot be told from the preparation of the right-hand side.
    #[error(
        "the solver does not begin with its only preparation of the right-hand side on `system`: {problem}"
    )]
    NoBlock {
        /// What is there instead.
        problem: String,
    },
    /// The polynomial cannot be made.
    #[error(transparent)]
    Polynomial(#[from] PolynomialError),
    /// The polynomial has no phase factors.
    #[error(transparent)]
    Phase(#[from] PhaseError),
    /// The circuit of the solver is not as it should be.
    #[error(transparent)]
    Circuit(#[from] CircuitError),
}

/// An error unless the value is within the bounds; NaN is not.
pub(super) fn check(
    name: &'static str,
    value: f64,
    valid: bool,
    accepted: &'static str,
) -> Result<(), AmplificationError> {
    if valid { Ok(()) } else { Err(AmplificationError::OutOfRange { name, value, accepted }) }
}
