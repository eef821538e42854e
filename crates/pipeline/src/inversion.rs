//! The inversion polynomial and its phase factors, within a budget that both share.

use crate::error::PipelineError;
use qnewton_core::Monitor;
use qnewton_qlsa::phases::{PhaseFactors, phase_factors};
use qnewton_qlsa::polynomial::{InversePolynomial, inverse_relative};

/// Degrees above this are refused: a circuit of 10^7 queries runs on no executor.
pub(crate) const DEGREE_LIMIT: u64 = 10_000_000;

/// What the polynomial's largest value on [-1, 1] becomes. The success probability goes with its square, the
/// cost of the phase factors with 1 / (1 - it).
pub(crate) const MAX_NORM: f64 = 0.98;

/// A polynomial with its phase factors.
pub(crate) struct Inversion {
    pub(crate) polynomial: InversePolynomial,
    /// The relative error that the polynomial was asked for.
    pub(crate) polynomial_epsilon: f64,
    /// P / normalization is what the phase factors implement.
    pub(crate) normalization: f64,
    pub(crate) factors: PhaseFactors,
    /// Contribution of the phase factors to the relative error of the solution.
    pub(crate) phase_error: f64,
}

/// Approximates 1/x on \[interval, 1\] such that the errors of polynomial and phases sum to at most `epsilon - others`.
///
/// `amplitude_to_solution` times the normalization turns an error of amplitudes into one of the solution. The phases
/// get a thousandth of epsilon at first, and what they turned out to need where that was too little.
pub(crate) fn invert(
    interval: f64,
    epsilon: f64,
    others: f64,
    amplitude_to_solution: f64,
    monitor: &dyn Monitor,
) -> Result<Inversion, PipelineError> {
    let mut reserve = epsilon * 1e-3;
    loop {
        let polynomial_epsilon = epsilon - others - reserve;
        if polynomial_epsilon.is_nan() || polynomial_epsilon <= 0.0 {
            return Err(PipelineError::Unreachable { epsilon, others: others + reserve });
        }
        monitor.begin("polynomial", 0);
        let kappa = 1.0 / interval;
        let degree = kappa * (2.0 / polynomial_epsilon).ln();
        if degree > DEGREE_LIMIT as f64 {
            return Err(PipelineError::DegreeTooLarge { degree, kappa, limit: DEGREE_LIMIT });
        }
        let polynomial = inverse_relative(interval.min(1.0), polynomial_epsilon)?;
        let (series, normalization) = polynomial.normalized(MAX_NORM)?;
        monitor.check()?;
        monitor.begin("phases", 0);
        let factors = phase_factors(&series)?;
        monitor.check()?;
        let phase_error = factors.residual * normalization * amplitude_to_solution;
        if others + polynomial.error + phase_error <= epsilon {
            return Ok(Inversion { polynomial, polynomial_epsilon, normalization, factors, phase_error });
        }
        // More than before in any case, so that this ends; rounding may have raised the polynomial's own error.
        let excess = (polynomial.error - polynomial_epsilon).max(0.0);
        reserve = (2.0 * reserve).max(1.5 * phase_error + 2.0 * excess);
    }
}
