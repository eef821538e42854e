//! Rotations by a fixed angle: Brassard, Høyer, Mosca, Tapp, quant-ph/0005055.
//!
//! With sin(theta) = sqrt(p) the success amplitude after k rounds is sin((2k + 1) theta), of the sign and phase that it
//! had (their equation 8).

use super::probability::ProbabilityRange;
use std::f64::consts::{FRAC_PI_2, PI};

/// sin((2k + 1) theta)/sin(theta): what k rounds multiply the amplitudes of the solution by.
pub(super) fn gain(rounds: u64, probability: f64) -> f64 {
    let sine = probability.sqrt();
    (angle(probability) * uses(rounds)).sin() / sine
}

/// The least and the largest success probability after k rounds for all probabilities of a range.
pub(super) fn success(rounds: u64, range: &ProbabilityRange) -> (f64, f64) {
    let [low, high] = [range.least(), range.most()].map(|probability| uses(rounds) * angle(probability));
    let [first, last] = [low, high].map(|phase| phase.sin().powi(2));
    // Whether a multiple of pi after `offset` lies between.
    let passes = |offset: f64| ((high - offset) / PI).floor() >= ((low - offset) / PI).ceil();
    let least = if low < high && passes(0.0) { 0.0 } else { first.min(last) };
    let most = if low < high && passes(FRAC_PI_2) { 1.0 } else { first.max(last) };
    (least, most)
}

/// The number of rounds with the fewest uses until success in the worst case of the range, (2k + 1)/sin^2.
pub(super) fn optimal(range: &ProbabilityRange) -> u64 {
    // u/sin^2(u theta) is least at tan(u theta) = 2 u theta; where neither bound has its minimum at the largest of both
    // costs, the costs cross at u (theta_low + theta_high) = pi.
    let (low, high) = (angle(range.least()), angle(range.most()));
    let candidates = [OPTIMAL_PHASE / low, OPTIMAL_PHASE / high, PI / (low + high)];
    let near = |uses: f64| {
        let rounds = (0.5 * (uses - 1.0)).clamp(0.0, LARGEST_ROUNDS) as u64;
        [rounds, rounds + 1]
    };
    let cost = |rounds: u64| uses(rounds) / success(rounds, range).0;
    let candidates = candidates.into_iter().flat_map(near).chain([0]);
    candidates.min_by(|&a, &b| cost(a).total_cmp(&cost(b)).then(a.cmp(&b))).unwrap_or(0)
}

/// The smallest positive solution of tan(y) = 2 y.
const OPTIMAL_PHASE: f64 = 1.165_561_185_207_211;
const LARGEST_ROUNDS: f64 = 1e15;

fn angle(probability: f64) -> f64 {
    probability.sqrt().asin()
}

fn uses(rounds: u64) -> f64 {
    2.0 * rounds as f64 + 1.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn bounds_of_a_range_hold_and_are_attained(
            least in 1e-4..1.0f64, width in 0.0..1.0f64, rounds in 0u64..40,
        ) {
            let range = ProbabilityRange::new(least, least + width * (1.0 - least)).unwrap();
            let (low, high) = success(rounds, &range);
            let at = |step: i32| {
                let probability = range.least() + (range.most() - range.least()) * f64::from(step) / 20_000.0;
                success(rounds, &ProbabilityRange::known(probability.min(1.0)).unwrap()).0
            };
            let sampled: Vec<f64> = (0..=20_000).map(at).collect();
            let (least, most) = sampled.iter().fold((1.0f64, 0.0f64), |(a, b), &value| (a.min(value), b.max(value)));
            prop_assert!(low <= least + 1e-12 && high >= most - 1e-12);
            prop_assert!(least - low < 1e-2 && high - most < 1e-2);
        }

        #[test]
        fn no_other_number_of_rounds_is_cheaper(least in 1e-4..1.0f64, width in 0.0..1.0f64) {
            let range = ProbabilityRange::new(least, least + width * (1.0 - least)).unwrap();
            let cost = |rounds| uses(rounds) / success(rounds, &range).0;
            let found = cost(optimal(&range));
            prop_assert!((0..200).all(|rounds| cost(rounds) >= found * (1.0 - 1e-12)));
        }
    }
}
