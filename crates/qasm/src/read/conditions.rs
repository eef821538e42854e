//! `if`: conditions on bits, and bodies that become definitions.

use super::operands::Resolved;
use super::reader::Reader;
use super::scope::{Body, Branch, Place, Symbol};
use crate::issue::{Issue, Outcome, parse};
use crate::syntax::{NESTING, consumed, expression, operand, string, symbol, word};
use qnewton_circuit::{Arguments, BitId, Call, Operation, QubitId};

/// Values that bits of the main program must have.
type Requirements = Vec<(BitId, bool)>;

/// When a body happens.
#[derive(Clone, Debug, PartialEq)]
enum Condition {
    /// All bits have their values.
    All(Requirements),
    /// Not all of them have.
    NotAll(Requirements),
    Never,
}

impl Condition {
    fn negated(self) -> Condition {
        match self {
            Condition::All(bits) if bits.is_empty() => Condition::Never,
            Condition::All(bits) => match bits[..] {
                [(bit, value)] => Condition::All(vec![(bit, !value)]),
                _ => Condition::NotAll(bits),
            },
            Condition::NotAll(bits) => Condition::All(bits),
            Condition::Never => Condition::All(Vec::new()),
        }
    }

    /// Conjunctions that exclude each other and together are the condition.
    fn cases(&self) -> impl Iterator<Item = Requirements> + '_ {
        let (bits, lengths, flip) = match self {
            Condition::All(bits) => (bits.as_slice(), bits.len()..bits.len() + 1, false),
            // The first bit that differs is bit k.
            Condition::NotAll(bits) => (bits.as_slice(), 1..bits.len() + 1, true),
            Condition::Never => (&[][..], 0..0, false),
        };
        lengths.map(move |length| {
            let mut case = bits[..length].to_vec();
            if let Some((_, value)) = case.last_mut().filter(|_| flip) {
                *value = !*value;
            }
            case
        })
    }
}

/// The body of a branch as one call, in terms of the qubits and bits of the main program.
struct Finished {
    call: Call,
    qubits: Vec<QubitId>,
    bits: Vec<BitId>,
    /// Conditions that the body itself consists of.
    inner: Requirements,
    depth: u32,
    /// Bits that are written.
    written: Vec<BitId>,
}

impl<'a> Reader<'a> {
    /// An `if` statement, whose keyword has been read.
    pub(super) fn conditional(&mut self, body: &mut Body<'a>, input: &'a str) -> Outcome<'a, &'a str> {
        let (rest, _) = parse(symbol("("), input)?;
        let (rest, condition) = self.condition(body, rest, 0)?;
        let (rest, _) = parse(symbol(")"), rest)?;
        let (mut rest, then) = self.branch(rest)?;
        let other = match word(rest) {
            Ok((after, "else")) => {
                if let (Some(then), Condition::All(bits) | Condition::NotAll(bits)) = (&then, &condition)
                    && then.written.iter().any(|bit| bits.iter().any(|(tested, _)| tested == bit))
                {
                    let message =
                        "`else` after a body that writes the bits of the condition is not supported";
                    return Err(Issue::unsupported(&rest[.."else".len()], message));
                }
                let (after, other) = self.branch(after)?;
                rest = after;
                other
            }
            _ => None,
        };
        let negated = condition.clone().negated();
        for (condition, part) in [(condition, then), (negated, other)] {
            if let Some(part) = part {
                self.place_branch(body, condition, &part, input)?;
            }
        }
        Ok(rest)
    }

    /// Appends a body under a condition.
    fn place_branch(
        &mut self,
        body: &mut Body<'a>,
        condition: Condition,
        part: &Finished,
        at: &'a str,
    ) -> Outcome<'a, ()> {
        body.depth = body.depth.max(part.depth);
        for case in condition.cases() {
            let mut call = part.call.clone();
            call.operands = part.qubits.iter().map(|&qubit| body.qubit(qubit)).collect();
            call.bits = part.bits.iter().map(|&bit| body.bit(bit)).collect();
            self.expand(case.len() + call.operands.len(), &at[..at.len().min(1)])?;
            let bits: Requirements =
                case.iter().chain(&part.inner).map(|&(bit, value)| (body.bit(bit), value)).collect();
            if let Place::Branch(branch) = &mut body.place {
                branch.written.extend(&part.written);
            }
            body.definition.conditional(bits, call);
        }
        Ok(())
    }

    /// The body of an `if` or `else`; `None` if it does nothing.
    fn branch(&mut self, input: &'a str) -> Outcome<'a, (&'a str, Option<Finished>)> {
        let mut body = Body::new(Place::Branch(Branch::default()));
        let rest = self.block(&mut body, input)?;
        let Place::Branch(branch) = body.place else { return Ok((rest, None)) };
        let mut definition = body.definition;
        let outer_qubits =
            |qubits: &[QubitId]| qubits.iter().map(|qubit| branch.qubits[qubit.index()]).collect();
        let outer_bits = |bits: &[BitId]| bits.iter().map(|bit| branch.bits[bit.index()]).collect();
        let single = match *definition.operations() {
            [] => return Ok((rest, None)),
            [Operation::Call(position)] => Some((definition.calls(position).clone(), Vec::new())),
            [Operation::Conditional(position)] => {
                let conditional = definition.conditionals(position);
                Some((conditional.call.clone(), conditional.bits.clone()))
            }
            _ => None,
        };
        if let Some((call, inner)) = single.filter(|(call, _)| call.controls.is_empty()) {
            let inner = inner.into_iter().map(|(bit, value)| (branch.bits[bit.index()], value)).collect();
            let (qubits, bits) = (outer_qubits(&call.operands), outer_bits(&call.bits));
            return Ok((
                rest,
                Some(Finished { call, qubits, bits, inner, depth: body.depth, written: branch.written }),
            ));
        }
        definition.name = self.fresh_name("branch");
        if !branch.qubits.is_empty() {
            definition.add_register("q", branch.qubits.len());
        }
        if !branch.bits.is_empty() {
            definition.add_bits("c", branch.bits.len());
        }
        let depth = self.depth_above(body.depth, &input[..input.len().min(1)])?;
        let callee = self.circuit.add(definition);
        let call = Call { arguments: Arguments::Fixed(Vec::new()), ..Call::new(callee, []) };
        let Branch { qubits, bits, written, .. } = branch;
        Ok((rest, Some(Finished { call, qubits, bits, inner: Vec::new(), depth, written })))
    }

    fn condition(
        &mut self,
        body: &mut Body<'a>,
        input: &'a str,
        depth: usize,
    ) -> Outcome<'a, (&'a str, Condition)> {
        let (mut rest, mut condition) = self.condition_part(body, input, depth)?;
        loop {
            if rest.starts_with("||") {
                return Err(Issue::unsupported(&rest[..2], "`||` in a condition is not supported"));
            }
            if !rest.starts_with("&&") {
                return Ok((rest, condition));
            }
            let at = &rest[..2];
            let (after, right) = self.condition_part(body, parse(symbol("&&"), rest)?.0, depth)?;
            rest = after;
            condition = match (condition, right) {
                (Condition::Never, _) | (_, Condition::Never) => Condition::Never,
                (Condition::All(mut left), Condition::All(right)) => {
                    left.extend(right);
                    Condition::All(left)
                }
                _ => return Err(Issue::unsupported(at, "`&&` with a negated register is not supported")),
            };
        }
    }

    fn condition_part(
        &mut self,
        body: &mut Body<'a>,
        input: &'a str,
        depth: usize,
    ) -> Outcome<'a, (&'a str, Condition)> {
        if depth > NESTING {
            let message = format!("the condition nests deeper than {NESTING} levels");
            return Err(Issue::too_large(&input[..input.len().min(1)], message));
        }
        if input.starts_with('!') {
            let (rest, condition) = self.condition_part(body, parse(symbol("!"), input)?.0, depth + 1)?;
            return Ok((rest, condition.negated()));
        }
        if input.starts_with('(') {
            let (rest, condition) = self.condition(body, parse(symbol("("), input)?.0, depth + 1)?;
            return Ok((parse(symbol(")"), rest)?.0, condition));
        }
        self.comparison(body, input)
    }

    /// A bit, or a bit or register compared with a constant.
    fn comparison(&mut self, body: &mut Body<'a>, input: &'a str) -> Outcome<'a, (&'a str, Condition)> {
        let two = self.is_version_two();
        let (rest, tested) = parse(operand(two), input)?;
        if let Some(Symbol::Constant(_)) | None = self.symbols.get(tested.name) {
            let issue = Issue::invalid(tested.name, format!("unknown bit or register `{}`", tested.name));
            return Err(issue.accepting("a bit, or a comparison of bits with a constant"));
        }
        let resolved = self.bits(&tested, body)?;
        let bits = resolved.as_slice();
        let equal = rest.starts_with("==");
        if !equal && !rest.starts_with("!=") {
            if rest.starts_with(['<', '>', '=', '&', '|', '^', '+', '-'])
                && !rest.starts_with("&&")
                && !rest.starts_with("||")
            {
                return Err(Issue::unsupported(&rest[..1], "this comparison is not supported")
                    .accepting("`==` or `!=`"));
            }
            return match resolved {
                Resolved::One(bit) => Ok((rest, Condition::All(vec![(bit, true)]))),
                Resolved::Many(bits) if bits.len() == 1 => Ok((rest, Condition::All(vec![(bits[0], true)]))),
                Resolved::Many(_) => {
                    let issue = Issue::invalid(tested.text, "a register is no condition");
                    Err(issue.accepting("a bit, or a comparison of the register with a number"))
                }
            };
        }
        let (rest, _) = parse(symbol(if equal { "==" } else { "!=" }), rest)?;
        let (rest, condition) = if rest.starts_with(['"', '\'']) {
            let (after, text) = parse(string, rest)?;
            let digits: Vec<bool> =
                text.bytes().rev().filter(|byte| *byte != b'_').map(|byte| byte == b'1').collect();
            if text.contains(|c| !matches!(c, '0' | '1' | '_')) || digits.len() != bits.len() {
                return Err(Issue::invalid(text, format!("not {} binary digits", bits.len())));
            }
            (after, Condition::All(bits.iter().copied().zip(digits).collect()))
        } else if let Ok((after, truth @ ("true" | "false"))) = word(rest) {
            let [bit] = bits else {
                return Err(Issue::invalid(
                    consumed(rest, after),
                    "a register is compared with a truth value",
                ));
            };
            (after, Condition::All(vec![(*bit, truth == "true")]))
        } else {
            let (after, expression) = parse(expression(two), rest)?;
            let value = self.integer(&expression, body, 0)?;
            (after, equals(bits, value))
        };
        Ok((rest, if equal { condition } else { condition.negated() }))
    }
}

/// The condition that bits, least significant first, are the binary digits of `value`.
fn equals(bits: &[BitId], value: i64) -> Condition {
    let digit = |position: usize| position < 63 && value >> position & 1 == 1;
    if value < 0 || (bits.len() < 63 && value >> bits.len() != 0) {
        return Condition::Never;
    }
    Condition::All(bits.iter().enumerate().map(|(position, &bit)| (bit, digit(position))).collect())
}
