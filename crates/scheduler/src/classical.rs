//! The predicted time of a classical solution, from measurements on this machine.

use ndarray::Array2;
use qnewton_core::Provenance;
use qnewton_matrix::{SolveError, SparseMatrix, solve};
use serde::{Deserialize, Serialize};
use std::sync::OnceLock;

/// Dimensions at which solvers are measured.
const DIMENSIONS: [usize; 5] = [8, 48, 128, 256, 448];
/// Each measurement is the shortest of so many.
const REPETITIONS: usize = 3;

/// Seconds of a dense solution of one right-hand side as a function of the dimension.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassicalModel {
    /// Symmetric positive definite matrices: Cholesky.
    pub cholesky: CubicTime,
    /// All others: LU with partial pivoting. Symmetric indefinite ones take less.
    pub lu: CubicTime,
}

/// Seconds = `cubic` N^3 + `quadratic` N^2 + `constant`, no coefficient negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CubicTime {
    /// Seconds per N^3.
    pub cubic: f64,
    /// Seconds per N^2.
    pub quadratic: f64,
    /// Seconds that any solution takes.
    pub constant: f64,
}

/// A predicted time of a classical solution.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ClassicalCost {
    /// Seconds.
    pub seconds: f64,
    /// Where the number comes from.
    pub provenance: Provenance,
}

impl ClassicalModel {
    /// Measures dense solvers through [`qnewton_matrix::solve`] at a few dimensions, in well under a second, and fits
    /// the model to them.
    pub fn measure() -> Result<Self, SolveError> {
        let mut cholesky = Vec::new();
        let mut lu = Vec::new();
        for dimension in DIMENSIONS {
            cholesky.push((dimension, shortest_solution(&test_matrix(dimension, true))?));
            lu.push((dimension, shortest_solution(&test_matrix(dimension, false))?));
        }
        Ok(ClassicalModel { cholesky: CubicTime::fit(&cholesky), lu: CubicTime::fit(&lu) })
    }

    /// The model of this machine, measured when it is first asked for.
    pub fn of_this_machine() -> Result<&'static Self, SolveError> {
        static MODEL: OnceLock<Result<ClassicalModel, SolveError>> = OnceLock::new();
        MODEL.get_or_init(Self::measure).as_ref().map_err(|error| *error)
    }

    /// Predicts the time of a solution with `unknowns` unknowns. Sparse matrices are charged as dense ones, which is
    /// in favour of the quantum computer.
    pub fn predict(&self, unknowns: u64, positive_definite: bool) -> ClassicalCost {
        let time = if positive_definite { &self.cholesky } else { &self.lu };
        ClassicalCost { seconds: time.seconds(unknowns), provenance: Provenance::Empirical }
    }
}

impl CubicTime {
    /// Seconds at a dimension.
    pub fn seconds(&self, dimension: u64) -> f64 {
        let dimension = dimension as f64;
        (self.cubic * dimension + self.quadratic) * dimension * dimension + self.constant
    }

    /// The coefficients, none negative, with the least sum of squared relative errors at (dimension, seconds).
    fn fit(samples: &[(usize, f64)]) -> Self {
        // Of the least-squares solutions on all subsets of the coefficients, the best without a negative one.
        let candidates = (1..8u32).filter_map(|subset| {
            let terms: Vec<usize> = (0..3).filter(|term| subset >> term & 1 == 1).collect();
            let coefficients = least_squares(samples, &terms)?;
            coefficients.iter().all(|value| *value >= 0.0).then(|| Self::from_terms(coefficients))
        });
        let best = candidates.min_by(|a, b| a.squared_error(samples).total_cmp(&b.squared_error(samples)));
        best.unwrap_or_default()
    }

    fn from_terms([cubic, quadratic, constant]: [f64; 3]) -> Self {
        CubicTime { cubic, quadratic, constant }
    }

    fn squared_error(&self, samples: &[(usize, f64)]) -> f64 {
        samples
            .iter()
            .map(|&(dimension, seconds)| (self.seconds(dimension as u64) / seconds - 1.0).powi(2))
            .sum()
    }
}

/// The least-squares coefficients of the chosen `terms`, zero elsewhere, weighted by 1 / seconds^2; `None` if they
/// are not determined.
fn least_squares(samples: &[(usize, f64)], terms: &[usize]) -> Option<[f64; 3]> {
    // Normal equations, eliminated without pivoting: they are positive definite.
    let count = terms.len();
    let (mut matrix, mut rhs) = ([[0.0; 3]; 3], [0.0; 3]);
    for &(dimension, seconds) in samples {
        let dimension = dimension as f64;
        // Scaled so that the terms are of one size.
        let basis =
            [(dimension / SCALE).powi(3), (dimension / SCALE).powi(2), 1.0].map(|value| value / seconds);
        for (row, &row_term) in terms.iter().enumerate() {
            rhs[row] += basis[row_term];
            for (column, &column_term) in terms.iter().enumerate() {
                matrix[row][column] += basis[row_term] * basis[column_term];
            }
        }
    }
    for pivot in 0..count {
        if !(matrix[pivot][pivot] > 0.0) {
            return None;
        }
        for row in pivot + 1..count {
            let factor = matrix[row][pivot] / matrix[pivot][pivot];
            for column in pivot..count {
                matrix[row][column] -= factor * matrix[pivot][column];
            }
            rhs[row] -= factor * rhs[pivot];
        }
    }
    let mut coefficients = [0.0; 3];
    for row in (0..count).rev() {
        let known: f64 =
            (row + 1..count).map(|column| matrix[row][column] * coefficients[terms[column]]).sum();
        coefficients[terms[row]] = (rhs[row] - known) / matrix[row][row];
    }
    let [cubic, quadratic, constant] = coefficients;
    Some([cubic / SCALE.powi(3), quadratic / SCALE.powi(2), constant])
}

/// A typical dimension.
const SCALE: f64 = 256.0;

/// A dense, well-conditioned matrix; symmetric positive definite or not symmetric.
fn test_matrix(dimension: usize, symmetric: bool) -> SparseMatrix<f64> {
    let entry = |row: usize, column: usize| {
        let (low, high) = if symmetric { (row.min(column), row.max(column)) } else { (row, column) };
        let off_diagonal = ((3 * low + 7 * high) % 11) as f64 / 11.0;
        off_diagonal + if row == column { dimension as f64 } else { 0.1 }
    };
    SparseMatrix::from_dense(&Array2::from_shape_fn((dimension, dimension), |(row, column)| {
        entry(row, column)
    }))
}

fn shortest_solution(matrix: &SparseMatrix<f64>) -> Result<f64, SolveError> {
    let rhs = vec![1.0; matrix.rows()];
    let mut shortest = f64::INFINITY;
    for _ in 0..REPETITIONS {
        shortest = shortest.min(solve(matrix, &rhs)?.seconds);
    }
    // Clocks have a resolution.
    Ok(shortest.max(1e-9))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fit_finds_the_coefficients_of_exact_samples() {
        let truth = CubicTime { cubic: 2e-11, quadratic: 3e-9, constant: 5e-6 };
        let samples = DIMENSIONS.map(|dimension| (dimension, truth.seconds(dimension as u64)));
        let fitted = CubicTime::fit(&samples);
        for (found, expected) in [(fitted.cubic, 2e-11), (fitted.quadratic, 3e-9), (fitted.constant, 5e-6)] {
            assert!((found / expected - 1.0).abs() < 1e-6, "{fitted:?}");
        }
    }

    #[test]
    fn a_fit_has_no_negative_coefficient() {
        // Faster than quadratic at first: the unconstrained fit has a negative coefficient.
        let samples = [(10, 1e-6), (100, 1.1e-6), (200, 1e-4), (400, 4e-3)];
        assert!(least_squares(&samples, &[0, 1, 2]).unwrap().iter().any(|value| *value < 0.0));
        let fitted = CubicTime::fit(&samples);
        assert!(fitted.cubic >= 0.0 && fitted.quadratic >= 0.0 && fitted.constant >= 0.0);
        assert!(fitted.seconds(10_000) > fitted.seconds(100));
    }

    #[test]
    fn this_machine_is_measured_once_and_takes_longer_for_more_unknowns() {
        let model = ClassicalModel::of_this_machine().unwrap();
        assert!(std::ptr::eq(model, ClassicalModel::of_this_machine().unwrap()));
        for positive_definite in [true, false] {
            let seconds = |unknowns| model.predict(unknowns, positive_definite).seconds;
            assert!(seconds(2) > 0.0);
            assert!(seconds(1 << 20) > 1e3 * seconds(1 << 10), "{model:?}");
        }
    }

    #[test]
    fn a_model_can_be_stored() {
        let time = CubicTime { cubic: 1e-11, quadratic: 0.0, constant: 1e-6 };
        let model = ClassicalModel { cholesky: time, lu: time };
        let text = serde_json::to_string(&model).unwrap();
        assert_eq!(serde_json::from_str::<ClassicalModel>(&text).unwrap(), model);
    }
}
