//! Pauli decompositions and linear combinations of Pauli strings.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use num_complex::Complex64;
use proptest::prelude::*;
use qnewton_circuit::lower::{allocate_ancillas, expand_controls, lower_structures};
use qnewton_circuit::{Gate, QubitId, count};
use qnewton_core::Silent;
use qnewton_encoding::{
    EncodingError, EncodingOptions, Method, PauliString, SparseColumns, Verification, certify, encode,
    pauli_decomposition, predict,
};
use qnewton_matrix::{SparseMatrix, is_hermitian};
use qnewton_statevector::full_block;

fn within(error: f64) -> EncodingOptions {
    EncodingOptions { error, ..EncodingOptions::default() }
}

/// Sums of strings as a matrix of dimension 2^n: the entry of a string in column j is in row j xor x.
fn sum_of(n: usize, strings: &[(PauliString, Complex64)]) -> SparseMatrix<Complex64> {
    let size = 1usize << n;
    let mut triplets = Vec::new();
    for &(string, coefficient) in strings {
        let quarter = Complex64::i().powu((string.x & string.z).count_ones());
        for column in 0..size {
            let sign = if (string.z & column as u64).count_ones() % 2 == 1 { -1.0 } else { 1.0 };
            triplets.push((column ^ string.x as usize, column, coefficient * quarter * sign));
        }
    }
    SparseMatrix::from_triplets(size, size, triplets).unwrap()
}

/// Few or many strings with coefficients between -1 and 1, the first one never zero; real ones make a Hermitian sum.
fn sums() -> impl Strategy<Value = (usize, Vec<(PauliString, Complex64)>)> {
    (1usize..=4, any::<bool>(), 0usize..40).prop_flat_map(|(n, real, count)| {
        let mask = 0..1u64 << n;
        let string = (mask.clone(), mask, -1.0..1.0f64, -1.0..1.0f64);
        proptest::collection::vec(string, count).prop_map(move |strings| {
            let first = (PauliString { x: 1, z: 1 }, Complex64::new(0.75, 0.0));
            let mut all = std::collections::BTreeMap::from([first]);
            for (x, z, re, im) in strings {
                all.insert(PauliString { x, z }, Complex64::new(re, if real { 0.0 } else { im }));
            }
            (n, all.into_iter().collect())
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_decomposition_of_a_sum_of_strings_is_that_sum((n, strings) in sums()) {
        let found = pauli_decomposition(&sum_of(n, &strings)).unwrap();
        let expected: Vec<_> = strings.iter().filter(|(_, c)| c.norm() > 1e-12).collect();
        let large: Vec<_> = found.iter().filter(|(_, c)| c.norm() > 1e-12).collect();
        prop_assert_eq!(large.len(), expected.len());
        for (found, expected) in large.iter().zip(expected) {
            prop_assert_eq!(found.0, expected.0);
            prop_assert!((found.1 - expected.1).norm() < 1e-14);
        }
        // Nothing that is left over amounts to more than rounding.
        prop_assert!(found.iter().all(|(_, c)| c.norm() > 1e-12 || c.norm() < 1e-15));
    }

    #[test]
    fn the_encoding_of_a_sum_of_strings_has_the_sum_of_magnitudes_as_alpha((n, strings) in sums()) {
        let matrix = sum_of(n, &strings);
        let encoding = encode(&matrix, Method::PauliLcu, &within(0.0)).unwrap();
        let alpha: f64 = strings.iter().map(|(_, coefficient)| coefficient.norm()).sum();
        prop_assert!((encoding.alpha - alpha).abs() < 1e-13 * alpha);
        let certificate =
            certify(&encoding, &SparseColumns::of(&matrix), Verification::Forced, &Silent).unwrap();
        prop_assert!(certificate.error < 1e-12 * alpha);
        prop_assert_eq!(encoding.hermitian, is_hermitian(&matrix));
        if encoding.hermitian && n <= 2 {
            let operands = 0..encoding.circuit.entry().unwrap().operand_count() as u32;
            let u = full_block(&encoding.circuit, &operands.map(QubitId).collect::<Vec<_>>()).unwrap();
            for (i, column) in u.iter().enumerate() {
                for (j, entry) in column.iter().enumerate() {
                    prop_assert!((entry - u[j][i].conj()).norm() < 1e-13);
                }
            }
        }
        let prediction = predict(&matrix, Method::PauliLcu, &within(0.0)).unwrap();
        let circuit = expand_controls(&allocate_ancillas(&encoding.circuit).unwrap()).unwrap();
        let counted = count(&lower_structures(&circuit, false).unwrap()).unwrap();
        prop_assert_eq!(prediction.counts.gate(Gate::Cx), counted.gate(Gate::Cx));
        prop_assert_eq!(prediction.counts.total(), counted.total());
    }

    #[test]
    fn dropped_strings_keep_the_error((n, strings) in sums(), exponent in 0.3..5.0f64) {
        let matrix = sum_of(n, &strings);
        let error = 10f64.powf(-exponent);
        let exact = encode(&matrix, Method::PauliLcu, &within(0.0)).unwrap();
        let encoding = encode(&matrix, Method::PauliLcu, &within(error)).unwrap();
        prop_assert!(encoding.alpha <= exact.alpha && encoding.truncation <= error);
        let certificate =
            certify(&encoding, &SparseColumns::of(&matrix), Verification::Forced, &Silent).unwrap();
        prop_assert!(certificate.error <= error.max(1e-12 * exact.alpha));
        prop_assert_eq!(encoding.hermitian, is_hermitian(&matrix));
    }
}

/// The Hamiltonian of a transverse-field Ising ring.
fn ising(n: usize) -> Vec<(PauliString, Complex64)> {
    let bonds = (0..n).map(|q| PauliString { x: 0, z: 1 << q | 1 << ((q + 1) % n) });
    let fields = (0..n).map(|q| PauliString { x: 1 << q, z: 0 });
    let weighted = |weight: f64| move |string| (string, Complex64::new(weight, 0.0));
    bonds.map(weighted(-1.0)).chain(fields.map(weighted(-0.5))).collect()
}

#[test]
fn few_strings_are_selected_by_unary_iteration() {
    // 16 strings on 8 qubits: two preparations of 14 cx; 14 nodes but the root with 6 or 7, 15 differences of weight 2
    // or less on average. Looking masks up would take 17 * 16, and the span has 15 coordinates.
    let matrix = sum_of(8, &ising(8));
    let prediction = predict(&matrix, Method::PauliLcu, &within(0.0)).unwrap();
    assert!((prediction.alpha - 12.0).abs() < 1e-13);
    assert_eq!((prediction.projected_qubits, prediction.clean_qubits), (4, 3));
    assert!(prediction.two_qubit_count() <= 2 * 14 + 14 * 7 + 15 * 3, "{}", prediction.two_qubit_count());
}

#[test]
fn a_dense_matrix_holds_its_masks_in_the_register() {
    // 4^n strings: no look-up and no iteration, three times 4^n cx and 2n for the masks.
    let entries =
        (0..8usize).flat_map(|i| (0..8usize).map(move |j| (i, j, ((i * 8 + j) as f64 * 1.7).sin())));
    let matrix = SparseMatrix::from_triplets(8, 8, entries).unwrap();
    let prediction = predict(&matrix, Method::PauliLcu, &within(0.0)).unwrap();
    assert_eq!((prediction.projected_qubits, prediction.clean_qubits), (6, 0));
    assert_eq!(prediction.two_qubit_count(), 3 * (64 - 2) + 6);
}

#[test]
fn a_single_string_needs_no_ancilla() {
    let string = PauliString { x: 0b011, z: 0b110 };
    let matrix = sum_of(3, &[(string, Complex64::new(-0.5, 0.0))]);
    let encoding = encode(&matrix, Method::PauliLcu, &within(0.0)).unwrap();
    assert_eq!(encoding.circuit.entry().unwrap().qubit_count(), 3);
    assert_eq!(encoding.alpha, 0.5);
    let certificate = certify(&encoding, &SparseColumns::of(&matrix), Verification::Forced, &Silent).unwrap();
    assert!(certificate.error < 1e-14);
}

#[test]
fn what_has_no_strings_is_refused() {
    let three = SparseMatrix::<f64>::identity(3);
    assert!(matches!(pauli_decomposition(&three), Err(EncodingError::Dimension { rows: 3, .. })));
    let broken = SparseMatrix::from_triplets(2, 2, [(0, 1, f64::NAN)]).unwrap();
    assert!(matches!(pauli_decomposition(&broken), Err(EncodingError::NotFinite)));
    let zero = SparseMatrix::<f64>::from_triplets(4, 4, []).unwrap();
    assert_eq!(pauli_decomposition(&zero).unwrap(), []);
}
