//! Measuring the classical solvers of this machine, and keeping what was found.

use super::iterative::conjugate_gradients;
use super::sparse::SparseSample;
use super::{ClassicalModel, Curve, IterationTime, Refinement, SparseTime};
use ndarray::Array2;
use qnewton_core::{Cancelled, Monitor};
use qnewton_matrix::{Factorization, SolveError, SparseMatrix, solve, write_atomically};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime, UNIX_EPOCH};
use thiserror::Error;

/// How long measuring may take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Effort {
    /// About a second: dimensions up to 448.
    Quick,
    /// About a minute: dimensions up to 4096, and others that were not measured to check the predictions.
    #[default]
    Full,
}

/// A measured model, with where and how well.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calibration {
    /// The processor, or another name of the machine.
    pub machine: String,
    /// Threads that solvers could use.
    pub threads: usize,
    /// Seconds since 1970; 0 if it is not known.
    pub measured_at: u64,
    /// Relative errors of predictions at dimensions that were not measured; empty if none was checked.
    #[serde(default)]
    pub checks: Vec<Check>,
    /// What executions have added.
    #[serde(default, skip_serializing_if = "Refinement::is_empty")]
    pub refinement: Refinement,
    /// The model, as it was measured.
    pub model: ClassicalModel,
}

/// A prediction beside a measurement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// What was solved.
    pub problem: String,
    /// Number of unknowns.
    pub unknowns: u64,
    /// Predicted seconds.
    pub predicted: f64,
    /// Measured seconds.
    pub measured: f64,
}

impl Check {
    /// |predicted / measured - 1|.
    pub fn relative_error(&self) -> f64 {
        (self.predicted / self.measured - 1.0).abs()
    }
}

/// Why there is no calibration.
#[derive(Debug, Error)]
pub enum CalibrationError {
    /// A test system could not be solved.
    #[error("a test system could not be solved: {0}")]
    Solve(#[from] SolveError),
    /// Stopped by the user.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// The file could not be read or written.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// The reason.
        source: std::io::Error,
    },
    /// The file is no calibration.
    #[error("{path}: {message}")]
    Format {
        /// The file.
        path: PathBuf,
        /// What is wrong in it.
        message: String,
    },
}

/// Dimensions at which dense factorizations are measured.
const QUICK: &[usize] = &[8, 24, 64, 128, 256, 448];
const FULL: &[usize] = &[8, 16, 32, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048, 3072, 4096];
/// Dimensions at which predictions are checked.
const CHECKED: &[usize] = &[80, 150, 320, 640, 900, 1280, 1800, 2500, 3500];
/// Sides of the grids on which sparse factorizations are measured, and on which they are checked.
const QUICK_GRIDS: &[usize] = &[24, 40, 64];
const FULL_GRIDS: &[usize] = &[24, 32, 40, 64, 90, 128, 200];
const CHECKED_GRIDS: &[usize] = &[28, 50, 76, 110];
/// Dimension of the dense matrix on which iterations are measured.
const DENSE_ITERATION: usize = 640;
/// Dimension of the tridiagonal matrix on which iterations are measured.
const THIN_ITERATION: usize = 1 << 15;
/// Each measurement is the median of so many, or of as many as take the seconds, but one at least.
const REPETITIONS: usize = 9;
const SECONDS: f64 = 0.6;

#[derive(Clone, Copy)]
enum Dense {
    Definite,
    Indefinite,
    General,
}

impl Dense {
    const ALL: [(Dense, &'static str); 3] = [
        (Dense::Definite, "dense, positive definite"),
        (Dense::Indefinite, "dense, symmetric"),
        (Dense::General, "dense, not symmetric"),
    ];

    /// A well-conditioned matrix.
    fn matrix(self, dimension: usize) -> SparseMatrix<f64> {
        let entry = |row: usize, column: usize| {
            let (low, high) = match self {
                Dense::General => (row, column),
                Dense::Definite | Dense::Indefinite => (row.min(column), row.max(column)),
            };
            let off_diagonal = ((3 * low + 7 * high) % 11) as f64 / 11.0;
            let sign = match self {
                Dense::Indefinite if row % 2 == 1 => -1.0,
                _ => 1.0,
            };
            off_diagonal + if row == column { sign * dimension as f64 } else { 0.1 }
        };
        SparseMatrix::from_dense(&Array2::from_shape_fn((dimension, dimension), |(row, column)| {
            entry(row, column)
        }))
    }

    /// The curve of the factorization that such a matrix gets.
    fn curve(self, model: &ClassicalModel) -> &Curve {
        match self {
            Dense::Definite => &model.cholesky,
            Dense::Indefinite => &model.bunch_kaufman,
            Dense::General => &model.lu,
        }
    }
}

impl Calibration {
    /// Measures this machine.
    pub fn measure(effort: Effort, monitor: &dyn Monitor) -> Result<Self, CalibrationError> {
        let model = measure(effort, monitor)?;
        let checks = match effort {
            Effort::Quick => Vec::new(),
            Effort::Full => check(&model, monitor)?,
        };
        let measured_at = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
        let refinement = Refinement::default();
        Ok(Calibration { machine: machine(), threads: threads(), measured_at, checks, refinement, model })
    }

    /// The model that predicts: what was measured, and what executions have added.
    pub fn refined(&self) -> ClassicalModel {
        self.model.slower_by(self.refinement.factor())
    }

    /// Whether it was measured on a machine like this one.
    pub fn is_of_this_machine(&self) -> bool {
        self.machine == machine() && self.threads == threads()
    }

    /// Median and largest relative error of the checks.
    pub fn errors(&self) -> Option<(f64, f64)> {
        let mut errors: Vec<f64> = self.checks.iter().map(Check::relative_error).collect();
        errors.sort_by(f64::total_cmp);
        Some((*errors.get(errors.len() / 2)?, *errors.last()?))
    }

    /// Reads a file.
    pub fn load(path: &Path) -> Result<Self, CalibrationError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| CalibrationError::Io { path: path.to_path_buf(), source })?;
        toml::from_str(&text).map_err(|error| CalibrationError::Format {
            path: path.to_path_buf(),
            message: error.to_string().trim_end().to_string(),
        })
    }

    /// Writes a file, and the folders above it where they are missing.
    pub fn save(&self, path: &Path) -> Result<(), CalibrationError> {
        let failed = |source| CalibrationError::Io { path: path.to_path_buf(), source };
        let text = toml::to_string(self).map_err(|error| CalibrationError::Format {
            path: path.to_path_buf(),
            message: error.to_string(),
        })?;
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(failed)?;
        }
        write_atomically(path, |out| out.write_all(text.as_bytes()))
            .map_err(|error| failed(std::io::Error::other(error.to_string())))
    }
}

/// Measures dense and sparse factorizations through [`solve`], and iterations of conjugate gradients.
pub(super) fn measure(effort: Effort, monitor: &dyn Monitor) -> Result<ClassicalModel, CalibrationError> {
    let (dimensions, grids) = match effort {
        Effort::Quick => (QUICK, QUICK_GRIDS),
        Effort::Full => (FULL, FULL_GRIDS),
    };
    let work: u64 = dimensions.iter().map(|&dimension| weight(dimension)).sum();
    monitor.begin("measuring", 3 * work);
    let mut curves = Vec::with_capacity(Dense::ALL.len());
    for (dense, _) in Dense::ALL {
        let mut measured = Vec::with_capacity(dimensions.len());
        for &dimension in dimensions {
            monitor.check()?;
            measured.push((dimension as u64, solution_seconds(&dense.matrix(dimension))?));
            monitor.advance(weight(dimension));
        }
        curves.push(Curve::new(measured));
    }
    let mut samples = Vec::with_capacity(grids.len());
    for &side in grids {
        monitor.check()?;
        let matrix = grid(side);
        if let Some(factor) = Factorization::sparse_cholesky_entries(&matrix) {
            samples.push(SparseSample {
                unknowns: matrix.rows() as u64,
                nonzeros: matrix.nnz() as u64,
                factor_nonzeros: factor as u64,
                seconds: solution_seconds(&matrix)?,
            });
        }
    }
    let [full, thin] = [Dense::Definite.matrix(DENSE_ITERATION), tridiagonal(THIN_ITERATION)]
        .map(|matrix| (matrix.rows(), matrix.nnz(), iteration_seconds(&matrix)));
    let mut curves = curves.into_iter();
    let mut next = || curves.next().unwrap_or_default();
    Ok(ClassicalModel {
        cholesky: next(),
        bunch_kaufman: next(),
        lu: next(),
        sparse_cholesky: SparseTime::fit(&samples),
        iteration: IterationTime::from_measurements(full, thin),
    })
}

/// Progress: a small dimension takes its repetitions, a large one its arithmetic.
fn weight(dimension: usize) -> u64 {
    1 + (dimension as u64).pow(3) / 10_000_000
}

/// Predictions beside measurements, where none was made for the model.
fn check(model: &ClassicalModel, monitor: &dyn Monitor) -> Result<Vec<Check>, CalibrationError> {
    let work: u64 = CHECKED.iter().map(|&dimension| weight(dimension)).sum();
    monitor.begin("checking", 3 * work);
    let mut checks = Vec::new();
    for (dense, problem) in Dense::ALL {
        for &dimension in CHECKED {
            monitor.check()?;
            let measured = solution_seconds(&dense.matrix(dimension))?;
            let predicted = dense.curve(model).seconds(dimension as u64);
            checks.push(Check {
                problem: problem.to_string(),
                unknowns: dimension as u64,
                predicted,
                measured,
            });
            monitor.advance(weight(dimension));
        }
    }
    for &side in CHECKED_GRIDS {
        monitor.check()?;
        let matrix = grid(side);
        let Some(factor) = Factorization::sparse_cholesky_entries(&matrix) else { continue };
        let (unknowns, nonzeros) = (matrix.rows() as u64, matrix.nnz() as u64);
        let predicted = model.sparse_cholesky.seconds(unknowns, nonzeros, factor as u64);
        let measured = solution_seconds(&matrix)?;
        checks.push(Check {
            problem: "sparse, positive definite".to_string(),
            unknowns,
            predicted,
            measured,
        });
    }
    Ok(checks)
}

/// The five-point Laplacian of a square grid, shifted.
fn grid(side: usize) -> SparseMatrix<f64> {
    let index = |row: usize, column: usize| row * side + column;
    let mut entries = Vec::with_capacity(5 * side * side);
    for row in 0..side {
        for column in 0..side {
            let here = index(row, column);
            entries.push((here, here, 4.1));
            let right = (column + 1 < side).then(|| index(row, column + 1));
            let below = (row + 1 < side).then(|| index(row + 1, column));
            for other in right.into_iter().chain(below) {
                entries.extend([(here, other, -1.0), (other, here, -1.0)]);
            }
        }
    }
    from_entries(side * side, entries)
}

fn tridiagonal(dimension: usize) -> SparseMatrix<f64> {
    let neighbours = (1..dimension).flat_map(|row| [(row - 1, row, -1.0), (row, row - 1, -1.0)]);
    from_entries(dimension, neighbours.chain((0..dimension).map(|row| (row, row, 4.0))).collect())
}

fn from_entries(dimension: usize, entries: Vec<(usize, usize, f64)>) -> SparseMatrix<f64> {
    // All indices are in range.
    SparseMatrix::from_triplets(dimension, dimension, entries)
        .unwrap_or_else(|_| SparseMatrix::identity(dimension))
}

fn solution_seconds(matrix: &SparseMatrix<f64>) -> Result<f64, SolveError> {
    let rhs = vec![1.0; matrix.rows()];
    let mut measured = Vec::with_capacity(REPETITIONS);
    while measured.len() < REPETITIONS && measured.iter().sum::<f64>() < SECONDS {
        measured.push(solve(matrix, &rhs)?.seconds);
    }
    measured.sort_by(f64::total_cmp);
    // Clocks have a resolution.
    Ok(measured[measured.len() / 2].max(1e-9))
}

fn iteration_seconds(matrix: &SparseMatrix<f64>) -> f64 {
    const STEPS: usize = 4;
    let rhs: Vec<f64> = (0..matrix.rows()).map(|row| (row % 5) as f64).collect();
    let mut shortest = f64::INFINITY;
    for _ in 0..REPETITIONS {
        let start = Instant::now();
        std::hint::black_box(conjugate_gradients(matrix, &rhs, STEPS));
        shortest = shortest.min(start.elapsed().as_secs_f64());
    }
    shortest.max(1e-9) / STEPS as f64
}

fn machine() -> String {
    let information = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = information.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    name.map_or_else(|| std::env::consts::ARCH.to_string(), |(_, name)| name.trim().to_string())
}

fn threads() -> usize {
    rayon::current_num_threads()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classical::tests::model;

    #[test]
    fn a_calibration_is_kept_in_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/classical.toml");
        let check =
            |unknowns, predicted| Check { problem: "dense".to_string(), unknowns, predicted, measured: 1.0 };
        let calibration = Calibration {
            refinement: Refinement { solves: 2, mean_logarithm: 0.25 },
            machine: machine(),
            threads: threads(),
            measured_at: 1,
            checks: vec![check(10, 1.5), check(20, 0.9), check(30, 1.2)],
            model: model(),
        };
        calibration.save(&path).unwrap();
        let loaded = Calibration::load(&path).unwrap();
        assert_eq!(loaded, calibration);
        assert!(loaded.is_of_this_machine());
        let (median, worst) = loaded.errors().unwrap();
        assert!((median - 0.2).abs() < 1e-12 && (worst - 0.5).abs() < 1e-12);
        assert!(!Calibration { threads: 0, ..calibration }.is_of_this_machine());
    }

    #[test]
    fn what_is_no_calibration_is_refused_with_the_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("classical.toml");
        assert!(matches!(Calibration::load(&path), Err(CalibrationError::Io { .. })));
        std::fs::write(&path, "machine = 3\n").unwrap();
        let error = Calibration::load(&path).unwrap_err().to_string();
        assert!(error.contains("classical.toml") && error.contains("line 1"), "{error}");
    }

    #[test]
    fn test_systems_take_the_factorization_that_they_are_for() {
        use qnewton_matrix::SolverMethod::{BunchKaufman, Cholesky, Lu, SparseCholesky};
        let methods = Dense::ALL.map(|(dense, _)| Factorization::new(&dense.matrix(40)).unwrap().method());
        assert_eq!(methods, [Cholesky, BunchKaufman, Lu]);
        assert_eq!(Factorization::new(&grid(24)).unwrap().method(), SparseCholesky);
        assert!(Factorization::sparse_cholesky_entries(&grid(24)).unwrap() > 576);
        assert_eq!(Factorization::sparse_cholesky_entries(&grid(10)), None);
    }
}
