//! Signs of angles, chosen such that some Walsh coefficients vanish.
//!
//! Only the cosine of half an angle is encoded, so every angle may have either sign. The Gray code visits those masks
//! last that have the highest bit and any of the k lowest. Their coefficients vanish if, for each value of the k lowest
//! bits of the index, the sum over the indices with that value of (-1)^(highest bit) angle does: 2^k problems of number
//! partitioning. Largest differencing (Karmarkar, Karp, The Differencing Method of Set Partitioning, UCB/CSD 82/113, 1982)
//! down to a few numbers, whose signs are searched, solves them to rounding if some 200 signs are free. A walk without
//! its last 2^k masks saves 2^k rotations and 2^k - 2 `cx`.

use qnewton_circuit::table::{walsh_hadamard, walsh_hadamard_unnormalised};
use std::collections::BinaryHeap;

/// k: the `cx` that are saved are as many as up to 14 exclusive-or masks take.
const BITS: usize = 4;

/// No more signs than these are chosen for one sum: the mean angle stays the largest coefficient.
const CHOICES: usize = 1024;

/// Differences are taken until so many numbers are left; all their signs are tried, half of them at a time.
const SEARCHED: usize = 24;

/// Half of what lowering takes for 0, in units of the mean angle over the square root of their number.
const NEGLIGIBLE: f64 = 8.0 * f64::EPSILON;

/// Angles are added exactly, as multiples of 2^-64.
const SCALE: f64 = (1u128 << 64) as f64;

/// Changes signs of the angles of n system qubits (index: column + 2^n mask) such that 2^k Walsh coefficients vanish; none
/// if that does not work, or if as many vanish already. With `reflect` both angles of a symmetric pair keep the same sign.
pub(super) fn choose(angles: &mut [f64], n: usize, reflect: bool) {
    let length = angles.len() as f64;
    let mean = angles.iter().sum::<f64>() / length;
    let tolerance = NEGLIGIBLE * mean * length.sqrt();
    if n <= BITS || vanishing(angles, tolerance / length) >= 1 << BITS {
        return;
    }
    let mut flips = Vec::new();
    let mut sums = Vec::new();
    for low in 0..1 << BITS {
        let (own, sum) = Partition::new(angles, n, reflect, low).solve(tolerance / 8.0);
        flips.extend(own);
        sums.push(sum);
    }
    walsh_hadamard_unnormalised(&mut sums);
    if sums.iter().all(|sum| sum.abs() <= tolerance) {
        flips.into_iter().for_each(|index| angles[index] = -angles[index]);
    }
}

/// Number of Walsh coefficients up to `bound`.
fn vanishing(angles: &[f64], bound: f64) -> usize {
    let mut coefficients = angles.to_vec();
    walsh_hadamard(&mut coefficients);
    coefficients.into_iter().filter(|value| value.abs() <= bound).count()
}

/// A sum that is to vanish.
struct Partition {
    /// Terms whose sign is free, and the indices of their angles: twice the same, or a symmetric pair.
    terms: Vec<(i128, [usize; 2])>,
    /// The sum of all others.
    rest: i128,
}

impl Partition {
    /// The sum over the indices whose lowest bits are `low`. Signs are free where the lowest bits of the mask are 0, so
    /// that both angles of a symmetric pair are in the same sum.
    fn new(angles: &[f64], n: usize, reflect: bool, low: usize) -> Self {
        let mut partition = Partition { terms: Vec::new(), rest: 0 };
        for mask in 0..1usize << n {
            let sign = if mask >> (n - 1) == 0 { SCALE } else { -SCALE };
            let free = mask.is_multiple_of(1 << BITS) && partition.terms.len() < CHOICES;
            for column in (low..1 << n).step_by(1 << BITS) {
                let index = column + (mask << n);
                let value = (sign * angles[index]) as i128;
                let mirrored = if reflect { column ^ mask } else { column };
                if !free {
                    partition.rest += value;
                } else if mirrored == column {
                    partition.terms.push((value, [index; 2]));
                } else if mirrored > column {
                    partition.terms.push((2 * value, [index, mirrored + (mask << n)]));
                }
            }
        }
        partition
    }

    /// The indices of the angles that change their sign, and the sum that results, at most `enough` if that is found.
    fn solve(&self, enough: f64) -> (Vec<usize>, f64) {
        // Of an odd number of similar terms one is left over, so one fewer is tried too.
        let attempts = [(0, false), (1, false), (0, true), (1, true)];
        let mut best = (Vec::new(), f64::INFINITY);
        for (fixed, paired) in attempts {
            let (fixed, free) = self.terms.split_at(fixed.min(self.terms.len()));
            let rest = self.rest + fixed.iter().map(|term| term.0).sum::<i128>();
            let terms: Vec<i128> = free.iter().map(|term| term.0).chain([rest]).collect();
            let (signs, sum) = balance(&terms, paired);
            let sum = sum as f64 / SCALE;
            if sum < best.1 {
                let changed = free.iter().zip(&signs).filter(|(_, sign)| **sign != signs[free.len()]);
                let indices = changed.flat_map(|(term, _)| {
                    let [first, second] = term.1;
                    std::iter::once(first).chain((second != first).then_some(second))
                });
                best = (indices.collect(), sum);
            }
            if sum <= enough {
                break;
            }
        }
        best
    }
}

/// Signs of the terms (true: changed) that make their sum small, and its modulus. With `paired` half of them are replaced
/// by differences of neighbours first: the largest differences of similar terms are otherwise too small, once most terms
/// have cancelled each other, to make up for what is left.
fn balance(terms: &[i128], paired: bool) -> (Vec<bool>, i128) {
    let mut heap = BinaryHeap::with_capacity(terms.len());
    let mut opposite = Vec::with_capacity(terms.len());
    let items: Vec<(i128, usize)> = terms.iter().map(|term| term.abs()).zip(0..).collect();
    let (pairs, singles) = items.split_at(if paired { terms.len() / 4 * 2 } else { 0 });
    for pair in pairs.chunks_exact(2) {
        let (larger, smaller) = (pair[0].max(pair[1]), pair[0].min(pair[1]));
        opposite.push((larger.1, smaller.1));
        heap.push((larger.0 - smaller.0, larger.1));
    }
    heap.extend(singles);
    while heap.len() > SEARCHED {
        let (Some((larger, first)), Some((smaller, second))) = (heap.pop(), heap.pop()) else { break };
        opposite.push((first, second));
        heap.push((larger - smaller, first));
    }
    let left = heap.into_vec();
    let moduli: Vec<i128> = left.iter().map(|item| item.0).collect();
    let (signs, sum) = search(&moduli);
    let mut negative = vec![false; terms.len()];
    for (bit, (_, number)) in left.iter().enumerate() {
        negative[*number] = signs >> bit & 1 == 1;
    }
    // What was subtracted last is decided first.
    for (first, second) in opposite.into_iter().rev() {
        negative[second] = !negative[first];
    }
    let signs = negative.iter().zip(terms).map(|(negative, term)| *negative != (*term < 0)).collect();
    (signs, sum)
}

/// The signs (bit k: number k is negative) with the smallest modulus of the sum, and that modulus.
fn search(numbers: &[i128]) -> (usize, i128) {
    let middle = numbers.len() / 2;
    let (low, high) = (signed_sums(&numbers[..middle]), signed_sums(&numbers[middle..]));
    let mut best = (0, i128::MAX);
    let mut above = high.len() - 1;
    for &(sum, signs) in &low {
        // The sums of the other half that are closest to the opposite, from either side.
        while above > 0 && sum + high[above].0 > 0 {
            above -= 1;
        }
        for (other, other_signs) in high[above..].iter().take(2) {
            if (sum + other).abs() < best.1 {
                best = (signs | other_signs << middle, (sum + other).abs());
            }
        }
    }
    best
}

/// All sums with signs, increasing, and the signs.
fn signed_sums(numbers: &[i128]) -> Vec<(i128, usize)> {
    let sum = |signs: usize| {
        numbers
            .iter()
            .enumerate()
            .map(|(bit, number)| if signs >> bit & 1 == 1 { -number } else { *number })
            .sum()
    };
    let mut sums: Vec<(i128, usize)> = (0..1 << numbers.len()).map(|signs| (sum(signs), signs)).collect();
    sums.sort_unstable();
    sums
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn random(length: usize) -> Vec<f64> {
        let mut state = 0x2545_f491_4f6c_dd1du64;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            6.0 * (state >> 11) as f64 / (1u64 << 53) as f64
        };
        (0..length).map(|_| next()).collect()
    }

    proptest! {
        #[test]
        fn signs_make_the_sum_that_is_stated(
            terms in proptest::collection::vec(-1000i64..1000, 1..40),
            paired in any::<bool>(),
        ) {
            let terms: Vec<i128> = terms.into_iter().map(i128::from).collect();
            let (signs, sum) = balance(&terms, paired);
            let total: i128 = terms.iter().zip(&signs).map(|(term, sign)| if *sign { -term } else { *term }).sum();
            prop_assert_eq!(total.abs(), sum);
            prop_assert!(sum <= terms.iter().map(|term| term.abs()).max().unwrap());
        }
    }

    #[test]
    fn sixteen_coefficients_of_random_angles_vanish() {
        for (n, reflect, spread) in [(9, false, 1.0), (9, true, 1.0), (9, false, 0.1), (9, true, 0.1)] {
            let mut angles = random(1 << (2 * n));
            angles.iter_mut().for_each(|angle| *angle = spread * (*angle - 3.0) + 3.0);
            if reflect {
                for mask in 0..1usize << n {
                    for column in 0..1usize << n {
                        angles[(column ^ mask) + (mask << n)] = angles[column + (mask << n)];
                    }
                }
            }
            let before = angles.clone();
            choose(&mut angles, n, reflect);
            assert!(angles.iter().zip(&before).all(|(a, b)| a.abs() == b.abs()));
            let mut coefficients = angles.clone();
            walsh_hadamard(&mut coefficients);
            let top = 1 << (2 * n - 1);
            assert!(
                coefficients[top..top + 16].iter().all(|value| value.abs() < 1e-17),
                "{reflect} {spread}"
            );
            for mask in 0..1usize << n {
                for column in (0..1usize << n).filter(|_| reflect) {
                    assert_eq!(angles[column + (mask << n)], angles[(column ^ mask) + (mask << n)]);
                }
            }
        }
    }

    #[test]
    fn angles_with_structure_stay() {
        let mut equal = vec![1.0; 1 << 14];
        choose(&mut equal, 7, true);
        assert!(equal.iter().all(|angle| *angle == 1.0));
        // Too few to choose from.
        let mut few = random(1 << 10);
        let before = few.clone();
        choose(&mut few, 5, true);
        assert_eq!(few, before);
    }
}
