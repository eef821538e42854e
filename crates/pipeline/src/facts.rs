//! What is known of a matrix before anything is compiled.

use crate::error::PipelineError;
use crate::manifest::GramRecord;
use qnewton_encoding::{Family, GramMatrix};
use qnewton_matrix::{
    Deflation, Interval, LanczosOptions, LinearSystem, SparseMatrix, Spectrum, SpectrumMethod,
    SpectrumOptions, gram_spectrum, is_symmetric, norm_only, spectrum,
};

/// The condition number of larger matrices is not computed where an encoding alone is wanted.
const CONDITION_LIMIT: usize = 1 << 14;

/// A bound that was copied from a report has six digits.
const BOUND_ROUNDING: f64 = 5e-6;

/// Facts about the matrix of a system, after damping and pruning.
#[derive(Clone, Debug)]
pub struct SystemFacts {
    /// Number of unknowns.
    pub n: usize,
    /// Number of non-zero entries.
    pub nnz: usize,
    /// Largest number of non-zero entries in a row or column.
    pub sparsity: usize,
    /// Whether A = A^T.
    pub symmetric: bool,
    /// Both ends of the singular spectrum.
    pub spectrum: Spectrum,
    /// Whether the matrix is the real form of a complex one ([`qnewton_matrix::real_form`]).
    pub real_form: bool,
    /// Where G of A = G^T G/B + shift I is known.
    pub gram: Option<GramRecord>,
}

impl SystemFacts {
    /// Computes the facts of a square matrix.
    pub fn of(matrix: &SparseMatrix<f64>) -> Result<Self, PipelineError> {
        Ok(SystemFacts {
            n: matrix.rows(),
            nnz: matrix.nnz(),
            sparsity: matrix.sparsity(),
            symmetric: is_symmetric(matrix),
            spectrum: spectrum(matrix, &SpectrumOptions::default())?,
            real_form: false,
            gram: None,
        })
    }

    /// Computes the facts of a system: those of its matrix, and whether a factor of it is known.
    pub fn of_system(system: &LinearSystem) -> Result<Self, PipelineError> {
        let gram = system.factor.as_ref().map(GramRecord::from);
        Ok(SystemFacts { gram, real_form: system.real_form, ..SystemFacts::of(&system.matrix)? })
    }

    /// Refuses a singular matrix.
    pub(crate) fn check_regular(&self) -> Result<(), PipelineError> {
        let (sigma_min, norm) = (self.spectrum.smallest, self.spectrum.norm);
        match (self.spectrum.condition_number, self.gram) {
            (Some(_), _) => Ok(()),
            (None, None) => Err(PipelineError::Singular { sigma_min, norm }),
            (None, Some(_)) => Err(PipelineError::SingularGram { sigma_min, norm }),
        }
    }

    /// The facts for a bound of the condition number in place of the computed one: what the smallest singular value then
    /// is at least. Refused if the bound does not hold.
    pub(crate) fn bounded(&self, bound: Option<f64>) -> Result<Self, PipelineError> {
        let mut facts = self.clone();
        let Some(given) = bound else { return Ok(facts) };
        let spectrum = &mut facts.spectrum;
        let computed = spectrum.condition_number.unwrap_or(f64::INFINITY);
        if given.is_nan() || given < computed * (1.0 - BOUND_ROUNDING) {
            return Err(PipelineError::ConditionNumber { given, computed });
        }
        let smallest = (spectrum.norm_interval.lower / given).min(spectrum.smallest);
        spectrum.smallest = smallest;
        spectrum.smallest_interval.lower = smallest;
        Ok(facts)
    }

    /// The facts that a right-hand side without its deflated part meets.
    pub(crate) fn deflated(&self, deflation: &Deflation) -> Self {
        let mut facts = self.clone();
        let spectrum = &mut facts.spectrum;
        let left = deflation.smallest_left();
        spectrum.smallest = 0.5 * (left.lower + left.upper);
        spectrum.smallest_interval = left;
        spectrum.condition_number = Some(spectrum.norm / spectrum.smallest);
        facts
    }

    /// As [`SystemFacts::of`], but above 16 384 unknowns without the condition number, which takes a
    /// factorization.
    pub fn for_encoding(matrix: &SparseMatrix<f64>) -> Result<Self, PipelineError> {
        if matrix.rows() <= CONDITION_LIMIT {
            return Self::of(matrix);
        }
        // The norm is wanted for comparison only: few products give it to two digits or better.
        let options = LanczosOptions {
            maximum_steps: 16,
            reorthogonalise: false,
            vectors: false,
            ..LanczosOptions::default()
        };
        Ok(SystemFacts {
            n: matrix.rows(),
            nnz: matrix.nnz(),
            sparsity: matrix.sparsity(),
            symmetric: is_symmetric(matrix),
            spectrum: norm_only(matrix, &options)?,
            real_form: false,
            gram: None,
        })
    }

    /// The facts of (1/B) G^T G + shift I from the singular values of G; `nnz` is that of G, and `sparsity` the number
    /// of unknowns that occur.
    pub fn of_gram(gram: &GramMatrix) -> Result<Self, PipelineError> {
        let gradients = gram.gradients();
        let mut occurs = vec![false; gram.unknowns()];
        gradients.column_indices().iter().for_each(|&column| occurs[column as usize] = true);
        Ok(SystemFacts {
            n: gram.unknowns(),
            nnz: gradients.nnz(),
            sparsity: occurs.iter().filter(|&&occurs| occurs).count(),
            symmetric: true,
            spectrum: gram_spectrum(gradients, gram.shift())?,
            real_form: false,
            gram: Some(GramRecord { samples: gram.samples() as u64, shift: gram.shift() }),
        })
    }

    /// The facts of a family in closed form, without a condition number. `nnz` and `sparsity` are those of the bands,
    /// entries beyond open ends included.
    pub fn of_family(family: &Family) -> Self {
        let n = 1usize << family.system_qubits().min(63);
        let sparsity = family.largest_row();
        let norm = family.norm().unwrap_or_else(|| family.alpha());
        let norm_interval = Interval { lower: norm, upper: norm };
        SystemFacts {
            n,
            nnz: n.saturating_mul(sparsity),
            sparsity,
            symmetric: family.is_symmetric(),
            spectrum: Spectrum {
                norm,
                smallest: 0.0,
                norm_interval,
                smallest_interval: Interval { lower: 0.0, upper: norm },
                condition_number: None,
                method: SpectrumMethod::NormOnly,
                positive_definite: None,
                smallest_eigenvalue: None,
                largest_eigenvalue: None,
            },
            real_form: false,
            gram: None,
        }
    }

    /// The name of the method behind the condition number.
    pub fn condition_number_method(&self) -> &'static str {
        match self.spectrum.method {
            SpectrumMethod::Exact => "exact",
            SpectrumMethod::Lanczos => "lanczos",
            SpectrumMethod::NormOnly => "not_computed",
        }
    }
}
