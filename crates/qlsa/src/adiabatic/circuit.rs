//! The circuit of the walk and the filter.

use super::plan::{AdiabaticPlan, Path};
use crate::polynomial::eigenstate_filter;
use crate::shortcut::StateSolverError;
use crate::shortcut::error::{check, check_rhs};
use crate::shortcut::kernel::{KernelAngles, KernelProblem, add_kernel_polynomial, borrow};
use crate::solver::{Query, SolverCircuit, projected_qubits, with_registers};
use crate::state_preparation::{PREPARE_RHS, add_tabulated_preparation, symbolic_amplitudes};
use qnewton_circuit::{
    AngleTable, Call, Circuit, CircuitError, Control, Definition, DefinitionId, Gate, QubitId, Structured,
    StructuredOperation,
};
use qnewton_encoding::BlockEncoding;

/// Steps that a circuit may have: each pair has an angle in a table.
const STEP_LIMIT: u64 = 1 << 27;

/// The circuit that leaves the direction of A^-1 b, up to a sign, in `system` where all other registers read 0. Its
/// squared norm there is the success probability.
///
/// `rhs` has one real amplitude for each value of `system`; its norm does not matter. On [`Path::Definite`] the matrix
/// must be symmetric and positive definite: this is not checked. The number of queries is that of the plan, unless
/// rounding of the filter asks for two more.
pub fn adiabatic_circuit(
    encoding: &BlockEncoding,
    rhs: &[f64],
    plan: &AdiabaticPlan,
) -> Result<SolverCircuit, StateSolverError> {
    check_rhs(rhs, encoding.system_qubits)?;
    let steps = plan.walk_steps;
    check("walk_steps", steps as f64, steps <= STEP_LIMIT, "[2, 2^27], else they are not written out")?;
    let polynomial = eigenstate_filter(plan.sigma_min, plan.filter_error)?;
    let tables = Tables {
        rhs: AngleTable::Dense(rhs.to_vec()),
        walk: AngleTable::Dense(plan.angles()),
        filter: KernelAngles::of(&polynomial.series)?,
    };
    Ok(build(encoding, plan.path, tables)?)
}

/// The circuit of a plan for any right-hand side, for its cost: tables have lengths only.
pub fn adiabatic_symbolic(
    encoding: &BlockEncoding,
    plan: &AdiabaticPlan,
) -> Result<SolverCircuit, CircuitError> {
    let tables = Tables {
        rhs: symbolic_amplitudes(encoding.system_qubits),
        walk: AngleTable::Symbolic { length: plan.walk_steps / 2 },
        filter: KernelAngles::symbolic(plan.filter_degree),
    };
    build(encoding, plan.path, tables)
}

/// What fills a circuit.
struct Tables {
    rhs: AngleTable,
    /// One angle for each pair of steps.
    walk: AngleTable,
    filter: KernelAngles,
}

fn build(encoding: &BlockEncoding, path: Path, tables: Tables) -> Result<SolverCircuit, CircuitError> {
    let Tables { rhs, walk, filter } = tables;
    let (steps, degree) = (2 * walk.len(), filter.degree());
    let mut circuit = Circuit::new();
    let query = Query::import(&mut circuit, encoding)?;
    let rhs = add_tabulated_preparation(&mut circuit, PREPARE_RHS, encoding.system_qubits, rhs);
    let (mut prepare, qubits) =
        with_registers(&circuit.fresh_name("prepare_in_frame"), &query.registers, &[]);
    let (projected, _) = projected_qubits(encoding, &prepare, &qubits);
    prepare.call(Call::new(rhs, (0..encoding.system_qubits as u32).map(QubitId)));
    query.enter(&mut prepare);
    let prepare = circuit.add(prepare);

    let layout = Layout::new(path, &query, projected);
    let step = add_walk_step(&mut circuit, encoding, &query, prepare, &layout);
    let (mut block, _) = with_registers(&circuit.fresh_name("block"), &query.registers, &[]);
    block.call(query.call(false));
    let problem = KernelProblem {
        registers: query.registers.clone(),
        block: circuit.add(block),
        projected: layout.projected.clone(),
        prepare,
    };
    let filter = add_kernel_polynomial(&mut circuit, &problem, filter);

    // The filter must not bring back what the walk left outside the ancillas' |0>: a flag remembers it.
    let flagged = !layout.projected.is_empty();
    let more: &[(&str, usize)] =
        if flagged { &[("signal", 1), ("walk_failed", 1)] } else { &[("signal", 1)] };
    let (mut main, walked) = with_registers("main", &layout.registers, more);
    let signal = QubitId(walked.len() as u32);
    main.call(Call::new(prepare, qubits.iter().copied()));
    let repetitions = walk.len();
    let table = circuit.add_angles(walk);
    main.call(Call::new(step, walked.iter().copied()).repeated_with(repetitions, table));
    if flagged {
        let flag = QubitId(signal.0 + 1);
        main.gate(Gate::X, &[flag], &[]);
        let controls = layout.projected.iter().map(|&qubit| Control { qubit, on: false }).collect();
        let kind = Structured::Gate { gate: Gate::X, qubits: vec![flag], angles: Vec::new() };
        let dirty = walked.iter().copied().filter(|qubit| !layout.projected.contains(qubit)).collect();
        main.push_structured(StructuredOperation { controls, dirty, ..kind.into() });
    }
    main.call(Call::new(filter, qubits.into_iter().chain([signal])));
    if let Some(half) = layout.half {
        main.gate(Gate::X, &[half], &[]);
    }
    query.leave(&mut main);
    circuit.add(main);
    let each = if path == Path::General && !encoding.hermitian { 2 } else { 1 };
    Ok(SolverCircuit { circuit, queries: each * steps + degree, queries_b: 1 + steps + degree })
}

/// The qubits of the walk: those of a query, `half` on the general path, and `interpolation`.
struct Layout {
    registers: Vec<(String, usize)>,
    /// The qubits of a query that must read 0.
    projected: Vec<QubitId>,
    half: Option<QubitId>,
    interpolation: QubitId,
}

impl Layout {
    fn new(path: Path, query: &Query, projected: Vec<QubitId>) -> Self {
        let mut registers = query.registers.clone();
        let mut next = registers.iter().map(|(_, len)| len).sum::<usize>() as u32;
        let mut add = |name: &str| {
            registers.push((name.to_string(), 1));
            next += 1;
            QubitId(next - 1)
        };
        let half = (path == Path::General).then(|| add("half"));
        let interpolation = add("interpolation");
        Layout { registers, projected, half, interpolation }
    }
}

/// Adds a step of the walk with the angle of the interpolation as parameter, up to a sign: U(f); reflections about the
/// ancillas' |0> and, in it, about b; U(f)^-1; the reflection about the ancillas' |0>.
fn add_walk_step(
    circuit: &mut Circuit,
    encoding: &BlockEncoding,
    query: &Query,
    prepare: DefinitionId,
    layout: &Layout,
) -> DefinitionId {
    let name = circuit.fresh_name("signs_of_zero");
    let (mut signs, qubits) = with_registers(&name, &layout.registers, &[]);
    // The signal of the filter has nothing to do meanwhile.
    borrow(&mut signs);
    sign_of_zero(&mut signs, layout, &qubits);
    let signs = circuit.add(signs);
    let (mut reflect, _) = with_registers(&circuit.fresh_name("reflect_about_image"), &layout.registers, &[]);
    let queried = query.registers.iter().map(|(_, len)| len).sum();
    let undo = Call::new(prepare, qubits.iter().copied().take(queried)).inverted();
    reflect.conjugate(undo, Call::new(signs, qubits.iter().copied()));
    sign_of_zero(&mut reflect, layout, &layout.projected);
    let reflect = circuit.add(reflect);

    let mut interpolate = Definition::new(circuit.fresh_name("interpolate"));
    let target = interpolate.add_register("interpolation", 1).qubit(0);
    let angle = interpolate.add_parameter("angle");
    interpolate.gate_with(Gate::Ry, &[target], &[angle]);
    let interpolate = circuit.add(interpolate);
    let select = add_select(circuit, encoding, query, layout);
    let (mut block, _) = with_registers(&circuit.fresh_name("interpolated_block"), &layout.registers, &[]);
    let angle = block.add_parameter("angle");
    block.conjugate(
        Call::new(interpolate, [layout.interpolation]).with_angles([angle]),
        Call::new(select, qubits.iter().copied()),
    );
    let block = circuit.add(block);

    let (mut step, _) = with_registers(&circuit.fresh_name("adiabatic_step"), &layout.registers, &[]);
    let angle = step.add_parameter("angle");
    step.conjugate(
        Call::new(block, qubits.iter().copied()).with_angles([angle]),
        Call::new(reflect, qubits.iter().copied()),
    );
    sign_of_zero(&mut step, layout, &layout.projected);
    circuit.add(step)
}

/// The identity, or Z on `half`, where `interpolation` is 0, and the matrix or its dilation where it is 1.
fn add_select(
    circuit: &mut Circuit,
    encoding: &BlockEncoding,
    query: &Query,
    layout: &Layout,
) -> DefinitionId {
    let (mut select, _) = with_registers(&circuit.fresh_name("select"), &layout.registers, &[]);
    let interpolation = layout.interpolation;
    let on = Control { qubit: interpolation, on: true };
    let Some(half) = layout.half else {
        select.call(query.call(false).controlled([on]));
        return circuit.add(select);
    };
    if encoding.hermitian {
        select.call(query.call(false).controlled([on]));
    } else {
        for inverse in [false, true] {
            select.call(query.call(inverse).controlled([on, Control { qubit: half, on: !inverse }]));
        }
    }
    select.gate(Gate::Cx, &[interpolation, half], &[]);
    // Z where the interpolation is 0: everywhere, and once more where it is 1. The matrix has passed through X by now.
    select.gate(Gate::Z, &[half], &[]);
    select.gate(Gate::Cz, &[interpolation, half], &[]);
    circuit.add(select)
}

/// -1 where the interpolation and `zeros` are 0; other qubits may be borrowed.
fn sign_of_zero(definition: &mut Definition, layout: &Layout, zeros: &[QubitId]) {
    let target = layout.interpolation;
    let zeros = zeros.iter().filter(|&&qubit| qubit != target);
    let controls: Vec<Control> = zeros.map(|&qubit| Control { qubit, on: false }).collect();
    let count = definition.qubit_count() as u32;
    let borrowed = |qubit: &QubitId| *qubit != target && controls.iter().all(|c| c.qubit != *qubit);
    let dirty = (0..count).map(QubitId).filter(borrowed).collect();
    let kind = Structured::Gate { gate: Gate::Z, qubits: vec![target], angles: Vec::new() };
    definition.gate(Gate::X, &[target], &[]);
    definition.push_structured(StructuredOperation { controls, dirty, ..kind.into() });
    definition.gate(Gate::X, &[target], &[]);
}
