//! Householder reflections of dense matrices.

use ndarray::{Array2, ArrayViewMut2, Axis};

/// The reflection 1 - v v^T, |v|^2 = 2, that takes a vector to a multiple of the first unit vector; v = 0 for the
/// zero vector, which stays.
pub(super) struct Reflection(Vec<f64>);

impl Reflection {
    pub(super) fn of(vector: &[f64]) -> Self {
        let largest = vector.iter().fold(0.0f64, |largest, entry| largest.max(entry.abs()));
        let mut v: Vec<f64> = vector.iter().map(|entry| entry / largest).collect();
        if largest == 0.0 {
            return Reflection(vec![0.0; vector.len()]);
        }
        let norm = v.iter().map(|entry| entry * entry).sum::<f64>().sqrt();
        // Away from the first unit vector, so that nothing cancels.
        v[0] += norm.copysign(v[0]);
        let scale = (2.0 / v.iter().map(|entry| entry * entry).sum::<f64>()).sqrt();
        v.iter_mut().for_each(|entry| *entry *= scale);
        Reflection(v)
    }

    /// Multiplies the rows, as many as the vector is long, from the left.
    pub(super) fn reflect_rows(&self, mut rows: ArrayViewMut2<f64>) {
        let mut products = vec![0.0; rows.ncols()];
        for (row, v) in rows.axis_iter(Axis(0)).zip(&self.0) {
            row.iter().zip(&mut products).for_each(|(entry, product)| *product += v * entry);
        }
        for (mut row, v) in rows.axis_iter_mut(Axis(0)).zip(&self.0) {
            row.iter_mut().zip(&products).for_each(|(entry, product)| *entry -= v * product);
        }
    }

    /// Multiplies the columns, as many as the vector is long, from the right.
    pub(super) fn reflect_columns(&self, mut columns: ArrayViewMut2<f64>) {
        for mut row in columns.axis_iter_mut(Axis(0)) {
            let product: f64 = row.iter().zip(&self.0).map(|(entry, v)| entry * v).sum();
            row.iter_mut().zip(&self.0).for_each(|(entry, v)| *entry -= product * v);
        }
    }
}

/// The orthogonal factor of the QR decomposition of a square matrix, R having a non-negative diagonal: an
/// orthonormal basis whose first k vectors span the first k columns.
pub(super) fn orthonormalised(mut matrix: Array2<f64>) -> Array2<f64> {
    let size = matrix.nrows();
    let mut basis = Array2::eye(size);
    for k in 0..size {
        let column: Vec<f64> = matrix.column(k).iter().skip(k).copied().collect();
        let reflection = Reflection::of(&column);
        reflection.reflect_rows(matrix.slice_mut(ndarray::s![k.., k..]));
        reflection.reflect_columns(basis.slice_mut(ndarray::s![.., k..]));
    }
    for k in 0..size {
        if matrix[(k, k)] < 0.0 {
            basis.column_mut(k).mapv_inplace(|entry| -entry);
        }
    }
    basis
}

/// Whether the determinant of an orthogonal matrix is -1.
pub(crate) fn is_improper(matrix: &Array2<f64>) -> bool {
    let mut matrix = matrix.clone();
    let size = matrix.nrows();
    let mut improper = false;
    for k in 0..size {
        let column: Vec<f64> = matrix.column(k).iter().skip(k).copied().collect();
        let reflection = Reflection::of(&column);
        reflection.reflect_rows(matrix.slice_mut(ndarray::s![k.., k..]));
        // Every reflection flips the sign, and so does every negative entry of what is left.
        improper ^= matrix[(k, k)] >= 0.0;
    }
    improper
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use proptest::prelude::*;

    pub(crate) fn distance(a: &Array2<f64>, b: &Array2<f64>) -> f64 {
        (a - b).iter().fold(0.0, |largest, entry| largest.max(entry.abs()))
    }

    pub(crate) fn is_orthogonal(matrix: &Array2<f64>) -> bool {
        distance(&matrix.t().dot(matrix), &Array2::eye(matrix.ncols())) < 1e-13
    }

    /// Orthogonal matrices of determinant 1: random ones, and such as have many equal angles: signed permutations,
    /// direct sums, single rotations by tiny angles, random ones close to a reflection of half of the space.
    pub(crate) fn rotations(size: usize) -> impl Strategy<Value = Array2<f64>> {
        let entries = proptest::collection::vec(-1.0..1.0f64, size * size);
        let order = Just((0..size).collect::<Vec<usize>>()).prop_shuffle();
        let signs = proptest::collection::vec(any::<bool>(), size);
        (entries, order, signs, 0..6, -18..0).prop_map(move |(entries, order, signs, kind, exponent)| {
            let random = Array2::from_shape_vec((size, size), entries).unwrap();
            let orthogonal = orthonormalised(random.clone());
            let signs: ndarray::Array1<f64> =
                signs.iter().map(|&sign| if sign { 1.0 } else { -1.0 }).collect();
            let diagonal = Array2::from_diag(&signs);
            let permutation =
                Array2::from_shape_fn((size, size), |(i, j)| f64::from(u8::from(order[j] == i)));
            let mut matrix = match kind {
                0 | 1 => orthogonal,
                2 => permutation.dot(&diagonal),
                3 => orthogonal.dot(&diagonal).dot(&orthogonal.t()),
                4 => orthonormalised(diagonal + random * 10f64.powi(exponent)),
                _ => orthogonal.dot(&permutation).dot(&diagonal).dot(&orthogonal.t()),
            };
            if is_improper(&matrix) {
                matrix.column_mut(0).mapv_inplace(|entry| -entry);
            }
            matrix
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_basis_spans_what_the_columns_span(entries in proptest::collection::vec(-1.0..1.0f64, 36)) {
            let matrix = Array2::from_shape_vec((6, 6), entries).unwrap();
            let basis = orthonormalised(matrix.clone());
            prop_assert!(is_orthogonal(&basis));
            let triangle = basis.t().dot(&matrix);
            for ((row, column), entry) in triangle.indexed_iter() {
                prop_assert!(row < column || (row == column && *entry >= 0.0) || entry.abs() < 1e-14);
            }
        }

        #[test]
        fn flipping_a_row_flips_the_determinant(matrix in rotations(5), row in 0usize..5) {
            prop_assert!(!is_improper(&matrix));
            let mut flipped = matrix;
            flipped.row_mut(row).mapv_inplace(|entry| -entry);
            prop_assert!(is_improper(&flipped));
        }
    }

    #[test]
    fn dependent_columns_are_completed() {
        let matrix = Array2::from_shape_fn((4, 4), |(i, _)| i as f64);
        assert!(is_orthogonal(&orthonormalised(matrix)));
        assert!(is_orthogonal(&orthonormalised(Array2::zeros((4, 4)))));
    }
}
