//! Tables of angles and of integers: the data of structured operations and of repeated calls.
//!
//! A table has a length and a kind and may have no values at all: a *symbolic* circuit is the same
//! representation without values, so that counting a system of 2^40 unknowns uses the same code as 16.

use crate::error::CircuitError;
use crate::walsh;

pub use crate::walsh::{walsh_hadamard, walsh_hadamard_unnormalised};

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
    /// A length and a number of Walsh coefficients without values or masks: what it costs is the most that
    /// [`AngleTable::WalshSparse`] with that many coefficients can cost.
    SymbolicWalsh {
        /// Number of values.
        length: u64,
        /// Number of coefficients.
        terms: u64,
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
            | AngleTable::Symbolic { length }
            | AngleTable::SymbolicWalsh { length, .. } => *length,
        }
    }

    /// Whether the table has no entries.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether the table has a length only.
    pub fn is_symbolic(&self) -> bool {
        matches!(self, AngleTable::Symbolic { .. } | AngleTable::SymbolicWalsh { .. })
    }

    /// The bits of a position on which its value depends: for a table that is not dense, those of its masks.
    pub fn dependent_bits(&self) -> u64 {
        match self {
            AngleTable::WalshSparse { coefficients, .. } => {
                coefficients.iter().fold(0, |bits, (mask, _)| bits | mask)
            }
            AngleTable::Constant { .. } => 0,
            _ => self.len().checked_next_power_of_two().map_or(u64::MAX, |length| length - 1),
        }
    }

    /// The values for all combinations of the [`AngleTable::dependent_bits`], the lowest of which counts least; an
    /// error as [`AngleTable::to_dense`] gives it. The length of the table must be a power of two.
    pub fn to_compact(&self) -> Result<std::borrow::Cow<'_, [f64]>, CircuitError> {
        let bits = self.dependent_bits();
        let length = 1u64.checked_shl(bits.count_ones()).unwrap_or(u64::MAX);
        match self {
            AngleTable::WalshSparse { coefficients, .. } => {
                let compact = walsh::compress(bits);
                let coefficients = coefficients.iter().map(|&(mask, c)| (compact(mask), c)).collect();
                let table = AngleTable::WalshSparse { length, coefficients };
                Ok(table.to_dense()?.into_owned().into())
            }
            AngleTable::Constant { value, .. } => Ok(vec![*value].into()),
            table => table.to_dense(),
        }
    }

    /// The values written out; an error for a symbolic table, or for one above 2^32 entries.
    pub fn to_dense(&self) -> Result<std::borrow::Cow<'_, [f64]>, CircuitError> {
        const LIMIT: u64 = 1 << 32;
        if self.len() > LIMIT && !self.is_symbolic() {
            let what = "a table written out".to_string();
            return Err(CircuitError::TooLarge { what, size: self.len() as u128, limit: LIMIT as u128 });
        }
        Ok(match self {
            AngleTable::Dense(values) => values.as_slice().into(),
            AngleTable::Constant { length, value } => vec![*value; *length as usize].into(),
            AngleTable::WalshSparse { length, coefficients } => {
                walsh::expand(*length as usize, coefficients).into()
            }
            AngleTable::Symbolic { .. } | AngleTable::SymbolicWalsh { .. } => {
                return Err(CircuitError::Symbolic { table: usize::MAX });
            }
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
    fn compact_tables_leave_out_bits_that_do_not_matter() {
        let table = AngleTable::WalshSparse {
            length: 1 << 40,
            coefficients: vec![(0, 1.0), (1 << 7 | 1 << 39, 0.25)],
        };
        assert_eq!(table.dependent_bits(), 1 << 7 | 1 << 39);
        assert_eq!(table.to_compact().unwrap()[..], [1.25, 0.75, 0.75, 1.25]);
        assert!(table.to_dense().is_err());
        let table = AngleTable::Constant { length: 1 << 50, value: -2.0 };
        assert_eq!((table.dependent_bits(), &table.to_compact().unwrap()[..]), (0, &[-2.0][..]));
        let table = AngleTable::Dense(vec![1.0, 2.0, 3.0, 4.0]);
        assert_eq!(
            (table.dependent_bits(), &table.to_compact().unwrap()[..]),
            (3, &[1.0, 2.0, 3.0, 4.0][..])
        );
    }

    #[test]
    fn symbolic_tables_have_a_length_but_no_values() {
        let table = AngleTable::Symbolic { length: 1 << 40 };
        assert_eq!(table.len(), 1 << 40);
        assert!(matches!(table.to_dense(), Err(CircuitError::Symbolic { .. })));
    }
}
