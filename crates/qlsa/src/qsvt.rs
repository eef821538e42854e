//! Quantum singular value transformation of a block encoding by a real odd polynomial, applied to a state.
//!
//! Gilyén, Su, Low, Wiebe, arXiv 1806.01838. On each singular pair the encoding acts as the reflection
//! R(x) = [[x, s], [s, -x]], s = sqrt(1 - x^2), between invariant planes, and the projector phase
//! exp(i phi (2|0><0| - 1)) as exp(i phi Z). One signal qubit in |+> turns every phase into phi Z and so averages
//! the sequence with its complex conjugate: the real part of the polynomial, at the price of one qubit.

use crate::solver::{Query, SolverCircuit, projector_phase, with_registers};
use crate::state_preparation::{PREPARE_RHS, add_tabulated_preparation};
use qnewton_circuit::{AngleTable, Call, Circuit, CircuitError, Gate, QubitId};
use qnewton_encoding::BlockEncoding;
use std::f64::consts::FRAC_PI_2;

const SIGNAL: &[(&str, usize)] = &[("signal", 1)];

/// The circuit that applies an odd polynomial in the inverse direction of the encoded matrix: with
/// A / alpha = W S V^T it prepares b and applies V P(S) W^T, where P(x) = Re <0| e^(i phase) e^(i angles\[0\] Z)
/// R(x) e^(i angles\[1\] Z) ... R(x) e^(i angles\[d\] Z) |0>, d odd.
///
/// `rhs` has one real amplitude for each value of `system`; its norm does not matter.
pub fn inverse_direction_circuit(
    encoding: &BlockEncoding,
    rhs: &[f64],
    angles: &[f64],
    phase: f64,
) -> Result<SolverCircuit, CircuitError> {
    let (first, inner, last) = match angles {
        [first, inner @ .., last] if inner.len() % 2 == 0 => (first, inner, last),
        _ => return Err(even_degree(angles.len())),
    };
    let tables = Tables {
        rhs: AngleTable::Dense(rhs.to_vec()),
        ends: [*first, last + phase],
        inner: AngleTable::Dense(inner.iter().rev().copied().collect()),
        count: inner.len() as u64,
    };
    build(encoding, tables)
}

/// The circuit of any odd polynomial of a degree and any right-hand side, for its cost: tables have lengths only.
pub fn inverse_direction_symbolic(
    encoding: &BlockEncoding,
    degree: u64,
) -> Result<SolverCircuit, CircuitError> {
    if degree.is_multiple_of(2) {
        return Err(even_degree(degree as usize + 1));
    }
    let tables = Tables {
        rhs: AngleTable::Symbolic { length: 1 << encoding.system_qubits },
        ends: [1.0, 1.0],
        inner: AngleTable::Symbolic { length: degree - 1 },
        count: degree - 1,
    };
    build(encoding, tables)
}

/// What fills a circuit.
struct Tables {
    rhs: AngleTable,
    /// The first and the last angle, the phase included.
    ends: [f64; 2],
    /// The others, in time order, and how many.
    inner: AngleTable,
    count: u64,
}

fn build(encoding: &BlockEncoding, tables: Tables) -> Result<SolverCircuit, CircuitError> {
    let Tables { rhs, ends, inner, count } = tables;
    let mut circuit = Circuit::new();
    let query = Query::import(&mut circuit, encoding)?;
    let prepare = add_tabulated_preparation(&mut circuit, PREPARE_RHS, encoding.system_qubits, rhs);
    let registers = &query.registers;
    let phases = circuit.add(projector_phase(encoding, registers));

    // In time order: the last angle, d queries with the inner angles between them, the first angle. At both ends
    // all ancillas are |0>, so the outer angles are rotations of the signal alone.
    let (mut step, _) = with_registers("query_and_phase", registers, SIGNAL);
    let everything: Vec<QubitId> = (0..step.qubit_count() as u32).map(QubitId).collect();
    // U^-1 has V on its left. The encoding of a symmetric matrix is its own inverse; else directions alternate.
    let directions: &[bool] = if encoding.hermitian { &[false] } else { &[true, false] };
    for (position, &inverse) in directions.iter().enumerate() {
        let angle = step.add_parameter(format!("phi_{position}"));
        step.call(query.call(inverse));
        step.call(Call::new(phases, everything.iter().copied()).with_angles([angle]));
    }
    let step = circuit.add(step);

    let (mut main, _) = with_registers("main", registers, SIGNAL);
    let signal = everything[everything.len() - 1];
    let system = (0..encoding.system_qubits as u32).map(QubitId);
    main.call(Call::new(prepare, system));
    query.enter(&mut main);
    main.gate(Gate::Ry, &[signal], &[FRAC_PI_2]);
    main.gate(Gate::Rz, &[signal], &[-2.0 * ends[1]]);
    if count > 0 {
        let table = circuit.add_angles(inner);
        let repetitions = count / directions.len() as u64;
        main.call(Call::new(step, everything).repeated_with(repetitions, table));
    }
    main.call(query.call(directions[0]));
    main.gate(Gate::Rz, &[signal], &[-2.0 * ends[0]]);
    main.gate(Gate::Ry, &[signal], &[-FRAC_PI_2]);
    query.leave(&mut main);
    circuit.add(main);
    Ok(SolverCircuit { circuit, queries: count + 1, queries_b: 1 })
}

fn even_degree(angles: usize) -> CircuitError {
    CircuitError::Malformed {
        definition: "main".into(),
        operation: 0,
        problem: format!("{angles} phase factors: an odd polynomial has an even number of them, at least 2"),
    }
}
