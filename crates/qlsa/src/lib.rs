//! Quantum linear-system algorithms: polynomials, phase factors, state preparation, solver circuits.

pub mod adiabatic;
pub mod amplification;
pub mod cks;
pub mod evolution;
pub mod gram;
pub mod hhl;
pub mod phases;
pub mod polynomial;
pub mod positive;
pub mod qsvt;
pub mod readout;
pub mod shortcut;
pub mod solver;
pub mod state_preparation;
pub mod substitution;
mod transformation;
pub mod walk;
