//! Circuits written as matrices are factored: from left to right, the last gate in time first.

use super::special_unitary::SpecialUnitary;
use num_complex::Complex64;
use qnewton_circuit::table::walsh_hadamard;
use qnewton_circuit::{Axis, Definition, Gate, QubitId};

/// A product of single-qubit gates and `cx`, to which factors are added on the right.
///
/// Gates on one qubit with no `cx` between them are one gate. Whether there is a gate does not depend on what it is,
/// so that the number of gates is a matter of structure alone.
#[derive(Debug)]
pub(crate) struct Product {
    factors: Vec<Factor>,
    /// For each qubit the factor that no `cx` has followed yet.
    open: Vec<Option<SpecialUnitary>>,
}

/// An end of a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Left,
    Right,
}

#[derive(Clone, Copy, Debug)]
enum Factor {
    Single { qubit: usize, gate: SpecialUnitary },
    ControlledX { control: usize, target: usize },
}

impl Product {
    /// The empty product on that many qubits.
    pub(crate) fn new(qubits: usize) -> Self {
        Product { factors: Vec::new(), open: vec![None; qubits] }
    }

    /// Multiplies by a gate on one qubit.
    pub(crate) fn single(&mut self, qubit: usize, gate: SpecialUnitary) {
        let open = &mut self.open[qubit];
        *open = Some(open.map_or(gate, |before| before * gate));
    }

    /// Multiplies by `cx`.
    pub(crate) fn controlled_x(&mut self, control: usize, target: usize) {
        self.close(control);
        self.close(target);
        self.factors.push(Factor::ControlledX { control, target });
    }

    /// Multiplies by the rotation of `target` by angles\[k\], k the value of `selects`, without the controlled X of
    /// the last select on the target that belongs at one end. 2^selects - 1 `cx` remain (Möttönen et al.,
    /// quant-ph/0404089).
    pub(crate) fn open_multiplexed_rotation(
        &mut self,
        axis: Axis,
        selects: &[usize],
        target: usize,
        mut angles: Vec<f64>,
        missing: End,
    ) {
        debug_assert!(axis != Axis::X && angles.len() == 1 << selects.len());
        walsh_hadamard(&mut angles);
        let gray = |step: usize| step ^ (step >> 1);
        for step in 0..angles.len() {
            let (before, mask) = match missing {
                End::Right => (gray(step.saturating_sub(1)), gray(step)),
                End::Left => (gray(angles.len() - step.max(1)), gray(angles.len() - 1 - step)),
            };
            if mask != before {
                self.controlled_x(selects[(mask ^ before).trailing_zeros() as usize], target);
            }
            self.single(target, SpecialUnitary::rotation(axis, angles[mask]));
        }
    }

    fn close(&mut self, qubit: usize) {
        if let Some(gate) = self.open[qubit].take() {
            self.factors.push(Factor::Single { qubit, gate });
        }
    }

    /// Appends the gates to a definition, in the order of time, and the phase that `u3` does not have.
    pub(crate) fn append_to(mut self, definition: &mut Definition, qubits: &[QubitId]) {
        (0..self.open.len()).for_each(|qubit| self.close(qubit));
        // As a product: a sum of as many angles would round to its own size.
        let mut factor = Complex64::ONE;
        for gate in self.factors.into_iter().rev() {
            match gate {
                Factor::Single { qubit, gate } => {
                    let (angles, phase) = gate.u3();
                    factor *= Complex64::from_polar(1.0, phase);
                    definition.gate(Gate::U3, &[qubits[qubit]], &angles);
                }
                Factor::ControlledX { control, target } => {
                    definition.gate(Gate::Cx, &[qubits[control], qubits[target]], &[]);
                }
            }
        }
        definition.global_phase(&factor.arg().into());
    }
}
