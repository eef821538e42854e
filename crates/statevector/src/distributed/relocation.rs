//! Tables where qubits have moved: the part of a table that a rank needs, at the positions where its qubits are.

use super::qubit_map::QubitMap;
use crate::bits::Scatter;
use crate::kernels::{Cycles, Diagonal, Lookup, Rotation};
use crate::real::Real;
use crate::resolved::Placement;
use std::collections::HashMap;
use std::sync::Arc;

/// Tables that are remembered at their positions.
const REMEMBERED: usize = 256;

/// A table of which a part can be taken.
pub(crate) trait Partition: Sized {
    /// `length` entries: entry k of the part is entry `order(k)` of the table.
    fn part(&self, length: usize, order: impl Fn(usize) -> usize) -> Self;
}

impl<R: Real> Partition for Rotation<R> {
    fn part(&self, length: usize, order: impl Fn(usize) -> usize) -> Self {
        Rotation::part(self, length, order)
    }
}

impl<R: Real> Partition for Diagonal<R> {
    fn part(&self, length: usize, order: impl Fn(usize) -> usize) -> Self {
        Diagonal::part(self, length, order)
    }
}

impl Partition for Lookup {
    fn part(&self, length: usize, order: impl Fn(usize) -> usize) -> Self {
        Lookup::part(self, length, order)
    }
}

/// What no qubit selects from stays whole.
impl Partition for Cycles {
    fn part(&self, _length: usize, _order: impl Fn(usize) -> usize) -> Self {
        self.clone()
    }
}

impl Partition for () {
    fn part(&self, _length: usize, _order: impl Fn(usize) -> usize) -> Self {}
}

/// The latest place of each table.
#[derive(Debug)]
pub(crate) struct Relocations<T> {
    known: HashMap<*const Placement<T>, Relocation<T>>,
}

#[derive(Debug)]
struct Relocation<T> {
    /// Keeps the address, by which it is known, its own.
    original: Arc<Placement<T>>,
    positions: Vec<u8>,
    relocated: Arc<Placement<T>>,
}

impl<T> Default for Relocations<T> {
    fn default() -> Self {
        Relocations { known: HashMap::new() }
    }
}

impl<T: Partition> Relocations<T> {
    /// `original` is about qubits; the result is about the positions of these within the rank of that number, and its
    /// table holds what the bits of this number select.
    pub(crate) fn get(
        &mut self,
        original: &Arc<Placement<T>>,
        map: &QubitMap,
        rank: usize,
    ) -> Arc<Placement<T>> {
        let qubits = original.selects.iter().map(|select| select.0).chain(original.own.iter().copied());
        let positions: Vec<u8> = qubits.map(|qubit| map.position(qubit)).collect();
        let key = Arc::as_ptr(original);
        let same =
            |known: &&Relocation<T>| Arc::ptr_eq(&known.original, original) && known.positions == positions;
        if let Some(known) = self.known.get(&key).filter(same) {
            return Arc::clone(&known.relocated);
        }
        let relocated = Arc::new(relocated(original, &positions, map.local(), rank));
        if self.known.len() == REMEMBERED {
            self.known.clear();
        }
        let original = Arc::clone(original);
        self.known.insert(key, Relocation { original, positions, relocated: Arc::clone(&relocated) });
        relocated
    }
}

fn relocated<T: Partition>(
    original: &Placement<T>,
    positions: &[u8],
    local: u8,
    rank: usize,
) -> Placement<T> {
    let (selecting, own) = positions.split_at(original.selects.len());
    let entry_bits = original.selects.iter().map(|select| select.1);
    let (mut within, outside): (Vec<_>, Vec<_>) =
        selecting.iter().copied().zip(entry_bits).partition(|select| select.0 < local);
    within.sort_unstable();
    let offset =
        outside.iter().map(|&(position, bit)| (rank >> (position - local) & 1) << bit).sum::<usize>();
    let order: Vec<u8> = within.iter().map(|select| select.1).collect();
    let table = if outside.is_empty() && order.iter().copied().eq(0..order.len() as u8) {
        Arc::clone(&original.table)
    } else {
        let scatter = Scatter::new(&order);
        Arc::new(original.table.part(1 << order.len(), |entry| scatter.get(entry) | offset))
    };
    let selects = within.iter().map(|select| select.0).zip(0..).collect();
    Placement::new(selects, own.to_vec(), table, usize::from(local))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bits::Selected;

    impl Partition for Vec<usize> {
        fn part(&self, length: usize, order: impl Fn(usize) -> usize) -> Self {
            (0..length).map(|entry| self[order(entry)]).collect()
        }
    }

    /// Wherever the qubits are, a rank and an index select the entry that the index in the whole state selects.
    #[test]
    fn the_same_entries_are_selected_wherever_the_qubits_are() {
        let (qubits, local) = (6u8, 4u8);
        let selects = vec![(1u8, 0u8), (3, 1), (4, 2), (5, 3)];
        let table = Arc::new((0..16).collect::<Vec<usize>>());
        let original = Arc::new(Placement::new(selects.clone(), vec![0], table, usize::from(qubits)));
        let mut map = QubitMap::identity(qubits, local);
        let mut relocations = vec![Relocations::default(); 4];
        for (a, b) in [(0, 0), (1, 5), (3, 2), (4, 3), (0, 1), (5, 2), (2, 1)] {
            map.trade(a, b);
            for (rank, relocations) in relocations.iter_mut().enumerate() {
                let placement = relocations.get(&original, &map, rank);
                assert!(Arc::ptr_eq(&placement, &relocations.get(&original, &map, rank)));
                assert_eq!(placement.own, [map.position(0)]);
                for index in 0..1usize << local {
                    let whole = rank << local | index;
                    let bit = |qubit: u8| whole >> map.position(qubit) & 1;
                    let expected: usize = selects.iter().map(|&(qubit, entry)| bit(qubit) << entry).sum();
                    let selected = Selected { selection: &placement.selection, offset: 0 };
                    assert_eq!(placement.table[selected.get(index)], expected);
                }
            }
        }
    }

    impl<T> Clone for Relocations<T> {
        fn clone(&self) -> Self {
            Relocations::default()
        }
    }
}
