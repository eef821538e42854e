//! Circuits that are brought along, and several right-hand sides.

use crate::harness::Folder;
use serde_json::Value;

fn refuses(folder: &Folder, arguments: &str, code: i32, message: &str) {
    let files = folder.files();
    let run = folder.qnewton(arguments);
    assert_eq!(run.code, code, "{arguments}: {}", run.stderr);
    assert!(run.stderr.contains(message), "{arguments}: {}", run.stderr);
    assert_eq!(folder.files(), files, "{arguments}");
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect()
}

#[test]
fn a_circuit_takes_the_place_of_the_right_hand_side() {
    let folder = Folder::new();
    folder.small_system();
    folder.write("b.qasm", "OPENQASM 3.0;\nqubit q;\nry(pi) q;\ngphase(0.3);\n");
    let solve = "solve A.mtx --rhs-circuit b.qasm --rhs-norm 5 --epsilon 1e-3";
    for solver in ["qsvt", "qsvt-positive", "cks", "hhl", "shortcut", "adiabatic"] {
        // A^-1 (0, 5) = (-1, 2).
        let x = numbers(&folder.json(&format!("{solve} --solver {solver}"))["solution"]);
        assert!((x[0] + 1.0).abs() < 3e-3 && (x[1] - 2.0).abs() < 3e-3, "{solver} {x:?}");
    }
    folder.json("compile A.mtx --rhs-circuit b.qasm -o s.qasm");
    let verified = folder.json("verify s.qasm --matrix A.mtx");
    assert_eq!(verified["holds"], true, "{verified}");
    folder.write("wide.qasm", "OPENQASM 3.0;\nqubit[2] q;\n");
    folder.write("complex.qasm", "OPENQASM 3.0;\nqubit q;\nry(1) q;\ns q;\n");
    folder.write("broken.qasm", "OPENQASM 3.0;\nqubit q\n");
    let needs_one = "wide.qasm: the circuit has 2 qubits; 2 unknowns need a circuit of exactly 1";
    refuses(&folder, "solve A.mtx --rhs-circuit wide.qasm", 1, needs_one);
    refuses(&folder, "solve A.mtx --rhs-circuit complex.qasm", 1, "imaginary parts of up to 4.794e-1");
    refuses(&folder, "solve A.mtx --rhs-circuit broken.qasm", 1, "line ");
    refuses(&folder, "solve A.mtx --rhs-circuit b.qasm --rhs A.rhs.mtx", 2, "cannot be used with");
    refuses(&folder, "solve A.mtx --rhs-circuit b.qasm --rhs-norm 0", 2, "a number above 0 is needed");
    refuses(&folder, "solve A.mtx --rhs A.rhs.mtx --rhs-norm 2", 2, "cannot be used with");
    refuses(&folder, "solve A.mtx --rhs-circuit b.qasm --jacobi", 1, "changes the right-hand side");
    refuses(&folder, "solve A.mtx --rhs-circuit b.qasm --deflate 1", 1, "changes the right-hand side");
    refuses(&folder, "solve A.mtx --rhs-circuit b.qasm --solution b.qasm", 2, "would replace another file");
}

#[test]
fn a_block_encoding_from_elsewhere_is_held_against_the_matrix() {
    let folder = Folder::new();
    folder.small_system();
    let encoded = folder.json("encode A.mtx --encoding fable -o A.qasm");
    let alpha = encoded["alpha"].as_f64().unwrap();
    let solve = format!("solve A.mtx --rhs A.rhs.mtx --block A.qasm --alpha {alpha}");
    let solved = folder.json(&solve);
    assert_eq!((&solved["encoding"], &solved["promise_kept"]), (&"custom".into(), &true.into()));
    let x = numbers(&solved["solution"]);
    assert!((x[0] - 0.6).abs() < 1e-2 && (x[1] + 0.2).abs() < 1e-2, "{x:?}");
    assert_eq!(folder.json(&format!("{solve} --solver cks"))["promise_kept"], true);
    folder.json(&format!("compile A.mtx --rhs A.rhs.mtx --block A.qasm --alpha {alpha} -o s.qasm"));
    assert_eq!(folder.json("verify s.qasm --matrix A.mtx --rhs A.rhs.mtx")["holds"], true);
    let other = format!("solve A.mtx --rhs A.rhs.mtx --block A.qasm --alpha {}", 1.5 * alpha);
    refuses(&folder, &other, 1, "differs from the matrix");
    refuses(&folder, &format!("{solve} --damping 0.5"), 1, "differs from the matrix");
    refuses(&folder, &format!("{solve} --solver qsvt-positive"), 1, "needs an encoding of A - shift I");
    refuses(&folder, &format!("{solve} --system rows"), 1, "hint: --system REGISTER");
    refuses(&folder, &format!("{solve} --encoding fable"), 2, "cannot be used with");
    refuses(&folder, "solve A.mtx --rhs A.rhs.mtx --block A.qasm", 2, "--alpha <V>");
}

#[test]
fn several_right_hand_sides_have_several_solutions() {
    let folder = Folder::new();
    folder.small_system();
    folder.matrix("B", &[&[1.0, 0.0], &[0.0, 5.0]]);
    let several = folder.json("solve A.mtx --rhs B.mtx --rhs A.rhs.mtx --solution x.mtx");
    let solutions = several["solutions"].as_array().unwrap();
    let places: Vec<_> =
        solutions.iter().map(|one| (one["rhs_file"].as_str().unwrap(), one["rhs_column"].as_u64())).collect();
    assert_eq!(places, [("B.mtx", Some(0)), ("B.mtx", Some(1)), ("A.rhs.mtx", Some(0))]);
    folder.vector("second", &[0.0, 5.0]);
    for (found, rhs) in solutions.iter().zip(["A.rhs", "second", "A.rhs"]) {
        let alone = folder.json(&format!("solve A.mtx --rhs {rhs}.mtx"));
        for key in ["solution", "relative_error", "scale", "success_probability", "queries", "error_bound"] {
            assert_eq!(found[key], alone[key], "{key}");
        }
    }
    assert_eq!(several["solution"], solutions[0]["solution"]);
    for (k, solution) in solutions.iter().enumerate() {
        assert_eq!(solution["solution_file"], format!("x-{k}.mtx"));
        assert!(folder.path(&format!("x-{k}.mtx")).exists());
    }
    let text = folder.qnewton("solve A.mtx --rhs B.mtx").stdout;
    assert!(text.contains("solution 1") && text.contains("column 1 of B.mtx"), "{text}");
    for option in ["-o s.qasm", "--shots 100", "--compare-solvers", "--compare-preprocessing"] {
        refuses(
            &folder,
            &format!("solve A.mtx --rhs B.mtx {option}"),
            2,
            "for a single right-hand side, 2 are",
        );
    }
    refuses(&folder, "compile A.mtx --rhs B.mtx -o s.qasm", 2, "a circuit file holds one");
    refuses(&folder, "solve A.mtx --rhs B.mtx --solution no/x.npy", 1, "there is no folder no");
    folder.matrix("Z", &[&[1.0, 0.0], &[0.0, 0.0]]);
    refuses(&folder, "solve A.mtx --rhs Z.mtx", 1, "Z.mtx: column 1 (counted from 0): all entries");
}
