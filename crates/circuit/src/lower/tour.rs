//! Short tours through parities: a walk that visits masks pays one `cx` for each bit that changes.
//!
//! All 2^k masks are visited best in the order of the Gray code, one change at a time. Of fewer masks the Gray
//! code's order is up to twice as long as need be; here nearest neighbours, then exchanges of pairs of edges
//! (2-opt; Croes, Operations Research 6, 791, 1958) shorten it.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// What is visited: a mask and the coefficient that waits there.
pub(super) type Term = (u64, f64);

/// Up to this many masks every pair is compared, which takes a few milliseconds.
const ALL_PAIRS: usize = 1024;

/// Sweeps of pairwise exchanges; a handful suffices after nearest neighbours.
const SWEEPS: usize = 16;

/// Above this many masks the order of the Gray code stays.
const LIMIT: usize = 1 << 22;

/// A tour whose length exceeds the bound by less than this part of it is left as it is.
const WORTH: u64 = 1024;

/// Neighbours in the order of the Gray code, to either side, that are compared where no mask is near.
const WINDOW: usize = 64;

/// Changes of bits on the way from 0 through all masks and back to 0.
pub(super) fn closed_length(terms: &[Term]) -> u64 {
    let masks = terms.iter().map(|term| term.0);
    let steps = std::iter::once(0).chain(masks.clone()).zip(masks.chain([0]));
    steps.map(|(from, to)| distance(from, to)).sum()
}

/// Changes of bits on the way from 0 through all masks, from the end that makes it short.
pub(super) fn open_length(terms: &[Term]) -> u64 {
    let ends = [terms.first(), terms.last()].map(|end| end.map_or(0, |end| distance(end.0, 0)));
    closed_length(terms) - ends[0].max(ends[1])
}

/// Orders by [`closed_length`], among equals by [`open_length`]: a walk under controls may take either.
pub(super) fn closed_then_open_length(terms: &[Term]) -> u64 {
    // The two differ by the bits of one mask.
    let closed = closed_length(terms);
    closed * 127 + open_length(terms)
}

/// Puts terms of distinct masks into an order of a small `length`, one of the above: at most that of the given order and that of the Gray code's.
pub(super) fn shorten(terms: Vec<Term>, length: impl Fn(&[Term]) -> u64) -> Vec<Term> {
    let others = terms.iter().filter(|term| term.0 != 0).count() as u64;
    // Every step changes a bit, and every bit changes an even number of times.
    let bound = if others == 0 { 0 } else { (others + 1).next_multiple_of(2) };
    let mut best = terms;
    let mut gray = best.clone();
    gray.sort_by_key(|term| rank(term.0));
    keep_shorter(&mut best, gray.clone(), &length);
    if closed_length(&best) > bound + bound / WORTH && best.len() <= LIMIT {
        let near = if gray.len() <= ALL_PAIRS { nearest_of_all(&gray) } else { nearest_by_flips(&gray) };
        keep_shorter(&mut best, near, &length);
        if best.len() <= ALL_PAIRS {
            let mut exchanged = best.clone();
            exchange_edges(&mut exchanged);
            keep_shorter(&mut best, exchanged, &length);
        }
    }
    best
}

fn keep_shorter(best: &mut Vec<Term>, candidate: Vec<Term>, length: impl Fn(&[Term]) -> u64) {
    if length(&candidate) < length(best) {
        *best = candidate;
    }
}

fn distance(a: u64, b: u64) -> u64 {
    u64::from((a ^ b).count_ones())
}

/// The position of a mask in the Gray code.
fn rank(mask: u64) -> u64 {
    [1, 2, 4, 8, 16, 32].iter().fold(mask, |rank, shift| rank ^ rank >> shift)
}

/// Always the nearest mask that is left.
fn nearest_of_all(terms: &[Term]) -> Vec<Term> {
    let mut left = terms.to_vec();
    let mut result = Vec::with_capacity(terms.len());
    let mut current = 0;
    while let Some(next) = (0..left.len()).min_by_key(|&k| (distance(current, left[k].0), left[k].0)) {
        let term = left.swap_remove(next);
        current = term.0;
        result.push(term);
    }
    result
}

/// Always a mask that is one or two changes away, or else the nearest of those close by in the given order.
fn nearest_by_flips(terms: &[Term]) -> Vec<Term> {
    let places: HashMap<u64, usize, BuildHasherDefault<MaskHasher>> =
        terms.iter().enumerate().map(|(place, term)| (term.0, place)).collect();
    let used = terms.iter().fold(0, |bits, term| bits | term.0);
    let flips: Vec<u64> = (0..64).map(|bit| 1 << bit).filter(|flip| used & flip != 0).collect();
    let mut left = Chain::new(terms.len());
    let mut result = Vec::with_capacity(terms.len());
    let (mut current, mut place) = (0, 0);
    let (mut searches, mut finds) = (0usize, 0usize);
    while result.len() < terms.len() {
        let find = |mask: u64| places.get(&mask).copied().filter(|&place| left.contains(place));
        let pair = |position: usize| {
            let first = current ^ flips[position];
            flips[..position].iter().find_map(|flip| find(first ^ flip))
        };
        let mut near = find(current).or_else(|| flips.iter().find_map(|flip| find(current ^ flip)));
        // Pairs of changes are many: they are tried as long as they lead somewhere now and then.
        if near.is_none() && (searches < 4096 || 64 * finds > searches) {
            near = (1..flips.len()).find_map(pair);
            searches += 1;
            finds += usize::from(near.is_some());
        }
        let by_distance = |&place: &usize| (distance(current, terms[place].0), place);
        let next = near.or_else(|| left.around(place, WINDOW).min_by_key(by_distance));
        let Some(next) = next else { break };
        left.remove(next);
        result.push(terms[next]);
        (current, place) = (terms[next].0, next);
    }
    result
}

/// Replaces two edges of the closed walk by two shorter ones, as long as there are such.
fn exchange_edges(terms: &mut [Term]) {
    // Position 0 of the walk is the mask 0, the others are the terms.
    let count = terms.len() + 1;
    for _ in 0..SWEEPS {
        let mut improved = false;
        for i in 0..count - 1 {
            for j in i + 1..count {
                let at = |k: usize| if k == 0 { 0 } else { terms[k - 1].0 };
                let (a, b, c, d) = (at(i), at(i + 1), at(j), at((j + 1) % count));
                if distance(a, c) + distance(b, d) < distance(a, b) + distance(c, d) {
                    terms[i..j].reverse();
                    improved = true;
                }
            }
        }
        if !improved {
            return;
        }
    }
}

/// The numbers below a bound that are left, each with the next and the previous one.
struct Chain {
    /// Number k is at k + 1; both ends lead to place 0 and to the last place, which hold no number.
    next: Vec<u32>,
    previous: Vec<u32>,
    present: Vec<bool>,
}

impl Chain {
    fn new(count: usize) -> Self {
        let last = count as u32 + 1;
        Chain {
            next: (0..=last).map(|place| (place + 1).min(last)).collect(),
            previous: (0..=last).map(|place| place.saturating_sub(1)).collect(),
            present: vec![true; count],
        }
    }

    fn contains(&self, number: usize) -> bool {
        self.present[number]
    }

    fn remove(&mut self, number: usize) {
        let (previous, next) = (self.previous[number + 1], self.next[number + 1]);
        self.next[previous as usize] = next;
        self.previous[next as usize] = previous;
        self.present[number] = false;
    }

    /// Up to `count` numbers above and as many below one that was the last to be removed, or 0 before that.
    fn around(&self, number: usize, count: usize) -> impl Iterator<Item = usize> + '_ {
        let follow = |links: &'_ [u32]| {
            let mut place = number + 1;
            let mut found = Vec::new();
            while found.len() < count {
                place = links[place] as usize;
                if place == 0 || place > self.present.len() {
                    break;
                }
                found.push(place - 1);
            }
            found
        };
        let own = self.present[number].then_some(number);
        own.into_iter().chain(follow(&self.next)).chain(follow(&self.previous))
    }
}

/// A multiplicative hash: masks are looked up many times.
#[derive(Default)]
struct MaskHasher(u64);

impl Hasher for MaskHasher {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.write_u64(u64::from(byte)));
    }
    fn write_u64(&mut self, mask: u64) {
        let product = (self.0 ^ mask).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = product ^ product >> 32;
    }
    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Some `count` masks of `bits` bits, each with a coefficient that tells it.
    fn masks(count: usize, bits: u32) -> Vec<Term> {
        let mut state = 0x2545_f491_4f6c_dd1du64;
        let mut found = std::collections::BTreeSet::new();
        while found.len() < count {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            found.insert(state >> (64 - bits));
        }
        found.into_iter().map(|mask| (mask, mask as f64)).collect()
    }

    fn gray(terms: &[Term]) -> Vec<Term> {
        let mut terms = terms.to_vec();
        terms.sort_by_key(|term| rank(term.0));
        terms
    }

    #[test]
    fn all_masks_are_visited_with_one_change_each() {
        for bits in 1..=12 {
            let all: Vec<Term> = (0..1u64 << bits).map(|mask| (mask, 0.0)).collect();
            let tour = shorten(all, closed_length);
            assert_eq!(closed_length(&tour), 1 << bits);
            assert_eq!(open_length(&tour), (1 << bits) - 1);
        }
        assert_eq!(closed_length(&shorten(vec![(0, 1.0)], closed_length)), 0);
        assert_eq!(closed_length(&shorten(vec![], closed_length)), 0);
    }

    #[test]
    fn a_tour_visits_what_it_is_given_and_is_no_longer_than_before() {
        for (count, bits) in [(1, 40), (2, 3), (7, 3), (100, 10), (300, 63), (1500, 12), (5000, 40)] {
            for length in [closed_length, open_length, closed_then_open_length] {
                let given = masks(count, bits);
                let tour = shorten(given.clone(), length);
                assert!(length(&tour) <= length(&given).min(length(&gray(&given))));
                let mut sorted = tour;
                sorted.sort_by_key(|term| term.0);
                assert_eq!(sorted, given);
            }
        }
    }

    #[test]
    fn scattered_masks_need_a_third_less_than_in_the_order_of_the_gray_code() {
        for (count, bits) in [(512, 20), (1000, 13), (6000, 16), (30_000, 18)] {
            let given = masks(count, bits);
            let (found, before) =
                (closed_length(&shorten(given.clone(), closed_length)), closed_length(&gray(&given)));
            assert!(3 * found < 2 * before, "{count} masks: {found} of {before}");
        }
    }
}
