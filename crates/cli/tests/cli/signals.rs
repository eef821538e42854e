//! Ctrl-C, and readers that stop reading.

use crate::harness::Folder;
use std::process::{Command, Stdio};

#[test]
fn a_reader_that_stops_reading_is_no_failure() {
    let folder = Folder::new();
    folder.small_system();
    let program = assert_cmd::cargo::cargo_bin!("qnewton");
    for arguments in
        [["solve", "A.mtx", "--rhs", "A.rhs.mtx", "--json"], ["solve", "A.mtx", "--rhs", "A.rhs.mtx", "-q"]]
    {
        let mut child = Command::new(program)
            .args(arguments)
            .current_dir(folder.path(""))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    }
}

/// Waits until a process has a handler for interrupts.
#[cfg(target_os = "linux")]
fn wait_for_handler(process: &str) {
    loop {
        let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
        let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap().trim();
        // SIGINT is signal 2.
        if u64::from_str_radix(caught, 16).unwrap() & 0b10 != 0 {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn an_interrupt_ends_the_work_and_leaves_no_file() {
    let folder = Folder::new();
    // 10^9 gates on 18 qubits: hours, unless it is interrupted.
    folder.write(
        "long.qasm",
        "OPENQASM 3.0;\ngate g a { U(1, 2, 3) a; }\nqubit[18] q;\npow(1000000000) @ g q[3];\n",
    );
    let mut child = Command::new(assert_cmd::cargo::cargo_bin!("qnewton"))
        .args(["run", "long.qasm", "--state", "state.npy", "--time-limit", "1e9"])
        .current_dir(folder.path(""))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let process = child.id().to_string();
    wait_for_handler(&process);
    assert!(child.try_wait().unwrap().is_none());
    assert!(Command::new("kill").args(["-INT", &process]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "error: cancelled\n");
    assert!(output.stdout.is_empty());
    assert_eq!(folder.files(), ["long.qasm"]);
}
