//! The cosine-sine decomposition of an orthogonal matrix, all factors of determinant 1.

use super::reflections::{is_improper, orthonormalised};
use ndarray::{Array2, Axis, concatenate, s};
use qnewton_matrix::{DecompositionError, singular_value_decomposition};
use std::f64::consts::{FRAC_1_SQRT_2, PI};

/// (left\[0\] + left\[1\]) (C, -S; S, C) (right\[0\] + right\[1\]), + the direct sum, C and S the cosines and sines
/// of the angles.
#[derive(Debug)]
pub(super) struct CosineSine {
    pub(super) left: [Array2<f64>; 2],
    pub(super) angles: Vec<f64>,
    pub(super) right: [Array2<f64>; 2],
}

/// Decomposes an orthogonal matrix of even dimension and determinant 1; so have all factors.
///
/// The singular vectors of the upper left block resolve small cosines; where cosines are large, those of the lower
/// left block, restricted to their space, resolve the sines (Van Loan, Numer. Math. 46, 479, 1985).
pub(super) fn cosine_sine(matrix: &Array2<f64>) -> Result<CosineSine, DecompositionError> {
    let half = matrix.nrows() / 2;
    let block = |row: usize, column: usize| {
        matrix.slice(s![row * half..(row + 1) * half, column * half..(column + 1) * half]).to_owned()
    };
    let (upper, lower) = (block(0, 0), block(1, 0));
    let decomposition = singular_value_decomposition(&upper)?;
    let large = decomposition.values.partition_point(|&cosine| cosine > FRAC_1_SQRT_2);
    let (first, rest) = decomposition.right.view().split_at(Axis(1), large);
    let within = singular_value_decomposition(&lower.dot(&first))?.right;
    // By decreasing cosine: singular values, here sines, come in decreasing order.
    let refined = first.dot(&within.slice(s![.., ..;-1]));
    let vectors = concatenate![Axis(1), refined, rest];

    // Columns in decreasing order of length, so that what is lost in short ones does not spread.
    let cosines = upper.dot(&vectors);
    let sines = lower.dot(&vectors);
    let mut left = [
        orthonormalised(cosines.clone()),
        orthonormalised(sines.slice(s![.., ..;-1]).to_owned()).slice(s![.., ..;-1]).to_owned(),
    ];
    let length =
        |basis: &Array2<f64>, columns: &Array2<f64>, k: usize| basis.column(k).dot(&columns.column(k));
    let mut angles: Vec<f64> =
        (0..half).map(|k| length(&left[1], &sines, k).atan2(length(&left[0], &cosines, k))).collect();
    let mut last = left[1].t().dot(&block(1, 1));
    let other = left[0].t().dot(&block(0, 1));
    for (k, (mut row, from)) in last.rows_mut().into_iter().zip(other.rows()).enumerate() {
        let (sine, cosine) = angles[k].sin_cos();
        row.zip_mut_with(&from, |entry, other| *entry = cosine * *entry - sine * other);
    }
    let mut right = [vectors.reversed_axes(), last];
    make_proper(&mut left, &mut angles, &mut right);
    Ok(CosineSine { left, angles, right })
}

/// Flips the first columns on the left and the first rows on the right until all determinants are 1. Flips come in
/// pairs, each of which the first angle can undo.
fn make_proper(left: &mut [Array2<f64>; 2], angles: &mut [f64], right: &mut [Array2<f64>; 2]) {
    let improper = [&left[0], &left[1], &right[0], &right[1]].map(is_improper);
    for (side, flip) in improper[..2].iter().enumerate() {
        if *flip {
            left[side].column_mut(0).mapv_inplace(|entry| -entry);
        }
    }
    for (side, flip) in improper[2..].iter().enumerate() {
        if *flip {
            right[side].row_mut(0).mapv_inplace(|entry| -entry);
        }
    }
    // The signs of cosine (left 0, right 0) and of sine (left 1, right 0).
    let angle = angles[0];
    angles[0] = match (improper[0] ^ improper[2], improper[1] ^ improper[2]) {
        (false, false) => angle,
        (false, true) => -angle,
        (true, false) => PI - angle,
        (true, true) => angle + PI,
    };
}

#[cfg(test)]
mod tests {
    use super::super::reflections::tests::{distance, is_orthogonal, rotations};
    use super::*;
    use proptest::prelude::*;

    fn product(factors: &CosineSine) -> Array2<f64> {
        let half = factors.angles.len();
        let sum = |blocks: &[Array2<f64>; 2]| {
            let mut sum = Array2::zeros((2 * half, 2 * half));
            sum.slice_mut(s![..half, ..half]).assign(&blocks[0]);
            sum.slice_mut(s![half.., half..]).assign(&blocks[1]);
            sum
        };
        let mut middle = Array2::zeros((2 * half, 2 * half));
        for (k, angle) in factors.angles.iter().enumerate() {
            let (sine, cosine) = angle.sin_cos();
            (middle[(k, k)], middle[(half + k, half + k)]) = (cosine, cosine);
            (middle[(k, half + k)], middle[(half + k, k)]) = (-sine, sine);
        }
        sum(&factors.left).dot(&middle).dot(&sum(&factors.right))
    }

    fn check(matrix: &Array2<f64>) {
        let factors = cosine_sine(matrix).unwrap();
        for factor in factors.left.iter().chain(&factors.right) {
            assert!(is_orthogonal(factor) && !is_improper(factor));
        }
        let off = distance(&product(&factors), matrix);
        assert!(off < 1e-13, "{off}");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_rotation_is_the_product_of_its_factors(
            matrix in (1usize..9).prop_flat_map(|half| rotations(2 * half))
        ) {
            check(&matrix);
        }
    }

    #[test]
    fn sines_far_apart_but_invisible_in_the_cosines_are_resolved() {
        // Angles 1e-8 and 3e-9 have the same cosine in double precision.
        for angles in [[1e-8, 3e-9, 1e-5, 0.0], [1e-16, 1e-9, 1.5, 1.0], [0.0, 0.0, 1e-9, 2e-9]] {
            let turned = |seed: f64| {
                orthonormalised(Array2::from_shape_fn((4, 4), |(i, j)| ((i * 7 + j * 3) as f64 * seed).sin()))
            };
            let factors = CosineSine {
                left: [turned(1.0), turned(2.0)],
                angles: angles.to_vec(),
                right: [turned(3.0), turned(4.0)],
            };
            let mut matrix = product(&factors);
            if is_improper(&matrix) {
                matrix.row_mut(0).mapv_inplace(|entry| -entry);
            }
            check(&matrix);
        }
    }
}
