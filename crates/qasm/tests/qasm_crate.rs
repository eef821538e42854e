//! The crate `qasm` parses OpenQASM 2 to a tree. On programs that it can parse both readers see the same
//! statements. Angles are multiples of 1/8, since it keeps them as `f32`.

#![allow(clippy::unwrap_used, reason = "a failure is what a test reports")]

use proptest::prelude::*;
use qasm::{Argument, AstNode};
use qnewton_circuit::{Circuit, Definition, Gate, Operation, QubitId};
use qnewton_qasm::{SecondParserError, read, read_with_crate_qasm};

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

    #[test]
    fn the_guarded_parser_gives_the_same_circuit_with_every_digit_of_its_angles(
        statements in prop::collection::vec(statement(), 0..12), fine in -7.0..7.0f64
    ) {
        let mut text = "// one\nOPENQASM 2.0; include \"qelib1.inc\";\nqreg first[2];\nqreg second[3]; creg c[3];\n".to_string();
        text += &format!("gate tilt(a,b) q {{ rx((a+b)/2) q; u3({fine:e},-b,sin(a)) q; }} // two; three\n");
        text.extend(statements.iter().map(|statement| line(statement, in_program)));
        text += &format!("tilt({fine:?}, pi/7*(1-2)) first[0];\nbarrier second;\nmeasure second -> c;\n");
        text += &format!("if(c==5) rz({fine:?}) first[1];\nreset first;\n");
        prop_assert_eq!(read_with_crate_qasm(&text).unwrap().circuit, read(&text).unwrap().circuit);
    }

    #[test]
    fn the_guarded_parser_survives_any_text(text in "(OPENQASM 2.0;)?[a-z0-9 ;,(){}\\[\\]=>/\n.-]{0,60}", cut in 0usize..90) {
        let program = "OPENQASM 2.0; qreg q[2]; gate g(a) b { rz(a) b; } g(0.5) q[0]; if(c==1) measure q -> c;";
        let text = if text.is_empty() { &program[..cut.min(program.len())] } else { text.as_str() };
        let _ = read_with_crate_qasm(text);
    }
}

#[test]
fn what_the_crate_cannot_do_is_an_error() {
    use SecondParserError::{Include, Panicked, Refused, TooLong};
    let error = |text: &str| read_with_crate_qasm(text).unwrap_err();
    assert!(matches!(error(""), Refused(_)));
    assert!(matches!(error("OPENQASM 3.0; qubit q;"), Refused(_)));
    assert!(matches!(error("OPENQASM 2.0; include \"mine.inc\";"), Include(name) if name == "mine.inc"));
    assert!(matches!(error("OPENQASM 2.0; qreg q[99999999999];"), Panicked));
    assert!(matches!(error(&" ".repeat(1 << 17)), TooLong { .. }));
    assert!(matches!(error("OPENQASM 2.0; qreg q[1]; h q[1];"), SecondParserError::Meaning(_)));
    // A gate body as long as the limit allows: recursion as deep as that.
    let body = "h a;".repeat(16_000);
    let text = format!("OPENQASM 2.0; gate g a {{{body}}} qreg q[1]; g q[0];");
    assert_eq!(read_with_crate_qasm(&text).unwrap().circuit, read(&text).unwrap().circuit);
}
