//! Norm, smallest singular value and condition number of a square real matrix.

use faer::MatRef;
use serde::Serialize;
use thiserror::Error;

use crate::conditioning::is_symmetric;
use crate::dense::{
    NoConvergence, column, singular_values, smallest_singular_triplet, symmetric_eigenvalues,
    symmetric_eigenvectors, to_dense,
};
use crate::factorization::{Factorization, power_of_two, scaling_exponent};
use crate::inverse::{Grouping, inverse_extreme, is_cholesky};
use crate::lanczos::{Interval, LanczosBreakdown, LanczosOptions, extreme_eigenvalues};
use crate::panel::{product, product_symmetric, product_transposed};
use crate::solve::SolveError;
use crate::sparse::{SparseMatrix, euclidean_norm};

/// Bounds of a norm that is known to this factor are not improved.
const NEAR: f64 = 1.25;

/// How a spectrum is computed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SpectrumOptions {
    /// Up to this dimension all eigenvalues or singular values are computed densely; beyond it Lanczos' method finds
    /// the extreme ones.
    pub exact_up_to: usize,
    /// When Lanczos' method stops.
    pub lanczos: LanczosOptions,
}

impl Default for SpectrumOptions {
    fn default() -> Self {
        SpectrumOptions { exact_up_to: 1024, lanczos: LanczosOptions::default() }
    }
}

/// How a spectrum was computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SpectrumMethod {
    /// All eigenvalues or singular values by a dense decomposition.
    Exact,
    /// Lanczos' method on the matrix, and on its inverse through a factorization.
    Lanczos,
    /// Lanczos' method on the matrix alone: the norm is known, and nothing of the smallest singular value.
    NormOnly,
}

/// The ends of the spectrum of a square matrix, in units of its entries.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Spectrum {
    /// The spectral norm: the largest singular value.
    pub norm: f64,
    /// The smallest singular value.
    pub smallest: f64,
    /// An interval that contains the norm: certain up to rounding for [`SpectrumMethod::Exact`], with probability
    /// 1 - [`FAILURE_PROBABILITY`](crate::FAILURE_PROBABILITY) for [`SpectrumMethod::Lanczos`].
    pub norm_interval: Interval,
    /// An interval that contains the smallest singular value, in the same sense.
    pub smallest_interval: Interval,
    /// norm / smallest; `None` if the matrix is singular to working precision, smallest <= N eps norm.
    pub condition_number: Option<f64>,
    /// How the numbers were computed.
    pub method: SpectrumMethod,
    /// Whether all eigenvalues are positive, beyond rounding; `None` unless the matrix is symmetric.
    pub positive_definite: Option<bool>,
    /// The smallest eigenvalue; `None` unless the matrix is symmetric.
    pub smallest_eigenvalue: Option<f64>,
    /// The largest eigenvalue; `None` unless the matrix is symmetric.
    pub largest_eigenvalue: Option<f64>,
}

impl Spectrum {
    /// An interval that contains the condition number; its upper end is infinite where singularity is not excluded.
    pub fn condition_interval(&self) -> Interval {
        Interval {
            lower: self.norm_interval.lower / self.smallest_interval.upper,
            upper: self.norm_interval.upper / self.smallest_interval.lower,
        }
    }
}

/// Why a spectrum cannot be computed.
#[derive(Clone, Copy, Debug, Error, PartialEq)]
pub enum SpectrumError {
    /// The matrix is not square.
    #[error("the matrix is {rows} x {columns}; a square matrix with at least one row is needed")]
    NotSquare {
        /// Number of rows.
        rows: usize,
        /// Number of columns.
        columns: usize,
    },
    /// The matrix holds an infinite entry or NaN.
    #[error("the matrix has an entry that is infinite or not a number")]
    NotFinite,
    /// An iteration did not converge.
    #[error("the iteration for eigenvalues or singular values did not converge")]
    NoConvergence,
    /// The matrix could not be factorized for the smallest singular value.
    #[error(transparent)]
    Factorization(#[from] SolveError),
}

impl From<NoConvergence> for SpectrumError {
    fn from(_: NoConvergence) -> Self {
        SpectrumError::NoConvergence
    }
}

impl From<LanczosBreakdown> for SpectrumError {
    fn from(_: LanczosBreakdown) -> Self {
        SpectrumError::NoConvergence
    }
}

/// The spectrum of (1/B) G^T G + shift I for a B x N matrix G, from the singular values of G: no N x N matrix is formed.
pub fn gram_spectrum(matrix: &SparseMatrix<f64>, shift: f64) -> Result<Spectrum, SpectrumError> {
    let (samples, unknowns) = (matrix.rows(), matrix.cols());
    let unit = matrix.max_abs();
    if samples == 0 || unknowns == 0 || unit == 0.0 || !unit.is_finite() || !shift.is_finite() {
        return Err(SpectrumError::NoConvergence);
    }
    let singular = singular_values(to_dense(&matrix.scale(1.0 / unit)).as_ref())?;
    let squares = singular.iter().map(|value| value * value * unit * unit / samples as f64);
    let zero = (samples < unknowns).then_some(0.0);
    let eigenvalues: Vec<f64> = squares.chain(zero).map(|square| square + shift).collect();
    let largest = eigenvalues.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let lowest = eigenvalues.iter().copied().fold(f64::INFINITY, f64::min);
    let norm = largest.abs().max(lowest.abs());
    let smallest = eigenvalues.iter().fold(f64::INFINITY, |smallest, value| smallest.min(value.abs()));
    let rounding = 4.0 * samples.max(unknowns) as f64 * f64::EPSILON * norm;
    let around = |value: f64| Interval { lower: (value - rounding).max(0.0), upper: value + rounding };
    let singular = smallest <= rounding;
    Ok(Spectrum {
        norm,
        smallest,
        norm_interval: around(norm),
        smallest_interval: around(smallest),
        condition_number: (!singular).then(|| norm / smallest),
        method: SpectrumMethod::Exact,
        positive_definite: Some(!singular && lowest > 0.0),
        smallest_eigenvalue: Some(lowest),
        largest_eigenvalue: Some(largest),
    })
}

/// Computes the norm of a square matrix by Lanczos' method, which needs matrix-vector products alone. The smallest
/// singular value is reported as 0 with an interval up to the norm, and there is no condition number.
pub fn norm_only(matrix: &SparseMatrix<f64>, options: &LanczosOptions) -> Result<Spectrum, SpectrumError> {
    let (scaled, unscale) = scaled(matrix)?;
    let (norm, interval) = if is_symmetric(&scaled) {
        let extremes = extreme_eigenvalues(scaled.rows(), |vector| scaled.mul_vec(vector), options)?;
        let norm = extremes.highest.value.max(-extremes.lowest.value);
        let upper = extremes.highest.interval.upper.max(-extremes.lowest.interval.lower);
        (norm, norm_interval(&scaled, norm, upper))
    } else {
        let transpose = scaled.transpose();
        let normal = |vector: &[f64]| transpose.mul_vec(&scaled.mul_vec(vector));
        let highest = extreme_eigenvalues(scaled.rows(), normal, options)?.highest;
        let norm = highest.value.max(0.0).sqrt();
        (norm, norm_interval(&scaled, norm, highest.interval.upper.sqrt()))
    };
    Ok(Spectrum {
        norm: norm * unscale,
        smallest: 0.0,
        norm_interval: Interval {
            lower: (interval.lower * unscale).max(0.0),
            upper: interval.upper * unscale,
        },
        smallest_interval: Interval { lower: 0.0, upper: norm * unscale },
        condition_number: None,
        method: SpectrumMethod::NormOnly,
        positive_definite: None,
        smallest_eigenvalue: None,
        largest_eigenvalue: None,
    })
}

/// Computes norm, smallest singular value and condition number of a square matrix.
pub fn spectrum(matrix: &SparseMatrix<f64>, options: &SpectrumOptions) -> Result<Spectrum, SpectrumError> {
    let (scaled, unscale) = scaled(matrix)?;
    let symmetric = is_symmetric(&scaled);
    let ends = match (scaled.rows() <= options.exact_up_to, symmetric) {
        (true, _) => exact_ends(&scaled, symmetric)?,
        (false, _) => lanczos_ends(&scaled, symmetric, &Factorization::new(&scaled), &options.lanczos)?,
    };
    let singular = ends.smallest <= threshold(&scaled, ends.norm);
    let times = |interval: Interval| Interval {
        lower: (interval.lower * unscale).max(0.0),
        upper: interval.upper * unscale,
    };
    Ok(Spectrum {
        norm: ends.norm * unscale,
        smallest: ends.smallest * unscale,
        norm_interval: times(ends.norm_interval),
        smallest_interval: times(ends.smallest_interval),
        condition_number: (!singular).then(|| ends.norm / ends.smallest),
        method: if scaled.rows() <= options.exact_up_to {
            SpectrumMethod::Exact
        } else {
            SpectrumMethod::Lanczos
        },
        positive_definite: ends.eigenvalues.map(|(smallest, _)| !singular && smallest > 0.0),
        smallest_eigenvalue: ends.eigenvalues.map(|(smallest, _)| smallest * unscale),
        largest_eigenvalue: ends.eigenvalues.map(|(_, largest)| largest * unscale),
    })
}

/// The left singular vector u, the singular value s and the right singular vector v with A v = s u for the smallest
/// singular value. As right-hand side, u is the worst case for a solver: ||A^-1 u|| is as large as it can be.
pub fn smallest_singular_vectors(
    matrix: &SparseMatrix<f64>,
    options: &SpectrumOptions,
) -> Result<(Vec<f64>, f64, Vec<f64>), SpectrumError> {
    let (scaled, unscale) = scaled(matrix)?;
    let symmetric = is_symmetric(&scaled);
    let (left, value, right) = if scaled.rows() > options.exact_up_to {
        let factorization = Factorization::new(&scaled)?;
        // Vectors are only as accurate as their residual.
        let options = LanczosOptions { relative_residual: 1e-10, ..options.lanczos };
        // Blocks give no vectors; a norm of 0 has every solution refined.
        let (inverse, _) =
            inverse_extreme(&scaled, 0.0, &factorization, symmetric, Grouping::Single, &options)?;
        let image = scaled.mul_vec(&inverse.vector);
        let value = euclidean_norm(&image);
        (image.iter().map(|entry| entry / value).collect(), value, inverse.vector)
    } else if symmetric {
        let (values, vectors) = symmetric_eigenvectors(to_dense(&scaled).as_ref())?;
        let smallest =
            (0..values.len()).min_by(|&first, &second| values[first].abs().total_cmp(&values[second].abs()));
        let index = smallest.unwrap_or(0);
        let right = column(vectors.as_ref(), index);
        let sign = if values[index] < 0.0 { -1.0 } else { 1.0 };
        (right.iter().map(|entry| sign * entry).collect(), values[index].abs(), right)
    } else {
        smallest_singular_triplet(to_dense(&scaled).as_ref())?
    };
    Ok((left, value * unscale, right))
}

/// The matrix times a power of two that brings its largest entry near 1, and the factor back.
pub(crate) fn scaled(matrix: &SparseMatrix<f64>) -> Result<(SparseMatrix<f64>, f64), SpectrumError> {
    if !matrix.is_square() || matrix.rows() == 0 {
        return Err(SpectrumError::NotSquare { rows: matrix.rows(), columns: matrix.cols() });
    }
    if !matrix.is_finite() {
        return Err(SpectrumError::NotFinite);
    }
    let exponent = scaling_exponent(matrix.max_abs());
    Ok((matrix.scale(power_of_two(exponent)), power_of_two(-exponent)))
}

/// A singular value up to this is zero to working precision.
pub(crate) fn threshold(matrix: &SparseMatrix<f64>, norm: f64) -> f64 {
    matrix.rows() as f64 * f64::EPSILON * norm
}

/// What the four ways of computing have in common.
pub(crate) struct Ends {
    pub(crate) norm: f64,
    pub(crate) norm_interval: Interval,
    pub(crate) smallest: f64,
    pub(crate) smallest_interval: Interval,
    /// Products with the matrix or its transpose.
    pub(crate) products: usize,
    /// Substitutions with its factors.
    pub(crate) substitutions: usize,
    /// Smallest and largest eigenvalue of a symmetric matrix.
    eigenvalues: Option<(f64, f64)>,
}

impl Ends {
    fn exact(matrix: &SparseMatrix<f64>, norm: f64, smallest: f64, eigenvalues: Option<(f64, f64)>) -> Self {
        let rounding = 4.0 * threshold(matrix, norm);
        let around = |value: f64| Interval { lower: value - rounding, upper: value + rounding };
        Ends {
            norm,
            norm_interval: around(norm),
            smallest,
            smallest_interval: around(smallest),
            products: 0,
            substitutions: 0,
            eigenvalues,
        }
    }
}

/// Of a matrix whose largest entry is near 1: by all eigenvalues or singular values.
pub(crate) fn exact_ends(matrix: &SparseMatrix<f64>, symmetric: bool) -> Result<Ends, SpectrumError> {
    if symmetric { exact_symmetric(matrix) } else { exact_general(matrix) }
}

/// Of a matrix whose largest entry is near 1: by Lanczos' method on the matrix and on its inverse.
pub(crate) fn lanczos_ends(
    matrix: &SparseMatrix<f64>,
    symmetric: bool,
    factorization: &Result<Factorization, SolveError>,
    options: &LanczosOptions,
) -> Result<Ends, SpectrumError> {
    match symmetric {
        true => lanczos_symmetric(matrix, factorization, options),
        false => lanczos_general(matrix, factorization, options),
    }
}

fn exact_symmetric(matrix: &SparseMatrix<f64>) -> Result<Ends, SpectrumError> {
    let values = symmetric_eigenvalues(to_dense(matrix).as_ref())?;
    let (lowest, highest) = (values[0], values[values.len() - 1]);
    let smallest = values.iter().fold(f64::INFINITY, |smallest, value| smallest.min(value.abs()));
    Ok(Ends::exact(matrix, highest.max(-lowest), smallest, Some((lowest, highest))))
}

fn exact_general(matrix: &SparseMatrix<f64>) -> Result<Ends, SpectrumError> {
    let values = singular_values(to_dense(matrix).as_ref())?;
    Ok(Ends::exact(matrix, values[0], values[values.len() - 1], None))
}

fn lanczos_symmetric(
    matrix: &SparseMatrix<f64>,
    factorization: &Result<Factorization, SolveError>,
    options: &LanczosOptions,
) -> Result<Ends, SpectrumError> {
    let grouping = Grouping::of(matrix);
    let extremes = grouping.extremes(matrix.rows(), |panel| product_symmetric(matrix, panel), options)?;
    let (lowest, highest, steps) = (extremes.lowest, extremes.highest, extremes.steps);
    let norm = highest.value.max(-lowest.value);
    let upper = highest.interval.upper.max(-lowest.interval.lower);
    let inverse = smallest_by_inverse(matrix, norm, true, factorization, options)?;
    let smallest = inverse.smallest;
    let lowest = if inverse.definite { smallest } else { lowest.value };
    Ok(Ends {
        norm,
        norm_interval: norm_interval(matrix, norm, upper),
        smallest,
        smallest_interval: inverse.interval,
        products: steps + inverse.products,
        substitutions: inverse.substitutions,
        eigenvalues: Some((lowest, highest.value)),
    })
}

fn lanczos_general(
    matrix: &SparseMatrix<f64>,
    factorization: &Result<Factorization, SolveError>,
    options: &LanczosOptions,
) -> Result<Ends, SpectrumError> {
    let normal = |panel: MatRef<'_, f64>| product_transposed(matrix, product(matrix, panel).as_ref());
    let extremes = Grouping::of(matrix).extremes(matrix.rows(), normal, options)?;
    let highest = extremes.highest;
    let norm = highest.value.max(0.0).sqrt();
    let inverse = smallest_by_inverse(matrix, norm, false, factorization, options)?;
    Ok(Ends {
        norm,
        norm_interval: norm_interval(matrix, norm, highest.interval.upper.sqrt()),
        smallest: inverse.smallest,
        smallest_interval: inverse.interval,
        products: 2 * extremes.steps + inverse.products,
        substitutions: inverse.substitutions,
        eigenvalues: None,
    })
}

/// The interval of a norm between what was found and the lower of what is probable and, where that is far, what is
/// certain.
fn norm_interval(matrix: &SparseMatrix<f64>, found: f64, probable: f64) -> Interval {
    let upper = if probable <= NEAR * found {
        probable
    } else {
        let certain = matrix.frobenius_norm().min((matrix.max_row_sum() * matrix.max_column_sum()).sqrt());
        probable.min(certain)
    };
    let rounding = 4.0 * threshold(matrix, found);
    Interval { lower: found - rounding, upper: upper.max(found) + rounding }
}

/// The lower end of the singular spectrum.
struct Smallest {
    smallest: f64,
    interval: Interval,
    /// Whether the matrix is known to be positive definite.
    definite: bool,
    /// Products with the matrix or its transpose.
    products: usize,
    /// Substitutions with its factors.
    substitutions: usize,
}

/// The smallest singular value from a factorization.
fn smallest_by_inverse(
    matrix: &SparseMatrix<f64>,
    norm: f64,
    symmetric: bool,
    factorization: &Result<Factorization, SolveError>,
    options: &LanczosOptions,
) -> Result<Smallest, SpectrumError> {
    let rounding = 4.0 * threshold(matrix, norm);
    let interval = Interval { lower: 0.0, upper: rounding };
    let singular = Smallest { smallest: 0.0, interval, definite: false, products: 0, substitutions: 0 };
    let factorization = match factorization {
        Err(SolveError::Singular { .. }) => return Ok(singular),
        Err(error) => return Err((*error).into()),
        Ok(factorization) => factorization,
    };
    let definite = is_cholesky(factorization);
    // A factorization that divides by zero shows here.
    let grouping = Grouping::of(matrix);
    let Ok((inverse, [products, substitutions])) =
        inverse_extreme(matrix, norm, factorization, symmetric, grouping, options)
    else {
        return Ok(singular);
    };
    let singular_value = |eigenvalue: f64| if symmetric { 1.0 / eigenvalue } else { 1.0 / eigenvalue.sqrt() };
    let (smallest, least) = (singular_value(inverse.value), singular_value(inverse.interval.upper));
    let interval = Interval { lower: least - rounding, upper: smallest + rounding };
    Ok(Smallest { smallest, interval, definite, products, substitutions })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::test_matrices::{HESSIANS, definite_matrix, hessian, square_matrix, symmetric_matrix};

    const LANCZOS: SpectrumOptions = SpectrumOptions {
        exact_up_to: 0,
        lanczos: LanczosOptions {
            both_ends: true,
            relative_width: 0.02,
            relative_residual: 1e-6,
            maximum_steps: 300,
            reorthogonalise: true,
            vectors: true,
            seed: 7,
        },
    };

    fn exact(matrix: &SparseMatrix<f64>) -> Spectrum {
        spectrum(matrix, &SpectrumOptions::default()).unwrap()
    }

    #[test]
    fn the_shipped_hessians_have_the_published_condition_numbers() {
        for (name, kappa) in HESSIANS.iter().zip([44.51, 80.35, 32.27, 13.13, 720.1, 116.5]) {
            let found = exact(&hessian(name));
            assert!((found.condition_number.unwrap() / kappa - 1.0).abs() < 4e-4, "{name}: {found:?}");
            assert_eq!(found.positive_definite, Some(*name != "digits-16-pruned"), "{name}");
            assert!(found.condition_interval().contains(found.condition_number.unwrap()));
        }
        let indefinite = exact(&hessian("digits-16-pruned"));
        assert!((indefinite.smallest_eigenvalue.unwrap() + 0.0039).abs() < 5e-5);
    }

    #[test]
    fn lanczos_finds_the_same_on_the_shipped_hessians() {
        for name in HESSIANS {
            let matrix = hessian(name);
            let (exact, lanczos) = (exact(&matrix), spectrum(&matrix, &LANCZOS).unwrap());
            assert_eq!(lanczos.method, SpectrumMethod::Lanczos);
            assert!((lanczos.norm / exact.norm - 1.0).abs() < 1e-10, "{name}");
            assert!((lanczos.smallest / exact.smallest - 1.0).abs() < 1e-8, "{name}");
            assert!(lanczos.norm_interval.contains(exact.norm), "{name}");
            assert!(lanczos.smallest_interval.contains(exact.smallest), "{name}");
            let interval = lanczos.condition_interval();
            assert!(interval.contains(exact.condition_number.unwrap()), "{name}");
            assert!(interval.upper / interval.lower < 1.05, "{name}: {interval:?}");
            assert_eq!(lanczos.positive_definite, exact.positive_definite, "{name}");
            let (left, right) = (lanczos.smallest_eigenvalue.unwrap(), exact.smallest_eigenvalue.unwrap());
            assert!((left - right).abs() < 1e-8 * exact.norm, "{name}");
        }
    }

    #[test]
    fn a_large_grid_is_done_by_lanczos() {
        // The five-point Laplacian of a 40 x 40 grid: eigenvalues 4 (sin^2 + sin^2).
        let side = 40;
        let entries = (0..side * side).flat_map(|index| {
            let neighbours = [
                (index % side > 0).then(|| index - 1),
                (index % side < side - 1).then_some(index + 1),
                (index >= side).then(|| index - side),
                (index + side < side * side).then_some(index + side),
            ];
            let neighbours = neighbours.into_iter().flatten().map(move |other| (index, other, -1.0));
            neighbours.chain([(index, index, 4.0)])
        });
        let grid = SparseMatrix::from_triplets(side * side, side * side, entries).unwrap();
        let found = exact(&grid);
        assert_eq!(found.method, SpectrumMethod::Lanczos);
        let angle = std::f64::consts::PI / (2 * (side + 1)) as f64;
        let (smallest, largest) = (8.0 * angle.sin().powi(2), 8.0 * angle.cos().powi(2));
        assert!((found.smallest / smallest - 1.0).abs() < 1e-10);
        assert!((found.norm / largest - 1.0).abs() < 1e-4);
        assert!(found.norm_interval.contains(largest) && found.smallest_interval.contains(smallest));
        let interval = found.condition_interval();
        assert!(interval.upper / interval.lower < 1.1, "{interval:?}");
        let (left, value, right) = smallest_singular_vectors(&grid, &SpectrumOptions::default()).unwrap();
        assert!((value / smallest - 1.0).abs() < 1e-10);
        assert!(left.iter().zip(&right).all(|(left, right)| (left - right).abs() < 1e-7));
    }

    #[test]
    fn a_singular_matrix_has_no_condition_number() {
        let singular =
            SparseMatrix::from_triplets(2, 2, [(0, 0, 1.0), (0, 1, 2.0), (1, 0, 2.0), (1, 1, 4.0)]).unwrap();
        let general = SparseMatrix::from_triplets(2, 2, [(0, 0, 1.0), (0, 1, 2.0)]).unwrap();
        let zero = SparseMatrix::from_triplets(3, 3, []).unwrap();
        for matrix in [&singular, &general, &zero] {
            for options in [SpectrumOptions::default(), LANCZOS] {
                let found = spectrum(matrix, &options).unwrap();
                assert_eq!(found.condition_number, None, "{found:?}");
                assert_ne!(found.positive_definite, Some(true));
                assert!(found.condition_interval().upper >= 1e14 || found.norm == 0.0, "{found:?}");
            }
        }
    }

    #[test]
    fn extreme_scales_neither_overflow_nor_vanish() {
        for scale in [1e-300, 1e300] {
            let matrix = SparseMatrix::from_triplets(2, 2, [(0, 0, 3.0 * scale), (1, 1, scale)]).unwrap();
            for options in [SpectrumOptions::default(), LANCZOS] {
                let found = spectrum(&matrix, &options).unwrap();
                assert!((found.condition_number.unwrap() - 3.0).abs() < 1e-12);
                assert!((found.norm / (3.0 * scale) - 1.0).abs() < 1e-12);
            }
        }
    }

    proptest! {
        #[test]
        fn forced_lanczos_agrees_with_dense_values(
            matrix in prop_oneof![square_matrix(16), symmetric_matrix(16), definite_matrix(16)],
        ) {
            let exact = exact(&matrix);
            prop_assume!(exact.condition_number.is_some_and(|kappa| kappa < 1e6));
            let lanczos = spectrum(&matrix, &LANCZOS).unwrap();
            prop_assert!((lanczos.norm / exact.norm - 1.0).abs() < 1e-9);
            prop_assert!((lanczos.smallest / exact.smallest - 1.0).abs() < 1e-8);
            prop_assert!(lanczos.smallest_interval.contains(exact.smallest));
            prop_assert_eq!(lanczos.positive_definite, exact.positive_definite);
        }

        #[test]
        fn singular_vectors_belong_to_the_smallest_singular_value(
            matrix in prop_oneof![square_matrix(10), symmetric_matrix(10)],
        ) {
            let exact = exact(&matrix);
            prop_assume!(exact.condition_number.is_some_and(|kappa| kappa < 1e6));
            for options in [SpectrumOptions::default(), LANCZOS] {
                let (left, value, right) = smallest_singular_vectors(&matrix, &options).unwrap();
                prop_assert!((value / exact.smallest - 1.0).abs() < 1e-8);
                prop_assert!((euclidean_norm(&left) - 1.0).abs() < 1e-12);
                prop_assert!((euclidean_norm(&right) - 1.0).abs() < 1e-12);
                for (image, entry) in matrix.mul_vec(&right).iter().zip(&left) {
                    prop_assert!((image - value * entry).abs() <= 1e-8 * exact.norm);
                }
                for (image, entry) in matrix.transpose().mul_vec(&left).iter().zip(&right) {
                    prop_assert!((image - value * entry).abs() <= 1e-6 * exact.norm);
                }
            }
        }
    }
}
