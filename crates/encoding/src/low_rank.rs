//! Low rank plus diagonal: A = D +- G^T G with few rows in G, recognised from the entries of a real symmetric matrix (a
//! damped empirical Fisher matrix of few samples is one); alpha = tr(G^T G) + max |D|.
//!
//! With L = +- G^T G of rank r, every off-diagonal block of A is one of L. Rows I and columns J of such a block with
//! an invertible A_IJ give L_kk = A_kJ (A_IJ)^-1 A_Ik for all k outside of I and J, and a second pair of sets the
//! rest. The diagonal that is left is D, and L is factorized by a pivoted Cholesky decomposition: no eigenvectors.

use crate::composition::sum;
use crate::error::EncodingError;
use crate::gram::encode_rows;
use crate::method::{BlockEncoding, Method};
use crate::template::{EncodingOptions, Filled, Template};
use ndarray::Array2;
use qnewton_matrix::{Scalar, SparseMatrix};
use std::sync::Arc;

/// Pivots below this times the largest entry count as zero.
const RANK_TOLERANCE: f64 = 1e-9;

/// Larger matrices are not searched: the search takes O(N^2 r).
const DIMENSION_LIMIT: usize = 4096;

/// D + sign G^T G.
#[derive(Clone, Debug)]
pub(crate) struct LowRankPlusDiagonal {
    /// The r rows of G.
    rows: Array2<f64>,
    diagonal: Vec<f64>,
    negative: bool,
    /// Frobenius norm of what is left of A.
    residual: f64,
}

/// The decomposition of a real symmetric matrix, or why there is none.
fn decompose(matrix: &SparseMatrix<f64>) -> Result<LowRankPlusDiagonal, &'static str> {
    let size = matrix.rows();
    if size > DIMENSION_LIMIT {
        return Err("the matrix has more unknowns than are searched");
    }
    let dense = matrix.to_dense();
    let tolerance = RANK_TOLERANCE * matrix.max_abs();
    // Every other unknown, so that neighbours lie on both sides.
    let (even, odd): (Vec<usize>, Vec<usize>) = (0..size).partition(|k| k % 2 == 0);
    let rank_limit = (size / 4).max(1);
    let first = Cross::find(&dense, &even, &odd, rank_limit, tolerance)
        .ok_or("its off-diagonal blocks have rank above N/4")?;
    if first.rows.is_empty() {
        return Err("no low-rank part shows in the entries between even and odd unknowns");
    }
    let without = |all: &[usize], used: &[usize]| -> Vec<usize> {
        all.iter().copied().filter(|k| !used.contains(k)).collect()
    };
    let second = Cross::find(
        &dense,
        &without(&even, &first.rows),
        &without(&odd, &first.columns),
        rank_limit,
        tolerance,
    )
    .filter(|second| second.rows.len() == first.rows.len())
    .ok_or("its off-diagonal blocks have different ranks")?;
    let mut low_rank = dense.clone();
    let mut diagonal = vec![0.0; size];
    for k in 0..size {
        let cross = if first.contains(k) { &second } else { &first };
        let value = cross.diagonal_entry(&dense, k);
        // A diagonal that is zero up to rounding is zero.
        let rest = dense[(k, k)] - value;
        diagonal[k] = if rest.abs() <= tolerance { 0.0 } else { rest };
        low_rank[(k, k)] = dense[(k, k)] - diagonal[k];
    }
    let trace: f64 = low_rank.diag().sum();
    let negative = trace < 0.0;
    if negative {
        low_rank.mapv_inplace(|value| -value);
    }
    let (rows, residual) = pivoted_cholesky(low_rank, rank_limit, tolerance)
        .ok_or("what is left beside a diagonal is indefinite or of high rank")?;
    Ok(LowRankPlusDiagonal { rows, diagonal, negative, residual })
}

/// Rows and columns of a block that span it, in the order of elimination.
struct Cross {
    rows: Vec<usize>,
    columns: Vec<usize>,
}

impl Cross {
    /// By elimination with complete pivoting; `None` if the rank exceeds the limit.
    fn find(
        dense: &Array2<f64>,
        rows: &[usize],
        columns: &[usize],
        limit: usize,
        tolerance: f64,
    ) -> Option<Cross> {
        let mut block =
            Array2::from_shape_fn((rows.len(), columns.len()), |(i, j)| dense[(rows[i], columns[j])]);
        let mut cross = Cross { rows: Vec::new(), columns: Vec::new() };
        loop {
            let largest = block.indexed_iter().max_by(|(_, a), (_, b)| a.abs().total_cmp(&b.abs()));
            let Some(((i, j), &pivot)) = largest.filter(|(_, pivot)| pivot.abs() > tolerance) else {
                return Some(cross);
            };
            if cross.rows.len() == limit {
                return None;
            }
            let row = block.row(i).to_owned();
            let column = block.column(j).to_owned();
            for (mut target, factor) in block.rows_mut().into_iter().zip(&column) {
                target.scaled_add(-factor / pivot, &row);
            }
            // The pivots themselves leave rounding errors behind that are no rank.
            block.row_mut(i).fill(0.0);
            block.column_mut(j).fill(0.0);
            cross.rows.push(rows[i]);
            cross.columns.push(columns[j]);
        }
    }

    fn contains(&self, k: usize) -> bool {
        self.rows.contains(&k) || self.columns.contains(&k)
    }

    /// A_kJ (A_IJ)^-1 A_Ik by elimination in the order of the pivots, without pivoting, which the order has done.
    fn diagonal_entry(&self, dense: &Array2<f64>, k: usize) -> f64 {
        let rank = self.rows.len();
        let mut work = Array2::from_shape_fn((rank + 1, rank + 1), |(i, j)| {
            let row = self.rows.get(i).copied().unwrap_or(k);
            let column = self.columns.get(j).copied().unwrap_or(k);
            if i == rank && j == rank { 0.0 } else { dense[(row, column)] }
        });
        for step in 0..rank {
            let pivot = work[(step, step)];
            for i in step + 1..=rank {
                let factor = work[(i, step)] / pivot;
                for j in step + 1..=rank {
                    work[(i, j)] -= factor * work[(step, j)];
                }
            }
        }
        -work[(rank, rank)]
    }
}

/// G with G^T G = A up to the returned residual (Frobenius norm), for a positive semidefinite A of rank at most `limit`.
fn pivoted_cholesky(mut rest: Array2<f64>, limit: usize, tolerance: f64) -> Option<(Array2<f64>, f64)> {
    let size = rest.nrows();
    let mut rows: Vec<f64> = Vec::new();
    let mut count = 0;
    loop {
        let pivot = rest.diag().iter().copied().enumerate().max_by(|(_, a), (_, b)| a.total_cmp(b));
        let Some((k, value)) = pivot.filter(|(_, value)| *value > tolerance) else { break };
        if count == limit {
            return None;
        }
        let row = &rest.row(k) / value.sqrt();
        for (mut target, factor) in rest.rows_mut().into_iter().zip(&row) {
            target.scaled_add(-factor, &row);
        }
        rows.extend(row.iter());
        count += 1;
    }
    let residual = rest.iter().map(|value| value * value).sum::<f64>().sqrt();
    if count == 0 || residual > tolerance * size as f64 {
        return None;
    }
    Some((Array2::from_shape_vec((count, size), rows).ok()?, residual))
}

impl LowRankPlusDiagonal {
    fn encode(&self) -> Result<BlockEncoding, EncodingError> {
        let n = self.diagonal.len().trailing_zeros() as usize;
        let rows = SparseMatrix::from_dense(&self.rows);
        let sign = if self.negative { -1.0 } else { 1.0 };
        let method = Method::LowRankPlusDiagonal;
        let mut low_rank = encode_rows(&rows, n, None, 1.0, method)?;
        low_rank.truncation = self.residual;
        let entries = self.diagonal.iter().enumerate().map(|(k, &value)| (k, k, value));
        let diagonal =
            SparseMatrix::from_triplets(self.diagonal.len(), self.diagonal.len(), entries).map_err(
                |error| EncodingError::NotApplicable { method: method.name(), reason: error.to_string() },
            )?;
        if diagonal.nnz() == 0 {
            return sum(&[(sign, &low_rank)]);
        }
        let diagonal = crate::select::encode(&diagonal, Method::Dyadic, &EncodingOptions::default())?;
        sum(&[(sign, &low_rank), (1.0, &diagonal)])
    }
}

/// The template for a matrix of dimension 2^n, n >= 1, that is not zero.
pub(crate) fn template_for<S: Scalar>(matrix: &SparseMatrix<S>) -> Result<Template<S>, EncodingError> {
    let method = Method::LowRankPlusDiagonal;
    let not_applicable =
        |reason: &str| EncodingError::NotApplicable { method: method.name(), reason: reason.to_string() };
    if crate::lcu::is_complex(matrix) || !qnewton_matrix::is_hermitian(matrix) {
        return Err(not_applicable("the matrix is not real and symmetric"));
    }
    let decomposed = decompose(&matrix.map(Scalar::real_part)).map_err(not_applicable)?;
    let encoding = decomposed.encode()?;
    Ok(Template {
        method,
        system_qubits: encoding.system_qubits,
        projected: encoding.projected,
        alpha: encoding.alpha,
        hermitian: encoding.hermitian,
        spectral: false,
        circuit: encoding.circuit,
        fill: Arc::new(move |matrix: &SparseMatrix<S>| {
            let pattern = || EncodingError::Pattern { method: method.name() };
            if crate::lcu::is_complex(matrix) {
                return Err(pattern());
            }
            let encoding = decompose(&matrix.map(Scalar::real_part)).map_err(|_| pattern())?.encode()?;
            let BlockEncoding { circuit, alpha, truncation, .. } = encoding;
            Ok(Filled { circuit, alpha, truncation })
        }),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_low_rank_matrix_with_any_diagonal_is_taken_apart(
            rank in 1usize..=4,
            entries in prop::collection::vec(-1.0..1.0f64, 4 * 32),
            diagonal in prop::collection::vec(-1.0..1.0f64, 32),
            constant in any::<bool>(),
            negative in any::<bool>(),
        ) {
            let rows = Array2::from_shape_vec((rank, 32), entries[..rank * 32].to_vec()).unwrap();
            let sign = if negative { -1.0 } else { 1.0 };
            let mut dense = rows.t().dot(&rows) * sign;
            for k in 0..32 {
                dense[(k, k)] += if constant { 0.3 } else { diagonal[k] };
            }
            let decomposed = decompose(&SparseMatrix::from_dense(&dense)).unwrap();
            prop_assert_eq!(decomposed.rows.nrows(), rank);
            let mut sum = decomposed.rows.t().dot(&decomposed.rows) * sign;
            for k in 0..32 {
                sum[(k, k)] += decomposed.diagonal[k];
            }
            prop_assert!((&sum - &dense).iter().all(|value| value.abs() < 1e-8));
            let error = (&sum - &dense).iter().map(|value| value * value).sum::<f64>().sqrt();
            prop_assert!(error <= decomposed.residual + 1e-13, "{error} {}", decomposed.residual);
        }
    }

    #[test]
    fn other_matrices_are_not() {
        let full = Array2::from_shape_fn((16, 16), |(i, j)| 1.0 / (1.0 + (i as f64 - j as f64).powi(2)));
        assert!(decompose(&SparseMatrix::from_dense(&full)).is_err());
        assert!(decompose(&SparseMatrix::identity(8)).is_err());
    }
}
