//! Polynomials with sharp steps: the sign function and the rectangle, smoothed by the error function
//! (Low and Chuang, arXiv 1707.05391).

use super::approximation::{Approximation, truncate_series};
use super::error_function::{erf, erfc};
use super::series::{Parity, PolynomialError};

/// The odd polynomial close to sign(x) for |x| >= `gap`: erf(k x), with half of `epsilon` spent on the
/// smoothing and half on the truncation; degree about ln(1/epsilon)/gap. `error` bounds |P - sign| on [gap,
/// 1]; |P| <= 1 + epsilon/2 everywhere. Needs 0 < gap <= 1 and 0 < epsilon < 1.
pub fn sign(gap: f64, epsilon: f64) -> Result<Approximation, PolynomialError> {
    if !(gap > 0.0 && gap <= 1.0) {
        return Err(PolynomialError::OutOfRange { name: "gap", value: gap, accepted: "(0, 1]" });
    }
    let steepness = steepness(gap, epsilon)?;
    let mut polynomial =
        truncate_series(Parity::Odd, degree_guess(steepness), 0.5 * epsilon, |x, _| erf(steepness * x))?;
    polynomial.error += erfc(steepness * gap);
    Ok(polynomial)
}

/// The even polynomial close to 1 for |x| <= half_width - transition and to 0 for |x| >= half_width +
/// transition, between -epsilon and 1 + epsilon everywhere: (erf(k (x + w)) - erf(k (x - w)))/2. `error`
/// bounds the distance from 1 and from 0 in those regions, at most `epsilon`; degree about
/// ln(1/epsilon)/transition. Needs 0 < transition <= half_width, half_width + transition <= 1 and 0 < epsilon
/// < 1.
pub fn rectangle(half_width: f64, transition: f64, epsilon: f64) -> Result<Approximation, PolynomialError> {
    if !(half_width > 0.0 && half_width < 1.0) {
        return Err(PolynomialError::OutOfRange {
            name: "half_width",
            value: half_width,
            accepted: "(0, 1)",
        });
    }
    if !(transition > 0.0 && transition <= half_width && half_width + transition <= 1.0) {
        return Err(PolynomialError::OutOfRange {
            name: "transition",
            value: transition,
            accepted: "(0, min(half_width, 1 - half_width)]",
        });
    }
    let steepness = steepness(transition, epsilon)?;
    let mut polynomial = truncate_series(Parity::Even, degree_guess(steepness), 0.5 * epsilon, |x, _| {
        let x = x.abs();
        let (outer, inner) = (steepness * (half_width + x), steepness * (half_width - x));
        // Differences of values near 1 are taken between the small complements.
        if inner < 0.0 { 0.5 * (erfc(-inner) - erfc(outer)) } else { 0.5 * (erf(outer) + erf(inner)) }
    })?;
    polynomial.error += erfc(steepness * transition);
    Ok(polynomial)
}

/// k with erfc(k gap) just below epsilon/2.
fn steepness(gap: f64, epsilon: f64) -> Result<f64, PolynomialError> {
    if !(epsilon > 0.0 && epsilon < 1.0) {
        return Err(PolynomialError::OutOfRange { name: "epsilon", value: epsilon, accepted: "(0, 1)" });
    }
    // erfc(27) underflows.
    let (mut low, mut high) = (0.0, 27.0);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if erfc(middle) > 0.5 * epsilon {
            low = middle;
        } else {
            high = middle;
        }
    }
    Ok(high / gap)
}

/// A degree at which erf(k x) is resolved to rounding.
fn degree_guess(steepness: f64) -> f64 {
    16.0 * steepness
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sign_is_met_outside_the_gap() {
        for (gap, epsilon) in [(0.3, 0.1), (0.05, 1e-6), (1.0, 1e-3)] {
            let polynomial = sign(gap, epsilon).unwrap();
            assert!(polynomial.error <= epsilon);
            for step in 0..=2000 {
                let x = gap + (1.0 - gap) * f64::from(step) / 2000.0;
                assert!((polynomial.series.evaluate(x) - 1.0).abs() <= polynomial.error);
            }
            assert!(polynomial.series.max_norm().value <= 1.0 + 0.5 * epsilon);
        }
    }

    #[test]
    fn the_rectangle_is_met_outside_the_transition() {
        for (half_width, transition, epsilon) in [(0.5, 0.1, 1e-2), (0.1, 0.05, 1e-8), (0.6, 0.4, 0.1)] {
            let polynomial = rectangle(half_width, transition, epsilon).unwrap();
            assert!(polynomial.error <= epsilon);
            for step in 0..=4000 {
                let x = f64::from(step) / 4000.0;
                let value = polynomial.series.evaluate(x);
                assert!((-epsilon..=1.0 + epsilon).contains(&value));
                if x <= half_width - transition {
                    assert!((value - 1.0).abs() <= polynomial.error);
                } else if x >= half_width + transition {
                    assert!(value.abs() <= polynomial.error);
                }
            }
        }
    }

    #[test]
    fn the_degree_of_the_sign_is_near_linear_in_the_inverse_gap() {
        let degree = |gap| sign(gap, 1e-6).unwrap().series.degree() as f64;
        let ratio = degree(0.001) / degree(0.002);
        assert!((1.9..2.1).contains(&ratio));
    }

    #[test]
    fn bad_parameters_are_named() {
        assert!(matches!(sign(0.0, 0.1), Err(PolynomialError::OutOfRange { name: "gap", .. })));
        assert!(matches!(sign(0.1, 1.0), Err(PolynomialError::OutOfRange { name: "epsilon", .. })));
        assert!(matches!(
            rectangle(1.0, 0.1, 0.1),
            Err(PolynomialError::OutOfRange { name: "half_width", .. })
        ));
        assert!(matches!(
            rectangle(0.5, 0.6, 0.1),
            Err(PolynomialError::OutOfRange { name: "transition", .. })
        ));
        assert!(matches!(sign(1e-12, 0.1), Err(PolynomialError::DegreeTooHigh { .. })));
        assert!(matches!(sign(0.5, 1e-30), Err(PolynomialError::BelowRounding { .. })));
    }
}
