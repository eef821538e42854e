//! Steps, angles and promises of the walk and the filter.

use crate::polynomial::relative_degree;
use crate::shortcut::StateSolverError;
use crate::shortcut::error::check;
use crate::shortcut::kernel::POLYNOMIAL_NORM;
use std::f64::consts::FRAC_PI_2;

/// The way from the identity to the matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Path {
    /// (1 - f) + f M: M must be symmetric and positive definite.
    Definite,
    /// [[1 - f, f M], [f M^T, f - 1]]: any invertible M.
    General,
}

impl Path {
    /// The empirical constant c in T = c kappa / Delta: the walk's error was below Delta, 0.2 to 0.5, for random and for
    /// two-valued spectra of condition numbers up to 400 (definite) and 150, least favourable right-hand sides included. Nothing proves it.
    pub fn walk_constant(self) -> f64 {
        match self {
            Path::Definite => 1.0,
            Path::General => 2.6,
        }
    }

    /// f(s) for 0 <= s <= 1. For a definite matrix the published schedule with p = 3/2, kappa/(kappa - 1) (1 - (1 + s
    /// (sqrt(kappa) - 1))^-2). For others f/(1 - f) = kappa tan(pi s/2), whose speed is proportional to the square of
    /// the least singular value sqrt((1 - f)^2 + (f/kappa)^2): the published one, whose gap is the definite one, was
    /// measured to need more steps.
    pub fn schedule(self, kappa: f64, s: f64) -> f64 {
        match self {
            Path::Definite if kappa < 1.0 + 1e-6 => s,
            Path::Definite => kappa / (kappa - 1.0) * (1.0 - (1.0 + s * (kappa.sqrt() - 1.0)).powi(-2)),
            Path::General => {
                let (sine, cosine) = (FRAC_PI_2 * s).sin_cos();
                kappa * sine / (cosine + kappa * sine)
            }
        }
    }
}

/// A walk and a filter; see the module for the units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AdiabaticPlan {
    /// The way that is taken.
    pub path: Path,
    /// Lower bound of the singular values of A / alpha.
    pub sigma_min: f64,
    /// Expected error Delta of the walk: the square root of what is lost of the probability.
    pub walk_error: f64,
    /// Uses of the encoding of M(f), in pairs of U(f) and U(f)^-1.
    pub walk_steps: u64,
    /// Bound of the filter on \[sigma_min, 1\].
    pub filter_error: f64,
    /// Degree of the filter.
    pub filter_degree: u64,
    /// Distance of the normalised direction from x/||x||, up to a sign, in exact arithmetic: certain if the walk ends
    /// with at least half of the probability in the solution.
    pub direction_error: f64,
    /// Expected success probability, as empirical as the walk's error.
    pub success_probability: f64,
}

impl AdiabaticPlan {
    /// The plan for A / alpha with smallest singular value at least `sigma_min` in (0, 1\], an error of the walk
    /// `walk_error` in (0, 0.7\] and a direction error `epsilon` in (0, 1).
    ///
    /// If c is the amplitude of the solution after the walk, the filter leaves c and a perpendicular part of at most
    /// filter_error sqrt(1 - c^2): the tangent of the angle is at most filter_error for c^2 >= 1/2.
    pub fn new(path: Path, sigma_min: f64, walk_error: f64, epsilon: f64) -> Result<Self, StateSolverError> {
        check("sigma_min", sigma_min, sigma_min > 0.0 && sigma_min <= 1.0, "(0, 1]")?;
        check("walk_error", walk_error, walk_error > 0.0 && walk_error <= 0.7, "(0, 0.7]")?;
        check("epsilon", epsilon, epsilon > 0.0 && epsilon < 1.0, "(0, 1)")?;
        let half = (0.5 * path.walk_constant() / (sigma_min * walk_error)).ceil().max(1.0);
        let filter_error = (2.0 * (0.5 * epsilon).asin()).tan().min(0.9);
        Ok(AdiabaticPlan {
            path,
            sigma_min,
            walk_error,
            walk_steps: 2 * half.min(1e18) as u64,
            filter_error,
            filter_degree: (relative_degree(sigma_min, filter_error) + 1.0).min(1e18) as u64,
            direction_error: epsilon,
            success_probability: POLYNOMIAL_NORM.powi(2) * (1.0 - walk_error * walk_error),
        })
    }

    /// The plan with the error of the walk, a multiple of 0.05, for which the expected queries until success are
    /// fewest. `hermitian`: whether the encoding is its own inverse.
    pub fn cheapest(
        path: Path,
        sigma_min: f64,
        epsilon: f64,
        hermitian: bool,
    ) -> Result<Self, StateSolverError> {
        let mut best = Self::new(path, sigma_min, 0.05, epsilon)?;
        for multiple in 2..=14 {
            let plan = Self::new(path, sigma_min, f64::from(multiple) / 20.0, epsilon)?;
            if plan.expected_queries(hermitian) < best.expected_queries(hermitian) {
                best = plan;
            }
        }
        Ok(best)
    }

    /// Queries of A, which are calls of U or U^-1: in the walk one for each use of M(f), controlled by one qubit, or on
    /// the general path, unless the encoding is its own inverse, one of U and one of U^-1, controlled by two; in the
    /// filter one, not controlled, for each degree.
    pub fn queries(&self, hermitian: bool) -> u64 {
        let each = if self.path == Path::General && !hermitian { 2 } else { 1 };
        each * self.walk_steps + self.filter_degree
    }

    /// Preparations of b and their inverses.
    pub fn queries_b(&self) -> u64 {
        self.walk_steps + self.filter_degree + 1
    }

    /// Queries over the success probability.
    pub fn expected_queries(&self, hermitian: bool) -> f64 {
        self.queries(hermitian) as f64 / self.success_probability
    }

    /// The rotation angles of the walk, one for each pair of steps: cos^2(angle/2) = 1 - f in the middle of its interval.
    pub fn angles(&self) -> Vec<f64> {
        let count = self.walk_steps / 2;
        let f = |pair: u64| {
            let s = (pair as f64 + 0.5) / count as f64;
            self.path.schedule(1.0 / self.sigma_min, s).clamp(0.0, 1.0)
        };
        (0..count).map(|pair| 2.0 * f(pair).sqrt().asin()).collect()
    }
}

/// The published empirical number of walk steps, 1.84 kappa / Delta, a fit over random matrices (Costa, An, Babbush,
/// Berry, arXiv 2312.07690, for the encoding of arXiv 2111.08152); kappa = 1/sigma_min.
pub fn published_walk_steps(kappa: f64, walk_error: f64) -> f64 {
    1.84 * kappa / walk_error
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::polynomial::eigenstate_filter;

    #[test]
    fn schedules_rise_from_zero_to_one() {
        for path in [Path::Definite, Path::General] {
            for kappa in [1.0, 1.5, 10.0, 1e5] {
                assert!(path.schedule(kappa, 0.0).abs() < 1e-12);
                assert!((path.schedule(kappa, 1.0) - 1.0).abs() < 1e-9);
                let f: Vec<f64> = (0..=50).map(|step| path.schedule(kappa, f64::from(step) / 50.0)).collect();
                assert!(f.is_sorted());
            }
        }
    }

    /// df/ds is proportional to a power of the gap: the definition of the closed forms.
    #[test]
    fn schedules_slow_down_with_the_gap() {
        let kappa = 7.0;
        let speed = |path: Path, s: f64| {
            let f = |s| path.schedule(kappa, s);
            let gap = match path {
                Path::Definite => (1.0 - f(s) + f(s) / kappa).powf(1.5),
                Path::General => (1.0 - f(s)).powi(2) + (f(s) / kappa).powi(2),
            };
            (f(s + 1e-6) - f(s - 1e-6)) / gap
        };
        for path in [Path::Definite, Path::General] {
            for s in [0.1, 0.4, 0.9] {
                assert!((speed(path, s) / speed(path, 0.5) - 1.0).abs() < 1e-6);
            }
        }
    }

    #[test]
    fn the_degree_is_that_of_the_filter() {
        for sigma in [1.0, 0.3, 0.01] {
            for epsilon in [0.9, 0.1, 1e-2, 1e-5] {
                let plan = AdiabaticPlan::new(Path::Definite, sigma, 0.3, epsilon).unwrap();
                let filter = eigenstate_filter(sigma, plan.filter_error).unwrap();
                assert_eq!(filter.series.degree() as u64, plan.filter_degree);
                let published = (2.0 / epsilon).ln() / sigma;
                assert!(plan.filter_degree as f64 <= published + 2.0);
            }
        }
    }

    #[test]
    fn the_cheapest_plan_is_cheapest() {
        for (path, hermitian) in [(Path::Definite, false), (Path::General, true), (Path::General, false)] {
            let best = AdiabaticPlan::cheapest(path, 0.01, 1e-2, hermitian).unwrap();
            for walk_error in [0.1, 0.3, 0.5, 0.7] {
                let plan = AdiabaticPlan::new(path, 0.01, walk_error, 1e-2).unwrap();
                assert!(best.expected_queries(hermitian) <= plan.expected_queries(hermitian));
            }
        }
        assert!((published_walk_steps(100.0, 0.5) - 368.0).abs() < 1e-9);
    }

    #[test]
    fn bad_parameters_are_named() {
        let name = |sigma, walk_error, epsilon| match AdiabaticPlan::new(
            Path::General,
            sigma,
            walk_error,
            epsilon,
        ) {
            Err(StateSolverError::OutOfRange { name, .. }) => name,
            other => panic!("{other:?}"),
        };
        assert_eq!(name(2.0, 0.1, 0.1), "sigma_min");
        assert_eq!(name(0.5, 0.8, 0.1), "walk_error");
        assert_eq!(name(0.5, 0.1, 0.0), "epsilon");
    }
}
