//! The parts that the reports of several commands have in common.

use crate::text::{self, Facts};
use qnewton::matrix::PreparationReports;
use qnewton::pipeline::{
    CircuitFields, DeflationRecord, EncodingFields, PreparationRecord, Seconds, SolverFields, SystemFields,
};
use qnewton::{LinearSystem, Preparation};
use serde::Serialize;

/// What was asked to be done to a matrix, and what it did.
#[derive(Serialize)]
pub(crate) struct SystemPreparation<'a> {
    #[serde(flatten)]
    asked: PreparationRecord,
    reports: &'a PreparationReports,
}

impl<'a> SystemPreparation<'a> {
    pub(crate) fn new(asked: Preparation, shift: Option<f64>, reports: &'a PreparationReports) -> Self {
        SystemPreparation { asked: PreparationRecord { shift, ..asked.into() }, reports }
    }

    /// Of a system, which may be one of gradients.
    pub(crate) fn of(asked: Preparation, system: &'a LinearSystem) -> Self {
        Self::new(asked, system.factor.as_ref().map(|factor| factor.shift), &system.reports)
    }
}

/// The matrix.
pub(crate) fn system(facts: &mut Facts, name: &str, fields: &SystemFields) {
    let symmetric = if fields.symmetric { "symmetric" } else { "not symmetric" };
    let (n, nnz, sparsity) = (fields.n as u64, fields.nnz as u64, fields.sparsity);
    let unknowns = if n == 1 { "unknown" } else { "unknowns" };
    facts.add(
        "system",
        format!(
            "{name}: {} {unknowns}, {} non-zeros, at most {sparsity} per row, {symmetric}",
            text::count(n),
            text::count(nnz)
        ),
    );
    let condition_number = match fields.condition_number {
        Some(number) => {
            format!("condition number {} ({})", text::number(number), fields.condition_number_method)
        }
        None if fields.condition_number_method == "not_computed" => {
            "condition number not computed".to_string()
        }
        None => format!("condition number infinite (singular) ({})", fields.condition_number_method),
    };
    facts.add("system", format!("norm {}, {condition_number}", text::number(fields.norm)));
    if fields.real_form {
        let text = format!("the real form of a complex system of {} unknowns", text::count(n / 2));
        facts.add("system", text);
    }
}

/// What was done to the matrix; nothing is said where nothing was done.
pub(crate) fn preparation(facts: &mut Facts, preparation: &SystemPreparation<'_>) {
    let PreparationReports { symmetry, damping, pruning } = preparation.reports;
    if symmetry.symmetrised {
        facts.add("preparation", format!("symmetrised: it was off by {}", text::bound(symmetry.asymmetry)));
    }
    if let Some(shift) = preparation.asked.shift {
        facts.add("preparation", format!("(1/B) G^T G + {} I of per-sample gradients", text::number(shift)));
    }
    if let Some(damping) = damping {
        let (factor, added) = (text::number(damping.factor), text::number(damping.added));
        facts.add("preparation", format!("damping {factor} added {added} to the diagonal"));
    }
    if let Some(pruning) = pruning {
        facts.add(
            "preparation",
            format!(
                "pruning dropped {} entries: {} to {} per row, no singular value moved by more than {}",
                text::count(pruning.dropped as u64),
                pruning.sparsity_before,
                pruning.sparsity_after,
                text::number(pruning.eigenvalue_shift_bound)
            ),
        );
    }
}

/// The block encoding.
pub(crate) fn encoding(facts: &mut Facts, fields: &EncodingFields) {
    facts.add(
        "encoding",
        format!(
            "{}, alpha {}, error at most {} ({})",
            fields.encoding,
            text::number(fields.alpha),
            text::bound(fields.encoding_error),
            fields.encoding_error_method
        ),
    );
}

/// What was solved for classically.
pub(crate) fn deflation(facts: &mut Facts, record: Option<&DeflationRecord>) {
    if let Some(record) = record {
        let left = text::number(record.condition_number);
        let values = text::head(&record.eigenvalues, 4);
        facts
            .add("deflated", format!("eigenvalues {values}; condition number {left} is left to the circuit"));
    }
}

/// The solver and its error bounds.
pub(crate) fn solver(facts: &mut Facts, fields: &SolverFields) {
    facts.add(
        "solver",
        format!(
            "{}, polynomial of degree {}, {} queries of the matrix, {} of the right-hand side",
            fields.solver,
            text::count(fields.polynomial_degree),
            text::count(fields.queries),
            text::count(fields.queries_b)
        ),
    );
    let success = text::number(fields.success_probability);
    facts.add(
        "solver",
        match fields.scale {
            Some(scale) => format!("success probability {success}, scale {}", text::number(scale)),
            None => format!("success probability {success}"),
        },
    );
    if let Some(record) = &fields.amplification {
        facts.add(
            "amplification",
            format!(
                "{}, {} uses of the solver, which alone succeeds with probability {}; amplitudes times {}",
                record.method.name(),
                text::count(record.uses),
                text::number(record.solver_success_probability),
                text::number(record.gain),
            ),
        );
    }
    if let Some(probability) = fields.norm_probability {
        let succeeds = format!(
            "norm and sign by one query more, which succeeds with probability {}",
            text::number(probability)
        );
        let estimate = fields
            .norm_estimate
            .map_or(String::new(), |source| format!("; norm estimate: {}", source.name()));
        facts.add("solver", format!("{succeeds}{estimate}"));
        if let Some(queries) = fields.expected_queries {
            facts.add("solver", format!("{} queries expected in all", text::number(queries)));
        }
    }
    for (stage, bound) in fields.error_bound.iter().filter(|(stage, _)| *stage != "total") {
        facts.add("error bound", format!("{:<18} {}", stage.replace('_', " "), text::bound(*bound)));
    }
    if let Some(total) = fields.error_bound.get("total") {
        facts.add("error bound", format!("{:<18} {}", "total", text::bound(*total)));
    }
}

/// The circuit.
pub(crate) fn circuit(facts: &mut Facts, fields: &CircuitFields) {
    facts.add("circuit", format!("{} qubits: {}", fields.qubits, registers(&fields.registers)));
    facts.add("circuit", gates(&fields.counts));
    facts.add(
        "circuit",
        format!(
            "depth {}, two-qubit depth {}",
            text::count(fields.depth),
            text::count(fields.two_qubit_depth)
        ),
    );
}

/// Registers with their sizes.
pub(crate) fn registers<'a>(registers: impl IntoIterator<Item = (&'a String, &'a Vec<usize>)>) -> String {
    let sizes: Vec<String> =
        registers.into_iter().map(|(name, qubits)| format!("{name} {}", qubits.len())).collect();
    sizes.join(", ")
}

/// Gates with their numbers.
pub(crate) fn gates<'a>(counts: impl IntoIterator<Item = (&'a String, &'a u64)>) -> String {
    let gates: Vec<String> =
        counts.into_iter().map(|(kind, number)| format!("{kind} {}", text::count(*number))).collect();
    if gates.is_empty() { "no gates".to_string() } else { gates.join(", ") }
}

/// The time of each stage.
pub(crate) fn seconds(facts: &mut Facts, seconds: &Seconds) {
    let stages: Vec<String> =
        seconds.iter().map(|(stage, value)| format!("{stage} {}", text::seconds(*value))).collect();
    facts.add("time", stages.join(", "));
}
