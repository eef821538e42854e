//! Sparse matrices in compressed row storage.

use ndarray::Array2;
use num_complex::Complex64;
use rayon::prelude::*;
use thiserror::Error;

use crate::scalar::Scalar;

/// From this many non-zeros on a matrix-vector product is worth two threads.
const PARALLEL_NON_ZEROS: usize = 1 << 18;

/// Why a matrix cannot be built from its entries.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum MatrixError {
    /// A dimension does not fit in 32 bits.
    #[error("a {rows} x {columns} matrix is too large: at most {max} rows and columns are accepted", max = u32::MAX)]
    TooLarge {
        /// Number of rows asked for.
        rows: usize,
        /// Number of columns asked for.
        columns: usize,
    },
    /// An entry lies outside the matrix.
    #[error("entry ({row}, {column}) lies outside a {rows} x {columns} matrix (indices count from 0)")]
    OutOfRange {
        /// Row of the entry, from 0.
        row: usize,
        /// Column of the entry, from 0.
        column: usize,
        /// Number of rows of the matrix.
        rows: usize,
        /// Number of columns of the matrix.
        columns: usize,
    },
}

/// A sparse matrix in compressed row storage.
///
/// Columns are sorted within a row, every position occurs once, and no stored value is zero: entries given twice
/// are summed, and explicit zeros (and sums that cancel to zero) are dropped. Indices count from 0.
#[derive(Clone, Debug, PartialEq)]
pub struct SparseMatrix<S = f64> {
    columns: usize,
    /// `row_starts[i]..row_starts[i + 1]` are the positions of row i in the two vectors below.
    row_starts: Vec<usize>,
    column_indices: Vec<u32>,
    values: Vec<S>,
}

/// A matrix whose number type is known at run time only.
#[derive(Clone, Debug, PartialEq)]
pub enum AnyMatrix {
    /// Real entries.
    Real(SparseMatrix<f64>),
    /// Complex entries.
    Complex(SparseMatrix<Complex64>),
}

impl AnyMatrix {
    /// Number of rows.
    pub fn rows(&self) -> usize {
        match self {
            AnyMatrix::Real(matrix) => matrix.rows(),
            AnyMatrix::Complex(matrix) => matrix.rows(),
        }
    }

    /// Number of columns.
    pub fn cols(&self) -> usize {
        match self {
            AnyMatrix::Real(matrix) => matrix.cols(),
            AnyMatrix::Complex(matrix) => matrix.cols(),
        }
    }

    /// The real matrix, if all imaginary parts are zero; the matrix itself otherwise.
    pub fn into_real(self) -> Result<SparseMatrix<f64>, SparseMatrix<Complex64>> {
        match self {
            AnyMatrix::Real(matrix) => Ok(matrix),
            AnyMatrix::Complex(matrix) if matrix.values().iter().all(|value| value.im == 0.0) => {
                Ok(matrix.map(|value| value.re))
            }
            AnyMatrix::Complex(matrix) => Err(matrix),
        }
    }
}

impl<S: Scalar> SparseMatrix<S> {
    /// A matrix from (row, column, value) triplets in any order.
    pub fn from_triplets(
        rows: usize,
        columns: usize,
        triplets: impl IntoIterator<Item = (usize, usize, S)>,
    ) -> Result<Self, MatrixError> {
        check_dimensions(rows, columns)?;
        let entries = triplets
            .into_iter()
            .map(|(row, column, value)| {
                if row < rows && column < columns {
                    Ok((row as u32, column as u32, value))
                } else {
                    Err(MatrixError::OutOfRange { row, column, rows, columns })
                }
            })
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self::from_valid_entries(rows, columns, &entries))
    }

    /// The non-zero entries of a dense matrix.
    ///
    /// # Panics
    /// If a dimension exceeds `u32::MAX`.
    pub fn from_dense(dense: &Array2<S>) -> Self {
        let (rows, columns) = dense.dim();
        assert!(check_dimensions(rows, columns).is_ok(), "a dense matrix of {rows} x {columns}");
        let mut row_starts = Vec::with_capacity(rows + 1);
        let (mut column_indices, mut values) = (Vec::new(), Vec::new());
        row_starts.push(0);
        for row in dense.rows() {
            for (column, &value) in row.iter().enumerate() {
                if !value.is_zero() {
                    column_indices.push(column as u32);
                    values.push(value);
                }
            }
            row_starts.push(values.len());
        }
        SparseMatrix { columns, row_starts, column_indices, values }
    }

    /// The identity matrix with `dimension` rows.
    ///
    /// # Panics
    /// If the dimension exceeds `u32::MAX`.
    pub fn identity(dimension: usize) -> Self {
        assert!(check_dimensions(dimension, dimension).is_ok(), "an identity matrix of {dimension} rows");
        SparseMatrix {
            columns: dimension,
            row_starts: (0..=dimension).collect(),
            column_indices: (0..dimension as u32).collect(),
            values: vec![S::one(); dimension],
        }
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.row_starts.len() - 1
    }

    /// Number of columns.
    pub fn cols(&self) -> usize {
        self.columns
    }

    /// Number of non-zero entries.
    pub fn nnz(&self) -> usize {
        self.values.len()
    }

    /// Whether there are as many rows as columns.
    pub fn is_square(&self) -> bool {
        self.rows() == self.columns
    }

    /// The entry at (`row`, `column`), zero where none is stored.
    ///
    /// # Panics
    /// If `row` is not a row of the matrix.
    pub fn get(&self, row: usize, column: usize) -> S {
        let range = self.row_range(row);
        match self.column_indices[range.clone()].binary_search_by(|&index| (index as usize).cmp(&column)) {
            Ok(position) => self.values[range.start + position],
            Err(_) => S::zero(),
        }
    }

    /// The non-zero entries of a row as (column, value), by increasing column.
    ///
    /// # Panics
    /// If `row` is not a row of the matrix.
    pub fn row(&self, row: usize) -> impl DoubleEndedIterator<Item = (usize, S)> + ExactSizeIterator + '_ {
        let range = self.row_range(row);
        self.column_indices[range.clone()]
            .iter()
            .zip(&self.values[range])
            .map(|(&column, &value)| (column as usize, value))
    }

    /// All non-zero entries as (row, column, value), row by row.
    pub fn iter(&self) -> impl Iterator<Item = (usize, usize, S)> + '_ {
        (0..self.rows()).flat_map(|row| self.row(row).map(move |(column, value)| (row, column, value)))
    }

    /// The non-zero values, row by row.
    pub fn values(&self) -> &[S] {
        &self.values
    }

    /// The columns of the non-zero values, row by row.
    pub fn column_indices(&self) -> &[u32] {
        &self.column_indices
    }

    /// Where each row begins in [`values`](Self::values); one more element than there are rows.
    pub fn row_starts(&self) -> &[usize] {
        &self.row_starts
    }

    /// The matrix as a dense array.
    pub fn to_dense(&self) -> Array2<S> {
        let mut dense = Array2::from_elem((self.rows(), self.columns), S::zero());
        for (row, column, value) in self.iter() {
            dense[(row, column)] = value;
        }
        dense
    }

    /// The transpose (without complex conjugation).
    pub fn transpose(&self) -> Self {
        let mut row_starts = vec![0_usize; self.columns + 1];
        for &column in &self.column_indices {
            row_starts[column as usize + 1] += 1;
        }
        for column in 0..self.columns {
            row_starts[column + 1] += row_starts[column];
        }
        let mut next = row_starts.clone();
        let mut column_indices = vec![0_u32; self.nnz()];
        let mut values = vec![S::zero(); self.nnz()];
        for (row, column, value) in self.iter() {
            let position = next[column];
            next[column] += 1;
            column_indices[position] = row as u32;
            values[position] = value;
        }
        SparseMatrix { columns: self.rows(), row_starts, column_indices, values }
    }

    /// The complex conjugate of the transpose.
    pub fn adjoint(&self) -> Self {
        self.transpose().map(S::conjugate)
    }

    /// The matrix with `function` applied to every non-zero entry; results that are zero are dropped.
    pub fn map<T: Scalar>(&self, function: impl Fn(S) -> T) -> SparseMatrix<T> {
        let values: Vec<T> = self.values.iter().map(|&value| function(value)).collect();
        let pattern = (self.row_starts.clone(), self.column_indices.clone());
        let result =
            SparseMatrix { columns: self.columns, row_starts: pattern.0, column_indices: pattern.1, values };
        if result.values.iter().any(T::is_zero) {
            result.filter_map(|_, _, value| Some(value))
        } else {
            result
        }
    }

    /// The matrix of the entries for which `function` (of row, column, value) is `Some` and not zero.
    pub fn filter_map<T: Scalar>(
        &self,
        mut function: impl FnMut(usize, usize, S) -> Option<T>,
    ) -> SparseMatrix<T> {
        let mut row_starts = Vec::with_capacity(self.row_starts.len());
        let (mut column_indices, mut values) =
            (Vec::with_capacity(self.nnz()), Vec::with_capacity(self.nnz()));
        row_starts.push(0);
        for row in 0..self.rows() {
            for (column, value) in self.row(row) {
                if let Some(value) = function(row, column, value).filter(|value| !value.is_zero()) {
                    column_indices.push(column as u32);
                    values.push(value);
                }
            }
            row_starts.push(values.len());
        }
        SparseMatrix { columns: self.columns, row_starts, column_indices, values }
    }

    /// The matrix times `factor`.
    pub fn scale(&self, factor: S) -> Self {
        self.map(|value| value * factor)
    }

    /// The diagonal, as long as the shorter side of the matrix.
    pub fn diagonal(&self) -> Vec<S> {
        (0..self.rows().min(self.columns)).map(|index| self.get(index, index)).collect()
    }

    /// The product with a vector.
    ///
    /// # Panics
    /// If the vector's length is not the number of columns.
    pub fn mul_vec(&self, vector: &[S]) -> Vec<S> {
        let mut product = vec![S::zero(); self.rows()];
        self.mul_vec_into(vector, &mut product);
        product
    }

    /// The product with a vector, written to `product`.
    ///
    /// # Panics
    /// If the vector's length is not the number of columns, or the product's not the number of rows.
    pub fn mul_vec_into(&self, vector: &[S], product: &mut [S]) {
        assert_eq!(
            vector.len(),
            self.columns,
            "a vector of {} entries for {} columns",
            vector.len(),
            self.columns
        );
        assert_eq!(
            product.len(),
            self.rows(),
            "a product of {} entries for {} rows",
            product.len(),
            self.rows()
        );
        let entry = |row: usize| {
            let range = self.row_range(row);
            self.column_indices[range.clone()]
                .iter()
                .zip(&self.values[range])
                .fold(S::zero(), |sum, (&column, &value)| sum + value * vector[column as usize])
        };
        if self.nnz() < PARALLEL_NON_ZEROS {
            product.iter_mut().enumerate().for_each(|(row, target)| *target = entry(row));
        } else {
            product
                .par_iter_mut()
                .with_min_len(64)
                .enumerate()
                .for_each(|(row, target)| *target = entry(row));
        }
    }

    /// The largest magnitude of an entry; 0 for a zero matrix.
    pub fn max_abs(&self) -> f64 {
        self.values.iter().map(|value| value.magnitude()).fold(0.0, f64::max)
    }

    /// The Frobenius norm, without overflow.
    pub fn frobenius_norm(&self) -> f64 {
        euclidean_norm(&self.values)
    }

    /// The largest sum of magnitudes along a row (the operator norm from infinity to infinity).
    pub fn max_row_sum(&self) -> f64 {
        (0..self.rows())
            .map(|row| self.values[self.row_range(row)].iter().map(|value| value.magnitude()).sum())
            .fold(0.0, f64::max)
    }

    /// The largest sum of magnitudes along a column (the operator norm from 1 to 1).
    pub fn max_column_sum(&self) -> f64 {
        let mut sums = vec![0.0; self.columns];
        for (_, column, value) in self.iter() {
            sums[column] += value.magnitude();
        }
        sums.into_iter().fold(0.0, f64::max)
    }

    /// The largest number of non-zeros in any row or column.
    pub fn sparsity(&self) -> usize {
        let mut counts = vec![0_usize; self.columns];
        self.column_indices.iter().for_each(|&column| counts[column as usize] += 1);
        let rows = self.row_starts.windows(2).map(|pair| pair[1] - pair[0]);
        rows.chain(counts).max().unwrap_or(0)
    }

    /// Whether no entry is infinite or NaN.
    pub fn is_finite(&self) -> bool {
        self.values.iter().all(|value| value.is_finite())
    }

    /// Builds the matrix from entries whose indices are known to be in range.
    pub(crate) fn from_valid_entries(rows: usize, columns: usize, entries: &[(u32, u32, S)]) -> Self {
        let place = |entry: &(u32, u32, S)| (entry.0, entry.1);
        if entries.is_sorted_by(|left, right| place(left) < place(right))
            && !entries.iter().any(|(_, _, value)| value.is_zero())
        {
            return Self::from_sorted_entries(rows, columns, entries);
        }
        let mut starts = vec![0_usize; rows + 1];
        for &(row, _, _) in entries {
            starts[row as usize + 1] += 1;
        }
        for row in 0..rows {
            starts[row + 1] += starts[row];
        }
        let mut next = starts.clone();
        let mut by_row = vec![(0_u32, S::zero()); entries.len()];
        for &(row, column, value) in entries {
            let position = &mut next[row as usize];
            by_row[*position] = (column, value);
            *position += 1;
        }
        let mut row_starts = Vec::with_capacity(rows + 1);
        let (mut column_indices, mut values) =
            (Vec::with_capacity(entries.len()), Vec::with_capacity(entries.len()));
        row_starts.push(0);
        for range in starts.windows(2) {
            let row = &mut by_row[range[0]..range[1]];
            // Stable, so that duplicates are summed in the order given.
            row.sort_by_key(|&(column, _)| column);
            for same_column in row.chunk_by(|left, right| left.0 == right.0) {
                let sum: S = same_column.iter().map(|&(_, value)| value).sum();
                if !sum.is_zero() {
                    column_indices.push(same_column[0].0);
                    values.push(sum);
                }
            }
            row_starts.push(values.len());
        }
        SparseMatrix { columns, row_starts, column_indices, values }
    }

    /// From entries in order of row and column, no place twice and no zeros.
    fn from_sorted_entries(rows: usize, columns: usize, entries: &[(u32, u32, S)]) -> Self {
        let mut row_starts = vec![0_usize; rows + 1];
        for &(row, _, _) in entries {
            row_starts[row as usize + 1] += 1;
        }
        for row in 0..rows {
            row_starts[row + 1] += row_starts[row];
        }
        SparseMatrix {
            columns,
            row_starts,
            column_indices: entries.iter().map(|entry| entry.1).collect(),
            values: entries.iter().map(|entry| entry.2).collect(),
        }
    }

    fn row_range(&self, row: usize) -> std::ops::Range<usize> {
        self.row_starts[row]..self.row_starts[row + 1]
    }
}

/// The Euclidean norm of a vector, scaled so that squares neither overflow nor vanish.
pub(crate) fn euclidean_norm<S: Scalar>(vector: &[S]) -> f64 {
    let largest = vector.iter().map(|value| value.magnitude()).fold(0.0, f64::max);
    if largest == 0.0 || !largest.is_finite() {
        return largest;
    }
    largest * vector.iter().map(|value| (value.magnitude() / largest).powi(2)).sum::<f64>().sqrt()
}

fn check_dimensions(rows: usize, columns: usize) -> Result<(), MatrixError> {
    if rows.max(columns) > u32::MAX as usize {
        return Err(MatrixError::TooLarge { rows, columns });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, array};
    use proptest::prelude::*;

    use super::*;
    use crate::test_matrices::{any_matrix, hessian};

    #[test]
    fn duplicates_are_summed_and_zeros_dropped() {
        let triplets = [(1, 2, 3.0), (0, 1, 1.5), (1, 2, -1.0), (1, 0, 4.0), (0, 0, 0.0), (1, 0, -4.0)];
        let matrix = SparseMatrix::from_triplets(2, 3, triplets).unwrap();
        assert_eq!(matrix.to_dense(), array![[0.0, 1.5, 0.0], [0.0, 0.0, 2.0]]);
        assert_eq!(matrix.nnz(), 2);
        assert_eq!(matrix.get(1, 2), 2.0);
        assert_eq!(matrix.get(1, 0), 0.0);
    }

    #[test]
    fn entries_outside_and_impossible_sizes_are_refused() {
        let outside = SparseMatrix::from_triplets(2, 2, [(0, 2, 1.0)]);
        assert_eq!(outside, Err(MatrixError::OutOfRange { row: 0, column: 2, rows: 2, columns: 2 }));
        let (rows, columns) = (99_999_999_999, 1);
        let large = SparseMatrix::<f64>::from_triplets(rows, columns, []);
        assert_eq!(large, Err(MatrixError::TooLarge { rows, columns }));
    }

    #[test]
    fn a_complex_matrix_knows_its_adjoint() {
        let i = Complex64::i();
        let matrix = SparseMatrix::from_triplets(2, 2, [(0, 1, 2.0 + i), (1, 1, i)]).unwrap();
        let expected = SparseMatrix::from_triplets(2, 2, [(1, 0, 2.0 - i), (1, 1, -i)]).unwrap();
        assert_eq!(matrix.adjoint(), expected);
        assert_eq!(matrix.mul_vec(&[i, i]), [2.0 * i - 1.0, (-1.0).into()]);
    }

    #[test]
    fn norms_do_not_overflow() {
        let matrix = SparseMatrix::from_triplets(2, 2, [(0, 0, 3e300), (1, 0, 4e300)]).unwrap();
        assert!((matrix.frobenius_norm() / 5e300 - 1.0).abs() < 1e-15);
        assert_eq!(SparseMatrix::<f64>::from_triplets(2, 2, []).unwrap().frobenius_norm(), 0.0);
    }

    #[test]
    fn the_parallel_product_is_the_sequential_one() {
        let dimension = 600;
        let entries = (0..dimension * dimension)
            .map(|k| (k / dimension, k % dimension, ((k * 7919) % 1000) as f64 - 499.5));
        let matrix = SparseMatrix::from_triplets(dimension, dimension, entries).unwrap();
        assert!(matrix.nnz() > PARALLEL_NON_ZEROS);
        let vector: Vec<f64> = (0..dimension).map(|k| (k as f64).sin()).collect();
        let product = matrix.mul_vec(&vector);
        for (row, entry) in product.into_iter().enumerate() {
            let sum = matrix.row(row).fold(0.0, |sum, (column, value)| sum + value * vector[column]);
            assert_eq!(entry, sum);
        }
    }

    #[test]
    fn sparsity_looks_at_rows_and_columns() {
        let column = SparseMatrix::from_triplets(3, 3, [(0, 0, 1.0), (1, 0, 1.0), (2, 0, 1.0)]).unwrap();
        assert_eq!(column.sparsity(), 3);
        assert_eq!(hessian("digits-16-pruned").sparsity(), 8);
        assert_eq!(hessian("digits-64-pruned").sparsity(), 12);
        assert_eq!(hessian("poisson-16").sparsity(), 3);
    }

    proptest! {
        #[test]
        fn agrees_with_dense_arithmetic(matrix in any_matrix(12), seed in 0_u64..100) {
            let dense = matrix.to_dense();
            prop_assert_eq!(&SparseMatrix::from_dense(&dense), &matrix);
            prop_assert_eq!(matrix.transpose().to_dense(), dense.t().to_owned());
            prop_assert_eq!(&matrix.transpose().transpose(), &matrix);
            let vector = crate::start_vector::random_unit_vector(matrix.cols(), seed);
            let expected = dense.dot(&Array1::from(vector.clone()));
            let tolerance = 1e-14 * matrix.frobenius_norm();
            for (left, right) in matrix.mul_vec(&vector).iter().zip(&expected) {
                prop_assert!((left - right).abs() <= tolerance);
            }
            let squares: f64 = dense.iter().map(|value| value * value).sum();
            prop_assert!((matrix.frobenius_norm() - squares.sqrt()).abs() <= tolerance);
            let rows = dense.rows().into_iter().map(|row| row.iter().map(|value| value.abs()).sum::<f64>());
            prop_assert!((matrix.max_row_sum() - rows.fold(0.0, f64::max)).abs() <= tolerance);
            prop_assert_eq!(matrix.max_column_sum(), matrix.transpose().max_row_sum());
            prop_assert_eq!(matrix.iter().count(), matrix.nnz());
        }
    }
}
