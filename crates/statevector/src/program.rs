//! A circuit prepared for execution: the hierarchy stays, each definition becomes a list of steps on local
//! qubits, and tables become cosines, sines, phases and cycles once.

use crate::error::ExecutorError;
use crate::fold::{executions, folded, pays};
use crate::kernels::{Cycles, Diagonal, Lookup, Operator, Rotation};
use crate::memory::{check_memory, memory_available};
use crate::multiplexor::{Multiplexor, multiplexor};
use crate::real::Real;
use crate::used::{Used, used_qubits};
use num_complex::Complex64;
use qnewton_circuit::gate::Core;
use qnewton_circuit::lower::{allocate_ancillas, state_preparation_angles};
use qnewton_circuit::verify::verify;
use qnewton_circuit::{
    Angle, Arguments, Axis, Call, Circuit, CircuitError, Control, Definition, Gate, GateOperation, Operation,
    QubitId, RegisterKind, Structured, TableId,
};
use std::collections::HashMap;
use std::sync::Arc;

/// Up to so many qubits tables are written out without asking for memory.
const UNCHECKED_QUBITS: usize = 20;

/// A circuit that is ready to run on states in precision `R`, any number of times.
pub struct Program<R: Real = f64> {
    pub(crate) bodies: Vec<Body<R>>,
    pub(crate) entry: usize,
    pub(crate) qubits: usize,
    pub(crate) bits: usize,
    /// Number of operations with tables, which know where their tables are by their number.
    pub(crate) placed: usize,
    parameters: usize,
    name: String,
    /// Whether every operation is executed as it stands.
    pub(crate) exact: bool,
}

/// A definition.
pub(crate) struct Body<R: Real> {
    pub(crate) steps: Vec<Step<R>>,
    /// Kernels that one execution runs, callees included.
    pub(crate) kernels: u64,
    /// Whether it neither measures, resets nor branches.
    pub(crate) unitary: bool,
}

/// One step of a body.
pub(crate) enum Step<R: Real> {
    Kernel(Kernel<R>),
    Call(CallStep),
    Conjugate(Box<(CallStep, CallStep)>),
    Conditional(Box<(Vec<(u32, bool)>, CallStep)>),
    Measure { qubit: u32, bit: u32 },
    Reset(u32),
}

/// What acts on amplitudes, on local qubits under local controls.
pub(crate) struct Kernel<R: Real> {
    pub(crate) action: Action<R>,
    pub(crate) controls: Box<[(u32, bool)]>,
    pub(crate) inverse: bool,
}

/// A table operation's number and the table.
pub(crate) struct Prepared<T> {
    pub(crate) place: usize,
    pub(crate) table: Arc<T>,
}

pub(crate) enum Action<R: Real> {
    /// A gate with literal angles.
    Single {
        target: u32,
        operator: Operator,
    },
    /// A gate whose angles depend on parameters.
    Parametric {
        target: u32,
        gate: Gate,
        angles: Box<[Angle]>,
    },
    Swap {
        targets: [u32; 2],
    },
    /// A row-major matrix.
    Matrix {
        targets: Box<[u32]>,
        entries: Arc<[Complex64]>,
    },
    RotateZz {
        targets: [u32; 2],
        angle: Angle,
    },
    RotateXx {
        targets: [u32; 2],
        angle: Angle,
    },
    Phase {
        angle: Angle,
    },
    Rotation {
        axis: Axis,
        selects: Box<[u32]>,
        target: u32,
        prepared: Prepared<Rotation<R>>,
    },
    Diagonal {
        qubits: Box<[u32]>,
        prepared: Prepared<Diagonal<R>>,
    },
    Permutation {
        qubits: Box<[u32]>,
        prepared: Prepared<Cycles>,
    },
    Reflection {
        qubits: Box<[u32]>,
        signal: Option<u32>,
        angle: Angle,
    },
    AddConstant {
        qubits: Box<[u32]>,
        constant: u64,
        prepared: Prepared<()>,
    },
    Lookup {
        address: Box<[u32]>,
        target: Box<[u32]>,
        relative_phase: bool,
        prepared: Prepared<Lookup>,
    },
}

/// A call.
pub(crate) struct CallStep {
    pub(crate) callee: usize,
    pub(crate) operands: Box<[u32]>,
    pub(crate) bits: Box<[u32]>,
    pub(crate) arguments: ArgumentsStep,
    pub(crate) repetitions: u64,
    pub(crate) inverse: bool,
    pub(crate) controls: Box<[(u32, bool)]>,
}

/// Angles of a call.
pub(crate) enum ArgumentsStep {
    Fixed(Box<[Angle]>),
    /// Rows of the given width.
    Rows(Arc<[f64]>, usize),
}

impl<R: Real> Program<R> {
    /// Prepares a circuit: checks it, allocates its ancillas, computes its tables, and recognises in runs of gates
    /// what is cheaper as one operation. An error if it is not well-formed, or has tables without values.
    pub fn new(circuit: &Circuit) -> Result<Self, ExecutorError> {
        Self::prepare(circuit, false, memory_available)
    }

    /// The same with every operation executed as it stands, in a pass of its own.
    pub fn exact(circuit: &Circuit) -> Result<Self, ExecutorError> {
        Self::prepare(circuit, true, memory_available)
    }

    /// The same for states that may use so many bytes, asked for if they are many.
    pub(crate) fn prepare(
        circuit: &Circuit,
        exact: bool,
        available: impl FnOnce() -> u128,
    ) -> Result<Self, ExecutorError> {
        if let Some(error) = verify(circuit).into_iter().next() {
            return Err(error.into());
        }
        let kept = circuit.entry()?.operand_count();
        let allocated;
        let has_ancillas = |definition: &Definition| {
            definition.registers().iter().any(|register| register.kind != RegisterKind::Operand)
        };
        let circuit = if circuit.definitions().iter().any(has_ancillas) {
            allocated = allocate_ancillas(circuit)?;
            &allocated
        } else {
            circuit
        };
        let entry = circuit.entry_id()?.index();
        let used = used_qubits(circuit, entry, kept);
        // Tables may be nearly as large as the state: a state that does not fit needs none.
        let qubits = used[entry].count();
        if qubits > UNCHECKED_QUBITS {
            check_memory::<R>(qubits, available())?;
        }
        let executions = executions(circuit, entry);
        let mut compiler =
            Compiler { circuit, used: &used, current: 0, tables: Tables::default(), placed: 0, exact };
        let mut program = Program {
            bodies: Vec::with_capacity(entry + 1),
            entry,
            qubits,
            bits: 0,
            placed: 0,
            parameters: 0,
            name: String::new(),
            exact,
        };
        for (index, (definition, executions)) in
            circuit.definitions()[..=entry].iter().zip(executions).enumerate()
        {
            compiler.current = index;
            let steps = if executions > 0 { compiler.body(definition)? } else { Vec::new() };
            let bodies = &mut program.bodies;
            let kernels = steps.iter().fold(0u64, |sum, step| sum.saturating_add(step.kernels(bodies)));
            let callees = definition.all_calls().all(|call| bodies[call.callee.index()].unitary);
            let unitary = definition.is_unitary_itself() && callees;
            bodies.push(Body { steps, kernels, unitary });
            let own = used[index].count();
            let constant = index < entry && definition.parameters.is_empty();
            if constant && !exact && pays(&program.bodies[index], own, executions, qubits) {
                (program.entry, program.qubits, program.placed) = (index, own, compiler.placed);
                let step = folded(&program)?;
                program.bodies[index] = Body { steps: vec![step], kernels: 1, unitary };
            }
        }
        let definition = &circuit.definitions()[entry];
        program.name.clone_from(&definition.name);
        (program.bits, program.parameters) = (definition.bit_count(), definition.parameters.len());
        (program.entry, program.qubits, program.placed) = (entry, qubits, compiler.placed);
        Ok(program)
    }

    /// Number of qubits that a state needs: the entry's operand registers, then those of its ancillas that operations
    /// act on. What only the lowering of structured operations would use is not among them.
    pub fn qubits(&self) -> usize {
        self.qubits
    }

    /// Number of operations that one run executes.
    pub fn operations(&self) -> u64 {
        self.bodies[self.entry].kernels
    }

    /// Number of classical bits of the entry.
    pub fn bits(&self) -> usize {
        self.bits
    }

    /// An error unless there is one finite value for each parameter of the entry.
    pub(crate) fn check_parameters(&self, values: &[f64]) -> Result<(), ExecutorError> {
        if values.len() == self.parameters && values.iter().all(|value| value.is_finite()) {
            return Ok(());
        }
        let (name, wanted, given) = (&self.name, self.parameters, values.len());
        let problem = format!("`{name}` takes {wanted} finite angles, {given} values are given");
        Err(ExecutorError::Selection { problem })
    }

    /// An error unless the circuit neither measures, resets nor branches.
    pub(crate) fn check_unitary(&self) -> Result<(), ExecutorError> {
        if self.bodies[self.entry].unitary {
            return Ok(());
        }
        Err(CircuitError::NotUnitary { definition: self.name.clone() }.into())
    }
}

impl<R: Real> Step<R> {
    fn kernels(&self, bodies: &[Body<R>]) -> u64 {
        let of = |call: &CallStep| bodies[call.callee].kernels.saturating_mul(call.repetitions);
        match self {
            Step::Call(call) => of(call),
            Step::Conjugate(parts) => of(&parts.0).saturating_mul(2).saturating_add(of(&parts.1)),
            Step::Conditional(parts) => of(&parts.1),
            Step::Kernel(_) | Step::Measure { .. } | Step::Reset(_) => 1,
        }
    }
}

/// Tables that are prepared already, by their identifier.
struct Tables<R: Real> {
    rotations: HashMap<TableId, Arc<Rotation<R>>>,
    trees: HashMap<TableId, Vec<Arc<Rotation<R>>>>,
    diagonals: HashMap<TableId, Arc<Diagonal<R>>>,
    permutations: HashMap<TableId, Arc<Cycles>>,
    lookups: HashMap<TableId, Arc<Lookup>>,
    rows: HashMap<TableId, Arc<[f64]>>,
}

impl<R: Real> Default for Tables<R> {
    fn default() -> Self {
        Tables {
            rotations: HashMap::new(),
            trees: HashMap::new(),
            diagonals: HashMap::new(),
            permutations: HashMap::new(),
            lookups: HashMap::new(),
            rows: HashMap::new(),
        }
    }
}

struct Compiler<'a, R: Real> {
    circuit: &'a Circuit,
    used: &'a [Used],
    /// The definition that is being compiled.
    current: usize,
    tables: Tables<R>,
    placed: usize,
    exact: bool,
}

impl<R: Real> Compiler<'_, R> {
    /// Positions among the qubits that the current definition uses.
    fn local(&self, qubits: &[QubitId]) -> Box<[u32]> {
        self.used[self.current].positions(qubits).collect()
    }

    fn position(&self, qubit: QubitId) -> u32 {
        self.used[self.current].position(qubit)
    }

    fn local_controls(&self, controls: &[Control]) -> Vec<(u32, bool)> {
        let qubits = controls.iter().map(|control| &control.qubit);
        self.used[self.current].positions(qubits).zip(controls.iter().map(|control| control.on)).collect()
    }

    fn body(&mut self, definition: &Definition) -> Result<Vec<Step<R>>, ExecutorError> {
        let mut rest = definition.operations();
        let mut steps = Vec::with_capacity(rest.len());
        while let Some((&operation, following)) = rest.split_first() {
            if !self.exact
                && let Some(multiplexor) = multiplexor(definition, rest)
            {
                rest = &rest[multiplexor.gates..];
                for gate in &multiplexor.passed {
                    steps.extend(self.gate(definition, gate));
                }
                self.multiplexor(&multiplexor, &mut steps);
                continue;
            }
            rest = following;
            match operation {
                Operation::Gate(gate) => {
                    steps.extend(self.gate(definition, &gate));
                }
                Operation::GlobalPhase(slot) => {
                    let angle = definition.angles(slot, 1).swap_remove(0);
                    steps.push(Step::Kernel(kernel(Action::Phase { angle }, Vec::new(), false)));
                }
                Operation::Structured(position) => {
                    self.structured(definition.structured(position), &mut steps)?;
                }
                Operation::Call(position) => steps.push(Step::Call(self.call(definition.calls(position))?)),
                Operation::Conjugate(position) => {
                    let conjugate = definition.conjugates(position);
                    let parts = (self.call(&conjugate.outer)?, self.call(&conjugate.inner)?);
                    steps.push(Step::Conjugate(Box::new(parts)));
                }
                Operation::Conditional(position) => {
                    let conditional = definition.conditionals(position);
                    let bits = conditional.bits.iter().map(|&(bit, value)| (bit.0, value)).collect();
                    steps.push(Step::Conditional(Box::new((bits, self.call(&conditional.call)?))));
                }
                Operation::Measure { qubit, bit } => {
                    steps.push(Step::Measure { qubit: self.position(qubit), bit: bit.0 })
                }
                Operation::Reset(qubit) => steps.push(Step::Reset(self.position(qubit))),
                Operation::Barrier(_) => {}
            }
        }
        Ok(steps)
    }

    fn gate(&self, definition: &Definition, gate: &GateOperation) -> Option<Step<R>> {
        let (info, count) = (gate.gate.info(), gate.gate.angles());
        // Most gates of long circuits; nothing more is allocated than they keep.
        if let Core::Single(core) = info.core
            && let (own, &[target]) = gate.qubits().split_at(info.controls)
            && let Some(angles) = definition.literal_angles(gate.angles, count)
        {
            let controls = self.used[self.current].positions(own).map(|qubit| (qubit, true));
            return single_kernel(core, self.position(target), angles, controls.collect(), false);
        }
        let angles = definition.angles(gate.angles, count);
        gate_kernel(gate.gate, &self.local(gate.qubits()), angles, Vec::new(), false)
    }

    fn multiplexor(&mut self, multiplexor: &Multiplexor, steps: &mut Vec<Step<R>>) {
        let &Multiplexor { axis, target, global_phase, .. } = multiplexor;
        let (selects, target) = (self.local(&multiplexor.selects), self.position(target));
        let prepared = self.place(Arc::new(Rotation::new(&multiplexor.angles)));
        let action = Action::Rotation { axis, selects, target, prepared };
        steps.push(Step::Kernel(kernel(action, Vec::new(), false)));
        for &control in &self.local(&multiplexor.toggles) {
            let action = Action::Single { target, operator: Operator::Flip };
            steps.push(Step::Kernel(kernel(action, vec![(control, true)], false)));
        }
        if global_phase != 0.0 {
            let action = Action::Phase { angle: Angle::from(global_phase) };
            steps.push(Step::Kernel(kernel(action, Vec::new(), false)));
        }
    }

    fn structured(
        &mut self,
        operation: &qnewton_circuit::StructuredOperation,
        steps: &mut Vec<Step<R>>,
    ) -> Result<(), ExecutorError> {
        let controls = self.local_controls(&operation.controls);
        let inverse = operation.inverse;
        let action = match &operation.kind {
            Structured::Gate { gate, qubits, angles } => {
                steps.extend(gate_kernel(*gate, &self.local(qubits), angles.clone(), controls, inverse));
                return Ok(());
            }
            Structured::MultiplexedRotation { axis, selects, target, angles } => {
                let circuit = self.circuit;
                let table = shared(&mut self.tables.rotations, *angles, || {
                    Ok(Rotation::new(&circuit.angles(*angles)?.to_compact()?))
                })?;
                let selects = self.local(&dependent(circuit, *angles, selects)?);
                let target = self.position(*target);
                Action::Rotation { axis: *axis, selects, target, prepared: self.place(table) }
            }
            Structured::Diagonal { qubits, phases } => {
                let circuit = self.circuit;
                let table = shared(&mut self.tables.diagonals, *phases, || {
                    Ok(Diagonal::new(&circuit.angles(*phases)?.to_compact()?))
                })?;
                let qubits = self.local(&dependent(circuit, *phases, qubits)?);
                Action::Diagonal { qubits, prepared: self.place(table) }
            }
            Structured::Permutation { qubits, images } => {
                let circuit = self.circuit;
                let table = shared(&mut self.tables.permutations, *images, || {
                    Ok(Cycles::new(circuit.indices(*images)?.values()?))
                })?;
                Action::Permutation { qubits: self.local(qubits), prepared: self.place(table) }
            }
            Structured::StatePreparation { qubits, amplitudes } => {
                self.state_preparation(qubits, *amplitudes, &controls, inverse, steps)?;
                return Ok(());
            }
            Structured::Reflection { qubits, signal, angle } => Action::Reflection {
                qubits: self.local(qubits),
                signal: signal.map(|signal| self.position(signal)),
                angle: angle.clone(),
            },
            Structured::AddConstant { qubits, constant } => Action::AddConstant {
                qubits: self.local(qubits),
                constant: *constant,
                prepared: self.place(Arc::new(())),
            },
            Structured::TableLookup { address, target, entries, relative_phase } => {
                let circuit = self.circuit;
                let table = shared(&mut self.tables.lookups, *entries, || {
                    Ok(Lookup::new(circuit.indices(*entries)?.values()?))
                })?;
                let (address, target) = (self.local(address), self.local(target));
                let relative_phase = *relative_phase;
                Action::Lookup { address, target, relative_phase, prepared: self.place(table) }
            }
        };
        steps.push(Step::Kernel(kernel(action, controls, inverse)));
        Ok(())
    }

    /// One multiplexed rotation per qubit, from the most significant one down.
    fn state_preparation(
        &mut self,
        qubits: &[QubitId],
        amplitudes: TableId,
        controls: &[(u32, bool)],
        inverse: bool,
        steps: &mut Vec<Step<R>>,
    ) -> Result<(), ExecutorError> {
        if !self.tables.trees.contains_key(&amplitudes) {
            let angles = state_preparation_angles(&self.circuit.angles(amplitudes)?.to_dense()?);
            let tree = angles.iter().map(|level| Arc::new(Rotation::new(level))).collect();
            self.tables.trees.insert(amplitudes, tree);
        }
        let start = steps.len();
        for level in 0..qubits.len() {
            let target = qubits.len() - 1 - level;
            let table = Arc::clone(&self.tables.trees[&amplitudes][level]);
            let (selects, target) = (self.local(&qubits[target + 1..]), self.position(qubits[target]));
            let action = Action::Rotation { axis: Axis::Y, selects, target, prepared: self.place(table) };
            steps.push(Step::Kernel(kernel(action, controls.to_vec(), inverse)));
        }
        if inverse {
            steps[start..].reverse();
        }
        Ok(())
    }

    fn call(&mut self, call: &Call) -> Result<CallStep, ExecutorError> {
        let arguments = match &call.arguments {
            Arguments::Fixed(angles) => ArgumentsStep::Fixed(angles.clone().into()),
            Arguments::Table(table) => {
                if !self.tables.rows.contains_key(table) {
                    let values: Arc<[f64]> = self.circuit.angles(*table)?.to_dense()?.as_ref().into();
                    self.tables.rows.insert(*table, values);
                }
                let width = self.circuit.definition(call.callee).parameters.len();
                ArgumentsStep::Rows(Arc::clone(&self.tables.rows[table]), width)
            }
        };
        Ok(CallStep {
            callee: call.callee.index(),
            operands: self.local(&Used::operands(call, &self.used[call.callee.index()])),
            bits: call.bits.iter().map(|bit| bit.0).collect(),
            arguments,
            repetitions: call.repetitions,
            inverse: call.inverse,
            controls: self.local_controls(&call.controls).into(),
        })
    }

    fn place<T>(&mut self, table: Arc<T>) -> Prepared<T> {
        self.placed += 1;
        Prepared { place: self.placed - 1, table }
    }
}

/// The prepared form of a table, computed once.
fn shared<T>(
    tables: &mut HashMap<TableId, Arc<T>>,
    id: TableId,
    prepare: impl FnOnce() -> Result<T, CircuitError>,
) -> Result<Arc<T>, CircuitError> {
    if let Some(table) = tables.get(&id) {
        return Ok(Arc::clone(table));
    }
    let table = Arc::new(prepare()?);
    tables.insert(id, Arc::clone(&table));
    Ok(table)
}

/// The qubits on whose value the entries of a table depend.
fn dependent(circuit: &Circuit, table: TableId, qubits: &[QubitId]) -> Result<Vec<QubitId>, CircuitError> {
    let bits = circuit.angles(table)?.dependent_bits();
    let depends = |position: usize| bits.checked_shr(position as u32).unwrap_or(0) & 1 == 1;
    Ok(qubits.iter().enumerate().filter(|(bit, _)| depends(*bit)).map(|(_, &qubit)| qubit).collect())
}

fn kernel<R: Real>(action: Action<R>, controls: Vec<(u32, bool)>, inverse: bool) -> Kernel<R> {
    Kernel { action, controls: controls.into(), inverse }
}

/// A standard gate; its own controls join the others. The identity needs no step.
fn gate_kernel<R: Real>(
    gate: Gate,
    qubits: &[u32],
    angles: Vec<Angle>,
    mut controls: Vec<(u32, bool)>,
    inverse: bool,
) -> Option<Step<R>> {
    let info = gate.info();
    let (own, targets) = qubits.split_at(info.controls);
    controls.extend(own.iter().map(|&qubit| (qubit, true)));
    let pair = || [targets[0], targets[1]];
    let action = match info.core {
        Core::Single(core) => {
            let target = targets[0];
            let literals: Option<Vec<f64>> = angles.iter().map(Angle::literal).collect();
            if let Some(literals) = literals {
                return single_kernel(core, target, &literals, controls.into(), inverse);
            }
            Action::Parametric { target, gate: core, angles: angles.into() }
        }
        Core::Swap => Action::Swap { targets: pair() },
        Core::Rzz => Action::RotateZz { targets: pair(), angle: angles[0].clone() },
        Core::Rxx => Action::RotateXx { targets: pair(), angle: angles[0].clone() },
    };
    Some(Step::Kernel(kernel(action, controls, inverse)))
}

/// A gate on one qubit with known angles; the identity needs no step.
fn single_kernel<R: Real>(
    gate: Gate,
    target: u32,
    angles: &[f64],
    controls: Box<[(u32, bool)]>,
    inverse: bool,
) -> Option<Step<R>> {
    let operator = Operator::new(gate.matrix(angles)?);
    (gate != Gate::I).then_some(Step::Kernel(Kernel {
        action: Action::Single { target, operator },
        controls,
        inverse,
    }))
}
