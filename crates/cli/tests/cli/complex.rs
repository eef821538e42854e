//! Complex systems, which are solved in their real form.

use crate::harness::Folder;
use serde_json::Value;

const BANNER: &str = "%%MatrixMarket matrix array complex general";

/// [[2, 1 - i], [1 + i, 3]] x = (1, i).
fn write_system(folder: &Folder) {
    folder.write("A.mtx", format!("{BANNER}\n2 2\n2 0\n1 1\n1 -1\n3 0\n"));
    folder.write("b.mtx", format!("{BANNER}\n2 1\n1 0\n0 1\n"));
}

/// x from det = 4 and the adjugate: ((3 - (1 - i) i) / 4, (2 i - (1 + i)) / 4).
const SOLUTION: [[f64; 2]; 2] = [[0.5, -0.25], [-0.25, 0.25]];

fn pairs(value: &Value) -> Vec<[f64; 2]> {
    let pair = |value: &Value| [value[0].as_f64().unwrap(), value[1].as_f64().unwrap()];
    value.as_array().unwrap().iter().map(pair).collect()
}

fn deviation(found: &[[f64; 2]], exact: &[[f64; 2]]) -> f64 {
    assert_eq!(found.len(), exact.len());
    let squares = |pairs: &mut dyn Iterator<Item = f64>| pairs.map(|value| value * value).sum::<f64>();
    let difference = squares(&mut found.concat().iter().zip(exact.concat()).map(|(a, b)| a - b));
    (difference / squares(&mut exact.concat().into_iter())).sqrt()
}

#[test]
fn a_complex_system_is_solved_written_run_and_verified() {
    let folder = Folder::new();
    write_system(&folder);
    let document = folder.json("solve A.mtx --rhs b.mtx --epsilon 1e-4 --solution x.mtx");
    assert!(deviation(&pairs(&document["classical_solution"]), &SOLUTION) < 1e-14);
    assert!(deviation(&pairs(&document["solution"]), &SOLUTION) <= 1e-4);
    assert_eq!((&document["real_form"], &document["n"]), (&true.into(), &4.into()));
    assert!(document["symmetric"].as_bool().unwrap());
    // (5 + sqrt 9) / (5 - sqrt 9)
    assert!((document["condition_number"].as_f64().unwrap() - 4.0).abs() < 1e-9);
    assert!(folder.read("x.mtx").starts_with("%%MatrixMarket matrix array complex general\n2 1\n"));

    folder.json("compile A.mtx --rhs b.mtx --epsilon 1e-4 -o a.qasm");
    let run = folder.json("run a.qasm --solution y.npy");
    assert!(deviation(&pairs(&run["solution"]), &SOLUTION) <= 1e-4);
    assert_eq!(std::fs::read(folder.path("y.npy")).unwrap().len(), 128 + 2 * 16);
    assert_eq!(folder.json("verify a.qasm --matrix A.mtx")["holds"], true);
    assert_eq!(folder.json("verify a.qasm --matrix A.mtx --rhs b.mtx")["holds"], true);
}

#[test]
fn complex_right_hand_sides_of_real_matrices_are_solved_for_together() {
    let folder = Folder::new();
    folder.matrix("A", &[&[2.0, 0.0], &[0.0, 4.0]]);
    folder.vector("r", &[2.0, 4.0]);
    folder.write("b.mtx", format!("{BANNER}\n2 1\n0 2\n4 -4\n"));
    let document = folder.json("solve A.mtx --rhs r.mtx --rhs b.mtx --epsilon 1e-3 --solution x.mtx");
    let solutions = document["solutions"].as_array().unwrap();
    assert!(deviation(&pairs(&solutions[0]["solution"]), &[[1.0, 0.0], [1.0, 0.0]]) <= 1e-3);
    assert!(deviation(&pairs(&solutions[1]["solution"]), &[[0.0, 1.0], [1.0, -1.0]]) <= 1e-3);
    // The manifest says that the matrix was taken in its real form.
    folder.json("compile A.mtx --rhs b.mtx -o b.qasm");
    assert_eq!(folder.json("verify b.qasm --matrix A.mtx")["holds"], true);
}

#[test]
fn what_is_for_real_systems_only_says_so() {
    let folder = Folder::new();
    write_system(&folder);
    folder.vector("c", &[1.0, 0.0]);
    for (options, message) in [
        ("--shots 1e4 --overlap c.mtx", "are for real systems"),
        ("--prune 1", "a complex matrix cannot be pruned"),
    ] {
        let run = folder.qnewton(&format!("solve A.mtx --rhs b.mtx {options}"));
        assert!(run.code != 0 && run.stderr.contains(message), "{}", run.stderr);
    }
    let text = folder.qnewton("solve A.mtx --rhs b.mtx").stdout;
    assert!(text.contains("the real form of a complex system of 2 unknowns"), "{text}");
    assert!(text.contains("classical    0.5-0.25i -0.25+0.25i"), "{text}");
    let shots = folder.json("solve A.mtx --rhs b.mtx --shots 1e6 --seed 1");
    assert!(deviation(&pairs(&shots["readout"]["solution"]), &SOLUTION) < 0.05);
}
