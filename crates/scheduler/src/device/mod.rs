//! Device profiles: what a quantum computer is taken to be capable of.

mod parse;

use crate::error_correction::ErrorCorrection;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// The bundled profiles: name and text.
const BUNDLED: &[(&str, &str)] = &[
    ("superconducting", include_str!("../../../../devices/superconducting.toml")),
    ("trapped-ion", include_str!("../../../../devices/trapped-ion.toml")),
    ("error-corrected", include_str!("../../../../devices/error-corrected.toml")),
    ("attosecond", include_str!("../../../../devices/attosecond.toml")),
];

/// What a quantum computer is taken to be capable of. Times in seconds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DeviceProfile {
    /// A short name.
    pub name: String,
    /// One line: what it is, and what is left out.
    pub description: String,
    /// What kind of device.
    pub kind: DeviceKind,
    /// How many of these devices there are; 1 where a profile does not say.
    pub devices: u32,
    /// Physical qubits of one device; `None` if there is no limit.
    pub qubits: Option<u64>,
    /// Whether gates on disjoint qubits run at the same time.
    pub parallelism: Parallelism,
    /// A round trip between the classical computer and the device, once per system.
    pub link_latency: f64,
    /// How gates run.
    pub operations: Operations,
    /// What one shot takes besides the gates.
    pub shot: ShotTimes,
}

/// What kind of device a profile describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeviceKind {
    /// Gates act on physical qubits; numbers are measured ones.
    Physical,
    /// Gates act on logical qubits of an error-correcting code.
    ErrorCorrected,
    /// Gates act on physical qubits of a device that does not exist.
    Hypothetical,
}

/// Whether gates on disjoint qubits run at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Parallelism {
    /// One gate at a time: time from gate counts.
    Serial,
    /// Layer by layer: time from depths.
    Layered,
}

/// How gates run.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Operations {
    /// On physical qubits.
    Physical(PhysicalOperations),
    /// On logical qubits.
    ErrorCorrected(ErrorCorrection),
}

/// Times and errors of operations on physical qubits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhysicalOperations {
    /// Seconds of a single-qubit gate.
    pub single_qubit_time: f64,
    /// Seconds of a two-qubit gate.
    pub two_qubit_time: f64,
    /// Error of a single-qubit gate.
    pub single_qubit_error: f64,
    /// Error of a two-qubit gate.
    pub two_qubit_error: f64,
    /// Error of a measurement, per qubit.
    pub measurement_error: f64,
}

/// Seconds that one shot takes besides the gates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShotTimes {
    /// Measurement of all qubits at once.
    pub measurement: f64,
    /// Reset of all qubits at once.
    pub reset: f64,
    /// Delay between two shots.
    pub delay: f64,
}

impl ShotTimes {
    /// All of them together.
    pub fn total(&self) -> f64 {
        self.measurement + self.reset + self.delay
    }
}

/// Why there is no profile.
#[derive(Debug, Error)]
pub enum DeviceError {
    /// No bundled profile has this name.
    #[error("there is no device `{name}`; bundled are {}, and a path of a .toml file is accepted", names().join(", "))]
    UnknownName {
        /// The name.
        name: String,
    },
    /// The file could not be read.
    #[error("{}: {source}", file.display())]
    Io {
        /// The file.
        file: PathBuf,
        /// The reason.
        source: std::io::Error,
    },
    /// The text is no TOML, or a key is unknown, missing or of the wrong type.
    #[error("{}, line {line}, `{content}`: {problem}", file.display())]
    Syntax {
        /// The file.
        file: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What stands there, without its comment.
        content: String,
        /// What is wrong.
        problem: String,
    },
    /// A value is not acceptable.
    #[error("{}: {key} = {value}; {expected} is needed", file.display())]
    Value {
        /// The file.
        file: PathBuf,
        /// The key, with the tables around it.
        key: String,
        /// The value.
        value: String,
        /// What would be accepted.
        expected: &'static str,
    },
    /// The table that says how gates run is missing, or does not go with the kind.
    #[error("{}: kind = \"{kind}\" needs the table [{needed}], and not [{other}]", file.display())]
    Table {
        /// The file.
        file: PathBuf,
        /// The kind.
        kind: &'static str,
        /// The table that is needed.
        needed: &'static str,
        /// The table that is not wanted.
        other: &'static str,
    },
}

/// The names of the bundled profiles.
pub fn names() -> Vec<&'static str> {
    BUNDLED.iter().map(|&(name, _)| name).collect()
}

impl DeviceProfile {
    /// The bundled profile of that name.
    pub fn bundled(name: &str) -> Result<Self, DeviceError> {
        let (name, text) = BUNDLED
            .iter()
            .find(|(bundled, _)| *bundled == name)
            .ok_or_else(|| DeviceError::UnknownName { name: name.to_string() })?;
        Self::parse(text, format!("{name}.toml"))
    }

    /// Reads a profile from a TOML file.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, DeviceError> {
        let file = path.as_ref();
        let text = std::fs::read_to_string(file)
            .map_err(|source| DeviceError::Io { file: file.to_owned(), source })?;
        Self::parse(&text, file)
    }

    /// The bundled profile of that name, or else the profile in the file of that name, which ends in `.toml`.
    pub fn named_or_file(name: &str) -> Result<Self, DeviceError> {
        match Self::bundled(name) {
            Err(DeviceError::UnknownName { .. }) if name.ends_with(".toml") => Self::load(name),
            profile => profile,
        }
    }

    /// Reads a profile from the text of a TOML file; `file` names it in errors.
    pub fn parse(text: &str, file: impl Into<PathBuf>) -> Result<Self, DeviceError> {
        parse::parse(text, file.into())
    }

    /// The same device with all gate times (code cycle and reaction time, with error correction) multiplied by a
    /// factor; measurement, reset, delay and link stay.
    pub fn with_gate_times_scaled(&self, factor: f64) -> Self {
        let mut scaled = self.clone();
        match &mut scaled.operations {
            Operations::Physical(physical) => {
                physical.single_qubit_time *= factor;
                physical.two_qubit_time *= factor;
            }
            Operations::ErrorCorrected(code) => {
                code.code_cycle *= factor;
                code.reaction_time *= factor;
            }
        }
        scaled
    }

    /// The time that stands for the speed of the gates: of a two-qubit gate, or of a code cycle.
    pub fn gate_time(&self) -> f64 {
        match &self.operations {
            Operations::Physical(physical) => physical.two_qubit_time,
            Operations::ErrorCorrected(code) => code.code_cycle,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bundled_profile_is_read_and_has_its_name() {
        for name in names() {
            let profile = DeviceProfile::bundled(name).unwrap();
            assert_eq!(profile.name, name);
            assert!(!profile.description.is_empty());
            assert_eq!(
                profile.kind == DeviceKind::ErrorCorrected,
                matches!(profile.operations, Operations::ErrorCorrected(_))
            );
        }
    }

    #[test]
    fn trapped_ions_are_slower_and_more_precise_than_superconducting_qubits() {
        let physical = |name| match DeviceProfile::bundled(name).unwrap().operations {
            Operations::Physical(physical) => physical,
            Operations::ErrorCorrected(_) => panic!("{name} has error correction"),
        };
        let (ions, transmons) = (physical("trapped-ion"), physical("superconducting"));
        assert!(ions.two_qubit_time > 1e3 * transmons.two_qubit_time);
        assert!(ions.two_qubit_error < transmons.two_qubit_error);
        for device in [ions, transmons] {
            assert!(device.single_qubit_time < device.two_qubit_time);
            assert!(device.single_qubit_error < device.two_qubit_error);
        }
    }

    #[test]
    fn a_profile_is_found_by_name_or_by_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mine.toml");
        std::fs::write(&path, BUNDLED[0].1).unwrap();
        let path = path.to_str().unwrap();
        assert_eq!(
            DeviceProfile::named_or_file(path).unwrap(),
            DeviceProfile::named_or_file("superconducting").unwrap()
        );
        insta::assert_snapshot!(DeviceProfile::named_or_file("abacus").unwrap_err());
        assert!(matches!(DeviceProfile::named_or_file("abacus.toml"), Err(DeviceError::Io { .. })));
    }

    #[test]
    fn scaling_touches_gates_only() {
        let device = DeviceProfile::bundled("superconducting").unwrap();
        let scaled = device.with_gate_times_scaled(0.5);
        assert_eq!(scaled.gate_time(), 34e-9);
        assert_eq!(scaled.shot, device.shot);
    }
}
