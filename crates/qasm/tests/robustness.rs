//! No input makes the reader panic, hang, or use memory out of proportion.

#![allow(clippy::unwrap_used, reason = "a failure is what a test reports")]

use proptest::prelude::*;
use qnewton_circuit::{Basis, Gate, count, lower, verify::verify};
use qnewton_qasm::{
    Program, ReadError, ReadErrorKind, ReadOptions, WriteOptions, read, read_with, write_string,
};
use std::fmt::Write as _;

const HEADER: &str = "OPENQASM 3.0;\ninclude \"stdgates.inc\";\nqubit[2] q;\nbit[2] c;\n";

fn read_body(body: &str) -> Result<Program, ReadError> {
    read(&format!("{HEADER}{body}"))
}

#[track_caller]
fn too_large(body: &str) {
    let error = read_body(body).unwrap_err();
    assert_eq!(error.kind, ReadErrorKind::TooLarge, "{error}");
}

const WORDS: &[&str] = &[
    "OPENQASM",
    "3.0",
    "2.0",
    ";",
    ";",
    ";",
    "include",
    "\"stdgates.inc\"",
    "\"",
    "qubit",
    "bit",
    "qreg",
    "creg",
    "[",
    "]",
    "2",
    "0",
    "-1",
    "(",
    ")",
    "{",
    "}",
    ",",
    ",",
    "q",
    "q",
    "c",
    "q[0]",
    "q[1]",
    "c[0]",
    "h",
    "cx",
    "rx",
    "u3",
    "iswap",
    "gate",
    "g",
    "a",
    "b",
    "ctrl",
    "negctrl",
    "inv",
    "pow",
    "@",
    "gphase",
    "U",
    "measure",
    "->",
    "=",
    "reset",
    "barrier",
    "if",
    "else",
    "==",
    "!=",
    "!",
    "&&",
    "||",
    "let",
    "const",
    "int",
    "float",
    "pi",
    "+",
    "-",
    "*",
    "/",
    "**",
    "%",
    "sin",
    "0.5",
    "1e3",
    "0x1f",
    "100ns",
    "//",
    "/*",
    "*/",
    "\n",
    "@x",
    "#pragma",
    "opaque",
    "for",
    "while",
    "switch",
    "case",
    "default",
    "def",
    "return",
    "break",
    "continue",
    "end",
    "input",
    "output",
    "array",
    "array[float, 2]",
    "uint[4]",
    "bool",
    "in",
    "[0:2]",
    "{1, 2}",
    "f",
    "i",
    "i",
    "+=",
    "<",
    ">=",
    "<<",
    "~",
    "^",
    "popcount",
    "\"01\"",
    "for int i in [0:2] {",
    "if (c == 1)",
    "def f(qubit a, float t) -> bit {",
    "f(q[0], i)",
    "int i = 1;",
    "$0",
    ":",
    "++",
    "true",
    "ψ",
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(4000) })]

    #[test]
    fn arbitrary_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        check(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn arbitrary_words_are_read_or_refused(words in prop::collection::vec(prop::sample::select(WORDS), 0..60)) {
        check(&words.join(" "));
        check(&format!("{HEADER}{}", words.join(" ")));
        check(&format!("{HEADER}gate f(t) a, b {{ {} }} f(1) q[0], q[1];", words.join("")));
    }

    #[test]
    fn damaged_files_are_read_or_refused(
        file in 0usize..128, start in 0usize..500, length in 0usize..20, insert in prop::sample::select(WORDS)
    ) {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus/valid");
        let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        let mut characters: Vec<char> =
            std::fs::read_to_string(&paths[file % paths.len()]).unwrap().chars().collect();
        let start = start.min(characters.len());
        let end = (start + length).min(characters.len());
        characters.splice(start..end, insert.chars());
        check(&characters.into_iter().collect::<String>());
    }
}

/// A circuit that is well-formed and can be written, or an error within the text.
fn check(text: &str) {
    let inputs = [("t".to_string(), 0.5)].into();
    match read_with(text, &ReadOptions { inputs, maximum_statements: 10_000 }) {
        Ok(program) => {
            assert_eq!(verify(&program.circuit), [], "{text}");
            let options = WriteOptions { maximum_statements: 1000, ..WriteOptions::default() };
            if program.circuit.entry().unwrap().qubit_count() <= 16
                && let Ok(lowered) = lower(&program.circuit, Basis::U3Cx)
                && let Ok(written) = write_string(&lowered, &options)
            {
                let again = read(&written).unwrap_or_else(|error| panic!("{error}\n{text}\n{written}"));
                assert_eq!(count(&again.circuit), count(&lowered), "{text}");
            }
        }
        Err(error) => {
            assert!(text.get(error.span.clone()).is_some(), "{error:?}\n{text}");
            assert_eq!(text[..error.span.start].matches('\n').count() + 1, error.line);
        }
    }
}

#[test]
fn nesting_is_bounded() {
    let many = 100_000;
    let nested = |open: &str, close: &str| format!("rx({}1{}) q[0];", open.repeat(many), close.repeat(many));
    too_large(&nested("(", ")"));
    too_large(&nested("-", ""));
    too_large(&nested("sin(", ")"));
    too_large(&nested("2**", ""));
    too_large(&format!("x q[{}0{}];", "(".repeat(many), ")".repeat(many)));
    too_large(&format!("if ({}c[0]{}) x q[0];", "(".repeat(many), ")".repeat(many)));
    too_large(&format!("if ({}c[0]) x q[0];", "!".repeat(many)));
    too_large(&"if (c[0]) { ".repeat(many));
    too_large(&"if (c[0]) ".repeat(many));
    too_large(&format!("if (c[0]) x q[0]; {}", "else if (c[1]) x q[1]; ".repeat(many)));
    assert!(read_body(&format!("rx({}1{}) q[0];", "(".repeat(200), ")".repeat(200))).is_ok());
    let sum = format!("rx(0{}) q[0];", "+1-1".repeat(many));
    assert_eq!(count(&read_body(&sum).unwrap().circuit).unwrap().gate(Gate::Rx), 1);
    assert!(read_body(&format!("{} x q[0];", "inv @ ".repeat(many))).is_ok());
    assert!(read_body(&format!("{} x q[0];", "ctrl @ ".repeat(many))).is_err());
    let chain = format!("if (c[0]) x q[0]; {}", "else if (c[0]) x q[0]; ".repeat(200));
    assert!(read_body(&chain).is_ok());
    too_large(&format!("{}{}", "for int i in [0:1] { x q[i]; ".repeat(1000), "}".repeat(1000)));
    too_large(&format!("{}{}", "while (true) { ".repeat(1000), "}".repeat(1000)));
    assert!(read_body(&"for int i in [0:1] { x q[i]; ".repeat(many)).is_err());
    too_large(&"switch (1) { case 1 { ".repeat(many));
    too_large(&"{ ".repeat(many));
    too_large(&format!("rx({}1{}) q[0];", "int[".repeat(many), "](1)".repeat(many)));
    too_large(&format!("rx({}0{}) q[0];", "q[".repeat(many), "]".repeat(many)));
    too_large(&format!("int n = {}1;", "!".repeat(many)));
    too_large("def f(int n) -> int { return f(n + 1); } rx(f(0)) q[0];");
    assert!(read_body(&format!("{}x q[0];{}", "if (true) { ".repeat(200), "}".repeat(200))).is_ok());
    assert!(
        read_body("def f(int n) -> int { if (n < 1) { return 0; } return f(n - 1); } rx(f(40)) q[0];")
            .is_ok()
    );
    assert!(
        read_body(&format!("int n = 0{};", " || 0".repeat(many)))
            .is_ok_and(|program| program.warnings.is_empty())
    );
}

/// Gates g0, g1, ... each of which calls the one before `times` times.
fn tower(levels: usize, times: usize, angle: &str) -> String {
    let mut text = String::from("gate g0(t) a { rz(t) a; }\n");
    for level in 1..levels {
        let call = format!("g{}({angle}) a; ", level - 1);
        writeln!(text, "gate g{level}(t) a {{ {}}}", call.repeat(times)).unwrap();
    }
    writeln!(text, "g{}(0.5) q[0];", levels - 1).unwrap();
    text
}

#[test]
fn towers_of_gates_stay_small_and_are_bounded() {
    let program = read_body(&tower(120, 2, "t/2")).unwrap();
    assert_eq!(program.circuit.definitions().len(), 121);
    assert_eq!(count(&program.circuit).unwrap().gate(Gate::Rz), 1 << 119);
    assert!(read_body(&tower(256, 1, "t")).is_ok());
    too_large(&tower(257, 1, "t"));
    // Not affine: read again for each value.
    assert!(read_body(&tower(256, 1, "sin(t)")).is_ok());
    too_large(&tower(257, 1, "sin(t)"));
    let different: String = (1..40).fold("gate g0(t) a { rz(sin(t)) a; }\n".to_string(), |text, level| {
        let below = level - 1;
        text + &format!("gate g{level}(t) a {{ g{below}(sin(t)) a; g{below}(cos(t)) a; }}\n")
    });
    too_large(&format!("{different} g39(0.5) q[0];"));
}

#[test]
fn repetition_is_not_expanded() {
    let program =
        read_body("gate g a { pow(1000000000) @ t a; } pow(1000000000) @ g q[0]; pow(-7) @ g q[1];").unwrap();
    assert!(program.circuit.definitions().len() <= 3);
    let counts = count(&program.circuit).unwrap();
    assert_eq!((counts.gate(Gate::T), counts.gate(Gate::Tdg)), (1_000_000_000_000_000_000, 7_000_000_000));
    too_large("pow(2) @ pow(9000000000000000) @ pow(9000000000000000) @ t q[0];");
    too_large("pow(1e300) @ t q[0];");
}

#[test]
fn registers_and_broadcasts_are_bounded() {
    too_large("qubit[1048575] r;");
    too_large("bit[99999999999] r;");
    too_large("qubit[9223372036854775807] r;");
    let broadcasts = "qubit[1000000] r;\n".to_string() + &"h r;\n".repeat(100);
    too_large(&broadcasts);
    let slices = "qubit[1000000] r; let a = r;\n".to_string() + &"barrier a[0:999999];\n".repeat(100);
    too_large(&slices);
    // An alias of many qubits costs nothing where one of them is used.
    let aliased = "qubit[1000000] r; let a = r;\n".to_string() + &"h a[5];\n".repeat(10_000);
    assert!(read_body(&aliased).is_ok());
    too_large(&("qubit[1000000] r;\n".to_string() + &"barrier;\n".repeat(100)));
    too_large(&("bit[1000000] r;\n".to_string() + &"if (r != 0) x q[0];\n".repeat(100)));
}

#[test]
fn extreme_numbers_are_values_or_errors() {
    assert!(read_body("rx(1e999) q[0];").is_err());
    assert!(read_body("rx(-9223372036854775807 - 1) q[0];").is_ok());
    assert!(read_body("rx((-9223372036854775807 - 1) % -1) q[0];").is_ok());
    assert!(read_body("rx((-9223372036854775807 - 1) / -1) q[0];").is_ok());
    assert!(read_body("rx(9223372036854775807 * 3) q[0];").is_ok());
    assert!(read_body("rx(10**400) q[0];").is_err());
    assert!(read_body("x q[-9223372036854775807 - 1];").is_err());
    assert!(read_body("x q[0:9223372036854775807:1];").is_ok());
    assert!(read_body("x q[1:-9223372036854775807:0];").is_ok());
    assert!(read_body("rx(0xffffffffffffffffff) q[0];").is_err());
    assert!(read_body(&format!("rx({}) q[0];", "9".repeat(100_000))).is_err());
    assert!(read_body(&format!("rx(0.{}) q[0];", "9".repeat(100_000))).is_ok());
}

#[test]
fn many_problems_of_one_kind_take_linear_time() {
    // Quadratic algorithms would take minutes.
    let pragmas = "#pragma x\n".repeat(200_000);
    assert_eq!(read_body(&pragmas).unwrap().warnings.len(), 200_000);
    let gates: String = (0..50_000).map(|k| format!("gate g{k} a {{ x a; }} g{k} q[0];\n")).collect();
    assert_eq!(read_body(&gates).unwrap().circuit.definitions().len(), 50_001);
    let branches = "if (c[0]) { x q[0]; }\n".repeat(50_000);
    assert_eq!(read_body(&branches).unwrap().circuit.definitions().len(), 50_001);
    let wide: String = (0..20_000).map(|k| format!("a_{k}")).collect::<Vec<_>>().join(", ");
    assert!(read_body(&format!("gate wide {wide} {{ x a_7; }}")).is_ok());
    assert!(read_body(&format!("barrier q[0{}];", "+0".repeat(200_000))).is_ok());
    let scopes = "{ int n = 1; rx(n) q[0]; }\n".repeat(50_000);
    assert_eq!(count(&read_body(&scopes).unwrap().circuit).unwrap().gate(Gate::Rx), 50_000);
    let loops = "for int i in [0:1] { rx(i) q[0]; h q[0]; }\n".repeat(20_000);
    assert_eq!(count(&read_body(&loops).unwrap().circuit).unwrap().gate(Gate::Rx), 40_000);
    let variables: String = (0..50_000).map(|k| format!("float v{k} = {k}.5; rx(v{k}) q[0];\n")).collect();
    assert!(read_body(&variables).is_ok());
    let calls = "def f(qubit a, float t) { rx(t) a; }\n".to_string() + &"f(q[0], 0.5);\n".repeat(50_000);
    assert!(read_body(&calls).is_ok());
    let skipped = format!("for int i in [0:1] {{ continue; {} }}", "x q[0];".repeat(100_000));
    assert!(read_body(&skipped).is_ok());
    let braces = "if (false) { { { } } } else { x q[0]; }\n".repeat(50_000);
    assert!(read_body(&braces).is_ok());
}
