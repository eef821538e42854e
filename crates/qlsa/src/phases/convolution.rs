//! Cyclic products of sequences by the fast Fourier transform, for real and for complex coefficients alike.

use std::fmt::Debug;
use std::iter::Sum;
use std::ops::{Add, Mul, Neg, Sub};
use std::sync::Arc;

use num_complex::Complex64;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};
use rustfft::{Fft, FftPlanner};

/// A coefficient of a power series: `f64` or `Complex64`.
pub(crate) trait Coefficient:
    Copy
    + Debug
    + Send
    + Sync
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Mul<f64, Output = Self>
    + Neg<Output = Self>
    + Sum
{
    /// Plans of one length.
    type Plan: Send + Sync;
    /// Additive identity.
    const ZERO: Self;

    /// A real number as a coefficient.
    fn from_real(value: f64) -> Self;
    /// Complex conjugate.
    fn conjugate(self) -> Self;
    /// Real part.
    fn real_part(self) -> f64;
    /// Squared modulus.
    fn squared_modulus(self) -> f64;
    /// 1 / self.
    fn reciprocal(self) -> Self;
    /// e^self.
    fn exponential(self) -> Self;

    /// Plans transforms of a positive length.
    fn plan(length: usize) -> Self::Plan;
    /// The spectrum of `sequence`, zero-padded or cut to the length.
    fn spectrum(plan: &Self::Plan, length: usize, sequence: &[Self]) -> Vec<Complex64>;
    /// `length` times the sequence whose spectrum is given.
    fn sequence(plan: &Self::Plan, length: usize, spectrum: Vec<Complex64>) -> Vec<Self>;
}

/// Transforms of one length. The spectrum holds the values at w = e^(-2 pi i k / length), for real
/// coefficients only those up to k = length/2: pointwise products, sums and conjugates of spectra mean the
/// same for both.
pub(crate) struct Transform<C: Coefficient> {
    length: usize,
    plan: C::Plan,
}

impl<C: Coefficient> Transform<C> {
    /// Plans transforms of a positive `length`.
    pub(crate) fn new(length: usize) -> Self {
        Self { length, plan: C::plan(length) }
    }

    /// The length of the sequences.
    pub(crate) fn length(&self) -> usize {
        self.length
    }

    /// The spectrum of `sequence`, zero-padded or cut to the length.
    pub(crate) fn spectrum(&self, sequence: &[C]) -> Vec<Complex64> {
        C::spectrum(&self.plan, self.length, sequence)
    }

    /// The sequence whose spectrum is given.
    pub(crate) fn sequence(&self, spectrum: Vec<Complex64>) -> Vec<C> {
        let mut sequence = C::sequence(&self.plan, self.length, spectrum);
        let scale = 1.0 / self.length as f64;
        for value in &mut sequence {
            *value = *value * scale;
        }
        sequence
    }
}

/// Pointwise products of two spectra.
pub(crate) fn product(left: &[Complex64], right: &[Complex64]) -> Vec<Complex64> {
    left.iter().zip(right).map(|(a, b)| a * b).collect()
}

impl Coefficient for f64 {
    type Plan = (Arc<dyn RealToComplex<f64>>, Arc<dyn ComplexToReal<f64>>);
    const ZERO: Self = 0.0;

    fn from_real(value: f64) -> Self {
        value
    }

    fn conjugate(self) -> Self {
        self
    }

    fn real_part(self) -> f64 {
        self
    }

    fn squared_modulus(self) -> f64 {
        self * self
    }

    fn reciprocal(self) -> Self {
        1.0 / self
    }

    fn exponential(self) -> Self {
        self.exp()
    }

    fn plan(length: usize) -> Self::Plan {
        let mut planner = RealFftPlanner::new();
        (planner.plan_fft_forward(length), planner.plan_fft_inverse(length))
    }

    fn spectrum((forward, _): &Self::Plan, length: usize, sequence: &[Self]) -> Vec<Complex64> {
        let used = sequence.len().min(length);
        let mut input = vec![0.0; length];
        input[..used].copy_from_slice(&sequence[..used]);
        let mut spectrum = vec![Complex64::ZERO; length / 2 + 1];
        // Both lengths match by construction, which is the only thing that can fail.
        let outcome = forward.process(&mut input, &mut spectrum);
        debug_assert!(outcome.is_ok());
        spectrum
    }

    fn sequence((_, inverse): &Self::Plan, length: usize, mut spectrum: Vec<Complex64>) -> Vec<Self> {
        // The spectra of real sequences are real at both ends; products keep that up to rounding.
        spectrum[0].im = 0.0;
        if length.is_multiple_of(2) {
            spectrum[length / 2].im = 0.0;
        }
        let mut sequence = vec![0.0; length];
        let outcome = inverse.process(&mut spectrum, &mut sequence);
        debug_assert!(outcome.is_ok());
        sequence
    }
}

impl Coefficient for Complex64 {
    type Plan = (Arc<dyn Fft<f64>>, Arc<dyn Fft<f64>>);
    const ZERO: Self = Complex64::ZERO;

    fn from_real(value: f64) -> Self {
        Self::from(value)
    }

    fn conjugate(self) -> Self {
        self.conj()
    }

    fn real_part(self) -> f64 {
        self.re
    }

    fn squared_modulus(self) -> f64 {
        self.norm_sqr()
    }

    fn reciprocal(self) -> Self {
        self.inv()
    }

    fn exponential(self) -> Self {
        self.exp()
    }

    fn plan(length: usize) -> Self::Plan {
        let mut planner = FftPlanner::new();
        (planner.plan_fft_forward(length), planner.plan_fft_inverse(length))
    }

    fn spectrum((forward, _): &Self::Plan, length: usize, sequence: &[Self]) -> Vec<Complex64> {
        let mut spectrum = sequence[..sequence.len().min(length)].to_vec();
        spectrum.resize(length, Complex64::ZERO);
        forward.process(&mut spectrum);
        spectrum
    }

    fn sequence((_, inverse): &Self::Plan, _: usize, mut spectrum: Vec<Complex64>) -> Vec<Self> {
        inverse.process(&mut spectrum);
        spectrum
    }
}
