//! The entries of a matrix as a file lists them, before they become a matrix or a vector.

use num_complex::Complex64;

use super::error::{Fault, ReadErrorKind};
use crate::scalar::Scalar;
use crate::sparse::{AnyMatrix, SparseMatrix};

/// Up to this many rows and columns a matrix may have empty rows; beyond, the row table of an almost empty matrix
/// would be an allocation that only the header asks for.
const DIMENSION_WITH_EMPTY_ROWS: usize = 1 << 20;

/// Entries of a matrix, all within its dimensions, with duplicates.
#[derive(Debug)]
pub(super) struct Entries<S> {
    pub(super) rows: usize,
    pub(super) columns: usize,
    list: Vec<(u32, u32, S)>,
    /// Number of entries in the file, zeros included.
    listed: usize,
}

/// [`Entries`] of either number type.
#[derive(Debug)]
pub(super) enum AnyEntries {
    Real(Entries<f64>),
    Complex(Entries<Complex64>),
}

impl<S: Scalar> Entries<S> {
    pub(super) fn new(rows: usize, columns: usize) -> Self {
        Entries { rows, columns, list: Vec::new(), listed: 0 }
    }

    /// Makes room for entries that are in memory already.
    pub(super) fn reserve(&mut self, entries: usize) {
        self.list.reserve_exact(entries);
    }

    /// Adds an entry; the caller has checked the indices. Zeros are not worth the memory.
    pub(super) fn push(&mut self, row: usize, column: usize, value: S) {
        debug_assert!(row < self.rows && column < self.columns);
        self.listed += 1;
        if !value.is_zero() {
            self.list.push((row as u32, column as u32, value));
        }
    }

    fn check_size(&self) -> Result<(), Fault> {
        let (rows, columns, entries) = (self.rows, self.columns, self.listed);
        if rows.max(columns) > DIMENSION_WITH_EMPTY_ROWS.max(entries) {
            return Err(ReadErrorKind::MostlyEmpty { rows, columns, entries }.into());
        }
        Ok(())
    }

    fn into_matrix(self) -> Result<SparseMatrix<S>, Fault> {
        self.check_size()?;
        Ok(SparseMatrix::from_valid_entries(self.rows, self.columns, &self.list))
    }
}

impl AnyEntries {
    pub(super) fn into_matrix(self) -> Result<AnyMatrix, Fault> {
        Ok(match self {
            AnyEntries::Real(entries) => AnyMatrix::Real(entries.into_matrix()?),
            AnyEntries::Complex(entries) => AnyMatrix::Complex(entries.into_matrix()?),
        })
    }

    pub(super) fn into_real_vector(self) -> Result<Vec<f64>, Fault> {
        let entries = match self {
            AnyEntries::Real(entries) => entries,
            AnyEntries::Complex(_) => return Err(ReadErrorKind::ComplexVector.into()),
        };
        if entries.rows != 1 && entries.columns != 1 {
            return Err(ReadErrorKind::NotAVector { rows: entries.rows, columns: entries.columns }.into());
        }
        entries.check_size()?;
        let mut vector = vec![0.0; entries.rows.max(entries.columns)];
        for (row, column, value) in entries.list {
            vector[row.max(column) as usize] += value;
        }
        Ok(vector)
    }
}

/// The dimensions as indices, if a matrix may have them.
pub(super) fn check_dimensions(rows: u128, columns: u128) -> Result<(usize, usize), ReadErrorKind> {
    let limit = u128::from(u32::MAX);
    if rows > limit || columns > limit {
        return Err(ReadErrorKind::TooLarge { rows, columns });
    }
    let (rows, columns) = (rows as usize, columns as usize);
    if rows == 0 || columns == 0 {
        return Err(ReadErrorKind::NoRows { rows, columns });
    }
    Ok((rows, columns))
}
