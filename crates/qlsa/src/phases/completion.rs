//! Outer completions by Weiss's algorithm, with power series instead of one huge transform.
//!
//! For |b| < 1 on the unit circle, R = ln(1 - |b|^2)/2 has Fourier coefficients r_k, and eta = exp(r_0 + 2
//! sum_(k>0) r_k w^k) is the function without zeros in the disc with |eta|^2 = 1 - |b|^2 on the circle; it is
//! a polynomial if b is. Its first n coefficients need only the first n of the r_k (the exponential of a
//! power series). The r_k are means over M points, and M may be far larger than n: the M points are visited
//! as shifted grids of O(n) points, so memory stays O(n), and doubling M reuses all the work before.
//!
//! A real target P of definite parity has b = w^(-d/2) xi with |b| = |P(cos(psi/2))|, w = e^(i psi): R is
//! even, the r_k are real, shifts s and -s carry the same sums, and symmetric phases need half the
//! coefficients only.

use num_complex::Complex64;
use rayon::prelude::*;
use rustfft::FftPlanner;

use super::convolution::Coefficient;
use super::power_series::exponential;
use crate::polynomial::grid::{CosineGrid, Frequencies, GridScratch, rotations, smooth_even_length};
use crate::polynomial::{ChebyshevSeries, Parity};

/// The first coefficients of eta.
pub(crate) struct Completion<C> {
    /// Coefficients of w^0, w^1, ...
    pub(crate) coefficients: Vec<C>,
    /// How much the last doubling of the grid changed any r_k.
    pub(crate) last_change: f64,
    /// Whether that change was as small as it should be.
    pub(crate) converged: bool,
}

/// The error of the means nearly squares with every doubling, so after a change this small it is below
/// rounding.
const CHANGE_GOAL: f64 = 1e-11;
/// The largest number of points of all grids together.
const POINT_LIMIT: usize = 1 << 30;

/// The first `count` coefficients of the outer completion of `target`, whose modulus must be below 1 on [-1,
/// 1] and whose parity must be definite.
pub(crate) fn complete_real(target: &ChebyshevSeries, count: usize) -> Completion<f64> {
    let minimum = 2 * target.coefficients().len().max(count);
    let target_grid = CosineGrid::new(target.frequencies(), minimum);
    let mean_grid = CosineGrid::new(Frequencies::Integer, minimum);
    complete(count, mean_grid.points(), true, |shifts| {
        let mut sums = vec![0.0; count];
        let mut values = vec![0.0; target_grid.points()];
        let mut scratch = GridScratch::default();
        for (shift, weight) in shifts {
            target_grid.synthesize(target.coefficients(), *shift, &mut values, &mut scratch);
            for value in &mut values {
                *value = 0.5 * ((1.0 - *value) * (1.0 + *value)).ln();
            }
            mean_grid.analyze(&mut values, *shift, *weight, &mut sums, &mut scratch);
        }
        sums
    })
}

/// All coefficients of the outer completion of the polynomial sum_k b_k w^k, whose modulus must be below 1 on
/// the circle.
pub(crate) fn complete_complex(target: &[Complex64]) -> Completion<Complex64> {
    let count = target.len();
    let points = smooth_even_length(count);
    let mut planner = FftPlanner::new();
    let (forward, inverse) = (planner.plan_fft_forward(points), planner.plan_fft_inverse(points));
    complete(count, points, false, |shifts| {
        let mut sums = vec![Complex64::ZERO; count];
        let mut values = vec![Complex64::ZERO; points];
        let mut work =
            vec![Complex64::ZERO; forward.get_inplace_scratch_len().max(inverse.get_inplace_scratch_len())];
        for (shift, weight) in shifts {
            let turns = rotations(0.0, 2.0 * std::f64::consts::PI * shift / points as f64, count);
            values.fill(Complex64::ZERO);
            for ((value, coefficient), turn) in values.iter_mut().zip(target).zip(&turns) {
                *value = coefficient * turn;
            }
            inverse.process_with_scratch(&mut values, &mut work);
            for value in &mut values {
                let modulus = value.norm();
                *value = Complex64::from(0.5 * ((1.0 - modulus) * (1.0 + modulus)).ln());
            }
            forward.process_with_scratch(&mut values, &mut work);
            for ((sum, value), turn) in sums.iter_mut().zip(&values).zip(&turns) {
                *sum += value * turn.conj() * *weight;
            }
        }
        sums
    })
}

/// Doubles the number of grids of `points` points until the means settle. `contribution` sums R w^(-k) over
/// the grids of some (shift, weight) pairs for k = 0 .. count; with `mirrored`, shifts s and 1 - s have equal
/// sums.
fn complete<C: Coefficient>(
    count: usize,
    points: usize,
    mirrored: bool,
    contribution: impl Fn(&[(f64, f64)]) -> Vec<C> + Sync,
) -> Completion<C> {
    let mut sums = contribution(&[(0.0, 1.0)]);
    let mut grids = 1usize;
    let (mut last_change, mut converged) = (f64::INFINITY, false);
    while !converged && grids.saturating_mul(2 * points) <= POINT_LIMIT {
        // The midpoints between the shifts so far.
        let shift = |i: usize| (2 * i + 1) as f64 / (2 * grids) as f64;
        let shifts: Vec<(f64, f64)> = if mirrored {
            let weight = |i: usize| if 2 * i + 1 == grids { 1.0 } else { 2.0 };
            (0..grids.div_ceil(2)).map(|i| (shift(i), weight(i))).collect()
        } else {
            (0..grids).map(|i| (shift(i), 1.0)).collect()
        };
        let added = sum_in_parallel(&shifts, &contribution);
        let scale = 0.5 / (grids as f64 * points as f64);
        let change = |(old, new): (&C, &C)| (*old - *new).squared_modulus();
        let larger = |a: f64, b: f64| if a >= b || a.is_nan() { a } else { b };
        last_change = sums.iter().zip(&added).map(change).fold(0.0, larger).sqrt() * scale;
        for (sum, addition) in sums.iter_mut().zip(added) {
            *sum = *sum + addition;
        }
        grids *= 2;
        converged = last_change <= CHANGE_GOAL;
        if last_change.is_nan() {
            break;
        }
    }
    let scale = 1.0 / (grids as f64 * points as f64);
    for (k, sum) in sums.iter_mut().enumerate() {
        *sum = *sum * if k == 0 { scale } else { 2.0 * scale };
    }
    debug_assert_eq!(sums.len(), count);
    Completion { coefficients: exponential(&sums), last_change, converged }
}

fn sum_in_parallel<C: Coefficient>(
    shifts: &[(f64, f64)],
    contribution: &(impl Fn(&[(f64, f64)]) -> Vec<C> + Sync),
) -> Vec<C> {
    let chunk = shifts.len().div_ceil(rayon::current_num_threads()).max(1);
    let parts: Vec<Vec<C>> = shifts.par_chunks(chunk).map(contribution).collect();
    let mut parts = parts.into_iter();
    let mut sums = parts.next().unwrap_or_default();
    for part in parts {
        for (sum, term) in sums.iter_mut().zip(part) {
            *sum = *sum + term;
        }
    }
    sums
}

/// The coefficients xi_k, k = 0 .. degree/2, of the palindromic polynomial xi(w) = w^(d/2) P: half the
/// coefficient of T_(d - 2k), all of it for T_0.
pub(crate) fn palindromic_half(target: &ChebyshevSeries) -> Vec<f64> {
    let mut half: Vec<f64> = target.coefficients().iter().rev().map(|value| 0.5 * value).collect();
    if target.parity() == Some(Parity::Even)
        && let Some(last) = half.last_mut()
    {
        *last *= 2.0;
    }
    half
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evaluate(coefficients: impl DoubleEndedIterator<Item = Complex64>, w: Complex64) -> Complex64 {
        coefficients.rev().fold(Complex64::ZERO, |sum, value| sum * w + value)
    }

    #[test]
    fn the_real_completion_completes() {
        let target = ChebyshevSeries::new(vec![0.3, -0.4, 0.1, 0.15], Some(Parity::Odd)).unwrap();
        let completion = complete_real(&target, target.degree() + 1);
        assert!(completion.converged);
        for step in 0..50 {
            let theta = 0.07 * f64::from(step);
            let eta = completion.coefficients.iter().map(|value| Complex64::from(*value));
            let eta = evaluate(eta, Complex64::cis(2.0 * theta));
            let p = target.evaluate(theta.cos());
            assert!((eta.norm_sqr() + p * p - 1.0).abs() < 1e-14);
        }
    }

    #[test]
    fn the_complex_completion_completes_without_zeros_in_the_disc() {
        let target: Vec<Complex64> = (0..40)
            .map(|k| Complex64::from_polar(0.12, f64::from(k * k)) / (1.0 + 0.1 * f64::from(k)))
            .collect();
        let completion = complete_complex(&target);
        assert!(completion.converged);
        let eta = |w| evaluate(completion.coefficients.iter().copied(), w);
        let mut winding = 0.0;
        for step in 0..1000 {
            let w = |step: i32| Complex64::cis(2.0 * std::f64::consts::PI * f64::from(step) / 1000.0);
            let b = evaluate(target.iter().copied(), w(step));
            assert!(b.norm() < 1.0 && (eta(w(step)).norm_sqr() + b.norm_sqr() - 1.0).abs() < 1e-13);
            winding += (eta(w(step + 1)) / eta(w(step))).arg();
        }
        assert!(winding.abs() < 1e-9);
    }

    #[test]
    fn a_modulus_of_one_does_not_converge() {
        let target = ChebyshevSeries::new(vec![0.0, 1.0], Some(Parity::Even)).unwrap();
        assert!(!complete_real(&target, 2).converged);
    }
}
