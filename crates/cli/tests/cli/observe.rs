//! `qnewton run`: expectation values, post-selection, noise, checkpoints.

use crate::harness::{Folder, numbers};

/// cos(0.3)|00> + sin(0.3)|11> on q, |1> on the flag.
const PAIR: &str = "OPENQASM 3.0;\ninclude \"stdgates.inc\";\nqubit[2] q;\nqubit flag;\n\
                    ry(0.6) q[0];\ncx q[0], q[1];\nx flag;\n";

fn pair() -> Folder {
    let folder = Folder::new();
    folder.write("pair.qasm", PAIR);
    folder
}

fn assert_close(found: &serde_json::Value, expected: f64, tolerance: f64) {
    let found = found.as_f64().unwrap();
    assert!((found - expected).abs() <= tolerance, "{found}, not {expected}");
}

#[test]
fn expectation_values_of_pauli_sums() {
    let folder = pair();
    folder.write("sum.txt", "# energy\n0.5*Z0 Z1\n- 2 X0 X1\n+ 0.25\n");
    let run = |expect: &[&str]| {
        let mut command = folder.command();
        command.args(["run", "pair.qasm", "--json"]).args(expect);
        crate::harness::Run::from(command.output().unwrap())
    };
    let found = run(&[
        "--expect",
        "0.5*Z0 Z1 - 2 X0 X1",
        "--expect",
        "@sum.txt",
        "--expect",
        "-ZIZ",
        "--expect",
        "Y0 Y1",
    ]);
    let document = found.document();
    let values = &document["expectations"];
    let (sin, cos) = (0.6f64.sin(), 0.6f64.cos());
    for (place, expected) in [0.5 - 2.0 * sin, 0.75 - 2.0 * sin, cos, -sin].into_iter().enumerate() {
        assert_close(&values[place]["value"], expected, 1e-14);
        assert!(values[place].get("standard_error").is_none());
    }
    assert_eq!(values[1]["observable"], "@sum.txt");
    // Letters number the qubits of the register.
    let found = run(&["--register", "q", "--expect", "ZI"]).document();
    assert_close(&found["expectations"][0]["value"], cos, 1e-14);
    assert_eq!(found["expectations"][0]["register"], "q");
    for (arguments, said) in [
        (&["--expect", "ZZ"][..], "`ZZ` has 2 letters for 3 qubits"),
        (&["--expect", "Z3"], "there are 3 qubits"),
        (&["--expect", "Z0", "--register", "r"], "there is no register `r`, but `q`, `flag`"),
        (&["--register", "q"], "--register says"),
    ] {
        let refused = run(arguments);
        assert_eq!((refused.code, refused.stdout.as_str()), (2, ""));
        assert!(refused.stderr.contains(said), "{}", refused.stderr);
    }
    assert!(run(&["--expect", "@none.txt"]).stderr.contains("none.txt: "));
}

#[test]
fn expectation_values_of_matrices() {
    let folder = pair();
    folder.matrix(
        "M",
        &[&[1.0, 0.0, 0.0, 2.0], &[0.0, 7.0, 0.0, 0.0], &[0.0, 0.0, 7.0, 0.0], &[2.0, 0.0, 0.0, 3.0]],
    );
    let document = folder.json("run pair.qasm --expect-matrix M.mtx --register q");
    let (sin, cos) = 0.3f64.sin_cos();
    let expected = cos * cos + 3.0 * sin * sin + 4.0 * sin * cos;
    assert_close(&document["expectations"][0]["value"], expected, 1e-14);
    assert_eq!(document["expectations"][0]["observable"], "M.mtx");
    let run = folder.qnewton("run pair.qasm --expect-matrix M.mtx --register flag");
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("4 x 4 matrix is no observable of 1 qubits"), "{}", run.stderr);
}

#[test]
fn post_selection_keeps_the_rest_of_the_state() {
    let folder = pair();
    let arguments = "run pair.qasm --post-select q[0]=1 --post-select flag=1 --amplitudes rest.npy \
                     --expect Z1 --shots 4000 --seed 2";
    let document = folder.json(arguments);
    let probability = 0.3f64.sin().powi(2);
    assert_close(&document["post_selection"]["probability"], probability, 1e-14);
    assert_eq!(document["post_selection"]["conditions"][1], "flag=1");
    assert_close(&document["expectations"][0]["value"], -1.0, 1e-14);
    assert_close(&document["accepted_shots"], 4000.0 * probability, 100.0);
    assert_eq!(document["histogram"].as_object().unwrap().keys().collect::<Vec<_>>(), ["111"]);
    assert_eq!(document["most_probable"][0]["state"], "111");
    let bytes = std::fs::read(folder.path("rest.npy")).unwrap();
    let values: Vec<f64> =
        bytes[128..].chunks(8).map(|chunk| f64::from_le_bytes(chunk.try_into().unwrap())).collect();
    assert!(String::from_utf8_lossy(&bytes[..128]).contains("'shape': (2,)"));
    assert!(values.iter().zip([0.0, 0.0, 1.0, 0.0]).all(|(a, b)| (a - b).abs() < 1e-14), "{values:?}");
    for (selection, said) in [
        ("flag=0", "probability 0"),
        ("flag=2", "does not fit"),
        ("q", "REGISTER=VALUE"),
        ("p=0", "no register"),
    ] {
        let run = folder.qnewton(&format!("run pair.qasm --post-select {selection}"));
        assert!(run.code != 0 && run.stderr.contains(said), "{}", run.stderr);
    }
}

#[test]
fn measured_circuits_are_post_selected_shot_by_shot() {
    let folder = Folder::new();
    folder.write(
        "m.qasm",
        "OPENQASM 3.0;\ninclude \"stdgates.inc\";\nqubit[2] q;\nbit c;\nry(1.0) q[0];\ncx q[0], q[1];\nc = measure q[0];\n",
    );
    let document = folder.json("run m.qasm --shots 2000 --seed 1 --post-select q[1]=0");
    assert_close(&document["accepted_shots"], 2000.0 * 0.5f64.cos().powi(2), 100.0);
    assert_eq!(document["histogram"].as_object().unwrap().keys().collect::<Vec<_>>(), ["0"]);
}

#[test]
fn noise_is_averaged_over_trajectories() {
    let folder = pair();
    // Depolarising with p after x leaves (1 - p) of <Z>; a pair of qubits loses the same share.
    let arguments = "run pair.qasm --shots 4000 --seed 3 --noise depolarising=0.1 --noise readout=0,0.05";
    let document = folder.json(&format!("{arguments} --expect Z2 --expect Z0*Z1"));
    for (place, expected) in [-0.9, 0.9].into_iter().enumerate() {
        let found = &document["expectations"][place];
        let error = found["standard_error"].as_f64().unwrap();
        assert!(error > 0.003 && error < 0.009, "{error}");
        assert_close(&found["value"], expected, 5.0 * error);
    }
    assert_eq!(document["noise"]["depolarising"], 0.1);
    assert_eq!(numbers(&document["noise"]["readout"]), [0.0, 0.05]);
    // The flag reads 0 where it is 0 and, now and then, where it is 1.
    let histogram = document["histogram"].as_object().unwrap();
    let zeros: f64 =
        histogram.iter().filter(|(key, _)| key.starts_with('0')).map(|(_, n)| n.as_f64().unwrap()).sum();
    assert!((zeros / 4000.0 - (0.05 + 0.95 * 0.05)).abs() < 0.02, "{zeros}");
    assert_eq!(folder.json(arguments)["histogram"], document["histogram"]);
    // What is shown of the state is the circuit without noise.
    assert_close(&document["most_probable"][0]["probability"], 0.3f64.cos().powi(2), 1e-12);
    for (arguments, said) in [
        ("--noise depolarising=0.1", "--shots"),
        ("--shots 5 --noise depolarising=2", "between 0 and 1"),
        ("--shots 5 --noise pauli=0.5", "`pauli=PX,PY,PZ`"),
        ("--shots 5 --noise depolarising=0.1 --checkpoint c", "cannot be used with"),
    ] {
        let run = folder.qnewton(&format!("run pair.qasm {arguments}"));
        assert!(run.code == 2 && run.stderr.contains(said), "{}", run.stderr);
    }
}

#[test]
fn noise_of_a_solver_lowers_its_success() {
    let folder = Folder::new();
    folder.small_system();
    folder.json("compile A.mtx --rhs A.rhs.mtx -o s.qasm");
    let clean = folder.json("run s.qasm --shots 300 --seed 3");
    let noisy = folder.json("run s.qasm --shots 300 --seed 3 --noise depolarising=0.002");
    assert_eq!(noisy["solution"], clean["solution"]);
    assert!(noisy["accepted_shots"].as_u64().unwrap() > 0);
    let bits = |document: &serde_json::Value| {
        document["histogram"].as_object().unwrap().keys().next().unwrap().len()
    };
    assert_eq!(bits(&noisy), bits(&clean));
}

/// 16 qubits and enough gates for many questions whether to stop.
const LONG: &str = "OPENQASM 3.0;\ninclude \"stdgates.inc\";\ngate step a, b { ry(0.3) a; cx a, b; rz(0.2) b; }\n\
                    qubit[16] q;\nbit c;\nh q[3];\npow(6000) @ step q[0], q[9];\nc = measure q[3];\npow(6000) @ step q[1], q[15];\n";

#[test]
fn a_run_that_writes_checkpoints_gives_the_same_state_and_leaves_none() {
    let folder = Folder::new();
    folder.write("long.qasm", LONG);
    let plain = folder.json("run long.qasm --seed 4 --state plain.npy");
    // Every question is answered by a checkpoint.
    let written = folder
        .json("run long.qasm --seed 4 --state written.npy --checkpoint c.state --checkpoint-every 1e-9");
    assert!(written.get("resumed_at").is_none());
    assert_eq!(written["bits"], plain["bits"]);
    let bytes = |name: &str| std::fs::read(folder.path(name)).unwrap();
    assert!(bytes("plain.npy") == bytes("written.npy"));
    assert_eq!(folder.files(), ["long.qasm", "plain.npy", "written.npy"]);
}

#[test]
fn files_that_are_no_checkpoint_of_the_run_are_refused_and_kept() {
    let folder = pair();
    folder.write("c.state", "something else");
    let run = folder.qnewton("run pair.qasm --checkpoint c.state");
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("c.state: this is no checkpoint of a run"), "{}", run.stderr);
    assert!(run.stderr.contains("hint: another file for --checkpoint"), "{}", run.stderr);
    assert_eq!(folder.read("c.state"), "something else");
    let run = folder.qnewton("run pair.qasm --checkpoint pair.qasm");
    assert_eq!(run.code, 2, "{}", run.stderr);
}

#[cfg(target_os = "linux")]
#[test]
fn an_interrupted_run_goes_on_where_it_was() {
    use std::process::{Command, Stdio};
    let folder = Folder::new();
    // Minutes, unless it is interrupted.
    let long = LONG.replace("6000", "2000000");
    folder.write("long.qasm", &long);
    folder.write("other.qasm", LONG);
    let mut child = Command::new(assert_cmd::cargo::cargo_bin!("qnewton"))
        .args(["run", "long.qasm", "--seed", "4", "--time-limit", "1e9", "--checkpoint", "c.state"])
        .args(["--checkpoint-every", "1e-9"])
        .current_dir(folder.path(""))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A checkpoint is there as soon as there is something to interrupt.
    while !folder.path("c.state").exists() {
        assert!(child.try_wait().unwrap().is_none());
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let process = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &process]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(said, "c.state holds the run: the same command goes on from there\nerror: cancelled\n");
    assert_eq!(folder.files(), ["c.state", "long.qasm", "other.qasm"]);
    // Others are refused, and nothing happens to the checkpoint.
    for (arguments, reason) in
        [("other.qasm --seed 4", "another circuit"), ("long.qasm --seed 5", "its seed is 4")]
    {
        let run = folder.qnewton(&format!("run {arguments} --time-limit 1e9 --checkpoint c.state"));
        assert_eq!(run.code, 1);
        assert!(run.stderr.contains(reason), "{}", run.stderr);
    }
    assert!(folder.path("c.state").exists());
}
