//! Preparation of the register of terms and of the direction.

use qnewton_circuit::{AngleTable, Circuit, Definition, DefinitionId, Gate, QubitId, Structured};
use std::f64::consts::FRAC_PI_2;

/// Amplitudes of the register of terms.
pub(crate) enum Amplitudes {
    /// Only their number matters for the gates: the same whatever the values, which may be symbolic.
    Any(AngleTable),
    /// Values that the gates may depend on.
    Known(Vec<f64>),
}

/// A definition with the registers `term` and `direction`, whichever have qubits; `None` if neither does. The
/// direction becomes a uniform superposition.
pub(super) fn prepare(
    circuit: &mut Circuit,
    term_qubits: usize,
    has_direction: bool,
    amplitudes: Amplitudes,
) -> Option<DefinitionId> {
    if term_qubits == 0 && !has_direction {
        return None;
    }
    let mut definition = Definition::new("prepare_terms");
    if term_qubits > 0 {
        let term: Vec<QubitId> = definition.add_register("term", term_qubits).qubits().collect();
        prepare_terms(circuit, &mut definition, &term, amplitudes);
    }
    if has_direction {
        let direction = definition.add_register("direction", 1).qubit(0);
        definition.gate(Gate::Ry, &[direction], &[FRAC_PI_2]);
    }
    Some(circuit.add(definition))
}

fn prepare_terms(
    circuit: &mut Circuit,
    definition: &mut Definition,
    term: &[QubitId],
    amplitudes: Amplitudes,
) {
    let table = match (amplitudes, term) {
        (Amplitudes::Known(values), &[low, high]) => {
            let rotations = PairRotations::of([values[0], values[1], values[2], values[3]]);
            return prepare_pair(definition, low, high, rotations, rotations.entangling != 0.0);
        }
        (Amplitudes::Any(table), &[low, high]) => {
            let values = table.to_dense().ok();
            let values = values.as_deref().unwrap_or(&[1.0, 0.0, 0.0, 0.0]);
            let rotations = PairRotations::of([values[0], values[1], values[2], values[3]]);
            return prepare_pair(definition, low, high, rotations, true);
        }
        (Amplitudes::Known(values), _) if values.iter().all(|value| *value == values[0]) => {
            AngleTable::Constant { length: values.len() as u64, value: values[0] }
        }
        (Amplitudes::Known(values), _) => AngleTable::Dense(values),
        (Amplitudes::Any(table), _) => table,
    };
    let amplitudes = circuit.add_angles(table);
    definition.push_structured(Structured::StatePreparation { qubits: term.to_vec(), amplitudes });
}

/// Two real qubits by their Schmidt decomposition: one `cx`.
#[derive(Clone, Copy)]
struct PairRotations {
    entangling: f64,
    low: f64,
    high: f64,
}

impl PairRotations {
    /// Of the amplitudes of |high low> = |00>, |01>, |10>, |11>: as a matrix with row `high` and column `low`, they are
    /// R(high) diag(s, t) R(low)^T, R(angle) = \[\[cos, -sin\], \[sin, cos\]\], where t may be negative.
    fn of([a, b, c, d]: [f64; 4]) -> Self {
        let (sum, difference) = (f64::midpoint(a, d), (a - d) / 2.0);
        let (symmetric, antisymmetric) = (f64::midpoint(c, b), (c - b) / 2.0);
        let (first, second) = (sum.hypot(antisymmetric), difference.hypot(symmetric));
        let (one, two) = (symmetric.atan2(difference), antisymmetric.atan2(sum));
        let (s, t) = (first + second, first - second);
        let product = t.abs() <= 4.0 * f64::EPSILON * s;
        PairRotations {
            entangling: if product { 0.0 } else { 2.0 * t.atan2(s) },
            // Ry(angle) turns by half of its angle.
            low: one - two,
            high: one + two,
        }
    }
}

fn prepare_pair(
    definition: &mut Definition,
    low: QubitId,
    high: QubitId,
    rotations: PairRotations,
    entangle: bool,
) {
    if entangle {
        definition.gate(Gate::Ry, &[high], &[rotations.entangling]);
        definition.gate(Gate::Cx, &[high, low], &[]);
    }
    definition.gate(Gate::Ry, &[low], &[rotations.low]);
    definition.gate(Gate::Ry, &[high], &[rotations.high]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use qnewton_statevector::unitary;

    proptest! {
        #[test]
        fn pairs_are_prepared(values in proptest::array::uniform4(-1.0..1.0f64), product in any::<bool>()) {
            let [a, b, c, d] = values;
            let values = if product { [a * c, b * c, a * d, b * d] } else { values };
            let norm = values.iter().map(|value| value * value).sum::<f64>().sqrt();
            prop_assume!(norm > 1e-3);
            for known in [true, false] {
                let mut circuit = Circuit::new();
                let amplitudes = match known {
                    true => Amplitudes::Known(values.to_vec()),
                    false => Amplitudes::Any(AngleTable::Dense(values.to_vec())),
                };
                prepare(&mut circuit, 2, false, amplitudes);
                let column = &unitary(&circuit).unwrap()[0];
                for (found, expected) in column.iter().zip(values) {
                    prop_assert!((found - expected / norm).norm() < 1e-13);
                }
            }
        }
    }
}
