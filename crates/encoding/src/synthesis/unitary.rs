//! Quantum Shannon decomposition of unitary matrices up to phases of the basis states, by blocks A, H B H, C.
//!
//! U = (A0 + A1) (H (x) 1) (1 + B) (H (x) 1) (1 + C), + the direct sum and H on the top qubit, where U has no sines
//! and cosines to find but polar decompositions of two blocks (De Vos, De Baerdemacker, arXiv 1512.07240). A direct
//! sum is (1 (x) V) (D + D^dagger) (1 (x) W), D diagonal: a multiplexed Z rotation of the top qubit. The inner
//! factors of the outer sums belong to the middle one, and so do the last `cx` of the outer rotations, which the
//! Hadamard gates turn into controlled Z (Krol, Al-Ars, arXiv 2403.13692). At the bottom every two-qubit gate passes
//! phases of the basis states on to its right neighbour, which saves one `cx` of three (Shende, Bullock, Markov,
//! quant-ph/0406176); those of the last are left to the caller. That takes s(n) `cx`, s(1) = 0, s(2) = 2 and
//! s(n) = 4 s(n-1) + 3 2^(n-1) - 2: 18 for n = 3, 94 for n = 4.

use super::canonical::Canonical;
use super::eigenphases::eigenphases;
use super::product::{End, Product};
use super::special_unitary::SpecialUnitary;
use super::two_qubit::LOW;
use ndarray::{Array2, s};
use num_complex::Complex64;
use qnewton_circuit::Axis;
use qnewton_matrix::{DecompositionError, SingularValueDecomposition, complex_singular_value_decomposition};

/// Phases of the basis states, which depend on the lowest two qubits only: state k has the entry k mod 4.
pub(crate) type Phases = [Complex64; 4];

/// The gates of a unitary matrix of 2^qubits dimensions, and the phases that are to be multiplied from the right;
/// without a matrix, as many gates with arbitrary angles.
pub(crate) fn unitary(
    qubits: usize,
    matrix: Option<Array2<Complex64>>,
) -> Result<(Product, Phases), DecompositionError> {
    let mut product = Product::new(qubits);
    let phases = factor(&mut product, qubits, matrix)?;
    Ok((product, phases))
}

/// Multiplies by a matrix on the lowest `qubits`, up to phases.
fn factor(
    product: &mut Product,
    qubits: usize,
    matrix: Option<Array2<Complex64>>,
) -> Result<Phases, DecompositionError> {
    match qubits {
        0 => return Ok([matrix.map_or(Complex64::ONE, |matrix| matrix[(0, 0)]); 4]),
        1 => return Ok(single(product, matrix)),
        2 => {
            let canonical = matrix.as_ref().map(Canonical::of).unwrap_or_default();
            canonical.append_to(product);
            return Ok(canonical.phases());
        }
        _ => {}
    }
    let top = qubits - 1;
    let Blocks { first, middle, last } = Blocks::of(matrix.as_ref())?;
    let first = DirectSum::of(top, first)?;
    let last = DirectSum::of(top, last)?;

    let passed = factor(product, top, first.left)?;
    rotate_top(product, top, first.angles, End::Right);
    product.single(top, HADAMARD);
    let middle = match (first.right, middle, &last.left) {
        (Some(before), Some(middle), Some(after)) => {
            let before = multiply_phases(passed, before);
            let upper = before.dot(after);
            let mut lower = before.dot(&middle).dot(after);
            // The controlled Z of the qubit below the top on either side.
            let half = lower.nrows() / 2;
            lower.slice_mut(s![half.., ..half]).mapv_inplace(|entry| -entry);
            lower.slice_mut(s![..half, half..]).mapv_inplace(|entry| -entry);
            Some([upper, lower])
        }
        _ => None,
    };
    let middle = DirectSum::of(top, middle)?;
    let passed = factor(product, top, middle.left)?;
    rotate_top(product, top, middle.angles, End::Right);
    product.controlled_x(top - 1, top);
    let passed = factor(product, top, middle.right.map(|right| multiply_phases(passed, right)))?;
    product.single(top, HADAMARD.inverse());
    rotate_top(product, top, last.angles, End::Left);
    factor(product, top, last.right.map(|right| multiply_phases(passed, right)))
}

/// -i times the Hadamard gate.
const HADAMARD: SpecialUnitary =
    SpecialUnitary { w: 0.0, x: std::f64::consts::FRAC_1_SQRT_2, y: 0.0, z: std::f64::consts::FRAC_1_SQRT_2 };

fn rotate_top(product: &mut Product, top: usize, angles: Vec<f64>, missing: End) {
    let selects: Vec<usize> = (0..top).collect();
    product.open_multiplexed_rotation(Axis::Z, &selects, top, angles, missing);
}

fn multiply_phases(phases: Phases, mut matrix: Array2<Complex64>) -> Array2<Complex64> {
    for (k, mut row) in matrix.rows_mut().into_iter().enumerate() {
        row.mapv_inplace(|entry| phases[k % 4] * entry);
    }
    matrix
}

fn single(product: &mut Product, matrix: Option<Array2<Complex64>>) -> Phases {
    let Some(u) = matrix else {
        product.single(LOW, SpecialUnitary::IDENTITY);
        return [Complex64::ONE; 4];
    };
    let phase = Complex64::from_polar(1.0, (u[(0, 0)] * u[(1, 1)] - u[(0, 1)] * u[(1, 0)]).arg() / 2.0);
    let (diagonal, off_diagonal) = (u[(0, 0)] / phase, u[(1, 0)] / phase);
    let gate = [diagonal.re, -off_diagonal.im, off_diagonal.re, -diagonal.im];
    product.single(LOW, SpecialUnitary::from_direction(gate));
    [phase; 4]
}

/// The blocks of U = (first\[0\] + first\[1\]) (H (x) 1) (1 + middle) (H (x) 1) (last\[0\] + last\[1\]).
#[derive(Default)]
struct Blocks {
    first: Option<[Array2<Complex64>; 2]>,
    middle: Option<Array2<Complex64>>,
    last: Option<[Array2<Complex64>; 2]>,
}

impl Blocks {
    /// With polar decompositions S X and T Y of the upper blocks of U, the first direct sum begins with (S + i T) X,
    /// and the last one ends with -i X^-1 Y.
    fn of(matrix: Option<&Array2<Complex64>>) -> Result<Self, DecompositionError> {
        let Some(matrix) = matrix else { return Ok(Blocks::default()) };
        let half = matrix.nrows() / 2;
        let block = |row: usize, column: usize| {
            matrix.slice(s![row * half..(row + 1) * half, column * half..(column + 1) * half]).to_owned()
        };
        let (_, x) = polar(&block(0, 0))?;
        let (t, y) = polar(&block(0, 1))?;
        let i = Complex64::I;
        let upper = block(0, 0) + t.dot(&x) * i;
        let corner = adjoint(&x).dot(&y) * -i;
        let lower = block(1, 0) + block(1, 1).dot(&adjoint(&corner));
        let middle =
            adjoint(&upper).dot(&block(0, 0)) * Complex64::new(2.0, 0.0) - Array2::<Complex64>::eye(half);
        Ok(Blocks {
            first: Some([upper, lower]),
            middle: Some(middle),
            last: Some([Array2::eye(half), corner]),
        })
    }
}

/// S and X with matrix = S X, S positive semidefinite and X unitary.
fn polar(matrix: &Array2<Complex64>) -> Result<(Array2<Complex64>, Array2<Complex64>), DecompositionError> {
    let SingularValueDecomposition { left, values, right } = complex_singular_value_decomposition(matrix)?;
    let values: ndarray::Array1<Complex64> =
        values.into_iter().map(|value| Complex64::new(value, 0.0)).collect();
    let stretched = &left * &values;
    Ok((stretched.dot(&adjoint(&left)), left.dot(&adjoint(&right))))
}

/// A direct sum as (1 (x) left) (rotation of the top qubit by the angles about Z) (1 (x) right).
struct DirectSum {
    left: Option<Array2<Complex64>>,
    angles: Vec<f64>,
    right: Option<Array2<Complex64>>,
}

impl DirectSum {
    /// Of two blocks on the lowest `qubits`.
    fn of(qubits: usize, blocks: Option<[Array2<Complex64>; 2]>) -> Result<Self, DecompositionError> {
        let Some([upper, lower]) = blocks else {
            return Ok(DirectSum { left: None, angles: vec![0.0; 1 << qubits], right: None });
        };
        // upper lower^-1 = left D^2 left^-1.
        let decomposition = eigenphases(&upper.dot(&adjoint(&lower)))?;
        let mut right = adjoint(&decomposition.vectors).dot(&upper);
        for (mut row, phase) in right.rows_mut().into_iter().zip(&decomposition.phases) {
            row.mapv_inplace(|entry| entry * Complex64::from_polar(1.0, -phase / 2.0));
        }
        let angles = decomposition.phases.iter().map(|phase| -phase).collect();
        Ok(DirectSum { left: Some(decomposition.vectors), angles, right: Some(right) })
    }
}

fn adjoint(matrix: &Array2<Complex64>) -> Array2<Complex64> {
    matrix.t().mapv(|entry| entry.conj())
}

#[cfg(test)]
mod tests {
    use super::super::eigenphases::tests::unitaries;
    use super::*;
    use proptest::prelude::*;
    use qnewton_circuit::{Circuit, Definition, Gate, QubitId, count};

    fn circuit(product: Product, qubits: usize) -> Circuit {
        let mut definition = Definition::new("unitary");
        let operands: Vec<QubitId> = definition.add_register("system", qubits).qubits().collect();
        product.append_to(&mut definition, &operands);
        let mut circuit = Circuit::new();
        circuit.add(definition);
        circuit
    }

    fn check(matrix: &Array2<Complex64>) {
        let qubits = matrix.nrows().trailing_zeros() as usize;
        let (product, phases) = unitary(qubits, Some(matrix.clone())).unwrap();
        let columns = qnewton_statevector::unitary(&circuit(product, qubits)).unwrap();
        for ((row, column), entry) in matrix.indexed_iter() {
            let off = (columns[column][row] * phases[column % 4] - entry).norm();
            assert!(off < 1e-14 * matrix.nrows() as f64, "{off}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn gates_and_phases_multiply_to_the_matrix(matrix in (1usize..=5).prop_flat_map(|n| unitaries(1 << n))) {
            check(&matrix);
        }
    }

    #[test]
    fn the_number_of_controlled_x_is_the_documented_one() {
        let counted = |qubits| {
            let (product, _) = unitary(qubits, None).unwrap();
            count(&circuit(product, qubits)).unwrap().gate(Gate::Cx)
        };
        assert_eq!([1, 2, 3, 4].map(counted), [0, 2, 18, 94]);
        for qubits in 3..=8 {
            assert_eq!(counted(qubits), 4 * counted(qubits - 1) + 3 * (1 << (qubits - 1)) - 2);
        }
    }
}
