//! FABLE: multiplexed Y rotations over all N^2 entries, alpha = N max|a| (Camps, Van Beeumen, arXiv 2205.00081).
//!
//! Here with i = j xor m for a uniform register m, which needs n `cx` in place of n swaps.

use crate::dyadic::exclusive_or_term;
use crate::lcu::{Parts, Preparation, build, value_angle};
use crate::method::{BlockEncoding, Method};
use qnewton_circuit::{AngleTable, Circuit};
use qnewton_matrix::SparseMatrix;

/// The encoding of a matrix of dimension 2^n, n >= 1, that is not zero.
pub(crate) fn encode(matrix: &SparseMatrix<f64>, symmetric: bool) -> BlockEncoding {
    let n = matrix.rows().trailing_zeros() as usize;
    let largest = matrix.max_abs();
    let mut angles = vec![value_angle(0.0, largest); 1 << (2 * n)];
    for (row, column, value) in matrix.iter() {
        angles[column + ((row ^ column) << n)] = value_angle(value, largest);
    }
    BlockEncoding {
        circuit: circuit(n, AngleTable::Dense(angles), symmetric),
        method: Method::Fable,
        system_qubits: n,
        projected: vec!["term".into(), "flag".into()],
        alpha: alpha(matrix),
        hermitian: symmetric,
        spectral: false,
        largest_table: 1 << (2 * n),
    }
}

/// N max|a|.
pub(crate) fn alpha(matrix: &SparseMatrix<f64>) -> f64 {
    matrix.rows() as f64 * matrix.max_abs()
}

/// The circuit for n system qubits; `angles` may be symbolic.
pub(crate) fn circuit(n: usize, angles: AngleTable, reflect: bool) -> Circuit {
    let parts = Parts {
        system_qubits: n,
        term_qubits: n,
        preparation: Preparation::Uniform,
        angles,
        reflect,
        work: false,
    };
    build(parts, exclusive_or_term)
}
