//! The number types a matrix may hold.

use std::fmt::Debug;
use std::iter::Sum;
use std::ops::Neg;

use num_complex::Complex64;
use num_traits::NumAssign;

mod sealed {
    pub trait Sealed {}
    impl Sealed for f64 {}
    impl Sealed for num_complex::Complex64 {}
}

/// An entry of a matrix: `f64` or [`Complex64`]. The trait is sealed.
pub trait Scalar:
    sealed::Sealed + Copy + Debug + PartialEq + Send + Sync + NumAssign + Neg<Output = Self> + Sum + 'static
{
    /// Whether the type has an imaginary part.
    const IS_COMPLEX: bool;

    /// The number `value + 0i`.
    fn from_real(value: f64) -> Self;
    /// The absolute value.
    fn magnitude(self) -> f64;
    /// The complex conjugate; a real number itself.
    fn conjugate(self) -> Self;
    /// Whether neither part is infinite or NaN.
    fn is_finite(self) -> bool;
    /// The real part.
    fn real_part(self) -> f64;
    /// The imaginary part; 0 for a real number.
    fn imaginary_part(self) -> f64;
}

impl Scalar for f64 {
    const IS_COMPLEX: bool = false;

    fn from_real(value: f64) -> Self {
        value
    }
    fn magnitude(self) -> f64 {
        self.abs()
    }
    fn conjugate(self) -> Self {
        self
    }
    fn is_finite(self) -> bool {
        f64::is_finite(self)
    }
    fn real_part(self) -> f64 {
        self
    }
    fn imaginary_part(self) -> f64 {
        0.0
    }
}

impl Scalar for Complex64 {
    const IS_COMPLEX: bool = true;

    fn from_real(value: f64) -> Self {
        Complex64::new(value, 0.0)
    }
    fn magnitude(self) -> f64 {
        self.norm()
    }
    fn conjugate(self) -> Self {
        self.conj()
    }
    fn is_finite(self) -> bool {
        self.re.is_finite() && self.im.is_finite()
    }
    fn real_part(self) -> f64 {
        self.re
    }
    fn imaginary_part(self) -> f64 {
        self.im
    }
}
