//! Repeated runs from |0>, each with its own random events: noise, measurements, post-selection.

use crate::bits::Condition;
use crate::engine::Direct;
use crate::error::ExecutorError;
use crate::execute::Execution;
use crate::expectation::Observable;
use crate::measurement::{Stream, sample};
use crate::memory::{check_memory, memory_available};
use crate::noise::{Noise, gate_by_gate};
use crate::program::Program;
use crate::projection::{collapse_to, probability_of};
use crate::real::Real;
use crate::run::{RunOptions, within};
use crate::state::StateVector;
use qnewton_circuit::{Circuit, QubitId};
use qnewton_core::{Monitor, Silent};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// States of fewer qubits run side by side, one per thread; kernels on larger ones use all threads.
const SIDE_BY_SIDE_QUBITS: usize = 14;

/// Trajectories between two reports of progress.
const ROUND: u64 = 256;

/// What is asked of trajectories.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TrajectoryOptions {
    /// Parameters of the entry, seed and threads.
    pub run: RunOptions,
    /// The noise.
    pub noise: Noise,
    /// The qubits that are read at the end, where the outcome is not that of the classical bits.
    pub read: Option<Vec<QubitId>>,
    /// Values that qubits must have at the end for a trajectory to count. They are read like others.
    pub post_selection: Vec<(QubitId, bool)>,
    /// What is averaged over the final states.
    pub observables: Vec<Observable>,
}

/// What trajectories gave.
#[derive(Clone, Debug, PartialEq)]
pub struct Trajectories {
    /// Those that count.
    pub accepted: u64,
    /// Outcomes of the accepted trajectories with their numbers, bit i for classical bit i or the i-th qubit that is read.
    pub histogram: BTreeMap<u64, u64>,
    /// Mean probability of the post-selected values, reading errors apart.
    pub probability: f64,
    /// Expectation values in the order of the observables.
    pub means: Vec<Mean>,
}

/// A mean over trajectories.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mean {
    /// The mean of the real part. With post-selection every trajectory has the weight of its probability.
    pub value: f64,
    /// Its standard error.
    pub standard_error: f64,
}

/// Runs `circuit`, gate by gate if there is noise after gates, `number` times from |0>. The seed determines the result,
/// whatever the number of threads. An error if an outcome would have more than 64 bits.
pub fn run_trajectories<R: Real>(
    circuit: &Circuit,
    number: u64,
    options: &TrajectoryOptions,
    monitor: &dyn Monitor,
) -> Result<Trajectories, ExecutorError> {
    options.noise.check()?;
    let program = if options.noise.depolarising > 0.0 || options.noise.pauli != [0.0; 3] {
        Program::<R>::exact(&gate_by_gate(circuit)?)?
    } else {
        Program::<R>::new(circuit)?
    };
    program.check_parameters(&options.run.parameters)?;
    let bits = options.read.as_ref().map_or(program.bits, Vec::len);
    if bits + options.post_selection.len() > 64 {
        let problem = format!(
            "{bits} bits are read and {} post-selected, an outcome has at most 64",
            options.post_selection.len()
        );
        return Err(ExecutorError::Selection { problem });
    }
    within(options.run.threads, || {
        let threads = rayon::current_num_threads();
        let side_by_side = program.qubits < SIDE_BY_SIDE_QUBITS && threads > 1;
        let copies = if side_by_side { threads.next_power_of_two().trailing_zeros() as usize } else { 0 };
        check_memory::<R>(program.qubits + copies, memory_available())?;
        monitor.begin("running trajectories", number);
        let mut seeds = Stream::new(options.run.seed);
        let mut sums = Sums::new(options.observables.len());
        let mut left = number;
        while left > 0 {
            let round = left.min(ROUND);
            left -= round;
            let drawn: Vec<u64> = (0..round).map(|_| seeds.bits()).collect();
            let fresh = || StateVector::<R>::zero(program.qubits);
            let one = |state: &mut Result<StateVector<R>, ExecutorError>, seed: u64| {
                monitor.check()?;
                trajectory(&program, state.as_mut().map_err(|error| error.clone())?, seed, options)
            };
            let found: Vec<Trajectory> = if side_by_side {
                drawn.into_par_iter().map_init(fresh, one).collect::<Result<_, _>>()?
            } else {
                let mut state = fresh();
                drawn.into_iter().map(|seed| one(&mut state, seed)).collect::<Result<_, _>>()?
            };
            found.into_iter().for_each(|trajectory| sums.add(trajectory));
            monitor.advance(round);
        }
        Ok(sums.finish())
    })
}

struct Trajectory {
    /// The outcome, if it counts.
    outcome: Option<u64>,
    probability: f64,
    /// One value for each observable; none if the post-selected part is empty.
    values: Vec<f64>,
}

fn trajectory<R: Real>(
    program: &Program<R>,
    state: &mut StateVector<R>,
    seed: u64,
    options: &TrajectoryOptions,
) -> Result<Trajectory, ExecutorError> {
    let noise = &options.noise;
    state.reset();
    let (measured, mut random) = {
        let mut engine = Direct::new(state.amplitudes_mut(), options.run.instructions());
        let mut execution = Execution::new(program, &mut engine, 0, seed, &Silent).with_noise(noise);
        execution.run(Condition::default(), &options.run.parameters)?;
        execution.into_bits_and_stream()
    };
    // What is read at the end is read together: the outcome's qubits, then those of the post-selection.
    let read = options.read.as_deref().unwrap_or_default();
    let selected = options.post_selection.iter().map(|&(qubit, _)| qubit);
    let extra: Vec<QubitId> = selected.filter(|qubit| !read.contains(qubit)).collect();
    let last: Vec<QubitId> = read.iter().copied().chain(extra).collect();
    let drawn = if last.is_empty() {
        0
    } else {
        sample(state, &last, 1, random.bits())?.into_keys().next().unwrap_or_default()
    };
    let seen = noise.read_all(drawn, last.len(), &mut random);
    let is_met = |&(qubit, value): &(QubitId, bool)| {
        let place = last.iter().position(|&other| other == qubit);
        place.is_some_and(|place| (seen >> place & 1 == 1) == value)
    };
    let outcome = match &options.read {
        Some(read) if read.len() < 64 => seen & ((1 << read.len()) - 1),
        Some(_) => seen,
        None => measured.iter().enumerate().fold(0, |all, (place, &bit)| all | u64::from(bit) << place),
    };
    let outcome = options.post_selection.iter().all(is_met).then_some(outcome);
    let mut probability = 1.0;
    if !options.post_selection.is_empty() {
        probability = probability_of(state, &options.post_selection)?;
        if probability == 0.0 {
            return Ok(Trajectory { outcome, probability, values: Vec::new() });
        }
        if !options.observables.is_empty() {
            collapse_to(state, &options.post_selection)?;
        }
    }
    let value = |observable: &Observable| Ok(observable.expectation(state)?.re);
    let values = options.observables.iter().map(value).collect::<Result<_, ExecutorError>>()?;
    Ok(Trajectory { outcome, probability, values })
}

struct Sums {
    number: u64,
    accepted: u64,
    histogram: BTreeMap<u64, u64>,
    weight: f64,
    weight_squares: f64,
    /// Of each observable o: the sums of w o, w^2 o and w^2 o^2, w being the probabilities.
    observables: Vec<[f64; 3]>,
}

impl Sums {
    fn new(observables: usize) -> Self {
        Sums {
            number: 0,
            accepted: 0,
            histogram: BTreeMap::new(),
            weight: 0.0,
            weight_squares: 0.0,
            observables: vec![[0.0; 3]; observables],
        }
    }

    fn add(&mut self, trajectory: Trajectory) {
        self.number += 1;
        if let Some(outcome) = trajectory.outcome {
            self.accepted += 1;
            *self.histogram.entry(outcome).or_insert(0) += 1;
        }
        let weight = trajectory.probability;
        self.weight += weight;
        self.weight_squares += weight * weight;
        for (sums, value) in self.observables.iter_mut().zip(trajectory.values) {
            for (sum, term) in sums.iter_mut().zip([1.0, weight, weight * value]) {
                *sum += weight * value * term;
            }
        }
    }

    fn finish(self) -> Trajectories {
        let number = self.number as f64;
        let mean = |[first, crossed, second]: [f64; 3]| {
            let value = first / self.weight;
            // sum w^2 (o - mean)^2 / (sum w)^2, by the delta method for a ratio of means.
            let spread = second - 2.0 * value * crossed + value * value * self.weight_squares;
            let correction = if number > 1.0 { number / (number - 1.0) } else { f64::NAN };
            Mean { value, standard_error: (spread.max(0.0) * correction).sqrt() / self.weight }
        };
        Trajectories {
            accepted: self.accepted,
            probability: self.weight / number,
            means: self.observables.iter().map(|&sums| mean(sums)).collect(),
            histogram: self.histogram,
        }
    }
}
