//! Bounds that cost one look at every entry: discs around the diagonal, and norms of columns.

use std::time::Instant;

use super::{
    Certainty, ConditionEstimate, ConditionEstimator, ConditionSystem, CostClass, WarmStart, from_ends,
};
use crate::lanczos::Interval;
use crate::sparse::euclidean_norm;
use crate::spectrum::SpectrumError;

/// Gershgorin's discs. The smallest singular value is at least min_i |a_ii| - (r_i + c_i)/2 with the sums r_i and c_i of the
/// other magnitudes in row and column i (Johnson, Linear Algebra Appl. 112, 1989), and at least what damping added to a
/// positive semidefinite matrix ([`ConditionSystem::with_floor`]); the norm is at most the root of largest row sum times
/// largest column sum. From below the norms of columns bound both. The value is the geometric mean of the bounds, or the
/// lower one where the upper is infinite.
#[derive(Clone, Copy, Debug)]
pub struct Gershgorin;

impl ConditionEstimator for Gershgorin {
    fn name(&self) -> &'static str {
        "gershgorin"
    }

    fn description(&self) -> &'static str {
        "discs around the diagonal, norms of columns, the shift of damping"
    }

    fn cost(&self) -> CostClass {
        CostClass::Free
    }

    fn estimate(
        &self,
        system: &ConditionSystem,
        _warm_start: Option<&WarmStart>,
    ) -> Result<ConditionEstimate, SpectrumError> {
        let start = Instant::now();
        let (matrix, dimension) = (&system.matrix, system.dimension());
        let (mut others, mut squares) = (vec![0.0; dimension], vec![0.0; dimension]);
        for (row, column, value) in matrix.iter() {
            if row != column {
                others[row] += 0.5 * value.abs();
                others[column] += 0.5 * value.abs();
            }
            squares[column] += value * value;
        }
        let diagonal = matrix.diagonal();
        let discs = diagonal.iter().zip(&others).map(|(value, others)| value.abs() - others);
        let certain = discs.fold(f64::INFINITY, f64::min);
        let columns = squares.iter().map(|square: &f64| square.sqrt());
        let shortest = columns.clone().fold(f64::INFINITY, f64::min);
        let longest = columns.fold(0.0, f64::max);
        let norm =
            (matrix.max_row_sum() * matrix.max_column_sum()).sqrt().min(euclidean_norm(matrix.values()));
        let rounding = 1.0 + 4.0 * dimension as f64 * f64::EPSILON;
        let lost = (rounding - 1.0) * norm;
        let largest = Interval { lower: longest / rounding, upper: norm * rounding };
        let smallest =
            Interval { lower: (certain - lost).max(system.floor).min(shortest), upper: shortest * rounding };
        let work = (0, 0);
        let estimate = from_ends(self, dimension, (longest, largest), (shortest, smallest), work, start);
        let [low, high] = estimate.interval;
        // Zero columns make the matrix singular for certain; else the value lies between the bounds.
        let value = if estimate.value.is_infinite() { estimate.value } else { mean(low, high) };
        Ok(ConditionEstimate { value, log10: value.log10(), certainty: Certainty::Rigorous, ..estimate })
    }
}

fn mean(low: f64, high: f64) -> f64 {
    if high.is_finite() { low.sqrt() * high.sqrt() } else { low }
}
