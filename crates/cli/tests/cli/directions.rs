//! Solvers that leave the direction of x: what the commands make of norm and sign.

use crate::harness::{Folder, numbers, relative_difference};
use serde_json::Value;

const SOLVERS: [&str; 2] = ["shortcut", "adiabatic"];

#[test]
fn norm_and_sign_come_from_the_further_query() {
    let folder = Folder::new();
    folder.matrix("A", &[&[0.0, -2.0], &[1.0, 1.0]]);
    for sign in [1.0, -1.0] {
        folder.vector("A.rhs", &[2.0 * sign, -4.0 * sign]);
        for solver in SOLVERS {
            let document =
                folder.json(&format!("solve A.mtx --rhs A.rhs.mtx --solver {solver} --epsilon 1e-4"));
            assert!(relative_difference(&numbers(&document["solution"]), &[-3.0 * sign, -sign]) < 1e-4);
            assert_eq!(document["promise_kept"], true);
            assert_eq!(document["norm_method"], "further-query");
            assert!(document["scale"].as_f64().unwrap().is_finite());
            assert!(document["error_bound"]["norm"].as_f64().unwrap() > 0.0);
            let walk = if solver == "adiabatic" { Value::from(true) } else { Value::Null };
            assert_eq!(document["walk_arrived"], walk);
            let [predicted, measured] =
                ["norm_probability", "measured_norm_probability"].map(|key| document[key].as_f64().unwrap());
            assert!((predicted / measured - 1.0).abs() < 1e-3, "{predicted} {measured}");
            let options = "--shots 1e6 --seed 2 --epsilon 1e-2";
            let document = folder.json(&format!("solve A.mtx --rhs A.rhs.mtx --solver {solver} {options}"));
            let read = &document["readout"];
            assert!(relative_difference(&numbers(&read["solution"]), &[-3.0 * sign, -sign]) < 2e-2);
            let runs = ["magnitude_shots", "interference_shots", "norm_shots"]
                .map(|key| read[key].as_u64().unwrap());
            assert!(
                runs.iter().sum::<u64>() == 1_000_000 && runs.iter().all(|&runs| runs > 10_000),
                "{runs:?}"
            );
        }
    }
}

#[test]
fn files_give_the_direction_and_are_verified() {
    let folder = Folder::new();
    folder.small_system();
    for solver in SOLVERS {
        for style in ["hierarchical", "flat"] {
            let options = format!("--solver {solver} --style {style} -o s.qasm");
            let compiled = folder.json(&format!("compile A.mtx --rhs A.rhs.mtx {options}"));
            assert_eq!(
                (&compiled["scale"], &compiled["norm_method"]),
                (&Value::Null, &Value::from("further-query"))
            );
            let verified = folder.json("verify s.qasm --matrix A.mtx");
            assert_eq!(verified["holds"], true, "{verified}");
            let run = folder.json("run s.qasm");
            assert_eq!((&run["scale"], &run["norm_method"]), (&Value::Null, &Value::from("further-query")));
            let direction = numbers(&run["solution"]);
            // x = (0.6, -0.2).
            let exact = [0.9f64.sqrt(), -(0.1f64.sqrt())].map(|value| value * direction[0].signum());
            assert!(relative_difference(&direction, &exact) < 1e-2, "{direction:?}");
        }
    }
    let text = folder.qnewton("run s.qasm --quiet").stdout;
    assert!(text.contains("by a further query") && text.contains("up to a sign"), "{text}");
    let text = folder.qnewton("solve A.mtx --rhs A.rhs.mtx --solver shortcut --norm-estimate search").stdout;
    for part in
        ["norm and sign by one query more", "norm estimate: search", "queries expected in all", "scale 0."]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn a_search_is_more_expensive_than_a_known_norm() {
    let folder = Folder::new();
    folder.hessian("digits-12");
    let expected = |options: &str| {
        let document = folder.json(&format!("solve A.mtx --rhs A.rhs.mtx --solver shortcut {options}"));
        assert_eq!(document["norm_estimate"], if options.is_empty() { "classical" } else { "search" });
        document["expected_queries"].as_f64().unwrap()
    };
    assert!(expected("--norm-estimate search") > 1.2 * expected(""));
}

#[test]
fn published_figures_stand_apart_from_compiled_ones() {
    let folder = Folder::new();
    folder.hessian("digits-12");
    let document = folder.json("solve A.mtx --rhs A.rhs.mtx --compare-solvers");
    let list = |key: &str| document[key].as_array().unwrap().clone();
    assert!(
        list("candidates").iter().all(|row| row["applicable"] == false || row["provenance"] == "compiled")
    );
    assert_eq!(list("candidates").len(), 8);
    let provenances: Vec<Value> = list("published").iter().map(|entry| entry["provenance"].clone()).collect();
    assert_eq!(provenances, ["bound", "bound", "bound", "empirical"]);
    assert!(list("published").iter().all(|entry| entry["source"].as_str().unwrap().contains("arXiv")));
    let text = folder.qnewton("solve A.mtx --rhs A.rhs.mtx --compare-solvers --quiet").stdout;
    let (compiled, published) = text.split_once("published, for alpha = norm").unwrap();
    assert!(compiled.contains("shortcut") && compiled.contains("adiabatic"), "{text}");
    assert!(published.contains("empirical") && published.contains("2305 kappa"), "{text}");
}

#[test]
fn a_condition_number_that_is_too_small_is_refused_with_both() {
    let folder = Folder::new();
    folder.small_system();
    for command in ["solve A.mtx --rhs A.rhs.mtx", "compile A.mtx --rhs A.rhs.mtx -o s.qasm"] {
        let run = folder.qnewton(&format!("{command} --condition-number 2.5 --json"));
        assert_eq!((run.code, run.stdout.as_str()), (1, ""));
        assert!(run.stderr.contains("2.5") && run.stderr.contains("2.618033"), "{}", run.stderr);
        folder.json(&format!("{command} --condition-number 2.61804"));
        for wrong in ["0.5", "nan", "inf", "-3"] {
            assert_eq!(folder.qnewton(&format!("{command} --condition-number {wrong}")).code, 2, "{wrong}");
        }
    }
}
