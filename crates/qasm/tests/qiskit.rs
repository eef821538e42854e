//! Qiskit and this crate see the same state, counts and depth in a file. The pinned Python environment is made by
//! `tests/interop/setup.sh` on first use.

#![allow(clippy::unwrap_used, reason = "a failure is what a test reports")]

#[path = "common/mod.rs"]
mod common;
#[path = "common/dense.rs"]
mod dense;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use qnewton_circuit::count::Kind;
use qnewton_circuit::{Basis, Circuit, count, depth, lower};
use qnewton_core::Complex64;
use qnewton_qasm::{Style, WriteOptions, read, write_string};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

fn interop() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/interop")
}

/// The Python interpreter that has Qiskit.
fn python() -> &'static str {
    static PYTHON: OnceLock<String> = OnceLock::new();
    PYTHON.get_or_init(|| {
        let output = Command::new(interop().join("setup.sh")).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_string()
    })
}

/// What Qiskit says about a text, and its state.
fn qiskit(text: &str) -> (serde_json::Value, Vec<Complex64>) {
    let folder = tempfile::tempdir().unwrap();
    let (file, state) = (folder.path().join("circuit.qasm"), folder.path().join("state.npy"));
    std::fs::write(&file, text).unwrap();
    let script = interop().join("check_qiskit.py");
    let output = Command::new(python()).arg(script).arg(file).arg("--state").arg(&state).output().unwrap();
    assert!(output.status.success(), "{}\n{text}", String::from_utf8_lossy(&output.stderr));
    let facts: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let bytes = std::fs::read(state).unwrap();
    let length = 16 << facts["num_qubits"].as_u64().unwrap();
    let real = |bytes: &[u8]| f64::from_le_bytes(bytes.try_into().unwrap());
    let amplitudes = bytes[bytes.len() - length..].chunks(16);
    (facts, amplitudes.map(|pair| Complex64::new(real(&pair[..8]), real(&pair[8..]))).collect())
}

#[track_caller]
fn check_state(text: &str) -> serde_json::Value {
    let (facts, theirs) = qiskit(text);
    let ours = dense::state(&read(text).unwrap_or_else(|error| panic!("{error}\n{text}")).circuit);
    let distance = dense::distance(&ours, &theirs);
    assert!(distance < 1e-12, "{distance}\n{text}");
    facts
}

fn check_written(circuit: &Circuit) {
    let expected = dense::state(circuit);
    for style in [Style::Flat, Style::Hierarchical] {
        let text = write_string(circuit, &WriteOptions::with_style(style)).unwrap();
        let (facts, state) = qiskit(&text);
        assert!(dense::distance(&state, &expected) < 1e-12, "{text}");
        let depth = depth(circuit).unwrap();
        assert_eq!(facts["depth"].as_u64().map(u128::from), Some(depth.total), "{text}");
        assert_eq!(facts["two_qubit_depth"].as_u64().map(u128::from), Some(depth.two_qubit), "{text}");
        let counts = count(circuit).unwrap();
        assert_eq!(facts["size"].as_u64().map(u128::from), Some(counts.total()), "{text}");
        for (kind, number) in counts.iter() {
            let Kind::Gate(gate) = kind else { panic!("{kind} in a circuit of gates") };
            assert_eq!(facts["counts"][gate.name()].as_u64().map(u128::from), Some(number), "{text}");
        }
    }
}

#[test]
fn written_files_are_the_circuit() {
    let mut runner = TestRunner::deterministic();
    for _ in 0..5 {
        let circuit = common::circuit(false).new_tree(&mut runner).unwrap().current();
        for &basis in Basis::ALL {
            check_written(&lower(&circuit, basis).unwrap());
        }
    }
}

const PREPARATION: &str = "
    u3(0.3, 0.4, 0.5) q[0]; u3(1.3, -0.4, 0.8) q[1]; u3(2.3, 1.4, -0.5) q[2]; u3(-0.9, 0.7, 0.1) q[3]; u3(1, 2, 3) q[4];
    cx q[0], q[1]; cx q[1], q[2]; cx q[2], q[3]; cx q[3], q[4]; rx(0.4) q[0]; ry(0.6) q[1]; rx(-0.8) q[2]; ry(1.1) q[4];";

#[test]
fn gates_of_qelib1_have_the_phases_of_qiskit() {
    check_state(&format!(
        "OPENQASM 2.0; include \"qelib1.inc\"; qreg q[5]; creg c[5]; {PREPARATION}
        u(0.1,0.2,0.3) q[0]; u1(0.4) q[1]; u2(0.5,0.6) q[2]; u3(0.7,0.8,0.9) q[3]; u0(1) q[0]; p(0.3) q[4]; id q[0];
        x q[0]; y q[1]; z q[2]; h q[3]; s q[4]; sdg q[0]; t q[1]; tdg q[2]; sx q[3]; sxdg q[4];
        rx(0.1) q[0]; ry(-0.2) q[1]; rz(1e-1) q[2]; cz q[0],q[1]; cy q[1],q[2]; swap q[2],q[3]; ch q[3],q[4];
        ccx q[0],q[1],q[2]; cswap q[2],q[3],q[4]; crx(0.3) q[0],q[4]; cry(0.4) q[1],q[3]; crz(0.5) q[2],q[1];
        cu1(pi/7) q[0],q[2]; cp(-pi/7) q[1],q[4]; cu3(0.2,0.3,0.4) q[3],q[0]; csx q[4],q[2]; cu(0.1,0.2,0.3,0.4) q[0],q[3];
        rxx(0.3) q[1],q[2]; rzz(0.7) q[2],q[3]; rccx q[0],q[1],q[2]; rc3x q[1],q[2],q[3],q[4]; c3x q[0],q[1],q[2],q[4];
        c3sqrtx q[4],q[3],q[2],q[0]; c4x q[0],q[1],q[2],q[3],q[4]; CX q[0],q[1]; U(0.1,0.2,0.3) q[2];
        measure q -> c;"
    ));
}

#[test]
fn statements_of_version_3_mean_what_they_mean_to_qiskit() {
    check_state(&format!(
        "OPENQASM 3.0; include \"stdgates.inc\";
        gate inner(a, b) x0, x1 {{ rx(a/2 - b) x0; crz(2*b) x0, x1; gphase(a); ctrl @ sx x1, x0; }}
        gate outer(t) w, v {{ inner(t, 0.5) w, v; inv @ inner(-t, t + pi) v, w; }}
        qubit[5] q; bit[5] c; {PREPARATION}
        ctrl @ U(0.3, 0.2, 0.1) q[0], q[1]; negctrl @ x q[0], q[1]; ctrl(2) @ ry(0.5) q[2], q[0], q[4];
        ctrl @ negctrl @ p(0.3) q[0], q[1], q[2]; inv @ ctrl @ s q[1], q[0]; pow(2) @ t q[3]; pow(-1) @ sx q[1];
        pow(0.5) @ x q[2]; pow(0.5) @ t q[2]; ctrl @ gphase(0.4) q[3]; negctrl @ gphase(0.4) q[2]; gphase(1.5);
        outer(0.7) q[0], q[3]; inv @ outer(0.2) q[1], q[4]; ctrl @ outer(0.9) q[2], q[3], q[4];
        pow(3) @ outer(0.1) q[0], q[1]; let a = q[1:3]; h a; x a[0]; x q[-1]; cx q[0], q[{{1, 3}}]; ccx q[0], q[1], q[4];
        U(0.1, 0.2, 0.3) q[0]; CX q[0], q[1]; phase(0.1) q[2]; cphase(0.2) q[2], q[3]; barrier q; barrier q[0], q[2:3];
        c = measure q;"
    ));
}
