//! What is wrong with a piece of source text, before it has a line and a column.

use crate::read::ReadErrorKind;
use nom::error::{ErrorKind, ParseError};
use std::borrow::Cow;

/// A problem at a slice of the source; the slice is the span.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Issue<'a> {
    /// For a syntax error all that remains, of which the first token is at fault; else the exact span.
    pub(crate) at: &'a str,
    pub(crate) kind: ReadErrorKind,
    /// What is wrong; empty for "unexpected" and the token.
    pub(crate) message: Cow<'static, str>,
    /// What would have been accepted; may be empty.
    pub(crate) expected: Cow<'static, str>,
}

/// The result of a parser.
pub(crate) type Parsed<'a, T> = nom::IResult<&'a str, T, Issue<'a>>;
/// The result of acting on what was parsed.
pub(crate) type Outcome<'a, T> = Result<T, Issue<'a>>;

impl<'a> Issue<'a> {
    /// The text continues in a way that the grammar does not allow.
    pub(crate) fn expected(at: &'a str, expected: impl Into<Cow<'static, str>>) -> Self {
        Issue { at, kind: ReadErrorKind::Syntax, message: Cow::Borrowed(""), expected: expected.into() }
    }

    /// Valid OpenQASM that this reader does not take.
    pub(crate) fn unsupported(at: &'a str, message: impl Into<Cow<'static, str>>) -> Self {
        Issue { at, kind: ReadErrorKind::Unsupported, message: message.into(), expected: Cow::Borrowed("") }
    }

    /// Grammatical, but without meaning.
    pub(crate) fn invalid(at: &'a str, message: impl Into<Cow<'static, str>>) -> Self {
        Issue { at, kind: ReadErrorKind::Invalid, message: message.into(), expected: Cow::Borrowed("") }
    }

    /// Beyond a limit.
    pub(crate) fn too_large(at: &'a str, message: impl Into<Cow<'static, str>>) -> Self {
        Issue { at, kind: ReadErrorKind::TooLarge, message: message.into(), expected: Cow::Borrowed("") }
    }

    /// Adds what would be accepted.
    pub(crate) fn accepting(mut self, expected: impl Into<Cow<'static, str>>) -> Self {
        self.expected = expected.into();
        self
    }
}

impl<'a> ParseError<&'a str> for Issue<'a> {
    fn from_error_kind(input: &'a str, _: ErrorKind) -> Self {
        Issue::expected(input, "")
    }

    fn append(_: &'a str, _: ErrorKind, other: Self) -> Self {
        other
    }

    /// Of two alternatives the one that got further.
    fn or(self, other: Self) -> Self {
        if other.at.len() < self.at.len() || self.expected.is_empty() { other } else { self }
    }
}

/// Runs a parser and forgets whether its error could have been recovered from.
pub(crate) fn parse<'a, T>(
    mut parser: impl nom::Parser<&'a str, Output = T, Error = Issue<'a>>,
    input: &'a str,
) -> Outcome<'a, (&'a str, T)> {
    parser.parse(input).map_err(|error| match error {
        nom::Err::Error(issue) | nom::Err::Failure(issue) => issue,
        nom::Err::Incomplete(_) => Issue::expected(&input[input.len()..], "more input"),
    })
}
