//! Unitary dilation: A / alpha completed to a unitary by a single qubit, alpha = ||A||.
//!
//! With A = W S V^dagger, the flag is turned by 2 arccos(s_k / alpha) where the system is |k>, between V^dagger and
//! W. For a Hermitian A the eigenvectors serve as W and V, the turn is a reflection, and U = V R V^dagger is its own
//! inverse. No subnormalization is smaller and no encoding needs fewer qubits; the price is the decomposition of A,
//! and whoever has that can solve the system.
//!
//! A sign, or phase, of a vector is free where both sides share it: real bases take determinant 1 by it, complex ones
//! are synthesised up to it.

use crate::synthesis::{Phases, Product, is_improper, rotation, unitary};
use ndarray::Array2;
use num_complex::Complex64;
use qnewton_circuit::{AngleTable, Axis, Call, Circuit, Definition, DefinitionId, Gate, QubitId, Structured};
use qnewton_matrix::{
    DecompositionError, Scalar, SparseMatrix, complex_singular_value_decomposition,
    hermitian_eigen_decomposition, singular_value_decomposition, symmetric_eigen_decomposition,
};

/// A circuit on registers `system` and `flag` with <0|U|0> = A / alpha, the flag projected on |0>.
#[derive(Clone, Debug)]
pub(crate) struct Dilation {
    /// The circuit of U.
    pub(crate) circuit: Circuit,
    /// ||A||, in units of A.
    pub(crate) alpha: f64,
}

/// The dilation of a matrix of dimension 2^n, n >= 1, that is not zero; `hermitian` says that it is Hermitian, and
/// makes U^2 = 1.
pub(crate) fn encode<S: Scalar>(
    matrix: &SparseMatrix<S>,
    hermitian: bool,
) -> Result<Dilation, DecompositionError> {
    let qubits = matrix.rows().trailing_zeros() as usize;
    // Squares of entries must neither overflow nor vanish.
    let exponent = matrix.max_abs().max(f64::MIN_POSITIVE).log2().floor() as i32;
    let scale = |value: f64| shifted(value, -exponent);
    let (values, bases) = if S::IS_COMPLEX {
        let entry = |value: S| Complex64::new(scale(value.real_part()), scale(value.imaginary_part()));
        complex_bases(qubits, &matrix.map(entry).to_dense(), hermitian)?
    } else {
        real_bases(qubits, &matrix.map(|value| scale(value.real_part())).to_dense(), hermitian)?
    };
    let norm = values.iter().fold(f64::MIN_POSITIVE, |norm, value| norm.max(value.abs()));
    let angles = values.iter().map(|value| 2.0 * (value / norm).clamp(-1.0, 1.0).acos()).collect();
    let circuit = circuit(qubits, bases, AngleTable::Dense(angles));
    Ok(Dilation { circuit, alpha: shifted(norm, exponent) })
}

/// The circuit for n system qubits with as many gates as that of any matrix, real or complex, the values arbitrary and
/// tables without values.
pub(crate) fn symbolic(qubits: usize, hermitian: bool, complex: bool) -> Result<Circuit, DecompositionError> {
    let basis = || if complex { Ok(unitary(qubits, None)?.0) } else { rotation(qubits, None) };
    let phases = complex.then(|| AngleTable::Symbolic { length: 1 << qubits.min(2) });
    let left = if hermitian { None } else { Some(Left { basis: basis()?, phases }) };
    let bases = Bases { right: basis()?, left };
    Ok(circuit(qubits, bases, AngleTable::Symbolic { length: 1 << qubits }))
}

/// The gates of the bases of a decomposition.
struct Bases {
    right: Product,
    /// None if the vectors are those on the right.
    left: Option<Left>,
}

struct Left {
    basis: Product,
    /// Phases of the lowest two qubits that come before the basis.
    phases: Option<AngleTable>,
}

/// The values and bases of a real matrix.
fn real_bases(
    qubits: usize,
    matrix: &Array2<f64>,
    symmetric: bool,
) -> Result<(Vec<f64>, Bases), DecompositionError> {
    if symmetric {
        let mut decomposition = symmetric_eigen_decomposition(matrix)?;
        make_proper(&mut decomposition.vectors);
        let right = rotation(qubits, Some(decomposition.vectors))?;
        return Ok((decomposition.values, Bases { right, left: None }));
    }
    let mut decomposition = singular_value_decomposition(matrix)?;
    // A sign that the other side does not share goes with the value.
    if make_proper(&mut decomposition.right) != make_proper(&mut decomposition.left) {
        decomposition.values[0] = -decomposition.values[0];
    }
    let right = rotation(qubits, Some(decomposition.right))?;
    let left = Left { basis: rotation(qubits, Some(decomposition.left))?, phases: None };
    Ok((decomposition.values, Bases { right, left: Some(left) }))
}

/// The values and bases of a complex matrix.
fn complex_bases(
    qubits: usize,
    matrix: &Array2<Complex64>,
    hermitian: bool,
) -> Result<(Vec<f64>, Bases), DecompositionError> {
    if hermitian {
        let decomposition = hermitian_eigen_decomposition(matrix)?;
        let (right, _) = unitary(qubits, Some(decomposition.vectors))?;
        return Ok((decomposition.values, Bases { right, left: None }));
    }
    let mut decomposition = complex_singular_value_decomposition(matrix)?;
    let (right, phases) = unitary(qubits, Some(decomposition.right))?;
    // What is missing on the right is missing on the left too, or the values would not be real.
    for (k, mut column) in decomposition.left.columns_mut().into_iter().enumerate() {
        column.mapv_inplace(|entry| entry * phases[k % 4].conj());
    }
    let (basis, phases) = unitary(qubits, Some(decomposition.left))?;
    let phases = Some(phase_table(qubits, phases));
    Ok((decomposition.values, Bases { right, left: Some(Left { basis, phases }) }))
}

fn phase_table(qubits: usize, phases: Phases) -> AngleTable {
    AngleTable::Dense(phases.iter().take(1 << qubits.min(2)).map(|phase| phase.arg()).collect())
}

fn circuit(qubits: usize, bases: Bases, angles: AngleTable) -> Circuit {
    let mut circuit = Circuit::new();
    let hermitian = bases.left.is_none();
    let values = add_values(&mut circuit, qubits, angles, hermitian);
    let name = if hermitian { "eigenvectors" } else { "right_singular_vectors" };
    let right = add_basis(&mut circuit, name, qubits, bases.right, None);
    let left = bases.left.map(|Left { basis, phases }| {
        add_basis(&mut circuit, "left_singular_vectors", qubits, basis, phases)
    });
    let mut definition = Definition::new("block_encoding");
    let system = definition.add_register("system", qubits);
    let flag = definition.add_register("flag", 1);
    let to_basis = Call::new(right, system.qubits()).inverted();
    let turn = Call::new(values, system.qubits().chain(flag.qubits()));
    match left {
        None => definition.conjugate(to_basis, turn),
        Some(left) => {
            definition.call(to_basis);
            definition.call(turn);
            definition.call(Call::new(left, system.qubits()));
        }
    }
    circuit.add(definition);
    circuit
}

/// The definition of the flag's turn: a rotation, or a reflection.
fn add_values(circuit: &mut Circuit, qubits: usize, angles: AngleTable, reflect: bool) -> DefinitionId {
    let angles = circuit.add_angles(angles);
    let mut definition = Definition::new(if reflect { "eigenvalues" } else { "singular_values" });
    let selects = definition.add_register("system", qubits).qubits().collect();
    let target = definition.add_register("flag", 1).qubit(0);
    definition.push_structured(Structured::MultiplexedRotation { axis: Axis::Y, selects, target, angles });
    if reflect {
        definition.gate(Gate::Z, &[target], &[]);
    }
    circuit.add(definition)
}

/// The definition that takes |k> to vector k, after the phases.
fn add_basis(
    circuit: &mut Circuit,
    name: &str,
    qubits: usize,
    basis: Product,
    phases: Option<AngleTable>,
) -> DefinitionId {
    let mut definition = Definition::new(name);
    let system: Vec<QubitId> = definition.add_register("system", qubits).qubits().collect();
    if let Some(phases) = phases {
        let phases = circuit.add_angles(phases);
        definition.push_structured(Structured::Diagonal {
            qubits: system.iter().copied().take(2).collect(),
            phases,
        });
    }
    basis.append_to(&mut definition, &system);
    circuit.add(definition)
}

/// Gives an orthogonal matrix determinant 1 by the sign of its first column; whether that took a change.
fn make_proper(basis: &mut Array2<f64>) -> bool {
    let improper = is_improper(basis);
    if improper {
        basis.column_mut(0).mapv_inplace(|entry| -entry);
    }
    improper
}

/// value 2^exponent, by two powers of which neither overflows.
fn shifted(value: f64, exponent: i32) -> f64 {
    value * 2f64.powi(exponent / 2) * 2f64.powi(exponent - exponent / 2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use qnewton_circuit::lower::{allocate_ancillas, expand_controls, lower_structures};
    use qnewton_circuit::{Basis, cost, count, lower};

    /// Matrices of dimension 2^n, Hermitian if asked: dense ones, and such as have repeated or zero singular values.
    fn matrices(n: usize, hermitian: bool) -> impl Strategy<Value = Array2<Complex64>> {
        let size = 1 << n;
        let entry = [-1.0..1.0f64, -1.0..1.0].prop_map(|[re, im]| Complex64::new(re, im));
        let order = Just((0..size).collect::<Vec<usize>>()).prop_shuffle();
        (proptest::collection::vec(entry, size * size), order, 0..8).prop_map(
            move |(entries, order, kind)| {
                let random = Array2::from_shape_vec((size, size), entries).unwrap();
                let adjoint = |matrix: &Array2<Complex64>| matrix.t().mapv(|entry| entry.conj());
                let outer =
                    Array2::from_shape_fn((size, size), |(i, j)| random[(i, 0)] * random[(j, 0)].conj());
                let square: Complex64 = outer.diag().sum();
                let one = Array2::<Complex64>::eye(size);
                let permutation = Array2::from_shape_fn((size, size), |(i, j)| one[(order[j], i)]);
                match kind {
                    0 => -one,
                    1 => Array2::from_diag(&outer.diag()),
                    2 => outer,
                    // A projector and a reflection.
                    3 => outer / square,
                    4 => one - outer * (Complex64::new(2.0, 0.0) / square),
                    5 if hermitian => &permutation + &adjoint(&permutation),
                    5 => permutation,
                    _ if hermitian => &random + &adjoint(&random),
                    _ => random,
                }
            },
        )
    }

    /// Of any kind: (Hermitian, matrix).
    fn any_matrix() -> impl Strategy<Value = (bool, Array2<Complex64>)> {
        (1usize..=5, any::<bool>()).prop_flat_map(|(n, hermitian)| (Just(hermitian), matrices(n, hermitian)))
    }

    fn real(matrix: &Array2<Complex64>) -> Array2<f64> {
        matrix.mapv(|entry| entry.re)
    }

    /// Both dilations: of the matrix, and of its real part, with the matrices and whether they are complex.
    fn dilations(matrix: &Array2<Complex64>, hermitian: bool) -> [(Dilation, Array2<Complex64>, bool); 2] {
        let part = real(matrix);
        let dilation = encode(&SparseMatrix::from_dense(&part), hermitian).unwrap();
        let complex = encode(&SparseMatrix::from_dense(matrix), hermitian).unwrap();
        [(dilation, part.mapv(Complex64::from), false), (complex, matrix.clone(), true)]
    }

    fn block_error(circuit: &Circuit, alpha: f64, matrix: &Array2<Complex64>) -> f64 {
        let system: Vec<QubitId> = (0..matrix.nrows().trailing_zeros()).map(QubitId).collect();
        let columns = qnewton_statevector::full_block(circuit, &system).unwrap();
        let entries = matrix.indexed_iter();
        entries.map(|((i, j), entry)| (columns[j][i] * alpha - entry).norm()).fold(0.0, f64::max)
    }

    fn controlled_x(circuit: &Circuit) -> u128 {
        count(&lower(circuit, Basis::U3Cx).unwrap()).unwrap().gate(Gate::Cx)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_block_is_the_matrix_at_its_norm((hermitian, matrix) in any_matrix()) {
            let size = matrix.nrows() as f64;
            for (Dilation { circuit, alpha }, matrix, _) in dilations(&matrix, hermitian) {
                prop_assume!(matrix.iter().any(|entry| *entry != Complex64::ZERO));
                let norm = complex_singular_value_decomposition(&matrix).unwrap().values[0];
                prop_assert!((alpha - norm).abs() <= 1e-14 * size * norm);
                for circuit in [&circuit, &lower(&circuit, Basis::U3Cx).unwrap()] {
                    let error = block_error(circuit, alpha, &matrix);
                    prop_assert!(error <= 1e-14 * size * alpha, "{error}");
                }
            }
        }

        #[test]
        fn dilations_of_hermitian_matrices_are_hermitian(matrix in (1usize..=3).prop_flat_map(|n| matrices(n, true))) {
            for (Dilation { circuit, .. }, ..) in dilations(&matrix, true) {
                let columns = qnewton_statevector::unitary(&circuit).unwrap();
                for (i, column) in columns.iter().enumerate() {
                    for (j, entry) in column.iter().enumerate() {
                        prop_assert!((entry - columns[j][i].conj()).norm() < 1e-13);
                    }
                }
            }
        }

        #[test]
        fn the_cost_is_that_of_the_circuit_without_values((hermitian, matrix) in any_matrix()) {
            let qubits = matrix.nrows().trailing_zeros() as usize;
            for (Dilation { circuit, .. }, _, complex) in dilations(&matrix, hermitian) {
                let plain = expand_controls(&allocate_ancillas(&circuit).unwrap()).unwrap();
                let counted = count(&lower_structures(&plain, false).unwrap()).unwrap();
                prop_assert_eq!(cost(&symbolic(qubits, hermitian, complex).unwrap()).unwrap(), counted);
            }
        }
    }

    #[test]
    fn dense_matrices_cost_two_bases_and_one_rotation_for_each_value() {
        // The cx of a basis of n qubits, real and complex.
        let bases = [(0, 0), (0, 0), (2, 2), (15, 18), (71, 94), (311, 422)];
        for (n, (rotation, unitary)) in bases.into_iter().enumerate().skip(1) {
            let part = |i: usize, j: usize, k: usize| ((i * i * 31 + j * j * j * 17 + k) as f64).sin();
            let entry = |i: usize, j: usize| Complex64::new(part(i, j, 5), part(j, i, i + 7));
            let random = Array2::from_shape_fn((1 << n, 1 << n), |(i, j)| entry(i, j));
            let symmetrised = &random + &random.t().mapv(|entry| entry.conj());
            for (matrix, hermitian) in [(random, false), (symmetrised, true)] {
                // Complex vectors of a matrix that is not Hermitian need phases of two qubits.
                let phases = if hermitian || n == 1 { 0 } else { 2 };
                let expected = [2 * rotation + (1 << n), 2 * unitary + phases + (1 << n)];
                let counted =
                    dilations(&matrix, hermitian).map(|(dilation, ..)| controlled_x(&dilation.circuit));
                assert_eq!(counted, expected);
            }
        }
    }

    #[test]
    fn large_matrices_and_extreme_scales_are_encoded() {
        let n = 7;
        let walk = Array2::from_shape_fn((1 << n, 1 << n), |(i, j)| f64::from(u8::from(i.abs_diff(j) == 1)));
        let Dilation { circuit, alpha } = encode(&SparseMatrix::from_dense(&walk), true).unwrap();
        assert!(block_error(&circuit, alpha, &walk.mapv(Complex64::from)) < 1e-12);
        for scale in [1e-300, 1e300] {
            let matrix = ndarray::array![[1.0, 2.0], [3.0, -1.0]] * scale;
            let Dilation { circuit, alpha } = encode(&SparseMatrix::from_dense(&matrix), false).unwrap();
            assert!(block_error(&circuit, alpha, &matrix.mapv(Complex64::from)) < 1e-14 * scale);
        }
    }
}
