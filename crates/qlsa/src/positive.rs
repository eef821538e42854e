//! Positive definite matrices: 1/(shift + alpha y) as a polynomial of the block B/alpha of A = shift I + B, applied by
//! generalized quantum signal processing of the walk (Motlagh and Wiebe, arXiv 2308.01501).
//!
//! With U^2 = 1 and the reflection R = 2|0><0| - 1 of the projected registers, the walk W = R U has <0|W^n|0> =
//! T_n(B/alpha), so sum c_n W^n has the block sum c_n T_n(B/alpha). One signal qubit controls every W and is turned
//! about Y between them, because the coefficients are real.

use crate::phases::{PhaseError, RealRotations, largest_on_circle, real_rotations};
use crate::polynomial::ChebyshevSeries;
use crate::solver::{Query, SolverCircuit, projected_qubits, with_registers};
use crate::state_preparation::{PREPARE_RHS, add_tabulated_preparation};
use num_complex::Complex64;
use qnewton_circuit::{
    AngleTable, Call, Circuit, CircuitError, Control, Definition, Gate, QubitId, Structured,
    StructuredOperation,
};
use qnewton_encoding::BlockEncoding;

/// A real polynomial of a walk.
#[derive(Clone, Debug, PartialEq)]
pub struct WalkPolynomial {
    /// Angles of Ry, d + 1 of them, the one that is applied first in front.
    pub angles: Vec<f64>,
    /// The circuit implements P / normalization.
    pub normalization: f64,
    /// Upper bound of what the angles implement less P / normalization, on [-1, 1].
    pub residual: f64,
}

/// The largest modulus of sum c_n w^n on the unit circle, c_n the Chebyshev coefficients of a polynomial: what
/// [`walk_polynomial`] scales to its `max_norm`.
pub fn largest_modulus(polynomial: &ChebyshevSeries) -> f64 {
    let complex = |value: f64| Complex64::from(value);
    largest_on_circle(&circle_coefficients(polynomial).into_iter().map(complex).collect::<Vec<_>>()).1
}

/// The coefficients of w^n. The circuit reflects by 1 - 2|0><0| = -R, so odd ones change their sign.
fn circle_coefficients(polynomial: &ChebyshevSeries) -> Vec<f64> {
    let sign = |k: usize| if k % 2 == 1 { -1.0 } else { 1.0 };
    (0..=polynomial.degree()).map(|k| sign(k) * polynomial.coefficient(k)).collect()
}

/// Angles for a polynomial of any parity, scaled such that sum c_n w^n, whose real part P is, has the modulus `max_norm`
/// at most on the unit circle.
pub fn walk_polynomial(polynomial: &ChebyshevSeries, max_norm: f64) -> Result<WalkPolynomial, PhaseError> {
    let largest = largest_modulus(polynomial);
    let normalization = if largest > 0.0 { largest / max_norm } else { 1.0 };
    let scaled: Vec<f64> =
        circle_coefficients(polynomial).iter().map(|value| value / normalization).collect();
    let RealRotations { angles, residual } = real_rotations(&scaled)?;
    Ok(WalkPolynomial { angles, normalization, residual })
}

/// The circuit that prepares b and applies the polynomial to the block of an encoding with U^2 = 1: where all registers
/// but `system` read 0, P(B/alpha) b / (||b|| normalization) is left.
///
/// `rhs` has one real amplitude for each value of `system`; its norm does not matter.
pub fn walk_polynomial_circuit(
    encoding: &BlockEncoding,
    rhs: &[f64],
    angles: &[f64],
) -> Result<SolverCircuit, CircuitError> {
    let [first, others @ ..] = angles else {
        return Err(malformed("at least one angle is needed"));
    };
    let rhs = AngleTable::Dense(rhs.to_vec());
    build(encoding, rhs, *first, AngleTable::Dense(others.to_vec()), others.len() as u64)
}

/// The circuit of any polynomial of a degree and any right-hand side, for its cost: tables have lengths only.
pub fn walk_polynomial_symbolic(
    encoding: &BlockEncoding,
    degree: u64,
) -> Result<SolverCircuit, CircuitError> {
    let rhs = AngleTable::Symbolic { length: 1 << encoding.system_qubits };
    build(encoding, rhs, 1.0, AngleTable::Symbolic { length: degree }, degree)
}

fn malformed(problem: &str) -> CircuitError {
    CircuitError::Malformed { definition: "main".into(), operation: 0, problem: problem.into() }
}

fn build(
    encoding: &BlockEncoding,
    rhs: AngleTable,
    first: f64,
    others: AngleTable,
    count: u64,
) -> Result<SolverCircuit, CircuitError> {
    if !encoding.hermitian {
        return Err(malformed("a walk needs an encoding with U^2 = 1"));
    }
    let mut circuit = Circuit::new();
    let query = Query::import(&mut circuit, encoding)?;
    let prepare = add_tabulated_preparation(&mut circuit, PREPARE_RHS, encoding.system_qubits, rhs);
    let more = [("signal", 1)];
    let (mut step, qubits) = with_registers("walk_and_turn", &query.registers, &more);
    let signal = QubitId(qubits.len() as u32);
    let angle = step.add_parameter("angle");
    let off = Control { qubit: signal, on: false };
    step.call(query.call(false).controlled([off]));
    let (projected, dirty) = projected_qubits(encoding, &step, &qubits);
    reflect(&mut step, signal, &projected, dirty);
    step.gate_with(Gate::Ry, &[signal], &[angle]);
    let everything: Vec<QubitId> = (0..step.qubit_count() as u32).map(QubitId).collect();
    let step = circuit.add(step);

    let (mut main, _) = with_registers("main", &query.registers, &more);
    main.call(Call::new(prepare, (0..encoding.system_qubits as u32).map(QubitId)));
    query.enter(&mut main);
    main.gate(Gate::Ry, &[signal], &[first]);
    if count > 0 {
        let table = circuit.add_angles(others);
        main.call(Call::new(step, everything).repeated_with(count, table));
    }
    query.leave(&mut main);
    circuit.add(main);
    Ok(SolverCircuit { circuit, queries: count, queries_b: 1 })
}

/// A sign where the signal and all projected qubits are 0.
fn reflect(definition: &mut Definition, signal: QubitId, projected: &[QubitId], dirty: Vec<QubitId>) {
    let controls = projected.iter().map(|&qubit| Control { qubit, on: false }).collect();
    let kind = Structured::Gate { gate: Gate::Z, qubits: vec![signal], angles: vec![] };
    definition.gate(Gate::X, &[signal], &[]);
    definition.push_structured(StructuredOperation { controls, dirty, ..kind.into() });
    definition.gate(Gate::X, &[signal], &[]);
}
