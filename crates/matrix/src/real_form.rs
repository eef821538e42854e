//! Complex systems as real ones of twice the size.
//!
//! Unknown k of a complex system becomes the unknowns 2k, its real part, and 2k + 1, its imaginary part: an entry a + bi
//! becomes the 2 x 2 block \[\[a, -b\], \[b, a\]\]. Singular values are those of the complex matrix, each twice; a Hermitian
//! matrix becomes a symmetric one, a positive definite one stays so. A relative error of the real solution is that of the
//! complex one. On qubits the part is the least significant one of the row index, whatever is padded.

use std::path::Path;

use num_complex::Complex64;

use crate::read::read_matrix;
use crate::scalar::Scalar;
use crate::sparse::{MatrixError, SparseMatrix};
use crate::system::{InvalidSystem, LinearSystem, SystemError};

/// The real form of a matrix: 2 rows x 2 columns for each of its own.
///
/// An error if that has more rows or columns than a matrix may have.
pub fn real_form(matrix: &SparseMatrix<Complex64>) -> Result<SparseMatrix<f64>, MatrixError> {
    let parts = matrix.iter().flat_map(|(row, column, value)| {
        [
            (2 * row, 2 * column, value.re),
            (2 * row, 2 * column + 1, -value.im),
            (2 * row + 1, 2 * column, value.im),
            (2 * row + 1, 2 * column + 1, value.re),
        ]
    });
    SparseMatrix::from_triplets(
        2 * matrix.rows(),
        2 * matrix.cols(),
        parts.filter(|(_, _, value)| *value != 0.0),
    )
}

/// The real form of a vector: real and imaginary parts in turn.
pub fn real_form_of_vector(vector: &[Complex64]) -> Vec<f64> {
    vector.iter().flat_map(|value| [value.re, value.im]).collect()
}

/// The complex vector of which this is the real form; a last part that stands alone is dropped.
pub fn complex_form_of_vector(parts: &[f64]) -> Vec<Complex64> {
    parts.as_chunks().0.iter().map(|&[re, im]| Complex64::new(re, im)).collect()
}

impl LinearSystem {
    /// The real form of a system that is read as real: what may be solved with complex right-hand sides. Of one with a
    /// factor the matrix is left.
    pub fn to_real_form(&self) -> Result<Self, InvalidSystem> {
        if self.real_form {
            return Ok(self.clone());
        }
        let parts = |values: &Vec<f64>, imaginary: fn(f64) -> f64| {
            values.iter().flat_map(|&value| [value, imaginary(value)]).collect()
        };
        Ok(LinearSystem {
            matrix: real_form(&self.matrix.map(Complex64::from))?,
            rhs: self.rhs.as_ref().map(|rhs| parts(rhs, |_| 0.0)),
            scaling: self.scaling.as_ref().map(|scaling| parts(scaling, |factor| factor)),
            name: self.name.clone(),
            reports: self.reports.clone(),
            real_form: true,
            factor: None,
        })
    }

    /// Reads right-hand sides for this matrix, one or several, from files in any format of [`read_matrix`]: of each file
    /// the columns of an N x k matrix, or a vector, which may be a single row. They are checked and scaled as
    /// [`LinearSystem::rhs`] is. If one of them has imaginary parts, the system becomes its real form, and so do all.
    pub fn read_right_hand_sides(
        &mut self,
        paths: &[impl AsRef<Path>],
    ) -> Result<Vec<Vec<Vec<f64>>>, SystemError> {
        let files: Vec<_> = paths
            .iter()
            .map(|path| Ok((path.as_ref(), read_matrix(path)?.into_real())))
            .collect::<Result<_, SystemError>>()?;
        let invalid = |path: &Path, kind| SystemError::Invalid { path: path.to_owned(), kind };
        if let Some((path, _)) = files.iter().find(|(_, entries)| entries.is_err()) {
            *self = self.to_real_form().map_err(|kind| invalid(path, kind))?;
        }
        let columns =
            |(path, entries): (&Path, _)| self.right_hand_sides(entries).map_err(|kind| invalid(path, kind));
        files.into_iter().map(columns).collect()
    }

    fn right_hand_sides(
        &self,
        entries: Result<SparseMatrix<f64>, SparseMatrix<Complex64>>,
    ) -> Result<Vec<Vec<f64>>, InvalidSystem> {
        let columns = match entries {
            Ok(real) => self.columns(real)?,
            Err(complex) => self.columns(complex)?,
        };
        let several = columns.len() > 1;
        let checked = |(column, rhs)| {
            self.prepared_rhs(rhs).map_err(|kind| match several {
                true => InvalidSystem::Column { column, kind: Box::new(kind) },
                false => kind,
            })
        };
        columns.into_iter().enumerate().map(checked).collect()
    }

    /// The columns of a file, as long as the unknowns are.
    fn columns<S: Scalar>(&self, entries: SparseMatrix<S>) -> Result<Vec<Vec<f64>>, InvalidSystem> {
        let parts = if self.real_form { 2 } else { 1 };
        let expected = self.dimension() / parts;
        let is_row = entries.rows() == 1 && expected > 1;
        let found = if is_row { entries.cols() } else { entries.rows() };
        if found != expected {
            return Err(self.wrong_length(expected, found));
        }
        let columns = if is_row { entries } else { entries.transpose() };
        let column = |position| {
            let mut rhs = vec![0.0; self.dimension()];
            columns.row(position).for_each(|(row, value)| {
                rhs[parts * row] = value.real_part();
                if self.real_form {
                    rhs[parts * row + 1] = value.imaginary_part();
                }
            });
            rhs
        };
        Ok((0..columns.rows()).map(column).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Preparation, SpectrumOptions, is_symmetric, singular_value_decomposition, solve, spectrum};

    fn c(re: f64, im: f64) -> Complex64 {
        Complex64::new(re, im)
    }

    fn hermitian() -> SparseMatrix<Complex64> {
        let entries = [(0, 0, c(2.0, 0.0)), (0, 1, c(0.5, 1.0)), (1, 0, c(0.5, -1.0)), (1, 1, c(3.0, 0.0))];
        SparseMatrix::from_triplets(2, 2, entries).unwrap()
    }

    #[test]
    fn the_real_form_multiplies_as_the_complex_matrix_does() {
        let matrix = SparseMatrix::from_triplets(
            2,
            2,
            [(0, 0, c(1.0, 2.0)), (0, 1, c(0.0, -1.0)), (1, 0, c(3.0, 0.5))],
        );
        let matrix = matrix.unwrap();
        let vector = [c(0.3, -1.0), c(2.0, 0.7)];
        let product: Vec<Complex64> =
            (0..2).map(|row| matrix.row(row).map(|(column, value)| value * vector[column]).sum()).collect();
        let form = real_form(&matrix).unwrap();
        let parts = form.mul_vec(&real_form_of_vector(&vector));
        for (found, expected) in complex_form_of_vector(&parts).iter().zip(&product) {
            assert!((found - expected).norm() < 1e-15);
        }
        assert!(is_symmetric(&real_form(&hermitian()).unwrap()) && !is_symmetric(&form));
    }

    #[test]
    fn singular_values_come_twice() {
        // Eigenvalues of the matrix above: (5 +- sqrt(1 + 4 * 1.25)) / 2.
        let root = 6.0_f64.sqrt();
        let form = real_form(&hermitian()).unwrap();
        let singular = singular_value_decomposition(&form.to_dense()).unwrap().values;
        for (found, expected) in singular.iter().zip([5.0 + root, 5.0 + root, 5.0 - root, 5.0 - root]) {
            assert!((found - expected / 2.0).abs() < 1e-14);
        }
        let condition = spectrum(&form, &SpectrumOptions::default()).unwrap().condition_number.unwrap();
        assert!((condition - (5.0 + root) / (5.0 - root)).abs() < 1e-12);
    }

    #[test]
    fn complex_files_make_a_real_form_and_prepare_it() {
        let folder = tempfile::tempdir().unwrap();
        let written = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        let banner = "%%MatrixMarket matrix array";
        let complex = written("a.mtx", &format!("{banner} complex general\n2 2\n3 4\n0 0\n0 0\n2 0\n"));
        let real = written("r.mtx", &format!("{banner} real general\n2 2\n4\n0\n0\n1\n"));
        let rhs = written("b.mtx", &format!("{banner} complex general\n2 1\n1 0\n0 2\n"));
        let plain = written("p.mtx", &format!("{banner} real general\n2 1\n1\n2\n"));
        let damping = Preparation { damping: 0.5, ..Preparation::default() };
        let system = LinearSystem::load(&complex, Some(&plain), &damping).unwrap();
        // The largest modulus is 5.
        assert!(system.real_form && system.dimension() == 4);
        assert_eq!((system.matrix.get(0, 0), system.matrix.get(0, 1)), (5.5, -4.0));
        assert_eq!(system.rhs, Some(vec![1.0, 0.0, 2.0, 0.0]));

        let jacobi = Preparation { jacobi: true, ..Preparation::default() };
        let system = LinearSystem::load(&real, Some(&rhs), &jacobi).unwrap();
        assert_eq!(system.scaling, Some(vec![0.5, 0.5, 1.0, 1.0]));
        let rhs_of_scaled = system.rhs.clone().unwrap();
        let y = solve(&system.matrix, &rhs_of_scaled).unwrap().x;
        let x: Vec<f64> = y.iter().zip(system.scaling.iter().flatten()).map(|(y, s)| y * s).collect();
        assert_eq!(complex_form_of_vector(&x), [c(0.25, 0.0), c(0.0, 2.0)]);

        let mut both = LinearSystem::load(&real, None, &Preparation::default()).unwrap();
        let files = both.read_right_hand_sides(&[&plain, &rhs]).unwrap();
        assert_eq!(files, [[[1.0, 0.0, 2.0, 0.0]], [[1.0, 0.0, 0.0, 2.0]]]);
        assert!(both.real_form);

        let pruned = Preparation { prune: Some(1), ..Preparation::default() };
        let error = LinearSystem::load(&complex, None, &pruned).unwrap_err();
        assert!(error.to_string().ends_with("would be taken for entries of their own"), "{error}");
        let short = written("s.mtx", &format!("{banner} complex general\n3 1\n1 1\n0 2\n1 0\n"));
        let error = LinearSystem::load(&complex, Some(&short), &Preparation::default()).unwrap_err();
        assert!(error.to_string().contains("has 3 entries; the matrix has 2 rows"), "{error}");
    }
}
