//! Odd polynomials that multiply small values by a constant and stay bounded: uniform singular value amplification
//! (Low and Chuang, arXiv 1707.05391; Gilyén, Su, Low, Wiebe, arXiv 1806.01838, theorem 30).

use super::approximation::truncate_series;
use super::error_function::{erf, erfc};
use super::series::{ChebyshevSeries, Parity, PolynomialError};

/// A polynomial P with |P(x) - gain x| <= error gain |x| for |x| <= band and |P| < 1 on [-1, 1].
#[derive(Clone, Debug, PartialEq)]
pub struct AmplifyingPolynomial {
    /// P, odd.
    pub series: ChebyshevSeries,
    /// The factor, above 1.
    pub gain: f64,
    /// Where the factor holds.
    pub band: f64,
    /// Upper bound of the relative error there.
    pub error: f64,
}

/// The largest modulus that is aimed at; phase factors need some distance from 1.
const LARGEST_MODULUS: f64 = 0.999;
/// The share of the error that the truncation of a series may take.
const TRUNCATION_SHARE: f64 = 0.125;
/// What truncation may add to the modulus.
const TRUNCATION_MODULUS: f64 = 0.01;

/// The polynomial gain x R(x), R = (erf(k (x + w)) - erf(k (x - w)))/2 truncated, close to 1 on the band. The published
/// choice puts w in the middle between the band and 1/gain and lets R fall to epsilon/gain there; but it is enough that x
/// R(x) never exceeds 1/gain, which allows the largest w, and the smallest k, for which that holds. The degree
/// is about 2 k sqrt(ln(1/epsilon)), k of order sqrt(ln(1/epsilon))/(w - band); as gain band goes to 1 it grows like
/// gain/(1 - gain band).
///
/// Needs gain > 1, band > 0, gain band < 0.989 (up to 0.999 for gain epsilon << 0.1), and 0 < epsilon < 1.
pub fn amplifying(gain: f64, band: f64, epsilon: f64) -> Result<AmplifyingPolynomial, PolynomialError> {
    if !(epsilon > 0.0 && epsilon < 1.0) {
        return Err(PolynomialError::OutOfRange { name: "epsilon", value: epsilon, accepted: "(0, 1)" });
    }
    if !(gain > 1.0 && gain.is_finite()) {
        return Err(PolynomialError::OutOfRange { name: "gain", value: gain, accepted: "(1, infinity)" });
    }
    let truncation = (TRUNCATION_SHARE * epsilon).min(TRUNCATION_MODULUS / gain);
    let largest = LARGEST_MODULUS / gain - truncation;
    if !(band > 0.0 && band < largest) {
        let accepted = "(0, 0.989/gain)";
        return Err(PolynomialError::OutOfRange { name: "band", value: band, accepted });
    }
    // On the band 1 - R <= (erfc(k (w - band)) + erfc(k (w + band)))/2 <= erfc(k (w - band)).
    let argument = inverse_erfc(epsilon - truncation);
    let steepness = |w: f64| argument / (w - band);
    let exceeds = |w: f64| largest_product(band, w, steepness(w)) > largest;
    let (mut low, mut high) = (band, WIDEST);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if exceeds(middle) { high = middle } else { low = middle }
    }
    let (width, steepness) = (low, steepness(low));
    if !steepness.is_finite() {
        return Err(PolynomialError::DegreeTooHigh { degree: steepness, limit: super::series::DEGREE_LIMIT });
    }
    let even =
        truncate_series(Parity::Even, 16.0 * steepness, truncation, |x, _| window(width, steepness, x))?;
    // x T_2k = (T_(2k+1) + T_(|2k-1|))/2.
    let terms = even.series.coefficients();
    let coefficient = |k: usize| {
        let next = terms.get(k + 1).copied().unwrap_or(0.0);
        gain * if k == 0 { terms[0] + 0.5 * next } else { 0.5 * (terms[k] + next) }
    };
    let series = ChebyshevSeries::new((0..terms.len()).map(coefficient).collect(), Some(Parity::Odd))?;
    let error = erfc(steepness * (width - band)) + even.error + f64::EPSILON * series.degree() as f64;
    Ok(AmplifyingPolynomial { series, gain, band, error })
}

/// Windows wider than this are as good as constant.
const WIDEST: f64 = 4.0;

/// R(x).
fn window(width: f64, steepness: f64, x: f64) -> f64 {
    let (outer, inner) = (steepness * (width + x.abs()), steepness * (width - x.abs()));
    if inner < 0.0 { 0.5 * (erfc(-inner) - erfc(outer)) } else { 0.5 * (erf(outer) + erf(inner)) }
}

/// An upper bound of x R(x) on [0, 1], `band` at least: between points R falls.
fn largest_product(band: f64, width: f64, steepness: f64) -> f64 {
    let steps = 4000;
    let ratio = band.powf(-1.0 / f64::from(steps));
    let point = |step: i32| band * ratio.powi(step);
    (0..steps).map(|step| point(step + 1) * window(width, steepness, point(step))).fold(band, f64::max)
}

/// The argument at which erfc is `value` or just below.
fn inverse_erfc(value: f64) -> f64 {
    // erfc(27) underflows.
    let (mut low, mut high) = (0.0, 27.0);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if erfc(middle) > value { low = middle } else { high = middle }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn small_values_are_multiplied_and_all_are_bounded(
            gain in 1.05..30.0f64,
            fraction in 0.1..0.9f64,
            exponent in 1.0..8.0f64,
        ) {
            let (band, epsilon) = (fraction / gain, 10f64.powf(-exponent));
            let polynomial = match amplifying(gain, band, epsilon) {
                Err(PolynomialError::OutOfRange { name: "band", .. }) => {
                    return Err(TestCaseError::fail("the band is too wide"));
                }
                polynomial => polynomial.unwrap(),
            };
            prop_assert!(polynomial.error <= epsilon * (1.0 + 1e-6));
            prop_assert!(polynomial.series.max_norm().upper_bound < 1.0);
            for step in 1..=2000 {
                let x = band * f64::from(step) / 2000.0;
                let value = polynomial.series.evaluate(x);
                prop_assert!((value - gain * x).abs() <= polynomial.error * gain * x + 1e-15);
            }
        }
    }

    #[test]
    fn the_degree_stays_below_the_published_construction() {
        // (gain, 1 - gain band, epsilon): degree here.
        for (gain, delta, epsilon) in [(2.0f64, 0.5, 1e-2), (4.0, 0.2, 1e-3), (10.0, 0.1, 1e-4)] {
            let band = (1.0 - delta) / gain;
            let degree = amplifying(gain, band, epsilon).unwrap().series.degree();
            let middle =
                super::super::rectangle((band + 1.0 / gain) / 2.0, 0.5 * delta / gain, epsilon / gain);
            let published = middle.unwrap().series.degree() + 1;
            println!(
                "gain {gain}, delta {delta}, epsilon {epsilon:e}: degree {degree}, published form {published}"
            );
            assert!(2 * degree < published, "{degree} {published}");
        }
    }

    #[test]
    fn bad_parameters_are_named() {
        let name = |gain, band, epsilon| match amplifying(gain, band, epsilon) {
            Err(PolynomialError::OutOfRange { name, .. }) => name,
            other => panic!("{other:?}"),
        };
        assert_eq!(name(1.0, 0.1, 0.1), "gain");
        assert_eq!(name(f64::NAN, 0.1, 0.1), "gain");
        assert_eq!(name(2.0, 0.5, 0.1), "band");
        assert_eq!(name(2.0, 0.0, 0.1), "band");
        assert_eq!(name(2.0, 0.1, 1.0), "epsilon");
    }
}
