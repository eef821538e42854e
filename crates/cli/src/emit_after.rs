//! `--emit-after`: the circuit in the middle of its lowering.

use crate::failure::Failure;
use crate::output::write_error;
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use qnewton::circuit::lower::lower_until;
use qnewton::circuit::{Basis, Circuit, Pass};
use qnewton::matrix::write_atomically;
use std::path::PathBuf;

/// What to show of the lowering.
#[derive(Debug, Args)]
pub(crate) struct EmitAfterOptions {
    /// Print the circuit as it is after this lowering pass, to standard error
    #[arg(long, value_name = "PASS", value_parser = pass_parser())]
    emit_after: Option<Pass>,
    /// Write it to FILE instead
    #[arg(long, value_name = "FILE", requires = "emit_after")]
    emit_to: Option<PathBuf>,
}

impl EmitAfterOptions {
    /// The file that will be written.
    pub(crate) fn target(&self) -> Option<&PathBuf> {
        self.emit_to.as_ref()
    }

    /// Lowers `circuit` up to the pass and shows it, if that was asked for.
    pub(crate) fn write(&self, circuit: &Circuit, basis: Basis) -> Result<(), Failure> {
        let Some(pass) = self.emit_after else { return Ok(()) };
        let lowered = lower_until(circuit, basis, pass).map_err(Failure::work)?;
        match &self.emit_to {
            None => write_error(&lowered.to_string()),
            Some(path) => write_atomically(path, |out| write!(out, "{lowered}"))?,
        }
        Ok(())
    }
}

fn pass_parser() -> impl TypedValueParser<Value = Pass> {
    // Only names of passes get past the first parser.
    let pass_of = |name: String| Pass::ALL.iter().copied().find(|pass| pass.name() == name);
    PossibleValuesParser::new(Pass::ALL.iter().map(|pass| pass.name()))
        .try_map(move |name| pass_of(name).ok_or("no such pass"))
}
