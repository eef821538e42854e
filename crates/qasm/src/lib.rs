//! OpenQASM 2 and 3: writer and reader.

mod names;
mod restated;
mod write;

pub use write::{Style, WriteError, WriteOptions, write, write_string};
