//! Every solver on random systems: condition number, size, shape, and right-hand sides that are dense, sparse or complex.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use proptest::prelude::*;
use qnewton_core::Silent;
use qnewton_matrix::{
    Complex64, LinearSystem, Preparation, SparseMatrix, complex_form_of_vector, real_form_of_vector,
};
use qnewton_pipeline::{CompileOptions, ExecuteOptions, PipelineError, Solver, solve};

/// What a random matrix is made of.
#[derive(Clone, Debug)]
struct Recipe {
    n: usize,
    condition: f64,
    /// Of plane rotations between unknown k and k + 1, in turn; few of them leave zeros.
    angles: Vec<f64>,
    phases: Vec<f64>,
    definite: bool,
    complex: bool,
}

/// Up to so many unknowns, condition numbers up to 10^`largest`.
fn recipe(unknowns: usize, largest: f64) -> impl Strategy<Value = Recipe> {
    (
        1usize..=unknowns,
        0.0f64..largest,
        prop::collection::vec(-3.0f64..3.0, 1..20),
        prop::collection::vec(-3.0f64..3.0, 20),
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(|(n, logarithm, angles, phases, definite, complex)| Recipe {
            n,
            condition: 10f64.powf(logarithm),
            angles,
            phases,
            definite,
            complex,
        })
}

impl Recipe {
    /// Q diag(+-1 ... +-1/condition) Q^*, Q a product of plane rotations with phases.
    fn matrix(&self) -> SparseMatrix<Complex64> {
        let n = self.n;
        let value = |k: usize| {
            let sign = if self.definite || k.is_multiple_of(2) { 1.0 } else { -1.0 };
            sign * self.condition.powf(-(k as f64) / (n as f64 - 1.0).max(1.0))
        };
        let mut rows = vec![vec![Complex64::ZERO; n]; n];
        (0..n).for_each(|k| rows[k][k] = value(k).into());
        for (k, (angle, phase)) in self.angles.iter().zip(&self.phases).enumerate().filter(|_| n > 1) {
            let (p, q) = (k % n, (k + 1) % n);
            let (sine, cosine) = angle.sin_cos();
            let phase = if self.complex { Complex64::cis(*phase) } else { Complex64::ONE };
            for row in &mut rows {
                let (left, right) = (row[p], row[q]);
                (row[p], row[q]) =
                    (cosine * left - sine * phase.conj() * right, sine * phase * left + cosine * right);
            }
            let (first, second) = (rows[p].clone(), rows[q].clone());
            for j in 0..n {
                rows[p][j] = cosine * first[j] - sine * phase * second[j];
                rows[q][j] = sine * phase.conj() * first[j] + cosine * second[j];
            }
        }
        // Rounding apart it is Hermitian.
        let entry = |i: usize, j: usize| match i.cmp(&j) {
            std::cmp::Ordering::Less => rows[i][j],
            std::cmp::Ordering::Equal => rows[i][i].re.into(),
            std::cmp::Ordering::Greater => rows[j][i].conj(),
        };
        let places = (0..n).flat_map(|i| (0..n).map(move |j| (i, j)));
        SparseMatrix::from_triplets(n, n, places.map(|(i, j)| (i, j, entry(i, j)))).unwrap()
    }

    fn system(&self, rhs: &[Complex64]) -> LinearSystem {
        let (matrix, preparation) = (self.matrix(), Preparation::default());
        let complex = self.complex || rhs.iter().any(|value| value.im != 0.0);
        if complex {
            let mut system = LinearSystem::new_complex("random", &matrix, &preparation).unwrap();
            system.rhs = Some(real_form_of_vector(rhs));
            return system;
        }
        let rhs = rhs.iter().map(|value| value.re).collect();
        LinearSystem::new("random", matrix.map(|value| value.re), Some(rhs), &preparation).unwrap()
    }
}

/// Accuracies that a solver is asked for: the costs of phase estimation grow with 1/epsilon.
fn accuracies(solver: Solver) -> std::ops::Range<f64> {
    match solver {
        Solver::Hhl => -2.0..-1.0,
        Solver::HhlEvolution => -1.5..-1.0,
        Solver::Adiabatic => -2.0..-0.7,
        _ => -6.0..-1.0,
    }
}

fn norm(vector: &[Complex64]) -> f64 {
    vector.iter().map(Complex64::norm_sqr).sum::<f64>().sqrt()
}

/// Amplitudes of a right-hand side: real or complex, dense or a single one.
fn right_hand_side() -> impl Strategy<Value = Vec<Complex64>> {
    (
        prop::collection::vec(0.1f64..1.0, 9),
        prop::collection::vec(-3.0f64..3.0, 9),
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(|(modulus, argument, complex, single)| {
            (0..9)
                .map(|k| match (single && k > 0, complex) {
                    (true, _) => Complex64::ZERO,
                    (_, true) => Complex64::from_polar(modulus[k], argument[k]),
                    _ => Complex64::from(modulus[k] * argument[k].signum()),
                })
                .collect()
        })
}

/// `share` says where epsilon lies between the least and the largest that are asked of a solver.
fn check(recipe: &Recipe, rhs: &[Complex64], share: f64, solvers: &[Solver]) -> Result<(), TestCaseError> {
    let rhs = &rhs[..recipe.n];
    let system = recipe.system(rhs);
    for &solver in solvers {
        let range = accuracies(solver);
        let epsilon = 10f64.powf(range.start + share * (range.end - range.start));
        let options = CompileOptions { solver: Some(solver), epsilon, ..CompileOptions::default() };
        if solver == Solver::Gram {
            // Has tests of its own: these matrices have no factor.
            continue;
        }
        let report = match solve(
            &system,
            &options,
            &ExecuteOptions { time_limit: 100.0, ..ExecuteOptions::default() },
            &Silent,
        ) {
            Ok(report) => report,
            // Eigenvalues of both signs, of which one method says so before any work.
            Err(PipelineError::NotPositiveDefinite { .. }) if !recipe.definite => continue,
            Err(error) => panic!("{}: {error}", solver.name()),
        };
        let (error, total) = (report.relative_error, report.compiled.ledger.total());
        prop_assert!(error <= total + 1e-12 && total <= epsilon, "{} {error} {total}", solver.name());
        // The complex system itself, which knows nothing of its real form.
        let x: Vec<Complex64> = match system.real_form {
            true => complex_form_of_vector(&report.execution.solution),
            false => report.execution.solution.iter().map(|&value| value.into()).collect(),
        };
        let matrix = recipe.matrix();
        let image = |row| matrix.row(row).map(|(column, value)| value * x[column]).sum::<Complex64>();
        let residual: Vec<Complex64> = (0..recipe.n).map(|row| image(row) - rhs[row]).collect();
        // ||A (x_hat - x)|| <= ||A|| epsilon ||x|| <= epsilon condition ||b||, ||A|| = 1.
        let largest = epsilon * recipe.condition * norm(rhs) * (1.0 + 1e-9);
        prop_assert!(norm(&residual) <= largest, "{} {} {largest}", solver.name(), norm(&residual));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_solver_keeps_its_promise(
        recipe in recipe(5, 1.1), rhs in right_hand_side(), share in 0.0f64..1.0,
    ) {
        check(&recipe, &rhs, share, Solver::ALL)?;
    }

    #[test]
    fn ill_conditioned_systems_are_solved_too(
        recipe in recipe(9, 3.0), rhs in right_hand_side(), share in 0.0f64..1.0,
    ) {
        check(&recipe, &rhs, share, &[Solver::Qsvt, Solver::QsvtPositive, Solver::Shortcut])?;
    }
}
