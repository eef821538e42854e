//! A linear system as everything downstream gets it: read, checked and conditioned.

use std::path::{Path, PathBuf};

use num_complex::Complex64;
use serde::Serialize;
use thiserror::Error;

use crate::conditioning::{ConditioningError, SymmetryReport, damp_by, is_symmetric, symmetrise};
use crate::gram::GramFactor;
use crate::pruning::{PruneReport, PruneRule, prune};
use crate::read::{ReadError, read_matrix};
use crate::real_form::real_form;
use crate::scaling::{jacobi_scaling, scale_symmetrically};
use crate::sparse::{MatrixError, SparseMatrix};

/// What is done to a matrix before it is solved with.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Preparation {
    /// This factor times the largest magnitude of the matrix is added to the diagonal; 0 adds nothing.
    pub damping: f64,
    /// The number of entries to keep per row, diagonal included; `None` keeps all.
    pub prune: Option<usize>,
    /// Which entries these are.
    pub prune_rule: PruneRule,
    /// Whether A x = b becomes (S A S) y = S b with S from [`jacobi_scaling`] and x = S y.
    pub jacobi: bool,
}

/// A square real system A x = b. Norms and errors downstream are in units of `matrix`, after damping and pruning.
#[derive(Clone, Debug, PartialEq)]
pub struct LinearSystem {
    /// A name for reports: the file's name without folder and extension.
    pub name: String,
    /// The matrix A: square, finite, not zero; S A S if there is a scaling.
    pub matrix: SparseMatrix<f64>,
    /// The right-hand side b: finite, not zero, as long as A has rows; S b if there is a scaling.
    pub rhs: Option<Vec<f64>>,
    /// The diagonal of S: solutions of the prepared system are to be multiplied by it.
    pub scaling: Option<Vec<f64>>,
    /// What was done to the matrix.
    pub reports: PreparationReports,
    /// Whether this is the real form of a complex system ([`real_form`]): real and imaginary parts of unknowns in turn.
    pub real_form: bool,
    /// G and shift where `matrix` is G^T G/B + shift I, see [`LinearSystem::gram`].
    pub factor: Option<GramFactor>,
}

/// What was done to a matrix, in this order.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PreparationReports {
    /// Symmetrising.
    pub symmetry: SymmetryReport,
    /// Damping; `None` if nothing was added.
    pub damping: Option<DampingReport>,
    /// Pruning; `None` if it was not asked for.
    pub pruning: Option<PruneReport>,
}

/// What damping added.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct DampingReport {
    /// The factor that was asked for.
    pub factor: f64,
    /// What was added to each diagonal entry: the factor times the largest magnitude of the undamped matrix.
    pub added: f64,
}

/// Why a system cannot be used.
#[derive(Debug, Error)]
pub enum SystemError {
    /// A file could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Something is wrong with the system itself.
    #[error("{}: {kind}", path.display())]
    Invalid {
        /// The file concerned.
        path: PathBuf,
        /// What is wrong.
        kind: InvalidSystem,
    },
}

/// What is wrong with a system whose entries could be read.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum InvalidSystem {
    /// The matrix is not square.
    #[error("the matrix is {rows} x {columns}; a square matrix with at least one row is needed")]
    NotSquare {
        /// Number of rows.
        rows: usize,
        /// Number of columns.
        columns: usize,
    },
    /// Gradients with an imaginary part.
    #[error(
        "entry ({row}, {column}) is {value}; gradients without imaginary parts are needed (indices count from 0)"
    )]
    ComplexGradients {
        /// Row of the first such entry, from 0.
        row: usize,
        /// Column of the first such entry, from 0.
        column: usize,
        /// The entry.
        value: Complex64,
    },
    /// The real form of a complex matrix has too many rows.
    #[error(transparent)]
    Size(#[from] MatrixError),
    /// Entries of a complex matrix are to be pruned.
    #[error(
        "a complex matrix cannot be pruned: the parts of an entry would be taken for entries of their own"
    )]
    PrunedComplex,
    /// The matrix has an entry that is infinite or NaN.
    #[error("entry ({row}, {column}) is {value}; finite numbers are needed (indices count from 0)")]
    NotFinite {
        /// Row of the first such entry, from 0.
        row: usize,
        /// Column of the first such entry, from 0.
        column: usize,
        /// The entry.
        value: f64,
    },
    /// All entries of the matrix are zero.
    #[error("all entries of the matrix are zero; a matrix with a non-zero entry is needed")]
    ZeroMatrix,
    /// The right-hand side does not fit the matrix.
    #[error(
        "the right-hand side has {found} entries; the matrix has {expected} rows, so {expected} are needed"
    )]
    RhsLength {
        /// Number of rows of the matrix.
        expected: usize,
        /// Number of entries of the right-hand side.
        found: usize,
    },
    /// The right-hand side has an entry that is infinite or NaN.
    #[error(
        "entry {index} of the right-hand side is {value}; finite numbers are needed (indices count from 0)"
    )]
    RhsNotFinite {
        /// The first such entry, from 0.
        index: usize,
        /// The entry.
        value: f64,
    },
    /// All entries of the right-hand side are zero.
    #[error(
        "all entries of the right-hand side are zero, so x = 0 needs no solver; a non-zero entry is needed"
    )]
    ZeroRhs,
    /// One of several right-hand sides cannot be used.
    #[error("column {column} (counted from 0): {kind}")]
    Column {
        /// The first such column, from 0.
        column: usize,
        /// What is wrong with it.
        kind: Box<InvalidSystem>,
    },
    /// A file holds several right-hand sides where one is needed.
    #[error("the file holds {found} right-hand sides; one is needed here")]
    SeveralRhs {
        /// How many it holds.
        found: usize,
    },
    /// The multiple of the identity is negative or no number.
    #[error("the shift of G^T G/B + shift I is {shift}; a finite number that is at least 0 is needed")]
    Shift {
        /// What was given.
        shift: f64,
    },
    /// The right-hand side does not fit gradients.
    #[error(
        "the right-hand side has {found} entries; G is {samples} x {expected}, so that G^T G takes one of {expected}"
    )]
    GramRhsLength {
        /// Number of columns of G.
        expected: usize,
        /// Number of entries of the right-hand side.
        found: usize,
        /// Number of rows of G.
        samples: usize,
    },
    /// An entry of G^T G exceeds what a double holds.
    #[error(
        "entry ({row}, {column}) of G^T G is no finite number (indices count from 0): scale G, and shift and b with it"
    )]
    GramOverflow {
        /// Row of the first such entry, from 0.
        row: usize,
        /// Its column, from 0.
        column: usize,
    },
    /// G^T G is too large to be formed.
    #[error("G^T G of {unknowns} unknowns would have more than {limit} entries and is not formed")]
    GramTooLarge {
        /// Number of columns of G.
        unknowns: usize,
        /// The limit.
        limit: usize,
    },
    /// Damping or pruning was asked for in a way that makes no sense.
    #[error(transparent)]
    Conditioning(#[from] ConditioningError),
}

impl LinearSystem {
    /// Reads a system, checks it, and prepares its matrix. A complex one becomes its real form.
    pub fn load(
        matrix_path: impl AsRef<Path>,
        rhs_path: Option<&Path>,
        preparation: &Preparation,
    ) -> Result<Self, SystemError> {
        let path = matrix_path.as_ref();
        let invalid = |path: &Path, kind| SystemError::Invalid { path: path.to_owned(), kind };
        let system = match read_matrix(path)?.into_real() {
            Ok(matrix) => Self::new(system_name(path), matrix, None, preparation),
            Err(matrix) => Self::new_complex(system_name(path), &matrix, preparation),
        };
        let mut system = system.map_err(|kind| invalid(path, kind))?;
        if let Some(path) = rhs_path {
            let mut columns: Vec<Vec<f64>> = system.read_right_hand_sides(&[path])?.concat();
            if columns.len() != 1 {
                return Err(invalid(path, InvalidSystem::SeveralRhs { found: columns.len() }));
            }
            system.rhs = columns.pop();
        }
        Ok(system)
    }

    /// Checks a system that is in memory, and prepares its matrix.
    pub fn new(
        name: impl Into<String>,
        matrix: SparseMatrix<f64>,
        rhs: Option<Vec<f64>>,
        preparation: &Preparation,
    ) -> Result<Self, InvalidSystem> {
        let (matrix, scaling, reports) = prepare(matrix, None, preparation)?;
        let mut system = LinearSystem {
            name: name.into(),
            matrix,
            rhs: None,
            scaling,
            reports,
            real_form: false,
            factor: None,
        };
        system.rhs = rhs.map(|rhs| system.prepared_rhs(rhs)).transpose()?;
        Ok(system)
    }

    /// The real form of a complex matrix without a right-hand side, prepared. It is damped by its largest modulus, and
    /// cannot be pruned.
    pub fn new_complex(
        name: impl Into<String>,
        matrix: &SparseMatrix<Complex64>,
        preparation: &Preparation,
    ) -> Result<Self, InvalidSystem> {
        if preparation.prune.is_some() {
            return Err(InvalidSystem::PrunedComplex);
        }
        if !matrix.is_square() || matrix.rows() == 0 {
            return Err(InvalidSystem::NotSquare { rows: matrix.rows(), columns: matrix.cols() });
        }
        let (matrix, scaling, reports) = prepare(real_form(matrix)?, Some(matrix.max_abs()), preparation)?;
        Ok(LinearSystem {
            name: name.into(),
            matrix,
            rhs: None,
            scaling,
            reports,
            real_form: true,
            factor: None,
        })
    }

    /// A right-hand side of the prepared system, after checks.
    pub(crate) fn prepared_rhs(&self, rhs: Vec<f64>) -> Result<Vec<f64>, InvalidSystem> {
        self.check_rhs(&rhs)?;
        Ok(scaled_rhs(rhs, self.scaling.as_deref()))
    }

    /// Number of unknowns.
    pub fn dimension(&self) -> usize {
        self.matrix.rows()
    }

    /// Refuses a right-hand side that is not finite, zero, or not as long as A has rows.
    pub(crate) fn check_rhs(&self, rhs: &[f64]) -> Result<(), InvalidSystem> {
        if rhs.len() == self.dimension() {
            return check_rhs(&self.matrix, rhs);
        }
        Err(self.wrong_length(self.dimension(), rhs.len()))
    }

    /// In terms of the gradients, where there are some.
    pub(crate) fn wrong_length(&self, expected: usize, found: usize) -> InvalidSystem {
        match &self.factor {
            Some(factor) => InvalidSystem::GramRhsLength { expected, found, samples: factor.samples() },
            None => InvalidSystem::RhsLength { expected, found },
        }
    }
}

/// S b.
fn scaled_rhs(mut rhs: Vec<f64>, scaling: Option<&[f64]>) -> Vec<f64> {
    for (value, factor) in rhs.iter_mut().zip(scaling.unwrap_or_default()) {
        *value *= factor;
    }
    rhs
}

/// A prepared matrix, the diagonal of its scaling, and what was done.
type Prepared = (SparseMatrix<f64>, Option<Vec<f64>>, PreparationReports);

/// Checks, symmetrises, damps, prunes and scales, in this order: Q-Newton regularises the Hessian by its largest entry and
/// prunes afterwards (Li et al., arXiv 2405.00252), so that pruning counts the diagonal as present. `largest` is what is
/// damped by, if not the largest entry.
fn prepare(
    matrix: SparseMatrix<f64>,
    largest: Option<f64>,
    preparation: &Preparation,
) -> Result<Prepared, InvalidSystem> {
    if !matrix.is_square() || matrix.rows() == 0 {
        return Err(InvalidSystem::NotSquare { rows: matrix.rows(), columns: matrix.cols() });
    }
    if let Some((row, column, value)) = matrix.iter().find(|(_, _, value)| !value.is_finite()) {
        return Err(InvalidSystem::NotFinite { row, column, value });
    }
    if matrix.nnz() == 0 {
        return Err(InvalidSystem::ZeroMatrix);
    }
    let (matrix, mut symmetry) = symmetrise(matrix);
    let largest = largest.unwrap_or_else(|| matrix.max_abs());
    let added = preparation.damping * largest;
    let matrix = damp_by(&matrix, preparation.damping, largest)?;
    if let Some((row, column, value)) = matrix.iter().find(|(_, _, value)| !value.is_finite()) {
        return Err(InvalidSystem::NotFinite { row, column, value });
    }
    let damping =
        (preparation.damping != 0.0).then_some(DampingReport { factor: preparation.damping, added });
    let (matrix, pruning) = match preparation.prune {
        None => (matrix, None),
        Some(entries_per_row) => {
            let (pruned, report) = prune(&matrix, entries_per_row, preparation.prune_rule)?;
            symmetry.symmetric = is_symmetric(&pruned);
            (pruned, Some(report))
        }
    };
    if matrix.nnz() == 0 {
        return Err(InvalidSystem::ZeroMatrix);
    }
    let reports = PreparationReports { symmetry, damping, pruning };
    if !preparation.jacobi {
        return Ok((matrix, None, reports));
    }
    let scaling = jacobi_scaling(&matrix)?;
    let scaled = scale_symmetrically(&matrix, &scaling);
    if let Some((row, column, value)) = scaled.iter().find(|(_, _, value)| !value.is_finite()) {
        return Err(InvalidSystem::NotFinite { row, column, value });
    }
    Ok((scaled, Some(scaling), reports))
}

fn check_rhs(matrix: &SparseMatrix<f64>, rhs: &[f64]) -> Result<(), InvalidSystem> {
    if rhs.len() != matrix.rows() {
        return Err(InvalidSystem::RhsLength { expected: matrix.rows(), found: rhs.len() });
    }
    if let Some((index, &value)) = rhs.iter().enumerate().find(|(_, value)| !value.is_finite()) {
        return Err(InvalidSystem::RhsNotFinite { index, value });
    }
    if rhs.iter().all(|&value| value == 0.0) {
        return Err(InvalidSystem::ZeroRhs);
    }
    Ok(())
}

/// The file's name without folder and extension, `.mtx.gz` counting as one.
pub(crate) fn system_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    stem.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conditioning::is_symmetric;
    use crate::test_matrices::{HESSIANS, hessian_path};

    fn written(folder: &tempfile::TempDir, name: &str, text: &str) -> PathBuf {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    #[test]
    fn the_shipped_systems_load() {
        for name in HESSIANS {
            let rhs = hessian_path(&format!("{name}.rhs.mtx"));
            let system =
                LinearSystem::load(hessian_path(&format!("{name}.mtx")), Some(&rhs), &Preparation::default())
                    .unwrap();
            assert_eq!(system.name, name);
            assert_eq!(system.rhs.as_ref().map(Vec::len), Some(system.dimension()));
            assert!(system.reports.symmetry.symmetric && system.reports.damping.is_none());
        }
    }

    #[test]
    fn damping_comes_before_pruning() {
        let preparation = Preparation { damping: 0.5, prune: Some(3), ..Preparation::default() };
        let matrix =
            SparseMatrix::from_triplets(4, 4, (0..16).map(|k| (k / 4, k % 4, 1.0 + (k / 4 + k % 4) as f64)));
        let system = LinearSystem::new("test", matrix.unwrap(), None, &preparation).unwrap();
        // The largest entry of the undamped matrix is 7.
        assert_eq!(system.reports.damping, Some(DampingReport { factor: 0.5, added: 3.5 }));
        assert_eq!(system.matrix.get(0, 0), 4.5);
        assert!(is_symmetric(&system.matrix) && system.matrix.sparsity() <= 3);
        assert_eq!(system.reports.pruning.map(|report| report.sparsity_before), Some(4));
    }

    #[test]
    fn what_cannot_be_solved_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let banner = "%%MatrixMarket matrix coordinate real general\n";
        let good = written(&folder, "good.mtx", &format!("{banner}2 2 2\n1 1 1\n2 2 2\n"));
        let cases = [
            ("not-square.mtx", format!("{banner}2 3 1\n1 1 1\n"), None),
            ("zero.mtx", format!("{banner}2 2 1\n1 1 0\n"), None),
            ("nan.mtx", format!("{banner}2 2 2\n1 1 nan\n2 2 1\n"), None),
            ("short.rhs.mtx", "%%MatrixMarket matrix array real general\n1 1\n1\n".to_owned(), Some(&good)),
            ("zero.rhs.mtx", "%%MatrixMarket matrix array real general\n2 1\n0\n0\n".to_owned(), Some(&good)),
            ("matrix.rhs.mtx", format!("{banner}2 2 1\n1 1 1\n"), Some(&good)),
        ];
        let mut messages = String::new();
        for (name, text, matrix) in cases {
            let path = written(&folder, name, &text);
            let result = match matrix {
                None => LinearSystem::load(&path, None, &Preparation::default()),
                Some(matrix) => LinearSystem::load(matrix, Some(&path), &Preparation::default()),
            };
            let message = result.unwrap_err().to_string();
            messages += &message.replace(&format!("{}/", folder.path().display()), "");
            messages.push('\n');
        }
        insta::assert_snapshot!(messages, @r"
        not-square.mtx: the matrix is 2 x 3; a square matrix with at least one row is needed
        zero.mtx: all entries of the matrix are zero; a matrix with a non-zero entry is needed
        nan.mtx:3: entry (1, 1) is nan; finite numbers are accepted
        short.rhs.mtx: the right-hand side has 1 entries; the matrix has 2 rows, so 2 are needed
        zero.rhs.mtx: all entries of the right-hand side are zero, so x = 0 needs no solver; a non-zero entry is needed
        matrix.rhs.mtx: column 1 (counted from 0): all entries of the right-hand side are zero, so x = 0 needs no solver; a non-zero entry is needed
        ");
        let negative = Preparation { damping: -1.0, ..Preparation::default() };
        assert!(LinearSystem::load(&good, None, &negative).is_err());
    }

    #[test]
    fn right_hand_sides_are_columns_or_a_vector() {
        let folder = tempfile::tempdir().unwrap();
        let array = |size: &str, field: &str, values: &str| {
            format!("%%MatrixMarket matrix array {field} general\n{size}\n{}\n", values.replace(' ', "\n"))
        };
        let matrix = SparseMatrix::from_triplets(2, 2, [(0, 0, 4.0), (1, 1, 1.0)]).unwrap();
        let jacobi = Preparation { jacobi: true, ..Preparation::default() };
        let system = LinearSystem::new("test", matrix.clone(), None, &Preparation::default()).unwrap();
        let scaled = LinearSystem::new("test", matrix, None, &jacobi).unwrap();
        let read = |system: &LinearSystem, text: String| {
            system
                .clone()
                .read_right_hand_sides(&[written(&folder, "b.mtx", &text)])
                .map(|files| files.concat())
                .map_err(|error| error.to_string().replace(&format!("{}/", folder.path().display()), ""))
        };
        let three = || array("2 3", "real", "1 2 3 0 5 6");
        assert_eq!(read(&system, three()), Ok(vec![vec![1.0, 2.0], vec![3.0, 0.0], vec![5.0, 6.0]]));
        assert_eq!(read(&scaled, three()).unwrap()[2], [2.5, 6.0]);
        for size in ["2 1", "1 2"] {
            assert_eq!(read(&system, array(size, "real", "1 2")), Ok(vec![vec![1.0, 2.0]]));
        }
        let refused: Vec<String> = [
            array("3 2", "real", "1 2 3 4 5 6"),
            array("2 2", "real", "1 2 0 0"),
            array("2 1", "real", "0 0"),
        ]
        .into_iter()
        .map(|text| read(&system, text).unwrap_err())
        .collect();
        insta::assert_snapshot!(refused.join("\n"), @r"
        b.mtx: the right-hand side has 3 entries; the matrix has 2 rows, so 2 are needed
        b.mtx: column 1 (counted from 0): all entries of the right-hand side are zero, so x = 0 needs no solver; a non-zero entry is needed
        b.mtx: all entries of the right-hand side are zero, so x = 0 needs no solver; a non-zero entry is needed
        ");
    }

    #[test]
    fn a_complex_matrix_without_imaginary_parts_is_real() {
        let folder = tempfile::tempdir().unwrap();
        let text = "%%MatrixMarket matrix array complex general\n1 1\n2 0\n";
        let path = written(&folder, "real.v2.mtx", text);
        let system = LinearSystem::load(path, None, &Preparation::default()).unwrap();
        assert_eq!((system.matrix.get(0, 0), system.name.as_str()), (2.0, "real.v2"));
        assert_eq!(system_name(Path::new("a/b.mtx.gz")), "b");
        assert_eq!(system_name(Path::new("plain")), "plain");
    }

    #[test]
    fn systems_in_memory_are_checked_too() {
        let matrix = SparseMatrix::from_triplets(2, 2, [(0, 1, f64::INFINITY)]).unwrap();
        let result = LinearSystem::new("bad", matrix, None, &Preparation::default());
        assert_eq!(result, Err(InvalidSystem::NotFinite { row: 0, column: 1, value: f64::INFINITY }));
        let result = LinearSystem::new(
            "bad",
            SparseMatrix::identity(2),
            Some(vec![1.0, f64::NEG_INFINITY]),
            &Preparation::default(),
        );
        assert_eq!(result, Err(InvalidSystem::RhsNotFinite { index: 1, value: f64::NEG_INFINITY }));
    }
}
