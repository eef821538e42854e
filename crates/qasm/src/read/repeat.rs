//! What repeated bodies become: one call for iterations that differ in angles only.

use super::reader::Reader;
use super::scope::{Body, Nested, Place};
use crate::issue::Outcome;
use qnewton_circuit::{
    Angle, AngleTable, Arguments, BitId, Call, Control, Definition, DefinitionId, Operation, ParameterId,
    QubitId, Structured, TableId,
};

/// Bodies of at most so many operations are written in place where they occur once.
const IN_PLACE: usize = 8;
/// Definitions of a body, the most recent ones, among which an equal one is looked for.
const RECENT: usize = 16;

/// Iterations of a loop that are not yet in the circuit.
pub(super) struct Runs<'a> {
    text: &'a str,
    current: Option<Run>,
}

/// Iterations next to each other that differ in angles only.
struct Run {
    definition: Definition,
    qubits: Vec<QubitId>,
    bits: Vec<BitId>,
    written: Vec<BitId>,
    depth: u32,
    /// A row of angles for each iteration; a single one if all are the same.
    rows: Vec<Angle>,
    count: u64,
}

impl<'a> Runs<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Runs { text, current: None }
    }
}

/// A body that another definition calls.
pub(super) struct Target {
    pub(super) callee: DefinitionId,
    /// As the main program numbers them.
    pub(super) qubits: Vec<QubitId>,
    pub(super) bits: Vec<BitId>,
    /// In terms of the body's slots.
    pub(super) arguments: Vec<Angle>,
    pub(super) repetitions: u64,
    pub(super) inverse: bool,
    pub(super) controls: Vec<Control>,
}

impl<'a> Reader<'a> {
    /// Takes up `times` iterations that read as `inner`.
    pub(super) fn append(
        &mut self,
        body: &mut Body,
        runs: &mut Runs<'a>,
        inner: Body,
        times: u64,
        at: &'a str,
    ) -> Outcome<'a, ()> {
        let Place::Nested(nested) = inner.place else { return Ok(()) };
        if inner.definition.operations().is_empty() {
            return Ok(());
        }
        let Nested { qubits, bits, written, slots, .. } = *nested;
        if let Some(run) = &mut runs.current {
            if run.qubits == qubits && run.bits == bits && run.definition == inner.definition {
                run.rows.extend(slots);
                run.count += times;
                return Ok(());
            }
            self.flush(body, runs, at)?;
        }
        let (definition, depth) = (inner.definition, inner.depth);
        runs.current = Some(Run { definition, qubits, bits, written, depth, rows: slots, count: times });
        Ok(())
    }

    /// Puts the last iterations into the circuit.
    pub(super) fn finish_runs(
        &mut self,
        body: &mut Body,
        mut runs: Runs<'a>,
        at: &'a str,
    ) -> Outcome<'a, ()> {
        self.flush(body, &mut runs, at)
    }

    fn flush(&mut self, body: &mut Body, runs: &mut Runs<'a>, at: &'a str) -> Outcome<'a, ()> {
        let Some(run) = runs.current.take() else { return Ok(()) };
        body.write(&run.written);
        let few = run.definition.operations().len() <= IN_PLACE;
        if run.count == 1 && few {
            self.in_place(body, &run);
            return Ok(());
        }
        let width = run.definition.parameters.len();
        let constant = width == 0 || run.rows.chunks(width).all(|row| *row == run.rows[..width]);
        let target = match self.collapsed(&run, constant) {
            Some(target) => target,
            None => {
                let depth = self.depth_above(run.depth, at)?;
                body.depth = body.depth.max(depth);
                let callee =
                    self.body_definition(run.definition, run.qubits.len(), run.bits.len(), "loop", runs.text);
                Target {
                    callee,
                    qubits: run.qubits,
                    bits: run.bits,
                    arguments: (0..width).map(|k| Angle::parameter(ParameterId::from_index(k))).collect(),
                    repetitions: 1,
                    inverse: false,
                    controls: Vec::new(),
                }
            }
        };
        body.depth = body.depth.max(1);
        let rows: Vec<&[Angle]> =
            if constant || width == 0 { vec![&run.rows[..width]] } else { run.rows.chunks(width).collect() };
        let repetitions = if constant { run.count } else { 1 };
        self.place_call(body, &target, &rows, repetitions, runs.text);
        Ok(())
    }

    /// Appends a call for every row, as one if it can be.
    fn place_call(
        &mut self,
        body: &mut Body,
        target: &Target,
        rows: &[&[Angle]],
        repetitions: u64,
        text: &'a str,
    ) {
        let mut call = Call {
            callee: target.callee,
            operands: target.qubits.iter().map(|&qubit| body.qubit(qubit)).collect(),
            bits: target.bits.iter().map(|&bit| body.bit(bit)).collect(),
            arguments: Arguments::Fixed(Vec::new()),
            repetitions: target.repetitions * repetitions,
            inverse: target.inverse,
            controls: mapped_controls(&target.controls, |qubit| body.qubit(qubit)),
        };
        let values: Option<Vec<f64>> = rows
            .iter()
            // An inverted sequence begins with its last row.
            .enumerate()
            .flat_map(|(k, row)| {
                let row = if target.inverse { rows[rows.len() - 1 - k] } else { row };
                target.arguments.iter().map(move |argument| argument.substitute(row).literal())
            })
            .collect();
        match values {
            Some(values) if rows.len() > 1 => {
                call.repetitions = rows.len() as u64;
                call.arguments = Arguments::Table(self.table(values, text));
                body.definition.call(call);
            }
            _ => {
                for row in rows {
                    let fixed = target
                        .arguments
                        .iter()
                        .map(|argument| body.adapt(argument.substitute(row), !argument.terms.is_empty()));
                    call.arguments = Arguments::Fixed(fixed.collect());
                    body.definition.call(call.clone());
                }
            }
        }
    }

    /// The table of these values, the last one of the same loop if it is equal.
    fn table(&mut self, values: Vec<f64>, text: &'a str) -> TableId {
        let key = text.as_ptr() as usize;
        let table = AngleTable::Dense(values);
        if let Some(&id) = self.tables.get(&key)
            && self.circuit.angles(id).is_ok_and(|found| *found == table)
        {
            return id;
        }
        let id = self.circuit.add_angles(table);
        self.tables.insert(key, id);
        id
    }

    /// A body of a single gate or call as a call of what is called.
    fn collapsed(&mut self, run: &Run, constant: bool) -> Option<Target> {
        let [operation] = run.definition.operations() else { return None };
        let outer = |qubit: &QubitId| run.qubits[qubit.index()];
        match *operation {
            Operation::Gate(gate) => Some(Target {
                callee: self.wrapper(gate.gate),
                qubits: gate.qubits().iter().map(outer).collect(),
                bits: Vec::new(),
                arguments: run.definition.angles(gate.angles, gate.gate.angles()),
                repetitions: 1,
                inverse: false,
                controls: Vec::new(),
            }),
            Operation::Call(position) => {
                let call = run.definition.calls(position);
                let Arguments::Fixed(arguments) = &call.arguments else { return None };
                let fits = call.repetitions.checked_mul(run.count).is_some();
                // A number of repetitions within a row has no place in a table.
                ((call.repetitions == 1 || constant) && fits).then(|| Target {
                    callee: call.callee,
                    qubits: call.operands.iter().map(outer).collect(),
                    bits: call.bits.iter().map(|bit| run.bits[bit.index()]).collect(),
                    arguments: arguments.clone(),
                    repetitions: call.repetitions,
                    inverse: call.inverse,
                    controls: mapped_controls(&call.controls, |qubit| outer(&qubit)),
                })
            }
            _ => None,
        }
    }

    /// The definition of a body, which may exist already.
    pub(super) fn body_definition(
        &mut self,
        mut definition: Definition,
        qubits: usize,
        bits: usize,
        name: &str,
        text: &'a str,
    ) -> DefinitionId {
        if qubits > 0 {
            definition.add_register("q", qubits);
        }
        if bits > 0 {
            definition.add_bits("c", bits);
        }
        let key = text.as_ptr() as usize;
        let known = self.bodies.entry(key).or_default();
        for &id in known.iter().rev().take(RECENT) {
            let found = self.circuit.definition(id);
            definition.name.clone_from(&found.name);
            if *found == definition {
                return id;
            }
        }
        definition.name = self.fresh_name(name);
        let id = self.circuit.add(definition);
        self.bodies.entry(key).or_default().push(id);
        id
    }

    /// Appends the operations of a run of one iteration.
    fn in_place(&mut self, body: &mut Body, run: &Run) {
        let source = &run.definition;
        body.depth = body.depth.max(run.depth);
        let angle =
            |body: &mut Body, angle: &Angle| body.adapt(angle.substitute(&run.rows), !angle.terms.is_empty());
        let angles = |body: &mut Body, all: &[Angle]| -> Vec<Angle> {
            all.iter().map(|one| angle(body, one)).collect()
        };
        let qubits = |body: &mut Body, all: &[QubitId]| -> Vec<QubitId> {
            all.iter().map(|qubit| body.qubit(run.qubits[qubit.index()])).collect()
        };
        let bit = |body: &mut Body, bit: BitId| body.bit(run.bits[bit.index()]);
        let copied = |body: &mut Body, call: &Call| Call {
            callee: call.callee,
            operands: qubits(body, &call.operands),
            bits: call.bits.iter().map(|&one| bit(body, one)).collect(),
            arguments: match &call.arguments {
                Arguments::Fixed(all) => Arguments::Fixed(angles(body, all)),
                table => table.clone(),
            },
            repetitions: call.repetitions,
            inverse: call.inverse,
            controls: mapped_controls(&call.controls, |qubit| body.qubit(run.qubits[qubit.index()])),
        };
        for &operation in source.operations() {
            match operation {
                Operation::Gate(gate) => {
                    let all = angles(body, &source.angles(gate.angles, gate.gate.angles()));
                    let operands = qubits(body, gate.qubits());
                    body.definition.gate_with(gate.gate, &operands, &all);
                }
                Operation::GlobalPhase(slot) => {
                    let all = angles(body, &source.angles(slot, 1));
                    all.iter().for_each(|phase| body.definition.global_phase(phase));
                }
                Operation::Structured(position) => {
                    let structured = source.structured(position);
                    // The reader makes no other structured operations than controlled gates.
                    if let Structured::Gate { gate, qubits: targets, angles: all } = &structured.kind {
                        let all = angles(body, all);
                        let controls =
                            mapped_controls(&structured.controls, |q| body.qubit(run.qubits[q.index()]));
                        let targets = qubits(body, targets);
                        body.definition.controlled_gate(&controls, *gate, &targets, &all);
                    }
                }
                Operation::Call(position) => {
                    let call = copied(body, source.calls(position));
                    body.definition.call(call);
                }
                Operation::Conjugate(position) => {
                    let conjugate = source.conjugates(position);
                    let (outer, inner) = (copied(body, &conjugate.outer), copied(body, &conjugate.inner));
                    body.definition.conjugate(outer, inner);
                }
                Operation::Conditional(position) => {
                    let conditional = source.conditionals(position);
                    let bits = conditional.bits.iter().map(|&(one, value)| (bit(body, one), value)).collect();
                    let call = copied(body, &conditional.call);
                    body.definition.conditional(bits, call);
                }
                Operation::Measure { qubit, bit: to } => {
                    let to = bit(body, to);
                    for from in qubits(body, &[qubit]) {
                        body.definition.measure(from, to);
                    }
                }
                Operation::Reset(qubit) => {
                    qubits(body, &[qubit]).into_iter().for_each(|qubit| body.definition.reset(qubit));
                }
                Operation::Barrier(position) => {
                    let all = qubits(body, source.barriers(position));
                    body.definition.barrier(all);
                }
            }
        }
    }
}

fn mapped_controls(controls: &[Control], mut qubit: impl FnMut(QubitId) -> QubitId) -> Vec<Control> {
    controls.iter().map(|control| Control { qubit: qubit(control.qubit), on: control.on }).collect()
}
