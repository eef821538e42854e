//! Gradients through the pipeline: (1/B) G^T G + shift I by an encoding of G, against classical solutions.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use proptest::prelude::*;
use qnewton_core::{Silent, Stage};
use qnewton_encoding::Method;
use qnewton_matrix::{LinearSystem, SparseMatrix};
use qnewton_pipeline::{
    Amplification, CompileOptions, EmitOptions, EncodingChoice, ExecuteOptions, GivenBlock, GivenError,
    GivenRightHandSide, Manifest, PipelineError, Readable, ReadoutOptions, RunFileOptions, SolveReport,
    Solver, compare, compare_preprocessing, compare_solvers, compile, emit, manifest_path, overlap,
    quadratic_form, read_out, run_file, solve, solve_several, verify,
};
use qnewton_qlsa::gram::GramUnits;

fn system(samples: usize, unknowns: usize, entries: &[f64], shift: f64, rhs: &[f64]) -> LinearSystem {
    let triplets = entries.iter().enumerate().map(|(k, &value)| (k / unknowns, k % unknowns, value));
    let gradients = SparseMatrix::from_triplets(samples, unknowns, triplets).unwrap();
    LinearSystem::gram("gradients", gradients, shift, Some(rhs.to_vec())).unwrap()
}

/// Reproducible gradients in (-1, 1).
fn gradients(samples: usize, unknowns: usize, shift: f64) -> LinearSystem {
    let value = |k: usize| ((k * 7919 + 13) % 101) as f64 / 50.0 - 1.0;
    let entries: Vec<f64> = (0..samples * unknowns).map(value).collect();
    let rhs: Vec<f64> = (0..unknowns).map(|k| value(5 * k + 3)).collect();
    system(samples, unknowns, &entries, shift, &rhs)
}

fn options(epsilon: f64) -> CompileOptions {
    CompileOptions { solver: Some(Solver::Gram), epsilon, ..CompileOptions::default() }
}

fn solved(system: &LinearSystem, options: &CompileOptions) -> SolveReport {
    solve(system, options, &ExecuteOptions::default(), &Silent).unwrap()
}

/// x by Cholesky's factorization of a matrix that is formed here.
fn reference(system: &LinearSystem) -> Vec<f64> {
    let factor = system.factor.as_ref().unwrap();
    let dense = factor.gradients.to_dense();
    let n = factor.unknowns();
    let mut a = dense.t().dot(&dense) / factor.samples() as f64;
    (0..n).for_each(|k| a[(k, k)] += factor.shift);
    let mut x = system.rhs.clone().unwrap();
    for k in 0..n {
        let pivot = a[(k, k)].sqrt();
        (k..n).for_each(|i| a[(i, k)] /= pivot);
        for j in k + 1..n {
            (j..n).for_each(|i| a[(i, j)] -= a[(i, k)] * a[(j, k)]);
        }
    }
    for k in 0..n {
        x[k] = (x[k] - (0..k).map(|j| a[(k, j)] * x[j]).sum::<f64>()) / a[(k, k)];
    }
    for k in (0..n).rev() {
        x[k] = (x[k] - (k + 1..n).map(|j| a[(j, k)] * x[j]).sum::<f64>()) / a[(k, k)];
    }
    x
}

fn random() -> impl Strategy<Value = LinearSystem> {
    let shapes = (1..14usize, 2..9usize);
    shapes.prop_flat_map(|(samples, unknowns)| {
        let entries = proptest::collection::vec(-1.0..1.0f64, samples * unknowns);
        let rhs = proptest::collection::vec(-1.0..1.0f64, unknowns);
        (entries, rhs, -3.0..0.0f64).prop_map(move |(mut entries, mut rhs, shift)| {
            entries[0] += 1.5;
            rhs[0] += 1.1;
            // Enough samples need no shift.
            let shift = if samples >= unknowns + 3 && shift > -0.5 { 0.0 } else { 10f64.powf(shift) };
            system(samples, unknowns, &entries, shift, &rhs)
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, max_shrink_iters: 0, ..ProptestConfig::default() })]

    #[test]
    fn the_promise_is_kept(system in random(), accuracy in 1.0..6.0f64) {
        let epsilon = 10f64.powf(-accuracy);
        let report = solved(&system, &options(epsilon));
        let (compiled, total) = (&report.compiled, report.compiled.ledger.total());
        let (error, _) = compare(&report.execution.solution, &reference(&system));
        prop_assert!(error <= total + 1e-13 && report.relative_error <= total && total <= epsilon, "{error:e} {total:e}");
        let record = compiled.polynomial.gram.unwrap();
        let factor = system.factor.as_ref().unwrap();
        prop_assert_eq!((record.samples as usize, record.shift), (factor.samples(), factor.shift));
        // The interval is that of the spectrum, and decides about the degree.
        let units = GramUnits { samples: record.samples as f64, shift: record.shift, alpha: compiled.encoding.alpha };
        let interval = compiled.polynomial.interval;
        let square = interval * interval + units.relative_shift();
        let smallest = square * units.alpha.powi(2) / units.samples;
        let lower = compiled.facts.spectrum.smallest;
        prop_assert!(smallest <= lower * (1.0 + 1e-12) && (smallest >= 0.99 * lower || interval > 0.99), "{smallest} {lower}");
        let degree = compiled.degree as f64;
        prop_assert!(degree <= 1.3 * (2.0 / epsilon).ln() / square.sqrt() + 3.0, "{degree} {square}");
        prop_assert_eq!((compiled.solver.queries, compiled.solver.queries_b), (compiled.degree, 1));
        // The square root of the probability is off by no more than the solution.
        let ratio = (report.execution.success_probability / compiled.success_probability).sqrt();
        prop_assert!((ratio - 1.0).abs() <= epsilon + 1e-9 && report.execution.imaginary < 1e-10, "{ratio}");
    }

    #[test]
    fn an_encoding_with_an_error_is_in_the_ledger(system in random(), method in 0..3usize) {
        let method = [Method::Fable, Method::SFable, Method::PauliLcu][method];
        let encoding = EncodingChoice { relative_error: 1e-5, ..EncodingChoice::of(method) };
        match solve(&system, &CompileOptions { encoding, ..options(1e-1) }, &ExecuteOptions::default(), &Silent) {
            Ok(report) => {
                let ledger = &report.compiled.ledger;
                prop_assert!(report.relative_error <= ledger.total() && ledger.total() <= 1e-1);
                prop_assert!(ledger.bound(Stage::Encoding) >= report.compiled.certificate.error_at_least);
            }
            // Times the condition number it may be all that is allowed.
            Err(error) => prop_assert!(matches!(error, PipelineError::Unreachable { .. }), "{}", error),
        }
    }
}

#[test]
fn the_error_falls_with_what_is_asked_for_and_every_encoding_will_do() {
    for (samples, unknowns) in [(3, 4), (6, 3)] {
        let system = gradients(samples, unknowns, 0.02);
        let errors: Vec<f64> = [1e-1, 1e-2, 1e-4, 1e-6, 1e-9]
            .into_iter()
            .map(|epsilon| {
                let report = solved(&system, &options(epsilon));
                assert!(report.holds() && report.relative_error > 1e-3 * epsilon, "{epsilon:e}");
                report.relative_error
            })
            .collect();
        assert!(errors.windows(2).all(|pair| pair[1] < pair[0]), "{errors:?}");
        let mut made = 0;
        for &method in Method::ALL {
            let encoding = EncodingChoice::of(method);
            match compile(&system, &CompileOptions { encoding, ..options(1e-2) }, &Silent) {
                Ok(compiled) => {
                    made += 1;
                    assert!(compiled.ledger.total() <= 1e-2, "{}", method.name());
                }
                Err(PipelineError::Encoding(_)) => {}
                Err(error) => panic!("{}: {error}", method.name()),
            }
        }
        assert!(made >= 5, "{made}");
    }
}

/// A random 32 x 8 matrix has singular values within a factor of 3, so its shift decides about little; the samples of
/// fewer than 8 directions leave eigenvalues at the shift.
#[test]
fn the_automatic_choice_takes_gradients_where_the_condition_number_is_large() {
    let system = gradients(4, 8, 1e-3);
    let compiled = compile(&system, &CompileOptions::default(), &Silent).unwrap();
    assert_eq!(compiled.algorithm, Solver::Gram);
    let qsvt = CompileOptions { solver: Some(Solver::Qsvt), ..CompileOptions::default() };
    let qsvt = compile(&system, &qsvt, &Silent).unwrap();
    assert!(10 * compiled.solver.queries < qsvt.solver.queries);
    let (facts, candidates) =
        compare_solvers(&gradients(3, 2, 0.3), &CompileOptions::default(), &Silent).unwrap();
    assert!(candidates.iter().all(|candidate| candidate.cost.is_ok()) && facts.gram.is_some());
    assert_eq!(candidates.len(), Solver::ALL.len());
    // What scaling leaves is no product of gradients any more.
    let candidates = compare_preprocessing(&gradients(3, 2, 0.3), &options(1e-2), &Silent).unwrap();
    assert!(candidates.iter().any(|candidate| candidate.cost.is_ok()));
    let scaled = candidates.iter().find(|candidate| candidate.jacobi).unwrap();
    assert!(matches!(scaled.cost, Err(PipelineError::NoFactor)));
}

#[test]
fn several_right_hand_sides_and_prepared_ones_are_solved_as_one() {
    // More samples than unknowns: `system` of the encoding is larger than the solution.
    let system = gradients(9, 3, 0.1);
    let execute = ExecuteOptions::default();
    let right_hand_sides = [vec![1.0, 0.0, 0.0], vec![0.5, -2.0, 1.0]];
    let together = solve_several(&system, &right_hand_sides, &options(1e-3), &execute, &Silent).unwrap();
    for (rhs, found) in right_hand_sides.iter().zip(&together) {
        let alone = LinearSystem { rhs: Some(rhs.clone()), ..system.clone() };
        let alone = solved(&alone, &options(1e-3));
        assert!(found.holds());
        assert_eq!(found.execution.solution, alone.execution.solution);
    }
    let text = "OPENQASM 3.0; qubit[2] q; ry(0.7) q[0]; x q[1]; cx q[1], q[0]; cx q[0], q[1];";
    let circuit = qnewton_qasm::read(text).unwrap().circuit;
    let given = GivenRightHandSide::new(&circuit, 3, &Silent).unwrap();
    let system = LinearSystem { rhs: Some(given.right_hand_side(2.0).unwrap()), ..system };
    let with_circuit = CompileOptions { rhs_circuit: Some(given), ..options(1e-3) };
    let (table, found) = (solved(&system, &options(1e-3)), solved(&system, &with_circuit));
    assert!(found.holds() && compare(&found.execution.solution, &table.execution.solution).0 < 1e-10);
}

#[test]
fn amplification_deflation_and_shots_take_gradients() {
    let system = gradients(5, 3, 0.1);
    let plain = solved(&system, &options(1e-2));
    for amplification in [Amplification::Rounds, Amplification::FixedPoint, Amplification::Auto] {
        let report = solved(&system, &CompileOptions { amplification, ..options(1e-2) });
        assert!(report.holds() && report.relative_error <= report.compiled.ledger.total());
        let (amplified, plain) = (report.execution.success_probability, plain.execution.success_probability);
        assert!(amplified > plain || report.compiled.amplification.is_none_or(|record| record.uses == 1));
    }
    // Values up to 1/lambda_min are amplified, below the maximum of the polynomial; up to the maximum there is no room.
    let oblivious = CompileOptions { amplification: Amplification::Oblivious, ..options(1e-2) };
    let report = solved(&system, &oblivious);
    assert!(report.holds() && report.compiled.solver.queries_b == 1);
    let refused = compile(&gradients(2, 3, 0.1), &oblivious, &Silent).unwrap_err();
    assert!(matches!(refused, PipelineError::NotAmplified { solver: "gram", .. }), "{refused}");
    let deflated = solved(&system, &CompileOptions { deflate: 1, ..options(1e-2) });
    assert!(deflated.holds() && deflated.compiled.deflation.is_some());

    let shots = ReadoutOptions { shots: 4_000_000, seed: 7 };
    let execute = ExecuteOptions::default();
    let read = read_out(&plain.compiled, &shots, &execute, &Silent).unwrap();
    let (error, _) = compare(&read.solution, &plain.compiled.classical_solution);
    assert!(error < 5.0 * read.expected_error + 1e-2, "{error} {}", read.expected_error);
    let (readable, x) = (Readable::of(&plain.compiled), reference(&system));
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let found = overlap(&readable, &[1.0, -1.0, 0.5], &shots, &execute, &Silent).unwrap();
    let scale = dot(&x, &x).sqrt();
    assert!((found.value - dot(&[1.0, -1.0, 0.5], &x)).abs() < 5.0 * found.standard_error + 2e-2 * scale);
    let found = quadratic_form(&readable, &system.matrix, &shots, &execute, &Silent).unwrap();
    let exact = dot(&x, &system.matrix.mul_vec(&x));
    assert!((found.value - exact).abs() < 5.0 * found.standard_error + 0.04 * exact, "{}", found.value);
}

#[test]
fn files_hold_their_manifest_and_other_gradients_do_not() {
    let folder = tempfile::tempdir().unwrap();
    let limits = ExecuteOptions::default();
    for (number, (samples, unknowns)) in [(3, 4), (9, 3)].into_iter().enumerate() {
        for amplification in [Amplification::None, Amplification::Rounds] {
            let system = gradients(samples, unknowns, 0.05);
            let report = solved(&system, &CompileOptions { amplification, ..options(1e-3) });
            let path = folder.path().join(format!("{number}-{}.qasm", amplification.name()));
            let emitted = EmitOptions {
                style: qnewton_qasm::Style::Hierarchical,
                dialect: Default::default(),
                preparation: Default::default(),
            };
            let manifest = emit(&report.compiled, &path, &emitted).unwrap();
            assert_eq!(manifest.preparation.shift, Some(0.05));
            let read = Manifest::of(&path).unwrap().unwrap();
            assert_eq!(read.polynomial.unwrap().gram, report.compiled.polynomial.gram);
            let holds = |system: &LinearSystem| verify(&path, system, &limits, &Silent).unwrap();
            let result = holds(&system);
            assert!(result.holds(), "{:?}", result.checks);
            let run = run_file(&path, &RunFileOptions::default(), &Silent).unwrap();
            let solution = run.execution.map(|execution| execution.solution);
            assert!(compare(&solution.unwrap(), &report.compiled.classical_solution).0 <= 1e-3);

            let mut other = system.factor.clone().unwrap();
            other.gradients = other.gradients.scale(1.001);
            let other = LinearSystem::gram("other", other.gradients, 0.05, system.rhs.clone()).unwrap();
            assert!(!holds(&other).holds());
            let shifted = system.factor.clone().unwrap().gradients;
            let shifted = LinearSystem::gram("other", shifted, 0.051, system.rhs.clone()).unwrap();
            assert!(!holds(&shifted).holds());
            let unknown = LinearSystem { factor: None, ..system.clone() };
            assert!(matches!(verify(&path, &unknown, &limits, &Silent), Err(PipelineError::NoFactor)));
            // A manifest that states other numbers.
            for (from, to) in
                [("\"samples\": ", "\"samples\": 1"), ("\"normalization\": ", "\"normalization\": 1")]
            {
                let file = manifest_path(&path);
                let stated = std::fs::read_to_string(&file).unwrap();
                std::fs::write(&file, stated.replacen(from, to, 1)).unwrap();
                let found = verify(&path, &system, &limits, &Silent).unwrap();
                assert!(!found.holds(), "{from}: {:?}", found.checks);
                std::fs::write(&file, stated).unwrap();
            }
        }
    }
}

#[test]
fn what_is_no_gram_system_is_refused_with_the_reason() {
    let whole = gradients(9, 4, 0.1);
    let alone = LinearSystem { factor: None, ..whole.clone() };
    let refused =
        |system: &LinearSystem, options: &CompileOptions| compile(system, options, &Silent).unwrap_err();
    assert!(matches!(refused(&alone, &options(1e-2)), PipelineError::NoFactor));
    assert_ne!(compile(&alone, &CompileOptions::default(), &Silent).unwrap().algorithm, Solver::Gram);
    // Without a shift only singular values bound the polynomial, and not those of what was deflated.
    let unshifted = gradients(9, 4, 0.0);
    assert!(solved(&unshifted, &options(1e-3)).holds());
    let deflated = CompileOptions { deflate: 1, ..options(1e-2) };
    assert!(matches!(refused(&unshifted, &deflated), PipelineError::NoShift));
    let singular = gradients(2, 3, 0.0);
    assert!(matches!(refused(&singular, &CompileOptions::default()), PipelineError::SingularGram { .. }));
    let tiny = refused(&gradients(2, 3, 1e-9), &options(1e-8));
    assert!(matches!(tiny, PipelineError::Unreachable { .. }), "{tiny}");

    let qsvt = CompileOptions { solver: Some(Solver::Qsvt), ..options(1e-2) };
    let encoding = compile(&whole, &qsvt, &Silent).unwrap().encoding;
    let block = GivenBlock::new(&encoding.circuit, "system", encoding.alpha, &Silent).unwrap();
    let with_block = CompileOptions { block: Some(block), ..options(1e-2) };
    assert!(matches!(refused(&whole, &with_block), PipelineError::Given(GivenError::Factor)));
    let automatic = CompileOptions { solver: None, ..with_block };
    assert_eq!(compile(&whole, &automatic, &Silent).unwrap().algorithm, Solver::Qsvt);
}
