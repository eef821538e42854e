//! 1/(x^2 + c) on [-1, 1]: the inverse of a shifted Gram matrix as a polynomial of singular values of its factor.

use super::extremum::MaxNorm;
use super::inverse::check_degree;
use super::series::{ChebyshevSeries, Parity, PolynomialError};

/// An even polynomial P with |1 - (x^2 + shift) P(x)| <= error on [-1, 1].
#[derive(Clone, Debug, PartialEq)]
pub struct GramInverse {
    /// P itself; its maximum is about 1/shift, at x = 0.
    pub series: ChebyshevSeries,
    /// c.
    pub shift: f64,
    /// Upper bound of the relative error: that of the closed form and the largest deviation of the stored series from
    /// it.
    pub error: f64,
    /// The maximum of |P| on [-1, 1].
    pub max_norm: MaxNorm,
}

impl GramInverse {
    /// P divided by the returned normalization, whose maximum modulus is `target` in (0, 1]: what a circuit implements.
    pub fn normalized(&self, target: f64) -> Result<(ChebyshevSeries, f64), PolynomialError> {
        if !(target > 0.0 && target <= 1.0) {
            return Err(PolynomialError::OutOfRange { name: "target", value: target, accepted: "(0, 1]" });
        }
        let normalization = self.max_norm.value / target;
        Ok((self.series.scaled(1.0 / normalization)?, normalization))
    }
}

/// The even polynomial of least degree, but at least 2, with relative error at most `epsilon`, for c > 0 and epsilon in
/// (0, 1).
///
/// In z = 1 - 2x^2, P = (1 - T_n(z)/T_n(1 + 2c))/(x^2 + c): the residual is 1 at x^2 = -c, as it must be, and no
/// polynomial of degree n in x^2 that is 1 there is smaller on [0, 1] (the argument of Chebyshev's iteration, as for
/// [`super::inverse_positive`] on [c, 1 + c]). Since T_n(1 - 2x^2) = (-1)^n T_2n(x), the degree of P in x is 2n - 2, n =
/// arcosh(1/epsilon)/(2 arsinh(sqrt(c))): about ln(2/epsilon)/sqrt(c).
pub fn gram_inverse(shift: f64, epsilon: f64) -> Result<GramInverse, PolynomialError> {
    if !(shift > 0.0 && shift.is_finite()) {
        return Err(PolynomialError::OutOfRange {
            name: "shift",
            value: shift,
            accepted: "the positive numbers",
        });
    }
    if !(epsilon > 0.0 && epsilon < 1.0) {
        return Err(PolynomialError::OutOfRange { name: "epsilon", value: epsilon, accepted: "(0, 1)" });
    }
    let (mut attainable, mut bound) = (f64::INFINITY, epsilon);
    for _ in 0..4 {
        let degree = gram_inverse_degree(shift, bound);
        check_degree(degree)?;
        let n = 0.5 * degree + 1.0;
        let residual = 1.0 / growth(shift, n);
        let sign = if n % 2.0 == 0.0 { 1.0 } else { -1.0 };
        let value =
            |x: f64, sine: f64| (1.0 - sign * (2.0 * n * sine.atan2(x)).cos() * residual) / (x * x + shift);
        let series = ChebyshevSeries::interpolate(degree as usize, Some(Parity::Even), value)?;
        let deviation = (1.0 + shift) * series.deviation(value, |_| 1.0);
        let error = residual + deviation;
        if error <= epsilon {
            let max_norm = series.max_norm();
            return Ok(GramInverse { series, shift, error, max_norm });
        }
        attainable = attainable.min(error);
        // Below the error of this degree, so that the next attempt has a higher one.
        bound = (epsilon - 1.5 * deviation).min(residual * (1.0 - 1e-12));
        if bound <= 0.0 {
            break;
        }
    }
    Err(PolynomialError::BelowRounding { requested: epsilon, attainable })
}

/// The degree of [`gram_inverse`] without its coefficients; infinite or NaN where there is none.
pub fn gram_inverse_degree(shift: f64, epsilon: f64) -> f64 {
    let mut n = ((1.0 / epsilon).acosh() / rate(shift)).ceil().max(2.0);
    if n < 1e15 {
        while n > 2.0 && 1.0 / growth(shift, n - 1.0) <= epsilon {
            n -= 1.0;
        }
        while 1.0 / growth(shift, n) > epsilon {
            n += 1.0;
        }
    }
    2.0 * n - 2.0
}

/// T_n(1 + 2c).
fn growth(shift: f64, n: f64) -> f64 {
    (n * rate(shift)).cosh()
}

/// arcosh(1 + 2c), without cancellation.
fn rate(shift: f64) -> f64 {
    2.0 * shift.sqrt().asinh()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn the_error_is_certified_and_tight(exponent in -5.0..2.0f64, accuracy in 0.1..7.0f64) {
            let (shift, epsilon) = (10f64.powf(exponent), 10f64.powf(-accuracy));
            let polynomial = gram_inverse(shift, epsilon).unwrap();
            prop_assert!(polynomial.error <= epsilon);
            prop_assert_eq!(polynomial.series.degree() as f64, gram_inverse_degree(shift, epsilon));
            let samples = 8 * polynomial.series.degree() + 200;
            let mut largest = 0.0f64;
            for step in 0..=samples {
                let x = (0.5 * std::f64::consts::PI * step as f64 / samples as f64).cos();
                largest = largest.max((1.0 - (x * x + shift) * polynomial.series.evaluate(x)).abs());
            }
            prop_assert!(largest <= polynomial.error + 1e-14 && largest >= 0.97 * polynomial.error, "{largest}");
            let lower = (1.0 - epsilon) / shift;
            prop_assert!(polynomial.max_norm.value >= lower * (1.0 - 1e-9));
            prop_assert!(polynomial.max_norm.value <= (1.0 + epsilon) / shift * (1.0 + 1e-9));
        }
    }

    #[test]
    fn the_degree_grows_with_the_square_root() {
        for shift in [1e-2, 1e-4, 1e-6] {
            let degree = gram_inverse_degree(shift, 1e-3);
            let ratio = degree * f64::sqrt(shift) / 2e3f64.ln();
            assert!((ratio - 1.0).abs() < 0.25 * f64::sqrt(shift) + 0.05, "{shift} {degree}");
        }
    }

    #[test]
    fn bad_parameters_are_named() {
        for shift in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(matches!(
                gram_inverse(shift, 0.1),
                Err(PolynomialError::OutOfRange { name: "shift", .. })
            ));
        }
        assert!(matches!(gram_inverse(0.1, 1.0), Err(PolynomialError::OutOfRange { name: "epsilon", .. })));
        assert!(matches!(gram_inverse(1e-18, 0.1), Err(PolynomialError::DegreeTooHigh { .. })));
        assert!(matches!(gram_inverse(0.1, 1e-18), Err(PolynomialError::BelowRounding { .. })));
    }
}
