//! Several processes that a launcher has started.

use crate::harness::Folder;
use std::process::{Command, Output};

/// The program as one of four processes.
fn launched(folder: &Folder, rank: usize, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_qnewton"))
        .args(arguments)
        .current_dir(folder.path(""))
        .env("PMI_SIZE", "4")
        .env("PMI_RANK", rank.to_string())
        .output()
        .unwrap()
}

fn check(arguments: &[&str], code: i32, message: &str) {
    let folder = Folder::new();
    folder.write("a.qasm", "OPENQASM 3.0;\nqubit q;\nU(1, 2, 3) q;\n");
    let first = launched(&folder, 0, arguments);
    let said = String::from_utf8_lossy(&first.stderr).into_owned();
    assert_eq!((first.status.code(), first.stdout), (Some(code), Vec::new()), "{said}");
    assert!(said.contains(message), "{said}");
    let other = launched(&folder, 2, arguments);
    assert_eq!((other.status.code(), other.stdout, other.stderr), (Some(0), Vec::new(), Vec::new()));
}

#[test]
fn rank_0_says_for_all_that_a_command_is_no_work_for_several() {
    check(&["count", "a.qasm"], 1, "4 processes were started, but only `qnewton run` shares its work");
}

#[test]
fn rank_0_says_for_all_what_is_wrong_with_the_arguments() {
    check(&["run"], 2, "required arguments");
}

/// With MPI the processes would look for each other.
#[cfg(not(feature = "mpi"))]
#[test]
fn copies_without_mpi_do_not_all_do_the_same_work() {
    check(&["run", "a.qasm"], 1, "built without MPI");
}
