//! SO(4) as SU(2) x SU(2): two-qubit rotations in the magic basis, alone and multiplexed.
//!
//! M = CX(1 -> 0) (Rz(-pi/2) (x) Rx(pi/2)), qubits numbered from the left, makes M O M^-1 a pair of single-qubit
//! gates for O in SO(4) (Makhlin, quant-ph/0002045; Vatan, Williams, quant-ph/0308006 choose another M). It takes -i
//! Z (x) 1 and -i 1 (x) Z from Z (x) J and 1 (x) J, J = (0, -1; 1, 0): rotations of the planes of the basis states
//! (0, 1) and (2, 3) become Z rotations.

use super::product::Product;
use super::special_unitary::SpecialUnitary;
use ndarray::ArrayView2;
use qnewton_circuit::Axis;
use std::f64::consts::FRAC_PI_2;

/// The qubits of a pair by their significance.
pub(super) const HIGH: usize = 1;
pub(super) const LOW: usize = 0;

/// Real matrices that M takes to the quaternion units of the left qubit, each with its place and sign in every row:
/// row r has the entry `sign` in column r ^ flip.
const LEFT: [Unit; 4] = [
    Unit { flip: 0, signs: [1.0, 1.0, 1.0, 1.0] },
    Unit { flip: 2, signs: [-1.0, -1.0, 1.0, 1.0] },
    Unit { flip: 3, signs: [1.0, -1.0, 1.0, -1.0] },
    Unit { flip: 1, signs: [-1.0, 1.0, 1.0, -1.0] },
];

/// The same for the right qubit.
const RIGHT: [Unit; 4] = [
    Unit { flip: 0, signs: [1.0, 1.0, 1.0, 1.0] },
    Unit { flip: 3, signs: [-1.0, -1.0, 1.0, 1.0] },
    Unit { flip: 2, signs: [1.0, -1.0, -1.0, 1.0] },
    Unit { flip: 1, signs: [-1.0, 1.0, -1.0, 1.0] },
];

struct Unit {
    flip: usize,
    signs: [f64; 4],
}

/// The gates of the high and the low qubit whose product is M O M^-1, for a 4 x 4 matrix O of determinant 1.
pub(super) fn pair_of(matrix: ArrayView2<f64>) -> [SpecialUnitary; 2] {
    // The coefficients of O in the products of units, tr(unit^T O) / 4, are those of one gate times those of the
    // other.
    let mut coefficients = [[0.0; 4]; 4];
    for (row, left) in coefficients.iter_mut().zip(&LEFT) {
        for (coefficient, right) in row.iter_mut().zip(&RIGHT) {
            *coefficient = (0..4)
                .map(|k| left.signs[k] * right.signs[k ^ left.flip] * matrix[(k, k ^ left.flip ^ right.flip)])
                .sum();
        }
    }
    let square = |row: &[f64; 4]| row.iter().map(|entry| entry * entry).sum::<f64>();
    let largest =
        (0..4).max_by(|&a, &b| square(&coefficients[a]).total_cmp(&square(&coefficients[b]))).unwrap_or(0);
    let low = SpecialUnitary::from_direction(coefficients[largest]);
    let project = |row: [f64; 4]| row[0] * low.w + row[1] * low.x + row[2] * low.y + row[3] * low.z;
    [SpecialUnitary::from_direction(coefficients.map(project)), low]
}

/// Multiplies by M.
pub(super) fn enter_magic_basis(product: &mut Product) {
    product.controlled_x(LOW, HIGH);
    product.single(HIGH, SpecialUnitary::rotation(Axis::Z, -FRAC_PI_2));
    product.single(LOW, SpecialUnitary::rotation(Axis::X, FRAC_PI_2));
}

/// Multiplies by M^-1.
pub(super) fn leave_magic_basis(product: &mut Product) {
    product.single(HIGH, SpecialUnitary::rotation(Axis::Z, FRAC_PI_2));
    product.single(LOW, SpecialUnitary::rotation(Axis::X, -FRAC_PI_2));
    product.controlled_x(LOW, HIGH);
}

/// Multiplies by gates\[s\] on `target`, s the value of `select`: two `cx`.
pub(super) fn multiplexed_gate(
    product: &mut Product,
    select: usize,
    target: usize,
    gates: [SpecialUnitary; 2],
) {
    // gates[0] gates[1]^-1 = turn R^2 turn^-1, R a rotation about Z that X inverts.
    let ratio = gates[0] * gates[1].inverse();
    let sine = (ratio.x * ratio.x + ratio.y * ratio.y + ratio.z * ratio.z).sqrt();
    let axis = SpecialUnitary::from_direction([0.0, ratio.x, ratio.y, ratio.z]);
    let turn = match sine > 0.0 {
        true => SpecialUnitary::between([0.0, 0.0, 1.0], [axis.x, axis.y, axis.z]),
        false => SpecialUnitary::IDENTITY,
    };
    let half = SpecialUnitary::rotation(Axis::Z, sine.atan2(ratio.w));
    product.single(target, turn);
    product.controlled_x(select, target);
    product.single(target, half);
    product.controlled_x(select, target);
    product.single(target, half.inverse() * turn.inverse() * gates[0]);
}

/// Multiplies by gates\[s\] on `target`, s the value of `select`, up to a factor that is returned: one `cx`.
///
/// What is missing on the right is, where the select is 1, sign i times the rotation about Z by the angle returned.
pub(super) fn open_multiplexed_gate(
    product: &mut Product,
    select: usize,
    target: usize,
    gates: [SpecialUnitary; 2],
    sign: f64,
) -> f64 {
    // gates[1] Rz(-angle) gates[0]^-1 is traceless for one angle, so it is turn (sign i X) turn^-1
    // (Bergholm et al., quant-ph/0410066).
    let quotient = gates[0].inverse() * gates[1];
    let angle = -2.0 * quotient.w.atan2(quotient.z);
    let half_turn = gates[1] * SpecialUnitary::rotation(Axis::Z, -angle) * gates[0].inverse();
    let axis = SpecialUnitary::from_direction([0.0, half_turn.x, half_turn.y, half_turn.z]);
    let turn = SpecialUnitary::between([-sign, 0.0, 0.0], [axis.x, axis.y, axis.z]);
    product.single(target, turn);
    product.controlled_x(select, target);
    product.single(target, turn.inverse() * gates[0]);
    angle
}
