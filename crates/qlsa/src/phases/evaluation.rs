//! The polynomial that given phase factors implement, in O(d log^2 d): the forward non-linear Fourier
//! transform.

use super::transfer::{Layer, forward_transform};
use crate::polynomial::{ChebyshevSeries, Parity, PolynomialError};

/// Re <0|U|0> and Im <0|U|0> of the sequence U = e^(i phi_0 Z) prod_k W(x) e^(i phi_k Z) as polynomials in x,
/// multiplied out from the angles phi_0 .. phi_d. Fails for no angles and for angles that are not finite.
pub fn corner_polynomials(angles: &[f64]) -> Result<(ChebyshevSeries, ChebyshevSeries), PolynomialError> {
    if angles.is_empty() {
        return Err(PolynomialError::Empty);
    }
    let layers = angles.iter().map(|angle| angle.sin_cos()).map(|(sine, cosine)| Layer { cosine, sine });
    let product = forward_transform(layers.collect());
    Ok((fold(&product.eta, angles.len())?, fold(&product.xi, angles.len())?))
}

/// sum_k c_k T_|d-2k| with d + 1 = `count` coefficients.
fn fold(coefficients: &[f64], count: usize) -> Result<ChebyshevSeries, PolynomialError> {
    // T_(d-2k) for k < count/2 comes from both ends, T_0 from the middle of an even degree.
    let mut folded: Vec<f64> =
        (0..count / 2).map(|k| coefficients[k] + coefficients[count - 1 - k]).collect();
    let parity = if count.is_multiple_of(2) { Parity::Odd } else { Parity::Even };
    if parity == Parity::Even {
        folded.push(coefficients[count / 2]);
    }
    folded.reverse();
    ChebyshevSeries::new(folded, Some(parity))
}
