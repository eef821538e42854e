//! Values of expressions.

use super::cases::{Cases, agree, compared};
use super::reader::Reader;
use super::scope::{Body, RegisterSymbol, Resolved, Symbol};
use super::value::{Array, Quotients, Type, Value, binary, converted, mask, negated};
use crate::issue::{Issue, Outcome};
use crate::syntax::{BinaryOperator, Expression, IndexShape, Node};
use qnewton_circuit::{Angle, BitId, QubitId};
use std::f64::consts::{E, PI, TAU};
use std::rc::Rc;

impl<'a> Reader<'a> {
    /// The value of an expression in a body. Reading a variable sets `self.varies`.
    pub(super) fn evaluate(&mut self, expression: &Expression<'a>, body: &mut Body) -> Outcome<'a, Value> {
        let values = self.values(expression, 1, body)?;
        values.into_iter().next().ok_or_else(|| Issue::expected(expression.text, "an expression"))
    }

    /// The values that an expression leaves, `count` of them.
    pub(super) fn values(
        &mut self,
        expression: &Expression<'a>,
        count: usize,
        body: &mut Body,
    ) -> Outcome<'a, Vec<Value>> {
        let mut stack: Vec<Value> = Vec::with_capacity(4);
        let at = expression.text;
        // Whether each value comes from a name: quotients of literals are likely meant to have a fraction.
        let mut named: Vec<bool> = Vec::with_capacity(4);
        // The parser leaves as many operands as each node takes.
        let incomplete = || Issue::expected(at, "an expression");
        let mut place = 0;
        while let Some(node) = expression.nodes.get(place) {
            place += 1;
            let value = match node {
                Node::Integer(value) => Value::Integer(*value),
                Node::Real(value) => Value::Real(*value),
                Node::Text(text) => word_of(text)?,
                Node::Name(name) => self.named_value(name)?,
                Node::Negate => {
                    let value = stack.pop().ok_or_else(incomplete)?;
                    if value.real().is_none() && !value.is_unknown() {
                        return Err(Issue::invalid(
                            at,
                            format!("`{at}` negates what is {}", value.describe()),
                        ));
                    }
                    negated(value)
                }
                Node::Not => self.inverted(stack.pop().ok_or_else(incomplete)?, at)?,
                Node::Complement => match stack.pop().ok_or_else(incomplete)? {
                    Value::Word(value, width) => Value::Word(!value & mask(width), width),
                    Value::Integer(value) => Value::Integer(!value),
                    other => self.inverted(other, at)?,
                },
                Node::Decide(operator, skipped) => {
                    let left = stack.last().and_then(Value::truth);
                    let decided = if *operator == BinaryOperator::And { Some(false) } else { Some(true) };
                    if left == decided {
                        stack.pop();
                        named.truncate(stack.len());
                        named.push(true);
                        place += skipped;
                        stack.push(Value::Bool(decided == Some(true)));
                    }
                    continue;
                }
                Node::Binary(operator) => {
                    let right = stack.pop().ok_or_else(incomplete)?;
                    let left = stack.pop().ok_or_else(incomplete)?;
                    {
                        let quotients = match named[stack.len().min(named.len())..].contains(&true) {
                            _ if self.is_version_two() => Quotients::Real,
                            true => Quotients::Truncated,
                            false => Quotients::Exact,
                        };
                        self.combined(*operator, left, right, quotients, at)?
                    }
                }
                Node::Call(name, count) => {
                    let arguments = stack.split_off(stack.len().saturating_sub(*count));
                    self.function(name, arguments, expression, body)?
                }
                Node::Cast(name, sized) => {
                    let size = if *sized { Some(stack.pop().ok_or_else(incomplete)?) } else { None };
                    let value = stack.pop().ok_or_else(incomplete)?;
                    self.cast(name, value, size, at)?
                }
                Node::Index(shapes) => {
                    let count = shapes.iter().map(IndexShape::values).sum::<usize>();
                    let values = stack.split_off(stack.len().saturating_sub(count));
                    let value = stack.pop().ok_or_else(incomplete)?;
                    self.indexed(value, shapes, &values, at)?
                }
            };
            let is_named = matches!(node, Node::Name(_) | Node::Call(..) | Node::Cast(..) | Node::Index(_))
                || named.get(stack.len()..).is_some_and(|operands| operands.contains(&true));
            named.truncate(stack.len());
            named.push(is_named);
            stack.push(value);
        }
        if stack.len() == count { Ok(stack) } else { Err(incomplete()) }
    }

    /// The value of an expression as an angle, and whether it may differ between repetitions; one that is not
    /// affine marks the body as generic.
    pub(super) fn angle(
        &mut self,
        expression: &Expression<'a>,
        body: &mut Body,
    ) -> Outcome<'a, (Angle, bool)> {
        self.varies = false;
        let value = self.evaluate(expression, body)?;
        let varies = self.varies && !self.loops.is_empty();
        let angle = match value {
            // Scaling may have made a zero negative.
            Value::Affine(angle) => Angle { constant: angle.constant + 0.0, ..angle },
            Value::NotAffine => {
                body.generic = true;
                Angle::default()
            }
            other => match other.real() {
                Some(value) => Angle::from(value),
                None => return Err(not_a_number(&other, expression.text)),
            },
        };
        let finite = angle.constant.is_finite() && angle.terms.iter().all(|(_, factor)| factor.is_finite());
        if finite {
            Ok((angle, varies))
        } else {
            Err(Issue::invalid(expression.text, "the angle is not a finite number"))
        }
    }

    /// The value of an expression as an integer; `fallback` while parameters of a generic gate have no values.
    pub(super) fn integer(
        &mut self,
        expression: &Expression<'a>,
        body: &mut Body,
        fallback: i64,
    ) -> Outcome<'a, i64> {
        let value = self.evaluate(expression, body)?;
        if value.is_unknown() {
            body.generic = true;
            return Ok(fallback);
        }
        self.whole(&value, expression.text)
    }

    pub(super) fn whole(&self, value: &Value, at: &'a str) -> Outcome<'a, i64> {
        match converted(value.clone(), Type::Int(64), false, at) {
            Ok(Value::Integer(value)) => Ok(value),
            Err(issue) if value.real().is_some() => Err(issue),
            _ => Err(not_a_number(value, at)),
        }
    }

    fn named_value(&mut self, name: &'a str) -> Outcome<'a, Value> {
        if let Some(formals) = &self.formals {
            if let Some(value) = formals.parameters.get(name) {
                return Ok(value.clone());
            }
            if formals.qubits.contains_key(name) {
                return Err(Issue::invalid(name, format!("`{name}` is a qubit, not a number")));
            }
        }
        let hidden = self.formals.is_some();
        match self.names.get(name) {
            Some(Symbol::Constant(value)) => return Ok(value.clone()),
            Some(Symbol::Variable(variable)) => {
                let Some(value) = variable.value.clone() else {
                    return Err(Issue::invalid(name, format!("`{name}` has no value yet")));
                };
                self.varies = true;
                if let Some(frame) = variable.of_loop.and_then(|number| self.loops.get_mut(number)) {
                    frame.dependent = true;
                }
                return Ok(value);
            }
            Some(&Symbol::Qubits(register)) if !hidden => {
                self.expand(register.len as usize / 64, name)?;
                return Ok(Value::Qubits(items(register, QubitId)));
            }
            Some(&Symbol::Bits(register)) if !hidden => {
                self.expand(register.len as usize / 64, name)?;
                return Ok(Value::Bits(items(register, BitId)));
            }
            Some(&Symbol::Qubit(qubit)) if !hidden => return Ok(Value::Qubits(Resolved::One(qubit))),
            Some(Symbol::Alias(all)) if !hidden => {
                let all = Rc::clone(all);
                self.expand(all.len() / 64, name)?;
                return Ok(Value::Qubits(Resolved::Many(all.to_vec())));
            }
            Some(Symbol::BitAlias(all)) if !hidden => {
                let all = Rc::clone(all);
                self.expand(all.len() / 64, name)?;
                return Ok(Value::Bits(Resolved::Many(all.to_vec())));
            }
            Some(other) => {
                return Err(Issue::invalid(name, format!("`{name}` is {}, not a number", other.describe())));
            }
            None => {}
        }
        Ok(match name {
            "pi" | "π" => Value::Real(PI),
            "tau" | "τ" => Value::Real(TAU),
            "euler" | "ℇ" => Value::Real(E),
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            _ => {
                let issue = Issue::invalid(name, format!("unknown name `{name}`"));
                return Err(issue.accepting("a number, a parameter, a constant, pi, tau or euler"));
            }
        })
    }

    /// Combines two values; bits that are measured give conditions.
    fn combined(
        &mut self,
        operator: BinaryOperator,
        left: Value,
        right: Value,
        quotients: Quotients,
        at: &'a str,
    ) -> Outcome<'a, Value> {
        use BinaryOperator::{Greater, GreaterEqual, Less, LessEqual};
        let runtime = |value: &Value| matches!(value, Value::Bits(_) | Value::Condition(_));
        if !runtime(&left) && !runtime(&right) {
            return binary(operator, &left, &right, quotients, at);
        }
        let swapped = match operator {
            Less => Greater,
            LessEqual => GreaterEqual,
            Greater => Less,
            GreaterEqual => LessEqual,
            other => other,
        };
        let cases = match (&left, &right) {
            (Value::Bits(bits), known) if !runtime(known) && !matches!(known, Value::Bool(_)) => {
                self.compared(bits, operator, known, at)?
            }
            (known, Value::Bits(bits)) if !runtime(known) && !matches!(known, Value::Bool(_)) => {
                self.compared(bits, swapped, known, at)?
            }
            (Value::Bits(a), Value::Bits(b)) if a.as_slice().len() > 1 || b.as_slice().len() > 1 => {
                match operator {
                    BinaryOperator::Equal if a.as_slice().len() == b.as_slice().len() => Some(agree(a, b)),
                    BinaryOperator::NotEqual if a.as_slice().len() == b.as_slice().len() => {
                        Some(agree(a, b).and_then(|cases| cases.negated()))
                    }
                    _ => None,
                }
            }
            _ => self.condition(&left, at)?.combined(operator, &self.condition(&right, at)?),
        };
        match cases {
            Some(Some(cases)) => Ok(Value::Condition(cases)),
            Some(None) => Err(Issue::too_large(at, "the condition has more than 4096 cases")),
            None => Err(Issue::unsupported(at, format!("`{at}` computes with bits that are measured"))
                .accepting("comparisons and logical operators")),
        }
    }

    fn compared(
        &self,
        bits: &Resolved<BitId>,
        operator: BinaryOperator,
        known: &Value,
        at: &'a str,
    ) -> Outcome<'a, Option<Option<Cases>>> {
        let bits = bits.as_slice();
        if let Value::Word(_, width) = known
            && *width as usize != bits.len()
        {
            return Err(Issue::invalid(
                at,
                format!("{} bits are compared with {width} binary digits", bits.len()),
            ));
        }
        use BinaryOperator::{And, BitAnd, BitOr, BitXor, Or};
        if matches!(operator, And | Or | BitAnd | BitOr | BitXor) {
            let Some(truth) = known.truth() else { return Ok(None) };
            let own = self.condition(&Value::Bits(Resolved::Many(bits.to_vec())), at)?;
            return Ok(own.combined(operator, &Cases::constant(truth)));
        }
        let value = match known {
            // Digits beyond 63 cannot be told from a comparison with an integer.
            Value::Word(value, _) => i64::try_from(*value).unwrap_or(i64::MAX),
            other => self.whole(other, at)?,
        };
        Ok(compared(bits, operator, value))
    }

    /// A value as a condition.
    pub(super) fn condition(&self, value: &Value, at: &'a str) -> Outcome<'a, Cases> {
        match value {
            Value::Condition(cases) => Ok(cases.clone()),
            Value::Bits(bits) => match bits.as_slice() {
                [bit] => Ok(Cases::bit(*bit, true)),
                _ => {
                    let issue = Issue::invalid(at, "a register is no condition");
                    Err(issue.accepting("a bit, or a comparison of the register with a number"))
                }
            },
            other => match other.truth() {
                Some(truth) => Ok(Cases::constant(truth)),
                None => Err(Issue::invalid(at, format!("`{at}` is {}, not a condition", other.describe()))),
            },
        }
    }

    fn inverted(&self, value: Value, at: &'a str) -> Outcome<'a, Value> {
        if let Some(truth) = value.truth() {
            return Ok(Value::Bool(!truth));
        }
        if value.is_unknown() {
            return Ok(Value::NotAffine);
        }
        match self.condition(&value, at)?.negated() {
            Some(cases) => Ok(Value::Condition(cases)),
            None => Err(Issue::too_large(at, "the condition has more than 4096 cases")),
        }
    }

    fn indexed(
        &mut self,
        value: Value,
        shapes: &[IndexShape],
        values: &[Value],
        at: &'a str,
    ) -> Outcome<'a, Value> {
        if values.iter().any(Value::is_unknown) {
            return Ok(Value::NotAffine);
        }
        let len = match &value {
            Value::Array(array) => return self.array_item(&Rc::clone(array), shapes, values, at),
            Value::Qubits(Resolved::Many(all)) => all.len(),
            Value::Bits(Resolved::Many(all)) => all.len(),
            Value::Word(_, width) => *width as usize,
            Value::Integer(_) => 64,
            _ => return Err(Issue::invalid(at, format!("`{at}` indexes what is no register"))),
        };
        let [shape] = shapes else { return Err(Issue::invalid(at, "a register has one index")) };
        let positions = self.positions_of(shape, values, len, at)?;
        self.expand(positions.as_slice().len(), at)?;
        Ok(match value {
            Value::Qubits(Resolved::Many(all)) => Value::Qubits(positions.map(|position| all[position])),
            Value::Bits(Resolved::Many(all)) => Value::Bits(positions.map(|position| all[position])),
            Value::Word(word, _) => selected(word, &positions),
            Value::Integer(word) => selected(word as u64, &positions),
            _ => Value::NotAffine,
        })
    }

    /// An item, or a part, of an array.
    fn array_item(
        &mut self,
        array: &Array,
        shapes: &[IndexShape],
        mut values: &[Value],
        at: &'a str,
    ) -> Outcome<'a, Value> {
        let (mut offset, mut stride) = (0, array.items.len());
        for (level, shape) in shapes.iter().enumerate() {
            let Some(&len) = array.shape.get(level) else {
                return Err(Issue::invalid(at, format!("an array of {} dimension(s)", array.shape.len())));
            };
            stride /= len.max(1);
            let (own, others) = values.split_at(shape.values().min(values.len()));
            values = others;
            match self.positions_of(shape, own, len, at)? {
                Resolved::One(position) => offset += position * stride,
                Resolved::Many(positions) => {
                    if level + 1 < shapes.len() {
                        return Err(Issue::unsupported(at, "an index behind a range is not supported"));
                    }
                    self.expand(positions.len() * stride, at)?;
                    let row = |&k: &usize| &array.items[offset + k * stride..offset + (k + 1) * stride];
                    let items = positions.iter().flat_map(row).copied().collect();
                    let shape =
                        std::iter::once(positions.len()).chain(array.shape[level + 1..].iter().copied());
                    return Ok(Value::Array(Rc::new(Array {
                        shape: shape.collect(),
                        kind: array.kind,
                        items,
                    })));
                }
            }
        }
        if shapes.len() == array.shape.len() {
            return Ok(array.item(offset));
        }
        self.expand(stride, at)?;
        let shape = array.shape[shapes.len()..].to_vec();
        let items = array.items[offset..offset + stride].to_vec();
        Ok(Value::Array(Rc::new(Array { shape, kind: array.kind, items })))
    }

    /// The positions that an index selects among `len`.
    pub(super) fn positions_of(
        &mut self,
        shape: &IndexShape,
        values: &[Value],
        len: usize,
        at: &'a str,
    ) -> Outcome<'a, Resolved<usize>> {
        let mut numbers = Vec::with_capacity(values.len());
        for value in values {
            numbers.push(self.whole(value, at)?);
        }
        match shape {
            IndexShape::Single => {
                Ok(Resolved::One(self.place_in(numbers.first().copied().unwrap_or(0), len, at)?))
            }
            IndexShape::Set(_) => {
                let all: Outcome<Vec<usize>> = numbers.iter().map(|&k| self.place_in(k, len, at)).collect();
                Ok(Resolved::Many(all?))
            }
            IndexShape::Range(given) => {
                let mut numbers = numbers.into_iter();
                let mut part = |is_given: bool| if is_given { numbers.next() } else { None };
                let parts = [part(given[0]), part(given[1]), part(given[2])];
                Ok(Resolved::Many(self.range_in(parts, len, at)?))
            }
        }
    }
}

impl IndexShape {
    /// How many values it takes.
    pub(super) fn values(&self) -> usize {
        match self {
            IndexShape::Single => 1,
            IndexShape::Range(given) => given.iter().filter(|given| **given).count(),
            IndexShape::Set(count) => *count,
        }
    }
}

/// Bits of a word, from the least significant.
fn selected(word: u64, positions: &Resolved<usize>) -> Value {
    let digit = |position: usize| position < 64 && word >> position & 1 == 1;
    match positions {
        Resolved::One(position) => Value::Bool(digit(*position)),
        Resolved::Many(all) => {
            let kept = &all[..all.len().min(64)];
            let value = kept.iter().zip(0..).map(|(&position, k)| u64::from(digit(position)) << k).sum();
            Value::Word(value, kept.len() as u32)
        }
    }
}

fn items<T>(register: RegisterSymbol, item: impl Fn(u32) -> T) -> Resolved<T> {
    if register.indexed {
        Resolved::Many((register.start..register.start + register.len).map(item).collect())
    } else {
        Resolved::One(item(register.start))
    }
}

/// Binary digits, the last of which is the least significant.
pub(super) fn word_of(text: &str) -> Outcome<'_, Value> {
    let digits = text.bytes().filter(|byte| *byte != b'_').count();
    if text.contains(|c| !matches!(c, '0' | '1' | '_')) || digits == 0 {
        return Err(Issue::invalid(text, format!("`{text}` is no row of binary digits")));
    }
    if digits > 64 {
        return Err(Issue::too_large(text, "more than 64 binary digits"));
    }
    let value =
        text.bytes().filter(|byte| *byte != b'_').fold(0, |value, byte| value << 1 | u64::from(byte == b'1'));
    Ok(Value::Word(value, digits as u32))
}

pub(super) fn not_a_number<'a>(value: &Value, at: &'a str) -> Issue<'a> {
    match value {
        Value::Bits(_) | Value::Condition(_) => {
            let message = format!("the value of `{at}` is {}", value.describe());
            Issue::unsupported(at, message).accepting("a value that is known before")
        }
        other => Issue::invalid(at, format!("`{at}` is {}, not a number", other.describe())),
    }
}
