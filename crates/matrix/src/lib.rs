//! Linear systems: sparse matrices, readers, conditioning, norms, spectra and classical solvers.
//!
//! Everything starts with [`LinearSystem::load`], which reads a matrix and a right-hand side, checks them, and
//! symmetrises, damps and prunes the matrix. [`spectrum`] then finds its norm and condition number, [`solve`] the
//! reference solution. This crate knows nothing of circuits.

mod block_lanczos;
mod condition;
mod conditioning;
mod decompositions;
mod deflation;
mod dense;
mod factorization;
mod gram;
mod inverse;
mod lanczos;
mod output;
mod padding;
mod panel;
mod pruning;
mod read;
mod real_form;
mod scalar;
mod scaling;
mod solve;
mod sparse;
mod spectrum;
mod start_vector;
mod system;
#[cfg(test)]
mod test_matrices;

pub use condition::{
    CONDITION_ESTIMATORS, Certainty, Condest, ConditionEstimate, ConditionEstimator, ConditionSystem,
    CostClass, Exact, Gershgorin, Lanczos, NormDeterminant, Products, Trial, WarmStart,
    condition_of_operator,
};
pub use conditioning::{
    ConditioningError, SYMMETRY_TOLERANCE, SymmetryReport, add_to_diagonal, damp, is_hermitian, is_symmetric,
    symmetrise,
};
pub use decompositions::{
    DecompositionError, EigenDecomposition, SingularValueDecomposition, complex_singular_value_decomposition,
    hermitian_eigen_decomposition, singular_value_decomposition, symmetric_eigen_decomposition,
};
pub use deflation::{Deflated, Deflation, DeflationError};
pub use factorization::{Factorization, SolverMethod};
pub use gram::GramFactor;
pub use lanczos::{
    ExtremeEigenvalues, FAILURE_PROBABILITY, Interval, LanczosBreakdown, LanczosOptions, RitzPair,
    extreme_eigenvalues,
};
pub use num_complex::Complex64;
pub use output::{WriteError, matrix_market, write_atomically, write_matrix_market, write_vector};
pub use padding::{pad_to_power_of_two, padding_value};
pub use pruning::{PruneReport, PruneRule, prune};
pub use read::{Location, ReadError, ReadErrorKind, read_matrix, read_vector};
pub use real_form::{complex_form_of_vector, real_form, real_form_of_vector};
pub use scalar::Scalar;
pub use scaling::{jacobi_scaling, scale_symmetrically};
pub use solve::{Solution, SolveError, solve};
pub use sparse::{AnyMatrix, MatrixError, SparseMatrix};
pub use spectrum::{
    Spectrum, SpectrumError, SpectrumMethod, SpectrumOptions, gram_spectrum, norm_only,
    smallest_singular_vectors, spectrum,
};
pub use system::{DampingReport, InvalidSystem, LinearSystem, Preparation, PreparationReports, SystemError};
