//! Polynomials that approximate 1/x on [-1, -a] u [a, 1], a = 1/kappa.
//!
//! With y(x) = (2x^2 - (1 + a^2)) / (1 - a^2), which maps [a, 1] to [-1, 1] and 0 to y(0) < -1:
//! - relative error: 1 - x P(x) = T_n(y(x)) / T_n(y(0)), the smallest possible maximum of |1 - x P|;
//! - absolute error: 1 - x P(x) = F(y(x)) / F(y(0)) with F = T_n + (1-a)/(1+a) T_(n-1), the optimum of
//!   Sünderhauf et al., arXiv 2507.15537;
//! - known small singular values outside the band: the relative form times one factor 1 - x^2/lambda^2 for
//!   each;
//! - the truncated Chebyshev series of Childs, Kothari and Somma, arXiv 1511.02306, Lemmas 17 to 19, as a
//!   baseline.
//!
//! The closed forms are evaluated as products of positive terms, so that neither the removable pole at
//! x = 0 nor the growth of T_n outside [-1, 1] costs accuracy; coefficients follow by interpolation.

use super::extremum::MaxNorm;
use super::interval::{IntervalMap, one_minus_exp};
use super::series::{ChebyshevSeries, DEGREE_LIMIT, Parity, PolynomialError};

/// How the error of an inversion polynomial is measured on the band [a, 1].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum InverseForm {
    /// max |1 - x P(x)|.
    Relative,
    /// max |1/x - P(x)|.
    Absolute,
}

/// An odd polynomial close to 1/x on [-1, -a] u [a, 1].
#[derive(Clone, Debug, PartialEq)]
pub struct InversePolynomial {
    /// P itself, not normalized: its maximum modulus is of order 1/a.
    pub series: ChebyshevSeries,
    /// The lower end a = 1/kappa of the band.
    pub interval: f64,
    /// The degree of P.
    pub degree: usize,
    /// Upper bound of the error on the band in the measure `form`: the closed form's exact error plus
    /// the largest deviation of the stored series from the closed form.
    pub error: f64,
    /// The measure of `error`.
    pub form: InverseForm,
    /// The maximum of |P| on all of [-1, 1].
    pub max_norm: MaxNorm,
}

impl InversePolynomial {
    /// P divided by the returned normalization, whose maximum modulus is `target` in (0, 1]: what a circuit
    /// implements. A circuit's output times the normalization is P.
    pub fn normalized(&self, target: f64) -> Result<(ChebyshevSeries, f64), PolynomialError> {
        if !(target > 0.0 && target <= 1.0) {
            return Err(PolynomialError::OutOfRange { name: "target", value: target, accepted: "(0, 1]" });
        }
        let normalization = self.max_norm.value / target;
        Ok((self.series.scaled(1.0 / normalization)?, normalization))
    }
}

/// The odd polynomial of least degree with |1 - x P(x)| <= `epsilon` on [a, 1]; degree about ln(2/epsilon)/a.
/// Needs 0 < a <= 1 and 0 < epsilon < 1.
pub fn inverse_relative(a: f64, epsilon: f64) -> Result<InversePolynomial, PolynomialError> {
    inverse_with_outliers(a, &[], epsilon)
}

/// The degree of [`inverse_relative`] without its coefficients; `a` is clamped to (0, 1].
pub fn relative_degree(a: f64, epsilon: f64) -> f64 {
    2.0 * IntervalMap::new(a.clamp(f64::MIN_POSITIVE, 1.0)).smallest_degree(epsilon) - 1.0
}

/// An odd polynomial with |1 - x P(x)| <= `epsilon` on [a, 1] that is exactly 1/x at the known values
/// `outliers` in (0, a).
///
/// A few small singular values below a dense band then cost their logarithms only: the degree is about
/// (ln(2/epsilon) + sum_j 2 ln(1/lambda_j))/a instead of ln(2/epsilon)/lambda_min. The price is the maximum
/// modulus, of order a/lambda_min^2 for one outlier; see `max_norm`. An outlier known to within delta is
/// inverted with relative error about 2 delta/lambda. (Values above the band need no such help: a bounded
/// polynomial must cover [a, 1] in any case.)
pub fn inverse_with_outliers(
    a: f64,
    outliers: &[f64],
    epsilon: f64,
) -> Result<InversePolynomial, PolynomialError> {
    check_band(a)?;
    if !(epsilon > 0.0 && epsilon < 1.0) {
        return Err(PolynomialError::OutOfRange { name: "epsilon", value: epsilon, accepted: "(0, 1)" });
    }
    for outlier in outliers {
        if !(*outlier > 0.0 && *outlier < a) {
            return Err(PolynomialError::OutOfRange { name: "outlier", value: *outlier, accepted: "(0, a)" });
        }
    }
    let map = IntervalMap::new(a);
    // The factors 1 - x^2/lambda^2 are largest at x = 1, where |T_n(y)| = 1 as well: the bound is attained.
    let growth: f64 =
        outliers.iter().map(|outlier| (1.0 - outlier * outlier) / (outlier * outlier)).product();
    build(a, epsilon, InverseForm::Relative, |bound| {
        let count = map.smallest_degree(bound / growth);
        ClosedForm {
            degree: 2.0 * (count + outliers.len() as f64) - 1.0,
            error: map.band_ratio(count.min(1e15) as usize) * growth,
            evaluate: Box::new(move |x, sine| {
                x.signum() * interpolated_inverse(&map, count as usize, outliers, x.abs(), sine)
            }),
        }
    })
}

/// The odd polynomial of least degree with |1/x - P(x)| <= `epsilon` on [a, 1]; degree about ln(1/(a
/// epsilon))/a. Needs 0 < a <= 1 and epsilon positive and finite.
pub fn inverse_absolute(a: f64, epsilon: f64) -> Result<InversePolynomial, PolynomialError> {
    check_band(a)?;
    check_positive(epsilon)?;
    let map = IntervalMap::new(a);
    let error = move |count: f64| (1.0 + a) / a * (-count * map.rate).exp();
    build(a, epsilon, InverseForm::Absolute, |bound| {
        let mut count = (((1.0 + a) / (a * bound)).ln() / map.rate).ceil().max(1.0);
        if count < 1e15 {
            while count > 1.0 && error(count - 1.0) <= bound {
                count -= 1.0;
            }
            while error(count) > bound {
                count += 1.0;
            }
        }
        ClosedForm {
            degree: 2.0 * count - 1.0,
            error: error(count),
            evaluate: Box::new(move |x, sine| x.signum() * absolute_inverse(&map, count, x.abs(), sine)),
        }
    })
}

/// The Chebyshev series of (1 - (1 - x^2)^b)/x with b = ceil(kappa^2 ln(kappa/epsilon)), cut after j =
/// ceil(sqrt(b ln(4b/epsilon))): absolute error at most 2 epsilon (Childs, Kothari, Somma). A baseline; the
/// closed-form optimum has well under half the degree.
pub fn inverse_cks(a: f64, epsilon: f64) -> Result<InversePolynomial, PolynomialError> {
    check_band(a)?;
    check_positive(epsilon)?;
    let power = ((1.0 / a).powi(2) * (1.0 / (a * epsilon)).ln()).ceil().max(1.0);
    let terms = (power * (4.0 * power / epsilon).ln()).max(0.0).sqrt().ceil() + 1.0;
    check_degree(2.0 * terms - 1.0)?;
    let tails = central_binomial_tails(power);
    let kept = tails.len().min(terms as usize);
    let sign = |j: usize| if j.is_multiple_of(2) { 4.0 } else { -4.0 };
    let mut coefficients: Vec<f64> =
        tails[..kept].iter().enumerate().map(|(j, tail)| sign(j) * tail).collect();
    coefficients.resize(terms as usize, 0.0);
    let series = ChebyshevSeries::new(coefficients, Some(Parity::Odd))?;
    let cut: f64 = 4.0 * tails[kept..].iter().sum::<f64>();
    let rounding = f64::EPSILON * series.coefficients().iter().map(|value| value.abs()).sum::<f64>();
    let error = (power * (-a * a).ln_1p()).exp() / a + cut + rounding;
    Ok(finish(series, a, error, InverseForm::Absolute))
}

/// A polynomial given by a formula in (x, sqrt(1 - x^2)).
struct ClosedForm<'a> {
    degree: f64,
    /// Exact maximum error on the band.
    error: f64,
    evaluate: Box<dyn Fn(f64, f64) -> f64 + Sync + 'a>,
}

/// Interpolates the closed form of least degree that meets `epsilon`; `choose` returns it for an error bound.
fn build<'a>(
    a: f64,
    epsilon: f64,
    form: InverseForm,
    choose: impl Fn(f64) -> ClosedForm<'a>,
) -> Result<InversePolynomial, PolynomialError> {
    // The closed form's error meets epsilon at the first attempt; rounding may ask for a slightly higher
    // degree.
    let mut bound = epsilon;
    let mut attainable = f64::INFINITY;
    for _ in 0..4 {
        let closed = choose(bound);
        check_degree(closed.degree)?;
        let weight = |x: f64| if form == InverseForm::Relative { x } else { 1.0 };
        let series =
            ChebyshevSeries::interpolate(closed.degree as usize, Some(Parity::Odd), &closed.evaluate)?;
        let deviation = series.deviation(&closed.evaluate, weight);
        let error = closed.error + deviation;
        if error <= epsilon {
            return Ok(finish(series, a, error, form));
        }
        attainable = attainable.min(error);
        // Below the error of this degree, so that the next attempt has a higher one.
        bound = (epsilon - 1.5 * deviation).min(closed.error * (1.0 - 1e-12));
        if bound <= 0.0 {
            break;
        }
    }
    Err(PolynomialError::BelowRounding { requested: epsilon, attainable })
}

fn finish(series: ChebyshevSeries, a: f64, error: f64, form: InverseForm) -> InversePolynomial {
    let max_norm = series.max_norm();
    InversePolynomial { degree: series.degree(), series, interval: a, error, form, max_norm }
}

/// (1 - r(x) prod_j (1 - x^2/lambda_j^2))/x for x >= 0, where r = T_n(y(x))/T_n(y(0)).
fn interpolated_inverse(map: &IntervalMap, n: usize, outliers: &[f64], x: f64, sine: f64) -> f64 {
    if x == 0.0 {
        return 0.0;
    }
    let factor_terms = outliers.iter().map(|outlier| (x / outlier).powi(2));
    let smallest = outliers.iter().copied().fold(map.a, f64::min);
    let complement = if x <= smallest {
        // 1 - (1 - s)(1 - t) = s + (1 - s) t: all terms are positive.
        factor_terms.fold(map.chebyshev_complement(n, x, sine), |s, t| s + (1.0 - s) * t)
    } else {
        1.0 - factor_terms.fold(map.chebyshev_ratio(n, x, sine), |product, t| product * (1.0 - t))
    };
    complement / x
}

/// (1 - F(y(x))/F(y(0)))/x for x >= 0, where F = T_n + (1-a)/(1+a) T_(n-1).
fn absolute_inverse(map: &IntervalMap, n: f64, x: f64, sine: f64) -> f64 {
    let a = map.a;
    if n == 1.0 {
        return x / a;
    }
    if x == 0.0 {
        return 0.0;
    }
    if x < a {
        // With p = e^(-mean), q = e^(-half difference), the complement is
        // ((1 - q^2)(1 - p^(2n)) + (1 - p^2) q^2 (1 - q^(2n-2))) / (1 - p^2 q^2).
        let (mean, half_difference) = map.mean_and_half_difference(x);
        let (mean, difference) = (2.0 * mean, 2.0 * half_difference);
        let numerator = one_minus_exp(difference) * one_minus_exp(n * mean)
            + one_minus_exp(mean) * (-difference).exp() * one_minus_exp((n - 1.0) * difference);
        return numerator / (one_minus_exp(2.0 * map.rate) * x);
    }
    // |F(y(0))| = e^((n-1) rate) sinh(rate), sinh(rate) = 2a/(1 - a^2), and its sign is (-1)^n.
    let v = map.band_angle(x, sine);
    let sign = if n % 2.0 == 0.0 { 1.0 } else { -1.0 };
    let numerator = (n * v).cos() + (1.0 - a) / (1.0 + a) * ((n - 1.0) * v).cos();
    (1.0 - sign * numerator * (-n * map.rate).exp() * (1.0 + a).powi(2) / (2.0 * a)) / x
}

/// sum over i > j of C(2b, b+i)/4^b for j = 0, 1, ... until the tail is below the rounding of the first one.
fn central_binomial_tails(b: f64) -> Vec<f64> {
    // C(2b, b)/4^b by Stirling's series (relative error below 1e-16 from b = 64 on) or as a product.
    let centre = if b >= 64.0 {
        let inverse = 1.0 / b;
        let square = inverse * inverse;
        let exponent = inverse * (-1.0 / 8.0 + square * (1.0 / 192.0 - square / 640.0));
        exponent.exp() / (std::f64::consts::PI * b).sqrt()
    } else {
        (1..=b as usize).map(|k| 1.0 - 0.5 / k as f64).product()
    };
    let mut terms = Vec::new();
    let (mut term, mut i) = (centre, 0.0);
    while i < b && term > f64::MIN_POSITIVE {
        term *= (b - i) / (b + i + 1.0);
        i += 1.0;
        terms.push(term);
    }
    let mut sum = 0.0;
    for term in terms.iter_mut().rev() {
        sum += *term;
        *term = sum;
    }
    let cut = terms.iter().position(|tail| *tail < 1e-18 * sum).unwrap_or(terms.len());
    terms.truncate(cut.max(1));
    terms
}

fn check_band(a: f64) -> Result<(), PolynomialError> {
    if a > 0.0 && a <= 1.0 {
        Ok(())
    } else {
        Err(PolynomialError::OutOfRange { name: "a", value: a, accepted: "(0, 1]" })
    }
}

fn check_positive(epsilon: f64) -> Result<(), PolynomialError> {
    if epsilon > 0.0 && epsilon.is_finite() {
        Ok(())
    } else {
        Err(PolynomialError::OutOfRange { name: "epsilon", value: epsilon, accepted: "(0, infinity)" })
    }
}

/// Refuses degrees above the limit.
pub(crate) fn check_degree(degree: f64) -> Result<(), PolynomialError> {
    if degree <= DEGREE_LIMIT as f64 {
        Ok(())
    } else {
        Err(PolynomialError::DegreeTooHigh { degree, limit: DEGREE_LIMIT })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The error on [a, 1] sampled where the closed form oscillates: at many equispaced points of y's angle.
    fn sampled_error(polynomial: &InversePolynomial) -> f64 {
        let a = polynomial.interval;
        let samples = 4 * polynomial.degree + 64;
        let points: Vec<f64> = (0..=samples)
            .map(|index| {
                let y = (std::f64::consts::PI * index as f64 / samples as f64).cos();
                (0.5 * ((1.0 + a * a) + (1.0 - a * a) * y)).sqrt().clamp(a, 1.0)
            })
            .collect();
        let values = polynomial.series.evaluate_many(&points);
        let error = |x: f64, value: f64| match polynomial.form {
            InverseForm::Relative => (1.0 - x * value).abs(),
            InverseForm::Absolute => (1.0 / x - value).abs(),
        };
        points.iter().zip(values).map(|(x, value)| error(*x, value)).fold(0.0, f64::max)
    }

    #[test]
    fn degrees_of_the_published_cases() {
        assert_eq!(inverse_relative(1e-2, 1e-2).unwrap().degree, 529);
        assert_eq!(inverse_absolute(1e-2, 1e-2).unwrap().degree, 921);
        assert_eq!(inverse_relative(1e-3, 1e-6).unwrap().degree, 14_509);
        assert_eq!(inverse_absolute(1e-3, 1e-6).unwrap().degree, 20_725);
    }

    #[test]
    fn the_bound_is_met_and_not_by_a_wide_margin() {
        for (a, epsilon) in [(0.5, 0.3), (0.1, 1e-3), (0.02, 1e-10), (0.99, 1e-6)] {
            for polynomial in [inverse_relative(a, epsilon).unwrap(), inverse_absolute(a, epsilon).unwrap()] {
                let sampled = sampled_error(&polynomial);
                assert!(polynomial.error <= epsilon);
                assert!(sampled <= polynomial.error + 1e-14, "{a} {epsilon} {sampled} {}", polynomial.error);
                assert!(sampled >= 0.98 * polynomial.error, "{a} {epsilon} {sampled} {}", polynomial.error);
                assert_eq!(polynomial.series.degree(), polynomial.degree);
            }
        }
    }

    #[test]
    fn one_step_less_would_not_do() {
        for (a, epsilon) in [(0.5f64, 0.3), (0.1, 1e-3), (0.02, 1e-10)] {
            let rate = 2.0 * a.atanh();
            let relative = inverse_relative(a, epsilon).unwrap().degree.div_ceil(2);
            assert!(relative == 1 || 1.0 / ((relative - 1) as f64 * rate).cosh() > epsilon);
            let absolute = inverse_absolute(a, epsilon).unwrap().degree.div_ceil(2);
            assert!((1.0 + a) / a * (-((absolute - 1) as f64) * rate).exp() > epsilon);
        }
    }

    #[test]
    fn a_trivial_band_gives_the_identity() {
        for polynomial in [inverse_relative(1.0, 1e-12).unwrap(), inverse_absolute(1.0, 1e-12).unwrap()] {
            assert_eq!(polynomial.degree, 1);
            assert!((polynomial.series.coefficients()[0] - 1.0).abs() < 1e-15);
        }
    }

    #[test]
    fn normalization_restores_the_polynomial() {
        let polynomial = inverse_relative(0.05, 1e-4).unwrap();
        let (series, normalization) = polynomial.normalized(0.99).unwrap();
        assert!((series.max_norm().value - 0.99).abs() < 1e-12);
        for x in [0.01, 0.05, 0.7] {
            assert!((series.evaluate(x) * normalization - polynomial.series.evaluate(x)).abs() < 1e-11);
        }
        assert!(polynomial.normalized(0.0).is_err() && polynomial.normalized(1.5).is_err());
    }

    #[test]
    fn known_outliers_are_inverted_at_a_fraction_of_the_degree() {
        let (a, outliers, epsilon) = (0.1, [0.004, 0.03], 1e-6);
        let polynomial = inverse_with_outliers(a, &outliers, epsilon).unwrap();
        assert!(polynomial.error <= epsilon && sampled_error(&polynomial) <= polynomial.error);
        for outlier in outliers {
            assert!((outlier * polynomial.series.evaluate(outlier) - 1.0).abs() < 1e-9);
        }
        assert!(10 * polynomial.degree < inverse_relative(0.004, epsilon).unwrap().degree);
        assert!(matches!(
            inverse_with_outliers(a, &[0.2], epsilon),
            Err(PolynomialError::OutOfRange { name: "outlier", .. })
        ));
    }

    #[test]
    fn the_baseline_keeps_its_promise_at_a_higher_degree() {
        let (a, epsilon) = (0.05, 1e-3);
        let baseline = inverse_cks(a, epsilon).unwrap();
        assert!(baseline.error <= 2.0 * epsilon);
        assert!(sampled_error(&baseline) <= baseline.error);
        assert!(baseline.degree > 2 * inverse_absolute(a, epsilon).unwrap().degree);
    }

    #[test]
    fn bad_parameters_are_named() {
        for (a, epsilon) in [(0.0, 0.1), (1.5, 0.1), (f64::NAN, 0.1), (0.1, 0.0), (0.1, f64::NAN), (0.1, 1.0)]
        {
            let error = inverse_relative(a, epsilon).unwrap_err();
            assert!(matches!(error, PolynomialError::OutOfRange { .. }), "{error}");
        }
        for (a, epsilon) in [(1e-9, 1e-6), (f64::MIN_POSITIVE, 1e-300)] {
            assert!(matches!(inverse_relative(a, epsilon), Err(PolynomialError::DegreeTooHigh { .. })));
            assert!(matches!(inverse_absolute(a, epsilon), Err(PolynomialError::DegreeTooHigh { .. })));
            assert!(matches!(inverse_cks(a, epsilon), Err(PolynomialError::DegreeTooHigh { .. })));
        }
        assert!(matches!(inverse_absolute(1e-3, 1e-18), Err(PolynomialError::BelowRounding { .. })));
        assert!(matches!(inverse_relative(0.3, 1e-18), Err(PolynomialError::BelowRounding { .. })));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn the_absolute_form_equals_its_definition(
            a in 0.05..0.95f64,
            count in 1usize..12,
            theta in 0.01..1.57f64,
        ) {
            let chebyshev = |n: usize, y: f64| {
                let (mut previous, mut current) = (1.0, y);
                for _ in 1..n {
                    (previous, current) = (current, 2.0 * y * current - previous);
                }
                if n == 0 { 1.0 } else { current }
            };
            let f = |y: f64| chebyshev(count, y) + (1.0 - a) / (1.0 + a) * chebyshev(count - 1, y);
            let y = |x: f64| (2.0 * x * x - (1.0 + a * a)) / (1.0 - a * a);
            let x = f64::cos(theta);
            let closed = absolute_inverse(&IntervalMap::new(a), count as f64, x, theta.sin());
            let expected = 1.0 - f(y(x)) / f(y(0.0));
            prop_assert!((x * closed - expected).abs() < 1e-9 * (1.0 + expected.abs()));
        }
    }
}
