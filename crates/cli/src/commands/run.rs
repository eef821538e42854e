//! `qnewton run`.

#[cfg(feature = "mpi")]
mod ranks;

use crate::failure::Failure;
use crate::files::{check_distinct, check_targets, stated};
use crate::observation::{CheckpointArguments, NoiseOptions, ObservationFields, ObservationOptions};
use crate::options::{ExecutionOptions, OutputOptions, at_least_one};
use crate::output::{note, print, print_document};
use crate::progress::{Interrupt, Progress};
use crate::text::{self, Facts};
use crate::unknowns::Unknowns;
use clap::Args;
use qnewton::Execution;
use qnewton::PipelineError;
use qnewton::pipeline::{
    FileRun, Kind, Manifest, NormMethod, RunFileOptions, SCHEMA_VERSION, Shots, manifest_path, run_file,
    write_state,
};
use qnewton::statevector::Noise;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Basis states that are listed.
const LISTED: usize = 16;

const EXAMPLES: &str = "\
Examples:
  qnewton run solve.qasm --solution x.npy           post-select and recover x as the manifest says
  qnewton run bell.qasm --shots 1000 --seed 7       sample measurement outcomes
  qnewton run any.qasm --state state.npy            write all amplitudes (complex128)
  qnewton run any.qasm --expect \"0.5*Z0 Z1 - X2\"    expectation value of a Pauli sum
  qnewton run any.qasm --expect-matrix H.mtx --register system --post-select flag=0
  qnewton run any.qasm --shots 1000 --noise depolarising=0.01 --noise readout=0.02,0.05
  qnewton run long.qasm --checkpoint run.state --time-limit 1e6

Bit strings have the last qubit or classical bit on the left.";

/// Options of `qnewton run`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Run {
    /// OpenQASM 2 or 3; if FILE.json is beside it and says that it solves a system, x is recovered
    file: PathBuf,
    /// Draw N measurement outcomes
    #[arg(long, value_name = "N", value_parser = at_least_one)]
    shots: Option<usize>,
    /// Seed of measurement outcomes
    #[arg(long, value_name = "S", default_value_t = 0, allow_negative_numbers = true)]
    seed: u64,
    /// Write the state vector as a NumPy array of complex numbers; with --post-select that of the other qubits
    #[arg(long, visible_alias = "amplitudes", value_name = "FILE")]
    state: Option<PathBuf>,
    /// Write x, or its direction where the norm takes a further query: NumPy if the name ends in .npy, else MatrixMarket
    #[arg(long, value_name = "FILE")]
    solution: Option<PathBuf>,
    #[command(flatten)]
    observation: ObservationOptions,
    #[command(flatten)]
    noise: NoiseOptions,
    #[command(flatten)]
    checkpoint: CheckpointArguments,
    #[command(flatten)]
    execution: ExecutionOptions,
    #[command(flatten)]
    show: OutputOptions,
}

/// The document of `qnewton run --json`.
#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    file: String,
    qubits: usize,
    norm: f64,
    most_probable: Vec<Outcome>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bits: Option<String>,
    #[serde(flatten)]
    shots: Option<ShotFields>,
    #[serde(flatten)]
    observation: ObservationFields,
    #[serde(flatten)]
    solution: Option<SolutionFields<'a>>,
    seconds: BTreeMap<&'a str, f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state_file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    solution_file: Option<String>,
}

/// A basis state of a result.
#[derive(Serialize)]
struct Outcome {
    state: String,
    probability: f64,
    amplitude: [f64; 2],
}

/// Fields of sampled outcomes.
#[derive(Serialize)]
struct ShotFields {
    shots: u64,
    accepted_shots: u64,
    seed: u64,
    histogram: BTreeMap<String, u64>,
}

/// Fields of a recovered solution.
#[derive(Serialize)]
struct SolutionFields<'a> {
    name: &'a str,
    n: usize,
    solution: Unknowns<'a>,
    success_probability: f64,
    scale: Option<f64>,
    norm_method: NormMethod,
}

impl<'a> SolutionFields<'a> {
    fn new(execution: &'a Execution, manifest: &'a Manifest) -> Self {
        SolutionFields {
            name: &manifest.name,
            n: manifest.system.n,
            solution: Unknowns::new(&execution.solution, manifest.system.real_form),
            success_probability: execution.success_probability,
            scale: execution.scale,
            norm_method: manifest.solver.as_ref().map_or(NormMethod::default(), |solver| solver.norm_method),
        }
    }

    fn show(&self, facts: &mut Facts) {
        facts.add("success", format!("probability {}", text::number(self.success_probability)));
        match self.scale {
            Some(scale) => {
                facts.add("scale", text::number(scale));
                facts.add("solution", self.solution.head(8));
            }
            None => {
                facts.add("norm", "by a further query, which takes the matrix: `qnewton solve`");
                facts.add("direction", format!("{}, up to a sign", self.solution.head(8)));
            }
        }
    }
}

impl Run {
    pub(crate) fn run(self, interrupt: &Interrupt) -> Result<(), Failure> {
        let outputs = || self.state.iter().chain(&self.solution).chain(&self.checkpoint.checkpoint);
        check_targets(outputs())?;
        let manifest = manifest_path(&self.file);
        let inputs = [&self.file, &manifest].into_iter().chain(&self.observation.expect_matrix);
        check_distinct(inputs, outputs())?;
        self.check_solution()?;
        let noise = self.noise.noise()?;
        let options = RunFileOptions {
            execute: self.execution.into(),
            shots: self.shots.map(|shots| shots as u64),
            seed: self.seed,
            observables: self.observation.requests()?,
            post_selection: self.observation.post_selection().to_vec(),
            noise,
            checkpoint: self.checkpoint.options(),
        };
        let progress = Progress::new(interrupt, self.show.quiet);
        let run =
            run_file(&self.file, &options, &progress).map_err(|error| self.failure(error, interrupt))?;
        if let ((Some(path), Some(execution)), Some(manifest)) =
            ((&self.solution, &run.execution), &run.manifest)
        {
            Unknowns::new(&execution.solution, manifest.system.real_form).write(path)?;
        }
        if let Some(path) = &self.state {
            write_state(path, &run.state, run.qubits, &run.post_selection)?;
        }
        progress.finish();
        self.show(&run, noise)?;
        // Only now that nothing can fail any more.
        self.checkpoint.remove()
    }

    /// An interrupted run may have left something to go on from.
    fn failure(&self, error: PipelineError, interrupt: &Interrupt) -> Failure {
        if let Some(path) = self.checkpoint.checkpoint.as_ref().filter(|path| path.is_file())
            && interrupt.is_set()
        {
            let text = format!("{} holds the run: the same command goes on from there", path.display());
            note(self.show.quiet, &text);
        }
        error.into()
    }

    /// An error if a solution is asked for that nothing describes.
    fn check_solution(&self) -> Result<(), Failure> {
        let solves = |manifest: &Manifest| manifest.kind == Kind::LinearSystem;
        if self.solution.is_none() || Manifest::of(&self.file)?.as_ref().is_some_and(solves) {
            return Ok(());
        }
        let message =
            format!("{} would have to say how x follows from the state", manifest_path(&self.file).display());
        Err(Failure::with_hint(message, "`qnewton compile` writes that manifest; leave out --solution"))
    }

    fn show(&self, run: &FileRun, noise: Option<Noise>) -> Result<(), Failure> {
        let listed = run.most_probable(LISTED).into_iter().map(|(index, amplitude)| Outcome {
            state: bit_string(index, run.qubits),
            probability: amplitude.norm_sqr(),
            amplitude: [amplitude.re, amplitude.im],
        });
        let solution = run.execution.as_ref().zip(run.manifest.as_ref());
        let document = Document {
            schema_version: SCHEMA_VERSION,
            file: stated(&self.file),
            qubits: run.qubits,
            norm: run.state.norm(),
            most_probable: listed.collect(),
            bits: (!run.bits.is_empty()).then(|| bits_text(&run.bits)),
            shots: run.shots.as_ref().map(|shots| self.shot_fields(shots)),
            observation: ObservationFields::new(run, noise, self.observation.post_selection()),
            solution: solution.map(|(execution, manifest)| SolutionFields::new(execution, manifest)),
            seconds: BTreeMap::from([("execution", run.seconds)]),
            state_file: self.state.as_deref().map(stated),
            solution_file: self.solution.as_deref().map(stated),
        };
        if self.show.json {
            return print_document(&document);
        }
        let mut facts = Facts::default();
        facts.add("qubits", document.qubits.to_string());
        facts.add("norm", text::number(document.norm));
        if let Some(bits) = &document.bits {
            facts.add("measured", bits.clone());
        }
        if let Some(fields) = &document.solution {
            fields.show(&mut facts);
        }
        document.observation.show(&mut facts);
        facts.add("time", text::seconds(run.seconds));
        let mut shown = facts.render();
        // The amplitudes of a solver say less than the solution that was recovered from them.
        if document.solution.is_none() {
            shown.push_str(&format!("\n{}", most_probable_table(&document.most_probable)));
        }
        if let Some(fields) = &document.shots {
            shown.push_str(&format!("\n{}", fields.table()));
            if fields.accepted_shots != fields.shots {
                let (accepted, all) = (text::count(fields.accepted_shots), text::count(fields.shots));
                let why = match (document.solution.is_some(), self.observation.post_selection()) {
                    (true, []) => "all registers but `system` read 0".to_string(),
                    (true, conditions) => {
                        format!("all registers but `system` read 0, and {}", conditions.join(", "))
                    }
                    (false, conditions) => conditions.join(", "),
                };
                shown.push_str(&format!("{accepted} of {all} shots accepted: {why}\n"));
            }
        }
        print(&shown)?;
        for path in self.state.iter().chain(&self.solution) {
            note(self.show.quiet, &format!("wrote {}", path.display()));
        }
        Ok(())
    }

    fn shot_fields(&self, shots: &Shots) -> ShotFields {
        let histogram = shots
            .histogram
            .iter()
            .map(|(&outcome, &number)| (bit_string(outcome, shots.bits), number))
            .collect();
        ShotFields { shots: shots.total, accepted_shots: shots.accepted, seed: self.seed, histogram }
    }
}

impl ShotFields {
    fn table(&self) -> String {
        let rows = self.histogram.iter().map(|(outcome, number)| vec![outcome.clone(), text::count(*number)]);
        text::table(&["outcome", "shots"], 1, rows)
    }
}

fn most_probable_table(outcomes: &[Outcome]) -> String {
    let rows = outcomes.iter().map(|outcome| {
        let [re, im] = outcome.amplitude.map(rounded);
        vec![outcome.state.clone(), format!("{:.6}", outcome.probability), format!("{re:.6}{im:+.6}i")]
    });
    text::table(&["state", "probability", "amplitude"], 1, rows)
}

/// The last bit comes first, as in a binary number.
fn bit_string(value: u64, bits: usize) -> String {
    (0..bits).rev().map(|bit| if bit < 64 && value >> bit & 1 == 1 { '1' } else { '0' }).collect()
}

fn bits_text(bits: &[bool]) -> String {
    bits.iter().rev().map(|&bit| if bit { '1' } else { '0' }).collect()
}

/// To six digits, without a sign of zero.
fn rounded(value: f64) -> f64 {
    (value * 1e6).round() / 1e6 + 0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_bit_is_on_the_left() {
        assert_eq!(bit_string(6, 4), "0110");
        assert_eq!(bit_string(0, 0), "");
        assert_eq!(bits_text(&[true, false, false]), "001");
    }
}
