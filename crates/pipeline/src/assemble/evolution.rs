//! Phase estimation of exp(i t A), the evolution made of queries.

use super::walk::encode;
use super::{Assembled, Output, Problem, Solver};
use crate::compile::Clock;
use crate::error::PipelineError;
use crate::manifest::{EvolutionRecord, PolynomialRecord};
use qnewton_core::{Monitor, Stage};
use qnewton_encoding::{SparseColumns, Verification, certify};
use qnewton_qlsa::evolution::{EvolutionPlan, evolution_circuit};
use qnewton_qlsa::polynomial::sine_inverse_order;

/// Longer sine polynomials are not compiled: the evolutions' phase factors and tables would take minutes.
const ORDER_LIMIT: u64 = 1 << 12;

pub(super) fn assemble(
    problem: &Problem<'_>,
    clock: &mut Clock,
    monitor: &dyn Monitor,
) -> Result<Assembled, PipelineError> {
    let Problem { facts, padded, rhs, options, stretch, .. } = problem;
    let epsilon = options.epsilon / stretch;
    monitor.begin("encoding", 0);
    let encoding = encode(Solver::HhlEvolution, problem)?;
    let verification = if options.verify_encoding { Verification::Forced } else { Verification::WhereItFits };
    let certificate = certify(&encoding, &SparseColumns::of(padded), verification, monitor)?;
    clock.stage("encoding");
    monitor.check()?;
    let mut ledger = problem.ledger(certificate.error)?;
    let spectrum = &facts.spectrum;
    let smallest = spectrum.smallest_interval.lower - certificate.error;
    let norm = (spectrum.norm_interval.upper + certificate.error).min(encoding.alpha);
    let shared = epsilon - ledger.total() / stretch;
    if shared.is_nan() || shared <= 0.0 {
        return Err(PipelineError::Unreachable { epsilon: options.epsilon, others: ledger.total() });
    }
    // The plan makes psi up to 2.
    let order = sine_inverse_order(2.0 * smallest / norm, shared);
    if order.is_nan() || order > ORDER_LIMIT as f64 {
        let kappa = encoding.alpha / smallest;
        return Err(PipelineError::DegreeTooLarge { degree: order, kappa, limit: ORDER_LIMIT });
    }
    monitor.begin("polynomial", 0);
    let plan = EvolutionPlan::new(encoding.alpha, smallest, norm, shared)?;
    ledger.add(Stage::Polynomial, stretch * plan.polynomial_error);
    ledger.add(Stage::Phases, stretch * plan.evolution_error);
    if ledger.total() > options.epsilon {
        return Err(PipelineError::Unreachable { epsilon: options.epsilon, others: ledger.total() });
    }
    clock.stage("polynomial");
    monitor.check()?;
    monitor.begin("circuit", 0);
    let circuit = evolution_circuit(&encoding, rhs, &plan)?;
    clock.stage("circuit");
    Ok(Assembled {
        solver: Solver::HhlEvolution,
        output: Output::Scaled { unit_scale: plan.unit_scale() },
        certificate,
        ledger,
        degree: plan.inverse.degree() as u64,
        polynomial: PolynomialRecord {
            interval: smallest / norm,
            epsilon: 0.75 * shared,
            normalization: plan.normalization,
            positive: None,
            reflection: None,
            walk: None,
            evolution: Some(EvolutionRecord { smallest, norm, time: plan.time, error: plan.evolution_error }),
            gram: None,
        },
        phase_residual: plan.evolution_error,
        encoding,
        circuit,
    })
}
