//! What a file will contain: which definitions become gates, under which names, and how long it gets.

use super::spelling::{Spelling, spelling, taken_words};
use super::{Dialect, Style, WriteError};
use crate::names::NameTable;
use qnewton_circuit::count::Kind;
use qnewton_circuit::{Arguments, Call, Circuit, Definition, Gate, Operation, RegisterKind, TableId, count};
use std::collections::BTreeMap;

/// Decisions about a circuit before anything is written.
pub(super) struct Plan<'c> {
    pub(super) circuit: &'c Circuit,
    pub(super) style: Style,
    pub(super) dialect: Dialect,
    pub(super) entry: &'c Definition,
    /// Per definition: its name as a gate, if it is written as one.
    pub(super) gate_names: Vec<Option<String>>,
    /// Names and lengths of the entry's registers.
    pub(super) registers: Vec<(String, u32)>,
    /// Names and lengths of the entry's bit registers.
    pub(super) bit_registers: Vec<(String, u32)>,
    /// Names of the arrays that loops take angles from, one per parameter, by table and number of parameters.
    pub(super) arrays: BTreeMap<(TableId, usize), Vec<String>>,
    /// The variable of loops.
    pub(super) variable: String,
    /// Per gate of the table, its name in the dialect.
    words: Vec<&'static str>,
    /// Definitions of gates that `stdgates.inc` lacks.
    pub(super) restated: Vec<&'static str>,
    /// Names that the qubits of gates cannot have.
    pub(super) in_gates: NameTable,
    /// Statements of the file.
    pub(super) statements: u128,
}

impl<'c> Plan<'c> {
    /// Plans a well-formed circuit; an error if it has to be lowered first.
    pub(super) fn new(circuit: &'c Circuit, style: Style, dialect: Dialect) -> Result<Self, WriteError> {
        let entry_id = circuit.entry_id()?;
        let entry = circuit.entry()?;
        if !entry.parameters.is_empty() {
            let (definition, parameters) = (entry.name.clone(), entry.parameters.len());
            return Err(WriteError::FreeParameters { definition, parameters });
        }
        let reachable = reachable(circuit, entry_id.index());
        let mut unitary = Vec::new();
        let mut lines: Vec<u128> = Vec::new();
        let mut gates: Vec<bool> = Vec::new();
        let mut loops: Vec<bool> = Vec::new();
        let mut total = 0u128;
        for (position, definition) in circuit.definitions()[..=entry_id.index()].iter().enumerate() {
            let is_unitary = definition.is_unitary_itself()
                && definition.all_calls().all(|call| unitary[call.callee.index()]);
            unitary.push(is_unitary);
            let has_loop = |call: &Call| call.repetitions > 1 || loops[call.callee.index()];
            loops.push(style == Style::Loop && definition.all_calls().any(has_loop));
            let is_gate = style != Style::Flat
                && !loops[position]
                && position != entry_id.index()
                && reachable[position]
                && is_unitary
                && definition.bit_count() == 0
                && definition.operand_count() > 0;
            gates.push(is_gate);
            if reachable[position] {
                check_lowered(circuit, definition, position != entry_id.index())?;
            }
            let length = statements(definition, style, &gates, &lines);
            lines.push(length);
            if is_gate {
                total = total.saturating_add(length).saturating_add(1);
            }
        }
        let mut names = NameTable::new();
        taken_words(dialect).iter().for_each(|word| names.take(word));
        let mut claim = |name: &str, len: u32| {
            let is_plain =
                !dialect.has_lower_case_names() || name.starts_with(|c: char| c.is_ascii_lowercase());
            (if is_plain { names.claim(name) } else { names.claim(&format!("r_{name}")) }, len)
        };
        let registers = entry.registers().iter().map(|r| claim(&r.name, r.len)).collect();
        let bit_registers = entry.bit_registers().iter().map(|r| claim(&r.name, r.len)).collect();
        let gate_names: Vec<Option<String>> = gates
            .iter()
            .zip(circuit.definitions())
            .map(|(&is_gate, definition)| is_gate.then(|| names.claim(&definition.name)))
            .collect();
        let arrays = arrays(circuit, style, &gates, &reachable, &mut names);
        let variable = names.claim("repetition");
        let mut in_gates = NameTable::new();
        taken_words(dialect).iter().for_each(|word| in_gates.take(word));
        gate_names.iter().flatten().for_each(|name| in_gates.take(name));
        Ok(Plan {
            circuit,
            style,
            dialect,
            entry,
            gate_names,
            registers,
            bit_registers,
            arrays,
            variable,
            words: Gate::ALL.iter().map(|&gate| word(dialect, gate)).collect(),
            restated: restated_gates(circuit, style, dialect, &gates, &reachable)?,
            in_gates,
            statements: total.saturating_add(lines[entry_id.index()]),
        })
    }

    /// The name of a gate of the table.
    pub(super) fn word(&self, gate: Gate) -> &'static str {
        self.words[gate as usize]
    }

    /// Whether a call becomes a loop: it repeats, and its angles are the same each time or in arrays.
    pub(super) fn is_loop(&self, call: &Call) -> bool {
        let is_gate = self.gate_name(call).is_some();
        self.style == Style::Loop && loops_over(self.circuit, call, is_gate)
    }

    /// The gate that a call refers to, unless the callee is written in place.
    pub(super) fn gate_name(&self, call: &Call) -> Option<&str> {
        self.gate_names.get(call.callee.index())?.as_deref()
    }
}

/// A body that is written in place has numbers for angles, which one loop cannot change.
fn loops_over(circuit: &Circuit, call: &Call, is_gate: bool) -> bool {
    let fixed = match call.arguments {
        Arguments::Fixed(_) => true,
        Arguments::Table(_) => circuit.definition(call.callee).parameters.is_empty(),
    };
    call.repetitions > 1 && (is_gate || fixed)
}

/// Names of the arrays of all tables that loops read: `gate_parameter`.
fn arrays(
    circuit: &Circuit,
    style: Style,
    gates: &[bool],
    reachable: &[bool],
    names: &mut NameTable,
) -> BTreeMap<(TableId, usize), Vec<String>> {
    let mut arrays = BTreeMap::new();
    if style != Style::Loop {
        return arrays;
    }
    let definitions = circuit.definitions().iter().zip(reachable).filter(|(_, reachable)| **reachable);
    for call in definitions.flat_map(|(definition, _)| definition.all_calls()) {
        let callee = circuit.definition(call.callee);
        let Arguments::Table(table) = call.arguments else { continue };
        if gates[call.callee.index()] && call.repetitions > 1 && !callee.parameters.is_empty() {
            arrays.entry((table, callee.parameters.len())).or_insert_with(|| {
                let named = |parameter| names.claim(&format!("{}_{parameter}", callee.name));
                callee.parameters.iter().map(named).collect()
            });
        }
    }
    arrays
}

fn word(dialect: Dialect, gate: Gate) -> &'static str {
    match spelling(dialect, gate) {
        Spelling::Word(word) => word,
        // Gates that are made of others have been replaced.
        Spelling::Defined(_) | Spelling::Steps(_) => gate.name(),
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
fn statements(definition: &Definition, style: Style, gates: &[bool], lines: &[u128]) -> u128 {
    let of_call = |call: &Call| {
        let once = if gates[call.callee.index()] { 1 } else { lines[call.callee.index()] };
        match call.arguments {
            Arguments::Fixed(_) if style == Style::Loop && call.repetitions > 1 => once.saturating_add(1),
            _ => once.saturating_mul(u128::from(call.repetitions)),
        }
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

/// The definitions of gates in use that the library of the dialect lacks.
fn restated_gates(
    circuit: &Circuit,
    style: Style,
    dialect: Dialect,
    gates: &[bool],
    reachable: &[bool],
) -> Result<Vec<&'static str>, WriteError> {
    let mut used = vec![false; Gate::ALL.len()];
    if style == Style::Flat {
        for (kind, _) in count(circuit)?.iter() {
            if let Kind::Gate(gate) = kind {
                used[gate as usize] = true;
            }
        }
    } else {
        let reached = circuit.definitions().iter().zip(reachable).zip(gates);
        for ((definition, _), is_gate) in reached.filter(|((_, reachable), _)| **reachable) {
            for operation in definition.operations() {
                if let Operation::Gate(gate) = operation {
                    used[gate.gate as usize] = true;
                    // A body in place may be inverted gate by gate.
                    used[gate.gate.inverse().0 as usize] |= style == Style::Loop && !is_gate;
                }
            }
        }
    }
    let texts = Gate::ALL.iter().filter(|gate| used[**gate as usize]);
    let defined = |gate: &Gate| match spelling(dialect, *gate) {
        Spelling::Defined(text) => Some(text),
        Spelling::Word(_) | Spelling::Steps(_) => None,
    };
    Ok(texts.filter_map(defined).collect())
}
