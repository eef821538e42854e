//! What a quantum solution of one system asks of a device, whatever the device.

use crate::cost_model::{CostModel, QueryInput};
use qnewton_circuit::{Circuit, Counts, Gate, Kind, Pass, count, lower};
use qnewton_core::Provenance;
use qnewton_encoding::composition::controlled;
use qnewton_pipeline::{CompiledSystem, PipelineError};
use qnewton_qlsa::state_preparation::add_state_preparation;
use serde::{Serialize, Serializer};

/// What the circuit that solves one system asks of a device. All counts are those of one execution.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct QuantumWorkload {
    /// Number of unknowns N: that many signed numbers are read.
    pub unknowns: u64,
    /// Qubits, ancillas included.
    pub qubits: u64,
    /// Layers of gates.
    #[serde(serialize_with = "saturated")]
    pub depth: u128,
    /// Layers of two-qubit gates, all else taking no time.
    #[serde(serialize_with = "saturated")]
    pub two_qubit_depth: u128,
    /// Single-qubit gates.
    #[serde(serialize_with = "saturated")]
    pub single_qubit_gates: u128,
    /// Two-qubit gates.
    #[serde(serialize_with = "saturated")]
    pub two_qubit_gates: u128,
    /// Rotations by arbitrary angles among the single-qubit gates, each about one axis.
    #[serde(serialize_with = "saturated")]
    pub rotations: u128,
    /// T gates that are no part of rotations.
    #[serde(serialize_with = "saturated")]
    pub t_count: u128,
    /// Probability that an execution succeeds, in (0, 1].
    pub success_probability: f64,
    /// Relative error in 2-norm, in (0, 1): that of the state, and once more that of the read-out.
    pub epsilon: f64,
    /// The share of the gates that load the matrix.
    pub loading_share: f64,
    /// The share of the gates that prepare the right-hand side.
    pub preparation_share: f64,
    /// Where the counts come from.
    pub provenance: Provenance,
}

/// A system as cost models see it.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelInput {
    /// Number of unknowns.
    pub unknowns: u64,
    /// What the number of queries depends on.
    pub queries: QueryInput,
    /// Gates of one query of a block encoding.
    pub query: Counts,
}

impl QuantumWorkload {
    /// The workload of a compiled circuit, counted in its basis.
    ///
    /// Rotations are counted before single-qubit gates are merged into those of the basis, where each is about one
    /// axis.
    pub fn from_compiled(compiled: &CompiledSystem) -> Result<Self, PipelineError> {
        let classes = GateClasses::of(&compiled.counts);
        let passes = [Pass::Ancillas, Pass::Controls, Pass::Structures];
        let unmerged = passes
            .iter()
            .try_fold(compiled.solver.circuit.clone(), |circuit, pass| pass.run(&circuit, compiled.basis))?;
        let unmerged = GateClasses::of(&count(&unmerged)?);

        let query = match compiled.algorithm.controls_queries() {
            true => lower(&controlled(&compiled.encoding)?, compiled.basis)?,
            false => lower(&compiled.encoding.circuit, compiled.basis)?,
        };
        let query = GateClasses::of(&count(&query)?);
        let mut amplitudes = compiled.rhs.clone();
        amplitudes.resize(1 << compiled.encoding.system_qubits, 0.0);
        let mut preparation = Circuit::new();
        add_state_preparation(&mut preparation, "prepare_rhs", &amplitudes);
        let preparation = GateClasses::of(&count(&lower(&preparation, compiled.basis)?)?);
        // Merging with neighbours makes what is left of them less: together at most everything.
        let total = classes.total().max(1) as f64;
        let loading = query.total() as f64 * compiled.solver.queries as f64 / total;
        let preparing = preparation.total() as f64 * compiled.solver.queries_b as f64 / total;
        let excess = (loading + preparing).max(1.0);

        Ok(QuantumWorkload {
            unknowns: compiled.facts.n as u64,
            qubits: compiled.qubits as u64,
            depth: compiled.depth.total,
            two_qubit_depth: compiled.depth.two_qubit,
            single_qubit_gates: classes.single_qubit,
            two_qubit_gates: classes.two_qubit,
            rotations: unmerged.rotations,
            t_count: unmerged.t,
            // Predicted from the classical solution, so rounding may exceed 1.
            success_probability: compiled.success_probability.min(1.0),
            epsilon: compiled.epsilon,
            loading_share: loading / excess,
            preparation_share: preparing / excess,
            provenance: Provenance::Compiled,
        })
    }

    /// The workload that a cost model predicts around a block encoding; `None` where it states nothing.
    ///
    /// Success is certain, since the expected number of queries contains the repetitions. Each query comes with a
    /// reflection on q of the qubits, charged as 2 q - 3 Toffoli gates of 6 two-qubit and 9 single-qubit gates, 7 of
    /// them T, and with one preparation of a right-hand side without structure ([`dense_preparation`]). Gates are taken to
    /// follow one another, which is how multiplexed rotations are built. The number of qubits is that of an encoding with n
    /// ancillas and one flag, twice the space, and two for the solver. Models of single-gate queries charge nothing else.
    pub fn from_model(model: &dyn CostModel, input: &ModelInput) -> Option<Self> {
        Some(Self::from_queries(model, model.queries(&input.queries)?, input))
    }

    /// The same for the number of queries that the model predicts.
    pub(crate) fn from_queries(model: &dyn CostModel, queries: f64, input: &ModelInput) -> Self {
        let queries = queries.ceil();
        let system_qubits = u64::from(input.unknowns.max(2).next_power_of_two().trailing_zeros());
        let qubits = 2 * system_qubits + 4;
        let toffolis = u128::from(2 * qubits - 3);
        let reflection = GateClasses {
            single_qubit: 9 * toffolis,
            two_qubit: 6 * toffolis,
            rotations: 0,
            t: 7 * toffolis,
        };
        let [query, preparation, rest] = match model.single_gate_queries() {
            true => {
                let gate = GateClasses { two_qubit: 1, ..GateClasses::default() };
                [GateClasses::default(), GateClasses::default(), gate]
            }
            false => {
                let preparation = GateClasses::of(&dense_preparation(input.unknowns));
                [GateClasses::of(&input.query), preparation, reflection]
            }
        };
        let step = query.plus(&preparation).plus(&rest);
        let times = |per_query: u128| (queries * per_query as f64) as u128;
        let share = |part: &GateClasses| part.total() as f64 / step.total() as f64;
        QuantumWorkload {
            unknowns: input.unknowns,
            qubits,
            depth: times(step.total()),
            two_qubit_depth: times(step.two_qubit),
            single_qubit_gates: times(step.single_qubit),
            two_qubit_gates: times(step.two_qubit),
            rotations: times(step.rotations),
            t_count: times(step.t),
            success_probability: 1.0,
            epsilon: input.queries.epsilon,
            loading_share: share(&query),
            preparation_share: share(&preparation),
            provenance: model.provenance(),
        }
    }

    /// The same with `factor` times as many gates, for another problem of the same kind.
    pub fn scaled(&self, factor: f64) -> Self {
        let times = |number: u128| (number as f64 * factor) as u128;
        QuantumWorkload {
            depth: times(self.depth),
            two_qubit_depth: times(self.two_qubit_depth),
            single_qubit_gates: times(self.single_qubit_gates),
            two_qubit_gates: times(self.two_qubit_gates),
            rotations: times(self.rotations),
            t_count: times(self.t_count),
            ..self.clone()
        }
    }
}

/// Numbers of gates in the classes that a cost distinguishes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GateClasses {
    /// Gates on one qubit.
    pub single_qubit: u128,
    /// Gates on two qubits; a gate on more counts as many as it has further qubits.
    pub two_qubit: u128,
    /// Rotations about one axis.
    pub rotations: u128,
    /// T gates.
    pub t: u128,
}

impl GateClasses {
    /// Sorts the gates of a lowered circuit. A gate with k angles counts as k rotations, even where an angle is a
    /// multiple of pi/4.
    pub fn of(counts: &Counts) -> Self {
        let mut classes = GateClasses { t: counts.t(), ..Self::default() };
        for (kind, number) in counts.iter() {
            match kind.qubits() {
                Some(0) | None => {}
                Some(1) => classes.single_qubit += number,
                Some(qubits) => classes.two_qubit += number * (qubits as u128 - 1),
            }
            if let Kind::Gate(gate) | Kind::Controlled(gate, _) = kind {
                classes.rotations += number * gate.angles() as u128;
            }
        }
        classes
    }

    /// Both together.
    fn plus(&self, other: &GateClasses) -> Self {
        GateClasses {
            single_qubit: self.single_qubit.saturating_add(other.single_qubit),
            two_qubit: self.two_qubit.saturating_add(other.two_qubit),
            rotations: self.rotations.saturating_add(other.rotations),
            t: self.t.saturating_add(other.t),
        }
    }

    /// Gates on one and on two qubits.
    pub fn total(&self) -> u128 {
        self.single_qubit.saturating_add(self.two_qubit)
    }
}

/// JSON readers hold integers in 64 bits; a count beyond that is reported as the largest.
fn saturated<S: Serializer>(number: &u128, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(u64::try_from(*number).unwrap_or(u64::MAX))
}

/// Gates of one query of the dense encoding without any structure: a multiplexed rotation over all N^2 entries of
/// the padded matrix, with as many `cx` (Camps and Van Beeumen, arXiv 2205.00081).
pub fn dense_query(unknowns: u64) -> Counts {
    let padded = u128::from(unknowns.max(2).next_power_of_two());
    let mut counts = Counts::default();
    counts.add(Kind::Gate(Gate::Ry), padded.saturating_mul(padded));
    counts.add(Kind::Gate(Gate::Cx), padded.saturating_mul(padded));
    counts
}

/// Gates that prepare a real right-hand side without structure: multiplexed rotations, a cx beside each (Möttönen et al.,
/// quant-ph/0407010).
pub fn dense_preparation(unknowns: u64) -> Counts {
    let padded = u128::from(unknowns.max(2).next_power_of_two());
    let mut counts = Counts::default();
    counts.add(Kind::Gate(Gate::Ry), padded - 1);
    counts.add(Kind::Gate(Gate::Cx), padded - 2);
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cost_model::{Jennings, cost_model};

    #[test]
    fn gates_are_sorted_by_qubits_and_angles() {
        let mut counts = Counts::default();
        counts.add(Kind::Gate(Gate::U3), 5);
        counts.add(Kind::Gate(Gate::Rz), 7);
        counts.add(Kind::Gate(Gate::Tdg), 2);
        counts.add(Kind::Gate(Gate::Cx), 11);
        counts.add(Kind::Gate(Gate::Ccx), 1);
        counts.add(Kind::Measure, 100);
        let expected = GateClasses { single_qubit: 14, two_qubit: 13, rotations: 22, t: 2 };
        assert_eq!(GateClasses::of(&counts), expected);
    }

    fn input(unknowns: u64, condition_number: f64, epsilon: f64, relative_alpha: f64) -> ModelInput {
        let queries = QueryInput { condition_number, sparsity: 3, epsilon, relative_alpha };
        ModelInput { unknowns, queries, query: dense_query(unknowns) }
    }

    #[test]
    fn the_bound_by_hand() {
        let workload = QuantumWorkload::from_model(&Jennings, &input(16, 100.0, 1e-2, 1.0)).unwrap();
        // 56 948 queries; 12 qubits, so a reflection has 21 Toffoli gates; 15 rotations and 14 cx prepare 16 amplitudes.
        assert_eq!(workload.qubits, 12);
        assert_eq!(workload.two_qubit_gates, 56_948 * (256 + 14 + 126));
        assert_eq!(workload.single_qubit_gates, 56_948 * (256 + 15 + 189));
        assert_eq!(workload.rotations, 56_948 * 271);
        assert_eq!(workload.t_count, 56_948 * 147);
        assert_eq!(workload.provenance, Provenance::Bound);
        assert!((workload.loading_share - 512.0 / 856.0).abs() < 1e-12);
        assert!((workload.preparation_share - 29.0 / 856.0).abs() < 1e-12);
    }

    #[test]
    fn the_queries_of_the_paper_are_single_gates() {
        let model = cost_model("qnewton-paper").unwrap();
        let workload = QuantumWorkload::from_model(model, &input(16, 100.0, 1e-2, 1.0)).unwrap();
        let queries = model.queries(&input(16, 100.0, 1e-2, 1.0).queries).unwrap().ceil() as u128;
        assert_eq!((workload.depth, workload.two_qubit_gates), (queries, queries));
        assert_eq!((workload.single_qubit_gates, workload.loading_share), (0, 0.0));
    }

    #[test]
    fn huge_systems_saturate_instead_of_overflowing() {
        let workload = QuantumWorkload::from_model(&Jennings, &input(1 << 63, 1e12, 1e-9, 1e18)).unwrap();
        assert_eq!(workload.two_qubit_gates, u128::MAX);
    }
}
