//! Solvers that yield the direction of the solution, executed and compared with dense solutions: symmetric matrices,
//! definite and indefinite, and others; structured and lowered.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use num_complex::Complex64;
use proptest::prelude::*;
use qnewton_circuit::lower::allocate_ancillas;
use qnewton_circuit::{Basis, Circuit, QubitId, cost, lower};
use qnewton_core::Silent;
use qnewton_encoding::{BlockEncoding, Boundary, EncodingError, EncodingOptions, Family, Method, encode};
use qnewton_matrix::{SparseMatrix, SpectrumOptions, solve, spectrum};
use qnewton_qlsa::adiabatic::{AdiabaticPlan, Path, adiabatic_circuit, adiabatic_symbolic};
use qnewton_qlsa::shortcut::{
    ShortcutPlan, StateSolverError, norm_search, shortcut_circuit, shortcut_symbolic,
};
use qnewton_qlsa::solver::SolverCircuit;
use qnewton_statevector::{Program, RunOptions, StateVector, project};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Shape {
    Definite,
    Indefinite,
    NonSymmetric,
}

#[derive(Clone, Debug)]
struct System {
    shape: Shape,
    matrix: SparseMatrix<f64>,
    rhs: Vec<f64>,
    solution: Vec<f64>,
    smallest: f64,
}

fn norm(vector: &[f64]) -> f64 {
    vector.iter().map(|value| value * value).sum::<f64>().sqrt()
}

/// Products of a diagonal matrix of given condition number and random plane rotations on either side.
fn systems(qubits: std::ops::RangeInclusive<usize>, largest_condition: f64) -> impl Strategy<Value = System> {
    let shapes = prop_oneof![Just(Shape::Definite), Just(Shape::Indefinite), Just(Shape::NonSymmetric)];
    (qubits, shapes, 1.2..largest_condition).prop_flat_map(|(qubits, shape, condition)| {
        let size = 1usize << qubits;
        let angles = proptest::collection::vec(-3.0..3.0f64, 2 * size);
        let vectors = proptest::collection::vec((0.0..1.0f64, -1.0..1.0f64), size);
        (angles, vectors, -1.0..1.0f64).prop_map(move |(angles, vectors, scale)| {
            let mut dense = vec![vec![0.0; size]; size];
            for (i, (exponent, _)) in vectors.iter().enumerate() {
                let exponent = [1.0, 0.0].get(i).copied().unwrap_or(*exponent);
                let sign = if shape == Shape::Indefinite && i % 2 == 1 { -1.0 } else { 1.0 };
                dense[i][i] = sign * condition.powf(-exponent) * scale.exp();
            }
            for (i, &angle) in angles.iter().enumerate() {
                let (p, q) = (i % size, (i + 1) % size);
                let (sine, cosine) = angle.sin_cos();
                let other =
                    if shape == Shape::NonSymmetric { (angle * 7.0).sin_cos() } else { (sine, cosine) };
                for row in &mut dense {
                    (row[p], row[q]) = (cosine * row[p] - sine * row[q], sine * row[p] + cosine * row[q]);
                }
                let (first, second) = (dense[p].clone(), dense[q].clone());
                for (j, (a, b)) in first.into_iter().zip(second).enumerate() {
                    dense[p][j] = other.1 * a - other.0 * b;
                    dense[q][j] = other.0 * a + other.1 * b;
                }
            }
            let triplets = (0..size).flat_map(|i| (0..size).map(move |j| (i, j)));
            let symmetric = shape != Shape::NonSymmetric;
            let value = |i: usize, j: usize| if symmetric && i > j { dense[j][i] } else { dense[i][j] };
            let matrix =
                SparseMatrix::from_triplets(size, size, triplets.map(|(i, j)| (i, j, value(i, j)))).unwrap();
            let mut rhs: Vec<f64> = vectors.iter().map(|(_, amplitude)| *amplitude).collect();
            rhs[0] += 0.01;
            let solution = solve(&matrix, &rhs).unwrap().x;
            let smallest = spectrum(&matrix, &SpectrumOptions::default()).unwrap().smallest;
            System { shape, matrix, rhs, solution, smallest }
        })
    })
}

/// The encoding by that method if it applies and its condition number alpha/sigma is small enough to execute.
fn encoding(system: &System, method: Method, largest_condition: f64) -> Option<BlockEncoding> {
    match encode(&system.matrix, method, &EncodingOptions::default()) {
        Ok(encoding) => (encoding.alpha <= largest_condition * system.smallest).then_some(encoding),
        Err(EncodingError::NotApplicable { .. }) => None,
        Err(error) => panic!("{}: {error}", method.name()),
    }
}

fn amplitudes(circuit: &Circuit, system: usize) -> Vec<Complex64> {
    let program = Program::<f64>::new(circuit).unwrap();
    let mut state = StateVector::zero(program.qubits()).unwrap();
    program.run(&mut state, &RunOptions::default(), &Silent).unwrap();
    let system: Vec<QubitId> = (0..system as u32).map(QubitId).collect();
    project(&state, &system).unwrap()
}

/// Distance of the normalised amplitudes from the normalised vector up to a phase, and the probability.
fn direction_error(amplitudes: &[Complex64], exact: &[f64]) -> (f64, f64) {
    let probability: f64 = amplitudes.iter().map(Complex64::norm_sqr).sum();
    let overlap: Complex64 = amplitudes.iter().zip(exact).map(|(a, x)| a * x).sum();
    let phase = overlap / overlap.norm();
    let scale = phase * probability.sqrt() / norm(exact);
    let distance: f64 = amplitudes.iter().zip(exact).map(|(a, x)| (a - scale * x).norm_sqr()).sum();
    ((distance / probability).sqrt(), probability)
}

fn check_lowered(circuit: &Circuit, structured: &[Complex64], system: usize) -> Result<(), TestCaseError> {
    for &basis in Basis::ALL {
        let again = amplitudes(&lower(circuit, basis).unwrap(), system);
        let difference = again.iter().zip(structured).map(|(a, b)| (a - b).norm()).fold(0.0, f64::max);
        prop_assert!(difference < 1e-8, "{} {difference}", basis.name());
    }
    Ok(())
}

/// The circuit without values costs what the one with values does before elision.
fn assert_same_cost(symbolic: &SolverCircuit, built: &SolverCircuit) {
    let qubits = |circuit| allocate_ancillas(circuit).unwrap().entry().unwrap().qubit_count();
    assert_eq!(qnewton_circuit::verify::verify(&symbolic.circuit), vec![]);
    assert_eq!(cost(&symbolic.circuit).unwrap(), cost(&built.circuit).unwrap());
    assert_eq!((symbolic.queries, symbolic.queries_b), (built.queries, built.queries_b));
    assert_eq!(qubits(&symbolic.circuit), qubits(&built.circuit));
}

/// Relative smallest singular value and the norm of the solution in the units of plans.
fn units(system: &System, encoding: &BlockEncoding) -> (f64, f64) {
    let solution = encoding.alpha * norm(&system.solution) / norm(&system.rhs);
    ((system.smallest / encoding.alpha * (1.0 - 1e-9)).min(1.0), solution.max(1.0))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, failure_persistence: None, max_shrink_iters: 0, ..ProptestConfig::default() })]

    #[test]
    fn the_shortcut_yields_the_direction(
        system in systems(1..=3, 10.0),
        misjudged in -1.0..1.0f64,
        lowered in any::<bool>(),
    ) {
        for &method in Method::ALL {
            let Some(encoding) = encoding(&system, method, 60.0) else { continue };
            let (sigma, solution_norm) = units(&system, &encoding);
            for (epsilon, ratio) in [(1e-1, 2.0), (1e-2, 1.0), (1e-4, 1.3)] {
                let estimate = (solution_norm * f64::powf(ratio, misjudged)).max(1.0);
                let plan = ShortcutPlan::new(sigma, estimate, ratio, epsilon).unwrap();
                let solver = shortcut_circuit(&encoding, &system.rhs, &plan).unwrap();
                prop_assert_eq!(solver.queries, plan.queries);
                prop_assert_eq!(solver.queries_b, plan.queries_b());
                prop_assert_eq!(qnewton_circuit::verify::verify(&solver.circuit), vec![]);
                assert_same_cost(&shortcut_symbolic(&encoding, &plan).unwrap(), &solver);
                let found = amplitudes(&solver.circuit, encoding.system_qubits);
                prop_assert!(found.iter().all(|a| a.im.abs() < 1e-9));
                let (error, probability) = direction_error(&found, &system.solution);
                prop_assert!(error <= plan.direction_error, "{} {epsilon} {error}", method.name());
                prop_assert!(probability >= plan.success_probability * (1.0 - 1e-9), "{} {probability}", method.name());
                prop_assert!(plan.success_probability_at(solution_norm) * (1.0 - 1e-9) <= probability);
                if lowered && epsilon == 1e-2 && plan.queries < 150 && system.rhs.len() <= 4 {
                    check_lowered(&solver.circuit, &found, encoding.system_qubits)?;
                }
            }
        }
    }

    #[test]
    fn a_search_succeeds_within_its_promise_at_every_norm(system in systems(1..=2, 8.0)) {
        let encoding = encode(&system.matrix, Method::Dilation, &EncodingOptions::default()).unwrap();
        let (sigma, solution_norm) = units(&system, &encoding);

        for plan in norm_search(sigma, 1e-2).unwrap() {
            let solver = shortcut_circuit(&encoding, &system.rhs, &plan).unwrap();
            let found = amplitudes(&solver.circuit, encoding.system_qubits);
            let (error, probability) = direction_error(&found, &system.solution);
            prop_assert!(error <= 1e-2, "{error}");
            prop_assert!(probability >= plan.success_probability_at(solution_norm) * (1.0 - 1e-9));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, max_shrink_iters: 0, ..ProptestConfig::default() })]

    #[test]
    fn the_adiabatic_walk_and_its_filter_yield_the_direction(
        system in systems(1..=3, 5.0),
        walk_error in 0.2..0.5f64,
        lowered in any::<bool>(),
    ) {
        for &method in Method::ALL {
            let Some(encoding) = encoding(&system, method, 20.0) else { continue };
            let (sigma, _) = units(&system, &encoding);
            for path in [Path::Definite, Path::General] {
                if path == Path::Definite && system.shape != Shape::Definite {
                    continue;
                }
                for epsilon in [1e-1, 1e-2] {
                    let plan = AdiabaticPlan::new(path, sigma, walk_error, epsilon).unwrap();
                    let solver = adiabatic_circuit(&encoding, &system.rhs, &plan).unwrap();
                    prop_assert_eq!(solver.queries, plan.queries(encoding.hermitian));
                    prop_assert_eq!(solver.queries_b, plan.queries_b());
                    prop_assert_eq!(qnewton_circuit::verify::verify(&solver.circuit), vec![]);
                    assert_same_cost(&adiabatic_symbolic(&encoding, &plan).unwrap(), &solver);
                    let found = amplitudes(&solver.circuit, encoding.system_qubits);
                    prop_assert!(found.iter().all(|a| a.im.abs() < 1e-9));
                    let (error, probability) = direction_error(&found, &system.solution);
                    let name = method.name();
                    prop_assert!(error <= plan.direction_error, "{name} {path:?} {epsilon} {error}");
                    prop_assert!(probability >= plan.success_probability, "{name} {path:?} {probability}");
                    if lowered && epsilon == 1e-1 && solver.queries < 80 && system.rhs.len() <= 4 {
                        check_lowered(&solver.circuit, &found, encoding.system_qubits)?;
                    }
                }
            }
        }
    }
}

/// The filter repairs a walk that is far too fast, as long as half of the probability arrives.
#[test]
fn a_hasty_walk_costs_probability_only() {
    let matrix = SparseMatrix::from_triplets(2, 2, [(0, 0, 1.0), (1, 1, -0.2)]).unwrap();
    let encoding = encode(&matrix, Method::Dilation, &EncodingOptions::default()).unwrap();
    let mut plan = AdiabaticPlan::new(Path::General, 0.2, 0.2, 1e-3).unwrap();
    plan.walk_steps = 22;
    let solver = adiabatic_circuit(&encoding, &[0.8, 0.3], &plan).unwrap();
    let (error, probability) = direction_error(&amplitudes(&solver.circuit, 1), &[0.8, -1.5]);
    assert!(error <= 1e-3 && probability > 0.5 && probability < 0.95, "{error} {probability}");
}

#[test]
fn a_known_norm_takes_564_queries() {
    let plan = ShortcutPlan::new(0.01, 50.0, 1.0, 1e-2).unwrap();
    assert!((plan.queries as f64 / 564.0 - 1.0).abs() < 0.02, "{}", plan.queries);
}

/// An encoding without ancillas needs a qubit of its own for the extra level.
#[test]
fn unitary_matrices_work() {
    let matrix = SparseMatrix::from_triplets(2, 2, [(0, 1, 1.0), (1, 0, 1.0)]).unwrap();
    let mut seen = 0;
    for &method in Method::ALL {
        let Ok(encoding) = encode(&matrix, method, &EncodingOptions::default()) else { continue };
        if encoding.projected_qubits().unwrap() == 0 {
            seen += 1;
            let plan = ShortcutPlan::new(1.0 / encoding.alpha, 1.0, 2.0, 1e-3).unwrap();
            let solver = shortcut_circuit(&encoding, &[0.6, -0.8], &plan).unwrap();
            assert_same_cost(&shortcut_symbolic(&encoding, &plan).unwrap(), &solver);
            let (error, probability) = direction_error(&amplitudes(&solver.circuit, 1), &[-0.8, 0.6]);
            assert!(error < 1e-3 && probability > 0.9, "{} {error} {probability}", method.name());
            let plan = AdiabaticPlan::new(Path::General, 1.0 / encoding.alpha, 0.2, 1e-3).unwrap();
            let solver = adiabatic_circuit(&encoding, &[0.6, -0.8], &plan).unwrap();
            let (error, probability) = direction_error(&amplitudes(&solver.circuit, 1), &[-0.8, 0.6]);
            assert!(error < 1e-3 && probability > 0.9, "{} {error} {probability}", method.name());
        }
    }
    assert!(seen > 0);
}

#[test]
fn circuits_without_values_take_any_condition_number() {
    let family = Family::TridiagonalToeplitz {
        qubits: 40,
        diagonal: 2.0,
        off_diagonal: -1.0,
        boundary: Boundary::Open,
    };
    let encoding = family.encode().unwrap();
    let plan = ShortcutPlan::new(1e-8, 1e7, 1.0, 1e-2).unwrap();
    let found = shortcut_symbolic(&encoding, &plan).unwrap();
    assert_eq!((found.queries, found.queries_b), (plan.queries, plan.queries_b()));
    assert!(cost(&found.circuit).unwrap().two_qubit() > u128::from(plan.queries_b()) << 40);
    for path in [Path::Definite, Path::General] {
        let plan = AdiabaticPlan::new(path, 1e-8, 0.3, 1e-2).unwrap();
        let found = adiabatic_symbolic(&encoding, &plan).unwrap();
        assert_eq!((found.queries, found.queries_b), (plan.queries(true), plan.queries_b()));
        assert!(cost(&found.circuit).unwrap().two_qubit() > u128::from(plan.queries_b()) << 40);
    }
}

#[test]
fn a_right_hand_side_must_fit() {
    let matrix = SparseMatrix::from_triplets(2, 2, [(0, 0, 1.0), (1, 1, 2.0)]).unwrap();
    let encoding = encode(&matrix, Method::Fable, &EncodingOptions::default()).unwrap();
    let plan = ShortcutPlan::new(0.2, 1.0, 1.0, 0.1).unwrap();
    for rhs in [&[1.0][..], &[0.0, 0.0], &[1.0, f64::NAN], &[1.0; 4]] {
        let result = shortcut_circuit(&encoding, rhs, &plan);
        assert!(matches!(result, Err(StateSolverError::RightHandSide { expected: 2, .. })));
    }
}
