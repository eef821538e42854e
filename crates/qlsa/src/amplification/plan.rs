//! What an amplification costs and promises, in closed form.

use super::error::{AmplificationError, check};
use super::probability::ProbabilityRange;
use super::{fixed_point, rounds};
use crate::polynomial::{AmplifyingPolynomial, amplifying};
use crate::solver::SolverCircuit;
use num_complex::Complex64;

/// How the success probability is raised.
#[derive(Clone, Debug, PartialEq)]
pub enum Amplifier {
    /// k rounds of plain amplitude amplification; none leave the solver as it is.
    Rounds {
        /// k.
        rounds: u64,
    },
    /// Fixed-point amplification.
    FixedPoint {
        /// Uses L of the solver and its inverse, odd.
        uses: u64,
        /// The probability w in (0, 1\] from which on the promise holds.
        width: f64,
    },
    /// A polynomial of the solver's block.
    Oblivious {
        /// Its band is a bound of the norm of the block.
        polynomial: AmplifyingPolynomial,
    },
}

impl Amplifier {
    /// What the projected amplitudes of a solver that succeeds with this probability, in (0, 1\], are multiplied by, before
    /// any phase is undone: its argument at the probability that a plan was made for is the one that [`super::amplify`]
    /// undoes. Of an oblivious amplification it is the factor within the polynomial's error.
    pub fn gain(&self, probability: f64) -> Complex64 {
        match self {
            Amplifier::Rounds { rounds } => rounds::gain(*rounds, probability).into(),
            Amplifier::FixedPoint { uses, width } => fixed_point::gain(*uses, *width, probability),
            Amplifier::Oblivious { polynomial } => polynomial.gain.into(),
        }
    }
}

/// One amplification of one solver.
#[derive(Clone, Debug, PartialEq)]
pub struct AmplificationPlan {
    /// How.
    pub amplifier: Amplifier,
    /// Executions of the solver (of its block, if oblivious) and its inverse in one run.
    pub uses: u64,
    /// Queries of the matrix in one run.
    pub queries: u64,
    /// Preparations of the right-hand side and their inverses in one run.
    pub queries_b: u64,
    /// The least and the largest success probability for the probabilities of the solver that were stated.
    pub success_probability: (f64, f64),
    /// The projected amplitudes are those of the solver times this, so that its scale is to be divided by it. `None` if
    /// that depends on a probability that is not known; fixed-point amplification then leaves a global phase too.
    pub gain: Option<f64>,
    /// Contribution to ||x_hat - x||/||x||, if the gain is known, else to the error of the direction; in exact arithmetic.
    pub error: f64,
    /// The phase of the amplified amplitudes, which the circuit undoes.
    pub(super) phase: f64,
}

/// More uses than this are refused for circuits that need a table of phases.
const TABLE_LIMIT: f64 = (1u64 << 24) as f64;
/// What a gain may make of the norm of a block: the choices of [`AmplificationPlan::cheapest`].
const AMPLIFIED_NORMS: [f64; 6] = [0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
/// Larger gains would take polynomials of a degree above 10^4.
const LARGEST_GAIN: f64 = 1e3;

impl AmplificationPlan {
    /// `rounds` rounds: success sin^2((2k + 1) arcsin(sqrt(p))).
    pub fn rounds(solver: &SolverCircuit, range: &ProbabilityRange, rounds: u64) -> Self {
        let uses = rounds.saturating_mul(2).saturating_add(1);
        AmplificationPlan {
            amplifier: Amplifier::Rounds { rounds },
            success_probability: rounds::success(rounds, range),
            gain: range.exact().map(|probability| rounds::gain(rounds, probability)),
            ..reflections(solver, uses)
        }
    }

    /// The number of rounds with the fewest uses until success, in the worst case of the range. For a known small p that
    /// is 0.583/sqrt(p) rounds with success 0.845; if p may be anything above a bound it is rarely more than none.
    pub fn optimal_rounds(solver: &SolverCircuit, range: &ProbabilityRange) -> Self {
        Self::rounds(solver, range, rounds::optimal(range))
    }

    /// Fixed-point amplification with the fewest uses that fails with probability at most `failure`^2 for every p in the
    /// range, `failure` in (0, 1): ln(2/failure)/sqrt(least p) of them.
    pub fn fixed_point(
        solver: &SolverCircuit,
        range: &ProbabilityRange,
        failure: f64,
    ) -> Result<Self, AmplificationError> {
        check("failure", failure, failure > 0.0 && failure < 1.0, "(0, 1)")?;
        let uses = fixed_point::smallest_uses(range.least(), failure);
        check("uses", uses, uses < TABLE_LIMIT, "[1, 2^24)")?;
        Self::fixed_point_with(solver, range, uses as u64)
    }

    /// Fixed-point amplification with the fewest uses until success in the worst case: 1.72/sqrt(least p) of them.
    pub fn optimal_fixed_point(
        solver: &SolverCircuit,
        range: &ProbabilityRange,
    ) -> Result<Self, AmplificationError> {
        Self::fixed_point_with(solver, range, fixed_point::optimal_uses(range.least()))
    }

    /// Fixed-point amplification with an odd number of uses, the least p of the range as its width.
    pub fn fixed_point_with(
        solver: &SolverCircuit,
        range: &ProbabilityRange,
        uses: u64,
    ) -> Result<Self, AmplificationError> {
        let valid = uses % 2 == 1 && (uses as f64) < TABLE_LIMIT;
        check("uses", uses as f64, valid, "the odd numbers below 2^24")?;
        let width = range.least();
        let failure = fixed_point::largest_failure(uses, width);
        let gain = range.exact().map(|probability| fixed_point::gain(uses, width, probability));
        let success = match range.exact() {
            Some(probability) => [fixed_point::success(uses, width, probability); 2],
            None => [(1.0 - failure) * (1.0 + failure), 1.0],
        };
        Ok(AmplificationPlan {
            amplifier: Amplifier::FixedPoint { uses, width },
            success_probability: (success[0], success[1]),
            gain: gain.map(|gain| gain.norm()),
            phase: gain.map_or(0.0, |gain| gain.arg()),
            ..reflections(solver, uses)
        })
    }

    /// The block of the solver times `gain` with relative error `epsilon`, as an operator. `block_norm` bounds the norm
    /// of the block: for an inversion by P(A/alpha)/normalization that is the largest |P|/normalization on the spectrum,
    /// at most (1 + error) alpha/(sigma_min normalization). The right-hand side is prepared once.
    pub fn oblivious(
        solver: &SolverCircuit,
        range: &ProbabilityRange,
        block_norm: f64,
        gain: f64,
        epsilon: f64,
    ) -> Result<Self, AmplificationError> {
        let polynomial = amplifying(gain, block_norm, epsilon)?;
        let uses = polynomial.series.degree() as u64;
        let success = [(1.0 - polynomial.error, range.least()), (1.0 + polynomial.error, range.most())];
        let [least, most] = success.map(|(factor, probability)| (gain * factor).powi(2) * probability);
        Ok(AmplificationPlan {
            uses,
            queries: uses.saturating_mul(solver.queries),
            queries_b: solver.queries_b,
            success_probability: (least.min(1.0), most.min(1.0)),
            gain: Some(gain),
            error: polynomial.error,
            phase: 0.0,
            amplifier: Amplifier::Oblivious { polynomial },
        })
    }

    /// The plan with the fewest expected queries of the matrix until success in the worst case of the range, one
    /// preparation of the right-hand side counting as `preparation` queries. Oblivious amplification is considered where
    /// a bound of the norm of the block and an error that it may make are given, (block_norm, epsilon): it makes more
    /// queries than the others but a single preparation.
    pub fn cheapest(
        solver: &SolverCircuit,
        range: &ProbabilityRange,
        preparation: f64,
        block: Option<(f64, f64)>,
    ) -> Result<Self, AmplificationError> {
        let valid = preparation >= 0.0 && preparation.is_finite();
        check("preparation", preparation, valid, "[0, infinity)")?;
        let mut best = Self::rounds(solver, range, 0);
        let mut consider = |plan: Self| {
            let cost = |plan: &Self| plan.expected_queries() + preparation * plan.expected_queries_b();
            if cost(&plan) < cost(&best) {
                best = plan;
            }
        };
        consider(Self::optimal_rounds(solver, range));
        if (fixed_point::optimal_uses(range.least()) as f64) < TABLE_LIMIT {
            consider(Self::optimal_fixed_point(solver, range)?);
        }
        if let Some((norm, epsilon)) = block {
            check("block norm", norm, norm > 0.0 && norm.is_finite(), "(0, infinity)")?;
            check("epsilon", epsilon, epsilon > 0.0 && epsilon < 1.0, "(0, 1)")?;
            let gains = AMPLIFIED_NORMS.into_iter().map(|amplified| amplified / norm);
            for gain in gains.filter(|gain| *gain > 1.0 && *gain <= LARGEST_GAIN) {
                consider(Self::oblivious(solver, range, norm, gain, epsilon)?);
            }
        }
        Ok(best)
    }

    /// Queries of the matrix until success, expected in the worst case.
    pub fn expected_queries(&self) -> f64 {
        self.queries as f64 / self.success_probability.0
    }

    /// Preparations of the right-hand side until success, expected in the worst case.
    pub fn expected_queries_b(&self) -> f64 {
        self.queries_b as f64 / self.success_probability.0
    }
}

/// What amplifications by reflections have in common.
fn reflections(solver: &SolverCircuit, uses: u64) -> AmplificationPlan {
    AmplificationPlan {
        amplifier: Amplifier::Rounds { rounds: 0 },
        uses,
        queries: uses.saturating_mul(solver.queries),
        queries_b: uses.saturating_mul(solver.queries_b),
        success_probability: (0.0, 1.0),
        gain: None,
        error: 0.0,
        phase: 0.0,
    }
}
