//! The closed-form cost of a circuit: gates after lowering, without building them.

use crate::circuit::Circuit;
use crate::count::{Counts, Kind, accumulate};
use crate::error::CircuitError;
use crate::gate::Gate;
use crate::lower::{allocate_ancillas, count_structured, expand_controls};

/// The gates that [`crate::lower::lower_structures`] emits without elision: single-qubit gates and `cx`.
///
/// Tables need lengths only (a symbolic circuit), except that a permutation without values costs its bound.
pub fn cost(circuit: &Circuit) -> Result<Counts, CircuitError> {
    let circuit = expand_controls(&allocate_ancillas(circuit)?)?;
    let raw = accumulate(&circuit, |definition, position| {
        count_structured(&circuit, definition.structured(position))
    })?;
    let mut counts = Counts::default();
    for (kind, number) in raw.iter() {
        match kind {
            Kind::Gate(gate) if gate.qubits() > 1 && gate != Gate::Cx => {
                counts.add_all(&crate::lower::count_gate(gate), number);
            }
            kind => counts.add(kind, number),
        }
    }
    counts.checked()
}
