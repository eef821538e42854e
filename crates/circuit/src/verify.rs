//! The verifier. Rules:
//!
//! 1. callees stand before callers; the entry exists;
//! 2. every qubit, bit, parameter and table that is referred to exists;
//! 3. the qubits of one operation are distinct;
//! 4. calls pass as many qubits, bits and angles as the callee declares;
//! 5. tables have the kind and length that their operation needs; permutations permute; entries fit their width;
//! 6. what is inverted or controlled neither measures, resets nor branches;
//! 7. angles are finite;
//! 8. operand registers stand before ancilla registers; names are unique;
//! 9. calls nest at most [`NESTING_LIMIT`] deep.
//!
//! Violations accumulate, each with its place.

use crate::angle::Angle;
use crate::circuit::Circuit;
use crate::definition::{Definition, RegisterKind};
use crate::error::CircuitError;
use crate::ids::{DefinitionId, QubitId, TableId};
use crate::operation::{Arguments, Call, Operation};
use crate::structured::Structured;
use crate::table::{AngleTable, IndexTable};
use std::collections::HashSet;

/// Calls nest at most this deep, since lowering and execution follow them recursively.
pub const NESTING_LIMIT: usize = 512;

/// Checks all rules; an empty list means that the circuit is well-formed.
pub fn verify(circuit: &Circuit) -> Vec<CircuitError> {
    let mut errors = Vec::new();
    if circuit.entry_id().map_or(true, |entry| entry.index() >= circuit.definitions().len()) {
        errors.push(CircuitError::NoEntry);
    }
    let mut unitary = Vec::new();
    let mut names = HashSet::new();
    for (position, definition) in circuit.definitions().iter().enumerate() {
        let mut check = Check {
            circuit,
            definition,
            id: DefinitionId::from_index(position),
            operation: 0,
            errors: &mut errors,
        };
        if !names.insert(definition.name.as_str()) {
            check.report("another definition has the same name");
        }
        check.registers();
        for (place, &operation) in definition.operations().iter().enumerate() {
            check.operation = place;
            check.operation(operation, &unitary);
        }
        let calls_unitary =
            definition.all_calls().all(|call| *unitary.get(call.callee.index()).unwrap_or(&true));
        unitary.push(definition.is_unitary_itself() && calls_unitary);
    }
    errors.extend(check_nesting(circuit).err());
    errors
}

/// Checks rule 9 alone, for the entry.
pub(crate) fn check_nesting(circuit: &Circuit) -> Result<(), CircuitError> {
    let mut depths: Vec<usize> = Vec::with_capacity(circuit.definitions().len());
    for definition in circuit.definitions() {
        let below = definition.all_calls().filter_map(|call| depths.get(call.callee.index())).max();
        depths.push(1 + below.copied().unwrap_or(0));
    }
    match circuit.entry_id().ok().and_then(|entry| Some((entry, *depths.get(entry.index())?))) {
        Some((entry, depth)) if depth > NESTING_LIMIT => Err(CircuitError::Malformed {
            definition: circuit.definition(entry).name.clone(),
            operation: 0,
            problem: format!("calls nest {depth} deep, at most {NESTING_LIMIT} levels are supported"),
        }),
        _ => Ok(()),
    }
}

struct Check<'a> {
    circuit: &'a Circuit,
    definition: &'a Definition,
    id: DefinitionId,
    operation: usize,
    errors: &'a mut Vec<CircuitError>,
}

impl Check<'_> {
    fn report(&mut self, problem: impl Into<String>) {
        self.errors.push(CircuitError::Malformed {
            definition: self.definition.name.clone(),
            operation: self.operation,
            problem: problem.into(),
        });
    }

    fn registers(&mut self) {
        let mut names = HashSet::new();
        let mut ancillas = false;
        for register in self.definition.registers() {
            if !names.insert(register.name.as_str()) {
                self.report(format!("two registers are named `{}`", register.name));
            }
            if register.kind == RegisterKind::Operand && ancillas {
                self.report(format!("operand register `{}` stands after an ancilla register", register.name));
            }
            ancillas |= register.kind != RegisterKind::Operand;
        }
    }

    fn operation(&mut self, operation: Operation, unitary: &[bool]) {
        let definition = self.definition;
        match operation {
            Operation::Gate(gate) => {
                self.qubits(gate.qubits());
                self.angles(&definition.angles(gate.angles, gate.gate.angles()));
            }
            Operation::GlobalPhase(slot) => self.angles(&definition.angles(slot, 1)),
            Operation::Structured(position) => self.structured(position),
            Operation::Call(position) => self.call(definition.calls(position), unitary),
            Operation::Conjugate(position) => {
                let conjugate = definition.conjugates(position);
                self.call(&conjugate.outer, unitary);
                self.call(&conjugate.inner, unitary);
                if unitary.get(conjugate.outer.callee.index()) == Some(&false) {
                    self.report("the outer part of a conjugation must be unitary");
                }
            }
            Operation::Conditional(position) => {
                let conditional = definition.conditionals(position);
                if conditional.bits.iter().any(|(bit, _)| bit.index() >= definition.bit_count()) {
                    self.report("a condition refers to a bit that does not exist");
                }
                self.call(&conditional.call, unitary);
            }
            Operation::Measure { qubit, bit } => {
                self.qubits(&[qubit]);
                if bit.index() >= definition.bit_count() {
                    self.report("a measurement writes a bit that does not exist");
                }
            }
            Operation::Reset(qubit) => self.qubits(&[qubit]),
            Operation::Barrier(position) => self.qubits(definition.barriers(position)),
        }
    }

    fn qubits(&mut self, qubits: &[QubitId]) {
        for (position, qubit) in qubits.iter().enumerate() {
            if qubit.index() >= self.definition.qubit_count() {
                self.report(format!("qubit {} does not exist", qubit.0));
            }
            if qubits.len() <= 64 && qubits[..position].contains(qubit) {
                self.report(format!("qubit {} is used twice", qubit.0));
            }
        }
        if qubits.len() > 64 && qubits.iter().collect::<HashSet<_>>().len() < qubits.len() {
            self.report("a qubit is used twice");
        }
    }

    fn angles(&mut self, angles: &[Angle]) {
        for angle in angles {
            if !angle.constant.is_finite() || angle.terms.iter().any(|(_, factor)| !factor.is_finite()) {
                self.report("an angle is not finite");
            }
            if angle.terms.iter().any(|(parameter, _)| parameter.index() >= self.definition.parameters.len())
            {
                self.report("an angle refers to a parameter that does not exist");
            }
        }
    }

    fn call(&mut self, call: &Call, unitary: &[bool]) {
        if call.callee >= self.id {
            return self.report("a definition may only call definitions before it");
        }
        let callee = self.circuit.definition(call.callee);
        let all: Vec<QubitId> =
            call.operands.iter().copied().chain(call.controls.iter().map(|control| control.qubit)).collect();
        self.qubits(&all);
        if call.operands.len() != callee.operand_count() {
            let (passed, wanted) = (call.operands.len(), callee.operand_count());
            self.report(format!("`{}` takes {wanted} qubits, {passed} are passed", callee.name));
        }
        if call.bits.len() != callee.bit_count() {
            let (passed, wanted) = (call.bits.len(), callee.bit_count());
            self.report(format!("`{}` takes {wanted} bits, {passed} are passed", callee.name));
        }
        if call.bits.iter().any(|bit| bit.index() >= self.definition.bit_count()) {
            self.report("a call passes a bit that does not exist");
        }
        match &call.arguments {
            Arguments::Fixed(angles) => {
                self.angles(angles);
                if angles.len() != callee.parameters.len() {
                    let (passed, wanted) = (angles.len(), callee.parameters.len());
                    self.report(format!("`{}` takes {wanted} angles, {passed} are passed", callee.name));
                }
            }
            Arguments::Table(table) => {
                let wanted = u128::from(call.repetitions) * callee.parameters.len() as u128;
                self.angle_table(*table, wanted);
            }
        }
        let modified = call.inverse || !call.controls.is_empty();
        if modified && unitary.get(call.callee.index()) == Some(&false) {
            self.errors.push(CircuitError::NotUnitary { definition: callee.name.clone() });
        }
    }

    fn structured(&mut self, position: u32) {
        let operation = self.definition.structured(position);
        let mut all = operation.kind.qubits();
        all.extend(operation.controls.iter().map(|control| control.qubit));
        all.extend(operation.clean.iter().chain(&operation.dirty));
        self.qubits(&all);
        let power = |qubits: usize| if qubits < 64 { 1u128 << qubits } else { u128::MAX };
        match &operation.kind {
            Structured::Gate { gate, qubits, angles } => {
                self.angles(angles);
                if qubits.len() != gate.qubits() || angles.len() != gate.angles() {
                    self.report(format!(
                        "`{}` takes {} qubits and {} angles",
                        gate.name(),
                        gate.qubits(),
                        gate.angles()
                    ));
                }
            }
            Structured::MultiplexedRotation { selects, angles, .. } => {
                self.angle_table(*angles, power(selects.len()))
            }
            Structured::Diagonal { qubits, phases } => self.angle_table(*phases, power(qubits.len())),
            Structured::StatePreparation { qubits, amplitudes } => {
                self.angle_table(*amplitudes, power(qubits.len()));
                let empty = match self.circuit.angles(*amplitudes) {
                    Ok(AngleTable::Dense(values)) => values.iter().all(|&value| value == 0.0),
                    Ok(AngleTable::Constant { value, .. }) => *value == 0.0,
                    Ok(AngleTable::WalshSparse { coefficients, .. }) => {
                        coefficients.iter().all(|&(_, c)| c == 0.0)
                    }
                    _ => false,
                };
                if empty {
                    self.report("a state without amplitudes cannot be prepared");
                }
            }
            Structured::Permutation { qubits, images } => {
                self.index_table(*images, power(qubits.len()), qubits.len() as u32);
                if let Ok(IndexTable::Dense { values, .. }) = self.circuit.indices(*images)
                    && values.iter().collect::<HashSet<_>>().len() < values.len()
                {
                    self.report("the images of a permutation must be distinct");
                }
            }
            Structured::TableLookup { address, target, entries, .. } => {
                self.index_table(*entries, power(address.len()), target.len() as u32);
            }
            Structured::Reflection { angle, .. } => self.angles(std::slice::from_ref(angle)),
            Structured::AddConstant { .. } => {}
        }
    }

    fn angle_table(&mut self, table: TableId, length: u128) {
        match self.circuit.angles(table) {
            Ok(found) => {
                if u128::from(found.len()) != length {
                    self.report(format!("table {} has {} values, {length} are needed", table.0, found.len()));
                }
                let finite = match found {
                    AngleTable::Dense(values) => values.iter().all(|value| value.is_finite()),
                    AngleTable::WalshSparse { coefficients, .. } => {
                        coefficients.iter().all(|(_, c)| c.is_finite())
                    }
                    AngleTable::Constant { value, .. } => value.is_finite(),
                    AngleTable::Symbolic { .. } | AngleTable::SymbolicWalsh { .. } => true,
                };
                if let AngleTable::WalshSparse { length, coefficients } = found
                    && !(coefficients.is_sorted_by(|(a, _), (b, _)| a < b)
                        && coefficients.last().is_none_or(|(mask, _)| mask < length))
                {
                    self.report(format!(
                        "the masks of table {} must increase and stay below {length}",
                        table.0
                    ));
                }
                if let AngleTable::SymbolicWalsh { length, terms } = found
                    && terms > length
                {
                    self.report(format!("table {} has {terms} coefficients for {length} values", table.0));
                }
                if !finite {
                    self.report(format!("table {} has a value that is not finite", table.0));
                }
            }
            Err(_) => self.report(format!("table {} is not a table of angles", table.0)),
        }
    }

    fn index_table(&mut self, table: TableId, length: u128, width: u32) {
        match self.circuit.indices(table) {
            Ok(found) => {
                if u128::from(found.len()) != length || found.width() != width {
                    let (rows, bits) = (found.len(), found.width());
                    self.report(format!(
                        "table {} has {rows} values of {bits} bits, {length} of {width} are needed",
                        table.0
                    ));
                }
                if let IndexTable::Dense { width, values } = found
                    && *width < 64
                    && values.iter().any(|value| value >> width != 0)
                {
                    self.report(format!("table {} has a value of more than {width} bits", table.0));
                }
            }
            Err(_) => self.report(format!("table {} is not a table of integers", table.0)),
        }
    }
}
