//! What must fail: with the right code, a message that names the problem, nothing on standard output, no file left.

use crate::harness::Folder;

/// Runs the words of `arguments`; they must fail with `code` and say `message`, leave standard output empty and no
/// file behind.
fn refuses(folder: &Folder, arguments: &str, code: i32, message: &str) {
    let before = folder.files();
    for json in ["", " --json"] {
        let run = folder.qnewton(&format!("{arguments}{json}"));
        assert_eq!(run.code, code, "{arguments}{json}: {}", run.stderr);
        assert!(run.stderr.starts_with("error: "), "{arguments}{json}: {}", run.stderr);
        assert!(run.stderr.contains(message), "{arguments}{json}: {message:?} is not in {}", run.stderr);
        assert_eq!(run.stdout, "", "{arguments}{json}");
    }
    assert_eq!(folder.files(), before, "{arguments}");
}

#[test]
fn wrong_usage_is_code_2() {
    let folder = Folder::new();
    folder.small_system();
    let solve = "solve A.mtx --rhs A.rhs.mtx";
    for epsilon in ["0", "1", "2", "-1", "nan", "inf", "abc", "1e-400"] {
        refuses(&folder, &format!("{solve} --epsilon {epsilon}"), 2, "a number between 0 and 1");
    }
    for damping in ["-1", "-1e-3", "nan", "inf", "x"] {
        refuses(&folder, &format!("{solve} --damping {damping}"), 2, "a number that is at least 0");
    }
    for limit in ["0", "-5", "inf", "soon"] {
        refuses(&folder, &format!("{solve} --time-limit {limit}"), 2, "a number above 0");
    }
    for (option, message) in [
        ("--prune 0", "at least 1"),
        ("--prune -3", "at least 1"),
        ("--prune 2.5", "at least 1"),
        ("--prune-rule paper", "--prune"),
        ("--prune 2 --prune-rule largest", "possible values: symmetric, paper"),
        ("--encoding quick", "possible values: auto, "),
        ("--basis h,t", "accepted are `u3,cx` and `rz,sx,x,cx`"),
        ("--style pretty", "possible values: hierarchical, flat"),
        ("--emit-after magic", "unexpected argument"),
        ("--shots 3", "between 4 and 9e15"),
        ("--seed 3", "--shots"),
        ("--compare-solvers --solver cks", "cannot be used with"),
        ("--solver newton", "qsvt-positive"),
    ] {
        refuses(&folder, &format!("{solve} {option}"), 2, message);
    }
    refuses(&folder, "solve A.mtx", 2, "--rhs <FILE>");
    refuses(&folder, "compile A.mtx --rhs A.rhs.mtx", 2, "--output <FILE>");
    refuses(&folder, "encode A.mtx --emit-after magic", 2, "possible values: ancillas");
    refuses(&folder, "encode A.mtx --emit-to ir.txt", 2, "--emit-after <PASS>");
    refuses(&folder, "run s.qasm --shots 0", 2, "at least 1");
    refuses(&folder, "run s.qasm --seed -1", 2, "invalid");
    refuses(&folder, "verify s.qasm", 2, "--matrix <A>");
    refuses(&folder, "sovle A.mtx", 2, "similar subcommand exists: 'solve'");
    assert_eq!(folder.qnewton("").code, 2);
    assert_eq!(folder.qnewton("completions nosuchshell").code, 2);
}

#[test]
fn files_that_are_no_matrices_are_code_1() {
    let folder = Folder::new();
    folder.small_system();
    let banner = "%%MatrixMarket matrix coordinate real general\n";
    let array = "%%MatrixMarket matrix array real general\n";
    let cases: [(String, &str); 17] = [
        (String::new(), "the file is empty"),
        ("1 2\n3 4\n".to_string(), "no accepted format"),
        (format!("{banner}2 2 3\n1 1 1\n2 2"), "expected"),
        (format!("{banner}2 2 3\n1 1 1\n2 2 1\n"), "the header promises 3 entries, the file has 2"),
        (format!("{banner}2 2 1\n1 1 1\n2 2 1\n"), "more than 1"),
        (format!("{banner}2 2 2\n1 1 one\n2 2 1\n"), "expected"),
        ("%%MatrixMarket matrix sideways real general\n2 2 1\n1 1 1\n".to_string(), "sideways"),
        (format!("{banner}99999999999 99999999999 1\n1 1 1\n"), "too large"),
        (format!("{banner}2 2 99999999999\n1 1 1\n"), "promises 99999999999 entries"),
        (format!("{array}60000 60000\n1\n"), "promises 3600000000 entries"),
        (format!("{banner}2 2 1\n3 1 1\n"), "lies outside the matrix"),
        (format!("{banner}2 2 2\n1 1 nan\n2 2 1\n"), "nan"),
        (format!("{banner}2 2 2\n1 1 inf\n2 2 1\n"), "inf"),
        (format!("{banner}2 2 2\n1 1 1e999\n2 2 1\n"), "finite"),
        (format!("{banner}2 2 1\n1 1 0\n"), "all entries of the matrix are zero"),
        (format!("{banner}2 3 2\n1 1 1\n2 3 1\n"), "2 x 3; a square matrix"),
        (format!("{banner}0 0 0\n"), "at least one row"),
    ];
    for (content, message) in cases {
        folder.write("bad.mtx", content);
        refuses(&folder, "encode bad.mtx -o out.qasm", 1, message);
        refuses(&folder, "solve bad.mtx --rhs A.rhs.mtx -o out.qasm", 1, message);
    }
    folder.write("bad.mtx", b"\x00\x01\xff\xfe binary \x80".as_slice());
    refuses(&folder, "encode bad.mtx", 1, "no accepted format");
    folder.write("bad.mtx", b"\x93NUMPY\x01\x00\xff\xff{".as_slice());
    refuses(&folder, "encode bad.mtx", 1, "bad.mtx");
    refuses(&folder, "encode missing.mtx", 1, "missing.mtx: No such file");
    refuses(&folder, "encode .", 1, "");
    refuses(&folder, "verify missing.qasm --matrix A.mtx", 1, "missing.qasm.json");
}

#[test]
fn systems_without_a_solution_are_code_1() {
    let folder = Folder::new();
    folder.small_system();
    folder.matrix("S", &[&[1.0, 2.0], &[2.0, 4.0]]);
    folder.vector("zero", &[0.0, 0.0]);
    folder.vector("three", &[1.0, 2.0, 3.0]);
    folder.write("nan.mtx", "%%MatrixMarket matrix array real general\n2 1\n1\nnan\n");
    refuses(&folder, "solve S.mtx --rhs A.rhs.mtx", 1, "singular to working precision: sigma_min = ");
    refuses(&folder, "compile S.mtx --rhs A.rhs.mtx -o s.qasm", 1, "sigma_min");
    refuses(&folder, "solve A.mtx --rhs zero.mtx", 1, "all entries of the right-hand side are zero");
    refuses(&folder, "solve A.mtx --rhs three.mtx", 1, "has 3 entries; the matrix has 2 rows");
    refuses(&folder, "solve A.mtx --rhs nan.mtx", 1, "nan");
    refuses(&folder, "solve A.mtx --rhs A.rhs.mtx --epsilon 1e-15", 1, "cannot be promised");
    folder.matrix("ill", &[&[1.0, 0.0], &[0.0, 1e-9]]);
    refuses(&folder, "solve ill.mtx --rhs A.rhs.mtx", 1, "");
}

#[test]
fn what_cannot_be_written_is_refused_before_the_work() {
    let folder = Folder::new();
    folder.small_system();
    std::fs::create_dir(folder.path("folder")).unwrap();
    let compile = "compile A.mtx --rhs A.rhs.mtx";
    refuses(&folder, &format!("{compile} -o no/such/s.qasm"), 1, "there is no folder no/such");
    refuses(&folder, &format!("{compile} -o folder"), 1, "it is a folder");
    refuses(&folder, &format!("{compile} -o A.mtx/s.qasm"), 1, "A.mtx is no folder");
    refuses(&folder, &format!("{compile} -o s.qasm --emit-after basis --emit-to no/ir"), 1, "no folder no");
    refuses(&folder, "solve A.mtx --rhs A.rhs.mtx --solution no/x.npy", 1, "there is no folder no");
    refuses(&folder, "encode A.mtx -o /proc/s.qasm", 1, "/proc/s.qasm");
    folder.write("bell.qasm", "OPENQASM 3.0;\nqubit q;\n");
    refuses(&folder, "run bell.qasm --state no/state.npy", 1, "there is no folder no");
    refuses(&folder, "run bell.qasm --solution x.npy", 1, "bell.qasm.json would have to say how x follows");
}

#[test]
fn files_that_exist_are_kept_when_the_work_fails() {
    let folder = Folder::new();
    folder.matrix("A", &[&[1.0, 2.0], &[2.0, 4.0]]);
    folder.vector("b", &[1.0, 1.0]);
    let names = ["s.qasm", "s.qasm.json", "x.npy"];
    names.iter().for_each(|name| {
        folder.write(name, "old");
    });
    refuses(&folder, "compile A.mtx --rhs b.mtx -o s.qasm", 1, "singular");
    refuses(&folder, "solve A.mtx --rhs b.mtx -o s.qasm --solution x.npy", 1, "singular");
    assert!(names.iter().all(|name| folder.read(name) == "old"));
}

#[test]
fn manifests_that_make_no_sense_are_code_1() {
    let folder = Folder::new();
    folder.small_system();
    folder.json("compile A.mtx --rhs A.rhs.mtx -o s.qasm");
    let manifest = folder.read("s.qasm.json");
    let version = env!("CARGO_PKG_VERSION");
    for (changed, message) in [
        (String::new(), "s.qasm.json"),
        ("{}".to_string(), "missing field"),
        (manifest.replace("\"schema_version\": 1", "\"schema_version\": 99"), "schema version 99"),
        (manifest.replace("\"n\": 2", "\"n\": -2"), "invalid value"),
        (manifest.replace("\"n\": 2", "\"n\": 4000000000"), "does not describe this circuit"),
        (manifest.replace("\"system\"", "\"sistem\""), "does not describe this circuit"),
    ] {
        assert_ne!(changed, manifest);
        folder.write("s.qasm.json", changed);
        refuses(&folder, "run s.qasm", 1, message);
    }
    assert!(manifest.contains(version));
}

#[test]
fn text_that_is_no_openqasm_is_code_1() {
    let folder = Folder::new();
    for (text, message) in [
        (&b"OPENQASM 4.0;\nqubit q;\n"[..], "4"),
        (b"OPENQASM 3.0;\nqubit[2] q;\nfoo q[0];\n", "foo"),
        (b"OPENQASM 3.0;\nqubit[2] q;\nU(1,2,3) q[2];\n", "line 3, column"),
        (b"OPENQASM 3.0;\nqubit[99999999999] q;\n", "line 2, column"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"qubit[2] q; h q[0]", "expected `;`"),
    ] {
        folder.write("bad.qasm", text);
        refuses(&folder, "run bad.qasm", 1, message);
        refuses(&folder, "count bad.qasm", 1, message);
    }
    refuses(&folder, "count missing.qasm", 1, "missing.qasm");
}
