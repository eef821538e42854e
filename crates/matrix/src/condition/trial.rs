//! A lower bound of the condition number from trial vectors: how far from well-conditioned a matrix is at least.

use std::time::Instant;

use super::{Certainty, ConditionEstimate, ConditionEstimator, ConditionSystem, CostClass, WarmStart};
use crate::sparse::{SparseMatrix, euclidean_norm};
use crate::spectrum::SpectrumError;
use crate::start_vector::random_unit_vector;

/// Products that are spent.
const LIMIT: usize = 60;
/// Rounding that a lower bound allows for.
const ROUNDING: f64 = 1e-10;

/// Square of the reduction of the residual from which on iterates tell nothing new.
const CONVERGED: f64 = 1e-8;

/// ||A u|| / ||A v|| for unit vectors u and v: a lower bound whatever they are. u is the longest row or column's, v the
/// best of all coordinate vectors and of the iterates of conjugate gradients for A v = random, scaled by the diagonal
/// (on the normal equations, scaled by the columns, where A has no positive diagonal or is not symmetric). Where these do
/// not converge, which well-conditioned matrices make them do, the solution by a factorization is one more.
///
/// At most 62 products, and what a classical solution takes; none where the lengths of the columns tell enough. The
/// interval is open above.
#[derive(Clone, Copy, Debug)]
pub struct Trial {
    /// A bound that is as good as any larger one.
    pub sufficient: f64,
}

impl ConditionEstimator for Trial {
    fn name(&self) -> &'static str {
        "trial"
    }

    fn description(&self) -> &'static str {
        "a lower bound from trial vectors of conjugate gradients, and of a factorization where these do not converge"
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
        let matrix = &system.matrix;
        let transpose = matrix.transpose();
        let (rows, columns) = (row_norms(matrix), row_norms(&transpose));
        let lengths = || rows.iter().chain(&columns).copied();
        let mut bound = Bound {
            largest: lengths().fold(0.0, f64::max),
            smallest: lengths().fold(f64::INFINITY, f64::min),
            slack: LIMIT as f64 * f64::EPSILON * (matrix.max_row_sum() * matrix.max_column_sum()).sqrt(),
            sufficient: self.sufficient,
        };
        let diagonal = matrix.diagonal();
        let (mut products, mut substitutions) = (0, 0);
        if !bound.suffices() {
            let random = random_unit_vector(matrix.rows(), system.seed);
            let converged = if system.symmetric && diagonal.iter().all(|&value| value > 0.0) {
                let apply = |vector: &[f64]| {
                    products += 1;
                    matrix.mul_vec(vector)
                };
                iterate(apply, &diagonal, &random, LIMIT, |iterate, image| bound.take(iterate, image))
            } else {
                // The residual of A^T A v = A^T random is not that of A v = random: images are computed.
                let squares: Vec<f64> = columns.iter().map(|norm| norm * norm).collect();
                let rhs = transpose.mul_vec(&random);
                products += 1;
                let apply = |vector: &[f64]| {
                    products += 3;
                    transpose.mul_vec(&matrix.mul_vec(vector))
                };
                let take = |iterate: &[f64], _: &[f64]| bound.take(iterate, &matrix.mul_vec(iterate));
                iterate(apply, &squares, &rhs, LIMIT / 3 - 1, take)
            };
            if let (false, Ok(factorization)) = (converged, system.factorization()) {
                let solution = factorization.solve(&random);
                (products, substitutions) = (products + 1, 1);
                bound.take(&solution, &matrix.mul_vec(&solution));
            }
        }
        let value = (bound.ratio() * (1.0 - ROUNDING)).max(1.0);
        Ok(ConditionEstimate {
            method: self.name(),
            value,
            interval: [value, f64::INFINITY],
            certainty: Certainty::Rigorous,
            cost: self.cost(),
            products,
            substitutions,
            log10: value.log10(),
            seconds: start.elapsed().as_secs_f64(),
        })
    }
}

/// What trial vectors have told so far.
struct Bound {
    largest: f64,
    smallest: f64,
    /// Rounding in the length of the image of a unit vector.
    slack: f64,
    sufficient: f64,
}

impl Bound {
    fn ratio(&self) -> f64 {
        // A zero matrix has no condition number: 0 / 0.
        if self.largest == 0.0 { f64::INFINITY } else { self.largest / self.smallest }
    }

    fn suffices(&self) -> bool {
        self.ratio() >= self.sufficient
    }

    /// Takes a vector and its image into account; whether that suffices.
    fn take(&mut self, vector: &[f64], image: &[f64]) -> bool {
        let (length, image) = (euclidean_norm(vector), euclidean_norm(image));
        if length > 0.0 && length.is_finite() && image.is_finite() {
            self.largest = self.largest.max(image / length - self.slack);
            self.smallest = self.smallest.min(image / length + self.slack);
        }
        self.suffices()
    }
}

/// Conjugate gradients for a positive definite operator with a diagonal preconditioner; `take` gets each iterate with its
/// image (right-hand side less residual), and says when to stop. Whether nothing would be gained by going on.
fn iterate(
    mut apply: impl FnMut(&[f64]) -> Vec<f64>,
    diagonal: &[f64],
    rhs: &[f64],
    limit: usize,
    mut take: impl FnMut(&[f64], &[f64]) -> bool,
) -> bool {
    let dot =
        |left: &[f64], right: &[f64]| left.iter().zip(right).map(|(left, right)| left * right).sum::<f64>();
    let scaled = |residual: &[f64]| -> Vec<f64> {
        residual.iter().zip(diagonal).map(|(value, scale)| value / scale).collect()
    };
    let mut solution = vec![0.0; rhs.len()];
    let mut image = vec![0.0; rhs.len()];
    let mut residual = rhs.to_vec();
    let mut preconditioned = scaled(&residual);
    let mut direction = preconditioned.clone();
    let mut square = dot(&residual, &preconditioned);
    let converged = CONVERGED * square;
    for _ in 0..limit {
        let product = apply(&direction);
        let curvature = dot(&direction, &product);
        if !(curvature > 0.0 && square > 0.0) {
            // A direction along which A is not positive is itself a trial vector.
            return take(&direction, &product);
        }
        let length = square / curvature;
        for index in 0..rhs.len() {
            solution[index] += length * direction[index];
            image[index] += length * product[index];
            residual[index] -= length * product[index];
        }
        if take(&solution, &image) {
            return true;
        }
        preconditioned = scaled(&residual);
        let next = dot(&residual, &preconditioned);
        if next <= converged {
            return true;
        }
        let ratio = next / square;
        direction.iter_mut().zip(&preconditioned).for_each(|(value, new)| *value = new + ratio * *value);
        square = next;
    }
    false
}

fn row_norms(matrix: &SparseMatrix<f64>) -> Vec<f64> {
    (0..matrix.rows())
        .map(|row| {
            let values: Vec<f64> = matrix.row(row).map(|(_, value)| value).collect();
            euclidean_norm(&values)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bending of a clamped beam of `elements` cubic elements: stiffness matrices of such elements are as ill-conditioned as
    /// those of the Harwell-Boeing collection (bcsstk), kappa of order elements^4.
    fn beam(elements: usize) -> SparseMatrix<f64> {
        let size = 2 * elements;
        let h = 1.0 / elements as f64;
        let local = [
            [12.0, 6.0 * h, -12.0, 6.0 * h],
            [6.0 * h, 4.0 * h * h, -6.0 * h, 2.0 * h * h],
            [-12.0, -6.0 * h, 12.0, -6.0 * h],
            [6.0 * h, 2.0 * h * h, -6.0 * h, 4.0 * h * h],
        ];
        let mut entries = Vec::new();
        for element in 0..elements {
            for (row, values) in local.iter().enumerate() {
                for (column, value) in values.iter().enumerate() {
                    // The two degrees of freedom of the first node are clamped.
                    let (row, column) = (2 * element + row, 2 * element + column);
                    if row >= 2 && column >= 2 {
                        entries.push((row - 2, column - 2, value / h.powi(3)));
                    }
                }
            }
        }
        SparseMatrix::from_triplets(size, size, entries).unwrap()
    }

    #[test]
    fn stiffness_matrices_are_seen_to_be_ill_conditioned() {
        for elements in [32, 56, 200, 1000] {
            let matrix = beam(elements);
            let system = ConditionSystem::new(&matrix, 1).unwrap();
            let estimate = Trial { sufficient: 1e6 }.estimate(&system, None).unwrap();
            assert!(estimate.value >= 1e6, "{elements}: {estimate:?}");
        }
    }

    #[test]
    fn a_sufficient_bound_is_not_improved() {
        let diagonal: Vec<(usize, usize, f64)> = (0..9).map(|k| (k, k, 10f64.powi(-(k as i32)))).collect();
        let matrix = SparseMatrix::from_triplets(9, 9, diagonal).unwrap();
        let system = ConditionSystem::new(&matrix, 1).unwrap();
        let estimate = Trial { sufficient: 1e6 }.estimate(&system, None).unwrap();
        assert_eq!(estimate.products, 0);
        assert!((estimate.value / 1e8 - 1.0).abs() < 1e-9);
        let zero = SparseMatrix::from_triplets(2, 2, []).unwrap();
        let estimate =
            Trial { sufficient: 1e6 }.estimate(&ConditionSystem::new(&zero, 1).unwrap(), None).unwrap();
        assert_eq!(estimate.value, f64::INFINITY);
    }
}
