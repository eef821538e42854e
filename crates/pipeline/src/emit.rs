//! OpenQASM and its manifest.

use crate::block::EncodedMatrix;
use crate::compile::CompiledSystem;
use crate::documents::{
    CircuitFields, EncodingFields, SCHEMA_VERSION, SolverFields, SystemFields, ledger_fields,
};
use crate::error::PipelineError;
use crate::fingerprint::fingerprint;
use crate::manifest::{Kind, Manifest, PreparationRecord};
use qnewton_circuit::{Basis, Circuit, Counts, Depth, Operation, count, depth};
use qnewton_encoding::{BlockEncoding, Certificate};
use qnewton_matrix::{Preparation, write_atomically};
use qnewton_qasm::{Dialect, Style, WriteOptions, adapted, write};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;

/// Flat files above this many gates are refused: at about 40 bytes a gate this is 8 GB.
const FLAT_LIMIT: u128 = 200_000_000;

/// How a file is written.
#[derive(Clone, Copy, Debug, Default)]
pub struct EmitOptions {
    /// With gate definitions, with loops too, or flat; one of [`Dialect::styles`].
    pub style: Style,
    /// Whose OpenQASM.
    pub dialect: Dialect,
    /// How the matrix was prepared, for the record.
    pub preparation: Preparation,
}

/// Writes the OpenQASM of a compiled system to `path` and its manifest beside it. The file is read back: what the
/// reader finds must have the counts and depth of what was compiled.
pub fn emit(
    compiled: &CompiledSystem,
    path: &Path,
    options: &EmitOptions,
) -> Result<Manifest, PipelineError> {
    let encoding = encoding_fields(&compiled.encoding, &compiled.certificate);
    let solver = solver_fields(compiled);
    let header = vec![
        format!("qnewton {}: linear system {}", env!("CARGO_PKG_VERSION"), compiled.name),
        format!("encoding {}, alpha {}, epsilon {}", encoding.encoding, encoding.alpha, compiled.epsilon),
        match compiled.scale {
            Some(scale) => format!(
                "x = scale * unnormalised amplitudes of `system` where all other registers read 0; scale {scale}"
            ),
            None => "the direction of x, up to a sign, is in the amplitudes of `system` where all other registers \
                     read 0; its norm takes one further query of the matrix"
                .to_string(),
        },
    ];
    let written =
        write_and_check(&compiled.lowered, (&compiled.counts, &compiled.depth), header, path, options)?;
    let manifest = Manifest {
        schema_version: SCHEMA_VERSION,
        kind: Kind::LinearSystem,
        version: env!("CARGO_PKG_VERSION").to_string(),
        name: compiled.name.clone(),
        preparation: PreparationRecord {
            shift: compiled.facts.gram.map(|gram| gram.shift),
            ..options.preparation.into()
        },
        system: SystemFields::from(&compiled.facts),
        encoding,
        solver: Some(solver),
        circuit: circuit_fields(&compiled.lowered, compiled.basis, &written.counts, &written.depth)?,
        dialect: written.dialect,
        global_phase: written.global_phase,
        polynomial: Some(compiled.polynomial),
        scaling: compiled.scaling.clone(),
        deflation: compiled.deflation.clone(),
        rhs: Some(compiled.rhs.clone()),
        circuit_sha256: written.sha256,
    };
    manifest.write(path)?;
    Ok(manifest)
}

/// Writes the OpenQASM of a block encoding alone and its manifest.
pub fn emit_block(
    encoded: &EncodedMatrix,
    path: &Path,
    options: &EmitOptions,
) -> Result<Manifest, PipelineError> {
    let encoding = encoding_fields(&encoded.encoding, &encoded.certificate);
    let header = vec![
        format!("qnewton {}: block encoding of {}", env!("CARGO_PKG_VERSION"), encoded.name),
        format!("encoding {}, alpha {}", encoding.encoding, encoding.alpha),
        "A = alpha * block of `system` where all other registers start and end in 0".to_string(),
    ];
    let written =
        write_and_check(&encoded.lowered, (&encoded.counts, &encoded.depth), header, path, options)?;
    let manifest = Manifest {
        schema_version: SCHEMA_VERSION,
        kind: Kind::BlockEncoding,
        version: env!("CARGO_PKG_VERSION").to_string(),
        name: encoded.name.clone(),
        preparation: PreparationRecord { shift: encoded.shift, ..options.preparation.into() },
        system: SystemFields::from(&encoded.facts),
        encoding,
        solver: None,
        circuit: circuit_fields(&encoded.lowered, encoded.basis, &written.counts, &written.depth)?,
        dialect: written.dialect,
        global_phase: written.global_phase,
        polynomial: None,
        scaling: None,
        deflation: None,
        rhs: None,
        circuit_sha256: written.sha256,
    };
    manifest.write(path)?;
    Ok(manifest)
}

/// The encoding's fields.
pub fn encoding_fields(encoding: &BlockEncoding, certificate: &Certificate) -> EncodingFields {
    EncodingFields {
        encoding: encoding.name.clone(),
        spectral: encoding.spectral,
        alpha: encoding.alpha,
        hermitian: encoding.hermitian,
        encoding_error: certificate.error,
        encoding_error_at_least: certificate.error_at_least,
        encoding_error_method: certificate.method.name().to_string(),
    }
}

/// The solver's fields.
pub fn solver_fields(compiled: &CompiledSystem) -> SolverFields {
    SolverFields {
        solver: compiled.algorithm.name().to_string(),
        epsilon: compiled.epsilon,
        error_bound: ledger_fields(&compiled.ledger),
        polynomial_degree: compiled.degree,
        queries: compiled.solver.queries,
        queries_b: compiled.solver.queries_b,
        success_probability: compiled.success_probability,
        scale: compiled.scale,
        norm_method: compiled.algorithm.norm_method(),
        norm_estimate: compiled.direction.and_then(|direction| direction.norm_estimate),
        norm_probability: compiled.direction.map(|direction| direction.norm_probability),
        expected_queries: Some(compiled.expected_queries),
        amplification: compiled.amplification,
    }
}

/// The circuit's fields.
pub fn circuit_fields(
    circuit: &Circuit,
    basis: Basis,
    counts: &Counts,
    depth: &Depth,
) -> Result<CircuitFields, PipelineError> {
    Ok(CircuitFields::new(circuit.entry()?.qubit_count(), registers_of(circuit)?, basis, counts, depth))
}

/// The qubits of each register, least significant first.
pub(crate) fn registers_of(circuit: &Circuit) -> Result<BTreeMap<String, Vec<usize>>, PipelineError> {
    let registers = circuit.entry()?.registers().iter();
    Ok(registers
        .map(|register| (register.name.clone(), register.qubits().map(|qubit| qubit.index()).collect()))
        .collect())
}

/// What a file contains.
struct Written {
    counts: Counts,
    depth: Depth,
    dialect: Option<String>,
    global_phase: Option<f64>,
    /// The fingerprint of what was read back.
    sha256: String,
}

/// Writes a circuit, reads it back, and compares counts and depth.
fn write_and_check(
    circuit: &Circuit,
    (counts, layers): (&Counts, &Depth),
    header: Vec<String>,
    path: &Path,
    options: &EmitOptions,
) -> Result<Written, PipelineError> {
    let gates = counts.total();
    if options.style == Style::Flat && gates > FLAT_LIMIT {
        return Err(PipelineError::FileTooLarge {
            gates,
            gigabytes: gates as f64 * 40e-9,
            limit: FLAT_LIMIT,
        });
    }
    let problem = |message: String| PipelineError::Write { path: path.to_path_buf(), message };
    let write_options =
        WriteOptions { style: options.style, dialect: options.dialect, header, ..WriteOptions::default() };
    if std::fs::metadata(path).is_ok_and(|found| !found.is_file()) {
        return Err(problem(
            "it is no regular file, and the manifest beside it would not be one either".to_string(),
        ));
    }
    let circuit = adapted(circuit, options.dialect).map_err(|error| problem(error.to_string()))?;
    let (counts, layers) = match &circuit {
        Cow::Borrowed(_) => (counts.clone(), *layers),
        Cow::Owned(circuit) => (count(circuit)?, depth(circuit)?),
    };
    // Written aside first: what stands at `path` is replaced only by a file that says what was compiled.
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let aside = tempfile::NamedTempFile::new_in(folder).map_err(|error| problem(error.to_string()))?;
    write(&circuit, &write_options, &mut aside.as_file()).map_err(|error| problem(error.to_string()))?;
    let read = crate::verify::read_circuit(aside.path())?;
    if count(&read)? != counts || depth(&read)? != layers {
        return Err(problem("the file does not read back as the circuit that was compiled".to_string()));
    }
    let copy =
        |out: &mut dyn std::io::Write| std::io::copy(&mut std::fs::File::open(aside.path())?, out).map(drop);
    write_atomically(path, copy).map_err(|error| problem(error.to_string()))?;
    let is_standard = options.dialect == Dialect::default();
    Ok(Written {
        counts,
        depth: layers,
        dialect: (!is_standard).then(|| options.dialect.name().to_string()),
        global_phase: omitted_phase(&circuit, options.dialect)?,
        sha256: fingerprint(&read),
    })
}

/// The global phase of a circuit in the terms of a dialect, if files of that dialect do not state it.
///
/// # Errors
///
/// A circuit without an entry.
pub fn omitted_phase(circuit: &Circuit, dialect: Dialect) -> Result<Option<f64>, PipelineError> {
    if dialect.keeps_global_phase() {
        return Ok(None);
    }
    let entry = circuit.entry()?;
    let phases = entry.operations().iter().filter_map(|operation| match *operation {
        Operation::GlobalPhase(slot) => entry.angles(slot, 1).first().and_then(|angle| angle.literal()),
        _ => None,
    });
    Ok(Some(phases.sum()))
}
