//! The circuits of the layouts.

use super::{Between, Tables};
use qnewton_circuit::{
    AngleTable, Call, Circuit, Control, Definition, DefinitionId, Gate, Register, RegisterKind, Structured,
    StructuredOperation,
};

/// The registers system and index, and flags if there are any.
struct Registers {
    system: Register,
    index: Register,
    flags: Register,
}

impl Registers {
    fn add(definition: &mut Definition, n: usize, flags: usize) -> Self {
        let system = definition.add_register("system", n);
        let index = definition.add_register("index", n);
        let flags = if flags > 0 {
            definition.add_register("flags", flags)
        } else {
            Register { name: "flags".into(), kind: RegisterKind::Operand, start: 0, len: 0 }
        };
        Registers { system, index, flags }
    }
}

impl Tables {
    /// The circuit for n system qubits.
    pub(super) fn circuit(self, n: usize) -> Circuit {
        let mut circuit = Circuit::new();
        match self {
            Tables::Norms { columns, norms, phases } => {
                let mut definition = Definition::new("block_encoding");
                let registers = Registers::add(&mut definition, n, 0);
                let Registers { system, index, .. } = &registers;
                columns.push(&mut circuit, &mut definition, system, index, None, false);
                push_phases(&mut circuit, &mut definition, &registers, phases);
                let amplitudes = circuit.add_angles(norms);
                let kind = Structured::StatePreparation { qubits: system.qubits().collect(), amplitudes };
                definition.push_structured(StructuredOperation { inverse: true, ..kind.into() });
                exchange_with_zero(&mut definition, index, system);
                circuit.add(definition);
            }
            Tables::Weighted { columns, rows, phases } => {
                let mut definition = Definition::new("block_encoding");
                let registers = Registers::add(&mut definition, n, 2);
                let Registers { system, index, flags } = &registers;
                columns.push(&mut circuit, &mut definition, system, index, Some(flags.qubit(0)), false);
                push_phases(&mut circuit, &mut definition, &registers, phases);
                rows.push(&mut circuit, &mut definition, index, system, Some(flags.qubit(1)), true);
                exchange_with_zero(&mut definition, index, system);
                circuit.add(definition);
            }
            Tables::Symmetric { columns, between } => {
                let mut definition = Definition::new("prepare_columns");
                let Registers { system, index, flags } = Registers::add(&mut definition, n, 1);
                columns.push(&mut circuit, &mut definition, &system, &index, Some(flags.qubit(0)), false);
                let outer = circuit.add(definition);
                let inner = exchange(&mut circuit, n, between);
                let mut entry = Definition::new("block_encoding");
                let Registers { system, index, flags } = Registers::add(&mut entry, n, 2);
                let both = || system.qubits().chain(index.qubits());
                entry.conjugate(
                    Call::new(outer, both().chain([flags.qubit(0)])),
                    Call::new(inner, both().chain(flags.qubits())),
                );
                circuit.add(entry);
            }
        }
        circuit
    }
}

/// Phases of the states |i>|j>, i in `index` and j in `system`.
fn push_phases(
    circuit: &mut Circuit,
    definition: &mut Definition,
    registers: &Registers,
    phases: Option<AngleTable>,
) {
    if let Some(table) = phases {
        let phases = circuit.add_angles(table);
        let qubits = registers.system.qubits().chain(registers.index.qubits()).collect();
        definition.push_structured(Structured::Diagonal { qubits, phases });
    }
}

/// Exchanges two registers where `empty` reads 0, in two thirds of the gates of an exchange.
fn exchange_with_zero(definition: &mut Definition, full: &Register, empty: &Register) {
    for (full, empty) in full.qubits().zip(empty.qubits()) {
        definition.gate(Gate::Cx, &[full, empty], &[]);
        definition.gate(Gate::Cx, &[empty, full], &[]);
    }
}

/// Exchanges system and index, and the two flags, after what happens between.
fn exchange(circuit: &mut Circuit, n: usize, between: Between) -> DefinitionId {
    let signs = match &between {
        Between::Diagonal(table) => Some((compare(circuit, n), signs_where_equal(circuit, n, table))),
        Between::Nothing | Between::Phases(_) => None,
    };
    let mut definition = Definition::new("exchange");
    let registers = Registers::add(&mut definition, n, 2);
    if let Between::Phases(table) = between {
        push_phases(circuit, &mut definition, &registers, Some(table));
    }
    let Registers { system, index, flags } = registers;
    if let Some((compare, signs)) = signs {
        let equal = definition.add_register_of("equal", 1, RegisterKind::CleanAncilla);
        let all = system.qubits().chain(index.qubits()).chain(equal.qubits());
        definition
            .conjugate(Call::new(compare, all), Call::new(signs, system.qubits().chain(equal.qubits())));
    }
    let pairs = system.qubits().zip(index.qubits()).chain([(flags.qubit(0), flags.qubit(1))]);
    pairs.for_each(|(a, b)| definition.gate(Gate::Swap, &[a, b], &[]));
    circuit.add(definition)
}

/// Sets `equal` where system and index are equal; leaves their exclusive or in `index`.
fn compare(circuit: &mut Circuit, n: usize) -> DefinitionId {
    let mut definition = Definition::new("compare");
    let Registers { system, index, .. } = Registers::add(&mut definition, n, 0);
    let equal = definition.add_register("equal", 1).qubit(0);
    for (system, index) in system.qubits().zip(index.qubits()) {
        definition.gate(Gate::Cx, &[system, index], &[]);
    }
    let kind = Structured::Gate { gate: Gate::X, qubits: vec![equal], angles: Vec::new() };
    definition.push_structured(StructuredOperation {
        controls: index.qubits().map(|qubit| Control { qubit, on: false }).collect(),
        dirty: system.qubits().collect(),
        ..kind.into()
    });
    circuit.add(definition)
}

/// Phases that depend on the system and on whether it equals the index.
fn signs_where_equal(circuit: &mut Circuit, n: usize, table: &AngleTable) -> DefinitionId {
    let phases = circuit.add_angles(table.clone());
    let mut definition = Definition::new("signs_of_the_diagonal");
    let system = definition.add_register("system", n);
    let equal = definition.add_register("equal", 1);
    let qubits = system.qubits().chain(equal.qubits()).collect();
    definition.push_structured(Structured::Diagonal { qubits, phases });
    circuit.add(definition)
}
