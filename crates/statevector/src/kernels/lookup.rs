//! Table look-up: for every address, an exchange of the targets' values in pairs.

use crate::bits::{Condition, Scatter, Selected};
use crate::real::Real;
use crate::regions::{Group, GroupKernel, for_each_group};
use num_complex::Complex;

/// Entries of a table, over addresses at increasing positions.
#[derive(Debug)]
pub(crate) struct Lookup {
    entries: Vec<u64>,
}

impl Lookup {
    /// A table.
    pub(crate) fn new(entries: &[u64]) -> Self {
        Lookup { entries: entries.to_vec() }
    }

    /// The same table in another order.
    pub(crate) fn reordered(&self, order: impl Fn(usize) -> usize) -> Self {
        self.part(self.entries.len(), order)
    }

    /// `length` of the entries: entry k of the part is entry `order(k)` of the table.
    pub(crate) fn part(&self, length: usize, order: impl Fn(usize) -> usize) -> Self {
        Lookup { entries: (0..length).map(|k| self.entries[order(k)]).collect() }
    }
}

/// |a>|t> -> |a>|t xor entries\[a\]> times `factor`^popcount(entries\[a\]), under `condition`.
#[expect(clippy::too_many_arguments, reason = "the parts of one operation")]
pub(crate) fn lookup<R: Real>(
    amplitudes: &mut [Complex<R>],
    condition: Condition,
    address: usize,
    target: usize,
    selection: Selected<'_>,
    scatter: &Scatter,
    table: &Lookup,
    phase: Option<Complex<R>>,
) {
    let powers =
        phase.map(|factor| [Complex::from(R::one()), factor, factor * factor, factor * factor * factor]);
    let kernel = Xor { entries: &table.entries, selection, scatter, target, powers };
    for_each_group(amplitudes, condition.mask | target, address, target, condition.value, &kernel);
}

struct Xor<'a, R> {
    entries: &'a [u64],
    selection: Selected<'a>,
    scatter: &'a Scatter,
    target: usize,
    /// The powers of the phase of one bit, whose fourth power is 1.
    powers: Option<[Complex<R>; 4]>,
}

impl<R: Real> GroupKernel<R> for Xor<'_, R> {
    #[inline(always)]
    fn apply(&self, base: usize, group: &mut Group<'_, R>) {
        let entry = self.entries[self.selection.get(base)];
        if entry == 0 {
            return;
        }
        let moved = self.scatter.get(entry as usize);
        // Of each pair (t, t xor entry), the one without the entry's lowest bit comes first.
        let firsts = self.target & !(moved & moved.wrapping_neg());
        let mut first = 0usize;
        loop {
            let (a, b) = group.pair(first, first ^ moved);
            a.swap_with_slice(b);
            if let Some(powers) = &self.powers {
                let factor = powers[entry.count_ones() as usize % 4];
                a.iter_mut().chain(b).for_each(|amplitude| *amplitude *= factor);
            }
            first = (first | !firsts).wrapping_add(1) & firsts;
            if first == 0 {
                return;
            }
        }
    }
}
