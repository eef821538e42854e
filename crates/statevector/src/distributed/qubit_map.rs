//! Where each qubit is: at a position of an index of a rank's amplitudes, or of the rank's number.

use super::layout::PINNED;

/// A permutation of qubits. The lowest `local` positions are bits of an index, those above bits of the rank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct QubitMap {
    positions: Vec<u8>,
    qubits: Vec<u8>,
    local: u8,
}

impl QubitMap {
    /// Every qubit at the position of its number.
    pub(crate) fn identity(qubits: u8, local: u8) -> Self {
        QubitMap { positions: (0..qubits).collect(), qubits: (0..qubits).collect(), local }
    }

    /// Number of qubits.
    pub(crate) fn len(&self) -> u8 {
        self.qubits.len() as u8
    }

    /// Number of positions within a rank.
    pub(crate) fn local(&self) -> u8 {
        self.local
    }

    /// The position of a qubit.
    pub(crate) fn position(&self, qubit: u8) -> u8 {
        self.positions[usize::from(qubit)]
    }

    /// The qubit at a position.
    pub(crate) fn qubit(&self, position: u8) -> u8 {
        self.qubits[usize::from(position)]
    }

    /// Whether a qubit is within the ranks.
    pub(crate) fn is_local(&self, qubit: u8) -> bool {
        self.position(qubit) < self.local
    }

    /// The positions of a set of qubits, both as masks.
    pub(crate) fn positions(&self, qubits: usize) -> usize {
        bits(qubits).fold(0, |mask, qubit| mask | 1 << self.position(qubit))
    }

    /// Two positions trade their qubits.
    pub(crate) fn trade(&mut self, a: u8, b: u8) {
        self.qubits.swap(usize::from(a), usize::from(b));
        for position in [a, b] {
            let qubit = self.qubit(position);
            self.positions[usize::from(qubit)] = position;
        }
    }

    /// Pairs (position within a rank, position of its number) whose trades bring qubits home that belong to the ranks'
    /// numbers. Empty once all of them are there. Where a qubit that is to go home is at another position of the
    /// number, it is brought into the ranks first: then a second call says how to go on.
    pub(crate) fn homeward(&self) -> Vec<(u8, u8)> {
        let away: Vec<u8> =
            (self.local..self.len()).filter(|&position| self.qubit(position) != position).collect();
        let direct: Vec<(u8, u8)> = away
            .iter()
            .filter(|&&position| self.is_local(position))
            .map(|&position| (self.position(position), position))
            .collect();
        if !direct.is_empty() {
            return direct;
        }
        (PINNED as u8..self.local).rev().zip(away).collect()
    }
}

/// The numbers of the bits of a mask, in increasing order.
pub(crate) fn bits(mut mask: usize) -> impl Iterator<Item = u8> {
    std::iter::from_fn(move || {
        (mask != 0).then(|| {
            let bit = mask.trailing_zeros() as u8;
            mask &= mask - 1;
            bit
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..Default::default() })]
        #[test]
        fn a_map_stays_a_permutation_and_finds_home(
            room in 1u8..6, global in 0u8..4, trades in prop::collection::vec((0u8..10, 0u8..10), 0..20),
        ) {
            let pinned = PINNED as u8;
            let local = pinned + room;
            let qubits = local + global;
            let mut map = QubitMap::identity(qubits, local);
            for (a, b) in trades {
                map.trade(pinned + a % (qubits - pinned), pinned + b % (qubits - pinned));
                prop_assert!((0..qubits).all(|qubit| map.qubit(map.position(qubit)) == qubit));
            }
            let mut rounds = 0;
            loop {
                let pairs = map.homeward();
                if pairs.is_empty() { break }
                let (inner, outer): (Vec<u8>, Vec<u8>) = pairs.iter().copied().unzip();
                let distinct = |positions: &[u8]| positions.iter().enumerate()
                    .all(|(k, position)| !positions[..k].contains(position));
                prop_assert!(distinct(&inner) && distinct(&outer));
                prop_assert!(inner.iter().all(|position| (pinned..local).contains(position)));
                prop_assert!(outer.iter().all(|&position| position >= local));
                pairs.into_iter().for_each(|(a, b)| map.trade(a, b));
                rounds += 1;
                prop_assert!(rounds <= 2 * global);
            }
            prop_assert!((local..qubits).all(|position| map.qubit(position) == position));
        }
    }

    #[test]
    fn bits_of_masks() {
        assert!(bits(0b101001).eq([0, 3, 5]));
        assert_eq!(QubitMap::identity(4, 2).positions(0b1010), 0b1010);
    }
}
