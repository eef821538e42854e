//! The classical solution of a linear system: reference for the quantum one, and its competitor.

use std::time::Instant;

use thiserror::Error;

use crate::factorization::{Factorization, SolverMethod, power_of_two, scaling_exponent};
use crate::sparse::{SparseMatrix, euclidean_norm};
use crate::start_vector::random_unit_vector;

/// Why a system has no usable solution.
#[derive(Clone, Copy, Debug, Error, PartialEq)]
pub enum SolveError {
    /// The matrix is not square.
    #[error("the matrix is {rows} x {columns}; a square matrix is needed")]
    NotSquare {
        /// Number of rows.
        rows: usize,
        /// Number of columns.
        columns: usize,
    },
    /// The right-hand side does not fit the matrix.
    #[error("the right-hand side has {found} entries, the matrix has {expected} rows")]
    RhsLength {
        /// Number of rows of the matrix.
        expected: usize,
        /// Number of entries of the right-hand side.
        found: usize,
    },
    /// The matrix or the right-hand side holds an infinite entry or NaN.
    #[error("the system has an entry that is infinite or not a number")]
    NotFinite,
    /// The matrix is singular up to rounding: sigma_min <= N eps ||A||, eps the machine precision.
    #[error(
        "the matrix is singular to working precision: its smallest singular value is about \
         {smallest_singular_value:.1e} and its norm about {norm:.1e}; damping would make it regular"
    )]
    Singular {
        /// Estimate of the smallest singular value, within a small factor.
        smallest_singular_value: f64,
        /// Estimate of the spectral norm, within a small factor.
        norm: f64,
    },
    /// The solution is too large to be represented.
    #[error("the solution exceeds the range of double precision numbers")]
    Overflow,
    /// The factors do not fit in memory.
    #[error("the factors of the matrix do not fit in memory")]
    OutOfMemory,
}

/// A classical solution.
#[derive(Clone, Debug, PartialEq)]
pub struct Solution {
    /// The solution x of A x = b.
    pub x: Vec<f64>,
    /// The factorization used.
    pub method: SolverMethod,
    /// ||b - A x|| / ||b||; 0 for b = 0.
    pub relative_residual: f64,
    /// Wall-clock time of factorization, substitution and refinement, without the check for singularity.
    pub seconds: f64,
}

/// Solves A x = b by [`Factorization`] with one step of iterative refinement.
pub fn solve(matrix: &SparseMatrix<f64>, rhs: &[f64]) -> Result<Solution, SolveError> {
    if rhs.len() != matrix.rows() {
        return Err(SolveError::RhsLength { expected: matrix.rows(), found: rhs.len() });
    }
    if !rhs.iter().all(|value| value.is_finite()) {
        return Err(SolveError::NotFinite);
    }
    // Powers of two keep norms and products in range and cost no accuracy.
    let largest = |values: &[f64]| values.iter().fold(0.0, |largest: f64, value| largest.max(value.abs()));
    let (matrix_exponent, rhs_exponent) =
        (scaling_exponent(matrix.max_abs()), scaling_exponent(largest(rhs)));
    let scaled_matrix = matrix.scale(power_of_two(matrix_exponent));
    let scaled_rhs = times(rhs, power_of_two(rhs_exponent));

    let start = Instant::now();
    let factorization = Factorization::new(&scaled_matrix)?;
    let (x, relative_residual) = refined_solution(&scaled_matrix, &factorization, &scaled_rhs);
    let seconds = start.elapsed().as_secs_f64();

    let (smallest, norm) = extreme_singular_value_estimates(&scaled_matrix, &factorization);
    if smallest <= matrix.rows() as f64 * f64::EPSILON * norm {
        let unscale = power_of_two(-matrix_exponent);
        return Err(SolveError::Singular {
            smallest_singular_value: smallest * unscale,
            norm: norm * unscale,
        });
    }
    let x = times(&times(&x, power_of_two(matrix_exponent)), power_of_two(-rhs_exponent));
    if !x.iter().all(|value| value.is_finite()) {
        return Err(SolveError::Overflow);
    }
    Ok(Solution { x, method: factorization.method(), relative_residual, seconds })
}

/// The solution and its relative residual, after one step of refinement if that is a step forward.
fn refined_solution(
    matrix: &SparseMatrix<f64>,
    factorization: &Factorization,
    rhs: &[f64],
) -> (Vec<f64>, f64) {
    let residual = |x: &[f64]| -> Vec<f64> {
        rhs.iter().zip(matrix.mul_vec(x)).map(|(target, product)| target - product).collect()
    };
    let x = factorization.solve(rhs);
    let first = residual(&x);
    let correction = factorization.solve(&first);
    let refined: Vec<f64> = x.iter().zip(&correction).map(|(value, step)| value + step).collect();
    let second = residual(&refined);
    let scale = match euclidean_norm(rhs) {
        0.0 => 1.0,
        norm => norm,
    };
    let (before, after) = (euclidean_norm(&first) / scale, euclidean_norm(&second) / scale);
    if after < before { (refined, after) } else { (x, before) }
}

/// Estimates of the smallest and the largest singular value by a few steps of inverse and of power iteration. The
/// first is an upper, the second a lower bound, up to rounding.
fn extreme_singular_value_estimates(matrix: &SparseMatrix<f64>, factorization: &Factorization) -> (f64, f64) {
    const STEPS: usize = 4;
    const SEED: u64 = 1;
    let transpose = matrix.transpose();
    let mut largest = 0.0;
    let mut vector = random_unit_vector(matrix.rows(), SEED);
    for _ in 0..STEPS {
        vector = transpose.mul_vec(&matrix.mul_vec(&vector));
        let growth = euclidean_norm(&vector);
        if growth == 0.0 {
            break;
        }
        largest = f64::max(largest, growth.sqrt());
        vector = times(&vector, 1.0 / growth);
    }
    let mut smallest = f64::INFINITY;
    let mut vector = random_unit_vector(matrix.rows(), SEED);
    for _ in 0..STEPS {
        vector = factorization.solve(&factorization.solve_transpose(&vector));
        let growth = euclidean_norm(&vector);
        if !growth.is_finite() || vector.iter().any(|value| value.is_nan()) {
            return (0.0, largest);
        }
        smallest = f64::min(smallest, growth.sqrt().recip());
        vector = times(&vector, 1.0 / growth);
    }
    (smallest, largest)
}

fn times(vector: &[f64], factor: f64) -> Vec<f64> {
    vector.iter().map(|value| value * factor).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::spectrum::{SpectrumOptions, spectrum};
    use crate::test_matrices::{
        HESSIANS, definite_matrix, gradient, hessian, square_matrix, symmetric_matrix,
    };

    #[test]
    fn the_shipped_systems_are_solved() {
        for name in HESSIANS {
            let solution = solve(&hessian(name), &gradient(name)).unwrap();
            assert!(solution.relative_residual < 1e-14, "{name}: {solution:?}");
            let indefinite = name == "digits-16-pruned";
            let expected = if indefinite { SolverMethod::BunchKaufman } else { SolverMethod::Cholesky };
            assert_eq!(solution.method, expected, "{name}");
        }
    }

    #[test]
    fn the_poisson_system_has_its_closed_form_solution() {
        // -u'' = 1 on a grid: tridiag(-1, 2, -1) x = 4 has x_i = 2 i (n + 1 - i).
        let x = solve(&hessian("poisson-16"), &gradient("poisson-16")).unwrap().x;
        for (index, value) in x.iter().enumerate() {
            let position = index as f64 + 1.0;
            let expected = 2.0 * position * (17.0 - position);
            assert!((value / expected - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn singular_matrices_are_refused_with_an_estimate() {
        let rank_two = (0..9).map(|k| (k / 3, k % 3, (k + 1) as f64));
        let rank_two = SparseMatrix::from_triplets(3, 3, rank_two).unwrap();
        let symmetric = (0..9).map(|k| (k / 3, k % 3, ((k / 3 + 1) * (k % 3 + 1)) as f64));
        let symmetric = SparseMatrix::from_triplets(3, 3, symmetric).unwrap();
        let empty_row = SparseMatrix::from_triplets(3, 3, [(0, 0, 1.0), (1, 1, 1.0)]).unwrap();
        for matrix in [rank_two, symmetric, empty_row] {
            let error = solve(&matrix, &[1.0, 0.0, 1.0]).unwrap_err();
            let SolveError::Singular { smallest_singular_value, norm } = error else { panic!("{error}") };
            assert!(smallest_singular_value <= 1e-14 * norm && norm > 0.9);
        }
    }

    #[test]
    fn large_sparse_systems_take_sparse_factorizations() {
        let dimension = 900_usize;
        let band = |shift: f64, asymmetry: f64| {
            let entries = (0..dimension).flat_map(|row| {
                let far = (row + 30) % dimension;
                [
                    (row, row, shift),
                    (row, far, -1.0),
                    (far, row, -1.0 - asymmetry),
                    (row, (row + 1) % dimension, 0.25 * asymmetry),
                ]
            });
            SparseMatrix::from_triplets(dimension, dimension, entries).unwrap()
        };
        let rhs: Vec<f64> = (0..dimension).map(|index| (index as f64 * 0.7).cos()).collect();
        let cases = [
            (band(2.5, 0.0), SolverMethod::SparseCholesky),
            (band(0.3, 0.0), SolverMethod::SparseLu),
            (band(2.5, 0.1), SolverMethod::SparseLu),
        ];
        for (matrix, method) in cases {
            let sparse = solve(&matrix, &rhs).unwrap();
            assert_eq!(sparse.method, method);
            assert!(sparse.relative_residual < 1e-13, "{method:?}: {}", sparse.relative_residual);
            let factorization = Factorization::new(&matrix).unwrap();
            let back = matrix.transpose().mul_vec(&factorization.solve_transpose(&rhs));
            assert!(back.iter().zip(&rhs).all(|(back, rhs)| (back - rhs).abs() < 1e-9));
        }
        let singular =
            band(2.0, 0.0).filter_map(|row, column, value| (row != 5 && column != 5).then_some(value));
        assert!(matches!(solve(&singular, &rhs), Err(SolveError::Singular { .. })));
    }

    #[test]
    fn wrong_input_is_an_error() {
        let identity = SparseMatrix::identity(2);
        assert_eq!(solve(&identity, &[1.0]), Err(SolveError::RhsLength { expected: 2, found: 1 }));
        assert_eq!(solve(&identity, &[1.0, f64::NAN]), Err(SolveError::NotFinite));
        let rectangle = SparseMatrix::from_triplets(2, 3, [(0, 0, 1.0)]).unwrap();
        assert_eq!(solve(&rectangle, &[1.0, 1.0]), Err(SolveError::NotSquare { rows: 2, columns: 3 }));
        let tiny = identity.scale(1e-200);
        assert_eq!(solve(&tiny, &[1e200, 0.0]), Err(SolveError::Overflow));
        assert_eq!(solve(&tiny, &[1.0, 0.0]).unwrap().x, [1e200, 0.0]);
        let zero = solve(&identity, &[0.0, 0.0]).unwrap();
        assert_eq!((zero.x, zero.relative_residual), (vec![0.0, 0.0], 0.0));
    }

    #[test]
    fn the_determinant_comes_from_any_dense_factorization() {
        let definite = hessian("digits-30");
        let values = crate::dense::symmetric_eigenvalues(crate::dense::to_dense(&definite).as_ref()).unwrap();
        let expected: f64 = values.iter().map(|value| value.abs().ln()).sum();
        assert!((Factorization::log_abs_determinant(&definite).unwrap() - expected).abs() < 1e-10);
        let exchange = SparseMatrix::from_triplets(2, 2, [(0, 1, 3.0), (1, 0, 3.0)]).unwrap();
        assert!((Factorization::log_abs_determinant(&exchange).unwrap() - 9_f64.ln()).abs() < 1e-14);
        let general =
            SparseMatrix::from_triplets(2, 2, [(0, 1, 1e-200), (1, 0, 3e-200), (1, 1, 1.0)]).unwrap();
        let expected = 3_f64.ln() - 400.0 * 10_f64.ln();
        assert!((Factorization::log_abs_determinant(&general).unwrap() - expected).abs() < 1e-10);
        let singular = SparseMatrix::from_triplets(2, 2, [(0, 0, 1.0)]).unwrap();
        assert_eq!(Factorization::log_abs_determinant(&singular), Ok(f64::NEG_INFINITY));
    }

    proptest! {
        #[test]
        fn residuals_are_at_rounding_level(
            matrix in prop_oneof![square_matrix(20), symmetric_matrix(20), definite_matrix(20)],
            seed in 0_u64..100,
        ) {
            let found = spectrum(&matrix, &SpectrumOptions::default()).unwrap();
            let rhs = random_unit_vector(matrix.rows(), seed);
            match found.condition_number {
                // Backward stable: the residual is small against ||A|| ||x||.
                Some(kappa) if kappa < 1e10 => {
                    let solution = solve(&matrix, &rhs).unwrap();
                    let size = found.norm * euclidean_norm(&solution.x);
                    prop_assert!(solution.relative_residual <= 1e-14 * size.max(1.0));
                    prop_assert!(euclidean_norm(&solution.x) <= 1.0 / found.smallest * (1.0 + 1e-6));
                }
                Some(_) => {}
                None => {
                    let refused = matches!(solve(&matrix, &rhs), Err(SolveError::Singular { .. }));
                    prop_assert!(refused || found.smallest > 0.0);
                }
            }
        }
    }
}
