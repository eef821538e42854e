//! Chebyshev series from powers of x.

use super::series::{ChebyshevSeries, PolynomialError};

impl ChebyshevSeries {
    /// The series of sum_k coefficients_k x^k, in O(d^2). Parity is recognised as in
    /// [`ChebyshevSeries::from_full`].
    ///
    /// x^k has Chebyshev coefficients in [0, 1] that add up to 1, so no rounding error exceeds the rounding
    /// of the given coefficients; the powers themselves are what makes a high degree ill-conditioned.
    pub fn from_monomials(coefficients: &[f64]) -> Result<Self, PolynomialError> {
        if coefficients.is_empty() {
            return Err(PolynomialError::Empty);
        }
        if let Some(degree) = coefficients.iter().position(|value| !value.is_finite()) {
            return Err(PolynomialError::NotFinite { degree, value: coefficients[degree] });
        }
        // Horner's rule: multiply by x, x T_k = (T_(k-1) + T_(k+1))/2 and x T_0 = T_1, and add the next
        // coefficient.
        let mut series = vec![0.0; coefficients.len()];
        for (done, coefficient) in coefficients.iter().rev().enumerate() {
            let mut below = 0.0;
            for k in 0..=done {
                let current = series[k];
                let above = series.get(k + 1).copied().unwrap_or(0.0);
                series[k] = 0.5 * (if k == 1 { 2.0 * below } else { below } + above);
                below = current;
            }
            series[0] += coefficient;
        }
        Self::from_full(&series)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::polynomial::Parity;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn both_bases_give_one_function(
            coefficients in prop::collection::vec(-1.0..1.0f64, 1..30),
            x in -1.0..1.0f64,
        ) {
            let series = ChebyshevSeries::from_monomials(&coefficients).unwrap();
            let expected = coefficients.iter().rev().fold(0.0, |sum, value| sum * x + value);
            prop_assert!((series.evaluate(x) - expected).abs() < 1e-12);
        }
    }

    #[test]
    fn parity_survives() {
        let cube = ChebyshevSeries::from_monomials(&[0.0, 0.0, 0.0, 4.0]).unwrap();
        assert_eq!((cube.parity(), cube.coefficients()), (Some(Parity::Odd), [3.0, 1.0].as_slice()));
        assert!(matches!(
            ChebyshevSeries::from_monomials(&[1.0, f64::NAN]),
            Err(PolynomialError::NotFinite { degree: 1, .. })
        ));
    }
}
