//! Definitions on few qubits that are executed often become the matrices that they are.

use crate::bits::Condition;
use crate::engine::Direct;
use crate::error::ExecutorError;
use crate::execute::Execution;
use crate::kernels::MAXIMUM_TARGETS;
use crate::program::{Action, Body, Kernel, Program, Step};
use crate::real::{Real, widen};
use crate::simd::Instructions;
use num_complex::{Complex, Complex64};
use num_traits::{One, Zero};
use qnewton_circuit::Circuit;
use qnewton_core::Silent;
use std::sync::Arc;

/// How often each definition up to the entry is executed, zero for those that are not reached.
pub(crate) fn executions(circuit: &Circuit, entry: usize) -> Vec<u64> {
    let mut executions = vec![0u64; entry + 1];
    executions[entry] = 1;
    for position in (0..=entry).rev() {
        for call in circuit.definitions()[position].all_calls() {
            let more = executions[position].saturating_mul(call.repetitions);
            let callee = &mut executions[call.callee.index()];
            *callee = callee.saturating_add(more);
        }
    }
    executions
}

/// Whether the matrix of a body on `own` qubits pays where it is executed so many times on a state of `total`.
///
/// A pass of the matrix makes about as many products as 2^(own - 1) passes of gates; to find it, the body runs on
/// 4^own amplitudes.
pub(crate) fn pays<R: Real>(body: &Body<R>, own: usize, executions: u64, total: usize) -> bool {
    let passes = body.kernels > 1 && body.kernels > (1 << own.saturating_sub(1).min(62));
    let found = u128::from(executions) << total.min(64) >= 4u128 << (2 * own.min(62));
    body.unitary && (1..=MAXIMUM_TARGETS).contains(&own) && passes && found
}

/// The matrix of the entry of a program without parameters, as the one step that replaces its steps.
pub(crate) fn folded<R: Real>(program: &Program<R>) -> Result<Step<R>, ExecutorError> {
    let own = program.qubits();
    let size = 1usize << own;
    // Column k is run where the lowest qubits have the value k.
    let mut amplitudes = vec![Complex::zero(); size * size];
    for column in 0..size {
        amplitudes[column << own | column] = Complex::one();
    }
    let mut engine = Direct::new(&mut amplitudes, Instructions::best());
    Execution::new(program, &mut engine, own as u8, 0, &Silent).run(Condition::default(), &[])?;
    let entries: Arc<[Complex64]> = amplitudes.into_iter().map(widen).collect();
    let action = Action::Matrix { targets: (0..own as u32).collect(), entries };
    Ok(Step::Kernel(Kernel { action, controls: [].into(), inverse: false }))
}
