//! Prediction of what each method costs, and the choice of the cheapest.

use crate::error::EncodingError;
use crate::lcu::is_complex;
use crate::method::{BlockEncoding, Method};
use crate::sparse::Grouping;
use crate::template::{EncodingOptions, Normalised, Template, check_range};
use crate::{
    banded, bitble, dyadic, fable, kronecker, low_rank, ls_fable, pauli, s_fable, sparse, spectral,
    structured,
};
use qnewton_circuit::{Basis, Counts, Gate, count, lower};
use qnewton_matrix::{Scalar, SparseMatrix};
use rayon::prelude::*;
use std::cmp::Ordering;

/// Tables above 2^this many angles are refused: 2^28 take 2 GiB.
pub(crate) const TABLE_QUBITS: usize = 28;

/// Candidates predicted to have at most this many `cx` are lowered and counted.
const COUNTED_LIMIT: u128 = 1 << 20;

/// The same where an error is allowed: predictions do not see what thresholds drop.
const COUNTED_LIMIT_WITH_ERROR: u128 = 1 << 22;

/// Matrices of fewer entries are coloured before it is known whether that can pay.
const COLOURED_SOON: usize = 1 << 16;

/// An encoding with at most this error by construction, in units of alpha, is exact up to rounding.
const ROUNDING: f64 = 1e-12;

/// What a method would cost, from sizes alone.
#[derive(Clone, Debug)]
pub struct Prediction {
    /// The method.
    pub method: Method,
    /// Subnormalization.
    pub alpha: f64,
    /// Gates of one query before data-dependent elision: single-qubit gates and `cx`.
    pub counts: Counts,
    /// Number of system qubits.
    pub system_qubits: usize,
    /// Qubits that must be projected on |0>.
    pub projected_qubits: usize,
    /// Qubits that are returned to |0> in any case.
    pub clean_qubits: usize,
    /// Whether U^2 = 1.
    pub hermitian: bool,
    /// Whether it needs eigenvectors or singular vectors.
    pub spectral: bool,
}

impl Prediction {
    /// Of a template.
    fn of<S: Scalar>(template: &Template<S>) -> Result<Self, EncodingError> {
        let allocated = qnewton_circuit::lower::allocate_ancillas(&template.circuit)?;
        let entry = template.circuit.entry()?;
        let projected = template.projected.iter().filter_map(|name| entry.register(name));
        Ok(Prediction {
            method: template.method,
            alpha: template.alpha,
            counts: template.counts()?,
            system_qubits: template.system_qubits,
            projected_qubits: projected.map(|register| register.len as usize).sum(),
            clean_qubits: allocated.entry()?.qubit_count() - entry.operand_count(),
            hermitian: template.hermitian,
            spectral: template.spectral,
        })
    }

    /// `cx` gates of one query before elision.
    pub fn two_qubit_count(&self) -> u128 {
        self.counts.gate(Gate::Cx)
    }

    /// `cx` gates per query times the queries that a solver needs at this alpha: what the end-to-end cost is
    /// proportional to.
    pub fn figure_of_merit(&self, queries: &dyn Fn(f64) -> f64) -> f64 {
        self.two_qubit_count() as f64 * queries(self.alpha)
    }
}

/// A method in a comparison.
#[derive(Debug)]
pub struct Candidate {
    /// The method.
    pub method: Method,
    /// What it would cost, or why it cannot be used.
    pub prediction: Result<Prediction, EncodingError>,
    /// The encoding, where the prediction was small enough to build it.
    pub encoding: Option<BlockEncoding>,
    /// `cx` gates of one query of that encoding, counted after lowering.
    pub counted: Option<u128>,
}

impl Candidate {
    /// Subnormalization, of the encoding if there is one.
    pub fn alpha(&self) -> Option<f64> {
        let predicted = self.prediction.as_ref().ok().map(|prediction| prediction.alpha);
        self.encoding.as_ref().map(|encoding| encoding.alpha).or(predicted)
    }

    /// `cx` gates per query, counted if that was done, else predicted.
    pub fn two_qubit_count(&self) -> Option<u128> {
        self.counted.or(self.prediction.as_ref().ok().map(Prediction::two_qubit_count))
    }

    /// `cx` gates per query times queries; infinite for a method that cannot be used.
    pub fn figure_of_merit(&self, queries: &dyn Fn(f64) -> f64) -> f64 {
        match (self.two_qubit_count(), self.alpha()) {
            (Some(count), Some(alpha)) => count as f64 * queries(alpha),
            _ => f64::INFINITY,
        }
    }

    /// Whether the automatic choice may take it.
    pub fn is_eligible(&self, options: &EncodingOptions) -> bool {
        self.prediction.as_ref().is_ok_and(|prediction| {
            (options.allow_spectral || !prediction.spectral)
                && (!options.self_inverse || prediction.hermitian)
        })
    }
}

/// The layout of `method` for a matrix of dimension 2^n, n >= 1. No table is built.
pub fn template<S: Scalar>(
    matrix: &SparseMatrix<S>,
    method: Method,
    options: &EncodingOptions,
) -> Result<Template<S>, EncodingError> {
    template_normalised(&Normalised::of(matrix)?, method, options)
}

fn template_normalised<S: Scalar>(
    normalised: &Normalised<'_, S>,
    method: Method,
    options: &EncodingOptions,
) -> Result<Template<S>, EncodingError> {
    let Normalised { matrix, unit, hermitian, .. } = normalised;
    let options = EncodingOptions { error: unit.over(options.error), ..*options };
    let mut template = template_in_unit(matrix, *hermitian, method, &options)?;
    template.alpha = unit.times(template.alpha);
    check_range(template.alpha, 0.0)?;
    Ok(template)
}

/// The same for a matrix whose largest magnitude is between 1 and 2.
fn template_in_unit<S: Scalar>(
    matrix: &SparseMatrix<S>,
    hermitian: bool,
    method: Method,
    options: &EncodingOptions,
) -> Result<Template<S>, EncodingError> {
    match method {
        Method::Sparse => sparse::template_for(matrix, hermitian, Grouping::Any),
        Method::Fable => fable::template_for(matrix, hermitian, options.error),
        Method::SFable => s_fable::template_for(matrix, hermitian, options.error),
        Method::LsFable => ls_fable::template_for(matrix, hermitian, options.error),
        Method::Bitble => bitble::template_for(matrix, hermitian),
        Method::PauliLcu => pauli::template_for(matrix, hermitian, options.error),
        Method::Dyadic => dyadic::template_for(matrix, hermitian),
        Method::Dictionary => sparse::template_for(matrix, hermitian, Grouping::EqualMagnitude),
        Method::Gram => Err(EncodingError::NotApplicable {
            method: method.name(),
            reason: "it takes a file of per-sample gradients in place of a matrix".to_string(),
        }),
        Method::Banded => banded::template_for(matrix, hermitian, options),
        Method::Structured => structured::template_for(matrix, hermitian),
        Method::Kronecker => kronecker::template_for(matrix, options),
        Method::Dilation => spectral::template_for(matrix, hermitian),
        Method::LowRankPlusDiagonal => low_rank::template_for(matrix),
    }
}

/// The cost of `method` for a matrix of dimension 2^n, n >= 1. No table is built.
pub fn predict<S: Scalar>(
    matrix: &SparseMatrix<S>,
    method: Method,
    options: &EncodingOptions,
) -> Result<Prediction, EncodingError> {
    Prediction::of(&template(matrix, method, options)?)
}

/// What a comparison does with small candidates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// Predictions only, from sizes: fast for every matrix.
    Predicted,
    /// Candidates predicted to have up to 2^20 `cx` are built, lowered and counted, so that gates that vanish for the
    /// values at hand decide too.
    Counted,
}

/// All methods: usable ones by increasing (`cx` per query) x (queries at their alpha), then the others.
pub fn compare<S: Scalar>(
    matrix: &SparseMatrix<S>,
    options: &EncodingOptions,
    queries: &dyn Fn(f64) -> f64,
    comparison: Comparison,
) -> Result<Vec<Candidate>, EncodingError> {
    compare_methods(Method::ALL, &Normalised::of(matrix)?, options, queries, comparison)
}

fn compare_methods<S: Scalar>(
    methods: &[Method],
    normalised: &Normalised<'_, S>,
    options: &EncodingOptions,
    queries: &dyn Fn(f64) -> f64,
    comparison: Comparison,
) -> Result<Vec<Candidate>, EncodingError> {
    let limit = counted_limit(options);
    let candidates = methods.par_iter().map(|&method| {
        let (prediction, template) = match template_normalised(normalised, method, options) {
            Ok(template) => (Prediction::of(&template), Some(template)),
            Err(error) => (Err(error), None),
        };
        let mut candidate = Candidate { method, prediction, encoding: None, counted: None };
        let small = candidate.two_qubit_count().is_some_and(|count| count <= limit);
        if let (Some(template), Comparison::Counted, true) = (template, comparison, small) {
            match encode_normalised(&template, normalised, options) {
                Ok(encoding) => {
                    let counts = count(&lower(&encoding.circuit, Basis::U3Cx)?)?;
                    candidate.counted = Some(counts.gate(Gate::Cx));
                    candidate.encoding = Some(encoding);
                }
                Err(error) => candidate.prediction = Err(error),
            }
        }
        Ok(candidate)
    });
    let mut candidates = candidates.collect::<Result<Vec<Candidate>, EncodingError>>()?;
    candidates.sort_by(|a, b| rank(a, b, queries));
    Ok(candidates)
}

fn counted_limit(options: &EncodingOptions) -> u128 {
    if options.error > 0.0 { COUNTED_LIMIT_WITH_ERROR } else { COUNTED_LIMIT }
}

/// Usable candidates by their figure of merit, then the others.
fn rank(a: &Candidate, b: &Candidate, queries: &dyn Fn(f64) -> f64) -> Ordering {
    let usable = b.prediction.is_ok().cmp(&a.prediction.is_ok());
    let merit = a.figure_of_merit(queries).total_cmp(&b.figure_of_merit(queries));
    // Between equals the smaller alpha, then the order of the methods.
    let alpha = a.alpha().unwrap_or(0.0).total_cmp(&b.alpha().unwrap_or(0.0));
    usable.then(merit).then(alpha).then(a.method.cmp(&b.method))
}

/// Encodes a matrix of dimension 2^n, n >= 1, by `method`.
pub fn encode<S: Scalar>(
    matrix: &SparseMatrix<S>,
    method: Method,
    options: &EncodingOptions,
) -> Result<BlockEncoding, EncodingError> {
    let normalised = Normalised::of(matrix)?;
    encode_normalised(&template_normalised(&normalised, method, options)?, &normalised, options)
}

fn encode_normalised<S: Scalar>(
    template: &Template<S>,
    normalised: &Normalised<'_, S>,
    options: &EncodingOptions,
) -> Result<BlockEncoding, EncodingError> {
    let encoding = template.encode_normalised(normalised)?;
    let allowed = options.error.max(ROUNDING * encoding.alpha);
    if encoding.truncation > allowed {
        let (method, error) = (template.method.name(), encoding.truncation);
        return Err(EncodingError::Inexact { method, error, allowed });
    }
    Ok(encoding)
}

/// Encodes a matrix of dimension 2^n, n >= 1, by the method with the fewest `cx` gates in all `queries` at its alpha:
/// see [`Comparison::Counted`].
pub fn encode_cheapest<S: Scalar>(
    matrix: &SparseMatrix<S>,
    options: &EncodingOptions,
    queries: &dyn Fn(f64) -> f64,
) -> Result<BlockEncoding, EncodingError> {
    let normalised = Normalised::of(matrix)?;
    let spectral = |method: &Method| options.allow_spectral || !method.is_spectral();
    let eligible: Vec<Method> = Method::ALL.iter().copied().filter(spectral).collect();
    // Colouring many entries takes long, and rarely pays.
    let late = least_of_sparse(&normalised, queries)?.filter(|(least, _)| *least > counted_limit(options));
    let (early, late): (Vec<Method>, Option<f64>) = match late {
        Some((_, merit)) => {
            (eligible.into_iter().filter(|&method| method != Method::Sparse).collect(), Some(merit))
        }
        None => (eligible, None),
    };
    let mut candidates = compare_methods(&early, &normalised, options, queries, Comparison::Counted)?;
    let is_eligible = |candidate: &&Candidate| candidate.is_eligible(options);
    let best = candidates
        .iter()
        .find(is_eligible)
        .map_or(f64::INFINITY, |candidate| candidate.figure_of_merit(queries));
    if late.is_some_and(|least| least < best) {
        let sparse = [Method::Sparse];
        candidates.extend(compare_methods(&sparse, &normalised, options, queries, Comparison::Counted)?);
        candidates.sort_by(|a, b| rank(a, b, queries));
    }
    let reason = |candidate: &Candidate| candidate.prediction.as_ref().err().map(ToString::to_string);
    let reasons: Vec<String> = candidates.iter().filter_map(reason).collect();
    let best = candidates.into_iter().find(|candidate| candidate.is_eligible(options));
    match best {
        Some(Candidate { encoding: Some(encoding), .. }) => Ok(encoding),
        Some(Candidate { method, .. }) => encode(matrix, method, options),
        None => Err(EncodingError::NoMethod { reasons: reasons.join("; ") }),
    }
}

/// The least number of `cx` gates per query that `sparse` is predicted to take, whatever the colours, and the least
/// figure of merit, since alpha is at least the largest magnitude; `None` for matrices that are coloured soon.
fn least_of_sparse<S: Scalar>(
    normalised: &Normalised<'_, S>,
    queries: &dyn Fn(f64) -> f64,
) -> Result<Option<(u128, f64)>, EncodingError> {
    let Normalised { matrix, unit, system_qubits, hermitian } = normalised;
    if matrix.nnz() < COLOURED_SOON {
        return Ok(None);
    }
    let least = sparse::least_two_qubit_count(*system_qubits, *hermitian, is_complex(matrix))?;
    Ok(Some((least, least as f64 * queries(unit.times(matrix.max_abs())))))
}

/// The number of system qubits of a matrix that can be encoded.
pub(crate) fn check<S: Scalar>(matrix: &SparseMatrix<S>) -> Result<usize, EncodingError> {
    let (rows, columns) = (matrix.rows(), matrix.cols());
    if rows != columns || rows < 2 || !rows.is_power_of_two() {
        return Err(EncodingError::Dimension { rows, columns });
    }
    if !matrix.is_finite() {
        return Err(EncodingError::NotFinite);
    }
    if matrix.max_abs() == 0.0 {
        return Err(EncodingError::ZeroMatrix);
    }
    Ok(rows.trailing_zeros() as usize)
}

/// Refuses tables of more than 2^[`TABLE_QUBITS`] entries.
pub(crate) fn check_table(method: Method, dimension: usize, qubits: usize) -> Result<(), EncodingError> {
    if qubits > TABLE_QUBITS { Err(too_large(method, dimension, qubits)) } else { Ok(()) }
}

/// The refusal of a table of 2^qubits entries.
pub(crate) fn too_large(method: Method, dimension: usize, qubits: usize) -> EncodingError {
    EncodingError::TooLarge {
        method: method.name(),
        dimension,
        entries: 1u128 << qubits.min(127),
        limit: 1 << TABLE_QUBITS,
    }
}
