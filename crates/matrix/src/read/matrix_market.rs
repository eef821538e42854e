//! The MatrixMarket exchange format (Boisvert, Pozo, Remington, NISTIR 5935, 1996).
//!
//! Read more liberally than it is defined: comments and blank lines may stand anywhere, exponents may be written with
//! D, entries may occur twice (they are summed), and one triangle of a symmetric matrix may be the upper one.

use std::io::{BufRead, Read};

use num_complex::Complex64;

use super::entries::{AnyEntries, Entries, check_dimensions};
use super::error::{Fault, ReadErrorKind, excerpt};
use crate::scalar::Scalar;

/// How a file begins, in any case.
pub(super) const MAGIC: &[u8] = b"%%MatrixMarket";

const LONGEST_LINE: usize = 1 << 20;
const BANNER: &str = "%%MatrixMarket matrix (coordinate | array) (real | integer | pattern | complex) \
                      (general | symmetric | skew-symmetric | hermitian)";

pub(super) fn parse(reader: impl BufRead) -> Result<AnyEntries, Fault> {
    let mut lines = Lines { reader, buffer: Vec::new(), number: 0 };
    let header = Header::parse(&mut lines)?;
    Ok(match header.field {
        Field::Complex => AnyEntries::Complex(parse_entries::<Complex64>(&header, &mut lines)?),
        Field::Real | Field::Integer | Field::Pattern => {
            AnyEntries::Real(parse_entries::<f64>(&header, &mut lines)?)
        }
    })
}

#[derive(Clone, Copy, PartialEq)]
enum Layout {
    Coordinate,
    Array,
}

#[derive(Clone, Copy, PartialEq)]
enum Field {
    Real,
    Integer,
    Pattern,
    Complex,
}

#[derive(Clone, Copy, PartialEq)]
enum Symmetry {
    General,
    Symmetric,
    SkewSymmetric,
    Hermitian,
}

struct Header {
    layout: Layout,
    field: Field,
    symmetry: Symmetry,
    rows: usize,
    columns: usize,
    promised: u128,
}

impl Header {
    fn parse(lines: &mut Lines<impl BufRead>) -> Result<Self, Fault> {
        lines.advance()?;
        let (number, banner) = lines.text()?;
        let (layout, field, symmetry) = parse_banner(banner).map_err(|kind| Fault::on_line(number, kind))?;
        let expected = match layout {
            Layout::Coordinate => "the size line, three integers: rows columns entries",
            Layout::Array => "the size line, two integers: rows columns",
        };
        let Some((number, line)) = lines.next_content()? else {
            return Err(Fault::on_line(lines.number, ReadErrorKind::Truncated { expected }));
        };
        let sizes = || {
            let sizes = parse_integers(line)
                .filter(|sizes| sizes.len() == if layout == Layout::Coordinate { 3 } else { 2 });
            let sizes = sizes.ok_or_else(|| ReadErrorKind::Syntax { found: excerpt(line), expected })?;
            let (rows, columns) = check_dimensions(sizes[0], sizes[1])?;
            if symmetry != Symmetry::General && rows != columns {
                return Err(ReadErrorKind::Symmetry("only a square matrix can have a symmetry"));
            }
            let promised = match (layout, symmetry) {
                (Layout::Coordinate, _) => sizes[2],
                (Layout::Array, Symmetry::General) => sizes[0] * sizes[1],
                (Layout::Array, Symmetry::Symmetric | Symmetry::Hermitian) => sizes[0] * (sizes[0] + 1) / 2,
                (Layout::Array, Symmetry::SkewSymmetric) => sizes[0] * (sizes[0] - 1) / 2,
            };
            Ok(Header { layout, field, symmetry, rows, columns, promised })
        };
        sizes().map_err(|kind| Fault::on_line(number, kind))
    }

    fn expected_entry(&self) -> &'static str {
        match (self.layout, self.field) {
            (Layout::Coordinate, Field::Real) => "an entry: row column value",
            (Layout::Coordinate, Field::Integer) => "an entry: row column integer",
            (Layout::Coordinate, Field::Pattern) => "an entry: row column",
            (Layout::Coordinate, Field::Complex) => "an entry: row column real-part imaginary-part",
            (Layout::Array, Field::Complex) => "an entry: real-part imaginary-part",
            (Layout::Array, Field::Integer) => "an entry: one integer",
            (Layout::Array, Field::Real | Field::Pattern) => "an entry: one number",
        }
    }
}

fn parse_banner(line: &str) -> Result<(Layout, Field, Symmetry), ReadErrorKind> {
    let words: Vec<String> = line.split_ascii_whitespace().map(str::to_ascii_lowercase).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let syntax = || ReadErrorKind::Syntax { found: excerpt(line), expected: BANNER };
    let &["%%matrixmarket", "matrix", layout, field, symmetry] = words.as_slice() else {
        return Err(syntax());
    };
    let layout = match layout {
        "coordinate" => Layout::Coordinate,
        "array" => Layout::Array,
        _ => return Err(syntax()),
    };
    let field = match field {
        "real" | "double" => Field::Real,
        "integer" => Field::Integer,
        "pattern" => Field::Pattern,
        "complex" => Field::Complex,
        _ => return Err(syntax()),
    };
    let symmetry = match symmetry {
        "general" => Symmetry::General,
        "symmetric" => Symmetry::Symmetric,
        "skew-symmetric" => Symmetry::SkewSymmetric,
        "hermitian" => Symmetry::Hermitian,
        _ => return Err(syntax()),
    };
    let contradiction = match (layout, field, symmetry) {
        (Layout::Array, Field::Pattern, _) => Some("a pattern stored as array"),
        (_, Field::Pattern, Symmetry::SkewSymmetric) => Some("a skew-symmetric pattern"),
        (_, Field::Real | Field::Integer | Field::Pattern, Symmetry::Hermitian) => {
            Some("a hermitian matrix of real numbers")
        }
        _ => None,
    };
    match contradiction {
        Some(found) => Err(ReadErrorKind::Unsupported {
            found: found.to_owned(),
            accepted: "array goes with numbers, skew-symmetric with numbers, hermitian with complex",
        }),
        None => Ok((layout, field, symmetry)),
    }
}

/// A number type as its files write it.
trait Number: Scalar {
    fn parse<'a>(field: Field, words: &mut impl Iterator<Item = &'a str>) -> Option<Self>;
}

impl Number for f64 {
    fn parse<'a>(field: Field, words: &mut impl Iterator<Item = &'a str>) -> Option<Self> {
        match field {
            Field::Pattern => Some(1.0),
            Field::Integer => words.next()?.parse::<i128>().ok().map(|value| value as f64),
            Field::Real | Field::Complex => parse_real(words.next()?),
        }
    }
}

impl Number for Complex64 {
    fn parse<'a>(_: Field, words: &mut impl Iterator<Item = &'a str>) -> Option<Self> {
        Some(Complex64::new(parse_real(words.next()?)?, parse_real(words.next()?)?))
    }
}

fn parse_entries<S: Number>(header: &Header, lines: &mut Lines<impl BufRead>) -> Result<Entries<S>, Fault> {
    let mut entries = Entries::new(header.rows, header.columns);
    let mut triangle = Triangle::default();
    // The position of the next entry of an array, column by column.
    let first_row = |column: usize| match header.symmetry {
        Symmetry::General => 0,
        Symmetry::Symmetric | Symmetry::Hermitian => column,
        Symmetry::SkewSymmetric => column + 1,
    };
    let (mut array_row, mut array_column) = (first_row(0), 0);
    for found in 0..header.promised {
        let Some((number, line)) = lines.next_content()? else {
            let kind = ReadErrorKind::EntryCount { promised: header.promised, found };
            return Err(Fault::on_line(lines.number, kind));
        };
        let mut parse_line = || {
            let syntax = || ReadErrorKind::Syntax { found: excerpt(line), expected: header.expected_entry() };
            let mut words = line.split_ascii_whitespace();
            let (row, column) = match header.layout {
                Layout::Coordinate => {
                    let mut index = || words.next()?.parse::<i128>().ok();
                    let (row, column) = index().zip(index()).ok_or_else(syntax)?;
                    position(header, row, column)?
                }
                Layout::Array => (array_row, array_column),
            };
            let value = S::parse(header.field, &mut words).ok_or_else(syntax)?;
            if words.next().is_some() {
                return Err(syntax());
            }
            if !value.is_finite() {
                let value =
                    line.split_ascii_whitespace().skip(if header.layout == Layout::Array { 0 } else { 2 });
                let value = excerpt(&value.collect::<Vec<_>>().join(" "));
                return Err(ReadErrorKind::NotFinite { row: row + 1, column: column + 1, value });
            }
            triangle.check(header.symmetry, row, column, value)?;
            Ok((row, column, value))
        };
        let (row, column, value) = parse_line().map_err(|kind| Fault::on_line(number, kind))?;
        entries.push(row, column, value);
        if row != column {
            match header.symmetry {
                Symmetry::General => {}
                Symmetry::Symmetric => entries.push(column, row, value),
                Symmetry::SkewSymmetric => entries.push(column, row, -value),
                Symmetry::Hermitian => entries.push(column, row, value.conjugate()),
            }
        }
        array_row += 1;
        if header.layout == Layout::Array && array_row == header.rows {
            array_column += 1;
            array_row = first_row(array_column);
        }
    }
    match lines.next_content()? {
        None => Ok(entries),
        Some((number, _)) => {
            let kind = ReadErrorKind::EntryCount { promised: header.promised, found: header.promised };
            Err(Fault::on_line(number, kind))
        }
    }
}

fn position(header: &Header, row: i128, column: i128) -> Result<(usize, usize), ReadErrorKind> {
    let inside = |index: i128, count: usize| (1..=count as i128).contains(&index);
    if !inside(row, header.rows) || !inside(column, header.columns) {
        return Err(ReadErrorKind::OutOfRange {
            row,
            column,
            first: 1,
            last_row: header.rows,
            last_column: header.columns,
        });
    }
    Ok((row as usize - 1, column as usize - 1))
}

/// Which triangles of a matrix with a symmetry were seen: only one may be stored.
#[derive(Default)]
struct Triangle {
    lower: bool,
    upper: bool,
}

impl Triangle {
    fn check<S: Scalar>(
        &mut self,
        symmetry: Symmetry,
        row: usize,
        column: usize,
        value: S,
    ) -> Result<(), ReadErrorKind> {
        if symmetry == Symmetry::General {
            return Ok(());
        }
        if row == column {
            return match symmetry {
                Symmetry::SkewSymmetric if !value.is_zero() => {
                    Err(ReadErrorKind::Symmetry("the diagonal of a skew-symmetric matrix must be zero"))
                }
                Symmetry::Hermitian if value.imaginary_part() != 0.0 => {
                    Err(ReadErrorKind::Symmetry("the diagonal of a hermitian matrix must be real"))
                }
                _ => Ok(()),
            };
        }
        *if row > column { &mut self.lower } else { &mut self.upper } = true;
        if self.lower && self.upper {
            return Err(ReadErrorKind::Symmetry(
                "entries of both triangles are listed although the header states a symmetry: \
                 list one triangle, or state `general`",
            ));
        }
        Ok(())
    }
}

fn parse_integers(line: &str) -> Option<Vec<u128>> {
    line.split_ascii_whitespace().map(|word| word.parse().ok()).collect()
}

fn parse_real(word: &str) -> Option<f64> {
    word.parse().ok().or_else(|| {
        // Fortran writes double precision exponents with D.
        let exponent = word.find(['d', 'D'])?;
        format!("{}e{}", &word[..exponent], &word[exponent + 1..]).parse().ok()
    })
}

/// The lines of a text file, one at a time in a buffer that is reused.
struct Lines<R> {
    reader: R,
    buffer: Vec<u8>,
    /// Number of the line in the buffer, counted from 1.
    number: u64,
}

impl<R: BufRead> Lines<R> {
    /// Reads the next line into the buffer; false at the end of the file.
    fn advance(&mut self) -> Result<bool, Fault> {
        self.number += 1;
        self.buffer.clear();
        let length = (&mut self.reader)
            .take(LONGEST_LINE as u64 + 1)
            .read_until(b'\n', &mut self.buffer)
            .map_err(|error| Fault::on_line(self.number, error.into()))?;
        if length > LONGEST_LINE {
            return Err(Fault::on_line(self.number, ReadErrorKind::LongLine { limit: LONGEST_LINE }));
        }
        Ok(length > 0)
    }

    /// The number and text of the line in the buffer.
    fn text(&self) -> Result<(u64, &str), Fault> {
        match std::str::from_utf8(self.buffer.trim_ascii()) {
            Ok(line) => Ok((self.number, line)),
            Err(_) => {
                let found = excerpt(&self.buffer.escape_ascii().to_string());
                Err(Fault::on_line(self.number, ReadErrorKind::Syntax { found, expected: "text" }))
            }
        }
    }

    /// The next line that is neither blank nor a comment.
    fn next_content(&mut self) -> Result<Option<(u64, &str)>, Fault> {
        while self.advance()? {
            let line = self.buffer.trim_ascii();
            if !line.is_empty() && line[0] != b'%' {
                return self.text().map(Some);
            }
        }
        Ok(None)
    }
}
