//! Operands, modifiers and gate calls.

use super::consumed;
use super::expression::{Expression, expression};
use super::lexical::{symbol, word};
use crate::issue::{Issue, Parsed};
use nom::Parser;
use nom::combinator::{cut, map, opt};
use nom::multi::{many0, separated_list0, separated_list1};
use nom::sequence::{delimited, preceded};

/// What stands in brackets behind a register's name.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Index<'a> {
    /// `[k]`
    Single(Expression<'a>),
    /// `[start:end]` or `[start:step:end]`, both ends included.
    Range { start: Option<Expression<'a>>, step: Option<Expression<'a>>, end: Option<Expression<'a>> },
    /// `[{a, b, ...}]`
    Set(Vec<Expression<'a>>),
}

/// A register, an alias, a formal qubit, or part of one.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Operand<'a> {
    pub(crate) name: &'a str,
    pub(crate) index: Option<Index<'a>>,
    pub(crate) text: &'a str,
}

/// What a modifier does.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ModifierKind<'a> {
    Inverse,
    Control { on: bool, count: Option<Expression<'a>> },
    Power(Expression<'a>),
}

/// A modifier before a gate.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Modifier<'a> {
    pub(crate) kind: ModifierKind<'a>,
    pub(crate) text: &'a str,
}

/// `modifiers name(arguments) operands;`
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct GateCall<'a> {
    pub(crate) modifiers: Vec<Modifier<'a>>,
    pub(crate) name: &'a str,
    pub(crate) arguments: Vec<Expression<'a>>,
    pub(crate) operands: Vec<Operand<'a>>,
    /// The statement without its `;`.
    pub(crate) text: &'a str,
}

/// A classical type: its word and its size, if one is given.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TypeName<'a> {
    pub(crate) word: &'a str,
    pub(crate) size: Option<Expression<'a>>,
}

/// A scalar classical type.
pub(crate) fn type_name(input: &str) -> Parsed<'_, TypeName<'_>> {
    let (rest, name) = word(input)?;
    match name {
        "int" | "uint" | "float" | "angle" | "bool" | "bit" => {}
        "complex" | "duration" | "stretch" => {
            let message = format!("values of type `{name}` are not supported");
            let issue = Issue::unsupported(name, message).accepting("int, uint, float, angle, bool or bit");
            return Err(nom::Err::Failure(issue));
        }
        _ => return Err(nom::Err::Error(Issue::expected(input, "a type"))),
    }
    let (rest, size) = opt(size(false)).parse(rest)?;
    Ok((rest, TypeName { word: name, size }))
}

/// `;`
pub(crate) fn terminator(input: &str) -> Parsed<'_, ()> {
    map(symbol(";"), |_| ()).parse(input)
}

/// `[n]`
pub(crate) fn size<'a>(caret: bool) -> impl FnMut(&'a str) -> Parsed<'a, Expression<'a>> {
    move |input| delimited(symbol("["), cut(expression(caret)), cut(symbol("]"))).parse(input)
}

/// An operand.
pub(crate) fn operand<'a>(caret: bool) -> impl FnMut(&'a str) -> Parsed<'a, Operand<'a>> {
    move |input| {
        if input.starts_with('$') {
            let message = "physical qubits are not supported";
            return Err(nom::Err::Failure(Issue::unsupported(&input[..1], message)));
        }
        let (rest, name) = word(input)
            .map_err(|_: nom::Err<Issue>| nom::Err::Error(Issue::expected(input, "a qubit or register")))?;
        let (rest, index) = opt(delimited(symbol("["), cut(index(caret)), cut(symbol("]")))).parse(rest)?;
        Ok((rest, Operand { name, index, text: consumed(input, rest) }))
    }
}

/// Operands, separated by commas; at least one.
pub(crate) fn operands<'a>(caret: bool) -> impl FnMut(&'a str) -> Parsed<'a, Vec<Operand<'a>>> {
    move |input| {
        let (mut rest, first) = operand(caret).parse(input)?;
        let mut all = vec![first];
        while rest.starts_with(',') {
            let (after, next) = preceded(symbol(","), cut(operand(caret))).parse(rest)?;
            all.push(next);
            rest = after;
        }
        Ok((rest, all))
    }
}

fn index<'a>(caret: bool) -> impl FnMut(&'a str) -> Parsed<'a, Index<'a>> {
    move |input| {
        let set =
            delimited(symbol("{"), cut(separated_list1(symbol(","), expression(caret))), cut(symbol("}")));
        if input.starts_with('{') {
            return map(set, Index::Set).parse(input);
        }
        let (rest, start) = opt(expression(caret)).parse(input)?;
        if !rest.starts_with(':') {
            return match start {
                Some(position) => Ok((rest, Index::Single(position))),
                None => Err(nom::Err::Error(Issue::expected(input, "an index"))),
            };
        }
        let part = || preceded(symbol(":"), opt(expression(caret)));
        let (rest, middle) = part().parse(rest)?;
        let (rest, last) = opt(part()).parse(rest)?;
        let (step, end) = match last {
            Some(end) => (middle, end),
            None => (None, middle),
        };
        Ok((rest, Index::Range { start, step, end }))
    }
}

fn modifier<'a>(caret: bool) -> impl FnMut(&'a str) -> Parsed<'a, Modifier<'a>> {
    move |input| {
        let (rest, name) = word(input)?;
        let argument = || delimited(symbol("("), cut(expression(caret)), cut(symbol(")")));
        let (rest, kind) = match name {
            "inv" => (rest, ModifierKind::Inverse),
            "ctrl" | "negctrl" => {
                let (rest, count) = opt(argument()).parse(rest)?;
                (rest, ModifierKind::Control { on: name == "ctrl", count })
            }
            "pow" => map(cut(argument()), ModifierKind::Power).parse(rest)?,
            _ => return Err(nom::Err::Error(Issue::expected(input, "a modifier"))),
        };
        let text = consumed(input, rest);
        let (rest, _) = cut(symbol("@")).parse(rest)?;
        Ok((rest, Modifier { kind, text }))
    }
}

/// A gate call with its `;`.
pub(crate) fn gate_call<'a>(caret: bool) -> impl FnMut(&'a str) -> Parsed<'a, GateCall<'a>> {
    move |input| {
        let (rest, modifiers) = many0(modifier(caret)).parse(input)?;
        let (rest, name) = word(rest).map_err(|_: nom::Err<Issue>| {
            nom::Err::Error(Issue::expected(
                rest,
                if modifiers.is_empty() { "a statement" } else { "a gate" },
            ))
        })?;
        let arguments =
            delimited(symbol("("), separated_list0(symbol(","), expression(caret)), cut(symbol(")")));
        let (rest, arguments) = opt(arguments).parse(rest)?;
        let (rest, operands) = if rest.starts_with(';') && name == "gphase" {
            (rest, Vec::new())
        } else {
            cut(operands(caret)).parse(rest)?
        };
        let call = GateCall {
            modifiers,
            name,
            arguments: arguments.unwrap_or_default(),
            operands,
            text: consumed(input, rest),
        };
        let (rest, ()) = cut(terminator).parse(rest)?;
        Ok((rest, call))
    }
}
