//! `qnewton phases` from the outside: the angles in the files are multiplied out as 2 x 2 matrices.

#![allow(clippy::unwrap_used, reason = "a failure is what a test reports")]

use num_complex::Complex64;
use qnewton::matrix::{AnyMatrix, SparseMatrix, read_matrix, read_vector, write_vector};
use std::f64::consts::FRAC_1_SQRT_2;
use std::path::PathBuf;

type Matrix = [[Complex64; 2]; 2];

struct Folder(tempfile::TempDir);

struct Run {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Folder {
    fn new() -> Self {
        Folder(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn phases(&self, arguments: &str) -> Run {
        let mut command = assert_cmd::cargo::cargo_bin_cmd!("qnewton");
        command.current_dir(self.0.path()).arg("phases").args(arguments.split_whitespace());
        let output = command.output().unwrap();
        let run = Run {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        };
        assert!(!run.stderr.contains("panicked"), "{arguments}: {}", run.stderr);
        run
    }

    /// Runs the program, which must succeed, and returns its document.
    fn document(&self, arguments: &str) -> serde_json::Value {
        let run = self.phases(&format!("{arguments} --json"));
        assert_eq!(run.code, 0, "{arguments}: {}", run.stderr);
        serde_json::from_str(&run.stdout).unwrap()
    }

    fn vector(&self, name: &str) -> Vec<f64> {
        read_vector(self.path(name)).unwrap()
    }
}

fn multiply(a: Matrix, b: Matrix) -> Matrix {
    let entry = |i: usize, j: usize| a[i][0] * b[0][j] + a[i][1] * b[1][j];
    [[entry(0, 0), entry(0, 1)], [entry(1, 0), entry(1, 1)]]
}

fn z_rotation(angle: f64) -> Matrix {
    [[Complex64::cis(angle), Complex64::ZERO], [Complex64::ZERO, Complex64::cis(-angle)]]
}

fn x_rotation(angle: f64) -> Matrix {
    let (cosine, sine) = (Complex64::from(angle.cos()), Complex64::new(0.0, angle.sin()));
    [[cosine, sine], [sine, cosine]]
}

fn product(angles: &[f64], processing: fn(f64) -> Matrix, signals: [Matrix; 2]) -> Matrix {
    let later = angles[1..].iter().zip(signals.iter().cycle());
    later.fold(processing(angles[0]), |u, (angle, signal)| multiply(multiply(u, *signal), processing(*angle)))
}

/// <0|U|0> of a Wx sequence.
fn wx_corner(angles: &[f64], x: f64) -> Complex64 {
    let s = Complex64::new(0.0, ((1.0 - x) * (1.0 + x)).sqrt());
    product(angles, z_rotation, [[[x.into(), s], [s, x.into()]]; 2])[0][0]
}

fn number(document: &serde_json::Value, field: &str) -> f64 {
    document[field].as_f64().unwrap_or_else(|| panic!("{field} in {document}"))
}

/// `count` points in [lowest, 1], dense at both ends.
fn chebyshev_points(lowest: f64, count: usize) -> impl Iterator<Item = f64> {
    let angle = move |index: usize| std::f64::consts::PI * index as f64 / (count - 1) as f64;
    (0..count).map(move |index| {
        let share = 0.5 * (1.0 - angle(index).cos());
        (lowest + (1.0 - lowest) * share).clamp(lowest, 1.0)
    })
}

#[test]
fn inversion_keeps_its_promise_as_matrices() {
    let folder = Folder::new();
    let cases = [
        (1.0, 0.5, "relative", 1, 50),
        (2.0, 1e-10, "absolute", 100, 200),
        (10.0, 1e-2, "relative", 53, 400),
        (30.5, 3.0, "absolute", 150, 400),
        (100.0, 1e-2, "absolute", 921, 1000),
        (100.0, 1e-2, "relative", 529, 1000),
        (1000.0, 1e-6, "absolute", 20_725, 200),
        (1000.0, 1e-6, "relative", 14_509, 200),
    ];
    for (kappa, epsilon, form, highest_degree, points) in cases {
        let case = format!("inverse --kappa {kappa} --epsilon {epsilon} --form {form} -o phases.npy");
        let document = folder.document(&case);
        let angles = folder.vector("phases.npy");
        let degree = document["degree"].as_u64().unwrap() as usize;
        assert_eq!(angles.len(), degree + 1);
        assert!(degree <= highest_degree, "{case}: degree {degree}");
        assert!(
            number(&document, "polynomial_error") <= epsilon && number(&document, "phase_residual") < 1e-14
        );
        assert_eq!((&document["form"], &document["convention"]), (&form.into(), &"wx".into()));
        let normalization = number(&document, "normalization");
        for x in chebyshev_points(1.0 / kappa, points) {
            let value = normalization * wx_corner(&angles, x).re;
            let error = if form == "relative" { (1.0 - x * value).abs() } else { (1.0 / x - value).abs() };
            assert!(error <= epsilon * (1.0 + 1e-6), "{case} x {x}: {error}");
        }
        // The modulus promised is reached, and nowhere exceeded.
        let moduli = chebyshev_points(0.0, 100).map(|x| wx_corner(&angles, x).re.abs());
        assert!(
            moduli.fold(0.0, f64::max) <= 0.99 + 1e-9 && (number(&document, "max_norm") - 0.99).abs() < 1e-9
        );
    }
}

#[test]
fn sign_filter_and_exponential_keep_their_promises_as_matrices() {
    let folder = Folder::new();
    let document = folder.document("sign --gap 0.1 --epsilon 1e-4 --max-norm 0.8 -o sign.npy");
    let (normalization, angles) = (number(&document, "normalization"), folder.vector("sign.npy"));
    for x in chebyshev_points(0.1, 300) {
        assert!((normalization * wx_corner(&angles, x).re - 1.0).abs() <= 1e-4);
        assert!((normalization * wx_corner(&angles, -x).re + 1.0).abs() <= 1e-4);
    }
    let document = folder.document("filter --gap 0.05 --epsilon 1e-3 -o filter.npy");
    let (normalization, angles) = (number(&document, "normalization"), folder.vector("filter.npy"));
    assert!((normalization * wx_corner(&angles, 0.0).re - 1.0).abs() < 1e-12);
    for x in chebyshev_points(0.05, 300) {
        assert!((normalization * wx_corner(&angles, x).re).abs() <= 1e-3 * (1.0 + 1e-6));
    }
    for time in [-7.5, 0.0, 20.0] {
        let document = folder.document(&format!("exp --time {time} --epsilon 1e-5 -o exp.npy"));
        let (cosine, sine) = (folder.vector("exp.cosine.npy"), folder.vector("exp.sine.npy"));
        for x in chebyshev_points(-1.0, 200) {
            let value = Complex64::new(wx_corner(&cosine, x).re, -wx_corner(&sine, x).re);
            let error = (number(&document, "normalization") * value - Complex64::cis(-time * x)).norm();
            assert!(error <= 1e-5, "time {time}, x {x}: {error}");
        }
        let parts = document["parts"].as_array().unwrap();
        assert_eq!((parts.len(), &parts[1]["output"]), (2, &"exp.sine.npy".into()));
    }
}

#[test]
fn every_convention_means_what_its_formula_says() {
    let folder = Folder::new();
    let mut residues = std::collections::BTreeSet::new();
    for target in [
        "inverse --kappa 2 --epsilon 0.1",
        "inverse --kappa 2 --epsilon 0.03",
        "filter --gap 0.5 --epsilon 0.1",
        "filter --gap 0.5 --epsilon 0.3",
        "filter --gap 0.99 --epsilon 0.5",
    ] {
        for convention in ["wx", "wz", "symmetric", "reflection", "pyqsp", "pennylane"] {
            let case = format!("{target} --convention {convention}");
            let document = folder.document(&format!("{case} -o phases.npy --polynomial coefficients.npy"));
            let (angles, coefficients) = (folder.vector("phases.npy"), folder.vector("coefficients.npy"));
            assert_eq!(angles.len(), coefficients.len());
            residues.insert((angles.len() - 1) % 4);
            let corner_phase = Complex64::cis(number(&document, "corner_phase"));
            for x in chebyshev_points(-1.0, 33) {
                let s = ((1.0 - x) * (1.0 + x)).sqrt();
                let wx = x_rotation(x.acos());
                let reflection = [[x.into(), s.into()], [s.into(), (-x).into()]];
                let corner = |u: Matrix| u[0][0];
                let value = match convention {
                    "wx" | "pyqsp" => corner(product(&angles, z_rotation, [wx; 2])).re,
                    "symmetric" => corner(product(&angles, z_rotation, [wx; 2])).im,
                    "wz" => {
                        let u = product(&angles, x_rotation, [z_rotation(x.acos()); 2]);
                        (0.5 * (u[0][0] + u[0][1] + u[1][0] + u[1][1])).re
                    }
                    "reflection" => (corner_phase * corner(product(&angles, z_rotation, [reflection; 2]))).re,
                    // Any block encoding and its inverse in turns: RX(2 arccos x) and RX(-2 arccos x).
                    _ => {
                        let turns = [x_rotation(-x.acos()), x_rotation(x.acos())];
                        let hermitian = corner(product(&angles, z_rotation, [reflection; 2]));
                        let alternating = corner(product(&angles, z_rotation, turns));
                        assert!((hermitian - alternating).norm() < 1e-13, "{case}");
                        alternating.re
                    }
                };
                let polynomial = |x: f64| {
                    coefficients.iter().enumerate().map(|(k, c)| c * (k as f64 * x.acos()).cos()).sum::<f64>()
                };
                assert!((value - polynomial(x)).abs() < 1e-13, "{case}, x {x}");
            }
        }
    }
    assert_eq!(residues.len(), 4, "the formulas depend on the degree modulo 4");
}

/// R(theta, phi, lambda) of generalized quantum signal processing.
fn generalized_rotation([theta, phi, lambda]: [f64; 3]) -> Matrix {
    let (sine, cosine) = theta.sin_cos();
    [
        [Complex64::from_polar(cosine, lambda + phi), Complex64::from_polar(sine, phi)],
        [Complex64::from_polar(sine, lambda), Complex64::from(-cosine)],
    ]
}

#[test]
fn generalized_angles_have_the_shifted_polynomial_in_the_corner() {
    let folder = Folder::new();
    write_vector(folder.path("constant.npy"), &[-0.4]).unwrap();
    for target in [
        "inverse --kappa 2 --epsilon 0.1",
        "inverse --kappa 10 --epsilon 1e-3",
        "filter --gap 0.5 --epsilon 0.1",
        "filter --gap 0.1 --epsilon 1e-3",
        "coefficients constant.npy",
    ] {
        for (convention, file) in
            [("generalized", "phases.npy"), ("generalized", "phases.mtx"), ("qualtran", "phases.npy")]
        {
            let case = format!("{target} --convention {convention} -o {file}");
            let document = folder.document(&format!("{case} --polynomial coefficients.npy"));
            assert_eq!(number(&document, "corner_phase"), 0.0, "{case}");
            assert!(number(&document, "phase_residual") < 1e-13, "{case}");
            let coefficients = folder.vector("coefficients.npy");
            let degree = coefficients.len() - 1;
            let AnyMatrix::Real(table) = read_matrix(folder.path(file)).unwrap() else { panic!("{case}") };
            let rows = dense_rows(&table);
            assert_eq!(rows.len(), degree + 1, "{case}");
            assert!(rows[1..].iter().all(|row| row[2] == 0.0), "{case}");
            // The whole circle, x = cos(angle).
            for angle in (0..61).map(|step| f64::from(step) * std::f64::consts::TAU / 61.0) {
                let signal =
                    [[Complex64::cis(2.0 * angle), Complex64::ZERO], [Complex64::ZERO, Complex64::ONE]];
                let sequence = rows[1..].iter().fold(generalized_rotation(rows[0]), |v, row| {
                    multiply(generalized_rotation(*row), multiply(signal, v))
                });
                let polynomial =
                    coefficients.iter().enumerate().map(|(k, c)| c * (k as f64 * angle).cos()).sum::<f64>();
                let corner = Complex64::cis(-(degree as f64) * angle) * sequence[0][0];
                assert!((corner - polynomial).norm() < 1e-12, "{case}, angle {angle}: {corner} {polynomial}");
            }
        }
    }
}

fn dense_rows(table: &SparseMatrix<f64>) -> Vec<[f64; 3]> {
    assert_eq!(table.cols(), 3);
    let mut rows = vec![[0.0; 3]; table.rows()];
    for (row, column, value) in table.iter() {
        rows[row][column] = value;
    }
    rows
}

#[test]
fn coefficients_are_taken_as_they_are_unless_scaling_is_asked_for() {
    let folder = Folder::new();
    write_vector(folder.path("c.npy"), &[0.0, 0.5, 0.0, -0.25]).unwrap();
    let document = folder.document("coefficients c.npy -o phases.npy --polynomial again.npy");
    assert_eq!((number(&document, "normalization"), number(&document, "polynomial_error")), (1.0, 0.0));
    assert_eq!(folder.vector("again.npy"), [0.0, 0.5, 0.0, -0.25]);
    let angles = folder.vector("phases.npy");
    let p = |x: f64| 0.5 * x - 0.25 * (4.0 * x * x * x - 3.0 * x);
    for x in chebyshev_points(-1.0, 20) {
        assert!((wx_corner(&angles, x).re - p(x)).abs() < 1e-14);
    }
    let document = folder.document("coefficients c.npy --max-norm 0.5");
    let largest = chebyshev_points(-1.0, 2001).map(|x| p(x).abs()).fold(0.0, f64::max);
    assert!((number(&document, "normalization") * 0.5 - largest).abs() < 1e-5);
    assert!((number(&document, "max_norm") - 0.5).abs() < 1e-12);
}

#[test]
fn wrong_usage_ends_with_2_and_says_what_is_accepted() {
    let folder = Folder::new();
    for (arguments, said) in [
        ("inverse --kappa 0.5 --epsilon 0.1", "at least 1"),
        ("inverse --kappa nan --epsilon 0.1", "at least 1"),
        ("inverse --kappa -3 --epsilon 0.1", "at least 1"),
        ("inverse --kappa 10 --epsilon 0", "above 0"),
        ("inverse --kappa 10 --epsilon -0.1", "above 0"),
        ("inverse --kappa 10 --epsilon 2", "(0, 1)"),
        ("inverse --kappa 10 --epsilon 0.1 --max-norm 1", "between 0 and 1"),
        ("inverse --kappa 10 --epsilon 0.1 --max-norm 0", "between 0 and 1"),
        ("inverse --kappa 10 --epsilon 0.1 --convention wy", "wx"),
        ("inverse --kappa 10 --epsilon 0.1 --form exact", "absolute"),
        ("inverse --kappa 10", "--epsilon"),
        ("sign --gap 2 --epsilon 0.1", "(0, 1]"),
        ("filter --gap 0 --epsilon 0.1", "above 0"),
        ("exp --time inf --epsilon 0.1", "number"),
        ("", "inverse"),
    ] {
        let run = folder.phases(arguments);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{arguments}: {}", run.stderr);
        assert!(run.stderr.contains(said), "{arguments}: {}", run.stderr);
    }
}

#[test]
fn work_that_cannot_be_done_ends_with_1_and_leaves_no_file() {
    let folder = Folder::new();
    write_vector(folder.path("mixed.npy"), &[0.1, 0.2]).unwrap();
    write_vector(folder.path("large.npy"), &[0.0, 1.5]).unwrap();
    write_vector(folder.path("unit.npy"), &[0.0, 1.0]).unwrap();
    write_vector(folder.path("nan.npy"), &[0.0, f64::NAN]).unwrap();
    write_vector(folder.path("none.npy"), &[0.0; 0]).unwrap();
    write_vector(folder.path("zero.npy"), &[0.0]).unwrap();
    std::fs::write(folder.path("text.npy"), "hello").unwrap();
    let mut square = std::fs::read(folder.path("mixed.npy")).unwrap();
    let place = square.windows(4).position(|window| window == b"(2,)").unwrap();
    square.splice(place..place + 4, *b"(2,2)").count();
    square.remove(square.len() - 17 - 1);
    square.extend([0; 16]);
    std::fs::write(folder.path("square.npy"), square).unwrap();
    for (arguments, said) in [
        ("coefficients mixed.npy", "parity"),
        ("coefficients large.npy", "must stay below 1"),
        ("coefficients large.npy", "--max-norm"),
        ("coefficients unit.npy --algorithm inverse-transform", "must stay below 1"),
        ("inverse --kappa 1000 --epsilon 1e-6 --algorithm newton", "exceeds the limit"),
        ("coefficients nan.npy", "nan"),
        ("coefficients none.npy", "none.npy"),
        ("coefficients zero.npy --max-norm 0.5", "cannot be scaled"),
        ("coefficients text.npy", "text.npy"),
        ("coefficients square.npy", "square.npy"),
        ("coefficients absent.npy", "absent.npy"),
        ("inverse --kappa 10 --epsilon 1e-30", "not attainable"),
        ("inverse --kappa 1e12 --epsilon 0.1", "is supported"),
        ("inverse --kappa 10 --epsilon 0.1 --plot nowhere/p.svg", "no folder"),
    ] {
        let run = folder.phases(&format!("{arguments} -o out.npy"));
        assert_eq!((run.code, run.stdout.as_str()), (1, ""), "{arguments}: {}", run.stderr);
        assert!(run.stderr.to_lowercase().contains(said), "{arguments}: {}", run.stderr);
        assert!(!folder.path("out.npy").exists(), "{arguments}");
    }
}

#[test]
fn a_polynomial_that_reaches_one_has_phases_by_newton() {
    let folder = Folder::new();
    write_vector(folder.path("unit.npy"), &[0.0, 0.0, 0.0, 1.0]).unwrap();
    let document = folder.document("coefficients unit.npy");
    assert_eq!(document["algorithm"], "newton");
    assert!(number(&document, "phase_residual") < 1e-14);
    let document = folder.document("inverse --kappa 5 --epsilon 0.1 --algorithm newton");
    assert_eq!(document["algorithm"], "newton");
    let document = folder.document("inverse --kappa 100 --epsilon 1e-2");
    assert_eq!(document["algorithm"], "inverse_transform");
}

#[test]
fn a_zero_polynomial_has_phases() {
    let folder = Folder::new();
    write_vector(folder.path("zero.npy"), &[0.0, 0.0, 0.0]).unwrap();
    folder.document("coefficients zero.npy -o phases.npy");
    assert!(wx_corner(&folder.vector("phases.npy"), FRAC_1_SQRT_2).re.abs() < 1e-15);
}

#[test]
fn pictures_hold_every_curve() {
    let folder = Folder::new();
    for (arguments, labels) in [
        ("inverse --kappa 1000 --epsilon 1e-3", vec!["1/x", "|1 - x P(x)|", "at most 1.0e-3"]),
        ("inverse --kappa 1 --epsilon 1e-3", vec!["P(x)"]),
        ("sign --gap 0.1 --epsilon 1e-3", vec!["sign(x)"]),
        ("filter --gap 0.1 --epsilon 1e-3", vec!["0 outside of the gap"]),
        ("exp --time 5 --epsilon 1e-3", vec!["cos(5 x)", "sin(5 x)", "error, sine"]),
        ("exp --time 0 --epsilon 1e-3", vec!["cos(0 x)"]),
    ] {
        folder.document(&format!("{arguments} --plot picture.svg"));
        let picture = std::fs::read_to_string(folder.path("picture.svg")).unwrap();
        assert!(picture.starts_with("<svg") && picture.trim_end().ends_with("</svg>"));
        assert!(picture.contains("polyline") && picture.len() < 300_000, "{} bytes", picture.len());
        for label in labels {
            assert!(picture.contains(label), "{arguments}: {label}");
        }
        assert!(!picture.contains("NaN") && !picture.contains("inf\""), "{arguments}");
    }
}

#[test]
fn the_summary_says_how_to_keep_the_angles() {
    let folder = Folder::new();
    let run = folder.phases("inverse --kappa 10 --epsilon 1e-2");
    assert_eq!(run.code, 0);
    assert!(run.stdout.contains("degree") && run.stdout.contains("53"));
    assert!(run.stderr.contains("-o phases.npy"));
    for command in ["", "inverse", "sign", "filter", "exp", "coefficients"] {
        let help = folder.phases(&format!("{command} --help"));
        assert!(help.code == 0 && help.stdout.contains("Examples:"), "{command}");
    }
}
