//! Banded matrices: the executed block is the matrix, predictions are counts, and what repeats costs little.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use num_complex::Complex64;
use proptest::prelude::*;
use qnewton_circuit::lower::{allocate_ancillas, expand_controls, lower_structures};
use qnewton_circuit::verify::verify;
use qnewton_circuit::{Basis, Gate, QubitId, count, lower};
use qnewton_core::Silent;
use qnewton_encoding::{
    BlockEncoding, EncodingError, EncodingOptions, Method, SparseColumns, Verification, certify, encode,
    predict, template,
};
use qnewton_matrix::{Scalar, SparseMatrix};
use qnewton_statevector::full_block;

fn exact() -> EncodingOptions {
    EncodingOptions::default()
}

/// What a random matrix is like.
#[derive(Clone, Debug)]
struct Shape {
    n: u32,
    distances: Vec<usize>,
    hermitian: bool,
    real: bool,
    cyclic: bool,
}

fn shapes() -> impl Strategy<Value = Shape> {
    (1u32..=5, proptest::collection::vec(0usize..32, 1..5), any::<bool>(), any::<bool>(), any::<bool>())
        .prop_map(|(n, distances, hermitian, real, cyclic)| {
            let distances = distances.into_iter().map(|distance| distance % (1 << n)).collect();
            Shape { n, distances, hermitian, real, cyclic }
        })
}

/// A matrix of that shape; `value` draws.
fn matrix(shape: &Shape, mut draw: impl FnMut() -> f64) -> SparseMatrix<Complex64> {
    let size = 1usize << shape.n;
    let mut entries = std::collections::BTreeMap::new();
    for (position, &distance) in shape.distances.iter().enumerate() {
        for j in 0..size {
            if !shape.cyclic && j + distance >= size {
                continue;
            }
            let upper = (j + distance) % size;
            let imaginary = if shape.real { 0.0 } else { draw() };
            let value = Complex64::new(draw(), imaginary);
            if shape.hermitian {
                let value = if upper == j { Complex64::new(value.re, 0.0) } else { value };
                entries.insert((upper, j), value);
                entries.insert((j, upper), value.conj());
            } else if position % 2 == 0 {
                entries.insert((upper, j), value);
            } else {
                entries.insert((j, upper), value);
            }
        }
    }
    let triplets = entries.into_iter().map(|((row, column), value)| (row, column, value));
    SparseMatrix::from_triplets(size, size, triplets).unwrap()
}

fn banded() -> impl Strategy<Value = SparseMatrix<Complex64>> {
    (shapes(), proptest::collection::vec(0.1..1.0f64, 256), any::<u64>()).prop_map(
        |(shape, values, signs)| {
            let mut position = 0;
            matrix(&shape, || {
                position += 1;
                let sign = if signs >> (position % 64) & 1 == 1 { -1.0 } else { 1.0 };
                sign * values[position % 256]
            })
        },
    )
}

/// The largest difference between alpha <0|U|0> and the matrix.
fn block_error<S: Scalar>(
    encoding: &BlockEncoding,
    circuit: &qnewton_circuit::Circuit,
    matrix: &SparseMatrix<S>,
) -> f64 {
    let system: Vec<QubitId> = (0..encoding.system_qubits as u32).map(QubitId).collect();
    let mut worst = 0.0f64;
    for (j, column) in full_block(circuit, &system).unwrap().iter().enumerate() {
        for (i, entry) in column.iter().enumerate() {
            let value = matrix.get(i, j);
            let value = Complex64::new(value.real_part(), value.imaginary_part());
            worst = worst.max((entry * encoding.alpha - value).norm());
        }
    }
    worst
}

/// The gates before data lets some vanish are those that were predicted.
fn is_predicted<S: Scalar>(matrix: &SparseMatrix<S>, method: Method, encoding: &BlockEncoding) {
    let prediction = predict(matrix, method, &exact()).unwrap();
    let circuit = expand_controls(&allocate_ancillas(&encoding.circuit).unwrap()).unwrap();
    let counted = count(&lower_structures(&circuit, false).unwrap()).unwrap();
    for gate in [Gate::Cx, Gate::Ry, Gate::Rz] {
        assert_eq!(prediction.counts.gate(gate), counted.gate(gate), "{}", gate.name());
    }
    assert_eq!(prediction.projected_qubits, encoding.projected_qubits().unwrap());
    assert_eq!(prediction.clean_qubits, encoding.clean_qubits().unwrap());
    assert_eq!(prediction.hermitian, encoding.hermitian);
}

/// U^2 = 1 on clean ancillas, which stay clean.
fn is_involution(encoding: &BlockEncoding) -> bool {
    let entry = encoding.circuit.entry().unwrap();
    let operands: Vec<QubitId> = (0..entry.operand_count() as u32).map(QubitId).collect();
    let u = full_block(&encoding.circuit, &operands).unwrap();
    u.iter().enumerate().all(|(i, column)| {
        let norm: f64 = column.iter().map(|entry| entry.norm_sqr()).sum();
        (norm - 1.0).abs() < 1e-12
            && column.iter().enumerate().all(|(j, entry)| (entry - u[j][i].conj()).norm() < 1e-12)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_block_is_the_matrix(matrix in banded()) {
        let encoding = encode(&matrix, Method::Banded, &exact()).unwrap();
        prop_assert_eq!(verify(&encoding.circuit), []);
        let error = block_error(&encoding, &encoding.circuit, &matrix);
        prop_assert!(error <= 1e-12 * encoding.alpha, "{error}");
        let lowered = lower(&encoding.circuit, Basis::U3Cx).unwrap();
        let error = block_error(&encoding, &lowered, &matrix);
        prop_assert!(error <= 1e-12 * encoding.alpha, "lowered {error}");
        is_predicted(&matrix, Method::Banded, &encoding);
        let diagonals = |by: fn(usize, usize) -> usize| {
            let mut largest = std::collections::BTreeMap::new();
            for (row, column, value) in matrix.iter() {
                let weight: &mut f64 = largest.entry(by(matrix.rows() + row - column, matrix.rows())).or_insert(0.0);
                *weight = weight.max(value.norm());
            }
            largest.into_values().sum::<f64>()
        };
        let (cyclic, open) = (diagonals(|offset, size| offset % size), diagonals(|offset, _| offset));
        let is = |alpha: f64| (encoding.alpha - alpha).abs() < 1e-12 * alpha;
        prop_assert!(is(cyclic) || is(open), "{} {cyclic} {open}", encoding.alpha);
    }

    #[test]
    fn hermitian_encodings_are_their_own_inverse(matrix in banded()) {
        prop_assume!(matrix.rows() <= 8);
        let encoding = encode(&matrix, Method::Banded, &exact()).unwrap();
        prop_assert_eq!(encoding.hermitian, qnewton_matrix::is_hermitian(&matrix));
        prop_assert!(!encoding.hermitian || is_involution(&encoding));
    }

    #[test]
    fn templates_take_other_values_on_the_same_bands(matrix in banded(), factor in 0.1..3.0f64) {
        let template = template(&matrix, Method::Banded, &exact()).unwrap();
        let changed = matrix.filter_map(|row, column, value| {
            Some(value * (1.0 + factor * ((row + column) as f64).sin() * 0.5))
        });
        match template.encode(&changed) {
            Ok(encoding) => {
                prop_assert!(block_error(&encoding, &encoding.circuit, &changed) <= 1e-12 * encoding.alpha);
            }
            // Few Walsh functions were enough for the values at hand.
            Err(error) => prop_assert!(matches!(error, EncodingError::Pattern { .. }), "{error}"),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_error_that_is_allowed_is_kept_and_saves_rotations(allowed in 0.01..0.2f64, phase in 0.0..3.0f64) {
        // Smooth coefficients: few Walsh functions come close.
        let size = 32usize;
        let value = |j: usize| 0.6 + 0.4 * (j as f64 / 10.0 + phase).cos();
        let triplets = (0..size).flat_map(|j| {
            let off = (j + 1 < size).then(|| [(j, j + 1, 0.5 * value(j)), (j + 1, j, 0.5 * value(j))]);
            off.into_iter().flatten().chain([(j, j, value(j))])
        });
        let matrix = SparseMatrix::from_triplets(size, size, triplets).unwrap();
        let loose = EncodingOptions { error: allowed, ..exact() };
        let encoding = encode(&matrix, Method::Banded, &loose).unwrap();
        prop_assert!(encoding.truncation <= allowed);
        let certificate = certify(&encoding, &SparseColumns::of(&matrix), Verification::Forced, &Silent).unwrap();
        prop_assert!(certificate.error_at_least <= encoding.truncation + 1e-12);
        let strict = encode(&matrix, Method::Banded, &exact()).unwrap();
        prop_assert_eq!(strict.truncation, 0.0);
        let cx = |encoding: &BlockEncoding| {
            count(&lower(&encoding.circuit, Basis::U3Cx).unwrap()).unwrap().gate(Gate::Cx)
        };
        prop_assert!(cx(&encoding) <= cx(&strict));
        prop_assert!(allowed < 0.1 || cx(&encoding) < cx(&strict));
    }
}

#[test]
fn sparse_walsh_coefficients_are_found_behind_open_ends() {
    // Angles of three and two Walsh functions; the coefficient beyond the end does not exist and breaks no pattern.
    let (n, size) = (6, 64usize);
    let sign = |mask: usize, j: usize| if (mask & j).count_ones() % 2 == 1 { -1.0f64 } else { 1.0 };
    let diagonal = |j| 2.0 * ((0.7 + 0.3 * sign(48, j) - 0.2 * sign(32, j)) / 2.0f64).cos();
    let upper = |j| 0.5 * ((0.9 + 0.4 * sign(40, j)) / 2.0f64).cos();
    let triplets = (0..size).flat_map(|j| {
        let off = (j + 1 < size).then(|| [(j, j + 1, upper(j)), (j + 1, j, upper(j))]);
        off.into_iter().flatten().chain([(j, j, diagonal(j))])
    });
    let matrix = SparseMatrix::from_triplets(size, size, triplets).unwrap();
    let encoding = encode(&matrix, Method::Banded, &exact()).unwrap();
    assert_eq!(encoding.truncation, 0.0);
    assert!(block_error(&encoding, &encoding.circuit, &matrix) < 1e-12);
    // In units of the largest magnitude the diagonal takes four functions, of two parities, and what is above it two,
    // the constant in common: two rotations for each of them.
    let rotations = |table: &qnewton_circuit::Table| match table {
        qnewton_circuit::Table::Angles(qnewton_circuit::AngleTable::WalshSparse { coefficients, .. }) => {
            coefficients.len()
        }
        _ => 0,
    };
    let rotations: usize = encoding.circuit.tables().iter().map(rotations).sum();
    assert!((1..=10).contains(&rotations), "{rotations}");
    let cx = count(&lower(&encoding.circuit, Basis::U3Cx).unwrap()).unwrap().gate(Gate::Cx);
    // Two additions to n + 1 bits under a control, the mask of the direction, the flag.
    assert!(cx <= 2 * (7 * (n + 1) - 9) + 7 + 20, "{cx}");
}

#[test]
fn many_diagonals_are_refused() {
    let matrix =
        SparseMatrix::from_triplets(256, 256, (0..256usize).map(|j| (j, j * j % 251, 1.0 + j as f64)))
            .unwrap();
    assert!(matches!(encode(&matrix, Method::Banded, &exact()), Err(EncodingError::NotApplicable { .. })));
}

#[test]
fn values_that_stay_below_their_weight_are_sparse_too() {
    // Angles with seven Walsh functions, whose cosines stay below 1 and below 1/2; with the largest value as weight there
    // would be 64.
    let sign = |j: usize, mask: usize| if (j & mask).count_ones() % 2 == 1 { -1.0 } else { 1.0 };
    let value = |weight: f64, j: usize| {
        let angle: f64 = (0..6).map(|bit| 0.05 * f64::from(bit + 1) * sign(j, 1 << bit)).sum();
        weight * f64::cos((2.0 + angle) / 2.0)
    };
    let size = 64usize;
    let entries = (0..size).flat_map(|j| {
        let pair = (j + 1 < size).then(|| [(j + 1, j, value(0.5, j)), (j, j + 1, value(0.5, j))]);
        pair.into_iter().flatten().chain([(j, j, value(1.0, j))])
    });
    let matrix = SparseMatrix::from_triplets(size, size, entries).unwrap();
    let encoding = encode(&matrix, Method::Banded, &exact()).unwrap();
    assert_eq!(encoding.alpha, 2.0);
    let magic = qnewton_circuit::magic_counts(&encoding.circuit).unwrap();
    assert!(magic.rotations <= 28, "{magic:?}");
    let certificate = certify(&encoding, &SparseColumns::of(&matrix), Verification::Forced, &Silent).unwrap();
    assert!(certificate.error < 1e-10);
}
