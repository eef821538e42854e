//! Lists and tables of angles, and their files.

use qnewton::matrix::{WriteError, write_atomically, write_vector};
use std::io::{self, Write};
use std::path::Path;

/// The angles of a sequence.
pub(super) enum Angles {
    /// One for each factor.
    List(Vec<f64>),
    /// (theta, phi, lambda) for each factor.
    Rows(Vec<[f64; 3]>),
}

impl Angles {
    /// Writes an array of shape (d + 1) or (d + 1, 3): NumPy if the name ends in `.npy`, else MatrixMarket.
    pub(super) fn write(&self, path: &Path) -> Result<(), WriteError> {
        let numpy = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("npy"));
        match self {
            Angles::List(angles) => write_vector(path, angles),
            Angles::Rows(rows) if numpy => write_atomically(path, |writer| npy_rows(writer, rows)),
            Angles::Rows(rows) => write_atomically(path, |writer| matrix_market_rows(writer, rows)),
        }
    }
}

/// NumPy's format, version 1.0; magic, header length and header together fill two blocks of 64 bytes.
fn npy_rows(writer: &mut dyn Write, rows: &[[f64; 3]]) -> io::Result<()> {
    const HEADER_LENGTH: u16 = 128 - 10;
    const WIDTH: usize = HEADER_LENGTH as usize - 1;
    let dictionary = format!("{{'descr': '<f8', 'fortran_order': False, 'shape': ({}, 3), }}", rows.len());
    writer.write_all(b"\x93NUMPY\x01\x00")?;
    writer.write_all(&HEADER_LENGTH.to_le_bytes())?;
    writeln!(writer, "{dictionary:<WIDTH$}")?;
    rows.as_flattened().iter().try_for_each(|value| writer.write_all(&value.to_le_bytes()))
}

/// A dense array, column after column.
fn matrix_market_rows(writer: &mut dyn Write, rows: &[[f64; 3]]) -> io::Result<()> {
    writeln!(writer, "%%MatrixMarket matrix array real general")?;
    writeln!(writer, "{} 3", rows.len())?;
    (0..3).try_for_each(|column| rows.iter().try_for_each(|row| writeln!(writer, "{:.16e}", row[column])))
}
