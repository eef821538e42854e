//! `qnewton draw`.

use crate::harness::Folder;

#[test]
fn a_bell_pair_on_the_terminal_and_as_svg() {
    let folder = Folder::new();
    folder.write(
        "bell.qasm",
        "OPENQASM 3.0;\ninclude \"stdgates.inc\";\ngate pair a, b { h a; cx a, b; }\nqubit[2] q;\npair q[0], q[1];\n",
    );
    let drawn = folder.qnewton("draw bell.qasm --expand 1");
    assert_eq!(drawn.stdout, "q[0]: ─┤h├─●─\n           │\nq[1]: ─────⊕─\n");
    assert!(folder.qnewton("draw bell.qasm").stdout.contains("┤0 pair├"));
    assert!(folder.qnewton("draw bell.qasm --definition pair").stdout.starts_with("a: ─┤h├─●─\n"));
    let listed = folder.qnewton("draw bell.qasm --definitions").stdout;
    assert!(listed.contains("pair") && listed.contains("main"), "{listed}");
    let written = folder.qnewton("draw bell.qasm -o bell.svg");
    assert!(written.stderr.contains("wrote bell.svg") && folder.read("bell.svg").starts_with("<svg xmlns"));
    let missing = folder.qnewton("draw bell.qasm --definition other");
    assert!(missing.code == 1 && missing.stderr.contains("no definition `other`"), "{}", missing.stderr);
    assert_eq!(folder.qnewton("draw bell.qasm -o bell.qasm").code, 2);
}

#[test]
fn solvers_are_drawn_whatever_their_degree() {
    let folder = Folder::new();
    folder.hessian("digits-12");
    folder.json("compile A.mtx --rhs A.rhs.mtx -o s.qasm");
    let drawn = folder.qnewton("draw s.qasm");
    assert!(drawn.code == 0 && drawn.stdout.contains("system[0]"), "{}", drawn.stdout);
    assert_eq!(folder.qnewton("draw s.qasm -o s.svg").code, 0);
}
