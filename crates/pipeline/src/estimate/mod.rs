//! What solving would cost, without values: the circuits of the solvers with tables that have lengths only, counted in
//! closed form. Nothing depends on the number of unknowns but the number of qubits.

mod gates;
mod plan;
mod target;
#[cfg(test)]
mod tests;

use crate::assemble::Solver;
use crate::error::PipelineError;
use crate::facts::SystemFacts;
use crate::manifest::GramRecord;
use qnewton_circuit::lower::allocate_ancillas;
use qnewton_circuit::{AngleTable, Circuit, Counts, cost};
use qnewton_encoding::BlockEncoding;
use qnewton_qlsa::state_preparation::add_tabulated_preparation;

pub use gates::{in_basis, magic};
pub use plan::SolverPlan;
pub use target::{EstimateTarget, TargetEstimate, family_bounds};

/// Bounds of a spectrum, in units of A.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SpectralBounds {
    /// Lower bound of the singular values.
    pub smallest: f64,
    /// Upper bound of the singular values.
    pub largest: f64,
    /// Whether A is symmetric and all eigenvalues are positive.
    pub positive_definite: bool,
}

impl From<&SystemFacts> for SpectralBounds {
    fn from(facts: &SystemFacts) -> Self {
        SpectralBounds {
            smallest: facts.spectrum.smallest_interval.lower,
            largest: facts.spectrum.norm_interval.upper,
            positive_definite: facts.spectrum.positive_definite == Some(true),
        }
    }
}

/// What a solver is asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EstimateRequest {
    /// The solver.
    pub solver: Solver,
    /// The spectrum that it has to cope with.
    pub bounds: SpectralBounds,
    /// The relative error of x.
    pub epsilon: f64,
    /// The encoding is one of A - shift I: 0 for all solvers but `qsvt-positive`.
    pub shift: f64,
    /// alpha ||A^-1 b||/||b||, where it is known. It changes angles, not counts.
    pub solution_norm: Option<f64>,
    /// For `gram`, whose encoding is one of G.
    pub gram: Option<GramRecord>,
}

/// The closed-form cost of one execution.
#[derive(Clone, Debug)]
pub struct CostEstimate {
    /// The solver and the size of its circuit.
    pub plan: SolverPlan,
    /// Queries of the matrix.
    pub queries: u64,
    /// Preparations of the right-hand side and their inverses.
    pub queries_b: u64,
    /// Single-qubit gates and `cx`, before values let gates vanish.
    pub counts: Counts,
    /// Those of one preparation of an arbitrary right-hand side, 2^n - 2 `cx` for n qubits.
    pub preparation: Counts,
    /// `counts` less `queries_b` times `preparation`.
    pub without_rhs: Counts,
    /// Qubits, work qubits included.
    pub qubits: usize,
    /// The circuit without values.
    pub circuit: Circuit,
}

/// The cost of solving with any right-hand side, encoded matrix and polynomial of these sizes.
pub fn estimate(encoding: &BlockEncoding, request: &EstimateRequest) -> Result<CostEstimate, PipelineError> {
    estimate_plan(encoding, SolverPlan::new(encoding, request)?)
}

/// The cost of a plan.
pub fn estimate_plan(encoding: &BlockEncoding, plan: SolverPlan) -> Result<CostEstimate, PipelineError> {
    let symbolic = plan.circuit(encoding)?;
    let counts = cost(&symbolic.circuit)?;
    let preparation = preparation(encoding.system_qubits)?;
    let mut without_rhs = Counts::default();
    for (kind, number) in counts.iter() {
        // What is prepared is part of what is counted, as often as the solver says.
        let prepared = preparation.get(kind).saturating_mul(u128::from(symbolic.queries_b));
        without_rhs.add(kind, number.saturating_sub(prepared));
    }
    let qubits = allocate_ancillas(&symbolic.circuit)?.entry()?.qubit_count();
    Ok(CostEstimate {
        plan,
        queries: symbolic.queries,
        queries_b: symbolic.queries_b,
        counts,
        preparation,
        without_rhs,
        qubits,
        circuit: symbolic.circuit,
    })
}

/// Gates of one preparation of 2^qubits amplitudes.
fn preparation(qubits: usize) -> Result<Counts, PipelineError> {
    let mut circuit = Circuit::new();
    let length = u32::try_from(qubits).ok().and_then(|qubits| 1u64.checked_shl(qubits)).unwrap_or(u64::MAX);
    add_tabulated_preparation(&mut circuit, "prepare_rhs", qubits, AngleTable::Symbolic { length });
    Ok(cost(&circuit)?)
}
