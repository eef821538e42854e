//! How much to damp and to prune a Hessian: the cheapest system whose step is still good.
//!
//! A Newton system H x = g becomes (prune_k(H) + mu I) x = g, where mu is the damping times max|H_ij| and k bounds the
//! entries of a row. Both make the quantum solver cheaper (a smaller condition number, a sparser oracle) and the step
//! worse. The search goes through a grid of both, keeps what guarantees descent (a positive definite matrix, and
//! g^T x > 0 for the step -x), and asks the caller for the seconds of each. The pairs of seconds and cosine that no
//! other pair beats are the Pareto front.
//!
//! Pruning keeps the diagonal and goes by the sizes of the entries beside it, so that damping does not change what is
//! dropped as long as the damped diagonal has no zero: one eigenvalue decomposition for each k serves nearly all
//! dampings.

use crate::serialize::finite_or_null;
use qnewton_matrix::{
    ConditioningError, DecompositionError, EigenDecomposition, InvalidSystem, LinearSystem, Preparation,
    PruneReport, PruneRule, SparseMatrix, add_to_diagonal, is_symmetric, prune,
    symmetric_eigen_decomposition,
};
use serde::Serialize;
use thiserror::Error;

/// Larger systems are refused: they would need dense decompositions that take minutes.
pub const LARGEST_REGULARIZED: usize = 2048;

/// What is tried.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RegularizationGrid {
    /// Factors of max|H_ij|, each above 0.
    pub dampings: Vec<f64>,
    /// Bounds of the entries of a row, each at least 1.
    pub entries_per_row: Vec<usize>,
}

impl RegularizationGrid {
    /// Dampings from 1e-4 to 1e2 in half decades, and 1, 2, 4, ..., N entries per row.
    pub fn for_unknowns(unknowns: usize) -> Self {
        let dampings = (-8..=4).map(|half| 10f64.powf(f64::from(half) / 2.0)).collect();
        let mut entries_per_row: Vec<usize> = std::iter::successors(Some(1), |entries| Some(2 * entries))
            .take_while(|&entries| entries < unknowns)
            .collect();
        entries_per_row.push(unknowns);
        RegularizationGrid { dampings, entries_per_row }
    }
}

/// How good a step must be.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct StepQuality {
    /// Smallest accepted cosine of the angle to the reference step.
    pub cosine: f64,
    /// Largest accepted ||x - x_reference|| / ||x_reference||; `None` accepts any.
    pub relative_error: Option<f64>,
}

/// One damping with one pruning level.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Regularized {
    /// In units of max|H_ij|.
    pub damping: f64,
    /// The bound of the entries of a row.
    pub entries_per_row: usize,
    /// Most entries in a row.
    pub sparsity: usize,
    /// No eigenvalue moved further by pruning (Weyl's inequality), in units of the matrix.
    pub eigenvalue_shift_bound: f64,
    /// How far one moved, in units of the matrix.
    pub eigenvalue_shift: f64,
    /// Whether all eigenvalues are positive, beyond rounding.
    pub positive_definite: bool,
    /// Condition number; infinite (null in documents) if singular to working precision.
    #[serde(serialize_with = "finite_or_null")]
    pub condition_number: f64,
    /// Of the angle between the step and the reference step.
    #[serde(serialize_with = "finite_or_null")]
    pub cosine: f64,
    /// ||x - x_reference|| / ||x_reference||.
    #[serde(serialize_with = "finite_or_null")]
    pub relative_error: f64,
    /// Whether the matrix is positive definite and g^T x > 0.
    pub descent: bool,
    /// What the caller's cost function says; `None` without descent, where it is not asked.
    pub seconds: Option<f64>,
    /// Whether there is descent and the step is as good as asked for.
    pub accepted: bool,
    /// Whether no other one with descent is both cheaper and closer in direction.
    pub on_front: bool,
}

/// Everything that was tried.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Regularization {
    /// Damping of the reference step: 0, or where H is singular to working precision the least of the grid that is not.
    pub reference_damping: f64,
    /// Whether all eigenvalues of H are positive.
    pub positive_definite: bool,
    /// What was asked for.
    pub quality: StepQuality,
    /// The cheapest accepted one, by its position in `candidates`; `None` if none is both accepted and of finite cost.
    pub best: Option<usize>,
    /// All of the grid, pruning level by pruning level, each with all dampings.
    pub candidates: Vec<Regularized>,
}

/// Why a system cannot be regularised; `E` is what the cost function fails with.
#[derive(Debug, Error)]
pub enum RegularizationError<E> {
    /// A grid without values, or with ones out of range.
    #[error("dampings above 0 and finite, and at least 1 entry per row are needed, and at least one of each")]
    Grid,
    /// No right-hand side of the right length other than 0.
    #[error("a right-hand side of {unknowns} entries, finite and not all zero, is needed")]
    RightHandSide {
        /// Number of unknowns.
        unknowns: usize,
    },
    /// Newton's matrix is symmetric.
    #[error("the matrix is not symmetric; a Hessian is")]
    NotSymmetric,
    /// Too large.
    #[error("{unknowns} unknowns are more than the {LARGEST_REGULARIZED} that the search decomposes densely")]
    Size {
        /// Number of unknowns.
        unknowns: usize,
    },
    /// No damping of the grid makes the matrix regular.
    #[error(
        "the matrix is singular to working precision with every damping of the grid; a larger one would help"
    )]
    Singular,
    /// Pruning failed.
    #[error(transparent)]
    Conditioning(#[from] ConditioningError),
    /// Eigenvalues were not found.
    #[error(transparent)]
    Decomposition(#[from] DecompositionError),
    /// A regularised system is no system.
    #[error(transparent)]
    System(#[from] InvalidSystem),
    /// The cost function failed.
    #[error("{0}")]
    Cost(E),
}

/// Tries the grid on H x = g, with the seconds that `seconds` gives for each regularised system.
pub fn regularize<E>(
    matrix: &SparseMatrix<f64>,
    rhs: &[f64],
    grid: &RegularizationGrid,
    quality: StepQuality,
    seconds: &mut dyn FnMut(&LinearSystem) -> Result<f64, E>,
) -> Result<Regularization, RegularizationError<E>> {
    let unknowns = matrix.rows();
    let in_range = |damping: &f64| damping.is_finite() && *damping > 0.0;
    let possible =
        grid.dampings.iter().all(in_range) && grid.entries_per_row.iter().all(|&entries| entries > 0);
    if !possible || grid.dampings.is_empty() || grid.entries_per_row.is_empty() {
        return Err(RegularizationError::Grid);
    }
    if unknowns > LARGEST_REGULARIZED {
        return Err(RegularizationError::Size { unknowns });
    }
    if !is_symmetric(matrix) {
        return Err(RegularizationError::NotSymmetric);
    }
    if rhs.len() != unknowns || !rhs.iter().all(|value| value.is_finite()) || norm(rhs) == 0.0 {
        return Err(RegularizationError::RightHandSide { unknowns });
    }
    let (magnitude, diagonal) = (matrix.max_abs(), matrix.diagonal());
    let whole = Spectrum::new(matrix, rhs)?;
    let mut reference_dampings = vec![0.0];
    reference_dampings.extend(&grid.dampings);
    reference_dampings.sort_by(f64::total_cmp);
    let regular = |damping: &f64| whole.condition_number(damping * magnitude).is_finite();
    let reference_damping =
        reference_dampings.into_iter().find(regular).ok_or(RegularizationError::Singular)?;
    let reference = whole.step(reference_damping * magnitude);

    let mut candidates = Vec::with_capacity(grid.dampings.len() * grid.entries_per_row.len());
    for &entries_per_row in &grid.entries_per_row {
        let mut usual: Option<Pruned> = None;
        for &damping in &grid.dampings {
            let added = damping * magnitude;
            let own;
            let vanishing = diagonal.iter().any(|value| value + added == 0.0);
            let Pruned { spectrum: pruned, report, eigenvalue_shift } = if vanishing {
                own = Pruned::new(matrix, rhs, &whole, entries_per_row, added)?;
                &own
            } else {
                match &mut usual {
                    Some(usual) => usual,
                    none => none.insert(Pruned::new(matrix, rhs, &whole, entries_per_row, added)?),
                }
            };
            let step = pruned.step(added);
            let positive_definite = pruned.positive_definite(added);
            let descent = positive_definite && dot(rhs, &step) > 0.0;
            let difference: Vec<f64> = step.iter().zip(&reference).map(|(one, other)| one - other).collect();
            let (cosine, relative_error) = (
                dot(&step, &reference) / (norm(&step) * norm(&reference)),
                norm(&difference) / norm(&reference),
            );
            let seconds = if descent {
                let preparation =
                    Preparation { damping, prune: Some(entries_per_row), ..Preparation::default() };
                let system =
                    LinearSystem::new("regularised", matrix.clone(), Some(rhs.to_vec()), &preparation)?;
                Some(seconds(&system).map_err(RegularizationError::Cost)?)
            } else {
                None
            };
            candidates.push(Regularized {
                damping,
                entries_per_row,
                sparsity: report.sparsity_after,
                eigenvalue_shift_bound: report.eigenvalue_shift_bound,
                eigenvalue_shift: *eigenvalue_shift,
                positive_definite,
                condition_number: pruned.condition_number(added),
                cosine,
                relative_error,
                descent,
                seconds,
                accepted: descent
                    && cosine >= quality.cosine
                    && quality.relative_error.is_none_or(|error| relative_error <= error),
                on_front: false,
            });
        }
    }
    mark_front(&mut candidates);
    let best = (0..candidates.len())
        .filter(|&index| candidates[index].accepted && cost(&candidates[index]).is_finite())
        .min_by(|&one, &other| cost(&candidates[one]).total_cmp(&cost(&candidates[other])));
    Ok(Regularization {
        reference_damping,
        positive_definite: whole.positive_definite(0.0),
        quality,
        best,
        candidates,
    })
}

fn cost(candidate: &Regularized) -> f64 {
    candidate.seconds.unwrap_or(f64::INFINITY)
}

/// Marks what no other candidate of finite cost beats: by increasing seconds, those of a larger cosine than all before.
fn mark_front(candidates: &mut [Regularized]) {
    let mut order: Vec<usize> =
        (0..candidates.len()).filter(|&index| cost(&candidates[index]).is_finite()).collect();
    order.sort_by(|&one, &other| {
        let (one, other) = (&candidates[one], &candidates[other]);
        cost(one).total_cmp(&cost(other)).then(other.cosine.total_cmp(&one.cosine))
    });
    let mut largest = f64::NEG_INFINITY;
    for index in order {
        if candidates[index].cosine > largest {
            largest = candidates[index].cosine;
            candidates[index].on_front = true;
        }
    }
}

/// A pruned matrix before it is damped.
struct Pruned {
    spectrum: Spectrum,
    report: PruneReport,
    eigenvalue_shift: f64,
}

impl Pruned {
    /// Damped before it is pruned, as systems are, and undamped again.
    fn new<E>(
        matrix: &SparseMatrix<f64>,
        rhs: &[f64],
        whole: &Spectrum,
        entries_per_row: usize,
        added: f64,
    ) -> Result<Self, RegularizationError<E>> {
        let (damped, report) = prune(&add_to_diagonal(matrix, added), entries_per_row, PruneRule::Symmetric)?;
        let spectrum = Spectrum::new(&add_to_diagonal(&damped, -added), rhs)?;
        let moved = whole.eigen.values.iter().zip(&spectrum.eigen.values);
        let eigenvalue_shift = moved.map(|(one, other)| (one - other).abs()).fold(0.0, f64::max);
        Ok(Pruned { spectrum, report, eigenvalue_shift })
    }
}

/// A symmetric matrix by its eigenvalues, and the right-hand side by its coefficients.
struct Spectrum {
    eigen: EigenDecomposition,
    coefficients: Vec<f64>,
    /// Eigenvalues are known to this.
    rounding: f64,
}

impl Spectrum {
    fn new(matrix: &SparseMatrix<f64>, rhs: &[f64]) -> Result<Self, DecompositionError> {
        let eigen = symmetric_eigen_decomposition(&matrix.to_dense())?;
        let coefficients = (0..rhs.len())
            .map(|index| eigen.vectors.column(index).iter().zip(rhs).map(|(v, g)| v * g).sum())
            .collect();
        let largest = eigen.values.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
        let rounding = rhs.len() as f64 * f64::EPSILON * largest;
        Ok(Spectrum { eigen, coefficients, rounding })
    }

    fn positive_definite(&self, added: f64) -> bool {
        self.eigen.values.iter().all(|value| value + added > self.rounding)
    }

    fn condition_number(&self, added: f64) -> f64 {
        let sizes = || self.eigen.values.iter().map(|value| (value + added).abs());
        let (least, largest) = (sizes().fold(f64::INFINITY, f64::min), sizes().fold(0.0, f64::max));
        if least > self.rounding { largest / least } else { f64::INFINITY }
    }

    /// The solution with this much added to the diagonal; not finite where that is singular.
    fn step(&self, added: f64) -> Vec<f64> {
        let mut step = vec![0.0; self.coefficients.len()];
        for (index, (value, coefficient)) in self.eigen.values.iter().zip(&self.coefficients).enumerate() {
            let factor = coefficient / (value + added);
            for (entry, direction) in step.iter_mut().zip(self.eigen.vectors.column(index)) {
                *entry += factor * direction;
            }
        }
        step
    }
}

fn dot(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).map(|(one, other)| one * other).sum()
}

fn norm(vector: &[f64]) -> f64 {
    dot(vector, vector).sqrt()
}

#[cfg(test)]
mod tests;
