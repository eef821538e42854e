//! Which sums of shifts with constant coefficients a matrix can be.

use super::Boundary;
use super::diagonals::Diagonals;
use crate::shifts::{Group, Shift, Term};
use num_complex::Complex64;
use qnewton_matrix::{Scalar, SparseMatrix};
use std::collections::BTreeMap;

/// Shifts off the main diagonal.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Pattern {
    /// Disjoint groups of bits.
    pub groups: Vec<Group>,
    /// The shifts with their coefficients; in a symmetric pattern each stands for both directions, the coefficient of the
    /// way back being the conjugate.
    pub shifts: Vec<(Term, Complex64)>,
    /// The first index of the padding, if there is padding: the pattern is then the open or closed one of distance 1.
    pub padding: Option<u64>,
}

impl Pattern {
    fn of_group(group: Group, shifts: Vec<(Term, Complex64)>) -> Self {
        Pattern { groups: vec![group], shifts, padding: None }
    }

    /// Neighbours in the same highest bit share a group; groups must not overlap.
    pub(super) fn of_neighbours(neighbours: &[Neighbours]) -> Option<Pattern> {
        // In a single bit forth and back are the same, if the coefficient is real.
        let is_open = |one: &Neighbours| {
            let long =
                |other: &Neighbours| other.high == one.high && other.high - other.low > 1 && other.open;
            let single = one.high - one.low == 1 && one.value.im == 0.0;
            one.open && (!single || neighbours.iter().any(long))
        };
        let mut lowest: BTreeMap<(u32, bool), u32> = BTreeMap::new();
        for one in neighbours {
            let low = lowest.entry((one.high, is_open(one))).or_insert(one.low);
            *low = one.low.min(*low);
        }
        let keys: Vec<(u32, bool)> = lowest.keys().copied().collect();
        let groups: Vec<Group> = lowest
            .iter()
            .map(|(&(high, open), &low)| Group { bits: low as usize..high as usize, open })
            .collect();
        if groups.windows(2).any(|pair| pair[0].bits.end > pair[1].bits.start) {
            return None;
        }
        let shift = |one: &Neighbours| {
            let group = keys.iter().position(|key| *key == (one.high, is_open(one)))?;
            let distance = 1u64 << (one.low as usize - groups[group].bits.start);
            Some((Term { shift: Shift { group, distance }, back: false }, one.value))
        };
        let shifts = neighbours.iter().map(shift).collect::<Option<Vec<_>>>()?;
        Some(Pattern { groups, shifts, padding: None })
    }
}

fn term(distance: u64, back: bool) -> Term {
    Term { shift: Shift { group: 0, distance }, back }
}

/// Circulant: every diagonal goes on at the other end.
pub(super) fn circulant(diagonals: &Diagonals, symmetric: bool) -> Option<Pattern> {
    let size = diagonals.dimension as i64;
    let mut shifts = Vec::new();
    for &offset in diagonals.off.keys() {
        let other = if offset > 0 { offset - size } else { offset + size };
        let (here, there) = (diagonals.off.get(&offset)?, diagonals.off.get(&other)?);
        if here.count + there.count != diagonals.dimension || !diagonals.agree(here.value, there.value) {
            return None;
        }
        let (forth, back) = (offset > 0 && 2 * offset <= size, offset < 0 && -2 * offset < size);
        if forth || back && !symmetric {
            shifts.push((term(offset.unsigned_abs(), back), here.value));
        }
    }
    Some(Pattern::of_group(Group { bits: 0..diagonals.qubits(), open: false }, shifts))
}

/// Toeplitz: every diagonal is full and ends at the end.
pub(super) fn toeplitz(diagonals: &Diagonals, symmetric: bool) -> Option<Pattern> {
    let mut shifts = Vec::new();
    for (&offset, diagonal) in &diagonals.off {
        if diagonal.count != diagonals.dimension - offset.unsigned_abs() as usize {
            return None;
        }
        if offset > 0 || !symmetric {
            shifts.push((term(offset.unsigned_abs(), offset < 0), diagonal.value));
        }
    }
    Some(Pattern::of_group(Group { bits: 0..diagonals.qubits(), open: true }, shifts))
}

/// Symmetric tridiagonal in the first rows, diagonal in the others: a tridiagonal Toeplitz matrix that was padded.
pub(super) fn padded(diagonals: &Diagonals) -> Option<Pattern> {
    let &[(-1, _), (1, diagonal)] =
        diagonals.off.iter().map(|(k, v)| (*k, *v)).collect::<Vec<_>>().as_slice()
    else {
        return None;
    };
    let from = diagonal.count + 1;
    if from < 2 || from >= diagonals.dimension {
        return None;
    }
    let group = Group { bits: 0..diagonals.qubits(), open: true };
    let shifts = vec![(term(1, false), diagonal.value)];
    Some(Pattern { padding: Some(from as u64), ..Pattern::of_group(group, shifts) })
}

/// The distance 2^low between neighbours in the bits low..high, with open or closed ends.
pub(super) struct Neighbours {
    low: u32,
    high: u32,
    open: bool,
    value: Complex64,
}

impl Neighbours {
    /// Neighbours in some bits.
    pub(super) fn of(bits: std::ops::Range<usize>, boundary: Boundary, value: f64) -> Self {
        let open = boundary == Boundary::Open;
        Neighbours { low: bits.start as u32, high: bits.end as u32, open, value: value.into() }
    }
}

/// Kronecker sums of symmetric tridiagonal Toeplitz or circulant matrices with power-of-two dimensions: neighbours by
/// powers of two within ranges of bits.
///
/// Of N entries below the diagonal, those of neighbours in m bits miss every 2^m-th; closed ends have just those, at a
/// distance of 2^m - 1 neighbours.
pub(super) fn kronecker_sum(diagonals: &Diagonals) -> Option<Pattern> {
    let size = diagonals.dimension;
    let lower = || diagonals.off.iter().filter(|(offset, _)| **offset > 0).map(|(k, v)| (*k as u64, v));
    let exponent = |number: usize| number.is_power_of_two().then(|| number.trailing_zeros());
    let mut neighbours: Vec<Neighbours> = Vec::new();
    for (offset, diagonal) in lower().filter(|(offset, _)| offset.is_power_of_two()) {
        let low = offset.trailing_zeros();
        let missing = exponent(size - diagonal.count)?;
        let high = low + size.trailing_zeros() - missing;
        if high > size.trailing_zeros() || high == low {
            return None;
        }
        neighbours.push(Neighbours { low, high, open: true, value: diagonal.value });
    }
    for (offset, diagonal) in lower().filter(|(offset, _)| !offset.is_power_of_two()) {
        let low = offset.trailing_zeros();
        let high = low + exponent((offset >> low) as usize + 1)?;
        let closed =
            neighbours.iter_mut().find(|known| (known.low, known.high) == (low, high) && known.open)?;
        let full = diagonal.count << (high - low) == size;
        if !full || !diagonals.agree(diagonal.value, closed.value.conj()) {
            return None;
        }
        closed.open = false;
    }
    Pattern::of_neighbours(&neighbours)
}

impl Pattern {
    /// Whether entries off the main diagonal stand nowhere but where the pattern has them; their values and numbers are
    /// those of the pattern already.
    pub(super) fn has_place_for<S: Scalar>(&self, matrix: &SparseMatrix<S>) -> bool {
        let reaches = |from: usize, to: usize| {
            self.shifts.iter().any(|(term, _)| {
                let Group { bits, open } = &self.groups[term.shift.group];
                let mask = ((1usize << bits.len()) - 1) << bits.start;
                let (a, b) = ((from & mask) >> bits.start, (to & mask) >> bits.start);
                let distance = term.shift.distance as usize;
                let arrives =
                    if *open { a + distance == b } else { (a + distance) & (mask >> bits.start) == b };
                let inside = self.padding.is_none_or(|padding| to.max(from) < padding as usize);
                arrives && from & !mask == to & !mask && inside
            })
        };
        matrix
            .iter()
            .filter(|(row, column, _)| row != column)
            .all(|(row, column, _)| reaches(column, row) || reaches(row, column))
    }
}
