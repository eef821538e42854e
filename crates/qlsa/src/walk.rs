//! The qubitized walk of a block encoding that is its own inverse, and how its powers are chosen by qubits.
//!
//! With U^2 = 1 and R = 2|0><0| - 1 on the projected registers, W = R U turns each invariant plane of U by
//! arccos(lambda / alpha), so <0|W^n|0> = T_|n|(A / alpha) for every integer n (Low, Chuang, arXiv 1610.06546).
//!
//! A sequence U R U R ... U of d queries has d - 1 reflections between them. Leaving one out folds the sequence:
//! queries next to each other cancel, so what follows runs backwards. Reflections between segments of w_0, w_1, ...
//! queries that are controlled thus give W^(+-w_0 +-w_1 ...), signs changing where the control is 0. The
//! queries themselves have no controls, and a reflection at either end of a projected sequence does nothing.

use crate::polynomial::{ChebyshevSeries, Parity, PolynomialError};
use crate::solver::{Query, SolverCircuit, projected_qubits, with_registers};
use crate::state_preparation::{PREPARE_RHS, add_tabulated_preparation};
use qnewton_circuit::{
    AngleTable, Call, Circuit, CircuitError, Control, Definition, DefinitionId, Gate, QubitId, Structured,
    StructuredOperation,
};
use qnewton_encoding::composition::{adjoint, hermitian_dilation};
use qnewton_encoding::{BlockEncoding, EncodingError};
use std::f64::consts::PI;
use thiserror::Error;

/// A linear-system circuit made of walk steps.
#[derive(Clone, Debug)]
pub struct WalkSolver {
    /// The circuit.
    pub solver: SolverCircuit,
    /// The projected amplitudes times this are P(A / alpha) b / ||b||.
    pub normalization: f64,
}

/// Why a walk cannot solve a system.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum WalkError {
    /// The encoding has U^2 != 1.
    #[error(
        "encoding `{encoding}` is not its own inverse, as walks need: see `hermitian_system`, or `self_inverse` for a Hermitian matrix"
    )]
    NotSelfInverse {
        /// Name of the encoding.
        encoding: String,
    },
    /// The right-hand side is no state of the system.
    #[error(
        "a right-hand side of {expected} finite values that are not all zero is needed, not {length} such"
    )]
    RightHandSide {
        /// Its length.
        length: usize,
        /// The dimension of the system.
        expected: usize,
    },
    /// Folded walks have odd exponents only.
    #[error("the polynomial must be odd and not zero")]
    NotOdd,
    /// A clock that cannot hold what is asked for.
    #[error("a clock of {qubits} qubits; {accepted} are accepted")]
    Clock {
        /// Qubits of the clock.
        qubits: usize,
        /// What would do.
        accepted: String,
    },
    /// The polynomial cannot be built.
    #[error(transparent)]
    Polynomial(#[from] PolynomialError),
    /// The circuit cannot be built.
    #[error(transparent)]
    Circuit(#[from] CircuitError),
}

/// A system with the same solution whose encoding is its own inverse: the given one if it is, else the encoding of
/// [[0, A^dagger], [A, 0]] with the right-hand side (0, b), solved by (x, 0). Its one more qubit is the most
/// significant one of `system`, so x comes first; odd polynomials act on the singular values of A.
pub fn hermitian_system(
    encoding: &BlockEncoding,
    rhs: &[f64],
) -> Result<(BlockEncoding, Vec<f64>), EncodingError> {
    if encoding.hermitian {
        return Ok((encoding.clone(), rhs.to_vec()));
    }
    let embedded = std::iter::repeat_n(0.0, rhs.len()).chain(rhs.iter().copied()).collect();
    Ok((hermitian_dilation(&adjoint(encoding)?)?, embedded))
}

/// The coefficients of T_1, T_3, ... of a series that is odd and not zero.
pub(crate) fn odd_coefficients(series: &ChebyshevSeries) -> Result<&[f64], WalkError> {
    match series.parity() {
        Some(Parity::Odd) if series.coefficients().iter().any(|value| *value != 0.0) => {
            Ok(series.coefficients())
        }
        _ => Err(WalkError::NotOdd),
    }
}

/// A circuit in which the parts of a walk are defined; definitions that use them have the registers of the encoding
/// first.
pub(crate) struct Walk {
    pub(crate) circuit: Circuit,
    query: Query,
    /// A reflection, then a query.
    step: DefinitionId,
    prepare: DefinitionId,
    system_qubits: usize,
    projected: Vec<QubitId>,
    others: Vec<QubitId>,
}

impl Walk {
    /// The parts for one encoding and the preparation of one right-hand side.
    pub(crate) fn new(encoding: &BlockEncoding, rhs: &[f64]) -> Result<Self, WalkError> {
        let expected = 1usize.checked_shl(encoding.system_qubits as u32).unwrap_or(usize::MAX);
        let finite = rhs.iter().all(|value| value.is_finite()) && rhs.iter().any(|value| *value != 0.0);
        if rhs.len() != expected || !finite {
            return Err(WalkError::RightHandSide { length: rhs.len(), expected });
        }
        Walk::tabulated(encoding, AngleTable::Dense(rhs.to_vec()))
    }

    /// As [`Walk::new`], for a table of 2^`system_qubits` amplitudes, which may have no values.
    pub(crate) fn tabulated(encoding: &BlockEncoding, rhs: AngleTable) -> Result<Self, WalkError> {
        if !encoding.hermitian {
            return Err(WalkError::NotSelfInverse { encoding: encoding.name.clone() });
        }
        let mut circuit = Circuit::new();
        let query = Query::import(&mut circuit, encoding)?;
        let prepare = circuit.fresh_name(PREPARE_RHS);
        let prepare = add_tabulated_preparation(&mut circuit, &prepare, encoding.system_qubits, rhs);
        let name = circuit.fresh_name("reflect_and_query");
        let (mut step, qubits) = with_registers(&name, &query.registers, &[]);
        let (projected, others) = projected_qubits(encoding, &step, &qubits);
        reflect(&mut step, &projected, &others);
        step.call(query.call(false));
        let step = circuit.add(step);
        let system_qubits = encoding.system_qubits;
        Ok(Walk { circuit, query, step, prepare, system_qubits, projected, others })
    }

    /// A definition with the registers of the encoding, then one of `len` qubits for each of `more`, and those qubits.
    /// Names that the encoding has already are altered.
    pub(crate) fn definition(&self, name: &str, more: &[(&str, usize)]) -> (Definition, Vec<QubitId>) {
        let (mut definition, query) =
            with_registers(&self.circuit.fresh_name(name), &self.query.registers, &[]);
        for (name, len) in more {
            let mut name = name.to_string();
            while definition.register(&name).is_some() {
                name.push('_');
            }
            definition.add_register(name, *len);
        }
        let own = (query.len() as u32..definition.qubit_count() as u32).map(QubitId).collect();
        (definition, own)
    }

    /// The qubits of the encoding in every definition.
    pub(crate) fn qubits(&self) -> impl Iterator<Item = QubitId> + use<> {
        let count: usize = self.query.registers.iter().map(|(_, len)| len).sum();
        (0..count as u32).map(QubitId)
    }

    /// Appends what comes before the first query: the preparation of the right-hand side among others.
    pub(crate) fn begin(&self, main: &mut Definition) {
        main.call(Call::new(self.prepare, (0..self.system_qubits as u32).map(QubitId)));
        self.query.enter(main);
    }

    /// Appends what comes after the last query and makes `main` the entry of the circuit.
    pub(crate) fn finish(mut self, mut main: Definition, queries: u64) -> SolverCircuit {
        self.query.leave(&mut main);
        self.circuit.add(main);
        SolverCircuit { circuit: self.circuit, queries, queries_b: 1 }
    }

    /// Appends U R U ... R U of `queries` >= 1 queries.
    pub(crate) fn segment(&self, definition: &mut Definition, queries: u64) {
        definition.call(self.query.call(false));
        if queries > 1 {
            definition.call(Call::new(self.step, self.qubits()).repeated(queries - 1));
        }
    }

    /// Appends R where the control has its value.
    pub(crate) fn controlled_reflection(&self, definition: &mut Definition, control: Control) {
        // R = -(1 - 2|0><0|): a sign where the control holds, another where the projected qubits are |0> as well.
        let qubits = [control.qubit];
        let flip = |definition: &mut Definition| {
            if !control.on {
                definition.gate(Gate::X, &qubits, &[]);
            }
        };
        if self.projected.is_empty() {
            return;
        }
        flip(definition);
        definition.gate(Gate::Z, &qubits, &[]);
        sign_of_zeros(definition, &self.projected, control.qubit, &self.others);
        flip(definition);
    }
}

/// Appends R = 2|0><0| - 1 on `projected`; the identity if these are none.
fn reflect(definition: &mut Definition, projected: &[QubitId], others: &[QubitId]) {
    let Some((&target, rest)) = projected.split_first() else {
        return;
    };
    definition.gate(Gate::X, &[target], &[]);
    sign_of_zeros(definition, rest, target, others);
    definition.gate(Gate::X, &[target], &[]);
    definition.global_phase(&PI.into());
}

/// Appends Z on `target` where all of `zeros` are |0>; the `dirty` qubits may be borrowed.
fn sign_of_zeros(definition: &mut Definition, zeros: &[QubitId], target: QubitId, dirty: &[QubitId]) {
    let controls = zeros.iter().map(|&qubit| Control { qubit, on: false }).collect();
    let kind = Structured::Gate { gate: Gate::Z, qubits: vec![target], angles: vec![] };
    definition.push_structured(StructuredOperation { controls, dirty: dirty.to_vec(), ..kind.into() });
}
