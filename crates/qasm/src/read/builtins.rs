//! Casts and built-in functions.

use super::evaluate::not_a_number;
use super::reader::Reader;
use super::scope::{Body, Symbol};
use super::value::{Quotients, Type, Value, binary, converted, mask};
use crate::issue::{Issue, Outcome};
use crate::syntax::{BinaryOperator, Expression};
use std::rc::Rc;

impl<'a> Reader<'a> {
    /// `int[32](value)` and the like; bits that are measured stay what they are where nothing is lost.
    pub(super) fn cast(
        &self,
        name: &'a str,
        value: Value,
        size: Option<Value>,
        at: &'a str,
    ) -> Outcome<'a, Value> {
        let width = match &size {
            Some(size) => self.whole(size, at)?,
            None => {
                if name == "bit" {
                    1
                } else {
                    64
                }
            }
        };
        if !(1..=64).contains(&width) {
            return Err(Issue::invalid(at, format!("a type of {width} bits")).accepting("1 to 64"));
        }
        let width = width as u32;
        if matches!(value, Value::Bits(_) | Value::Condition(_)) {
            // A comparison of bits with a number reads them as an unsigned integer anyway.
            return match name {
                "uint" | "bit" | "bool" => Ok(value),
                _ if matches!(&value, Value::Bits(bits) if bits.as_slice().len() < width as usize) => {
                    Ok(value)
                }
                _ => Err(not_a_number(&value, at)),
            };
        }
        let kind = match name {
            "int" => Type::Int(width),
            "uint" => Type::Uint(width),
            "float" => Type::Float(width),
            "angle" => Type::Angle,
            "bool" => Type::Bool,
            _ => Type::Bit(width),
        };
        converted(value, kind, true, at)
    }

    /// A call of a subroutine or of a function that the language has.
    pub(super) fn function(
        &mut self,
        name: &'a str,
        arguments: Vec<Value>,
        expression: &Expression<'a>,
        body: &mut Body,
    ) -> Outcome<'a, Value> {
        let at = expression.text;
        if let Some(Symbol::Function(function)) = self.names.get(name) {
            let function = Rc::clone(function);
            let target = self.return_target.take();
            let value = self.call_function(&function, arguments, target, name, body)?;
            self.varies = true;
            return value.ok_or_else(|| Issue::invalid(name, format!("`{name}` returns nothing")));
        }
        if matches!(name, "int" | "uint" | "float" | "angle" | "bool" | "bit") {
            return match <[Value; 1]>::try_from(arguments) {
                Ok([value]) => self.cast(name, value, None, at),
                Err(_) => Err(Issue::invalid(name, format!("`{name}` takes 1 argument(s)"))),
            };
        }
        let arity = if matches!(name, "pow" | "mod" | "rotl" | "rotr") {
            2..=2
        } else if name == "sizeof" {
            1..=2
        } else {
            1..=1
        };
        let one: Option<fn(f64) -> f64> = match name {
            "sin" => Some(f64::sin),
            "cos" => Some(f64::cos),
            "tan" => Some(f64::tan),
            "arcsin" | "asin" => Some(f64::asin),
            "arccos" | "acos" => Some(f64::acos),
            "arctan" | "atan" => Some(f64::atan),
            "exp" => Some(f64::exp),
            "ln" | "log" => Some(f64::ln),
            "sqrt" => Some(f64::sqrt),
            "floor" => Some(f64::floor),
            "ceiling" => Some(f64::ceil),
            "abs" => Some(f64::abs),
            "pow" | "mod" | "popcount" | "rotl" | "rotr" | "sizeof" => None,
            _ => {
                let issue = Issue::unsupported(name, format!("`{name}` is not a supported function"));
                return Err(issue.accepting(
                    "sin, cos, tan, arcsin, arccos, arctan, exp, log, sqrt, floor, ceiling, pow or mod",
                ));
            }
        };
        if !arity.contains(&arguments.len()) {
            let message =
                format!("`{name}` takes {} argument(s), {} are given", arity.start(), arguments.len());
            return Err(Issue::invalid(name, message));
        }
        if arguments.iter().any(Value::is_unknown) {
            return Ok(Value::NotAffine);
        }
        match (name, &arguments[..]) {
            ("popcount", [Value::Word(value, _)]) => Ok(Value::Integer(i64::from(value.count_ones()))),
            ("popcount", [value]) => Ok(Value::Integer(i64::from(self.whole(value, at)?.count_ones()))),
            ("rotl" | "rotr", [Value::Word(value, width), by]) => {
                let by = self.whole(by, at)?.rem_euclid(i64::from((*width).max(1))) as u32;
                let left = if name == "rotl" { by } else { (width - by) % (*width).max(1) };
                let high = if left == 0 { *value } else { value << left | value >> (width - left) };
                Ok(Value::Word(high & mask(*width), *width))
            }
            ("sizeof", [value, dimension @ ..]) => {
                let dimension = dimension.first().map_or(Ok(0), |value| self.whole(value, at))?;
                let size = match value {
                    Value::Array(array) => {
                        usize::try_from(dimension).ok().and_then(|k| array.shape.get(k)).copied()
                    }
                    Value::Word(_, width) if dimension == 0 => Some(*width as usize),
                    Value::Qubits(all) if dimension == 0 => Some(all.as_slice().len()),
                    Value::Bits(all) if dimension == 0 => Some(all.as_slice().len()),
                    _ => None,
                };
                match size {
                    Some(size) => Ok(Value::Integer(size as i64)),
                    None => Err(Issue::invalid(at, format!("`{at}` has no dimension {dimension}"))),
                }
            }
            ("pow" | "mod", [left, right]) => {
                let operator = if name == "pow" { BinaryOperator::Power } else { BinaryOperator::Remainder };
                binary(operator, left, right, Quotients::Exact, name)
            }
            (_, [argument]) => match (one, argument.real()) {
                (Some(function), Some(value)) => Ok(Value::Real(function(value))),
                _ => Err(not_a_number(argument, at)),
            },
            _ => Err(Issue::invalid(name, format!("`{name}` does not take such arguments"))),
        }
    }
}
