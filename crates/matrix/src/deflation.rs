//! Deflation: the part of a right-hand side in a few eigenvectors is solved for classically, so that the rest of the
//! system has the condition number of the other eigenvalues. The matrix stays as sparse as it was.
//!
//! With A v_i = lambda_i v_i and b' = b - sum over i of <v_i, b> v_i, the solution is A^-1 b' + sum of <v_i, b>/lambda_i
//! v_i; b' lies in an invariant subspace, on which A^-1 has the norm of the smallest of the other eigenvalues.

use thiserror::Error;

use crate::conditioning::is_symmetric;
use crate::decompositions::{DecompositionError, symmetric_eigen_decomposition};
use crate::lanczos::Interval;
use crate::sparse::{SparseMatrix, euclidean_norm};

/// Larger matrices are refused: all eigenvectors are computed.
const DIMENSION_LIMIT: usize = 4096;

/// Why a matrix cannot be deflated.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum DeflationError {
    /// Eigenvectors are orthogonal for symmetric matrices only.
    #[error("deflation needs a symmetric matrix")]
    NotSymmetric,
    /// All or more eigenpairs than there are.
    #[error("{asked} eigenpairs of a matrix with {rows} rows cannot be deflated; 1 to {} can", rows - 1)]
    Count {
        /// How many were asked for.
        asked: usize,
        /// Number of rows.
        rows: usize,
    },
    /// The matrix is too large for all of its eigenvectors.
    #[error("deflation of {rows} unknowns: all eigenvectors are computed, so at most {limit} are accepted")]
    TooLarge {
        /// Number of rows.
        rows: usize,
        /// The largest number accepted.
        limit: usize,
    },
    /// An eigenvalue that is to be divided by vanishes.
    #[error("eigenvalue {value:e} is zero to working precision: the matrix is singular")]
    Singular {
        /// The eigenvalue.
        value: f64,
    },
    /// The right-hand side lies in the eigenvectors that are taken out.
    #[error("the right-hand side lies in the deflated eigenvectors, so nothing is left to solve")]
    NothingLeft,
    /// The eigenvectors could not be computed.
    #[error(transparent)]
    Decomposition(#[from] DecompositionError),
}

/// Eigenpairs of a symmetric matrix that are solved for classically.
#[derive(Clone, Debug, PartialEq)]
pub struct Deflation {
    eigenvalues: Vec<f64>,
    /// Orthonormal, one for each eigenvalue.
    vectors: Vec<Vec<f64>>,
    smallest_left: Interval,
}

/// A right-hand side without its deflated part.
#[derive(Clone, Debug, PartialEq)]
pub struct Deflated {
    /// What is left of the right-hand side.
    pub rhs: Vec<f64>,
    /// What the eigenpairs contribute to the solution.
    pub solution: Vec<f64>,
}

impl Deflation {
    /// The `count` eigenpairs of smallest magnitude.
    pub fn of_smallest(matrix: &SparseMatrix<f64>, count: usize) -> Result<Self, DeflationError> {
        let rows = matrix.rows();
        if !is_symmetric(matrix) {
            return Err(DeflationError::NotSymmetric);
        }
        if count == 0 || count >= rows {
            return Err(DeflationError::Count { asked: count, rows });
        }
        if rows > DIMENSION_LIMIT {
            return Err(DeflationError::TooLarge { rows, limit: DIMENSION_LIMIT });
        }
        let pairs = symmetric_eigen_decomposition(&matrix.to_dense())?;
        let mut order: Vec<usize> = (0..rows).collect();
        order.sort_by(|&a, &b| pairs.values[a].abs().total_cmp(&pairs.values[b].abs()));
        let norm = order.last().map_or(0.0, |&last| pairs.values[last].abs());
        let rounding = 4.0 * rows as f64 * f64::EPSILON * norm;
        let value = pairs.values[order[0]];
        if value.abs() <= rounding {
            return Err(DeflationError::Singular { value });
        }
        let next = pairs.values[order[count]].abs();
        order.truncate(count);
        Ok(Deflation {
            eigenvalues: order.iter().map(|&index| pairs.values[index]).collect(),
            vectors: order.iter().map(|&index| pairs.vectors.column(index).to_vec()).collect(),
            smallest_left: Interval { lower: (next - rounding).max(0.0), upper: next + rounding },
        })
    }

    /// The eigenvalues that are taken out, by increasing magnitude.
    pub fn eigenvalues(&self) -> &[f64] {
        &self.eigenvalues
    }

    /// Contains the smallest magnitude of the other eigenvalues.
    pub fn smallest_left(&self) -> Interval {
        self.smallest_left
    }

    /// Takes the deflated part out of a right-hand side of as many entries as the matrix has rows.
    pub fn apply(&self, rhs: &[f64]) -> Result<Deflated, DeflationError> {
        let mut left = rhs.to_vec();
        let mut solution = vec![0.0; rhs.len()];
        for (value, vector) in self.eigenvalues.iter().zip(&self.vectors) {
            let overlap = remove(vector, &mut left);
            solution.iter_mut().zip(vector).for_each(|(target, entry)| *target += overlap / value * entry);
        }
        // Once more against rounding, which the small eigenvalues would magnify.
        self.vectors.iter().for_each(|vector| {
            remove(vector, &mut left);
        });
        let rounding = 16.0 * rhs.len() as f64 * f64::EPSILON;
        if euclidean_norm(&left) <= rounding * euclidean_norm(rhs) {
            return Err(DeflationError::NothingLeft);
        }
        Ok(Deflated { rhs: left, solution })
    }
}

/// Takes the projection on a unit vector away, and returns its length.
fn remove(vector: &[f64], target: &mut [f64]) -> f64 {
    let overlap: f64 = vector.iter().zip(&*target).map(|(a, b)| a * b).sum();
    target.iter_mut().zip(vector).for_each(|(value, entry)| *value -= overlap * entry);
    overlap
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::solve;
    use crate::test_matrices::{hessian, symmetric_matrix};

    #[test]
    fn a_hessian_without_its_smallest_eigenvalues_is_better_conditioned() {
        let matrix = hessian("digits-12");
        let mut last = 0.0;
        for count in 1..matrix.rows() {
            let deflation = Deflation::of_smallest(&matrix, count).unwrap();
            let left = deflation.smallest_left();
            assert!(left.lower >= last && deflation.eigenvalues().len() == count);
            assert!(deflation.eigenvalues().iter().all(|value| value.abs() <= left.upper));
            last = left.lower;
        }
    }

    #[test]
    fn what_cannot_be_deflated_is_refused() {
        let matrix = SparseMatrix::from_triplets(2, 2, [(0, 0, 1.0), (1, 1, 3.0)]).unwrap();
        let count = |asked| Deflation::of_smallest(&matrix, asked).unwrap_err();
        assert_eq!(count(0), DeflationError::Count { asked: 0, rows: 2 });
        assert_eq!(count(2), DeflationError::Count { asked: 2, rows: 2 });
        let deflation = Deflation::of_smallest(&matrix, 1).unwrap();
        assert_eq!(deflation.apply(&[2.0, 0.0]), Err(DeflationError::NothingLeft));
        let oblique = SparseMatrix::from_triplets(2, 2, [(0, 1, 1.0)]).unwrap();
        assert_eq!(Deflation::of_smallest(&oblique, 1), Err(DeflationError::NotSymmetric));
        let singular = SparseMatrix::from_triplets(2, 2, [(0, 0, 1.0)]).unwrap();
        assert!(matches!(Deflation::of_smallest(&singular, 1), Err(DeflationError::Singular { .. })));
    }

    proptest! {
        #[test]
        fn both_parts_together_solve_the_system(
            matrix in symmetric_matrix(10),
            count in 1_usize..4,
            seed in proptest::collection::vec(-1.0..1.0, 10),
        ) {
            let Ok(exact) = solve(&matrix, &seed[..matrix.rows()]) else { return Ok(()) };
            let Ok(deflation) = Deflation::of_smallest(&matrix, count) else { return Ok(()) };
            let Ok(Deflated { rhs, solution }) = deflation.apply(&seed[..matrix.rows()]) else { return Ok(()) };
            let rest = solve(&matrix, &rhs).unwrap().x;
            let smallest = deflation.eigenvalues()[0].abs();
            let tolerance = 1e-9 * matrix.frobenius_norm() / smallest * euclidean_norm(&exact.x);
            for ((whole, part), rest) in exact.x.iter().zip(&solution).zip(&rest) {
                prop_assert!((whole - part - rest).abs() <= tolerance);
            }
            // The rest is as small as the other eigenvalues allow.
            let bound = euclidean_norm(&rhs) / deflation.smallest_left().lower;
            prop_assert!(euclidean_norm(&rest) <= bound * (1.0 + 1e-6) + tolerance);
        }
    }
}
