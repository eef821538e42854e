//! One timed run of the writer or the reader, for comparisons with other programs.
//!
//! `throughput write GATES FILE` writes that many gates (`h`, `x`, `ry`, `rz`, `cx`, `u3` with angles of all
//! digits) as flat OpenQASM 3 or, if the name of the file contains `qasm2`, OpenQASM 2; `throughput read FILE`
//! reads a file. Both print one JSON object with the seconds of that alone and the number of gates or bytes.

use qnewton_circuit::{Circuit, Definition, Gate, QubitId, count};
use qnewton_qasm::{Dialect, Style, WriteOptions, read, write};
use std::error::Error;
use std::fs::File;
use std::io::{self, Write};
use std::time::Instant;

const QUBITS: u32 = 20;

fn circuit(gates: usize) -> Circuit {
    let mut definition = Definition::new("main");
    definition.add_register("q", QUBITS as usize);
    let mut state = 1u64;
    let mut random = || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 11) as f64 / (1u64 << 53) as f64
    };
    for position in 0..gates {
        let qubit = QubitId((random() * f64::from(QUBITS)) as u32);
        let mut angle = || random() * 6.0 - 3.0;
        match position % 6 {
            0 => definition.gate(Gate::H, &[qubit], &[]),
            1 => definition.gate(Gate::X, &[qubit], &[]),
            2 => definition.gate(Gate::Ry, &[qubit], &[angle()]),
            3 => definition.gate(Gate::Rz, &[qubit], &[angle()]),
            4 => definition.gate(Gate::Cx, &[qubit, QubitId((qubit.0 + 1) % QUBITS)], &[]),
            _ => definition.gate(Gate::U3, &[qubit], &[angle(), angle(), angle()]),
        }
    }
    let mut circuit = Circuit::new();
    circuit.add(definition);
    circuit
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let document = match &arguments[..] {
        [mode, gates, path] if mode == "write" => {
            let circuit = circuit(gates.parse()?);
            let dialect = if path.contains("qasm2") { Dialect::OpenQasm2 } else { Dialect::OpenQasm3 };
            let options = WriteOptions { style: Style::Flat, ..WriteOptions::with_dialect(dialect) };
            let mut file = File::create(path)?;
            let start = Instant::now();
            write(&circuit, &options, &mut file)?;
            let seconds = start.elapsed().as_secs_f64();
            format!("{{\"seconds\": {seconds}, \"bytes\": {}}}", file.metadata()?.len())
        }
        [mode, path] if mode == "read" => {
            let text = std::fs::read_to_string(path)?;
            let start = Instant::now();
            let program = read(&text)?;
            let seconds = start.elapsed().as_secs_f64();
            format!("{{\"seconds\": {seconds}, \"gates\": {}}}", count(&program.circuit)?.total())
        }
        _ => return Err("usage: throughput write GATES FILE | throughput read FILE".into()),
    };
    Ok(writeln!(io::stdout(), "{document}")?)
}
