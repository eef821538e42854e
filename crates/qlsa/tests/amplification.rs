//! Amplified solvers, executed and compared with the solvers themselves: every solver, every amplification, structured
//! and lowered.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use num_complex::Complex64;
use proptest::prelude::*;
use qnewton_circuit::verify::verify;
use qnewton_circuit::{Basis, Circuit, Definition, QubitId, lower};
use qnewton_core::Silent;
use qnewton_encoding::{EncodingOptions, Method, encode};
use qnewton_matrix::{SparseMatrix, SpectrumOptions, spectrum};
use qnewton_qlsa::amplification::{
    AmplificationError, AmplificationPlan, Amplifier, ProbabilityRange, amplify,
};
use qnewton_qlsa::cks::chebyshev_sum_circuit;
use qnewton_qlsa::hhl::phase_estimation_circuit;
use qnewton_qlsa::phases::{phase_factors, qsvt_angles};
use qnewton_qlsa::polynomial::{PositiveRange, inverse_positive, inverse_relative};
use qnewton_qlsa::positive::{walk_polynomial, walk_polynomial_circuit};
use qnewton_qlsa::qsvt::inverse_direction_circuit;
use qnewton_qlsa::shortcut::{ShortcutPlan, shortcut_circuit};
use qnewton_qlsa::solver::SolverCircuit;
use qnewton_statevector::{Program, RunOptions, StateVector, project};

struct Case {
    name: &'static str,
    solver: SolverCircuit,
    /// Bound of the norm of the block, where the solver has one.
    block_norm: Option<f64>,
}

/// Positive definite matrices of a small condition number, and right-hand sides.
fn systems() -> impl Strategy<Value = (SparseMatrix<f64>, Vec<f64>)> {
    (1usize..=2).prop_flat_map(|n| {
        let size = 1usize << n;
        let entries = proptest::collection::vec(-0.2..0.2f64, size * size);
        let rhs = proptest::collection::vec(-1.0..1.0f64, size);
        (entries, rhs).prop_map(move |(entries, mut rhs)| {
            rhs[0] += 0.1;
            let pairs = (0..size).flat_map(|i| (0..size).map(move |j| (i, j)));
            let triplets = pairs.map(|(i, j)| {
                let value = entries[i.max(j) * size + i.min(j)];
                (i, j, if i == j { value + 1.0 } else { value })
            });
            (SparseMatrix::from_triplets(size, size, triplets).unwrap(), rhs)
        })
    })
}

/// The system solved by every algorithm, to an accuracy that does not matter here; `modulus` is that of the polynomial
/// that qsvt implements.
fn solvers(matrix: &SparseMatrix<f64>, rhs: &[f64], modulus: f64) -> Vec<Case> {
    let ends = spectrum(matrix, &SpectrumOptions::default()).unwrap();
    let encoding = encode(matrix, Method::Dilation, &EncodingOptions::default()).unwrap();
    let a = (ends.smallest / encoding.alpha * (1.0 - 1e-12)).min(1.0);
    let polynomial = inverse_relative(a, 0.2).unwrap();
    let norm = |normalization: f64| Some((1.0 + polynomial.error) / (a * normalization));
    let (series, normalization) = polynomial.normalized(modulus).unwrap();
    let (angles, phase) = qsvt_angles(&phase_factors(&series).unwrap());
    let qsvt = inverse_direction_circuit(&encoding, rhs, &angles, phase).unwrap();
    let mut cases = vec![Case { name: "qsvt", solver: qsvt, block_norm: norm(normalization) }];
    let sum = chebyshev_sum_circuit(&encoding, rhs, &polynomial.series).unwrap();
    cases.push(Case { name: "cks", solver: sum.solver, block_norm: norm(sum.normalization) });
    let estimation = phase_estimation_circuit(&encoding, rhs, &polynomial.series).unwrap();
    cases.push(Case { name: "hhl", solver: estimation.solver, block_norm: norm(estimation.normalization) });

    let range = PositiveRange { shift: 1.0, scale: 1.0, lower: ends.smallest, upper: ends.norm };
    let shift = |(i, j, value): (usize, usize, f64)| (i, j, if i == j { value - range.shift } else { value });
    let size = rhs.len();
    let shifted = SparseMatrix::from_triplets(size, size, matrix.iter().map(shift)).unwrap();
    let block = encode(&shifted, Method::Dilation, &EncodingOptions::default()).unwrap();
    let positive = inverse_positive(&PositiveRange { scale: block.alpha, ..range }, 0.1).unwrap();
    let walk = walk_polynomial(&positive.series, modulus).unwrap();
    let solver = walk_polynomial_circuit(&block, rhs, &walk.angles).unwrap();
    let block_norm = (1.0 + positive.error) / (ends.smallest * walk.normalization);
    cases.push(Case { name: "qsvt-positive", solver, block_norm: Some(block_norm) });

    let plan = ShortcutPlan::new(a, 1.0 / a, 10.0, 0.3).unwrap();
    let shortcut = shortcut_circuit(&encoding, rhs, &plan).unwrap();
    cases.push(Case { name: "shortcut", solver: shortcut, block_norm: None });
    cases
}

fn amplitudes(circuit: &Circuit, system: usize) -> Vec<Complex64> {
    let program = Program::<f64>::new(circuit).unwrap();
    let mut state = StateVector::zero(program.qubits()).unwrap();
    program.run(&mut state, &RunOptions::default(), &Silent).unwrap();
    let system: Vec<QubitId> = (0..system as u32).map(QubitId).collect();
    project(&state, &system).unwrap()
}

fn probability(amplitudes: &[Complex64]) -> f64 {
    amplitudes.iter().map(Complex64::norm_sqr).sum()
}

/// Norm of the difference from `gain` times other amplitudes.
fn distance(found: &[Complex64], gain: f64, original: &[Complex64]) -> f64 {
    found.iter().zip(original).map(|(a, b)| (a - gain * b).norm_sqr()).sum::<f64>().sqrt()
}

/// Calls of definitions whose names begin so, repetitions counted.
fn calls(circuit: &Circuit, name: &str) -> u64 {
    let mut counts: Vec<u64> = Vec::new();
    for definition in circuit.definitions() {
        let calls = definition.all_calls().map(|call| call.repetitions * counts[call.callee.index()]);
        let conjugated = |operation: &qnewton_circuit::Operation| match operation {
            qnewton_circuit::Operation::Conjugate(position) => {
                counts[definition.conjugates(*position).outer.callee.index()]
            }
            _ => 0,
        };
        // The outer part of a conjugation happens twice, and `all_calls` lists it once.
        let again: u64 = definition.operations().iter().map(conjugated).sum();
        let own = u64::from(definition.name.starts_with(name));
        counts.push(own + calls.sum::<u64>() + again);
    }
    counts[circuit.entry_id().unwrap().index()]
}

/// Executes the plan and holds what it says against what is found.
fn check(case: &Case, plan: &AmplificationPlan, original: &[Complex64], lowered: bool) {
    let name = case.name;
    let system = original.len().trailing_zeros() as usize;
    let amplified = amplify(&case.solver, plan).unwrap();
    assert_eq!(verify(&amplified.circuit), vec![], "{name}");
    assert_eq!((amplified.queries, amplified.queries_b), (plan.queries, plan.queries_b));
    let prepared = |circuit| calls(circuit, "prepare_rhs");
    let factor = if matches!(plan.amplifier, Amplifier::Oblivious { .. }) { 1 } else { plan.uses };
    assert_eq!(prepared(&amplified.circuit), factor * prepared(&case.solver.circuit), "{name}");
    let found = amplitudes(&amplified.circuit, system);
    let reached = probability(&found);
    let (least, most) = plan.success_probability;
    assert!(reached >= least - 1e-9 && reached <= most + 1e-9, "{name} {reached} {plan:?}");
    let gain = match plan.gain {
        Some(gain) => gain,
        // A global phase is left, so that only the direction can be compared.
        None => {
            let overlap: Complex64 = found.iter().zip(original).map(|(a, b)| b.conj() * a).sum();
            let phase = overlap / overlap.norm();
            let straight: Vec<Complex64> = found.iter().map(|value| value / phase).collect();
            assert!(distance(&straight, (reached / probability(original)).sqrt(), original) < 1e-9, "{name}");
            return;
        }
    };
    let allowed = plan.error * gain.abs() * probability(original).sqrt() + 1e-9;
    let distance = distance(&found, gain, original);
    assert!(distance <= allowed, "{name} {distance} {allowed} {:?} {}", plan.amplifier, plan.gain.unwrap());
    if lowered {
        for &basis in Basis::ALL {
            let again = amplitudes(&lower(&amplified.circuit, basis).unwrap(), system);
            let difference = again.iter().zip(&found).map(|(a, b)| (a - b).norm()).fold(0.0, f64::max);
            assert!(difference < 1e-9, "{name} {} {difference}", basis.name());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, max_shrink_iters: 0, ..ProptestConfig::default() })]

    #[test]
    fn every_solver_is_amplified_as_planned(
        (matrix, rhs) in systems(),
        modulus in 0.1..0.5f64,
        rounds in 0u64..4,
        pairs in 0u64..4,
        uncertainty in 0.1..0.9f64,
        amplified_norm in 0.4..0.8f64,
    ) {
        for case in solvers(&matrix, &rhs, modulus) {
            let original = amplitudes(&case.solver.circuit, rhs.len().trailing_zeros() as usize);
            let exact = probability(&original).min(1.0);
            let known = ProbabilityRange::known(exact).unwrap();
            let bounded = ProbabilityRange::at_least(exact * uncertainty).unwrap();
            let lowered = case.solver.queries < 12 && case.name != "hhl";
            check(&case, &AmplificationPlan::rounds(&case.solver, &known, rounds), &original, lowered && rounds == 1);
            check(&case, &AmplificationPlan::rounds(&case.solver, &bounded, rounds), &original, false);
            check(&case, &AmplificationPlan::optimal_rounds(&case.solver, &known), &original, false);
            let plan = AmplificationPlan::fixed_point_with(&case.solver, &known, 2 * pairs + 1).unwrap();
            check(&case, &plan, &original, lowered && pairs == 1);
            let plan = AmplificationPlan::fixed_point(&case.solver, &bounded, 0.3).unwrap();
            prop_assert!(plan.success_probability.0 >= 1.0 - 0.09 - 1e-12);
            check(&case, &plan, &original, false);
            let block = case.block_norm.map(|norm| (norm, 1e-3));
            check(&case, &AmplificationPlan::cheapest(&case.solver, &known, 0.0, block).unwrap(), &original, false);
            if let Some(norm) = case.block_norm.filter(|norm| *norm < 0.9 * amplified_norm) {
                let gain = amplified_norm / norm;
                let plan = AmplificationPlan::oblivious(&case.solver, &bounded, norm, gain, 1e-2).unwrap();
                check(&case, &plan, &original, lowered && plan.uses < 30);
            }
        }
    }
}

/// A circuit that succeeds with a given probability, without any query.
fn toy(success: f64) -> SolverCircuit {
    wide_toy(success, 1)
}

/// The same with so many flags, which are all 0 or all 1.
fn wide_toy(success: f64, flags: usize) -> SolverCircuit {
    let mut circuit = Circuit::new();
    let mut prepare = Definition::new("prepare_rhs");
    let system = prepare.add_register("system", 1).qubit(0);
    prepare.gate(qnewton_circuit::Gate::Ry, &[system], &[0.7]);
    let prepare = circuit.add(prepare);
    let mut main = Definition::new("main");
    let system = main.add_register("system", 1).qubit(0);
    let register = main.add_register("flag", flags);
    let flag = register.qubit(0);
    main.call(qnewton_circuit::Call::new(prepare, [system]));
    main.gate(qnewton_circuit::Gate::Ry, &[flag], &[2.0 * success.sqrt().acos()]);
    register.qubits().skip(1).for_each(|other| main.gate(qnewton_circuit::Gate::Cx, &[flag, other], &[]));
    circuit.add(main);
    SolverCircuit { circuit, queries: 1, queries_b: 1 }
}

#[test]
fn small_probabilities_are_raised_in_the_square_root_of_their_inverse() {
    for (probability, failure) in [(1e-2, 0.1), (1e-4, 0.3)] {
        let case = Case { name: "toy", solver: toy(probability), block_norm: None };
        let original = amplitudes(&case.solver.circuit, 1);
        let known = ProbabilityRange::known(probability).unwrap();
        let rounds = AmplificationPlan::optimal_rounds(&case.solver, &known);
        check(&case, &rounds, &original, false);
        let fixed = AmplificationPlan::fixed_point(&case.solver, &known, failure).unwrap();
        check(&case, &fixed, &original, false);
        let scaled = |queries: f64| queries * probability.sqrt();
        println!(
            "p = {probability:e}: rounds {} ({:.3}/sqrt p), fixed point to {failure}: {} uses ({:.3}/sqrt p)",
            rounds.uses,
            scaled(rounds.expected_queries()),
            fixed.uses,
            scaled(fixed.uses as f64),
        );
        assert!((scaled(rounds.expected_queries()) - 1.38).abs() < 0.1);
        assert!((scaled(fixed.uses as f64) - (2.0 / failure).ln()).abs() < 0.3);
    }
}

#[test]
fn reflections_about_many_qubits_keep_their_phases() {
    for flags in 5..10 {
        let case = Case { name: "toy", solver: wide_toy(0.1, flags), block_norm: None };
        let original = amplitudes(&case.solver.circuit, 1);
        let known = ProbabilityRange::known(0.1).unwrap();
        check(&case, &AmplificationPlan::rounds(&case.solver, &known, 1), &original, true);
        let plan = AmplificationPlan::fixed_point_with(&case.solver, &known, 5).unwrap();
        check(&case, &plan, &original, true);
    }
}

#[test]
fn oblivious_amplification_prepares_once_and_multiplies_what_is_small() {
    let probability = 0.01f64;
    let case = Case { name: "toy", solver: toy(probability), block_norm: Some(probability.sqrt()) };
    let original = amplitudes(&case.solver.circuit, 1);
    let range = ProbabilityRange::known(probability).unwrap();
    let plan = AmplificationPlan::oblivious(&case.solver, &range, 0.1, 9.0, 1e-4).unwrap();
    assert_eq!(plan.queries_b, 1);
    println!("gain 9 to 1e-4: degree {}, success {:?}", plan.uses, plan.success_probability);
    check(&case, &plan, &original, true);
}

#[test]
fn the_cheapest_plan_depends_on_what_is_known() {
    let solver = toy(0.02);
    let known = ProbabilityRange::known(0.02).unwrap();
    let plan = AmplificationPlan::cheapest(&solver, &known, 0.0, None).unwrap();
    assert!(matches!(plan.amplifier, Amplifier::Rounds { rounds: 3 | 4 }));
    let bounded = ProbabilityRange::at_least(0.02).unwrap();
    let plan = AmplificationPlan::cheapest(&solver, &bounded, 0.0, None).unwrap();
    assert!(matches!(plan.amplifier, Amplifier::FixedPoint { .. }));
    let block = Some((0.02f64.sqrt(), 1e-2));
    let plan = AmplificationPlan::cheapest(&solver, &known, 0.0, block).unwrap();
    assert!(matches!(plan.amplifier, Amplifier::Rounds { .. }));
    let plan = AmplificationPlan::cheapest(&solver, &known, 1e4, block).unwrap();
    assert!(matches!(plan.amplifier, Amplifier::Oblivious { .. }));
    let likely = ProbabilityRange::known(0.9).unwrap();
    let plan = AmplificationPlan::cheapest(&solver, &likely, 1.0, Some((0.95, 1e-2))).unwrap();
    assert_eq!((plan.amplifier, plan.uses), (Amplifier::Rounds { rounds: 0 }, 1));
}

#[test]
fn what_cannot_be_amplified_is_refused() {
    let solver = toy(0.1);
    let known = ProbabilityRange::known(0.1).unwrap();
    for (least, most) in [(0.0, 1.0), (0.5, 0.4), (f64::NAN, 1.0), (0.5, 1.5)] {
        assert!(matches!(ProbabilityRange::new(least, most), Err(AmplificationError::OutOfRange { .. })));
    }
    for failure in [0.0, 1.0, f64::NAN] {
        let result = AmplificationPlan::fixed_point(&solver, &known, failure);
        assert!(matches!(result, Err(AmplificationError::OutOfRange { name: "failure", .. })));
    }
    for uses in [0, 2, u64::MAX] {
        let result = AmplificationPlan::fixed_point_with(&solver, &known, uses);
        assert!(matches!(result, Err(AmplificationError::OutOfRange { name: "uses", .. })));
    }
    for preparation in [-1.0, f64::NAN, f64::INFINITY] {
        let result = AmplificationPlan::cheapest(&solver, &known, preparation, None);
        assert!(matches!(result, Err(AmplificationError::OutOfRange { name: "preparation", .. })));
    }
    let plan = AmplificationPlan::rounds(&solver, &known, 1);
    let other = SolverCircuit { queries: 2, ..toy(0.1) };
    assert_eq!(amplify(&other, &plan).unwrap_err(), AmplificationError::OtherSolver { planned: 1, found: 2 });
    let twice = SolverCircuit { queries_b: 2, ..toy(0.1) };
    let plan = AmplificationPlan::oblivious(&twice, &known, 0.4, 2.0, 0.1).unwrap();
    assert!(matches!(amplify(&twice, &plan), Err(AmplificationError::NoBlock { .. })));

    let mut circuit = Circuit::new();
    let mut main = Definition::new("main");
    main.add_register("system", 1);
    circuit.add(main);
    let certain = SolverCircuit { circuit, queries: 1, queries_b: 1 };
    let plan = AmplificationPlan::rounds(&certain, &known, 1);
    assert_eq!(amplify(&certain, &plan).unwrap_err(), AmplificationError::NothingToAmplify);
}
