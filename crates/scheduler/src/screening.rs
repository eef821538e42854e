//! What a quantum solution takes at least, from nothing but a lower bound of the condition number.

use crate::classical::ClassicalCost;
use crate::component::Component;
use crate::device::DeviceProfile;
use crate::quantum_cost::{CostOptions, quantum_cost};
use crate::workload::QuantumWorkload;
use qnewton_core::Provenance;
use qnewton_matrix::{ConditionEstimator, ConditionSystem, SparseMatrix, SpectrumError, Trial};

/// Condition number from which on a system is screened: whatever is known to lose is not analysed any further.
pub const SCREENED_CONDITION_NUMBER: f64 = 1e6;

/// Why a system is left to the classical solver without further analysis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Screened {
    /// Lower bound of the condition number.
    pub(crate) condition_number: f64,
    /// Lower bound of the time of a quantum solution, in seconds.
    pub(crate) seconds: f64,
}

/// A lower bound of the condition number that need not be better than `threshold`.
pub(crate) fn condition_at_least(matrix: &SparseMatrix<f64>, threshold: f64) -> Result<f64, SpectrumError> {
    let system = ConditionSystem::new(matrix, 0)?;
    Ok(Trial { sufficient: threshold }.estimate(&system, None)?.value)
}

/// Whether a system of so many unknowns with a condition number of at least `condition_number` loses for certain.
pub(crate) fn screened(
    condition_number: f64,
    unknowns: usize,
    epsilon: f64,
    device: &DeviceProfile,
    cost: &CostOptions,
    classical: &ClassicalCost,
) -> Option<Screened> {
    let seconds = quantum_cost(&least_workload(condition_number, unknowns, epsilon), device, cost).seconds;
    // Without gates nothing is left that depends on the condition number.
    let priced = !cost.free.contains(Component::Gates) && !cost.free.contains(Component::Loading);
    (priced && seconds > classical.seconds).then_some(Screened { condition_number, seconds })
}

/// Less than any circuit that solves such a system: sqrt(kappa)/2 queries, each a single gate on one qubit, on no more qubits than
/// the solution has; success is certain. So many queries take even definite matrices: a polynomial that is 1 at 0 and at most
/// 1/2 on \[1/kappa, 1\] has degree arcosh(2)/arcosh((kappa + 1)/(kappa - 1)) > 0.65 sqrt kappa, by Chebyshev's polynomials
/// (for the scaling see Orsucci and Dunjko, arXiv 2101.11868).
pub(crate) fn least_workload(condition_number: f64, unknowns: usize, epsilon: f64) -> QuantumWorkload {
    let queries = (0.5 * condition_number.min(1e30).sqrt()).ceil() as u128;
    QuantumWorkload {
        unknowns: unknowns as u64,
        qubits: u64::from(unknowns.next_power_of_two().trailing_zeros()).max(1),
        depth: queries,
        two_qubit_depth: 0,
        single_qubit_gates: queries,
        two_qubit_gates: 0,
        rotations: 0,
        t_count: 0,
        success_probability: 1.0,
        epsilon,
        loading_share: 1.0,
        preparation_share: 0.0,
        provenance: Provenance::Bound,
    }
}
