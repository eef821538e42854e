//! Closed-form counts in other gate sets.

use qnewton_circuit::{Basis, Circuit, CircuitError, Counts, Definition, Kind, MagicCounts, count, lower};

/// Counts of single-qubit gates and `cx` in the gates of a basis, each gate translated alone: lowering merges neighbours,
/// so that an emitted circuit has no more of them.
pub fn in_basis(counts: &Counts, basis: Basis) -> Result<Counts, CircuitError> {
    let mut result = Counts::default();
    for (kind, number) in counts.iter() {
        let Kind::Gate(gate) = kind else {
            result.add(kind, number);
            continue;
        };
        // Angles that are parameters have no values that could make gates vanish.
        let mut definition = Definition::new("gate");
        let qubits: Vec<_> = definition.add_register("q", gate.qubits()).qubits().collect();
        let angles: Vec<_> = (0..gate.angles())
            .map(|position| definition.add_parameter(format!("angle_{position}")))
            .collect();
        definition.gate_with(gate, &qubits, &angles);
        let mut circuit = Circuit::new();
        circuit.add(definition);
        result.add_all(&count(&lower(&circuit, basis)?)?, number);
    }
    Ok(result)
}

/// Non-Clifford gates of a closed-form count: T gates, and rotations, all of which count, whatever their angles will be.
pub fn magic(counts: &Counts) -> MagicCounts {
    let rotations = counts.iter().filter_map(|(kind, number)| match kind {
        Kind::Gate(gate) => Some(number.saturating_mul(gate.angles() as u128)),
        _ => None,
    });
    MagicCounts { t: counts.t(), rotations: rotations.fold(0, u128::saturating_add) }
}
