//! Vectors of AVX2 and AVX-512.

use super::{LaneKernel, Lanes};
use crate::real::Real;
use num_complex::Complex;
use std::arch::x86_64::*;

/// Runs a kernel that is compiled for AVX2 and FMA.
///
/// # Safety
/// The processor has them, and what the kernel itself asks for holds.
#[target_feature(enable = "avx2,fma")]
pub(super) unsafe fn with_avx2<R: Real, K: LaneKernel<R>>(kernel: K) {
    // SAFETY: promised by the caller.
    unsafe { kernel.run::<R::Avx2>() }
}

/// Runs a kernel that is compiled for AVX-512.
///
/// # Safety
/// The processor has it, and what the kernel itself asks for holds.
#[target_feature(enable = "avx512f,avx512dq,avx2,fma")]
pub(super) unsafe fn with_avx512<R: Real, K: LaneKernel<R>>(kernel: K) {
    // SAFETY: promised by the caller.
    unsafe { kernel.run::<R::Avx512>() }
}

/// Implements [`Lanes`] by the intrinsics named.
macro_rules! lanes {
    ($(#[$documentation:meta])* $name:ident($vector:ty) of $real:ty, $complex:literal numbers, permuted by $permutation:ty, chosen by $chosen:ty:
     $load:ident $store:ident $add:ident $mul:ident $fma:ident, swapped |$v:ident| $swapped:expr,
     exchange |$mask:ident| $exchange:expr, permuted |$w:ident, $p:ident| $permuted:expr,
     repeated |$number:ident| $repeated:expr, chosen |$numbers:ident| $choice:expr,
     selected |$c:ident, $these:ident, $others:ident| $selected:expr) => {
        $(#[$documentation])*
        #[derive(Clone, Copy)]
        pub struct $name($vector);

        impl Lanes<$real> for $name {
            const COMPLEX: usize = $complex;
            type Permutation = $permutation;
            type Chosen = $chosen;

            #[inline(always)]
            unsafe fn load(from: *const Complex<$real>) -> Self {
                // SAFETY: promised by the caller, here and below.
                $name(unsafe { $load(from.cast()) })
            }

            #[inline(always)]
            unsafe fn store(self, to: *mut Complex<$real>) {
                unsafe { $store(to.cast(), self.0) }
            }

            #[inline(always)]
            unsafe fn repeated($number: Complex<$real>) -> Self {
                $name(unsafe { $repeated })
            }

            #[inline(always)]
            unsafe fn chosen($numbers: u8) -> $chosen {
                $choice
            }

            #[inline(always)]
            unsafe fn selected($c: $chosen, these: Self, others: Self) -> Self {
                let ($these, $others) = (these.0, others.0);
                $name(unsafe { $selected })
            }

            #[inline(always)]
            unsafe fn plus(self, other: Self) -> Self {
                $name(unsafe { $add(self.0, other.0) })
            }

            #[inline(always)]
            unsafe fn times(self, other: Self) -> Self {
                $name(unsafe { $mul(self.0, other.0) })
            }

            #[inline(always)]
            unsafe fn times_plus(self, other: Self, added: Self) -> Self {
                $name(unsafe { $fma(self.0, other.0, added.0) })
            }

            #[inline(always)]
            unsafe fn swapped(self) -> Self {
                let $v = self.0;
                $name(unsafe { $swapped })
            }

            #[inline(always)]
            unsafe fn exchange($mask: usize) -> $permutation {
                unsafe { $exchange }
            }

            #[inline(always)]
            unsafe fn permuted(self, $p: $permutation) -> Self {
                let $w = self.0;
                $name(unsafe { $permuted })
            }
        }
    };
}

lanes! {
    /// Two complex numbers in double precision.
    Avx2Double(__m256d) of f64, 2 numbers, permuted by __m256i, chosen by __m256d:
    _mm256_loadu_pd _mm256_storeu_pd _mm256_add_pd _mm256_mul_pd _mm256_fmadd_pd,
    swapped |v| _mm256_permute_pd::<0b0101>(v),
    exchange |mask| places_of_256(4 * mask as i32),
    permuted |v, p| _mm256_castps_pd(_mm256_permutevar8x32_ps(_mm256_castpd_ps(v), p)),
    repeated |number| _mm256_setr_pd(number.re, number.im, number.re, number.im),
    chosen |numbers| unsafe { _mm256_castsi256_pd(signs([0, 0, 1, 1].map(|number| sign(numbers, number)))) },
    selected |c, these, others| _mm256_blendv_pd(others, these, c)
}

lanes! {
    /// Four complex numbers in single precision.
    Avx2Single(__m256) of f32, 4 numbers, permuted by __m256i, chosen by __m256:
    _mm256_loadu_ps _mm256_storeu_ps _mm256_add_ps _mm256_mul_ps _mm256_fmadd_ps,
    swapped |v| _mm256_permute_ps::<0b10_11_00_01>(v),
    exchange |mask| places_of_256(2 * mask as i32),
    permuted |v, p| _mm256_permutevar8x32_ps(v, p),
    repeated |number| _mm256_castpd_ps(_mm256_set1_pd(both(number))),
    chosen |numbers| unsafe { _mm256_castsi256_ps(signs([0, 1, 2, 3].map(|number| sign(numbers, number)))) },
    selected |c, these, others| _mm256_blendv_ps(others, these, c)
}

lanes! {
    /// Four complex numbers in double precision.
    Avx512Double(__m512d) of f64, 4 numbers, permuted by __m512i, chosen by u8:
    _mm512_loadu_pd _mm512_storeu_pd _mm512_add_pd _mm512_mul_pd _mm512_fmadd_pd,
    swapped |v| _mm512_permute_pd::<0b0101_0101>(v),
    exchange |mask| places_of_512(2 * mask as i64),
    permuted |v, p| _mm512_permutexvar_pd(p, v),
    repeated |number| _mm512_broadcast_f64x2(_mm_setr_pd(number.re, number.im)),
    chosen |numbers| DOUBLED[usize::from(numbers & 15)],
    selected |c, these, others| _mm512_mask_blend_pd(c, others, these)
}

lanes! {
    /// Eight complex numbers in single precision.
    Avx512Single(__m512) of f32, 8 numbers, permuted by __m512i, chosen by u8:
    _mm512_loadu_ps _mm512_storeu_ps _mm512_add_ps _mm512_mul_ps _mm512_fmadd_ps,
    swapped |v| _mm512_permute_ps::<0b10_11_00_01>(v),
    exchange |mask| places_of_512(mask as i64),
    permuted |v, p| _mm512_castpd_ps(_mm512_permutexvar_pd(p, _mm512_castps_pd(v))),
    repeated |number| _mm512_castpd_ps(_mm512_set1_pd(both(number))),
    chosen |numbers| numbers,
    selected |c, these, others| _mm512_castpd_ps(_mm512_mask_blend_pd(c, _mm512_castps_pd(others), _mm512_castps_pd(these)))
}

/// The places of eight numbers of 32 bits, each exclusive-or `mask`.
#[inline(always)]
unsafe fn places_of_256(mask: i32) -> __m256i {
    // SAFETY: promised by the callers.
    unsafe { _mm256_xor_si256(_mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7), _mm256_set1_epi32(mask)) }
}

/// The places of eight numbers of 64 bits, each exclusive-or `mask`.
#[inline(always)]
unsafe fn places_of_512(mask: i64) -> __m512i {
    // SAFETY: promised by the callers.
    unsafe { _mm512_xor_si512(_mm512_setr_epi64(0, 1, 2, 3, 4, 5, 6, 7), _mm512_set1_epi64(mask)) }
}

/// All bits set if a number is among those chosen.
#[inline(always)]
fn sign(numbers: u8, number: u32) -> i64 {
    -i64::from(numbers >> number & 1)
}

/// Four integers.
#[inline(always)]
unsafe fn signs([a, b, c, d]: [i64; 4]) -> __m256i {
    // SAFETY: promised by the callers.
    unsafe { _mm256_setr_epi64x(a, b, c, d) }
}

/// The bits of four numbers, each twice.
const DOUBLED: [u8; 16] = {
    let mut table = [0; 16];
    let mut numbers = 0;
    while numbers < 16 {
        let mut bit = 0;
        while bit < 4 {
            table[numbers] |= (3 * (numbers as u8 >> bit & 1)) << (2 * bit);
            bit += 1;
        }
        numbers += 1;
    }
    table
};

/// The bits of a complex number as those of one of twice the length.
#[inline(always)]
fn both(number: Complex<f32>) -> f64 {
    f64::from_bits(u64::from(number.re.to_bits()) | u64::from(number.im.to_bits()) << 32)
}
