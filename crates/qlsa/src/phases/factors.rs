//! Phase factors of a real polynomial of definite parity.

use std::f64::consts::{FRAC_PI_4, PI};

use thiserror::Error;

use super::completion::{complete_real, palindromic_half};
use super::conventions::Convention;
use super::evaluation::corner_polynomials;
use super::newton::symmetric_phases;
use super::transfer::inverse_transform;
use crate::polynomial::ChebyshevSeries;

/// Why phase factors cannot be computed.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum PhaseError {
    /// The polynomial has terms of both parities.
    #[error(
        "the polynomial has no definite parity: its coefficients of T_{even} and T_{odd} are both non-zero; \
         split it into its even and its odd part"
    )]
    MixedParity {
        /// Degree of the largest even term.
        even: usize,
        /// Degree of the largest odd term.
        odd: usize,
    },
    /// The modulus exceeds one on the interval, or reaches it where it must not.
    #[error("|P(x)| = {value} at x = {location}; it must stay below 1 on [-1, 1]: scale the polynomial down")]
    TooLarge {
        /// Where.
        location: f64,
        /// |P| there.
        value: f64,
    },
    /// The modulus reaches one on the unit circle.
    #[error("|P(e^(i t))| = {value} at t = {angle}; it must stay below 1: scale the polynomial down")]
    TooLargeOnCircle {
        /// Where, in radians.
        angle: f64,
        /// |P| there.
        value: f64,
    },
    /// No coefficients, or one that is NaN or infinite.
    #[error("coefficient {index} is missing or not finite; a polynomial needs at least one, all finite")]
    NotFinite {
        /// The power of the offending coefficient.
        index: usize,
    },
    /// The completion needs more points than supported.
    #[error(
        "max |P| = {max_norm} is too close to 1 for degree {degree}: the completion still changed by \
         {last_change:e} at the largest grid; scale the polynomial down"
    )]
    NotConverged {
        /// The degree of the polynomial.
        degree: usize,
        /// Its largest modulus.
        max_norm: f64,
        /// The last change of the completion.
        last_change: f64,
    },
    /// Newton's method is for small degrees.
    #[error("degree {degree} exceeds the limit {limit} of Newton's method; the inverse transform has none")]
    DegreeTooLarge {
        /// The degree of the polynomial.
        degree: usize,
        /// The limit.
        limit: usize,
    },
    /// Newton's method did not reach the polynomial.
    #[error("Newton's method does not converge at degree {degree} and max |P| = {max_norm}")]
    NewtonStalled {
        /// The degree of the polynomial.
        degree: usize,
        /// Its largest modulus.
        max_norm: f64,
    },
}

/// How phase factors are computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PhaseAlgorithm {
    /// Outer completion and inverse non-linear Fourier transform: near-linear time at any degree, for max |P| <
    /// 1. As max |P| approaches 1 the time grows with 1 / sqrt(1 - max |P|).
    InverseTransform,
    /// Newton's method: time O(d^3), for degrees up to [`NEWTON_DEGREE_LIMIT`] and max |P| <= 1.
    Newton,
}

impl PhaseAlgorithm {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            PhaseAlgorithm::InverseTransform => "inverse_transform",
            PhaseAlgorithm::Newton => "newton",
        }
    }
}

/// The largest degree for which [`PhaseAlgorithm::Newton`] is offered.
pub const NEWTON_DEGREE_LIMIT: usize = 2_000;

/// Newton's method takes about 0.6 us d^3, the inverse transform about 20 us d / sqrt(1 - max |P|) (measured): below
/// this d^2 sqrt(1 - max |P|) Newton's method is faster.
const CROSSOVER: f64 = 40.0;

/// A modulus that exceeds 1 by no more than rounding.
const UNIT_NORM_TOLERANCE: f64 = 1e-14;

/// Angles of a quantum signal processing sequence, and how well they do.
#[derive(Clone, Debug, PartialEq)]
pub struct PhaseFactors {
    /// The convention that the angles follow.
    pub convention: Convention,
    /// How they were computed.
    pub algorithm: PhaseAlgorithm,
    /// The angles phi_0 .. phi_d in radians.
    pub angles: Vec<f64>,
    /// Upper bound, re-evaluated from the angles, of |Re <0|U_Wx(x)|0> - P(x)| over all x in [-1, 1]. It
    /// includes the rounding of the re-evaluation, which for high degrees is most of it.
    pub residual: f64,
}

/// Phase factors (convention [`Convention::Wx`]) of a real polynomial P of definite parity with |P| <= 1 on
/// [-1, 1]: d + 1 angles for degree d, with phi_k = phi_(d-k). Time O(d log^2 d) and memory O(d).
///
/// The faster algorithm is chosen: Newton's method for small degrees, all the more so where max |P| is close to
/// 1, and the inverse transform for all others. Above degree [`NEWTON_DEGREE_LIMIT`] max |P| must be smaller
/// than 1.
///
/// The residual is measured, not assumed: the polynomial that the angles implement is multiplied out again
/// and compared with P on a grid that bounds the difference everywhere.
pub fn phase_factors(polynomial: &ChebyshevSeries) -> Result<PhaseFactors, PhaseError> {
    compute(polynomial, None)
}

/// As [`phase_factors`], by a given algorithm.
pub fn phase_factors_by(
    algorithm: PhaseAlgorithm,
    polynomial: &ChebyshevSeries,
) -> Result<PhaseFactors, PhaseError> {
    compute(polynomial, Some(algorithm))
}

fn compute(
    polynomial: &ChebyshevSeries,
    algorithm: Option<PhaseAlgorithm>,
) -> Result<PhaseFactors, PhaseError> {
    let compressed = compress(polynomial)?;
    let polynomial = compressed.as_ref().unwrap_or(polynomial);
    let norm = polynomial.max_norm();
    let degree = polynomial.degree();
    let algorithm = algorithm.unwrap_or_else(|| {
        let crossing = (degree * degree) as f64 * (1.0 - norm.value).max(0.0).sqrt();
        if degree <= NEWTON_DEGREE_LIMIT && crossing < CROSSOVER {
            PhaseAlgorithm::Newton
        } else {
            PhaseAlgorithm::InverseTransform
        }
    });
    let admissible = match algorithm {
        PhaseAlgorithm::InverseTransform => norm.value < 1.0,
        PhaseAlgorithm::Newton => norm.value <= 1.0 + UNIT_NORM_TOLERANCE,
    };
    if !admissible {
        return Err(PhaseError::TooLarge { location: norm.location, value: norm.value });
    }
    let mut angles = match algorithm {
        PhaseAlgorithm::InverseTransform => {
            let half = palindromic_half(polynomial);
            let completion = complete_real(polynomial, half.len());
            if !completion.converged {
                let last_change = completion.last_change;
                return Err(PhaseError::NotConverged { degree, max_norm: norm.value, last_change });
            }
            let layers = inverse_transform(completion.coefficients, half);
            layers.iter().map(|layer| layer.sine.atan2(layer.cosine)).collect()
        }
        PhaseAlgorithm::Newton if degree > NEWTON_DEGREE_LIMIT => {
            return Err(PhaseError::DegreeTooLarge { degree, limit: NEWTON_DEGREE_LIMIT });
        }
        PhaseAlgorithm::Newton => {
            symmetric_phases(polynomial).ok_or(PhaseError::NewtonStalled { degree, max_norm: norm.value })?
        }
    };
    // The second half mirrors the first; the middle phase of an even degree stands alone.
    let mirrored = degree.div_ceil(2);
    angles.extend_from_within(..mirrored);
    angles[degree + 1 - mirrored..].reverse();
    angles[0] -= FRAC_PI_4;
    angles[degree] -= FRAC_PI_4;
    let residual = residual(&angles, polynomial);
    Ok(PhaseFactors { convention: Convention::Wx, algorithm, angles, residual })
}

/// Upper bound of |Re <0|U|0> - P| on [-1, 1], for the Wx sequence U with these angles.
fn residual(angles: &[f64], target: &ChebyshevSeries) -> f64 {
    let difference = corner_polynomials(angles).and_then(|(real, _)| {
        let pairs = real.coefficients().iter().zip(target.coefficients());
        ChebyshevSeries::new(pairs.map(|(a, b)| a - b).collect(), target.parity())
    });
    let Ok(difference) = difference else {
        return f64::INFINITY;
    };
    // With their mirror images the points are 2N >= 4d Chebyshev nodes; see `ChebyshevSeries::max_norm` for
    // the bound.
    let values = difference.evaluate_on_grid(4 * difference.coefficients().len());
    let nodes = 2.0 * values.len() as f64;
    let largest = values.into_iter().map(|(_, value)| value.abs()).fold(0.0, f64::max);
    largest / (0.5 * PI * target.degree() as f64 / nodes).cos()
}

/// A compressed copy where the polynomial is stored without parity but has one.
fn compress(polynomial: &ChebyshevSeries) -> Result<Option<ChebyshevSeries>, PhaseError> {
    if polynomial.parity().is_some() {
        return Ok(None);
    }
    match ChebyshevSeries::from_full(polynomial.coefficients()) {
        Ok(series) if series.parity().is_some() => Ok(Some(series)),
        _ => {
            let largest = |parity: usize| {
                let terms = polynomial.coefficients().iter().enumerate().skip(parity).step_by(2);
                terms.max_by(|(_, a), (_, b)| a.abs().total_cmp(&b.abs())).map_or(0, |(degree, _)| degree)
            };
            Err(PhaseError::MixedParity { even: largest(0), odd: largest(1) })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::polynomial::{Parity, inverse_relative};
    use num_complex::Complex64;
    use proptest::prelude::*;

    /// <0|U|0> by 2 x 2 matrices.
    fn corner(angles: &[f64], x: f64) -> Complex64 {
        let s = Complex64::new(0.0, ((1.0 - x) * (1.0 + x)).sqrt());
        let mut row = [Complex64::cis(angles[0]), Complex64::ZERO];
        for angle in &angles[1..] {
            row = [
                (row[0] * x + row[1] * s) * Complex64::cis(*angle),
                (row[0] * s + row[1] * x) * Complex64::cis(-angle),
            ];
        }
        row[0]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn residuals_stay_small_at_every_odd_degree_up_to_2001(
            half in 5usize..=1000,
            coefficients in prop::collection::vec(-1.0..1.0f64, 1001),
            norm in 0.1..0.99f64,
        ) {
            let series = ChebyshevSeries::new(coefficients[..=half].to_vec(), Some(Parity::Odd)).unwrap();
            let series = series.scaled(norm / series.max_norm().value).unwrap();
            let factors = phase_factors(&series).unwrap();
            prop_assert!(factors.residual <= 1e-13, "degree {}: {}", factors.degree(), factors.residual);
        }

        #[test]
        fn phases_reproduce_the_polynomial_as_matrices(
            coefficients in prop::collection::vec(-1.0..1.0f64, 1..200),
            odd in any::<bool>(),
            norm in 0.01..0.999f64,
        ) {
            let parity = if odd { Parity::Odd } else { Parity::Even };
            let series = ChebyshevSeries::new(coefficients, Some(parity)).unwrap();
            prop_assume!(series.max_norm().value > 1e-3);
            let series = series.scaled(norm / series.max_norm().value).unwrap();
            let factors = phase_factors(&series).unwrap();
            prop_assert_eq!(factors.degree(), series.degree());
            prop_assert!(factors.residual < 5e-14, "residual {}", factors.residual);
            for step in 0..40 {
                let x = f64::cos(0.08 * f64::from(step));
                prop_assert!((corner(&factors.angles, x).re - series.evaluate(x)).abs() < 1e-12);
            }
            for (a, b) in factors.angles.iter().zip(factors.angles.iter().rev()) {
                prop_assert_eq!(a, b);
            }
        }

        #[test]
        fn newton_and_the_inverse_transform_find_the_same_phases(
            coefficients in prop::collection::vec(-1.0..1.0f64, 1..100),
            odd in any::<bool>(),
            norm in 0.01..0.999f64,
        ) {
            let parity = if odd { Parity::Odd } else { Parity::Even };
            let series = ChebyshevSeries::new(coefficients, Some(parity)).unwrap();
            prop_assume!(series.max_norm().value > 1e-3);
            let series = series.scaled(norm / series.max_norm().value).unwrap();
            let transform = phase_factors_by(PhaseAlgorithm::InverseTransform, &series).unwrap();
            let newton = phase_factors_by(PhaseAlgorithm::Newton, &series).unwrap();
            prop_assert!(newton.residual < 1e-13, "{}", newton.residual);
            for (a, b) in transform.angles.iter().zip(&newton.angles) {
                prop_assert!((a - b).abs() < 1e-10, "{a} {b}");
            }
        }

        #[test]
        fn the_corner_of_any_angles_is_what_the_matrices_say(
            angles in prop::collection::vec(-3.0..3.0f64, 1..200),
            x in -1.0..1.0f64,
        ) {
            let (real, imaginary) = corner_polynomials(&angles).unwrap();
            let expected = corner(&angles, x);
            prop_assert!((real.evaluate(x) - expected.re).abs() < 1e-13);
            prop_assert!((imaginary.evaluate(x) - expected.im).abs() < 1e-13);
        }
    }

    #[test]
    fn chebyshev_polynomials_reach_one_and_have_phases() {
        for degree in [1, 2, 3, 10, 33, 100, 400, 901] {
            let parity = if degree % 2 == 1 { Parity::Odd } else { Parity::Even };
            let mut coefficients = vec![0.0; degree / 2 + 1];
            coefficients[degree / 2] = 1.0;
            let series = ChebyshevSeries::new(coefficients, Some(parity)).unwrap();
            let factors = phase_factors(&series).unwrap();
            assert_eq!(factors.algorithm, PhaseAlgorithm::Newton);
            assert!(factors.residual < 1e-12, "degree {degree}: {}", factors.residual);
        }
    }

    #[test]
    fn inversion_at_high_degree() {
        let polynomial = inverse_relative(1e-4, 1e-2).unwrap();
        let (series, _) = polynomial.normalized(0.99).unwrap();
        let factors = phase_factors(&series).unwrap();
        assert!(factors.degree() > 50_000 && factors.residual < 2e-14, "residual {}", factors.residual);
        // Multiplying 50 000 matrices has rounding errors of its own.
        for x in [0.0, 1e-4, 1e-3, 0.5, 1.0] {
            assert!((corner(&factors.angles, x).re - series.evaluate(x)).abs() < 1e-11);
        }
    }

    #[test]
    fn a_wrong_angle_shows_in_the_residual() {
        let (series, _) = inverse_relative(0.1, 1e-3).unwrap().normalized(0.9).unwrap();
        let mut angles = phase_factors(&series).unwrap().angles;
        let middle = angles.len() / 2;
        angles[middle] += 1e-6;
        let damaged = residual(&angles, &series);
        let deviation = |step: i32| {
            let x = (0.001 * f64::from(step)).cos();
            (corner(&angles, x).re - series.evaluate(x)).abs()
        };
        let sampled = (0..3142).map(deviation).fold(0.0, f64::max);
        assert!(sampled > 1e-8 && damaged >= sampled * (1.0 - 1e-6) && damaged < 1.1 * sampled);
    }

    #[test]
    fn small_degrees() {
        let constant = ChebyshevSeries::new(vec![-0.3], Some(Parity::Even)).unwrap();
        let factors = phase_factors(&constant).unwrap();
        assert_eq!(factors.angles.len(), 1);
        assert!((factors.angles[0].cos() + 0.3).abs() < 1e-15);
        let zero = ChebyshevSeries::new(vec![0.0, 0.0], Some(Parity::Odd)).unwrap();
        let factors = phase_factors(&zero).unwrap();
        assert!(factors.residual < 1e-15 && factors.angles.len() == 4);
    }

    #[test]
    fn a_modulus_close_to_one_still_works() {
        let series = inverse_relative(0.1, 1e-3).unwrap();
        for gap in [1e-4, 1e-6, 1e-8] {
            let (series, _) = series.normalized(1.0 - gap).unwrap();
            let factors = phase_factors(&series).unwrap();
            assert!(factors.residual < 1e-12, "gap {gap}: residual {}", factors.residual);
        }
    }

    #[test]
    fn inadmissible_polynomials_are_refused_with_the_place() {
        let large = ChebyshevSeries::new(vec![0.5, 0.8], Some(Parity::Even)).unwrap();
        match phase_factors(&large) {
            Err(PhaseError::TooLarge { location, value }) => {
                assert!((location.abs() - 1.0).abs() < 1e-6 && (value - 1.3).abs() < 1e-12);
            }
            other => panic!("{other:?}"),
        }
        let mixed = ChebyshevSeries::new(vec![0.1, 0.2, 0.05], None).unwrap();
        assert_eq!(phase_factors(&mixed), Err(PhaseError::MixedParity { even: 0, odd: 1 }));
        let above = ChebyshevSeries::new(vec![0.0, 1.0 + 1e-12], Some(Parity::Even)).unwrap();
        assert!(matches!(phase_factors(&above), Err(PhaseError::TooLarge { .. })));
    }

    #[test]
    fn parity_is_recognised_in_a_full_series() {
        let full = ChebyshevSeries::new(vec![0.0, 0.5, 0.0, 0.2], None).unwrap();
        let odd = ChebyshevSeries::new(vec![0.5, 0.2], Some(Parity::Odd)).unwrap();
        assert_eq!(phase_factors(&full).unwrap(), phase_factors(&odd).unwrap());
    }
}
