//! Gram systems by an encoding of their factor, executed and compared with dense solutions.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use num_complex::Complex64;
use proptest::prelude::*;
use qnewton_circuit::verify::verify;
use qnewton_circuit::{Basis, Circuit, QubitId, cost, count, lower};
use qnewton_core::Silent;
use qnewton_encoding::{BlockEncoding, EncodingError, EncodingOptions, GramMatrix, Method};
use qnewton_matrix::{SparseMatrix, SpectrumOptions, solve, spectrum};
use qnewton_qlsa::gram::{GramUnits, gram_circuit, gram_symbolic};
use qnewton_qlsa::phases::{phase_factors, qsvt_angles};
use qnewton_statevector::{Program, RunOptions, StateVector, project};

/// Random gradients of unit scale and a right-hand side.
fn gradients(samples: usize, unknowns: usize) -> impl Strategy<Value = (SparseMatrix<f64>, Vec<f64>)> {
    let entries = proptest::collection::vec(-1.0..1.0f64, samples * unknowns);
    let rhs = proptest::collection::vec(-1.0..1.0f64, unknowns);
    (entries, rhs).prop_map(move |(mut entries, mut rhs)| {
        entries[0] += 1.5;
        rhs[0] += 1.1;
        let triplets = entries.iter().enumerate().map(|(k, &value)| (k / unknowns, k % unknowns, value));
        (SparseMatrix::from_triplets(samples, unknowns, triplets).unwrap(), rhs)
    })
}

fn norm(vector: &[f64]) -> f64 {
    vector.iter().map(|value| value * value).sum::<f64>().sqrt()
}

/// (1/B) G^T G + shift I, dense.
fn gram(gradients: &SparseMatrix<f64>, shift: f64) -> SparseMatrix<f64> {
    let (samples, unknowns) = (gradients.rows(), gradients.cols());
    let dense = gradients.to_dense();
    let entry = |i: usize, j: usize| {
        let sum: f64 = (0..samples).map(|s| dense[(s, i)] * dense[(s, j)]).sum();
        sum / samples as f64 + if i == j { shift } else { 0.0 }
    };
    let pairs = (0..unknowns).flat_map(|i| (0..unknowns).map(move |j| (i, j)));
    SparseMatrix::from_triplets(unknowns, unknowns, pairs.map(|(i, j)| (i, j, entry(i, j)))).unwrap()
}

fn amplitudes(circuit: &Circuit, system: usize) -> Vec<Complex64> {
    let program = Program::<f64>::new(circuit).unwrap();
    let mut state = StateVector::zero(program.qubits()).unwrap();
    program.run(&mut state, &RunOptions::default(), &Silent).unwrap();
    let system: Vec<QubitId> = (0..system as u32).map(QubitId).collect();
    project(&state, &system).unwrap()
}

/// The relative error of what the circuit leaves, and its success probability.
fn executed(
    encoding: &BlockEncoding,
    gradients: &SparseMatrix<f64>,
    rhs: &[f64],
    shift: f64,
    epsilon: f64,
) -> (f64, u64) {
    let units = GramUnits { samples: gradients.rows() as f64, shift, alpha: encoding.alpha };
    let polynomial = units.polynomial(0.0, epsilon).unwrap();
    let (series, normalization) = polynomial.normalized(0.99).unwrap();
    let (angles, phase) = qsvt_angles(&phase_factors(&series).unwrap());
    let mut padded = rhs.to_vec();
    padded.resize(1 << encoding.system_qubits, 0.0);
    let solver = gram_circuit(encoding, &padded, &angles, phase).unwrap();
    assert_eq!(verify(&solver.circuit), vec![]);
    assert_eq!((solver.queries, solver.queries_b), (series.degree() as u64, 1));
    let symbolic = gram_symbolic(encoding, solver.queries).unwrap();
    assert_eq!(cost(&symbolic.circuit).unwrap(), cost(&solver.circuit).unwrap());

    let found = amplitudes(&solver.circuit, encoding.system_qubits);
    if solver.queries <= 12 {
        for &basis in Basis::ALL {
            let lowered = lower(&solver.circuit, basis).unwrap();
            assert!(count(&lowered).unwrap().total() > 0);
            let again = amplitudes(&lowered, encoding.system_qubits);
            let difference = again.iter().zip(&found).map(|(a, b)| (a - b).norm()).fold(0.0, f64::max);
            assert!(difference < 1e-10, "{} {} {difference}", encoding.name, basis.name());
        }
    }
    let exact = solve(&gram(gradients, shift), rhs).unwrap().x;
    let scale = units.unit_scale(normalization) * norm(rhs);
    let exact_at = |index: usize| exact.get(index).copied().unwrap_or(0.0);
    let error = found.iter().enumerate().map(|(i, a)| (a * scale - exact_at(i)).norm_sqr()).sum::<f64>();
    (error.sqrt() / norm(&exact), solver.queries)
}

fn shapes() -> impl Strategy<Value = (usize, usize)> {
    prop_oneof![
        Just((2, 4)),
        Just((3, 5)),
        Just((1, 3)),
        Just((4, 4)),
        Just((2, 2)),
        Just((7, 3)),
        Just((4, 2)),
        Just((1, 1))
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, max_shrink_iters: 0, ..ProptestConfig::default() })]

    #[test]
    fn the_solution_is_within_its_error(
        (gradients, rhs) in shapes().prop_flat_map(|(samples, unknowns)| gradients(samples, unknowns)),
        shift in -3.0..0.0f64,
        accuracy in 1.0..6.0f64,
    ) {
        let (shift, epsilon) = (10f64.powf(shift), 10f64.powf(-accuracy));
        let system = GramMatrix::new(gradients.clone(), shift).unwrap();
        let mut executed_methods = 0;
        for &method in Method::ALL {
            let encoding = match system.encode_gradients(method, &EncodingOptions::default()) {
                Ok(encoding) => encoding,
                Err(EncodingError::NotApplicable { .. }) => continue,
                Err(error) => panic!("{}: {error}", method.name()),
            };
            let ancillas = encoding.projected_qubits().unwrap() + encoding.clean_qubits().unwrap();
            if encoding.system_qubits + ancillas > 10 {
                continue;
            }
            executed_methods += 1;
            let (error, _) = executed(&encoding, &gradients, &rhs, shift, epsilon);
            prop_assert!(error <= epsilon + 1e-9, "{} {error:e} {epsilon:e} {shift}", method.name());
        }
        prop_assert!(executed_methods >= 3);
    }
}

/// Degrees against condition numbers for one random matrix, by the encoding whose alpha is the Frobenius norm.
#[test]
fn the_degree_grows_with_the_square_root_of_the_condition_number() {
    let (samples, unknowns) = (6, 8);
    let value = |k: usize| ((k * 7919 + 13) % 101) as f64 / 50.0 - 1.0;
    let triplets = (0..samples * unknowns).map(|k| (k / unknowns, k % unknowns, value(k)));
    let gradients = SparseMatrix::from_triplets(samples, unknowns, triplets).unwrap();
    let rhs: Vec<f64> = (0..unknowns).map(|k| value(5 * k + 3)).collect();
    for shift in [1.0, 1e-1, 1e-2, 1e-3] {
        for epsilon in [1e-1, 1e-2, 1e-4, 1e-6] {
            let system = GramMatrix::new(gradients.clone(), shift).unwrap();
            let encoding = system.encode_gradients(Method::Bitble, &EncodingOptions::default()).unwrap();
            let (error, degree) = executed(&encoding, &gradients, &rhs, shift, epsilon);
            assert!(error <= epsilon + 1e-9, "{error:e}");
            let kappa = spectrum(&gram(&gradients, shift), &SpectrumOptions::default())
                .unwrap()
                .condition_number
                .unwrap();
            let root = encoding.alpha / (samples as f64 * shift).sqrt();
            let leading = root * (2.0 / epsilon).ln();
            println!(
                "shift {shift:5}, kappa {kappa:7.1}, epsilon {epsilon:e}: degree {degree}, alpha/sqrt(shift B) = \
                 {root:.1}, over its formula {:.3}, over sqrt(kappa) {:.2}, error {error:.1e}",
                degree as f64 / leading,
                degree as f64 / kappa.sqrt(),
            );
            assert!((degree as f64 - leading).abs() < 0.1 * leading + 3.0);
        }
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    let gradients = SparseMatrix::from_triplets(2, 2, [(0, 0, 1.0), (1, 1, 0.5)]).unwrap();
    let system = GramMatrix::new(gradients, 0.1).unwrap();
    let encoding = system.encode_gradients(Method::Fable, &EncodingOptions::default()).unwrap();
    for angles in [&[][..], &[0.1], &[0.1, 0.2], &[0.1; 4]] {
        assert!(gram_circuit(&encoding, &[1.0, 0.0], angles, 0.0).is_err());
    }
    for degree in [0, 1, 3] {
        assert!(gram_symbolic(&encoding, degree).is_err());
    }
    let units = GramUnits { samples: 2.0, shift: 0.1, alpha: 1.0 };
    assert!(GramUnits { samples: 0.0, ..units }.polynomial(0.0, 0.1).is_err());
    assert!(GramUnits { shift: 0.0, ..units }.polynomial(0.0, 0.1).is_err());
    assert!(GramUnits { alpha: f64::NAN, ..units }.polynomial(0.0, 0.1).is_err());
}
