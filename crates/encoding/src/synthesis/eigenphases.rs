//! Eigenvectors of unitary matrices: the complex Schur form.

use ndarray::Array2;
use num_complex::Complex64;
use qnewton_matrix::DecompositionError;

/// Sweeps for one eigenvalue before giving up; a handful is usual.
const SWEEPS: usize = 60;

/// Shifts are replaced by others after this many sweeps without success.
const EXCEPTIONAL: usize = 10;

/// vectors diag(e^(i phases)) vectors^dagger.
#[derive(Debug)]
pub(super) struct Eigenphases {
    /// Unitary.
    pub(super) vectors: Array2<Complex64>,
    /// In \[-pi, pi\].
    pub(super) phases: Vec<f64>,
}

/// The eigenvectors of a unitary matrix. A normal matrix in Schur form is diagonal, so equal and nearly equal phases
/// need no care.
pub(super) fn eigenphases(matrix: &Array2<Complex64>) -> Result<Eigenphases, DecompositionError> {
    let size = matrix.nrows();
    let mut schur = Schur { form: matrix.clone(), basis: Array2::eye(size) };
    for column in 0..size.saturating_sub(2) {
        for row in (column + 2..size).rev() {
            schur.annihilate(row, column);
        }
    }
    // What lies at `end` and beyond is finished.
    let (mut end, mut sweeps) = (size, 0);
    while end > 1 {
        let last = end - 1;
        let mut start = last;
        while start > 0 && schur.form[(start, start - 1)].norm() > f64::EPSILON {
            start -= 1;
        }
        if start > 0 {
            schur.form[(start, start - 1)] = Complex64::ZERO;
        }
        if start == last {
            (end, sweeps) = (last, 0);
            continue;
        }
        if sweeps == SWEEPS || !schur.form[(last, last)].is_finite() {
            return Err(DecompositionError::NoConvergence);
        }
        sweeps += 1;
        let shift = schur.shift(last, sweeps % EXCEPTIONAL == 0);
        schur.rotate(start, schur.form[(start, start)] - shift, schur.form[(start + 1, start)]);
        for row in start + 2..end {
            schur.annihilate(row, row - 2);
        }
    }
    let phases = schur.form.diag().iter().map(|entry| entry.arg()).collect();
    Ok(Eigenphases { vectors: schur.basis, phases })
}

/// basis form basis^dagger.
struct Schur {
    form: Array2<Complex64>,
    basis: Array2<Complex64>,
}

impl Schur {
    /// Wilkinson's shift: the eigenvalue of the last block of two that is closer to its last entry. Now and then
    /// another one, since cyclic permutations are fixed points.
    fn shift(&self, last: usize, exceptional: bool) -> Complex64 {
        let h = &self.form;
        let corner = h[(last, last)];
        if exceptional {
            return corner + 0.75 * h[(last, last - 1)].norm();
        }
        let product = h[(last - 1, last)] * h[(last, last - 1)];
        let half = (h[(last - 1, last - 1)] - corner) / 2.0;
        let root = (half * half + product).sqrt();
        let larger = if (half + root).norm() >= (half - root).norm() { half + root } else { half - root };
        if larger.norm() == 0.0 { corner } else { corner - product / larger }
    }

    /// Rotates the entry at (row, column) into the one above it.
    fn annihilate(&mut self, row: usize, column: usize) {
        self.rotate(row - 1, self.form[(row - 1, column)], self.form[(row, column)]);
        self.form[(row, column)] = Complex64::ZERO;
    }

    /// Changes basis vectors k and k + 1 such that (x, y) in these places becomes a multiple of the first.
    fn rotate(&mut self, k: usize, x: Complex64, y: Complex64) {
        let norm = x.norm().hypot(y.norm());
        if norm == 0.0 {
            return;
        }
        let (x, y) = (x / norm, y / norm);
        for column in 0..self.form.ncols() {
            let (a, b) = (self.form[(k, column)], self.form[(k + 1, column)]);
            self.form[(k, column)] = x.conj() * a + y.conj() * b;
            self.form[(k + 1, column)] = x * b - y * a;
        }
        for matrix in [&mut self.form, &mut self.basis] {
            for mut row in matrix.rows_mut() {
                let (a, b) = (row[k], row[k + 1]);
                row[k] = a * x + b * y;
                row[k + 1] = b * x.conj() - a * y.conj();
            }
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::reflections::tests::rotations;
    use super::*;
    use proptest::prelude::*;

    pub(crate) fn adjoint(matrix: &Array2<Complex64>) -> Array2<Complex64> {
        matrix.t().mapv(|entry| entry.conj())
    }

    pub(crate) fn distance(a: &Array2<Complex64>, b: &Array2<Complex64>) -> f64 {
        (a - b).iter().fold(0.0, |largest, entry| largest.max(entry.norm()))
    }

    pub(crate) fn is_unitary(matrix: &Array2<Complex64>) -> bool {
        distance(&adjoint(matrix).dot(matrix), &Array2::eye(matrix.ncols())) < 1e-13
    }

    /// Unitary matrices: real ones of many kinds times phases, times other real ones or nothing.
    pub(crate) fn unitaries(size: usize) -> impl Strategy<Value = Array2<Complex64>> {
        let phases = proptest::collection::vec(prop_oneof![Just(0.0), Just(1.0), -3.2..3.2f64], size);
        (rotations(size), phases, rotations(size), 0..4).prop_map(|(left, phases, right, kind)| {
            let complex = |matrix: &Array2<f64>| matrix.mapv(|entry| Complex64::new(entry, 0.0));
            let phases: ndarray::Array1<Complex64> =
                phases.into_iter().map(|phase| Complex64::from_polar(1.0, phase)).collect();
            let (left, right) = (complex(&left), complex(&right));
            match kind {
                0 => Array2::from_diag(&phases),
                1 => (&left * &phases).dot(&left.t()),
                2 => left * &phases,
                _ => (left * &phases).dot(&right),
            }
        })
    }

    fn check(matrix: &Array2<Complex64>) {
        let Eigenphases { vectors, phases } = eigenphases(matrix).unwrap();
        assert!(is_unitary(&vectors));
        let phases: ndarray::Array1<Complex64> =
            phases.into_iter().map(|phase| Complex64::from_polar(1.0, phase)).collect();
        let off = distance(&(&vectors * &phases).dot(&adjoint(&vectors)), matrix);
        assert!(off < 1e-13, "{off}");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_unitary_matrix_is_the_product_of_its_eigenvectors(matrix in (1usize..17).prop_flat_map(unitaries)) {
            check(&matrix);
        }
    }

    #[test]
    fn cyclic_permutations_have_eigenvectors() {
        for size in [2usize, 3, 8, 64] {
            let entry = |(i, j)| Complex64::new(f64::from(u8::from(i == (j + 1) % size)), 0.0);
            check(&Array2::from_shape_fn((size, size), entry));
        }
    }
}
