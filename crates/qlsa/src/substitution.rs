//! Another right-hand side in a circuit that is there already: encoding, polynomial and phase factors stay, only what
//! prepares the right-hand side is replaced.

use crate::solver::SolverCircuit;
use crate::state_preparation::PREPARE_RHS;
use qnewton_circuit::{
    AngleTable, Call, Circuit, CircuitError, Definition, DefinitionId, Operation, QubitId, Structured,
};

/// What takes the place of the preparation in a solver.
#[derive(Clone, Copy, Debug)]
pub enum Preparation<'a> {
    /// Real amplitudes, one for each value of `system`, finite and not all zero; their norm does not matter.
    Amplitudes(&'a [f64]),
    /// A unitary circuit without parameters that prepares the state from |0>, on as many qubits as `system` has.
    Circuit(&'a Circuit),
}

impl SolverCircuit {
    /// The same solver for another right-hand side, wherever it prepares it: inverted and controlled calls stay what they
    /// are. An error if the preparation does not fit, or if this solver has no table of amplitudes, as after a circuit
    /// has taken its place.
    pub fn with_preparation(&self, preparation: Preparation<'_>) -> Result<SolverCircuit, CircuitError> {
        let found = find(&self.circuit)?;
        let signature = self.circuit.definition(found).same_signature();
        let qubits = signature.operand_count();
        let circuit = match preparation {
            Preparation::Amplitudes(amplitudes) => {
                check_amplitudes(amplitudes, qubits)?;
                let mut circuit = self.circuit.clone();
                let amplitudes = circuit.add_angles(AngleTable::Dense(amplitudes.to_vec()));
                let mut definition = signature;
                let qubits = (0..qubits as u32).map(QubitId).collect();
                definition.push_structured(Structured::StatePreparation { qubits, amplitudes });
                circuit.replace(found, definition);
                circuit
            }
            Preparation::Circuit(given) => {
                check_circuit(given, qubits)?;
                let mut circuit = Circuit::new();
                // Callees stand before their callers, and the solver's definitions keep their names.
                let callee = circuit.import(&given.clone().with_prefix("rhs_"))?;
                let first = circuit.definitions().len();
                let entry = circuit.import(&self.circuit)?;
                let mut definition = signature;
                definition.call(Call::new(callee, (0..qubits as u32).map(QubitId)));
                let place = DefinitionId::from_index(first + found.index());
                definition.name.clone_from(&circuit.definition(place).name);
                circuit.replace(place, definition);
                circuit.set_entry(entry);
                circuit
            }
        };
        Ok(SolverCircuit { circuit, ..*self })
    }
}

/// The definition that prepares the right-hand side. Solvers add it behind their encoding, so it is the last one of its
/// name; what else may have such a name is no table of amplitudes.
fn find(circuit: &Circuit) -> Result<DefinitionId, CircuitError> {
    let is_preparation = |definition: &Definition| {
        let suffix = definition.name.strip_prefix(PREPARE_RHS);
        let named = suffix
            .is_some_and(|suffix| suffix.chars().all(|letter| letter == '_' || letter.is_ascii_digit()));
        let tabulated = |position: u32| {
            matches!(definition.structured(position).kind, Structured::StatePreparation { .. })
        };
        named && matches!(definition.operations(), [Operation::Structured(position)] if tabulated(*position))
    };
    let position = circuit.definitions().iter().rposition(is_preparation);
    position
        .map(DefinitionId::from_index)
        .ok_or_else(|| malformed("the solver has no table of amplitudes for its right-hand side".to_string()))
}

fn check_amplitudes(amplitudes: &[f64], qubits: usize) -> Result<(), CircuitError> {
    let usable =
        amplitudes.iter().all(|value| value.is_finite()) && amplitudes.iter().any(|value| *value != 0.0);
    if 1usize.checked_shl(qubits as u32) == Some(amplitudes.len()) && usable {
        return Ok(());
    }
    let length = amplitudes.len();
    Err(malformed(format!(
        "2^{qubits} finite amplitudes that are not all zero are needed, not {length} values"
    )))
}

fn check_circuit(circuit: &Circuit, qubits: usize) -> Result<(), CircuitError> {
    let entry = circuit.entry()?;
    if entry.operand_count() == qubits && entry.parameters.is_empty() && entry.bit_count() == 0 {
        return Ok(());
    }
    let (found, parameters, bits) = (entry.operand_count(), entry.parameters.len(), entry.bit_count());
    Err(malformed(format!(
        "a circuit of {qubits} qubits without parameters and classical bits is needed, not one of {found} qubits, \
         {parameters} parameters and {bits} bits"
    )))
}

fn malformed(problem: String) -> CircuitError {
    CircuitError::Malformed { definition: PREPARE_RHS.into(), operation: 0, problem }
}
