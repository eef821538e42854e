//! `qnewton convert`.

use crate::failure::Failure;
use crate::files::{check_distinct, check_targets, stated};
use crate::options::{
    DialectName, OutputOptions, StyleName, basis, checked_style, dialect_parser, style_parser,
};
use crate::output::{note, print_document};
use clap::Args;
use qnewton::circuit::lower::{allocate_ancillas, expand_controls, lower_structures};
use qnewton::circuit::{Basis, Circuit, CircuitError, Kind, Operation, count, lower};
use qnewton::matrix::write_atomically;
use qnewton::pipeline::{SCHEMA_VERSION, gate_counts, inspect, omitted_phase, parse_program, read_program};
use qnewton::qasm::{
    Dialect, Program, ReadOptions, Style, WriteError, WriteOptions, adapted, measured, write,
};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "\
Examples:
  qnewton convert solve.qasm braket.qasm --to braket --style loop
  qnewton convert any.qasm pytket.qasm --to openqasm2 --measure
  qnewton convert any.qasm - --to cirq --basis rz,sx,x,cx
  generate | qnewton convert - - --to qdk > program.qasm

What the tool lacks, or takes for something else, is made of gates that mean the same there. A global
phase that the tool does not keep becomes a comment. Manifests are not converted.";

/// Options of `qnewton convert`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Convert {
    /// OpenQASM 2 or 3; `-` reads standard input
    #[arg(value_name = "IN")]
    input: PathBuf,
    /// The file to write; `-` writes to standard output
    #[arg(value_name = "OUT")]
    output: PathBuf,
    /// The tool that the file is for
    #[arg(long, value_name = "TOOL", value_parser = dialect_parser())]
    to: DialectName,
    /// The form of the file; without it the first that the tool takes: `hierarchical`, or else `flat`
    #[arg(long, value_name = "STYLE", value_parser = style_parser())]
    style: Option<StyleName>,
    /// Bring the circuit to these gates first: `u3,cx` or `rz,sx,x,cx`. Without it gates stay what they are where they can
    #[arg(long, value_name = "GATES", value_parser = basis)]
    basis: Option<Basis>,
    /// Measure every register at the end, into bits of its own
    #[arg(long)]
    measure: bool,
    #[command(flatten)]
    show: OutputOptions,
}

/// The document of `qnewton convert --json`.
#[derive(Serialize)]
struct Document {
    schema_version: u32,
    file: String,
    output: String,
    dialect: &'static str,
    style: &'static str,
    qubits: usize,
    counts: BTreeMap<String, u64>,
    two_qubit_count: u64,
    depth: u64,
    two_qubit_depth: u64,
    global_phase: Option<f64>,
}

impl Convert {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let dialect = self.to.0;
        let style = checked_style(self.style, dialect)?;
        let to_output = is_dash(&self.output);
        if to_output && self.show.json {
            return Err(Failure::usage("--json prints a document where `-` prints the circuit: give a file"));
        }
        let files = |path: &PathBuf| (!is_dash(path)).then(|| path.clone());
        check_targets(files(&self.output).iter())?;
        check_distinct(files(&self.input).iter(), files(&self.output).iter())?;
        let program = self.read()?;
        for warning in &program.warnings {
            let place = format!("{}:{}:{}", self.input.display(), warning.line, warning.column);
            note(self.show.quiet, &format!("note: {place}: {}", warning.message));
        }
        let circuit = self.lowered(&program.circuit)?;
        let circuit = adapted(&circuit, dialect).map_err(Failure::work)?;
        let options =
            WriteOptions { style, dialect, header: program.leading_comments, ..WriteOptions::default() };
        self.write(&circuit, &options)?;
        let global_phase = omitted_phase(&circuit, dialect)?;
        if self.show.json {
            return print_document(&self.document(&circuit, dialect, style, global_phase)?);
        }
        if let Some(phase) = global_phase.filter(|phase| *phase != 0.0) {
            let text = format!(
                "note: the global phase, {phase}, is a comment: {} would not keep it",
                dialect.name()
            );
            note(self.show.quiet, &text);
        }
        if !to_output {
            note(self.show.quiet, &format!("wrote {}", self.output.display()));
        }
        Ok(())
    }

    fn read(&self) -> Result<Program, Failure> {
        if !is_dash(&self.input) {
            return Ok(read_program(&self.input)?);
        }
        let mut text = String::new();
        io::stdin()
            .read_to_string(&mut text)
            .map_err(|error| Failure::work(format!("cannot read standard input: {error}")))?;
        Ok(parse_program(Path::new("standard input"), text, &ReadOptions::default())?)
    }

    /// Without ancillas, controls and structures, measured, in the basis.
    fn lowered(&self, circuit: &Circuit) -> Result<Circuit, Failure> {
        let lowered = match self.basis {
            Some(basis) => lower(circuit, basis),
            None => expanded(circuit),
        };
        let lowered = lowered.map_err(Failure::work)?;
        if !self.measure {
            return Ok(lowered);
        }
        if count(&lowered).map_err(Failure::work)?.get(Kind::Measure) > 0 {
            return Err(Failure::usage("--measure: the circuit measures already"));
        }
        measured(&lowered).map_err(Failure::work)
    }

    fn write(&self, circuit: &Circuit, options: &WriteOptions) -> Result<(), Failure> {
        let mut refused = None;
        let mut written = |mut out: &mut dyn io::Write| match write(circuit, options, &mut out) {
            Ok(()) => Ok(()),
            Err(WriteError::Io(error)) => Err(error),
            Err(error) => {
                refused = Some(error);
                Err(io::Error::other("refused"))
            }
        };
        let result = if is_dash(&self.output) {
            match written(&mut io::stdout().lock()) {
                // A reader that closed its end has seen enough.
                Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                    Err(Failure::work(format!("cannot write to standard output: {error}")))
                }
                _ => Ok(()),
            }
        } else {
            write_atomically(&self.output, &mut written).map_err(Failure::from)
        };
        match refused {
            Some(error) => Err(Failure::work(error)),
            None => result,
        }
    }

    fn document(
        &self,
        circuit: &Circuit,
        dialect: Dialect,
        style: Style,
        global_phase: Option<f64>,
    ) -> Result<Document, Failure> {
        let facts = inspect(circuit)?;
        let clamp = |number: u128| u64::try_from(number).unwrap_or(u64::MAX);
        Ok(Document {
            schema_version: SCHEMA_VERSION,
            file: stated(&self.input),
            output: stated(&self.output),
            dialect: dialect.name(),
            style: style.name(),
            qubits: facts.qubits,
            counts: gate_counts(&facts.counts),
            two_qubit_count: clamp(facts.counts.two_qubit()),
            depth: clamp(facts.depth.total),
            two_qubit_depth: clamp(facts.depth.two_qubit),
            global_phase,
        })
    }
}

fn is_dash(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// The circuit in gates of the table, as they are unless something controlled has to be made of them.
fn expanded(circuit: &Circuit) -> Result<Circuit, CircuitError> {
    let circuit = expand_controls(&allocate_ancillas(circuit)?)?;
    let is_structured = |operation: &Operation| matches!(operation, Operation::Structured(_));
    let any =
        circuit.definitions().iter().any(|definition| definition.operations().iter().any(is_structured));
    if any { lower_structures(&circuit, true) } else { Ok(circuit) }
}
