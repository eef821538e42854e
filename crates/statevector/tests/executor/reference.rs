//! The executor agrees with a naive dense reference.

use crate::common::random::{KINDS, Random};
use crate::common::{circuit_matrix, distance, transpose};
use proptest::prelude::*;
use qnewton_circuit::lower::allocate_ancillas;
use qnewton_circuit::verify::verify;
use qnewton_circuit::{Circuit, Definition, Gate};
use qnewton_statevector::{full_block, unitary};

#[test]
fn every_gate_on_shuffled_qubits_is_its_matrix() {
    let mut random = Random::new(1);
    for &gate in Gate::ALL {
        for _ in 0..4 {
            let mut circuit = Circuit::new();
            let mut definition = Definition::new("main");
            definition.add_register("q", 4);
            let angles: Vec<f64> = (0..gate.angles()).map(|_| random.angle()).collect();
            definition.gate(gate, &random.shuffled(4)[..gate.qubits()], &angles);
            circuit.add(definition);
            let found = transpose(&unitary(&circuit).unwrap());
            assert!(distance(&found, &circuit_matrix(&circuit)) < 1e-14, "{}", gate.name());
        }
    }
}

fn single(kind: &str, seed: u64) -> Circuit {
    let mut random = Random::new(seed);
    let mut circuit = Circuit::new();
    let mut definition = Definition::new("main");
    definition.add_register("q", 6);
    definition.push_structured(random.operation(&mut circuit, kind, 6, &[], false));
    circuit.add(definition);
    circuit
}

proptest! {
    #![proptest_config(crate::common::cases(32))]

    #[test]
    fn every_structured_operation_is_its_matrix(seed: u64) {
        for kind in KINDS {
            let circuit = single(kind, seed);
            prop_assert_eq!(verify(&circuit), vec![]);
            let found = transpose(&unitary(&circuit).unwrap());
            prop_assert!(distance(&found, &circuit_matrix(&circuit)) < 1e-13, "{}\n{}", kind, circuit);
        }
    }

    #[test]
    fn every_hierarchy_is_its_matrix(seed: u64, total in 1..6usize) {
        let circuit = Random::new(seed).hierarchy(total, false);
        prop_assert_eq!(verify(&circuit), vec![]);
        let found = transpose(&unitary(&circuit).unwrap());
        prop_assert!(distance(&found, &circuit_matrix(&circuit)) < 1e-12, "{}", circuit);
    }

    #[test]
    fn ancillas_are_allocated_and_restored(seed: u64, total in 2..5usize) {
        let circuit = Random::new(seed).hierarchy(total, true);
        prop_assert_eq!(verify(&circuit), vec![]);
        prop_assert_eq!(verify(&allocate_ancillas(&circuit).unwrap()), vec![]);
        let found = transpose(&full_block(&circuit, &crate::common::qubits(total)).unwrap());
        prop_assert!(distance(&found, &circuit_matrix(&circuit)) < 1e-12, "{}", circuit);
    }
}
