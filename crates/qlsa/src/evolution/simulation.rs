//! Angles for exp(i tau x): Y rotations of the signal between steps of the walk.

use super::error::EvolutionError;
use crate::phases::{RealRotations, real_rotations};
use crate::polynomial::{cosine, sine};

/// exp(i tau cos(theta)) as a sequence of steps.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Evolution {
    /// 2d + 1 angles of Ry, the one that is applied first in front.
    pub(super) angles: Vec<f64>,
    /// Half the number of steps, d, even.
    pub(super) degree: u64,
    /// Bound of the distance of what the sequence implements from the evolution, which may also be in its modulus.
    pub(super) error: f64,
}

/// The sequence for a time tau > 0 with an error of at most `allowed`, half of which is a margin that generalized quantum
/// signal processing needs: the modulus stays below 1.
pub(super) fn evolution(time: f64, allowed: f64) -> Result<Evolution, EvolutionError> {
    let (even, odd) = (cosine(time, 0.125 * allowed)?, sine(time, 0.125 * allowed)?);
    let truncation = even.error + odd.error;
    let degree = even.series.degree().max(odd.series.degree()).next_multiple_of(2).max(2);
    let scale = (1.0 - 0.5 * allowed) / (1.0 + truncation);
    // The n-th coefficient of the expansions is 2 (-1)^(n/2) J_n, rounded down; J_(-n) = (-1)^n J_n.
    let bessel = |n: usize| {
        let series = if n.is_multiple_of(2) { &even.series } else { &odd.series };
        let sign = if (n / 2).is_multiple_of(2) { 1.0 } else { -1.0 };
        sign * series.coefficient(n) * if n == 0 { 1.0 } else { 0.5 }
    };
    let coefficient = |k: usize| {
        let sign = if k < degree && k % 2 == 1 { -1.0 } else { 1.0 };
        scale * sign * bessel(k.abs_diff(degree))
    };
    let coefficients: Vec<f64> = (0..=2 * degree).map(coefficient).collect();
    let RealRotations { angles, residual } = real_rotations(&coefficients)?;
    let error = (1.0 - scale) + truncation + residual;
    Ok(Evolution { angles, degree: degree as u64, error })
}

#[cfg(test)]
mod tests {
    use super::*;
    use num_complex::Complex64;

    #[test]
    fn sequences_of_alternating_steps_are_evolutions() {
        for time in [0.01, 0.7, 3.0, 20.0] {
            for allowed in [1e-2, 1e-5, 1e-7] {
                let found = evolution(time, allowed).unwrap();
                assert!(found.error <= allowed, "{time} {allowed} {}", found.error);
                for (x, forwards) in [(1.0f64, true), (0.3, true), (-0.8, false), (0.0, false), (0.99, false)]
                {
                    let w = Complex64::cis(x.acos()) * if forwards { Complex64::I } else { -Complex64::I };
                    let mut vector = [Complex64::ONE, Complex64::ZERO];
                    for (k, angle) in found.angles.iter().enumerate() {
                        match k {
                            0 => {}
                            k if k % 2 == 1 => vector[0] *= w,
                            _ => vector[1] /= w,
                        }
                        let (s, c) = (0.5 * angle).sin_cos();
                        vector = [vector[0] * c - vector[1] * s, vector[0] * s + vector[1] * c];
                    }
                    let expected = Complex64::cis(if forwards { time * x } else { -time * x });
                    assert!((vector[0] - expected).norm() <= found.error + 1e-12);
                }
            }
        }
    }
}
