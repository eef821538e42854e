//! The fields of the JSON documents (docs/json.md). Additions are allowed, changes are not.

use crate::amplify::AmplificationRecord;
use crate::facts::SystemFacts;
use crate::norm::{NormEstimate, NormMethod};
use qnewton_circuit::{Basis, Counts, Depth};
use qnewton_core::ErrorLedger;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Version of the documents; increases when a field changes its meaning.
pub const SCHEMA_VERSION: u32 = 1;

/// Seconds per stage.
pub type Seconds = BTreeMap<String, f64>;

/// The system that was compiled.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub struct SystemFields {
    /// Number of unknowns.
    pub n: usize,
    /// Non-zero entries.
    pub nnz: usize,
    /// Largest number of non-zero entries in a row or column.
    pub sparsity: usize,
    /// Whether A = A^T.
    pub symmetric: bool,
    /// Spectral norm.
    pub norm: f64,
    /// norm / sigma_min; null if singular.
    pub condition_number: Option<f64>,
    /// `exact` or `lanczos`.
    pub condition_number_method: String,
    /// Whether this is the real form of a complex system of n/2 unknowns; absent if not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub real_form: bool,
}

impl From<&SystemFacts> for SystemFields {
    fn from(facts: &SystemFacts) -> Self {
        SystemFields {
            n: facts.n,
            nnz: facts.nnz,
            sparsity: facts.sparsity,
            symmetric: facts.symmetric,
            norm: facts.spectrum.norm,
            condition_number: facts.spectrum.condition_number,
            condition_number_method: facts.condition_number_method().to_string(),
            real_form: facts.real_form,
        }
    }
}

/// The block encoding that was used.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub struct EncodingFields {
    /// Name of the method.
    pub encoding: String,
    /// Whether it needed eigenvectors or singular vectors.
    pub spectral: bool,
    /// Subnormalization.
    pub alpha: f64,
    /// Whether U^2 = 1.
    #[serde(default)]
    pub hermitian: bool,
    /// Upper bound of ||alpha <0|U|0> - A||, operator norm.
    pub encoding_error: f64,
    /// Lower bound of the same; 0 where nothing was executed.
    #[serde(default)]
    pub encoding_error_at_least: f64,
    /// `executed` or `bounded`.
    pub encoding_error_method: String,
}

/// The solver's promise.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub struct SolverFields {
    /// Name of the solver.
    pub solver: String,
    /// Requested relative error of x.
    pub epsilon: f64,
    /// Bound per stage, and `total`.
    pub error_bound: BTreeMap<String, f64>,
    /// Degree of the polynomial.
    pub polynomial_degree: u64,
    /// Calls of U_A and its inverse.
    pub queries: u64,
    /// Calls of the preparation of b.
    pub queries_b: u64,
    /// Probability that every register but `system` reads 0.
    pub success_probability: f64,
    /// x = scale * unnormalised projected amplitudes; null where that takes a further query.
    pub scale: Option<f64>,
    /// How the norm of x follows.
    #[serde(default)]
    pub norm_method: NormMethod,
    /// Where the estimate of the norm comes from that the solver needs; null if it needs none.
    #[serde(default)]
    pub norm_estimate: Option<NormEstimate>,
    /// Predicted probability that the further query succeeds, given that the solver did; null where none is made.
    #[serde(default)]
    pub norm_probability: Option<f64>,
    /// Expected queries until an execution succeeds, the further query included; null in older documents.
    #[serde(default)]
    pub expected_queries: Option<f64>,
    /// How the success probability was raised; absent if it was not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amplification: Option<AmplificationRecord>,
}

/// The emitted circuit.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub struct CircuitFields {
    /// Number of qubits.
    pub qubits: usize,
    /// Qubits of each register, least significant first.
    pub registers: BTreeMap<String, Vec<usize>>,
    /// Registers that must read 0.
    pub postselect: Vec<String>,
    /// Gates of the basis, separated by commas.
    pub basis: String,
    /// Number of gates by kind.
    pub counts: BTreeMap<String, u64>,
    /// Gates on two qubits.
    pub two_qubit_count: u64,
    /// Explicit `t` and `tdg` gates.
    pub t_count: u64,
    /// Layers.
    pub depth: u64,
    /// Layers of two-qubit gates.
    pub two_qubit_depth: u64,
}

impl CircuitFields {
    /// The fields of a lowered circuit whose registers are named.
    pub fn new(
        qubits: usize,
        registers: BTreeMap<String, Vec<usize>>,
        basis: Basis,
        counts: &Counts,
        depth: &Depth,
    ) -> Self {
        let postselect = registers.keys().filter(|name| *name != "system").cloned().collect();
        CircuitFields {
            qubits,
            registers,
            postselect,
            basis: basis.name().to_string(),
            counts: gate_counts(counts),
            two_qubit_count: saturate(counts.two_qubit()),
            t_count: saturate(counts.t()),
            depth: saturate(depth.total),
            two_qubit_depth: saturate(depth.two_qubit),
        }
    }
}

/// Counts by the names that they have in documents.
pub fn gate_counts(counts: &Counts) -> BTreeMap<String, u64> {
    counts.iter().map(|(kind, number)| (kind.to_string(), saturate(number))).collect()
}

/// The ledger as an object with `total`.
pub fn ledger_fields(ledger: &ErrorLedger) -> BTreeMap<String, f64> {
    let mut fields: BTreeMap<String, f64> =
        ledger.entries().iter().map(|entry| (entry.stage.name().to_string(), entry.bound)).collect();
    fields.insert("total".to_string(), ledger.total());
    fields
}

/// JSON readers hold integers in 64 bits; a count beyond that is reported as the largest.
fn saturate(number: u128) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}
