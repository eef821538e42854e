//! OpenQASM 2 and 3: writer and reader.
//!
//! [`write()`] turns a lowered [`Circuit`](qnewton_circuit::Circuit) into OpenQASM in the [`Dialect`] of a tool and in a
//! [`Style`]: with a `gate` per definition, with loops too, or flat; [`read()`] turns OpenQASM 2.0 and 3 into a hierarchical circuit. What is written reads
//! back as the same circuit, every angle as the same `f64`.
//!
//! ```
//! use qnewton_circuit::{Basis, count, lower};
//! use qnewton_qasm::{Style, WriteOptions, read, write_string};
//!
//! let program = read(
//!     "OPENQASM 3.0;
//!      include \"stdgates.inc\";
//!      gate bell a, b { h a; cx a, b; }
//!      qubit[2] q;
//!      bell q[0], q[1];
//!      ctrl @ rz(pi/4) q[1], q[0];",
//! )?;
//! let lowered = lower(&program.circuit, Basis::U3Cx)?;
//! let text = write_string(&lowered, &WriteOptions::with_style(Style::Flat))?;
//! assert_eq!(count(&read(&text)?.circuit), count(&lowered));
//!
//! let error = read("qubit[2] q;\nh q[2];").unwrap_err();
//! assert_eq!(error.to_string(), "line 2, column 5: index 2 is out of range; expected 0 to 1");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! What is deliberately absent: other formats, optimisation, and knowledge of any algorithm. The crate does no
//! input or output of its own: texts come in as `&str` and leave through [`std::io::Write`].

mod issue;
mod names;
mod read;
mod restated;
#[cfg(feature = "crate-qasm")]
mod second_parser;
mod syntax;
mod write;

pub use read::{Program, ReadError, ReadErrorKind, ReadOptions, Warning, read, read_with};
#[cfg(feature = "crate-qasm")]
pub use second_parser::{SECOND_PARSER_LIMIT, SecondParserError, read_with_crate_qasm};
pub use write::{Dialect, Style, WriteError, WriteOptions, adapted, measured, write, write_string};
