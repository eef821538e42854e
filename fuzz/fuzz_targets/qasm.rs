//! The OpenQASM reader neither panics nor builds circuits that are not well-formed, and what it reads can be
//! written and read again. `cargo +nightly fuzz run qasm crates/qasm/tests/corpus/valid` from the workspace root.

#![no_main]

use libfuzzer_sys::fuzz_target;
use qnewton_circuit::{Basis, count, lower, verify::verify};
use qnewton_qasm::{WriteOptions, read, write_string};

fuzz_target!(|source: &str| {
    let Ok(program) = read(source) else { return };
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
