//! What the reader makes of a corpus of small files: circuits of the valid ones, errors of the broken ones.

#![allow(clippy::unwrap_used, reason = "a failure is what a test reports")]

use qnewton_qasm::read;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn files(folder: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus").join(folder);
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let name = |path: &Path| path.file_stem().unwrap().to_string_lossy().into_owned();
    paths.iter().map(|path| (name(path), std::fs::read_to_string(path).unwrap())).collect()
}

#[test]
fn valid_files_become_circuits() {
    let mut report = String::new();
    for (name, text) in files("valid") {
        let program = read(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(qnewton_circuit::verify::verify(&program.circuit), [], "{name}");
        writeln!(report, "== {name}").unwrap();
        if let Some((major, minor)) = program.version {
            writeln!(report, "version {major}.{minor}").unwrap();
        }
        for comment in &program.leading_comments {
            writeln!(report, "comment `{comment}`").unwrap();
        }
        for warning in &program.warnings {
            let at = &text[warning.span.clone()];
            writeln!(report, "warning {}:{} `{at}`: {}", warning.line, warning.column, warning.message)
                .unwrap();
        }
        writeln!(report, "{}", program.circuit).unwrap();
    }
    insta::assert_snapshot!(report);
}

#[test]
fn broken_files_become_errors_that_point_at_the_place() {
    let mut report = String::new();
    for (name, text) in files("broken") {
        let error = read(&text).err().unwrap_or_else(|| panic!("{name} is accepted"));
        let line = text.lines().nth(error.line - 1).unwrap_or("");
        let width = text[error.span.clone()].chars().count().max(1);
        let marks = format!("{}{}", " ".repeat(error.column - 1), "^".repeat(width));
        writeln!(report, "== {name}: {:?}\n{error}\n  {line}\n  {marks}\n", error.kind).unwrap();
    }
    insta::assert_snapshot!(report);
}
