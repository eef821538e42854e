//! Post-selection: the part of a state in which some qubits have given values.

use crate::bits::{Condition, Scatter};
use crate::error::ExecutorError;
use crate::kernels::scale;
use crate::real::{Real, widen};
use crate::simd::Instructions;
use crate::state::{StateVector, check_qubits};
use num_complex::{Complex, Complex64};
use qnewton_circuit::QubitId;

/// The amplitudes of `system` where all other qubits are |0>, not normalised: entry k belongs to the value k,
/// bit i of which is on `system[i]`. Their squared norm is the probability of that event.
pub fn project<R: Real>(
    state: &StateVector<R>,
    system: &[QubitId],
) -> Result<Vec<Complex<R>>, ExecutorError> {
    check_qubits(system, state.qubits())?;
    let scatter = scatter_of(system);
    Ok((0..1usize << system.len()).map(|value| state.amplitudes()[scatter.get(value)]).collect())
}

/// The state of the remaining qubits, in their order, once `zero_qubits` were all measured as 0, and the
/// probability of that. The amplitudes are normalised unless the probability is 0.
pub fn postselect<R: Real>(
    state: &StateVector<R>,
    zero_qubits: &[QubitId],
) -> Result<(Vec<Complex<R>>, f64), ExecutorError> {
    let values: Vec<(QubitId, bool)> = zero_qubits.iter().map(|&qubit| (qubit, false)).collect();
    let (mut amplitudes, probability) = (remaining(state, &values)?, probability_of(state, &values)?);
    let squared: f64 = amplitudes.iter().map(|&a| widen(a).norm_sqr()).sum();
    if squared > 0.0 {
        let factor = R::from_f64(1.0 / squared.sqrt());
        amplitudes.iter_mut().for_each(|amplitude| *amplitude = amplitude.scale(factor));
    }
    Ok((amplitudes, probability))
}

/// The amplitudes, as they are, of all qubits that are not listed, in their order, where the listed ones have their
/// values.
pub fn remaining<R: Real>(
    state: &StateVector<R>,
    values: &[(QubitId, bool)],
) -> Result<Vec<Complex<R>>, ExecutorError> {
    let condition = condition_of(state, values)?;
    let others: Vec<QubitId> =
        (0..state.qubits() as u32).map(QubitId).filter(|qubit| condition.mask >> qubit.0 & 1 == 0).collect();
    let scatter = scatter_of(&others);
    let amplitude = |value: usize| state.amplitudes()[condition.value | scatter.get(value)];
    Ok((0..1usize << others.len()).map(amplitude).collect())
}

/// The probability that a measurement gives all the listed qubits their values.
pub fn probability_of<R: Real>(
    state: &StateVector<R>,
    values: &[(QubitId, bool)],
) -> Result<f64, ExecutorError> {
    let Condition { mask, value } = condition_of(state, values)?;
    let part = |wanted: bool| {
        state.sum(|index, a| if (index & mask == value) == wanted { widen(a).norm_sqr() } else { 0.0 })
    };
    let (met, missed) = (part(true), part(false));
    Ok(if met > 0.0 { met / (met + missed) } else { 0.0 })
}

/// Keeps what has the listed values and normalises it: the state after these outcomes. Returns their probability; an
/// error if that is 0.
pub fn collapse_to<R: Real>(
    state: &mut StateVector<R>,
    values: &[(QubitId, bool)],
) -> Result<f64, ExecutorError> {
    let probability = probability_of(state, values)?;
    if probability == 0.0 {
        let problem = "the outcome that is asked for has probability 0".to_string();
        return Err(ExecutorError::State { problem });
    }
    let factor = 1.0 / (state.norm() * probability.sqrt());
    let (instructions, mut kept) = (Instructions::best(), Condition::default());
    for &(qubit, value) in values {
        // What still has all earlier values and not this one.
        let missed = kept.and(qubit.0 as u8, !value);
        scale(state.amplitudes_mut(), instructions, missed, Complex64::new(0.0, 0.0));
        kept = kept.and(qubit.0 as u8, value);
    }
    scale(state.amplitudes_mut(), instructions, kept, Complex64::from(factor));
    Ok(probability)
}

fn condition_of<R: Real>(
    state: &StateVector<R>,
    values: &[(QubitId, bool)],
) -> Result<Condition, ExecutorError> {
    let qubits: Vec<QubitId> = values.iter().map(|&(qubit, _)| qubit).collect();
    check_qubits(&qubits, state.qubits())?;
    Ok(values.iter().fold(Condition::default(), |kept, &(qubit, value)| kept.and(qubit.0 as u8, value)))
}

pub(crate) fn scatter_of(qubits: &[QubitId]) -> Scatter {
    let positions: Vec<u8> = qubits.iter().map(|qubit| qubit.0 as u8).collect();
    Scatter::new(&positions)
}
