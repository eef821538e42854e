//! The textual form of a circuit: for people, for snapshots, and between passes.

use crate::angle::Angle;
use crate::circuit::Circuit;
use crate::definition::{Definition, RegisterKind};
use crate::ids::QubitId;
use crate::operation::{Arguments, Call, Control, Operation};
use crate::structured::Structured;
use crate::table::{AngleTable, IndexTable, Table};
use std::fmt::{Display, Formatter, Result, Write};

impl Display for Circuit {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        for (position, table) in self.tables().iter().enumerate() {
            write!(formatter, "table {position}: ")?;
            match table {
                Table::Angles(AngleTable::Dense(values)) => writeln!(formatter, "{} angles", values.len())?,
                Table::Angles(AngleTable::WalshSparse { length, coefficients }) => {
                    writeln!(formatter, "{length} angles, {} Walsh coefficients", coefficients.len())?;
                }
                Table::Angles(AngleTable::Constant { length, value }) => {
                    writeln!(formatter, "{length} angles {value}")?;
                }
                Table::Angles(AngleTable::Symbolic { length }) => {
                    writeln!(formatter, "{length} symbolic angles")?
                }
                Table::Angles(AngleTable::SymbolicWalsh { length, terms }) => {
                    writeln!(formatter, "{length} symbolic angles, {terms} Walsh coefficients")?;
                }
                Table::Indices(IndexTable::Dense { width, values }) => {
                    writeln!(formatter, "{} integers of {width} bits", values.len())?;
                }
                Table::Indices(IndexTable::Symbolic { width, length }) => {
                    writeln!(formatter, "{length} symbolic integers of {width} bits")?;
                }
            }
        }
        for definition in self.definitions() {
            write_definition(self, definition, formatter)?;
        }
        Ok(())
    }
}

fn write_definition(circuit: &Circuit, definition: &Definition, out: &mut Formatter<'_>) -> Result {
    write!(out, "{}", definition.name)?;
    if !definition.parameters.is_empty() {
        write!(out, "({})", definition.parameters.join(", "))?;
    }
    for register in definition.registers() {
        let kind = match register.kind {
            RegisterKind::Operand => "",
            RegisterKind::CleanAncilla => "clean ",
            RegisterKind::DirtyAncilla => "dirty ",
        };
        write!(out, " {kind}{}[{}]", register.name, register.len)?;
    }
    for bits in definition.bit_registers() {
        write!(out, " bit {}[{}]", bits.name, bits.len)?;
    }
    writeln!(out, " {{")?;
    for &operation in definition.operations() {
        write!(out, "  ")?;
        match operation {
            Operation::Gate(gate) => {
                write!(out, "{}", gate.gate.name())?;
                write_angles(&definition.angles(gate.angles, gate.gate.angles()), out)?;
                write_qubits(definition, gate.qubits(), out)?;
            }
            Operation::GlobalPhase(slot) => {
                write!(out, "gphase")?;
                write_angles(&definition.angles(slot, 1), out)?;
            }
            Operation::Structured(position) => {
                let operation = definition.structured(position);
                write_controls(definition, &operation.controls, out)?;
                write!(out, "{}{}", if operation.inverse { "inverse " } else { "" }, operation.kind.name())?;
                match &operation.kind {
                    Structured::Gate { angles, .. } => write_angles(angles, out)?,
                    Structured::Reflection { angle, .. } => write_angles(std::slice::from_ref(angle), out)?,
                    Structured::AddConstant { constant, .. } => write!(out, "({constant})")?,
                    kind => {
                        if let Some(table) = kind.table() {
                            write!(out, "(table {})", table.0)?;
                        }
                    }
                }
                write_qubits(definition, &operation.kind.qubits(), out)?;
            }
            Operation::Call(position) => write_call(circuit, definition, definition.calls(position), out)?,
            Operation::Conjugate(position) => {
                let conjugate = definition.conjugates(position);
                write!(out, "conjugate ")?;
                write_call(circuit, definition, &conjugate.outer, out)?;
                write!(out, " around ")?;
                write_call(circuit, definition, &conjugate.inner, out)?;
            }
            Operation::Conditional(position) => {
                let conditional = definition.conditionals(position);
                let terms: Vec<String> = conditional
                    .bits
                    .iter()
                    .map(|(bit, value)| format!("bit {} == {}", bit.0, u8::from(*value)))
                    .collect();
                write!(out, "if {} ", terms.join(" and "))?;
                write_call(circuit, definition, &conditional.call, out)?;
            }
            Operation::Measure { qubit, bit } => {
                write!(out, "measure")?;
                write_qubits(definition, &[qubit], out)?;
                write!(out, " -> bit {}", bit.0)?;
            }
            Operation::Reset(qubit) => {
                write!(out, "reset")?;
                write_qubits(definition, &[qubit], out)?;
            }
            Operation::Barrier(position) => {
                write!(out, "barrier")?;
                write_qubits(definition, definition.barriers(position), out)?;
            }
        }
        writeln!(out)?;
    }
    writeln!(out, "}}")
}

fn write_call(circuit: &Circuit, definition: &Definition, call: &Call, out: &mut Formatter<'_>) -> Result {
    write_controls(definition, &call.controls, out)?;
    if call.repetitions != 1 {
        write!(out, "repeat {} ", call.repetitions)?;
    }
    write!(out, "{}{}", if call.inverse { "inverse " } else { "" }, circuit.definition(call.callee).name)?;
    match &call.arguments {
        Arguments::Fixed(angles) => write_angles(angles, out)?,
        Arguments::Table(table) => write!(out, "(table {})", table.0)?,
    }
    write_qubits(definition, &call.operands, out)
}

fn write_controls(definition: &Definition, controls: &[Control], out: &mut Formatter<'_>) -> Result {
    for control in controls {
        write!(out, "{}", if control.on { "ctrl" } else { "negctrl" })?;
        write_qubits(definition, &[control.qubit], out)?;
        out.write_char(' ')?;
    }
    Ok(())
}

fn write_angles(angles: &[Angle], out: &mut Formatter<'_>) -> Result {
    if angles.is_empty() {
        return Ok(());
    }
    let texts: Vec<String> = angles.iter().map(Angle::to_string).collect();
    write!(out, "({})", texts.join(", "))
}

fn write_qubits(definition: &Definition, qubits: &[QubitId], out: &mut Formatter<'_>) -> Result {
    for qubit in qubits {
        let holder = definition.registers().iter().find(|r| (r.start..r.start + r.len).contains(&qubit.0));
        match holder {
            Some(register) => write!(out, " {}[{}]", register.name, qubit.0 - register.start)?,
            None => write!(out, " ?{}", qubit.0)?,
        }
    }
    Ok(())
}

impl Display for Angle {
    /// `0.5*p0 - p1 + 0.25`, parameters by position.
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        let mut first = true;
        for &(parameter, factor) in &self.terms {
            let sign = match (first, factor < 0.0) {
                (true, false) => "",
                (true, true) => "-",
                (false, false) => " + ",
                (false, true) => " - ",
            };
            write!(formatter, "{sign}")?;
            if factor.abs() != 1.0 {
                write!(formatter, "{}*", factor.abs())?;
            }
            write!(formatter, "p{}", parameter.0)?;
            first = false;
        }
        if first {
            write!(formatter, "{}", self.constant)
        } else if self.constant != 0.0 {
            write!(formatter, " {} {}", if self.constant < 0.0 { '-' } else { '+' }, self.constant.abs())
        } else {
            Ok(())
        }
    }
}
