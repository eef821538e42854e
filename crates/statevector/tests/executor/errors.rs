//! What cannot be executed is refused with the reason.

use crate::common::qubits;
use num_complex::Complex64;
use qnewton_circuit::verify::NESTING_LIMIT;
use qnewton_circuit::{
    Angle, AngleTable, Basis, BitId, Call, Circuit, CircuitError, Control, Definition, Gate, QubitId,
    Structured, StructuredOperation, cost, flatten, lower,
};
use qnewton_core::{Cancelled, Monitor, Silent};
use qnewton_statevector::{
    ExecutorError, RunOptions, StateVector, block, full_block, measure_speed, memory_needed,
    operations_estimate, project, run, run_shots, sample, unitary,
};
use std::sync::atomic::{AtomicU64, Ordering};

fn hadamards(count: usize) -> Circuit {
    let mut circuit = Circuit::new();
    let mut definition = Definition::new("main");
    let all: Vec<QubitId> = definition.add_register("q", count).qubits().collect();
    all.iter().for_each(|&qubit| definition.gate(Gate::H, &[qubit], &[]));
    circuit.add(definition);
    circuit
}

#[test]
fn states_that_do_not_fit_are_refused_with_both_sizes() {
    let error = StateVector::<f64>::zero(60).unwrap_err();
    let ExecutorError::Memory { qubits: 60, needed, available } = error else { panic!("{error}") };
    assert_eq!(needed, memory_needed::<f64>(60));
    assert!(available < needed);
    assert!(error.to_string().contains("18446744073709551616 bytes"), "{error}");
    assert!(StateVector::<f64>::zero(100_000).is_err());
    assert!(StateVector::<f32>::zero_within(4, 127).is_err());
    assert!(StateVector::<f32>::zero_within(4, 128).is_ok());
    for count in [60, 64, 200] {
        let circuit = hadamards(count);
        assert!(matches!(full_block(&circuit, &qubits(2)), Err(ExecutorError::Memory { .. })));
        assert!(matches!(unitary(&circuit), Err(ExecutorError::Memory { .. })));
        let shots = run_shots::<f32>(&circuit, 1, &RunOptions::default(), &Silent);
        assert!(matches!(shots, Err(ExecutorError::Memory { .. })));
        assert!(operations_estimate(&circuit).unwrap() >= 60 << 60);
    }
}

#[test]
fn amplitudes_must_be_a_state() {
    let one = Complex64::new(1.0, 0.0);
    for amplitudes in [vec![], vec![one; 3], vec![one; 2], vec![Complex64::new(f64::NAN, 0.0)]] {
        assert!(matches!(StateVector::from_amplitudes(&amplitudes), Err(ExecutorError::State { .. })));
    }
    assert!(StateVector::<f64>::basis(2, 4).is_err());
}

#[test]
fn qubits_must_exist_and_differ() {
    let state: StateVector = StateVector::zero(2).unwrap();
    for selected in [vec![QubitId(2)], vec![QubitId(0), QubitId(0)]] {
        assert!(matches!(project(&state, &selected), Err(ExecutorError::Selection { .. })));
        assert!(sample(&state, &selected, 1, 0).is_err());
        assert!(full_block(&hadamards(2), &selected).is_err());
    }
    assert!(state.probability(QubitId(7)).is_err());
    assert!(block(&hadamards(2), &qubits(1), 1..3, &Silent).is_err());
    assert!(matches!(unitary(&hadamards(25)), Err(ExecutorError::Block { .. })));
    let mut state: StateVector = StateVector::zero(3).unwrap();
    let error = run(&hadamards(2), &mut state, &RunOptions::default(), &Silent).unwrap_err();
    assert_eq!(error, ExecutorError::Qubits { expected: 2, found: 3 });
}

#[test]
fn malformed_symbolic_and_empty_circuits_are_refused() {
    let mut state: StateVector = StateVector::zero(2).unwrap();
    let mut attempt = |circuit: &Circuit| run(circuit, &mut state, &RunOptions::default(), &Silent);
    assert_eq!(attempt(&Circuit::new()), Err(CircuitError::NoEntry.into()));
    let mut circuit = Circuit::new();
    let mut definition = Definition::new("main");
    definition.add_register("q", 2);
    definition.gate(Gate::Cx, &[QubitId(0), QubitId(0)], &[]);
    circuit.add(definition);
    assert!(matches!(attempt(&circuit), Err(ExecutorError::Circuit(CircuitError::Malformed { .. }))));
    let mut circuit = Circuit::new();
    let phases = circuit.add_angles(AngleTable::Symbolic { length: 4 });
    let mut definition = Definition::new("main");
    definition.add_register("q", 2);
    definition.push_structured(Structured::Diagonal { qubits: qubits(2), phases });
    circuit.add(definition);
    assert!(matches!(attempt(&circuit), Err(ExecutorError::Circuit(CircuitError::Symbolic { .. }))));
    assert!(operations_estimate(&circuit).unwrap() >= 4);
}

#[test]
fn a_block_needs_a_unitary_circuit_without_parameters() {
    let mut circuit = Circuit::new();
    let mut definition = Definition::new("main");
    definition.add_register("q", 1);
    definition.add_bits("c", 1);
    definition.measure(QubitId(0), BitId(0));
    circuit.add(definition);
    let error = full_block(&circuit, &qubits(1)).unwrap_err();
    assert_eq!(error, CircuitError::NotUnitary { definition: "main".to_string() }.into());
    let mut circuit = Circuit::new();
    let mut definition = Definition::new("main");
    definition.add_register("q", 1);
    let angle = definition.add_parameter("t");
    definition.gate_with(Gate::Ry, &[QubitId(0)], &[angle]);
    circuit.add(definition);
    assert!(matches!(full_block(&circuit, &qubits(1)), Err(ExecutorError::Selection { .. })));
    let mut state: StateVector = StateVector::zero(1).unwrap();
    let options = RunOptions { parameters: vec![0.8], ..RunOptions::default() };
    run(&circuit, &mut state, &options, &Silent).unwrap();
    assert!((state.amplitude(1).re - 0.4f64.sin()).abs() < 1e-15);
    assert!(run(&circuit, &mut state, &RunOptions::default(), &Silent).is_err());
}

#[test]
fn tables_under_very_many_controls_are_refused_not_written_out() {
    for count in [40u32, 60, 200] {
        let mut circuit = Circuit::new();
        let phases = circuit.add_angles(AngleTable::Dense(vec![0.1, 0.2]));
        let mut definition = Definition::new("main");
        definition.add_register("q", 1 + count as usize);
        let kind = Structured::Diagonal { qubits: qubits(1), phases };
        let controls = (1..=count).map(|qubit| Control { qubit: QubitId(qubit), on: true }).collect();
        definition.push_structured(StructuredOperation { controls, ..kind.into() });
        circuit.add(definition);
        let error = lower(&circuit, Basis::U3Cx).unwrap_err();
        assert!(matches!(error, CircuitError::TooLarge { .. } | CircuitError::Overflow), "{error}");
        match cost(&circuit) {
            Ok(counts) => assert_eq!(counts.total(), (4 << count) - 3),
            Err(error) => assert_eq!((error, count), (CircuitError::Overflow, 200)),
        }
    }
}

/// A gate inside so many definitions, each of which inverts and controls the one before.
fn nested(levels: usize) -> Circuit {
    let mut circuit = Circuit::new();
    let mut leaf = Definition::new("leaf");
    leaf.add_register("q", 1);
    leaf.gate(Gate::Ry, &[QubitId(0)], &[0.6]);
    let mut inner = circuit.add(leaf);
    for level in 1..levels {
        let mut definition = Definition::new(format!("level{level}"));
        definition.add_register("q", 1);
        definition.call(Call::new(inner, [QubitId(0)]).inverted());
        inner = circuit.add(definition);
    }
    circuit
}

#[test]
fn deep_nesting_works_up_to_a_limit_and_is_refused_beyond() {
    let circuit = nested(NESTING_LIMIT);
    let mut state: StateVector = StateVector::zero(1).unwrap();
    let options = RunOptions { threads: Some(1), ..RunOptions::default() };
    run(&circuit, &mut state, &options, &Silent).unwrap();
    // An odd number of inversions.
    assert!((state.amplitude(1).re + 0.3f64.sin()).abs() < 1e-15);
    for &basis in Basis::ALL {
        let lowered = lower(&circuit, basis).unwrap();
        assert!((full_block(&lowered, &qubits(1)).unwrap()[0][1].re + 0.3f64.sin()).abs() < 1e-14);
        assert!(flatten(&lowered).is_ok());
        assert!(matches!(lower(&nested(100_000), basis), Err(CircuitError::Malformed { .. })));
    }
    assert!(matches!(flatten(&nested(100_000)), Err(CircuitError::Malformed { .. })));
    let error = run(&nested(100_000), &mut state, &RunOptions::default(), &Silent).unwrap_err();
    assert!(error.to_string().contains("100000 deep"), "{error}");
}

/// Cancels after a number of questions and adds up the progress.
struct Counting {
    questions: AtomicU64,
    limit: u64,
    total: AtomicU64,
    advanced: AtomicU64,
}

impl Counting {
    fn new(limit: u64) -> Self {
        let zero = AtomicU64::new;
        Counting { questions: zero(0), limit, total: zero(0), advanced: zero(0) }
    }
}

impl Monitor for Counting {
    fn begin(&self, _stage: &str, total: u64) {
        self.total.store(total, Ordering::Relaxed);
    }
    fn advance(&self, steps: u64) {
        self.advanced.fetch_add(steps, Ordering::Relaxed);
    }
    fn is_cancelled(&self) -> bool {
        self.questions.fetch_add(1, Ordering::Relaxed) >= self.limit
    }
}

fn long(repetitions: u64) -> Circuit {
    let mut circuit = Circuit::new();
    let mut body = Definition::new("body");
    body.add_register("q", 1);
    let angle = body.add_parameter("t");
    body.gate_with(Gate::Rz, &[QubitId(0)], &[angle]);
    let body = circuit.add(body);
    let mut definition = Definition::new("main");
    definition.add_register("q", 1);
    definition.call(Call::new(body, [QubitId(0)]).with_angles([Angle::from(0.1)]).repeated(repetitions));
    circuit.add(definition);
    circuit
}

#[test]
fn a_run_stops_soon_after_it_is_cancelled() {
    let mut state: StateVector = StateVector::zero(1).unwrap();
    let monitor = Counting::new(3);
    let result = run(&long(u64::MAX), &mut state, &RunOptions::default(), &monitor);
    assert_eq!(result, Err(Cancelled.into()));
    let result = block(&long(u64::MAX), &qubits(1), 0..2, &Counting::new(3));
    assert_eq!(result, Err(Cancelled.into()));
}

#[test]
fn progress_adds_up_to_the_total() {
    let mut state: StateVector = StateVector::zero(1).unwrap();
    let monitor = Counting::new(u64::MAX);
    run(&long(10_000), &mut state, &RunOptions::default(), &monitor).unwrap();
    assert_eq!(monitor.total.into_inner(), 10_000);
    assert_eq!(monitor.advanced.into_inner(), 10_000);
    assert!(monitor.questions.into_inner() > 1);
}

#[test]
fn estimates_count_passes_over_the_controlled_part_of_the_state() {
    let kernels = |circuit: &Circuit| operations_estimate(circuit).unwrap();
    assert_eq!(kernels(&hadamards(3)), 3 * (8 + 32));
    let mut circuit = hadamards(3);
    let inner = circuit.entry_id().unwrap();
    let mut definition = Definition::new("outer");
    definition.add_register("q", 5);
    let call = Call::new(inner, qubits(3)).repeated(7);
    definition.call(call.controlled([Control { qubit: QubitId(4), on: false }]));
    circuit.add(definition);
    assert_eq!(kernels(&circuit), 7 * 3 * (16 + 32));
    assert!(measure_speed(8).unwrap() > 0.0);
}
