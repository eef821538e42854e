//! What the whole-workspace tests share: the systems under `tests/data`.

use qnewton::matrix::{LinearSystem, Preparation};
use std::path::{Path, PathBuf};

/// The systems that are solved on the executor.
pub const SOLVABLE: &[&str] =
    &["digits-12", "digits-16-pruned", "digits-30", "digits-64-pruned", "poisson-16"];

/// The root of the workspace.
pub fn root() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().map_or_else(|| tests.to_path_buf(), Path::to_path_buf)
}

/// The path of a file of a system: `matrix("poisson-16")` is `tests/data/hessians/poisson-16.mtx`.
pub fn matrix_path(name: &str) -> PathBuf {
    root().join(format!("tests/data/hessians/{name}.mtx"))
}

/// A shipped system with its gradient as right-hand side, neither damped nor pruned.
///
/// # Panics
/// If the system is not shipped.
pub fn system(name: &str) -> LinearSystem {
    let rhs = root().join(format!("tests/data/hessians/{name}.rhs.mtx"));
    match LinearSystem::load(matrix_path(name), Some(&rhs), &Preparation::default()) {
        Ok(system) => system,
        Err(error) => panic!("{error}"),
    }
}
