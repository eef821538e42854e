//! Time of laying out, filling and lowering block encodings.
//!
//! Goals: filling a template again is cheaper than encoding anew (successive training steps share a pattern); FABLE of a
//! dense matrix with 512 unknowns lowers in under 0.1 s.

use divan::{Bencher, black_box};
use ndarray::Array2;
use qnewton_circuit::{Basis, lower};
use qnewton_encoding::{Comparison, EncodingOptions, Method, compare, encode, template};
use qnewton_matrix::SparseMatrix;

fn main() {
    divan::main();
}

/// A dense symmetric matrix with entries that nothing predicts.
fn dense(size: usize) -> SparseMatrix<f64> {
    let entry = |i: usize, j: usize| ((i * j + i + j) as f64 * 0.618_033_988_7).sin();
    SparseMatrix::from_dense(&Array2::from_shape_fn((size, size), |(i, j)| entry(i, j)))
}

/// A symmetric matrix with about `per_row` entries in a row.
fn sparse(size: usize, per_row: usize) -> SparseMatrix<f64> {
    let half = (0..size).flat_map(|i| {
        (0..per_row / 2).map(move |k| (i, (i * (2 * k + 3) + 7 * k + 1) % size, (i + 3 * k) as f64 * 0.37))
    });
    let entries = half.flat_map(|(i, j, angle)| {
        let value = angle.cos();
        [(i, j, value), (j, i, value)]
    });
    SparseMatrix::from_triplets(size, size, entries).unwrap_or_else(|_| SparseMatrix::identity(size))
}

const METHODS: [Method; 3] = [Method::Sparse, Method::Dyadic, Method::Fable];

#[divan::bench(args = METHODS, max_time = 2)]
fn encode_anew(bencher: Bencher, method: Method) {
    let matrix = sparse(256, 8);
    bencher.bench_local(|| encode(&matrix, method, &EncodingOptions::default()).is_ok());
}

#[divan::bench(args = METHODS, max_time = 2)]
fn encode_on_the_same_pattern(bencher: Bencher, method: Method) {
    let matrix = sparse(256, 8);
    let template = template(&matrix, method, &EncodingOptions::default());
    bencher.bench_local(|| template.as_ref().map(|template| template.encode(&matrix).is_ok()));
}

#[divan::bench(args = [128, 256, 512], max_time = 3)]
fn fable_encode_and_lower(bencher: Bencher, size: usize) {
    let matrix = dense(size);
    bencher.bench_local(|| {
        encode(&matrix, Method::Fable, &EncodingOptions::default())
            .ok()
            .and_then(|encoding| lower(&encoding.circuit, Basis::U3Cx).ok())
            .map(black_box)
            .is_some()
    });
}

#[divan::bench(args = [16, 64, 256, 1024], max_time = 3)]
fn predict_all_methods(bencher: Bencher, size: usize) {
    let matrix = sparse(size, 6);
    bencher.bench_local(|| {
        compare(&matrix, &EncodingOptions::default(), &|alpha| alpha, Comparison::Predicted).is_ok()
    });
}
