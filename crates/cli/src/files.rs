//! Output files.

use crate::failure::Failure;
use qnewton::matrix::{SparseMatrix, SystemError, read_matrix};
use qnewton::pipeline::manifest_path;
use std::path::{Path, PathBuf};

/// Refuses files that can certainly not be written, before work is spent on their content.
pub(crate) fn check_targets<'a>(paths: impl IntoIterator<Item = &'a PathBuf>) -> Result<(), Failure> {
    paths.into_iter().try_for_each(|path| check_target(path))
}

/// The same for a circuit and the manifest beside it.
pub(crate) fn check_circuit_target(path: Option<&Path>) -> Result<(), Failure> {
    path.map_or(Ok(()), |path| check_targets(&[path.to_owned(), manifest_path(path)]))
}

/// Refuses outputs that would replace an input or one another.
pub(crate) fn check_distinct<'a>(
    inputs: impl IntoIterator<Item = &'a PathBuf>,
    outputs: impl IntoIterator<Item = &'a PathBuf>,
) -> Result<(), Failure> {
    // What does not exist yet has a canonical folder; anything else is compared as it is written.
    let canonical = |path: &Path| {
        path.canonicalize().unwrap_or_else(|_| {
            let folder =
                path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            folder.canonicalize().unwrap_or_default().join(path.file_name().unwrap_or_default())
        })
    };
    let mut taken: Vec<PathBuf> = inputs.into_iter().map(|path| canonical(path)).collect();
    for path in outputs {
        let output = canonical(path);
        // Devices and pipes may be written more than once.
        let special = std::fs::metadata(path).is_ok_and(|found| !found.is_file());
        if !special && taken.contains(&output) {
            return Err(Failure::usage(format!(
                "{} would replace another file of this command",
                path.display()
            )));
        }
        taken.push(output);
    }
    Ok(())
}

fn check_target(path: &Path) -> Result<(), Failure> {
    let refuse = |problem: String| Err(Failure::work(format!("cannot write {}: {problem}", path.display())));
    if path.is_dir() {
        return refuse("it is a folder".to_string());
    }
    match path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) if !folder.exists() => refuse(format!("there is no folder {}", folder.display())),
        Some(folder) if !folder.is_dir() => refuse(format!("{} is no folder", folder.display())),
        _ => Ok(()),
    }
}

/// A path as documents state it.
pub(crate) fn stated(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// Reads a matrix without imaginary parts.
pub(crate) fn read_real_matrix(path: &Path) -> Result<SparseMatrix<f64>, Failure> {
    let matrix = read_matrix(path).map_err(SystemError::from)?;
    matrix.into_real().map_err(|_| {
        Failure::usage(format!("{}: the matrix has imaginary parts; a real one is needed", path.display()))
    })
}

/// `x.npy` to `x-2.npy`.
pub(crate) fn numbered(path: &Path, number: usize) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let (stem, extension) = name.rsplit_once('.').map_or((&*name, None), |(stem, end)| (stem, Some(end)));
    let name = match extension {
        Some(extension) => format!("{stem}-{number}.{extension}"),
        None => format!("{stem}-{number}"),
    };
    path.with_file_name(name)
}

/// `A.mtx` to `A.rhs.mtx`: where the right-hand side that belongs to a matrix is, by convention.
pub(crate) fn rhs_beside(matrix: &Path) -> PathBuf {
    let name = matrix.file_name().unwrap_or_default().to_string_lossy();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    matrix.with_file_name(format!("{stem}.rhs.mtx"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_before_the_extension() {
        for (path, numbered_path) in [("a/x.npy", "a/x-3.npy"), ("x", "x-3"), ("x.v2.mtx", "x.v2-3.mtx")] {
            assert_eq!(numbered(Path::new(path), 3), Path::new(numbered_path));
        }
    }

    #[test]
    fn the_right_hand_side_is_beside_the_matrix() {
        assert_eq!(rhs_beside(Path::new("a/b.mtx")), Path::new("a/b.rhs.mtx"));
        assert_eq!(rhs_beside(Path::new("b.v2.mtx.gz")), Path::new("b.v2.rhs.mtx"));
        assert_eq!(rhs_beside(Path::new("b")), Path::new("b.rhs.mtx"));
    }
}
