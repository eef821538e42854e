//! Enlarging a system to a power of two, the size that qubits have.

use std::cmp::Ordering;

use crate::sparse::SparseMatrix;
use crate::spectrum::Spectrum;

/// The square matrix with rows appended up to the next power of two, zero but for [`padding_value`] on the diagonal.
///
/// With the right-hand side padded by zeros, the solution is the old one followed by zeros, and the condition number
/// and the norm stay as they were. A matrix whose size is a power of two comes back unchanged, 1 x 1 included.
///
/// # Panics
/// If the matrix has more than 2^31 rows.
pub fn pad_to_power_of_two(matrix: &SparseMatrix<f64>, spectrum: &Spectrum) -> SparseMatrix<f64> {
    let dimension = matrix.rows();
    let padded = dimension.next_power_of_two();
    if padded == dimension || dimension == 0 {
        return matrix.clone();
    }
    assert!(u32::try_from(padded).is_ok(), "padding {dimension} rows to {padded}");
    let value = padding_value(matrix, spectrum);
    let entries: Vec<(u32, u32, f64)> = matrix
        .iter()
        .chain((dimension..padded).map(|index| (index, index, value)))
        .map(|(row, column, value)| (row as u32, column as u32, value))
        .collect();
    SparseMatrix::from_valid_entries(padded, padded, &entries)
}

/// The diagonal value that padding appends: between the smallest and the largest singular value in magnitude, so that
/// neither changes.
///
/// A value that already fills at least half of the diagonal is taken again, which keeps constant diagonals constant
/// and adds no new value to an encoding that shares equal ones. Otherwise it is the smallest value allowed, which
/// raises a Frobenius norm least and, for a definite matrix, exceeds no diagonal entry. A negative definite matrix is
/// padded by a negative value and stays so.
pub fn padding_value(matrix: &SparseMatrix<f64>, spectrum: &Spectrum) -> f64 {
    let smallest = spectrum.smallest_interval.upper.min(spectrum.norm);
    match most_frequent(matrix.diagonal()) {
        Some((value, count))
            if 2 * count >= matrix.rows() && (smallest..=spectrum.norm).contains(&value.abs()) =>
        {
            value
        }
        _ if spectrum.largest_eigenvalue.is_some_and(|largest| largest < 0.0) => -smallest,
        _ => smallest,
    }
}

/// The value that occurs most often, with its count; the smallest such value where several do.
fn most_frequent(mut values: Vec<f64>) -> Option<(f64, usize)> {
    values.sort_by(f64::total_cmp);
    values
        .chunk_by(|left, right| left.total_cmp(right) == Ordering::Equal)
        .map(|equal| (equal[0], equal.len()))
        .max_by(|left, right| left.1.cmp(&right.1).then(right.0.total_cmp(&left.0)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::conditioning::is_symmetric;
    use crate::solve::solve;
    use crate::spectrum::{SpectrumOptions, spectrum};
    use crate::test_matrices::{definite_matrix, gradient, hessian, square_matrix};

    fn spectrum_of(matrix: &SparseMatrix<f64>) -> Spectrum {
        spectrum(matrix, &SpectrumOptions::default()).unwrap()
    }

    #[test]
    fn a_constant_diagonal_goes_on() {
        let poisson = hessian("poisson-16");
        let smaller = poisson.iter().filter(|&(row, column, _)| row.max(column) < 12);
        let smaller = SparseMatrix::from_triplets(12, 12, smaller).unwrap();
        let padded = pad_to_power_of_two(&smaller, &spectrum_of(&smaller));
        assert_eq!(padded.diagonal(), [0.5; 16]);
    }

    #[test]
    fn powers_of_two_stay() {
        let poisson = hessian("poisson-16");
        assert_eq!(pad_to_power_of_two(&poisson, &spectrum_of(&poisson)), poisson);
        let one = SparseMatrix::from_triplets(1, 1, [(0, 0, -2.0)]).unwrap();
        assert_eq!(pad_to_power_of_two(&one, &spectrum_of(&one)), one);
    }

    #[test]
    fn a_negative_definite_matrix_stays_so() {
        let matrix = hessian("digits-12").scale(-1.0);
        let padded = pad_to_power_of_two(&matrix, &spectrum_of(&matrix));
        assert!(spectrum_of(&padded).largest_eigenvalue.unwrap() < 0.0);
    }

    #[test]
    fn the_solution_is_followed_by_zeros() {
        for name in ["digits-12", "digits-30", "digits-160"] {
            let (matrix, mut rhs) = (hessian(name), gradient(name));
            let x = solve(&matrix, &rhs).unwrap().x;
            let padded = pad_to_power_of_two(&matrix, &spectrum_of(&matrix));
            rhs.resize(padded.rows(), 0.0);
            let padded_x = solve(&padded, &rhs).unwrap().x;
            let scale = x.iter().fold(0.0, |largest: f64, value| largest.max(value.abs()));
            for (index, value) in padded_x.iter().enumerate() {
                let expected = x.get(index).copied().unwrap_or(0.0);
                assert!((value - expected).abs() <= 1e-11 * scale, "{name}: entry {index}");
            }
        }
    }

    proptest! {
        #[test]
        fn definite_matrices_keep_everything(matrix in definite_matrix(20)) {
            let before = spectrum_of(&matrix);
            let padded = pad_to_power_of_two(&matrix, &before);
            prop_assert!(padded.rows().is_power_of_two());
            prop_assert!(is_symmetric(&padded));
            let after = spectrum_of(&padded);
            prop_assert_eq!(after.positive_definite, Some(true));
            let (kappa, padded_kappa) = (before.condition_number.unwrap(), after.condition_number.unwrap());
            prop_assert!((kappa - padded_kappa).abs() <= 1e-10 * kappa);
            prop_assert!((before.norm - after.norm).abs() <= 1e-12 * before.norm);
            let largest = matrix.diagonal().into_iter().fold(0.0, f64::max);
            prop_assert!(padding_value(&matrix, &before) <= largest);
        }

        #[test]
        fn the_condition_number_of_any_regular_matrix_stays(matrix in square_matrix(12)) {
            let before = spectrum_of(&matrix);
            // Beyond, both condition numbers are mostly rounding.
            prop_assume!(before.condition_number.is_some_and(|kappa| kappa < 1e6));
            let kappa = before.condition_number.unwrap();
            let padded = spectrum_of(&pad_to_power_of_two(&matrix, &before)).condition_number.unwrap();
            prop_assert!((kappa - padded).abs() <= 1e-8 * kappa);
        }
    }
}
