//! The error function in double precision.

use std::f64::consts::PI;

/// erf(x) = 2/sqrt(pi) integral from 0 to x of e^(-t^2) dt, to about 1e-15 absolute.
pub(crate) fn erf(x: f64) -> f64 {
    let magnitude = x.abs();
    let value = if magnitude < SERIES_END { series(magnitude) } else { 1.0 - continued_fraction(magnitude) };
    value.copysign(x)
}

/// erfc(x) = 1 - erf(x) for x >= 0, accurate relative to its size for large x.
pub(crate) fn erfc(x: f64) -> f64 {
    if x < SERIES_END { 1.0 - series(x) } else { continued_fraction(x) }
}

/// Up to here the power series is used.
const SERIES_END: f64 = 2.0;

/// erf as 2/sqrt(pi) e^(-x^2) sum_n 2^n x^(2n+1)/(2n+1)!!, whose terms are all positive.
fn series(x: f64) -> f64 {
    let (mut term, mut sum, mut n) = (x, x, 0.0);
    while term > 1e-17 * sum {
        n += 1.0;
        term *= 2.0 * x * x / (2.0 * n + 1.0);
        sum += term;
    }
    2.0 / PI.sqrt() * (-x * x).exp() * sum
}

/// erfc as e^(-x^2)/sqrt(pi) / (x + (1/2)/(x + 1/(x + (3/2)/(x + ...)))), evaluated from far inside.
fn continued_fraction(x: f64) -> f64 {
    let terms = (20.0 + 400.0 / (x * x)) as u32;
    let tail = (1..=terms).rev().fold(x, |tail, k| x + 0.5 * f64::from(k) / tail);
    (-x * x).exp() / (PI.sqrt() * tail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_from_tables() {
        // Abramowitz and Stegun, table 7.1, and the NIST Digital Library, table 7.23.
        for (x, value) in [
            (0.5, 0.520_499_877_813_046_5),
            (1.0, 0.842_700_792_949_714_9),
            (2.0, 0.995_322_265_018_952_7),
            (3.0, 0.999_977_909_503_001_4),
        ] {
            assert!((erf(x) - value).abs() < 2e-16 * 2.0, "{x}");
            assert_eq!(erf(-x), -erf(x));
        }
        assert!((erfc(5.0) / 1.537_459_794_428_034_7e-12 - 1.0).abs() < 1e-13);
        assert_eq!(erf(0.0), 0.0);
    }

    #[test]
    fn both_expansions_agree_where_they_meet() {
        for x in [1.9, 2.0, 2.2, 2.5, 3.0] {
            assert!((series(x) + continued_fraction(x) - 1.0).abs() < 1e-15, "{x}");
        }
    }
}
