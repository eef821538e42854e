//! Pictures of circuits: a definition's body with calls folded into boxes, as text and as SVG.
//!
//! [`Picture`] places the operations in columns, each as far to the left as the wires it touches allow; [`text`] and
//! [`svg`] only render it. Nothing is expanded unless asked for, so that the picture of a short file is small however
//! many gates the file stands for.

mod label;
mod svg;
mod text;

pub use svg::svg;
pub use text::text;

use crate::circuit::Circuit;
use crate::definition::Definition;
use crate::error::CircuitError;
use crate::gate::Core;
use crate::ids::{DefinitionId, QubitId};
use crate::operation::{Call, Control, Operation, StructuredOperation};
use crate::structured::Structured;

/// What is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DrawOptions {
    /// Operations that are drawn at most; the others are counted.
    pub limit: usize,
    /// Levels of plain calls that are drawn as the callee's body: calls once, without inverse, controls and bits.
    pub expand: usize,
}

impl Default for DrawOptions {
    fn default() -> Self {
        DrawOptions { limit: 300, expand: 0 }
    }
}

/// How an item looks on one of its wires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// A control that acts on |1> (filled) or |0> (hollow).
    Control {
        /// Whether |1> enables.
        on: bool,
    },
    /// One end of an exchange.
    Swap,
    /// The target of a controlled X.
    Not,
    /// Within the item's box; the number of the wire among those of the box.
    Box(usize),
}

/// One operation in the picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// What stands in the box.
    pub label: String,
    /// Wires with their marks, by increasing wire.
    pub marks: Vec<(usize, Mark)>,
    /// Whether it is a barrier: a line across its wires.
    pub barrier: bool,
    /// The column, from 0.
    pub column: usize,
}

impl Item {
    /// First and last wire.
    pub fn span(&self) -> (usize, usize) {
        let wires = self.marks.iter().map(|(wire, _)| *wire);
        (wires.clone().min().unwrap_or(0), wires.max().unwrap_or(0))
    }

    /// First and last wire of its box.
    fn box_span(&self) -> Option<(usize, usize)> {
        let wires = self.marks.iter().filter(|(_, mark)| matches!(mark, Mark::Box(_))).map(|(wire, _)| *wire);
        Some((wires.clone().min()?, wires.max()?))
    }

    /// How many wires the box takes.
    fn box_wires(&self) -> usize {
        self.marks.iter().filter(|(_, mark)| matches!(mark, Mark::Box(_))).count()
    }
}

/// A circuit, placed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picture {
    /// The name of the definition.
    pub name: String,
    /// A name for each wire.
    pub wires: Vec<String>,
    /// The operations, in order.
    pub items: Vec<Item>,
    /// Number of columns.
    pub columns: usize,
    /// Operations that are not drawn because there are too many.
    pub omitted: usize,
    /// What belongs to no wire: global phases.
    pub notes: Vec<String>,
}

impl Picture {
    /// The picture of a definition's body.
    pub fn of(
        circuit: &Circuit,
        definition: DefinitionId,
        options: &DrawOptions,
    ) -> Result<Self, CircuitError> {
        let body = circuit.definition(definition);
        let wires = wire_names(body);
        let mut painter = Painter {
            circuit,
            limit: options.limit,
            next: vec![0; wires.len()],
            picture: Picture { name: body.name.clone(), wires, ..Picture::default() },
        };
        let all: Vec<usize> = (0..body.qubit_count()).collect();
        painter.body(body, &all, options.expand)?;
        Ok(painter.picture)
    }
}

/// register[position], or the register's name alone where it is one qubit.
fn wire_names(body: &Definition) -> Vec<String> {
    let name = |register: &crate::definition::Register, position: u32| match register.len {
        1 => register.name.clone(),
        _ => format!("{}[{position}]", register.name),
    };
    body.registers()
        .iter()
        .flat_map(|register| (0..register.len).map(move |position| name(register, position)))
        .collect()
}

struct Painter<'c> {
    circuit: &'c Circuit,
    limit: usize,
    /// The first free column of each wire.
    next: Vec<usize>,
    picture: Picture,
}

impl Painter<'_> {
    /// Draws a body whose qubits are on these wires.
    fn body(&mut self, body: &Definition, wires: &[usize], expand: usize) -> Result<(), CircuitError> {
        for operation in body.operations() {
            if self.picture.items.len() >= self.limit {
                self.picture.omitted += 1;
                continue;
            }
            self.operation(body, operation, wires, expand)?;
        }
        Ok(())
    }

    fn operation(
        &mut self,
        body: &Definition,
        operation: &Operation,
        wires: &[usize],
        expand: usize,
    ) -> Result<(), CircuitError> {
        let on = |qubit: &QubitId| wires.get(qubit.index()).copied().unwrap_or(0);
        match *operation {
            Operation::Gate(gate) => {
                let angles = body.angles(gate.angles, gate.gate.angles());
                let angles = label::angles(&angles, &body.parameters);
                let (controls, targets) = gate.qubits().split_at(gate.gate.info().controls);
                let controls: Vec<Control> =
                    controls.iter().map(|&qubit| Control { qubit, on: true }).collect();
                self.gate(gate.gate.info().core, &angles, &controls, targets, &on);
            }
            Operation::GlobalPhase(slot) => {
                let angles = label::angles(&body.angles(slot, 1), &body.parameters);
                self.picture.notes.push(format!("global phase {angles}"));
            }
            Operation::Structured(position) => {
                self.structured(body, body.structured(position), &on);
            }
            Operation::Call(position) => {
                let call = body.calls(position);
                let callee = self.circuit.definition(call.callee);
                let plain = call.repetitions == 1
                    && !call.inverse
                    && call.controls.is_empty()
                    && callee.bit_count() == 0
                    && callee.parameters.is_empty()
                    && callee.qubit_count() == callee.operand_count();
                if expand > 0 && plain {
                    let below: Vec<usize> = call.operands.iter().map(on).collect();
                    return self.body(callee, &below, expand - 1);
                }
                self.call(body, call, "", &on);
            }
            Operation::Conjugate(position) => {
                let conjugate = body.conjugates(position);
                self.call(body, &conjugate.outer, "", &on);
                self.call(body, &conjugate.inner, "", &on);
                self.call(body, &conjugate.outer.clone().inverted(), "", &on);
            }
            Operation::Conditional(position) => {
                let conditional = body.conditionals(position);
                let condition = label::condition(body, &conditional.bits);
                self.call(body, &conditional.call, &condition, &on);
            }
            Operation::Measure { qubit, bit } => {
                let text = format!("M {}", label::bit(body, bit));
                self.place(text, vec![(on(&qubit), Mark::Box(0))], false);
            }
            Operation::Reset(qubit) => self.place("|0>".into(), vec![(on(&qubit), Mark::Box(0))], false),
            Operation::Barrier(position) => {
                let marks = body.barriers(position).iter().enumerate();
                let marks = marks.map(|(number, qubit)| (on(qubit), Mark::Box(number))).collect();
                self.place(String::new(), marks, true);
            }
        }
        Ok(())
    }

    fn gate(
        &mut self,
        core: Core,
        angles: &str,
        controls: &[Control],
        targets: &[QubitId],
        on: &dyn Fn(&QubitId) -> usize,
    ) {
        let mut marks = control_marks(controls, on);
        let name = match core {
            Core::Swap => {
                marks.extend(targets.iter().map(|qubit| (on(qubit), Mark::Swap)));
                return self.place(String::new(), marks, false);
            }
            Core::Single(crate::gate::Gate::X) if !controls.is_empty() => {
                marks.extend(targets.iter().map(|qubit| (on(qubit), Mark::Not)));
                return self.place(String::new(), marks, false);
            }
            Core::Single(gate) => gate.name(),
            Core::Rzz => "rzz",
            Core::Rxx => "rxx",
        };
        marks.extend(targets.iter().enumerate().map(|(number, qubit)| (on(qubit), Mark::Box(number))));
        self.place(format!("{name}{angles}"), marks, false);
    }

    fn structured(
        &mut self,
        body: &Definition,
        operation: &StructuredOperation,
        on: &dyn Fn(&QubitId) -> usize,
    ) {
        if let Structured::Gate { gate, qubits, angles } = &operation.kind
            && !operation.inverse
        {
            let (own, targets) = qubits.split_at(gate.info().controls.min(qubits.len()));
            let own = own.iter().map(|&qubit| Control { qubit, on: true });
            let controls: Vec<Control> = operation.controls.iter().copied().chain(own).collect();
            let angles = label::angles(angles, &body.parameters);
            return self.gate(gate.info().core, &angles, &controls, targets, on);
        }
        let mut marks = control_marks(&operation.controls, on);
        let qubits = operation.kind.qubits();
        marks.extend(qubits.iter().enumerate().map(|(number, qubit)| (on(qubit), Mark::Box(number))));
        let inverse = if operation.inverse { "^-1" } else { "" };
        self.place(format!("{}{inverse}", operation.kind.name()), marks, false);
    }

    fn call(&mut self, body: &Definition, call: &Call, condition: &str, on: &dyn Fn(&QubitId) -> usize) {
        let mut marks = control_marks(&call.controls, on);
        marks.extend(call.operands.iter().enumerate().map(|(number, qubit)| (on(qubit), Mark::Box(number))));
        let callee = &self.circuit.definition(call.callee).name;
        self.place(format!("{condition}{}", label::call(callee, call, &body.parameters)), marks, false);
    }

    /// Puts an item into the first column where all wires between its own are free.
    fn place(&mut self, label: String, mut marks: Vec<(usize, Mark)>, barrier: bool) {
        marks.sort_by_key(|(wire, _)| *wire);
        let mut item = Item { label, marks, barrier, column: 0 };
        if item.marks.is_empty() {
            // A call without qubits.
            self.picture.notes.push(item.label);
            return;
        }
        let (first, last) = item.span();
        let Some(across) = self.next.get_mut(first..=last) else { return };
        item.column = across.iter().copied().max().unwrap_or(0);
        across.fill(item.column + 1);
        self.picture.columns = self.picture.columns.max(item.column + 1);
        self.picture.items.push(item);
    }
}

fn control_marks(controls: &[Control], on: &dyn Fn(&QubitId) -> usize) -> Vec<(usize, Mark)> {
    controls.iter().map(|control| (on(&control.qubit), Mark::Control { on: control.on })).collect()
}

#[cfg(test)]
mod tests;
