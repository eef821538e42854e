//! Every dialect in its toolkits: circuits as a file per dialect and style, whose unitaries the toolkits compute.
//!
//! The toolkits come from the pinned Python environment that `tests/interop/setup.sh` makes on first use;
//! without Python or the package registry these tests fail and say so. What they find is the table of
//! `docs/interoperability.md`.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "toolkits/circuits.rs"]
mod circuits;
mod toolkits;

use circuits::circuits;
use qnewton::core::Silent;
use qnewton::qasm::{Dialect, Style, WriteOptions, write_string};
use qnewton::statevector::{Program, RunOptions, StateVector};
use qnewton_tests::root;
use std::fmt::Write;
use std::path::Path;
use std::thread;
use toolkits::{python, unitary};

/// Above this the unitaries differ. Angles have 16 digits, products of some hundred gates lose some.
const TOLERANCE: f64 = 1e-9;

/// A toolkit of `tests/interop/toolkits.py`, and which dialects it reads.
struct Toolkit {
    name: &'static str,
    title: &'static str,
    dialects: &'static [Dialect],
    /// Not all styles of a dialect are for each of its toolkits.
    loops: bool,
    /// Gates above this number take it minutes.
    most_gates: u128,
}

const fn toolkit(name: &'static str, title: &'static str, dialects: &'static [Dialect]) -> Toolkit {
    Toolkit { name, title, dialects, loops: true, most_gates: u128::MAX }
}

const TOOLKITS: &[Toolkit] = &[
    toolkit(
        "reference",
        "openqasm3, the reference parser",
        &[
            Dialect::OpenQasm3,
            Dialect::Qiskit,
            Dialect::Braket,
            Dialect::PennyLane,
            Dialect::Qdk,
            Dialect::Cirq,
        ],
    ),
    toolkit("qiskit", "Qiskit", &[Dialect::Qiskit, Dialect::OpenQasm2]),
    toolkit("qiskit-aer", "Qiskit Aer", &[Dialect::Qiskit]),
    toolkit("braket", "Amazon Braket", &[Dialect::Braket]),
    toolkit("pennylane", "PennyLane", &[Dialect::PennyLane]),
    toolkit("qdk", "Microsoft QDK", &[Dialect::Qdk]),
    toolkit("cirq", "Cirq", &[Dialect::Cirq, Dialect::OpenQasm2]),
    toolkit("pytket", "pytket", &[Dialect::OpenQasm2]),
    Toolkit { loops: false, ..toolkit("mqt", "MQT Core", &[Dialect::OpenQasm3, Dialect::OpenQasm2]) },
    Toolkit { most_gates: 300, ..toolkit("pyzx", "PyZX", &[Dialect::OpenQasm2]) },
];

/// What a toolkit said about the files of a dialect and style.
struct Row {
    title: &'static str,
    version: String,
    dialect: Dialect,
    style: Style,
    circuits: usize,
    phase: &'static str,
    failures: Vec<String>,
}

/// Writes every circuit in every dialect and style, with its unitary.
fn write_files(folder: &Path) -> Vec<(String, u128)> {
    let mut written = Vec::new();
    for (name, circuit) in circuits() {
        let gates = qnewton::circuit::count(&circuit).unwrap().total();
        let bytes: Vec<u8> = unitary(&circuit)
            .into_iter()
            .flat_map(|(re, im)| [re.to_le_bytes(), im.to_le_bytes()].concat())
            .collect();
        std::fs::write(folder.join(format!("{name}.unitary")), bytes).unwrap();
        for &dialect in Dialect::ALL {
            for &style in dialect.styles() {
                let options = WriteOptions { style, ..WriteOptions::with_dialect(dialect) };
                let text = write_string(&circuit, &options).unwrap();
                let file = format!("{name}.{}.{}.qasm", dialect.name(), style.name());
                std::fs::write(folder.join(file), text).unwrap();
            }
        }
        written.push((name.to_string(), gates));
    }
    written
}

/// Has one toolkit load its files.
fn check(toolkit: &Toolkit, folder: &Path, circuits: &[(String, u128)]) -> Vec<Row> {
    let kinds = toolkit.dialects.iter().flat_map(|&dialect| {
        dialect
            .styles()
            .iter()
            .filter(|style| toolkit.loops || **style != Style::Loop)
            .map(move |&style| (dialect, style))
    });
    let kinds: Vec<(Dialect, Style)> = kinds.collect();
    let small = || circuits.iter().filter(|(_, gates)| *gates <= toolkit.most_gates);
    let file = |circuit: &str, (dialect, style): (Dialect, Style)| {
        format!("{circuit}.{}.{}.qasm", dialect.name(), style.name())
    };
    let files: Vec<String> =
        kinds.iter().flat_map(|&kind| small().map(move |(name, _)| file(name, kind))).collect();
    let output = python("check_toolkits.py").arg(toolkit.name).arg(folder).args(&files).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {errors}", toolkit.name);
    // Some toolkits print notices of their own before it.
    let printed = String::from_utf8_lossy(&output.stdout);
    let document: serde_json::Value = serde_json::from_str(printed.lines().last().unwrap()).unwrap();
    let keeps_phase = document["keeps_phase"].as_bool().unwrap();
    let phase = |dialect: Dialect| match toolkit.name {
        "reference" => "parsed only",
        _ if keeps_phase && dialect.keeps_global_phase() => "compared",
        _ => "not compared",
    };
    kinds
        .into_iter()
        .map(|kind| {
            let failures = small().filter_map(|(name, _)| {
                let result = &document["files"][file(name, kind)];
                match result["difference"].as_f64() {
                    Some(difference) if difference < TOLERANCE => None,
                    _ => Some(format!("{} {}: {result}", toolkit.name, file(name, kind))),
                }
            });
            Row {
                title: toolkit.title,
                version: document["version"].as_str().unwrap().to_string(),
                dialect: kind.0,
                style: kind.1,
                circuits: small().count(),
                phase: phase(kind.0),
                failures: failures.collect(),
            }
        })
        .collect()
}

fn table(rows: &[Row]) -> String {
    let mut table = String::from(
        "| toolkit | version | dialect | style | circuits | global phase |\n|---|---|---|---|---|---|\n",
    );
    for row in rows {
        let (dialect, style) = (row.dialect.name(), row.style.name());
        let Row { title, version, circuits, phase, .. } = row;
        writeln!(table, "| {title} | {version} | `{dialect}` | `{style}` | {circuits} | {phase} |").unwrap();
    }
    table
}

/// Compares the table in `docs/interoperability.md`, between its two markers, or replaces it if insta would.
fn check_document(table: &str) {
    const BEGIN: &str = "<!-- measured: begin -->\n";
    const END: &str = "<!-- measured: end -->";
    let path = root().join("docs/interoperability.md");
    let document = std::fs::read_to_string(&path).unwrap();
    let start = document.find(BEGIN).unwrap() + BEGIN.len();
    let end = document.find(END).unwrap();
    if document[start..end] == *table {
        return;
    }
    let update = std::env::var("INSTA_UPDATE").is_ok_and(|value| value == "always");
    assert!(
        update,
        "docs/interoperability.md is out of date; run with INSTA_UPDATE=always, or write:\n{table}"
    );
    std::fs::write(&path, format!("{}{table}{}", &document[..start], &document[end..])).unwrap();
}

#[test]
fn every_dialect_means_the_same_in_its_toolkits() {
    let folder = tempfile::tempdir().unwrap();
    let circuits = write_files(folder.path());
    assert!(circuits.len() >= 10);
    // The environment is made once, before several ask for it.
    drop(python("check_toolkits.py"));
    let rows: Vec<Row> = thread::scope(|scope| {
        let checks: Vec<_> = TOOLKITS
            .chunks(TOOLKITS.len().div_ceil(2))
            .map(|toolkits| {
                let (folder, circuits) = (folder.path(), &circuits);
                scope.spawn(move || {
                    let rows = toolkits.iter().flat_map(|toolkit| check(toolkit, folder, circuits));
                    rows.collect::<Vec<Row>>()
                })
            })
            .collect();
        checks.into_iter().flat_map(|check| check.join().unwrap()).collect()
    });
    let failures: Vec<&String> = rows.iter().flat_map(|row| &row.failures).collect();
    assert!(failures.is_empty(), "{failures:#?}");
    check_document(&table(&rows));
}

/// Ones and zeros that depend on measured ones and zeros, so that every shot has the same outcome, 1011.
const FEEDBACK: &str = "\
OPENQASM 3.0;
include \"stdgates.inc\";
qubit[4] q;
bit[4] c;
x q[0];
x q[3];
reset q[3];
c[0] = measure q[0];
if (c[0]) { x q[1]; }
if (!c[0]) { x q[2]; }
c[1] = measure q[1];
c[2] = measure q[2];
if (c[1]) { if (!c[2]) { x q[3]; } }
c[3] = measure q[3];
";

#[test]
fn conditions_on_measured_bits_have_the_outcome_that_they_have_here() {
    let circuit = qnewton::qasm::read(FEEDBACK).unwrap().circuit;
    let program = Program::<f64>::new(&circuit).unwrap();
    let mut state: StateVector = StateVector::zero(program.qubits()).unwrap();
    let outcome = program.run(&mut state, &RunOptions::default(), &Silent).unwrap();
    assert_eq!(outcome.bits, [true, true, false, true]);
    let folder = tempfile::tempdir().unwrap();
    for (toolkit, dialect) in
        [("qiskit-aer", Dialect::Qiskit), ("braket", Dialect::Braket), ("qdk", Dialect::Qdk)]
    {
        let mut command = python("run_toolkits.py");
        command.arg(toolkit);
        for &style in dialect.styles() {
            let options = WriteOptions { style, ..WriteOptions::with_dialect(dialect) };
            let file = folder.path().join(format!("{toolkit}.{}.qasm", style.name()));
            std::fs::write(&file, write_string(&circuit, &options).unwrap()).unwrap();
            command.arg(file);
        }
        let output = command.output().unwrap();
        assert!(output.status.success(), "{toolkit}: {}", String::from_utf8_lossy(&output.stderr));
        let printed = String::from_utf8_lossy(&output.stdout);
        let document: serde_json::Value = serde_json::from_str(printed.lines().last().unwrap()).unwrap();
        let outcomes: Vec<&serde_json::Value> = document.as_object().unwrap().values().collect();
        assert_eq!(outcomes.len(), dialect.styles().len());
        assert!(outcomes.iter().all(|found| **found == serde_json::json!(["1011"])), "{toolkit}: {document}");
    }
}
