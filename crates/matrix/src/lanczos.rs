//! The extreme eigenvalues of a symmetric operator by Lanczos' method with full reorthogonalisation.

use faer::Mat;
use rayon::prelude::*;
use serde::Serialize;
use thiserror::Error;

use crate::dense::{column, symmetric_eigenvectors};
use crate::sparse::euclidean_norm;
use crate::start_vector::random_unit_vector;

/// The probability, over the random start vector, that an eigenvalue lies outside its interval.
pub const FAILURE_PROBABILITY: f64 = 1e-9;

/// Ritz values are looked at every so many steps.
const STEPS_BETWEEN_CHECKS: usize = 4;
/// From this dimension on a second thread helps with orthogonalisation.
const PARALLEL_DIMENSION: usize = 1 << 13;
/// Numbers per piece of work when orthogonalising: a piece stays in the cache.
const PIECE: usize = 1 << 10;

/// A closed interval that encloses a value.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Interval {
    /// The lower end.
    pub lower: f64,
    /// The upper end.
    pub upper: f64,
}

impl Interval {
    /// Whether the value lies in the interval.
    pub fn contains(&self, value: f64) -> bool {
        (self.lower..=self.upper).contains(&value)
    }
}

/// When Lanczos' method stops: once width and residual are as small as asked for, or the steps are used up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LanczosOptions {
    /// Whether both ends of the spectrum are wanted, or only the largest magnitude.
    pub both_ends: bool,
    /// The intervals may be this wide, as a fraction of the largest eigenvalue magnitude.
    pub relative_width: f64,
    /// The residuals of the two Ritz pairs may be this large, as a fraction of the largest eigenvalue magnitude. The
    /// values are far more accurate than their residuals, unless eigenvalues crowd together.
    pub relative_residual: f64,
    /// The largest number of products with the operator.
    pub maximum_steps: usize,
    /// Whether every vector is made orthogonal to all before it, rather than to two. Without, values are as good for a
    /// few steps; later, converged ones appear again.
    pub reorthogonalise: bool,
    /// Whether the eigenvectors are wanted. Where they are not, and nothing is reorthogonalised, two vectors are kept.
    pub vectors: bool,
    /// Seed of the random start vector.
    pub seed: u64,
}

impl Default for LanczosOptions {
    fn default() -> Self {
        LanczosOptions {
            both_ends: true,
            relative_width: 0.05,
            relative_residual: 1e-4,
            maximum_steps: 160,
            reorthogonalise: true,
            vectors: true,
            seed: 0,
        }
    }
}

impl LanczosOptions {
    /// Whether the lowest and the highest eigenvalue are known well enough, if they lie at most as far as `missed` beyond
    /// the Ritz values.
    pub(crate) fn satisfied(&self, [lowest, highest]: [RitzValue; 2], missed: [f64; 2]) -> bool {
        let largest = lowest.value.abs().max(highest.value.abs());
        if self.both_ends {
            return missed.iter().all(|&distance| distance <= self.relative_width * largest)
                && lowest.residual.max(highest.residual) <= self.relative_residual * largest;
        }
        let upper = (missed[0] - lowest.value).max(highest.value + missed[1]);
        let dominant = if highest.value >= -lowest.value { highest } else { lowest };
        upper <= (1.0 + self.relative_width) * largest
            && dominant.residual <= self.relative_residual * largest
    }
}

/// An eigenvalue of the projection on a Krylov space.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RitzValue {
    pub(crate) value: f64,
    /// The norm of B y - value y for its vector y.
    pub(crate) residual: f64,
}

/// An approximate eigenvalue at one end of a spectrum.
#[derive(Clone, Debug, PartialEq)]
pub struct RitzPair {
    /// The approximate eigenvalue. It lies inside the spectrum, up to rounding.
    pub value: f64,
    /// An interval that contains the extreme eigenvalue with probability 1 - [`FAILURE_PROBABILITY`].
    pub interval: Interval,
    /// The norm of B y - value y for the approximate eigenvector y.
    pub residual: f64,
    /// The approximate eigenvector, of norm 1; empty if it was not asked for.
    pub vector: Vec<f64>,
}

/// The two ends of the spectrum of a symmetric operator.
#[derive(Clone, Debug, PartialEq)]
pub struct ExtremeEigenvalues {
    /// The smallest eigenvalue.
    pub lowest: RitzPair,
    /// The largest eigenvalue.
    pub highest: RitzPair,
    /// Number of products with the operator.
    pub steps: usize,
}

/// The iteration met an infinite number, or the small eigenvalue problem did not converge.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("Lanczos' method broke down: the operator is not finite, or has no dimensions")]
pub struct LanczosBreakdown;

/// Finds the smallest and the largest eigenvalue of a symmetric operator B, given as `apply(v) = B v`.
///
/// The intervals follow from what the iteration has seen. Its vectors are p_j(B) v, orthonormal, with the polynomials p_j
/// of the recurrence; a unit eigenvector x of lambda has overlaps p_j(lambda) <v, x> with them, so Bessel's inequality
/// gives <v, x>^2 (p_0^2 + ... + p_k^2)(lambda) <= 1. Beyond the Ritz values the sum only grows, and a random start
/// vector has an overlap below d with probability at most d sqrt(2n / pi). The bound is never worse than that of Kuczynski
/// and Woźniakowski (SIAM J. Matrix Anal. Appl. 13, 1992), whose polynomial is one of those that the sum is the best of; for
/// the last term alone it is Hochstenbach's (J. Sci. Comput. 57, 2013). When the Krylov space is exhausted the
/// eigenvalues are exact up to rounding.
pub fn extreme_eigenvalues(
    dimension: usize,
    mut apply: impl FnMut(&[f64]) -> Vec<f64>,
    options: &LanczosOptions,
) -> Result<ExtremeEigenvalues, LanczosBreakdown> {
    let limit = options.maximum_steps.clamp(1, dimension.max(1));
    let mut basis = vec![random_unit_vector(dimension, options.seed)];
    let mut tridiagonal = Tridiagonal::default();
    let mut steps = 0;
    loop {
        steps += 1;
        let current = &basis[basis.len() - 1];
        let mut next = apply(current);
        let diagonal = dot(current, &next);
        // The recurrence first, so that the full pass takes away rounding only and once is enough.
        let mut terms = vec![(diagonal, current)];
        if let (Some(previous), Some(&factor)) = (basis.len().checked_sub(2), tridiagonal.off_diagonal.last())
        {
            terms.push((factor, &basis[previous]));
        }
        subtract(&mut next, &terms);
        if options.reorthogonalise {
            orthogonalise(&mut next, &basis);
        }
        let norm = length(&next);
        if dimension == 0 || !diagonal.is_finite() || !norm.is_finite() {
            return Err(LanczosBreakdown);
        }
        tridiagonal.diagonal.push(diagonal);
        let exhausted = steps == dimension || norm <= dimension as f64 * f64::EPSILON * tridiagonal.scale();
        if exhausted || steps == limit || steps.is_multiple_of(STEPS_BETWEEN_CHECKS) {
            let ends = tridiagonal.ends(norm)?;
            let overlap = smallest_overlap(dimension);
            let missed = [(0, -1.0), (1, 1.0)].map(|(end, direction)| match exhausted {
                true => 0.0,
                false => tridiagonal.missed_distance(norm, ends[end].value, direction, overlap),
            });
            let largest = ends.iter().map(|end| end.value.abs()).fold(0.0, f64::max);
            let values = [0, 1].map(|end| RitzValue { value: ends[end].value, residual: ends[end].residual });
            if exhausted || steps == limit || options.satisfied(values, missed) {
                let rounding = 4.0 * dimension as f64 * f64::EPSILON * largest;
                let basis = if options.vectors { basis.as_slice() } else { &[] };
                // Ritz values lie inside the spectrum, so an extreme eigenvalue is missed only outwards.
                let [lowest, highest] = ends;
                let lowest = lowest.into_pair(basis, missed[0] + rounding, rounding);
                let highest = highest.into_pair(basis, rounding, missed[1] + rounding);
                return Ok(ExtremeEigenvalues { lowest, highest, steps });
            }
        }
        tridiagonal.off_diagonal.push(norm);
        divide(&mut next, norm);
        if !options.vectors && !options.reorthogonalise && basis.len() == 2 {
            basis.remove(0);
        }
        basis.push(next);
    }
}

/// The overlap of a random unit vector with a fixed one is smaller than this with half of [`FAILURE_PROBABILITY`], as
/// there are two ends: the density of a coordinate on the sphere is at most sqrt(n / 2 pi).
fn smallest_overlap(dimension: usize) -> f64 {
    0.25 * FAILURE_PROBABILITY * (std::f64::consts::TAU / dimension as f64).sqrt()
}

/// The projection of the operator on the Krylov space.
#[derive(Default)]
struct Tridiagonal {
    diagonal: Vec<f64>,
    off_diagonal: Vec<f64>,
}

impl Tridiagonal {
    fn scale(&self) -> f64 {
        self.diagonal.iter().chain(&self.off_diagonal).fold(0.0, |largest, value| largest.max(value.abs()))
    }

    /// How far beyond a Ritz value, down or up by the sign of `direction`, an eigenvalue may lie whose eigenvector has at
    /// least this overlap with the start vector; `next` is the norm of what leads out of the Krylov space.
    fn missed_distance(&self, next: f64, ritz: f64, direction: f64, overlap: f64) -> f64 {
        let excluded = |distance: f64| self.exceeds(ritz + direction * distance, next, overlap.powi(-2));
        let mut outer = self.scale() * 1e-3;
        while !excluded(outer) {
            outer *= 2.0;
            if !outer.is_finite() || outer == 0.0 {
                return f64::INFINITY;
            }
        }
        let mut inner = 0.0;
        for _ in 0..40 {
            let middle = 0.5 * (inner + outer);
            if excluded(middle) { outer = middle } else { inner = middle }
        }
        outer
    }

    /// Whether p_0^2 + ... + p_k^2 exceeds the limit at a point.
    fn exceeds(&self, point: f64, next: f64, limit: f64) -> bool {
        let (mut before, mut current, mut sum, mut previous_factor) = (0.0, 1.0, 1.0, 0.0);
        for (step, &diagonal) in self.diagonal.iter().enumerate() {
            let factor = self.off_diagonal.get(step).copied().unwrap_or(next);
            let following = ((point - diagonal) * current - previous_factor * before) / factor;
            (before, current, previous_factor) = (current, following, factor);
            sum += current * current;
            if sum.is_nan() || sum > limit {
                return !sum.is_nan();
            }
        }
        false
    }

    /// The lowest and the highest eigenpair; `next` is the norm of what leads out of the Krylov space.
    fn ends(&self, next: f64) -> Result<[End; 2], LanczosBreakdown> {
        let size = self.diagonal.len();
        let mut matrix = Mat::zeros(size, size);
        for (index, &value) in self.diagonal.iter().enumerate() {
            matrix[(index, index)] = value;
        }
        for (index, &value) in self.off_diagonal.iter().enumerate() {
            matrix[(index + 1, index)] = value;
        }
        let (values, vectors) = symmetric_eigenvectors(matrix.as_ref()).map_err(|_| LanczosBreakdown)?;
        Ok([0, size - 1].map(|index| {
            let coefficients = column(vectors.as_ref(), index);
            End { value: values[index], residual: next * coefficients[size - 1].abs(), coefficients }
        }))
    }
}

/// An eigenpair of the projected operator.
struct End {
    value: f64,
    residual: f64,
    coefficients: Vec<f64>,
}

impl End {
    /// The pair whose interval reaches `below` under the value and `above` over it.
    fn into_pair(self, basis: &[Vec<f64>], below: f64, above: f64) -> RitzPair {
        let mut vector = vec![0.0; basis.first().map_or(0, Vec::len)];
        let terms: Vec<_> = self.coefficients.iter().map(|coefficient| -coefficient).zip(basis).collect();
        subtract(&mut vector, &terms);
        let norm = euclidean_norm(&vector);
        divide(&mut vector, norm);
        let interval = Interval { lower: self.value - below, upper: self.value + above };
        RitzPair { value: self.value, interval, residual: self.residual, vector }
    }
}

/// Takes the projections on the vectors of the basis away.
fn orthogonalise(target: &mut [f64], basis: &[Vec<f64>]) {
    let overlaps: Vec<f64> = if target.len() < PARALLEL_DIMENSION {
        basis.iter().map(|vector| dot(vector, target)).collect()
    } else {
        basis.par_iter().map(|vector| dot(vector, target)).collect()
    };
    subtract(target, &overlaps.into_iter().zip(basis).collect::<Vec<_>>());
}

/// Subtracts factor times vector for each of the terms.
fn subtract(target: &mut [f64], terms: &[(f64, &Vec<f64>)]) {
    let subtract_from_piece = |(index, piece): (usize, &mut [f64])| {
        let range = index * PIECE..index * PIECE + piece.len();
        for (factor, vector) in terms {
            piece
                .iter_mut()
                .zip(&vector[range.clone()])
                .for_each(|(target, value)| *target -= factor * value);
        }
    };
    if target.len() < PARALLEL_DIMENSION {
        target.chunks_mut(PIECE).enumerate().for_each(subtract_from_piece);
    } else {
        target.par_chunks_mut(PIECE).enumerate().for_each(subtract_from_piece);
    }
}

fn divide(target: &mut [f64], divisor: f64) {
    let divide_piece = |piece: &mut [f64]| piece.iter_mut().for_each(|value| *value /= divisor);
    if target.len() < PARALLEL_DIMENSION {
        divide_piece(target);
    } else {
        target.par_chunks_mut(PIECE).for_each(divide_piece);
    }
}

/// The Euclidean norm, scaled only where squares overflow or vanish.
fn length(vector: &[f64]) -> f64 {
    let square = dot(vector, vector);
    if square.is_normal() && square < f64::MAX { square.sqrt() } else { euclidean_norm(vector) }
}

/// The inner product, in eight interleaved sums that the processor adds side by side.
fn dot(left: &[f64], right: &[f64]) -> f64 {
    if left.len() >= 4 * PARALLEL_DIMENSION {
        // Halves, so that the sum does not depend on the number of threads.
        let middle = left.len() / 2;
        let halves =
            rayon::join(|| dot(&left[..middle], &right[..middle]), || dot(&left[middle..], &right[middle..]));
        return halves.0 + halves.1;
    }
    let (left_chunks, left_rest) = left.as_chunks::<8>();
    let (right_chunks, right_rest) = right.as_chunks::<8>();
    let mut sums = [0.0; 8];
    for (left, right) in left_chunks.iter().zip(right_chunks) {
        for lane in 0..8 {
            sums[lane] += left[lane] * right[lane];
        }
    }
    let rest: f64 = left_rest.iter().zip(right_rest).map(|(left, right)| left * right).sum();
    sums.iter().sum::<f64>() + rest
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::dense::{symmetric_eigenvalues, to_dense};
    use crate::test_matrices::symmetric_matrix;

    #[test]
    fn an_operator_with_few_eigenvalues_is_exhausted_soon() {
        let apply = |vector: &[f64]| {
            vector.iter().enumerate().map(|(index, value)| [1.0, 2.0, -5.0][index % 3] * value).collect()
        };
        let ends = extreme_eigenvalues(3000, apply, &LanczosOptions::default()).unwrap();
        assert_eq!(ends.steps, 3);
        assert!((ends.lowest.value + 5.0).abs() < 1e-12 && (ends.highest.value - 2.0).abs() < 1e-12);
        assert!(ends.highest.interval.upper - ends.highest.interval.lower < 1e-10);
    }

    #[test]
    fn early_stops_give_wide_but_honest_intervals() {
        // The Laplacian of a path, whose extreme eigenvalues crowd together.
        let dimension = 2000;
        let apply = |vector: &[f64]| -> Vec<f64> {
            (0..dimension)
                .map(|index| {
                    let left = if index > 0 { vector[index - 1] } else { 0.0 };
                    let right = vector.get(index + 1).copied().unwrap_or(0.0);
                    2.0 * vector[index] - left - right
                })
                .collect()
        };
        let angle = std::f64::consts::PI / (2 * (dimension + 1)) as f64;
        let (smallest, largest) = (4.0 * angle.sin().powi(2), 4.0 * angle.cos().powi(2));
        for maximum_steps in [2, 20, 40, 100, 250] {
            for seed in 0..3 {
                let options = LanczosOptions { maximum_steps, seed, ..Default::default() };
                let ends = extreme_eigenvalues(dimension, apply, &options).unwrap();
                assert!(ends.steps <= maximum_steps);
                assert!(ends.highest.interval.contains(largest) && ends.lowest.interval.contains(smallest));
                assert!(ends.highest.value <= largest + 1e-12);
            }
        }
        let options = LanczosOptions { maximum_steps: 250, ..Default::default() };
        let interval = extreme_eigenvalues(dimension, apply, &options).unwrap().highest.interval;
        assert!(interval.upper - interval.lower < 0.05);
    }

    #[test]
    fn a_vector_that_is_not_finite_is_an_error() {
        let apply = |vector: &[f64]| vec![f64::NAN; vector.len()];
        assert_eq!(extreme_eigenvalues(4, apply, &LanczosOptions::default()), Err(LanczosBreakdown));
        assert_eq!(extreme_eigenvalues(0, |_| Vec::new(), &LanczosOptions::default()), Err(LanczosBreakdown));
    }

    proptest! {
        #[test]
        fn agrees_with_dense_eigenvalues(matrix in symmetric_matrix(24), seed in 0_u64..1000) {
            let exact = symmetric_eigenvalues(to_dense(&matrix).as_ref()).unwrap();
            let options = LanczosOptions { seed, ..Default::default() };
            let ends = extreme_eigenvalues(matrix.rows(), |vector| matrix.mul_vec(vector), &options).unwrap();
            let tolerance = 1e-10 * matrix.frobenius_norm();
            prop_assert!((ends.lowest.value - exact[0]).abs() <= tolerance);
            prop_assert!((ends.highest.value - exact[exact.len() - 1]).abs() <= tolerance);
            for pair in [&ends.lowest, &ends.highest] {
                let image = matrix.mul_vec(&pair.vector);
                let residual: Vec<f64> =
                    image.iter().zip(&pair.vector).map(|(image, entry)| image - pair.value * entry).collect();
                prop_assert!(euclidean_norm(&residual) <= pair.residual + tolerance);
            }
        }
    }
}
