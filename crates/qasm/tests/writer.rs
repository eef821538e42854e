//! The text of small circuits, and what the writer refuses.

#![allow(clippy::unwrap_used, reason = "a failure is what a test reports")]

use qnewton_circuit::{
    Angle, AngleTable, Basis, BitId, Call, Circuit, Control, Definition, Gate, QubitId, RegisterKind,
    Structured, lower,
};
use qnewton_qasm::{Style, WriteError, WriteOptions, read, write, write_string};
use std::f64::consts::{FRAC_PI_2, PI};

fn text(circuit: &Circuit, style: Style) -> String {
    write_string(circuit, &WriteOptions::with_style(style)).unwrap()
}

/// A circuit with a definition that has parameters, called inverted, repeated and with a table.
fn layered() -> Circuit {
    let mut circuit = Circuit::new();
    let mut layer = Definition::new("layer");
    let system = layer.add_register("system", 2);
    let flag = layer.add_register("flag", 1);
    let theta = layer.add_parameter("theta");
    let phi = layer.add_parameter("phi");
    layer.gate_with(
        Gate::U3,
        &[system.qubit(0)],
        &[theta.clone(), Angle::default(), phi.plus(&Angle::from(PI))],
    );
    layer.gate(Gate::Cx, &[system.qubit(0), system.qubit(1)], &[]);
    layer.gate_with(Gate::Rz, &[flag.qubit(0)], &[theta.scaled(-0.5).plus(&phi).plus(&Angle::from(0.25))]);
    let layer = circuit.add(layer);
    let mut pair = Definition::new("pair");
    let qubits: Vec<QubitId> = pair.add_register("q", 3).qubits().collect();
    let angle = pair.add_parameter("angle");
    pair.call(Call::new(layer, qubits.clone()).with_angles([angle.clone(), angle.scaled(2.0)]));
    pair.call(Call::new(layer, qubits).with_angles([angle, Angle::from(1e-7)]).inverted());
    let pair = circuit.add(pair);
    let table = circuit.add_angles(AngleTable::Dense(vec![0.1, 0.2, 0.3]));
    let mut main = Definition::new("solver");
    let system = main.add_register("system", 2);
    let ancilla = main.add_register("ancilla", 2);
    let outcome = main.add_bits("outcome", 2);
    let operands = || system.qubits().chain([ancilla.qubit(1)]);
    main.gate(Gate::U3, &[system.qubit(1)], &[FRAC_PI_2, 0.0, PI]);
    main.call(Call::new(pair, operands()).repeated_with(3, table).inverted());
    main.call(Call::new(pair, operands()).with_angles([Angle::from(0.1 + 0.2)]).repeated(2));
    main.global_phase(&Angle::from(-0.7));
    main.barrier(operands().collect());
    for (qubit, bit) in system.qubits().zip(0..) {
        main.measure(qubit, BitId(outcome.start + bit));
    }
    circuit.add(main);
    circuit
}

#[test]
fn hierarchical_files_have_a_gate_per_definition() {
    insta::assert_snapshot!(text(&layered(), Style::Hierarchical));
}

#[test]
fn flat_files_have_a_gate_per_line() {
    insta::assert_snapshot!(text(&layered(), Style::Flat));
}

#[test]
fn definitions_that_measure_are_written_in_place() {
    let mut circuit = Circuit::new();
    let mut flip = Definition::new("flip");
    let q = flip.add_register("q", 1);
    flip.gate(Gate::X, &[q.qubit(0)], &[]);
    let flip = circuit.add(flip);
    let mut correct = Definition::new("correct");
    let q = correct.add_register("q", 2);
    let angle = correct.add_parameter("angle");
    correct.add_bits("c", 2);
    correct.gate_with(Gate::Ry, &[q.qubit(0)], &[angle.scaled(2.0)]);
    correct.measure(q.qubit(0), BitId(1));
    correct.conditional(vec![(BitId(1), true), (BitId(0), false)], Call::new(flip, [q.qubit(1)]).repeated(2));
    correct.reset(q.qubit(0));
    let correct = circuit.add(correct);
    let mut main = Definition::new("main");
    let data = main.add_register("data", 3);
    main.add_bits("low", 1);
    main.add_bits("high", 1);
    let mut call = Call::new(correct, [data.qubit(2), data.qubit(0)]).with_angles([Angle::from(0.5)]);
    call.bits = vec![BitId(1), BitId(0)];
    main.call(call);
    circuit.add(main);
    insta::assert_snapshot!(text(&circuit, Style::Hierarchical));
}

#[test]
fn names_that_mean_something_else_are_replaced() {
    let mut circuit = Circuit::new();
    let mut callee = Definition::new("h");
    callee.add_register("measure", 1);
    callee.add_register("x y", 2);
    callee.add_register("x_y", 1);
    callee.gate(Gate::Rzz, &[QubitId(0), QubitId(2)], &[1.0]);
    callee.gate(Gate::Sxdg, &[QubitId(3)], &[]);
    let callee = circuit.add(callee);
    let mut main = Definition::new("main");
    main.add_register("cx", 2);
    main.add_register("2nd", 2);
    main.add_bits("cx_2", 1);
    main.call(Call::new(callee, (0..4).map(QubitId)));
    circuit.add(main);
    insta::assert_snapshot!(text(&circuit, Style::Hierarchical));
}

#[test]
fn headers_come_back_as_leading_comments() {
    let header = ["first", "", "  indented: ärger", "two\nlines"].map(String::from).to_vec();
    let options = WriteOptions { header, ..WriteOptions::with_style(Style::Flat) };
    let program = read(&write_string(&layered(), &options).unwrap()).unwrap();
    assert_eq!(program.leading_comments, ["first", "", "  indented: ärger", "two", "lines"]);
    assert_eq!(program.version, Some((3, 0)));
}

#[test]
fn what_is_not_lowered_is_refused_by_name() {
    let mut circuit = Circuit::new();
    let mut callee = Definition::new("encoding");
    callee.add_register("q", 1);
    callee.add_register_of("work", 1, RegisterKind::CleanAncilla);
    let callee = circuit.add(callee);
    let mut main = Definition::new("main");
    let q = main.add_register("q", 3);
    main.call(Call::new(callee, [q.qubit(0)]));
    circuit.add(main.clone());
    let message = |circuit: &Circuit| {
        let error = write_string(circuit, &WriteOptions::default()).unwrap_err();
        assert!(matches!(error, WriteError::NotLowered { .. }), "{error}");
        let lowered = lower(circuit, Basis::U3Cx).unwrap();
        assert!(write_string(&lowered, &WriteOptions::default()).is_ok());
        error.to_string()
    };
    let to_do = "lower the circuit to a basis first";
    assert_eq!(message(&circuit), format!("definition `encoding` contains ancilla registers: {to_do}"));

    let mut circuit = Circuit::new();
    let mut callee = Definition::new("encoding");
    callee.add_register("q", 1);
    let callee = circuit.add(callee);
    let mut controlled = main.same_signature();
    let control = Control { qubit: q.qubit(1), on: false };
    controlled.call(Call::new(callee, [q.qubit(0)]).controlled([control]));
    circuit.add(controlled);
    assert_eq!(
        message(&circuit),
        format!("definition `main` contains a controlled call of `encoding`: {to_do}")
    );

    let mut circuit = Circuit::new();
    let mut structured = main.same_signature();
    structured.push_structured(Structured::AddConstant { qubits: q.qubits().collect(), constant: 3 });
    circuit.add(structured);
    assert_eq!(
        message(&circuit),
        format!("definition `main` contains the structured operation `add_constant`: {to_do}")
    );
}

#[test]
fn what_has_no_values_is_refused() {
    let mut circuit = Circuit::new();
    let mut callee = Definition::new("layer");
    callee.add_register("q", 1);
    let angle = callee.add_parameter("angle");
    callee.gate_with(Gate::Rx, &[QubitId(0)], &[angle]);
    let callee = circuit.add(callee);
    let free = write_string(&circuit, &WriteOptions::default()).unwrap_err();
    assert_eq!(
        free.to_string(),
        "the entry `layer` has 1 free angle parameters: call it with values instead"
    );
    let table = circuit.add_angles(AngleTable::Symbolic { length: 5 });
    let mut main = Definition::new("main");
    let q = main.add_register("q", 1);
    main.call(Call::new(callee, [q.qubit(0)]).repeated_with(5, table));
    circuit.add(main);
    for style in [Style::Flat, Style::Hierarchical] {
        let symbolic = write_string(&circuit, &WriteOptions::with_style(style)).unwrap_err();
        assert!(matches!(symbolic, WriteError::Circuit(_)), "{symbolic}");
    }
}

#[test]
fn malformed_circuits_are_refused() {
    let mut circuit = Circuit::new();
    let mut main = Definition::new("main");
    main.add_register("q", 1);
    main.gate(Gate::X, &[QubitId(7)], &[]);
    circuit.add(main);
    assert!(matches!(write_string(&circuit, &WriteOptions::default()), Err(WriteError::Circuit(_))));
    assert!(matches!(write_string(&Circuit::new(), &WriteOptions::default()), Err(WriteError::Circuit(_))));
}

#[test]
fn files_beyond_the_limit_are_not_begun() {
    let program = read("gate g a { pow(1000) @ t a; } qubit q; pow(1000000) @ g q;").unwrap();
    for (style, expected) in [(Style::Flat, 1_000_000_000), (Style::Hierarchical, 1_001_003)] {
        let mut out = Vec::new();
        let options = WriteOptions { maximum_statements: 1000, ..WriteOptions::with_style(style) };
        match write(&program.circuit, &options, &mut out) {
            Err(WriteError::TooLarge { statements, limit: 1000 }) => assert_eq!(statements, expected),
            other => panic!("{other:?}"),
        }
        assert!(out.is_empty());
    }
}

/// A destination that is full after some bytes.
struct Full(usize);

impl std::io::Write for Full {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 = self.0.checked_sub(bytes.len()).ok_or_else(|| std::io::Error::other("full"))?;
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn failures_of_the_destination_are_errors() {
    let result = write(&layered(), &WriteOptions::default(), &mut Full(100));
    assert!(matches!(result, Err(WriteError::Io(_))), "{result:?}");
}
