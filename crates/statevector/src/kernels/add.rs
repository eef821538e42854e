//! Addition of a constant: a rotation of the values of a register.

use crate::bits::{Condition, Scatter, mask_of};
use crate::real::Real;
use crate::regions::{Group, GroupKernel, PARALLEL_FROM, for_each_group};
use num_complex::Complex;
use rayon::prelude::*;

/// |k> -> |k + constant mod 2^n> on the qubits at `positions`, under `condition`.
pub(crate) fn add_constant<R: Real>(
    amplitudes: &mut [Complex<R>],
    condition: Condition,
    positions: &[u8],
    scatter: &Scatter,
    constant: u64,
) {
    let values = 1usize << positions.len();
    let constant = constant as usize & (values - 1);
    if constant == 0 {
        return;
    }
    let consecutive = positions.windows(2).all(|pair| pair[0] + 1 == pair[1]);
    if consecutive && condition.mask == 0 {
        let block = values << positions[0];
        let shift = constant << positions[0];
        if amplitudes.len() >= PARALLEL_FROM && block < amplitudes.len() {
            amplitudes.par_chunks_exact_mut(block).for_each(|part| part.rotate_right(shift));
        } else {
            amplitudes.chunks_exact_mut(block).for_each(|part| part.rotate_right(shift));
        }
        return;
    }
    let own = mask_of(positions);
    let kernel = Add { scatter, constant, values };
    for_each_group(amplitudes, condition.mask | own, 0, own, condition.value, &kernel);
}

struct Add<'a> {
    scatter: &'a Scatter,
    constant: usize,
    values: usize,
}

impl<R: Real> GroupKernel<R> for Add<'_> {
    #[inline(always)]
    fn apply(&self, _base: usize, group: &mut Group<'_, R>) {
        // The orbits of the addition are the residues modulo the largest power of two in the constant.
        for start in 0..self.constant & self.constant.wrapping_neg() {
            let first = self.scatter.get(start);
            let mut current = (start + self.constant) & (self.values - 1);
            while current != start {
                let (a, b) = group.pair(first, self.scatter.get(current));
                a.swap_with_slice(b);
                current = (current + self.constant) & (self.values - 1);
            }
        }
    }
}
