//! Factorizations of square real matrices by faer, for one or many right-hand sides.

use std::f64::consts::LN_2;

use faer::diag::Diag;
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::cholesky::{lblt, llt};
use faer::linalg::lu::partial_pivoting;
use faer::perm::PermRef;
use faer::reborrow::ReborrowMut;
use faer::sparse::linalg::{cholesky as sparse_cholesky, lu as sparse_lu};
use faer::sparse::{FaerError, SparseColMatRef, SymbolicSparseColMatRef};
use faer::{Conj, Mat, MatMut, Par, Side};
use serde::Serialize;

use crate::conditioning::is_symmetric;
use crate::dense::{parallelism, to_dense};
use crate::solve::SolveError;
use crate::sparse::SparseMatrix;

/// From this dimension on, a matrix that is sparse enough is factorized as a sparse one.
const SPARSE_DIMENSION: usize = 512;
/// A matrix with at most one non-zero in so many entries is sparse.
const SPARSE_RATIO: usize = 20;

/// How a system is solved classically.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SolverMethod {
    /// Dense Cholesky factorization of a symmetric positive definite matrix.
    Cholesky,
    /// Dense L B L^T factorization of a symmetric indefinite matrix, with Bunch-Kaufman pivoting.
    BunchKaufman,
    /// Dense LU factorization with partial pivoting.
    Lu,
    /// Sparse Cholesky factorization with a fill-reducing order.
    SparseCholesky,
    /// Sparse LU factorization with a fill-reducing order and partial pivoting.
    SparseLu,
}

impl SolverMethod {
    /// The name used in reports and JSON documents.
    pub fn name(self) -> &'static str {
        match self {
            SolverMethod::Cholesky => "cholesky",
            SolverMethod::BunchKaufman => "bunch_kaufman",
            SolverMethod::Lu => "lu",
            SolverMethod::SparseCholesky => "sparse_cholesky",
            SolverMethod::SparseLu => "sparse_lu",
        }
    }
}

/// A factorized square matrix.
#[derive(Debug)]
pub struct Factorization {
    dimension: usize,
    /// The factors are those of 2^exponent times the matrix, whose largest entry is near 1.
    exponent: i32,
    factors: Factors,
}

#[derive(Debug)]
enum Factors {
    Cholesky { lower: Mat<f64> },
    BunchKaufman { lower: Mat<f64>, subdiagonal: Diag<f64>, permutation: Permutation },
    Lu { triangles: Mat<f64>, permutation: Permutation },
    SparseCholesky { symbolic: sparse_cholesky::SymbolicCholesky<usize>, values: Vec<f64> },
    SparseLu { symbolic: sparse_lu::SymbolicLu<usize>, numeric: sparse_lu::NumericLu<usize, f64> },
}

#[derive(Debug)]
struct Permutation {
    forward: Vec<usize>,
    inverse: Vec<usize>,
}

impl Permutation {
    fn new(length: usize) -> Self {
        Permutation { forward: vec![0; length], inverse: vec![0; length] }
    }

    fn as_ref(&self) -> PermRef<'_, usize> {
        PermRef::new_checked(&self.forward, &self.inverse, self.forward.len())
    }
}

impl Factorization {
    /// Factorizes a matrix: Cholesky if it is symmetric and positive definite, Bunch-Kaufman if it is symmetric and
    /// dense, LU otherwise; sparse factorizations for large sparse matrices.
    ///
    /// A matrix that is singular up to rounding usually factorizes and shows only in the solutions;
    /// [`solve`](crate::solve) checks for it.
    pub fn new(matrix: &SparseMatrix<f64>) -> Result<Self, SolveError> {
        Self::with_storage(matrix, is_sparse(matrix))
    }

    /// The number of entries of the factor of a sparse Cholesky factorization, from a symbolic one; `None` where
    /// [`Factorization::new`] would not try it.
    pub fn sparse_cholesky_entries(matrix: &SparseMatrix<f64>) -> Option<usize> {
        let tried = is_sparse(matrix)
            && matrix.is_square()
            && is_symmetric(matrix)
            && matrix.diagonal().iter().all(|&value| value > 0.0);
        if !tried {
            return None;
        }
        let row_indices = row_indices(matrix);
        symbolic_cholesky(pattern(matrix, &row_indices)).ok().map(|symbolic| symbolic.len_val())
    }

    /// The natural logarithm of |det A|, from a dense factorization; minus infinity for a singular matrix.
    pub fn log_abs_determinant(matrix: &SparseMatrix<f64>) -> Result<f64, SolveError> {
        let factorization = match Self::with_storage(matrix, false) {
            Err(SolveError::Singular { .. }) => return Ok(f64::NEG_INFINITY),
            factorization => factorization?,
        };
        let logarithms =
            |values: &mut dyn Iterator<Item = f64>| values.map(|value| value.abs().ln()).sum::<f64>();
        let scaled = match &factorization.factors {
            Factors::Cholesky { lower } => 2.0 * logarithms(&mut diagonal(lower)),
            Factors::Lu { triangles, .. } => logarithms(&mut diagonal(triangles)),
            Factors::BunchKaufman { lower, subdiagonal, .. } => {
                let diagonal: Vec<f64> = diagonal(lower).collect();
                let subdiagonal: Vec<f64> = subdiagonal.column_vector().iter().copied().collect();
                logarithms(&mut block_determinants(&diagonal, &subdiagonal).into_iter())
            }
            // `with_storage` was asked for dense factors.
            Factors::SparseCholesky { .. } | Factors::SparseLu { .. } => f64::NAN,
        };
        Ok(scaled - f64::from(factorization.exponent) * LN_2 * matrix.rows() as f64)
    }

    /// Number of rows and columns.
    pub fn dimension(&self) -> usize {
        self.dimension
    }

    /// The factorization that was chosen.
    pub fn method(&self) -> SolverMethod {
        match self.factors {
            Factors::Cholesky { .. } => SolverMethod::Cholesky,
            Factors::BunchKaufman { .. } => SolverMethod::BunchKaufman,
            Factors::Lu { .. } => SolverMethod::Lu,
            Factors::SparseCholesky { .. } => SolverMethod::SparseCholesky,
            Factors::SparseLu { .. } => SolverMethod::SparseLu,
        }
    }

    /// Solves A x = b, without refinement.
    ///
    /// # Panics
    /// If the length of `rhs` is not the dimension.
    pub fn solve(&self, rhs: &[f64]) -> Vec<f64> {
        self.substitute(rhs, false)
    }

    /// Solves A^T x = b, without refinement.
    ///
    /// # Panics
    /// If the length of `rhs` is not the dimension.
    pub fn solve_transpose(&self, rhs: &[f64]) -> Vec<f64> {
        self.substitute(rhs, true)
    }

    fn with_storage(matrix: &SparseMatrix<f64>, sparse: bool) -> Result<Self, SolveError> {
        if !matrix.is_square() {
            return Err(SolveError::NotSquare { rows: matrix.rows(), columns: matrix.cols() });
        }
        if !matrix.is_finite() {
            return Err(SolveError::NotFinite);
        }
        let exponent = scaling_exponent(matrix.max_abs());
        let scaled = matrix.scale(power_of_two(exponent));
        let may_be_definite = is_symmetric(&scaled) && scaled.diagonal().iter().all(|&value| value > 0.0);
        let factors = if sparse {
            match may_be_definite.then(|| sparse_cholesky_factors(&scaled)).transpose()?.flatten() {
                Some(factors) => factors,
                None => sparse_lu_factors(&scaled)?,
            }
        } else {
            match may_be_definite.then(|| cholesky_factors(&scaled)).flatten() {
                Some(factors) => factors,
                None if is_symmetric(&scaled) => bunch_kaufman_factors(&scaled),
                None => lu_factors(&scaled),
            }
        };
        Ok(Factorization { dimension: matrix.rows(), exponent, factors })
    }

    /// Solves A X = B, or A^T X = B, in place.
    pub(crate) fn solve_panel_in_place(&self, mut target: MatMut<'_, f64>, transpose: bool) {
        let (dimension, columns) = (self.dimension, target.ncols());
        assert_eq!(
            target.nrows(),
            dimension,
            "a right-hand side of {} entries for {dimension} rows",
            target.nrows()
        );
        // A single right-hand side is memory bound: a second thread does not help.
        let par = if columns == 1 { Par::Seq } else { parallelism(dimension) };
        let conj = Conj::No;
        match &self.factors {
            Factors::Cholesky { lower } => {
                let mut memory =
                    MemBuffer::new(llt::solve::solve_in_place_scratch::<f64>(dimension, columns, par));
                let stack = MemStack::new(&mut memory);
                llt::solve::solve_in_place_with_conj(lower.as_ref(), conj, target.rb_mut(), par, stack);
            }
            Factors::BunchKaufman { lower, subdiagonal, permutation } => {
                let scratch = lblt::solve::solve_in_place_scratch::<usize, f64>(dimension, columns, par);
                let mut memory = MemBuffer::new(scratch);
                lblt::solve::solve_in_place_with_conj(
                    lower.as_ref(),
                    lower.diagonal(),
                    subdiagonal.as_ref(),
                    conj,
                    permutation.as_ref(),
                    target.rb_mut(),
                    par,
                    MemStack::new(&mut memory),
                );
            }
            Factors::Lu { triangles, permutation } => {
                let scratch =
                    partial_pivoting::solve::solve_in_place_scratch::<usize, f64>(dimension, columns, par);
                let mut memory = MemBuffer::new(scratch);
                let solve = if transpose {
                    partial_pivoting::solve::solve_transpose_in_place_with_conj
                } else {
                    partial_pivoting::solve::solve_in_place_with_conj
                };
                solve(
                    triangles.as_ref(),
                    triangles.as_ref(),
                    permutation.as_ref(),
                    conj,
                    target.rb_mut(),
                    par,
                    MemStack::new(&mut memory),
                );
            }
            Factors::SparseCholesky { symbolic, values } => {
                let mut memory = MemBuffer::new(symbolic.solve_in_place_scratch::<f64>(columns, par));
                let stack = MemStack::new(&mut memory);
                sparse_cholesky::LltRef::new(symbolic, values).solve_in_place_with_conj(
                    conj,
                    target.rb_mut(),
                    par,
                    stack,
                );
            }
            Factors::SparseLu { symbolic, numeric } => {
                let mut memory = MemBuffer::new(symbolic.solve_in_place_scratch::<f64>(columns, par));
                let stack = MemStack::new(&mut memory);
                let factors = sparse_lu::LuRef::new_unchecked(symbolic, numeric);
                if transpose {
                    factors.solve_transpose_in_place_with_conj(conj, target.rb_mut(), par, stack);
                } else {
                    factors.solve_in_place_with_conj(conj, target.rb_mut(), par, stack);
                }
            }
        }
        let factor = power_of_two(self.exponent);
        for column in 0..columns {
            target.rb_mut().col_mut(column).iter_mut().for_each(|value| *value *= factor);
        }
    }

    fn substitute(&self, rhs: &[f64], transpose: bool) -> Vec<f64> {
        let mut solution = rhs.to_vec();
        let target = MatMut::from_column_major_slice_mut(&mut solution, rhs.len(), 1);
        self.solve_panel_in_place(target, transpose);
        solution
    }
}

/// The exponent e for which 2^e `magnitude` is near 1; 0 for a magnitude of 0.
pub(crate) fn scaling_exponent(magnitude: f64) -> i32 {
    if magnitude > 0.0 { -(magnitude.log2().floor().clamp(-1022.0, 1022.0) as i32) } else { 0 }
}

pub(crate) fn power_of_two(exponent: i32) -> f64 {
    2.0_f64.powi(exponent)
}

fn cholesky_factors(matrix: &SparseMatrix<f64>) -> Option<Factors> {
    let dimension = matrix.rows();
    let par = parallelism(dimension);
    let mut lower = to_dense(matrix);
    let scratch = llt::factor::cholesky_in_place_scratch::<f64>(dimension, par, Default::default());
    let mut memory = MemBuffer::new(scratch);
    let stack = MemStack::new(&mut memory);
    llt::factor::cholesky_in_place(lower.as_mut(), Default::default(), par, stack, Default::default())
        .ok()?;
    Some(Factors::Cholesky { lower })
}

fn bunch_kaufman_factors(matrix: &SparseMatrix<f64>) -> Factors {
    let dimension = matrix.rows();
    let par = parallelism(dimension);
    let mut lower = to_dense(matrix);
    let mut subdiagonal = Diag::zeros(dimension);
    let mut permutation = Permutation::new(dimension);
    let scratch = lblt::factor::cholesky_in_place_scratch::<usize, f64>(dimension, par, Default::default());
    let mut memory = MemBuffer::new(scratch);
    lblt::factor::cholesky_in_place(
        lower.as_mut(),
        subdiagonal.as_mut(),
        &mut permutation.forward,
        &mut permutation.inverse,
        par,
        MemStack::new(&mut memory),
        Default::default(),
    );
    Factors::BunchKaufman { lower, subdiagonal, permutation }
}

fn lu_factors(matrix: &SparseMatrix<f64>) -> Factors {
    let dimension = matrix.rows();
    let par = parallelism(dimension);
    let mut triangles = to_dense(matrix);
    let mut permutation = Permutation::new(dimension);
    let scratch = partial_pivoting::factor::lu_in_place_scratch::<usize, f64>(
        dimension,
        dimension,
        par,
        Default::default(),
    );
    let mut memory = MemBuffer::new(scratch);
    partial_pivoting::factor::lu_in_place(
        triangles.as_mut(),
        &mut permutation.forward,
        &mut permutation.inverse,
        par,
        MemStack::new(&mut memory),
        Default::default(),
    );
    Factors::Lu { triangles, permutation }
}

/// `None` if the matrix turns out not to be positive definite.
pub(crate) fn is_sparse(matrix: &SparseMatrix<f64>) -> bool {
    let dimension = matrix.rows();
    dimension >= SPARSE_DIMENSION && matrix.nnz() / dimension <= dimension / SPARSE_RATIO
}

fn row_indices(matrix: &SparseMatrix<f64>) -> Vec<usize> {
    matrix.column_indices().iter().map(|&index| index as usize).collect()
}

/// The pattern of a symmetric matrix, whose rows are its columns.
fn pattern<'a>(
    matrix: &'a SparseMatrix<f64>,
    row_indices: &'a [usize],
) -> SymbolicSparseColMatRef<'a, usize> {
    let dimension = matrix.rows();
    SymbolicSparseColMatRef::new_checked(dimension, dimension, matrix.row_starts(), None, row_indices)
}

fn symbolic_cholesky(
    pattern: SymbolicSparseColMatRef<'_, usize>,
) -> Result<sparse_cholesky::SymbolicCholesky<usize>, SolveError> {
    sparse_cholesky::factorize_symbolic_cholesky(pattern, Side::Lower, Default::default(), Default::default())
        .map_err(too_large)
}

fn sparse_cholesky_factors(matrix: &SparseMatrix<f64>) -> Result<Option<Factors>, SolveError> {
    let dimension = matrix.rows();
    let par = parallelism(dimension);
    let row_indices = row_indices(matrix);
    let pattern = pattern(matrix, &row_indices);
    let symbolic = symbolic_cholesky(pattern)?;
    let mut values = Vec::new();
    values.try_reserve_exact(symbolic.len_val()).map_err(|_| SolveError::OutOfMemory)?;
    values.resize(symbolic.len_val(), 0.0);
    let scratch = symbolic.factorize_numeric_llt_scratch::<f64>(par, Default::default());
    let mut memory = MemBuffer::try_new(scratch).map_err(|_| SolveError::OutOfMemory)?;
    let definite = symbolic
        .factorize_numeric_llt(
            &mut values,
            SparseColMatRef::new(pattern, matrix.values()),
            Side::Lower,
            Default::default(),
            par,
            MemStack::new(&mut memory),
            Default::default(),
        )
        .is_ok();
    Ok(definite.then_some(Factors::SparseCholesky { symbolic, values }))
}

fn sparse_lu_factors(matrix: &SparseMatrix<f64>) -> Result<Factors, SolveError> {
    let dimension = matrix.rows();
    let par = parallelism(dimension);
    let columns = matrix.transpose();
    let row_indices: Vec<usize> = columns.column_indices().iter().map(|&index| index as usize).collect();
    let pattern =
        SymbolicSparseColMatRef::new_checked(dimension, dimension, columns.row_starts(), None, &row_indices);
    let symbolic = sparse_lu::factorize_symbolic_lu(pattern, Default::default()).map_err(too_large)?;
    let scratch = symbolic.factorize_numeric_lu_scratch::<f64>(par, Default::default());
    let mut memory = MemBuffer::try_new(scratch).map_err(|_| SolveError::OutOfMemory)?;
    let mut numeric = sparse_lu::NumericLu::new();
    let result = symbolic.factorize_numeric_lu(
        &mut numeric,
        SparseColMatRef::new(pattern, columns.values()),
        par,
        MemStack::new(&mut memory),
        Default::default(),
    );
    match result.map(|_| ()) {
        Ok(()) => Ok(Factors::SparseLu { symbolic, numeric }),
        Err(faer::sparse::linalg::LuError::SymbolicSingular { .. }) => {
            Err(SolveError::Singular { smallest_singular_value: 0.0, norm: matrix.frobenius_norm() })
        }
        Err(faer::sparse::linalg::LuError::Generic(error)) => Err(too_large(error)),
    }
}

fn too_large(_: FaerError) -> SolveError {
    SolveError::OutOfMemory
}

fn diagonal(matrix: &Mat<f64>) -> impl Iterator<Item = f64> + '_ {
    (0..matrix.nrows()).map(|index| matrix[(index, index)])
}

/// The determinants of the 1 x 1 and 2 x 2 blocks of a block diagonal matrix.
fn block_determinants(diagonal: &[f64], subdiagonal: &[f64]) -> Vec<f64> {
    let mut determinants = Vec::new();
    let mut index = 0;
    while index < diagonal.len() {
        if subdiagonal[index] == 0.0 {
            determinants.push(diagonal[index]);
            index += 1;
        } else {
            determinants.push(diagonal[index] * diagonal[index + 1] - subdiagonal[index].powi(2));
            index += 2;
        }
    }
    determinants
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sparse::euclidean_norm;
    use crate::spectrum::{SpectrumOptions, spectrum};
    use crate::start_vector::random_unit_vector;
    use crate::test_matrices::{definite_matrix, square_matrix, symmetric_matrix};

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        #[test]
        fn dense_and_sparse_factors_solve_the_same_systems(
            matrix in prop_oneof![square_matrix(24), symmetric_matrix(24), definite_matrix(24)],
            seed in 0_u64..100,
        ) {
            let rhs = random_unit_vector(matrix.rows(), seed);
            let found = spectrum(&matrix, &SpectrumOptions::default()).unwrap();
            for sparse in [false, true] {
                // A singular matrix may be refused or not, but nothing may panic.
                let factorization = match Factorization::with_storage(&matrix, sparse) {
                    Ok(factorization) => factorization,
                    Err(error) => {
                        prop_assert!(matches!(error, SolveError::Singular { .. }), "{error}");
                        prop_assert_eq!(found.condition_number, None);
                        continue;
                    }
                };
                let (x, y) = (factorization.solve(&rhs), factorization.solve_transpose(&rhs));
                if found.condition_number.is_some_and(|kappa| kappa < 1e8) {
                    for (matrix, x) in [(&matrix, x), (&matrix.transpose(), y)] {
                        let residual: Vec<f64> =
                            rhs.iter().zip(matrix.mul_vec(&x)).map(|(target, product)| target - product).collect();
                        let size = found.norm * euclidean_norm(&x) + 1.0;
                        prop_assert!(euclidean_norm(&residual) <= 1e-12 * size, "{:?}", factorization.method());
                    }
                }
                let cholesky = matches!(factorization.method(), SolverMethod::Cholesky | SolverMethod::SparseCholesky);
                if found.condition_number.is_some_and(|kappa| kappa < 1e8) {
                    prop_assert_eq!(cholesky, found.positive_definite == Some(true));
                }
            }
        }
    }
}
