//! A real polynomial in the Chebyshev basis, stored by parity.

use rayon::prelude::*;
use thiserror::Error;

use super::grid::{CosineGrid, Frequencies, GridScratch};

/// Parity of a polynomial: P(-x) = P(x) or P(-x) = -P(x).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Parity {
    /// Only T_0, T_2, T_4, ... occur.
    Even,
    /// Only T_1, T_3, T_5, ... occur.
    Odd,
}

/// Why a polynomial cannot be built.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum PolynomialError {
    /// A series without coefficients.
    #[error("a Chebyshev series needs at least one coefficient")]
    Empty,
    /// A coefficient that is NaN or infinite.
    #[error("the coefficient of T_{degree} is {value}; coefficients must be finite")]
    NotFinite {
        /// The degree of its Chebyshev polynomial.
        degree: usize,
        /// The offending value.
        value: f64,
    },
    /// A parameter outside its range.
    #[error("{name} = {value}; it must lie in {accepted}")]
    OutOfRange {
        /// The parameter.
        name: &'static str,
        /// The offending value.
        value: f64,
        /// The accepted range.
        accepted: &'static str,
    },
    /// The polynomial that would do has too high a degree.
    #[error("degree {degree} is needed; at most {limit} is supported")]
    DegreeTooHigh {
        /// The degree that the request needs (approximate where it exceeds the limit by far).
        degree: f64,
        /// The highest supported degree.
        limit: usize,
    },
    /// Rounding prevents the requested accuracy.
    #[error("accuracy {requested:e} is not attainable in double precision; about {attainable:e} is")]
    BelowRounding {
        /// The requested accuracy.
        requested: f64,
        /// What can be reached.
        attainable: f64,
    },
}

/// The highest degree of the polynomials built here, 2^24: phase factors then take some 8 GB.
pub(crate) const DEGREE_LIMIT: usize = 1 << 24;

/// A real polynomial P(x) on [-1, 1] as a sum of Chebyshev polynomials T_k.
///
/// The coefficients are compressed by parity: entry k belongs to T_(2k) for even, to T_(2k+1) for odd and to
/// T_k for unspecified parity. All are finite and there is at least one; a trailing zero is kept, so that the
/// degree is the one that the constructor chose.
#[derive(Clone, Debug, PartialEq)]
pub struct ChebyshevSeries {
    coefficients: Vec<f64>,
    parity: Option<Parity>,
}

impl ChebyshevSeries {
    /// A series from its compressed coefficients: entry k belongs to T_(2k), T_(2k+1) or T_k as `parity`
    /// says.
    pub fn new(coefficients: Vec<f64>, parity: Option<Parity>) -> Result<Self, PolynomialError> {
        if coefficients.is_empty() {
            return Err(PolynomialError::Empty);
        }
        match coefficients.iter().position(|value| !value.is_finite()) {
            Some(index) => Err(PolynomialError::NotFinite {
                degree: basis_degree(index, parity),
                value: coefficients[index],
            }),
            None => Ok(Self { coefficients, parity }),
        }
    }

    /// A series from the coefficients of T_0, T_1, T_2, ... The parity is recognised: where every second
    /// coefficient is exactly zero the result is compressed.
    pub fn from_full(coefficients: &[f64]) -> Result<Self, PolynomialError> {
        let vanishes = |start: usize| coefficients.iter().skip(start).step_by(2).all(|value| *value == 0.0);
        let every_second = |start: usize| coefficients.iter().skip(start).step_by(2).copied().collect();
        match coefficients.len() {
            0 => Err(PolynomialError::Empty),
            _ if vanishes(1) => Self::new(every_second(0), Some(Parity::Even)),
            _ if vanishes(0) => Self::new(every_second(1), Some(Parity::Odd)),
            _ => Self::new(coefficients.to_vec(), None),
        }
    }

    /// The series of exactly `degree` that takes the values function(x, sqrt(1 - x^2)) on Chebyshev nodes;
    /// `function` must have the stated parity in x. Both arguments are accurate to their last digits, also
    /// next to x = 0 and x = +-1. A `degree` that does not have the parity is rounded down to it (and 0 up to
    /// 1 for odd).
    pub fn interpolate(
        degree: usize,
        parity: Option<Parity>,
        function: impl Fn(f64, f64) -> f64 + Sync,
    ) -> Result<Self, PolynomialError> {
        if degree > DEGREE_LIMIT {
            return Err(PolynomialError::DegreeTooHigh { degree: degree as f64, limit: DEGREE_LIMIT });
        }
        let count = match parity {
            None => degree + 1,
            Some(Parity::Even) => degree / 2 + 1,
            Some(Parity::Odd) => degree.div_ceil(2).max(1),
        };
        let grid = CosineGrid::new(frequencies(parity), 2 * count);
        let mut values: Vec<f64> = (0..grid.points())
            .into_par_iter()
            .with_min_len(1024)
            .map(|index| {
                let (x, sine) = node(&grid, index, parity);
                function(x, sine.abs())
            })
            .collect();
        let mut coefficients = vec![0.0; count];
        let weight = 2.0 / grid.points() as f64;
        grid.analyze(&mut values, 0.25, weight, &mut coefficients, &mut GridScratch::default());
        if parity != Some(Parity::Odd) {
            coefficients[0] *= 0.5;
        }
        Self::new(coefficients, parity)
    }

    /// The compressed coefficients: entry k belongs to T_(2k), T_(2k+1) or T_k as the parity says.
    pub fn coefficients(&self) -> &[f64] {
        &self.coefficients
    }

    /// The parity; `None` where the series has terms of both parities.
    pub fn parity(&self) -> Option<Parity> {
        self.parity
    }

    /// The degree of the last stored term.
    pub fn degree(&self) -> usize {
        basis_degree(self.coefficients.len() - 1, self.parity)
    }

    /// The coefficient of T_`degree`.
    pub fn coefficient(&self, degree: usize) -> f64 {
        let index = match self.parity {
            None => Some(degree),
            Some(Parity::Even) => degree.is_multiple_of(2).then_some(degree / 2),
            Some(Parity::Odd) => (degree % 2 == 1).then_some(degree / 2),
        };
        index.and_then(|index| self.coefficients.get(index)).copied().unwrap_or(0.0)
    }

    /// The series times `factor`. Fails where a product is not finite.
    pub fn scaled(&self, factor: f64) -> Result<Self, PolynomialError> {
        Self::new(self.coefficients.iter().map(|value| value * factor).collect(), self.parity)
    }

    /// P(x) by Clenshaw's recurrence in Reinsch's form, which stays accurate at the ends of the interval.
    /// Meant for |x| <= 1.
    pub fn evaluate(&self, x: f64) -> f64 {
        match self.parity {
            None => clenshaw(&self.coefficients, x < 0.0, 2.0 * (1.0 - x.abs())).cosine_sum(),
            // T_(2k)(x) = T_k(2x^2 - 1), and T_(2k+1) obeys the same recurrence in k.
            Some(parity) => {
                let near_zero = 2.0 * x * x < 1.0;
                let distance = if near_zero { 4.0 * x * x } else { 4.0 * (1.0 - x) * (1.0 + x) };
                let sums = clenshaw(&self.coefficients, near_zero, distance);
                match parity {
                    Parity::Even => sums.cosine_sum(),
                    Parity::Odd => x * sums.half_cosine_sum(),
                }
            }
        }
    }

    /// P at every point of `points`, in O(degree) each, on all cores.
    pub fn evaluate_many(&self, points: &[f64]) -> Vec<f64> {
        let minimum = (1 << 16) / (self.coefficients.len() + 1) + 1;
        points.par_iter().with_min_len(minimum).map(|x| self.evaluate(*x)).collect()
    }

    /// P on a grid of at least `count` points, in O(count log count): pairs (x, P(x)) in no particular order.
    /// The points are Chebyshev nodes; for definite parity, together with their mirror images they are twice
    /// as many. At least as many points are used as P has coefficients.
    pub fn evaluate_on_grid(&self, count: usize) -> Vec<(f64, f64)> {
        let grid = CosineGrid::new(self.frequencies(), count.max(2 * self.coefficients.len()));
        let mut values = vec![0.0; grid.points()];
        grid.synthesize(&self.coefficients, 0.25, &mut values, &mut GridScratch::default());
        let place = |index| node(&grid, index, self.parity).0;
        values.into_iter().enumerate().map(|(index, value)| (place(index), value)).collect()
    }

    /// Upper bound on [-1, 1] of |weight(x) (P(x) - function(x, sqrt(1 - x^2)))| where the function is a
    /// polynomial of the same parity and at most the same degree, and the weight a polynomial of degree at most 2.
    pub(crate) fn deviation(
        &self,
        function: impl Fn(f64, f64) -> f64 + Sync,
        weight: impl Fn(f64) -> f64 + Sync,
    ) -> f64 {
        // Twice the points of an interpolation, so that interpolation nodes do not recur.
        let grid = CosineGrid::new(self.frequencies(), 4 * self.coefficients.len() + 8);
        let mut values = vec![0.0; grid.points()];
        grid.synthesize(&self.coefficients, 0.25, &mut values, &mut GridScratch::default());
        let largest = values
            .par_iter()
            .enumerate()
            .with_min_len(1024)
            .map(|(index, value)| {
                let (x, sine) = node(&grid, index, self.parity);
                (weight(x) * (value - function(x, sine.abs()))).abs()
            })
            // Not f64::max, which would lose a NaN.
            .reduce(|| 0.0, |a, b| if a >= b || a.is_nan() { a } else { b });
        let nodes = grid.points() as f64 * if self.parity.is_some() { 2.0 } else { 1.0 };
        largest / (0.5 * std::f64::consts::PI * (self.degree() + 2) as f64 / nodes).cos()
    }

    /// The cosines in psi (2 theta for definite parity, theta otherwise) that the coefficients multiply.
    pub(crate) fn frequencies(&self) -> Frequencies {
        frequencies(self.parity)
    }
}

/// The degree of the Chebyshev polynomial that compressed coefficient `index` belongs to.
pub(crate) fn basis_degree(index: usize, parity: Option<Parity>) -> usize {
    match parity {
        None => index,
        Some(Parity::Even) => 2 * index,
        Some(Parity::Odd) => 2 * index + 1,
    }
}

/// x = cos(theta) and +-sin(theta) at a point of the grid with shift 1/4; psi = 2 theta for definite parity.
pub(crate) fn node(grid: &CosineGrid, index: usize, parity: Option<Parity>) -> (f64, f64) {
    match parity {
        Some(_) => grid.half_angle_at_quarter_shift(index),
        None => grid.angle_at_quarter_shift(index),
    }
}

fn frequencies(parity: Option<Parity>) -> Frequencies {
    match parity {
        Some(Parity::Odd) => Frequencies::HalfInteger,
        _ => Frequencies::Integer,
    }
}

/// The last two values b_0 and b_1 of Clenshaw's recurrence b_k = c_k + 2y b_(k+1) - b_(k+2), as b_1 and
/// b_0 - b_1 (near y = 1) or b_0 + b_1 (near y = -1).
struct ClenshawSums {
    combination: f64,
    second: f64,
    negative: bool,
    distance: f64,
}

/// Runs the recurrence; `distance` = 2(1 - |y|) >= 0 and `negative` is the sign of y.
fn clenshaw(coefficients: &[f64], negative: bool, distance: f64) -> ClenshawSums {
    let (mut combination, mut value, mut second) = (0.0, 0.0, 0.0);
    if negative {
        for coefficient in coefficients.iter().rev() {
            second = value;
            combination = distance.mul_add(value, coefficient - combination);
            value = combination - value;
        }
    } else {
        for coefficient in coefficients.iter().rev() {
            second = value;
            combination = (-distance).mul_add(value, coefficient + combination);
            value += combination;
        }
    }
    ClenshawSums { combination, second, negative, distance }
}

impl ClenshawSums {
    /// sum_k c_k T_k(y) = b_0 - y b_1.
    fn cosine_sum(&self) -> f64 {
        let correction = 0.5 * self.distance * self.second;
        if self.negative { self.combination - correction } else { self.combination + correction }
    }

    /// b_0 - b_1 = sum_k c_k T_(2k+1)(x) / x with y = 2x^2 - 1.
    fn half_cosine_sum(&self) -> f64 {
        if self.negative { self.combination - 2.0 * self.second } else { self.combination }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::PI;

    use proptest::prelude::*;

    fn direct(series: &ChebyshevSeries, theta: f64) -> f64 {
        (0..=series.degree()).map(|k| series.coefficient(k) * (k as f64 * theta).cos()).sum()
    }

    fn any_parity() -> impl Strategy<Value = Option<Parity>> {
        prop_oneof![Just(None), Just(Some(Parity::Even)), Just(Some(Parity::Odd))]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn evaluation_is_the_sum_of_cosines(
            coefficients in prop::collection::vec(-1.0..1.0f64, 1..40),
            parity in any_parity(),
            angle in 0.0..PI,
        ) {
            let series = ChebyshevSeries::new(coefficients, parity).unwrap();
            prop_assert!((series.evaluate(angle.cos()) - direct(&series, angle)).abs() < 1e-12);
            for (x, value) in series.evaluate_on_grid(7) {
                prop_assert!((value - direct(&series, x.acos())).abs() < 1e-12);
            }
        }

        #[test]
        fn interpolation_recovers_a_polynomial(
            coefficients in prop::collection::vec(-1.0..1.0f64, 1..40),
            parity in any_parity(),
        ) {
            let series = ChebyshevSeries::new(coefficients, parity).unwrap();
            let recovered =
                ChebyshevSeries::interpolate(series.degree(), parity, |x, _| direct(&series, x.acos())).unwrap();
            prop_assert_eq!(recovered.degree(), series.degree());
            for (a, b) in recovered.coefficients().iter().zip(series.coefficients()) {
                prop_assert!((a - b).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn evaluation_stays_accurate_at_high_degree_and_at_the_ends() {
        // sum_k T_(2k+1)(x) = sin(2 n theta) / (2 sin theta), n terms.
        let count = 100_000;
        let series = ChebyshevSeries::new(vec![1.0; count], Some(Parity::Odd)).unwrap();
        for theta in [1e-7, 1e-3, 0.5, 1.5, PI / 2.0 - 1e-3, 3.0] {
            let x = f64::cos(theta);
            let exact = (2.0 * count as f64 * x.acos()).sin() / (2.0 * x.acos().sin());
            let scale = (1.0 / theta.sin()).min(count as f64);
            assert!((series.evaluate(x) - exact).abs() < 1e-8 * scale, "{theta}");
        }
        assert_eq!(series.evaluate(1.0), count as f64);
        assert_eq!(series.evaluate(-1.0), -(count as f64));
    }

    #[test]
    fn from_full_recognises_parity() {
        let even = ChebyshevSeries::from_full(&[1.0, 0.0, 2.0]).unwrap();
        assert_eq!((even.parity(), even.coefficients()), (Some(Parity::Even), [1.0, 2.0].as_slice()));
        let odd = ChebyshevSeries::from_full(&[0.0, 3.0]).unwrap();
        assert_eq!((odd.parity(), odd.degree()), (Some(Parity::Odd), 1));
        assert_eq!(ChebyshevSeries::from_full(&[1.0, 3.0]).unwrap().parity(), None);
        assert_eq!(ChebyshevSeries::from_full(&[0.0, 0.0]).unwrap().parity(), Some(Parity::Even));
    }

    #[test]
    fn bad_coefficients_are_named() {
        assert_eq!(ChebyshevSeries::new(vec![], None), Err(PolynomialError::Empty));
        let error = ChebyshevSeries::new(vec![0.0, f64::INFINITY], Some(Parity::Odd)).unwrap_err();
        assert_eq!(error, PolynomialError::NotFinite { degree: 3, value: f64::INFINITY });
    }
}
