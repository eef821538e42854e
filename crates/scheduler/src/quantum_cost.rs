//! The predicted time of a quantum solution, end to end, with everything named.

use crate::component::{Breakdown, Component, FreeComponents};
use crate::device::{DeviceProfile, Operations, Parallelism, PhysicalOperations};
use crate::error_correction::{ErrorCorrection, LogicalCircuit};
use crate::read_out::ReadOut;
use crate::repetition::Repetition;
use crate::serialize::finite_or_null;
use crate::workload::QuantumWorkload;
use qnewton_core::Provenance;
use serde::{Serialize, Serializer};
use std::f64::consts::LN_10;
use thiserror::Error;

/// Attempts whose fidelity is below this give no signal that anyone could resolve.
pub const SMALLEST_FIDELITY: f64 = 1e-6;

/// What is taken into account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct CostOptions {
    /// Components that are taken to cost nothing.
    pub free: FreeComponents,
    /// Whether success is amplified instead of repeated for.
    pub amplification: bool,
    /// How the solution is read.
    pub read_out: ReadOut,
}

/// The predicted time of a quantum solution on a device.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct QuantumCost {
    /// Seconds from end to end; infinite if the device cannot do it.
    #[serde(serialize_with = "finite_or_null")]
    pub seconds: f64,
    /// Seconds by component; they add up to `seconds`. All zero if the device cannot do it.
    pub breakdown: Breakdown,
    /// Why the device cannot do it; `None` if it can.
    #[serde(serialize_with = "reason_or_null")]
    pub infeasible: Option<Infeasible>,
    /// Expected uses of the circuit in all.
    pub circuit_uses: f64,
    /// Probability that an attempt has no error.
    pub fidelity: f64,
    /// Code distance; `None` without error correction.
    pub code_distance: Option<u32>,
    /// Physical qubits, factories included.
    pub physical_qubits: f64,
    /// Where the gate counts come from.
    pub provenance: Provenance,
}

/// Why a device cannot solve a system.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum Infeasible {
    /// Too few qubits.
    #[error("{} physical qubits are needed, the device has {available}", number(*needed))]
    Qubits {
        /// Physical qubits needed.
        needed: f64,
        /// Physical qubits of the device.
        available: u64,
    },
    /// Errors drown the signal.
    #[error(
        "an attempt of {gates:.1e} gates would have no error with probability 10^{log10_fidelity:.0} only, \
         below {SMALLEST_FIDELITY:e}"
    )]
    Fidelity {
        /// Gates of an attempt.
        gates: f64,
        /// Decimal logarithm of the fidelity.
        log10_fidelity: f64,
    },
    /// No code distance reaches the failure budget.
    #[error("no code distance keeps the probability of a logical error below {budget}")]
    CodeDistance {
        /// The failure budget.
        budget: f64,
    },
    /// The circuit never succeeds.
    #[error("the circuit succeeds with probability {probability:.1e}")]
    Success {
        /// Success probability.
        probability: f64,
    },
    /// The predicted time is not a finite number.
    #[error("the predicted time is beyond the range of numbers")]
    Overflow,
}

/// A whole number, in scientific notation where it is long.
fn number(value: f64) -> String {
    if value < 1e7 { format!("{value:.0}") } else { format!("{value:.1e}") }
}

impl QuantumCost {
    /// Whether the device can do it.
    pub fn feasible(&self) -> bool {
        self.infeasible.is_none()
    }
}

/// What one use of the circuit takes on a device, and what an attempt is worth.
struct CircuitRun {
    /// Seconds of the gates.
    gates: f64,
    /// Seconds of waiting for magic states.
    magic_states: f64,
    /// Natural logarithm of the probability that an attempt has no error.
    log_fidelity: f64,
    code_distance: Option<u32>,
    physical_qubits: f64,
}

/// Predicts the time of a quantum solution.
///
/// With c the seconds of one use of the circuit (loading, gates, magic states), o those of its overhead, an attempt
/// of u uses, a attempts until success, a factor z = 1 / fidelity^2 for noise (errors shrink the signal by the
/// fidelity, so resolving it takes the square of that more samples) and s executions for the read-out, the total is
/// (u c + o) a z s + link. See [`Component`] for how it is split.
pub fn quantum_cost(
    workload: &QuantumWorkload,
    device: &DeviceProfile,
    options: &CostOptions,
) -> QuantumCost {
    let free = |component| options.free.contains(component);
    let probability = workload.success_probability;
    let mut cost = QuantumCost {
        seconds: f64::INFINITY,
        breakdown: Breakdown::default(),
        infeasible: None,
        circuit_uses: 0.0,
        fidelity: 1.0,
        code_distance: None,
        physical_qubits: workload.qubits as f64,
        provenance: workload.provenance,
    };
    if !(probability > 0.0 && probability <= 1.0) {
        cost.infeasible = Some(Infeasible::Success { probability });
        return cost;
    }
    let repetition = match (free(Component::Repetition), options.amplification) {
        (true, _) => Repetition::NONE,
        (false, true) => Repetition::amplified(probability),
        (false, false) => Repetition::plain(probability),
    };
    let uses = repetition.uses_per_attempt;
    let run = match &device.operations {
        Operations::Physical(physical) => run_physical(workload, physical, device.parallelism, uses),
        Operations::ErrorCorrected(code) => run_error_corrected(workload, code, device.parallelism, uses),
    };
    let run = match run {
        Ok(run) => run,
        Err(reason) => {
            cost.infeasible = Some(reason);
            return cost;
        }
    };
    cost.fidelity = run.log_fidelity.exp();
    cost.code_distance = run.code_distance;
    cost.physical_qubits = run.physical_qubits;
    if let Some(available) = device.qubits.filter(|&available| run.physical_qubits > available as f64) {
        cost.infeasible = Some(Infeasible::Qubits { needed: run.physical_qubits, available });
        return cost;
    }
    if cost.fidelity < SMALLEST_FIDELITY && !free(Component::Noise) {
        let gates = (workload.single_qubit_gates as f64 + workload.two_qubit_gates as f64) * uses;
        cost.infeasible = Some(Infeasible::Fidelity { gates, log10_fidelity: run.log_fidelity / LN_10 });
        return cost;
    }

    let unless_free =
        |component, value: f64, free_value: f64| if free(component) { free_value } else { value };
    let (loading, preparation) = (workload.loading_share, workload.preparation_share);
    let rest = (1.0 - loading - preparation).max(0.0);
    let all = run.gates + run.magic_states;
    let loading = unless_free(Component::Loading, loading * all, 0.0);
    let preparation = unless_free(Component::StatePreparation, preparation * all, 0.0);
    let gates = unless_free(Component::Gates, rest * run.gates, 0.0);
    let magic_states = unless_free(Component::MagicStates, rest * run.magic_states, 0.0);
    let overhead = unless_free(Component::Overhead, device.shot.total(), 0.0);
    let link = unless_free(Component::Overhead, device.link_latency, 0.0);
    let noise = unless_free(Component::Noise, (-2.0 * run.log_fidelity).exp(), 1.0);
    let executions = options.read_out.executions(workload.unknowns, workload.epsilon);
    let executions = unless_free(Component::ReadOut, executions, 1.0);

    let circuit = loading + preparation + gates + magic_states;
    let success = (uses * circuit + overhead) * repetition.attempts;
    let mut breakdown = Breakdown::default();
    breakdown.set(Component::Loading, loading);
    breakdown.set(Component::StatePreparation, preparation);
    breakdown.set(Component::Gates, gates);
    breakdown.set(Component::MagicStates, magic_states);
    breakdown.set(Component::Overhead, overhead + link);
    breakdown.set(
        Component::Repetition,
        circuit * (repetition.uses() - 1.0) + overhead * (repetition.attempts - 1.0),
    );
    breakdown.set(Component::Noise, success * (noise - 1.0));
    breakdown.set(Component::ReadOut, success * noise * (executions - 1.0));
    let seconds = breakdown.total();
    if !seconds.is_finite() {
        cost.infeasible = Some(Infeasible::Overflow);
        return cost;
    }
    QuantumCost { seconds, breakdown, circuit_uses: repetition.uses() * noise * executions, ..cost }
}

fn run_physical(
    workload: &QuantumWorkload,
    physical: &PhysicalOperations,
    parallelism: Parallelism,
    uses: f64,
) -> Result<CircuitRun, Infeasible> {
    let (single, two) = (workload.single_qubit_gates as f64, workload.two_qubit_gates as f64);
    let gates = match parallelism {
        Parallelism::Serial => single * physical.single_qubit_time + two * physical.two_qubit_time,
        // The longest path has at most `depth` gates, at most `two_qubit_depth` of them on two qubits.
        Parallelism::Layered => {
            let extra = (physical.two_qubit_time - physical.single_qubit_time).max(0.0);
            workload.depth as f64 * physical.single_qubit_time + workload.two_qubit_depth as f64 * extra
        }
    };
    let survival = |number: f64, error: f64| if number == 0.0 { 0.0 } else { number * (-error).ln_1p() };
    let log_fidelity = survival(uses * single, physical.single_qubit_error)
        + survival(uses * two, physical.two_qubit_error)
        + survival(workload.qubits as f64, physical.measurement_error);
    Ok(CircuitRun {
        gates,
        magic_states: 0.0,
        log_fidelity,
        code_distance: None,
        physical_qubits: workload.qubits as f64,
    })
}

fn run_error_corrected(
    workload: &QuantumWorkload,
    code: &ErrorCorrection,
    parallelism: Parallelism,
    uses: f64,
) -> Result<CircuitRun, Infeasible> {
    let (rotations, t_count) = (workload.rotations as f64, workload.t_count as f64);
    let error =
        code.synthesis.error_per_rotation(workload.epsilon, workload.success_probability, workload.rotations);
    let per_rotation = code.synthesis.t_gates(error);
    let t_gates = rotations * per_rotation + t_count;
    let depth = workload.depth as f64;
    let (layers, sequential_t_gates) = match parallelism {
        Parallelism::Serial => {
            (workload.single_qubit_gates as f64 + workload.two_qubit_gates as f64, t_gates)
        }
        // No path has more rotations or T gates than layers.
        Parallelism::Layered => (depth, rotations.min(depth) * per_rotation + t_count.min(depth)),
    };
    let circuit = LogicalCircuit {
        qubits: workload.qubits as f64,
        layers,
        t_gates,
        sequential_t_gates,
        uses_per_attempt: uses,
    };
    let run = code.run(&circuit).ok_or(Infeasible::CodeDistance { budget: code.failure_budget })?;
    Ok(CircuitRun {
        gates: run.layer_seconds,
        magic_states: run.magic_state_seconds,
        log_fidelity: run.fidelity.ln(),
        code_distance: Some(run.distance),
        physical_qubits: run.physical_qubits,
    })
}

fn reason_or_null<S: Serializer>(reason: &Option<Infeasible>, serializer: S) -> Result<S::Ok, S::Error> {
    match reason {
        Some(reason) => serializer.collect_str(reason),
        None => serializer.serialize_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A device whose times are easy to add up: gates of 1 and 10 s, shots of 100 s, a link of 1000 s.
    fn simple_device(parallelism: Parallelism) -> DeviceProfile {
        let mut device = DeviceProfile::bundled("attosecond").unwrap();
        device.parallelism = parallelism;
        device.link_latency = 1000.0;
        (device.shot.measurement, device.shot.reset, device.shot.delay) = (60.0, 30.0, 10.0);
        if let Operations::Physical(physical) = &mut device.operations {
            (physical.single_qubit_time, physical.two_qubit_time) = (1.0, 10.0);
        }
        device
    }

    fn simple_workload() -> QuantumWorkload {
        QuantumWorkload {
            unknowns: 2,
            qubits: 5,
            depth: 300,
            two_qubit_depth: 100,
            single_qubit_gates: 400,
            two_qubit_gates: 150,
            rotations: 80,
            t_count: 0,
            success_probability: 0.25,
            epsilon: 0.5,
            loading_share: 0.5,
            preparation_share: 0.25,
            provenance: Provenance::Compiled,
        }
    }

    #[test]
    fn time_by_hand() {
        let cost =
            quantum_cost(&simple_workload(), &simple_device(Parallelism::Layered), &CostOptions::default());
        // Circuit 200 * 1 + 100 * 10 = 1200 s, 600 s of it loading, 300 s preparation; shot 100 s; 4 attempts; 16 executions.
        assert_eq!(cost.breakdown.get(Component::Loading), 600.0);
        assert_eq!(cost.breakdown.get(Component::StatePreparation), 300.0);
        assert_eq!(cost.breakdown.get(Component::Gates), 300.0);
        assert_eq!(cost.breakdown.get(Component::Overhead), 1100.0);
        assert_eq!(cost.breakdown.get(Component::Repetition), 3.0 * 1300.0);
        assert_eq!(cost.breakdown.get(Component::ReadOut), 15.0 * 4.0 * 1300.0);
        assert_eq!(cost.seconds, 16.0 * 4.0 * 1300.0 + 1000.0);
        assert_eq!(cost.circuit_uses, 64.0);
        assert_eq!(cost.breakdown.dominant(), Component::ReadOut);

        let serial =
            quantum_cost(&simple_workload(), &simple_device(Parallelism::Serial), &CostOptions::default());
        assert_eq!(serial.seconds, 16.0 * 4.0 * (400.0 + 1500.0 + 100.0) + 1000.0);

        // One round of amplification: 3 uses, success for certain, one measurement.
        let options = CostOptions { amplification: true, ..CostOptions::default() };
        let amplified = quantum_cost(&simple_workload(), &simple_device(Parallelism::Layered), &options);
        assert!((amplified.seconds - (16.0 * (3.0 * 1200.0 + 100.0) + 1000.0)).abs() < 1e-6);
    }

    #[test]
    fn errors_cost_the_square_of_the_fidelity() {
        let mut device = simple_device(Parallelism::Layered);
        if let Operations::Physical(physical) = &mut device.operations {
            physical.two_qubit_error = 0.01;
        }
        let noisy = quantum_cost(&simple_workload(), &device, &CostOptions::default());
        let fidelity = 0.99f64.powi(150);
        assert!((noisy.fidelity - fidelity).abs() < 1e-12);
        let expected = 16.0 * 4.0 * 1300.0 / fidelity.powi(2) + 1000.0;
        assert!((noisy.seconds / expected - 1.0).abs() < 1e-12);
    }

    #[test]
    fn what_a_device_cannot_do_is_infeasible_for_a_reason() {
        let reason = |workload: &QuantumWorkload, device: &str| {
            let device = DeviceProfile::bundled(device).unwrap();
            let cost = quantum_cost(workload, &device, &CostOptions::default());
            assert_eq!(cost.seconds, f64::INFINITY);
            assert!(!cost.feasible());
            cost.infeasible.unwrap().to_string()
        };
        let large = QuantumWorkload { qubits: 1000, ..simple_workload() };
        let deep = QuantumWorkload { two_qubit_gates: 1_000_000, ..simple_workload() };
        let hopeless = QuantumWorkload { success_probability: 0.0, ..simple_workload() };
        let endless = QuantumWorkload { epsilon: 1e-160, ..simple_workload() };
        let reasons = [
            reason(&large, "superconducting"),
            reason(&deep, "superconducting"),
            reason(&QuantumWorkload { qubits: 1_000_000, ..simple_workload() }, "error-corrected"),
            reason(
                &QuantumWorkload { depth: u128::MAX, unknowns: u64::MAX, ..endless.clone() },
                "attosecond",
            ),
            reason(&hopeless, "attosecond"),
            reason(&endless, "attosecond"),
        ];
        insta::assert_snapshot!(reasons.join("\n"));
        // Free of errors by name, the deep circuit is possible.
        let options =
            CostOptions { free: FreeComponents::none().with(Component::Noise), ..CostOptions::default() };
        let device = DeviceProfile::bundled("superconducting").unwrap();
        assert!(quantum_cost(&deep, &device, &options).feasible());
    }

    #[test]
    fn error_correction_pays_for_rotations_with_magic_states() {
        let device = DeviceProfile::bundled("error-corrected").unwrap();
        let cost = quantum_cost(&simple_workload(), &device, &CostOptions::default());
        // Error per rotation 0.1 * 0.5 * 0.5 / 80 = 3.1e-4: ceil(34.9 + 4) = 39 T gates each, 80 * 39 in a row.
        // 5 qubits, 3420 d cycles: 5 * 3420 * 11 * 1e-7 = 0.019 at d = 11, 0.0022 at d = 13; 0.01 is allowed.
        assert_eq!(cost.code_distance, Some(13));
        let (layers, magic_states) = (300.0 * 13e-6, 3120.0 * 13e-6);
        let share = 0.25;
        assert!((cost.breakdown.get(Component::Gates) - share * layers).abs() < 1e-15);
        assert!((cost.breakdown.get(Component::MagicStates) - share * magic_states).abs() < 1e-15);
        assert!((cost.breakdown.get(Component::Loading) - 0.5 * (layers + magic_states)).abs() < 1e-15);
    }

    fn workloads() -> impl Strategy<Value = QuantumWorkload> {
        let sizes = (2u64..1000, 1u64..60, 1u64..5000, 1u64..5000);
        (sizes, 0.01..1.0f64, 0.001..0.9f64, 0.0..1.0f64).prop_map(
            |((unknowns, qubits, single, two), success_probability, epsilon, share)| QuantumWorkload {
                unknowns,
                qubits,
                depth: u128::from(single + two),
                two_qubit_depth: u128::from(two),
                single_qubit_gates: u128::from(single),
                two_qubit_gates: u128::from(two),
                rotations: u128::from(single / 2),
                t_count: u128::from(single / 3),
                success_probability,
                epsilon,
                loading_share: 0.75 * share,
                preparation_share: 0.25 * share,
                provenance: Provenance::Compiled,
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_free_component_costs_nothing_and_lowers_the_total(
            workload in workloads(), device in proptest::sample::select(crate::device::names()), amplification: bool,
        ) {
            let device = DeviceProfile::bundled(device).unwrap();
            let options = CostOptions { amplification, ..CostOptions::default() };
            let full = quantum_cost(&workload, &device, &options);
            for &component in Component::ALL {
                let options = CostOptions { free: FreeComponents::none().with(component), ..options };
                let cost = quantum_cost(&workload, &device, &options);
                prop_assert_eq!(cost.breakdown.get(component), 0.0);
                if full.feasible() {
                    prop_assert!((full.breakdown.total() / full.seconds - 1.0).abs() < 1e-12);
                    let saved = full.seconds - cost.seconds;
                    prop_assert!(saved >= full.breakdown.get(component) * (1.0 - 1e-9) - 1e-9 * full.seconds);
                }
            }
        }
    }
}
