//! The hierarchical intermediate representation of quantum circuits.
//!
//! A [`Circuit`] is an arena of [`Definition`]s, callees before callers, and of [`Table`]s. A definition has
//! typed qubit registers, angle parameters and a flat list of [`Operation`]s; nesting happens only through
//! [`Call`]s of other definitions, with modifiers (inverse, controls with polarity, repetition with a table of
//! angles). Structured operations ([`Structured`]) are first class: executors may run them directly, passes
//! lower them to gates, and their cost is known in closed form.
//!
//! What is deliberately absent: matrices, text formats, knowledge of any algorithm.

pub mod angle;
pub mod circuit;
pub mod cost;
pub mod count;
pub mod definition;
pub mod depth;
pub mod display;
pub mod draw;
pub mod error;
pub mod gate;
pub mod ids;
pub mod lower;
pub mod magic;
pub mod operation;
pub mod structured;
pub mod table;
pub mod verify;
mod walsh;

pub use angle::Angle;
pub use circuit::Circuit;
pub use cost::cost;
pub use count::{Counts, Kind, count};
pub use definition::{BitRegister, Definition, Register, RegisterKind};
pub use depth::{Depth, depth};
pub use error::CircuitError;
pub use gate::Gate;
pub use ids::{BitId, DefinitionId, ParameterId, QubitId, TableId};
pub use lower::{Basis, Pass, flatten, lower, lower_until};
pub use magic::{MagicCounts, magic_counts, magic_counts_of_gates};
pub use operation::{
    Arguments, Call, Conditional, Conjugate, Control, GateOperation, Operation, StructuredOperation,
};
pub use structured::{Axis, Structured};
pub use table::{AngleTable, IndexTable, Table};
