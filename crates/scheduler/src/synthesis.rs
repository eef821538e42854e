//! How many T gates a rotation takes.

use serde::{Deserialize, Serialize};

/// T gates per rotation by an arbitrary angle: ceil(`t_per_bit` log2(1/error) + `t_constant`), error in operator norm.
///
/// Ross and Selinger (arXiv 1403.2975) need 3 log2(1/error) + O(log log(1/error)) in the typical case.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SynthesisRule {
    /// T gates per halving of the error.
    pub t_per_bit: f64,
    /// T gates at error 1.
    pub t_constant: f64,
    /// The share of the solution's error that all rotations together may use up.
    pub error_share: f64,
}

impl SynthesisRule {
    /// T gates of a rotation with that error.
    pub fn t_gates(&self, error: f64) -> f64 {
        (self.t_per_bit * (1.0 / error).log2() + self.t_constant).ceil().max(0.0)
    }

    /// The error that each of `rotations` rotations may have, so that the state after success, which has relative
    /// weight sqrt(`success_probability`), is off by at most the share of `epsilon`. Errors add up.
    pub fn error_per_rotation(&self, epsilon: f64, success_probability: f64, rotations: u128) -> f64 {
        self.error_share * epsilon * success_probability.sqrt() / (rotations.max(1) as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rule_of_ross_and_selinger() {
        let rule = SynthesisRule { t_per_bit: 3.0, t_constant: 4.0, error_share: 0.1 };
        // Measured with an implementation: 30, 64 and 104.
        assert_eq!([1e-3, 1e-6, 1e-10].map(|error| rule.t_gates(error)), [34.0, 64.0, 104.0]);
        // 0.1 * 1e-2 * 0.5 / 1000
        assert!((rule.error_per_rotation(1e-2, 0.25, 1000) - 5e-7).abs() < 1e-20);
    }
}
