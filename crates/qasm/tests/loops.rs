//! Loops stay short: repetitions and tables instead of copies; inputs have the values that are given.

#![allow(clippy::unwrap_used, reason = "a failure is what a test reports")]

use qnewton_circuit::verify::verify;
use qnewton_circuit::{AngleTable, Arguments, Circuit, Gate, Operation, Table, count};
use qnewton_qasm::{ReadErrorKind, ReadOptions, read, read_with};
use std::fmt::Write as _;

fn circuit(text: &str) -> Circuit {
    let circuit = read(text).unwrap_or_else(|error| panic!("{error}\n{text}")).circuit;
    assert_eq!(verify(&circuit), []);
    circuit
}

#[test]
fn nested_loops_multiply_without_being_written_out() {
    let circuit = circuit(
        "OPENQASM 3.0; qubit[2] q;
        for int i in [1:1000] { for int j in [1:1000] { for int k in [1:1000] {
            for int l in [1:1000] { h q[0]; cx q[0], q[1]; } t q[1]; } } }",
    );
    let counts = count(&circuit).unwrap();
    assert_eq!(counts.gate(Gate::H), 1_000_000_000_000);
    assert_eq!(counts.gate(Gate::T), 1_000_000_000);
    assert!(circuit.definitions().len() <= 4 && circuit.tables().is_empty());
}

#[test]
fn a_loop_over_an_array_is_a_call_with_a_table() {
    let values: Vec<f64> = (0..100_000).map(|k| (f64::from(k) * 0.7).sin()).collect();
    let mut text = String::from("OPENQASM 3.0;\ngate step(p00) a, b { rz(p00) a; cx a, b; }\nqubit[2] q;\n");
    let list: Vec<String> = values.iter().map(f64::to_string).collect();
    writeln!(text, "const array[float[64], {}] angles = {{{}}};", values.len(), list.join(", ")).unwrap();
    writeln!(text, "for int i in [0:{}] {{ step(angles[i]) q[0], q[1]; }}", values.len() - 1).unwrap();
    let circuit = circuit(&text);
    let main = circuit.entry().unwrap();
    assert_eq!(main.operations(), [Operation::Call(0)]);
    let call = main.calls(0);
    assert_eq!(circuit.definition(call.callee).name, "step");
    assert_eq!(call.repetitions, 100_000);
    assert!(matches!(call.arguments, Arguments::Table(_)));
    assert_eq!(circuit.tables(), [Table::Angles(AngleTable::Dense(values))]);
}

#[test]
fn tables_have_a_column_for_every_angle_that_varies() {
    let circuit = circuit(
        "OPENQASM 3.0; qubit[2] q; const array[float, 2] a = {0.5, 0.25};
        for int i in [0:1] { rx(a[i]) q[0]; rz(0.125) q[1]; u3(i, 2 * a[1 - i], 1) q[1]; }",
    );
    let expected = AngleTable::Dense(vec![0.5, 0.0, 0.5, 0.25, 1.0, 1.0]);
    assert_eq!(circuit.tables(), [Table::Angles(expected)]);
    assert_eq!(circuit.entry().unwrap().calls(0).repetitions, 2);
}

#[test]
fn inputs_have_the_values_that_are_given() {
    let text = "OPENQASM 3.0; input float theta; input int n; qubit[3] q; rx(2 * theta) q[n];";
    let error = read(text).unwrap_err();
    assert_eq!(error.kind, ReadErrorKind::Invalid);
    assert!(error.to_string().contains("the input `theta` has no value"), "{error}");
    let inputs = [("theta".to_string(), 0.25), ("n".to_string(), 2.0)].into();
    let program = read_with(text, &ReadOptions { inputs, ..ReadOptions::default() }).unwrap();
    assert_eq!(program.circuit, circuit("OPENQASM 3.0; qubit[3] q; rx(0.5) q[2];"));
    let inputs = [("theta".to_string(), 0.25), ("n".to_string(), 0.5)].into();
    assert!(read_with(text, &ReadOptions { inputs, ..ReadOptions::default() }).is_err());
}

#[test]
fn unrolling_has_a_limit() {
    let text = "OPENQASM 3.0; qubit[2] q; for int i in [0:99] { x q[i % 2]; h q[0]; }";
    let limited = |maximum_statements| ReadOptions { maximum_statements, ..ReadOptions::default() };
    let error = read_with(text, &limited(300)).unwrap_err();
    assert_eq!((error.kind, error.line), (ReadErrorKind::TooLarge, 1));
    assert!(read_with(text, &limited(1000)).is_ok());
    // At once, not after 2^24 steps.
    assert!(read("qubit[2] q; for int i in [0:1000000000000000] { x q[i % 2]; }").is_err());
    assert!(read("qubit[2] q; for int i in [0:1000000000000000] { x q[0]; }").is_ok());
    assert!(read("while (true) { }").is_err());
    let deep = "for int i in [0:1] { ".repeat(300) + &"}".repeat(300);
    assert_eq!(read(&deep).unwrap_err().kind, ReadErrorKind::TooLarge);
    let doubling: String = (1..40).fold("def f0(qubit a) { x a; }\n".to_string(), |text, k| {
        text + &format!("def f{k}(qubit a) {{ f{}(a); f{}(a); }}\n", k - 1, k - 1)
    });
    let error = read(&format!("{doubling} qubit q; f39(q);")).unwrap_err();
    assert_eq!(error.kind, ReadErrorKind::TooLarge);
}

#[test]
fn bodies_under_conditions_keep_the_values_of_loops() {
    let circuit = circuit(
        "OPENQASM 3.0; qubit[2] q; bit c;
        for int i in [0:3] { c = measure q[0]; if (c) { rx(0.5 * i) q[1]; h q[1]; } }",
    );
    let expected = AngleTable::Dense(vec![0.0, 0.5, 1.0, 1.5]);
    assert_eq!(circuit.tables(), [Table::Angles(expected)]);
    assert_eq!(count(&circuit).unwrap().gate(Gate::Rx), 4);
}
