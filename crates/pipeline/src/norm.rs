//! Solvers that leave the direction of the solution only: how norm and sign follow from one further query.
//!
//! Such a solver leaves a = sqrt(p_s) v, v of norm 1 with ||v - s x/||x|| || <= delta, s = +-1 unknown. Since A x = b,
//! x = scale a with scale = s ||b|| / ||A a||, and one query more ([`qnewton_qlsa::readout::norm_circuit`]) leaves A a /
//! alpha: it succeeds with probability p_s p, p = (||A v|| / alpha)^2, and s is the sign of <b, A a>.
//!
//! **Error.** Let r = ||A|| ||x|| / ||b||, at most the condition number. ||A v|| differs from ||b||/||x|| by at most
//! ||A|| delta, so ||x||/||scale a|| - 1 is at most r delta either way and the norm is off by a factor of at most 1/(1 -
//! r delta). With delta for the direction, ||scale a - x|| / ||x|| <= delta + r delta / (1 - r delta).

use num_complex::Complex64;
use serde::{Deserialize, Serialize};

use crate::compile::norm;

/// How the norm of the solution follows from a circuit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NormMethod {
    /// The factor between amplitudes and solution is known beforehand.
    #[default]
    Scale,
    /// The circuit leaves the direction, up to a sign; norm and sign take one further query.
    FurtherQuery,
}

impl NormMethod {
    /// The name in documents.
    pub fn name(self) -> &'static str {
        match self {
            NormMethod::Scale => "scale",
            NormMethod::FurtherQuery => "further-query",
        }
    }
}

/// Where [`crate::Solver::Shortcut`] gets the estimate of the norm of the solution that it needs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NormEstimate {
    /// From the classical solution, the one that the success probability is predicted from. A device has none: this is
    /// what the solver costs where the norm is known.
    #[default]
    Classical,
    /// Searched: circuits for 1/sigma_min, half of that and so on run until one succeeds. The one that is compiled is the
    /// likeliest to succeed; the expected queries are those of the whole search.
    Search,
}

impl NormEstimate {
    /// All of them.
    pub const ALL: &'static [NormEstimate] = &[NormEstimate::Classical, NormEstimate::Search];

    /// The name in documents and on command lines.
    pub fn name(self) -> &'static str {
        match self {
            NormEstimate::Classical => "classical",
            NormEstimate::Search => "search",
        }
    }

    /// What it is, in one line.
    pub fn description(self) -> &'static str {
        match self {
            NormEstimate::Classical => {
                "from the classical solution: what the solver costs where the norm is known"
            }
            NormEstimate::Search => "searched by circuits of decreasing estimates, as without any knowledge",
        }
    }
}

/// What is known of a circuit that leaves the direction of the solution only.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Direction {
    /// Where the estimate of the norm comes from, if the solver needs one.
    pub norm_estimate: Option<NormEstimate>,
    /// Predicted probability that the ancillas of the further query read 0, given that the solver succeeded: (||b|| /
    /// (alpha ||x||))^2, from the classical solution.
    pub norm_probability: f64,
    /// The promise takes this success probability, where nothing proves it beforehand.
    pub least_success_probability: Option<f64>,
}

/// Shares of an error: that of the direction and what it makes of the norm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Shares {
    /// delta.
    pub(crate) direction: f64,
    /// r delta / (1 - r delta).
    pub(crate) norm: f64,
}

impl Shares {
    /// The largest error of the direction whose two shares sum to `error`, `ratio` >= 1 being a bound of r.
    ///
    /// With t = r delta: t^2 - (1 + r + r error) t + r error = 0; the smaller root.
    pub(crate) fn of(error: f64, ratio: f64) -> Self {
        let sum = 1.0 + ratio + ratio * error;
        let direction = 2.0 * error / (sum + (sum * sum - 4.0 * ratio * error).max(0.0).sqrt());
        Shares { direction, norm: error - direction }
    }

    /// The shares that an error of the direction leads to.
    pub(crate) fn of_direction(direction: f64, ratio: f64) -> Self {
        let product = ratio * direction;
        Shares { direction, norm: product / (1.0 - product) }
    }
}

/// The factor between amplitudes and solution, from `image`, A a / alpha; not finite where the image is 0.
pub(crate) fn measured_scale(rhs: &[f64], alpha: f64, image: &[Complex64]) -> f64 {
    let overlap: f64 = rhs.iter().zip(image).map(|(b, image)| b * image.re).sum();
    let length = image.iter().map(|amplitude| amplitude.norm_sqr()).sum::<f64>().sqrt();
    norm(rhs) / (alpha * length) * if overlap < 0.0 { -1.0 } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn shares_add_up_to_the_error() {
        for ratio in [1.0, 3.0, 100.0, 1e8] {
            for error in [0.9, 0.1, 1e-2, 1e-6, 1e-12] {
                let Shares { direction, norm } = Shares::of(error, ratio);
                let t: f64 = ratio * direction;
                assert!(t < 1.0 && (norm / (t / (1.0 - t)) - 1.0).abs() < 1e-6, "{ratio} {error}");
                let found = Shares::of_direction(direction, ratio).norm + direction;
                assert!((found / error - 1.0).abs() < 1e-6, "{ratio} {error}");
                assert!(
                    direction >= error / (1.0 + ratio) * (1.0 - error) && direction <= error / (1.0 + ratio)
                );
            }
        }
    }

    proptest! {
        /// Diagonal matrices are all there is: with A = W S V^T norms and angles are those of S V^T x and W^T b.
        #[test]
        fn no_error_of_a_direction_exceeds_the_shares(
            entries in prop::collection::vec((0.0f64..1.0, -1.0f64..1.0, -1.0f64..1.0), 2..6),
            condition in 1.0f64..300.0,
            logarithm in -6.0f64..-0.2,
            aligned in 0.0f64..1.0,
            flipped in any::<bool>(),
        ) {
            let exponent = |i: usize| [0.0, 1.0].get(i).copied().unwrap_or(entries[i].0);
            let singular: Vec<f64> = (0..entries.len()).map(|i| condition.powf(-exponent(i))).collect();
            // From the right-hand side of the largest norm, which is the smallest singular vector, to any.
            let x: Vec<f64> = entries.iter().enumerate()
                .map(|(i, entry)| (1.0 - aligned) * entry.1 + if i == 1 { aligned } else { 0.0 }).collect();
            prop_assume!(norm(&x) > 1e-3);
            let b: Vec<f64> = x.iter().zip(&singular).map(|(x, s)| x * s).collect();
            let ratio = norm(&x) / norm(&b);
            let error = 10f64.powf(logarithm);
            let Shares { direction, .. } = Shares::of(error, ratio);
            // A direction at that distance, towards the largest singular vector or anywhere.
            let towards = |vector: Vec<f64>| {
                let along: f64 = vector.iter().zip(&x).map(|(v, x)| v * x).sum::<f64>() / norm(&x).powi(2);
                let rest: Vec<f64> = vector.iter().zip(&x).map(|(v, x)| v - along * x).collect();
                let (angle, length) = (2.0 * (direction / 2.0).asin(), norm(&rest));
                let whole = norm(&x);
                let turned = x.iter().zip(&rest).map(|(x, rest)| x / whole * angle.cos() + rest / length * angle.sin());
                (length > 1e-9).then(|| turned.collect::<Vec<f64>>())
            };
            let basis = |sign: f64| (0..x.len()).map(|i| if i == 0 { sign } else { 0.0 }).collect();
            let random = entries.iter().map(|entry| entry.2).collect();
            for v in [basis(1.0), basis(-1.0), random].into_iter().filter_map(towards) {
                let sign = if flipped { -0.3 } else { 0.3 };
                let image: Vec<Complex64> =
                    v.iter().zip(&singular).map(|(v, s)| Complex64::from(sign * v * s / 2.0)).collect();
                let scale = measured_scale(&b, 2.0, &image);
                let difference: Vec<f64> = v.iter().zip(&x).map(|(v, x)| scale * sign * v - x).collect();
                prop_assert!(norm(&difference) / norm(&x) <= error * (1.0 + 1e-9), "{}", norm(&difference));
            }
        }
    }
}
