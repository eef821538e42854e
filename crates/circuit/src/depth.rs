//! Exact depth of a hierarchy, without flattening it.
//!
//! The arrival times at the outputs of a definition are a max-plus linear function of those at its inputs.
//! Definitions become max-plus matrices over their qubits (and bits); calls compose them, repetitions square
//! them. The depth is what counting layers on the flat circuit gives: every operation takes one layer on all
//! its qubits and bits, barriers and global phases take none (a barrier still aligns its qubits).

use crate::circuit::Circuit;
use crate::definition::Definition;
use crate::error::CircuitError;
use crate::ids::QubitId;
use crate::operation::{Call, Operation};

/// Definitions on more wires have no depth: their matrix would take more than 128 MiB.
const WIRE_LIMIT: usize = 2048;

/// Depths of a circuit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Depth {
    /// Layers of operations.
    pub total: u128,
    /// Layers of operations on two or more qubits, all else taking no time.
    pub two_qubit: u128,
}

/// The depths of a circuit. Controls of calls count as the callee does: expand them first where it matters,
/// and allocate ancillas. An inverted call has the depth of the call (its matrix is transposed).
pub fn depth(circuit: &Circuit) -> Result<Depth, CircuitError> {
    Ok(Depth {
        total: depth_with(circuit, |_| 1)?,
        two_qubit: depth_with(circuit, |qubits| u128::from(qubits >= 2))?,
    })
}

fn depth_with(circuit: &Circuit, weight: impl Fn(usize) -> u128 + Copy) -> Result<u128, CircuitError> {
    let entry = circuit.entry_id()?;
    let needed = reachable(circuit, entry.index());
    let mut matrices: Vec<Option<MaxPlus>> = vec![None; entry.index() + 1];
    for (position, definition) in circuit.definitions()[..entry.index()].iter().enumerate() {
        if needed[position] {
            let wires = definition.qubit_count() + definition.bit_count();
            if wires > WIRE_LIMIT {
                let what = format!("the depth of definition `{}`", definition.name);
                let (size, limit) = ((wires * wires) as u128, (WIRE_LIMIT * WIRE_LIMIT) as u128);
                return Err(CircuitError::TooLarge { what, size, limit });
            }
            let mut arrival = Arrivals::identity(wires);
            walk(definition, &matrices, weight, &mut arrival)?;
            matrices[position] = Some(arrival.into_matrix());
        }
    }
    let definition = circuit.definition(entry);
    let mut arrival = Arrivals::zero(definition.qubit_count() + definition.bit_count());
    walk(definition, &matrices, weight, &mut arrival)?;
    arrival.latest().ok_or(CircuitError::Overflow)
}

fn reachable(circuit: &Circuit, entry: usize) -> Vec<bool> {
    let mut needed = vec![false; entry + 1];
    needed[entry] = true;
    for position in (0..=entry).rev() {
        if needed[position] {
            for call in circuit.definitions()[position].all_calls() {
                needed[call.callee.index()] = true;
            }
        }
    }
    needed
}

fn walk(
    definition: &Definition,
    matrices: &[Option<MaxPlus>],
    weight: impl Fn(usize) -> u128,
    arrival: &mut Arrivals,
) -> Result<(), CircuitError> {
    let qubits = definition.qubit_count();
    let index = |qubit: &QubitId| qubit.index();
    let mut wires: Vec<usize> = Vec::new();
    for &operation in definition.operations() {
        wires.clear();
        match operation {
            Operation::Gate(gate) => {
                wires.extend(gate.qubits().iter().map(index));
                arrival.advance(&wires, weight(wires.len()))?;
            }
            Operation::Structured(position) => {
                let structured = definition.structured(position);
                wires.extend(structured.kind.qubits().iter().map(index));
                wires.extend(structured.controls.iter().map(|control| control.qubit.index()));
                arrival.advance(&wires, weight(wires.len()))?;
            }
            Operation::Call(position) => call(definition.calls(position), qubits, matrices, arrival)?,
            Operation::Conjugate(position) => {
                let conjugate = definition.conjugates(position);
                call(&conjugate.outer, qubits, matrices, arrival)?;
                call(&conjugate.inner, qubits, matrices, arrival)?;
                call(&conjugate.outer.clone().inverted(), qubits, matrices, arrival)?;
            }
            Operation::Conditional(position) => {
                let conditional = definition.conditionals(position);
                // The condition is read before the call and nothing else may write the bits meanwhile.
                let used = conditional.call.operands.iter().map(index);
                wires.extend(used.chain(conditional.bits.iter().map(|(bit, _)| qubits + bit.index())));
                arrival.advance(&wires, 0)?;
                call(&conditional.call, qubits, matrices, arrival)?;
            }
            Operation::Measure { qubit, bit } => {
                arrival.advance(&[qubit.index(), qubits + bit.index()], weight(1))?;
            }
            Operation::Reset(qubit) => arrival.advance(&[qubit.index()], weight(1))?,
            Operation::Barrier(position) => {
                wires.extend(definition.barriers(position).iter().map(index));
                arrival.advance(&wires, 0)?;
            }
            Operation::GlobalPhase(_) => {}
        }
    }
    Ok(())
}

fn call(
    call: &Call,
    qubits: usize,
    matrices: &[Option<MaxPlus>],
    arrival: &mut Arrivals,
) -> Result<(), CircuitError> {
    let matrix = matrices.get(call.callee.index()).and_then(Option::as_ref).ok_or(CircuitError::NoEntry)?;
    let wires: Vec<usize> = call
        .operands
        .iter()
        .map(|qubit| qubit.index())
        .chain(call.bits.iter().map(|bit| qubits + bit.index()))
        .collect();
    match call.repetitions {
        1 => arrival.apply(matrix, call.inverse, &wires),
        repetitions => arrival.apply(&matrix.power(repetitions)?, call.inverse, &wires),
    }
}

/// A time, or "never" (minus infinity).
type Time = Option<u128>;

fn add(a: Time, b: Time) -> Result<Time, CircuitError> {
    match (a, b) {
        (Some(a), Some(b)) => a.checked_add(b).map(Some).ok_or(CircuitError::Overflow),
        _ => Ok(None),
    }
}

/// A square matrix over (max, +): entry (output, input) is the longest path between them.
#[derive(Clone, Debug, PartialEq)]
struct MaxPlus {
    size: usize,
    entries: Vec<Time>,
}

impl MaxPlus {
    fn identity(size: usize) -> Self {
        let entries = (0..size * size).map(|position| (position % (size + 1) == 0).then_some(0)).collect();
        MaxPlus { size, entries }
    }

    fn product(&self, other: &MaxPlus) -> Result<MaxPlus, CircuitError> {
        let size = self.size;
        let mut entries = vec![None; size * size];
        for row in 0..size {
            for middle in 0..size {
                let left = self.entries[row * size + middle];
                if left.is_some() {
                    for column in 0..size {
                        let sum = add(left, other.entries[middle * size + column])?;
                        let entry = &mut entries[row * size + column];
                        *entry = (*entry).max(sum);
                    }
                }
            }
        }
        Ok(MaxPlus { size, entries })
    }

    fn power(&self, mut exponent: u64) -> Result<MaxPlus, CircuitError> {
        let (mut result, mut square) = (MaxPlus::identity(self.size), self.clone());
        while exponent > 0 {
            if exponent & 1 == 1 {
                result = result.product(&square)?;
            }
            exponent >>= 1;
            if exponent > 0 {
                square = square.product(&square)?;
            }
        }
        Ok(result)
    }
}

/// Arrival times on all wires, for each of a number of inputs: row = wire, column = input.
struct Arrivals {
    columns: usize,
    times: Vec<Time>,
}

impl Arrivals {
    fn identity(wires: usize) -> Self {
        Arrivals { columns: wires, times: MaxPlus::identity(wires).entries }
    }

    fn zero(wires: usize) -> Self {
        Arrivals { columns: 1, times: vec![Some(0); wires] }
    }

    fn into_matrix(self) -> MaxPlus {
        MaxPlus { size: self.columns, entries: self.times }
    }

    fn latest(&self) -> Time {
        if self.times.is_empty() { Some(0) } else { self.times.iter().copied().max().flatten() }
    }

    /// An operation on `wires` that takes `weight`.
    fn advance(&mut self, wires: &[usize], weight: u128) -> Result<(), CircuitError> {
        for column in 0..self.columns {
            let start = wires.iter().map(|wire| self.times[wire * self.columns + column]).max().flatten();
            let end = add(start, Some(weight))?;
            for wire in wires {
                self.times[wire * self.columns + column] = end;
            }
        }
        Ok(())
    }

    fn apply(&mut self, matrix: &MaxPlus, transposed: bool, wires: &[usize]) -> Result<(), CircuitError> {
        for column in 0..self.columns {
            let before: Vec<Time> =
                wires.iter().map(|wire| self.times[wire * self.columns + column]).collect();
            for (row, wire) in wires.iter().enumerate() {
                let mut latest = None;
                for (input, &time) in before.iter().enumerate() {
                    let (to, from) = if transposed { (input, row) } else { (row, input) };
                    latest = latest.max(add(matrix.entries[to * matrix.size + from], time)?);
                }
                self.times[wire * self.columns + column] = latest;
            }
        }
        Ok(())
    }
}
