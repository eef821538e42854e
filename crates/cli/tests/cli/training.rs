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
    assert!(
        text.starts_with("%%MatrixMarket matrix coordinate real symmetric\n% Exact Hessian block"),
        "{text}"
    );
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

#[test]
fn every_optimizer_lowers_the_loss() {
    let folder = Folder::new();
    for (optimizer, steps) in [("q-newton", 4), ("newton", 8), ("sgd", 30), ("adam", 60)] {
        let document = folder
            .json(&format!("train --optimizer {optimizer} --layers 4,4,3 --steps {steps} --log log.json"));
        let evaluations = document["evaluations"].as_array().unwrap();
        let loss = |position: usize| evaluations[position]["test"]["loss"].as_f64().unwrap();
        assert!(loss(evaluations.len() - 1) < 0.8 * loss(0), "{optimizer}: {evaluations:?}");
        assert_eq!(document["steps"].as_array().unwrap().len(), steps);
        let systems = if optimizer.contains("newton") { 2 * steps } else { 0 };
        assert_eq!(document["systems"]["total"], systems, "{optimizer}");
        let log: serde_json::Value = serde_json::from_str(&folder.read("log.json")).unwrap();
        assert_eq!(log, document);
    }
    let run = folder.qnewton("train --optimizer sgd --layers 4,4,3 --steps 5");
    assert!(run.code == 0 && run.stdout.contains("training loss"), "{}", run.stdout);
}

#[test]
fn quantum_steps_are_executed_and_close_to_the_classical_ones() {
    let folder = Folder::new();
    let arguments = "train --layers 3,3,2 --steps 2 --epsilon 0.05";
    let quantum = folder.json(&format!("{arguments} --decide quantum"));
    assert_eq!(quantum["systems"]["executed"], 4);
    let record = &quantum["steps"][1]["layers"][0]["record"];
    assert_eq!((&record["decision"], &record["execution"]), (&"quantum".into(), &"executed".into()));
    assert!(record["relative_error"].as_f64().unwrap() <= 0.05);
    let classical = folder.json(&format!("{arguments} --decide classical"));
    assert_eq!(classical["systems"]["classical"], 4);
    let loss = |document: &serde_json::Value| {
        numbers(&[document["evaluations"][2]["train"]["loss"].clone()].into())[0]
    };
    assert!((loss(&quantum) / loss(&classical) - 1.0).abs() < 0.02);
}

#[test]
fn networks_that_cannot_be_are_refused() {
    let folder = Folder::new();
    for (arguments, code, message) in [
        ("hessian --layers 8", 1, "sizes"),
        ("hessian --layers 65,8,8", 1, "1 to 64"),
        ("hessian --layers 8,8,11", 1, "2 to 10"),
        ("hessian --layers 8,8,8 --layer 2", 1, "0 to 1 is accepted"),
        ("hessian --layers 8,0,8", 2, "at least 1"),
        ("hessian --layers a,b", 2, "at least 1"),
        ("hessian --learning-rate 0", 2, "above 0"),
        ("hessian --steps -1", 2, "invalid"),
        ("hessian --steps 1 --batch 100000", 1, "batches of 100000"),
        ("hessian --steps 1 -o no/H.mtx", 1, "there is no folder no"),
        ("train --optimizer lbfgs", 2, "possible values: q-newton, newton, sgd, adam"),
        ("train --device abacus", 2, "there is no device `abacus`"),
        ("train --log no/log.json", 1, "there is no folder no"),
        ("train --optimizer sgd --layers 4,4,3 --learning-rate 1e9", 1, "diverged"),
    ] {
        let run = folder.qnewton(&format!("{arguments} --json"));
        assert_eq!((run.code, run.stdout.as_str()), (code, ""), "{arguments}: {}", run.stderr);
        assert!(run.stderr.contains(message), "{arguments}: {message:?} is not in {}", run.stderr);
    }
    assert!(folder.files().is_empty());
}
