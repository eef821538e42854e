//! Circuits from elsewhere that stand in a solver: what prepares the right-hand side, and what encodes the matrix.
//!
//! Neither is taken at its word. The amplitudes of a preparation come from executing it, and the error of a block
//! encoding from executing all of its columns.

mod block;
mod right_hand_side;

pub use self::block::GivenBlock;
pub use self::right_hand_side::GivenRightHandSide;

use qnewton_circuit::{Circuit, CircuitError};
use qnewton_statevector::ExecutorError;
use thiserror::Error;

/// Why a circuit from elsewhere cannot be used.
#[derive(Debug, Error)]
pub enum GivenError {
    /// The circuit measures, resets, branches or leaves an angle open.
    #[error("the circuit {problem}; one that is unitary and has no open parameters is needed")]
    NotUnitary {
        /// What it does.
        problem: &'static str,
    },
    /// The circuit of the right-hand side has another size than the solution.
    #[error("the circuit has {found} qubits; {unknowns} unknowns need a circuit of exactly {expected}")]
    Qubits {
        /// Its qubits.
        found: usize,
        /// What would be accepted.
        expected: usize,
        /// Number of unknowns.
        unknowns: usize,
    },
    /// The right-hand side is not real.
    #[error(
        "the circuit prepares amplitudes with imaginary parts of up to {largest:.3e}, the best global phase taken off; \
         real ones are needed"
    )]
    Complex {
        /// The largest imaginary part.
        largest: f64,
    },
    /// The right-hand side has entries that belong to no unknown.
    #[error(
        "the circuit prepares an amplitude of modulus {modulus:.3e} for row {row}, but there are {unknowns} unknowns; \
         amplitudes behind the last one must be zero"
    )]
    Padding {
        /// The row, from 0.
        row: usize,
        /// Modulus of its amplitude.
        modulus: f64,
        /// Number of unknowns.
        unknowns: usize,
    },
    /// The norm of the right-hand side is no positive number.
    #[error("the norm of the right-hand side is {norm}; a finite number above 0 is needed")]
    Norm {
        /// What was given.
        norm: f64,
    },
    /// The block encoding has no register for the rows.
    #[error("the circuit has no register `{name}` for the rows of the matrix; its registers are {found}")]
    NoSystem {
        /// What was looked for.
        name: String,
        /// The registers, with their sizes.
        found: String,
    },
    /// The register has another size than the matrix.
    #[error(
        "the register of the rows has {found} qubits, so the block is 2^{found} x 2^{found}; a matrix of {rows} rows \
         needs {expected}"
    )]
    SystemSize {
        /// Its qubits.
        found: usize,
        /// What would be accepted.
        expected: String,
        /// Rows of the matrix.
        rows: usize,
    },
    /// The subnormalization is no positive number.
    #[error("alpha is {alpha}; a finite number above 0 is needed")]
    Alpha {
        /// What was given.
        alpha: f64,
    },
    /// The circuit does not encode the matrix.
    #[error(
        "alpha times the block of the circuit differs from the matrix, as it is after damping, pruning and scaling, by up \
         to {measured:.3e} in the operator norm; epsilon allows {allowed:.3e}"
    )]
    OtherMatrix {
        /// Upper bound of the difference, from executing all columns.
        measured: f64,
        /// What would be accepted.
        allowed: f64,
    },
    /// A solver that makes its own encoding.
    #[error(
        "qsvt-positive needs an encoding of A - shift I, with a shift of its own; a block encoding of A does for qsvt, \
         shortcut and adiabatic, and of a symmetric A for cks and hhl"
    )]
    Shifted,
    /// A solver that queries a factor of the matrix.
    #[error(
        "gram queries G of A = G^T G/B + shift I; a block encoding of A does for qsvt, shortcut, adiabatic, cks and hhl"
    )]
    Factor,
    /// The circuit prepares something else.
    #[error("the right-hand side is not the state that its circuit prepares, times a norm")]
    OtherRightHandSide,
    /// The circuit and a scaling of the system.
    #[error(
        "a scaling or a deflation changes the right-hand side, a circuit prepares it as it is; leave them out, or \
         prepare the system beforehand"
    )]
    Scaling,
    /// Not executed.
    #[error("executor: {0}")]
    Executor(#[from] ExecutorError),
    /// Not well-formed.
    #[error(transparent)]
    Circuit(#[from] CircuitError),
}

/// Refuses what cannot be inverted and controlled.
fn check_unitary(circuit: &Circuit) -> Result<(), GivenError> {
    let entry = circuit.entry()?;
    let problem = if circuit.definitions().iter().any(|definition| !definition.is_unitary_itself()) {
        "measures, resets or branches"
    } else if entry.bit_count() > 0 {
        "has classical bits"
    } else if !entry.parameters.is_empty() {
        "has open parameters"
    } else {
        return Ok(());
    };
    Err(GivenError::NotUnitary { problem })
}
