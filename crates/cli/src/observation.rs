//! What `qnewton run` is asked to observe: its options, and how the results are shown.

use crate::failure::Failure;
use crate::files::stated;
use crate::options::positive;
use crate::text::{self, Facts};
use clap::Args;
use qnewton::matrix::{SystemError, read_matrix};
use qnewton::pipeline::{CheckpointOptions, FileRun, ObservableKind, ObservableRequest};
use qnewton::statevector::Noise;
use serde::Serialize;
use std::path::PathBuf;
use std::time::Duration;

/// Expectation values and post-selection.
#[derive(Clone, Debug, Args)]
pub(crate) struct ObservationOptions {
    /// Expectation value of a sum of Pauli products: `0.5*Z0 Z1 - X2`, or with one letter per qubit, the highest on the
    /// left, `0.5*IZZ, -XII`; @FILE reads it from a file. Repeatable
    #[arg(long, value_name = "SUM", allow_hyphen_values = true)]
    expect: Vec<String>,
    /// Expectation value of a sparse matrix (MatrixMarket, NumPy), bit i of a row on qubit i. Repeatable
    #[arg(long, value_name = "FILE")]
    pub(crate) expect_matrix: Vec<PathBuf>,
    /// The register whose qubits --expect and --expect-matrix number, in place of all qubits of the file
    #[arg(long, value_name = "NAME")]
    register: Option<String>,
    /// Keep what has this outcome, REGISTER=VALUE or REGISTER[i]=VALUE; values are decimal, or binary behind 0b. Repeatable
    #[arg(long, value_name = "REGISTER=VALUE")]
    post_select: Vec<String>,
}

/// Noise.
#[derive(Clone, Debug, Args)]
pub(crate) struct NoiseOptions {
    /// Noise, one trajectory for each shot: `depolarising=P` on the qubits of every gate together, `pauli=PX,PY,PZ` on each
    /// of them, `readout=P01,P10` for 1 read where it is 0 and 0 where it is 1. Structured operations (gates under `ctrl @`
    /// and the like) are lowered to single-qubit gates and `cx` first. Repeatable
    #[arg(long, value_name = "KIND=P", requires = "shots", value_parser = noise_kind)]
    noise: Vec<NoiseKind>,
}

/// One kind of noise.
#[derive(Clone, Copy, Debug, PartialEq)]
enum NoiseKind {
    Depolarising(f64),
    Pauli([f64; 3]),
    Readout([f64; 2]),
}

/// Checkpoints.
#[derive(Clone, Debug, Args)]
pub(crate) struct CheckpointArguments {
    /// Write the run's state there now and then and on Ctrl-C; a run that finds its own checkpoint goes on from it, with
    /// the same result to the last bit. Removed at the end
    #[arg(long, value_name = "FILE", conflicts_with = "noise")]
    pub(crate) checkpoint: Option<PathBuf>,
    /// Time between checkpoints
    #[arg(long, value_name = "SECONDS", default_value_t = 600.0, value_parser = positive, requires = "checkpoint")]
    checkpoint_every: f64,
}

impl ObservationOptions {
    /// What the library is asked for; reads the files.
    pub(crate) fn requests(&self) -> Result<Vec<ObservableRequest>, Failure> {
        let request = |name: String, kind| ObservableRequest { name, kind, register: self.register.clone() };
        let mut requests = Vec::new();
        for sum in &self.expect {
            let text = match sum.strip_prefix('@') {
                Some(path) => std::fs::read_to_string(path)
                    .map_err(|error| Failure::work(format!("{path}: {error}")))?,
                None => sum.clone(),
            };
            requests.push(request(sum.clone(), ObservableKind::Pauli(text)));
        }
        for path in &self.expect_matrix {
            let matrix = read_matrix(path).map_err(SystemError::from)?;
            requests.push(request(stated(path), ObservableKind::Matrix(matrix)));
        }
        if requests.is_empty() && self.register.is_some() {
            return Err(Failure::usage("--register says on which qubits --expect or --expect-matrix act"));
        }
        Ok(requests)
    }

    /// Whether anything is asked for.
    #[cfg(feature = "mpi")]
    pub(crate) fn is_given(&self) -> bool {
        let texts = [&self.expect, &self.post_select];
        self.register.is_some()
            || !self.expect_matrix.is_empty()
            || texts.iter().any(|texts| !texts.is_empty())
    }

    /// The outcomes that are kept.
    pub(crate) fn post_selection(&self) -> &[String] {
        &self.post_select
    }
}

impl NoiseOptions {
    /// Whether there is any.
    #[cfg(feature = "mpi")]
    pub(crate) fn is_given(&self) -> bool {
        !self.noise.is_empty()
    }

    /// All kinds together; the last of a kind counts.
    pub(crate) fn noise(&self) -> Result<Option<Noise>, Failure> {
        if self.noise.is_empty() {
            return Ok(None);
        }
        let mut noise = Noise::default();
        for kind in &self.noise {
            match *kind {
                NoiseKind::Depolarising(p) => noise.depolarising = p,
                NoiseKind::Pauli(p) => noise.pauli = p,
                NoiseKind::Readout(p) => noise.readout = p,
            }
        }
        noise.check().map_err(Failure::usage)?;
        Ok(Some(noise))
    }
}

impl CheckpointArguments {
    /// The library's options.
    pub(crate) fn options(&self) -> Option<CheckpointOptions> {
        let every = Duration::try_from_secs_f64(self.checkpoint_every).unwrap_or(Duration::MAX);
        self.checkpoint.clone().map(|path| CheckpointOptions { path, every })
    }

    /// Removes the checkpoint of a run that is over.
    pub(crate) fn remove(&self) -> Result<(), Failure> {
        let Some(path) = self.checkpoint.as_ref().filter(|path| path.is_file()) else { return Ok(()) };
        std::fs::remove_file(path)
            .map_err(|error| Failure::work(format!("cannot remove {}: {error}", path.display())))
    }
}

fn noise_kind(text: &str) -> Result<NoiseKind, String> {
    let (kind, values) = text.split_once('=').unwrap_or((text, ""));
    let values: Option<Vec<f64>> = values.split(',').map(|value| value.trim().parse().ok()).collect();
    match (kind, values.unwrap_or_default().as_slice()) {
        ("depolarising" | "depolarizing", &[p]) => Ok(NoiseKind::Depolarising(p)),
        ("pauli", &[x, y, z]) => Ok(NoiseKind::Pauli([x, y, z])),
        ("readout", &[one, zero]) => Ok(NoiseKind::Readout([one, zero])),
        _ => Err("`depolarising=P`, `pauli=PX,PY,PZ` or `readout=P01,P10` is needed".to_string()),
    }
}

/// Fields of a document.
#[derive(Serialize)]
pub(crate) struct ObservationFields {
    #[serde(skip_serializing_if = "Option::is_none")]
    noise: Option<NoiseFields>,
    #[serde(skip_serializing_if = "Option::is_none")]
    post_selection: Option<PostSelectionFields>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    expectations: Vec<ExpectationFields>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resumed_at: Option<f64>,
}

#[derive(Serialize)]
struct NoiseFields {
    depolarising: f64,
    pauli: [f64; 3],
    readout: [f64; 2],
}

#[derive(Serialize)]
struct PostSelectionFields {
    conditions: Vec<String>,
    probability: f64,
}

#[derive(Serialize)]
struct ExpectationFields {
    observable: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    register: Option<String>,
    value: f64,
    imaginary: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    standard_error: Option<f64>,
}

impl ObservationFields {
    /// What a run gave.
    pub(crate) fn new(run: &FileRun, noise: Option<Noise>, conditions: &[String]) -> Self {
        let post_selection = run
            .post_selection_probability
            .map(|probability| PostSelectionFields { conditions: conditions.to_vec(), probability });
        let expectation = |found: &qnewton::pipeline::Expectation| ExpectationFields {
            observable: found.name.clone(),
            register: found.register.clone(),
            value: found.value.re,
            imaginary: found.value.im,
            standard_error: found.standard_error,
        };
        ObservationFields {
            noise: noise.map(|Noise { depolarising, pauli, readout }| NoiseFields {
                depolarising,
                pauli,
                readout,
            }),
            post_selection,
            expectations: run.expectations.iter().map(expectation).collect(),
            resumed_at: run.resumed_at,
        }
    }

    /// The same for people.
    pub(crate) fn show(&self, facts: &mut Facts) {
        if let Some(share) = self.resumed_at {
            facts.add("resumed", format!("at {:.1} % of the run", 100.0 * share));
        }
        if let Some(fields) = &self.post_selection {
            let probability = text::number(fields.probability);
            facts.add(
                "post-selected",
                format!("{} with probability {probability}", fields.conditions.join(", ")),
            );
        }
        for fields in &self.expectations {
            let mut value = text::number(fields.value);
            // Hermitian matrices leave rounding only.
            if fields.imaginary.abs() > 1e-12 * fields.value.abs().max(1.0) {
                value.push_str(&format!("{:+.6}i", fields.imaginary));
            }
            if let Some(error) = fields.standard_error {
                value.push_str(&format!(", standard error {}", text::bound(error)));
            }
            let place = fields.register.as_ref().map_or(String::new(), |name| format!(" on {name}"));
            facts.add("expectation", format!("{}{place}: {value}", fields.observable));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_noise_have_their_numbers() {
        assert_eq!(noise_kind("depolarising=0.01"), Ok(NoiseKind::Depolarising(0.01)));
        assert_eq!(noise_kind("pauli=0.1, 0,1e-3"), Ok(NoiseKind::Pauli([0.1, 0.0, 1e-3])));
        assert_eq!(noise_kind("readout=0.1,0.2"), Ok(NoiseKind::Readout([0.1, 0.2])));
        for bad in ["depolarising", "pauli=0.1", "readout=a,b", "thermal=1", ""] {
            assert!(noise_kind(bad).is_err(), "{bad}");
        }
    }
}
