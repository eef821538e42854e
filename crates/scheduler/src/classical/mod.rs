//! The predicted time of a classical solution, from measurements on this machine.

mod fit;
mod iterative;

pub use fit::CubicTime;
pub use iterative::IterationTime;

use iterative::{conjugate_gradients, iterations, normal_equation_iterations};
use ndarray::Array2;
use qnewton_core::Provenance;
use qnewton_matrix::{SolveError, SparseMatrix, solve};
use serde::{Deserialize, Serialize};
use std::sync::OnceLock;
use std::time::Instant;

/// Dimensions at which factorizations are measured.
const DIMENSIONS: [usize; 5] = [8, 48, 128, 256, 448];
/// Dimension of the dense matrix on which iterations are measured.
const DENSE_ITERATION: usize = 640;
/// Dimension of the tridiagonal matrix on which iterations are measured.
const THIN_ITERATION: usize = 1 << 15;
/// Each measurement is the shortest of so many.
const REPETITIONS: usize = 5;

/// What solvers on a classical computer take for one right-hand side.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassicalModel {
    /// Dense Cholesky factorization and solution.
    pub cholesky: CubicTime,
    /// Dense LU factorization and solution.
    pub lu: CubicTime,
    /// One iteration of conjugate gradients.
    pub iteration: IterationTime,
}

/// What a classical prediction needs to know of a system.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClassicalProblem {
    /// Number of unknowns.
    pub unknowns: u64,
    /// Number of non-zero entries.
    pub nonzeros: u64,
    /// Whether the matrix is symmetric positive definite.
    pub positive_definite: bool,
    /// Condition number; `None` if the matrix is singular or it is not known.
    pub condition_number: Option<f64>,
    /// Relative error in 2-norm that the solution may have.
    pub epsilon: f64,
}

/// A classical solver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ClassicalMethod {
    /// Dense Cholesky factorization.
    Cholesky,
    /// Dense LU factorization.
    Lu,
    /// Conjugate gradients.
    ConjugateGradients,
    /// Conjugate gradients on the normal equations.
    NormalEquations,
}

impl ClassicalMethod {
    /// The name in documents.
    pub fn name(self) -> &'static str {
        match self {
            ClassicalMethod::Cholesky => "cholesky",
            ClassicalMethod::Lu => "lu",
            ClassicalMethod::ConjugateGradients => "conjugate_gradients",
            ClassicalMethod::NormalEquations => "normal_equations",
        }
    }
}

/// A predicted time of a classical solution.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ClassicalCost {
    /// Seconds.
    pub seconds: f64,
    /// The solver that takes so long, the fastest of those that are modelled.
    pub method: ClassicalMethod,
    /// Where the number comes from.
    pub provenance: Provenance,
}

impl ClassicalModel {
    /// Measures the solvers of this machine at a few dimensions, in well under a second: factorizations through
    /// [`qnewton_matrix::solve`], and iterations of conjugate gradients.
    pub fn measure() -> Result<Self, SolveError> {
        let mut cholesky = Vec::new();
        let mut lu = Vec::new();
        for dimension in DIMENSIONS {
            cholesky.push((dimension, shortest_solution(&dense_matrix(dimension, true))?));
            lu.push((dimension, shortest_solution(&dense_matrix(dimension, false))?));
        }
        let [full, thin] = [dense_matrix(DENSE_ITERATION, true), tridiagonal_matrix(THIN_ITERATION)]
            .map(|matrix| (matrix.rows(), matrix.nnz(), shortest_iteration(&matrix)));
        Ok(ClassicalModel {
            cholesky: CubicTime::fit(&cholesky),
            lu: CubicTime::fit(&lu),
            iteration: IterationTime::from_measurements(full, thin),
        })
    }

    /// The model of this machine, measured when it is first asked for.
    pub fn of_this_machine() -> Result<&'static Self, SolveError> {
        static MODEL: OnceLock<Result<ClassicalModel, SolveError>> = OnceLock::new();
        MODEL.get_or_init(Self::measure).as_ref().map_err(|error| *error)
    }

    /// Predicts the time of the fastest solver: a dense factorization (Cholesky if the matrix is positive definite,
    /// else LU, although a symmetric indefinite matrix takes less), or conjugate gradients to the error that the
    /// quantum solution may have too (on the normal equations unless the matrix is positive definite).
    pub fn predict(&self, problem: &ClassicalProblem) -> ClassicalCost {
        let (direct, time) = match problem.positive_definite {
            true => (ClassicalMethod::Cholesky, &self.cholesky),
            false => (ClassicalMethod::Lu, &self.lu),
        };
        let direct = ClassicalCost {
            seconds: time.seconds(problem.unknowns),
            method: direct,
            provenance: Provenance::Empirical,
        };
        let Some(condition_number) = problem.condition_number else {
            return direct;
        };
        let (method, steps, products) = match problem.positive_definite {
            true => (ClassicalMethod::ConjugateGradients, iterations(condition_number, problem.epsilon), 1),
            false => {
                let steps = normal_equation_iterations(condition_number, problem.epsilon);
                (ClassicalMethod::NormalEquations, steps, 2)
            }
        };
        let step = self.iteration.seconds(problem.unknowns, products * problem.nonzeros);
        let iterative = ClassicalCost { seconds: steps * step, method, ..direct };
        if iterative.seconds < direct.seconds { iterative } else { direct }
    }
}

/// A dense, well-conditioned matrix; symmetric positive definite or not symmetric.
fn dense_matrix(dimension: usize, symmetric: bool) -> SparseMatrix<f64> {
    let entry = |row: usize, column: usize| {
        let (low, high) = if symmetric { (row.min(column), row.max(column)) } else { (row, column) };
        let off_diagonal = ((3 * low + 7 * high) % 11) as f64 / 11.0;
        off_diagonal + if row == column { dimension as f64 } else { 0.1 }
    };
    SparseMatrix::from_dense(&Array2::from_shape_fn((dimension, dimension), |(row, column)| {
        entry(row, column)
    }))
}

fn tridiagonal_matrix(dimension: usize) -> SparseMatrix<f64> {
    let neighbours = (1..dimension).flat_map(|row| [(row - 1, row, -1.0), (row, row - 1, -1.0)]);
    let entries = neighbours.chain((0..dimension).map(|row| (row, row, 4.0)));
    // All indices are in range.
    SparseMatrix::from_triplets(dimension, dimension, entries)
        .unwrap_or_else(|_| SparseMatrix::identity(dimension))
}

fn shortest_solution(matrix: &SparseMatrix<f64>) -> Result<f64, SolveError> {
    let rhs = vec![1.0; matrix.rows()];
    let mut shortest = f64::INFINITY;
    for _ in 0..REPETITIONS {
        shortest = shortest.min(solve(matrix, &rhs)?.seconds);
    }
    // Clocks have a resolution.
    Ok(shortest.max(1e-9))
}

fn shortest_iteration(matrix: &SparseMatrix<f64>) -> f64 {
    const STEPS: usize = 4;
    let rhs: Vec<f64> = (0..matrix.rows()).map(|row| (row % 5) as f64).collect();
    let mut shortest = f64::INFINITY;
    for _ in 0..REPETITIONS {
        let start = Instant::now();
        std::hint::black_box(conjugate_gradients(matrix, &rhs, STEPS));
        shortest = shortest.min(start.elapsed().as_secs_f64());
    }
    shortest.max(1e-9) / STEPS as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(unknowns: u64, positive_definite: bool) -> ClassicalProblem {
        let nonzeros = unknowns * unknowns;
        ClassicalProblem { unknowns, nonzeros, positive_definite, condition_number: None, epsilon: 1e-2 }
    }

    #[test]
    fn this_machine_is_measured_once_and_takes_longer_for_more_unknowns() {
        let model = ClassicalModel::of_this_machine().unwrap();
        assert!(std::ptr::eq(model, ClassicalModel::of_this_machine().unwrap()));
        for positive_definite in [true, false] {
            let seconds = |unknowns| model.predict(&problem(unknowns, positive_definite)).seconds;
            assert!(seconds(2) > 0.0);
            assert!(seconds(1 << 20) > 1e3 * seconds(1 << 10), "{model:?}");
        }
        assert!(model.iteration.per_nonzero > 0.0);
    }

    #[test]
    fn the_fastest_solver_is_predicted() {
        let time = |cubic| CubicTime { cubic, quadratic: 0.0, constant: 1e-6 };
        let iteration = IterationTime { per_nonzero: 1e-9, per_unknown: 1e-8 };
        let model = ClassicalModel { cholesky: time(1e-11), lu: time(2e-11), iteration };
        let direct = model.predict(&problem(1000, true));
        assert_eq!((direct.method, direct.seconds), (ClassicalMethod::Cholesky, 1e-2 + 1e-6));
        // Dense and ill-conditioned: 10^4.5 iterations of a millisecond would take longer.
        let hard = ClassicalProblem { condition_number: Some(1e8), ..problem(1000, true) };
        assert_eq!(model.predict(&hard), direct);
        // Tridiagonal with kappa = 9: ln(600) / ln 2 = 9.2, so 10 iterations of 3000 and 1000 entries.
        let sparse = ClassicalProblem { nonzeros: 3000, condition_number: Some(9.0), ..hard };
        let cost = model.predict(&sparse);
        assert_eq!(cost.method, ClassicalMethod::ConjugateGradients);
        assert!((cost.seconds - 10.0 * (3e-6 + 1e-5)).abs() < 1e-12);
        // Not definite: ln(1800) / ln(10/8) = 33.6, so 34 iterations with two products.
        let cost = model.predict(&ClassicalProblem { positive_definite: false, ..sparse });
        assert_eq!(cost.method, ClassicalMethod::NormalEquations);
        assert!((cost.seconds - 34.0 * (6e-6 + 1e-5)).abs() < 1e-12);
    }

    #[test]
    fn a_model_can_be_stored() {
        let time = CubicTime { cubic: 1e-11, quadratic: 0.0, constant: 1e-6 };
        let iteration = IterationTime { per_nonzero: 1e-9, per_unknown: 1e-8 };
        let model = ClassicalModel { cholesky: time, lu: time, iteration };
        let text = serde_json::to_string(&model).unwrap();
        assert_eq!(serde_json::from_str::<ClassicalModel>(&text).unwrap(), model);
    }
}
