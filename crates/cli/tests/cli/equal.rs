//! `qnewton equal`.

use crate::harness::Folder;

#[test]
fn every_style_of_a_circuit_is_equal_to_the_others() {
    let folder = Folder::new();
    folder.small_system();
    folder.json("compile A.mtx --rhs A.rhs.mtx -o h.qasm");
    folder.json("compile A.mtx --rhs A.rhs.mtx -o f.qasm --style flat");
    let document = folder.json("equal h.qasm f.qasm");
    assert_eq!((&document["equal"], &document["method"]), (&true.into(), &"matrix".into()));
    assert_eq!(folder.json("equal h.qasm h.qasm")["method"], "structure");
    assert_eq!(folder.json("equal h.qasm f.qasm --state")["method"], "state");
}

#[test]
fn differences_are_exit_code_1() {
    let folder = Folder::new();
    folder.write("a.qasm", "OPENQASM 3.0;\ninclude \"stdgates.inc\";\nqubit q;\np(0.6) q;\n");
    folder.write("b.qasm", "OPENQASM 3.0;\ninclude \"stdgates.inc\";\nqubit q;\nrz(0.6) q;\n");
    let run = folder.qnewton("equal a.qasm b.qasm");
    assert_eq!(run.code, 1);
    assert!(run.stdout.starts_with("result      equal up to a global phase\n"), "{}", run.stdout);
    assert!(run.stdout.contains("phase       -0.3\n"), "{}", run.stdout);
    assert_eq!(folder.qnewton("equal a.qasm b.qasm --up-to-phase").code, 0);
    let loose = folder.json("equal a.qasm b.qasm --tolerance 0.5");
    assert!(loose["equal"].as_bool().unwrap() && loose["distance"].as_f64().unwrap() > 0.29);
    folder.write("m.qasm", "OPENQASM 3.0;\nqubit q;\nbit c;\nc = measure q;\n");
    let refused = folder.qnewton("equal a.qasm m.qasm");
    assert!(refused.code == 1 && refused.stderr.contains("only unitary ones can"), "{}", refused.stderr);
}
