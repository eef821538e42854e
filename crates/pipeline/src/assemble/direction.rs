//! The direction of the solution: by a reflection about a kernel, or by an adiabatic walk and a filter.
//!
//! Both apply an even polynomial of (1 - b b^T) A, and both leave norm and sign to one further query ([`crate::norm`]),
//! which makes (1 + r) of the error of the direction.

use super::{Assembled, Output, Problem, Solver};
use crate::choice::{encode_chosen, encode_preferably_hermitian};
use crate::compile::{Clock, norm};
use crate::error::PipelineError;
use crate::inversion::DEGREE_LIMIT;
use crate::manifest::{PolynomialRecord, ReflectionRecord, WalkRecord};
use crate::norm::{NormEstimate, Shares};
use qnewton_core::{Monitor, Stage};
use qnewton_encoding::{BlockEncoding, SparseColumns, certify};
use qnewton_qlsa::adiabatic::{AdiabaticPlan, Path, adiabatic_circuit};
use qnewton_qlsa::phases::phase_factors;
use qnewton_qlsa::polynomial::{Approximation, eigenstate_filter, kernel_reflection};
use qnewton_qlsa::shortcut::{
    ShortcutPlan, StateSolverError, expected_search_queries, norm_search, shortcut_circuit,
};
use qnewton_qlsa::solver::SolverCircuit;

pub(super) fn assemble(
    solver: Solver,
    problem: &Problem<'_>,
    clock: &mut Clock,
    monitor: &dyn Monitor,
) -> Result<Assembled, PipelineError> {
    let Problem { facts, padded, rhs, options, stretch, .. } = problem;
    let epsilon = options.epsilon / stretch;
    monitor.begin("encoding", 0);
    let encoding = encode(solver, problem)?;
    let verification = options.verification();
    let certificate = certify(&encoding, &SparseColumns::of(padded), verification, monitor)?;
    clock.stage("encoding");
    monitor.check()?;

    let mut ledger = problem.ledger(certificate.error)?;
    let smallest = facts.spectrum.smallest_interval.lower - certificate.error;
    let ratio = (facts.spectrum.norm_interval.upper + certificate.error) / smallest;
    // Rounding of sums must not exceed what is promised.
    let shares = Shares::of((epsilon - ledger.total() / stretch) * (1.0 - 1e-9), ratio);
    let space = Space {
        path: path(problem),
        hermitian: encoding.hermitian,
        sigma: (smallest / encoding.alpha).min(1.0),
        norm: encoding.alpha * problem.solution_norm / norm(rhs),
        // The encoded matrix has another solution than A.
        uncertainty: 1.0 + ledger.total() / stretch,
    };
    monitor.begin("phases", 0);
    let mut reserve = shares.direction * 1e-3;
    let (plan, polynomial, normalization, residual, direction_error, phase_error) = loop {
        let direction_error = shares.direction - reserve;
        if direction_error.is_nan() || direction_error <= 0.0 {
            let others = ledger.total() + stretch * reserve * (1.0 + ratio);
            return Err(PipelineError::Unreachable { epsilon: options.epsilon, others });
        }
        let plan = Plan::new(solver, &space, options.norm_estimate, direction_error)?;
        if plan.degree() > DEGREE_LIMIT {
            let (degree, kappa) = (plan.degree() as f64, 1.0 / space.sigma);
            return Err(PipelineError::DegreeTooLarge { degree, kappa, limit: DEGREE_LIMIT });
        }
        let polynomial = plan.polynomial()?;
        let normalization = polynomial.series.max_norm().value / plan.modulus();
        let residual = phase_factors(&polynomial.series.scaled(1.0 / normalization)?)?.residual;
        monitor.check()?;
        // Amplitudes of length l that are off by at most the residual point at most sqrt(2) residual / l elsewhere.
        let least =
            plan.least_success_probability(normalization).unwrap_or_else(|| plan.success_probability(&space));
        let phase_error = (2.0 / least).sqrt() * residual;
        if phase_error <= reserve {
            break (plan, polynomial, normalization, residual, direction_error, phase_error);
        }
        reserve = (2.0 * reserve).max(1.5 * phase_error);
    };
    let direction = plan.direction_error(polynomial.error).min(direction_error);
    ledger.add(Stage::Polynomial, stretch * direction);
    ledger.add(Stage::Phases, stretch * phase_error);
    ledger.add(Stage::Norm, stretch * Shares::of_direction(direction + phase_error, ratio).norm);
    clock.stage("phases");
    monitor.begin("circuit", 0);
    let circuit = plan.circuit(&encoding, rhs)?;
    clock.stage("circuit");
    let record = PolynomialRecord {
        interval: space.sigma,
        epsilon: direction_error,
        normalization,
        positive: None,
        reflection: plan.reflection(),
        walk: plan.walk(),
        evolution: None,
        gram: None,
    };
    Ok(Assembled {
        solver,
        output: Output::Direction {
            success_probability: plan.success_probability(&space),
            executions: plan.executions(&space),
            norm_estimate: (solver == Solver::Shortcut).then_some(options.norm_estimate),
        },
        certificate,
        ledger,
        degree: polynomial.series.degree() as u64,
        polynomial: record,
        phase_residual: residual,
        encoding,
        circuit,
    })
}

/// What a plan is made for, in units where the encoded matrix has norm at most 1 and the right-hand side norm 1.
struct Space {
    path: Path,
    hermitian: bool,
    /// Lower bound of the singular values.
    sigma: f64,
    /// The norm of the solution, and the factor by which that may be off.
    norm: f64,
    uncertainty: f64,
}

/// How the direction is found.
enum Plan {
    /// The circuit, and the search that it is one of.
    Shortcut(ShortcutPlan, Vec<ShortcutPlan>),
    Adiabatic(AdiabaticPlan),
}

impl Plan {
    fn new(
        solver: Solver,
        space: &Space,
        estimate: NormEstimate,
        epsilon: f64,
    ) -> Result<Self, StateSolverError> {
        let Space { path, hermitian, sigma, norm, uncertainty } = *space;
        if solver == Solver::Adiabatic {
            return Ok(Plan::Adiabatic(AdiabaticPlan::cheapest(path, sigma, epsilon, hermitian)?));
        }
        let norm = norm.clamp(1.0, 1.0 / sigma);
        let known = ShortcutPlan::new(sigma, norm, uncertainty, epsilon)?;
        if estimate == NormEstimate::Classical {
            return Ok(Plan::Shortcut(known, Vec::new()));
        }
        let search = norm_search(sigma, epsilon)?;
        let probability = |plan: &&ShortcutPlan| plan.success_probability_at(norm);
        let likeliest = search.iter().max_by(|a, b| probability(a).total_cmp(&probability(b)));
        Ok(Plan::Shortcut(likeliest.copied().unwrap_or(known), search))
    }

    fn degree(&self) -> u64 {
        match self {
            Plan::Shortcut(plan, _) => plan.queries,
            Plan::Adiabatic(plan) => plan.walk_steps.saturating_add(plan.filter_degree),
        }
    }

    fn polynomial(&self) -> Result<Approximation, PipelineError> {
        Ok(match self {
            Plan::Shortcut(plan, _) => kernel_reflection(plan.gap, plan.reflection_error)?,
            Plan::Adiabatic(plan) => eigenstate_filter(plan.sigma_min, plan.filter_error)?,
        })
    }

    /// The error of the direction with a polynomial of that error: the plans' own formulas. Degrees being whole numbers it
    /// is a little less than what was asked for.
    fn direction_error(&self, polynomial_error: f64) -> f64 {
        let tangent = match self {
            Plan::Shortcut(plan, _) => {
                let sine = polynomial_error / (4.0 - polynomial_error);
                sine.asin().tan() * plan.norm_ratio.1.hypot(1.0)
            }
            Plan::Adiabatic(_) => polynomial_error,
        };
        2.0 * (0.5 * tangent.atan()).sin()
    }

    /// The largest modulus of what the phase factors implement, from what the plan says it does to probabilities.
    fn modulus(&self) -> f64 {
        match self {
            Plan::Shortcut(plan, _) => {
                plan.success_probability_at(plan.norm).sqrt() / (1.0 - 0.5 * plan.reflection_error)
            }
            Plan::Adiabatic(plan) => {
                (plan.success_probability / (1.0 - plan.walk_error * plan.walk_error)).sqrt()
            }
        }
    }

    fn success_probability(&self, space: &Space) -> f64 {
        match self {
            Plan::Shortcut(plan, _) => plan.success_probability_at(space.norm),
            Plan::Adiabatic(plan) => plan.success_probability,
        }
    }

    /// Executions until one succeeds, on average, those of other circuits of a search in units of this one's queries.
    fn executions(&self, space: &Space) -> f64 {
        match self {
            Plan::Shortcut(plan, search) if !search.is_empty() => {
                expected_search_queries(search, space.norm) / plan.queries as f64
            }
            _ => 1.0 / self.success_probability(space),
        }
    }

    fn least_success_probability(&self, normalization: f64) -> Option<f64> {
        let record = PolynomialRecord {
            interval: 1.0,
            epsilon: 1.0,
            normalization,
            positive: None,
            reflection: None,
            walk: self.walk(),
            evolution: None,
            gram: None,
        };
        record.least_success_probability()
    }

    fn reflection(&self) -> Option<ReflectionRecord> {
        match self {
            Plan::Shortcut(plan, _) => {
                Some(ReflectionRecord { gap: plan.gap, error: plan.reflection_error, norm: plan.norm })
            }
            Plan::Adiabatic(_) => None,
        }
    }

    fn walk(&self) -> Option<WalkRecord> {
        match self {
            Plan::Shortcut(..) => None,
            Plan::Adiabatic(plan) => Some(WalkRecord {
                definite: plan.path == Path::Definite,
                steps: plan.walk_steps,
                error: plan.walk_error,
                filter_error: plan.filter_error,
            }),
        }
    }

    fn circuit(&self, encoding: &BlockEncoding, rhs: &[f64]) -> Result<SolverCircuit, StateSolverError> {
        match self {
            Plan::Shortcut(plan, _) => shortcut_circuit(encoding, rhs, plan),
            Plan::Adiabatic(plan) => adiabatic_circuit(encoding, rhs, plan),
        }
    }
}

fn path(problem: &Problem<'_>) -> Path {
    if problem.facts.spectrum.positive_definite == Some(true) { Path::Definite } else { Path::General }
}

/// The encoding of the matrix. On the general path of the walk one that is its own inverse takes half of the queries.
pub(super) fn encode(solver: Solver, problem: &Problem<'_>) -> Result<BlockEncoding, PipelineError> {
    let Problem { facts, padded, options, stretch, .. } = problem;
    if let Some(given) = &options.block {
        return Ok(given.encoding().clone());
    }
    let path = path(problem);
    if solver != Solver::Adiabatic || path == Path::Definite {
        return Ok(encode_chosen(padded, facts, &options.encoding, options.epsilon)?);
    }
    let ratio = facts.spectrum.norm / facts.spectrum.smallest;
    let error = Shares::of(options.epsilon / stretch, ratio).direction;
    let queries = |alpha: f64, hermitian: bool| {
        let sigma = (facts.spectrum.smallest / alpha).min(1.0);
        AdiabaticPlan::cheapest(path, sigma, error, hermitian)
            .map_or(f64::INFINITY, |plan| plan.expected_queries(hermitian))
    };
    Ok(encode_preferably_hermitian(padded, facts, &options.encoding, &queries)?)
}
