//! `qnewton check`.

use crate::failure::Failure;
use crate::files::stated;
use crate::options::OutputOptions;
use crate::output::{print, print_document, write_error};
use crate::report;
use crate::text::Facts;
use clap::Args;
use qnewton::PipelineError;
use qnewton::circuit::{Circuit, Counts, count};
use qnewton::pipeline::{SCHEMA_VERSION, read_program_with};
use qnewton::qasm::{Program, ReadError, ReadErrorKind, ReadOptions, read_with_crate_qasm};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "\
Examples:
  qnewton check any.qasm
  qnewton check ansatz.qasm --input theta=0.5 --input n=3
  qnewton check old.qasm --second-parser
  qnewton check *.qasm --json | jq '.files[] | select(.valid | not)'

Nothing is executed or expanded: loops and definitions are counted as often as they are used.";

/// Options of `qnewton check`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Check {
    /// OpenQASM 2 or 3
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// A value for what the file declares as `input`; repeatable
    #[arg(long, value_name = "NAME=VALUE", value_parser = assignment, allow_hyphen_values = true)]
    input: Vec<(String, f64)>,
    /// Ask the crate `qasm` too, which parses OpenQASM 2 of up to 64 KiB, and compare the circuits
    #[arg(long)]
    second_parser: bool,
    #[command(flatten)]
    show: OutputOptions,
}

/// The document of `qnewton check --json`.
#[derive(Serialize)]
struct Document {
    schema_version: u32,
    files: Vec<Checked>,
}

/// One file.
#[derive(Serialize)]
struct Checked {
    file: String,
    valid: bool,
    #[serde(flatten)]
    content: Option<Content>,
    error: Option<Problem>,
}

/// What a valid file contains.
#[derive(Serialize)]
struct Content {
    version: Option<String>,
    includes: Vec<String>,
    qubits: usize,
    registers: BTreeMap<String, Vec<usize>>,
    classical_bits: usize,
    classical_registers: BTreeMap<String, Vec<usize>>,
    definitions: Vec<Definition>,
    counts: BTreeMap<String, u128>,
    operations: u128,
    warnings: Vec<Place>,
    #[serde(skip_serializing_if = "Option::is_none")]
    second_parser: Option<String>,
}

/// A gate or loop body that the circuit calls.
#[derive(Serialize)]
struct Definition {
    name: String,
    qubits: usize,
    parameters: usize,
    operations: usize,
}

/// A warning.
#[derive(Serialize)]
struct Place {
    line: usize,
    column: usize,
    message: String,
}

/// Why a file is not valid.
#[derive(Serialize)]
struct Problem {
    kind: &'static str,
    #[serde(flatten)]
    place: Place,
    expected: Option<String>,
}

impl Check {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let options = ReadOptions { inputs: self.input.iter().cloned().collect(), ..ReadOptions::default() };
        let mut files = Vec::with_capacity(self.files.len());
        let mut shown = Vec::new();
        for path in &self.files {
            let (mut checked, failure) = check(path, &options)?;
            if let (Some(content), true) = (&mut checked.content, self.second_parser) {
                content.second_parser = Some(second_opinion(path, &options)?);
            }
            shown.push((checked.content.as_ref().map(|content| describe(&checked.file, content)), failure));
            files.push(checked);
        }
        let all_valid = files.iter().all(|file| file.valid);
        if self.show.json {
            print_document(&Document { schema_version: SCHEMA_VERSION, files })?;
        }
        for (position, (text, failure)) in shown.iter().enumerate() {
            if let (Some(text), false) = (text, self.show.json) {
                print(&format!("{}{text}", if position > 0 { "\n" } else { "" }))?;
            }
            if let Some(Failure::Syntax(rendered)) = failure {
                write_error(rendered);
            }
        }
        if all_valid { Ok(()) } else { Err(Failure::NotKept) }
    }
}

/// Reads a file; only one that cannot be opened is a failure of the command.
fn check(path: &Path, options: &ReadOptions) -> Result<(Checked, Option<Failure>), Failure> {
    let file = stated(path);
    match read_program_with(path, options) {
        Ok(program) => {
            let content = Some(content(&program)?);
            Ok((Checked { file, valid: true, content, error: None }, None))
        }
        Err(PipelineError::Read { path, source_text, error }) => {
            let problem = Some(problem(&error));
            let failure = Failure::from(PipelineError::Read { path, source_text, error });
            Ok((Checked { file, valid: false, content: None, error: problem }, Some(failure)))
        }
        Err(PipelineError::Io { path, source }) if source.kind() == std::io::ErrorKind::InvalidData => {
            let (line, column) = first_foreign_byte(&path).unwrap_or((1, 1));
            let message = "the file is no UTF-8 text".to_string();
            let shown = format!("error: {}:{line}:{column}: {message}\n", path.display());
            let place = Place { line, column, message };
            let error = Some(Problem { kind: "invalid", place, expected: None });
            Ok((Checked { file, valid: false, content: None, error }, Some(Failure::Syntax(shown))))
        }
        Err(other) => Err(other.into()),
    }
}

/// What the crate `qasm` makes of a valid file.
fn second_opinion(path: &Path, options: &ReadOptions) -> Result<String, Failure> {
    let text = std::fs::read_to_string(path).map_err(Failure::work)?;
    let ours = read_program_with(path, options)?.circuit;
    Ok(match read_with_crate_qasm(&text) {
        Ok(theirs) if theirs.circuit == ours => "same circuit".to_string(),
        Ok(_) => "another circuit".to_string(),
        Err(error) => format!("none: {error}"),
    })
}

/// Line and column, in bytes, of the first byte that is no text.
fn first_foreign_byte(path: &Path) -> Option<(usize, usize)> {
    let bytes = std::fs::read(path).ok()?;
    let valid = std::str::from_utf8(&bytes).err()?.valid_up_to();
    let before = &bytes[..valid];
    let start = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |position| position + 1);
    Some((1 + before.iter().filter(|&&byte| byte == b'\n').count(), 1 + valid - start))
}

fn problem(error: &ReadError) -> Problem {
    let kind = match error.kind {
        ReadErrorKind::Syntax => "syntax",
        ReadErrorKind::Unsupported => "unsupported",
        ReadErrorKind::Invalid => "invalid",
        ReadErrorKind::TooLarge => "too large",
    };
    let place = Place { line: error.line, column: error.column, message: error.message.clone() };
    Problem { kind, place, expected: error.expected.clone() }
}

fn content(program: &Program) -> Result<Content, Failure> {
    let circuit = &program.circuit;
    let entry = circuit.entry().map_err(Failure::work)?;
    let counts = count(circuit).map_err(Failure::work)?;
    let range = |start: u32, len: u32| (start as usize..(start + len) as usize).collect::<Vec<_>>();
    let registers = entry.registers().iter().map(|r| (r.name.clone(), range(r.start, r.len)));
    let classical = entry.bit_registers().iter().map(|r| (r.name.clone(), range(r.start, r.len)));
    let warnings = program.warnings.iter().map(|warning| Place {
        line: warning.line,
        column: warning.column,
        message: warning.message.clone(),
    });
    Ok(Content {
        version: program.version.map(|(major, minor)| format!("{major}.{minor}")),
        includes: program.includes.clone(),
        qubits: entry.qubit_count(),
        registers: registers.collect(),
        classical_bits: entry.bit_count(),
        classical_registers: classical.collect(),
        definitions: definitions(circuit),
        operations: total(&counts)?,
        counts: counts.iter().map(|(kind, number)| (kind.to_string(), number)).collect(),
        warnings: warnings.collect(),
        second_parser: None,
    })
}

/// All definitions but the main program, in the order of the file.
fn definitions(circuit: &Circuit) -> Vec<Definition> {
    let entry = circuit.entry_id().map_or(0, |id| id.index());
    circuit.definitions()[..entry]
        .iter()
        .map(|definition| Definition {
            name: definition.name.clone(),
            qubits: definition.qubit_count(),
            parameters: definition.parameters.len(),
            operations: definition.operations().len(),
        })
        .collect()
}

fn total(counts: &Counts) -> Result<u128, Failure> {
    let sum = counts.iter().try_fold(0u128, |sum, (_, number)| sum.checked_add(number));
    sum.ok_or_else(|| Failure::work("the number of operations does not fit 128 bits"))
}

/// The report for people.
fn describe(file: &str, content: &Content) -> String {
    let mut facts = Facts::default();
    facts.add("file", file);
    facts.add("OpenQASM", content.version.as_deref().unwrap_or("no version, read as 3"));
    if !content.includes.is_empty() {
        facts.add("includes", content.includes.join(", "));
    }
    facts.add("qubits", format!("{} ({})", content.qubits, report::registers(&content.registers)));
    if content.classical_bits > 0 {
        let registers = report::registers(&content.classical_registers);
        facts.add("classical bits", format!("{} ({registers})", content.classical_bits));
    }
    for definition in content.definitions.iter().take(SHOWN) {
        let Definition { name, qubits, parameters, operations } = definition;
        let text = format!("{name:<16} {qubits} qubits, {parameters} parameters, {operations} operations");
        facts.add("definitions", text);
    }
    if content.definitions.len() > SHOWN {
        facts.add("definitions", format!("and {} more", content.definitions.len() - SHOWN));
    }
    for (kind, number) in &content.counts {
        facts.add("counts", format!("{kind:<12} {number:>40}"));
    }
    facts.add("operations", content.operations.to_string());
    if let Some(opinion) = &content.second_parser {
        facts.add("second parser", opinion);
    }
    for warning in &content.warnings {
        facts.add("warnings", format!("{file}:{}:{}: {}", warning.line, warning.column, warning.message));
    }
    facts.render()
}

/// Definitions that the report lists.
const SHOWN: usize = 20;

fn assignment(text: &str) -> Result<(String, f64), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE")?;
    let number: f64 = value.parse().map_err(|_| format!("`{value}` is not a number"))?;
    if name.is_empty() || !number.is_finite() {
        return Err("expected a name and a finite number".to_string());
    }
    Ok((name.to_string(), number))
}
