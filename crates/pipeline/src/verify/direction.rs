//! Checks of a circuit that leaves the direction of the solution, up to a sign.

use super::amplitudes::polynomial_of;
use super::{Verification, amplified};
use crate::amplify::AmplificationRecord;
use crate::compile::norm;
use crate::documents::SolverFields;
use crate::error::PipelineError;
use crate::manifest::{Manifest, PolynomialRecord, WalkRecord};
use crate::norm::{NormMethod, measured_scale};
use num_complex::Complex64;
use qnewton_matrix::SparseMatrix;
use qnewton_qlsa::polynomial::eigenstate_filter;

/// What the checks are made with.
pub(super) struct Emitted<'a> {
    pub(super) manifest: &'a Manifest,
    pub(super) solver: &'a SolverFields,
    pub(super) polynomial: &'a PolynomialRecord,
    /// The matrix and the amplitudes on 2^n unknowns.
    pub(super) padded: &'a SparseMatrix<f64>,
    pub(super) amplitudes: &'a [Complex64],
    pub(super) rhs: &'a [f64],
    /// The classical solution.
    pub(super) exact: &'a [f64],
    /// What amplitudes may be off by.
    pub(super) tolerance: f64,
    pub(super) amplification: Option<&'a AmplificationRecord>,
}

impl Emitted<'_> {
    fn bound(&self, stage: &str) -> f64 {
        self.solver.error_bound.get(stage).copied().unwrap_or(0.0)
    }

    /// All checks of amplitudes, queries and solution.
    pub(super) fn verify(&self, result: &mut Verification) -> Result<(), PipelineError> {
        let Emitted { solver, polynomial, .. } = self;
        let probability = squared_norm(self.amplitudes);
        let (degree, queries, queries_b) = match &polynomial.walk {
            Some(walk) => self.walk_queries(walk)?,
            None => {
                let degree = self.verify_amplitudes(result)?;
                (degree, degree, degree + 1)
            }
        };
        let [uses, uses_b] = AmplificationRecord::uses_of(self.amplification);
        let (queries, queries_b) = (queries.saturating_mul(uses), queries_b.saturating_mul(uses_b));
        let stated = (solver.polynomial_degree, solver.queries, solver.queries_b);
        result.fact("degree of the polynomial and queries", stated == (degree, queries, queries_b));
        let further = solver.scale.is_none() && solver.norm_method == NormMethod::FurtherQuery;
        result.fact("norm left to a further query", further);
        self.verify_solution(result);
        match polynomial.least_success_probability() {
            // The share of the solution, if the filter let through as much as it may of the rest.
            Some(least) => {
                result.at_most(
                    "probability outside of the solution after the walk",
                    1.0 - 0.5 * probability / least,
                    0.5,
                );
            }
            None => {
                let deviation = ((probability / solver.success_probability).sqrt() - 1.0).abs();
                result.at_most("success probability", deviation, self.bound("total") + 1e-9);
            }
        }
        Ok(())
    }

    /// The amplitudes of a reflection; returns its degree.
    fn verify_amplitudes(&self, result: &mut Verification) -> Result<u64, PipelineError> {
        let alpha = self.manifest.encoding.alpha;
        let (expected, degree) = polynomial_of(self.padded, alpha, self.rhs, self.polynomial)?;
        let (gain, tolerance) = amplified(self.amplification, &expected, self.tolerance);
        let distance = |sign: f64| {
            let difference =
                self.amplitudes.iter().zip(&expected).map(|(found, wanted)| found - sign * gain * wanted);
            squared_norm(&difference.collect::<Vec<_>>()).sqrt()
        };
        let measured = distance(1.0).min(distance(-1.0));
        result.at_most("amplitudes against the polynomial of the matrix", measured, tolerance);
        Ok(degree as u64)
    }

    /// Degree and queries that a walk and its filter have.
    fn walk_queries(&self, walk: &WalkRecord) -> Result<(u64, u64, u64), PipelineError> {
        let filter = eigenstate_filter(self.polynomial.interval, walk.filter_error)?;
        let degree = filter.series.degree() as u64;
        let each = if walk.definite || self.manifest.encoding.hermitian { 1 } else { 2 };
        Ok((degree, each * walk.steps + degree, walk.steps + degree + 1))
    }

    /// Direction, residual and solution, the norm from the matrix itself.
    fn verify_solution(&self, result: &mut Verification) {
        let alpha = self.manifest.encoding.alpha;
        let parts = |part: fn(&Complex64) -> f64| self.amplitudes.iter().map(part).collect::<Vec<f64>>();
        // A global phase of -1 is rounding away from real amplitudes; what is imaginary counts as an error.
        let (real, imaginary) = (parts(|a| a.re), parts(|a| a.im));
        let image: Vec<f64> = self.padded.mul_vec(&real).iter().map(|value| value / alpha).collect();
        let complex: Vec<Complex64> = image.iter().map(|&value| Complex64::from(value)).collect();
        let scale = measured_scale(self.rhs, alpha, &complex);
        let wrong = norm(&imaginary) * scale.abs();
        let solution = |k: usize| scale * real[k];
        let at = |vector: &[f64], k: usize| vector.get(k).copied().unwrap_or(0.0);
        let size = 0..real.len();

        let (length, exact) = (norm(&real) * scale.abs(), norm(self.exact));
        let turned: Vec<f64> =
            size.clone().map(|k| solution(k) / length - at(self.exact, k) / exact).collect();
        let others = self.bound("encoding") + self.bound("state_preparation");
        // What is left of a phase that depends on the success probability.
        let turned_phase = self.bound("amplification");
        let bound = self.bound("polynomial") + self.bound("phases") + turned_phase + 2.0 * others + 1e-12;
        result.at_most("direction against the classical one", norm(&turned).hypot(wrong / length), bound);

        let residual: Vec<f64> = size.clone().map(|k| scale * alpha * image[k] - at(self.rhs, k)).collect();
        let measured = norm(&residual) / norm(self.rhs);
        let bound = 2.0 * (self.bound("norm") + others) + turned_phase + 1e-12;
        result.at_most("residual of the matrix", measured, bound);

        let difference: Vec<f64> = size.map(|k| solution(k) - at(self.exact, k)).collect();
        let error = norm(&difference).hypot(wrong) / exact;
        // The norm is that of the matrix, not of its encoding.
        let promised = self.bound("total") + self.bound("encoding");
        result.at_most("solution against the classical one, norm from the matrix", error, promised);
    }
}

fn squared_norm(amplitudes: &[Complex64]) -> f64 {
    amplitudes.iter().map(|amplitude| amplitude.norm_sqr()).sum()
}
