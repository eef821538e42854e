//! Writing matrices and vectors, never leaving a half-written file behind.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::conditioning::is_hermitian;
use crate::scalar::Scalar;
use crate::sparse::SparseMatrix;

/// A file could not be written.
#[derive(Debug, Error)]
#[error("cannot write {}: {source}", path.display())]
pub struct WriteError {
    /// The file that was to be written.
    pub path: PathBuf,
    /// What the operating system said.
    pub source: io::Error,
}

/// Writes a file under a temporary name in the same folder and renames it, so that `path` holds either what it held
/// before or all that `content` writes. The file's permissions are those of any new file (0666 less the umask).
///
/// A symbolic link is followed; a target that exists and is no regular file (a pipe, a terminal, `/dev/null`) is
/// written to directly.
pub fn write_atomically(
    path: impl AsRef<Path>,
    content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), WriteError> {
    let path = path.as_ref();
    replace_file(path, content).map_err(|source| WriteError { path: path.to_owned(), source })
}

/// Writes a matrix as a MatrixMarket coordinate file with 17 significant digits, so that reading it gives the same
/// bits. A matrix that is exactly symmetric (Hermitian, if complex) is stored as its lower triangle.
pub fn write_matrix_market<S: Scalar>(
    path: impl AsRef<Path>,
    matrix: &SparseMatrix<S>,
) -> Result<(), WriteError> {
    write_atomically(path, |writer| matrix_market(writer, matrix))
}

/// Writes what [`write_matrix_market`] writes to any writer.
pub fn matrix_market<S: Scalar>(writer: &mut dyn Write, matrix: &SparseMatrix<S>) -> io::Result<()> {
    let one_triangle = is_hermitian(matrix);
    let field = field_of::<S>();
    let symmetry = match (one_triangle, S::IS_COMPLEX) {
        (false, _) => "general",
        (true, false) => "symmetric",
        (true, true) => "hermitian",
    };
    let stored = || matrix.iter().filter(|&(row, column, _)| !one_triangle || column <= row);
    writeln!(writer, "%%MatrixMarket matrix coordinate {field} {symmetry}")?;
    writeln!(writer, "{} {} {}", matrix.rows(), matrix.cols(), stored().count())?;
    for (row, column, value) in stored() {
        write!(writer, "{} {} ", row + 1, column + 1)?;
        write_value(writer, value)?;
        writeln!(writer)?;
    }
    Ok(())
}

/// Writes a vector: as a one-dimensional NumPy array if the name ends in `.npy`, else as a MatrixMarket array of one
/// column with 17 significant digits.
pub fn write_vector<S: Scalar>(path: impl AsRef<Path>, vector: &[S]) -> Result<(), WriteError> {
    let numpy = path.as_ref().extension().is_some_and(|extension| extension.eq_ignore_ascii_case("npy"));
    write_atomically(
        path,
        |writer| if numpy { npy_vector(writer, vector) } else { array_vector(writer, vector) },
    )
}

fn array_vector<S: Scalar>(writer: &mut dyn Write, vector: &[S]) -> io::Result<()> {
    writeln!(writer, "%%MatrixMarket matrix array {} general", field_of::<S>())?;
    writeln!(writer, "{} 1", vector.len())?;
    for value in vector {
        write_value(writer, *value)?;
        writeln!(writer)?;
    }
    Ok(())
}

fn field_of<S: Scalar>() -> &'static str {
    if S::IS_COMPLEX { "complex" } else { "real" }
}

/// The parts of a number in decimal.
fn write_value<S: Scalar>(writer: &mut dyn Write, value: S) -> io::Result<()> {
    write!(writer, "{:.16e}", value.real_part())?;
    if S::IS_COMPLEX {
        write!(writer, " {:.16e}", value.imaginary_part())?;
    }
    Ok(())
}

/// NumPy's format, version 1.0: magic, header length, a Python dictionary padded to a multiple of 64 bytes, data.
fn npy_vector<S: Scalar>(writer: &mut dyn Write, vector: &[S]) -> io::Result<()> {
    const PREFIX: usize = 10;
    let kind = if S::IS_COMPLEX { "<c16" } else { "<f8" };
    let dictionary = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': ({},), }}", vector.len());
    let header_length = (PREFIX + dictionary.len() + 1).next_multiple_of(64) - PREFIX;
    writer.write_all(b"\x93NUMPY\x01\x00")?;
    // A length in decimal has at most 20 digits, so the header always fits in two bytes.
    writer.write_all(&(header_length as u16).to_le_bytes())?;
    writeln!(writer, "{dictionary:<width$}", width = header_length - 1)?;
    for value in vector {
        writer.write_all(&value.real_part().to_le_bytes())?;
        if S::IS_COMPLEX {
            writer.write_all(&value.imaginary_part().to_le_bytes())?;
        }
    }
    Ok(())
}

fn replace_file(path: &Path, content: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let existing = fs::metadata(path).ok();
    if existing.as_ref().is_some_and(|metadata| !metadata.is_file()) {
        let mut writer = BufWriter::new(fs::OpenOptions::new().write(true).open(path)?);
        content(&mut writer)?;
        return writer.flush();
    }
    let target = if existing.is_some() { fs::canonicalize(path)? } else { path.to_owned() };
    let folder = match target.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".writing-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(folder)?;
    let mut writer = BufWriter::new(file.as_file_mut());
    content(&mut writer)?;
    writer.flush()?;
    drop(writer);
    file.persist(&target).map_err(|error| error.error)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sparse::AnyMatrix;
    use crate::test_matrices::hessian;
    use crate::{Complex64, read_matrix, read_vector};

    #[test]
    fn a_symmetric_matrix_is_stored_as_one_triangle() {
        let matrix = SparseMatrix::from_triplets(2, 2, [(0, 0, 0.1), (0, 1, -2.0), (1, 0, -2.0)]).unwrap();
        let mut text = Vec::new();
        matrix_market(&mut text, &matrix).unwrap();
        insta::assert_snapshot!(String::from_utf8(text).unwrap(), @r"
        %%MatrixMarket matrix coordinate real symmetric
        2 2 2
        1 1 1.0000000000000001e-1
        2 1 -2.0000000000000000e0
        ");
    }

    #[test]
    fn a_complex_matrix_keeps_both_parts() {
        let i = Complex64::i();
        let matrix = SparseMatrix::from_triplets(2, 2, [(0, 0, 1.0 + 0.0 * i), (0, 1, 3.0 - i)]).unwrap();
        let hermitian = SparseMatrix::from_triplets(2, 2, [(1, 0, 3.0 + i), (0, 1, 3.0 - i)]).unwrap();
        let folder = tempfile::tempdir().unwrap();
        for (matrix, symmetry) in [(matrix, "general"), (hermitian, "hermitian")] {
            let path = folder.path().join("complex.mtx");
            write_matrix_market(&path, &matrix).unwrap();
            assert!(
                fs::read_to_string(&path)
                    .unwrap()
                    .starts_with(&format!("%%MatrixMarket matrix coordinate complex {symmetry}\n"))
            );
            assert_eq!(read_matrix(&path).unwrap(), AnyMatrix::Complex(matrix));
        }
    }

    #[test]
    fn vectors_survive_in_both_formats() {
        let folder = tempfile::tempdir().unwrap();
        let vector = [0.1, -1e-300, std::f64::consts::PI, 0.0];
        for name in ["x.mtx", "x.npy"] {
            let path = folder.path().join(name);
            write_vector(&path, &vector).unwrap();
            assert_eq!(read_vector(&path).unwrap(), vector);
        }
        let numpy: ndarray::Array1<f64> = ndarray_npy::read_npy(folder.path().join("x.npy")).unwrap();
        assert_eq!(numpy.to_vec(), vector);
        let vector = [Complex64::new(0.1, -2.5), Complex64::new(0.0, 1e-300)];
        for name in ["z.mtx", "z.npy"] {
            let path = folder.path().join(name);
            write_vector(&path, &vector).unwrap();
            let Ok(AnyMatrix::Complex(read)) = read_matrix(&path) else { panic!("{name} is not complex") };
            assert_eq!((0..2).map(|row| read.get(row, 0)).collect::<Vec<_>>(), vector, "{name}");
        }
    }

    #[test]
    fn a_failed_write_leaves_the_old_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kept.txt");
        write_atomically(&path, |writer| writer.write_all(b"old")).unwrap();
        let error = write_atomically(&path, |writer| {
            writer.write_all(b"half")?;
            Err(io::Error::other("disk full"))
        });
        assert!(error.unwrap_err().to_string().ends_with("kept.txt: disk full"));
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        let missing = write_atomically(folder.path().join("no/such/folder"), |_| Ok(()));
        assert!(missing.is_err());
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_and_permissions_are_those_of_other_files() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (target, link) = (folder.path().join("target"), folder.path().join("link"));
        fs::write(&target, "old").unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        write_atomically(&link, |writer| writer.write_all(b"new")).unwrap();
        assert_eq!(fs::read_to_string(&target).unwrap(), "new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        let plain = folder.path().join("plain");
        fs::write(&plain, "").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(&target), mode(&plain));
        write_atomically("/dev/null", |writer| writer.write_all(b"gone")).unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }

    #[test]
    fn a_hessian_is_written_bit_for_bit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hessian.mtx");
        let matrix = hessian("digits-64-pruned");
        write_matrix_market(&path, &matrix).unwrap();
        assert_eq!(read_matrix(&path).unwrap(), AnyMatrix::Real(matrix));
    }
}
