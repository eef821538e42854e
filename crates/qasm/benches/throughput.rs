//! Bytes per second of writing and reading. Goals: 100 MB/s for flat files, on one core.

use divan::Bencher;
use divan::counter::BytesCount;
use qnewton_circuit::{Call, Circuit, Definition, Gate, QubitId};
use qnewton_qasm::{Style, WriteOptions, read, write, write_string};

fn main() {
    divan::main();
}

const QUBITS: u32 = 20;

/// `u3` and `cx` in equal numbers, with angles of all digits.
fn body(name: &str, gates: u32) -> Definition {
    let mut definition = Definition::new(name);
    definition.add_register("system", QUBITS as usize);
    let mut state = 1u64;
    let mut random = || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 11) as f64 / (1u64 << 53) as f64
    };
    for _ in 0..gates / 2 {
        let qubit = QubitId((random() * f64::from(QUBITS)) as u32);
        definition.gate(Gate::U3, &[qubit], &[0, 0, 0].map(|_| random() * 6.0 - 3.0));
        definition.gate(Gate::Cx, &[qubit, QubitId((qubit.0 + 1) % QUBITS)], &[]);
    }
    definition
}

/// One definition of many gates, called twice.
fn circuit(gates: u32) -> Circuit {
    let mut circuit = Circuit::new();
    let callee = circuit.add(body("layer", gates));
    let mut main = Definition::new("main");
    let system = main.add_register("system", QUBITS as usize);
    main.call(Call::new(callee, system.qubits()));
    main.call(Call::new(callee, system.qubits()).inverted());
    circuit.add(main);
    circuit
}

#[divan::bench(args = [Style::Flat, Style::Hierarchical])]
fn write_file(bencher: Bencher, style: Style) {
    let (circuit, options) = (circuit(100_000), WriteOptions::with_style(style));
    let length = write_string(&circuit, &options).map_or(0, |text| text.len());
    bencher.counter(BytesCount::new(length)).bench(|| write(&circuit, &options, &mut std::io::sink()));
}

#[divan::bench(args = [Style::Flat, Style::Hierarchical])]
fn read_file(bencher: Bencher, style: Style) {
    let text = write_string(&circuit(100_000), &WriteOptions::with_style(style)).unwrap_or_default();
    bencher.counter(BytesCount::new(text.len())).bench(|| read(&text));
}
