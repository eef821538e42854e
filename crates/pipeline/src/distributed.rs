//! An OpenQASM file on several ranks: the amplitudes are shared out, the results are those of one process.

use crate::compile::with_added;
use crate::error::PipelineError;
use crate::execute::{Execution, described_system, predict_seconds_on, recover};
use crate::file::{MostProbable, RunFileOptions, Shots, read_program};
use crate::fingerprint::fingerprint;
use crate::manifest::{Kind as FileKind, Manifest};
use num_complex::Complex64;
use qnewton_circuit::{Circuit, Kind, QubitId, count};
use qnewton_core::Monitor;
use qnewton_matrix::write_atomically;
use qnewton_statevector::distributed::{
    CommunicationError, Communicator, DistributedState, agree, run_shots_distributed,
};
use qnewton_statevector::{ExecutorError, Program};
use std::io::Write;
use std::path::Path;
use std::time::Instant;

/// What an execution on several ranks gave; see [`FileRun`](crate::FileRun).
pub struct DistributedRun<'c> {
    /// The manifest beside the file, if there is one.
    pub manifest: Option<Manifest>,
    /// Number of qubits that the file declares.
    pub qubits: usize,
    /// The state after the circuit.
    pub state: DistributedState<'c>,
    /// The classical bits of a circuit that measures; empty for others.
    pub bits: Vec<bool>,
    /// The recovered solution, at rank 0 only.
    pub execution: Option<Execution>,
    /// Shots, if they were asked for.
    pub shots: Option<Shots>,
    /// Seconds that the execution took.
    pub seconds: f64,
}

impl DistributedRun<'_> {
    /// The most probable basis states; see [`FileRun::most_probable`](crate::FileRun::most_probable). At rank 0, the
    /// others get none; all call it.
    pub fn most_probable(&self, limit: usize) -> Result<Vec<(u64, Complex64)>, PipelineError> {
        let mut best = MostProbable::new(limit);
        let mut index = 0;
        self.state.visit(1 << self.qubits, |piece| {
            for &amplitude in piece {
                best.add(index, amplitude);
                index += 1;
            }
        })?;
        Ok(best.into_inner())
    }

    /// Writes the amplitudes of the declared qubits; see [`write_state`](crate::write_state). Rank 0 writes, the
    /// others send a piece at a time; all call it.
    pub fn write_state(&self, path: &Path) -> Result<(), PipelineError> {
        let length = 1usize << self.qubits;
        let mut sent = None;
        let mut written = Ok(());
        if self.state.ranks().rank() == 0 {
            written = write_atomically(path, |out| {
                let dictionary =
                    format!("{{'descr': '<c16', 'fortran_order': False, 'shape': ({length},), }}");
                let mut result = out.write_all(b"\x93NUMPY\x01\x00\x76\x00");
                result = result.and_then(|()| writeln!(out, "{dictionary:<117}"));
                // What the others send is taken in any case.
                sent = Some(self.state.visit(length, |piece| {
                    if result.is_ok() {
                        result = write_piece(out, piece);
                    }
                }));
                result
            });
        }
        match sent {
            Some(sent) => sent?,
            None => self.state.visit(length, |_| ())?,
        }
        let written = written.map_err(|error| PipelineError::Write {
            path: path.to_path_buf(),
            message: error.source.to_string(),
        });
        agree(self.state.ranks(), written)
    }
}

fn write_piece(out: &mut dyn Write, piece: &[Complex64]) -> std::io::Result<()> {
    piece.iter().try_for_each(|amplitude| {
        out.write_all(&amplitude.re.to_le_bytes())?;
        out.write_all(&amplitude.im.to_le_bytes())
    })
}

/// Executes an OpenQASM file from |0...0> on all ranks, each of which calls this with the same arguments; see
/// [`run_file`](crate::run_file). What one rank alone notices is an error at all of them. A state that does not fit is
/// refused before it is allocated, with the number of ranks that would do.
pub fn run_file_distributed<'c>(
    path: &Path,
    options: &RunFileOptions,
    ranks: &'c dyn Communicator,
    monitor: &dyn Monitor,
) -> Result<DistributedRun<'c>, PipelineError> {
    let Prepared { circuit, manifest, system } = agree(ranks, prepare(path))?;
    let qubits = circuit.entry()?.qubit_count();
    let program =
        agree(ranks, Program::<f64>::new_distributed(&circuit, options.execute.exact_gates, ranks))?;
    let mut state = DistributedState::zero(&program, ranks)?;
    let queries =
        manifest.as_ref().and_then(|manifest| manifest.solver.as_ref()).map_or(0, |solver| solver.queries);
    let limit = options.execute.time_limit;
    let refuse_if_slow = |executions: f64| {
        let alone = predict_seconds_on(&circuit, || Ok(program.qubits()))?;
        let predicted = alone / state.layout().active as f64 * executions;
        let slow = predicted > limit;
        if slow { Err(PipelineError::TooSlow { predicted, limit, queries, qubits }) } else { Ok(()) }
    };
    agree(ranks, refuse_if_slow(1.0))?;
    let measures = count(&circuit)?.get(Kind::Measure) > 0;
    let one_by_one = options.shots.filter(|_| measures && !recovers(manifest.as_ref()));
    if let Some(total) = one_by_one {
        agree(ranks, refuse_if_slow(total as f64))?;
    }
    let start = Instant::now();
    let run_options = options.execute.run_options(options.seed);
    let mut bits = program.run_distributed(&mut state, &run_options, monitor)?.bits;
    if !measures {
        bits.clear();
    }
    let seconds = start.elapsed().as_secs_f64();
    let execution = match (&manifest, &system) {
        (Some(manifest), Some(system)) if recovers(Some(manifest)) => {
            let projected = state.project(system)?;
            (ranks.rank() == 0).then(|| recovered(manifest, &projected, seconds)).flatten()
        }
        _ => None,
    };
    let shots = match (options.shots, &system) {
        (None, _) => None,
        (Some(total), Some(system)) if recovers(manifest.as_ref()) => {
            Some(accepted_shots(&state, system, total, options.seed)?)
        }
        (Some(total), _) if !measures => {
            let all: Vec<QubitId> = (0..qubits as u32).map(QubitId).collect();
            let histogram = state.sample(&all, total, options.seed)?;
            Some(Shots { total, accepted: total, bits: qubits, histogram })
        }
        (Some(total), _) => {
            let histogram = run_shots_distributed::<f64>(&circuit, total, ranks, &run_options, monitor)?;
            Some(Shots { total, accepted: total, bits: bits.len(), histogram })
        }
    };
    Ok(DistributedRun { manifest, qubits, state, bits, execution, shots, seconds })
}

/// A file that is ready to be executed.
struct Prepared {
    circuit: Circuit,
    manifest: Option<Manifest>,
    /// The register of the unknowns.
    system: Option<Vec<QubitId>>,
}

fn prepare(path: &Path) -> Result<Prepared, PipelineError> {
    let circuit = read_program(path)?.circuit;
    let manifest = Manifest::of(path)?;
    if manifest.as_ref().is_some_and(|manifest| fingerprint(&circuit) != manifest.circuit_sha256) {
        return Err(PipelineError::Changed { path: path.to_path_buf() });
    }
    let circuit = match &manifest {
        Some(manifest) => manifest.completed(circuit)?,
        None => circuit,
    };
    let system = manifest.as_ref().map(|manifest| described_system(&circuit, manifest)).transpose()?;
    Ok(Prepared { circuit, manifest, system })
}

/// Whether a file has a solution to recover.
fn recovers(manifest: Option<&Manifest>) -> bool {
    let solves = |manifest: &Manifest| manifest.kind == FileKind::LinearSystem && manifest.solver.is_some();
    manifest.is_some_and(solves)
}

fn recovered(manifest: &Manifest, projected: &[Complex64], seconds: f64) -> Option<Execution> {
    let scale = manifest.solver.as_ref()?.scale;
    let mut execution = recover(projected, scale, manifest.system.n, manifest.scaling.as_deref(), seconds);
    // A direction has no norm that the deflated part could be added to.
    let deflation = manifest.deflation.as_ref().filter(|_| scale.is_some());
    let added = deflation.map(|deflation| deflation.solution.as_slice());
    execution.solution = with_added(execution.solution, added);
    Some(execution)
}

/// Samples all qubits and keeps the shots in which all but `system` read 0.
fn accepted_shots(
    state: &DistributedState<'_>,
    system: &[QubitId],
    total: u64,
    seed: u64,
) -> Result<Shots, PipelineError> {
    let rest = (0..state.qubits() as u32).map(QubitId).filter(|qubit| !system.contains(qubit));
    let all: Vec<QubitId> = system.iter().copied().chain(rest).collect();
    let mut histogram = state.sample(&all, total, seed)?;
    histogram.retain(|outcome, _| outcome >> system.len() == 0);
    Ok(Shots { total, accepted: histogram.values().sum(), bits: system.len(), histogram })
}

impl From<CommunicationError> for PipelineError {
    fn from(error: CommunicationError) -> Self {
        PipelineError::Executor(ExecutorError::Communication(error))
    }
}
