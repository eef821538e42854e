//! Time per pass of each kernel; the goal is to be bound by memory above the caches and below 2 ns per amplitude
//! within them.

#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark")]

use divan::Bencher;
use divan::counter::ItemsCount;
use qnewton_circuit::{
    AngleTable, Axis, Call, Circuit, Control, Definition, Gate, IndexTable, QubitId, Structured,
    StructuredOperation, TableId,
};
use qnewton_core::Silent;
use qnewton_statevector::{Program, RunOptions, StateVector};

fn main() {
    divan::main();
}

const SIZES: &[usize] = &[10, 16, 22];

/// Passes per measurement.
const PASSES: u64 = 16;

/// Runs what `build` puts into a definition, on one thread, several times; the items are amplitudes. Each run is a pass
/// of its own: operations on one qubit that follow one another in a circuit would share one.
fn bench(bencher: Bencher, qubits: usize, build: impl FnOnce(&mut Circuit, &mut Definition, &[QubitId])) {
    let mut circuit = Circuit::new();
    let mut definition = Definition::new("passes");
    let all: Vec<QubitId> = definition.add_register("q", qubits).qubits().collect();
    build(&mut circuit, &mut definition, &all);
    circuit.add(definition);
    let program = Program::<f64>::exact(&circuit).unwrap();
    let mut state = StateVector::zero(qubits).unwrap();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    bencher.counter(ItemsCount::new(PASSES << qubits)).bench_local(|| {
        pool.install(|| {
            for _ in 0..PASSES {
                program.run(&mut state, &RunOptions::default(), &Silent).unwrap();
            }
        });
    });
}

fn place(qubits: usize, name: &str) -> usize {
    match name {
        "low" => 0,
        "middle" => qubits / 2,
        _ => qubits - 1,
    }
}

const PLACES: &[&str] = &["low", "middle", "high"];

macro_rules! gates {
    ($($name:ident $gate:ident $angles:expr;)*) => {
        $(
            #[divan::bench(args = SIZES, consts = [0, 1, 2])]
            fn $name<const PLACE: usize>(bencher: Bencher, qubits: usize) {
                bench(bencher, qubits, |_, definition, all| {
                    let first = place(qubits, PLACES[PLACE]);
                    let gate = Gate::$gate;
                    let used: Vec<QubitId> = (0..gate.qubits()).map(|k| all[(first + k) % qubits]).collect();
                    definition.gate(gate, &used, &$angles);
                });
            }
        )*
    };
}

gates! {
    x X [];
    hadamard H [];
    general U3 [0.1, 0.2, 0.3];
    phase P [0.1];
    cx Cx [];
    swap Swap [];
}

/// Rotations and controlled flips of one qubit, sixteen gates in one pass.
#[divan::bench(args = SIZES)]
fn chain(bencher: Bencher, qubits: usize) {
    bench(bencher, qubits, |_, definition, all| {
        for k in 0..8 {
            definition.gate(Gate::Ry, &[all[qubits - 1]], &[0.1]);
            definition.gate(Gate::Cx, &[all[k], all[qubits - 1]], &[]);
        }
    });
}

fn table(circuit: &mut Circuit, qubits: usize) -> TableId {
    circuit.add_angles(AngleTable::Dense((0..1 << qubits).map(|k| f64::from(k) * 0.001).collect()))
}

#[divan::bench(args = SIZES)]
fn multiplexed_low_selects(bencher: Bencher, qubits: usize) {
    bench(bencher, qubits, |circuit, definition, all| {
        let angles = table(circuit, 8);
        let (selects, target) = (all[..8].to_vec(), all[qubits - 1]);
        definition.push_structured(Structured::MultiplexedRotation {
            axis: Axis::Y,
            selects,
            target,
            angles,
        });
    });
}

#[divan::bench(args = SIZES)]
fn multiplexed_scattered_selects(bencher: Bencher, qubits: usize) {
    bench(bencher, qubits, |circuit, definition, all| {
        let angles = table(circuit, 4);
        let (selects, target) = ([8, 2, 4, 6].map(|k| all[k]).to_vec(), all[0]);
        definition.push_structured(Structured::MultiplexedRotation {
            axis: Axis::Y,
            selects,
            target,
            angles,
        });
    });
}

#[divan::bench(args = SIZES)]
fn diagonal(bencher: Bencher, qubits: usize) {
    bench(bencher, qubits, |circuit, definition, all| {
        let phases = table(circuit, 8);
        definition.push_structured(Structured::Diagonal { qubits: all[1..9].to_vec(), phases });
    });
}

#[divan::bench(args = SIZES)]
fn permutation(bencher: Bencher, qubits: usize) {
    bench(bencher, qubits, |circuit, definition, all| {
        let values = (0..256).map(|k| k * 77 % 256).collect();
        let images = circuit.add_indices(IndexTable::Dense { width: 8, values });
        definition.push_structured(Structured::Permutation { qubits: all[1..9].to_vec(), images });
    });
}

#[divan::bench(args = SIZES)]
fn look_up(bencher: Bencher, qubits: usize) {
    bench(bencher, qubits, |circuit, definition, all| {
        let values = (0..32).map(|k| k * 5 % 8).collect();
        let entries = circuit.add_indices(IndexTable::Dense { width: 3, values });
        let (address, target) = (all[..5].to_vec(), all[5..8].to_vec());
        definition.push_structured(Structured::TableLookup {
            address,
            target,
            entries,
            relative_phase: true,
        });
    });
}

#[divan::bench(args = SIZES)]
fn increment(bencher: Bencher, qubits: usize) {
    bench(bencher, qubits, |_, definition, all| {
        definition.push_structured(Structured::AddConstant { qubits: all[..8].to_vec(), constant: 1 });
    });
}

#[divan::bench(args = SIZES)]
fn controlled_increment(bencher: Bencher, qubits: usize) {
    bench(bencher, qubits, |_, definition, all| {
        let kind = Structured::AddConstant { qubits: all[..8].to_vec(), constant: 1 };
        let controls = vec![Control { qubit: all[9], on: true }];
        definition.push_structured(StructuredOperation { controls, ..kind.into() });
    });
}

#[divan::bench(args = SIZES)]
fn reflection_with_signal(bencher: Bencher, qubits: usize) {
    bench(bencher, qubits, |_, definition, all| {
        let (qubits, signal) = (all[6..8].to_vec(), Some(all[8]));
        definition.push_structured(Structured::Reflection { qubits, signal, angle: 0.1.into() });
    });
}

/// The cost of interpretation: a call with parameters of a body of ten gates on a tiny state, ten thousand times.
#[divan::bench]
fn ten_thousand_calls_on_four_qubits(bencher: Bencher) {
    bench(bencher, 4, |circuit, definition, all| {
        let mut body = Definition::new("body");
        let own: Vec<QubitId> = body.add_register("q", 4).qubits().collect();
        let angle = body.add_parameter("t");
        for k in 0..5 {
            body.gate(Gate::Cx, &[own[k % 4], own[(k + 1) % 4]], &[]);
            body.gate_with(Gate::Ry, &[own[k % 4]], std::slice::from_ref(&angle));
        }
        let body = circuit.add(body);
        let angles = (0..10_000).map(|k| f64::from(k) * 0.1).collect();
        let angles = circuit.add_angles(AngleTable::Dense(angles));
        definition.call(Call::new(body, all.iter().copied()).repeated_with(10_000, angles));
    });
}
