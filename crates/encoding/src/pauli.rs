//! Pauli LCU: A = sum_P c_P P over Pauli strings, alpha = sum |c_P|.
//!
//! A register `term` is prepared with amplitudes sqrt(|c_P| / alpha), the string that it selects is applied with the
//! phase of its coefficient, and the preparation is undone. For a Hermitian matrix all coefficients are real, what is
//! selected is its own inverse, and so is U. There are three ways to select one of L strings on n qubits, of which the
//! one with the fewest `cx`, preparation included, is taken; t = log2 L rounded up:
//!
//! | layout | term register | `cx` of the selection | of both preparations |
//! |---|---|---|---|
//! | [`span`] | coordinates in the span of the strings over GF(2), r <= 2n qubits | 2^r + at most 2n r | 2^(r+1) |
//! | [`unary`] | counts the strings | 7 for each, and one for each letter by which neighbours differ | 2^(t+1) |
//! | [`lookup`] | counts the strings | (2n + 1) 2^t | 2^(t+1) |
//!
//! Dense matrices have all 4^n strings: their span is everything, the register holds the masks themselves, and what a
//! selection costs is the signs. Scattered strings are counted if they are fewer than about 4^n / 4, by unary
//! iteration in 7 to 12 `cx` each; a look-up is ahead of it by a little for 16 strings on 3 qubits only.
//!
//! Where an error is allowed, the smallest coefficients are dropped as long as the sum of their magnitudes, or the
//! Frobenius norm of what they make, sqrt(N sum |c_P|^2), is at most that error.

mod decomposition;
mod lookup;
mod span;
mod unary;

pub use decomposition::{PauliString, pauli_decomposition};

use crate::error::EncodingError;
use crate::fable::threshold::budget;
use crate::lcu::{Preparation, prepare_terms, qubits_for};
use crate::method::Method;
use crate::template::{Filled, Template};
use decomposition::{Phased, expand};
use qnewton_circuit::{AngleTable, Call, Circuit, Definition, Gate, QubitId, Register, cost};
use qnewton_matrix::{Scalar, SparseMatrix};
use span::Span;
use std::sync::Arc;

/// At most that many strings on the masks that occur.
const STRINGS: u128 = 1 << 22;

/// At most that many strings are counted by the register of terms.
const COUNTED: usize = 1 << 16;

/// Coordinates of a span at most.
const COORDINATES: usize = 24;

/// A span with this many coordinates more than it takes to count the strings costs more than to iterate over them.
const SPARE_COORDINATES: usize = 3;

/// A string with its coefficient, |c| e^(i phase) X^x Z^z.
#[derive(Clone, Copy, Debug)]
struct Term {
    magnitude: f64,
    phased: Phased,
}

/// Which value of the register of terms selects which string.
enum Layout {
    Span(Span),
    /// Value k selects string k; sorted by [`PauliString::interleaved`].
    Unary(Vec<PauliString>),
    /// The same.
    Lookup(Vec<PauliString>),
}

/// The template for a matrix of dimension 2^n, n >= 1, that is not zero; `error` as in
/// [`crate::EncodingOptions::error`].
pub(crate) fn template_for<S: Scalar>(
    matrix: &SparseMatrix<S>,
    hermitian: bool,
    error: f64,
) -> Result<Template<S>, EncodingError> {
    let n = matrix.rows().trailing_zeros() as usize;
    let (terms, _) = terms(matrix, hermitian, error)?;
    let mut strings: Vec<PauliString> = terms.iter().map(|term| term.phased.string).collect();
    strings.sort_unstable_by_key(|string| string.interleaved());
    let mut best: Option<(u128, Layout, Circuit)> = None;
    for layout in candidates(n, strings) {
        // The phases of an iteration are gates; those of the others stand in tables.
        let phases = match layout {
            Layout::Unary(_) => layout.slots(&terms).map_or(Vec::new(), |(_, phases)| phases),
            Layout::Span(_) | Layout::Lookup(_) => Vec::new(),
        };
        let circuit = layout.circuit(n, AngleTable::Symbolic { length: 1 << layout.term_qubits() }, &phases);
        let two_qubit = cost(&circuit)?.gate(Gate::Cx);
        if best.as_ref().is_none_or(|(least, ..)| two_qubit < *least) {
            best = Some((two_qubit, layout, circuit));
        }
    }
    let Some((_, layout, circuit)) = best else {
        return Err(crate::select::too_large(Method::PauliLcu, matrix.rows(), 2 * n));
    };
    Ok(Template {
        method: Method::PauliLcu,
        system_qubits: n,
        projected: vec!["term".to_string()],
        alpha: terms.iter().map(|term| term.magnitude).sum(),
        hermitian,
        spectral: false,
        circuit,
        fill: Arc::new(move |matrix: &SparseMatrix<S>| {
            let (terms, truncation) = self::terms(matrix, hermitian, error)?;
            let (amplitudes, phases) =
                layout.slots(&terms).ok_or(EncodingError::Pattern { method: Method::PauliLcu.name() })?;
            Ok(Filled {
                circuit: layout.circuit(n, AngleTable::Dense(amplitudes), &phases),
                alpha: terms.iter().map(|term| term.magnitude).sum(),
                truncation,
            })
        }),
    })
}

/// The strings of a matrix that are kept for an error, in order, and the error that results.
fn terms<S: Scalar>(
    matrix: &SparseMatrix<S>,
    hermitian: bool,
    error: f64,
) -> Result<(Vec<Term>, f64), EncodingError> {
    let mut terms = Vec::new();
    expand(matrix, STRINGS, |string, mut coefficient| {
        if hermitian {
            // Real or imaginary as i^popcount(x & z) is; the other part is rounding.
            let odd = (string.x & string.z).count_ones() % 2 == 1;
            *if odd { &mut coefficient.re } else { &mut coefficient.im } = 0.0;
        }
        let (magnitude, phase) = coefficient.to_polar();
        if magnitude > 0.0 {
            terms.push(Term { magnitude, phased: Phased { string, phase } });
        }
    })?;
    let alpha: f64 = terms.iter().map(|term| term.magnitude).sum();
    // An iteration has a number of gates for each string, all of which round.
    let length = (terms.len() as f64).powi(2);
    let Some(budget) = budget(matrix, error, alpha, length) else { return Ok((terms, 0.0)) };
    let mut order: Vec<usize> = (0..terms.len()).collect();
    order.sort_unstable_by(|&a, &b| terms[a].magnitude.total_cmp(&terms[b].magnitude).then(a.cmp(&b)));
    // Squares in units of the largest entry neither overflow nor vanish.
    let (scale, size) = (matrix.max_abs(), matrix.rows() as f64);
    let (mut sum, mut square, mut truncation) = (0.0, 0.0, 0.0);
    let mut is_kept = vec![true; terms.len()];
    for position in order {
        sum += terms[position].magnitude;
        square += (terms[position].magnitude / scale).powi(2);
        let bound = f64::min(sum, scale * (size * square).sqrt());
        if bound > budget {
            break;
        }
        truncation = bound;
        is_kept[position] = false;
    }
    let mut kept = is_kept.into_iter();
    terms.retain(|_| kept.next() == Some(true));
    Ok((terms, truncation))
}

/// The layouts that are small enough for these strings, sorted by [`PauliString::interleaved`].
fn candidates(n: usize, strings: Vec<PauliString>) -> Vec<Layout> {
    let mut layouts = Vec::new();
    let span = Span::of(n, &strings);
    let mut limit = COORDINATES;
    if strings.len() <= COUNTED {
        limit = limit.min(qubits_for(strings.len()) + SPARE_COORDINATES);
        layouts.push(Layout::Unary(strings.clone()));
        layouts.push(Layout::Lookup(strings));
    }
    if span.term_qubits() <= limit {
        layouts.push(Layout::Span(span));
    }
    layouts
}

impl Layout {
    fn term_qubits(&self) -> usize {
        match self {
            Layout::Span(span) => span.term_qubits(),
            Layout::Unary(strings) | Layout::Lookup(strings) => qubits_for(strings.len()),
        }
    }

    /// The value that selects a string.
    fn slot(&self, string: PauliString) -> Option<usize> {
        match self {
            Layout::Span(span) => span.coordinates(string),
            Layout::Unary(strings) | Layout::Lookup(strings) => {
                strings.binary_search_by_key(&string.interleaved(), |string| string.interleaved()).ok()
            }
        }
    }

    /// Amplitudes and phases of all values of the register; `None` if a string has none. What is not prepared has the
    /// phase that makes it Hermitian.
    fn slots(&self, terms: &[Term]) -> Option<(Vec<f64>, Vec<f64>)> {
        let mut amplitudes = vec![0.0; 1 << self.term_qubits()];
        let mut phases: Vec<f64> = match self {
            Layout::Span(span) => span.strings().map(|string| Phased::plain(string).phase).collect(),
            Layout::Unary(strings) | Layout::Lookup(strings) => {
                strings.iter().map(|&string| Phased::plain(string).phase).collect()
            }
        };
        for term in terms {
            let slot = self.slot(term.phased.string)?;
            amplitudes[slot] = term.magnitude.sqrt();
            phases[slot] = term.phased.phase;
        }
        Some((amplitudes, phases))
    }

    /// The circuit for n system qubits; without values where the amplitudes have none. `phases` are those before
    /// X^x Z^z, of which only an iteration needs any where there are no amplitudes.
    fn circuit(&self, n: usize, amplitudes: AngleTable, phases: &[f64]) -> Circuit {
        let mut circuit = Circuit::new();
        let qubits = self.term_qubits();
        let is_symbolic = amplitudes.is_symbolic();
        let prepare = prepare_terms(&mut circuit, Preparation::Amplitudes(amplitudes), qubits);
        let name = if prepare.is_some() { "select" } else { "block_encoding" };
        let (mut definition, system, term) = signature(name, n, qubits);
        let term: Vec<QubitId> = term.map_or(Vec::new(), |term| term.qubits().collect());
        match self {
            Layout::Span(span) => {
                span.select(&mut circuit, &mut definition, &system, &term, phases, is_symbolic)
            }
            Layout::Unary(strings) => unary::select(&mut definition, &system, &term, strings, phases),
            Layout::Lookup(strings) => {
                lookup::select(&mut circuit, &mut definition, &system, &term, strings, phases, is_symbolic);
            }
        }
        let inner = circuit.add(definition);
        if let Some(outer) = prepare {
            let (mut entry, system, term) = signature("block_encoding", n, qubits);
            let term = || term.iter().flat_map(Register::qubits);
            entry.conjugate(Call::new(outer, term()), Call::new(inner, system.qubits().chain(term())));
            circuit.add(entry);
        }
        circuit
    }
}

/// A definition with the registers system and, if it is not empty, term.
fn signature(name: &str, n: usize, term_qubits: usize) -> (Definition, Register, Option<Register>) {
    let mut definition = Definition::new(name);
    let system = definition.add_register("system", n);
    let term = (term_qubits > 0).then(|| definition.add_register("term", term_qubits));
    (definition, system, term)
}

/// Applies a string, its Y included, under a control: one `cx` for each letter.
fn push_controlled(definition: &mut Definition, string: PauliString, control: QubitId, system: &Register) {
    for (bit, qubit) in system.qubits().enumerate() {
        let gate = match (string.x >> bit & 1, string.z >> bit & 1) {
            (0, 0) => continue,
            (1, 0) => Gate::Cx,
            (0, _) => Gate::Cz,
            _ => Gate::Cy,
        };
        definition.gate(gate, &[control, qubit], &[]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use qnewton_circuit::count;
    use qnewton_circuit::lower::{allocate_ancillas, expand_controls, lower_structures};
    use qnewton_matrix::is_hermitian;
    use qnewton_statevector::full_block;

    /// A matrix of dimension 2^n with few or many strings.
    fn matrix(n: usize, strings: usize, hermitian: bool) -> SparseMatrix<num_complex::Complex64> {
        let size = 1u64 << n;
        let mut triplets = Vec::new();
        for k in 0..strings as u64 {
            let string = PauliString { x: k * k * 5 % size, z: (k * 11 + k * k * 3) % size };
            let phase = if hermitian { 0.0 } else { k as f64 };
            let phased = Phased { phase: Phased::plain(string).phase + phase, string };
            for column in 0..size {
                let sign = if (string.z & column).count_ones() % 2 == 1 { -1.0 } else { 1.0 };
                let value = num_complex::Complex64::from_polar(sign * (1.0 + k as f64 * 0.1), phased.phase);
                triplets.push(((column ^ string.x) as usize, column as usize, value));
            }
        }
        SparseMatrix::from_triplets(size as usize, size as usize, triplets).unwrap()
    }

    #[test]
    fn every_layout_selects_the_same_strings() {
        for (n, strings, hermitian) in (1..=3)
            .flat_map(|n| [1, 2, 3, 5, 8, 11].map(|strings| (n, strings, true)))
            .chain([(1, 3, false), (2, 5, false), (3, 13, false)])
        {
            let matrix = matrix(n, strings, hermitian);
            let (terms, _) = terms(&matrix, false, 0.0).unwrap();
            let alpha: f64 = terms.iter().map(|term| term.magnitude).sum();
            let mut strings: Vec<PauliString> = terms.iter().map(|term| term.phased.string).collect();
            strings.sort_unstable_by_key(|string| string.interleaved());
            let layouts = candidates(n, strings);
            assert_eq!(layouts.len(), 3);
            for layout in layouts {
                let (amplitudes, phases) = layout.slots(&terms).unwrap();
                let length = amplitudes.len() as u64;
                let circuit = layout.circuit(n, AngleTable::Dense(amplitudes), &phases);
                let system: Vec<QubitId> = (0..n as u32).map(QubitId).collect();
                for (j, column) in full_block(&circuit, &system).unwrap().iter().enumerate() {
                    for (i, entry) in column.iter().enumerate() {
                        assert!((entry * alpha - matrix.get(i, j)).norm() < 1e-12 * alpha);
                    }
                }
                let symbolic = layout.circuit(n, AngleTable::Symbolic { length }, &phases);
                let expanded = expand_controls(&allocate_ancillas(&circuit).unwrap()).unwrap();
                assert_eq!(
                    cost(&symbolic).unwrap(),
                    count(&lower_structures(&expanded, false).unwrap()).unwrap()
                );
                let operands: Vec<QubitId> =
                    (0..circuit.entry().unwrap().operand_count() as u32).map(QubitId).collect();
                let u = full_block(&circuit, &operands).unwrap();
                for (i, column) in u.iter().enumerate() {
                    let square: f64 = column.iter().map(|entry| entry.norm_sqr()).sum();
                    assert!((square - 1.0).abs() < 1e-12, "the path does not come back to 0");
                    for (j, entry) in column.iter().enumerate() {
                        assert!(!is_hermitian(&matrix) || (entry - u[j][i].conj()).norm() < 1e-12);
                    }
                }
            }
        }
    }
}
