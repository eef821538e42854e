//! Which qubits the ranks should hold: those that are needed first.

use super::layout::PINNED;
use super::qubit_map::{QubitMap, bits};

/// The trades (position within a rank, bit of the rank's number) after which the targets of the first operation are
/// within the ranks. `targets` are the qubits that the operations to come change, as masks, the next operation first:
/// of all qubits those that are changed first stay or come, so that one exchange serves as many operations as
/// possible (the rule of Belady for caches, as far ahead as is known). Empty if nothing has to move.
///
/// The lowest positions keep their qubits; besides them there is room for the first operation's targets.
pub(crate) fn trades(map: &QubitMap, targets: impl Iterator<Item = usize>) -> Vec<(u8, u8)> {
    let mut first_use = vec![usize::MAX; usize::from(map.len())];
    for (number, mask) in targets.enumerate() {
        for qubit in bits(mask) {
            let first = &mut first_use[usize::from(qubit)];
            *first = (*first).min(number);
        }
    }
    let used = |qubit: u8| first_use[usize::from(qubit)];
    let local = map.local();
    if (local..map.len()).all(|position| used(map.qubit(position)) > 0) {
        return Vec::new();
    }
    // Those that come, the most urgent first; those that go, the latest used first and of these the highest, whose
    // amplitudes are long runs.
    let mut coming: Vec<u8> = (local..map.len()).collect();
    coming.sort_by_key(|&position| used(map.qubit(position)));
    let mut going: Vec<u8> = (PINNED as u8..local).rev().collect();
    going.sort_by_key(|&position| std::cmp::Reverse(used(map.qubit(position))));
    let pairs = going.into_iter().zip(coming);
    pairs
        .take_while(|&(inner, outer)| used(map.qubit(inner)) > used(map.qubit(outer)))
        .map(|(inner, outer)| (inner, outer - local))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_needed_latest_makes_room_for_all_that_is_needed_earlier() {
        let map = QubitMap::identity(9, 7);
        // Nothing of the first operation is missing.
        assert!(trades(&map, [0b1111 << 3, 0b11 << 7].into_iter()).is_empty());
        // Qubit 7 is needed now, 8 soon; of those within, 5 is never needed and 4 last. The lowest three stay.
        let to_come = [1 << 7, 1 << 3, 1 << 6, 1 << 8, 1 << 4];
        assert_eq!(trades(&map, to_come.into_iter()), [(5, 0), (4, 1)]);
        // 8 is not needed before any of the others.
        let to_come = [1 << 7, 0b1011 << 3, 1 << 8];
        assert_eq!(trades(&map, to_come.into_iter()), [(5, 0)]);
    }
}
