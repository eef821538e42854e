//! The time of a factorization as a cubic polynomial of the dimension.

use serde::{Deserialize, Serialize};

/// A typical dimension: scaled by it, the terms of a fit are of one size.
const SCALE: f64 = 256.0;

/// Seconds = `cubic` N^3 + `quadratic` N^2 + `constant`, no coefficient negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CubicTime {
    /// Seconds per N^3.
    pub cubic: f64,
    /// Seconds per N^2.
    pub quadratic: f64,
    /// Seconds that any solution takes.
    pub constant: f64,
}

impl CubicTime {
    /// Seconds at a dimension.
    pub fn seconds(&self, dimension: u64) -> f64 {
        let dimension = dimension as f64;
        (self.cubic * dimension + self.quadratic) * dimension * dimension + self.constant
    }

    /// The coefficients, none negative, with the least sum of squared relative errors at (dimension, seconds).
    pub(super) fn fit(samples: &[(usize, f64)]) -> Self {
        // Of the least-squares solutions on all subsets of the coefficients, the best without a negative one.
        let candidates = (1..8u32).filter_map(|subset| {
            let terms: Vec<usize> = (0..3).filter(|term| subset >> term & 1 == 1).collect();
            let coefficients = least_squares(samples, &terms)?;
            coefficients.iter().all(|value| *value >= 0.0).then(|| Self::from_terms(coefficients))
        });
        let best = candidates.min_by(|a, b| a.squared_error(samples).total_cmp(&b.squared_error(samples)));
        best.unwrap_or_default()
    }

    fn from_terms([cubic, quadratic, constant]: [f64; 3]) -> Self {
        CubicTime { cubic, quadratic, constant }
    }

    fn squared_error(&self, samples: &[(usize, f64)]) -> f64 {
        samples
            .iter()
            .map(|&(dimension, seconds)| (self.seconds(dimension as u64) / seconds - 1.0).powi(2))
            .sum()
    }
}

/// The least-squares coefficients of the chosen `terms`, zero elsewhere, weighted by 1 / seconds^2; `None` if they
/// are not determined.
fn least_squares(samples: &[(usize, f64)], terms: &[usize]) -> Option<[f64; 3]> {
    // Normal equations, eliminated without pivoting: they are positive definite.
    let count = terms.len();
    let (mut matrix, mut rhs) = ([[0.0; 3]; 3], [0.0; 3]);
    for &(dimension, seconds) in samples {
        let dimension = dimension as f64;
        let basis =
            [(dimension / SCALE).powi(3), (dimension / SCALE).powi(2), 1.0].map(|value| value / seconds);
        for (row, &row_term) in terms.iter().enumerate() {
            rhs[row] += basis[row_term];
            for (column, &column_term) in terms.iter().enumerate() {
                matrix[row][column] += basis[row_term] * basis[column_term];
            }
        }
    }
    for pivot in 0..count {
        let pivot_row = matrix[pivot];
        let determined = pivot_row[pivot] > 0.0;
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
    for row in (0..count).rev() {
        let known: f64 =
            (row + 1..count).map(|column| matrix[row][column] * coefficients[terms[column]]).sum();
        coefficients[terms[row]] = (rhs[row] - known) / matrix[row][row];
    }
    let [cubic, quadratic, constant] = coefficients;
    Some([cubic / SCALE.powi(3), quadratic / SCALE.powi(2), constant])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fit_finds_the_coefficients_of_exact_samples() {
        let truth = CubicTime { cubic: 2e-11, quadratic: 3e-9, constant: 5e-6 };
        let samples = [8, 48, 128, 256, 448].map(|dimension| (dimension, truth.seconds(dimension as u64)));
        let fitted = CubicTime::fit(&samples);
        for (found, expected) in [(fitted.cubic, 2e-11), (fitted.quadratic, 3e-9), (fitted.constant, 5e-6)] {
            assert!((found / expected - 1.0).abs() < 1e-6, "{fitted:?}");
        }
    }

    #[test]
    fn a_fit_has_no_negative_coefficient() {
        // Faster than quadratic at first: the unconstrained fit has a negative coefficient.
        let samples = [(10, 1e-6), (100, 1.1e-6), (200, 1e-4), (400, 4e-3)];
        assert!(least_squares(&samples, &[0, 1, 2]).unwrap().iter().any(|value| *value < 0.0));
        let fitted = CubicTime::fit(&samples);
        assert!(fitted.cubic >= 0.0 && fitted.quadratic >= 0.0 && fitted.constant >= 0.0);
        assert!(fitted.seconds(10_000) > fitted.seconds(100));
    }
}
