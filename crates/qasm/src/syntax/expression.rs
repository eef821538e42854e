//! Arithmetic expressions, in postfix order: reading them needs recursion for parentheses only, which is
//! bounded, and evaluating or dropping them none.

use super::lexical::{Number, is_word, number, symbol, word};
use super::{NESTING, consumed};
use crate::issue::{Issue, Parsed};
use nom::Parser;

/// A binary operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BinaryOperator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Power,
}

/// An item of an expression in postfix order.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node<'a> {
    Integer(i64),
    Real(f64),
    /// A parameter, constant or variable.
    Name(&'a str),
    /// Negates the value before it.
    Negate,
    /// Combines the two values before it.
    Binary(BinaryOperator),
    /// A function of the values before it, as many as stated.
    Call(&'a str, usize),
}

/// An arithmetic expression.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Expression<'a> {
    pub(crate) nodes: Vec<Node<'a>>,
    pub(crate) text: &'a str,
}

/// An expression; in OpenQASM 2 `^` is the power.
pub(crate) fn expression<'a>(caret_is_power: bool) -> impl FnMut(&'a str) -> Parsed<'a, Expression<'a>> {
    move |input| {
        let mut nodes = Vec::new();
        let (rest, ()) = climb(input, 0, 0, caret_is_power, &mut nodes)?;
        Ok((rest, Expression { nodes, text: consumed(input, rest) }))
    }
}

/// Binding strength of unary minus: stronger than products, weaker than powers.
const UNARY: u8 = 3;

fn climb<'a>(
    input: &'a str,
    minimum: u8,
    depth: usize,
    caret: bool,
    nodes: &mut Vec<Node<'a>>,
) -> Parsed<'a, ()> {
    if depth > NESTING {
        let message = format!("the expression nests deeper than {NESTING} levels");
        return Err(nom::Err::Failure(Issue::too_large(&input[..input.len().min(1)], message)));
    }
    let (mut rest, ()) = operand(input, depth, caret, nodes)?;
    while let Some((operator, symbol_text, strength)) = peek_operator(rest, caret) {
        if strength < minimum {
            break;
        }
        let (after, _) = symbol(symbol_text).parse(rest)?;
        // Powers associate to the right.
        let next = if operator == BinaryOperator::Power { strength } else { strength + 1 };
        rest = climb(after, next, depth + 1, caret, nodes)?.0;
        nodes.push(Node::Binary(operator));
    }
    Ok((rest, ()))
}

fn peek_operator(input: &str, caret: bool) -> Option<(BinaryOperator, &'static str, u8)> {
    Some(match input.as_bytes() {
        [b'*', b'*', ..] => (BinaryOperator::Power, "**", 4),
        [b'^', ..] if caret => (BinaryOperator::Power, "^", 4),
        [b'*', ..] => (BinaryOperator::Multiply, "*", 2),
        [b'/', ..] => (BinaryOperator::Divide, "/", 2),
        [b'%', ..] => (BinaryOperator::Remainder, "%", 2),
        [b'+', b'+', ..] => return None,
        [b'+', ..] => (BinaryOperator::Add, "+", 1),
        [b'-', b'>', ..] => return None,
        [b'-', ..] => (BinaryOperator::Subtract, "-", 1),
        _ => return None,
    })
}

fn operand<'a>(input: &'a str, depth: usize, caret: bool, nodes: &mut Vec<Node<'a>>) -> Parsed<'a, ()> {
    match input.bytes().next() {
        Some(b'-') => {
            let (rest, _) = symbol("-").parse(input)?;
            let (rest, ()) = climb(rest, UNARY, depth + 1, caret, nodes)?;
            nodes.push(Node::Negate);
            Ok((rest, ()))
        }
        Some(b'(') => {
            let (rest, _) = symbol("(").parse(input)?;
            let (rest, ()) = climb(rest, 0, depth + 1, caret, nodes)?;
            let (rest, _) = symbol(")").parse(rest)?;
            Ok((rest, ()))
        }
        Some(b'0'..=b'9' | b'.') => {
            let (rest, value) = number(input)?;
            nodes.push(match value {
                Number::Integer(value) => Node::Integer(value),
                Number::Real(value) => Node::Real(value),
            });
            Ok((rest, ()))
        }
        _ if input.starts_with(is_word) => {
            let (rest, name) = word(input)?;
            if !rest.starts_with('(') {
                nodes.push(Node::Name(name));
                return Ok((rest, ()));
            }
            let (mut rest, _) = symbol("(").parse(rest)?;
            let mut arguments = 0;
            while !rest.starts_with(')') {
                if arguments > 0 {
                    rest = symbol(",").parse(rest)?.0;
                }
                rest = climb(rest, 0, depth + 1, caret, nodes)?.0;
                arguments += 1;
            }
            let (rest, _) = symbol(")").parse(rest)?;
            nodes.push(Node::Call(name, arguments));
            Ok((rest, ()))
        }
        _ => Err(nom::Err::Error(Issue::expected(input, "an expression"))),
    }
}
