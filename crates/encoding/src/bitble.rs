//! BITBLE: binary trees of multiplexed rotations prepare the columns (Li, Zhang, Yang, Zhang, arXiv 2504.05624).
//!
//! Two layouts, of which the one with the smaller alpha x `cx` is taken.
//!
//! *Norms*, alpha = ||A||_F, about N^2 rotations: |0>|j> -> sum_i a_ij/||a_j|| |i>|j>, the column prepared in a
//! register `index` selected by the system. The inverse preparation of sum_j ||a_j|| |j> / ||A||_F on the system has
//! <0|j> -> ||a_j|| / ||A||_F, so that what is left where the system reads 0 is sum_i a_ij |i> / ||A||_F in `index`.
//! Exchanging the two registers takes 2n `cx` and not 3n, because only one of them has something in it.
//!
//! *Weights*, about 2 N^2 rotations and two flags: the entries are shared between a column and a row,
//! a_ij / alpha = r_ij l_ij with l_ij^2 = |a_ij| y_i / (x_j S) and r_ij^2 = |a_ij| x_j / (y_i T) for any positive
//! weights x and y, alpha = sqrt(S T), S and T the largest sums of |a_ij| y_i / x_j along a column and of
//! |a_ij| x_j / y_i along a row. What a column or a row lacks of 1 goes to a flag. x = y = 1 is mu_(1/2) of Kerenidis
//! and Prakash (arXiv 1704.04992); the least alpha of this kind is the operator norm of |A| = (|a_ij|), reached for
//! its singular vectors (Schur's test), and below every mu_p. Power iteration on |A|, whose cost is that of a few
//! products with A, comes within a small factor: every pair of weights is exact.
//!
//! For a Hermitian matrix x = y, and the circuit is V^-1 (exchange) V, V the preparation of the columns: its own
//! inverse, and a control of the whole reaches the exchange only. The square roots take the sign of a real entry on
//! one side of the diagonal; a negative diagonal entry has its sign from a diagonal between, and so have the phases of
//! complex entries.

mod circuit;
mod tree;
mod weights;

use crate::error::EncodingError;
use crate::lcu::is_complex;
use crate::method::Method;
use crate::template::{Filled, Template};
use qnewton_circuit::{AngleTable, Gate, cost};
use qnewton_matrix::{Scalar, SparseMatrix};
use std::f64::consts::PI;
use std::sync::Arc;
use tree::{Tree, norms_of_columns};
use weights::Weights;

/// How the entries are shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layout {
    /// Columns, and the norms of the columns.
    Norms,
    /// Weighted columns and weighted rows.
    Weighted,
    /// The same with x = y; `negative` if a diagonal entry is.
    Symmetric { negative: bool },
}

/// The template for a matrix of dimension 2^n, n >= 1, that is not zero.
pub(crate) fn template_for<S: Scalar>(
    matrix: &SparseMatrix<S>,
    hermitian: bool,
) -> Result<Template<S>, EncodingError> {
    let n = matrix.rows().trailing_zeros() as usize;
    crate::select::check_table(Method::Bitble, matrix.rows(), 2 * n)?;
    let complex = is_complex(matrix);
    let negative = !complex && has_negative_diagonal(matrix);
    let weighted = if hermitian { Layout::Symmetric { negative } } else { Layout::Weighted };
    let candidate = |layout: Layout| -> Result<_, EncodingError> {
        let circuit = Tables::symbolic(layout, n, complex).circuit(n);
        let two_qubit = cost(&circuit)?.gate(Gate::Cx) as f64;
        let alpha = layout.alpha(matrix);
        Ok((alpha * two_qubit, layout, alpha, circuit))
    };
    let (norms, weighted) = (candidate(Layout::Norms)?, candidate(weighted)?);
    let (_, layout, alpha, circuit) = if weighted.0 < norms.0 { weighted } else { norms };
    let projected = if layout == Layout::Norms { vec!["index"] } else { vec!["index", "flags"] };
    Ok(Template {
        method: Method::Bitble,
        system_qubits: n,
        projected: projected.into_iter().map(String::from).collect(),
        alpha,
        hermitian: matches!(layout, Layout::Symmetric { .. }),
        spectral: false,
        circuit,
        fill: Arc::new(move |matrix: &SparseMatrix<S>| {
            let negative = matches!(layout, Layout::Symmetric { negative: false })
                && !complex
                && has_negative_diagonal(matrix);
            if is_complex(matrix) && !complex || negative {
                return Err(EncodingError::Pattern { method: Method::Bitble.name() });
            }
            let circuit = Tables::of(matrix, layout, complex).circuit(n);
            Ok(Filled { circuit, alpha: layout.alpha(matrix), truncation: 0.0 })
        }),
    })
}

fn has_negative_diagonal<S: Scalar>(matrix: &SparseMatrix<S>) -> bool {
    matrix.iter().any(|(row, column, value)| row == column && value.real_part() < 0.0)
}

impl Layout {
    fn alpha<S: Scalar>(self, matrix: &SparseMatrix<S>) -> f64 {
        match self {
            Layout::Norms => matrix.frobenius_norm(),
            Layout::Weighted => Weights::general(matrix).alpha(),
            Layout::Symmetric { .. } => Weights::symmetric(matrix).alpha(),
        }
    }
}

/// The tables of a layout.
enum Tables {
    Norms { columns: Tree, norms: AngleTable, phases: Option<AngleTable> },
    Weighted { columns: Tree, rows: Tree, phases: Option<AngleTable> },
    Symmetric { columns: Tree, between: Between },
}

/// What is done to |i>|j>, i = row, j = column, before they are exchanged.
enum Between {
    Nothing,
    /// Phases of the states |j>|j>, from a table of n + 1 qubits: j, and whether they are equal.
    Diagonal(AngleTable),
    /// Phases of all states.
    Phases(AngleTable),
}

impl Tables {
    fn symbolic(layout: Layout, n: usize, complex: bool) -> Self {
        let table = |qubits: usize| AngleTable::Symbolic { length: 1 << qubits };
        let phases = complex.then(|| table(2 * n));
        match layout {
            Layout::Norms => Tables::Norms { columns: Tree::symbolic(n, false), norms: table(n), phases },
            Layout::Weighted => {
                let tree = || Tree::symbolic(n, true);
                Tables::Weighted { columns: tree(), rows: tree(), phases }
            }
            Layout::Symmetric { negative } => Tables::Symmetric {
                columns: Tree::symbolic(n, true),
                between: match phases {
                    Some(phases) => Between::Phases(phases),
                    None if negative => Between::Diagonal(table(n + 1)),
                    None => Between::Nothing,
                },
            },
        }
    }

    fn of<S: Scalar>(matrix: &SparseMatrix<S>, layout: Layout, complex: bool) -> Self {
        let n = matrix.rows().trailing_zeros() as usize;
        let phases = || {
            let mut phases = vec![0.0; 1 << (2 * n)];
            for (row, column, value) in matrix.iter() {
                phases[column + (row << n)] = value.imaginary_part().atan2(value.real_part());
            }
            AngleTable::Dense(phases)
        };
        let phases = complex.then(phases);
        // Signs go where they cost nothing, into the last rotation of a tree, unless phases hold them.
        let sign = |value: S| if !complex && value.real_part() < 0.0 { -1.0 } else { 1.0 };
        match layout {
            Layout::Norms => {
                let columns = Tree::of(matrix, |_, _, value| sign(value) * value.magnitude(), None);
                let norms = AngleTable::Dense(norms_of_columns(matrix));
                Tables::Norms { columns, norms, phases }
            }
            Layout::Weighted => {
                let weights = Weights::general(matrix);
                let columns = Tree::of(
                    matrix,
                    |row, column, value| sign(value) * weights.column_share(row, column, value).sqrt(),
                    Some(weights.column_sums(matrix)),
                );
                let transpose = matrix.transpose();
                let rows = Tree::of(
                    &transpose,
                    |column, row, value| weights.row_share(row, column, value).sqrt(),
                    Some(weights.row_sums(matrix)),
                );
                Tables::Weighted { columns, rows, phases }
            }
            Layout::Symmetric { negative } => {
                let weights = Weights::symmetric(matrix);
                let columns = Tree::of(
                    matrix,
                    |row, column, value| {
                        let side = if row > column { sign(value) } else { 1.0 };
                        side * weights.column_share(row, column, value).sqrt()
                    },
                    Some(weights.column_sums(matrix)),
                );
                let between = match phases {
                    Some(phases) => Between::Phases(phases),
                    None if negative => Between::Diagonal(signs_of_diagonal(matrix)),
                    None => Between::Nothing,
                };
                Tables::Symmetric { columns, between }
            }
        }
    }
}

fn signs_of_diagonal<S: Scalar>(matrix: &SparseMatrix<S>) -> AngleTable {
    let size = matrix.rows();
    let mut phases = vec![0.0; 2 * size];
    for (j, value) in matrix.diagonal().into_iter().enumerate() {
        if value.real_part() < 0.0 {
            phases[size + j] = PI;
        }
    }
    AngleTable::Dense(phases)
}
