//! Dialects: what one tool or another takes of OpenQASM, and takes in the sense in which it is meant.
//!
//! Every entry was tried: each gate's unitary in the tool against Qiskit's, also with negative angles and with angles
//! above 2 pi. What a tool loads into something else counts as missing.

use super::Style;

/// Whose OpenQASM is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// The standard, OpenQASM 3.0 with `stdgates.inc`. MQT Core reads it too.
    #[default]
    OpenQasm3,
    /// Qiskit's importer: the standard without loops.
    Qiskit,
    /// Amazon Braket: no include, gate names of its own.
    Braket,
    /// PennyLane: flat, no include; its own definitions have another meaning there, and so has `gphase`.
    PennyLane,
    /// Microsoft's QDK: it takes angles modulo 2 pi, so that no angle may be halved after it was passed.
    Qdk,
    /// Cirq: flat.
    Cirq,
    /// OpenQASM 2.0 with the gates of the original `qelib1.inc`: pytket, BQSKit, PyZX, Qulacs, QuiZX and others.
    OpenQasm2,
}

impl Dialect {
    /// All dialects.
    pub const ALL: &'static [Dialect] = &[
        Dialect::OpenQasm3,
        Dialect::Qiskit,
        Dialect::Braket,
        Dialect::PennyLane,
        Dialect::Qdk,
        Dialect::Cirq,
        Dialect::OpenQasm2,
    ];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Dialect::OpenQasm3 => "openqasm3",
            Dialect::Qiskit => "qiskit",
            Dialect::Braket => "braket",
            Dialect::PennyLane => "pennylane",
            Dialect::Qdk => "qdk",
            Dialect::Cirq => "cirq",
            Dialect::OpenQasm2 => "openqasm2",
        }
    }

    /// The dialect of that name.
    pub fn from_name(name: &str) -> Option<Dialect> {
        Dialect::ALL.iter().copied().find(|dialect| dialect.name() == name)
    }

    /// One line for lists of dialects.
    pub fn description(self) -> &'static str {
        match self {
            Dialect::OpenQasm3 => "OpenQASM 3.0 with stdgates.inc; MQT Core too",
            Dialect::Qiskit => "Qiskit 2",
            Dialect::Braket => "Amazon Braket: its gate names, no include",
            Dialect::PennyLane => "PennyLane: flat, no include",
            Dialect::Qdk => "Microsoft QDK",
            Dialect::Cirq => "Cirq: flat",
            Dialect::OpenQasm2 => "OpenQASM 2.0 with qelib1.inc: pytket, BQSKit, PyZX, Qulacs, QuiZX",
        }
    }

    /// The styles that the tool reads as they are meant, the default first.
    pub fn styles(self) -> &'static [Style] {
        match self {
            Dialect::OpenQasm3 | Dialect::Braket | Dialect::Qdk => {
                &[Style::Hierarchical, Style::Flat, Style::Loop]
            }
            Dialect::Qiskit => &[Style::Hierarchical, Style::Flat],
            Dialect::PennyLane | Dialect::Cirq | Dialect::OpenQasm2 => &[Style::Flat],
        }
    }

    /// The style that is written unless another one is asked for.
    pub fn default_style(self) -> Style {
        self.styles()[0]
    }

    /// Whether the file states the global phase; else it is a comment with its value, since the tool has no global phase,
    /// or another one.
    pub fn keeps_global_phase(self) -> bool {
        matches!(self, Dialect::OpenQasm3 | Dialect::Qiskit | Dialect::Braket)
    }

    /// Whether the tool takes conditions on measured bits.
    pub(super) fn has_conditions(self) -> bool {
        self.has_definitions()
    }

    /// Whether the tool takes definitions of gates.
    pub(super) fn has_definitions(self) -> bool {
        !matches!(self, Dialect::PennyLane | Dialect::Cirq | Dialect::OpenQasm2)
    }

    /// Whether the tool takes barriers. They change nothing that is computed: elsewhere they are left out.
    pub(super) fn has_barriers(self) -> bool {
        !matches!(self, Dialect::PennyLane | Dialect::Cirq)
    }

    /// Whether the tool resets qubits.
    pub(super) fn has_reset(self) -> bool {
        self != Dialect::PennyLane
    }

    /// Whether the tool measures whole registers only.
    pub(super) fn measures_registers(self) -> bool {
        self == Dialect::PennyLane
    }

    /// Whether an angle may be passed to a definition and scaled there.
    pub(super) fn scales_parameters(self) -> bool {
        self != Dialect::Qdk
    }

    /// Whether identifiers must begin with a lower-case letter.
    pub(super) fn has_lower_case_names(self) -> bool {
        matches!(self, Dialect::Cirq | Dialect::OpenQasm2)
    }

    /// The lines at the top, before and after the comments.
    pub(super) fn version(self) -> &'static str {
        if self == Dialect::OpenQasm2 { "OPENQASM 2.0;" } else { "OPENQASM 3.0;" }
    }

    /// The library whose gates the file uses.
    pub(super) fn include(self) -> Option<&'static str> {
        match self {
            Dialect::Braket | Dialect::PennyLane => None,
            Dialect::OpenQasm2 => Some("include \"qelib1.inc\";"),
            _ => Some("include \"stdgates.inc\";"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_default_styles_are_accepted() {
        for &dialect in Dialect::ALL {
            assert_eq!(Dialect::from_name(dialect.name()), Some(dialect));
            assert!(dialect.styles().contains(&dialect.default_style()));
            let nested = dialect.styles().iter().any(|style| *style != Style::Flat);
            assert!(dialect.has_definitions() || !nested, "{}", dialect.name());
        }
    }
}
