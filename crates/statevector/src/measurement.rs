//! Measurement: outcomes, collapse and samples.
//!
//! Random numbers are those of `Pcg64` (PCG XSL RR 128/64) seeded by `seed_from_u64`; a uniform number in
//! [0, 1) is the upper 53 bits of one 64-bit output. The same seed gives the same outcomes on every machine.

use crate::bits::{Condition, Selection, reorder};
use crate::error::ExecutorError;
use crate::kernels::scale;
use crate::real::{Real, widen};
use crate::simd::Instructions;
use crate::state::{StateVector, check_qubits, sum_over};
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
    check_qubits(qubits, state.qubits())?;
    if qubits.len() > 64 {
        let problem = format!("{} qubits are sampled, an outcome has at most 64 bits", qubits.len());
        return Err(ExecutorError::Selection { problem });
    }
    let positions: Vec<u8> = qubits.iter().map(|qubit| qubit.0 as u8).collect();
    let mut increasing = positions.clone();
    increasing.sort_unstable();
    let selection = Selection::new(&increasing, state.qubits());
    let order = reorder(&positions);
    let total = state.sum(|_, amplitude| widen(amplitude).norm_sqr());
    let mut random = Stream::new(seed);
    let mut counts = BTreeMap::new();
    let mut left = shots;
    while left > 0 {
        let batch = left.min(BATCH);
        left -= batch;
        let mut draws: Vec<f64> = (0..batch).map(|_| total * random.uniform()).collect();
        draws.sort_by(f64::total_cmp);
        for (index, number) in outcomes(state, &draws) {
            let value = selection.get(index);
            let value = order.as_ref().map_or(value, |order| order.get(value));
            *counts.entry(value as u64).or_insert(0) += number;
        }
    }
    Ok(counts)
}

/// The basis states in whose share of [0, total) the sorted draws fall, with their numbers.
fn outcomes<R: Real>(state: &StateVector<R>, draws: &[f64]) -> Vec<(usize, u64)> {
    let mut result = Vec::new();
    let (mut sum, mut next) = (0.0, 0);
    let mut last = None;
    for (index, amplitude) in state.iter().enumerate() {
        let probability = widen(amplitude).norm_sqr();
        if probability == 0.0 {
            continue;
        }
        sum += probability;
        last = Some(index);
        let reached = next + draws[next..].partition_point(|&draw| draw < sum);
        if reached > next {
            result.push((index, (reached - next) as u64));
            next = reached;
            if next == draws.len() {
                return result;
            }
        }
    }
    // Rounding may leave the sum short of the total.
    result.extend(last.map(|index| (index, (draws.len() - next) as u64)));
    result
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
