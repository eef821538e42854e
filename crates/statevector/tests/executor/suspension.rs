//! Runs that are interrupted anywhere and go on from their checkpoint: the same to the last bit.

use crate::common::random::Random;
use num_complex::Complex;
use proptest::prelude::*;
use qnewton_circuit::{AngleTable, BitId, Call, Circuit, Definition, Gate, QubitId};
use qnewton_core::{Monitor, Silent};
use qnewton_statevector::{
    CheckpointError, Ended, Program, Real, RunOptions, StateVector, Suspended, read_checkpoint,
    write_checkpoint,
};
use std::sync::atomic::{AtomicI64, Ordering};

/// Cancels when it is asked for the n-th time.
struct Nth(AtomicI64);

impl Nth {
    fn new(number: i64) -> Self {
        Nth(AtomicI64::new(number))
    }
}

impl Monitor for Nth {
    fn begin(&self, _stage: &str, _total: u64) {}
    fn advance(&self, _steps: u64) {}
    fn is_cancelled(&self) -> bool {
        self.0.fetch_sub(1, Ordering::SeqCst) <= 1
    }
}

/// Qubits enough that the monitor is asked after every few kernels, where each is executed at once.
const QUBITS: usize = 19;

fn seeded_run(seed: u64) -> RunOptions {
    RunOptions { seed, ..RunOptions::default() }
}

/// Nested repetitions, tables, conjugations, inverses, measurements, and a condition on a bit that its call changes.
fn nested(qubits: usize, repetitions: u64) -> Circuit {
    let mut circuit = Circuit::new();
    let mut turn = Definition::new("turn");
    let angle = turn.add_parameter("t");
    let pair: Vec<QubitId> = turn.add_register("q", 2).qubits().collect();
    turn.gate_with(Gate::Rx, &[pair[0]], std::slice::from_ref(&angle));
    turn.gate_with(Gate::Rz, &[pair[1]], &[angle]);
    turn.gate(Gate::Cx, &pair, &[]);
    turn.gate(Gate::T, &[pair[1]], &[]);
    let turn = circuit.add(turn);
    let rows = circuit.add_angles(AngleTable::Dense((0..7).map(|row| 0.3 * f64::from(row) - 0.7).collect()));
    let mut middle = Definition::new("middle");
    // A parameter, though unused, keeps it from becoming a matrix.
    middle.add_parameter("unused");
    let three: Vec<QubitId> = middle.add_register("q", 3).qubits().collect();
    middle.gate(Gate::H, &[three[0]], &[]);
    middle.call(Call::new(turn, [three[1], three[2]]).repeated_with(7, rows));
    middle.call(Call::new(turn, [three[2], three[0]]).repeated_with(7, rows).inverted());
    let fixed = |qubits: [QubitId; 2], angle: f64| Call::new(turn, qubits).with_angles([angle.into()]);
    middle.conjugate(fixed([three[0], three[1]], 0.4), fixed([three[1], three[2]], 1.3).repeated(3));
    let middle = circuit.add(middle);
    let mut again = Definition::new("again");
    let qubit = again.add_register("q", 1).qubit(0);
    again.add_bits("c", 1);
    for _ in 0..30 {
        again.gate(Gate::H, &[qubit], &[]);
        again.measure(qubit, BitId(0));
    }
    let again = circuit.add(again);
    let mut main = Definition::new("main");
    let q: Vec<QubitId> = main.add_register("q", qubits).qubits().collect();
    main.add_bits("c", 2);
    q.iter().for_each(|&qubit| main.gate(Gate::H, &[qubit], &[]));
    let middle = |own: [QubitId; 3]| Call::new(middle, own).with_angles([0.0.into()]);
    main.call(middle([q[0], q[9], q[qubits - 1]]).repeated(repetitions));
    main.gate(Gate::X, &[q[3]], &[]);
    main.reset(q[3]);
    main.gate(Gate::X, &[q[3]], &[]);
    main.measure(q[3], BitId(1));
    let mut call = Call::new(again, [q[4]]);
    call.bits = vec![BitId(1)];
    main.conditional(vec![(BitId(1), true)], call);
    main.call(middle([q[2], q[1], q[7]]).inverted().repeated(2));
    main.measure(q[0], BitId(0));
    circuit.add(main);
    circuit
}

fn start<R: Real>(program: &Program<R>) -> StateVector<R> {
    StateVector::zero(program.qubits()).unwrap()
}

/// Runs with an interruption after every `interval` questions, each time through the bytes of a checkpoint.
fn run_in_pieces<R: Real>(
    program: &Program<R>,
    options: &RunOptions,
    interval: i64,
) -> (StateVector<R>, Vec<bool>, usize) {
    let (mut state, mut from): (StateVector<R>, Option<Suspended>) = (start(program), None);
    for pieces in 0.. {
        match program.run_until_cancelled(&mut state, options, from, &Nth::new(interval)).unwrap() {
            Ended::Finished(outcome) => return (state, outcome.bits, pieces),
            Ended::Suspended(suspended) => {
                let mut bytes = Vec::new();
                write_checkpoint(&mut bytes, "name", program, &suspended, &state).unwrap();
                let (read, amplitudes) =
                    read_checkpoint(&mut bytes.as_slice(), "name", program, options).unwrap();
                assert_eq!(read, suspended);
                assert!((0.0..=1.0).contains(&read.share()));
                (state, from) = (amplitudes, Some(read));
            }
        }
    }
    unreachable!()
}

fn check<R: Real>(program: &Program<R>, interval: i64, options: &RunOptions) {
    let mut state = start(program);
    let bits = program.run(&mut state, options, &Silent).unwrap().bits;
    let (resumed, resumed_bits, pieces) = run_in_pieces(program, options, interval);
    assert!(pieces > 1, "{pieces}");
    assert_eq!(resumed_bits, bits);
    assert!(state.iter().zip(resumed.iter()).all(|(a, b): (Complex<R>, Complex<R>)| a == b));
}

#[test]
fn interrupted_runs_give_the_same_bits() {
    // The first question is asked before anything is done.
    let circuit = nested(QUBITS, 5);
    for (interval, seed) in [(2, 0), (3, 1), (5, 2)] {
        check(&Program::<f64>::exact(&circuit).unwrap(), interval, &seeded_run(seed));
    }
    check(&Program::<f32>::exact(&circuit).unwrap(), 4, &seeded_run(3));
}

#[test]
fn interruptions_change_nothing_of_what_is_executed_together() {
    check(&Program::<f64>::new(&nested(16, 300)).unwrap(), 2, &RunOptions::default());
}

proptest! {
    #![proptest_config(crate::common::cases(4))]

    #[test]
    fn random_hierarchies_resume_anywhere(seed: u64, number in 1..40i64) {
        let mut circuit = Random::new(seed).hierarchy(4, false);
        // 17 more qubits, so that there is a question for every eight kernels.
        let inner = circuit.entry_id().unwrap();
        let mut main = Definition::new("outer");
        let q: Vec<QubitId> = main.add_register("q", 21).qubits().collect();
        main.call(Call::new(inner, q[..4].iter().copied()).repeated(12));
        let main = circuit.add(main);
        circuit.set_entry(main);
        let program = Program::<f64>::exact(&circuit).unwrap();
        let options = seeded_run(0);
        let zero = || StateVector::zero(21).unwrap();
        let mut whole = zero();
        program.run(&mut whole, &options, &Silent).unwrap();
        let mut state = zero();
        let ended = program.run_until_cancelled(&mut state, &options, None, &Nth::new(number)).unwrap();
        if let Ended::Suspended(suspended) = ended {
            let rest = program.run_until_cancelled(&mut state, &options, Some(suspended), &Silent).unwrap();
            prop_assert!(matches!(rest, Ended::Finished(_)));
        }
        prop_assert!(whole == state);
    }
}

#[test]
fn other_checkpoints_are_refused() {
    let circuit = nested(QUBITS, 5);
    let program = Program::<f64>::exact(&circuit).unwrap();
    let options = seeded_run(0);
    let mut state = start(&program);
    let Ended::Suspended(suspended) =
        program.run_until_cancelled(&mut state, &options, None, &Nth::new(3)).unwrap()
    else {
        panic!("not cancelled")
    };
    let mut bytes = Vec::new();
    write_checkpoint(&mut bytes, "name", &program, &suspended, &state).unwrap();
    let read = |bytes: &[u8], circuit: &str, options: &RunOptions| {
        read_checkpoint(&mut &bytes[..], circuit, &program, options).map(|_| ()).unwrap_err()
    };
    assert!(matches!(read(&bytes, "other", &options), CheckpointError::Circuit));
    let seeded = seeded_run(5);
    assert!(matches!(read(&bytes, "name", &seeded), CheckpointError::Options { seed: 0 }));
    assert!(matches!(read(b"", "name", &options), CheckpointError::Foreign));
    assert!(matches!(read(b"%%MatrixMarket matrix", "name", &options), CheckpointError::Foreign));
    for length in [20, 60, bytes.len() / 2, bytes.len() - 1] {
        assert!(matches!(read(&bytes[..length], "name", &options), CheckpointError::Damaged), "{length}");
    }
    let mut changed = bytes.clone();
    let middle = changed.len() / 2;
    changed[middle] ^= 1;
    assert!(matches!(read(&changed, "name", &options), CheckpointError::Damaged));
    changed[middle] ^= 1;
    changed.push(0);
    assert!(matches!(read(&changed, "name", &options), CheckpointError::Damaged));
    let single = Program::<f32>::exact(&circuit).unwrap();
    let other = read_checkpoint(&mut bytes.as_slice(), "name", &single, &options);
    assert!(matches!(other, Err(CheckpointError::Precision { found: 64, expected: 32 })));
    let mut shorter = Circuit::new();
    let mut definition = Definition::new("main");
    definition.add_register("q", QUBITS);
    shorter.add(definition);
    let shorter = Program::<f64>::new(&shorter).unwrap();
    let other = read_checkpoint(&mut bytes.as_slice(), "name", &shorter, &options);
    assert!(matches!(other, Err(CheckpointError::Steps)));
    // The seed is held against the run, too.
    assert!(program.run_until_cancelled(&mut state, &seeded, Some(suspended), &Silent).is_err());
}
