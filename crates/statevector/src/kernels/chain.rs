//! Operations on one qubit that follow one another: one pass over the amplitudes.
//!
//! Amplitudes are taken in pairs that differ in the qubit, as many pairs as the registers of the processor hold; these
//! go through all operations and are written back. Every amplitude is computed as [`Dense`](super::Dense) would compute
//! it. Conditions on the qubits that pairs in registers differ in decide which of their numbers change; a condition on
//! others holds for all of them or for none.

#![expect(
    unsafe_code,
    reason = "vectors are read from places that are known to be disjoint, not from slices"
)]

use super::pair::Operator;
use crate::bits::Condition;
use crate::real::{Real, narrow};
use crate::regions::{Shared, Walk};
use crate::simd::{Instructions, LaneKernel, Lanes, dispatch};
use num_complex::{Complex, Complex64};
use std::ops::Range;

/// Pairs of vectors that registers hold, with 32 registers and with 16.
const PAIRS: [usize; 2] = [8, 4];

/// What the pair (x, y) becomes where the condition holds.
#[derive(Clone, Copy, Debug)]
enum Change<R> {
    /// (y, x)
    Exchange,
    /// A real matrix, row-major.
    Real([R; 4]),
    /// Any matrix.
    General([Complex<R>; 4]),
    /// Factors of x and y.
    Scale([Complex<R>; 2]),
}

#[derive(Clone, Debug)]
struct Step<R> {
    change: Change<R>,
    /// What the index of the first amplitude must satisfy.
    outside: Condition,
    /// Whether everything changes, else the numbers that change, for every pair of vectors.
    all: bool,
    numbers: [u8; PAIRS[0]],
}

/// Where the amplitudes of several pairs of vectors are.
#[derive(Clone, Copy, Debug)]
struct Tile {
    /// The qubit that both vectors of a pair in memory differ in: the target, unless it is within vectors.
    across: usize,
    /// The target, if it is within vectors; then its numbers change places with those of the other vector.
    within: Option<usize>,
    /// Offsets of the pairs.
    offsets: [usize; PAIRS[0]],
    /// The qubits within the tile.
    bits: usize,
}

/// Operations on one qubit, ready for vectors of one kind.
#[derive(Clone, Debug)]
pub(crate) struct Chain<R: Real> {
    instructions: Instructions,
    tile: Tile,
    pairs: usize,
    steps: Vec<Step<R>>,
}

impl<R: Real> Chain<R> {
    /// No operations, for states of `qubits` qubits; none if these are too few.
    pub(crate) fn new(instructions: Instructions, qubits: usize, target: u8) -> Option<Self> {
        let instructions = instructions.supported();
        let lane_bits = instructions.lane_bits::<R>();
        let pairs = PAIRS[usize::from(instructions != Instructions::Avx512)];
        if qubits < lane_bits + 1 + pairs.trailing_zeros() as usize {
            return None;
        }
        let within = usize::from(target) < lane_bits;
        let across = if within { 1usize << lane_bits } else { 1 << target };
        let mut bits = across | ((1 << lane_bits) - 1);
        let mut offsets = [0; PAIRS[0]];
        for bit in 0..pairs.trailing_zeros() {
            let lowest = !bits & (bits + 1);
            bits |= lowest;
            for (pair, offset) in offsets.iter_mut().enumerate() {
                *offset |= if pair >> bit & 1 == 1 { lowest } else { 0 };
            }
        }
        let tile = Tile { across, within: within.then_some(1 << target), offsets, bits };
        Some(Chain { instructions, tile, pairs, steps: Vec::new() })
    }

    /// One more operation: on the target, or diagonal.
    pub(crate) fn push(&mut self, condition: Condition, operator: Operator) {
        let change = match operator {
            Operator::Flip => Change::Exchange,
            Operator::Diagonal(factors) => Change::Scale(factors.map(narrow)),
            Operator::Real(matrix) => Change::Real(matrix.map(R::from_f64)),
            Operator::General(matrix) => Change::General(matrix.map(narrow)),
        };
        let tile = &self.tile;
        let inside = Condition { mask: condition.mask & tile.bits, value: condition.value & tile.bits };
        let outside = Condition { mask: condition.mask & !tile.bits, value: condition.value & !tile.bits };
        // The index of a number of the first vector of a pair, once the target's numbers have changed places.
        let lanes = 1usize << self.instructions.lane_bits::<R>();
        let index = |lane: usize| match tile.within {
            Some(target) if lane & target != 0 => lane ^ target | tile.across,
            _ => lane,
        };
        let numbers = tile.offsets.map(|offset| {
            (0..lanes)
                .filter(|&lane| (offset | index(lane)) & inside.mask == inside.value)
                .fold(0u8, |numbers, lane| numbers | 1 << lane)
        });
        self.steps.push(Step { change, outside, all: inside.mask == 0, numbers });
    }

    /// Executes the operations on a state of the number of qubits given.
    pub(crate) fn apply(&self, amplitudes: &mut [Complex<R>]) {
        let walk = Walk::new(amplitudes.len(), self.tile.bits, 0);
        let shared = Shared::new(amplitudes);
        let (walk, shared) = (&walk, &shared);
        // SAFETY: the instructions are the processor's. Bases are without the bits of a tile, offsets are distinct sets
        // of these, so no two vectors overlap, and `Walk` stays below the length.
        let amplitudes = (2 * self.pairs) << self.instructions.lane_bits::<R>();
        walk.run(amplitudes * self.steps.len(), |tiles| unsafe {
            dispatch(self.instructions, Pass { chain: self, walk, shared, tiles });
        });
    }
}

/// The operator of a factor under a condition, for a qubit, and the condition of the others.
pub(crate) fn scaled(condition: Condition, factor: Complex64, target: u8) -> (Condition, Operator) {
    let bit = 1usize << target;
    let one = Complex64::new(1.0, 0.0);
    let factors = match (condition.mask & bit != 0, condition.value & bit != 0) {
        (false, _) => [factor; 2],
        (true, false) => [factor, one],
        (true, true) => [one, factor],
    };
    let others = Condition { mask: condition.mask & !bit, value: condition.value & !bit };
    (others, Operator::Diagonal(factors))
}

struct Pass<'a, R: Real> {
    chain: &'a Chain<R>,
    walk: &'a Walk,
    shared: &'a Shared<'a, R>,
    tiles: Range<usize>,
}

impl<R: Real> LaneKernel<R> for Pass<'_, R> {
    #[inline(always)]
    unsafe fn run<L: Lanes<R>>(self) {
        // SAFETY: see `Chain::apply`.
        unsafe {
            match (self.chain.pairs == PAIRS[0], self.chain.tile.within.is_some()) {
                (true, false) => self.tiles::<L, { PAIRS[0] }, false>(),
                (true, true) => self.tiles::<L, { PAIRS[0] }, true>(),
                (false, false) => self.tiles::<L, { PAIRS[1] }, false>(),
                (false, true) => self.tiles::<L, { PAIRS[1] }, true>(),
            }
        }
    }
}

impl<R: Real> Pass<'_, R> {
    /// # Safety
    /// See [`Chain::apply`].
    #[inline(always)]
    unsafe fn tiles<L: Lanes<R>, const N: usize, const WITHIN: bool>(self) {
        let Pass { chain, walk, shared, tiles } = self;
        let Tile { across, within, offsets, .. } = chain.tile;
        let target = within.unwrap_or(0);
        // SAFETY: promised by the caller.
        unsafe {
            let exchange = L::exchange(target);
            // Numbers that stay in their vector when the target's change places.
            let upper =
                (0..L::COMPLEX).filter(|lane| lane & target != 0).fold(0u8, |set, lane| set | 1 << lane);
            let upper = L::chosen(upper);
            let transposed = |x: L, y: L| {
                (L::selected(upper, y.permuted(exchange), x), L::selected(upper, y, x.permuted(exchange)))
            };
            let mut base = walk.base(tiles.start);
            for _ in tiles {
                let starts: [[*mut Complex<R>; 2]; N] = std::array::from_fn(|k| {
                    [0, across].map(|bit| shared.run(base | offsets[k] | bit, L::COMPLEX).as_mut_ptr())
                });
                let mut x: [L; N] = std::array::from_fn(|k| L::load(starts[k][0]));
                let mut y: [L; N] = std::array::from_fn(|k| L::load(starts[k][1]));
                if WITHIN {
                    for k in 0..N {
                        (x[k], y[k]) = transposed(x[k], y[k]);
                    }
                }
                for step in &chain.steps {
                    if base & step.outside.mask == step.outside.value {
                        step.apply::<L, N, WITHIN>(&mut x, &mut y);
                    }
                }
                for k in 0..N {
                    let (x, y) = if WITHIN { transposed(x[k], y[k]) } else { (x[k], y[k]) };
                    x.store(starts[k][0]);
                    y.store(starts[k][1]);
                }
                base = walk.next(base);
            }
        }
    }
}

impl<R: Real> Step<R> {
    /// # Safety
    /// The processor has the instructions of `L`.
    #[inline(always)]
    unsafe fn apply<L: Lanes<R>, const N: usize, const WITHIN: bool>(&self, x: &mut [L; N], y: &mut [L; N]) {
        // SAFETY: promised by the caller.
        unsafe {
            match &self.change {
                Change::Exchange => self.replace(x, y, |x, y| (y, x)),
                Change::Real(matrix) => {
                    let [a, b, c, d] = matrix.map(|entry| L::repeated(Complex::new(entry, entry)));
                    // In the order of `Dense`, where a number within vectors begins with itself.
                    self.replace(x, y, |x, y| {
                        let second =
                            if WITHIN { c.times_plus(x, d.times(y)) } else { d.times_plus(y, c.times(x)) };
                        (b.times_plus(y, a.times(x)), second)
                    });
                }
                Change::General(matrix) => {
                    let parts = matrix.map(|entry| parts::<R, L>(entry));
                    self.replace(x, y, |x, y| {
                        let sum = |[p, q]: [usize; 2], [u, v]: [L; 2]| {
                            let ([p, p_swapped], [q, q_swapped]) = (parts[p], parts[q]);
                            let sum = p_swapped.times_plus(u.swapped(), p.times(u));
                            q_swapped.times_plus(v.swapped(), q.times_plus(v, sum))
                        };
                        (sum([0, 1], [x, y]), if WITHIN { sum([3, 2], [y, x]) } else { sum([2, 3], [x, y]) })
                    });
                }
                Change::Scale(factors) => {
                    let parts = factors.map(|factor| parts::<R, L>(factor));
                    let scaled =
                        |[plain, swapped]: [L; 2], x: L| swapped.times_plus(x.swapped(), plain.times(x));
                    self.replace(x, y, |x, y| (scaled(parts[0], x), scaled(parts[1], y)));
                }
            }
        }
    }

    /// Replaces the numbers that are to change.
    ///
    /// # Safety
    /// The processor has the instructions of `L`.
    #[inline(always)]
    unsafe fn replace<L: Lanes<R>, const N: usize>(
        &self,
        x: &mut [L; N],
        y: &mut [L; N],
        change: impl Fn(L, L) -> (L, L),
    ) {
        for k in 0..N {
            let (first, second) = change(x[k], y[k]);
            if self.all {
                (x[k], y[k]) = (first, second);
            } else {
                // SAFETY: promised by the caller.
                unsafe {
                    let numbers = L::chosen(self.numbers[k]);
                    (x[k], y[k]) = (L::selected(numbers, first, x[k]), L::selected(numbers, second, y[k]));
                }
            }
        }
    }
}

/// What a vector and the vector with its parts swapped are multiplied by.
///
/// # Safety
/// The processor has the instructions of `L`.
#[inline(always)]
unsafe fn parts<R: Real, L: Lanes<R>>(factor: Complex<R>) -> [L; 2] {
    // SAFETY: promised by the caller.
    unsafe {
        [Complex::new(factor.re, factor.re), Complex::new(-factor.im, factor.im)]
            .map(|pair| L::repeated(pair))
    }
}
