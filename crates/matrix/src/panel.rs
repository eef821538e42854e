//! Products of a matrix with panels: a few vectors side by side, for which the matrix is read once.

use faer::{Mat, MatRef};
use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

use crate::block_lanczos::BLOCK;
use crate::sparse::SparseMatrix;

/// Rows that are computed at a time.
const ROWS: usize = 64;
/// Parts in which the product with the transpose is summed: a fixed number, so that the sum does not depend on the number
/// of threads.
const PARTS: usize = 4;

/// The product of a matrix with a panel of at most [`BLOCK`] columns.
pub(crate) fn product(matrix: &SparseMatrix<f64>, panel: MatRef<'_, f64>) -> Mat<f64> {
    if panel.ncols() == 1 {
        return from_vector(&matrix.mul_vec(&to_vector(panel)));
    }
    let panel_rows = rows_of(panel);
    let mut product = vec![[0.0; BLOCK]; matrix.rows()];
    product.par_chunks_mut(ROWS).enumerate().for_each(|(chunk, target)| {
        Arch::new().dispatch(Gather { matrix, first_row: chunk * ROWS, panel: &panel_rows, target });
    });
    Mat::from_fn(matrix.rows(), panel.ncols(), |row, column| product[row][column])
}

/// The product of the transpose of a matrix with a panel of at most [`BLOCK`] columns.
pub(crate) fn product_transposed(matrix: &SparseMatrix<f64>, panel: MatRef<'_, f64>) -> Mat<f64> {
    if panel.ncols() == 1 {
        let mut product = vec![0.0; matrix.cols()];
        for (row, &factor) in panel.col(0).iter().enumerate() {
            matrix.row(row).for_each(|(column, value)| product[column] += value * factor);
        }
        return from_vector(&product);
    }
    let ends: Vec<usize> = (1..=PARTS).map(|part| matrix.rows() * part / PARTS).collect();
    scattered(matrix, panel, &ends, Part::Whole)
}

/// The product of a symmetric matrix with a panel of at most [`BLOCK`] columns; of a larger panel than a vector, only
/// the lower triangle of the matrix is read.
pub(crate) fn product_symmetric(matrix: &SparseMatrix<f64>, panel: MatRef<'_, f64>) -> Mat<f64> {
    if panel.ncols() == 1 {
        return product(matrix, panel);
    }
    // Parts of a triangle with equal areas.
    let share = |part: usize| (part as f64 / PARTS as f64).sqrt();
    let ends: Vec<usize> = (1..=PARTS).map(|part| (matrix.rows() as f64 * share(part)) as usize).collect();
    scattered(matrix, panel, &ends, Part::LowerTriangle)
}

/// The sum of what the rows contribute, in parts that end at these rows.
fn scattered(matrix: &SparseMatrix<f64>, panel: MatRef<'_, f64>, ends: &[usize], part: Part) -> Mat<f64> {
    let panel_rows = rows_of(panel);
    let sums: Vec<_> = ends
        .par_iter()
        .enumerate()
        .with_max_len(1)
        .map(|(index, &end)| {
            let rows = if index == 0 { 0 } else { ends[index - 1] }..end;
            let mut target = vec![[0.0; BLOCK]; matrix.cols()];
            Arch::new().dispatch(Scatter { matrix, rows, part, panel: &panel_rows, target: &mut target });
            target
        })
        .collect();
    Mat::from_fn(matrix.cols(), panel.ncols(), |row, column| sums.iter().map(|sum| sum[row][column]).sum())
}

fn to_vector(panel: MatRef<'_, f64>) -> Vec<f64> {
    panel.col(0).iter().copied().collect()
}

fn from_vector(vector: &[f64]) -> Mat<f64> {
    Mat::from_fn(vector.len(), 1, |row, _| vector[row])
}

fn rows_of(panel: MatRef<'_, f64>) -> Vec<[f64; BLOCK]> {
    let mut rows = vec![[0.0; BLOCK]; panel.nrows()];
    for column in 0..panel.ncols() {
        rows.iter_mut().zip(panel.col(column).iter()).for_each(|(row, &value)| row[column] = value);
    }
    rows
}

/// Rows of the product; compiled for every instruction set.
struct Gather<'a> {
    matrix: &'a SparseMatrix<f64>,
    first_row: usize,
    panel: &'a [[f64; BLOCK]],
    target: &'a mut [[f64; BLOCK]],
}

impl WithSimd for Gather<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        for (offset, target) in self.target.iter_mut().enumerate() {
            let mut sums = [0.0; BLOCK];
            for (column, value) in self.matrix.row(self.first_row + offset) {
                add(&mut sums, value, &self.panel[column]);
            }
            *target = sums;
        }
    }
}

/// Which entries of a row are read.
#[derive(Clone, Copy)]
enum Part {
    /// All of them, as those of a column of the transpose.
    Whole,
    /// Those up to the diagonal of a symmetric matrix, each for its mirror image too.
    LowerTriangle,
}

/// What some rows contribute to a product.
struct Scatter<'a> {
    matrix: &'a SparseMatrix<f64>,
    rows: std::ops::Range<usize>,
    part: Part,
    panel: &'a [[f64; BLOCK]],
    target: &'a mut [[f64; BLOCK]],
}

impl WithSimd for Scatter<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        for row in self.rows {
            let factors = self.panel[row];
            match self.part {
                Part::Whole => {
                    self.matrix
                        .row(row)
                        .for_each(|(column, value)| add(&mut self.target[column], value, &factors));
                }
                Part::LowerTriangle => {
                    let mut sums = [0.0; BLOCK];
                    for (column, value) in self.matrix.row(row) {
                        if column >= row {
                            if column == row {
                                add(&mut sums, value, &factors);
                            }
                            break;
                        }
                        add(&mut sums, value, &self.panel[column]);
                        add(&mut self.target[column], value, &factors);
                    }
                    add(&mut self.target[row], 1.0, &sums);
                }
            }
        }
    }
}

#[inline(always)]
fn add(target: &mut [f64; BLOCK], factor: f64, vector: &[f64; BLOCK]) {
    for lane in 0..BLOCK {
        target[lane] += factor * vector[lane];
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::dense::to_dense;
    use crate::test_matrices::{square_matrix, symmetric_matrix};

    proptest! {
        #[test]
        fn a_panel_is_multiplied_as_by_the_dense_matrix(matrix in square_matrix(100), columns in 1..=BLOCK) {
            let panel =
                Mat::from_fn(matrix.rows(), columns, |row, column| (row as f64 + 0.3 * column as f64).sin());
            let (dense, tolerance) = (to_dense(&matrix), 1e-13 * matrix.frobenius_norm() * panel.norm_l2());
            let difference = product(&matrix, panel.as_ref()) - &dense * &panel;
            prop_assert!(difference.norm_max() <= tolerance);
            let difference = product_transposed(&matrix, panel.as_ref()) - dense.transpose() * &panel;
            prop_assert!(difference.norm_max() <= tolerance);
        }

        #[test]
        fn half_of_a_symmetric_matrix_suffices(matrix in symmetric_matrix(100), columns in 1..=BLOCK) {
            let panel =
                Mat::from_fn(matrix.rows(), columns, |row, column| (row as f64 + 0.3 * column as f64).sin());
            let difference = product_symmetric(&matrix, panel.as_ref()) - to_dense(&matrix) * &panel;
            prop_assert!(difference.norm_max() <= 1e-13 * matrix.frobenius_norm() * panel.norm_l2());
        }
    }
}
