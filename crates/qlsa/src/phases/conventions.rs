//! Conventions of quantum signal processing and the formulas between them.

use std::f64::consts::{FRAC_PI_2, FRAC_PI_4, PI};

use super::factors::PhaseFactors;

/// A convention of quantum signal processing. With d signals all sequences read U = S(phi_0) Q S(phi_1) Q ...
/// Q S(phi_d), and the target is P = Re(e^(i g) c), where c is a matrix element of U (the corner) and the
/// angle g is [`PhaseFactors::corner_phase`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Convention {
    /// S = e^(i phi Z), Q = W(x) = exp(i arccos(x) X) = [[x, i s], [i s, x]], s = sqrt(1 - x^2); c = <0|U|0>,
    /// g = 0.
    Wx,
    /// S = e^(i phi X), Q = exp(i arccos(x) Z); c = <+|U|+>, g = 0. The angles are those of Wx, because the
    /// Hadamard gate exchanges X and Z: phi_Wz = phi_Wx.
    Wz,
    /// As Wx, but the target is the imaginary part: g = -pi/2. phi_symmetric = phi_Wx + pi/4 at both ends and
    /// phi_Wx in between (+ pi/2 for d = 0). The sequences that [`super::phase_factors`] finds are
    /// palindromic here.
    Symmetric,
    /// S = e^(i phi Z), Q = R(x) = [[x, s], [s, -x]]: what a block encoding with block x applies on each
    /// invariant plane; c = <0|U|0>, g = d pi/2. phi_reflection = phi_Wx - pi/4 at both ends and phi_Wx -
    /// pi/2 in between (phi_Wx for d = 0), because W = i e^(-i pi/4 Z) R e^(-i pi/4 Z).
    Reflection,
}

impl Convention {
    /// What is added to the Wx angles at each end and in between, for d >= 1 signals.
    fn offsets(self) -> (f64, f64) {
        match self {
            Convention::Wx | Convention::Wz => (0.0, 0.0),
            Convention::Symmetric => (FRAC_PI_4, 0.0),
            Convention::Reflection => (-FRAC_PI_4, -FRAC_PI_2),
        }
    }

    /// What is added to the only Wx angle of a sequence without signals.
    fn offset_without_signals(self) -> f64 {
        match self {
            Convention::Symmetric => FRAC_PI_2,
            _ => 0.0,
        }
    }

    /// The angle g in (-pi, pi] for `degree` signals.
    fn corner_phase(self, degree: usize) -> f64 {
        match self {
            Convention::Wx | Convention::Wz => 0.0,
            Convention::Symmetric => -FRAC_PI_2,
            Convention::Reflection => match degree % 4 {
                0 => 0.0,
                1 => FRAC_PI_2,
                2 => PI,
                _ => -FRAC_PI_2,
            },
        }
    }
}

impl PhaseFactors {
    /// The number of signals d: one less than the angles.
    pub fn degree(&self) -> usize {
        self.angles.len().saturating_sub(1)
    }

    /// The angle g in (-pi, pi] with e^(i g) c = <0|U_Wx|0>, whose real part is P; c is the corner of the
    /// sequence in its convention.
    pub fn corner_phase(&self) -> f64 {
        self.convention.corner_phase(self.degree())
    }

    /// The same sequence in another convention. The residual is unchanged (each angle is rounded once more).
    pub fn in_convention(&self, convention: Convention) -> PhaseFactors {
        let mut angles = self.angles.clone();
        if let [only] = angles.as_mut_slice() {
            *only += convention.offset_without_signals() - self.convention.offset_without_signals();
        } else {
            let (new, old) = (convention.offsets(), self.convention.offsets());
            let last = angles.len().saturating_sub(1);
            for (index, angle) in angles.iter_mut().enumerate() {
                *angle += if index == 0 || index == last { new.0 - old.0 } else { new.1 - old.1 };
            }
        }
        PhaseFactors { convention, algorithm: self.algorithm, angles, residual: self.residual }
    }
}

/// Angles between queries to a block encoding: returns (phi', g) with
///
/// e^(i g) e^(i phi'_0 Z) R(x) e^(i phi'_1 Z) R(x) ... R(x) e^(i phi'_d Z) = U_Wx(x), R(x) = [[x, s], [s,
/// -x]],
///
/// as whole matrices, so Re(e^(i g) <0|.|0>) = P(x) with its sign. See [`Convention::Reflection`] for the
/// formula; g = d pi/2, reduced to (-pi, pi]. Negating all angles and g conjugates the corner, since R is
/// real: the mean of the two sequences has corner P.
pub fn qsvt_angles(factors: &PhaseFactors) -> (Vec<f64>, f64) {
    let reflection = factors.in_convention(Convention::Reflection);
    let global_phase = reflection.corner_phase();
    (reflection.angles, global_phase)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phases::PhaseAlgorithm;
    use num_complex::Complex64;
    use proptest::prelude::*;

    type Matrix = [[Complex64; 2]; 2];
    const CONVENTIONS: [Convention; 4] =
        [Convention::Wx, Convention::Wz, Convention::Symmetric, Convention::Reflection];

    fn multiply(a: Matrix, b: Matrix) -> Matrix {
        let entry = |i: usize, j: usize| a[i][0] * b[0][j] + a[i][1] * b[1][j];
        [[entry(0, 0), entry(0, 1)], [entry(1, 0), entry(1, 1)]]
    }

    fn z_rotation(angle: f64) -> Matrix {
        [[Complex64::cis(angle), Complex64::ZERO], [Complex64::ZERO, Complex64::cis(-angle)]]
    }

    fn x_rotation(angle: f64) -> Matrix {
        let (cosine, sine) = (Complex64::from(angle.cos()), Complex64::new(0.0, angle.sin()));
        [[cosine, sine], [sine, cosine]]
    }

    /// The whole sequence as its convention defines it.
    fn sequence(factors: &PhaseFactors, x: f64) -> Matrix {
        let s = (1.0 - x * x).sqrt();
        let (processing, signal): (fn(f64) -> Matrix, Matrix) = match factors.convention {
            Convention::Wx | Convention::Symmetric => (z_rotation, x_rotation(x.acos())),
            Convention::Wz => (x_rotation, z_rotation(x.acos())),
            Convention::Reflection => (z_rotation, [[x.into(), s.into()], [s.into(), (-x).into()]]),
        };
        let first = processing(factors.angles[0]);
        factors.angles[1..].iter().fold(first, |u, angle| multiply(multiply(u, signal), processing(*angle)))
    }

    /// The matrix element that carries the target, with its phase removed.
    fn corner(factors: &PhaseFactors, x: f64) -> Complex64 {
        let u = sequence(factors, x);
        let element = match factors.convention {
            Convention::Wz => 0.5 * (u[0][0] + u[0][1] + u[1][0] + u[1][1]),
            _ => u[0][0],
        };
        Complex64::cis(factors.corner_phase()) * element
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn every_conversion_keeps_the_corner(
            angles in prop::collection::vec(-3.0..3.0f64, 1..12),
            x in -1.0..1.0f64,
        ) {
            let wx = PhaseFactors { convention: Convention::Wx, algorithm: PhaseAlgorithm::InverseTransform, angles, residual: 0.0 };
            let expected = corner(&wx, x);
            for from in CONVENTIONS {
                let start = wx.in_convention(from);
                for to in CONVENTIONS {
                    let converted = start.in_convention(to);
                    prop_assert_eq!(converted.convention, to);
                    prop_assert!((corner(&converted, x) - expected).norm() < 1e-13, "{:?} to {:?}", from, to);
                }
            }
        }

        #[test]
        fn qsvt_angles_give_the_whole_matrix(
            angles in prop::collection::vec(-3.0..3.0f64, 1..12),
            x in -1.0..1.0f64,
        ) {
            let wx = PhaseFactors { convention: Convention::Wx, algorithm: PhaseAlgorithm::InverseTransform, angles, residual: 0.0 };
            let expected = sequence(&wx, x);
            let (angles, global_phase) = qsvt_angles(&wx.in_convention(Convention::Symmetric));
            let reflection = PhaseFactors { convention: Convention::Reflection, algorithm: PhaseAlgorithm::InverseTransform, angles, residual: 0.0 };
            let found = sequence(&reflection, x);
            for (found, expected) in found.iter().flatten().zip(expected.iter().flatten()) {
                prop_assert!((Complex64::cis(global_phase) * found - expected).norm() < 1e-13);
            }
        }
    }

    #[test]
    fn conversions_of_nothing_are_nothing() {
        let empty = PhaseFactors {
            convention: Convention::Wx,
            algorithm: PhaseAlgorithm::InverseTransform,
            angles: vec![],
            residual: 0.0,
        };
        assert!(empty.in_convention(Convention::Reflection).angles.is_empty());
    }
}
