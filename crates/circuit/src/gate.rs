//! The gate table: one row per standard gate. Everything else that needs to know a gate asks the row.
//!
//! Names follow `stdgates.inc` and `qelib1.inc`. `u1`, `u2`, `u3`, `p` and `cu` have the phases of Qiskit's
//! library: `u3(t, p, l) = [[cos(t/2), -e^(i l) sin(t/2)], [e^(i p) sin(t/2), e^(i (p + l)) cos(t/2)]]`.

use num_complex::Complex64;
use std::f64::consts::{FRAC_1_SQRT_2, FRAC_PI_2, FRAC_PI_4, PI};

/// A 2x2 unitary, row-major.
pub type Matrix2 = [Complex64; 4];

/// How the last qubit(s) of a gate are acted on once its control qubits are |1>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Core {
    /// The single-qubit gate itself, on the last qubit.
    Single(Gate),
    /// Exchange of the last two qubits.
    Swap,
    /// exp(-i angle/2 Z(x)Z) on the last two qubits.
    Rzz,
    /// exp(-i angle/2 X(x)X) on the last two qubits.
    Rxx,
}

/// One row of the gate table.
#[derive(Clone, Copy, Debug)]
pub struct GateInfo {
    /// Name in OpenQASM (`stdgates.inc` / `qelib1.inc`).
    pub name: &'static str,
    /// Number of qubits, controls included; controls come first.
    pub qubits: usize,
    /// Number of angles.
    pub angles: usize,
    /// Number of leading control qubits.
    pub controls: usize,
    /// What acts on the remaining qubits.
    pub core: Core,
    /// One-line description.
    pub doc: &'static str,
}

macro_rules! gates {
    ($($variant:ident, $name:literal, $qubits:literal, $angles:literal, $controls:literal, $core:expr, $doc:literal;)*) => {
        /// A standard gate.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Gate {
            $(#[doc = $doc] $variant,)*
        }

        impl Gate {
            /// All gates, in table order.
            pub const ALL: &'static [Gate] = &[$(Gate::$variant,)*];

            /// The row of this gate.
            pub fn info(self) -> &'static GateInfo {
                const TABLE: &[GateInfo] = &[$(GateInfo {
                    name: $name, qubits: $qubits, angles: $angles, controls: $controls, core: $core, doc: $doc,
                },)*];
                &TABLE[self as usize]
            }
        }
    };
}

gates! {
    I, "id", 1, 0, 0, Core::Single(Gate::I), "Identity.";
    X, "x", 1, 0, 0, Core::Single(Gate::X), "Pauli X.";
    Y, "y", 1, 0, 0, Core::Single(Gate::Y), "Pauli Y.";
    Z, "z", 1, 0, 0, Core::Single(Gate::Z), "Pauli Z.";
    H, "h", 1, 0, 0, Core::Single(Gate::H), "Hadamard.";
    S, "s", 1, 0, 0, Core::Single(Gate::S), "diag(1, i).";
    Sdg, "sdg", 1, 0, 0, Core::Single(Gate::Sdg), "diag(1, -i).";
    T, "t", 1, 0, 0, Core::Single(Gate::T), "diag(1, e^(i pi/4)).";
    Tdg, "tdg", 1, 0, 0, Core::Single(Gate::Tdg), "diag(1, e^(-i pi/4)).";
    Sx, "sx", 1, 0, 0, Core::Single(Gate::Sx), "Principal square root of X.";
    Sxdg, "sxdg", 1, 0, 0, Core::Single(Gate::Sxdg), "Inverse of sx.";
    P, "p", 1, 1, 0, Core::Single(Gate::P), "diag(1, e^(i angle)).";
    U1, "u1", 1, 1, 0, Core::Single(Gate::U1), "The same as p.";
    Rx, "rx", 1, 1, 0, Core::Single(Gate::Rx), "exp(-i angle X/2).";
    Ry, "ry", 1, 1, 0, Core::Single(Gate::Ry), "exp(-i angle Y/2).";
    Rz, "rz", 1, 1, 0, Core::Single(Gate::Rz), "exp(-i angle Z/2).";
    U2, "u2", 1, 2, 0, Core::Single(Gate::U2), "u3(pi/2, phi, lambda).";
    U3, "u3", 1, 3, 0, Core::Single(Gate::U3), "General single-qubit gate, real top-left entry.";
    U, "U", 1, 3, 0, Core::Single(Gate::U), "The built-in of OpenQASM, with the phase of u3.";
    Cx, "cx", 2, 0, 1, Core::Single(Gate::X), "Controlled X.";
    Cy, "cy", 2, 0, 1, Core::Single(Gate::Y), "Controlled Y.";
    Cz, "cz", 2, 0, 1, Core::Single(Gate::Z), "Controlled Z.";
    Ch, "ch", 2, 0, 1, Core::Single(Gate::H), "Controlled Hadamard.";
    Cp, "cp", 2, 1, 1, Core::Single(Gate::P), "Controlled p.";
    Cu1, "cu1", 2, 1, 1, Core::Single(Gate::P), "The same as cp.";
    Crx, "crx", 2, 1, 1, Core::Single(Gate::Rx), "Controlled rx.";
    Cry, "cry", 2, 1, 1, Core::Single(Gate::Ry), "Controlled ry.";
    Crz, "crz", 2, 1, 1, Core::Single(Gate::Rz), "Controlled rz.";
    Cu3, "cu3", 2, 3, 1, Core::Single(Gate::U3), "Controlled u3.";
    Swap, "swap", 2, 0, 0, Core::Swap, "Exchange of two qubits.";
    Rzz, "rzz", 2, 1, 0, Core::Rzz, "exp(-i angle/2 Z(x)Z).";
    Rxx, "rxx", 2, 1, 0, Core::Rxx, "exp(-i angle/2 X(x)X).";
    Ccx, "ccx", 3, 0, 2, Core::Single(Gate::X), "Toffoli.";
    Cswap, "cswap", 3, 0, 1, Core::Swap, "Fredkin.";
}

impl Gate {
    /// Name in OpenQASM.
    pub fn name(self) -> &'static str {
        self.info().name
    }

    /// The gate of that name; `CX`, `phase`, `cphase`, `u` and the names of Amazon Braket are aliases.
    pub fn from_name(name: &str) -> Option<Gate> {
        match name {
            "i" => Some(Gate::I),
            "si" => Some(Gate::Sdg),
            "ti" => Some(Gate::Tdg),
            "v" => Some(Gate::Sx),
            "vi" => Some(Gate::Sxdg),
            "CX" | "cnot" => Some(Gate::Cx),
            "ccnot" => Some(Gate::Ccx),
            "phase" | "phaseshift" => Some(Gate::P),
            "cphase" | "cphaseshift" => Some(Gate::Cp),
            "zz" => Some(Gate::Rzz),
            "xx" => Some(Gate::Rxx),
            "u" => Some(Gate::U),
            _ => Gate::ALL.iter().copied().find(|gate| gate.name() == name),
        }
    }

    /// Number of qubits.
    pub fn qubits(self) -> usize {
        self.info().qubits
    }

    /// Number of angles.
    pub fn angles(self) -> usize {
        self.info().angles
    }

    /// The inverse: another gate of the table, and how its angles follow from this gate's, as
    /// (source position, factor, constant) for each angle.
    pub fn inverse(self) -> (Gate, &'static [(usize, f64, f64)]) {
        match self {
            Gate::S => (Gate::Sdg, &[]),
            Gate::Sdg => (Gate::S, &[]),
            Gate::T => (Gate::Tdg, &[]),
            Gate::Tdg => (Gate::T, &[]),
            Gate::Sx => (Gate::Sxdg, &[]),
            Gate::Sxdg => (Gate::Sx, &[]),
            Gate::P | Gate::U1 | Gate::Rx | Gate::Ry | Gate::Rz | Gate::Rzz | Gate::Rxx => {
                (self, &[(0, -1.0, 0.0)])
            }
            Gate::Cp | Gate::Cu1 | Gate::Crx | Gate::Cry | Gate::Crz => (self, &[(0, -1.0, 0.0)]),
            Gate::U2 => (Gate::U2, &[(1, -1.0, -PI), (0, -1.0, PI)]),
            Gate::U3 | Gate::U | Gate::Cu3 => (self, &[(0, -1.0, 0.0), (2, -1.0, 0.0), (1, -1.0, 0.0)]),
            _ => (self, &[]),
        }
    }

    /// The matrix of a single-qubit gate.
    ///
    /// `None` for gates on several qubits, which are their [`Core`] under controls.
    pub fn matrix(self, angles: &[f64]) -> Option<Matrix2> {
        let c = Complex64::new;
        let (zero, one) = (c(0.0, 0.0), c(1.0, 0.0));
        let phase = |angle: f64| Complex64::from_polar(1.0, angle);
        let angle = |position: usize| angles.get(position).copied().unwrap_or(f64::NAN);
        Some(match self {
            Gate::I => [one, zero, zero, one],
            Gate::X => [zero, one, one, zero],
            Gate::Y => [zero, c(0.0, -1.0), c(0.0, 1.0), zero],
            Gate::Z => [one, zero, zero, -one],
            Gate::H => [FRAC_1_SQRT_2, FRAC_1_SQRT_2, FRAC_1_SQRT_2, -FRAC_1_SQRT_2].map(|x| c(x, 0.0)),
            Gate::S => [one, zero, zero, c(0.0, 1.0)],
            Gate::Sdg => [one, zero, zero, c(0.0, -1.0)],
            Gate::T => [one, zero, zero, phase(FRAC_PI_4)],
            Gate::Tdg => [one, zero, zero, phase(-FRAC_PI_4)],
            Gate::Sx => [c(0.5, 0.5), c(0.5, -0.5), c(0.5, -0.5), c(0.5, 0.5)],
            Gate::Sxdg => [c(0.5, -0.5), c(0.5, 0.5), c(0.5, 0.5), c(0.5, -0.5)],
            Gate::P | Gate::U1 => [one, zero, zero, phase(angle(0))],
            Gate::Rx => {
                let (s, k) = (angle(0) / 2.0).sin_cos();
                [c(k, 0.0), c(0.0, -s), c(0.0, -s), c(k, 0.0)]
            }
            Gate::Ry => {
                let (s, k) = (angle(0) / 2.0).sin_cos();
                [c(k, 0.0), c(-s, 0.0), c(s, 0.0), c(k, 0.0)]
            }
            Gate::Rz => [phase(-angle(0) / 2.0), zero, zero, phase(angle(0) / 2.0)],
            Gate::U2 => return Gate::U3.matrix(&[FRAC_PI_2, angle(0), angle(1)]),
            Gate::U3 | Gate::U => {
                let (s, k) = (angle(0) / 2.0).sin_cos();
                let (phi, lambda) = (angle(1), angle(2));
                [c(k, 0.0), -phase(lambda) * s, phase(phi) * s, phase(phi + lambda) * k]
            }
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_consistent() {
        for &gate in Gate::ALL {
            let info = gate.info();
            assert_eq!(Gate::from_name(info.name), Some(gate));
            assert!(!info.doc.is_empty());
            let targets = match info.core {
                Core::Single(core) => {
                    assert_eq!(core.qubits(), 1);
                    assert_eq!(core.angles(), info.angles, "{}", info.name);
                    1
                }
                Core::Swap | Core::Rzz | Core::Rxx => 2,
            };
            assert_eq!(info.qubits, info.controls + targets, "{}", info.name);
        }
    }

    #[test]
    fn single_qubit_inverses_multiply_to_the_identity() {
        for &gate in Gate::ALL.iter().filter(|gate| gate.qubits() == 1) {
            let angles: Vec<f64> = [0.7, -1.3, 2.1][..gate.angles()].to_vec();
            let (inverse, rule) = gate.inverse();
            let inverted: Vec<f64> =
                rule.iter().map(|&(from, factor, add)| angles[from] * factor + add).collect();
            let (a, b) = (gate.matrix(&angles).unwrap(), inverse.matrix(&inverted).unwrap());
            for row in 0..2 {
                for column in 0..2 {
                    let entry = b[2 * row] * a[column] + b[2 * row + 1] * a[2 + column];
                    let expected = if row == column { 1.0 } else { 0.0 };
                    assert!((entry - expected).norm() < 1e-15, "{}", gate.name());
                }
            }
        }
    }
}
