//! Under what circumstances the quantum computer would win: faster gates, another system, a coarser read-out, free parts.

use crate::classical::{ClassicalModel, ClassicalProblem};
use crate::component::Component;
use crate::device::DeviceProfile;
use crate::quantum_cost::{CostOptions, quantum_cost};
use crate::schedule::ScheduledSystem;
use crate::workload::QuantumWorkload;
use serde::Serialize;

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

/// What is varied, all else equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Axis {
    /// All gate times together; the value is [`DeviceProfile::gate_time`], in seconds.
    GateTime,
    /// The condition number: the quantum gates are proportional to it, the classical solver is predicted anew.
    ConditionNumber,
    /// The number of unknowns at the same entries per row and condition number: the quantum gates are taken to grow with log N
    /// only, which favours the quantum computer, the numbers that are read with N.
    Unknowns,
    /// The relative error of solution and read-out: the quantum gates are proportional to ln(2/epsilon).
    Epsilon,
}

impl Axis {
    /// All of them.
    pub const ALL: [Axis; 4] = [Axis::GateTime, Axis::ConditionNumber, Axis::Unknowns, Axis::Epsilon];

    /// The name in documents.
    pub fn name(self) -> &'static str {
        match self {
            Axis::GateTime => "gate_time",
            Axis::ConditionNumber => "condition_number",
            Axis::Unknowns => "unknowns",
            Axis::Epsilon => "epsilon",
        }
    }

    /// The values that are looked at.
    fn range(self) -> (f64, f64) {
        match self {
            Axis::GateTime => (1e-40, 1.0),
            Axis::ConditionNumber => (1.0, 1e12),
            Axis::Unknowns => (2.0, 1e18),
            Axis::Epsilon => (1e-12, 0.5),
        }
    }
}

/// A system whose circumstances are varied.
#[derive(Clone, Debug)]
pub struct Circumstances<'a> {
    /// What the quantum solution asks of a device.
    pub workload: &'a QuantumWorkload,
    /// The system as classical solvers see it, its condition number known.
    pub problem: &'a ClassicalProblem,
    /// Predicts them.
    pub classical: &'a ClassicalModel,
    /// The quantum computer.
    pub device: &'a DeviceProfile,
    /// What is taken into account.
    pub options: CostOptions,
}

/// A point of a sweep.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct SweepPoint {
    /// The value on the axis.
    pub value: f64,
    /// Predicted seconds of the quantum solution; infinite (null) where the device cannot do it.
    #[serde(serialize_with = "crate::serialize::finite_or_null")]
    pub quantum: f64,
    /// Predicted seconds of the classical solution.
    pub classical: f64,
}

impl SweepPoint {
    fn quantum_wins(&self) -> bool {
        self.quantum < self.classical
    }
}

/// What it is like without the cost of some components.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Freed {
    /// The components that are free.
    pub free: Vec<&'static str>,
    /// Quantum over classical seconds; infinite (null) where the device cannot do it.
    #[serde(serialize_with = "crate::serialize::finite_or_null")]
    pub ratio: f64,
    /// The gate time below which the quantum solver wins; `None` if none is short enough.
    pub gate_time: Option<f64>,
}

/// Points per axis of a sweep.
const POINTS: usize = 161;

impl<'a> Circumstances<'a> {
    /// Those of a scheduled system; `None` if it has no quantum prediction.
    pub fn of(
        system: &'a ScheduledSystem,
        classical: &'a ClassicalModel,
        device: &'a DeviceProfile,
        options: CostOptions,
    ) -> Option<Self> {
        let workload = system.workload.as_ref()?;
        Some(Circumstances { workload, problem: &system.problem, classical, device, options })
    }

    /// The value as it is.
    pub fn present(&self, axis: Axis) -> f64 {
        match axis {
            Axis::GateTime => self.device.gate_time(),
            Axis::ConditionNumber => self.problem.condition_number.unwrap_or(f64::INFINITY),
            Axis::Unknowns => self.problem.unknowns as f64,
            Axis::Epsilon => self.problem.epsilon,
        }
    }

    /// Both times at another value.
    pub fn at(&self, axis: Axis, value: f64) -> SweepPoint {
        let ratio = value / self.present(axis);
        let mut problem = *self.problem;
        let mut device = None;
        let workload = match axis {
            Axis::GateTime => {
                device = Some(self.device.with_gate_times_scaled(ratio));
                self.workload.clone()
            }
            Axis::ConditionNumber => {
                problem.condition_number = Some(value);
                self.workload.scaled(ratio)
            }
            Axis::Unknowns => {
                let unknowns = value.round().max(1.0);
                let per_row = self.problem.nonzeros as f64 / self.problem.unknowns as f64;
                problem.unknowns = unknowns as u64;
                problem.nonzeros = (unknowns * per_row.min(unknowns)) as u64;
                let ratio = unknowns / self.problem.unknowns as f64;
                problem.factor_nonzeros =
                    problem.factor_nonzeros.map(|entries| (entries as f64 * ratio.powf(1.25)) as u64);
                let bits = |unknowns: f64| unknowns.max(2.0).log2().ceil();
                let present = bits(self.problem.unknowns as f64);
                let mut workload = self.workload.scaled(bits(unknowns) / present);
                workload.unknowns = problem.unknowns;
                workload.qubits += 2 * (bits(unknowns) as u64).saturating_sub(present as u64);
                workload
            }
            Axis::Epsilon => {
                problem.epsilon = value;
                let logarithm = |epsilon: f64| (2.0 / epsilon).ln();
                let factor = logarithm(value) / logarithm(self.problem.epsilon);
                QuantumWorkload { epsilon: value, ..self.workload.scaled(factor) }
            }
        };
        let device = device.as_ref().unwrap_or(self.device);
        SweepPoint {
            value,
            quantum: quantum_cost(&workload, device, &self.options).seconds,
            classical: self.classical.predict(&problem).seconds,
        }
    }

    /// Both times along an axis, in logarithmic steps.
    pub fn sweep(&self, axis: Axis) -> Vec<SweepPoint> {
        let (low, high) = axis.range();
        let present = self.present(axis);
        let (low, high) = (low.min(present).ln(), high.max(present.min(f64::MAX)).ln());
        let step = (high - low) / (POINTS - 1) as f64;
        (0..POINTS).map(|point| self.at(axis, (low + point as f64 * step).exp())).collect()
    }

    /// The value nearest to the present one (by its logarithm) at which the faster side changes; `None` if it never does.
    pub fn break_even(&self, axis: Axis) -> Option<f64> {
        if axis == Axis::GateTime {
            let classical = self.classical.predict(self.problem).seconds;
            return break_even_gate_time(self.workload, self.device, &self.options, classical);
        }
        let points = self.sweep(axis);
        let present = self.present(axis);
        let borders = points.windows(2).filter(|pair| pair[0].quantum_wins() != pair[1].quantum_wins());
        let border = |pair: &[SweepPoint]| {
            let (mut low, mut high) = (pair[0].value.ln(), pair[1].value.ln());
            for _ in 0..60 {
                let middle = 0.5 * (low + high);
                let same = self.at(axis, middle.exp()).quantum_wins() == pair[0].quantum_wins();
                if same { low = middle } else { high = middle }
            }
            (0.5 * (low + high)).exp()
        };
        borders.map(border).min_by(|a, b| (a / present).ln().abs().total_cmp(&(b / present).ln().abs()))
    }

    /// Each component free by itself, then more and more of them, the largest first, until the quantum solver wins.
    pub fn freed(&self) -> Vec<Freed> {
        let classical = self.classical.predict(self.problem).seconds;
        let with = |options: CostOptions| Freed {
            free: options.free.iter().map(Component::name).collect(),
            ratio: quantum_cost(self.workload, self.device, &options).seconds / classical,
            gate_time: break_even_gate_time(self.workload, self.device, &options, classical),
        };
        let also =
            |options: CostOptions, component| CostOptions { free: options.free.with(component), ..options };
        let costly = |options: &CostOptions| {
            let cost = quantum_cost(self.workload, self.device, options);
            Component::ALL
                .iter()
                .copied()
                .filter(|&component| !options.free.contains(component))
                .filter(|&component| !cost.feasible() || cost.breakdown.get(component) > 0.0)
                .max_by(|&a, &b| cost.breakdown.get(a).total_cmp(&cost.breakdown.get(b)))
        };
        let single = Component::ALL.iter().filter(|&&component| !self.options.free.contains(component));
        let mut rows: Vec<Freed> = single.map(|&component| with(also(self.options, component))).collect();
        let mut options = self.options;
        while let Some(component) = costly(&options) {
            options = also(options, component);
            let row = with(options);
            // Nothing is left to be paid.
            if row.ratio == 0.0 {
                break;
            }
            let won = row.ratio < 1.0;
            if !rows.contains(&row) {
                rows.push(row);
            }
            if won {
                break;
            }
        }
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classical::tests::model;
    use crate::component::{Component, FreeComponents};
    use crate::cost_model::{Jennings, QueryInput};
    use crate::workload::{ModelInput, dense_query};

    fn workload() -> QuantumWorkload {
        let queries = QueryInput { condition_number: 10.0, sparsity: 64, epsilon: 0.01, relative_alpha: 2.0 };
        QuantumWorkload::from_model(&Jennings, &ModelInput { unknowns: 64, queries, query: dense_query(64) })
            .unwrap()
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

    #[test]
    fn the_faster_side_changes_at_every_border() {
        let (workload, classical) = (workload(), model());
        let problem = ClassicalProblem {
            unknowns: 64,
            nonzeros: 4096,
            symmetric: true,
            positive_definite: true,
            condition_number: Some(10.0),
            epsilon: 0.01,
            ..ClassicalProblem::default()
        };
        let mut borders = 0;
        for factor in [1.0, 1e-6, 1e-14, 1e-20, 1e-30] {
            for free in ["", "read_out,overhead", "noise,read_out,overhead,loading"] {
                let device = DeviceProfile::bundled("attosecond").unwrap().with_gate_times_scaled(factor);
                let options = CostOptions { free: free.parse().unwrap(), ..CostOptions::default() };
                let circumstances = Circumstances {
                    workload: &workload,
                    problem: &problem,
                    classical: &classical,
                    device: &device,
                    options,
                };
                for axis in Axis::ALL {
                    let present = circumstances.at(axis, circumstances.present(axis));
                    let cost = quantum_cost(&workload, &device, &options).seconds;
                    assert!((present.quantum / cost - 1.0).abs() < 1e-12, "{axis:?}");
                    let Some(border) = circumstances.break_even(axis) else { continue };
                    borders += 1;
                    let [below, above] =
                        [0.99, 1.01].map(|factor| circumstances.at(axis, factor * border).quantum_wins());
                    // Numbers of unknowns are whole.
                    assert!(below != above || axis == Axis::Unknowns, "{axis:?} {factor} {free} {border}");
                }
                for row in circumstances.freed() {
                    assert!(row.ratio > 0.0 && row.free.len() >= free.split_terminator(',').count());
                }
            }
        }
        assert!(borders > 20, "{borders}");
    }
}
