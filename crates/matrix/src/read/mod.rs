//! Reading matrices and vectors from MatrixMarket, NumPy and SciPy files.
//!
//! The format is told by the first bytes of a file, never by its name. Nothing is allocated because a header says so:
//! memory grows with what was actually read.

mod entries;
mod error;
mod matrix_market;
mod npy;
mod npz;

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;

use self::entries::AnyEntries;
use self::error::Fault;
pub use self::error::{Location, ReadError, ReadErrorKind};
use crate::sparse::AnyMatrix;

/// Reads a matrix.
///
/// Accepted are MatrixMarket (coordinate or array; real, integer, pattern or complex; general, symmetric,
/// skew-symmetric or hermitian; also gzipped), NumPy `.npy` of one or two dimensions (an array of one dimension is
/// a column), `.npz` with a single array, and SciPy's sparse `.npz` (csr, csc, coo, bsr, dia). Infinite and NaN
/// entries are refused.
pub fn read_matrix(path: impl AsRef<Path>) -> Result<AnyMatrix, ReadError> {
    let path = path.as_ref();
    open(path).and_then(parse).and_then(AnyEntries::into_matrix).map_err(|fault| fault.at(path))
}

/// Reads a real vector from a file in any format of [`read_matrix`] that holds a single row or a single column.
pub fn read_vector(path: impl AsRef<Path>) -> Result<Vec<f64>, ReadError> {
    let path = path.as_ref();
    open(path).and_then(parse).and_then(AnyEntries::into_real_vector).map_err(|fault| fault.at(path))
}

fn open(path: &Path) -> Result<File, Fault> {
    Ok(File::open(path)?)
}

fn parse(reader: impl Read) -> Result<AnyEntries, Fault> {
    let mut reader = BufReader::new(reader);
    let beginning = beginning(&mut reader)?;
    if beginning.starts_with(b"\x1f\x8b") {
        let mut decoder = BufReader::new(MultiGzDecoder::new(beginning.chain(reader)));
        let beginning = self::beginning(&mut decoder)?;
        return parse_uncompressed(beginning, decoder);
    }
    parse_uncompressed(beginning, reader)
}

fn parse_uncompressed(beginning: Vec<u8>, reader: BufReader<impl Read>) -> Result<AnyEntries, Fault> {
    let is =
        |magic: &[u8]| beginning.len() >= magic.len() && beginning[..magic.len()].eq_ignore_ascii_case(magic);
    if beginning.is_empty() {
        Err(ReadErrorKind::Empty.into())
    } else if is(matrix_market::MAGIC) {
        matrix_market::parse(beginning.chain(reader))
    } else if is(npy::MAGIC) {
        npy::parse(beginning.chain(reader))?.into_entries()
    } else if is(b"PK\x03\x04") || is(b"PK\x05\x06") {
        let mut archive = beginning.clone();
        { reader }.read_to_end(&mut archive)?;
        npz::parse(archive)
    } else {
        Err(ReadErrorKind::UnknownFormat { beginning: beginning.escape_ascii().to_string() }.into())
    }
}

/// The first bytes of a file, enough to tell its format.
fn beginning(reader: &mut impl Read) -> Result<Vec<u8>, Fault> {
    let mut beginning = Vec::new();
    reader.take(16).read_to_end(&mut beginning)?;
    Ok(beginning)
}

#[cfg(test)]
mod tests;
