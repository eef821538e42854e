//! `qnewton verify`.

use crate::failure::Failure;
use crate::files::stated;
use crate::options::{ExecutionOptions, OutputOptions};
use crate::output::{print, print_document};
use crate::progress::{Interrupt, Progress};
use crate::text;
use clap::Args;
use qnewton::pipeline::{
    Kind, Manifest, MatrixSource, PipelineError, SCHEMA_VERSION, SourceOptions, Verification, manifest_path,
    verify, verify_encoding,
};
use qnewton::{LinearSystem, Preparation};
use serde::Serialize;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  qnewton verify solve.qasm --matrix A.mtx
  qnewton verify solve.qasm --matrix A.mtx --rhs b.mtx --json
  qnewton verify solve.qasm --matrix G.npy                   if G was compiled with --gram

The matrix is damped and pruned, or made of gradients, as the manifest says. Without --rhs the right-hand side is the manifest's.
Exit code 1 if a check fails.";

/// Options of `qnewton verify`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Verify {
    /// OpenQASM with its manifest beside it
    file: PathBuf,
    /// The matrix that was compiled
    #[arg(long, value_name = "A")]
    matrix: PathBuf,
    /// The right-hand side, if it should not be the manifest's
    #[arg(long, value_name = "FILE")]
    rhs: Option<PathBuf>,
    #[command(flatten)]
    execution: ExecutionOptions,
    #[command(flatten)]
    show: OutputOptions,
}

/// The document of `qnewton verify --json`.
#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    file: String,
    holds: bool,
    #[serde(flatten)]
    verification: &'a Verification,
}

impl Verify {
    pub(crate) fn run(self, interrupt: &Interrupt) -> Result<(), Failure> {
        let manifest = Manifest::of(&self.file)?.ok_or_else(|| {
            let problem = "there is none, so there is nothing to verify against".to_string();
            PipelineError::Manifest { path: manifest_path(&self.file), problem }
        })?;
        let progress = Progress::new(interrupt, self.show.quiet);
        let preparation = Preparation::from(manifest.preparation);
        // A preparation that makes no sense is a fault of the manifest, not of the command line.
        let verification = match manifest.kind {
            Kind::BlockEncoding => {
                let shift = manifest.preparation.shift;
                let options =
                    shift.map_or(SourceOptions::Matrix(preparation), |shift| SourceOptions::Gram { shift });
                let source = MatrixSource::load(&self.matrix, &options).map_err(Failure::work)?;
                verify_encoding(&self.file, &source, &progress)?
            }
            Kind::LinearSystem => {
                let rhs = self.rhs.as_deref();
                let system = match manifest.preparation.shift {
                    Some(shift) => LinearSystem::load_gram(&self.matrix, rhs, shift),
                    None => LinearSystem::load(&self.matrix, rhs, &preparation),
                };
                let mut system = system.map_err(Failure::work)?;
                if manifest.system.real_form {
                    // A real matrix whose right-hand side was complex.
                    system = system.to_real_form().map_err(Failure::work)?;
                }
                verify(&self.file, &system, &self.execution.into(), &progress)?
            }
        };
        progress.finish();
        let holds = verification.holds();
        if self.show.json {
            let document = Document {
                schema_version: SCHEMA_VERSION,
                file: stated(&self.file),
                holds,
                verification: &verification,
            };
            print_document(&document)?;
        } else {
            let figure = |value: Option<f64>| value.map_or(String::new(), text::bound);
            let rows = verification.checks.iter().map(|check| {
                let holds = if check.holds { "holds" } else { "FAILS" };
                vec![check.name.clone(), holds.to_string(), figure(check.measured), figure(check.bound)]
            });
            let verdict = if holds {
                "the file does what its manifest says"
            } else {
                "the file does NOT do what its manifest says"
            };
            print(&format!("{}{verdict}\n", text::table(&["check", "", "measured", "at most"], 2, rows)))?;
        }
        if holds { Ok(()) } else { Err(Failure::NotKept) }
    }
}
