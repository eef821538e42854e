//! Kronecker: A = B (x) C recognised from the entries, each factor encoded by its cheapest method; alphas multiply and
//! gates add (K-FAC: Martens, Grosse, arXiv 1503.05671).

use crate::composition::tensor;
use crate::error::EncodingError;
use crate::method::Method;
use crate::select::Comparison;
use crate::template::{EncodingOptions, Filled, Template};
use qnewton_matrix::{Scalar, SparseMatrix};
use std::borrow::Cow;
use std::sync::Arc;

/// Entries that differ by this much, relative to the largest one, are equal.
const TOLERANCE: f64 = 4.0 * f64::EPSILON;

/// The factors of a Kronecker product of dimension 2^n, the one of the most significant qubits first; at least two, or
/// none where the matrix is no such product. Each is as small as possible, and the identity is a factor like others.
pub fn kronecker_factors<S: Scalar>(matrix: &SparseMatrix<S>) -> Vec<SparseMatrix<S>> {
    let n = matrix.rows().trailing_zeros() as usize;
    let mut factors = Vec::new();
    let mut rest = Cow::Borrowed(matrix);
    let mut remaining = n;
    let mut inner = 1;
    let mut largest = largest_entry(&rest);
    while let Some(pivot) = largest.filter(|_| inner < remaining) {
        match split(&rest, inner, pivot) {
            Some((left, right)) => {
                factors.push(right);
                largest = largest_entry(&left);
                rest = Cow::Owned(left);
                remaining -= inner;
                inner = 1;
            }
            None => inner += 1,
        }
    }
    if factors.is_empty() {
        return factors;
    }
    factors.push(rest.into_owned());
    factors.reverse();
    factors
}

/// An entry with its place.
type Entry<S> = (usize, usize, S);

/// The first entry of the largest magnitude.
fn largest_entry<S: Scalar>(matrix: &SparseMatrix<S>) -> Option<Entry<S>> {
    let mut largest: Option<Entry<S>> = None;
    for (row, column, value) in matrix.iter() {
        if largest.is_none_or(|(.., best)| value.magnitude() > best.magnitude()) {
            largest = Some((row, column, value));
        }
    }
    largest
}

/// A = left (x) right with 2^inner rows in the right factor, whose largest entry has magnitude 1. The pivot is the
/// largest entry of A.
fn split<S: Scalar>(
    matrix: &SparseMatrix<S>,
    inner: usize,
    (pivot_row, pivot_column, pivot): Entry<S>,
) -> Option<(SparseMatrix<S>, SparseMatrix<S>)> {
    let size = 1usize << inner;
    // The block of the pivot is a multiple of the right factor, and the pivot's place in each block one of the left.
    let block_rows = pivot_row / size * size..(pivot_row / size + 1) * size;
    let right: Vec<Entry<S>> = block_rows
        .flat_map(|row| matrix.row(row).map(move |(column, value)| (row, column, value)))
        .filter(|(_, column, _)| column >> inner == pivot_column >> inner)
        .map(|(row, column, value)| (row & (size - 1), column & (size - 1), value / pivot))
        .collect();
    let left: Vec<Entry<S>> = (pivot_row % size..matrix.rows())
        .step_by(size)
        .flat_map(|row| matrix.row(row).map(move |(column, value)| (row, column, value)))
        .filter(|(_, column, _)| column & (size - 1) == pivot_column & (size - 1))
        .map(|(row, column, value)| (row >> inner, column >> inner, value))
        .collect();
    if left.len() * right.len() != matrix.nnz() {
        return None;
    }
    let left = SparseMatrix::from_triplets(matrix.rows() / size, matrix.rows() / size, left).ok()?;
    let right = SparseMatrix::from_triplets(size, size, right).ok()?;
    let matches = matrix.iter().all(|(row, column, value)| {
        let product = left.get(row / size, column / size) * right.get(row % size, column % size);
        (product - value).magnitude() <= TOLERANCE * pivot.magnitude()
    });
    matches.then_some((left, right))
}

/// The template for a matrix of dimension 2^n, n >= 1, that is not zero.
pub(crate) fn template_for<S: Scalar>(
    matrix: &SparseMatrix<S>,
    options: &EncodingOptions,
) -> Result<Template<S>, EncodingError> {
    let not_applicable = |reason: &str| EncodingError::NotApplicable {
        method: Method::Kronecker.name(),
        reason: reason.to_string(),
    };
    let factors = kronecker_factors(matrix);
    if factors.is_empty() {
        return Err(not_applicable("the matrix is no Kronecker product of smaller ones"));
    }
    let methods = factors
        .iter()
        .map(|factor| cheapest(factor, options))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| not_applicable(&format!("a factor cannot be encoded: {error}")))?;
    let product = methods
        .iter()
        .map(Template::without_values)
        .reduce(|left, right| tensor(&left?, &right?))
        .unwrap_or(Err(not_applicable("there are no factors")))?;
    Ok(Template {
        method: Method::Kronecker,
        system_qubits: product.system_qubits,
        projected: product.projected,
        alpha: product.alpha,
        hermitian: product.hermitian,
        spectral: product.spectral,
        circuit: product.circuit,
        fill: Arc::new(move |matrix| {
            let factors = kronecker_factors(matrix);
            if factors.len() != methods.len() {
                return Err(EncodingError::Pattern { method: Method::Kronecker.name() });
            }
            let product = factors
                .iter()
                .zip(&methods)
                .map(|(factor, template)| template.encode(factor))
                .reduce(|left, right| tensor(&left?, &right?))
                .unwrap_or(Err(EncodingError::Pattern { method: Method::Kronecker.name() }))?;
            // Entries of the product may differ from the matrix by the tolerance.
            let entries = matrix.nnz() as f64;
            let recognised = TOLERANCE * matrix.max_abs() * entries.sqrt();
            let truncation = product.truncation + recognised;
            Ok(Filled { circuit: product.circuit, alpha: product.alpha, truncation })
        }),
    })
}

/// The template of the method with the fewest predicted `cx` times alpha, exact ones only, so that the errors of
/// factors need not be shared out.
fn cheapest<S: Scalar>(
    factor: &SparseMatrix<S>,
    options: &EncodingOptions,
) -> Result<Template<S>, EncodingError> {
    let exact = EncodingOptions { error: 0.0, ..*options };
    let candidates = crate::select::compare(factor, &exact, &|alpha| alpha, Comparison::Predicted)?;
    let usable = candidates.into_iter().filter_map(|candidate| candidate.prediction.ok());
    let best = usable.into_iter().find(|prediction| options.allow_spectral || !prediction.spectral);
    match best {
        Some(prediction) => crate::select::template(factor, prediction.method, &exact),
        None => Err(EncodingError::NoMethod { reasons: "none is applicable".to_string() }),
    }
}
