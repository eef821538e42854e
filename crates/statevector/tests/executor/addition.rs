//! Additions of constants: every network that a size, a constant and free qubits lead to is exact.

use crate::common::random::Random;
use crate::workspace::{difference, random_state, result};
use qnewton_circuit::lower::lower_structures;
use qnewton_circuit::{
    Basis, Circuit, Definition, Gate, QubitId, Structured, StructuredOperation, cost, count, lower,
};

/// An addition to the first qubits, then controls, dirty and clean ones.
struct Case {
    bits: usize,
    constant: u64,
    controls: usize,
    dirty: usize,
    clean: usize,
    inverse: bool,
}

impl Case {
    fn new(bits: usize, constant: u64, controls: usize, dirty: usize, clean: usize) -> Self {
        Case { bits, constant, controls, dirty, clean, inverse: false }
    }

    fn total(&self) -> usize {
        self.bits + self.controls + self.dirty + self.clean
    }

    fn circuit(&self, random: &mut Random) -> Circuit {
        let total = self.total();
        let all: Vec<QubitId> = (0..total as u32).map(QubitId).collect();
        let kind = Structured::AddConstant { qubits: all[..self.bits].to_vec(), constant: self.constant };
        let mut definition = Definition::new("main");
        definition.add_register("q", total);
        definition.push_structured(StructuredOperation {
            controls: random.controls(&all[self.bits..self.bits + self.controls]),
            dirty: all[self.bits + self.controls..total - self.clean].to_vec(),
            clean: all[total - self.clean..].to_vec(),
            inverse: self.inverse,
            ..kind.into()
        });
        let mut circuit = Circuit::new();
        circuit.add(definition);
        circuit
    }

    fn check(&self, random: &mut Random) {
        let circuit = self.circuit(random);
        let Case { bits, constant, controls, dirty, clean, inverse } = self;
        let what = format!(
            "{bits} bits plus {constant}, {controls} controls, {dirty} dirty, {clean} clean, inverse {inverse}"
        );
        let lowered = lower_structures(&circuit, false).unwrap();
        assert_eq!(cost(&circuit).unwrap(), count(&lowered).unwrap(), "{what}");
        let state = random_state(random, self.total(), self.clean);
        let found = difference(&result(&lowered, &state), &result(&circuit, &state));
        assert!(found < 1e-12, "{what}: {found}");
    }

    fn cx(&self) -> u128 {
        cost(&self.circuit(&mut Random::new(0))).unwrap().gate(Gate::Cx)
    }
}

#[test]
fn all_constants_with_any_clean_workspace_and_up_to_three_controls() {
    let mut random = Random::new(21);
    for bits in 1..=6usize {
        for constant in 0..1 << bits {
            for controls in 0..=3usize {
                for clean in 0..=(bits + controls).saturating_sub(2).min(6) {
                    let inverse = random.flip();
                    Case { inverse, ..Case::new(bits, constant, controls, 0, clean) }.check(&mut random);
                }
            }
        }
    }
}

#[test]
fn constants_with_dirty_workspace() {
    let mut random = Random::new(22);
    for bits in 1..=6usize {
        for constant in (0..1 << bits).filter(|constant| bits < 5 || constant % 5 < 2) {
            for controls in 0..=2usize {
                for (dirty, clean) in [(1, 0), (3, 0), (bits + controls, 0), (bits, 1)] {
                    let inverse = random.flip();
                    Case { inverse, ..Case::new(bits, constant, controls, dirty, clean) }.check(&mut random);
                }
            }
        }
    }
}

#[test]
fn many_controls_need_no_workspace() {
    let mut random = Random::new(23);
    for (bits, controls) in [(1, 8), (2, 6), (3, 5), (4, 4), (6, 8)] {
        for constant in [1, (1 << bits) - 1, 1 << (bits - 1), 5 % (1 << bits)] {
            Case::new(bits, constant, controls, 0, 0).check(&mut random);
        }
    }
}

#[test]
fn longer_registers_with_some_workspace() {
    let mut random = Random::new(24);
    for constant in [1, 3, (1 << 11) - 1, 2, 0b110_0111_0001] {
        for (controls, dirty, clean) in [(0, 0, 0), (0, 3, 4), (1, 0, 4), (1, 2, 3)] {
            Case::new(11, constant, controls, dirty, clean).check(&mut random);
        }
    }
}

#[test]
fn counting_up_costs_seven_cx_per_bit() {
    let cx = |bits, constant, controls, clean| Case::new(bits, constant, controls, 0, clean).cx();
    for bits in 3..=60usize {
        let expected = 7 * bits as u128 - 16;
        // Any odd constant, and as many clean qubits as there are carries to keep.
        for constant in [1, 0b101, (1 << bits) - 1, 0x5555_5555_5555_5555 & ((1 << bits) - 1)] {
            assert_eq!(cx(bits, constant, 0, bits - 3), expected);
        }
        // A control is one bit more.
        assert_eq!(cx(bits - 1, 1, 1, bits - 3), expected);
        assert_eq!(cx(bits - 1, (1 << (bits - 1)) - 1, 1, bits - 3), expected);
        // 2^p takes p bits less.
        assert_eq!(cx(bits + 2, 4, 0, bits - 3), expected);
    }
    assert_eq!(
        (cx(6, 1, 0, 3), cx(4, 1, 0, 1), cx(3, 1, 0, 0), cx(2, 1, 0, 0), cx(1, 1, 0, 0)),
        (26, 12, 5, 1, 0)
    );
    assert_eq!((cx(9, 256, 0, 0), cx(9, 256, 1, 0), cx(9, 0, 1, 0), cx(9, 512, 1, 0)), (0, 1, 0, 0));
    // Changes in the constant's bits cost a controlled addition two more, one at the top.
    assert_eq!((cx(6, 0b000101, 1, 4), cx(6, 0b100001, 1, 4)), (7 * 6 - 9 + 4, 7 * 6 - 9 + 1));
}

#[test]
fn free_qubits_never_make_an_addition_dearer() {
    for bits in 1..=12usize {
        for constant in [1, 3, 5, (1 << bits) - 1] {
            for controls in 0..=3 {
                let cx = |dirty, clean| Case::new(bits, constant, controls, dirty, clean).cx();
                let fourier = 2 * (bits * (bits - 1)) as u128;
                if controls == 0 {
                    assert!(cx(0, 0) <= fourier);
                }
                for clean in 0..bits {
                    assert!(cx(0, clean + 1) <= cx(0, clean), "{bits} {constant} {controls} {clean}");
                }
                for dirty in 0..bits + 2 {
                    assert!(cx(dirty + 1, 0) <= cx(dirty, 0), "{bits} {constant} {controls} {dirty}");
                }
            }
        }
    }
}

#[test]
fn registers_beyond_any_state_are_lowered_and_counted() {
    let mut random = Random::new(25);
    for (bits, controls, clean) in
        [(40, 0, 37), (40, 2, 39), (60, 0, 60), (60, 1, 0), (70, 0, 70), (40, 0, 5)]
    {
        for (constant, inverse) in [(1, false), (1 << 39 | 1, true), (u64::MAX, false)] {
            let case = Case { inverse, ..Case::new(bits, constant, controls, 0, clean) };
            let circuit = case.circuit(&mut random);
            let lowered = lower_structures(&circuit, false).unwrap();
            assert_eq!(cost(&circuit).unwrap(), count(&lowered).unwrap());
            let lowered = lower(&circuit, Basis::U3Cx).unwrap();
            let layers = qnewton_circuit::depth(&lowered).unwrap();
            assert!(layers.two_qubit <= count(&lowered).unwrap().gate(Gate::Cx));
        }
    }
}
