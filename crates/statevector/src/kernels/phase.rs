//! Kernels that are diagonal in the computational basis.

use super::dense::Dense;
use crate::bits::{Condition, Selected};
use crate::real::{Real, narrow};
use crate::regions::{TupleKernel, for_each_tuple};
use crate::simd::Instructions;
use num_complex::{Complex, Complex64};
use rayon::prelude::*;

/// Entries of a table that one task computes at least.
pub(super) const ENTRIES_PER_TASK: usize = 1 << 12;

/// Multiplies the amplitudes that satisfy `condition` by `factor`.
pub(crate) fn scale<R: Real>(
    amplitudes: &mut [Complex<R>],
    instructions: Instructions,
    condition: Condition,
    factor: Complex64,
) {
    if factor != Complex64::new(1.0, 0.0) {
        let qubits = amplitudes.len().trailing_zeros() as usize;
        Dense::new(instructions, qubits, &[], &[factor], condition).apply(amplitudes);
    }
}

/// The factors of a diagonal over qubits at increasing positions.
#[derive(Debug)]
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
        self.part(self.factors.len(), order)
    }

    /// `length` of the entries: entry k of the part is entry `order(k)` of the diagonal.
    pub(crate) fn part(&self, length: usize, order: impl Fn(usize) -> usize) -> Self {
        Diagonal { factors: (0..length).map(|k| self.factors[order(k)]).collect() }
    }
}

/// Multiplies by the selected entries of `diagonal`, or by their conjugates if `inverse`, under `condition`.
pub(crate) fn diagonal<R: Real>(
    amplitudes: &mut [Complex<R>],
    instructions: Instructions,
    condition: Condition,
    selection: Selected<'_>,
    diagonal: &Diagonal<R>,
    inverse: bool,
) {
    let (fixed, offsets) = (condition.mask, [condition.value]);
    let factors = diagonal.factors.as_slice();
    if inverse {
        let kernel = Factors::<R, true> { factors, selection };
        for_each_tuple(amplitudes, instructions, fixed, 0, offsets, &kernel);
    } else {
        let kernel = Factors::<R, false> { factors, selection };
        for_each_tuple(amplitudes, instructions, fixed, 0, offsets, &kernel);
    }
}

struct Factors<'a, R, const CONJUGATE: bool> {
    factors: &'a [Complex<R>],
    selection: Selected<'a>,
}

impl<R: Real, const CONJUGATE: bool> TupleKernel<R, 1> for Factors<'_, R, CONJUGATE> {
    #[inline(always)]
    fn apply(&self, base: usize, [run]: [&mut [Complex<R>]; 1]) {
        let oriented = |factor: Complex<R>| if CONJUGATE { factor.conj() } else { factor };
        let stretch = self.selection.stretch();
        let len = stretch.len.min(run.len());
        for (position, part) in run.chunks_exact_mut(len).enumerate() {
            let first = self.selection.get(base + position * len);
            if stretch.counts {
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
