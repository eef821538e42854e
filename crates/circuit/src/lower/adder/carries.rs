//! Addition of a constant with its carries in clean qubits.
//!
//! With u the control (or 1), k(i) the bits and c(i) the carry into bit i, c(i+1) = c(i) and k(i) where the
//! constant has a 0. Where it has a 1, c(i+1) = u and (c(i) or k(i)), that is, u xor c(i+1) =
//! (u xor c(i)) and not k(i), since a carry implies u. So r(i), which is c(i) where the constant has a 0 and
//! u xor c(i) where it has a 1, needs one conjunction from bit to bit, and u only where the constant's bits
//! change. The sum is k(i) xor r(i) either way.
//!
//! Conjunctions are Margolus' gates: computed upwards, undone downwards before the bits change, when their phases
//! cancel. The highest is a Toffoli onto the highest bit, followed by the sum of the bit below: together Peres' gate.

use super::{Addition, Workspace, fourier, unit};
use crate::ids::QubitId;
use crate::lower::multi_controlled::{margolus, peres};
use crate::lower::sink::Sink;

/// Clean qubits that hold all carries.
pub(super) fn clean_needed(bits: usize, controls: usize) -> usize {
    (bits + controls).saturating_sub(3)
}

/// Adds under at most one control. Where clean qubits are too few for the carries, the bits from the highest
/// carry on add it and the rest of the constant otherwise.
pub(super) fn add<S: Sink>(addition: Addition, sink: &mut S) {
    let Addition { qubits, bits, controls, work } = addition;
    let control = controls.first().copied();
    let count = qubits.len();
    // The lowest carry is the control, with which the lowest 1 of the constant can be a carry as well, or
    // without a control the lowest bit, which is the carry into the next.
    let first = if control.is_some() { 0 } else { 1 };
    let kind = |bit: usize| bits.get(bit.max(1)).copied().unwrap_or(false);
    let stored = work.clean.len().min(clean_needed(count, controls.len()));
    let carries: Vec<QubitId> =
        control.or(qubits.first().copied()).into_iter().chain(work.clean[..stored].iter().copied()).collect();
    let carry = |bit: usize| carries[bit - first];
    let flip = |sink: &mut S, bit: usize| {
        if kind(bit) {
            sink.x(qubits[bit]);
        }
    };
    let toggle = |sink: &mut S, target: QubitId| match control {
        Some(control) => sink.cx(control, target),
        None => sink.x(target),
    };
    if first == 1 {
        flip(sink, 0);
    }
    let highest = first + stored;
    for (bit, &qubit) in qubits.iter().enumerate().take(highest).skip(first) {
        flip(sink, bit);
        margolus(sink, qubit, carry(bit), carry(bit + 1));
        if kind(bit) != kind(bit + 1) {
            toggle(sink, carry(bit + 1));
        }
    }
    if highest + 1 == count {
        sink.cx(carry(highest), qubits[highest]);
    } else if highest + 2 == count {
        flip(sink, highest);
        peres(sink, carry(highest), qubits[highest], qubits[highest + 1]);
        flip(sink, highest);
        if kind(highest) != bits[highest + 1] {
            toggle(sink, qubits[highest + 1]);
        }
    } else {
        add_rest(addition, sink, highest, carry(highest), kind(highest), &qubits[..highest]);
    }
    for bit in (first..highest).rev() {
        if kind(bit) != kind(bit + 1) {
            toggle(sink, carry(bit + 1));
        }
        margolus(sink, qubits[bit], carry(bit), carry(bit + 1));
        sink.cx(carry(bit), qubits[bit]);
        flip(sink, bit);
    }
    if first == 1 && !kind(0) {
        sink.x(qubits[0]);
    }
}

/// The bits from `bit` on: u times the rest of the constant and c = r, or c = u - r if `negative`.
fn add_rest<S: Sink>(
    addition: Addition,
    sink: &mut S,
    bit: usize,
    carry: QubitId,
    negative: bool,
    lower: &[QubitId],
) {
    let Addition { qubits, bits, controls, work } = addition;
    let qubits = &qubits[bit..];
    let change = unit(qubits.len(), negative);
    // With the rest of the constant the part of u, an even number.
    let mut rest = bits[bit..].to_vec();
    rest[0] = false;
    if negative {
        // A 1 is added to an odd number: it ends in the lowest 0 above.
        for bit in &mut rest[1..] {
            *bit = !*bit;
            if *bit {
                break;
            }
        }
    }
    let borrowed: Vec<QubitId> =
        lower.iter().chain(controls).copied().filter(|&qubit| qubit != carry).collect();
    let dirty = [work.dirty, &borrowed].concat();
    let work = Workspace { clean: &[], dirty: &dirty };
    let by_carry = [carry];
    if rest.contains(&true) {
        let addends =
            [fourier::Addend { bits: rest, controls }, fourier::Addend { bits: change, controls: &by_carry }];
        fourier::add(sink, qubits, &addends, work);
    } else {
        Addition { qubits, bits: &change, controls: &by_carry, work }.emit(sink);
    }
}
