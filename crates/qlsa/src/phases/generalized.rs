//! Generalized quantum signal processing: complex polynomials of a unitary (Motlagh and Wiebe, arXiv
//! 2308.01501).

use std::f64::consts::{FRAC_PI_2, PI};

use num_complex::Complex64;

use super::completion::complete_complex;
use super::conventions::Convention;
use super::convolution::Transform;
use super::factors::{PhaseError, PhaseFactors};
use super::transfer::{Layer, forward_transform, inverse_transform};

/// Angles of the sequence V = R(theta_d, phi_d, 0) A R(theta_(d-1), phi_(d-1), 0) A ... A R(theta_0, phi_0,
/// lambda) with A = diag(w, 1), the unitary controlled on 0, and R(theta, phi, lambda) = [[e^(i (lambda +
/// phi)) cos theta, e^(i phi) sin theta], [e^(i lambda) sin theta, -cos theta]].
#[derive(Clone, Debug, PartialEq)]
pub struct GeneralizedPhases {
    /// theta_0 .. theta_d in radians; theta_0 is applied first.
    pub theta: Vec<f64>,
    /// phi_0 .. phi_d in radians.
    pub phi: Vec<f64>,
    /// lambda in radians.
    pub lambda: f64,
    /// Upper bound, re-evaluated, of the distance between the target and what the sequence implements; taken
    /// over from the source where angles were converted.
    pub residual: f64,
}

/// Phases with <0|V|0> = P(w) for P(w) = sum_k p_k w^k, |P| < 1 on the unit circle. The complementary
/// polynomial <1|V|0> is the one without zeros in the unit disc that is positive at 0. O(d log^2 d) in time.
pub fn generalized_phases(coefficients: &[Complex64]) -> Result<GeneralizedPhases, PhaseError> {
    let layers = inverse_transform(complement(coefficients)?, coefficients.to_vec());
    let implemented = forward_transform(layers.clone());
    let difference: Vec<Complex64> = implemented.xi.iter().zip(coefficients).map(|(a, b)| a - b).collect();
    Ok(from_layers(&layers, bound_on_circle(&difference)))
}

/// Rotations about Y between powers of a unitary, for a polynomial with real coefficients.
#[derive(Clone, Debug, PartialEq)]
pub struct RealRotations {
    /// Angles a_0 .. a_d in radians of Ry(a) = exp(-i a Y / 2); a_0 is applied first.
    pub angles: Vec<f64>,
    /// Upper bound, re-evaluated, of the distance between the target and what the sequence implements.
    pub residual: f64,
}

/// Angles with <0|Ry(a_d) A Ry(a_(d-1)) A ... A Ry(a_0)|0> = P(w), A = diag(w, 1), for P(w) = sum_k p_k w^k with real
/// p_k and |P| < 1 on the unit circle. O(d log^2 d) in time.
pub fn real_rotations(coefficients: &[f64]) -> Result<RealRotations, PhaseError> {
    let target: Vec<Complex64> = coefficients.iter().map(|value| Complex64::from(*value)).collect();
    let eta = complement(&target)?.into_iter().map(|value| value.re).collect();
    let layers = inverse_transform(eta, coefficients.to_vec());
    let implemented = forward_transform(layers.clone());
    let difference: Vec<Complex64> =
        implemented.xi.iter().zip(coefficients).map(|(a, b)| Complex64::from(a - b)).collect();
    // [[c, s], [-s, c]] is Ry(-2 atan2(s, c)); the last layer, times X, takes |0> to (s, c).
    let mut angles: Vec<f64> = layers.iter().map(|layer| -2.0 * layer.sine.atan2(layer.cosine)).collect();
    if let (Some(angle), Some(last)) = (angles.last_mut(), layers.last()) {
        *angle = 2.0 * last.cosine.atan2(last.sine);
    }
    angles.reverse();
    Ok(RealRotations { angles, residual: bound_on_circle(&difference) })
}

/// The complementary polynomial without zeros in the unit disc.
fn complement(coefficients: &[Complex64]) -> Result<Vec<Complex64>, PhaseError> {
    if let Some(index) = coefficients.iter().position(|value| !value.is_finite()) {
        return Err(PhaseError::NotFinite { index });
    }
    if coefficients.is_empty() {
        return Err(PhaseError::NotFinite { index: 0 });
    }
    let degree = coefficients.len() - 1;
    let (angle, max_norm) = largest_on_circle(coefficients);
    if max_norm >= 1.0 {
        return Err(PhaseError::TooLargeOnCircle { angle, value: max_norm });
    }
    let completion = complete_complex(coefficients);
    if !completion.converged {
        return Err(PhaseError::NotConverged { degree, max_norm, last_change: completion.last_change });
    }
    Ok(completion.coefficients)
}

/// An upper bound of the modulus on the unit circle, from the values on an oversampled grid.
fn bound_on_circle(coefficients: &[Complex64]) -> f64 {
    largest_on_circle(coefficients).1 / (0.5 * PI / CIRCLE_OVERSAMPLING as f64).cos()
}

/// The generalized sequence of a Wx sequence: V(w) = (-1)^(d+1) z^d H U_Wx(x) H with z = e^(i theta), x =
/// cos(theta), w = z^2. theta = the Wx angles read backwards; phi = -pi, but -pi/2 for the last one applied;
/// lambda = -pi/2.
pub fn generalized_from_wx(factors: &PhaseFactors) -> GeneralizedPhases {
    let factors = factors.in_convention(Convention::Wx);
    let theta: Vec<f64> = factors.angles.iter().rev().copied().collect();
    // e^(i phi X) = -R(phi, -pi/2, -pi/2), and diag(e^(i lambda), 1) R(theta, phi, .) = R(theta, phi +
    // lambda, .).
    let mut phi = vec![-PI; theta.len()];
    if let Some(last) = phi.last_mut() {
        *last = -FRAC_PI_2;
    }
    GeneralizedPhases { theta, phi, lambda: -FRAC_PI_2, residual: factors.residual }
}

/// V = L_0 A L_1 A ... A L_d X for the layers L_k = [[c, s], [-conj(s), c]], whose product has xi in the
/// upper right corner.
///
/// With s = |s| e^(i alpha), L_k = -R(theta, alpha + pi, -alpha), cos theta = c; L_d X = R(pi/2 - theta,
/// alpha, 0) on |0>. The trailing phases move into the next factor, phi_(k+1) -> phi_(k+1) - alpha_k, and the
/// signs into lambda = d pi.
fn from_layers(layers: &[Layer<Complex64>], residual: f64) -> GeneralizedPhases {
    let degree = layers.len() - 1;
    let mut theta = Vec::with_capacity(layers.len());
    let mut phi = Vec::with_capacity(layers.len());
    let mut carried = 0.0;
    for (index, layer) in layers.iter().enumerate() {
        let modulus = layer.sine.norm();
        let alpha = layer.sine.arg();
        if index == degree {
            theta.push(layer.cosine.atan2(modulus));
            phi.push(alpha - carried);
        } else {
            theta.push(modulus.atan2(layer.cosine));
            phi.push(alpha + PI - carried);
        }
        carried = alpha;
    }
    theta.reverse();
    phi.reverse();
    GeneralizedPhases { theta, phi, lambda: if degree % 2 == 1 { PI } else { 0.0 }, residual }
}

/// Points on the circle per degree in the search for the largest modulus.
const CIRCLE_OVERSAMPLING: usize = 8;

/// The largest modulus of sum_k coefficients\[k\] w^k on the unit circle, from an oversampled grid and parabolas at its
/// best point: (angle, value).
pub fn largest_on_circle(coefficients: &[Complex64]) -> (f64, f64) {
    let transform =
        Transform::<Complex64>::new((CIRCLE_OVERSAMPLING * coefficients.len()).next_power_of_two());
    let values = transform.spectrum(coefficients);
    let mut best = (0.0, 0.0);
    for (index, value) in values.iter().enumerate() {
        if value.norm() > best.1 {
            best = (-2.0 * PI * index as f64 / values.len() as f64, value.norm());
        }
    }
    let modulus = |angle: f64| {
        let w = Complex64::cis(angle);
        coefficients.iter().rev().fold(Complex64::ZERO, |sum, value| sum * w + value).norm()
    };
    let mut step = PI / values.len() as f64;
    for _ in 0..3 {
        let (left, right) = (modulus(best.0 - step), modulus(best.0 + step));
        let curvature = left - 2.0 * best.1 + right;
        if curvature < 0.0 {
            let angle = best.0 + (0.5 * (left - right) / curvature).clamp(-2.0, 2.0) * step;
            let value = modulus(angle);
            if value > best.1 {
                best = (angle, value);
            }
        }
        step *= 0.125;
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phases::phase_factors;
    use crate::polynomial::inverse_relative;
    use proptest::prelude::*;

    type Matrix = [[Complex64; 2]; 2];

    fn multiply(a: Matrix, b: Matrix) -> Matrix {
        let entry = |i: usize, j: usize| a[i][0] * b[0][j] + a[i][1] * b[1][j];
        [[entry(0, 0), entry(0, 1)], [entry(1, 0), entry(1, 1)]]
    }

    fn rotation(theta: f64, phi: f64, lambda: f64) -> Matrix {
        let (sine, cosine) = theta.sin_cos();
        [
            [Complex64::from_polar(cosine, lambda + phi), Complex64::from_polar(sine, phi)],
            [Complex64::from_polar(sine, lambda), Complex64::from(-cosine)],
        ]
    }

    fn sequence(phases: &GeneralizedPhases, w: Complex64) -> Matrix {
        let signal = [[w, Complex64::ZERO], [Complex64::ZERO, Complex64::ONE]];
        let mut matrix = rotation(phases.theta[0], phases.phi[0], phases.lambda);
        for (theta, phi) in phases.theta.iter().zip(&phases.phi).skip(1) {
            matrix = multiply(rotation(*theta, *phi, 0.0), multiply(signal, matrix));
        }
        matrix
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn the_sequence_implements_the_polynomial(
            parts in prop::collection::vec((-1.0..1.0f64, -1.0..1.0f64), 1..150),
            norm in 0.01..0.99f64,
        ) {
            let raw: Vec<Complex64> = parts.iter().map(|(re, im)| Complex64::new(*re, *im)).collect();
            let scale = norm / (1.02 * largest_on_circle(&raw).1 + 1e-9);
            let target: Vec<Complex64> = raw.iter().map(|value| value * scale).collect();
            let phases = generalized_phases(&target).unwrap();
            prop_assert!(phases.residual < 1e-13, "{}", phases.residual);
            for angle in [0.0, 0.7, 2.0, 4.0, 6.0] {
                let w = Complex64::cis(angle);
                let p = target.iter().rev().fold(Complex64::ZERO, |sum, value| sum * w + value);
                prop_assert!((sequence(&phases, w)[0][0] - p).norm() < 1e-12);
            }
        }
    }

    #[test]
    fn real_polynomials_need_y_rotations_only() {
        for degree in [0usize, 1, 2, 5, 40, 200] {
            for decay in [0.0, 0.5] {
                // With a decay the leading coefficients are rounding.
                let raw = |k: usize| ((3 * k * k + 7 * k + 1) as f64).sin() * (-decay * k as f64).exp();
                let raw: Vec<f64> = (0..=degree).map(raw).collect();
                let complex: Vec<Complex64> = raw.iter().map(|value| Complex64::from(*value)).collect();
                let scale = 0.9 / largest_on_circle(&complex).1;
                let target: Vec<f64> = raw.iter().map(|value| value * scale).collect();
                let rotations = real_rotations(&target).unwrap();
                assert!(rotations.residual < 1e-13 && rotations.angles.len() == degree + 1);
                for angle in [0.0, 0.7, 2.0, 4.0, 6.0] {
                    let w = Complex64::cis(angle);
                    let mut vector = [Complex64::ONE, Complex64::ZERO];
                    for (k, a) in rotations.angles.iter().enumerate() {
                        if k > 0 {
                            vector[0] *= w;
                        }
                        let (s, c) = (0.5 * a).sin_cos();
                        vector = [vector[0] * c - vector[1] * s, vector[0] * s + vector[1] * c];
                    }
                    let p = target.iter().rev().fold(Complex64::ZERO, |sum, value| sum * w + value);
                    assert!((vector[0] - p).norm() < 1e-12, "{degree}");
                }
            }
        }
        assert!(real_rotations(&[]).is_err() && real_rotations(&[1.5]).is_err());
    }

    #[test]
    fn a_wx_sequence_becomes_a_generalized_one() {
        let (series, _) = inverse_relative(0.2, 1e-2).unwrap().normalized(0.9).unwrap();
        let factors = phase_factors(&series).unwrap();
        let phases = generalized_from_wx(&factors);
        for angle in [0.1, 0.9, 1.6, 3.0] {
            let z = Complex64::cis(angle);
            let v = sequence(&phases, z * z);
            // <+|V|+> with the phase removed is <0|U|0>.
            let sign = if factors.degree() % 2 == 1 { 1.0 } else { -1.0 };
            let corner =
                0.5 * (v[0][0] + v[0][1] + v[1][0] + v[1][1]) * sign / z.powu(factors.degree() as u32);
            assert!((corner.re - series.evaluate(f64::cos(angle))).abs() < 1e-12);
        }
    }

    #[test]
    fn inadmissible_polynomials_are_refused() {
        let one = Complex64::ONE;
        assert!(matches!(generalized_phases(&[]), Err(PhaseError::NotFinite { index: 0 })));
        assert!(matches!(
            generalized_phases(&[one, one * f64::NAN]),
            Err(PhaseError::NotFinite { index: 1 })
        ));
        match generalized_phases(&[one * 0.6, Complex64::I * 0.6]) {
            Err(PhaseError::TooLargeOnCircle { angle, value }) => {
                assert!(
                    (value - 1.2).abs() < 0.05
                        && (angle + std::f64::consts::FRAC_PI_2).rem_euclid(2.0 * PI) < 0.5
                );
            }
            other => panic!("{other:?}"),
        }
    }
}
