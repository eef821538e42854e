//! Definitions: named bodies with typed registers and angle parameters.

use crate::angle::Angle;
use crate::gate::Gate;
use crate::ids::{BitId, ParameterId, QubitId};
use crate::operation::{
    AngleSlot, Arguments, Call, Conditional, Conjugate, Control, GateOperation, Operation,
    StructuredOperation,
};
use crate::structured::Structured;

/// What a register is to the callers of its definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RegisterKind {
    /// Passed by the caller.
    Operand,
    /// In |0> on entry, returned to |0>, not passed by the caller: see [`crate::lower::allocate_ancillas`].
    CleanAncilla,
    /// In any state, restored, not passed by the caller.
    DirtyAncilla,
}

/// A register of qubits, little-endian.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Register {
    /// Name, unique in its definition.
    pub name: String,
    /// What it is to callers.
    pub kind: RegisterKind,
    /// First qubit.
    pub start: u32,
    /// Number of qubits.
    pub len: u32,
}

impl Register {
    /// The qubits, least significant first.
    pub fn qubits(&self) -> impl DoubleEndedIterator<Item = QubitId> + ExactSizeIterator + Clone + use<> {
        (self.start..self.start + self.len).map(QubitId)
    }

    /// The qubit of significance 2^position. Positions outside the register give qubits outside it,
    /// which the verifier reports.
    pub fn qubit(&self, position: usize) -> QubitId {
        QubitId(self.start + position as u32)
    }
}

/// A register of classical bits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BitRegister {
    /// Name, unique in its definition.
    pub name: String,
    /// First bit.
    pub start: u32,
    /// Number of bits.
    pub len: u32,
}

/// A named body with qubit registers, bits, and angle parameters.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Definition {
    /// Name, unique in its circuit.
    pub name: String,
    /// Names of the angle parameters.
    pub parameters: Vec<String>,
    registers: Vec<Register>,
    bit_registers: Vec<BitRegister>,
    operations: Vec<Operation>,
    literals: Vec<f64>,
    expressions: Vec<Angle>,
    structured: Vec<StructuredOperation>,
    calls: Vec<Call>,
    conjugates: Vec<Conjugate>,
    conditionals: Vec<Conditional>,
    barriers: Vec<Vec<QubitId>>,
}

impl Definition {
    /// An empty definition.
    pub fn new(name: impl Into<String>) -> Self {
        Definition { name: name.into(), ..Definition::default() }
    }

    /// An empty definition with the same name, parameters, registers and bits.
    pub fn same_signature(&self) -> Self {
        Definition {
            name: self.name.clone(),
            parameters: self.parameters.clone(),
            registers: self.registers.clone(),
            bit_registers: self.bit_registers.clone(),
            ..Definition::default()
        }
    }

    /// Adds an angle parameter and returns the angle that stands for it.
    pub fn add_parameter(&mut self, name: impl Into<String>) -> Angle {
        self.parameters.push(name.into());
        Angle::parameter(ParameterId::from_index(self.parameters.len() - 1))
    }

    /// Adds a register that callers pass.
    pub fn add_register(&mut self, name: impl Into<String>, len: usize) -> Register {
        self.add_register_of(name, len, RegisterKind::Operand)
    }

    /// Adds a register of the given kind. Operand registers come before ancillas.
    pub fn add_register_of(&mut self, name: impl Into<String>, len: usize, kind: RegisterKind) -> Register {
        let register =
            Register { name: name.into(), kind, start: self.qubit_count() as u32, len: len as u32 };
        self.registers.push(register.clone());
        register
    }

    /// Adds classical bits.
    pub fn add_bits(&mut self, name: impl Into<String>, len: usize) -> BitRegister {
        let register = BitRegister { name: name.into(), start: self.bit_count() as u32, len: len as u32 };
        self.bit_registers.push(register.clone());
        register
    }

    /// The qubit registers.
    pub fn registers(&self) -> &[Register] {
        &self.registers
    }

    /// Turns every ancilla register into an operand register of a new name.
    pub(crate) fn registers_mut(&mut self) -> &mut Vec<Register> {
        &mut self.registers
    }

    /// The register of that name.
    pub fn register(&self, name: &str) -> Option<&Register> {
        self.registers.iter().find(|register| register.name == name)
    }

    /// The bit registers.
    pub fn bit_registers(&self) -> &[BitRegister] {
        &self.bit_registers
    }

    /// Number of qubits, ancillas included.
    pub fn qubit_count(&self) -> usize {
        self.registers.last().map_or(0, |register| (register.start + register.len) as usize)
    }

    /// Number of qubits that a caller passes.
    pub fn operand_count(&self) -> usize {
        let passed = self.registers.iter().filter(|register| register.kind == RegisterKind::Operand);
        passed.map(|register| register.len as usize).sum()
    }

    /// Number of classical bits.
    pub fn bit_count(&self) -> usize {
        self.bit_registers.last().map_or(0, |register| (register.start + register.len) as usize)
    }

    /// The body.
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// The structured operations that the body refers to.
    pub fn structured(&self, position: u32) -> &StructuredOperation {
        &self.structured[position as usize]
    }

    /// The calls that the body refers to.
    pub fn calls(&self, position: u32) -> &Call {
        &self.calls[position as usize]
    }

    /// The conjugations that the body refers to.
    pub fn conjugates(&self, position: u32) -> &Conjugate {
        &self.conjugates[position as usize]
    }

    /// The conditional calls that the body refers to.
    pub fn conditionals(&self, position: u32) -> &Conditional {
        &self.conditionals[position as usize]
    }

    /// The barriers that the body refers to.
    pub fn barriers(&self, position: u32) -> &[QubitId] {
        &self.barriers[position as usize]
    }

    /// Literal angles of a slot, `count` of them; `None` if they depend on parameters.
    pub fn literal_angles(&self, slot: AngleSlot, count: usize) -> Option<&[f64]> {
        match slot.position() {
            _ if count == 0 => Some(&[]),
            Ok(start) => self.literals.get(start..start + count),
            Err(_) => None,
        }
    }

    /// The angles of a slot as expressions.
    pub fn angles(&self, slot: AngleSlot, count: usize) -> Vec<Angle> {
        match slot.position() {
            _ if count == 0 => Vec::new(),
            Ok(start) => self.literals[start..start + count].iter().map(|&x| Angle::from(x)).collect(),
            Err(start) => self.expressions[start..start + count].to_vec(),
        }
    }

    /// The values of a slot's angles for given parameters, into `values`, whose length is their number.
    pub fn evaluate_angles(&self, slot: AngleSlot, parameters: &[f64], values: &mut [f64]) {
        match slot.position() {
            _ if values.is_empty() => {}
            Ok(start) => values.copy_from_slice(&self.literals[start..start + values.len()]),
            Err(start) => {
                for (value, angle) in values.iter_mut().zip(&self.expressions[start..]) {
                    *value = angle.evaluate(parameters);
                }
            }
        }
    }

    /// Whether the body measures, resets or branches itself (its callees apart).
    pub fn is_unitary_itself(&self) -> bool {
        !self.operations.iter().any(|operation| {
            matches!(operation, Operation::Measure { .. } | Operation::Reset(_) | Operation::Conditional(_))
        })
    }

    /// All calls of the body: plain, conjugating and conditional ones.
    pub fn all_calls(&self) -> impl Iterator<Item = &Call> {
        self.calls
            .iter()
            .chain(self.conjugates.iter().flat_map(|conjugate| [&conjugate.outer, &conjugate.inner]))
            .chain(self.conditionals.iter().map(|conditional| &conditional.call))
    }
}

/// Building a body.
impl Definition {
    /// Appends a gate with literal angles. The number of qubits and angles must be the gate's.
    pub fn gate(&mut self, gate: Gate, qubits: &[QubitId], angles: &[f64]) {
        debug_assert!(qubits.len() == gate.qubits() && angles.len() == gate.angles(), "{}", gate.name());
        let slot = self.push_literals(angles);
        self.operations.push(Operation::Gate(GateOperation::new(gate, qubits, slot)));
    }

    /// Appends a gate whose angles may depend on parameters.
    pub fn gate_with(&mut self, gate: Gate, qubits: &[QubitId], angles: &[Angle]) {
        debug_assert!(qubits.len() == gate.qubits() && angles.len() == gate.angles(), "{}", gate.name());
        let slot = self.push_angles(angles);
        self.operations.push(Operation::Gate(GateOperation::new(gate, qubits, slot)));
    }

    /// Appends a factor e^(i angle).
    pub fn global_phase(&mut self, angle: &Angle) {
        let slot = self.push_angles(std::slice::from_ref(angle));
        self.operations.push(Operation::GlobalPhase(slot));
    }

    /// Appends a structured operation.
    pub fn push_structured(&mut self, operation: impl Into<StructuredOperation>) {
        self.operations.push(Operation::Structured(self.structured.len() as u32));
        self.structured.push(operation.into());
    }

    /// Appends a gate under controls of any number and polarity.
    pub fn controlled_gate(
        &mut self,
        controls: &[Control],
        gate: Gate,
        qubits: &[QubitId],
        angles: &[Angle],
    ) {
        let kind = Structured::Gate { gate, qubits: qubits.to_vec(), angles: angles.to_vec() };
        self.push_structured(StructuredOperation { controls: controls.to_vec(), ..kind.into() });
    }

    /// Appends a call.
    pub fn call(&mut self, call: Call) {
        self.operations.push(Operation::Call(self.calls.len() as u32));
        self.calls.push(call);
    }

    /// Appends `outer; inner; outer^-1`.
    pub fn conjugate(&mut self, outer: Call, inner: Call) {
        self.operations.push(Operation::Conjugate(self.conjugates.len() as u32));
        self.conjugates.push(Conjugate { outer, inner });
    }

    /// Appends a call that happens only if bits have given values.
    pub fn conditional(&mut self, bits: Vec<(BitId, bool)>, call: Call) {
        self.operations.push(Operation::Conditional(self.conditionals.len() as u32));
        self.conditionals.push(Conditional { bits, call });
    }

    /// Appends a measurement.
    pub fn measure(&mut self, qubit: QubitId, bit: BitId) {
        self.operations.push(Operation::Measure { qubit, bit });
    }

    /// Appends a reset.
    pub fn reset(&mut self, qubit: QubitId) {
        self.operations.push(Operation::Reset(qubit));
    }

    /// Appends a barrier.
    pub fn barrier(&mut self, qubits: Vec<QubitId>) {
        self.operations.push(Operation::Barrier(self.barriers.len() as u32));
        self.barriers.push(qubits);
    }

    /// Appends a copy of an operation of `source`, whose callees and tables must have the same identifiers here.
    pub fn copy_operation(&mut self, source: &Definition, operation: Operation) {
        match operation {
            Operation::Gate(gate) => match source.literal_angles(gate.angles, gate.gate.angles()) {
                Some(angles) => self.gate(gate.gate, gate.qubits(), angles),
                None => {
                    let angles = source.angles(gate.angles, gate.gate.angles());
                    self.gate_with(gate.gate, gate.qubits(), &angles);
                }
            },
            Operation::GlobalPhase(slot) => self.global_phase(&source.angles(slot, 1)[0]),
            Operation::Structured(position) => self.push_structured(source.structured(position).clone()),
            Operation::Call(position) => self.call(source.calls(position).clone()),
            Operation::Conjugate(position) => {
                let conjugate = source.conjugates(position).clone();
                self.conjugate(conjugate.outer, conjugate.inner);
            }
            Operation::Conditional(position) => {
                let conditional = source.conditionals(position).clone();
                self.conditional(conditional.bits, conditional.call);
            }
            Operation::Measure { qubit, bit } => self.measure(qubit, bit),
            Operation::Reset(qubit) => self.reset(qubit),
            Operation::Barrier(position) => self.barrier(source.barriers(position).to_vec()),
        }
    }

    fn push_literals(&mut self, angles: &[f64]) -> AngleSlot {
        if angles.is_empty() {
            return AngleSlot::NONE;
        }
        let slot = AngleSlot::literal(self.literals.len());
        self.literals.extend_from_slice(angles);
        slot
    }

    fn push_angles(&mut self, angles: &[Angle]) -> AngleSlot {
        if angles.iter().all(|angle| angle.terms.is_empty()) {
            let start = self.literals.len();
            self.literals.extend(angles.iter().map(|angle| angle.constant));
            return if angles.is_empty() { AngleSlot::NONE } else { AngleSlot::literal(start) };
        }
        let slot = AngleSlot::expression(self.expressions.len());
        self.expressions.extend_from_slice(angles);
        slot
    }
}

/// Rewriting in place, for passes.
impl Definition {
    /// Shifts the identifiers of callees and tables, when a definition moves into another circuit.
    pub(crate) fn shift(&mut self, definitions: u32, tables: u32) {
        for operation in &mut self.structured {
            if let Some(table) = operation.kind.table_mut() {
                table.0 += tables;
            }
        }
        for call in self.all_calls_mut() {
            call.callee.0 += definitions;
            if let Arguments::Table(table) = &mut call.arguments {
                table.0 += tables;
            }
        }
    }

    pub(crate) fn all_calls_mut(&mut self) -> impl Iterator<Item = &mut Call> {
        self.calls
            .iter_mut()
            .chain(
                self.conjugates.iter_mut().flat_map(|conjugate| [&mut conjugate.outer, &mut conjugate.inner]),
            )
            .chain(self.conditionals.iter_mut().map(|conditional| &mut conditional.call))
    }
}
