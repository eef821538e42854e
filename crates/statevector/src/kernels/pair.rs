//! Small matrices, and exchanges of pairs of amplitudes.

use crate::real::Real;
use crate::regions::{TupleKernel, for_each_tuple};
use crate::simd::Instructions;
use num_complex::{Complex, Complex64};

/// A single-qubit operator, in the form that is cheapest to apply.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Operator {
    /// Pauli X.
    Flip,
    /// A diagonal matrix.
    Diagonal([Complex64; 2]),
    /// A real matrix, row-major.
    Real([f64; 4]),
    /// Any matrix, row-major.
    General([Complex64; 4]),
}

impl Operator {
    /// Classifies a matrix by its exact zeros.
    pub(crate) fn new(matrix: [Complex64; 4]) -> Self {
        let (zero, one) = (Complex64::new(0.0, 0.0), Complex64::new(1.0, 0.0));
        if matrix[1] == zero && matrix[2] == zero {
            Operator::Diagonal([matrix[0], matrix[3]])
        } else if matrix == [zero, one, one, zero] {
            Operator::Flip
        } else if matrix.iter().all(|entry| entry.im == 0.0) {
            Operator::Real(matrix.map(|entry| entry.re))
        } else {
            Operator::General(matrix)
        }
    }

    /// The matrix, row-major.
    pub(crate) fn matrix(self) -> [Complex64; 4] {
        let (zero, one) = (Complex64::new(0.0, 0.0), Complex64::new(1.0, 0.0));
        match self {
            Operator::Flip => [zero, one, one, zero],
            Operator::Diagonal([low, high]) => [low, zero, zero, high],
            Operator::Real(matrix) => matrix.map(Complex64::from),
            Operator::General(matrix) => matrix,
        }
    }

    /// The adjoint operator.
    pub(crate) fn adjoint(self) -> Self {
        match self {
            Operator::Flip => Operator::Flip,
            Operator::Diagonal(entries) => Operator::Diagonal(entries.map(|entry| entry.conj())),
            Operator::Real([a, b, c, d]) => Operator::Real([a, c, b, d]),
            Operator::General([a, b, c, d]) => Operator::General([a.conj(), c.conj(), b.conj(), d.conj()]),
        }
    }
}

/// The matrix of a swap.
pub(crate) fn swap_matrix() -> [Complex64; 16] {
    let mut matrix = [Complex64::new(0.0, 0.0); 16];
    for entry in [0, 6, 9, 15] {
        matrix[entry] = Complex64::new(1.0, 0.0);
    }
    matrix
}

/// The matrix of exp(-i angle/2 X(x)X).
pub(crate) fn rotation_xx_matrix(angle: f64) -> [Complex64; 16] {
    let (sin, cos) = (angle / 2.0).sin_cos();
    std::array::from_fn(|entry| match entry {
        0 | 5 | 10 | 15 => Complex64::new(cos, 0.0),
        3 | 6 | 9 | 12 => Complex64::new(0.0, -sin),
        _ => Complex64::new(0.0, 0.0),
    })
}

/// Exchanges the amplitudes at two offsets; `fixed` are the bits that these decide.
pub(crate) fn exchange_pairs<R: Real>(
    amplitudes: &mut [Complex<R>],
    instructions: Instructions,
    fixed: usize,
    offsets: [usize; 2],
) {
    for_each_tuple(amplitudes, instructions, fixed, 0, offsets, &Exchange);
}

struct Exchange;

impl<R: Real> TupleKernel<R, 2> for Exchange {
    #[inline(always)]
    fn apply(&self, _base: usize, [low, high]: [&mut [Complex<R>]; 2]) {
        low.swap_with_slice(high);
    }
}
