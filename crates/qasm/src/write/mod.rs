//! Writing circuits as OpenQASM.
//!
//! In every dialect the text stays within what the tools agree on: one declaration per register, numeric angles, `gate`
//! definitions whose parameters are named in lexicographic order (one importer binds them in that order), `inv @` as the
//! only modifier. The same circuit gives the same bytes everywhere.
//!
//! | module | decides |
//! |---|---|
//! | `dialect` | what a tool takes |
//! | `spelling` | names of gates, and what gates without a name are made of |
//! | `adapt` | the circuit in the terms of the dialect |
//! | `plan` | names, which definitions become gates, length |
//! | `flat`, `hierarchical` | the body, in the three styles |

mod adapt;
mod dialect;
mod error;
mod flat;
mod hierarchical;
mod line;
mod measured;
mod number;
mod output;
mod plan;
mod spelling;

pub use adapt::adapted;
pub use dialect::Dialect;
pub use error::WriteError;
pub use measured::measured;

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
    /// As [`Style::Hierarchical`], repetitions as `for` loops over arrays of angles.
    Loop,
}

impl Style {
    /// All styles.
    pub const ALL: &'static [Style] = &[Style::Hierarchical, Style::Flat, Style::Loop];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Style::Hierarchical => "hierarchical",
            Style::Flat => "flat",
            Style::Loop => "loop",
        }
    }

    /// One line for lists of styles.
    pub fn description(self) -> &'static str {
        match self {
            Style::Hierarchical => "one gate definition per part, calls as calls",
            Style::Flat => "one gate per line, nothing defined",
            Style::Loop => "as hierarchical, repetitions as `for` loops over arrays of angles",
        }
    }

    /// The style of that name.
    pub fn from_name(name: &str) -> Option<Style> {
        Style::ALL.iter().copied().find(|style| style.name() == name)
    }
}

/// How to write a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteOptions {
    /// The form; one of [`Dialect::styles`].
    pub style: Style,
    /// Whose OpenQASM.
    pub dialect: Dialect,
    /// Comment lines at the top, without `//`.
    pub header: Vec<String>,
    /// No file of more statements is begun. Repeated calls are one statement per repetition,
    /// in loops one per angle.
    pub maximum_statements: u128,
}

impl Default for WriteOptions {
    fn default() -> Self {
        WriteOptions {
            style: Style::default(),
            dialect: Dialect::default(),
            header: Vec::new(),
            maximum_statements: 1_000_000_000,
        }
    }
}

impl WriteOptions {
    /// The default options with this style.
    pub fn with_style(style: Style) -> Self {
        WriteOptions { style, ..WriteOptions::default() }
    }

    /// The default options of a dialect.
    pub fn with_dialect(dialect: Dialect) -> Self {
        WriteOptions { dialect, style: dialect.default_style(), ..WriteOptions::default() }
    }
}

/// Writes a circuit that has been lowered to a basis ([`qnewton_circuit::lower()`]): gates, global phases, calls
/// without controls, measurements, resets, barriers and conditions.
///
/// Registers and bits of the entry keep their names where these are OpenQASM identifiers that mean nothing
/// else; in the hierarchical style each other definition becomes a `gate`, except those that measure, reset
/// or branch, which are written in place; in the loop style those that repeat are, too. What the dialect lacks is made of
/// what it has, see [`adapted()`]. Every angle reads back as the same `f64`. Memory does not grow with the number of gates.
///
/// # Errors
///
/// [`WriteError::NotLowered`] names what has to be lowered first; malformed and symbolic circuits,
/// an entry with parameters, styles and operations that the dialect lacks, files beyond
/// [`WriteOptions::maximum_statements`] and failures of `out` are errors too.
pub fn write(circuit: &Circuit, options: &WriteOptions, out: &mut impl io::Write) -> Result<(), WriteError> {
    if let Some(error) = verify(circuit).into_iter().next() {
        return Err(error.into());
    }
    if !options.dialect.styles().contains(&options.style) {
        return Err(WriteError::Style { dialect: options.dialect, style: options.style });
    }
    let circuit = adapted(circuit, options.dialect)?;
    let plan = Plan::new(&circuit, options.style, options.dialect)?;
    if plan.statements > options.maximum_statements {
        let (statements, limit) = (plan.statements, options.maximum_statements);
        return Err(WriteError::TooLarge { statements, limit });
    }
    let mut output = Output::new(out);
    preamble(&plan, &options.header, &mut output)?;
    match options.style {
        Style::Flat => flat::write_body(&plan, &mut output)?,
        Style::Hierarchical | Style::Loop => hierarchical::write_body(&plan, &mut output)?,
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
    out.text(plan.dialect.version());
    out.end_line()?;
    for text in header {
        for line in text.replace("\r\n", "\n").split(['\n', '\r']) {
            out.text(if line.is_empty() { "//" } else { "// " });
            out.text(line);
            out.end_line()?;
        }
    }
    if let Some(include) = plan.dialect.include() {
        out.text(include);
        out.end_line()?;
    }
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
    let is_two = plan.dialect == Dialect::OpenQasm2;
    let kinds = if is_two { ["qreg", "creg"] } else { ["qubit", "bit"] };
    for (kind, registers) in kinds.into_iter().zip([&plan.registers, &plan.bit_registers]) {
        for (name, len) in registers {
            // A register without qubits cannot be declared, and nothing can refer to it.
            if *len > 0 {
                out.text(&if is_two {
                    format!("{kind} {name}[{len}];")
                } else {
                    format!("{kind}[{len}] {name};")
                });
                out.end_line()?;
            }
        }
    }
    Ok(())
}
