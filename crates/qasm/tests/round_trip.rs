//! What is written reads back as the same circuit.

#![allow(clippy::unwrap_used, reason = "a failure is what a test reports")]

mod common;

use proptest::prelude::*;
use qnewton_circuit::lower::{FlatOperation, visit_flat};
use qnewton_circuit::{
    Arguments, Basis, Circuit, CircuitError, Definition, Operation, QubitId, Register, count, depth, lower,
};
use qnewton_qasm::{Style, WriteOptions, read, write_string};

/// Every operation of the flat form, as text with all digits.
fn flat(circuit: &Circuit) -> Vec<String> {
    let mut operations = Vec::new();
    visit_flat::<CircuitError>(circuit, |operation| {
        operations.push(match operation {
            // An angle that is computed may be zero of either sign.
            FlatOperation::Gate(gate, qubits, angles) => {
                format!(
                    "{gate:?} {qubits:?} {:?}",
                    angles.iter().map(|angle| angle + 0.0).collect::<Vec<f64>>()
                )
            }
            FlatOperation::GlobalPhase(angle) => format!("gphase {:?}", angle + 0.0),
            other => format!("{other:?}"),
        });
        Ok(())
    })
    .unwrap();
    // A condition on nothing leaves no trace in the text.
    while let Some(position) =
        operations.windows(2).position(|pair| pair[0].starts_with("If") && pair[1] == "EndIf")
    {
        operations.drain(position..position + 2);
    }
    operations
}

fn written(circuit: &Circuit, style: Style) -> String {
    write_string(circuit, &WriteOptions::with_style(style)).unwrap()
}

fn check(circuit: &Circuit) {
    for style in [Style::Flat, Style::Hierarchical, Style::Loop] {
        let text = written(circuit, style);
        let again = read(&text).unwrap_or_else(|error| panic!("{error}\n{text}")).circuit;
        assert_eq!(flat(&again), flat(circuit), "{text}");
        assert_eq!(count(&again), count(circuit), "{text}");
        // A condition waits for all that its call is given; read back, for what its body uses.
        if !text.contains("if (") {
            assert_eq!(depth(&again), depth(circuit), "{text}");
            // Arrays of angles are named anew.
            if style != Style::Loop {
                assert_eq!(written(&again, style), text);
            }
        }
        let names = |circuit: &Circuit| {
            let entry = circuit.entry().unwrap();
            let registers = entry.registers().iter().filter(|r| r.len > 0).map(|r| (r.name.clone(), r.len));
            registers.collect::<Vec<_>>()
        };
        assert_eq!(names(&again), names(circuit));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

    #[test]
    fn any_circuit_of_gates_and_calls_reads_back(circuit in common::circuit(true)) {
        check(&circuit);
    }

    #[test]
    fn lowered_circuits_read_back(circuit in common::circuit(false)) {
        for &basis in Basis::ALL {
            check(&lower(&circuit, basis).unwrap());
        }
    }
}

/// The circuit without what its entry does besides calls of definitions with qubits.
fn only_calls(circuit: &Circuit) -> Circuit {
    let main = circuit.entry().unwrap();
    let mut calls = main.same_signature();
    for &operation in main.operations() {
        if let Operation::Call(position) = operation
            && !main.calls(position).operands.is_empty()
        {
            calls.call(main.calls(position).clone());
        }
    }
    let mut result = circuit.clone();
    result.replace(circuit.entry_id().unwrap(), calls);
    result
}

/// A loop for every repeated call of the entry, in place of its copies.
fn with_loops(circuit: &Circuit) -> String {
    let main = circuit.entry().unwrap();
    let mut shell = main.same_signature();
    let mut loops = String::new();
    for &operation in main.operations() {
        let Operation::Call(position) = operation else { continue };
        let call = main.calls(position);
        let callee = circuit.definition(call.callee);
        let operands: Vec<String> = call.operands.iter().map(|qubit| label(main, *qubit)).collect();
        let (name, width) = (callee.name.replace(' ', "_"), callee.parameters.len());
        let mut angles = String::new();
        let (mut values, mut table) = (Vec::new(), String::new());
        match &call.arguments {
            Arguments::Fixed(fixed) => {
                values.extend(fixed.iter().map(|angle| format!("{:?}", angle.literal().unwrap())))
            }
            Arguments::Table(id) => {
                let all = circuit.angles(*id).unwrap().to_dense().unwrap();
                let rows: Vec<Vec<f64>> = all.chunks(width.max(1)).map(<[f64]>::to_vec).collect();
                let rows = if call.inverse { rows.into_iter().rev().collect() } else { rows };
                let texts: Vec<String> = rows
                    .iter()
                    .map(|row| {
                        format!("{{{}}}", row.iter().map(|x| format!("{x:?}")).collect::<Vec<_>>().join(", "))
                    })
                    .collect();
                table = format!(
                    "const array[float[64], {}, {width}] table_{position} = {{{}}};\n",
                    rows.len(),
                    texts.join(", ")
                );
                values.extend((0..width).map(|k| format!("table_{position}[i, {k}]")));
            }
        }
        if !values.is_empty() {
            angles = format!("({})", values.join(", "));
        }
        let inverse = if call.inverse { "inv @ " } else { "" };
        loops += &table;
        loops += &format!(
            "for int i in [1:{}] {{ {inverse}{name}{angles} {}; }}\n",
            call.repetitions,
            operands.join(", ")
        );
        if !table.is_empty() {
            loops = loops.replace(
                &format!("for int i in [1:{}] {{ {inverse}{name}(table_{position}", call.repetitions),
                &format!(
                    "for int i in [0:{}] {{ {inverse}{name}(table_{position}",
                    call.repetitions as i64 - 1
                ),
            );
        }
        shell.call(qnewton_circuit::Call {
            repetitions: 1,
            arguments: Arguments::Fixed(vec![0.0.into(); width]),
            ..call.clone()
        });
    }
    // The definitions as the writer writes them, the main program by hand.
    let mut copy = circuit.clone();
    copy.replace(copy.entry_id().unwrap(), shell);
    let text = written(&copy, Style::Hierarchical);
    let declared: Vec<&str> =
        text.lines().take_while(|line| !line.starts_with("block_") && !line.starts_with("inv @")).collect();
    format!("{}\n{loops}", declared.join("\n"))
}

fn label(definition: &Definition, qubit: QubitId) -> String {
    let holds = |register: &&Register| (register.start..register.start + register.len).contains(&qubit.0);
    let register = definition.registers().iter().find(holds).unwrap();
    format!("{}[{}]", register.name, qubit.0 - register.start)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

    #[test]
    fn loops_over_tables_are_the_repeated_calls(circuit in common::circuit(false)) {
        let circuit = only_calls(&circuit);
        let text = with_loops(&circuit);
        let again = read(&text).unwrap_or_else(|error| panic!("{error}\n{text}")).circuit;
        prop_assert_eq!(flat(&again), flat(&circuit), "{}", text);
        // As many calls as there were, each with its repetitions.
        let repeated = |circuit: &Circuit| -> Vec<u64> {
            circuit.entry().unwrap().all_calls().map(|call| call.repetitions).filter(|&times| times > 1).collect()
        };
        prop_assert_eq!(repeated(&again), repeated(&circuit), "{}", text);
    }
}
