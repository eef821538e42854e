//! Operations with positions, angles and tables known: what an engine executes.

use crate::bits::{Condition, Scatter, Selected, Selection, mask_of};
use crate::kernels::{
    Cycles, Dense, Diagonal, Lookup, Operator, Rotation, Turns, add_constant, diagonal, exchange_pairs,
    lookup, permute, rotate, rotation_xx_matrix, swap_matrix,
};
use crate::real::{Real, narrow};
use crate::simd::Instructions;
use num_complex::{Complex, Complex64};
use qnewton_circuit::Axis;
use std::sync::Arc;

/// An operation on positions of the state, under a condition.
#[derive(Clone, Debug)]
pub(crate) struct Resolved<R: Real> {
    pub(crate) condition: Condition,
    pub(crate) action: ResolvedAction<R>,
}

/// What an operation does where its condition holds.
#[derive(Clone, Debug)]
pub(crate) enum ResolvedAction<R: Real> {
    /// Multiplies by a number.
    Scale(Complex64),
    /// A matrix on one qubit that is not diagonal.
    Single { target: u8, operator: Operator },
    /// Exchanges two qubits.
    Swap([u8; 2]),
    /// exp(-i angle/2 X(x)X).
    RotateXx { targets: [u8; 2], angle: f64 },
    /// A row-major matrix; bit i of a row belongs to `targets[i]`.
    Matrix { targets: Arc<[u8]>, entries: Arc<[Complex64]> },
    /// A rotation by a selected angle.
    Rotation { axis: Axis, target: u8, placement: Arc<Placement<Rotation<R>>>, inverse: bool },
    /// Multiplies by selected numbers.
    Diagonal { placement: Arc<Placement<Diagonal<R>>>, inverse: bool },
    /// Permutes basis states.
    Permutation { placement: Arc<Placement<Cycles>>, inverse: bool },
    /// Adds a constant.
    AddConstant { placement: Arc<Placement<()>>, constant: u64 },
    /// Adds a selected entry bit by bit, each bit with a phase.
    Lookup { placement: Arc<Placement<Lookup>>, phase: Option<Complex64> },
}

/// A table and the qubits it is about, at certain positions.
#[derive(Debug)]
pub(crate) struct Placement<T> {
    /// The positions of the qubits that select an entry, in increasing order, with the bits of the entry's number.
    pub(crate) selects: Vec<(u8, u8)>,
    pub(crate) selection: Selection,
    /// The positions of the qubits that an entry changes.
    pub(crate) own: Vec<u8>,
    pub(crate) scatter: Scatter,
    pub(crate) table: Arc<T>,
}

impl<T> Placement<T> {
    /// A placement in a state of `qubits` qubits.
    pub(crate) fn new(selects: Vec<(u8, u8)>, own: Vec<u8>, table: Arc<T>, qubits: usize) -> Self {
        let (selection, scatter) = (Selection::of(&selects, qubits), Scatter::new(&own));
        Placement { selects, selection, own, scatter, table }
    }

    fn selected(&self, offset: usize) -> Selected<'_> {
        Selected { selection: &self.selection, offset }
    }

    fn select_mask(&self) -> usize {
        self.selects.iter().fold(0, |mask, select| mask | 1 << select.0)
    }
}

impl<R: Real> Resolved<R> {
    /// The positions whose values change.
    pub(crate) fn targets(&self) -> usize {
        match &self.action {
            ResolvedAction::Scale(_) | ResolvedAction::Diagonal { .. } => 0,
            ResolvedAction::Single { target, .. } | ResolvedAction::Rotation { target, .. } => 1 << target,
            ResolvedAction::Swap(targets) | ResolvedAction::RotateXx { targets, .. } => mask_of(targets),
            ResolvedAction::Matrix { targets, .. } => mask_of(targets),
            ResolvedAction::Permutation { placement, .. } => mask_of(&placement.own),
            ResolvedAction::AddConstant { placement, .. } => mask_of(&placement.own),
            ResolvedAction::Lookup { placement, .. } => mask_of(&placement.own),
        }
    }

    /// The positions whose values matter and stay.
    pub(crate) fn constants(&self) -> usize {
        let own = match &self.action {
            ResolvedAction::Rotation { placement, .. } => placement.select_mask(),
            ResolvedAction::Diagonal { placement, .. } => placement.select_mask(),
            ResolvedAction::Lookup { placement, .. } => placement.select_mask(),
            _ => 0,
        };
        self.condition.mask | own
    }

    /// The operation in the form in which it can be applied many times to states of `qubits` qubits.
    pub(crate) fn prepare(self, instructions: Instructions, qubits: usize) -> Prepared<R> {
        let condition = self.condition;
        let dense = |targets: &[u8], entries: &[Complex64]| {
            Prepared::Dense(Dense::new(instructions, qubits, targets, entries, condition))
        };
        let vectors = (1usize << instructions.lane_bits::<R>()) - 1;
        let pairs = |fixed: usize, offsets: [usize; 2]| {
            let (fixed, offsets) = (fixed | condition.mask, offsets.map(|offset| offset | condition.value));
            (fixed & vectors == 0).then_some(Prepared::Exchange { fixed, offsets, instructions })
        };
        match &self.action {
            ResolvedAction::Scale(factor) => dense(&[], &[*factor]),
            &ResolvedAction::Single { target, operator } => {
                let bit = 1usize << target;
                let exchange = if operator == Operator::Flip { pairs(bit, [0, bit]) } else { None };
                exchange.unwrap_or_else(|| dense(&[target], &operator.matrix()))
            }
            &ResolvedAction::Swap([a, b]) => {
                let bits = [1usize << a, 1usize << b];
                pairs(bits[0] | bits[1], bits).unwrap_or_else(|| dense(&[a, b], &swap_matrix()))
            }
            ResolvedAction::RotateXx { targets, angle } => dense(targets, &rotation_xx_matrix(*angle)),
            ResolvedAction::Matrix { targets, entries } => {
                let turns = match **targets {
                    [a, b] => Turns::new(instructions, [a, b], entries, condition),
                    _ => None,
                };
                turns.map_or_else(|| dense(targets, entries), Prepared::Turns)
            }
            _ => Prepared::Table { operation: self, instructions },
        }
    }
}

/// An operation that can be applied.
pub(crate) enum Prepared<R: Real> {
    Dense(Dense<R>),
    Turns(Turns<R>),
    /// Exchanges amplitudes.
    Exchange {
        fixed: usize,
        offsets: [usize; 2],
        instructions: Instructions,
    },
    /// An operation with a table.
    Table {
        operation: Resolved<R>,
        instructions: Instructions,
    },
}

impl<R: Real> Prepared<R> {
    /// Acts on the amplitudes; `offset` are the bits of a table entry's number that no index decides.
    pub(crate) fn apply(&self, amplitudes: &mut [Complex<R>], offset: usize) {
        let (operation, instructions) = match self {
            Prepared::Dense(dense) => return dense.apply(amplitudes),
            Prepared::Turns(turns) => return turns.apply(amplitudes),
            &Prepared::Exchange { fixed, offsets, instructions } => {
                return exchange_pairs(amplitudes, instructions, fixed, offsets);
            }
            Prepared::Table { operation, instructions } => (operation, *instructions),
        };
        let condition = operation.condition;
        match &operation.action {
            ResolvedAction::Rotation { axis, target, placement, inverse } => {
                let selected = placement.selected(offset);
                let table = &placement.table;
                rotate(amplitudes, instructions, condition, *target, *axis, selected, table, *inverse);
            }
            ResolvedAction::Diagonal { placement, inverse } => {
                let selected = placement.selected(offset);
                diagonal(amplitudes, instructions, condition, selected, &placement.table, *inverse);
            }
            ResolvedAction::Permutation { placement, inverse } => {
                let (own, scatter) = (mask_of(&placement.own), &placement.scatter);
                permute(amplitudes, condition, own, scatter, &placement.table, *inverse);
            }
            ResolvedAction::AddConstant { placement, constant } => {
                add_constant(amplitudes, condition, &placement.own, &placement.scatter, *constant);
            }
            ResolvedAction::Lookup { placement, phase } => {
                let (address, target) = (placement.select_mask(), mask_of(&placement.own));
                let (selected, scatter, phase) =
                    (placement.selected(offset), &placement.scatter, phase.map(narrow));
                lookup(amplitudes, condition, address, target, selected, scatter, &placement.table, phase);
            }
            // These are dense or exchanges.
            ResolvedAction::Scale(_)
            | ResolvedAction::Single { .. }
            | ResolvedAction::Swap(_)
            | ResolvedAction::RotateXx { .. }
            | ResolvedAction::Matrix { .. } => {}
        }
    }
}
