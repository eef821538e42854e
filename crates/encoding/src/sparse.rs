//! Sparse: the sparsity graph is edge-coloured; each colour is a permutation of the unknowns.
//!
//! For the permutation p of one colour let m(j) = j xor p(j). Look m up, xor it into j, and look up
//! m'(j') = j' xor p^-1(j') to clean the register: two table look-ups, which all colours share with the colour as
//! further address bits, replace a permutation circuit. For symmetric A colours are involutions and m' = m.

use crate::lcu::{Parts, Preparation, build, qubits_for, value_angle};
use crate::method::{BlockEncoding, Method};
use qnewton_circuit::{AngleTable, Circuit, Gate, IndexTable, Structured, StructuredOperation};
use qnewton_matrix::SparseMatrix;

/// One colour: a permutation of the unknowns and the entries on it.
pub(crate) struct Colour {
    /// Row of each column.
    pub image: Vec<usize>,
    /// The entry (image\[j\], j) for each column j; zero where the permutation was completed.
    pub values: Vec<f64>,
    /// Largest magnitude.
    pub weight: f64,
}

/// Colours the entries greedily by decreasing magnitude, so that large ones share colours and the sum of the
/// colours' largest magnitudes is small. The diagonal of a symmetric matrix is a colour of its own.
pub(crate) fn colours(matrix: &SparseMatrix<f64>, symmetric: bool) -> Vec<Colour> {
    let dimension = matrix.rows();
    let mut entries: Vec<(usize, usize, f64)> =
        matrix.iter().filter(|&(row, column, value)| value != 0.0 && !(symmetric && row > column)).collect();
    entries.sort_by(|a, b| b.2.abs().total_cmp(&a.2.abs()).then((a.0, a.1).cmp(&(b.0, b.1))));
    // The diagonal first: no other entry can share its involution at the same unknown.
    let mut result: Vec<Colouring> = Vec::new();
    let (diagonal, others): (Vec<_>, Vec<_>) =
        entries.into_iter().partition(|&(row, column, _)| symmetric && row == column);
    if !diagonal.is_empty() {
        let mut colour = Colouring::new(dimension);
        diagonal.iter().for_each(|&(row, _, value)| colour.set(row, row, value));
        result.push(colour);
    }
    let first = result.len();
    for (row, column, value) in others {
        let free =
            |colour: &Colouring| colour.is_free(row, column) && (!symmetric || colour.is_free(column, row));
        let position = match result[first..].iter().position(free) {
            Some(position) => first + position,
            None => {
                result.push(Colouring::new(dimension));
                result.len() - 1
            }
        };
        result[position].set(row, column, value);
        if symmetric {
            result[position].set(column, row, value);
        }
    }
    result.into_iter().map(Colouring::complete).collect()
}

struct Colouring {
    image: Vec<usize>,
    used_rows: Vec<bool>,
    values: Vec<f64>,
}

impl Colouring {
    fn new(dimension: usize) -> Self {
        Colouring {
            image: vec![usize::MAX; dimension],
            used_rows: vec![false; dimension],
            values: vec![0.0; dimension],
        }
    }

    fn is_free(&self, row: usize, column: usize) -> bool {
        self.image[column] == usize::MAX && !self.used_rows[row]
    }

    fn set(&mut self, row: usize, column: usize, value: f64) {
        self.image[column] = row;
        self.used_rows[row] = true;
        self.values[column] = value;
    }

    /// Completes the partial permutation: fixed points where possible, the rest in order.
    fn complete(mut self) -> Colour {
        for j in 0..self.image.len() {
            if self.is_free(j, j) {
                self.set(j, j, 0.0);
            }
        }
        let rows: Vec<usize> = (0..self.image.len()).filter(|&row| !self.used_rows[row]).collect();
        let columns: Vec<usize> = (0..self.image.len()).filter(|&j| self.image[j] == usize::MAX).collect();
        for (row, column) in rows.into_iter().zip(columns) {
            self.set(row, column, 0.0);
        }
        let weight = self.values.iter().map(|value| value.abs()).fold(0.0, f64::max);
        Colour { image: self.image, values: self.values, weight }
    }
}

/// The encoding of a matrix of dimension 2^n, n >= 1, that is not zero.
pub(crate) fn encode(matrix: &SparseMatrix<f64>, symmetric: bool) -> BlockEncoding {
    let n = matrix.rows().trailing_zeros() as usize;
    let dimension = matrix.rows();
    let colours = colours(matrix, symmetric);
    let qubits = qubits_for(colours.len());
    let size = 1usize << (n + qubits);
    let mut amplitudes = vec![0.0; 1 << qubits];
    let mut angles = vec![value_angle(0.0, 1.0); size];
    let (mut forward, mut backward) = (vec![0u64; size], vec![0u64; size]);
    for (position, colour) in colours.iter().enumerate() {
        amplitudes[position] = colour.weight.sqrt();
        for (j, (&row, &value)) in colour.image.iter().zip(&colour.values).enumerate() {
            let address = position * dimension;
            angles[address + j] = value_angle(value, colour.weight);
            forward[address + j] = (j ^ row) as u64;
            backward[address + row] = (j ^ row) as u64;
        }
    }
    let width = n as u32;
    BlockEncoding {
        circuit: circuit(
            n,
            qubits,
            AngleTable::Dense(amplitudes),
            AngleTable::Dense(angles),
            IndexTable::Dense { width, values: forward },
            // The same table serves twice where every colour is an involution.
            (!symmetric).then_some(IndexTable::Dense { width, values: backward }),
            symmetric,
        ),
        method: Method::Sparse,
        system_qubits: n,
        projected: vec!["term".into(), "flag".into()],
        alpha: colours.iter().map(|colour| colour.weight).sum(),
        hermitian: symmetric,
        spectral: false,
        largest_table: size,
    }
}

/// The circuit with the same sizes and no values.
pub(crate) fn symbolic(n: usize, colours: usize, symmetric: bool) -> Circuit {
    let qubits = qubits_for(colours);
    let length = 1 << (n + qubits);
    let table = IndexTable::Symbolic { width: n as u32, length };
    let backward = (!symmetric).then(|| table.clone());
    let amplitudes = AngleTable::Symbolic { length: 1 << qubits };
    circuit(n, qubits, amplitudes, AngleTable::Symbolic { length }, table, backward, symmetric)
}

fn circuit(
    n: usize,
    term_qubits: usize,
    amplitudes: AngleTable,
    angles: AngleTable,
    forward: IndexTable,
    backward: Option<IndexTable>,
    reflect: bool,
) -> Circuit {
    let preparation = Preparation::Amplitudes(amplitudes);
    let parts = Parts { system_qubits: n, term_qubits, preparation, angles, reflect, work: true };
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
