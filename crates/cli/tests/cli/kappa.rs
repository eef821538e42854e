//! `qnewton kappa`.

use crate::harness::Folder;

#[test]
fn every_method_has_an_interval_around_the_truth() {
    let folder = Folder::new();
    folder.hessian("digits-12");
    let document = folder.json("kappa A.mtx");
    let system = &document["systems"][0];
    assert_eq!((system["file"].as_str(), system["n"].as_u64()), (Some("A.mtx"), Some(12)));
    let estimates = system["estimates"].as_array().unwrap();
    let names: Vec<&str> = estimates.iter().map(|estimate| estimate["method"].as_str().unwrap()).collect();
    assert_eq!(names, ["exact", "lanczos", "products", "trial", "condest", "gershgorin", "norm-det"]);
    let truth = estimates[0]["value"].as_f64().unwrap();
    for estimate in estimates {
        let ends = &estimate["interval"];
        assert!(ends[0].as_f64().unwrap() <= truth, "{estimate}");
        assert!(ends[1].as_f64().unwrap_or(f64::INFINITY) >= truth, "{estimate}");
    }
    let shown = folder.qnewton("kappa A.mtx --method exact,gershgorin");
    assert!(shown.code == 0 && shown.stdout.contains("rigorous") && !shown.stdout.contains("lanczos"));
}

#[test]
fn a_singular_matrix_has_an_infinite_condition_number_and_damping_helps() {
    let folder = Folder::new();
    folder.matrix("ones", &[&[1.0, 1.0], &[1.0, 1.0]]);
    let shown = folder.qnewton("kappa ones.mtx");
    assert!(shown.code == 0 && shown.stdout.contains("singular to working precision"), "{}", shown.stdout);
    let singular = &folder.json("kappa ones.mtx --method exact")["systems"][0];
    assert!(singular["singular"] == true && singular["estimates"][0]["value"].is_null(), "{singular}");
    let damped =
        &folder.json("kappa ones.mtx --damping 0.5 --semidefinite --method gershgorin")["systems"][0];
    let high = damped["estimates"][0]["interval"][1].as_f64().unwrap();
    assert!(damped["singular"] == false && (5.0 - 1e-9..5.1).contains(&high), "{damped}");
}

#[test]
fn what_cannot_be_read_is_an_error() {
    let folder = Folder::new();
    folder.matrix("bad", &[&[1.0, f64::NAN], &[1.0, 1.0]]);
    for (arguments, code) in [("bad.mtx", 1), ("missing.mtx", 1), ("bad.mtx --method guess", 2)] {
        let run = folder.qnewton(&format!("kappa {arguments}"));
        assert_eq!((run.code, run.stdout.as_str()), (code, ""), "{arguments}: {}", run.stderr);
        assert!(!run.stderr.is_empty());
    }
}
