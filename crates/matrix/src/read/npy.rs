//! NumPy's `.npy` format, versions 1 to 3: magic, version, header length, a Python dictionary, raw data.

use std::io::Read;

use num_complex::Complex64;

use super::entries::{AnyEntries, Entries, check_dimensions};
use super::error::{Fault, ReadErrorKind, excerpt};
use crate::scalar::Scalar;

/// How a file begins.
pub(super) const MAGIC: &[u8] = b"\x93NUMPY";

/// NumPy itself refuses longer headers than 10 000 bytes.
const LONGEST_HEADER: usize = 1 << 16;
const ACCEPTED_TYPES: &str = "accepted are bool, integers of 1 to 8 bytes, floats of 4 or 8 bytes and complex numbers \
                              of 8 or 16 bytes, in either byte order";
const DICTIONARY: &str = "a dictionary {'descr': ..., 'fortran_order': ..., 'shape': (...)}";

/// An array of any shape.
#[derive(Debug)]
pub(super) struct Array {
    pub(super) shape: Vec<usize>,
    pub(super) fortran_order: bool,
    pub(super) elements: Elements,
}

/// The elements of an array, in the order of the file.
#[derive(Debug)]
pub(super) enum Elements {
    Integer(Vec<i64>),
    Real(Vec<f64>),
    Complex(Vec<Complex64>),
    /// A single string.
    Text(String),
}

/// Reads an array; the data may be no longer and no shorter than the header says.
pub(super) fn parse(mut reader: impl Read) -> Result<Array, Fault> {
    let [magic @ .., version, _] = read_array::<8>(&mut reader)?;
    if magic != *MAGIC {
        return Err(
            syntax(&magic.escape_ascii().to_string(), "a NumPy array, beginning with \\x93NUMPY").into()
        );
    }
    let header_length = match version {
        1 => usize::from(u16::from_le_bytes(read_array(&mut reader)?)),
        2 | 3 => u32::from_le_bytes(read_array(&mut reader)?) as usize,
        _ => {
            let found = format!(".npy format version {version}");
            return Err(ReadErrorKind::Unsupported { found, accepted: "versions 1, 2 and 3 are read" }.into());
        }
    };
    if header_length > LONGEST_HEADER {
        let found = format!(".npy header of {header_length} bytes");
        return Err(ReadErrorKind::Unsupported { found, accepted: "at most 65536 bytes are read" }.into());
    }
    let header = read_bytes(&mut reader, header_length, "the header")?;
    let header = std::str::from_utf8(&header)
        .ok()
        .and_then(parse_header)
        .ok_or_else(|| syntax(&String::from_utf8_lossy(&header), DICTIONARY))?;
    let kind = ElementKind::parse(&header.descriptor)?;
    let too_large = || ReadErrorKind::Unsupported {
        found: format!("an array of shape {:?}", header.shape),
        accepted: "the number of elements must fit in memory",
    };
    let count = header.shape.iter().try_fold(1_usize, |product, &length| product.checked_mul(length));
    let bytes = count.and_then(|count| count.checked_mul(kind.size)).ok_or_else(too_large)?;
    let data = read_bytes(&mut reader, bytes, "more elements: the header promises a larger array")?;
    if reader.read(&mut [0])? != 0 {
        return Err(ReadErrorKind::Inconsistent(format!(
            "data follow the {} elements that the header promises",
            count.unwrap_or_default()
        ))
        .into());
    }
    Ok(Array { shape: header.shape, fortran_order: header.fortran_order, elements: kind.decode(&data)? })
}

impl Array {
    /// The position of an element in [`Elements`]; the index is within the shape.
    pub(super) fn position(&self, index: &[usize]) -> usize {
        let step = |position: usize, (&length, &index): (&usize, &usize)| position * length + index;
        if self.fortran_order {
            self.shape.iter().zip(index).rev().fold(0, step)
        } else {
            self.shape.iter().zip(index).fold(0, step)
        }
    }

    /// The array as the entries of a dense matrix; one dimension makes a column.
    pub(super) fn into_entries(self) -> Result<AnyEntries, Fault> {
        let (rows, columns) = match *self.shape.as_slice() {
            [rows] => (rows, 1),
            [rows, columns] => (rows, columns),
            _ => {
                let found = format!("an array of {} dimensions", self.shape.len());
                return Err(
                    ReadErrorKind::Unsupported { found, accepted: "1 or 2 dimensions are read" }.into()
                );
            }
        };
        check_dimensions(rows as u128, columns as u128)?;
        let row_major = !self.fortran_order;
        Ok(match self.elements {
            Elements::Integer(list) => {
                AnyEntries::Real(dense_entries(rows, columns, row_major, &reals(&list))?)
            }
            Elements::Real(list) => AnyEntries::Real(dense_entries(rows, columns, row_major, &list)?),
            Elements::Complex(list) => AnyEntries::Complex(dense_entries(rows, columns, row_major, &list)?),
            Elements::Text(_) => return Err(unsupported_type("a string").into()),
        })
    }
}

/// Integers as the nearest real numbers.
pub(super) fn reals(integers: &[i64]) -> Vec<f64> {
    integers.iter().map(|&value| value as f64).collect()
}

fn dense_entries<S: Scalar>(
    rows: usize,
    columns: usize,
    row_major: bool,
    elements: &[S],
) -> Result<Entries<S>, ReadErrorKind> {
    let mut entries = Entries::new(rows, columns);
    for (position, &value) in elements.iter().enumerate() {
        let (row, column) = if row_major {
            (position / columns, position % columns)
        } else {
            (position % rows, position / rows)
        };
        if !value.is_finite() {
            return Err(ReadErrorKind::NotFinite { row, column, value: format!("{value:?}") });
        }
        entries.push(row, column, value);
    }
    Ok(entries)
}

/// Type of the elements: a letter of NumPy's array interface, a size in bytes, and the byte order.
struct ElementKind {
    letter: u8,
    size: usize,
    big_endian: bool,
}

impl ElementKind {
    fn parse(descriptor: &str) -> Result<Self, ReadErrorKind> {
        let unsupported = || match descriptor.as_bytes() {
            [b'|', b'O', ..] => ReadErrorKind::Unsupported {
                found: "an array of Python objects (it would have to be unpickled)".to_owned(),
                accepted: ACCEPTED_TYPES,
            },
            _ => unsupported_type(&format!("element type {:?}", excerpt(descriptor))),
        };
        let &[order, letter, ref size @ ..] = descriptor.as_bytes() else { return Err(unsupported()) };
        let size: usize =
            std::str::from_utf8(size).ok().and_then(|size| size.parse().ok()).ok_or_else(unsupported)?;
        let big_endian = match order {
            b'<' | b'|' | b'=' => false,
            b'>' => true,
            _ => return Err(unsupported()),
        };
        let size = match (letter, size) {
            (b'b', 1) | (b'i' | b'u', 1 | 2 | 4 | 8) | (b'f', 4 | 8) | (b'c', 8 | 16) | (b'S', 1..=64) => {
                size
            }
            (b'U', 1..=64) => 4 * size,
            _ => return Err(unsupported()),
        };
        Ok(ElementKind { letter, size, big_endian })
    }

    fn decode(&self, data: &[u8]) -> Result<Elements, ReadErrorKind> {
        let order = self.big_endian;
        Ok(match (self.letter, self.size) {
            (b'b', _) => Elements::Integer(data.iter().map(|&byte| i64::from(byte != 0)).collect()),
            (b'i', 1) => Elements::Integer(numbers(data, order, |bytes| i8::from_le_bytes(bytes).into())),
            (b'i', 2) => Elements::Integer(numbers(data, order, |bytes| i16::from_le_bytes(bytes).into())),
            (b'i', 4) => Elements::Integer(numbers(data, order, |bytes| i32::from_le_bytes(bytes).into())),
            (b'i', _) => Elements::Integer(numbers(data, order, i64::from_le_bytes)),
            (b'u', 1) => Elements::Integer(numbers(data, order, |bytes| u8::from_le_bytes(bytes).into())),
            (b'u', 2) => Elements::Integer(numbers(data, order, |bytes| u16::from_le_bytes(bytes).into())),
            (b'u', 4) => Elements::Integer(numbers(data, order, |bytes| u32::from_le_bytes(bytes).into())),
            (b'u', _) => unsigned(&numbers(data, order, u64::from_le_bytes)),
            (b'f', 4) => Elements::Real(numbers(data, order, |bytes| f32::from_le_bytes(bytes).into())),
            (b'f', _) => Elements::Real(numbers(data, order, f64::from_le_bytes)),
            (b'c', 8) => {
                Elements::Complex(pairs(&numbers(data, order, |bytes| f64::from(f32::from_le_bytes(bytes)))))
            }
            (b'c', _) => Elements::Complex(pairs(&numbers(data, order, f64::from_le_bytes))),
            (letter, size) if data.len() == size => Elements::Text(text(letter, self.big_endian, data)),
            _ => return Err(unsupported_type("an array of strings")),
        })
    }
}

fn unsupported_type(found: &str) -> ReadErrorKind {
    ReadErrorKind::Unsupported { found: found.to_owned(), accepted: ACCEPTED_TYPES }
}

/// Numbers of `SIZE` bytes; `decode` gets them in little-endian order.
fn numbers<const SIZE: usize, T>(data: &[u8], big_endian: bool, decode: impl Fn([u8; SIZE]) -> T) -> Vec<T> {
    let (chunks, _) = data.as_chunks::<SIZE>();
    chunks
        .iter()
        .map(|&bytes| {
            let mut bytes = bytes;
            if big_endian {
                bytes.reverse();
            }
            decode(bytes)
        })
        .collect()
}

fn pairs(parts: &[f64]) -> Vec<Complex64> {
    let (pairs, _) = parts.as_chunks::<2>();
    pairs.iter().map(|&[real, imaginary]| Complex64::new(real, imaginary)).collect()
}

/// Integers, where all of them are below 2^63; real numbers otherwise.
fn unsigned(values: &[u64]) -> Elements {
    match values.iter().map(|&value| i64::try_from(value)).collect() {
        Ok(integers) => Elements::Integer(integers),
        Err(_) => Elements::Real(values.iter().map(|&value| value as f64).collect()),
    }
}

fn text(letter: u8, big_endian: bool, data: &[u8]) -> String {
    let characters: Vec<char> = if letter == b'S' {
        data.iter().map(|&byte| char::from(byte)).collect()
    } else {
        numbers(data, big_endian, |bytes| char::from_u32(u32::from_le_bytes(bytes)).unwrap_or('?'))
    };
    characters.into_iter().take_while(|&character| character != '\0').collect()
}

fn read_array<const SIZE: usize>(reader: &mut impl Read) -> Result<[u8; SIZE], Fault> {
    let bytes = read_bytes(reader, SIZE, "a .npy header")?;
    bytes.try_into().map_err(|_| ReadErrorKind::Truncated { expected: "a .npy header" }.into())
}

/// Reads exactly `count` bytes; memory grows with what is there, not with `count`.
fn read_bytes(reader: &mut impl Read, count: usize, expected: &'static str) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::new();
    reader.take(count as u64).read_to_end(&mut bytes)?;
    if bytes.len() < count {
        return Err(ReadErrorKind::Truncated { expected }.into());
    }
    Ok(bytes)
}

fn syntax(found: &str, expected: &'static str) -> ReadErrorKind {
    ReadErrorKind::Syntax { found: excerpt(found.trim_end()), expected }
}

/// The header dictionary.
#[derive(Debug, PartialEq)]
struct Header {
    descriptor: String,
    fortran_order: bool,
    shape: Vec<usize>,
}

/// Parses the Python dictionary. A structured type, whose descriptor is a list, fails like any other syntax.
fn parse_header(text: &str) -> Option<Header> {
    let (mut descriptor, mut fortran_order, mut shape) = (None, None, None);
    let mut rest = text.trim().strip_prefix('{')?.strip_suffix('}')?.trim();
    while !rest.is_empty() {
        let (key, after_key) = quoted(rest)?;
        let value = after_key.trim_start().strip_prefix(':')?.trim_start();
        let after_value = match key {
            "descr" => {
                let (value, after) = quoted(value)?;
                descriptor = Some(value.to_owned());
                after
            }
            "fortran_order" => {
                let is_true = value.starts_with("True");
                fortran_order = Some(is_true);
                value.strip_prefix(if is_true { "True" } else { "False" })?
            }
            "shape" => {
                let (inside, after) = value.strip_prefix('(')?.split_once(')')?;
                shape = Some(parse_shape(inside)?);
                after
            }
            _ => return None,
        };
        rest = after_value.trim_start();
        rest = match rest.strip_prefix(',') {
            Some(after_comma) => after_comma.trim_start(),
            None if rest.is_empty() => rest,
            None => return None,
        };
    }
    Some(Header { descriptor: descriptor?, fortran_order: fortran_order?, shape: shape? })
}

fn parse_shape(inside: &str) -> Option<Vec<usize>> {
    let inside = inside.trim();
    let inside = inside.strip_suffix(',').unwrap_or(inside);
    if inside.is_empty() {
        return Some(Vec::new());
    }
    // Python 2 wrote long integers with an L.
    inside.split(',').map(|length| length.trim().trim_end_matches('L').parse().ok()).collect()
}

/// A quoted string at the start of the text, and what follows it.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let quote = text.chars().next().filter(|character| matches!(character, '\'' | '"'))?;
    text[1..].split_once(quote)
}
