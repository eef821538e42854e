//! What the gates of the table are called in each dialect, or how they are made there.

use super::Dialect;
use crate::restated;
use qnewton_circuit::Gate;
use std::f64::consts::{FRAC_PI_2, FRAC_PI_4};

/// How a gate is written in a dialect.
pub(super) enum Spelling {
    /// Under this name.
    Word(&'static str),
    /// Under its own name, which this line defines.
    Defined(&'static str),
    /// As these gates, one after another; the same unitary, phase included.
    Steps(&'static [Step]),
}

/// One gate that another one is made of.
pub(super) struct Step {
    pub(super) gate: Gate,
    /// Places among the qubits of the gate that is replaced.
    pub(super) qubits: &'static [usize],
    /// Each angle as factors of the angles that are replaced, and a constant.
    pub(super) angles: &'static [([f64; 3], f64)],
}

const fn step(gate: Gate, qubits: &'static [usize], angles: &'static [([f64; 3], f64)]) -> Step {
    Step { gate, qubits, angles }
}

const SAME: ([f64; 3], f64) = ([1.0, 0.0, 0.0], 0.0);
const SECOND: ([f64; 3], f64) = ([0.0, 1.0, 0.0], 0.0);
const THIRD: ([f64; 3], f64) = ([0.0, 0.0, 1.0], 0.0);
const HALF: ([f64; 3], f64) = ([0.5, 0.0, 0.0], 0.0);
const MINUS_HALF: ([f64; 3], f64) = ([-0.5, 0.0, 0.0], 0.0);
const ZERO: ([f64; 3], f64) = ([0.0; 3], 0.0);
const CX: Step = step(Gate::Cx, &[0, 1], &[]);

const SX: &[Step] = &[step(Gate::H, &[0], &[]), step(Gate::S, &[0], &[]), step(Gate::H, &[0], &[])];
const SXDG: &[Step] = &[step(Gate::H, &[0], &[]), step(Gate::Sdg, &[0], &[]), step(Gate::H, &[0], &[])];
const AS_P: &[Step] = &[step(Gate::P, &[0], &[SAME])];
const AS_U1: &[Step] = &[step(Gate::U1, &[0], &[SAME])];
const AS_CP: &[Step] = &[step(Gate::Cp, &[0, 1], &[SAME])];
const AS_CU1: &[Step] = &[step(Gate::Cu1, &[0, 1], &[SAME])];
const AS_U: &[Step] = &[step(Gate::U, &[0], &[SAME, SECOND, THIRD])];
const AS_U3: &[Step] = &[step(Gate::U3, &[0], &[SAME, SECOND, THIRD])];
const RY_AS_U3: &[Step] = &[step(Gate::U3, &[0], &[SAME, ZERO, ZERO])];
const U2_AS_U: &[Step] = &[step(Gate::U, &[0], &[([0.0; 3], FRAC_PI_2), SAME, SECOND])];
/// H = Ry(pi/4) Z Ry(-pi/4).
const CH: &[Step] = &[
    step(Gate::Ry, &[1], &[([0.0; 3], -FRAC_PI_4)]),
    step(Gate::Cz, &[0, 1], &[]),
    step(Gate::Ry, &[1], &[([0.0; 3], FRAC_PI_4)]),
];
const CRX: &[Step] = &[
    step(Gate::H, &[1], &[]),
    step(Gate::Rz, &[1], &[HALF]),
    CX,
    step(Gate::Rz, &[1], &[MINUS_HALF]),
    CX,
    step(Gate::H, &[1], &[]),
];
const CRY: &[Step] = &[step(Gate::Ry, &[1], &[HALF]), CX, step(Gate::Ry, &[1], &[MINUS_HALF]), CX];
const CRY_AS_U3: &[Step] =
    &[step(Gate::U3, &[1], &[HALF, ZERO, ZERO]), CX, step(Gate::U3, &[1], &[MINUS_HALF, ZERO, ZERO]), CX];
const CRZ: &[Step] = &[step(Gate::Rz, &[1], &[HALF]), CX, step(Gate::Rz, &[1], &[MINUS_HALF]), CX];
/// As `qelib1.inc` has it.
const CU3: &[Step] = &[
    step(Gate::U1, &[0], &[([0.0, 0.5, 0.5], 0.0)]),
    step(Gate::U1, &[1], &[([0.0, -0.5, 0.5], 0.0)]),
    CX,
    step(Gate::U3, &[1], &[MINUS_HALF, ZERO, ([0.0, -0.5, -0.5], 0.0)]),
    CX,
    step(Gate::U3, &[1], &[HALF, SECOND, ZERO]),
];
const CU3_WITH_U: &[Step] = &[
    step(Gate::P, &[0], &[([0.0, 0.5, 0.5], 0.0)]),
    step(Gate::P, &[1], &[([0.0, -0.5, 0.5], 0.0)]),
    CX,
    step(Gate::U, &[1], &[MINUS_HALF, ZERO, ([0.0, -0.5, -0.5], 0.0)]),
    CX,
    step(Gate::U, &[1], &[HALF, SECOND, ZERO]),
];
const SWAP: &[Step] = &[CX, step(Gate::Cx, &[1, 0], &[]), CX];
const CSWAP: &[Step] =
    &[step(Gate::Cx, &[2, 1], &[]), step(Gate::Ccx, &[0, 1, 2], &[]), step(Gate::Cx, &[2, 1], &[])];
const RZZ: &[Step] = &[CX, step(Gate::Rz, &[1], &[SAME]), CX];
const RXX: &[Step] = &[
    step(Gate::H, &[0], &[]),
    step(Gate::H, &[1], &[]),
    CX,
    step(Gate::Rz, &[1], &[SAME]),
    CX,
    step(Gate::H, &[0], &[]),
    step(Gate::H, &[1], &[]),
];

/// How `gate` is written in `dialect`.
pub(super) fn spelling(dialect: Dialect, gate: Gate) -> Spelling {
    match dialect {
        Dialect::OpenQasm3 | Dialect::Qiskit => match restated::definition_text(gate) {
            Some(text) => Spelling::Defined(text),
            None => Spelling::Word(gate.name()),
        },
        Dialect::Braket => braket(gate),
        Dialect::PennyLane => pennylane(gate),
        Dialect::Qdk | Dialect::Cirq => match gate {
            // Angles are taken modulo 2 pi, or controlled phases are lost.
            Gate::Crx => Spelling::Steps(CRX),
            Gate::Cry => Spelling::Steps(CRY),
            Gate::Crz => Spelling::Steps(CRZ),
            Gate::Cu3 => Spelling::Steps(CU3),
            _ => Spelling::Word(gate.name()),
        },
        Dialect::OpenQasm2 => openqasm2(gate),
    }
}

fn braket(gate: Gate) -> Spelling {
    Spelling::Word(match gate {
        Gate::I => "i",
        Gate::Sdg => "si",
        Gate::Tdg => "ti",
        Gate::Sx => "v",
        Gate::Sxdg => "vi",
        Gate::P => "phaseshift",
        Gate::Cx => "cnot",
        Gate::Cp => "cphaseshift",
        Gate::Rzz => "zz",
        Gate::Rxx => "xx",
        Gate::Ccx => "ccnot",
        Gate::U1 => return Spelling::Steps(AS_P),
        Gate::U2 => return Spelling::Steps(U2_AS_U),
        Gate::U3 => return Spelling::Steps(AS_U),
        Gate::Cu1 => return Spelling::Steps(AS_CP),
        Gate::Ch => return Spelling::Steps(CH),
        Gate::Crx => return Spelling::Steps(CRX),
        Gate::Cry => return Spelling::Steps(CRY),
        Gate::Crz => return Spelling::Steps(CRZ),
        Gate::Cu3 => return Spelling::Steps(CU3_WITH_U),
        _ => gate.name(),
    })
}

fn pennylane(gate: Gate) -> Spelling {
    match gate {
        Gate::U => Spelling::Steps(AS_U3),
        Gate::Cu1 => Spelling::Steps(AS_CP),
        Gate::Sxdg => Spelling::Steps(SXDG),
        Gate::Cu3 => Spelling::Steps(CU3),
        Gate::Rzz => Spelling::Steps(RZZ),
        Gate::Rxx => Spelling::Steps(RXX),
        _ => Spelling::Word(gate.name()),
    }
}

fn openqasm2(gate: Gate) -> Spelling {
    match gate {
        Gate::P => Spelling::Steps(AS_U1),
        Gate::U => Spelling::Steps(AS_U3),
        Gate::Cp => Spelling::Steps(AS_CU1),
        Gate::Sx => Spelling::Steps(SX),
        Gate::Sxdg => Spelling::Steps(SXDG),
        // Qulacs rotates the other way.
        Gate::Ry => Spelling::Steps(RY_AS_U3),
        Gate::Cry => Spelling::Steps(CRY_AS_U3),
        Gate::Crx => Spelling::Steps(CRX),
        Gate::Crz => Spelling::Steps(CRZ),
        Gate::Cu3 => Spelling::Steps(CU3),
        Gate::Swap => Spelling::Steps(SWAP),
        Gate::Cswap => Spelling::Steps(CSWAP),
        Gate::Rzz => Spelling::Steps(RZZ),
        Gate::Rxx => Spelling::Steps(RXX),
        _ => Spelling::Word(gate.name()),
    }
}

/// Names that a definition in this dialect cannot have because the tool has gates of these names.
pub(super) fn taken_words(dialect: Dialect) -> &'static [&'static str] {
    match dialect {
        Dialect::Braket => &[
            "i",
            "si",
            "ti",
            "v",
            "vi",
            "gpi",
            "gpi2",
            "prx",
            "phaseshift",
            "cnot",
            "cv",
            "ccnot",
            "iswap",
            "pswap",
            "xy",
            "xx",
            "yy",
            "zz",
            "ecr",
            "ms",
            "cphaseshift",
            "cphaseshift00",
            "cphaseshift01",
            "cphaseshift10",
            "unitary",
        ],
        _ => crate::names::QELIB1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_stands_for_one_gate_and_reads_as_it() {
        for &dialect in Dialect::ALL {
            for &gate in Gate::ALL {
                if let Spelling::Word(word) = spelling(dialect, gate) {
                    assert_eq!(Gate::from_name(word), Some(gate), "{word} in {}", dialect.name());
                }
            }
        }
    }

    #[test]
    fn what_gates_are_made_of_has_a_name() {
        for &dialect in Dialect::ALL {
            for &gate in Gate::ALL {
                let Spelling::Steps(steps) = spelling(dialect, gate) else { continue };
                for step in steps {
                    let named = matches!(spelling(dialect, step.gate), Spelling::Word(_));
                    assert!(named, "{} of {} in {}", step.gate.name(), gate.name(), dialect.name());
                    assert_eq!(step.qubits.len(), step.gate.qubits());
                    assert_eq!(step.angles.len(), step.gate.angles());
                    assert!(step.qubits.iter().all(|place| *place < gate.qubits()));
                }
            }
        }
    }
}
