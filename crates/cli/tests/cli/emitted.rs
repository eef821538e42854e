//! Files that `compile` and `encode` write, and what the other commands make of them.

use crate::harness::{Folder, numbers, relative_difference};
use serde_json::Value;

const BASES: [&str; 2] = ["u3,cx", "rz,sx,x,cx"];
const STYLES: [&str; 2] = ["hierarchical", "flat"];

/// A non-symmetric system with padding: 3 unknowns.
fn padded_system(folder: &Folder) {
    folder.matrix("A", &[&[2.0, 1.0, 0.0], &[0.0, 2.0, 1.0], &[1.0, 0.0, 2.0]]);
    folder.vector("A.rhs", &[4.0, 7.0, 7.0]);
}

fn failed_checks(document: &Value) -> Vec<String> {
    let checks = document["checks"].as_array().unwrap().iter();
    checks.filter(|check| check["holds"] == false).map(|check| check["name"].to_string()).collect()
}

#[test]
fn every_style_and_basis_is_verified_and_gives_the_same_x() {
    let folder = Folder::new();
    padded_system(&folder);
    for style in STYLES {
        for basis in BASES {
            let compiled = folder
                .json(&format!("compile A.mtx --rhs A.rhs.mtx -o s.qasm --style {style} --basis {basis}"));
            let verified = folder.json("verify s.qasm --matrix A.mtx");
            assert_eq!((verified["holds"].clone(), failed_checks(&verified)), (Value::from(true), vec![]));
            folder.json("verify s.qasm --matrix A.mtx --rhs A.rhs.mtx");
            let run = folder.json("run s.qasm");
            assert!(relative_difference(&numbers(&run["solution"]), &[1.0, 2.0, 3.0]) < 1e-2);
            assert_eq!(run["scale"], compiled["scale"]);
            let counted = folder.json("count s.qasm");
            for field in
                ["qubits", "registers", "counts", "two_qubit_count", "t_count", "depth", "two_qubit_depth"]
            {
                assert_eq!(counted[field], compiled[field], "{style} {basis} {field}");
            }
            let names: Vec<&String> = counted["counts"].as_object().unwrap().keys().collect();
            assert!(names.iter().all(|name| basis.split(',').any(|gate| gate == *name)), "{names:?}");
        }
    }
}

#[test]
fn files_are_byte_for_byte_the_same_every_time() {
    let (first, second) = (Folder::new(), Folder::new());
    for folder in [&first, &second] {
        folder.hessian("digits-12");
        for style in STYLES {
            folder.json(&format!(
                "compile A.mtx --rhs A.rhs.mtx --epsilon 0.3 -o {style}.qasm --style {style}"
            ));
            folder.json(&format!("encode A.mtx -o {style}-block.qasm --style {style}"));
        }
    }
    assert_eq!(first.files().len(), 10);
    for name in first.files() {
        assert!(first.read(&name) == second.read(&name), "{name} differs");
    }
}

/// The positions of the angles in the gates of an OpenQASM text.
fn angles(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut found = Vec::new();
    let mut line_start = 0;
    for line in text.lines() {
        let open = line.find('(').filter(|_| !line.starts_with("gate") && !line.starts_with("//"));
        if let (Some(open), Some(close)) = (open, line.find(')')) {
            let mut start = open + 1;
            for part in line[start..close].split(',') {
                let end = start + part.len();
                if part.trim().parse::<f64>().is_ok() {
                    found.push(line_start + start..line_start + end);
                }
                start = end + 1;
            }
        }
        line_start += line.len() + 1;
    }
    found
}

#[test]
fn one_angle_changed_by_a_thousandth_is_noticed() {
    let folder = Folder::new();
    folder.small_system();
    for style in STYLES {
        for basis in BASES {
            folder.json(&format!("compile A.mtx --rhs A.rhs.mtx -o s.qasm --style {style} --basis {basis}"));
            let text = folder.read("s.qasm");
            let angles = angles(&text);
            assert!(angles.len() > 20, "{} angles", angles.len());
            let mut acting = 0;
            for place in [0, 1, 2, angles.len() / 3, angles.len() / 2, angles.len() - 2, angles.len() - 1] {
                let range = angles[place].clone();
                let angle: f64 = text[range.clone()].trim().parse().unwrap();
                let mut changed = text.clone();
                changed.replace_range(range, &format!("{:?}", angle + 1e-3));
                folder.write("s.qasm", &changed);
                let run = folder.qnewton("verify s.qasm --matrix A.mtx --json");
                let document = run.document();
                assert_eq!(
                    (run.code, &document["holds"]),
                    (1, &Value::from(false)),
                    "{style} {basis} {place}"
                );
                let failed = failed_checks(&document).join(" ");
                assert!(failed.contains("one that was emitted"), "{style} {basis} angle {place}: {failed}");
                acting += usize::from(failed.contains("polynomial of the matrix"));
            }
            // Not only the fingerprint notices, also the comparison of amplitudes: but for the few angles that change
            // nothing, such as the last one of a u3 on |0>.
            assert!(acting >= 5, "{style} {basis}: {acting}");
        }
    }
}

#[test]
fn another_matrix_or_right_hand_side_is_noticed() {
    let folder = Folder::new();
    folder.small_system();
    folder.json("compile A.mtx --rhs A.rhs.mtx -o s.qasm");
    folder.json("encode A.mtx -o block.qasm");
    folder.matrix("B", &[&[2.0, 1.001], &[1.0, 3.0]]);
    folder.vector("c", &[1.0, 0.001]);
    folder.matrix("C", &[&[1.0, 0.0, 0.0], &[0.0, 1.0, 0.0], &[0.0, 0.0, 1.0]]);
    for arguments in [
        "verify s.qasm --matrix B.mtx",
        "verify s.qasm --matrix A.mtx --rhs c.mtx",
        "verify s.qasm --matrix C.mtx",
        "verify block.qasm --matrix B.mtx",
        "verify block.qasm --matrix C.mtx",
    ] {
        let run = folder.qnewton(arguments);
        assert_eq!(run.code, 1, "{arguments}");
        assert!(
            run.stdout.contains("FAILS") && run.stdout.contains("does NOT do"),
            "{arguments}: {}",
            run.stdout
        );
    }
}

#[test]
fn a_manifest_of_another_circuit_is_noticed() {
    let folder = Folder::new();
    folder.small_system();
    folder.json("compile A.mtx --rhs A.rhs.mtx -o s.qasm");
    folder.write("s.qasm", "OPENQASM 3.0;\nqubit[2] system;\nqubit q;\n");
    let run = folder.qnewton("verify s.qasm --matrix A.mtx --json");
    assert_eq!(run.code, 1);
    assert_eq!(run.document()["holds"], false);
    let run = folder.qnewton("run s.qasm");
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("is not the circuit that was emitted with its manifest"), "{}", run.stderr);
}

#[test]
fn outputs_replace_neither_inputs_nor_one_another() {
    let folder = Folder::new();
    folder.small_system();
    folder.json("compile A.mtx --rhs A.rhs.mtx -o s.qasm");
    for arguments in [
        "compile A.mtx --rhs A.rhs.mtx -o A.mtx",
        "encode A.mtx -o ./A.mtx",
        "solve A.mtx --rhs A.rhs.mtx --solution A.rhs.mtx",
        "solve A.mtx --rhs A.rhs.mtx --solution x.mtx -o x.mtx",
        "run s.qasm --state s.qasm",
        "run s.qasm --state s.qasm.json",
    ] {
        let run = folder.qnewton(arguments);
        assert_eq!(run.code, 2, "{arguments}: {}", run.stderr);
        assert!(run.stderr.contains("would replace another file"), "{arguments}: {}", run.stderr);
    }
    folder.json("solve A.mtx --rhs A.rhs.mtx");
    folder.json("verify s.qasm --matrix A.mtx");
}

#[test]
fn a_singular_matrix_can_be_encoded() {
    let folder = Folder::new();
    folder.matrix("A", &[&[1.0, 1.0, 0.0], &[1.0, 1.0, 0.0], &[0.0, 0.0, 0.0]]);
    let document = folder.json("encode A.mtx");
    assert_eq!(document["condition_number"], Value::Null);
    for encoding in ["sparse", "fable", "dyadic"] {
        for style in STYLES {
            folder.json(&format!("encode A.mtx -o block.qasm --encoding {encoding} --style {style}"));
            let verified = folder.json("verify block.qasm --matrix A.mtx");
            assert_eq!(failed_checks(&verified), Vec::<String>::new(), "{encoding} {style}");
        }
    }
}

#[test]
fn verification_prepares_the_matrix_as_the_manifest_says() {
    let folder = Folder::new();
    folder.hessian("digits-12");
    folder.json("compile A.mtx --rhs A.rhs.mtx --damping 0.5 --prune 4 --epsilon 0.1 -o s.qasm");
    folder.json("verify s.qasm --matrix A.mtx");
}

#[test]
fn the_circuit_can_be_seen_after_every_pass() {
    let folder = Folder::new();
    folder.small_system();
    for pass in ["ancillas", "controls", "structures", "basis", "phases", "inverses"] {
        let run = folder.qnewton(&format!("encode A.mtx --json --emit-after {pass}"));
        run.document();
        assert!(run.stderr.contains("system"), "{pass}: {}", run.stderr);
        folder.qnewton(&format!(
            "compile A.mtx --rhs A.rhs.mtx -o s.qasm --emit-after {pass} --emit-to ir.txt"
        ));
        assert!(folder.read("ir.txt").contains("signal"), "{pass}");
    }
    // Structured operations are there before the pass that lowers them, and not after it.
    let has_rotations = |pass: &str| {
        folder
            .qnewton(&format!("encode A.mtx --encoding fable --emit-after {pass}"))
            .stderr
            .contains("multiplexed")
    };
    assert!(has_rotations("controls") && !has_rotations("structures"));
}

#[test]
fn the_rule_of_the_paper_breaks_symmetry_and_is_remembered() {
    let folder = Folder::new();
    folder.matrix("A", &[&[4.0, 1.0, 2.0], &[1.0, 4.0, 0.5], &[2.0, 0.5, 3.0]]);
    folder.vector("A.rhs", &[1.0, 2.0, 3.0]);
    let pruned = "--prune 2 --prune-rule";
    let of = |rule: &str| {
        folder.json(&format!("compile A.mtx --rhs A.rhs.mtx {pruned} {rule} --epsilon 0.1 -o {rule}.qasm"))
    };
    assert!(of("symmetric")["preparation"]["prune_rule"].is_null());
    assert_eq!(of("paper")["preparation"]["prune_rule"], "paper");
    for rule in ["paper", "symmetric"] {
        folder.json(&format!("verify {rule}.qasm --matrix A.mtx --rhs A.rhs.mtx"));
    }
}
