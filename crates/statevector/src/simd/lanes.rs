//! What a vector of complex numbers can do.

use crate::real::Real;
use num_complex::Complex;

/// A vector of complex numbers, real and imaginary parts alternating.
///
/// Methods are inlined into kernels that are compiled for the instructions; nothing else may call them.
pub trait Lanes<R>: Copy {
    /// Number of complex numbers.
    const COMPLEX: usize;

    /// A permutation of the complex numbers.
    type Permutation: Copy;

    /// Some of the complex numbers.
    type Chosen: Copy;

    /// Reads `COMPLEX` numbers.
    ///
    /// # Safety
    /// They are readable, and the processor has the instructions.
    unsafe fn load(from: *const Complex<R>) -> Self;

    /// Writes `COMPLEX` numbers.
    ///
    /// # Safety
    /// They are writable, and the processor has the instructions.
    unsafe fn store(self, to: *mut Complex<R>);

    /// The same number everywhere.
    ///
    /// # Safety
    /// The processor has the instructions.
    unsafe fn repeated(number: Complex<R>) -> Self;

    /// The numbers whose bits are set.
    ///
    /// # Safety
    /// The processor has the instructions.
    unsafe fn chosen(numbers: u8) -> Self::Chosen;

    /// The chosen numbers of one vector, all others of another.
    ///
    /// # Safety
    /// The processor has the instructions.
    unsafe fn selected(chosen: Self::Chosen, these: Self, others: Self) -> Self;

    /// The sum.
    ///
    /// # Safety
    /// The processor has the instructions.
    unsafe fn plus(self, other: Self) -> Self;

    /// The product, part by part.
    ///
    /// # Safety
    /// The processor has the instructions.
    unsafe fn times(self, other: Self) -> Self;

    /// `self * other + added`, part by part.
    ///
    /// # Safety
    /// The processor has the instructions.
    unsafe fn times_plus(self, other: Self, added: Self) -> Self;

    /// Real and imaginary parts exchanged.
    ///
    /// # Safety
    /// The processor has the instructions.
    unsafe fn swapped(self) -> Self;

    /// The permutation that exchanges the numbers whose places differ in the bits of `mask`.
    ///
    /// # Safety
    /// `mask < COMPLEX`, and the processor has the instructions.
    unsafe fn exchange(mask: usize) -> Self::Permutation;

    /// The numbers permuted.
    ///
    /// # Safety
    /// The processor has the instructions.
    unsafe fn permuted(self, permutation: Self::Permutation) -> Self;
}

/// Something to be compiled for every instruction set.
pub(crate) trait LaneKernel<R: Real> {
    /// Runs with vectors `L`; to be inlined.
    ///
    /// # Safety
    /// The processor has the instructions of `L`, and what the kernel itself asks for holds.
    unsafe fn run<L: Lanes<R>>(self);
}
