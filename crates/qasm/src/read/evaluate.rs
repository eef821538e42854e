//! Values of expressions.

use super::reader::Reader;
use super::scope::{Body, Place, Symbol, Value};
use crate::issue::{Issue, Outcome};
use crate::syntax::{BinaryOperator, Expression, Node};
use qnewton_circuit::Angle;
use std::f64::consts::{E, PI, TAU};

impl<'a> Reader<'a> {
    /// The value of an expression in a body.
    pub(super) fn evaluate(&self, expression: &Expression<'a>, body: &Body<'a>) -> Outcome<'a, Value> {
        let mut stack: Vec<Value> = Vec::with_capacity(4);
        // The parser leaves as many operands as each node takes.
        let incomplete = || Issue::expected(expression.text, "an expression");
        for node in &expression.nodes {
            let value = match *node {
                Node::Integer(value) => Value::Integer(value),
                Node::Real(value) => Value::Real(value),
                Node::Name(name) => self.named_value(name, body)?,
                Node::Negate => negated(stack.pop().ok_or_else(incomplete)?),
                Node::Binary(operator) => {
                    let right = stack.pop().ok_or_else(incomplete)?;
                    let left = stack.pop().ok_or_else(incomplete)?;
                    self.binary(operator, left, right, expression.text)?
                }
                Node::Call(name, count) => {
                    let arguments = stack.split_off(stack.len().saturating_sub(count));
                    self.function(name, &arguments)?
                }
            };
            stack.push(value);
        }
        stack.pop().ok_or_else(incomplete)
    }

    /// The value of an expression as an angle; one that is not affine marks the body as generic.
    pub(super) fn angle(&self, expression: &Expression<'a>, body: &mut Body<'a>) -> Outcome<'a, Angle> {
        let angle = match self.evaluate(expression, body)? {
            Value::Integer(value) => Angle::from(value as f64),
            Value::Real(value) => Angle::from(value),
            // Scaling may have made a zero negative.
            Value::Affine(angle) => Angle { constant: angle.constant + 0.0, ..angle },
            Value::NotAffine => {
                body.generic = true;
                Angle::default()
            }
        };
        let finite = angle.constant.is_finite() && angle.terms.iter().all(|(_, factor)| factor.is_finite());
        if finite {
            Ok(angle)
        } else {
            Err(Issue::invalid(expression.text, "the angle is not a finite number"))
        }
    }

    /// The value of an expression as an integer; `fallback` while parameters of a generic gate have no values.
    pub(super) fn integer(
        &self,
        expression: &Expression<'a>,
        body: &mut Body<'a>,
        fallback: i64,
    ) -> Outcome<'a, i64> {
        match self.evaluate(expression, body)? {
            Value::Integer(value) => Ok(value),
            Value::Real(value) if value.fract() == 0.0 && value.abs() < 9e15 => Ok(value as i64),
            Value::Real(value) => Err(Issue::invalid(expression.text, format!("{value} is not an integer"))),
            Value::Affine(_) | Value::NotAffine => {
                body.generic = true;
                Ok(fallback)
            }
        }
    }

    fn named_value(&self, name: &'a str, body: &Body<'a>) -> Outcome<'a, Value> {
        if let Place::Gate { parameters, qubits, .. } = &body.place {
            if let Some(value) = parameters.get(name) {
                return Ok(value.clone());
            }
            if qubits.contains_key(name) {
                return Err(Issue::invalid(name, format!("`{name}` is a qubit, not a number")));
            }
        }
        match self.symbols.get(name) {
            Some(Symbol::Constant(value)) => return Ok(value.clone()),
            Some(other) => {
                return Err(Issue::invalid(name, format!("`{name}` is {}, not a number", other.describe())));
            }
            None => {}
        }
        Ok(Value::Real(match name {
            "pi" | "π" => PI,
            "tau" | "τ" => TAU,
            "euler" | "ℇ" => E,
            _ => {
                let issue = Issue::invalid(name, format!("unknown name `{name}`"));
                return Err(issue.accepting("a number, a parameter, a constant, pi, tau or euler"));
            }
        }))
    }

    fn binary(&self, operator: BinaryOperator, left: Value, right: Value, at: &'a str) -> Outcome<'a, Value> {
        use BinaryOperator::{Add, Divide, Multiply, Power, Remainder, Subtract};
        if let (Value::Integer(a), Value::Integer(b)) = (&left, &right) {
            return self.integers(operator, *a, *b, at);
        }
        if let (Some(a), Some(b)) = (real(&left), real(&right)) {
            return Ok(Value::Real(match operator {
                Add => a + b,
                Subtract => a - b,
                Multiply => a * b,
                Divide => a / b,
                Remainder => a % b,
                Power => a.powf(b),
            }));
        }
        let (Some(a), Some(b)) = (affine(&left), affine(&right)) else { return Ok(Value::NotAffine) };
        Ok(match (operator, a.literal(), b.literal()) {
            (Add, _, _) => Value::Affine(a.plus(&b)),
            (Subtract, _, _) => Value::Affine(a.plus(&-b)),
            (Multiply, Some(factor), _) => Value::Affine(b.scaled(factor)),
            (Multiply, _, Some(factor)) => Value::Affine(a.scaled(factor)),
            (Divide, _, Some(divisor)) => Value::Affine(divided(a, divisor)),
            _ => Value::NotAffine,
        })
    }

    fn integers(&self, operator: BinaryOperator, a: i64, b: i64, at: &'a str) -> Outcome<'a, Value> {
        use BinaryOperator::{Add, Divide, Multiply, Power, Remainder, Subtract};
        let exact = match operator {
            Add => a.checked_add(b),
            Subtract => a.checked_sub(b),
            Multiply => a.checked_mul(b),
            Divide if b != 0 && a.wrapping_rem(b) == 0 => a.checked_div(b),
            // In OpenQASM 2 all numbers in expressions are real.
            Divide if self.is_version_two() => None,
            Divide if b == 0 => return Err(Issue::invalid(at, "division by zero")),
            Divide => {
                let message =
                    "the quotient of two integers is an integer in OpenQASM 3, this one has a fraction";
                return Err(
                    Issue::invalid(at, message).accepting(format!("`{a}.0/{b}` to keep the fraction"))
                );
            }
            Remainder => a.checked_rem(b),
            Power => u32::try_from(b).ok().and_then(|exponent| a.checked_pow(exponent)),
        };
        Ok(match exact {
            Some(value) => Value::Integer(value),
            None => match operator {
                Add => Value::Real(a as f64 + b as f64),
                Subtract => Value::Real(a as f64 - b as f64),
                Multiply => Value::Real(a as f64 * b as f64),
                Divide => Value::Real(a as f64 / b as f64),
                Remainder => return Err(Issue::invalid(at, "division by zero")),
                Power => Value::Real((a as f64).powf(b as f64)),
            },
        })
    }

    fn function(&self, name: &'a str, arguments: &[Value]) -> Outcome<'a, Value> {
        let arity = if matches!(name, "pow" | "mod") { 2 } else { 1 };
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
            "pow" | "mod" => None,
            _ => {
                let issue = Issue::unsupported(name, format!("`{name}` is not a supported function"));
                return Err(issue.accepting(
                    "sin, cos, tan, arcsin, arccos, arctan, exp, log, sqrt, floor, ceiling, pow or mod",
                ));
            }
        };
        if arguments.len() != arity {
            let message = format!("`{name}` takes {arity} argument(s), {} are given", arguments.len());
            return Err(Issue::invalid(name, message));
        }
        match (one, arguments) {
            (Some(function), [argument]) => {
                Ok(real(argument).map_or(Value::NotAffine, |value| Value::Real(function(value))))
            }
            (None, [left, right]) => {
                let operator = if name == "pow" { BinaryOperator::Power } else { BinaryOperator::Remainder };
                self.binary(operator, left.clone(), right.clone(), name)
            }
            _ => Ok(Value::NotAffine),
        }
    }
}

fn negated(value: Value) -> Value {
    match value {
        Value::Integer(value) => value.checked_neg().map_or(Value::Real(-(value as f64)), Value::Integer),
        Value::Real(value) => Value::Real(-value),
        Value::Affine(angle) => Value::Affine(-angle),
        Value::NotAffine => Value::NotAffine,
    }
}

fn real(value: &Value) -> Option<f64> {
    match value {
        Value::Integer(value) => Some(*value as f64),
        Value::Real(value) => Some(*value),
        Value::Affine(_) | Value::NotAffine => None,
    }
}

fn affine(value: &Value) -> Option<Angle> {
    match value {
        Value::Affine(angle) => Some(angle.clone()),
        other => real(other).map(Angle::from),
    }
}

/// Division of every part, which rounds as the division of the value does for a single term.
fn divided(mut angle: Angle, divisor: f64) -> Angle {
    angle.constant /= divisor;
    for (_, factor) in &mut angle.terms {
        *factor /= divisor;
    }
    angle
}
