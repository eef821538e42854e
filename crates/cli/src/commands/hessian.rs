//! `qnewton hessian`.

use crate::failure::Failure;
use crate::files::{check_targets, rhs_beside, stated};
use crate::network::NetworkOptions;
use crate::options::{OutputOptions, PreparationOptions, positive};
use crate::output::{note, print, print_document};
use crate::progress::{Interrupt, Progress};
use crate::report::{self, SystemPreparation};
use crate::text::Facts;
use clap::Args;
use qnewton::matrix::{matrix_market, write_atomically, write_vector};
use qnewton::pipeline::{SCHEMA_VERSION, SystemFacts, SystemFields};
use qnewton::train::{ExportedSystem, Sgd, layer_system};
use qnewton::{LinearSystem, SparseMatrix};
use serde::Serialize;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  qnewton hessian --layers 8,8,8 --layer 0 --steps 300 -o H.mtx
  qnewton hessian --layers 4,4,3 --layer 1 --steps 100 --damping 0.05 -o H.mtx
  qnewton solve H.mtx --rhs H.rhs.mtx

The gradient goes to H.rhs.mtx. Without --damping the block of the output layer is singular.
Data: E. Alpaydin, C. Kaynak, Optical Recognition of Handwritten Digits, UCI, 1998, CC BY 4.0.";

/// Options of `qnewton hessian`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Hessian {
    #[command(flatten)]
    network: NetworkOptions,
    /// Steps of training before the system is taken
    #[arg(long, value_name = "N", default_value_t = 300, allow_negative_numbers = true)]
    steps: usize,
    /// The layer of weights, from 0
    #[arg(long, value_name = "L", default_value_t = 0)]
    layer: usize,
    /// Learning rate of that training, which is gradient descent with momentum 0.9
    #[arg(long, value_name = "R", default_value_t = 0.1, value_parser = positive, allow_hyphen_values = true)]
    learning_rate: f64,
    #[command(flatten)]
    preparation: PreparationOptions,
    /// Write the matrix to FILE and the gradient beside it, to the same name with `.rhs.mtx`
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    show: OutputOptions,
}

/// The document of `qnewton hessian --json`.
#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    layers: &'a [usize],
    layer: usize,
    steps: usize,
    seed: u64,
    provenance: &'a str,
    preparation: SystemPreparation<'a>,
    #[serde(flatten)]
    system: SystemFields,
    gradient_norm: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rhs_file: Option<String>,
}

impl Hessian {
    pub(crate) fn run(self, interrupt: &Interrupt) -> Result<(), Failure> {
        let rhs_file = self.output.as_deref().map(rhs_beside);
        check_targets(self.output.iter().chain(&rhs_file))?;
        let progress = Progress::new(interrupt, self.show.quiet);
        let mut descent = Sgd::new(self.learning_rate, 0.9).map_err(Failure::work)?;
        let exported = layer_system(&self.network.config(self.steps), self.layer, &mut descent, &progress)?;
        let matrix = SparseMatrix::from_dense(&exported.hessian);
        // The gradient of a dead layer is zero, which is no right-hand side; it is written all the same.
        let system = LinearSystem::new("hessian", matrix, None, &self.preparation.into())?;
        let facts = SystemFacts::of(&system.matrix)?;
        if let (Some(path), Some(rhs_path)) = (&self.output, &rhs_file) {
            self.write(&system, &exported, path)?;
            write_vector(rhs_path, &exported.gradient)?;
        }
        progress.finish();
        let document = Document {
            schema_version: SCHEMA_VERSION,
            layers: &self.network.layers,
            layer: self.layer,
            steps: self.steps,
            seed: self.network.seed,
            provenance: &exported.provenance,
            preparation: SystemPreparation::new(self.preparation.into(), None, &system.reports),
            system: SystemFields::from(&facts),
            gradient_norm: exported.gradient.iter().fold(0.0, |norm: f64, value| norm.hypot(*value)),
            output: self.output.as_deref().map(stated),
            rhs_file: rhs_file.as_deref().map(stated),
        };
        if self.show.json {
            return print_document(&document);
        }
        let mut facts = Facts::default();
        for line in exported.provenance.lines() {
            facts.add("origin", line);
        }
        report::system(&mut facts, "hessian", &document.system);
        report::preparation(&mut facts, &document.preparation);
        facts.add("gradient", format!("norm {}", crate::text::number(document.gradient_norm)));
        print(&facts.render())?;
        if let (Some(path), Some(rhs_path)) = (&self.output, &rhs_file) {
            note(self.show.quiet, &format!("wrote {} and {}", path.display(), rhs_path.display()));
        }
        Ok(())
    }

    /// Writes the matrix with its origin as comments, which stand behind the first line of a MatrixMarket file.
    fn write(&self, system: &LinearSystem, exported: &ExportedSystem, path: &PathBuf) -> Result<(), Failure> {
        let mut text = Vec::new();
        matrix_market(&mut text, &system.matrix).map_err(Failure::work)?;
        let first_line = text.iter().position(|&byte| byte == b'\n').map_or(0, |position| position + 1);
        let mut comments: Vec<String> = exported.provenance.lines().map(str::to_string).collect();
        if let Some(damping) = system.reports.damping {
            comments.push(format!("Damping {}: {} added to the diagonal.", damping.factor, damping.added));
        }
        if let Some(pruning) = &system.reports.pruning {
            comments.push(format!("Pruned to {} entries per row.", pruning.entries_per_row));
        }
        write_atomically(path, |out| {
            out.write_all(&text[..first_line])?;
            comments.iter().try_for_each(|line| writeln!(out, "% {line}"))?;
            out.write_all(&text[first_line..])
        })?;
        Ok(())
    }
}
