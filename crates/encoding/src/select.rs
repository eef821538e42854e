//! Prediction of what each method costs, and the choice of the cheapest.

use crate::error::EncodingError;
use crate::method::{BlockEncoding, Method};
use crate::{dyadic, fable, sparse};
use qnewton_circuit::{AngleTable, Counts, Gate, cost};
use qnewton_matrix::{SparseMatrix, is_symmetric};

/// Tables above this many angles are refused: 2^28 take 2 GiB.
const TABLE_LIMIT: u128 = 1 << 28;

/// What a method would cost, from sizes alone.
#[derive(Clone, Debug)]
pub struct Prediction {
    /// The method.
    pub method: Method,
    /// Subnormalization.
    pub alpha: f64,
    /// Gates of one query before data-dependent elision: single-qubit gates and `cx`.
    pub counts: Counts,
}

impl Prediction {
    /// Gates per query times alpha: what the end-to-end cost is proportional to.
    pub fn figure_of_merit(&self) -> f64 {
        self.counts.gate(Gate::Cx) as f64 * self.alpha
    }
}

/// The cost of `method` for a matrix of dimension 2^n, n >= 1. No table is built.
pub fn predict(matrix: &SparseMatrix<f64>, method: Method) -> Result<Prediction, EncodingError> {
    let n = check(matrix)?;
    let symmetric = is_symmetric(matrix);
    let too_large = |qubits: usize| {
        let entries = 1u128 << qubits;
        let error = EncodingError::TooLarge {
            method: method.name(),
            dimension: matrix.rows(),
            entries,
            limit: TABLE_LIMIT,
        };
        if entries > TABLE_LIMIT { Err(error) } else { Ok(()) }
    };
    let (alpha, circuit) = match method {
        Method::Fable => {
            too_large(2 * n)?;
            (
                fable::alpha(matrix),
                fable::circuit(n, AngleTable::Symbolic { length: 1 << (2 * n) }, symmetric),
            )
        }
        Method::Dyadic => {
            let masks = dyadic::Masks::of(matrix);
            too_large(n + masks.term_qubits(n))?;
            (masks.alpha(), dyadic::symbolic(n, &masks))
        }
        Method::Sparse => {
            // A colouring holds a full permutation for each colour.
            let lower_bound = matrix.sparsity();
            too_large(n + crate::lcu::qubits_for(lower_bound))?;
            let colours = sparse::colours(matrix, symmetric);
            too_large(n + crate::lcu::qubits_for(colours.len()))?;
            (colours.iter().map(|colour| colour.weight).sum(), sparse::symbolic(n, colours.len(), symmetric))
        }
    };
    Ok(Prediction { method, alpha, counts: cost(&circuit)? })
}

/// The methods by increasing (`cx` per query) x alpha; an error if none is applicable.
pub fn select(matrix: &SparseMatrix<f64>) -> Result<Vec<Prediction>, EncodingError> {
    check(matrix)?;
    let (mut predictions, mut reasons) = (Vec::new(), Vec::new());
    for &method in Method::ALL {
        match predict(matrix, method) {
            Ok(prediction) => predictions.push(prediction),
            Err(error) => reasons.push(format!("{}: {error}", method.name())),
        }
    }
    if predictions.is_empty() {
        return Err(EncodingError::NoMethod { reasons: reasons.join("; ") });
    }
    predictions
        .sort_by(|a, b| a.figure_of_merit().total_cmp(&b.figure_of_merit()).then(a.method.cmp(&b.method)));
    Ok(predictions)
}

/// Encodes a matrix of dimension 2^n, n >= 1, by `method`, or by the cheapest one.
pub fn encode(matrix: &SparseMatrix<f64>, method: Option<Method>) -> Result<BlockEncoding, EncodingError> {
    let method = match method {
        Some(method) => predict(matrix, method)?.method,
        None => select(matrix)?[0].method,
    };
    let symmetric = is_symmetric(matrix);
    Ok(match method {
        Method::Sparse => sparse::encode(matrix, symmetric),
        Method::Fable => fable::encode(matrix, symmetric),
        Method::Dyadic => dyadic::encode(matrix, symmetric),
    })
}

/// The number of system qubits of a matrix that can be encoded.
fn check(matrix: &SparseMatrix<f64>) -> Result<usize, EncodingError> {
    let (rows, columns) = (matrix.rows(), matrix.cols());
    if rows != columns || rows < 2 || !rows.is_power_of_two() {
        return Err(EncodingError::Dimension { rows, columns });
    }
    if !matrix.is_finite() {
        return Err(EncodingError::NotFinite);
    }
    if matrix.max_abs() == 0.0 {
        return Err(EncodingError::ZeroMatrix);
    }
    Ok(rows.trailing_zeros() as usize)
}
