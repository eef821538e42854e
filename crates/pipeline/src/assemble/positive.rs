//! 1/lambda on the spectrum of a positive definite matrix.
//!
//! A = shift I + B with B encoded: the diagonal, where it is constant, costs nothing, and lambda = shift + alpha y runs
//! through the spectrum of A as y does through that of B/alpha. Where y may leave it, the polynomial grows; what that
//! costs in success probability decides between encodings and shifts.

use super::{Assembled, Output, Problem, Solver};
use crate::choice::encode_for_walk;
use crate::compile::Clock;
use crate::error::PipelineError;
use crate::given::GivenError;
use crate::inversion::MAX_NORM;
use crate::manifest::{PolynomialRecord, PositiveRecord};
use qnewton_circuit::cost;
use qnewton_core::{Monitor, Stage};
use qnewton_encoding::{BlockEncoding, SparseColumns, Verification, certify};
use qnewton_matrix::{SparseMatrix, add_to_diagonal};
use qnewton_qlsa::polynomial::{BOUNDED_GROWTH, PositiveInverse, PositiveRange, inverse_positive};
use qnewton_qlsa::positive::{largest_modulus, walk_polynomial, walk_polynomial_circuit};

pub(super) fn assemble(
    problem: &Problem<'_>,
    clock: &mut Clock,
    monitor: &dyn Monitor,
) -> Result<Assembled, PipelineError> {
    let Problem { facts, rhs, options, stretch, .. } = problem;
    let spectrum = &facts.spectrum;
    let epsilon = options.epsilon / stretch;
    monitor.begin("encoding", 0);
    let Shifted { shift, matrix, encoding } = encode_shifted(problem)?;
    let verification = if options.verify_encoding { Verification::Forced } else { Verification::WhereItFits };
    let certificate = certify(&encoding, &SparseColumns::of(&matrix), verification, monitor)?;
    clock.stage("encoding");
    monitor.check()?;
    // Subtracting the shift rounds once.
    let error = certificate.error + 0.5 * f64::EPSILON * spectrum.norm_interval.upper;
    let mut ledger = problem.ledger(error)?;
    let others = ledger.total() / stretch;
    let range = PositiveRange {
        shift,
        scale: encoding.alpha,
        lower: spectrum.smallest_interval.lower - error,
        upper: spectrum.norm_interval.upper + error,
    };
    monitor.begin("phases", 0);
    let mut reserve = epsilon * 1e-3;
    let (polynomial, walk, phase_error, polynomial_epsilon) = loop {
        let polynomial_epsilon = epsilon - others - reserve;
        if polynomial_epsilon.is_nan() || polynomial_epsilon <= 0.0 {
            let others = stretch * (others + reserve);
            return Err(PipelineError::Unreachable { epsilon: options.epsilon, others });
        }
        let polynomial = inverse_positive(&range, polynomial_epsilon)?;
        let walk = walk_polynomial(&polynomial.series, MAX_NORM)?;
        monitor.check()?;
        // Amplitudes are off by at most the residual; ||x|| >= ||b|| / ||A||.
        let phase_error = walk.residual * walk.normalization * spectrum.norm_interval.upper;
        if others + polynomial.error + phase_error <= epsilon {
            break (polynomial, walk, phase_error, polynomial_epsilon);
        }
        let excess = (polynomial.error - polynomial_epsilon).max(0.0);
        reserve = (2.0 * reserve).max(1.5 * phase_error + 2.0 * excess);
    };
    ledger.add(Stage::Polynomial, stretch * polynomial.error);
    ledger.add(Stage::Phases, stretch * phase_error);
    clock.stage("phases");
    monitor.begin("circuit", 0);
    let circuit = walk_polynomial_circuit(&encoding, rhs, &walk.angles)?;
    clock.stage("circuit");
    let PositiveInverse { series, .. } = polynomial;
    Ok(Assembled {
        solver: Solver::QsvtPositive,
        output: Output::Scaled { unit_scale: walk.normalization },
        certificate,
        ledger,
        degree: series.degree() as u64,
        polynomial: PolynomialRecord {
            interval: range.lower / range.upper,
            epsilon: polynomial_epsilon,
            normalization: walk.normalization,
            positive: Some(PositiveRecord { shift, lower: range.lower, upper: range.upper }),
            reflection: None,
            walk: None,
            evolution: None,
            gram: None,
        },
        phase_residual: walk.residual,
        encoding,
        circuit,
    })
}

/// A - shift I and its encoding.
pub(super) struct Shifted {
    pub(super) shift: f64,
    matrix: SparseMatrix<f64>,
    pub(super) encoding: BlockEncoding,
}

/// The cheapest of the encodings of A - shift I for a few shifts.
pub(super) fn encode_shifted(problem: &Problem<'_>) -> Result<Shifted, PipelineError> {
    let Problem { facts, padded, options, .. } = problem;
    Solver::QsvtPositive.check(facts)?;
    if options.block.is_some() {
        return Err(GivenError::Shifted.into());
    }
    let (lower, upper) = (facts.spectrum.smallest, facts.spectrum.norm);
    let diagonal = (0..padded.rows()).map(|k| padded.get(k, k));
    let (least, most) = diagonal.fold((f64::INFINITY, 0.0f64), |(a, b), value| (a.min(value), b.max(value)));
    let mut shifts = vec![0.5 * (least + most), 0.5 * (lower + upper)];
    shifts.dedup_by(|a, b| (*a - *b).abs() <= 1e-12 * upper);
    // A multiple of the identity: nothing would be left to encode.
    let is_rounding = |shift: &f64| add_to_diagonal(padded, -shift).max_abs() <= 1e-12 * upper;
    if shifts.iter().any(is_rounding) {
        shifts = vec![0.5 * upper];
    }
    let mut best: Option<(f64, Shifted)> = None;
    let mut refused = None;
    for shift in shifts {
        let matrix = add_to_diagonal(padded, -shift);
        // Expected repetitions grow with the square of the normalization.
        let queries = |alpha: f64| {
            let range = PositiveRange { shift, scale: alpha, lower, upper };
            let epsilon = options.epsilon / problem.stretch;
            if range.is_bounded(epsilon) {
                // Its degree is high: not worth the time for encodings that are not taken.
                return range.degree(epsilon) * BOUNDED_GROWTH.powi(2);
            }
            inverse_positive(&range, epsilon).map_or(f64::INFINITY, |polynomial| {
                let normalization = largest_modulus(&polynomial.series) * lower;
                polynomial.series.degree().max(1) as f64 * normalization.powi(2)
            })
        };
        match encode_for_walk(&matrix, facts, &options.encoding, &queries) {
            Ok(encoding) => {
                let total = cost(&encoding.circuit)?.two_qubit() as f64 * queries(encoding.alpha);
                if best.as_ref().is_none_or(|(least, _)| total < *least) {
                    best = Some((total, Shifted { shift, matrix, encoding }));
                }
            }
            Err(error) => refused = Some(error),
        }
    }
    match (best, refused) {
        (Some((_, shifted)), _) => Ok(shifted),
        (None, Some(error)) => Err(error.into()),
        (None, None) => Err(PipelineError::NotPositiveDefinite {
            symmetric: facts.symmetric,
            smallest_eigenvalue: facts.spectrum.smallest_eigenvalue,
        }),
    }
}
