//! Vectors of complex numbers: what the processor offers, chosen at run time.
//!
//! A kernel is written once, generic in [`Lanes`], and compiled for every instruction set; [`dispatch`] calls the
//! version that an [`Instructions`] names. On processors other than x86-64 the portable version is compiled for
//! the baseline of the target, which includes NEON on 64-bit ARM.

#![expect(unsafe_code, reason = "vector instructions work on pointers and exist on some processors only")]

mod aligned;
mod lanes;
mod portable;
#[cfg(target_arch = "x86_64")]
mod x86;

pub(crate) use aligned::{Aligned, Amplitudes};
pub(crate) use lanes::{LaneKernel, Lanes};
pub use portable::Portable;
#[cfg(target_arch = "x86_64")]
pub use x86::{Avx2Double, Avx2Single, Avx512Double, Avx512Single};

use crate::real::Real;

/// A set of vector instructions. Results of different sets agree up to rounding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Instructions {
    /// What every processor of the target has.
    Portable,
    /// AVX2 and FMA: vectors of 256 bits.
    Avx2,
    /// AVX-512 F and DQ: vectors of 512 bits.
    Avx512,
}

impl Instructions {
    /// The widest that this processor has.
    pub fn best() -> Self {
        Self::available().last().copied().unwrap_or(Instructions::Portable)
    }

    /// All that this processor has, the narrowest first.
    pub fn available() -> &'static [Self] {
        use Instructions::{Avx2, Avx512, Portable};
        #[cfg(target_arch = "x86_64")]
        {
            let avx2 = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
            let avx512 = is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512dq");
            match (avx2, avx512) {
                (true, true) => &[Portable, Avx2, Avx512],
                (true, false) => &[Portable, Avx2],
                _ => &[Portable],
            }
        }
        #[cfg(not(target_arch = "x86_64"))]
        {
            let _ = (Avx2, Avx512);
            &[Portable]
        }
    }

    /// This set, or the widest below it that the processor has.
    pub(crate) fn supported(self) -> Self {
        self.min(Self::best())
    }

    /// log2 of the number of complex numbers in a vector.
    pub(crate) fn lane_bits<R: Real>(self) -> usize {
        let bytes = match self {
            Instructions::Portable => return 0,
            Instructions::Avx2 => 32,
            Instructions::Avx512 => 64,
        };
        (bytes / (2 * size_of::<R>())).trailing_zeros() as usize
    }
}

/// Begins to bring what is at an address, which need not exist, into the cache.
#[inline(always)]
pub(crate) fn prefetch<T>(address: *const T) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a hint; no address does harm.
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T0>(address.cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = address;
}

/// Runs a kernel with the instructions named.
///
/// # Safety
/// The processor has them, and what the kernel itself asks for holds.
#[inline]
pub(crate) unsafe fn dispatch<R: Real, K: LaneKernel<R>>(instructions: Instructions, kernel: K) {
    // SAFETY: promised by the caller.
    unsafe {
        match instructions {
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx512 => x86::with_avx512(kernel),
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx2 => x86::with_avx2(kernel),
            _ => kernel.run::<Portable<R>>(),
        }
    }
}
