//! Two-qubit unitaries up to phases of the basis states: two `cx`.
//!
//! U exp(-i angle/2 Z (x) Z) = W for one angle has no Y (x) Y in its canonical decomposition, so that W = (a (x) b)
//! exp(i (x X (x) X + z Z (x) Z)) (c (x) d), and the exponential takes two `cx` (Shende, Bullock, Markov,
//! quant-ph/0308045).

use super::product::Product;
use super::reflections::is_improper;
use super::special_unitary::SpecialUnitary;
use super::two_qubit::{HIGH, LOW, pair_of};
use ndarray::{Array2, s};
use num_complex::Complex64;
use qnewton_circuit::Axis;
use std::f64::consts::{FRAC_1_SQRT_2, FRAC_PI_2, FRAC_PI_4};

/// Sweeps over all pairs; convergence is quadratic.
const SWEEPS: usize = 40;

/// Corrections of the angle of Z (x) Z; one or two are usual.
const CORRECTIONS: usize = 16;

/// The pairings of four: the first with the last, the second with the third.
const PAIRINGS: [[usize; 4]; 3] = [[0, 1, 2, 3], [0, 1, 3, 2], [0, 2, 3, 1]];

/// A 4 x 4 unitary matrix as left exp(i (x X (x) X + z Z (x) Z)) right diag(phases), left and right pairs of gates.
pub(super) struct Canonical {
    left: [SpecialUnitary; 2],
    x: f64,
    z: f64,
    right: [SpecialUnitary; 2],
    phases: [Complex64; 4],
}

impl Default for Canonical {
    fn default() -> Self {
        let nothing = [SpecialUnitary::IDENTITY; 2];
        Canonical { left: nothing, x: 0.0, z: 0.0, right: nothing, phases: [Complex64::ONE; 4] }
    }
}

impl Canonical {
    pub(super) fn of(matrix: &Array2<Complex64>) -> Self {
        let root = Complex64::from_polar(1.0, determinant(matrix.clone()).arg() / 4.0);
        let magic = magic_basis();
        let special = adjoint(&magic).dot(matrix).dot(&magic) / root;
        let corrected = Corrected::of(&special);
        let order = corrected.best_pairing();
        let Corrected { angle, matrix, axes, eigenvalues } = corrected;
        // W = O D O', O and O' orthogonal.
        let mut left = Array2::from_shape_fn((4, 4), |(row, column)| axes[(row, order[column])]);
        if is_improper(&left) {
            left.column_mut(0).mapv_inplace(|entry| -entry);
        }
        let halves = [0, 1].map(|k| eigenvalues[order[k]].arg() / 2.0);
        let phases = [halves[0], halves[1], -halves[1], -halves[0]];
        let mut right = complex(&left.t()).dot(&matrix);
        for (mut row, phase) in right.rows_mut().into_iter().zip(phases) {
            row.mapv_inplace(|entry| entry * Complex64::from_polar(1.0, -phase));
        }
        // X (x) X is 1 (x) X in the magic basis, which Hadamard gates make diagonal.
        let hadamard =
            Array2::from_shape_fn((4, 4), |(row, column)| match (row ^ column, row & column & 1) {
                (0 | 1, 0) => FRAC_1_SQRT_2,
                (0 | 1, _) => -FRAC_1_SQRT_2,
                _ => 0.0,
            });
        let correlation = Complex64::from_polar(1.0, angle / 2.0);
        let (even, odd) = (root * correlation, root / correlation);
        Canonical {
            left: pair_of(left.dot(&hadamard).view()),
            x: (halves[0] - halves[1]) / 2.0,
            z: (halves[0] + halves[1]) / 2.0,
            right: pair_of(hadamard.dot(&right.mapv(|entry| entry.re)).view()),
            phases: [even, odd, odd, even],
        }
    }

    /// Multiplies by all but the phases.
    pub(super) fn append_to(&self, product: &mut Product) {
        for (qubit, place) in [(HIGH, 0), (LOW, 1)] {
            product.single(qubit, self.left[place]);
        }
        // Between two CX, X of the control is X (x) X and Z of the target is Z (x) Z.
        product.controlled_x(HIGH, LOW);
        product.single(HIGH, SpecialUnitary::rotation(Axis::X, -2.0 * self.x));
        product.single(LOW, SpecialUnitary::rotation(Axis::Z, -2.0 * self.z));
        product.controlled_x(HIGH, LOW);
        for (qubit, place) in [(HIGH, 0), (LOW, 1)] {
            product.single(qubit, self.right[place]);
        }
    }

    /// What is missing then: the phases of the basis states.
    pub(super) fn phases(&self) -> [Complex64; 4] {
        self.phases
    }
}

/// A matrix in the magic basis times exp(-i angle/2 Z (x) 1), which is Z (x) Z there: one of those without a Y (x) Y.
#[derive(Clone)]
struct Corrected {
    angle: f64,
    /// W, of determinant 1.
    matrix: Array2<Complex64>,
    /// The eigenvectors of W W^T, real.
    axes: Array2<f64>,
    /// Its eigenvalues: two pairs of conjugates.
    eigenvalues: Vec<Complex64>,
}

impl Corrected {
    /// The angle makes the trace of W W^T real. Its imaginary part is a sinusoid of the angle, known from two values.
    fn of(special: &Array2<Complex64>) -> Self {
        let mut best = Corrected::at(special, 0.0);
        let mut current = best.clone();
        for _ in 0..CORRECTIONS {
            if best.least_excess() < 2.0 * f64::EPSILON {
                break;
            }
            let value = current.imaginary_trace();
            let ahead = Corrected::at(special, current.angle + FRAC_PI_2).imaginary_trace();
            // Either sign of the quarter turn will do: the smaller step.
            let step = if value == 0.0 { 0.0 } else { (-value / ahead).atan() };
            current = Corrected::at(special, current.angle + step);
            if current.least_excess() < best.least_excess() {
                best = current.clone();
            }
        }
        best
    }

    fn at(special: &Array2<Complex64>, angle: f64) -> Self {
        let mut matrix = special.clone();
        let turn = Complex64::from_polar(1.0, -angle / 2.0);
        matrix.slice_mut(s![.., ..2]).mapv_inplace(|entry| entry * turn);
        matrix.slice_mut(s![.., 2..]).mapv_inplace(|entry| entry / turn);
        let square = matrix.dot(&matrix.t());
        let axes = common_axes([square.mapv(|entry| entry.re), square.mapv(|entry| entry.im)]);
        let eigenvalues = complex(&axes.t()).dot(&square).dot(&complex(&axes)).diag().to_vec();
        Corrected { angle, matrix, axes, eigenvalues }
    }

    /// Four times the angle of Y (x) Y if the first and the last eigenvalue of the pairing were conjugates: by how
    /// much their phases fail to cancel. Those of the others fail by the opposite.
    fn excess(&self, [first, _, _, last]: [usize; 4]) -> f64 {
        (self.eigenvalues[first] * self.eigenvalues[last]).arg()
    }

    fn best_pairing(&self) -> [usize; 4] {
        let excess = |pairing: [usize; 4]| self.excess(pairing).abs();
        PAIRINGS.into_iter().min_by(|&a, &b| excess(a).total_cmp(&excess(b))).unwrap_or(PAIRINGS[0])
    }

    fn least_excess(&self) -> f64 {
        self.excess(self.best_pairing()).abs()
    }

    /// A quarter of the imaginary part of the trace of W W^T, the sum of the sines of twice the phases of D, which
    /// add up to a multiple of pi. Of a matrix close to a product of single-qubit gates the sum would be lost in
    /// rounding, but not this product.
    fn imaginary_trace(&self) -> f64 {
        let sine = |k: usize, l: usize| ((self.eigenvalues[k].arg() + self.eigenvalues[l].arg()) / 2.0).sin();
        sine(0, 1) * sine(1, 2) * sine(2, 0)
    }
}

fn complex<D: ndarray::Data<Elem = f64>>(matrix: &ndarray::ArrayBase<D, ndarray::Ix2>) -> Array2<Complex64> {
    matrix.mapv(|entry| Complex64::new(entry, 0.0))
}

/// M of [`super::two_qubit`].
fn magic_basis() -> Array2<Complex64> {
    let mut magic = Array2::zeros((4, 4));
    for (high, low, column) in
        [(0, 0, 0), (0, 0, 1), (0, 1, 0), (0, 1, 1), (1, 0, 0), (1, 0, 1), (1, 1, 0), (1, 1, 1)]
    {
        let about_z = Complex64::from_polar(FRAC_1_SQRT_2, if high == 0 { FRAC_PI_4 } else { -FRAC_PI_4 });
        let about_x = if low == column { Complex64::ONE } else { -Complex64::I };
        magic[(2 * (high ^ low) + low, 2 * high + column)] = about_z * about_x;
    }
    magic
}

fn adjoint(matrix: &Array2<Complex64>) -> Array2<Complex64> {
    matrix.t().mapv(|entry| entry.conj())
}

/// By Gaussian elimination.
fn determinant(mut matrix: Array2<Complex64>) -> Complex64 {
    let size = matrix.nrows();
    let mut determinant = Complex64::ONE;
    for k in 0..size {
        let pivot =
            (k..size).max_by(|&a, &b| matrix[(a, k)].norm().total_cmp(&matrix[(b, k)].norm())).unwrap_or(k);
        if pivot != k {
            determinant = -determinant;
            for column in 0..size {
                matrix.swap((k, column), (pivot, column));
            }
        }
        determinant *= matrix[(k, k)];
        for row in k + 1..size {
            let factor = matrix[(row, k)] / matrix[(k, k)];
            for column in k..size {
                let above = matrix[(k, column)];
                matrix[(row, column)] -= factor * above;
            }
        }
    }
    determinant
}

/// The common eigenvectors of two symmetric matrices that commute, as columns: Jacobi's method with the angles that
/// make both as diagonal as possible (Cardoso, Souloumiac, SIAM J. Matrix Anal. Appl. 17, 161, 1996).
fn common_axes(mut matrices: [Array2<f64>; 2]) -> Array2<f64> {
    let size = matrices[0].nrows();
    let mut axes = Array2::eye(size);
    for _ in 0..SWEEPS {
        let mut largest = 0.0f64;
        for (p, q) in (0..size).flat_map(|q| (0..q).map(move |p| (p, q))) {
            let (mut along, mut across) = (0.0, 0.0);
            for matrix in &matrices {
                let (difference, twice) = (matrix[(p, p)] - matrix[(q, q)], 2.0 * matrix[(p, q)]);
                along += difference * difference - twice * twice;
                across += 2.0 * difference * twice;
            }
            let (sine, cosine) = (f64::atan2(across, along) / 4.0).sin_cos();
            largest = largest.max(sine.abs());
            let turn = |x: f64, y: f64| (cosine * x + sine * y, cosine * y - sine * x);
            for matrix in &mut matrices {
                for k in 0..size {
                    (matrix[(p, k)], matrix[(q, k)]) = turn(matrix[(p, k)], matrix[(q, k)]);
                }
                for k in 0..size {
                    (matrix[(k, p)], matrix[(k, q)]) = turn(matrix[(k, p)], matrix[(k, q)]);
                }
            }
            for k in 0..size {
                (axes[(k, p)], axes[(k, q)]) = turn(axes[(k, p)], axes[(k, q)]);
            }
        }
        if largest < f64::EPSILON {
            break;
        }
    }
    axes
}
