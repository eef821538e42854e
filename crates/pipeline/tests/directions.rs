//! Solvers that leave the direction of the solution: norm, sign and promise on random systems, from shots and from files.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use proptest::prelude::*;
use qnewton_core::{Silent, Stage};
use qnewton_encoding::Method;
use qnewton_matrix::{LinearSystem, Preparation, SparseMatrix, add_to_diagonal};
use qnewton_pipeline::{
    CompileOptions, CompiledSystem, EmitOptions, EncodingChoice, ExecuteOptions, Manifest, NormEstimate,
    NormMethod, PipelineError, Readable, ReadoutError, ReadoutOptions, RunFileOptions, SolveReport, Solver,
    compare, compare_solvers, compile, emit, execute, overlap, quadratic_form, read_out, run_file, solve,
    verify,
};
use qnewton_qasm::Style;
use std::path::Path;

const DIRECTIONS: [Solver; 2] = [Solver::Shortcut, Solver::Adiabatic];

#[derive(Clone, Copy, Debug, PartialEq)]
enum Shape {
    Definite,
    Indefinite,
    General,
    Banded,
}

fn norm(vector: &[f64]) -> f64 {
    vector.iter().map(|value| value * value).sum::<f64>().sqrt()
}

fn dense(rows: &[Vec<f64>]) -> SparseMatrix<f64> {
    let n = rows.len();
    let pairs = (0..n).flat_map(|i| (0..n).map(move |j| (i, j)));
    SparseMatrix::from_triplets(n, n, pairs.map(|(i, j)| (i, j, rows[i][j]))).unwrap()
}

fn system(matrix: SparseMatrix<f64>, rhs: Vec<f64>) -> LinearSystem {
    LinearSystem::new("random", matrix, Some(rhs), &Preparation::default()).unwrap()
}

/// A diagonal of that condition number between random plane rotations; or bands that are diagonally dominant.
fn matrix(shape: Shape, n: usize, condition: f64, angles: &[f64]) -> SparseMatrix<f64> {
    let mut rows = vec![vec![0.0; n]; n];
    for (i, row) in rows.iter_mut().enumerate() {
        let sign = if shape == Shape::Indefinite && i % 2 == 1 { -1.0 } else { 1.0 };
        row[i] = sign * condition.powf(-(i as f64) / (n as f64 - 1.0).max(1.0));
        if shape == Shape::Banded {
            row[i] = 1.0 + 0.3 * angles[i].sin();
            row[(i + 1) % n] += 0.25 * angles[i].cos();
        }
    }
    for (i, angle) in angles.iter().enumerate().filter(|_| n > 1 && shape != Shape::Banded) {
        let (p, q) = (i % n, (i + 1) % n);
        let left = angle.sin_cos();
        let right = if shape == Shape::General { (angle * 7.0).sin_cos() } else { left };
        for row in &mut rows {
            (row[p], row[q]) = (left.1 * row[p] - left.0 * row[q], left.0 * row[p] + left.1 * row[q]);
        }
        let (first, second) = (rows[p].clone(), rows[q].clone());
        for j in 0..n {
            rows[p][j] = right.1 * first[j] - right.0 * second[j];
            rows[q][j] = right.0 * first[j] + right.1 * second[j];
        }
    }
    if matches!(shape, Shape::Definite | Shape::Indefinite) {
        // Rounding apart it is symmetric.
        let upper = rows.clone();
        for (i, row) in rows.iter_mut().enumerate() {
            row.iter_mut().zip(&upper).take(i).for_each(|(value, above)| *value = above[i]);
        }
    }
    dense(&rows)
}

fn options(solver: Solver, epsilon: f64) -> CompileOptions {
    CompileOptions { solver: Some(solver), epsilon, ..CompileOptions::default() }
}

fn solved(system: &LinearSystem, options: &CompileOptions) -> SolveReport {
    solve(system, options, &ExecuteOptions::default(), &Silent).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_systems_are_solved_to_their_promise(
        shape in prop_oneof![
            Just(Shape::Definite), Just(Shape::Indefinite), Just(Shape::General), Just(Shape::Banded)
        ],
        n in 1usize..=8,
        condition in 1.0f64..25.0,
        angles in prop::collection::vec(-3.0f64..3.0, 16),
        entries in prop::collection::vec(-1.0f64..1.0, 8),
        sparse in any::<bool>(),
        magnitude in -6i32..6,
        logarithm in -4.0f64..-0.5,
    ) {
        let unit = |i: usize| if i == n - 1 { -1.0 } else { 0.0 };
        let rhs: Vec<f64> = (0..n)
            .map(|i| 10f64.powi(magnitude) * if sparse { unit(i) } else { entries[i] + 0.01 })
            .collect();
        prop_assume!(norm(&rhs) > 0.0);
        let system = system(matrix(shape, n, condition, &angles), rhs);
        let epsilon = 10f64.powf(logarithm);
        for solver in DIRECTIONS {
            for norm_estimate in [NormEstimate::Classical, NormEstimate::Search] {
                if solver == Solver::Adiabatic && norm_estimate == NormEstimate::Search {
                    continue;
                }
                let options = CompileOptions { norm_estimate, ..options(solver, epsilon) };
                let report = solved(&system, &options);
                let compiled = &report.compiled;
                let total = compiled.ledger.total();
                prop_assert!(report.relative_error <= total + 1e-12 && total <= epsilon, "{}", report.relative_error);
                prop_assert_ne!(report.walk_arrived(), Some(false));
                let lengths = norm(&report.execution.solution) / norm(&compiled.classical_solution);
                let others = total - compiled.ledger.bound(Stage::Polynomial);
                prop_assert!((lengths - 1.0).abs() <= others + 1e-12, "{lengths}");
                let found = report.execution.success_probability;
                prop_assert!(found >= compiled.success_probability * (1.0 - 1e-9), "{found}");
                // One execution that succeeds, and the query for the norm.
                let least = compiled.solver.queries as f64 / found;
                let expected = compiled.expected_queries - 1.0;
                let known = compiled.direction.unwrap().norm_estimate == Some(NormEstimate::Classical);
                prop_assert!(!known || (expected / least - 1.0).abs() <= 3.0 * epsilon, "{expected} {least}");
                prop_assert_eq!(compiled.queries_are_consistent(), true);
            }
        }
    }
}

/// Queries that follow from the degree.
trait Queries {
    fn queries_are_consistent(&self) -> bool;
}

impl Queries for CompiledSystem {
    fn queries_are_consistent(&self) -> bool {
        match self.polynomial.walk {
            None => self.solver.queries == self.degree && self.solver.queries_b == self.degree + 1,
            Some(walk) => {
                let each = if walk.definite || self.encoding.hermitian { 1 } else { 2 };
                self.solver.queries == each * walk.steps + self.degree
                    && self.solver.queries_b == walk.steps + self.degree + 1
            }
        }
    }
}

fn shipped(name: &str) -> LinearSystem {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/hessians");
    let rhs = folder.join(format!("{name}.rhs.mtx"));
    LinearSystem::load(folder.join(format!("{name}.mtx")), Some(&rhs), &Preparation::default()).unwrap()
}

#[test]
fn a_search_costs_more_than_a_known_norm_and_is_reported_as_a_whole() {
    let system = shipped("digits-12");
    let known = compile(&system, &options(Solver::Shortcut, 1e-2), &Silent).unwrap();
    let search = CompileOptions { norm_estimate: NormEstimate::Search, ..options(Solver::Shortcut, 1e-2) };
    let searched = compile(&system, &search, &Silent).unwrap();
    assert!(known.expected_queries < 1.05 * known.solver.queries as f64);
    assert!(searched.expected_queries > 1.2 * known.expected_queries);
    assert!(searched.success_probability > 0.6 && searched.solver.queries > known.solver.queries);
    assert_eq!(searched.direction.unwrap().norm_estimate, Some(NormEstimate::Search));
    let adiabatic = compile(&system, &options(Solver::Adiabatic, 1e-2), &Silent).unwrap();
    assert_eq!(adiabatic.direction.unwrap().norm_estimate, None);
}

#[test]
fn walks_take_encodings_that_halve_their_queries_where_that_pays() {
    let shift = add_to_diagonal(&shipped("poisson-16").matrix, -0.3);
    let symmetric = [system(shift, vec![1.0; 16]), shipped("digits-16-pruned")];
    let mut chosen = Vec::new();
    for system in &symmetric {
        let compiled = compile(system, &options(Solver::Adiabatic, 1e-1), &Silent).unwrap();
        let walk = compiled.polynomial.walk.unwrap();
        assert!(!walk.definite);
        let total = |found: &CompiledSystem| found.counts.two_qubit() as f64 / found.success_probability;
        for &method in &[Method::Bitble, Method::Dyadic, Method::Structured] {
            let encoding = EncodingChoice::of(method);
            let other =
                compile(system, &CompileOptions { encoding, ..options(Solver::Adiabatic, 1e-1) }, &Silent);
            // The choice counts queries, not what controls add to them.
            assert!(other.map_or(true, |other| total(&compiled) <= 1.5 * total(&other)), "{}", method.name());
        }
        chosen.push(compiled.encoding.hermitian);
    }
    assert_eq!(chosen, [true, false]);
}

#[test]
fn a_walk_that_is_far_too_short_is_told_from_one_that_arrived() {
    let mut report = solved(&shipped("digits-12"), &options(Solver::Adiabatic, 1e-1));
    assert_eq!(report.walk_arrived(), Some(true));
    report.execution.success_probability = 0.4;
    assert_eq!(report.walk_arrived(), Some(false));
}

#[test]
fn scaled_systems_keep_their_promise_in_terms_of_x() {
    let matrix = dense(&[vec![9.0, 1.0, 0.0], vec![1.0, 1.0, -0.2], vec![0.0, -0.2, 0.25]]);
    let preparation = Preparation { jacobi: true, ..Preparation::default() };
    let system =
        LinearSystem::new("scaled", matrix.clone(), Some(vec![1.0, -2.0, 0.5]), &preparation).unwrap();
    for solver in DIRECTIONS {
        let report = solved(&system, &options(solver, 1e-3));
        assert!(report.holds());
        let residual = matrix.mul_vec(&report.execution.solution);
        assert!(compare(&residual, &[1.0, -2.0, 0.5]).0 < 1e-2);
    }
}

#[test]
fn directions_are_read_from_shots_with_norm_and_sign() {
    let limits = ExecuteOptions::default();
    for (name, solver) in
        [("poisson-16", Solver::Shortcut), ("digits-12", Solver::Shortcut), ("digits-12", Solver::Adiabatic)]
    {
        let mut system = shipped(name);
        // The sign of the whole comes from the further query alone.
        system.rhs.as_mut().unwrap().iter_mut().for_each(|value| *value = -*value);
        let compiled = compile(&system, &options(solver, 1e-1), &Silent).unwrap();
        let exact = execute(&compiled, &limits, &Silent).unwrap();
        let readable = Readable::of(&compiled);
        for shots in [readable.shots_for(0.02), 100_000_000] {
            let (mut errors, mut judged) = (0.0, 0.0);
            for seed in 0..3 {
                let read = read_out(&compiled, &ReadoutOptions { shots, seed }, &limits, &Silent).unwrap();
                assert!(read.norm_shots >= shots / 100 && read.norm_shots <= shots * 99 / 100 + 1);
                let all = read.allocation.magnitude_shots + read.allocation.interference_shots;
                assert_eq!(all + read.norm_shots, shots);
                errors += compare(&read.solution, &exact.solution).0.powi(2) / 3.0;
                judged += read.expected_error.powi(2) / 3.0;
                assert!((read.success_frequency - exact.success_probability).abs() < 0.05);
            }
            let ratio = (errors / judged).sqrt();
            assert!(ratio > 0.3 && ratio < 2.0, "{name} {} {shots}: {ratio}", solver.name());
            let expected = if shots == 100_000_000 { 0.02 } else { judged.sqrt() };
            assert!(expected > 0.014 && expected < 0.028, "{name} {}: {expected}", solver.name());
        }
        let refused = read_out(&compiled, &ReadoutOptions { shots: 7, seed: 0 }, &limits, &Silent);
        assert!(matches!(refused, Err(ReadoutError::Shots { shots: 7, least: 8 })));
    }
}

#[test]
fn numbers_about_a_direction_carry_the_error_of_its_norm() {
    let compiled = compile(&shipped("digits-12"), &options(Solver::Shortcut, 1e-3), &Silent).unwrap();
    let x = execute(&compiled, &ExecuteOptions::default(), &Silent).unwrap().solution;
    let (readable, limits) = (Readable::of(&compiled), ExecuteOptions::default());
    let identity = SparseMatrix::identity(x.len());
    let (mut linear, mut quadratic) = (0.0, 0.0);
    for seed in 0..20 {
        let options = ReadoutOptions { shots: 1_000_000, seed };
        let read = overlap(&readable, &compiled.rhs, &options, &limits, &Silent).unwrap();
        let exact: f64 = compiled.rhs.iter().zip(&x).map(|(b, x)| b * x).sum();
        linear += ((read.value - exact) / read.standard_error).powi(2) / 20.0;
        let read = quadratic_form(&readable, &identity, &options, &limits, &Silent).unwrap();
        quadratic += ((read.value - norm(&x).powi(2)) / read.standard_error).powi(2) / 20.0;
    }
    assert!(linear > 0.3 && linear < 2.5 && quadratic > 0.3 && quadratic < 2.5, "{linear} {quadratic}");
}

fn emitted(compiled: &CompiledSystem, path: &Path) -> Manifest {
    let options = EmitOptions {
        style: Style::Hierarchical,
        dialect: Default::default(),
        preparation: Preparation::default(),
    };
    emit(compiled, path, &options).unwrap()
}

#[test]
fn files_hold_the_direction_and_are_verified() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("direction.qasm");
    let limits = ExecuteOptions::default();
    for shape in [Shape::Definite, Shape::Indefinite, Shape::General] {
        let angles: Vec<f64> = (0..12).map(|i| f64::from(i).sin() * 3.0).collect();
        let system = system(matrix(shape, 3, 6.0, &angles), vec![0.3, -1.0, 2.0]);
        for solver in DIRECTIONS {
            let compiled = compile(&system, &options(solver, 1e-2), &Silent).unwrap();
            let manifest = emitted(&compiled, &path);
            let fields = manifest.solver.as_ref().unwrap();
            assert_eq!((fields.scale, fields.norm_method), (None, NormMethod::FurtherQuery));
            let result = verify(&path, &system, &limits, &Silent).unwrap();
            assert!(result.holds(), "{shape:?} {}: {:?}", solver.name(), result.checks);

            let run = run_file(&path, &RunFileOptions::default(), &Silent).unwrap();
            let direction = run.execution.unwrap();
            assert_eq!(direction.scale, None);
            assert!((norm(&direction.solution) - 1.0).abs() < 1e-12);
            assert!(1.0 - compare(&direction.solution, &compiled.classical_solution).1 < 1e-4);

            // A manifest that says something else is noticed.
            let failing = |change: &dyn Fn(&mut Manifest)| {
                let mut changed = manifest.clone();
                change(&mut changed);
                changed.write(&path).unwrap();
                let result = verify(&path, &system, &limits, &Silent).unwrap();
                result
                    .checks
                    .into_iter()
                    .filter(|check| !check.holds)
                    .map(|check| check.name)
                    .collect::<Vec<_>>()
            };
            let queries = failing(&|manifest| manifest.solver.as_mut().unwrap().queries += 1);
            assert_eq!(queries, ["degree of the polynomial and queries"]);
            let scale = failing(&|manifest| manifest.solver.as_mut().unwrap().scale = Some(1.0));
            assert_eq!(scale, ["norm left to a further query"]);
            if solver == Solver::Shortcut {
                let estimate = failing(&|manifest| {
                    let polynomial = manifest.polynomial.as_mut().unwrap();
                    polynomial.reflection.as_mut().unwrap().norm *= 1.001;
                });
                assert_eq!(estimate, ["amplitudes against the polynomial of the matrix"]);
            } else {
                let steps = failing(&|manifest| {
                    manifest.polynomial.as_mut().unwrap().walk.as_mut().unwrap().steps += 2;
                });
                assert_eq!(steps, ["degree of the polynomial and queries"]);
            }
            manifest.write(&path).unwrap();
            let other = LinearSystem { rhs: Some(vec![0.6, -1.0, 2.0]), ..system.clone() };
            let result = verify(&path, &other, &limits, &Silent).unwrap();
            for name in ["residual of the matrix", "direction against the classical one"] {
                assert!(
                    result.checks.iter().any(|check| check.name == name && !check.holds),
                    "{:?}",
                    result.checks
                );
            }
        }
    }
}

#[test]
fn all_solvers_are_compared_with_the_query_for_the_norm() {
    let (_, candidates) =
        compare_solvers(&shipped("digits-12"), &CompileOptions::default(), &Silent).unwrap();
    assert_eq!(candidates.len(), Solver::ALL.len());
    for candidate in &candidates {
        if candidate.solver == Solver::Gram {
            assert!(matches!(candidate.cost, Err(PipelineError::NoFactor)));
            continue;
        }
        let cost = candidate.cost.as_ref().unwrap();
        let further = candidate.solver.norm_method() == NormMethod::FurtherQuery;
        assert_eq!(cost.norm_query.is_some(), further);
        let query = cost.norm_query.as_ref().map_or(0, qnewton_circuit::Counts::two_qubit) as f64;
        let gates = cost.counts.two_qubit() as f64 / cost.success_probability;
        assert!((cost.expected_two_qubit_count() / (gates + query) - 1.0).abs() < 1e-12);
        let queries = cost.queries as f64 / cost.success_probability + if further { 1.0 } else { 0.0 };
        assert!((cost.expected_queries / queries - 1.0).abs() < 1e-12 && (query > 0.0) == further);
    }
    // The success probability of the others is 0.03 and less here.
    let first: Vec<&str> = candidates.iter().map(|candidate| candidate.solver.name()).take(2).collect();
    assert!(first.contains(&"shortcut") && first.contains(&"adiabatic"), "{first:?}");
}

#[test]
fn a_bound_of_the_condition_number_stands_in_for_the_computed_one() {
    let system = shipped("digits-12");
    for &solver in &[Solver::Qsvt, Solver::QsvtPositive, Solver::Cks, Solver::Shortcut, Solver::Adiabatic] {
        let with = |condition_number| CompileOptions { condition_number, ..options(solver, 1e-1) };
        let computed = compile(&system, &with(None), &Silent).unwrap();
        let condition = computed.facts.spectrum.condition_number.unwrap();
        let same = compile(&system, &with(Some(condition)), &Silent).unwrap();
        assert_eq!(same.degree, computed.degree, "{}", solver.name());
        let doubled = compile(&system, &with(Some(2.0 * condition)), &Silent).unwrap();
        assert!(doubled.degree as f64 > 1.3 * computed.degree as f64, "{}", solver.name());
        assert_eq!(doubled.facts.spectrum.condition_number, Some(condition));
        for wrong in [0.99 * condition, 1.0, f64::NAN] {
            let refused = compile(&system, &with(Some(wrong)), &Silent);
            assert!(
                matches!(refused, Err(PipelineError::ConditionNumber { computed, .. }) if computed == condition)
            );
        }
    }
    let with_bound = CompileOptions { condition_number: Some(60.0), ..options(Solver::Shortcut, 1e-2) };
    assert!(solved(&system, &with_bound).holds());
}
