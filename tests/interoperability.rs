//! Emitted files in Qiskit: they load, and Qiskit's own state vector, counts and depth are ours.
//!
//! The pinned Python environment is made by `tests/interop/setup.sh` on first use. Without Python or the package
//! registry these tests fail and say so.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use qnewton::circuit::QubitId;
use qnewton::core::Silent;
use qnewton::encoding::Method;
use qnewton::matrix::Preparation;
use qnewton::pipeline::{
    BlockOptions, CompileOptions, EmitOptions, Manifest, compile, emit, emit_block, encode,
};
use qnewton::qasm::Style;
use qnewton::statevector::{Program, RunOptions, StateVector, project};
use qnewton_tests::{root, system};
use std::path::Path;
use std::process::Command;

const STYLES: [Style; 2] = [Style::Hierarchical, Style::Flat];

/// What Qiskit says of a file: its document, and the amplitudes of its state as (real, imaginary).
fn qiskit(file: &Path) -> (serde_json::Value, Vec<(f64, f64)>) {
    let setup = Command::new("sh").arg(root().join("tests/interop/setup.sh")).output();
    let setup = setup.expect("a POSIX shell is needed to set up the Python environment");
    let errors = String::from_utf8_lossy(&setup.stderr).into_owned();
    assert!(
        setup.status.success(),
        "the Python environment could not be set up (Python 3 and PyPI are needed): {errors}"
    );
    let python = String::from_utf8(setup.stdout).unwrap();
    let state = file.with_extension("npy");
    let script = root().join("tests/interop/check_qiskit.py");
    let output =
        Command::new(python.trim()).arg(script).arg(file).arg("--state").arg(&state).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let document = serde_json::from_slice(&output.stdout).unwrap();
    // A .npy file: magic, version, length of the header, header, then complex128 values.
    let bytes = std::fs::read(&state).unwrap();
    let header = usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
    assert!(String::from_utf8_lossy(&bytes[10..10 + header]).contains("<c16"));
    let numbers: Vec<f64> = bytes[10 + header..]
        .chunks_exact(8)
        .map(|chunk| f64::from_le_bytes(chunk.try_into().unwrap()))
        .collect();
    (document, numbers.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect())
}

fn check_counts(manifest: &Manifest, document: &serde_json::Value) {
    assert_eq!(document["num_qubits"], serde_json::json!(manifest.circuit.qubits));
    assert_eq!(document["counts"], serde_json::json!(manifest.circuit.counts), "{}", manifest.name);
    assert_eq!(document["depth"], serde_json::json!(manifest.circuit.depth), "{}", manifest.name);
}

/// The index in the whole state of each value of `system`, all other registers 0.
fn indices(manifest: &Manifest) -> Vec<usize> {
    let system = &manifest.circuit.registers["system"];
    let place =
        |value: usize| system.iter().enumerate().map(|(bit, qubit)| (value >> bit & 1) << qubit).sum();
    (0..1usize << system.len()).map(place).collect()
}

/// Qiskit parses a flat file at some thousand gates a second: a larger epsilon keeps the flat one short.
fn solver_circuit_means_the_same_in_qiskit(name: &str) {
    let folder = tempfile::tempdir().unwrap();
    for (style, epsilon) in [(Style::Hierarchical, 1e-2), (Style::Flat, 0.5)] {
        let options = CompileOptions { epsilon, ..CompileOptions::default() };
        let compiled = compile(&system(name), &options, &Silent).unwrap();
        let program = Program::<f64>::new(&compiled.lowered).unwrap();
        let mut state: StateVector = StateVector::zero(program.qubits()).unwrap();
        program.run(&mut state, &RunOptions::default(), &Silent).unwrap();
        let system: Vec<QubitId> = (0..compiled.encoding.system_qubits as u32).map(QubitId).collect();
        let ours = project(&state, &system).unwrap();
        let file = folder.path().join(format!("{name}.qasm"));
        let manifest =
            emit(&compiled, &file, &EmitOptions { style, preparation: Preparation::default() }).unwrap();
        let (document, theirs) = qiskit(&file);
        check_counts(&manifest, &document);
        for (ours, index) in ours.iter().zip(indices(&manifest)) {
            let difference = (ours.re - theirs[index].0).hypot(ours.im - theirs[index].1);
            assert!(difference < 1e-8, "{name} {style:?}: {ours} against {:?}", theirs[index]);
        }
    }
}

#[test]
fn digits_12_means_the_same_in_qiskit() {
    solver_circuit_means_the_same_in_qiskit("digits-12");
}

#[test]
fn digits_16_pruned_means_the_same_in_qiskit() {
    solver_circuit_means_the_same_in_qiskit("digits-16-pruned");
}

#[test]
fn poisson_16_means_the_same_in_qiskit() {
    solver_circuit_means_the_same_in_qiskit("poisson-16");
}

#[test]
fn block_encodings_have_the_same_first_column_counts_and_depth_in_qiskit() {
    let folder = tempfile::tempdir().unwrap();
    let system = system("digits-12");
    for &method in Method::ALL {
        let options = BlockOptions { encoding: Some(method), ..BlockOptions::default() };
        let encoded = encode(&system, &options, &Silent).unwrap();
        for style in STYLES {
            let file = folder.path().join(format!("{}.qasm", method.name()));
            let options = EmitOptions { style, preparation: Preparation::default() };
            let manifest = emit_block(&encoded, &file, &options).unwrap();
            let (document, theirs) = qiskit(&file);
            check_counts(&manifest, &document);
            for (row, index) in indices(&manifest).into_iter().enumerate().take(system.dimension()) {
                let (re, im) = theirs[index];
                let found = manifest.encoding.alpha * re;
                assert!(
                    (found - system.matrix.get(row, 0)).abs() < 1e-10 && im.abs() < 1e-10,
                    "{}",
                    method.name()
                );
            }
        }
    }
}
