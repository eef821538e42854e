//! Matrix inversion by phase estimation of exp(i t A): Harrow, Hassidim, Lloyd, arXiv 0811.3171, as published, where
//! [`crate::hhl`] estimates phases of a qubitized walk. For comparison: it needs the evolution as a further layer.
//!
//! A clock of K = 2^q values has L = K/2 of them, y = 0 .. L - 1, in superposition on its lower qubits; they apply exp(i
//! psi (y - (L - 1)/2)), psi = t A, each qubit the evolution for its own time, forwards or backwards. The Fourier transform
//! over all K values, a flag that is rotated by a table G_k, and the inverse of everything but the flag leave
//!
//! sum over |j| < L of (1 - |j|/L) h_j e^(i j psi),    h_j = (1/K) sum over k of G_k e^(-2 pi i j k/K),
//!
//! as for the walk: the kernel of phase estimation damps the j-th Fourier coefficient by 1 - |j|/L and does nothing else.
//! So the table of a sine polynomial with coefficients f_n/(1 - n/L), n < L, applies sum f_n sin(n psi) exactly, and what is
//! left is to approximate 1/psi by such a polynomial ([`crate::polynomial::sine_inverse`]).
//!
//! The evolution is a polynomial of the walk W = R U (2|0><0| - 1 =: R on the projected qubits): exp(i tau cos(theta)) =
//! sum of J_n(tau) (i w)^n for both eigenvalues w = e^(+-i theta), so it returns the ancillas to |0>. The coefficients
//! are real in i w, which makes one Y rotation of a signal qubit after each query do (generalized quantum signal
//! processing: Motlagh, Wiebe, arXiv 2308.01501); -i w reverses the time, which is the only thing that a clock qubit
//! controls. Steps with w where the signal is 0 alternate with 1/w where it is 1: exponents from -d to d take 2d queries.

mod circuit;
mod error;
mod plan;
mod simulation;

pub use circuit::evolution_circuit;
pub use error::EvolutionError;
pub use plan::EvolutionPlan;
