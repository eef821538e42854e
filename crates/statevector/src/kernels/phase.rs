//! Kernels that are diagonal in the computational basis.

use crate::bits::{Condition, Gather};
use crate::real::{Real, narrow, widen};
use crate::regions::{TupleKernel, for_each_tuple};
use num_complex::{Complex, Complex64};
use rayon::prelude::*;

/// Entries of a table that one task computes at least.
pub(super) const ENTRIES_PER_TASK: usize = 1 << 12;

/// Multiplies the amplitudes that satisfy `condition` by `factor`.
pub(crate) fn scale<R: Real>(amplitudes: &mut [Complex<R>], condition: Condition, factor: Complex64) {
    let (mask, offsets) = (condition.mask, [condition.value]);
    if factor == Complex64::new(-1.0, 0.0) {
        for_each_tuple(amplitudes, mask, 0, offsets, &Negation);
    } else if factor != Complex64::new(1.0, 0.0) {
        for_each_tuple(amplitudes, mask, 0, offsets, &Factor(narrow::<R>(factor)));
    }
}

/// The factors of a diagonal over qubits at increasing positions.
pub(crate) struct Diagonal<R> {
    factors: Vec<Complex<R>>,
}

impl<R: Real> Diagonal<R> {
    /// The factors e^(i phase).
    pub(crate) fn new(phases: &[f64]) -> Self {
        let factor = |&phase: &f64| narrow(Complex64::from_polar(1.0, phase));
        Diagonal { factors: phases.par_iter().with_min_len(ENTRIES_PER_TASK).map(factor).collect() }
    }

    /// The same diagonal with its entries in another order.
    pub(crate) fn reordered(&self, order: impl Fn(usize) -> usize) -> Self {
        Diagonal { factors: (0..self.factors.len()).map(|k| self.factors[order(k)]).collect() }
    }
}

/// Multiplies by the entries of `diagonal`, or by their conjugates if `inverse`, under `condition`. `mask`
/// are the diagonal's qubits.
pub(crate) fn diagonal<R: Real>(
    amplitudes: &mut [Complex<R>],
    condition: Condition,
    mask: usize,
    gather: &Gather,
    diagonal: &Diagonal<R>,
    inverse: bool,
) {
    if mask == 0 {
        let factor = widen(diagonal.factors[0]);
        return scale(amplitudes, condition, if inverse { factor.conj() } else { factor });
    }
    let (fixed, offsets) = (condition.mask, [condition.value]);
    let stretch = Stretch::new(mask);
    let factors = diagonal.factors.as_slice();
    if inverse {
        let kernel = Factors::<R, true> { factors, gather, stretch };
        for_each_tuple(amplitudes, fixed, 0, offsets, &kernel);
    } else {
        let kernel = Factors::<R, false> { factors, gather, stretch };
        for_each_tuple(amplitudes, fixed, 0, offsets, &kernel);
    }
}

/// How the value of a set of qubits changes along consecutive indices: it counts up, or stays.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stretch {
    /// Number of consecutive indices.
    pub(crate) len: usize,
    /// Whether the value counts up.
    pub(crate) counts: bool,
}

impl Stretch {
    /// The longest stretches for the qubits of `mask`.
    pub(crate) fn new(mask: usize) -> Self {
        let counts = mask & 1 == 1;
        let bits = if counts { mask.trailing_ones() } else { mask.trailing_zeros() };
        Stretch { len: 1usize.checked_shl(bits).unwrap_or(usize::MAX), counts }
    }
}

struct Negation;

impl<R: Real> TupleKernel<R, 1> for Negation {
    #[inline(always)]
    fn apply(&self, _base: usize, [run]: [&mut [Complex<R>]; 1]) {
        run.iter_mut().for_each(|amplitude| *amplitude = -*amplitude);
    }
}

struct Factor<R>(Complex<R>);

impl<R: Real> TupleKernel<R, 1> for Factor<R> {
    #[inline(always)]
    fn apply(&self, _base: usize, [run]: [&mut [Complex<R>]; 1]) {
        run.iter_mut().for_each(|amplitude| *amplitude *= self.0);
    }
}

struct Factors<'a, R, const CONJUGATE: bool> {
    factors: &'a [Complex<R>],
    gather: &'a Gather,
    stretch: Stretch,
}

impl<R: Real, const CONJUGATE: bool> TupleKernel<R, 1> for Factors<'_, R, CONJUGATE> {
    #[inline(always)]
    fn apply(&self, base: usize, [run]: [&mut [Complex<R>]; 1]) {
        let oriented = |factor: Complex<R>| if CONJUGATE { factor.conj() } else { factor };
        let len = self.stretch.len.min(run.len());
        for (position, part) in run.chunks_exact_mut(len).enumerate() {
            let first = self.gather.get(base + position * len);
            if self.stretch.counts {
                for (amplitude, &factor) in part.iter_mut().zip(&self.factors[first..first + len]) {
                    *amplitude *= oriented(factor);
                }
            } else {
                let factor = oriented(self.factors[first]);
                part.iter_mut().for_each(|amplitude| *amplitude *= factor);
            }
        }
    }
}
