//! `if`: conditions on bits, and bodies that become definitions.

use super::cases::{Cases, Requirements};
use super::reader::{Reader, first_character};
use super::scope::{Body, Nested, Place};
use crate::issue::{Issue, Outcome, parse};
use crate::syntax::{expression, skip_statement, symbol, word};
use qnewton_circuit::{Angle, Arguments, BitId, Call, Operation, ParameterId, QubitId};

/// The body of a branch as one call, in terms of the qubits and bits of the main program.
struct Finished {
    call: Call,
    qubits: Vec<QubitId>,
    bits: Vec<BitId>,
    /// Conditions that the body itself consists of.
    inner: Requirements,
    /// Values of the parameters in terms of which the arguments of the call are.
    slots: Vec<Angle>,
    depth: u32,
    /// Bits that are written.
    written: Vec<BitId>,
}

impl<'a> Reader<'a> {
    /// An `if` statement, whose keyword has been read.
    pub(super) fn conditional(&mut self, body: &mut Body, input: &'a str) -> Outcome<'a, &'a str> {
        let (rest, _) = parse(symbol("("), input)?;
        let (rest, condition) = parse(expression(self.is_version_two()), rest)?;
        let (rest, _) = parse(symbol(")"), rest)?;
        let value = self.evaluate(&condition, body)?;
        if value.is_unknown() {
            body.generic = true;
            let rest = skip_statement(rest)?;
            return match word(rest) {
                Ok((after, "else")) => skip_statement(after),
                _ => Ok(rest),
            };
        }
        if let Some(truth) = value.truth() {
            let rest = if truth { self.block(body, rest)? } else { skip_statement(rest)? };
            return match word(rest) {
                Ok((after, "else")) if truth => skip_statement(after),
                Ok((after, "else")) => self.block(body, after),
                _ => Ok(rest),
            };
        }
        let cases = self.condition(&value, condition.text)?;
        let (mut rest, then) = self.branch(body, rest)?;
        let (mut other, mut otherwise) = (None, Cases::constant(false));
        if let Ok((after, "else")) = word(rest) {
            let negated = cases.negated();
            otherwise = negated
                .ok_or_else(|| Issue::too_large(condition.text, "the condition has more than 4096 cases"))?;
            (rest, other) = self.branch(body, after)?;
        }
        let writes = |part: &Option<Finished>| {
            let tested = |bit: &BitId| cases.0.iter().flatten().any(|(tested, _)| tested == bit);
            part.as_ref().is_some_and(|part| part.written.iter().any(tested))
        };
        // What writes bits of the condition must come last, and once.
        let mut parts = [(&cases, &then), (&otherwise, &other)];
        if writes(parts[0].1) {
            parts.swap(0, 1);
        }
        if (writes(parts[0].1) && parts[1].1.is_some())
            || parts.iter().any(|(cases, part)| writes(part) && cases.0.len() > 1)
        {
            let message = "a body that writes the bits of its condition is supported only if it comes last and the \
                           condition is one conjunction";
            return Err(Issue::unsupported(condition.text, message));
        }
        for (cases, part) in parts {
            if let Some(part) = part {
                self.place_branch(body, cases, part, input)?;
            }
        }
        Ok(rest)
    }

    /// Appends a body under a condition.
    fn place_branch(
        &mut self,
        body: &mut Body,
        cases: &Cases,
        part: &Finished,
        at: &'a str,
    ) -> Outcome<'a, ()> {
        body.depth = body.depth.max(part.depth);
        body.write(&part.written);
        for case in &cases.0 {
            let mut call = part.call.clone();
            call.operands = part.qubits.iter().map(|&qubit| body.qubit(qubit)).collect();
            call.bits = part.bits.iter().map(|&bit| body.bit(bit)).collect();
            if let Arguments::Fixed(arguments) = &mut call.arguments {
                for argument in arguments {
                    let varies = !argument.terms.is_empty();
                    *argument = body.adapt(argument.substitute(&part.slots), varies);
                }
            }
            self.expand(case.len() + call.operands.len(), first_character(at))?;
            let bits: Requirements =
                case.iter().chain(&part.inner).map(|&(bit, value)| (body.bit(bit), value)).collect();
            body.definition.conditional(bits, call);
        }
        Ok(())
    }

    /// The body of an `if` or `else`; `None` if it does nothing.
    fn branch(&mut self, body: &mut Body, input: &'a str) -> Outcome<'a, (&'a str, Option<Finished>)> {
        let mut inner = Body::nested();
        let outer = self.conditional.replace(self.names.depth() + 1);
        let result = self.block(&mut inner, input);
        self.conditional = outer;
        let rest = result?;
        body.generic |= inner.generic;
        let Place::Nested(nested) = inner.place else { return Ok((rest, None)) };
        let definition = inner.definition;
        let Nested { qubits, bits, written, slots, .. } = *nested;
        let single = match *definition.operations() {
            [] => return Ok((rest, None)),
            [Operation::Call(position)] => Some((definition.calls(position).clone(), Vec::new())),
            [Operation::Conditional(position)] => {
                let conditional = definition.conditionals(position);
                Some((conditional.call.clone(), conditional.bits.clone()))
            }
            _ => None,
        };
        if let Some((call, inner_bits)) = single.filter(|(call, _)| call.controls.is_empty()) {
            let inner_bits = inner_bits.into_iter().map(|(bit, value)| (bits[bit.index()], value)).collect();
            let outer_qubits = call.operands.iter().map(|qubit| qubits[qubit.index()]).collect();
            let outer_bits = call.bits.iter().map(|bit| bits[bit.index()]).collect();
            let finished = Finished {
                call,
                qubits: outer_qubits,
                bits: outer_bits,
                inner: inner_bits,
                slots,
                depth: inner.depth,
                written,
            };
            return Ok((rest, Some(finished)));
        }
        let depth = self.depth_above(inner.depth, first_character(input))?;
        let parameters = (0..slots.len()).map(|k| Angle::parameter(ParameterId::from_index(k)));
        let arguments = Arguments::Fixed(parameters.collect());
        let callee = self.body_definition(definition, qubits.len(), bits.len(), "branch", input);
        let call = Call { arguments, ..Call::new(callee, []) };
        Ok((rest, Some(Finished { call, qubits, bits, inner: Vec::new(), slots, depth, written })))
    }
}
