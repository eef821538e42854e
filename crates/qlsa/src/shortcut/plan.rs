//! What the reflection promises, in closed form.

use super::error::{StateSolverError, check};
use super::kernel::POLYNOMIAL_NORM;

/// A reflection about the kernel for a given estimate of the norm; see the module for the units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ShortcutPlan {
    /// Lower bound of the singular values of G_t outside its kernel.
    pub gap: f64,
    /// The estimate t of alpha ||A^-1 b||/||b||.
    pub norm: f64,
    /// The least and the largest possible true norm over t.
    pub norm_ratio: (f64, f64),
    /// The reflection P about the kernel may deviate by 0 <= P + 1 <= `reflection_error` on \[gap, 1\].
    pub reflection_error: f64,
    /// Degree of P: queries of A (calls of U or U^-1, each controlled by one qubit).
    pub queries: u64,
    /// Promised distance of the normalised direction from x/||x||, up to a sign, in exact arithmetic.
    pub direction_error: f64,
    /// Lower bound of the success probability for all norms in the range.
    pub success_probability: f64,
}

impl ShortcutPlan {
    /// The plan for A / alpha with smallest singular value at least `sigma_min` in (0, 1\], an estimate `norm` >= 1 of
    /// alpha ||A^-1 b||/||b|| that is wrong by a factor of at most `norm_ratio` >= 1 either way, and a direction error
    /// `epsilon` in (0, 1). At `norm_ratio` 1 the queries are ln(2 sqrt(2)/epsilon)/sigma_min (1 + O(epsilon)); a norm
    /// underestimated by a factor r costs ln(sqrt((1 + r^2)/2))/sigma_min more.
    ///
    /// Why: with tan(theta) = ||y||/t the reflection maps (0, b) = cos(theta) x_t + sin(theta) w to cos(theta) x_t +
    /// sin(theta) P(G) w. P = -1 + eta/2 + E with |E| <= eta/2, and the first part keeps w in the plane of (y, 0) and
    /// (0, b). What E adds perpendicular to it, over what is left of (y, 0), is at most tan(beta)/cos(theta),
    /// sin(beta) = eta/(4 - eta): the tangent of the angle of the error.
    pub fn new(sigma_min: f64, norm: f64, norm_ratio: f64, epsilon: f64) -> Result<Self, StateSolverError> {
        check("sigma_min", sigma_min, sigma_min > 0.0 && sigma_min <= 1.0, "(0, 1]")?;
        check("norm", norm, norm >= 1.0 && norm.is_finite(), "[1, 1/sigma_min]")?;
        check("norm_ratio", norm_ratio, norm_ratio >= 1.0, "[1, infinity]")?;
        check("epsilon", epsilon, epsilon > 0.0 && epsilon < 1.0, "(0, 1)")?;
        // The true norm lies in [1, 1/sigma_min] as well.
        let largest = norm_ratio.min(1.0 / (sigma_min * norm));
        let least = (1.0 / norm_ratio).max(1.0 / norm).min(largest);
        // A smaller gap is always true; the band must not be empty.
        let gap = sigma_min.min(1.0 / norm).min(LARGEST_GAP);
        let cosine = 1.0 / largest.hypot(1.0);
        let beta = (cosine * (2.0 * (0.5 * epsilon).asin()).tan()).atan();
        let reflection_error = (4.0 * beta.sin() / (1.0 + beta.sin())).min(1.0);
        let queries = reflection_degree(gap, reflection_error);
        let mut plan = ShortcutPlan {
            gap,
            norm,
            norm_ratio: (least, largest),
            reflection_error,
            queries,
            direction_error: epsilon,
            success_probability: 0.0,
        };
        let ends = [least, largest].map(|ratio| plan.success_probability_at(ratio * norm));
        plan.success_probability = ends[0].min(ends[1]);
        Ok(plan)
    }

    /// Preparations of b and their inverses.
    pub fn queries_b(&self) -> u64 {
        self.queries + 1
    }

    /// Lower bound of the success probability if alpha ||A^-1 b||/||b|| is `norm`: sin^2(2 theta) (1 - eta/2)^2, times
    /// the square of the scale of the polynomial.
    pub fn success_probability_at(&self, norm: f64) -> f64 {
        let ratio = norm / self.norm;
        // sin(2 theta) for tan(theta) = ratio.
        let sine = 2.0 / (ratio + 1.0 / ratio);
        (POLYNOMIAL_NORM * sine * (1.0 - 0.5 * self.reflection_error)).powi(2)
    }
}

const LARGEST_GAP: f64 = 0.9;

/// The degree of [`crate::polynomial::kernel_reflection`]: 2n with the smallest n such that 2/cosh^2(n atanh(gap)) is
/// within the error. Saturates where it is beyond any circuit.
fn reflection_degree(gap: f64, error: f64) -> u64 {
    let half = ((2.0 / error).sqrt().acosh() / gap.atanh()).ceil().max(1.0);
    2 * half.min(1e18) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::polynomial::kernel_reflection;

    #[test]
    fn the_degree_is_that_of_the_polynomial() {
        for sigma in [1.0, 0.7, 0.3, 0.05, 0.01, 0.002] {
            for epsilon in [0.9, 0.1, 1e-2, 1e-4, 1e-7] {
                let plan = ShortcutPlan::new(sigma, 1.0 / sigma, 2.0, epsilon).unwrap();
                let polynomial = kernel_reflection(plan.gap, plan.reflection_error).unwrap();
                assert_eq!(polynomial.series.degree() as u64, plan.queries, "{sigma} {epsilon}");
            }
        }
    }

    #[test]
    fn a_known_norm_costs_what_the_paper_says() {
        for kappa in [1e2, 1e3, 1e6] {
            for epsilon in [1e-1, 1e-2, 1e-6] {
                let plan = ShortcutPlan::new(1.0 / kappa, 0.3 * kappa, 1.0, epsilon).unwrap();
                let formula = kappa * (8f64.sqrt() / epsilon).ln();
                let ratio = plan.queries as f64 / formula;
                assert!((ratio - 1.0).abs() < 0.02 + epsilon / 3.0, "{kappa} {epsilon} {ratio}");
                assert!(plan.success_probability > 0.98 * (1.0 - 3.0 * epsilon));
            }
        }
    }

    #[test]
    fn bad_parameters_are_named() {
        let name = |sigma, norm, ratio, epsilon| match ShortcutPlan::new(sigma, norm, ratio, epsilon) {
            Err(StateSolverError::OutOfRange { name, .. }) => name,
            other => panic!("{other:?}"),
        };
        assert_eq!(name(0.0, 1.0, 1.0, 0.1), "sigma_min");
        assert_eq!(name(f64::NAN, 1.0, 1.0, 0.1), "sigma_min");
        assert_eq!(name(0.1, 0.9, 1.0, 0.1), "norm");
        assert_eq!(name(0.1, f64::INFINITY, 1.0, 0.1), "norm");
        assert_eq!(name(0.1, 2.0, 0.5, 0.1), "norm_ratio");
        assert_eq!(name(0.1, 2.0, 1.0, 1.0), "epsilon");
    }
}
