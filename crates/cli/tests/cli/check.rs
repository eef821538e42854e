//! `qnewton check`.

use crate::harness::Folder;

const GOOD: &str = "OPENQASM 3.0;
include \"stdgates.inc\";
input float theta;
gate turn(t) a, b { rz(t) a; cx a, b; }
qubit[2] q;
bit[2] c;
@note
for int i in [1:1000000] { for int j in [1:1000000] { turn(theta) q[0], q[1]; } }
c = measure q;
";

#[test]
fn a_file_is_described_with_its_warnings() {
    let folder = Folder::new();
    folder.write("good.qasm", GOOD);
    let run = folder.qnewton("check good.qasm --input theta=0.5");
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    insta::assert_snapshot!("check", run.stdout);
    let run = folder.qnewton("check good.qasm --input theta=0.5 --json");
    insta::assert_snapshot!("check_json", run.stdout);
}

#[test]
fn files_that_are_wrong_are_shown_with_the_place_and_end_with_1() {
    let folder = Folder::new();
    folder.write("good.qasm", "qubit q;\nx q;\n");
    folder.write("bad.qasm", "OPENQASM 3.0;\nqubit q;\ndelay[100ns] q;\n");
    let run = folder.qnewton("check good.qasm bad.qasm");
    assert_eq!(run.code, 1);
    assert!(run.stdout.contains("good.qasm"), "{}", run.stdout);
    insta::assert_snapshot!("check_bad", run.stderr);
    let run = folder.qnewton("check good.qasm bad.qasm --json");
    assert_eq!(run.code, 1);
    insta::assert_snapshot!("check_bad_json", run.stdout);
    assert_eq!(folder.qnewton("check missing.qasm").code, 1);
    folder.write("bytes.qasm", b"qubit q;\nx \xff;\n");
    let run = folder.qnewton("check bytes.qasm good.qasm --json");
    let document: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((run.code, document["files"].as_array().unwrap().len()), (1, 2));
    assert_eq!(document["files"][0]["error"]["column"], 3);
    assert!(run.stderr.starts_with("error: bytes.qasm:2:3: "), "{}", run.stderr);
    assert_eq!(folder.qnewton("check good.qasm --input theta").code, 2);
    folder.write("input.qasm", GOOD);
    let run = folder.qnewton("check input.qasm");
    assert!(run.code == 1 && run.stderr.contains("theta=0.5"), "{}", run.stderr);
}

#[test]
fn a_second_parser_is_asked() {
    let text = "OPENQASM 2.0;\ninclude \"qelib1.inc\";\nqreg q[2];\nrz(0.1234567890123456789) q[0];\ncx q[0],q[1];\n";
    let folder = Folder::new();
    folder.write("two.qasm", text);
    folder.write("three.qasm", "OPENQASM 3.0;\nqubit q;\n");
    let run = folder.qnewton("check two.qasm three.qasm --second-parser --json");
    let files = run.document()["files"].clone();
    assert_eq!(files[0]["second_parser"], "same circuit");
    assert!(files[1]["second_parser"].as_str().unwrap().starts_with("none: "), "{files}");
}
