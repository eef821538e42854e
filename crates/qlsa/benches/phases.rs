//! Time of inversion polynomials and of phase factors against the degree.
//!
//! Goals on two cores: polynomial and phases of degree 20 725 below 0.3 s, 230 259 below 2.5 s, 1 000 001
//! below 20 s, and at most 2.4 times the time for twice the degree.

use divan::{Bencher, black_box};
use qnewton_qlsa::phases::{PhaseAlgorithm, phase_factors, phase_factors_by};
use qnewton_qlsa::polynomial::{ChebyshevSeries, Parity, inverse_absolute, inverse_relative};

fn main() {
    divan::main();
}

/// A polynomial with coefficients of equal weight and unpredictable sign, scaled to the given maximum
/// modulus.
fn scattered(degree: usize, max_norm: f64) -> ChebyshevSeries {
    let parity = if degree.is_multiple_of(2) { Parity::Even } else { Parity::Odd };
    let coefficients = (0..degree / 2 + 1).map(|k| (k as f64 * k as f64 * 0.618_033_988_7).sin()).collect();
    ChebyshevSeries::new(coefficients, Some(parity))
        .and_then(|series| series.scaled(max_norm / series.max_norm().value))
        .expect("finite coefficients of positive norm")
}

#[divan::bench(args = [(1e2, 1e-2), (1e3, 1e-6), (1e4, 1e-10)], max_time = 5)]
fn relative_inverse(case: (f64, f64)) {
    black_box(inverse_relative(1.0 / case.0, case.1).is_ok());
}

#[divan::bench(args = [(1e2, 1e-2), (1e3, 1e-6), (1e4, 1e-9)], max_time = 5)]
fn absolute_inverse(case: (f64, f64)) {
    black_box(inverse_absolute(1.0 / case.0, case.1).is_ok());
}

#[divan::bench(args = [(1e2, 1e-2), (1e3, 1e-6)], max_time = 5)]
fn inverse_and_phases(case: (f64, f64)) {
    let phases = inverse_relative(1.0 / case.0, case.1)
        .ok()
        .and_then(|polynomial| polynomial.normalized(0.99).ok())
        .and_then(|(series, _)| phase_factors(&series).ok());
    assert!(black_box(phases).is_some());
}

#[divan::bench(args = [101, 2_001, 20_725, 41_450, 230_259, 460_518, 1_000_001], max_time = 5)]
fn phases_at_norm_0_9(bencher: Bencher, degree: usize) {
    let series = scattered(degree, 0.9);
    bencher.bench_local(|| phase_factors(&series));
}

#[divan::bench(args = [101, 2_001, 20_725, 230_259], max_time = 5)]
fn phases_at_norm_0_99(bencher: Bencher, degree: usize) {
    let series = scattered(degree, 0.99);
    bencher.bench_local(|| phase_factors(&series));
}

/// Both algorithms where the automatic choice could go either way: degree and margin 1 - max |P|.
const SMALL: [(usize, f64); 9] = [
    (3, 0.1),
    (11, 0.1),
    (51, 0.1),
    (201, 0.1),
    (11, 1e-7),
    (51, 1e-7),
    (201, 1e-7),
    (401, 1e-7),
    (401, 1e-10),
];

#[divan::bench(args = SMALL, max_time = 2)]
fn small_by_newton(bencher: Bencher, case: (usize, f64)) {
    let series = scattered(case.0, 1.0 - case.1);
    bencher.bench_local(|| phase_factors_by(PhaseAlgorithm::Newton, &series));
}

#[divan::bench(args = SMALL, max_time = 2)]
fn small_by_inverse_transform(bencher: Bencher, case: (usize, f64)) {
    let series = scattered(case.0, 1.0 - case.1);
    bencher.bench_local(|| phase_factors_by(PhaseAlgorithm::InverseTransform, &series));
}

#[divan::bench(args = [2_001, 20_725, 230_259], max_time = 5)]
fn maximum(bencher: Bencher, degree: usize) {
    let series = scattered(degree, 0.99);
    bencher.bench_local(|| series.max_norm());
}
