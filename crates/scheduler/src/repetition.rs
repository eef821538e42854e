//! How often a circuit runs until it succeeds.

/// Executions until success.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Repetition {
    /// Uses of the circuit or its inverse in one attempt: 1 plus 2 per round of amplitude amplification.
    pub(crate) uses_per_attempt: f64,
    /// Expected number of attempts.
    pub(crate) attempts: f64,
}

impl Repetition {
    /// A circuit that always succeeds.
    pub(crate) const NONE: Repetition = Repetition { uses_per_attempt: 1.0, attempts: 1.0 };

    /// Repeats until success: 1 / p attempts on average, p in (0, 1].
    pub(crate) fn plain(success_probability: f64) -> Self {
        Repetition { uses_per_attempt: 1.0, attempts: 1.0 / success_probability }
    }

    /// Amplifies by k rounds and repeats until success (Brassard, Høyer, Mosca, Tapp, quant-ph/0005055, section 3):
    /// with p = sin^2(theta), k rounds are 2 k + 1 uses and succeed with probability sin^2((2 k + 1) theta).
    ///
    /// Taking k = pi / (4 theta) makes success almost certain at pi / (2 sqrt p) uses; stopping where
    /// (2 k + 1) theta is near the root 1.1656 of tan x = 2 x and repeating takes 1.38 / sqrt p expected uses, the
    /// least possible.
    pub(crate) fn amplified(success_probability: f64) -> Self {
        const BEST_ANGLE: f64 = 1.165_561_185_207_211;
        let theta = success_probability.sqrt().min(1.0).asin();
        let rounds = ((BEST_ANGLE / theta - 1.0) / 2.0).round().max(0.0);
        let uses = 2.0 * rounds + 1.0;
        let amplified = Repetition { uses_per_attempt: uses, attempts: 1.0 / (uses * theta).sin().powi(2) };
        let plain = Repetition::plain(success_probability);
        // Where one round would go past the top of the sine, plain repetition may win.
        if amplified.uses() < plain.uses() { amplified } else { plain }
    }

    /// Expected uses of the circuit.
    pub(crate) fn uses(&self) -> f64 {
        self.uses_per_attempt * self.attempts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_repetition_is_one_over_the_probability() {
        assert_eq!(Repetition::plain(0.25), Repetition { uses_per_attempt: 1.0, attempts: 4.0 });
        assert_eq!(Repetition::amplified(1.0), Repetition::NONE);
    }

    #[test]
    fn amplification_needs_the_square_root() {
        for probability in [1e-3, 1e-6, 1e-12] {
            let uses = Repetition::amplified(probability).uses();
            assert!((uses * f64::sqrt(probability) - 1.380).abs() < 0.05, "{probability}: {uses}");
        }
        // p = 1/4: theta = pi/6, one round lands at pi/2: 3 uses for certain instead of 4.
        let quarter = Repetition::amplified(0.25);
        assert!((quarter.uses() - 3.0).abs() < 1e-9, "{quarter:?}");
    }

    #[test]
    fn amplification_never_takes_more_uses_than_repetition() {
        for step in 1..=1000 {
            let probability = f64::from(step) / 1000.0;
            assert!(
                Repetition::amplified(probability).uses() <= Repetition::plain(probability).uses() + 1e-12
            );
        }
    }
}
