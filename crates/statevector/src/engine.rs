//! What executes resolved operations on amplitudes.

use crate::bits::Condition;
use crate::kernels::{Operator, scale};
use crate::measurement::{collapse, probability_of_one};
use crate::real::Real;
use crate::resolved::{Resolved, ResolvedAction};
use crate::simd::Instructions;
use num_complex::{Complex, Complex64};

/// Executes a stream of operations.
pub(crate) trait Engine<R: Real> {
    /// Number of qubits of the state.
    fn qubits(&self) -> usize;

    /// Executes an operation, now or later.
    fn push(&mut self, operation: Resolved<R>);

    /// Executes what is left.
    fn flush(&mut self);

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
}

impl<R: Real> Engine<R> for Direct<'_, R> {
    fn qubits(&self) -> usize {
        self.amplitudes.len().trailing_zeros() as usize
    }

    fn push(&mut self, operation: Resolved<R>) {
        operation.prepare(self.instructions, self.qubits()).apply(self.amplitudes, 0);
    }

    fn flush(&mut self) {}

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
