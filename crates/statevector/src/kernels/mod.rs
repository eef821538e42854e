//! Kernels: what acts on amplitudes. They validate nothing; positions are those of the state.

mod add;
mod chain;
mod dense;
mod lookup;
mod pair;
mod permutation;
mod phase;
mod rotation;
mod turns;

pub(crate) use add::add_constant;
pub(crate) use chain::{Chain, scaled};
pub(crate) use dense::{Dense, MAXIMUM_TARGETS};
pub(crate) use lookup::{Lookup, lookup};
pub(crate) use pair::{Operator, exchange_pairs, rotation_xx_matrix, swap_matrix};
pub(crate) use permutation::{Cycles, permute};
pub(crate) use phase::{Diagonal, diagonal, scale};
pub(crate) use rotation::{Rotation, rotate};
pub(crate) use turns::Turns;
