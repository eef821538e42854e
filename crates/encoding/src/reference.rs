//! What an encoding is held against: the columns of the matrix.

use num_complex::Complex64;
use qnewton_matrix::{Scalar, SparseMatrix};

/// The columns of a matrix, however it is stored.
pub trait Columns {
    /// Number of rows, and of columns.
    fn dimension(&self) -> usize;
    /// Calls `entry` with row and value for the entries of column j; entries of one row add up.
    fn for_each(&self, j: usize, entry: &mut dyn FnMut(usize, Complex64));
}

/// The columns of a sparse matrix.
#[derive(Clone, Debug)]
pub struct SparseColumns<S: Scalar> {
    transpose: SparseMatrix<S>,
}

impl<S: Scalar> SparseColumns<S> {
    /// Of a square matrix.
    pub fn of(matrix: &SparseMatrix<S>) -> Self {
        SparseColumns { transpose: matrix.transpose() }
    }
}

impl<S: Scalar> Columns for SparseColumns<S> {
    fn dimension(&self) -> usize {
        self.transpose.rows()
    }

    fn for_each(&self, j: usize, entry: &mut dyn FnMut(usize, Complex64)) {
        for (row, value) in self.transpose.row(j) {
            entry(row, Complex64::new(value.real_part(), value.imaginary_part()));
        }
    }
}
