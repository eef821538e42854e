//! Exact synthesis: `u3` and `cx` gates whose product is a given orthogonal or unitary matrix, their number a matter of
//! the dimension alone.

mod canonical;
mod cosine_sine;
mod eigenphases;
mod invariant_planes;
mod orthogonal;
mod product;
mod reflections;
mod special_unitary;
mod two_qubit;
mod unitary;

pub(crate) use orthogonal::rotation;
pub(crate) use product::Product;
pub(crate) use reflections::is_improper;
pub(crate) use unitary::{Phases, unitary};
