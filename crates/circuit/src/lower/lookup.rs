//! Table look-up: each target bit is a multiplexed X.

use super::multiplexed::{diagonal_walk, parity_walk};
use super::sink::Sink;
use crate::ids::QubitId;
use crate::structured::Axis;
use crate::table::walsh_hadamard;
use std::f64::consts::{FRAC_PI_2, PI};

/// |a>|t> -> |a>|t xor entries\[a\]>, times (-i)^popcount (its conjugate if `inverse`) with `relative_phase`.
///
/// Per target bit 2^k rotations and `cx`; without the phase, 2^k - 1 and 2^k - 2 more in total.
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
    for (bit, &qubit) in target.iter().enumerate() {
        let mut angles: Vec<f64> =
            entries.iter().map(|entry| if entry >> bit & 1 == 1 { sign * PI } else { 0.0 }).collect();
        if elide && angles.iter().all(|&angle| angle == 0.0) {
            continue;
        }
        walsh_hadamard(&mut angles);
        parity_walk(sink, Axis::X, address, qubit, |mask| angles[mask], elide);
    }
    if !relative_phase {
        // Rx(pi) = -i X: give the factor i back.
        let mut phases: Vec<f64> =
            entries.iter().map(|entry| sign * FRAC_PI_2 * f64::from(entry.count_ones())).collect();
        walsh_hadamard(&mut phases);
        let mean = diagonal_walk(sink, address, &phases, elide);
        sink.phase(&mean.into());
    }
}
