//! What toolkits export is read, and means what it means there.
//!
//! `tests/interop/export_toolkits.py` makes the circuits and their unitaries, in the environment of
//! `tests/interop/setup.sh`.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod toolkits;

use qnewton::pipeline::read_program;
use toolkits::{python, unitary};

/// The unitaries of the toolkits have 16 digits, the texts as many as they write.
const TOLERANCE: f64 = 1e-9;

#[test]
fn exports_of_toolkits_mean_the_same_here() {
    let folder = tempfile::tempdir().unwrap();
    let output = python("export_toolkits.py").arg(folder.path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let printed = String::from_utf8_lossy(&output.stdout);
    let written: serde_json::Value = serde_json::from_str(printed.lines().last().unwrap()).unwrap();
    let written = written.as_object().unwrap();
    let mut failures = Vec::new();
    for (name, states_phase) in written {
        let path = folder.path().join(format!("{name}.qasm"));
        let program = match read_program(&path) {
            Ok(program) => program,
            Err(error) => {
                failures.push(format!("{name}: {error}"));
                continue;
            }
        };
        let ours = unitary(&program.circuit);
        let bytes = std::fs::read(folder.path().join(format!("{name}.unitary"))).unwrap();
        let numbers: Vec<f64> =
            bytes.chunks_exact(8).map(|chunk| f64::from_le_bytes(chunk.try_into().unwrap())).collect();
        let theirs: Vec<(f64, f64)> = numbers.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect();
        assert_eq!(ours.len(), theirs.len(), "{name}");
        // One phase for all entries, unless the text states it: that of the inner product.
        let inner = ours
            .iter()
            .zip(&theirs)
            .fold((0.0, 0.0), |sum, (a, b)| (sum.0 + a.0 * b.0 + a.1 * b.1, sum.1 + a.0 * b.1 - a.1 * b.0));
        let size = inner.0.hypot(inner.1);
        let phase =
            if states_phase.as_bool().unwrap() { (1.0, 0.0) } else { (inner.0 / size, inner.1 / size) };
        let difference = ours.iter().zip(&theirs).fold(0.0f64, |most, (a, b)| {
            let turned = (a.0 * phase.0 - a.1 * phase.1, a.0 * phase.1 + a.1 * phase.0);
            most.max((turned.0 - b.0).hypot(turned.1 - b.1))
        });
        if difference >= TOLERANCE {
            failures.push(format!("{name}: an entry differs by {difference}"));
        }
    }
    assert!(written.len() >= 15);
    assert!(failures.is_empty(), "{failures:#?}");
}
