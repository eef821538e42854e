//! `qnewton solve`.

use crate::harness::{Folder, numbers, relative_difference};

/// Solves and holds measured error, bound and request against each other and x against what is known.
fn solves(folder: &Folder, options: &str, epsilon: f64, exact: &[f64]) {
    let document = folder.json(&format!("solve A.mtx --rhs A.rhs.mtx --epsilon {epsilon} {options}"));
    let solution = numbers(&document["solution"]);
    let error = relative_difference(&solution, exact);
    let bound = document["error_bound"]["total"].as_f64().unwrap();
    assert!(error <= epsilon, "{options}: {error}");
    assert!(error <= bound + 1e-12 && bound <= epsilon, "{options}: {error} {bound}");
    assert!((document["relative_error"].as_f64().unwrap() - error).abs() < 1e-9);
    assert_eq!(document["promise_kept"], true);
    let probability = document["success_probability"].as_f64().unwrap();
    let measured = document["measured_success_probability"].as_f64().unwrap();
    assert!((probability / measured - 1.0).abs() < 3.0 * epsilon, "{probability} {measured}");
}

#[test]
fn every_encoding_solves_tiny_systems() {
    let folder = Folder::new();
    for encoding in ["auto", "sparse", "fable", "dyadic"] {
        let options = format!("--encoding {encoding}");
        folder.small_system();
        solves(&folder, &options, 1e-2, &[0.6, -0.2]);
        solves(&folder, &options, 1e-6, &[0.6, -0.2]);
        // Neither symmetric nor positive; the solution has a sign of its own.
        folder.matrix("A", &[&[0.0, -2.0], &[1.0, 1.0]]);
        folder.vector("A.rhs", &[2.0, -4.0]);
        solves(&folder, &options, 1e-4, &[-3.0, -1.0]);
        // One unknown, padded to a qubit.
        folder.matrix("A", &[&[-4.0]]);
        folder.vector("A.rhs", &[2.0]);
        solves(&folder, &options, 1e-3, &[-0.5]);
        // Three unknowns, padded to four; entries of 1e-9 are no zeros.
        folder.matrix("A", &[&[2e-9, 1e-9, 0.0], &[0.0, 2e-9, 1e-9], &[1e-9, 0.0, 2e-9]]);
        folder.vector("A.rhs", &[4e3, 7e3, 7e3]);
        solves(&folder, &options, 1e-3, &[1e12, 2e12, 3e12]);
    }
}

#[test]
fn hessians_of_networks_are_solved() {
    let folder = Folder::new();
    for name in ["digits-12", "digits-16-pruned", "poisson-16"] {
        folder.hessian(name);
        let document = folder.json("solve A.mtx --rhs A.rhs.mtx");
        let error =
            relative_difference(&numbers(&document["solution"]), &numbers(&document["classical_solution"]));
        assert!(error <= 1e-2, "{name}: {error}");
        assert_eq!(document["n"], numbers(&document["solution"]).len());
    }
}

#[test]
fn damping_and_pruning_come_before_everything_else() {
    let folder = Folder::new();
    folder.matrix("A", &[&[1.0, 0.1], &[0.1, 1.0]]);
    folder.vector("A.rhs", &[3.0, 1.5]);
    solves(&folder, "--damping 0.5 --prune 1", 1e-3, &[2.0, 1.0]);
    let document = folder.json("solve A.mtx --rhs A.rhs.mtx --damping 0.5 --prune 1");
    assert_eq!(document["preparation"]["damping"], 0.5);
    assert_eq!(document["preparation"]["prune"], 1);
    assert_eq!(document["preparation"]["reports"]["pruning"]["dropped"], 2);
}

#[test]
fn the_solution_is_written_in_both_formats() {
    let folder = Folder::new();
    folder.small_system();
    let document = folder.json("solve A.mtx --rhs A.rhs.mtx --solution x.mtx");
    let written: Vec<f64> = folder.read("x.mtx").lines().skip(2).map(|line| line.parse().unwrap()).collect();
    // Readers of JSON may be off in the last digit.
    assert!(relative_difference(&written, &numbers(&document["solution"])) < 1e-15);
    folder.json("solve A.mtx --rhs A.rhs.mtx --solution x.npy");
    let bytes = std::fs::read(folder.path("x.npy")).unwrap();
    let data: Vec<f64> = bytes[bytes.len() - 16..]
        .chunks(8)
        .map(|chunk| f64::from_le_bytes(chunk.try_into().unwrap()))
        .collect();
    assert_eq!(data, written);
}

#[test]
fn the_report_states_bounds_and_verdict() {
    let folder = Folder::new();
    folder.small_system();
    let run = folder.qnewton("solve A.mtx --rhs A.rhs.mtx --quiet");
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    for part in
        ["2 unknowns", "condition number 2.61803", "polynomial of degree", "error bound", "the promise holds"]
    {
        assert!(run.stdout.contains(part), "{part}: {}", run.stdout);
    }
}

#[test]
fn a_certificate_is_forced_where_it_would_be_bounded() {
    let folder = Folder::new();
    folder.small_system();
    assert_eq!(folder.json("encode A.mtx --verify")["encoding_error_method"], "executed");
}

#[test]
fn a_solve_can_leave_its_circuit() {
    let folder = Folder::new();
    folder.small_system();
    let solved = folder.json("solve A.mtx --rhs A.rhs.mtx -o solve.qasm --style flat");
    assert_eq!(solved["output"], "solve.qasm");
    assert_eq!(folder.files(), ["A.mtx", "A.rhs.mtx", "solve.qasm", "solve.qasm.json"]);
    let run = folder.json("run solve.qasm");
    assert!(relative_difference(&numbers(&run["solution"]), &numbers(&solved["solution"])) < 1e-10);
}

#[test]
fn shots_keep_their_share_of_epsilon() {
    let folder = Folder::new();
    folder.hessian("digits-12");
    let document = folder.json("solve A.mtx --rhs A.rhs.mtx --epsilon 0.1 --shots auto --seed 5");
    assert_eq!(document["epsilon"], 0.05);
    let bound = |name: &str| document["readout"]["error_bound"][name].as_f64().unwrap();
    let found = document["readout"]["relative_error"].as_f64().unwrap();
    assert!(found <= bound("total") && bound("total") <= 0.1 && bound("read_out") > 0.02, "{found}");
    assert_eq!(document["readout"]["promise_kept"], true);
    // A number of shots promises nothing, and says what that comes to.
    let document = folder.json("solve A.mtx --rhs A.rhs.mtx --epsilon 0.1 --shots 1000");
    assert!(document["readout"]["error_bound"]["total"].as_f64().unwrap() > 0.1);
    let refused = folder.qnewton("solve A.mtx --rhs A.rhs.mtx --epsilon 1e-8 --shots auto");
    assert!(refused.code == 1 && refused.stderr.contains("no number of shots"), "{}", refused.stderr);
}
