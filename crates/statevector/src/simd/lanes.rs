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

/// Numbers that begin at a multiple of the longest vector's length.
#[derive(Clone, Debug)]
pub(crate) struct Aligned<R> {
    /// A few are here, more of them in `more`.
    few: [Line; FEW],
    more: Vec<Line>,
    numbers: std::marker::PhantomData<R>,
}

/// Lines that need no memory of their own.
const FEW: usize = 8;

#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
struct Line([u64; 8]);

impl<R: Real> Aligned<R> {
    /// `length` zeros, and some behind them.
    pub(crate) fn zero(length: usize) -> Self {
        let lines = (length * size_of::<Complex<R>>()).div_ceil(size_of::<Line>());
        let zero = Line([0; 8]);
        let more = if lines <= FEW { Vec::new() } else { vec![zero; lines] };
        Aligned { few: [zero; FEW], more, numbers: std::marker::PhantomData }
    }

    /// The numbers.
    #[inline(always)]
    pub(crate) fn as_slice(&self) -> &[Complex<R>] {
        let lines: &[Line] = if self.more.is_empty() { &self.few } else { &self.more };
        let length = lines.len() * (size_of::<Line>() / size_of::<Complex<R>>());
        // SAFETY: lines are plain bytes without padding, all zero or what was written as numbers.
        unsafe { std::slice::from_raw_parts(lines.as_ptr().cast(), length) }
    }

    /// The numbers, to be written.
    pub(crate) fn as_mut_slice(&mut self) -> &mut [Complex<R>] {
        let lines: &mut [Line] = if self.more.is_empty() { &mut self.few } else { &mut self.more };
        let length = lines.len() * (size_of::<Line>() / size_of::<Complex<R>>());
        // SAFETY: as above; every bit pattern of numbers is one of bytes.
        unsafe { std::slice::from_raw_parts_mut(lines.as_mut_ptr().cast(), length) }
    }
}
