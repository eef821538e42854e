//! The circuit of a sum of shifts.

use super::adder::{Addend, add_bits, add_constant, conjunction};
use super::codes::Source;
use super::padding::Padding;
use super::preparation::{Amplitudes, prepare};
use super::{Direction, Group, Layout, Shift, Signs, is_involution};
use crate::lcu::{Values, rotation};
use qnewton_circuit::{
    Axis, Call, Circuit, Definition, DefinitionId, Gate, IndexTable, QubitId, Register, RegisterKind,
    Structured, StructuredOperation, TableId,
};

/// What a sum of shifts is besides its layout.
pub(crate) struct Body {
    /// Rotations of a flag, by the code above the index; `None` if the magnitudes of all coefficients are constant.
    pub values: Option<Values>,
    /// Whether coefficients of shifts vary: in a symmetric sum they belong to the lower end of a pair. Otherwise only
    /// those of terms without a shift may.
    pub framed: bool,
    /// Signs and phases that do not vary.
    pub signs: Signs,
    /// Indices without shifts.
    pub padding: Option<Padding>,
}

/// Registers of the entry; absent ones are empty.
struct Registers {
    system: Vec<QubitId>,
    term: Vec<QubitId>,
    direction: Option<QubitId>,
    flag: Option<QubitId>,
    overflow: Option<QubitId>,
}

impl Registers {
    fn all(&self) -> impl Iterator<Item = QubitId> {
        let rest = [self.direction, self.flag, self.overflow];
        self.system.iter().chain(&self.term).copied().chain(rest.into_iter().flatten())
    }
}

/// The addition of what the sources say to a group of bits.
struct Adder {
    callee: DefinitionId,
    /// Qubits passed as what is added or as controls: positions among the sources.
    sources: Vec<usize>,
    /// The group's bits from the lowest one that changes.
    low: usize,
    high: usize,
    open: bool,
}

impl Layout {
    /// The circuit, whose tables may be symbolic.
    pub(crate) fn circuit(&self, amplitudes: Amplitudes, body: Body) -> Circuit {
        let mut circuit = Circuit::new();
        let prepare = prepare(&mut circuit, self.term_qubits(), self.has_direction(), amplitudes);
        let name = if prepare.is_some() { "apply_terms" } else { "block_encoding" };
        let (flag, padded) = (body.values.is_some(), body.padding.is_some());
        let (mut definition, registers) = self.signature(name, flag, padded);
        let Body { values, framed, signs, padding } = body;
        // The direction that phases depend on is not that of the two kinds of pairs.
        let may_stagger = !framed && padding.is_none() && !matches!(signs, Signs::Opposite(_));
        signs.apply(&mut circuit, &mut definition, &registers.term, registers.direction);
        let tables = values
            .map(|values| (circuit.add_angles(values.angles), values.phases.map(|p| circuit.add_angles(p))));
        let rotate = |definition: &mut Definition| {
            if let (Some(flag), Some((angles, phases))) = (registers.flag, tables) {
                self.rotate(definition, &registers, flag, angles, phases);
            }
        };
        match self.staggered() {
            Some((group, bit)) if may_stagger => {
                rotate(&mut definition);
                self.stagger(&mut circuit, &mut definition, &registers, group, bit);
            }
            _ => {
                let steps = Steps { layout: self, registers: &registers, framed };
                steps.append(&mut circuit, &mut definition, padding, rotate);
            }
        }
        let inner = circuit.add(definition);
        if let Some(outer) = prepare {
            let (mut entry, registers) = self.signature("block_encoding", flag, padded);
            let prepared = registers.term.iter().copied().chain(registers.direction);
            entry.conjugate(Call::new(outer, prepared), Call::new(inner, registers.all()));
            circuit.add(entry);
        }
        circuit
    }

    fn signature(&self, name: &str, flag: bool, padded: bool) -> (Definition, Registers) {
        let mut definition = Definition::new(name);
        let qubits = |register: Register| register.qubits().collect::<Vec<QubitId>>();
        let system = qubits(definition.add_register("system", self.system_qubits));
        let projected = self.projected(flag, padded);
        let mut add = |name: &str, length: usize| match projected.iter().any(|other| other == name) {
            true => qubits(definition.add_register(name, length)),
            false => Vec::new(),
        };
        let term = add("term", self.term_qubits());
        let mut single = |name| add(name, 1).first().copied();
        let (direction, flag, overflow) = (single("direction"), single("flag"), single("overflow"));
        (definition, Registers { system, term, direction, flag, overflow })
    }

    /// Rotations of the flag: a reflection in a symmetric sum, whose phases change sign with the direction.
    fn rotate(
        &self,
        definition: &mut Definition,
        registers: &Registers,
        flag: QubitId,
        angles: TableId,
        phases: Option<TableId>,
    ) {
        let selects: Vec<QubitId> = registers.system.iter().chain(&registers.term).copied().collect();
        definition.push_structured(rotation(Axis::Y, selects.clone(), flag, angles));
        if self.symmetric {
            definition.gate(Gate::Z, &[flag], &[]);
        }
        if let Some(phases) = phases {
            let target = if self.symmetric { registers.direction.unwrap_or(flag) } else { flag };
            definition.push_structured(rotation(Axis::Z, selects, target, phases));
        }
    }

    /// The group and the bit of it that changes in the only shift there is, both ways, if it is by a power of two.
    fn staggered(&self) -> Option<(&Group, usize)> {
        let mut moving = self.terms.iter().filter(|term| term.shift != Shift::NONE);
        let shift = moving.next()?.shift;
        let single = moving.next().is_none() && self.has_direction() && shift.distance.is_power_of_two();
        let single = single && !is_involution(&self.groups, shift);
        single.then(|| (&self.groups[shift.group], shift.distance.trailing_zeros() as usize))
    }

    /// Pairs of indices that differ in bit `bit` only (direction 0) or by a carry as well (direction 1) are exchanged.
    fn stagger(
        &self,
        circuit: &mut Circuit,
        definition: &mut Definition,
        registers: &Registers,
        group: &Group,
        bit: usize,
    ) {
        let bits = &registers.system[group.bits.clone()];
        let overflow = registers.overflow.filter(|_| group.open);
        let upper: Vec<QubitId> = bits[bit + 1..].iter().copied().chain(overflow).collect();
        let controls: Vec<QubitId> = registers.term.iter().copied().chain(registers.direction).collect();
        match registers.term.first() {
            Some(&term) => definition.gate(Gate::Cx, &[term, bits[bit]], &[]),
            None => definition.gate(Gate::X, &[bits[bit]], &[]),
        }
        let add = add_constant("carry_on", controls.len(), upper.len(), 1);
        let callee = circuit.add(add);
        // The bit is 1 now where the index goes down: not(not(x) + 1) = x - 1. The highest bit is read by nothing.
        let complemented = &upper[..upper.len() - 1];
        let complement = |definition: &mut Definition| {
            for &qubit in complemented {
                definition.gate(Gate::Cx, &[bits[bit], qubit], &[]);
            }
        };
        complement(definition);
        definition.call(Call::new(callee, controls.into_iter().chain(upper.iter().copied())));
        complement(definition);
    }

    /// The additions, one for each group, under `further` controls where a group has a single distance.
    fn adders(&self, circuit: &mut Circuit, further: usize) -> Vec<Adder> {
        let mut adders = Vec::new();
        for (position, group) in self.groups.iter().enumerate() {
            let mut distances: Vec<u64> = Vec::new();
            for term in &self.terms {
                let Shift { group, distance } = term.shift;
                if group == position && distance != 0 && !distances.contains(&distance) {
                    distances.push(distance);
                }
            }
            let Some(low) = distances.iter().map(|distance| distance.trailing_zeros() as usize).min() else {
                continue;
            };
            let length = group.bits.len() - low + usize::from(group.open);
            let name = circuit.fresh_name("add_distance");
            let own = || self.codes.bits.iter().filter(|(of, ..)| *of == position);
            let (definition, sources) = if let [distance] = distances[..] {
                // All its bits have the same source; without a register, it is always there.
                let sources: Vec<usize> = own().map(|&(.., source)| source).take(1).collect();
                let controls = if sources.is_empty() { further } else { 1 };
                (add_constant(&name, controls, length, distance >> low), sources)
            } else {
                let mut sources: Vec<usize> = own().map(|&(.., source)| source).collect();
                sources.sort_unstable();
                sources.dedup();
                let mut addends: Vec<Option<Addend>> = vec![None; length];
                for &(_, bit, source) in own() {
                    let lower = (1u64 << bit) - 1;
                    let meets_carry = distances.iter().any(|d| d >> bit & 1 == 1 && d & lower != 0);
                    let source = sources.binary_search(&source).unwrap_or(0);
                    if let Some(addend) = addends.get_mut(bit - low) {
                        *addend = Some(Addend { source, meets_carry });
                    }
                }
                (add_bits(&name, sources.len(), &addends), sources)
            };
            let (low, high) = (group.bits.start + low, group.bits.end);
            adders.push(Adder { callee: circuit.add(definition), sources, low, high, open: group.open });
        }
        adders
    }
}

/// The part of the circuit in which the index moves.
struct Steps<'a> {
    layout: &'a Layout,
    registers: &'a Registers,
    framed: bool,
}

impl Steps<'_> {
    fn append(
        &self,
        circuit: &mut Circuit,
        definition: &mut Definition,
        padding: Option<Padding>,
        rotate: impl Fn(&mut Definition),
    ) {
        let framed = self.framed && self.layout.has_direction();
        let adders = self.layout.adders(circuit, usize::from(framed));
        let marked = padding
            .map(|padding| (padding, circuit.add(padding.mark("mark_padding", self.layout.system_qubits))));
        let sources = &self.layout.codes.sources;
        let loaded = sources.iter().filter(|source| !matches!(source, Source::Qubit(_))).count();
        let mut clean = |name: &str, count: usize| -> Vec<QubitId> {
            match count {
                0 => Vec::new(),
                count => {
                    definition.add_register_of(name, count, RegisterKind::CleanAncilla).qubits().collect()
                }
            }
        };
        let loaded = clean("distance", loaded);
        let masked = clean("masked", if framed { sources.len() } else { 0 });
        let mut free = loaded.iter().copied();
        let place = |source: &Source| match source {
            Source::Qubit(qubit) => Some(self.registers.term[*qubit]),
            _ => free.next(),
        };
        let places: Vec<QubitId> = sources.iter().map_while(place).collect();
        let load = self.load(circuit, &places);
        load(definition, false);
        if framed {
            self.framed_steps(definition, &adders, &places, &masked, rotate);
        } else {
            rotate(definition);
            let mark = |definition: &mut Definition| {
                if let Some((padding, callee)) = marked {
                    self.mark(definition, padding, callee);
                }
            };
            mark(definition);
            self.directed_steps(definition, &adders, &places, padding.is_some());
            mark(definition);
        }
        load(definition, true);
    }

    /// Computes the bits of the distance that are no qubits of the register of terms, or clears them.
    fn load(&self, circuit: &mut Circuit, places: &[QubitId]) -> impl Fn(&mut Definition, bool) + use<> {
        let codes = &self.layout.codes;
        let mut parities: Vec<[QubitId; 2]> = Vec::new();
        let (mut targets, mut columns) = (Vec::new(), Vec::new());
        for (source, &place) in codes.sources.iter().zip(places) {
            match source {
                Source::Qubit(_) => {}
                Source::Parity(mask) => {
                    let qubits = self.registers.term.iter().enumerate();
                    let controls = qubits.filter(|(qubit, _)| mask >> qubit & 1 == 1);
                    parities.extend(controls.map(|(_, &control)| [control, place]));
                }
                Source::Codes(with) => {
                    targets.push(place);
                    columns.push(with);
                }
            }
        }
        let lookup = (!targets.is_empty()).then(|| {
            let mut values = vec![0u64; 1 << codes.qubits];
            for (bit, with) in columns.iter().enumerate() {
                with.iter().for_each(|&code| values[code as usize] |= 1 << bit);
            }
            let entries = circuit.add_indices(IndexTable::Dense { width: targets.len() as u32, values });
            // The phases of the look-up and of its inverse cancel: both find the same entry.
            Structured::TableLookup {
                address: self.registers.term[..codes.qubits].to_vec(),
                target: targets,
                entries,
                relative_phase: true,
            }
        });
        move |definition: &mut Definition, inverse| {
            for parity in &parities {
                definition.gate(Gate::Cx, parity, &[]);
            }
            if let Some(lookup) = lookup.clone() {
                definition.push_structured(StructuredOperation { inverse, ..lookup.into() });
            }
        }
    }

    fn call(&self, definition: &mut Definition, adder: &Adder, addends: &[QubitId], inverse: bool) {
        let sum = self.registers.system[adder.low..adder.high].iter().copied();
        let overflow = self.registers.overflow.filter(|_| adder.open);
        let call = Call::new(adder.callee, addends.iter().copied().chain(sum).chain(overflow));
        definition.call(if inverse { call.inverted() } else { call });
    }

    /// One addition among indices that are complemented where the direction is back.
    fn directed_steps(&self, definition: &mut Definition, adders: &[Adder], places: &[QubitId], stay: bool) {
        let direction = match self.layout.direction {
            Direction::Forth | Direction::Back => None,
            Direction::Term => self.registers.term.last().copied(),
            Direction::Flipped => self.registers.direction,
        };
        let back = self.layout.direction == Direction::Back;
        let complement = |definition: &mut Definition| {
            let Some(direction) = direction else { return };
            for adder in adders {
                // The highest bit is read by nothing.
                let end = if adder.open { adder.high } else { adder.high - 1 };
                for &qubit in &self.registers.system[adder.low..end] {
                    definition.gate(Gate::Cx, &[direction, qubit], &[]);
                }
            }
        };
        complement(definition);
        for adder in adders {
            let addends: Vec<QubitId> = adder.sources.iter().map(|&source| places[source]).collect();
            self.call(definition, adder, &addends, back);
        }
        complement(definition);
        if let (Direction::Flipped, Some(direction)) = (self.layout.direction, direction) {
            match self.registers.term.first() {
                // Where nothing moves the direction stays, and so do the marks around.
                Some(&term) if stay => definition.gate(Gate::Cx, &[term, direction], &[]),
                _ => definition.gate(Gate::X, &[direction], &[]),
            }
        }
    }

    /// Down to the lower end of the pair, rotation, up to the upper end if the lower one was where it started.
    fn framed_steps(
        &self,
        definition: &mut Definition,
        adders: &[Adder],
        places: &[QubitId],
        masked: &[QubitId],
        rotate: impl Fn(&mut Definition),
    ) {
        let Some(direction) = self.registers.direction else { return };
        let mask = |definition: &mut Definition| {
            for (&source, &target) in places.iter().zip(masked) {
                conjunction(definition, source, direction, target);
            }
        };
        let call = |definition: &mut Definition, inverse| {
            for adder in adders {
                let addends: Vec<QubitId> = match adder.sources[..] {
                    [] => vec![direction],
                    ref sources => sources.iter().map(|&source| masked[source]).collect(),
                };
                self.call(definition, adder, &addends, inverse);
            }
        };
        mask(definition);
        call(definition, true);
        rotate(definition);
        // What was masked by the direction is now by its opposite.
        for (&source, &target) in places.iter().zip(masked) {
            definition.gate(Gate::Cx, &[source, target], &[]);
        }
        definition.gate(Gate::X, &[direction], &[]);
        call(definition, false);
        mask(definition);
    }

    /// Raises the overflow, or lowers it, where a shift from or to padding is under way.
    fn mark(&self, definition: &mut Definition, padding: Padding, callee: DefinitionId) {
        let (Some(direction), Some(overflow)) = (self.registers.direction, self.registers.overflow) else {
            return;
        };
        // Direction 1 is at the upper end, before the shift and after it.
        let flip = |definition: &mut Definition| {
            if !padding.upper {
                definition.gate(Gate::X, &[direction], &[]);
            }
        };
        flip(definition);
        let index = self.registers.system[padding.lowest_bit()..].iter().copied();
        definition.call(Call::new(callee, index.chain([direction, overflow])));
        flip(definition);
    }
}
