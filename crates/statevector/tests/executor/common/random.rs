//! Random circuits.

use qnewton_circuit::{
    Angle, AngleTable, Arguments, Axis, Call, Circuit, Control, Definition, DefinitionId, Gate, IndexTable,
    QubitId, RegisterKind, Structured, StructuredOperation,
};
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;

pub struct Random(pub Pcg64);

/// The kinds of structured operations.
pub const KINDS: &[&str] = &[
    "gate",
    "multiplexed_rotation",
    "diagonal",
    "permutation",
    "state_preparation",
    "reflection",
    "add_constant",
    "table_lookup",
];

impl Random {
    pub fn new(seed: u64) -> Self {
        Random(Pcg64::seed_from_u64(seed))
    }

    pub fn below(&mut self, bound: usize) -> usize {
        self.0.random_range(0..bound)
    }

    pub fn flip(&mut self) -> bool {
        self.0.random()
    }

    pub fn angle(&mut self) -> f64 {
        self.0.random_range(-4.0..4.0)
    }

    /// Literal, or affine in the parameters.
    fn expression(&mut self, parameters: &[Angle]) -> Angle {
        let mut angle = Angle::from(self.angle());
        if !parameters.is_empty() && self.flip() {
            let parameter = &parameters[self.below(parameters.len())];
            angle = angle.plus(&parameter.scaled(self.angle()));
        }
        angle
    }

    /// Mostly smooth, sometimes with zeros that elision can use.
    fn values(&mut self, length: usize) -> Vec<f64> {
        match self.below(4) {
            0 => {
                let value = self.angle();
                (0..length).map(|k| if k % 2 == 0 { value } else { -value }).collect()
            }
            1 => (0..length).map(|_| if self.below(3) == 0 { self.angle() } else { 0.0 }).collect(),
            _ => (0..length).map(|_| self.angle()).collect(),
        }
    }

    fn angles(&mut self, circuit: &mut Circuit, length: usize) -> qnewton_circuit::TableId {
        let table = match self.below(6) {
            0 => AngleTable::Constant { length: length as u64, value: self.angle() },
            1 => {
                let masks: Vec<u64> = (0..length as u64).filter(|_| self.flip()).collect();
                let coefficients = masks.into_iter().map(|mask| (mask, self.angle())).collect();
                AngleTable::WalshSparse { length: length as u64, coefficients }
            }
            _ => AngleTable::Dense(self.values(length)),
        };
        circuit.add_angles(table)
    }

    pub fn controls(&mut self, qubits: &[QubitId]) -> Vec<Control> {
        qubits.iter().map(|&qubit| Control { qubit, on: self.flip() }).collect()
    }

    pub fn shuffled(&mut self, count: usize) -> Vec<QubitId> {
        let mut all: Vec<QubitId> = (0..count as u32).map(QubitId).collect();
        all.shuffle(&mut self.0);
        all
    }

    /// A structured operation of a kind, on `qubits` of them.
    pub fn structured(
        &mut self,
        circuit: &mut Circuit,
        kind: &str,
        qubits: &[QubitId],
        parameters: &[Angle],
    ) -> Structured {
        let n = qubits.len();
        match kind {
            "gate" => {
                let fitting: Vec<Gate> =
                    Gate::ALL.iter().copied().filter(|gate| gate.qubits() <= n).collect();
                let gate = fitting[self.below(fitting.len())];
                let angles = (0..gate.angles()).map(|_| self.expression(parameters)).collect();
                Structured::Gate { gate, qubits: qubits[..gate.qubits()].to_vec(), angles }
            }
            "multiplexed_rotation" => Structured::MultiplexedRotation {
                axis: [Axis::X, Axis::Y, Axis::Z][self.below(3)],
                selects: qubits[1..].to_vec(),
                target: qubits[0],
                angles: self.angles(circuit, 1 << (n - 1)),
            },
            "diagonal" => {
                Structured::Diagonal { qubits: qubits.to_vec(), phases: self.angles(circuit, 1 << n) }
            }
            "permutation" => {
                let mut values: Vec<u64> = (0..1 << n).collect();
                if self.below(4) > 0 {
                    values.shuffle(&mut self.0);
                } else {
                    values.swap(0, (1 << n) - 1);
                }
                let images = circuit.add_indices(IndexTable::Dense { width: n as u32, values });
                Structured::Permutation { qubits: qubits.to_vec(), images }
            }
            "state_preparation" => {
                let mut values = self.values(1 << n);
                values[0] += 0.1;
                let amplitudes = circuit.add_angles(AngleTable::Dense(values));
                Structured::StatePreparation { qubits: qubits.to_vec(), amplitudes }
            }
            "reflection" => {
                let signal = (n > 1 && self.flip()).then(|| qubits[n - 1]);
                let own = if signal.is_some() { n - 1 } else { n };
                let angle = self.expression(parameters);
                Structured::Reflection { qubits: qubits[..own].to_vec(), signal, angle }
            }
            "add_constant" => {
                Structured::AddConstant { qubits: qubits.to_vec(), constant: self.below(40) as u64 }
            }
            "table_lookup" => {
                let (address, target) = qubits.split_at(n / 2);
                let width = target.len() as u32;
                let sparse = self.flip();
                let values = (0..1 << address.len())
                    .map(|_| if sparse && self.flip() { 0 } else { self.below(1 << width) as u64 })
                    .collect();
                let entries = circuit.add_indices(IndexTable::Dense { width, values });
                let (address, target) = (address.to_vec(), target.to_vec());
                Structured::TableLookup { address, target, entries, relative_phase: self.flip() }
            }
            other => panic!("{other}"),
        }
    }

    /// One operation of a kind on random qubits of `total`, with random controls, polarity and inverse, and
    /// with dirty and (if `clean`) clean qubits from those that are left.
    pub fn operation(
        &mut self,
        circuit: &mut Circuit,
        kind: &str,
        total: usize,
        parameters: &[Angle],
        clean: bool,
    ) -> StructuredOperation {
        let all = self.shuffled(total);
        let own = 1 + self.below(total.min(4));
        let controls = self.below((total - own).min(5) + 1);
        let dirty = self.below(total - own - controls + 1);
        let rest = if clean { &all[own + controls + dirty..] } else { &[] };
        let kind = self.structured(circuit, kind, &all[..own], parameters);
        StructuredOperation {
            inverse: self.flip(),
            controls: self.controls(&all[own..own + controls]),
            dirty: all[own + controls..own + controls + dirty].to_vec(),
            clean: rest.to_vec(),
            ..kind.into()
        }
    }

    /// A definition of `total` operand qubits with random operations and random calls of the definitions that
    /// `callees` lists.
    pub fn definition(
        &mut self,
        circuit: &mut Circuit,
        name: &str,
        total: usize,
        parameters: usize,
        callees: &[DefinitionId],
    ) -> Definition {
        let mut definition = Definition::new(name);
        definition.add_register("a", total / 2);
        definition.add_register("b", total - total / 2);
        let parameters: Vec<Angle> =
            (0..parameters).map(|k| definition.add_parameter(format!("p{k}"))).collect();
        for _ in 0..2 + self.below(4) {
            match self.below(10) {
                0 => {
                    let angle = self.expression(&parameters);
                    definition.global_phase(&angle);
                }
                1..=3 => {
                    let gates: Vec<Gate> =
                        Gate::ALL.iter().copied().filter(|gate| gate.qubits() <= total).collect();
                    let gate = gates[self.below(gates.len())];
                    let angles: Vec<Angle> =
                        (0..gate.angles()).map(|_| self.expression(&parameters)).collect();
                    definition.gate_with(gate, &self.shuffled(total)[..gate.qubits()], &angles);
                }
                4..=6 => {
                    let kind = KINDS[self.below(KINDS.len())];
                    let operation = self.operation(circuit, kind, total, &parameters, false);
                    definition.push_structured(operation);
                }
                7 => definition.barrier(self.shuffled(total)),
                _ => {}
            }
            if callees.is_empty() {
                continue;
            }
            if self.below(4) == 0 {
                let outer = self.call(circuit, callees, total, &parameters);
                let inner = self.call(circuit, callees, total, &parameters);
                definition.conjugate(outer, inner);
            } else {
                let call = self.call(circuit, callees, total, &parameters);
                definition.call(call);
            }
        }
        definition
    }

    fn call(
        &mut self,
        circuit: &mut Circuit,
        callees: &[DefinitionId],
        total: usize,
        parameters: &[Angle],
    ) -> Call {
        let fitting: Vec<DefinitionId> =
            callees.iter().copied().filter(|&id| circuit.definition(id).operand_count() <= total).collect();
        let callee = fitting[self.below(fitting.len())];
        let (operands, wanted) =
            (circuit.definition(callee).operand_count(), circuit.definition(callee).parameters.len());
        let all = self.shuffled(total);
        let mut call = Call::new(callee, all[..operands].iter().copied());
        let controls = self.below((total - operands).min(2) + 1);
        call.controls = self.controls(&all[operands..operands + controls]);
        call.inverse = self.flip();
        call.repetitions = [1, 1, 2, 3, 0][self.below(5)];
        call.arguments = if self.flip() {
            Arguments::Fixed((0..wanted).map(|_| self.expression(parameters)).collect())
        } else {
            let values = self.values(call.repetitions as usize * wanted);
            Arguments::Table(circuit.add_angles(AngleTable::Dense(values)))
        };
        call
    }

    /// A hierarchy whose entry has `total` qubits and no parameters; some definitions have ancillas if
    /// `ancillas`.
    pub fn hierarchy(&mut self, total: usize, ancillas: bool) -> Circuit {
        let mut circuit = Circuit::new();
        let mut callees = Vec::new();
        for level in 0..3 {
            let size = 1 + self.below(total);
            let parameters = self.below(3);
            let mut definition =
                self.definition(&mut circuit, &format!("d{level}"), size, parameters, &callees);
            if ancillas && self.flip() {
                self.add_ancillas(&mut definition);
            }
            callees.push(circuit.add(definition));
            if !callees.iter().any(|&id| circuit.definition(id).operand_count() == 1) {
                let mut small = Definition::new("small");
                let qubit = small.add_register("q", 1).qubit(0);
                small.gate(Gate::U3, &[qubit], &[self.angle(), self.angle(), self.angle()]);
                small.global_phase(&self.angle().into());
                callees.push(circuit.add(small));
            }
        }
        let entry = self.definition(&mut circuit, "main", total, 0, &callees);
        circuit.add(entry);
        circuit
    }

    /// Operations that are right only if clean ancillas are |0>, dirty ones are restored, and neither is one of
    /// the operands: a multi-controlled X, a control copied to a clean qubit, a control relayed by a dirty one.
    fn add_ancillas(&mut self, definition: &mut Definition) {
        let operands = definition.operand_count();
        let clean = definition.add_register_of("clean", self.below(2), RegisterKind::CleanAncilla);
        let dirty = definition.add_register_of("dirty", self.below(2), RegisterKind::DirtyAncilla);
        let all = self.shuffled(operands);
        let kind = Structured::Gate { gate: Gate::X, qubits: vec![all[0]], angles: vec![] };
        definition.push_structured(StructuredOperation {
            controls: self.controls(&all[1..]),
            clean: clean.qubits().collect(),
            dirty: dirty.qubits().collect(),
            ..kind.into()
        });
        let [target, control, ..] = all[..] else { return };
        for copy in clean.qubits() {
            definition.gate(Gate::Cx, &[control, copy], &[]);
            definition.gate(Gate::Cry, &[copy, target], &[self.angle()]);
            definition.gate(Gate::Cx, &[control, copy], &[]);
        }
        for relay in dirty.qubits() {
            for _ in 0..2 {
                definition.gate(Gate::Cx, &[relay, target], &[]);
                definition.gate(Gate::Cx, &[control, relay], &[]);
            }
        }
    }
}
