//! All ways to execute a circuit agree: every instruction set, number of threads, size of blocks, with and without
//! shortcuts, in both precisions.

use crate::common::random::Random;
use crate::common::{cases, qubits};
use num_complex::Complex64;
use proptest::prelude::*;
use qnewton_circuit::{Axis, Circuit, Definition, Gate, QubitId, Structured, flatten};
use qnewton_core::Silent;
use qnewton_statevector::{Instructions, Program, Real, RunOptions, StateVector};

fn amplitudes<R: Real>(program: &Program<R>, options: &RunOptions) -> Vec<Complex64> {
    let mut state = StateVector::zero(program.qubits()).unwrap();
    program.run(&mut state, options, &Silent).unwrap();
    state.iter().map(|a| Complex64::new(a.re.into_f64(), a.im.into_f64())).collect()
}

fn reference(circuit: &Circuit) -> Vec<Complex64> {
    let options = RunOptions { instructions: Some(Instructions::Portable), ..RunOptions::default() };
    amplitudes(&Program::<f64>::exact(circuit).unwrap(), &options)
}

fn distance(a: &[Complex64], b: &[Complex64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).norm()).fold(0.0, f64::max)
}

fn agree<R: Real>(circuit: &Circuit, expected: &[Complex64], tolerance: f64, seed: u64) {
    for program in [Program::<R>::new(circuit).unwrap(), Program::<R>::exact(circuit).unwrap()] {
        for &instructions in Instructions::available() {
            for block_qubits in [None, Some(2 + seed as usize % 5)] {
                let threads = Some([1, 2, 4, 16][seed as usize % 4]);
                let options = RunOptions {
                    instructions: Some(instructions),
                    threads,
                    block_qubits,
                    ..RunOptions::default()
                };
                let found = amplitudes(&program, &options);
                assert!(
                    distance(&found, expected) < tolerance,
                    "{instructions:?} {block_qubits:?}\n{circuit}"
                );
            }
        }
    }
}

/// A circuit whose operations start from a superposition.
fn superposed(random: &mut Random, total: usize) -> Circuit {
    let mut circuit = random.hierarchy(total, false);
    let body = circuit.entry_id().unwrap();
    let mut definition = Definition::new("superposed");
    definition.add_register("q", total);
    for qubit in qubits(total) {
        definition.gate(Gate::U3, &[qubit], &[random.angle(), random.angle(), random.angle()]);
    }
    definition.call(qnewton_circuit::Call::new(body, qubits(total)));
    circuit.add(definition);
    circuit
}

/// Gates as flat files have them: many on the same qubits, some of them runs of a multiplexed rotation.
fn flat(random: &mut Random, total: usize) -> Circuit {
    let mut circuit = Circuit::new();
    let mut definition = Definition::new("flat");
    definition.add_register("q", total);
    for _ in 0..60 {
        let gate = Gate::ALL[random.below(Gate::ALL.len())];
        let own: Vec<QubitId> = random.shuffled(total);
        let angles: Vec<f64> = (0..gate.angles()).map(|_| random.angle()).collect();
        definition.gate(gate, &own[..gate.qubits()], &angles);
        if random.below(4) == 0 {
            let around = [Gate::Ry, Gate::Rz, Gate::P][random.below(3)];
            for _ in 0..12 {
                definition.gate(around, &own[..1], &[random.angle()]);
                definition.gate(Gate::Cx, &[own[1 + random.below(3)], own[0]], &[]);
            }
        }
    }
    circuit.add(definition);
    circuit
}

proptest! {
    #![proptest_config(cases(24))]

    #[test]
    fn hierarchies_have_one_result(seed: u64, total in 3..8usize) {
        let circuit = superposed(&mut Random::new(seed), total);
        let expected = reference(&circuit);
        agree::<f64>(&circuit, &expected, 1e-12, seed);
        agree::<f32>(&circuit, &expected, 1e-4, seed);
    }

    #[test]
    fn flat_circuits_have_one_result(seed: u64, total in 4..9usize) {
        let circuit = flat(&mut Random::new(seed), total);
        let expected = reference(&circuit);
        agree::<f64>(&circuit, &expected, 1e-12, seed);
        agree::<f32>(&circuit, &expected, 1e-4, seed);
    }

    #[test]
    fn multiplexed_rotations_are_recognised_in_their_gates(seed: u64, selects in 2..6usize) {
        let mut random = Random::new(seed);
        let mut circuit = Circuit::new();
        let angles: Vec<f64> = (0..1 << selects).map(|_| random.angle()).collect();
        let angles = circuit.add_angles(qnewton_circuit::AngleTable::Dense(angles));
        let mut definition = Definition::new("main");
        definition.add_register("q", selects + 1);
        let mut all = random.shuffled(selects + 1);
        let target = all.pop().unwrap();
        for &qubit in &all {
            definition.gate(Gate::H, &[qubit], &[]);
        }
        let axis = if random.flip() { Axis::Y } else { Axis::Z };
        definition.push_structured(Structured::MultiplexedRotation { axis, selects: all, target, angles });
        circuit.add(definition);
        let gates = flatten(&qnewton_circuit::lower(&circuit, qnewton_circuit::Basis::U3Cx).unwrap()).unwrap();
        let (planned, exact) = (Program::<f64>::new(&gates).unwrap(), Program::<f64>::exact(&gates).unwrap());
        // The superposition, the rotation, its phase, and at most one toggle for each select.
        prop_assert!(planned.operations() <= 2 * selects as u64 + 2, "{}", planned.operations());
        prop_assert!(exact.operations() >= 1 << selects);
        let options = RunOptions::default();
        prop_assert!(distance(&amplitudes(&planned, &options), &amplitudes(&exact, &options)) < 1e-13);
    }
}

#[test]
fn definitions_that_are_called_often_become_matrices() {
    let mut random = Random::new(11);
    let mut circuit = Circuit::new();
    let mut body = Definition::new("body");
    let own: Vec<QubitId> = body.add_register("q", 3).qubits().collect();
    for k in 0..20 {
        body.gate(Gate::U3, &[own[k % 3]], &[random.angle(), random.angle(), random.angle()]);
        body.gate(Gate::Cx, &[own[k % 3], own[(k + 1) % 3]], &[]);
    }
    body.global_phase(&0.3.into());
    let body = circuit.add(body);
    let mut definition = Definition::new("main");
    definition.add_register("q", 6);
    for round in 0..50 {
        let all = random.shuffled(6);
        let call = qnewton_circuit::Call::new(body, all[..3].iter().copied());
        let call = if round % 2 == 0 { call.inverted() } else { call.repeated(3) };
        definition.gate(Gate::Ry, &[all[5]], &[random.angle()]);
        definition.call(call.controlled(random.controls(&all[3..5])));
    }
    circuit.add(definition);
    assert_eq!(Program::<f64>::new(&circuit).unwrap().operations(), 50 + 25 + 75);
    agree::<f64>(&circuit, &reference(&circuit), 1e-12, 3);
}

#[test]
fn the_norm_stays_one_over_a_million_gates() {
    let mut circuit = Circuit::new();
    let mut definition = Definition::new("main");
    definition.add_register("q", 3);
    let mut random = Random::new(5);
    for _ in 0..1_000_000 {
        let qubit = QubitId(random.below(3) as u32);
        definition.gate(Gate::U3, &[qubit], &[random.angle(), random.angle(), random.angle()]);
    }
    circuit.add(definition);
    let mut state = StateVector::<f64>::zero(3).unwrap();
    Program::exact(&circuit).unwrap().run(&mut state, &RunOptions::default(), &Silent).unwrap();
    assert!((state.norm() - 1.0).abs() < 1e-12, "{:e}", state.norm() - 1.0);
}
