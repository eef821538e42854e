//! The OpenQASM reader neither panics nor builds circuits that are not well-formed, and what it reads can be
//! written and read again. `cargo +nightly fuzz run qasm crates/qasm/tests/corpus/valid` from the workspace root.

#![no_main]

use libfuzzer_sys::fuzz_target;
use qnewton_circuit::{Basis, count, lower, verify::verify};
use qnewton_qasm::{ReadOptions, WriteOptions, read, read_with, write_string};

fuzz_target!(|source: &str| {
    // Loops end early, so that inputs are read quickly; the limit itself is tested elsewhere.
    let inputs = ["t", "theta", "n"].map(|name| (name.to_string(), 2.0)).into();
    let options = ReadOptions { inputs, maximum_statements: 20_000 };
    let Ok(program) = read_with(source, &options) else { return };
    assert_eq!(verify(&program.circuit), []);
    let is_small = program.circuit.entry().is_ok_and(|entry| entry.qubit_count() <= 64);
    let few = |total: u128| total <= 10_000;
    if !is_small || !count(&program.circuit).is_ok_and(|counts| few(counts.total())) {
        return;
    }
    let Ok(lowered) = lower(&program.circuit, Basis::U3Cx) else { return };
    let options = WriteOptions { maximum_statements: 10_000, ..WriteOptions::default() };
    if let Ok(text) = write_string(&lowered, &options) {
        let again = read(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        assert_eq!(count(&again.circuit), count(&lowered));
    }
});
