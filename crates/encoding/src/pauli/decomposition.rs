//! The decomposition of a matrix into Pauli strings.
//!
//! With D_x the diagonal of A on the exclusive-or mask x, D_x(j) = A(j xor x, j), A = sum_x X^x D_x, and a
//! Walsh-Hadamard transform writes every diagonal in the Z^z: N transforms of length N for a dense matrix, O(N^2 log N).

use crate::error::EncodingError;
use crate::lcu::is_complex;
use num_complex::Complex64;
use qnewton_circuit::table::walsh_hadamard;
use qnewton_matrix::{Scalar, SparseMatrix};
use std::f64::consts::FRAC_PI_2;

/// Coefficients of so many strings at most are computed.
const LIMIT: u128 = 1 << 26;

/// A product of Pauli matrices, one for each qubit: X where bit q is set in `x` only, Z where it is set in `z` only,
/// Y where it is set in both. As a matrix i^popcount(x & z) X^x Z^z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PauliString {
    /// Qubits that are flipped.
    pub x: u64,
    /// Qubits whose |1> changes sign.
    pub z: u64,
}

impl PauliString {
    /// Number of qubits that it acts on.
    pub fn weight(self) -> u32 {
        (self.x | self.z).count_ones()
    }

    /// Letters for that many qubits, the most significant one first: `XIZ` acts as Z on qubit 0 and as X on qubit 2.
    pub fn label(self, qubits: usize) -> String {
        let letter = |qubit: usize| match (self.x >> qubit & 1, self.z >> qubit & 1) {
            (0, 0) => 'I',
            (1, 0) => 'X',
            (0, _) => 'Z',
            _ => 'Y',
        };
        (0..qubits.min(64)).rev().map(letter).collect()
    }

    /// Its masks in one number, those of a qubit next to each other: near numbers mostly differ on low qubits.
    pub(super) fn interleaved(self) -> u64 {
        spread(self.x) << 1 | spread(self.z)
    }
}

/// Moves bit q to bit 2q, for numbers of up to 32 bits.
fn spread(number: u64) -> u64 {
    let steps = [
        (16, 0x0000_ffff_0000_ffff),
        (8, 0x00ff_00ff_00ff_00ff),
        (4, 0x0f0f_0f0f_0f0f_0f0f),
        (2, 0x3333_3333_3333_3333),
        (1, 0x5555_5555_5555_5555),
    ];
    steps.into_iter().fold(number, |number, (shift, mask)| (number | number << shift) & mask)
}

/// e^(i phase) X^x Z^z: a Pauli string with a phase.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Phased {
    pub string: PauliString,
    /// The phase before X^x Z^z, radians.
    pub phase: f64,
}

impl Phased {
    /// The string itself.
    pub(super) fn plain(string: PauliString) -> Self {
        Phased { string, phase: FRAC_PI_2 * f64::from((string.x & string.z).count_ones()) }
    }

    /// The product with `first`, which acts first.
    pub(super) fn after(self, first: Phased) -> Self {
        let PauliString { x, z } = self.string;
        let sign = (z & first.string.x).count_ones() % 2;
        Phased {
            string: PauliString { x: x ^ first.string.x, z: z ^ first.string.z },
            phase: self.phase + first.phase + 2.0 * FRAC_PI_2 * f64::from(sign),
        }
    }

    pub(super) fn inverse(self) -> Self {
        let sign = (self.string.x & self.string.z).count_ones() % 2;
        Phased { string: self.string, phase: 2.0 * FRAC_PI_2 * f64::from(sign) - self.phase }
    }
}

/// The Pauli strings of a matrix of dimension 2^n, n >= 1, with their coefficients: A is the sum of coefficient times
/// string. Increasing in x and then in z; coefficients that are rounding errors of the transform are left out. Those of
/// a Hermitian matrix are real.
///
/// [`EncodingError::Dimension`] for other dimensions, [`EncodingError::NotFinite`] for entries that are not finite,
/// [`EncodingError::TooLarge`] for more than 2^26 strings on the masks that occur.
pub fn pauli_decomposition<S: Scalar>(
    matrix: &SparseMatrix<S>,
) -> Result<Vec<(PauliString, Complex64)>, EncodingError> {
    let rows = matrix.rows();
    if rows != matrix.cols() || rows < 2 || !rows.is_power_of_two() {
        return Err(EncodingError::Dimension { rows, columns: matrix.cols() });
    }
    if !matrix.is_finite() {
        return Err(EncodingError::NotFinite);
    }
    // (-i)^popcount(x & z), since a string has the factor i^popcount(x & z).
    const FACTORS: [Complex64; 4] = [
        Complex64::new(1.0, 0.0),
        Complex64::new(0.0, -1.0),
        Complex64::new(-1.0, 0.0),
        Complex64::new(0.0, 1.0),
    ];
    let mut strings = Vec::new();
    expand(matrix, LIMIT, |string, coefficient| {
        strings.push((string, FACTORS[((string.x & string.z).count_ones() % 4) as usize] * coefficient));
    })?;
    Ok(strings)
}

/// Calls `term` with the strings and the coefficients of X^x Z^z, in order, without rounding errors; more than `limit`
/// on the masks that occur are refused.
pub(super) fn expand<S: Scalar>(
    matrix: &SparseMatrix<S>,
    limit: u128,
    mut term: impl FnMut(PauliString, Complex64),
) -> Result<(), EncodingError> {
    let size = matrix.rows();
    let mut is_used = vec![false; size];
    for row in 0..size {
        matrix.row(row).for_each(|(column, _)| is_used[row ^ column] = true);
    }
    let masks: Vec<usize> = (0..size).filter(|&mask| is_used[mask]).collect();
    let mut places = vec![0usize; size];
    masks.iter().enumerate().for_each(|(position, &mask)| places[mask] = position * size);
    let entries = masks.len() as u128 * size as u128;
    if entries > limit {
        let method = crate::Method::PauliLcu.name();
        return Err(EncodingError::TooLarge { method, dimension: size, entries, limit });
    }
    let complex = is_complex(matrix);
    let mut real = vec![0.0; masks.len() * size];
    let mut imaginary = vec![0.0; if complex { real.len() } else { 0 }];
    for row in 0..size {
        for (column, value) in matrix.row(row) {
            let place = places[row ^ column] + column;
            real[place] = value.real_part();
            if complex {
                imaginary[place] = value.imaginary_part();
            }
        }
    }
    // Rounding of a sum of N numbers in log2(N) steps, relative to their mean magnitude.
    let rounding = 2.0 * f64::EPSILON * (1.0 + size.trailing_zeros() as f64) / size as f64;
    for (position, &x) in masks.iter().enumerate() {
        let range = position * size..(position + 1) * size;
        let real = &mut real[range.clone()];
        let mut magnitude: f64 = real.iter().map(|value| value.abs()).sum();
        walsh_hadamard(real);
        let imaginary = if complex { &mut imaginary[range] } else { &mut [] };
        if complex {
            magnitude += imaginary.iter().map(|value| value.abs()).sum::<f64>();
            walsh_hadamard(imaginary);
        }
        let negligible = rounding * magnitude;
        for (z, &re) in real.iter().enumerate() {
            let coefficient = Complex64::new(re, if complex { imaginary[z] } else { 0.0 });
            let part = |value: f64| if value.abs() > negligible { value } else { 0.0 };
            let coefficient = Complex64::new(part(coefficient.re), part(coefficient.im));
            if coefficient.re != 0.0 || coefficient.im != 0.0 {
                term(PauliString { x: x as u64, z: z as u64 }, coefficient);
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A string as a matrix: entry in row j xor x, column j.
    fn value(phased: Phased, column: u64) -> (u64, Complex64) {
        let PauliString { x, z } = phased.string;
        let sign = if (z & column).count_ones() % 2 == 1 { -1.0 } else { 1.0 };
        (column ^ x, sign * Complex64::from_polar(1.0, phased.phase))
    }

    #[test]
    fn products_and_inverses_keep_their_phases() {
        let strings = || (0..4).flat_map(|x| (0..4).map(move |z| PauliString { x, z }));
        for a in strings() {
            for b in strings() {
                let (a, b) = (Phased { phase: 0.3, ..Phased::plain(a) }, Phased::plain(b));
                let product = a.after(b);
                let quotient = product.after(b.inverse());
                for column in 0..4 {
                    let (middle, first) = value(b, column);
                    let (row, second) = value(a, middle);
                    let (expected, found) = value(product, column);
                    assert!(row == expected && (first * second - found).norm() < 1e-15);
                    let ((row, found), (expected, again)) = (value(quotient, column), value(a, column));
                    assert!(row == expected && (found - again).norm() < 1e-15);
                }
            }
        }
    }

    #[test]
    fn labels_name_the_most_significant_qubit_first() {
        let string = PauliString { x: 0b110, z: 0b011 };
        assert_eq!(string.label(4), "IXYZ");
        assert_eq!(string.weight(), 3);
        assert_eq!(string.interleaved(), 0b10_11_01);
    }
}
