//! The exponential of a power series.

use super::convolution::{Coefficient, Transform, product};
use crate::polynomial::grid::smooth_even_length;

/// Below this length the exponential is computed from its recurrence.
const DIRECT_LENGTH: usize = 48;

/// exp of a power series with n coefficients, to n coefficients, by Newton's iteration in O(n log n).
pub(crate) fn exponential<C: Coefficient>(series: &[C]) -> Vec<C> {
    let mut lengths = vec![series.len()];
    while let Some(length) = lengths.last().copied().filter(|length| *length > DIRECT_LENGTH) {
        lengths.push(length.div_ceil(2));
    }
    let derivative: Vec<C> = series.iter().enumerate().skip(1).map(|(k, value)| *value * k as f64).collect();
    let first = lengths.pop().unwrap_or(0);
    let mut result = exponential_by_recurrence(series, first);
    let mut reciprocal = reciprocal_by_recurrence(&result);
    while let Some(next) = lengths.pop() {
        let length = result.len();
        // A cyclic product of length 2m or more leaves entries m - 1 .. 2m - 1 of a (2m - 1) x m product
        // intact.
        let transform = Transform::new(smooth_even_length(2 * length));
        let result_spectrum = transform.spectrum(&result);

        if reciprocal.len() < length {
            // r <- r (2 - r e), of which the first m entries are needed.
            let known = reciprocal.len();
            let spectrum = transform.spectrum(&reciprocal);
            let square = transform.sequence(product(&spectrum, &spectrum));
            let excess =
                transform.sequence(product(&transform.spectrum(&square[..length]), &result_spectrum));
            reciprocal.extend(excess[known..length].iter().map(|value| -*value));
        }

        // g - log e starts at w^m; k times its coefficients, k = m .. 2m, are those of w (g' - e'/e), and e'
        // has no term there.
        let available = derivative.len().min(2 * length - 1);
        let residual =
            transform.sequence(product(&transform.spectrum(&derivative[..available]), &result_spectrum));
        let quotient = transform.sequence(product(
            &transform.spectrum(&residual[length - 1..2 * length - 1]),
            &transform.spectrum(&reciprocal),
        ));
        let difference: Vec<C> = quotient[..length]
            .iter()
            .enumerate()
            .map(|(k, value)| *value * (1.0 / (length + k) as f64))
            .collect();
        let addition = transform.sequence(product(&transform.spectrum(&difference), &result_spectrum));
        result.extend_from_slice(&addition[..next - length]);
    }
    result
}

/// exp of a power series to `count` coefficients: e' = g' e says k e_k = sum_j j g_j e_(k-j).
fn exponential_by_recurrence<C: Coefficient>(series: &[C], count: usize) -> Vec<C> {
    let mut result: Vec<C> = Vec::with_capacity(count);
    for k in 0..count {
        let value = if k == 0 {
            series[0].exponential()
        } else {
            (1..=k).map(|j| series[j] * j as f64 * result[k - j]).sum::<C>() * (1.0 / k as f64)
        };
        result.push(value);
    }
    result
}

/// 1 / series, to the same number of coefficients.
fn reciprocal_by_recurrence<C: Coefficient>(series: &[C]) -> Vec<C> {
    let mut result: Vec<C> = Vec::with_capacity(series.len());
    for k in 0..series.len() {
        let inverse = series[0].reciprocal();
        let value =
            if k == 0 { inverse } else { -((1..=k).map(|j| series[j] * result[k - j]).sum::<C>() * inverse) };
        result.push(value);
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use num_complex::Complex64;

    #[test]
    fn newton_equals_the_recurrence() {
        for count in [1, 2, 48, 49, 97, 200, 1000] {
            let series: Vec<Complex64> = (0..count)
                .map(|k| Complex64::new((k as f64).sin(), (2.0 * k as f64).cos()) / (1.0 + k as f64))
                .collect();
            let fast = exponential(&series);
            assert_eq!(fast.len(), count);
            for (a, b) in fast.iter().zip(exponential_by_recurrence(&series, count)) {
                assert!((a - b).norm() < 1e-12, "{count}");
            }
            let real: Vec<f64> = series.iter().map(|value| value.re).collect();
            for (a, b) in exponential(&real).iter().zip(exponential_by_recurrence(&real, count)) {
                assert!((a - b).abs() < 1e-12, "{count}");
            }
        }
    }
}
