//! Declarations, measurement, reset and barriers.

use super::reader::Reader;
use super::scope::{Body, RegisterSymbol, Resolved, Symbol, Variable};
use super::value::{Type, Value, converted};
use crate::issue::{Issue, Outcome, parse};
use crate::names::is_reserved;
use crate::syntax::{Expression, consumed, expression, operand, operands, size, symbol, terminator, word};
use nom::combinator::opt;
use qnewton_circuit::{BitId, QubitId};

/// Qubits, and bits, of a program.
const REGISTERS: usize = 1 << 20;

impl<'a> Reader<'a> {
    /// `qubit`, `qreg`, `bit`, `creg` or `let`, whose keyword has been read.
    pub(super) fn declaration(
        &mut self,
        body: &mut Body,
        keyword: &str,
        statement: &'a str,
        input: &'a str,
    ) -> Outcome<'a, &'a str> {
        if keyword == "let" {
            return self.alias(body, input);
        }
        self.outside_gates(&statement[..keyword.len()], "a declaration")?;
        let two = self.is_version_two();
        let (rest, name, length) = if matches!(keyword, "qubit" | "bit") {
            let (rest, length) = parse(opt(size(two)), input)?;
            let (rest, name) = parse(word, rest)?;
            (rest, name, length)
        } else {
            let (rest, name) = parse(word, input)?;
            let (rest, length) = parse(opt(size(two)), rest)?;
            (rest, name, length)
        };
        let quantum = matches!(keyword, "qubit" | "qreg");
        let what = if quantum { "qubits" } else { "bits" };
        let len = match &length {
            None => 1,
            Some(expression) => {
                let len = self.integer(expression, body, 1)?;
                if len < 1 {
                    return Err(Issue::invalid(expression.text, format!("a register of {len} {what}"))
                        .accepting("a positive number"));
                }
                if len as u64 > REGISTERS as u64 {
                    return Err(Issue::too_large(expression.text, format!("more than {REGISTERS} {what}")));
                }
                len as usize
            }
        };
        if quantum {
            let used = body.definition.qubit_count();
            self.room(used, len, length.as_ref().map_or(name, |size| size.text), what)?;
            let symbol = RegisterSymbol { start: used as u32, len: len as u32, indexed: length.is_some() };
            self.define(name, Symbol::Qubits(symbol))?;
            body.definition.add_register(name, len);
            self.qubit_count += len;
            return Ok(parse(terminator, rest)?.0);
        }
        self.bits_declaration(body, name, len, length, rest)
    }

    fn room(&self, used: usize, len: usize, at: &'a str, what: &str) -> Outcome<'a, ()> {
        if used + len > REGISTERS {
            return Err(Issue::too_large(at, format!("more than {REGISTERS} {what}")));
        }
        Ok(())
    }

    /// The rest of a declaration of bits: those that are measured, or those of known value.
    fn bits_declaration(
        &mut self,
        body: &mut Body,
        name: &'a str,
        len: usize,
        length: Option<Expression<'a>>,
        input: &'a str,
    ) -> Outcome<'a, &'a str> {
        let at = length.as_ref().map_or(name, |size| size.text);
        let indexed = length.is_some();
        let mut value = None;
        let mut rest = input;
        let (after_equals, has_value) = match parse(symbol("="), input) {
            Ok((after, _)) => (after, true),
            Err(_) => (input, false),
        };
        let is_measured = matches!(word(after_equals), Ok((_, "measure")));
        if has_value && !is_measured && !self.calls_function(after_equals) {
            let (after, expression) = parse(expression(self.is_version_two()), after_equals)?;
            let known = self.evaluate(&expression, body)?;
            if let Value::Bits(bits) = &known {
                // A copy of bits that are measured: the same bits under another name.
                if bits.as_slice().len() != len {
                    let message = format!("{} bits for {len}", bits.as_slice().len());
                    return Err(Issue::invalid(expression.text, message));
                }
                self.define(name, Symbol::BitAlias(bits.as_slice().into()))?;
                return Ok(parse(terminator, after)?.0);
            }
            if len > 64 && known.truth() != Some(false) {
                return Err(Issue::unsupported(expression.text, "more than 64 bits of known value"));
            }
            if known.truth() != Some(false) || self.names.depth() > 0 {
                let kind = Type::Bit(len.min(64) as u32);
                let known = converted(known, kind, false, expression.text)?;
                let variable = Variable { value: Some(known), kind, mutable: true, of_loop: None };
                self.define(name, Symbol::Variable(variable))?;
                return Ok(parse(terminator, after)?.0);
            }
            value = Some(after);
        }
        let bits = self.new_bits(name, name, len, at)?;
        let symbol = RegisterSymbol { start: bits, len: len as u32, indexed };
        self.define(name, Symbol::Bits(symbol))?;
        let all: Vec<BitId> = (bits..bits + len as u32).map(BitId).collect();
        if let Some(after) = value {
            rest = after;
        } else if has_value {
            let target = if indexed { Resolved::Many(all) } else { Resolved::One(all[0]) };
            return self.assigned_bits(body, name, &target, after_equals);
        }
        Ok(parse(terminator, rest)?.0)
    }

    /// New bits, or those that the same declaration had before: what a body declares is its own each time.
    fn new_bits(&mut self, name: &str, place: &'a str, len: usize, at: &'a str) -> Outcome<'a, u32> {
        if let Some(frame) = &self.frame
            && frame.returned_name == Some(name)
            && self.names.depth() == frame.depth
            && let Some(target) = &frame.target
            && target.len() == len
            && let Some(first) = target.first()
            && target.iter().zip(first.0..).all(|(bit, expected)| bit.0 == expected)
        {
            return Ok(first.0);
        }
        let key = (place.as_ptr() as usize, self.call_depth);
        if let Some(&first) = self.local_bits.get(&key).filter(|_| self.names.depth() > 0) {
            return Ok(first);
        }
        self.room(self.bit_count, len, at, "bits")?;
        let first = self.bit_count as u32;
        let mut unique = name.to_string();
        let mut suffix = self.bit_registers.len();
        while !self.bit_names.insert(unique.clone()) {
            suffix += 1;
            unique = format!("{name}_{suffix}");
        }
        self.bit_registers.push((unique, len));
        self.bit_count += len;
        self.local_bits.insert(key, first);
        Ok(first)
    }

    /// Bits without a name, the same ones each time.
    pub(super) fn hidden_bits(&mut self, at: &'a str, len: usize) -> Outcome<'a, Vec<BitId>> {
        let key = (at.as_ptr() as usize, self.call_depth);
        let first = match self.local_bits.get(&key) {
            Some(&first) => first,
            None => self.new_bits("discarded", at, len, at)?,
        };
        Ok((first..first + len as u32).map(BitId).collect())
    }

    fn alias(&mut self, body: &mut Body, input: &'a str) -> Outcome<'a, &'a str> {
        let (rest, name) = parse(word, input)?;
        let (mut rest, _) = parse(symbol("="), rest)?;
        let (mut qubits, mut bits): (Vec<QubitId>, Vec<BitId>) = (Vec::new(), Vec::new());
        loop {
            let (after, part) = parse(operand(false), rest)?;
            if let Some(Symbol::Bits(_) | Symbol::BitAlias(_)) = self.names.get(part.name)
                && qubits.is_empty()
            {
                bits.extend(self.bits(&part, body)?.as_slice());
            } else {
                qubits.extend(self.qubits(&part, body)?.as_slice());
                if !bits.is_empty() {
                    return Err(Issue::invalid(part.text, "bits and qubits in one alias"));
                }
            }
            rest = after;
            if !rest.starts_with('+') {
                break;
            }
            rest = parse(symbol("++"), rest)?.0;
        }
        let meaning =
            if bits.is_empty() { Symbol::Alias(qubits.into()) } else { Symbol::BitAlias(bits.into()) };
        self.define(name, meaning)?;
        Ok(parse(terminator, rest)?.0)
    }

    /// Gives a name its meaning in this scope.
    pub(super) fn define(&mut self, name: &'a str, meaning: Symbol<'a>) -> Outcome<'a, ()> {
        if is_reserved(name, self.is_version_two()) {
            return Err(Issue::invalid(name, format!("`{name}` is reserved")).accepting("another name"));
        }
        if let Some(existing) = self.names.declared_here(name) {
            let message = format!("`{name}` is already {}", existing.describe());
            return Err(Issue::invalid(name, message).accepting("another name"));
        }
        if self.names.depth() == 0 && self.is_included(name) {
            self.warn(name, format!("`{name}` is also a gate of the included file"));
        }
        self.names.insert(name, meaning);
        Ok(())
    }

    /// `measure q -> c;`, the keyword having been read.
    pub(super) fn measure_arrow(
        &mut self,
        body: &mut Body,
        statement: &'a str,
        input: &'a str,
    ) -> Outcome<'a, &'a str> {
        self.outside_gates(&statement[.."measure".len()], "`measure`")?;
        let two = self.is_version_two();
        let (rest, from) = parse(operand(two), input)?;
        if rest.starts_with(';') {
            // The outcomes are not kept, but the qubits collapse.
            let at = consumed(statement, rest);
            let qubits = self.qubits(&from, body)?;
            let bits = self.hidden_bits(at, qubits.as_slice().len())?;
            self.measure_all(body, &qubits, &Resolved::Many(bits), at)?;
            return Ok(parse(terminator, rest)?.0);
        }
        let (rest, _) = parse(symbol("->"), rest)?;
        let (rest, to) = parse(operand(two), rest)?;
        let bits = self.bits(&to, body)?;
        let qubits = self.qubits(&from, body)?;
        self.measure_all(body, &qubits, &bits, consumed(statement, rest))?;
        Ok(parse(terminator, rest)?.0)
    }

    /// `c = measure q;`
    pub(super) fn measure_assignment(&mut self, body: &mut Body, input: &'a str) -> Outcome<'a, &'a str> {
        let (rest, to) = parse(operand(self.is_version_two()), input)?;
        self.outside_gates(to.text, "an assignment")?;
        let (rest, _) = parse(symbol("="), rest)?;
        let bits = self.bits(&to, body)?;
        self.assigned_bits(body, to.text, &bits, rest)
    }

    /// What stands behind `=` for bits that are measured: a measurement, or a subroutine that returns one.
    fn assigned_bits(
        &mut self,
        body: &mut Body,
        at: &'a str,
        bits: &Resolved<BitId>,
        input: &'a str,
    ) -> Outcome<'a, &'a str> {
        if let Ok((rest, "measure")) = word(input) {
            let (rest, from) = parse(operand(self.is_version_two()), rest)?;
            let qubits = self.qubits(&from, body)?;
            self.measure_all(body, &qubits, bits, at)?;
            return Ok(parse(terminator, rest)?.0);
        }
        let unsupported = |at| {
            Issue::unsupported(at, "assignments of computed values to measured bits are not supported")
                .accepting("`= measure ...`, or a variable of another type")
        };
        if !self.calls_function(input) {
            return Err(unsupported(at));
        }
        let (rest, expression) = parse(expression(false), input)?;
        self.return_target = Some(bits.as_slice().to_vec());
        let value = self.evaluate(&expression, body)?;
        self.return_target = None;
        match value {
            Value::Bits(found) if found.as_slice() == bits.as_slice() => Ok(parse(terminator, rest)?.0),
            _ => Err(unsupported(at)),
        }
    }

    /// Whether a value begins with the call of a subroutine.
    fn calls_function(&self, input: &str) -> bool {
        matches!(word(input), Ok((after, name))
            if after.starts_with('(') && matches!(self.names.get(name), Some(Symbol::Function(_))))
    }

    /// `nop;` or `nop q, ...;`, the keyword having been read.
    pub(super) fn nop(&mut self, body: &mut Body, input: &'a str) -> Outcome<'a, &'a str> {
        if input.starts_with(';') {
            return Ok(parse(terminator, input)?.0);
        }
        let (rest, list) = parse(operands(self.is_version_two()), input)?;
        for part in &list {
            self.qubits(part, body)?;
        }
        Ok(parse(terminator, rest)?.0)
    }

    /// Refuses what may not stand in a gate.
    pub(super) fn outside_gates(&self, at: &'a str, what: &'static str) -> Outcome<'a, ()> {
        match self.formals {
            Some(_) => Err(Issue::invalid(at, format!("{what} cannot stand in a gate"))),
            None => Ok(()),
        }
    }

    pub(super) fn measure_all(
        &mut self,
        body: &mut Body,
        qubits: &Resolved<QubitId>,
        bits: &Resolved<BitId>,
        at: &'a str,
    ) -> Outcome<'a, ()> {
        let (qubits, bits) = (qubits.as_slice(), bits.as_slice());
        if qubits.len() != bits.len() {
            let message = format!("{} qubits are measured into {} bits", qubits.len(), bits.len());
            return Err(Issue::invalid(at, message));
        }
        self.distinct(qubits, at)?;
        body.write(bits);
        for (&qubit, &bit) in qubits.iter().zip(bits) {
            let (qubit, bit) = (body.qubit(qubit), body.bit(bit));
            body.definition.measure(qubit, bit);
        }
        Ok(())
    }

    /// `reset q;`, the keyword having been read.
    pub(super) fn reset(&mut self, body: &mut Body, input: &'a str) -> Outcome<'a, &'a str> {
        let (rest, target) = parse(operand(self.is_version_two()), input)?;
        self.outside_gates(target.text, "`reset`")?;
        for &qubit in self.qubits(&target, body)?.as_slice() {
            let qubit = body.qubit(qubit);
            body.definition.reset(qubit);
        }
        Ok(parse(terminator, rest)?.0)
    }

    /// `barrier q, ...;`, the keyword having been read; without operands all qubits.
    pub(super) fn barrier(&mut self, body: &mut Body, input: &'a str) -> Outcome<'a, &'a str> {
        let mut qubits: Vec<QubitId> = Vec::new();
        let mut rest = input;
        if rest.starts_with(';') {
            let count = self.formals.as_ref().map_or(self.qubit_count, |formals| formals.qubits.len());
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
