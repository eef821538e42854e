//! Reading OpenQASM 2.0 and 3 into a hierarchical circuit.
//!
//! A single pass: parsers from [`crate::syntax`] take one statement at a time, and what it means goes into the
//! circuit at once. Gate definitions become definitions, the main program becomes the entry `main`. Classical
//! values are known while the file is read; what depends on measured bits becomes conditional calls.
//!
//! Loops are not written out. A body that reads neither its variable nor changes others is read once, and called
//! with a number of repetitions. Any other body is read for each value, and iterations next to each other that
//! differ in angles only become one definition with these angles as parameters, called with a table. Iterations
//! that differ otherwise (qubits, control flow) are written out. Subroutines are read at each call.
//!
//! | limit | value |
//! |---|---|
//! | qubits, bits | 2^20 each |
//! | nesting of parentheses, blocks, and (four levels each) calls of subroutines | 256 |
//! | depth of gates that call gates | 256 |
//! | operands that broadcasts, slices, bare barriers and conditions expand to | 2^22 |
//! | statements that loops and subroutines are read as, an iteration counting as four | 2^24, see [`ReadOptions`] |
//! | conjunctions of a condition on measured bits | 4096 |
//! | bytes of gate bodies read again because an angle is not affine in the gate's parameters | 2^23 + 64 x length of the text |
//!
//! Numbers are 64-bit: `int`, `uint` and `float` of other sizes are reduced to them, `angle` is a `float` modulo
//! 2 pi. What is not reached (after `break`, branches not taken, subroutines that are never called) is checked for
//! its brackets only. Not supported, each an error with its place: physical qubits, `delay`, durations and boxes
//! with one, pulses (`cal`), `extern`, complex numbers, classical arithmetic on measured bits.
//!
//! The crate `qasm` reads OpenQASM 2 as well, but keeps angles in 32 bits, panics on empty and truncated input and
//! takes quadratic time; it serves as a second opinion (`read_with_crate_qasm`), and this reader carries both versions.

mod builtins;
mod calls;
mod cases;
mod conditions;
mod declarations;
mod error;
mod evaluate;
mod fast;
mod flow;
mod functions;
mod gates;
mod library;
mod names;
mod operands;
mod power;
mod reader;
mod repeat;
mod scope;
mod value;
mod variables;

pub use error::{ReadError, ReadErrorKind};

use qnewton_circuit::Circuit;
use std::collections::BTreeMap;
use std::ops::Range;

/// What a file needs besides its text, and how far it may be unrolled.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadOptions {
    /// Values of the parameters that the file declares as `input`.
    pub inputs: BTreeMap<String, f64>,
    /// Statements and iterations that loops and subroutines may be read as, in all.
    pub maximum_statements: u64,
}

impl Default for ReadOptions {
    fn default() -> Self {
        ReadOptions { inputs: BTreeMap::new(), maximum_statements: 1 << 24 }
    }
}

/// What a file contains.
#[derive(Clone, Debug, PartialEq)]
pub struct Program {
    /// The circuit; its entry is the main program.
    pub circuit: Circuit,
    /// Major and minor version, if the file states them.
    pub version: Option<(u32, u32)>,
    /// The files that it includes.
    pub includes: Vec<String>,
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
    read_with(source, &ReadOptions::default())
}

/// The same with values for what the file declares as `input`.
///
/// # Errors
///
/// As for [`read()`]; an input without a value is one.
pub fn read_with(source: &str, options: &ReadOptions) -> Result<Program, ReadError> {
    reader::Reader::new(source, options).read().map_err(|issue| ReadError::new(source, &issue))
}
