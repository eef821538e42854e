//! Small operations that follow one another on the same one or two qubits become one matrix.

use crate::bits::Condition;
use crate::kernels::{Operator, rotation_xx_matrix, swap_matrix};
use crate::real::Real;
use crate::resolved::{Resolved, ResolvedAction};
use num_complex::Complex64;
use num_traits::Zero;

/// Qubits of a matrix: on more of them a product costs more than its factors do within the cache.
const TARGETS: usize = 2;

type Matrix = [Complex64; 16];

/// The same operations with fewer passes, in an order with the same product.
///
/// A matrix takes in what follows it on its own qubits, and a matrix on two qubits what preceded it on either,
/// unless another operation on these qubits came in between. Diagonal operations on two qubits touch so few
/// amplitudes that they stay what they are unless a matrix takes them in.
pub(crate) fn fuse<R: Real>(operations: Vec<Resolved<R>>) -> Vec<Resolved<R>> {
    let mut items: Vec<Item<R>> = Vec::with_capacity(operations.len());
    // The last item that concerns a position.
    let mut last = [None; usize::BITS as usize];
    for operation in operations {
        let concerned = operation.targets() | operation.constants();
        let positions: Vec<u8> = bits(concerned).collect();
        let at = |position: u8| -> Option<usize> { last[usize::from(position)] };
        let Some(matrix) = matrix(&operation, &positions) else {
            for &position in &positions {
                last[usize::from(position)] = Some(items.len());
            }
            items.push(Item::Other(operation));
            continue;
        };
        let same = positions.windows(2).all(|pair| at(pair[0]) == at(pair[1]));
        if let Some(index) = at(positions[0]).filter(|_| same)
            && let Item::Group(group) = &mut items[index]
            && positions.iter().all(|position| group.positions.contains(position))
        {
            group.matrix =
                multiply(&spread(&matrix, &positions, &group.positions), &group.matrix, group.size());
            continue;
        }
        if positions.len() == TARGETS && operation.targets() == 0 {
            for &position in &positions {
                last[usize::from(position)] = Some(items.len());
            }
            items.push(Item::Other(operation));
            continue;
        }
        let mut group = Group { positions: positions.clone(), matrix };
        for &position in &positions {
            if let Some(index) = last[usize::from(position)]
                && let Item::Group(before) = &items[index]
                && before.positions == [position]
            {
                let first = spread(&before.matrix, &[position], &positions);
                group.matrix = multiply(&group.matrix, &first, group.size());
                items[index] = Item::Gone;
            }
            last[usize::from(position)] = Some(items.len());
        }
        items.push(Item::Group(group));
    }
    let mut fused = Vec::with_capacity(items.len());
    for item in items {
        match item {
            Item::Gone => {}
            Item::Other(operation) => fused.push(operation),
            Item::Group(group) => group.emit(&mut fused),
        }
    }
    fused
}

enum Item<R: Real> {
    Group(Group),
    Other(Resolved<R>),
    /// Taken in by another.
    Gone,
}

struct Group {
    positions: Vec<u8>,
    matrix: Matrix,
}

impl Group {
    fn size(&self) -> usize {
        1 << self.positions.len()
    }

    /// Diagonal entries as phases, everything else as a matrix.
    fn emit<R: Real>(self, fused: &mut Vec<Resolved<R>>) {
        let size = self.size();
        let entries = &self.matrix[..size * size];
        let diagonal = (0..size * size).all(|entry| entry / size == entry % size || entries[entry].is_zero());
        if diagonal {
            for value in 0..size {
                let condition =
                    (0..).zip(&self.positions).fold(Condition::default(), |condition, (bit, &position)| {
                        condition.and(position, value >> bit & 1 == 1)
                    });
                let factor = entries[value * (size + 1)];
                if factor != Complex64::new(1.0, 0.0) {
                    fused.push(Resolved { condition, action: ResolvedAction::Scale(factor) });
                }
            }
            return;
        }
        let action = match *entries {
            [a, b, c, d] => {
                ResolvedAction::Single { target: self.positions[0], operator: Operator::new([a, b, c, d]) }
            }
            _ => ResolvedAction::Matrix { targets: self.positions.into(), entries: entries.into() },
        };
        fused.push(Resolved { condition: Condition::default(), action });
    }
}

/// The matrix of an operation over the positions it concerns, if they are few; controls included.
fn matrix<R: Real>(operation: &Resolved<R>, positions: &[u8]) -> Option<Matrix> {
    if positions.is_empty() || positions.len() > TARGETS {
        return None;
    }
    let (targets, entries): (Vec<u8>, Vec<Complex64>) = match &operation.action {
        ResolvedAction::Scale(factor) => (Vec::new(), vec![*factor]),
        ResolvedAction::Single { target, operator } => (vec![*target], operator.matrix().to_vec()),
        ResolvedAction::Swap(targets) => (targets.to_vec(), swap_matrix().to_vec()),
        ResolvedAction::RotateXx { targets, angle } => {
            (targets.to_vec(), rotation_xx_matrix(*angle).to_vec())
        }
        ResolvedAction::Matrix { targets, entries } => (targets.to_vec(), entries.to_vec()),
        _ => return None,
    };
    let size = 1usize << positions.len();
    let bit = |position: u8| positions.iter().position(|&other| other == position).unwrap_or(0);
    let gather = |value: usize| {
        (0..).zip(&targets).fold(0, |sum, (place, &target)| sum | (value >> bit(target) & 1) << place)
    };
    let own = targets.iter().fold(0, |mask, &target| mask | 1usize << bit(target));
    let holds = |value: usize| {
        bits(operation.condition.mask)
            .all(|position| value >> bit(position) & 1 == operation.condition.value >> position & 1)
    };
    let mut result = [Complex64::zero(); 16];
    for row in 0..size {
        for column in 0..size {
            let entry = if (row ^ column) & !own != 0 {
                Complex64::zero()
            } else if holds(row) {
                entries[gather(row) << targets.len() | gather(column)]
            } else {
                Complex64::new(if row == column { 1.0 } else { 0.0 }, 0.0)
            };
            result[row * size + column] = entry;
        }
    }
    Some(result)
}

/// A matrix over `from` as one over `to`, of which these are some.
fn spread(matrix: &Matrix, from: &[u8], to: &[u8]) -> Matrix {
    let places: Vec<usize> =
        from.iter().map(|position| to.iter().position(|other| other == position).unwrap_or(0)).collect();
    let own = places.iter().fold(0, |mask, place| mask | 1usize << place);
    let gather =
        |value: usize| (0..).zip(&places).fold(0, |sum, (bit, place)| sum | (value >> place & 1) << bit);
    let (size, small) = (1usize << to.len(), 1usize << from.len());
    let mut result = [Complex64::zero(); 16];
    for row in 0..size {
        for column in (0..size).filter(|column| (row ^ column) & !own == 0) {
            result[row * size + column] = matrix[gather(row) * small + gather(column)];
        }
    }
    result
}

fn multiply(left: &Matrix, right: &Matrix, size: usize) -> Matrix {
    let mut result = [Complex64::zero(); 16];
    for row in 0..size {
        for column in 0..size {
            result[row * size + column] =
                (0..size).map(|k| left[row * size + k] * right[k * size + column]).sum();
        }
    }
    result
}

/// The positions of a mask in increasing order.
fn bits(mut mask: usize) -> impl Iterator<Item = u8> {
    std::iter::from_fn(move || {
        let lowest = (mask != 0).then(|| mask.trailing_zeros() as u8);
        mask &= mask.wrapping_sub(1);
        lowest
    })
}
