//! What a file will contain: which definitions become gates, under which names, and how long it gets.

use super::{Style, WriteError};
use crate::names::NameTable;
use crate::restated;
use qnewton_circuit::count::Kind;
use qnewton_circuit::{Arguments, Call, Circuit, Definition, Gate, Operation, RegisterKind, count};

/// Decisions about a circuit before anything is written.
pub(super) struct Plan<'c> {
    pub(super) circuit: &'c Circuit,
    pub(super) style: Style,
    pub(super) entry: &'c Definition,
    /// Per definition: its name as a gate, if it is written as one.
    pub(super) gate_names: Vec<Option<String>>,
    /// Names and lengths of the entry's registers.
    pub(super) registers: Vec<(String, u32)>,
    /// Names and lengths of the entry's bit registers.
    pub(super) bit_registers: Vec<(String, u32)>,
    /// Definitions of gates that `stdgates.inc` lacks.
    pub(super) restated: Vec<&'static str>,
    /// Names that the qubits of gates cannot have.
    pub(super) in_gates: NameTable,
    /// Statements of the file.
    pub(super) statements: u128,
}

impl<'c> Plan<'c> {
    /// Plans a well-formed circuit; an error if it has to be lowered first.
    pub(super) fn new(circuit: &'c Circuit, style: Style) -> Result<Self, WriteError> {
        let entry_id = circuit.entry_id()?;
        let entry = circuit.entry()?;
        if !entry.parameters.is_empty() {
            let (definition, parameters) = (entry.name.clone(), entry.parameters.len());
            return Err(WriteError::FreeParameters { definition, parameters });
        }
        let reachable = reachable(circuit, entry_id.index());
        let mut unitary = Vec::new();
        let mut lines: Vec<u128> = Vec::new();
        let mut gates = Vec::new();
        let mut total = 0u128;
        for (position, definition) in circuit.definitions()[..=entry_id.index()].iter().enumerate() {
            let is_unitary = definition.is_unitary_itself()
                && definition.all_calls().all(|call| unitary[call.callee.index()]);
            unitary.push(is_unitary);
            let is_gate = style == Style::Hierarchical
                && position != entry_id.index()
                && reachable[position]
                && is_unitary
                && definition.bit_count() == 0
                && definition.operand_count() > 0;
            gates.push(is_gate);
            if reachable[position] {
                check_lowered(circuit, definition, position != entry_id.index())?;
            }
            let length = statements(definition, &gates, &lines);
            lines.push(length);
            if is_gate {
                total = total.saturating_add(length).saturating_add(1);
            }
        }
        let mut names = NameTable::new();
        let mut claim = |name: &str, len: u32| (names.claim(name), len);
        let registers = entry.registers().iter().map(|r| claim(&r.name, r.len)).collect();
        let bit_registers = entry.bit_registers().iter().map(|r| claim(&r.name, r.len)).collect();
        let gate_names: Vec<Option<String>> = gates
            .iter()
            .zip(circuit.definitions())
            .map(|(&is_gate, definition)| is_gate.then(|| names.claim(&definition.name)))
            .collect();
        let mut in_gates = NameTable::new();
        gate_names.iter().flatten().for_each(|name| in_gates.take(name));
        Ok(Plan {
            circuit,
            style,
            entry,
            gate_names,
            registers,
            bit_registers,
            restated: restated_gates(circuit, style, &reachable)?,
            in_gates,
            statements: total.saturating_add(lines[entry_id.index()]),
        })
    }

    /// The gate that a call refers to, unless the callee is written in place.
    pub(super) fn gate_name(&self, call: &Call) -> Option<&str> {
        self.gate_names.get(call.callee.index())?.as_deref()
    }
}

/// Whether the entry reaches each definition up to itself.
fn reachable(circuit: &Circuit, entry: usize) -> Vec<bool> {
    let mut reachable = vec![false; entry + 1];
    reachable[entry] = true;
    for position in (0..=entry).rev() {
        if reachable[position] {
            for call in circuit.definitions()[position].all_calls().filter(|call| call.repetitions > 0) {
                reachable[call.callee.index()] = true;
            }
        }
    }
    reachable
}

fn check_lowered(circuit: &Circuit, definition: &Definition, is_callee: bool) -> Result<(), WriteError> {
    let not_lowered =
        |what: String| Err(WriteError::NotLowered { definition: definition.name.clone(), what });
    if is_callee && definition.registers().iter().any(|register| register.kind != RegisterKind::Operand) {
        return not_lowered("ancilla registers".to_string());
    }
    for operation in definition.operations() {
        if let Operation::Structured(position) = *operation {
            return not_lowered(format!(
                "the structured operation `{}`",
                definition.structured(position).kind.name()
            ));
        }
    }
    for call in definition.all_calls() {
        if !call.controls.is_empty() {
            let callee = &circuit.definition(call.callee).name;
            return not_lowered(format!("a controlled call of `{callee}`"));
        }
        if let Arguments::Table(table) = call.arguments {
            circuit.angles(table)?.to_dense()?;
        }
    }
    Ok(())
}

/// Statements that the body of a definition takes, calls of gates being one each.
fn statements(definition: &Definition, gates: &[bool], lines: &[u128]) -> u128 {
    let of_call = |call: &Call| {
        let once = if gates[call.callee.index()] { 1 } else { lines[call.callee.index()] };
        once.saturating_mul(u128::from(call.repetitions))
    };
    let of_operation = |operation: &Operation| match *operation {
        Operation::Call(position) => of_call(definition.calls(position)),
        Operation::Conjugate(position) => {
            let conjugate = definition.conjugates(position);
            of_call(&conjugate.outer).saturating_mul(2).saturating_add(of_call(&conjugate.inner))
        }
        Operation::Conditional(position) => {
            let conditional = definition.conditionals(position);
            of_call(&conditional.call).saturating_add(conditional.bits.len() as u128)
        }
        _ => 1,
    };
    definition.operations().iter().map(of_operation).fold(0, u128::saturating_add)
}

/// The definitions of gates in use that `stdgates.inc` lacks.
fn restated_gates(
    circuit: &Circuit,
    style: Style,
    reachable: &[bool],
) -> Result<Vec<&'static str>, WriteError> {
    let mut used = vec![false; Gate::ALL.len()];
    match style {
        Style::Flat => {
            for (kind, _) in count(circuit)?.iter() {
                if let Kind::Gate(gate) = kind {
                    used[gate as usize] = true;
                }
            }
        }
        Style::Hierarchical => {
            for (definition, _) in
                circuit.definitions().iter().zip(reachable).filter(|(_, reachable)| **reachable)
            {
                for operation in definition.operations() {
                    if let Operation::Gate(gate) = operation {
                        used[gate.gate as usize] = true;
                    }
                }
            }
        }
    }
    let texts = Gate::ALL.iter().filter(|gate| used[**gate as usize]);
    Ok(texts.filter_map(|gate| restated::definition_text(*gate)).collect())
}
