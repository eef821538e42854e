//! A polynomial of the solver's block, by singular value transformation.

use super::circuit::no_system;
use super::error::AmplificationError;
use super::plan::AmplificationPlan;
use crate::phases::{phase_factors, qsvt_angles};
use crate::polynomial::AmplifyingPolynomial;
use crate::solver::{SolverCircuit, operand_registers, with_registers};
use crate::transformation::{Block, SequenceAngles, add_transformation, fresh_register};
use qnewton_circuit::{Call, Circuit, Definition, DefinitionId, Operation, QubitId};

/// Prepares the right-hand side as the solver does and applies the polynomial to what the solver does next.
pub(super) fn oblivious_circuit(
    solver: &SolverCircuit,
    plan: &AmplificationPlan,
    polynomial: &AmplifyingPolynomial,
) -> Result<SolverCircuit, AmplificationError> {
    let mut circuit = Circuit::new();
    let entry = circuit.import(&solver.circuit)?;
    let registers = operand_registers(&circuit, entry);
    let Some(system) = circuit.definition(entry).register("system").cloned() else {
        return Err(AmplificationError::Circuit(no_system(&circuit.definition(entry).name)));
    };
    let system: Vec<QubitId> = system.qubits().collect();
    let (prepare, block) = split(&mut circuit, entry, &system, solver.queries_b)?;
    let operands: Vec<QubitId> = (0..circuit.definition(block).operand_count() as u32).map(QubitId).collect();
    let projected: Vec<QubitId> = operands.iter().copied().filter(|qubit| !system.contains(qubit)).collect();
    if projected.is_empty() {
        return Err(AmplificationError::NothingToAmplify);
    }
    let (angles, phase) = qsvt_angles(&phase_factors(&polynomial.series)?);
    let block = Block { registers, call: Call::new(block, operands.iter().copied()), projected };
    let angles = SequenceAngles::new(&angles, phase).ok_or_else(|| no_block("the polynomial is constant"))?;
    let transform = add_transformation(&mut circuit, &block, angles);
    let signal = fresh_register(&block.registers, "signal");
    let name = circuit.fresh_name("amplified");
    let (mut main, _) = with_registers(&name, &block.registers, &[(&signal, 1)]);
    main.call(prepare);
    let everything = (0..main.qubit_count() as u32).map(QubitId);
    main.call(Call::new(transform, everything));
    circuit.add(main);
    Ok(SolverCircuit { circuit, queries: plan.queries, queries_b: plan.queries_b })
}

/// The call that prepares the right-hand side, and a new definition of what the entry does after it.
fn split(
    circuit: &mut Circuit,
    entry: DefinitionId,
    system: &[QubitId],
    queries_b: u64,
) -> Result<(Call, DefinitionId), AmplificationError> {
    if queries_b != 1 {
        return Err(no_block(&format!("it uses {queries_b} preparations")));
    }
    let definition = circuit.definition(entry);
    let [Operation::Call(first), rest @ ..] = definition.operations() else {
        return Err(no_block("the first operation is no call"));
    };
    let prepare = definition.calls(*first).clone();
    if !prepare.controls.is_empty() || !prepare.operands.iter().all(|qubit| system.contains(qubit)) {
        return Err(no_block("the first call acts on other registers"));
    }
    let mut block = definition.same_signature();
    block.name = circuit.fresh_name("solver_block");
    rest.iter().try_for_each(|operation| copy(operation, definition, &mut block))?;
    Ok((prepare, circuit.add(block)))
}

/// Appends an operation of one definition to another one with the same signature.
fn copy(operation: &Operation, from: &Definition, to: &mut Definition) -> Result<(), AmplificationError> {
    match *operation {
        Operation::Gate(gate) => {
            to.gate_with(gate.gate, gate.qubits(), &from.angles(gate.angles, gate.gate.angles()));
        }
        Operation::GlobalPhase(slot) => {
            from.angles(slot, 1).iter().for_each(|angle| to.global_phase(angle));
        }
        Operation::Structured(position) => to.push_structured(from.structured(position).clone()),
        Operation::Call(position) => to.call(from.calls(position).clone()),
        Operation::Conjugate(position) => {
            let conjugate = from.conjugates(position).clone();
            to.conjugate(conjugate.outer, conjugate.inner);
        }
        Operation::Barrier(position) => to.barrier(from.barriers(position).to_vec()),
        Operation::Conditional(_) | Operation::Measure { .. } | Operation::Reset(_) => {
            return Err(no_block("it measures or resets qubits"));
        }
    }
    Ok(())
}

fn no_block(problem: &str) -> AmplificationError {
    AmplificationError::NoBlock { problem: problem.to_string() }
}
