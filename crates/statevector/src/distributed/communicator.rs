//! How ranks talk to each other: three primitives, between which and the engine nobody knows what carries the bytes.

use thiserror::Error;

/// Point-to-point messages among `size` ranks. Between two ranks messages arrive in the order in which they were sent;
/// the two ends of a message agree on its length.
pub trait Communicator: Send + Sync {
    /// The number of this rank, below [`size`](Communicator::size).
    fn rank(&self) -> usize;

    /// Number of ranks.
    fn size(&self) -> usize;

    /// Sends bytes to another rank.
    fn send(&self, to: usize, data: &[u8]) -> Result<(), CommunicationError>;

    /// Receives bytes that another rank sends.
    fn receive(&self, from: usize, data: &mut [u8]) -> Result<(), CommunicationError>;

    /// Sends bytes to another rank, which sends as many at the same time.
    fn exchange(&self, partner: usize, sent: &[u8], received: &mut [u8]) -> Result<(), CommunicationError>;
}

/// Why ranks could not talk to each other.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum CommunicationError {
    /// A rank is gone, or expected something else.
    #[error("rank {rank} could not talk to rank {partner}: {problem}")]
    Broken {
        /// The rank that noticed.
        rank: usize,
        /// The other one.
        partner: usize,
        /// What was wrong.
        problem: String,
    },
    /// Another rank cannot go on.
    #[error("rank {rank}: {message}")]
    Elsewhere {
        /// The rank.
        rank: usize,
        /// Why it cannot.
        message: String,
    },
    /// The engine below cannot be used.
    #[error("{problem}")]
    Engine {
        /// What is wrong and what would be accepted.
        problem: String,
    },
}
