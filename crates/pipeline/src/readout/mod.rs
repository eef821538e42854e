//! Reading the solution from shots, as on a device: signed entries with their norm, and numbers about x without x.
//!
//! The solver leaves a_j = x_j / scale on `system` with probability p = sum a_j^2 that everything else reads 0. A shot
//! yields j with probability a_j^2, or fails. Two circuits give signed entries: the solver alone, and the solver in
//! interference with a uniform reference state ([`qnewton_qlsa::readout`]); [`Allocation`] says how shots are shared
//! and why, [`expected_error`] what comes of them. The executor stands in for the device: it computes each circuit's
//! outcome probabilities once, and counts are drawn from them with a seeded generator. Nothing else enters the
//! estimates. Of a solver that leaves the direction of the solution, a part of the shots reads norm and sign.

mod budget;
mod error;
mod estimator;
mod observables;
mod outcomes;
mod scale;
#[cfg(test)]
mod tests;

use budget::expected_within;
pub use budget::{Allocation, expected_error, shots_for, shots_with_norm_for, with_read_out};
pub use error::ReadoutError;
pub use estimator::{Amplitude, Counts};
pub use observables::{Estimate, overlap, quadratic_form};
pub use scale::Scale;

use crate::compile::{CompiledSystem, norm, unscaled, with_added};
use crate::execute::ExecuteOptions;
use crate::norm::Direction;
use outcomes::{draw, probabilities};
use qnewton_circuit::QubitId;
use qnewton_core::Monitor;
use qnewton_qlsa::readout::interference_circuit;
use qnewton_qlsa::solver::SolverCircuit;
use rand::SeedableRng;
use rand_pcg::Pcg64;
use std::time::Instant;

/// A sign is uncertain while the other one keeps at least this probability.
const UNCERTAIN: f64 = 0.01;

/// How a solution is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadoutOptions {
    /// Runs of a circuit in all, from 4 to 2^53.
    pub shots: u64,
    /// Seed of the outcomes: the same seed gives the same counts.
    pub seed: u64,
}

/// What reading needs to know of a solver.
#[derive(Clone, Copy, Debug)]
pub struct Readable<'a> {
    /// The circuit.
    pub solver: &'a SolverCircuit,
    /// Number of unknowns; values of `system` from there on are padding.
    pub n: usize,
    /// How the amplitudes become the solution y.
    pub scale: Scale<'a>,
    /// The diagonal S of a scaling, one entry for each unknown: x = S y.
    pub scaling: Option<&'a [f64]>,
    /// What was solved for classically, one entry for each unknown: x = S y + added.
    pub added: Option<&'a [f64]>,
    /// Predicted probability that all registers but `system` read 0. It chooses a weight in [`overlap`] and biases
    /// nothing.
    pub success_probability: f64,
}

impl ReadoutOptions {
    /// Refuses fewer than 4 shots and more than a double counts.
    fn check(&self) -> Result<(), ReadoutError> {
        Allocation::of(self.shots, 1).map(drop)
    }
}

impl<'a> Readable<'a> {
    /// The solver of a compiled system.
    pub fn of(compiled: &'a CompiledSystem) -> Self {
        Readable {
            solver: &compiled.solver,
            n: compiled.facts.n,
            scale: match (compiled.scale, compiled.direction) {
                (None, Some(Direction { norm_probability: probability, .. })) => {
                    Scale::FurtherQuery { encoding: &compiled.encoding, rhs: &compiled.rhs, probability }
                }
                (scale, _) => Scale::Known(scale.unwrap_or(f64::NAN)),
            },
            scaling: compiled.scaling.as_deref(),
            added: compiled.deflation.as_ref().map(|deflation| deflation.solution.as_slice()),
            success_probability: compiled.success_probability,
        }
    }

    /// The shots after which they leave an expected relative error.
    pub fn shots_for(&self, error: f64) -> u64 {
        match self.scale {
            Scale::Known(_) => shots_for(error, self.n, self.success_probability),
            Scale::FurtherQuery { probability, .. } => {
                shots_with_norm_for(error, self.n, self.success_probability, probability)
            }
        }
    }

    /// The shots whose share of the error ledger ([`with_read_out`]) is `bound`; `u64::MAX` where no number would do.
    pub fn shots_within(&self, bound: f64) -> u64 {
        self.shots_for(expected_within(bound))
    }

    /// The qubits that hold the solution, if they hold the unknowns and the scaling has as many entries.
    fn system(&self) -> Result<Vec<QubitId>, ReadoutError> {
        let register = self.solver.circuit.entry()?.register("system");
        let system: Vec<QubitId> = register.map_or(Vec::new(), |register| register.qubits().collect());
        let holds_unknowns = 1usize.checked_shl(system.len() as u32).is_some_and(|size| self.n <= size);
        if self.n == 0 || !holds_unknowns {
            return Err(ReadoutError::Unknowns { unknowns: self.n, qubits: system.len() });
        }
        if let Some(scaling) = self.scaling {
            self.check_length(scaling.len())?;
        }
        if let Some(added) = self.added {
            self.check_length(added.len())?;
        }
        Ok(system)
    }

    /// Refuses a vector that has not one entry for each unknown.
    fn check_length(&self, length: usize) -> Result<(), ReadoutError> {
        if length == self.n { Ok(()) } else { Err(ReadoutError::Length { expected: self.n, found: length }) }
    }

    /// S v, or v without scaling.
    fn scaled(&self, vector: &[f64]) -> Vec<f64> {
        unscaled(vector.to_vec(), self.scaling)
    }
}

/// A solution that was read from shots.
#[derive(Clone, Debug, PartialEq)]
pub struct Readout {
    /// The solution, sign and norm included, without padding.
    pub solution: Vec<f64>,
    /// Its Euclidean norm.
    pub norm: f64,
    /// How the shots for the amplitudes were shared.
    pub allocation: Allocation,
    /// Shots that read norm and sign, where the solver leaves the direction only.
    pub norm_shots: u64,
    /// Share of the runs of the solver alone in which all registers but `system` read 0.
    pub success_frequency: f64,
    /// Expected ||x_hat - x|| / ||x|| from the shots alone, judged from the counts: the root mean square over what x
    /// may be after them. Infinite if the solution read is 0; from about 1 on nothing was learned. The solver's own
    /// error comes on top.
    pub expected_error: f64,
    /// Number of entries whose other sign keeps a probability of at least 1 %; all where that of the whole does.
    pub sign_uncertain: usize,
    /// Seconds that computing the outcomes took: not those of a device.
    pub seconds: f64,
}

/// Reads the solution of a compiled system from shots.
///
/// Refused with the prediction if executing a circuit would take longer than the limit.
pub fn read_out(
    compiled: &CompiledSystem,
    options: &ReadoutOptions,
    execute_options: &ExecuteOptions,
    monitor: &dyn Monitor,
) -> Result<Readout, ReadoutError> {
    read_solution(&Readable::of(compiled), options, execute_options, monitor)
}

/// Reads the solution that any solver leaves from shots; as [`read_out`].
pub fn read_solution(
    readable: &Readable,
    options: &ReadoutOptions,
    execute_options: &ExecuteOptions,
    monitor: &dyn Monitor,
) -> Result<Readout, ReadoutError> {
    let start = Instant::now();
    options.check()?;
    let system = readable.system()?;
    let n = readable.n;
    let mut generator = Pcg64::seed_from_u64(options.seed);
    let scale = readable.read_scale(options.shots, &system, &mut generator, execute_options, monitor)?;
    let allocation = Allocation::of(options.shots - scale.shots, n)?;
    let queries = readable.solver.queries;
    let alone = probabilities(&readable.solver.circuit, &system, queries, execute_options, monitor)?;
    let reference: Vec<f64> = (0..alone.len()).map(|j| if j < n { 1.0 } else { 0.0 }).collect();
    let circuit = interference_circuit(readable.solver, &reference, allocation.solver_weight)?;
    let selected: Vec<QubitId> = circuit.system.iter().copied().chain([circuit.control]).collect();
    let interfering = probabilities(&circuit.circuit, &selected, queries, execute_options, monitor)?;

    let magnitudes = draw(&alone, allocation.magnitude_shots, &mut generator)?;
    let signed = draw(&interfering, allocation.interference_shots, &mut generator)?;
    let (plus, minus) = signed.split_at(alone.len());

    let amplitudes: Vec<Amplitude> = (0..n)
        .map(|j| Counts { alone: magnitudes[j], plus: plus[j], minus: minus[j] })
        .map(|counts| counts.amplitude(&allocation, n))
        .collect();
    let means: Vec<f64> = amplitudes.iter().map(|amplitude| scale.value * amplitude.mean).collect();
    let deviations: Vec<f64> = amplitudes.iter().map(|amplitude| scale.value * amplitude.deviation).collect();
    let solution = with_added(readable.scaled(&means), readable.added);
    let length = norm(&solution);
    let spread = norm(&readable.scaled(&deviations));
    Ok(Readout {
        solution,
        norm: length,
        allocation,
        norm_shots: scale.shots,
        success_frequency: magnitudes.iter().sum::<u64>() as f64 / allocation.magnitude_shots as f64,
        expected_error: if length > 0.0 { (spread / length).hypot(scale.deviation) } else { f64::INFINITY },
        sign_uncertain: amplitudes
            .iter()
            .filter(|amplitude| scale.sign_uncertain || amplitude.wrong_sign >= UNCERTAIN)
            .count(),
        seconds: start.elapsed().as_secs_f64(),
    })
}
