//! The pass `inverses`: inverted calls become calls of inverted variants, for bases that lack inverse gates.

use super::basis::{Basis, to_basis};
use super::phases::hoist_global_phase;
use super::structures::inverse_gate;
use crate::circuit::Circuit;
use crate::definition::Definition;
use crate::error::CircuitError;
use crate::ids::DefinitionId;
use crate::operation::{Arguments, Call, Operation};
use crate::table::{AngleTable, Table};
use crate::verify::check_nesting;
use std::collections::HashMap;

/// Expands inverted calls of a circuit in `basis` (no controls, no structures) and brings the inverted gates
/// back to the basis.
pub fn expand_inverses(circuit: &Circuit, basis: Basis) -> Result<Circuit, CircuitError> {
    check_nesting(circuit)?;
    let entry = circuit.entry_id()?;
    let mut expansion = Expansion { circuit, result: Circuit::new(), variants: HashMap::new() };
    for table in circuit.tables() {
        expansion.result.add_table(table.clone());
    }
    let id = expansion.variant(entry, false)?;
    expansion.result.set_entry(id);
    hoist_global_phase(&to_basis(&expansion.result, basis)?)
}

struct Expansion<'a> {
    circuit: &'a Circuit,
    result: Circuit,
    variants: HashMap<(DefinitionId, bool), DefinitionId>,
}

impl Expansion<'_> {
    fn variant(&mut self, id: DefinitionId, inverse: bool) -> Result<DefinitionId, CircuitError> {
        if let Some(&variant) = self.variants.get(&(id, inverse)) {
            return Ok(variant);
        }
        let source = self.circuit.definition(id);
        let mut target = source.same_signature();
        if inverse {
            target.name = self.result.fresh_name(&format!("{}_inverse", source.name));
            for operation in source.operations().iter().rev() {
                self.invert(source, *operation, &mut target)?;
            }
        } else {
            for operation in source.operations() {
                match *operation {
                    Operation::Call(position) => {
                        let call = self.call(source.calls(position), false)?;
                        target.call(call);
                    }
                    Operation::Conditional(position) => {
                        let conditional = source.conditionals(position);
                        let call = self.call(&conditional.call, false)?;
                        target.conditional(conditional.bits.clone(), call);
                    }
                    operation => target.copy_operation(source, operation),
                }
            }
        }
        let variant = self.result.add(target);
        self.variants.insert((id, inverse), variant);
        Ok(variant)
    }

    fn invert(
        &mut self,
        source: &Definition,
        operation: Operation,
        target: &mut Definition,
    ) -> Result<(), CircuitError> {
        match operation {
            Operation::Gate(gate) => {
                let (inverse, angles) =
                    inverse_gate(gate.gate, &source.angles(gate.angles, gate.gate.angles()));
                target.gate_with(inverse, gate.qubits(), &angles);
            }
            Operation::GlobalPhase(slot) => target.global_phase(&source.angles(slot, 1)[0].scaled(-1.0)),
            Operation::Call(position) => {
                let call = self.call(source.calls(position), true)?;
                target.call(call);
            }
            Operation::Barrier(_) => target.copy_operation(source, operation),
            Operation::Measure { .. } | Operation::Reset(_) | Operation::Conditional(_) => {
                return Err(CircuitError::NotUnitary { definition: source.name.clone() });
            }
            Operation::Structured(_) | Operation::Conjugate(_) => {
                let problem = "structures are lowered before inverses are expanded".to_string();
                return Err(CircuitError::Malformed {
                    definition: source.name.clone(),
                    operation: 0,
                    problem,
                });
            }
        }
        Ok(())
    }

    fn call(&mut self, call: &Call, inverted: bool) -> Result<Call, CircuitError> {
        let inverse = call.inverse != inverted;
        let callee = self.variant(call.callee, inverse)?;
        let mut expanded = Call { callee, inverse: false, ..call.clone() };
        if let (true, Arguments::Table(table)) = (inverse, &call.arguments) {
            // The last repetition comes first.
            let width = self.circuit.definition(call.callee).parameters.len();
            let values = self.circuit.angles(*table)?.to_dense()?;
            let reversed = values.chunks(width.max(1)).rev().flatten().copied().collect();
            let table = self.result.add_table(Table::Angles(AngleTable::Dense(reversed)));
            expanded.arguments = Arguments::Table(table);
        }
        Ok(expanded)
    }
}
