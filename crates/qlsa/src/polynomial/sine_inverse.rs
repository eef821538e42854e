//! Sine polynomials close to 1/psi.

use super::interval::IntervalMap;
use super::inverse::check_degree;
use super::series::PolynomialError;
use num_complex::Complex64;
use rustfft::FftPlanner;
use std::f64::consts::PI;

/// F(psi) = sum over n of f_n sin(n psi) with |1 - psi F(psi)| <= error for lower <= |psi| <= upper.
#[derive(Clone, Debug, PartialEq)]
pub struct SineInverse {
    coefficients: Vec<f64>,
    /// Bound of the relative error: that of the closed form, what was found for the smooth remainder at 16 points for each
    /// of its terms, and an estimate of rounding.
    pub error: f64,
}

/// The most terms of the smooth remainder.
const REMAINDER_LIMIT: usize = 200;
/// The share of the error that the smooth remainder may have.
const REMAINDER_SHARE: f64 = 0.05;

/// The sine polynomial for 0 < lower <= upper < pi and epsilon in (0, 1), of degree about ln(2/epsilon)/lower.
///
/// 1/psi = cot(psi/2)/2 + h(psi), h analytic up to 2 pi. With r the even cosine polynomial of degree n that is 1 at 0 and
/// least on \[lower, pi\] (T_n(y(sin(psi/2)))/T_n(y(0)), as [`super::inverse_relative`] has it), (1 - r)
/// cot(psi/2)/2 is a sine polynomial of degree n: 1 - r has a double zero at 0. h(psi)/sin(psi) is a function of cos(psi)
/// that is smooth on \[cos(upper), 1\], where it is interpolated: a few terms for each digit. On the band 0 <= psi
/// cot(psi/2)/2 <= 1, so both errors just add.
pub fn sine_inverse(lower: f64, upper: f64, epsilon: f64) -> Result<SineInverse, PolynomialError> {
    if !(lower > 0.0 && lower <= upper) {
        return Err(PolynomialError::OutOfRange { name: "lower", value: lower, accepted: "(0, upper]" });
    }
    if upper >= PI {
        return Err(PolynomialError::OutOfRange { name: "upper", value: upper, accepted: "[lower, pi)" });
    }
    if !(epsilon > 0.0 && epsilon < 1.0) {
        return Err(PolynomialError::OutOfRange { name: "epsilon", value: epsilon, accepted: "(0, 1)" });
    }
    let remainder = Remainder::new(upper, REMAINDER_SHARE * epsilon)?;
    let map = IntervalMap::new((0.5 * lower).sin());
    let order = sine_inverse_order(lower, epsilon);
    check_degree(order)?;
    let order = order as usize;
    let degree = order.max(remainder.degree());
    let size = (2 * degree + 2).next_power_of_two();
    let value = |k: usize| {
        let psi = angle(k, size);
        let (sine, cosine) = (0.5 * psi).sin_cos();
        if sine == 0.0 {
            return Complex64::ZERO;
        }
        let main = 0.5 * map.chebyshev_complement(order, sine, cosine) * cosine / sine;
        Complex64::from(main + psi.sin() * remainder.evaluate(psi.cos()))
    };
    let mut buffer: Vec<Complex64> = (0..size).map(value).collect();
    FftPlanner::new().plan_fft_forward(size).process(&mut buffer);
    let coefficients: Vec<f64> =
        buffer[1..=degree].iter().map(|value| -2.0 / size as f64 * value.im).collect();
    let rounding = 4.0 * f64::EPSILON * upper * coefficients.iter().map(|value| value.abs()).sum::<f64>();
    let error = map.band_ratio(order) + upper * remainder.error + rounding;
    if error > epsilon {
        return Err(PolynomialError::BelowRounding { requested: epsilon, attainable: error });
    }
    Ok(SineInverse { coefficients, error })
}

/// The degree of [`sine_inverse`] without its coefficients, where it is not the smooth remainder that decides.
pub fn sine_inverse_order(lower: f64, epsilon: f64) -> f64 {
    IntervalMap::new((0.5 * lower).sin()).smallest_degree((1.0 - 2.0 * REMAINDER_SHARE) * epsilon)
}

impl SineInverse {
    /// f_1, f_2, ...
    pub fn coefficients(&self) -> &[f64] {
        &self.coefficients
    }

    /// F(psi).
    pub fn evaluate(&self, psi: f64) -> f64 {
        self.coefficients
            .iter()
            .enumerate()
            .map(|(index, value)| value * ((index + 1) as f64 * psi).sin())
            .sum()
    }

    /// The largest n.
    pub fn degree(&self) -> usize {
        self.coefficients.len()
    }

    /// G_k = sum over n of f_n/(1 - n/L) sin(2 pi n k/(2 L)), k = 0 .. 2L - 1, L = 2^`qubits`: what a clock of one qubit
    /// more applies F by. `None` unless L exceeds the degree.
    pub fn table(&self, qubits: usize) -> Option<Vec<f64>> {
        let half = 1usize.checked_shl(u32::try_from(qubits).ok()?)?;
        if self.degree() >= half {
            return None;
        }
        let mut buffer = vec![Complex64::ZERO; half.checked_mul(2)?];
        for (index, value) in self.coefficients.iter().enumerate() {
            let n = index + 1;
            buffer[n] = (value * half as f64 / (half - n) as f64).into();
        }
        FftPlanner::new().plan_fft_inverse(buffer.len()).process(&mut buffer);
        Some(buffer.iter().map(|value| value.im).collect())
    }
}

/// p with h(psi) close to sin(psi) p(cos(psi)) for |psi| <= upper, in Chebyshev polynomials of the place between
/// cos(upper) and 1.
struct Remainder {
    lower: f64,
    coefficients: Vec<f64>,
    error: f64,
}

impl Remainder {
    /// With the fewest terms that keep upper |h - sin p| below `allowed`.
    fn new(upper: f64, allowed: f64) -> Result<Self, PolynomialError> {
        let lower = upper.cos().min(1.0 - 1e-9);
        let mut attainable = f64::INFINITY;
        for count in 1..=REMAINDER_LIMIT {
            let mut found = Self::interpolate(lower, count);
            let points = 16 * count + 16;
            let deviation = |step: usize| {
                let psi = upper * step as f64 / points as f64;
                (remainder(psi) - psi.sin() * found.evaluate(psi.cos())).abs()
            };
            found.error = (1..=points).map(deviation).fold(0.0, f64::max);
            if upper * found.error <= allowed {
                return Ok(found);
            }
            attainable = attainable.min(upper * found.error);
        }
        Err(PolynomialError::BelowRounding { requested: allowed, attainable })
    }

    fn interpolate(lower: f64, count: usize) -> Self {
        let node = |i: usize| PI * (i as f64 + 0.5) / count as f64;
        let values: Vec<f64> = (0..count)
            .map(|i| {
                // psi from 1 - cos(psi), without cancellation.
                let distance = (1.0 - lower) * (0.5 * node(i)).sin().powi(2);
                let psi = 2.0 * (0.5 * distance).sqrt().asin();
                remainder(psi) / psi.sin()
            })
            .collect();
        let coefficient = |k: usize| {
            let sum: f64 =
                values.iter().enumerate().map(|(i, value)| value * (k as f64 * node(i)).cos()).sum();
            sum * if k == 0 { 1.0 } else { 2.0 } / count as f64
        };
        Remainder { lower, coefficients: (0..count).map(coefficient).collect(), error: 0.0 }
    }

    /// The largest n of a term sin(n psi).
    fn degree(&self) -> usize {
        self.coefficients.len()
    }

    fn evaluate(&self, cosine: f64) -> f64 {
        let y = (2.0 * cosine - (1.0 + self.lower)) / (1.0 - self.lower);
        let (mut next, mut current) = (0.0, 0.0);
        for coefficient in self.coefficients.iter().skip(1).rev() {
            (next, current) = (current, coefficient + 2.0 * y * current - next);
        }
        self.coefficients[0] + y * current - next
    }
}

/// h(psi) = 1/psi - cot(psi/2)/2.
fn remainder(psi: f64) -> f64 {
    if psi.abs() < 0.3 {
        let square = psi * psi;
        let tail = 1.0 / 1_209_600.0 + square / 47_900_160.0;
        return psi * (1.0 / 12.0 + square * (1.0 / 720.0 + square * (1.0 / 30_240.0 + square * tail)));
    }
    1.0 / psi - 0.5 / (0.5 * psi).tan()
}

/// 2 pi k/K in (-pi, pi].
fn angle(k: usize, size: usize) -> f64 {
    let k = if 2 * k > size { k as f64 - size as f64 } else { k as f64 };
    2.0 * PI * k / size as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn evaluate(coefficients: &[f64], psi: f64) -> f64 {
        coefficients.iter().enumerate().map(|(index, f)| f * ((index + 1) as f64 * psi).sin()).sum()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn the_inverse_is_met_on_the_band(
            upper in 0.2..2.6f64, condition in 1.0..60.0f64, accuracy in 0.2..9.0f64,
        ) {
            let (lower, epsilon) = (upper / condition, 10f64.powf(-accuracy));
            let polynomial = sine_inverse(lower, upper, epsilon).unwrap();
            prop_assert!(polynomial.error <= epsilon);
            let mut largest = 0.0f64;
            for step in 0..=4000 {
                let psi = lower + (upper - lower) * f64::from(step) / 4000.0;
                largest = largest.max((1.0 - psi * evaluate(polynomial.coefficients(), psi)).abs());
            }
            prop_assert!(largest <= polynomial.error, "{largest:e} {:e}", polynomial.error);
            let bound = ((2.3 / epsilon).ln() / lower + 2.0).max(60.0);
            prop_assert!(polynomial.degree() as f64 <= bound, "{} {bound}", polynomial.degree());
        }

        #[test]
        fn a_clock_with_the_table_applies_the_polynomial(psi in -3.1..3.1f64, lower in 0.1..0.5f64) {
            let polynomial = sine_inverse(lower, 1.2, 1e-3).unwrap();
            let qubits = (polynomial.degree() + 1).next_power_of_two().trailing_zeros() as usize;
            for qubits in [qubits, qubits + 1] {
                let table = polynomial.table(qubits).unwrap();
                let (half, size) = (1usize << qubits, table.len());
                let applied: f64 = (0..size)
                    .map(|k| {
                        let step = psi - 2.0 * PI * k as f64 / size as f64;
                        let amplitude: Complex64 = (0..half).map(|y| Complex64::cis(step * y as f64)).sum();
                        table[k] * amplitude.norm_sqr() / (half * size) as f64
                    })
                    .sum();
                prop_assert!((applied - evaluate(polynomial.coefficients(), psi)).abs() < 1e-10);
            }
            prop_assert!(polynomial.table(qubits - 1).is_none());
        }
    }

    #[test]
    fn bad_parameters_are_named() {
        let name = |lower, upper, epsilon| match sine_inverse(lower, upper, epsilon) {
            Err(PolynomialError::OutOfRange { name, .. }) => name,
            other => panic!("{other:?}"),
        };
        assert_eq!(name(0.0, 1.0, 0.1), "lower");
        assert_eq!(name(1.1, 1.0, 0.1), "lower");
        assert_eq!(name(0.1, 3.2, 0.1), "upper");
        assert_eq!(name(0.1, 1.0, f64::NAN), "epsilon");
        assert!(matches!(sine_inverse(0.1, 1.0, 1e-18), Err(PolynomialError::BelowRounding { .. })));
        assert!(matches!(sine_inverse(1e-12, 1.0, 0.1), Err(PolynomialError::DegreeTooHigh { .. })));
    }
}
