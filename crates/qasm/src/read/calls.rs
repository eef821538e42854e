//! Calls of gates: broadcast, modifiers, and what they become in the circuit.

use super::reader::Reader;
use super::scope::{Body, Form, GateSymbol, Resolved};
use crate::issue::{Issue, Outcome, parse};
use crate::syntax::{GateCall, ModifierKind, gate_call};
use qnewton_circuit::gate::Core;
use qnewton_circuit::{Angle, Arguments, Call, Control, Definition, DefinitionId, Gate, QubitId};
use std::collections::HashSet;
use std::f64::consts::FRAC_PI_2;

/// What is called.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Callee {
    Gate(Gate),
    Definition(DefinitionId),
    Phase,
    /// A generic gate whose arguments have no values yet.
    Unknown,
}

/// The modifiers of a call, combined.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Modifiers {
    /// Polarities of the controls, in the order of their operands.
    pub(super) controls: Vec<bool>,
    pub(super) inverse: bool,
    pub(super) power: u64,
    /// All that is not a control, innermost first, if one of them is a fractional power.
    pub(super) fractional: Option<Vec<Step>>,
}

/// A modifier that is not a control.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Step {
    Inverse,
    Power(f64),
}

impl<'a> Reader<'a> {
    /// A gate call with its `;`.
    pub(super) fn gate_call(&mut self, body: &mut Body, input: &'a str) -> Outcome<'a, &'a str> {
        let (rest, call) = parse(gate_call(self.is_version_two()), input)?;
        let modifiers = self.modifiers(&call, body)?;
        let mut angles = Vec::with_capacity(call.arguments.len());
        let mut varying = Vec::with_capacity(call.arguments.len());
        for argument in &call.arguments {
            let (angle, varies) = self.angle(argument, body)?;
            angles.push(angle);
            varying.push(varies);
        }
        let (callee, qubits) = self.callee(&call, &angles, body)?;
        let wanted = qubits + modifiers.controls.len();
        if call.operands.len() != wanted {
            let at = call.operands.first().map_or(call.name, |operand| operand.text);
            let message =
                format!("`{}` takes {wanted} qubit(s) here, {} are given", call.name, call.operands.len());
            return Err(Issue::invalid(at, message));
        }
        // Values that decide what is called stay values; all others may become parameters of the body.
        let is_instance =
            matches!(callee, Callee::Definition(id) if self.circuit.definition(id).parameters.is_empty());
        if !is_instance && callee != Callee::Unknown && modifiers.fractional.is_none() {
            let adapted = angles.into_iter().zip(varying).map(|(angle, varies)| body.adapt(angle, varies));
            angles = adapted.collect();
        }
        let mut operands = Vec::with_capacity(wanted);
        for operand in &call.operands {
            operands.push(self.qubits(operand, body)?);
        }
        for position in 0..broadcast(&operands, &call)? {
            let qubits: Vec<QubitId> = operands
                .iter()
                .map(|operand| match operand {
                    Resolved::One(qubit) => *qubit,
                    Resolved::Many(qubits) => qubits[position],
                })
                .collect();
            self.distinct(&qubits, call.text)?;
            let qubits: Vec<QubitId> = qubits.into_iter().map(|qubit| body.qubit(qubit)).collect();
            self.emit(body, callee, &angles, &modifiers, &qubits, call.text)?;
        }
        Ok(rest)
    }

    /// Refuses a qubit that occurs twice.
    pub(super) fn distinct(&self, qubits: &[QubitId], at: &'a str) -> Outcome<'a, ()> {
        let twice = if qubits.len() <= 8 {
            (1..qubits.len()).any(|position| qubits[..position].contains(&qubits[position]))
        } else {
            qubits.iter().collect::<HashSet<_>>().len() < qubits.len()
        };
        if twice { Err(Issue::invalid(at, "a qubit is used twice in one statement")) } else { Ok(()) }
    }

    /// What a call refers to, and on how many qubits it acts without controls.
    fn callee(
        &mut self,
        call: &GateCall<'a>,
        angles: &[Angle],
        body: &mut Body,
    ) -> Outcome<'a, (Callee, usize)> {
        let count = |wanted: usize| {
            if angles.len() == wanted {
                return Ok(());
            }
            let message = format!("`{}` takes {wanted} angle(s), {} are given", call.name, angles.len());
            Err(Issue::invalid(call.name, message))
        };
        if call.name == "gphase" {
            count(1)?;
            return Ok((Callee::Phase, 0));
        }
        let position = match self.gate(call.name)? {
            GateSymbol::Table(gate) => {
                count(gate.angles())?;
                return Ok((Callee::Gate(gate), gate.qubits()));
            }
            GateSymbol::Defined(position) => position,
        };
        let gate = &self.gates[position];
        count(gate.parameters)?;
        let qubits = gate.qubits;
        body.depth = body.depth.max(gate.depth);
        let callee = match gate.form {
            Form::Definition(id) => Callee::Definition(id),
            Form::Opaque => {
                let message = format!("`{}` is declared without a body", gate.name);
                return Err(Issue::unsupported(call.name, message));
            }
            Form::Generic { .. } => {
                let values: Option<Vec<f64>> = angles.iter().map(Angle::literal).collect();
                match values.filter(|_| !body.generic) {
                    Some(values) => self
                        .instance(position, &values, call.text)?
                        .map_or(Callee::Unknown, Callee::Definition),
                    None => {
                        body.generic = true;
                        Callee::Unknown
                    }
                }
            }
        };
        Ok((callee, qubits))
    }

    fn modifiers(&mut self, call: &GateCall<'a>, body: &mut Body) -> Outcome<'a, Modifiers> {
        let mut combined = Modifiers { power: 1, ..Modifiers::default() };
        let mut steps = Vec::new();
        let mut is_fractional = false;
        for modifier in &call.modifiers {
            match &modifier.kind {
                ModifierKind::Inverse => {
                    combined.inverse = !combined.inverse;
                    steps.push(Step::Inverse);
                }
                ModifierKind::Control { on, count } => {
                    let count = match count {
                        Some(count) => self.integer(count, body, 1)?,
                        None => 1,
                    };
                    // Each control needs an operand in the text.
                    let room = (call.operands.len() as i64) - combined.controls.len() as i64;
                    if count < 1 || count > room {
                        let message = format!("{count} control(s) for {room} operand(s)");
                        return Err(Issue::invalid(modifier.text, message));
                    }
                    combined.controls.extend(std::iter::repeat_n(*on, count as usize));
                }
                ModifierKind::Power(exponent) => {
                    let value = match self.angle(exponent, body)?.0.literal() {
                        Some(value) => value,
                        None => {
                            body.generic = true;
                            1.0
                        }
                    };
                    steps.push(Step::Power(value));
                    if value.fract() != 0.0 {
                        is_fractional = true;
                        continue;
                    }
                    let size = if value.abs() < 9e15 { value.abs() as u64 } else { u64::MAX };
                    combined.inverse ^= value < 0.0;
                    combined.power = combined
                        .power
                        .checked_mul(size)
                        .filter(|_| size < u64::MAX)
                        .ok_or_else(|| Issue::too_large(modifier.text, "the power is too large"))?;
                }
            }
        }
        if is_fractional {
            steps.reverse();
            combined.fractional = Some(steps);
        }
        Ok(combined)
    }

    /// Appends one application of a gate; `qubits` are those of the body, controls first.
    fn emit(
        &mut self,
        body: &mut Body,
        callee: Callee,
        angles: &[Angle],
        modifiers: &Modifiers,
        qubits: &[QubitId],
        at: &'a str,
    ) -> Outcome<'a, ()> {
        let (control_qubits, targets) = qubits.split_at(modifiers.controls.len());
        let controls: Vec<Control> = control_qubits
            .iter()
            .zip(&modifiers.controls)
            .map(|(&qubit, &on)| Control { qubit, on })
            .collect();
        if let Some(steps) = &modifiers.fractional {
            return self.fractional_power(body, callee, angles, steps, &controls, targets, at);
        }
        if modifiers.power == 0 {
            return Ok(());
        }
        let sign = if modifiers.inverse { -1.0 } else { 1.0 };
        let target = &mut body.definition;
        let (callee, angles) = match callee {
            Callee::Unknown => return Ok(()),
            Callee::Phase => {
                phase(target, &angles[0].scaled(sign * modifiers.power as f64), &controls);
                return Ok(());
            }
            Callee::Gate(gate) if modifiers.power == 1 => {
                if modifiers.inverse {
                    let (gate, angles) = inverse(gate, angles);
                    controlled(target, &controls, gate, targets, &angles);
                } else {
                    controlled(target, &controls, gate, targets, angles);
                }
                return Ok(());
            }
            Callee::Gate(gate) => {
                body.depth = body.depth.max(1);
                (self.wrapper(gate), angles.to_vec())
            }
            Callee::Definition(id) => (id, self.definition_arguments(id, angles)),
        };
        target.call(Call {
            callee,
            operands: targets.to_vec(),
            bits: Vec::new(),
            arguments: Arguments::Fixed(angles),
            repetitions: modifiers.power,
            inverse: modifiers.inverse,
            controls,
        });
        Ok(())
    }

    /// The arguments of a call; the values are already part of an instance of a generic gate.
    fn definition_arguments(&self, id: DefinitionId, angles: &[Angle]) -> Vec<Angle> {
        if self.circuit.definition(id).parameters.is_empty() { Vec::new() } else { angles.to_vec() }
    }
}

/// How many gates a call stands for.
fn broadcast<'a>(operands: &[Resolved<QubitId>], call: &GateCall<'a>) -> Outcome<'a, usize> {
    let mut length: Option<usize> = None;
    for (operand, text) in operands.iter().zip(&call.operands) {
        if let Resolved::Many(qubits) = operand {
            if length.is_some_and(|length| length != qubits.len()) {
                let message =
                    format!("registers of {} and {} qubits in one call", length.unwrap_or(0), qubits.len());
                return Err(Issue::invalid(text.text, message));
            }
            length = Some(qubits.len());
        }
    }
    Ok(length.unwrap_or(1))
}

/// Appends e^(i angle) where the controls are satisfied.
pub(super) fn phase(target: &mut Definition, angle: &Angle, controls: &[Control]) {
    let Some(chosen) = controls.iter().rposition(|control| control.on).or(controls.len().checked_sub(1))
    else {
        return target.global_phase(angle);
    };
    let last = controls[chosen];
    let others: Vec<Control> = controls
        .iter()
        .enumerate()
        .filter(|(position, _)| *position != chosen)
        .map(|(_, control)| *control)
        .collect();
    if !last.on {
        target.gate(Gate::X, &[last.qubit], &[]);
    }
    controlled(target, &others, Gate::P, &[last.qubit], std::slice::from_ref(angle));
    if !last.on {
        target.gate(Gate::X, &[last.qubit], &[]);
    }
}

/// Appends a gate of the table under controls: a gate of the table where there is one.
pub(super) fn controlled(
    target: &mut Definition,
    controls: &[Control],
    gate: Gate,
    qubits: &[QubitId],
    angles: &[Angle],
) {
    if controls.is_empty() {
        return target.gate_with(gate, qubits, angles);
    }
    let own = gate.info().controls;
    let total = controls.len() + own;
    let (core, full): (Core, Vec<Angle>) = match gate.info().core {
        Core::Single(Gate::U1) => (Core::Single(Gate::P), angles.to_vec()),
        Core::Single(Gate::U) => (Core::Single(Gate::U3), angles.to_vec()),
        Core::Single(Gate::U2) => {
            let full = std::iter::once(Angle::from(FRAC_PI_2)).chain(angles.iter().cloned());
            (Core::Single(Gate::U3), full.collect())
        }
        core => (core, angles.to_vec()),
    };
    let found = Gate::ALL
        .iter()
        .find(|candidate| candidate.info().controls == total && candidate.info().core == core);
    match found {
        Some(&found) if controls.iter().all(|control| control.on) => {
            let all: Vec<QubitId> =
                controls.iter().map(|control| control.qubit).chain(qubits.iter().copied()).collect();
            target.gate_with(found, &all, &full);
        }
        _ => target.controlled_gate(controls, gate, qubits, angles),
    }
}

/// The inverse of a gate of the table.
pub(super) fn inverse(gate: Gate, angles: &[Angle]) -> (Gate, Vec<Angle>) {
    let (inverse, rule) = gate.inverse();
    let angles =
        rule.iter().map(|&(from, factor, constant)| angles[from].scaled(factor).plus(&constant.into()));
    (inverse, angles.collect())
}
