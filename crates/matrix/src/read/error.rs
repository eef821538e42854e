//! What can be wrong with a file, and where.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// A file could not be read as a matrix or vector. Displayed as `file:line: what is wrong; what is accepted`.
#[derive(Debug, Error)]
#[error("{}{location}: {kind}", path.display())]
pub struct ReadError {
    /// The file.
    pub path: PathBuf,
    /// Where in the file.
    pub location: Location,
    /// What is wrong there.
    pub kind: ReadErrorKind,
}

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// The file as a whole.
    File,
    /// A line of a text file, counted from 1.
    Line(u64),
    /// An array inside an archive.
    Member(String),
}

impl fmt::Display for Location {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Location::File => Ok(()),
            Location::Line(line) => write!(formatter, ":{line}"),
            Location::Member(name) => write!(formatter, " (array {name:?})"),
        }
    }
}

/// What is wrong with a file.
#[derive(Debug, Error)]
pub enum ReadErrorKind {
    /// The operating system or the decompressor reported an error.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The file has no content.
    #[error("the file is empty; {ACCEPTED_FORMATS}")]
    Empty,
    /// The first bytes belong to no accepted format.
    #[error("the file begins with \"{beginning}\", which no accepted format does; {ACCEPTED_FORMATS}")]
    UnknownFormat {
        /// The first bytes, unprintable ones escaped.
        beginning: String,
    },
    /// Something is written in a way that the format does not allow.
    #[error("found {found:?}, expected {expected}")]
    Syntax {
        /// The text that was found.
        found: String,
        /// What the format allows there.
        expected: &'static str,
    },
    /// The file ends too early.
    #[error("the file ends here, expected {expected}")]
    Truncated {
        /// What should have followed.
        expected: &'static str,
    },
    /// A line is too long to be a line of numbers.
    #[error("the line is longer than {limit} bytes")]
    LongLine {
        /// The largest accepted number of bytes.
        limit: usize,
    },
    /// The file contains other than the promised number of entries.
    #[error("the header promises {promised} entries, the file has {}{found}", if *.found < *.promised { "" } else { "more than " })]
    EntryCount {
        /// The number that the header states.
        promised: u128,
        /// The number that was found; equal to `promised` where there are more.
        found: u128,
    },
    /// The matrix has more rows or columns than can be indexed.
    #[error("a matrix of {rows} x {columns} is too large: at most {max} rows and columns are accepted", max = u32::MAX)]
    TooLarge {
        /// Number of rows stated.
        rows: u128,
        /// Number of columns stated.
        columns: u128,
    },
    /// The matrix has no rows or no columns.
    #[error("a matrix of {rows} x {columns} has no entries; at least one row and one column are needed")]
    NoRows {
        /// Number of rows stated.
        rows: usize,
        /// Number of columns stated.
        columns: usize,
    },
    /// A large matrix most of whose rows are empty, which a wrong header looks like.
    #[error(
        "the header states {rows} x {columns} but there are only {entries} entries: \
         a matrix of this size with empty rows or columns is not accepted"
    )]
    MostlyEmpty {
        /// Number of rows stated.
        rows: usize,
        /// Number of columns stated.
        columns: usize,
        /// Number of entries found.
        entries: usize,
    },
    /// An entry lies outside the matrix.
    #[error(
        "entry ({row}, {column}) lies outside the matrix: rows {first} to {last_row} and columns {first} to {last_column} are accepted"
    )]
    OutOfRange {
        /// Row as written in the file.
        row: i128,
        /// Column as written in the file.
        column: i128,
        /// The lowest index of the format, 0 or 1.
        first: usize,
        /// The highest row.
        last_row: usize,
        /// The highest column.
        last_column: usize,
    },
    /// An entry is infinite or not a number.
    #[error("entry ({row}, {column}) is {value}; finite numbers are accepted")]
    NotFinite {
        /// Row of the entry, counted as the format counts.
        row: usize,
        /// Column of the entry, counted as the format counts.
        column: usize,
        /// The entry as text.
        value: String,
    },
    /// The entries contradict the symmetry that the header states.
    #[error("{0}")]
    Symmetry(&'static str),
    /// A variant of the format that is not read.
    #[error("{found} is not accepted; {accepted}")]
    Unsupported {
        /// What the file contains.
        found: String,
        /// What is read instead.
        accepted: &'static str,
    },
    /// The arrays of a sparse matrix contradict each other.
    #[error("{0}")]
    Inconsistent(String),
    /// The file holds a matrix where a vector is needed.
    #[error("the file holds a {rows} x {columns} matrix; a vector has a single row or a single column")]
    NotAVector {
        /// Number of rows.
        rows: usize,
        /// Number of columns.
        columns: usize,
    },
    /// The file holds complex numbers where real ones are needed.
    #[error("the file holds complex numbers; a real vector is needed")]
    ComplexVector,
}

const ACCEPTED_FORMATS: &str = "accepted are MatrixMarket (.mtx, .mtx.gz; first line %%MatrixMarket ...), \
                                NumPy .npy and .npz, and SciPy's sparse .npz";

/// An error whose file is not known yet.
#[derive(Debug)]
pub(super) struct Fault {
    location: Location,
    kind: ReadErrorKind,
}

impl Fault {
    pub(super) fn on_line(line: u64, kind: ReadErrorKind) -> Self {
        Fault { location: Location::Line(line), kind }
    }

    /// The same fault, with the name of the array it is in.
    pub(super) fn in_member(self, name: &str) -> Self {
        Fault { location: Location::Member(name.to_owned()), ..self }
    }

    pub(super) fn at(self, path: &Path) -> ReadError {
        ReadError { path: path.to_owned(), location: self.location, kind: self.kind }
    }
}

impl<E: Into<ReadErrorKind>> From<E> for Fault {
    fn from(error: E) -> Self {
        Fault { location: Location::File, kind: error.into() }
    }
}

/// The text to show for something that should not be there, cut to a readable length.
pub(super) fn excerpt(text: &str) -> String {
    const LENGTH: usize = 60;
    match text.char_indices().nth(LENGTH) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}
