//! Reading and checking the text of a profile.

use super::{DeviceError, DeviceKind, DeviceProfile, Operations, Parallelism, PhysicalOperations, ShotTimes};
use crate::error_correction::ErrorCorrection;
use serde::Deserialize;
use std::path::PathBuf;

/// The text of a profile as TOML has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    name: String,
    description: String,
    kind: DeviceKind,
    #[serde(default = "one")]
    devices: u32,
    qubits: Option<u64>,
    parallelism: Parallelism,
    link_latency: f64,
    physical: Option<PhysicalOperations>,
    error_correction: Option<ErrorCorrection>,
    shot: ShotTimes,
}

fn one() -> u32 {
    1
}

/// What a number may be.
#[derive(Clone, Copy)]
enum Range {
    Seconds,
    PositiveSeconds,
    Rate,
    Share,
    Positive,
    NotNegative,
}

impl Range {
    fn contains(self, value: f64) -> bool {
        value.is_finite()
            && match self {
                Range::Seconds | Range::NotNegative => value >= 0.0,
                Range::PositiveSeconds | Range::Positive => value > 0.0,
                Range::Rate => (0.0..1.0).contains(&value),
                Range::Share => value > 0.0 && value < 1.0,
            }
    }

    fn expected(self) -> &'static str {
        match self {
            Range::Seconds => "a finite number of seconds that is not negative",
            Range::PositiveSeconds => "a finite number of seconds above 0",
            Range::Rate => "a probability of at least 0 and below 1",
            Range::Share => "a number between 0 and 1",
            Range::Positive => "a finite number above 0",
            Range::NotNegative => "a finite number that is not negative",
        }
    }
}

pub(super) fn parse(text: &str, file: PathBuf) -> Result<DeviceProfile, DeviceError> {
    let document: Document = toml::from_str(text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        let line = text.bytes().take(start).filter(|&byte| byte == b'\n').count();
        let content = text.lines().nth(line).unwrap_or_default();
        DeviceError::Syntax {
            file: file.clone(),
            line: line + 1,
            content: content.split('#').next().unwrap_or_default().trim().to_string(),
            problem: error.message().to_string(),
        }
    })?;
    check(&document, &file)?;
    let (kind, needed, other) = match document.kind {
        DeviceKind::ErrorCorrected => ("error-corrected", "error_correction", "physical"),
        DeviceKind::Physical => ("physical", "physical", "error_correction"),
        DeviceKind::Hypothetical => ("hypothetical", "physical", "error_correction"),
    };
    let operations = match (document.kind, document.physical, document.error_correction) {
        (DeviceKind::ErrorCorrected, None, Some(code)) => Operations::ErrorCorrected(code),
        (DeviceKind::Physical | DeviceKind::Hypothetical, Some(physical), None) => {
            Operations::Physical(physical)
        }
        _ => return Err(DeviceError::Table { file, kind, needed, other }),
    };
    Ok(DeviceProfile {
        name: document.name,
        description: document.description,
        kind: document.kind,
        devices: document.devices,
        qubits: document.qubits,
        parallelism: document.parallelism,
        link_latency: document.link_latency,
        operations,
        shot: document.shot,
    })
}

fn check(document: &Document, file: &std::path::Path) -> Result<(), DeviceError> {
    let mut values = vec![
        ("devices", f64::from(document.devices), Range::Positive),
        ("link_latency", document.link_latency, Range::Seconds),
        ("shot.measurement", document.shot.measurement, Range::Seconds),
        ("shot.reset", document.shot.reset, Range::Seconds),
        ("shot.delay", document.shot.delay, Range::Seconds),
    ];
    if let Some(physical) = &document.physical {
        values.extend([
            ("physical.single_qubit_time", physical.single_qubit_time, Range::Seconds),
            ("physical.two_qubit_time", physical.two_qubit_time, Range::Seconds),
            ("physical.single_qubit_error", physical.single_qubit_error, Range::Rate),
            ("physical.two_qubit_error", physical.two_qubit_error, Range::Rate),
            ("physical.measurement_error", physical.measurement_error, Range::Rate),
        ]);
    }
    if let Some(code) = &document.error_correction {
        values.extend([
            ("error_correction.code_cycle", code.code_cycle, Range::PositiveSeconds),
            ("error_correction.reaction_time", code.reaction_time, Range::Seconds),
            ("error_correction.physical_error", code.physical_error, Range::Rate),
            ("error_correction.threshold", code.threshold, Range::Share),
            ("error_correction.prefactor", code.prefactor, Range::Positive),
            ("error_correction.failure_budget", code.failure_budget, Range::Share),
            ("error_correction.rounds_per_layer", code.rounds_per_layer, Range::Positive),
            ("error_correction.cycles_per_t_state", code.cycles_per_t_state, Range::Positive),
            ("error_correction.factories", f64::from(code.factories), Range::Positive),
            ("error_correction.factory_footprint", code.factory_footprint, Range::NotNegative),
            ("error_correction.routing_overhead", code.routing_overhead, Range::Positive),
            ("error_correction.synthesis.t_per_bit", code.synthesis.t_per_bit, Range::NotNegative),
            ("error_correction.synthesis.t_constant", code.synthesis.t_constant, Range::NotNegative),
            ("error_correction.synthesis.error_share", code.synthesis.error_share, Range::Share),
        ]);
    }
    match values.into_iter().find(|&(_, value, range)| !range.contains(value)) {
        None => Ok(()),
        Some((key, value, range)) => Err(DeviceError::Value {
            file: file.to_owned(),
            key: key.to_string(),
            value: value.to_string(),
            expected: range.expected(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{BUNDLED, DeviceProfile};

    /// The message for a bundled profile in which `old` is replaced by `new`.
    fn message(name: &str, old: &str, new: &str) -> String {
        let text = BUNDLED.iter().find(|(bundled, _)| *bundled == name).unwrap().1;
        assert!(text.contains(old), "{name} has no {old}");
        DeviceProfile::parse(&text.replacen(old, new, 1), "mine.toml").unwrap_err().to_string()
    }

    #[test]
    fn bad_profiles_are_refused_with_file_and_key() {
        let cases = [
            ("superconducting", "two_qubit_time = 68e-9", "two_qubit_time = -1.0"),
            ("superconducting", "two_qubit_time = 68e-9", "two_qubit_time = nan"),
            ("superconducting", "two_qubit_time = 68e-9", "two_qubit_time = \"fast\""),
            ("superconducting", "two_qubit_time = 68e-9", "two_qubits_time = 68e-9"),
            ("superconducting", "two_qubit_time = 68e-9", ""),
            ("superconducting", "two_qubit_error = 1.27e-3", "two_qubit_error = 1.0"),
            ("superconducting", "delay = 250e-6", "delay = inf"),
            ("superconducting", "qubits = 156", "qubits = -1"),
            ("superconducting", "qubits = 156", "devices = 0"),
            ("superconducting", "kind = \"physical\"", "kind = \"error-corrected\""),
            ("superconducting", "kind = \"physical\"", "kind = \"analog\""),
            ("superconducting", "parallelism = \"layered\"", "parallelism = \"layered"),
            ("error-corrected", "factories = 28", "factories = 0"),
            ("error-corrected", "error_share = 0.1", "error_share = 1.0"),
            ("error-corrected", "kind = \"error-corrected\"", "kind = \"hypothetical\""),
        ];
        let messages: Vec<String> = cases
            .iter()
            .map(|(name, old, new)| {
                format!("{old} -> {new}\n    {}", message(name, old, new).replace('\n', " "))
            })
            .collect();
        insta::assert_snapshot!(messages.join("\n"));
    }
}
