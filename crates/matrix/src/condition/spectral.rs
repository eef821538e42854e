//! Estimators from the ends of the singular spectrum: by all singular values, and by Lanczos' method.

use std::time::Instant;

use super::{
    Certainty, ConditionEstimate, ConditionEstimator, ConditionSystem, CostClass, WarmStart, from_ends,
};
use crate::lanczos::{Interval, LanczosOptions};
use crate::spectrum::{SpectrumError, exact_ends, lanczos_ends};

/// Intervals are as wide as this, as the ratio of their ends, where a warm start makes no iteration necessary.
const SUFFICIENT_WIDTH: f64 = 1.2;
/// How far either end of the singular spectrum may lie beyond what was found, as a fraction of it.
const RELATIVE_WIDTH: f64 = 0.11;

/// All eigenvalues of a symmetric matrix, or all singular values.
#[derive(Clone, Copy, Debug)]
pub struct Exact;

impl ConditionEstimator for Exact {
    fn name(&self) -> &'static str {
        "exact"
    }

    fn description(&self) -> &'static str {
        "all eigenvalues or singular values"
    }

    fn cost(&self) -> CostClass {
        CostClass::Decomposition
    }

    fn estimate(
        &self,
        system: &ConditionSystem,
        _warm_start: Option<&WarmStart>,
    ) -> Result<ConditionEstimate, SpectrumError> {
        let start = Instant::now();
        let ends = exact_ends(&system.matrix, system.symmetric)?;
        let norm = (ends.norm, ends.norm_interval);
        let smallest = (ends.smallest, ends.smallest_interval);
        let estimate = from_ends(self, system.dimension(), norm, smallest, (0, 0), start);
        Ok(ConditionEstimate { certainty: Certainty::Rigorous, ..estimate })
    }
}

/// Lanczos' method on the matrix for the norm, and on its inverse, through a factorization, for the smallest singular
/// value; on A^T A and its inverse for a matrix that is not symmetric.
#[derive(Clone, Copy, Debug)]
pub struct Lanczos;

impl ConditionEstimator for Lanczos {
    fn name(&self) -> &'static str {
        "lanczos"
    }

    fn description(&self) -> &'static str {
        "Lanczos' method on the matrix, and on its inverse through a factorization"
    }

    fn cost(&self) -> CostClass {
        CostClass::Factorization
    }

    fn estimate(
        &self,
        system: &ConditionSystem,
        warm_start: Option<&WarmStart>,
    ) -> Result<ConditionEstimate, SpectrumError> {
        let start = Instant::now();
        let known = warm_start.and_then(|before| before.moved(&system.matrix, system.unit));
        if let Some([norm, smallest]) = known {
            let width = norm.upper / norm.lower * (smallest.upper / smallest.lower);
            if width <= SUFFICIENT_WIDTH {
                let middle = |interval: Interval| ((interval.lower * interval.upper).sqrt(), interval);
                return Ok(from_ends(
                    self,
                    system.dimension(),
                    middle(norm),
                    middle(smallest),
                    (0, 0),
                    start,
                ));
            }
        }
        // Two ends make the interval at most 1.25 wide. Without symmetry the eigenvalues are squares.
        let relative_width = if system.symmetric { RELATIVE_WIDTH } else { 2.0 * RELATIVE_WIDTH };
        let options = LanczosOptions {
            both_ends: false,
            relative_width,
            relative_residual: f64::INFINITY,
            seed: system.seed,
            ..LanczosOptions::default()
        };
        let ends = lanczos_ends(&system.matrix, system.symmetric, system.factorization(), &options)?;
        let (mut norm, mut smallest) = (ends.norm_interval, ends.smallest_interval);
        if let Some([known_norm, known_smallest]) = known {
            norm.upper = norm.upper.min(known_norm.upper).max(norm.lower);
            smallest.lower = smallest.lower.max(known_smallest.lower).min(smallest.upper);
        }
        smallest.lower = smallest.lower.max(system.floor).min(smallest.upper);
        let work = (ends.products, ends.substitutions);
        Ok(from_ends(self, system.dimension(), (ends.norm, norm), (ends.smallest, smallest), work, start))
    }
}
