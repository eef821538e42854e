//! Both ends of the spectrum from products alone: for matrices that are too large to be factorized, or never formed.

use std::time::Instant;

use super::{ConditionEstimate, ConditionEstimator, ConditionSystem, CostClass, WarmStart, from_ends};
use crate::lanczos::{Interval, LanczosOptions, extreme_eigenvalues};
use crate::spectrum::SpectrumError;

/// Products that are spent.
const LIMIT: usize = 60;

/// One run of Lanczos' method for both ends, without a factorization: on the matrix if all its eigenvalues turn out to be
/// positive, else on A^T A. At most 60 products; the interval is wide where those do not tell the smallest singular
/// value, and open if they do not tell it from zero.
#[derive(Clone, Copy, Debug)]
pub struct Products;

impl ConditionEstimator for Products {
    fn name(&self) -> &'static str {
        "products"
    }

    fn description(&self) -> &'static str {
        "Lanczos' method on the matrix alone, at most 60 products"
    }

    fn cost(&self) -> CostClass {
        CostClass::Products
    }

    fn estimate(
        &self,
        system: &ConditionSystem,
        _warm_start: Option<&WarmStart>,
    ) -> Result<ConditionEstimate, SpectrumError> {
        let start = Instant::now();
        let (matrix, dimension) = (&system.matrix, system.dimension());
        // A diagonal with an entry that is not positive excludes definiteness.
        if system.symmetric && matrix.diagonal().iter().all(|&value| value > 0.0) {
            return symmetric(
                self,
                dimension,
                |vector| matrix.mul_vec(vector),
                system.floor,
                system.seed,
                start,
            );
        }
        let transpose = matrix.transpose();
        let apply = |vector: &[f64]| transpose.mul_vec(&matrix.mul_vec(vector));
        let options = options(LIMIT / 2, system.seed);
        let ends = extreme_eigenvalues(dimension, apply, &options)?;
        let root = |value: f64| value.max(0.0).sqrt();
        let norm = (root(ends.highest.value), interval(ends.highest.interval, root));
        let smallest = (root(ends.lowest.value), interval(ends.lowest.interval, root));
        Ok(from_ends(self, dimension, norm, smallest, (2 * ends.steps, 0), start))
    }
}

/// Estimates the condition number of a symmetric operator that is given as `apply(v) = A v` alone, by at most 60
/// applications; `floor` is a lower bound of its eigenvalues where one is known, such as what damping added to a positive
/// semidefinite one, else 0. The interval is open above unless all eigenvalues turn out to be positive.
pub fn condition_of_operator(
    dimension: usize,
    apply: impl FnMut(&[f64]) -> Vec<f64>,
    floor: f64,
    seed: u64,
) -> Result<ConditionEstimate, SpectrumError> {
    symmetric(&Products, dimension, apply, floor, seed, Instant::now())
}

fn symmetric(
    estimator: &dyn ConditionEstimator,
    dimension: usize,
    apply: impl FnMut(&[f64]) -> Vec<f64>,
    floor: f64,
    seed: u64,
    start: Instant,
) -> Result<ConditionEstimate, SpectrumError> {
    let ends = extreme_eigenvalues(dimension, apply, &options(LIMIT, seed))?;
    let (lowest, highest) = (ends.lowest, ends.highest);
    let norm = highest.value.max(-lowest.value);
    let upper = highest.interval.upper.max(-lowest.interval.lower);
    // sigma_min <= ||A y|| for the unit Ritz vector y, whatever the signs of other eigenvalues are.
    let rounding = lowest.interval.upper - lowest.value;
    let above = match lowest.interval.lower > 0.0 {
        true => lowest.value,
        false => lowest.value.hypot(lowest.residual),
    };
    let below = lowest.interval.lower.max(floor).max(0.0).min(above);
    let smallest = Interval { lower: below, upper: above + rounding };
    let largest = Interval { lower: norm - rounding, upper };
    Ok(from_ends(estimator, dimension, (norm, largest), (above, smallest), (ends.steps, 0), start))
}

fn options(maximum_steps: usize, seed: u64) -> LanczosOptions {
    LanczosOptions {
        relative_width: 0.0,
        relative_residual: 0.0,
        maximum_steps,
        seed,
        ..LanczosOptions::default()
    }
}

fn interval(interval: Interval, function: impl Fn(f64) -> f64) -> Interval {
    Interval { lower: function(interval.lower), upper: function(interval.upper) }
}
