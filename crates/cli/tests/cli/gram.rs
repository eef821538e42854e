//! `--gram`: systems of per-sample gradients, from a file of G to a verified circuit.

use crate::harness::Folder;
use serde_json::Value;

const SOLVE: &str = "solve G.mtx --gram --shift 0.05 --rhs b.mtx";

/// G, 5 x 3, and b; x with a shift of 0.05 is [`solution`].
fn folder() -> Folder {
    let folder = Folder::new();
    folder.matrix(
        "G",
        &[&[1.0, 2.0, 3.0], &[-1.0, 0.0, 0.5], &[0.5, 1.0, -1.0], &[0.0, 2.0, 1.0], &[1.0, -1.0, 0.0]],
    );
    folder.vector("b", &[1.0, -2.0, 0.5]);
    folder
}

/// Cramer's rule for A = G^T G/5 + 0.05 I.
fn solution() -> [f64; 3] {
    let a = [[0.7, 0.3, 0.4], [0.3, 2.05, 1.4], [0.4, 1.4, 2.3]];
    let b = [1.0, -2.0, 0.5];
    let determinant = |m: [[f64; 3]; 3]| {
        let minor = |i: usize, j: usize| m[1][i] * m[2][j] - m[1][j] * m[2][i];
        m[0][0] * minor(1, 2) - m[0][1] * minor(0, 2) + m[0][2] * minor(0, 1)
    };
    std::array::from_fn(|column| {
        let mut replaced = a;
        (0..3).for_each(|row| replaced[row][column] = b[row]);
        determinant(replaced) / determinant(a)
    })
}

fn error(found: &Value) -> f64 {
    let x = solution();
    let square = |vector: &[f64]| vector.iter().map(|value| value * value).sum::<f64>();
    let difference: Vec<f64> =
        found.as_array().unwrap().iter().zip(x).map(|(found, x)| found.as_f64().unwrap() - x).collect();
    assert_eq!(difference.len(), 3);
    (square(&difference) / square(&x)).sqrt()
}

#[test]
fn gradients_are_solved_compiled_run_and_verified() {
    let folder = folder();
    for options in ["--solver gram", "--solver qsvt", "", "--solver gram --amplification rounds --shots 1e5"]
    {
        let document = folder.json(&format!("{SOLVE} --epsilon 1e-4 {options}"));
        assert!(error(&document["solution"]) <= 1e-4, "{options}");
        assert_eq!((&document["n"], &document["preparation"]["shift"]), (&3.into(), &0.05.into()));
    }
    for solver in ["gram", "qsvt-positive"] {
        let options = format!("--gram --shift 0.05 --rhs b.mtx --solver {solver} --epsilon 1e-3 -o s.qasm");
        let document = folder.json(&format!("compile G.mtx {options}"));
        assert_eq!(
            (document["solver"].as_str(), &document["preparation"]["shift"]),
            (Some(solver), &0.05.into())
        );
        assert_eq!(document["polynomial"]["gram"]["samples"].as_u64(), (solver == "gram").then_some(5));
        assert!(error(&folder.json("run s.qasm")["solution"]) <= 1e-3);
        for rhs in ["", " --rhs b.mtx"] {
            let run = folder.qnewton(&format!("verify s.qasm --matrix G.mtx{rhs}"));
            assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
        }
    }
    folder.matrix("H", &[&[1.0, 2.0, 3.0], &[-1.0, 0.0, 0.5]]);
    let run = folder.qnewton("verify s.qasm --matrix H.mtx");
    assert!(run.code == 1 && run.stdout.contains("FAILS"), "{}", run.stdout);
    let run = folder.qnewton("verify s.qasm --matrix G.mtx --rhs G.mtx");
    assert!(run.code == 1 && run.stderr.contains("vector"), "{}", run.stderr);
}

#[test]
fn solvers_are_compared_and_estimated_for_gradients() {
    let folder = folder();
    let document = folder.json(&format!("{SOLVE} --compare-solvers"));
    let row = |document: &Value| {
        let rows = document["candidates"].as_array().unwrap();
        rows.iter().find(|row| row["solver"] == "gram").unwrap().clone()
    };
    let compared = row(&document);
    let estimated = row(&folder.json("estimate G.mtx --gram --shift 0.05"));
    assert_eq!((&compared["applicable"], &estimated["applicable"]), (&true.into(), &true.into()));
    assert_eq!(estimated["queries"], compared["queries"]);
    let only = folder.json("estimate G.mtx --gram --shift 0.05 --solver gram");
    assert_eq!(only["candidates"].as_array().map(Vec::len), Some(1));
    folder.small_system();
    let row = row(&folder.json("solve A.mtx --rhs A.rhs.mtx --compare-solvers"));
    assert_eq!(row["applicable"], false);
    assert!(row["reason"].as_str().unwrap().contains("--gram"));
    // Several right-hand sides are columns of length N.
    folder.matrix("B", &[&[1.0, 0.0], &[-2.0, 1.0], &[0.5, 0.0]]);
    let document = folder.json("solve G.mtx --gram --shift 0.05 --solver gram --rhs B.mtx");
    assert!(error(&document["solutions"][0]["solution"]) <= 1e-2);
}

#[test]
fn what_is_said_of_gradients() {
    let folder = folder();
    let text = folder.qnewton(&format!("{SOLVE} --solver gram")).stdout;
    // The last line is times, and errors below 1e-9 are rounding, which differs between processors.
    let stays = |line: &&str| !line.starts_with("time") && !line.contains("e-1");
    let facts: Vec<&str> = text.lines().filter(stays).collect();
    insta::assert_snapshot!("solve_gram", facts.join("\n"));
}

#[test]
fn what_is_no_gram_system_is_refused() {
    let folder = folder();
    let banner = "%%MatrixMarket matrix array complex general\n1 2\n";
    folder.write("C.mtx", format!("{banner}1 0\n0 2\n"));
    folder.vector("samples", &[1.0, 2.0, 3.0, 4.0, 5.0]);
    folder.vector("one", &[1.0, 2.0]);
    folder.small_system();
    let refused = |arguments: &str, code: i32, message: &str| {
        let run = folder.qnewton(arguments);
        assert_eq!(run.code, code, "{arguments}: {}", run.stderr);
        assert!(run.stderr.contains(message), "{arguments}: {}", run.stderr);
        assert_eq!(run.stdout, "");
    };
    let gram = "solve G.mtx --gram --rhs b.mtx --shift";
    for shift in ["-1e-3", "nan", "inf", "x"] {
        refused(&format!("{gram} {shift}"), 2, "a number that is at least 0");
    }
    for option in ["--damping 0.1", "--prune 2", "--jacobi"] {
        refused(&format!("{gram} 0.1 {option}"), 2, "cannot be used with");
    }
    refused("solve A.mtx --rhs A.rhs.mtx --shift 0.1", 2, "--gram");
    refused("estimate --family laplacian:8 --gram", 2, "cannot be used with");
    refused("solve A.mtx --rhs A.rhs.mtx --solver gram", 1, "gram needs the gradients G");
    refused("solve G.mtx --gram --rhs b.mtx --solver gram --deflate 1", 1, "gram needs a shift above 0");
    refused("solve C.mtx --gram --shift 1 --rhs one.mtx", 1, "without imaginary parts");
    refused(&format!("{gram} 1 --rhs samples.mtx"), 1, "has 5 entries; G is 5 x 3");
    refused(&format!("{gram} 0.1 --solver gram --encoding gram"), 1, "per-sample gradients");
    refused(&format!("{gram} 0.1 --solver gram --encoding structured"), 1, "structured");
    folder.matrix("W", &[&[1.0, 2.0, 3.0]]);
    let wide = "solve W.mtx --gram --shift 0.1 --rhs b.mtx --solver gram";
    refused(&format!("{wide} --amplification oblivious"), 1, "`rounds` is accepted");
    refused("solve W.mtx --gram --rhs b.mtx", 1, "--shift");
}
