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
use rayon::prelude::*;
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
    let mut best: Option<(u128, Plan, Filled)> = None;
    let mut refused = None;
    let mut found: Option<Arc<(Vec<Vec<S>>, Sums)>> = None;
    for (open, sparse) in [(false, false), (false, true), (true, true)] {
        if sparse && (complex || !(2..=WALSH_QUBITS).contains(&n)) {
            continue;
        }
        let terms = terms(matrix, hermitian, open)?;
        let group = Group { bits: 0..n, open };
        let layouts = Layout::candidates(n, &[group], &terms, hermitian, complex);
        let Some(coefficients) = layouts.first().and_then(|layout| coefficients(layout, matrix)) else {
            continue;
        };
        let sums = if sparse { Sums::of(&layouts[0], &coefficients, options.error) } else { None };
        if sparse && sums.is_none() {
            continue;
        }
        let sums = sums.map(|sums| Arc::new((coefficients.clone(), sums)));
        for layout in layouts {
            let plan = Plan { layout, complex, allowed: sparse.then_some(options.error) };
            let filled = match &sums {
                Some(sums) => plan.with_sums(&sums.1),
                None => match check_table(Method::Banded, matrix.rows(), n + plan.layout.term_qubits()) {
                    Ok(()) => plan.without_values(&weights(&coefficients)),
                    Err(error) => {
                        refused = Some(error);
                        continue;
                    }
                },
            };
            let cx = cost(&filled.circuit)?.gate(Gate::Cx);
            if best.as_ref().is_none_or(|(least, ..)| cx < *least) {
                best = Some((cx, plan, filled));
                found = sums.clone();
            }
        }
    }
    match (best, refused) {
        (Some((_, plan, filled)), _) => Ok(Template {
            method: Method::Banded,
            system_qubits: n,
            projected: plan.layout.projected(true, false),
            alpha: filled.alpha,
            hermitian,
            spectral: false,
            circuit: filled.circuit,
            fill: Arc::new(move |matrix| {
                plan.fill(matrix, found.as_deref())
                    .ok_or(EncodingError::Pattern { method: Method::Banded.name() })
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
    // Few, so a list is searched faster than a set.
    let mut found: Vec<(u64, bool)> = Vec::new();
    for (row, column, _) in matrix.iter() {
        let Some(place) = place(matrix.rows(), symmetric, open, row, column) else { continue };
        if found.contains(&(place.distance, place.back)) {
            continue;
        }
        found.push((place.distance, place.back));
        if found.len() > LIMIT {
            let reason = format!("the matrix has more than {LIMIT} diagonals; other methods suit it better");
            return Err(EncodingError::NotApplicable { method: Method::Banded.name(), reason });
        }
    }
    found.sort_unstable();
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

/// The coefficients of each term by index; `None` if an entry belongs to none of them.
fn coefficients<S: Scalar>(layout: &Layout, matrix: &SparseMatrix<S>) -> Option<Vec<Vec<S>>> {
    let Layout { groups, terms, symmetric, .. } = layout;
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

/// Sums of few Walsh functions for the angles of each term.
struct Sums {
    fits: Vec<WalshFit>,
    weights: Vec<f64>,
    /// The error that they make.
    truncation: f64,
}

impl Sums {
    /// `None` if they are not few. A weight grows to the next power of two where that alone makes the angles sparse:
    /// values made from a sum of Walsh functions need not reach their weight.
    fn of<S: Scalar>(layout: &Layout, coefficients: &[Vec<S>], allowed: f64) -> Option<Self> {
        let multiplicities: Vec<f64> = layout.terms.iter().map(|term| layout.multiplicity(term)).collect();
        // A little less, so that rounding of the sum of all shares does not exceed what is allowed.
        let share = allowed * (1.0 - 1e-12) / multiplicities.iter().sum::<f64>();
        let largest = weights(coefficients);
        let found: Option<Vec<(WalshFit, f64)>> = (0..coefficients.len())
            .into_par_iter()
            .map(|position| {
                let real: Vec<f64> = coefficients[position].iter().map(|value| value.real_part()).collect();
                let (term, weight) = (layout.terms[position], largest[position]);
                let length = real.len();
                let distance = term.shift.distance as usize;
                let free = match (layout.groups[0].open, term.back) {
                    (false, _) => length..length,
                    (true, false) => length - distance..length,
                    (true, true) => 0..distance,
                };
                let round = weight.log2().ceil().exp2();
                let tight = fit(&real, weight, free.clone(), share, length / 2).map(|fit| (fit, weight));
                tight.or_else(|| fit(&real, round, free, share, length / 8).map(|fit| (fit, round)))
            })
            .collect();
        let (fits, weights): (Vec<_>, Vec<_>) = found?.into_iter().unzip();
        let truncation = fits.iter().zip(&multiplicities).map(|(fit, times)| fit.error * times).sum();
        Some(Sums { fits, weights, truncation })
    }
}

/// An encoding without values.
struct Plan {
    layout: Layout,
    complex: bool,
    /// The error that sums of few Walsh functions may have; `None` where all angles are looked up.
    allowed: Option<f64>,
}

impl Plan {
    /// What looks up all angles, without them.
    fn without_values(&self, weights: &[f64]) -> Filled {
        let values =
            Values::symbolic(1 << (self.layout.system_qubits + self.layout.term_qubits()), self.complex);
        let circuit = self.circuit(self.layout.symbolic_amplitudes(), values);
        Filled { circuit, alpha: self.layout.alpha(weights), truncation: 0.0 }
    }

    fn with_sums(&self, sums: &Sums) -> Filled {
        let layout = &self.layout;
        let coefficients = sums.fits.iter().map(|fit| fit.coefficients.as_slice());
        let terms: Vec<_> = layout.codes().iter().copied().zip(coefficients).collect();
        let angles = combine(&terms, layout.system_qubits, layout.term_qubits());
        self.filled(Values { angles, phases: None }, &sums.weights, sums.truncation)
    }

    /// The encoding with values; `known` are sums for some coefficients.
    fn fill<S: Scalar>(
        &self,
        matrix: &SparseMatrix<S>,
        known: Option<&(Vec<Vec<S>>, Sums)>,
    ) -> Option<Filled> {
        if is_complex(matrix) && !self.complex {
            return None;
        }
        let layout = &self.layout;
        let coefficients = coefficients(layout, matrix)?;
        if let Some(allowed) = self.allowed {
            return match known {
                Some((known, sums)) if *known == coefficients => Some(self.with_sums(sums)),
                _ => Some(self.with_sums(&Sums::of(layout, &coefficients, allowed)?)),
            };
        }
        let weights = weights(&coefficients);
        let length = matrix.rows() << layout.term_qubits();
        let mut tables = DiagonalTables::new(length, self.complex, false);
        for ((values, &weight), &code) in coefficients.iter().zip(&weights).zip(layout.codes()) {
            let start = matrix.rows() * code as usize;
            values.iter().enumerate().for_each(|(j, &value)| tables.set(start + j, value, weight));
        }
        Some(self.filled(tables.finish(), &weights, 0.0))
    }

    fn filled(&self, values: Values, weights: &[f64], truncation: f64) -> Filled {
        let amplitudes = Amplitudes::Any(AngleTable::Dense(self.layout.amplitudes(weights)));
        Filled { circuit: self.circuit(amplitudes, values), alpha: self.layout.alpha(weights), truncation }
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
}

/// The largest magnitude of each term.
fn weights<S: Scalar>(coefficients: &[Vec<S>]) -> Vec<f64> {
    let largest = |values: &Vec<S>| values.iter().map(|value| value.magnitude()).fold(0.0, f64::max);
    coefficients.iter().map(largest).collect()
}
