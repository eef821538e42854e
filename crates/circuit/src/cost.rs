//! The closed-form cost of a circuit: gates after lowering, without building them.

use crate::circuit::Circuit;
use crate::count::{Counts, Kind, accumulate};
use crate::error::CircuitError;
use crate::gate::Gate;
use crate::lower::{allocate_ancillas, count_gate, count_structured, expand_controls};

/// The gates that [`crate::lower::lower_structures`] emits without elision: single-qubit gates and `cx`.
///
/// Tables need lengths only (a symbolic circuit), except that a permutation without values costs its bound, and so
/// does a table with a number of Walsh coefficients ([`crate::AngleTable::SymbolicWalsh`]): as many rotations, and for
/// each of k selects as many `cx` as there are coefficients, rounded up to an even number, or as the Gray code has
/// changes of that bit.
pub fn cost(circuit: &Circuit) -> Result<Counts, CircuitError> {
    let circuit = expand_controls(&allocate_ancillas(circuit)?)?;
    // Here and not at the end: the inverse of a decomposition may have other gates.
    let gate = |counts: &mut Counts, gate: Gate, number| match gate {
        Gate::Cx => counts.add(Kind::Gate(gate), number),
        _ if gate.qubits() == 1 => counts.add(Kind::Gate(gate), number),
        _ => counts.add_all(&count_gate(gate), number),
    };
    accumulate(&circuit, gate, |definition, position| {
        count_structured(&circuit, definition.structured(position))
    })
}
