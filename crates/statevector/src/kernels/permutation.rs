//! Permutations of basis states, in place along their cycles.

use crate::bits::{Condition, Scatter};
use crate::real::Real;
use crate::regions::{Group, GroupKernel, for_each_group};
use num_complex::Complex;

/// A permutation with one member of each of its cycles.
#[derive(Clone, Debug)]
pub(crate) struct Cycles {
    images: Vec<u64>,
    starts: Vec<u64>,
}

impl Cycles {
    /// The cycles of |k> -> |images\[k\]>, fixed points left out.
    pub(crate) fn new(images: &[u64]) -> Self {
        let mut seen = vec![false; images.len()];
        let mut starts = Vec::new();
        for start in 0..images.len() {
            if !seen[start] && images[start] as usize != start {
                starts.push(start as u64);
            }
            let mut current = start;
            while !seen[current] {
                seen[current] = true;
                current = images[current] as usize;
            }
        }
        Cycles { images: images.to_vec(), starts }
    }
}

/// Permutes the values of the qubits of `own`, to which `scatter` moves bits, under `condition`.
pub(crate) fn permute<R: Real>(
    amplitudes: &mut [Complex<R>],
    condition: Condition,
    own: usize,
    scatter: &Scatter,
    cycles: &Cycles,
    inverse: bool,
) {
    let kernel = Permute { cycles, scatter, inverse };
    for_each_group(amplitudes, condition.mask | own, 0, own, condition.value, &kernel);
}

struct Permute<'a> {
    cycles: &'a Cycles,
    scatter: &'a Scatter,
    inverse: bool,
}

impl<R: Real> GroupKernel<R> for Permute<'_> {
    #[inline(always)]
    fn apply(&self, _base: usize, group: &mut Group<'_, R>) {
        for &start in &self.cycles.starts {
            // Forward, the start holds what is still to be placed; backward, each place fetches its content.
            let first = self.scatter.get(start as usize);
            let (mut current, mut place) = (self.cycles.images[start as usize], first);
            while current != start {
                let next = self.scatter.get(current as usize);
                let (a, b) = group.pair(place, next);
                a.swap_with_slice(b);
                if self.inverse {
                    place = next;
                }
                current = self.cycles.images[current as usize];
            }
        }
    }
}
