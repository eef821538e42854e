//! Phase estimation of an evolution: executed, emitted and verified.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use qnewton_core::Silent;
use qnewton_matrix::{LinearSystem, Preparation, SparseMatrix};
use qnewton_pipeline::{
    Amplification, CompileOptions, EmitOptions, ExecuteOptions, PipelineError, RunFileOptions, Solver,
    compare, compile, emit, run_file, solve, verify,
};
use qnewton_qasm::Style;

fn system(entries: [f64; 3]) -> LinearSystem {
    let [a, b, c] = entries;
    let matrix = SparseMatrix::from_triplets(2, 2, [(0, 0, a), (0, 1, b), (1, 0, b), (1, 1, c)]).unwrap();
    LinearSystem::new("small", matrix, Some(vec![1.0, -2.0]), &Preparation::default()).unwrap()
}

fn options(epsilon: f64, amplification: Amplification) -> CompileOptions {
    CompileOptions { solver: Some(Solver::HhlEvolution), epsilon, amplification, ..CompileOptions::default() }
}

#[test]
fn symmetric_systems_are_solved_to_their_promise_and_verified() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("e.qasm");
    let limits = ExecuteOptions::default();
    for entries in [[2.0, 1.0, 3.0], [1.0, 0.5, -0.7]] {
        for (epsilon, amplification) in
            [(1e-1, Amplification::None), (1e-2, Amplification::None), (1e-1, Amplification::Auto)]
        {
            let system = system(entries);
            let report = solve(&system, &options(epsilon, amplification), &limits, &Silent).unwrap();
            let total = report.compiled.ledger.total();
            assert!(report.relative_error <= total && total <= epsilon, "{}", report.relative_error);
            let emit_options = EmitOptions {
                style: Style::Hierarchical,
                dialect: Default::default(),
                preparation: Preparation::default(),
            };
            let mut manifest = emit(&report.compiled, &path, &emit_options).unwrap();
            let run = run_file(&path, &RunFileOptions::default(), &Silent).unwrap();
            assert!(
                compare(&run.execution.unwrap().solution, &report.compiled.classical_solution).0 <= epsilon
            );
            let result = verify(&path, &system, &limits, &Silent).unwrap();
            assert!(result.holds(), "{:?}", result.checks);
            // Another time is another polynomial.
            manifest.polynomial.as_mut().unwrap().evolution.as_mut().unwrap().time *= 1.2;
            manifest.write(&path).unwrap();
            assert!(!verify(&path, &system, &limits, &Silent).unwrap().holds());
        }
    }
}

#[test]
fn what_does_not_apply_is_refused() {
    let matrix = SparseMatrix::from_triplets(2, 2, [(0, 0, 1.0), (0, 1, 0.5), (1, 1, 1.0)]).unwrap();
    let general = LinearSystem::new("g", matrix, Some(vec![1.0, 1.0]), &Preparation::default()).unwrap();
    let refused = compile(&general, &options(1e-1, Amplification::None), &Silent);
    assert!(matches!(refused, Err(PipelineError::NotSymmetric { solver: "hhl-evolution" })));
    let refused = compile(&system([1.0, 0.0, 1e-4]), &options(1e-2, Amplification::None), &Silent);
    assert!(matches!(refused, Err(PipelineError::DegreeTooLarge { .. })));
}
