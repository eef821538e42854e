//! `mpirun -n K qnewton run`: all ranks work, rank 0 reads and writes for them.

use super::{LISTED, Outcome, Run, ShotFields, SolutionFields, bit_string, bits_text, most_probable_table};
use crate::failure::Failure;
use crate::files::{check_distinct, check_targets, stated};
use crate::launch::Launch;
use crate::output::{note, print, print_document};
use crate::progress::{Interrupt, Progress};
use crate::text::{self, Facts};
use crate::unknowns::Unknowns;
use qnewton::pipeline::{
    DistributedRun, RunFileOptions, SCHEMA_VERSION, manifest_path, run_file_distributed,
};
use qnewton::statevector::distributed::{CommunicationError, Communicator, Mpi, agree};
use serde::Serialize;
use std::collections::BTreeMap;

/// The document of `qnewton run --json` on several ranks: that of one process and how the work was shared.
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
    solution: Option<SolutionFields<'a>>,
    seconds: BTreeMap<&'a str, f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state_file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    solution_file: Option<String>,
    ranks: RankFields,
}

/// How the work was shared.
#[derive(Serialize)]
struct RankFields {
    number: usize,
    active: usize,
    qubits_per_rank: usize,
    exchanges: u64,
    bytes_sent: u64,
}

impl Run {
    /// Runs as one of several ranks.
    pub(crate) fn run_on_ranks(self, launch: &Launch) -> Result<(), Failure> {
        let ranks = Mpi::new().map_err(Failure::work)?;
        let result = if ranks.size() == launch.size {
            self.run_on(&ranks)
        } else {
            let message = format!("{} processes were started, MPI knows of {}", launch.size, ranks.size());
            let hint = "start them with the mpirun of the MPI library that qnewton was built with";
            Err(Failure::with_hint(message, hint))
        };
        if launch.rank == 0 { result } else { Ok(()) }
    }

    fn run_on(&self, ranks: &dyn Communicator) -> Result<(), Failure> {
        let together =
            |result: Result<(), Failure>| agree(ranks, result.map_err(Told)).map_err(|told| told.0);
        together(self.check())?;
        let speaks = ranks.rank() == 0;
        let progress = Progress::new(&Interrupt::default(), self.show.quiet || !speaks);
        let options = RunFileOptions {
            execute: self.execution.into(),
            shots: self.shots.map(|shots| shots as u64),
            seed: self.seed,
            ..RunFileOptions::default()
        };
        let run = run_file_distributed(&self.file, &options, ranks, &progress)?;
        if let Some(path) = &self.state {
            run.write_state(path)?;
        }
        let document = self.document(&run)?;
        progress.finish();
        if !speaks {
            return together(Ok(()));
        }
        together(self.say(&run, document))
    }

    fn check(&self) -> Result<(), Failure> {
        check_targets(self.state.iter().chain(&self.solution))?;
        let manifest = manifest_path(&self.file);
        check_distinct([&self.file, &manifest], self.state.iter().chain(&self.solution))?;
        if self.observation.is_given() || self.noise.is_given() || self.checkpoint.checkpoint.is_some() {
            let message = "expectation values, post-selection, noise and checkpoints take one process";
            return Err(Failure::usage(message));
        }
        self.check_solution()
    }

    /// What all ranks know of a run.
    fn document<'a>(&self, run: &'a DistributedRun<'_>) -> Result<Document<'a>, Failure> {
        let listed = run.most_probable(LISTED)?.into_iter().map(|(index, amplitude)| Outcome {
            state: bit_string(index, run.qubits),
            probability: amplitude.norm_sqr(),
            amplitude: [amplitude.re, amplitude.im],
        });
        let solution = run.execution.as_ref().zip(run.manifest.as_ref());
        let (layout, traffic) = (run.state.layout(), run.state.traffic());
        Ok(Document {
            schema_version: SCHEMA_VERSION,
            file: stated(&self.file),
            qubits: run.qubits,
            norm: run.state.norm()?,
            most_probable: listed.collect(),
            bits: (!run.bits.is_empty()).then(|| bits_text(&run.bits)),
            shots: run.shots.as_ref().map(|shots| self.shot_fields(shots)),
            solution: solution.map(|(execution, manifest)| SolutionFields::new(execution, manifest)),
            seconds: BTreeMap::from([("execution", run.seconds)]),
            state_file: self.state.as_deref().map(stated),
            solution_file: self.solution.as_deref().map(stated),
            ranks: RankFields {
                number: run.state.ranks().size(),
                active: layout.active,
                qubits_per_rank: layout.local,
                exchanges: traffic.exchanges,
                bytes_sent: traffic.bytes_sent,
            },
        })
    }

    /// Writes and prints what rank 0 knows.
    fn say(&self, run: &DistributedRun<'_>, document: Document<'_>) -> Result<(), Failure> {
        if let ((Some(path), Some(execution)), Some(manifest)) =
            ((&self.solution, &run.execution), &run.manifest)
        {
            Unknowns::new(&execution.solution, manifest.system.real_form).write(path)?;
        }
        if self.show.json {
            return print_document(&document);
        }
        let mut facts = Facts::default();
        let ranks = &document.ranks;
        facts.add("qubits", document.qubits.to_string());
        facts.add(
            "ranks",
            format!("{} of {} with 2^{} amplitudes each", ranks.active, ranks.number, ranks.qubits_per_rank),
        );
        let sent = text::bytes(u128::from(ranks.bytes_sent));
        facts.add("exchanges", format!("{}, {sent} sent by each rank", text::count(ranks.exchanges)));
        facts.add("norm", text::number(document.norm));
        if let Some(bits) = &document.bits {
            facts.add("measured", bits.clone());
        }
        if let Some(fields) = &document.solution {
            fields.show(&mut facts);
        }
        facts.add("time", text::seconds(run.seconds));
        let mut shown = facts.render();
        // The amplitudes of a solver say less than the solution that was recovered from them.
        if document.solution.is_none() {
            shown.push_str(&format!("\n{}", most_probable_table(&document.most_probable)));
        }
        if let Some(fields) = &document.shots {
            shown.push_str(&format!("\n{}", fields.table()));
            let accepted = text::count(fields.accepted_shots);
            shown.push_str(&format!("{accepted} of {} shots accepted\n", text::count(fields.shots)));
        }
        print(&shown)?;
        for path in self.state.iter().chain(&self.solution) {
            note(self.show.quiet, &format!("wrote {}", path.display()));
        }
        Ok(())
    }
}

/// A failure that is told to other ranks.
struct Told(Failure);

impl From<CommunicationError> for Told {
    fn from(error: CommunicationError) -> Self {
        Told(Failure::work(error))
    }
}

impl std::fmt::Display for Told {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.0 {
            Failure::Usage(message) | Failure::Work { message, .. } => formatter.write_str(message),
            other => write!(formatter, "{other:?}"),
        }
    }
}
