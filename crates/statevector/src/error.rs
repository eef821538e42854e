//! What can go wrong when a circuit is executed.

use crate::distributed::CommunicationError;
use qnewton_circuit::CircuitError;
use qnewton_core::Cancelled;
use thiserror::Error;

/// Why an execution is impossible, or was stopped.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum ExecutorError {
    /// The circuit is not well-formed, has no values, or would have to be unitary and is not.
    #[error(transparent)]
    Circuit(#[from] CircuitError),
    /// The amplitudes do not fit the memory that may be used.
    #[error("a state of {qubits} qubits needs {needed} bytes, {available} are available")]
    Memory {
        /// Number of qubits, ancillas included.
        qubits: usize,
        /// Bytes needed.
        needed: u128,
        /// Bytes that may be used.
        available: u128,
    },
    /// The parts of a distributed state do not fit the memory that ranks may use.
    #[error(
        "a state of {qubits} qubits on {ranks} ranks needs {needed} bytes at each, {available} are available; {}",
        sufficient_ranks(*sufficient)
    )]
    RankMemory {
        /// Number of qubits, ancillas included.
        qubits: usize,
        /// Number of ranks that hold amplitudes.
        ranks: usize,
        /// Bytes needed at each rank.
        needed: u128,
        /// Bytes that a rank may use, where they are fewest.
        available: u128,
        /// The number of ranks, with as much memory each, that would do; none if the circuit's operations act on too
        /// many qubits at once for that.
        sufficient: Option<u128>,
    },
    /// The ranks of a distributed state could not talk to each other.
    #[error(transparent)]
    Communication(#[from] CommunicationError),
    /// The matrix that is asked for does not fit the memory that may be used.
    #[error("{columns} columns of {rows} rows need {needed} bytes, {available} are available")]
    Block {
        /// Number of columns.
        columns: usize,
        /// Number of rows.
        rows: usize,
        /// Bytes needed.
        needed: u128,
        /// Bytes that may be used.
        available: u128,
    },
    /// The state has another number of qubits than the circuit acts on.
    #[error("the circuit acts on {expected} qubits (ancillas included), the state has {found}")]
    Qubits {
        /// Qubits of the circuit.
        expected: usize,
        /// Qubits of the state.
        found: usize,
    },
    /// Amplitudes that are no quantum state.
    #[error("{problem}")]
    State {
        /// What is wrong and what would be accepted.
        problem: String,
    },
    /// A qubit that does not exist or is named twice, or a position outside the register.
    #[error("{problem}")]
    Selection {
        /// What is wrong and what would be accepted.
        problem: String,
    },
    /// A text that is no sum of Pauli products.
    #[error("observable: {problem}")]
    Observable {
        /// What is wrong and what would be accepted.
        problem: String,
    },
    /// The worker threads could not be started.
    #[error("{threads} worker threads could not be started: {reason}")]
    Threads {
        /// The number asked for.
        threads: usize,
        /// What the system said.
        reason: String,
    },
    /// Stopped at the user's request.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

fn sufficient_ranks(sufficient: Option<u128>) -> String {
    match sufficient {
        Some(ranks) => format!("{ranks} ranks with as much memory each would do"),
        None => "no number of ranks would do: single operations act on too many qubits".to_string(),
    }
}
