//! What a block encoding alone may be of: real and complex matrices, and per-sample gradients.

use crate::choice::{EncodingChoice, compare_encodings, encode_chosen};
use crate::compile::padded_matrix;
use crate::error::PipelineError;
use crate::facts::SystemFacts;
use num_complex::Complex64;
use qnewton_core::Monitor;
use qnewton_encoding::{
    BlockEncoding, Candidate, Certificate, Columns, Comparison, EncodingError, Family, GramMatrix, Method,
    SparseColumns, Verification, certify,
};
use qnewton_matrix::{
    InvalidSystem, LinearSystem, Preparation, PreparationReports, SparseMatrix, SymmetryReport, SystemError,
    is_hermitian, padding_value, read_matrix, real_form, spectrum,
};
use std::path::Path;

/// A matrix to be encoded.
#[derive(Clone, Debug)]
pub struct MatrixSource {
    /// Its name.
    pub name: String,
    /// What was done to it.
    pub reports: PreparationReports,
    kind: SourceKind,
}

#[derive(Clone, Debug)]
enum SourceKind {
    Real(SparseMatrix<f64>),
    Complex(SparseMatrix<Complex64>),
    Gram(GramMatrix),
    Family(Family),
}

/// How a file becomes a matrix.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SourceOptions {
    /// The file holds the matrix, which is prepared. A complex matrix takes no preparation.
    Matrix(Preparation),
    /// The file holds per-sample gradients G, B x N; the matrix is (1/B) G^T G + shift I.
    Gram {
        /// The multiple of the identity.
        shift: f64,
    },
}

impl MatrixSource {
    /// Reads a file.
    pub fn load(path: &Path, options: &SourceOptions) -> Result<Self, PipelineError> {
        let preparation = match options {
            SourceOptions::Matrix(preparation) => preparation,
            SourceOptions::Gram { shift } => return Self::load_gradients(path, *shift),
        };
        match read_matrix(path).map_err(SystemError::from)?.into_real() {
            Ok(matrix) => {
                let system = LinearSystem::new(name_of(path), matrix, None, preparation);
                Ok(Self::from(system.map_err(|kind| invalid(path, kind))?))
            }
            Err(matrix) => Self::complex(path, matrix, preparation),
        }
    }

    fn complex(
        path: &Path,
        matrix: SparseMatrix<Complex64>,
        preparation: &Preparation,
    ) -> Result<Self, PipelineError> {
        if *preparation != Preparation::default() {
            return Err(PipelineError::ComplexPreparation);
        }
        if !matrix.is_square() || matrix.rows() == 0 {
            let (rows, columns) = (matrix.rows(), matrix.cols());
            return Err(invalid(path, InvalidSystem::NotSquare { rows, columns }));
        }
        if !matrix.is_finite() {
            return Err(EncodingError::NotFinite.into());
        }
        let adjoint = matrix.adjoint();
        let asymmetry =
            matrix.iter().map(|(row, column, value)| (value - adjoint.get(row, column)).norm_sqr());
        let symmetry = SymmetryReport {
            asymmetry: asymmetry.sum::<f64>().sqrt() / matrix.frobenius_norm(),
            symmetric: matrix == adjoint,
            symmetrised: false,
        };
        let reports = PreparationReports { symmetry, damping: None, pruning: None };
        Ok(MatrixSource { name: name_of(path), reports, kind: SourceKind::Complex(matrix) })
    }

    fn load_gradients(path: &Path, shift: f64) -> Result<Self, PipelineError> {
        let gradients = read_matrix(path)
            .map_err(SystemError::from)?
            .into_real()
            .map_err(|_| PipelineError::ComplexGradients)?;
        let gram = GramMatrix::new(gradients, shift)?;
        let symmetry = SymmetryReport { asymmetry: 0.0, symmetric: true, symmetrised: false };
        let reports = PreparationReports { symmetry, damping: None, pruning: None };
        Ok(MatrixSource { name: name_of(path), reports, kind: SourceKind::Gram(gram) })
    }

    /// A matrix of a family, whatever its size.
    pub fn family(name: impl Into<String>, family: Family) -> Self {
        let symmetry = SymmetryReport { asymmetry: 0.0, symmetric: true, symmetrised: false };
        let reports = PreparationReports { symmetry, damping: None, pruning: None };
        MatrixSource { name: name.into(), reports, kind: SourceKind::Family(family) }
    }

    /// The shift, if the matrix comes from gradients.
    pub fn shift(&self) -> Option<f64> {
        match &self.kind {
            SourceKind::Gram(gram) => Some(gram.shift()),
            SourceKind::Real(_) | SourceKind::Complex(_) | SourceKind::Family(_) => None,
        }
    }

    /// Facts about the matrix. For gradients `nnz` is that of G, and `sparsity` the number of unknowns that occur.
    pub fn facts(&self) -> Result<SystemFacts, PipelineError> {
        match &self.kind {
            SourceKind::Real(matrix) => SystemFacts::for_encoding(matrix),
            SourceKind::Complex(matrix) => {
                let n = matrix.rows();
                let form = real_form(matrix)
                    .map_err(|_| EncodingError::Dimension { rows: 2 * n, columns: 2 * n })?;
                Ok(SystemFacts {
                    n,
                    nnz: matrix.nnz(),
                    sparsity: matrix.sparsity(),
                    symmetric: is_hermitian(matrix),
                    spectrum: spectrum(&form, &Default::default())?,
                    real_form: false,
                    gram: None,
                })
            }
            SourceKind::Gram(gram) => SystemFacts::of_gram(gram),
            SourceKind::Family(family) => Ok(SystemFacts::of_family(family)),
        }
    }

    /// Encodes the padded matrix.
    pub fn encode(
        &self,
        facts: &SystemFacts,
        choice: &EncodingChoice,
        epsilon: f64,
    ) -> Result<BlockEncoding, PipelineError> {
        Ok(match &self.kind {
            SourceKind::Real(matrix) => encode_chosen(&padded_matrix(matrix, facts), facts, choice, epsilon)?,
            SourceKind::Complex(matrix) => {
                encode_chosen(&padded_complex(matrix, facts), facts, choice, epsilon)?
            }
            SourceKind::Family(family) => match choice.method {
                None => family.encode()?,
                Some(method) => {
                    let reason = "a family has an encoding of its own".to_string();
                    return Err(EncodingError::NotApplicable { method: method.name(), reason }.into());
                }
            },
            SourceKind::Gram(gram) => match choice.method {
                None | Some(Method::Gram) => gram.encode()?,
                Some(method) => {
                    let reason = "gradients are encoded by `gram` only".to_string();
                    return Err(EncodingError::NotApplicable { method: method.name(), reason }.into());
                }
            },
        })
    }

    /// Certifies an encoding of the padded matrix.
    pub fn certify(
        &self,
        encoding: &BlockEncoding,
        facts: &SystemFacts,
        verification: Verification,
        monitor: &dyn Monitor,
    ) -> Result<Certificate, PipelineError> {
        Ok(certify(encoding, self.columns(facts).as_ref(), verification, monitor)?)
    }

    /// The columns of the padded matrix.
    pub fn columns(&self, facts: &SystemFacts) -> Box<dyn Columns> {
        match &self.kind {
            SourceKind::Real(matrix) => Box::new(SparseColumns::of(&padded_matrix(matrix, facts))),
            SourceKind::Complex(matrix) => Box::new(SparseColumns::of(&padded_complex(matrix, facts))),
            SourceKind::Gram(gram) => Box::new(gram.clone()),
            SourceKind::Family(family) => Box::new(family.clone()),
        }
    }

    /// All methods for the padded matrix, the cheapest first.
    pub fn compare(
        &self,
        facts: &SystemFacts,
        choice: &EncodingChoice,
        epsilon: f64,
    ) -> Result<Vec<Candidate>, PipelineError> {
        let counted = Comparison::Counted;
        Ok(match &self.kind {
            SourceKind::Real(matrix) => {
                compare_encodings(&padded_matrix(matrix, facts), facts, choice, epsilon, counted)?
            }
            SourceKind::Complex(matrix) => {
                compare_encodings(&padded_complex(matrix, facts), facts, choice, epsilon, counted)?
            }
            SourceKind::Gram(_) | SourceKind::Family(_) => return Err(PipelineError::NothingToCompare),
        })
    }
}

impl From<LinearSystem> for MatrixSource {
    fn from(system: LinearSystem) -> Self {
        MatrixSource { name: system.name, reports: system.reports, kind: SourceKind::Real(system.matrix) }
    }
}

/// The matrix on 2^n unknowns, n >= 1, with the same norm and condition number.
fn padded_complex(matrix: &SparseMatrix<Complex64>, facts: &SystemFacts) -> SparseMatrix<Complex64> {
    let size = matrix.rows().next_power_of_two().max(2);
    if size == matrix.rows() {
        return matrix.clone();
    }
    let value = padding_value(&matrix.map(|value| value.re), &facts.spectrum);
    let added = (matrix.rows()..size).map(|k| (k, k, Complex64::from(value)));
    // Dimensions of a matrix that exists, at most doubled: it fits unless there are more than 2^31 rows.
    SparseMatrix::from_triplets(size, size, matrix.iter().chain(added)).unwrap_or_else(|_| matrix.clone())
}

fn invalid(path: &Path, kind: InvalidSystem) -> PipelineError {
    SystemError::Invalid { path: path.to_owned(), kind }.into()
}

/// The file's name without folder and extension.
fn name_of(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_string()
}
