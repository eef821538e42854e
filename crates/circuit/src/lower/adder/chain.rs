//! Addition of a constant as multi-controlled X, the highest bit first: for few bits.

use super::Addition;
use crate::ids::QubitId;
use crate::lower::multi_controlled::{Workspace, mcx};
use crate::lower::sink::Sink;

/// Every bit receives u and the conjunction of the bits below it, each in the form in which [`super::carries`] keeps it, and once
/// more for every change in the constant's bits the conjunction from there on.
pub(super) fn add<S: Sink>(addition: Addition, sink: &mut S) {
    let Addition { qubits, bits, controls, work } = addition;
    let kind = |bit: usize| bits.get(bit.max(1)).copied().unwrap_or(false);
    for target in (0..qubits.len()).rev() {
        let lower = &qubits[..target];
        let flip = |sink: &mut S| {
            lower.iter().enumerate().filter(|(bit, _)| kind(*bit)).for_each(|(_, &qubit)| sink.x(qubit));
        };
        let dirty = [work.dirty, &qubits[target + 1..]].concat();
        let starts = (0..=target).filter(|&bit| bit == 0 || kind(bit) != kind(bit - 1));
        flip(sink);
        for start in starts {
            let all: Vec<QubitId> = controls.iter().chain(&lower[start..]).copied().collect();
            let lent = [dirty.as_slice(), &lower[..start]].concat();
            mcx(sink, &all, qubits[target], Workspace { dirty: &lent, ..work });
        }
        flip(sink);
    }
}
