//! Numbers that begin at a multiple of the longest vector's length: no vector of them crosses a line of the cache.

use crate::memory::prefer_large_pages;
use crate::real::Real;
use num_complex::Complex;
use std::collections::TryReserveError;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};

#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
struct Line([u64; 8]);

const ZERO: Line = Line([0; 8]);

/// Lines for so many numbers.
fn lines<R: Real>(length: usize) -> usize {
    length.div_ceil(size_of::<Line>() / size_of::<Complex<R>>())
}

fn numbers<R: Real>(lines: &[Line]) -> &[Complex<R>] {
    let length = size_of_val(lines) / size_of::<Complex<R>>();
    // SAFETY: lines are plain bytes without padding, all zero or what was written as numbers.
    unsafe { std::slice::from_raw_parts(lines.as_ptr().cast(), length) }
}

fn numbers_mut<R: Real>(lines: &mut [Line]) -> &mut [Complex<R>] {
    let length = size_of_val(lines) / size_of::<Complex<R>>();
    // SAFETY: as above; every bit pattern of numbers is one of bytes.
    unsafe { std::slice::from_raw_parts_mut(lines.as_mut_ptr().cast(), length) }
}

/// The amplitudes of a state.
#[derive(Clone)]
pub(crate) struct Amplitudes<R> {
    lines: Vec<Line>,
    length: usize,
    numbers: PhantomData<R>,
}

impl<R: Real> Amplitudes<R> {
    /// `length` zeros; an error if there is no memory for them.
    pub(crate) fn zero(length: usize) -> Result<Self, TryReserveError> {
        let (mut memory, wanted) = (Vec::new(), lines::<R>(length));
        memory.try_reserve_exact(wanted)?;
        prefer_large_pages(&mut memory);
        memory.resize(wanted, ZERO);
        Ok(Amplitudes { lines: memory, length, numbers: PhantomData })
    }
}

impl<R: Real> Deref for Amplitudes<R> {
    type Target = [Complex<R>];

    #[inline]
    fn deref(&self) -> &[Complex<R>] {
        &numbers(&self.lines)[..self.length]
    }
}

impl<R: Real> DerefMut for Amplitudes<R> {
    #[inline]
    fn deref_mut(&mut self) -> &mut [Complex<R>] {
        &mut numbers_mut(&mut self.lines)[..self.length]
    }
}

impl<R: Real> std::fmt::Debug for Amplitudes<R> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_list().entries(self.iter()).finish()
    }
}

impl<R: Real> PartialEq for Amplitudes<R> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

/// Coefficients of a kernel.
#[derive(Clone, Debug)]
pub(crate) struct Aligned<R> {
    /// A few are here, more of them in `more`.
    few: [Line; FEW],
    more: Vec<Line>,
    numbers: PhantomData<R>,
}

/// Lines that need no memory of their own.
const FEW: usize = 8;

impl<R: Real> Aligned<R> {
    /// `length` zeros, and some behind them.
    pub(crate) fn zero(length: usize) -> Self {
        let lines = lines::<R>(length);
        let more = if lines <= FEW { Vec::new() } else { vec![ZERO; lines] };
        Aligned { few: [ZERO; FEW], more, numbers: PhantomData }
    }

    /// The numbers.
    #[inline(always)]
    pub(crate) fn as_slice(&self) -> &[Complex<R>] {
        numbers(if self.more.is_empty() { &self.few } else { &self.more })
    }

    /// The numbers, to be written.
    pub(crate) fn as_mut_slice(&mut self) -> &mut [Complex<R>] {
        numbers_mut(if self.more.is_empty() { &mut self.few } else { &mut self.more })
    }
}
