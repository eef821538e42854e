//! `qnewton equal`.

use crate::failure::Failure;
use crate::files::stated;
use crate::options::{OutputOptions, TimeOptions, at_least_one, positive};
use crate::output::{print, print_document};
use crate::progress::{Interrupt, Progress};
use crate::text::{self, Facts};
use clap::Args;
use qnewton::pipeline::{EqualMethod, EqualOptions, Equality, SCHEMA_VERSION, equal, read_program};
use serde::Serialize;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  qnewton equal hierarchical.qasm flat.qasm
  qnewton equal mine.qasm theirs.qasm --up-to-phase
  qnewton equal a.qasm b.qasm --state --json | jq .distance

Qubits are compared in the order in which the files declare them; a file with more of them is compared where the others
begin and end in |0>. First what the files say, then their matrices, or random states where these are too large.
Exit code 1 if they differ.";

/// Options of `qnewton equal`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Equal {
    /// OpenQASM 2 or 3, without measurements
    #[arg(value_name = "A")]
    first: PathBuf,
    /// OpenQASM 2 or 3, without measurements
    #[arg(value_name = "B")]
    second: PathBuf,
    /// Compare the states from |0...0> only
    #[arg(long)]
    state: bool,
    /// A global phase makes no difference
    #[arg(long)]
    up_to_phase: bool,
    /// Largest norm of a difference of states or columns that counts as none
    #[arg(long, value_name = "D", default_value_t = 1e-9, value_parser = positive, allow_hyphen_values = true)]
    tolerance: f64,
    /// Random states where the matrices are too large
    #[arg(long, value_name = "N", default_value = "4", value_parser = at_least_one, conflicts_with = "state")]
    states: usize,
    /// Seed of the random states
    #[arg(long, value_name = "S", default_value_t = 0)]
    seed: u64,
    #[command(flatten)]
    time: TimeOptions,
    #[command(flatten)]
    show: OutputOptions,
}

/// The document of `qnewton equal --json`.
#[derive(Serialize)]
struct Document {
    schema_version: u32,
    files: [String; 2],
    tolerance: f64,
    #[serde(flatten)]
    equality: Equality,
}

impl Equal {
    pub(crate) fn run(self, interrupt: &Interrupt) -> Result<(), Failure> {
        let progress = Progress::new(interrupt, self.show.quiet);
        let circuits = (read_program(&self.first)?.circuit, read_program(&self.second)?.circuit);
        let options = EqualOptions {
            state_only: self.state,
            states: self.states,
            seed: self.seed,
            tolerance: self.tolerance,
            execute: self.time.into(),
        };
        let equality = equal(&circuits.0, &circuits.1, &options, &progress)?;
        progress.finish();
        self.show(equality)?;
        let holds = if self.up_to_phase { equality.equal_up_to_phase } else { equality.equal };
        if holds { Ok(()) } else { Err(Failure::NotKept) }
    }

    fn show(&self, equality: Equality) -> Result<(), Failure> {
        if self.show.json {
            return print_document(&Document {
                schema_version: SCHEMA_VERSION,
                files: [stated(&self.first), stated(&self.second)],
                tolerance: self.tolerance,
                equality,
            });
        }
        let verdict = match (equality.equal, equality.equal_up_to_phase) {
            (true, _) => "equal",
            (false, true) => "equal up to a global phase",
            (false, false) => "NOT equal",
        };
        let compared = text::count(equality.compared as u64);
        let how = match equality.method {
            EqualMethod::Structure => "the files say the same".to_string(),
            EqualMethod::Matrix => format!("all {compared} columns of the matrices"),
            EqualMethod::RandomStates => format!("{compared} random states"),
            EqualMethod::State => "the states from |0...0>".to_string(),
        };
        let mut facts = Facts::default();
        facts.add("result", verdict);
        facts.add("compared", format!("{how}, {} qubits", equality.qubits));
        facts.add(
            "difference",
            format!(
                "{}, up to a phase {}; at most {}",
                text::bound(equality.distance),
                text::bound(equality.distance_up_to_phase),
                text::bound(self.tolerance)
            ),
        );
        if !equality.equal && equality.equal_up_to_phase {
            facts.add("phase", text::number(equality.phase));
        }
        print(&facts.render())
    }
}
