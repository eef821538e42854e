//! States on the ranks of an MPI job: the same results as in one process.
//!
//! `tests/interop/setup_mpi.sh` installs MPI where it is missing; without it these tests fail and say so.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use qnewton_tests::root;
use std::path::PathBuf;
use std::process::Command;

/// The program that compares, built with MPI in a target folder of its own.
fn program() -> PathBuf {
    let setup = Command::new("sh").arg(root().join("tests/interop/setup_mpi.sh")).output();
    let setup = setup.expect("a POSIX shell is needed to set up MPI");
    let errors = String::from_utf8_lossy(&setup.stderr).into_owned();
    assert!(setup.status.success(), "MPI could not be set up: {errors}");
    let target = root().join("target/mpi");
    let built = Command::new(env!("CARGO"))
        .current_dir(root())
        .args(["build", "--package", "qnewton-statevector", "--features", "mpi", "--example", "ranks"])
        .arg("--target-dir")
        .arg(&target)
        // Building takes longer than running.
        .envs([("CARGO_PROFILE_DEV_OPT_LEVEL", "0"), ("CARGO_PROFILE_DEV_DEBUG", "0")])
        .output()
        .unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    target.join("debug/examples/ranks")
}

#[test]
fn one_two_four_and_eight_ranks_give_the_results_of_one_process() {
    let program = program();
    for ranks in [1, 2, 4, 8] {
        let run = Command::new("mpirun")
            .args(["-n", &ranks.to_string()])
            .arg(&program)
            // There may be fewer cores than ranks, and the user may be root; what Open MPI calls these wishes.
            .envs([
                ("OMPI_MCA_rmaps_base_oversubscribe", "1"),
                ("OMPI_ALLOW_RUN_AS_ROOT", "1"),
                ("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1"),
                ("RAYON_NUM_THREADS", "1"),
            ])
            .output()
            .unwrap();
        let (said, errors) = (String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
        assert!(run.status.success(), "{ranks} ranks: {said}{errors}");
        let shared = format!("on {ranks} of {ranks} ranks: identical");
        assert_eq!(said.lines().filter(|line| line.contains(&shared)).count(), 2, "{said}");
    }
}
