//! Expected against measured errors: on the executor, and of the estimator alone on random vectors.

use super::*;
use crate::compile::{CompileOptions, compile};
use crate::execute::{Execution, execute};
use crate::solve::compare;
use proptest::prelude::*;
use qnewton_core::Silent;
use qnewton_matrix::{LinearSystem, Preparation, SparseMatrix};
use std::path::Path;

fn compiled(name: &str) -> CompiledSystem {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/hessians");
    let rhs = folder.join(format!("{name}.rhs.mtx"));
    let path = folder.join(format!("{name}.mtx"));
    let system = LinearSystem::load(path, Some(&rhs), &Preparation::default()).unwrap();
    compile(&system, &CompileOptions::default(), &Silent).unwrap()
}

/// What the circuit leaves, without the errors of reading: the solver's own error is not what is tested here.
fn exact(compiled: &CompiledSystem) -> Execution {
    execute(compiled, &ExecuteOptions::default(), &Silent).unwrap()
}

fn options(shots: u64, seed: u64) -> ReadoutOptions {
    ReadoutOptions { shots, seed }
}

fn read(compiled: &CompiledSystem, shots: u64, seed: u64) -> Readout {
    read_out(compiled, &options(shots, seed), &ExecuteOptions::default(), &Silent).unwrap()
}

fn root_mean_square(errors: impl Iterator<Item = f64>) -> f64 {
    let squares: Vec<f64> = errors.map(|error| error * error).collect();
    (squares.iter().sum::<f64>() / squares.len() as f64).sqrt()
}

#[test]
fn solutions_are_read_to_the_expected_error() {
    for name in ["poisson-16", "digits-12"] {
        let compiled = compiled(name);
        let Execution { solution, success_probability: p, .. } = exact(&compiled);
        let (n, exact) = (compiled.facts.n, &solution);
        let mut measured = Vec::new();
        for shots in [10_000u64, 1_000_000, 100_000_000] {
            let readouts: Vec<Readout> = (0..5).map(|seed| read(&compiled, shots, seed)).collect();
            let error = root_mean_square(readouts.iter().map(|readout| compare(&readout.solution, exact).0));
            let expected = expected_error(shots, n, p);
            assert!(error < 2.0 * expected && error > expected / 2.0, "{name} {shots}: {error} {expected}");
            for readout in &readouts {
                let frequency = readout.success_frequency;
                let deviation = (p * (1.0 - p) / readout.allocation.magnitude_shots as f64).sqrt();
                assert!((frequency - p).abs() < 5.0 * deviation, "{frequency} {p}");
                let judged = readout.expected_error;
                assert!(judged < 2.0 * expected && judged > expected / 2.0, "{judged} {expected}");
                // Six deviations from 0.
                let tiny = 6.0 * expected * norm(exact) / (n as f64).sqrt();
                for (read, exact) in readout.solution.iter().zip(exact) {
                    assert!(exact.abs() < tiny || read.signum() == exact.signum(), "{read} {exact}");
                }
            }
            measured.push(error);
        }
        let ratio = measured[1] / measured[2];
        assert!(ratio > 5.0 && ratio < 20.0, "{name}: {measured:?}");
    }
}

#[test]
fn the_seed_determines_the_counts() {
    let compiled = compiled("poisson-16");
    let without_time = |seed| Readout { seconds: 0.0, ..read(&compiled, 100_000, seed) };
    assert_eq!(without_time(3), without_time(3));
    assert_ne!(without_time(3), without_time(4));
    for shots in [0, 3, u64::MAX] {
        let refused = read_out(&compiled, &options(shots, 0), &ExecuteOptions::default(), &Silent);
        assert!(matches!(refused, Err(ReadoutError::Shots { .. })));
    }
}

/// A solver that leaves given amplitudes where its ancilla reads 0.
fn toy(amplitudes: &[f64]) -> SolverCircuit {
    use qnewton_circuit::{Call, Circuit, Definition, Gate};
    let mut circuit = Circuit::new();
    let prepare = qnewton_qlsa::state_preparation::add_state_preparation(&mut circuit, "prepare", amplitudes);
    let mut main = Definition::new("main");
    let system: Vec<QubitId> =
        main.add_register("system", amplitudes.len().trailing_zeros() as usize).qubits().collect();
    let ancilla = main.add_register("ancilla", 1).qubit(0);
    main.call(Call::new(prepare, system));
    let angle = 2.0 * norm(amplitudes).acos();
    main.gate(Gate::Ry, &[ancilla], &[angle]);
    circuit.add(main);
    SolverCircuit { circuit, queries: 0, queries_b: 1 }
}

#[test]
fn scalings_and_padding_are_undone_and_numbers_agree() {
    let amplitudes = [0.2, -0.3, 0.1, 0.0];
    let solver = toy(&amplitudes);
    let scaling = [2.0, 0.5, 4.0];
    let readable = Readable {
        solver: &solver,
        n: 3,
        scale: Scale::Known(10.0),
        scaling: Some(&scaling),
        added: None,
        success_probability: 0.14,
    };
    let exact = [4.0, -1.5, 4.0];
    let limits = ExecuteOptions::default();
    let shots = 4_000_000;
    let readout = read_solution(&readable, &options(shots, 1), &limits, &Silent).unwrap();
    assert!(
        compare(&readout.solution, &exact).0 < 4.0 * readout.expected_error && readout.expected_error < 0.01
    );
    assert_eq!((readout.solution.len(), readout.sign_uncertain), (3, 0));
    assert_eq!(readout.norm, norm(&readout.solution));

    let c = [1.0, -2.0, -0.5];
    let read_overlap = |seed| overlap(&readable, &c, &options(shots, seed), &limits, &Silent).unwrap();
    let bound = 10.0 * norm(&[2.0, 1.0, 2.0]) * (1.0 + 0.14f64.sqrt()) / (2.0 * (shots as f64).sqrt());
    close_to_their_errors(&(0..40).map(read_overlap).collect::<Vec<_>>(), 5.0, bound);

    let entries = [(0, 0, 1.0), (0, 1, -0.5), (1, 0, -0.5), (1, 1, 2.0), (2, 2, -0.3)];
    let matrix = SparseMatrix::from_triplets(3, 3, entries).unwrap();
    let product = matrix.mul_vec(&exact);
    let form: f64 = exact.iter().zip(&product).map(|(x, m)| x * m).sum();
    let read_form =
        |seed| quadratic_form(&readable, &matrix, &options(shots, seed), &limits, &Silent).unwrap();
    close_to_their_errors(&(0..40).map(read_form).collect::<Vec<_>>(), form, f64::INFINITY);

    let wrong = Readable { n: 5, scaling: None, added: None, ..readable };
    assert!(matches!(
        read_solution(&wrong, &options(shots, 1), &limits, &Silent),
        Err(ReadoutError::Unknowns { unknowns: 5, qubits: 2 })
    ));
    assert!(matches!(
        overlap(&readable, &c[..2], &options(shots, 1), &limits, &Silent),
        Err(ReadoutError::Length { expected: 3, found: 2 })
    ));
    assert!(overlap(&readable, &[0.0; 3], &options(shots, 1), &limits, &Silent).is_err());
    assert!(overlap(&readable, &c, &options(0, 1), &limits, &Silent).is_err());
}

/// Deviations in units of the standard errors are those of a standard normal variable, up to chance.
fn close_to_their_errors(estimates: &[Estimate], exact: f64, bound: f64) {
    let spread = root_mean_square(estimates.iter().map(|e| (e.value - exact) / e.standard_error));
    assert!(spread > 0.6 && spread < 1.4, "{spread}");
    assert!(estimates.iter().all(|estimate| estimate.standard_error < bound * 1.01), "{estimates:?}");
}

#[test]
fn numbers_about_shipped_solutions_are_read() {
    for name in ["poisson-16", "digits-12"] {
        let compiled = compiled(name);
        let readable = Readable::of(&compiled);
        let (x, limits) = (&exact(&compiled).solution, ExecuteOptions::default());
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let options = options(1_000_000_000, 7);
        let read = overlap(&readable, &compiled.rhs, &options, &limits, &Silent).unwrap();
        let exact = dot(&compiled.rhs, x);
        assert!((read.value - exact).abs() < 5.0 * read.standard_error, "{read:?} {exact}");
        let n = compiled.facts.n;
        let band = (0..n).flat_map(|i| [(i, i, 2.0), (i, (i + 1) % n, -1.0), ((i + 1) % n, i, -1.0)]);
        let matrix = SparseMatrix::from_triplets(n, n, band).unwrap();
        let exact = dot(x, &matrix.mul_vec(x));
        let read = quadratic_form(&readable, &matrix, &options, &limits, &Silent).unwrap();
        assert!((read.value - exact).abs() < 5.0 * read.standard_error, "{read:?} {exact}");
    }
}

#[test]
fn budgets_and_errors_are_inverse() {
    for n in [1usize, 2, 16, 1000, 1 << 20] {
        for p in [1.0, 0.3, 1e-3, 1e-8] {
            for error in [0.3, 1e-2, 1e-4] {
                let shots = shots_for(error, n, p);
                let found = expected_error(shots, n, p);
                if shots == u64::MAX {
                    assert!(n as f64 / (4.0 * p * error * error) > 1e15, "{n} {p} {error}");
                    continue;
                }
                // Shots are whole numbers.
                let tolerance = 1e-9 + 1.0 / shots as f64;
                let too_good = shots == 4 && found < error;
                assert!(too_good || (found / error - 1.0).abs() < tolerance, "{n} {p} {error}: {found}");
            }
        }
    }
    for (error, p) in [(0.0, 0.5), (f64::NAN, 0.5), (0.1, 0.0), (0.1, f64::NAN), (1e-9, 1e-9)] {
        assert_eq!(shots_for(error, 10, p), u64::MAX);
    }
    assert_eq!(expected_error(1, 10, 0.5), f64::INFINITY);
    assert_eq!(expected_error(1000, 10, f64::NAN), f64::INFINITY);
}

/// Counts of the outcomes that amplitudes of `n` unknowns have, without a circuit.
fn simulate(amplitudes: &[f64], allocation: &Allocation, generator: &mut Pcg64) -> Vec<Counts> {
    let n = amplitudes.len();
    let (u, v) = (allocation.solver_weight.sqrt(), (1.0 - allocation.solver_weight).sqrt());
    let alone: Vec<f64> = amplitudes.iter().map(|a| a * a).collect();
    let branch =
        |sign: f64| amplitudes.iter().map(move |a| (u * a + sign * v / (n as f64).sqrt()).powi(2) / 2.0);
    let magnitudes = draw(&alone, allocation.magnitude_shots, generator).unwrap();
    let both: Vec<f64> = branch(1.0).chain(branch(-1.0)).collect();
    let signed = draw(&both, allocation.interference_shots, generator).unwrap();
    (0..n).map(|j| Counts { alone: magnitudes[j], plus: signed[j], minus: signed[n + j] }).collect()
}

/// ||a_hat - a||^2 / ||a||^2 on average over seeds.
fn simulated_error(amplitudes: &[f64], shots: u64, seeds: u64) -> f64 {
    let allocation = Allocation::of(shots, amplitudes.len()).unwrap();
    let mut generator = Pcg64::seed_from_u64(11);
    root_mean_square((0..seeds).map(|_| {
        let counts = simulate(amplitudes, &allocation, &mut generator);
        let read = counts.iter().map(|counts| counts.amplitude(&allocation, amplitudes.len()).mean);
        let difference: Vec<f64> = read.zip(amplitudes).map(|(read, a)| read - a).collect();
        norm(&difference) / norm(amplitudes)
    }))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn random_vectors_are_read_to_the_expected_error(
        direction in prop::collection::vec(-1.0f64..1.0, 2..40),
        decay in 0.0f64..0.5,
        logarithm in -3.0f64..0.0,
        magnitude in 3.5f64..7.0,
    ) {
        let p = 10f64.powf(logarithm);
        let shots = 10f64.powf(magnitude) as u64;
        let mut amplitudes: Vec<f64> =
            direction.iter().enumerate().map(|(j, value)| value * (-decay * j as f64).exp()).collect();
        let length = norm(&amplitudes);
        prop_assume!(length > 1e-3);
        amplitudes.iter_mut().for_each(|a| *a *= p.sqrt() / length);
        let error = simulated_error(&amplitudes, shots, 30);
        let expected = expected_error(shots, amplitudes.len(), p);
        let enough = error > 0.6 * expected || amplitudes.len() < 6;
        prop_assert!(error < 1.5 * expected && enough, "{} {}", error, expected);
    }

    #[test]
    fn any_counts_give_a_finite_amplitude(
        alone in prop_oneof![Just(0u64), 0u64..20, 0u64..=1 << 51],
        plus in prop_oneof![Just(0u64), 0u64..20, 0u64..=1 << 51],
        minus in prop_oneof![Just(0u64), 0u64..20, 0u64..=1 << 51],
        logarithm in 2u32..=53,
        n in 1usize..1 << 20,
    ) {
        let allocation = Allocation::of(1 << logarithm, n).unwrap();
        let found = Counts { alone, plus, minus }.amplitude(&allocation, n);
        prop_assert!(found.mean.is_finite() && found.deviation.is_finite(), "{:?}", found);
        prop_assert!((0.0..=0.5).contains(&found.wrong_sign));
        // Exchanging the outcomes of the control exchanges the sign.
        let mirrored = Counts { alone, plus: minus, minus: plus }.amplitude(&allocation, n);
        let tolerance = 1e-3 * (found.deviation + mirrored.deviation);
        prop_assert!((found.mean + mirrored.mean).abs() <= tolerance, "{:?} {:?}", found, mirrored);
    }
}

#[test]
fn the_expected_squared_error_of_an_entry_is_at_most_0_42_of_its_unit() {
    // All entries have t counts; 3840 of them give the mean to 3 %.
    for t in [0.01, 0.3, 1.0, 2.0, 4.0, 8.0, 13.0, 20.0, 100.0] {
        let (shots, n) = (1_000_000u64, 64);
        let small = (t / Allocation::of(shots, n).unwrap().effective_shots()).sqrt();
        let sign = |j: usize| if j.is_multiple_of(3) { -1.0 } else { 1.0 };
        let amplitudes: Vec<f64> = (0..n).map(|j| sign(j) * small).collect();
        let unit =
            (n as f64 / Allocation::of(shots, n).unwrap().effective_shots()).sqrt() / norm(&amplitudes);
        let risk = (simulated_error(&amplitudes, shots, 60) / unit).powi(2);
        assert!(risk > 0.2 && risk < 0.44, "{t}: {risk}");
    }
}

#[test]
fn draws_have_the_mean_and_variance_of_a_multinomial_distribution() {
    let probabilities = [0.1, 0.0, 0.4, 1e-4, 0.2];
    let mut generator = Pcg64::seed_from_u64(5);
    let (shots, samples) = (1000u64, 20_000);
    let (mut sums, mut product) = ([0.0; 5], 0.0);
    for _ in 0..samples {
        let counts = draw(&probabilities, shots, &mut generator).unwrap();
        for (sum, count) in sums.iter_mut().zip(&counts) {
            *sum += *count as f64;
        }
        product += (counts[0] as f64 - 100.0) * (counts[2] as f64 - 400.0);
    }
    for (sum, probability) in sums.iter().zip(&probabilities) {
        let mean = shots as f64 * probability;
        assert!((sum / f64::from(samples) - mean).abs() <= 5.0 * (mean / f64::from(samples)).sqrt());
    }
    // Covariance -shots p_0 p_2.
    assert!((product / f64::from(samples) + 40.0).abs() < 5.0, "{product}");
    assert!(draw(&[f64::NAN], 10, &mut generator).is_err());
    assert_eq!(draw(&[0.5, 0.5 + 1e-12, 0.1], 1 << 53, &mut generator).unwrap().iter().sum::<u64>(), 1 << 53);
}
