//! States beyond one machine: the amplitudes are shared out among ranks that talk by messages.
//!
//! The layers, each of which knows the one below only:
//!
//! - *Interface*: [`DistributedState`] and [`Program::run_distributed`](crate::Program::run_distributed); every rank
//!   calls the same functions with the same arguments, and gets the same results unless a function says otherwise.
//! - *Validation*: the layout of the state and its memory ([`Layout`]), before anything is allocated.
//! - *Localiser*: an engine below the interpreter. It keeps where each qubit is, turns conditions and selections of
//!   table entries on bits of the rank's number into constants, and moves qubits whose values an operation changes into
//!   the ranks (`engine`, `qubit_map`, `choice`, `relocation`).
//! - *Communication*: trades of qubits (`exchange`) and collective operations over a [`Communicator`]: [`Serial`],
//!   [`Loopback`] (threads), or `Mpi` with the feature `mpi`.
//! - *Kernels*: those of a single process, on the amplitudes of a rank.

pub mod communicator;
pub mod layout;
pub mod loopback;
#[cfg(feature = "mpi")]
pub mod mpi;
pub mod run;
pub mod serial;
pub mod state;

mod choice;
mod collective;
mod engine;
mod exchange;
mod qubit_map;
mod relocation;

pub use collective::agree;
pub use communicator::{CommunicationError, Communicator};
pub use layout::{Layout, memory_per_rank, sufficient_ranks};
pub use loopback::Loopback;
#[cfg(feature = "mpi")]
pub use mpi::Mpi;
pub use run::run_shots_distributed;
pub use serial::Serial;
pub use state::{DistributedState, Traffic};
