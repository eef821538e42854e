//! Dyadic: A = sum over exclusive-or masks m of D_m X^m, alpha = sum over m of max_j |a(j xor m, j)|.
//!
//! FABLE is the case of all masks at uniform weight. Only masks that occur are prepared; if they are few, a small
//! register counts them and a table look-up applies the mask to the system.

use crate::lcu::{Parts, Preparation, Registers, build, qubits_for, value_angle};
use crate::method::{BlockEncoding, Method};
use qnewton_circuit::{AngleTable, Circuit, Definition, Gate, IndexTable, Structured};
use qnewton_matrix::SparseMatrix;

/// The masks of a matrix with the largest magnitude on each, by increasing mask.
pub(crate) struct Masks {
    pub masks: Vec<usize>,
    pub weights: Vec<f64>,
}

impl Masks {
    pub(crate) fn of(matrix: &SparseMatrix<f64>) -> Self {
        let mut weights = std::collections::BTreeMap::new();
        for (row, column, value) in matrix.iter() {
            let weight: &mut f64 = weights.entry(row ^ column).or_insert(0.0);
            *weight = weight.max(value.abs());
        }
        weights.retain(|_, weight| *weight > 0.0);
        Masks { masks: weights.keys().copied().collect(), weights: weights.into_values().collect() }
    }

    pub(crate) fn alpha(&self) -> f64 {
        self.weights.iter().sum()
    }

    /// Qubits of the register of terms: the mask itself if that is no longer than counting the masks.
    pub(crate) fn term_qubits(&self, n: usize) -> usize {
        qubits_for(self.masks.len()).min(n)
    }

    fn is_direct(&self, n: usize) -> bool {
        self.term_qubits(n) == n
    }
}

/// The encoding of a matrix of dimension 2^n, n >= 1, that is not zero.
pub(crate) fn encode(matrix: &SparseMatrix<f64>, symmetric: bool) -> BlockEncoding {
    let n = matrix.rows().trailing_zeros() as usize;
    let masks = Masks::of(matrix);
    let qubits = masks.term_qubits(n);
    let direct = masks.is_direct(n);
    // Position of each mask in the register of terms, and the inverse.
    let mut place = vec![usize::MAX; 1 << n];
    let mut entries = vec![0u64; 1 << qubits];
    let mut amplitudes = vec![0.0; 1 << qubits];
    let mut weights = vec![0.0; 1 << qubits];
    for (position, (&mask, &weight)) in masks.masks.iter().zip(&masks.weights).enumerate() {
        let term = if direct { mask } else { position };
        place[mask] = term;
        entries[term] = mask as u64;
        amplitudes[term] = weight.sqrt();
        weights[term] = weight;
    }
    let mut angles = vec![value_angle(0.0, 1.0); 1 << (n + qubits)];
    for (row, column, value) in matrix.iter().filter(|&(_, _, value)| value != 0.0) {
        let term = place[row ^ column];
        angles[column + (term << n)] = value_angle(value, weights[term]);
    }
    let lookup = (!direct).then_some(IndexTable::Dense { width: n as u32, values: entries });
    BlockEncoding {
        circuit: circuit(
            n,
            qubits,
            AngleTable::Dense(amplitudes),
            AngleTable::Dense(angles),
            lookup,
            symmetric,
        ),
        method: Method::Dyadic,
        system_qubits: n,
        projected: vec!["term".into(), "flag".into()],
        alpha: masks.alpha(),
        hermitian: symmetric,
        spectral: false,
        largest_table: 1 << (n + qubits),
    }
}

/// The circuit with the same sizes and no values.
pub(crate) fn symbolic(n: usize, masks: &Masks) -> Circuit {
    let qubits = masks.term_qubits(n);
    let amplitudes = AngleTable::Symbolic { length: 1 << qubits };
    let angles = AngleTable::Symbolic { length: 1 << (n + qubits) };
    let lookup =
        (!masks.is_direct(n)).then_some(IndexTable::Symbolic { width: n as u32, length: 1 << qubits });
    circuit(n, qubits, amplitudes, angles, lookup, true)
}

fn circuit(
    n: usize,
    term_qubits: usize,
    amplitudes: AngleTable,
    angles: AngleTable,
    lookup: Option<IndexTable>,
    reflect: bool,
) -> Circuit {
    let preparation = Preparation::Amplitudes(amplitudes);
    let parts = Parts { system_qubits: n, term_qubits, preparation, angles, reflect, work: false };
    build(parts, |circuit, definition, registers| match lookup {
        None => exclusive_or_term(circuit, definition, registers),
        Some(table) => {
            let entries = circuit.add_indices(table);
            definition.push_structured(Structured::TableLookup {
                address: registers.term.qubits().collect(),
                target: registers.system.qubits().collect(),
                entries,
                relative_phase: false,
            });
        }
    })
}

/// The permutation j -> j xor term.
pub(crate) fn exclusive_or_term(_: &mut Circuit, definition: &mut Definition, registers: &Registers) {
    for (control, target) in registers.term.qubits().zip(registers.system.qubits()) {
        definition.gate(Gate::Cx, &[control, target], &[]);
    }
}
