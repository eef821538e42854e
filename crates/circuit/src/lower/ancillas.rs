//! The pass `ancillas`: scoped ancillas become registers that callers pass.
//!
//! Allocation is deterministic: the clean qubits of one call are reused by the next, and dirty ones are the
//! caller's lowest qubits that the call does not use.

use crate::circuit::Circuit;
use crate::definition::{Definition, RegisterKind};
use crate::error::CircuitError;
use crate::ids::QubitId;
use crate::operation::Call;

/// Makes every ancilla register an operand register, and callers pass it; the entry gets them all.
pub fn allocate_ancillas(circuit: &Circuit) -> Result<Circuit, CircuitError> {
    let is_ancilla =
        |definition: &Definition| definition.registers().iter().any(|r| r.kind != RegisterKind::Operand);
    if !circuit.definitions().iter().any(is_ancilla) {
        return Ok(circuit.clone());
    }
    let mut result = Circuit::new();
    for table in circuit.tables() {
        result.add_table(table.clone());
    }
    // Kinds of the qubits that callers of each definition pass beyond its operands.
    let mut extra: Vec<Vec<RegisterKind>> = Vec::new();
    for definition in circuit.definitions() {
        let mut allocated = definition.clone();
        let pool = allocated.all_calls().map(|call| shortage(definition, call, &extra)).max().unwrap_or(0);
        let pool_start = definition.qubit_count();
        if pool > 0 {
            let name = fresh_register_name(&allocated);
            allocated.add_register_of(name, pool, RegisterKind::CleanAncilla);
        }
        for call in allocated.all_calls_mut() {
            let mut clean = (pool_start as u32..).map(QubitId);
            let mut dirty = borrowable(definition, call).into_iter();
            let mut passed = Vec::new();
            for kind in &extra[call.callee.index()] {
                let free = if *kind == RegisterKind::DirtyAncilla { dirty.next() } else { None };
                passed.extend(free.or_else(|| clean.next()));
            }
            call.operands.extend(passed);
        }
        let mut kinds = Vec::new();
        for register in allocated.registers_mut() {
            if register.kind != RegisterKind::Operand {
                kinds.extend(std::iter::repeat_n(register.kind, register.len as usize));
                register.kind = RegisterKind::Operand;
            }
        }
        extra.push(kinds);
        result.add(allocated);
    }
    result.set_entry(circuit.entry_id()?);
    Ok(result)
}

/// The definition's own qubits that a call may borrow as dirty ones: those it does not use.
fn borrowable(definition: &Definition, call: &Call) -> Vec<QubitId> {
    let used = |qubit: &QubitId| {
        call.operands.contains(qubit) || call.controls.iter().any(|control| control.qubit == *qubit)
    };
    (0..definition.qubit_count() as u32).map(QubitId).filter(|qubit| !used(qubit)).collect()
}

/// Clean qubits that a call needs beyond what the definition has.
fn shortage(definition: &Definition, call: &Call, extra: &[Vec<RegisterKind>]) -> usize {
    let kinds = &extra[call.callee.index()];
    let dirty = kinds.iter().filter(|kind| **kind == RegisterKind::DirtyAncilla).count();
    let available = borrowable(definition, call).len();
    (kinds.len() - dirty) + dirty.saturating_sub(available)
}

fn fresh_register_name(definition: &Definition) -> String {
    let candidates = std::iter::once("ancilla".to_string()).chain((2..).map(|n| format!("ancilla_{n}")));
    candidates.into_iter().find(|name| definition.register(name).is_none()).unwrap_or_default()
}
