//! 1/(x^2 + c) on [-1, 1]: the inverse of a shifted Gram matrix as a polynomial of singular values of its factor.

use super::extremum::MaxNorm;
use super::inverse::check_degree;
use super::series::{ChebyshevSeries, Parity, PolynomialError};

/// An even polynomial P with |1 - (x^2 + shift) P(x)| <= error for |x| in \[interval, 1\].
#[derive(Clone, Debug, PartialEq)]
pub struct GramInverse {
    /// P itself, positive; its maximum is at x = 0.
    pub series: ChebyshevSeries,
    /// Where the inverse is approximated from on; 0 for everywhere.
    pub interval: f64,
    /// c.
    pub shift: f64,
    /// Upper bound of the relative error: that of the closed form and the largest deviation of the stored series from
    /// it.
    pub error: f64,
    /// The maximum of |P| on [-1, 1]: at most about 1/shift, and about ln(2/error)/(2 interval^2) where that is less.
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

/// The even polynomial of least degree, but at least 2, with relative error at most `epsilon` for |x| in \[interval, 1\], for
/// `interval` in [0, 1), c >= 0, not both 0, and epsilon in (0, 1).
///
/// In z = (1 + interval^2 - 2x^2)/(1 - interval^2), P = (1 - T_n(z)/T_n(z_0))/(x^2 + c), z_0 = z(x^2 = -c): the residual is
/// 1 at x^2 = -c, as it must be, and no polynomial of degree n in x^2 that is 1 there is smaller on \[interval^2, 1\] (the
/// argument of Chebyshev's iteration, as for [`super::inverse_positive`] on \[interval^2 + c, 1 + c\]). The degree of P in x is
/// 2n - 2, n = arcosh(1/epsilon)/arcosh(z_0): about ln(2/epsilon)/sqrt(interval^2 + c). Below the interval the residual grows
/// to at most 1, so that P stays between 0 and 1/(x^2 + c).
pub fn gram_inverse(interval: f64, shift: f64, epsilon: f64) -> Result<GramInverse, PolynomialError> {
    let refuse = |name, value, accepted| Err(PolynomialError::OutOfRange { name, value, accepted });
    if !(0.0..1.0).contains(&interval) {
        return refuse("interval", interval, "[0, 1)");
    }
    if !(shift > 0.0 && shift.is_finite() || shift == 0.0 && interval > 0.0) {
        return refuse("shift", shift, "the positive numbers, and 0 for an interval above 0");
    }
    if !(epsilon > 0.0 && epsilon < 1.0) {
        return refuse("epsilon", epsilon, "(0, 1)");
    }
    let (mut attainable, mut bound) = (f64::INFINITY, epsilon);
    for _ in 0..4 {
        let degree = gram_inverse_degree(interval, shift, bound);
        check_degree(degree)?;
        let inverse = ClosedForm { interval, shift, n: 0.5 * degree + 1.0 };
        let value = |x: f64, sine: f64| inverse.evaluate(x, sine);
        let series = ChebyshevSeries::interpolate(degree as usize, Some(Parity::Even), value)?;
        let deviation = series.deviation(value, |x| x * x + shift);
        let residual = 1.0 / inverse.growth();
        let error = residual + deviation;
        if error <= epsilon {
            let max_norm = series.max_norm();
            return Ok(GramInverse { series, interval, shift, error, max_norm });
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
pub fn gram_inverse_degree(interval: f64, shift: f64, epsilon: f64) -> f64 {
    let growth = |n: f64| ClosedForm { interval, shift, n }.growth();
    let rate = ClosedForm { interval, shift, n: 1.0 }.rate();
    let mut n = ((1.0 / epsilon).acosh() / rate).ceil().max(2.0);
    if n < 1e15 {
        while n > 2.0 && 1.0 / growth(n - 1.0) <= epsilon {
            n -= 1.0;
        }
        while 1.0 / growth(n) > epsilon {
            n += 1.0;
        }
    }
    2.0 * n - 2.0
}

/// (1 - T_n(z)/T_n(z_0))/(x^2 + c), without cancellation.
struct ClosedForm {
    interval: f64,
    shift: f64,
    n: f64,
}

impl ClosedForm {
    /// arcosh(z_0).
    fn rate(&self) -> f64 {
        let square = self.interval * self.interval;
        2.0 * ((square + self.shift) / (1.0 - square)).sqrt().asinh()
    }

    /// T_n(z_0).
    fn growth(&self) -> f64 {
        (self.n * self.rate()).cosh()
    }

    /// Where sine = sqrt(1 - x^2).
    fn evaluate(&self, x: f64, sine: f64) -> f64 {
        let &ClosedForm { interval, shift, n } = self;
        let growth = self.growth();
        let denominator = x * x + shift;
        let below = (interval - x.abs()) * (interval + x.abs());
        if below <= 0.0 || !growth.is_finite() {
            let angle = 2.0 * (-below).max(0.0).sqrt().atan2(sine);
            return (1.0 - (n * angle).cos() / growth) / denominator;
        }
        // z = cosh theta, z_0 = cosh rate: both half sum and half difference, the latter from z_0 - z.
        let width = 1.0 - interval * interval;
        let half_sum = 0.5 * self.rate() + (below / width).sqrt().asinh();
        let slope = 1.0 / (width * half_sum.sinh());
        let half_difference = (denominator * slope).asinh();
        let quotient = if denominator > 0.0 { (n * half_difference).sinh() / denominator } else { n * slope };
        2.0 * (n * half_sum).sinh() * quotient / growth
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

        #[test]
        fn the_error_is_certified_and_tight(
            exponent in -5.0..2.0f64,
            start in -3.0..-0.05f64,
            kind in 0..3usize,
            accuracy in 0.1..7.0f64,
        ) {
            let epsilon = 10f64.powf(-accuracy);
            let interval = if kind == 0 { 0.0 } else { 10f64.powf(start) };
            let shift = if kind == 2 { 0.0 } else { 10f64.powf(exponent) };
            let polynomial = gram_inverse(interval, shift, epsilon).unwrap();
            prop_assert!(polynomial.error <= epsilon);
            // Rounding takes more where coefficients are large: a share of the degree.
            let excess = polynomial.series.degree() as f64 - gram_inverse_degree(interval, shift, epsilon);
            let allowed = 2.0 + 0.01 * polynomial.series.degree() as f64;
            prop_assert!((0.0..=allowed).contains(&excess), "{excess}");
            let samples = 8 * polynomial.series.degree() + 200;
            let mut largest = 0.0f64;
            for step in 0..=samples {
                let x = (0.5 * std::f64::consts::PI * step as f64 / samples as f64).cos();
                let residual = 1.0 - (x * x + shift) * polynomial.series.evaluate(x);
                if x >= interval {
                    largest = largest.max(residual.abs());
                } else {
                    prop_assert!(residual > -epsilon && residual < 1.0 + epsilon, "{residual}");
                }
            }
            // The samples themselves are rounded, in proportion to the largest value of P.
            let rounding = 1e-14 + 16.0 * f64::EPSILON * polynomial.max_norm.value;
            prop_assert!(largest <= polynomial.error + rounding, "{largest} {rounding}");
            prop_assert!(largest >= 0.97 * polynomial.error - rounding, "{largest} {rounding}");
            prop_assert!(polynomial.max_norm.value <= (1.0 + epsilon) / shift * (1.0 + 1e-9));
            let everywhere = if kind == 0 { (1.0 - epsilon) / shift } else { 0.0 };
            prop_assert!(polynomial.max_norm.value >= everywhere * (1.0 - 1e-9));
            if kind == 2 && epsilon < 0.1 && interval < 0.2 {
                let expected = 0.5 * (2.0 / epsilon).ln() / (interval * interval);
                let ratio = polynomial.max_norm.value / expected;
                prop_assert!((0.9..=1.3).contains(&ratio), "{ratio}");
            }
        }
    }

    #[test]
    fn the_degree_grows_with_the_square_root() {
        for shift in [1e-2, 1e-4, 1e-6] {
            let degree = gram_inverse_degree(0.0, shift, 1e-3);
            let with_interval = gram_inverse_degree(f64::sqrt(0.75 * shift), 0.25 * shift, 1e-3);
            assert!(
                (with_interval / degree - 1.0).abs() < 0.25 * f64::sqrt(shift) + 0.01,
                "{with_interval} {degree}"
            );
            let ratio = degree * f64::sqrt(shift) / 2e3f64.ln();
            assert!((ratio - 1.0).abs() < 0.25 * f64::sqrt(shift) + 0.05, "{shift} {degree}");
        }
    }

    #[test]
    fn bad_parameters_are_named() {
        for shift in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(matches!(
                gram_inverse(0.0, shift, 0.1),
                Err(PolynomialError::OutOfRange { name: "shift", .. })
            ));
        }
        for interval in [-0.1, 1.0, f64::NAN] {
            let refused = gram_inverse(interval, 0.1, 0.1);
            assert!(matches!(refused, Err(PolynomialError::OutOfRange { name: "interval", .. })));
        }
        assert!(matches!(
            gram_inverse(0.0, 0.1, 1.0),
            Err(PolynomialError::OutOfRange { name: "epsilon", .. })
        ));
        assert!(matches!(gram_inverse(0.0, 1e-18, 0.1), Err(PolynomialError::DegreeTooHigh { .. })));
        assert!(matches!(gram_inverse(0.0, 0.1, 1e-18), Err(PolynomialError::BelowRounding { .. })));
    }
}
