//! Conjugate gradients: how many iterations they need, and how long one takes.

use qnewton_matrix::SparseMatrix;
use serde::{Deserialize, Serialize};

/// Seconds of one iteration of conjugate gradients: a product with the matrix, two inner products, three updates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IterationTime {
    /// Seconds per non-zero entry.
    pub per_nonzero: f64,
    /// Seconds per unknown.
    pub per_unknown: f64,
}

impl IterationTime {
    /// Seconds of an iteration.
    pub fn seconds(&self, unknowns: u64, nonzeros: u64) -> f64 {
        self.per_nonzero * nonzeros as f64 + self.per_unknown * unknowns as f64
    }

    /// The times behind two measurements of (unknowns, non-zeros, seconds), the first of a matrix with many non-zeros
    /// per row.
    pub(super) fn from_measurements(full: (usize, usize, f64), thin: (usize, usize, f64)) -> Self {
        let per_nonzero = full.2 / full.1 as f64;
        let rest = thin.2 - per_nonzero * thin.1 as f64;
        IterationTime { per_nonzero, per_unknown: rest.max(0.0) / thin.0 as f64 }
    }
}

/// Iterations of conjugate gradients, started at 0, after which ||x_k - x|| <= epsilon ||x||, for a symmetric positive
/// definite matrix: the Chebyshev bound 2 ((sqrt kappa - 1) / (sqrt kappa + 1))^k in the energy norm (Saad, Iterative
/// Methods for Sparse Linear Systems, 2nd edition, section 6.11), times sqrt kappa for the 2-norm.
pub(super) fn iterations(condition_number: f64, epsilon: f64) -> f64 {
    let root = condition_number.sqrt();
    chebyshev_steps(root, 2.0 * root / epsilon)
}

/// Iterations of MINRES for a symmetric indefinite matrix: the residual halves its exponent, 2 ((kappa - 1)/(kappa + 1))^(k/2)
/// (Greenbaum, Iterative Methods for Solving Linear Systems, section 3.1), and the error is at most kappa times as large.
pub(super) fn minres_iterations(condition_number: f64, epsilon: f64) -> f64 {
    2.0 * chebyshev_steps(condition_number, 2.0 * condition_number / epsilon)
}

/// The same for A^T A x = A^T b, whose condition number is the square, for any regular A; each iteration takes two
/// products.
pub(super) fn normal_equation_iterations(condition_number: f64, epsilon: f64) -> f64 {
    chebyshev_steps(condition_number, 2.0 * condition_number / epsilon)
}

/// The least k >= 1 with ((root + 1) / (root - 1))^k >= reduction.
fn chebyshev_steps(root: f64, reduction: f64) -> f64 {
    // ln((r + 1) / (r - 1)) = 2 artanh(1 / r), without cancellation for large r.
    let rate = 2.0 * root.max(1.0 + f64::EPSILON).recip().atanh();
    (reduction.ln() / rate).ceil().max(1.0)
}

/// So many steps of conjugate gradients for A x = b from 0; A symmetric positive definite.
pub(super) fn conjugate_gradients(matrix: &SparseMatrix<f64>, rhs: &[f64], steps: usize) -> Vec<f64> {
    let mut solution = vec![0.0; rhs.len()];
    let mut residual = rhs.to_vec();
    let mut direction = residual.clone();
    let mut product = vec![0.0; rhs.len()];
    let mut square = dot(&residual, &residual);
    for _ in 0..steps {
        matrix.mul_vec_into(&direction, &mut product);
        let curvature = dot(&direction, &product);
        if square == 0.0 || curvature == 0.0 {
            break;
        }
        let length = square / curvature;
        add(&mut solution, length, &direction);
        add(&mut residual, -length, &product);
        let next = dot(&residual, &residual);
        let ratio = next / square;
        direction.iter_mut().zip(&residual).for_each(|(value, residual)| *value = residual + ratio * *value);
        square = next;
    }
    solution
}

fn dot(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).map(|(left, right)| left * right).sum()
}

fn add(target: &mut [f64], factor: f64, vector: &[f64]) {
    target.iter_mut().zip(vector).for_each(|(target, value)| *target += factor * value);
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;
    use qnewton_matrix::{SpectrumOptions, solve, spectrum};

    /// || x_k - x || / ||x|| after the predicted number of steps, and after half of them.
    fn errors(matrix: &SparseMatrix<f64>, steps: f64, epsilon: f64) -> (f64, f64) {
        let rhs: Vec<f64> = (0..matrix.rows()).map(|row| ((row * row) % 7) as f64 - 3.0).collect();
        let reference = solve(matrix, &rhs).unwrap().x;
        let error = |steps: usize| {
            let mut difference = conjugate_gradients(matrix, &rhs, steps);
            add(&mut difference, -1.0, &reference);
            (dot(&difference, &difference) / dot(&reference, &reference)).sqrt() / epsilon
        };
        (error(steps as usize), error(steps as usize / 3))
    }

    #[test]
    fn the_predicted_iterations_reach_the_error_and_a_third_of_them_do_not() {
        let unknowns = 120;
        let poisson =
            SparseMatrix::from_dense(&Array2::from_shape_fn((unknowns, unknowns), |(row, column)| match row
                .abs_diff(column)
            {
                0 => 2.02,
                1 => -1.0,
                _ => 0.0,
            }));
        let kappa = spectrum(&poisson, &SpectrumOptions::default()).unwrap().condition_number.unwrap();
        for epsilon in [1e-2, 1e-6] {
            let (full, third) = errors(&poisson, iterations(kappa, epsilon), epsilon);
            assert!(full <= 1.0 && third > 1.0, "{epsilon}: {full} {third}");
        }
        // The normal equations of the same matrix have the square of its condition number.
        let dense = poisson.to_dense();
        let square = SparseMatrix::from_dense(&dense.dot(&dense));
        assert_eq!(normal_equation_iterations(kappa, 1e-2), iterations(kappa * kappa, 1e-2));
        let (full, _) = errors(&square, normal_equation_iterations(kappa, 1e-2), 1e-2);
        assert!(full <= 1.0, "{full}");
    }

    #[test]
    fn a_multiple_of_the_identity_takes_one_iteration() {
        assert_eq!(iterations(1.0, 1e-10), 1.0);
        assert!(iterations(1e16, 1e-2).is_finite());
    }

    #[test]
    fn times_are_separated() {
        let truth = IterationTime { per_nonzero: 1e-9, per_unknown: 5e-9 };
        let (full, thin) = ((700, 490_000), (30_000, 90_000));
        let seconds = |(unknowns, nonzeros)| truth.seconds(unknowns as u64, nonzeros as u64);
        let found = IterationTime::from_measurements(
            (full.0, full.1, seconds(full)),
            (thin.0, thin.1, seconds(thin)),
        );
        assert!((found.per_nonzero / truth.per_nonzero - 1.0).abs() < 0.01);
        assert!((found.per_unknown / truth.per_unknown - 1.0).abs() < 0.01);
    }
}
