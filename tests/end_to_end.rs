//! The main job on the shipped systems: every promise is kept, for kind and for worst right-hand sides.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use qnewton::core::{ErrorLedger, Silent};
use qnewton::encoding::{EncodingError, Method};
use qnewton::matrix::{LinearSystem, Preparation, SparseMatrix, SpectrumOptions, smallest_singular_vectors};
use qnewton::pipeline::{
    CompileOptions, EmitOptions, EncodingChoice, ExecuteOptions, PipelineError, SolveReport, compile, emit,
    execute, solve, verify,
};
use qnewton::qasm::Style;
use qnewton_tests::{SOLVABLE, system};

fn solved(system: &LinearSystem, epsilon: f64) -> SolveReport {
    let options = CompileOptions { epsilon, ..CompileOptions::default() };
    let report = solve(system, &options, &ExecuteOptions::default(), &Silent).unwrap();
    assert!(report.holds(), "{}: {} > {epsilon}", system.name, report.relative_error);
    let ledger: &ErrorLedger = &report.compiled.ledger;
    assert!(ledger.total() <= epsilon && report.relative_error <= ledger.total() + 1e-12);
    let predicted = report.compiled.success_probability;
    assert!((report.execution.success_probability / predicted - 1.0).abs() <= 3.0 * epsilon);
    assert!(report.execution.imaginary < 1e-10);
    report
}

fn with_rhs(system: &LinearSystem, rhs: Vec<f64>) -> LinearSystem {
    LinearSystem { rhs: Some(rhs), ..system.clone() }
}

/// Reproducible numbers in (-1, 1).
fn pseudo_random(count: usize) -> Vec<f64> {
    let mut state = 0x9E37_79B9_7F4A_7C15u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    };
    (0..count).map(|_| next()).collect()
}

#[test]
fn gradients_random_and_worst_right_hand_sides_are_solved_to_epsilon() {
    for name in SOLVABLE {
        let system = system(name);
        solved(&system, 1e-2);
        solved(&with_rhs(&system, pseudo_random(system.dimension())), 1e-2);
        let (left, _, _) = smallest_singular_vectors(&system.matrix, &SpectrumOptions::default()).unwrap();
        solved(&with_rhs(&system, left), 1e-2);
    }
}

#[test]
fn tighter_errors_are_honoured_too() {
    for epsilon in [1e-1, 1e-3, 1e-5] {
        solved(&system("poisson-16"), epsilon);
        solved(&system("digits-12"), epsilon);
    }
}

#[test]
fn every_encoding_solves() {
    for &encoding in Method::ALL {
        let options = CompileOptions { encoding: EncodingChoice::of(encoding), ..CompileOptions::default() };
        match solve(&system("digits-12"), &options, &ExecuteOptions::default(), &Silent) {
            Ok(report) => assert!(report.holds(), "{}", encoding.name()),
            // Methods for special structure say so.
            Err(PipelineError::Encoding(EncodingError::NotApplicable { reason, .. })) => {
                assert!(!reason.is_empty())
            }
            Err(error) => panic!("{}: {error}", encoding.name()),
        }
    }
}

#[test]
fn odd_sizes_and_matrices_that_are_not_symmetric_are_solved() {
    let one = SparseMatrix::from_triplets(1, 1, [(0, 0, -4.0)]).unwrap();
    let report =
        solved(&LinearSystem::new("one", one, Some(vec![2.0]), &Preparation::default()).unwrap(), 1e-2);
    assert!((report.execution.solution[0] + 0.5).abs() < 5e-3);
    for n in [2usize, 3, 5, 7] {
        let noise = pseudo_random(n * n);
        let entries = (0..n * n).map(|k| (k / n, k % n, noise[k] + if k / n == k % n { 3.0 } else { 0.0 }));
        let matrix = SparseMatrix::from_triplets(n, n, entries).unwrap();
        let rhs = pseudo_random(n);
        solved(&LinearSystem::new("general", matrix, Some(rhs), &Preparation::default()).unwrap(), 1e-3);
    }
}

#[test]
fn emitted_files_verify_and_changed_ones_do_not() {
    let folder = tempfile::tempdir().unwrap();
    let small = LinearSystem::new(
        "small",
        SparseMatrix::from_triplets(2, 2, [(0, 0, 2.0), (0, 1, 0.5), (1, 0, 0.5), (1, 1, -1.0)]).unwrap(),
        Some(vec![1.0, -2.0]),
        &Preparation::default(),
    )
    .unwrap();
    for (system, style) in [
        (&small, Style::Flat),
        (&small, Style::Hierarchical),
        (&system("digits-12"), Style::Hierarchical),
        (&system("poisson-16"), Style::Flat),
    ] {
        let path = folder.path().join(format!("{}.qasm", system.name));
        let compiled = compile(system, &CompileOptions::default(), &Silent).unwrap();
        emit(
            &compiled,
            &path,
            &EmitOptions { style, dialect: Default::default(), preparation: Preparation::default() },
        )
        .unwrap();
        let checked =
            |system: &LinearSystem| verify(&path, system, &ExecuteOptions::default(), &Silent).unwrap();
        let verification = checked(system);
        assert!(verification.holds(), "{verification:?}");
        assert!(!checked(&with_rhs(system, pseudo_random(system.dimension()))).holds(), "another b");

        let text = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let angles: Vec<usize> =
            (0..lines.len()).filter(|&line| lines[line].trim_start().starts_with("u3(")).collect();
        for &line in [angles[0], angles[angles.len() / 2], angles[angles.len() - 1]].iter() {
            let (before, rest) = lines[line].split_once('(').unwrap();
            let (first, after) = rest.split_once(',').unwrap();
            let Ok(value) = first.trim().parse::<f64>() else { continue };
            let mut changed = lines.clone();
            let replaced = format!("{before}({},{after}", value + 1e-3);
            changed[line] = &replaced;
            std::fs::write(&path, changed.join("\n")).unwrap();
            assert!(!checked(system).holds(), "{} line {line}", system.name);
        }
    }
}

#[test]
fn the_largest_hessian_compiles_and_is_refused_where_time_is_short() {
    let system = system("digits-160");
    let compiled = compile(&system, &CompileOptions::default(), &Silent).unwrap();
    assert!(compiled.counts.total() > 500_000_000 && compiled.ledger.total() <= 1e-2);
    let refused =
        execute(&compiled, &ExecuteOptions { time_limit: 0.5, ..ExecuteOptions::default() }, &Silent);
    assert!(matches!(refused, Err(PipelineError::TooSlow { predicted, .. }) if predicted > 0.5));
}

#[test]
fn what_cannot_be_compiled_says_why() {
    let system = |entries: &[(usize, usize, f64)]| {
        let matrix = SparseMatrix::from_triplets(2, 2, entries.iter().copied()).unwrap();
        LinearSystem::new("bad", matrix, Some(vec![1.0, 1.0]), &Preparation::default()).unwrap()
    };
    let compiled = |system: &LinearSystem, epsilon| {
        compile(system, &CompileOptions { epsilon, ..CompileOptions::default() }, &Silent)
            .map(|_| ())
            .unwrap_err()
    };
    let singular = system(&[(0, 0, 1.0), (0, 1, 1.0), (1, 0, 1.0), (1, 1, 1.0)]);
    assert!(matches!(compiled(&singular, 1e-2), PipelineError::Singular { .. }));
    assert!(compiled(&singular, 1e-2).to_string().contains("sigma_min"));
    let regular = system(&[(0, 0, 1.0), (1, 1, 1.0)]);
    for epsilon in [0.0, -1.0, 1.0, f64::NAN] {
        assert!(matches!(compiled(&regular, epsilon), PipelineError::Epsilon { .. }));
    }
    assert!(matches!(compiled(&regular, 1e-16), PipelineError::Unreachable { .. }));
    let steep = system(&[(0, 0, 1.0), (1, 1, 1e-8)]);
    assert!(matches!(compiled(&steep, 1e-2), PipelineError::DegreeTooLarge { .. }));
}
