//! Declarations, measurement, reset and barriers.

use super::operands::Resolved;
use super::reader::Reader;
use super::scope::{Body, Place, RegisterSymbol, Symbol, Value};
use crate::issue::{Issue, Outcome, parse};
use crate::names::is_reserved;
use crate::syntax::{
    Expression, consumed, expression, operand, operands, size, string, symbol, terminator, word,
};
use nom::combinator::opt;
use qnewton_circuit::{BitId, QubitId};
use std::f64::consts::TAU;

/// Qubits, and bits, of a program.
const REGISTERS: usize = 1 << 20;

impl<'a> Reader<'a> {
    /// `qubit`, `qreg`, `bit`, `creg`, `const` or `let`, whose keyword has been read.
    pub(super) fn declaration(
        &mut self,
        body: &mut Body<'a>,
        keyword: &str,
        input: &'a str,
    ) -> Outcome<'a, &'a str> {
        match keyword {
            "const" => self.constant(body, input),
            "let" => self.alias(body, input),
            "qubit" | "bit" => {
                let (rest, length) = parse(opt(size(self.is_version_two())), input)?;
                let (rest, name) = parse(word, rest)?;
                self.register(body, keyword == "qubit", name, length, rest)
            }
            _ => {
                let (rest, name) = parse(word, input)?;
                let (rest, length) = parse(opt(size(self.is_version_two())), rest)?;
                self.register(body, keyword == "qreg", name, length, rest)
            }
        }
    }

    fn register(
        &mut self,
        body: &mut Body<'a>,
        quantum: bool,
        name: &'a str,
        length: Option<Expression<'a>>,
        input: &'a str,
    ) -> Outcome<'a, &'a str> {
        let (what, used) = if quantum {
            ("qubits", body.definition.qubit_count())
        } else {
            ("bits", body.definition.bit_count())
        };
        let len = match &length {
            None => 1,
            Some(expression) => {
                let len = self.integer(expression, body, 1)?;
                if len < 1 {
                    return Err(Issue::invalid(expression.text, format!("a register of {len} {what}"))
                        .accepting("a positive number"));
                }
                if len as u64 > (REGISTERS - used) as u64 {
                    return Err(Issue::too_large(expression.text, format!("more than {REGISTERS} {what}")));
                }
                len as usize
            }
        };
        if used + len > REGISTERS {
            return Err(Issue::too_large(name, format!("more than {REGISTERS} {what}")));
        }
        let symbol_of = |start| RegisterSymbol { start, len: len as u32, indexed: length.is_some() };
        if quantum {
            self.define(name, Symbol::Qubits(symbol_of(used as u32)))?;
            body.definition.add_register(name, len);
            self.qubit_count += len;
            return Ok(parse(terminator, input)?.0);
        }
        self.define(name, Symbol::Bits(symbol_of(used as u32)))?;
        body.definition.add_bits(name, len);
        if !input.starts_with('=') {
            return Ok(parse(terminator, input)?.0);
        }
        let (rest, _) = parse(symbol("="), input)?;
        if rest.starts_with(['"', '\'']) {
            let (after, text) = parse(string, rest)?;
            if text.contains(|c| c != '0' && c != '_') {
                return Err(Issue::unsupported(text, "bits start as 0: other values are not supported"));
            }
            return Ok(parse(terminator, after)?.0);
        }
        let (rest, _) = parse(measure_keyword, rest)?;
        let all: Vec<BitId> = (used..used + len).map(BitId::from_index).collect();
        let bits = if length.is_some() { Resolved::Many(all) } else { Resolved::One(all[0]) };
        self.measured(body, name, &bits, rest)
    }

    fn constant(&mut self, body: &mut Body<'a>, input: &'a str) -> Outcome<'a, &'a str> {
        let (rest, kind) = parse(word, input)?;
        if !matches!(kind, "int" | "uint" | "float" | "angle") {
            let issue = Issue::unsupported(kind, format!("constants of type `{kind}` are not supported"));
            return Err(issue.accepting("int, uint, float or angle"));
        }
        let (rest, _) = parse(opt(size(false)), rest)?;
        let (rest, name) = parse(word, rest)?;
        let (rest, _) = parse(symbol("="), rest)?;
        let (rest, expression) = parse(expression(false), rest)?;
        let value = match kind {
            "int" | "uint" => Value::Integer(self.integer(&expression, body, 0)?),
            // The type `angle` holds values modulo 2 pi.
            "angle" => Value::Real(self.angle(&expression, body)?.constant.rem_euclid(TAU)),
            _ => Value::Real(self.angle(&expression, body)?.constant),
        };
        self.define(name, Symbol::Constant(value))?;
        Ok(parse(terminator, rest)?.0)
    }

    fn alias(&mut self, body: &mut Body<'a>, input: &'a str) -> Outcome<'a, &'a str> {
        let (rest, name) = parse(word, input)?;
        let (mut rest, _) = parse(symbol("="), rest)?;
        let mut qubits: Vec<QubitId> = Vec::new();
        loop {
            let (after, part) = parse(operand(false), rest)?;
            qubits.extend(self.qubits(&part, body)?.as_slice());
            rest = after;
            if !rest.starts_with('+') {
                break;
            }
            rest = parse(symbol("++"), rest)?.0;
        }
        self.define(name, Symbol::Alias(qubits.into()))?;
        Ok(parse(terminator, rest)?.0)
    }

    /// Gives a global name its meaning.
    pub(super) fn define(&mut self, name: &'a str, meaning: Symbol) -> Outcome<'a, ()> {
        if is_reserved(name, self.is_version_two()) {
            return Err(Issue::invalid(name, format!("`{name}` is reserved")).accepting("another name"));
        }
        if let Some(existing) = self.symbols.get(name) {
            let message = format!("`{name}` is already {}", existing.describe());
            return Err(Issue::invalid(name, message).accepting("another name"));
        }
        if self.is_included(name) {
            self.warn(name, format!("`{name}` is also a gate of the included file"));
        }
        self.symbols.insert(name, meaning);
        Ok(())
    }

    /// `measure q -> c;`, the keyword having been read.
    pub(super) fn measure_arrow(
        &mut self,
        body: &mut Body<'a>,
        statement: &'a str,
        input: &'a str,
    ) -> Outcome<'a, &'a str> {
        body.outside_gates(&statement[.."measure".len()], "`measure`")?;
        let two = self.is_version_two();
        let (rest, from) = parse(operand(two), input)?;
        if rest.starts_with(';') {
            let at = consumed(statement, rest);
            let issue = Issue::unsupported(at, "a measurement without a target is not supported");
            return Err(issue.accepting("`-> bit`, or `bit = measure ...`"));
        }
        let (rest, _) = parse(symbol("->"), rest)?;
        let (rest, to) = parse(operand(two), rest)?;
        let bits = self.bits(&to, body)?;
        let qubits = self.qubits(&from, body)?;
        self.measure_all(body, &qubits, &bits, consumed(statement, rest))?;
        Ok(parse(terminator, rest)?.0)
    }

    /// `c = measure q;`
    pub(super) fn measure_assignment(&mut self, body: &mut Body<'a>, input: &'a str) -> Outcome<'a, &'a str> {
        let (rest, to) = parse(operand(self.is_version_two()), input)?;
        body.outside_gates(to.text, "an assignment")?;
        let (rest, _) = parse(symbol("="), rest)?;
        let bits = self.bits(&to, body)?;
        let (rest, _) = parse(measure_keyword, rest).map_err(|_| {
            let at = consumed(input, rest);
            Issue::unsupported(at, "assignments of computed values are not supported")
                .accepting("`= measure ...`")
        })?;
        self.measured(body, to.text, &bits, rest)
    }

    /// The operand and the end of a measurement into `bits`.
    fn measured(
        &mut self,
        body: &mut Body<'a>,
        at: &'a str,
        bits: &Resolved<BitId>,
        input: &'a str,
    ) -> Outcome<'a, &'a str> {
        let (rest, from) = parse(operand(self.is_version_two()), input)?;
        let qubits = self.qubits(&from, body)?;
        self.measure_all(body, &qubits, bits, at)?;
        Ok(parse(terminator, rest)?.0)
    }

    fn measure_all(
        &mut self,
        body: &mut Body<'a>,
        qubits: &Resolved<QubitId>,
        bits: &Resolved<BitId>,
        at: &'a str,
    ) -> Outcome<'a, ()> {
        let (qubits, bits) = (qubits.as_slice(), bits.as_slice());
        if qubits.len() != bits.len() {
            let message = format!("{} qubits are measured into {} bits", qubits.len(), bits.len());
            return Err(Issue::invalid(at, message));
        }
        if let Place::Branch(branch) = &mut body.place {
            branch.written.extend(bits);
        }
        for (&qubit, &bit) in qubits.iter().zip(bits) {
            let (qubit, bit) = (body.qubit(qubit), body.bit(bit));
            body.definition.measure(qubit, bit);
        }
        Ok(())
    }

    /// `reset q;`, the keyword having been read.
    pub(super) fn reset(&mut self, body: &mut Body<'a>, input: &'a str) -> Outcome<'a, &'a str> {
        let (rest, target) = parse(operand(self.is_version_two()), input)?;
        body.outside_gates(target.text, "`reset`")?;
        for &qubit in self.qubits(&target, body)?.as_slice() {
            let qubit = body.qubit(qubit);
            body.definition.reset(qubit);
        }
        Ok(parse(terminator, rest)?.0)
    }

    /// `barrier q, ...;`, the keyword having been read; without operands all qubits.
    pub(super) fn barrier(&mut self, body: &mut Body<'a>, input: &'a str) -> Outcome<'a, &'a str> {
        let mut qubits: Vec<QubitId> = Vec::new();
        let mut rest = input;
        if rest.starts_with(';') {
            let count = match body.place {
                Place::Gate { .. } => body.definition.qubit_count(),
                Place::Main | Place::Branch(_) => self.qubit_count,
            };
            self.expand(count, &input[..1])?;
            qubits.extend((0..count).map(QubitId::from_index));
        } else {
            let (after, list) = parse(operands(self.is_version_two()), input)?;
            for part in &list {
                qubits.extend(self.qubits(part, body)?.as_slice());
            }
            self.distinct(&qubits, consumed(input, after))?;
            rest = after;
        }
        let qubits: Vec<QubitId> = qubits.into_iter().map(|qubit| body.qubit(qubit)).collect();
        if !qubits.is_empty() {
            body.definition.barrier(qubits);
        }
        Ok(parse(terminator, rest)?.0)
    }
}

fn measure_keyword(input: &str) -> crate::issue::Parsed<'_, ()> {
    match word(input) {
        Ok((rest, "measure")) => Ok((rest, ())),
        _ => Err(nom::Err::Error(Issue::expected(input, "`measure`"))),
    }
}
