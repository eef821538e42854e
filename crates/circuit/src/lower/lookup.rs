//! Table look-up: each target bit is a multiplexed X, or a few `cx` where it is affine in the address.

use super::multiplexed::{Phases, Walk, diagonal_walk};
use super::sink::Sink;
use crate::gate::Gate;
use crate::ids::QubitId;
use crate::structured::Axis;
use crate::table::walsh_hadamard;
use std::f64::consts::{FRAC_PI_2, PI};

/// |a>|t> -> |a>|t xor entries\[a\]>, times (-i)^popcount (its conjugate if `inverse`) with `relative_phase`.
///
/// Per target bit 2^k rotations and `cx`; without the phase, 2^k - 1 and 2^k - 2 more in total. With `elide`, a bit
/// that is the parity of m address bits or its complement takes m `cx`, or with the phase 2m - 1 and none of the
/// rotations.
pub(super) fn table_lookup(
    sink: &mut impl Sink,
    address: &[QubitId],
    target: &[QubitId],
    entries: &[u64],
    relative_phase: bool,
    inverse: bool,
    elide: bool,
) {
    let sign = if inverse { -1.0 } else { 1.0 };
    let mut rotated = 0u64;
    for (bit, &qubit) in target.iter().enumerate() {
        if let Some(parity) = Parity::of(entries, bit).filter(|_| elide) {
            if relative_phase {
                parity.add_with_phase(sink, address, qubit, inverse);
            } else {
                parity.add(sink, address, qubit);
            }
            continue;
        }
        rotated |= 1 << bit;
        let mut angles: Vec<f64> =
            entries.iter().map(|entry| if entry >> bit & 1 == 1 { sign * PI } else { 0.0 }).collect();
        walsh_hadamard(&mut angles);
        Walk::dense(&angles, elide, false).emit(sink, Axis::X, address, qubit, 1.0);
    }
    if !relative_phase && (rotated != 0 || !elide) {
        // Rx(pi) = -i X: give the factor i back.
        let ones = |entry: &u64| sign * FRAC_PI_2 * f64::from((entry & rotated).count_ones());
        let mut phases: Vec<f64> = entries.iter().map(ones).collect();
        walsh_hadamard(&mut phases);
        let mean = diagonal_walk(sink, address, Phases::Dense(&phases), elide);
        sink.phase(&mean.into());
    }
}

/// The parity of some address bits, or its complement.
struct Parity {
    mask: usize,
    complement: bool,
}

impl Parity {
    /// A bit of the entries, if it is affine in the address: then it is given by the entries at 0 and at the powers
    /// of two, and at any other address changes with the lowest 1 as it does at that alone.
    fn of(entries: &[u64], bit: usize) -> Option<Self> {
        let value = |address: usize| entries[address] >> bit & 1 == 1;
        let complement = !entries.is_empty() && value(0);
        let changes = |lowest: usize| value(lowest) != complement;
        let affine = (1..entries.len()).all(|address| {
            let lowest = address & address.wrapping_neg();
            (value(address) != value(address ^ lowest)) == changes(lowest)
        });
        let mask = (0..).map(|bit| 1 << bit).take_while(|&power| power < entries.len());
        affine.then(|| Parity { mask: mask.filter(|&power| changes(power)).sum(), complement })
    }

    fn qubits<'a>(&self, address: &'a [QubitId]) -> impl Iterator<Item = QubitId> + 'a {
        let mask = self.mask;
        address.iter().enumerate().filter(move |(bit, _)| mask >> bit & 1 == 1).map(|(_, &qubit)| qubit)
    }

    /// Adds the value to the target.
    fn add(&self, sink: &mut impl Sink, address: &[QubitId], target: QubitId) {
        self.qubits(address).for_each(|qubit| sink.cx(qubit, target));
        if self.complement {
            sink.x(target);
        }
    }

    /// Adds the value v to the target and multiplies by (-i)^v, or by i^v if `inverse`.
    fn add_with_phase(&self, sink: &mut impl Sink, address: &[QubitId], target: QubitId, inverse: bool) {
        if let Some(first) = self.qubits(address).next() {
            self.qubits(address).skip(1).for_each(|qubit| sink.cx(qubit, first));
            // (-i)^(1 - p) = -i i^p.
            let gate = if self.complement == inverse { Gate::Sdg } else { Gate::S };
            sink.push(gate, &[first], &[]);
            sink.cx(first, target);
            self.qubits(address).skip(1).for_each(|qubit| sink.cx(qubit, first));
        }
        if self.complement {
            sink.phase(&(if inverse { FRAC_PI_2 } else { -FRAC_PI_2 }).into());
            sink.x(target);
        }
    }
}
