//! The conventions by name, those of other programs among them.

use super::angles::Angles;
use clap::ValueEnum;
use qnewton::core::Complex64;
use qnewton::qlsa::phases::{Convention, PhaseAlgorithm, PhaseError, PhaseFactors, generalized_phases};
use qnewton::qlsa::polynomial::ChebyshevSeries;

/// What the angles of a file mean; docs/theory/phases.md has the formulas.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ConventionName {
    /// e^(i phi Z) between W = exp(i arccos(x) X); P = Re <0|U|0>
    Wx,
    /// e^(i phi X) between exp(i arccos(x) Z); P = Re <+|U|+>
    Wz,
    /// As wx, but P = Im <0|U|0>; the angles are a palindrome (pyqsp's method sym_qsp)
    Symmetric,
    /// e^(i phi Z) between R = [[x, s], [s, -x]], s = sqrt(1 - x^2); P = Re i^d <0|U|0>
    Reflection,
    /// wx: pyqsp with signal_operator="Wx" and measurement="z"
    Pyqsp,
    /// PennyLane's QSVT with PCPhase(phi): as reflection, with i^d in phi_0, so P = Re <0|U|0>
    Pennylane,
    /// Rows (theta, phi, lambda) of R = [[e^(i (lambda + phi)) cos theta, e^(i phi) sin theta],
    /// [e^(i lambda) sin theta, -cos theta]], row 0 applied first, between A = diag(z^2, 1), z =
    /// e^(i arccos(x)); P = z^(-d) <0|U|0>
    Generalized,
    /// generalized: Qualtran's GeneralizedQSP with SU2RotationGate(theta, phi, lambda)
    Qualtran,
}

/// The angles of a polynomial in a convention.
pub(super) struct Converted {
    pub(super) angles: Angles,
    pub(super) algorithm: PhaseAlgorithm,
    /// The g in P = Re e^(i g) <0|U|0> that is left (<+|U|+> for wz, z^(-d) <0|U|0> for generalized).
    pub(super) corner_phase: f64,
    /// Upper bound of the distance of that from P.
    pub(super) residual: f64,
}

impl ConventionName {
    /// The name on the command line.
    pub(super) fn name(self) -> &'static str {
        match self {
            ConventionName::Wx => "wx",
            ConventionName::Wz => "wz",
            ConventionName::Symmetric => "symmetric",
            ConventionName::Reflection => "reflection",
            ConventionName::Pyqsp => "pyqsp",
            ConventionName::Pennylane => "pennylane",
            ConventionName::Generalized => "generalized",
            ConventionName::Qualtran => "qualtran",
        }
    }

    /// The angles of the polynomial, whose Wx phase factors are given.
    pub(super) fn convert(
        self,
        polynomial: &ChebyshevSeries,
        factors: &PhaseFactors,
    ) -> Result<Converted, PhaseError> {
        let convention = match self {
            ConventionName::Wx | ConventionName::Pyqsp => Convention::Wx,
            ConventionName::Wz => Convention::Wz,
            ConventionName::Symmetric => Convention::Symmetric,
            ConventionName::Reflection | ConventionName::Pennylane => Convention::Reflection,
            ConventionName::Generalized | ConventionName::Qualtran => return generalized(polynomial),
        };
        let converted = factors.in_convention(convention);
        let (residual, mut corner_phase) = (converted.residual, converted.corner_phase());
        let mut angles = converted.angles;
        if let (ConventionName::Pennylane, Some(first)) = (self, angles.first_mut()) {
            // <0| e^(i phi Z) = e^(i phi) <0|.
            *first += corner_phase;
            corner_phase = 0.0;
        }
        let algorithm = factors.algorithm;
        Ok(Converted { angles: Angles::List(angles), algorithm, corner_phase, residual })
    }
}

/// The angles of z^d P(x), a polynomial of degree d in w = z^2: z^d T_k(x) = (w^((d+k)/2) + w^((d-k)/2)) / 2,
/// and d + k is even.
fn generalized(polynomial: &ChebyshevSeries) -> Result<Converted, PhaseError> {
    let degree = polynomial.degree();
    let mut coefficients = vec![Complex64::ZERO; degree + 1];
    for k in (degree % 2..=degree).step_by(2) {
        let half = 0.5 * polynomial.coefficient(k);
        coefficients[(degree + k) / 2] += half;
        coefficients[(degree - k) / 2] += half;
    }
    let phases = generalized_phases(&coefficients)?;
    let mut rows: Vec<[f64; 3]> =
        phases.theta.iter().zip(&phases.phi).map(|(theta, phi)| [*theta, *phi, 0.0]).collect();
    if let Some(first) = rows.first_mut() {
        first[2] = phases.lambda;
    }
    let algorithm = PhaseAlgorithm::InverseTransform;
    Ok(Converted { angles: Angles::Rows(rows), algorithm, corner_phase: 0.0, residual: phases.residual })
}
