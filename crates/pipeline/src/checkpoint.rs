//! Long runs that survive: checkpoints now and then, and when the user asks to stop.

use crate::error::PipelineError;
use qnewton_core::{Cancelled, Monitor};
use qnewton_matrix::write_atomically;
use qnewton_statevector::{
    Ended, Outcome, Program, RunOptions, StateVector, Suspended, read_checkpoint, write_checkpoint,
};
use std::fs::File;
use std::io::{BufReader, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Where and how often a run is written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckpointOptions {
    /// The file. A run that finds its own checkpoint there goes on from it.
    pub path: PathBuf,
    /// Time between checkpoints.
    pub every: Duration,
}

/// A state and, if it was read, where its run stands.
pub(crate) type Standing = (StateVector, Option<Suspended>);

/// What the checkpoint holds, or |0> if there is none yet. `circuit` is the fingerprint of the circuit.
pub(crate) fn load(
    program: &Program<f64>,
    circuit: &str,
    run: &RunOptions,
    path: &Path,
) -> Result<Standing, PipelineError> {
    let file = match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Ok((StateVector::zero(program.qubits())?, None));
        }
        file => file.map_err(|source| PipelineError::Io { path: path.to_path_buf(), source })?,
    };
    let read = read_checkpoint(&mut BufReader::new(file), circuit, program, run);
    let (suspended, state) =
        read.map_err(|error| PipelineError::Checkpoint { path: path.to_path_buf(), error: Box::new(error) })?;
    Ok((state, Some(suspended)))
}

/// Runs from where a run stands to its end, writing checkpoints on the way. When `monitor` cancels, the last one says
/// where.
pub(crate) fn run_with_checkpoints(
    program: &Program<f64>,
    circuit: &str,
    run: &RunOptions,
    standing: &mut Standing,
    options: &CheckpointOptions,
    monitor: &dyn Monitor,
) -> Result<Outcome, PipelineError> {
    let (state, from) = standing;
    let mut began = false;
    loop {
        let alarm = Alarm {
            monitor,
            began,
            asked: AtomicBool::new(false),
            start: Instant::now(),
            after: options.every,
        };
        match program.run_until_cancelled(state, run, from.take(), &alarm)? {
            Ended::Finished(outcome) => return Ok(outcome),
            Ended::Suspended(suspended) => {
                let content =
                    |out: &mut dyn std::io::Write| write_checkpoint(out, circuit, program, &suspended, state);
                write_atomically(&options.path, content).map_err(|error| PipelineError::Write {
                    path: options.path.clone(),
                    message: error.source.to_string(),
                })?;
                if monitor.is_cancelled() {
                    return Err(Cancelled.into());
                }
                *from = Some(suspended);
                began = true;
            }
        }
    }
}

/// Cancels when it is time for a checkpoint, too.
struct Alarm<'a> {
    monitor: &'a dyn Monitor,
    /// Whether the stage was announced before.
    began: bool,
    /// The first question comes before anything is done: a checkpoint then would be the one before.
    asked: AtomicBool,
    start: Instant,
    after: Duration,
}

impl Monitor for Alarm<'_> {
    fn begin(&self, stage: &str, total: u64) {
        if !self.began {
            self.monitor.begin(stage, total);
        }
    }

    fn advance(&self, steps: u64) {
        self.monitor.advance(steps);
    }

    fn is_cancelled(&self) -> bool {
        let asked = self.asked.swap(true, Ordering::Relaxed);
        self.monitor.is_cancelled() || asked && self.start.elapsed() >= self.after
    }
}
