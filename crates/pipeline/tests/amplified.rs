//! Amplified solvers: executed against the classical solution, emitted, verified, read from shots.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use proptest::prelude::*;
use qnewton_core::{Silent, Stage};
use qnewton_matrix::{LinearSystem, Preparation, SparseMatrix};
use qnewton_pipeline::{
    Amplification, CompileOptions, EmitOptions, ExecuteOptions, Manifest, PipelineError, ReadoutOptions,
    RunFileOptions, Solver, compare, compile, emit, read_out, run_file, solve, verify,
};
use qnewton_qasm::Style;
use std::path::Path;

/// A symmetric system whose solvers seldom succeed: b is along the largest eigenvalue.
fn system(condition: f64, angle: f64) -> LinearSystem {
    let (s, c) = angle.sin_cos();
    let (a, b) = (1.0, 1.0 / condition);
    let entries = [
        (0, 0, a * c * c + b * s * s),
        (0, 1, (a - b) * s * c),
        (1, 0, (a - b) * s * c),
        (1, 1, a * s * s + b * c * c),
    ];
    let matrix = SparseMatrix::from_triplets(2, 2, entries).unwrap();
    LinearSystem::new("small", matrix, Some(vec![3.0 * c, 3.0 * s]), &Preparation::default()).unwrap()
}

fn options(solver: Solver, epsilon: f64, amplification: Amplification) -> CompileOptions {
    CompileOptions { solver: Some(solver), epsilon, amplification, ..CompileOptions::default() }
}

const SCALED: [Solver; 4] = [Solver::Qsvt, Solver::QsvtPositive, Solver::Cks, Solver::Hhl];
const WAYS: [Amplification; 3] = [Amplification::Rounds, Amplification::FixedPoint, Amplification::Oblivious];

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn amplified_solvers_keep_the_promise(
        condition in 3.0f64..8.0, angle in 0.1f64..1.4, logarithm in -3.0f64..-1.0, solver in 0usize..4, way in 0usize..3,
    ) {
        let (system, epsilon) = (system(condition, angle), 10f64.powf(logarithm));
        let (solver, way) = (SCALED[solver], WAYS[way]);
        let plain = compile(&system, &options(solver, epsilon, Amplification::None), &Silent).unwrap();
        prop_assert!(plain.amplification.is_none());
        let solved =
            solve(&system, &options(solver, epsilon, way), &ExecuteOptions::default(), &Silent);
        let report = match solved {
            // Blocks that reach 0.9 already have nothing to gain.
            Err(PipelineError::NotAmplified { .. }) if way == Amplification::Oblivious => return Ok(()),
            report => report.unwrap(),
        };
        let compiled = &report.compiled;
        let record = compiled.amplification.unwrap();
        let total = compiled.ledger.total();
        prop_assert!(report.relative_error <= total && total <= epsilon, "{} {total}", report.relative_error);
        prop_assert_eq!(record.method, way);
        prop_assert!(record.uses % 2 == 1 && compiled.solver.queries.is_multiple_of(record.uses));
        let loads = if way == Amplification::Oblivious { 1 } else { record.uses };
        prop_assert_eq!(compiled.solver.queries_b, loads);
        let found = report.execution.success_probability;
        prop_assert!(((found / compiled.success_probability).sqrt() - 1.0).abs() <= total + 1e-9, "{found}");
        let expected = compiled.solver.queries as f64 / compiled.success_probability;
        prop_assert!((compiled.expected_queries / expected - 1.0).abs() < 1e-12);
        if record.uses > 1 {
            prop_assert!(found > record.solver_success_probability && record.gain > 1.0);
            prop_assert!(compiled.ledger.bound(Stage::Amplification) > 0.0);
        }
    }
}

#[test]
fn files_of_amplified_solvers_run_and_are_verified() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.qasm");
    let system = system(4.0, 0.4);
    let emit_options = EmitOptions {
        style: Style::Hierarchical,
        dialect: Default::default(),
        preparation: Preparation::default(),
    };
    let limits = ExecuteOptions::default();
    for way in WAYS {
        let compiled = compile(&system, &options(Solver::Cks, 1e-2, way), &Silent).unwrap();
        let record = compiled.amplification.unwrap();
        assert!(record.uses > 1, "{record:?}");
        let mut manifest = emit(&compiled, &path, &emit_options).unwrap();
        let run = run_file(&path, &RunFileOptions::default(), &Silent).unwrap();
        assert!(compare(&run.execution.unwrap().solution, &compiled.classical_solution).0 < 1e-2);
        let result = verify(&path, &system, &limits, &Silent).unwrap();
        assert!(result.holds(), "{:?}", result.checks);
        let written = Manifest::of(&path).unwrap().unwrap().solver.unwrap().amplification.unwrap();
        assert_eq!((written.method, written.uses), (record.method, record.uses));
        // Another gain is no solution of this circuit, and other uses are no amplitudes of it.
        let stated = manifest.solver.as_mut().unwrap().amplification.as_mut().unwrap();
        let (gain, uses) = (stated.gain, stated.uses);
        stated.gain = 1.1 * gain;
        manifest.write(&path).unwrap();
        let broken = verify(&path, &system, &limits, &Silent).unwrap();
        assert!(broken.checks.iter().any(|check| check.name == "scale" && !check.holds));
        let stated = manifest.solver.as_mut().unwrap().amplification.as_mut().unwrap();
        (stated.gain, stated.uses) = (gain, uses + 2);
        manifest.write(&path).unwrap();
        let broken = verify(&path, &system, &limits, &Silent).unwrap();
        assert!(broken.checks.iter().any(|check| check.name.starts_with("degree") && !check.holds));
    }
}

#[test]
fn the_automatic_choice_is_no_worse_than_none() {
    for (condition, solver) in [(2.0, Solver::Qsvt), (6.0, Solver::Cks), (6.0, Solver::QsvtPositive)] {
        let system = system(condition, 0.7);
        let with = |way| compile(&system, &options(solver, 1e-2, way), &Silent).unwrap();
        let (plain, chosen) = (with(Amplification::None), with(Amplification::Auto));
        // The solver's share of epsilon takes a few queries more.
        assert!(chosen.expected_queries <= 1.3 * plain.expected_queries, "{}", solver.name());
        assert_eq!(chosen.amplification.is_none(), chosen.solver.queries == plain.solver.queries);
    }
    let cks = compile(&system(6.0, 0.7), &options(Solver::Cks, 1e-2, Amplification::Auto), &Silent).unwrap();
    assert!(cks.amplification.is_some());
}

#[test]
fn directions_are_amplified_where_their_probability_is_known() {
    let system = system(4.0, 0.5);
    let limits = ExecuteOptions::default();
    for way in [Amplification::Rounds, Amplification::FixedPoint] {
        let report = solve(&system, &options(Solver::Shortcut, 1e-2, way), &limits, &Silent).unwrap();
        assert!(report.holds() && report.compiled.amplification.unwrap().method == way);
    }
    let auto = compile(&system, &options(Solver::Adiabatic, 1e-1, Amplification::Auto), &Silent).unwrap();
    assert!(auto.amplification.is_none());
    for (solver, way) in [
        (Solver::Shortcut, Amplification::Oblivious),
        (Solver::Adiabatic, Amplification::Rounds),
        (Solver::Adiabatic, Amplification::FixedPoint),
    ] {
        let error = compile(&system, &options(solver, 1e-1, way), &Silent).unwrap_err();
        assert!(
            matches!(error, PipelineError::NotAmplified { .. }) && error.to_string().contains("none"),
            "{error}"
        );
    }
}

#[test]
fn shots_of_an_amplified_solver_leave_less_error() {
    let system = system(6.0, 0.4);
    let limits = ExecuteOptions::default();
    let read = |way| {
        let compiled = compile(&system, &options(Solver::Cks, 1e-2, way), &Silent).unwrap();
        let readout =
            read_out(&compiled, &ReadoutOptions { shots: 40_000, seed: 5 }, &limits, &Silent).unwrap();
        let (error, _) = compare(&readout.solution, &compiled.classical_solution);
        assert!(error < 5.0 * readout.expected_error + 1e-2, "{error}");
        readout.expected_error
    };
    assert!(read(Amplification::Rounds) < 0.6 * read(Amplification::None));
}

fn shipped(name: &str) -> LinearSystem {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/hessians");
    let rhs = folder.join(format!("{name}.rhs.mtx"));
    LinearSystem::load(folder.join(format!("{name}.mtx")), Some(&rhs), &Preparation::default()).unwrap()
}

#[test]
fn a_shipped_system_is_solved_by_an_amplified_circuit() {
    let system = shipped("poisson-16");
    let report = solve(
        &system,
        &options(Solver::QsvtPositive, 1e-2, Amplification::Auto),
        &ExecuteOptions::default(),
        &Silent,
    )
    .unwrap();
    let record = report.compiled.amplification.unwrap();
    assert!(report.holds() && record.method == Amplification::Rounds && record.uses == 3, "{record:?}");
    assert!(report.execution.success_probability > 0.6);
}
