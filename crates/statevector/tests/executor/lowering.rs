//! Translation validation: lowered circuits do what the circuits did, global phase included.

use crate::common::distance;
use crate::common::random::{KINDS, Random};
use proptest::prelude::*;
use qnewton_circuit::lower::{lower_structures, lower_until};
use qnewton_circuit::verify::verify;
use qnewton_circuit::{Basis, Circuit, Definition, Pass, QubitId, flatten, lower};
use qnewton_statevector::full_block;

const TOTAL: usize = 8;

fn single(kind: &str, seed: u64) -> Circuit {
    let mut random = Random::new(seed);
    let mut circuit = Circuit::new();
    let mut definition = Definition::new("main");
    definition.add_register("q", TOTAL);
    definition.push_structured(random.operation(&mut circuit, kind, TOTAL, &[], true));
    circuit.add(definition);
    circuit
}

fn check_single(kind: &str, seed: u64) -> Result<(), TestCaseError> {
    let circuit = single(kind, seed);
    let clean = circuit.entry().unwrap().structured(0).clean.clone();
    let operands: Vec<QubitId> = (0..TOTAL as u32).map(QubitId).filter(|q| !clean.contains(q)).collect();
    let expected = full_block(&circuit, &operands).unwrap();
    for elide in [false, true] {
        let lowered = lower_structures(&circuit, elide).unwrap();
        prop_assert_eq!(verify(&lowered), vec![]);
        let found = distance(&full_block(&lowered, &operands).unwrap(), &expected);
        prop_assert!(found < 1e-12, "{} {} {}\n{}{}", kind, elide, found, circuit, lowered);
    }
    Ok(())
}

macro_rules! kinds {
    ($($kind:ident)*) => {
        mod structured_equals_lowered {
            use super::*;
            proptest! {
                #![proptest_config(crate::common::cases(48))]
                $(#[test] fn $kind(seed: u64) { check_single(stringify!($kind), seed)?; })*
            }
        }

        #[test]
        fn every_kind_has_its_test() {
            assert_eq!(KINDS, &[$(stringify!($kind)),*]);
        }
    };
}

kinds!(gate multiplexed_rotation diagonal permutation state_preparation reflection add_constant table_lookup);

proptest! {
    #![proptest_config(crate::common::cases(32))]

    #[test]
    fn every_pass_keeps_the_unitary_of_hierarchies(seed: u64, total in 1..5usize) {
        let circuit = Random::new(seed).hierarchy(total, true);
        // Clean ancillas are in |0>: what a lowering does to them otherwise is its own business.
        let operands = crate::common::qubits(total);
        let expected = full_block(&circuit, &operands).unwrap();
        for &basis in Basis::ALL {
            for &pass in Pass::ALL {
                let lowered = lower_until(&circuit, basis, pass).unwrap();
                prop_assert_eq!(verify(&lowered), vec![], "{}", pass.name());
                let found = distance(&full_block(&lowered, &operands).unwrap(), &expected);
                prop_assert!(found < 1e-11, "{} {} {}\n{}\n{}", basis.name(), pass.name(), found, circuit, lowered);
            }
            let flat = flatten(&lower(&circuit, basis).unwrap()).unwrap();
            let found = distance(&full_block(&flat, &operands).unwrap(), &expected);
            prop_assert!(found < 1e-11, "{} flat {}\n{}", basis.name(), found, circuit);
        }
    }
}
