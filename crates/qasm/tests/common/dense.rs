//! A deliberately simple state-vector simulator, for circuits of a few qubits.

use qnewton_circuit::gate::Core;
use qnewton_circuit::lower::{FlatOperation, visit_flat};
use qnewton_circuit::{Basis, Circuit, CircuitError, Gate, QubitId, lower};
use qnewton_core::Complex64;

/// The state after the circuit from |0...0>, global phase included, measurements at the end left out.
pub(crate) fn state(circuit: &Circuit) -> Vec<Complex64> {
    let lowered = lower(circuit, Basis::U3Cx).unwrap();
    let qubits = lowered.entry().unwrap().qubit_count();
    let mut state = vec![Complex64::new(0.0, 0.0); 1 << qubits];
    state[0] = Complex64::new(1.0, 0.0);
    visit_flat::<CircuitError>(&lowered, |operation| {
        match operation {
            FlatOperation::Gate(gate, qubits, angles) => apply(&mut state, gate, qubits, angles),
            FlatOperation::GlobalPhase(angle) => {
                state.iter_mut().for_each(|amplitude| *amplitude *= Complex64::from_polar(1.0, angle));
            }
            FlatOperation::Barrier(_) | FlatOperation::Measure(..) => {}
            other => panic!("{other:?} has no state vector"),
        }
        Ok(())
    })
    .unwrap();
    state
}

fn apply(state: &mut [Complex64], gate: Gate, qubits: &[QubitId], angles: &[f64]) {
    let info = gate.info();
    let Core::Single(core) = info.core else { panic!("{gate:?} is not lowered") };
    let matrix = core.matrix(angles).unwrap();
    let (controls, target) = qubits.split_at(info.controls);
    let mask: usize = controls.iter().map(|qubit| 1 << qubit.index()).sum();
    let bit = 1 << target[0].index();
    for low in (0..state.len()).filter(|k| k & bit == 0 && k & mask == mask) {
        let (a, b) = (state[low], state[low | bit]);
        state[low] = matrix[0] * a + matrix[1] * b;
        state[low | bit] = matrix[2] * a + matrix[3] * b;
    }
}

/// The largest difference of two states, their phases included.
pub(crate) fn distance(a: &[Complex64], b: &[Complex64]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| (a - b).norm()).fold(0.0, f64::max)
}
