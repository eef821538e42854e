//! The manifest beside an emitted file: what the file is and what it promises.

use crate::documents::{CircuitFields, EncodingFields, SolverFields, SystemFields};
use crate::error::PipelineError;
use crate::estimate::SpectralBounds;
use qnewton_circuit::Circuit;
use qnewton_matrix::{GramFactor, Preparation, PruneRule, write_atomically};
use qnewton_qlsa::gram::GramUnits;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// What an eigenvalue may lose in units of the largest one where a Gram matrix is formed.
const ROUNDING: f64 = 1e-12;

/// Beyond this the polynomial of a Gram matrix is all but constant.
const LARGEST_INTERVAL: f64 = 0.999;

/// What an emitted file is.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A circuit that solves a linear system.
    LinearSystem,
    /// A block encoding alone.
    BlockEncoding,
}

fn is_default(rule: &PruneRule) -> bool {
    *rule == PruneRule::default()
}

/// How the matrix was prepared before it was compiled.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, PartialEq)]
pub struct PreparationRecord {
    /// Damping factor.
    pub damping: f64,
    /// Entries kept per row.
    pub prune: Option<usize>,
    /// Which entries these are.
    #[serde(default, skip_serializing_if = "is_default")]
    pub prune_rule: PruneRule,
    /// Whether the system was scaled symmetrically to a diagonal of +-1.
    #[serde(default)]
    pub jacobi: bool,
    /// The multiple of the identity, where the matrix is that of per-sample gradients.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shift: Option<f64>,
}

impl From<Preparation> for PreparationRecord {
    fn from(preparation: Preparation) -> Self {
        PreparationRecord {
            damping: preparation.damping,
            prune: preparation.prune,
            prune_rule: preparation.prune_rule,
            jacobi: preparation.jacobi,
            shift: None,
        }
    }
}

impl From<PreparationRecord> for Preparation {
    fn from(record: PreparationRecord) -> Self {
        let PreparationRecord { damping, prune, prune_rule, jacobi, .. } = record;
        Preparation { damping, prune, prune_rule, jacobi }
    }
}

/// What is needed to compute the polynomial again.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, PartialEq)]
pub struct PolynomialRecord {
    /// The polynomial approximates 1/x on \[interval, 1\].
    pub interval: f64,
    /// The relative error there that was asked for; together with the interval it determines the polynomial.
    pub epsilon: f64,
    /// The circuit implements P / normalization.
    pub normalization: f64,
    /// For a polynomial of A - shift I, A positive definite; the interval then is lower / upper.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub positive: Option<PositiveRecord>,
    /// For a reflection about the solution in place of 1/x: the interval is that outside the kernel, and epsilon the error
    /// of the direction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reflection: Option<ReflectionRecord>,
    /// For a filter of the solution behind an adiabatic walk; interval and epsilon as for a reflection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub walk: Option<WalkRecord>,
    /// For a sine polynomial of time A in place of one of A/alpha; the interval then is smallest / norm.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evolution: Option<EvolutionRecord>,
    /// For an even polynomial of the singular values of G/alpha, A = G^T G/B + shift I: on the interval, which may start at
    /// 0, it approximates 1/(x^2 + c), c = shift B/alpha^2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gram: Option<GramRecord>,
}

/// What A = G^T G/B + shift I has beside G.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, PartialEq)]
pub struct GramRecord {
    /// B, the number of rows of G.
    pub samples: u64,
    /// The multiple of the identity.
    pub shift: f64,
}

impl GramRecord {
    /// With the alpha of an encoding of G, what leads to a polynomial and back.
    pub(crate) fn units(&self, alpha: f64) -> GramUnits {
        GramUnits { samples: self.samples as f64, shift: self.shift, alpha }
    }

    /// A lower bound of the singular values of an encoded G/alpha from one of the eigenvalues of A, for an encoding within
    /// `error` of G; 0 where A is hardly more than its shift.
    pub(crate) fn interval(&self, bounds: &SpectralBounds, alpha: f64, error: f64) -> f64 {
        // Rounding in A, which is formed, and in the difference.
        let square = bounds.smallest - self.shift - ROUNDING * bounds.largest;
        let smallest = (self.samples as f64 * square.max(0.0)).sqrt();
        ((smallest - error) / alpha).clamp(0.0, LARGEST_INTERVAL)
    }
}

impl From<&GramFactor> for GramRecord {
    fn from(factor: &GramFactor) -> Self {
        GramRecord { samples: factor.samples() as u64, shift: factor.shift }
    }
}

/// The sine polynomial of psi = time A close to 1/psi where |A| is in \[smallest, norm\], by phase estimation of an
/// evolution.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, PartialEq)]
pub struct EvolutionRecord {
    /// Lower bound of the singular values.
    pub smallest: f64,
    /// Upper bound of the singular values.
    pub norm: f64,
    /// The same.
    pub time: f64,
    /// Bound of the relative error of x that the evolutions make, no matter how good the polynomial is.
    pub error: f64,
}

/// P is a reflection about the kernel of (1 - b'b'^T) (A/alpha (+) 1/norm), b' = (b, b)/(sqrt(2) ||b||).
#[derive(Clone, Copy, Debug, Serialize, Deserialize, PartialEq)]
pub struct ReflectionRecord {
    /// |P + 1| <= `error` on \[`gap`, 1\].
    pub gap: f64,
    /// The same.
    pub error: f64,
    /// The estimate of alpha ||x|| / ||b||.
    pub norm: f64,
}

/// An adiabatic walk with a filter P behind it.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, PartialEq)]
pub struct WalkRecord {
    /// Whether the walk is that of a positive definite matrix.
    pub definite: bool,
    /// Its steps.
    pub steps: u64,
    /// The square root of the probability that it is expected to lose: empirical.
    pub error: f64,
    /// |P| <= `filter_error` on \[interval, 1\].
    pub filter_error: f64,
}

impl PolynomialRecord {
    /// Below this success probability less than half of it may have been in the solution when the walk ended, and the
    /// filter's promise takes half.
    pub(crate) fn least_success_probability(&self) -> Option<f64> {
        let filter = self.walk?.filter_error;
        // P(0) = 1: a share c^2 in the solution leaves at most c^2 + filter^2 (1 - c^2).
        Some(0.5 * (1.0 + filter * filter) / self.normalization.powi(2))
    }
}

/// What of the solution was solved for classically.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub struct DeflationRecord {
    /// The eigenvalues, by increasing magnitude.
    pub eigenvalues: Vec<f64>,
    /// The condition number of what is left, which the circuit is made for.
    pub condition_number: f64,
    /// Their part of the solution.
    pub solution: Vec<f64>,
}

/// P approximates 1/lambda for lambda = shift + alpha y in \[lower, upper\], y in \[-1, 1\].
#[derive(Clone, Copy, Debug, Serialize, Deserialize, PartialEq)]
pub struct PositiveRecord {
    /// The encoding is one of A - shift I.
    pub shift: f64,
    /// Lower bound of the eigenvalues of A.
    pub lower: f64,
    /// Upper bound of the eigenvalues of A.
    pub upper: f64,
}

/// The document beside an emitted file.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub struct Manifest {
    /// [`crate::SCHEMA_VERSION`].
    pub schema_version: u32,
    /// What the file is.
    pub kind: Kind,
    /// Version of the program that wrote it.
    pub version: String,
    /// Name of the system.
    pub name: String,
    /// How the matrix was prepared.
    pub preparation: PreparationRecord,
    /// The system.
    #[serde(flatten)]
    pub system: SystemFields,
    /// The block encoding.
    #[serde(flatten)]
    pub encoding: EncodingFields,
    /// The solver's promise; absent for a block encoding alone.
    #[serde(flatten)]
    pub solver: Option<SolverFields>,
    /// The circuit.
    #[serde(flatten)]
    pub circuit: CircuitFields,
    /// The dialect of the file; absent for the standard.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dialect: Option<String>,
    /// The global phase that the file leaves out; absent where it states it. Amplitudes are those with this phase.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub global_phase: Option<f64>,
    /// The polynomial; absent for a block encoding alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub polynomial: Option<PolynomialRecord>,
    /// The diagonal S of a scaling: x = S y, y = scale * unnormalised projected amplitudes; absent without scaling.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scaling: Option<Vec<f64>>,
    /// Eigenpairs whose part of the right-hand side is not in the circuit; absent if there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deflation: Option<DeflationRecord>,
    /// The right-hand side, scaled, deflated, without padding; absent for a block encoding alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rhs: Option<Vec<f64>>,
    /// SHA-256 of the circuit that the file says, see [`crate::fingerprint`].
    pub circuit_sha256: String,
}

/// Where the manifest of an OpenQASM file is: `FILE.json` beside `FILE`.
pub fn manifest_path(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".json");
    PathBuf::from(name)
}

impl Manifest {
    /// Reads the manifest of an OpenQASM file; `None` if there is none.
    pub fn of(file: &Path) -> Result<Option<Manifest>, PipelineError> {
        let path = manifest_path(file);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(PipelineError::Io { path, source }),
        };
        let manifest: Manifest = serde_json::from_str(&text)
            .map_err(|error| PipelineError::Manifest { path: path.clone(), problem: error.to_string() })?;
        if manifest.schema_version != crate::SCHEMA_VERSION {
            let problem = format!(
                "schema version {}, this program reads {}",
                manifest.schema_version,
                crate::SCHEMA_VERSION
            );
            return Err(PipelineError::Manifest { path, problem });
        }
        Ok(Some(manifest))
    }

    /// The circuit of the file with the global phase that the file leaves out.
    pub(crate) fn completed(&self, mut circuit: Circuit) -> Result<Circuit, PipelineError> {
        if let Some(phase) = self.global_phase {
            let id = circuit.entry_id()?;
            let mut entry = circuit.definition(id).clone();
            entry.global_phase(&phase.into());
            circuit.replace(id, entry);
        }
        Ok(circuit)
    }

    /// Writes the manifest of an OpenQASM file.
    pub fn write(&self, file: &Path) -> Result<(), PipelineError> {
        let path = manifest_path(file);
        let problem = |message: String| PipelineError::Write { path: path.clone(), message };
        let mut text = serde_json::to_string_pretty(self).map_err(|error| problem(error.to_string()))?;
        text.push('\n');
        write_atomically(&path, |out| out.write_all(text.as_bytes()))
            .map_err(|error| problem(error.to_string()))
    }
}
