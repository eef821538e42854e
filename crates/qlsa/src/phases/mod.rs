//! Phase factors of quantum signal processing: from a polynomial to the angles of a circuit.
//!
//! The target convention is Wx: with W(x) = exp(i arccos(x) X) and angles phi_0 .. phi_d,
//!
//! U(x) = e^(i phi_0 Z) W(x) e^(i phi_1 Z) W(x) ... W(x) e^(i phi_d Z),   P(x) = Re <0|U(x)|0>.
//!
//! [`phase_factors`] computes the angles in time O(d log^2 d) and says how well they do; [`Convention`] lists
//! the other conventions, each one formula away, and [`qsvt_angles`] gives the angles between queries to a
//! block encoding. [`generalized_phases`] does the same for complex polynomials of a unitary.
//!
//! # How
//!
//! Conjugation by the Hadamard gate turns W into diag(z, 1/z), z = e^(i theta), x = cos(theta), and e^(i phi
//! Z) into e^(i phi X). With w = z^2 and the signals pulled to the right, the sequence becomes the non-linear
//! Fourier product
//!
//! prod_k [[cos phi_k, i sin phi_k w^k], [i sin phi_k w^(-k), cos phi_k]] = [[eta^*, i xi], [i xi^*, eta]]
//!
//! times diag(z^d, z^(-d)), where eta and xi are polynomials of degree d in w with real coefficients and the
//! star means conjugation on the unit circle. The corner is <0|U|0> = sum_k eta_k T_|d-2k|(x) + i sum_k xi_k
//! T_|d-2k|(x). A target in the imaginary part therefore fixes xi (choose it palindromic: the phases then are
//! symmetric, and half of them suffice), the outer completion eta follows from |eta|^2 + |xi|^2 = 1 (Weiss's
//! algorithm, module `completion`), and the inverse non-linear Fourier transform (module `transfer`) yields
//! the phases. Subtracting pi/4 from the first and the last phase moves the target into the real part.
//!
//! Newton's method (module `newton`) is faster for small degrees, and the only one where max |P| = 1, because the
//! completion needs a margin; the choice is automatic.
//!
//! Sources: Alexis, Lin, Mnatsakanyan, Thiele, Wang, arXiv 2407.05634; Ni, Sarkar, Ying, Lin, arXiv
//! 2505.12615.

mod completion;
mod conventions;
mod convolution;
mod evaluation;
mod factors;
mod generalized;
mod newton;
mod power_series;
mod transfer;

pub use conventions::{Convention, qsvt_angles};
pub use evaluation::corner_polynomials;
pub use factors::{
    NEWTON_DEGREE_LIMIT, PhaseAlgorithm, PhaseError, PhaseFactors, phase_factors, phase_factors_by,
};
pub use generalized::{
    GeneralizedPhases, RealRotations, generalized_from_wx, generalized_phases, largest_on_circle,
    real_rotations,
};
