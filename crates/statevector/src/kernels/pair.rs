//! Kernels on pairs of amplitudes: single-qubit gates and exchanges.

use super::phase::scale;
use crate::bits::Condition;
use crate::real::{Real, narrow};
use crate::regions::{TupleKernel, for_each_tuple};
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

/// A single-qubit operator on the qubit at `target`, under `condition`.
pub(crate) fn single<R: Real>(
    amplitudes: &mut [Complex<R>],
    condition: Condition,
    target: u8,
    operator: Operator,
) {
    let bit = 1usize << target;
    let (fixed, offsets) = (condition.mask | bit, [condition.value, condition.value | bit]);
    match operator {
        Operator::Flip => for_each_tuple(amplitudes, fixed, 0, offsets, &Exchange),
        Operator::Diagonal([low, high]) => {
            scale(amplitudes, condition.and(target, false), low);
            scale(amplitudes, condition.and(target, true), high);
        }
        Operator::Real(matrix) => {
            for_each_tuple(amplitudes, fixed, 0, offsets, &RealMatrix(matrix.map(R::from_f64)));
        }
        Operator::General(matrix) => {
            for_each_tuple(amplitudes, fixed, 0, offsets, &Matrix(matrix.map(narrow)));
        }
    }
}

/// Exchanges the qubits at `a` and `b`, under `condition`.
pub(crate) fn exchange<R: Real>(amplitudes: &mut [Complex<R>], condition: Condition, a: u8, b: u8) {
    let (a, b) = (1usize << a, 1usize << b);
    let offsets = [condition.value | a, condition.value | b];
    for_each_tuple(amplitudes, condition.mask | a | b, 0, offsets, &Exchange);
}

/// exp(-i angle/2 X(x)X) on the qubits at `a` and `b`, under `condition`.
pub(crate) fn rotate_xx<R: Real>(
    amplitudes: &mut [Complex<R>],
    condition: Condition,
    a: u8,
    b: u8,
    angle: f64,
) {
    let (sin, cos) = (angle / 2.0).sin_cos();
    let (diagonal, off) = (Complex64::new(cos, 0.0), Complex64::new(0.0, -sin));
    let kernel = Matrix([diagonal, off, off, diagonal].map(narrow));
    let (a, b) = (1usize << a, 1usize << b);
    for [low, high] in [[0, a | b], [a, b]] {
        let offsets = [condition.value | low, condition.value | high];
        for_each_tuple(amplitudes, condition.mask | a | b, 0, offsets, &kernel);
    }
}

struct Exchange;

impl<R: Real> TupleKernel<R, 2> for Exchange {
    #[inline(always)]
    fn apply(&self, _base: usize, [low, high]: [&mut [Complex<R>]; 2]) {
        low.swap_with_slice(high);
    }
}

struct RealMatrix<R>([R; 4]);

impl<R: Real> TupleKernel<R, 2> for RealMatrix<R> {
    #[inline(always)]
    fn apply(&self, _base: usize, [low, high]: [&mut [Complex<R>]; 2]) {
        let [a, b, c, d] = self.0;
        for (x, y) in low.iter_mut().zip(high) {
            let (u, v) = (*x, *y);
            *x = Complex::new(a * u.re + b * v.re, a * u.im + b * v.im);
            *y = Complex::new(c * u.re + d * v.re, c * u.im + d * v.im);
        }
    }
}

struct Matrix<R>([Complex<R>; 4]);

impl<R: Real> TupleKernel<R, 2> for Matrix<R> {
    #[inline(always)]
    fn apply(&self, _base: usize, [low, high]: [&mut [Complex<R>]; 2]) {
        let [a, b, c, d] = self.0;
        for (x, y) in low.iter_mut().zip(high) {
            let (u, v) = (*x, *y);
            *x = a * u + b * v;
            *y = c * u + d * v;
        }
    }
}
