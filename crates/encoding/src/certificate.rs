//! The certificate: how far alpha times the encoded block is from the matrix, in the operator norm.

use crate::error::EncodingError;
use crate::method::BlockEncoding;
use crate::reference::Columns;
use num_complex::Complex64;
use qnewton_circuit::{
    AngleTable, Circuit, CircuitError, Operation, QubitId, Structured, Table,
    lower::{allocate_ancillas, lower_structures},
};
use qnewton_core::Monitor;
use qnewton_statevector::block;
use std::f64::consts::PI;

/// Encodings up to 2^this amplitudes over all columns are executed.
const EXECUTED_LIMIT: usize = 26;

/// Where the rounding of the lowering is bounded by so much, in units of alpha, gate-by-gate execution of the lowered
/// circuit shows what it really is, if it takes at most so many amplitude updates. Structured operations run on fewer
/// qubits, since the ancillas of their lowering need no amplitudes.
const LOWERED_WORK_LIMITS: [(f64, u128); 2] = [(5e-13, 1 << 30), (1e-13, 1 << 24)];

/// How an error was obtained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateMethod {
    /// All columns of the encoding were executed and compared with the matrix.
    Executed,
    /// An analytic bound: of the construction, and of its rounding errors.
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

/// Bounds of ||alpha <0|U|0> - A|| from both sides.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Certificate {
    /// Upper bound, in units of A, operator norm.
    pub error: f64,
    /// Lower bound; 0 where nothing was executed.
    pub error_at_least: f64,
    /// How they were obtained.
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
    all_qubits(encoding).is_ok_and(|qubits| qubits + encoding.system_qubits <= EXECUTED_LIMIT)
}

/// Qubits of the circuit, those included that its definitions allocate.
fn all_qubits(encoding: &BlockEncoding) -> Result<usize, CircuitError> {
    Ok(allocate_ancillas(&encoding.circuit)?.entry()?.qubit_count())
}

/// Certifies an encoding of `matrix`, whose dimension is 2^system.
///
/// Executed: with E the difference of all columns, the operator norm is at least the largest 2-norm of a column, and
/// at most the smaller of the Frobenius norm and sqrt(||E||_1 ||E||_inf). Where executing gate by gate would take long,
/// structured operations run directly and the rounding of their lowering is added as a bound.
///
/// Not executed: the bound of the construction plus that of its rounding.
pub fn certify(
    encoding: &BlockEncoding,
    matrix: &dyn Columns,
    verification: Verification,
    monitor: &dyn Monitor,
) -> Result<Certificate, EncodingError> {
    let size = 1usize.checked_shl(encoding.system_qubits as u32).unwrap_or(usize::MAX);
    if matrix.dimension() != size {
        return Err(EncodingError::Dimension { rows: matrix.dimension(), columns: matrix.dimension() });
    }
    let rounding = encoding.alpha * rounding_bound(&encoding.circuit)?;
    if verification == Verification::WhereItFits && !is_executable(encoding) {
        let error = encoding.truncation + rounding;
        return Ok(Certificate { error, error_at_least: 0.0, method: CertificateMethod::Bounded });
    }
    let system: Vec<QubitId> = (0..encoding.system_qubits as u32).map(QubitId).collect();
    let amplitudes = 1u128 << (all_qubits(encoding)? + encoding.system_qubits).min(100);
    let gates = qnewton_circuit::cost(&encoding.circuit)?.total();
    let columns;
    let mut unseen;
    let limit = LOWERED_WORK_LIMITS.iter().find(|(least, _)| rounding > least * encoding.alpha);
    if limit.is_some_and(|(_, limit)| amplitudes.saturating_mul(gates) <= *limit) {
        let lowered = lower_structures(&allocate_ancillas(&encoding.circuit)?, true)?;
        columns = block(&lowered, &system, 0..size, monitor)?;
        unseen = 0.0;
    } else {
        columns = block(&encoding.circuit, &system, 0..size, monitor)?;
        unseen = rounding;
    }
    let distance = distance(columns, matrix, encoding.alpha);
    // What is executed rounds as the emitted circuit does, each gate once, though not in the same way.
    let gates = largest_table(&encoding.circuit) as f64 + 16.0;
    unseen += encoding.alpha * (gates.sqrt() * f64::EPSILON);
    Ok(Certificate {
        error: encoding.alpha * distance.at_most + unseen,
        error_at_least: (encoding.alpha * distance.at_least - unseen).max(0.0),
        method: CertificateMethod::Executed,
    })
}

/// Bounds of the operator norm of a difference, in units of alpha.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Distance {
    /// Upper bound: the smaller of the Frobenius norm and sqrt(||E||_1 ||E||_inf).
    pub at_most: f64,
    /// Lower bound: the largest 2-norm of a column.
    pub at_least: f64,
}

/// How far the columns of a block are from those of a matrix divided by alpha. In units of alpha squares neither
/// overflow nor vanish, whatever the scale of the matrix.
pub fn distance(columns: Vec<Vec<Complex64>>, matrix: &dyn Columns, alpha: f64) -> Distance {
    let mut squares = 0.0;
    let (mut largest_column, mut largest_sum) = (0.0f64, 0.0f64);
    let mut row_sums = vec![0.0; columns.len()];
    for (j, mut column) in columns.into_iter().enumerate() {
        matrix.for_each(j, &mut |row, value| {
            if let Some(entry) = column.get_mut(row) {
                *entry -= value / alpha;
            }
        });
        let (mut square, mut sum) = (0.0, 0.0);
        for (entry, row_sum) in column.iter().zip(&mut row_sums) {
            let magnitude = entry.norm();
            square += magnitude * magnitude;
            sum += magnitude;
            *row_sum += magnitude;
        }
        squares += square;
        largest_column = largest_column.max(square.sqrt());
        largest_sum = largest_sum.max(sum);
    }
    let largest_row = row_sums.into_iter().fold(0.0, f64::max);
    let at_most = f64::min(squares.sqrt(), (largest_sum * largest_row).sqrt());
    Distance { at_most, at_least: largest_column }
}

/// The length of the largest table that a structured operation refers to.
fn largest_table(circuit: &Circuit) -> u64 {
    let length = |table: &Table| match table {
        Table::Angles(table) => table.len(),
        Table::Indices(table) => table.len(),
    };
    circuit.tables().iter().map(length).max().unwrap_or(0)
}

/// Rounding of the construction in units of alpha, for every multiplexed rotation in it, times the calls of its
/// definition. The L transformed angles of one are off by at most 2 log2(L) eps times their 2-norm, which is at most
/// the largest angle, 2 pi; elision adds up to 16 eps 2 pi / sqrt(L) each. An angle is a signed sum of all of them, at
/// most sqrt(L) times the 2-norm, and half of it is an error of amplitude.
fn rounding_bound(circuit: &Circuit) -> Result<f64, CircuitError> {
    let angle = |length: f64| length.sqrt() * (2.0 * length.log2() + 16.0) * f64::EPSILON * 2.0 * PI;
    let power = |qubits: usize| 2f64.powi(qubits as i32);
    let definitions = circuit.definitions();
    let mut calls = vec![0.0; definitions.len()];
    calls[circuit.entry_id()?.index()] = 1.0;
    let mut sum = 0.0;
    // Callers stand behind their callees.
    for (index, definition) in definitions.iter().enumerate().rev() {
        let times = calls[index];
        if times == 0.0 {
            continue;
        }
        let mut own = 0.0;
        for &operation in definition.operations() {
            own += match operation {
                Operation::Structured(position) => match &definition.structured(position).kind {
                    Structured::MultiplexedRotation { selects, angles, .. } => {
                        match circuit.angles(*angles)? {
                            // Its coefficients are the angles: nothing is transformed.
                            AngleTable::WalshSparse { coefficients, .. } => {
                                let sum: f64 = coefficients.iter().map(|(_, angle)| angle.abs()).sum();
                                8.0 * f64::EPSILON * (sum + coefficients.len() as f64)
                            }
                            AngleTable::Constant { .. } => 16.0 * f64::EPSILON,
                            _ => angle(power(selects.len())),
                        }
                    }
                    Structured::Diagonal { qubits, .. } => angle(power(qubits.len())),
                    Structured::StatePreparation { qubits, .. } => {
                        (0..qubits.len()).map(|level| angle(power(level))).sum()
                    }
                    Structured::TableLookup { address, target, .. } => {
                        (target.len() + 1) as f64 * angle(power(address.len()))
                    }
                    kind => 16.0 * f64::EPSILON * (1.0 + kind.qubits().len() as f64).powi(2),
                },
                Operation::Call(position) => {
                    let call = definition.calls(position);
                    calls[call.callee.index()] += times * call.repetitions as f64;
                    0.0
                }
                Operation::Conjugate(position) => {
                    let conjugate = definition.conjugates(position);
                    for (call, factor) in [(&conjugate.outer, 2.0), (&conjugate.inner, 1.0)] {
                        calls[call.callee.index()] += times * factor * call.repetitions as f64;
                    }
                    0.0
                }
                _ => 16.0 * f64::EPSILON,
            };
        }
        sum += times * own;
    }
    Ok(sum)
}
