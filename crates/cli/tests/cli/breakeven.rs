//! `qnewton breakeven` and `qnewton calibrate`.

use crate::harness::Folder;

#[test]
fn the_verdict_changes_at_the_printed_gate_time() {
    let folder = Folder::new();
    folder.hessian("digits-12");
    let device = |gate_time: f64| {
        let bundled = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../devices/attosecond.toml");
        let text = std::fs::read_to_string(bundled).unwrap();
        let text = text
            .replace("single_qubit_time = 1e-18", &format!("single_qubit_time = {gate_time:e}"))
            .replace("two_qubit_time = 1e-18", &format!("two_qubit_time = {gate_time:e}"));
        folder.write("device.toml", text);
    };
    for options in ["--free overhead", "--free readout,loading", "--cost-model dalzell --free overhead"] {
        device(1e-18);
        let document = folder.json(&format!("breakeven A.mtx --device device.toml {options}"));
        let gate_time = document["systems"][0]["break_even"]["gate_time"].as_f64().unwrap();
        for (factor, decision) in [(0.99, "quantum"), (1.01, "classical")] {
            device(factor * gate_time);
            let document = folder.json(&format!("schedule A.mtx --device device.toml {options}"));
            assert_eq!(document["systems"][0]["decision"], decision, "{options} {factor} {gate_time}");
        }
    }
}

#[test]
fn with_fast_gates_and_free_data_a_sparse_hessian_goes_quantum() {
    let folder = Folder::new();
    let bundled = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../devices/attosecond.toml");
    folder.write("fast.toml", std::fs::read_to_string(bundled).unwrap().replace("1e-18", "1e-30"));
    for name in ["digits-64-pruned", "poisson-16"] {
        folder.hessian(name);
        let document = folder.json("schedule A.mtx --damping 0.5 --device fast.toml --free loading,readout");
        assert_eq!(document["systems"][0]["decision"], "quantum", "{name}");
    }
}

#[test]
fn words_table_and_picture() {
    let folder = Folder::new();
    folder.hessian("digits-12");
    let run = folder.qnewton("breakeven A.mtx --device attosecond --plot sweeps.svg");
    assert_eq!(run.code, 0, "{}", run.stderr);
    for part in
        ["wins by", "with free", "gate time needed", "condition number", "unknowns", "epsilon", "repetition"]
    {
        assert!(run.stdout.contains(part), "{part}: {}", run.stdout);
    }
    let picture = folder.read("sweeps.svg");
    assert!(picture.starts_with("<svg") && picture.contains("gate time in seconds"));
    let refused = folder.qnewton("breakeven A.mtx A.mtx --plot sweeps.svg");
    assert_eq!(refused.code, 2, "{}", refused.stderr);
    // A singular matrix has a verdict, and nothing to vary.
    folder.matrix("ones", &[&[1.0, 1.0], &[1.0, 1.0]]);
    let document = folder.json("breakeven ones.mtx");
    assert!(document["systems"][0]["break_even"].is_null());
}

#[test]
fn a_calibration_is_kept_and_used() {
    let folder = Folder::new();
    folder.small_system();
    let run = folder.qnewton("calibrate --quick --output mine.toml --quiet");
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stdout.contains("Cholesky") && folder.read("mine.toml").contains("[model.iteration]"));
    let classical = |arguments: &str| {
        let document = folder.json(&format!("schedule A.mtx {arguments}"));
        document["systems"][0]["predicted_seconds"]["classical"].as_f64().unwrap()
    };
    assert_eq!(classical("--classical mine.toml"), classical("--classical mine.toml"));
    assert!(classical("--classical measure") > 0.0);
    let curve = "[[1, 1e3], [1000, 1e4]]";
    let slow = format!(
        "machine = \"an abacus\"\nthreads = 1\nmeasured_at = 0\n[model]\ncholesky = {curve}\nbunch_kaufman = {curve}\nlu = {curve}\n\
         [model.sparse_cholesky]\nper_entry = 1.0\nper_factor_entry = 1.0\nper_operation = 1.0\n\
         [model.iteration]\nper_nonzero = 100.0\nper_unknown = 100.0\n"
    );
    folder.write("slow.toml", slow);
    assert!(classical("--classical slow.toml") > 100.0 * classical("--classical mine.toml"));
    folder.write("bad.toml", "machine = 3\n");
    for (file, message) in [("missing.toml", "missing.toml"), ("bad.toml", "bad.toml")] {
        let run = folder.qnewton(&format!("schedule A.mtx --classical {file}"));
        assert!(run.code == 1 && run.stderr.contains(message), "{}", run.stderr);
    }
}
