//! Every method, on random matrices: the executed block is the matrix, within the certificate.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use proptest::prelude::*;
use qnewton_circuit::lower::{allocate_ancillas, expand_controls, lower_structures};
use qnewton_circuit::{Basis, Gate, QubitId, count, lower};
use qnewton_core::Silent;
use qnewton_encoding::{
    BlockEncoding, CertificateMethod, EncodingError, Method, Verification, certify, encode, predict, select,
};
use qnewton_matrix::SparseMatrix;
use qnewton_statevector::{full_block, unitary};

/// A matrix of dimension 2^n with each entry kept with a probability, symmetric or not; never zero.
fn matrices() -> impl Strategy<Value = SparseMatrix<f64>> {
    (1usize..=3, any::<bool>(), 1u32..=10).prop_flat_map(|(n, symmetric, tenths)| {
        let size = 1usize << n;
        let entry = (-1.0..1.0f64, 0u32..10);
        proptest::collection::vec(entry, size * size).prop_map(move |entries| {
            let mut triplets = vec![(0, 0, 0.5)];
            for row in 0..size {
                for column in 0..size {
                    let (value, draw) = entries[row * size + column];
                    if draw < tenths && (!symmetric || row <= column) {
                        triplets.push((row, column, value));
                        if symmetric && row != column {
                            triplets.push((column, row, value));
                        }
                    }
                }
            }
            SparseMatrix::from_triplets(size, size, triplets).unwrap()
        })
    })
}

fn block_error(
    encoding: &BlockEncoding,
    circuit: &qnewton_circuit::Circuit,
    matrix: &SparseMatrix<f64>,
) -> f64 {
    let system: Vec<QubitId> = (0..encoding.system_qubits as u32).map(QubitId).collect();
    let columns = full_block(circuit, &system).unwrap();
    let mut worst = 0.0f64;
    for (j, column) in columns.iter().enumerate() {
        for (i, entry) in column.iter().enumerate() {
            worst = worst.max((entry * encoding.alpha - matrix.get(i, j)).norm());
        }
    }
    worst
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_block_is_the_matrix_structured_and_lowered(matrix in matrices()) {
        for &method in Method::ALL {
            let encoding = encode(&matrix, Some(method)).unwrap();
            let certificate = certify(&encoding, &matrix, Verification::Forced, &Silent).unwrap();
            prop_assert!(certificate.error <= 1e-12 * encoding.alpha, "{} {}", method.name(), certificate.error);
            prop_assert_eq!(certificate.method, CertificateMethod::Executed);
            prop_assert!(block_error(&encoding, &encoding.circuit, &matrix) <= certificate.error.max(1e-14));
            for &basis in Basis::ALL {
                let lowered = lower(&encoding.circuit, basis).unwrap();
                let error = block_error(&encoding, &lowered, &matrix);
                prop_assert!(error <= 1e-12 * encoding.alpha, "{} {} {error}", method.name(), basis.name());
            }
        }
    }

    #[test]
    fn predicted_gates_are_those_before_elision_and_alpha_is_the_encodings(matrix in matrices()) {
        for &method in Method::ALL {
            let prediction = predict(&matrix, method).unwrap();
            let encoding = encode(&matrix, Some(method)).unwrap();
            prop_assert!((prediction.alpha - encoding.alpha).abs() <= 1e-15 * encoding.alpha);
            let circuit = expand_controls(&allocate_ancillas(&encoding.circuit).unwrap()).unwrap();
            let counted = count(&lower_structures(&circuit, false).unwrap()).unwrap();
            prop_assert_eq!(prediction.counts.gate(Gate::Cx), counted.gate(Gate::Cx));
            prop_assert_eq!(prediction.counts.gate(Gate::Ry), counted.gate(Gate::Ry));
            let elided = count(&lower(&encoding.circuit, Basis::U3Cx).unwrap()).unwrap();
            prop_assert!(elided.gate(Gate::Cx) <= counted.gate(Gate::Cx));
        }
    }

    #[test]
    fn encodings_that_say_so_are_their_own_inverse(matrix in matrices()) {
        let size = matrix.rows();
        prop_assume!(size <= 4);
        for &method in Method::ALL {
            let encoding = encode(&matrix, Some(method)).unwrap();
            prop_assert_eq!(encoding.hermitian, qnewton_matrix::is_symmetric(&matrix));
            if encoding.hermitian {
                // Restricted to clean ancillas in |0>, which stay there: the operands are the low qubits.
                let entry = encoding.circuit.entry().unwrap();
                let operands: Vec<QubitId> = (0..entry.operand_count() as u32).map(QubitId).collect();
                let u = full_block(&encoding.circuit, &operands).unwrap();
                for (i, column) in u.iter().enumerate() {
                    for (j, entry) in column.iter().enumerate() {
                        prop_assert!((entry - u[j][i].conj()).norm() < 1e-12);
                    }
                    let norm: f64 = column.iter().map(|entry| entry.norm_sqr()).sum();
                    prop_assert!((norm - 1.0).abs() < 1e-12, "ancillas do not stay clean");
                }
            }
        }
    }
}

#[test]
fn a_tridiagonal_matrix_gets_a_small_alpha() {
    let laplacian = (0..16usize).flat_map(|i| {
        let right = (i < 15).then_some([(i, i + 1, -0.25), (i + 1, i, -0.25)]);
        right.into_iter().flatten().chain([(i, i, 0.5)])
    });
    let matrix = SparseMatrix::from_triplets(16, 16, laplacian).unwrap();
    let alpha = |method| predict(&matrix, method).unwrap().alpha;
    assert_eq!(alpha(Method::Sparse), 1.0);
    assert_eq!(alpha(Method::Dyadic), 1.5);
    assert_eq!(alpha(Method::Fable), 8.0);
    let best = &select(&matrix).unwrap()[0];
    assert!(select(&matrix).unwrap().iter().all(|other| best.figure_of_merit() <= other.figure_of_merit()));
}

#[test]
fn fable_costs_what_was_published_plus_the_masks() {
    // 4^n cx and ry for the values (Camps, Van Beeumen, arXiv 2205.00081), n cx for the masks.
    let dense: Vec<(usize, usize, f64)> =
        (0..8).flat_map(|i| (0..8).map(move |j| (i, j, 0.1 + ((i * 13 + j * 7) % 11) as f64))).collect();
    let matrix = SparseMatrix::from_triplets(8, 8, dense).unwrap();
    let encoding = encode(&matrix, Some(Method::Fable)).unwrap();
    let counts = count(&lower(&encoding.circuit, Basis::U3Cx).unwrap()).unwrap();
    assert_eq!(counts.gate(Gate::Cx), 64 + 3);
    assert_eq!(encoding.alpha, 8.0 * matrix.max_abs());
}

#[test]
fn matrices_without_an_encoding_are_refused() {
    let odd = SparseMatrix::identity(3);
    assert!(matches!(encode(&odd, None), Err(EncodingError::Dimension { rows: 3, columns: 3 })));
    let one = SparseMatrix::identity(1);
    assert!(matches!(encode(&one, None), Err(EncodingError::Dimension { .. })));
    let zero = SparseMatrix::from_triplets(4, 4, []).unwrap();
    assert!(matches!(encode(&zero, Some(Method::Fable)), Err(EncodingError::ZeroMatrix)));
    let large = SparseMatrix::identity(1 << 20);
    assert!(matches!(encode(&large, Some(Method::Fable)), Err(EncodingError::TooLarge { .. })));
    assert_eq!(encode(&large, None).unwrap().method, Method::Dyadic);
}

#[test]
fn a_diagonal_matrix_needs_no_register_of_terms() {
    let matrix = SparseMatrix::from_triplets(2, 2, [(0, 0, 1.0), (1, 1, -0.5)]).unwrap();
    let encoding = encode(&matrix, Some(Method::Dyadic)).unwrap();
    assert_eq!(encoding.circuit.entry().unwrap().qubit_count(), 2);
    let u = unitary(&encoding.circuit).unwrap();
    assert!((u[1][1].re * encoding.alpha + 0.5).abs() < 1e-15);
}
