//! `mpirun -n K ranks`: runs a circuit with operations of every kind on K ranks and in one process, and says whether
//! amplitudes, outcomes and samples are identical. Ends with exit code 1 if they are not.

use num_complex::Complex64;
use qnewton_circuit::{
    AngleTable, Axis, BitId, Circuit, Control, Definition, Gate, IndexTable, QubitId, Structured,
    StructuredOperation,
};
use qnewton_core::Silent;
use qnewton_statevector::distributed::{Communicator, DistributedState, Mpi};
use qnewton_statevector::{ExecutorError, Program, RunOptions, StateVector, sample};
use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    match Mpi::new().map_err(ExecutorError::from).and_then(|ranks| compare(&ranks)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn compare(ranks: &Mpi) -> Result<bool, ExecutorError> {
    let mut identical = true;
    for (qubits, measures) in [(10, true), (18, false)] {
        let circuit = circuit(qubits, measures);
        let options = RunOptions { seed: 5, ..RunOptions::default() };
        let program = Program::<f64>::new_distributed(&circuit, false, ranks)?;
        let mut state = DistributedState::zero(&program, ranks)?;
        let bits = program.run_distributed(&mut state, &options, &Silent)?.bits;
        let mut found: Vec<Complex64> = Vec::new();
        state.visit(1 << qubits, |piece| found.extend_from_slice(piece))?;
        let (norm, read) = (state.norm()?, [QubitId(qubits as u32 - 1), QubitId(0), QubitId(5)]);
        let counts = state.sample(&read, 10_000, 3)?;
        if ranks.rank() != 0 {
            continue;
        }
        let mut alone: StateVector = StateVector::zero(qubits)?;
        let same = program.run(&mut alone, &options, &Silent)?.bits == bits
            && found.into_iter().eq(alone.iter())
            && norm == alone.norm()
            && counts == sample(&alone, &read, 10_000, 3)?;
        identical &= same;
        let (active, traffic) = (state.layout().active, state.traffic());
        let word = if same { "identical" } else { "DIFFERENT" };
        let _ = writeln!(
            std::io::stdout(),
            "{qubits} qubits on {active} of {} ranks: {word}, {} exchanges, {} bytes sent by rank 0",
            ranks.size(),
            traffic.exchanges,
            traffic.bytes_sent
        );
    }
    Ok(identical)
}

/// Operations of every kind that act across the ends of the register, where the numbers of ranks are.
fn circuit(qubits: usize, measures: bool) -> Circuit {
    let mut circuit = Circuit::new();
    let mut main = Definition::new("main");
    let q: Vec<QubitId> = main.add_register("q", qubits).qubits().collect();
    main.add_bits("c", 2);
    let table = |length: usize, step: f64| (0..length).map(|k| (k as f64 * step).sin()).collect();
    let angles = circuit.add_angles(AngleTable::Dense(table(16, 0.7)));
    let phases = circuit.add_angles(AngleTable::Dense(table(16, 1.3)));
    let amplitudes = circuit.add_angles(AngleTable::Dense(table(8, 0.9)));
    let images = circuit.add_indices(IndexTable::Dense { width: 3, values: vec![3, 6, 0, 1, 7, 2, 5, 4] });
    let entries = circuit.add_indices(IndexTable::Dense { width: 2, values: vec![1, 0, 3, 2] });
    let top = |k: usize| q[qubits - 1 - k];
    for round in 0..4 {
        for (k, &qubit) in q.iter().enumerate() {
            main.gate(Gate::U3, &[qubit], &[0.3 + k as f64, 0.2 * round as f64, 1.1]);
        }
        main.gate(Gate::Swap, &[top(0), q[3]], &[]);
        main.gate(Gate::Cx, &[top(1), top(0)], &[]);
        main.gate(Gate::Rxx, &[top(2), q[4]], &[0.4]);
        main.gate(Gate::Rzz, &[top(0), q[0]], &[0.4]);
        let selects = vec![top(1), q[0], q[4], top(0)];
        main.push_structured(Structured::MultiplexedRotation {
            axis: Axis::Y,
            selects,
            target: top(2),
            angles,
        });
        main.push_structured(Structured::Diagonal { qubits: vec![q[1], top(0), q[5], top(2)], phases });
        let registers = [vec![top(0), q[2], top(1)], vec![q[3], top(2), q[0]], vec![top(0), top(1), top(2)]];
        let [permuted, added, prepared] = registers;
        main.push_structured(Structured::Permutation { qubits: permuted, images });
        main.push_structured(StructuredOperation {
            controls: vec![Control { qubit: top(1), on: round % 2 == 0 }],
            ..Structured::AddConstant { qubits: added, constant: 3 }.into()
        });
        main.push_structured(Structured::StatePreparation { qubits: prepared, amplitudes });
        let (address, target) = (vec![top(2), q[1]], vec![top(0), q[4]]);
        main.push_structured(Structured::TableLookup { address, target, entries, relative_phase: true });
        main.push_structured(Structured::Reflection {
            qubits: vec![top(1), q[2]],
            signal: Some(top(0)),
            angle: 0.6.into(),
        });
        if measures && round < 2 {
            main.measure(top(round), BitId(round as u32));
            main.reset(q[4]);
        }
    }
    circuit.add(main);
    circuit
}
