//! Rewriting a circuit so that every part of it has the same meaning in a dialect.

use super::spelling::{Spelling, Step, spelling};
use super::{Dialect, WriteError};
use qnewton_circuit::lower::hoist_global_phase;
use qnewton_circuit::{
    Angle, AngleTable, Arguments, Call, Circuit, Definition, Gate, Operation, ParameterId, QubitId,
};
use std::borrow::Cow;

/// The circuit with the gates that `dialect` has, and of the same unitary: gates that the tool lacks or misreads are made of
/// others, angles that a definition would have to scale are passed scaled (where the tool reduces angles before), and all
/// global phases are one at the end of the entry (where phases in definitions are not safe).
///
/// [`super::write()`] does this by itself; the result tells what will be written, gate by gate. It is the same circuit if
/// there is nothing to do.
///
/// # Errors
///
/// What [`super::write()`] refuses.
pub fn adapted(circuit: &Circuit, dialect: Dialect) -> Result<Cow<'_, Circuit>, WriteError> {
    let mut result = Cow::Borrowed(circuit);
    let replacements = replacements(circuit, dialect);
    let is_replaced = |operation: &Operation| match operation {
        Operation::Gate(gate) => replacements[gate.gate as usize].is_some(),
        _ => false,
    };
    if circuit.definitions().iter().any(|definition| definition.operations().iter().any(is_replaced)) {
        result = Cow::Owned(with_replacements(circuit, &replacements)?);
    }
    if !matches!(dialect, Dialect::OpenQasm3 | Dialect::Qiskit) && has_scattered_phases(&result)? {
        result = Cow::Owned(hoist_global_phase(&result)?);
    }
    if !dialect.scales_parameters() && result.definitions().iter().any(scales) {
        result = Cow::Owned(with_scaled_arguments(&result)?);
    }
    Ok(result)
}

/// For each gate what it is made of, if it has no name in the dialect.
fn replacements(circuit: &Circuit, dialect: Dialect) -> Vec<Option<&'static [Step]>> {
    let steps = |gate: Gate| match spelling(dialect, gate) {
        Spelling::Steps(steps) => Some(steps),
        Spelling::Word(_) | Spelling::Defined(_) => None,
    };
    let inverts = circuit.definitions().iter().any(|definition| {
        let is_conjugate = |operation: &Operation| matches!(operation, Operation::Conjugate(_));
        definition.all_calls().any(|call| call.inverse) || definition.operations().iter().any(is_conjugate)
    });
    // Inverting a call must not bring back a gate that has no name: `sx` is the only one without a pair.
    Gate::ALL
        .iter()
        .map(|&gate| match (gate, steps(gate), steps(gate.inverse().0)) {
            (Gate::Sx, None, Some(_)) if inverts => steps_of_sx(),
            (_, steps, _) => steps,
        })
        .collect()
}

/// `h s h`.
fn steps_of_sx() -> Option<&'static [Step]> {
    match spelling(Dialect::OpenQasm2, Gate::Sx) {
        Spelling::Steps(steps) => Some(steps),
        Spelling::Word(_) | Spelling::Defined(_) => None,
    }
}

fn with_replacements(
    circuit: &Circuit,
    replacements: &[Option<&'static [Step]>],
) -> Result<Circuit, WriteError> {
    let rewrite = |definition: &Definition| {
        let mut target = definition.same_signature();
        for &operation in definition.operations() {
            let Operation::Gate(gate) = operation else {
                target.copy_operation(definition, operation);
                continue;
            };
            let Some(steps) = replacements[gate.gate as usize] else {
                target.copy_operation(definition, operation);
                continue;
            };
            let angles = definition.angles(gate.angles, gate.gate.angles());
            for step in steps {
                let qubits: Vec<QubitId> = step.qubits.iter().map(|&place| gate.qubits()[place]).collect();
                let angle = |(factors, constant): &([f64; 3], f64)| {
                    let terms = angles.iter().zip(factors).map(|(angle, &factor)| angle.scaled(factor));
                    terms.fold(Angle::from(*constant), |sum, term| sum.plus(&term))
                };
                let angles: Vec<Angle> = step.angles.iter().map(angle).collect();
                target.gate_with(step.gate, &qubits, &angles);
            }
        }
        target
    };
    rebuilt(circuit, |_, definition| Ok(rewrite(definition)))
}

/// The circuit with the same tables and entry, and with each definition rewritten.
fn rebuilt(
    circuit: &Circuit,
    mut rewrite: impl FnMut(&mut Circuit, &Definition) -> Result<Definition, WriteError>,
) -> Result<Circuit, WriteError> {
    let mut result = Circuit::new();
    for table in circuit.tables() {
        result.add_table(table.clone());
    }
    for definition in circuit.definitions() {
        let rewritten = rewrite(&mut result, definition)?;
        result.add(rewritten);
    }
    result.set_entry(circuit.entry_id()?);
    Ok(result)
}

/// Whether there are global phases other than a single one in the entry.
fn has_scattered_phases(circuit: &Circuit) -> Result<bool, WriteError> {
    let phases = |definition: &Definition| {
        let is_phase = |operation: &&Operation| matches!(operation, Operation::GlobalPhase(_));
        definition.operations().iter().filter(is_phase).count()
    };
    let all: usize = circuit.definitions().iter().map(phases).sum();
    let in_entry = phases(circuit.entry()?);
    Ok(in_entry > 1 || all > in_entry)
}

/// Whether an angle is not well-defined once its parameters are taken modulo 2 pi.
fn is_scaled(angle: &Angle) -> bool {
    angle.terms.iter().any(|(_, factor)| factor.fract() != 0.0 || factor.abs() > 1e6)
}

fn scales(definition: &Definition) -> bool {
    let in_operations = |operation: &Operation| match *operation {
        Operation::Gate(gate) => definition.angles(gate.angles, gate.gate.angles()).iter().any(is_scaled),
        Operation::GlobalPhase(slot) => definition.angles(slot, 1).iter().any(is_scaled),
        _ => false,
    };
    definition.operations().iter().any(in_operations)
        || definition.all_calls().any(|call| match &call.arguments {
            Arguments::Fixed(angles) => angles.iter().any(is_scaled),
            Arguments::Table(_) => false,
        })
}

/// Parameters of a definition in its new form: those that it had, and scaled ones that its callers compute.
struct Scaled {
    parameters: usize,
    angles: Vec<Angle>,
}

impl Scaled {
    /// The angle in terms of the new parameters.
    fn angle(&mut self, angle: &Angle) -> Angle {
        if !is_scaled(angle) {
            return angle.clone();
        }
        let known = self.angles.iter().position(|other| other == angle);
        let place = known.unwrap_or_else(|| {
            self.angles.push(angle.clone());
            self.angles.len() - 1
        });
        Angle::parameter(ParameterId((self.parameters + place) as u32))
    }
}

/// Every scaled angle becomes a parameter, so that scaling happens in the entry, with numbers.
fn with_scaled_arguments(circuit: &Circuit) -> Result<Circuit, WriteError> {
    let mut all: Vec<Scaled> = Vec::new();
    rebuilt(circuit, |result, definition| {
        let mut scaled = Scaled { parameters: definition.parameters.len(), angles: Vec::new() };
        let mut target = definition.same_signature();
        for &operation in definition.operations() {
            match operation {
                Operation::Gate(gate) => {
                    let angles = definition.angles(gate.angles, gate.gate.angles());
                    let angles: Vec<Angle> = angles.iter().map(|angle| scaled.angle(angle)).collect();
                    target.gate_with(gate.gate, gate.qubits(), &angles);
                }
                Operation::GlobalPhase(slot) => {
                    target.global_phase(&scaled.angle(&definition.angles(slot, 1)[0]));
                }
                Operation::Call(position) => {
                    target.call(with_more(definition.calls(position), &all, &mut scaled, result)?);
                }
                Operation::Conjugate(position) => {
                    let conjugate = definition.conjugates(position);
                    let outer = with_more(&conjugate.outer, &all, &mut scaled, result)?;
                    let inner = with_more(&conjugate.inner, &all, &mut scaled, result)?;
                    target.conjugate(outer, inner);
                }
                Operation::Conditional(position) => {
                    let conditional = definition.conditionals(position);
                    let call = with_more(&conditional.call, &all, &mut scaled, result)?;
                    target.conditional(conditional.bits.clone(), call);
                }
                _ => target.copy_operation(definition, operation),
            }
        }
        for place in 0..scaled.angles.len() {
            target.add_parameter(format!("scaled_{place}"));
        }
        all.push(scaled);
        Ok(target)
    })
}

/// The call with the further arguments that its callee now has.
fn with_more(
    call: &Call,
    all: &[Scaled],
    scaled: &mut Scaled,
    result: &mut Circuit,
) -> Result<Call, WriteError> {
    let callee = &all[call.callee.index()];
    let mut call = call.clone();
    call.arguments = match &call.arguments {
        Arguments::Fixed(arguments) => {
            let further = callee.angles.iter().map(|angle| angle.substitute(arguments));
            let wanted: Vec<Angle> = arguments.iter().cloned().chain(further).collect();
            Arguments::Fixed(wanted.iter().map(|angle| scaled.angle(angle)).collect())
        }
        Arguments::Table(table) if callee.angles.is_empty() => Arguments::Table(*table),
        Arguments::Table(table) => {
            let values = result.angles(*table)?.to_dense()?;
            let rows = (0..call.repetitions as usize)
                .filter_map(|row| values.get(row * callee.parameters..(row + 1) * callee.parameters));
            let wider = rows.flat_map(|row| {
                row.iter().copied().chain(callee.angles.iter().map(|angle| angle.evaluate(row)))
            });
            Arguments::Table(result.add_angles(AngleTable::Dense(wider.collect())))
        }
    };
    Ok(call)
}
