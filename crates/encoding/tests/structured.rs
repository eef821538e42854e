//! Matrices with constant diagonals: recognised from the entries, and as families without any.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use num_complex::Complex64;
use proptest::prelude::*;
use qnewton_circuit::lower::{allocate_ancillas, expand_controls, lower_structures};
use qnewton_circuit::verify::verify;
use qnewton_circuit::{AngleTable, Basis, Circuit, Gate, QubitId, Table, count, depth, lower};
use qnewton_core::Silent;
use qnewton_encoding::{
    BlockEncoding, Boundary, Columns, EncodingError, EncodingOptions, Family, Method, Verification,
    WalshBand, certify, encode, predict,
};
use qnewton_matrix::{Scalar, SparseMatrix, symmetric_eigen_decomposition};
use qnewton_statevector::full_block;

fn exact() -> EncodingOptions {
    EncodingOptions::default()
}

fn structured<S: Scalar>(matrix: &SparseMatrix<S>) -> BlockEncoding {
    encode(matrix, Method::Structured, &exact()).unwrap()
}

fn cx(encoding: &BlockEncoding) -> u128 {
    count(&lower(&encoding.circuit, Basis::U3Cx).unwrap()).unwrap().gate(Gate::Cx)
}

/// The matrix of a family.
fn written_out(family: &Family) -> SparseMatrix<f64> {
    let mut triplets = Vec::new();
    for j in 0..family.dimension() {
        let mut column = std::collections::BTreeMap::new();
        family.for_each(j, &mut |row, value| *column.entry(row).or_insert(0.0) += value.re);
        triplets.extend(column.into_iter().map(|(row, value)| (row, j, value)));
    }
    SparseMatrix::from_triplets(family.dimension(), family.dimension(), triplets).unwrap()
}

fn block_error<S: Scalar>(encoding: &BlockEncoding, circuit: &Circuit, matrix: &SparseMatrix<S>) -> f64 {
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

/// The block, and U^2 = 1 where it is claimed.
fn check<S: Scalar>(encoding: &BlockEncoding, matrix: &SparseMatrix<S>) {
    assert_eq!(verify(&encoding.circuit), []);
    let error = block_error(encoding, &encoding.circuit, matrix);
    assert!(error <= 1e-12 * encoding.alpha, "{error}");
    let lowered = lower(&encoding.circuit, Basis::U3Cx).unwrap();
    let error = block_error(encoding, &lowered, matrix);
    assert!(error <= 1e-12 * encoding.alpha, "lowered {error}");
    let entry = encoding.circuit.entry().unwrap();
    if encoding.hermitian && entry.operand_count() <= 8 {
        let operands: Vec<QubitId> = (0..entry.operand_count() as u32).map(QubitId).collect();
        let u = full_block(&encoding.circuit, &operands).unwrap();
        for (i, column) in u.iter().enumerate() {
            let norm: f64 = column.iter().map(|entry| entry.norm_sqr()).sum();
            assert!((norm - 1.0).abs() < 1e-12, "ancillas do not stay clean");
            assert!(column.iter().enumerate().all(|(j, entry)| (entry - u[j][i].conj()).norm() < 1e-12));
        }
    }
}

fn check_prediction<S: Scalar>(matrix: &SparseMatrix<S>) {
    let prediction = predict(matrix, Method::Structured, &exact()).unwrap();
    let encoding = structured(matrix);
    let circuit = expand_controls(&allocate_ancillas(&encoding.circuit).unwrap()).unwrap();
    let counted = count(&lower_structures(&circuit, false).unwrap()).unwrap();
    assert_eq!(prediction.counts, counted);
    assert_eq!(prediction.alpha, encoding.alpha);
    assert_eq!(prediction.projected_qubits, encoding.projected_qubits().unwrap());
    assert_eq!(prediction.clean_qubits, encoding.clean_qubits().unwrap());
}

/// sum of coefficients times shifts, open or closed; Hermitian with mirror images.
fn shifts(
    n: u32,
    coefficients: &[(usize, Complex64)],
    hermitian: bool,
    closed: bool,
) -> SparseMatrix<Complex64> {
    let size = 1usize << n;
    let mut entries = std::collections::BTreeMap::new();
    for &(distance, value) in coefficients {
        let value = if hermitian && (2 * distance) % size == 0 { Complex64::from(value.re) } else { value };
        for j in (0..size).filter(|j| closed || j + distance < size) {
            let row = (j + distance) % size;
            entries.insert((row, j), value);
            if hermitian {
                entries.insert((j, row), value.conj());
            }
        }
    }
    let triplets = entries.into_iter().map(|((row, column), value)| (row, column, value));
    SparseMatrix::from_triplets(size, size, triplets).unwrap()
}

fn coefficients(n: u32) -> impl Strategy<Value = Vec<(usize, Complex64)>> {
    let coefficient = (0..1usize << n, 0.1..1.0f64, any::<bool>(), -1.0..1.0f64);
    (proptest::collection::vec(coefficient, 1..5), any::<bool>()).prop_map(|(all, real)| {
        let mut seen = std::collections::BTreeSet::new();
        all.into_iter()
            .filter(|(distance, ..)| seen.insert(*distance))
            .map(|(distance, re, negative, im)| {
                let re = if negative { -re } else { re };
                (distance, Complex64::new(re, if real { 0.0 } else { im }))
            })
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn toeplitz_and_circulant_matrices_are_recognised(
        (n, values) in (1u32..=4).prop_flat_map(|n| (Just(n), coefficients(n))),
        hermitian in any::<bool>(),
        closed in any::<bool>(),
    ) {
        let size = 1usize << n;
        let values: Vec<_> = values
            .into_iter()
            .filter(|(distance, _)| !(hermitian && closed && 2 * distance > size))
            .collect();
        prop_assume!(!values.is_empty());
        let matrix = shifts(n, &values, hermitian, closed);
        let encoding = structured(&matrix);
        check(&encoding, &matrix);
        check_prediction(&matrix);
        prop_assert_eq!(encoding.hermitian, qnewton_matrix::is_hermitian(&matrix));
        // The sum of the magnitudes, each once for either direction.
        let sum: f64 = values
            .iter()
            .map(|(distance, value)| match (hermitian, 2 * distance % size == 0 && (closed || n == 1)) {
                (true, true) => value.re.abs(),
                (true, false) if *distance == 0 => value.re.abs(),
                (true, false) => 2.0 * value.norm(),
                (false, _) => value.norm(),
            })
            .sum();
        prop_assert!(encoding.alpha <= sum * (1.0 + 1e-14), "{} {sum}", encoding.alpha);
    }

    #[test]
    fn grids_with_open_or_periodic_ends_and_any_potential_are_recognised(
        sides in proptest::collection::vec((1usize..=3, -1.0..1.0f64, any::<bool>()), 1..=3),
        diagonal in -2.0..2.0f64,
        potential in proptest::option::of(any::<u64>()),
    ) {
        let n: usize = sides.iter().map(|side| side.0).sum();
        prop_assume!(n <= 5 && sides.iter().all(|side| side.1.abs() > 0.05));
        let size = 1usize << n;
        let mut triplets = Vec::new();
        let draw = |seed: u64, j: usize| {
            ((seed.wrapping_add(j as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40) % 1000) as f64 / 500.0 - 1.0
        };
        for j in 0..size {
            triplets.push((j, j, potential.map_or(diagonal, |seed| draw(seed, j))));
            let mut low = 0;
            for &(bits, value, periodic) in &sides {
                let own = j >> low & ((1 << bits) - 1);
                let next = (own + 1) & ((1 << bits) - 1);
                let row = j ^ (own ^ next) << low;
                // In one bit both directions are the same pair.
                if next > own || periodic && bits > 1 {
                    triplets.extend([(row, j, value), (j, row, value)]);
                }
                low += bits;
            }
        }
        let matrix = SparseMatrix::from_triplets(size, size, triplets).unwrap();
        let encoding = structured(&matrix);
        check(&encoding, &matrix);
        check_prediction(&matrix);
        // The same with complex neighbours, the conjugates above the diagonal.
        let phase = |row: usize, column: usize, value: f64| {
            Complex64::from_polar(value, if row > column { 0.7 } else if row < column { -0.7 } else { 0.0 })
        };
        let triplets = matrix.iter().map(|(row, column, value)| (row, column, phase(row, column, value)));
        let turned = SparseMatrix::from_triplets(size, size, triplets).unwrap();
        match encode(&turned, Method::Structured, &exact()) {
            Ok(encoding) => check(&encoding, &turned),
            // Around a period the phases do not add up.
            Err(_) => prop_assert!(sides.iter().any(|side| side.0 > 1 && side.2)),
        }
        let times = |bits: usize| if bits == 1 { 1.0 } else { 2.0 };
        let sum: f64 = sides.iter().map(|&(bits, value, _)| times(bits) * value.abs()).sum();
        let largest = matrix.diagonal().iter().fold(0.0f64, |largest, value| largest.max(value.abs()));
        prop_assert!(encoding.alpha <= (sum + largest) * (1.0 + 1e-14));
    }

    #[test]
    fn padded_tridiagonal_matrices_are_recognised(
        (n, active) in (2u32..=4).prop_flat_map(|n| (Just(n), 2..1usize << n)),
        (diagonal, off, padding) in (-1.0..1.0f64, 0.1..1.0f64, 0.1..2.0f64),
        same in any::<bool>(),
    ) {
        let size = 1usize << n;
        let mut triplets = Vec::new();
        for j in 0..size {
            triplets.push((j, j, if j < active || same { diagonal } else { padding }));
            if j + 1 < active {
                triplets.extend([(j, j + 1, off), (j + 1, j, off)]);
            }
        }
        let matrix = SparseMatrix::from_triplets(size, size, triplets).unwrap();
        let encoding = structured(&matrix);
        check(&encoding, &matrix);
        check_prediction(&matrix);
        let largest = if same { diagonal.abs() } else { diagonal.abs().max(padding) };
        prop_assert!((encoding.alpha - largest - 2.0 * off).abs() < 1e-14);
    }

    #[test]
    fn families_are_what_they_write_out(
        qubits in proptest::collection::vec(2usize..=3, 1..=2),
        periodic in any::<bool>(),
        (diagonal, off_diagonal) in (-1.0..1.0f64, -1.0..1.0f64),
    ) {
        let boundary = if periodic { Boundary::Periodic } else { Boundary::Open };
        let single = Family::TridiagonalToeplitz { qubits: qubits[0], diagonal, off_diagonal, boundary };
        for family in [Family::Laplacian { boundary, qubits: qubits.clone() }, single] {
            let encoding = family.encode().unwrap();
            prop_assert!((encoding.alpha - family.alpha()).abs() <= 1e-15 * family.alpha());
            let matrix = written_out(&family);
            check(&encoding, &matrix);
            // The same gates as for the entries, whose amplitudes are in another unit before they are normalized.
            let recognised = structured(&matrix);
            let counts = |encoding: &BlockEncoding| count(&lower(&encoding.circuit, Basis::U3Cx).unwrap()).unwrap();
            prop_assert_eq!(counts(&recognised), counts(&encoding));
            prop_assert!((recognised.alpha - encoding.alpha).abs() <= 1e-15 * encoding.alpha);
            let eigen = symmetric_eigen_decomposition(&matrix.to_dense()).unwrap();
            let norm = eigen.values.iter().fold(0.0f64, |norm, value| norm.max(value.abs()));
            prop_assert!((family.norm().unwrap() - norm).abs() < 1e-12);
        }
    }
}

/// Banded matrices with a few Walsh functions for each band.
fn walsh_families() -> impl Strategy<Value = Family> {
    let band =
        (0i64..8, 0.1..1.0f64, proptest::collection::btree_map(0u64..16, -1.0..1.0f64, 0..4), any::<bool>());
    (any::<bool>(), proptest::collection::vec(band, 1..4)).prop_map(|(symmetric, bands)| {
        let mut seen = std::collections::BTreeSet::new();
        let bands = bands
            .into_iter()
            .map(|(offset, weight, coefficients, back)| WalshBand {
                offset: if back && !symmetric { -offset } else { offset },
                weight,
                coefficients: coefficients.into_iter().collect(),
            })
            .filter(|band| seen.insert(band.offset))
            .collect();
        Family::BandedWalsh { qubits: 4, symmetric, bands }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn banded_walsh_families_are_what_they_write_out(family in walsh_families()) {
        let encoding = family.encode().unwrap();
        prop_assert!((encoding.alpha - family.alpha()).abs() <= 1e-15 * family.alpha());
        check(&encoding, &written_out(&family));
        let certificate = certify(&encoding, &family, Verification::Forced, &Silent).unwrap();
        prop_assert!(certificate.error <= 1e-12 * encoding.alpha);
    }
}

fn tridiagonal(size: usize, diagonal: f64, off_diagonal: f64) -> SparseMatrix<f64> {
    let triplets = (0..size).flat_map(|j| {
        let off = (j + 1 < size).then_some([(j, j + 1, off_diagonal), (j + 1, j, off_diagonal)]);
        off.into_iter().flatten().chain([(j, j, diagonal)])
    });
    SparseMatrix::from_triplets(size, size, triplets).unwrap()
}

/// At most so many `cx` gates and qubits to be projected, at this alpha.
fn costs_at_most(encoding: &BlockEncoding, gates: u128, projected: usize, alpha: f64) {
    let (found, qubits) = (cx(encoding), encoding.projected_qubits().unwrap());
    assert!(found <= gates && qubits <= projected, "{found} cx, {qubits} projected");
    assert!((encoding.alpha - alpha).abs() <= 1e-14 * alpha, "{}", encoding.alpha);
}

#[test]
fn laplacians_cost_few_gates() {
    // 7n - 9 for an addition of 1 to n bits under one control, 6 for a second control, 2 for each complemented bit, 1 for
    // the lowest bit.
    let open = |qubits: &[usize]| {
        Family::Laplacian { boundary: Boundary::Open, qubits: qubits.to_vec() }.encode().unwrap()
    };
    let periodic = |qubits: &[usize]| {
        Family::Laplacian { boundary: Boundary::Periodic, qubits: qubits.to_vec() }.encode().unwrap()
    };
    // To four bits with two clean qubits in place of three: 5 `cx` more, and one qubit less.
    costs_at_most(&structured(&tridiagonal(16, 0.5, -0.25)), 37, 3, 1.0);
    assert_eq!(structured(&tridiagonal(16, 0.5, -0.25)).clean_qubits().unwrap(), 2);
    costs_at_most(&structured(&tridiagonal(64, 2.0, -1.0)), 50, 3, 4.0);
    costs_at_most(&open(&[6]), 50, 3, 4.0);
    costs_at_most(&periodic(&[6]), 41, 2, 4.0);
    costs_at_most(&open(&[6, 6]), 106, 4, 8.0);
    costs_at_most(&periodic(&[6, 6]), 88, 3, 8.0);
    costs_at_most(&open(&[6, 6, 6]), 168, 5, 12.0);
    costs_at_most(&periodic(&[6, 6, 6]), 141, 4, 12.0);
    costs_at_most(&open(&[1, 1, 1, 1]), 32, 4, 12.0);
}

#[test]
fn a_padded_laplacian_costs_two_comparisons_more() {
    let size = 128usize;
    let mut triplets: Vec<(usize, usize, f64)> = tridiagonal(100, 2.0, -1.0).iter().collect();
    triplets.extend((100..size).map(|j| (j, j, 2.0)));
    let matrix = SparseMatrix::from_triplets(size, size, triplets).unwrap();
    let encoding = structured(&matrix);
    costs_at_most(&encoding, 116, 3, 4.0);
    check(&encoding, &matrix);
}

#[test]
fn several_diagonals_share_an_addition() {
    let matrix = |count: usize, hermitian, closed| {
        let values: Vec<_> = (0..count).map(|distance| (distance, Complex64::from(-1.0))).collect();
        structured(&shifts(6, &values, hermitian, closed))
    };
    for (count, gates, projected) in [(2, 50, 3), (3, 56, 4), (4, 57, 4), (8, 70, 5), (16, 89, 6)] {
        costs_at_most(&matrix(count, true, false), gates, projected, 2.0 * count as f64 - 1.0);
    }
    for (count, gates, projected) in [(2, 41, 2), (3, 47, 3), (8, 61, 4), (33, 183, 7)] {
        let alpha = 2.0 * count as f64 - if count == 33 { 2.0 } else { 1.0 };
        costs_at_most(&matrix(count, true, true), gates, projected, alpha);
    }
    for (count, gates, projected) in [(2, 33, 1), (4, 38, 2), (8, 51, 3), (16, 70, 4), (64, 311, 7)] {
        costs_at_most(&matrix(count, false, true), gates, projected, count as f64);
    }
}

#[test]
fn families_of_2_to_the_40_unknowns_are_encoded_and_counted() {
    let laplacian = |boundary, qubits| Family::Laplacian { boundary, qubits };
    let shifted = Family::TridiagonalToeplitz {
        qubits: 40,
        diagonal: 3.0,
        off_diagonal: -1.0,
        boundary: Boundary::Periodic,
    };
    for (family, gates, qubits, layers) in [
        (laplacian(Boundary::Open, vec![40]), 356, 82, 312),
        (laplacian(Boundary::Periodic, vec![20, 20]), 340, 61, 279),
        (shifted, 347, 80, 304),
    ] {
        let encoding = family.encode().unwrap();
        let lowered = lower(&encoding.circuit, Basis::U3Cx).unwrap();
        assert!(count(&lowered).unwrap().gate(Gate::Cx) <= gates, "{family:?}");
        assert!(lowered.entry().unwrap().qubit_count() <= qubits, "{family:?}");
        assert!(depth(&lowered).unwrap().two_qubit <= layers, "{family:?}");
    }
}

/// Rotations of the flag.
fn rotations(encoding: &BlockEncoding) -> usize {
    let table = |table: &Table| match table {
        Table::Angles(AngleTable::WalshSparse { coefficients, .. }) => coefficients.len(),
        _ => 0,
    };
    encoding.circuit.tables().iter().map(table).sum()
}

#[test]
fn bands_of_512_walsh_functions_cost_512_rotations_each() {
    let (n, functions) = (20, 512u64);
    // Masks of the highest bits make a smooth function; those of different bands may as well have nothing in common.
    let smooth = |_: i64, k: u64| k << (n - 9);
    let scattered = |offset: i64, k: u64| (k * 2_654_435_761 + (offset + 1) as u64 * 77_777) & 0xf_ffff;
    let family = |symmetric, offsets: &[i64], mask: &dyn Fn(i64, u64) -> u64| {
        let band = |&offset: &i64| {
            let value = |k: u64| 1.0 / (1.5 + offset as f64 / 4.0 + k as f64);
            let coefficients = (0..functions).map(|k| (mask(offset, k), value(k))).collect();
            WalshBand { offset, weight: 1.0 + offset as f64 / 8.0, coefficients }
        };
        Family::BandedWalsh { qubits: n, symmetric, bands: offsets.iter().map(band).collect() }
    };
    for (symmetric, offsets, gates, qubits) in
        [(true, &[0, 1][..], [1307, 5375], 44), (false, &[-1, 0, 1], [1718, 8552], 43)]
    {
        let distinct = 512 * offsets.len();
        for (mask, turns, gates) in
            [(&smooth as &dyn Fn(i64, u64) -> u64, distinct, gates[0]), (&scattered, 2 * distinct, gates[1])]
        {
            let encoding = family(symmetric, offsets, mask).encode().unwrap();
            assert_eq!(rotations(&encoding), turns);
            let lowered = lower(&encoding.circuit, Basis::U3Cx).unwrap();
            assert!(count(&lowered).unwrap().gate(Gate::Cx) <= gates);
            assert!(lowered.entry().unwrap().qubit_count() <= qubits);
        }
    }
}

#[test]
fn what_has_no_such_structure_is_refused() {
    let refused = |matrix: &SparseMatrix<f64>| match encode(matrix, Method::Structured, &exact()) {
        Err(EncodingError::NotApplicable { reason, .. }) => reason,
        other => panic!("{other:?}"),
    };
    let varied =
        SparseMatrix::from_triplets(4, 4, [(0, 1, 1.0), (1, 0, 1.0), (1, 2, 2.0), (2, 1, 2.0)]).unwrap();
    assert!(refused(&varied).contains("not constant"));
    let lonely = SparseMatrix::from_triplets(8, 8, [(0, 0, 1.0), (3, 4, 1.0), (4, 3, 1.0)]).unwrap();
    assert!(refused(&lonely).contains("neither"));
    for family in [
        Family::Laplacian { boundary: Boundary::Open, qubits: vec![] },
        Family::Laplacian { boundary: Boundary::Periodic, qubits: vec![3, 1] },
        Family::Laplacian { boundary: Boundary::Open, qubits: vec![61] },
        Family::BandedWalsh {
            qubits: 3,
            symmetric: true,
            bands: vec![WalshBand { offset: -1, weight: 1.0, coefficients: vec![] }],
        },
        Family::BandedWalsh {
            qubits: 3,
            symmetric: false,
            bands: vec![WalshBand { offset: 8, weight: 1.0, coefficients: vec![] }],
        },
        Family::BandedWalsh {
            qubits: 3,
            symmetric: false,
            bands: vec![WalshBand { offset: 1, weight: 1.0, coefficients: vec![(8, 1.0)] }],
        },
    ] {
        assert!(matches!(family.encode(), Err(EncodingError::NotApplicable { .. })), "{family:?}");
    }
    let zero =
        Family::TridiagonalToeplitz { qubits: 3, diagonal: 0.0, off_diagonal: 0.0, boundary: Boundary::Open };
    assert!(matches!(zero.encode(), Err(EncodingError::ZeroMatrix)));
}
