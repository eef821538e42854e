//! Solutions that are read from shots: how many, and what came of them.

use crate::failure::Failure;
use crate::text::{self, Facts};
use crate::unknowns::Unknowns;
use qnewton::pipeline::{
    Allocation, CompiledSystem, Readable, Readout, compare, ledger_fields, with_read_out,
};
use serde::Serialize;
use std::collections::BTreeMap;

/// How many shots are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ShotBudget {
    /// So many.
    Number(u64),
    /// As many as keep what the solver leaves of the relative error that was asked for.
    Auto,
}

/// Shots that are enough for all circuits, and that a double counts; or `auto`.
pub(crate) fn shot_budget(text: &str) -> Result<ShotBudget, String> {
    if text == "auto" {
        return Ok(ShotBudget::Auto);
    }
    // 1e6 is more readable than 1000000.
    let number: f64 = text.parse().map_err(|_| "a whole number or `auto` is needed".to_string())?;
    if number.fract() == 0.0 && (4.0..=9e15).contains(&number) {
        return Ok(ShotBudget::Number(number as u64));
    }
    Err("a whole number between 4 and 9e15 is needed".to_string())
}

impl ShotBudget {
    /// The number for a compiled system, of whose solution `epsilon` is promised with the shots.
    pub(crate) fn shots(self, compiled: &CompiledSystem, epsilon: f64) -> Result<u64, Failure> {
        let ShotBudget::Number(shots) = self else {
            let left = epsilon - compiled.ledger.total();
            let shots = Readable::of(compiled).shots_within(left);
            if shots == u64::MAX {
                let message =
                    format!("no number of shots up to 2^53 leaves an error of {}", text::bound(left));
                return Err(Failure::with_hint(
                    message,
                    "a larger --epsilon, or --amplification, which raises the success probability",
                ));
            }
            return Ok(shots.max(8));
        };
        Ok(shots)
    }
}

/// What shots gave.
#[derive(Serialize)]
pub(crate) struct ReadoutFields<'a> {
    shots: u64,
    magnitude_shots: u64,
    interference_shots: u64,
    norm_shots: u64,
    seed: u64,
    solution: Unknowns<'a>,
    norm: f64,
    success_frequency: f64,
    sign_uncertain: usize,
    /// Expected relative error from the shots alone.
    expected_error: f64,
    /// Of the solution that was read, against the classical one.
    relative_error: f64,
    /// Bound per stage, reading included, and `total`.
    error_bound: BTreeMap<String, f64>,
    /// Shots for an expected relative error of epsilon, the solver's own bound included.
    shots_for_epsilon: u64,
    /// Whether the relative error is at most epsilon.
    pub(crate) promise_kept: bool,
}

impl<'a> ReadoutFields<'a> {
    /// Of `epsilon` the solver may have been given a part only.
    pub(crate) fn new(compiled: &CompiledSystem, readout: &'a Readout, epsilon: f64, seed: u64) -> Self {
        let Allocation { magnitude_shots, interference_shots, .. } = readout.allocation;
        // What the solver leaves of epsilon; independent errors add in squares.
        let solver = compiled.ledger.total();
        let left = ((epsilon - solver) * (epsilon + solver)).max(0.0).sqrt();
        let relative_error = compare(&readout.solution, &compiled.classical_solution).0;
        ReadoutFields {
            shots: magnitude_shots + interference_shots + readout.norm_shots,
            magnitude_shots,
            interference_shots,
            norm_shots: readout.norm_shots,
            seed,
            solution: Unknowns::new(&readout.solution, compiled.facts.real_form),
            norm: readout.norm,
            success_frequency: readout.success_frequency,
            sign_uncertain: readout.sign_uncertain,
            expected_error: readout.expected_error,
            relative_error,
            error_bound: ledger_fields(&with_read_out(&compiled.ledger, readout.expected_error)),
            shots_for_epsilon: Readable::of(compiled).shots_for(left),
            promise_kept: relative_error <= epsilon,
        }
    }

    pub(crate) fn show(&self, facts: &mut Facts, epsilon: f64) {
        let total = self.error_bound.get("total").copied().unwrap_or(f64::INFINITY);
        facts.add(
            "read-out",
            format!(
                "{} shots: relative error {}, {} expected, {} bounded (99.7 %); {} signs uncertain",
                text::count(self.shots),
                text::bound(self.relative_error),
                text::bound(self.expected_error),
                text::bound(total),
                self.sign_uncertain,
            ),
        );
        let enough = text::count(self.shots_for_epsilon);
        facts.add("read-out", format!("{enough} shots would do for {} on average", text::bound(epsilon)));
        facts.add("read", self.solution.head(8));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shots_are_whole_numbers_or_auto() {
        assert_eq!(shot_budget("1e6"), Ok(ShotBudget::Number(1_000_000)));
        assert_eq!(shot_budget("auto"), Ok(ShotBudget::Auto));
        for bad in ["0", "3", "-5", "1.5", "1e16", "nan", "many"] {
            assert!(shot_budget(bad).is_err(), "{bad}");
        }
    }
}
