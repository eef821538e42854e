//! The predicted time of a classical solution, from measurements on this machine.

mod calibration;
mod curve;
mod iterative;
mod refinement;
mod sparse;

pub use calibration::{Calibration, CalibrationError, Check, Effort};
pub use curve::Curve;
pub use iterative::IterationTime;
pub use refinement::Refinement;
pub use sparse::SparseTime;

use iterative::{iterations, minres_iterations, normal_equation_iterations};
use qnewton_core::{Provenance, Silent};
use qnewton_matrix::{SolveError, SolverMethod};
use serde::{Deserialize, Serialize};
use std::sync::OnceLock;

/// What solvers on a classical computer take for one right-hand side.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassicalModel {
    /// Dense Cholesky factorization and solution.
    pub cholesky: Curve,
    /// Dense L B L^T factorization of Bunch and Kaufman, and solution.
    pub bunch_kaufman: Curve,
    /// Dense LU factorization and solution.
    pub lu: Curve,
    /// Sparse Cholesky factorization and solution.
    pub sparse_cholesky: SparseTime,
    /// One iteration of conjugate gradients or MINRES.
    pub iteration: IterationTime,
}

/// What a classical prediction needs to know of a system.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ClassicalProblem {
    /// Number of unknowns.
    pub unknowns: u64,
    /// Number of non-zero entries.
    pub nonzeros: u64,
    /// Whether the matrix is symmetric.
    pub symmetric: bool,
    /// Whether the matrix is symmetric positive definite.
    pub positive_definite: bool,
    /// Condition number; `None` if the matrix is singular or it is not known.
    pub condition_number: Option<f64>,
    /// Relative error in 2-norm that the solution may have.
    pub epsilon: f64,
    /// Entries of the factor of a sparse Cholesky factorization, where that is worth trying.
    pub factor_nonzeros: Option<u64>,
    /// B, where the matrix is G^T G/B plus a multiple of the identity with known B x N gradients G.
    pub samples: Option<u64>,
    /// Dimensions of the factors, where the matrix is known as a Kronecker product (K-FAC).
    pub kronecker: Option<(u64, u64)>,
}

/// A classical solver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ClassicalMethod {
    /// Dense Cholesky factorization.
    Cholesky,
    /// Dense factorization of a symmetric indefinite matrix.
    BunchKaufman,
    /// Dense LU factorization.
    Lu,
    /// Sparse Cholesky factorization.
    SparseCholesky,
    /// Conjugate gradients.
    ConjugateGradients,
    /// MINRES.
    Minres,
    /// Conjugate gradients on the normal equations.
    NormalEquations,
    /// A B x B system by the identity of Sherman, Morrison and Woodbury.
    Woodbury,
    /// Both factors of a Kronecker product.
    KroneckerFactored,
}

impl ClassicalMethod {
    /// The name in documents.
    pub fn name(self) -> &'static str {
        match self {
            ClassicalMethod::Cholesky => "cholesky",
            ClassicalMethod::BunchKaufman => "bunch_kaufman",
            ClassicalMethod::Lu => "lu",
            ClassicalMethod::SparseCholesky => "sparse_cholesky",
            ClassicalMethod::ConjugateGradients => "conjugate_gradients",
            ClassicalMethod::Minres => "minres",
            ClassicalMethod::NormalEquations => "normal_equations",
            ClassicalMethod::Woodbury => "woodbury",
            ClassicalMethod::KroneckerFactored => "kronecker_factored",
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
    /// The model of this machine, measured in about a second when it is first asked for.
    pub fn of_this_machine() -> Result<&'static Self, SolveError> {
        static MODEL: OnceLock<Result<ClassicalModel, SolveError>> = OnceLock::new();
        let measured = MODEL.get_or_init(|| {
            calibration::measure(Effort::Quick, &Silent).map_err(|error| match error {
                CalibrationError::Solve(error) => error,
                // Nobody interrupts the silent monitor, and no file is involved.
                _ => SolveError::NotFinite,
            })
        });
        measured.as_ref().map_err(|error| *error)
    }

    /// Predicts the time of the fastest solver that applies.
    pub fn predict(&self, problem: &ClassicalProblem) -> ClassicalCost {
        let fallback = self.cost(ClassicalMethod::Lu, problem);
        self.candidates(problem)
            .into_iter()
            .fold(fallback, |best, cost| if cost.seconds < best.seconds { cost } else { best })
    }

    /// All solvers that apply, each with its predicted time: LU always, L B L^T for a symmetric matrix and Cholesky for a positive
    /// definite one, a sparse one where its factor is known, iterations to the error that the quantum
    /// solution may have too, and what exploits gradients or a Kronecker product.
    pub fn candidates(&self, problem: &ClassicalProblem) -> Vec<ClassicalCost> {
        let mut methods = vec![ClassicalMethod::Lu];
        if problem.symmetric {
            methods.push(ClassicalMethod::BunchKaufman);
        }
        if problem.positive_definite {
            methods.push(ClassicalMethod::Cholesky);
        }
        if problem.positive_definite && problem.factor_nonzeros.is_some() {
            methods.push(ClassicalMethod::SparseCholesky);
        }
        if problem.condition_number.is_some() {
            methods.push(match (problem.positive_definite, problem.symmetric) {
                (true, _) => ClassicalMethod::ConjugateGradients,
                (false, true) => ClassicalMethod::Minres,
                (false, false) => ClassicalMethod::NormalEquations,
            });
        }
        if problem.samples.is_some_and(|samples| samples < problem.unknowns) {
            methods.push(ClassicalMethod::Woodbury);
        }
        if problem.kronecker.is_some() {
            methods.push(ClassicalMethod::KroneckerFactored);
        }
        methods.into_iter().map(|method| self.cost(method, problem)).collect()
    }

    /// Seconds of the factorization that [`qnewton_matrix::solve`] has chosen; `None` if it is not modelled.
    pub fn seconds_of(&self, method: SolverMethod, problem: &ClassicalProblem) -> Option<f64> {
        let method = match method {
            SolverMethod::Cholesky => ClassicalMethod::Cholesky,
            SolverMethod::BunchKaufman => ClassicalMethod::BunchKaufman,
            SolverMethod::Lu => ClassicalMethod::Lu,
            SolverMethod::SparseCholesky => ClassicalMethod::SparseCholesky,
            SolverMethod::SparseLu => return None,
        };
        Some(self.cost(method, problem).seconds).filter(|seconds| seconds.is_finite())
    }

    /// The same model, all of it slower by a factor: what executions have taken against what was predicted for them.
    pub fn slower_by(&self, factor: f64) -> Self {
        let curve = |curve: &Curve| {
            Curve::new(curve.anchors().iter().map(|&(dimension, time)| (dimension, factor * time)).collect())
        };
        let SparseTime { per_entry, per_factor_entry, per_operation } = self.sparse_cholesky;
        let IterationTime { per_nonzero, per_unknown } = self.iteration;
        ClassicalModel {
            cholesky: curve(&self.cholesky),
            bunch_kaufman: curve(&self.bunch_kaufman),
            lu: curve(&self.lu),
            sparse_cholesky: SparseTime {
                per_entry: factor * per_entry,
                per_factor_entry: factor * per_factor_entry,
                per_operation: factor * per_operation,
            },
            iteration: IterationTime { per_nonzero: factor * per_nonzero, per_unknown: factor * per_unknown },
        }
    }

    /// Infinite where what the method needs is not known.
    fn cost(&self, method: ClassicalMethod, problem: &ClassicalProblem) -> ClassicalCost {
        let unknowns = problem.unknowns;
        let kappa = problem.condition_number.unwrap_or(f64::INFINITY);
        let iterated = |steps: f64, products: u64| {
            steps * self.iteration.seconds(unknowns, products.saturating_mul(problem.nonzeros))
        };
        let seconds = match method {
            ClassicalMethod::Cholesky => self.cholesky.seconds(unknowns),
            ClassicalMethod::BunchKaufman => self.bunch_kaufman.seconds(unknowns),
            ClassicalMethod::Lu => self.lu.seconds(unknowns),
            ClassicalMethod::SparseCholesky => problem.factor_nonzeros.map_or(f64::INFINITY, |entries| {
                self.sparse_cholesky.seconds(unknowns, problem.nonzeros, entries)
            }),
            ClassicalMethod::ConjugateGradients => iterated(iterations(kappa, problem.epsilon), 1),
            ClassicalMethod::Minres => iterated(minres_iterations(kappa, problem.epsilon), 1),
            ClassicalMethod::NormalEquations => {
                iterated(normal_equation_iterations(kappa, problem.epsilon), 2)
            }
            ClassicalMethod::Woodbury => problem.samples.map_or(f64::INFINITY, |samples| {
                // G G^T, half of it, the B x B system, and G and G^T times a vector.
                let (rows, columns) = (samples as f64, unknowns as f64);
                let speed = self.cholesky.speed(samples, 1.0 / 3.0);
                let products = 2.0 * self.iteration.per_nonzero * rows * columns;
                rows * rows * columns / speed + self.cholesky.seconds(samples) + products
            }),
            ClassicalMethod::KroneckerFactored => {
                problem.kronecker.map_or(f64::INFINITY, |(first, second)| {
                    // Both factors, and substitutions with all rows and columns of the right-hand side as a matrix.
                    let speed = self.cholesky.speed(first.max(second), 1.0 / 3.0);
                    let substitutions = 2.0 * unknowns as f64 * (first as f64 + second as f64);
                    self.cholesky.seconds(first) + self.cholesky.seconds(second) + substitutions / speed
                })
            }
        };
        // Not a number where an infinite condition number meets a zero.
        let seconds = if seconds.is_nan() { f64::INFINITY } else { seconds };
        ClassicalCost { seconds, method, provenance: Provenance::Empirical }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A model that does not depend on the machine: 1e-11 N^3 seconds and no less than 1e-6 for Cholesky, twice that for LU.
    pub(crate) fn model() -> ClassicalModel {
        let time = |cubic: f64| Curve::new(vec![(1, 1e-6), (100, cubic / 1e-6), (1000, cubic / 1e-9)]);
        ClassicalModel {
            cholesky: time(1e-11),
            bunch_kaufman: time(1.5e-11),
            lu: time(2e-11),
            sparse_cholesky: SparseTime { per_entry: 1e-7, per_factor_entry: 1e-8, per_operation: 1e-10 },
            iteration: IterationTime { per_nonzero: 1e-9, per_unknown: 1e-8 },
        }
    }

    fn problem(unknowns: u64, positive_definite: bool) -> ClassicalProblem {
        ClassicalProblem {
            unknowns,
            nonzeros: unknowns * unknowns,
            symmetric: positive_definite,
            positive_definite,
            epsilon: 1e-2,
            ..ClassicalProblem::default()
        }
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
        let model = model();
        let direct = model.predict(&problem(1000, true));
        assert_eq!(direct.method, ClassicalMethod::Cholesky);
        assert!((direct.seconds - 1e-2).abs() < 1e-12);
        assert_eq!(model.predict(&problem(1000, false)).method, ClassicalMethod::Lu);
        let indefinite = ClassicalProblem { symmetric: true, ..problem(1000, false) };
        assert_eq!(model.predict(&indefinite).method, ClassicalMethod::BunchKaufman);
        // Dense and ill-conditioned: 10^4.5 iterations of a millisecond would take longer.
        let hard = ClassicalProblem { condition_number: Some(1e8), ..problem(1000, true) };
        assert_eq!(model.predict(&hard), direct);
        // Tridiagonal with kappa = 9: ln(600) / ln 2 = 9.2, so 10 iterations of 3000 and 1000 entries.
        let sparse = ClassicalProblem { nonzeros: 3000, condition_number: Some(9.0), ..hard };
        let cost = model.predict(&sparse);
        assert_eq!(cost.method, ClassicalMethod::ConjugateGradients);
        assert!((cost.seconds - 10.0 * (3e-6 + 1e-5)).abs() < 1e-12);
        // Neither definite nor symmetric: ln(1800) / ln(10/8) = 33.6, so 34 iterations with two products.
        let general = ClassicalProblem { positive_definite: false, symmetric: false, ..sparse };
        let cost = model.predict(&general);
        assert_eq!(cost.method, ClassicalMethod::NormalEquations);
        assert!((cost.seconds - 34.0 * (6e-6 + 1e-5)).abs() < 1e-12);
        // Symmetric: twice as many with one.
        let symmetric = ClassicalProblem { symmetric: true, ..general };
        let cost = model.predict(&symmetric);
        assert_eq!(cost.method, ClassicalMethod::Minres);
        assert!((cost.seconds - 68.0 * (3e-6 + 1e-5)).abs() < 1e-12);
    }

    #[test]
    fn structure_pays() {
        let model = model();
        let cases = [
            (
                ClassicalProblem { nonzeros: 5000, factor_nonzeros: Some(20_000), ..problem(1000, true) },
                ClassicalMethod::SparseCholesky,
            ),
            (ClassicalProblem { samples: Some(20), ..problem(1000, true) }, ClassicalMethod::Woodbury),
            (
                ClassicalProblem { kronecker: Some((30, 34)), ..problem(1020, true) },
                ClassicalMethod::KroneckerFactored,
            ),
        ];
        for (problem, method) in cases {
            assert_eq!(model.predict(&problem).method, method);
            assert!(model.candidates(&problem).len() >= 2);
        }
        // More samples than unknowns are no structure.
        let many = ClassicalProblem { samples: Some(5000), ..problem(1000, true) };
        assert_eq!(model.predict(&many).method, ClassicalMethod::Cholesky);
    }

    #[test]
    fn a_model_can_be_stored_and_slowed_down() {
        let model = model();
        let text = serde_json::to_string(&model).unwrap();
        let read: ClassicalModel = serde_json::from_str(&text).unwrap();
        assert!(read.cholesky.anchors().len() == 3 && read.slower_by(1.0) == read);
        for problem in [problem(300, true), problem(70, false)] {
            let ratio = model.slower_by(1.5).predict(&problem).seconds / model.predict(&problem).seconds;
            assert!((ratio - 1.5).abs() < 1e-12);
        }
    }
}
