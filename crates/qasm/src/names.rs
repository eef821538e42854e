//! Identifiers: what is reserved in OpenQASM, and valid names for everything that is written.

use std::collections::HashSet;

/// Keywords, types, built-in functions, constants and operations of OpenQASM 2 and 3.
const RESERVED: &[&str] = &[
    "OPENQASM",
    "include",
    "defcalgrammar",
    "def",
    "cal",
    "defcal",
    "gate",
    "opaque",
    "extern",
    "box",
    "let",
    "break",
    "continue",
    "if",
    "else",
    "end",
    "return",
    "for",
    "while",
    "in",
    "switch",
    "case",
    "default",
    "nop",
    "pragma",
    "input",
    "output",
    "const",
    "readonly",
    "mutable",
    "qreg",
    "qubit",
    "creg",
    "bool",
    "bit",
    "int",
    "uint",
    "float",
    "angle",
    "complex",
    "array",
    "void",
    "duration",
    "stretch",
    "gphase",
    "inv",
    "pow",
    "ctrl",
    "negctrl",
    "dim",
    "durationof",
    "delay",
    "reset",
    "measure",
    "barrier",
    "true",
    "false",
    "im",
    "pi",
    "tau",
    "euler",
    "U",
    "CX",
    "arccos",
    "arcsin",
    "arctan",
    "ceiling",
    "cos",
    "exp",
    "floor",
    "imag",
    "ln",
    "log",
    "mod",
    "popcount",
    "real",
    "rotl",
    "rotr",
    "sin",
    "sizeof",
    "sqrt",
    "tan",
];

/// What is reserved in OpenQASM 2.
const RESERVED_IN_2: &[&str] = &[
    "OPENQASM", "include", "gate", "opaque", "qreg", "creg", "measure", "reset", "barrier", "if", "pi", "U",
    "CX", "sin", "cos", "tan", "exp", "ln", "sqrt",
];

/// The gates of `stdgates.inc`.
pub(crate) const STDGATES: &[&str] = &[
    "p", "x", "y", "z", "h", "s", "sdg", "t", "tdg", "sx", "rx", "ry", "rz", "cx", "cy", "cz", "cp", "crx",
    "cry", "crz", "ch", "swap", "ccx", "cswap", "cu", "CX", "phase", "cphase", "id", "u1", "u2", "u3",
];

/// The gates of `qelib1.inc`.
pub(crate) const QELIB1: &[&str] = &[
    "u3", "u2", "u1", "cx", "id", "u0", "u", "p", "x", "y", "z", "h", "s", "sdg", "t", "tdg", "rx", "ry",
    "rz", "sx", "sxdg", "cz", "cy", "swap", "ch", "ccx", "cswap", "crx", "cry", "crz", "cu1", "cp", "cu3",
    "csx", "cu", "rxx", "rzz", "rccx", "rc3x", "c3x", "c3sqrtx", "c4x",
];

/// Whether a word is a keyword or otherwise built in, so that no declaration may use it. OpenQASM 2 has fewer.
pub(crate) fn is_reserved(name: &str, version_two: bool) -> bool {
    if version_two { RESERVED_IN_2.contains(&name) } else { RESERVED.contains(&name) }
}

/// Names that are taken already, from which valid new ones are made deterministically.
pub(crate) struct NameTable {
    taken: HashSet<String>,
}

impl NameTable {
    /// A table in which keywords, the gates of `stdgates.inc` and the gates of our own gate table are taken.
    pub(crate) fn new() -> Self {
        let gates = qnewton_circuit::Gate::ALL.iter().map(|gate| gate.name());
        let taken = RESERVED.iter().chain(STDGATES).copied().chain(gates).map(str::to_string).collect();
        NameTable { taken }
    }

    /// `wanted`, made an ASCII identifier, with the first numeric suffix that makes it unique.
    pub(crate) fn claim(&mut self, wanted: &str) -> String {
        let name = self.free(wanted, |_| false);
        self.taken.insert(name.clone());
        name
    }

    /// Takes a valid name as it is.
    pub(crate) fn take(&mut self, name: &str) {
        self.taken.insert(name.to_string());
    }

    /// The same without taking the name; `also_taken` may exclude further ones.
    pub(crate) fn free(&self, wanted: &str, also_taken: impl Fn(&str) -> bool) -> String {
        let identifier = identifier(wanted);
        let taken = |name: &String| self.taken.contains(name) || also_taken(name);
        if !taken(&identifier) {
            return identifier;
        }
        (2u64..)
            .map(|suffix| format!("{identifier}_{suffix}"))
            .find(|name| !taken(name))
            .unwrap_or(identifier)
    }
}

/// The text with everything that an ASCII identifier cannot contain replaced by `_`.
fn identifier(text: &str) -> String {
    let mut name: String =
        text.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '_' }).collect();
    if !name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
        name.insert(0, '_');
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_valid_and_unique() {
        let mut names = NameTable::new();
        assert_eq!(names.claim("block encoding"), "block_encoding");
        assert_eq!(names.claim("block_encoding"), "block_encoding_2");
        assert_eq!(names.claim("2nd"), "_2nd");
        assert_eq!(names.claim(""), "_");
        assert_eq!(names.claim("h"), "h_2");
        assert_eq!(names.claim("gate"), "gate_2");
        assert_eq!(names.claim("é"), "__2");
    }
}
