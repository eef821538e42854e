//! The whole solver circuit against a dense inverse: symmetric and not, every encoding, structured and lowered.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use proptest::prelude::*;
use qnewton_circuit::{Basis, Circuit, QubitId, depth, flatten, lower};
use qnewton_core::Silent;
use qnewton_encoding::{EncodingError, EncodingOptions, Method, encode};
use qnewton_matrix::{SparseMatrix, SpectrumOptions, solve, spectrum};
use qnewton_qlsa::phases::{phase_factors, qsvt_angles};
use qnewton_qlsa::polynomial::inverse_relative;
use qnewton_qlsa::qsvt::inverse_direction_circuit;
use qnewton_statevector::{Program, RunOptions, StateVector, project};

/// Diagonally shifted random matrices, so that the condition number stays small.
fn systems() -> impl Strategy<Value = (SparseMatrix<f64>, Vec<f64>)> {
    (1usize..=2, any::<bool>(), any::<bool>()).prop_flat_map(|(n, symmetric, indefinite)| {
        let size = 1usize << n;
        let entries = proptest::collection::vec(-0.3..0.3f64, size * size);
        let rhs = proptest::collection::vec(-1.0..1.0f64, size);
        (entries, rhs).prop_map(move |(entries, mut rhs)| {
            let triplets = (0..size).flat_map(|i| (0..size).map(move |j| (i, j))).map(|(i, j)| {
                let value = if symmetric && i > j { entries[j * size + i] } else { entries[i * size + j] };
                let sign = if indefinite && i % 2 == 1 { -1.0 } else { 1.0 };
                (i, j, if i == j { value + sign } else { value })
            });
            rhs[0] += 0.1;
            (SparseMatrix::from_triplets(size, size, triplets).unwrap(), rhs)
        })
    })
}

fn amplitudes(circuit: &Circuit, system: usize) -> Vec<num_complex::Complex64> {
    let program = Program::<f64>::new(circuit).unwrap();
    let mut state = StateVector::zero(program.qubits()).unwrap();
    program.run(&mut state, &RunOptions::default(), &Silent).unwrap();
    let system: Vec<QubitId> = (0..system as u32).map(QubitId).collect();
    project(&state, &system).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_projected_amplitudes_are_the_solution((matrix, rhs) in systems()) {
        let ends = spectrum(&matrix, &SpectrumOptions::default()).unwrap();
        prop_assume!(ends.condition_number.is_some_and(|kappa| kappa < 20.0));
        let exact = solve(&matrix, &rhs).unwrap().x;
        let norm = |v: &[f64]| v.iter().map(|x| x * x).sum::<f64>().sqrt();
        for &method in Method::ALL {
            let encoding = match encode(&matrix, method, &EncodingOptions::default()) {
                Ok(encoding) => encoding,
                Err(EncodingError::NotApplicable { .. }) => continue,
                Err(error) => panic!("{}: {error}", method.name()),
            };
            let polynomial = inverse_relative(ends.smallest / encoding.alpha, 1e-3).unwrap();
            let (series, normalization) = polynomial.normalized(0.9).unwrap();
            let (angles, phase) = qsvt_angles(&phase_factors(&series).unwrap());
            let solver = inverse_direction_circuit(&encoding, &rhs, &angles, phase).unwrap();
            prop_assert_eq!(solver.queries, polynomial.degree as u64);
            prop_assert_eq!(qnewton_circuit::verify::verify(&solver.circuit), vec![]);
            let scale = norm(&rhs) * normalization / encoding.alpha;
            let structured = amplitudes(&solver.circuit, encoding.system_qubits);
            let error: f64 = structured.iter().zip(&exact).map(|(a, x)| (a * scale - x).norm_sqr()).sum::<f64>().sqrt();
            prop_assert!(error <= 1.0001e-3 * norm(&exact), "{} {error}", method.name());
            for &basis in Basis::ALL {
                let lowered = lower(&solver.circuit, basis).unwrap();
                let again = amplitudes(&lowered, encoding.system_qubits);
                let difference = again.iter().zip(&structured).map(|(a, b)| (a - b).norm()).fold(0.0, f64::max);
                prop_assert!(difference < 1e-11, "{} {} {difference}", method.name(), basis.name());
                let flat = flatten(&lowered).unwrap();
                prop_assert_eq!(qnewton_circuit::count(&flat).unwrap(), qnewton_circuit::count(&lowered).unwrap());
                prop_assert_eq!(depth(&flat).unwrap(), depth(&lowered).unwrap());
            }
        }
    }
}
