//! Running a program on a state: the hierarchy is interpreted as it stands.

use crate::bits::Condition;
use crate::blocked::engine;
use crate::error::ExecutorError;
use crate::execute::Execution;
use crate::program::Program;
use crate::real::Real;
use crate::simd::Instructions;
use crate::state::StateVector;
use qnewton_circuit::Circuit;
use qnewton_core::Monitor;

/// How a circuit is run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RunOptions {
    /// Values of the entry's angle parameters.
    pub parameters: Vec<f64>,
    /// Seed of the measurement outcomes.
    pub seed: u64,
    /// Number of threads; without it, those of the current rayon pool. Results do not depend on it.
    pub threads: Option<usize>,
    /// Vector instructions; without them, the widest of the processor. Results agree up to rounding.
    pub instructions: Option<Instructions>,
    /// Qubits of the blocks in which a large state is worked on; without it, as many as fit the cache.
    pub block_qubits: Option<usize>,
}

impl RunOptions {
    pub(crate) fn instructions(&self) -> Instructions {
        self.instructions.map_or_else(Instructions::best, Instructions::supported)
    }
}

/// What a run yields besides the state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The classical bits of the entry, false where nothing was measured.
    pub bits: Vec<bool>,
}

/// Runs `circuit` on `state`, which has the qubits of the entry's registers in order, ancillas that definitions
/// declare behind them in |0> (see [`Program::qubits`]). Global phase included.
///
/// Progress is reported in kernels. When `monitor` cancels, the state is left somewhere in the middle.
pub fn run<R: Real>(
    circuit: &Circuit,
    state: &mut StateVector<R>,
    options: &RunOptions,
    monitor: &dyn Monitor,
) -> Result<Outcome, ExecutorError> {
    Program::new(circuit)?.run(state, options, monitor)
}

impl<R: Real> Program<R> {
    /// Runs the program on `state`; see [`run`].
    pub fn run(
        &self,
        state: &mut StateVector<R>,
        options: &RunOptions,
        monitor: &dyn Monitor,
    ) -> Result<Outcome, ExecutorError> {
        if state.qubits() != self.qubits {
            return Err(ExecutorError::Qubits { expected: self.qubits, found: state.qubits() });
        }
        self.check_parameters(&options.parameters)?;
        monitor.begin("executing", self.bodies[self.entry].kernels);
        within(options.threads, || {
            let mut engine = engine(state.amplitudes_mut(), options, self.exact);
            let mut execution = Execution::new(self, engine.as_mut(), 0, options.seed, monitor);
            execution.run(Condition::default(), &options.parameters)?;
            Ok(Outcome { bits: execution.into_bits() })
        })
    }
}

/// Runs `work` with that many threads.
pub(crate) fn within<T: Send>(
    threads: Option<usize>,
    work: impl FnOnce() -> Result<T, ExecutorError> + Send,
) -> Result<T, ExecutorError> {
    match threads {
        None => work(),
        Some(threads) => {
            let threads = threads.max(1);
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            pool.map_err(|error| ExecutorError::Threads { threads, reason: error.to_string() })?.install(work)
        }
    }
}
