//! What executions say about a calibration.

use serde::{Deserialize, Serialize};

/// Executions that a calibration counts as much as.
const CALIBRATION_COUNTS: f64 = 8.0;

/// Executions that are remembered: a machine may change.
const REMEMBERED: u64 = 200;

/// Shorter solves say more about the clock and the caches than about the solver, in seconds.
const SHORTEST: f64 = 1e-4;

/// A single execution counts as no more than so many times slower or faster than predicted: others may use the machine.
const LARGEST_RATIO: f64 = 4.0;

/// How long executions took, compared with what the calibration alone predicts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refinement {
    /// Number of executions, the latest 200 at most.
    pub solves: u64,
    /// Mean of ln(actual seconds / predicted seconds).
    pub mean_logarithm: f64,
}

impl Refinement {
    /// The factor by which predictions become longer: the geometric mean of the ratios, drawn to 1 while they are few.
    pub fn factor(&self) -> f64 {
        let solves = self.solves as f64;
        (self.mean_logarithm * solves / (solves + CALIBRATION_COUNTS)).exp()
    }

    /// Whether it has no executions.
    pub fn is_empty(&self) -> bool {
        self.solves == 0
    }

    /// Takes an execution into account; whether it was long enough for that. Seconds, predicted without refinement.
    pub fn observe(&mut self, predicted: f64, actual: f64) -> bool {
        let ratio = actual / predicted;
        if predicted.max(actual) < SHORTEST || !(ratio.is_finite() && ratio > 0.0) {
            return false;
        }
        self.solves = (self.solves + 1).min(REMEMBERED);
        let logarithm = ratio.clamp(1.0 / LARGEST_RATIO, LARGEST_RATIO).ln();
        self.mean_logarithm += (logarithm - self.mean_logarithm) / self.solves as f64;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_executions_decide_and_few_hardly() {
        let mut refinement = Refinement::default();
        assert_eq!(refinement.factor(), 1.0);
        assert!(refinement.observe(0.1, 0.2));
        assert!((1.05..1.1).contains(&refinement.factor()));
        for _ in 0..500 {
            refinement.observe(0.1, 0.2);
        }
        assert!((1.9..2.0).contains(&refinement.factor()) && refinement.solves == REMEMBERED);
        for _ in 0..2000 {
            refinement.observe(0.1, 0.05);
        }
        assert!((0.5..0.55).contains(&refinement.factor()));
    }

    #[test]
    fn what_says_nothing_is_left_out_and_outliers_count_little() {
        let mut refinement = Refinement::default();
        for (predicted, actual) in
            [(1e-6, 2e-6), (0.0, 1.0), (1.0, f64::NAN), (1.0, 0.0), (f64::INFINITY, 1.0)]
        {
            assert!(!refinement.observe(predicted, actual), "{predicted} {actual}");
        }
        assert!(refinement.is_empty());
        refinement.observe(1e-3, 1e3);
        assert!((refinement.mean_logarithm - LARGEST_RATIO.ln()).abs() < 1e-15);
    }
}
