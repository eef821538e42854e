//! Matrices of circuits: the block that a circuit encodes, and the whole unitary of a small one.

use crate::bits::Condition;
use crate::engine::Direct;
use crate::error::ExecutorError;
use crate::execute::Execution;
use crate::memory::{check_memory, memory_available};
use crate::program::Program;
use crate::projection::scatter_of;
use crate::simd::Instructions;
use crate::state::check_qubits;
use num_complex::Complex64;
use qnewton_circuit::{Circuit, QubitId};
use qnewton_core::{Monitor, Silent};
use rayon::prelude::*;
use std::ops::Range;

/// Columns are run together up to this many qubits, so that kernels work on long runs.
const BATCH_QUBITS: usize = 15;

/// Columns of the block <0| U |0> of a unitary circuit, |0> on all qubits but `system`: `result[j][i]` is
/// <i, 0| U |columns.start + j, 0>, bit k of i on `system[k]`: the result is a list of columns.
///
/// An error if the circuit is not unitary or its entry has parameters, a qubit does not exist, or memory does not suffice.
pub fn block(
    circuit: &Circuit,
    system: &[QubitId],
    columns: Range<usize>,
    monitor: &dyn Monitor,
) -> Result<Vec<Vec<Complex64>>, ExecutorError> {
    let program = Program::<f64>::new(circuit)?;
    program.check_unitary()?;
    program.check_parameters(&[])?;
    let available = memory_available();
    check_memory::<f64>(program.qubits(), available)?;
    check_qubits(system, program.qubits())?;
    let size = 1usize << system.len();
    if columns.end > size {
        let problem = format!("column {} is outside a block of {size} columns", columns.end - 1);
        return Err(ExecutorError::Selection { problem });
    }
    let needed = (columns.len() as u128 * size as u128).saturating_mul(size_of::<Complex64>() as u128);
    if needed > available {
        return Err(ExecutorError::Block { columns: columns.len(), rows: size, needed, available });
    }
    let batch = columns.len().next_power_of_two().min(1 << BATCH_QUBITS.saturating_sub(program.qubits()));
    let batch_qubits = batch.trailing_zeros() as usize;
    let at_once =
        if program.qubits() + batch_qubits <= BATCH_QUBITS { rayon::current_num_threads() } else { 1 };
    let copies = at_once.next_power_of_two().trailing_zeros() as usize;
    check_memory::<f64>(program.qubits() + batch_qubits + copies, available)?;
    monitor.begin("extracting a block", columns.len() as u64);
    let run = |first: usize| {
        let batch_columns = first..(first + batch).min(columns.end);
        let result = run_batch(&program, system, batch_columns.clone(), batch_qubits, monitor);
        monitor.advance(batch_columns.len() as u64);
        result
    };
    let starts: Vec<usize> = columns.clone().step_by(batch).collect();
    let parts: Vec<Vec<Vec<Complex64>>> = if at_once > 1 {
        starts.into_par_iter().map(run).collect::<Result<_, _>>()?
    } else {
        starts.into_iter().map(run).collect::<Result<_, _>>()?
    };
    Ok(parts.into_iter().flatten().collect())
}

/// All columns of [`block`].
pub fn full_block(circuit: &Circuit, system: &[QubitId]) -> Result<Vec<Vec<Complex64>>, ExecutorError> {
    let size = 1usize.checked_shl(system.len() as u32).unwrap_or(usize::MAX);
    block(circuit, system, 0..size, &Silent)
}

/// The matrix of a unitary circuit on all qubits of its [`Program`]: `result[j][i]` is <i| U |j>.
pub fn unitary(circuit: &Circuit) -> Result<Vec<Vec<Complex64>>, ExecutorError> {
    let qubits = Program::<f64>::new(circuit)?.qubits() as u32;
    full_block(circuit, &(0..qubits).map(QubitId).collect::<Vec<QubitId>>())
}

/// Runs several columns side by side: the number of the column is the value of additional low qubits.
fn run_batch(
    program: &Program<f64>,
    system: &[QubitId],
    columns: Range<usize>,
    batch_qubits: usize,
    monitor: &dyn Monitor,
) -> Result<Vec<Vec<Complex64>>, ExecutorError> {
    let scatter = scatter_of(system);
    let zero = Complex64::new(0.0, 0.0);
    let mut amplitudes = vec![zero; 1 << (program.qubits() + batch_qubits)];
    for (number, column) in columns.clone().enumerate() {
        amplitudes[scatter.get(column) << batch_qubits | number] = Complex64::new(1.0, 0.0);
    }
    let quiet = Quiet(monitor);
    let mut engine = Direct::new(&mut amplitudes, Instructions::best());
    let mut execution = Execution::new(program, &mut engine, batch_qubits as u8, 0, &quiet);
    execution.run(Condition::default(), &[])?;
    let entry = |number: usize, row: usize| amplitudes[scatter.get(row) << batch_qubits | number];
    let column = |number: usize| (0..1usize << system.len()).map(|row| entry(number, row)).collect();
    Ok((0..columns.len()).map(column).collect())
}

/// Passes on the wish to stop, and no progress.
struct Quiet<'a>(&'a dyn Monitor);

impl Monitor for Quiet<'_> {
    fn begin(&self, _stage: &str, _total: u64) {}
    fn advance(&self, _steps: u64) {}
    fn is_cancelled(&self) -> bool {
        self.0.is_cancelled()
    }
}
