//! The pass `controls`: controlled calls become calls of controlled variants, conjugations become calls.

use crate::angle::Angle;
use crate::circuit::Circuit;
use crate::definition::Definition;
use crate::error::CircuitError;
use crate::ids::{DefinitionId, QubitId};
use crate::operation::{Call, Control, Operation, StructuredOperation};
use crate::structured::Structured;
use crate::verify::check_nesting;
use std::collections::HashMap;

/// Expands controls and conjugations. Only the inner part of a conjugation is controlled.
pub fn expand_controls(circuit: &Circuit) -> Result<Circuit, CircuitError> {
    check_nesting(circuit)?;
    let entry = circuit.entry_id()?;
    let mut expansion = Expansion { circuit, result: Circuit::new(), variants: HashMap::new() };
    for table in circuit.tables() {
        expansion.result.add_table(table.clone());
    }
    // Definitions that are only ever called with controls need no plain variant.
    let mut plain = vec![false; entry.index() + 1];
    plain[entry.index()] = true;
    for position in (0..=entry.index()).rev() {
        if plain[position] {
            for call in circuit.definitions()[position].all_calls().filter(|call| call.controls.is_empty()) {
                plain[call.callee.index()] = true;
            }
        }
    }
    for (position, _) in plain.iter().enumerate().filter(|(_, plain)| **plain) {
        expansion.variant(DefinitionId::from_index(position), &[])?;
    }
    let id = expansion.variant(entry, &[])?;
    expansion.result.set_entry(id);
    Ok(expansion.result)
}

struct Expansion<'a> {
    circuit: &'a Circuit,
    result: Circuit,
    variants: HashMap<(DefinitionId, Vec<bool>), DefinitionId>,
}

impl Expansion<'_> {
    /// The variant of a definition under controls of these polarities: the controls are its last register.
    fn variant(&mut self, id: DefinitionId, polarity: &[bool]) -> Result<DefinitionId, CircuitError> {
        if let Some(&variant) = self.variants.get(&(id, polarity.to_vec())) {
            return Ok(variant);
        }
        let source = self.circuit.definition(id);
        let mut target = source.same_signature();
        let mut controls = Vec::new();
        if !polarity.is_empty() {
            let suffix: String = polarity.iter().map(|&on| if on { '1' } else { '0' }).collect();
            target.name = self.result.fresh_name(&format!("{}_controlled_{suffix}", source.name));
            let mut name = "control".to_string();
            while target.register(&name).is_some() {
                name.push('_');
            }
            let register = target.add_register(name, polarity.len());
            controls = register.qubits().zip(polarity).map(|(qubit, &on)| Control { qubit, on }).collect();
        }
        for &operation in source.operations() {
            self.expand(source, operation, &controls, &mut target)?;
        }
        let variant = self.result.add(target);
        self.variants.insert((id, polarity.to_vec()), variant);
        Ok(variant)
    }

    fn expand(
        &mut self,
        source: &Definition,
        operation: Operation,
        controls: &[Control],
        target: &mut Definition,
    ) -> Result<(), CircuitError> {
        match operation {
            Operation::Call(position) => {
                let call = self.call(source.calls(position), controls)?;
                target.call(call);
            }
            Operation::Conjugate(position) => {
                let conjugate = source.conjugates(position);
                let outer = self.call(&conjugate.outer, &[])?;
                let inner = self.call(&conjugate.inner, controls)?;
                target.call(outer.clone());
                target.call(inner);
                target.call(outer.inverted());
            }
            Operation::Barrier(_) => target.copy_operation(source, operation),
            _ if controls.is_empty() => match operation {
                Operation::Conditional(position) => {
                    let conditional = source.conditionals(position);
                    let call = self.call(&conditional.call, &[])?;
                    target.conditional(conditional.bits.clone(), call);
                }
                _ => target.copy_operation(source, operation),
            },
            Operation::Gate(gate) => {
                let angles = source.angles(gate.angles, gate.gate.angles());
                target.controlled_gate(controls, gate.gate, gate.qubits(), &angles);
            }
            Operation::GlobalPhase(slot) => {
                let angle: Angle = source.angles(slot, 1).swap_remove(0);
                phase_of_controls(target, controls, &angle);
            }
            Operation::Structured(position) => {
                let mut structured: StructuredOperation = source.structured(position).clone();
                structured.controls.extend(controls);
                target.push_structured(structured);
            }
            Operation::Measure { .. } | Operation::Reset(_) | Operation::Conditional(_) => {
                return Err(CircuitError::NotUnitary { definition: source.name.clone() });
            }
        }
        Ok(())
    }

    /// The call with all controls, its own and `more`, moved into its operands.
    fn call(&mut self, call: &Call, more: &[Control]) -> Result<Call, CircuitError> {
        let controls: Vec<Control> = call.controls.iter().chain(more).copied().collect();
        let polarity: Vec<bool> = controls.iter().map(|control| control.on).collect();
        let callee = self.variant(call.callee, &polarity)?;
        let mut expanded = Call { callee, controls: Vec::new(), ..call.clone() };
        expanded.operands.extend(controls.iter().map(|control| control.qubit));
        Ok(expanded)
    }
}

/// e^(i angle) where the controls are satisfied: a phase gate on the last control under the others.
fn phase_of_controls(target: &mut Definition, controls: &[Control], angle: &Angle) {
    let Some((last, others)) = controls.split_last() else {
        return target.global_phase(angle);
    };
    let flip = |target: &mut Definition| {
        if !last.on {
            target.gate(crate::gate::Gate::X, &[last.qubit], &[]);
        }
    };
    flip(target);
    let qubits: Vec<QubitId> = vec![last.qubit];
    let kind = Structured::Gate { gate: crate::gate::Gate::P, qubits, angles: vec![angle.clone()] };
    target.push_structured(StructuredOperation { controls: others.to_vec(), ..kind.into() });
    flip(target);
}
