//! What is known about a success probability.

use super::error::{AmplificationError, check};

/// Bounds of the success probability of a solver, 0 < least <= most <= 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ProbabilityRange {
    least: f64,
    most: f64,
}

impl ProbabilityRange {
    /// Between two bounds.
    pub fn new(least: f64, most: f64) -> Result<Self, AmplificationError> {
        check("least probability", least, least > 0.0 && least <= 1.0, "(0, 1]")?;
        check("most probability", most, most >= least && most <= 1.0, "[least, 1]")?;
        Ok(ProbabilityRange { least, most })
    }

    /// Known exactly.
    pub fn known(probability: f64) -> Result<Self, AmplificationError> {
        Self::new(probability, probability)
    }

    /// Only bounded from below.
    pub fn at_least(probability: f64) -> Result<Self, AmplificationError> {
        Self::new(probability, 1.0)
    }

    /// The lower bound.
    pub fn least(&self) -> f64 {
        self.least
    }

    /// The upper bound.
    pub fn most(&self) -> f64 {
        self.most
    }

    /// The probability, if both bounds agree.
    pub fn exact(&self) -> Option<f64> {
        (self.least == self.most).then_some(self.least)
    }
}
