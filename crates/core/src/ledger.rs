//! The error ledger: one upper bound per approximate stage, all in the same unit.

use serde::Serialize;

/// A stage of the compilation that may introduce an error into the solution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Block encoding: delta / (sigma_min - delta), delta the operator-norm error of the encoding.
    Encoding,
    /// State preparation of the right-hand side: kappa ||delta b|| / ||b||.
    StatePreparation,
    /// Polynomial approximation of 1/x, relative on the spectrum.
    Polynomial,
    /// Residual of the phase factors, times the amplitude-to-x scale, times ||b|| / ||x||.
    Phases,
    /// Norm of the solution from a further query on its direction: r delta / (1 - r delta), delta the error of the
    /// direction, r = ||A|| ||x|| / ||b||.
    Norm,
    /// Amplification of the success probability, whose gain depends on that probability; or the polynomial that amplifies.
    Amplification,
    /// Approximation of rotations by a discrete gate set.
    Synthesis,
    /// Finite number of shots.
    ReadOut,
}

impl Stage {
    /// The name used in reports and JSON documents.
    pub fn name(self) -> &'static str {
        match self {
            Stage::Encoding => "encoding",
            Stage::StatePreparation => "state_preparation",
            Stage::Polynomial => "polynomial",
            Stage::Phases => "phases",
            Stage::Norm => "norm",
            Stage::Amplification => "amplification",
            Stage::Synthesis => "synthesis",
            Stage::ReadOut => "read_out",
        }
    }
}

/// One stage's contribution to ||x_hat - x|| / ||x||.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LedgerEntry {
    /// The stage that causes the error.
    pub stage: Stage,
    /// Upper bound of its contribution to the relative error of the solution; infinite if unknown.
    pub bound: f64,
}

/// Upper bounds of the relative error of a solution, stage by stage. Their sum is the promise that a
/// solver circuit makes; a measured error is held against it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ErrorLedger {
    entries: Vec<LedgerEntry>,
}

impl ErrorLedger {
    /// An empty ledger: an exact computation.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds `bound` to the entry of `stage`; a NaN bound counts as infinite, since nothing is known.
    pub fn add(&mut self, stage: Stage, bound: f64) {
        let bound = if bound.is_nan() { f64::INFINITY } else { bound };
        match self.entries.iter_mut().find(|entry| entry.stage == stage) {
            Some(entry) => entry.bound += bound,
            None => {
                self.entries.push(LedgerEntry { stage, bound });
                self.entries.sort_by_key(|entry| entry.stage);
            }
        }
    }

    /// The entries, in the order of [`Stage`].
    pub fn entries(&self) -> &[LedgerEntry] {
        &self.entries
    }

    /// The bound of one stage; 0 where the stage introduced no error.
    pub fn bound(&self, stage: Stage) -> f64 {
        self.entries.iter().find(|entry| entry.stage == stage).map_or(0.0, |entry| entry.bound)
    }

    /// The sum of all bounds.
    pub fn total(&self) -> f64 {
        self.entries.iter().map(|entry| entry.bound).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_add_up_and_stay_in_stage_order() {
        let mut ledger = ErrorLedger::new();
        ledger.add(Stage::Phases, 1e-3);
        ledger.add(Stage::Encoding, 2e-3);
        ledger.add(Stage::Phases, 1e-3);
        assert_eq!(ledger.entries().len(), 2);
        assert_eq!(ledger.entries()[0].stage, Stage::Encoding);
        assert!((ledger.total() - 4e-3).abs() < 1e-18);
        assert!((ledger.bound(Stage::Phases) - 2e-3).abs() < 1e-18);
        assert_eq!(ledger.bound(Stage::ReadOut), 0.0);
    }

    #[test]
    fn an_unknown_error_is_infinite_not_ignored() {
        let mut ledger = ErrorLedger::new();
        ledger.add(Stage::Encoding, f64::NAN);
        assert_eq!(ledger.total(), f64::INFINITY);
    }
}
