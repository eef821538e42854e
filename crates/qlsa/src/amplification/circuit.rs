//! The circuits of amplifications.

use super::error::AmplificationError;
use super::fixed_point;
use super::oblivious::oblivious_circuit;
use super::plan::{AmplificationPlan, Amplifier};
use crate::solver::{SolverCircuit, operand_registers, with_registers};
use qnewton_circuit::{
    Angle, AngleTable, Call, Circuit, CircuitError, Definition, DefinitionId, QubitId, RegisterKind,
    Structured, StructuredOperation,
};
use std::f64::consts::PI;

/// The circuit that amplifies a solver as planned; registers are those of the solver, and one qubit more if the
/// amplification is oblivious. Its projected amplitudes are those of the solver times the gain of the plan.
pub fn amplify(
    solver: &SolverCircuit,
    plan: &AmplificationPlan,
) -> Result<SolverCircuit, AmplificationError> {
    if plan.uses.saturating_mul(solver.queries) != plan.queries {
        let planned = plan.queries / plan.uses.max(1);
        return Err(AmplificationError::OtherSolver { planned, found: solver.queries });
    }
    match &plan.amplifier {
        Amplifier::Rounds { rounds } => {
            reflections(solver, plan, |circuit, step| {
                // G(-pi, pi) without a phase of its own.
                let angles = [-PI, PI].map(Angle::from);
                circuit_call(circuit, step).with_angles(angles).repeated(*rounds)
            })
        }
        Amplifier::FixedPoint { uses, width } => reflections(solver, plan, |circuit, step| {
            let phases = fixed_point::phases(*uses, *width);
            let pairs = phases.len() as u64;
            let table = phases.into_iter().flat_map(|(alpha, beta)| [alpha, beta]).collect();
            let table = circuit.add_angles(AngleTable::Dense(table));
            circuit_call(circuit, step).repeated_with(pairs, table)
        }),
        Amplifier::Oblivious { polynomial } => oblivious_circuit(solver, plan, polynomial),
    }
}

/// A call of a definition on its own qubits.
fn circuit_call(circuit: &Circuit, definition: DefinitionId) -> Call {
    Call::new(definition, (0..circuit.definition(definition).operand_count() as u32).map(QubitId))
}

/// The solver, then rotations; `rotations` calls the definition of one.
fn reflections(
    solver: &SolverCircuit,
    plan: &AmplificationPlan,
    rotations: impl FnOnce(&mut Circuit, DefinitionId) -> Call,
) -> Result<SolverCircuit, AmplificationError> {
    let mut circuit = Circuit::new();
    let entry = circuit.import(&solver.circuit)?;
    let step = add_rotation(&mut circuit, entry)?;
    let registers = operand_registers(&circuit, entry);
    let (mut main, _) = with_registers(&circuit.fresh_name("amplified"), &registers, &[]);
    main.call(circuit_call(&circuit, entry));
    let call = rotations(&mut circuit, step);
    if call.repetitions > 0 {
        main.call(call);
    }
    if plan.phase != 0.0 {
        main.global_phase(&Angle::from(-plan.phase));
    }
    circuit.add(main);
    Ok(SolverCircuit { circuit, queries: plan.queries, queries_b: plan.queries_b })
}

/// G(alpha, beta) of the fixed-point amplification but for a constant phase e^(i (beta - alpha)/2 + i pi): with
/// R_P(phi) = exp(i phi (2P - 1)) it is -e^(i (beta - alpha)/2) R_s(-alpha/2) R_t(beta/2), and this one is the product of
/// both R, s prepared by the solver.
fn add_rotation(circuit: &mut Circuit, entry: DefinitionId) -> Result<DefinitionId, AmplificationError> {
    let definition = circuit.definition(entry);
    let Some(system) = definition.register("system").map(|register| register.qubits()) else {
        return Err(AmplificationError::Circuit(no_system(&definition.name)));
    };
    let operands: Vec<QubitId> = (0..definition.operand_count() as u32).map(QubitId).collect();
    let (system, flags): (Vec<QubitId>, Vec<QubitId>) =
        operands.iter().partition(|&&qubit| system.clone().any(|other| other == qubit));
    if flags.is_empty() {
        return Err(AmplificationError::NothingToAmplify);
    }
    let registers = operand_registers(circuit, entry);
    let (mut start, _) = with_registers(&circuit.fresh_name("phase_of_start"), &registers, &[]);
    let angle = start.add_parameter("alpha").scaled(-0.5);
    phase_of_zeros(&mut start, &operands, &[], angle);
    let start = circuit.add(start);
    let (mut success, _) = with_registers(&circuit.fresh_name("phase_of_success"), &registers, &[]);
    let angle = success.add_parameter("beta").scaled(0.5);
    phase_of_zeros(&mut success, &flags, &system, angle);
    let success = circuit.add(success);
    let (mut rotation, _) = with_registers(&circuit.fresh_name("rotate_to_success"), &registers, &[]);
    let [alpha, beta] = ["alpha", "beta"].map(|name| rotation.add_parameter(name));
    rotation.call(Call::new(success, operands.iter().copied()).with_angles([beta]));
    rotation.conjugate(
        Call::new(entry, operands.iter().copied()).inverted(),
        Call::new(start, operands).with_angles([alpha]),
    );
    Ok(circuit.add(rotation))
}

/// exp(i angle (2|0><0| - 1)) on `zeros`; the `dirty` qubits may be borrowed.
fn phase_of_zeros(definition: &mut Definition, zeros: &[QubitId], dirty: &[QubitId], angle: Angle) {
    // A signal in |0>, and another qubit, make the cost linear in the number of qubits.
    let (mut signal, mut clean) = (None, Vec::new());
    if zeros.len() > LARGEST_QUADRATIC {
        let ancillas = definition.add_register_of("work", 2, RegisterKind::CleanAncilla);
        signal = Some(ancillas.qubit(0));
        clean.push(ancillas.qubit(1));
    }
    let kind = Structured::Reflection { qubits: zeros.to_vec(), signal, angle };
    definition.push_structured(StructuredOperation { clean, dirty: dirty.to_vec(), ..kind.into() });
}

/// Up to this many qubits a multi-controlled phase without ancillas is the cheaper one (measured).
const LARGEST_QUADRATIC: usize = 7;

pub(super) fn no_system(definition: &str) -> CircuitError {
    CircuitError::Malformed {
        definition: definition.to_string(),
        operation: 0,
        problem: "a solver has a register `system`".to_string(),
    }
}
