//! `qnewton count`.

use crate::failure::Failure;
use crate::files::stated;
use crate::options::OutputOptions;
use crate::output::{note, print, print_document};
use crate::report;
use crate::text::{self, Facts};
use clap::Args;
use qnewton::pipeline::{SCHEMA_VERSION, gate_counts, inspect, read_program};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  qnewton count solve.qasm
  qnewton count any.qasm --json | jq .counts

Gate definitions are followed, never expanded: counts and depth are exact however long the circuit is.";

/// Options of `qnewton count`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Count {
    /// OpenQASM 2 or 3
    file: PathBuf,
    #[command(flatten)]
    show: OutputOptions,
}

/// The document of `qnewton count --json`.
#[derive(Serialize)]
struct Document {
    schema_version: u32,
    file: String,
    qubits: usize,
    registers: BTreeMap<String, Vec<usize>>,
    classical_bits: usize,
    classical_registers: BTreeMap<String, Vec<usize>>,
    counts: BTreeMap<String, u64>,
    two_qubit_count: u64,
    t_count: u64,
    depth: u64,
    two_qubit_depth: u64,
}

impl Count {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let program = read_program(&self.file)?;
        for warning in &program.warnings {
            let place = format!("{}:{}:{}", self.file.display(), warning.line, warning.column);
            note(self.show.quiet, &format!("note: {place}: {}", warning.message));
        }
        let facts = inspect(&program.circuit)?;
        let clamp = |number: u128| u64::try_from(number).unwrap_or(u64::MAX);
        let document = Document {
            schema_version: SCHEMA_VERSION,
            file: stated(&self.file),
            qubits: facts.qubits,
            registers: facts.registers,
            classical_bits: facts.classical_registers.values().map(Vec::len).sum(),
            classical_registers: facts.classical_registers,
            counts: gate_counts(&facts.counts),
            two_qubit_count: clamp(facts.counts.two_qubit()),
            t_count: clamp(facts.counts.t()),
            depth: clamp(facts.depth.total),
            two_qubit_depth: clamp(facts.depth.two_qubit),
        };
        if self.show.json {
            return print_document(&document);
        }
        let mut facts = Facts::default();
        let registers = report::registers(&document.registers);
        facts.add("qubits", format!("{} ({registers})", text::count(document.qubits as u64)));
        if document.classical_bits > 0 {
            let registers = report::registers(&document.classical_registers);
            facts.add(
                "classical bits",
                format!("{} ({registers})", text::count(document.classical_bits as u64)),
            );
        }
        for (kind, number) in &document.counts {
            facts.add("counts", format!("{kind:<12} {:>24}", text::count(*number)));
        }
        facts.add("two-qubit gates", text::count(document.two_qubit_count));
        facts.add("T gates", text::count(document.t_count));
        facts.add("depth", text::count(document.depth));
        facts.add("two-qubit depth", text::count(document.two_qubit_depth));
        print(&facts.render())
    }
}
