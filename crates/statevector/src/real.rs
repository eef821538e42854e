//! The precisions in which amplitudes are stored.

use num_complex::{Complex, Complex64};
use num_traits::{Float, NumAssign};

mod sealed {
    use crate::simd::{self, Lanes};

    /// The vectors of a precision.
    pub trait Sealed: Sized {
        #[cfg(target_arch = "x86_64")]
        type Avx2: Lanes<Self>;
        #[cfg(target_arch = "x86_64")]
        type Avx512: Lanes<Self>;
    }

    impl Sealed for f32 {
        #[cfg(target_arch = "x86_64")]
        type Avx2 = simd::Avx2Single;
        #[cfg(target_arch = "x86_64")]
        type Avx512 = simd::Avx512Single;
    }

    impl Sealed for f64 {
        #[cfg(target_arch = "x86_64")]
        type Avx2 = simd::Avx2Double;
        #[cfg(target_arch = "x86_64")]
        type Avx512 = simd::Avx512Double;
    }
}

/// A floating-point type for amplitudes: `f32` or `f64`.
pub trait Real: sealed::Sealed + Float + NumAssign + bytemuck::Pod + Send + Sync + std::fmt::Debug {
    /// How far the norm of given amplitudes may be from 1.
    const NORM_TOLERANCE: f64;

    /// The nearest value.
    fn from_f64(value: f64) -> Self;

    /// The same value in double precision.
    fn into_f64(self) -> f64;
}

impl Real for f32 {
    const NORM_TOLERANCE: f64 = 1e-4;

    fn from_f64(value: f64) -> Self {
        value as f32
    }

    fn into_f64(self) -> f64 {
        f64::from(self)
    }
}

impl Real for f64 {
    const NORM_TOLERANCE: f64 = 1e-9;

    fn from_f64(value: f64) -> Self {
        value
    }

    fn into_f64(self) -> f64 {
        self
    }
}

/// A complex number in the precision of the amplitudes.
pub(crate) fn narrow<R: Real>(value: Complex64) -> Complex<R> {
    Complex::new(R::from_f64(value.re), R::from_f64(value.im))
}

/// A complex number in double precision.
pub(crate) fn widen<R: Real>(value: Complex<R>) -> Complex64 {
    Complex::new(value.re.into_f64(), value.im.into_f64())
}
