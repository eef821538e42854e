//! Dense decompositions with all their vectors, for those who need more than the spectrum: faer behind [`Array2`].

use faer::diag::Diag;
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::evd::{ComputeEigenvectors, self_adjoint_evd, self_adjoint_evd_scratch};
use faer::linalg::svd::{ComputeSvdVectors, svd, svd_scratch};
use faer::traits::ComplexField;
use faer::{Mat, MatRef};
use ndarray::Array2;
use num_complex::Complex64;
use thiserror::Error;

use crate::dense::{NoConvergence, parallelism};
use crate::scalar::Scalar;

/// Why a matrix cannot be decomposed.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum DecompositionError {
    /// Eigenvalues belong to square matrices.
    #[error("the matrix is {rows} x {columns}; a square one is needed")]
    NotSquare {
        /// Number of rows.
        rows: usize,
        /// Number of columns.
        columns: usize,
    },
    /// The iteration did not converge; it never does with entries that are infinite or not a number.
    #[error("the iteration for eigenvectors or singular vectors did not converge")]
    NoConvergence,
}

impl From<NoConvergence> for DecompositionError {
    fn from(_: NoConvergence) -> Self {
        DecompositionError::NoConvergence
    }
}

/// A = `vectors` diag(`values`) `vectors`^dagger.
#[derive(Clone, Debug, PartialEq)]
pub struct EigenDecomposition<S = f64> {
    /// The eigenvalues, ascending.
    pub values: Vec<f64>,
    /// The eigenvectors as columns, orthonormal to rounding.
    pub vectors: Array2<S>,
}

/// A = `left` diag(`values`) `right`^dagger.
#[derive(Clone, Debug, PartialEq)]
pub struct SingularValueDecomposition<S = f64> {
    /// The left singular vectors as columns, a full orthonormal basis: rows x rows.
    pub left: Array2<S>,
    /// The singular values, descending, as many as the smaller dimension.
    pub values: Vec<f64>,
    /// The right singular vectors as columns, a full orthonormal basis: columns x columns.
    pub right: Array2<S>,
}

/// The eigenvalues and eigenvectors of a symmetric matrix. Only its lower triangle is read.
pub fn symmetric_eigen_decomposition(matrix: &Array2<f64>) -> Result<EigenDecomposition, DecompositionError> {
    eigen_decomposition(matrix)
}

/// The eigenvalues and eigenvectors of a Hermitian matrix. Only its lower triangle is read.
pub fn hermitian_eigen_decomposition(
    matrix: &Array2<Complex64>,
) -> Result<EigenDecomposition<Complex64>, DecompositionError> {
    eigen_decomposition(matrix)
}

/// The singular values and all singular vectors of a real matrix of any shape.
pub fn singular_value_decomposition(
    matrix: &Array2<f64>,
) -> Result<SingularValueDecomposition, DecompositionError> {
    any_singular_value_decomposition(matrix)
}

/// The singular values and all singular vectors of a complex matrix of any shape.
pub fn complex_singular_value_decomposition(
    matrix: &Array2<Complex64>,
) -> Result<SingularValueDecomposition<Complex64>, DecompositionError> {
    any_singular_value_decomposition(matrix)
}

fn eigen_decomposition<S: Scalar + ComplexField<Real = f64>>(
    matrix: &Array2<S>,
) -> Result<EigenDecomposition<S>, DecompositionError> {
    let (rows, columns) = matrix.dim();
    if rows != columns {
        return Err(DecompositionError::NotSquare { rows, columns });
    }
    check_finite(matrix)?;
    let parallelism = parallelism(rows);
    let mut values = Diag::<S>::zeros(rows);
    let mut vectors = Mat::zeros(rows, rows);
    let scratch =
        self_adjoint_evd_scratch::<S>(rows, ComputeEigenvectors::Yes, parallelism, Default::default());
    let mut memory = MemBuffer::new(scratch);
    self_adjoint_evd(
        to_faer(matrix).as_ref(),
        values.as_mut(),
        Some(vectors.as_mut()),
        parallelism,
        MemStack::new(&mut memory),
        Default::default(),
    )
    .map_err(NoConvergence::from)?;
    let values = values.column_vector().iter().map(|value| value.real_part()).collect();
    Ok(EigenDecomposition { values, vectors: from_faer(vectors.as_ref()) })
}

fn any_singular_value_decomposition<S: Scalar + ComplexField<Real = f64>>(
    matrix: &Array2<S>,
) -> Result<SingularValueDecomposition<S>, DecompositionError> {
    let (rows, columns) = matrix.dim();
    check_finite(matrix)?;
    let parallelism = parallelism(rows.max(columns));
    let mut values = Diag::<S>::zeros(rows.min(columns));
    let mut left = Mat::zeros(rows, rows);
    let mut right = Mat::zeros(columns, columns);
    let full = ComputeSvdVectors::Full;
    let scratch = svd_scratch::<S>(rows, columns, full, full, parallelism, Default::default());
    let mut memory = MemBuffer::new(scratch);
    svd(
        to_faer(matrix).as_ref(),
        values.as_mut(),
        Some(left.as_mut()),
        Some(right.as_mut()),
        parallelism,
        MemStack::new(&mut memory),
        Default::default(),
    )
    .map_err(NoConvergence::from)?;
    Ok(SingularValueDecomposition {
        left: from_faer(left.as_ref()),
        values: values.column_vector().iter().map(|value| value.real_part()).collect(),
        right: from_faer(right.as_ref()),
    })
}

fn check_finite<S: Scalar>(matrix: &Array2<S>) -> Result<(), DecompositionError> {
    let finite = matrix.iter().all(|entry| Scalar::is_finite(*entry));
    if finite { Ok(()) } else { Err(DecompositionError::NoConvergence) }
}

fn to_faer<S: Scalar>(matrix: &Array2<S>) -> Mat<S> {
    Mat::from_fn(matrix.nrows(), matrix.ncols(), |row, column| matrix[(row, column)])
}

fn from_faer<S: Scalar>(matrix: MatRef<'_, S>) -> Array2<S> {
    Array2::from_shape_fn((matrix.nrows(), matrix.ncols()), |(row, column)| matrix[(row, column)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array1;
    use proptest::prelude::*;

    fn matrices(rows: usize, columns: usize) -> impl Strategy<Value = Array2<Complex64>> {
        let entry = [-1.0..1.0f64, -1.0..1.0].prop_map(|[re, im]| Complex64::new(re, im));
        proptest::collection::vec(entry, rows * columns)
            .prop_map(move |entries| Array2::from_shape_vec((rows, columns), entries).unwrap())
    }

    fn complex(matrix: &Array2<f64>) -> Array2<Complex64> {
        matrix.mapv(|entry| Complex64::new(entry, 0.0))
    }

    fn adjoint(matrix: &Array2<Complex64>) -> Array2<Complex64> {
        matrix.t().mapv(|entry| entry.conj())
    }

    fn distance(a: &Array2<Complex64>, b: &Array2<Complex64>) -> f64 {
        (a - b).iter().fold(0.0, |largest, entry| largest.max(entry.norm()))
    }

    fn is_unitary(matrix: &Array2<Complex64>) -> bool {
        distance(&adjoint(matrix).dot(matrix), &Array2::eye(matrix.ncols())) < 1e-13
    }

    fn eigen_product(values: &[f64], vectors: &Array2<Complex64>) -> Array2<Complex64> {
        let values = Array1::from(values.to_vec()).mapv(|value| Complex64::new(value, 0.0));
        (vectors * &values).dot(&adjoint(vectors))
    }

    fn singular_product(
        left: &Array2<Complex64>,
        values: &[f64],
        right: &Array2<Complex64>,
    ) -> Array2<Complex64> {
        let mut diagonal = Array2::zeros((left.nrows(), right.nrows()));
        values.iter().enumerate().for_each(|(k, &value)| diagonal[(k, k)] = Complex64::new(value, 0.0));
        left.dot(&diagonal).dot(&adjoint(right))
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_hermitian_matrix_is_the_product_of_its_eigen_decomposition(
            half in (1usize..9).prop_flat_map(|n| matrices(n, n))
        ) {
            let matrix = &half + &adjoint(&half);
            let EigenDecomposition { values, vectors } = hermitian_eigen_decomposition(&matrix).unwrap();
            prop_assert!(is_unitary(&vectors) && values.is_sorted());
            prop_assert!(distance(&eigen_product(&values, &vectors), &matrix) < 1e-13);
            let real = matrix.mapv(|entry| entry.re);
            let EigenDecomposition { values, vectors } = symmetric_eigen_decomposition(&real).unwrap();
            let vectors = complex(&vectors);
            prop_assert!(is_unitary(&vectors) && values.is_sorted());
            prop_assert!(distance(&eigen_product(&values, &vectors), &complex(&real)) < 1e-13);
        }

        #[test]
        fn a_matrix_of_any_shape_is_the_product_of_its_singular_value_decomposition(
            matrix in (1usize..9, 1usize..9).prop_flat_map(|(m, n)| matrices(m, n))
        ) {
            let SingularValueDecomposition { left, values, right } =
                complex_singular_value_decomposition(&matrix).unwrap();
            prop_assert!(is_unitary(&left) && is_unitary(&right) && values.is_sorted_by(|a, b| a >= b));
            prop_assert!(distance(&singular_product(&left, &values, &right), &matrix) < 1e-13);
            let real = matrix.mapv(|entry| entry.re);
            let SingularValueDecomposition { left, values, right } = singular_value_decomposition(&real).unwrap();
            let (left, right) = (complex(&left), complex(&right));
            prop_assert!(is_unitary(&left) && is_unitary(&right) && values.is_sorted_by(|a, b| a >= b));
            prop_assert!(distance(&singular_product(&left, &values, &right), &complex(&real)) < 1e-13);
        }
    }

    #[test]
    fn matrices_without_a_decomposition_are_refused() {
        let error = DecompositionError::NotSquare { rows: 2, columns: 3 };
        assert_eq!(symmetric_eigen_decomposition(&Array2::zeros((2, 3))), Err(error));
        assert_eq!(hermitian_eigen_decomposition(&Array2::zeros((2, 3))), Err(error));
        let infinite = Array2::from_elem((2, 2), f64::INFINITY);
        assert_eq!(singular_value_decomposition(&infinite), Err(DecompositionError::NoConvergence));
        assert_eq!(
            complex_singular_value_decomposition(&complex(&infinite)),
            Err(DecompositionError::NoConvergence)
        );
    }
}
