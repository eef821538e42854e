//! Exact counts of the operations of a hierarchy, without flattening it.

use crate::circuit::Circuit;
use crate::definition::Definition;
use crate::error::CircuitError;
use crate::gate::Gate;
use crate::operation::{Call, Operation};
use std::collections::BTreeMap;

/// A kind of operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A standard gate.
    Gate(Gate),
    /// A standard gate under that many further controls.
    Controlled(Gate, u32),
    /// A structured operation other than a gate, by name.
    Structured(&'static str),
    /// A measurement.
    Measure,
    /// A reset.
    Reset,
}

impl std::fmt::Display for Kind {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Kind::Gate(gate) => formatter.write_str(&gate.name().to_lowercase()),
            Kind::Controlled(gate, controls) => write!(formatter, "c{controls}_{}", gate.name()),
            Kind::Structured(name) => formatter.write_str(name),
            Kind::Measure => formatter.write_str("measure"),
            Kind::Reset => formatter.write_str("reset"),
        }
    }
}

/// Numbers of operations by kind. Barriers and global phases are not operations on qubits and not counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    by_kind: BTreeMap<Kind, u128>,
    overflowed: bool,
}

impl Counts {
    /// Adds `number` operations of a kind.
    pub fn add(&mut self, kind: Kind, number: u128) {
        if number > 0 {
            let entry = self.by_kind.entry(kind).or_insert(0);
            let (sum, overflow) = entry.overflowing_add(number);
            *entry = sum;
            self.overflowed |= overflow;
        }
    }

    /// Adds `times` times the counts of `other`.
    pub fn add_all(&mut self, other: &Counts, times: u128) {
        self.overflowed |= other.overflowed;
        for (&kind, &number) in &other.by_kind {
            match number.checked_mul(times) {
                Some(product) => self.add(kind, product),
                None => self.overflowed = true,
            }
        }
    }

    /// The kinds that occur, with their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (Kind, u128)> + '_ {
        self.by_kind.iter().map(|(&kind, &number)| (kind, number))
    }

    /// The number of one kind.
    pub fn get(&self, kind: Kind) -> u128 {
        self.by_kind.get(&kind).copied().unwrap_or(0)
    }

    /// The number of one gate.
    pub fn gate(&self, gate: Gate) -> u128 {
        self.get(Kind::Gate(gate))
    }

    /// All operations.
    pub fn total(&self) -> u128 {
        self.by_kind.values().sum()
    }

    /// Gates on exactly two qubits.
    pub fn two_qubit(&self) -> u128 {
        self.iter().filter(|(kind, _)| kind.qubits() == Some(2)).map(|(_, number)| number).sum()
    }

    /// Explicit `t` and `tdg` gates.
    pub fn t(&self) -> u128 {
        self.gate(Gate::T) + self.gate(Gate::Tdg)
    }

    pub(crate) fn checked(self) -> Result<Self, CircuitError> {
        if self.overflowed { Err(CircuitError::Overflow) } else { Ok(self) }
    }
}

impl Kind {
    /// Number of qubits of a gate; `None` for what is no gate.
    pub fn qubits(self) -> Option<usize> {
        match self {
            Kind::Gate(gate) => Some(gate.qubits()),
            Kind::Controlled(gate, controls) => Some(gate.qubits() + controls as usize),
            Kind::Structured(_) | Kind::Measure | Kind::Reset => None,
        }
    }
}

/// Counts the operations that the circuit stands for, as they are: structured operations by name.
pub fn count(circuit: &Circuit) -> Result<Counts, CircuitError> {
    let gate = |counts: &mut Counts, gate, number| counts.add(Kind::Gate(gate), number);
    accumulate(circuit, gate, |definition, position| {
        let operation = definition.structured(position);
        let mut counts = Counts::default();
        counts.add(
            match (&operation.kind, operation.controls.len() as u32) {
                (crate::Structured::Gate { gate, .. }, 0) => Kind::Gate(*gate),
                (crate::Structured::Gate { gate, .. }, controls) => Kind::Controlled(*gate, controls),
                (kind, _) => Kind::Structured(kind.name()),
            },
            1,
        );
        Ok(counts)
    })
}

/// Bottom-up sums over the hierarchy; `gate` adds a number of gates, `structured` gives the counts of one
/// structured operation.
///
/// Controls of calls do not change what is counted here: expand them first where it matters.
pub(crate) fn accumulate(
    circuit: &Circuit,
    gate: impl Fn(&mut Counts, Gate, u128),
    structured: impl Fn(&Definition, u32) -> Result<Counts, CircuitError>,
) -> Result<Counts, CircuitError> {
    let entry = circuit.entry_id()?;
    let mut all: Vec<Counts> = Vec::with_capacity(circuit.definitions().len());
    for definition in &circuit.definitions()[..=entry.index()] {
        let mut counts = Counts::default();
        let mut gates = [0u128; Gate::ALL.len()];
        let add_call = |counts: &mut Counts, call: &Call, times: u128| {
            counts_of_call(counts, &all[call.callee.index()], call, times);
        };
        for &operation in definition.operations() {
            match operation {
                Operation::Gate(operation) => gates[operation.gate as usize] += 1,
                Operation::Structured(position) => counts.add_all(&structured(definition, position)?, 1),
                Operation::Call(position) => add_call(&mut counts, definition.calls(position), 1),
                Operation::Conjugate(position) => {
                    let conjugate = definition.conjugates(position);
                    add_call(&mut counts, &conjugate.outer, 1);
                    add_call(&mut counts, &conjugate.inner, 1);
                    add_call(&mut counts, &conjugate.outer.clone().inverted(), 1);
                }
                Operation::Conditional(position) => {
                    add_call(&mut counts, &definition.conditionals(position).call, 1);
                }
                Operation::Measure { .. } => counts.add(Kind::Measure, 1),
                Operation::Reset(_) => counts.add(Kind::Reset, 1),
                Operation::GlobalPhase(_) | Operation::Barrier(_) => {}
            }
        }
        for (&kind, &number) in Gate::ALL.iter().zip(&gates).filter(|(_, number)| **number > 0) {
            gate(&mut counts, kind, number);
        }
        all.push(counts);
    }
    all.swap_remove(entry.index()).checked()
}

/// Adds the counts of a call; an inverted call counts the inverse gates.
fn counts_of_call(counts: &mut Counts, callee: &Counts, call: &Call, times: u128) {
    let times = times.saturating_mul(u128::from(call.repetitions));
    if !call.inverse {
        return counts.add_all(callee, times);
    }
    let mut inverted = Counts { overflowed: callee.overflowed, ..Counts::default() };
    for (kind, number) in callee.iter() {
        let kind = match kind {
            Kind::Gate(gate) => Kind::Gate(gate.inverse().0),
            Kind::Controlled(gate, controls) => Kind::Controlled(gate.inverse().0, controls),
            other => other,
        };
        inverted.add(kind, number);
    }
    counts.add_all(&inverted, times);
}
