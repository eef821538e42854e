//! Higher success probabilities of solver circuits, as circuits.
//!
//! A solver S takes |0> to sqrt(p) |x>|0> + sqrt(1 - p) (something else), success being that all registers but `system`
//! read 0. Repetition until success takes 1/p executions, amplification the order of 1/sqrt(p):
//! - rounds ([`Amplifier::Rounds`]): k rotations by twice the angle arcsin(sqrt(p)) (Brassard, Høyer, Mosca, Tapp,
//!   quant-ph/0005055); too many of them rotate beyond;
//! - fixed point ([`Amplifier::FixedPoint`]): partial rotations that never overshoot for any p from a bound upwards
//!   (Yoder, Low, Chuang, arXiv 1409.3303);
//! - oblivious ([`Amplifier::Oblivious`]): the block of the solver is multiplied by a constant by singular value
//!   transformation, without any reflection about the right-hand side and whatever p is.
//!
//! All of them keep the direction of the solution, the first two exactly.

mod circuit;
mod error;
mod fixed_point;
mod oblivious;
mod plan;
mod probability;
mod rounds;

pub use circuit::amplify;
pub use error::AmplificationError;
pub use plan::{AmplificationPlan, Amplifier};
pub use probability::ProbabilityRange;
