//! `qnewton compile`.

use crate::emit_after::EmitAfterOptions;
use crate::failure::Failure;
use crate::files::{check_circuit_target, check_distinct, check_targets, stated};
use crate::given::{BlockOptions, RightHandSideOptions};
use crate::options::{
    AccuracyOptions, AmplificationOptions, CertificateOptions, DeflationOptions, EncodingOptions,
    GramOptions, OutputOptions, PreparationOptions, SolverOptions, SpectrumOptions, StyleOptions,
    compile_options,
};
use crate::output::{note, print, print_document};
use crate::progress::{Interrupt, Progress};
use crate::report::{self, SystemPreparation};
use crate::text::Facts;
use clap::Args;
use qnewton::pipeline::{Manifest, Seconds, manifest_path};
use qnewton::{CompileOptions, EmitOptions, compile, emit};
use serde::Serialize;
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "\
Examples:
  qnewton compile A.mtx --rhs b.mtx -o solve.qasm
  qnewton compile A.mtx --rhs b.mtx -o solve.qasm --basis rz,sx,x,cx --style flat
  qnewton compile A.mtx --rhs b.mtx -o solve.qasm --dialect braket --style loop
  qnewton compile A.mtx --rhs b.mtx -o solve.qasm --emit-after controls --emit-to controls.txt
  qnewton compile G.npy --gram --shift 1e-3 --rhs b.npy -o solve.qasm
  qnewton compile A.mtx --rhs-circuit b.qasm --rhs-norm 2.5 -o solve.qasm

The manifest, solve.qasm.json, says what the registers are, what the circuit promises, and how x follows
from the amplitudes.";

/// Options of `qnewton compile`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Compile {
    /// The matrix: MatrixMarket (.mtx, .mtx.gz), NumPy (.npy, .npz) or SciPy sparse (.npz)
    #[arg(value_name = "A")]
    matrix: PathBuf,
    #[command(flatten)]
    rhs: RightHandSideOptions,
    /// Write OpenQASM to FILE and the manifest to FILE.json
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
    #[command(flatten)]
    style: StyleOptions,
    #[command(flatten)]
    algorithm: SolverOptions,
    #[command(flatten)]
    amplification: AmplificationOptions,
    #[command(flatten)]
    accuracy: AccuracyOptions,
    #[command(flatten)]
    spectrum: SpectrumOptions,
    #[command(flatten)]
    deflation: DeflationOptions,
    #[command(flatten)]
    encoding: EncodingOptions,
    #[command(flatten)]
    block: BlockOptions,
    #[command(flatten)]
    certificate: CertificateOptions,
    #[command(flatten)]
    preparation: PreparationOptions,
    #[command(flatten)]
    gram: GramOptions,
    #[command(flatten)]
    emit_after: EmitAfterOptions,
    #[command(flatten)]
    show: OutputOptions,
}

/// The document of `qnewton compile --json` and `qnewton encode -o FILE --json`: the manifest and more.
#[derive(Serialize)]
pub(crate) struct EmittedDocument<'a> {
    #[serde(flatten)]
    manifest: &'a Manifest,
    seconds: &'a Seconds,
    output: String,
    manifest_file: String,
}

impl<'a> EmittedDocument<'a> {
    pub(crate) fn new(manifest: &'a Manifest, seconds: &'a Seconds, output: &Path) -> Self {
        let manifest_file = stated(&manifest_path(output));
        EmittedDocument { manifest, seconds, output: stated(output), manifest_file }
    }
}

impl Compile {
    pub(crate) fn run(self, interrupt: &Interrupt) -> Result<(), Failure> {
        let (style, dialect) = self.style.checked()?;
        check_circuit_target(Some(&self.output))?;
        check_targets(self.emit_after.target())?;
        let outputs = [self.output.clone(), manifest_path(&self.output)];
        let inputs = std::iter::once(&self.matrix).chain(self.rhs.files()).chain(self.block.file());
        check_distinct(inputs, outputs.iter().chain(self.emit_after.target()))?;
        let progress = Progress::new(interrupt, self.show.quiet);
        let mut system = self.gram.load(&self.matrix, self.preparation)?;
        let mut options = CompileOptions {
            amplification: self.amplification.amplification,
            ..compile_options(
                self.algorithm,
                self.encoding,
                self.accuracy,
                self.certificate,
                self.spectrum,
                self.deflation,
            )
        };
        let (mut right_hand_sides, _) = self.rhs.read(&mut system, &mut options, &progress)?;
        if right_hand_sides.len() > 1 {
            let found = right_hand_sides.len();
            return Err(Failure::usage(format!(
                "{found} right-hand sides are given, a circuit file holds one: compile them one by one; `solve` takes \
                 several"
            )));
        }
        system.rhs = right_hand_sides.pop();
        options.block = self.block.read(&progress)?;
        let compiled = compile(&system, &options, &progress)?;
        self.emit_after.write(&compiled.solver.circuit, compiled.basis)?;
        let options = EmitOptions { style, dialect, preparation: self.preparation.into() };
        let manifest = emit(&compiled, &self.output, &options)?;
        progress.finish();
        let manifest_file = manifest_path(&self.output);
        if self.show.json {
            let document = EmittedDocument::new(&manifest, &compiled.seconds, &self.output);
            return print_document(&document);
        }
        let mut facts = Facts::default();
        report::system(&mut facts, &manifest.name, &manifest.system);
        report::preparation(&mut facts, &SystemPreparation::of(self.preparation.into(), &system));
        report::encoding(&mut facts, &manifest.encoding);
        if let Some(solver) = &manifest.solver {
            report::solver(&mut facts, solver);
        }
        report::deflation(&mut facts, manifest.deflation.as_ref());
        report::circuit(&mut facts, &manifest.circuit);
        report::seconds(&mut facts, &compiled.seconds);
        print(&facts.render())?;
        note(self.show.quiet, &format!("wrote {} and {}", self.output.display(), manifest_file.display()));
        Ok(())
    }
}
