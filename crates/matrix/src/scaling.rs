//! Symmetric diagonal scaling (Jacobi): A x = b becomes (S A S) y = S b with x = S y.

use crate::conditioning::ConditioningError;
use crate::sparse::SparseMatrix;

/// The diagonal S of Jacobi scaling: s_i = 1 / sqrt(|a_ii|), so that S A S has a diagonal of +-1. Among all diagonal
/// scalings of a definite matrix with at most d entries per row it is within a factor d of the best condition number
/// (van der Sluis, Numerische Mathematik 14, 1969).
///
/// An error names the first diagonal entry that is zero.
pub fn jacobi_scaling(matrix: &SparseMatrix<f64>) -> Result<Vec<f64>, ConditioningError> {
    if !matrix.is_square() {
        return Err(ConditioningError::NotSquare { rows: matrix.rows(), columns: matrix.cols() });
    }
    let diagonal = matrix.diagonal();
    match diagonal.iter().position(|value| *value == 0.0) {
        Some(index) => Err(ConditioningError::ZeroDiagonal { index }),
        None => Ok(diagonal.into_iter().map(|value| 1.0 / value.abs().sqrt()).collect()),
    }
}

/// S A S.
pub fn scale_symmetrically(matrix: &SparseMatrix<f64>, scaling: &[f64]) -> SparseMatrix<f64> {
    // The product of both factors first: mirrored entries round alike.
    matrix.filter_map(|row, column, value| Some(value * (scaling[row] * scaling[column])))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::conditioning::is_symmetric;
    use crate::test_matrices::definite_matrix;

    proptest! {
        #[test]
        fn the_scaled_matrix_has_a_unit_diagonal_and_stays_symmetric(matrix in definite_matrix(8)) {
            let scaling = jacobi_scaling(&matrix).unwrap();
            let scaled = scale_symmetrically(&matrix, &scaling);
            prop_assert!(is_symmetric(&scaled));
            for value in scaled.diagonal() {
                prop_assert!((value - 1.0).abs() < 1e-14);
            }
        }
    }

    #[test]
    fn a_zero_on_the_diagonal_is_named() {
        let matrix = SparseMatrix::from_triplets(2, 2, [(0, 0, 1.0), (0, 1, 1.0), (1, 0, 1.0)]).unwrap();
        assert_eq!(jacobi_scaling(&matrix), Err(ConditioningError::ZeroDiagonal { index: 1 }));
    }
}
