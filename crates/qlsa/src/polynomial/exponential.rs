//! cos(t x) and sin(t x) by the Jacobi-Anger expansion: Hamiltonian simulation for time t.

use super::approximation::{Approximation, cut};
use super::inverse::check_degree;
use super::series::{ChebyshevSeries, Parity, PolynomialError};

/// The even polynomial close to cos(time x) on [-1, 1]: J_0(t) + 2 sum_k (-1)^k J_(2k)(t) T_(2k)(x), cut at
/// the least degree with error at most `epsilon` in (0, 1); about |time| + ln(1/epsilon) for large times.
pub fn cosine(time: f64, epsilon: f64) -> Result<Approximation, PolynomialError> {
    jacobi_anger(time, epsilon, Parity::Even)
}

/// The odd polynomial close to sin(time x) on [-1, 1]: 2 sum_k (-1)^k J_(2k+1)(t) T_(2k+1)(x), cut as
/// [`cosine`] is.
pub fn sine(time: f64, epsilon: f64) -> Result<Approximation, PolynomialError> {
    jacobi_anger(time, epsilon, Parity::Odd)
}

fn jacobi_anger(time: f64, epsilon: f64, parity: Parity) -> Result<Approximation, PolynomialError> {
    if !time.is_finite() {
        return Err(PolynomialError::OutOfRange {
            name: "time",
            value: time,
            accepted: "the finite numbers",
        });
    }
    if !(epsilon > 0.0 && epsilon < 1.0) {
        return Err(PolynomialError::OutOfRange { name: "epsilon", value: epsilon, accepted: "(0, 1)" });
    }
    check_degree(time.abs())?;
    let bessel = bessel_sequence(time.abs());
    let start = if parity == Parity::Odd { 1 } else { 0 };
    let odd_sign = if parity == Parity::Odd && time < 0.0 { -2.0 } else { 2.0 };
    let coefficients: Vec<f64> = bessel
        .iter()
        .skip(start)
        .step_by(2)
        .enumerate()
        .map(|(k, value)| match (k, parity) {
            (0, Parity::Even) => *value,
            _ => odd_sign * value * if k.is_multiple_of(2) { 1.0 } else { -1.0 },
        })
        .collect();
    let rounding = f64::EPSILON * coefficients.iter().map(|value| value.abs()).sum::<f64>();
    cut(&ChebyshevSeries::new(coefficients, Some(parity))?, rounding, epsilon)
}

/// J_k(t) for k = 0, 1, ... until far below rounding, t >= 0, by Miller's backward recurrence J_(k-1) =
/// (2k/t) J_k - J_(k+1), normalized by J_0^2 + 2 sum J_k^2 = 1.
fn bessel_sequence(t: f64) -> Vec<f64> {
    if t < 1e-8 {
        // The next terms are below rounding, and the recurrence would overflow.
        return vec![1.0, 0.5 * t];
    }
    // |J_k(t)| <= (e t / 2k)^k, and beyond k = t the decay sets in within a few t^(1/3).
    let length = (t + 24.0 * t.cbrt() + 48.0).ceil() as usize;
    let mut values = vec![0.0; length + 1];
    values[length] = 1.0;
    let mut next = 0.0;
    for k in (1..=length).rev() {
        let current = values[k];
        values[k - 1] = (2.0 * k as f64 / t) * current - next;
        next = current;
        if values[k - 1].abs() > 1e100 {
            for value in &mut values[k - 1..] {
                *value *= 1e-100;
            }
            next *= 1e-100;
        }
    }
    let energy = values[0].powi(2) + 2.0 * values[1..].iter().map(|value| value * value).sum::<f64>();
    let scale = 1.0 / energy.sqrt();
    for value in &mut values {
        *value *= scale;
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bessel_values() {
        // Abramowitz and Stegun, tables 9.1 and 9.4.
        let values = bessel_sequence(2.0);
        assert!((values[0] - 0.223_890_779_141_235_67).abs() < 1e-15);
        assert!((values[1] - 0.576_724_807_756_873_4).abs() < 1e-15);
        assert!((values[10] - 2.515_386_282_716_737e-7).abs() < 1e-21);
        assert!((bessel_sequence(50.0)[0] - 0.055_812_327_669_251_81).abs() < 1e-15);
        assert!((bessel_sequence(1e-3)[1] - 4.999_999_375e-4).abs() < 1e-15);
    }

    #[test]
    fn both_functions_are_met_within_epsilon_and_not_by_a_wide_margin() {
        for time in [-3.0, 0.0, 0.1, 20.0, 500.0] {
            for epsilon in [1e-2, 1e-9] {
                let (cosine, sine) = (cosine(time, epsilon).unwrap(), sine(time, epsilon).unwrap());
                assert!(cosine.error <= epsilon && sine.error <= epsilon);
                for step in 0..2000 {
                    let x = 0.001 * f64::from(step) - 1.0;
                    assert!((cosine.series.evaluate(x) - (time * x).cos()).abs() <= cosine.error + 1e-13);
                    assert!((sine.series.evaluate(x) - (time * x).sin()).abs() <= sine.error + 1e-13);
                }
            }
        }
        let degree = cosine(500.0, 1e-9).unwrap().series.degree();
        assert!((500..560).contains(&degree), "{degree}");
    }

    #[test]
    fn bad_parameters_are_named() {
        assert!(matches!(cosine(f64::NAN, 0.1), Err(PolynomialError::OutOfRange { name: "time", .. })));
        assert!(matches!(sine(1.0, 0.0), Err(PolynomialError::OutOfRange { name: "epsilon", .. })));
        assert!(matches!(sine(1e12, 0.1), Err(PolynomialError::DegreeTooHigh { .. })));
        assert!(matches!(sine(1.0, 1e-30), Err(PolynomialError::BelowRounding { .. })));
    }
}
