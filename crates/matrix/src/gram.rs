//! Systems of per-sample gradients: A = G^T G/B + shift I, formed, with G kept beside it.

use std::path::Path;

use crate::read::{read_matrix, read_vector};
use crate::sparse::SparseMatrix;
use crate::system::{InvalidSystem, LinearSystem, Preparation, SystemError, system_name};

/// Matrices with more entries are not formed: 2 GB.
const ENTRY_LIMIT: usize = 1 << 27;

/// The factor of a matrix A = G^T G/B + shift I.
#[derive(Clone, Debug, PartialEq)]
pub struct GramFactor {
    /// G, B x N, a sample per row: finite, not zero.
    pub gradients: SparseMatrix<f64>,
    /// The multiple of the identity, finite, at least 0.
    pub shift: f64,
}

impl GramFactor {
    /// Of gradients and a shift that are as they must be.
    pub fn new(gradients: SparseMatrix<f64>, shift: f64) -> Result<Self, InvalidSystem> {
        if !(shift >= 0.0 && shift.is_finite()) {
            return Err(InvalidSystem::Shift { shift });
        }
        if let Some((row, column, value)) = gradients.iter().find(|(_, _, value)| !value.is_finite()) {
            return Err(InvalidSystem::NotFinite { row, column, value });
        }
        if gradients.nnz() == 0 {
            return Err(InvalidSystem::ZeroMatrix);
        }
        Ok(GramFactor { gradients, shift })
    }

    /// Number of samples B.
    pub fn samples(&self) -> usize {
        self.gradients.rows()
    }

    /// Number of unknowns N.
    pub fn unknowns(&self) -> usize {
        self.gradients.cols()
    }

    /// A, N x N, bitwise symmetric. Sums are compensated (Knuth's two-sum): whatever B is, A is off by at most
    /// [`GramFactor::rounding`].
    pub fn matrix(&self) -> Result<SparseMatrix<f64>, InvalidSystem> {
        let unknowns = self.unknowns();
        let samples = self.samples() as f64;
        let transpose = self.gradients.transpose();
        let mut entries = Vec::new();
        let mut sums = vec![(0.0f64, 0.0f64); unknowns];
        for row in 0..unknowns {
            for (sample, weight) in transpose.row(row) {
                for (column, value) in self.gradients.row(sample) {
                    let (sum, lost) = &mut sums[column];
                    let term = weight * value;
                    let next = *sum + term;
                    let added = next - *sum;
                    *lost += (*sum - (next - added)) + (term - added);
                    *sum = next;
                }
            }
            for (column, sum) in sums.iter_mut().enumerate() {
                let shift = if column == row { self.shift } else { 0.0 };
                let value = (sum.0 + sum.1) / samples + shift;
                if !value.is_finite() {
                    return Err(InvalidSystem::GramOverflow { row, column });
                }
                *sum = (0.0, 0.0);
                if value != 0.0 {
                    entries.push((row, column, value));
                }
            }
            if entries.len() > ENTRY_LIMIT {
                return Err(InvalidSystem::GramTooLarge { unknowns, limit: ENTRY_LIMIT });
            }
        }
        SparseMatrix::from_triplets(unknowns, unknowns, entries)
            .map_err(|_| InvalidSystem::GramTooLarge { unknowns, limit: ENTRY_LIMIT })
    }

    /// How far [`GramFactor::matrix`] may be from A, operator norm: each product, sum, division and the shift rounds once,
    /// and || |G|^T |G| || <= ||G||_F^2.
    pub fn rounding(&self) -> f64 {
        let frobenius = self.gradients.frobenius_norm();
        4.0 * f64::EPSILON * (frobenius * (frobenius / self.samples() as f64) + self.shift)
    }
}

impl LinearSystem {
    /// The system (G^T G/B + shift I) x = b of gradients G, B x N, with `shift` >= 0 and b of length N. A is formed, so that
    /// every solver takes it; [`LinearSystem::factor`] keeps G.
    pub fn gram(
        name: impl Into<String>,
        gradients: SparseMatrix<f64>,
        shift: f64,
        rhs: Option<Vec<f64>>,
    ) -> Result<Self, InvalidSystem> {
        let factor = GramFactor::new(gradients, shift)?;
        let system = LinearSystem::new(name, factor.matrix()?, None, &Preparation::default())?;
        let system = LinearSystem { factor: Some(factor), ..system };
        if let Some(rhs) = &rhs {
            system.check_rhs(rhs)?;
        }
        Ok(LinearSystem { rhs, ..system })
    }

    /// As [`LinearSystem::gram`], of files in any format of [`read_matrix`]: the gradients and a vector.
    pub fn load_gram(
        path: impl AsRef<Path>,
        rhs_path: Option<&Path>,
        shift: f64,
    ) -> Result<Self, SystemError> {
        let path = path.as_ref();
        let invalid = |kind| SystemError::Invalid { path: path.to_owned(), kind };
        let gradients = read_matrix(path)?.into_real().map_err(|matrix| {
            let entry = matrix.iter().find(|(_, _, value)| value.im != 0.0);
            let (row, column, value) = entry.unwrap_or_default();
            invalid(InvalidSystem::ComplexGradients { row, column, value })
        })?;
        let mut system = LinearSystem::gram(system_name(path), gradients, shift, None).map_err(invalid)?;
        if let Some(path) = rhs_path {
            let rhs = read_vector(path)?;
            system.check_rhs(&rhs).map_err(|kind| SystemError::Invalid { path: path.to_owned(), kind })?;
            system.rhs = Some(rhs);
        }
        Ok(system)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conditioning::is_symmetric;
    use proptest::prelude::*;

    fn gradients(samples: usize, unknowns: usize, values: &[f64]) -> SparseMatrix<f64> {
        let entries = values.iter().enumerate().map(|(k, &value)| (k / unknowns, k % unknowns, value));
        SparseMatrix::from_triplets(samples, unknowns, entries).unwrap()
    }

    proptest! {
        #[test]
        fn the_matrix_is_the_product(
            (samples, unknowns, values) in (1..9usize, 1..7usize).prop_flat_map(|(samples, unknowns)| {
                (Just(samples), Just(unknowns), proptest::collection::vec(-2.0..2.0f64, samples * unknowns))
            }),
            shift in 0.0..3.0f64,
        ) {
            let factor = GramFactor::new(gradients(samples, unknowns, &values), shift).unwrap();
            let matrix = factor.matrix().unwrap();
            prop_assert!(is_symmetric(&matrix));
            let dense = factor.gradients.to_dense();
            let expected = dense.t().dot(&dense) / samples as f64;
            for row in 0..unknowns {
                for column in 0..unknowns {
                    let expected = expected[(row, column)] + if row == column { shift } else { 0.0 };
                    prop_assert!((matrix.get(row, column) - expected).abs() <= 2.0 * factor.rounding());
                }
            }
        }
    }

    #[test]
    fn sums_keep_what_cancels() {
        let factor = GramFactor::new(gradients(3, 2, &[1e8, 1e8, 1.0, 1.0, 1e8, -1e8]), 0.0).unwrap();
        assert_eq!(factor.matrix().unwrap().get(0, 1), 1.0 / 3.0);
    }

    #[test]
    fn what_is_no_gram_system_is_refused() {
        let good = gradients(1, 2, &[1.0, 2.0]);
        for shift in [-1e-3, f64::NAN, f64::INFINITY] {
            let error = LinearSystem::gram("g", good.clone(), shift, None).unwrap_err();
            assert!(matches!(error, InvalidSystem::Shift { .. }));
        }
        let error = LinearSystem::gram("g", good.clone(), 0.1, Some(vec![1.0])).unwrap_err();
        assert_eq!(error, InvalidSystem::GramRhsLength { expected: 2, found: 1, samples: 1 });
        let zero = LinearSystem::gram("g", gradients(1, 2, &[0.0, 0.0]), 0.1, None);
        assert_eq!(zero, Err(InvalidSystem::ZeroMatrix));
        let infinite = LinearSystem::gram("g", gradients(1, 2, &[0.0, f64::INFINITY]), 0.1, None);
        assert!(matches!(infinite, Err(InvalidSystem::NotFinite { row: 0, column: 1, .. })));
        let overflowing = LinearSystem::gram("g", gradients(1, 2, &[1e200, 1.0]), 0.1, None);
        assert_eq!(overflowing, Err(InvalidSystem::GramOverflow { row: 0, column: 0 }));
        let system = LinearSystem::gram("g", good, 0.5, Some(vec![1.0, 0.0])).unwrap();
        assert_eq!(system.matrix.get(1, 1), 4.5);
        assert_eq!(system.factor.map(|factor| (factor.samples(), factor.shift)), Some((1, 0.5)));
    }
}
