//! Precision, parallel execution, and the norm.

use crate::common::qubits;
use crate::common::random::{KINDS, Random};
use num_complex::Complex;
use proptest::prelude::*;
use qnewton_circuit::{Circuit, Control, Definition, QubitId};
use qnewton_core::Silent;
use qnewton_statevector::{Program, Real, RunOptions, StateVector, block, full_block, run};

/// Enough qubits for kernels to be shared among threads.
const LARGE: usize = 17;

/// All structured operations and some gates on a large state, with controls, from a superposition.
fn large(seed: u64) -> Circuit {
    let mut random = Random::new(seed);
    let mut circuit = Circuit::new();
    let inner = random.definition(&mut circuit, "inner", 5, 0, &[]);
    let inner = circuit.add(inner);
    let mut definition = Definition::new("main");
    definition.add_register("q", LARGE);
    for qubit in qubits(LARGE) {
        definition.gate(qnewton_circuit::Gate::Ry, &[qubit], &[random.angle()]);
    }
    for kind in KINDS {
        definition.push_structured(random.operation(&mut circuit, kind, LARGE, &[], false));
        let own = random.shuffled(LARGE);
        let mut operation = random.operation(&mut circuit, kind, 4, &[], false);
        operation.controls = vec![Control { qubit: QubitId(LARGE as u32 - 1), on: random.flip() }];
        definition.push_structured(operation);
        let call = qnewton_circuit::Call::new(inner, own[..5].iter().copied());
        definition.call(call.controlled(random.controls(&own[5..6])));
    }
    circuit.add(definition);
    circuit
}

fn result<R: Real>(circuit: &Circuit, qubits: usize, threads: Option<usize>) -> StateVector<R> {
    let mut state = StateVector::<R>::zero(qubits).unwrap();
    run(circuit, &mut state, &RunOptions { threads, ..RunOptions::default() }, &Silent).unwrap();
    state
}

#[test]
fn results_do_not_depend_on_the_number_of_threads() {
    for seed in 0..3 {
        let circuit = large(seed);
        let expected = result::<f64>(&circuit, LARGE, Some(1));
        for threads in [2, 4] {
            let found = result::<f64>(&circuit, LARGE, Some(threads));
            assert_eq!(found, expected);
            assert_eq!(found.norm().to_bits(), expected.norm().to_bits());
        }
        assert!((expected.norm() - 1.0).abs() < 1e-12);
    }
}

#[test]
fn a_large_state_is_a_product_of_small_ones_where_nothing_entangles_them() {
    // The same circuit on 6 qubits, alone and high up in a large state.
    let mut random = Random::new(9);
    for _ in 0..6 {
        let mut circuit = Circuit::new();
        let small = random.hierarchy(6, false);
        let inner = circuit.import(&small).unwrap();
        let mut definition = Definition::new("spread");
        definition.add_register("q", LARGE);
        let operands = random.shuffled(LARGE)[..6].to_vec();
        definition.call(qnewton_circuit::Call::new(inner, operands.iter().copied()));
        circuit.add(definition);
        let expected = result::<f64>(&small, 6, None);
        let found = result::<f64>(&circuit, LARGE, Some(2));
        for (index, amplitude) in expected.iter().enumerate() {
            let place = operands.iter().enumerate().map(|(bit, q)| (index >> bit & 1) << q.index()).sum();
            assert!((found.amplitude(place) - amplitude).norm() < 1e-13);
        }
        assert!((found.norm() - 1.0).abs() < 1e-12);
    }
}

#[test]
fn columns_do_not_depend_on_how_they_are_batched() {
    let circuit = Random::new(3).hierarchy(5, false);
    let system: Vec<QubitId> = [3, 0, 4].map(QubitId).to_vec();
    let all = full_block(&circuit, &system).unwrap();
    assert_eq!((all.len(), all[0].len()), (8, 8));
    for (first, column) in all.iter().enumerate() {
        let columns = block(&circuit, &system, first..first + 1, &Silent).unwrap();
        assert!(columns[0].iter().zip(column).all(|(a, b)| (a - b).norm() < 1e-14));
    }
    let some = block(&circuit, &system, 2..5, &Silent).unwrap();
    assert_eq!(some.len(), 3);
    assert!(some.iter().flatten().zip(all[2..5].iter().flatten()).all(|(a, b)| (a - b).norm() < 1e-14));
}

#[test]
fn a_program_runs_again_and_again() {
    let circuit = Random::new(12).hierarchy(4, true);
    let program = Program::<f64>::new(&circuit).unwrap();
    let run_once = || {
        let mut state = StateVector::zero(program.qubits()).unwrap();
        program.run(&mut state, &RunOptions::default(), &Silent).unwrap();
        state
    };
    assert_eq!(run_once(), run_once());
}

proptest! {
    #![proptest_config(crate::common::cases(24))]

    #[test]
    fn single_precision_agrees_with_double(seed: u64, total in 1..6usize) {
        let circuit = Random::new(seed).hierarchy(total, false);
        let (single, double) = (result::<f32>(&circuit, total, None), result::<f64>(&circuit, total, None));
        for (a, b) in single.iter().zip(double.iter()) {
            prop_assert!((Complex::new(f64::from(a.re), f64::from(a.im)) - b).norm() < 2e-4);
        }
    }

    #[test]
    fn the_norm_is_preserved(seed: u64, total in 1..8usize) {
        let circuit = Random::new(seed).hierarchy(total, false);
        prop_assert!((result::<f64>(&circuit, total, None).norm() - 1.0).abs() < 1e-13);
    }
}
