//! `qnewton encode`.

use crate::commands::compile::EmittedDocument;
use crate::emit_after::EmitAfterOptions;
use crate::failure::Failure;
use crate::files::{check_circuit_target, check_distinct, check_targets};
use crate::options::{CertificateOptions, EncodingOptions, OutputOptions, PreparationOptions, StyleOptions};
use crate::output::{note, print, print_document};
use crate::progress::{Interrupt, Progress};
use crate::report::{self, SystemPreparation};
use crate::text::Facts;
use clap::Args;
use qnewton::pipeline::{
    BlockOptions, CircuitFields, EncodedMatrix, EncodingFields, Manifest, SCHEMA_VERSION, Seconds,
    SystemFields, circuit_fields, emit_block, encode, encoding_fields, manifest_path,
};
use qnewton::{EmitOptions, LinearSystem};
use serde::Serialize;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  qnewton encode A.mtx                                 show what the encoding would cost
  qnewton encode A.mtx -o block.qasm --encoding sparse
  qnewton encode A.mtx -o block.qasm --verify          execute it for its certificate, however large

A = alpha * the block of `system` where all other registers start and end in 0. Singular matrices are fine.";

/// Options of `qnewton encode`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Encode {
    /// The matrix: MatrixMarket (.mtx, .mtx.gz), NumPy (.npy, .npz) or SciPy sparse (.npz)
    #[arg(value_name = "A")]
    matrix: PathBuf,
    /// Write OpenQASM 3 to FILE and the manifest to FILE.json
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    style: StyleOptions,
    #[command(flatten)]
    encoding: EncodingOptions,
    #[command(flatten)]
    certificate: CertificateOptions,
    #[command(flatten)]
    preparation: PreparationOptions,
    #[command(flatten)]
    emit_after: EmitAfterOptions,
    #[command(flatten)]
    show: OutputOptions,
}

/// The document of `qnewton encode --json` without a file.
#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    kind: qnewton::pipeline::Kind,
    name: &'a str,
    preparation: SystemPreparation<'a>,
    #[serde(flatten)]
    system: SystemFields,
    #[serde(flatten)]
    encoding: EncodingFields,
    #[serde(flatten)]
    circuit: CircuitFields,
    seconds: &'a Seconds,
}

impl Encode {
    pub(crate) fn run(self, interrupt: &Interrupt) -> Result<(), Failure> {
        check_circuit_target(self.output.as_deref())?;
        check_targets(self.emit_after.target())?;
        let manifest = self.output.as_deref().map(manifest_path);
        check_distinct([&self.matrix], self.output.iter().chain(&manifest).chain(self.emit_after.target()))?;
        let progress = Progress::new(interrupt, self.show.quiet);
        let system = LinearSystem::load(&self.matrix, None, &self.preparation.into())?;
        let options = BlockOptions {
            encoding: self.encoding.encoding.0,
            basis: self.encoding.basis,
            verify_encoding: self.certificate.verify,
        };
        let encoded = encode(&system, &options, &progress)?;
        self.emit_after.write(&encoded.encoding.circuit, encoded.basis)?;
        let emit_options = EmitOptions { style: self.style.style(), preparation: self.preparation.into() };
        let emitted = match &self.output {
            Some(path) => Some((emit_block(&encoded, path, &emit_options)?, path)),
            None => None,
        };
        progress.finish();
        self.show(&system, &encoded, emitted.as_ref())
    }

    fn show(
        &self,
        system: &LinearSystem,
        encoded: &EncodedMatrix,
        emitted: Option<&(Manifest, &PathBuf)>,
    ) -> Result<(), Failure> {
        if let (true, Some((manifest, output))) = (self.show.json, emitted) {
            return print_document(&EmittedDocument::new(manifest, &encoded.seconds, output));
        }
        let document = Document {
            schema_version: SCHEMA_VERSION,
            kind: qnewton::pipeline::Kind::BlockEncoding,
            name: &encoded.name,
            preparation: SystemPreparation::new(self.preparation.into(), system),
            system: SystemFields::from(&encoded.facts),
            encoding: encoding_fields(&encoded.encoding, &encoded.certificate),
            circuit: circuit_fields(&encoded.lowered, encoded.basis, &encoded.counts, &encoded.depth)?,
            seconds: &encoded.seconds,
        };
        if self.show.json {
            return print_document(&document);
        }
        let mut facts = Facts::default();
        report::system(&mut facts, &encoded.name, &document.system);
        report::preparation(&mut facts, &document.preparation);
        report::encoding(&mut facts, &document.encoding);
        report::circuit(&mut facts, &document.circuit);
        report::seconds(&mut facts, &encoded.seconds);
        print(&facts.render())?;
        if let Some((_, path)) = emitted {
            let text = format!("wrote {} and {}", path.display(), manifest_path(path).display());
            note(self.show.quiet, &text);
        }
        Ok(())
    }
}
