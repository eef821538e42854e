//! Fractional powers of gates on one qubit.

use super::calls::{Callee, Step, controlled, phase};
use super::reader::Reader;
use super::scope::Body;
use crate::issue::{Issue, Outcome};
use qnewton_circuit::gate::{Core, Matrix2};
use qnewton_circuit::{Angle, Control, Gate, QubitId};
use qnewton_core::Complex64;
use std::f64::consts::PI;

/// Entries and phases below this are rounding.
const ROUNDING: f64 = 1e-12;

impl<'a> Reader<'a> {
    /// Appends a gate of the table after `steps` (innermost first): the principal power, whose eigenvalues
    /// have phases in (-pi, pi] times the exponent. Controls commute with powers.
    #[expect(clippy::too_many_arguments, reason = "the parts of one call")]
    pub(super) fn fractional_power(
        &self,
        body: &mut Body,
        callee: Callee,
        angles: &[Angle],
        steps: &[Step],
        controls: &[Control],
        targets: &[QubitId],
        at: &'a str,
    ) -> Outcome<'a, ()> {
        let several = "a fractional power of what is not a gate on one qubit is not supported";
        let Callee::Gate(gate) = callee else {
            return match callee {
                Callee::Unknown => Ok(()),
                _ => Err(Issue::unsupported(at, several)),
            };
        };
        let Core::Single(core) = gate.info().core else { return Err(Issue::unsupported(at, several)) };
        let values: Option<Vec<f64>> = angles.iter().map(Angle::literal).collect();
        let Some(mut matrix) = values.and_then(|values| core.matrix(&values)) else {
            body.generic = true;
            return Ok(());
        };
        for step in steps {
            matrix = match *step {
                Step::Inverse => adjoint(&matrix),
                Step::Power(exponent) => power(&matrix, exponent),
            };
        }
        let (own, target) = targets.split_at(gate.info().controls);
        let all: Vec<Control> =
            controls.iter().copied().chain(own.iter().map(|&qubit| Control { qubit, on: true })).collect();
        let (angles, global) = as_u3(&matrix);
        if global != 0.0 {
            phase(&mut body.definition, &global.into(), &all);
        }
        match angles {
            [0.0, 0.0, 0.0] => {}
            [0.0, 0.0, angle] => controlled(&mut body.definition, &all, Gate::P, target, &[angle.into()]),
            _ => controlled(&mut body.definition, &all, Gate::U3, target, &angles.map(Angle::from)),
        }
        Ok(())
    }
}

fn adjoint(m: &Matrix2) -> Matrix2 {
    [m[0].conj(), m[2].conj(), m[1].conj(), m[3].conj()]
}

/// The principal power of a unitary.
fn power(m: &Matrix2, exponent: f64) -> Matrix2 {
    // e^(i phase) (cos a + i sin a (n . sigma)), a in [0, pi]: eigenvalues e^(i (phase +- a)).
    let phase = (m[0] * m[3] - m[1] * m[2]).arg() / 2.0;
    let special = m.map(|entry| entry * Complex64::from_polar(1.0, -phase));
    let half_trace = ((special[0] + special[3]) / 2.0).re;
    // -i times the traceless part: sin a (n . sigma), Hermitian.
    let part = |entry: Complex64| entry * Complex64::new(0.0, -1.0);
    let hermitian =
        [part(special[0] - half_trace), part(special[1]), part(special[2]), part(special[3] - half_trace)];
    let sine = (hermitian[0].re.powi(2) + hermitian[1].norm_sqr()).sqrt();
    let angle = sine.atan2(half_trace);
    let eigenvalue = |phase: f64| {
        let wrapped = phase - 2.0 * PI * (phase / (2.0 * PI)).round();
        let principal = if wrapped <= -PI + ROUNDING { wrapped + 2.0 * PI } else { wrapped };
        Complex64::from_polar(1.0, exponent * principal)
    };
    let (plus, minus) = (eigenvalue(phase + angle), eigenvalue(phase - angle));
    // Mean of the eigenvalues, and half their difference along n; a multiple of the identity has no n.
    let mean = (plus + minus) / 2.0;
    let along = if sine < ROUNDING { Complex64::new(0.0, 0.0) } else { (plus - minus) / (2.0 * sine) };
    [mean + along * hermitian[0], along * hermitian[1], along * hermitian[2], mean + along * hermitian[3]]
}

/// A unitary as e^(i phase) u3(angles).
fn as_u3(m: &Matrix2) -> ([f64; 3], f64) {
    let snap = |angle: f64| if angle.abs() < ROUNDING { 0.0 } else { angle };
    let theta = 2.0 * m[2].norm().atan2(m[0].norm());
    if m[2].norm() < ROUNDING {
        return ([0.0, 0.0, snap((m[3] * m[0].conj()).arg())], snap(m[0].arg()));
    }
    if m[0].norm() < ROUNDING {
        return ([PI, 0.0, snap((-m[1] * m[2].conj()).arg())], snap(m[2].arg()));
    }
    ([theta, snap((m[2] * m[0].conj()).arg()), snap((-m[1] * m[0].conj()).arg())], snap(m[0].arg()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn distance(a: &Matrix2, b: &Matrix2) -> f64 {
        (0..4).map(|k| (a[k] - b[k]).norm()).fold(0.0, f64::max)
    }

    fn product(a: &Matrix2, b: &Matrix2) -> Matrix2 {
        [
            a[0] * b[0] + a[1] * b[2],
            a[0] * b[1] + a[1] * b[3],
            a[2] * b[0] + a[3] * b[2],
            a[2] * b[1] + a[3] * b[3],
        ]
    }

    #[test]
    fn roots_multiply_to_the_gate_and_are_principal() {
        for &gate in Gate::ALL.iter().filter(|gate| gate.qubits() == 1) {
            let angles = [0.7, -1.3, 2.1];
            let matrix = gate.matrix(&angles[..gate.angles()]).unwrap();
            let root = power(&matrix, 1.0 / 3.0);
            assert!(distance(&product(&root, &product(&root, &root)), &matrix) < 1e-14, "{}", gate.name());
            let (euler, phase) = as_u3(&root);
            let factor = Complex64::from_polar(1.0, phase);
            let again = Gate::U3.matrix(&euler).unwrap().map(|entry| entry * factor);
            assert!(distance(&again, &root) < 1e-12, "{}", gate.name());
        }
        let close = |gate: Gate, exponent: f64, expected: Gate| {
            distance(&power(&gate.matrix(&[]).unwrap(), exponent), &expected.matrix(&[]).unwrap()) < 1e-15
        };
        assert!(close(Gate::X, 0.5, Gate::Sx) && close(Gate::X, -0.5, Gate::Sxdg));
        assert!(
            close(Gate::Z, 0.5, Gate::S) && close(Gate::S, 0.5, Gate::T) && close(Gate::Sdg, 0.5, Gate::Tdg)
        );
    }
}
