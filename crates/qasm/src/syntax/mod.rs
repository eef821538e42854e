//! The grammar: parsers from text to the parts of a statement. Slices of the source serve as spans.

pub(crate) mod expression;
pub(crate) mod lexical;
pub(crate) mod parts;
pub(crate) mod skip;

pub(crate) use expression::{BinaryOperator, Expression, IndexShape, Node, expression};
pub(crate) use lexical::{blank, string, symbol, word};
pub(crate) use parts::{
    GateCall, Index, ModifierKind, Operand, TypeName, gate_call, operand, operands, size, terminator,
    type_name,
};
pub(crate) use skip::skip_statement;

/// How deep parentheses, blocks and unary operators may nest.
pub(crate) const NESTING: usize = 256;

/// The part of `text` before `rest`, which is its tail, without trailing blanks.
pub(crate) fn consumed<'a>(text: &'a str, rest: &str) -> &'a str {
    text[..text.len() - rest.len()].trim_ascii_end()
}
