//! Classical declarations and assignments: values that are known while the file is read.

use super::evaluate::not_a_number;
use super::reader::Reader;
use super::scope::{Body, Symbol, Variable};
use super::value::{Array, Quotients, Type, Value, binary, converted};
use crate::issue::{Issue, Outcome, parse};
use crate::syntax::{
    BinaryOperator, Expression, IndexShape, TypeName, expression, symbol, terminator, type_name, word,
};
use std::rc::Rc;

/// Items of an array, and of all arrays.
const ITEMS: usize = 1 << 26;

impl<'a> Reader<'a> {
    /// A declaration from its type on; `keyword` is the first word of the statement, `const` or the type.
    pub(super) fn classical_declaration(
        &mut self,
        body: &mut Body,
        keyword: &'a str,
        input: &'a str,
    ) -> Outcome<'a, &'a str> {
        self.outside_gates(keyword, "a declaration")?;
        let constant = keyword == "const";
        let (_, keyword) = parse(word, input)?;
        if keyword == "array" {
            return self.array(body, constant, input);
        }
        let (rest, name) = parse(type_name, input).map_err(|issue| {
            if issue.message.is_empty() {
                issue.accepting("int, uint, float, angle, bool, bit or array")
            } else {
                issue
            }
        })?;
        let kind = self.scalar(&name, body)?;
        let (mut rest, name) = parse(word, rest)?;
        let mut value = None;
        self.varies = false;
        if constant || rest.starts_with('=') {
            let (after, _) = parse(symbol("="), rest)?;
            let (after, expression) = parse(expression(false), after)?;
            value = Some(self.stored(&expression, kind, body)?);
            rest = after;
        }
        let varies = self.varies && !self.loops.is_empty();
        let meaning = match value {
            Some(value) if constant && !varies => Symbol::Constant(value),
            value => Symbol::Variable(Variable { value, kind, mutable: !constant, of_loop: None }),
        };
        self.define(name, meaning)?;
        Ok(parse(terminator, rest)?.0)
    }

    /// The value of an expression as one of a type.
    fn stored(&mut self, expression: &Expression<'a>, kind: Type, body: &mut Body) -> Outcome<'a, Value> {
        let value = self.evaluate(expression, body)?;
        match value {
            Value::Bits(_) | Value::Condition(_) => Err(not_a_number(&value, expression.text)),
            value if value.is_unknown() => {
                body.generic = true;
                Ok(value)
            }
            value => converted(value, kind, false, expression.text),
        }
    }

    /// The meaning of a scalar type.
    pub(super) fn scalar(&mut self, name: &TypeName<'a>, body: &mut Body) -> Outcome<'a, Type> {
        let default = if name.word == "bit" { 1 } else { 64 };
        let width = match &name.size {
            Some(size) => self.integer(size, body, default)?,
            None => default,
        };
        if !(1..=64).contains(&width) {
            let at = name.size.as_ref().map_or(name.word, |size| size.text);
            return Err(Issue::unsupported(at, format!("a type of {width} bits")).accepting("1 to 64"));
        }
        let width = width as u32;
        Ok(match name.word {
            "int" => Type::Int(width),
            "uint" => Type::Uint(width),
            "float" => Type::Float(width),
            "angle" => Type::Angle,
            "bool" => Type::Bool,
            _ => Type::Bit(width),
        })
    }

    /// `array[type, sizes] name = {...};`
    fn array(&mut self, body: &mut Body, constant: bool, input: &'a str) -> Outcome<'a, &'a str> {
        let (rest, _) = parse(word, input)?;
        let (rest, _) = parse(symbol("["), rest)?;
        let (mut rest, element) = parse(type_name, rest)?;
        let kind = self.scalar(&element, body)?;
        if let Type::Bit(_) = kind {
            return Err(Issue::unsupported(element.word, "arrays of bits are not supported"));
        }
        let (mut shape, mut total) = (Vec::new(), 1usize);
        while rest.starts_with(',') {
            let (after, size) = parse(expression(false), parse(symbol(","), rest)?.0)?;
            let length = self.integer(&size, body, 1)?;
            let Ok(length) = usize::try_from(length) else {
                return Err(Issue::invalid(size.text, format!("an array of {length} items")));
            };
            total = total.saturating_mul(length);
            if total > ITEMS || shape.len() == 7 {
                return Err(Issue::too_large(
                    size.text,
                    format!("an array of more than {ITEMS} items or 7 dimensions"),
                ));
            }
            shape.push(length);
            rest = after;
        }
        if shape.is_empty() {
            return Err(Issue::expected(rest, "`,` and a size"));
        }
        let (rest, _) = parse(symbol("]"), rest)?;
        let (mut rest, name) = parse(word, rest)?;
        let mut value = None;
        self.varies = false;
        if constant || rest.starts_with('=') {
            let (after, _) = parse(symbol("="), rest)?;
            let mut items = Vec::new();
            if after.starts_with('{') {
                rest = self.array_items(body, kind, &shape, &mut items, after)?;
            } else {
                let (end, expression) = parse(expression(false), after)?;
                match self.evaluate(&expression, body)? {
                    Value::Array(array) if array.shape == shape && array.kind == kind => {
                        items.clone_from(&array.items)
                    }
                    _ => {
                        return Err(Issue::invalid(expression.text, "no array of this type and these sizes"));
                    }
                }
                rest = end;
            }
            value = Some(items);
        }
        if value.is_none() {
            // Without values the array stands in no proportion to the text.
            self.expand(total, name)?;
            value = Some(vec![0.0; total]);
        }
        let varies = self.varies && !self.loops.is_empty();
        let value = value.map(|items| Value::Array(Rc::new(Array { shape, kind, items })));
        let meaning = match value {
            Some(value) if constant && !varies => Symbol::Constant(value),
            value => {
                Symbol::Variable(Variable { value, kind: Type::Array, mutable: !constant, of_loop: None })
            }
        };
        self.define(name, meaning)?;
        Ok(parse(terminator, rest)?.0)
    }

    /// Values in braces, braces within braces for several dimensions.
    fn array_items(
        &mut self,
        body: &mut Body,
        kind: Type,
        shape: &[usize],
        items: &mut Vec<f64>,
        input: &'a str,
    ) -> Outcome<'a, &'a str> {
        let Some((&length, inner)) = shape.split_first() else {
            return Err(Issue::invalid(input, "too deep"));
        };
        let (mut rest, open) = parse(symbol("{"), input)?;
        let mut count = 0;
        while !rest.starts_with('}') {
            if count > 0 {
                rest = parse(symbol(","), rest)?.0;
                if rest.starts_with('}') {
                    break;
                }
            }
            rest = if inner.is_empty() {
                let (after, expression) = parse(expression(false), rest)?;
                let value = self.stored(&expression, kind, body)?;
                items.push(value.real().ok_or_else(|| not_a_number(&value, expression.text))?);
                after
            } else {
                self.array_items(body, kind, inner, items, rest)?
            };
            count += 1;
            if count > length {
                break;
            }
        }
        if count != length {
            let found = if count > length { "more".to_string() } else { count.to_string() };
            return Err(Issue::invalid(open, format!("{found} values for {length} items")));
        }
        Ok(parse(symbol("}"), rest)?.0)
    }

    /// `input type name;`, the keyword having been read.
    pub(super) fn input(&mut self, body: &mut Body, input: &'a str) -> Outcome<'a, &'a str> {
        let (rest, kind) = parse(type_name, input)?;
        let kind = self.scalar(&kind, body)?;
        let (rest, name) = parse(word, rest)?;
        let Some(&value) = self.options.inputs.get(name) else {
            let issue = Issue::invalid(name, format!("the input `{name}` has no value"));
            return Err(issue.accepting(format!("one among the inputs, such as {name}=0.5")));
        };
        let value =
            if value.fract() == 0.0 && value.abs() < 9e15 && !matches!(kind, Type::Float(_) | Type::Angle) {
                Value::Integer(value as i64)
            } else {
                Value::Real(value)
            };
        let value = converted(value, kind, false, name)?;
        self.define(name, Symbol::Constant(value))?;
        Ok(parse(terminator, rest)?.0)
    }

    /// An assignment to a variable, whose name has been read.
    pub(super) fn assignment(
        &mut self,
        body: &mut Body,
        name: &'a str,
        after: &'a str,
    ) -> Outcome<'a, &'a str> {
        let mut rest = after;
        let mut index: Option<(Vec<IndexShape>, Vec<Value>)> = None;
        if rest.starts_with('[') {
            let (mut shapes, mut values) = (Vec::new(), Vec::new());
            while rest.starts_with('[') {
                rest = parse(symbol("["), rest)?.0;
                loop {
                    let (end, expression) = parse(expression(false), rest)?;
                    values.push(self.evaluate(&expression, body)?);
                    shapes.push(IndexShape::Single);
                    if !end.starts_with(',') {
                        rest = parse(symbol("]"), end)?.0;
                        break;
                    }
                    rest = parse(symbol(","), end)?.0;
                }
            }
            index = Some((shapes, values));
        }
        const OPERATORS: &[(&str, Option<BinaryOperator>)] = &[
            ("**=", Some(BinaryOperator::Power)),
            ("<<=", Some(BinaryOperator::ShiftLeft)),
            (">>=", Some(BinaryOperator::ShiftRight)),
            ("+=", Some(BinaryOperator::Add)),
            ("-=", Some(BinaryOperator::Subtract)),
            ("*=", Some(BinaryOperator::Multiply)),
            ("/=", Some(BinaryOperator::Divide)),
            ("%=", Some(BinaryOperator::Remainder)),
            ("&=", Some(BinaryOperator::BitAnd)),
            ("|=", Some(BinaryOperator::BitOr)),
            ("^=", Some(BinaryOperator::BitXor)),
            ("=", None),
        ];
        let found = OPERATORS.iter().find(|(text, _)| rest.starts_with(text));
        let Some(&(text, operator)) = found else { return Err(Issue::expected(rest, "`=`")) };
        let (rest, _) = parse(symbol(text), rest)?;
        if let Ok((_, "measure")) = word(rest) {
            let message = format!("`{name}` holds a known value: a measurement needs bits of its own");
            return Err(Issue::unsupported(name, message).accepting("a `bit` without a value"));
        }
        let (rest, expression) = parse(expression(false), rest)?;
        let value = self.evaluate(&expression, body)?;
        if let Value::Bits(_) | Value::Condition(_) = value {
            return Err(not_a_number(&value, expression.text));
        }
        self.assign(body, name, index, operator, value, expression.text)?;
        Ok(parse(terminator, rest)?.0)
    }

    fn assign(
        &mut self,
        body: &mut Body,
        name: &'a str,
        index: Option<(Vec<IndexShape>, Vec<Value>)>,
        operator: Option<BinaryOperator>,
        value: Value,
        at: &'a str,
    ) -> Outcome<'a, ()> {
        let positions = match &index {
            Some((shapes, values)) => Some(self.item_position(name, shapes, values)?),
            None => None,
        };
        let Some((Symbol::Variable(variable), depth)) = self.names.get_mut(name) else {
            return Err(Issue::invalid(name, format!("`{name}` is a constant")).accepting("a variable"));
        };
        if !variable.mutable {
            return Err(Issue::invalid(name, format!("`{name}` is a constant")).accepting("a variable"));
        }
        if self.conditional.is_some_and(|start| depth < start) {
            let message = format!("`{name}` would depend on a measured bit");
            return Err(Issue::unsupported(name, message).accepting("a variable of this block"));
        }
        let kind = variable.kind;
        let combined = |current: Value, kind: Type| match operator {
            Some(operator) => converted(
                binary(operator, &current, &value, Quotients::Truncated, at)?,
                kind,
                kind != Type::Bool,
                at,
            ),
            None => converted(value.clone(), kind, false, at),
        };
        let unset = || Issue::invalid(name, format!("`{name}` has no value yet"));
        if value.is_unknown() {
            body.generic = true;
        }
        match (positions, &mut variable.value) {
            (None, current) => {
                let before = match operator {
                    Some(_) => current.clone().ok_or_else(unset)?,
                    None => Value::Bool(false),
                };
                *current = Some(combined(before, kind)?);
            }
            (Some(position), Some(Value::Array(array))) => {
                let item = combined(array.item(position), array.kind)?;
                let number = item.real().unwrap_or(0.0);
                if let Some(place) = Rc::make_mut(array).items.get_mut(position) {
                    *place = number;
                }
            }
            (Some(position), Some(Value::Word(word, width))) => {
                let Some(bit) = value.truth().filter(|_| operator.is_none()) else {
                    return Err(Issue::unsupported(
                        at,
                        "only plain assignments to single bits are supported",
                    ));
                };
                let mask = 1u64 << (position as u32).min(*width - 1);
                *word = if bit { *word | mask } else { *word & !mask };
            }
            _ => return Err(unset()),
        }
        // What is declared outside of a loop's body changes from one iteration to the next.
        for frame in self.loops.iter_mut().filter(|frame| depth <= frame.depth) {
            frame.dependent = true;
        }
        Ok(())
    }

    fn item_position(
        &mut self,
        name: &'a str,
        shapes: &[IndexShape],
        values: &[Value],
    ) -> Outcome<'a, usize> {
        let shape = match self.names.get(name) {
            Some(Symbol::Variable(Variable { value: Some(Value::Array(array)), .. })) => array.shape.clone(),
            Some(Symbol::Variable(Variable { value: Some(Value::Word(_, width)), .. })) => {
                vec![*width as usize]
            }
            _ => return Err(Issue::invalid(name, format!("`{name}` has no items that can be assigned"))),
        };
        if shape.len() != shapes.len() {
            return Err(Issue::unsupported(name, "assignments to parts of arrays are not supported"));
        }
        let mut position = 0;
        for ((shape, length), value) in shapes.iter().zip(&shape).zip(values) {
            let place = self.positions_of(shape, std::slice::from_ref(value), *length, name)?;
            position = position * length + place.as_slice().first().copied().unwrap_or(0);
        }
        Ok(position)
    }
}
