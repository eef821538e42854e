//! Golden circuits: `circuits/NAME.snap.qasm` is the emitted text, `circuits/NAME.manifest.snap` its manifest.
//!
//! After a change that is meant: `cargo insta review`. One machine writes the same bytes on every run; between machines
//! the last digits of angles may differ with the vector instructions of the Fourier transforms, so numbers are compared
//! to 1e-9 and all else exactly.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use qnewton::core::Silent;
use qnewton::encoding::Method;
use qnewton::matrix::{LinearSystem, Preparation, SparseMatrix};
use qnewton::pipeline::{
    BlockOptions, CompileOptions, EmitOptions, EncodingChoice, Manifest, MatrixSource, Solver, compile, emit,
    emit_block, encode,
};
use qnewton::qasm::{Dialect, Style, WriteOptions, write_string};
use qnewton_tests::{root, system};

fn tridiagonal(n: usize) -> LinearSystem {
    let entries = (0..n).flat_map(|i| {
        let right = (i + 1 < n).then_some([(i, i + 1, -0.25), (i + 1, i, -0.25)]);
        right.into_iter().flatten().chain([(i, i, 0.5)])
    });
    let matrix = SparseMatrix::from_triplets(n, n, entries).unwrap();
    LinearSystem::new(format!("tridiagonal-{n}"), matrix, Some(vec![1.0; n]), &Preparation::default())
        .unwrap()
}

/// Compares with the golden file; `write` emits to a path.
fn golden(name: &str, write: impl Fn(&std::path::Path) -> Manifest) {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("first.qasm"), folder.path().join("second.qasm"));
    let manifest = write(&first);
    write(&second);
    let text = std::fs::read(&first).unwrap();
    assert_eq!(text, std::fs::read(&second).unwrap(), "the same input gives the same bytes");
    // The fingerprint depends on the last digit of every angle.
    let manifest = Manifest { version: "[version]".into(), circuit_sha256: "[sha256]".into(), ..manifest };
    let document = serde_json::to_string_pretty(&manifest).unwrap();
    let folder = root().join("circuits");
    let stored = |file: String| std::fs::read_to_string(folder.join(file)).unwrap_or_default();
    let text = String::from_utf8(text).unwrap();
    golden_text(name, text);
    settings().bind(|| {
        let manifest = stored(format!("{name}.manifest.snap"));
        if !same_up_to_rounding(manifest.splitn(3, "---\n").last().unwrap_or_default(), &document) {
            insta::assert_snapshot!(format!("{name}.manifest"), document);
        }
    });
}

/// Compares a circuit that has no manifest.
fn golden_text(name: &str, text: String) {
    let stored = std::fs::read_to_string(root().join(format!("circuits/{name}.snap.qasm")));
    settings().bind(|| {
        if !same_up_to_rounding(&stored.unwrap_or_default(), &text) {
            insta::assert_binary_snapshot!(&format!("{name}.qasm"), text.into_bytes());
        }
    });
}

fn settings() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(root().join("circuits"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings
}

/// Whether two texts are the same but for numbers that differ by at most 1e-9, relatively or absolutely.
fn same_up_to_rounding(a: &str, b: &str) -> bool {
    let is_numeric = |c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '+' | 'e');
    let split = |text: &str| -> Vec<String> {
        let mut tokens: Vec<String> = Vec::new();
        let mut last = None;
        for c in text.trim().chars() {
            if last != Some(is_numeric(c)) {
                tokens.push(String::new());
                last = Some(is_numeric(c));
            }
            tokens.last_mut().unwrap().push(c);
        }
        tokens
    };
    let (a, b) = (split(a), split(b));
    a.len() == b.len()
        && a.iter().zip(&b).all(|(a, b)| match (a.parse::<f64>(), b.parse::<f64>()) {
            (Ok(a), Ok(b)) => (a - b).abs() <= 1e-9 * a.abs().max(1.0),
            _ => a == b,
        })
}

#[test]
fn texts_are_compared_up_to_rounding_only() {
    let text = "u3(0.25, -1e-3, 0) system[10];";
    assert!(same_up_to_rounding(text, "u3(0.2500000000001, -0.001, 0.0) system[10];"));
    assert!(!same_up_to_rounding(text, "u3(0.25001, -1e-3, 0) system[10];"));
    assert!(!same_up_to_rounding(text, "u3(0.25, -1e-3, 0) system[11];"));
    assert!(!same_up_to_rounding(text, "u2(0.25, -1e-3, 0) system[10];"));
    assert!(!same_up_to_rounding(text, ""));
}

fn golden_block(name: &str, method: Method, style: Style) {
    golden_block_in(name, method, style, Dialect::default());
}

fn golden_block_in(name: &str, method: Method, style: Style, dialect: Dialect) {
    golden(name, |path| {
        let options = BlockOptions { encoding: EncodingChoice::of(method), ..BlockOptions::default() };
        let encoded = encode(&MatrixSource::from(tridiagonal(4)), &options, &Silent).unwrap();
        emit_block(&encoded, path, &EmitOptions { style, dialect, preparation: Preparation::default() })
            .unwrap()
    });
}

fn golden_solver(name: &str, system: &LinearSystem, style: Style) {
    golden_solver_of(name, system, style, CompileOptions::default());
}

fn golden_solver_of(name: &str, system: &LinearSystem, style: Style, options: CompileOptions) {
    golden(name, |path| {
        let compiled = compile(system, &options, &Silent).unwrap();
        let options = EmitOptions { style, dialect: Dialect::default(), preparation: Preparation::default() };
        emit(&compiled, path, &options).unwrap()
    });
}

#[test]
fn block_encodings_of_a_small_laplacian() {
    golden_block("laplacian-4-fable", Method::Fable, Style::Hierarchical);
    golden_block("laplacian-4-dyadic", Method::Dyadic, Style::Hierarchical);
    golden_block("laplacian-4-sparse", Method::Sparse, Style::Hierarchical);
    golden_block("laplacian-4-banded", Method::Banded, Style::Hierarchical);
    golden_block("laplacian-4-structured", Method::Structured, Style::Hierarchical);
    golden_block("laplacian-4-bitble", Method::Bitble, Style::Hierarchical);
    golden_block("laplacian-4-pauli-lcu", Method::PauliLcu, Style::Hierarchical);
    golden_block("laplacian-4-fable-flat", Method::Fable, Style::Flat);
    golden_block("laplacian-4-dictionary", Method::Dictionary, Style::Hierarchical);
    golden_block("laplacian-4-dilation", Method::Dilation, Style::Hierarchical);
}

#[test]
fn a_block_encoding_in_each_dialect() {
    for &dialect in Dialect::ALL.iter().filter(|dialect| **dialect != Dialect::default()) {
        let name = format!("laplacian-4-fable-{}", dialect.name());
        golden_block_in(&name, Method::Fable, dialect.default_style(), dialect);
    }
}

#[test]
fn a_solver_with_loops() {
    let compiled = compile(&tridiagonal(4), &CompileOptions::default(), &Silent).unwrap();
    for dialect in [Dialect::OpenQasm3, Dialect::Braket, Dialect::Qdk] {
        let options = WriteOptions { style: Style::Loop, ..WriteOptions::with_dialect(dialect) };
        let name = format!("laplacian-4-loop-{}", dialect.name());
        golden_text(&name, write_string(&compiled.lowered, &options).unwrap());
    }
}

/// Differences of two unknowns, and a shift.
fn gradients() -> LinearSystem {
    let factor = SparseMatrix::from_triplets(2, 2, [(0, 0, 1.0), (0, 1, -1.0), (1, 1, 1.0)]).unwrap();
    LinearSystem::gram("gradients", factor, 0.5, Some(vec![1.0, 2.0])).unwrap()
}

#[test]
fn each_solver_on_two_unknowns() {
    for &solver in Solver::ALL {
        let options = CompileOptions { solver: Some(solver), epsilon: 0.1, ..CompileOptions::default() };
        let (kind, system) = match solver {
            Solver::Gram => ("gradients", gradients()),
            _ => ("laplacian", tridiagonal(2)),
        };
        golden_solver_of(&format!("{kind}-2-{}", solver.name()), &system, Style::Hierarchical, options);
    }
}

#[test]
fn solvers() {
    golden_solver("laplacian-2-flat", &tridiagonal(2), Style::Flat);
    golden_solver("laplacian-4", &tridiagonal(4), Style::Hierarchical);
    golden_solver("poisson-16", &system("poisson-16"), Style::Hierarchical);
    golden_solver("digits-12", &system("digits-12"), Style::Hierarchical);
}
