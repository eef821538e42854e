//! S-FABLE: FABLE of B = H^n A H^n between Hadamard transforms of the system (Kuklinski, Rempfer, arXiv 2401.04234).
//!
//! With u and v the masks over the column j and over the exclusive-or mask m, the Walsh coefficient (u, v) of
//! B(j xor m, j) is a(v, u xor v) / N: one for each entry of A. The angles 2 arccos(B / max|B|) have the same few
//! coefficients up to what the arccosine bends, which is what an allowed error lets go; without one the encoding is
//! exact and of full size. alpha = N max|B|. The transforms are the outer part of a conjugation, so that a control of
//! the whole skips them.

use crate::error::EncodingError;
use crate::fable::threshold::{Entries, Frame, Shape};
use crate::fable::{self, SEARCHED_QUBITS, thinned};
use crate::lcu::{DiagonalTables, Values, is_complex, signature, template};
use crate::method::Method;
use crate::template::{Filled, Template};
use num_complex::Complex64;
use qnewton_circuit::table::walsh_hadamard_unnormalised;
use qnewton_circuit::{Call, Circuit, CircuitError, Definition, Gate};
use qnewton_matrix::{Scalar, SparseMatrix};

/// The template for a matrix of dimension 2^n, n >= 1, that is not zero; `error` as in
/// [`crate::EncodingOptions::error`]. What it costs is the cost with no coefficient dropped.
pub(crate) fn template_for<S: Scalar>(
    matrix: &SparseMatrix<S>,
    hermitian: bool,
    error: f64,
) -> Result<Template<S>, EncodingError> {
    let n = matrix.rows().trailing_zeros() as usize;
    check(Method::SFable, n)?;
    let complex = is_complex(matrix);
    let symbolic = in_walsh_frame(fable::circuit(n, Values::symbolic(1 << (2 * n), complex), hermitian), n)?;
    let own = alpha(matrix, Transformed::of(matrix, hermitian).largest());
    Ok(template(Method::SFable, n, own, hermitian, symbolic, move |matrix: &SparseMatrix<S>| {
        if is_complex(matrix) && !complex {
            return Err(EncodingError::Pattern { method: Method::SFable.name() });
        }
        let transformed = Transformed::of(matrix, hermitian);
        let largest = transformed.largest();
        let mut tables = DiagonalTables::new(1 << (2 * n), complex, hermitian);
        for index in 0..transformed.entries.real.len() {
            tables.set(index, transformed.get(index), largest);
        }
        let alpha = alpha(matrix, largest);
        let largest = matrix.max_abs() * largest;
        let shape = Shape { system_qubits: n, reflect: hermitian, frame: Frame::Walsh, largest };
        let (values, truncation) = thinned(tables.finish(), shape, matrix, alpha, error);
        let circuit = in_walsh_frame(fable::circuit(n, values, hermitian), n)?;
        Ok(Filled { circuit, alpha, truncation })
    }))
}

/// N max|B|, `largest` in units of max|a|.
fn alpha<S: Scalar>(matrix: &SparseMatrix<S>, largest: f64) -> f64 {
    matrix.rows() as f64 * matrix.max_abs() * largest
}

/// Refuses matrices whose N^2 transformed entries would take more than a few seconds.
fn check(method: Method, n: usize) -> Result<(), EncodingError> {
    if 2 * n <= SEARCHED_QUBITS {
        return Ok(());
    }
    Err(EncodingError::TooLarge {
        method: method.name(),
        dimension: 1 << n,
        entries: 1 << (2 * n).min(127),
        limit: 1 << SEARCHED_QUBITS,
    })
}

/// The entries of B = H^n A H^n in units of max|a|: number j + 2^n m is that of row j xor m, column j.
pub(crate) struct Transformed {
    pub entries: Entries,
}

impl Transformed {
    /// Of a square matrix of dimension 2^n, n at most 12.
    pub(crate) fn of<S: Scalar>(matrix: &SparseMatrix<S>, hermitian: bool) -> Self {
        let n = matrix.rows().trailing_zeros() as usize;
        let (scale, factor) = (matrix.max_abs(), 1.0 / matrix.rows() as f64);
        let table = |part: &dyn Fn(S) -> f64| {
            let mut table = vec![0.0; matrix.rows() * matrix.rows()];
            for (row, column, value) in matrix.iter() {
                table[(row ^ column) + (row << n)] = factor * (part(value) / scale);
            }
            walsh_hadamard_unnormalised(&mut table);
            table
        };
        let mut real = table(&S::real_part);
        let mut imaginary = is_complex(matrix).then(|| table(&S::imaginary_part));
        if hermitian {
            // Exactly, which U^2 = 1 needs, and not up to rounding only.
            for index in 0..real.len() {
                let mirrored = index ^ (index >> n);
                if mirrored >= index {
                    real[mirrored] = real[index];
                    if let Some(imaginary) = &mut imaginary {
                        imaginary[mirrored] = if mirrored == index { 0.0 } else { -imaginary[index] };
                    }
                }
            }
        }
        Transformed { entries: Entries { real, imaginary } }
    }

    /// Entry number `index`.
    pub(crate) fn get(&self, index: usize) -> Complex64 {
        let imaginary = self.entries.imaginary.as_ref().map_or(0.0, |imaginary| imaginary[index]);
        Complex64::new(self.entries.real[index], imaginary)
    }

    /// The largest magnitude.
    pub(crate) fn largest(&self) -> f64 {
        self.largest_and_sum_of_sixth_powers().0
    }

    /// The largest magnitude, and the sum of the sixth powers of all.
    pub(crate) fn largest_and_sum_of_sixth_powers(&self) -> (f64, f64) {
        let magnitudes = (0..self.entries.real.len()).map(|index| self.get(index).norm());
        magnitudes.fold((0.0, 0.0), |(largest, sum), value| (f64::max(largest, value), sum + value.powi(6)))
    }
}

/// The circuit between Hadamard transforms of its system; its entry has the registers of [`signature`].
pub(crate) fn in_walsh_frame(mut circuit: Circuit, n: usize) -> Result<Circuit, CircuitError> {
    let inner = circuit.entry_id()?;
    let mut transform = Definition::new("hadamard_transform");
    let qubits = transform.add_register("system", n);
    qubits.qubits().for_each(|qubit| transform.gate(Gate::H, &[qubit], &[]));
    let outer = circuit.add(transform);
    let (mut entry, (system, term, flag)) = signature("transformed_block_encoding", n, n);
    let all = system.qubits().chain(term.qubits()).chain([flag]);
    entry.conjugate(Call::new(outer, system.qubits()), Call::new(inner, all));
    circuit.add(entry);
    Ok(circuit)
}
