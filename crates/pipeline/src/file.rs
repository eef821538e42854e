//! Any OpenQASM file, whoever wrote it: what it contains, and what it does.

use crate::checkpoint::{CheckpointOptions, load, run_with_checkpoints};
use crate::compile::with_added;
use crate::emit::registers_of;
use crate::error::PipelineError;
use crate::execute::{
    ExecuteOptions, Execution, described_system, recover, refuse_if_slow, refuse_if_too_large,
};
use crate::fingerprint::fingerprint;
use crate::manifest::{Kind as FileKind, Manifest};
use crate::observe::{Expectation, ObservableRequest, post_selection};
use num_complex::Complex64;
use qnewton_circuit::lower::{allocate_ancillas, expand_controls};
use qnewton_circuit::{Circuit, Counts, Depth, Kind, QubitId, count, depth};
use qnewton_core::Monitor;
use qnewton_matrix::write_atomically;
use qnewton_qasm::{Program as QasmProgram, ReadOptions};
use qnewton_statevector::{
    Noise, Observable, RunOptions, StateVector, Trajectories, TrajectoryOptions, collapse_to, gate_by_gate,
    project, remaining, run_shots, run_trajectories, sample,
};
use std::collections::BTreeMap;
use std::io::Write;
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
#[derive(Clone, Debug, Default)]
pub struct RunFileOptions {
    /// The limit of time.
    pub execute: ExecuteOptions,
    /// Number of shots to draw; none if absent.
    pub shots: Option<u64>,
    /// Seed of all measurement outcomes.
    pub seed: u64,
    /// Expectation values to compute.
    pub observables: Vec<ObservableRequest>,
    /// Outcomes to keep, as texts `REGISTER=VALUE` or `REGISTER[i]=VALUE`.
    pub post_selection: Vec<String>,
    /// Noise: shots and expectation values are those of trajectories, one for each shot.
    pub noise: Option<Noise>,
    /// Checkpoints of the execution; of shots there are none.
    pub checkpoint: Option<CheckpointOptions>,
}

/// Outcomes of repeated measurements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shots {
    /// Number of shots.
    pub total: u64,
    /// Number of shots that count: those in which every register but `system` reads 0 where a manifest asks for
    /// it, those with the post-selected outcomes, or else all.
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
    /// The state after the circuit, without noise; measured and post-selected qubits have collapsed.
    pub state: StateVector,
    /// The classical bits of a circuit that measures; empty for others.
    pub bits: Vec<bool>,
    /// The recovered solution, if the manifest is that of a linear system; its direction, up to a sign, if the norm takes
    /// a further query, which takes the matrix.
    pub execution: Option<Execution>,
    /// Shots, if they were asked for.
    pub shots: Option<Shots>,
    /// Qubits that were post-selected, with their values.
    pub post_selection: Vec<(QubitId, bool)>,
    /// Probability of that.
    pub post_selection_probability: Option<f64>,
    /// Expectation values, in the order in which they were asked for; after post-selection.
    pub expectations: Vec<Expectation>,
    /// The share of the execution that a checkpoint held already.
    pub resumed_at: Option<f64>,
    /// Seconds that the execution took.
    pub seconds: f64,
}

impl FileRun {
    /// The most probable basis states of the declared qubits, at most `limit` of them, by decreasing probability;
    /// equal ones by increasing index. States whose amplitude is rounding only are left out.
    pub fn most_probable(&self, limit: usize) -> Vec<(u64, Complex64)> {
        let mut best = MostProbable::new(limit);
        for (index, amplitude) in (0..).zip(self.state.iter().take(1 << self.qubits)) {
            best.add(index, amplitude);
        }
        best.into_inner()
    }
}

/// The most probable basis states among those that are added by increasing index.
pub(crate) struct MostProbable {
    limit: usize,
    best: Vec<(u64, Complex64)>,
}

impl MostProbable {
    /// At most so many.
    pub(crate) fn new(limit: usize) -> Self {
        // One more than needed is kept at a time, so that memory stays small.
        MostProbable { limit, best: Vec::with_capacity(limit + 1) }
    }

    pub(crate) fn add(&mut self, index: u64, amplitude: Complex64) {
        let probability = amplitude.norm_sqr();
        let last = self.best.last().map_or(0.0, |(_, amplitude)| amplitude.norm_sqr());
        if probability > ROUNDING && (self.best.len() < self.limit || probability > last) {
            let place = self.best.partition_point(|(_, other)| other.norm_sqr() >= probability);
            self.best.insert(place, (index, amplitude));
            self.best.truncate(self.limit);
        }
    }

    /// By decreasing probability.
    pub(crate) fn into_inner(self) -> Vec<(u64, Complex64)> {
        self.best
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
    let observables: Vec<Observable> =
        options.observables.iter().map(|request| request.resolve(&circuit)).collect::<Result<_, _>>()?;
    let selected = post_selection(&circuit, &options.post_selection)?;
    let program = options.execute.program(&circuit)?;
    // Before the time is predicted: no limit of time makes up for missing memory.
    refuse_if_too_large(&program)?;
    let queries =
        manifest.as_ref().and_then(|manifest| manifest.solver.as_ref()).map_or(0, |solver| solver.queries);
    let run_options = options.execute.run_options(options.seed);
    let name = options.checkpoint.as_ref().map(|_| fingerprint(&circuit)).unwrap_or_default();
    let mut standing = match &options.checkpoint {
        Some(checkpoint) => load(&program, &name, &run_options, &checkpoint.path)?,
        None => (StateVector::zero(program.qubits())?, None),
    };
    let resumed_at = standing.1.as_ref().map(|suspended| suspended.share());
    // What is done already takes no time.
    let left = (1.0 - resumed_at.unwrap_or(0.0)).max(f64::MIN_POSITIVE);
    let limit = ExecuteOptions { time_limit: options.execute.time_limit / left, ..options.execute };
    refuse_if_slow(&[&circuit], queries, &limit)?;
    let start = Instant::now();
    let mut bits = match &options.checkpoint {
        Some(checkpoint) => {
            run_with_checkpoints(&program, &name, &run_options, &mut standing, checkpoint, monitor)?.bits
        }
        None => program.run(&mut standing.0, &run_options, monitor)?.bits,
    };
    let mut state = standing.0;
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
    let sampling = Sampling {
        circuit: &circuit,
        qubits,
        // Only where x is recovered is `system` all that is read.
        system: system.as_deref().filter(|_| execution.is_some()),
        bits: bits.len(),
        selected: &selected,
        queries,
        options,
    };
    let trajectories = match (&options.noise, options.shots) {
        (None, _) => None,
        (Some(noise), Some(total)) => {
            Some(sampling.trajectories(total, *noise, observables.clone(), monitor)?)
        }
        (Some(_), None) => {
            let problem = "noise needs a number of shots: one trajectory each".to_string();
            return Err(PipelineError::Request { problem });
        }
    };
    let shots = match (options.shots, &trajectories) {
        (None, _) => None,
        (Some(total), Some(trajectories)) => Some(sampling.shots_of(trajectories, total)),
        (Some(total), None) => Some(sampling.shots(&state, total, monitor)?),
    };
    let mut probability = None;
    if !selected.is_empty() {
        probability = Some(collapse_to(&mut state, &selected)?);
    }
    let means: Vec<(Complex64, Option<f64>)> = match &trajectories {
        Some(trajectories) => {
            probability = probability.map(|_| trajectories.probability);
            trajectories.means.iter().map(|mean| (mean.value.into(), Some(mean.standard_error))).collect()
        }
        None => {
            let value = |observable: &Observable| Ok((observable.expectation(&state)?, None));
            observables.iter().map(value).collect::<Result<_, PipelineError>>()?
        }
    };
    let named = |(request, (value, standard_error)): (&ObservableRequest, _)| Expectation {
        name: request.name.clone(),
        register: request.register.clone(),
        value,
        standard_error,
    };
    Ok(FileRun {
        manifest,
        qubits,
        state,
        bits,
        execution,
        shots,
        post_selection_probability: probability,
        post_selection: selected,
        expectations: options.observables.iter().zip(means).map(named).collect(),
        resumed_at,
        seconds,
    })
}

/// What is read in shots.
struct Sampling<'a> {
    circuit: &'a Circuit,
    /// Number of declared qubits.
    qubits: usize,
    /// The register of a solution: all others must read 0.
    system: Option<&'a [QubitId]>,
    /// Number of classical bits; 0 if nothing is measured.
    bits: usize,
    selected: &'a [(QubitId, bool)],
    queries: u64,
    options: &'a RunFileOptions,
}

impl Sampling<'_> {
    /// The qubits whose values are an outcome; the first ones are what is reported of it.
    fn read(&self) -> Vec<QubitId> {
        let system = self.system.unwrap_or_default();
        let all = (0..self.qubits as u32).map(QubitId);
        system.iter().copied().chain(all.filter(|qubit| !system.contains(qubit))).collect()
    }

    fn shots(&self, state: &StateVector, total: u64, monitor: &dyn Monitor) -> Result<Shots, PipelineError> {
        if self.system.is_some() || self.bits == 0 {
            let read = self.read();
            let mut histogram = sample(state, &read, total, self.options.seed)?;
            let has = |outcome: u64, &(qubit, value): &(QubitId, bool)| {
                let place = read.iter().position(|&other| other == qubit);
                place.is_some_and(|place| (outcome >> place & 1 == 1) == value)
            };
            histogram.retain(|&outcome, _| self.selected.iter().all(|selected| has(outcome, selected)));
            return Ok(self.counted(histogram, total));
        }
        if !self.selected.is_empty() {
            let trajectories = self.trajectories(total, Noise::default(), Vec::new(), monitor)?;
            return Ok(self.shots_of(&trajectories, total));
        }
        self.refuse_if_slow(self.circuit, total)?;
        let run_options = RunOptions { seed: self.options.seed, ..RunOptions::default() };
        let histogram = run_shots::<f64>(self.circuit, total, &run_options, monitor)?;
        Ok(self.counted(histogram, total))
    }

    fn trajectories(
        &self,
        total: u64,
        noise: Noise,
        observables: Vec<Observable>,
        monitor: &dyn Monitor,
    ) -> Result<Trajectories, PipelineError> {
        self.refuse_if_slow(&gate_by_gate(self.circuit)?, total)?;
        let options = TrajectoryOptions {
            run: RunOptions { seed: self.options.seed, ..RunOptions::default() },
            noise,
            read: (self.system.is_some() || self.bits == 0).then(|| self.read()),
            post_selection: self.selected.to_vec(),
            observables,
        };
        Ok(run_trajectories::<f64>(self.circuit, total, &options, monitor)?)
    }

    fn shots_of(&self, trajectories: &Trajectories, total: u64) -> Shots {
        self.counted(trajectories.histogram.clone(), total)
    }

    /// Outcomes of which only those are left that were post-selected.
    fn counted(&self, mut histogram: BTreeMap<u64, u64>, total: u64) -> Shots {
        let bits = match self.system {
            Some(system) => {
                histogram.retain(|outcome, _| outcome.checked_shr(system.len() as u32).unwrap_or(0) == 0);
                system.len()
            }
            None if self.bits == 0 => self.qubits,
            None => self.bits,
        };
        Shots { total, accepted: histogram.values().sum(), bits, histogram }
    }

    /// Refuses one execution for each shot if they take too long together.
    fn refuse_if_slow(&self, circuit: &Circuit, total: u64) -> Result<(), PipelineError> {
        let execute = self.options.execute;
        let limit = ExecuteOptions { time_limit: execute.time_limit / total.max(1) as f64, ..execute };
        refuse_if_slow(&[circuit], self.queries, &limit)
    }
}

/// Writes the amplitudes of the first `qubits` qubits, those above being |0>, as a NumPy array of 2^qubits complex
/// numbers of 16 bytes; entry k belongs to the basis state k, bit i of which is qubit i. Qubits that are `selected` are
/// left out, and the array holds the amplitudes of the others, in their order, where these have their values.
pub fn write_state(
    path: &Path,
    state: &StateVector,
    qubits: usize,
    selected: &[(QubitId, bool)],
) -> Result<(), PipelineError> {
    let length = 1usize << (qubits.min(state.qubits()) - selected.len().min(qubits));
    let rest = if selected.is_empty() { Vec::new() } else { remaining(state, selected)? };
    let write = |out: &mut dyn Write, amplitude: Complex64| {
        out.write_all(&amplitude.re.to_le_bytes())?;
        out.write_all(&amplitude.im.to_le_bytes())
    };
    let written = write_atomically(path, |out| {
        // NumPy's format, version 1.0: magic, length of the header, a dictionary padded to a multiple of 64 bytes.
        let dictionary = format!("{{'descr': '<c16', 'fortran_order': False, 'shape': ({length},), }}");
        out.write_all(b"\x93NUMPY\x01\x00\x76\x00")?;
        writeln!(out, "{dictionary:<117}")?;
        if selected.is_empty() {
            return state.iter().take(length).try_for_each(|amplitude| write(out, amplitude));
        }
        rest.iter().take(length).try_for_each(|&amplitude| write(out, amplitude))
    });
    written
        .map_err(|error| PipelineError::Write { path: path.to_path_buf(), message: error.source.to_string() })
}
