//! Loops, `switch`, and statements that leave them, as far as values are known.

use super::evaluate::not_a_number;
use super::reader::Reader;
use super::repeat::Runs;
use super::scope::{Body, Symbol, Variable};
use super::value::{Type, Value, converted};
use crate::issue::{Issue, Outcome, parse};
use crate::syntax::{consumed, expression, skip_statement, symbol, terminator, type_name, word};

/// What an iteration counts for, besides its statements.
const ITERATION: u64 = 4;

/// What happens after a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    Next,
    Break,
    Continue,
    Return,
    End,
}

/// A loop whose body is being read.
pub(super) struct LoopFrame {
    /// The scope of its variable.
    pub(super) depth: usize,
    /// Whether an iteration may differ from another one: it reads the variable, or changes others.
    pub(super) dependent: bool,
}

/// The values of a loop's variable.
enum Values {
    /// First, step, number.
    Range(i64, i64, u64),
    List(Vec<Value>),
}

impl Values {
    fn count(&self) -> u64 {
        match self {
            Values::Range(_, _, count) => *count,
            Values::List(values) => values.len() as u64,
        }
    }

    fn value(&self, position: u64) -> Value {
        match self {
            // Within the range, so that nothing overflows.
            Values::Range(first, step, _) => {
                Value::Integer(first.wrapping_add(step.wrapping_mul(position as i64)))
            }
            Values::List(values) => values.get(position as usize).cloned().unwrap_or(Value::NotAffine),
        }
    }
}

impl<'a> Reader<'a> {
    /// `for type name in values body`, the keyword having been read.
    pub(super) fn for_loop(&mut self, body: &mut Body, at: &'a str, input: &'a str) -> Outcome<'a, &'a str> {
        let (rest, kind) = match parse(type_name, input) {
            Ok((rest, name)) => (rest, self.scalar(&name, body)?),
            // An older form leaves out the type.
            Err(_) if matches!(word(input).map(|(rest, _)| word(rest)), Ok(Ok((_, "in")))) => {
                (input, Type::Int(64))
            }
            Err(issue) => return Err(issue),
        };
        let (rest, name) = parse(word, rest)?;
        let (rest, keyword) = parse(word, rest)?;
        if keyword != "in" {
            return Err(Issue::invalid(keyword, format!("unexpected `{keyword}`")).accepting("`in`"));
        }
        let (text, values) = self.loop_values(body, kind, rest)?;
        let after = skip_statement(text)?;
        let Some(values) = values else { return Ok(after) };
        self.repeat(
            body,
            at,
            consumed(text, after),
            Some((name, kind)),
            |_, position, _| Ok((position < values.count()).then(|| values.value(position))),
            values.count(),
        )?;
        Ok(after)
    }

    /// What a loop runs over; nothing while parameters of a generic gate have no values.
    fn loop_values(
        &mut self,
        body: &mut Body,
        kind: Type,
        input: &'a str,
    ) -> Outcome<'a, (&'a str, Option<Values>)> {
        if input.starts_with('[') {
            let (mut rest, _) = parse(symbol("["), input)?;
            let mut parts = Vec::new();
            loop {
                let (after, expression) = parse(expression(false), rest)?;
                parts.push(self.integer(&expression, body, 0)?);
                rest = after;
                if !rest.starts_with(':') || parts.len() == 3 {
                    break;
                }
                rest = parse(symbol(":"), rest)?.0;
            }
            let at = consumed(input, rest);
            let (rest, _) = parse(symbol("]"), rest)?;
            let (first, step, last) = match parts[..] {
                [first, last] => (first, 1, last),
                [first, step, last] => (first, step, last),
                _ => return Err(Issue::expected(rest, "a range")),
            };
            if step == 0 {
                return Err(Issue::invalid(at, "the step of a range cannot be zero"));
            }
            if body.generic {
                return Ok((rest, None));
            }
            let span = i128::from(last) - i128::from(first);
            let count = if span.signum() * i128::from(step.signum()) < 0 {
                0
            } else {
                span.unsigned_abs() / u128::from(step.unsigned_abs()) + 1
            };
            let count = u64::try_from(count).map_err(|_| Issue::too_large(at, "the range is too large"))?;
            return Ok((rest, Some(Values::Range(first, step, count))));
        }
        let mut values = Vec::new();
        let rest = if input.starts_with('{') {
            let (mut rest, _) = parse(symbol("{"), input)?;
            while !rest.starts_with('}') {
                if !values.is_empty() {
                    rest = parse(symbol(","), rest)?.0;
                }
                let (after, expression) = parse(expression(false), rest)?;
                let value = self.evaluate(&expression, body)?;
                values.push(converted(value, kind, false, expression.text)?);
                rest = after;
            }
            parse(symbol("}"), rest)?.0
        } else {
            let (rest, name) = parse(word, input)?;
            let whole =
                crate::syntax::Expression { nodes: vec![crate::syntax::Node::Name(name)], text: name };
            match self.evaluate(&whole, body)? {
                Value::Array(array) if array.shape.len() == 1 => {
                    for position in 0..array.items.len() {
                        values.push(converted(array.item(position), kind, false, name)?);
                    }
                }
                Value::Word(word, width) => {
                    for position in 0..width {
                        values.push(converted(Value::Bool(word >> position & 1 == 1), kind, false, name)?);
                    }
                }
                other => return Err(not_a_number(&other, name).accepting("a range, a set or an array")),
            }
            rest
        };
        if values.iter().any(Value::is_unknown) {
            body.generic = true;
            return Ok((rest, None));
        }
        Ok((rest, Some(Values::List(values))))
    }

    /// `while (condition) body`, the keyword having been read.
    pub(super) fn while_loop(
        &mut self,
        body: &mut Body,
        at: &'a str,
        input: &'a str,
    ) -> Outcome<'a, &'a str> {
        let (rest, _) = parse(symbol("("), input)?;
        let (rest, condition) = parse(expression(false), rest)?;
        let (text, _) = parse(symbol(")"), rest)?;
        let after = skip_statement(text)?;
        self.repeat(
            body,
            at,
            consumed(text, after),
            None,
            |reader, _, body| {
                let value = reader.evaluate(&condition, body)?;
                if value.is_unknown() {
                    body.generic = true;
                    return Ok(None);
                }
                match value.truth() {
                    Some(truth) => Ok(truth.then_some(Value::Bool(true))),
                    None => Err(Issue::unsupported(
                        condition.text,
                        "a `while` loop on measured bits is not supported",
                    )),
                }
            },
            u64::MAX,
        )?;
        Ok(after)
    }

    /// Reads a body as often as `next` gives a value, and appends what it does.
    fn repeat(
        &mut self,
        body: &mut Body,
        at: &'a str,
        text: &'a str,
        variable: Option<(&'a str, Type)>,
        mut next: impl FnMut(&mut Self, u64, &mut Body) -> Outcome<'a, Option<Value>>,
        count: u64,
    ) -> Outcome<'a, ()> {
        let mut runs = Runs::new(text);
        let outer = self.conditional;
        for position in 0.. {
            let Some(value) = next(self, position, body)? else { break };
            self.charge(ITERATION + text.len() as u64 / 64, at)?;
            self.names.open();
            let depth = self.names.depth();
            let number = self.loops.len();
            // A `while` ends by its variables only: no iteration stands for all.
            self.loops.push(LoopFrame { depth: depth - 1, dependent: variable.is_none() });
            let mut inner = Body::nested();
            let result = self.iteration(&mut inner, variable, value, number, text);
            let dependent = self.loops.pop().is_none_or(|frame| frame.dependent);
            self.names.close();
            result?;
            body.depth = body.depth.max(inner.depth);
            body.generic |= inner.generic;
            let flow = std::mem::replace(&mut self.flow, Flow::Next);
            let once = dependent || flow == Flow::Break || flow == Flow::Return || flow == Flow::End;
            self.append(body, &mut runs, inner, if once { 1 } else { count }, at)?;
            match flow {
                Flow::Break => break,
                Flow::Return | Flow::End => {
                    self.flow = flow;
                    break;
                }
                Flow::Next | Flow::Continue if once => {
                    // Known to be too long, unless something leaves the loop.
                    if position == 0
                        && variable.is_some()
                        && !["break", "return", "end"].iter().any(|word| text.contains(word))
                    {
                        let steps = self.steps;
                        self.charge((count - 1).saturating_mul(ITERATION), at)?;
                        self.steps = steps;
                    }
                }
                Flow::Next | Flow::Continue => break,
            }
        }
        self.conditional = outer;
        self.finish_runs(body, runs, at)
    }

    fn iteration(
        &mut self,
        inner: &mut Body,
        variable: Option<(&'a str, Type)>,
        value: Value,
        number: usize,
        text: &'a str,
    ) -> Outcome<'a, ()> {
        if let Some((name, kind)) = variable {
            let value = converted(value, kind, false, name)?;
            let variable = Variable { value: Some(value), kind, mutable: true, of_loop: Some(number) };
            self.define(name, Symbol::Variable(variable))?;
        }
        self.block(inner, text)?;
        Ok(())
    }

    /// `switch (value) { case a, b { } default { } }`, the keyword having been read.
    pub(super) fn switch(&mut self, body: &mut Body, input: &'a str) -> Outcome<'a, &'a str> {
        let (rest, _) = parse(symbol("("), input)?;
        let (rest, subject) = parse(expression(false), rest)?;
        let (rest, _) = parse(symbol(")"), rest)?;
        let value = self.evaluate(&subject, body)?;
        if let Value::Bits(_) | Value::Condition(_) = value {
            return Err(Issue::unsupported(subject.text, "`switch` on measured bits is not supported")
                .accepting("`if`"));
        }
        let (mut rest, _) = parse(symbol("{"), rest)?;
        let unknown = value.is_unknown();
        body.generic |= unknown;
        let mut done = unknown;
        while !rest.starts_with('}') {
            let (after, keyword) = parse(word, rest)?;
            let mut chosen = false;
            let mut block = after;
            match keyword {
                "default" => chosen = !done,
                "case" => loop {
                    let (end, label) = parse(expression(false), block)?;
                    let label_value = self.integer(&label, body, 0)?;
                    chosen |= !done && value.real() == Some(label_value as f64);
                    block = end;
                    if !block.starts_with(',') {
                        break;
                    }
                    block = parse(symbol(","), block)?.0;
                },
                _ => {
                    return Err(Issue::invalid(keyword, format!("unexpected `{keyword}`"))
                        .accepting("`case` or `default`"));
                }
            }
            if !block.starts_with('{') {
                return Err(Issue::expected(block, "`{`"));
            }
            rest = if chosen && self.flow == Flow::Next {
                self.block(body, block)?
            } else {
                skip_statement(block)?
            };
            done |= chosen;
        }
        Ok(parse(symbol("}"), rest)?.0)
    }

    /// `break`, `continue`, `end` or `return`, which has been read.
    pub(super) fn leave(&mut self, body: &mut Body, at: &'a str, input: &'a str) -> Outcome<'a, &'a str> {
        self.outside_gates_or_loops(at)?;
        if self.conditional.is_some() {
            return Err(Issue::unsupported(
                at,
                format!("`{at}` under a condition on measured bits is not supported"),
            ));
        }
        let (mut rest, mut flow) = (input, Flow::End);
        match at {
            "break" => flow = Flow::Break,
            "continue" => flow = Flow::Continue,
            "return" => {
                if self.frame.is_none() {
                    return Err(Issue::invalid(at, "`return` outside of a subroutine"));
                }
                rest = self.returned_value(body, at, rest)?;
                flow = Flow::Return;
            }
            _ => {}
        }
        self.flow = flow;
        Ok(parse(terminator, rest)?.0)
    }

    fn outside_gates_or_loops(&self, at: &'a str) -> Outcome<'a, ()> {
        let in_loop = self.loops.len() > self.frame.as_ref().map_or(0, |frame| frame.loops);
        match at {
            "break" | "continue" if !in_loop => Err(Issue::invalid(at, format!("`{at}` outside of a loop"))),
            "break" | "continue" => Ok(()),
            _ => self.outside_gates(at, "this statement"),
        }
    }
}
