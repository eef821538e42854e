//! `qnewton hessian` and `qnewton train`.

use crate::harness::{Folder, numbers};

#[test]
fn a_hessian_is_written_solved_and_the_same_every_time() {
    let folder = Folder::new();
    let arguments = "hessian --layers 4,4,3 --layer 1 --steps 20 --damping 0.05";
    let document = folder.json(&format!("{arguments} -o H.mtx"));
    assert_eq!(folder.files(), ["H.mtx", "H.rhs.mtx"]);
    assert_eq!((&document["n"], &document["symmetric"]), (&12.into(), &true.into()));
    let text = folder.read("H.mtx");
    assert!(text.starts_with("%%MatrixMarket matrix coordinate real symmetric\n% Exact Hessian block"), "{text}");
    assert!(text.contains("CC BY 4.0") && text.contains("Damping 0.05"), "{text}");
    let solved = folder.json("solve H.mtx --rhs H.rhs.mtx --epsilon 0.1");
    assert_eq!(numbers(&solved["solution"]).len(), 12);
    folder.json(&format!("{arguments} -o again.mtx"));
    assert_eq!(folder.read("again.mtx"), text);
    assert_eq!(folder.read("again.rhs.mtx"), folder.read("H.rhs.mtx"));
    assert_ne!(folder.json(&format!("{arguments} --seed 1"))["norm"], document["norm"]);
}

#[test]
fn without_damping_the_block_is_singular_and_said_to_be() {
    let folder = Folder::new();
    let document = folder.json("hessian --layers 4,4,3 --layer 1 --steps 5 -o H.mtx");
    assert_eq!(document["condition_number"], serde_json::Value::Null);
    let run = folder.qnewton("solve H.mtx --rhs H.rhs.mtx");
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("sigma_min"), "{}", run.stderr);
}
