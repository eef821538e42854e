//! Definitions of gates.

use super::library;
use super::reader::Reader;
use super::scope::{Body, DefinedGate, Form, Formals, GateHeader, GateSymbol, Symbol};
use super::value::Value;
use crate::issue::{Issue, Outcome, Parsed, parse};
use crate::names::is_reserved;
use crate::restated;
use crate::syntax::{consumed, symbol, terminator, word};
use nom::Parser;
use nom::combinator::{cut, opt};
use nom::multi::{separated_list0, separated_list1};
use nom::sequence::delimited;
use qnewton_circuit::{Definition, DefinitionId, Gate, QubitId};
use std::collections::{HashMap, HashSet};

/// Bytes of bodies that may be read again for given angles, besides 64 for each byte of the text.
const REREAD: usize = 1 << 23;

impl<'a> Reader<'a> {
    /// The meaning of a gate's name in a body.
    pub(super) fn gate(&mut self, name: &'a str) -> Outcome<'a, GateSymbol> {
        let standard = self.formals.as_ref().is_some_and(|formals| formals.standard);
        if !standard {
            match self.names.get(name) {
                Some(&Symbol::Gate(gate)) => return Ok(gate),
                Some(other) => {
                    return Err(Issue::invalid(
                        name,
                        format!("`{name}` is {}, not a gate", other.describe()),
                    ));
                }
                None => {}
            }
        }
        let gate = match self.standard.get(name) {
            Some(&gate) => gate,
            None => {
                let gate = match (Gate::from_name(name), library::definition_text(name)) {
                    (Some(gate), _) => GateSymbol::Table(gate),
                    (None, Some(text)) => self.library_gate(text)?,
                    (None, None) => {
                        let issue = Issue::invalid(name, format!("unknown gate `{name}`"));
                        return Err(issue.accepting("a standard gate, or one that is defined before"));
                    }
                };
                self.standard.insert(name, gate);
                gate
            }
        };
        if !standard {
            // From here on the name is taken: a later definition would change what it meant before.
            self.names.insert_global(name, Symbol::Gate(gate));
        }
        Ok(gate)
    }

    /// A `gate` statement, whose keyword has been read.
    pub(super) fn user_gate(&mut self, statement: &'a str, input: &'a str) -> Outcome<'a, &'a str> {
        let (rest, header) = parse(header(self.is_version_two()), input)?;
        let name = header.name;
        let (rest, gate) = self.define_gate(header, false, statement, rest)?;
        self.define(name, Symbol::Gate(gate))?;
        Ok(rest)
    }

    /// An `opaque` statement, whose keyword has been read.
    pub(super) fn opaque_gate(&mut self, input: &'a str) -> Outcome<'a, &'a str> {
        let (rest, header) = parse(header(self.is_version_two()), input)?;
        let gate = GateSymbol::Defined(self.gates.len());
        let (parameters, qubits) = (header.parameters.len(), header.qubits.len());
        self.gates.push(DefinedGate { name: header.name, parameters, qubits, depth: 0, form: Form::Opaque });
        self.define(header.name, Symbol::Gate(gate))?;
        Ok(parse(terminator, rest)?.0)
    }

    fn library_gate(&mut self, text: &'static str) -> Outcome<'a, GateSymbol> {
        let (rest, _) = parse(word, text)?;
        let (rest, header) = parse(header(false), rest)?;
        Ok(self.define_gate(header, true, text, rest)?.1)
    }

    fn define_gate(
        &mut self,
        header: GateHeader<'a>,
        standard: bool,
        statement: &'a str,
        input: &'a str,
    ) -> Outcome<'a, (&'a str, GateSymbol)> {
        let name = header.name;
        check_distinct(&header)?;
        let (rest, mut body) = self.gate_body(&header, None, standard, input)?;
        if let Some(gate) = Gate::from_name(name)
            && restated::definition_text(gate) == Some(consumed(statement, rest))
        {
            return Ok((rest, GateSymbol::Table(gate)));
        }
        let depth = self.depth_above(body.depth, name)?;
        let (parameters, qubits) = (header.parameters.len(), header.qubits.len());
        let form = if body.generic {
            Form::Generic { header, body: consumed(input, rest), standard, instances: HashMap::new() }
        } else {
            body.definition.name = self.fresh_name(name);
            Form::Definition(self.circuit.add(body.definition))
        };
        self.gates.push(DefinedGate { name, parameters, qubits, depth, form });
        Ok((rest, GateSymbol::Defined(self.gates.len() - 1)))
    }

    /// Reads `{ ... }`, with values for the parameters or, without, as a definition that has them.
    fn gate_body(
        &mut self,
        header: &GateHeader<'a>,
        values: Option<&[f64]>,
        standard: bool,
        input: &'a str,
    ) -> Outcome<'a, (&'a str, Body)> {
        if !input.starts_with('{') {
            return Err(Issue::expected(input, "`{`"));
        }
        let mut definition = Definition::new("");
        for (register, len) in registers(&header.qubits) {
            definition.add_register(register, len);
        }
        let value = |position: usize, name: &str| match values {
            Some(values) => Value::Real(values[position]),
            None => Value::Affine(definition.add_parameter(name)),
        };
        let mut value = value;
        let parameters = header
            .parameters
            .iter()
            .enumerate()
            .map(|(position, &name)| (name, value(position, name)))
            .collect();
        let qubits =
            header.qubits.iter().enumerate().map(|(k, &name)| (name, QubitId::from_index(k))).collect();
        let mut body = Body::top();
        body.definition = definition;
        let outer = self.formals.replace(Formals { qubits, parameters, standard });
        let loops = std::mem::take(&mut self.loops);
        let aside = self.names.hide_locals();
        let rest = self.block(&mut body, input)?;
        self.names.restore_locals(aside);
        self.loops = loops;
        self.formals = outer;
        Ok((rest, body))
    }

    /// The definition of a generic gate for given angles.
    pub(super) fn instance(
        &mut self,
        gate: usize,
        values: &[f64],
        at: &'a str,
    ) -> Outcome<'a, Option<DefinitionId>> {
        let key: Vec<u64> = values.iter().map(|value| value.to_bits()).collect();
        let Form::Generic { header, body, standard, instances } = &self.gates[gate].form else {
            return Ok(None);
        };
        if let Some(&id) = instances.get(&key) {
            return Ok(Some(id));
        }
        let (header, text, standard) = (header.clone(), *body, *standard);
        self.reread = self.reread.saturating_add(text.len() + 64);
        let limit = REREAD.saturating_add(self.source.len().saturating_mul(64));
        if self.reread > limit {
            let message =
                "too many different angles for gates whose angles are not affine in their parameters";
            return Err(Issue::too_large(at, message));
        }
        let (_, mut body) = self.gate_body(&header, Some(values), standard, text)?;
        body.definition.name = self.fresh_name(header.name);
        let id = self.circuit.add(body.definition);
        if let Form::Generic { instances, .. } = &mut self.gates[gate].form {
            instances.insert(key, id);
        }
        Ok(Some(id))
    }

    /// A definition that consists of a gate of the table.
    pub(super) fn wrapper(&mut self, gate: Gate) -> DefinitionId {
        if let Some(&id) = self.wrappers.get(&gate) {
            return id;
        }
        let mut definition = Definition::new(self.fresh_name(&format!("{}_gate", gate.name())));
        let qubits: Vec<QubitId> = definition.add_register("q", gate.qubits()).qubits().collect();
        let angles: Vec<_> =
            (0..gate.angles()).map(|position| definition.add_parameter(format!("p{position:02}"))).collect();
        definition.gate_with(gate, &qubits, &angles);
        let id = self.circuit.add(definition);
        self.wrappers.insert(gate, id);
        id
    }
}

/// `name(parameters) qubits`.
fn header<'a>(version_two: bool) -> impl FnMut(&'a str) -> Parsed<'a, GateHeader<'a>> {
    let formal = move |input: &'a str| match word(input) {
        Ok((_, name)) if is_reserved(name, version_two) => Err(nom::Err::Failure(
            Issue::invalid(name, format!("`{name}` is reserved")).accepting("another name"),
        )),
        result => result,
    };
    move |input| {
        let (rest, name) = word(input)?;
        let parameters = delimited(symbol("("), separated_list0(symbol(","), formal), cut(symbol(")")));
        let (rest, parameters) = opt(parameters).parse(rest)?;
        let (rest, qubits) = cut(separated_list1(symbol(","), formal)).parse(rest)?;
        Ok((rest, GateHeader { name, parameters: parameters.unwrap_or_default(), qubits }))
    }
}

fn check_distinct<'a>(header: &GateHeader<'a>) -> Outcome<'a, ()> {
    let mut seen = HashSet::new();
    match header.parameters.iter().chain(&header.qubits).find(|name| !seen.insert(**name)) {
        Some(name) => {
            Err(Issue::invalid(name, format!("the gate has two parameters or qubits named `{name}`")))
        }
        None => Ok(()),
    }
}

/// Registers of a gate: qubits `a_0, a_1, ..., a_k` next to each other are one register `a`.
fn registers<'a>(qubits: &[&'a str]) -> Vec<(&'a str, usize)> {
    let all: HashSet<&str> = qubits.iter().copied().collect();
    let mut registers = Vec::new();
    let mut position = 0;
    while position < qubits.len() {
        let name = qubits[position];
        let stem = name.strip_suffix("_0").filter(|stem| !stem.is_empty() && !all.contains(stem));
        let len = stem.map_or(1, |stem| {
            let next = |k: &usize| {
                let suffix =
                    qubits.get(position + k).and_then(|name| name.strip_prefix(stem)?.strip_prefix('_'));
                suffix.is_some_and(|suffix| *suffix == k.to_string())
            };
            (1..).take_while(next).count() + 1
        });
        registers.push(if len > 1 { (stem.unwrap_or(name), len) } else { (name, 1) });
        position += len;
    }
    registers
}
