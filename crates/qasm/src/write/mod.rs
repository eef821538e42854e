//! Writing circuits as OpenQASM 3.0.
//!
//! The text stays within what external toolkits agree on: `stdgates.inc`, one declaration per register, numeric
//! angles, `gate` definitions whose parameters are named in lexicographic order (one importer binds them in
//! that order), `inv @` as the only modifier. The same circuit gives the same bytes everywhere.

mod error;
mod flat;
mod hierarchical;
mod line;
mod number;
mod output;
mod plan;

pub use error::WriteError;

use output::Output;
use plan::Plan;
use qnewton_circuit::{Circuit, verify::verify};
use std::io;

/// The form of the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Style {
    /// One `gate` per definition, calls as calls.
    #[default]
    Hierarchical,
    /// One gate per line, nothing defined.
    Flat,
}

/// How to write a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteOptions {
    /// The form.
    pub style: Style,
    /// Comment lines at the top, without `//`.
    pub header: Vec<String>,
    /// No file of more statements is begun. Repeated calls are one statement per repetition.
    pub maximum_statements: u128,
}

impl Default for WriteOptions {
    fn default() -> Self {
        WriteOptions { style: Style::default(), header: Vec::new(), maximum_statements: 1_000_000_000 }
    }
}

impl WriteOptions {
    /// The default options with this style.
    pub fn with_style(style: Style) -> Self {
        WriteOptions { style, ..WriteOptions::default() }
    }
}

/// Writes a circuit that has been lowered to a basis ([`qnewton_circuit::lower()`]): gates, global phases, calls
/// without controls, measurements, resets, barriers and conditions.
///
/// Registers and bits of the entry keep their names where these are OpenQASM identifiers that mean nothing
/// else; in the hierarchical style each other definition becomes a `gate`, except those that measure, reset
/// or branch, which are written in place. Every angle reads back as the same `f64`. Memory does not grow with
/// the number of gates.
///
/// # Errors
///
/// [`WriteError::NotLowered`] names what has to be lowered first; malformed and symbolic circuits,
/// an entry with parameters, files beyond [`WriteOptions::maximum_statements`] and failures of `out` are errors too.
pub fn write(circuit: &Circuit, options: &WriteOptions, out: &mut impl io::Write) -> Result<(), WriteError> {
    if let Some(error) = verify(circuit).into_iter().next() {
        return Err(error.into());
    }
    let plan = Plan::new(circuit, options.style)?;
    if plan.statements > options.maximum_statements {
        let (statements, limit) = (plan.statements, options.maximum_statements);
        return Err(WriteError::TooLarge { statements, limit });
    }
    let mut output = Output::new(out);
    preamble(&plan, &options.header, &mut output)?;
    match options.style {
        Style::Flat => flat::write_body(&plan, &mut output)?,
        Style::Hierarchical => hierarchical::write_body(&plan, &mut output)?,
    }
    Ok(output.finish()?)
}

/// Writes a circuit into a string; see [`write()`].
pub fn write_string(circuit: &Circuit, options: &WriteOptions) -> Result<String, WriteError> {
    let mut bytes = Vec::new();
    write(circuit, options, &mut bytes)?;
    String::from_utf8(bytes).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error).into())
}

fn preamble<W: io::Write>(plan: &Plan, header: &[String], out: &mut Output<W>) -> io::Result<()> {
    out.text("OPENQASM 3.0;");
    out.end_line()?;
    for text in header {
        for line in text.replace("\r\n", "\n").split(['\n', '\r']) {
            out.text(if line.is_empty() { "//" } else { "// " });
            out.text(line);
            out.end_line()?;
        }
    }
    out.text("include \"stdgates.inc\";");
    out.end_line()?;
    for text in &plan.restated {
        out.text(text);
        out.end_line()?;
    }
    if plan.style == Style::Flat {
        declarations(plan, out)?;
    }
    Ok(())
}

/// The registers of the entry.
fn declarations<W: io::Write>(plan: &Plan, out: &mut Output<W>) -> io::Result<()> {
    for (kind, registers) in [("qubit", &plan.registers), ("bit", &plan.bit_registers)] {
        for (name, len) in registers {
            // A register without qubits cannot be declared, and nothing can refer to it.
            if *len > 0 {
                out.text(&format!("{kind}[{len}] {name};"));
                out.end_line()?;
            }
        }
    }
    Ok(())
}
