//! The 1-norm condition number by Hager's and Higham's method.

use std::time::Instant;

use super::{
    Certainty, ConditionEstimate, ConditionEstimator, ConditionSystem, CostClass, WarmStart, from_ends,
};
use crate::factorization::Factorization;
use crate::lanczos::{FAILURE_PROBABILITY, Interval};
use crate::solve::SolveError;
use crate::sparse::euclidean_norm;
use crate::spectrum::SpectrumError;
use crate::start_vector::random_unit_vector;

/// Steps after which Hager's ascent is stopped; it rarely takes more than three.
const STEPS: usize = 5;
/// Random vectors of the upper bound.
const SAMPLES: usize = 4;

/// The value is ||A||_1 times Hager's estimate of ||A^-1||_1 (Higham, ACM Trans. Math. Softw. 14, 1988), a lower bound of
/// the condition number in the 1-norm and rarely less than a third of it. The interval is for that in the 2-norm: from
/// below by norms of columns of A and of A^-1, from above by ||A||_2^2 <= ||A||_1 ||A||_inf and by ||(A A^T)^-1 g|| for
/// four random unit vectors g: all their overlaps with the worst direction are smaller than d with probability at most
/// (d sqrt(2N / pi))^4 (Dixon, SIAM J. Numer. Anal. 20, 1983, for powers).
#[derive(Clone, Copy, Debug)]
pub struct Condest;

impl ConditionEstimator for Condest {
    fn name(&self) -> &'static str {
        "condest"
    }

    fn description(&self) -> &'static str {
        "the 1-norm condition number by Hager's and Higham's method, with bounds for the 2-norm"
    }

    fn cost(&self) -> CostClass {
        CostClass::Factorization
    }

    fn estimate(
        &self,
        system: &ConditionSystem,
        _warm_start: Option<&WarmStart>,
    ) -> Result<ConditionEstimate, SpectrumError> {
        let start = Instant::now();
        let (matrix, dimension) = (&system.matrix, system.dimension());
        let norm = (matrix.max_row_sum() * matrix.max_column_sum()).sqrt();
        let mut squares = vec![0.0; dimension];
        matrix.iter().for_each(|(_, column, value)| squares[column] += value * value);
        let longest = squares.iter().fold(0.0, |longest: f64, square| longest.max(square.sqrt()));
        let rounding = 1.0 + 4.0 * dimension as f64 * f64::EPSILON;
        let largest = (norm, Interval { lower: longest / rounding, upper: norm * rounding });
        let lost = 4.0 * dimension as f64 * f64::EPSILON * norm;
        let inverse = match system.factorization() {
            Err(SolveError::Singular { .. }) => None,
            Err(error) => return Err((*error).into()),
            Ok(factorization) => inverse_norms(factorization, system.seed),
        };
        let Some(inverse) = inverse else {
            let smallest = (0.0, Interval { lower: 0.0, upper: lost });
            return Ok(from_ends(self, dimension, largest, smallest, (0, 0), start));
        };
        let smallest = Interval { lower: 1.0 / inverse.upper - lost, upper: 1.0 / inverse.lower + lost };
        let ends = (1.0 / inverse.lower, smallest);
        let estimate = from_ends(self, dimension, largest, ends, (0, inverse.substitutions), start);
        let value = match estimate.value.is_infinite() {
            true => f64::INFINITY,
            false => matrix.max_column_sum() * inverse.one_norm,
        };
        // As the other interval ends were widened to hold the first value, they are taken anew.
        let high = if smallest.lower > 0.0 { largest.1.upper / smallest.lower } else { f64::INFINITY };
        let interval = [(largest.1.lower / smallest.upper).max(1.0), high];
        Ok(ConditionEstimate {
            value,
            interval,
            log10: value.log10(),
            certainty: Certainty::Probabilistic,
            ..estimate
        })
    }
}

/// What substitutions tell of the norm of the inverse.
struct InverseNorms {
    one_norm: f64,
    /// Bounds of the 2-norm.
    lower: f64,
    upper: f64,
    substitutions: usize,
}

/// `None` if a factor divides by zero.
fn inverse_norms(factorization: &Factorization, seed: u64) -> Option<InverseNorms> {
    let dimension = factorization.dimension();
    let one = |vector: &[f64]| vector.iter().map(|value| value.abs()).sum::<f64>();
    let mut vector = vec![1.0 / dimension as f64; dimension];
    let (mut one_norm, mut lower, mut substitutions) = (0.0, 0.0_f64, 0);
    let mut column = usize::MAX;
    for _ in 0..STEPS {
        let image = factorization.solve(&vector);
        substitutions += 1;
        let size = one(&image);
        if !size.is_finite() {
            return None;
        }
        lower = lower.max(euclidean_norm(&image) / euclidean_norm(&vector));
        if size <= one_norm {
            break;
        }
        one_norm = size;
        let signs: Vec<f64> = image.iter().map(|value| if *value < 0.0 { -1.0 } else { 1.0 }).collect();
        let gradient = factorization.solve_transpose(&signs);
        substitutions += 1;
        let steepest = (0..dimension).max_by(|&a, &b| gradient[a].abs().total_cmp(&gradient[b].abs()))?;
        if steepest == column {
            break;
        }
        column = steepest;
        vector = vec![0.0; dimension];
        vector[column] = 1.0;
    }
    // Higham's further vector, against cancellation.
    let last = (dimension.max(2) - 1) as f64;
    let alternating: Vec<f64> = (0..dimension)
        .map(|index| (1.0 + index as f64 / last) * if index % 2 == 0 { 1.0 } else { -1.0 })
        .collect();
    let image = factorization.solve(&alternating);
    one_norm = one_norm.max(2.0 * one(&image) / (3.0 * dimension as f64));
    lower = lower.max(euclidean_norm(&image) / euclidean_norm(&alternating));
    let mut square = 0.0;
    for sample in 0..SAMPLES {
        let random = random_unit_vector(dimension, seed.wrapping_add(1 + sample as u64));
        let half = factorization.solve(&random);
        lower = lower.max(euclidean_norm(&half));
        square += euclidean_norm(&factorization.solve_transpose(&half)).powi(2);
    }
    substitutions += 1 + 2 * SAMPLES;
    // At least one of the overlaps is not smaller.
    let overlap = FAILURE_PROBABILITY.powf(1.0 / SAMPLES as f64)
        * (std::f64::consts::PI / (2.0 * dimension as f64)).sqrt();
    let upper = (square.sqrt() / overlap.min(1.0)).sqrt().max(lower);
    upper.is_finite().then_some(InverseNorms { one_norm, lower, upper, substitutions })
}
