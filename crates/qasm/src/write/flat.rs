//! The flat style: every gate on a line of its own.

use super::WriteError;
use super::line::{EntryLabels, Lines};
use super::output::Output;
use super::plan::Plan;
use qnewton_circuit::lower::{FlatOperation, visit_flat};
use std::io;

pub(super) fn write_body<W: io::Write>(plan: &Plan, out: &mut Output<W>) -> Result<(), WriteError> {
    let labels = EntryLabels::new(plan);
    let mut lines = Lines::new(out, 0);
    visit_flat::<WriteError>(plan.circuit, |operation| {
        match operation {
            FlatOperation::Gate(gate, qubits, angles) => {
                lines.begin();
                lines.out.text(gate.name());
                lines.numbers(angles);
                lines.operands(&labels.qubits, qubits.iter().copied());
                lines.end()?;
            }
            FlatOperation::GlobalPhase(angle) => lines.phase(angle)?,
            FlatOperation::Measure(qubit, bit) => lines.measure(&labels, qubit, bit)?,
            FlatOperation::Reset(qubit) => lines.on_qubits("reset", &labels.qubits, [qubit])?,
            FlatOperation::Barrier(qubits) => lines.barrier(&labels.qubits, qubits.iter().copied())?,
            FlatOperation::If(bits) => lines.begin_if(&labels, bits)?,
            FlatOperation::EndIf => lines.end_if()?,
        }
        Ok(())
    })
}
