//! What goes wrong, how it is shown, and with which exit code the program ends.

use crate::output::write_error;
use crate::text;
use ariadne::{Config, IndexType, Label, Report, ReportKind, Source};
use qnewton::PipelineError;
use qnewton::matrix::{InvalidSystem, SystemError, WriteError};
use qnewton::qasm::ReadError;
use qnewton::statevector::ExecutorError;
use qnewton::train::TrainError;
use std::fmt::Display;
use std::io::IsTerminal;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Bytes shown before and behind the place of an error: files may have a single line of gigabytes.
const EXCERPT: usize = 200;

/// Why the program does not end with exit code 0.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The command line asks for something that does not exist: exit code 2.
    Usage(String),
    /// The work failed: exit code 1.
    Work {
        /// What was wrong, where, and what would be accepted.
        message: String,
        /// What would help.
        hints: Vec<String>,
    },
    /// A file is not OpenQASM that the reader accepts: exit code 1.
    Syntax {
        /// The file.
        path: PathBuf,
        /// Its text.
        source_text: String,
        /// What is wrong where.
        error: ReadError,
    },
    /// A promise was not kept, and the output says so already: exit code 1.
    NotKept,
    /// Stopped by the user: exit code 130, as shells report an interrupt.
    Cancelled,
}

impl Failure {
    /// Failed work without hints.
    pub(crate) fn work(error: impl Display) -> Self {
        Failure::Work { message: error.to_string(), hints: Vec::new() }
    }

    /// Failed work with a hint.
    pub(crate) fn with_hint(error: impl Display, hint: impl Into<String>) -> Self {
        Failure::Work { message: error.to_string(), hints: vec![hint.into()] }
    }

    /// Shows the failure on standard error and says with which code to exit.
    pub(crate) fn report(&self) -> ExitCode {
        match self {
            Failure::Usage(message) => {
                write_error(&format!("error: {message}\n\nFor more information, try '--help'.\n"));
                ExitCode::from(2)
            }
            Failure::Work { message, hints } => {
                let hints: String = hints.iter().map(|hint| format!("hint: {hint}\n")).collect();
                write_error(&format!("error: {message}\n{hints}"));
                ExitCode::FAILURE
            }
            Failure::Syntax { path, source_text, error } => {
                write_error(&render(path, source_text, error));
                ExitCode::FAILURE
            }
            Failure::NotKept => ExitCode::FAILURE,
            Failure::Cancelled => {
                write_error("error: cancelled\n");
                ExitCode::from(130)
            }
        }
    }
}

impl From<PipelineError> for Failure {
    fn from(error: PipelineError) -> Self {
        let hint = match &error {
            PipelineError::Read { .. } => None,
            PipelineError::Epsilon { .. }
            | PipelineError::System(SystemError::Invalid { kind: InvalidSystem::Conditioning(_), .. })
            | PipelineError::Invalid(InvalidSystem::Conditioning(_)) => return Failure::Usage(error.to_string()),
            PipelineError::NoRightHandSide => Some("give it with --rhs FILE"),
            PipelineError::Unreachable { .. } => {
                Some("a larger --epsilon, or a better conditioned matrix (--damping F), can be promised")
            }
            PipelineError::DegreeTooLarge { .. } => Some("--damping F lowers the condition number"),
            PipelineError::TooSlow { .. } => {
                Some("--time-limit SECONDS raises the limit; --damping F and a larger --epsilon shorten the circuit")
            }
            PipelineError::FileTooLarge { .. } => Some("leave out --style flat"),
            _ => None,
        };
        let hint = hint.map(str::to_string);
        match error {
            PipelineError::Read { path, source_text, error } => Failure::Syntax { path, source_text, error },
            PipelineError::Executor(error) => error.into(),
            error => Failure::Work { message: error.to_string(), hints: hint.into_iter().collect() },
        }
    }
}

impl From<ExecutorError> for Failure {
    fn from(error: ExecutorError) -> Self {
        match error {
            ExecutorError::Memory { qubits, needed, available } => Failure::work(format!(
                "a state of {qubits} qubits would need {} of memory, {} are available",
                text::bytes(needed),
                text::bytes(available)
            )),
            error => Failure::work(error),
        }
    }
}

impl From<SystemError> for Failure {
    fn from(error: SystemError) -> Self {
        PipelineError::from(error).into()
    }
}

impl From<InvalidSystem> for Failure {
    fn from(error: InvalidSystem) -> Self {
        PipelineError::from(error).into()
    }
}

impl From<WriteError> for Failure {
    fn from(error: WriteError) -> Self {
        Failure::work(error)
    }
}

impl From<TrainError> for Failure {
    fn from(error: TrainError) -> Self {
        match error {
            TrainError::Diverged { .. } => {
                Failure::with_hint(error, "a smaller --learning-rate, or more --damping, keeps training stable")
            }
            error => Failure::work(error),
        }
    }
}

/// The error with the lines around its place.
fn render(path: &Path, source_text: &str, error: &ReadError) -> String {
    let start = error.span.start.min(source_text.len());
    let (window, first_line) = window(source_text, start);
    let place = start - window.start..error.span.end.clamp(start, window.end) - window.start;
    let name = path.display().to_string();
    let config = Config::default().with_color(std::io::stderr().is_terminal()).with_index_type(IndexType::Byte);
    let expected = error.expected.as_ref().map(|expected| format!("expected {expected}"));
    let label = expected.clone().unwrap_or_else(|| error.message.clone());
    let title = format!("line {}, column {}: {}", error.line, error.column, error.message);
    let report = Report::build(ReportKind::Error, (&name, place.clone()))
        .with_config(config)
        .with_message(title)
        .with_label(Label::new((&name, place)).with_message(label))
        .finish();
    let source = Source::from(&source_text[window]).with_display_line_offset(first_line);
    let mut rendered = Vec::new();
    // Writing to memory cannot fail; should the report still be unusable, the message alone says it all.
    match report.write((&name, source), &mut rendered) {
        Ok(()) => String::from_utf8_lossy(&rendered).replacen("Error:", "error:", 1),
        Err(_) => format!("error: {name}: {error}\n"),
    }
}

/// The bytes around `place` that are shown, and the number of lines before them.
fn window(text: &str, place: usize) -> (Range<usize>, usize) {
    let boundary = |position: usize| text.floor_char_boundary(position);
    let line_start = text[..place].rfind('\n').map_or(0, |position| position + 1);
    let line_end = text[place..].find('\n').map_or(text.len(), |position| place + position);
    let start = line_start.max(boundary(place.saturating_sub(EXCERPT)));
    let end = line_end.min(boundary(place.saturating_add(EXCERPT)));
    (start..end, text[..start].bytes().filter(|&byte| byte == b'\n').count())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(text: &str) -> String {
        let error = qnewton::qasm::read(text).unwrap_err();
        render(Path::new("file.qasm"), text, &error)
    }

    #[test]
    fn a_syntax_error_shows_its_line_its_column_and_what_was_expected() {
        let shown = rendered("OPENQASM 3.0;\nqubit[2] q;\nU(0.1, 0.2 q[0];\n");
        insta::assert_snapshot!(shown);
    }

    #[test]
    fn the_place_in_a_very_long_line_is_cut_out() {
        let text = format!("qubit q;{}\u{fc}{}", "x q;".repeat(100_000), "y q;".repeat(100_000));
        let shown = rendered(&text);
        assert!(shown.len() < 4000, "{shown}");
        assert!(shown.contains('\u{fc}'), "{shown}");
    }

    #[test]
    fn an_error_at_the_end_of_a_file_has_a_place() {
        for text in ["", "OPENQASM", "qubit[2", "qubit q;\nx q"] {
            if let Err(error) = qnewton::qasm::read(text) {
                assert!(render(Path::new("f"), text, &error).starts_with("error: "), "{text}");
            }
        }
    }
}
