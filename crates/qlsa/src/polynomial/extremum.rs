//! The maximum modulus of a polynomial on [-1, 1], located and bounded from above.

use std::f64::consts::PI;

use super::grid::{CosineGrid, GridScratch};
use super::series::ChebyshevSeries;

/// The maximum of |P| on [-1, 1].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MaxNorm {
    /// Where the largest modulus was found.
    pub location: f64,
    /// |P| there: a lower bound of the maximum, and the maximum itself up to rounding in all but contrived
    /// cases.
    pub value: f64,
    /// No point of [-1, 1] has a larger modulus (up to rounding in the values of P).
    pub upper_bound: f64,
}

/// Coefficient operations that may be spent on sharpening the upper bound.
const REFINEMENT_BUDGET: usize = 20_000_000;
/// Relative gap between value and upper bound that is small enough.
const REFINEMENT_GOAL: f64 = 1e-9;
/// Pruning tolerates this relative rounding error in the values of P.
const ROUNDING_SLACK: f64 = 1e-12;

/// A cell of the angle psi: its centre and |P| there.
#[derive(Clone, Copy)]
struct Cell {
    centre: f64,
    modulus: f64,
}

impl ChebyshevSeries {
    /// The maximum of |P| on [-1, 1], at any degree, in O(d log d) plus a bounded amount of refinement.
    ///
    /// A cosine sum f of degree d obeys f'^2 + d^2 f^2 <= d^2 ||f||^2 (Szegö; van der Corput and Schaake), so
    /// within an angle r of its maximum |f| >= ||f|| cos(d r). A grid of spacing 2r therefore gives ||f|| <=
    /// max |f_j| / cos(d r), and a cell with |f_j| < v cos(d r) cannot hold the maximum if |f| reaches v
    /// anywhere: the remaining cells are halved until the bound is sharp or the budget is spent.
    pub fn max_norm(&self) -> MaxNorm {
        let count = self.coefficients().len();
        let oversampling = if count <= 4096 { 64 } else { 16 };
        let grid = CosineGrid::new(self.frequencies(), oversampling * count);
        let mut values = vec![0.0; grid.points()];
        grid.synthesize(self.coefficients(), 0.25, &mut values, &mut GridScratch::default());

        // The degree as a cosine sum in psi, and half the spacing of the 2N midpoints.
        let degree = self.degree() as f64 * if self.parity().is_some() { 0.5 } else { 1.0 };
        let mut radius = 0.5 * PI / grid.points() as f64;
        // Coefficients near the largest double can overflow to infinities of both signs.
        let cell = |(index, value): (usize, &f64)| Cell {
            centre: grid.angle(index, 0.25),
            modulus: if value.is_nan() { f64::INFINITY } else { value.abs() },
        };
        let mut best = Cell { centre: 0.0, modulus: 0.0 };
        for cell in values.iter().enumerate().map(cell) {
            if cell.modulus > best.modulus {
                best = cell;
            }
        }
        let mut upper_bound = best.modulus / (degree * radius).cos();

        let cells = values.iter().enumerate().map(cell);
        let mut cells: Vec<Cell> =
            cells.filter(|cell| may_hold_maximum(cell, best.modulus, degree * radius)).collect();
        drop(values);
        best = self.climb(best, radius);
        let mut budget = REFINEMENT_BUDGET / count;
        while upper_bound > best.modulus * (1.0 + REFINEMENT_GOAL) {
            cells.retain(|cell| may_hold_maximum(cell, best.modulus, degree * radius));
            if 2 * cells.len() > budget {
                break;
            }
            budget -= 2 * cells.len();
            radius *= 0.5;
            cells = cells
                .iter()
                .flat_map(|cell| [cell.centre - radius, cell.centre + radius])
                .map(|centre| Cell { centre, modulus: self.modulus_at(centre) })
                .collect();
            for cell in &cells {
                if cell.modulus > best.modulus {
                    best = *cell;
                }
            }
            upper_bound = best.modulus / (degree * radius).cos();
        }
        best = self.climb(best, radius);
        MaxNorm {
            location: self.place(best.centre),
            value: best.modulus,
            upper_bound: upper_bound.max(best.modulus),
        }
    }

    /// Follows parabolas through three points to the local maximum next to `start`.
    fn climb(&self, start: Cell, radius: f64) -> Cell {
        let mut best = start;
        let mut step = radius;
        for _ in 0..4 {
            let left = self.modulus_at(best.centre - step);
            let right = self.modulus_at(best.centre + step);
            let curvature = left - 2.0 * best.modulus + right;
            if curvature < 0.0 {
                let shift = (0.5 * (left - right) / curvature).clamp(-2.0, 2.0);
                let centre = best.centre + shift * step;
                let modulus = self.modulus_at(centre);
                if modulus > best.modulus {
                    best = Cell { centre, modulus };
                }
            }
            step *= 0.125;
        }
        best
    }

    fn modulus_at(&self, psi: f64) -> f64 {
        self.evaluate(self.place(psi)).abs()
    }

    fn place(&self, psi: f64) -> f64 {
        if self.parity().is_some() { (0.5 * psi).cos() } else { psi.cos() }
    }
}

fn may_hold_maximum(cell: &Cell, reached: f64, phase: f64) -> bool {
    cell.modulus >= reached * phase.cos() * (1.0 - ROUNDING_SLACK)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::polynomial::Parity;
    use proptest::prelude::*;

    #[test]
    fn a_chebyshev_polynomial_has_norm_one() {
        for (index, parity) in [(0, Parity::Even), (1, Parity::Even), (40, Parity::Odd), (5000, Parity::Odd)]
        {
            let mut coefficients = vec![0.0; index + 1];
            coefficients[index] = -1.0;
            let norm = ChebyshevSeries::new(coefficients, Some(parity)).unwrap().max_norm();
            assert!((norm.value - 1.0).abs() < 1e-12 && norm.upper_bound >= norm.value);
            assert!(norm.upper_bound < 1.006);
        }
    }

    #[test]
    fn the_zero_polynomial_has_norm_zero() {
        let norm = ChebyshevSeries::new(vec![0.0; 4], None).unwrap().max_norm();
        assert_eq!((norm.value, norm.upper_bound), (0.0, 0.0));
    }

    #[test]
    fn overflow_is_reported_as_infinite() {
        let norm = ChebyshevSeries::new(vec![1e308; 9], None).unwrap().max_norm();
        assert_eq!((norm.value, norm.upper_bound), (f64::INFINITY, f64::INFINITY));
    }

    #[test]
    fn a_narrow_peak_between_the_nodes_of_a_coarse_grid_is_found() {
        // The Fejér-like kernel centred at theta_0 is narrower than any fixed small grid.
        let count = 20_001;
        let theta_0 = 1.0 + 1e-5;
        let coefficients: Vec<f64> =
            (0..count).map(|k| (1.0 - k as f64 / count as f64) * (k as f64 * theta_0).cos()).collect();
        let series = ChebyshevSeries::new(coefficients, None).unwrap();
        let norm = series.max_norm();
        assert!(norm.value >= series.evaluate(theta_0.cos()).abs() * (1.0 - 1e-12));
        assert!((norm.location.acos() - theta_0).abs() < 1e-4);
        assert!(norm.upper_bound <= norm.value * (1.0 + 1e-6));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn no_point_exceeds_the_bound_and_the_value_is_attained(
            coefficients in prop::collection::vec(-1.0..1.0f64, 1..60),
            parity in prop_oneof![Just(None), Just(Some(Parity::Even)), Just(Some(Parity::Odd))],
        ) {
            let series = ChebyshevSeries::new(coefficients, parity).unwrap();
            let norm = series.max_norm();
            prop_assert!((series.evaluate(norm.location).abs() - norm.value).abs() <= 1e-12 * norm.value);
            prop_assert!(norm.value <= norm.upper_bound && norm.upper_bound <= norm.value * 1.006);
            for step in 0..4000 {
                let x = (PI * f64::from(step) / 3999.0).cos();
                prop_assert!(series.evaluate(x).abs() <= norm.upper_bound * (1.0 + 1e-12));
                prop_assert!(series.evaluate(x).abs() <= norm.value * (1.0 + 1e-9));
            }
        }
    }
}
