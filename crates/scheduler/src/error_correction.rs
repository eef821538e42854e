//! The surface code: code distance, logical times, physical qubits.

use crate::synthesis::SynthesisRule;
use serde::{Deserialize, Serialize};

/// Distances above this are not considered: no circuit that fits in u128 needs one.
const LARGEST_DISTANCE: u32 = 201;

/// A machine with surface-code error correction and lattice surgery. Times in seconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorCorrection {
    /// One round of error correction.
    pub code_cycle: f64,
    /// From a logical measurement to the operation that depends on it.
    pub reaction_time: f64,
    /// Error rate of physical operations.
    pub physical_error: f64,
    /// Physical error rate above which larger distances do not help.
    pub threshold: f64,
    /// Logical error per qubit and cycle = prefactor (physical_error / threshold)^((d + 1) / 2) at distance d.
    pub prefactor: f64,
    /// Probability with which one attempt may fail for logical errors; it sets the distance.
    pub failure_budget: f64,
    /// Rounds of error correction per logical layer, times d.
    pub rounds_per_layer: f64,
    /// Code cycles per T state of one factory, times d.
    pub cycles_per_t_state: f64,
    /// Number of factories.
    pub factories: u32,
    /// Physical qubits of a factory, times d^2.
    pub factory_footprint: f64,
    /// Tiles of 2 (d + 1)^2 physical qubits per logical qubit, routing included.
    pub routing_overhead: f64,
    /// T gates per rotation.
    pub synthesis: SynthesisRule,
}

/// What a circuit asks of an error-corrected machine.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct LogicalCircuit {
    /// Logical qubits.
    pub(crate) qubits: f64,
    /// Logical layers of one use, T gates of synthesised rotations aside.
    pub(crate) layers: f64,
    /// T gates of one use.
    pub(crate) t_gates: f64,
    /// T gates of one use that must follow one another.
    pub(crate) sequential_t_gates: f64,
    /// Uses in one attempt.
    pub(crate) uses_per_attempt: f64,
}

/// How an error-corrected machine runs a circuit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct LogicalRun {
    /// Code distance, odd.
    pub(crate) distance: u32,
    /// Seconds of the layers of one use.
    pub(crate) layer_seconds: f64,
    /// Seconds of one use that T gates take beyond that.
    pub(crate) magic_state_seconds: f64,
    /// Probability that one attempt has no logical error.
    pub(crate) fidelity: f64,
    /// Physical qubits, factories included.
    pub(crate) physical_qubits: f64,
}

impl ErrorCorrection {
    /// Logical errors per logical qubit and code cycle at an odd distance (Fowler and Gidney, arXiv 1808.06709;
    /// Gidney and Ekerå, arXiv 1905.09749).
    pub fn logical_error(&self, distance: u32) -> f64 {
        let ratio = self.physical_error / self.threshold;
        (self.prefactor * ratio.powf((f64::from(distance) + 1.0) / 2.0)).min(1.0)
    }

    /// Physical qubits of a number of logical qubits at a distance, factories included.
    pub fn physical_qubits(&self, logical_qubits: f64, distance: u32) -> f64 {
        let distance = f64::from(distance);
        let tiles = (logical_qubits * self.routing_overhead).ceil();
        let factories = f64::from(self.factories) * self.factory_footprint * distance * distance;
        tiles * 2.0 * (distance + 1.0).powi(2) + factories
    }

    /// Runs at the smallest distance that keeps the failure budget; `None` if there is none.
    pub(crate) fn run(&self, circuit: &LogicalCircuit) -> Option<LogicalRun> {
        (3..=LARGEST_DISTANCE).step_by(2).map(|distance| self.run_at(circuit, distance)).find(|run| {
            // Negated so that NaN is refused too.
            1.0 - run.fidelity <= self.failure_budget
        })
    }

    /// Layers take d rounds each. A T gate takes as long as a layer or as a reaction, whichever is longer; T states
    /// arrive at the rate of the factories. The slower of consumption and production counts.
    fn run_at(&self, circuit: &LogicalCircuit, distance: u32) -> LogicalRun {
        let scaled_cycle = self.code_cycle * f64::from(distance);
        let layer = scaled_cycle * self.rounds_per_layer;
        let consumption = circuit.sequential_t_gates * layer.max(self.reaction_time);
        let production = circuit.t_gates * scaled_cycle * self.cycles_per_t_state / f64::from(self.factories);
        let (layer_seconds, magic_state_seconds) = (circuit.layers * layer, consumption.max(production));
        let cycles = circuit.uses_per_attempt * (layer_seconds + magic_state_seconds) / self.code_cycle;
        let expected_errors = circuit.qubits * cycles * self.logical_error(distance);
        LogicalRun {
            distance,
            layer_seconds,
            magic_state_seconds,
            fidelity: (-expected_errors).exp(),
            physical_qubits: self.physical_qubits(circuit.qubits, distance),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::device::{DeviceProfile, Operations};

    use super::*;

    fn surface_code() -> ErrorCorrection {
        match DeviceProfile::bundled("error-corrected").unwrap().operations {
            Operations::ErrorCorrected(code) => code,
            Operations::Physical(_) => panic!("no error correction"),
        }
    }

    #[test]
    fn logical_errors_of_the_factoring_estimate() {
        // Gidney and Ekerå: 226 * 63 * 0.75 logical qubits, 25e9 cycles, distance 27: 27 % failures.
        let failures = surface_code().logical_error(27) * 226.0 * 63.0 * 0.75 * 25e9;
        assert!((failures - 0.27).abs() < 0.005, "{failures}");
    }

    #[test]
    fn the_distance_is_the_smallest_that_keeps_the_budget() {
        let code = surface_code();
        let circuit = LogicalCircuit {
            qubits: 30.0,
            layers: 1e6,
            t_gates: 1e7,
            sequential_t_gates: 1e6,
            uses_per_attempt: 1.0,
        };
        let run = code.run(&circuit).unwrap();
        assert!(1.0 - run.fidelity <= code.failure_budget);
        assert!(1.0 - code.run_at(&circuit, run.distance - 2).fidelity > code.failure_budget);
        // By hand: at d = 19 layers and T gates take 19 s each, and 30 * 38e6 cycles at 10^-11 fail with 1.1 %; at
        // d = 21 it is 21 s each, and 30 * 42e6 cycles at 10^-12.
        assert_eq!(run.distance, 21);
        assert!((run.layer_seconds - 21.0).abs() < 1e-9);
        assert!((run.magic_state_seconds - 21.0).abs() < 1e-9);
        assert!((1.0 - run.fidelity - 30.0 * 42e6 * 1e-12).abs() < 1e-6);
        // With one factory, T states are produced more slowly than they are consumed.
        let starved = ErrorCorrection { factories: 1, ..code }.run_at(&circuit, 21);
        assert!((starved.magic_state_seconds - 1e7 * 2.75 * 21e-6).abs() < 1e-6);
    }

    #[test]
    fn no_distance_helps_above_the_threshold() {
        let code = ErrorCorrection { physical_error: 0.02, ..surface_code() };
        let circuit = LogicalCircuit {
            qubits: 5.0,
            layers: 1e3,
            t_gates: 0.0,
            sequential_t_gates: 0.0,
            uses_per_attempt: 1.0,
        };
        assert_eq!(code.run(&circuit), None);
    }

    #[test]
    fn physical_qubits_by_hand() {
        // 10 logical qubits, d = 3: 20 tiles of 32, and 28 factories of 144 * 9.
        assert_eq!(surface_code().physical_qubits(10.0, 3), 20.0 * 32.0 + 28.0 * 144.0 * 9.0);
    }
}
