//! States that are shared out among ranks: the same results as in one process, whatever the number of ranks.

use crate::common::qubits;
use crate::common::random::{KINDS, Random};
use num_complex::Complex;
use proptest::prelude::*;
use qnewton_circuit::{BitId, Circuit, Definition, Gate, QubitId};
use qnewton_core::Silent;
use qnewton_statevector::distributed::{
    Communicator, DistributedState, Layout, Loopback, Serial, Traffic, run_shots_distributed,
};
use qnewton_statevector::{
    ExecutorError, Program, Real, RunOptions, StateVector, project, run_shots, sample,
};

/// What each of so many ranks gets.
fn everywhere<T: Send>(ranks: usize, work: impl Fn(&dyn Communicator) -> T + Sync) -> Vec<T> {
    let work = &work;
    std::thread::scope(|scope| {
        let threads: Vec<_> =
            Loopback::world(ranks).into_iter().map(|rank| scope.spawn(move || work(&rank))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

/// A run on each rank: the classical bits, all amplitudes (at rank 0), the norm, the traffic.
type Found<R> = (Vec<bool>, Vec<Complex<R>>, f64, Traffic);

fn distributed<R: Real>(circuit: &Circuit, ranks: usize, options: &RunOptions) -> Vec<Found<R>> {
    everywhere(ranks, |rank| {
        let program = Program::<R>::new_distributed(circuit, false, rank).unwrap();
        let mut state = DistributedState::zero(&program, rank).unwrap();
        let bits = program.run_distributed(&mut state, options, &Silent).unwrap().bits;
        let mut amplitudes = Vec::new();
        state.visit(1 << state.qubits(), |piece| amplitudes.extend_from_slice(piece)).unwrap();
        (bits, amplitudes, state.norm().unwrap(), state.traffic())
    })
}

fn alone<R: Real>(circuit: &Circuit, options: &RunOptions) -> (Vec<bool>, StateVector<R>) {
    let program = Program::<R>::new(circuit).unwrap();
    let mut state = StateVector::zero(program.qubits()).unwrap();
    let bits = program.run(&mut state, options, &Silent).unwrap().bits;
    (bits, state)
}

/// Identical, but for the sign of zeros. Returns the number of exchanges, of all worlds.
fn check<R: Real>(circuit: &Circuit, options: &RunOptions, worlds: &[usize]) -> u64 {
    let mut exchanges = 0;
    let (bits, state) = alone::<R>(circuit, options);
    for &ranks in worlds {
        for (rank, found) in distributed::<R>(circuit, ranks, options).into_iter().enumerate() {
            assert_eq!(found.0, bits);
            assert_eq!(found.2, state.norm());
            if rank == 0 {
                exchanges += found.3.exchanges;
                assert_eq!(found.1.len(), 1 << state.qubits());
                let different = found.1.iter().zip(state.iter()).filter(|(a, b)| **a != *b).count();
                let largest = found.1.iter().zip(state.iter()).map(|(a, b)| (*a - b).norm().into_f64());
                let largest = largest.fold(0.0, f64::max);
                assert_eq!(different, 0, "of {} on {ranks} ranks, by {largest}\n{circuit}", found.1.len());
            }
        }
    }
    exchanges
}

/// A layer that fills the state, then operations of every kind; with measurements and resets in between if `measures`.
fn circuit(random: &mut Random, total: usize, operations: usize, measures: bool) -> Circuit {
    let mut circuit = Circuit::new();
    let mut definition = Definition::new("main");
    let all: Vec<QubitId> = definition.add_register("q", total).qubits().collect();
    definition.add_bits("c", 4);
    for &qubit in &all {
        definition.gate(Gate::U3, &[qubit], &[random.angle(), random.angle(), random.angle()]);
    }
    for _ in 0..operations {
        let shuffled = random.shuffled(total);
        match random.below(6) {
            0 => {
                let gate = Gate::ALL[random.below(Gate::ALL.len())];
                let angles: Vec<f64> = (0..gate.angles()).map(|_| random.angle()).collect();
                definition.gate(gate, &shuffled[..gate.qubits()], &angles);
            }
            1 => definition.gate(Gate::Swap, &shuffled[..2], &[]),
            2 if measures => definition.measure(shuffled[0], BitId(random.below(4) as u32)),
            3 if measures => definition.reset(shuffled[0]),
            _ => {
                let kind = KINDS[random.below(KINDS.len())];
                let operation = random.operation(&mut circuit, kind, total, &[], false);
                definition.push_structured(operation);
            }
        }
    }
    circuit.add(definition);
    circuit
}

proptest! {
    #![proptest_config(crate::common::cases(12))]

    #[test]
    fn every_kind_of_operation_gives_the_amplitudes_of_one_process(seed: u64, total in 9..13usize) {
        let mut random = Random::new(seed);
        let first = circuit(&mut random, total, 40, false);
        let exchanges = check::<f64>(&first, &RunOptions::default(), &[1, 2, 3, 4, 8]);
        let several = Layout::new(&Program::<f64>::new(&first).unwrap(), 8).active > 1;
        prop_assert_eq!(exchanges > 0, several);
        check::<f32>(&circuit(&mut random, total, 40, false), &RunOptions::default(), &[2, 8]);
    }

    #[test]
    fn measurements_and_resets_have_the_outcomes_of_one_process(seed: u64, total in 9..11usize) {
        let circuit = circuit(&mut Random::new(seed), total, 30, true);
        check::<f64>(&circuit, &RunOptions { seed, ..RunOptions::default() }, &[1, 2, 4, 8]);
    }

    #[test]
    fn hierarchies_with_ancillas_give_the_amplitudes_of_one_process(seed: u64) {
        let circuit = Random::new(seed).hierarchy(10, true);
        check::<f64>(&circuit, &RunOptions::default(), &[2, 4, 8]);
    }
}

/// Large enough for passes of many operations, in one process and in ranks.
#[test]
fn fused_operations_give_the_amplitudes_of_one_process() {
    for (seed, total) in [(1, 16), (2, 17), (3, 18)] {
        let circuit = circuit(&mut Random::new(seed), total, 60, seed == 2);
        for block_qubits in [None, Some(9)] {
            let options = RunOptions { block_qubits, ..RunOptions::default() };
            assert!(check::<f64>(&circuit, &options, &[1, 2, 4, 8]) >= 3);
        }
    }
    let circuit = circuit(&mut Random::new(4), 17, 60, false);
    check::<f32>(&circuit, &RunOptions::default(), &[2, 8]);
}

#[test]
fn projections_and_samples_are_those_of_one_process() {
    let circuit = circuit(&mut Random::new(5), 9, 30, false);
    let (_, state) = alone::<f64>(&circuit, &RunOptions::default());
    let system: Vec<QubitId> = [8, 2, 5, 7, 1].map(QubitId).to_vec();
    let (projected, drawn) = (project(&state, &system).unwrap(), sample(&state, &system, 5000, 7).unwrap());
    let missing = state.probability(QubitId(9)).unwrap_err();
    for ranks in [1, 2, 4, 8] {
        let found = everywhere(ranks, |rank| {
            let program = Program::<f64>::new(&circuit).unwrap();
            let mut state = DistributedState::zero(&program, rank).unwrap();
            program.run_distributed(&mut state, &RunOptions::default(), &Silent).unwrap();
            let probabilities: Vec<f64> =
                qubits(9).into_iter().map(|qubit| state.probability(qubit).unwrap()).collect();
            let drawn = state.sample(&system, 5000, 7).unwrap();
            let refused = state.probability(QubitId(9)).unwrap_err();
            (state.project(&system).unwrap(), drawn, probabilities, refused)
        });
        for (rank, (found, counts, probabilities, refused)) in found.into_iter().enumerate() {
            assert_eq!(found, if rank == 0 { projected.clone() } else { Vec::new() });
            assert_eq!(counts, drawn);
            assert_eq!(refused, missing);
            for (qubit, probability) in (0..).map(QubitId).zip(probabilities) {
                assert_eq!(probability, state.probability(qubit).unwrap());
            }
        }
    }
}

#[test]
fn shots_are_those_of_one_process() {
    let mut random = Random::new(6);
    let mut last = circuit(&mut random, 10, 20, false);
    let mut main = last.entry().unwrap().clone();
    main.name = "measured".to_string();
    (0..4).for_each(|bit| main.measure(QubitId(bit + 4), BitId(3 - bit)));
    last.add(main);
    let between = circuit(&mut random, 9, 20, true);
    for (circuit, shots) in [(&last, 3000), (&between, 20)] {
        let options = RunOptions { seed: 11, ..RunOptions::default() };
        let expected = run_shots::<f64>(circuit, shots, &options, &Silent).unwrap();
        for ranks in [1, 2, 4, 8] {
            let found = everywhere(ranks, |rank| {
                run_shots_distributed::<f64>(circuit, shots, rank, &options, &Silent).unwrap()
            });
            assert!(found.into_iter().all(|found| found == expected));
        }
    }
}

#[test]
fn what_needs_no_messages_sends_none() {
    // Controls, diagonals and exchanges of whole qubits concern the number of the rank only.
    let mut definition = Definition::new("main");
    let q: Vec<QubitId> = definition.add_register("q", 9).qubits().collect();
    (0..6).for_each(|k| definition.gate(Gate::H, &[q[k]], &[]));
    definition.gate(Gate::Rz, &[q[8]], &[0.3]);
    definition.gate(Gate::Cp, &[q[8], q[7]], &[0.3]);
    definition.gate(Gate::Cx, &[q[8], q[3]], &[]);
    definition.gate(Gate::Rzz, &[q[6], q[0]], &[0.7]);
    let mut circuit = Circuit::new();
    circuit.add(definition.clone());
    for found in distributed::<f64>(&circuit, 8, &RunOptions::default()) {
        assert_eq!(found.3, Traffic::default());
    }
    // Three qubits at once: of eight parts of 64 amplitudes seven are sent, and as many back at the end.
    (6..9).for_each(|k| definition.gate(Gate::H, &[q[k]], &[]));
    let mut circuit = Circuit::new();
    circuit.add(definition);
    for found in distributed::<f64>(&circuit, 8, &RunOptions::default()) {
        assert_eq!(found.3, Traffic { exchanges: 2, bytes_sent: 2 * 7 * 8 * 16 });
    }
    check::<f64>(&circuit, &RunOptions::default(), &[8]);
}

#[test]
fn states_that_do_not_fit_are_refused_at_every_rank() {
    let circuit = circuit(&mut Random::new(8), 10, 10, false);
    let found = everywhere(4, |rank| {
        let program = Program::<f64>::new_distributed(&circuit, false, rank).unwrap();
        DistributedState::zero_within(&program, rank, 4000).map(|state| state.qubits())
    });
    for refused in found {
        let Err(ExecutorError::RankMemory { qubits, ranks, needed, available, .. }) = refused else {
            panic!("{refused:?}");
        };
        assert_eq!((qubits, ranks, needed, available), (10, 4, 3 * 256 * 16, 4000));
    }
}

#[test]
fn a_rank_that_ends_early_is_an_error_at_the_others() {
    let circuit = circuit(&mut Random::new(9), 9, 30, false);
    let program = Program::<f64>::new(&circuit).unwrap();
    let found = everywhere(2, |rank| {
        let mut state = DistributedState::zero(&program, rank).unwrap();
        if rank.rank() == 1 {
            return None;
        }
        Some(program.run_distributed(&mut state, &RunOptions::default(), &Silent).unwrap_err())
    });
    assert!(matches!(found[0], Some(ExecutorError::Communication(_))), "{:?}", found[0]);
    let mut state = DistributedState::zero(&program, &Serial).unwrap();
    let options = RunOptions { parameters: vec![1.0], ..RunOptions::default() };
    program.run_distributed(&mut state, &options, &Silent).unwrap_err();
    assert_eq!(program.run_distributed(&mut state, &RunOptions::default(), &Silent).unwrap().bits.len(), 4);
}
