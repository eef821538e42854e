//! Golden circuits: `circuits/NAME.snap.qasm` is the emitted text, `circuits/NAME.manifest.snap` its manifest.
//!
//! After a change that is meant: `cargo insta review`.

use qnewton::core::Silent;
use qnewton::encoding::Method;
use qnewton::matrix::{LinearSystem, Preparation, SparseMatrix};
use qnewton::pipeline::{
    BlockOptions, CompileOptions, EmitOptions, Manifest, compile, emit, emit_block, encode,
};
use qnewton::qasm::Style;
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
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(root().join("circuits"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        insta::assert_binary_snapshot!(&format!("{name}.qasm"), text);
        let manifest = Manifest { version: "[version]".to_string(), ..manifest };
        insta::assert_json_snapshot!(format!("{name}.manifest"), manifest);
    });
}

fn golden_block(name: &str, method: Method, style: Style) {
    golden(name, |path| {
        let options = BlockOptions { encoding: Some(method), ..BlockOptions::default() };
        let encoded = encode(&tridiagonal(4), &options, &Silent).unwrap();
        emit_block(&encoded, path, &EmitOptions { style, preparation: Preparation::default() }).unwrap()
    });
}

fn golden_solver(name: &str, system: &LinearSystem, style: Style) {
    golden(name, |path| {
        let compiled = compile(system, &CompileOptions::default(), &Silent).unwrap();
        emit(&compiled, path, &EmitOptions { style, preparation: Preparation::default() }).unwrap()
    });
}

#[test]
fn block_encodings_of_a_small_laplacian() {
    golden_block("laplacian-4-fable", Method::Fable, Style::Hierarchical);
    golden_block("laplacian-4-dyadic", Method::Dyadic, Style::Hierarchical);
    golden_block("laplacian-4-sparse", Method::Sparse, Style::Hierarchical);
    golden_block("laplacian-4-fable-flat", Method::Fable, Style::Flat);
}

#[test]
fn solvers() {
    golden_solver("laplacian-2-flat", &tridiagonal(2), Style::Flat);
    golden_solver("laplacian-4", &tridiagonal(4), Style::Hierarchical);
    golden_solver("poisson-16", &system("poisson-16"), Style::Hierarchical);
    golden_solver("digits-12", &system("digits-12"), Style::Hierarchical);
}
