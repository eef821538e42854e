//! A method made ready for a matrix: its circuit without values, and how values fill it.

use crate::error::EncodingError;
use crate::method::{BlockEncoding, Method};
use qnewton_circuit::{Circuit, CircuitError, Counts, cost};
use qnewton_matrix::{Scalar, SparseMatrix};
use std::borrow::Cow;
use std::sync::Arc;

/// How a matrix is to be encoded.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct EncodingOptions {
    /// The error that is allowed, ||alpha <0|U|0> - A|| in the operator norm, in units of A. Methods that can trade
    /// it for gates do; 0 asks for encodings that are exact up to rounding.
    pub error: f64,
    /// Whether the automatic choice may take methods that need eigenvectors or singular vectors of A.
    pub allow_spectral: bool,
    /// Whether the automatic choice may take only encodings with U^2 = 1, as walks need.
    pub self_inverse: bool,
}

/// What a template becomes with values.
pub(crate) struct Filled {
    /// The circuit of U.
    pub circuit: Circuit,
    /// Subnormalization.
    pub alpha: f64,
    /// Bound of ||alpha <0|U|0> - A|| apart from rounding.
    pub truncation: f64,
}

type Fill<S> = dyn Fn(&SparseMatrix<S>) -> Result<Filled, EncodingError> + Send + Sync;

/// A method made ready for a matrix. It holds what depends on the sparsity pattern only (colouring, masks, bands), so
/// that matrices of the same pattern, as in successive training steps, share that work: see [`Template::encode`].
#[derive(Clone)]
pub struct Template<S: Scalar = f64> {
    /// The method.
    pub method: Method,
    /// Number of system qubits, at least one.
    pub system_qubits: usize,
    /// Names of the registers that must be projected on |0>.
    pub projected: Vec<String>,
    /// Subnormalization for the matrix that the template was made for, in units of A.
    pub alpha: f64,
    /// Whether U^2 = 1 (on clean ancillas).
    pub hermitian: bool,
    /// Whether filling needs eigenvectors or singular vectors of A.
    pub spectral: bool,
    /// The circuit without values: tables have lengths only, where the method has tables.
    pub circuit: Circuit,
    pub(crate) fill: Arc<Fill<S>>,
}

impl<S: Scalar> Template<S> {
    /// Gates of one query before data-dependent elision, in closed form: single-qubit gates and `cx`.
    pub fn counts(&self) -> Result<Counts, CircuitError> {
        cost(&self.circuit)
    }

    /// The encoding of a matrix with the sparsity pattern (or a part of it) that the template was made for, the
    /// angles anew; [`EncodingError::Pattern`] for any other. An error that was allowed scales with the power of
    /// two near the largest entry.
    pub fn encode(&self, matrix: &SparseMatrix<S>) -> Result<BlockEncoding, EncodingError> {
        self.encode_normalised(&Normalised::of(matrix)?)
    }

    pub(crate) fn encode_normalised(
        &self,
        normalised: &Normalised<'_, S>,
    ) -> Result<BlockEncoding, EncodingError> {
        let Normalised { matrix, unit, system_qubits, hermitian } = normalised;
        if *system_qubits != self.system_qubits || self.hermitian && !hermitian {
            return Err(EncodingError::Pattern { method: self.method.name() });
        }
        let Filled { circuit, alpha, truncation } = (self.fill)(matrix)?;
        let (alpha, truncation) = (unit.times(alpha), unit.times(truncation));
        check_range(alpha, truncation)?;
        Ok(BlockEncoding {
            circuit,
            name: self.method.name().to_string(),
            system_qubits: *system_qubits,
            projected: self.projected.clone(),
            alpha,
            truncation,
            hermitian: self.hermitian,
            spectral: self.spectral,
        })
    }
}

/// A matrix that can be encoded, as methods see it.
pub(crate) struct Normalised<'a, S: Scalar> {
    /// The matrix in this unit, so that its largest magnitude is between 1 and 2.
    pub(crate) matrix: Cow<'a, SparseMatrix<S>>,
    pub(crate) unit: Unit,
    pub(crate) system_qubits: usize,
    pub(crate) hermitian: bool,
}

impl<'a, S: Scalar> Normalised<'a, S> {
    pub(crate) fn of(matrix: &'a SparseMatrix<S>) -> Result<Self, EncodingError> {
        let system_qubits = crate::select::check(matrix)?;
        let unit = Unit::of(matrix);
        Ok(Normalised {
            matrix: unit.divide(matrix),
            unit,
            system_qubits,
            hermitian: qnewton_matrix::is_hermitian(matrix),
        })
    }
}

/// A power of two near the largest magnitude of a matrix. Methods see matrices in this unit, so that sums and squares of
/// entries neither overflow nor vanish; multiplying by it is exact.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unit {
    exponent: i32,
}

impl Unit {
    pub(crate) fn of<S: Scalar>(matrix: &SparseMatrix<S>) -> Self {
        Unit { exponent: matrix.max_abs().log2().floor().clamp(-1080.0, 1030.0) as i32 }
    }

    /// The matrix in this unit.
    fn divide<S: Scalar>(self, matrix: &SparseMatrix<S>) -> Cow<'_, SparseMatrix<S>> {
        if self.exponent == 0 {
            return Cow::Borrowed(matrix);
        }
        // In two steps: the factor itself may be out of range.
        let half = -self.exponent / 2;
        let factor = |exponent: i32| S::from_real(2f64.powi(exponent));
        let (first, second) = (factor(half), factor(-self.exponent - half));
        Cow::Owned(matrix.map(|value| value * first * second))
    }

    /// A number in this unit, as a number.
    pub(crate) fn times(self, value: f64) -> f64 {
        let half = self.exponent / 2;
        value * 2f64.powi(half) * 2f64.powi(self.exponent - half)
    }

    /// A number, in this unit.
    pub(crate) fn over(self, value: f64) -> f64 {
        Unit { exponent: -self.exponent }.times(value)
    }
}

/// Refuses what is beyond floating point.
pub(crate) fn check_range(alpha: f64, error: f64) -> Result<(), EncodingError> {
    if alpha.is_normal() && alpha > 0.0 && error.is_finite() {
        Ok(())
    } else {
        Err(EncodingError::OutOfRange { alpha, error })
    }
}

impl<S: Scalar> Template<S> {
    /// The encoding with lengths in place of values, for compositions whose cost is wanted.
    pub(crate) fn without_values(&self) -> Result<BlockEncoding, EncodingError> {
        Ok(BlockEncoding {
            circuit: self.circuit.clone(),
            name: self.method.name().to_string(),
            system_qubits: self.system_qubits,
            projected: self.projected.clone(),
            alpha: self.alpha,
            truncation: 0.0,
            hermitian: self.hermitian,
            spectral: self.spectral,
        })
    }
}

impl<S: Scalar> std::fmt::Debug for Template<S> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Template")
            .field("method", &self.method)
            .field("system_qubits", &self.system_qubits)
            .field("alpha", &self.alpha)
            .finish_non_exhaustive()
    }
}
