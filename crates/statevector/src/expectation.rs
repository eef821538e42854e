//! Expectation values <psi|O|psi> / <psi|psi> of Pauli sums and of sparse matrices on some of the qubits.
//!
//! A product of Pauli matrices with X or Y on the qubits of the mask x, and Z or Y on those of the mask z, maps
//! |k> to i^y (-1)^|k and z| |k xor x>, y being its number of Ys: Y|b> = i (-1)^b |b xor 1>. Products with the same
//! x take one pass over the amplitudes together.

use crate::error::ExecutorError;
use crate::pauli::{Pauli, PauliSum};
use crate::projection::scatter_of;
use crate::real::{Real, widen};
use crate::regions::PARALLEL_FROM;
use crate::state::{StateVector, check_qubits};
use num_complex::Complex64;
use qnewton_circuit::QubitId;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Terms per partial sum: sums are the same for every number of threads.
const CHUNK: usize = 1 << 12;

/// What has an expectation value.
#[derive(Clone, Debug, PartialEq)]
pub enum Observable {
    /// A sum of products of Pauli matrices; its qubit i is `qubits[i]`.
    Pauli {
        /// The sum.
        sum: PauliSum,
        /// The qubits that it speaks of.
        qubits: Vec<QubitId>,
    },
    /// A matrix on `qubits`, bit i of a row or column on `qubits[i]`, as entries (row, column, value). Rows and columns
    /// that it lacks are zero; entries of the same place add up.
    Matrix {
        /// Its non-zero entries.
        entries: Vec<(usize, usize, Complex64)>,
        /// The qubits that it acts on.
        qubits: Vec<QubitId>,
    },
}

impl Observable {
    /// The expectation value in `state`, whatever its norm; its imaginary part is 0 for Pauli sums, and rounding only for
    /// Hermitian matrices. An error if a qubit or a row does not exist, or the state is zero.
    pub fn expectation<R: Real>(&self, state: &StateVector<R>) -> Result<Complex64, ExecutorError> {
        let norm = state.norm();
        if norm == 0.0 {
            let problem = "a state of norm 0 has no expectation values".to_string();
            return Err(ExecutorError::State { problem });
        }
        let value = match self {
            Observable::Pauli { sum, qubits } => Complex64::from(pauli_sum(state, sum, qubits)?),
            Observable::Matrix { entries, qubits } => matrix(state, entries, qubits)?,
        };
        Ok(value / (norm * norm))
    }
}

fn pauli_sum<R: Real>(
    state: &StateVector<R>,
    sum: &PauliSum,
    qubits: &[QubitId],
) -> Result<f64, ExecutorError> {
    check_qubits(qubits, state.qubits())?;
    // By x: the masks z and the factors.
    let mut groups: BTreeMap<usize, Vec<(usize, Complex64)>> = BTreeMap::new();
    for term in sum.terms() {
        let (mut x, mut z, mut factor) = (0usize, 0usize, Complex64::from(term.coefficient));
        for &(qubit, pauli) in &term.factors {
            let Some(qubit) = qubits.get(qubit) else {
                let problem =
                    format!("qubit {qubit} of an observable does not exist, there are {}", qubits.len());
                return Err(ExecutorError::Selection { problem });
            };
            let bit = 1usize << qubit.index();
            x |= if pauli == Pauli::Z { 0 } else { bit };
            z |= if pauli == Pauli::X { 0 } else { bit };
            if pauli == Pauli::Y {
                factor *= Complex64::I;
            }
        }
        groups.entry(x).or_default().push((z, factor));
    }
    let amplitudes = state.amplitudes();
    let of_group = |(&x, products): (&usize, &Vec<(usize, Complex64)>)| {
        state.sum(|index, amplitude| {
            let signed = |&(z, factor): &(usize, Complex64)| {
                if (index & z).count_ones() & 1 == 1 { -factor } else { factor }
            };
            let factor: Complex64 = products.iter().map(signed).sum();
            (widen(amplitudes[index ^ x]).conj() * widen(amplitude) * factor).re
        })
    };
    Ok(groups.iter().map(of_group).sum())
}

/// sum over the values r of all other qubits and the entries (i, j, m) of conj(psi[i, r]) m psi[j, r].
fn matrix<R: Real>(
    state: &StateVector<R>,
    entries: &[(usize, usize, Complex64)],
    qubits: &[QubitId],
) -> Result<Complex64, ExecutorError> {
    check_qubits(qubits, state.qubits())?;
    let size = 1usize << qubits.len();
    if let Some(&(row, column, _)) = entries.iter().find(|&&(row, column, _)| row.max(column) >= size) {
        let problem = format!("entry ({row}, {column}) of an observable is outside of {size} x {size}");
        return Err(ExecutorError::Selection { problem });
    }
    let others: Vec<QubitId> =
        (0..state.qubits() as u32).map(QubitId).filter(|qubit| !qubits.contains(qubit)).collect();
    let (own, other) = (scatter_of(qubits), scatter_of(&others));
    let amplitudes = state.amplitudes();
    let term = |number: usize| {
        let (row, column, value) = entries[number % entries.len()];
        let rest = other.get(number / entries.len());
        let (left, right) = (amplitudes[own.get(row) | rest], amplitudes[own.get(column) | rest]);
        widen(left).conj() * value * widen(right)
    };
    // Saturation needs more entries than memory holds.
    let terms = entries.len().saturating_mul(1 << others.len());
    let partial =
        |chunk: usize| -> Complex64 { (chunk * CHUNK..terms.min(chunk * CHUNK + CHUNK)).map(term).sum() };
    let chunks = 0..terms.div_ceil(CHUNK);
    let partials: Vec<Complex64> = if terms >= PARALLEL_FROM {
        chunks.into_par_iter().map(partial).collect()
    } else {
        chunks.map(partial).collect()
    };
    Ok(partials.into_iter().sum())
}
