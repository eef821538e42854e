//! Deflation: a few eigenpairs are solved for classically, and the circuit is made for the condition number of the rest.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use qnewton_circuit::Basis;
use qnewton_core::Silent;
use qnewton_matrix::{LinearSystem, Preparation, SparseMatrix};
use qnewton_pipeline::{
    CompileOptions, EmitOptions, ExecuteOptions, PipelineError, Readable, ReadoutOptions, RunFileOptions,
    Solver, compare_preprocessing, compile, emit, execute, overlap, quadratic_form, read_out, run_file,
    solve, verify,
};
use qnewton_qasm::Style;

/// Eigenvalues 0.01, -0.02 and others between 0.3 and 1: conditioned 100 times worse with the outliers than without.
fn system(jacobi: bool) -> LinearSystem {
    let size = 8;
    let mut dense = vec![vec![0.0; size]; size];
    for (i, row) in dense.iter_mut().enumerate() {
        row[i] = [0.01, -0.02].get(i).copied().unwrap_or(0.2 + 0.1 * i as f64);
    }
    for step in 0..3 * size {
        let (p, q) = (step % size, (step * 3 + 1) % size);
        if p == q {
            continue;
        }
        let (sine, cosine) = (0.4 + step as f64).sin_cos();
        for row in &mut dense {
            (row[p], row[q]) = (cosine * row[p] - sine * row[q], sine * row[p] + cosine * row[q]);
        }
        let (first, second) = (dense[p].clone(), dense[q].clone());
        for j in 0..size {
            dense[p][j] = cosine * first[j] - sine * second[j];
            dense[q][j] = sine * first[j] + cosine * second[j];
        }
    }
    let pairs = (0..size).flat_map(|i| (0..size).map(move |j| (i, j)));
    let triplets = pairs.map(|(i, j)| (i, j, dense[i.min(j)][i.max(j)]));
    let matrix = SparseMatrix::from_triplets(size, size, triplets).unwrap();
    let rhs = (0..size).map(|i| 1.0 + (i as f64).cos()).collect();
    let preparation = Preparation { jacobi, ..Preparation::default() };
    LinearSystem::new("outliers", matrix, Some(rhs), &preparation).unwrap()
}

fn options(solver: Solver, deflate: usize) -> CompileOptions {
    CompileOptions { solver: Some(solver), deflate, epsilon: 1e-2, ..CompileOptions::default() }
}

#[test]
fn every_solver_solves_what_is_left_with_fewer_queries() {
    for solver in [Solver::Qsvt, Solver::Shortcut, Solver::Adiabatic] {
        let mut queries = Vec::new();
        for deflate in 0..3 {
            let report =
                solve(&system(false), &options(solver, deflate), &ExecuteOptions::default(), &Silent)
                    .unwrap();
            assert!(report.holds(), "{} {deflate} {}", solver.name(), report.relative_error);
            assert!(report.relative_error <= report.compiled.ledger.total());
            queries.push(report.compiled.solver.queries);
        }
        assert!(queries[2] * 8 < queries[0] && queries[1] * 3 < queries[0] * 2, "{queries:?}");
    }
}

#[test]
fn scaling_and_deflation_go_together() {
    let report =
        solve(&system(true), &options(Solver::Qsvt, 2), &ExecuteOptions::default(), &Silent).unwrap();
    assert!(report.holds() && report.compiled.scaling.is_some());
}

#[test]
fn files_of_deflated_systems_run_and_verify() {
    let folder = tempfile::tempdir().unwrap();
    for solver in [Solver::Qsvt, Solver::Shortcut] {
        let compiled = compile(&system(false), &options(solver, 2), &Silent).unwrap();
        let path = folder.path().join(format!("{}.qasm", solver.name()));
        let emit_options = EmitOptions {
            style: Style::Hierarchical,
            dialect: Default::default(),
            preparation: Preparation::default(),
        };
        emit(&compiled, &path, &emit_options).unwrap();
        assert_eq!(compiled.basis, Basis::U3Cx);
        let with_rhs = verify(&path, &system(false), &ExecuteOptions::default(), &Silent).unwrap();
        assert!(with_rhs.holds(), "{with_rhs:?}");
        let alone = LinearSystem { rhs: None, ..system(false) };
        assert!(verify(&path, &alone, &ExecuteOptions::default(), &Silent).unwrap().holds());
        let mut other = system(false);
        other.rhs.as_mut().unwrap()[0] += 0.5;
        assert!(!verify(&path, &other, &ExecuteOptions::default(), &Silent).unwrap().holds());
        let run = run_file(&path, &RunFileOptions::default(), &Silent).unwrap();
        if solver == Solver::Qsvt {
            let executed = execute(&compiled, &ExecuteOptions::default(), &Silent).unwrap().solution;
            for (found, wanted) in run.execution.unwrap().solution.iter().zip(executed) {
                assert!((found - wanted).abs() < 1e-8);
            }
        }
    }
}

#[test]
fn shots_read_the_whole_solution_and_numbers_about_it() {
    let compiled = compile(&system(false), &options(Solver::Qsvt, 2), &Silent).unwrap();
    let limits = ExecuteOptions::default();
    let shots = ReadoutOptions { shots: 4_000_000, seed: 3 };
    let readout = read_out(&compiled, &shots, &limits, &Silent).unwrap();
    let exact = &compiled.classical_solution;
    let distance = |found: &[f64]| {
        let squares: f64 = found.iter().zip(exact).map(|(a, b)| (a - b).powi(2)).sum();
        (squares / exact.iter().map(|x| x * x).sum::<f64>()).sqrt()
    };
    assert!(distance(&readout.solution) < 1e-2 + 4.0 * readout.expected_error);
    let readable = Readable::of(&compiled);
    let weights: Vec<f64> = (0..8).map(|i| f64::from(i) - 2.5).collect();
    let found = overlap(&readable, &weights, &shots, &limits, &Silent).unwrap();
    let wanted: f64 = weights.iter().zip(exact).map(|(a, b)| a * b).sum();
    let slack = 1e-2 * weights.iter().map(|x| x * x).sum::<f64>().sqrt() * 10.0;
    assert!((found.value - wanted).abs() < 5.0 * found.standard_error + slack);
    let matrix = system(false).matrix;
    let found = quadratic_form(&readable, &matrix, &shots, &limits, &Silent).unwrap();
    let wanted: f64 = exact.iter().zip(matrix.mul_vec(exact)).map(|(a, b)| a * b).sum();
    assert!((found.value - wanted).abs() < 5.0 * found.standard_error + 0.05 * wanted.abs().max(1.0));
}

#[test]
fn the_comparison_puts_the_cheapest_first() {
    let candidates = compare_preprocessing(&system(false), &options(Solver::Qsvt, 0), &Silent).unwrap();
    assert_eq!(candidates.len(), 8);
    let costs: Vec<_> = candidates.iter().map(|candidate| candidate.cost.as_ref().unwrap()).collect();
    assert!(
        costs.windows(2).all(|pair| pair[0].expected_two_qubit_count <= pair[1].expected_two_qubit_count)
    );
    assert!(candidates[0].deflate >= 2 && costs[0].condition_number < 5.0);
}

#[test]
fn what_cannot_be_deflated_is_refused() {
    let refused = |deflate| compile(&system(false), &options(Solver::Qsvt, deflate), &Silent).unwrap_err();
    assert!(matches!(refused(8), PipelineError::Deflation(_)));
    let mut oblique = system(false);
    oblique.matrix = SparseMatrix::from_triplets(2, 2, [(0, 0, 1.0), (0, 1, 0.5), (1, 1, 1.0)]).unwrap();
    oblique.rhs = Some(vec![1.0, 2.0]);
    let error = compile(&oblique, &options(Solver::Qsvt, 1), &Silent).unwrap_err();
    assert!(matches!(error, PipelineError::Deflation(_)));
}
