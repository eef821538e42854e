//! The planes that an orthogonal matrix turns: its real Schur form.

use super::reflections::{Reflection, is_improper};
use ndarray::{Array2, s};
use qnewton_matrix::DecompositionError;
use std::f64::consts::PI;

/// Sweeps for one eigenvalue before giving up; a handful is usual.
const SWEEPS: usize = 60;

/// Shifts are replaced by others after this many sweeps without success.
const EXCEPTIONAL: usize = 10;

/// basis R basis^T, R the direct sum of rotations by the angles in the planes of columns (2k, 2k + 1).
#[derive(Debug)]
pub(super) struct InvariantPlanes {
    /// Orthogonal, of determinant 1.
    pub(super) basis: Array2<f64>,
    pub(super) angles: Vec<f64>,
}

/// The planes of an orthogonal matrix of even dimension and determinant 1, with angles in \[-pi, pi\].
///
/// A normal matrix in real Schur form is a direct sum of rotations of planes and of numbers 1 and -1, each an even
/// number of times here; equal and nearly equal angles need no care.
pub(super) fn invariant_planes(matrix: &Array2<f64>) -> Result<InvariantPlanes, DecompositionError> {
    let size = matrix.nrows();
    let Schur { mut form, mut basis } = real_schur(matrix)?;
    let (mut planes, mut fixed, mut inverted) = (Vec::new(), Vec::new(), Vec::new());
    let mut k = 0;
    while k < size {
        if k + 1 == size || form[(k + 1, k)] == 0.0 {
            if form[(k, k)] > 0.0 { &mut fixed } else { &mut inverted }.push(k);
            k += 1;
            continue;
        }
        let (a, b, c, d) = (form[(k, k)], form[(k, k + 1)], form[(k + 1, k)], form[(k + 1, k + 1)]);
        if a * d - b * c > 0.0 {
            planes.push((k, k + 1, (c - b).atan2(a + d)));
        } else {
            // A reflection: its axes are half the angle of its first column away.
            let (sine, cosine) = ((b + c).atan2(a - d) / 2.0).sin_cos();
            for mut row in basis.rows_mut() {
                let (x, y) = (row[k], row[k + 1]);
                (row[k], row[k + 1]) = (cosine * x + sine * y, cosine * y - sine * x);
            }
            form[(k + 1, k)] = 0.0;
            fixed.push(k);
            inverted.push(k + 1);
        }
        k += 2;
    }
    for (list, angle) in [(fixed, 0.0), (inverted, PI)] {
        planes.extend(list.chunks_exact(2).map(|pair| (pair[0], pair[1], angle)));
    }
    if 2 * planes.len() != size {
        return Err(DecompositionError::NoConvergence);
    }
    let order: Vec<usize> = planes.iter().flat_map(|&(first, second, _)| [first, second]).collect();
    let mut basis = Array2::from_shape_fn((size, size), |(row, column)| basis[(row, order[column])]);
    let mut angles: Vec<f64> = planes.into_iter().map(|(_, _, angle)| angle).collect();
    if is_improper(&basis) {
        basis.column_mut(0).mapv_inplace(|entry| -entry);
        angles[0] = -angles[0];
    }
    Ok(InvariantPlanes { basis, angles })
}

/// basis form basis^T, form block upper triangular with blocks of dimension 1 and 2.
struct Schur {
    form: Array2<f64>,
    basis: Array2<f64>,
}

/// The real Schur form of an orthogonal matrix: Householder's reduction to Hessenberg form, then Francis' implicit
/// double shifts (Golub, Van Loan, Matrix Computations, 7.5). Entries below rounding, relative to the norm 1, vanish.
fn real_schur(matrix: &Array2<f64>) -> Result<Schur, DecompositionError> {
    let size = matrix.nrows();
    let mut schur = Schur { form: matrix.clone(), basis: Array2::eye(size) };
    for k in 1..size.saturating_sub(1) {
        let column: Vec<f64> = schur.form.column(k - 1).iter().skip(k).copied().collect();
        schur.reflect(&Reflection::of(&column), k, column.len(), k - 1, size);
        schur.form.slice_mut(s![k + 1.., k - 1]).fill(0.0);
    }
    // What lies at `end` and beyond is finished.
    let (mut end, mut sweeps) = (size, 0);
    while end > 1 {
        let mut start = end - 1;
        while start > 0 {
            if schur.form[(start, start - 1)].abs() <= f64::EPSILON {
                schur.form[(start, start - 1)] = 0.0;
                break;
            }
            start -= 1;
        }
        if end - start <= 2 {
            (end, sweeps) = (start, 0);
            continue;
        }
        if sweeps == SWEEPS || !schur.form[(end - 1, end - 1)].is_finite() {
            return Err(DecompositionError::NoConvergence);
        }
        sweeps += 1;
        schur.sweep(start, end, sweeps % EXCEPTIONAL == 0);
    }
    Ok(schur)
}

impl Schur {
    /// Changes the basis by a reflection of the places from `first` on. The form has entries from column `left` on
    /// and above row `bottom` only.
    fn reflect(&mut self, reflection: &Reflection, first: usize, places: usize, left: usize, bottom: usize) {
        let range = first..first + places;
        reflection.reflect_rows(self.form.slice_mut(s![range.clone(), left..]));
        reflection.reflect_columns(self.form.slice_mut(s![..bottom, range.clone()]));
        reflection.reflect_columns(self.basis.slice_mut(s![.., range]));
    }

    /// One sweep with the two eigenvalues of the last block as shifts, over an active part of dimension 3 or more.
    fn sweep(&mut self, start: usize, end: usize, exceptional: bool) {
        let h = &self.form;
        let last = end - 1;
        let (mut x, mut y) = (h[(last, last)], h[(last - 1, last - 1)]);
        let mut w = h[(last, last - 1)] * h[(last - 1, last)];
        if exceptional {
            // Orthogonal matrices may be fixed points of the sweep, such as cyclic permutations.
            let size = h[(last, last - 1)].abs() + h[(last - 1, last - 2)].abs();
            (x, y, w) = (x + 0.75 * size, x + 0.75 * size, -0.4375 * size * size);
        }
        // The first column of (H - shift) (H - other shift), divided by an entry of H: in differences, which close to
        // the identity do not cancel.
        let (a, b) = (h[(start, start)], h[(start, start + 1)]);
        let (c, d) = (h[(start + 1, start)], h[(start + 1, start + 1)]);
        let (x, y) = (x - a, y - a);
        let mut bulge = vec![(x * y - w) / c + b, d - a - x - y, h[(start + 2, start + 1)]];
        for k in start..last {
            let left = if k > start { k - 1 } else { start };
            self.reflect(&Reflection::of(&bulge), k, bulge.len(), left, (k + 4).min(end));
            if k > start {
                self.form.slice_mut(s![k + 1..k + bulge.len(), k - 1]).fill(0.0);
            }
            bulge = self.form.slice(s![k + 1..(k + 4).min(end), k]).to_vec();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::reflections::tests::{distance, is_orthogonal, rotations};
    use super::*;
    use proptest::prelude::*;

    fn check(matrix: &Array2<f64>) {
        let planes = invariant_planes(matrix).unwrap();
        assert!(is_orthogonal(&planes.basis) && !is_improper(&planes.basis));
        let mut turned = Array2::zeros(matrix.dim());
        for (k, angle) in planes.angles.iter().enumerate() {
            let (sine, cosine) = angle.sin_cos();
            let block = ndarray::array![[cosine, -sine], [sine, cosine]];
            turned.slice_mut(s![2 * k..2 * k + 2, 2 * k..2 * k + 2]).assign(&block);
        }
        let off = distance(&planes.basis.dot(&turned).dot(&planes.basis.t()), matrix);
        assert!(off < 1e-13, "{off}");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_rotation_turns_its_planes(matrix in (1usize..9).prop_flat_map(|half| rotations(2 * half))) {
            check(&matrix);
        }
    }

    #[test]
    fn cyclic_permutations_have_planes() {
        for size in [2usize, 4, 8, 16, 64] {
            // An even cycle has determinant -1: one sign makes it 1.
            let cycle = Array2::from_shape_fn((size, size), |(i, j)| {
                f64::from(u8::from(i == (j + 1) % size)) * if i == 0 { -1.0 } else { 1.0 }
            });
            check(&cycle);
            check(&cycle.dot(&cycle));
        }
    }
}
