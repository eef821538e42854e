//! Subroutines: each call reads the body again, with the arguments for the parameters.

use super::evaluate::not_a_number;
use super::flow::Flow;
use super::reader::Reader;
use super::scope::{Body, Function, Parameter, ParameterKind, Resolved, Symbol, Variable};
use super::value::{Type, Value, converted};
use crate::issue::{Issue, Outcome, parse};
use crate::syntax::{
    consumed, expression, operand, size, skip_statement, symbol, terminator, type_name, word,
};
use nom::combinator::opt;
use qnewton_circuit::BitId;
use std::rc::Rc;

/// Levels of nesting that a call counts for.
const LEVELS: usize = 4;

/// A subroutine that is being read.
pub(super) struct Frame<'a> {
    /// Where a measured bit that it returns goes.
    pub(super) target: Option<Vec<BitId>>,
    /// The bits that it returns, if every `return` names the same.
    pub(super) returned_name: Option<&'a str>,
    /// The scope of its body.
    pub(super) depth: usize,
    /// Loops around it.
    pub(super) loops: usize,
}

impl<'a> Reader<'a> {
    /// A `def` statement, whose keyword has been read.
    pub(super) fn subroutine(&mut self, input: &'a str) -> Outcome<'a, &'a str> {
        let (rest, name) = parse(word, input)?;
        let (mut rest, _) = parse(symbol("("), rest)?;
        let mut parameters: Vec<Parameter<'a>> = Vec::new();
        while !rest.starts_with(')') {
            if !parameters.is_empty() {
                rest = parse(symbol(","), rest)?.0;
            }
            let (after, parameter) = parameter(rest)?;
            if parameters.iter().any(|other| other.name == parameter.name) {
                let message = format!("the subroutine has two parameters named `{}`", parameter.name);
                return Err(Issue::invalid(parameter.name, message));
            }
            parameters.push(parameter);
            rest = after;
        }
        rest = parse(symbol(")"), rest)?.0;
        let mut returns = None;
        if rest.starts_with('-') {
            let (after, kind) = parse(type_name, parse(symbol("->"), rest)?.0)?;
            returns = Some(kind);
            rest = after;
        }
        if !rest.starts_with('{') {
            return Err(Issue::expected(rest, "`{`"));
        }
        let after = skip_statement(rest)?;
        let body = consumed(rest, after);
        self.define(name, Symbol::Function(Rc::new(Function { name, parameters, returns, body })))?;
        self.functions.push((name, false));
        Ok(after)
    }

    /// A call as a statement of its own.
    pub(super) fn function_statement(&mut self, body: &mut Body, input: &'a str) -> Outcome<'a, &'a str> {
        let (rest, call) = parse(expression(false), input)?;
        self.outside_gates(call.text, "the call of a subroutine")?;
        let (after, name) = parse(word, input)?;
        let Some(Symbol::Function(function)) = self.names.get(name) else {
            return Err(Issue::expected(after, "a call"));
        };
        let function = Rc::clone(function);
        if !after.starts_with('(')
            || call.nodes.len() > 1 && !matches!(call.nodes.last(), Some(crate::syntax::Node::Call(..)))
        {
            return Err(Issue::expected(after, "a call"));
        }
        let mut arguments = call;
        let Some(crate::syntax::Node::Call(_, count)) = arguments.nodes.pop() else {
            return Err(Issue::expected(after, "a call"));
        };
        // The arguments are left on the stack one by one.
        let values = self.values(&arguments, count, body)?;
        let mut rest = rest;
        let mut target = None;
        if rest.starts_with("->") {
            let (end, to) = parse(operand(false), parse(symbol("->"), rest)?.0)?;
            target = Some(self.bits(&to, body)?.as_slice().to_vec());
            rest = end;
        }
        let wanted = target.clone();
        let value = self.call_function(&function, values, target, name, body)?;
        if let Some(wanted) = wanted
            && !matches!(&value, Some(Value::Bits(found)) if *found.as_slice() == wanted[..])
        {
            return Err(Issue::unsupported(name, format!("`{name}` does not return a measurement")));
        }
        Ok(parse(terminator, rest)?.0)
    }

    /// Reads the body of a subroutine, and gives what it returns.
    pub(super) fn call_function(
        &mut self,
        function: &Rc<Function<'a>>,
        arguments: Vec<Value>,
        target: Option<Vec<BitId>>,
        at: &'a str,
        body: &mut Body,
    ) -> Outcome<'a, Option<Value>> {
        self.outside_gates(at, "the call of a subroutine")?;
        if arguments.len() != function.parameters.len() {
            let (wanted, given) = (function.parameters.len(), arguments.len());
            return Err(Issue::invalid(at, format!("`{at}` takes {wanted} argument(s), {given} are given")));
        }
        if let Some(entry) = self.functions.iter_mut().find(|(name, _)| *name == function.name) {
            entry.1 = true;
        }
        let qubits: Vec<_> = arguments
            .iter()
            .filter_map(|argument| match argument {
                Value::Qubits(all) => Some(all.as_slice()),
                _ => None,
            })
            .flatten()
            .copied()
            .collect();
        self.distinct(&qubits, at)?;
        let returns = match &function.returns {
            Some(kind) => Some(self.scalar(kind, body)?),
            None => None,
        };
        self.charge((self.names.locals() + arguments.len() + function.body.len() / 64) as u64, at)?;
        let aside = self.names.hide_locals();
        self.names.open();
        let frame = Frame {
            target,
            returned_name: returned_name(function.body),
            depth: self.names.depth() + 1,
            loops: self.loops.len(),
        };
        let outer = self.frame.replace(frame);
        self.call_depth += 1;
        let result = self.nested(LEVELS, at, |reader| {
            reader.step(at)?;
            for (parameter, argument) in function.parameters.iter().zip(arguments) {
                reader.bind(parameter, argument, at, body)?;
            }
            reader.block(body, function.body)
        });
        self.call_depth -= 1;
        self.frame = outer;
        self.names.close();
        self.names.restore_locals(aside);
        result?;
        if self.flow == Flow::Return {
            self.flow = Flow::Next;
        }
        match (self.returned.take(), returns) {
            (Some(Value::Bits(bits)), Some(_)) => Ok(Some(Value::Bits(bits))),
            (Some(value), Some(kind)) => Ok(Some(converted(value, kind, false, at)?)),
            _ => Ok(None),
        }
    }

    fn bind(
        &mut self,
        parameter: &Parameter<'a>,
        argument: Value,
        at: &'a str,
        body: &mut Body,
    ) -> Outcome<'a, ()> {
        let name = parameter.name;
        let wrong = |wanted: &str| {
            let message = format!("`{name}` of `{at}` is {}", argument.describe());
            Issue::invalid(at, message).accepting(wanted.to_string())
        };
        let meaning = match (&parameter.kind, &argument) {
            (ParameterKind::Qubits(None), Value::Qubits(Resolved::One(qubit))) => Symbol::Qubit(*qubit),
            (ParameterKind::Qubits(Some(length)), Value::Qubits(all)) => {
                let wanted = self.integer(length, body, 1)?;
                if all.as_slice().len() as i64 != wanted {
                    let message = format!(
                        "`{name}` of `{at}` takes {wanted} qubit(s), {} are given",
                        all.as_slice().len()
                    );
                    return Err(Issue::invalid(at, message));
                }
                Symbol::Alias(all.as_slice().into())
            }
            (ParameterKind::Qubits(_), _) => return Err(wrong("a qubit, or a register of its length")),
            (ParameterKind::Array, Value::Array(_)) => Symbol::Variable(Variable {
                value: Some(argument),
                kind: Type::Array,
                mutable: false,
                of_loop: None,
            }),
            (ParameterKind::Classical(kind), Value::Bits(bits)) if kind.word == "bit" => {
                let Type::Bit(wanted) = self.scalar(kind, body)? else { return Err(wrong("bits")) };
                if bits.as_slice().len() != wanted as usize {
                    return Err(wrong(&format!("{wanted} bit(s)")));
                }
                Symbol::BitAlias(bits.as_slice().into())
            }
            (ParameterKind::Classical(_), Value::Bits(_) | Value::Condition(_)) => {
                return Err(not_a_number(&argument, at));
            }
            (ParameterKind::Classical(kind), _) => {
                let kind = self.scalar(kind, body)?;
                let value = Some(converted(argument, kind, false, at)?);
                Symbol::Variable(Variable { value, kind, mutable: true, of_loop: None })
            }
            (ParameterKind::Array, _) => return Err(wrong("an array")),
        };
        self.define(name, meaning)
    }

    /// What stands behind `return`.
    pub(super) fn returned_value(
        &mut self,
        body: &mut Body,
        at: &'a str,
        input: &'a str,
    ) -> Outcome<'a, &'a str> {
        if input.starts_with(';') {
            self.returned = None;
            return Ok(input);
        }
        let target = self.frame.as_ref().and_then(|frame| frame.target.clone());
        if let Ok((rest, "measure")) = word(input) {
            let (rest, from) = parse(operand(false), rest)?;
            let qubits = self.qubits(&from, body)?;
            let bits = match target {
                Some(target) => Resolved::Many(target),
                None => Resolved::Many(self.hidden_bits(at, qubits.as_slice().len())?),
            };
            self.measure_all(body, &qubits, &bits, from.text)?;
            self.returned = Some(Value::Bits(bits));
            return Ok(rest);
        }
        let (rest, value) = parse(expression(false), input)?;
        self.return_target = target;
        let result = self.evaluate(&value, body)?;
        self.return_target = None;
        self.returned = Some(result);
        Ok(rest)
    }
}

fn parameter(input: &str) -> Outcome<'_, (&str, Parameter<'_>)> {
    let (rest, first) = parse(word, input)?;
    let (rest, kind) = match first {
        "qubit" => {
            let (rest, length) = parse(opt(size(false)), rest)?;
            (rest, ParameterKind::Qubits(length))
        }
        "readonly" | "mutable" | "array" => {
            if first == "mutable" {
                return Err(Issue::unsupported(first, "mutable arrays as parameters are not supported"));
            }
            let rest = if first == "array" { rest } else { parse(word, rest)?.0 };
            // Element type and sizes: the argument brings its own.
            let mut open = 0usize;
            let end = rest.char_indices().find(|(_, c)| {
                open = match c {
                    '[' => open + 1,
                    ']' => open.saturating_sub(1),
                    _ => open,
                };
                open == 0
            });
            let end = end.map(|(position, _)| position).filter(|_| rest.starts_with('['));
            let Some(end) = end else { return Err(Issue::expected(rest, "`[`")) };
            (parse(symbol("]"), &rest[end..])?.0, ParameterKind::Array)
        }
        _ => {
            let (rest, kind) = parse(type_name, input)?;
            (rest, ParameterKind::Classical(kind))
        }
    };
    let (rest, name) = parse(word, rest)?;
    Ok((rest, Parameter { name, kind }))
}

/// The name that stands behind every `return`, if it is the same.
fn returned_name(body: &str) -> Option<&str> {
    let mut found = None;
    for (position, _) in body.match_indices("return") {
        let after = body[position + "return".len()..].trim_start();
        let name = word(after).ok().filter(|(rest, _)| rest.starts_with(';')).map(|(_, name)| name)?;
        if found.is_some_and(|found| found != name) {
            return None;
        }
        found = Some(name);
    }
    found
}
