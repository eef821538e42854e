//! Moving bits between an index of the state and the value of some of its qubits.

/// A set of qubit positions that must have given values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Condition {
    /// The positions.
    pub(crate) mask: usize,
    /// Their values.
    pub(crate) value: usize,
}

impl Condition {
    /// The same condition and one more position.
    pub(crate) fn and(self, position: u8, on: bool) -> Self {
        let bit = 1usize << position;
        Condition { mask: self.mask | bit, value: self.value | if on { bit } else { 0 } }
    }
}

/// Bits of an index, moved together to the bits of an entry's number.
#[derive(Clone, Debug)]
enum Gather {
    /// Consecutive bits stay consecutive.
    Shift { right: u32, mask: usize, left: u32 },
    /// One table for the low half of the index, one for the rest.
    Tables { half: u32, low: Vec<usize>, high: Vec<usize> },
}

impl Gather {
    /// Bit `from` of an index below 2^qubits goes to bit `to`, for increasing pairs (from, to).
    fn new(pairs: &[(u8, u8)], qubits: usize) -> Self {
        let Some(&(right, left)) = pairs.first() else { return Gather::Shift { right: 0, mask: 0, left: 0 } };
        let consecutive = |(number, &(from, to)): (usize, &(u8, u8))| {
            (usize::from(from - right), usize::from(to - left)) == (number, number)
        };
        if pairs.iter().enumerate().all(consecutive) {
            let mask = (1usize << pairs.len()) - 1;
            return Gather::Shift { right: u32::from(right), mask, left: u32::from(left) };
        }
        let half = qubits.div_ceil(2);
        let table = |first: usize, bits: usize| {
            let mut table = vec![0usize];
            for position in first..first + bits {
                let bit =
                    pairs.iter().find(|pair| usize::from(pair.0) == position).map_or(0, |pair| 1 << pair.1);
                table.extend_from_within(..);
                let len = table.len();
                table[len / 2..].iter_mut().for_each(|entry| *entry |= bit);
            }
            table
        };
        Gather::Tables { half: half as u32, low: table(0, half), high: table(half, qubits - half) }
    }

    #[inline(always)]
    fn get(&self, index: usize) -> usize {
        match self {
            Gather::Shift { right, mask, left } => ((index >> right) & mask) << left,
            Gather::Tables { half, low, high } => low[index & (low.len() - 1)] | high[index >> half],
        }
    }
}

/// Which entry of a table an index of the state selects: the table's qubits are at increasing positions.
#[derive(Clone, Debug)]
pub(crate) struct Selection {
    gather: Gather,
    stretch: Stretch,
}

/// A selection among the entries whose numbers have the bits of `offset`, which no index decides.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Selected<'a> {
    pub(crate) selection: &'a Selection,
    pub(crate) offset: usize,
}

impl Selected<'_> {
    /// The entry that an index selects.
    #[inline(always)]
    pub(crate) fn get(&self, index: usize) -> usize {
        self.selection.gather.get(index) | self.offset
    }

    /// The longest stretches of consecutive indices.
    #[inline(always)]
    pub(crate) fn stretch(&self) -> Stretch {
        self.selection.stretch
    }
}

/// How the selected entry changes along consecutive indices: it counts up, or stays.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stretch {
    /// Number of consecutive indices.
    pub(crate) len: usize,
    /// Whether the entry's number counts up.
    pub(crate) counts: bool,
}

impl Selection {
    /// The qubits at increasing `positions` of a state of `qubits` qubits.
    pub(crate) fn new(positions: &[u8], qubits: usize) -> Self {
        let pairs: Vec<(u8, u8)> = positions.iter().copied().zip(0..).collect();
        Self::of(&pairs, qubits)
    }

    /// The position of each entry bit that an index decides, for increasing pairs (position, entry bit).
    pub(crate) fn of(pairs: &[(u8, u8)], qubits: usize) -> Self {
        let counting = (0..).zip(pairs).take_while(|&(bit, &pair)| pair == (bit, bit)).count();
        let staying = pairs.first().map_or(usize::BITS - 1, |pair| u32::from(pair.0));
        let stretch = if counting > 0 {
            Stretch { len: 1 << counting, counts: true }
        } else {
            Stretch { len: 1 << staying, counts: false }
        };
        Selection { gather: Gather::new(pairs, qubits), stretch }
    }

    /// The entry that an index selects.
    #[inline(always)]
    pub(crate) fn get(&self, index: usize) -> usize {
        self.gather.get(index)
    }
}

/// The bits of a value, moved to given positions.
#[derive(Clone, Debug)]
pub(crate) struct Scatter {
    half: u32,
    low: Vec<usize>,
    high: Vec<usize>,
}

impl Scatter {
    /// Bit i of a value goes to `positions[i]`.
    pub(crate) fn new(positions: &[u8]) -> Self {
        let half = positions.len().div_ceil(2);
        let table = |positions: &[u8]| {
            let mut table = vec![0usize];
            for &position in positions {
                table.extend_from_within(..);
                let len = table.len();
                table[len / 2..].iter_mut().for_each(|entry| *entry |= 1 << position);
            }
            table
        };
        Scatter { half: half as u32, low: table(&positions[..half]), high: table(&positions[half..]) }
    }

    #[inline(always)]
    pub(crate) fn get(&self, value: usize) -> usize {
        self.low[value & (self.low.len() - 1)] | self.high[value >> self.half]
    }
}

/// The mask of some positions.
pub(crate) fn mask_of(positions: &[u8]) -> usize {
    positions.iter().fold(0, |mask, &position| mask | 1 << position)
}

/// How a table over qubits at `positions` is to be read when its qubits are put in increasing order: entry k of
/// the new table is entry `order(k)` of the old one. `None` if they are in increasing order.
pub(crate) fn reorder(positions: &[u8]) -> Option<Scatter> {
    if positions.is_sorted() {
        return None;
    }
    let mut order: Vec<u8> = (0..positions.len() as u8).collect();
    order.sort_by_key(|&bit| positions[bit as usize]);
    Some(Scatter::new(&order))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gathering_undoes_scattering() {
        for positions in [vec![0u8, 1, 2], vec![3, 4], vec![1, 3, 4, 6], vec![], vec![0, 6], vec![6]] {
            let (gather, scatter) = (Selection::new(&positions, 7), Scatter::new(&positions));
            for value in 0..1 << positions.len() {
                let index = scatter.get(value);
                assert_eq!(index & !mask_of(&positions), 0);
                assert_eq!(gather.get(index | (!mask_of(&positions) & 0x7f)), value, "{positions:?}");
            }
        }
    }

    #[test]
    fn reordering_sorts_the_positions() {
        let positions = [5u8, 0, 3];
        let order = reorder(&positions).unwrap();
        let (sorted, original) = (Scatter::new(&[0, 3, 5]), Scatter::new(&positions));
        for k in 0..8 {
            assert_eq!(sorted.get(k), original.get(order.get(k)));
        }
        assert!(reorder(&[0, 3, 5]).is_none());
    }
}
