//! How long a circuit will take, before it runs.

use crate::error::ExecutorError;
use crate::program::Program;
use crate::run::RunOptions;
use crate::state::StateVector;
use qnewton_circuit::lower::allocate_ancillas;
use qnewton_circuit::{
    Angle, AngleTable, Axis, Call, Circuit, CircuitError, Definition, Gate, Operation, Structured,
};
use qnewton_core::Silent;
use std::time::{Duration, Instant};

/// What starting a kernel costs, in amplitude updates.
const KERNEL_OVERHEAD: u128 = 32;

/// Time that is spent on measuring the speed.
const MEASUREMENT: Duration = Duration::from_millis(30);

/// Amplitude updates that a run of the circuit makes: 2^(qubits - controls) for every pass of a kernel over the
/// amplitudes, twice that where amplitudes change places irregularly, and a constant for starting it. Divided by [`measure_speed`] it predicts the seconds of a run.
///
/// Tables need no values. The result saturates; it is an estimate, right within a small factor.
pub fn operations_estimate(circuit: &Circuit) -> Result<u128, CircuitError> {
    let circuit = allocate_ancillas(circuit)?;
    let entry = circuit.entry_id()?.index();
    let qubits = circuit.entry()?.qubit_count();
    let state = if qubits < 127 { 1u128 << qubits } else { u128::MAX };
    let mut costs: Vec<Cost> = Vec::with_capacity(entry + 1);
    for definition in &circuit.definitions()[..=entry] {
        let mut cost = Cost::default();
        for &operation in definition.operations() {
            cost.add(operation_cost(definition, operation, state, &costs), 1);
        }
        costs.push(cost);
    }
    let total = costs[entry];
    Ok(total.updates.saturating_add(total.kernels.saturating_mul(KERNEL_OVERHEAD)))
}

/// Amplitude updates per second on this machine, in the current rayon pool, for states of that many qubits.
/// Takes about 30 ms; states above 22 qubits are taken to be as fast as those of 22.
pub fn measure_speed(qubits: usize) -> Result<f64, ExecutorError> {
    let qubits = qubits.clamp(3, 22);
    let circuit = sweep(qubits);
    let updates = operations_estimate(&circuit)? as f64;
    let program = Program::new(&circuit)?;
    let mut state: StateVector = StateVector::zero(qubits)?;
    let mut sweep = || program.run(&mut state, &RunOptions::default(), &Silent);
    sweep()?;
    let start = Instant::now();
    let mut runs = 0.0;
    while start.elapsed() < MEASUREMENT {
        sweep()?;
        runs += 1.0;
    }
    Ok(updates * runs / start.elapsed().as_secs_f64())
}

#[derive(Clone, Copy, Default)]
struct Cost {
    updates: u128,
    kernels: u128,
}

impl Cost {
    fn passes(number: u128, amplitudes: u128) -> Self {
        Cost { updates: number.saturating_mul(amplitudes), kernels: number }
    }

    fn add(&mut self, other: Cost, times: u128) {
        self.updates = self.updates.saturating_add(other.updates.saturating_mul(times));
        self.kernels = self.kernels.saturating_add(other.kernels.saturating_mul(times));
    }

    fn of_call(call: &Call, costs: &[Cost]) -> Self {
        let callee = costs[call.callee.index()];
        let mut cost = Cost::default();
        let under_controls = Cost { updates: shifted(callee.updates, call.controls.len()), ..callee };
        cost.add(under_controls, u128::from(call.repetitions));
        cost
    }
}

fn shifted(updates: u128, controls: usize) -> u128 {
    updates.checked_shr(controls as u32).unwrap_or(0)
}

fn operation_cost(definition: &Definition, operation: Operation, state: u128, costs: &[Cost]) -> Cost {
    match operation {
        Operation::Gate(gate) => Cost::passes(1, shifted(state, gate.gate.info().controls)),
        Operation::Structured(position) => {
            let operation = definition.structured(position);
            let own = match &operation.kind {
                Structured::Gate { gate, .. } => gate.info().controls,
                _ => 0,
            };
            let passes = match &operation.kind {
                Structured::StatePreparation { qubits, .. } => qubits.len() as u128,
                Structured::Permutation { .. } | Structured::TableLookup { .. } => 2,
                _ => 1,
            };
            Cost::passes(passes, shifted(state, operation.controls.len() + own))
        }
        Operation::Call(position) => Cost::of_call(definition.calls(position), costs),
        Operation::Conjugate(position) => {
            let conjugate = definition.conjugates(position);
            let mut cost = Cost::of_call(&conjugate.inner, costs);
            cost.add(Cost::of_call(&conjugate.outer, costs), 2);
            cost
        }
        Operation::Conditional(position) => Cost::of_call(&definition.conditionals(position).call, costs),
        Operation::Measure { .. } | Operation::Reset(_) => Cost::passes(2, state),
        Operation::GlobalPhase(_) | Operation::Barrier(_) => Cost::default(),
    }
}

/// A circuit with the usual mixture of kernels on all qubits.
fn sweep(qubits: usize) -> Circuit {
    let mut circuit = Circuit::new();
    let mut definition = Definition::new("sweep");
    let all: Vec<_> = definition.add_register("q", qubits).qubits().collect();
    let selects = (qubits - 1).min(10);
    let length = 1u64 << selects;
    // All selects matter.
    let coefficients = (0..selects).map(|bit| (1 << bit, 0.1)).collect();
    let angles = circuit.add_angles(AngleTable::WalshSparse { length, coefficients });
    for position in 0..qubits {
        let at = |offset: usize| all[(position + offset) % qubits];
        definition.gate(Gate::H, &[at(0)], &[]);
        definition.gate(Gate::Cx, &[at(0), at(1)], &[]);
        definition.gate(Gate::U3, &[at(0)], &[0.1, 0.2, 0.3]);
        definition.push_structured(Structured::MultiplexedRotation {
            axis: Axis::Y,
            selects: (1..=selects).map(at).collect(),
            target: at(0),
            angles,
        });
        definition.push_structured(Structured::Reflection {
            qubits: vec![at(1), at(2)],
            signal: Some(at(0)),
            angle: Angle::from(0.1),
        });
    }
    circuit.add(definition);
    circuit
}
