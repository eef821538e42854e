//! Preparation of the right-hand side: |0> -> |b> / ||b||.

use qnewton_circuit::{AngleTable, Circuit, Definition, DefinitionId, Structured};

/// The definition that prepares the right-hand side has this name in every solver, with a suffix where it was taken.
pub(crate) const PREPARE_RHS: &str = "prepare_rhs";

/// Adds a definition that prepares real `amplitudes`, 2^n of them and not all zero, on a register `system`.
///
/// Multiplexed Y rotations (Möttönen et al., quant-ph/0407010): 2^n - 2 `cx` before elision. Amplitudes are
/// normalised; the sign is kept.
pub fn add_state_preparation(circuit: &mut Circuit, name: &str, amplitudes: &[f64]) -> DefinitionId {
    let qubits = amplitudes.len().trailing_zeros() as usize;
    add_tabulated_preparation(circuit, name, qubits, AngleTable::Dense(amplitudes.to_vec()))
}

/// 2^`qubits` amplitudes without values: any right-hand side, for costs.
pub(crate) fn symbolic_amplitudes(qubits: usize) -> AngleTable {
    let length = u32::try_from(qubits).ok().and_then(|qubits| 1u64.checked_shl(qubits));
    AngleTable::Symbolic { length: length.unwrap_or(u64::MAX) }
}

/// As [`add_state_preparation`], for a table of 2^`qubits` amplitudes, which may have no values.
pub fn add_tabulated_preparation(
    circuit: &mut Circuit,
    name: &str,
    qubits: usize,
    amplitudes: AngleTable,
) -> DefinitionId {
    let table = circuit.add_angles(amplitudes);
    let mut definition = Definition::new(name);
    let system = definition.add_register("system", qubits);
    let kind = Structured::StatePreparation { qubits: system.qubits().collect(), amplitudes: table };
    definition.push_structured(kind);
    circuit.add(definition)
}
