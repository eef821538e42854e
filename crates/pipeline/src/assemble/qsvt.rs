//! The odd inversion polynomial.

use super::{Assembled, Output, Problem, Solver};
use crate::choice::encode_chosen;
use crate::compile::Clock;
use crate::error::PipelineError;
use crate::inversion::{Inversion, invert};
use crate::manifest::PolynomialRecord;
use qnewton_core::{Monitor, Stage};
use qnewton_encoding::{BlockEncoding, EncodingError, SparseColumns, certify};
use qnewton_qlsa::phases::qsvt_angles;
use qnewton_qlsa::qsvt::inverse_direction_circuit;

/// The encoding of the matrix.
pub(super) fn encode(problem: &Problem<'_>) -> Result<BlockEncoding, EncodingError> {
    let options = problem.options;
    if let Some(given) = &options.block {
        return Ok(given.encoding().clone());
    }
    encode_chosen(problem.padded, problem.facts, &options.encoding, options.epsilon)
}

pub(super) fn assemble(
    problem: &Problem<'_>,
    clock: &mut Clock,
    monitor: &dyn Monitor,
) -> Result<Assembled, PipelineError> {
    let Problem { facts, padded, rhs, options, stretch, .. } = problem;
    let epsilon = options.epsilon;
    monitor.begin("encoding", 0);
    let encoding = encode(problem)?;
    let verification = options.verification();
    let certificate = certify(&encoding, &SparseColumns::of(padded), verification, monitor)?;
    clock.stage("encoding");
    monitor.check()?;

    // Everything but the polynomial first, so that the polynomial gets the rest.
    let mut ledger = problem.ledger(certificate.error)?;
    let spectrum = &facts.spectrum;
    // Amplitudes are off by at most the residual; ||x|| >= ||b|| / ||A||.
    let amplitude_to_solution = spectrum.norm_interval.upper / encoding.alpha;
    let interval = (spectrum.smallest_interval.lower - certificate.error) / encoding.alpha;
    let inversion =
        invert(interval, epsilon / stretch, ledger.total() / stretch, amplitude_to_solution, monitor);
    let inversion = inversion.map_err(|error| match error {
        // In terms of x rather than of the scaled solution.
        PipelineError::Unreachable { others, .. } => {
            PipelineError::Unreachable { epsilon, others: stretch * others }
        }
        error => error,
    })?;
    let Inversion { polynomial, polynomial_epsilon, normalization, factors, phase_error } = inversion;
    ledger.add(Stage::Polynomial, stretch * polynomial.error);
    ledger.add(Stage::Phases, stretch * phase_error);
    let (angles, phase) = qsvt_angles(&factors);
    clock.stage("phases");
    monitor.begin("circuit", 0);
    let circuit = inverse_direction_circuit(&encoding, rhs, &angles, phase)?;
    clock.stage("circuit");
    Ok(Assembled {
        solver: Solver::Qsvt,
        output: Output::Scaled { unit_scale: normalization / encoding.alpha },
        encoding,
        certificate,
        ledger,
        degree: polynomial.degree as u64,
        polynomial: PolynomialRecord {
            interval: polynomial.interval,
            epsilon: polynomial_epsilon,
            normalization,
            positive: None,
            reflection: None,
            walk: None,
            evolution: None,
            gram: None,
        },
        phase_residual: factors.residual,
        circuit,
    })
}
