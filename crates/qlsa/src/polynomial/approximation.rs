//! Polynomial approximations of smooth functions: interpolation at a sufficient degree, then a certified cut.

use super::inverse::check_degree;
use super::series::{ChebyshevSeries, Parity, PolynomialError};

/// A polynomial and how far it may be from what it approximates.
#[derive(Clone, Debug, PartialEq)]
pub struct Approximation {
    /// The polynomial.
    pub series: ChebyshevSeries,
    /// Upper bound of its error where its constructor promises one, rounding included.
    pub error: f64,
}

/// The polynomial of least degree, among truncations of the Chebyshev series of an entire function of given
/// parity, whose error bound on [-1, 1] is at most `epsilon`. `function` gets (x, sqrt(1 - x^2)); the search
/// starts at the degree `guess`.
pub(crate) fn truncate_series(
    parity: Parity,
    guess: f64,
    epsilon: f64,
    function: impl Fn(f64, f64) -> f64 + Sync,
) -> Result<Approximation, PolynomialError> {
    if !(epsilon > 0.0 && epsilon < 1.0) {
        return Err(PolynomialError::OutOfRange { name: "epsilon", value: epsilon, accepted: "(0, 1)" });
    }
    let mut degree = guess.max(16.0);
    loop {
        check_degree(degree)?;
        let full = ChebyshevSeries::interpolate(degree as usize, Some(parity), &function)?;
        if let Some(resolved) = resolved_length(full.coefficients()) {
            // The coefficients beyond are rounding noise.
            let resolved = ChebyshevSeries::new(full.coefficients()[..resolved].to_vec(), Some(parity))?;
            let rounding = resolved.deviation(&function, |_| 1.0);
            return cut(&resolved, rounding, epsilon);
        }
        degree *= 2.0;
    }
}

/// Keeps the fewest coefficients such that those dropped, added up, and `rounding` stay within `epsilon`.
pub(crate) fn cut(
    series: &ChebyshevSeries,
    rounding: f64,
    epsilon: f64,
) -> Result<Approximation, PolynomialError> {
    if rounding.is_nan() || rounding > epsilon {
        return Err(PolynomialError::BelowRounding { requested: epsilon, attainable: rounding });
    }
    let coefficients = series.coefficients();
    let (mut kept, mut dropped) = (coefficients.len(), 0.0);
    while kept > 1 && dropped + coefficients[kept - 1].abs() + rounding <= epsilon {
        kept -= 1;
        dropped += coefficients[kept].abs();
    }
    let series = ChebyshevSeries::new(coefficients[..kept].to_vec(), series.parity())?;
    Ok(Approximation { series, error: dropped + rounding })
}

/// The number of coefficients above rounding noise, if the last quarter of them is nothing but noise.
fn resolved_length(coefficients: &[f64]) -> Option<usize> {
    let largest = coefficients.iter().map(|value| value.abs()).fold(0.0, f64::max);
    let noise = 4.0 * f64::EPSILON * largest;
    let resolved = coefficients.iter().rposition(|value| value.abs() > noise).map_or(1, |last| last + 1);
    (4 * resolved <= 3 * coefficients.len()).then_some(resolved)
}
