//! The statements of which every file consists.

use super::number::push_number;
use super::output::{Labels, Output};
use super::plan::Plan;
use super::{Dialect, WriteError};
use qnewton_circuit::{BitId, QubitId};
use std::io;

/// What stands before the value of a global phase that the tool would not keep.
const PHASE_COMMENT: &str = "// global phase: ";

/// Writes statements one per line, indented by the depth of the block that they stand in.
pub(super) struct Lines<'o, 'w, W: io::Write> {
    pub(super) out: &'o mut Output<'w, W>,
    dialect: Dialect,
    indent: usize,
    conditions: Vec<usize>,
}

/// The labels of the entry's qubits and bits.
pub(super) struct EntryLabels {
    pub(super) qubits: Labels,
    pub(super) bits: Labels,
}

impl EntryLabels {
    pub(super) fn new(plan: &Plan) -> Self {
        let of = |registers: &[(String, u32)]| {
            let indexed =
                registers.iter().flat_map(|(name, len)| (0..*len).map(move |k| format!("{name}[{k}]")));
            Labels::new(indexed)
        };
        EntryLabels { qubits: of(&plan.registers), bits: of(&plan.bit_registers) }
    }
}

impl<'o, 'w, W: io::Write> Lines<'o, 'w, W> {
    pub(super) fn new(out: &'o mut Output<'w, W>, dialect: Dialect, indent: usize) -> Self {
        Lines { out, dialect, indent, conditions: Vec::new() }
    }

    /// Begins a line.
    pub(super) fn begin(&mut self) {
        for _ in 0..self.indent {
            self.out.text("  ");
        }
    }

    /// `;` and the end of the line.
    pub(super) fn end(&mut self) -> io::Result<()> {
        self.out.buffer.push(b';');
        self.out.end_line()
    }

    /// `(a, b, ...)`, or nothing.
    pub(super) fn numbers(&mut self, values: &[f64]) {
        for (position, &value) in values.iter().enumerate() {
            self.out.text(if position == 0 { "(" } else { ", " });
            push_number(&mut self.out.buffer, value);
        }
        if !values.is_empty() {
            self.out.buffer.push(b')');
        }
    }

    /// ` a, b, ...`
    pub(super) fn operands(&mut self, labels: &Labels, qubits: impl IntoIterator<Item = QubitId>) {
        for (position, qubit) in qubits.into_iter().enumerate() {
            self.out.text(if position == 0 { " " } else { ", " });
            self.out.text(labels.get(qubit.index()));
        }
    }

    /// A statement that consists of a word and its qubits.
    pub(super) fn on_qubits(
        &mut self,
        word: &str,
        labels: &Labels,
        qubits: impl IntoIterator<Item = QubitId>,
    ) -> io::Result<()> {
        self.begin();
        self.out.text(word);
        self.operands(labels, qubits);
        self.end()
    }

    /// Without qubits nothing: a bare `barrier;` would mean all of them. Nothing either where tools do not know barriers.
    pub(super) fn barrier(
        &mut self,
        labels: &Labels,
        mut qubits: impl ExactSizeIterator<Item = QubitId>,
    ) -> io::Result<()> {
        if qubits.len() == 0 || !self.dialect.has_barriers() {
            return Ok(());
        }
        self.on_qubits("barrier", labels, qubits.by_ref())
    }

    /// A global phase, or a remark about it.
    pub(super) fn phase(&mut self, value: f64) -> io::Result<()> {
        self.begin();
        if !self.dialect.keeps_global_phase() {
            self.out.text(PHASE_COMMENT);
            push_number(&mut self.out.buffer, value);
            return self.out.end_line();
        }
        self.out.text("gphase");
        self.numbers(&[value]);
        self.end()
    }

    pub(super) fn measure(&mut self, labels: &EntryLabels, qubit: QubitId, bit: BitId) -> io::Result<()> {
        self.begin();
        let bit = labels.bits.get(bit.index());
        if self.dialect == Dialect::OpenQasm2 {
            self.out.text("measure");
            self.operands(&labels.qubits, [qubit]);
            self.out.text(" -> ");
            self.out.text(bit);
        } else {
            self.out.text(bit);
            self.out.text(" = measure");
            self.operands(&labels.qubits, [qubit]);
        }
        self.end()
    }

    pub(super) fn reset(&mut self, labels: &EntryLabels, qubit: QubitId) -> Result<(), WriteError> {
        if !self.dialect.has_reset() {
            let what = "reset of a qubit";
            return Err(WriteError::NotInDialect { dialect: self.dialect, what });
        }
        Ok(self.on_qubits("reset", &labels.qubits, [qubit])?)
    }

    /// Opens `for` over the repetitions of something, from the last one if reversed.
    pub(super) fn begin_for(&mut self, variable: &str, repetitions: u64, reversed: bool) -> io::Result<()> {
        self.begin();
        let last = repetitions - 1;
        let range = if reversed { format!("[{last}:-1:0]") } else { format!("[0:{last}]") };
        self.out.text(&format!("for int {variable} in {range} {{"));
        self.out.end_line()?;
        self.indent += 1;
        Ok(())
    }

    /// Closes the innermost block.
    pub(super) fn end_block(&mut self) -> io::Result<()> {
        self.indent -= 1;
        self.begin();
        self.out.buffer.push(b'}');
        self.out.end_line()
    }

    /// Opens a conditional part: one nested `if` per bit.
    pub(super) fn begin_if(
        &mut self,
        labels: &EntryLabels,
        bits: &[(BitId, bool)],
    ) -> Result<(), WriteError> {
        if !self.dialect.has_conditions() {
            let what = "conditions on measured bits";
            return Err(WriteError::NotInDialect { dialect: self.dialect, what });
        }
        // Braket has no `!` for bits.
        let (no, not) = if self.dialect == Dialect::Braket { ("", " == false") } else { ("!", "") };
        self.conditions.push(bits.len());
        for &(bit, value) in bits {
            self.begin();
            self.out.text("if (");
            self.out.text(if value { "" } else { no });
            self.out.text(labels.bits.get(bit.index()));
            self.out.text(if value { "" } else { not });
            self.out.text(") {");
            self.out.end_line()?;
            self.indent += 1;
        }
        Ok(())
    }

    /// Closes what the last open [`Lines::begin_if`] opened.
    pub(super) fn end_if(&mut self) -> io::Result<()> {
        (0..self.conditions.pop().unwrap_or(0)).try_for_each(|_| self.end_block())
    }
}
