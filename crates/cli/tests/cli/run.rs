//! `qnewton run` and `qnewton count` on files that somebody else wrote.

use crate::harness::{Folder, numbers};

const BELL: &str = "OPENQASM 3.0;\ninclude \"stdgates.inc\";\nqubit[2] q;\nh q[0];\ncx q[0], q[1];\n";

#[test]
fn shots_are_drawn_from_the_state_and_determined_by_the_seed() {
    let folder = Folder::new();
    folder.write("bell.qasm", BELL);
    let document = folder.json("run bell.qasm --shots 4000 --seed 5");
    let histogram = document["histogram"].as_object().unwrap();
    let outcomes: Vec<&String> = histogram.keys().collect();
    assert_eq!(outcomes, ["00", "11"]);
    let ones = histogram["11"].as_f64().unwrap();
    assert!((ones - 2000.0).abs() < 200.0, "{ones}");
    assert_eq!(folder.json("run bell.qasm --shots 4000 --seed 5")["histogram"], document["histogram"]);
    assert_ne!(folder.json("run bell.qasm --shots 4000 --seed 6")["histogram"], document["histogram"]);
    assert!(folder.json("run bell.qasm").get("bits").is_none());
}

#[test]
fn measurements_inside_the_circuit_are_measured_in_every_shot() {
    let folder = Folder::new();
    let teleport = "OPENQASM 3.0;\ninclude \"stdgates.inc\";\nqubit[3] q;\nbit[2] c;\nbit d;\nx q[0];\nh q[1];\ncx q[1], q[2];\n\
                    cx q[0], q[1];\nh q[0];\nc[0] = measure q[0];\nc[1] = measure q[1];\n\
                    if (c[1]) { x q[2]; }\nif (c[0]) { z q[2]; }\nd = measure q[2];\n";
    folder.write("teleport.qasm", teleport);
    let document = folder.json("run teleport.qasm --shots 200 --seed 1");
    let histogram = document["histogram"].as_object().unwrap();
    // The last bit, on the left, is always the one that was sent.
    assert_eq!(histogram.keys().collect::<Vec<_>>(), ["100", "101", "110", "111"]);
    assert_eq!(document["bits"].as_str().unwrap().as_bytes()[0], b'1');
}

#[test]
fn the_state_is_written_in_logical_order() {
    let folder = Folder::new();
    folder.write(
        "s.qasm",
        "OPENQASM 3.0;\ninclude \"stdgates.inc\";\nqubit[2] q;\nx q[1];\nry(1.0) q[0];\nz q[0];\n",
    );
    folder.json("run s.qasm --state state.npy");
    let bytes = std::fs::read(folder.path("state.npy")).unwrap();
    assert!(bytes.starts_with(b"\x93NUMPY\x01\x00") && bytes.len() == 128 + 4 * 16);
    let header = String::from_utf8_lossy(&bytes[10..128]);
    assert!(header.starts_with("{'descr': '<c16', 'fortran_order': False, 'shape': (4,), }"), "{header}");
    assert!(header.ends_with('\n'));
    let values: Vec<f64> =
        bytes[128..].chunks(8).map(|chunk| f64::from_le_bytes(chunk.try_into().unwrap())).collect();
    let expected = [0.0, 0.0, 0.0, 0.0, 0.5f64.cos(), 0.0, -(0.5f64.sin()), 0.0];
    assert!(values.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-15), "{values:?}");
    let most_probable = &folder.json("run s.qasm")["most_probable"];
    assert_eq!(most_probable[0]["state"], "10");
    assert_eq!(numbers(&most_probable[0]["amplitude"]), values[4..6]);
}

#[test]
fn with_a_manifest_shots_count_where_all_else_reads_zero() {
    let folder = Folder::new();
    folder.small_system();
    let compiled = folder.json("compile A.mtx --rhs A.rhs.mtx -o s.qasm");
    let document = folder.json("run s.qasm --shots 20000 --seed 3 --solution x.mtx --state s.npy");
    let share = document["accepted_shots"].as_f64().unwrap() / 20000.0;
    assert!((share - compiled["success_probability"].as_f64().unwrap()).abs() < 0.02, "{share}");
    // x = (0.6, -0.2): probabilities 0.9 and 0.1 among the accepted shots.
    let accepted = document["accepted_shots"].as_f64().unwrap();
    let zeros = document["histogram"]["0"].as_f64().unwrap() / accepted;
    assert!((zeros - 0.9).abs() < 0.02, "{zeros}");
    assert!(folder.read("x.mtx").starts_with("%%MatrixMarket matrix array real general\n2 1\n"));
}

#[test]
fn openqasm_2_is_executed_and_counted() {
    let folder = Folder::new();
    folder.write(
        "old.qasm",
        "OPENQASM 2.0;\ninclude \"qelib1.inc\";\nqreg q[3];\ncreg c[3];\nh q[0];\nccx q[0],q[1],q[2];\nt q[1];\nmeasure q -> c;\n",
    );
    let document = folder.json("count old.qasm");
    assert_eq!(document["qubits"], 3);
    assert_eq!(document["classical_bits"], 3);
    assert_eq!((&document["counts"]["ccx"], &document["counts"]["measure"]), (&1.into(), &3.into()));
    assert_eq!(document["t_count"], 1);
    assert_eq!(folder.qnewton("run old.qasm --shots 10").code, 0);
}

#[test]
fn controlled_definitions_are_counted_as_the_gates_they_take() {
    let folder = Folder::new();
    let text = "OPENQASM 3.0;\ninclude \"stdgates.inc\";\ngate pair a, b { cx a, b; }\nqubit[3] q;\nctrl @ pair q[0], q[1], q[2];\n";
    folder.write("c.qasm", text);
    let document = folder.json("count c.qasm");
    // A Toffoli gate, however it is written: no plain cx.
    assert_eq!(document["counts"]["cx"], serde_json::Value::Null, "{document}");
}

#[test]
fn sixty_qubits_are_refused_with_the_memory_they_would_need() {
    let folder = Folder::new();
    folder.write("big.qasm", "OPENQASM 3.0;\nqubit[60] q;\nU(1, 2, 3) q[59];\n");
    let run = folder.qnewton("run big.qasm --json");
    assert_eq!((run.code, run.stdout.as_str()), (1, ""));
    assert!(run.stderr.contains("a state of 60 qubits would need 16 EiB of memory"), "{}", run.stderr);
    assert!(run.stderr.contains(" ranks with as much memory each would do: `mpirun -n "), "{}", run.stderr);
    assert_eq!(folder.json("count big.qasm")["qubits"], 60);
}

#[test]
fn executions_beyond_the_time_limit_are_refused() {
    let folder = Folder::new();
    folder.write(
        "long.qasm",
        "OPENQASM 3.0;\ngate g a { U(1, 2, 3) a; }\nqubit[16] q;\npow(1000000000) @ g q[3];\n",
    );
    let run = folder.qnewton("run long.qasm --time-limit 20");
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("predicted to take"), "{}", run.stderr);
    assert!(run.stderr.contains("hint: --time-limit"), "{}", run.stderr);
}

#[test]
fn a_syntax_error_is_shown_in_its_line() {
    let folder = Folder::new();
    folder.write("bad.qasm", "OPENQASM 3.0;\nqubit[2] q;\nU(0.1, 0.2 q[0];\n");
    let run = folder.qnewton("run bad.qasm --json");
    assert_eq!((run.code, run.stdout.as_str()), (1, ""));
    insta::assert_snapshot!(run.stderr);
}
