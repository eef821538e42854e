//! `qnewton schedule`.

use crate::harness::{Folder, Run};

#[test]
fn todays_devices_leave_small_systems_to_the_classical_solver() {
    let folder = Folder::new();
    folder.small_system();
    folder.matrix("B", &[&[3.0, 1.0], &[0.0, 2.0]]);
    for device in ["superconducting", "trapped-ion", "error-corrected"] {
        let document = folder.json(&format!("schedule A.mtx B.mtx --device {device}"));
        assert_eq!(document["device"], device);
        let systems = document["systems"].as_array().unwrap();
        assert_eq!(systems.len(), 2);
        for (system, file) in systems.iter().zip(["A.mtx", "B.mtx"]) {
            assert_eq!(
                (&system["file"], &system["decision"]),
                (&file.into(), &"classical".into()),
                "{device}"
            );
            assert!(system["reason"].as_str().unwrap().len() > 20);
            assert!(system["predicted_seconds"]["classical"].as_f64().unwrap() > 0.0);
            assert!(system["condition_number"].as_f64().unwrap() > 1.0);
        }
        // B.rhs.mtx does not exist.
        assert_eq!((&systems[0]["uniform_rhs"], &systems[1]["uniform_rhs"]), (&false.into(), &true.into()));
    }
}

#[test]
fn free_components_and_fast_gates_make_it_quantum_and_execution_keeps_the_promise() {
    let folder = Folder::new();
    folder.small_system();
    let arguments = "schedule A.mtx --device attosecond --free loading,read_out,overhead,repetition,gates,noise --execute";
    let document = folder.json(arguments);
    let system = &document["systems"][0];
    assert_eq!(system["decision"], "quantum", "{}", system["reason"]);
    assert!(system["execution"]["relative_error"].as_f64().unwrap() <= 1e-2);
    let forced = folder.json("schedule A.mtx --rhs A.rhs.mtx --decide quantum --execute --epsilon 1e-4");
    assert_eq!(forced["systems"][0]["decision"], "quantum");
    assert!(forced["systems"][0]["execution"]["relative_error"].as_f64().unwrap() <= 1e-4);
}

#[test]
fn a_singular_system_is_reported_and_its_execution_fails() {
    let folder = Folder::new();
    folder.matrix("A", &[&[1.0, 1.0], &[1.0, 1.0]]);
    let document = folder.json("schedule A.mtx");
    assert!(document["systems"][0]["predicted_seconds"]["quantum"].is_null());
    assert!(document["systems"][0]["condition_number"].is_null());
    let run = folder.qnewton("schedule A.mtx --execute --json");
    assert_eq!(run.code, 1);
    assert!(run.document()["systems"][0]["execution"]["problem"].is_string());
}

#[test]
fn a_device_can_be_described_in_a_file() {
    let folder = Folder::new();
    folder.small_system();
    let bundled = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../devices/trapped-ion.toml");
    std::fs::copy(bundled, folder.path("mine.toml")).unwrap();
    let from_file = folder.json("schedule A.mtx --device mine.toml");
    let by_name = folder.json("schedule A.mtx --device trapped-ion");
    assert_eq!(from_file["systems"][0]["quantum"], by_name["systems"][0]["quantum"]);
    folder.write("bad.toml", "name = \"x\"\nqubits = \"many\"\n");
    for (arguments, code, message) in [
        ("--device abacus", 2, "bundled are superconducting"),
        ("--device missing.toml", 1, "missing.toml"),
        ("--device bad.toml", 1, "bad.toml, line"),
        ("--free lunch", 2, "`lunch` is no cost component"),
        ("--decide later", 2, "possible values: auto, quantum, classical"),
        ("--rhs A.rhs.mtx --rhs A.rhs.mtx", 2, "--rhs is given 2 times for 1 matrices"),
        ("nosuch.mtx", 1, "nosuch.mtx"),
    ] {
        let run = folder.qnewton(&format!("schedule A.mtx {arguments} --json"));
        assert_eq!((run.code, run.stdout.as_str()), (code, ""), "{arguments}: {}", run.stderr);
        assert!(run.stderr.contains(message), "{arguments}: {}", run.stderr);
    }
}

#[test]
fn the_report_has_both_times_and_the_reason() {
    let folder = Folder::new();
    folder.small_system();
    let run = folder.qnewton("schedule A.mtx --device superconducting");
    assert_eq!(run.code, 0);
    assert_eq!(run.stderr, "right-hand side of A.mtx: A.rhs.mtx\n");
    for part in ["device superconducting", "quantum", "classical", "reason", "A.mtx"] {
        assert!(run.stdout.contains(part), "{part}: {}", run.stdout);
    }
}

#[test]
fn right_hand_sides_among_the_matrices_are_taken_as_what_they_are() {
    let folder = Folder::new();
    folder.small_system();
    let document = folder.json("schedule A.rhs.mtx A.mtx");
    let systems = document["systems"].as_array().unwrap();
    assert_eq!(systems.len(), 1);
    assert_eq!(systems[0]["file"], "A.mtx");
    assert_eq!(systems[0]["uniform_rhs"], false);
}

#[test]
fn a_batch_is_shared_out_among_machines() {
    let folder = Folder::new();
    folder.small_system();
    for name in ["b1", "b2", "b3", "b4"] {
        folder.matrix(name, &[&[2.0, 1.0], &[1.0, 3.0]]);
    }
    let batch = "schedule b1.mtx b2.mtx b3.mtx b4.mtx --quiet";
    let document = folder.json(&format!("{batch} --workers 2 --gantt chart.html"));
    let timeline = &document["timeline"];
    assert_eq!((&timeline["method"], &timeline["gap"]), (&"exact".into(), &0.0.into()));
    assert_eq!((&timeline["workers"], &timeline["quantum_devices"]), (&2.into(), &1.into()));
    let seconds = |value: &serde_json::Value| value.as_f64().unwrap();
    let classical: Vec<f64> = document["systems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|system| seconds(&system["predicted_seconds"]["classical"]))
        .collect();
    // The quantum device would take days: two each for the two workers, one after the other for one.
    let (makespan, all) = (seconds(&timeline["makespan"]), classical.iter().sum::<f64>());
    assert!((makespan - all / 2.0).abs() <= 1e-9 * all, "{makespan} {classical:?}");
    assert!((seconds(&timeline["one_at_a_time_makespan"]) - all).abs() <= 1e-9 * all);
    assert_eq!(timeline["placements"].as_array().unwrap().len(), 4);
    let page = folder.read("chart.html");
    assert!(page.starts_with("<!DOCTYPE html>") && page.contains("<title>b4.mtx: "), "{page}");

    let sequential = folder.json(&format!("{batch} --workers 2 --one-at-a-time --gantt chart.svg"));
    assert_eq!(sequential["timeline"]["method"], "one_at_a_time");
    assert_eq!(sequential["timeline"]["makespan"], sequential["timeline"]["one_at_a_time_makespan"]);
    assert!(folder.read("chart.svg").starts_with("<svg"));
    let shown = folder.qnewton(&format!("{batch} --workers 3")).stdout;
    for part in ["timeline", "makespan", "gap 0.00 %", "one at a time"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert_eq!(folder.qnewton("schedule A.mtx --gantt chart.svg").code, 2);
}

#[test]
fn the_quantum_time_of_a_timeline_contains_the_link_once_and_the_profile_counts_its_devices() {
    let folder = Folder::new();
    folder.small_system();
    let bundled = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../devices/attosecond.toml");
    let profile = std::fs::read_to_string(bundled).unwrap();
    let profile = profile.replace("link_latency = 0.0", "link_latency = 1e-9\ndevices = 3");
    folder.write("mine.toml", profile);
    // Little but the link is left, which is still faster than any classical solver.
    let document = folder
        .json("schedule A.mtx --device mine.toml --workers 1 --free loading,read_out,repetition,gates,noise");
    assert_eq!(document["timeline"]["quantum_devices"], 3);
    let placement = &document["timeline"]["placements"][0];
    assert_eq!(placement["kind"], "quantum");
    let seconds = |value: &serde_json::Value| value.as_f64().unwrap();
    let predicted = seconds(&document["systems"][0]["predicted_seconds"]["quantum"]);
    assert!(predicted >= 1e-9 && (seconds(&placement["end"]) - predicted).abs() <= 1e-12 * predicted);
}

#[test]
fn executions_refine_the_calibration_that_is_kept_and_no_other() {
    let folder = Folder::new();
    let size = 300;
    let row = |i: usize| (0..size).map(|j| if i == j { 2.0 } else { 1.0 / (1 + i + j) as f64 }).collect();
    let rows: Vec<Vec<f64>> = (0..size).map(row).collect();
    folder.matrix("A", &rows.iter().map(Vec::as_slice).collect::<Vec<_>>());
    let run = |arguments: &str| {
        let mut command = folder.command();
        command.args(arguments.split_whitespace()).env("XDG_DATA_HOME", folder.path("data"));
        Run::from(command.output().unwrap())
    };
    assert_eq!(run("calibrate --quick --quiet").code, 0);
    let predicted = |document: &serde_json::Value| {
        document["systems"][0]["predicted_seconds"]["classical"].as_f64().expect("a prediction")
    };
    let schedule = "schedule A.mtx --cost-model jennings --decide classical --execute --json";
    let first = run(schedule).document();
    assert_eq!(first["refinement"]["solves"], 1, "{first}");
    let factor = first["refinement"]["factor"].as_f64().unwrap();
    let second = run(schedule).document();
    assert!((predicted(&second) / predicted(&first) / factor - 1.0).abs() < 1e-9);
    let kept = folder.read("data/qnewton/classical.toml");
    assert!(kept.contains("[refinement]\nsolves = 2\n"), "{kept}");
    let run = run(&format!("{schedule} --classical data/qnewton/classical.toml"));
    assert!(run.document()["refinement"].is_null());
    assert_eq!(folder.read("data/qnewton/classical.toml"), kept);
}
