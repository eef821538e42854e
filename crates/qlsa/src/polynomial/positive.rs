//! 1/lambda on an interval of positive numbers: the polynomial behind Chebyshev's iteration and the bound of conjugate
//! gradients, whose degree grows with the square root of the condition number.

use super::inverse::{inverse_relative, relative_degree};
use super::series::{ChebyshevSeries, PolynomialError};

/// A polynomial P of y in [-1, 1] with |lambda P(y) - 1| <= error for all lambda = shift + scale y in [lower, upper].
#[derive(Clone, Debug, PartialEq)]
pub struct PositiveInverse {
    /// P, of no parity, in units of 1/lambda.
    pub series: ChebyshevSeries,
    /// Relative error on the interval: that of exact arithmetic, certified, and an estimate of the rounding of
    /// coefficients, 8 eps sum |c| upper.
    pub error: f64,
}

/// The values lambda = shift + scale y of a variable y in [-1, 1], and where 1/lambda is wanted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PositiveRange {
    /// lambda at y = 0.
    pub shift: f64,
    /// Change of lambda from y = 0 to y = 1, positive.
    pub scale: f64,
    /// Smallest lambda that matters, positive.
    pub lower: f64,
    /// Largest lambda that matters.
    pub upper: f64,
}

impl PositiveRange {
    /// z(lambda) maps the interval to [-1, 1], decreasing; z(0) > 1.
    fn center(&self) -> f64 {
        (self.upper + self.lower) / (self.upper - self.lower)
    }

    /// acosh z(0), without cancellation where the interval nearly begins at 0.
    fn arc(&self) -> f64 {
        2.0 * (self.lower / (self.upper - self.lower)).sqrt().asinh()
    }

    /// Degree of the polynomial for a relative error, in closed form; infinite or NaN where there is none.
    pub fn degree(&self, epsilon: f64) -> f64 {
        match self.is_bounded(epsilon) {
            true => self.bounded_degree(epsilon),
            false => self.least_degree(epsilon),
        }
    }

    /// Degree of the polynomial of least degree, which grows beyond the interval.
    fn least_degree(&self, epsilon: f64) -> f64 {
        if self.upper <= self.lower {
            return 0.0;
        }
        ((1.0 / epsilon).acosh() / self.arc()).ceil().max(1.0) - 1.0
    }

    /// Degree of the odd polynomial of lambda, which is bounded wherever the variable goes.
    fn bounded_degree(&self, epsilon: f64) -> f64 {
        relative_degree(self.lower / self.reach(), epsilon)
    }

    /// The largest |lambda| of all y.
    fn reach(&self) -> f64 {
        self.shift.abs() + self.scale
    }

    /// Whether the bounded polynomial costs fewer queries until success, of which there are degree times the square of the
    /// largest value over 1/lower.
    pub fn is_bounded(&self, epsilon: f64) -> bool {
        let (least, bounded) = (self.least_degree(epsilon), self.bounded_degree(epsilon));
        if !(self.upper > self.lower && bounded <= DEGREE_LIMIT as f64) {
            return false;
        }
        // |lambda P| is close to T_n(|z|) / T_n(z(0)), T_n(z) to exp(n acosh z) / 2, and P near 0 to the slope there.
        let order = least + 1.0;
        let slope = 2.0 * order / ((self.upper - self.lower) * self.arc().sinh());
        let growth = |lambda: f64| {
            let z = self.center() - 2.0 * lambda / (self.upper - self.lower);
            let ratio = order * (z.abs().max(1.0).acosh() - self.arc());
            ratio + (self.lower * slope.min(1.0 / lambda.abs())).ln()
        };
        let ends = growth(self.shift - self.scale).max(growth(self.shift + self.scale));
        bounded.ln() + 2.0 * BOUNDED_GROWTH.ln() < least.max(1.0).ln() + 2.0 * ends.max(0.0)
    }
}

/// About the largest value of the bounded polynomial, over 1/lower.
pub const BOUNDED_GROWTH: f64 = 2.3;

/// Degrees above this are refused: the values are found by a recurrence, in time degree^2.
const DEGREE_LIMIT: usize = 20_000;

/// P(lambda) = (1 - T_n(z(lambda)) / T_n(z(0))) / lambda with the smallest n that keeps 1/T_n(z(0)) <= epsilon; of degree
/// n - 1. No polynomial of that degree has a smaller relative error on the interval (Saad, Iterative Methods for Sparse
/// Linear Systems, 2nd ed., sec. 6.11.1). Beyond the interval, where the variable may still go, it grows like T_n; where
/// that costs more than its low degree saves, P is the odd polynomial of lambda ([`inverse_relative`]) instead.
pub fn inverse_positive(range: &PositiveRange, epsilon: f64) -> Result<PositiveInverse, PolynomialError> {
    let PositiveRange { shift, scale, lower, upper } = *range;
    if !(lower > 0.0 && upper.is_finite() && upper >= lower && scale > 0.0 && scale.is_finite()) {
        return Err(PolynomialError::OutOfRange { name: "lower", value: lower, accepted: "(0, upper]" });
    }
    if !(epsilon > 0.0 && epsilon < 1.0) {
        return Err(PolynomialError::OutOfRange { name: "epsilon", value: epsilon, accepted: "(0, 1)" });
    }
    // An interval that is a point is given some width, which the error contains.
    let upper = upper.max(lower * (1.0 + 1e-12));
    let range = PositiveRange { upper, ..*range };
    let degree = range.degree(epsilon);
    if degree.is_nan() || degree > DEGREE_LIMIT as f64 {
        return Err(PolynomialError::DegreeTooHigh { degree, limit: DEGREE_LIMIT });
    }
    if range.is_bounded(epsilon) {
        return bounded(&range, epsilon);
    }
    let order = degree as usize + 1;
    let center = range.center();
    let at_zero = (order as f64 * range.arc()).cosh();
    let value = |y: f64| {
        let z = center - 2.0 * (shift + scale * y) / (upper - lower);
        2.0 / (upper - lower) * divided_difference(order, center, z) / at_zero
    };
    let series = ChebyshevSeries::interpolate(degree as usize, None, |y, _| value(y))?;
    let error = 1.0 / at_zero + rounding(&series, upper);
    Ok(PositiveInverse { series, error })
}

/// The odd polynomial of lambda on all values that it may have, as one of y.
fn bounded(range: &PositiveRange, epsilon: f64) -> Result<PositiveInverse, PolynomialError> {
    let PositiveRange { shift, scale, lower, upper } = *range;
    let reach = range.reach();
    let odd = inverse_relative(lower / reach, epsilon)?;
    let value = |y: f64| odd.series.evaluate((shift + scale * y) / reach) / reach;
    let series = ChebyshevSeries::interpolate(odd.degree, None, |y, _| value(y))?;
    let error = odd.error + rounding(&series, upper);
    Ok(PositiveInverse { series, error })
}

/// What rounding of the coefficients may add to a relative error.
fn rounding(series: &ChebyshevSeries, upper: f64) -> f64 {
    let largest = series.coefficients().iter().map(|value| value.abs()).sum::<f64>();
    8.0 * f64::EPSILON * largest * upper
}

/// (T_n(a) - T_n(b)) / (a - b), without cancellation where the two are close.
fn divided_difference(n: usize, a: f64, b: f64) -> f64 {
    // D_(k+1) = 2 T_k(a) + 2 b D_k - D_(k-1) follows from the recurrence of the T_k.
    let (mut previous, mut current) = (0.0, 1.0);
    let (mut chebyshev_previous, mut chebyshev) = (1.0, a);
    for _ in 1..n {
        (previous, current) = (current, 2.0 * chebyshev + 2.0 * b * current - previous);
        (chebyshev_previous, chebyshev) = (chebyshev, 2.0 * a * chebyshev - chebyshev_previous);
    }
    current
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn the_error_is_certified(
            lower in 0.01..1.0f64,
            width in 0.001..2.0f64,
            margin in -0.5..1.0f64,
            epsilon in 1e-8..0.3f64,
        ) {
            let upper = lower + width;
            // The interval is a part of where the variable goes; 0 may be in the rest.
            let scale = 0.5 * width * (1.0 + margin.max(0.0));
            let range = PositiveRange { shift: 0.5 * (lower + upper), scale, lower, upper };
            let polynomial = inverse_positive(&range, epsilon).unwrap();
            prop_assert_eq!(polynomial.series.degree() as f64, range.degree(epsilon));
            prop_assert!(polynomial.error <= epsilon * (1.0 + 1e-9) + 1e-8);
            let mut worst = 0.0f64;
            for step in 0..=400 {
                let lambda = lower + width * f64::from(step) / 400.0;
                let y = ((lambda - range.shift) / range.scale).clamp(-1.0, 1.0);
                worst = worst.max((lambda * polynomial.series.evaluate(y) - 1.0).abs());
            }
            prop_assert!(worst <= polynomial.error + 1e-13, "{} {}", worst, polynomial.error);
        }
    }

    #[test]
    fn beyond_the_interval_it_stays_bounded_where_growth_would_cost_more() {
        // lambda reaches from -0.8 to 1.8, the interval is [0.05, 1].
        let range = PositiveRange { shift: 0.5, scale: 1.3, lower: 0.05, upper: 1.0 };
        for epsilon in [1e-1, 1e-3, 1e-6] {
            assert!(range.is_bounded(epsilon));
            let polynomial = inverse_positive(&range, epsilon).unwrap();
            assert!(polynomial.error <= epsilon * (1.0 + 1e-6));
            let values = (0..=1000).map(|k| polynomial.series.evaluate(f64::from(k) / 500.0 - 1.0).abs());
            assert!(values.fold(0.0, f64::max) * range.lower < 2.5);
        }
        // Almost all of what the variable reaches is in the interval.
        let near = PositiveRange { shift: 0.525, scale: 0.48, ..range };
        assert!(!near.is_bounded(1e-6) && near.degree(1e-6) < 0.3 * near.bounded_degree(1e-6));
    }

    #[test]
    fn the_path_of_sixteen_unknowns_needs_degree_28() {
        let largest = (std::f64::consts::PI / 17.0).cos();
        let range = PositiveRange { shift: 1.0, scale: 1.0, lower: 1.0 - largest, upper: 1.0 + largest };
        let polynomial = inverse_positive(&range, 1e-2).unwrap();
        assert_eq!(polynomial.series.degree(), 28);
        assert!(polynomial.error <= 1e-2);
    }

    #[test]
    fn a_point_and_bad_ranges() {
        let point = PositiveRange { shift: 2.0, scale: 1.0, lower: 2.0, upper: 2.0 };
        let polynomial = inverse_positive(&point, 1e-6).unwrap();
        assert!(polynomial.series.degree() == 0 && (polynomial.series.evaluate(0.0) - 0.5).abs() < 1e-9);
        for bad in [
            PositiveRange { lower: 0.0, ..point },
            PositiveRange { upper: 1.0, ..point },
            PositiveRange { scale: f64::NAN, ..point },
        ] {
            assert!(inverse_positive(&bad, 1e-2).is_err());
        }
        assert!(inverse_positive(&point, 0.0).is_err());
        let hopeless = PositiveRange { lower: 1e-18, ..point };
        assert!(matches!(inverse_positive(&hopeless, 1e-2), Err(PolynomialError::DegreeTooHigh { .. })));
    }
}
