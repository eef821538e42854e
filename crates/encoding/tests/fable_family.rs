//! FABLE, S-FABLE and LS-FABLE with an error to spend: what is dropped, what it costs, and that U stays what it claims.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use num_complex::Complex64;
use proptest::prelude::*;
use qnewton_circuit::lower::{allocate_ancillas, expand_controls, lower_structures};
use qnewton_circuit::{Basis, Gate, QubitId, count, lower};
use qnewton_core::Silent;
use qnewton_encoding::{
    BlockEncoding, EncodingError, EncodingOptions, Method, SparseColumns, Verification, certify, encode,
    predict, template,
};
use qnewton_matrix::{Scalar, SparseMatrix, is_hermitian};
use qnewton_statevector::{full_block, unitary};

const FAMILY: [Method; 3] = [Method::Fable, Method::SFable, Method::LsFable];

fn within(error: f64) -> EncodingOptions {
    EncodingOptions { error, ..EncodingOptions::default() }
}

/// Numbers between -1 and 1 without a pattern.
fn scatter(seed: u64) -> impl FnMut() -> f64 {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(0x1234_5678_9abc_def1);
    move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    }
}

/// A matrix of dimension 2^n with each entry kept with a probability; never zero.
fn random(n: usize, density: f64, hermitian: bool, real: bool, seed: u64) -> SparseMatrix<Complex64> {
    let (size, mut draw) = (1usize << n, scatter(seed));
    let mut triplets = Vec::new();
    for row in 0..size {
        for column in 0..size {
            let (re, im, keep) = (draw(), draw(), 0.5 * (draw() + 1.0) < density);
            let im = if real || hermitian && row == column { 0.0 } else { im };
            let keep = keep || (row, column) == (0, 0);
            if keep && (!hermitian || row <= column) {
                triplets.push((row, column, Complex64::new(re, im)));
                if hermitian && row < column {
                    triplets.push((column, row, Complex64::new(re, -im)));
                }
            }
        }
    }
    SparseMatrix::from_triplets(size, size, triplets).unwrap()
}

fn matrices() -> impl Strategy<Value = SparseMatrix<Complex64>> {
    (1usize..=4, 0.05..1.0f64, any::<bool>(), any::<bool>(), any::<u64>())
        .prop_map(|(n, density, hermitian, real, seed)| random(n, density, hermitian, real, seed))
}

/// The largest 2-norm of a column, which the operator norm is not below.
fn largest_column<S: Scalar>(matrix: &SparseMatrix<S>) -> f64 {
    let mut squares = vec![0.0; matrix.cols()];
    for (_, column, value) in matrix.iter() {
        squares[column] += value.magnitude().powi(2);
    }
    squares.into_iter().fold(0.0, f64::max).sqrt()
}

/// Rotations that are left once those by zero are gone.
fn rotations(encoding: &BlockEncoding) -> usize {
    let circuit = expand_controls(&allocate_ancillas(&encoding.circuit).unwrap()).unwrap();
    let counts = count(&lower_structures(&circuit, true).unwrap()).unwrap();
    (counts.gate(Gate::Ry) + counts.gate(Gate::Rz)) as usize
}

/// The largest entry of U - U^dagger.
fn asymmetry(encoding: &BlockEncoding) -> f64 {
    let u = unitary(&encoding.circuit).unwrap();
    let mut worst = 0.0f64;
    for (i, column) in u.iter().enumerate() {
        for (j, entry) in column.iter().enumerate() {
            worst = worst.max((entry - u[j][i].conj()).norm());
        }
    }
    worst
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_certificate_keeps_the_error_that_was_asked_for(matrix in matrices(), exponent in 0.3..6.0f64) {
        let error = 10f64.powf(-exponent) * largest_column(&matrix);
        for method in FAMILY {
            let options = within(error);
            let encoding = match encode(&matrix, method, &options) {
                Ok(encoding) => encoding,
                Err(EncodingError::NotApplicable { reason, .. }) if method == Method::LsFable => {
                    prop_assert!(reason.contains("alpha"), "{reason}");
                    continue;
                }
                Err(error) => return Err(TestCaseError::fail(format!("{}: {error}", method.name()))),
            };
            prop_assert!(encoding.truncation <= error);
            let columns = SparseColumns::of(&matrix);
            let certificate = certify(&encoding, &columns, Verification::Forced, &Silent).unwrap();
            prop_assert!(certificate.error <= error, "{}: {} of {error}", method.name(), certificate.error);
            // The construction's own bound holds for what is executed.
            prop_assert!(certificate.error_at_least <= encoding.truncation + 1e-12 * encoding.alpha);
            let prediction = predict(&matrix, method, &options).unwrap();
            prop_assert!((prediction.alpha - encoding.alpha).abs() <= 1e-15 * encoding.alpha);
            let lowered = lower(&encoding.circuit, Basis::U3Cx).unwrap();
            prop_assert!(count(&lowered).unwrap().gate(Gate::Cx) <= prediction.two_qubit_count());
            prop_assert_eq!(encoding.hermitian, is_hermitian(&matrix));
            if encoding.hermitian && matrix.rows() <= 4 {
                prop_assert!(asymmetry(&encoding) < 1e-12, "{}", method.name());
            }
        }
    }

    #[test]
    fn without_an_error_nothing_is_dropped(matrix in matrices()) {
        for method in [Method::Fable, Method::SFable] {
            let encoding = encode(&matrix, method, &within(0.0)).unwrap();
            prop_assert_eq!(encoding.truncation, 0.0);
        }
        let refused = template(&matrix, Method::LsFable, &within(0.0));
        let is_refused = matches!(refused, Err(EncodingError::NotApplicable { .. }));
        prop_assert!(is_refused);
    }
}

/// Operator norm by power iteration: from below, and near it.
fn norm(matrix: &SparseMatrix<f64>) -> f64 {
    let transpose = matrix.transpose();
    let mut vector: Vec<f64> = (0..matrix.cols()).map(|j| 1.0 + (j as f64).sin()).collect();
    let mut norm = 0.0;
    for _ in 0..200 {
        let image = matrix.mul_vec(&vector);
        let next = transpose.mul_vec(&image);
        let length = |vector: &[f64]| vector.iter().map(|x| x * x).sum::<f64>().sqrt();
        norm = length(&image) / length(&vector);
        let scale = length(&next);
        vector = next.into_iter().map(|x| x / scale).collect();
    }
    norm
}

/// 128 unknowns, 5 % of the entries.
fn sparse_128(hermitian: bool) -> SparseMatrix<f64> {
    random(7, 0.05, hermitian, true, 7).map(|value| value.re)
}

#[test]
fn a_sparse_matrix_of_128_unknowns_survives_an_error_of_one_percent_with_fewer_rotations() {
    for hermitian in [false, true] {
        let matrix = sparse_128(hermitian);
        let norm = norm(&matrix);
        let error = 1e-2 * norm;
        let mut left = Vec::new();
        for method in FAMILY {
            let encoding = encode(&matrix, method, &within(error)).unwrap();
            let columns = SparseColumns::of(&matrix);
            let certificate = certify(&encoding, &columns, Verification::WhereItFits, &Silent).unwrap();
            assert!(certificate.error <= error, "{}: {}", method.name(), certificate.error);
            // At least 99 % of the matrix is there.
            let system: Vec<QubitId> = (0..7).map(QubitId).collect();
            let block = full_block(&encoding.circuit, &system).unwrap();
            let square: f64 = block.iter().flatten().map(|entry| entry.norm_sqr()).sum();
            let frobenius = encoding.alpha * square.sqrt();
            assert!((frobenius / matrix.frobenius_norm() - 1.0).abs() < 1e-2, "{}", method.name());
            left.push(rotations(&encoding));
        }
        assert!(left.iter().all(|&left| left < 1 << 14));
        // The entry at (0, 0) shares its mask with the constant; 7 rotations prepare the exclusive-or masks, 7 undo that.
        assert_eq!(left[2], matrix.nnz() + 14);
        assert!(left[1] < left[0]);
    }
}

#[test]
fn an_error_as_large_as_the_matrix_does_not_erase_it() {
    let matrix = sparse_128(false);
    let error = 100.0 * matrix.frobenius_norm();
    for method in FAMILY {
        let encoding = encode(&matrix, method, &within(error)).unwrap();
        let certificate =
            certify(&encoding, &SparseColumns::of(&matrix), Verification::WhereItFits, &Silent).unwrap();
        assert!(certificate.error <= 0.51 * largest_column(&matrix), "{}", method.name());
    }
}

#[test]
fn a_single_entry_is_one_coefficient_among_walsh_functions() {
    // B has entries of one magnitude: angles 0 and 2 pi, a constant and one mask.
    let matrix = SparseMatrix::from_triplets(16, 16, [(3, 9, -0.7)]).unwrap();
    let encoding = encode(&matrix, Method::SFable, &within(0.0)).unwrap();
    assert!((encoding.alpha - 0.7).abs() < 1e-15);
    assert_eq!(rotations(&encoding), 2 + 8);
}

/// Matrices that thresholds have gone wrong for: name, matrix.
fn hard_cases() -> Vec<(&'static str, SparseMatrix<f64>)> {
    let all = |value: &dyn Fn(usize, usize) -> f64| {
        let entries = (0..8).flat_map(|i| (0..8).map(move |j| (i, j))).map(|(i, j)| (i, j, value(i, j)));
        SparseMatrix::from_triplets(8, 8, entries).unwrap()
    };
    vec![
        ("all equal", all(&|_, _| 0.3)),
        ("one entry", SparseMatrix::from_triplets(8, 8, [(5, 2, 1e-3)]).unwrap()),
        ("an outlier", all(&|i, j| if (i, j) == (1, 6) { 1e6 } else { ((i * 5 + j * 3) % 7) as f64 - 3.0 })),
        ("a negative diagonal", all(&|i, j| if i == j { -2.0 } else { 0.1 / (1.0 + i.abs_diff(j) as f64) })),
        ("tiny numbers", all(&|i, j| 1e-300 * (1.0 + (i * j) as f64))),
        ("large numbers", all(&|i, j| 1e300 * (1.0 + (i * j) as f64))),
    ]
}

#[test]
fn hard_cases_stay_within_the_error() {
    for (name, matrix) in hard_cases() {
        let largest = matrix.max_abs();
        for relative in [0.0, 1e-9, 1e-3] {
            let error = relative * largest;
            for method in [Method::Fable, Method::SFable, Method::LsFable, Method::Bitble, Method::PauliLcu] {
                let encoding = match encode(&matrix, method, &within(error)) {
                    Ok(encoding) => encoding,
                    Err(EncodingError::NotApplicable { .. }) if method == Method::LsFable => continue,
                    Err(error) => panic!("{name}, {}: {error}", method.name()),
                };
                let certificate =
                    certify(&encoding, &SparseColumns::of(&matrix), Verification::Forced, &Silent).unwrap();
                let allowed = error.max(1e-13 * encoding.alpha);
                assert!(certificate.error <= allowed, "{name}, {}: {certificate:?}", method.name());
            }
        }
    }
}

#[test]
fn complex_hermitian_matrices_keep_their_symmetry_when_coefficients_go() {
    let matrix = random(2, 1.0, true, false, 3);
    for method in FAMILY {
        let encoding = encode(&matrix, method, &within(0.1 * largest_column(&matrix))).unwrap();
        assert!(encoding.hermitian && encoding.truncation > 0.0, "{}", method.name());
        assert!(asymmetry(&encoding) < 1e-13, "{}", method.name());
    }
}
