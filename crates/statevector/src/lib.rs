//! State-vector executor for hierarchical circuits.
//!
//! [`run()`] interprets a circuit on a [`StateVector`] without flattening it: calls with their controls,
//! repetitions and angle tables, and structured operations as single passes over the amplitudes. [`block()`]
//! extracts the matrix block that a circuit encodes, [`project`] and [`postselect`] the part of a state in
//! which ancillas are |0>, [`sample`] and [`run_shots`] draw measurement outcomes, [`Observable`]s have expectation
//! values, [`run_trajectories`] adds noise, a [`Suspended`] run goes on later.
//!
//! Qubit 0 is the least significant bit of an index; the registers of a circuit's entry follow one another.

pub mod block;
pub mod checkpoint;
pub mod distributed;
pub mod error;
pub mod estimate;
pub mod expectation;
pub mod measurement;
pub mod memory;
pub mod noise;
pub mod pauli;
pub mod program;
pub mod projection;
pub mod real;
pub mod run;
pub mod shots;
pub mod simd;
pub mod state;
pub mod suspension;
pub mod trajectories;

mod bits;
mod blocked;
mod chained;
mod engine;
mod execute;
mod finality;
mod fold;
mod fuse;
mod kernels;
mod multiplexor;
mod regions;
mod resolved;
mod trail;
mod used;

pub use block::{block, full_block, unitary};
pub use checkpoint::{CheckpointError, read_checkpoint, write_checkpoint};
pub use error::ExecutorError;
pub use estimate::{measure_speed, operations_estimate};
pub use expectation::Observable;
pub use measurement::sample;
pub use memory::{memory_available, memory_needed};
pub use noise::{Noise, gate_by_gate};
pub use pauli::{Pauli, PauliSum, PauliTerm};
pub use program::Program;
pub use projection::{collapse_to, postselect, probability_of, project, remaining};
pub use real::Real;
pub use run::{Outcome, RunOptions, run};
pub use shots::run_shots;
pub use simd::Instructions;
pub use state::StateVector;
pub use suspension::{Ended, Suspended};
pub use trajectories::{Mean, Trajectories, TrajectoryOptions, run_trajectories};
