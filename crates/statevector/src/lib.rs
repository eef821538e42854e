//! State-vector executor for hierarchical circuits.
//!
//! [`run()`] interprets a circuit on a [`StateVector`] without flattening it: calls with their controls,
//! repetitions and angle tables, and structured operations as single passes over the amplitudes. [`block()`]
//! extracts the matrix block that a circuit encodes, [`project`] and [`postselect`] the part of a state in
//! which ancillas are |0>, [`sample`] and [`run_shots`] draw measurement outcomes.
//!
//! Qubit 0 is the least significant bit of an index; the registers of a circuit's entry follow one another.

pub mod block;
pub mod error;
pub mod estimate;
pub mod measurement;
pub mod memory;
pub mod program;
pub mod projection;
pub mod real;
pub mod run;
pub mod shots;
pub mod simd;
pub mod state;

mod bits;
mod blocked;
mod engine;
mod execute;
mod finality;
mod fold;
mod fuse;
mod kernels;
mod multiplexor;
mod regions;
mod resolved;
mod used;

pub use block::{block, full_block, unitary};
pub use error::ExecutorError;
pub use estimate::{measure_speed, operations_estimate};
pub use measurement::sample;
pub use memory::{memory_available, memory_needed};
pub use program::Program;
pub use projection::{postselect, project};
pub use real::Real;
pub use run::{Outcome, RunOptions, run};
pub use shots::run_shots;
pub use simd::Instructions;
pub use state::StateVector;
