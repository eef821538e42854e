//! What a quantum solution of one system asks of a device, whatever the device.

use crate::query_bound::jennings_queries;
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
    /// The share of the gates that load data: the right-hand side and the matrix; `None` if it is not known.
    pub loading_share: Option<f64>,
    /// Where the counts come from.
    pub provenance: Provenance,
}

/// What the bound on a solver needs to know of a system.
#[derive(Clone, Debug, PartialEq)]
pub struct BoundInput {
    /// Number of unknowns.
    pub unknowns: u64,
    /// Condition number of the matrix.
    pub condition_number: f64,
    /// Relative error in 2-norm.
    pub epsilon: f64,
    /// Subnormalization of a block encoding, relative to the norm of the matrix.
    pub relative_alpha: f64,
    /// Gates of one query of that encoding.
    pub query: Counts,
}

impl QuantumWorkload {
    /// The workload of a compiled circuit, counted in its basis.
    ///
    /// Rotations are counted before single-qubit gates are merged into those of the basis, where each is about one
    /// axis. The loading share is that of the queries and of the preparation of the right-hand side.
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
        let loading = query.total() as f64 * compiled.solver.queries as f64
            + preparation.total() as f64 * compiled.solver.queries_b as f64;

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
            loading_share: Some((loading / classes.total().max(1) as f64).min(1.0)),
            provenance: Provenance::Compiled,
        })
    }

    /// The workload of the solver of Jennings et al. ([`jennings_queries`]) around a block encoding.
    ///
    /// Success is certain, since the expected number of queries contains the repetitions. Each query comes with a
    /// reflection on q of the qubits, charged as 2 q - 3 Toffoli gates of 6 two-qubit and 9 single-qubit gates, 7 of
    /// them T. Gates are taken to follow one another, which is how multiplexed rotations are built. The number of
    /// qubits is that of an encoding with n ancillas and one flag, twice the space, and two for the solver.
    pub fn from_bound(input: &BoundInput) -> Self {
        let queries = jennings_queries(input.condition_number, input.epsilon, input.relative_alpha).ceil();
        let system_qubits = u64::from(input.unknowns.max(2).next_power_of_two().trailing_zeros());
        let qubits = 2 * system_qubits + 4;
        let query = GateClasses::of(&input.query);
        let toffolis = u128::from(2 * qubits - 3);
        let reflection = GateClasses {
            single_qubit: 9 * toffolis,
            two_qubit: 6 * toffolis,
            rotations: 0,
            t: 7 * toffolis,
        };
        let times = |per_query: u128| (queries * per_query as f64) as u128;
        let (single, two) =
            (query.single_qubit + reflection.single_qubit, query.two_qubit + reflection.two_qubit);
        QuantumWorkload {
            unknowns: input.unknowns,
            qubits,
            depth: times(single + two),
            two_qubit_depth: times(two),
            single_qubit_gates: times(single),
            two_qubit_gates: times(two),
            rotations: times(query.rotations),
            t_count: times(query.t + reflection.t),
            success_probability: 1.0,
            epsilon: input.epsilon,
            loading_share: Some((query.single_qubit + query.two_qubit) as f64 / (single + two) as f64),
            provenance: Provenance::Bound,
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

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn the_bound_by_hand() {
        let input = BoundInput {
            unknowns: 16,
            condition_number: 100.0,
            epsilon: 1e-2,
            relative_alpha: 1.0,
            query: dense_query(16),
        };
        let workload = QuantumWorkload::from_bound(&input);
        // 56 948 queries; 12 qubits, so a reflection has 21 Toffoli gates.
        assert_eq!(workload.qubits, 12);
        assert_eq!(workload.two_qubit_gates, 56_948 * (256 + 126));
        assert_eq!(workload.single_qubit_gates, 56_948 * (256 + 189));
        assert_eq!(workload.rotations, 56_948 * 256);
        assert_eq!(workload.t_count, 56_948 * 147);
        assert_eq!(workload.provenance, Provenance::Bound);
        assert!((workload.loading_share.unwrap() - 512.0 / 827.0).abs() < 1e-12);
    }

    #[test]
    fn huge_systems_saturate_instead_of_overflowing() {
        let input = BoundInput {
            unknowns: 1 << 63,
            condition_number: 1e12,
            epsilon: 1e-9,
            relative_alpha: 1e18,
            query: dense_query(1 << 63),
        };
        assert_eq!(QuantumWorkload::from_bound(&input).two_qubit_gates, u128::MAX);
    }
}
