//! Trading bits of the index for bits of the rank: each rank trades parts of its amplitudes with others.
//!
//! Let m bits of the index trade places with m bits of the rank. The amplitude at (rank bits G, index bits B) goes to
//! (B, G). So a rank with bits G trades with the rank whose bits are G' = G xor d, for each d from 1 to 2^m - 1: its
//! amplitudes with B = G' for the partner's with B = G, which come to the places of those that left. Of 2^m parts
//! one stays.

use super::communicator::{CommunicationError, Communicator};
use crate::real::Real;
use num_complex::Complex;
use num_traits::Zero;

/// Of a rank's amplitudes this part is sent at a time: with what is received, 1/32 of a rank's memory.
const CHUNKS: usize = 64;

/// Amplitudes that are sent at a time at least, if there are as many, and at most.
const SMALLEST_CHUNK: usize = 1 << 10;
const LARGEST_CHUNK: usize = 1 << 22;

/// Amplitudes that are sent at a time, of `amplitudes` at each rank.
pub(crate) fn chunk_length(amplitudes: usize) -> usize {
    (amplitudes / CHUNKS).clamp(SMALLEST_CHUNK, LARGEST_CHUNK).min(amplitudes)
}

/// The memory of exchanges.
#[derive(Debug, Default)]
pub(crate) struct Exchange<R> {
    outgoing: Vec<Complex<R>>,
    incoming: Vec<Complex<R>>,
    /// Number of exchanges.
    pub(crate) number: u64,
    /// Bytes that this rank has sent.
    pub(crate) bytes: u64,
}

impl<R: Real> Exchange<R> {
    /// For ranks of so many amplitudes.
    pub(crate) fn new(amplitudes: usize) -> Self {
        let buffer = || vec![Complex::zero(); chunk_length(amplitudes)];
        Exchange { outgoing: buffer(), incoming: buffer(), number: 0, bytes: 0 }
    }

    /// Trades the bits of each pair (bit of the index, bit of the rank's number). All ranks that differ in the
    /// second bits only call this together.
    pub(crate) fn trade(
        &mut self,
        ranks: &dyn Communicator,
        amplitudes: &mut [Complex<R>],
        pairs: &[(u8, u8)],
    ) -> Result<(), CommunicationError> {
        let rank = ranks.rank();
        let fixed = pairs.iter().fold(0, |mask, pair| mask | 1usize << pair.0);
        for difference in 1..1usize << pairs.len() {
            let (mut partner, mut value) = (rank, 0);
            for (number, &(inner, outer)) in pairs.iter().enumerate() {
                partner ^= (difference >> number & 1) << outer;
                value |= (partner >> outer & 1) << inner;
            }
            self.trade_part(ranks, partner, amplitudes, fixed, value)?;
        }
        self.number += 1;
        Ok(())
    }

    /// Trades the amplitudes whose index has `value` at the bits of `fixed` with as many of a partner.
    fn trade_part(
        &mut self,
        ranks: &dyn Communicator,
        partner: usize,
        amplitudes: &mut [Complex<R>],
        fixed: usize,
        value: usize,
    ) -> Result<(), CommunicationError> {
        let part = amplitudes.len() >> fixed.count_ones();
        let chunk = self.outgoing.len().min(part);
        // Runs of consecutive amplitudes; both lengths are powers of two.
        let run = (1usize << fixed.trailing_zeros()).min(chunk);
        let free = (amplitudes.len() - 1) & !fixed & !(run - 1);
        let next = |base: usize| (base | !free).wrapping_add(1) & free;
        let mut base = 0;
        for _ in 0..part / chunk {
            let first = base;
            let (outgoing, incoming) = (&mut self.outgoing[..chunk], &mut self.incoming[..chunk]);
            for part in outgoing.chunks_exact_mut(run) {
                part.copy_from_slice(&amplitudes[base | value..][..run]);
                base = next(base);
            }
            ranks.exchange(partner, bytemuck::cast_slice(outgoing), bytemuck::cast_slice_mut(incoming))?;
            self.bytes += size_of_val(outgoing) as u64;
            base = first;
            for part in incoming.chunks_exact(run) {
                amplitudes[base | value..][..run].copy_from_slice(part);
                base = next(base);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::distributed::loopback::Loopback;
    use proptest::prelude::*;

    /// Each amplitude holds its own index in the whole state.
    fn traded(local: u8, global: u8, pairs: &[(u8, u8)]) -> Vec<Complex<f64>> {
        let length = 1usize << local;
        let world = Loopback::world(1 << global);
        std::thread::scope(|scope| {
            let threads: Vec<_> = world
                .iter()
                .map(|rank| {
                    scope.spawn(move || {
                        let first = rank.rank() << local;
                        let mut amplitudes: Vec<Complex<f64>> =
                            (first..first + length).map(|index| Complex::new(index as f64, -1.0)).collect();
                        let mut exchange = Exchange::new(length);
                        exchange.outgoing.truncate(4);
                        exchange.incoming.truncate(4);
                        exchange.trade(rank, &mut amplitudes, pairs).unwrap();
                        let sent = (length - (length >> pairs.len())) * 16;
                        assert_eq!(exchange.bytes, sent as u64);
                        amplitudes
                    })
                })
                .collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..Default::default() })]
        #[test]
        fn an_exchange_trades_bits_of_the_index_in_the_whole_state(
            local in 1u8..7, global in 1u8..4, picks in prop::collection::vec((0u8..16, 0u8..16), 1..4),
        ) {
            let mut pairs: Vec<(u8, u8)> = Vec::new();
            for (inner, outer) in picks {
                let (inner, outer) = (inner % local, outer % global);
                if !pairs.iter().any(|pair| pair.0 == inner || pair.1 == outer) {
                    pairs.push((inner, outer));
                }
            }
            for (index, amplitude) in traded(local, global, &pairs).into_iter().enumerate() {
                let mut source = index;
                for &(inner, outer) in &pairs {
                    let outer = outer + local;
                    if (index >> inner ^ index >> outer) & 1 == 1 {
                        source ^= 1 << inner | 1 << outer;
                    }
                }
                prop_assert_eq!(amplitude, Complex::new(source as f64, -1.0));
            }
        }
    }

    #[test]
    fn buffers_are_a_small_part_of_large_ranks() {
        for amplitudes in [1usize, 64, 1 << 16, 1 << 30] {
            let chunk = chunk_length(amplitudes);
            assert!(chunk.is_power_of_two() && chunk <= amplitudes);
            assert!(amplitudes < 1 << 16 || 2 * chunk * 20 <= amplitudes);
        }
    }
}
