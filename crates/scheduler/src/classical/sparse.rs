//! The time of a sparse Cholesky factorization from the pattern of its factor.

use serde::{Deserialize, Serialize};

/// Seconds = `per_entry` nnz(A) + `per_factor_entry` nnz(L) + `per_operation` nnz(L)^2/N, no coefficient negative: ordering and
/// symbolic analysis, moving the factor, and its arithmetic (columns of equal length have so many operations, others more).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SparseTime {
    /// Seconds per non-zero entry of the matrix.
    pub per_entry: f64,
    /// Seconds per non-zero entry of the factor.
    pub per_factor_entry: f64,
    /// Seconds per operation.
    pub per_operation: f64,
}

/// A measured factorization.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct SparseSample {
    pub(super) unknowns: u64,
    pub(super) nonzeros: u64,
    pub(super) factor_nonzeros: u64,
    pub(super) seconds: f64,
}

impl SparseTime {
    /// Seconds of a solution.
    pub fn seconds(&self, unknowns: u64, nonzeros: u64, factor_nonzeros: u64) -> f64 {
        let [entries, factor, operations] = basis(unknowns, nonzeros, factor_nonzeros);
        self.per_entry * entries + self.per_factor_entry * factor + self.per_operation * operations
    }

    /// The coefficients, none negative, with the least sum of squared relative errors.
    pub(super) fn fit(samples: &[SparseSample]) -> Self {
        // Of the least-squares solutions on all subsets of the coefficients, the best without a negative one.
        let candidates = (1..8u32).filter_map(|subset| {
            let terms: Vec<usize> = (0..3).filter(|term| subset >> term & 1 == 1).collect();
            let [per_entry, per_factor_entry, per_operation] = least_squares(samples, &terms)?;
            let time = SparseTime { per_entry, per_factor_entry, per_operation };
            (per_entry >= 0.0 && per_factor_entry >= 0.0 && per_operation >= 0.0).then_some(time)
        });
        let best = candidates.min_by(|a, b| a.squared_error(samples).total_cmp(&b.squared_error(samples)));
        best.unwrap_or_default()
    }

    fn squared_error(&self, samples: &[SparseSample]) -> f64 {
        let relative = |sample: &SparseSample| {
            self.seconds(sample.unknowns, sample.nonzeros, sample.factor_nonzeros) / sample.seconds - 1.0
        };
        samples.iter().map(|sample| relative(sample).powi(2)).sum()
    }
}

fn basis(unknowns: u64, nonzeros: u64, factor_nonzeros: u64) -> [f64; 3] {
    let factor = factor_nonzeros as f64;
    [nonzeros as f64, factor, factor * factor / unknowns.max(1) as f64]
}

/// The least-squares coefficients of the chosen `terms`, zero elsewhere, weighted by 1 / seconds^2; `None` if they
/// are not determined.
fn least_squares(samples: &[SparseSample], terms: &[usize]) -> Option<[f64; 3]> {
    // Normal equations, eliminated without pivoting: they are positive definite. Columns are scaled to length 1.
    let rows: Vec<[f64; 3]> = samples
        .iter()
        .map(|sample| {
            let values = basis(sample.unknowns, sample.nonzeros, sample.factor_nonzeros);
            values.map(|value| value / sample.seconds)
        })
        .collect();
    let scale: Vec<f64> =
        terms.iter().map(|&term| rows.iter().map(|row| row[term].powi(2)).sum::<f64>().sqrt()).collect();
    let count = terms.len();
    let (mut matrix, mut rhs) = ([[0.0; 3]; 3], [0.0; 3]);
    for row in &rows {
        for first in 0..count {
            let left = row[terms[first]] / scale[first];
            rhs[first] += left;
            for second in 0..count {
                matrix[first][second] += left * row[terms[second]] / scale[second];
            }
        }
    }
    for pivot in 0..count {
        let pivot_row = matrix[pivot];
        let determined = pivot_row[pivot] > 1e-12;
        if !determined {
            return None;
        }
        for row in pivot + 1..count {
            let factor = matrix[row][pivot] / pivot_row[pivot];
            matrix[row].iter_mut().zip(pivot_row).for_each(|(value, above)| *value -= factor * above);
            rhs[row] -= factor * rhs[pivot];
        }
    }
    let mut coefficients = [0.0; 3];
    let mut found = [0.0; 3];
    for row in (0..count).rev() {
        let known: f64 = (row + 1..count).map(|column| matrix[row][column] * found[column]).sum();
        found[row] = (rhs[row] - known) / matrix[row][row];
        coefficients[terms[row]] = found[row] / scale[row];
    }
    Some(coefficients)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(unknowns: u64, fill: u64, time: impl Fn(u64, u64, u64) -> f64) -> SparseSample {
        let (nonzeros, factor_nonzeros) = (5 * unknowns, fill * unknowns);
        SparseSample {
            unknowns,
            nonzeros,
            factor_nonzeros,
            seconds: time(unknowns, nonzeros, factor_nonzeros),
        }
    }

    #[test]
    fn a_fit_finds_the_coefficients_of_exact_samples() {
        let truth = SparseTime { per_entry: 1e-7, per_factor_entry: 2e-8, per_operation: 3e-10 };
        let time = |unknowns, nonzeros, factor| truth.seconds(unknowns, nonzeros, factor);
        let samples =
            [(500, 9), (1000, 20), (2000, 14), (4000, 60), (9000, 90)].map(|(n, fill)| sample(n, fill, time));
        let fitted = SparseTime::fit(&samples);
        for (found, expected) in [
            (fitted.per_entry, truth.per_entry),
            (fitted.per_factor_entry, truth.per_factor_entry),
            (fitted.per_operation, truth.per_operation),
        ] {
            assert!((found / expected - 1.0).abs() < 1e-5, "{fitted:?}");
        }
    }

    #[test]
    fn a_fit_has_no_negative_coefficient() {
        let time =
            |unknowns: u64, _, factor: u64| 1e-9 * (factor as f64).powf(1.5) / (unknowns as f64).powf(0.2);
        let samples = [(500, 9), (1000, 12), (2000, 14), (4000, 18)].map(|(n, fill)| sample(n, fill, time));
        let fitted = SparseTime::fit(&samples);
        assert!(fitted.per_entry >= 0.0 && fitted.per_factor_entry >= 0.0 && fitted.per_operation >= 0.0);
        assert!(fitted.squared_error(&samples) < 0.5, "{fitted:?}");
    }
}
