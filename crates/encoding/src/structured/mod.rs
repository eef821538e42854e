//! Structured: constant diagonals, which need no rotations for their values.
//!
//! Recognised from the entries: Toeplitz and circulant matrices of few diagonals, Kronecker sums of symmetric tridiagonal
//! ones (grids of any dimension, each side a power of two), tridiagonal ones padded to a power of two; each plus any
//! diagonal matrix. Laplacians are of this kind: their alpha is the norm up to O(1/N^2).

mod diagonals;
mod families;
mod patterns;
mod sum;

pub use families::{Boundary, Family, WalshBand};

use crate::error::EncodingError;
use crate::method::Method;
use crate::template::{Filled, Template};
use diagonals::Diagonals;
use patterns::Pattern;
use qnewton_matrix::{Scalar, SparseMatrix};
use std::sync::Arc;
use sum::{Encoded, Sum};

/// More diagonals than this are refused.
const LIMIT: usize = 128;

/// Encodings whose alphas differ by less than this, relatively, are compared by their gates.
const SAME: f64 = 1e-12;

/// The template for a matrix of dimension 2^n, n >= 1, that is not zero. The circuit is that of the matrix: there are
/// few values, and gates depend on which of them are equal.
pub(crate) fn template_for<S: Scalar>(
    matrix: &SparseMatrix<S>,
    hermitian: bool,
) -> Result<Template<S>, EncodingError> {
    let Encoded { circuit, alpha, projected, .. } = encode(matrix, hermitian)?;
    let registers = projected.clone();
    let fill = move |matrix: &SparseMatrix<S>| match encode(matrix, hermitian) {
        Ok(encoded) if encoded.projected == registers => {
            Ok(Filled { circuit: encoded.circuit, alpha: encoded.alpha, truncation: 0.0 })
        }
        Err(error @ EncodingError::Circuit(_)) => Err(error),
        _ => Err(EncodingError::Pattern { method: Method::Structured.name() }),
    };
    Ok(Template {
        method: Method::Structured,
        system_qubits: matrix.rows().trailing_zeros() as usize,
        projected,
        alpha,
        hermitian,
        spectral: false,
        circuit,
        fill: Arc::new(fill),
    })
}

fn encode<S: Scalar>(matrix: &SparseMatrix<S>, hermitian: bool) -> Result<Encoded, EncodingError> {
    let refuse = |reason: String| EncodingError::NotApplicable { method: Method::Structured.name(), reason };
    let diagonals = Diagonals::of(matrix, LIMIT).map_err(refuse)?;
    let mut best: Option<Encoded> = None;
    let mut refused = None;
    for pattern in patterns(matrix, &diagonals, hermitian) {
        let sum = Sum {
            system_qubits: diagonals.qubits(),
            symmetric: hermitian,
            pattern,
            diagonal: diagonals.main.clone(),
        };
        let encoded = match sum.encode() {
            Ok(encoded) => encoded,
            Err(error) => {
                refused = Some(error);
                continue;
            }
        };
        let better = |best: &Encoded| {
            let smaller = encoded.alpha < best.alpha * (1.0 - SAME);
            smaller || encoded.alpha <= best.alpha * (1.0 + SAME) && encoded.cx < best.cx
        };
        if best.as_ref().is_none_or(better) {
            best = Some(encoded);
        }
    }
    let unknown =
        "constant diagonals, but neither Toeplitz, circulant, padded tridiagonal, nor a sum over a grid";
    best.ok_or_else(|| refused.unwrap_or_else(|| refuse(unknown.to_string())))
}

/// The patterns that a matrix has.
fn patterns<S: Scalar>(matrix: &SparseMatrix<S>, diagonals: &Diagonals, symmetric: bool) -> Vec<Pattern> {
    let mut found: Vec<Pattern> = [
        patterns::circulant(diagonals, symmetric),
        patterns::toeplitz(diagonals, symmetric),
        symmetric.then(|| patterns::kronecker_sum(diagonals)).flatten(),
        symmetric.then(|| patterns::padded(diagonals)).flatten(),
    ]
    .into_iter()
    .flatten()
    .filter(|pattern| pattern.has_place_for(matrix))
    .collect();
    found.dedup();
    found
}
