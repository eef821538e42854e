//! Runs that stop where they are and go on later, with the same result to the last bit.

use crate::bits::Condition;
use crate::blocked::engine;
use crate::error::ExecutorError;
use crate::execute::Execution;
use crate::program::Program;
use crate::real::Real;
use crate::run::{Outcome, RunOptions, within};
use crate::state::StateVector;
use crate::trail::Trail;
use qnewton_core::Monitor;

/// Where a run stands, all but its amplitudes.
#[derive(Clone, Debug, PartialEq)]
pub struct Suspended {
    pub(crate) seed: u64,
    pub(crate) parameters: Vec<f64>,
    pub(crate) trail: Trail,
    pub(crate) bits: Vec<bool>,
    /// The factor e^(i phase) that all amplitudes still lack.
    pub(crate) phase: f64,
    /// Random numbers that were drawn.
    pub(crate) drawn: u64,
    /// Kernels that were run, and those of the whole run.
    pub(crate) kernels: u64,
    pub(crate) total: u64,
}

impl Suspended {
    /// The share of the run's kernels that is done.
    pub fn share(&self) -> f64 {
        if self.total == 0 { 0.0 } else { self.kernels as f64 / self.total as f64 }
    }
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Ended {
    /// It is over.
    Finished(Outcome),
    /// It was cancelled; the state is that of this place.
    Suspended(Suspended),
}

impl<R: Real> Program<R> {
    /// [`Program::run`], but a run that `monitor` cancels says where it stands, and one that starts `from` such a place
    /// goes on there with the state that it had. An error if the seed or the parameters are others.
    pub fn run_until_cancelled(
        &self,
        state: &mut StateVector<R>,
        options: &RunOptions,
        from: Option<Suspended>,
        monitor: &dyn Monitor,
    ) -> Result<Ended, ExecutorError> {
        if state.qubits() != self.qubits {
            return Err(ExecutorError::Qubits { expected: self.qubits, found: state.qubits() });
        }
        self.check_parameters(&options.parameters)?;
        let total = self.bodies[self.entry].kernels;
        let other = |from: &Suspended| from.seed != options.seed || from.parameters != options.parameters;
        if from.as_ref().is_some_and(other) {
            let problem = "the run began with another seed or other angles".to_string();
            return Err(ExecutorError::Selection { problem });
        }
        let done = from.as_ref().map_or(0, |from| from.kernels);
        monitor.begin("executing", total.saturating_sub(done));
        within(options.threads, || {
            let mut engine = engine(state.amplitudes_mut(), options, self.exact);
            let mut execution = Execution::new(self, engine.as_mut(), 0, options.seed, monitor);
            if let Some(from) = from {
                execution = execution.resumed(from);
            }
            match execution.run(Condition::default(), &options.parameters) {
                Ok(()) => Ok(Ended::Finished(Outcome { bits: execution.into_bits() })),
                Err(ExecutorError::Cancelled(_)) => {
                    let parameters = options.parameters.clone();
                    Ok(Ended::Suspended(execution.suspended(options.seed, parameters, total)))
                }
                Err(error) => Err(error),
            }
        })
    }
}
