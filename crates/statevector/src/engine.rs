//! What executes resolved operations on amplitudes.

use crate::bits::Condition;
use crate::kernels::{Chain, Operator, scale};
use crate::measurement::{collapse, probability_of_one};
use crate::real::Real;
use crate::resolved::{Resolved, ResolvedAction};
use crate::simd::Instructions;
use num_complex::{Complex, Complex64};

/// Amplitudes that are updated, or kernels that are run, between two questions whether to stop.
const UPDATES_BETWEEN_CHECKS: usize = 1 << 24;
const KERNELS_BETWEEN_CHECKS: u64 = 1 << 12;

/// The same where operations wait for one another: seconds of work, but enough operations to choose from.
const WAITING_UPDATES: usize = 1 << 34;
const WAITING_KERNELS: (u64, u64) = (1 << 8, 1 << 13);

/// Executes a stream of operations.
pub(crate) trait Engine<R: Real> {
    /// Number of qubits of the state.
    fn qubits(&self) -> usize;

    /// Executes an operation, now or later.
    fn push(&mut self, operation: Resolved<R>);

    /// Executes what is left.
    fn flush(&mut self);

    /// After how many kernels all that was pushed is executed and the user asked whether to stop.
    fn kernels_between_checks(&self) -> u64 {
        let (least, most) = WAITING_KERNELS;
        ((WAITING_UPDATES >> self.qubits().min(63)) as u64).clamp(least, most)
    }

    /// Multiplies all amplitudes by e^(i angle).
    fn turn(&mut self, angle: f64);

    /// The probability of |1> at a position.
    fn probability_of_one(&mut self, position: u8) -> f64;

    /// Projects the qubit at a position and restores the norm; `probability` is that of the outcome.
    fn collapse(&mut self, position: u8, one: bool, probability: f64);

    /// Pauli X at a position.
    fn flip(&mut self, position: u8) {
        let action = ResolvedAction::Single { target: position, operator: Operator::Flip };
        self.push(Resolved { condition: Condition::default(), action });
    }
}

/// Amplitudes in the memory of this process, each operation one pass over them.
pub(crate) struct Direct<'a, R: Real> {
    amplitudes: &'a mut [Complex<R>],
    instructions: Instructions,
}

impl<'a, R: Real> Direct<'a, R> {
    /// An engine for a state.
    pub(crate) fn new(amplitudes: &'a mut [Complex<R>], instructions: Instructions) -> Self {
        Direct { amplitudes, instructions }
    }

    /// Executes several operations in one pass.
    pub(crate) fn apply(&mut self, chain: &Chain<R>) {
        chain.apply(self.amplitudes);
    }
}

impl<R: Real> Engine<R> for Direct<'_, R> {
    fn qubits(&self) -> usize {
        self.amplitudes.len().trailing_zeros() as usize
    }

    fn push(&mut self, operation: Resolved<R>) {
        operation.prepare(self.instructions, self.qubits()).apply(self.amplitudes, 0);
    }

    fn flush(&mut self) {}

    fn kernels_between_checks(&self) -> u64 {
        ((UPDATES_BETWEEN_CHECKS >> self.qubits().min(63)) as u64).clamp(1, KERNELS_BETWEEN_CHECKS)
    }

    fn turn(&mut self, angle: f64) {
        let factor = Complex64::from_polar(1.0, angle);
        scale(self.amplitudes, self.instructions, Condition::default(), factor);
    }

    fn probability_of_one(&mut self, position: u8) -> f64 {
        probability_of_one(self.amplitudes, position)
    }

    fn collapse(&mut self, position: u8, one: bool, probability: f64) {
        collapse(self.amplitudes, position, one, probability);
    }
}
