//! Even polynomials that single out the kernel of a matrix whose other singular values lie in [gap, 1].

use super::approximation::Approximation;
use super::interval::IntervalMap;
use super::inverse::check_degree;
use super::series::{ChebyshevSeries, Parity, PolynomialError};

/// The even polynomial of least degree with P(0) = 1 and |P| <= `epsilon` on [gap, 1]: the Dolph-Chebyshev
/// filter T_n(y(x))/T_n(y(0)), y(x) = (2x^2 - (1 + gap^2))/(1 - gap^2), of degree 2n, about ln(2/epsilon)/gap
/// (Lin and Tong, arXiv 1910.14596). `error` bounds |P| on [gap, 1]; |P| <= 1 everywhere. Needs 0 < gap <= 1
/// and 0 < epsilon < 1.
pub fn eigenstate_filter(gap: f64, epsilon: f64) -> Result<Approximation, PolynomialError> {
    let map = checked_map(gap, epsilon)?;
    let mut bound = epsilon;
    build(epsilon, || {
        let n = map.smallest_degree(bound);
        check_degree(2.0 * n)?;
        let n = n as usize;
        bound = (map.band_ratio(n) * (1.0 - 1e-12)).min(bound);
        interpolate(2 * n, map.band_ratio(n), |x, sine| map.chebyshev_ratio(n, x, sine))
    })
}

/// The even polynomial of least degree with P(0) = 1 and |P + 1| <= `epsilon` on [gap, 1]: a reflection about
/// the kernel, P = -1 + 2 (T_n(z) + 1)/(T_n(z(0)) + 1), z = (1 + gap^2 - 2x^2)/(1 - gap^2), of degree 2n
/// (Dalzell, arXiv 2406.12086). `error` bounds |P + 1| on [gap, 1]; |P| <= 1 everywhere. Needs 0 < gap < 1
/// and 0 < epsilon < 2.
pub fn kernel_reflection(gap: f64, epsilon: f64) -> Result<Approximation, PolynomialError> {
    if !(gap > 0.0 && gap < 1.0) {
        return Err(PolynomialError::OutOfRange { name: "gap", value: gap, accepted: "(0, 1)" });
    }
    if !(epsilon > 0.0 && epsilon < 2.0) {
        return Err(PolynomialError::OutOfRange { name: "epsilon", value: epsilon, accepted: "(0, 2)" });
    }
    let map = IntervalMap::new(gap);
    // T_n + 1 = 2 cosh^2(n rate/2) at 0, and at most 2 on the band.
    let error = |n: f64| 2.0 / (0.5 * n * map.rate).cosh().powi(2);
    let mut n = 0.0;
    build(epsilon, || {
        let first = (2.0 * (2.0 / epsilon).sqrt().acosh() / map.rate - 1.0).floor();
        n = first.max(n + 1.0).max(1.0);
        check_degree(2.0 * n)?;
        while error(n) > epsilon {
            n += 1.0;
        }
        interpolate(2 * n as usize, error(n), |x, sine| {
            let x = x.abs();
            // Half the angle of z = cosh(u) in the gap and z = cos(pi - v) on the band.
            let ratio = if x < gap {
                let (mean, half_difference) = map.mean_and_half_difference(x);
                let u = mean - half_difference;
                (-n * half_difference).exp() * (1.0 + (-n * u).exp()) / (1.0 + (-n * map.rate).exp())
            } else {
                let angle = 2.0 * ((x - gap) * (x + gap)).sqrt().atan2(sine);
                (0.5 * n * angle).cos() / (0.5 * n * map.rate).cosh()
            };
            2.0 * ratio * ratio - 1.0
        })
    })
}

fn checked_map(gap: f64, epsilon: f64) -> Result<IntervalMap, PolynomialError> {
    if !(gap > 0.0 && gap <= 1.0) {
        return Err(PolynomialError::OutOfRange { name: "gap", value: gap, accepted: "(0, 1]" });
    }
    if !(epsilon > 0.0 && epsilon < 1.0) {
        return Err(PolynomialError::OutOfRange { name: "epsilon", value: epsilon, accepted: "(0, 1)" });
    }
    Ok(IntervalMap::new(gap))
}

/// Takes ever higher degrees until the error with rounding is within `epsilon`; at most four of them.
fn build(
    epsilon: f64,
    mut next: impl FnMut() -> Result<Approximation, PolynomialError>,
) -> Result<Approximation, PolynomialError> {
    let mut attainable = f64::INFINITY;
    for _ in 0..4 {
        let candidate = next()?;
        if candidate.error <= epsilon {
            return Ok(candidate);
        }
        attainable = attainable.min(candidate.error);
    }
    Err(PolynomialError::BelowRounding { requested: epsilon, attainable })
}

fn interpolate(
    degree: usize,
    exact_error: f64,
    function: impl Fn(f64, f64) -> f64 + Sync,
) -> Result<Approximation, PolynomialError> {
    let series = ChebyshevSeries::interpolate(degree, Some(Parity::Even), &function)?;
    let error = exact_error + series.deviation(&function, |_| 1.0);
    Ok(Approximation { series, error })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn largest(polynomial: &Approximation, gap: f64, offset: f64) -> f64 {
        let samples = 20_000;
        let at = |step: i32| gap + (1.0 - gap) * f64::from(step) / f64::from(samples);
        (0..=samples).map(|step| (polynomial.series.evaluate(at(step)) + offset).abs()).fold(0.0, f64::max)
    }

    #[test]
    fn filters_keep_the_kernel_and_suppress_the_rest() {
        for (gap, epsilon) in [(0.5, 0.3), (0.1, 1e-3), (0.01, 1e-8)] {
            let filter = eigenstate_filter(gap, epsilon).unwrap();
            assert!((filter.series.evaluate(0.0) - 1.0).abs() < 1e-12);
            assert!(filter.error <= epsilon && largest(&filter, gap, 0.0) <= filter.error + 1e-14);
            assert!((filter.series.max_norm().value - 1.0).abs() < 1e-12);
            let n = (filter.series.degree() / 2) as f64;
            assert!(n == 1.0 || 1.0 / ((n - 1.0) * 2.0 * gap.atanh()).cosh() > epsilon);
        }
    }

    #[test]
    fn reflections_flip_everything_but_the_kernel() {
        for (gap, epsilon) in [(0.5, 0.3), (0.1, 1e-3), (0.01, 1e-8)] {
            let reflection = kernel_reflection(gap, epsilon).unwrap();
            assert!((reflection.series.evaluate(0.0) - 1.0).abs() < 1e-12);
            assert!(
                reflection.error <= epsilon && largest(&reflection, gap, 1.0) <= reflection.error + 1e-14
            );
            assert!((reflection.series.max_norm().value - 1.0).abs() < 1e-12);
            let n = (reflection.series.degree() / 2) as f64;
            assert!(n == 1.0 || 2.0 / (0.5 * (n - 1.0) * 2.0 * gap.atanh()).cosh().powi(2) > epsilon);
        }
    }

    #[test]
    fn the_reflection_equals_its_definition() {
        let gap = 0.3;
        let reflection = kernel_reflection(gap, 0.05).unwrap();
        let n = (reflection.series.degree() / 2) as i32;
        let chebyshev = |z: f64| (0..n).fold((1.0, z), |(a, b), _| (b, 2.0 * z * b - a)).0;
        let z = |x: f64| (1.0 + gap * gap - 2.0 * x * x) / (1.0 - gap * gap);
        for x in [0.0, 0.1, 0.29, 0.31, 0.7, 1.0] {
            let expected = -1.0 + 2.0 * (chebyshev(z(x)) + 1.0) / (chebyshev(z(0.0)) + 1.0);
            assert!((reflection.series.evaluate(x) - expected).abs() < 1e-12);
        }
    }

    #[test]
    fn bad_parameters_are_named() {
        assert!(matches!(eigenstate_filter(0.0, 0.1), Err(PolynomialError::OutOfRange { name: "gap", .. })));
        assert!(matches!(
            eigenstate_filter(0.1, 1.0),
            Err(PolynomialError::OutOfRange { name: "epsilon", .. })
        ));
        assert!(matches!(kernel_reflection(1.0, 0.1), Err(PolynomialError::OutOfRange { name: "gap", .. })));
        assert!(matches!(
            kernel_reflection(0.1, 2.0),
            Err(PolynomialError::OutOfRange { name: "epsilon", .. })
        ));
        assert!(matches!(eigenstate_filter(1e-12, 0.1), Err(PolynomialError::DegreeTooHigh { .. })));
        assert!(matches!(kernel_reflection(1e-12, 0.1), Err(PolynomialError::DegreeTooHigh { .. })));
        assert!(matches!(eigenstate_filter(0.1, 1e-20), Err(PolynomialError::BelowRounding { .. })));
    }
}
