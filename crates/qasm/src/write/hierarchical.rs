//! The hierarchical style: definitions become gates, calls stay calls. The loop style is the same with repetitions as loops.

use super::WriteError;
use super::line::{EntryLabels, Lines};
use super::number::{push_angle, push_number};
use super::output::{Labels, Output};
use super::plan::Plan;
use qnewton_circuit::operation::GateOperation;
use qnewton_circuit::{Arguments, BitId, Call, CircuitError, Definition, Operation, QubitId};
use std::collections::HashSet;
use std::io;

pub(super) fn write_body<W: io::Write>(plan: &Plan, out: &mut Output<W>) -> Result<(), WriteError> {
    for (name, definition) in plan.gate_names.iter().zip(plan.circuit.definitions()) {
        if let Some(name) = name {
            write_gate(plan, name, definition, out)?;
        }
    }
    super::declarations(plan, out)?;
    write_arrays(plan, out)?;
    let labels = EntryLabels::new(plan);
    let qubits: Vec<QubitId> = (0..plan.entry.qubit_count() as u32).map(QubitId).collect();
    let bits: Vec<BitId> = (0..plan.entry.bit_count() as u32).map(BitId).collect();
    let mut program = Program { plan, labels: &labels, lines: Lines::new(out, plan.dialect, 0) };
    program.body(plan.entry, Frame { qubits: &qubits, bits: &bits, parameters: &[], inverse: false })
}

/// Angles per line of an array.
const ANGLES_PER_LINE: usize = 4;

/// `array[float[64], n] name = {...};`, for each parameter of a table.
fn write_arrays<W: io::Write>(plan: &Plan, out: &mut Output<W>) -> Result<(), WriteError> {
    for (&(table, width), names) in &plan.arrays {
        let values = plan.circuit.angles(table)?.to_dense()?;
        for (column, name) in names.iter().enumerate() {
            out.text(&format!("array[float[64], {}] {name} = {{", values.len() / width));
            for (row, &value) in values[column..].iter().step_by(width).enumerate() {
                if row > 0 {
                    out.text(",");
                }
                if row % ANGLES_PER_LINE == 0 {
                    out.end_line()?;
                }
                out.text(if row % ANGLES_PER_LINE == 0 { "  " } else { " " });
                push_number(&mut out.buffer, value);
            }
            out.end_line()?;
            out.text("};");
            out.end_line()?;
        }
    }
    Ok(())
}

/// `gate name(p00, ...) qubits { ... }`.
fn write_gate<W: io::Write>(
    plan: &Plan,
    name: &str,
    definition: &Definition,
    out: &mut Output<W>,
) -> Result<(), WriteError> {
    let parameters = parameter_names(definition.parameters.len());
    let labels = formal_names(plan, definition, &parameters);
    out.text("gate ");
    out.text(name);
    if !parameters.is_empty() {
        out.text("(");
        out.text(&parameters.join(", "));
        out.text(")");
    }
    let mut lines = Lines::new(out, plan.dialect, 0);
    lines.operands(&labels, (0..definition.qubit_count() as u32).map(QubitId));
    lines.out.text(" {");
    lines.out.end_line()?;
    let mut gate = GateBody {
        plan,
        definition,
        labels: &labels,
        parameters: &parameters,
        lines: Lines::new(out, plan.dialect, 1),
    };
    definition.operations().iter().try_for_each(|&operation| gate.operation(operation))?;
    out.text("}");
    Ok(out.end_line()?)
}

/// `p00, p01, ...`: with leading zeros, since one importer sorts parameters by name.
fn parameter_names(count: usize) -> Vec<String> {
    let digits = count.saturating_sub(1).to_string().len().max(2);
    (0..count).map(|position| format!("p{position:0digits$}")).collect()
}

/// Names of the qubits in a gate body: `register_k`, or the register's name if it has one qubit.
fn formal_names(plan: &Plan, definition: &Definition, parameters: &[String]) -> Labels {
    let mut taken: HashSet<String> = parameters.iter().cloned().collect();
    let mut names = Vec::with_capacity(definition.qubit_count());
    for register in definition.registers() {
        for position in 0..register.len {
            let wanted = if register.len == 1 {
                register.name.clone()
            } else {
                format!("{}_{position}", register.name)
            };
            let name = plan.in_gates.free(&wanted, |name| taken.contains(name));
            taken.insert(name.clone());
            names.push(name);
        }
    }
    Labels::new(names.into_iter())
}

/// The body of a gate: angles are expressions in its parameters.
struct GateBody<'a, 'o, 'w, W: io::Write> {
    plan: &'a Plan<'a>,
    definition: &'a Definition,
    labels: &'a Labels,
    parameters: &'a [String],
    lines: Lines<'o, 'w, W>,
}

impl<W: io::Write> GateBody<'_, '_, '_, W> {
    fn operation(&mut self, operation: Operation) -> Result<(), WriteError> {
        let definition = self.definition;
        match operation {
            Operation::Gate(gate) => {
                self.lines.begin();
                self.lines.out.text(self.plan.word(gate.gate));
                match definition.literal_angles(gate.angles, gate.gate.angles()) {
                    Some(values) => self.lines.numbers(values),
                    None => self.angles(&definition.angles(gate.angles, gate.gate.angles())),
                }
                self.lines.operands(self.labels, gate.qubits().iter().copied());
                self.lines.end()?;
            }
            Operation::GlobalPhase(slot) => {
                self.lines.begin();
                self.lines.out.text("gphase");
                self.angles(&definition.angles(slot, 1));
                self.lines.end()?;
            }
            Operation::Call(position) => self.call(definition.calls(position))?,
            Operation::Conjugate(position) => {
                let conjugate = definition.conjugates(position);
                self.call(&conjugate.outer)?;
                self.call(&conjugate.inner)?;
                self.call(&conjugate.outer.clone().inverted())?;
            }
            Operation::Barrier(position) => {
                self.lines.barrier(self.labels, definition.barriers(position).iter().copied())?;
            }
            // Definitions with these are written in place, and structures were refused before.
            Operation::Structured(_)
            | Operation::Conditional(_)
            | Operation::Measure { .. }
            | Operation::Reset(_) => {
                return Err(self.not_lowered("an operation that is no gate"));
            }
        }
        Ok(())
    }

    fn angles(&mut self, angles: &[qnewton_circuit::Angle]) {
        for (position, angle) in angles.iter().enumerate() {
            self.lines.out.text(if position == 0 { "(" } else { ", " });
            push_angle(&mut self.lines.out.buffer, angle, self.parameters);
        }
        if !angles.is_empty() {
            self.lines.out.text(")");
        }
    }

    fn call(&mut self, call: &Call) -> Result<(), WriteError> {
        let Some(name) = self.plan.gate_name(call) else {
            let callee = self.plan.circuit.definition(call.callee);
            // A definition without qubits is at most a global phase.
            let is_empty = callee.operations().is_empty() || call.repetitions == 0;
            return if is_empty {
                Ok(())
            } else {
                Err(self.not_lowered("a call of a definition without qubits"))
            };
        };
        let line = |lines: &mut Self, row: Option<&[f64]>| -> Result<(), WriteError> {
            lines.lines.begin();
            lines.lines.out.text(if call.inverse { "inv @ " } else { "" });
            lines.lines.out.text(name);
            match (row, &call.arguments) {
                (Some(row), _) => lines.lines.numbers(row),
                (None, Arguments::Fixed(angles)) => lines.angles(angles),
                (None, Arguments::Table(_)) => {}
            }
            lines.lines.operands(lines.labels, call.operands.iter().copied());
            Ok(lines.lines.end()?)
        };
        each_repetition(self.plan, call, call.inverse, |row| line(self, row))
    }

    fn not_lowered(&self, what: &str) -> WriteError {
        WriteError::NotLowered { definition: self.definition.name.clone(), what: what.to_string() }
    }
}

/// The place of a body that is written in the main program.
#[derive(Clone, Copy)]
struct Frame<'a> {
    qubits: &'a [QubitId],
    bits: &'a [BitId],
    parameters: &'a [f64],
    inverse: bool,
}

/// The main program: angles are numbers.
struct Program<'a, 'o, 'w, W: io::Write> {
    plan: &'a Plan<'a>,
    labels: &'a EntryLabels,
    lines: Lines<'o, 'w, W>,
}

impl<W: io::Write> Program<'_, '_, '_, W> {
    fn body(&mut self, definition: &Definition, frame: Frame) -> Result<(), WriteError> {
        let operations = definition.operations();
        if frame.inverse {
            operations.iter().rev().try_for_each(|&operation| self.operation(definition, operation, frame))
        } else {
            operations.iter().try_for_each(|&operation| self.operation(definition, operation, frame))
        }
    }

    fn operation(
        &mut self,
        definition: &Definition,
        operation: Operation,
        frame: Frame,
    ) -> Result<(), WriteError> {
        let labels = self.labels;
        let qubit = |qubit: &QubitId| frame.qubits[qubit.index()];
        match operation {
            Operation::Gate(gate) => self.gate(definition, gate, frame)?,
            Operation::GlobalPhase(slot) => {
                let mut angle = [0.0];
                definition.evaluate_angles(slot, frame.parameters, &mut angle);
                self.lines.phase(if frame.inverse { -angle[0] } else { angle[0] })?;
            }
            Operation::Call(position) => self.call(definition.calls(position), frame, frame.inverse)?,
            Operation::Conjugate(position) => {
                let conjugate = definition.conjugates(position);
                self.call(&conjugate.outer, frame, false)?;
                self.call(&conjugate.inner, frame, frame.inverse)?;
                self.call(&conjugate.outer, frame, true)?;
            }
            Operation::Barrier(position) => {
                let qubits = definition.barriers(position).iter().map(qubit);
                self.lines.barrier(&labels.qubits, qubits)?;
            }
            Operation::Structured(position) => {
                let what =
                    format!("the structured operation `{}`", definition.structured(position).kind.name());
                return Err(WriteError::NotLowered { definition: definition.name.clone(), what });
            }
            _ if frame.inverse => {
                return Err(CircuitError::NotUnitary { definition: definition.name.clone() }.into());
            }
            Operation::Conditional(position) => {
                let conditional = definition.conditionals(position);
                let bits: Vec<(BitId, bool)> =
                    conditional.bits.iter().map(|&(bit, value)| (frame.bits[bit.index()], value)).collect();
                self.lines.begin_if(labels, &bits)?;
                self.call(&conditional.call, frame, false)?;
                self.lines.end_if()?;
            }
            Operation::Measure { qubit: from, bit } => {
                self.lines.measure(labels, qubit(&from), frame.bits[bit.index()])?;
            }
            Operation::Reset(from) => self.lines.reset(labels, qubit(&from))?,
        }
        Ok(())
    }

    fn gate(&mut self, definition: &Definition, operation: GateOperation, frame: Frame) -> io::Result<()> {
        let mut angles = [0.0; 3];
        let angles = &mut angles[..operation.gate.angles()];
        definition.evaluate_angles(operation.angles, frame.parameters, angles);
        self.lines.begin();
        if frame.inverse {
            let (inverse, rule) = operation.gate.inverse();
            let mut inverted = [0.0; 3];
            for (to, &(from, factor, add)) in inverted.iter_mut().zip(rule) {
                *to = angles[from] * factor + add;
            }
            self.lines.out.text(self.plan.word(inverse));
            self.lines.numbers(&inverted[..inverse.angles()]);
        } else {
            self.lines.out.text(self.plan.word(operation.gate));
            self.lines.numbers(angles);
        }
        let qubits = operation.qubits().iter().map(|qubit| frame.qubits[qubit.index()]);
        self.lines.operands(&self.labels.qubits, qubits);
        self.lines.end()
    }

    /// A call, or its inverse if `inverted`.
    fn call(&mut self, call: &Call, frame: Frame, inverted: bool) -> Result<(), WriteError> {
        let inverse = call.inverse != inverted;
        let qubits: Vec<QubitId> = call.operands.iter().map(|qubit| frame.qubits[qubit.index()]).collect();
        let fixed: Vec<f64> = match &call.arguments {
            Arguments::Fixed(angles) => angles.iter().map(|angle| angle.evaluate(frame.parameters)).collect(),
            Arguments::Table(_) => Vec::new(),
        };
        let bits: Vec<BitId> = call.bits.iter().map(|bit| frame.bits[bit.index()]).collect();
        let callee = self.plan.circuit.definition(call.callee);
        let once = |program: &mut Self, row: Option<&[f64]>| {
            let angles = row.unwrap_or(&fixed);
            match program.plan.gate_name(call) {
                Some(name) => program.named(name, inverse, &qubits, |lines| lines.numbers(angles)),
                None => {
                    program.body(callee, Frame { qubits: &qubits, bits: &bits, parameters: angles, inverse })
                }
            }
        };
        if !self.plan.is_loop(call) {
            return each_repetition(self.plan, call, inverse, |row| once(self, row));
        }
        let arrays = match call.arguments {
            Arguments::Fixed(_) => None,
            Arguments::Table(table) => self.plan.arrays.get(&(table, callee.parameters.len())),
        };
        let (variable, reversed) = (&self.plan.variable, inverse && arrays.is_some());
        self.lines.begin_for(variable, call.repetitions, reversed)?;
        match (self.plan.gate_name(call), arrays) {
            (Some(name), Some(arrays)) => {
                let entries: Vec<String> =
                    arrays.iter().map(|array| format!("{array}[{variable}]")).collect();
                let entries = format!("({})", entries.join(", "));
                self.named(name, inverse, &qubits, |lines| lines.out.text(&entries))?;
            }
            _ => once(self, None)?,
        }
        Ok(self.lines.end_block()?)
    }

    fn named(
        &mut self,
        name: &str,
        inverse: bool,
        qubits: &[QubitId],
        arguments: impl FnOnce(&mut Lines<'_, '_, W>),
    ) -> Result<(), WriteError> {
        self.lines.begin();
        self.lines.out.text(if inverse { "inv @ " } else { "" });
        self.lines.out.text(name);
        arguments(&mut self.lines);
        self.lines.operands(&self.labels.qubits, qubits.iter().copied());
        Ok(self.lines.end()?)
    }
}

/// Calls `line` for every repetition of a call, in order, with the row of its table if it has one.
fn each_repetition(
    plan: &Plan,
    call: &Call,
    inverse: bool,
    mut line: impl FnMut(Option<&[f64]>) -> Result<(), WriteError>,
) -> Result<(), WriteError> {
    let Arguments::Table(table) = call.arguments else {
        return (0..call.repetitions).try_for_each(|_| line(None));
    };
    let values = plan.circuit.angles(table)?.to_dense()?;
    let width = plan.circuit.definition(call.callee).parameters.len();
    let row = |repetition: u64| {
        let start = repetition as usize * width;
        Some(&values[start..start + width])
    };
    if inverse {
        (0..call.repetitions).rev().try_for_each(|repetition| line(row(repetition)))
    } else {
        (0..call.repetitions).try_for_each(|repetition| line(row(repetition)))
    }
}
