//! What is known of a matrix before anything is compiled.

use crate::error::PipelineError;
use qnewton_matrix::{SparseMatrix, Spectrum, SpectrumMethod, SpectrumOptions, is_symmetric, spectrum};

/// Facts about the matrix of a system, after damping and pruning.
#[derive(Clone, Debug)]
pub struct SystemFacts {
    /// Number of unknowns.
    pub n: usize,
    /// Number of non-zero entries.
    pub nnz: usize,
    /// Largest number of non-zero entries in a row or column.
    pub sparsity: usize,
    /// Whether A = A^T.
    pub symmetric: bool,
    /// Both ends of the singular spectrum.
    pub spectrum: Spectrum,
}

impl SystemFacts {
    /// Computes the facts of a square matrix.
    pub fn of(matrix: &SparseMatrix<f64>) -> Result<Self, PipelineError> {
        Ok(SystemFacts {
            n: matrix.rows(),
            nnz: matrix.nnz(),
            sparsity: matrix.sparsity(),
            symmetric: is_symmetric(matrix),
            spectrum: spectrum(matrix, &SpectrumOptions::default())?,
        })
    }

    /// The name of the method behind the condition number.
    pub fn condition_number_method(&self) -> &'static str {
        match self.spectrum.method {
            SpectrumMethod::Exact => "exact",
            SpectrumMethod::Lanczos => "lanczos",
        }
    }
}
