//! Runs of files that are interrupted and go on from their checkpoints.

#![allow(clippy::unwrap_used, reason = "a failure is what a test reports")]

use qnewton_core::{Monitor, Silent};
use qnewton_pipeline::{CheckpointOptions, PipelineError, RunFileOptions, run_file};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// 16 qubits and enough gates for many questions whether to stop, most of them in nested repetitions; gates with
/// parameters do not become matrices.
const LONG: &str = "OPENQASM 3.0;\ninclude \"stdgates.inc\";\ngate step(t) a, b { ry(t) a; cx a, b; rz(0.2) b; }\n\
                    gate steps(t) a, b, c { pow(700) @ step(t) a, b; inv @ pow(500) @ step(t) b, c; h a; }\n\
                    qubit[16] q;\nbit[2] c;\nh q[3];\npow(6) @ steps(0.3) q[0], q[9], q[3];\nc[0] = measure q[3];\n\
                    pow(6) @ steps(0.3) q[1], q[15], q[3];\nc[1] = measure q[3];\n";

/// Cancels at the n-th question.
struct Nth(AtomicU64, u64);

impl Monitor for Nth {
    fn begin(&self, _stage: &str, _total: u64) {}
    fn advance(&self, _steps: u64) {}
    fn is_cancelled(&self) -> bool {
        self.0.fetch_add(1, Ordering::SeqCst) + 1 >= self.1
    }
}

fn options(seed: u64, path: Option<&Path>) -> RunFileOptions {
    let every = Duration::MAX;
    let checkpoint = path.map(|path| CheckpointOptions { path: path.to_path_buf(), every });
    RunFileOptions { seed, checkpoint, ..RunFileOptions::default() }
}

#[test]
fn a_run_in_pieces_is_the_run_in_one() {
    let folder = tempfile::tempdir().unwrap();
    let (file, checkpoint) = (folder.path().join("long.qasm"), folder.path().join("run.state"));
    std::fs::write(&file, LONG).unwrap();
    let whole = run_file(&file, &options(3, None), &Silent).unwrap();
    assert_eq!(whole.resumed_at, None);
    let with_checkpoints = options(3, Some(&checkpoint));
    let mut interruptions = 0;
    let pieces = loop {
        // The first question is asked before anything is done, the second after some of it.
        match run_file(&file, &with_checkpoints, &Nth(AtomicU64::new(0), 2)) {
            Ok(run) => break run,
            Err(error) => assert!(matches!(error, PipelineError::Cancelled(_)), "{error}"),
        }
        assert!(checkpoint.exists());
        interruptions += 1;
        assert!(interruptions < 100);
    };
    assert!(interruptions > 2, "{interruptions}");
    assert!(pieces.resumed_at.is_some_and(|share| share > 0.5 && share <= 1.0), "{:?}", pieces.resumed_at);
    assert_eq!(pieces.bits, whole.bits);
    assert!(pieces.state == whole.state);
    // The checkpoint is that of this seed and of this circuit.
    let refused = |seed: u64, text: &str| {
        let other = folder.path().join("other.qasm");
        std::fs::write(&other, text).unwrap();
        run_file(&other, &options(seed, Some(&checkpoint)), &Silent).unwrap_err().to_string()
    };
    assert!(refused(4, LONG).contains("its seed is 3"));
    assert!(refused(3, &LONG.replace("0.2", "0.20001")).contains("another circuit"));
}
