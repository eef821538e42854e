//! FABLE: multiplexed Y rotations over all N^2 entries, alpha = N max|a| (Camps, Van Beeumen, arXiv 2205.00081).
//!
//! Here with i = j xor m for a uniform register m, which needs n `cx` in place of n swaps. The signs of the angles are
//! free, and are chosen such that more than n rotations and `cx` vanish: see [`signs`]. Where an error is allowed, small
//! Walsh coefficients of the angles are dropped: see [`threshold`].

mod signs;
pub(crate) mod threshold;

use crate::dyadic::exclusive_or_term;
use crate::error::EncodingError;
use crate::lcu::{DiagonalTables, Parts, Preparation, Values, build, is_complex, template};
use crate::method::Method;
use crate::template::{Filled, Template};
use qnewton_circuit::{AngleTable, Circuit};
use qnewton_matrix::{Scalar, SparseMatrix};
use threshold::{Frame, Shape, budget, truncate};

/// Up to 2^this many angles are transformed as often as the search for a threshold needs: a second or two each time.
pub(crate) const SEARCHED_QUBITS: usize = 24;

/// The template for a matrix of dimension 2^n, n >= 1, that is not zero; `error` as in
/// [`crate::EncodingOptions::error`]. What it costs is the cost with no coefficient dropped.
pub(crate) fn template_for<S: Scalar>(
    matrix: &SparseMatrix<S>,
    hermitian: bool,
    error: f64,
) -> Result<Template<S>, EncodingError> {
    let n = matrix.rows().trailing_zeros() as usize;
    crate::select::check_table(Method::Fable, matrix.rows(), 2 * n)?;
    let complex = is_complex(matrix);
    let symbolic = circuit(n, Values::symbolic(1 << (2 * n), complex), hermitian);
    Ok(template(Method::Fable, n, alpha(matrix), hermitian, symbolic, move |matrix: &SparseMatrix<S>| {
        if is_complex(matrix) && !complex {
            return Err(EncodingError::Pattern { method: Method::Fable.name() });
        }
        let largest = matrix.max_abs();
        let mut tables = DiagonalTables::new(1 << (2 * n), complex, hermitian);
        for (row, column, value) in matrix.iter() {
            tables.set(column + ((row ^ column) << n), value, largest);
        }
        let shape = Shape { system_qubits: n, reflect: hermitian, frame: Frame::Unknowns, largest };
        let (mut values, truncation) = thinned(tables.finish(), shape, matrix, alpha(matrix), error);
        if let (AngleTable::Dense(angles), true) = (&mut values.angles, truncation == 0.0) {
            signs::choose(angles, n, hermitian);
        }
        Ok(Filled { circuit: circuit(n, values, hermitian), alpha: alpha(matrix), truncation })
    }))
}

/// The tables with fewer Walsh coefficients if `error` allows it, and the error that results.
pub(crate) fn thinned<S: Scalar>(
    values: Values,
    shape: Shape,
    matrix: &SparseMatrix<S>,
    alpha: f64,
    error: f64,
) -> (Values, f64) {
    let length = values.angles.len();
    if length > 1 << SEARCHED_QUBITS {
        return (values, 0.0);
    }
    let fewer =
        budget(matrix, error, alpha, length as f64).and_then(|budget| truncate(&values, shape, budget));
    fewer.unwrap_or((values, 0.0))
}

/// N max|a|.
fn alpha<S: Scalar>(matrix: &SparseMatrix<S>) -> f64 {
    matrix.rows() as f64 * matrix.max_abs()
}

/// The circuit for n system qubits; the tables may be symbolic.
pub(crate) fn circuit(n: usize, values: Values, reflect: bool) -> Circuit {
    let parts = Parts {
        system_qubits: n,
        term_qubits: n,
        preparation: Preparation::Uniform,
        values,
        reflect,
        work: false,
    };
    build(parts, exclusive_or_term)
}
