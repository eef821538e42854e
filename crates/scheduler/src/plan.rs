//! The workload of one system: from a compiled circuit where that is affordable, else from a bound.

use crate::cost_model::{CostModel, Jennings, QueryInput};
use crate::workload::{ModelInput, QuantumWorkload, dense_query};
use qnewton_circuit::Counts;
use qnewton_core::Monitor;
use qnewton_encoding::{Comparison, predict};
use qnewton_matrix::{LinearSystem, SparseMatrix, pad_to_power_of_two};
use qnewton_pipeline::{
    CompileOptions, CompiledSystem, EncodingChoice, PipelineError, SystemFacts, compare_encodings, compile,
};

/// What is compiled in order to be counted; larger systems get a bound. A dense system of 1024 unknowns compiles in a
/// few seconds, and so does a degree of 10^5.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CompileLimits {
    /// Largest predicted degree of the inversion polynomial.
    pub degree: f64,
    /// Largest number of unknowns.
    pub unknowns: usize,
}

impl Default for CompileLimits {
    fn default() -> Self {
        CompileLimits { degree: 1e5, unknowns: 1024 }
    }
}

/// The workload of one system, and how it came about.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) workload: QuantumWorkload,
    /// The circuit behind the workload, if there is one.
    pub(crate) compiled: Option<CompiledSystem>,
    /// Why the workload is a bound, if it is one.
    pub(crate) note: Option<String>,
}

/// Encodings of matrices beyond this are not even predicted: colourings of that size take minutes.
const LARGEST_PREDICTION: usize = 1 << 16;

/// Compiles a regular system with a right-hand side, or bounds its workload.
pub(crate) fn plan(
    system: &LinearSystem,
    facts: &SystemFacts,
    condition_number: f64,
    options: &CompileOptions,
    limits: &CompileLimits,
    model: Option<&dyn CostModel>,
    monitor: &dyn Monitor,
) -> Result<Plan, Box<PipelineError>> {
    let query = Query::predicted(&system.matrix, facts, &options.encoding, options.epsilon);
    let input = ModelInput {
        unknowns: facts.n as u64,
        queries: QueryInput {
            condition_number,
            sparsity: facts.sparsity as u64,
            epsilon: options.epsilon,
            relative_alpha: (query.alpha / facts.spectrum.norm).max(1.0),
        },
        query: query.counts.clone(),
    };
    let mut aside = String::new();
    if let Some(model) = model {
        let around = match model.single_gate_queries() {
            true => String::new(),
            false => format!(" around the {} encoding", query.name),
        };
        if let Some(workload) = QuantumWorkload::from_model(model, &input) {
            let note = Some(format!("that of the model {}{around}", model.name()));
            return Ok(Plan { workload, compiled: None, note });
        }
        aside = format!("; the model {} states nothing for this condition number", model.name());
    }
    let sigma_min = facts.spectrum.norm / condition_number;
    let degree = query.alpha / sigma_min * (2.0 / options.epsilon).ln();
    let reason = if facts.n > limits.unknowns {
        format!("{} unknowns are more than the {} that are compiled", facts.n, limits.unknowns)
    } else if degree > limits.degree {
        format!(
            "the polynomial would have degree {degree:.1e}, above the {:.0e} that is compiled",
            limits.degree
        )
    } else {
        match compile(system, options, monitor) {
            Ok(compiled) => {
                let workload = QuantumWorkload::from_compiled(&compiled)?;
                let note = Some(aside).filter(|aside| !aside.is_empty());
                let note = note.map(|aside| format!("that of the compiled circuit{aside}"));
                return Ok(Plan { workload, compiled: Some(compiled), note });
            }
            Err(error @ (PipelineError::Cancelled(_) | PipelineError::Epsilon { .. })) => {
                return Err(error.into());
            }
            Err(error) => format!("it did not compile ({error})"),
        }
    };
    let note = format!(
        "a bound (Jennings et al., arXiv 2305.11352, around the {} encoding), because {reason}{aside}",
        query.name
    );
    let workload = QuantumWorkload::from_queries(&Jennings, Jennings.bound(&input.queries), &input);
    Ok(Plan { workload, compiled: None, note: Some(note) })
}

/// One query of the block encoding that would be used.
struct Query {
    name: &'static str,
    alpha: f64,
    counts: Counts,
}

impl Query {
    /// The wanted encoding or the cheapest one; where none applies, the dense one.
    fn predicted(
        matrix: &SparseMatrix<f64>,
        facts: &SystemFacts,
        choice: &EncodingChoice,
        epsilon: f64,
    ) -> Self {
        let dense = || Query {
            name: "dense",
            alpha: matrix.rows().next_power_of_two() as f64 * matrix.max_abs(),
            counts: dense_query(matrix.rows() as u64),
        };
        if matrix.rows() < 2 || matrix.rows() > LARGEST_PREDICTION {
            return dense();
        }
        let padded = pad_to_power_of_two(matrix, &facts.spectrum);
        let prediction = match choice.method {
            Some(method) => predict(&padded, method, &choice.options(facts)).ok(),
            None => compare_encodings(&padded, facts, choice, epsilon, Comparison::Predicted).ok().and_then(
                |candidates| {
                    let mut usable = candidates.into_iter().filter_map(|candidate| candidate.prediction.ok());
                    usable.find(|prediction| choice.allow_spectral || !prediction.spectral)
                },
            ),
        };
        match prediction {
            Some(prediction) => {
                Query { name: prediction.method.name(), alpha: prediction.alpha, counts: prediction.counts }
            }
            None => dense(),
        }
    }
}
