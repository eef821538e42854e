//! `qnewton convert`, and `--dialect` of the commands that write circuits.

use crate::harness::{Folder, numbers, relative_difference};
use serde_json::Value;

const ANY: &str = "\
OPENQASM 3.0;
// a walk
include \"stdgates.inc\";
gate step(t) a, b { ry(t/2) a; cx a, b; crz(t) a, b; gphase(t); }
qubit[2] q;
qubit anc;
h q;
ctrl @ step(-0.3) anc, q[0], q[1];
pow(3) @ step(-1.2) q[0], q[1];
inv @ sx anc;
";

const DIALECTS: [&str; 7] = ["openqasm3", "qiskit", "braket", "pennylane", "qdk", "cirq", "openqasm2"];

/// The amplitudes of a file, after its global phase has been put back.
fn amplitudes(folder: &Folder, file: &str, phase: f64) -> Vec<f64> {
    let run = folder.json(&format!("run {file}"));
    let (sine, cosine) = phase.sin_cos();
    let outcomes = run["most_probable"].as_array().unwrap();
    let mut sorted: Vec<(String, f64, f64)> = outcomes
        .iter()
        .map(|outcome| {
            let parts = numbers(&outcome["amplitude"]);
            let (re, im) = (parts[0], parts[1]);
            (outcome["state"].to_string(), re * cosine - im * sine, re * sine + im * cosine)
        })
        .collect();
    sorted.sort_by(|a, b| a.0.cmp(&b.0));
    sorted.into_iter().flat_map(|(_, re, im)| [re, im]).collect()
}

#[test]
fn every_dialect_means_the_same_and_says_which_phase_it_leaves_out() {
    let folder = Folder::new();
    folder.write("any.qasm", ANY);
    let expected = amplitudes(&folder, "any.qasm", 0.0);
    for dialect in DIALECTS {
        for basis in ["", " --basis u3,cx", " --basis rz,sx,x,cx"] {
            let document = folder.json(&format!("convert any.qasm {dialect}.qasm --to {dialect}{basis}"));
            assert_eq!((&document["dialect"], &document["qubits"]), (&Value::from(dialect), &Value::from(3)));
            let keeps = ["openqasm3", "qiskit", "braket"].contains(&dialect);
            assert_eq!(document["global_phase"].is_null(), keeps, "{dialect}");
            let file = format!("{dialect}.qasm");
            let text = folder.read(&file);
            assert!(text.contains("// a walk"), "{text}");
            let phase = document["global_phase"].as_f64().unwrap_or(0.0);
            assert_eq!(text.contains(&format!("// global phase: {phase}")), !keeps, "{text}");
            let found = amplitudes(&folder, &file, phase);
            assert!(relative_difference(&found, &expected) < 1e-12, "{dialect}{basis}");
        }
    }
}

#[test]
fn standard_input_goes_to_standard_output() {
    let folder = Folder::new();
    let run = |arguments: &str, input: &str| {
        let mut command = folder.command();
        let output = command.args(arguments.split_whitespace()).write_stdin(input).output().unwrap();
        (
            output.status.code(),
            String::from_utf8(output.stdout).unwrap(),
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    let (code, text, notes) = run("convert - - --to cirq --measure", ANY);
    assert_eq!(code, Some(0));
    assert!(text.contains("\nmeasured_q[1] = measure q[1];\nmeasured_anc[0] = measure anc[0];\n"), "{text}");
    assert!(notes.starts_with("note: the global phase, "), "{notes}");
    // What was written can be read again, to the same bytes but for the remark on the phase.
    let (code, again, _) = run("convert - - --to cirq --quiet", &text);
    let gates = |text: &str| text.lines().filter(|line| !line.starts_with("// global")).collect::<String>();
    assert_eq!((code, gates(&again)), (Some(0), gates(&text)));
    let (code, _, errors) = run("convert - - --to cirq", "qubit[2] q;\nh q[2];\n");
    assert_eq!(code, Some(1));
    assert!(errors.contains("line 2, column 5: index 2 is out of range"), "{errors}");
    assert!(folder.files().is_empty());
}

#[test]
fn what_cannot_be_converted_is_refused_and_leaves_no_file() {
    let folder = Folder::new();
    folder.write("any.qasm", ANY);
    folder.write("measured.qasm", "qubit q; bit c; gate flip a { x a; } c = measure q; if (c) { flip q; }");
    let refused = |arguments: &str, code: i32, words: &str| {
        let run = folder.qnewton(arguments);
        assert_eq!(run.code, code, "{arguments}");
        assert!(run.stderr.contains(words), "{arguments}: {}", run.stderr);
        assert_eq!(folder.files().len(), 2, "{:?}", folder.files());
    };
    let loops = "the dialect `qiskit` cannot be written in style `loop`: it takes `hierarchical`, `flat`";
    refused("convert any.qasm out.qasm --to qiskit --style loop", 2, loops);
    refused("convert any.qasm out.qasm --to fortran", 2, "possible values: openqasm3, qiskit, braket");
    refused("convert measured.qasm out.qasm --to cirq", 1, "`cirq` has no conditions on measured bits");
    refused("convert measured.qasm out.qasm --to qdk --measure", 2, "the circuit measures already");
    refused("convert any.qasm any.qasm --to qdk", 2, "would replace another file");
    refused("convert any.qasm - --to qdk --json", 2, "give a file");
    refused("convert none.qasm out.qasm --to qdk", 1, "none.qasm");
    folder.small_system();
    let run =
        folder.qnewton("compile A.mtx --rhs A.rhs.mtx -o s.qasm --dialect pennylane --style hierarchical");
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("it takes `flat`"), "{}", run.stderr);
}

#[test]
fn compiled_files_of_every_dialect_are_verified_and_give_the_same_x() {
    let folder = Folder::new();
    folder.small_system();
    for dialect in DIALECTS {
        for basis in ["u3,cx", "rz,sx,x,cx"] {
            let options = format!("--dialect {dialect} --basis {basis}");
            let compiled = folder.json(&format!("compile A.mtx --rhs A.rhs.mtx -o s.qasm {options}"));
            let expected = if dialect == "openqasm3" { Value::Null } else { Value::from(dialect) };
            assert_eq!(compiled["dialect"], expected);
            let counted = folder.json("count s.qasm");
            assert_eq!(counted["counts"], compiled["counts"], "{options}");
            let verified = folder.qnewton("verify s.qasm --matrix A.mtx");
            assert_eq!(verified.code, 0, "{options}: {}", verified.stdout);
            let run = folder.json("run s.qasm");
            assert!(relative_difference(&numbers(&run["solution"]), &[0.6, -0.2]) < 1e-2, "{options}");
            folder.json(&format!("encode A.mtx -o block.qasm {options}"));
            let verified = folder.qnewton("verify block.qasm --matrix A.mtx");
            assert_eq!(verified.code, 0, "{options}: {}", verified.stdout);
        }
    }
}
