//! Expectation values against dense matrices.

use crate::common::random::Random;
use crate::common::{Matrix, c, embed, gate_matrix, identity, multiply, qubits};
use crate::workspace::random_state;
use num_complex::Complex64;
use proptest::prelude::*;
use qnewton_circuit::{Gate, QubitId};
use qnewton_statevector::{
    Observable, Pauli, PauliSum, PauliTerm, StateVector, collapse_to, probability_of, remaining,
};

/// <state| matrix |state>.
fn dense(matrix: &Matrix, state: &StateVector) -> Complex64 {
    let amplitudes: Vec<Complex64> = state.iter().collect();
    let row = |row: &Vec<Complex64>| row.iter().zip(&amplitudes).map(|(m, a)| m * a).sum::<Complex64>();
    matrix.iter().zip(&amplitudes).map(|(entries, a)| a.conj() * row(entries)).sum()
}

fn gate_of(pauli: Pauli) -> Gate {
    match pauli {
        Pauli::X => Gate::X,
        Pauli::Y => Gate::Y,
        Pauli::Z => Gate::Z,
    }
}

/// The matrix of a product on `total` qubits, qubit i of it being `qubits[i]`.
pub fn product(factors: &[(usize, Pauli)], qubits: &[QubitId], total: usize) -> Matrix {
    factors.iter().fold(identity(1 << total), |matrix, &(qubit, pauli)| {
        let factor = embed(&gate_matrix(gate_of(pauli), &[]), &[qubits[qubit].index()], &[], total);
        multiply(&factor, &matrix)
    })
}

proptest! {
    #![proptest_config(crate::common::cases(32))]

    #[test]
    fn pauli_sums_are_their_matrices(seed: u64, total in 1..6usize, terms in 1..6usize) {
        let mut random = Random::new(seed);
        let state = random_state(&mut random, total, 0);
        let order = random.shuffled(total);
        let mut expected = c(0.0, 0.0);
        let mut sum = Vec::new();
        for _ in 0..terms {
            let mut factors = Vec::new();
            for qubit in 0..total {
                let pauli = [Pauli::X, Pauli::Y, Pauli::Z].get(random.below(4));
                factors.extend(pauli.map(|&pauli| (qubit, pauli)));
            }
            let coefficient = random.angle();
            expected += dense(&product(&factors, &order, total), &state) * coefficient;
            sum.push(PauliTerm { coefficient, factors });
        }
        let observable = Observable::Pauli { sum: sum.into_iter().collect(), qubits: order };
        let found = observable.expectation(&state).unwrap();
        prop_assert!((found - expected).norm() < 1e-12, "{} {}", found, expected);
    }

    #[test]
    fn matrices_act_on_the_qubits_that_are_named(seed: u64, total in 1..6usize, own in 0..6usize) {
        let own = own.min(total);
        let mut random = Random::new(seed);
        let state = random_state(&mut random, total, 0);
        let order = random.shuffled(total)[..own].to_vec();
        // The last row and column are missing where there are several.
        let size = (1usize << own) - usize::from(own > 0);
        let mut matrix = vec![vec![c(0.0, 0.0); 1 << own]; 1 << own];
        let mut entries = Vec::new();
        for (row, values) in matrix.iter_mut().enumerate().take(size) {
            for (column, place) in values.iter_mut().enumerate().take(size) {
                let value = c(random.angle(), random.angle());
                // Entries of one place add up.
                entries.extend([(row, column, value), (row, column, value)]);
                *place = value * 2.0;
            }
        }
        let positions: Vec<usize> = order.iter().map(|qubit| qubit.index()).collect();
        let expected = dense(&embed(&matrix, &positions, &[], total), &state);
        let found = Observable::Matrix { entries, qubits: order }.expectation(&state).unwrap();
        prop_assert!((found - expected).norm() < 1e-11, "{} {}", found, expected);
    }
}

#[test]
fn letters_are_written_as_in_bit_strings() {
    // |q1 q0> = |10>.
    let state: StateVector = StateVector::basis(2, 2).unwrap();
    let value = |text: &str| {
        let sum = PauliSum::parse(text, 2).unwrap();
        Observable::Pauli { sum, qubits: qubits(2) }.expectation(&state).unwrap().re
    };
    assert_eq!(
        [value("ZI"), value("IZ"), value("Z1"), value("Z0"), value("XX")],
        [-1.0, 1.0, -1.0, 1.0, 0.0]
    );
    assert_eq!(value("3*ZZ + 0.5 - 2 IZ"), -4.5);
}

#[test]
fn qubits_and_rows_that_do_not_exist_are_refused() {
    let state: StateVector = StateVector::zero(2).unwrap();
    let sum = PauliSum::parse("Z2", 3).unwrap();
    assert!(Observable::Pauli { sum: sum.clone(), qubits: qubits(2) }.expectation(&state).is_err());
    assert!(Observable::Pauli { sum, qubits: qubits(3) }.expectation(&state).is_err());
    let entries = vec![(0, 2, c(1.0, 0.0))];
    assert!(Observable::Matrix { entries, qubits: vec![QubitId(1)] }.expectation(&state).is_err());
    let twice = vec![QubitId(0), QubitId(0)];
    assert!(Observable::Matrix { entries: Vec::new(), qubits: twice }.expectation(&state).is_err());
}

#[test]
fn large_states_are_summed_in_parallel() {
    // Ry(a) on each of 17 qubits: <Z_i> = cos a_i, <X_i> = sin a_i, products of different qubits factorise.
    let total = 17;
    let mut circuit = qnewton_circuit::Circuit::new();
    let mut definition = qnewton_circuit::Definition::new("main");
    definition.add_register("q", total);
    let angle = |qubit: usize| 0.3 + 0.1 * qubit as f64;
    for qubit in 0..total {
        definition.gate(Gate::Ry, &[QubitId(qubit as u32)], &[angle(qubit)]);
    }
    circuit.add(definition);
    let mut state: StateVector = StateVector::zero(total).unwrap();
    qnewton_statevector::run(&circuit, &mut state, &Default::default(), &qnewton_core::Silent).unwrap();
    let sum = PauliSum::parse("Z0 X16 - 0.5*X3 X7 X11 + Z5", total).unwrap();
    let expected = angle(0).cos() * angle(16).sin() - 0.5 * angle(3).sin() * angle(7).sin() * angle(11).sin()
        + angle(5).cos();
    let found = Observable::Pauli { sum, qubits: qubits(total) }.expectation(&state).unwrap();
    assert!((found - expected).norm() < 1e-12, "{found} {expected}");
    // X on qubit 16, as a matrix.
    let entries = vec![(0, 1, c(1.0, 0.0)), (1, 0, c(1.0, 0.0))];
    let found = Observable::Matrix { entries, qubits: vec![QubitId(16)] }.expectation(&state).unwrap();
    assert!((found - angle(16).sin()).norm() < 1e-12);
}

#[test]
fn a_collapsed_state_has_the_values_asked_for() {
    let mut random = Random::new(3);
    let state = random_state(&mut random, 4, 0);
    let values = [(QubitId(3), true), (QubitId(1), false)];
    let amplitudes: Vec<Complex64> = state.iter().collect();
    let part: Vec<Complex64> = [8, 9, 12, 13].map(|index| amplitudes[index]).to_vec();
    assert_eq!(remaining(&state, &values).unwrap(), part);
    let expected: f64 = part.iter().map(|a| a.norm_sqr()).sum();
    let mut collapsed = state.clone();
    let probability = collapse_to(&mut collapsed, &values).unwrap();
    assert!((probability - expected).abs() < 1e-14);
    assert!((probability_of(&collapsed, &values).unwrap() - 1.0).abs() < 1e-14);
    assert!((collapsed.norm() - 1.0).abs() < 1e-14);
    for (index, amplitude) in collapsed.iter().enumerate() {
        let kept = [8, 9, 12, 13].contains(&index);
        let expected = if kept { amplitudes[index] / expected.sqrt() } else { c(0.0, 0.0) };
        assert!((amplitude - expected).norm() < 1e-14);
    }
    let mut impossible: StateVector = StateVector::basis(2, 1).unwrap();
    assert!(collapse_to(&mut impossible, &[(QubitId(1), true)]).is_err());
}
