//! Reading OpenQASM 2.0 and 3 into a hierarchical circuit.
//!
//! A single pass: parsers from [`crate::syntax`] take one statement at a time, and what it means goes into the
//! circuit at once. Gate definitions become definitions, the main program becomes the entry `main`.
//!
//! | limit | value |
//! |---|---|
//! | qubits, bits | 2^20 each |
//! | nesting of parentheses and blocks | 256 |
//! | depth of gates that call gates | 256 |
//! | operands that broadcasts, slices and bare barriers expand to | 2^22 |
//! | bytes of gate bodies read again because an angle is not affine in the gate's parameters | 2^23 + 64 x length of the text |
//!
//! Repetition (`pow`) is never expanded, so a short file stays a small circuit however many gates it stands for.

mod calls;
mod conditions;
mod declarations;
mod error;
mod evaluate;
mod fast;
mod gates;
mod library;
mod operands;
mod power;
mod reader;
mod scope;

pub use error::{ReadError, ReadErrorKind};

use qnewton_circuit::Circuit;
use std::ops::Range;

/// What a file contains.
#[derive(Clone, Debug, PartialEq)]
pub struct Program {
    /// The circuit; its entry is the main program.
    pub circuit: Circuit,
    /// Major and minor version, if the file states them.
    pub version: Option<(u32, u32)>,
    /// The `//` comments before the first statement other than the version and includes, one entry per line,
    /// without `//` and the space behind it.
    pub leading_comments: Vec<String>,
    /// What was accepted but ignored or is unusual.
    pub warnings: Vec<Warning>,
}

/// Something that was accepted but ignored or is unusual.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// What it is.
    pub message: String,
    /// The bytes it is about.
    pub span: Range<usize>,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// Reads OpenQASM 2.0 or 3; without a version statement, 3.
///
/// Gates of `stdgates.inc` and `qelib1.inc` are known whether or not the file includes them, with the phases that
/// Qiskit's library gives them; a definition in the file goes before. What is not supported is an error that
/// names it, never skipped.
///
/// # Errors
///
/// The first problem, with its place. No input makes this panic, and time and memory are proportional to the
/// length of the text beyond the limits above.
pub fn read(source: &str) -> Result<Program, ReadError> {
    reader::Reader::new(source).read().map_err(|issue| ReadError::new(source, &issue))
}
