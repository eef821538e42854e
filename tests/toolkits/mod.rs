//! What the tests with external toolkits share: the environment, and unitaries on our executor.

use qnewton::circuit::{Circuit, Operation};
use qnewton::core::Silent;
use qnewton::statevector::{Program, RunOptions, StateVector};
use qnewton_tests::root;
use std::process::Command;

/// A command that runs a script of `tests/interop` with the pinned Python environment.
///
/// # Panics
/// If the environment cannot be made.
pub(crate) fn python(script: &str) -> Command {
    let setup = Command::new("sh").arg(root().join("tests/interop/setup.sh")).output();
    let setup = setup.expect("a POSIX shell is needed to set up the Python environment");
    let errors = String::from_utf8_lossy(&setup.stderr).into_owned();
    assert!(
        setup.status.success(),
        "the Python environment could not be set up (Python 3 and PyPI are needed): {errors}"
    );
    let python = String::from_utf8(setup.stdout).unwrap();
    let mut command = Command::new(python.trim());
    command.arg(root().join("tests/interop").join(script));
    command
}

/// The unitary of a circuit, measurements left out, column by column, as (real, imaginary).
///
/// # Panics
/// If the circuit cannot be executed.
pub(crate) fn unitary(circuit: &Circuit) -> Vec<(f64, f64)> {
    let circuit = without_measurements(circuit);
    let program = Program::<f64>::new(&circuit).unwrap();
    let mut columns = Vec::new();
    for column in 0..1 << program.qubits() {
        let mut state = StateVector::basis(program.qubits(), column).unwrap();
        program.run(&mut state, &RunOptions::default(), &Silent).unwrap();
        columns.extend(state.iter().map(|amplitude| (amplitude.re, amplitude.im)));
    }
    columns
}

fn without_measurements(circuit: &Circuit) -> Circuit {
    let mut result = circuit.clone();
    let entry = circuit.entry().unwrap();
    let mut bare = entry.same_signature();
    for &operation in entry.operations() {
        if !matches!(operation, Operation::Measure { .. }) {
            bare.copy_operation(entry, operation);
        }
    }
    result.replace(circuit.entry_id().unwrap(), bare);
    result
}
