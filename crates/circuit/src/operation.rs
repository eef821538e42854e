//! Operations: the items of a definition's body.

use crate::angle::Angle;
use crate::gate::Gate;
use crate::ids::{BitId, DefinitionId, QubitId, TableId};
use crate::structured::Structured;

/// Position of an operation's angles: nothing, literals, or expressions, in the pools of its definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AngleSlot(u32);

impl AngleSlot {
    /// No angles.
    pub const NONE: AngleSlot = AngleSlot(u32::MAX);
    const EXPRESSION: u32 = 1 << 31;

    pub(crate) fn literal(position: usize) -> Self {
        assert!(position < (Self::EXPRESSION as usize), "a definition holds at most 2^31 angles");
        AngleSlot(position as u32)
    }

    pub(crate) fn expression(position: usize) -> Self {
        assert!(position < (Self::EXPRESSION - 1) as usize, "a definition holds at most 2^31 angles");
        AngleSlot(position as u32 | Self::EXPRESSION)
    }

    /// Where the angles are: `Ok` a position among the literals, `Err` among the expressions.
    pub(crate) fn position(self) -> Result<usize, usize> {
        if self.0 & Self::EXPRESSION == 0 {
            Ok(self.0 as usize)
        } else {
            Err((self.0 & !Self::EXPRESSION) as usize)
        }
    }
}

/// A standard gate on given qubits: 16 bytes and the place of its angles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GateOperation {
    /// The gate.
    pub gate: Gate,
    qubits: [QubitId; 3],
    /// Its angles, in the pools of the definition.
    pub angles: AngleSlot,
}

impl GateOperation {
    pub(crate) fn new(gate: Gate, qubits: &[QubitId], angles: AngleSlot) -> Self {
        let mut all = [QubitId(u32::MAX); 3];
        all[..qubits.len()].copy_from_slice(qubits);
        GateOperation { gate, qubits: all, angles }
    }

    /// The qubits: controls first.
    pub fn qubits(&self) -> &[QubitId] {
        &self.qubits[..self.gate.qubits()]
    }
}

/// A control qubit with its polarity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Control {
    /// The control qubit.
    pub qubit: QubitId,
    /// The value that enables the operation.
    pub on: bool,
}

/// The arguments of a call, one angle per parameter of the callee.
#[derive(Clone, Debug, PartialEq)]
pub enum Arguments {
    /// The same angles in every repetition.
    Fixed(Vec<Angle>),
    /// Row r of an angle table (repetitions x parameters, row-major) in repetition r.
    Table(TableId),
}

/// A call of another definition: `callee(row 0); callee(row 1); ...`, inverted as a whole if `inverse`,
/// under `controls`.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// The definition that is called; it stands before the caller in the arena.
    pub callee: DefinitionId,
    /// One qubit for each operand qubit of the callee, in the order of its registers.
    pub operands: Vec<QubitId>,
    /// One bit for each bit of the callee.
    pub bits: Vec<BitId>,
    /// Angles for the callee's parameters.
    pub arguments: Arguments,
    /// Number of repetitions, one after another.
    pub repetitions: u64,
    /// Whether the whole sequence is inverted.
    pub inverse: bool,
    /// Controls of the whole sequence.
    pub controls: Vec<Control>,
}

impl Call {
    /// A plain call without parameters.
    pub fn new(callee: DefinitionId, operands: impl IntoIterator<Item = QubitId>) -> Self {
        Call {
            callee,
            operands: operands.into_iter().collect(),
            bits: Vec::new(),
            arguments: Arguments::Fixed(Vec::new()),
            repetitions: 1,
            inverse: false,
            controls: Vec::new(),
        }
    }

    /// The same call with these angles.
    pub fn with_angles(mut self, angles: impl IntoIterator<Item = Angle>) -> Self {
        self.arguments = Arguments::Fixed(angles.into_iter().collect());
        self
    }

    /// The same call repeated, row r of `table` being the angles of repetition r.
    pub fn repeated_with(mut self, repetitions: u64, table: TableId) -> Self {
        self.arguments = Arguments::Table(table);
        self.repetitions = repetitions;
        self
    }

    /// The same call repeated with the same angles.
    pub fn repeated(mut self, repetitions: u64) -> Self {
        self.repetitions = repetitions;
        self
    }

    /// The inverse of this call.
    pub fn inverted(mut self) -> Self {
        self.inverse = !self.inverse;
        self
    }

    /// The same call under further controls.
    pub fn controlled(mut self, controls: impl IntoIterator<Item = Control>) -> Self {
        self.controls.extend(controls);
        self
    }
}

/// `outer; inner; outer^-1`. Controls of the whole need to control the inner part only.
#[derive(Clone, Debug, PartialEq)]
pub struct Conjugate {
    /// The change of basis.
    pub outer: Call,
    /// What happens in that basis.
    pub inner: Call,
}

/// A call that happens only if bits have given values.
#[derive(Clone, Debug, PartialEq)]
pub struct Conditional {
    /// The bits, all of which must have their value.
    pub bits: Vec<(BitId, bool)>,
    /// What happens then.
    pub call: Call,
}

/// A structured operation, possibly inverted and controlled.
#[derive(Clone, Debug, PartialEq)]
pub struct StructuredOperation {
    /// What is done.
    pub kind: Structured,
    /// Whether its inverse is done.
    pub inverse: bool,
    /// Controls of the whole operation.
    pub controls: Vec<Control>,
    /// Qubits in |0> that a lowering may use and returns to |0>.
    pub clean: Vec<QubitId>,
    /// Qubits in any state that a lowering may use and restores.
    pub dirty: Vec<QubitId>,
}

impl From<Structured> for StructuredOperation {
    fn from(kind: Structured) -> Self {
        StructuredOperation {
            kind,
            inverse: false,
            controls: Vec::new(),
            clean: Vec::new(),
            dirty: Vec::new(),
        }
    }
}

/// One item of a body. Larger items live in arenas of the definition, so that a stream of gates stays small.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Operation {
    /// A standard gate.
    Gate(GateOperation),
    /// Multiplication by e^(i angle).
    GlobalPhase(AngleSlot),
    /// A structured operation; position in [`crate::Definition::structured`].
    Structured(u32),
    /// A call; position in [`crate::Definition::calls`].
    Call(u32),
    /// A conjugation; position in [`crate::Definition::conjugates`].
    Conjugate(u32),
    /// A conditional call; position in [`crate::Definition::conditionals`].
    Conditional(u32),
    /// Measurement in the computational basis.
    Measure {
        /// What is measured.
        qubit: QubitId,
        /// Where the outcome goes.
        bit: BitId,
    },
    /// Back to |0>.
    Reset(QubitId),
    /// No reordering across these qubits; position in [`crate::Definition::barriers`].
    Barrier(u32),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_stays_small() {
        assert!(std::mem::size_of::<GateOperation>() <= 20);
        assert!(std::mem::size_of::<Operation>() <= 24);
    }
}
