//! Does a file do what its manifest says?
//!
//! Independent checks: the circuit is the one that was emitted (fingerprint), what can be counted in it and in the
//! matrix is what the manifest states, its action is the polynomial of the matrix (amplitudes against a three-term
//! recurrence with A itself), and the solution is within the promised error of a classical one.

use crate::assemble::Solver;
use crate::compile::{norm, padded_matrix};
use crate::documents::{CircuitFields, SystemFields};
use crate::emit::circuit_fields;
use crate::error::PipelineError;
use crate::execute::{ExecuteOptions, block_of, project_system};
use crate::facts::SystemFacts;
use crate::file::read_program;
use crate::fingerprint::fingerprint;
use crate::manifest::{Kind, Manifest, PolynomialRecord, PositiveRecord, manifest_path};
use crate::source::MatrixSource;
use qnewton_circuit::{Basis, Circuit, Kind as CountKind, count, depth};
use qnewton_core::Monitor;
use qnewton_encoding::{Columns, distance};
use qnewton_matrix::{LinearSystem, SparseMatrix, add_to_diagonal, solve};
use qnewton_qlsa::polynomial::{ChebyshevSeries, PositiveRange, inverse_positive, inverse_relative};
use serde::Serialize;
use std::path::Path;

/// Amplitudes of an emitted circuit may differ from the polynomial of the matrix by this much: rounding of up to
/// 10^7 gates, far below what any change of a gate would cause.
const AMPLITUDE_TOLERANCE: f64 = 1e-8;

/// A residual of the phases above this is no rounding, whatever a manifest says.
const LARGEST_PHASE_RESIDUAL: f64 = 1e-6;

/// Relative differences of norms and condition numbers that come from rounding alone.
const SPECTRUM_TOLERANCE: f64 = 1e-6;

/// One check of a file.
#[derive(Clone, Debug, Serialize, PartialEq)]
pub struct Check {
    /// What is checked.
    pub name: String,
    /// Whether it holds.
    pub holds: bool,
    /// The figure that was measured, where there is one.
    pub measured: Option<f64>,
    /// What it must not exceed.
    pub bound: Option<f64>,
}

/// The outcome of a verification.
#[derive(Clone, Debug, Serialize, PartialEq)]
pub struct Verification {
    /// The checks, in the order in which they were made.
    pub checks: Vec<Check>,
}

impl Verification {
    /// Whether all checks hold.
    pub fn holds(&self) -> bool {
        self.checks.iter().all(|check| check.holds)
    }

    fn fact(&mut self, name: &str, holds: bool) {
        self.checks.push(Check { name: name.to_string(), holds, measured: None, bound: None });
    }

    fn at_most(&mut self, name: &str, measured: f64, bound: f64) {
        let holds = measured <= bound;
        self.checks.push(Check {
            name: name.to_string(),
            holds,
            measured: Some(measured),
            bound: Some(bound),
        });
    }
}

/// Verifies the OpenQASM file at `path` against the manifest beside it. `system` holds the matrix, prepared as the
/// manifest says, and a right-hand side unless the manifest's is to be used.
pub fn verify(
    path: &Path,
    system: &LinearSystem,
    options: &ExecuteOptions,
    monitor: &dyn Monitor,
) -> Result<Verification, PipelineError> {
    let missing =
        |problem: &str| PipelineError::Manifest { path: manifest_path(path), problem: problem.to_string() };
    let manifest =
        Manifest::of(path)?.ok_or_else(|| missing("there is none, so there is nothing to verify against"))?;
    if manifest.kind == Kind::BlockEncoding {
        return verify_encoding(path, &MatrixSource::from(system.clone()), monitor);
    }
    let circuit = read_circuit(path)?;
    let mut result = Verification { checks: Vec::new() };
    result.fact("circuit is the one that was emitted", fingerprint(&circuit) == manifest.circuit_sha256);
    let described = verify_circuit_fields(&mut result, &circuit, &manifest)?;
    result.fact("number of unknowns", system.dimension() == manifest.system.n);
    if !described || system.dimension() != manifest.system.n {
        return Ok(result);
    }
    let facts = SystemFacts::of(&system.matrix)?;
    verify_system_fields(&mut result, &SystemFields::from(&facts), &manifest.system);
    let padded = padded_matrix(&system.matrix, &facts);
    let polynomial = manifest.polynomial.ok_or_else(|| missing("no `polynomial`"))?;
    let rhs = system.rhs.as_ref().or(manifest.rhs.as_ref()).ok_or_else(|| missing("no `rhs`"))?;
    let solver = manifest.solver.as_ref().ok_or_else(|| missing("no solver fields"))?;
    if rhs.len() != system.dimension() {
        result.fact("length of the right-hand side", false);
        return Ok(result);
    }
    let amplitudes = project_system(&circuit, &manifest, options, monitor)?;
    if amplitudes.len() != padded.rows() {
        result.fact("size of the register `system`", false);
        return Ok(result);
    }
    let alpha = manifest.encoding.alpha;
    let (expected, degree) = polynomial_of(&padded, alpha, rhs, &polynomial)?;
    let difference: Vec<f64> =
        amplitudes.iter().zip(&expected).map(|(found, wanted)| (found - wanted).norm()).collect();
    let bound = |stage: &str| solver.error_bound.get(stage).copied().unwrap_or(0.0);
    let tolerance = AMPLITUDE_TOLERANCE + bound("phases").clamp(0.0, LARGEST_PHASE_RESIDUAL);
    result.at_most("amplitudes against the polynomial of the matrix", norm(&difference), tolerance);
    let stated = (solver.polynomial_degree, solver.queries, solver.queries_b);
    let algorithm = Solver::from_name(&solver.solver).ok_or_else(|| missing("an unknown `solver`"))?;
    let expected = (degree as u64, algorithm.queries(degree as u64), 1);
    result.fact("degree of the polynomial and queries", stated == expected);
    let unit = if polynomial.positive.is_some() { 1.0 } else { alpha };
    let scale = norm(rhs) * polynomial.normalization / unit;
    result.at_most("scale", (scale - solver.scale).abs() / scale.abs(), 1e-12);
    let stages = solver.error_bound.iter().filter(|(stage, _)| *stage != "total");
    let sum: f64 = stages.map(|(_, bound)| bound.max(0.0)).sum();
    let promised = bound("total");
    result.at_most("sum of the error bounds", sum, promised * (1.0 + 1e-12));
    result.at_most("promised error", promised, solver.epsilon);
    let exact = solve(&system.matrix, rhs)?.x;
    let error: Vec<f64> = exact.iter().zip(&amplitudes).map(|(x, a)| (solver.scale * a - x).norm()).collect();
    result.at_most("solution against the classical one", norm(&error) / norm(&exact), promised);
    // Its root is proportional to the norm of the solution, which is off by no more than the solution.
    let probability: f64 = amplitudes.iter().map(|amplitude| amplitude.norm_sqr()).sum();
    let deviation = ((probability / solver.success_probability).sqrt() - 1.0).abs();
    result.at_most("success probability", deviation, promised + 1e-9);
    Ok(result)
}

/// Verifies the OpenQASM file of a block encoding alone against the manifest beside it and the matrix it is of.
pub fn verify_encoding(
    path: &Path,
    source: &MatrixSource,
    monitor: &dyn Monitor,
) -> Result<Verification, PipelineError> {
    let missing =
        |problem: &str| PipelineError::Manifest { path: manifest_path(path), problem: problem.to_string() };
    let manifest =
        Manifest::of(path)?.ok_or_else(|| missing("there is none, so there is nothing to verify against"))?;
    if manifest.kind != Kind::BlockEncoding {
        return Err(missing("the file is no block encoding alone"));
    }
    let circuit = read_circuit(path)?;
    let mut result = Verification { checks: Vec::new() };
    result.fact("circuit is the one that was emitted", fingerprint(&circuit) == manifest.circuit_sha256);
    let described = verify_circuit_fields(&mut result, &circuit, &manifest)?;
    let facts = source.facts()?;
    result.fact("number of unknowns", facts.n == manifest.system.n);
    if !described || facts.n != manifest.system.n {
        return Ok(result);
    }
    verify_system_fields(&mut result, &SystemFields::from(&facts), &manifest.system);
    verify_block(&mut result, &circuit, &manifest, source.columns(&facts).as_ref(), monitor)?;
    Ok(result)
}

/// What can be counted; says whether the registers are those of the manifest.
fn verify_circuit_fields(
    result: &mut Verification,
    circuit: &Circuit,
    manifest: &Manifest,
) -> Result<bool, PipelineError> {
    let stated = &manifest.circuit;
    let (counts, layers) = (count(circuit)?, depth(circuit)?);
    // The basis is no property of the circuit, but its gates must be of it.
    let basis = Basis::from_name(&stated.basis);
    let found = circuit_fields(circuit, basis.unwrap_or_default(), &counts, &layers)?;
    let of_basis = |basis: Basis| {
        let gates = basis.gates();
        counts.iter().all(|(kind, _)| matches!(kind, CountKind::Gate(gate) if gates.contains(&gate)))
    };
    result.fact("gates of the basis", basis.is_some_and(of_basis));
    let numbers = |fields: &CircuitFields| (fields.two_qubit_count, fields.t_count);
    result.fact("gate counts", found.counts == stated.counts && numbers(&found) == numbers(stated));
    let depths = |fields: &CircuitFields| (fields.depth, fields.two_qubit_depth);
    result.fact("depth", depths(&found) == depths(stated));
    result.fact("qubits", found.qubits == stated.qubits);
    result.fact("registers", found.registers == stated.registers && found.postselect == stated.postselect);
    Ok(found.registers == stated.registers)
}

fn verify_system_fields(result: &mut Verification, found: &SystemFields, stated: &SystemFields) {
    let facts = |fields: &SystemFields| (fields.nnz, fields.sparsity, fields.symmetric);
    result.fact("entries and symmetry of the matrix", facts(found) == facts(stated));
    let deviation = |found: f64, stated: f64| (stated / found - 1.0).abs();
    result.at_most("norm of the matrix", deviation(found.norm, stated.norm), SPECTRUM_TOLERANCE);
    match (found.condition_number, stated.condition_number) {
        (Some(found), Some(stated)) => {
            result.at_most("condition number", deviation(found, stated), SPECTRUM_TOLERANCE);
        }
        (found, stated) => result.fact("condition number", found == stated),
    }
}

fn verify_block(
    result: &mut Verification,
    circuit: &Circuit,
    manifest: &Manifest,
    matrix: &dyn Columns,
    monitor: &dyn Monitor,
) -> Result<(), PipelineError> {
    let alpha = manifest.encoding.alpha;
    let columns = block_of(circuit, manifest, monitor)?;
    // In units of alpha, as the circuit has it.
    let tolerance = manifest.encoding.encoding_error / alpha + 1e-10;
    result.at_most(
        "block against the matrix over alpha",
        distance(columns, matrix, alpha).at_most,
        tolerance,
    );
    Ok(())
}

/// P(A / alpha) b / ||b|| / normalization in the direction of the inverse, by T_(k+1) = 2 M T_k - T_(k-1) with M
/// alternating between A^T / alpha and A / alpha.
fn polynomial_of(
    matrix: &SparseMatrix<f64>,
    alpha: f64,
    rhs: &[f64],
    record: &PolynomialRecord,
) -> Result<(Vec<f64>, usize), PipelineError> {
    if let Some(positive) = &record.positive {
        return positive_polynomial_of(matrix, alpha, rhs, record, positive);
    }
    let polynomial = inverse_relative(record.interval.min(1.0), record.epsilon)?;
    let series: &ChebyshevSeries = &polynomial.series;
    let transpose = matrix.transpose();
    let scale = norm(rhs);
    let mut even: Vec<f64> = rhs.iter().map(|value| value / scale).collect();
    even.resize(matrix.rows(), 0.0);
    let mut odd: Vec<f64> = transpose.mul_vec(&even).iter().map(|value| value / alpha).collect();
    let mut sum = vec![0.0; matrix.rows()];
    for order in (1..=series.degree()).step_by(2) {
        let coefficient = series.coefficient(order);
        sum.iter_mut().zip(&odd).for_each(|(sum, term)| *sum += coefficient * term);
        let advance = |matrix: &SparseMatrix<f64>, from: &[f64], to: &mut Vec<f64>| {
            let product = matrix.mul_vec(from);
            to.iter_mut().zip(product).for_each(|(to, product)| *to = 2.0 * product / alpha - *to);
        };
        advance(matrix, &odd, &mut even);
        advance(&transpose, &even, &mut odd);
    }
    sum.iter_mut().for_each(|value| *value /= record.normalization);
    Ok((sum, polynomial.degree))
}

/// P(B / alpha) b / ||b|| / normalization for B = A - shift I, P of no parity.
fn positive_polynomial_of(
    matrix: &SparseMatrix<f64>,
    alpha: f64,
    rhs: &[f64],
    record: &PolynomialRecord,
    &PositiveRecord { shift, lower, upper }: &PositiveRecord,
) -> Result<(Vec<f64>, usize), PipelineError> {
    let range = PositiveRange { shift, scale: alpha, lower, upper };
    let series = inverse_positive(&range, record.epsilon)?.series;
    let shifted = add_to_diagonal(matrix, -shift);
    let scale = norm(rhs);
    let mut current: Vec<f64> = rhs.iter().map(|value| value / scale).collect();
    current.resize(matrix.rows(), 0.0);
    let mut next: Vec<f64> = shifted.mul_vec(&current).iter().map(|value| value / alpha).collect();
    let mut sum = vec![0.0; matrix.rows()];
    for order in 0..=series.degree() {
        let factor = series.coefficient(order) / record.normalization;
        sum.iter_mut().zip(&current).for_each(|(sum, term)| *sum += factor * term);
        let product = shifted.mul_vec(&next);
        current.iter_mut().zip(product).for_each(|(value, product)| *value = 2.0 * product / alpha - *value);
        std::mem::swap(&mut current, &mut next);
    }
    Ok((sum, series.degree()))
}

/// The circuit of an OpenQASM file.
pub(crate) fn read_circuit(path: &Path) -> Result<Circuit, PipelineError> {
    Ok(read_program(path)?.circuit)
}
