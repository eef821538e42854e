//! Every method, on random matrices: the executed block is the matrix, within the certificate.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use num_complex::Complex64;
use proptest::prelude::*;
use qnewton_circuit::lower::{allocate_ancillas, expand_controls, lower_structures};
use qnewton_circuit::{Basis, Gate, QubitId, count, lower};
use qnewton_core::Silent;
use qnewton_encoding::{
    BlockEncoding, CertificateMethod, Comparison, EncodingError, EncodingOptions, Method, SparseColumns,
    Verification, certify, compare, encode, encode_cheapest, predict, template,
};
use qnewton_matrix::{Scalar, SparseMatrix, is_hermitian};
use qnewton_statevector::{full_block, unitary};

/// Exact up to rounding.
fn exact() -> EncodingOptions {
    EncodingOptions::default()
}

/// A matrix of dimension 2^n with each entry kept with a probability, Hermitian or not, real or complex; never zero.
fn matrices() -> impl Strategy<Value = SparseMatrix<Complex64>> {
    (1usize..=3, any::<bool>(), any::<bool>(), 1u32..=10).prop_flat_map(|(n, hermitian, real, tenths)| {
        let size = 1usize << n;
        let entry = (-1.0..1.0f64, -1.0..1.0f64, 0u32..10);
        proptest::collection::vec(entry, size * size).prop_map(move |entries| {
            let mut triplets = vec![(0, 0, Complex64::new(0.5, 0.0))];
            for row in 0..size {
                for column in 0..size {
                    let (value, imaginary, draw) = entries[row * size + column];
                    let imaginary = if real || hermitian && row == column { 0.0 } else { imaginary };
                    let value = Complex64::new(value, imaginary);
                    if draw < tenths && (!hermitian || row <= column) {
                        triplets.push((row, column, value));
                        if hermitian && row != column {
                            triplets.push((column, row, value.conj()));
                        }
                    }
                }
            }
            SparseMatrix::from_triplets(size, size, triplets).unwrap()
        })
    })
}

/// The methods that a matrix can be encoded by.
fn applicable<S: Scalar>(matrix: &SparseMatrix<S>) -> Vec<Method> {
    let usable = |method: &Method| match template(matrix, *method, &exact()) {
        Ok(_) => true,
        Err(EncodingError::NotApplicable { .. }) => false,
        Err(error) => panic!("{}: {error}", method.name()),
    };
    Method::ALL.iter().copied().filter(usable).collect()
}

fn block_error<S: Scalar>(
    encoding: &BlockEncoding,
    circuit: &qnewton_circuit::Circuit,
    matrix: &SparseMatrix<S>,
) -> f64 {
    let system: Vec<QubitId> = (0..encoding.system_qubits as u32).map(QubitId).collect();
    let columns = full_block(circuit, &system).unwrap();
    let mut worst = 0.0f64;
    for (j, column) in columns.iter().enumerate() {
        for (i, entry) in column.iter().enumerate() {
            let value = matrix.get(i, j);
            let value = Complex64::new(value.real_part(), value.imaginary_part());
            worst = worst.max((entry * encoding.alpha - value).norm());
        }
    }
    worst
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_block_is_the_matrix_structured_and_lowered(matrix in matrices()) {
        for method in applicable(&matrix) {
            let encoding = encode(&matrix, method, &exact()).unwrap();
            let certificate = certify(&encoding, &SparseColumns::of(&matrix), Verification::Forced, &Silent).unwrap();
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
        for method in applicable(&matrix) {
            let prediction = predict(&matrix, method, &exact()).unwrap();
            let encoding = encode(&matrix, method, &exact()).unwrap();
            // The norm from singular values and the one from eigenvalues round differently.
            let tolerance = if method.is_spectral() { 1e-13 } else { 1e-15 };
            prop_assert!((prediction.alpha - encoding.alpha).abs() <= tolerance * encoding.alpha);
            let circuit = expand_controls(&allocate_ancillas(&encoding.circuit).unwrap()).unwrap();
            let counted = count(&lower_structures(&circuit, false).unwrap()).unwrap();
            prop_assert_eq!(prediction.counts.gate(Gate::Cx), counted.gate(Gate::Cx));
            prop_assert_eq!(prediction.counts.gate(Gate::Ry), counted.gate(Gate::Ry));
            prop_assert_eq!(prediction.projected_qubits, encoding.projected_qubits().unwrap());
            prop_assert_eq!(prediction.clean_qubits, encoding.clean_qubits().unwrap());
            let elided = count(&lower(&encoding.circuit, Basis::U3Cx).unwrap()).unwrap();
            prop_assert!(elided.gate(Gate::Cx) <= counted.gate(Gate::Cx));
        }
    }

    #[test]
    fn encodings_that_say_so_are_their_own_inverse(matrix in matrices()) {
        let size = matrix.rows();
        prop_assume!(size <= 4);
        for method in applicable(&matrix) {
            let encoding = encode(&matrix, method, &exact()).unwrap();
            // Never without a Hermitian matrix, and always with one but for methods that have a cheaper layout.
            prop_assert!(is_hermitian(&matrix) || !encoding.hermitian, "{}", method.name());
            prop_assert!(
                encoding.hermitian || !is_hermitian(&matrix) || SOMETIMES_HERMITIAN.contains(&method),
                "{}",
                method.name()
            );
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
    let alpha = |method| predict(&matrix, method, &exact()).unwrap().alpha;
    assert_eq!(alpha(Method::Sparse), 1.0);
    assert_eq!(alpha(Method::Dyadic), 1.5);
    assert_eq!(alpha(Method::Fable), 8.0);
    let merits: Vec<f64> = compare(&matrix, &exact(), &|alpha| alpha, Comparison::Predicted)
        .unwrap()
        .into_iter()
        .filter_map(|candidate| candidate.prediction.ok())
        .map(|prediction| prediction.figure_of_merit(&|alpha| alpha))
        .collect();
    assert!(merits.len() >= 3 && merits.is_sorted());
}

#[test]
fn fable_costs_what_was_published_plus_the_masks() {
    // 4^n cx and ry for the values (Camps, Van Beeumen, arXiv 2205.00081), n cx for the masks.
    let dense: Vec<(usize, usize, f64)> =
        (0..8).flat_map(|i| (0..8).map(move |j| (i, j, 0.1 + ((i * 13 + j * 7) % 11) as f64))).collect();
    let matrix = SparseMatrix::from_triplets(8, 8, dense).unwrap();
    let encoding = encode(&matrix, Method::Fable, &exact()).unwrap();
    let counts = count(&lower(&encoding.circuit, Basis::U3Cx).unwrap()).unwrap();
    assert_eq!(counts.gate(Gate::Cx), 64 + 3);
    assert_eq!(encoding.alpha, 8.0 * matrix.max_abs());
}

#[test]
fn matrices_without_an_encoding_are_refused() {
    let encode_any = |matrix: &SparseMatrix<f64>| encode_cheapest(matrix, &exact(), &|alpha| alpha);
    let odd = SparseMatrix::<f64>::identity(3);
    assert!(matches!(encode_any(&odd), Err(EncodingError::Dimension { rows: 3, columns: 3 })));
    let one = SparseMatrix::identity(1);
    assert!(matches!(encode_any(&one), Err(EncodingError::Dimension { .. })));
    let zero = SparseMatrix::<f64>::from_triplets(4, 4, []).unwrap();
    assert!(matches!(encode(&zero, Method::Fable, &exact()), Err(EncodingError::ZeroMatrix)));
    let large = SparseMatrix::<f64>::identity(1 << 20);
    assert!(matches!(encode(&large, Method::Fable, &exact()), Err(EncodingError::TooLarge { .. })));
    assert_eq!(encode_any(&large).unwrap().alpha, 1.0);
}

#[test]
fn a_diagonal_matrix_needs_no_register_of_terms() {
    let matrix = SparseMatrix::from_triplets(2, 2, [(0, 0, 1.0), (1, 1, -0.5)]).unwrap();
    let encoding = encode(&matrix, Method::Dyadic, &exact()).unwrap();
    assert_eq!(encoding.circuit.entry().unwrap().qubit_count(), 2);
    let u = unitary(&encoding.circuit).unwrap();
    assert!((u[1][1].re * encoding.alpha + 0.5).abs() < 1e-15);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_template_takes_new_values_on_the_same_pattern(matrix in matrices(), factor in 0.1..3.0f64) {
        // Products of magnitudes break every equality among the values but that of mirrored entries.
        let changed = matrix.filter_map(|row, column, value| {
            Some(value * (1.0 + factor * ((row + column) as f64).sin() * 0.5))
        });
        for method in applicable(&matrix) {
            let template = template(&matrix, method, &exact()).unwrap();
            match template.encode(&changed) {
                Ok(encoding) => {
                    let certificate =
                        certify(&encoding, &SparseColumns::of(&changed), Verification::Forced, &Silent).unwrap();
                    prop_assert!(certificate.error <= 1e-12 * encoding.alpha, "{}", method.name());
                }
                Err(error) => prop_assert!(
                    matches!(error, EncodingError::Pattern { .. }) && !REUSABLE.contains(&method),
                    "{}: {error}",
                    method.name()
                ),
            }
        }
    }
}

/// Methods whose circuits depend on the sparsity pattern alone.
const REUSABLE: &[Method] = &[Method::Sparse, Method::Dyadic, Method::Fable, Method::SFable];

/// Methods that encode some Hermitian matrices by circuits that are not their own inverse: BITBLE with the norms of the
/// columns, where that is cheaper than with weights, and products with such a factor.
const SOMETIMES_HERMITIAN: &[Method] = &[Method::Bitble, Method::Kronecker];
