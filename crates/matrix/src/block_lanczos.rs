//! Lanczos' method with blocks of vectors, for operators that several vectors share at little more than the cost of one:
//! a dense matrix, or its factors, is read from memory once for all of them.

use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, MatRef, Par};

use crate::dense::symmetric_eigenvectors;
use crate::lanczos::{
    ExtremeEigenvalues, FAILURE_PROBABILITY, Interval, LanczosBreakdown, LanczosOptions, RitzPair, RitzValue,
};
use crate::start_vector::random_unit_vector;

/// Vectors in a block; an even number.
pub(crate) const BLOCK: usize = 8;
/// Ritz values are looked at from this step on.
const FIRST_CHECK: usize = 3;
/// Directions that are shorter than this, relative to the longest of their block, are dropped.
const DROPPED: f64 = 1e-8;
/// The basis grows by space for so many columns at a time.
const RESERVED_COLUMNS: usize = 8 * BLOCK;
/// Relative accuracy to which the ends of intervals are searched, as a power of two.
const BISECTIONS: usize = 12;

/// Finds the smallest and the largest eigenvalue of a symmetric operator B, given as `apply(X) = B X` for panels X of
/// `dimension` rows and at most [`BLOCK`] columns. Vectors are not computed; every step counts as many products as its
/// block has columns.
///
/// As for single vectors, the intervals follow from Bessel's inequality. A unit eigenvector x of lambda has the overlaps
/// w P_j(lambda) with the blocks, where w holds its overlaps with the first block and P_j are the matrix polynomials of
/// the recurrence, so w S w^T <= 1 with S = sum P_j P_j^T: an eigenvalue is excluded where the smallest eigenvalue of S
/// exceeds 1 / ||w||^2. The overlap ||w||^2 with a random subspace of b dimensions follows the distribution
/// Beta(b/2, (n - b)/2), so it is hardly ever small: for b = 8 the sum has to reach about 50 n instead of 1e18 n.
pub(crate) fn extreme_eigenvalues_by_blocks(
    dimension: usize,
    mut apply: impl FnMut(MatRef<'_, f64>) -> Mat<f64>,
    options: &LanczosOptions,
) -> Result<ExtremeEigenvalues, LanczosBreakdown> {
    let width = BLOCK.min(dimension);
    let limit = options.maximum_steps.clamp(1, dimension.div_ceil(width).max(1));
    let mut start = Mat::zeros(dimension, width);
    for column in 0..width {
        let vector = random_unit_vector(dimension, options.seed.wrapping_add((column as u64) << 32));
        vector.iter().enumerate().for_each(|(row, &value)| start[(row, column)] = value);
    }
    let first = orthonormal(&start, start.as_ref().subcols(0, 0), 0.0)?;
    let mut basis = first.directions;
    let mut projection = Projection::default();
    let (mut columns, mut steps) = (0, 0);
    loop {
        let current = basis.as_ref().subcols(columns, basis.ncols() - columns);
        steps += 1;
        columns = basis.ncols();
        let mut next = apply(current);
        let diagonal = current.transpose() * &next;
        if (0..diagonal.ncols()).any(|column| diagonal.col(column).iter().any(|value| !value.is_finite())) {
            return Err(LanczosBreakdown);
        }
        subtract_projections(&mut next, basis.as_ref());
        projection.diagonal.push((&diagonal + diagonal.transpose()) * faer::Scale(0.5));
        let negligible = dimension as f64 * f64::EPSILON * projection.scale();
        let link = orthonormal(&next, basis.as_ref(), negligible)?;
        let exhausted = link.directions.ncols() == 0;
        projection.dropped = projection.dropped.max(link.dropped);
        projection.links.push(Link { factor: link.factor, inverse: link.inverse });
        if exhausted || steps == limit || steps >= FIRST_CHECK {
            let [lowest, highest] = projection.ends()?;
            let largest = lowest.value.abs().max(highest.value.abs());
            let limit_of_sum = smallest_overlap(dimension, width).powi(-2);
            let missed = [(lowest, -1.0), (highest, 1.0)].map(|(end, direction)| match exhausted {
                true => 0.0,
                false => projection.missed_distance(end.value, direction, limit_of_sum),
            });
            if exhausted || steps == limit || options.satisfied([lowest, highest], missed) {
                let rounding = 4.0 * dimension as f64 * f64::EPSILON * largest + projection.dropped;
                let pair = |end: RitzValue, below: f64, above: f64| RitzPair {
                    value: end.value,
                    interval: Interval { lower: end.value - below, upper: end.value + above },
                    residual: end.residual,
                    vector: Vec::new(),
                };
                let lowest = pair(lowest, missed[0] + rounding, rounding);
                let highest = pair(highest, rounding, missed[1] + rounding);
                return Ok(ExtremeEigenvalues { lowest, highest, steps: columns });
            }
        }
        append(&mut basis, &link.directions);
    }
}

/// Puts columns beside those that are there, with space for more.
fn append(basis: &mut Mat<f64>, directions: &Mat<f64>) {
    let (rows, columns) = (basis.nrows(), basis.ncols());
    basis.reserve(rows, (columns + directions.ncols()).next_multiple_of(RESERVED_COLUMNS));
    basis.resize_with(rows, columns + directions.ncols(), |row, column| directions[(row, column - columns)]);
}

/// ||w|| for the overlaps w of a fixed unit vector with a random subspace is smaller than this with at most half of
/// [`FAILURE_PROBABILITY`], as there are two ends. The density of Beta(b/2, (n - b)/2) is at most
/// t^(b/2 - 1) / B(b/2, (n - b)/2), and for even b the probability below d^2 is thus at most
/// d^b prod_{i < b/2} ((n - b)/2 + i) / (b/2)!.
fn smallest_overlap(dimension: usize, width: usize) -> f64 {
    if dimension < width + 2 {
        return 1.0;
    }
    let half = width / 2;
    let remaining = 0.5 * (dimension - width) as f64;
    let factor: f64 = (0..half).map(|index| (remaining + index as f64) / (index + 1) as f64).product();
    (0.5 * FAILURE_PROBABILITY / factor).powf(1.0 / width as f64).min(1.0)
}

/// A panel as W = Q factor, up to what was dropped.
struct Orthonormal {
    /// Q, with orthonormal columns.
    directions: Mat<f64>,
    /// Its number of rows is that of the columns of Q.
    factor: Mat<f64>,
    /// factor inverse = identity.
    inverse: Mat<f64>,
    /// The length of the longest direction that was dropped.
    dropped: f64,
}

/// Orthonormal directions of a panel, orthogonal to the basis, from the eigenvectors of its Gram matrix, twice: the
/// second time for those that the first has left inaccurate.
fn orthonormal(
    panel: &Mat<f64>,
    basis: MatRef<'_, f64>,
    negligible: f64,
) -> Result<Orthonormal, LanczosBreakdown> {
    let (mut directions, factor, inverse, dropped) = by_gram_matrix(panel, negligible)?;
    if directions.ncols() == 0 {
        return Ok(Orthonormal { directions, factor, inverse, dropped });
    }
    subtract_projections(&mut directions, basis);
    let (directions, second_factor, second_inverse, _) = by_gram_matrix(&directions, 0.0)?;
    Ok(Orthonormal { directions, factor: second_factor * factor, inverse: inverse * second_inverse, dropped })
}

type Decomposed = (Mat<f64>, Mat<f64>, Mat<f64>, f64);

fn by_gram_matrix(panel: &Mat<f64>, negligible: f64) -> Result<Decomposed, LanczosBreakdown> {
    let gram = panel.transpose() * panel;
    let (squares, vectors) = symmetric_eigenvectors(gram.as_ref()).map_err(|_| LanczosBreakdown)?;
    let lengths: Vec<f64> = squares.iter().map(|square| square.max(0.0).sqrt()).collect();
    let longest = lengths[lengths.len() - 1];
    if !longest.is_finite() {
        return Err(LanczosBreakdown);
    }
    let kept: Vec<usize> = (0..lengths.len())
        .filter(|&index| lengths[index] > negligible && lengths[index] > DROPPED * longest)
        .collect();
    let dropped = (0..lengths.len())
        .filter(|index| !kept.contains(index))
        .map(|index| lengths[index])
        .fold(0.0, f64::max);
    let (width, rank) = (panel.ncols(), kept.len());
    let factor = Mat::from_fn(rank, width, |row, column| lengths[kept[row]] * vectors[(column, kept[row])]);
    let inverse =
        Mat::from_fn(width, rank, |row, column| vectors[(row, kept[column])] / lengths[kept[column]]);
    Ok((panel * &inverse, factor, inverse, dropped))
}

/// Takes the projections on the basis away.
fn subtract_projections(panel: &mut Mat<f64>, basis: MatRef<'_, f64>) {
    let overlaps = basis.transpose() * &*panel;
    matmul(panel.as_mut(), Accum::Add, basis, overlaps.as_ref(), -1.0, Par::Seq);
}

/// What leads from a block of the recurrence to the next.
struct Link {
    factor: Mat<f64>,
    inverse: Mat<f64>,
}

/// The projection of the operator on the Krylov space: block tridiagonal. The last link leads out of it.
#[derive(Default)]
struct Projection {
    diagonal: Vec<Mat<f64>>,
    links: Vec<Link>,
    dropped: f64,
}

impl Projection {
    fn scale(&self) -> f64 {
        let blocks = self.diagonal.iter().chain(self.links.iter().map(|link| &link.factor));
        blocks.map(|block| block.norm_max()).fold(0.0, f64::max)
    }

    /// The lowest and the highest Ritz value.
    fn ends(&self) -> Result<[RitzValue; 2], LanczosBreakdown> {
        let size = self.diagonal.iter().map(|block| block.ncols()).sum();
        let mut matrix: Mat<f64> = Mat::zeros(size, size);
        let mut offset = 0;
        for (block, link) in self.diagonal.iter().zip(&self.links) {
            let width = block.ncols();
            matrix.as_mut().submatrix_mut(offset, offset, width, width).copy_from(block);
            let (rows, columns) = (link.factor.nrows(), link.factor.ncols());
            if offset + width + rows <= size {
                matrix.as_mut().submatrix_mut(offset + width, offset, rows, columns).copy_from(&link.factor);
            }
            offset += width;
        }
        let (values, vectors) = symmetric_eigenvectors(matrix.as_ref()).map_err(|_| LanczosBreakdown)?;
        let last = &self.links[self.links.len() - 1].factor;
        let from = size - last.ncols();
        Ok([0, size - 1].map(|index| {
            let coefficients = vectors.as_ref().submatrix(from, index, last.ncols(), 1);
            RitzValue { value: values[index], residual: (last * coefficients).norm_l2() }
        }))
    }

    /// How far beyond a Ritz value, down or up by the sign of `direction`, an eigenvalue may lie whose eigenvector has an
    /// overlap of at least 1 / sqrt(limit) with the first block.
    fn missed_distance(&self, ritz: f64, direction: f64, limit: f64) -> f64 {
        let excluded = |distance: f64| self.excludes(ritz + direction * distance, limit);
        let mut outer = self.scale() * 1e-3;
        while !excluded(outer) {
            outer *= 2.0;
            if !outer.is_finite() || outer == 0.0 {
                return f64::INFINITY;
            }
        }
        let mut inner = 0.0;
        for _ in 0..BISECTIONS {
            let middle = 0.5 * (inner + outer);
            if excluded(middle) { outer = middle } else { inner = middle }
        }
        outer
    }

    /// Whether all eigenvalues of P_0 P_0^T + ... + P_k P_k^T exceed the limit at a point.
    fn excludes(&self, point: f64, limit: f64) -> bool {
        let width = self.diagonal[0].ncols();
        let mut sum: Mat<f64> = Mat::identity(width, width);
        let mut current = sum.clone();
        let mut from_before: Option<Mat<f64>> = None;
        for (diagonal, link) in self.diagonal.iter().zip(&self.links) {
            let mut remainder = &current * faer::Scale(point) - &current * diagonal;
            if let Some(before) = from_before {
                remainder -= before;
            }
            let following = remainder * &link.inverse;
            from_before = Some(&current * link.factor.transpose());
            sum += &following * following.transpose();
            current = following;
            if !sum.norm_max().is_finite() {
                return false;
            }
            let above = Mat::from_fn(width, width, |row, column| {
                sum[(row, column)] - if row == column { limit } else { 0.0 }
            });
            if above.llt(faer::Side::Lower).is_ok() {
                return true;
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::dense::{symmetric_eigenvalues, to_dense};
    use crate::test_matrices::symmetric_matrix;

    fn options(maximum_steps: usize, seed: u64) -> LanczosOptions {
        LanczosOptions {
            relative_width: 0.0,
            relative_residual: 0.0,
            maximum_steps,
            seed,
            ..Default::default()
        }
    }

    /// Intervals contain the ends of a diagonal operator's spectrum, however early the iteration stops.
    fn check_diagonal(values: &[f64], label: &str) {
        let apply = |panel: MatRef<'_, f64>| {
            Mat::from_fn(panel.nrows(), panel.ncols(), |row, column| values[row] * panel[(row, column)])
        };
        let lowest = values.iter().copied().fold(f64::INFINITY, f64::min);
        let highest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let mut width = f64::INFINITY;
        for steps in [1, 2, 3, 5, 8, 13, 21] {
            for seed in 0..3 {
                let ends = extreme_eigenvalues_by_blocks(values.len(), apply, &options(steps, seed)).unwrap();
                assert!(
                    ends.lowest.interval.contains(lowest),
                    "{label}, {steps} steps: {lowest} in {ends:?}"
                );
                assert!(
                    ends.highest.interval.contains(highest),
                    "{label}, {steps} steps: {highest} in {ends:?}"
                );
                assert!(ends.steps <= steps * BLOCK);
                width = (ends.highest.interval.upper - ends.highest.interval.lower) / highest.max(-lowest);
            }
        }
        assert!(width < 0.05, "{label}: {width}");
    }

    #[test]
    fn intervals_are_honest_for_crowded_and_for_isolated_ends() {
        let count = 1500;
        let spectrum = |value: &dyn Fn(f64) -> f64| -> Vec<f64> {
            (0..count).map(|index| value((index as f64 + 0.5) / count as f64)).collect()
        };
        check_diagonal(&spectrum(&|t| (std::f64::consts::PI * t).cos()), "crowded at both ends");
        check_diagonal(&spectrum(&|t| t), "uniform");
        check_diagonal(&spectrum(&|t| 10_f64.powf(-6.0 * t)), "logarithmic");
        check_diagonal(&spectrum(&|t| if t > 0.999 { 100.0 * t } else { t }), "isolated");
        check_diagonal(&spectrum(&|t| 1.0 - (1.0 - t).powi(3)), "crowded above");
        check_diagonal(&spectrum(&|t| if t < 0.999 { (7.0 * t).floor() } else { 6.01 }), "few eigenvalues");
    }

    #[test]
    fn exhaustion_and_breakdown() {
        let twice = |panel: MatRef<'_, f64>| panel * faer::Scale(2.0);
        for dimension in [1, 5, 8, 9, 100] {
            let ends = extreme_eigenvalues_by_blocks(dimension, twice, &options(50, 1)).unwrap();
            assert!((ends.lowest.value - 2.0).abs() < 1e-12 && (ends.highest.value - 2.0).abs() < 1e-12);
            assert!(ends.highest.interval.upper - ends.highest.interval.lower < 1e-6, "{ends:?}");
        }
        let infinite = |panel: MatRef<'_, f64>| panel * faer::Scale(f64::INFINITY);
        assert!(extreme_eigenvalues_by_blocks(20, infinite, &options(5, 0)).is_err());
    }

    proptest! {
        #[test]
        fn agrees_with_dense_eigenvalues(matrix in symmetric_matrix(60), seed in 0_u64..1000) {
            let dense = to_dense(&matrix);
            let exact = symmetric_eigenvalues(dense.as_ref()).unwrap();
            let ends =
                extreme_eigenvalues_by_blocks(matrix.rows(), |panel| &dense * panel, &options(60, seed)).unwrap();
            let tolerance = 1e-7 * matrix.frobenius_norm();
            prop_assert!((ends.lowest.value - exact[0]).abs() <= tolerance);
            prop_assert!((ends.highest.value - exact[exact.len() - 1]).abs() <= tolerance);
            prop_assert!(ends.lowest.interval.contains(exact[0]));
            prop_assert!(ends.highest.interval.contains(exact[exact.len() - 1]));
        }
    }
}
