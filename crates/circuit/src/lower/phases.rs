//! The pass `phases`: all global phases gather at the end of the entry.

use crate::angle::Angle;
use crate::circuit::Circuit;
use crate::error::CircuitError;
use crate::operation::{Arguments, Call, Operation};
use std::f64::consts::TAU;

/// Moves the global phases of all definitions to one phase at the end of the entry, in (-pi, pi].
///
/// Sound only where nothing is controlled any more. Phases below conditions are dropped: no outcome depends
/// on them.
pub fn hoist_global_phase(circuit: &Circuit) -> Result<Circuit, CircuitError> {
    let mut result = Circuit::new();
    for table in circuit.tables() {
        result.add_table(table.clone());
    }
    let entry = circuit.entry_id()?;
    let mut phases: Vec<Angle> = Vec::new();
    for (position, definition) in circuit.definitions().iter().enumerate() {
        let mut phase = Angle::default();
        let mut stripped = definition.same_signature();
        for &operation in definition.operations() {
            match operation {
                Operation::GlobalPhase(slot) => phase = phase.plus(&definition.angles(slot, 1)[0]),
                Operation::Call(call) => {
                    phase = phase.plus(&phase_of_call(circuit, definition.calls(call), &phases)?);
                    stripped.copy_operation(definition, operation);
                }
                Operation::Conjugate(conjugate) => {
                    // The outer part and its inverse cancel.
                    let inner = &definition.conjugates(conjugate).inner;
                    phase = phase.plus(&phase_of_call(circuit, inner, &phases)?);
                    stripped.copy_operation(definition, operation);
                }
                _ => stripped.copy_operation(definition, operation),
            }
        }
        if position == entry.index() {
            phase.constant = phase.constant.rem_euclid(TAU);
            if phase.constant > TAU / 2.0 {
                phase.constant -= TAU;
            }
            // What is left after a multiple of 2 pi is rounding.
            if phase.terms.is_empty() && phase.constant.abs() < 1e-15 {
                phase.constant = 0.0;
            }
            if phase != Angle::default() {
                stripped.global_phase(&phase);
            }
        }
        phases.push(phase);
        result.add(stripped);
    }
    result.set_entry(entry);
    Ok(result)
}

fn phase_of_call(circuit: &Circuit, call: &Call, phases: &[Angle]) -> Result<Angle, CircuitError> {
    let callee = &phases[call.callee.index()];
    let repetitions = call.repetitions as f64;
    let sum = match &call.arguments {
        Arguments::Fixed(arguments) => callee.substitute(arguments).scaled(repetitions),
        Arguments::Table(_) if callee.terms.is_empty() => callee.scaled(repetitions),
        Arguments::Table(table) => {
            let values = circuit.angles(*table)?.to_dense()?;
            let width = circuit.definition(call.callee).parameters.len().max(1);
            let total: f64 = values.chunks(width).map(|row| callee.evaluate(row)).sum();
            Angle::from(total)
        }
    };
    Ok(if call.inverse { -sum } else { sum })
}
