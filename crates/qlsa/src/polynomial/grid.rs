//! Trigonometric sums on shifted equispaced grids: the one transform behind evaluation at Chebyshev nodes,
//! interpolation, certified maxima and the completion of phase-factor problems.
//!
//! A grid has N points psi_j = 2 pi (j + s) / N with a shift s. Sums of cos(k psi) and of cos((k + 1/2) psi)
//! are even in psi, so the grid with shift -s carries the same values. In particular s = 1/4 and its mirror
//! make up the 2N midpoints of the circle: N values at s = 1/4 are the N-point Gauss-Chebyshev rule.

use std::f64::consts::PI;
use std::sync::Arc;

use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};
use rustfft::{Fft, FftPlanner};

use num_complex::Complex64;

/// Which cosines a [`CosineGrid`] sums.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Frequencies {
    /// cos(k psi), k = 0, 1, ...
    Integer,
    /// cos((k + 1/2) psi), k = 0, 1, ...
    HalfInteger,
}

/// FFT plans for sums of cosines on an N-point grid with any shift.
pub(crate) struct CosineGrid {
    points: usize,
    plan: Plan,
}

enum Plan {
    Integer { forward: Arc<dyn RealToComplex<f64>>, inverse: Arc<dyn ComplexToReal<f64>> },
    HalfInteger { forward: Arc<dyn Fft<f64>>, inverse: Arc<dyn Fft<f64>>, twist: Vec<Complex64> },
}

/// Work space of a [`CosineGrid`]; one per thread.
#[derive(Default)]
pub(crate) struct GridScratch {
    spectrum: Vec<Complex64>,
    work: Vec<Complex64>,
}

impl CosineGrid {
    /// Plans a grid of at least `minimum_points` points; the length is even and a product of small primes.
    pub(crate) fn new(frequencies: Frequencies, minimum_points: usize) -> Self {
        let points = smooth_even_length(minimum_points);
        let plan = match frequencies {
            Frequencies::Integer => {
                let mut planner = RealFftPlanner::new();
                Plan::Integer {
                    forward: planner.plan_fft_forward(points),
                    inverse: planner.plan_fft_inverse(points),
                }
            }
            Frequencies::HalfInteger => {
                let mut planner = FftPlanner::new();
                Plan::HalfInteger {
                    forward: planner.plan_fft_forward(points / 2),
                    inverse: planner.plan_fft_inverse(points / 2),
                    twist: rotations(0.0, PI / points as f64, points / 2),
                }
            }
        };
        Self { points, plan }
    }

    /// The number of points N.
    pub(crate) fn points(&self) -> usize {
        self.points
    }

    /// The angle psi_j of point `index` on the grid with `shift`.
    pub(crate) fn angle(&self, index: usize, shift: f64) -> f64 {
        2.0 * PI * (index as f64 + shift) / self.points as f64
    }

    /// (cos theta, sin theta) with theta = psi_j / 2 for point `index` of the grid with shift 1/4, both
    /// accurate to their last digits even where they are small.
    pub(crate) fn half_angle_at_quarter_shift(&self, index: usize) -> (f64, f64) {
        cosine_and_sine_of_pi_times(4 * index as u64 + 1, 4 * self.points as u64)
    }

    /// (cos psi_j, sin psi_j) for point `index` of the grid with shift 1/4, as accurate.
    pub(crate) fn angle_at_quarter_shift(&self, index: usize) -> (f64, f64) {
        cosine_and_sine_of_pi_times(4 * index as u64 + 1, 2 * self.points as u64)
    }

    /// values_j = sum_k coefficients_k cos(f_k psi_j). At most N/2 coefficients are used.
    pub(crate) fn synthesize(
        &self,
        coefficients: &[f64],
        shift: f64,
        values: &mut [f64],
        scratch: &mut GridScratch,
    ) {
        let half = self.points / 2;
        let coefficients = &coefficients[..coefficients.len().min(half)];
        let step = 2.0 * PI * shift / self.points as f64;
        match &self.plan {
            Plan::Integer { inverse, .. } => {
                scratch.spectrum.clear();
                scratch.spectrum.resize(half + 1, Complex64::ZERO);
                for_each_rotation(0.0, step, coefficients.len(), |k, rotation| {
                    scratch.spectrum[k] = rotation * (0.5 * coefficients[k]);
                });
                scratch.spectrum[0] = Complex64::from(coefficients.first().copied().unwrap_or(0.0));
                scratch.work.resize(inverse.get_scratch_len(), Complex64::ZERO);
                // The lengths match by construction and the end points are real: no error can occur.
                let outcome = inverse.process_with_scratch(&mut scratch.spectrum, values, &mut scratch.work);
                debug_assert!(outcome.is_ok());
            }
            Plan::HalfInteger { inverse, twist, .. } => {
                scratch.spectrum.clear();
                scratch.spectrum.resize(half, Complex64::ZERO);
                for_each_rotation(0.5 * step, step, coefficients.len(), |k, rotation| {
                    let term = rotation * coefficients[k];
                    if k % 2 == 0 {
                        scratch.spectrum[k / 2] = term;
                    } else {
                        scratch.spectrum[(self.points - 1 - k) / 2] = term.conj();
                    }
                });
                scratch.work.resize(inverse.get_inplace_scratch_len(), Complex64::ZERO);
                inverse.process_with_scratch(&mut scratch.spectrum, &mut scratch.work);
                let (lower, upper) = values.split_at_mut(half);
                for (((sum, twist), low), high) in scratch.spectrum.iter().zip(twist).zip(lower).zip(upper) {
                    let value = sum * twist;
                    *low = value.re;
                    *high = -value.im;
                }
            }
        }
    }

    /// sums_k += weight * sum_j values_j cos(f_k psi_j), for at most N/2 frequencies. Destroys `values`.
    pub(crate) fn analyze(
        &self,
        values: &mut [f64],
        shift: f64,
        weight: f64,
        sums: &mut [f64],
        scratch: &mut GridScratch,
    ) {
        let half = self.points / 2;
        let count = sums.len().min(half);
        let step = 2.0 * PI * shift / self.points as f64;
        match &self.plan {
            Plan::Integer { forward, .. } => {
                scratch.spectrum.resize(half + 1, Complex64::ZERO);
                scratch.work.resize(forward.get_scratch_len(), Complex64::ZERO);
                let outcome = forward.process_with_scratch(values, &mut scratch.spectrum, &mut scratch.work);
                debug_assert!(outcome.is_ok());
                for_each_rotation(0.0, step, count, |k, rotation| {
                    sums[k] += weight * (scratch.spectrum[k] * rotation.conj()).re;
                });
            }
            Plan::HalfInteger { forward, twist, .. } => {
                let (lower, upper) = values.split_at(half);
                scratch.spectrum.clear();
                scratch.spectrum.extend(
                    lower
                        .iter()
                        .zip(upper)
                        .zip(twist)
                        .map(|((low, high), twist)| Complex64::new(*low, -high) * twist.conj()),
                );
                scratch.work.resize(forward.get_inplace_scratch_len(), Complex64::ZERO);
                forward.process_with_scratch(&mut scratch.spectrum, &mut scratch.work);
                for_each_rotation(0.5 * step, step, count, |k, rotation| {
                    let sum = if k % 2 == 0 {
                        scratch.spectrum[k / 2]
                    } else {
                        scratch.spectrum[(self.points - 1 - k) / 2].conj()
                    };
                    sums[k] += weight * (sum * rotation.conj()).re;
                });
            }
        }
    }
}

/// The smallest even length of at least `minimum` whose prime factors are 2, 3 and 5.
pub(crate) fn smooth_even_length(minimum: usize) -> usize {
    let target = minimum.div_ceil(2).max(1);
    let mut best = target.next_power_of_two();
    let mut five = 1;
    while five < best {
        let mut three = five;
        while three < best {
            let candidate = three * target.div_ceil(three).next_power_of_two();
            best = best.min(candidate);
            three *= 3;
        }
        five *= 5;
    }
    2 * best
}

/// Cosine and sine of pi numerator/denominator, reduced to the first octant in exact arithmetic.
fn cosine_and_sine_of_pi_times(numerator: u64, denominator: u64) -> (f64, f64) {
    let mut numerator = numerator % (2 * denominator);
    let below_axis = numerator > denominator;
    if below_axis {
        numerator = 2 * denominator - numerator;
    }
    let left = 2 * numerator > denominator;
    if left {
        numerator = denominator - numerator;
    }
    let (cosine, sine) = if 4 * numerator > denominator {
        let (sine, cosine) = (PI * (denominator - 2 * numerator) as f64 / (2 * denominator) as f64).sin_cos();
        (sine, cosine)
    } else {
        let (sine, cosine) = (PI * numerator as f64 / denominator as f64).sin_cos();
        (cosine, sine)
    };
    (if left { -cosine } else { cosine }, if below_axis { -sine } else { sine })
}

/// e^(i (start + k step)), k = 0 .. count.
pub(crate) fn rotations(start: f64, step: f64, count: usize) -> Vec<Complex64> {
    let mut table = Vec::with_capacity(count);
    for_each_rotation(start, step, count, |_, rotation| table.push(rotation));
    table
}

/// Calls `visit(k, e^(i (start + k step)))` for k = 0 .. count. One complex product per element: sine and
/// cosine are evaluated for a block of steps and for the block starts only.
fn for_each_rotation(start: f64, step: f64, count: usize, mut visit: impl FnMut(usize, Complex64)) {
    const BLOCK: usize = 256;
    let within: Vec<Complex64> = (0..BLOCK.min(count)).map(|k| Complex64::cis(k as f64 * step)).collect();
    let mut base = 0;
    while base < count {
        let origin = Complex64::cis(start + base as f64 * step);
        let length = BLOCK.min(count - base);
        for (k, rotation) in within[..length].iter().enumerate() {
            visit(base + k, origin * rotation);
        }
        base += length;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frequency(frequencies: Frequencies, k: usize) -> f64 {
        match frequencies {
            Frequencies::Integer => k as f64,
            Frequencies::HalfInteger => k as f64 + 0.5,
        }
    }

    #[test]
    fn synthesis_and_analysis_agree_with_the_sums_they_stand_for() {
        for frequencies in [Frequencies::Integer, Frequencies::HalfInteger] {
            for (count, shift) in [(1, 0.25), (2, 0.0), (5, 0.3), (9, 0.5), (300, 0.125)] {
                let grid = CosineGrid::new(frequencies, 2 * count);
                let coefficients: Vec<f64> = (0..count).map(|k| ((3 * k + 1) as f64).sin()).collect();
                let mut scratch = GridScratch::default();
                let mut values = vec![0.0; grid.points()];
                grid.synthesize(&coefficients, shift, &mut values, &mut scratch);
                for (j, value) in values.iter().enumerate() {
                    let expected: f64 = (0..count)
                        .map(|k| coefficients[k] * (frequency(frequencies, k) * grid.angle(j, shift)).cos())
                        .sum();
                    assert!(
                        (value - expected).abs() < 1e-12 * count as f64,
                        "{frequencies:?} {count} {shift}"
                    );
                }
                let expected: Vec<f64> = (0..count)
                    .map(|k| {
                        let terms = values.iter().enumerate();
                        terms.map(|(j, v)| v * (frequency(frequencies, k) * grid.angle(j, shift)).cos()).sum()
                    })
                    .collect();
                let mut sums = vec![0.0; count];
                grid.analyze(&mut values, shift, 1.0, &mut sums, &mut scratch);
                for (sum, expected) in sums.iter().zip(&expected) {
                    assert!(
                        (sum - expected).abs() < 1e-12 * grid.points() as f64,
                        "{frequencies:?} {count} {shift}"
                    );
                }
            }
        }
    }

    #[test]
    fn quarter_shift_inverts_synthesis() {
        for frequencies in [Frequencies::Integer, Frequencies::HalfInteger] {
            let coefficients: Vec<f64> = (0..37).map(|k| (k as f64).cos()).collect();
            let grid = CosineGrid::new(frequencies, 2 * coefficients.len());
            let mut scratch = GridScratch::default();
            let mut values = vec![0.0; grid.points()];
            grid.synthesize(&coefficients, 0.25, &mut values, &mut scratch);
            let mut recovered = vec![0.0; coefficients.len()];
            let weight = 2.0 / grid.points() as f64;
            grid.analyze(&mut values, 0.25, weight, &mut recovered, &mut scratch);
            if frequencies == Frequencies::Integer {
                recovered[0] *= 0.5;
            }
            for (a, b) in recovered.iter().zip(&coefficients) {
                assert!((a - b).abs() < 1e-14);
            }
        }
    }

    #[test]
    fn exact_reduction_keeps_small_cosines_and_sines() {
        for denominator in [1u64, 2, 3, 4, 7, 100] {
            for numerator in 0..2 * denominator {
                let angle = PI * numerator as f64 / denominator as f64;
                let (cosine, sine) = cosine_and_sine_of_pi_times(numerator, denominator);
                assert!((cosine - angle.cos()).abs() < 3e-15 && (sine - angle.sin()).abs() < 3e-15);
            }
        }
        let (cosine, _) = cosine_and_sine_of_pi_times((1 << 40) - 1, 1 << 41);
        let exact = PI / (1u64 << 41) as f64;
        assert!((cosine / exact - 1.0).abs() < 1e-15);
    }

    #[test]
    fn grid_lengths_are_even_smooth_and_close() {
        for minimum in 1..2000 {
            let length = smooth_even_length(minimum);
            assert!(length >= minimum && length.is_multiple_of(2));
            assert!(length <= minimum + minimum / 3 + 2, "{minimum} -> {length}");
            let mut rest = length;
            for prime in [2, 3, 5] {
                while rest.is_multiple_of(prime) {
                    rest /= prime;
                }
            }
            assert_eq!(rest, 1);
        }
    }
}
