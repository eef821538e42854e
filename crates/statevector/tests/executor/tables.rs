//! Tables that are not dense cost what they list, however long they are.

use crate::common::qubits;
use crate::common::random::{KINDS, Random};
use crate::workspace::{difference, random_state, result};
use proptest::prelude::*;
use qnewton_circuit::lower::lower_structures;
use qnewton_circuit::verify::verify;
use qnewton_circuit::{
    AngleTable, Axis, Basis, Circuit, Control, Counts, Definition, Gate, IndexTable, Structured,
    StructuredOperation, cost, count, depth, lower,
};
use qnewton_statevector::full_block;
use rand::RngExt;

/// A multiplexed rotation of the qubit after the selects, or a diagonal on the selects, under the controls
/// after that.
fn circuit(table: AngleTable, axis: Option<Axis>, selects: usize, controls: &[bool]) -> Circuit {
    let mut circuit = Circuit::new();
    let angles = circuit.add_angles(table);
    let all = qubits(selects + 1 + controls.len());
    let own = all[..selects].to_vec();
    let kind = match axis {
        Some(axis) => Structured::MultiplexedRotation { axis, selects: own, target: all[selects], angles },
        None => Structured::Diagonal { qubits: own, phases: angles },
    };
    let on = all[selects + 1..].iter().zip(controls);
    let controls = on.map(|(&qubit, &on)| Control { qubit, on }).collect();
    let mut definition = Definition::new("main");
    definition.add_register("q", all.len());
    definition.push_structured(StructuredOperation { controls, ..kind.into() });
    circuit.add(definition);
    circuit
}

fn sparse(random: &mut Random, selects: usize, count: usize) -> AngleTable {
    let length = 1u64 << selects;
    let mut masks: Vec<u64> = (0..count).map(|_| random.0.random_range(0..length)).collect();
    masks.sort_unstable();
    masks.dedup();
    let coefficients = masks.into_iter().map(|mask| (mask, random.angle())).collect();
    AngleTable::WalshSparse { length, coefficients }
}

fn rotations(counts: &Counts) -> u128 {
    [Gate::Rx, Gate::Ry, Gate::Rz].into_iter().map(|gate| counts.gate(gate)).sum()
}

#[test]
fn forty_selects_cost_one_rotation_per_coefficient() {
    let mut random = Random::new(31);
    for selects in [20, 40, 60] {
        let table = sparse(&mut random, selects, 300);
        let AngleTable::WalshSparse { coefficients, .. } = &table else { panic!() };
        let terms = coefficients.len() as u128;
        for axis in [Axis::X, Axis::Y, Axis::Z] {
            let circuit = circuit(table.clone(), Some(axis), selects, &[]);
            assert_eq!(verify(&circuit), vec![]);
            let counts = cost(&circuit).unwrap();
            assert_eq!(rotations(&counts), terms);
            assert_eq!(counts, count(&lower_structures(&circuit, false).unwrap()).unwrap());
            let lowered = lower(&circuit, Basis::U3Cx).unwrap();
            assert_eq!(count(&lowered).unwrap().gate(Gate::Cx), counts.gate(Gate::Cx));
            assert!(depth(&lowered).unwrap().two_qubit <= counts.gate(Gate::Cx));
        }
    }
}

#[test]
fn low_frequencies_cost_one_cx_each() {
    for bits in 1..=9u64 {
        let coefficients = (0..1 << bits).map(|mask| (mask << 25, 0.1)).collect();
        let table = AngleTable::WalshSparse { length: 1 << 40, coefficients };
        let counts = cost(&circuit(table, Some(Axis::Y), 40, &[])).unwrap();
        assert_eq!((counts.gate(Gate::Cx), counts.gate(Gate::Ry)), (1 << bits, 1 << bits));
    }
}

#[test]
fn a_constant_needs_no_selects() {
    for selects in [0, 3, 50] {
        let table = AngleTable::Constant { length: 1 << selects, value: 0.7 };
        let counts = cost(&circuit(table.clone(), Some(Axis::Y), selects, &[])).unwrap();
        assert_eq!((counts.total(), counts.gate(Gate::Ry)), (1, 1));
        assert_eq!(cost(&circuit(table.clone(), None, selects, &[])).unwrap().total(), 0);
        let phase = cost(&circuit(table, None, selects, &[true])).unwrap();
        assert_eq!((phase.total(), phase.gate(Gate::P)), (1, 1));
    }
}

#[test]
fn a_uniform_state_of_many_qubits_needs_no_cx() {
    for (total, value) in [(40usize, 1.0), (40, -0.25), (4, -0.25), (4, 2.0)] {
        let mut circuit = Circuit::new();
        let amplitudes = circuit.add_angles(AngleTable::Constant { length: 1 << total, value });
        let mut definition = Definition::new("main");
        definition.add_register("q", total);
        definition.push_structured(Structured::StatePreparation { qubits: qubits(total), amplitudes });
        circuit.add(definition);
        let counts = cost(&circuit).unwrap();
        assert_eq!((counts.total(), counts.gate(Gate::Ry)), (total as u128, total as u128));
        let lowered = lower_structures(&circuit, false).unwrap();
        assert_eq!(count(&lowered).unwrap(), counts);
        if total < 10 {
            let system = qubits(total);
            let (found, expected) =
                (full_block(&lowered, &system).unwrap(), full_block(&circuit, &system).unwrap());
            assert!(crate::common::distance(&found, &expected) < 1e-14);
            let amplitude = value.signum() * 0.25;
            assert!(found[0].iter().all(|entry| (entry.re - amplitude).abs() < 1e-14));
        }
    }
    let mut circuit = Circuit::new();
    let amplitudes = circuit.add_angles(AngleTable::Constant { length: 4, value: 0.0 });
    let mut definition = Definition::new("main");
    definition.add_register("q", 2);
    definition.push_structured(Structured::StatePreparation { qubits: qubits(2), amplitudes });
    circuit.add(definition);
    assert_eq!(verify(&circuit).len(), 1);
}

#[test]
fn masks_increase_and_fit_their_table() {
    for coefficients in [vec![(2, 0.1), (1, 0.1)], vec![(1, 0.1), (1, 0.2)], vec![(0, 0.1), (8, 0.1)]] {
        let table = AngleTable::WalshSparse { length: 8, coefficients };
        assert_eq!(verify(&circuit(table, Some(Axis::Y), 3, &[])).len(), 1);
    }
    let table = AngleTable::SymbolicWalsh { length: 8, terms: 9 };
    assert_eq!(verify(&circuit(table, Some(Axis::Y), 3, &[])).len(), 1);
}

proptest! {
    #![proptest_config(crate::common::cases(64))]

    #[test]
    fn sparse_tables_are_lowered_to_what_they_mean(
        seed: u64, selects in 0..7usize, terms in 0..40usize, controls in 0..4usize,
    ) {
        let mut random = Random::new(seed);
        let on: Vec<bool> = (0..controls).map(|_| random.flip()).collect();
        let axis = [None, Some(Axis::X), Some(Axis::Y), Some(Axis::Z)][random.below(4)];
        let circuit = circuit(sparse(&mut random, selects, terms), axis, selects, &on);
        let state = random_state(&mut random, selects + 1 + controls, 0);
        let expected = result(&circuit, &state);
        for elide in [false, true] {
            let lowered = lower_structures(&circuit, elide).unwrap();
            prop_assert!(difference(&result(&lowered, &state), &expected) < 1e-12);
            if !elide {
                prop_assert_eq!(cost(&circuit).unwrap(), count(&lowered).unwrap());
            }
        }
    }

    #[test]
    fn a_number_of_coefficients_bounds_their_cost(
        seed: u64, selects in 0..12usize, terms in 0..80usize, controls in 0..3usize,
    ) {
        let mut random = Random::new(seed);
        let on = vec![true; controls];
        let table = sparse(&mut random, selects, terms);
        let AngleTable::WalshSparse { length, coefficients } = &table else { panic!() };
        let (length, terms) = (*length, coefficients.len() as u64);
        for axis in [None, Some(Axis::X), Some(Axis::Y), Some(Axis::Z)] {
            let found = cost(&circuit(table.clone(), axis, selects, &on)).unwrap();
            let symbolic = circuit(AngleTable::SymbolicWalsh { length, terms }, axis, selects, &on);
            let bound = cost(&symbolic).unwrap();
            prop_assert!(found.gate(Gate::Cx) <= bound.gate(Gate::Cx), "{} {}\n{}", found.gate(Gate::Cx), bound.gate(Gate::Cx), symbolic);
            prop_assert!(rotations(&found) <= rotations(&bound));
            let dense = cost(&circuit(AngleTable::Symbolic { length }, axis, selects, &on)).unwrap();
            prop_assert!(bound.gate(Gate::Cx) <= dense.gate(Gate::Cx));
        }
    }

    #[test]
    fn elision_adds_no_cx(seed: u64) {
        for kind in KINDS {
            let mut random = Random::new(seed);
            let mut circuit = Circuit::new();
            let mut definition = Definition::new("main");
            definition.add_register("q", 8);
            definition.push_structured(random.operation(&mut circuit, kind, 8, &[], true));
            circuit.add(definition);
            let cx = |elide| count(&lower_structures(&circuit, elide).unwrap()).unwrap().gate(Gate::Cx);
            prop_assert!(cx(true) <= cx(false), "{} {} {}\n{}", kind, cx(true), cx(false), circuit);
        }
    }
}

#[test]
fn a_sparse_rotation_of_a_large_state_is_that_of_its_dense_table() {
    let mut random = Random::new(33);
    let table = sparse(&mut random, 17, 100);
    let dense = AngleTable::Dense(table.to_dense().unwrap().into_owned());
    let state = random_state(&mut random, 18, 0);
    let run = |table| result(&circuit(table, Some(Axis::Y), 17, &[]), &state);
    assert!(difference(&run(table.clone()), &run(dense)) < 1e-14);
    // Only some of the selects matter, and they are not next to each other.
    let coefficients = vec![(0, 0.3), (1 << 3, 0.2), (1 << 3 | 1 << 16, -0.4)];
    let table = AngleTable::WalshSparse { length: 1 << 17, coefficients };
    let dense = AngleTable::Dense(table.to_dense().unwrap().into_owned());
    assert!(difference(&run(table.clone()), &run(dense)) < 1e-14);
}

#[test]
fn tables_under_many_controls_are_lowered_where_they_stay_small() {
    let table = AngleTable::WalshSparse { length: 1 << 30, coefficients: vec![(1 << 29 | 1, 0.4)] };
    let on = vec![true; 12];
    let diagonal = circuit(table.clone(), None, 30, &on);
    assert_eq!(cost(&diagonal).unwrap(), count(&lower_structures(&diagonal, false).unwrap()).unwrap());
    let on = vec![true; 34];
    assert!(cost(&circuit(table.clone(), None, 30, &on)).is_err());
    let rotation = circuit(table, Some(Axis::Z), 30, &on);
    assert_eq!(cost(&rotation).unwrap(), count(&lower_structures(&rotation, false).unwrap()).unwrap());
}

#[test]
fn linear_look_ups_need_no_rotations() {
    let mut random = Random::new(35);
    for (address, target) in [(0, 2), (1, 1), (3, 3), (4, 2), (5, 1)] {
        for trial in 0..12 {
            let columns: Vec<u64> = (0..address).map(|_| random.below(1 << target) as u64).collect();
            let offset = if trial % 3 == 0 { 0 } else { random.below(1 << target) as u64 };
            let entry = |a: usize| {
                let set = columns.iter().enumerate().filter(|(bit, _)| a >> bit & 1 == 1);
                set.fold(offset, |entry, (_, column)| entry ^ column)
            };
            let values: Vec<u64> = (0..1 << address).map(entry).collect();
            let ones: u32 = columns.iter().map(|column| column.count_ones()).sum();
            let all = qubits(address + target);
            let (a, t) = all.split_at(address);
            for relative_phase in [false, true] {
                let mut circuit = Circuit::new();
                let width = target as u32;
                let entries = circuit.add_indices(IndexTable::Dense { width, values: values.clone() });
                let (address, target) = (a.to_vec(), t.to_vec());
                let kind = Structured::TableLookup { address, target, entries, relative_phase };
                let mut definition = Definition::new("main");
                definition.add_register("q", all.len());
                definition.push_structured(StructuredOperation { inverse: random.flip(), ..kind.into() });
                circuit.add(definition);
                let lowered = lower_structures(&circuit, true).unwrap();
                let counts = count(&lowered).unwrap();
                assert_eq!(rotations(&counts), 0);
                if relative_phase {
                    assert!(counts.gate(Gate::Cx) <= u128::from(2 * ones));
                } else {
                    assert_eq!(counts.gate(Gate::Cx), u128::from(ones));
                }
                let state = random_state(&mut random, all.len(), 0);
                assert!(difference(&result(&lowered, &state), &result(&circuit, &state)) < 1e-14);
            }
        }
    }
}
