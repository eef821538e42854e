//! What goes wrong, how it is shown, and with which exit code the program ends.

use crate::output::write_error;
use crate::text;
use ariadne::{Config, IndexType, Label, Report, ReportKind, Source};
use qnewton::PipelineError;
use qnewton::matrix::{ConditioningError, InvalidSystem, SystemError, WriteError};
use qnewton::pipeline::ReadoutError;
use qnewton::qasm::ReadError;
use qnewton::scheduler::ScheduleError;
use qnewton::statevector::ExecutorError;
use qnewton::statevector::distributed::sufficient_ranks;
use qnewton::train::TrainError;
use std::fmt::Display;
use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;

/// Longer lines, in bytes, are not shown: files may have a single line of gigabytes.
const LONGEST_LINE: usize = 400;

/// Why the program does not end with exit code 0.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The command makes no sense as it was given: exit code 2.
    Usage(String),
    /// The work failed: exit code 1.
    Work {
        /// What was wrong, where, and what would be accepted.
        message: String,
        /// What would help.
        hints: Vec<String>,
    },
    /// A file is not OpenQASM that the reader accepts: exit code 1. Holds all there is to show.
    Syntax(String),
    /// A promise was not kept, and the output says so already: exit code 1.
    NotKept,
    /// Stopped by the user: exit code 130, as shells report an interrupt.
    Cancelled,
}

impl Failure {
    /// A command that makes no sense as it was given.
    pub(crate) fn usage(message: impl Display) -> Self {
        Failure::Usage(message.to_string())
    }

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
            Failure::Syntax(shown) => {
                write_error(shown);
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
            // The option is fine, the matrix is not.
            PipelineError::System(SystemError::Invalid {
                kind: InvalidSystem::Conditioning(ConditioningError::ZeroDiagonal { .. }),
                ..
            }) => Some("leave out --jacobi"),
            PipelineError::Epsilon { .. }
            | PipelineError::Request { .. }
            | PipelineError::System(SystemError::Invalid { kind: InvalidSystem::Conditioning(_), .. })
            | PipelineError::Invalid(InvalidSystem::Conditioning(_)) => {
                return Failure::Usage(error.to_string());
            }
            PipelineError::NoRightHandSide => Some("give it with --rhs FILE"),
            PipelineError::Unreachable { .. } => {
                Some("a larger --epsilon, or a better conditioned matrix (--damping F), can be promised")
            }
            PipelineError::DegreeTooLarge { .. } => Some("--damping F lowers the condition number"),
            PipelineError::TooSlow { .. } => Some(
                "--time-limit SECONDS raises the limit; --damping F and a larger --epsilon shorten the circuit",
            ),
            PipelineError::Checkpoint { .. } => {
                Some("another file for --checkpoint, or none there, starts from the beginning")
            }
            PipelineError::FileTooLarge { .. } => Some("leave out --style flat"),
            _ => None,
        };
        let hint = hint.map(str::to_string);
        match error {
            PipelineError::Read { path, source_text, error } => {
                Failure::Syntax(render(&path, &source_text, &error))
            }
            PipelineError::Executor(error) => error.into(),
            error => Failure::Work { message: error.to_string(), hints: hint.into_iter().collect() },
        }
    }
}

impl From<ExecutorError> for Failure {
    fn from(error: ExecutorError) -> Self {
        match error {
            ExecutorError::Memory { qubits, needed, available } => Failure::Work {
                message: format!(
                    "a state of {qubits} qubits would need {} of memory, {} are available",
                    text::bytes(needed),
                    text::bytes(available)
                ),
                hints: sufficient_ranks::<f64>(qubits, available).map(ranks_hint).into_iter().collect(),
            },
            ExecutorError::RankMemory { qubits, ranks, needed, available, sufficient } => Failure::Work {
                message: format!(
                    "a state of {qubits} qubits would need {} of memory at each of {ranks} ranks, {} are available",
                    text::bytes(needed),
                    text::bytes(available)
                ),
                hints: vec![sufficient.map_or_else(
                    || "no number of ranks would do: single operations act on too many qubits".to_string(),
                    ranks_hint,
                )],
            },
            error => Failure::work(error),
        }
    }
}

fn ranks_hint(ranks: u128) -> String {
    format!(
        "{ranks} ranks with as much memory each would do: `mpirun -n {ranks} qnewton run` (docs/distributed.md)"
    )
}

impl From<ReadoutError> for Failure {
    fn from(error: ReadoutError) -> Self {
        match error {
            ReadoutError::Pipeline(error) => error.into(),
            ReadoutError::Executor(error) => error.into(),
            ReadoutError::Cancelled(_) => Failure::Cancelled,
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

impl From<ScheduleError> for Failure {
    fn from(error: ScheduleError) -> Self {
        Failure::work(error)
    }
}

impl From<TrainError> for Failure {
    fn from(error: TrainError) -> Self {
        match error {
            TrainError::Diverged { .. } => Failure::with_hint(
                error,
                "a smaller --learning-rate, or more --damping, keeps training stable",
            ),
            error => Failure::work(error),
        }
    }
}

/// The error with the line of its place.
fn render(path: &Path, source_text: &str, error: &ReadError) -> String {
    let name = path.display().to_string();
    let plain = format!("error: {name}: {error}\n");
    let start = error.span.start;
    let Some((before, behind)) = source_text.split_at_checked(start) else { return plain };
    let line_start = before.rfind('\n').map_or(0, |position| position + 1);
    let line_end = behind.find('\n').map_or(source_text.len(), |position| start + position);
    if line_end - line_start > LONGEST_LINE {
        return plain;
    }
    // Empty lines stand for those before, so that the number of the line is right.
    let empty_lines = error.line.saturating_sub(1);
    let shown = format!("{}{}", "\n".repeat(empty_lines), &source_text[line_start..line_end]);
    let shift = |position: usize| position.clamp(line_start, line_end) - line_start + empty_lines;
    let place = shift(error.span.start)..shift(error.span.end);
    let config =
        Config::default().with_color(std::io::stderr().is_terminal()).with_index_type(IndexType::Byte);
    let label = match &error.expected {
        Some(expected) => format!("expected {expected}"),
        None => error.message.clone(),
    };
    let report = Report::build(ReportKind::Error, (&name, place.clone()))
        .with_config(config)
        .with_message(format!("line {}, column {}: {}", error.line, error.column, error.message))
        .with_label(Label::new((&name, place)).with_message(label))
        .finish();
    let mut rendered = Vec::new();
    match report.write((&name, Source::from(shown)), &mut rendered) {
        Ok(()) => String::from_utf8_lossy(&rendered).replacen("Error", "error", 1),
        Err(_) => plain,
    }
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
    fn a_very_long_line_is_not_shown() {
        let shown = rendered(&format!("qubit q;{}nothing q;", "x q;".repeat(1000)));
        assert!(shown.starts_with("error: file.qasm: line 1, column 4009: "), "{shown}");
        assert!(shown.len() < 200, "{shown}");
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
