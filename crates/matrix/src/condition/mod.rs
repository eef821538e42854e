//! Estimators of the condition number kappa = sigma_max / sigma_min, in the 2-norm, side by side: each with its cost and
//! with an interval, which is certain up to rounding or holds with a stated probability.

mod condest;
mod gershgorin;
mod norm_determinant;
mod products;
mod spectral;
#[cfg(test)]
mod tests;
mod trial;
mod warm_start;

use std::cell::OnceCell;
use std::time::Instant;

use serde::Serialize;

use crate::conditioning::is_symmetric;
use crate::factorization::Factorization;
use crate::lanczos::Interval;
use crate::solve::SolveError;
use crate::sparse::SparseMatrix;
use crate::spectrum::{SpectrumError, scaled};

pub use condest::Condest;
pub use gershgorin::Gershgorin;
pub use norm_determinant::NormDeterminant;
pub use products::{Products, condition_of_operator};
pub use spectral::{Exact, Lanczos};
pub use trial::Trial;
pub use warm_start::WarmStart;

/// In what sense an interval contains the condition number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// Always, up to the rounding that the interval allows for.
    Rigorous,
    /// But for a probability of a few [`FAILURE_PROBABILITY`](crate::FAILURE_PROBABILITY) over random vectors.
    Probabilistic,
}

impl Certainty {
    /// The name in reports and documents.
    pub fn name(self) -> &'static str {
        match self {
            Certainty::Rigorous => "rigorous",
            Certainty::Probabilistic => "probabilistic",
        }
    }
}

/// What dominates the cost of an estimator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CostClass {
    /// One look at every entry.
    Free,
    /// A few products with the matrix.
    Products,
    /// A factorization, and little on top of it.
    Factorization,
    /// All eigenvalues or singular values.
    Decomposition,
}

impl CostClass {
    /// The name in reports and documents.
    pub fn name(self) -> &'static str {
        match self {
            CostClass::Free => "free",
            CostClass::Products => "products",
            CostClass::Factorization => "factorization",
            CostClass::Decomposition => "decomposition",
        }
    }
}

/// An estimate of a condition number.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ConditionEstimate {
    /// The name of the estimator.
    pub method: &'static str,
    /// The estimate; infinite (null in documents) for a matrix that is singular to working precision, and for a bound
    /// beyond double precision.
    pub value: f64,
    /// An interval that contains the condition number; the upper end is infinite where singularity is not excluded.
    pub interval: [f64; 2],
    /// In what sense it does.
    pub certainty: Certainty,
    /// What dominates the cost.
    pub cost: CostClass,
    /// Products with the matrix or its transpose.
    pub products: usize,
    /// Substitutions with the factors of the matrix.
    pub substitutions: usize,
    /// Decimal logarithm of `value`, also where that exceeds double precision.
    pub log10: f64,
    /// Wall-clock seconds, without a factorization that was at hand already.
    pub seconds: f64,
}

impl ConditionEstimate {
    /// Whether the condition number may be this.
    pub fn contains(&self, kappa: f64) -> bool {
        (self.interval[0]..=self.interval[1]).contains(&kappa)
    }

    /// The upper end of the interval divided by the lower one.
    pub fn width(&self) -> f64 {
        self.interval[1] / self.interval[0]
    }
}

/// A matrix whose condition number is wanted. What estimators share, a factorization, is made once.
#[derive(Debug)]
pub struct ConditionSystem {
    matrix: SparseMatrix<f64>,
    /// The factor by which it was brought to a largest entry near 1.
    unit: f64,
    symmetric: bool,
    /// A lower bound of the eigenvalues that the caller knows.
    floor: f64,
    seed: u64,
    factorization: OnceCell<Result<Factorization, SolveError>>,
}

impl ConditionSystem {
    /// Of a square, finite matrix. Random vectors come from the seed.
    pub fn new(matrix: &SparseMatrix<f64>, seed: u64) -> Result<Self, SpectrumError> {
        let (matrix, unscale) = scaled(matrix)?;
        let symmetric = is_symmetric(&matrix);
        let (unit, factorization) = (1.0 / unscale, OnceCell::new());
        Ok(ConditionSystem { matrix, unit, symmetric, floor: 0.0, seed, factorization })
    }

    /// With a lower bound of the eigenvalues of a symmetric matrix that is known otherwise, as a fraction of the largest
    /// magnitude of an entry: what damping added to a positive semidefinite one. Ignored for other matrices.
    pub fn with_floor(mut self, relative_floor: f64) -> Self {
        if self.symmetric && relative_floor > 0.0 {
            self.floor = relative_floor * self.matrix.max_abs();
        }
        self
    }

    /// Number of rows.
    pub fn dimension(&self) -> usize {
        self.matrix.rows()
    }

    /// Factorizes the matrix unless that has been done.
    pub fn factorization(&self) -> &Result<Factorization, SolveError> {
        self.factorization.get_or_init(|| Factorization::new(&self.matrix))
    }
}

/// A way to estimate a condition number.
pub trait ConditionEstimator {
    /// The name in reports, documents and on the command line.
    fn name(&self) -> &'static str;

    /// What it is, in a line.
    fn description(&self) -> &'static str;

    /// What dominates its cost.
    fn cost(&self) -> CostClass;

    /// Estimates. What is known of the matrix of the step before narrows the interval, and spares work where it suffices;
    /// only estimators that iterate make use of it.
    fn estimate(
        &self,
        system: &ConditionSystem,
        warm_start: Option<&WarmStart>,
    ) -> Result<ConditionEstimate, SpectrumError>;
}

/// All estimators, from the most to the least expensive, the paper's last.
pub const CONDITION_ESTIMATORS: &[&dyn ConditionEstimator] = &[
    &Exact,
    &Lanczos,
    &Products,
    &Trial { sufficient: f64::INFINITY },
    &Condest,
    &Gershgorin,
    &NormDeterminant,
];

/// The estimate from both ends of the singular spectrum.
fn from_ends(
    estimator: &dyn ConditionEstimator,
    dimension: usize,
    norm: (f64, Interval),
    smallest: (f64, Interval),
    work: (usize, usize),
    start: Instant,
) -> ConditionEstimate {
    let singular = smallest.0 <= dimension as f64 * f64::EPSILON * norm.0;
    let value = if singular { f64::INFINITY } else { norm.0 / smallest.0 };
    let high = if smallest.1.lower > 0.0 { norm.1.upper / smallest.1.lower } else { f64::INFINITY };
    // A zero matrix has no condition number: 0 / 0.
    let low = (norm.1.lower.max(0.0) / smallest.1.upper).max(1.0);
    ConditionEstimate {
        method: estimator.name(),
        value,
        interval: [low.min(value), high.max(value)],
        certainty: Certainty::Probabilistic,
        cost: estimator.cost(),
        products: work.0,
        substitutions: work.1,
        log10: value.log10(),
        seconds: start.elapsed().as_secs_f64(),
    }
}
