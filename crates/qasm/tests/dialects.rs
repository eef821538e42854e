//! Dialects and the loop style: the text of a small circuit, what is rewritten, and what is refused.

#![allow(clippy::unwrap_used, reason = "a failure is what a test reports")]

mod common;
#[path = "common/dense.rs"]
mod dense;

use proptest::prelude::*;
use qnewton_circuit::{
    Angle, AngleTable, Arguments, Basis, BitId, Call, Circuit, Definition, Gate, Operation, QubitId, count,
    lower,
};
use qnewton_qasm::{Dialect, Style, WriteError, WriteOptions, adapted, write, write_string};
use std::borrow::Cow;

/// A definition with scaled parameters that is called with a table, forwards and backwards, and others that repeat.
fn repeated(measured: bool) -> Circuit {
    let mut circuit = Circuit::new();
    let mut layer = Definition::new("layer");
    let (system, flag) = (layer.add_register("system", 2), layer.add_register("flag", 1));
    let (theta, phi) = (layer.add_parameter("theta"), layer.add_parameter("phi"));
    layer.gate_with(Gate::Ry, &[system.qubit(0)], &[theta.scaled(0.5)]);
    layer.gate(Gate::Cx, &[system.qubit(0), system.qubit(1)], &[]);
    layer.gate_with(Gate::Cry, &[system.qubit(1), flag.qubit(0)], &[phi.plus(&theta.scaled(-2.0))]);
    layer.gate_with(Gate::Rz, &[flag.qubit(0)], &[theta.scaled(-0.5).plus(&phi).plus(&Angle::from(0.25))]);
    layer.global_phase(&phi.scaled(0.5));
    let layer = circuit.add(layer);
    let mut pair = Definition::new("pair");
    let qubits: Vec<QubitId> = pair.add_register("q", 3).qubits().collect();
    let angle = pair.add_parameter("angle");
    pair.call(Call::new(layer, qubits.clone()).with_angles([angle.clone(), angle.scaled(0.25)]));
    pair.gate(Gate::Sx, &[qubits[1]], &[]);
    let pair = circuit.add(pair);
    let table = circuit.add_angles(AngleTable::Dense(vec![-0.5, 0.2, 7.3]));
    let both = circuit.add_angles(AngleTable::Dense((0..10).map(|k| 0.7 * f64::from(k) - 3.0).collect()));
    let mut walk = Definition::new("walk");
    let qubits: Vec<QubitId> = walk.add_register("q", 3).qubits().collect();
    walk.call(Call::new(pair, qubits.clone()).repeated_with(3, table));
    walk.call(Call::new(layer, qubits).repeated_with(5, both).inverted());
    let walk = circuit.add(walk);
    let mut main = Definition::new("solver");
    let (system, ancilla) = (main.add_register("system", 2), main.add_register("ancilla", 2));
    let operands = || system.qubits().chain([ancilla.qubit(1)]);
    main.gate(Gate::U3, &[system.qubit(1)], &[0.4, 0.5, -0.6]);
    main.call(Call::new(walk, operands()).repeated(2));
    main.conjugate(
        Call::new(walk, operands()),
        Call::new(pair, operands()).with_angles([Angle::from(0.3)]).repeated(4).inverted(),
    );
    main.global_phase(&Angle::from(-0.7));
    main.barrier(operands().collect());
    if measured {
        let outcome = main.add_bits("outcome", 2);
        for (qubit, bit) in system.qubits().zip(0..) {
            main.measure(qubit, BitId(outcome.start + bit));
        }
    }
    circuit.add(main);
    circuit
}

fn text(circuit: &Circuit, dialect: Dialect, style: Style) -> Result<String, WriteError> {
    write_string(circuit, &WriteOptions { style, ..WriteOptions::with_dialect(dialect) })
}

#[test]
fn each_dialect_has_its_own_words() {
    for &dialect in Dialect::ALL {
        for &style in dialect.styles() {
            let name = format!("{}_{}", dialect.name(), style.name());
            insta::assert_snapshot!(name, text(&repeated(true), dialect, style).unwrap());
        }
    }
}

#[test]
fn styles_that_a_tool_does_not_take_are_refused_with_those_that_it_takes() {
    let refused = |dialect, style| text(&repeated(false), dialect, style).unwrap_err().to_string();
    assert_eq!(
        refused(Dialect::Qiskit, Style::Loop),
        "the dialect `qiskit` cannot be written in style `loop`: it takes `hierarchical`, `flat`"
    );
    assert_eq!(
        refused(Dialect::Cirq, Style::Hierarchical),
        "the dialect `cirq` cannot be written in style `hierarchical`: it takes `flat`"
    );
    for &dialect in Dialect::ALL {
        for &style in Style::ALL {
            let accepted = dialect.styles().contains(&style);
            assert_eq!(text(&repeated(true), dialect, style).is_ok(), accepted, "{dialect:?} {style:?}");
        }
    }
}

#[test]
fn what_a_tool_lacks_is_refused() {
    let with = |change: fn(&mut Definition)| {
        let mut circuit = Circuit::new();
        let mut flip = Definition::new("flip");
        flip.add_register("q", 1);
        flip.gate(Gate::X, &[QubitId(0)], &[]);
        circuit.add(flip);
        let mut main = Definition::new("main");
        main.add_register("q", 2);
        main.add_bits("c", 2);
        change(&mut main);
        circuit.add(main);
        circuit
    };
    let conditional = with(|main| {
        let flip = Call::new(qnewton_circuit::DefinitionId(0), [QubitId(1)]);
        main.conditional(vec![(BitId(1), false)], flip);
    });
    let reset = with(|main| main.reset(QubitId(0)));
    let single = with(|main| main.measure(QubitId(0), BitId(0)));
    let whole = with(|main| (0..2).for_each(|k| main.measure(QubitId(k), BitId(k))));
    let message = |circuit: &Circuit, dialect: Dialect| {
        text(circuit, dialect, dialect.default_style()).map_err(|error| error.to_string())
    };
    for &dialect in Dialect::ALL {
        let tail = |text: String| text.lines().last().unwrap_or_default().to_string();
        let name = dialect.name();
        match dialect {
            Dialect::PennyLane | Dialect::Cirq | Dialect::OpenQasm2 => assert_eq!(
                message(&conditional, dialect),
                Err(format!("the dialect `{name}` has no conditions on measured bits"))
            ),
            Dialect::Braket => {
                assert!(message(&conditional, dialect).unwrap().contains("if (c[1] == false) {"));
            }
            _ => assert!(message(&conditional, dialect).unwrap().contains("if (!c[1]) {")),
        }
        match dialect {
            Dialect::PennyLane => {
                assert_eq!(
                    message(&reset, dialect),
                    Err("the dialect `pennylane` has no reset of a qubit".into())
                );
                assert!(message(&single, dialect).unwrap_err().contains("measure whole registers"));
                assert_eq!(message(&whole, dialect).map(tail), Ok("c = measure q;".into()));
            }
            Dialect::OpenQasm2 => {
                assert_eq!(message(&reset, dialect).map(tail), Ok("reset q[0];".into()));
                assert_eq!(message(&whole, dialect).map(tail), Ok("measure q[1] -> c[1];".into()));
            }
            _ => {
                assert_eq!(message(&reset, dialect).map(tail), Ok("reset q[0];".into()));
                assert_eq!(message(&whole, dialect).map(tail), Ok("c[1] = measure q[1];".into()));
            }
        }
    }
}

#[test]
fn names_begin_with_lower_case_letters_where_they_must() {
    let mut circuit = Circuit::new();
    let mut main = Definition::new("main");
    main.add_register("System", 1);
    main.add_register("_work", 1);
    main.add_register("2nd", 1);
    main.gate(Gate::Cx, &[QubitId(0), QubitId(1)], &[]);
    circuit.add(main);
    for dialect in [Dialect::Cirq, Dialect::OpenQasm2] {
        assert!(text(&circuit, dialect, Style::Flat).unwrap().ends_with("cx r_System[0], r__work[0];\n"));
    }
    assert!(text(&circuit, Dialect::Qdk, Style::Flat).unwrap().ends_with("cx System[0], _work[0];\n"));
}

#[test]
fn an_inversion_of_high_degree_is_a_short_program_with_data() {
    let mut circuit = Circuit::new();
    let mut step = Definition::new("step");
    let q = step.add_register("q", 3);
    let angle = step.add_parameter("phase");
    for qubit in q.qubits() {
        step.gate_with(Gate::Rz, &[qubit], std::slice::from_ref(&angle));
    }
    let step = circuit.add(step);
    let degree = 100_000;
    let values = (0..degree).map(|k| f64::from(k).sin()).collect();
    let table = circuit.add_angles(AngleTable::Dense(values));
    let mut main = Definition::new("main");
    let q = main.add_register("q", 3);
    main.call(Call::new(step, q.qubits()).repeated_with(degree as u64, table));
    circuit.add(main);
    let text = text(&circuit, Dialect::OpenQasm3, Style::Loop).unwrap();
    let data = text.lines().filter(|line| line.starts_with("  ") && line.contains("0.")).count();
    assert_eq!(data, degree as usize / 4);
    assert!(text.lines().count() - data < 20);
    assert!(text.ends_with(
        "for int repetition in [0:99999] {\n  step(step_phase[repetition]) q[0], q[1], q[2];\n}\n"
    ));
    // The limit counts the data.
    let options =
        |maximum_statements| WriteOptions { maximum_statements, ..WriteOptions::with_style(Style::Loop) };
    assert!(write(&circuit, &options(100_100), &mut std::io::sink()).is_ok());
    assert!(matches!(
        write(&circuit, &options(99_999), &mut std::io::sink()),
        Err(WriteError::TooLarge { statements, .. }) if statements > 99_999
    ));
}

/// Whether a definition scales a parameter by something that is no whole number.
fn scales(definition: &Definition) -> bool {
    definition.operations().iter().any(|operation| match *operation {
        Operation::Gate(gate) => {
            let angles = definition.angles(gate.angles, gate.gate.angles());
            angles.iter().any(|angle| angle.terms.iter().any(|(_, factor)| factor.fract() != 0.0))
        }
        _ => false,
    })
}

#[test]
fn an_adapted_circuit_has_the_same_unitary_and_gates_that_have_names() {
    let circuit = repeated(false);
    let expected = dense::state(&circuit);
    for &dialect in Dialect::ALL {
        let adapted = adapted(&circuit, dialect).unwrap();
        let distance = dense::distance(&dense::state(&adapted), &expected);
        assert!(distance < 1e-12, "{}: {distance}", dialect.name());
        assert!(count(&adapted).unwrap().gate(Gate::Cry) == 0 || dialect != Dialect::Qdk);
        assert_eq!(adapted.definitions().iter().any(scales), dialect != Dialect::Qdk, "{}", dialect.name());
    }
    for dialect in [Dialect::OpenQasm3, Dialect::Qiskit] {
        assert!(matches!(adapted(&circuit, dialect), Ok(Cow::Borrowed(_))));
    }
    let lowered = lower(&circuit, Basis::U3Cx).unwrap();
    for &dialect in Dialect::ALL {
        let once = adapted(&lowered, dialect).unwrap();
        // Braket knows `u3` as `U`, the QDK wants scaled angles.
        let same = !matches!(dialect, Dialect::Braket | Dialect::Qdk);
        assert_eq!(matches!(once, Cow::Borrowed(_)), same, "{}", dialect.name());
        assert!(matches!(adapted(&once, dialect), Ok(Cow::Borrowed(_))), "{}", dialect.name());
    }
}

/// The angles of all calls, those of tables included.
fn angles_of_calls(circuit: &Circuit) -> Vec<Angle> {
    let calls = circuit.definitions().iter().flat_map(|definition| definition.all_calls());
    let of = |call: &Call| match &call.arguments {
        Arguments::Fixed(angles) => angles.clone(),
        Arguments::Table(table) => {
            let values = circuit.angles(*table).unwrap().to_dense().unwrap();
            values.iter().map(|&constant| Angle { constant, terms: Vec::new() }).collect()
        }
    };
    calls.flat_map(of).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn any_circuit_keeps_its_state_in_every_dialect(circuit in common::circuit(false)) {
        // Multiples of huge angles differ by rounding.
        let small = |circuit: &Circuit| {
            let definitions = circuit.definitions().iter();
            let angles = definitions.flat_map(|definition| definition.operations().iter().flat_map(|operation| {
                match *operation {
                    Operation::Gate(gate) => definition.angles(gate.angles, gate.gate.angles()),
                    Operation::GlobalPhase(slot) => definition.angles(slot, 1),
                    _ => Vec::new(),
                }
            }));
            let huge = |angle: Angle| angle.constant.abs() > 1e3 || angle.terms.iter().any(|term| term.1.abs() > 1e3);
            let calls = angles_of_calls(circuit);
            !angles.into_iter().chain(calls).any(huge)
        };
        prop_assume!(small(&circuit));
        let expected = dense::state(&circuit);
        for &dialect in Dialect::ALL {
            let adapted = adapted(&circuit, dialect).unwrap();
            let distance = dense::distance(&dense::state(&adapted), &expected);
            prop_assert!(distance < 1e-6, "{}: {distance}", dialect.name());
            for &style in dialect.styles() {
                prop_assert!(text(&circuit, dialect, style).is_ok());
            }
        }
    }
}
