//! What all linear-system algorithms share: the circuit that they yield, and how it is put together.

use qnewton_circuit::{
    Angle, Call, Circuit, CircuitError, Conjugate, Definition, DefinitionId, Operation, QubitId,
    RegisterKind, Structured, StructuredOperation,
};
use qnewton_encoding::BlockEncoding;

/// A circuit that leaves a transformed state in `system`, where all other registers read 0.
#[derive(Clone, Debug)]
pub struct SolverCircuit {
    /// The circuit; its entry `main` has the register `system` first.
    pub circuit: Circuit,
    /// Calls of the block encoding and its inverse.
    pub queries: u64,
    /// Calls of the preparation of the right-hand side.
    pub queries_b: u64,
}

/// A block encoding in a circuit that calls it often.
pub(crate) struct Query {
    /// Operand registers: `system` first.
    pub(crate) registers: Vec<(String, usize)>,
    /// What is called for each query.
    call: Call,
    /// A change of basis that all queries share, where it leaves the projected registers alone: successive queries
    /// cancel it, so it happens once before the first one and is undone after the last.
    frame: Option<Call>,
}

impl Query {
    /// Copies the block encoding into `circuit`.
    pub(crate) fn import(circuit: &mut Circuit, encoding: &BlockEncoding) -> Result<Self, CircuitError> {
        let entry = circuit.import(&encoding.circuit)?;
        let definition = circuit.definition(entry);
        let registers = operand_registers(circuit, entry);
        let qubits: Vec<QubitId> =
            (0..registers.iter().map(|(_, len)| len).sum::<usize>() as u32).map(QubitId).collect();
        let (projected, _) = projected_qubits(encoding, definition, &qubits);
        if let [Operation::Conjugate(position)] = definition.operations() {
            let Conjugate { outer, inner } = definition.conjugates(*position);
            let outside = |qubit: &QubitId| qubit.index() < qubits.len() && !projected.contains(qubit);
            if outer.operands.iter().all(outside)
                && inner.operands.iter().all(|qubit| qubit.index() < qubits.len())
            {
                return Ok(Query { registers, call: inner.clone(), frame: Some(outer.clone()) });
            }
        }
        Ok(Query { registers, call: Call::new(entry, qubits), frame: None })
    }

    /// A query on the first qubits of a definition, in the frame.
    pub(crate) fn call(&self, inverse: bool) -> Call {
        if inverse { self.call.clone().inverted() } else { self.call.clone() }
    }

    /// Into the frame.
    pub(crate) fn enter(&self, definition: &mut Definition) {
        self.frame.iter().for_each(|frame| definition.call(frame.clone()));
    }

    /// Out of the frame.
    pub(crate) fn leave(&self, definition: &mut Definition) {
        self.frame.iter().for_each(|frame| definition.call(frame.clone().inverted()));
    }
}

/// Names and lengths of the operand registers of a definition, in order.
pub(crate) fn operand_registers(circuit: &Circuit, definition: DefinitionId) -> Vec<(String, usize)> {
    let registers = circuit.definition(definition).registers().iter();
    registers
        .filter(|register| register.kind == RegisterKind::Operand)
        .map(|register| (register.name.clone(), register.len as usize))
        .collect()
}

/// A definition with the operand registers of a query and then some more, and the qubits of the query in it.
pub(crate) fn with_registers(
    name: &str,
    registers: &[(String, usize)],
    more: &[(&str, usize)],
) -> (Definition, Vec<QubitId>) {
    let mut definition = Definition::new(name);
    for (name, len) in registers {
        definition.add_register(name, *len);
    }
    let query = (0..definition.qubit_count() as u32).map(QubitId).collect();
    for (name, len) in more {
        definition.add_register(*name, *len);
    }
    (definition, query)
}

/// The qubits of a query that must read 0, and the others. `query` are the first qubits of `definition`, whose first
/// registers are those of the query.
pub(crate) fn projected_qubits(
    encoding: &BlockEncoding,
    definition: &Definition,
    query: &[QubitId],
) -> (Vec<QubitId>, Vec<QubitId>) {
    let is_projected = |qubit: &QubitId| {
        let holder = definition.registers().iter().find(|r| (r.start..r.start + r.len).contains(&qubit.0));
        holder.is_some_and(|register| encoding.projected.contains(&register.name))
    };
    query.iter().copied().partition(is_projected)
}

/// exp(i phi (2|0><0| - 1) (x) Z) on the projected registers and the signal, a definition with the parameter phi; the
/// rest may be borrowed.
pub(crate) fn projector_phase(encoding: &BlockEncoding, registers: &[(String, usize)]) -> Definition {
    let (mut definition, query) = with_registers("projector_phase", registers, &[("signal", 1)]);
    let angle: Angle = definition.add_parameter("phi");
    let (projected, dirty) = projected_qubits(encoding, &definition, &query);
    let signal = QubitId(query.len() as u32);
    let kind = Structured::Reflection { qubits: projected, signal: Some(signal), angle };
    definition.push_structured(StructuredOperation { dirty, ..kind.into() });
    definition
}
