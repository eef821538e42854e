//! Words, numbers, strings and symbols. Every parser also takes the blanks behind what it reads.

use crate::issue::{Issue, Parsed};
use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::{tag, take_till, take_until, take_while, take_while1};
use nom::character::complete::{char, one_of};
use nom::combinator::{opt, recognize};

/// White space and comments.
pub(crate) fn blank(input: &str) -> Parsed<'_, ()> {
    let mut rest = input;
    loop {
        rest = rest.trim_ascii_start();
        if !rest.starts_with('/') {
            return Ok((rest, ()));
        }
        rest = if rest.starts_with("//") {
            take_till(|c| c == '\n' || c == '\r').parse(rest)?.0
        } else if let Some(inside) = rest.strip_prefix("/*") {
            let unclosed = |_| nom::Err::Failure(Issue::invalid(&rest[..2], "the comment does not end"));
            let end = take_until::<_, _, Issue>("*/")
                .parse(inside)
                .map_err(|_: nom::Err<Issue>| ())
                .map_err(unclosed)?
                .0;
            &end[2..]
        } else {
            return Ok((rest, ()));
        };
    }
}

/// A symbol such as `;` or `->`.
pub(crate) fn symbol<'a>(text: &'static str) -> impl FnMut(&'a str) -> Parsed<'a, &'a str> {
    move |input| {
        let found: Parsed<&str> = tag(text).parse(input);
        let (rest, found) = found.map_err(|_| nom::Err::Error(Issue::expected(input, quoted(text))))?;
        Ok((blank(rest)?.0, found))
    }
}

/// An identifier or keyword.
pub(crate) fn word(input: &str) -> Parsed<'_, &str> {
    let end = input.find(|c: char| !is_word(c)).unwrap_or(input.len());
    if end == 0 || input.starts_with(|c: char| c.is_numeric()) {
        return Err(nom::Err::Error(Issue::expected(input, "a name")));
    }
    let (found, rest) = input.split_at(end);
    Ok((blank(rest)?.0, found))
}

/// A text in double or single quotes, on one line.
pub(crate) fn string(input: &str) -> Parsed<'_, &str> {
    let (inside, quote) = one_of("\"'")
        .parse(input)
        .map_err(|_: nom::Err<Issue>| nom::Err::Error(Issue::expected(input, "a text in quotes")))?;
    let (rest, text): (&str, &str) = take_while(|c| c != quote && c != '\n').parse(inside)?;
    let Some(rest) = rest.strip_prefix(quote) else {
        return Err(nom::Err::Failure(Issue::invalid(&input[..1], "the text does not end on its line")));
    };
    Ok((blank(rest)?.0, text))
}

/// A number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Number {
    Integer(i64),
    Real(f64),
}

/// An unsigned number: decimal, hexadecimal, octal or binary integer, or decimal fraction; `_` separates digits.
pub(crate) fn number(input: &str) -> Parsed<'_, Number> {
    let (rest, value) = match input.as_bytes() {
        [b'0', b'x' | b'X', ..] => radix_integer(input, 16)?,
        [b'0', b'b' | b'B', ..] => radix_integer(input, 2)?,
        [b'0', b'o' | b'O', ..] => radix_integer(input, 8)?,
        _ => decimal(input)?,
    };
    if rest.starts_with(is_word) {
        let end = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
        let literal = &input[..input.len() - rest.len() + end];
        let message = format!("the unit or suffix of `{literal}` is not supported");
        return Err(nom::Err::Failure(Issue::unsupported(literal, message).accepting("a plain number")));
    }
    Ok((blank(rest)?.0, value))
}

fn radix_integer(input: &str, radix: u32) -> Parsed<'_, Number> {
    let (rest, digits): (&str, &str) =
        take_while(|c: char| c.is_digit(radix) || c == '_').parse(&input[2..])?;
    let digits = digits.replace('_', "");
    if digits.is_empty() {
        return Err(nom::Err::Failure(Issue::expected(rest, format!("a digit of base {radix}"))));
    }
    match i64::from_str_radix(&digits, radix) {
        Ok(value) => Ok((rest, Number::Integer(value))),
        Err(_) => Err(nom::Err::Failure(Issue::too_large(&input[..input.len() - rest.len()], TOO_LARGE))),
    }
}

const TOO_LARGE: &str = "the integer does not fit 64 bits";

fn decimal(input: &str) -> Parsed<'_, Number> {
    let exponent = || recognize((one_of("eE"), opt(one_of("+-")), digits));
    let fraction = recognize((char('.'), opt(digits)));
    let literal: Parsed<(&str, Option<&str>, Option<&str>)> = alt((
        (digits, opt(fraction), opt(exponent())),
        (recognize((char('.'), digits)).map(|_| ""), nom::combinator::success(Some("")), opt(exponent())),
    ))
    .parse(input);
    let (rest, (_, fraction, exponent)) =
        literal.map_err(|_| nom::Err::Error(Issue::expected(input, "a number")))?;
    let text = &input[..input.len() - rest.len()];
    let plain: std::borrow::Cow<str> =
        if text.contains('_') { text.replace('_', "").into() } else { text.into() };
    let invalid = |_| nom::Err::Failure(Issue::expected(input, "a number"));
    if fraction.is_some() || exponent.is_some() {
        return Ok((rest, Number::Real(plain.parse().map_err(invalid)?)));
    }
    // Integers beyond 64 bits can still be angles.
    Ok((
        rest,
        match plain.parse() {
            Ok(value) => Number::Integer(value),
            Err(_) => Number::Real(plain.parse().map_err(invalid)?),
        },
    ))
}

fn digits(input: &str) -> Parsed<'_, &str> {
    recognize((one_of("0123456789"), opt(take_while1(|c: char| c.is_ascii_digit() || c == '_')))).parse(input)
}

/// Whether a character belongs to words.
pub(crate) fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || (!c.is_ascii() && c.is_alphanumeric())
}

fn quoted(text: &'static str) -> std::borrow::Cow<'static, str> {
    // The frequent ones without an allocation: alternatives that fail are dropped.
    match text {
        ";" => "`;`".into(),
        "," => "`,`".into(),
        "(" => "`(`".into(),
        ")" => "`)`".into(),
        "[" => "`[`".into(),
        "]" => "`]`".into(),
        _ => format!("`{text}`").into(),
    }
}
