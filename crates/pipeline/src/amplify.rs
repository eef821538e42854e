//! Higher success probabilities: a solver's circuit, amplified within the same promise.
//!
//! Amplification by reflections multiplies the amplitudes by a factor g(p) that depends on the solver's success
//! probability p. The predicted p is right within (1 +- E)^2, E the solver's error, and so the solution is off by at most
//! E + (1 + E) max |g(p')/g(p) - 1| over all p' in that range: the solver gets about half of epsilon, and the rest is the entry
//! `amplification` of the ledger. An oblivious amplification has a fixed factor and a polynomial's error instead.

use crate::assemble::{Assembled, Output, Solver, assemble};
use crate::compile::{Clock, CompileOptions, Prepared};
use crate::error::PipelineError;
use crate::norm::NormEstimate;
use crate::several::Shared;
use num_complex::Complex64;
use qnewton_circuit::cost;
use qnewton_core::{Monitor, Stage};
use qnewton_qlsa::amplification::{AmplificationPlan, Amplifier, ProbabilityRange, amplify};
use serde::{Deserialize, Serialize};

/// How the success probability of a solver is raised.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Amplification {
    /// Not at all.
    #[default]
    None,
    /// By plain amplitude amplification.
    Rounds,
    /// By partial rotations that never overshoot.
    FixedPoint,
    /// By a polynomial of the solver's block, with a single preparation of the right-hand side.
    Oblivious,
    /// By the way with the fewest expected queries, a preparation of the right-hand side counting as many as it has gates;
    /// not at all if that is none of them.
    Auto,
}

impl Amplification {
    /// All of them.
    pub const ALL: &'static [Amplification] = &[
        Amplification::None,
        Amplification::Rounds,
        Amplification::FixedPoint,
        Amplification::Oblivious,
        Amplification::Auto,
    ];

    /// The name in documents and on command lines.
    pub fn name(self) -> &'static str {
        match self {
            Amplification::None => "none",
            Amplification::Rounds => "rounds",
            Amplification::FixedPoint => "fixed-point",
            Amplification::Oblivious => "oblivious",
            Amplification::Auto => "auto",
        }
    }

    /// What it is, in one line.
    pub fn description(self) -> &'static str {
        match self {
            Amplification::None => "the solver as it is, repeated until it succeeds",
            Amplification::Rounds => {
                "rounds of amplitude amplification, about 1.38/sqrt(p) uses until success"
            }
            Amplification::FixedPoint => {
                "partial rotations that never overshoot, about 1.72/sqrt(p) uses until success"
            }
            Amplification::Oblivious => {
                "a polynomial of the solver's block, with one preparation of the right-hand side"
            }
            Amplification::Auto => "the way with the fewest expected queries, or none",
        }
    }

    fn of(amplifier: &Amplifier) -> Self {
        match amplifier {
            Amplifier::Rounds { .. } => Amplification::Rounds,
            Amplifier::FixedPoint { .. } => Amplification::FixedPoint,
            Amplifier::Oblivious { .. } => Amplification::Oblivious,
        }
    }
}

/// What was amplified, and how.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct AmplificationRecord {
    /// Rounds, fixed point or oblivious.
    pub method: Amplification,
    /// Uses of the solver (of its block, if oblivious) and its inverse in one execution, odd.
    pub uses: u64,
    /// The amplitudes are those of the solver times this.
    pub gain: f64,
    /// Bound of what that may be off by, relatively.
    pub error: f64,
    /// Predicted success probability of the solver alone; the least from which on a fixed point promises its success.
    pub solver_success_probability: f64,
}

impl AmplificationRecord {
    /// What amplitudes are multiplied by whose squares sum to `probability`, the phase that the circuit undoes included.
    pub(crate) fn gain_at(&self, probability: f64) -> Complex64 {
        let planned = self.solver_success_probability;
        match self.method {
            Amplification::Rounds => Amplifier::Rounds { rounds: self.uses / 2 }.gain(probability),
            Amplification::FixedPoint => {
                let amplifier = Amplifier::FixedPoint { uses: self.uses, width: planned };
                amplifier.gain(probability) * Complex64::cis(-amplifier.gain(planned).arg())
            }
            Amplification::None | Amplification::Oblivious | Amplification::Auto => self.gain.into(),
        }
    }

    /// Bound of the relative error of a gain that does not depend on the probability.
    pub(crate) fn polynomial_error(&self) -> f64 {
        if self.method == Amplification::Oblivious { self.error } else { 0.0 }
    }

    /// Uses of the solver and of its preparation of the right-hand side, 1 without an amplification.
    pub(crate) fn uses_of(record: Option<&Self>) -> [u64; 2] {
        match record {
            None => [1, 1],
            Some(record) if record.method == Amplification::Oblivious => [record.uses, 1],
            Some(record) => [record.uses, record.uses],
        }
    }
}

/// The solver's share of epsilon at first: uncertain by E, rounds up to the best number return at most as much again.
const SOLVER_SHARE: f64 = 0.49;
/// Times that the share is lowered.
const ATTEMPTS: usize = 8;
/// Gains over the block's norm that are tried; above, degrees grow fast.
const AMPLIFIED_NORMS: [f64; 6] = [0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
/// The range of probabilities is sampled at this many points. Rounds are worst at its ends; the phase of a fixed point is
/// smooth there.
const SAMPLES: u32 = 65;

/// The circuit of a solver for a system, amplified as the options say.
pub(crate) fn assemble_amplified(
    solver: Solver,
    prepared: &Prepared,
    options: &CompileOptions,
    shared: &mut Shared,
    clock: &mut Clock,
    monitor: &dyn Monitor,
) -> Result<(Assembled, Option<AmplificationRecord>), PipelineError> {
    let asked = options.amplification;
    let refused = refusal(solver, asked, options.norm_estimate);
    if let (Some(reason), true) = (refused, asked != Amplification::Auto) {
        return Err(PipelineError::NotAmplified { solver: solver.name(), method: asked.name(), reason });
    }
    let plain = shared.assemble(solver, &prepared.problem(options), clock, monitor)?;
    if asked == Amplification::None || refused.is_some() {
        return Ok((plain, None));
    }
    let stretch = prepared.problem(options).stretch;
    let epsilon = options.epsilon / stretch;
    let plan = plan_for(asked, prepared, options, &plain, SOLVER_SHARE * epsilon)?;
    if plan.uses <= 1 {
        // Nothing to share: one use is the solver itself.
        let record = (asked != Amplification::Auto).then(|| AmplificationRecord {
            method: asked,
            uses: 1,
            gain: 1.0,
            error: 0.0,
            solver_success_probability: prepared.success_probability(&plain),
        });
        return Ok((plain, record));
    }
    let method = Amplification::of(&plan.amplifier);
    let mut share = SOLVER_SHARE * options.epsilon;
    let mut total = f64::INFINITY;
    for _ in 0..ATTEMPTS {
        let with_less = CompileOptions { epsilon: share, ..options.clone() };
        let mut assembled = assemble(solver, &prepared.problem(&with_less), clock, monitor)?;
        let error = assembled.ledger.total() / stretch;
        let plan = plan_for(method, prepared, options, &assembled, error)?;
        let probability = prepared.success_probability(&assembled);
        let deviation = deviation(&plan, probability, error, &assembled.output);
        let added = stretch * deviation * (1.0 + error);
        total = assembled.ledger.total() + added;
        if total <= options.epsilon {
            monitor.begin("circuit", 0);
            let gain = plan.amplifier.gain(probability).norm();
            assembled.circuit = amplify(&assembled.circuit, &plan)?;
            assembled.ledger.add(Stage::Amplification, added);
            match &mut assembled.output {
                Output::Scaled { unit_scale } => *unit_scale /= gain,
                Output::Direction { success_probability, executions, .. } => {
                    *success_probability = plan.success_probability.0;
                    *executions = 1.0 / plan.success_probability.0;
                }
            }
            clock.stage("circuit");
            let record = AmplificationRecord {
                method,
                uses: plan.uses,
                gain,
                error: deviation,
                solver_success_probability: probability,
            };
            return Ok((assembled, Some(record)));
        }
        share *= 0.9 * options.epsilon / total;
        monitor.check()?;
    }
    Err(PipelineError::Unreachable { epsilon: options.epsilon, others: total })
}

/// Why a solver is not amplified that way.
fn refusal(solver: Solver, asked: Amplification, estimate: NormEstimate) -> Option<&'static str> {
    match (solver, asked) {
        (_, Amplification::None) => None,
        (Solver::Adiabatic, _) => Some(
            "its success probability is only known to reach what was measured at least, so that rounds may overshoot and \
             the phase of a fixed point is open, and it is too large to gain anything; `--amplification none` is accepted",
        ),
        (Solver::Shortcut, _) if estimate == NormEstimate::Search => Some(
            "a search executes circuits of unknown success probabilities in turn; a known norm \
             (`--norm-estimate classical`) is accepted",
        ),
        (Solver::Shortcut, Amplification::Oblivious) => Some(
            "it prepares the right-hand side at every query, so there is no block apart from it; `rounds`, `fixed-point` \
             and `none` are accepted",
        ),
        _ => None,
    }
}

/// The plan for a solver with a relative error `error` of its solution.
fn plan_for(
    method: Amplification,
    prepared: &Prepared,
    options: &CompileOptions,
    assembled: &Assembled,
    error: f64,
) -> Result<AmplificationPlan, PipelineError> {
    let circuit = &assembled.circuit;
    let range = ProbabilityRange::known(prepared.success_probability(assembled))?;
    let problem = prepared.problem(options);
    // What an oblivious amplification may use up; rounding of its phases takes a little.
    let spare = 0.999 * (options.epsilon / problem.stretch - error) / (1.0 + error);
    let block = match assembled.output {
        Output::Scaled { unit_scale } if spare > 0.0 => {
            // Encoding and polynomial each make the largest value larger by their share of the error at most.
            // A polynomial of gradients for any spectrum may meet the eigenvalue `shift`.
            let gram = assembled.polynomial.gram.filter(|_| assembled.polynomial.interval == 0.0);
            let lower = problem.facts.spectrum.smallest_interval.lower;
            let smallest = gram.map_or(lower, |gram| gram.shift);
            let largest = (1.0 + error).powi(2) / smallest;
            Some((largest / unit_scale, spare))
        }
        _ => None,
    };
    Ok(match method {
        Amplification::None => AmplificationPlan::rounds(circuit, &range, 0),
        Amplification::Rounds => AmplificationPlan::optimal_rounds(circuit, &range),
        Amplification::FixedPoint => AmplificationPlan::optimal_fixed_point(circuit, &range)?,
        Amplification::Oblivious => {
            let solver = assembled.solver.name();
            let refused = |reason| PipelineError::NotAmplified { solver, method: method.name(), reason };
            let (norm, spare) = block.ok_or_else(|| refused("no error is left for its polynomial"))?;
            let gains = AMPLIFIED_NORMS.into_iter().map(|amplified| amplified / norm);
            let mut best: Option<AmplificationPlan> = None;
            for gain in gains.filter(|gain| *gain > 1.0) {
                let plan = AmplificationPlan::oblivious(circuit, &range, norm, gain, spare)?;
                let expected = plan.expected_queries();
                if best.as_ref().is_none_or(|best| expected < best.expected_queries()) {
                    best = Some(plan);
                }
            }
            best.ok_or_else(|| {
                refused("the largest value of its block is 0.9 or more already; `rounds` is accepted")
            })?
        }
        Amplification::Auto => {
            let amplitudes = 1u64 << assembled.encoding.system_qubits.min(63);
            let preparation = amplitudes.saturating_sub(2) as f64;
            let gates = cost(&circuit.circuit)?.two_qubit() as f64;
            let query = (gates - circuit.queries_b as f64 * preparation) / circuit.queries.max(1) as f64;
            AmplificationPlan::cheapest(circuit, &range, preparation / query.max(1.0), block)?
        }
    })
}

/// What the factor may be off by, relatively, if the root of the probability is by `error`; of amplitudes whose norm is
/// read, its phase alone.
fn deviation(plan: &AmplificationPlan, probability: f64, error: f64, output: &Output) -> f64 {
    if let Amplifier::Oblivious { polynomial } = &plan.amplifier {
        return polynomial.error;
    }
    let planned = plan.amplifier.gain(probability);
    let at = |sample: u32| {
        let offset = 2.0 * f64::from(sample) / f64::from(SAMPLES - 1) - 1.0;
        let factor = (1.0 + offset * error).max(0.0);
        let other = (probability * factor * factor).clamp(f64::MIN_POSITIVE, 1.0);
        let ratio = plan.amplifier.gain(other) / planned;
        match output {
            Output::Scaled { .. } => (ratio - 1.0).norm(),
            Output::Direction { .. } => (ratio / ratio.norm() - 1.0).norm(),
        }
    };
    (0..SAMPLES).map(at).fold(0.0, f64::max)
}
