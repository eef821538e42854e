//! Any OpenQASM file, whoever wrote it: what it contains, and what it does.

use crate::compile::with_added;
use crate::emit::registers_of;
use crate::error::PipelineError;
use crate::execute::{
    ExecuteOptions, Execution, described_system, recover, refuse_if_slow, refuse_if_too_large,
};
use crate::fingerprint::fingerprint;
use crate::manifest::{Kind as FileKind, Manifest};
use num_complex::Complex64;
use qnewton_circuit::lower::{allocate_ancillas, expand_controls};
use qnewton_circuit::{Circuit, Counts, Depth, Kind, QubitId, count, depth};
use qnewton_core::Monitor;
use qnewton_matrix::write_atomically;
use qnewton_qasm::{Program as QasmProgram, ReadOptions};
use qnewton_statevector::{Program, RunOptions, StateVector, project, run_shots, sample};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

/// Probabilities below this come from rounding: amplitudes of 1e-12.
const ROUNDING: f64 = 1e-24;

/// Reads an OpenQASM file.
pub fn read_program(path: &Path) -> Result<QasmProgram, PipelineError> {
    read_program_with(path, &ReadOptions::default())
}

/// The same with values for what the file declares as `input`.
pub fn read_program_with(path: &Path, options: &ReadOptions) -> Result<QasmProgram, PipelineError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| PipelineError::Io { path: path.to_path_buf(), source })?;
    parse_program(path, text, options)
}

/// Reads OpenQASM that came from `path`.
pub fn parse_program(path: &Path, text: String, options: &ReadOptions) -> Result<QasmProgram, PipelineError> {
    match qnewton_qasm::read_with(&text, options) {
        Ok(program) => Ok(program),
        Err(error) => {
            Err(PipelineError::Read { path: path.to_path_buf(), source_text: text, error: Box::new(error) })
        }
    }
}

/// What a circuit consists of.
#[derive(Clone, Debug, PartialEq)]
pub struct CircuitFacts {
    /// Number of qubits.
    pub qubits: usize,
    /// Qubits of each register, least significant first.
    pub registers: BTreeMap<String, Vec<usize>>,
    /// Classical bits of each register, least significant first.
    pub classical_registers: BTreeMap<String, Vec<usize>>,
    /// Gates; what stands under controls is counted as the gates it takes.
    pub counts: Counts,
    /// Depth.
    pub depth: Depth,
}

/// Counts what a circuit consists of. Controls on calls of definitions are expanded for it.
pub fn inspect(circuit: &Circuit) -> Result<CircuitFacts, PipelineError> {
    let controlled = circuit
        .definitions()
        .iter()
        .any(|definition| definition.all_calls().any(|call| !call.controls.is_empty()));
    if controlled {
        let expanded = expand_controls(&allocate_ancillas(circuit)?)?;
        return facts_of(&expanded);
    }
    facts_of(circuit)
}

fn facts_of(circuit: &Circuit) -> Result<CircuitFacts, PipelineError> {
    let entry = circuit.entry()?;
    let classical_registers = entry.bit_registers().iter().map(|register| {
        let first = register.start as usize;
        (register.name.clone(), (first..first + register.len as usize).collect())
    });
    Ok(CircuitFacts {
        qubits: entry.qubit_count(),
        registers: registers_of(circuit)?,
        classical_registers: classical_registers.collect(),
        counts: count(circuit)?,
        depth: depth(circuit)?,
    })
}

/// How a file is executed.
#[derive(Clone, Copy, Debug, Default)]
pub struct RunFileOptions {
    /// The limit of time.
    pub execute: ExecuteOptions,
    /// Number of shots to draw; none if absent.
    pub shots: Option<u64>,
    /// Seed of all measurement outcomes.
    pub seed: u64,
}

/// Outcomes of repeated measurements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shots {
    /// Number of shots.
    pub total: u64,
    /// Number of shots that count: those in which every register but `system` reads 0 where a manifest asks for
    /// it, else all.
    pub accepted: u64,
    /// Number of bits of an outcome.
    pub bits: usize,
    /// Outcomes among the accepted shots with their numbers. Bit i belongs to classical bit i; in a circuit without
    /// measurements to qubit i; with a solver's manifest to qubit i of `system`.
    pub histogram: BTreeMap<u64, u64>,
}

/// What an execution gave.
#[derive(Clone, Debug)]
pub struct FileRun {
    /// The manifest beside the file, if there is one.
    pub manifest: Option<Manifest>,
    /// Number of qubits that the file declares. The state may have more: ancillas, which end in |0>.
    pub qubits: usize,
    /// The state after the circuit; measured qubits have collapsed.
    pub state: StateVector,
    /// The classical bits of a circuit that measures; empty for others.
    pub bits: Vec<bool>,
    /// The recovered solution, if the manifest is that of a linear system; its direction, up to a sign, if the norm takes
    /// a further query, which takes the matrix.
    pub execution: Option<Execution>,
    /// Shots, if they were asked for.
    pub shots: Option<Shots>,
    /// Seconds that the execution took.
    pub seconds: f64,
}

impl FileRun {
    /// The most probable basis states of the declared qubits, at most `limit` of them, by decreasing probability;
    /// equal ones by increasing index. States whose amplitude is rounding only are left out.
    pub fn most_probable(&self, limit: usize) -> Vec<(u64, Complex64)> {
        // One more than needed is kept at a time, so that memory stays small.
        let mut best: Vec<(u64, Complex64)> = Vec::with_capacity(limit + 1);
        for (index, amplitude) in self.state.iter().take(1 << self.qubits).enumerate() {
            let probability = amplitude.norm_sqr();
            let last = best.last().map_or(0.0, |(_, amplitude)| amplitude.norm_sqr());
            if probability > ROUNDING && (best.len() < limit || probability > last) {
                let place = best.partition_point(|(_, other)| other.norm_sqr() >= probability);
                best.insert(place, (index as u64, amplitude));
                best.truncate(limit);
            }
        }
        best
    }
}

/// Executes an OpenQASM file from |0...0>. With a solver's manifest beside it, x is recovered.
pub fn run_file(
    path: &Path,
    options: &RunFileOptions,
    monitor: &dyn Monitor,
) -> Result<FileRun, PipelineError> {
    let circuit = read_program(path)?.circuit;
    let manifest = Manifest::of(path)?;
    if manifest.as_ref().is_some_and(|manifest| fingerprint(&circuit) != manifest.circuit_sha256) {
        return Err(PipelineError::Changed { path: path.to_path_buf() });
    }
    let circuit = match &manifest {
        Some(manifest) => manifest.completed(circuit)?,
        None => circuit,
    };
    let qubits = circuit.entry()?.qubit_count();
    let system = manifest.as_ref().map(|manifest| described_system(&circuit, manifest)).transpose()?;
    let program = Program::<f64>::new(&circuit)?;
    // Before the time is predicted: no limit of time makes up for missing memory.
    refuse_if_too_large(&program)?;
    let queries =
        manifest.as_ref().and_then(|manifest| manifest.solver.as_ref()).map_or(0, |solver| solver.queries);
    refuse_if_slow(&[&circuit], queries, &options.execute)?;
    let start = Instant::now();
    let run_options = RunOptions { seed: options.seed, ..RunOptions::default() };
    let mut state = StateVector::zero(program.qubits())?;
    let mut bits = program.run(&mut state, &run_options, monitor)?.bits;
    if count(&circuit)?.get(Kind::Measure) == 0 {
        bits.clear();
    }
    let seconds = start.elapsed().as_secs_f64();
    let solver = manifest.as_ref().and_then(|manifest| {
        let solver = manifest.solver.as_ref().filter(|_| manifest.kind == FileKind::LinearSystem)?;
        Some((manifest.system.n, solver.scale, manifest.scaling.as_deref()))
    });
    let execution = match (solver, &system) {
        (Some((n, scale, scaling)), Some(system)) => {
            let mut execution = recover(&project(&state, system)?, scale, n, scaling, seconds);
            let deflation = manifest.as_ref().and_then(|manifest| manifest.deflation.as_ref());
            // A direction has no norm that the deflated part could be added to.
            let added = deflation.filter(|_| scale.is_some()).map(|deflation| deflation.solution.as_slice());
            execution.solution = with_added(execution.solution, added);
            Some(execution)
        }
        _ => None,
    };
    let shots = match options.shots {
        None => None,
        Some(total) => Some(match (&execution, &system) {
            (Some(_), Some(system)) => accepted_shots(&state, system, total, options.seed)?,
            _ if bits.is_empty() => {
                let all: Vec<QubitId> = (0..qubits as u32).map(QubitId).collect();
                let histogram = sample(&state, &all, total, options.seed)?;
                Shots { total, accepted: total, bits: qubits, histogram }
            }
            _ => {
                // One execution for each shot.
                let all = total.min(u64::from(u32::MAX)) as f64;
                let limit = ExecuteOptions { time_limit: options.execute.time_limit / all.max(1.0) };
                refuse_if_slow(&[&circuit], queries, &limit)?;
                let histogram = run_shots::<f64>(&circuit, total, &run_options, monitor)?;
                Shots { total, accepted: total, bits: bits.len(), histogram }
            }
        }),
    };
    Ok(FileRun { manifest, qubits, state, bits, execution, shots, seconds })
}

/// Samples all qubits and keeps the shots in which all but `system` read 0.
fn accepted_shots(
    state: &StateVector,
    system: &[QubitId],
    total: u64,
    seed: u64,
) -> Result<Shots, PipelineError> {
    let rest = (0..state.qubits() as u32).map(QubitId).filter(|qubit| !system.contains(qubit));
    let all: Vec<QubitId> = system.iter().copied().chain(rest).collect();
    let mut histogram = sample(state, &all, total, seed)?;
    histogram.retain(|outcome, _| outcome >> system.len() == 0);
    Ok(Shots { total, accepted: histogram.values().sum(), bits: system.len(), histogram })
}

/// Writes the amplitudes of the first `qubits` qubits, those above being |0>, as a NumPy array of 2^qubits complex
/// numbers of 16 bytes; entry k belongs to the basis state k, bit i of which is qubit i.
pub fn write_state(path: &Path, state: &StateVector, qubits: usize) -> Result<(), PipelineError> {
    let length = 1usize << qubits.min(state.qubits());
    let written = write_atomically(path, |out| {
        // NumPy's format, version 1.0: magic, length of the header, a dictionary padded to a multiple of 64 bytes.
        let dictionary = format!("{{'descr': '<c16', 'fortran_order': False, 'shape': ({length},), }}");
        out.write_all(b"\x93NUMPY\x01\x00\x76\x00")?;
        writeln!(out, "{dictionary:<117}")?;
        state.iter().take(length).try_for_each(|amplitude| {
            out.write_all(&amplitude.re.to_le_bytes())?;
            out.write_all(&amplitude.im.to_le_bytes())
        })
    });
    written
        .map_err(|error| PipelineError::Write { path: path.to_path_buf(), message: error.source.to_string() })
}
