//! Banded: A = sum over distances k of D_k S^k, S^k the shift of the index by k, cyclic where that is shorter; alpha =
//! sum over k of max |D_k|.
//!
//! Coefficients are looked up by multiplexed rotations of a flag over all 2^n indices, or, where few Walsh functions
//! suffice, over those. In the latter case the ends are open: what a coefficient beyond the end would be does not matter
//! and is chosen such that few functions suffice.

use crate::error::EncodingError;
use crate::lcu::{DiagonalTables, Values, is_complex};
use crate::method::Method;
use crate::select::check_table;
use crate::shifts::{Amplitudes, Body, Group, Layout, Shift, Signs, Term};
use crate::template::{EncodingOptions, Filled, Template};
use crate::walsh::{WalshFit, combine, fit};
use qnewton_circuit::{AngleTable, Circuit, Gate, cost};
use qnewton_matrix::{Scalar, SparseMatrix};
use std::sync::Arc;

/// More distances than this are refused.
const LIMIT: usize = 64;

/// Matrices of up to 2^this rows are searched for coefficients of few Walsh functions.
const WALSH_QUBITS: usize = 24;

/// The template for a matrix of dimension 2^n, n >= 1, that is not zero.
pub(crate) fn template_for<S: Scalar>(
    matrix: &SparseMatrix<S>,
    hermitian: bool,
    options: &EncodingOptions,
) -> Result<Template<S>, EncodingError> {
    let n = matrix.rows().trailing_zeros() as usize;
    let complex = is_complex(matrix);
    let mut best: Option<(u128, Plan, Circuit, f64)> = None;
    let mut refused = None;
    let mut consider = |plan: Plan| -> Result<(), EncodingError> {
        let (circuit, alpha) = match plan.template_circuit(matrix) {
            Ok(Some(found)) => found,
            Ok(None) => return Ok(()),
            Err(error) => {
                refused = Some(error);
                return Ok(());
            }
        };
        let cx = cost(&circuit)?.gate(Gate::Cx);
        if best.as_ref().is_none_or(|(least, ..)| cx < *least) {
            best = Some((cx, plan, circuit, alpha));
        }
        Ok(())
    };
    for (open, sparse) in [(false, false), (false, true), (true, true)] {
        if sparse && (complex || !(2..=WALSH_QUBITS).contains(&n)) {
            continue;
        }
        let terms = terms(matrix, hermitian, open)?;
        let group = Group { bits: 0..n, open };
        for layout in Layout::candidates(n, &[group], &terms, hermitian, complex) {
            consider(Plan { layout, sparse, complex, allowed: options.error })?;
        }
    }
    match (best, refused) {
        (Some((_, plan, circuit, alpha)), _) => Ok(Template {
            method: Method::Banded,
            system_qubits: n,
            projected: plan.layout.projected(true, false),
            alpha,
            hermitian,
            spectral: false,
            circuit,
            fill: Arc::new(move |matrix| {
                plan.fill(matrix).ok_or(EncodingError::Pattern { method: Method::Banded.name() })
            }),
        }),
        (None, Some(error)) => Err(error),
        (None, None) => {
            Err(EncodingError::NotApplicable { method: Method::Banded.name(), reason: "no diagonals".into() })
        }
    }
}

/// The terms that occur, by increasing distance.
fn terms<S: Scalar>(
    matrix: &SparseMatrix<S>,
    symmetric: bool,
    open: bool,
) -> Result<Vec<Term>, EncodingError> {
    let mut found = std::collections::BTreeSet::new();
    for (row, column, _) in matrix.iter() {
        let place = place(matrix.rows(), symmetric, open, row, column);
        if let Some(place) = place
            && found.insert((place.distance, place.back))
            && found.len() > LIMIT
        {
            let reason = format!("the matrix has more than {LIMIT} diagonals; other methods suit it better");
            return Err(EncodingError::NotApplicable { method: Method::Banded.name(), reason });
        }
    }
    let term = |(distance, back)| Term { shift: Shift { group: 0, distance }, back };
    Ok(found.into_iter().map(term).collect())
}

/// Where an entry belongs.
struct Place {
    distance: u64,
    back: bool,
    /// The index that it is looked up at: the column, or the lower end of a symmetric pair, which is the column too.
    index: usize,
}

/// `None` for the mirror image of an entry that belongs somewhere.
fn place(dimension: usize, symmetric: bool, open: bool, row: usize, column: usize) -> Option<Place> {
    let forth = row.wrapping_sub(column) & (dimension - 1);
    let back = if open { row < column } else { forth > dimension / 2 };
    let distance = if back { dimension - forth } else { forth } as u64;
    let distance = if open { row.abs_diff(column) as u64 } else { distance };
    (!(symmetric && back)).then_some(Place { distance, back, index: column })
}

/// An encoding without values.
struct Plan {
    layout: Layout,
    /// Whether coefficients are sums of few Walsh functions.
    sparse: bool,
    complex: bool,
    /// The error that sums of few Walsh functions may have.
    allowed: f64,
}

impl Plan {
    /// The circuit without values, where it does not depend on them, and alpha; `None` where the plan does not suit.
    fn template_circuit<S: Scalar>(
        &self,
        matrix: &SparseMatrix<S>,
    ) -> Result<Option<(Circuit, f64)>, EncodingError> {
        let layout = &self.layout;
        if self.sparse {
            return Ok(self.fill(matrix).map(|filled| (filled.circuit, filled.alpha)));
        }
        let qubits = layout.system_qubits + layout.term_qubits();
        check_table(Method::Banded, matrix.rows(), qubits)?;
        let Some(coefficients) = self.coefficients(matrix) else { return Ok(None) };
        let values = Values::symbolic(1 << qubits, self.complex);
        let alpha = layout.alpha(&weights(&coefficients));
        Ok(Some((self.circuit(layout.symbolic_amplitudes(), values), alpha)))
    }

    fn circuit(&self, amplitudes: Amplitudes, values: Values) -> Circuit {
        let body = Body {
            values: Some(values),
            framed: self.layout.has_direction(),
            signs: Signs::NONE,
            padding: None,
        };
        self.layout.circuit(amplitudes, body)
    }

    /// The coefficients of each term by index; `None` if an entry belongs to none of them.
    fn coefficients<S: Scalar>(&self, matrix: &SparseMatrix<S>) -> Option<Vec<Vec<S>>> {
        let Layout { groups, terms, symmetric, .. } = &self.layout;
        let mut result = vec![vec![S::zero(); matrix.rows()]; terms.len()];
        for (row, column, value) in matrix.iter() {
            let Some(place) = place(matrix.rows(), *symmetric, groups[0].open, row, column) else { continue };
            let belongs = |term: &Term| {
                term.shift.distance == place.distance && (term.back == place.back || place.distance == 0)
            };
            result[terms.iter().position(belongs)?][place.index] = value;
        }
        Some(result)
    }

    fn fill<S: Scalar>(&self, matrix: &SparseMatrix<S>) -> Option<Filled> {
        if is_complex(matrix) && !self.complex {
            return None;
        }
        let layout = &self.layout;
        let coefficients = self.coefficients(matrix)?;
        let mut weights = weights(&coefficients);
        let (values, truncation) = if self.sparse {
            self.sparse_values(&coefficients, &mut weights)?
        } else {
            let length = matrix.rows() << layout.term_qubits();
            let mut tables = DiagonalTables::new(length, self.complex, false);
            for ((values, &weight), &code) in coefficients.iter().zip(&weights).zip(layout.codes()) {
                let start = matrix.rows() * code as usize;
                values.iter().enumerate().for_each(|(j, &value)| tables.set(start + j, value, weight));
            }
            (tables.finish(), 0.0)
        };
        let amplitudes = Amplitudes::Any(AngleTable::Dense(layout.amplitudes(&weights)));
        let circuit = self.circuit(amplitudes, values);
        Some(Filled { circuit, alpha: layout.alpha(&weights), truncation })
    }

    /// Few Walsh functions for each term, and the error that they make. A weight grows to the next power of two where
    /// that alone makes the angles sparse: values made from a sum of Walsh functions need not reach their weight.
    fn sparse_values<S: Scalar>(
        &self,
        coefficients: &[Vec<S>],
        weights: &mut [f64],
    ) -> Option<(Values, f64)> {
        let layout = &self.layout;
        let multiplicities: Vec<f64> = layout.terms.iter().map(|term| layout.multiplicity(term)).collect();
        // A little less, so that rounding of the sum of all shares does not exceed what is allowed.
        let share = self.allowed * (1.0 - 1e-12) / multiplicities.iter().sum::<f64>();
        let mut fits: Vec<WalshFit> = Vec::with_capacity(coefficients.len());
        for ((values, weight), term) in coefficients.iter().zip(weights).zip(&layout.terms) {
            let real: Vec<f64> = values.iter().map(|value| value.real_part()).collect();
            let length = real.len();
            let distance = term.shift.distance as usize;
            let free = match (layout.groups[0].open, term.back) {
                (false, _) => length..length,
                (true, false) => length - distance..length,
                (true, true) => 0..distance,
            };
            let found = fit(&real, *weight, free.clone(), share, length / 2);
            fits.push(match found {
                Some(found) => found,
                None => {
                    *weight = weight.log2().ceil().exp2();
                    fit(&real, *weight, free, share, length / 8)?
                }
            });
        }
        let truncation = fits.iter().zip(&multiplicities).map(|(fit, times)| fit.error * times).sum();
        let terms: Vec<_> = layout
            .codes()
            .iter()
            .zip(&fits)
            .map(|(&code, fit)| (code, fit.coefficients.as_slice()))
            .collect();
        let angles = combine(&terms, layout.system_qubits, layout.term_qubits());
        Some((Values { angles, phases: None }, truncation))
    }
}

/// The largest magnitude of each term.
fn weights<S: Scalar>(coefficients: &[Vec<S>]) -> Vec<f64> {
    let largest = |values: &Vec<S>| values.iter().map(|value| value.magnitude()).fold(0.0, f64::max);
    coefficients.iter().map(largest).collect()
}
