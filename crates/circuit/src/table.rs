//! Tables of angles and of integers: the data of structured operations and of repeated calls.
//!
//! A table has a length and a kind and may have no values at all: a *symbolic* circuit is the same
//! representation without values, so that counting a system of 2^40 unknowns uses the same code as 16.

use crate::error::CircuitError;

/// A table of a circuit.
#[derive(Clone, Debug, PartialEq)]
pub enum Table {
    /// Angles or amplitudes.
    Angles(AngleTable),
    /// Non-negative integers of a given width.
    Indices(IndexTable),
}

/// Real numbers: rotation angles, phases (radians) or amplitudes.
#[derive(Clone, Debug, PartialEq)]
pub enum AngleTable {
    /// All values, in order.
    Dense(Vec<f64>),
    /// value(k) = sum over (mask, c) of c * (-1)^popcount(k & mask).
    WalshSparse {
        /// Number of values.
        length: u64,
        /// Masks, strictly increasing, with their coefficients.
        coefficients: Vec<(u64, f64)>,
    },
    /// The same value everywhere.
    Constant {
        /// Number of values.
        length: u64,
        /// The value.
        value: f64,
    },
    /// A length without values.
    Symbolic {
        /// Number of values.
        length: u64,
    },
}

/// Integers below 2^width.
#[derive(Clone, Debug, PartialEq)]
pub enum IndexTable {
    /// All values, in order.
    Dense {
        /// Bits of a value.
        width: u32,
        /// The values.
        values: Vec<u64>,
    },
    /// A length without values.
    Symbolic {
        /// Bits of a value.
        width: u32,
        /// Number of values.
        length: u64,
    },
}

impl AngleTable {
    /// Number of values.
    pub fn len(&self) -> u64 {
        match self {
            AngleTable::Dense(values) => values.len() as u64,
            AngleTable::WalshSparse { length, .. }
            | AngleTable::Constant { length, .. }
            | AngleTable::Symbolic { length } => *length,
        }
    }

    /// Whether the table has no entries.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The values written out; an error for a symbolic table, or for one above 2^32 entries.
    pub fn to_dense(&self) -> Result<std::borrow::Cow<'_, [f64]>, CircuitError> {
        const LIMIT: u64 = 1 << 32;
        if self.len() > LIMIT && !matches!(self, AngleTable::Symbolic { .. }) {
            let what = "a table written out".to_string();
            return Err(CircuitError::TooLarge { what, size: self.len() as u128, limit: LIMIT as u128 });
        }
        Ok(match self {
            AngleTable::Dense(values) => values.as_slice().into(),
            AngleTable::Constant { length, value } => vec![*value; *length as usize].into(),
            AngleTable::WalshSparse { length, coefficients } => (0..*length)
                .map(|k| {
                    let signed =
                        |&(mask, c): &(u64, f64)| if (k & mask).count_ones() % 2 == 1 { -c } else { c };
                    coefficients.iter().map(signed).sum()
                })
                .collect::<Vec<f64>>()
                .into(),
            AngleTable::Symbolic { .. } => return Err(CircuitError::Symbolic { table: usize::MAX }),
        })
    }
}

impl IndexTable {
    /// Number of values.
    pub fn len(&self) -> u64 {
        match self {
            IndexTable::Dense { values, .. } => values.len() as u64,
            IndexTable::Symbolic { length, .. } => *length,
        }
    }

    /// Whether the table has no entries.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bits of a value.
    pub fn width(&self) -> u32 {
        match self {
            IndexTable::Dense { width, .. } | IndexTable::Symbolic { width, .. } => *width,
        }
    }

    /// The values; an error for a symbolic table.
    pub fn values(&self) -> Result<&[u64], CircuitError> {
        match self {
            IndexTable::Dense { values, .. } => Ok(values),
            IndexTable::Symbolic { .. } => Err(CircuitError::Symbolic { table: usize::MAX }),
        }
    }
}

/// The Walsh-Hadamard transform with factor 1/length, in place:
/// result(m) = 1/length * sum over k of value(k) * (-1)^popcount(k & m). The length must be a power of two.
pub fn walsh_hadamard(values: &mut [f64]) {
    let length = values.len();
    debug_assert!(length.is_power_of_two());
    let mut half = 1;
    while half < length {
        for block in values.chunks_exact_mut(2 * half) {
            let (low, high) = block.split_at_mut(half);
            for (a, b) in low.iter_mut().zip(high) {
                (*a, *b) = (*a + *b, *a - *b);
            }
        }
        half *= 2;
    }
    let factor = 1.0 / length as f64;
    values.iter_mut().for_each(|value| *value *= factor);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn walsh_sparse_tables_are_the_inverse_transform() {
        let mut values = vec![0.3, -1.0, 2.5, 0.7, 0.0, 1.0, -2.0, 4.0];
        let original = values.clone();
        walsh_hadamard(&mut values);
        let coefficients = values.iter().enumerate().map(|(mask, &c)| (mask as u64, c)).collect();
        let table = AngleTable::WalshSparse { length: 8, coefficients };
        for (a, b) in table.to_dense().unwrap().iter().zip(&original) {
            assert!((a - b).abs() < 1e-15);
        }
    }

    #[test]
    fn symbolic_tables_have_a_length_but_no_values() {
        let table = AngleTable::Symbolic { length: 1 << 40 };
        assert_eq!(table.len(), 1 << 40);
        assert!(matches!(table.to_dense(), Err(CircuitError::Symbolic { .. })));
    }
}
