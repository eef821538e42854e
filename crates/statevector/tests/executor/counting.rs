//! Counts and depth of hierarchies are those of the flat circuit, and the closed-form cost those of the lowering.

use crate::common::random::{KINDS, Random};
use proptest::prelude::*;
use qnewton_circuit::lower::{
    FlatOperation, allocate_ancillas, expand_controls, lower_structures, visit_flat,
};
use qnewton_circuit::verify::verify;
use qnewton_circuit::{
    AngleTable, Basis, BitId, Call, Circuit, CircuitError, Counts, Definition, DefinitionId, Depth, Gate,
    IndexTable, Kind, QubitId, Table, cost, count, depth, flatten, lower,
};

/// Operations and layers, one operation after the other.
fn naive(circuit: &Circuit) -> (Counts, Depth) {
    let entry = circuit.entry().unwrap();
    let (qubits, wires) = (entry.qubit_count(), entry.qubit_count() + entry.bit_count());
    let mut counts = Counts::default();
    let (mut layers, mut pair_layers) = (vec![0u128; wires], vec![0u128; wires]);
    visit_flat::<CircuitError>(circuit, |operation| {
        let indices = |used: &[QubitId]| used.iter().map(|qubit| qubit.index()).collect();
        let (kind, used): (Option<Kind>, Vec<usize>) = match operation {
            FlatOperation::Gate(gate, used, _) => (Some(Kind::Gate(gate)), indices(used)),
            FlatOperation::Measure(qubit, bit) => {
                (Some(Kind::Measure), vec![qubit.index(), qubits + bit.index()])
            }
            FlatOperation::Reset(qubit) => (Some(Kind::Reset), vec![qubit.index()]),
            FlatOperation::Barrier(used) => (None, indices(used)),
            FlatOperation::GlobalPhase(_) => (None, Vec::new()),
            FlatOperation::If(_) | FlatOperation::EndIf => panic!("no conditions here"),
        };
        let acts_on = used.iter().filter(|wire| **wire < qubits).count();
        for (layers, weight) in [(&mut layers, 1), (&mut pair_layers, u128::from(acts_on > 1))] {
            let start = used.iter().map(|&wire| layers[wire]).max().unwrap_or(0);
            let end = start + if kind.is_some() { weight } else { 0 };
            used.iter().for_each(|&wire| layers[wire] = end);
        }
        kind.into_iter().for_each(|kind| counts.add(kind, 1));
        Ok(())
    })
    .unwrap();
    let latest = |layers: Vec<u128>| layers.into_iter().max().unwrap_or(0);
    (counts, Depth { total: latest(layers), two_qubit: latest(pair_layers) })
}

/// A definition of 4 qubits and 3 bits that measures and resets, with calls of the one before.
fn measuring(random: &mut Random, name: &str, callee: Option<DefinitionId>) -> Definition {
    let mut definition = Definition::new(name);
    definition.add_register("q", 4);
    definition.add_bits("c", 3);
    for _ in 0..6 {
        let (q, bits) = (random.shuffled(4), random.shuffled(3));
        let bits: Vec<BitId> = bits.into_iter().map(|bit| BitId(bit.0)).collect();
        match (random.below(6), callee) {
            (0, _) => definition.measure(q[0], bits[0]),
            (1, _) => definition.reset(q[0]),
            (2, _) => definition.barrier(q[..2].to_vec()),
            (3 | 4, Some(callee)) => {
                let mut call = Call::new(callee, q).repeated(random.below(4) as u64);
                call.bits = bits;
                definition.call(call);
            }
            (5, _) => definition.gate(Gate::X, &q[..1], &[]),
            _ => definition.gate(Gate::Cx, &q[..2], &[]),
        }
    }
    definition
}

fn non_elided(circuit: &Circuit) -> Counts {
    let expanded = expand_controls(&allocate_ancillas(circuit).unwrap()).unwrap();
    count(&lower_structures(&expanded, false).unwrap()).unwrap()
}

#[test]
fn a_conditional_call_waits_for_its_bits() {
    let mut circuit = Circuit::new();
    let mut flip = Definition::new("flip");
    let inner = flip.add_register("q", 1).qubit(0);
    flip.gate(Gate::X, &[inner], &[]);
    let flip = circuit.add(flip);
    let mut definition = Definition::new("main");
    let q = definition.add_register("q", 2);
    definition.add_bits("c", 1);
    (0..3).for_each(|_| definition.gate(Gate::H, &[q.qubit(0)], &[]));
    definition.measure(q.qubit(0), BitId(0));
    definition.conditional(vec![(BitId(0), true)], Call::new(flip, [q.qubit(1)]));
    circuit.add(definition);
    assert_eq!(depth(&circuit).unwrap(), Depth { total: 5, two_qubit: 0 });
    assert_eq!(count(&circuit).unwrap().gate(Gate::X), 1);
}

proptest! {
    #![proptest_config(crate::common::cases(48))]

    #[test]
    fn cost_is_the_count_of_the_lowering(seed: u64) {
        for kind in KINDS {
            let mut random = Random::new(seed);
            let mut circuit = Circuit::new();
            let mut definition = Definition::new("main");
            definition.add_register("q", 8);
            definition.push_structured(random.operation(&mut circuit, kind, 8, &[], true));
            circuit.add(definition);
            prop_assert_eq!(cost(&circuit).unwrap(), non_elided(&circuit), "{}", circuit);
        }
    }

    #[test]
    fn cost_of_a_hierarchy_is_the_count_of_its_lowering(seed: u64, total in 1..6usize) {
        let circuit = Random::new(seed).hierarchy(total, true);
        prop_assert_eq!(cost(&circuit).unwrap(), non_elided(&circuit), "{}", circuit);
    }

    #[test]
    fn cost_needs_no_values(seed: u64) {
        for kind in KINDS.iter().filter(|kind| **kind != "permutation") {
            let mut random = Random::new(seed);
            let mut circuit = Circuit::new();
            let mut definition = Definition::new("main");
            definition.add_register("q", 8);
            definition.push_structured(random.operation(&mut circuit, kind, 8, &[], true));
            let mut symbolic = Circuit::new();
            for table in circuit.tables() {
                symbolic.add_table(match table {
                    // Which masks have coefficients decides the gates, and so does being the same everywhere.
                    Table::Angles(AngleTable::Dense(values)) => {
                        Table::Angles(AngleTable::Symbolic { length: values.len() as u64 })
                    }
                    Table::Angles(table) => Table::Angles(table.clone()),
                    Table::Indices(table) => {
                        Table::Indices(IndexTable::Symbolic { width: table.width(), length: table.len() })
                    }
                });
            }
            circuit.add(definition.clone());
            symbolic.add(definition);
            prop_assert_eq!(cost(&symbolic).unwrap(), cost(&circuit).unwrap());
        }
    }

    #[test]
    fn hierarchical_counts_and_depth_are_those_of_the_flat_circuit(seed: u64, total in 1..6usize) {
        let circuit = Random::new(seed).hierarchy(total, true);
        let expanded = expand_controls(&allocate_ancillas(&circuit).unwrap()).unwrap();
        let mut stages = vec![lower_structures(&expanded, true).unwrap()];
        stages.extend(Basis::ALL.iter().map(|&basis| lower(&circuit, basis).unwrap()));
        for lowered in stages {
            let flat = flatten(&lowered).unwrap();
            let (counts, layers) = naive(&lowered);
            prop_assert_eq!(&count(&lowered).unwrap(), &counts);
            prop_assert_eq!(&count(&flat).unwrap(), &counts);
            prop_assert_eq!(depth(&lowered).unwrap(), layers);
            prop_assert_eq!(depth(&flat).unwrap(), layers);
        }
    }
    #[test]
    fn measurements_and_resets_take_a_layer_on_their_qubit_and_bit(seed: u64) {
        let mut random = Random::new(seed);
        let mut circuit = Circuit::new();
        let mut callee = None;
        for name in ["inner", "middle", "main"] {
            let definition = measuring(&mut random, name, callee);
            callee = Some(circuit.add(definition));
        }
        prop_assert_eq!(verify(&circuit), vec![]);
        let (counts, layers) = naive(&circuit);
        prop_assert_eq!(count(&circuit).unwrap(), counts);
        prop_assert_eq!(depth(&circuit).unwrap(), layers);
        prop_assert_eq!(depth(&flatten(&circuit).unwrap()).unwrap(), layers);
    }
}
