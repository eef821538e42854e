//! The smallest singular value as the largest one of the inverse, which a factorization applies.

use faer::{Mat, MatRef};

use crate::block_lanczos::extreme_eigenvalues_by_blocks;
use crate::dense::column;
use crate::factorization::{Factorization, SolverMethod, is_sparse};
use crate::lanczos::{ExtremeEigenvalues, LanczosBreakdown, LanczosOptions, RitzPair, extreme_eigenvalues};
use crate::panel::{product, product_symmetric, product_transposed};
use crate::sparse::SparseMatrix;
use crate::spectrum::threshold;

/// From this dimension on dense matrices are multiplied by blocks of vectors.
const BLOCK_DIMENSION: usize = 256;

/// The eigenvalue of largest magnitude, made positive, of A^-1 (symmetric) or of (A^T A)^-1, with the numbers of products
/// and substitutions.
pub(crate) fn inverse_extreme(
    matrix: &SparseMatrix<f64>,
    norm: f64,
    factorization: &Factorization,
    symmetric: bool,
    grouping: Grouping,
    options: &LanczosOptions,
) -> Result<(RitzPair, [usize; 2]), LanczosBreakdown> {
    let definite = is_cholesky(factorization);
    let mut solve =
        Solver { matrix, factorization, symmetric, norm, refines: !definite, products: 0, substitutions: 0 };
    let apply = |panel: MatRef<'_, f64>| match symmetric {
        true => solve.solve(panel, false),
        false => {
            let inner = solve.solve(panel, true);
            solve.solve(inner.as_ref(), false)
        }
    };
    let options = &LanczosOptions { both_ends: false, ..*options };
    let extremes = grouping.extremes(factorization.dimension(), apply, options)?;
    let (lowest, mut highest) = (extremes.lowest, extremes.highest);
    let upper = highest.interval.upper.max(-lowest.interval.lower);
    if -lowest.value > highest.value {
        highest = RitzPair { value: -lowest.value, ..lowest };
    }
    highest.interval.upper = upper;
    Ok((highest, [solve.products, solve.substitutions]))
}

/// Applies the inverse of a matrix, or of its transpose. Unlike Cholesky's, the other factors may be large; their rounding
/// may then exceed what the intervals allow for, and solutions take one step of refinement. The first solution that needs
/// none shows that the factors are as good as Cholesky's.
struct Solver<'a> {
    matrix: &'a SparseMatrix<f64>,
    factorization: &'a Factorization,
    symmetric: bool,
    norm: f64,
    refines: bool,
    products: usize,
    substitutions: usize,
}

impl Solver<'_> {
    fn solve(&mut self, rhs: MatRef<'_, f64>, transposed: bool) -> Mat<f64> {
        let mut solution = rhs.to_owned();
        self.factorization.solve_panel_in_place(solution.as_mut(), transposed);
        self.substitutions += rhs.ncols();
        if !self.refines {
            return solution;
        }
        let image = match (self.symmetric, transposed) {
            (true, _) => product_symmetric(self.matrix, solution.as_ref()),
            (false, true) => product_transposed(self.matrix, solution.as_ref()),
            (false, false) => product(self.matrix, solution.as_ref()),
        };
        self.products += rhs.ncols();
        self.substitutions += rhs.ncols();
        let mut correction = rhs - image;
        self.factorization.solve_panel_in_place(correction.as_mut(), transposed);
        // Intervals allow for an error of `rounding` in a singular value, thus for that fraction of a solution.
        let rounding = threshold(self.matrix, self.norm);
        let length = solution.norm_l2();
        self.refines = correction.norm_l2() > rounding * length * (length / rhs.norm_l2());
        solution + correction
    }
}

/// How many vectors an iteration takes at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Grouping {
    /// One: fewest products.
    Single,
    /// A block of them: fewest passes over the matrix, or over its factors.
    Blocks,
}

impl Grouping {
    pub(crate) fn of(matrix: &SparseMatrix<f64>) -> Self {
        if matrix.rows() < BLOCK_DIMENSION || is_sparse(matrix) { Grouping::Single } else { Grouping::Blocks }
    }

    /// The extreme eigenvalues of a symmetric operator on panels.
    pub(crate) fn extremes(
        self,
        dimension: usize,
        mut apply: impl FnMut(MatRef<'_, f64>) -> Mat<f64>,
        options: &LanczosOptions,
    ) -> Result<ExtremeEigenvalues, LanczosBreakdown> {
        match self {
            Grouping::Blocks => extreme_eigenvalues_by_blocks(dimension, apply, options),
            Grouping::Single => {
                let apply = |vector: &[f64]| {
                    let panel = MatRef::from_column_major_slice(vector, vector.len(), 1);
                    column(apply(panel).as_ref(), 0)
                };
                extreme_eigenvalues(dimension, apply, options)
            }
        }
    }
}

pub(crate) fn is_cholesky(factorization: &Factorization) -> bool {
    matches!(factorization.method(), SolverMethod::Cholesky | SolverMethod::SparseCholesky)
}
