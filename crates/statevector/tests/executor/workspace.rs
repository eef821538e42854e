//! Multi-controlled gates with every amount of workspace: exact, and the workspace is restored.

use crate::common::random::Random;
use num_complex::Complex64;
use qnewton_circuit::lower::lower_structures;
use qnewton_circuit::{
    Angle, Basis, Circuit, Definition, Gate, QubitId, Structured, StructuredOperation, lower,
};
use qnewton_core::Silent;
use qnewton_statevector::{RunOptions, StateVector, run};

/// Random amplitudes where the last `clean` qubits are |0>.
pub fn random_state(random: &mut Random, qubits: usize, clean: usize) -> StateVector {
    let mut amplitudes = vec![Complex64::new(0.0, 0.0); 1 << qubits];
    for amplitude in &mut amplitudes[..1 << (qubits - clean)] {
        *amplitude = Complex64::new(random.angle(), random.angle());
    }
    let norm = amplitudes.iter().map(|a| a.norm_sqr()).sum::<f64>().sqrt();
    amplitudes.iter_mut().for_each(|amplitude| *amplitude /= norm);
    StateVector::from_amplitudes(&amplitudes).unwrap()
}

pub fn result(circuit: &Circuit, state: &StateVector) -> StateVector {
    let mut state = state.clone();
    run(circuit, &mut state, &RunOptions::default(), &Silent).unwrap();
    state
}

pub fn difference(a: &StateVector, b: &StateVector) -> f64 {
    a.iter().zip(b.iter()).map(|(x, y)| (x - y).norm()).fold(0.0, f64::max)
}

/// Lowers an operation on own qubits, then controls, dirty and clean ones, in every way, and compares.
fn check(random: &mut Random, kind: &Structured, own: usize, controls: usize, dirty: usize, clean: usize) {
    let total = own + controls + dirty + clean;
    let all: Vec<QubitId> = (0..total as u32).map(QubitId).collect();
    let mut definition = Definition::new("main");
    definition.add_register("q", total);
    definition.push_structured(StructuredOperation {
        controls: random.controls(&all[own..own + controls]),
        dirty: all[own + controls..total - clean].to_vec(),
        clean: all[total - clean..].to_vec(),
        inverse: random.flip(),
        ..kind.clone().into()
    });
    let mut circuit = Circuit::new();
    circuit.add(definition);
    let state = random_state(random, total, clean);
    let expected = result(&circuit, &state);
    let lowered = lower_structures(&circuit, true).unwrap();
    for lowered in
        [&lowered, &lower(&circuit, Basis::U3Cx).unwrap(), &lower(&circuit, Basis::RzSxXCx).unwrap()]
    {
        let found = difference(&result(lowered, &state), &expected);
        assert!(found < 1e-12, "{} {controls} controls {dirty} dirty {clean} clean: {found}", kind.name());
    }
}

fn gate(gate: Gate, angles: &[f64]) -> (Structured, usize) {
    let qubits: Vec<QubitId> = (0..gate.qubits() as u32).map(QubitId).collect();
    let angles = angles.iter().map(|&angle| Angle::from(angle)).collect();
    (Structured::Gate { gate, qubits, angles }, gate.qubits())
}

#[test]
fn x_with_up_to_eight_controls_and_any_workspace() {
    let mut random = Random::new(4);
    let (x, own) = gate(Gate::X, &[]);
    for controls in 0..=8 {
        for clean in 0..=6 {
            for dirty in 0..=6 - clean {
                check(&mut random, &x, own, controls, dirty, clean);
            }
        }
    }
}

#[test]
fn other_gates_with_many_controls_and_any_workspace() {
    let mut random = Random::new(5);
    let gates = [
        gate(Gate::P, &[0.7]),
        gate(Gate::Rz, &[-1.1]),
        gate(Gate::Ry, &[2.3]),
        gate(Gate::U3, &[0.4, 1.9, -0.6]),
        gate(Gate::Swap, &[]),
        gate(Gate::Rxx, &[0.9]),
    ];
    for (kind, own) in gates {
        for controls in [0, 1, 2, 3, 4, 5, 6, 8] {
            for (clean, dirty) in [(0, 0), (0, 1), (0, 3), (1, 1), (2, 0), (4, 0), (0, 5)] {
                check(&mut random, &kind, own, controls, dirty, clean);
            }
        }
    }
}

#[test]
fn the_phases_of_relative_phase_gates_cancel_in_reflections() {
    let mut random = Random::new(6);
    for qubits in 0..=6 {
        for signal in [false, true] {
            for controls in [0, 1, 2, 4] {
                for (clean, dirty) in [(0, 0), (0, 2), (1, 0), (2, 1), (5, 0)] {
                    let own: Vec<QubitId> = (0..qubits as u32).map(QubitId).collect();
                    let kind = Structured::Reflection {
                        qubits: own,
                        signal: signal.then_some(QubitId(qubits as u32)),
                        angle: random.angle().into(),
                    };
                    check(&mut random, &kind, qubits + usize::from(signal), controls, dirty, clean);
                }
            }
        }
    }
}
