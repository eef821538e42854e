//! How fast gates would have to be for the quantum computer to win.

use crate::device::DeviceProfile;
use crate::quantum_cost::{CostOptions, quantum_cost};
use crate::workload::QuantumWorkload;

/// Speed-ups beyond this factor are not looked for: gates faster than the Planck time help nobody.
const SMALLEST_FACTOR: f64 = 1e-40;
/// A slow-down by this factor is as good as none needed.
const LARGEST_FACTOR: f64 = 1e40;

/// The gate time, in seconds, below which a quantum solution is faster than `classical_seconds`: that of a two-qubit
/// gate, or of a code cycle with error correction. All gate times change together, everything else stays
/// ([`DeviceProfile::with_gate_times_scaled`]).
///
/// `None` if no gate time is short enough: read-out, overhead or the link alone take longer, or the device cannot do
/// it at all.
pub fn break_even_gate_time(
    workload: &QuantumWorkload,
    device: &DeviceProfile,
    options: &CostOptions,
    classical_seconds: f64,
) -> Option<f64> {
    let wins = |factor: f64| {
        quantum_cost(workload, &device.with_gate_times_scaled(factor), options).seconds < classical_seconds
    };
    if !wins(SMALLEST_FACTOR) {
        return None;
    }
    // The cost does not decrease in the factor, so bisection of its logarithm finds the border.
    let (mut low, mut high) = (SMALLEST_FACTOR.ln(), LARGEST_FACTOR.ln());
    for _ in 0..80 {
        let middle = 0.5 * (low + high);
        if wins(middle.exp()) { low = middle } else { high = middle }
    }
    Some(low.exp() * device.gate_time())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::component::{Component, FreeComponents};
    use crate::workload::{BoundInput, dense_query};

    fn workload() -> QuantumWorkload {
        QuantumWorkload::from_bound(&BoundInput {
            unknowns: 64,
            condition_number: 10.0,
            epsilon: 0.01,
            relative_alpha: 2.0,
            query: dense_query(64),
        })
    }

    #[test]
    fn at_break_even_both_take_equally_long() {
        for name in ["error-corrected", "attosecond"] {
            let device = DeviceProfile::bundled(name).unwrap();
            let free = "overhead,noise".parse().unwrap();
            let options = CostOptions { free, ..CostOptions::default() };
            let classical = 1e-3;
            let gate_time = break_even_gate_time(&workload(), &device, &options, classical).unwrap();
            let there = device.with_gate_times_scaled(gate_time / device.gate_time());
            let seconds = quantum_cost(&workload(), &there, &options).seconds;
            assert!((seconds / classical - 1.0).abs() < 1e-9, "{name}: {seconds}");
        }
    }

    #[test]
    fn a_longer_classical_time_allows_slower_gates() {
        let device = DeviceProfile::bundled("attosecond").unwrap();
        let options =
            CostOptions { free: FreeComponents::none().with(Component::Overhead), ..CostOptions::default() };
        let times = [1e-6, 1e-3, 1.0, 1e3];
        let gate_times =
            times.map(|time| break_even_gate_time(&workload(), &device, &options, time).unwrap());
        assert!(gate_times.is_sorted_by(|a, b| a < b), "{gate_times:?}");
    }

    #[test]
    fn no_gate_time_makes_up_for_the_time_between_shots() {
        let device = DeviceProfile::bundled("trapped-ion").unwrap();
        let options =
            CostOptions { free: FreeComponents::none().with(Component::Noise), ..CostOptions::default() };
        assert_eq!(break_even_gate_time(&workload(), &device, &options, 1e-3), None);
    }
}
