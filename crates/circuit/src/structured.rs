//! Structured operations: what a circuit means, before it is gates.
//!
//! Each kind has one meaning (documented here), one lowering ([`crate::lower`]) and one cost
//! ([`crate::cost`]); an executor may run it directly. Value k of a group of qubits has bit i on `qubits[i]`.

use crate::angle::Angle;
use crate::gate::Gate;
use crate::ids::{QubitId, TableId};

/// The axis of a rotation exp(-i angle/2 axis).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Axis {
    /// Pauli X.
    X,
    /// Pauli Y.
    Y,
    /// Pauli Z.
    Z,
}

impl Axis {
    /// The rotation about this axis.
    pub fn rotation(self) -> Gate {
        match self {
            Axis::X => Gate::Rx,
            Axis::Y => Gate::Ry,
            Axis::Z => Gate::Rz,
        }
    }
}

/// A structured operation.
#[derive(Clone, Debug, PartialEq)]
pub enum Structured {
    /// A standard gate; with the controls of its operation it is a multi-controlled gate.
    Gate {
        /// The gate.
        gate: Gate,
        /// Its qubits.
        qubits: Vec<QubitId>,
        /// Its angles.
        angles: Vec<Angle>,
    },
    /// |k>|t> -> |k> R(angles\[k\]) |t>, k the value of `selects`.
    MultiplexedRotation {
        /// The axis of the rotations.
        axis: Axis,
        /// The qubits that select the angle.
        selects: Vec<QubitId>,
        /// The rotated qubit.
        target: QubitId,
        /// 2^selects angles.
        angles: TableId,
    },
    /// |k> -> e^(i phases\[k\]) |k>.
    Diagonal {
        /// The qubits.
        qubits: Vec<QubitId>,
        /// 2^qubits phases.
        phases: TableId,
    },
    /// |k> -> |images\[k\]>.
    Permutation {
        /// The qubits.
        qubits: Vec<QubitId>,
        /// A permutation of 0..2^qubits.
        images: TableId,
    },
    /// |0> -> sum of amplitudes\[k\] |k> / norm, real, by multiplexed Y rotations from the most significant
    /// qubit down (Möttönen et al., quant-ph/0407010), the angles those of
    /// [`crate::lower::state_preparation_angles`]; on other inputs, what those rotations do.
    StatePreparation {
        /// The qubits.
        qubits: Vec<QubitId>,
        /// 2^qubits real amplitudes, not all zero.
        amplitudes: TableId,
    },
    /// exp(i angle (2|0><0| - 1) (x) Z), |0> all of `qubits`, Z on `signal`; without a signal exp(i angle (2|0><0| - 1)).
    Reflection {
        /// The qubits whose |0> is singled out.
        qubits: Vec<QubitId>,
        /// The qubit that flips the sign of the angle.
        signal: Option<QubitId>,
        /// The angle.
        angle: Angle,
    },
    /// |k> -> |k + constant mod 2^qubits>. With n bits, trailing zeros of the constant not counted, n - 3 clean
    /// qubits of the operation make the cost 7n - 16 `cx`. A control counts as one bit more; several are gathered
    /// in one more clean qubit. With fewer clean qubits the cost grows with n^2.
    AddConstant {
        /// The qubits.
        qubits: Vec<QubitId>,
        /// The constant.
        constant: u64,
    },
    /// |a>|t> -> |a>|t xor entries\[a\]>, times (-i)^popcount(entries\[a\]) if `relative_phase`, which is
    /// half the price and cancels against the inverse look-up. A bit of the entries that is affine in the address
    /// over GF(2) is lowered to `cx` and `x`.
    TableLookup {
        /// The qubits of the address a.
        address: Vec<QubitId>,
        /// The qubits that receive the entry.
        target: Vec<QubitId>,
        /// 2^address entries of as many bits as there are targets.
        entries: TableId,
        /// Whether the phase is allowed.
        relative_phase: bool,
    },
}

impl Structured {
    /// A name for reports.
    pub fn name(&self) -> &'static str {
        match self {
            Structured::Gate { gate, .. } => gate.name(),
            Structured::MultiplexedRotation { .. } => "multiplexed_rotation",
            Structured::Diagonal { .. } => "diagonal",
            Structured::Permutation { .. } => "permutation",
            Structured::StatePreparation { .. } => "state_preparation",
            Structured::Reflection { .. } => "reflection",
            Structured::AddConstant { .. } => "add_constant",
            Structured::TableLookup { .. } => "table_lookup",
        }
    }

    /// The table that the operation refers to.
    pub fn table(&self) -> Option<TableId> {
        match self {
            Structured::MultiplexedRotation { angles: table, .. }
            | Structured::Diagonal { phases: table, .. }
            | Structured::Permutation { images: table, .. }
            | Structured::StatePreparation { amplitudes: table, .. }
            | Structured::TableLookup { entries: table, .. } => Some(*table),
            Structured::Gate { .. } | Structured::Reflection { .. } | Structured::AddConstant { .. } => None,
        }
    }

    pub(crate) fn table_mut(&mut self) -> Option<&mut TableId> {
        match self {
            Structured::MultiplexedRotation { angles: table, .. }
            | Structured::Diagonal { phases: table, .. }
            | Structured::Permutation { images: table, .. }
            | Structured::StatePreparation { amplitudes: table, .. }
            | Structured::TableLookup { entries: table, .. } => Some(table),
            Structured::Gate { .. } | Structured::Reflection { .. } | Structured::AddConstant { .. } => None,
        }
    }

    /// The qubits acted on, controls and work qubits apart.
    pub fn qubits(&self) -> Vec<QubitId> {
        match self {
            Structured::Gate { qubits, .. }
            | Structured::Diagonal { qubits, .. }
            | Structured::Permutation { qubits, .. }
            | Structured::StatePreparation { qubits, .. }
            | Structured::AddConstant { qubits, .. } => qubits.clone(),
            Structured::MultiplexedRotation { selects, target, .. } => {
                selects.iter().copied().chain([*target]).collect()
            }
            Structured::Reflection { qubits, signal, .. } => qubits.iter().copied().chain(*signal).collect(),
            Structured::TableLookup { address, target, .. } => {
                address.iter().chain(target).copied().collect()
            }
        }
    }
}
