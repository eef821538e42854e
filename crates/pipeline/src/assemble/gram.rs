//! An even polynomial of the singular values of G for A = G^T G/B + shift I.
//!
//! The spectrum of A bounds the singular values of G from below, by 0 at worst; the polynomial P approximates the inverse
//! from there on. With G' encoded, ||G' - G|| <= delta, the circuit solves with A' = G'^T G'/B + shift I: x' - x = A'^-1 (A -
//! A') x, ||A' - A|| <= (2 ||G|| delta + delta^2)/B, and A' is at least the lower bound. Columns of zeros that fill G up are
//! directions v with ||G' v|| <= delta below the bound: their angle with the unknowns has a sine of at most 2 delta/sigma_min,
//! and P makes no more than its maximum of what b has there.

use super::{Assembled, Output, Problem, Solver};
use crate::compile::Clock;
use crate::error::PipelineError;
use crate::estimate::SpectralBounds;
use crate::given::GivenError;
use crate::inversion::MAX_NORM;
use crate::manifest::{GramRecord, PolynomialRecord};
use qnewton_core::{ErrorLedger, Monitor, Stage};
use qnewton_encoding::{
    BlockEncoding, EncodingOptions, SparseColumns, certify, encode as encode_by, encode_cheapest,
    padded_gradients,
};
use qnewton_matrix::{GramFactor, SparseMatrix};
use qnewton_qlsa::gram::gram_circuit;
use qnewton_qlsa::phases::{phase_factors, qsvt_angles};
use qnewton_qlsa::polynomial::gram_inverse_degree;

/// G, filled up to a square, and its encoding.
struct Factored {
    matrix: SparseMatrix<f64>,
    encoding: BlockEncoding,
}

/// The encoding of G.
pub(super) fn encode(problem: &Problem<'_>) -> Result<BlockEncoding, PipelineError> {
    Ok(encode_factor(problem, factor(problem)?)?.encoding)
}

pub(super) fn assemble(
    problem: &Problem<'_>,
    clock: &mut Clock,
    monitor: &dyn Monitor,
) -> Result<Assembled, PipelineError> {
    let Problem { facts, options, stretch, .. } = problem;
    let factor = factor(problem)?;
    let record = GramRecord::from(factor);
    let epsilon = options.epsilon / stretch;
    monitor.begin("encoding", 0);
    let Factored { matrix, encoding } = encode_factor(problem, factor)?;
    let certificate = certify(&encoding, &SparseColumns::of(&matrix), options.verification(), monitor)?;
    clock.stage("encoding");
    monitor.check()?;

    let spectrum = SpectralBounds::from(*facts);
    let norm = spectrum.largest;
    let units = record.units(encoding.alpha);
    let interval =
        if problem.deflated { 0.0 } else { record.interval(&spectrum, encoding.alpha, certificate.error) };
    if !(record.shift > 0.0 || interval > 0.0) {
        return Err(PipelineError::NoShift);
    }
    let shares = Shares {
        delta: certificate.error,
        gram: certificate.error * (2.0 * factor_norm(problem, factor) + certificate.error)
            / record.samples as f64
            + factor.rounding(),
        smallest: (interval * encoding.alpha).powi(2) / record.samples as f64 + record.shift,
        sigma_min: interval * encoding.alpha,
        filled: interval > 0.0 && factor.unknowns() < matrix.cols(),
        preparation: problem.preparation_error(encoding.system_qubits),
        norm,
    };
    // Errors of later stages are relative to a solution that is itself off by up to epsilon.
    let later = 1.0 + options.epsilon;
    let mut reserve = epsilon * 1e-3 + later * shares.of(1.0 / shares.smallest).iter().sum::<f64>();
    let (polynomial, polynomial_epsilon, normalization, factors, others, phase_error) = loop {
        let polynomial_epsilon = epsilon - reserve;
        if polynomial_epsilon.is_nan() || polynomial_epsilon <= 0.0 {
            return Err(PipelineError::Unreachable { epsilon: options.epsilon, others: stretch * reserve });
        }
        monitor.begin("polynomial", 0);
        let polynomial = units.polynomial(interval, polynomial_epsilon)?;
        let (series, normalization) = polynomial.normalized(MAX_NORM)?;
        monitor.check()?;
        monitor.begin("phases", 0);
        let factors = phase_factors(&series)?;
        monitor.check()?;
        let others = shares.of(units.unit_scale(polynomial.max_norm.value)).map(|share| later * share);
        // Amplitudes are off by at most the residual; ||x|| >= ||b|| / ||A||.
        let phase_error = factors.residual * units.unit_scale(normalization) * norm;
        let rest = others.iter().sum::<f64>() + phase_error;
        if rest + polynomial.error <= epsilon {
            break (polynomial, polynomial_epsilon, normalization, factors, others, phase_error);
        }
        // More than before in any case, so that this ends; rounding may have raised the polynomial's own error.
        let excess = (polynomial.error - polynomial_epsilon).max(0.0);
        reserve = (2.0 * reserve).max(1.5 * rest + 2.0 * excess);
    };
    let mut ledger = ErrorLedger::new();
    ledger.add(Stage::Encoding, stretch * others[0]);
    ledger.add(Stage::StatePreparation, stretch * others[1]);
    ledger.add(Stage::Polynomial, stretch * polynomial.error);
    ledger.add(Stage::Phases, stretch * phase_error);
    let (angles, phase) = qsvt_angles(&factors);
    clock.stage("phases");
    monitor.begin("circuit", 0);
    let circuit = gram_circuit(&encoding, &problem.amplitudes(&encoding), &angles, phase)?;
    clock.stage("circuit");
    Ok(Assembled {
        solver: Solver::Gram,
        output: Output::Scaled { unit_scale: units.unit_scale(normalization) },
        certificate,
        ledger,
        degree: polynomial.series.degree() as u64,
        polynomial: PolynomialRecord {
            interval,
            epsilon: polynomial_epsilon,
            normalization,
            positive: None,
            reflection: None,
            walk: None,
            evolution: None,
            gram: Some(record),
        },
        phase_residual: factors.residual,
        encoding,
        circuit,
    })
}

/// What encoding and state preparation contribute depends on how large the polynomial is where nothing should be.
struct Shares {
    /// The encoding's error.
    delta: f64,
    /// What A is off by.
    gram: f64,
    /// Lower bound of the eigenvalues of A'.
    smallest: f64,
    /// Lower bound of the singular values of G'; 0 if the polynomial is good for all of them.
    sigma_min: f64,
    /// Whether there are directions below.
    filled: bool,
    /// Distance between b/||b|| and what is prepared.
    preparation: f64,
    /// ||A||.
    norm: f64,
}

impl Shares {
    /// Those of encoding and state preparation, for a polynomial whose maximum, in units of 1/A, is `maximum`.
    fn of(&self, maximum: f64) -> [f64; 2] {
        // Twice: an oblivious amplification may make as much again of what is below.
        let angle = if self.filled { 2.0 * self.delta / self.sigma_min } else { 0.0 };
        let below = angle * (1.0 + 2.0 * maximum * self.norm);
        [self.gram / self.smallest + below, self.preparation * self.norm * maximum.max(1.0 / self.smallest)]
    }
}

fn factor<'a>(problem: &Problem<'a>) -> Result<&'a GramFactor, PipelineError> {
    Solver::Gram.check(problem.facts)?;
    if problem.options.block.is_some() {
        return Err(GivenError::Factor.into());
    }
    problem.factor.ok_or(PipelineError::NoFactor)
}

/// The cheapest encoding of G for a solution, or the one that was asked for; errors are in units of ||G||.
fn encode_factor(problem: &Problem<'_>, factor: &GramFactor) -> Result<Factored, PipelineError> {
    let choice = &problem.options.encoding;
    let options = EncodingOptions {
        error: choice.relative_error * factor_norm(problem, factor),
        allow_spectral: choice.allow_spectral,
        self_inverse: false,
    };
    let matrix = padded_gradients(&factor.gradients)?;
    let record = GramRecord::from(factor);
    let epsilon = problem.options.epsilon / problem.stretch;
    let spectrum = SpectralBounds::from(problem.facts);
    let queries = |alpha: f64| {
        let interval = record.interval(&spectrum, alpha, 0.0);
        gram_inverse_degree(interval, record.units(alpha).relative_shift(), epsilon)
    };
    let encoding = match choice.method {
        Some(method) => encode_by(&matrix, method, &options)?,
        None => encode_cheapest(&matrix, &options, &queries)?,
    };
    Ok(Factored { matrix, encoding })
}

/// An upper bound of ||G||, from ||G||^2 <= B (||A|| - shift + rounding) or the Frobenius norm.
fn factor_norm(problem: &Problem<'_>, factor: &GramFactor) -> f64 {
    let norm = problem.facts.spectrum.norm_interval.upper;
    let square = factor.samples() as f64 * (norm - factor.shift + factor.rounding());
    square.max(0.0).sqrt().min(factor.gradients.frobenius_norm())
}
