//! Vectors of one number, for processors without longer ones that are known here.

use super::Lanes;
use crate::real::Real;
use num_complex::Complex;

/// One complex number.
#[derive(Clone, Copy)]
pub struct Portable<R>(Complex<R>);

impl<R: Real> Lanes<R> for Portable<R> {
    const COMPLEX: usize = 1;
    type Permutation = ();
    type Chosen = bool;

    #[inline(always)]
    unsafe fn load(from: *const Complex<R>) -> Self {
        // SAFETY: promised by the caller.
        Portable(unsafe { *from })
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut Complex<R>) {
        // SAFETY: promised by the caller.
        unsafe { *to = self.0 };
    }

    #[inline(always)]
    unsafe fn repeated(number: Complex<R>) -> Self {
        Portable(number)
    }

    #[inline(always)]
    unsafe fn chosen(numbers: u8) -> bool {
        numbers & 1 == 1
    }

    #[inline(always)]
    unsafe fn selected(chosen: bool, these: Self, others: Self) -> Self {
        if chosen { these } else { others }
    }

    #[inline(always)]
    unsafe fn plus(self, other: Self) -> Self {
        Portable(self.0 + other.0)
    }

    #[inline(always)]
    unsafe fn times(self, other: Self) -> Self {
        Portable(Complex::new(self.0.re * other.0.re, self.0.im * other.0.im))
    }

    #[inline(always)]
    unsafe fn times_plus(self, other: Self, added: Self) -> Self {
        let (a, b, c) = (self.0, other.0, added.0);
        Portable(Complex::new(a.re * b.re + c.re, a.im * b.im + c.im))
    }

    #[inline(always)]
    unsafe fn swapped(self) -> Self {
        Portable(Complex::new(self.0.im, self.0.re))
    }

    #[inline(always)]
    unsafe fn exchange(_mask: usize) {}

    #[inline(always)]
    unsafe fn permuted(self, _permutation: ()) -> Self {
        self
    }
}
