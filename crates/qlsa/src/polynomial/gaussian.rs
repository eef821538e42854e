//! A Gaussian in x.

use super::approximation::{Approximation, truncate_series};
use super::series::{Parity, PolynomialError};

/// The even polynomial close to exp(-x^2/(2 width^2)) on [-1, 1], with error at most `epsilon` in (0, 1); its
/// degree grows with sqrt(ln(1/epsilon))/width for narrow widths. The width must be positive and finite.
pub fn gaussian(width: f64, epsilon: f64) -> Result<Approximation, PolynomialError> {
    if !(width > 0.0 && width.is_finite()) {
        return Err(PolynomialError::OutOfRange { name: "width", value: width, accepted: "(0, infinity)" });
    }
    let scale = std::f64::consts::FRAC_1_SQRT_2 / width;
    truncate_series(Parity::Even, 16.0 * scale, epsilon, |x, _| (-(scale * x).powi(2)).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gaussian_is_met_within_epsilon() {
        for (width, epsilon) in [(10.0, 1e-3), (0.3, 1e-8), (0.01, 1e-5)] {
            let polynomial = gaussian(width, epsilon).unwrap();
            assert!(polynomial.error <= epsilon);
            for step in 0..1000 {
                let x = 0.001 * f64::from(step);
                let exact = (-0.5 * (x / width).powi(2)).exp();
                assert!((polynomial.series.evaluate(x) - exact).abs() <= polynomial.error + 1e-13);
            }
        }
        assert!(gaussian(10.0, 1e-3).unwrap().series.degree() <= 2);
        assert!(
            gaussian(0.0, 0.1).is_err() && gaussian(f64::NAN, 0.1).is_err() && gaussian(0.1, 0.0).is_err()
        );
        assert!(matches!(gaussian(1e-12, 0.1), Err(PolynomialError::DegreeTooHigh { .. })));
    }
}
