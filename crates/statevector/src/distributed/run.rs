//! Running programs on distributed states: the interpreter and its results are those of one process.

use super::communicator::Communicator;
use super::engine::Localiser;
use super::layout::{Layout, available_per_rank};
use super::state::DistributedState;
use crate::bits::Condition;
use crate::error::ExecutorError;
use crate::execute::Execution;
use crate::measurement::Stream;
use crate::program::Program;
use crate::real::Real;
use crate::run::{Outcome, RunOptions, within};
use crate::shots::{check_bits, final_outcomes};
use qnewton_circuit::Circuit;
use qnewton_core::{Monitor, Silent};
use std::collections::BTreeMap;

impl<R: Real> Program<R> {
    /// Prepares a circuit for a state that is shared out among ranks; see [`Program::new`] and [`Program::exact`]. Every
    /// rank holds all tables.
    pub fn new_distributed(
        circuit: &Circuit,
        exact: bool,
        ranks: &dyn Communicator,
    ) -> Result<Self, ExecutorError> {
        let all = available_per_rank(ranks, ranks.size())?.saturating_mul(ranks.size() as u128);
        Self::prepare(circuit, exact, || all)
    }

    /// Runs the program on a state that is shared out; see [`Program::run`]. Every rank calls this with the same
    /// arguments and gets the same outcome. A run is cancelled at all ranks or at none: a monitor that cancels at one
    /// only leaves the others waiting.
    ///
    /// Measured probabilities are summed in the order of one process, for which qubits return to their places.
    pub fn run_distributed(
        &self,
        state: &mut DistributedState<'_, R>,
        options: &RunOptions,
        monitor: &dyn Monitor,
    ) -> Result<Outcome, ExecutorError> {
        if state.qubits() != self.qubits {
            return Err(ExecutorError::Qubits { expected: self.qubits, found: state.qubits() });
        }
        let (active, most) = (state.layout().active, Layout::new(self, state.ranks().size()).active);
        if active > most {
            let problem =
                format!("the state is shared out among {active} ranks, the program runs on {most} at most");
            return Err(ExecutorError::State { problem });
        }
        self.check_parameters(&options.parameters)?;
        monitor.begin("executing", self.bodies[self.entry].kernels);
        within(options.threads, || {
            let mut engine = Localiser::new(state, options, self.exact);
            let mut execution = Execution::new(self, &mut engine, 0, options.seed, monitor);
            execution.run(Condition::default(), &options.parameters)?;
            let bits = execution.into_bits();
            engine.finish()?;
            Ok(Outcome { bits })
        })
    }
}

/// Runs a circuit from |0> `shots` times; see [`run_shots`](crate::run_shots), whose outcomes these are. Every rank gets
/// them.
pub fn run_shots_distributed<R: Real>(
    circuit: &Circuit,
    shots: u64,
    ranks: &dyn Communicator,
    options: &RunOptions,
    monitor: &dyn Monitor,
) -> Result<BTreeMap<u64, u64>, ExecutorError> {
    let program = Program::<R>::new_distributed(circuit, false, ranks)?;
    program.check_parameters(&options.parameters)?;
    check_bits(&program)?;
    let mut state = DistributedState::zero(&program, ranks)?;
    within(options.threads, || match program.final_measurements() {
        Some(measured) => {
            monitor.begin("executing", program.bodies[program.entry].kernels);
            let mut engine = Localiser::new(&mut state, options, program.exact);
            let mut execution = Execution::new(&program, &mut engine, 0, 0, monitor);
            execution.run_unmeasured(&options.parameters)?;
            engine.finish()?;
            final_outcomes(measured, |qubits| state.sample(qubits, shots, options.seed))
        }
        None => {
            monitor.begin("running shots", shots);
            let mut seeds = Stream::new(options.seed);
            let mut counts = BTreeMap::new();
            for _ in 0..shots {
                state.reset();
                let mut engine = Localiser::new(&mut state, options, program.exact);
                let mut execution = Execution::new(&program, &mut engine, 0, seeds.bits(), &Silent);
                execution.run(Condition::default(), &options.parameters)?;
                let bits = execution.into_bits();
                engine.finish()?;
                let outcome = bits.iter().enumerate().map(|(place, &bit)| u64::from(bit) << place).sum();
                *counts.entry(outcome).or_insert(0) += 1;
                monitor.advance(1);
                monitor.check()?;
            }
            Ok(counts)
        }
    })
}
