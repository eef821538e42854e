//! Signs and phases of constant coefficients.

use super::Layout;
use crate::lcu::rotation;
use num_complex::Complex64;
use qnewton_circuit::{
    Angle, AngleTable, Axis, Circuit, Definition, Gate, QubitId, Structured, StructuredOperation,
};
use std::f64::consts::PI;

/// How the terms get their signs or phases.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Signs {
    /// -1 to the parity of some qubits of the register of terms, and -1 overall.
    Parity {
        /// The qubits.
        mask: u64,
        /// Whether there is a further sign.
        negative: bool,
    },
    /// A phase for each code.
    Phases(Vec<f64>),
    /// A phase for each code, of opposite sign in the other direction.
    Opposite(Vec<f64>),
}

impl Signs {
    /// No signs.
    pub(crate) const NONE: Signs = Signs::Parity { mask: 0, negative: false };

    /// Those of the terms' coefficients. In a symmetric sum a coefficient belongs to the shift forth, its conjugate to
    /// the shift back.
    pub(crate) fn of(layout: &Layout, coefficients: &[Complex64]) -> Signs {
        let real = coefficients.iter().all(|value| value.im == 0.0);
        if real && let Some(signs) = parity(layout, coefficients) {
            return signs;
        }
        let mut phases = vec![0.0; 1 << layout.term_qubits()];
        for (value, &code) in coefficients.iter().zip(layout.codes()) {
            phases[code as usize] =
                if value.im == 0.0 { if value.re < 0.0 { PI } else { 0.0 } } else { value.arg() };
        }
        if real || !layout.symmetric { Signs::Phases(phases) } else { Signs::Opposite(phases) }
    }

    /// Appends the gates, which commute with those that the register of terms controls.
    pub(super) fn apply(
        self,
        circuit: &mut Circuit,
        definition: &mut Definition,
        term: &[QubitId],
        direction: Option<QubitId>,
    ) {
        match self {
            Signs::Parity { mask, negative } => {
                if negative {
                    definition.global_phase(&Angle::from(PI));
                }
                for (bit, &qubit) in term.iter().enumerate() {
                    if mask >> bit & 1 == 1 {
                        definition.gate(Gate::Z, &[qubit], &[]);
                    }
                }
            }
            Signs::Phases(phases) | Signs::Opposite(phases) if term.is_empty() && direction.is_none() => {
                definition.global_phase(&Angle::from(phases[0]));
            }
            Signs::Opposite(phases) if direction.is_some() => {
                // e^(i phase Z).
                let angles = phases.iter().map(|phase| -2.0 * phase).collect();
                let table = circuit.add_angles(AngleTable::Dense(angles));
                if let Some(direction) = direction {
                    definition.push_structured(rotation(Axis::Z, term.to_vec(), direction, table));
                }
            }
            Signs::Phases(phases) | Signs::Opposite(phases) => {
                let phases = circuit.add_angles(AngleTable::Dense(phases));
                definition.push_structured(StructuredOperation::from(Structured::Diagonal {
                    qubits: term.to_vec(),
                    phases,
                }));
            }
        }
    }
}

/// Real signs as a parity of the code, if they are one: a linear system over GF(2).
fn parity(layout: &Layout, coefficients: &[Complex64]) -> Option<Signs> {
    // An equation is a code with a 1 above it for the overall sign, and the sign in the lowest bit.
    let qubits = layout.term_qubits();
    let equation = |(value, &code): (&Complex64, &u64)| {
        1u128 << (qubits + 1) | u128::from(code) << 1 | u128::from(value.re < 0.0)
    };
    let mut rows: Vec<u128> = Vec::new();
    let leading = |row: u128| 1u128 << (127 - row.leading_zeros());
    for mut row in coefficients.iter().zip(layout.codes()).map(equation) {
        for &other in &rows {
            if row & leading(other) != 0 {
                row ^= other;
            }
        }
        match row {
            0 => {}
            1 => return None,
            _ => {
                for other in &mut rows {
                    if *other & leading(row) != 0 {
                        *other ^= row;
                    }
                }
                rows.push(row);
            }
        }
    }
    // Unknowns without an equation of their own are 0.
    let solution = rows.iter().filter(|row| *row & 1 == 1).fold(0u128, |sum, row| sum | leading(*row)) >> 1;
    let negative = solution >> qubits & 1 == 1;
    Some(Signs::Parity { mask: (solution & ((1 << qubits) - 1)) as u64, negative })
}
