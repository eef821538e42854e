//! The circuit: clock, evolutions, table.

use super::error::EvolutionError;
use super::plan::EvolutionPlan;
use super::simulation::Evolution;
use crate::hhl::add_inverse_fourier_transform;
use crate::solver::{Query, SolverCircuit, projected_qubits, with_registers};
use crate::state_preparation::{PREPARE_RHS, add_state_preparation};
use crate::transformation::fresh_register;
use qnewton_circuit::{
    AngleTable, Axis, Call, Circuit, Control, Definition, DefinitionId, Gate, QubitId, Structured,
    StructuredOperation,
};
use qnewton_encoding::BlockEncoding;
use std::f64::consts::{FRAC_PI_2, PI};

/// The circuit that prepares b and applies the plan's polynomial of t A by phase estimation: where all registers but
/// `system` read 0, x over (||b|| times the plan's scale) is left, with its sign.
///
/// `encoding` must be its own inverse, `rhs` has one real amplitude for each value of `system`; its norm does not matter.
/// Registers: those of the encoding, `clock`, `inverse`, `signal`.
pub fn evolution_circuit(
    encoding: &BlockEncoding,
    rhs: &[f64],
    plan: &EvolutionPlan,
) -> Result<SolverCircuit, EvolutionError> {
    if !encoding.hermitian {
        return Err(EvolutionError::NotSelfInverse { encoding: encoding.name.clone() });
    }
    if encoding.alpha != plan.alpha {
        return Err(EvolutionError::OtherEncoding { planned: plan.alpha, found: encoding.alpha });
    }
    let qubits = u32::try_from(encoding.system_qubits).ok();
    let expected = qubits.and_then(|qubits| 1usize.checked_shl(qubits)).unwrap_or(0);
    let usable = rhs.iter().all(|value| value.is_finite()) && rhs.iter().any(|&value| value != 0.0);
    if rhs.len() != expected || !usable {
        return Err(EvolutionError::RightHandSide { found: rhs.len(), expected });
    }
    let mut circuit = Circuit::new();
    let query = Query::import(&mut circuit, encoding)?;
    let prepare = add_state_preparation(&mut circuit, PREPARE_RHS, rhs);
    let step = add_step(&mut circuit, encoding, &query);
    let evolutions: Vec<DefinitionId> = plan
        .evolutions
        .iter()
        .map(|evolution| add_evolution(&mut circuit, &query.registers, step, evolution))
        .collect();
    let fourier = add_inverse_fourier_transform(&mut circuit, plan.clock_qubits);
    let rotate = add_rotation(&mut circuit, plan);

    let names = ["clock", "inverse", "signal"].map(|name| fresh_register(&query.registers, name));
    let more = [(names[0].as_str(), plan.clock_qubits), (names[1].as_str(), 1), (names[2].as_str(), 1)];
    let (mut estimate, own) = with_registers("estimate_phases", &query.registers, &more);
    let start = own.len() as u32;
    let clock: Vec<QubitId> = (start..start + plan.clock_qubits as u32).map(QubitId).collect();
    let [inverse, signal] = [0, 1].map(|offset| QubitId(start + plan.clock_qubits as u32 + offset));
    for &direction in &clock[..evolutions.len()] {
        estimate.gate(Gate::H, &[direction], &[]);
    }
    for (&evolution, &direction) in evolutions.iter().zip(&clock) {
        estimate.call(Call::new(evolution, own.iter().copied().chain([signal, direction])));
    }
    estimate.call(Call::new(fourier, clock.iter().copied()));
    let estimate = circuit.add(estimate);

    let (mut main, _) = with_registers("main", &query.registers, &more);
    main.call(Call::new(prepare, (0..encoding.system_qubits as u32).map(QubitId)));
    query.enter(&mut main);
    let everything: Vec<QubitId> = (0..main.qubit_count() as u32).map(QubitId).collect();
    let rotate = Call::new(rotate, clock.into_iter().chain([inverse]));
    main.conjugate(Call::new(estimate, everything), rotate);
    query.leave(&mut main);
    circuit.add(main);
    Ok(SolverCircuit { circuit, queries: plan.queries, queries_b: 1 })
}

const STEP: &[(&str, usize)] = &[("signal", 1), ("time_direction", 1)];

/// diag(v, 1), a rotation of the signal, diag(1, 1/v), another rotation: v = i W where `direction` is 1 and -i W where it
/// is 0, up to a factor -i or i of the whole.
fn add_step(circuit: &mut Circuit, encoding: &BlockEncoding, query: &Query) -> DefinitionId {
    let (mut step, own) = with_registers("evolution_step", &query.registers, STEP);
    let [signal, direction] = [0, 1].map(|offset| QubitId((own.len() + offset) as u32));
    let (projected, others) = projected_qubits(encoding, &step, &own);
    let [first, second] = ["first", "second"].map(|name| step.add_parameter(name));
    let turn = |step: &mut Definition| {
        step.gate(Gate::P, &[signal], &[-FRAC_PI_2]);
        step.gate(Gate::Cz, &[direction, signal], &[]);
    };
    // -W = (1 - 2|0><0|) U.
    step.call(query.call(false).controlled([Control { qubit: signal, on: false }]));
    step.gate(Gate::X, &[signal], &[]);
    sign_of_zeros(&mut step, &projected, signal, &others);
    step.gate(Gate::X, &[signal], &[]);
    turn(&mut step);
    step.gate_with(Gate::Ry, &[signal], &[first]);
    sign_of_zeros(&mut step, &projected, signal, &others);
    step.call(query.call(true).controlled([Control { qubit: signal, on: true }]));
    turn(&mut step);
    step.gate_with(Gate::Ry, &[signal], &[second]);
    circuit.add(step)
}

/// exp(i tau A/alpha) where `direction` is 1, its inverse where it is 0, on `signal` in |0>.
fn add_evolution(
    circuit: &mut Circuit,
    registers: &[(String, usize)],
    step: DefinitionId,
    evolution: &Evolution,
) -> DefinitionId {
    let name = circuit.fresh_name("evolution");
    let (mut definition, own) = with_registers(&name, registers, STEP);
    let signal = QubitId(own.len() as u32);
    if let [first, others @ ..] = &evolution.angles[..] {
        definition.gate(Gate::Ry, &[signal], &[*first]);
        let table = circuit.add_angles(AngleTable::Dense(others.to_vec()));
        let everything = (0..definition.qubit_count() as u32).map(QubitId);
        definition.call(Call::new(step, everything).repeated_with(evolution.degree, table));
    }
    // (-i)^d = i^d, d even.
    if evolution.degree % 4 == 2 {
        definition.global_phase(&PI.into());
    }
    circuit.add(definition)
}

/// G_k/normalization on the |0> of `inverse`, k in the order that the Fourier transform leaves.
fn add_rotation(circuit: &mut Circuit, plan: &EvolutionPlan) -> DefinitionId {
    let angles = plan.table.iter().map(|value| 2.0 * value.acos()).collect();
    let angles = circuit.add_angles(AngleTable::Dense(angles));
    let mut definition = Definition::new(circuit.fresh_name("rotate_inverse"));
    let selects: Vec<QubitId> = definition.add_register("clock", plan.clock_qubits).qubits().rev().collect();
    let target = definition.add_register("inverse", 1).qubit(0);
    definition.push_structured(Structured::MultiplexedRotation { axis: Axis::Y, selects, target, angles });
    circuit.add(definition)
}

/// Appends Z on `target` where all of `zeros` are |0>; the `dirty` qubits may be borrowed.
fn sign_of_zeros(definition: &mut Definition, zeros: &[QubitId], target: QubitId, dirty: &[QubitId]) {
    let controls = zeros.iter().map(|&qubit| Control { qubit, on: false }).collect();
    let kind = Structured::Gate { gate: Gate::Z, qubits: vec![target], angles: vec![] };
    definition.push_structured(StructuredOperation { controls, dirty: dirty.to_vec(), ..kind.into() });
}
