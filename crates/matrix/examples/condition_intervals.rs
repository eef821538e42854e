//! 500 random symmetric matrices with known condition numbers from 1 to 1e10, half of them indefinite, of 8 to 512 unknowns:
//! how often the interval of each estimator misses, and how wide it is.

use ndarray::{Array1, Array2, Axis};
use qnewton_matrix::{CONDITION_ESTIMATORS, ConditionSystem, SparseMatrix};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;

const CASES: usize = 500;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut generator = Pcg64::seed_from_u64(1);
    let mut missed = vec![0; CONDITION_ESTIMATORS.len()];
    let mut widest = vec![1.0_f64; CONDITION_ESTIMATORS.len()];
    let mut work = vec![0; CONDITION_ESTIMATORS.len()];
    for case in 0..CASES {
        let dimension = 2_f64.powf(3.0 + 6.0 * generator.random::<f64>()).round() as usize;
        let kappa = 10_f64.powf(10.0 * generator.random::<f64>());
        let matrix = matrix_with(dimension, kappa, case % 2 == 0, &mut generator);
        let system = ConditionSystem::new(&matrix, case as u64)?;
        for (index, estimator) in CONDITION_ESTIMATORS.iter().enumerate() {
            let estimate = estimator.estimate(&system, None)?;
            missed[index] += usize::from(!estimate.contains(kappa));
            if kappa < 1e6 {
                widest[index] = widest[index].max(estimate.width());
                work[index] = work[index].max(estimate.products + estimate.substitutions);
            }
        }
    }
    println!("method       missed of {CASES}   widest below 1e6   products and substitutions");
    for (index, estimator) in CONDITION_ESTIMATORS.iter().enumerate() {
        println!(
            "{:<12} {:>13}   {:>16.4e}   {:>26}",
            estimator.name(),
            missed[index],
            widest[index],
            work[index]
        );
    }
    Ok(())
}

/// Singular values from 1 down to 1/kappa at random between, eigenvectors from reflections.
fn matrix_with(dimension: usize, kappa: f64, definite: bool, generator: &mut Pcg64) -> SparseMatrix<f64> {
    let mut matrix = Array2::zeros((dimension, dimension));
    for index in 0..dimension {
        let share = match index {
            0 => 0.0,
            1 => 1.0,
            _ => generator.random::<f64>(),
        };
        let sign = if definite || generator.random::<bool>() { 1.0 } else { -1.0 };
        matrix[(index, index)] = sign * kappa.powf(-share);
    }
    for _ in 0..4 {
        let normal = Array1::from_shape_fn(dimension, |_| generator.random::<f64>() - 0.5);
        let normal = &normal / normal.dot(&normal).sqrt();
        let column = normal.clone().insert_axis(Axis(1));
        let left = normal.dot(&matrix).insert_axis(Axis(0));
        matrix = matrix - 2.0 * column.dot(&left);
        let right = matrix.dot(&normal).insert_axis(Axis(1));
        matrix = matrix - 2.0 * right.dot(&normal.insert_axis(Axis(0)));
    }
    SparseMatrix::from_dense(&(0.5 * (&matrix + &matrix.t())))
}
