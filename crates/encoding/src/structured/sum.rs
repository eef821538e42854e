//! Encoding of a sum of shifts with constant coefficients, plus a diagonal matrix.

use super::patterns::Pattern;
use crate::error::EncodingError;
use crate::lcu::{Values, value_angle};
use crate::method::Method;
use crate::select::check_table;
use crate::shifts::{Amplitudes, Body, Layout, Padding, Shift, Signs, Term};
use crate::walsh::{combine, fit};
use num_complex::Complex64;
use qnewton_circuit::{AngleTable, Circuit, Gate, cost};

/// A diagonal that varies is searched for few Walsh functions up to this many rows.
const WALSH_QUBITS: usize = 24;

/// The main diagonal.
#[derive(Clone, Debug)]
pub(super) enum Diagonal {
    /// No entries.
    Absent,
    /// All entries equal.
    Constant(Complex64),
    /// Anything else; real if the sum is symmetric.
    Varied(Vec<Complex64>),
}

/// A sum of shifts and a diagonal matrix.
pub(super) struct Sum {
    pub system_qubits: usize,
    pub symmetric: bool,
    pub pattern: Pattern,
    pub diagonal: Diagonal,
}

/// What a sum becomes.
pub(super) struct Encoded {
    pub circuit: Circuit,
    pub alpha: f64,
    pub projected: Vec<String>,
    /// `cx` before elision.
    pub cx: u128,
}

impl Sum {
    /// The cheapest encoding.
    pub(super) fn encode(&self) -> Result<Encoded, EncodingError> {
        let Pattern { groups, shifts, padding } = &self.pattern;
        let mut terms: Vec<Term> = shifts.iter().map(|(term, _)| *term).collect();
        let mut coefficients: Vec<Complex64> = shifts.iter().map(|(_, value)| *value).collect();
        let mut weights: Vec<f64> = coefficients.iter().map(|value| value.norm()).collect();
        let main = match &self.diagonal {
            Diagonal::Absent => None,
            Diagonal::Constant(value) => Some((*value, value.norm())),
            // The rotation of the flag has the sign.
            Diagonal::Varied(values) => {
                Some((Complex64::ONE, values.iter().map(|value| value.norm()).fold(0.0, f64::max)))
            }
        };
        if let Some((value, weight)) = main {
            terms.insert(0, Term { shift: Shift::NONE, back: false });
            coefficients.insert(0, value);
            weights.insert(0, weight);
        }
        let directed = coefficients.iter().any(|value| value.im != 0.0);
        let ends: Vec<(bool, Option<Padding>)> = match *padding {
            None => vec![(false, None)],
            Some(from) => vec![
                (false, Some(Padding { from, upper: true })),
                (true, Some(Padding { from, upper: false })),
            ],
        };
        let mut best: Option<Encoded> = None;
        for (close, padding) in ends {
            let mut groups = groups.clone();
            groups.iter_mut().for_each(|group| group.open &= !close);
            for layout in Layout::candidates(self.system_qubits, &groups, &terms, self.symmetric, directed) {
                let encoded = self.encode_as(&layout, &coefficients, &weights, padding)?;
                if best.as_ref().is_none_or(|best| encoded.cx < best.cx) {
                    best = Some(encoded);
                }
            }
        }
        best.ok_or(EncodingError::ZeroMatrix)
    }

    fn encode_as(
        &self,
        layout: &Layout,
        coefficients: &[Complex64],
        weights: &[f64],
        padding: Option<Padding>,
    ) -> Result<Encoded, EncodingError> {
        let values = match &self.diagonal {
            Diagonal::Varied(values) => Some(self.values(layout, values, weights[0])?),
            _ => None,
        };
        let projected = layout.projected(values.is_some(), padding.is_some());
        let body = Body { values, framed: false, signs: Signs::of(layout, coefficients), padding };
        let circuit = layout.circuit(Amplitudes::Known(layout.amplitudes(weights)), body);
        let cx = cost(&circuit)?.gate(Gate::Cx);
        Ok(Encoded { circuit, alpha: layout.alpha(weights), projected, cx })
    }

    /// Rotations of the flag: by the diagonal for its code, which is the first one, by 0 for all others.
    fn values(&self, layout: &Layout, values: &[Complex64], weight: f64) -> Result<Values, EncodingError> {
        let real = values.iter().all(|value| value.im == 0.0);
        let diagonal = layout.codes()[0];
        if real && self.system_qubits <= WALSH_QUBITS {
            let parts: Vec<f64> = values.iter().map(|value| value.re).collect();
            let size = parts.len();
            if let Some(found) = fit(&parts, weight, size..size, 0.0, size / 4) {
                let terms: Vec<_> = layout
                    .codes()
                    .iter()
                    .map(|&code| (code, if code == diagonal { found.coefficients.as_slice() } else { &[] }))
                    .collect();
                let angles = combine(&terms, self.system_qubits, layout.term_qubits());
                return Ok(Values { angles, phases: None });
            }
        }
        if self.pattern.shifts.is_empty() {
            return Err(EncodingError::NotApplicable {
                method: Method::Structured.name(),
                reason: "a diagonal matrix without structure".to_string(),
            });
        }
        check_table(Method::Structured, values.len(), self.system_qubits + layout.term_qubits())?;
        let mut angles = vec![0.0; values.len() << layout.term_qubits()];
        let mut phases = vec![0.0; if real { 0 } else { angles.len() }];
        let start = values.len() * diagonal as usize;
        for (j, value) in values.iter().enumerate() {
            let plain = value.im == 0.0;
            angles[start + j] = value_angle(if plain { value.re } else { value.norm() }, weight);
            if !plain {
                phases[start + j] = -2.0 * value.arg();
            }
        }
        let phases = (!real).then_some(AngleTable::Dense(phases));
        Ok(Values { angles: AngleTable::Dense(angles), phases })
    }
}
