//! The circuit of the reflection.

use super::error::{StateSolverError, check_rhs};
use super::kernel::{KernelAngles, KernelProblem, add_kernel_polynomial};
use super::plan::ShortcutPlan;
use crate::polynomial::kernel_reflection;
use crate::solver::{Query, SolverCircuit, projected_qubits, with_registers};
use crate::state_preparation::{PREPARE_RHS, add_tabulated_preparation, symbolic_amplitudes};
use qnewton_circuit::{Angle, AngleTable, Call, Circuit, CircuitError, Control, Gate, QubitId};
use qnewton_encoding::BlockEncoding;
use std::f64::consts::FRAC_PI_2;

/// The circuit that leaves the direction of A^-1 b, up to a sign, in `system` where all other registers read 0. Its
/// squared norm there is the success probability.
///
/// `rhs` has one real amplitude for each value of `system`; its norm does not matter. The matrix may have any symmetry.
/// Each query is one call of the encoding or its inverse under the control of `level`; only its inner part is
/// controlled. The number of queries is that of the plan, unless rounding of the polynomial asks for two more.
pub fn shortcut_circuit(
    encoding: &BlockEncoding,
    rhs: &[f64],
    plan: &ShortcutPlan,
) -> Result<SolverCircuit, StateSolverError> {
    check_rhs(rhs, encoding.system_qubits)?;
    let polynomial = kernel_reflection(plan.gap, plan.reflection_error)?;
    let angles = KernelAngles::of(&polynomial.series)?;
    Ok(build(encoding, AngleTable::Dense(rhs.to_vec()), plan, angles)?)
}

/// The circuit of a plan for any right-hand side, for its cost: tables have lengths only.
pub fn shortcut_symbolic(
    encoding: &BlockEncoding,
    plan: &ShortcutPlan,
) -> Result<SolverCircuit, CircuitError> {
    let rhs = symbolic_amplitudes(encoding.system_qubits);
    build(encoding, rhs, plan, KernelAngles::symbolic(plan.queries))
}

fn build(
    encoding: &BlockEncoding,
    rhs: AngleTable,
    plan: &ShortcutPlan,
    angles: KernelAngles,
) -> Result<SolverCircuit, CircuitError> {
    let queries = angles.degree();
    let mut circuit = Circuit::new();
    let query = Query::import(&mut circuit, encoding)?;
    let prepare_rhs = add_tabulated_preparation(&mut circuit, PREPARE_RHS, encoding.system_qubits, rhs);
    let system = || (0..encoding.system_qubits as u32).map(QubitId);

    // On level 1 the queries do nothing, so a qubit of their ancillas is free to be rotated to <0|Ry|0> = 1/t.
    let (bare, qubits) = with_registers("bare", &query.registers, &[]);
    let (mut projected, _) = projected_qubits(encoding, &bare, &qubits);
    let mut registers = query.registers.clone();
    let mut count = qubits.len() as u32;
    if projected.is_empty() {
        registers.push(("rotation".to_string(), 1));
        projected.push(QubitId(count));
        count += 1;
    }
    registers.push(("level".to_string(), 1));
    let level = QubitId(count);
    let everything: Vec<QubitId> = (0..=count).map(QubitId).collect();

    let (mut block, _) = with_registers(&circuit.fresh_name("block_on_levels"), &registers, &[]);
    block.call(query.call(false).controlled([Control { qubit: level, on: false }]));
    if let [rotated, ..] = projected[..] {
        let angle = Angle::from(2.0 * (1.0 / plan.norm).acos());
        block.controlled_gate(&[Control { qubit: level, on: true }], Gate::Ry, &[rotated], &[angle]);
    }
    let block = circuit.add(block);
    let (mut prepare, _) = with_registers(&circuit.fresh_name("prepare_on_levels"), &registers, &[]);
    prepare.call(Call::new(prepare_rhs, system()));
    query.enter(&mut prepare);
    prepare.gate(Gate::Ry, &[level], &[FRAC_PI_2]);
    let prepare = circuit.add(prepare);
    let problem = KernelProblem { registers, block, projected, prepare };
    let reflection = add_kernel_polynomial(&mut circuit, &problem, angles);

    let (mut main, _) = with_registers("main", &problem.registers, &[("signal", 1)]);
    main.call(Call::new(prepare_rhs, system()));
    query.enter(&mut main);
    main.gate(Gate::X, &[level], &[]);
    main.call(Call::new(reflection, everything.into_iter().chain([QubitId(count + 1)])));
    query.leave(&mut main);
    circuit.add(main);
    Ok(SolverCircuit { circuit, queries, queries_b: queries + 1 })
}
