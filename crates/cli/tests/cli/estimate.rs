//! `estimate`: what solving would take, without a circuit.

use crate::harness::Folder;
use serde_json::Value;

/// The candidates that apply, by solver.
fn applicable(document: &Value) -> Vec<&Value> {
    let candidates = document["candidates"].as_array().unwrap();
    candidates.iter().filter(|row| row["applicable"] == true).collect()
}

#[test]
fn the_help_shows_examples() {
    let run = Folder::new().qnewton("estimate --help");
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    assert!(run.stdout.contains("Examples:"));
    insta::assert_snapshot!("help_estimate", run.stdout);
}

#[test]
fn what_is_estimated_is_what_is_compiled() {
    let folder = Folder::new();
    folder.hessian("poisson-16");
    let document = folder.json("estimate A.mtx");
    let rows = applicable(&document);
    // All but the one without a circuit that has no values, and the one that takes gradients.
    assert_eq!(rows.len() + 2, document["candidates"].as_array().unwrap().len());
    for row in rows {
        let solver = row["solver"].as_str().unwrap();
        let compiled =
            folder.json(&format!("compile A.mtx --rhs A.rhs.mtx --solver {solver} -o {solver}.qasm"));
        assert_eq!(
            (&row["encoding"], &row["alpha"]),
            (&compiled["encoding"], &compiled["alpha"]),
            "{solver}"
        );
        let [estimated, counted] = [row, &compiled].map(|document| document["queries"].as_f64().unwrap());
        assert!((0.97..=1.0).contains(&(estimated / counted)), "{solver} {estimated} {counted}");
        assert_eq!(row["qubits"], compiled["qubits"], "{solver}");
        // Compiling merges gates and leaves out those that values make trivial.
        for count in ["cx", "u3"] {
            let [estimated, counted] =
                [row, &compiled].map(|document| document["counts"][count].as_f64().unwrap());
            assert!(counted <= 1.03 * estimated, "{solver} {count} {estimated} {counted}");
        }
        let [all, rest, each] = [
            &row["two_qubit_count"],
            &row["without_rhs"]["two_qubit_count"],
            &row["rhs_preparation"]["two_qubit_count"],
        ]
        .map(|number| number.as_u64().unwrap());
        assert_eq!(all, rest + row["queries_b"].as_u64().unwrap() * each, "{solver}");
    }
}

#[test]
fn a_family_of_any_size_is_estimated() {
    let folder = Folder::new();
    let document = folder.json("estimate --family tridiagonal:2^40:2.00000004:-1 --plot solvers.svg");
    assert_eq!(document["n"].as_u64(), Some(1 << 40));
    assert_eq!(document["condition_number_method"], "closed_form");
    assert!((document["condition_number"].as_f64().unwrap() / 1e8 - 1.0).abs() < 1e-6);
    let rows = applicable(&document);
    assert_eq!(rows.len(), 6);
    for row in rows {
        assert_eq!(row["rhs_preparation"]["two_qubit_count"].as_u64(), Some((1 << 40) - 2));
        assert!(row["without_rhs"]["synthesised_t_count"].as_u64() > row["queries"].as_u64());
    }
    assert!(folder.read("solvers.svg").contains("qsvt-positive"));
    let text = folder.qnewton("estimate --family tridiagonal:2^40:2.00000004:-1").stdout;
    assert!(text.contains("loading b") && text.contains("1.0995e12"), "{text}");
    // A bound makes polynomials longer; one that does not hold is refused, and so is a matrix without a spectrum.
    let degree = |arguments: &str| folder.json(arguments)["candidates"][0]["polynomial_degree"].as_u64();
    let family = "estimate --family tridiagonal:64:3:-1 --solver qsvt";
    assert!(degree(&format!("{family} --condition-number 50")) > degree(family));
    let refused = folder.qnewton(&format!("{family} --condition-number 2"));
    assert!(refused.code != 0 && refused.stderr.contains("condition number"), "{}", refused.stderr);
    assert_ne!(folder.qnewton("estimate --family tridiagonal:64:1:-1").code, 0);
    let bounded = folder.json("estimate --family tridiagonal:64:1:-1 --condition-number 1e3");
    assert_eq!(applicable(&bounded).len(), 5);
    assert_eq!(folder.qnewton("estimate").code, 2);
    assert_eq!(folder.qnewton("estimate --family laplacian:8 --damping 0.1").code, 2);
}

#[test]
fn solvers_that_do_not_apply_say_why() {
    let folder = Folder::new();
    folder.matrix("A", &[&[2.0, 1.0], &[0.5, 3.0]]);
    let document = folder.json("estimate A.mtx");
    let refused: Vec<&Value> =
        document["candidates"].as_array().unwrap().iter().filter(|row| row["applicable"] == false).collect();
    assert_eq!(refused.len(), 5);
    for row in refused {
        let reason = if row["solver"] == "gram" { "gradients" } else { "symmetric" };
        assert!(row["reason"].as_str().unwrap().contains(reason), "{row}");
    }
    let run = folder.qnewton("estimate A.mtx --solver cks");
    assert!(run.code == 1 && run.stderr.contains("symmetric"), "{}", run.stderr);
    folder.matrix("S", &[&[1.0, 1.0], &[1.0, 1.0]]);
    assert!(folder.qnewton("estimate S.mtx").stderr.contains("singular"));
}

#[test]
fn text_and_document_say_this() {
    let folder = Folder::new();
    folder.small_system();
    let document = folder.json("estimate A.mtx");
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join("\n");
    let outline =
        [&document, &document["candidates"][0], &document["candidates"][0]["without_rhs"]].map(keys);
    insta::assert_snapshot!("keys_estimate", outline.join("\n"));
    let text = folder.qnewton("estimate A.mtx").stdout;
    // The last column is a time.
    let (facts, table) = text.split_once("\n\n").unwrap();
    let without_time =
        |line: &str| line.rsplit_once("  ").map_or(String::new(), |(rest, _)| rest.trim_end().to_string());
    let table: Vec<String> = table.lines().map(without_time).collect();
    insta::assert_snapshot!("text_estimate", format!("{facts}\n\n{}", table.join("\n")));
}
