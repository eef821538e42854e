//! The crate `qasm` parses OpenQASM 2 to a tree. On programs that it can parse both readers see the same
//! statements. Angles are multiples of 1/8, since it keeps them as `f32`.

#![allow(clippy::unwrap_used, reason = "a failure is what a test reports")]

use proptest::prelude::*;
use qasm::{Argument, AstNode};
use qnewton_circuit::{Circuit, Definition, Gate, Operation, QubitId};
use qnewton_qasm::read;

/// Name, angles, qubits.
type Statement = (String, Vec<f64>, Vec<u32>);

/// One gate of those that OpenQASM 2 has by name, on different qubits among five.
fn statement() -> impl Strategy<Value = Statement> {
    let known: Vec<Gate> = Gate::ALL.iter().copied().filter(|gate| *gate != Gate::U).collect();
    let qubits = Just((0u32..5).collect::<Vec<u32>>()).prop_shuffle();
    (prop::sample::select(known), [(); 3].map(|()| -32i32..32), qubits).prop_map(
        |(gate, eighths, mut qubits)| {
            qubits.truncate(gate.qubits());
            let angles = eighths[..gate.angles()].iter().map(|&eighths| f64::from(eighths) / 8.0).collect();
            (gate.name().to_string(), angles, qubits)
        },
    )
}

fn line(statement: &Statement, qubit: impl Fn(u32) -> String) -> String {
    let (name, angles, qubits) = statement;
    let angles: Vec<String> = angles.iter().map(|angle| format!("{angle:?}")).collect();
    let angles = if angles.is_empty() { String::new() } else { format!("({})", angles.join(",")) };
    format!("{name}{angles} {};\n", qubits.iter().map(|&k| qubit(k)).collect::<Vec<_>>().join(","))
}

/// Qubits 0 and 1 are a register, 2 to 4 another.
fn in_program(qubit: u32) -> String {
    if qubit < 2 { format!("first[{qubit}]") } else { format!("second[{}]", qubit - 2) }
}

fn theirs(node: &AstNode, formals: &[String]) -> Statement {
    let AstNode::ApplyGate(name, qubits, angles) = node else { panic!("{node:?}") };
    let qubit = |argument: &Argument| match argument {
        Argument::Qubit(register, index) => *index as u32 + if register == "first" { 0 } else { 2 },
        Argument::Register(name) => formals.iter().position(|formal| formal == name).unwrap() as u32,
    };
    // The tree holds the tokens of an expression as text, with blanks between them.
    let angles = angles.iter().map(|text| text.replace(' ', "").parse().unwrap());
    (name.clone(), angles.collect(), qubits.iter().map(qubit).collect())
}

fn ours(circuit: &Circuit, definition: &Definition) -> Vec<Statement> {
    let numbers = |qubits: &[QubitId]| qubits.iter().map(|qubit| qubit.0).collect();
    let statement = |operation: &Operation| match *operation {
        Operation::Gate(gate) => {
            let angles = definition.literal_angles(gate.angles, gate.gate.angles()).unwrap();
            (gate.gate.name().to_string(), angles.to_vec(), numbers(gate.qubits()))
        }
        Operation::Call(position) => {
            let call = definition.calls(position);
            (circuit.definition(call.callee).name.clone(), Vec::new(), numbers(&call.operands))
        }
        other => panic!("{other:?}"),
    };
    definition.operations().iter().map(statement).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn both_readers_see_the_same_statements(
        inner in prop::collection::vec(statement(), 0..6), outer in prop::collection::vec(statement(), 0..12)
    ) {
        let mut text = "OPENQASM 2.0;\nqreg first[2];\nqreg second[3];\ngate block a,b,c,d,e {\n".to_string();
        let formals = ["a", "b", "c", "d", "e"].map(String::from);
        text.extend(inner.iter().map(|statement| line(statement, |qubit| formals[qubit as usize].clone())));
        text += "}\n";
        text.extend(outer.iter().map(|statement| line(statement, in_program)));
        text += "block second[2],first[1],first[0],second[0],second[1];\n";

        let tree = qasm::parse(&mut qasm::lex(&text)).unwrap();
        let circuit = read(&text).unwrap().circuit;
        let (AstNode::QReg(first, 2), AstNode::QReg(second, 3)) = (&tree[0], &tree[1]) else { panic!("{tree:?}") };
        let registers: Vec<_> = circuit.entry().unwrap().registers().iter().map(|r| (&r.name, r.len)).collect();
        prop_assert_eq!(registers, vec![(first, 2), (second, 3)]);
        let AstNode::Gate(name, their_formals, _, body) = &tree[2] else { panic!("{:?}", tree[2]) };
        let block = &circuit.definitions()[0];
        prop_assert_eq!(&block.name, name);
        let body: Vec<Statement> = body.iter().map(|node| theirs(node, their_formals)).collect();
        prop_assert_eq!(ours(&circuit, block), body);
        let main: Vec<Statement> = tree[3..].iter().map(|node| theirs(node, &[])).collect();
        prop_assert_eq!(ours(&circuit, circuit.entry().unwrap()), main);
    }
}
