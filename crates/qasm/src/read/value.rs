//! Classical values that are known while a file is read, and arithmetic on them.

use super::cases::Cases;
use super::scope::Resolved;
use crate::issue::{Issue, Outcome};
use crate::syntax::BinaryOperator;
use qnewton_circuit::{Angle, BitId, QubitId};
use std::f64::consts::TAU;
use std::rc::Rc;

/// The value of an expression.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Integer(i64),
    Real(f64),
    Bool(bool),
    /// Bits of known value, and their number.
    Word(u64, u32),
    Array(Rc<Array>),
    /// Affine in the parameters of the gate that is being read.
    Affine(Angle),
    /// Depends on parameters in another way.
    NotAffine,
    Qubits(Resolved<QubitId>),
    /// Bits that are measured when the circuit runs.
    Bits(Resolved<BitId>),
    /// A condition on such bits.
    Condition(Cases),
}

/// An array of numbers, row-major.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Array {
    pub(crate) shape: Vec<usize>,
    pub(crate) kind: Type,
    pub(crate) items: Vec<f64>,
}

impl Array {
    pub(crate) fn item(&self, position: usize) -> Value {
        let value = self.items.get(position).copied().unwrap_or(0.0);
        match self.kind {
            Type::Int(_) | Type::Uint(_) => Value::Integer(value as i64),
            Type::Bool => Value::Bool(value != 0.0),
            _ => Value::Real(value),
        }
    }
}

/// A classical type.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Type {
    Int(u32),
    Uint(u32),
    Float(u32),
    Angle,
    Bool,
    /// Bits of known value.
    Bit(u32),
    Array,
}

impl Value {
    /// What it is, with its article, where a number was expected.
    pub(crate) fn describe(&self) -> &'static str {
        match self {
            Value::Integer(_) | Value::Real(_) | Value::Affine(_) | Value::NotAffine => "a number",
            Value::Bool(_) => "a truth value",
            Value::Word(..) => "a row of bits",
            Value::Array(_) => "an array",
            Value::Qubits(_) => "a qubit or register",
            Value::Bits(_) | Value::Condition(_) => "known only when the circuit runs",
        }
    }

    /// Whether it depends on parameters of a gate.
    pub(crate) fn is_unknown(&self) -> bool {
        matches!(self, Value::Affine(_) | Value::NotAffine)
    }

    /// The value as a truth value; `None` if it has none that is known.
    pub(crate) fn truth(&self) -> Option<bool> {
        match self {
            Value::Integer(value) => Some(*value != 0),
            Value::Real(value) => Some(*value != 0.0),
            Value::Bool(value) => Some(*value),
            Value::Word(value, _) => Some(*value != 0),
            _ => None,
        }
    }

    fn integer(&self) -> Option<i64> {
        match self {
            Value::Integer(value) => Some(*value),
            Value::Bool(value) => Some(i64::from(*value)),
            Value::Word(value, _) => i64::try_from(*value).ok(),
            _ => None,
        }
    }

    pub(crate) fn real(&self) -> Option<f64> {
        match self {
            Value::Real(value) => Some(*value),
            other => other.integer().map(|value| value as f64),
        }
    }

    fn affine(&self) -> Option<Angle> {
        match self {
            Value::Affine(angle) => Some(angle.clone()),
            other => other.real().map(Angle::from),
        }
    }
}

/// Which integers have a quotient.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Quotients {
    /// All, rounded towards zero.
    Truncated,
    /// Those without a fraction; among literals a lost fraction is likely a mistake.
    Exact,
    /// All, as real numbers: OpenQASM 2.
    Real,
}

/// Combines two numbers.
pub(crate) fn binary<'a>(
    operator: BinaryOperator,
    left: &Value,
    right: &Value,
    quotients: Quotients,
    at: &'a str,
) -> Outcome<'a, Value> {
    use BinaryOperator::{
        Add, And, BitAnd, BitOr, BitXor, Divide, Equal, Greater, GreaterEqual, Less, LessEqual, Multiply,
        NotEqual, Or, Power, Remainder, ShiftLeft, ShiftRight, Subtract,
    };
    if let (And | Or, Some(a), Some(b)) = (operator, left.truth(), right.truth()) {
        return Ok(Value::Bool(if operator == And { a && b } else { a || b }));
    }
    let comparison = matches!(operator, Equal | NotEqual | Less | LessEqual | Greater | GreaterEqual);
    if let (true, Some(a), Some(b)) = (comparison, left.real(), right.real()) {
        let order = match (left.integer(), right.integer()) {
            (Some(a), Some(b)) => Some(a.cmp(&b)),
            _ => a.partial_cmp(&b),
        };
        let Some(order) = order else {
            return Err(Issue::invalid(at, "a comparison with what is no number"));
        };
        return Ok(Value::Bool(match operator {
            Equal => order.is_eq(),
            NotEqual => order.is_ne(),
            Less => order.is_lt(),
            LessEqual => order.is_le(),
            Greater => order.is_gt(),
            _ => order.is_ge(),
        }));
    }
    if matches!(operator, ShiftLeft | ShiftRight | BitAnd | BitOr | BitXor)
        && let (Some(a), Some(b)) = (left.integer(), right.integer())
    {
        return bitwise(operator, left, a, right, b, at);
    }
    if matches!(operator, Add | Subtract | Multiply | Divide | Remainder | Power) {
        if let (Some(a), Some(b)) = (left.integer(), right.integer()) {
            return integers(operator, a, b, quotients, at);
        }
        if let (Some(a), Some(b)) = (left.real(), right.real()) {
            return Ok(Value::Real(match operator {
                Add => a + b,
                Subtract => a - b,
                Multiply => a * b,
                Divide => a / b,
                Remainder => a % b,
                _ => a.powf(b),
            }));
        }
    }
    if let Some(bad) = [left, right].into_iter().find(|v| v.real().is_none() && !v.is_unknown()) {
        return Err(Issue::invalid(at, format!("`{at}` combines what is {}", bad.describe())));
    }
    let (Some(a), Some(b)) = (left.affine(), right.affine()) else { return Ok(Value::NotAffine) };
    if a.terms.is_empty() && b.terms.is_empty() {
        return Err(Issue::invalid(at, "this operator takes integers or bits"));
    }
    Ok(match (operator, a.literal(), b.literal()) {
        (Add, _, _) => Value::Affine(a.plus(&b)),
        (Subtract, _, _) => Value::Affine(a.plus(&-b)),
        (Multiply, Some(factor), _) => Value::Affine(b.scaled(factor)),
        (Multiply, _, Some(factor)) => Value::Affine(a.scaled(factor)),
        (Divide, _, Some(divisor)) => Value::Affine(divided(a, divisor)),
        _ => Value::NotAffine,
    })
}

fn bitwise<'a>(
    operator: BinaryOperator,
    left: &Value,
    a: i64,
    right: &Value,
    b: i64,
    at: &'a str,
) -> Outcome<'a, Value> {
    use BinaryOperator::{BitAnd, BitOr, ShiftLeft, ShiftRight};
    let value = match operator {
        BitAnd => a & b,
        BitOr => a | b,
        ShiftLeft | ShiftRight if !(0..64).contains(&b) => {
            return Err(Issue::invalid(at, format!("a shift by {b}")).accepting("0 to 63"));
        }
        ShiftLeft => {
            let wide = i128::from(a) << b;
            match left {
                Value::Word(_, width) => (wide as u128 & u128::from(mask(*width))) as i64,
                _ => {
                    i64::try_from(wide).map_err(|_| Issue::invalid(at, "the integer does not fit 64 bits"))?
                }
            }
        }
        ShiftRight => a >> b,
        _ => a ^ b,
    };
    Ok(match (left, right) {
        (Value::Word(_, width), _) => Value::Word(value as u64, *width),
        (_, Value::Word(_, width)) if !matches!(operator, ShiftLeft | ShiftRight) => {
            Value::Word(value as u64, *width)
        }
        (Value::Bool(_), Value::Bool(_)) => Value::Bool(value != 0),
        _ => Value::Integer(value),
    })
}

/// Ones in the lowest `width` places.
pub(crate) fn mask(width: u32) -> u64 {
    if width >= 64 { u64::MAX } else { (1 << width) - 1 }
}

fn integers<'a>(
    operator: BinaryOperator,
    a: i64,
    b: i64,
    quotients: Quotients,
    at: &'a str,
) -> Outcome<'a, Value> {
    use BinaryOperator::{Add, Divide, Multiply, Power, Remainder, Subtract};
    let exact = match operator {
        Add => a.checked_add(b),
        Subtract => a.checked_sub(b),
        Multiply => a.checked_mul(b),
        Divide if b != 0 && a.wrapping_rem(b) == 0 => a.checked_div(b),
        Divide if quotients == Quotients::Real => None,
        Divide | Remainder if b == 0 => return Err(Issue::invalid(at, "division by zero")),
        Divide if quotients == Quotients::Truncated => a.checked_div(b),
        Divide => {
            let message = "the quotient of two integers is an integer in OpenQASM 3, this one has a fraction";
            return Err(Issue::invalid(at, message).accepting(format!("`{a}.0/{b}` to keep the fraction")));
        }
        Remainder => a.checked_rem(b),
        _ => u32::try_from(b).ok().and_then(|exponent| a.checked_pow(exponent)),
    };
    Ok(match exact {
        Some(value) => Value::Integer(value),
        None => match operator {
            Add => Value::Real(a as f64 + b as f64),
            Subtract => Value::Real(a as f64 - b as f64),
            Multiply => Value::Real(a as f64 * b as f64),
            Divide => Value::Real(a as f64 / b as f64),
            Remainder => Value::Integer(0),
            Power => Value::Real((a as f64).powf(b as f64)),
            _ => Value::NotAffine,
        },
    })
}

/// `-`, `!` and `~`.
pub(crate) fn negated(value: Value) -> Value {
    match value {
        Value::Integer(value) => value.checked_neg().map_or(Value::Real(-(value as f64)), Value::Integer),
        Value::Real(value) => Value::Real(-value),
        Value::Affine(angle) => Value::Affine(-angle),
        other => other.integer().map_or(Value::NotAffine, |value| Value::Integer(-value)),
    }
}

/// A value as one of a type; `explicit` for casts, which lose fractions.
pub(crate) fn converted<'a>(value: Value, kind: Type, explicit: bool, at: &'a str) -> Outcome<'a, Value> {
    if value.is_unknown() {
        return Ok(value);
    }
    let wrong = |what: &str| Issue::invalid(at, format!("`{at}` is {}, not {what}", value.describe()));
    Ok(match kind {
        Type::Bool => Value::Bool(value.truth().ok_or_else(|| wrong("a truth value"))?),
        Type::Float(width) => {
            let real = value.real().ok_or_else(|| wrong("a number"))?;
            Value::Real(if width == 32 { f64::from(real as f32) } else { real })
        }
        // The type holds values modulo 2 pi.
        Type::Angle => Value::Real(value.real().ok_or_else(|| wrong("a number"))?.rem_euclid(TAU)),
        Type::Int(width) | Type::Uint(width) => {
            let integer = whole(&value, explicit, at)?.ok_or_else(|| wrong("an integer"))?;
            Value::Integer(if matches!(kind, Type::Int(_)) {
                wrapped(integer, width)
            } else if width < 64 {
                (integer as u64 & mask(width)) as i64
            } else if integer < 0 {
                return Err(
                    Issue::invalid(at, format!("{integer} is negative")).accepting("an unsigned integer")
                );
            } else {
                integer
            })
        }
        Type::Bit(width) => match value {
            Value::Word(bits, given) if given == width => Value::Word(bits, width),
            Value::Word(..) if !explicit => return Err(wrong(&format!("a row of {width}"))),
            _ => {
                let integer = value.integer().ok_or_else(|| wrong("a row of bits"))?;
                Value::Word(integer as u64 & mask(width), width)
            }
        },
        Type::Array => match value {
            Value::Array(_) => value,
            _ => return Err(wrong("an array")),
        },
    })
}

/// The integer that a value is.
fn whole<'a>(value: &Value, explicit: bool, at: &'a str) -> Outcome<'a, Option<i64>> {
    match value {
        Value::Real(real) if real.abs() < 9e15 && (explicit || real.fract() == 0.0) => {
            Ok(Some(real.trunc() as i64))
        }
        Value::Real(real) => Err(Issue::invalid(at, format!("{real} is not an integer"))),
        other => Ok(other.integer()),
    }
}

/// Two's complement of `width` bits.
fn wrapped(value: i64, width: u32) -> i64 {
    let unused = 64 - width.clamp(1, 64);
    value << unused >> unused
}

/// Division of every part, which rounds as the division of the value does for a single term.
fn divided(mut angle: Angle, divisor: f64) -> Angle {
    angle.constant /= divisor;
    for (_, factor) in &mut angle.terms {
        *factor /= divisor;
    }
    angle
}
