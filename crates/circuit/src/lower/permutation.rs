//! Permutations of basis states as products of transpositions.

use super::multi_controlled::{Workspace, mcx, with_polarity};
use super::sink::Sink;
use crate::ids::QubitId;
use crate::operation::Control;

/// |k> -> |images\[k\]> under `controls`, each transposition one multi-controlled X between changes of basis.
pub(super) fn permutation<S: Sink>(
    sink: &mut S,
    qubits: &[QubitId],
    images: &[u64],
    controls: &[Control],
    work: Workspace,
) {
    for (a, b) in transpositions(images) {
        let difference = a ^ b;
        let pivot = difference.trailing_zeros() as usize;
        let others = || (pivot + 1..qubits.len()).filter(|bit| difference >> bit & 1 == 1);
        others().for_each(|bit| sink.cx(qubits[pivot], qubits[bit]));
        // With the pivot as control, the state whose pivot bit is 0 is unchanged: compare with that one.
        let reference = if a >> pivot & 1 == 0 { a } else { b };
        let own = qubits.iter().enumerate().filter(|&(bit, _)| bit != pivot);
        let own = own.map(|(bit, &qubit)| Control { qubit, on: reference >> bit & 1 == 1 });
        let all: Vec<Control> = controls.iter().copied().chain(own).collect();
        with_polarity(sink, &all, |sink, controls| mcx(sink, controls, qubits[pivot], work));
        others().for_each(|bit| sink.cx(qubits[pivot], qubits[bit]));
    }
}

/// Transpositions whose product, the first one applied first, is the permutation.
fn transpositions(images: &[u64]) -> Vec<(u64, u64)> {
    let mut seen = vec![false; images.len()];
    let mut result = Vec::new();
    for start in 0..images.len() {
        let mut current = start;
        while !seen[current] {
            seen[current] = true;
            let next = images[current] as usize;
            // (start a b c): start -> a, a -> b, ...: swap (start a), then (start b), ...
            if next != start {
                result.push((start as u64, next as u64));
            }
            current = next;
        }
    }
    // Applying (start a) first sends start to a and a to start, then (start b) sends a's content on to b.
    result
}

/// The inverse permutation.
pub(super) fn inverse(images: &[u64]) -> Vec<u64> {
    let mut result = vec![0; images.len()];
    for (from, &to) in images.iter().enumerate() {
        result[to as usize] = from as u64;
    }
    result
}
