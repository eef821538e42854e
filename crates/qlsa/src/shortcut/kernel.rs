//! Even polynomials of G = (1 - |b><b|) M, applied to its right singular vectors.
//!
//! G needs no block encoding of its own: with <0|U|0> = M it is P' U P for the projectors P on the kernel side (the
//! ancillas of U read 0) and P' = P - P |b><b| on the image side, and singular value transformation asks for phases of
//! projectors only (Gilyén, Su, Low, Wiebe, arXiv 1806.01838). Since P' is a difference, exp(i phi (2P' - 1)) is a phase
//! of P, one of P |b><b| with the opposite angle, and a factor exp(-i phi): two reflections, one of them between a
//! preparation of b and its inverse.

use super::error::StateSolverError;
use crate::phases::{phase_factors, qsvt_angles};
use crate::polynomial::ChebyshevSeries;
use crate::solver::with_registers;
use qnewton_circuit::{
    Angle, AngleTable, Call, Circuit, Definition, DefinitionId, Gate, QubitId, RegisterKind, Structured,
    StructuredOperation,
};
use std::f64::consts::FRAC_PI_2;

/// The largest modulus of the polynomials that circuits implement: a phase factor algorithm needs a margin below 1. The
/// direction does not depend on it; the success probability has its square as a factor.
pub(crate) const POLYNOMIAL_NORM: f64 = 0.995;

/// Up to this many qubits a reflection about all of them takes no further one; beyond, one that is borrowed makes its
/// cost linear in their number in place of quadratic.
const LARGEST_UNAIDED: usize = 5;

const SIGNAL: &[(&str, usize)] = &[("signal", 1)];

/// What G is made of. All calls are on the qubits of `registers`.
pub(crate) struct KernelProblem {
    /// Operand registers, `system` first.
    pub(crate) registers: Vec<(String, usize)>,
    /// U with <0|U|0> = M, to be called on all qubits.
    pub(crate) block: DefinitionId,
    /// The qubits that read 0 on the kernel side.
    pub(crate) projected: Vec<QubitId>,
    /// |0> -> |b> on those qubits that are not projected, to be called on all qubits.
    pub(crate) prepare: DefinitionId,
}

impl KernelProblem {
    fn qubits(&self) -> Vec<QubitId> {
        let count: usize = self.registers.iter().map(|(_, len)| len).sum();
        (0..count as u32).map(QubitId).collect()
    }

    /// The qubits that the projectors do not look at.
    fn others(&self) -> Vec<QubitId> {
        self.qubits().into_iter().filter(|qubit| !self.projected.contains(qubit)).collect()
    }

    /// Adds exp(i angle (2P - 1) (x) Z).
    fn kernel_phase(&self, definition: &mut Definition, signal: QubitId, angle: Angle) {
        let kind = Structured::Reflection { qubits: self.projected.clone(), signal: Some(signal), angle };
        definition.push_structured(StructuredOperation { dirty: self.others(), ..kind.into() });
    }
}

/// The angles of an even polynomial of G, in time order: its last angle comes first.
pub(crate) struct KernelAngles {
    /// The degree, which is the number of queries.
    degree: u64,
    /// The last angle, the phase included, and the first one.
    ends: [f64; 2],
    /// Those in between: one on the image side and one on the kernel side for each round but the closing one.
    rounds: AngleTable,
    /// The one on the image side of the closing round, where there are rounds.
    closing: f64,
}

impl KernelAngles {
    /// The angles of `series` times [`POLYNOMIAL_NORM`] over its largest modulus.
    pub(crate) fn of(series: &ChebyshevSeries) -> Result<Self, StateSolverError> {
        let scaled = series.scaled(POLYNOMIAL_NORM / series.max_norm().value)?;
        let (angles, phase) = qsvt_angles(&phase_factors(&scaled)?);
        let (first, last) = (angles.first().copied().unwrap_or(0.0), angles.last().copied().unwrap_or(0.0));
        let mut rounds: Vec<f64> =
            angles.iter().rev().skip(1).take(angles.len().saturating_sub(2)).copied().collect();
        let closing = rounds.pop().unwrap_or(0.0);
        let ends = [last + phase, first];
        Ok(KernelAngles { degree: series.degree() as u64, ends, rounds: AngleTable::Dense(rounds), closing })
    }

    /// Angles of an even degree without values, for costs.
    pub(crate) fn symbolic(degree: u64) -> Self {
        let rounds = AngleTable::Symbolic { length: degree.saturating_sub(2) };
        KernelAngles { degree, ends: [1.0; 2], rounds, closing: 1.0 }
    }

    /// The number of queries.
    pub(crate) fn degree(&self) -> u64 {
        self.degree
    }
}

/// Adds a definition on the registers of the problem and one signal qubit, in and out in |0>, that applies the even
/// polynomial with these angles to the right singular vectors of G.
pub(crate) fn add_kernel_polynomial(
    circuit: &mut Circuit,
    problem: &KernelProblem,
    angles: KernelAngles,
) -> DefinitionId {
    let round = add_round(circuit, problem);
    let (mut step, query) =
        with_registers(&circuit.fresh_name("round_and_phase"), &problem.registers, SIGNAL);
    let signal = QubitId(query.len() as u32);
    let everything: Vec<QubitId> = query.into_iter().chain([signal]).collect();
    let [image, kernel] = ["phi_image", "phi_kernel"].map(|name| step.add_parameter(name));
    step.call(Call::new(round, everything.iter().copied()).with_angles([image]));
    problem.kernel_phase(&mut step, signal, kernel);
    let step = circuit.add(step);

    // At both ends all ancillas are |0>, so the outer angles are rotations of the signal alone; in |+> it averages the
    // sequence with its complex conjugate.
    let KernelAngles { degree, ends, rounds, closing } = angles;
    let (mut body, _) = with_registers(&circuit.fresh_name("kernel_polynomial"), &problem.registers, SIGNAL);
    body.gate(Gate::Ry, &[signal], &[FRAC_PI_2]);
    body.gate(Gate::Rz, &[signal], &[-2.0 * ends[0]]);
    if degree > 0 {
        if !rounds.is_empty() {
            let repetitions = rounds.len() / 2;
            let table = circuit.add_angles(rounds);
            body.call(Call::new(step, everything.iter().copied()).repeated_with(repetitions, table));
        }
        body.call(Call::new(round, everything).with_angles([Angle::from(closing)]));
    }
    body.gate(Gate::Rz, &[signal], &[-2.0 * ends[1]]);
    body.gate(Gate::Ry, &[signal], &[-FRAC_PI_2]);
    circuit.add(body)
}

/// One more qubit in any state, which is restored: one that callers do not use where they call the definition.
pub(crate) fn borrow(definition: &mut Definition) -> QubitId {
    let mut name = "borrowed".to_string();
    while definition.register(&name).is_some() {
        name.push('_');
    }
    definition.add_register_of(name, 1, RegisterKind::DirtyAncilla).qubit(0)
}

/// U; exp(i phi (2P' - 1) (x) Z); U^-1, the middle as exp(-i phi (2|b><b| P - 1) (x) Z) exp(i phi (2P - 1) (x) Z)
/// exp(-i phi Z).
fn add_round(circuit: &mut Circuit, problem: &KernelProblem) -> DefinitionId {
    let (mut opposite, query) =
        with_registers(&circuit.fresh_name("opposite_phase"), &problem.registers, SIGNAL);
    let signal = QubitId(query.len() as u32);
    let phi = opposite.add_parameter("phi");
    let angle = phi.scaled(-1.0);
    let dirty = if query.len() > LARGEST_UNAIDED { vec![borrow(&mut opposite)] } else { Vec::new() };
    let kind = Structured::Reflection { qubits: query.clone(), signal: Some(signal), angle };
    opposite.push_structured(StructuredOperation { dirty, ..kind.into() });
    let opposite = circuit.add(opposite);
    let everything: Vec<QubitId> = query.iter().copied().chain([signal]).collect();

    let (mut image, _) = with_registers(&circuit.fresh_name("image_phase"), &problem.registers, SIGNAL);
    let phi = image.add_parameter("phi");
    let opposite = Call::new(opposite, everything.iter().copied()).with_angles([phi.clone()]);
    image.conjugate(Call::new(problem.prepare, query.iter().copied()).inverted(), opposite);
    problem.kernel_phase(&mut image, signal, phi.clone());
    image.gate_with(Gate::Rz, &[signal], &[phi.scaled(2.0)]);
    let image = circuit.add(image);

    let (mut round, _) = with_registers(&circuit.fresh_name("round"), &problem.registers, SIGNAL);
    let phi = round.add_parameter("phi");
    round.conjugate(Call::new(problem.block, query), Call::new(image, everything).with_angles([phi]));
    circuit.add(round)
}
