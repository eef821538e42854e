//! Matrices on a few qubits: a pass over the amplitudes with vectors.
//!
//! With V numbers per vector, log2(V) qubits at the lowest positions live inside vectors. A matrix on some of these
//! (its *lane* targets) and some higher positions becomes, for output vector i,
//! `sum over j, x of C[i][j][x] * (input vector j, its numbers permuted by xor x)`, x running over the subsets of
//! the lane targets, with coefficients that differ from number to number. Controls inside vectors are coefficients
//! too: where they fail, those of the identity. Where all rows are phases times real numbers, as in most matrices that
//! fused gates make, coefficients are real and the sums are multiplied by the phases.

#![expect(
    unsafe_code,
    reason = "vectors are read from places that are known to be disjoint, not from slices"
)]

use super::turns::RealRow;
use crate::bits::Condition;
use crate::real::{Real, narrow};
use crate::regions::{Shared, Walk};
use crate::simd::{Aligned, Instructions, LaneKernel, Lanes, dispatch};
use num_complex::{Complex, Complex64};
use std::ops::Range;

/// Qubits that a matrix may act on.
pub(crate) const MAXIMUM_TARGETS: usize = 6;

/// Vectors that one application combines at most.
const MAXIMUM_VECTORS: usize = 1 << MAXIMUM_TARGETS;

/// A matrix at certain positions under a condition, ready for vectors of one kind.
#[derive(Clone, Debug)]
pub(crate) struct Dense<R: Real> {
    instructions: Instructions,
    /// Positions above the lanes that the matrix or the condition refers to.
    fixed: usize,
    /// The condition's value above the lanes.
    value: usize,
    /// Targets above the lanes: subsets are the offsets of input and output vectors.
    high: Bits,
    /// Lane targets: subsets are the permutations of lanes.
    low: Bits,
    /// `[output][input][exchange][factor of the vector, factor of the vector with its parts swapped][lane]`, then the
    /// phases `[output][factor of the sum, factor of the sum with its parts swapped][lane]`.
    coefficients: Aligned<R>,
    /// Whether the second factors are zero.
    real: bool,
    /// Whether there are phases.
    phased: bool,
}

impl<R: Real> Dense<R> {
    /// The matrix `entries` (row-major, bit i of a row or column belongs to `targets[i]`) for states of at least
    /// 2^`qubits` amplitudes. At most [`MAXIMUM_TARGETS`] targets, none of them in the condition.
    pub(crate) fn new(
        instructions: Instructions,
        qubits: usize,
        targets: &[u8],
        entries: &[Complex64],
        condition: Condition,
    ) -> Self {
        let mut instructions = instructions.supported();
        while instructions.lane_bits::<R>() > qubits {
            instructions = if instructions == Instructions::Avx512 {
                Instructions::Avx2
            } else {
                Instructions::Portable
            };
        }
        let lanes = 1usize << instructions.lane_bits::<R>();
        let size = 1usize << targets.len();
        let (mut high, mut low) = (Bits::default(), Bits::default());
        for (bit, &target) in targets.iter().enumerate() {
            let part = if 1 << target < lanes { &mut low } else { &mut high };
            part.push(1 << bit, 1 << target);
        }
        let inside = Condition { mask: condition.mask & (lanes - 1), value: condition.value & (lanes - 1) };
        // With one number per vector there is nothing within vectors, and `Turns` is cheaper.
        let rows: Option<Vec<RealRow>> = match (high.subsets(), low.subsets()) {
            (2, 2) | (1, 4) if lanes > 1 => entries.chunks_exact(size).map(RealRow::of).collect(),
            _ => None,
        };
        let rows = rows.filter(|rows| rows.iter().any(|row| row.phase.im != 0.0));
        let terms = high.subsets() * high.subsets() * low.subsets();
        let mut coefficients = Aligned::zero((terms + high.subsets()) * 2 * lanes);
        let vectors = coefficients.as_mut_slice().chunks_exact_mut(2 * lanes);
        let mut pairs = vectors.map(|pair| pair.split_at_mut(lanes));
        let mut write = |factor: &dyn Fn(usize) -> Complex64| {
            let Some((plain, swapped)) = pairs.next() else { return false };
            let mut real = true;
            for (lane, (plain, swapped)) in plain.iter_mut().zip(swapped).enumerate() {
                let factor: Complex<R> = narrow(factor(lane));
                real &= factor.im == R::zero();
                *plain = Complex::new(factor.re, factor.re);
                *swapped = Complex::new(-factor.im, factor.im);
            }
            real
        };
        let holds = |lane: usize| lane & inside.mask == inside.value;
        let row = |i: usize, lane: usize| high.row(i) | low.rows_at(lane);
        let mut real = true;
        for i in 0..high.subsets() {
            for j in 0..high.subsets() {
                for x in 0..low.subsets() {
                    real &= write(&|lane| {
                        let column = high.row(j) | (low.rows_at(lane) ^ low.row(x));
                        match &rows {
                            _ if !holds(lane) => Complex64::from(if i == j && x == 0 { 1.0 } else { 0.0 }),
                            Some(rows) => rows[row(i, lane)].numbers[column].into(),
                            None => entries[row(i, lane) * size + column],
                        }
                    });
                }
            }
        }
        for i in 0..high.subsets() {
            write(&|lane| match &rows {
                Some(rows) if holds(lane) => rows[row(i, lane)].phase,
                _ => 1.0.into(),
            });
        }
        let phased = rows.is_some();
        let outside =
            Condition { mask: condition.mask & !(lanes - 1), value: condition.value & !(lanes - 1) };
        let fixed = outside.mask | high.position(high.subsets() - 1);
        Dense { instructions, fixed, value: outside.value, high, low, coefficients, real, phased }
    }

    fn offset(&self, vector: usize) -> usize {
        self.high.position(vector) | self.value
    }

    /// Multiplies.
    pub(crate) fn apply(&self, amplitudes: &mut [Complex<R>]) {
        let lanes = 1usize << self.instructions.lane_bits::<R>();
        let walk = Walk::new(amplitudes.len(), self.fixed, 0);
        assert!(walk.run >= lanes, "positions fit");
        let shared = Shared::new(amplitudes);
        let (walk, shared) = (&walk, &shared);
        // SAFETY: the instructions are the processor's. Bases of different blocks are disjoint and without fixed
        // bits, offsets are distinct and fixed, so no two vectors overlap, and `Walk` stays below the length.
        walk.run(self.high.subsets() * walk.run, |blocks| unsafe {
            dispatch(self.instructions, Pass { dense: self, walk, shared, blocks });
        });
    }
}

/// Some bits of a row and the positions they belong to.
#[derive(Clone, Copy, Debug, Default)]
struct Bits {
    bits: [(usize, usize); MAXIMUM_TARGETS],
    number: usize,
}

impl Bits {
    fn push(&mut self, row: usize, position: usize) {
        self.bits[self.number] = (row, position);
        self.number += 1;
    }

    fn subsets(&self) -> usize {
        1 << self.number
    }

    /// The row bits of a subset.
    fn row(&self, subset: usize) -> usize {
        self.chosen(|place, _| subset >> place & 1 == 1).fold(0, |row, bit| row | bit.0)
    }

    /// The position bits of a subset.
    fn position(&self, subset: usize) -> usize {
        self.chosen(|place, _| subset >> place & 1 == 1).fold(0, |position, bit| position | bit.1)
    }

    /// The row bits whose positions are set in an index.
    fn rows_at(&self, index: usize) -> usize {
        self.chosen(|_, position| index & position != 0).fold(0, |row, bit| row | bit.0)
    }

    fn chosen(&self, chosen: impl Fn(usize, usize) -> bool) -> impl Iterator<Item = &(usize, usize)> {
        let bits = self.bits[..self.number].iter().enumerate();
        bits.filter(move |(place, bit)| chosen(*place, bit.1)).map(|(_, bit)| bit)
    }
}

struct Pass<'a, R: Real> {
    dense: &'a Dense<R>,
    walk: &'a Walk,
    shared: &'a Shared<'a, R>,
    blocks: Range<usize>,
}

impl<R: Real> LaneKernel<R> for Pass<'_, R> {
    #[inline(always)]
    unsafe fn run<L: Lanes<R>>(self) {
        let dense = self.dense;
        let pairs = self.walk.run >= 2 * L::COMPLEX;
        // SAFETY: see `Dense::apply`.
        unsafe {
            match (dense.high.subsets(), dense.low.subsets(), dense.real, pairs) {
                (1, 1, _, true) => self.fixed::<L, 1, 1, 2, false, false>(),
                (1, 1, _, false) => self.fixed::<L, 1, 1, 1, false, false>(),
                (2, 1, false, true) => self.fixed::<L, 2, 1, 2, false, false>(),
                (2, 1, false, false) => self.fixed::<L, 2, 1, 1, false, false>(),
                (2, 1, true, true) => self.fixed::<L, 2, 1, 2, true, false>(),
                (2, 1, true, false) => self.fixed::<L, 2, 1, 1, true, false>(),
                (1, 2, false, true) => self.fixed::<L, 1, 2, 2, false, false>(),
                (1, 2, false, false) => self.fixed::<L, 1, 2, 1, false, false>(),
                (1, 2, true, _) => self.fixed::<L, 1, 2, 1, true, false>(),
                (4, 1, _, true) => self.fixed::<L, 4, 1, 2, false, false>(),
                (4, 1, _, false) => self.fixed::<L, 4, 1, 1, false, false>(),
                (2, 2, false, _) => self.fixed::<L, 2, 2, 1, false, false>(),
                (2, 2, true, _) if dense.phased => self.fixed::<L, 2, 2, 1, true, true>(),
                (2, 2, true, _) => self.fixed::<L, 2, 2, 1, true, false>(),
                (1, 4, false, _) => self.fixed::<L, 1, 4, 1, false, false>(),
                (1, 4, true, _) if dense.phased => self.fixed::<L, 1, 4, 1, true, true>(),
                (1, 4, true, _) => self.fixed::<L, 1, 4, 1, true, false>(),
                _ => self.general::<L>(),
            }
        }
    }
}

impl<R: Real> Pass<'_, R> {
    /// `VECTORS` inputs, `EXCHANGES` permutations of each, `AT_ONCE` consecutive vectors together; whether all factors
    /// are real, and whether phases follow.
    ///
    /// # Safety
    /// See [`Dense::apply`].
    #[inline(always)]
    #[expect(clippy::needless_range_loop, reason = "several arrays share each index")]
    unsafe fn fixed<
        L: Lanes<R>,
        const VECTORS: usize,
        const EXCHANGES: usize,
        const AT_ONCE: usize,
        const REAL: bool,
        const PHASED: bool,
    >(
        self,
    ) {
        let Pass { dense, walk, shared, blocks } = self;
        let coefficients = dense.coefficients.as_slice().as_ptr();
        // SAFETY: promised by the caller.
        unsafe {
            let coefficient = |i: usize, j: usize, x: usize, part: usize| {
                L::load(coefficients.add((((i * VECTORS + j) * EXCHANGES + x) * 2 + part) * L::COMPLEX))
            };
            let offsets: [usize; VECTORS] = std::array::from_fn(|j| dense.offset(j));
            let exchanges: [L::Permutation; EXCHANGES] =
                std::array::from_fn(|x| L::exchange(dense.low.position(x)));
            let mut base = walk.base(blocks.start);
            for _ in blocks {
                let starts = offsets.map(|offset| shared.run(base | offset, walk.run).as_mut_ptr());
                let mut place = 0;
                while place < walk.run {
                    let mut inputs = [[[L::load(starts[0]); AT_ONCE]; EXCHANGES]; VECTORS];
                    for j in 0..VECTORS {
                        for u in 0..AT_ONCE {
                            let vector = L::load(starts[j].add(place + u * L::COMPLEX));
                            inputs[j][0][u] = vector;
                            for x in 1..EXCHANGES {
                                inputs[j][x][u] = vector.permuted(exchanges[x]);
                            }
                        }
                    }
                    let mut swapped = inputs;
                    if !REAL {
                        for vector in swapped.as_flattened_mut().as_flattened_mut() {
                            *vector = vector.swapped();
                        }
                    }
                    for i in 0..VECTORS {
                        let first = coefficient(i, 0, 0, 0);
                        let mut sums = inputs[0][0].map(|input| first.times(input));
                        for j in 0..VECTORS {
                            for x in 0..EXCHANGES {
                                if (j, x) != (0, 0) {
                                    let factor = coefficient(i, j, x, 0);
                                    for u in 0..AT_ONCE {
                                        sums[u] = factor.times_plus(inputs[j][x][u], sums[u]);
                                    }
                                }
                                if !REAL {
                                    let factor = coefficient(i, j, x, 1);
                                    for u in 0..AT_ONCE {
                                        sums[u] = factor.times_plus(swapped[j][x][u], sums[u]);
                                    }
                                }
                            }
                        }
                        if PHASED {
                            let phases = (VECTORS * VECTORS * EXCHANGES + i) * 2 * L::COMPLEX;
                            let [plain, swap] =
                                [phases, phases + L::COMPLEX].map(|at| L::load(coefficients.add(at)));
                            sums = sums.map(|sum| swap.times_plus(sum.swapped(), plain.times(sum)));
                        }
                        for u in 0..AT_ONCE {
                            sums[u].store(starts[i].add(place + u * L::COMPLEX));
                        }
                    }
                    place += AT_ONCE * L::COMPLEX;
                }
                base = walk.next(base);
            }
        }
    }

    /// Any number of vectors and permutations.
    ///
    /// # Safety
    /// See [`Dense::apply`].
    #[inline(always)]
    unsafe fn general<L: Lanes<R>>(self) {
        let Pass { dense, walk, shared, blocks } = self;
        let coefficients = dense.coefficients.as_slice().as_ptr();
        let (vectors, exchanges) = (dense.high.subsets(), dense.low.subsets());
        let terms = vectors * exchanges;
        let all: [usize; MAXIMUM_VECTORS] = std::array::from_fn(|j| dense.offset(j % vectors));
        let offsets = &all[..vectors];
        // SAFETY: promised by the caller.
        unsafe {
            let permutations: [L::Permutation; MAXIMUM_VECTORS] =
                std::array::from_fn(|x| L::exchange(dense.low.position(x % exchanges)));
            let mut inputs = [L::load(coefficients); MAXIMUM_VECTORS];
            let mut swapped = inputs;
            let mut base = walk.base(blocks.start);
            for _ in blocks {
                for place in (0..walk.run).step_by(L::COMPLEX) {
                    for (j, offset) in offsets.iter().enumerate() {
                        let vector = L::load(shared.run(base | offset, walk.run).as_ptr().add(place));
                        for (x, &permutation) in permutations[..exchanges].iter().enumerate() {
                            let permuted = if x == 0 { vector } else { vector.permuted(permutation) };
                            inputs[j * exchanges + x] = permuted;
                            swapped[j * exchanges + x] = permuted.swapped();
                        }
                    }
                    let mut row = coefficients;
                    for offset in offsets {
                        let (mut even, mut odd) =
                            (L::load(row).times(inputs[0]), L::load(row.add(L::COMPLEX)).times(swapped[0]));
                        for term in 1..terms {
                            let factors = row.add(2 * term * L::COMPLEX);
                            even = L::load(factors).times_plus(inputs[term], even);
                            odd = L::load(factors.add(L::COMPLEX)).times_plus(swapped[term], odd);
                        }
                        let sum = even.plus(odd);
                        sum.store(shared.run(base | offset, walk.run).as_mut_ptr().add(place));
                        row = row.add(2 * terms * L::COMPLEX);
                    }
                }
                base = walk.next(base);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rand::{RngExt, SeedableRng};
    use rand_pcg::Pcg64;

    /// Row by row, by definition.
    fn naive(
        amplitudes: &[Complex64],
        targets: &[u8],
        entries: &[Complex64],
        condition: Condition,
    ) -> Vec<Complex64> {
        let size = 1usize << targets.len();
        let row = |index: usize| {
            (0..).zip(targets).fold(0usize, |row, (bit, &target)| row | (index >> target & 1) << bit)
        };
        let mask = targets.iter().fold(0usize, |mask, &target| mask | 1 << target);
        let entry = |index: usize| -> Complex64 {
            if index & condition.mask != condition.value {
                return amplitudes[index];
            }
            let same = (0..amplitudes.len()).filter(|other| (other ^ index) & !mask == 0);
            same.map(|other| entries[row(index) * size + row(other)] * amplitudes[other]).sum()
        };
        (0..amplitudes.len()).map(entry).collect()
    }

    fn check<R: Real>(seed: u64, qubits: usize, targets: usize, controls: usize, tolerance: f64) {
        let mut random = Pcg64::seed_from_u64(seed);
        let mut number = || Complex64::new(random.random_range(-1.0..1.0), random.random_range(-1.0..1.0));
        let amplitudes: Vec<Complex64> = (0..1 << qubits).map(|_| number()).collect();
        let real = seed.is_multiple_of(2);
        let entries: Vec<Complex64> = (0..1 << (2 * targets))
            .map(|_| number())
            .map(|entry| if real { Complex64::new(entry.re, 0.0) } else { entry })
            .collect();
        let mut positions: Vec<u8> = (0..qubits as u8).collect();
        for last in (1..qubits).rev() {
            positions.swap(last, random.random_range(0..=last));
        }
        let (targets, rest) = positions.split_at(targets);
        let condition = rest[..controls]
            .iter()
            .fold(Condition::default(), |condition, &position| condition.and(position, random.random()));
        let expected = naive(&amplitudes, targets, &entries, condition);
        for &instructions in Instructions::available() {
            let mut found: Vec<Complex<R>> = amplitudes.iter().map(|&a| narrow(a)).collect();
            Dense::new(instructions, qubits, targets, &entries, condition).apply(&mut found);
            for (found, expected) in found.iter().zip(&expected) {
                let found = Complex64::new(found.re.into_f64(), found.im.into_f64());
                assert!((found - expected).norm() < tolerance, "{instructions:?} {targets:?} {condition:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn matrices_on_any_qubits_are_what_they_are(
            seed: u64,
            qubits in 0..9usize,
            targets in 0..=MAXIMUM_TARGETS,
            controls in 0..4usize,
        ) {
            let targets = targets.min(qubits);
            let controls = controls.min(qubits - targets);
            check::<f64>(seed, qubits, targets, controls, 1e-13);
            check::<f32>(seed, qubits, targets, controls, 1e-4);
        }
    }
}
