//! Real quantum Shannon decomposition: rotations of 2^n dimensions as gates.
//!
//! The scheme of Shende, Bullock, Markov (quant-ph/0406176), but inside SO(2^n) all the way down, where N (N - 1) / 2
//! angles are to be found rather than N^2. A cosine-sine decomposition leaves direct sums, selected by the top qubit,
//! and a multiplexed Y rotation. A direct sum B0 + B1 has B0 B1^T = X R^2 X^T, R rotations of planes, so it is
//! (1 (x) X) (R + R^T) (1 (x) Y). The bottom are direct sums in SO(4), pairs of multiplexed single-qubit gates in the
//! magic basis, in which R is a pair of multiplexed Z rotations.
//!
//! Three things are absorbed into matrices that are still to be factored: the last `cx` of every multiplexed
//! rotation; the changes to and from the magic basis between R and its neighbours, which cancel; and what a
//! multiplexed gate of the bottom lacks if it is written with one `cx` in place of two, a rotation of the same planes.
//! That takes s(n) `cx`, s(1) = 0, s(2) = 2, s(3) = 15, and s(n) = 4 s(n-1) + 2^n - 5 from there: 71 for n = 4, 311
//! for n = 5.

use super::cosine_sine::{CosineSine, cosine_sine};
use super::invariant_planes::invariant_planes;
use super::product::{End, Product};
use super::special_unitary::SpecialUnitary;
use super::two_qubit::{
    HIGH, LOW, enter_magic_basis, leave_magic_basis, multiplexed_gate, open_multiplexed_gate, pair_of,
};
use ndarray::{Array2, Axis as Direction, s};
use qnewton_circuit::Axis;
use qnewton_matrix::DecompositionError;
use std::f64::consts::FRAC_PI_2;

/// The bottom is a direct sum selected by this qubit.
const BOTTOM: usize = 2;

/// The gates of a rotation of 2^qubits dimensions, an orthogonal matrix of determinant 1; without a matrix, as many
/// gates with arbitrary angles.
pub(crate) fn rotation(qubits: usize, matrix: Option<Array2<f64>>) -> Result<Product, DecompositionError> {
    let mut product = Product::new(qubits);
    match qubits {
        0 => {}
        1 => {
            let angle = matrix.map_or(0.0, |matrix| 2.0 * matrix[(1, 0)].atan2(matrix[(0, 0)]));
            product.single(LOW, SpecialUnitary::rotation(Axis::Y, angle));
        }
        2 => {
            let [high, low] = matrix.map_or([SpecialUnitary::IDENTITY; 2], |matrix| pair_of(matrix.view()));
            leave_magic_basis(&mut product);
            product.single(HIGH, high);
            product.single(LOW, low);
            enter_magic_basis(&mut product);
        }
        _ => {
            factor(&mut product, qubits, matrix, Frame::Computational, Frame::Computational)?;
        }
    }
    Ok(product)
}

/// The basis of the two lowest qubits at one end of a factor. A factor whose right end is in the magic basis may lack
/// what [`Leftover`] says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Frame {
    Computational,
    Magic,
}

/// What is missing on the right of a product: Z rotations, in the magic basis, where qubit [`BOTTOM`] is 1.
#[derive(Clone, Copy, Default)]
struct Leftover {
    high: f64,
    low: f64,
}

/// Multiplies by a rotation of the lowest `qubits`, 3 or more.
fn factor(
    product: &mut Product,
    qubits: usize,
    matrix: Option<Array2<f64>>,
    left_end: Frame,
    right_end: Frame,
) -> Result<Leftover, DecompositionError> {
    let top = qubits - 1;
    let half = 1 << top;
    let (left, angles, right) = match matrix.as_ref().map(cosine_sine).transpose()? {
        Some(CosineSine { left, angles, mut right }) => {
            // The controlled Z of the qubit below the top on the top one closes the multiplexed rotation.
            right[1].slice_mut(s![half / 2.., ..]).mapv_inplace(|entry| -entry);
            (Some(left), angles, Some(right))
        }
        None => (None, vec![0.0; half], None),
    };
    direct_sum(product, top, left, left_end, Frame::Computational)?;
    // Between quarter turns the controlled X of the walk are controlled Z.
    product.single(top, SpecialUnitary::rotation(Axis::Y, -FRAC_PI_2));
    let selects: Vec<usize> = (0..top).collect();
    let doubled = angles.into_iter().map(|angle| 2.0 * angle).collect();
    product.open_multiplexed_rotation(Axis::Y, &selects, top, doubled, End::Right);
    product.single(top, SpecialUnitary::rotation(Axis::Y, FRAC_PI_2));
    direct_sum(product, top, right, Frame::Computational, right_end)
}

/// Multiplies by a direct sum of rotations of the qubits below `select`, which is at least [`BOTTOM`].
fn direct_sum(
    product: &mut Product,
    select: usize,
    blocks: Option<[Array2<f64>; 2]>,
    left_end: Frame,
    right_end: Frame,
) -> Result<Leftover, DecompositionError> {
    if select == BOTTOM {
        return Ok(bottom(product, blocks, left_end, right_end));
    }
    let count = 1 << (select - 1);
    let (left, angles, right) = match blocks {
        Some([first, second]) => {
            let planes = invariant_planes(&first.dot(&second.t()))?;
            let angles: Vec<f64> = planes.angles.iter().map(|angle| angle / 2.0).collect();
            let mut right = planes.basis.t().dot(&first);
            turn_planes(&mut right, |plane| -angles[plane]);
            (Some(planes.basis), angles, Some(right))
        }
        None => (None, vec![0.0; count], None),
    };
    let leftover = factor(product, select, left, left_end, Frame::Magic)?;
    // The plane's number has the high qubit of the pair as its lowest bit: sums and differences over that qubit turn
    // the low and the high one.
    let selects: Vec<usize> = (BOTTOM..select).collect();
    for (target, sign) in [(LOW, 1.0), (HIGH, -1.0)] {
        let rotations = angles.chunks_exact(2).map(|pair| pair[0] + sign * pair[1]).collect();
        product.controlled_x(select, target);
        product.open_multiplexed_rotation(Axis::Z, &selects, target, rotations, End::Right);
        product.controlled_x(select, target);
    }
    let right = right.map(|mut right| {
        turn_planes(&mut right, |plane| match plane >> 1 & 1 {
            0 => 0.0,
            _ if plane & 1 == 0 => (leftover.low + leftover.high) / 2.0,
            _ => (leftover.low - leftover.high) / 2.0,
        });
        // The controlled X of the qubit below the select on both qubits of the pair close the rotations. In the
        // computational basis they are one controlled X on the low qubit.
        let half = right.nrows() / 2;
        for pair in half / 2..half {
            let (mut even, mut odd) = right.multi_slice_mut((s![2 * pair, ..], s![2 * pair + 1, ..]));
            even.iter_mut().zip(&mut odd).for_each(|(even, odd)| std::mem::swap(even, odd));
        }
        right
    });
    factor(product, select, right, Frame::Magic, right_end)
}

/// Multiplies by a direct sum in SO(4), selected by qubit [`BOTTOM`].
fn bottom(
    product: &mut Product,
    blocks: Option<[Array2<f64>; 2]>,
    left_end: Frame,
    right_end: Frame,
) -> Leftover {
    let [first, second] =
        blocks.map_or([[SpecialUnitary::IDENTITY; 2]; 2], |blocks| blocks.map(|block| pair_of(block.view())));
    if left_end == Frame::Computational {
        leave_magic_basis(product);
    }
    let (high, low) = ([first[0], second[0]], [first[1], second[1]]);
    if right_end == Frame::Magic {
        // The factors i and -i cancel.
        return Leftover {
            high: open_multiplexed_gate(product, BOTTOM, HIGH, high, 1.0),
            low: open_multiplexed_gate(product, BOTTOM, LOW, low, -1.0),
        };
    }
    multiplexed_gate(product, BOTTOM, HIGH, high);
    multiplexed_gate(product, BOTTOM, LOW, low);
    enter_magic_basis(product);
    Leftover::default()
}

/// Turns rows 2k and 2k + 1 by the angle of plane k.
fn turn_planes(matrix: &mut Array2<f64>, angle: impl Fn(usize) -> f64) {
    for (plane, mut rows) in matrix.axis_chunks_iter_mut(Direction(0), 2).enumerate() {
        let (sine, cosine) = angle(plane).sin_cos();
        for mut column in rows.columns_mut() {
            let (x, y) = (column[0], column[1]);
            (column[0], column[1]) = (cosine * x - sine * y, sine * x + cosine * y);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::reflections::tests::rotations;
    use super::*;
    use proptest::prelude::*;
    use qnewton_circuit::{Circuit, Definition, Gate, QubitId, count};
    use qnewton_statevector::unitary;

    fn circuit(qubits: usize, matrix: Option<Array2<f64>>) -> Circuit {
        let mut definition = Definition::new("rotation");
        let operands: Vec<QubitId> = definition.add_register("system", qubits).qubits().collect();
        rotation(qubits, matrix).unwrap().append_to(&mut definition, &operands);
        let mut circuit = Circuit::new();
        circuit.add(definition);
        circuit
    }

    fn check(matrix: &Array2<f64>) {
        let qubits = matrix.nrows().trailing_zeros() as usize;
        let columns = unitary(&circuit(qubits, Some(matrix.clone()))).unwrap();
        for ((row, column), entry) in matrix.indexed_iter() {
            let off = (columns[column][row] - entry).norm();
            assert!(off < 1e-14 * matrix.nrows() as f64, "{off}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_gates_multiply_to_the_matrix(matrix in (1usize..=5).prop_flat_map(|n| rotations(1 << n))) {
            check(&matrix);
        }

        #[test]
        fn the_number_of_gates_depends_on_the_dimension_only(
            matrix in (1usize..=5).prop_flat_map(|n| rotations(1 << n))
        ) {
            let qubits = matrix.nrows().trailing_zeros() as usize;
            let counts = |matrix| count(&circuit(qubits, matrix)).unwrap();
            prop_assert_eq!(counts(Some(matrix)), counts(None));
        }
    }

    #[test]
    fn the_number_of_controlled_x_is_the_documented_one() {
        let counted = |qubits| count(&circuit(qubits, None)).unwrap().gate(Gate::Cx);
        assert_eq!([1, 2, 3, 4, 5].map(counted), [0, 2, 15, 71, 311]);
        for qubits in 4..=9 {
            assert_eq!(counted(qubits), 4 * counted(qubits - 1) + (1 << qubits) - 5);
        }
    }

    #[test]
    fn the_identity_and_reversals_of_many_qubits_are_factored() {
        for qubits in 1..=7 {
            check(&Array2::eye(1 << qubits));
        }
        let reversal = Array2::from_shape_fn((128, 128), |(i, j)| f64::from(u8::from(i + j == 127)));
        check(&reversal);
    }
}
