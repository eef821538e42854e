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
/// A matrix on one qubit is taken in by the matrix on two that follows it there, else by the one before, unless another
/// operation on the qubit comes in between; matrices on the same two qubits become one. What is taken in leaves the
/// phases of its columns to the matrix before, so that products often have the form of [`Turns`](crate::kernels::Turns).
/// Diagonal operations on two qubits touch so few amplitudes that they stay what they are unless a matrix takes them in.
pub(crate) fn fuse<R: Real>(operations: Vec<Resolved<R>>) -> Vec<Resolved<R>> {
    let mut fusion =
        Fusion { items: Vec::with_capacity(operations.len()), last: [None; usize::BITS as usize] };
    for operation in operations {
        let positions: Vec<u8> = bits(operation.targets() | operation.constants()).collect();
        match (matrix(&operation, &positions), &positions[..]) {
            (Some(matrix), &[position]) => fusion.single(matrix, position),
            (Some(matrix), &[a, b]) => fusion.pair(matrix, [a, b], operation),
            _ => fusion.push(&positions, Item::Other(operation)),
        }
    }
    fusion.finish()
}

struct Fusion<R: Real> {
    items: Vec<Item<R>>,
    /// The last item that concerns a position.
    last: [Option<usize>; usize::BITS as usize],
}

impl<R: Real> Fusion<R> {
    fn push(&mut self, positions: &[u8], item: Item<R>) {
        for &position in positions {
            self.last[usize::from(position)] = Some(self.items.len());
        }
        self.items.push(item);
    }

    fn single(&mut self, matrix: Matrix, position: u8) {
        let previous = self.last[usize::from(position)];
        match previous.map(|index| &mut self.items[index]) {
            Some(Item::Single(single)) => single.matrix = multiply(&matrix, &single.matrix, 2),
            _ => self.push(&[position], Item::Single(Single { position, matrix, previous })),
        }
    }

    fn pair(&mut self, matrix: Matrix, positions: [u8; 2], operation: Resolved<R>) {
        // What was there before the matrices on one qubit.
        let before = positions.map(|position| match self.last[usize::from(position)] {
            Some(index) => match &self.items[index] {
                Item::Single(single) => single.previous,
                _ => Some(index),
            },
            None => None,
        });
        let same = before[0]
            .filter(|_| before[0] == before[1])
            .filter(|&index| matches!(&self.items[index], Item::Pair(pair) if pair.positions == positions));
        if same.is_none() && operation.targets() == 0 {
            self.push(&positions, Item::Other(operation));
            return;
        }
        let mut product = matrix;
        for (position, before) in positions.into_iter().zip(before) {
            let Some(index) = self.last[usize::from(position)] else { continue };
            let Item::Single(single) = &self.items[index] else { continue };
            let mut first = single.matrix;
            self.items[index] = Item::Gone;
            if same.is_none()
                && let Some(Item::Pair(pair)) = before.map(|index| &mut self.items[index])
            {
                let (rest, phases) = without_column_phases(&first);
                first = rest;
                pair.follow(&phases, position);
            }
            product = multiply(&product, &spread(&first, &[position], &positions), 4);
        }
        match same.map(|index| (index, &mut self.items[index])) {
            Some((index, Item::Pair(pair))) => {
                pair.matrix = multiply(&product, &pair.matrix, 4);
                self.last[usize::from(positions[0])] = Some(index);
                self.last[usize::from(positions[1])] = Some(index);
            }
            _ => self.push(&positions, Item::Pair(Pair { positions, matrix: product })),
        }
    }

    fn finish(mut self) -> Vec<Resolved<R>> {
        for index in 0..self.items.len() {
            if let Item::Single(single) = &self.items[index]
                && let &Single { position, matrix, previous: Some(previous) } = single
                && let Item::Pair(pair) = &mut self.items[previous]
            {
                pair.follow(&matrix, position);
                self.items[index] = Item::Gone;
            }
        }
        let mut fused = Vec::with_capacity(self.items.len());
        for item in self.items {
            match item {
                Item::Gone => {}
                Item::Other(operation) => fused.push(operation),
                Item::Single(single) => emit(&single.matrix[..4], &[single.position], &mut fused),
                Item::Pair(pair) => emit(&pair.matrix, &pair.positions, &mut fused),
            }
        }
        fused
    }
}

enum Item<R: Real> {
    Single(Single),
    Pair(Pair),
    Other(Resolved<R>),
    /// Taken in by another.
    Gone,
}

/// A matrix on one qubit.
struct Single {
    position: u8,
    matrix: Matrix,
    /// The item that concerned the position before.
    previous: Option<usize>,
}

/// A matrix on two qubits.
struct Pair {
    positions: [u8; 2],
    matrix: Matrix,
}

impl Pair {
    /// Takes in a matrix on one of its qubits that follows.
    fn follow(&mut self, matrix: &Matrix, position: u8) {
        self.matrix = multiply(&spread(matrix, &[position], &self.positions), &self.matrix, 4);
    }
}

/// A matrix on one qubit as the product of one and, before it, phases of |1>, so that every row of the former is a
/// phase times real numbers if the matrix is unitary.
fn without_column_phases(matrix: &Matrix) -> (Matrix, Matrix) {
    let turn = matrix[0].conj() * matrix[1];
    let phase = if turn.is_zero() { Complex64::new(1.0, 0.0) } else { turn / turn.norm() };
    let (mut rest, mut phases) = (*matrix, [Complex64::zero(); 16]);
    rest[1] *= phase.conj();
    rest[3] *= phase.conj();
    (phases[0], phases[3]) = (Complex64::new(1.0, 0.0), phase);
    (rest, phases)
}

/// Diagonal entries as phases, everything else as a matrix.
fn emit<R: Real>(entries: &[Complex64], positions: &[u8], fused: &mut Vec<Resolved<R>>) {
    let size = 1usize << positions.len();
    let diagonal = (0..size * size).all(|entry| entry / size == entry % size || entries[entry].is_zero());
    if diagonal {
        for value in 0..size {
            let condition = (0..).zip(positions).fold(Condition::default(), |condition, (bit, &position)| {
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
            ResolvedAction::Single { target: positions[0], operator: Operator::new([a, b, c, d]) }
        }
        _ => ResolvedAction::Matrix { targets: positions.into(), entries: entries.into() },
    };
    fused.push(Resolved { condition: Condition::default(), action });
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Direct, Engine};
    use crate::kernels::Turns;
    use crate::simd::Instructions;
    use proptest::prelude::*;
    use qnewton_circuit::Gate;
    use rand::{RngExt, SeedableRng};
    use rand_pcg::Pcg64;

    fn single(target: u8, random: &mut Pcg64) -> Resolved<f64> {
        let angles: [f64; 3] = std::array::from_fn(|_| random.random_range(0.0..6.0));
        let operator = Operator::new(Gate::U.matrix(&angles).unwrap());
        Resolved { condition: Condition::default(), action: ResolvedAction::Single { target, operator } }
    }

    fn controlled_flip(control: u8, target: u8) -> Resolved<f64> {
        let action = ResolvedAction::Single { target, operator: Operator::Flip };
        Resolved { condition: Condition::default().and(control, true), action }
    }

    fn any(qubits: u8, random: &mut Pcg64) -> Resolved<f64> {
        let a = random.random_range(0..qubits);
        let b = (a + random.random_range(1..qubits)) % qubits;
        match random.random_range(0..8) {
            0..3 => single(a, random),
            3 | 4 => controlled_flip(a, b),
            5 => Resolved { condition: Condition::default(), action: ResolvedAction::Swap([a, b]) },
            6 => {
                let factor = Complex64::from_polar(1.0, random.random_range(0.0..6.0));
                let condition = Condition::default().and(a, true).and(b, random.random());
                Resolved { condition, action: ResolvedAction::Scale(factor) }
            }
            _ => {
                let action =
                    ResolvedAction::RotateXx { targets: [a, b], angle: random.random_range(0.0..6.0) };
                let other = (0..qubits).find(|&other| other != a && other != b).unwrap();
                Resolved { condition: Condition::default().and(other, true), action }
            }
        }
    }

    fn run(operations: Vec<Resolved<f64>>, amplitudes: &[Complex64]) -> Vec<Complex64> {
        let mut amplitudes = amplitudes.to_vec();
        let mut engine = Direct::new(&mut amplitudes, Instructions::best());
        operations.into_iter().for_each(|operation| engine.push(operation));
        amplitudes
    }

    proptest! {
        #[test]
        fn fused_operations_do_the_same(seed: u64, length in 0..40usize) {
            let mut random = Pcg64::seed_from_u64(seed);
            let operations: Vec<_> = (0..length).map(|_| any(6, &mut random)).collect();
            let mut number = || random.random_range(-1.0..1.0);
            let amplitudes: Vec<Complex64> = (0..1 << 6).map(|_| Complex64::new(number(), number())).collect();
            let expected = run(operations.clone(), &amplitudes);
            let found = run(fuse(operations), &amplitudes);
            for (found, expected) in found.iter().zip(&expected) {
                prop_assert!((found - expected).norm() < 1e-13);
            }
        }
    }

    #[test]
    fn matrices_are_turns_but_for_the_first_and_last_on_a_qubit() {
        let mut random = Pcg64::seed_from_u64(1);
        let mut operations = Vec::new();
        for layer in 0..10 {
            operations.extend((4..12).map(|target| single(target, &mut random)));
            for k in 0..4 {
                let (a, b) = (4 + (2 * k + layer) % 8, 4 + (2 * k + 1 + layer) % 8);
                operations.push(controlled_flip(a, b));
            }
        }
        let fused = fuse(operations);
        assert_eq!(fused.len(), 40);
        let turns = |operation: &Resolved<f64>| match &operation.action {
            ResolvedAction::Matrix { targets, entries } => Turns::<f64>::new(
                Instructions::best(),
                [targets[0], targets[1]],
                entries,
                operation.condition,
            )
            .is_some(),
            _ => false,
        };
        assert_eq!(fused.iter().filter(|operation| turns(operation)).count(), 36);
    }
}
