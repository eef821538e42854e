//! Facts about the sources that ARCHITECTURE.md promises.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use qnewton_tests::root;
use std::path::{Path, PathBuf};

/// The crates in dependency order: each may use those before it only.
const ORDER: &[&str] = &[
    "core",
    "matrix",
    "circuit",
    "qasm",
    "statevector",
    "encoding",
    "qlsa",
    "pipeline",
    "scheduler",
    "train",
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn dependencies_between_crates_flow_one_way() {
    for (position, name) in ORDER.iter().enumerate() {
        let manifest = std::fs::read_to_string(root().join(format!("crates/{name}/Cargo.toml"))).unwrap();
        let dependencies = manifest.split("[dev-dependencies]").next().unwrap();
        for later in &ORDER[position..] {
            let forbidden = dependencies.lines().any(|line| line.starts_with(&format!("qnewton-{later}.")));
            assert!(!forbidden, "qnewton-{name} must not depend on qnewton-{later}");
        }
    }
    let circuit = std::fs::read_to_string(root().join("crates/circuit/Cargo.toml")).unwrap();
    assert!(!circuit.contains("qnewton-matrix"), "the circuit knows no matrices");
}

#[test]
fn source_files_can_be_read_in_one_sitting() {
    let mut files = Vec::new();
    sources(&root().join("crates"), &mut files);
    assert!(files.len() > 50);
    for file in files {
        let lines = std::fs::read_to_string(&file).unwrap().lines().count();
        assert!(lines <= 600, "{} has {lines} lines", file.display());
    }
}

#[test]
fn library_crates_start_with_what_they_are() {
    for name in ORDER.iter().chain(&["qnewton"]) {
        let text = std::fs::read_to_string(root().join(format!("crates/{name}/src/lib.rs"))).unwrap();
        assert!(text.starts_with("//! "), "{name}");
    }
}
