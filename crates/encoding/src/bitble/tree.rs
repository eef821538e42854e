//! Binary trees of angles: the preparation of one state for each value of a register.

use qnewton_circuit::lower::state_preparation_angles;
use qnewton_circuit::{
    AngleTable, Axis, Circuit, Definition, QubitId, Register, Structured, StructuredOperation,
};
use qnewton_matrix::{Scalar, SparseMatrix};

/// Angles that prepare the columns of a matrix, each normalised, selected by the column.
pub(super) struct Tree {
    /// Level l turns the qubit l places below the most significant one: 2^l angles for each column, number
    /// column + 2^n * (the bits above).
    levels: Vec<AngleTable>,
    /// An angle for each column that leaves to the flag what the column lacks of norm 1.
    flag: Option<AngleTable>,
}

impl Tree {
    /// Tables of the right lengths without values.
    pub(super) fn symbolic(n: usize, flag: bool) -> Self {
        let table = |qubits: usize| AngleTable::Symbolic { length: 1 << qubits };
        Tree { levels: (0..n).map(|level| table(n + level)).collect(), flag: flag.then(|| table(n)) }
    }

    /// For the columns with entries `amplitude(row, column, value)`, zero where the matrix is; `squares` are the
    /// squares of the norms that they are to have, at most 1.
    pub(super) fn of<S: Scalar>(
        matrix: &SparseMatrix<S>,
        amplitude: impl Fn(usize, usize, S) -> f64,
        squares: Option<Vec<f64>>,
    ) -> Self {
        let size = matrix.rows();
        let n = size.trailing_zeros() as usize;
        let transpose = matrix.transpose();
        let mut levels: Vec<Vec<f64>> = (0..n).map(|level| vec![0.0; size << level]).collect();
        let mut amplitudes = vec![0.0; size];
        for column in 0..size {
            amplitudes.fill(0.0);
            for (row, value) in transpose.row(column) {
                amplitudes[row] = amplitude(row, column, value);
            }
            for (level, angles) in levels.iter_mut().zip(state_preparation_angles(&amplitudes)) {
                for (above, angle) in angles.into_iter().enumerate() {
                    level[column + (above << n)] = angle;
                }
            }
        }
        let flag = squares.map(|squares| {
            let angle = |square: f64| 2.0 * (1.0 - square).max(0.0).sqrt().atan2(square.sqrt());
            AngleTable::Dense(squares.into_iter().map(angle).collect())
        });
        Tree { levels: levels.into_iter().map(AngleTable::Dense).collect(), flag }
    }

    /// Prepares `target`, selected by `select`, and the flag; or undoes it.
    pub(super) fn push(
        self,
        circuit: &mut Circuit,
        definition: &mut Definition,
        select: &Register,
        target: &Register,
        flag: Option<QubitId>,
        inverse: bool,
    ) {
        let n = self.levels.len();
        let mut operations: Vec<StructuredOperation> = Vec::with_capacity(n + 1);
        let mut add = |selects: Vec<QubitId>, target: QubitId, table: AngleTable| {
            let angles = circuit.add_angles(table);
            let kind = Structured::MultiplexedRotation { axis: Axis::Y, selects, target, angles };
            operations.push(StructuredOperation { inverse, ..kind.into() });
        };
        if let (Some(flag), Some(table)) = (flag, self.flag) {
            add(select.qubits().collect(), flag, table);
        }
        for (level, table) in self.levels.into_iter().enumerate() {
            let position = n - 1 - level;
            let above = (position + 1..n).map(|bit| target.qubit(bit));
            add(select.qubits().chain(above).collect(), target.qubit(position), table);
        }
        if inverse {
            operations.reverse();
        }
        operations.into_iter().for_each(|operation| definition.push_structured(operation));
    }
}

/// The 2-norms of the columns.
pub(super) fn norms_of_columns<S: Scalar>(matrix: &SparseMatrix<S>) -> Vec<f64> {
    let mut norms = vec![0.0f64; matrix.cols()];
    for (_, column, value) in matrix.iter() {
        norms[column] = norms[column].hypot(value.magnitude());
    }
    norms
}
