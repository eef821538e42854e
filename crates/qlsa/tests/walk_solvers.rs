//! Solvers made of walk steps against dense linear algebra: every encoding that is its own inverse, structured and
//! lowered.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use num_complex::Complex64;
use proptest::prelude::*;
use qnewton_circuit::lower::allocate_ancillas;
use qnewton_circuit::verify::verify;
use qnewton_circuit::{Basis, Circuit, Definition, Gate, Operation, QubitId, cost, lower};
use qnewton_core::Silent;
use qnewton_encoding::composition::self_inverse;
use qnewton_encoding::{BlockEncoding, Boundary, EncodingError, EncodingOptions, Family, Method, encode};
use qnewton_matrix::{SparseMatrix, SpectrumOptions, solve, spectrum};
use qnewton_qlsa::cks::{self, chebyshev_sum_circuit, chebyshev_sum_symbolic};
use qnewton_qlsa::hhl::{
    self, EigenvalueTable, phase_estimation_circuit, phase_estimation_symbolic, tabulated_circuit,
};
use qnewton_qlsa::polynomial::{ChebyshevSeries, Parity, inverse_absolute, inverse_cks, inverse_relative};
use qnewton_qlsa::solver::SolverCircuit;
use qnewton_qlsa::walk::{WalkError, WalkSolver, hermitian_system};
use qnewton_statevector::{Program, RunOptions, StateVector, project};

/// Random matrices, shifted so that the condition number stays small, and right-hand sides.
fn systems(n: usize, symmetric: bool) -> impl Strategy<Value = (SparseMatrix<f64>, Vec<f64>)> {
    let size = 1usize << n;
    let entries = proptest::collection::vec(-0.3..0.3f64, size * size);
    let rhs = proptest::collection::vec(-1.0..1.0f64, size);
    (any::<bool>(), entries, rhs).prop_map(move |(indefinite, entries, mut rhs)| {
        let triplets = (0..size).flat_map(|i| (0..size).map(move |j| (i, j))).map(|(i, j)| {
            let value = if symmetric && i > j { entries[j * size + i] } else { entries[i * size + j] };
            let sign = if indefinite && i % 2 == 1 { -1.0 } else { 1.0 };
            (i, j, if i == j { value + sign } else { value })
        });
        rhs[0] += 0.1;
        (SparseMatrix::from_triplets(size, size, triplets).unwrap(), rhs)
    })
}

fn symmetric_systems() -> impl Strategy<Value = (SparseMatrix<f64>, Vec<f64>)> {
    (1usize..=3).prop_flat_map(|n| systems(n, true))
}

/// All encodings of a matrix that walks accept, but for those on many qubits, which would take long to execute.
fn encodings(matrix: &SparseMatrix<f64>) -> Vec<BlockEncoding> {
    let encoding = |&method| match encode(matrix, method, &EncodingOptions::default()) {
        Ok(encoding) => Some(encoding),
        Err(EncodingError::NotApplicable { .. }) => None,
        Err(error) => panic!("{method:?}: {error}"),
    };
    let is_accepted = |encoding: &BlockEncoding| {
        let ancillas = encoding.projected_qubits().unwrap() + encoding.clean_qubits().unwrap();
        encoding.hermitian && encoding.system_qubits + ancillas <= 9
    };
    Method::ALL.iter().filter_map(encoding).filter(is_accepted).collect()
}

/// Those whose subnormalization allows a short polynomial, with the lower end of its band.
fn invertible_encodings(matrix: &SparseMatrix<f64>) -> Vec<(BlockEncoding, f64)> {
    let smallest = spectrum(matrix, &SpectrumOptions::default()).unwrap().smallest;
    let with_band = |encoding: BlockEncoding| {
        let band = smallest / encoding.alpha;
        (band > 0.04).then_some((encoding, band))
    };
    encodings(matrix).into_iter().filter_map(with_band).collect()
}

fn norm(vector: &[f64]) -> f64 {
    vector.iter().map(|value| value * value).sum::<f64>().sqrt()
}

fn amplitudes(circuit: &Circuit, system: usize) -> Vec<Complex64> {
    let program = Program::<f64>::new(circuit).unwrap();
    let mut state = StateVector::zero(program.qubits()).unwrap();
    program.run(&mut state, &RunOptions::default(), &Silent).unwrap();
    let system: Vec<QubitId> = (0..system as u32).map(QubitId).collect();
    project(&state, &system).unwrap()
}

/// P(A / alpha) b / ||b|| as the circuit computes it, checked to be well-formed.
fn applied(found: &WalkSolver, system: usize) -> Vec<Complex64> {
    assert_eq!(verify(&found.solver.circuit), vec![]);
    let amplitudes = amplitudes(&found.solver.circuit, system);
    amplitudes.iter().map(|amplitude| amplitude * found.normalization).collect()
}

/// The solution that the circuit of an inversion polynomial leaves.
fn solution(found: &WalkSolver, encoding: &BlockEncoding, rhs: &[f64]) -> Vec<Complex64> {
    let scale = norm(rhs) / encoding.alpha;
    applied(found, encoding.system_qubits).iter().map(|value| value * scale).collect()
}

fn distance(found: &[Complex64], expected: &[f64]) -> f64 {
    found.iter().zip(expected).map(|(a, b)| (a - b).norm_sqr()).sum::<f64>().sqrt()
}

/// P(A / alpha) b / ||b|| by the three-term recurrence.
fn expected(matrix: &SparseMatrix<f64>, alpha: f64, rhs: &[f64], series: &ChebyshevSeries) -> Vec<f64> {
    let dense = matrix.to_dense();
    let times = |v: &[f64]| -> Vec<f64> {
        let row = |i: usize| (0..v.len()).map(|j| dense[(i, j)] * v[j]).sum::<f64>() / alpha;
        (0..v.len()).map(row).collect()
    };
    let mut previous: Vec<f64> = rhs.iter().map(|value| value / norm(rhs)).collect();
    let mut current = times(&previous);
    let mut sum = vec![0.0; rhs.len()];
    for n in 1..=series.degree() {
        sum.iter_mut().zip(&current).for_each(|(sum, value)| *sum += series.coefficient(n) * value);
        let next = times(&current).iter().zip(&previous).map(|(a, b)| 2.0 * a - b).collect();
        previous = std::mem::replace(&mut current, next);
    }
    sum
}

/// The largest difference that lowering makes.
fn lowering_error(circuit: &Circuit, system: usize) -> f64 {
    let structured = amplitudes(circuit, system);
    let error = |&basis: &Basis| {
        let lowered = amplitudes(&lower(circuit, basis).unwrap(), system);
        lowered.iter().zip(&structured).map(|(a, b)| (a - b).norm()).fold(0.0, f64::max)
    };
    Basis::ALL.iter().map(error).fold(0.0, f64::max)
}

/// The circuit without values costs what the one with values does before elision.
fn assert_same_cost(symbolic: &SolverCircuit, built: &SolverCircuit) {
    let qubits = |circuit| allocate_ancillas(circuit).unwrap().entry().unwrap().qubit_count();
    assert_eq!(verify(&symbolic.circuit), vec![]);
    assert_eq!(cost(&symbolic.circuit).unwrap(), cost(&built.circuit).unwrap());
    assert_eq!((symbolic.queries, symbolic.queries_b), (built.queries, built.queries_b));
    assert_eq!(qubits(&symbolic.circuit), qubits(&built.circuit));
}

fn odd(coefficients: Vec<f64>) -> ChebyshevSeries {
    ChebyshevSeries::new(coefficients, Some(Parity::Odd)).unwrap()
}

/// Calls of the encoding that the circuit makes, repetitions counted, with or without a change of basis around it.
fn queries(circuit: &Circuit, encoding: &BlockEncoding) -> u64 {
    let entry = encoding.circuit.entry().unwrap();
    let query = match entry.operations() {
        [Operation::Conjugate(position)] => {
            encoding.circuit.definition(entry.conjugates(*position).inner.callee)
        }
        _ => entry,
    };
    let mut counts: Vec<u64> = Vec::new();
    for definition in circuit.definitions() {
        let own = u64::from(definition.name == query.name);
        let calls = definition.all_calls().map(|call| call.repetitions * counts[call.callee.index()]);
        counts.push(own + calls.sum::<u64>());
    }
    *counts.last().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn powers_of_the_walk_are_chebyshev_polynomials((matrix, rhs) in symmetric_systems()) {
        for encoding in encodings(&matrix) {
            for n in [1, 3, 5, 7, 9] {
                let mut coefficients = vec![0.0; n / 2 + 1];
                coefficients[n / 2] = if n % 4 == 1 { 0.5 } else { -2.0 };
                let series = odd(coefficients);
                let found = chebyshev_sum_circuit(&encoding, &rhs, &series).unwrap();
                let error = distance(
                    &applied(&found, encoding.system_qubits),
                    &expected(&matrix, encoding.alpha, &rhs, &series),
                );
                prop_assert!(error < 1e-11, "{} {n} {error}", encoding.name);
            }
        }
    }

    #[test]
    fn sums_of_chebyshev_polynomials_are_applied(
        (matrix, rhs) in symmetric_systems(),
        coefficients in proptest::collection::vec(-1.0..1.0f64, 1..10),
    ) {
        let series = odd(coefficients);
        for encoding in encodings(&matrix) {
            let found = chebyshev_sum_circuit(&encoding, &rhs, &series).unwrap();
            let error = distance(
                &applied(&found, encoding.system_qubits),
                &expected(&matrix, encoding.alpha, &rhs, &series),
            );
            prop_assert!(error < 1e-11, "{} {error}", encoding.name);
            prop_assert_eq!(found.solver.queries, series.degree() as u64);
            let symbolic = chebyshev_sum_symbolic(&encoding, series.degree() as u64).unwrap();
            assert_same_cost(&symbolic, &found.solver);
        }
    }

    #[test]
    fn sums_invert((matrix, rhs) in symmetric_systems()) {
        let encodings = invertible_encodings(&matrix);
        prop_assume!(!encodings.is_empty());
        let exact = solve(&matrix, &rhs).unwrap().x;
        for (encoding, a) in encodings {
            for polynomial in [inverse_relative(a, 1e-3).unwrap(), inverse_absolute(a, 1e-3).unwrap()] {
                let found = chebyshev_sum_circuit(&encoding, &rhs, &polynomial.series).unwrap();
                let solution = solution(&found, &encoding, &rhs);
                // |1 - x P(x)| <= |1/x - P(x)| for x <= 1.
                let error = distance(&solution, &exact);
                prop_assert!(error <= 1.0001e-3 * norm(&exact), "{} {error}", encoding.name);
                prop_assert_eq!(found.solver.queries, cks::queries(polynomial.degree));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn corrected_phase_estimation_applies_the_polynomial_itself(
        (matrix, rhs) in symmetric_systems(),
        coefficients in proptest::collection::vec(-1.0..1.0f64, 1..10),
        more in 0usize..2,
    ) {
        let series = odd(coefficients);
        let clock = hhl::clock_qubits(series.degree()) + more;
        let table = EigenvalueTable::corrected(&series, clock).unwrap();
        for encoding in encodings(&matrix) {
            let found = tabulated_circuit(&encoding, &rhs, &table).unwrap();
            let error = distance(
                &applied(&found, encoding.system_qubits),
                &expected(&matrix, encoding.alpha, &rhs, &series),
            );
            prop_assert!(error < 1e-10, "{} {error}", encoding.name);
            prop_assert_eq!(found.solver.queries, hhl::queries_of_clock(clock));
        }
    }

    #[test]
    fn phase_estimation_by_the_textbook_applies_what_its_table_says(
        (matrix, rhs) in symmetric_systems(),
        a in 0.1..0.5f64,
        clock in 2usize..6,
    ) {
        let table = EigenvalueTable::uncorrected(a, clock).unwrap();
        let series = table.applied().unwrap();
        for encoding in encodings(&matrix) {
            let found = tabulated_circuit(&encoding, &rhs, &table).unwrap();
            let error = distance(
                &applied(&found, encoding.system_qubits),
                &expected(&matrix, encoding.alpha, &rhs, &series),
            );
            prop_assert!(error < 1e-10, "{} {error}", encoding.name);
        }
    }

    #[test]
    fn phase_estimation_inverts((matrix, rhs) in symmetric_systems()) {
        let encodings = invertible_encodings(&matrix);
        prop_assume!(!encodings.is_empty());
        let exact = solve(&matrix, &rhs).unwrap().x;
        for (encoding, a) in encodings {
            let polynomial = inverse_relative(a, 1e-3).unwrap();
            let found = phase_estimation_circuit(&encoding, &rhs, &polynomial.series).unwrap();
            let solution = solution(&found, &encoding, &rhs);
            prop_assert!(distance(&solution, &exact) <= 1.0001e-3 * norm(&exact), "{}", encoding.name);
            prop_assert_eq!(found.solver.queries, hhl::queries(polynomial.degree));
            let symbolic = phase_estimation_symbolic(&encoding, polynomial.degree as u64).unwrap();
            assert_same_cost(&symbolic, &found.solver);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn lowering_changes_nothing((matrix, rhs) in (1usize..=2).prop_flat_map(|n| systems(n, true))) {
        for encoding in encodings(&matrix) {
            let series = odd(vec![0.9, -0.4, 0.3, 0.2, -0.7]);
            let sum = chebyshev_sum_circuit(&encoding, &rhs, &series).unwrap();
            let estimation = phase_estimation_circuit(&encoding, &rhs, &series).unwrap();
            for SolverCircuit { circuit, queries: promised, .. } in [sum.solver, estimation.solver] {
                let error = lowering_error(&circuit, encoding.system_qubits);
                prop_assert!(error < 1e-11, "{} {error}", encoding.name);
                prop_assert_eq!(queries(&circuit, &encoding), promised);
            }
        }
    }

    #[test]
    fn matrices_that_are_not_symmetric_are_dilated((matrix, rhs) in systems(2, false)) {
        let ends = spectrum(&matrix, &SpectrumOptions::default()).unwrap();
        prop_assume!(ends.condition_number.is_some_and(|kappa| kappa < 10.0));
        let exact = solve(&matrix, &rhs).unwrap().x;
        for method in [Method::Sparse, Method::Fable, Method::Dyadic] {
            let plain = encode(&matrix, method, &EncodingOptions::default()).unwrap();
            let series = inverse_relative(ends.smallest / plain.alpha, 1e-3).unwrap().series;
            let refused = chebyshev_sum_circuit(&plain, &rhs, &series);
            let is_refused = matches!(refused, Err(WalkError::NotSelfInverse { .. }));
            prop_assert!(is_refused);
            let (encoding, embedded) = hermitian_system(&plain, &rhs).unwrap();
            let found = chebyshev_sum_circuit(&encoding, &embedded, &series).unwrap();
            let error = distance(&solution(&found, &encoding, &rhs), &[exact.clone(), vec![0.0; 4]].concat());
            prop_assert!(error <= 1.0001e-3 * norm(&exact), "{} {error}", encoding.name);
        }
    }
}

#[test]
fn the_series_of_childs_kothari_and_somma_inverts() {
    let entries = [(0, 0, 0.8), (0, 1, 0.3), (1, 0, 0.3), (1, 1, -0.6)];
    let matrix = SparseMatrix::from_triplets(2, 2, entries).unwrap();
    let rhs = [0.4, -1.0];
    let exact = solve(&matrix, &rhs).unwrap().x;
    let encoding = encode(&matrix, Method::Fable, &EncodingOptions::default()).unwrap();
    let smallest = spectrum(&matrix, &SpectrumOptions::default()).unwrap().smallest;
    let polynomial = inverse_cks(smallest / encoding.alpha, 1e-2).unwrap();
    let found = chebyshev_sum_circuit(&encoding, &rhs, &polynomial.series).unwrap();
    assert!(distance(&solution(&found, &encoding, &rhs), &exact) <= polynomial.error * norm(&exact));
}

#[test]
fn an_encoding_without_ancillas_and_one_made_self_inverse_are_accepted() {
    let rhs = [0.6, -0.8];
    let exchange = SparseMatrix::from_triplets(2, 2, [(0, 1, 1.0), (1, 0, 1.0)]).unwrap();
    let series = odd(vec![-0.3, 0.5, 0.1]);
    assert!(encodings(&exchange).iter().any(|encoding| encoding.projected_qubits().unwrap() == 0));
    for encoding in encodings(&exchange) {
        let found = chebyshev_sum_circuit(&encoding, &rhs, &series).unwrap();
        let error = distance(&applied(&found, 1), &expected(&exchange, encoding.alpha, &rhs, &series));
        assert!(error < 1e-12, "{} {error}", encoding.name);
    }
    let plain = BlockEncoding { hermitian: false, ..encodings(&exchange).swap_remove(0) };
    let encoding = self_inverse(&plain).unwrap();
    let found = chebyshev_sum_circuit(&encoding, &rhs, &series).unwrap();
    assert!(distance(&applied(&found, 1), &expected(&exchange, encoding.alpha, &rhs, &series)) < 1e-12);
}

#[test]
fn an_encoding_may_have_registers_of_any_name() {
    let mut definition = Definition::new("main");
    let system = definition.add_register("system", 1).qubit(0);
    let [power, ..] = ["power", "clock", "inverse"].map(|name| definition.add_register(name, 1).qubit(0));
    definition.gate(Gate::X, &[system], &[]);
    definition.gate(Gate::Ry, &[power], &[2.0 * 0.6f64.acos()]);
    definition.gate(Gate::Z, &[power], &[]);
    let mut circuit = Circuit::new();
    circuit.add(definition);
    let exchange = SparseMatrix::from_triplets(2, 2, [(0, 1, 1.0), (1, 0, 1.0)]).unwrap();
    let encoding = BlockEncoding {
        circuit,
        name: "by hand".into(),
        system_qubits: 1,
        projected: ["power", "clock", "inverse"].map(String::from).to_vec(),
        alpha: 1.0 / 0.6,
        truncation: 0.0,
        hermitian: true,
        spectral: false,
    };
    let (rhs, series) = ([0.6, -0.8], odd(vec![-0.3, 0.5, 0.1]));
    let expected = expected(&exchange, encoding.alpha, &rhs, &series);
    for found in [
        chebyshev_sum_circuit(&encoding, &rhs, &series).unwrap(),
        phase_estimation_circuit(&encoding, &rhs, &series).unwrap(),
    ] {
        assert!(distance(&applied(&found, 1), &expected) < 1e-12);
    }
}

#[test]
fn circuits_without_values_take_any_degree() {
    let family = Family::TridiagonalToeplitz {
        qubits: 40,
        diagonal: 2.0,
        off_diagonal: -1.0,
        boundary: Boundary::Open,
    };
    let encoding = family.encode().unwrap();
    for degree in [1u64, 2, 529_831_737, 1 << 52] {
        let sum = chebyshev_sum_symbolic(&encoding, degree).unwrap();
        assert_eq!(sum.queries, degree | 1);
        let estimation = phase_estimation_symbolic(&encoding, degree).unwrap();
        assert!((degree..=4 * degree).contains(&estimation.queries));
        for solver in [sum, estimation] {
            assert_eq!(queries(&solver.circuit, &encoding), solver.queries);
            assert!(cost(&solver.circuit).unwrap().two_qubit() > u128::from(solver.queries));
        }
    }
    assert!(matches!(phase_estimation_symbolic(&encoding, u64::MAX), Err(WalkError::Clock { .. })));
    let plain = BlockEncoding { hermitian: false, ..encoding };
    assert!(matches!(chebyshev_sum_symbolic(&plain, 3), Err(WalkError::NotSelfInverse { .. })));
}

#[test]
fn what_cannot_be_applied_is_named() {
    let matrix = SparseMatrix::from_triplets(2, 2, [(0, 0, 1.0), (1, 1, 0.5)]).unwrap();
    let encoding = encode(&matrix, Method::Fable, &EncodingOptions::default()).unwrap();
    let series = odd(vec![1.0]);
    let error =
        |rhs: &[f64], series: &ChebyshevSeries| chebyshev_sum_circuit(&encoding, rhs, series).unwrap_err();
    for rhs in [vec![], vec![1.0], vec![0.0, 0.0], vec![1.0, f64::NAN], vec![1.0; 4]] {
        let length = rhs.len();
        assert_eq!(error(&rhs, &series), WalkError::RightHandSide { length, expected: 2 });
    }
    let even = ChebyshevSeries::new(vec![1.0], Some(Parity::Even)).unwrap();
    assert_eq!(error(&[1.0, 0.0], &even), WalkError::NotOdd);
    assert_eq!(error(&[1.0, 0.0], &odd(vec![0.0, 0.0])), WalkError::NotOdd);
}
