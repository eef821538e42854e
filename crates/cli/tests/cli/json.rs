//! Documents: their keys, and nothing else on standard output.

use crate::harness::Folder;
use serde_json::Value;

/// `key: type` for every key, nested objects indented; lists by their first element.
fn outline(value: &Value, indent: usize, text: &mut String) {
    let Some(object) = value.as_object() else { return };
    for (key, value) in object {
        let kind = match value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(_) => "number",
            Value::String(_) => "string",
            Value::Array(_) => "list",
            Value::Object(_) => "object",
        };
        text.push_str(&format!("{:indent$}{key}: {kind}\n", ""));
        // Registers, gates and stages are data, not structure.
        if !["registers", "classical_registers", "counts", "seconds", "histogram"].contains(&key.as_str()) {
            let inner = value.as_array().and_then(|list| list.first()).unwrap_or(value);
            outline(inner, indent + 2, text);
        }
    }
}

fn check(folder: &Folder, name: &str, arguments: &str) {
    let mut text = String::new();
    outline(&folder.json(arguments), 0, &mut text);
    insta::assert_snapshot!(format!("keys_{name}"), text);
}

#[test]
fn documents_have_these_keys() {
    let folder = Folder::new();
    folder.small_system();
    folder.write("any.qasm", "OPENQASM 3.0;\nqubit[2] q;\nbit[2] c;\nU(1, 2, 3) q[0];\nc = measure q;\n");
    check(&folder, "solve", "solve A.mtx --rhs A.rhs.mtx --damping 0.1 --prune 2");
    folder.matrix("B", &[&[1.0, 0.0], &[0.0, 2.0]]);
    check(&folder, "solve_several", "solve A.mtx --rhs B.mtx");
    check(&folder, "solve_with_shots", "solve A.mtx --rhs A.rhs.mtx --shots 1e4 --seed 1");
    check(
        &folder,
        "solve_deflated",
        "solve A.mtx --rhs A.rhs.mtx --deflate 1 --shots 1e4 --overlap A.rhs.mtx --quadratic-form A.mtx",
    );
    check(
        &folder,
        "compare_preprocessing",
        "solve A.mtx --rhs A.rhs.mtx --compare-preprocessing --plot p.svg",
    );
    check(&folder, "compare_solvers", "solve A.mtx --rhs A.rhs.mtx --compare-solvers --plot solvers.svg");
    check(&folder, "solve_direction", "solve A.mtx --rhs A.rhs.mtx --solver shortcut --shots 1e4 --seed 1");
    check(&folder, "compile_shortcut", "compile A.mtx --rhs A.rhs.mtx --solver shortcut -o d.qasm");
    check(&folder, "compile_adiabatic", "compile A.mtx --rhs A.rhs.mtx --solver adiabatic -o d.qasm");
    check(&folder, "compile_gram", "compile A.mtx --gram --shift 1 --rhs A.rhs.mtx --solver gram -o g.qasm");
    check(&folder, "run_direction", "run d.qasm");
    check(&folder, "compile", "compile A.mtx --rhs A.rhs.mtx -o s.qasm");
    check(&folder, "encode", "encode A.mtx");
    check(&folder, "encode_with_file", "encode A.mtx -o block.qasm");
    check(&folder, "run_any", "run any.qasm --shots 10");
    check(
        &folder,
        "run_observed",
        "run any.qasm --shots 10 --noise depolarising=0.1 --post-select q[1]=0 --expect Z0 --register q",
    );
    check(&folder, "run_solver", "run s.qasm");
    check(&folder, "verify", "verify s.qasm --matrix A.mtx");
    check(&folder, "count", "count any.qasm");
    check(&folder, "equal", "equal s.qasm s.qasm");
    check(&folder, "convert", "convert any.qasm converted.qasm --to braket");
    check(&folder, "compile_dialect", "compile A.mtx --rhs A.rhs.mtx -o d.qasm --dialect cirq");
    check(&folder, "check", "check any.qasm");
    check(&folder, "schedule", "schedule A.mtx --execute");
    check(&folder, "breakeven", "breakeven A.mtx");
    check(&folder, "calibrate", "calibrate --quick --output classical.toml");
    check(&folder, "schedule_timeline", "schedule A.mtx --workers 2");
    check(&folder, "regularize", "regularize A.mtx --rhs A.rhs.mtx");
    check(&folder, "hessian", "hessian --layers 3,3,2 --steps 1 -o H.mtx");
    check(&folder, "train", "train --layers 3,3,2 --steps 1");
    let manifest: Value = serde_json::from_str(&folder.read("s.qasm.json")).unwrap();
    let mut text = String::new();
    outline(&manifest, 0, &mut text);
    insta::assert_snapshot!("keys_manifest", text);
}

#[test]
fn numbers_that_are_infinite_are_null() {
    let folder = Folder::new();
    folder.matrix("A", &[&[1.0, 1.0], &[1.0, 1.0]]);
    assert_eq!(folder.json("encode A.mtx")["condition_number"], Value::Null);
}

#[test]
fn the_registers_of_a_document_partition_the_qubits() {
    let folder = Folder::new();
    folder.hessian("digits-12");
    let document = folder.json("encode A.mtx --encoding sparse");
    let registers = document["registers"].as_object().unwrap();
    let mut qubits: Vec<u64> = registers
        .values()
        .flat_map(|list| list.as_array().unwrap().iter().map(|qubit| qubit.as_u64().unwrap()))
        .collect();
    qubits.sort_unstable();
    assert_eq!(qubits, (0..document["qubits"].as_u64().unwrap()).collect::<Vec<_>>());
    let mut names: Vec<&str> =
        document["postselect"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    names.push("system");
    names.sort_unstable();
    assert_eq!(names, registers.keys().collect::<Vec<_>>());
}

/// The last part of every key in an outline.
fn keys(outline: &str) -> impl Iterator<Item = &str> {
    outline.lines().filter_map(|line| line.trim().split(':').next())
}

#[test]
fn every_key_is_documented() {
    let documentation = include_str!("../../../../docs/json.md");
    let words: std::collections::BTreeSet<&str> =
        documentation.split('`').skip(1).step_by(2).flat_map(|code| code.split(['.', '[', ']'])).collect();
    let snapshots = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/snapshots");
    let mut documents = 0;
    for entry in std::fs::read_dir(snapshots).unwrap() {
        let path = entry.unwrap().path();
        if !path.to_string_lossy().contains("keys_") {
            continue;
        }
        documents += 1;
        let text = std::fs::read_to_string(&path).unwrap();
        let outline = text.splitn(3, "---\n").nth(2).unwrap();
        for key in keys(outline) {
            assert!(words.contains(key), "{}: `{key}` is not in docs/json.md", path.display());
        }
    }
    assert!(documents >= 12);
}
