//! Partial rotations that never overshoot: Yoder, Low, Chuang, arXiv 1409.3303.
//!
//! L = 2l + 1 uses of the solver with phases (their equation 11)
//!
//! alpha_j = -beta_(l - j + 1) = 2 arccot(tan(2 pi j/L) sqrt(w)),    j = 1 .. l,
//!
//! in G(alpha, beta) = -(1 - (1 - e^(-i alpha)) |s><s|) (1 - (1 - e^(i beta)) |t><t|), the j-th one applied j-th, leave the
//! failure amplitude delta T_L(sqrt((1 - p)/(1 - w))) times a constant phase, delta = 1/cosh(L artanh(sqrt(w))): success
//! is at least 1 - delta^2 from p = w on, and grows with p below.

use num_complex::Complex64;
use std::f64::consts::PI;

/// The phases (alpha_j, beta_j) in the order of application.
pub(super) fn phases(uses: u64, width: f64) -> Vec<(f64, f64)> {
    let pairs = uses / 2;
    let root = width.sqrt();
    let alpha = |j: u64| {
        let (sine, cosine) = (2.0 * PI * j as f64 / uses as f64).sin_cos();
        2.0 * cosine.atan2(sine * root)
    };
    (1..=pairs).map(|j| (alpha(j), -alpha(pairs - j + 1))).collect()
}

/// delta for L uses and a width w in (0, 1].
pub(super) fn largest_failure(uses: u64, width: f64) -> f64 {
    1.0 / (uses as f64 * width.sqrt().atanh()).cosh()
}

/// The success probability, 1 - delta^2 T_L(sqrt((1 - p)/(1 - w)))^2.
pub(super) fn success(uses: u64, width: f64, probability: f64) -> f64 {
    let order = uses as f64;
    if width == 1.0 {
        // The limit, equal rotations.
        return 1.0 - (1.0 - probability).powf(order);
    }
    let ratio = ((1.0 - probability) / (1.0 - width)).sqrt();
    let failure = if ratio > 1.0 {
        // cosh(L u)/cosh(L v) with u <= v, which may overflow each for itself.
        let (u, v) = (order * ratio.acosh(), order * width.sqrt().atanh());
        (u - v).exp() * (1.0 + (-2.0 * u).exp()) / (1.0 + (-2.0 * v).exp())
    } else {
        largest_failure(uses, width) * (order * ratio.acos()).cos()
    };
    ((1.0 - failure) * (1.0 + failure)).clamp(0.0, 1.0)
}

/// What the amplitudes of the solution are multiplied by: complex. The rotations are those of the circuit, G but for a
/// phase: exp(-i alpha/2 (2|s><s| - 1)) exp(i beta/2 (2|t><t| - 1)).
pub(super) fn gain(uses: u64, width: f64, probability: f64) -> Complex64 {
    // In the plane of success and failure; S|0> = (sine, cosine).
    let (sine, cosine) = (probability.sqrt(), (1.0 - probability).max(0.0).sqrt());
    let start = [Complex64::from(sine), Complex64::from(cosine)];
    let rotate = |[success, failure]: [Complex64; 2], (alpha, beta): &(f64, f64)| {
        let [success, failure] =
            [success * Complex64::cis(0.5 * beta), failure * Complex64::cis(-0.5 * beta)];
        let along = Complex64::new(0.0, -2.0 * (0.5 * alpha).sin()) * (success * sine + failure * cosine);
        let rest = Complex64::cis(0.5 * alpha);
        [along * sine + rest * success, along * cosine + rest * failure]
    };
    phases(uses, width).iter().fold(start, rotate)[0] / sine
}

/// The smallest odd L with delta at most `failure` for a width.
pub(super) fn smallest_uses(width: f64, failure: f64) -> f64 {
    let uses = (1.0 / failure).acosh() / width.sqrt().atanh();
    // The next odd number; rounding alone does not ask for two more.
    2.0 * (0.5 * (uses * (1.0 - 1e-12) - 1.0)).ceil().max(0.0) + 1.0
}

/// The odd L with the fewest uses until success in the worst case from w on, L/(1 - delta^2) = L/tanh^2(L artanh(sqrt(w))).
pub(super) fn optimal_uses(width: f64) -> u64 {
    let rate = width.sqrt().atanh();
    let cost = |uses: u64| uses as f64 / (uses as f64 * rate).tanh().powi(2);
    let below = (0.5 * (OPTIMAL_EXPONENT / rate - 1.0)).clamp(0.0, LARGEST_PAIRS) as u64;
    let (first, second) = (2 * below + 1, 2 * below + 3);
    if cost(second) < cost(first) { second } else { first }
}

/// The positive solution of sinh(2y) = 4y, where y/tanh^2(y) is least.
const OPTIMAL_EXPONENT: f64 = 1.088_659_492_482_653_4;
const LARGEST_PAIRS: f64 = 1e15;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_phases_yield_the_success_in_closed_form(
            pairs in 0u64..40, width in 1e-4..0.99f64, probability in 1e-6..1.0f64,
        ) {
            let uses = 2 * pairs + 1;
            let found = gain(uses, width, probability).norm_sqr() * probability;
            let expected = success(uses, width, probability);
            prop_assert!((found - expected).abs() < 1e-10, "{found} {expected}");
            if probability >= width {
                prop_assert!(expected >= 1.0 - largest_failure(uses, width).powi(2) - 1e-12);
            }
        }

        #[test]
        fn no_other_number_of_uses_is_cheaper(width in 1e-4..0.999f64) {
            let rate = width.sqrt().atanh();
            let cost = |uses: u64| uses as f64 / (uses as f64 * rate).tanh().powi(2);
            let found = cost(optimal_uses(width));
            prop_assert!((0..200).all(|pairs| cost(2 * pairs + 1) >= found * (1.0 - 1e-12)));
        }

        #[test]
        fn the_smallest_number_of_uses_is_the_smallest(width in 1e-4..0.99f64, failure in 1e-3..0.999f64) {
            let uses = smallest_uses(width, failure) as u64;
            prop_assert!(uses % 2 == 1 && largest_failure(uses, width) <= failure * (1.0 + 1e-9));
            prop_assert!(uses == 1 || largest_failure(uses - 2, width) > failure);
        }
    }

    #[test]
    fn success_grows_below_the_width() {
        for step in 1..100 {
            let at = |step: i32| success(21, 0.05, 0.05 * f64::from(step) / 100.0);
            assert!(at(step) < at(step + 1));
        }
    }
}
