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

/// The bits at increasing positions, moved together.
#[derive(Clone, Debug)]
pub(crate) enum Gather {
    /// The positions are consecutive.
    Shift { shift: u32, mask: usize },
    /// One table for the low half of the index, one for the rest.
    Tables { half: u32, low: Vec<usize>, high: Vec<usize> },
}

impl Gather {
    /// Gathers the bits of `mask` from indices below 2^qubits.
    pub(crate) fn new(mask: usize, qubits: usize) -> Self {
        let shift = mask.trailing_zeros().min(usize::BITS - 1);
        let moved = mask >> shift;
        if moved & moved.wrapping_add(1) == 0 {
            return Gather::Shift { shift, mask: moved };
        }
        let half = qubits.div_ceil(2) as u32;
        let table = |mask: usize, bits: usize| (0..1 << bits).map(|index| extract(index, mask)).collect();
        let low_mask = mask & ((1 << half) - 1);
        let low: Vec<usize> = table(low_mask, half as usize);
        let mut high: Vec<usize> = table(mask >> half, qubits - half as usize);
        high.iter_mut().for_each(|value| *value <<= low_mask.count_ones());
        Gather::Tables { half, low, high }
    }

    #[inline(always)]
    pub(crate) fn get(&self, index: usize) -> usize {
        match self {
            Gather::Shift { shift, mask } => (index >> shift) & mask,
            Gather::Tables { half, low, high } => low[index & (low.len() - 1)] | high[index >> half],
        }
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

fn extract(index: usize, mut mask: usize) -> usize {
    let (mut result, mut bit) = (0, 0);
    while mask != 0 {
        result |= (index >> mask.trailing_zeros() & 1) << bit;
        mask &= mask - 1;
        bit += 1;
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gathering_undoes_scattering() {
        for positions in [vec![0u8, 1, 2], vec![3, 4], vec![1, 3, 4, 6], vec![], vec![0, 6], vec![6]] {
            let (gather, scatter) = (Gather::new(mask_of(&positions), 7), Scatter::new(&positions));
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
