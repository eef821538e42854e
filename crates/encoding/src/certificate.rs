//! The certificate: how far alpha times the encoded block is from the matrix, in the operator norm.

use crate::error::EncodingError;
use crate::method::BlockEncoding;
use qnewton_circuit::{QubitId, lower::lower_structures};
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
    let mut squares = 0.0;
    for (j, column) in columns.iter().enumerate() {
        let mut scaled: Vec<num_complex::Complex64> =
            column.iter().map(|entry| entry * encoding.alpha).collect();
        for (row, value) in matrix_column(matrix, j) {
            scaled[row] -= value;
        }
        squares += scaled.iter().map(|entry| entry.norm_sqr()).sum::<f64>();
    }
    Ok(Certificate { error: squares.sqrt() + unseen, method: CertificateMethod::Executed })
}

/// Rounding of the construction. An angle of a multiplexed rotation is the signed sum of L transformed angles, each
/// of which is off by at most (log2 L + 4) eps pi; preparation and values add a few eps each.
fn rounding_bound(encoding: &BlockEncoding) -> f64 {
    let length = encoding.largest_table as f64;
    let angle = length * (length.log2() + 4.0) * f64::EPSILON * PI;
    // Half an angle per amplitude, for the values and on either side for the preparation, and on all terms.
    2.0 * encoding.alpha * (angle + 16.0 * f64::EPSILON)
}

fn matrix_column(matrix: &SparseMatrix<f64>, column: usize) -> Vec<(usize, f64)> {
    (0..matrix.rows()).map(|row| (row, matrix.get(row, column))).filter(|&(_, value)| value != 0.0).collect()
}
