//! The certificate: how far alpha times the encoded block is from the matrix, in the operator norm.

use crate::error::EncodingError;
use crate::method::BlockEncoding;
use qnewton_circuit::{Operation, QubitId, Structured, lower::lower_structures};
use qnewton_core::Monitor;
use qnewton_matrix::SparseMatrix;
use qnewton_statevector::block;
use std::f64::consts::PI;

/// Encodings up to 2^this amplitudes over all columns are executed.
const EXECUTED_LIMIT: usize = 26;

/// Gate-by-gate execution of a lowered encoding is preferred up to this many amplitude updates.
const LOWERED_WORK_LIMIT: u128 = 1 << 29;

/// How an error was obtained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateMethod {
    /// All columns of the encoding were executed and compared with the matrix.
    Executed,
    /// An analytic bound of the rounding errors of the construction.
    Bounded,
}

impl CertificateMethod {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            CertificateMethod::Executed => "executed",
            CertificateMethod::Bounded => "bounded",
        }
    }
}

/// An upper bound of ||alpha <0|U|0> - A||.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Certificate {
    /// The bound, in units of A, operator norm.
    pub error: f64,
    /// How it was obtained.
    pub method: CertificateMethod,
}

/// Whether to execute the encoding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verification {
    /// If 2^(qubits + n) <= 2^26.
    #[default]
    WhereItFits,
    /// Whatever the size.
    Forced,
}

/// Whether an encoding is small enough to be executed by default.
pub fn is_executable(encoding: &BlockEncoding) -> bool {
    let qubits = encoding.circuit.entry().map_or(usize::MAX, |entry| entry.qubit_count());
    qubits.saturating_add(encoding.system_qubits) <= EXECUTED_LIMIT
}

/// Certifies an encoding of `matrix`, whose dimension is 2^system.
///
/// Executed: the Frobenius norm of the difference of all columns, which bounds the operator norm. Where
/// executing gate by gate would take long, structured operations run directly and the rounding of their lowering
/// is added as a bound.
pub fn certify(
    encoding: &BlockEncoding,
    matrix: &SparseMatrix<f64>,
    verification: Verification,
    monitor: &dyn Monitor,
) -> Result<Certificate, EncodingError> {
    let rounding = rounding_bound(encoding);
    if verification == Verification::WhereItFits && !is_executable(encoding) {
        return Ok(Certificate { error: rounding, method: CertificateMethod::Bounded });
    }
    let size = 1usize << encoding.system_qubits;
    let system: Vec<QubitId> = (0..encoding.system_qubits as u32).map(QubitId).collect();
    let amplitudes = 1u128 << (encoding.circuit.entry()?.qubit_count() + encoding.system_qubits).min(100);
    let gates = 2 * encoding.largest_table as u128;
    let columns;
    let unseen;
    if amplitudes.saturating_mul(gates) <= LOWERED_WORK_LIMIT {
        let lowered = lower_structures(&qnewton_circuit::lower::allocate_ancillas(&encoding.circuit)?, true)?;
        columns = block(&lowered, &system, 0..size, monitor)?;
        unseen = 0.0;
    } else {
        columns = block(&encoding.circuit, &system, 0..size, monitor)?;
        unseen = rounding;
    }
    // In units of alpha, so that squares neither overflow nor vanish.
    let mut squares = 0.0;
    for (j, mut column) in columns.into_iter().enumerate() {
        for (row, value) in matrix_column(matrix, j) {
            column[row] -= value / encoding.alpha;
        }
        squares += column.iter().map(|entry| entry.norm_sqr()).sum::<f64>();
    }
    // What is executed rounds as the emitted circuit does, each gate once, though not in the same way.
    let gates = encoding.largest_table as f64 + 16.0;
    let unseen = unseen + encoding.alpha * gates.sqrt() * f64::EPSILON;
    Ok(Certificate { error: encoding.alpha * squares.sqrt() + unseen, method: CertificateMethod::Executed })
}

/// Rounding of the construction, for every multiplexed rotation in it. The L transformed angles of one are off by at most
/// 2 log2(L) eps times their 2-norm, which is at most the largest angle, 2 pi; elision adds up to 16 eps 2 pi / sqrt(L)
/// each. An angle is a signed sum of all of them, at most sqrt(L) times the 2-norm, and half of it is an error of
/// amplitude. Every definition is called at most twice.
fn rounding_bound(encoding: &BlockEncoding) -> f64 {
    let angle = |length: f64| length.sqrt() * (2.0 * length.log2() + 16.0) * f64::EPSILON * 2.0 * PI;
    let power = |qubits: usize| 2f64.powi(qubits as i32);
    let mut sum = 0.0;
    for definition in encoding.circuit.definitions() {
        for &operation in definition.operations() {
            sum += match operation {
                Operation::Structured(position) => match &definition.structured(position).kind {
                    Structured::MultiplexedRotation { selects, .. } => angle(power(selects.len())),
                    Structured::StatePreparation { qubits, .. } => {
                        (0..qubits.len()).map(|level| angle(power(level))).sum()
                    }
                    Structured::TableLookup { address, target, .. } => {
                        (target.len() + 1) as f64 * angle(power(address.len()))
                    }
                    _ => 16.0 * f64::EPSILON,
                },
                _ => 16.0 * f64::EPSILON,
            };
        }
    }
    encoding.alpha * sum
}

fn matrix_column(matrix: &SparseMatrix<f64>, column: usize) -> Vec<(usize, f64)> {
    (0..matrix.rows()).map(|row| (row, matrix.get(row, column))).filter(|&(_, value)| value != 0.0).collect()
}
