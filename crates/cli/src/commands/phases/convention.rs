//! The conventions by name, those of other programs among them.

use clap::ValueEnum;
use qnewton::qlsa::phases::{Convention, PhaseFactors};

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
        }
    }

    /// The angles, and the g in P = Re e^(i g) <0|U|0> that is left (<+|U|+> for wz).
    pub(super) fn angles(self, factors: &PhaseFactors) -> (Vec<f64>, f64) {
        let convention = match self {
            ConventionName::Wx | ConventionName::Pyqsp => Convention::Wx,
            ConventionName::Wz => Convention::Wz,
            ConventionName::Symmetric => Convention::Symmetric,
            ConventionName::Reflection | ConventionName::Pennylane => Convention::Reflection,
        };
        let converted = factors.in_convention(convention);
        let corner_phase = converted.corner_phase();
        let mut angles = converted.angles;
        match (self, angles.first_mut()) {
            // <0| e^(i phi Z) = e^(i phi) <0|.
            (ConventionName::Pennylane, Some(first)) => {
                *first += corner_phase;
                (angles, 0.0)
            }
            _ => (angles, corner_phase),
        }
    }
}
