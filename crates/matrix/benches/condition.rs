//! What an estimate of the condition number of a dense matrix costs on top of one factorization. Goals: at most 40 % from
//! 2 000 unknowns on, and an error of at most 10 %. Medians of five.

use std::time::Instant;

use ndarray::{Array1, Array2, Axis};
use qnewton_matrix::{ConditionEstimator, ConditionSystem, Lanczos, SparseMatrix};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;

const REPETITIONS: usize = 5;

fn main() {
    println!(
        "matrix                    N  factorization s  estimate s  on top  kappa error  interval  passes"
    );
    for dimension in [2000, 4000] {
        for (name, symmetric, value) in FAMILIES {
            let values: Vec<f64> = (0..dimension).map(|index| value(index, dimension)).collect();
            let matrix = between_reflections(&values, *symmetric);
            let kappa = {
                let magnitudes = values.iter().map(|value| value.abs());
                let largest = magnitudes.clone().fold(0.0, f64::max);
                largest / magnitudes.fold(f64::INFINITY, f64::min)
            };
            measure(name, &matrix, kappa);
        }
    }
}

/// Name, whether symmetric, and the value on the diagonal at an index of a dimension.
type Family = (&'static str, bool, fn(usize, usize) -> f64);

const FAMILIES: &[Family] = &[
    ("definite, logarithmic 1e4", true, |index, count| 10_f64.powf(-4.0 * fraction(index, count))),
    ("definite, uniform 1e2", true, |index, count| 1.0 - 0.99 * fraction(index, count)),
    // Like the Hessians of networks: a bulk near zero, damped, and outliers.
    ("definite, outliers", true, |index, count| {
        if 100 * index < count { 1.0 + index as f64 } else { 1e-3 + 0.1 * fraction(index, count).powi(8) }
    }),
    ("indefinite, uniform 1e2", true, |index, count| {
        (1.0 - 0.99 * fraction(index, count)) * if index % 2 == 0 { 1.0 } else { -1.0 }
    }),
    ("general, logarithmic 1e4", false, |index, count| 10_f64.powf(-4.0 * fraction(index, count))),
];

fn fraction(index: usize, count: usize) -> f64 {
    index as f64 / (count - 1) as f64
}

fn measure(name: &str, matrix: &SparseMatrix<f64>, kappa: f64) {
    let (mut factorizations, mut estimates, mut last) = (Vec::new(), Vec::new(), None);
    for seed in 0..REPETITIONS {
        let Ok(system) = ConditionSystem::new(matrix, seed as u64) else { return };
        let start = Instant::now();
        let _ = system.factorization();
        factorizations.push(start.elapsed().as_secs_f64());
        let Ok(estimate) = Lanczos.estimate(&system, None) else { return };
        estimates.push(estimate.seconds);
        last = Some(estimate);
    }
    let (Some(estimate), factorization, seconds) = (last, median(factorizations), median(estimates)) else {
        return;
    };
    println!(
        "{name:<25} {:>4} {factorization:>12.4} {seconds:>11.4} {:>6.0} % {:>10.2} % {:>9.3} {:>4} + {}",
        matrix.rows(),
        100.0 * seconds / factorization,
        100.0 * (estimate.value / kappa - 1.0).abs(),
        estimate.width(),
        estimate.products / 8,
        estimate.substitutions / 8,
    );
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// A diagonal matrix between random reflections: the same on both sides for a symmetric one.
fn between_reflections(values: &[f64], symmetric: bool) -> SparseMatrix<f64> {
    let dimension = values.len();
    let mut generator = Pcg64::seed_from_u64(5);
    let mut normal = || {
        let vector = Array1::from_shape_fn(dimension, |_| generator.random::<f64>() - 0.5);
        let norm = vector.dot(&vector).sqrt();
        vector / norm
    };
    let mut matrix = Array2::from_diag(&Array1::from(values.to_vec()));
    for _ in 0..2 {
        let left = normal();
        let right = if symmetric { left.clone() } else { normal() };
        let row = left.dot(&matrix).insert_axis(Axis(0));
        matrix = matrix - 2.0 * left.insert_axis(Axis(1)).dot(&row);
        let column = matrix.dot(&right).insert_axis(Axis(1));
        matrix = matrix - 2.0 * column.dot(&right.insert_axis(Axis(0)));
    }
    if symmetric {
        matrix = 0.5 * (&matrix + &matrix.t());
    }
    SparseMatrix::from_dense(&matrix)
}
