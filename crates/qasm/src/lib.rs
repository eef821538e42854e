//! OpenQASM 2 and 3: writer and reader.

mod issue;
mod names;
mod read;
mod restated;
mod syntax;
mod write;

pub use read::{Program, ReadError, ReadErrorKind, Warning, read};
pub use write::{Style, WriteError, WriteOptions, write, write_string};
