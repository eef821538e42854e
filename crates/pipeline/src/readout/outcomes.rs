//! The executor in the place of a device: outcome probabilities of a circuit, and counts drawn from them.

use super::error::ReadoutError;
use crate::execute::{ExecuteOptions, refuse_if_slow};
use qnewton_circuit::{Circuit, QubitId};
use qnewton_core::Monitor;
use qnewton_statevector::{StateVector, project};
use rand_distr::{Binomial, Distribution};
use rand_pcg::Pcg64;

/// The probabilities that `selected` read k, bit i on `selected[i]`, and all other qubits 0. Their sum is at most 1.
pub(super) fn probabilities(
    circuit: &Circuit,
    selected: &[QubitId],
    queries: u64,
    options: &ExecuteOptions,
    monitor: &dyn Monitor,
) -> Result<Vec<f64>, ReadoutError> {
    refuse_if_slow(&[circuit], queries, options)?;
    let program = options.program(circuit)?;
    let mut state = StateVector::zero(program.qubits())?;
    program.run(&mut state, &options.run_options(0), monitor)?;
    monitor.check()?;
    Ok(project(&state, selected)?.iter().map(|amplitude| amplitude.norm_sqr()).collect())
}

/// Numbers of outcomes among `shots` runs, whatever is missing to probability 1 being another outcome that is not
/// listed: a multinomial distribution as a chain of binomial ones, so that time does not grow with the shots.
pub(super) fn draw(
    probabilities: &[f64],
    shots: u64,
    generator: &mut Pcg64,
) -> Result<Vec<u64>, ReadoutError> {
    let (mut left, mut rest) = (shots, 1.0f64);
    let mut counts = Vec::with_capacity(probabilities.len());
    for &probability in probabilities {
        // Rounding may leave a little more than the rest.
        let share = if probability >= rest { 1.0 } else { probability / rest };
        let binomial = Binomial::new(left, share).map_err(|_| ReadoutError::Probability { probability })?;
        let count = binomial.sample(generator);
        counts.push(count);
        left -= count;
        rest -= probability;
    }
    Ok(counts)
}
