//! Multiplexed rotations: one pass over the amplitudes.

use super::phase::ENTRIES_PER_TASK;
use crate::bits::{Condition, Selected};
use crate::real::Real;
use crate::regions::{TupleKernel, for_each_tuple};
use crate::simd::Instructions;
use num_complex::Complex;
use qnewton_circuit::Axis;
use rayon::prelude::*;

/// Cosines and sines of half the angles, over selects at increasing positions.
#[derive(Debug)]
pub(crate) struct Rotation<R> {
    cosines: Vec<R>,
    sines: Vec<R>,
}

impl<R: Real> Rotation<R> {
    /// The rotations by given angles.
    pub(crate) fn new(angles: &[f64]) -> Self {
        let entry = |angle: &f64| {
            let (sine, cosine) = (angle / 2.0).sin_cos();
            (R::from_f64(cosine), R::from_f64(sine))
        };
        let (cosines, sines) = angles.par_iter().with_min_len(ENTRIES_PER_TASK).map(entry).unzip();
        Rotation { cosines, sines }
    }

    /// The same rotations in another order.
    pub(crate) fn reordered(&self, order: impl Fn(usize) -> usize) -> Self {
        self.part(self.cosines.len(), order)
    }

    /// `length` of the rotations: entry k of the part is entry `order(k)` of the table.
    pub(crate) fn part(&self, length: usize, order: impl Fn(usize) -> usize) -> Self {
        Rotation {
            cosines: (0..length).map(|k| self.cosines[order(k)]).collect(),
            sines: (0..length).map(|k| self.sines[order(k)]).collect(),
        }
    }
}

/// Rotates the qubit at `target` by the selected angle, under `condition`.
#[expect(clippy::too_many_arguments, reason = "the parts of one operation")]
pub(crate) fn rotate<R: Real>(
    amplitudes: &mut [Complex<R>],
    instructions: Instructions,
    condition: Condition,
    target: u8,
    axis: Axis,
    selection: Selected<'_>,
    rotation: &Rotation<R>,
    inverse: bool,
) {
    let bit = 1usize << target;
    let (fixed, offsets) = (condition.mask | bit, [condition.value, condition.value | bit]);
    let table = Table {
        cosines: &rotation.cosines,
        sines: &rotation.sines,
        selection,
        sign: if inverse { -R::one() } else { R::one() },
    };
    match axis {
        Axis::X => for_each_tuple(amplitudes, instructions, fixed, 0, offsets, &AroundX(table)),
        Axis::Y => for_each_tuple(amplitudes, instructions, fixed, 0, offsets, &AroundY(table)),
        Axis::Z => for_each_tuple(amplitudes, instructions, fixed, 0, offsets, &AroundZ(table)),
    }
}

struct Table<'a, R> {
    cosines: &'a [R],
    sines: &'a [R],
    selection: Selected<'a>,
    sign: R,
}

impl<R: Real> Table<'_, R> {
    #[inline(always)]
    fn apply(
        &self,
        base: usize,
        [low, high]: [&mut [Complex<R>]; 2],
        turn: impl Fn(R, R, Complex<R>, Complex<R>) -> (Complex<R>, Complex<R>),
    ) {
        let stretch = self.selection.stretch();
        let len = stretch.len.min(low.len());
        let parts = low.chunks_exact_mut(len).zip(high.chunks_exact_mut(len));
        for (position, (low, high)) in parts.enumerate() {
            let first = self.selection.get(base + position * len);
            if stretch.counts {
                let (cosines, sines) = (&self.cosines[first..first + len], &self.sines[first..first + len]);
                for (((x, y), &cosine), &sine) in low.iter_mut().zip(high).zip(cosines).zip(sines) {
                    (*x, *y) = turn(cosine, self.sign * sine, *x, *y);
                }
            } else {
                let (cosine, sine) = (self.cosines[first], self.sign * self.sines[first]);
                for (x, y) in low.iter_mut().zip(high) {
                    (*x, *y) = turn(cosine, sine, *x, *y);
                }
            }
        }
    }
}

struct AroundX<'a, R>(Table<'a, R>);

impl<R: Real> TupleKernel<R, 2> for AroundX<'_, R> {
    #[inline(always)]
    fn apply(&self, base: usize, runs: [&mut [Complex<R>]; 2]) {
        self.0.apply(base, runs, |c, s, x, y| {
            (
                Complex::new(c * x.re + s * y.im, c * x.im - s * y.re),
                Complex::new(c * y.re + s * x.im, c * y.im - s * x.re),
            )
        });
    }
}

struct AroundY<'a, R>(Table<'a, R>);

impl<R: Real> TupleKernel<R, 2> for AroundY<'_, R> {
    #[inline(always)]
    fn apply(&self, base: usize, runs: [&mut [Complex<R>]; 2]) {
        self.0.apply(base, runs, |c, s, x, y| {
            (
                Complex::new(c * x.re - s * y.re, c * x.im - s * y.im),
                Complex::new(s * x.re + c * y.re, s * x.im + c * y.im),
            )
        });
    }
}

struct AroundZ<'a, R>(Table<'a, R>);

impl<R: Real> TupleKernel<R, 2> for AroundZ<'_, R> {
    #[inline(always)]
    fn apply(&self, base: usize, runs: [&mut [Complex<R>]; 2]) {
        self.0.apply(base, runs, |c, s, x, y| {
            (
                Complex::new(c * x.re + s * x.im, c * x.im - s * x.re),
                Complex::new(c * y.re - s * y.im, c * y.im + s * y.re),
            )
        });
    }
}
