//! `qnewton regularize`.

use crate::harness::Folder;

#[test]
fn the_choice_is_accepted_cheapest_and_on_the_command_line_of_schedule() {
    let folder = Folder::new();
    folder.hessian("digits-12");
    let arguments = "regularize A.mtx --rhs A.rhs.mtx --min-cosine 0.8 --quiet";
    let document = folder.json(&format!("{arguments} --plot front.svg"));
    let candidates = document["candidates"].as_array().unwrap();
    assert_eq!(candidates.len(), 13 * 5);
    let best = &candidates[document["best"].as_u64().unwrap() as usize];
    assert_eq!(best["accepted"], true);
    let seconds = |candidate: &serde_json::Value| candidate["seconds"].as_f64();
    for candidate in candidates.iter().filter(|candidate| candidate["accepted"] == true) {
        assert!(candidate["cosine"].as_f64().unwrap() >= 0.8 && candidate["descent"] == true);
        assert!(seconds(candidate) >= seconds(best));
    }
    assert!(candidates.iter().any(|candidate| candidate["on_front"] == true));
    let svg = folder.read("front.svg");
    assert!(svg.starts_with("<svg") && svg.contains("cosine to the reference step"));
    let shown = folder.qnewton(arguments).stdout;
    for part in ["reference step", "--damping", "--prune", "Pareto front"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    // The same system, conditioned with the options that are recommended.
    let prepared = folder.json(&format!(
        "schedule A.mtx --damping {} --prune {} --quiet",
        best["damping"], best["entries_per_row"]
    ));
    let kappa = prepared["systems"][0]["condition_number"].as_f64().unwrap();
    assert!((kappa - best["condition_number"].as_f64().unwrap()).abs() <= 1e-6 * kappa);
}

#[test]
fn what_cannot_be_regularised_says_why() {
    let folder = Folder::new();
    folder.small_system();
    folder.matrix("B", &[&[2.0, 1.0], &[0.0, 3.0]]);
    for (arguments, code, message) in [
        ("B.mtx --rhs A.rhs.mtx", 1, "not symmetric"),
        ("A.mtx", 2, "--rhs"),
        ("A.mtx --rhs A.rhs.mtx --min-cosine 2", 2, "between -1 and 1"),
        ("A.mtx --rhs A.rhs.mtx --dampings 0.1,0", 2, "above 0"),
    ] {
        let run = folder.qnewton(&format!("regularize {arguments}"));
        assert_eq!(run.code, code, "{arguments}: {}", run.stderr);
        assert!(run.stderr.contains(message), "{arguments}: {}", run.stderr);
    }
    // Nothing is this close: the front is there all the same.
    let far = "regularize A.mtx --rhs A.rhs.mtx --min-cosine 1 --dampings 100 --entries 1";
    let document = folder.json(far);
    assert!(document["best"].is_null());
    assert_eq!(document["candidates"][0]["on_front"], true);
    assert!(folder.qnewton(far).stdout.contains("none:"));
}
