//! Random draws that are the same on every machine: PCG64 and conversions of our own, which no release of a
//! library of distributions changes.

use std::f64::consts::TAU;

use rand_pcg::Pcg64;
use rand_pcg::rand_core::{Rng, SeedableRng};

/// What the numbers are for. Every purpose has its own stream, so that, say, another number of layers leaves
/// the split of the data alone.
#[derive(Clone, Copy)]
pub(crate) enum Purpose {
    Split,
    Weights,
    Batches,
    SolverErrors,
}

/// A stream of random numbers, given by a seed and a purpose.
pub(crate) struct Generator(Pcg64);

impl Generator {
    pub(crate) fn new(seed: u64, purpose: Purpose) -> Self {
        let distance: u64 = match purpose {
            Purpose::Split => 0x9e37_79b9_7f4a_7c15,
            Purpose::Weights => 0xbf58_476d_1ce4_e5b9,
            Purpose::Batches => 0x94d0_49bb_1331_11eb,
            Purpose::SolverErrors => 0xd6e8_feb8_6659_fd93,
        };
        Self(Pcg64::seed_from_u64(seed ^ distance))
    }

    /// A uniform number in [0, 1), a multiple of 2^-53.
    pub(crate) fn uniform(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 * (1.0 / (1_u64 << 53) as f64)
    }

    /// A normal number of mean 0 and variance 1 (Box and Muller).
    pub(crate) fn standard_normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        radius * (TAU * self.uniform()).cos()
    }

    /// The numbers 0 to `count` - 1 in random order (Fisher and Yates).
    pub(crate) fn permutation(&mut self, count: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..count).collect();
        for last in (1..count).rev() {
            // The high word of a product with a 64-bit draw: its bias, below last / 2^64, cannot be seen.
            let other = (u128::from(self.0.next_u64()) * (last as u128 + 1)) >> 64;
            order.swap(last, other as usize);
        }
        order
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_repeat_and_differ_by_seed_and_purpose() {
        let first = |seed, purpose| Generator::new(seed, purpose).uniform();
        assert_eq!(first(1, Purpose::Split), first(1, Purpose::Split));
        assert_ne!(first(1, Purpose::Split), first(2, Purpose::Split));
        assert_ne!(first(1, Purpose::Split), first(1, Purpose::Weights));
        assert_ne!(first(1, Purpose::Weights), first(1, Purpose::Batches));
    }

    #[test]
    fn streams_are_the_same_on_every_machine() {
        let mut generator = Generator::new(0, Purpose::Batches);
        // Worked out by a second implementation of PCG64.
        assert_eq!([generator.uniform(), generator.uniform()], [0.19715470402800128, 0.42507495532571404]);
        assert_eq!(generator.permutation(8), [1, 5, 2, 7, 6, 4, 0, 3]);
    }

    #[test]
    fn normal_draws_have_the_moments_of_a_normal_variable() {
        let mut generator = Generator::new(3, Purpose::Weights);
        let count = 40_000;
        let draws: Vec<f64> = (0..count).map(|_| generator.standard_normal()).collect();
        let moment = |power| draws.iter().map(|draw| draw.powi(power)).sum::<f64>() / f64::from(count);
        // Five standard errors: sqrt(1), sqrt(2), sqrt(15), sqrt(96) over sqrt(40 000).
        assert!(moment(1).abs() < 5.0 / 200.0);
        assert!((moment(2) - 1.0).abs() < 5.0 * 1.42 / 200.0);
        assert!(moment(3).abs() < 5.0 * 3.9 / 200.0);
        assert!((moment(4) - 3.0).abs() < 5.0 * 9.8 / 200.0);
    }

    #[test]
    fn a_permutation_holds_every_number_once() {
        let order = Generator::new(0, Purpose::Batches).permutation(100);
        let mut sorted = order.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, (0..100).collect::<Vec<_>>());
        assert_ne!(order, sorted);
        assert!(Generator::new(0, Purpose::Batches).permutation(0).is_empty());
    }
}
