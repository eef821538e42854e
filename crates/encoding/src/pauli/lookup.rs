//! Masks looked up: each qubit of the system has a multiplexed X and a multiplexed Z, selected by the term.
//!
//! Rotations by pi are these up to a factor -i, which a diagonal on the term takes back together with the phases of
//! the strings.

use super::PauliString;
use qnewton_circuit::{AngleTable, Axis, Circuit, Definition, IndexTable, QubitId, Register, Structured};
use std::f64::consts::{FRAC_PI_2, PI};

/// Applies string k with its phase, k the value of `term`; values without a string do nothing.
pub(super) fn select(
    circuit: &mut Circuit,
    definition: &mut Definition,
    system: &Register,
    term: &[QubitId],
    strings: &[PauliString],
    phases: &[f64],
    is_symbolic: bool,
) {
    let length = 1 << term.len();
    let padded = || strings.iter().copied().chain(std::iter::repeat(PauliString::default())).take(length);
    let table = |values: &mut dyn Iterator<Item = f64>| {
        if is_symbolic {
            AngleTable::Symbolic { length: length as u64 }
        } else {
            AngleTable::Dense(values.collect())
        }
    };
    for (bit, target) in system.qubits().enumerate() {
        let mut angles = padded().map(|string| if string.z >> bit & 1 == 1 { PI } else { 0.0 });
        let angles = circuit.add_angles(table(&mut angles));
        let selects = term.to_vec();
        definition.push_structured(Structured::MultiplexedRotation {
            axis: Axis::Z,
            selects,
            target,
            angles,
        });
    }
    let values = padded().map(|string| string.x).collect();
    let entries = circuit.add_indices(IndexTable::Dense { width: system.len, values });
    definition.push_structured(Structured::TableLookup {
        address: term.to_vec(),
        target: system.qubits().collect(),
        entries,
        relative_phase: true,
    });
    let turns = |string: PauliString| f64::from(string.x.count_ones() + string.z.count_ones());
    let own = phases.iter().copied().chain(std::iter::repeat(0.0));
    let mut phases = padded().zip(own).map(|(string, phase)| phase + FRAC_PI_2 * turns(string));
    let phases = circuit.add_angles(table(&mut phases));
    definition.push_structured(Structured::Diagonal { qubits: term.to_vec(), phases });
}
