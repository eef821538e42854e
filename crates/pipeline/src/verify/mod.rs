//! Does a file do what its manifest says?
//!
//! Independent checks: the circuit is the one that was emitted (fingerprint), what can be counted in it and in the
//! matrix is what the manifest states, its action is the polynomial of the matrix (amplitudes against a three-term
//! recurrence with A itself), and the solution is within the promised error of a classical one. An adiabatic walk has no
//! polynomial: of its amplitudes the direction is checked, against the classical solution and by the residual.

mod amplitudes;
mod direction;

use self::amplitudes::polynomial_of;
use self::direction::Emitted;
use crate::amplify::AmplificationRecord;
use crate::assemble::Solver;
use crate::compile::{norm, padded_matrix, unscaled};
use crate::documents::{CircuitFields, SolverFields, SystemFields};
use crate::emit::circuit_fields;
use crate::error::PipelineError;
use crate::execute::{ExecuteOptions, block_of, project_system};
use crate::facts::SystemFacts;
use crate::file::read_program;
use crate::fingerprint::fingerprint;
use crate::manifest::{DeflationRecord, Kind, Manifest, manifest_path};
use crate::source::MatrixSource;
use num_complex::Complex64;
use qnewton_circuit::{Basis, Circuit, Kind as CountKind, count, depth};
use qnewton_core::Monitor;
use qnewton_encoding::{Columns, distance, padded_gradients};
use qnewton_matrix::{Deflation, LinearSystem, solve};
use qnewton_qasm::{Dialect, adapted};
use serde::Serialize;
use std::borrow::Cow;
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
    let circuit = manifest.completed(circuit)?;
    let described = verify_circuit_fields(&mut result, &circuit, &manifest)?;
    result.fact("number of unknowns", system.dimension() == manifest.system.n);
    if !described || system.dimension() != manifest.system.n {
        return Ok(result);
    }
    let facts = SystemFacts::of_system(system)?;
    verify_system_fields(&mut result, &SystemFields::from(&facts), &manifest.system);
    let padded = padded_matrix(&system.matrix, &facts);
    let polynomial = manifest.polynomial.ok_or_else(|| missing("no `polynomial`"))?;
    let rhs = system.rhs.as_ref().or(manifest.rhs.as_ref()).ok_or_else(|| missing("no `rhs`"))?;
    let solver = manifest.solver.as_ref().ok_or_else(|| missing("no solver fields"))?;
    if rhs.len() != system.dimension() {
        result.fact("length of the right-hand side", false);
        return Ok(result);
    }
    let deflated = match &manifest.deflation {
        Some(record) => Some(verify_deflation(&mut result, record, system, rhs)?),
        None => None,
    };
    let rhs = deflated.as_ref().unwrap_or(rhs);
    let amplitudes = project_system(&circuit, &manifest, options, monitor)?;
    if let (Some(stated), Some(factor)) = (&polynomial.gram, &system.factor) {
        result.fact("number of samples", stated.samples == factor.samples() as u64);
        // As much as a decimal number may lose.
        result.at_most("shift", (stated.shift / factor.shift - 1.0).abs(), 1e-12);
    }
    // What was encoded: A or, for a polynomial of gradients, G.
    let encoded = match (polynomial.gram, &system.factor) {
        (None, _) => padded.clone(),
        (Some(_), Some(factor)) => padded_gradients(&factor.gradients)?,
        (Some(_), None) => return Err(PipelineError::NoFactor),
    };
    if amplitudes.len() != encoded.rows() {
        result.fact("size of the register `system`", false);
        return Ok(result);
    }
    let alpha = manifest.encoding.alpha;
    let bound = |stage: &str| solver.error_bound.get(stage).copied().unwrap_or(0.0);
    let tolerance = AMPLITUDE_TOLERANCE + bound("phases").clamp(0.0, LARGEST_PHASE_RESIDUAL);
    let exact = solve(&system.matrix, rhs)?.x;
    let promised = bound("total");
    let amplification = solver.amplification.as_ref();
    if polynomial.reflection.is_some() || polynomial.walk.is_some() {
        let emitted = Emitted {
            manifest: &manifest,
            solver,
            polynomial: &polynomial,
            padded: &padded,
            amplitudes: &amplitudes,
            rhs,
            exact: &exact,
            tolerance,
            amplification,
        };
        emitted.verify(&mut result)?;
        verify_bounds(&mut result, solver);
        return Ok(result);
    }
    let (expected, degree) = polynomial_of(&encoded, alpha, rhs, &polynomial)?;
    // What the evolutions may leave, in units of the amplitudes.
    let tolerance = polynomial.evolution.map_or(tolerance, |evolution| {
        AMPLITUDE_TOLERANCE + evolution.error / (evolution.time * evolution.norm * polynomial.normalization)
    });
    let (gain, tolerance) = amplified(amplification, &expected, tolerance);
    let difference: Vec<f64> =
        amplitudes.iter().zip(&expected).map(|(found, wanted)| (found - gain * wanted).norm()).collect();
    result.at_most("amplitudes against the polynomial of the matrix", norm(&difference), tolerance);
    let stated = (solver.polynomial_degree, solver.queries, solver.queries_b);
    let algorithm = Solver::from_name(&solver.solver).ok_or_else(|| missing("an unknown `solver`"))?;
    let queries = match algorithm {
        // Those of the evolutions are checked by the amplitudes alone.
        Solver::HhlEvolution => Some(solver.queries / AmplificationRecord::uses_of(amplification)[0]),
        algorithm => algorithm.queries(degree as u64),
    };
    let [uses, uses_b] = AmplificationRecord::uses_of(amplification);
    let expected = (degree as u64, queries.unwrap_or_default().saturating_mul(uses), uses_b);
    result.fact("degree of the polynomial and queries", stated == expected);
    let unit = match (&polynomial.positive, &polynomial.evolution, &polynomial.gram) {
        (Some(_), ..) => 1.0,
        (None, Some(evolution), _) => 1.0 / evolution.time,
        (None, None, Some(gram)) => 1.0 / gram.units(alpha).unit_scale(1.0),
        (None, None, None) => alpha,
    };
    let scale = norm(rhs) * polynomial.normalization / unit / amplification.map_or(1.0, |record| record.gain);
    let stated = solver.scale.ok_or_else(|| missing("no `scale`"))?;
    result.at_most("scale", (scale - stated).abs() / scale.abs(), 1e-12);
    verify_bounds(&mut result, solver);
    let error: Vec<f64> = exact.iter().zip(&amplitudes).map(|(x, a)| (stated * a - x).norm()).collect();
    result.at_most("solution against the classical one", norm(&error) / norm(&exact), promised);
    // Its root is proportional to the norm of the solution, which is off by no more than the solution.
    let probability: f64 = amplitudes.iter().map(|amplitude| amplitude.norm_sqr()).sum();
    let deviation = ((probability / solver.success_probability).sqrt() - 1.0).abs();
    result.at_most("success probability", deviation, promised + 1e-9);
    Ok(result)
}

/// What is left of the right-hand side, and whether the rest is what the manifest says.
fn verify_deflation(
    result: &mut Verification,
    record: &DeflationRecord,
    system: &LinearSystem,
    rhs: &[f64],
) -> Result<Vec<f64>, PipelineError> {
    let pairs = Deflation::of_smallest(&system.matrix, record.eigenvalues.len())?;
    let deviation = |(found, stated): (&f64, &f64)| (found - stated).abs() / found.abs();
    let worst = pairs.eigenvalues().iter().zip(&record.eigenvalues).map(deviation).fold(0.0, f64::max);
    result.at_most("deflated eigenvalues", worst, SPECTRUM_TOLERANCE);
    let part = pairs.apply(rhs)?;
    // The right-hand side of a manifest has lost its deflated part already.
    if system.rhs.is_some() {
        let solution = unscaled(part.solution, system.scaling.as_deref());
        let difference: Vec<f64> =
            solution.iter().zip(&record.solution).map(|(found, stated)| found - stated).collect();
        let same_length = solution.len() == record.solution.len();
        result.fact("length of the deflated part of the solution", same_length);
        let deviation = norm(&difference) / norm(&solution).max(f64::MIN_POSITIVE);
        result.at_most("deflated part of the solution", deviation, SPECTRUM_TOLERANCE);
    }
    Ok(part.rhs)
}

/// What an amplification multiplies the amplitudes of its solver by, where these are `expected`, and what the product may
/// be off by. A deviation of the solver's amplitudes returns with every use.
fn amplified(
    amplification: Option<&AmplificationRecord>,
    expected: &[f64],
    tolerance: f64,
) -> (Complex64, f64) {
    let Some(record) = amplification else { return (Complex64::ONE, tolerance) };
    let length = norm(expected);
    let gain = record.gain_at((length * length).clamp(f64::MIN_POSITIVE, 1.0));
    (gain, tolerance * record.uses as f64 + record.polynomial_error() * gain.norm() * length)
}

/// Whether the bounds add up to what is promised.
fn verify_bounds(result: &mut Verification, solver: &SolverFields) {
    let stages = solver.error_bound.iter().filter(|(stage, _)| *stage != "total");
    let sum: f64 = stages.map(|(_, bound)| bound.max(0.0)).sum();
    let promised = solver.error_bound.get("total").copied().unwrap_or(0.0);
    result.at_most("sum of the error bounds", sum, promised * (1.0 + 1e-12));
    result.at_most("promised error", promised, solver.epsilon);
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
    let circuit = manifest.completed(circuit)?;
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
    match &manifest.dialect {
        None => result.fact("gates of the basis", basis.is_some_and(of_basis)),
        Some(name) => {
            let dialect = Dialect::from_name(name);
            let is_own = |dialect| matches!(adapted(circuit, dialect), Ok(Cow::Borrowed(_)));
            result.fact("gates of the dialect", dialect.is_some_and(is_own));
        }
    }
    let numbers = |fields: &CircuitFields| (fields.two_qubit_count, fields.t_count);
    result.fact("gate counts", found.counts == stated.counts && numbers(&found) == numbers(stated));
    let depths = |fields: &CircuitFields| (fields.depth, fields.two_qubit_depth);
    result.fact("depth", depths(&found) == depths(stated));
    result.fact("qubits", found.qubits == stated.qubits);
    result.fact("registers", found.registers == stated.registers && found.postselect == stated.postselect);
    Ok(found.registers == stated.registers)
}

fn verify_system_fields(result: &mut Verification, found: &SystemFields, stated: &SystemFields) {
    let facts = |fields: &SystemFields| (fields.nnz, fields.sparsity, fields.symmetric, fields.real_form);
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

/// The circuit of an OpenQASM file.
pub(crate) fn read_circuit(path: &Path) -> Result<Circuit, PipelineError> {
    Ok(read_program(path)?.circuit)
}
