//! Binary tree block encodings: which layout is taken, and at what alpha.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use num_complex::Complex64;
use proptest::prelude::*;
use qnewton_circuit::{Basis, Gate, QubitId, count, lower};
use qnewton_core::Silent;
use qnewton_encoding::{
    EncodingOptions, Method, SparseColumns, Verification, certify, composition, encode, predict,
};
use qnewton_matrix::{SparseMatrix, is_hermitian};
use qnewton_statevector::full_block;

fn exact() -> EncodingOptions {
    EncodingOptions::default()
}

/// Matrices of dimension 2^n with few or many entries, of sizes that differ a lot.
fn matrices() -> impl Strategy<Value = SparseMatrix<Complex64>> {
    (1usize..=4, any::<bool>(), any::<bool>(), 1u32..=10).prop_flat_map(|(n, hermitian, real, tenths)| {
        let size = 1usize << n;
        let entry = (-1.0..1.0f64, -1.0..1.0f64, -3.0..3.0f64, 0u32..10);
        proptest::collection::vec(entry, size * size).prop_map(move |entries| {
            let mut triplets = vec![(size - 1, size - 1, Complex64::new(-0.5, 0.0))];
            for (place, (re, im, exponent, draw)) in entries.into_iter().enumerate() {
                let (row, column) = (place / size, place % size);
                let im = if real || hermitian && row == column { 0.0 } else { im };
                let value = Complex64::new(re, im) * 10f64.powf(exponent);
                if draw < tenths && (!hermitian || row <= column) {
                    triplets.push((row, column, value));
                    if hermitian && row != column {
                        triplets.push((column, row, value.conj()));
                    }
                }
            }
            SparseMatrix::from_triplets(size, size, triplets).unwrap()
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_block_is_the_matrix_and_alpha_at_most_the_larger_of_the_classical_ones(matrix in matrices()) {
        // The Frobenius norm, and mu_(1/2), which is where the weights start.
        let encoding = encode(&matrix, Method::Bitble, &exact()).unwrap();
        let frobenius = matrix.frobenius_norm();
        let sums = (matrix.max_row_sum() * matrix.max_column_sum()).sqrt();
        prop_assert!(encoding.alpha <= frobenius.max(sums) * (1.0 + 1e-12));
        let certificate =
            certify(&encoding, &SparseColumns::of(&matrix), Verification::Forced, &Silent).unwrap();
        prop_assert!(certificate.error <= 1e-12 * encoding.alpha);
        if encoding.hermitian {
            prop_assert!(is_hermitian(&matrix));
            if matrix.rows() <= 4 {
                let operands = 0..encoding.circuit.entry().unwrap().operand_count() as u32;
                let u = full_block(&encoding.circuit, &operands.map(QubitId).collect::<Vec<_>>()).unwrap();
                for (i, column) in u.iter().enumerate() {
                    for (j, entry) in column.iter().enumerate() {
                        prop_assert!((entry - u[j][i].conj()).norm() < 1e-12);
                    }
                }
            }
        }
    }
}

/// A Laplacian of a ring, with the sign that makes all entries off the diagonal negative.
fn ring(n: usize, diagonal: f64) -> SparseMatrix<f64> {
    let size = 1usize << n;
    let next = move |i: usize| (i + 1) % size;
    let entries = (0..size).flat_map(|i| [(i, i, diagonal), (i, next(i), -1.0), (next(i), i, -1.0)]);
    SparseMatrix::from_triplets(size, size, entries).unwrap()
}

#[test]
fn weights_reach_the_norm_of_the_magnitudes() {
    // All row sums are 4, which is the norm of |A|; the Frobenius norm is sqrt(6 * 64).
    let matrix = ring(6, 2.0);
    let encoding = encode(&matrix, Method::Bitble, &exact()).unwrap();
    assert!((encoding.alpha - 4.0).abs() < 1e-12);
    assert!(encoding.hermitian);
    // An arrow: 10 on the diagonal, 1 in the first row and column. Its norm is that of [[10, sqrt(63)], [sqrt(63), 10]],
    // its largest row sum 73.
    let arrow = (1..64usize).flat_map(|i| [(i, i, 10.0), (0, i, 1.0), (i, 0, -1.0)]).chain([(0, 0, 10.0)]);
    let arrow = SparseMatrix::from_triplets(64, 64, arrow).unwrap();
    let encoding = encode(&arrow, Method::Bitble, &exact()).unwrap();
    let norm = 10.0 + 63f64.sqrt();
    assert!(encoding.alpha >= norm && encoding.alpha <= 1.002 * norm, "{}", encoding.alpha);
}

#[test]
fn a_dense_matrix_takes_the_norms_of_its_columns() {
    let entries =
        (0..16usize).flat_map(|i| (0..16usize).map(move |j| (i, j, ((i * 16 + j) as f64 * 1.7).sin())));
    let matrix = SparseMatrix::from_triplets(16, 16, entries).unwrap();
    let prediction = predict(&matrix, Method::Bitble, &exact()).unwrap();
    assert!((prediction.alpha / matrix.frobenius_norm() - 1.0).abs() < 1e-14);
    assert_eq!(prediction.projected_qubits, 4);
    assert!(!prediction.hermitian);
    // Columns: 16 * 15; their norms: 14; exchange: 2 * 4.
    assert_eq!(prediction.two_qubit_count(), 240 + 14 + 8);
    assert_eq!(prediction.counts.gate(Gate::Ry), 255);
}

#[test]
fn a_control_reaches_the_exchange_only() {
    let encoding = encode(&ring(4, 2.0), Method::Bitble, &exact()).unwrap();
    assert!(encoding.hermitian);
    let two_qubit = |circuit| count(&lower(circuit, Basis::U3Cx).unwrap()).unwrap().gate(Gate::Cx);
    let (plain, controlled) =
        (two_qubit(&encoding.circuit), two_qubit(&composition::controlled(&encoding).unwrap()));
    // Five exchanges of 3 cx become five of 8.
    assert_eq!(controlled - plain, 5 * 5);
}

#[test]
fn a_negative_diagonal_stays_its_own_inverse() {
    let matrix = ring(5, -2.0);
    let encoding = encode(&matrix, Method::Bitble, &exact()).unwrap();
    assert!(encoding.hermitian);
    let certificate = certify(&encoding, &SparseColumns::of(&matrix), Verification::Forced, &Silent).unwrap();
    // Executed as structured operations: the bound of what lowering rounds is added.
    assert!(certificate.error < 1e-10, "{certificate:?}");
}
