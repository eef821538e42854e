//! How a register tells apart the terms of a sum of shifts, and how the bits of the offsets follow from it.
//!
//! In a linear code every bit of an offset is a parity of the register, so that nothing or a few `cx` have to compute
//! it: the code of an offset is its coordinates in the span of all offsets over GF(2). Offsets 0, 1, ..., 2^r - 1 are
//! their own codes; distinct powers of two get a qubit each. The binary code numbers the terms and needs the fewest
//! qubits, but a table look-up for the bits of the offsets.

use crate::lcu::qubits_for;
use std::collections::BTreeMap;

/// What a term shifts: the distance within a group of the system's bits; 0 is no shift at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shift {
    /// The group.
    pub group: usize,
    /// The distance, its sign apart.
    pub distance: u64,
}

impl Shift {
    /// No shift.
    pub(crate) const NONE: Shift = Shift { group: 0, distance: 0 };
}

/// A bit that depends on the code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// A qubit of the register.
    Qubit(usize),
    /// The parity of some qubits of the register.
    Parity(u64),
    /// 1 for these codes, increasing.
    Codes(Vec<u64>),
}

/// Codes of shifts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Codes {
    /// Qubits of the register.
    pub qubits: usize,
    /// The code of each shift, in order.
    pub codes: Vec<u64>,
    /// The bits that distances are made of.
    pub sources: Vec<Source>,
    /// Bits of the distances that are not always 0: group, bit, and position among the sources.
    pub bits: Vec<(usize, usize, usize)>,
}

/// Linear codes of more qubits than this would need too large a preparation.
const LINEAR_LIMIT: usize = 12;

impl Codes {
    /// All codes of distinct shifts that may be the best: the linear one and, if that is longer, the binary one.
    ///
    /// A single shift needs no register; its bits are no sources.
    pub(crate) fn candidates(shifts: &[Shift]) -> Vec<Codes> {
        let fewest = qubits_for(shifts.len());
        if fewest == 0 {
            return vec![Codes { qubits: 0, codes: vec![0; shifts.len()], sources: vec![], bits: vec![] }];
        }
        let linear = Codes::linear(shifts).filter(|code| code.qubits <= LINEAR_LIMIT);
        match linear {
            Some(linear) if linear.qubits == fewest => vec![linear],
            linear => linear.into_iter().chain([Codes::binary(shifts, fewest)]).collect(),
        }
    }

    fn linear(shifts: &[Shift]) -> Option<Codes> {
        let positions = bit_positions(shifts);
        if positions.len() > 128 {
            return None;
        }
        let vector = |shift: &Shift| {
            let bits = positions.iter().enumerate();
            bits.filter(|(_, position)| has_bit(shift, **position)).fold(0u128, |sum, (k, _)| sum | 1 << k)
        };
        let mut basis = reduced_basis(shifts.iter().map(vector));
        basis.sort_by_key(|row| row.trailing_zeros());
        let pivots: Vec<u32> = basis.iter().map(|row| row.trailing_zeros()).collect();
        let code = |shift| {
            let vector = vector(shift);
            pivots
                .iter()
                .enumerate()
                .fold(0u64, |code, (k, pivot)| code | ((vector >> pivot & 1) as u64) << k)
        };
        let mask = |position: usize| {
            basis.iter().enumerate().fold(0u64, |mask, (k, row)| mask | ((row >> position & 1) as u64) << k)
        };
        let source = |position| match mask(position) {
            mask if mask.is_power_of_two() => Source::Qubit(mask.trailing_zeros() as usize),
            mask => Source::Parity(mask),
        };
        let sources = (0..positions.len()).map(source).collect();
        Some(Codes::collect(basis.len(), shifts.iter().map(code).collect(), &positions, sources))
    }

    /// Codes 0, 1, ... in order.
    fn binary(shifts: &[Shift], qubits: usize) -> Codes {
        let positions = bit_positions(shifts);
        let codes: Vec<u64> = (0..shifts.len() as u64).collect();
        let source = |&position: &(usize, usize)| {
            let with = shifts.iter().zip(&codes).filter(|(shift, _)| has_bit(shift, position));
            let with: Vec<u64> = with.map(|(_, &code)| code).collect();
            let is_qubit =
                |qubit: &usize| codes.iter().all(|code| (code >> qubit & 1 == 1) == with.contains(code));
            match (0..qubits).find(is_qubit) {
                Some(qubit) => Source::Qubit(qubit),
                None => Source::Codes(with),
            }
        };
        let sources = positions.iter().map(source).collect();
        Codes::collect(qubits, codes, &positions, sources)
    }

    /// Lists equal sources once.
    fn collect(qubits: usize, codes: Vec<u64>, positions: &[(usize, usize)], all: Vec<Source>) -> Codes {
        let mut sources: Vec<Source> = Vec::new();
        let bits = positions.iter().zip(all).map(|(&(group, bit), source)| {
            let known = sources.iter().position(|other| *other == source);
            let place = known.unwrap_or_else(|| {
                sources.push(source);
                sources.len() - 1
            });
            (group, bit, place)
        });
        let bits = bits.collect();
        Codes { qubits, codes, sources, bits }
    }
}

/// Group and number of every bit that some distance has, in order.
fn bit_positions(shifts: &[Shift]) -> Vec<(usize, usize)> {
    let mut union: BTreeMap<usize, u64> = BTreeMap::new();
    for shift in shifts {
        *union.entry(shift.group).or_insert(0) |= shift.distance;
    }
    let bits = |(group, union): (usize, u64)| {
        (0..64).filter(move |bit| union >> bit & 1 == 1).map(move |bit| (group, bit))
    };
    union.into_iter().flat_map(bits).collect()
}

fn has_bit(shift: &Shift, (group, bit): (usize, usize)) -> bool {
    shift.group == group && shift.distance >> bit & 1 == 1
}

/// A basis of the span over GF(2) in which the lowest bit of each vector occurs in no other.
fn reduced_basis(vectors: impl Iterator<Item = u128>) -> Vec<u128> {
    let mut basis: Vec<u128> = Vec::new();
    let pivot = |row: u128| 1u128 << row.trailing_zeros();
    for mut vector in vectors {
        for &row in &basis {
            if vector & pivot(row) != 0 {
                vector ^= row;
            }
        }
        if vector != 0 {
            for row in &mut basis {
                if *row & pivot(vector) != 0 {
                    *row ^= vector;
                }
            }
            basis.push(vector);
        }
    }
    basis
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn value(source: &Source, code: u64) -> bool {
        match source {
            Source::Qubit(qubit) => code >> qubit & 1 == 1,
            Source::Parity(mask) => (code & mask).count_ones() % 2 == 1,
            Source::Codes(codes) => codes.contains(&code),
        }
    }

    proptest! {
        #[test]
        fn codes_are_distinct_and_tell_the_bits(
            distances in proptest::collection::btree_set((0usize..3, 1u64..200), 1..20),
            diagonal in any::<bool>(),
        ) {
            let shifts = distances.into_iter().map(|(group, distance)| Shift { group, distance });
            let shifts: Vec<Shift> = diagonal.then_some(Shift::NONE).into_iter().chain(shifts).collect();
            prop_assume!(shifts.len() > 1);
            for codes in Codes::candidates(&shifts) {
                let distinct: std::collections::BTreeSet<_> = codes.codes.iter().collect();
                prop_assert_eq!(distinct.len(), shifts.len());
                prop_assert!(codes.codes.iter().all(|code| code >> codes.qubits == 0));
                for (shift, &code) in shifts.iter().zip(&codes.codes) {
                    let mut found = [0u64; 3];
                    for &(group, bit, source) in &codes.bits {
                        found[group] |= u64::from(value(&codes.sources[source], code)) << bit;
                    }
                    let mut expected = [0; 3];
                    expected[shift.group] = shift.distance;
                    prop_assert_eq!(found, expected);
                }
            }
        }
    }

    #[test]
    fn small_distances_are_their_own_codes_and_powers_of_two_have_a_qubit_each() {
        let shifts = |distances: &[u64]| -> Vec<Shift> {
            distances.iter().map(|&distance| Shift { group: 0, distance }).collect()
        };
        let counted = Codes::candidates(&shifts(&[0, 1, 2, 3, 4, 5]));
        assert_eq!(counted.len(), 1);
        assert_eq!(counted[0].codes, [0, 1, 2, 3, 4, 5]);
        let powers = Codes::candidates(&shifts(&[0, 1, 64]));
        assert_eq!(powers[0].codes, [0, 1, 2]);
        assert!(powers[0].sources.iter().all(|source| matches!(source, Source::Qubit(_))));
        assert_eq!(Codes::candidates(&shifts(&[3]))[0].qubits, 0);
    }
}
