//! Counts and depth of hierarchies are those of the flat circuit, and the closed-form cost those of the lowering.

use crate::common::random::{KINDS, Random};
use proptest::prelude::*;
use qnewton_circuit::lower::{
    FlatOperation, allocate_ancillas, expand_controls, lower_structures, visit_flat,
};
use qnewton_circuit::{
    AngleTable, Basis, Circuit, CircuitError, Counts, Definition, Depth, IndexTable, Kind, Table, cost,
    count, depth, flatten, lower,
};

/// Operations and layers, one operation after the other.
fn naive(circuit: &Circuit) -> (Counts, Depth) {
    let qubits = circuit.entry().unwrap().qubit_count();
    let mut counts = Counts::default();
    let (mut layers, mut pair_layers) = (vec![0u128; qubits], vec![0u128; qubits]);
    visit_flat::<CircuitError>(circuit, |operation| {
        if let FlatOperation::Gate(gate, used, _) = operation {
            counts.add(Kind::Gate(gate), 1);
            for (layers, weight) in [(&mut layers, 1), (&mut pair_layers, u128::from(used.len() > 1))] {
                let layer = used.iter().map(|qubit| layers[qubit.index()]).max().unwrap_or(0) + weight;
                used.iter().for_each(|qubit| layers[qubit.index()] = layer);
            }
        }
        if let FlatOperation::Barrier(used) = operation {
            for layers in [&mut layers, &mut pair_layers] {
                let layer = used.iter().map(|qubit| layers[qubit.index()]).max().unwrap_or(0);
                used.iter().for_each(|qubit| layers[qubit.index()] = layer);
            }
        }
        Ok(())
    })
    .unwrap();
    let latest = |layers: Vec<u128>| layers.into_iter().max().unwrap_or(0);
    (counts, Depth { total: latest(layers), two_qubit: latest(pair_layers) })
}

fn non_elided(circuit: &Circuit) -> Counts {
    let expanded = expand_controls(&allocate_ancillas(circuit).unwrap()).unwrap();
    count(&lower_structures(&expanded, false).unwrap()).unwrap()
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
                    Table::Angles(table) => Table::Angles(AngleTable::Symbolic { length: table.len() }),
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
}
