//! Measurement, shots, conditions and post-selection.

use crate::common::qubits;
use num_complex::{Complex, Complex64};
use qnewton_circuit::{BitId, Call, Circuit, Definition, DefinitionId, Gate, QubitId};
use qnewton_core::Silent;
use qnewton_statevector::{RunOptions, StateVector, postselect, project, run, run_shots, sample};
use std::collections::BTreeMap;

fn seeded(seed: u64) -> RunOptions {
    RunOptions { seed, ..RunOptions::default() }
}

fn shots(circuit: &Circuit, shots: u64, seed: u64) -> BTreeMap<u64, u64> {
    run_shots::<f64>(circuit, shots, &seeded(seed), &Silent).unwrap()
}

fn entry(qubit_count: usize, bits: usize) -> (Definition, Vec<QubitId>) {
    let mut definition = Definition::new("main");
    let all = definition.add_register("q", qubit_count).qubits().collect();
    definition.add_bits("c", bits);
    (definition, all)
}

fn alone(definition: Definition) -> Circuit {
    let mut circuit = Circuit::new();
    circuit.add(definition);
    circuit
}

fn flip(circuit: &mut Circuit) -> DefinitionId {
    let mut definition = Definition::new("flip");
    let qubit = definition.add_register("q", 1).qubit(0);
    definition.gate(Gate::X, &[qubit], &[]);
    circuit.add(definition)
}

#[test]
fn outcomes_of_an_entangled_pair_agree_and_both_occur() {
    let (mut definition, q) = entry(2, 2);
    definition.gate(Gate::H, &[q[0]], &[]);
    definition.gate(Gate::Cx, &[q[0], q[1]], &[]);
    definition.measure(q[0], BitId(1));
    definition.measure(q[1], BitId(0));
    let circuit = alone(definition);
    let counts = shots(&circuit, 4000, 1);
    assert_eq!(counts.keys().copied().collect::<Vec<u64>>(), [0, 3]);
    assert_eq!(counts.values().sum::<u64>(), 4000);
    // Five standard deviations of a fair coin.
    assert!(counts[&0].abs_diff(2000) < 160);
    assert_eq!(counts, shots(&circuit, 4000, 1));
    for seed in 0..20 {
        let mut state: StateVector = StateVector::zero(2).unwrap();
        let bits = run(&circuit, &mut state, &seeded(seed), &Silent).unwrap().bits;
        assert_eq!(bits[0], bits[1]);
        let left = if bits[0] { 3 } else { 0 };
        assert!((state.amplitude(left).norm() - 1.0).abs() < 1e-15);
    }
}

#[test]
fn a_teleported_state_arrives() {
    let (mut definition, q) = entry(3, 2);
    let angles = [0.7, -0.4, 1.1];
    let mut circuit = Circuit::new();
    let x = flip(&mut circuit);
    let mut z = Definition::new("z");
    let target = z.add_register("q", 1).qubit(0);
    z.gate(Gate::Z, &[target], &[]);
    let z = circuit.add(z);
    definition.gate(Gate::U3, &[q[0]], &angles);
    definition.gate(Gate::H, &[q[1]], &[]);
    definition.gate(Gate::Cx, &[q[1], q[2]], &[]);
    definition.gate(Gate::Cx, &[q[0], q[1]], &[]);
    definition.gate(Gate::H, &[q[0]], &[]);
    definition.measure(q[0], BitId(0));
    definition.measure(q[1], BitId(1));
    definition.conditional(vec![(BitId(1), true)], Call::new(x, [q[2]]));
    definition.conditional(vec![(BitId(0), true)], Call::new(z, [q[2]]));
    circuit.add(definition);
    let expected = Gate::U3.matrix(&angles).unwrap();
    let mut seen = std::collections::BTreeSet::new();
    for seed in 0..32 {
        let mut state: StateVector = StateVector::zero(3).unwrap();
        let bits = run(&circuit, &mut state, &seeded(seed), &Silent).unwrap().bits;
        let low = usize::from(bits[0]) | usize::from(bits[1]) << 1;
        seen.insert(low);
        assert!((state.amplitude(low) - expected[0]).norm() < 1e-14);
        assert!((state.amplitude(low | 4) - expected[2]).norm() < 1e-14);
    }
    assert_eq!(seen.len(), 4);
    // Conditions: one run per shot.
    let counts = shots(&circuit, 400, 3);
    assert_eq!(counts.values().sum::<u64>(), 400);
    assert_eq!(counts.len(), 4);
}

#[test]
fn a_condition_needs_all_its_bits() {
    for (first, second) in [(false, false), (false, true), (true, false), (true, true)] {
        let mut circuit = Circuit::new();
        let x = flip(&mut circuit);
        let (mut definition, q) = entry(3, 3);
        for (qubit, set) in [(q[0], first), (q[1], second)] {
            if set {
                definition.gate(Gate::X, &[qubit], &[]);
            }
        }
        definition.measure(q[0], BitId(0));
        definition.measure(q[1], BitId(1));
        definition.conditional(vec![(BitId(0), true), (BitId(1), false)], Call::new(x, [q[2]]));
        definition.measure(q[2], BitId(2));
        circuit.add(definition);
        let mut state: StateVector = StateVector::zero(3).unwrap();
        let bits = run(&circuit, &mut state, &seeded(0), &Silent).unwrap().bits;
        assert_eq!(bits, [first, second, first && !second]);
    }
}

#[test]
fn a_reset_qubit_is_zero_and_the_rest_keeps_its_statistics() {
    let (mut definition, q) = entry(2, 2);
    definition.gate(Gate::Ry, &[q[0]], &[2.0 * 0.3f64.sqrt().asin()]);
    definition.gate(Gate::Cx, &[q[0], q[1]], &[]);
    definition.reset(q[0]);
    definition.measure(q[0], BitId(0));
    definition.measure(q[1], BitId(1));
    let counts = shots(&alone(definition), 4000, 5);
    assert_eq!(counts.keys().copied().collect::<Vec<u64>>(), [0, 2]);
    assert!(counts[&2].abs_diff(1200) < 150);
}

#[test]
fn measurements_inside_calls_go_to_the_bits_that_are_passed() {
    let mut circuit = Circuit::new();
    let mut read = Definition::new("read");
    let inner = read.add_register("q", 2);
    read.add_bits("c", 2);
    read.measure(inner.qubit(0), BitId(1));
    read.measure(inner.qubit(1), BitId(0));
    let read = circuit.add(read);
    let (mut definition, q) = entry(3, 4);
    definition.gate(Gate::X, &[q[2]], &[]);
    let mut call = Call::new(read, [q[2], q[0]]);
    call.bits = vec![BitId(3), BitId(0)];
    definition.call(call);
    circuit.add(definition);
    assert_eq!(shots(&circuit, 10, 0), BTreeMap::from([(1, 10)]));
    let mut state: StateVector = StateVector::zero(3).unwrap();
    let bits = run(&circuit, &mut state, &seeded(0), &Silent).unwrap().bits;
    assert_eq!(bits, [true, false, false, false]);
}

#[test]
fn final_and_repeated_runs_draw_from_the_same_distribution() {
    let prepare = |definition: &mut Definition, q: &[QubitId]| {
        definition.gate(Gate::Ry, &[q[0]], &[0.9]);
        definition.gate(Gate::Cry, &[q[0], q[1]], &[1.7]);
    };
    let (mut once, q) = entry(2, 2);
    prepare(&mut once, &q);
    once.measure(q[0], BitId(0));
    once.measure(q[1], BitId(1));
    let (mut repeated, q) = entry(2, 2);
    prepare(&mut repeated, &q);
    repeated.measure(q[0], BitId(0));
    // Used after its measurement: one run per shot.
    repeated.gate(Gate::Z, &[q[0]], &[]);
    repeated.measure(q[1], BitId(1));
    let (a, b) = (shots(&alone(once), 5000, 11), shots(&alone(repeated), 5000, 12));
    for outcome in [0, 1, 3] {
        assert!(a[&outcome].abs_diff(b[&outcome]) < 250, "{a:?} {b:?}");
    }
    assert!(!a.contains_key(&2) && !b.contains_key(&2));
}

#[test]
fn a_qubit_that_is_used_after_its_measurement_is_measured_there_and_then() {
    let (mut definition, q) = entry(1, 2);
    for bit in [BitId(0), BitId(1)] {
        definition.gate(Gate::H, &[q[0]], &[]);
        definition.measure(q[0], bit);
    }
    // Without the first measurement the two gates would cancel.
    let counts = shots(&alone(definition), 2000, 4);
    assert_eq!(counts.len(), 4);
    assert!(counts.values().all(|count| count.abs_diff(500) < 100), "{counts:?}");
}

#[test]
fn samples_name_bits_in_the_order_asked_for() {
    let state: StateVector = StateVector::basis(4, 0b0010).unwrap();
    let outcome = |selected: &[u32]| {
        let selected: Vec<QubitId> = selected.iter().map(|&qubit| QubitId(qubit)).collect();
        sample(&state, &selected, 7, 0).unwrap()
    };
    assert_eq!(outcome(&[0, 1, 2, 3]), BTreeMap::from([(2, 7)]));
    assert_eq!(outcome(&[3, 2, 0, 1]), BTreeMap::from([(8, 7)]));
    assert_eq!(outcome(&[1]), BTreeMap::from([(1, 7)]));
    assert_eq!(outcome(&[]), BTreeMap::from([(0, 7)]));
}

#[test]
fn samples_follow_the_probabilities() {
    let weights = [0.1, 0.0, 0.25, 0.65f64];
    let amplitudes: Vec<_> = weights.iter().map(|weight| Complex64::new(0.0, weight.sqrt())).collect();
    let state: StateVector = StateVector::from_amplitudes(&amplitudes).unwrap();
    let counts = sample(&state, &qubits(2), 100_000, 8).unwrap();
    assert!(!counts.contains_key(&1));
    for outcome in [0usize, 2, 3] {
        let expected = weights[outcome] * 1e5;
        assert!((counts[&(outcome as u64)] as f64 - expected).abs() < 800.0, "{counts:?}");
    }
    assert!((state.probability(QubitId(1)).unwrap() - 0.9).abs() < 1e-15);
    assert!((state.probability(QubitId(0)).unwrap() - 0.65).abs() < 1e-15);
}

#[test]
fn post_selection_keeps_what_has_zeros_elsewhere() {
    let amplitudes: Vec<Complex<f32>> =
        (0..8).map(|k| Complex::new(k as f32, -1.0).scale(1.0 / 148f32.sqrt())).collect();
    let state = StateVector::from_amplitudes(&amplitudes).unwrap();
    let projected = project(&state, &[QubitId(2), QubitId(0)]).unwrap();
    assert_eq!(projected, [0, 4, 1, 5].map(|k| amplitudes[k]));
    let (remaining, probability) = postselect(&state, &[QubitId(1)]).unwrap();
    let expected = [0, 1, 4, 5].map(|k| amplitudes[k]);
    let squared: f32 = expected.iter().map(|a| a.norm_sqr()).sum();
    assert!((probability - f64::from(squared)).abs() < 1e-6);
    for (found, expected) in remaining.iter().zip(expected) {
        assert!((found - expected.scale(1.0 / squared.sqrt())).norm() < 1e-6);
    }
    let (nothing, probability) =
        postselect(&StateVector::<f64>::basis(2, 3).unwrap(), &[QubitId(0)]).unwrap();
    assert_eq!((nothing.len(), probability), (2, 0.0));
}

#[test]
fn inner_products_conjugate_the_left_state() {
    let half = std::f64::consts::FRAC_1_SQRT_2;
    let state =
        |phase: Complex64| StateVector::from_amplitudes(&[Complex64::new(half, 0.0), phase * half]).unwrap();
    let (a, b) = (state(Complex64::new(0.0, 1.0)), state(Complex64::new(1.0, 0.0)));
    let found = a.inner_product(&b).unwrap();
    assert!((found - Complex64::new(0.5, -0.5)).norm() < 1e-15);
}
