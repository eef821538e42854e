//! Expressions, in postfix order: reading them needs recursion for parentheses only, which is bounded, and
//! evaluating or dropping them none.

use super::lexical::{Number, is_word, number, string, symbol, word};
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
    ShiftLeft,
    ShiftRight,
    BitAnd,
    BitXor,
    BitOr,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    And,
    Or,
}

/// What stands between brackets or commas of an index, and how many values it takes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum IndexShape {
    Single,
    /// Which of start, step and end are given.
    Range([bool; 3]),
    Set(usize),
}

/// An item of an expression in postfix order.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node<'a> {
    Integer(i64),
    Real(f64),
    /// Binary digits in quotes.
    Text(&'a str),
    /// A parameter, constant, variable or register.
    Name(&'a str),
    /// Negates the value before it.
    Negate,
    /// `!`
    Not,
    /// `~`
    Complement,
    /// Combines the two values before it.
    Binary(BinaryOperator),
    /// After the left operand of `&&` or `||`: how many nodes to leave out if it decides.
    Decide(BinaryOperator, usize),
    /// A function of the values before it, as many as stated.
    Call(&'a str, usize),
    /// A type and whether a size follows the value.
    Cast(&'a str, bool),
    /// Items of the value before the index values.
    Index(Vec<IndexShape>),
}

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Expression<'a> {
    pub(crate) nodes: Vec<Node<'a>>,
    pub(crate) text: &'a str,
}

/// Types that can stand before a value in parentheses.
const CASTS: &[&str] = &["int", "uint", "float", "angle", "bool", "bit"];

/// An expression; in OpenQASM 2 `^` is the power.
pub(crate) fn expression<'a>(caret_is_power: bool) -> impl FnMut(&'a str) -> Parsed<'a, Expression<'a>> {
    move |input| {
        let mut nodes = Vec::new();
        let (rest, ()) = climb(input, 0, 0, caret_is_power, &mut nodes)?;
        Ok((rest, Expression { nodes, text: consumed(input, rest) }))
    }
}

/// Binding strength of unary operators: stronger than products, weaker than powers.
const UNARY: u8 = 11;

fn climb<'a>(
    input: &'a str,
    minimum: u8,
    depth: usize,
    caret: bool,
    nodes: &mut Vec<Node<'a>>,
) -> Parsed<'a, ()> {
    if depth > NESTING {
        let message = format!("the expression nests deeper than {NESTING} levels");
        let end = input.chars().next().map_or(0, char::len_utf8);
        return Err(nom::Err::Failure(Issue::too_large(&input[..end], message)));
    }
    let (mut rest, ()) = operand(input, depth, caret, nodes)?;
    while let Some((operator, symbol_text, strength)) = peek_operator(rest, caret) {
        if strength < minimum {
            break;
        }
        let (after, _) = symbol(symbol_text).parse(rest)?;
        // Powers associate to the right.
        let next = if operator == BinaryOperator::Power { strength } else { strength + 1 };
        let place = nodes.len();
        let decides = matches!(operator, BinaryOperator::And | BinaryOperator::Or);
        if decides {
            nodes.push(Node::Decide(operator, 0));
        }
        rest = climb(after, next, depth + 1, caret, nodes)?.0;
        if decides {
            nodes[place] = Node::Decide(operator, nodes.len() - place);
        }
        nodes.push(Node::Binary(operator));
    }
    Ok((rest, ()))
}

fn peek_operator(input: &str, caret: bool) -> Option<(BinaryOperator, &'static str, u8)> {
    use BinaryOperator::{
        Add, And, BitAnd, BitOr, BitXor, Divide, Equal, Greater, GreaterEqual, Less, LessEqual, Multiply,
        NotEqual, Or, Power, Remainder, ShiftLeft, ShiftRight, Subtract,
    };
    Some(match input.as_bytes() {
        [b'*', b'*', ..] => (Power, "**", 12),
        [b'^', ..] if caret => (Power, "^", 12),
        [b'*', ..] => (Multiply, "*", 10),
        [b'/', ..] => (Divide, "/", 10),
        [b'%', ..] => (Remainder, "%", 10),
        [b'+', b'+', ..] => return None,
        [b'+', ..] => (Add, "+", 9),
        [b'-', b'>', ..] => return None,
        [b'-', ..] => (Subtract, "-", 9),
        [b'<', b'<', ..] => (ShiftLeft, "<<", 8),
        [b'>', b'>', ..] => (ShiftRight, ">>", 8),
        [b'<', b'=', ..] => (LessEqual, "<=", 7),
        [b'>', b'=', ..] => (GreaterEqual, ">=", 7),
        [b'<', ..] => (Less, "<", 7),
        [b'>', ..] => (Greater, ">", 7),
        [b'=', b'=', ..] => (Equal, "==", 6),
        [b'!', b'=', ..] => (NotEqual, "!=", 6),
        [b'&', b'&', ..] => (And, "&&", 2),
        [b'|', b'|', ..] => (Or, "||", 1),
        [b'&', ..] => (BitAnd, "&", 5),
        [b'^', ..] => (BitXor, "^", 4),
        [b'|', ..] => (BitOr, "|", 3),
        _ => return None,
    })
}

fn operand<'a>(input: &'a str, depth: usize, caret: bool, nodes: &mut Vec<Node<'a>>) -> Parsed<'a, ()> {
    let mut unary = |text: &'static str, node: Node<'a>| {
        let (rest, _) = symbol(text).parse(input)?;
        let (rest, ()) = climb(rest, UNARY, depth + 1, caret, nodes)?;
        nodes.push(node);
        Ok((rest, ()))
    };
    let rest = match input.bytes().next() {
        Some(b'-') => return unary("-", Node::Negate),
        Some(b'!') => return unary("!", Node::Not),
        Some(b'~') => return unary("~", Node::Complement),
        Some(b'(') => {
            let (rest, _) = symbol("(").parse(input)?;
            let (rest, ()) = climb(rest, 0, depth + 1, caret, nodes)?;
            symbol(")").parse(rest)?.0
        }
        Some(b'0'..=b'9' | b'.') => {
            let (rest, value) = number(input)?;
            nodes.push(match value {
                Number::Integer(value) => Node::Integer(value),
                Number::Real(value) => Node::Real(value),
            });
            return Ok((rest, ()));
        }
        Some(b'"' | b'\'') => {
            let (rest, text) = string(input)?;
            nodes.push(Node::Text(text));
            return Ok((rest, ()));
        }
        _ if input.starts_with(is_word) => {
            let (rest, name) = word(input)?;
            if rest.starts_with('(') {
                let (rest, arguments) = list(rest, "(", ")", depth, caret, nodes)?;
                nodes.push(Node::Call(name, arguments));
                rest
            } else if rest.starts_with('[') && CASTS.contains(&name) {
                let (rest, _) = symbol("[").parse(rest)?;
                let mut size = Vec::new();
                let (rest, ()) = climb(rest, 0, depth + 1, caret, &mut size)?;
                let (rest, _) = symbol("]").parse(rest)?;
                let (rest, _) = symbol("(").parse(rest)?;
                let (rest, ()) = climb(rest, 0, depth + 1, caret, nodes)?;
                let (rest, _) = symbol(")").parse(rest)?;
                nodes.append(&mut size);
                nodes.push(Node::Cast(name, true));
                rest
            } else {
                nodes.push(Node::Name(name));
                rest
            }
        }
        _ => return Err(nom::Err::Error(Issue::expected(input, "an expression"))),
    };
    indices(rest, depth, caret, nodes)
}

/// Values separated by commas, between brackets.
fn list<'a>(
    input: &'a str,
    open: &'static str,
    close: &'static str,
    depth: usize,
    caret: bool,
    nodes: &mut Vec<Node<'a>>,
) -> Parsed<'a, usize> {
    let (mut rest, _) = symbol(open).parse(input)?;
    let mut count = 0;
    while !rest.starts_with(close) {
        if count > 0 {
            rest = symbol(",").parse(rest)?.0;
        }
        rest = climb(rest, 0, depth + 1, caret, nodes)?.0;
        count += 1;
    }
    let (rest, _) = symbol(close).parse(rest)?;
    Ok((rest, count))
}

/// Any number of indices behind a value.
fn indices<'a>(input: &'a str, depth: usize, caret: bool, nodes: &mut Vec<Node<'a>>) -> Parsed<'a, ()> {
    let mut rest = input;
    while rest.starts_with('[') {
        rest = symbol("[").parse(rest)?.0;
        let mut shapes = Vec::new();
        loop {
            let (after, shape) = index_part(rest, depth, caret, nodes)?;
            shapes.push(shape);
            rest = after;
            if !rest.starts_with(',') {
                break;
            }
            rest = symbol(",").parse(rest)?.0;
        }
        rest = symbol("]").parse(rest)?.0;
        nodes.push(Node::Index(shapes));
    }
    Ok((rest, ()))
}

fn index_part<'a>(
    input: &'a str,
    depth: usize,
    caret: bool,
    nodes: &mut Vec<Node<'a>>,
) -> Parsed<'a, IndexShape> {
    if input.starts_with('{') {
        let (rest, count) = list(input, "{", "}", depth, caret, nodes)?;
        return Ok((rest, IndexShape::Set(count)));
    }
    let mut given = Vec::new();
    let mut rest = input;
    loop {
        let is_given = !rest.starts_with([':', ']', ',']);
        given.push(is_given);
        if is_given {
            rest = climb(rest, 0, depth + 1, caret, nodes)?.0;
        }
        if !rest.starts_with(':') || given.len() == 3 {
            break;
        }
        rest = symbol(":").parse(rest)?.0;
    }
    match given[..] {
        [true] => Ok((rest, IndexShape::Single)),
        [start, end] => Ok((rest, IndexShape::Range([start, false, end]))),
        [start, step, end] => Ok((rest, IndexShape::Range([start, step, end]))),
        _ => Err(nom::Err::Error(Issue::expected(input, "an index"))),
    }
}
