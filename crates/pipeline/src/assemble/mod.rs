//! From a system to the circuit of one solver, with its share of the error ledger: one module per solver.

mod direction;
mod evolution;
mod gram;
mod positive;
mod qsvt;
mod walk;

use self::positive::Shifted;
use crate::compile::{Clock, CompileOptions};
use crate::error::PipelineError;
use crate::facts::SystemFacts;
use crate::given::GivenError;
use crate::manifest::PolynomialRecord;
use crate::norm::{NormEstimate, NormMethod};
use qnewton_core::{ErrorLedger, Monitor, Stage};
use qnewton_encoding::{BlockEncoding, Certificate};
use qnewton_matrix::{GramFactor, SparseMatrix};
use qnewton_qlsa::solver::SolverCircuit;
use qnewton_qlsa::substitution::Preparation;
use qnewton_qlsa::{cks, hhl};

/// An algorithm for linear systems.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Solver {
    /// The odd inversion polynomial of A/alpha by quantum singular value transformation.
    Qsvt,
    /// 1/lambda on the spectrum of a positive definite A, as a polynomial of an encoding of A - shift I.
    QsvtPositive,
    /// The odd inversion polynomial as a linear combination of walk steps.
    Cks,
    /// The odd inversion polynomial by phase estimation of the walk.
    Hhl,
    /// 1/psi by phase estimation of exp(i psi), psi = t A.
    HhlEvolution,
    /// 1/(s^2 + c) of the singular values s of G, where A = G^T G/B + shift I.
    Gram,
    /// The direction of the solution by a reflection about a kernel.
    Shortcut,
    /// The direction of the solution by an adiabatic walk, whose length is empirical, and a filter.
    Adiabatic,
}

impl Solver {
    /// All solvers.
    pub const ALL: &'static [Solver] = &[
        Solver::Qsvt,
        Solver::QsvtPositive,
        Solver::Cks,
        Solver::Hhl,
        Solver::HhlEvolution,
        Solver::Gram,
        Solver::Shortcut,
        Solver::Adiabatic,
    ];

    /// The name in documents and on command lines.
    pub fn name(self) -> &'static str {
        match self {
            Solver::Qsvt => "qsvt",
            Solver::QsvtPositive => "qsvt-positive",
            Solver::Cks => "cks",
            Solver::Hhl => "hhl",
            Solver::HhlEvolution => "hhl-evolution",
            Solver::Gram => "gram",
            Solver::Shortcut => "shortcut",
            Solver::Adiabatic => "adiabatic",
        }
    }

    /// What it is, in one line.
    pub fn description(self) -> &'static str {
        match self {
            Solver::Qsvt => {
                "odd inversion polynomial of A/alpha, degree about (alpha/sigma_min) ln(2/epsilon)"
            }
            Solver::QsvtPositive => {
                "positive definite A: polynomial of A - shift I, degree about sqrt(kappa)/2 ln(2/epsilon)"
            }
            Solver::Cks => "symmetric A: the same polynomial as qsvt, a linear combination of walk steps",
            Solver::Hhl => "symmetric A: the same polynomial as qsvt, by phase estimation of the walk",
            Solver::HhlEvolution => {
                "symmetric A: phase estimation of exp(itA) as published, the evolution made of queries"
            }
            Solver::Gram => {
                "A = G^T G/B + shift I (--gram): polynomial of G alone, degree about (alpha/sqrt(lambda_min B)) ln(2/epsilon)"
            }
            Solver::Shortcut => {
                "direction by a reflection about a kernel, about (alpha/sigma_min) ln(2 sqrt 2 kappa/epsilon) queries; \
                 norm and sign by one more"
            }
            Solver::Adiabatic => {
                "direction by an adiabatic walk of empirical length and a filter; norm and sign by one more query"
            }
        }
    }

    /// Whether it applies to a matrix with these facts.
    pub fn applies(self, facts: &SystemFacts) -> bool {
        match self {
            Solver::Qsvt | Solver::Shortcut | Solver::Adiabatic => true,
            Solver::QsvtPositive => facts.symmetric && facts.spectrum.positive_definite == Some(true),
            Solver::Cks | Solver::Hhl | Solver::HhlEvolution => facts.symmetric,
            Solver::Gram => facts.gram.is_some(),
        }
    }

    /// Whether only symmetric matrices will do.
    pub(crate) fn needs_symmetry(self) -> bool {
        matches!(self, Solver::QsvtPositive | Solver::Cks | Solver::Hhl | Solver::HhlEvolution)
    }

    /// Refuses a matrix that it does not apply to, with the reason.
    pub(crate) fn check(self, facts: &SystemFacts) -> Result<(), PipelineError> {
        match self {
            solver if solver.applies(facts) => Ok(()),
            Solver::QsvtPositive => Err(PipelineError::NotPositiveDefinite {
                symmetric: facts.symmetric,
                smallest_eigenvalue: facts.spectrum.smallest_eigenvalue,
            }),
            Solver::Gram => Err(PipelineError::NoFactor),
            solver => Err(PipelineError::NotSymmetric { solver: solver.name() }),
        }
    }

    /// Queries of the matrix for a polynomial of a degree, where that determines them.
    pub fn queries(self, degree: u64) -> Option<u64> {
        match self {
            Solver::Qsvt | Solver::QsvtPositive | Solver::Gram | Solver::Shortcut => Some(degree),
            Solver::Cks => Some(cks::queries(degree as usize)),
            Solver::Hhl => Some(hhl::queries(degree as usize)),
            Solver::Adiabatic | Solver::HhlEvolution => None,
        }
    }

    /// Whether every query is under the control of a qubit. Those of [`Solver::Adiabatic`]'s walk are, those of its
    /// filter are not.
    pub fn controls_queries(self) -> bool {
        matches!(self, Solver::QsvtPositive | Solver::HhlEvolution | Solver::Shortcut)
    }

    /// How the norm of the solution follows.
    pub fn norm_method(self) -> NormMethod {
        match self {
            Solver::Shortcut | Solver::Adiabatic => NormMethod::FurtherQuery,
            _ => NormMethod::Scale,
        }
    }

    /// The solver with a name.
    pub fn from_name(name: &str) -> Option<Solver> {
        Solver::ALL.iter().copied().find(|solver| solver.name() == name)
    }
}

/// What a solver is given.
pub(crate) struct Problem<'a> {
    pub(crate) facts: &'a SystemFacts,
    /// The matrix on 2^n unknowns.
    pub(crate) padded: &'a SparseMatrix<f64>,
    /// The right-hand side on 2^n unknowns.
    pub(crate) rhs: &'a [f64],
    /// The norm of the classical solution.
    pub(crate) solution_norm: f64,
    pub(crate) options: &'a CompileOptions,
    /// What a scaling makes of relative errors: those of the solution are up to this factor larger.
    pub(crate) stretch: f64,
    /// Whether the matrix has smaller eigenvalues than its facts say, whose eigenvectors the right-hand side lacks.
    pub(crate) deflated: bool,
    /// G of A = G^T G/B + shift I, where it is known.
    pub(crate) factor: Option<&'a GramFactor>,
}

/// An error of the encoding leads into eigenvectors that were deflated, where the polynomial may be this many times
/// larger than 1/sigma_min: an estimate, from 2.3 for the odd polynomial with room for its slope.
const DEFLATION_FACTOR: f64 = 8.0;

/// What a solver makes of it.
#[derive(Clone)]
pub(crate) struct Assembled {
    pub(crate) solver: Solver,
    pub(crate) encoding: BlockEncoding,
    pub(crate) certificate: Certificate,
    pub(crate) ledger: ErrorLedger,
    pub(crate) degree: u64,
    pub(crate) polynomial: PolynomialRecord,
    pub(crate) phase_residual: f64,
    pub(crate) output: Output,
    pub(crate) circuit: SolverCircuit,
}

/// What the projected amplitudes are.
#[derive(Clone, Copy)]
pub(crate) enum Output {
    /// The solution over a factor.
    Scaled {
        /// x = scale * unnormalised projected amplitudes, for a right-hand side of norm 1.
        unit_scale: f64,
    },
    /// The direction of the solution, up to a sign.
    Direction {
        /// Predicted.
        success_probability: f64,
        /// Expected until one succeeds.
        executions: f64,
        norm_estimate: Option<NormEstimate>,
    },
}

/// The circuit of a solver for a system.
pub(crate) fn assemble(
    solver: Solver,
    problem: &Problem<'_>,
    clock: &mut Clock,
    monitor: &dyn Monitor,
) -> Result<Assembled, PipelineError> {
    solver.check(problem.facts)?;
    let assembled = match solver {
        Solver::Qsvt => qsvt::assemble(problem, clock, monitor),
        Solver::QsvtPositive => positive::assemble(problem, clock, monitor),
        Solver::Cks | Solver::Hhl => walk::assemble(solver, problem, clock, monitor),
        Solver::HhlEvolution => evolution::assemble(problem, clock, monitor),
        Solver::Gram => gram::assemble(problem, clock, monitor),
        Solver::Shortcut | Solver::Adiabatic => direction::assemble(solver, problem, clock, monitor),
    }?;
    let Some(given) = &problem.options.rhs_circuit else { return Ok(assembled) };
    let given = given.circuit_on(assembled.encoding.system_qubits)?;
    let circuit = assembled.circuit.with_preparation(Preparation::Circuit(&given))?;
    Ok(Assembled { circuit, ..assembled })
}

/// The encoding that a solver takes, and the multiple of the identity that it is less than A.
pub(crate) fn encode(solver: Solver, problem: &Problem<'_>) -> Result<(BlockEncoding, f64), PipelineError> {
    Ok(match solver {
        Solver::Qsvt => (qsvt::encode(problem)?, 0.0),
        Solver::QsvtPositive => {
            let Shifted { encoding, shift, .. } = positive::encode_shifted(problem)?;
            (encoding, shift)
        }
        Solver::Cks | Solver::Hhl | Solver::HhlEvolution => (walk::encode(solver, problem)?, 0.0),
        Solver::Gram => (gram::encode(problem)?, 0.0),
        Solver::Shortcut | Solver::Adiabatic => (direction::encode(solver, problem)?, 0.0),
    })
}

impl Problem<'_> {
    /// The right-hand side on `system` of an encoding, which may hold more than the unknowns.
    pub(crate) fn amplitudes(&self, encoding: &BlockEncoding) -> Vec<f64> {
        let mut amplitudes = self.rhs.to_vec();
        amplitudes.resize(1 << encoding.system_qubits, 0.0);
        amplitudes
    }

    /// Bound of the distance between b / ||b|| and what is prepared on so many qubits.
    fn preparation_error(&self, qubits: usize) -> f64 {
        match &self.options.rhs_circuit {
            Some(given) => given.error(),
            // Amplitudes from a tree of rotations: each level rounds once.
            None => 4.0 * (qubits as f64 + 1.0) * f64::EPSILON,
        }
    }

    /// The ledger with what encoding and state preparation contribute; refused if that is everything.
    fn ledger(&self, encoding_error: f64) -> Result<ErrorLedger, PipelineError> {
        let epsilon = self.options.epsilon;
        let spectrum = &self.facts.spectrum;
        let sigma_min = spectrum.smallest_interval.lower;
        let condition = spectrum.norm_interval.upper / sigma_min;
        let factor = if self.deflated { DEFLATION_FACTOR } else { 1.0 };
        let qubits = self.padded.rows().trailing_zeros() as usize;
        let preparation = factor * condition * self.preparation_error(qubits);
        if self.options.block.is_some() {
            // The error whose share, as computed below, leaves nothing to other stages.
            let share = epsilon / (self.stretch * (1.0 + epsilon)) - preparation;
            let allowed = (sigma_min * share / (1.0 + share)).max(0.0);
            if encoding_error.is_nan() || encoding_error >= allowed {
                return Err(GivenError::OtherMatrix { measured: encoding_error, allowed }.into());
            }
        }
        if encoding_error.is_nan() || encoding_error >= sigma_min {
            return Err(PipelineError::Unreachable { epsilon, others: f64::INFINITY });
        }
        let encoding_share = factor * encoding_error / (sigma_min - encoding_error);
        // Errors of later stages are relative to a solution that is itself off by up to epsilon.
        let mut ledger = ErrorLedger::new();
        ledger.add(Stage::Encoding, self.stretch * encoding_share * (1.0 + epsilon));
        ledger.add(Stage::StatePreparation, self.stretch * preparation * (1.0 + epsilon));
        Ok(ledger)
    }
}
