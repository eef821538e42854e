//! What is done to a Hessian before it is solved with: symmetrising and damping.

use std::cmp::Ordering;

use serde::Serialize;
use thiserror::Error;

use crate::scalar::Scalar;
use crate::sparse::SparseMatrix;

/// A matrix whose relative asymmetry ||A - A^T||_F / ||A||_F is at most this counts as symmetric.
pub const SYMMETRY_TOLERANCE: f64 = 1e-12;

/// Why a matrix cannot be conditioned as asked.
#[derive(Clone, Copy, Debug, Error, PartialEq)]
pub enum ConditioningError {
    /// Only square matrices have a diagonal to act on.
    #[error("the matrix is {rows} x {columns}; a square matrix is needed")]
    NotSquare {
        /// Number of rows.
        rows: usize,
        /// Number of columns.
        columns: usize,
    },
    /// A damping factor that is negative, infinite or NaN.
    #[error("damping factor {0}; a finite number >= 0 is accepted")]
    Damping(f64),
    /// Scaling by a diagonal with a zero.
    #[error(
        "diagonal entry {index} is zero, so the matrix has no symmetric diagonal scaling (indices count from 0)"
    )]
    ZeroDiagonal {
        /// Its position, from 0.
        index: usize,
    },
    /// Pruning to no entries at all.
    #[error("pruning to 0 entries per row would erase the matrix; at least 1 is accepted")]
    NothingKept,
}

/// How far a matrix was from symmetric, and whether it was made so.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct SymmetryReport {
    /// ||A - A^T||_F / ||A||_F before anything was changed; 0 for a zero matrix.
    pub asymmetry: f64,
    /// Whether the resulting matrix is exactly symmetric.
    pub symmetric: bool,
    /// Whether the matrix was replaced by (A + A^T)/2.
    pub symmetrised: bool,
}

/// Whether the matrix equals its transpose exactly.
pub fn is_symmetric(matrix: &SparseMatrix<f64>) -> bool {
    is_hermitian(matrix)
}

/// Whether the matrix equals its complex conjugate transpose exactly.
pub fn is_hermitian<S: Scalar>(matrix: &SparseMatrix<S>) -> bool {
    if !matrix.is_square() {
        return false;
    }
    let (starts, columns, values) = (matrix.row_starts(), matrix.column_indices(), matrix.values());
    // For each row the first entry right of the diagonal whose mirror image has not come yet: mirror images of one row
    // come in the order of its columns.
    let mut expected = Vec::with_capacity(matrix.rows());
    for row in 0..matrix.rows() {
        let mut first_right = starts[row + 1];
        for position in starts[row]..starts[row + 1] {
            let (column, value) = (columns[position] as usize, values[position]);
            let mirrored = match column.cmp(&row) {
                Ordering::Less => {
                    let mirror: &mut usize = &mut expected[column];
                    let found = *mirror < starts[column + 1] && columns[*mirror] as usize == row;
                    *mirror += 1;
                    found && values[*mirror - 1] == value.conjugate()
                }
                Ordering::Equal => value == value.conjugate(),
                Ordering::Greater => {
                    first_right = first_right.min(position);
                    true
                }
            };
            if !mirrored {
                return false;
            }
        }
        expected.push(first_right);
    }
    expected.iter().zip(&starts[1..]).all(|(next, end)| next == end)
}

/// Makes a matrix that is symmetric up to rounding, [`SYMMETRY_TOLERANCE`], exactly symmetric; any other matrix
/// comes back unchanged.
pub fn symmetrise(matrix: SparseMatrix<f64>) -> (SparseMatrix<f64>, SymmetryReport) {
    let unchanged = |asymmetry, symmetric| SymmetryReport { asymmetry, symmetric, symmetrised: false };
    if !matrix.is_square() {
        return (matrix, unchanged(f64::INFINITY, false));
    }
    if is_symmetric(&matrix) {
        return (matrix, unchanged(0.0, true));
    }
    let transpose = matrix.transpose();
    let difference = combine(&matrix, &transpose, |value, mirrored| value - mirrored);
    let asymmetry = difference.frobenius_norm() / matrix.frobenius_norm();
    if asymmetry.is_nan() || asymmetry > SYMMETRY_TOLERANCE {
        return (matrix, unchanged(asymmetry, false));
    }
    // Halving first cannot overflow, and addition commutes, so the result is symmetric to the last bit.
    let mean = combine(&matrix, &transpose, |value, mirrored| 0.5 * value + 0.5 * mirrored);
    (mean, SymmetryReport { asymmetry, symmetric: true, symmetrised: true })
}

/// Adds `factor` times the largest magnitude of the matrix to its diagonal, as Q-Newton does before it prunes
/// (Li et al., arXiv 2405.00252).
pub fn damp(matrix: &SparseMatrix<f64>, factor: f64) -> Result<SparseMatrix<f64>, ConditioningError> {
    damp_by(matrix, factor, matrix.max_abs())
}

/// As [`damp`], with another magnitude than the largest of the matrix.
pub(crate) fn damp_by(
    matrix: &SparseMatrix<f64>,
    factor: f64,
    magnitude: f64,
) -> Result<SparseMatrix<f64>, ConditioningError> {
    if !matrix.is_square() {
        return Err(ConditioningError::NotSquare { rows: matrix.rows(), columns: matrix.cols() });
    }
    if !factor.is_finite() || factor < 0.0 {
        return Err(ConditioningError::Damping(factor));
    }
    Ok(add_to_diagonal(matrix, factor * magnitude))
}

/// The square matrix plus `shift` times the identity.
pub fn add_to_diagonal(matrix: &SparseMatrix<f64>, shift: f64) -> SparseMatrix<f64> {
    combine(matrix, &SparseMatrix::identity(matrix.rows()), |value, one| value + shift * one)
}

/// The matrix of `function(left_ij, right_ij)` over the positions where either operand is not zero. The operands
/// have the same shape.
pub(crate) fn combine<S: Scalar>(
    left: &SparseMatrix<S>,
    right: &SparseMatrix<S>,
    function: impl Fn(S, S) -> S,
) -> SparseMatrix<S> {
    let mut entries = Vec::with_capacity(left.nnz() + right.nnz());
    for row in 0..left.rows() {
        let (mut lefts, mut rights) = (left.row(row).peekable(), right.row(row).peekable());
        loop {
            let column = match (lefts.peek(), rights.peek()) {
                (None, None) => break,
                (Some(&(column, _)), None) | (None, Some(&(column, _))) => column,
                (Some(&(left_column, _)), Some(&(right_column, _))) => left_column.min(right_column),
            };
            let take = |entry: Option<(usize, S)>| entry.map_or(S::zero(), |(_, value)| value);
            let left_value = take(lefts.next_if(|entry| entry.0 == column));
            let right_value = take(rights.next_if(|entry| entry.0 == column));
            entries.push((row as u32, column as u32, function(left_value, right_value)));
        }
    }
    SparseMatrix::from_valid_entries(left.rows(), left.cols(), &entries)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::test_matrices::{square_matrix, symmetric_matrix};

    #[test]
    fn rounding_is_symmetrised_and_reported() {
        let matrix =
            SparseMatrix::from_triplets(2, 2, [(0, 0, 1.0), (0, 1, 0.5), (1, 0, 0.5 + 1e-13)]).unwrap();
        let (symmetric, report) = symmetrise(matrix);
        assert!(is_symmetric(&symmetric));
        assert!(report.symmetrised && report.symmetric);
        assert!((report.asymmetry - 1e-13 * 2_f64.sqrt() / 1.5_f64.sqrt()).abs() < 1e-16);
    }

    #[test]
    fn a_truly_asymmetric_matrix_is_left_alone() {
        let matrix = SparseMatrix::from_triplets(2, 2, [(0, 0, 1.0), (0, 1, 1e-11)]).unwrap();
        let (same, report) = symmetrise(matrix.clone());
        assert_eq!(same, matrix);
        assert!(!report.symmetrised && !report.symmetric);
        let rectangle = SparseMatrix::from_triplets(1, 2, [(0, 1, 1.0)]).unwrap();
        assert!(!symmetrise(rectangle).1.symmetric);
    }

    #[test]
    fn damping_adds_a_fraction_of_the_largest_magnitude() {
        let matrix = SparseMatrix::from_triplets(2, 2, [(0, 0, 1.0), (0, 1, -4.0)]).unwrap();
        let expected = SparseMatrix::from_triplets(2, 2, [(0, 0, 3.0), (0, 1, -4.0), (1, 1, 2.0)]).unwrap();
        assert_eq!(damp(&matrix, 0.5), Ok(expected));
        assert_eq!(damp(&matrix, 0.0), Ok(matrix.clone()));
        assert_eq!(damp(&matrix, -1.0), Err(ConditioningError::Damping(-1.0)));
        assert!(damp(&matrix, f64::NAN).is_err());
        let rectangle = SparseMatrix::from_triplets(1, 2, [(0, 1, 1.0)]).unwrap();
        assert_eq!(damp(&rectangle, 1.0), Err(ConditioningError::NotSquare { rows: 1, columns: 2 }));
    }

    proptest! {
        #[test]
        fn a_hermitian_matrix_is_its_adjoint(matrix in square_matrix(6), symmetric in symmetric_matrix(6), flips in 0_usize..40) {
            prop_assert_eq!(is_symmetric(&matrix), matrix == matrix.transpose());
            prop_assert!(is_symmetric(&symmetric));
            // One entry less, or another one.
            let without = symmetric.filter_map(|row, column, value| {
                (row * symmetric.rows() + column != flips).then_some(value)
            });
            prop_assert_eq!(is_symmetric(&without), without == without.transpose());
            let phased = symmetric.filter_map(|row, column, value| {
                let phase = if row > column { 0.5 } else if row < column { -0.5 } else { 0.0 };
                Some(num_complex::Complex64::from_polar(value.abs(), phase))
            });
            prop_assert_eq!(is_hermitian(&phased), phased == phased.adjoint());
        }

        #[test]
        fn perturbed_symmetric_matrices_become_symmetric(
            matrix in symmetric_matrix(10),
            noise in square_matrix(10),
        ) {
            let noise = noise.scale(1e-14 * matrix.max_abs() / noise.max_abs().max(1.0));
            let triplets = noise.iter().filter(|&(row, column, _)| row.max(column) < matrix.rows());
            let noisy = SparseMatrix::from_triplets(
                matrix.rows(),
                matrix.rows(),
                matrix.iter().chain(triplets),
            ).unwrap();
            let (result, report) = symmetrise(noisy.clone());
            prop_assert!(report.symmetric);
            prop_assert_eq!(&result, &result.transpose());
            let difference = combine(&result, &noisy, |after, before| after - before);
            prop_assert!(difference.frobenius_norm() <= 1e-12 * matrix.frobenius_norm());
        }
    }
}
