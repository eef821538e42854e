//! From bounds of a spectrum to the size of a solver's circuit.

use super::EstimateRequest;
use crate::assemble::Solver;
use crate::error::PipelineError;
use crate::norm::Shares;
use qnewton_encoding::BlockEncoding;
use qnewton_qlsa::adiabatic::{AdiabaticPlan, Path, adiabatic_symbolic};
use qnewton_qlsa::cks::chebyshev_sum_symbolic;
use qnewton_qlsa::gram::gram_symbolic;
use qnewton_qlsa::hhl::phase_estimation_symbolic;
use qnewton_qlsa::polynomial::{PositiveRange, gram_inverse_degree, relative_degree};
use qnewton_qlsa::positive::walk_polynomial_symbolic;
use qnewton_qlsa::qsvt::inverse_direction_symbolic;
use qnewton_qlsa::shortcut::{ShortcutPlan, shortcut_symbolic};
use qnewton_qlsa::solver::SolverCircuit;

/// Degrees and numbers of steps beyond this have no use and no exact floating-point number.
const DEGREE_LIMIT: u64 = 1 << 52;

/// A solver and the numbers that decide how large its circuit is, whatever the values of matrix and right-hand side.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SolverPlan {
    /// [`Solver::Qsvt`].
    Qsvt {
        /// Degree of the polynomial, odd.
        degree: u64,
    },
    /// [`Solver::QsvtPositive`].
    QsvtPositive {
        /// Degree of the polynomial.
        degree: u64,
    },
    /// [`Solver::Cks`].
    Cks {
        /// Degree of the polynomial, odd.
        degree: u64,
    },
    /// [`Solver::Hhl`].
    Hhl {
        /// Degree of the polynomial, odd.
        degree: u64,
    },
    /// [`Solver::Gram`].
    Gram {
        /// Degree of the polynomial of G, even.
        degree: u64,
    },
    /// [`Solver::Shortcut`].
    Shortcut(ShortcutPlan),
    /// [`Solver::Adiabatic`].
    Adiabatic(AdiabaticPlan),
}

impl SolverPlan {
    /// The plan for what is asked for, with this encoding.
    pub fn new(encoding: &BlockEncoding, request: &EstimateRequest) -> Result<Self, PipelineError> {
        let EstimateRequest { solver, bounds, epsilon, shift, solution_norm, gram } = *request;
        if !(epsilon > 0.0 && epsilon < 1.0) {
            return Err(PipelineError::Epsilon { epsilon });
        }
        let sigma_min = (bounds.smallest / encoding.alpha).min(1.0);
        // NaN is no degree either.
        let checked = |degree: f64, kappa: f64| match degree {
            degree if degree >= 0.0 && degree <= DEGREE_LIMIT as f64 => Ok(degree as u64),
            degree => Err(PipelineError::DegreeTooLarge { degree, kappa, limit: DEGREE_LIMIT }),
        };
        if !(bounds.smallest > 0.0 && sigma_min > 0.0 && bounds.largest >= bounds.smallest) {
            checked(f64::NAN, bounds.largest / bounds.smallest)?;
        }
        let odd_degree = || checked(relative_degree(sigma_min, epsilon), 1.0 / sigma_min);
        Ok(match solver {
            Solver::Qsvt => SolverPlan::Qsvt { degree: odd_degree()? },
            Solver::Cks => SolverPlan::Cks { degree: odd_degree()? },
            Solver::Hhl => SolverPlan::Hhl { degree: odd_degree()? },
            Solver::HhlEvolution => return Err(PipelineError::NoEstimate { solver: solver.name() }),
            Solver::QsvtPositive => {
                if !bounds.positive_definite {
                    let smallest_eigenvalue = None;
                    return Err(PipelineError::NotPositiveDefinite { symmetric: true, smallest_eigenvalue });
                }
                let (lower, upper) = (bounds.smallest, bounds.largest);
                let range = PositiveRange { shift, scale: encoding.alpha, lower, upper };
                SolverPlan::QsvtPositive { degree: checked(range.degree(epsilon), upper / lower)? }
            }
            Solver::Gram => {
                let record = gram.ok_or(PipelineError::NoFactor)?;
                let interval = record.interval(&bounds, encoding.alpha, 0.0);
                let relative_shift = record.units(encoding.alpha).relative_shift();
                if !(relative_shift > 0.0 || interval > 0.0) {
                    return Err(PipelineError::NoShift);
                }
                let degree = gram_inverse_degree(interval, relative_shift, epsilon);
                let kappa = 1.0 / (relative_shift + interval * interval).sqrt();
                SolverPlan::Gram { degree: checked(degree, kappa)? }
            }
            Solver::Shortcut => {
                let epsilon = Shares::of(epsilon, bounds.largest / bounds.smallest).direction;
                // Any norm takes as many queries: only angles depend on it.
                let norm = solution_norm.unwrap_or(1.0 / sigma_min);
                let plan = ShortcutPlan::new(sigma_min, norm, 1.0, epsilon)?;
                checked(plan.queries as f64, 1.0 / sigma_min)?;
                SolverPlan::Shortcut(plan)
            }
            Solver::Adiabatic => {
                let epsilon = Shares::of(epsilon, bounds.largest / bounds.smallest).direction;
                let path = if bounds.positive_definite { Path::Definite } else { Path::General };
                let plan = AdiabaticPlan::cheapest(path, sigma_min, epsilon, encoding.hermitian)?;
                checked(plan.queries(encoding.hermitian) as f64, 1.0 / sigma_min)?;
                SolverPlan::Adiabatic(plan)
            }
        })
    }

    /// The solver.
    pub fn solver(&self) -> Solver {
        match self {
            SolverPlan::Qsvt { .. } => Solver::Qsvt,
            SolverPlan::QsvtPositive { .. } => Solver::QsvtPositive,
            SolverPlan::Cks { .. } => Solver::Cks,
            SolverPlan::Hhl { .. } => Solver::Hhl,
            SolverPlan::Gram { .. } => Solver::Gram,
            SolverPlan::Shortcut(_) => Solver::Shortcut,
            SolverPlan::Adiabatic(_) => Solver::Adiabatic,
        }
    }

    /// Degree of the polynomial: of the one that approximates 1/x, or of the reflection or filter.
    pub fn degree(&self) -> u64 {
        match self {
            SolverPlan::Qsvt { degree }
            | SolverPlan::QsvtPositive { degree }
            | SolverPlan::Cks { degree }
            | SolverPlan::Hhl { degree }
            | SolverPlan::Gram { degree } => *degree,
            SolverPlan::Shortcut(plan) => plan.queries,
            SolverPlan::Adiabatic(plan) => plan.filter_degree,
        }
    }

    /// The circuit without values.
    pub(super) fn circuit(&self, encoding: &BlockEncoding) -> Result<SolverCircuit, PipelineError> {
        Ok(match self {
            SolverPlan::Qsvt { degree } => inverse_direction_symbolic(encoding, *degree)?,
            SolverPlan::QsvtPositive { degree } => walk_polynomial_symbolic(encoding, *degree)?,
            SolverPlan::Cks { degree } => chebyshev_sum_symbolic(encoding, *degree)?,
            SolverPlan::Hhl { degree } => phase_estimation_symbolic(encoding, *degree)?,
            SolverPlan::Gram { degree } => gram_symbolic(encoding, *degree)?,
            SolverPlan::Shortcut(plan) => shortcut_symbolic(encoding, plan)?,
            SolverPlan::Adiabatic(plan) => adiabatic_symbolic(encoding, plan)?,
        })
    }
}
