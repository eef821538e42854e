//! The flat style: every gate on a line of its own.

use super::WriteError;
use super::line::{EntryLabels, Lines};
use super::output::Output;
use super::plan::Plan;
use qnewton_circuit::lower::{FlatOperation, visit_flat};
use qnewton_circuit::{BitId, QubitId};
use std::io;

pub(super) fn write_body<W: io::Write>(plan: &Plan, out: &mut Output<W>) -> Result<(), WriteError> {
    let labels = EntryLabels::new(plan);
    let mut lines = Lines::new(out, plan.dialect, 0);
    let mut registers = plan.dialect.measures_registers().then(|| Registers { plan, pending: Vec::new() });
    visit_flat::<WriteError>(plan.circuit, |operation| {
        if let Some(registers) = &mut registers {
            if let FlatOperation::Measure(qubit, bit) = operation {
                return registers.measure(&mut lines, qubit, bit);
            }
            registers.finish()?;
        }
        match operation {
            FlatOperation::Gate(gate, qubits, angles) => {
                lines.begin();
                lines.out.text(plan.word(gate));
                lines.numbers(angles);
                lines.operands(&labels.qubits, qubits.iter().copied());
                lines.end()?;
            }
            FlatOperation::GlobalPhase(angle) => lines.phase(angle)?,
            FlatOperation::Measure(qubit, bit) => lines.measure(&labels, qubit, bit)?,
            FlatOperation::Reset(qubit) => lines.reset(&labels, qubit)?,
            FlatOperation::Barrier(qubits) => lines.barrier(&labels.qubits, qubits.iter().copied())?,
            FlatOperation::If(bits) => lines.begin_if(&labels, bits)?,
            FlatOperation::EndIf => lines.end_if()?,
        }
        Ok(())
    })?;
    registers.map_or(Ok(()), |registers| registers.finish())
}

/// Gathers the measurements of a register into one.
struct Registers<'p> {
    plan: &'p Plan<'p>,
    pending: Vec<(QubitId, BitId)>,
}

impl Registers<'_> {
    /// Takes one measurement; the last one of a register is written for all.
    fn measure<W: io::Write>(
        &mut self,
        lines: &mut Lines<'_, '_, W>,
        qubit: QubitId,
        bit: BitId,
    ) -> Result<(), WriteError> {
        self.pending.push((qubit, bit));
        let Plan { entry, registers, bit_registers, .. } = self.plan;
        for (to, (to_name, _)) in entry.bit_registers().iter().zip(bit_registers) {
            for (from, (from_name, _)) in entry.registers().iter().zip(registers) {
                let bits = (to.start..to.start + to.len).map(BitId);
                if to.len == from.len && self.pending.iter().copied().eq(from.qubits().zip(bits)) {
                    lines.begin();
                    lines.out.text(&format!("{to_name} = measure {from_name}"));
                    self.pending.clear();
                    return Ok(lines.end()?);
                }
            }
        }
        Ok(())
    }

    /// Refuses what is left over.
    fn finish(&self) -> Result<(), WriteError> {
        let what = "measurement of single qubits: measure whole registers, in the order of their qubits";
        if self.pending.is_empty() {
            Ok(())
        } else {
            Err(WriteError::NotInDialect { dialect: self.plan.dialect, what })
        }
    }
}
