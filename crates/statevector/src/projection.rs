//! Post-selection: the part of a state in which some qubits are |0>.

use crate::bits::Scatter;
use crate::error::ExecutorError;
use crate::real::{Real, widen};
use crate::state::{StateVector, check_qubits};
use num_complex::Complex;
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
    check_qubits(zero_qubits, state.qubits())?;
    let remaining: Vec<QubitId> =
        (0..state.qubits() as u32).map(QubitId).filter(|qubit| !zero_qubits.contains(qubit)).collect();
    let mut amplitudes = project(state, &remaining)?;
    let squared: f64 = amplitudes.iter().map(|&a| widen(a).norm_sqr()).sum();
    let total = state.norm();
    if squared > 0.0 {
        let factor = R::from_f64(1.0 / squared.sqrt());
        amplitudes.iter_mut().for_each(|amplitude| *amplitude = amplitude.scale(factor));
    }
    Ok((amplitudes, squared / (total * total)))
}

pub(crate) fn scatter_of(qubits: &[QubitId]) -> Scatter {
    let positions: Vec<u8> = qubits.iter().map(|qubit| qubit.0 as u8).collect();
    Scatter::new(&positions)
}
