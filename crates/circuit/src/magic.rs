//! Gates outside of the Clifford group: exact T gates and rotations that have to be synthesised.

use crate::circuit::Circuit;
use crate::error::CircuitError;
use crate::gate::Gate;
use crate::lower::{allocate_ancillas, expand_controls, lower_structures};
use crate::operation::Operation;
use std::f64::consts::FRAC_PI_4;

/// Angles within this distance of a multiple of pi/4 count as that multiple.
const ANGLE_TOLERANCE: f64 = 1e-12;

/// Non-Clifford gates of a circuit over Clifford gates, T, and rotations about an axis.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MagicCounts {
    /// T gates and their inverses: rotations by odd multiples of pi/4 are one each.
    pub t: u128,
    /// Rotations by any other angle that is no multiple of pi/2.
    pub rotations: u128,
}

impl MagicCounts {
    /// T gates in all, if each rotation is synthesised to `error` with 1.149 log2(1/error) + 9.2 of them, the mean of
    /// repeat-until-success circuits (Bocharov, Roetteler, Svore, arXiv 1404.5320).
    pub fn t_count(&self, error: f64) -> u128 {
        let each = (1.149 * (1.0 / error).log2() + 9.2).round().max(0.0);
        self.t.saturating_add(self.rotations.saturating_mul(each as u128))
    }

    fn add(&mut self, other: MagicCounts, times: u128) -> Result<(), CircuitError> {
        let sum = |a: u128, b: u128| b.checked_mul(times).and_then(|product| a.checked_add(product));
        self.t = sum(self.t, other.t).ok_or(CircuitError::Overflow)?;
        self.rotations = sum(self.rotations, other.rotations).ok_or(CircuitError::Overflow)?;
        Ok(())
    }
}

/// The non-Clifford gates of a circuit after lowering to single-qubit gates and `cx`, without flattening. Angles that
/// depend on parameters count as rotations.
pub fn magic_counts(circuit: &Circuit) -> Result<MagicCounts, CircuitError> {
    magic_counts_of_gates(&lower_structures(&expand_controls(&allocate_ancillas(circuit)?)?, true)?)
}

/// The same for a circuit that the pass `structures` has left: single-qubit gates, `cx` and calls.
pub fn magic_counts_of_gates(lowered: &Circuit) -> Result<MagicCounts, CircuitError> {
    let mut totals: Vec<MagicCounts> = Vec::with_capacity(lowered.definitions().len());
    for definition in lowered.definitions() {
        let mut total = MagicCounts::default();
        for &operation in definition.operations() {
            match operation {
                Operation::Gate(gate) => {
                    let angles = definition.literal_angles(gate.angles, gate.gate.angles());
                    total.add(of_gate(gate.gate, angles), 1)?;
                }
                Operation::Call(position) => {
                    let call = definition.calls(position);
                    total.add(totals[call.callee.index()], u128::from(call.repetitions))?;
                }
                Operation::Conditional(position) => {
                    let call = &definition.conditionals(position).call;
                    total.add(totals[call.callee.index()], u128::from(call.repetitions))?;
                }
                _ => {}
            }
        }
        totals.push(total);
    }
    Ok(totals[lowered.entry_id()?.index()])
}

fn of_gate(gate: Gate, angles: Option<&[f64]>) -> MagicCounts {
    if matches!(gate, Gate::T | Gate::Tdg) {
        return MagicCounts { t: 1, rotations: 0 };
    }
    let Some(angles) = angles else {
        return MagicCounts { t: 0, rotations: gate.angles() as u128 };
    };
    let mut counts = MagicCounts::default();
    for angle in angles {
        let eighths = angle / FRAC_PI_4;
        if (eighths - eighths.round()).abs() * FRAC_PI_4 > ANGLE_TOLERANCE {
            counts.rotations += 1;
        } else if eighths.round().rem_euclid(2.0) == 1.0 {
            counts.t += 1;
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::Definition;
    use crate::operation::Call;

    #[test]
    fn gates_are_sorted_by_their_angles_and_multiplied_by_calls() {
        let mut circuit = Circuit::new();
        let mut inner = Definition::new("inner");
        let q = inner.add_register("q", 3);
        inner.gate(Gate::H, &[q.qubit(0)], &[]);
        inner.gate(Gate::T, &[q.qubit(0)], &[]);
        inner.gate(Gate::Ry, &[q.qubit(0)], &[-3.0 * FRAC_PI_4]);
        inner.gate(Gate::Rz, &[q.qubit(0)], &[2.0 * FRAC_PI_4]);
        inner.gate(Gate::Rz, &[q.qubit(0)], &[0.3]);
        let inner = circuit.add(inner);
        let mut outer = Definition::new("outer");
        let q = outer.add_register("q", 3);
        outer.call(Call::new(inner, q.qubits()).repeated(5));
        // Seven T gates in the usual network.
        outer.gate(Gate::Ccx, &[q.qubit(0), q.qubit(1), q.qubit(2)], &[]);
        circuit.add(outer);
        let counts = magic_counts(&circuit).unwrap();
        assert_eq!(counts, MagicCounts { t: 17, rotations: 5 });
        assert_eq!(counts.t_count(1e-9), 17 + 5 * 44);
    }
}
