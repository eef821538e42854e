//! Which qubits a circuit really uses, where structured operations run directly: ancillas that only their lowering
//! would use need no amplitudes.

use qnewton_circuit::{Call, Circuit, Definition, Operation, QubitId};

/// The qubits of a definition that its operations act on, and their positions among them.
pub(crate) struct Used {
    positions: Vec<Option<u32>>,
    count: usize,
}

impl Used {
    /// Number of qubits that are used.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// The positions of qubits, those that are not used left out.
    pub(crate) fn positions<'a>(
        &self,
        qubits: impl IntoIterator<Item = &'a QubitId>,
    ) -> impl Iterator<Item = u32> {
        qubits.into_iter().filter_map(|qubit| self.positions[qubit.index()])
    }

    /// The position of a qubit. Asked for qubits that an operation acts on only: these are all used.
    pub(crate) fn position(&self, qubit: QubitId) -> u32 {
        self.positions[qubit.index()].unwrap_or(u32::MAX)
    }

    /// The operands of a call that its callee uses.
    pub(crate) fn operands(call: &Call, callee: &Used) -> Vec<QubitId> {
        let pairs = call.operands.iter().zip(&callee.positions);
        pairs.filter(|(_, position)| position.is_some()).map(|(&operand, _)| operand).collect()
    }

    fn of(definition: &Definition, kept: usize, callees: &[Used]) -> Used {
        let mut used = vec![false; definition.qubit_count()];
        used[..kept].fill(true);
        let mut mark = |qubits: &[QubitId]| qubits.iter().for_each(|qubit| used[qubit.index()] = true);
        for &operation in definition.operations() {
            match operation {
                Operation::Gate(gate) => mark(gate.qubits()),
                Operation::Structured(position) => {
                    let operation = definition.structured(position);
                    mark(&operation.kind.qubits());
                    operation.controls.iter().for_each(|control| mark(&[control.qubit]));
                }
                Operation::Measure { qubit, .. } | Operation::Reset(qubit) => mark(&[qubit]),
                Operation::GlobalPhase(_) | Operation::Barrier(_) => {}
                Operation::Call(_) | Operation::Conjugate(_) | Operation::Conditional(_) => {}
            }
        }
        for call in definition.all_calls() {
            mark(&Used::operands(call, &callees[call.callee.index()]));
            call.controls.iter().for_each(|control| mark(&[control.qubit]));
        }
        let mut count = 0;
        let mut position = |used: bool| {
            used.then(|| {
                count += 1;
                count - 1
            })
        };
        let positions: Vec<Option<u32>> = used.into_iter().map(&mut position).collect();
        Used { count: positions.iter().flatten().count(), positions }
    }
}

/// For each definition up to the entry of a circuit without ancilla registers. The first `kept` qubits of the entry
/// count as used.
pub(crate) fn used_qubits(circuit: &Circuit, entry: usize, kept: usize) -> Vec<Used> {
    let mut found: Vec<Used> = Vec::with_capacity(entry + 1);
    for (index, definition) in circuit.definitions()[..=entry].iter().enumerate() {
        let kept = if index == entry { kept } else { 0 };
        found.push(Used::of(definition, kept, &found));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Program, RunOptions, StateVector, project};
    use qnewton_circuit::{Control, Gate, RegisterKind, Structured, StructuredOperation};
    use qnewton_core::Silent;

    /// 40 qubits are declared, of which 33 serve nothing that runs.
    #[test]
    fn ancillas_of_lowerings_need_no_amplitudes() {
        let mut circuit = Circuit::new();
        let mut inner = Definition::new("inner");
        let data = inner.add_register("data", 4);
        let clean = inner.add_register_of("clean", 18, RegisterKind::CleanAncilla);
        let used = inner.add_register_of("used", 1, RegisterKind::CleanAncilla).qubit(0);
        let kind = Structured::Gate { gate: Gate::X, qubits: vec![data.qubit(3)], angles: Vec::new() };
        inner.gate(Gate::Cx, &[data.qubit(0), used], &[]);
        inner.push_structured(StructuredOperation {
            controls: [data.qubit(1), data.qubit(2), used].map(|qubit| Control { qubit, on: true }).to_vec(),
            clean: clean.qubits().collect(),
            ..kind.into()
        });
        inner.gate(Gate::Cx, &[data.qubit(0), used], &[]);
        let inner = circuit.add(inner);
        let mut main = Definition::new("main");
        let scratch = main.add_register("untouched", 2);
        let system = main.add_register("system", 4);
        let spare = main.add_register_of("spare", 15, RegisterKind::CleanAncilla);
        for qubit in system.qubits().take(3) {
            main.gate(Gate::X, &[qubit], &[]);
        }
        main.call(Call::new(inner, system.qubits()));
        main.barrier(scratch.qubits().chain(spare.qubits()).collect());
        circuit.add(main);
        let program = Program::<f64>::new(&circuit).unwrap();
        assert_eq!(program.qubits(), 7);
        let mut state = StateVector::zero(program.qubits()).unwrap();
        program.run(&mut state, &RunOptions::default(), &Silent).unwrap();
        let system: Vec<QubitId> = system.qubits().collect();
        assert!((project(&state, &system).unwrap()[15].re - 1.0).abs() < 1e-15);
    }
}
