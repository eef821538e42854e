//! The quadratic map that turns [-1, -a] u [a, 1] into [-1, 1], and Chebyshev polynomials of it.

/// y(x) = (2x^2 - (1 + a^2)) / (1 - a^2) for 0 < a <= 1: from -1 to 1 on the band [a, 1], below -1 in the gap
/// |x| < a. In the gap y = -cosh(u) and on the band y = cos(v); at x = 0, u is the rate ln((1 + a)/(1 - a)).
#[derive(Clone, Copy, Debug)]
pub(crate) struct IntervalMap {
    pub(crate) a: f64,
    pub(crate) rate: f64,
}

impl IntervalMap {
    pub(crate) fn new(a: f64) -> Self {
        Self { a, rate: 2.0 * a.atanh() }
    }

    /// u for |x| < a.
    pub(crate) fn gap_angle(&self, x: f64) -> f64 {
        2.0 * ((self.a - x) * (self.a + x) / self.width()).sqrt().asinh()
    }

    /// v for a <= |x| <= 1 with `sine` = sqrt(1 - x^2).
    pub(crate) fn band_angle(&self, x: f64, sine: f64) -> f64 {
        2.0 * sine.atan2(((x - self.a) * (x + self.a)).sqrt())
    }

    /// (rate + u)/2 and (rate - u)/2 for |x| < a, the second one without cancellation.
    pub(crate) fn mean_and_half_difference(&self, x: f64) -> (f64, f64) {
        // cosh(rate) - cosh(u) = 2x^2/(1 - a^2) is twice the product of the two hyperbolic sines.
        let mean = 0.5 * (self.rate + self.gap_angle(x));
        (mean, (x * x / (self.width() * mean.sinh())).asinh())
    }

    /// 1/|T_n(y(0))| = 1/cosh(n rate): the maximum of |T_n(y)/T_n(y(0))| on the band.
    pub(crate) fn band_ratio(&self, n: usize) -> f64 {
        if n == 1 {
            return (1.0 - self.a) * (1.0 + self.a) / (1.0 + self.a * self.a);
        }
        let decay = (-(n as f64) * self.rate).exp();
        2.0 * decay / (1.0 + decay * decay)
    }

    /// The smallest n >= 1 with 1/|T_n(y(0))| <= `bound`, as a float (it may be too large for an integer).
    pub(crate) fn smallest_degree(&self, bound: f64) -> f64 {
        // acosh(1/bound), also where 1/bound overflows.
        let target =
            if bound >= 1.0 { 0.0 } else { ((1.0 + ((1.0 - bound) * (1.0 + bound)).sqrt()) / bound).ln() };
        let mut n = (target / self.rate).ceil().max(1.0);
        if n < 1e15 {
            while n > 1.0 && self.band_ratio((n - 1.0) as usize) <= bound {
                n -= 1.0;
            }
            while self.band_ratio(n as usize) > bound {
                n += 1.0;
            }
        }
        n
    }

    /// T_n(y(x))/T_n(y(0)) for 0 <= |x| <= 1, accurate relative to its size where |x| < a.
    pub(crate) fn chebyshev_ratio(&self, n: usize, x: f64, sine: f64) -> f64 {
        let x = x.abs();
        if n == 1 {
            return 1.0 - 2.0 * x * x / (1.0 + self.a * self.a);
        }
        let order = n as f64;
        if x < self.a {
            let (mean, half_difference) = self.mean_and_half_difference(x);
            let u = mean - half_difference;
            (-2.0 * order * half_difference).exp() * (1.0 + (-2.0 * order * u).exp())
                / (1.0 + (-2.0 * order * self.rate).exp())
        } else {
            let sign = if n.is_multiple_of(2) { 1.0 } else { -1.0 };
            sign * (order * self.band_angle(x, sine)).cos() * self.band_ratio(n)
        }
    }

    /// 1 - T_n(y(x))/T_n(y(0)), accurate relative to its size next to x = 0.
    pub(crate) fn chebyshev_complement(&self, n: usize, x: f64, sine: f64) -> f64 {
        let x = x.abs();
        if n == 1 {
            return 2.0 * x * x / (1.0 + self.a * self.a);
        }
        if x < self.a {
            // cosh(n rate) - cosh(n u) as a product of two hyperbolic sines, over cosh(n rate).
            let (mean, half_difference) = self.mean_and_half_difference(x);
            let order = n as f64;
            one_minus_exp(2.0 * order * mean) * one_minus_exp(2.0 * order * half_difference)
                / (1.0 + (-2.0 * order * self.rate).exp())
        } else {
            1.0 - self.chebyshev_ratio(n, x, sine)
        }
    }

    fn width(&self) -> f64 {
        (1.0 - self.a) * (1.0 + self.a)
    }
}

/// 1 - e^(-exponent).
pub(crate) fn one_minus_exp(exponent: f64) -> f64 {
    -(-exponent).exp_m1()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn ratios_equal_their_definition(a in 0.05..0.95f64, n in 1usize..12, theta in 0.01..3.13f64) {
            let chebyshev = |y: f64| {
                let (mut previous, mut current) = (1.0, y);
                for _ in 1..n {
                    (previous, current) = (current, 2.0 * y * current - previous);
                }
                current
            };
            let map = IntervalMap::new(a);
            let (x, sine) = (theta.cos(), theta.sin());
            let y = |x: f64| (2.0 * x * x - (1.0 + a * a)) / (1.0 - a * a);
            let expected = chebyshev(y(x)) / chebyshev(y(0.0));
            prop_assert!((map.chebyshev_ratio(n, x, sine) - expected).abs() < 1e-9);
            prop_assert!((map.chebyshev_complement(n, x, sine) - (1.0 - expected)).abs() < 1e-9);
            prop_assert!((map.band_ratio(n) - 1.0 / chebyshev(y(0.0)).abs()).abs() < 1e-12);
        }

        #[test]
        fn the_smallest_degree_is_the_smallest(a in 0.001..1.0f64, exponent in -300.0..0.0f64) {
            let (map, bound) = (IntervalMap::new(a), 10f64.powf(exponent));
            let n = map.smallest_degree(bound) as usize;
            prop_assert!(map.band_ratio(n) <= bound);
            prop_assert!(n == 1 || map.band_ratio(n - 1) > bound);
        }
    }
}
