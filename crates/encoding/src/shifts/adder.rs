//! Addition of a number whose bits are qubits, each to one bit of a sum: |b>|x> -> |b>|x + b mod 2^n>.
//!
//! Carries ripple through clean qubits (after Cuccaro et al., quant-ph/0410184). With c the carry into a bit x:
//!
//! * no bit is added: the carry out is c and x, a conjunction into a clean qubit;
//! * the bit b is added where c = 0: the same with c xor b in place of c;
//! * else: after x ^= b, c ^= b the majority of the three is b xor (c and x), which b holds until it is undone.
//!
//! Conjunctions come in pairs that undo each other, so Margolus' gate of three `cx` does for all of them.

use qnewton_circuit::{Control, Definition, Gate, QubitId, RegisterKind, Structured, StructuredOperation};
use std::f64::consts::FRAC_PI_4;

/// What is added to one bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Addend {
    /// Position among the qubits that are added.
    pub source: usize,
    /// Whether it can be 1 when a carry is.
    pub meets_carry: bool,
}

/// Toggles `target` by a and b, up to a sign of |a b target> = |1 0 1>: Margolus' gate, its own inverse.
pub(crate) fn conjunction(definition: &mut Definition, a: QubitId, b: QubitId, target: QubitId) {
    let mut turn = |angle: f64, control: Option<QubitId>| {
        definition.gate(Gate::Ry, &[target], &[angle]);
        if let Some(control) = control {
            definition.gate(Gate::Cx, &[control, target], &[]);
        }
    };
    turn(FRAC_PI_4, Some(b));
    turn(FRAC_PI_4, Some(a));
    turn(-FRAC_PI_4, Some(b));
    turn(-FRAC_PI_4, None);
}

/// A definition with the registers `offset` (as many qubits as there are sources) and `sum` (as many as `addends`),
/// which adds to each bit of the sum its addend.
pub(crate) fn add_bits(name: &str, sources: usize, addends: &[Option<Addend>]) -> Definition {
    let mut definition = Definition::new(name);
    let offset = definition.add_register("offset", sources);
    let sum: Vec<QubitId> = definition.add_register("sum", addends.len()).qubits().collect();
    let addends = &addends[..addends.len().min(sum.len())];
    let Some(first) = addends.iter().position(Option::is_some) else { return definition };
    // A qubit that is to hold a majority, but is added elsewhere too, is copied.
    let shared =
        |addend: &Addend| addends.iter().flatten().filter(|other| other.source == addend.source).count() > 1;
    let count = addends.len();
    let inner = first..count - 1;
    let majority =
        |bit: usize| addends[bit].filter(|addend| addend.meets_carry && inner.contains(&bit) && bit > first);
    let copies = inner.clone().filter(|&bit| majority(bit).is_some_and(|addend| shared(&addend))).count();
    // The carry out of the last but one bit goes to the last.
    let carries = inner.clone().filter(|&bit| bit + 2 < count && majority(bit).is_none()).count();
    let mut clean = Vec::new();
    if carries + copies > 0 {
        clean.extend(
            definition.add_register_of("carry", carries + copies, RegisterKind::CleanAncilla).qubits(),
        );
    }
    let mut clean = clean.into_iter();
    let qubit = |addend: &Addend| offset.qubit(addend.source);
    let cx = |definition: &mut Definition, control, target| {
        definition.gate(Gate::Cx, &[control, target], &[]);
    };
    let mut undo: Vec<Undo> = Vec::new();
    let mut carry = None;
    for bit in inner {
        let x = sum[bit];
        let current = match (carry, &addends[bit]) {
            (None, None) => continue,
            (None, Some(addend)) => qubit(addend),
            (Some(carry), None) => carry,
            (Some(carry), Some(addend)) if !addend.meets_carry => {
                cx(&mut definition, qubit(addend), carry);
                undo.push(Undo::Merge { addend: qubit(addend), carry });
                carry
            }
            (Some(below), Some(addend)) => {
                let mut b = qubit(addend);
                if shared(addend)
                    && let Some(copy) = clean.next()
                {
                    cx(&mut definition, b, copy);
                    undo.push(Undo::Copy { of: b, copy });
                    b = copy;
                }
                cx(&mut definition, b, x);
                cx(&mut definition, b, below);
                conjunction(&mut definition, below, x, b);
                undo.push(Undo::Majority { carry: below, x, addend: b });
                carry = Some(b);
                if bit + 2 == count {
                    cx(&mut definition, b, sum[count - 1]);
                }
                continue;
            }
        };
        if bit + 2 == count {
            // The carry out goes straight to the last bit, and the sum is done here: together an addition of the carry
            // to two bits.
            definition.push_structured(StructuredOperation {
                controls: vec![Control { qubit: current, on: true }],
                ..Structured::AddConstant { qubits: vec![x, sum[count - 1]], constant: 1 }.into()
            });
        } else if let Some(out) = clean.next() {
            conjunction(&mut definition, x, current, out);
            undo.push(Undo::Carry { carry: current, x, out });
            carry = Some(out);
        }
    }
    if let Some(addend) = &addends[count - 1] {
        cx(&mut definition, qubit(addend), sum[count - 1]);
    }
    for step in undo.into_iter().rev() {
        match step {
            Undo::Merge { addend, carry } => cx(&mut definition, addend, carry),
            Undo::Copy { of, copy } => cx(&mut definition, of, copy),
            Undo::Majority { carry, x, addend } => {
                conjunction(&mut definition, carry, x, addend);
                cx(&mut definition, addend, carry);
                cx(&mut definition, carry, x);
            }
            Undo::Carry { carry, x, out } => {
                conjunction(&mut definition, x, carry, out);
                cx(&mut definition, carry, x);
            }
        }
    }
    definition
}

/// What remains to be undone or done on the way down.
enum Undo {
    Merge { addend: QubitId, carry: QubitId },
    Copy { of: QubitId, copy: QubitId },
    Majority { carry: QubitId, x: QubitId, addend: QubitId },
    Carry { carry: QubitId, x: QubitId, out: QubitId },
}

/// A definition with the registers `control` (if there are controls) and `sum` (`bits` qubits), which adds a constant
/// where all controls are 1.
pub(crate) fn add_constant(name: &str, controls: usize, bits: usize, constant: u64) -> Definition {
    let mut definition = Definition::new(name);
    let controlling: Vec<QubitId> = match controls {
        0 => Vec::new(),
        controls => definition.add_register("control", controls).qubits().collect(),
    };
    let sum = definition.add_register("sum", bits);
    // One for each carry, and one for the conjunction of several controls.
    let involved = bits.saturating_sub(constant.trailing_zeros() as usize);
    let clean = (involved + controls.min(1)).saturating_sub(3) + usize::from(controls > 1);
    // To four bits under several controls the third clean qubit would save 5 of 37 `cx`: not worth a qubit.
    let clean = if involved <= 4 { clean.min(2) } else { clean };
    let clean = match clean {
        0 => Vec::new(),
        clean => definition.add_register_of("carry", clean, RegisterKind::CleanAncilla).qubits().collect(),
    };
    definition.push_structured(StructuredOperation {
        controls: controlling.into_iter().map(|qubit| Control { qubit, on: true }).collect(),
        clean,
        ..Structured::AddConstant { qubits: sum.qubits().collect(), constant }.into()
    });
    definition
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use qnewton_circuit::Circuit;
    use qnewton_statevector::full_block;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_added_is_added(pattern in proptest::collection::vec(proptest::option::of(0usize..3), 1..5)) {
            let addends: Vec<Option<Addend>> = pattern
                .iter()
                .map(|source| source.map(|source| Addend { source, meets_carry: true }))
                .collect();
            let bits = addends.len();
            let definition = add_bits("add", 3, &addends);
            let operands: Vec<QubitId> = (0..definition.operand_count() as u32).map(QubitId).collect();
            let mut circuit = Circuit::new();
            circuit.add(definition);
            for (input, column) in full_block(&circuit, &operands).unwrap().iter().enumerate() {
                let (offset, x) = (input % 8, input / 8);
                let addend: usize = pattern
                    .iter()
                    .enumerate()
                    .filter_map(|(bit, source)| source.map(|source| (offset >> source & 1) << bit))
                    .sum();
                let output = offset + 8 * ((x + addend) % (1 << bits));
                prop_assert!((column[output] - 1.0).norm() < 1e-12, "{input} -> not {output}");
            }
        }
    }

    #[test]
    fn powers_of_two_share_a_chain() {
        // Offsets 1 and 2: what is added at bit 1 never meets a carry if only one of the sources is 1.
        let addends = [
            Some(Addend { source: 0, meets_carry: false }),
            Some(Addend { source: 1, meets_carry: false }),
            None,
            None,
        ];
        let mut circuit = Circuit::new();
        let definition = add_bits("add", 2, &addends);
        let operands: Vec<QubitId> = (0..definition.operand_count() as u32).map(QubitId).collect();
        circuit.add(definition);
        for (input, column) in full_block(&circuit, &operands).unwrap().iter().enumerate() {
            let (offset, x) = (input % 4, input / 4);
            if offset < 3 {
                let output = offset + 4 * ((x + offset) % 16);
                assert!((column[output] - 1.0).norm() < 1e-12);
            }
        }
        // 7n - 9 for a constant of one bit, and one gate to either side for the second one.
        assert_eq!(qnewton_circuit::cost(&circuit).unwrap().gate(Gate::Cx), 7 * 4 - 9 + 2);
    }
}
