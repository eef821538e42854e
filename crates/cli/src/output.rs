//! Writing to standard output and standard error.

use crate::failure::Failure;
use serde::Serialize;
use std::io::{ErrorKind, Write};

/// Prints a JSON document, indented, with a line end.
pub(crate) fn print_document(document: &impl Serialize) -> Result<(), Failure> {
    let mut text = serde_json::to_string_pretty(document).map_err(Failure::work)?;
    text.push('\n');
    print(&text)
}

/// Prints text. A reader that closed its end has seen enough: that is no failure.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Failure::work(format!("cannot write to standard output: {error}")))
        }
        _ => Ok(()),
    }
}

/// Writes to standard error; there is nobody to tell if that fails.
pub(crate) fn write_error(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

/// A remark that is no result, on standard error.
pub(crate) fn note(quiet: bool, text: &str) {
    if !quiet {
        write_error(&format!("{text}\n"));
    }
}
