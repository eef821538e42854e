//! `qnewton encode`.

use crate::commands::compile::EmittedDocument;
use crate::comparison;
use crate::emit_after::EmitAfterOptions;
use crate::failure::Failure;
use crate::family::family;
use crate::files::{check_circuit_target, check_distinct, check_targets};
use crate::options::{
    CertificateOptions, EncodingOptions, OutputOptions, PreparationOptions, StyleOptions, number,
};
use crate::output::{note, print, print_document};
use crate::progress::{Interrupt, Progress};
use crate::report::{self, SystemPreparation};
use crate::text::{self, Facts};
use clap::Args;
use qnewton::circuit::Gate;
use qnewton::encoding::{Family, Method};
use qnewton::pipeline::{
    BlockOptions, CircuitFields, EncodedMatrix, EncodingFields, Manifest, MatrixSource, SCHEMA_VERSION,
    Seconds, SourceOptions, SystemFields, circuit_fields, emit_block, encode, encoding_fields, manifest_path,
};
use qnewton::{EmitOptions, Preparation};
use serde::Serialize;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  qnewton encode A.mtx                                 show what the cheapest encoding costs
  qnewton encode A.mtx --compare --plot methods.svg    all methods side by side
  qnewton encode A.mtx -o block.qasm --encoding sparse
  qnewton encode A.mtx --encoding fable --encoding-error 1e-2
  qnewton encode G.npy --encoding gram --shift 1e-3    (1/B) G^T G + 1e-3 I of B x N per-sample gradients
  qnewton encode --family laplacian:2^40               count a matrix that is never built
  qnewton encode A.mtx -o block.qasm --verify          execute it for its certificate, however large

A = alpha * the block of `system` where all other registers start and end in 0. Singular, complex and
not symmetric matrices are fine.";

/// Options of `qnewton encode`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Encode {
    /// The matrix: MatrixMarket (.mtx, .mtx.gz), NumPy (.npy, .npz) or SciPy sparse (.npz)
    #[arg(value_name = "A", required_unless_present = "family")]
    matrix: Option<PathBuf>,
    /// In place of a file, a matrix of any size that is never built: `laplacian:2^40`, `laplacian:64x64:periodic`,
    /// `tridiagonal:2^20:2:-1`
    #[arg(long, value_name = "SPEC", value_parser = family, conflicts_with_all = ["matrix", "compare", "damping", "prune", "jacobi"])]
    family: Option<Family>,
    /// Write OpenQASM to FILE and the manifest to FILE.json
    #[arg(long, short, value_name = "FILE", conflicts_with = "compare")]
    output: Option<PathBuf>,
    /// Compare all methods, the cheapest for a solver first, and encode nothing
    #[arg(long)]
    compare: bool,
    /// With --compare: draw the comparison as SVG
    #[arg(long, value_name = "FILE", requires = "compare")]
    plot: Option<PathBuf>,
    /// With --encoding gram: the multiple of the identity that is added
    #[arg(long, value_name = "LAMBDA", default_value_t = 0.0, value_parser = finite, allow_hyphen_values = true)]
    shift: f64,
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
    /// `cx` before zeros in tables let gates vanish.
    closed_form_two_qubit_count: u128,
    /// Exact T gates, and rotations that are no multiples of pi/4, before gates are merged.
    exact_t_count: u128,
    rotation_count: u128,
    seconds: &'a Seconds,
}

impl Encode {
    pub(crate) fn run(self, interrupt: &Interrupt) -> Result<(), Failure> {
        let (style, dialect) = self.style.checked()?;
        check_circuit_target(self.output.as_deref())?;
        check_targets(self.emit_after.target().into_iter().chain(&self.plot))?;
        let manifest = self.output.as_deref().map(manifest_path);
        let written = self.output.iter().chain(&manifest).chain(self.emit_after.target()).chain(&self.plot);
        check_distinct(self.matrix.iter(), written)?;
        let progress = Progress::new(interrupt, self.show.quiet);
        let source = self.source()?;
        if self.compare {
            let choice = self.encoding.choice();
            return comparison::run(&source, &choice, self.plot.as_deref(), self.show, progress);
        }
        let options = BlockOptions {
            encoding: self.encoding.choice(),
            basis: self.encoding.basis,
            verify_encoding: self.certificate.verify,
        };
        let encoded = encode(&source, &options, &progress)?;
        self.emit_after.write(&encoded.encoding.circuit, encoded.basis)?;
        let emit_options = EmitOptions { style, dialect, preparation: self.preparation.into() };
        let emitted = match &self.output {
            Some(path) => Some((emit_block(&encoded, path, &emit_options)?, path)),
            None => None,
        };
        progress.finish();
        self.show(&source, &encoded, emitted.as_ref())
    }

    fn source(&self) -> Result<MatrixSource, Failure> {
        let options = self.source_options()?;
        match (&self.matrix, &self.family) {
            (Some(path), _) => Ok(MatrixSource::load(path, &options)?),
            (None, Some(family)) => Ok(MatrixSource::family("family", family.clone())),
            (None, None) => Err(Failure::usage("there is no matrix: give a file, or --family")),
        }
    }

    fn source_options(&self) -> Result<SourceOptions, Failure> {
        let preparation = Preparation::from(self.preparation);
        if self.encoding.encoding.0 == Some(Method::Gram) {
            if preparation != Preparation::default() {
                let message =
                    "--damping, --prune and --jacobi are for matrices; --shift adds to the diagonal of gram";
                return Err(Failure::usage(message));
            }
            return Ok(SourceOptions::Gram { shift: self.shift });
        }
        if self.shift != 0.0 {
            let message = "--shift belongs to --encoding gram; --damping adds to the diagonal of a matrix";
            return Err(Failure::usage(message));
        }
        Ok(SourceOptions::Matrix(preparation))
    }

    fn show(
        &self,
        source: &MatrixSource,
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
            preparation: SystemPreparation::new(self.preparation.into(), source.shift(), &source.reports),
            system: SystemFields::from(&encoded.facts),
            encoding: encoding_fields(&encoded.encoding, &encoded.certificate),
            circuit: circuit_fields(&encoded.lowered, encoded.basis, &encoded.counts, &encoded.depth)?,
            closed_form_two_qubit_count: encoded.closed_form.gate(Gate::Cx),
            exact_t_count: encoded.magic.t,
            rotation_count: encoded.magic.rotations,
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
        let (all, left) =
            (document.closed_form_two_qubit_count, u128::from(document.circuit.two_qubit_count));
        if all > left {
            let all = text::count(u64::try_from(all).unwrap_or(u64::MAX));
            facts.add("circuit", format!("{all} cx in closed form, before zeros in the tables"));
        }
        let magic = encoded.magic;
        let saturated = |number: u128| text::count(u64::try_from(number).unwrap_or(u64::MAX));
        facts.add(
            "Clifford+T",
            format!(
                "{} T, {} rotations; {} T with each rotation to 1e-9",
                saturated(magic.t),
                saturated(magic.rotations),
                saturated(magic.t_count(1e-9))
            ),
        );
        report::seconds(&mut facts, &encoded.seconds);
        print(&facts.render())?;
        if let Some((_, path)) = emitted {
            let text = format!("wrote {} and {}", path.display(), manifest_path(path).display());
            note(self.show.quiet, &text);
        }
        Ok(())
    }
}

/// A finite number.
fn finite(text: &str) -> Result<f64, String> {
    number(text, "a finite number", f64::is_finite)
}
