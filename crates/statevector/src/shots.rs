//! Repeated runs of a circuit that measures.

use crate::bits::Condition;
use crate::blocked::engine;
use crate::error::ExecutorError;
use crate::execute::Execution;
use crate::measurement::{Stream, sample};
use crate::program::Program;
use crate::real::Real;
use crate::run::{RunOptions, within};
use crate::state::StateVector;
use qnewton_circuit::{Circuit, QubitId};
use qnewton_core::{Monitor, Silent};
use std::collections::BTreeMap;

/// Runs `circuit` from |0> `shots` times: outcomes, bit i of which is classical bit i of the entry, with their
/// numbers. Where every measurement is the last thing that happens to its qubit, the circuit runs once and the
/// outcomes are drawn from the final state; otherwise it runs once per shot.
///
/// The seed of [`RunOptions`] determines the outcomes. An error if the entry has more than 64 bits.
pub fn run_shots<R: Real>(
    circuit: &Circuit,
    shots: u64,
    options: &RunOptions,
    monitor: &dyn Monitor,
) -> Result<BTreeMap<u64, u64>, ExecutorError> {
    let program = Program::<R>::new(circuit)?;
    program.check_parameters(&options.parameters)?;
    check_bits(&program)?;
    let mut state = StateVector::<R>::zero(program.qubits)?;
    within(options.threads, || match program.final_measurements() {
        Some(measured) => {
            monitor.begin("executing", program.bodies[program.entry].kernels);
            let mut engine = engine(state.amplitudes_mut(), options, program.exact);
            let mut execution = Execution::new(&program, engine.as_mut(), 0, 0, monitor);
            execution.run_unmeasured(&options.parameters)?;
            drop(engine);
            final_outcomes(measured, |qubits| sample(&state, qubits, shots, options.seed))
        }
        None => {
            monitor.begin("running shots", shots);
            let mut seeds = Stream::new(options.seed);
            let mut counts = BTreeMap::new();
            for _ in 0..shots {
                state.reset();
                let seed = seeds.bits();
                let mut engine = engine(state.amplitudes_mut(), options, program.exact);
                let mut execution = Execution::new(&program, engine.as_mut(), 0, seed, &Silent);
                execution.run(Condition::default(), &options.parameters)?;
                let bits = execution.into_bits();
                let outcome = bits.iter().enumerate().map(|(place, &bit)| u64::from(bit) << place).sum();
                *counts.entry(outcome).or_insert(0) += 1;
                monitor.advance(1);
                monitor.check()?;
            }
            Ok(counts)
        }
    })
}

/// Refuses programs whose outcomes do not fit a number.
pub(crate) fn check_bits<R: Real>(program: &Program<R>) -> Result<(), ExecutorError> {
    if program.bits > 64 {
        let problem = format!("the circuit has {} classical bits, an outcome has at most 64", program.bits);
        return Err(ExecutorError::Selection { problem });
    }
    Ok(())
}

/// The outcomes of final measurements, pairs of classical bits and qubits, given those of sampled qubits.
pub(crate) fn final_outcomes(
    measured: Vec<(u32, u32)>,
    sampled: impl FnOnce(&[QubitId]) -> Result<BTreeMap<u64, u64>, ExecutorError>,
) -> Result<BTreeMap<u64, u64>, ExecutorError> {
    let (bits, qubits): (Vec<u32>, Vec<QubitId>) =
        measured.into_iter().map(|(bit, qubit)| (bit, QubitId(qubit))).unzip();
    let placed =
        |value: u64| bits.iter().enumerate().map(|(place, &bit)| (value >> place & 1) << bit).sum::<u64>();
    Ok(sampled(&qubits)?.into_iter().map(|(value, number)| (placed(value), number)).collect())
}
