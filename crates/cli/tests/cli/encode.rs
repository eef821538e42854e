//! `encode`: comparisons, families, gradients, and scaling.

use crate::harness::Folder;

#[test]
fn a_comparison_lists_every_method_and_names_the_choice() {
    let folder = Folder::new();
    folder.hessian("poisson-16");
    let document = folder.json("encode A.mtx --compare --plot bars.svg");
    let candidates = document["candidates"].as_array().unwrap();
    let usable: Vec<_> = candidates.iter().filter(|row| row["applicable"] == true).collect();
    assert!(candidates.len() >= 14 && usable.len() >= 8);
    let totals: Vec<f64> = usable.iter().map(|row| row["total_two_qubit_count"].as_f64().unwrap()).collect();
    assert!(totals.is_sorted());
    assert_eq!(document["chosen"], "structured");
    for row in candidates.iter().filter(|row| row["applicable"] == false) {
        assert!(!row["reason"].as_str().unwrap().is_empty());
    }
    let svg = folder.read("bars.svg");
    assert!(svg.starts_with("<svg") && svg.contains("structured"));
    // What is chosen is what is encoded.
    let encoded = folder.json("encode A.mtx");
    assert_eq!(encoded["encoding"], "structured");
    assert_eq!(encoded["two_qubit_count"], usable[0]["two_qubit_count"]);
    let text = folder.qnewton("encode A.mtx --compare").stdout;
    assert!(text.contains("chosen") && text.contains("spectral"), "{text}");
}

#[test]
fn methods_that_need_singular_vectors_are_taken_on_demand() {
    let folder = Folder::new();
    folder.hessian("digits-12");
    assert_ne!(folder.json("encode A.mtx")["encoding"], "dilation");
    for arguments in ["encode A.mtx --allow-spectral", "encode A.mtx --encoding dilation"] {
        let document = folder.json(arguments);
        assert_eq!((&document["encoding"], &document["spectral"]), (&"dilation".into(), &true.into()));
    }
}

#[test]
fn a_matrix_that_is_never_built_is_counted() {
    let folder = Folder::new();
    let document = folder.json("encode --family laplacian:2^40");
    assert_eq!(document["n"].as_u64(), Some(1 << 40));
    assert!(document["two_qubit_count"].as_u64().unwrap() < 1000);
    // The same matrix, from a file and as a family.
    folder.hessian("poisson-16");
    let file = folder.json("encode A.mtx");
    let family = folder.json("encode --family tridiagonal:16:0.5:-0.25 -o family.qasm");
    assert_eq!(file["counts"], family["counts"]);
    let verified = folder.qnewton("verify family.qasm --matrix A.mtx");
    assert!(verified.stdout.contains("block against the matrix"), "{}", verified.stdout);
    assert_eq!(folder.qnewton("encode --family cube:8").code, 2);
    assert_eq!(folder.qnewton("encode").code, 2);
}

#[test]
fn gradients_are_encoded_without_their_gram_matrix() {
    let folder = Folder::new();
    folder.write("G.mtx", "%%MatrixMarket matrix array real general\n2 3\n1\n2\n3\n-1\n0\n0.5\n");
    let document = folder.json("encode G.mtx --encoding gram --shift 0.25 -o g.qasm");
    assert_eq!((&document["encoding"], &document["n"]), (&"gram".into(), &3.into()));
    assert_eq!(folder.qnewton("verify g.qasm --matrix G.mtx").code, 0);
    assert_eq!(folder.qnewton("encode G.mtx --shift 0.25").code, 2);
}

#[test]
fn a_scaled_system_is_solved_for_its_own_unknowns() {
    let folder = Folder::new();
    // Badly scaled: condition number 1e4, after scaling 1.2.
    folder.matrix("A", &[&[1e4, 10.0], &[10.0, 1.0]]);
    folder.vector("A.rhs", &[1e4, 12.0]);
    // x = (10000 - 120, 120000 - 100000) / 9900.
    let expected = [9880.0 / 9900.0, 20000.0 / 9900.0];
    let document = folder.json("solve A.mtx --rhs A.rhs.mtx --epsilon 1e-3 --jacobi -o s.qasm");
    assert!(document["condition_number"].as_f64().unwrap() < 1.3);
    let solution: Vec<f64> =
        document["solution"].as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect();
    let error = (solution[0] - expected[0]).hypot(solution[1] - expected[1]);
    assert!(error < 1e-3 * expected[0].hypot(expected[1]), "{solution:?}");
    assert_eq!(folder.qnewton("verify s.qasm --matrix A.mtx --rhs A.rhs.mtx").code, 0);
    let run = folder.json("run s.qasm");
    assert!((run["solution"][1].as_f64().unwrap() - expected[1]).abs() < 1e-2);
}
