//! Matrices on a few qubits: a pass over the amplitudes with vectors.
//!
//! With V numbers per vector, log2(V) qubits at the lowest positions live inside vectors. A matrix on some of these
//! (its *lane* targets) and some higher positions becomes, for output vector i,
//! `sum over j, x of C[i][j][x] * (input vector j, its numbers permuted by xor x)`, x running over the subsets of
//! the lane targets, with coefficients that differ from number to number. Controls inside vectors are coefficients
//! too: where they fail, those of the identity.

#![expect(
    unsafe_code,
    reason = "vectors are read from places that are known to be disjoint, not from slices"
)]

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
    /// Of the input and output vectors, the condition's value included.
    offsets: Vec<usize>,
    /// The permutations of lanes, as masks.
    exchanges: Vec<usize>,
    /// `[output][input][exchange][factor of the vector, factor of the vector with its parts swapped][lane]`.
    coefficients: Aligned<R>,
    /// Whether the second factors are zero.
    real: bool,
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
        // Bits of a row that are above the lanes, and within.
        let (mut high, mut low) = (Vec::new(), Vec::new());
        for (bit, &target) in targets.iter().enumerate() {
            let moved = (1usize << bit, 1usize << target);
            if moved.1 < lanes { low.push(moved) } else { high.push(moved) }
        }
        let subset = |bits: &[(usize, usize)], number: usize| {
            let chosen = bits.iter().enumerate().filter(|(k, _)| number >> k & 1 == 1);
            chosen.fold((0, 0), |(row, position), (_, bit)| (row | bit.0, position | bit.1))
        };
        let highs: Vec<(usize, usize)> = (0..1 << high.len()).map(|k| subset(&high, k)).collect();
        let lows: Vec<(usize, usize)> = (0..1 << low.len()).map(|k| subset(&low, k)).collect();
        let inside = Condition { mask: condition.mask & (lanes - 1), value: condition.value & (lanes - 1) };
        let outside = condition.value & !(lanes - 1);
        let mut coefficients = Aligned::zero(highs.len() * highs.len() * lows.len() * 2 * lanes);
        let written = coefficients.as_mut_slice();
        let (mut place, mut real) = (0, true);
        for (i, out) in highs.iter().enumerate() {
            for (j, input) in highs.iter().enumerate() {
                for exchange in &lows {
                    for lane in 0..lanes {
                        let factor = if lane & inside.mask == inside.value {
                            let row = out.0
                                | low.iter().filter(|bit| lane & bit.1 != 0).fold(0, |row, bit| row | bit.0);
                            let column = (row & !out.0 | input.0) ^ exchange.0;
                            entries[row * size + column]
                        } else {
                            Complex64::new(if i == j && exchange.1 == 0 { 1.0 } else { 0.0 }, 0.0)
                        };
                        let factor: Complex<R> = narrow(factor);
                        real &= factor.im == R::zero();
                        written[place + lane] = Complex::new(factor.re, factor.re);
                        written[place + lanes + lane] = Complex::new(-factor.im, factor.im);
                    }
                    place += 2 * lanes;
                }
            }
        }
        let fixed = condition.mask & !(lanes - 1) | high.iter().fold(0, |mask, bit| mask | bit.1);
        let offsets = highs.iter().map(|high| high.1 | outside).collect();
        let exchanges = lows.iter().map(|low| low.1).collect();
        Dense { instructions, fixed, offsets, exchanges, coefficients, real }
    }

    /// Multiplies.
    pub(crate) fn apply(&self, amplitudes: &mut [Complex<R>]) {
        assert!(self.offsets.len() * self.exchanges.len() <= MAXIMUM_VECTORS, "few targets");
        let lanes = 1usize << self.instructions.lane_bits::<R>();
        let walk = Walk::new(amplitudes.len(), self.fixed, 0);
        assert!(
            walk.run >= lanes && self.offsets.iter().all(|offset| offset & !self.fixed == 0),
            "positions fit"
        );
        let shared = Shared::new(amplitudes);
        let (walk, shared) = (&walk, &shared);
        // SAFETY: the instructions are the processor's. Bases of different blocks are disjoint and without fixed
        // bits, offsets are distinct and fixed, so no two vectors overlap, and `Walk` stays below the length.
        walk.run(self.offsets.len() * walk.run, |blocks| unsafe {
            dispatch(self.instructions, Pass { dense: self, walk, shared, blocks });
        });
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
            match (dense.offsets.len(), dense.exchanges.len(), dense.real, pairs) {
                (1, 1, _, true) => self.fixed::<L, 1, 1, 2, false>(),
                (1, 1, _, false) => self.fixed::<L, 1, 1, 1, false>(),
                (2, 1, false, true) => self.fixed::<L, 2, 1, 2, false>(),
                (2, 1, false, false) => self.fixed::<L, 2, 1, 1, false>(),
                (2, 1, true, true) => self.fixed::<L, 2, 1, 2, true>(),
                (2, 1, true, false) => self.fixed::<L, 2, 1, 1, true>(),
                (1, 2, false, true) => self.fixed::<L, 1, 2, 2, false>(),
                (1, 2, false, false) => self.fixed::<L, 1, 2, 1, false>(),
                (1, 2, true, _) => self.fixed::<L, 1, 2, 1, true>(),
                (4, 1, _, true) => self.fixed::<L, 4, 1, 2, false>(),
                (4, 1, _, false) => self.fixed::<L, 4, 1, 1, false>(),
                (2, 2, _, _) => self.fixed::<L, 2, 2, 1, false>(),
                (1, 4, _, _) => self.fixed::<L, 1, 4, 1, false>(),
                _ => self.general::<L>(),
            }
        }
    }
}

impl<R: Real> Pass<'_, R> {
    /// `VECTORS` inputs, `EXCHANGES` permutations of each, `AT_ONCE` consecutive vectors together.
    ///
    /// # Safety
    /// See [`Dense::apply`].
    #[inline(always)]
    unsafe fn fixed<
        L: Lanes<R>,
        const VECTORS: usize,
        const EXCHANGES: usize,
        const AT_ONCE: usize,
        const REAL: bool,
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
            let offsets: [usize; VECTORS] = std::array::from_fn(|j| dense.offsets[j]);
            let exchanges: [L::Permutation; EXCHANGES] =
                std::array::from_fn(|x| L::exchange(dense.exchanges[x]));
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
        let (offsets, exchanges) = (&dense.offsets[..], &dense.exchanges[..]);
        let terms = offsets.len() * exchanges.len();
        // SAFETY: promised by the caller.
        unsafe {
            let permutations: Vec<L::Permutation> = exchanges.iter().map(|&mask| L::exchange(mask)).collect();
            let mut inputs = [L::load(coefficients); MAXIMUM_VECTORS];
            let mut swapped = inputs;
            let mut base = walk.base(blocks.start);
            for _ in blocks {
                for place in (0..walk.run).step_by(L::COMPLEX) {
                    for (j, offset) in offsets.iter().enumerate() {
                        let vector = L::load(shared.run(base | offset, walk.run).as_ptr().add(place));
                        for (x, &permutation) in permutations.iter().enumerate() {
                            let permuted = if x == 0 { vector } else { vector.permuted(permutation) };
                            inputs[j * exchanges.len() + x] = permuted;
                            swapped[j * exchanges.len() + x] = permuted.swapped();
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
