//! Real polynomials of definite parity, applied to the singular values of the block of any definition.
//!
//! Gilyén, Su, Low, Wiebe, arXiv 1806.01838: with <0|U|0> = W S V^T the sequence U, phase, U^-1, phase, U, ... applies
//! W P(S) V^T for odd P and V P(S) V^T for even P. One signal qubit, in and out in |0>, averages the sequence with its
//! complex conjugate. A phase between U and U^-1 is the inner part of a conjugation, so that controls of the whole
//! control no query but the last one of an odd sequence.

use crate::solver::with_registers;
use qnewton_circuit::{
    Angle, AngleTable, Call, Circuit, Definition, DefinitionId, Gate, QubitId, Structured,
    StructuredOperation,
};
use std::f64::consts::FRAC_PI_2;

/// What is transformed. All qubits are those of `registers`, in a definition that has these registers first.
pub(crate) struct Block {
    /// Operand registers, `system` first.
    pub(crate) registers: Vec<(String, usize)>,
    /// U.
    pub(crate) call: Call,
    /// The qubits that must read 0.
    pub(crate) projected: Vec<QubitId>,
}

/// The angles of a sequence of d >= 1 queries.
pub(crate) struct SequenceAngles {
    /// The first and the last angle, the phase included.
    ends: [f64; 2],
    /// The d - 1 others, in time order.
    inner: Inner,
}

enum Inner {
    Values(Vec<f64>),
    Symbolic(u64),
}

impl SequenceAngles {
    /// d + 1 angles of [`crate::phases::qsvt_angles`] and their phase; `None` for fewer than two.
    pub(crate) fn new(angles: &[f64], phase: f64) -> Option<Self> {
        let [first, inner @ .., last] = angles else {
            return None;
        };
        let inner = Inner::Values(inner.iter().rev().copied().collect());
        Some(SequenceAngles { ends: [*first, last + phase], inner })
    }

    /// Angles without values for `degree` >= 1 queries.
    pub(crate) fn symbolic(degree: u64) -> Self {
        SequenceAngles { ends: [1.0, 1.0], inner: Inner::Symbolic(degree.saturating_sub(1)) }
    }

    /// Number of queries.
    pub(crate) fn degree(&self) -> u64 {
        1 + match &self.inner {
            Inner::Values(values) => values.len() as u64,
            Inner::Symbolic(count) => *count,
        }
    }
}

/// Adds the sequence, a definition on the registers of the block and one more qubit.
pub(crate) fn add_transformation(
    circuit: &mut Circuit,
    block: &Block,
    angles: SequenceAngles,
) -> DefinitionId {
    let signal_register = [(fresh_register(&block.registers, "signal"), 1)];
    let signal_register = [(signal_register[0].0.as_str(), 1)];
    let define = |circuit: &Circuit, name: &str| {
        with_registers(&circuit.fresh_name(name), &block.registers, &signal_register)
    };
    let (mut phase, query) = define(circuit, "phase_between_queries");
    let signal = QubitId(query.len() as u32);
    let everything: Vec<QubitId> = query.iter().copied().chain([signal]).collect();
    let angle = phase.add_parameter("phi");
    let others = query.into_iter().filter(|qubit| !block.projected.contains(qubit)).collect();
    let kind = Structured::Reflection { qubits: block.projected.clone(), signal: Some(signal), angle };
    phase.push_structured(StructuredOperation { dirty: others, ..kind.into() });
    let phase = circuit.add(phase);
    let phase = |angle: Angle| Call::new(phase, everything.iter().copied()).with_angles([angle]);

    let (mut round, _) = define(circuit, "query_and_back");
    let angle = round.add_parameter("phi");
    round.conjugate(block.call.clone(), phase(angle));
    let round = circuit.add(round);
    let round = |angle: Angle| Call::new(round, everything.iter().copied()).with_angles([angle]);

    let degree = angles.degree();
    let pairs = (degree - 1) / 2;
    let (table, closing) = match angles.inner {
        Inner::Values(mut values) => {
            let closing = if degree.is_multiple_of(2) { values.pop() } else { None };
            (AngleTable::Dense(values), closing)
        }
        Inner::Symbolic(_) => {
            (AngleTable::Symbolic { length: 2 * pairs }, degree.is_multiple_of(2).then_some(1.0))
        }
    };
    let (mut step, _) = define(circuit, "round_and_phase");
    let [image, kernel] = ["phi_image", "phi_kernel"].map(|name| step.add_parameter(name));
    step.call(round(image));
    step.call(phase(kernel));
    let step = (pairs > 0).then(|| (circuit.add(step), circuit.add_angles(table)));

    // In time order: the last angle, then the others back to the first one. At both ends all projected qubits are |0>,
    // so the outer angles are rotations of the signal alone.
    let (mut body, _) = define(circuit, "transform_singular_values");
    turn_and_rotate(&mut body, signal, angles.ends[1]);
    if let Some((step, table)) = step {
        body.call(Call::new(step, everything.iter().copied()).repeated_with(pairs, table));
    }
    match closing {
        Some(angle) => body.call(round(Angle::from(angle))),
        None => body.call(block.call.clone()),
    }
    body.gate(Gate::Rz, &[signal], &[-2.0 * angles.ends[0]]);
    body.gate(Gate::Ry, &[signal], &[-FRAC_PI_2]);
    circuit.add(body)
}

fn turn_and_rotate(definition: &mut Definition, signal: QubitId, angle: f64) {
    definition.gate(Gate::Ry, &[signal], &[FRAC_PI_2]);
    definition.gate(Gate::Rz, &[signal], &[-2.0 * angle]);
}

/// The name, or the name with the first suffix that no register has.
pub(crate) fn fresh_register(registers: &[(String, usize)], name: &str) -> String {
    let taken = |candidate: &str| registers.iter().any(|(register, _)| register == candidate);
    let candidates = std::iter::once(name.to_string()).chain((2..).map(|suffix| format!("{name}_{suffix}")));
    candidates.into_iter().find(|candidate| !taken(candidate)).unwrap_or_default()
}
