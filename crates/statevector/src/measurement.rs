//! Measurement: outcomes, collapse and samples.
//!
//! Random numbers are those of `Pcg64` (PCG XSL RR 128/64) seeded by `seed_from_u64`; a uniform number in
//! [0, 1) is the upper 53 bits of one 64-bit output. The same seed gives the same outcomes on every machine.

use crate::bits::{Condition, Scatter, Selection, reorder};
use crate::error::ExecutorError;
use crate::kernels::scale;
use crate::real::{Real, widen};
use crate::simd::Instructions;
use crate::state::{StateVector, check_qubits, sum_over};
use bytemuck::{Pod, Zeroable};
use num_complex::{Complex, Complex64};
use qnewton_circuit::QubitId;
use rand::{Rng, SeedableRng};
use rand_pcg::Pcg64;
use std::collections::BTreeMap;

/// Draws that are sorted at a time.
const BATCH: u64 = 1 << 20;

/// Measures `qubits` of `state` `shots` times, each time on a fresh copy: outcomes, bit i of which belongs to
/// `qubits[i]`, with their numbers. An error if a qubit does not exist or there are more than 64.
pub fn sample<R: Real>(
    state: &StateVector<R>,
    qubits: &[QubitId],
    shots: u64,
    seed: u64,
) -> Result<BTreeMap<u64, u64>, ExecutorError> {
    let outcome = Outcomes::new(qubits, state.qubits())?;
    let total = state.sum(|_, amplitude| widen(amplitude).norm_sqr());
    let mut random = Stream::new(seed);
    let mut counts = BTreeMap::new();
    for_each_batch(shots, total, &mut random, |draws| {
        let mut walk = Walk::default();
        walk.pass(state.amplitudes(), 0, draws, |index, number| outcome.count(&mut counts, index, number));
        walk.finish(draws, |index, number| outcome.count(&mut counts, index, number));
        Ok(())
    })?;
    Ok(counts)
}

/// Draws uniform numbers in [0, total), sorted, a batch at a time.
pub(crate) fn for_each_batch(
    shots: u64,
    total: f64,
    random: &mut Stream,
    mut use_draws: impl FnMut(&[f64]) -> Result<(), ExecutorError>,
) -> Result<(), ExecutorError> {
    let mut left = shots;
    while left > 0 {
        let batch = left.min(BATCH);
        left -= batch;
        let mut draws: Vec<f64> = (0..batch).map(|_| total * random.uniform()).collect();
        draws.sort_by(f64::total_cmp);
        use_draws(&draws)?;
    }
    Ok(())
}

/// The values of measured qubits.
pub(crate) struct Outcomes {
    selection: Selection,
    order: Option<Scatter>,
}

impl Outcomes {
    /// Of some of `count` qubits, which must exist.
    pub(crate) fn new(qubits: &[QubitId], count: usize) -> Result<Self, ExecutorError> {
        check_qubits(qubits, count)?;
        if qubits.len() > 64 {
            let problem = format!("{} qubits are sampled, an outcome has at most 64 bits", qubits.len());
            return Err(ExecutorError::Selection { problem });
        }
        let positions: Vec<u8> = qubits.iter().map(|qubit| qubit.0 as u8).collect();
        let mut increasing = positions.clone();
        increasing.sort_unstable();
        Ok(Outcomes { selection: Selection::new(&increasing, count), order: reorder(&positions) })
    }

    /// Counts the outcome of a basis state.
    pub(crate) fn count(&self, counts: &mut BTreeMap<u64, u64>, index: usize, number: u64) {
        let value = self.selection.get(index);
        let value = self.order.as_ref().map_or(value, |order| order.get(value));
        *counts.entry(value as u64).or_insert(0) += number;
    }
}

/// A walk along the amplitudes of a state that finds the basis states in whose share of [0, total) sorted draws fall.
#[derive(Clone, Copy, Debug, Default, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct Walk {
    /// The squares of all amplitudes so far.
    sum: f64,
    /// Number of draws that are found.
    found: u64,
    /// One more than the last index whose amplitude is not zero.
    end: u64,
}

impl Walk {
    /// Passes the amplitudes of the indices from `first` on and reports basis states with their numbers of draws.
    pub(crate) fn pass<R: Real>(
        &mut self,
        amplitudes: &[Complex<R>],
        first: usize,
        draws: &[f64],
        mut report: impl FnMut(usize, u64),
    ) {
        for (index, &amplitude) in amplitudes.iter().enumerate() {
            let next = self.found as usize;
            if next == draws.len() {
                return;
            }
            let probability = widen(amplitude).norm_sqr();
            if probability == 0.0 {
                continue;
            }
            self.sum += probability;
            self.end = (first + index) as u64 + 1;
            let here = draws[next..].partition_point(|&draw| draw < self.sum);
            if here > 0 {
                report(first + index, here as u64);
                self.found += here as u64;
            }
        }
    }

    /// Reports the draws that rounding left over: the sum may be short of the total.
    pub(crate) fn finish(&self, draws: &[f64], mut report: impl FnMut(usize, u64)) {
        let left = draws.len() as u64 - self.found;
        if left > 0 && self.end > 0 {
            report(self.end as usize - 1, left);
        }
    }
}

/// The random numbers of a run. A stream is where it is by its seed and the numbers that were drawn.
#[derive(Clone, Debug)]
pub(crate) struct Stream {
    generator: Pcg64,
    drawn: u64,
}

impl Stream {
    /// The stream of a seed.
    pub(crate) fn new(seed: u64) -> Self {
        Stream { generator: Pcg64::seed_from_u64(seed), drawn: 0 }
    }

    /// The same after `drawn` numbers.
    pub(crate) fn after(seed: u64, drawn: u64) -> Self {
        let mut stream = Stream::new(seed);
        stream.generator.advance(u128::from(drawn));
        stream.drawn = drawn;
        stream
    }

    /// How many numbers were drawn.
    pub(crate) fn drawn(&self) -> u64 {
        self.drawn
    }

    /// 64 random bits.
    pub(crate) fn bits(&mut self) -> u64 {
        self.drawn += 1;
        self.generator.next_u64()
    }

    /// A number in [0, 1) with 53 random bits.
    pub(crate) fn uniform(&mut self) -> f64 {
        (self.bits() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
    }
}

/// The share of the squared norm that has |1> at `position`.
pub(crate) fn probability_of_one<R: Real>(amplitudes: &[Complex<R>], position: u8) -> f64 {
    let bit = 1usize << position;
    let part = |wanted: usize| {
        sum_over(amplitudes, |index, a| if index & bit == wanted { widen(a).norm_sqr() } else { 0.0 })
    };
    let (zero, one) = (part(0), part(bit));
    one / (zero + one)
}

/// Projects the qubit at `position` and restores the norm; `probability` is that of the outcome.
pub(crate) fn collapse<R: Real>(amplitudes: &mut [Complex<R>], position: u8, one: bool, probability: f64) {
    let condition = Condition::default();
    let instructions = Instructions::best();
    scale(amplitudes, instructions, condition.and(position, !one), Complex64::new(0.0, 0.0));
    let factor = 1.0 / probability.sqrt();
    scale(amplitudes, instructions, condition.and(position, one), Complex64::new(factor, 0.0));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_continues_where_it_was() {
        let mut stream = Stream::new(9);
        for _ in 0..5 {
            stream.uniform();
        }
        let mut later = Stream::after(9, stream.drawn());
        assert_eq!((stream.bits(), stream.bits()), (later.bits(), later.bits()));
        assert_eq!(later.drawn(), 7);
    }
}
