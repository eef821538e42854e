//! NumPy's `.npz` archives: a single array, or one of SciPy's sparse matrices.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use num_complex::Complex64;
use zip::ZipArchive;

use super::entries::{AnyEntries, Entries, check_dimensions};
use super::error::{Fault, ReadErrorKind};
use super::npy::{self, Array, Elements};
use crate::scalar::Scalar;

/// An array inside an archive may not unpack to more than this.
const LARGEST_MEMBER: u64 = 8 << 30;

pub(super) fn parse(archive: Vec<u8>) -> Result<AnyEntries, Fault> {
    let mut archive = ZipArchive::new(Cursor::new(archive)).map_err(inconsistent)?;
    let names: Vec<String> = archive.file_names().map(str::to_owned).collect();
    let mut arrays = BTreeMap::new();
    for name in &names {
        let label = name.strip_suffix(".npy").unwrap_or(name);
        let array = read_member(&mut archive, name).map_err(|fault| fault.in_member(label))?;
        arrays.insert(label.to_owned(), array);
    }
    if let Some(Array { elements: Elements::Text(format), .. }) = arrays.remove("format") {
        return SparseArrays { arrays }.into_entries(&format);
    }
    match (arrays.pop_first(), arrays.is_empty()) {
        (Some((name, array)), true) => array.into_entries().map_err(|fault| fault.in_member(&name)),
        _ => Err(ReadErrorKind::Unsupported {
            found: format!("an archive of {} arrays {names:?}", names.len()),
            accepted: "an archive holds one array, or a sparse matrix as scipy.sparse.save_npz writes it",
        }
        .into()),
    }
}

fn read_member(archive: &mut ZipArchive<Cursor<Vec<u8>>>, name: &str) -> Result<Array, Fault> {
    let mut member = archive.by_name(name).map_err(inconsistent)?;
    npy::parse((&mut member).take(LARGEST_MEMBER))
}

fn inconsistent(message: impl ToString) -> ReadErrorKind {
    ReadErrorKind::Inconsistent(message.to_string())
}

/// The arrays that `scipy.sparse.save_npz` writes.
struct SparseArrays {
    arrays: BTreeMap<String, Array>,
}

impl SparseArrays {
    fn into_entries(mut self, format: &str) -> Result<AnyEntries, Fault> {
        let shape = self.indices("shape")?;
        let &[rows, columns] = shape.as_slice() else {
            return Err(
                inconsistent(format!("the shape has {} dimensions, a matrix has 2", shape.len())).into()
            );
        };
        let (rows, columns) = check_dimensions(rows as u128, columns as u128)?;
        let mut data = self.take("data")?;
        Ok(match std::mem::replace(&mut data.elements, Elements::Integer(Vec::new())) {
            Elements::Integer(values) => {
                AnyEntries::Real(self.assemble(format, rows, columns, &data, &npy::reals(&values))?)
            }
            Elements::Real(values) => AnyEntries::Real(self.assemble(format, rows, columns, &data, &values)?),
            Elements::Complex(values) => {
                AnyEntries::Complex(self.assemble::<Complex64>(format, rows, columns, &data, &values)?)
            }
            Elements::Text(_) => return Err(inconsistent("the array \"data\" is a string").into()),
        })
    }

    /// `data` gives shape and order of the array whose elements are `values`.
    fn assemble<S: Scalar>(
        mut self,
        format: &str,
        rows: usize,
        columns: usize,
        data: &Array,
        values: &[S],
    ) -> Result<Entries<S>, Fault> {
        let mut entries = Entries::new(rows, columns);
        entries.reserve(values.len());
        match format {
            "csr" | "csc" => {
                let (major, minor) = if format == "csr" { (rows, columns) } else { (columns, rows) };
                self.for_each_compressed(major, minor, values.len(), |major, minor, position| {
                    let (row, column) = if format == "csr" { (major, minor) } else { (minor, major) };
                    push_finite(&mut entries, row, column, values[position])
                })?;
            }
            "bsr" => {
                let &[blocks, block_rows, block_columns] = data.shape.as_slice() else {
                    return Err(inconsistent("the data of a bsr matrix have three dimensions").into());
                };
                if block_rows == 0
                    || block_columns == 0
                    || !rows.is_multiple_of(block_rows)
                    || !columns.is_multiple_of(block_columns)
                {
                    let message =
                        format!("{rows} x {columns} is no multiple of {block_rows} x {block_columns}");
                    return Err(inconsistent(message).into());
                }
                let (major, minor) = (rows / block_rows, columns / block_columns);
                self.for_each_compressed(major, minor, blocks, |block_row, block_column, block| {
                    for row in 0..block_rows {
                        for column in 0..block_columns {
                            let value = values[data.position(&[block, row, column])];
                            let position =
                                (block_row * block_rows + row, block_column * block_columns + column);
                            push_finite(&mut entries, position.0, position.1, value)?;
                        }
                    }
                    Ok(())
                })?;
            }
            "coo" => {
                let (row_indices, column_indices) = (self.indices("row")?, self.indices("col")?);
                if row_indices.len() != values.len() || column_indices.len() != values.len() {
                    return Err(inconsistent("the arrays row, col and data differ in length").into());
                }
                for ((&row, &column), &value) in row_indices.iter().zip(&column_indices).zip(values) {
                    check_range(row, column, rows, columns)?;
                    push_finite(&mut entries, row, column, value)?;
                }
            }
            "dia" => {
                let offsets = self.take("offsets")?;
                let Elements::Integer(offsets) = offsets.elements else {
                    return Err(inconsistent("the array \"offsets\" must hold integers").into());
                };
                let &[diagonals, length] = data.shape.as_slice() else {
                    return Err(inconsistent("the data of a dia matrix have two dimensions").into());
                };
                if diagonals != offsets.len() {
                    return Err(inconsistent("the arrays data and offsets differ in length").into());
                }
                for (diagonal, offset) in offsets.into_iter().enumerate() {
                    for column in 0..length.min(columns) {
                        let row =
                            (column as i64).checked_sub(offset).and_then(|row| usize::try_from(row).ok());
                        if let Some(row) = row.filter(|&row| row < rows) {
                            push_finite(
                                &mut entries,
                                row,
                                column,
                                values[data.position(&[diagonal, column])],
                            )?;
                        }
                    }
                }
            }
            _ => {
                return Err(ReadErrorKind::Unsupported {
                    found: format!("the sparse format {format:?}"),
                    accepted: "csr, csc, coo, bsr and dia are read",
                }
                .into());
            }
        }
        Ok(entries)
    }

    /// Calls `visit(major index, minor index, position)` for the positions that `indptr` and `indices` describe.
    fn for_each_compressed(
        &mut self,
        major: usize,
        minor: usize,
        stored: usize,
        mut visit: impl FnMut(usize, usize, usize) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let (starts, indices) = (self.indices("indptr")?, self.indices("indices")?);
        let end = starts.last().copied().unwrap_or(0);
        if starts.len() != major + 1
            || starts[0] != 0
            || !starts.is_sorted()
            || end > stored
            || end > indices.len()
        {
            let message = format!(
                "the array \"indptr\" must rise from 0 to at most {} in {} steps",
                stored.min(indices.len()),
                major
            );
            return Err(inconsistent(message).into());
        }
        for (outer, range) in starts.windows(2).enumerate() {
            for (position, &inner) in (range[0]..range[1]).zip(&indices[range[0]..range[1]]) {
                if inner >= minor {
                    let message = format!(
                        "index {inner} in the array \"indices\" is not below {minor} (position {position})"
                    );
                    return Err(inconsistent(message).into());
                }
                visit(outer, inner, position)?;
            }
        }
        Ok(())
    }

    fn take(&mut self, name: &str) -> Result<Array, Fault> {
        let missing = || inconsistent(format!("the archive has no array {name:?}"));
        self.arrays.remove(name).ok_or_else(|| missing().into())
    }

    /// An array of integers that are not negative.
    fn indices(&mut self, name: &str) -> Result<Vec<usize>, Fault> {
        let array = self.take(name)?;
        let indices = match (array.shape.len(), array.elements) {
            (1, Elements::Integer(integers)) => {
                integers.into_iter().map(|index| usize::try_from(index).ok()).collect()
            }
            _ => None,
        };
        let expected = || inconsistent("a list of integers >= 0 is needed");
        indices.ok_or_else(|| Fault::from(expected()).in_member(name))
    }
}

fn check_range(row: usize, column: usize, rows: usize, columns: usize) -> Result<(), Fault> {
    if row >= rows || column >= columns {
        return Err(ReadErrorKind::OutOfRange {
            row: row as i128,
            column: column as i128,
            first: 0,
            last_row: rows - 1,
            last_column: columns - 1,
        }
        .into());
    }
    Ok(())
}

fn push_finite<S: Scalar>(
    entries: &mut Entries<S>,
    row: usize,
    column: usize,
    value: S,
) -> Result<(), Fault> {
    if !value.is_finite() {
        return Err(ReadErrorKind::NotFinite { row, column, value: format!("{value:?}") }.into());
    }
    entries.push(row, column, value);
    Ok(())
}
