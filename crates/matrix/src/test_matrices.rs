//! Matrices for tests: the shipped Hessians and random ones.

use std::path::PathBuf;

use proptest::prelude::*;

use crate::conditioning::{add_to_diagonal, combine};
use crate::read::{read_matrix, read_vector};
use crate::sparse::SparseMatrix;

pub(crate) const HESSIANS: [&str; 6] =
    ["digits-12", "digits-16-pruned", "digits-30", "digits-64-pruned", "digits-160", "poisson-16"];

pub(crate) fn hessian_path(file: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/hessians").join(file)
}

pub(crate) fn hessian(name: &str) -> SparseMatrix<f64> {
    read_matrix(hessian_path(&format!("{name}.mtx"))).unwrap().into_real().unwrap()
}

pub(crate) fn gradient(name: &str) -> Vec<f64> {
    read_vector(hessian_path(&format!("{name}.rhs.mtx"))).unwrap()
}

/// Any matrix with 1 to `largest` rows and columns and entries of very different sizes.
pub(crate) fn any_matrix(largest: usize) -> impl Strategy<Value = SparseMatrix<f64>> {
    (1..=largest, 1..=largest).prop_flat_map(|(rows, columns)| matrix_of(rows, columns))
}

/// Any square matrix with 1 to `largest` rows.
pub(crate) fn square_matrix(largest: usize) -> impl Strategy<Value = SparseMatrix<f64>> {
    (1..=largest).prop_flat_map(|rows| matrix_of(rows, rows))
}

/// Any symmetric matrix with 1 to `largest` rows.
pub(crate) fn symmetric_matrix(largest: usize) -> impl Strategy<Value = SparseMatrix<f64>> {
    square_matrix(largest)
        .prop_map(|matrix| combine(&matrix, &matrix.transpose(), |value, mirrored| value + mirrored))
}

/// A symmetric matrix with 1 to `largest` rows that is positive definite by diagonal dominance.
pub(crate) fn definite_matrix(largest: usize) -> impl Strategy<Value = SparseMatrix<f64>> {
    symmetric_matrix(largest).prop_map(|matrix| {
        let off_diagonal = matrix.filter_map(|row, column, value| (row != column).then_some(value));
        add_to_diagonal(&off_diagonal, 1.0 + off_diagonal.max_row_sum())
    })
}

fn matrix_of(rows: usize, columns: usize) -> impl Strategy<Value = SparseMatrix<f64>> {
    let value = (-1.0..1.0_f64, -2..3_i32).prop_map(|(value, exponent)| value * 10_f64.powi(exponent));
    let entry = (0..rows, 0..columns, value);
    let count = 0..=(rows * columns).min(3 * (rows + columns));
    proptest::collection::vec(entry, count)
        .prop_map(move |triplets| SparseMatrix::from_triplets(rows, columns, triplets).unwrap())
}
