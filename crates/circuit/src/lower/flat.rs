//! Flattening: visiting every gate of a lowered circuit in order, without storing them.

use crate::circuit::Circuit;
use crate::definition::Definition;
use crate::error::CircuitError;
use crate::gate::Gate;
use crate::ids::{BitId, DefinitionId, QubitId};
use crate::operation::{Arguments, Call, Operation};
use crate::verify::check_nesting;

/// One operation of the flat circuit, on the qubits and bits of the entry.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FlatOperation<'a> {
    /// A gate with its qubits and angles.
    Gate(Gate, &'a [QubitId], &'a [f64]),
    /// A global phase.
    GlobalPhase(f64),
    /// A measurement.
    Measure(QubitId, BitId),
    /// A reset.
    Reset(QubitId),
    /// A barrier.
    Barrier(&'a [QubitId]),
    /// What follows, up to the matching `EndIf`, happens only if these bits have these values.
    If(&'a [(BitId, bool)]),
    /// End of a conditional part.
    EndIf,
}

/// Calls `visit` for every operation of the flat form. The circuit must have no structured operations and no
/// controlled calls ([`super::lower`] removes both). Memory does not grow with the number of operations.
pub fn visit_flat<E: From<CircuitError>>(
    circuit: &Circuit,
    mut visit: impl FnMut(FlatOperation<'_>) -> Result<(), E>,
) -> Result<(), E> {
    check_nesting(circuit)?;
    let entry = circuit.entry_id()?;
    let definition = circuit.definition(entry);
    let qubits: Vec<QubitId> = (0..definition.qubit_count() as u32).map(QubitId).collect();
    let bits: Vec<BitId> = (0..definition.bit_count() as u32).map(BitId).collect();
    let frame = Frame { definition: entry, qubits: &qubits, bits: &bits, parameters: &[], inverse: false };
    Visitor { circuit, visit: &mut visit, error: std::marker::PhantomData }.definition(frame)
}

/// The flat form as a circuit of one definition.
pub fn flatten(circuit: &Circuit) -> Result<Circuit, CircuitError> {
    let mut flat = circuit.entry()?.same_signature();
    let mut conditions = 0usize;
    visit_flat::<CircuitError>(circuit, |operation| {
        match operation {
            FlatOperation::Gate(gate, qubits, angles) => flat.gate(gate, qubits, angles),
            FlatOperation::GlobalPhase(angle) => flat.global_phase(&angle.into()),
            FlatOperation::Measure(qubit, bit) => flat.measure(qubit, bit),
            FlatOperation::Reset(qubit) => flat.reset(qubit),
            FlatOperation::Barrier(qubits) => flat.barrier(qubits.to_vec()),
            FlatOperation::If(_) | FlatOperation::EndIf => conditions += 1,
        }
        Ok(())
    })?;
    if conditions > 0 {
        return Err(CircuitError::NotUnitary { definition: flat.name });
    }
    let mut result = Circuit::new();
    result.add(flat);
    Ok(result)
}

struct Visitor<'a, F, E> {
    circuit: &'a Circuit,
    visit: &'a mut F,
    error: std::marker::PhantomData<E>,
}

#[derive(Clone, Copy)]
struct Frame<'a> {
    definition: DefinitionId,
    qubits: &'a [QubitId],
    bits: &'a [BitId],
    parameters: &'a [f64],
    inverse: bool,
}

impl<E: From<CircuitError>, F: FnMut(FlatOperation<'_>) -> Result<(), E>> Visitor<'_, F, E> {
    fn definition(&mut self, frame: Frame) -> Result<(), E> {
        let definition = self.circuit.definition(frame.definition);
        let operations = definition.operations();
        if frame.inverse {
            operations.iter().rev().try_for_each(|&operation| self.operation(definition, operation, frame))
        } else {
            operations.iter().try_for_each(|&operation| self.operation(definition, operation, frame))
        }
    }

    fn operation(&mut self, definition: &Definition, operation: Operation, frame: Frame) -> Result<(), E> {
        let not_unitary = || E::from(CircuitError::NotUnitary { definition: definition.name.clone() });
        let qubit = |qubit: QubitId| frame.qubits[qubit.index()];
        match operation {
            Operation::Gate(gate) => {
                let mut qubits = [QubitId(0); 3];
                let count = gate.qubits().len();
                for (to, &from) in qubits.iter_mut().zip(gate.qubits()) {
                    *to = qubit(from);
                }
                let mut angles = [0.0; 3];
                let angles = &mut angles[..gate.gate.angles()];
                definition.evaluate_angles(gate.angles, frame.parameters, angles);
                if !frame.inverse {
                    return (self.visit)(FlatOperation::Gate(gate.gate, &qubits[..count], angles));
                }
                let (inverse, rule) = gate.gate.inverse();
                let mut inverted = [0.0; 3];
                for (to, &(from, factor, add)) in inverted.iter_mut().zip(rule) {
                    *to = angles[from] * factor + add;
                }
                (self.visit)(FlatOperation::Gate(inverse, &qubits[..count], &inverted[..inverse.angles()]))
            }
            Operation::GlobalPhase(slot) => {
                let mut angle = [0.0];
                definition.evaluate_angles(slot, frame.parameters, &mut angle);
                (self.visit)(FlatOperation::GlobalPhase(if frame.inverse { -angle[0] } else { angle[0] }))
            }
            Operation::Call(position) => self.call(definition.calls(position), frame, frame.inverse),
            Operation::Conjugate(position) => {
                let conjugate = definition.conjugates(position);
                self.call(&conjugate.outer, frame, false)?;
                self.call(&conjugate.inner, frame, frame.inverse)?;
                self.call(&conjugate.outer, frame, true)
            }
            Operation::Barrier(position) => {
                let qubits: Vec<QubitId> = definition.barriers(position).iter().map(|&q| qubit(q)).collect();
                (self.visit)(FlatOperation::Barrier(&qubits))
            }
            Operation::Structured(position) => Err(E::from(CircuitError::Malformed {
                definition: definition.name.clone(),
                operation: position as usize,
                problem: format!(
                    "`{}` must be lowered before flattening",
                    definition.structured(position).kind.name()
                ),
            })),
            _ if frame.inverse => Err(not_unitary()),
            Operation::Measure { qubit: from, bit } => {
                (self.visit)(FlatOperation::Measure(qubit(from), frame.bits[bit.index()]))
            }
            Operation::Reset(from) => (self.visit)(FlatOperation::Reset(qubit(from))),
            Operation::Conditional(position) => {
                let conditional = definition.conditionals(position);
                let bits: Vec<(BitId, bool)> =
                    conditional.bits.iter().map(|&(bit, value)| (frame.bits[bit.index()], value)).collect();
                (self.visit)(FlatOperation::If(&bits))?;
                self.call(&conditional.call, frame, false)?;
                (self.visit)(FlatOperation::EndIf)
            }
        }
    }

    fn call(&mut self, call: &Call, frame: Frame, inverted: bool) -> Result<(), E> {
        if !call.controls.is_empty() {
            return Err(E::from(CircuitError::Malformed {
                definition: self.circuit.definition(call.callee).name.clone(),
                operation: 0,
                problem: "controls must be expanded before flattening".to_string(),
            }));
        }
        let qubits: Vec<QubitId> = call.operands.iter().map(|qubit| frame.qubits[qubit.index()]).collect();
        let bits: Vec<BitId> = call.bits.iter().map(|bit| frame.bits[bit.index()]).collect();
        let inverse = call.inverse != inverted;
        let circuit = self.circuit;
        let mut run = |parameters: &[f64]| {
            self.definition(Frame {
                definition: call.callee,
                qubits: &qubits,
                bits: &bits,
                parameters,
                inverse,
            })
        };
        match &call.arguments {
            Arguments::Fixed(angles) => {
                let parameters: Vec<f64> =
                    angles.iter().map(|angle| angle.evaluate(frame.parameters)).collect();
                (0..call.repetitions).try_for_each(|_| run(&parameters))
            }
            Arguments::Table(table) => {
                let width = circuit.definition(call.callee).parameters.len();
                let values = circuit.angles(*table)?.to_dense()?;
                let row = |r: u64| &values[r as usize * width..(r as usize + 1) * width];
                if inverse {
                    (0..call.repetitions).rev().try_for_each(|r| run(row(r)))
                } else {
                    (0..call.repetitions).try_for_each(|r| run(row(r)))
                }
            }
        }
    }
}
