//! The dilation as a method: what needs the singular vectors of A, labelled so.

use crate::dilation::{self, Dilation};
use crate::error::EncodingError;
use crate::method::Method;
use crate::template::{Filled, Template};
use num_complex::Complex64;
use qnewton_matrix::{
    Scalar, SparseMatrix, complex_singular_value_decomposition, singular_value_decomposition,
};
use std::sync::Arc;

/// Larger matrices are not decomposed.
const DIMENSION_LIMIT: usize = 512;

/// The template for a matrix of dimension 2^n, n >= 1, that is not zero.
pub(crate) fn template_for<S: Scalar>(
    matrix: &SparseMatrix<S>,
    hermitian: bool,
) -> Result<Template<S>, EncodingError> {
    let method = Method::Dilation;
    if matrix.rows() > DIMENSION_LIMIT {
        let reason = format!("it decomposes matrices of at most {DIMENSION_LIMIT} unknowns");
        return Err(EncodingError::NotApplicable { method: method.name(), reason });
    }
    let complex = crate::lcu::is_complex(matrix);
    let n = matrix.rows().trailing_zeros() as usize;
    Ok(Template {
        method,
        system_qubits: n,
        projected: vec!["flag".to_string()],
        alpha: norm(matrix, complex)?,
        hermitian,
        spectral: true,
        circuit: dilation::symbolic(n, hermitian, complex)?,
        fill: Arc::new(move |matrix: &SparseMatrix<S>| {
            let Dilation { circuit, alpha } = match (complex, crate::lcu::is_complex(matrix)) {
                // Bases of a real matrix are real, and cheaper.
                (false, false) => dilation::encode(&matrix.map(Scalar::real_part), hermitian)?,
                (true, true) => dilation::encode(matrix, hermitian)?,
                _ => return Err(EncodingError::Pattern { method: method.name() }),
            };
            Ok(Filled { circuit, alpha, truncation: 0.0 })
        }),
    })
}

/// ||A||.
fn norm<S: Scalar>(matrix: &SparseMatrix<S>, complex: bool) -> Result<f64, EncodingError> {
    let values = if complex {
        let value = |value: S| Complex64::new(value.real_part(), value.imaginary_part());
        complex_singular_value_decomposition(&matrix.map(value).to_dense())?.values
    } else {
        singular_value_decomposition(&matrix.map(Scalar::real_part).to_dense())?.values
    };
    Ok(values.first().copied().unwrap_or(0.0))
}
