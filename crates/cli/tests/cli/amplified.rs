//! Amplified circuits: solved, written, verified, compared.

use crate::harness::{Folder, numbers, relative_difference};

#[test]
fn amplified_solutions_keep_the_promise() {
    let folder = Folder::new();
    folder.matrix("A", &[&[2.0, 1.0], &[1.0, 3.0]]);
    folder.vector("A.rhs", &[1.0, 2.0]);
    // x = (0.2, 0.6).
    for way in ["rounds", "fixed-point", "oblivious", "auto"] {
        let options = format!("--solver cks --amplification {way}");
        let document = folder.json(&format!("solve A.mtx --rhs A.rhs.mtx {options}"));
        assert!(relative_difference(&numbers(&document["solution"]), &[0.2, 0.6]) < 1e-2, "{document}");
        let record = &document["amplification"];
        assert!(way == "auto" || record["method"] == way, "{record}");
        let text = folder.qnewton(&format!("solve A.mtx --rhs A.rhs.mtx {options}")).stdout;
        assert_eq!(text.contains("uses of the solver"), !record.is_null(), "{text}");
        folder.json(&format!("compile A.mtx --rhs A.rhs.mtx {options} -o s.qasm"));
        let verified = folder.json("verify s.qasm --matrix A.mtx");
        assert_eq!(verified["holds"], true, "{verified}");
        let run = folder.json("run s.qasm");
        assert!(relative_difference(&numbers(&run["solution"]), &[0.2, 0.6]) < 1e-2, "{run}");
    }
}

#[test]
fn amplified_circuits_are_counted_in_the_comparison() {
    let folder = Folder::new();
    folder.hessian("poisson-16");
    let document = folder.json("solve A.mtx --rhs A.rhs.mtx --compare-solvers");
    let candidates = document["candidates"].as_array().unwrap();
    let of = |name: &str| candidates.iter().find(|row| row["solver"] == name).unwrap();
    let positive = of("qsvt-positive");
    let amplified = &positive["amplified"];
    assert_eq!((&amplified["method"], &amplified["provenance"]), (&"rounds".into(), &"compiled".into()));
    assert_eq!(amplified["queries"].as_u64().unwrap() % amplified["uses"].as_u64().unwrap(), 0);
    let gates = |row: &serde_json::Value| row["expected_two_qubit_count"].as_f64().unwrap();
    assert!(gates(amplified) < 0.8 * gates(positive), "{positive}");
    assert!(of("qsvt")["amplified"].is_null());
}
