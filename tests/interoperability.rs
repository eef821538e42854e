//! Emitted files in Qiskit: they load, and Qiskit's own state vector, counts and depth are ours.
//!
//! The pinned Python environment is made by `tests/interop/setup.sh` on first use. Without Python or the package
//! registry these tests fail and say so.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use qnewton::circuit::QubitId;
use qnewton::core::Silent;
use qnewton::encoding::{EncodingError, Method};
use qnewton::matrix::{LinearSystem, Preparation, SparseMatrix};
use qnewton::pipeline::{
    BlockOptions, CompileOptions, EmitOptions, EncodingChoice, Manifest, MatrixSource, PipelineError,
    compile, emit, emit_block, encode,
};
use qnewton::qasm::Style;
use qnewton::statevector::{Program, RunOptions, StateVector, project};
use qnewton_tests::{root, system};
use std::path::Path;
use std::process::Command;

const STYLES: [Style; 2] = [Style::Hierarchical, Style::Flat];

/// What Qiskit says of a file: its document, and as (real, imaginary) what it writes for an option, the state for
/// `--state` or the block for `--block`.
fn qiskit(file: &Path, option: &str) -> (serde_json::Value, Vec<(f64, f64)>) {
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
    let output = Command::new(python.trim()).arg(script).arg(file).arg(option).arg(&state).output().unwrap();
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
        let manifest = emit(
            &compiled,
            &file,
            &EmitOptions { style, dialect: Default::default(), preparation: Preparation::default() },
        )
        .unwrap();
        let (document, theirs) = qiskit(&file, "--state");
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
        let options = BlockOptions { encoding: EncodingChoice::of(method), ..BlockOptions::default() };
        let encoded = match encode(&MatrixSource::from(system.clone()), &options, &Silent) {
            Ok(encoded) => encoded,
            Err(PipelineError::Encoding(EncodingError::NotApplicable { .. })) => continue,
            Err(error) => panic!("{}: {error}", method.name()),
        };
        for style in STYLES {
            let file = folder.path().join(format!("{}.qasm", method.name()));
            let options =
                EmitOptions { style, dialect: Default::default(), preparation: Preparation::default() };
            let manifest = emit_block(&encoded, &file, &options).unwrap();
            let (document, theirs) = qiskit(&file, "--state");
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

/// 2 on the diagonal, -1 beside it and, if `periodic`, in the corners, times `factor`.
fn laplacian(size: usize, factor: f64, periodic: bool) -> SparseMatrix<f64> {
    let next = |i: usize| (i + 1 < size || periodic).then_some((i + 1) % size);
    let entries = (0..size).flat_map(|i| {
        let pair = next(i).map(|j| [(i, j, -factor), (j, i, -factor)]);
        pair.into_iter().flatten().chain([(i, i, 2.0 * factor)])
    });
    SparseMatrix::from_triplets(size, size, entries).unwrap()
}

/// A symmetric matrix with entries that nothing predicts.
fn dense(size: usize) -> SparseMatrix<f64> {
    let entry = |i: usize, j: usize| ((i * j + i + j + 1) as f64 * 0.618_033_988_7).sin();
    let entries = (0..size * size).map(|k| (k / size, k % size, entry(k / size, k % size)));
    SparseMatrix::from_triplets(size, size, entries).unwrap()
}

#[test]
fn structured_and_dense_encodings_are_as_small_as_promised_and_the_same_in_qiskit() {
    let auto = EncodingChoice::default();
    let of = EncodingChoice::of;
    // Matrix, choice, largest numbers of cx and of ancillas that must be projected, alpha over the norm.
    let rows = [
        (laplacian(16, 0.25, false), auto, 110, 3, 1.01),
        (laplacian(64, 1.0, false), auto, 270, 3, 1.01),
        (laplacian(64, 1.0, true), auto, 90, 3, 1.0 + 1e-12),
        (dense(16), of(Method::Dilation), 240, 1, 1.0 + 1e-12),
    ];
    let folder = tempfile::tempdir().unwrap();
    for (matrix, encoding, most, ancillas, ratio) in rows {
        let system = LinearSystem::new("row", matrix.clone(), None, &Preparation::default()).unwrap();
        let options = BlockOptions { encoding, ..BlockOptions::default() };
        let encoded = encode(&MatrixSource::from(system), &options, &Silent).unwrap();
        let file = folder.path().join("row.qasm");
        let options = EmitOptions {
            style: Style::Flat,
            dialect: Default::default(),
            preparation: Preparation::default(),
        };
        let manifest = emit_block(&encoded, &file, &options).unwrap();
        let cx = manifest.circuit.two_qubit_count;
        let name = format!("{} of {} unknowns, {cx} cx", manifest.encoding.encoding, matrix.rows());
        assert!(cx <= most, "{name}");
        assert!(encoded.encoding.projected_qubits().unwrap() <= ancillas, "{name}");
        assert!(manifest.encoding.alpha <= ratio * encoded.facts.spectrum.norm, "{name}");
        let small = matrix.rows() <= 16;
        let (document, theirs) = qiskit(&file, if small { "--block" } else { "--state" });
        check_counts(&manifest, &document);
        for (place, (re, im)) in theirs.into_iter().enumerate().filter(|_| small) {
            let expected = matrix.get(place % matrix.rows(), place / matrix.rows());
            let error = (manifest.encoding.alpha * re - expected).hypot(manifest.encoding.alpha * im);
            assert!(error < 1e-10, "{name}: entry {place} is off by {error}");
        }
    }
}
