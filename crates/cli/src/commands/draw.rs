//! `qnewton draw`.

use crate::failure::Failure;
use crate::files::{check_distinct, check_targets};
use crate::options::at_least_one;
use crate::output::{note, print};
use clap::Args;
use qnewton::circuit::draw::{DrawOptions, Picture, svg, text};
use qnewton::circuit::{Circuit, DefinitionId};
use qnewton::matrix::write_atomically;
use qnewton::pipeline::read_program;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  qnewton draw solve.qasm
  qnewton draw solve.qasm --definitions                 what can be drawn by itself
  qnewton draw solve.qasm --definition block_encoding -o block.svg
  qnewton draw any.qasm --expand 2 --limit 100 --width 160

Calls of definitions are boxes with the numbers of their qubits: `name^-1 x3` is an inverse, three times. A dot is a control
on 1, a ring one on 0.";

/// Options of `qnewton draw`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Draw {
    /// OpenQASM 2 or 3
    file: PathBuf,
    /// Write SVG to FILE instead of text to the terminal
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Draw this definition instead of the main program
    #[arg(long, value_name = "NAME")]
    definition: Option<String>,
    /// List the definitions instead
    #[arg(long, conflicts_with_all = ["output", "definition"])]
    definitions: bool,
    /// Levels of calls to draw as what they stand for; calls that are repeated, inverted or controlled stay boxes
    #[arg(long, value_name = "LEVELS", default_value_t = 0)]
    expand: usize,
    /// Operations that are drawn at most
    #[arg(long, value_name = "N", default_value = "300", value_parser = at_least_one)]
    limit: usize,
    /// Characters per line of the terminal's drawing
    #[arg(long, value_name = "N", default_value = "120", value_parser = at_least_one)]
    width: usize,
    /// No notes on standard error
    #[arg(long, short)]
    quiet: bool,
}

impl Draw {
    pub(crate) fn run(self) -> Result<(), Failure> {
        check_targets(&self.output)?;
        check_distinct([&self.file], self.output.iter())?;
        let circuit = read_program(&self.file)?.circuit;
        if self.definitions {
            return print(&listed(&circuit));
        }
        let definition = self.chosen(&circuit)?;
        let options = DrawOptions { limit: self.limit, expand: self.expand };
        let picture = Picture::of(&circuit, definition, &options).map_err(Failure::work)?;
        match &self.output {
            None => print(&text(&picture, self.width)),
            Some(path) => {
                write_atomically(path, |out| out.write_all(svg(&picture).as_bytes()))?;
                note(self.quiet, &format!("wrote {}", path.display()));
                Ok(())
            }
        }
    }

    fn chosen(&self, circuit: &Circuit) -> Result<DefinitionId, Failure> {
        let Some(name) = &self.definition else { return circuit.entry_id().map_err(Failure::work) };
        let found = circuit.definitions().iter().position(|definition| definition.name == *name);
        found.map(DefinitionId::from_index).ok_or_else(|| {
            let message = format!("{} has no definition `{name}`", self.file.display());
            Failure::with_hint(message, "--definitions lists them")
        })
    }
}

/// A line per definition.
fn listed(circuit: &Circuit) -> String {
    let rows = circuit.definitions().iter().map(|definition| {
        let (qubits, operations) = (definition.qubit_count(), definition.operations().len());
        vec![definition.name.clone(), qubits.to_string(), operations.to_string()]
    });
    crate::text::table(&["definition", "qubits", "operations"], 1, rows)
}
