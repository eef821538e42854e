//! Dyadic: A = sum over exclusive-or masks m of D_m X^m, alpha = sum over m of max_j |a(j xor m, j)|.
//!
//! FABLE is the case of all masks at uniform weight. Only masks that occur are prepared; if they are few, a small
//! register counts them and a table look-up applies the mask to the system. Where other labels of the unknowns make the
//! product of gates and alpha smaller, a permutation of the basis states stands around it all.

use crate::error::EncodingError;
use crate::lcu::{
    DiagonalTables, Parts, Preparation, Registers, Values, build, is_complex, qubits_for, signature, template,
};
use crate::method::Method;
use crate::relabelling::greedy_labels;
use crate::template::{Filled, Template};
use qnewton_circuit::{AngleTable, Call, Circuit, Definition, Gate, IndexTable, Structured};
use qnewton_matrix::{Scalar, SparseMatrix};
use std::collections::BTreeMap;

/// The largest magnitude on each mask that occurs, by increasing mask.
fn weights<S: Scalar>(matrix: &SparseMatrix<S>, labels: Option<&[u32]>) -> BTreeMap<usize, f64> {
    let mut weights = BTreeMap::new();
    for (row, column, value) in matrix.iter() {
        let weight: &mut f64 = weights.entry(label(labels, row) ^ label(labels, column)).or_insert(0.0);
        *weight = weight.max(value.magnitude());
    }
    weights
}

fn label(labels: Option<&[u32]>, unknown: usize) -> usize {
    labels.map_or(unknown, |labels| labels[unknown] as usize)
}

/// Where masks stand in the register of terms.
struct Layout {
    n: usize,
    /// The label of each unknown, if it is not the unknown itself.
    labels: Option<Vec<u32>>,
    masks: Vec<usize>,
    /// Qubits of the register: the mask itself if that is no longer than counting the masks.
    term_qubits: usize,
    hermitian: bool,
    complex: bool,
}

impl Layout {
    fn is_direct(&self) -> bool {
        self.term_qubits == self.n
    }

    /// The position of a mask, which is one of the pattern's.
    fn place(&self, mask: usize) -> Option<usize> {
        let position = self.masks.binary_search(&mask).ok()?;
        Some(if self.is_direct() { mask } else { position })
    }

    fn symbolic(&self) -> Circuit {
        let amplitudes = AngleTable::Symbolic { length: 1 << self.term_qubits };
        self.circuit(amplitudes, Values::symbolic(1 << (self.n + self.term_qubits), self.complex))
    }

    fn fill<S: Scalar>(&self, matrix: &SparseMatrix<S>) -> Option<Filled> {
        if is_complex(matrix) && !self.complex {
            return None;
        }
        let labels = self.labels.as_deref();
        let weights = weights(matrix, labels);
        let mut amplitudes = vec![0.0; 1 << self.term_qubits];
        for (&mask, weight) in &weights {
            amplitudes[self.place(mask)?] = weight.sqrt();
        }
        let length = 1 << (self.n + self.term_qubits);
        let mut tables = DiagonalTables::new(length, self.complex, self.hermitian);
        for (row, column, value) in matrix.iter() {
            let column = label(labels, column);
            let mask = label(labels, row) ^ column;
            tables.set(column + (self.place(mask)? << self.n), value, weights[&mask]);
        }
        let circuit = self.circuit(AngleTable::Dense(amplitudes), tables.finish());
        Some(Filled { circuit, alpha: weights.values().sum(), truncation: 0.0 })
    }

    fn circuit(&self, amplitudes: AngleTable, values: Values) -> Circuit {
        let preparation = Preparation::Amplitudes(amplitudes);
        let parts = Parts {
            system_qubits: self.n,
            term_qubits: self.term_qubits,
            preparation,
            values,
            reflect: self.hermitian,
            work: false,
        };
        let circuit = self.build(parts);
        match &self.labels {
            None => circuit,
            Some(labels) => relabelled(circuit, labels, self.n, self.term_qubits),
        }
    }

    fn build(&self, parts: Parts) -> Circuit {
        if self.is_direct() {
            return build(parts, exclusive_or_term);
        }
        build(parts, |circuit, definition, registers| {
            let mut entries: Vec<u64> = self.masks.iter().map(|&mask| mask as u64).collect();
            entries.resize(1 << self.term_qubits, 0);
            let entries = circuit.add_indices(IndexTable::Dense { width: self.n as u32, values: entries });
            definition.push_structured(Structured::TableLookup {
                address: registers.term.qubits().collect(),
                target: registers.system.qubits().collect(),
                entries,
                relative_phase: false,
            });
        })
    }
}

/// The template for a matrix of dimension 2^n, n >= 1, that is not zero.
pub(crate) fn template_for<S: Scalar>(
    matrix: &SparseMatrix<S>,
    hermitian: bool,
) -> Result<Template<S>, EncodingError> {
    let n = matrix.rows().trailing_zeros() as usize;
    let plain = laid_out(matrix, hermitian, None)?;
    let relabelled = match greedy_labels(matrix) {
        Some(labels) => Some(laid_out(matrix, hermitian, Some(labels))?),
        None => None,
    };
    let (layout, alpha, symbolic) = match relabelled {
        Some(relabelled) if merit(&relabelled)? < merit(&plain)? => relabelled,
        _ => plain,
    };
    Ok(template(Method::Dyadic, n, alpha, hermitian, symbolic, move |matrix| {
        layout.fill(matrix).ok_or(EncodingError::Pattern { method: Method::Dyadic.name() })
    }))
}

/// A layout with its alpha and its circuit without values.
type LaidOut = (Layout, f64, Circuit);

fn laid_out<S: Scalar>(
    matrix: &SparseMatrix<S>,
    hermitian: bool,
    labels: Option<Vec<u32>>,
) -> Result<LaidOut, EncodingError> {
    let n = matrix.rows().trailing_zeros() as usize;
    let weights = weights(matrix, labels.as_deref());
    let alpha = weights.values().sum();
    let masks: Vec<usize> = weights.into_keys().collect();
    let term_qubits = qubits_for(masks.len()).min(n);
    crate::select::check_table(Method::Dyadic, matrix.rows(), n + term_qubits)?;
    let layout = Layout { n, labels, masks, term_qubits, hermitian, complex: is_complex(matrix) };
    let symbolic = layout.symbolic();
    Ok((layout, alpha, symbolic))
}

/// `cx` gates times alpha.
fn merit((_, alpha, circuit): &LaidOut) -> Result<f64, EncodingError> {
    Ok(qnewton_circuit::cost(circuit)?.gate(Gate::Cx) as f64 * alpha)
}

/// The encoding between a permutation of the system's basis states, which controls skip, and its inverse.
fn relabelled(mut circuit: Circuit, labels: &[u32], n: usize, term_qubits: usize) -> Circuit {
    let Ok(inner) = circuit.entry_id() else { return circuit };
    let images = labels.iter().map(|&label| u64::from(label)).collect();
    let images = circuit.add_indices(IndexTable::Dense { width: n as u32, values: images });
    let mut permutation = Definition::new("relabel");
    let qubits = permutation.add_register("system", n).qubits().collect();
    permutation.push_structured(Structured::Permutation { qubits, images });
    let outer = circuit.add(permutation);
    let name = circuit.fresh_name("relabelled_encoding");
    let (mut definition, (system, term, flag)) = signature(&name, n, term_qubits);
    let all = system.qubits().chain(term.qubits()).chain([flag]);
    definition.conjugate(Call::new(outer, system.qubits()), Call::new(inner, all));
    circuit.add(definition);
    circuit
}

/// The permutation j -> j xor term.
pub(crate) fn exclusive_or_term(_: &mut Circuit, definition: &mut Definition, registers: &Registers) {
    for (control, target) in registers.term.qubits().zip(registers.system.qubits()) {
        definition.gate(Gate::Cx, &[control, target], &[]);
    }
}
