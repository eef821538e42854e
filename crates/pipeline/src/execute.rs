//! Running circuits and recovering the solution.

use crate::compile::{CompiledSystem, norm, unscaled, with_added};
use crate::error::PipelineError;
use crate::manifest::Manifest;
use crate::norm::measured_scale;
use num_complex::Complex64;
use qnewton_circuit::{Circuit, QubitId};
use qnewton_core::Monitor;
use qnewton_qlsa::readout::norm_circuit;
use qnewton_statevector::{
    ExecutorError, Program, RunOptions, StateVector, block, measure_speed, memory_available, memory_needed,
    operations_estimate, project,
};
use std::time::Instant;

/// How circuits are executed.
#[derive(Clone, Copy, Debug)]
pub struct ExecuteOptions {
    /// Executions predicted to take longer are refused, in seconds.
    pub time_limit: f64,
    /// Whether every operation is executed as it stands, without any shortcut.
    pub exact_gates: bool,
    /// Number of threads; all if absent.
    pub threads: Option<usize>,
}

impl Default for ExecuteOptions {
    fn default() -> Self {
        ExecuteOptions { time_limit: 600.0, exact_gates: false, threads: None }
    }
}

impl ExecuteOptions {
    /// The circuit, prepared.
    pub(crate) fn program(&self, circuit: &Circuit) -> Result<Program<f64>, ExecutorError> {
        if self.exact_gates { Program::exact(circuit) } else { Program::new(circuit) }
    }

    /// The executor's options.
    pub(crate) fn run_options(&self, seed: u64) -> RunOptions {
        RunOptions { seed, threads: self.threads, ..RunOptions::default() }
    }
}

/// A solution that was recovered from amplitudes.
#[derive(Clone, Debug)]
pub struct Execution {
    /// The solution, sign and norm included, without padding; where `scale` is `None`, its direction up to a sign.
    pub solution: Vec<f64>,
    /// x = scale * unnormalised projected amplitudes; of circuits that leave the direction it was measured.
    pub scale: Option<f64>,
    /// Probability that all registers but `system` read 0.
    pub success_probability: f64,
    /// Probability that the further query succeeded, given that the solver did; where one was made.
    pub norm_probability: Option<f64>,
    /// Largest imaginary part among the amplitudes: rounding only, for real systems.
    pub imaginary: f64,
    /// Seconds that the execution took.
    pub seconds: f64,
}

/// Executes the circuit of a compiled system, structured operations directly, and recovers x. Where the circuit leaves
/// its direction, the circuit with the further query is executed too.
///
/// Refused with the prediction if it would take longer than the limit.
pub fn execute(
    compiled: &CompiledSystem,
    options: &ExecuteOptions,
    monitor: &dyn Monitor,
) -> Result<Execution, PipelineError> {
    let circuit = &compiled.solver.circuit;
    let system: Vec<QubitId> = (0..compiled.encoding.system_qubits as u32).map(QubitId).collect();
    let further = match compiled.scale {
        Some(_) => None,
        None => Some(norm_circuit(&compiled.solver, &compiled.encoding)?),
    };
    let queries = compiled.solver.queries + further.as_ref().map_or(0, |further| further.queries);
    let circuits: Vec<&Circuit> =
        std::iter::once(circuit).chain(further.as_ref().map(|further| &further.circuit)).collect();
    refuse_if_slow(&circuits, queries, options)?;
    let start = Instant::now();
    let amplitudes = run_and_project(circuit, &system, options, monitor)?;
    let image =
        further.map(|further| run_and_project(&further.circuit, &system, options, monitor)).transpose()?;
    let seconds = start.elapsed().as_secs_f64();
    let scale = match (compiled.scale, &image) {
        (None, Some(image)) => measured_scale(&compiled.rhs, compiled.encoding.alpha, image),
        (scale, _) => scale.unwrap_or(f64::NAN),
    };
    if !scale.is_finite() {
        return Err(PipelineError::Scale { scale });
    }
    let mut execution =
        recover(&amplitudes, Some(scale), compiled.facts.n, compiled.scaling.as_deref(), seconds);
    let added = compiled.deflation.as_ref().map(|deflation| deflation.solution.as_slice());
    execution.solution = with_added(execution.solution, added);
    let norm_probability = image.map(|image| squared_norm(&image) / execution.success_probability);
    Ok(Execution { norm_probability, ..execution })
}

fn squared_norm(amplitudes: &[Complex64]) -> f64 {
    amplitudes.iter().map(|amplitude| amplitude.norm_sqr()).sum()
}

/// Amplitude updates per second that any machine of today does: shorter runs are not worth measuring the speed.
const MODEST_SPEED: f64 = 1e8;

/// Seconds that executing a circuit is predicted to take on this machine.
pub fn predict_seconds(circuit: &Circuit) -> Result<f64, PipelineError> {
    predict_seconds_on(circuit, || Ok(Program::<f64>::new(circuit)?.qubits()))
}

/// The same for a circuit on so many qubits, asked for if that matters.
pub(crate) fn predict_seconds_on(
    circuit: &Circuit,
    qubits: impl FnOnce() -> Result<usize, PipelineError>,
) -> Result<f64, PipelineError> {
    let updates = operations_estimate(circuit)? as f64;
    let modest = updates / MODEST_SPEED;
    if modest < 1.0 {
        return Ok(modest);
    }
    Ok(updates / measure_speed(qubits()?)?)
}

/// The solution in unnormalised projected amplitudes; normalised if they are not known to scale.
pub(crate) fn recover(
    amplitudes: &[Complex64],
    scale: Option<f64>,
    n: usize,
    scaling: Option<&[f64]>,
    seconds: f64,
) -> Execution {
    let prepared = amplitudes.iter().take(n).map(|amplitude| scale.unwrap_or(1.0) * amplitude.re).collect();
    let mut solution = unscaled(prepared, scaling);
    let length = norm(&solution);
    if scale.is_none() && length > 0.0 {
        solution.iter_mut().for_each(|value| *value /= length);
    }
    Execution {
        solution,
        scale,
        success_probability: squared_norm(amplitudes),
        norm_probability: None,
        imaginary: amplitudes.iter().map(|amplitude| amplitude.im.abs()).fold(0.0, f64::max),
        seconds,
    }
}

/// The projected amplitudes of an emitted circuit, whose registers the manifest names.
pub(crate) fn project_system(
    circuit: &Circuit,
    manifest: &Manifest,
    options: &ExecuteOptions,
    monitor: &dyn Monitor,
) -> Result<Vec<Complex64>, PipelineError> {
    let system = described_system(circuit, manifest)?;
    refuse_if_slow(&[circuit], manifest.solver.as_ref().map_or(0, |solver| solver.queries), options)?;
    run_and_project(circuit, &system, options, monitor)
}

/// The columns of the block of an emitted encoding.
pub(crate) fn block_of(
    circuit: &Circuit,
    manifest: &Manifest,
    monitor: &dyn Monitor,
) -> Result<Vec<Vec<Complex64>>, PipelineError> {
    let system = described_system(circuit, manifest)?;
    let size = 1usize << system.len();
    Ok(block(circuit, &system, 0..size, monitor)?)
}

/// The qubits of the register `system` of a circuit, which must be those that its manifest names and must hold the
/// unknowns.
pub(crate) fn described_system(
    circuit: &Circuit,
    manifest: &Manifest,
) -> Result<Vec<QubitId>, PipelineError> {
    let described = manifest.circuit.registers.get("system");
    let register = circuit.entry()?.register("system");
    let qubits: Vec<QubitId> = register.map_or(Vec::new(), |register| register.qubits().collect());
    let same = described
        .is_some_and(|described| described.iter().copied().eq(qubits.iter().map(|qubit| qubit.index())));
    let holds_unknowns = qubits.len() < usize::BITS as usize && manifest.system.n <= 1 << qubits.len();
    if qubits.is_empty() || !same || !holds_unknowns {
        return Err(PipelineError::Mismatch { unknowns: manifest.system.n });
    }
    Ok(qubits)
}

fn run_and_project(
    circuit: &Circuit,
    system: &[QubitId],
    options: &ExecuteOptions,
    monitor: &dyn Monitor,
) -> Result<Vec<Complex64>, PipelineError> {
    let program = options.program(circuit)?;
    let mut state = StateVector::zero(program.qubits())?;
    program.run(&mut state, &options.run_options(0), monitor)?;
    Ok(project(&state, system)?)
}

/// Refuses a program whose state does not fit into memory.
pub(crate) fn refuse_if_too_large(program: &Program<f64>) -> Result<(), PipelineError> {
    let (qubits, available) = (program.qubits(), memory_available());
    let needed = memory_needed::<f64>(qubits);
    if needed > available {
        return Err(ExecutorError::Memory { qubits, needed, available }.into());
    }
    Ok(())
}

/// Refuses circuits that are predicted to take longer, one after another.
pub(crate) fn refuse_if_slow(
    circuits: &[&Circuit],
    queries: u64,
    options: &ExecuteOptions,
) -> Result<(), PipelineError> {
    let mut predicted = 0.0;
    for circuit in circuits {
        predicted += predict_seconds(circuit)?;
    }
    if predicted > options.time_limit {
        let mut qubits = 0;
        for circuit in circuits {
            qubits = qubits.max(Program::<f64>::new(circuit)?.qubits());
        }
        return Err(PipelineError::TooSlow { predicted, limit: options.time_limit, queries, qubits });
    }
    Ok(())
}
