//! Quantum linear-system algorithms: polynomials, phase factors, state preparation, solver circuits.
