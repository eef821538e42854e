//! Time of Pauli decompositions. Goal on one core: a dense matrix of 256 unknowns within 2 ms.

use divan::{Bencher, black_box};
use num_complex::Complex64;
use qnewton_encoding::pauli_decomposition;
use qnewton_matrix::SparseMatrix;

fn main() {
    divan::main();
}

fn dense(n: u32) -> SparseMatrix<f64> {
    let size = 1usize << n;
    let entry = move |place: usize| (place / size, place % size, (place as f64 * 0.618_033_988_7).sin());
    SparseMatrix::from_triplets(size, size, (0..size * size).map(entry)).expect("entries within the matrix")
}

#[divan::bench(args = [6, 8, 10])]
fn real(bencher: Bencher, n: u32) {
    let matrix = dense(n);
    bencher.bench(|| black_box(pauli_decomposition(&matrix).map(|strings| strings.len())));
}

#[divan::bench(args = [6, 8, 10])]
fn complex(bencher: Bencher, n: u32) {
    let matrix = dense(n).map(|value| Complex64::new(value, 1.0 - value));
    bencher.bench(|| black_box(pauli_decomposition(&matrix).map(|strings| strings.len())));
}

#[divan::bench(args = [10, 14])]
fn tridiagonal(bencher: Bencher, n: u32) {
    let size = 1usize << n;
    let entries = (0..size).flat_map(|i| {
        let next = (i + 1 < size).then_some([(i, i + 1, -1.0), (i + 1, i, -1.0)]);
        next.into_iter().flatten().chain([(i, i, 2.0)])
    });
    let matrix = SparseMatrix::from_triplets(size, size, entries).expect("entries within the matrix");
    bencher.bench(|| black_box(pauli_decomposition(&matrix).map(|strings| strings.len())));
}
