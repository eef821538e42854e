//! Why a text could not be read, and where.

use crate::issue::Issue;
use crate::syntax::lexical::is_word;
use std::ops::Range;
use thiserror::Error;

/// The class of a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReadErrorKind {
    /// The text does not follow the grammar.
    Syntax,
    /// OpenQASM that this reader does not take.
    Unsupported,
    /// Grammatical, but without meaning: unknown names, wrong numbers of qubits, indices out of range.
    Invalid,
    /// Beyond a limit on size or nesting.
    TooLarge,
}

/// Why a text could not be read as OpenQASM.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("line {line}, column {column}: {message}{}", accepted(.expected))]
pub struct ReadError {
    /// The class of the problem.
    pub kind: ReadErrorKind,
    /// What is wrong.
    pub message: String,
    /// What would be accepted there, if that can be said.
    pub expected: Option<String>,
    /// The bytes at fault.
    pub span: Range<usize>,
    /// Line of the first byte at fault, from 1.
    pub line: usize,
    /// Column of the first byte at fault in characters, from 1.
    pub column: usize,
}

fn accepted(expected: &Option<String>) -> String {
    expected.as_ref().map(|expected| format!("; expected {expected}")).unwrap_or_default()
}

impl ReadError {
    pub(crate) fn new(source: &str, issue: &Issue) -> Self {
        let start = offset(source, issue.at);
        let (length, message) = match (issue.kind, issue.message.as_ref()) {
            (ReadErrorKind::Syntax, "") => {
                let token = first_token(issue.at);
                let message = match token {
                    "" => "the text ends here".to_string(),
                    token => format!("unexpected `{token}`"),
                };
                (token.len(), message)
            }
            (_, message) => (issue.at.len(), message.to_string()),
        };
        let line = source.as_bytes()[..start].iter().filter(|&&byte| byte == b'\n').count() + 1;
        let column = column(source, start);
        let expected = (!issue.expected.is_empty()).then(|| issue.expected.to_string());
        ReadError { kind: issue.kind, message, expected, span: start..start + length, line, column }
    }
}

/// Where a slice of `source` starts in it; slices of other texts count as its end.
pub(crate) fn offset(source: &str, slice: &str) -> usize {
    let offset = (slice.as_ptr() as usize).wrapping_sub(source.as_ptr() as usize);
    offset.min(source.len())
}

/// The column of a byte in characters, from 1.
pub(crate) fn column(source: &str, offset: usize) -> usize {
    let before = &source.as_bytes()[..offset];
    let line_start = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |position| position + 1);
    String::from_utf8_lossy(&before[line_start..]).chars().count() + 1
}

fn first_token(text: &str) -> &str {
    let end = match text.chars().next() {
        None => 0,
        Some(c) if is_word(c) => text.find(|c| !is_word(c)).unwrap_or(text.len()),
        Some(c) => c.len_utf8(),
    };
    // Words can be as long as the file.
    let limit = text.char_indices().nth(60).map_or(text.len(), |(position, _)| position);
    &text[..end.min(limit)]
}
