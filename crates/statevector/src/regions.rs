//! Disjoint regions of the amplitudes, in parallel.
//!
//! A kernel on some qubits touches, for every value of the other qubits, the amplitudes at a few offsets that
//! differ in the kernel's own qubits only. With the bits of those qubits called `fixed`, the index set
//! splits into tuples: `base` runs over all indices without fixed bits, and base + offset, offset a subset of
//! the fixed bits, are disjoint for different (base, offset). Consecutive bases below the lowest fixed bit
//! form contiguous runs, which is what kernels loop over.

#![expect(
    unsafe_code,
    reason = "disjoint index sets that are not contiguous cannot be split safely otherwise"
)]

use crate::bits::Scatter;
use crate::real::Real;
use crate::simd::{Aligned, Instructions, LaneKernel, Lanes, dispatch, prefetch};
use num_complex::Complex;
use rayon::prelude::*;
use std::marker::PhantomData;
use std::ops::Range;

/// Kernels that touch at least this many amplitudes are shared among threads.
pub(crate) const PARALLEL_FROM: usize = 1 << 17;

/// Amplitudes per unit of parallel work.
const PIECE: usize = 1 << 14;

/// Runs are cut at this length, so that a kernel with one long run is shared among threads too.
const LONGEST_RUN: usize = 1 << 12;

/// Runs that are fetched ahead of the one that is copied.
const AHEAD: usize = 8;

/// Acts on tuples of runs.
pub(crate) trait TupleKernel<R: Real, const T: usize>: Sync {
    /// Acts on one tuple: the runs at `base | offset` for each offset, of equal length.
    fn apply(&self, base: usize, runs: [&mut [Complex<R>]; T]);
}

/// Acts on all offsets of a base.
pub(crate) trait GroupKernel<R: Real>: Sync {
    /// Acts on the amplitudes whose index is `base` up to the group's own bits.
    fn apply(&self, base: usize, group: &mut Group<'_, R>);
}

/// Calls `kernel` for every tuple. Runs do not cross the bits of `split`, though those are not fixed.
pub(crate) fn for_each_tuple<R: Real, const T: usize>(
    amplitudes: &mut [Complex<R>],
    instructions: Instructions,
    fixed: usize,
    split: usize,
    offsets: [usize; T],
    kernel: &impl TupleKernel<R, T>,
) {
    let walk = Walk::new(amplitudes.len(), fixed, split);
    for (position, &offset) in offsets.iter().enumerate() {
        assert!(
            offset & !fixed == 0 && !offsets[..position].contains(&offset),
            "offsets are distinct and fixed"
        );
    }
    let shared = Shared::new(amplitudes);
    let (walk, shared) = (&walk, &shared);
    // SAFETY: bases of different blocks are disjoint and without fixed bits, offsets are distinct subsets of
    // the fixed bits, so no two runs overlap; `Walk` stays below the length it was made for.
    walk.run(T * walk.run, |blocks| unsafe {
        dispatch(instructions.supported(), Tuples { walk, shared, blocks, offsets, kernel });
    });
}

/// Calls `kernel` for every group: all indices that agree outside `own`. `fixed` contains `own` and the
/// control bits, and only indices with `value` at the control bits are reached.
pub(crate) fn for_each_group<R: Real>(
    amplitudes: &mut [Complex<R>],
    fixed: usize,
    split: usize,
    own: usize,
    value: usize,
    kernel: &impl GroupKernel<R>,
) {
    let walk = Walk::new(amplitudes.len(), fixed, split);
    assert!(own & !fixed == 0 && value & !(fixed & !own) == 0, "the group's bits are fixed, its value apart");
    let shared = Shared::new(amplitudes);
    walk.run(walk.run << own.count_ones(), |blocks| {
        let mut base = walk.base(blocks.start);
        for _ in blocks {
            let mut group = Group { shared: &shared, base: base | value, own, run: walk.run };
            kernel.apply(base, &mut group);
            base = walk.next(base);
        }
    });
}

/// Calls `work` with every block: the amplitudes that agree outside `positions` (in increasing order), bit i of their
/// place in the block being that of `positions[i]`, together with the bits they agree on. At most 2^16 amplitudes.
pub(crate) fn for_each_block<R: Real>(
    amplitudes: &mut [Complex<R>],
    instructions: Instructions,
    positions: &[u8],
    work: impl Fn(usize, &mut [Complex<R>]) + Sync,
) {
    let low = (0..).zip(positions).take_while(|&(place, &position)| place == position).count();
    let size = 1usize << positions.len();
    if low == positions.len() {
        amplitudes
            .par_chunks_exact_mut(size)
            .enumerate()
            .for_each(|(number, block)| work(number * size, block));
        return;
    }
    let mask = positions.iter().fold(0, |mask, &position| mask | 1usize << position);
    let free = (amplitudes.len() - 1) & !mask;
    let walk = Walk { run: 1 << low, blocks: 1 << free.count_ones(), free };
    let scatter = Scatter::new(&positions[low..]);
    let vectors_fit = walk.run >> instructions.lane_bits::<R>() != 0;
    let instructions = if vectors_fit { instructions.supported() } else { Instructions::Portable };
    let shared = Shared::new(amplitudes);
    let (walk, shared, scatter) = (&walk, &shared, &scatter);
    let pieces = walk.blocks.min(4 * rayon::current_num_threads());
    (0..pieces).into_par_iter().for_each(|piece| {
        let range = walk.blocks * piece / pieces..walk.blocks * (piece + 1) / pieces;
        let mut block = Aligned::zero(size);
        let block = &mut block.as_mut_slice()[..size];
        let mut base = walk.base(range.start);
        for _ in range {
            // SAFETY: bases have no bit of the positions, and different bases are in the hands of one thread each:
            // no two runs in use overlap, all of them within the amplitudes, and there are as many as make a block.
            unsafe {
                dispatch(instructions, Copy::<R, true> { walk, shared, scatter, base, block });
                work(base, block);
                dispatch(instructions, Copy::<R, false> { walk, shared, scatter, base, block });
            }
            base = walk.next(base);
        }
    });
}

/// Copies a block of runs from the state, or back to it.
struct Copy<'a, R, const FROM: bool> {
    walk: &'a Walk,
    shared: &'a Shared<'a, R>,
    scatter: &'a Scatter,
    base: usize,
    block: &'a mut [Complex<R>],
}

impl<R: Real, const FROM: bool> LaneKernel<R> for Copy<'_, R, FROM> {
    #[inline(always)]
    unsafe fn run<L: Lanes<R>>(self) {
        let Copy { walk, shared, scatter, base, block } = self;
        let run = |number: usize| shared.start.wrapping_add(base | scatter.get(number));
        let last = block.len() / walk.run - 1;
        for (number, part) in block.chunks_exact_mut(walk.run).enumerate() {
            let (part, there) = (part.as_mut_ptr(), run(number));
            if FROM {
                let ahead = run((number + AHEAD).min(last));
                for place in (0..walk.run).step_by(L::COMPLEX) {
                    prefetch(ahead.wrapping_add(place));
                }
            }
            // SAFETY: promised by the caller.
            unsafe {
                for place in (0..walk.run).step_by(L::COMPLEX) {
                    let (from, to) = if FROM { (there, part) } else { (part, there) };
                    L::load(from.add(place)).store(to.add(place));
                }
            }
        }
    }
}

/// The amplitudes of one group: runs at the offsets that are subsets of its own bits.
pub(crate) struct Group<'a, R> {
    shared: &'a Shared<'a, R>,
    base: usize,
    own: usize,
    run: usize,
}

impl<R: Real> Group<'_, R> {
    /// The runs at two different offsets.
    #[inline(always)]
    pub(crate) fn pair(&mut self, a: usize, b: usize) -> (&mut [Complex<R>], &mut [Complex<R>]) {
        assert!((a | b) & !self.own == 0 && a != b, "offsets of a pair are the group's and differ");
        // SAFETY: groups are disjoint and this one is borrowed exclusively; the two offsets differ in bits
        // above the run.
        unsafe { (self.shared.run(self.base | a, self.run), self.shared.run(self.base | b, self.run)) }
    }
}

/// The order in which bases are visited.
pub(crate) struct Walk {
    pub(crate) run: usize,
    blocks: usize,
    /// Bits of the bases.
    free: usize,
}

impl Walk {
    /// Bases without the bits of `fixed` below `len`; runs do not cross the bits of `split` either.
    pub(crate) fn new(len: usize, fixed: usize, split: usize) -> Self {
        assert!(len.is_power_of_two() && fixed < len, "the fixed bits are qubits of the state");
        let longest = LONGEST_RUN.min(len);
        let run = longest.min(1usize.checked_shl((fixed | split).trailing_zeros()).unwrap_or(longest));
        let free = (len - 1) & !fixed & !(run - 1);
        Walk { run, blocks: 1 << free.count_ones(), free }
    }

    /// The base of a block: the bits of its number, moved to the free bits.
    pub(crate) fn base(&self, mut block: usize) -> usize {
        let (mut base, mut free) = (0, self.free);
        while free != 0 {
            let lowest = free & free.wrapping_neg();
            if block & 1 == 1 {
                base |= lowest;
            }
            block >>= 1;
            free ^= lowest;
        }
        base
    }

    /// The base of the next block.
    #[inline(always)]
    pub(crate) fn next(&self, base: usize) -> usize {
        (base | !self.free).wrapping_add(1) & self.free
    }

    /// Calls `piece` for ranges of blocks, `touched` amplitudes each, in parallel if that pays.
    pub(crate) fn run(&self, touched: usize, piece: impl Fn(Range<usize>) + Sync) {
        if self.blocks * touched < PARALLEL_FROM || self.blocks == 1 || rayon::current_num_threads() == 1 {
            return piece(0..self.blocks);
        }
        let blocks = (PIECE / touched).max(1);
        (0..self.blocks.div_ceil(blocks))
            .into_par_iter()
            .for_each(|k| piece(k * blocks..((k + 1) * blocks).min(self.blocks)));
    }
}

/// The amplitudes, borrowed exclusively as a whole and handed out in parts.
pub(crate) struct Shared<'a, R> {
    start: *mut Complex<R>,
    len: usize,
    whole: PhantomData<&'a mut [Complex<R>]>,
}

// SAFETY: threads reach amplitudes only through `run`, whose callers keep the parts disjoint.
unsafe impl<R: Real> Sync for Shared<'_, R> {}

impl<'a, R> Shared<'a, R> {
    /// All amplitudes.
    pub(crate) fn new(amplitudes: &'a mut [Complex<R>]) -> Self {
        Shared { start: amplitudes.as_mut_ptr(), len: amplitudes.len(), whole: PhantomData }
    }

    /// The amplitudes from `start`.
    ///
    /// # Safety
    /// `start + len` is at most the number of amplitudes, and no two parts in use overlap.
    #[inline(always)]
    #[expect(clippy::mut_from_ref, reason = "callers keep the parts disjoint")]
    pub(crate) unsafe fn run(&self, start: usize, len: usize) -> &mut [Complex<R>] {
        debug_assert!(start + len <= self.len);
        // SAFETY: promised by the caller.
        unsafe { std::slice::from_raw_parts_mut(self.start.add(start), len) }
    }
}

/// Tuples of some blocks. What vectors there are changes no result: the arithmetic is the same, several amplitudes
/// at a time.
struct Tuples<'a, R, K, const T: usize> {
    walk: &'a Walk,
    shared: &'a Shared<'a, R>,
    blocks: Range<usize>,
    offsets: [usize; T],
    kernel: &'a K,
}

impl<R: Real, K: TupleKernel<R, T>, const T: usize> LaneKernel<R> for Tuples<'_, R, K, T> {
    #[inline(always)]
    unsafe fn run<L: Lanes<R>>(self) {
        let Tuples { walk, shared, blocks, offsets, kernel } = self;
        // SAFETY: promised by the caller.
        unsafe {
            match walk.run {
                1 => tuples_of::<R, T, 1>(walk, shared, blocks, offsets, kernel),
                2 => tuples_of::<R, T, 2>(walk, shared, blocks, offsets, kernel),
                4 => tuples_of::<R, T, 4>(walk, shared, blocks, offsets, kernel),
                _ => tuples_of::<R, T, 0>(walk, shared, blocks, offsets, kernel),
            }
        }
    }
}

/// # Safety
/// See [`for_each_tuple`]. `RUN` is the length of the runs, or 0 if it is known at run time only.
#[inline(always)]
unsafe fn tuples_of<R: Real, const T: usize, const RUN: usize>(
    walk: &Walk,
    shared: &Shared<'_, R>,
    blocks: Range<usize>,
    offsets: [usize; T],
    kernel: &impl TupleKernel<R, T>,
) {
    let run = if RUN == 0 { walk.run } else { RUN };
    let mut base = walk.base(blocks.start);
    for _ in blocks {
        // SAFETY: promised by the caller.
        kernel.apply(base, offsets.map(|offset| unsafe { shared.run(base | offset, run) }));
        base = walk.next(base);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    struct Record(Mutex<Vec<(usize, usize)>>);

    impl TupleKernel<f64, 2> for Record {
        fn apply(&self, base: usize, [low, high]: [&mut [Complex<f64>]; 2]) {
            for amplitude in low.iter_mut().chain(high) {
                amplitude.re += 1.0;
            }
            self.0.lock().unwrap().push((base, 1));
        }
    }

    #[test]
    fn every_index_with_the_offsets_is_reached_once_for_every_mask() {
        let len = 64usize;
        for fixed in 1..len {
            for split in [0, 5, 32] {
                let offset = fixed & fixed.wrapping_neg();
                let mut amplitudes = vec![Complex::new(0.0, 0.0); len];
                for_each_tuple(
                    &mut amplitudes,
                    Instructions::best(),
                    fixed,
                    split,
                    [0, offset],
                    &Record(Mutex::default()),
                );
                for (index, amplitude) in amplitudes.iter().enumerate() {
                    let expected = index & fixed == 0 || index & fixed == offset;
                    assert_eq!(amplitude.re, f64::from(u8::from(expected)), "{fixed} {index}");
                }
            }
        }
    }

    #[test]
    fn long_runs_are_cut_and_reach_everything() {
        let len = 1 << 18;
        let mut amplitudes = vec![Complex::new(0.0, 0.0); len];
        for_each_tuple(
            &mut amplitudes,
            Instructions::best(),
            len / 2,
            0,
            [0, len / 2],
            &Record(Mutex::default()),
        );
        assert!(amplitudes.iter().all(|amplitude| amplitude.re == 1.0));
    }
}
