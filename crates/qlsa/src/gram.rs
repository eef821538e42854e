//! Systems ((1/B) G^T G + shift I) x = b by an encoding of the factor G alone.
//!
//! With G/alpha = W S V^T the inverse is (B/alpha^2) V (S^2 + c)^-1 V^T, c = shift B/alpha^2: an even polynomial of the
//! singular values ([`crate::polynomial::gram_inverse`]), applied to the right singular vectors. Its degree, the number
//! of queries of G, is (alpha/sqrt(lambda B)) ln(2/epsilon), lambda a lower bound of the eigenvalues of the matrix: the
//! square root of what an encoding of the matrix itself costs. The shift is such a bound whatever the spectrum (Gilyén, Su,
//! Low, Wiebe, arXiv 1806.01838, section 3; Chakraborty, Morolia, Peduri, arXiv 2206.13143, for regularised least squares).
//! Rows and columns of zeros that fill G up to a square change nothing for the unknowns there are.

use crate::polynomial::{GramInverse, PolynomialError, gram_inverse};
use crate::solver::{Query, SolverCircuit, projected_qubits, with_registers};
use crate::state_preparation::{PREPARE_RHS, add_tabulated_preparation};
use crate::transformation::{Block, SequenceAngles, add_transformation, fresh_register};
use qnewton_circuit::{AngleTable, Call, Circuit, CircuitError, QubitId};
use qnewton_encoding::BlockEncoding;

/// The numbers that lead from a system to a polynomial of its factor and back.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GramUnits {
    /// Number of samples B, or whatever G^T G is divided by.
    pub samples: f64,
    /// The multiple of the identity.
    pub shift: f64,
    /// alpha of the encoding of G.
    pub alpha: f64,
}

impl GramUnits {
    /// c = shift B/alpha^2.
    pub fn relative_shift(&self) -> f64 {
        self.shift * self.samples / (self.alpha * self.alpha)
    }

    /// The polynomial for a relative error, as an operator: ||x_hat - x|| <= epsilon ||x|| for right-hand sides without
    /// components along singular values of G/alpha below `interval`. An error unless samples and alpha are positive, and
    /// interval or shift.
    pub fn polynomial(&self, interval: f64, epsilon: f64) -> Result<GramInverse, PolynomialError> {
        for (name, value) in [("samples", self.samples), ("alpha", self.alpha)] {
            if !(value > 0.0 && value.is_finite()) {
                return Err(PolynomialError::OutOfRange { name, value, accepted: "the positive numbers" });
            }
        }
        gram_inverse(interval, self.relative_shift(), epsilon)
    }

    /// x/||b|| over the projected amplitudes, for a circuit that implements the polynomial divided by `normalization`.
    pub fn unit_scale(&self, normalization: f64) -> f64 {
        normalization * self.samples / (self.alpha * self.alpha)
    }
}

/// The circuit that prepares b and applies an even polynomial to the right singular vectors of the encoded matrix: with
/// A/alpha = W S V^T, V P(S) V^T, where P(x) = Re <0| e^(i phase) e^(i angles\[0\] Z) R(x) ... R(x) e^(i angles\[d\] Z) |0>,
/// d even and at least 2.
///
/// `rhs` has one real amplitude for each value of `system`; its norm does not matter. No query is controlled.
pub fn gram_circuit(
    encoding: &BlockEncoding,
    rhs: &[f64],
    angles: &[f64],
    phase: f64,
) -> Result<SolverCircuit, CircuitError> {
    let angles = SequenceAngles::new(angles, phase);
    build(encoding, AngleTable::Dense(rhs.to_vec()), angles)
}

/// The circuit of any even polynomial of a degree, at least 2, and any right-hand side, for its cost: tables have lengths
/// only.
pub fn gram_symbolic(encoding: &BlockEncoding, degree: u64) -> Result<SolverCircuit, CircuitError> {
    let rhs = AngleTable::Symbolic { length: 1 << encoding.system_qubits };
    build(encoding, rhs, (degree > 0).then(|| SequenceAngles::symbolic(degree)))
}

fn build(
    encoding: &BlockEncoding,
    rhs: AngleTable,
    angles: Option<SequenceAngles>,
) -> Result<SolverCircuit, CircuitError> {
    let Some(angles) = angles.filter(|angles| angles.degree().is_multiple_of(2)) else {
        return Err(CircuitError::Malformed {
            definition: "main".into(),
            operation: 0,
            problem: "an even polynomial of degree 2 or more has an odd number of phase factors, at least 3"
                .into(),
        });
    };
    let queries = angles.degree();
    let mut circuit = Circuit::new();
    let query = Query::import(&mut circuit, encoding)?;
    let prepare = add_tabulated_preparation(&mut circuit, PREPARE_RHS, encoding.system_qubits, rhs);
    let (bare, qubits) = with_registers("bare", &query.registers, &[]);
    let (projected, _) = projected_qubits(encoding, &bare, &qubits);
    let block = Block { registers: query.registers.clone(), call: query.call(false), projected };
    let transform = add_transformation(&mut circuit, &block, angles);

    let signal = fresh_register(&query.registers, "signal");
    let (mut main, _) = with_registers("main", &query.registers, &[(&signal, 1)]);
    main.call(Call::new(prepare, (0..encoding.system_qubits as u32).map(QubitId)));
    query.enter(&mut main);
    let everything = (0..main.qubit_count() as u32).map(QubitId);
    main.call(Call::new(transform, everything));
    query.leave(&mut main);
    circuit.add(main);
    Ok(SolverCircuit { circuit, queries, queries_b: 1 })
}
