//! Inversion by phase estimation of an evolution, executed and compared with dense solutions.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use num_complex::Complex64;
use proptest::prelude::*;
use qnewton_circuit::verify::verify;
use qnewton_circuit::{Basis, Circuit, QubitId, lower};
use qnewton_core::Silent;
use qnewton_encoding::{BlockEncoding, EncodingError, EncodingOptions, Method, encode};
use qnewton_matrix::{SparseMatrix, SpectrumOptions, solve, spectrum};
use qnewton_qlsa::evolution::{EvolutionError, EvolutionPlan, evolution_circuit};
use qnewton_qlsa::hhl;
use qnewton_qlsa::polynomial::{PolynomialError, inverse_relative};
use qnewton_statevector::{Program, RunOptions, StateVector, project};

/// Symmetric matrices, definite and indefinite, with a small condition number, and right-hand sides.
fn systems() -> impl Strategy<Value = (SparseMatrix<f64>, Vec<f64>)> {
    (1usize..=2, any::<bool>()).prop_flat_map(|(n, indefinite)| {
        let size = 1usize << n;
        let entries = proptest::collection::vec(-0.3..0.3f64, size * size);
        let rhs = proptest::collection::vec(-1.0..1.0f64, size);
        (entries, rhs).prop_map(move |(entries, mut rhs)| {
            rhs[0] += 0.1;
            let pairs = (0..size).flat_map(|i| (0..size).map(move |j| (i, j)));
            let triplets = pairs.map(|(i, j)| {
                let value = entries[i.max(j) * size + i.min(j)];
                let sign = if indefinite && i % 2 == 1 { -1.0 } else { 1.0 };
                (i, j, if i == j { value + sign } else { value })
            });
            (SparseMatrix::from_triplets(size, size, triplets).unwrap(), rhs)
        })
    })
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

/// The relative error of x and the success probability.
fn executed(
    encoding: &BlockEncoding,
    plan: &EvolutionPlan,
    rhs: &[f64],
    exact: &[f64],
    lowered: bool,
) -> (f64, f64) {
    let solver = evolution_circuit(encoding, rhs, plan).unwrap();
    assert_eq!(verify(&solver.circuit), vec![]);
    assert_eq!((solver.queries, solver.queries_b), (plan.queries, 1));
    let found = amplitudes(&solver.circuit, encoding.system_qubits);
    if lowered {
        let again = amplitudes(&lower(&solver.circuit, Basis::default()).unwrap(), encoding.system_qubits);
        let difference = again.iter().zip(&found).map(|(a, b)| (a - b).norm()).fold(0.0, f64::max);
        assert!(difference < 1e-10, "{difference}");
    }
    let scale = plan.unit_scale() * norm(rhs);
    let distance: f64 = found.iter().zip(exact).map(|(a, x)| (a * scale - x).norm_sqr()).sum();
    (distance.sqrt() / norm(exact), found.iter().map(Complex64::norm_sqr).sum())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, max_shrink_iters: 0, ..ProptestConfig::default() })]

    #[test]
    fn the_solution_is_within_its_error((matrix, rhs) in systems(), accuracy in 0.5..3.0f64) {
        let ends = spectrum(&matrix, &SpectrumOptions::default()).unwrap();
        prop_assume!(ends.condition_number.is_some_and(|kappa| kappa < 12.0));
        let exact = solve(&matrix, &rhs).unwrap().x;
        let epsilon = 10f64.powf(-accuracy);
        let mut executed_methods = 0;
        for &method in Method::ALL {
            let encoding = match encode(&matrix, method, &EncodingOptions::default()) {
                Ok(encoding) => encoding,
                Err(EncodingError::NotApplicable { .. }) => continue,
                Err(error) => panic!("{}: {error}", method.name()),
            };
            let ancillas = encoding.projected_qubits().unwrap() + encoding.clean_qubits().unwrap();
            if !encoding.hermitian || encoding.system_qubits + ancillas > 6 || encoding.alpha > 15.0 * ends.smallest {
                continue;
            }
            executed_methods += 1;
            let plan = EvolutionPlan::new(encoding.alpha, ends.smallest, ends.norm, epsilon).unwrap();
            let lowered = method == Method::Dilation && plan.queries < 300;
            let (error, _) = executed(&encoding, &plan, &rhs, &exact, lowered);
            let promised = plan.polynomial_error + plan.evolution_error;
            prop_assert!(promised <= epsilon && error <= promised + 1e-10, "{} {error:e} {promised:e}", method.name());
        }
        prop_assert!(executed_methods >= 1);
    }
}

/// What the layer of the evolution costs: queries against those of phase estimation on the walk.
#[test]
fn evolutions_cost_more_than_the_walk() {
    for kappa in [4.0, 10.0] {
        let entries = [(0, 0, 1.0), (1, 1, -1.0 / kappa), (2, 2, 0.6), (3, 3, -0.3)];
        let matrix = SparseMatrix::from_triplets(4, 4, entries).unwrap();
        let encoding = encode(&matrix, Method::Dilation, &EncodingOptions::default()).unwrap();
        let rhs = [0.5, -1.0, 0.7, 0.2];
        let exact = solve(&matrix, &rhs).unwrap().x;
        for epsilon in [1e-1, 1e-2, 1e-3] {
            let plan = EvolutionPlan::new(encoding.alpha, 1.0 / kappa, 1.0, epsilon).unwrap();
            let (error, probability) = executed(&encoding, &plan, &rhs, &exact, false);
            let degree = inverse_relative(1.0 / (kappa * encoding.alpha), epsilon).unwrap().degree;
            println!(
                "kappa {kappa}, epsilon {epsilon:e}: clock {}, queries {} (walk {}, qsvt {degree}), error {error:.1e} of \
                 {:.1e}, success {probability:.3}",
                plan.clock_qubits,
                plan.queries,
                hhl::queries(degree),
                plan.polynomial_error,
            );
            assert!(error <= epsilon);
            assert!(plan.queries > degree as u64);
        }
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    let name = |alpha, smallest, norm, epsilon| match EvolutionPlan::new(alpha, smallest, norm, epsilon) {
        Err(EvolutionError::OutOfRange { name, .. }) => name,
        other => panic!("{other:?}"),
    };
    assert_eq!(name(1.0, 0.0, 1.0, 0.1), "smallest");
    assert_eq!(name(1.0, f64::NAN, 1.0, 0.1), "smallest");
    assert_eq!(name(1.0, 0.5, 2.0, 0.1), "norm");
    assert_eq!(name(1.0, 0.5, 1.0, 1.0), "epsilon");
    assert!(matches!(
        EvolutionPlan::new(1.0, 1e-9, 1.0, 0.1),
        Err(EvolutionError::Clock { qubits: 31.., .. })
    ));
    let result = EvolutionPlan::new(1.0, 0.1, 1.0, 1e-6);
    assert!(matches!(result, Err(EvolutionError::Polynomial(PolynomialError::BelowRounding { .. }))));

    let matrix = SparseMatrix::from_triplets(2, 2, [(0, 0, 1.0), (1, 1, 0.5)]).unwrap();
    let encoding = encode(&matrix, Method::Dilation, &EncodingOptions::default()).unwrap();
    let plan = EvolutionPlan::new(encoding.alpha, 0.5, 1.0, 0.1).unwrap();
    for rhs in [&[1.0][..], &[0.0, 0.0], &[1.0, f64::NAN], &[1.0; 4]] {
        let result = evolution_circuit(&encoding, rhs, &plan);
        assert!(matches!(result, Err(EvolutionError::RightHandSide { expected: 2, .. })));
    }
    let mut other = plan.clone();
    other.alpha = 3.0;
    assert!(matches!(
        evolution_circuit(&encoding, &[1.0, 0.0], &other),
        Err(EvolutionError::OtherEncoding { .. })
    ));
    let skewed = SparseMatrix::from_triplets(2, 2, [(0, 0, 1.0), (0, 1, 0.5), (1, 1, 0.5)]).unwrap();
    let skewed = encode(&skewed, Method::Dilation, &EncodingOptions::default()).unwrap();
    let mut fitting = plan;
    fitting.alpha = skewed.alpha;
    assert!(matches!(
        evolution_circuit(&skewed, &[1.0, 0.0], &fitting),
        Err(EvolutionError::NotSelfInverse { .. })
    ));
}
