//! The diagonals of a matrix, and whether each is constant.

use super::sum::Diagonal;
use num_complex::Complex64;
use qnewton_matrix::{Scalar, SparseMatrix};
use std::collections::BTreeMap;

/// Entries of a diagonal that differ by no more than this times the largest magnitude of the matrix are equal.
const TOLERANCE: f64 = 1e-14;

/// A diagonal other than the main one whose entries are all equal.
#[derive(Clone, Copy, Debug)]
pub(super) struct Constant {
    /// How many entries there are.
    pub count: usize,
    /// What they are.
    pub value: Complex64,
}

/// All diagonals: those off the main one are constant.
pub(super) struct Diagonals {
    /// Number of rows.
    pub dimension: usize,
    /// By row minus column.
    pub off: BTreeMap<i64, Constant>,
    /// The main diagonal.
    pub main: Diagonal,
}

fn complex<S: Scalar>(value: S) -> Complex64 {
    Complex64::new(value.real_part(), value.imaginary_part())
}

impl Diagonals {
    /// Of a square matrix; the error says why it has no such structure.
    pub(super) fn of<S: Scalar>(matrix: &SparseMatrix<S>, limit: usize) -> Result<Self, String> {
        let dimension = matrix.rows();
        let tolerance = TOLERANCE * matrix.max_abs();
        let mut off: BTreeMap<i64, Constant> = BTreeMap::new();
        let mut main = vec![S::zero(); dimension];
        let mut on_main = 0;
        for (row, column, value) in matrix.iter() {
            if row == column {
                main[row] = value;
                on_main += 1;
                continue;
            }
            let offset = row as i64 - column as i64;
            let value = complex(value);
            let found = off.entry(offset).or_insert(Constant { count: 0, value });
            found.count += 1;
            if (found.value - value).norm() > tolerance {
                return Err(format!("the diagonal of row - column = {offset} is not constant"));
            }
            if off.len() > limit {
                return Err(format!("there are more than {limit} diagonals"));
            }
        }
        let first = complex(main[0]);
        let constant = main.iter().all(|&value| (complex(value) - first).norm() <= tolerance);
        let main = match (on_main, constant) {
            (0, _) => Diagonal::Absent,
            (_, true) => Diagonal::Constant(first),
            _ => Diagonal::Varied(main.into_iter().map(complex).collect()),
        };
        Ok(Diagonals { dimension, off, main })
    }

    /// Number of system qubits.
    pub(super) fn qubits(&self) -> usize {
        self.dimension.trailing_zeros() as usize
    }

    /// Whether two values are equal up to rounding.
    pub(super) fn agree(&self, a: Complex64, b: Complex64) -> bool {
        let largest = self.off.values().map(|diagonal| diagonal.value.norm()).fold(0.0, f64::max);
        (a - b).norm() <= 2.0 * TOLERANCE * largest
    }
}
