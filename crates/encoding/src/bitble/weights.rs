//! Weights of rows and columns for which alpha is small.

use qnewton_matrix::{Scalar, SparseMatrix};

/// Products with |A| at most.
const ITERATIONS: usize = 64;

/// Alpha this close to the operator norm of |A| is small enough.
const CLOSE_ENOUGH: f64 = 1.001;

/// Weights are at least this, relative to the largest one: those of a part of the matrix with a smaller norm than
/// another part vanish otherwise.
const LEAST: f64 = 1e-60;

/// Weights x of the columns and y of the rows, with S >= sum_i |a_ij| y_i / x_j for every j and
/// 1 >= sum_j |a_ij| x_j / y_i for every i, or with y = x, S >= the sums of both.
pub(super) struct Weights {
    columns: Vec<f64>,
    rows: Vec<f64>,
    /// S and T, in units of `scale`.
    column_bound: f64,
    row_bound: f64,
    /// max|a|.
    scale: f64,
}

impl Weights {
    /// By power iteration on |A|^T |A| from equal weights. The largest ratio of an iterate to the previous one never
    /// grows, and no alpha is worse than sqrt(||A||_1 ||A||_inf).
    pub(super) fn general<S: Scalar>(matrix: &SparseMatrix<S>) -> Self {
        let scale = matrix.max_abs();
        let magnitudes = matrix.map(|value| value.magnitude() / scale);
        let transpose = magnitudes.transpose();
        best_of(matrix.cols(), |columns| {
            let product = magnitudes.mul_vec(&columns);
            let lower = norm(&product) / norm(&columns);
            let least = LEAST * product.iter().copied().fold(0.0, f64::max);
            let rows: Vec<f64> = product.into_iter().map(|value| value.max(least)).collect();
            let next = transpose.mul_vec(&rows);
            let column_bound = largest_ratio(&next, &columns);
            let is_last = column_bound.sqrt() <= CLOSE_ENOUGH * lower;
            (Weights { columns, rows, column_bound, row_bound: 1.0, scale }, next, is_last)
        })
    }

    /// The same with x = y for a Hermitian matrix, by power iteration on |A| with a shift, without which it would
    /// swing between the ends of a spectrum that is symmetric about 0.
    pub(super) fn symmetric<S: Scalar>(matrix: &SparseMatrix<S>) -> Self {
        let scale = matrix.max_abs();
        let magnitudes = matrix.map(|value| value.magnitude() / scale);
        let shift = 0.25 * magnitudes.max_row_sum();
        best_of(matrix.cols(), |weights| {
            let product = magnitudes.mul_vec(&weights);
            let dot: f64 = weights.iter().zip(&product).map(|(a, b)| a * b).sum();
            let bound = largest_ratio(&product, &weights);
            let is_last = bound <= CLOSE_ENOUGH * dot / norm(&weights).powi(2);
            let next =
                weights.iter().zip(&product).map(|(weight, product)| shift * weight + product).collect();
            let rows = weights.clone();
            (Weights { columns: weights, rows, column_bound: bound, row_bound: bound, scale }, next, is_last)
        })
    }

    /// sqrt(S T).
    pub(super) fn alpha(&self) -> f64 {
        self.scale * (self.column_bound * self.row_bound).sqrt()
    }

    /// l^2 of an entry.
    pub(super) fn column_share<S: Scalar>(&self, row: usize, column: usize, value: S) -> f64 {
        value.magnitude() / self.scale * (self.rows[row] / self.columns[column]) / self.column_bound
    }

    /// r^2 of an entry.
    pub(super) fn row_share<S: Scalar>(&self, row: usize, column: usize, value: S) -> f64 {
        value.magnitude() / self.scale * (self.columns[column] / self.rows[row]) / self.row_bound
    }

    /// The sums of l^2 along the columns, at most 1.
    pub(super) fn column_sums<S: Scalar>(&self, matrix: &SparseMatrix<S>) -> Vec<f64> {
        let mut sums = vec![0.0; matrix.cols()];
        for (row, column, value) in matrix.iter() {
            sums[column] += self.column_share(row, column, value);
        }
        sums
    }

    /// The sums of r^2 along the rows, at most 1.
    pub(super) fn row_sums<S: Scalar>(&self, matrix: &SparseMatrix<S>) -> Vec<f64> {
        let mut sums = vec![0.0; matrix.rows()];
        for (row, column, value) in matrix.iter() {
            sums[row] += self.row_share(row, column, value);
        }
        sums
    }
}

/// The weights with the smallest alpha on the way of an iteration, which starts at 1: a step takes weights of the
/// columns and gives what they make, the next ones, and whether they are the last.
fn best_of(size: usize, mut step: impl FnMut(Vec<f64>) -> (Weights, Vec<f64>, bool)) -> Weights {
    let (mut best, mut next, mut is_last) = step(vec![1.0; size]);
    for _ in 1..ITERATIONS {
        if is_last {
            break;
        }
        let found;
        (found, next, is_last) = step(positive(next));
        if found.alpha() < best.alpha() {
            best = found;
        }
    }
    best
}

fn norm(values: &[f64]) -> f64 {
    values.iter().map(|value| value * value).sum::<f64>().sqrt()
}

fn largest_ratio(values: &[f64], weights: &[f64]) -> f64 {
    values.iter().zip(weights).map(|(value, weight)| value / weight).fold(0.0, f64::max)
}

/// Scaled to a largest value of 1, and none below [`LEAST`].
fn positive(values: Vec<f64>) -> Vec<f64> {
    let largest = values.iter().copied().fold(0.0, f64::max);
    values.into_iter().map(|value| (value / largest).max(LEAST)).collect()
}
