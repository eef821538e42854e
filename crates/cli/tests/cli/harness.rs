//! A folder to work in, and the program run in it.

use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::OnceLock;

/// A folder of its own for a test.
pub(crate) struct Folder(tempfile::TempDir);

/// How a run of the program ended.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Folder {
    pub(crate) fn new() -> Self {
        Folder(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// The files that are there, sorted.
    pub(crate) fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.0.path()).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    /// A dense matrix as `name.mtx`.
    pub(crate) fn matrix(&self, name: &str, rows: &[&[f64]]) {
        let columns = (0..rows[0].len()).flat_map(|column| rows.iter().map(move |row| row[column]));
        let entries: String = columns.map(|value| format!("{value:e}\n")).collect();
        let header = "%%MatrixMarket matrix array real general";
        self.write(&format!("{name}.mtx"), format!("{header}\n{} {}\n{entries}", rows.len(), rows[0].len()));
    }

    /// A vector as `name.mtx`.
    pub(crate) fn vector(&self, name: &str, entries: &[f64]) {
        let rows: Vec<&[f64]> = entries.chunks(1).collect();
        self.matrix(name, &rows);
    }

    /// A copy of a shipped Hessian as `A.mtx` and its gradient as `A.rhs.mtx`.
    pub(crate) fn hessian(&self, name: &str) {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/hessians");
        for (from, to) in [(format!("{name}.mtx"), "A.mtx"), (format!("{name}.rhs.mtx"), "A.rhs.mtx")] {
            std::fs::copy(source.join(from), self.path(to)).unwrap();
        }
    }

    /// A symmetric system of 2 unknowns, `A.mtx` and `A.rhs.mtx`, x = (0.6, -0.2).
    pub(crate) fn small_system(&self) {
        self.matrix("A", &[&[2.0, 1.0], &[1.0, 3.0]]);
        self.vector("A.rhs", &[1.0, 0.0]);
    }

    /// The command, in this folder.
    pub(crate) fn command(&self) -> assert_cmd::Command {
        let mut command = assert_cmd::cargo::cargo_bin_cmd!("qnewton");
        command.current_dir(self.0.path()).env_remove("COLUMNS").env_remove("RUST_BACKTRACE");
        command.env("XDG_DATA_HOME", calibrated());
        command
    }

    /// Runs the program with the words of `arguments`.
    pub(crate) fn qnewton(&self, arguments: &str) -> Run {
        let output = self.command().args(arguments.split_whitespace()).output().unwrap();
        Run::from(output)
    }

    /// Runs the program, which must succeed, and returns its JSON document.
    pub(crate) fn json(&self, arguments: &str) -> serde_json::Value {
        let run = self.qnewton(&format!("{arguments} --json"));
        assert_eq!(run.code, 0, "{arguments}: {}", run.stderr);
        run.document()
    }
}

/// A data folder with a calibration of this machine, made once.
fn calibrated() -> &'static Path {
    static FOLDER: OnceLock<tempfile::TempDir> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let mut command = assert_cmd::cargo::cargo_bin_cmd!("qnewton");
        command.args(["calibrate", "--quick", "--quiet"]).env("XDG_DATA_HOME", folder.path());
        assert!(command.output().unwrap().status.success());
        folder
    });
    folder.path()
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        let run = Run {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        };
        assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
        run
    }
}

impl Run {
    /// Standard output as exactly one JSON document.
    pub(crate) fn document(&self) -> serde_json::Value {
        let document: serde_json::Value =
            serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}", self.stdout));
        let keys: Vec<&String> = document.as_object().unwrap().keys().collect();
        assert_eq!(keys[0], "schema_version");
        document
    }
}

/// A list of numbers in a document.
pub(crate) fn numbers(value: &serde_json::Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

/// ||left - right|| / ||right||.
pub(crate) fn relative_difference(left: &[f64], right: &[f64]) -> f64 {
    assert_eq!(left.len(), right.len());
    let norm = |values: &mut dyn Iterator<Item = f64>| values.map(|value| value * value).sum::<f64>().sqrt();
    norm(&mut left.iter().zip(right).map(|(a, b)| a - b)) / norm(&mut right.iter().copied())
}
