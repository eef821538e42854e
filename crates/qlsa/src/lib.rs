//! Quantum linear-system algorithms: polynomials, phase factors, state preparation, solver circuits.

pub mod phases;
pub mod polynomial;
pub mod qsvt;
pub mod solver;
pub mod state_preparation;
