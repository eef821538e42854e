//! What is written reads back as the same circuit.

#![allow(clippy::unwrap_used, reason = "a failure is what a test reports")]

mod common;

use proptest::prelude::*;
use qnewton_circuit::lower::{FlatOperation, visit_flat};
use qnewton_circuit::{Basis, Circuit, CircuitError, count, depth, lower};
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
    for style in [Style::Flat, Style::Hierarchical] {
        let text = written(circuit, style);
        let again = read(&text).unwrap_or_else(|error| panic!("{error}\n{text}")).circuit;
        assert_eq!(flat(&again), flat(circuit), "{text}");
        assert_eq!(count(&again), count(circuit), "{text}");
        // A condition waits for all that its call is given; read back, for what its body uses.
        if !text.contains("if (") {
            assert_eq!(depth(&again), depth(circuit), "{text}");
            assert_eq!(written(&again, style), text);
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
