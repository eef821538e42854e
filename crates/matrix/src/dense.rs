//! Dense eigenvalues and singular values by faer, behind plain vectors.

use faer::diag::Diag;
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::evd::{ComputeEigenvectors, EvdError, self_adjoint_evd, self_adjoint_evd_scratch};
use faer::linalg::svd::{ComputeSvdVectors, SvdError, svd, svd_scratch};
use faer::{Mat, MatRef, Par};
use thiserror::Error;

use crate::sparse::SparseMatrix;

/// Below this dimension a second thread costs more than it saves.
const PARALLEL_DIMENSION: usize = 256;

/// The iteration for eigenvalues or singular values did not converge.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("the iteration for eigenvalues or singular values did not converge")]
pub(crate) struct NoConvergence;

impl From<EvdError> for NoConvergence {
    fn from(_: EvdError) -> Self {
        NoConvergence
    }
}

impl From<SvdError> for NoConvergence {
    fn from(_: SvdError) -> Self {
        NoConvergence
    }
}

/// How many threads a dense computation of this dimension takes.
pub(crate) fn parallelism(dimension: usize) -> Par {
    if dimension < PARALLEL_DIMENSION { Par::Seq } else { Par::rayon(0) }
}

pub(crate) fn to_dense(matrix: &SparseMatrix<f64>) -> Mat<f64> {
    let mut dense = Mat::zeros(matrix.rows(), matrix.cols());
    for (row, column, value) in matrix.iter() {
        dense[(row, column)] = value;
    }
    dense
}

/// The eigenvalues of a symmetric matrix, ascending. Only the lower triangle is read.
pub(crate) fn symmetric_eigenvalues(matrix: MatRef<'_, f64>) -> Result<Vec<f64>, NoConvergence> {
    let dimension = matrix.nrows();
    let parallelism = parallelism(dimension);
    let mut values = Diag::<f64>::zeros(dimension);
    let scratch =
        self_adjoint_evd_scratch::<f64>(dimension, ComputeEigenvectors::No, parallelism, Default::default());
    let mut memory = MemBuffer::new(scratch);
    let stack = MemStack::new(&mut memory);
    self_adjoint_evd(matrix, values.as_mut(), None, parallelism, stack, Default::default())?;
    Ok(values.column_vector().iter().copied().collect())
}

/// The eigenvalues of a symmetric matrix, ascending, and the eigenvectors as columns.
pub(crate) fn symmetric_eigenvectors(matrix: MatRef<'_, f64>) -> Result<(Vec<f64>, Mat<f64>), NoConvergence> {
    let dimension = matrix.nrows();
    let parallelism = parallelism(dimension);
    let mut values = Diag::<f64>::zeros(dimension);
    let mut vectors = Mat::zeros(dimension, dimension);
    let scratch =
        self_adjoint_evd_scratch::<f64>(dimension, ComputeEigenvectors::Yes, parallelism, Default::default());
    let mut memory = MemBuffer::new(scratch);
    let stack = MemStack::new(&mut memory);
    self_adjoint_evd(
        matrix,
        values.as_mut(),
        Some(vectors.as_mut()),
        parallelism,
        stack,
        Default::default(),
    )?;
    Ok((values.column_vector().iter().copied().collect(), vectors))
}

/// The singular values of a matrix, descending, as many as the smaller of its sides.
pub(crate) fn singular_values(matrix: MatRef<'_, f64>) -> Result<Vec<f64>, NoConvergence> {
    let (rows, columns) = (matrix.nrows(), matrix.ncols());
    let parallelism = parallelism(rows.min(columns));
    let mut values = Diag::<f64>::zeros(rows.min(columns));
    let none = ComputeSvdVectors::No;
    let scratch = svd_scratch::<f64>(rows, columns, none, none, parallelism, Default::default());
    let mut memory = MemBuffer::new(scratch);
    let stack = MemStack::new(&mut memory);
    svd(matrix, values.as_mut(), None, None, parallelism, stack, Default::default())?;
    Ok(values.column_vector().iter().copied().collect())
}

/// The left singular vector, singular value and right singular vector of the smallest singular value.
pub(crate) fn smallest_singular_triplet(
    matrix: MatRef<'_, f64>,
) -> Result<(Vec<f64>, f64, Vec<f64>), NoConvergence> {
    let dimension = matrix.nrows();
    let parallelism = parallelism(dimension);
    let mut values = Diag::<f64>::zeros(dimension);
    let mut left = Mat::zeros(dimension, dimension);
    let mut right = Mat::zeros(dimension, dimension);
    let full = ComputeSvdVectors::Full;
    let scratch = svd_scratch::<f64>(dimension, dimension, full, full, parallelism, Default::default());
    let mut memory = MemBuffer::new(scratch);
    let stack = MemStack::new(&mut memory);
    svd(
        matrix,
        values.as_mut(),
        Some(left.as_mut()),
        Some(right.as_mut()),
        parallelism,
        stack,
        Default::default(),
    )?;
    let last = dimension - 1;
    Ok((column(left.as_ref(), last), values.column_vector()[last], column(right.as_ref(), last)))
}

/// A column of a dense matrix.
pub(crate) fn column(matrix: MatRef<'_, f64>, index: usize) -> Vec<f64> {
    matrix.col(index).iter().copied().collect()
}
