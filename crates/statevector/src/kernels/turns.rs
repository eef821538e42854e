//! Two rotations at once: a cheaper pass for most matrices that fused gates make.
//!
//! A controlled flip after a gate on each of its qubits is `D P (R x R')` up to phases of the columns, which the
//! operations before can take: R and R' turn by real angles, P permutes basis states and D has phases. A rotation is
//! `cos(a) [[1, -t], [t, 1]]` with |t| <= 1 once P has exchanged its rows if need be, and D takes the cosines. That is
//! two multiplications of a vector of amplitudes by real numbers and one by a complex number, where the entries of a
//! matrix on two qubits make four by complex numbers.

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

/// Entries are as far from the product at most: the size of their rounding errors.
const TOLERANCE: f64 = 16.0 * f64::EPSILON;

/// The factors of a matrix on two qubits.
#[derive(Clone, Copy, Debug)]
struct Factors {
    /// The tangents of both rotations, that of the first target first.
    tangents: [f64; 2],
    /// Row k of the product of the rotations without their cosines is row `rows[k]` of the matrix,
    rows: [usize; 4],
    /// with this factor.
    factors: [Complex64; 4],
}

impl Factors {
    /// The factors of a row-major matrix, if it has them.
    fn of(entries: &[Complex64]) -> Option<Self> {
        let real: Vec<RealRow> = entries.chunks_exact(4).map(RealRow::of).collect::<Option<_>>()?;
        // A row is a product; bit 0 of its number belongs to the first target.
        let row = &real.first()?.numbers;
        let norm = |a: f64, b: f64| a.hypot(b);
        let largest = (0..4).max_by(|&a, &b| row[a].abs().total_cmp(&row[b].abs()))?;
        let first = tangent(row[largest & 2], row[largest & 2 | 1]);
        let second = tangent(row[largest & 1], row[largest & 1 | 2]);
        let (cosine, other) = (1.0 / norm(1.0, first), 1.0 / norm(1.0, second));
        let scale = cosine * other;
        let mut found = Factors { tangents: [first, second], rows: [4; 4], factors: [Complex64::ZERO; 4] };
        for (number, RealRow { phase, numbers: row }) in real.iter().enumerate() {
            let mut matches = (0..4).filter_map(|k| {
                let along = |bit: usize, tangent: f64, set: bool| match (bit == 1, set) {
                    (false, false) | (true, true) => 1.0,
                    (false, true) => -tangent,
                    (true, false) => tangent,
                };
                let expected: [f64; 4] = std::array::from_fn(|column| {
                    scale * along(k & 1, first, column & 1 == 1) * along(k >> 1, second, column >> 1 == 1)
                });
                let sign = if (0..4).map(|c| expected[c] * row[c]).sum::<f64>() < 0.0 { -1.0 } else { 1.0 };
                let near = (0..4).all(|c| (sign * row[c] - expected[c]).abs() <= TOLERANCE);
                near.then_some((k, sign * scale * phase))
            });
            let (k, factor) = matches.next()?;
            if found.rows[k] != 4 {
                return None;
            }
            (found.rows[k], found.factors[k]) = (number, factor);
        }
        Some(found)
    }
}

/// The tangent of the rotation, of absolute value at most 1, of which (a, b) is a multiple of one of the rows (1, -t)
/// and (t, 1).
fn tangent(a: f64, b: f64) -> f64 {
    if a.abs() >= b.abs() { -b / a } else { a / b }
}

/// A row that is a phase times real numbers.
pub(super) struct RealRow {
    pub(super) phase: Complex64,
    pub(super) numbers: Vec<f64>,
}

impl RealRow {
    /// The phase and the numbers of a row, if it is one.
    pub(super) fn of(row: &[Complex64]) -> Option<Self> {
        let largest = row.iter().max_by(|a, b| a.norm_sqr().total_cmp(&b.norm_sqr()))?;
        let phase = largest / largest.norm();
        let turned: Vec<Complex64> = row.iter().map(|entry| entry * phase.conj()).collect();
        let real = turned.iter().all(|entry| entry.im.abs() <= TOLERANCE);
        real.then(|| RealRow { phase, numbers: turned.iter().map(|entry| entry.re).collect() })
    }
}

/// Such a matrix at certain positions under a condition, ready for vectors of one kind.
#[derive(Clone, Debug)]
pub(crate) struct Turns<R: Real> {
    instructions: Instructions,
    /// Positions that the matrix or the condition refers to.
    fixed: usize,
    /// Offsets of the inputs.
    inputs: [usize; 4],
    /// Offsets of the outputs.
    outputs: [usize; 4],
    /// Both tangents, each with either sign, then the factors' real parts and their imaginary parts for swapped
    /// vectors; each as often as vectors have numbers.
    coefficients: Aligned<R>,
    /// Whether the factors are real.
    real: bool,
}

/// Vectors of coefficients.
const TANGENTS: usize = 4;
const COEFFICIENTS: usize = TANGENTS + 8;

impl<R: Real> Turns<R> {
    /// The matrix (row-major, bit i of a row belongs to `targets[i]`), if it has this form and neither its targets nor
    /// the condition are within vectors.
    pub(crate) fn new(
        instructions: Instructions,
        targets: [u8; 2],
        entries: &[Complex64],
        condition: Condition,
    ) -> Option<Self> {
        let instructions = instructions.supported();
        let lanes = 1usize << instructions.lane_bits::<R>();
        let bits = targets.map(|target| 1usize << target);
        let fixed = bits[0] | bits[1] | condition.mask;
        if fixed & (lanes - 1) != 0 {
            return None;
        }
        let Factors { tangents: [first, second], rows, factors } = Factors::of(entries)?;
        let factors: [Complex<R>; 4] = factors.map(narrow);
        let real = factors.iter().all(|factor| factor.im == R::zero());
        let offset = |row: usize| condition.value | ((row & 1) * bits[0]) | ((row >> 1) * bits[1]);
        let mut coefficients = Aligned::zero(COEFFICIENTS * lanes);
        let pairs = [-first, first, -second, second].map(R::from_f64).map(|t| Complex::new(t, t));
        let parts = factors
            .iter()
            .flat_map(|factor| [Complex::new(factor.re, factor.re), Complex::new(-factor.im, factor.im)]);
        let vectors = coefficients.as_mut_slice().chunks_exact_mut(lanes);
        for (vector, pair) in vectors.zip(pairs.into_iter().chain(parts)) {
            vector.fill(pair);
        }
        let (inputs, outputs) = (std::array::from_fn(offset), rows.map(offset));
        Some(Turns { instructions, fixed, inputs, outputs, coefficients, real })
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
        walk.run(4 * walk.run, |blocks| unsafe {
            dispatch(self.instructions, Pass { turns: self, walk, shared, blocks });
        });
    }
}

struct Pass<'a, R: Real> {
    turns: &'a Turns<R>,
    walk: &'a Walk,
    shared: &'a Shared<'a, R>,
    blocks: Range<usize>,
}

impl<R: Real> LaneKernel<R> for Pass<'_, R> {
    #[inline(always)]
    unsafe fn run<L: Lanes<R>>(self) {
        // SAFETY: see `Turns::apply`.
        unsafe {
            if self.turns.real {
                self.turn::<L, true>();
            } else {
                self.turn::<L, false>();
            }
        }
    }
}

impl<R: Real> Pass<'_, R> {
    /// # Safety
    /// See [`Turns::apply`].
    #[inline(always)]
    unsafe fn turn<L: Lanes<R>, const REAL: bool>(self) {
        let Pass { turns, walk, shared, blocks } = self;
        let coefficients = turns.coefficients.as_slice().as_ptr();
        // SAFETY: promised by the caller.
        unsafe {
            let all: [L; COEFFICIENTS] =
                std::array::from_fn(|number| L::load(coefficients.add(number * L::COMPLEX)));
            let mut base = walk.base(blocks.start);
            for _ in blocks {
                let start = |offset: usize| shared.run(base | offset, walk.run).as_mut_ptr();
                let (inputs, outputs) = (turns.inputs.map(start), turns.outputs.map(start));
                for place in (0..walk.run).step_by(L::COMPLEX) {
                    let x = inputs.map(|input| L::load(input.add(place)));
                    let y = [
                        all[0].times_plus(x[1], x[0]),
                        all[1].times_plus(x[0], x[1]),
                        all[0].times_plus(x[3], x[2]),
                        all[1].times_plus(x[2], x[3]),
                    ];
                    let z = [
                        all[2].times_plus(y[2], y[0]),
                        all[2].times_plus(y[3], y[1]),
                        all[3].times_plus(y[0], y[2]),
                        all[3].times_plus(y[1], y[3]),
                    ];
                    for k in 0..4 {
                        let mut product = all[TANGENTS + 2 * k].times(z[k]);
                        if !REAL {
                            product = all[TANGENTS + 2 * k + 1].times_plus(z[k].swapped(), product);
                        }
                        product.store(outputs[k].add(place));
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
    use crate::kernels::Dense;
    use proptest::prelude::*;
    use rand::seq::SliceRandom;
    use rand::{RngExt, SeedableRng};
    use rand_pcg::Pcg64;
    use std::f64::consts::TAU;

    /// Phases, a permutation and two rotations, multiplied out.
    fn product(angles: [f64; 2], phases: [f64; 4], rows: [usize; 4]) -> [Complex64; 16] {
        let rotation = |angle: f64| [[angle.cos(), -angle.sin()], [angle.sin(), angle.cos()]];
        let (first, second) = (rotation(angles[0]), rotation(angles[1]));
        std::array::from_fn(|entry| {
            let (row, column) = (rows[entry / 4], entry % 4);
            let real = first[row & 1][column & 1] * second[row >> 1][column >> 1];
            Complex64::from_polar(1.0, phases[entry / 4]) * real
        })
    }

    fn check<R: Real>(seed: u64, angles: [f64; 2], real: bool, tolerance: f64) {
        let mut random = Pcg64::seed_from_u64(seed);
        let mut rows = [0, 1, 2, 3];
        rows.shuffle(&mut random);
        let phases: [f64; 4] =
            std::array::from_fn(|_| if real { 0.0 } else { random.random_range(0.0..TAU) });
        let entries = product(angles, phases, rows);
        let mut number = || random.random_range(-1.0..1.0);
        let amplitudes: Vec<Complex<R>> =
            (0..1 << 8).map(|_| narrow(Complex64::new(number(), number()))).collect();
        let mut positions: Vec<u8> = (3..8).collect();
        positions.shuffle(&mut random);
        let targets = [positions[0], positions[1]];
        let mut condition = Condition::default();
        if random.random() {
            condition = condition.and(positions[2], random.random());
        }
        for &instructions in Instructions::available() {
            let (mut expected, mut found) = (amplitudes.clone(), amplitudes.clone());
            Dense::new(instructions, 8, &targets, &entries, condition).apply(&mut expected);
            let turns = Turns::new(instructions, targets, &entries, condition).expect("has the form");
            assert_eq!(turns.real, real);
            turns.apply(&mut found);
            for (found, expected) in found.iter().zip(&expected) {
                let difference = (*found - *expected).norm().into_f64();
                assert!(difference < tolerance, "{instructions:?} {targets:?} {condition:?}: {difference}");
            }
        }
    }

    proptest! {
        #[test]
        fn turns_are_the_matrix_that_they_come_from(seed: u64, a in 0.0..TAU, b in 0.0..TAU, real: bool) {
            check::<f64>(seed, [a, b], real, 1e-14);
            check::<f32>(seed, [a, b], real, 1e-5);
        }

        #[test]
        fn no_other_matrix_passes_for_turns(a in 0.1..1.4, b in 0.1..1.4, entry in 0..16usize, by in 1e-12..0.1) {
            let mut entries = product([a, b], [0.0; 4], [0, 1, 3, 2]);
            for part in [Complex64::new(by, 0.0), Complex64::new(0.0, by)] {
                entries[entry] += part;
                prop_assert!(Factors::of(&entries).is_none());
                entries[entry] -= part;
            }
        }
    }

    #[test]
    fn angles_at_the_borders_and_matrices_within_vectors() {
        for a in 0..8 {
            for b in 0..8 {
                check::<f64>(7, [f64::from(a) * TAU / 8.0, f64::from(b) * TAU / 8.0], false, 1e-14);
            }
        }
        let entries = product([0.3, 0.4], [0.0; 4], [0, 1, 3, 2]);
        let inside = Turns::<f64>::new(Instructions::best(), [0, 5], &entries, Condition::default());
        assert!(inside.is_none() || Instructions::best() == Instructions::Portable);
    }
}
