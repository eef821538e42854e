//! Sums, products and the other compositions: the executed block is what linear algebra says.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use ndarray::Array2;
use num_complex::Complex64;
use proptest::prelude::*;
use qnewton_circuit::{Basis, Gate, QubitId, count, lower};
use qnewton_core::Silent;
use qnewton_encoding::composition::{
    adjoint, controlled, hermitian_dilation, plus_identity, product, scaled, self_inverse, sum, tensor,
};
use qnewton_encoding::{
    BlockEncoding, EncodingError, EncodingOptions, Method, SparseColumns, Verification, certify, encode,
};
use qnewton_matrix::SparseMatrix;
use qnewton_statevector::{full_block, unitary};

type Dense = Array2<Complex64>;

/// A dense or sparse matrix of dimension 2^n, Hermitian or not, with its encoding by one of the methods.
fn encoded(n: usize) -> impl Strategy<Value = (Dense, BlockEncoding)> {
    let size = 1usize << n;
    let entry = (-1.0..1.0f64, -1.0..1.0f64, any::<bool>());
    (any::<bool>(), 0usize..3, proptest::collection::vec(entry, size * size)).prop_map(
        move |(hermitian, method, entries)| {
            let mut matrix = Dense::zeros((size, size));
            for row in 0..size {
                for column in 0..size {
                    let (re, im, kept) = entries[row * size + column];
                    if kept && (!hermitian || row <= column) {
                        let value = Complex64::new(re, if row == column { 0.0 } else { im });
                        matrix[(row, column)] = value;
                        if hermitian {
                            matrix[(column, row)] = value.conj();
                        }
                    }
                }
            }
            matrix[(0, 0)] = Complex64::new(0.7, 0.0);
            let method = [Method::Sparse, Method::Dyadic, Method::Fable][method];
            let sparse = SparseMatrix::from_dense(&matrix);
            let encoding = encode(&sparse, method, &EncodingOptions::default()).unwrap();
            assert_eq!(encoding.hermitian, qnewton_matrix::is_hermitian(&sparse));
            (matrix, encoding)
        },
    )
}

/// Checks contract and block: the lowered circuit too, ancillas clean, U^2 = 1 where it is said.
fn check(encoding: &BlockEncoding, expected: &Dense) -> Result<(), TestCaseError> {
    let columns = SparseColumns::of(&SparseMatrix::from_dense(expected));
    let certificate = certify(encoding, &columns, Verification::Forced, &Silent).unwrap();
    prop_assert!(certificate.error <= 1e-12 * encoding.alpha, "{}: {}", encoding.name, certificate.error);
    prop_assert!(certificate.error_at_least <= certificate.error);
    let system: Vec<QubitId> = (0..encoding.system_qubits as u32).map(QubitId).collect();
    let lowered = lower(&encoding.circuit, Basis::U3Cx).unwrap();
    for (j, column) in full_block(&lowered, &system).unwrap().iter().enumerate() {
        for (i, entry) in column.iter().enumerate() {
            let error = (entry * encoding.alpha - expected[(i, j)]).norm();
            prop_assert!(error <= 1e-12 * encoding.alpha, "{} ({i}, {j}): {error}", encoding.name);
        }
    }
    let entry = encoding.circuit.entry().unwrap();
    let named: u32 = encoding.projected_registers().unwrap().iter().map(|register| register.len).sum();
    prop_assert_eq!(named as usize + encoding.system_qubits, entry.operand_count());
    if encoding.hermitian && entry.operand_count() <= 9 {
        let operands: Vec<QubitId> = (0..entry.operand_count() as u32).map(QubitId).collect();
        let u = full_block(&encoding.circuit, &operands).unwrap();
        for (i, column) in u.iter().enumerate() {
            prop_assert!((column.iter().map(|entry| entry.norm_sqr()).sum::<f64>() - 1.0).abs() < 1e-12);
            for (j, entry) in column.iter().enumerate() {
                prop_assert!((entry - u[j][i].conj()).norm() < 1e-12, "{} is not Hermitian", encoding.name);
            }
        }
    }
    Ok(())
}

fn conjugate_transpose(matrix: &Dense) -> Dense {
    matrix.t().mapv(|value| value.conj())
}

fn kronecker(a: &Dense, b: &Dense) -> Dense {
    let (m, n) = (a.nrows(), b.nrows());
    Dense::from_shape_fn((m * n, m * n), |(i, j)| a[(i / n, j / n)] * b[(i % n, j % n)])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn sums_and_scalars((a, ea) in encoded(2), (b, eb) in encoded(2), (c, ec) in encoded(2), f in -2.0..2.0f64) {
        prop_assume!(f.abs() > 1e-3);
        check(&scaled(&ea, f).unwrap(), &(&a * Complex64::from(f)))?;
        let two = sum(&[(1.0, &ea), (f, &eb)]).unwrap();
        prop_assert!((two.alpha - ea.alpha - f.abs() * eb.alpha).abs() < 1e-14 * two.alpha);
        check(&two, &(&a + &b * Complex64::from(f)))?;
        check(&sum(&[(f, &ea), (-1.0, &eb), (0.5, &ec)]).unwrap(),
            &(&a * Complex64::from(f) - &b + &c * Complex64::from(0.5)))?;
    }

    #[test]
    fn products_and_tensor_products((a, ea) in encoded(1), (b, eb) in encoded(1), (c, ec) in encoded(2)) {
        check(&product(&ea, &eb).unwrap(), &a.dot(&b))?;
        check(&tensor(&ea, &ec).unwrap(), &kronecker(&a, &c))?;
        check(&tensor(&ec, &ea).unwrap(), &kronecker(&c, &a))?;
    }

    #[test]
    fn shifts_adjoints_and_dilations((a, ea) in encoded(2), shift in -2.0..2.0f64) {
        prop_assume!(shift.abs() > 1e-3);
        check(&plus_identity(&ea, shift).unwrap(), &(&a + Dense::eye(4) * Complex64::from(shift)))?;
        check(&adjoint(&ea).unwrap(), &conjugate_transpose(&a))?;
        let dilated = hermitian_dilation(&ea).unwrap();
        let adjoint = conjugate_transpose(&a);
        let expected = Dense::from_shape_fn((8, 8), |(i, j)| match (i < 4, j < 4) {
            (true, false) => a[(i, j - 4)],
            (false, true) => adjoint[(i - 4, j)],
            _ => Complex64::ZERO,
        });
        check(&dilated, &expected)?;
        let mean = (&a + &adjoint) * Complex64::from(0.5);
        check(&self_inverse(&ea).unwrap(), if ea.hermitian { &a } else { &mean })?;
    }

    #[test]
    fn the_controlled_encoding_is_the_encoding_or_nothing((_, ea) in encoded(1)) {
        let circuit = controlled(&ea).unwrap();
        let both = unitary(&lower(&circuit, Basis::U3Cx).unwrap()).unwrap();
        let plain = unitary(&lower(&ea.circuit, Basis::U3Cx).unwrap()).unwrap();
        let operands = ea.circuit.entry().unwrap().operand_count();
        for (j, column) in plain.iter().enumerate().take(1 << operands) {
            for (i, entry) in column.iter().enumerate().take(1 << operands) {
                let identity = if i == j { Complex64::ONE } else { Complex64::ZERO };
                prop_assert!((both[2 * j + 1][2 * i + 1] - entry).norm() < 1e-12);
                prop_assert!((both[2 * j][2 * i] - identity).norm() < 1e-12);
            }
        }
    }
}

#[test]
fn a_control_skips_the_preparation_of_terms() {
    // Different weights on all masks, so that their preparation takes gates.
    let dense =
        Array2::from_shape_fn((16, 16), |(i, j)| (1.0 + (i ^ j) as f64) * ((i * 5 + j * 3) as f64).sin());
    let encoding =
        encode(&SparseMatrix::from_dense(&dense), Method::Dyadic, &EncodingOptions::default()).unwrap();
    let cx = |circuit| count(&lower(circuit, Basis::U3Cx).unwrap()).unwrap().gate(Gate::Cx);
    let (plain, with_control) = (cx(&encoding.circuit), cx(&controlled(&encoding).unwrap()));
    // Twice the multiplexed rotation and a few more, but the preparations (two of 14 cx) once each.
    assert!(with_control <= 2 * (plain - 28) + 28 + 40, "{plain} {with_control}");
}

#[test]
fn what_does_not_fit_together_is_refused() {
    let encoding = |n: usize| {
        encode(&SparseMatrix::<f64>::identity(n), Method::Dyadic, &EncodingOptions::default()).unwrap()
    };
    let refused = |result: Result<BlockEncoding, EncodingError>| {
        assert!(matches!(result, Err(EncodingError::NotApplicable { .. })));
    };
    refused(sum(&[]));
    refused(sum(&[(1.0, &encoding(2)), (1.0, &encoding(4))]));
    refused(sum(&[(0.0, &encoding(2)), (1.0, &encoding(2))]));
    refused(scaled(&encoding(2), f64::NAN));
    refused(product(&encoding(2), &encoding(4)));
    refused(plus_identity(&encoding(2), f64::INFINITY));
    assert_eq!(plus_identity(&encoding(2), 0.0).unwrap().alpha, 1.0);
}
