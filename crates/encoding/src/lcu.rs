//! What the methods share: A = sum over terms c of D_c P_c, P_c a permutation of the unknowns and D_c diagonal.
//!
//! A register `term` is prepared with amplitudes sqrt(w_c / alpha), w_c = max |D_c|, alpha = sum of w_c; a flag is
//! rotated such that <0| is D_c / w_c; the permutation is applied; the preparation is undone.

use qnewton_circuit::{
    AngleTable, Axis, Call, Circuit, Definition, Gate, QubitId, Register, RegisterKind, Structured, TableId,
};
use std::f64::consts::FRAC_PI_2;

/// How the register of terms is prepared.
pub(crate) enum Preparation {
    /// All basis states with the same amplitude.
    Uniform,
    /// The amplitudes of a table.
    Amplitudes(AngleTable),
}

/// The parts of an encoding that differ between methods.
pub(crate) struct Parts {
    pub system_qubits: usize,
    pub term_qubits: usize,
    pub preparation: Preparation,
    /// Angles 2 arccos(D_c(j) / w_c), index j + 2^system * c.
    pub angles: AngleTable,
    /// Whether the flag is reflected rather than rotated, which makes U Hermitian if the rest allows it.
    pub reflect: bool,
    /// Whether the permutation needs a clean register of the size of the system.
    pub work: bool,
}

/// Registers of an encoding: term may be empty.
pub(crate) struct Registers {
    pub system: Register,
    pub term: Register,
    pub work: Option<Register>,
}

/// Builds the circuit; `permute` adds the permutation selected by the term.
pub(crate) fn build(
    parts: Parts,
    permute: impl FnOnce(&mut Circuit, &mut Definition, &Registers),
) -> Circuit {
    let mut circuit = Circuit::new();
    let values = circuit.add_angles(parts.angles);
    let mut definition = Definition::new("block_encoding");
    let system = definition.add_register("system", parts.system_qubits);
    // A single term needs no register.
    let term = match parts.term_qubits {
        0 => Register { name: "term".into(), kind: RegisterKind::Operand, start: 0, len: 0 },
        qubits => definition.add_register("term", qubits),
    };
    let flag = definition.add_register("flag", 1).qubit(0);
    let work = parts
        .work
        .then(|| definition.add_register_of("work", parts.system_qubits, RegisterKind::CleanAncilla));
    let prepare = prepare_terms(&mut circuit, parts.preparation, parts.term_qubits);

    let prepare_call = prepare.map(|prepare| Call::new(prepare, term.qubits()));
    if let Some(call) = &prepare_call {
        definition.call(call.clone());
    }
    let selects = system.qubits().chain(term.qubits()).collect();
    definition.push_structured(value_rotation(selects, flag, values));
    if parts.reflect {
        definition.gate(Gate::Z, &[flag], &[]);
    }
    permute(&mut circuit, &mut definition, &Registers { system, term, work });
    if let Some(call) = prepare_call {
        definition.call(call.inverted());
    }
    circuit.add(definition);
    circuit
}

fn value_rotation(selects: Vec<QubitId>, target: QubitId, angles: TableId) -> Structured {
    Structured::MultiplexedRotation { axis: Axis::Y, selects, target, angles }
}

/// A definition that prepares the register of terms; `None` without terms.
fn prepare_terms(
    circuit: &mut Circuit,
    preparation: Preparation,
    qubits: usize,
) -> Option<qnewton_circuit::DefinitionId> {
    if qubits == 0 {
        return None;
    }
    let mut definition = Definition::new("prepare_terms");
    let term = definition.add_register("term", qubits);
    match preparation {
        // Ry(pi/2) |0> is the uniform superposition too, and its inverse has no phase convention to agree on.
        Preparation::Uniform => {
            term.qubits().for_each(|qubit| definition.gate(Gate::Ry, &[qubit], &[FRAC_PI_2]))
        }
        Preparation::Amplitudes(table) => {
            let amplitudes = circuit.add_angles(table);
            definition.push_structured(Structured::StatePreparation {
                qubits: term.qubits().collect(),
                amplitudes,
            });
        }
    }
    Some(circuit.add(definition))
}

/// Angle of the flag for a value of magnitude at most `largest`.
pub(crate) fn value_angle(value: f64, largest: f64) -> f64 {
    if largest == 0.0 { std::f64::consts::PI } else { 2.0 * (value / largest).clamp(-1.0, 1.0).acos() }
}

/// Number of qubits that hold `count` values.
pub(crate) fn qubits_for(count: usize) -> usize {
    count.max(1).next_power_of_two().trailing_zeros() as usize
}
