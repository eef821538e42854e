//! Block encodings from files: matrices as users have them, every method, and the choice among methods.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use qnewton::circuit::{Basis, Gate, count, lower};
use qnewton::core::Silent;
use qnewton::encoding::{EncodingError, Method, Verification};
use qnewton::matrix::{LinearSystem, Preparation};
use qnewton::pipeline::{
    BlockOptions, EmitOptions, EncodingChoice, MatrixSource, PipelineError, RANKING_EPSILON, SourceOptions,
    emit_block, encode, queries, verify_encoding,
};
use qnewton::qasm::Style;
use qnewton_tests::{SOLVABLE, system};
use std::fmt::Write;

/// Entries (row, column, value) of an n x n matrix as a MatrixMarket file.
fn written(folder: &tempfile::TempDir, n: usize, entries: &[(usize, usize, f64)]) -> std::path::PathBuf {
    let mut text = format!("%%MatrixMarket matrix coordinate real general\n{n} {n} {}\n", entries.len());
    for (row, column, value) in entries {
        writeln!(text, "{} {} {value}", row + 1, column + 1).unwrap();
    }
    let path = folder.path().join("matrix.mtx");
    std::fs::write(&path, text).unwrap();
    path
}

/// Every applicable method encodes the matrix of a file, certified by execution.
fn check_every_method(path: &std::path::Path, relative_error: f64) {
    let source = MatrixSource::load(path, &SourceOptions::Matrix(Preparation::default())).unwrap();
    let facts = source.facts().unwrap();
    let allowed = relative_error * facts.spectrum.norm;
    let mut applied = 0;
    for &method in Method::ALL {
        let choice = EncodingChoice { relative_error, ..EncodingChoice::of(method) };
        match source.encode(&facts, &choice, RANKING_EPSILON) {
            Ok(encoding) => {
                applied += 1;
                let certificate = source.certify(&encoding, &facts, Verification::Forced, &Silent).unwrap();
                let bound = allowed + 1e-12 * encoding.alpha;
                assert!(certificate.error <= bound, "{}: {}", method.name(), certificate.error);
                assert!(certificate.error_at_least <= certificate.error);
            }
            Err(PipelineError::Encoding(EncodingError::NotApplicable { reason, .. })) => {
                assert!(!reason.is_empty())
            }
            Err(error) => panic!("{}: {error}", method.name()),
        }
    }
    assert!(applied >= 4);
}

#[test]
fn matrices_as_users_have_them() {
    let folder = tempfile::tempdir().unwrap();
    let full = |n: usize, value: &dyn Fn(usize, usize) -> f64| -> Vec<(usize, usize, f64)> {
        (0..n * n).map(|k| (k / n, k % n, value(k / n, k % n))).collect()
    };
    let symmetric = |i: usize, j: usize| ((i * j + i + j + 1) as f64).sin();
    for n in [1, 2, 3, 5, 8] {
        check_every_method(&written(&folder, n, &full(n, &symmetric)), 0.0);
        check_every_method(&written(&folder, n, &full(n, &|i, j| (i as f64 - 2.0 * j as f64).cos())), 0.0);
        // All entries equal: rank one.
        check_every_method(&written(&folder, n, &full(n, &|_, _| 0.25)), 0.0);
        let diagonal = |i: usize, j: usize| if i == j { -1.0 - i as f64 } else { 0.1 };
        check_every_method(&written(&folder, n, &full(n, &diagonal)), 0.0);
        let outlier = |i: usize, j: usize| if (i, j) == (0, 0) { 1e6 } else { symmetric(i, j) };
        check_every_method(&written(&folder, n, &full(n, &outlier)), 0.0);
    }
    // Twice the same entry, and explicit zeros.
    let entries =
        [(0, 0, 1.0), (0, 0, 0.5), (1, 1, 0.0), (2, 1, -1.0), (1, 2, -1.0), (2, 2, 3.0), (0, 2, 0.0)];
    check_every_method(&written(&folder, 3, &entries), 0.0);
    // A singular matrix with one entry.
    check_every_method(&written(&folder, 4, &[(3, 0, 2.0)]), 0.0);
}

#[test]
fn an_allowed_error_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let noise = |k: usize| (k as f64 * 12.9898).sin() * 43758.5453;
    let entries: Vec<(usize, usize, f64)> = (0..128 * 128)
        .filter(|&k| k % 19 == 3 || k / 128 == k % 128)
        .map(|k| (k / 128, k % 128, noise(k).fract()))
        .collect();
    let path = written(&folder, 128, &entries);
    let source = MatrixSource::load(&path, &SourceOptions::Matrix(Preparation::default())).unwrap();
    let facts = source.facts().unwrap();
    for method in [Method::Fable, Method::SFable, Method::LsFable, Method::PauliLcu] {
        let choice = EncodingChoice { relative_error: 1e-2, ..EncodingChoice::of(method) };
        match source.encode(&facts, &choice, RANKING_EPSILON) {
            Ok(encoding) => {
                let certificate = source.certify(&encoding, &facts, Verification::Forced, &Silent).unwrap();
                assert!(certificate.error <= 1e-2 * facts.spectrum.norm, "{}", method.name());
            }
            Err(PipelineError::Encoding(EncodingError::NotApplicable { .. })) => {}
            Err(error) => panic!("{}: {error}", method.name()),
        }
    }
}

#[test]
fn the_automatic_choice_is_no_worse_than_any_method() {
    for name in SOLVABLE {
        let system = system(name);
        let source = MatrixSource::from(LinearSystem { rhs: None, ..system });
        let facts = source.facts().unwrap();
        let queries = queries(&facts, RANKING_EPSILON);
        let merit = |choice: &EncodingChoice| {
            let encoding = source.encode(&facts, choice, RANKING_EPSILON).ok()?;
            let counts = count(&lower(&encoding.circuit, Basis::U3Cx).unwrap()).unwrap();
            Some(counts.gate(Gate::Cx) as f64 * queries(encoding.alpha))
        };
        let chosen = merit(&EncodingChoice::default()).unwrap();
        for &method in Method::ALL.iter().filter(|&&method| method != Method::Dilation) {
            if let Some(other) = merit(&EncodingChoice::of(method)) {
                assert!(chosen <= other, "{name}: {} has {other} against {chosen}", method.name());
            }
        }
        let choice = EncodingChoice { allow_spectral: true, ..EncodingChoice::default() };
        assert!(merit(&choice).unwrap() <= chosen);
    }
}

#[test]
fn complex_matrices_and_gradients_are_encoded_from_files() {
    let folder = tempfile::tempdir().unwrap();
    let banner = "%%MatrixMarket matrix coordinate complex hermitian\n";
    let path = folder.path().join("complex.mtx");
    std::fs::write(&path, format!("{banner}3 3 4\n1 1 1 0\n2 1 0.5 -0.25\n3 2 0 1\n3 3 -2 0\n")).unwrap();
    check_every_method(&path, 0.0);
    let gradients = folder.path().join("gradients.mtx");
    let array = "%%MatrixMarket matrix array real general\n";
    std::fs::write(&gradients, format!("{array}2 3\n1\n2\n3\n-1\n0\n0.5\n")).unwrap();
    for shift in [0.0, 0.3, -0.2] {
        let source = MatrixSource::load(&gradients, &SourceOptions::Gram { shift }).unwrap();
        let encoded = encode(&source, &BlockOptions::default(), &Silent).unwrap();
        assert!(encoded.certificate.error < 1e-12 * encoded.encoding.alpha);
        // Rows (1, 3, 0) and (2, -1, 0.5).
        let norm = (1.0 + 9.0 + 4.0 + 1.0 + 0.25) / 2.0;
        assert!((encoded.encoding.alpha - norm - f64::abs(shift)).abs() < 1e-12);
    }
}

#[test]
fn scales_at_the_ends_of_floating_point_are_encoded_or_refused() {
    let folder = tempfile::tempdir().unwrap();
    let options = SourceOptions::Matrix(Preparation::default());
    for scale in [1e-300, 1e-170, 1e300] {
        let entries = [(0, 0, 2.0 * scale), (0, 1, scale), (1, 0, scale), (1, 1, 3.0 * scale)];
        let source = MatrixSource::load(&written(&folder, 2, &entries), &options).unwrap();
        let file = folder.path().join("block.qasm");
        for &method in Method::ALL {
            let options = BlockOptions { encoding: EncodingChoice::of(method), ..BlockOptions::default() };
            let Ok(encoded) = encode(&source, &options, &Silent) else { continue };
            assert!(encoded.certificate.error <= 1e-12 * encoded.encoding.alpha, "{}", method.name());
            let style = Style::Hierarchical;
            emit_block(
                &encoded,
                &file,
                &EmitOptions { style, dialect: Default::default(), preparation: Preparation::default() },
            )
            .unwrap();
            assert!(verify_encoding(&file, &source, &Silent).unwrap().holds(), "{}", method.name());
            // Another matrix of the same size, spectrum and number of entries.
            let other = [(0, 0, 3.0 * scale), (0, 1, scale), (1, 0, scale), (1, 1, 2.0 * scale)];
            let other = MatrixSource::load(
                &written(&folder, 2, &other),
                &SourceOptions::Matrix(Preparation::default()),
            );
            assert!(!verify_encoding(&file, &other.unwrap(), &Silent).unwrap().holds(), "{}", method.name());
        }
    }
    let largest = [(0, 0, 1.2e308), (0, 1, 1.2e308), (1, 0, 1.2e308), (1, 1, 1.2e308)];
    let source = MatrixSource::load(&written(&folder, 2, &largest), &options).unwrap();
    assert!(encode(&source, &BlockOptions::default(), &Silent).is_err());
}

#[test]
fn files_with_an_allowed_error_verify() {
    let folder = tempfile::tempdir().unwrap();
    let entries: Vec<(usize, usize, f64)> =
        (0..16).map(|k| (k, k, (0.5 + k as f64 / 30.0).powi(2))).collect();
    let source =
        MatrixSource::load(&written(&folder, 16, &entries), &SourceOptions::Matrix(Preparation::default()))
            .unwrap();
    let choice = EncodingChoice { relative_error: 0.1, ..EncodingChoice::default() };
    let encoded =
        encode(&source, &BlockOptions { encoding: choice, ..BlockOptions::default() }, &Silent).unwrap();
    assert!(encoded.certificate.error > 1e-3 && encoded.certificate.error <= 0.1);
    let file = folder.path().join("block.qasm");
    let options =
        EmitOptions { style: Style::Flat, dialect: Default::default(), preparation: Preparation::default() };
    emit_block(&encoded, &file, &options).unwrap();
    assert!(verify_encoding(&file, &source, &Silent).unwrap().holds());
}
