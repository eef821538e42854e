//! The odd inversion polynomial without phase factors: as a sum of walk steps, or by phase estimation of the walk.

use super::{Assembled, Output, Problem, Solver};
use crate::choice::{encode_for_walk, queries};
use crate::compile::Clock;
use crate::error::PipelineError;
use crate::manifest::PolynomialRecord;
use qnewton_core::{Monitor, Stage};
use qnewton_encoding::composition::self_inverse;
use qnewton_encoding::{BlockEncoding, SparseColumns, certify};
use qnewton_qlsa::cks::chebyshev_sum_circuit;
use qnewton_qlsa::hhl::{clock_qubits, phase_estimation_circuit};
use qnewton_qlsa::polynomial::{inverse_relative, relative_degree};

/// Larger clocks are not compiled: their tables take too long to lower, and their states too much memory.
const CLOCK_LIMIT: usize = 16;

/// The encoding of the symmetric matrix, its own inverse.
pub(super) fn encode(solver: Solver, problem: &Problem<'_>) -> Result<BlockEncoding, PipelineError> {
    let Problem { facts, padded, options, .. } = problem;
    solver.check(facts)?;
    if let Some(given) = &options.block {
        return Ok(self_inverse(given.encoding())?);
    }
    Ok(encode_for_walk(padded, facts, &options.encoding, &queries(facts, options.epsilon))?)
}

pub(super) fn assemble(
    solver: Solver,
    problem: &Problem<'_>,
    clock: &mut Clock,
    monitor: &dyn Monitor,
) -> Result<Assembled, PipelineError> {
    let Problem { facts, padded, rhs, options, stretch, .. } = problem;
    let epsilon = options.epsilon / stretch;
    monitor.begin("encoding", 0);
    let encoding = encode(solver, problem)?;
    let verification = options.verification();
    let certificate = certify(&encoding, &SparseColumns::of(padded), verification, monitor)?;
    clock.stage("encoding");
    monitor.check()?;
    let mut ledger = problem.ledger(certificate.error)?;
    let spectrum = &facts.spectrum;
    let interval = ((spectrum.smallest_interval.lower - certificate.error) / encoding.alpha).min(1.0);
    let degree = relative_degree(interval, epsilon);
    let clock_size = clock_qubits(degree.min(f64::from(u32::MAX)) as usize);
    if clock_size > CLOCK_LIMIT {
        let kappa = 1.0 / interval;
        return Err(PipelineError::DegreeTooLarge { degree, kappa, limit: 1 << CLOCK_LIMIT });
    }
    // An estimate: tables of angles round; their values are at most the sum of the coefficients, of which there are
    // `degree`, of the order of 1/interval.
    let amplitude_to_solution = spectrum.norm_interval.upper / encoding.alpha;
    let rounding = 16.0 * f64::EPSILON * degree.max(1.0) / interval * amplitude_to_solution;
    let polynomial_epsilon = epsilon - ledger.total() / stretch - rounding;
    if polynomial_epsilon.is_nan() || polynomial_epsilon <= 0.0 {
        let others = ledger.total() + stretch * rounding;
        return Err(PipelineError::Unreachable { epsilon: options.epsilon, others });
    }
    monitor.begin("polynomial", 0);
    let polynomial = inverse_relative(interval, polynomial_epsilon)?;
    ledger.add(Stage::Polynomial, stretch * polynomial.error);
    ledger.add(Stage::Phases, stretch * rounding);
    if ledger.total() > options.epsilon {
        return Err(PipelineError::Unreachable { epsilon: options.epsilon, others: ledger.total() });
    }
    clock.stage("polynomial");
    monitor.begin("circuit", 0);
    let walk = match solver {
        Solver::Hhl => phase_estimation_circuit(&encoding, rhs, &polynomial.series)?,
        _ => chebyshev_sum_circuit(&encoding, rhs, &polynomial.series)?,
    };
    clock.stage("circuit");
    Ok(Assembled {
        solver,
        output: Output::Scaled { unit_scale: walk.normalization / encoding.alpha },
        encoding,
        certificate,
        ledger,
        degree: polynomial.degree as u64,
        polynomial: PolynomialRecord {
            interval: polynomial.interval,
            epsilon: polynomial_epsilon,
            normalization: walk.normalization,
            positive: None,
            reflection: None,
            walk: None,
            evolution: None,
            gram: None,
        },
        phase_residual: 0.0,
        circuit: walk.solver,
    })
}
