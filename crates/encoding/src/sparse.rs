//! Sparse: the entries are coloured such that each colour is a permutation of the unknowns (for a Hermitian matrix an
//! involution); A = sum over colours of D_c P_c, alpha = sum over c of max |D_c|.
//!
//! A look-up of m = j xor P_c(j) into a clean register, m xor j, and a second look-up that clears the register apply
//! the permutation: for an involution m(P_c(j)) = m(j), so the second look-up is the first one.
//!
//! The dictionary variant (after arXiv 2405.18007) lets entries share a colour only if their magnitudes are equal: the
//! flag then turns by 0, pi or 2 pi, which no rotation synthesis has to approximate.

use crate::error::EncodingError;
use crate::lcu::{DiagonalTables, Parts, Preparation, Values, build, is_complex, qubits_for, template};
use crate::method::Method;
use crate::select::check_table;
use crate::template::{Filled, Template};
use qnewton_circuit::{
    AngleTable, Circuit, CircuitError, Gate, IndexTable, Structured, StructuredOperation, cost,
};
use qnewton_matrix::{Scalar, SparseMatrix};
use rayon::prelude::*;
use std::collections::HashSet;

/// Which entries may share a colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Grouping {
    /// Any that make a partial permutation.
    Any,
    /// Those of equal magnitude.
    EqualMagnitude,
}

impl Grouping {
    fn method(self) -> Method {
        match self {
            Grouping::Any => Method::Sparse,
            Grouping::EqualMagnitude => Method::Dictionary,
        }
    }
}

/// A partial permutation of the unknowns, completed: the row for each column.
type Images = Vec<Image>;

/// Where a column goes in a colour.
#[derive(Clone, Copy)]
struct Image {
    row: u32,
    /// Whether the entry there belongs to the colour; else its value is zero here.
    owned: bool,
}

const FREE: Image = Image { row: u32::MAX, owned: false };

struct Colouring {
    image: Images,
    used_rows: Vec<bool>,
    magnitude: f64,
}

impl Colouring {
    fn new(dimension: usize, magnitude: f64) -> Self {
        Colouring { image: vec![FREE; dimension], used_rows: vec![false; dimension], magnitude }
    }

    fn is_free(&self, row: usize, column: usize) -> bool {
        self.image[column].row == FREE.row && !self.used_rows[row]
    }

    fn set(&mut self, row: usize, column: usize, owned: bool) {
        self.image[column] = Image { row: row as u32, owned };
        self.used_rows[row] = true;
    }

    /// Completes the partial permutation: fixed points where possible, the rest in order.
    fn complete(mut self) -> Images {
        for j in 0..self.image.len() {
            if self.is_free(j, j) {
                self.set(j, j, false);
            }
        }
        let rows: Vec<usize> = (0..self.image.len()).filter(|&row| !self.used_rows[row]).collect();
        let columns: Vec<usize> = (0..self.image.len()).filter(|&j| self.image[j].row == FREE.row).collect();
        for (row, column) in rows.into_iter().zip(columns) {
            self.set(row, column, false);
        }
        self.image
    }
}

/// Colours the entries greedily by decreasing magnitude, so that large ones share colours and the sum of the
/// colours' largest magnitudes is small. The diagonal of a Hermitian matrix has colours of its own, because no other
/// entry can share an involution with it at the same unknown. More than `limit` colours are refused.
fn colours<S: Scalar>(
    matrix: &SparseMatrix<S>,
    hermitian: bool,
    grouping: Grouping,
    limit: usize,
) -> Result<Vec<Images>, usize> {
    let dimension = matrix.rows();
    // Every magnitude needs a colour, so that many refuse themselves before anything is sorted.
    if grouping == Grouping::EqualMagnitude && distinct_magnitudes(matrix, limit) > limit {
        return Err(limit);
    }
    let sorted = |on_diagonal: bool| {
        let belongs = |row, column| {
            if hermitian { (row == column) == on_diagonal && row <= column } else { !on_diagonal }
        };
        let mut entries: Vec<(u32, u32, f64)> = matrix
            .iter()
            .filter(|&(row, column, _)| belongs(row, column))
            .map(|(row, column, value)| (row as u32, column as u32, value.magnitude()))
            .collect();
        entries.par_sort_unstable_by(|a, b| b.2.total_cmp(&a.2).then_with(|| (a.0, a.1).cmp(&(b.0, b.1))));
        entries
    };
    let parts = [sorted(true), sorted(false)];
    if grouping == Grouping::EqualMagnitude {
        let distinct = |part: &Vec<(u32, u32, f64)>| part.chunk_by(|a, b| a.2 == b.2).count();
        if parts.iter().map(distinct).sum::<usize>() > limit {
            return Err(limit);
        }
    }
    let mut result: Vec<Colouring> = Vec::new();
    for part in parts {
        let mut first = result.len();
        for (row, column, magnitude) in part {
            let (row, column) = (row as usize, column as usize);
            if grouping == Grouping::EqualMagnitude {
                // Magnitudes fall: colours of larger ones are closed.
                while result.get(first).is_some_and(|colour| colour.magnitude != magnitude) {
                    first += 1;
                }
            }
            let free = |colour: &Colouring| {
                colour.is_free(row, column) && (!hermitian || colour.is_free(column, row))
            };
            let position = match result[first..].iter().position(free) {
                Some(position) => first + position,
                None if result.len() == limit => return Err(limit),
                None => {
                    result.push(Colouring::new(dimension, magnitude));
                    result.len() - 1
                }
            };
            result[position].set(row, column, true);
            if hermitian {
                result[position].set(column, row, true);
            }
        }
    }
    Ok(result.into_iter().map(Colouring::complete).collect())
}

/// The number of magnitudes among the entries, or any number above `limit` if there are more than that.
fn distinct_magnitudes<S: Scalar>(matrix: &SparseMatrix<S>, limit: usize) -> usize {
    let mut found = HashSet::new();
    for value in matrix.values() {
        found.insert(value.magnitude().to_bits());
        if found.len() > limit {
            break;
        }
    }
    found.len()
}

/// What depends on the pattern.
struct Layout {
    grouping: Grouping,
    n: usize,
    colours: Vec<Images>,
    hermitian: bool,
    complex: bool,
}

impl Layout {
    fn term_qubits(&self) -> usize {
        qubits_for(self.colours.len())
    }

    fn symbolic(&self) -> Circuit {
        let length = 1 << (self.n + self.term_qubits());
        let width = self.n as u32;
        let table = || IndexTable::Symbolic { width, length };
        let amplitudes = AngleTable::Symbolic { length: 1 << self.term_qubits() };
        self.circuit(
            amplitudes,
            Values::symbolic(length, self.complex),
            table(),
            (!self.hermitian).then(table),
        )
    }

    /// The largest magnitude of each colour, and how many entries lie in a colour.
    fn weights<S: Scalar>(&self, matrix: &SparseMatrix<S>) -> (Vec<f64>, usize) {
        let mut found = 0;
        let weights = self.colours.iter().map(|image| {
            let owned = image.iter().enumerate().filter(|(_, image)| image.owned);
            owned.fold(0.0, |largest: f64, (j, image)| {
                let magnitude = matrix.get(image.row as usize, j).magnitude();
                found += usize::from(magnitude != 0.0);
                largest.max(magnitude)
            })
        });
        (weights.collect(), found)
    }

    fn fill<S: Scalar>(&self, matrix: &SparseMatrix<S>) -> Option<Filled> {
        let (weights, found) = self.weights(matrix);
        if found != matrix.nnz() || is_complex(matrix) && !self.complex {
            return None;
        }
        let dimension = matrix.rows();
        let size = 1usize << (self.n + self.term_qubits());
        let mut amplitudes = vec![0.0; 1 << self.term_qubits()];
        let mut values = DiagonalTables::new(size, self.complex, self.hermitian);
        let (mut forward, mut backward) = (vec![0u64; size], vec![0u64; size]);
        for (position, (image, &weight)) in self.colours.iter().zip(&weights).enumerate() {
            amplitudes[position] = weight.sqrt();
            let address = position * dimension;
            for (j, image) in image.iter().enumerate() {
                let row = image.row as usize;
                if image.owned {
                    values.set(address + j, matrix.get(row, j), weight);
                }
                forward[address + j] = (j ^ row) as u64;
                backward[address + row] = (j ^ row) as u64;
            }
        }
        let width = self.n as u32;
        let circuit = self.circuit(
            AngleTable::Dense(amplitudes),
            values.finish(),
            IndexTable::Dense { width, values: forward },
            // The same table serves twice where every colour is an involution.
            (!self.hermitian).then_some(IndexTable::Dense { width, values: backward }),
        );
        Some(Filled { circuit, alpha: weights.iter().sum(), truncation: 0.0 })
    }

    fn circuit(
        &self,
        amplitudes: AngleTable,
        values: Values,
        forward: IndexTable,
        backward: Option<IndexTable>,
    ) -> Circuit {
        let parts = Parts {
            system_qubits: self.n,
            term_qubits: self.term_qubits(),
            preparation: Preparation::Amplitudes(amplitudes),
            values,
            reflect: self.hermitian,
            work: true,
        };
        build(parts, |circuit, definition, registers| {
            let Some(work) = &registers.work else { return };
            let forward = circuit.add_indices(forward);
            let backward = backward.map_or(forward, |table| circuit.add_indices(table));
            let lookup = |entries| Structured::TableLookup {
                address: registers.system.qubits().chain(registers.term.qubits()).collect(),
                target: work.qubits().collect(),
                entries,
                // (-i)^popcount from the first look-up and i^popcount from the second cancel: both find the same entry.
                relative_phase: true,
            };
            definition.push_structured(lookup(forward));
            for (control, target) in work.qubits().zip(registers.system.qubits()) {
                definition.gate(Gate::Cx, &[control, target], &[]);
            }
            definition.push_structured(StructuredOperation { inverse: true, ..lookup(backward).into() });
        })
    }
}

/// Predicted `cx` gates of one query for a matrix of a single colour: no matrix of 2^n unknowns takes fewer.
pub(crate) fn least_two_qubit_count(n: usize, hermitian: bool, complex: bool) -> Result<u128, CircuitError> {
    let layout = Layout { grouping: Grouping::Any, n, colours: vec![Images::new()], hermitian, complex };
    Ok(cost(&layout.symbolic())?.gate(Gate::Cx))
}

/// The template for a matrix of dimension 2^n, n >= 1, that is not zero.
pub(crate) fn template_for<S: Scalar>(
    matrix: &SparseMatrix<S>,
    hermitian: bool,
    grouping: Grouping,
) -> Result<Template<S>, EncodingError> {
    let n = matrix.rows().trailing_zeros() as usize;
    let method = grouping.method();
    // A colouring holds a full permutation for each colour.
    check_table(method, matrix.rows(), n + qubits_for(matrix.sparsity()))?;
    let limit = 1 << (crate::select::TABLE_QUBITS - n);
    let colours = colours(matrix, hermitian, grouping, limit)
        .map_err(|colours| crate::select::too_large(method, matrix.rows(), n + qubits_for(colours + 1)))?;
    check_table(method, matrix.rows(), n + qubits_for(colours.len()))?;
    let layout = Layout { grouping, n, colours, hermitian, complex: is_complex(matrix) };
    let alpha = layout.weights(matrix).0.iter().sum();
    let symbolic = layout.symbolic();
    Ok(template(method, n, alpha, hermitian, symbolic, move |matrix| {
        layout.fill(matrix).ok_or(EncodingError::Pattern { method: layout.grouping.method().name() })
    }))
}
