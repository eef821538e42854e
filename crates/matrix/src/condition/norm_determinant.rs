//! The estimator of the paper that introduced Q-Newton: a bound from norm or trace, and determinant.

use std::time::Instant;

use super::{Certainty, ConditionEstimate, ConditionEstimator, ConditionSystem, CostClass, WarmStart};
use crate::factorization::{Factorization, SolverMethod};
use crate::spectrum::SpectrumError;

/// The bound of Merikoski, Urpala, Virtanen, Tam and Uhlig (Linear Algebra Appl. 255, 1997), which Li et al. (arXiv
/// 2405.00252) propose as an estimate: kappa <= (1 + x)/(1 - x) with x = sqrt(1 - q), q = (N / tr A)^N det A for a
/// positive definite matrix; kappa <= sqrt((1 + x)/(1 - x)) with q = (N / ||A||_F^2)^N det(A)^2 for any other.
///
/// q vanishes exponentially with N, so it is kept as a logarithm and (1 + x)/(1 - x) evaluated as (1 + x)^2/q. From below
/// kappa is bounded by the same two numbers: the means of numbers in [1, h], arithmetic by geometric, differ by Specht's
/// ratio S(h) = h^(1/(h-1)) / (e ln h^(1/(h-1))) at most (Math. Z. 74, 1960), so S(kappa) >= q^(-1/N).
#[derive(Clone, Copy, Debug)]
pub struct NormDeterminant;

impl ConditionEstimator for NormDeterminant {
    fn name(&self) -> &'static str {
        "norm-det"
    }

    fn description(&self) -> &'static str {
        "the paper's bound from norm and determinant, for comparison: useless beyond kappa of about 2"
    }

    fn cost(&self) -> CostClass {
        CostClass::Factorization
    }

    fn estimate(
        &self,
        system: &ConditionSystem,
        _warm_start: Option<&WarmStart>,
    ) -> Result<ConditionEstimate, SpectrumError> {
        let start = Instant::now();
        let matrix = &system.matrix;
        let dimension = system.dimension() as f64;
        let definite = matches!(
            system.factorization().as_ref().map(Factorization::method),
            Ok(SolverMethod::Cholesky | SolverMethod::SparseCholesky)
        );
        let determinant = Factorization::log_abs_determinant(matrix)?;
        // The logarithm of q, and what to divide the logarithm of the bound by.
        let (logarithm, root) = if definite {
            let trace: f64 = matrix.diagonal().iter().sum();
            (determinant - dimension * (trace / dimension).ln(), 1.0)
        } else {
            let square = matrix.frobenius_norm().powi(2);
            (2.0 * determinant - dimension * (square / dimension).ln(), 2.0)
        };
        // Logarithms of N pivots, each known to N eps kappa or so; at best q = 1.
        let rounding = 16.0 * dimension * dimension * f64::EPSILON;
        let upper = |logarithm: f64| {
            let logarithm = logarithm.min(0.0);
            let x = (-logarithm.exp_m1()).max(0.0).sqrt();
            (2.0 * x.ln_1p() - logarithm) / root
        };
        let bound = upper(logarithm);
        let low = (specht_inverse((-(logarithm + rounding) / dimension).max(0.0)) / root).exp();
        let value = bound.exp();
        Ok(ConditionEstimate {
            method: self.name(),
            value,
            interval: [low.min(value).max(1.0), upper(logarithm - rounding).exp()],
            certainty: Certainty::Rigorous,
            cost: self.cost(),
            products: 0,
            substitutions: 0,
            log10: bound / std::f64::consts::LN_10,
            seconds: start.elapsed().as_secs_f64(),
        })
    }
}

/// ln h with ln S(h) equal to the argument, from below.
fn specht_inverse(target: f64) -> f64 {
    // With t = ln h and y = t/(h - 1): ln S = y - 1 - ln y, increasing in t.
    let ratio = |t: f64| {
        let y = t / t.exp_m1();
        y - 1.0 - (t.ln() - t.exp_m1().ln())
    };
    let (mut low, mut high) = (0.0, 700.0);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if middle > 1e-4 && ratio(middle) > target {
            high = middle
        } else {
            low = middle
        }
        if high <= 1e-4 {
            return 0.0;
        }
    }
    if low <= 2e-4 { 0.0 } else { low }
}
