use ndarray::Array2;
use proptest::prelude::*;

use super::*;
use crate::spectrum::{SpectrumOptions, spectrum};
use crate::start_vector::random_unit_vector;
use crate::test_matrices::{HESSIANS, hessian};

/// A matrix with singular values from 1 down to 1/kappa, logarithmically spaced, between reflections.
fn with_condition(dimension: usize, kappa: f64, definite: bool, seed: u64) -> SparseMatrix<f64> {
    let mut matrix = Array2::zeros((dimension, dimension));
    for index in 0..dimension {
        let value = kappa.powf(-(index as f64) / (dimension - 1) as f64);
        matrix[(index, index)] = if definite || index % 2 == 0 { value } else { -value };
    }
    for reflection in 0..3 {
        let normal = ndarray::Array1::from(random_unit_vector(dimension, 3 * seed + reflection));
        let column = normal.clone().insert_axis(ndarray::Axis(1));
        let left = normal.dot(&matrix).insert_axis(ndarray::Axis(0));
        matrix = matrix - 2.0 * column.dot(&left);
        let right = matrix.dot(&normal).insert_axis(ndarray::Axis(1));
        matrix = matrix - 2.0 * right.dot(&normal.clone().insert_axis(ndarray::Axis(0)));
    }
    let symmetric = 0.5 * (&matrix + &matrix.t());
    SparseMatrix::from_dense(&symmetric)
}

fn check(matrix: &SparseMatrix<f64>, kappa: f64, label: &str) {
    let system = ConditionSystem::new(matrix, 1).unwrap();
    for estimator in CONDITION_ESTIMATORS {
        let estimate = estimator.estimate(&system, None).unwrap();
        assert!(estimate.contains(kappa), "{label}, kappa {kappa}: {estimate:?}");
        let narrow = matches!(estimator.name(), "exact" | "lanczos");
        assert!(!narrow || kappa >= 1e6 || estimate.width() <= 1.25, "{label}, kappa {kappa}: {estimate:?}");
        assert!(estimator.name() != "products" || estimate.products <= 60);
    }
}

#[test]
fn the_shipped_hessians_are_within_every_interval() {
    for name in HESSIANS {
        let matrix = hessian(name);
        let kappa = spectrum(&matrix, &SpectrumOptions::default()).unwrap().condition_number.unwrap();
        check(&matrix, kappa, name);
    }
}

#[test]
fn the_bound_from_norm_and_determinant_is_as_loose_as_documented() {
    for (name, expected) in HESSIANS.iter().zip([4.515187, 6.905936, 7.839714, 4.890080, 91.619168, 4.188035])
    {
        let system = ConditionSystem::new(&hessian(name), 0).unwrap();
        let found = NormDeterminant.estimate(&system, None).unwrap().log10;
        assert!((found - expected).abs() < 1e-5, "{name}: {found}");
    }
}

#[test]
fn tiny_diagonal_and_extreme_matrices() {
    check(&SparseMatrix::identity(1), 1.0, "1 x 1");
    for scale in [1e-200, 1.0, 1e200] {
        let pair = SparseMatrix::from_triplets(2, 2, [(0, 0, 3.0 * scale), (1, 1, -scale)]).unwrap();
        check(&pair, 3.0, "2 x 2");
        let diagonal = (0..40).map(|index| (index, index, scale * (1.0 + index as f64)));
        check(&SparseMatrix::from_triplets(40, 40, diagonal).unwrap(), 40.0, "diagonal");
    }
    let general = [(0, 0, 2.0), (0, 1, 5.0), (1, 1, 0.5)];
    let general = SparseMatrix::from_triplets(2, 2, general).unwrap();
    let kappa = spectrum(&general, &SpectrumOptions::default()).unwrap().condition_number.unwrap();
    check(&general, kappa, "not symmetric");
}

#[test]
fn singular_matrices_have_no_bound() {
    let ones = [(0, 0, 1.0), (0, 1, 1.0), (1, 0, 1.0), (1, 1, 1.0)];
    let empty_row = [(0, 0, 1.0), (1, 2, 4.0), (2, 1, 4.0)];
    for matrix in [
        SparseMatrix::from_triplets(2, 2, ones).unwrap(),
        SparseMatrix::from_triplets(4, 4, empty_row).unwrap(),
    ] {
        let system = ConditionSystem::new(&matrix, 0).unwrap();
        for estimator in CONDITION_ESTIMATORS {
            let estimate = estimator.estimate(&system, None).unwrap();
            assert!(estimate.interval[1] > 1e14, "{estimate:?}");
            if matches!(estimator.name(), "exact" | "lanczos" | "condest") {
                assert_eq!(estimate.value, f64::INFINITY, "{estimate:?}");
            }
        }
    }
    let infinite = SparseMatrix::from_triplets(1, 1, [(0, 0, f64::INFINITY)]);
    assert!(infinite.is_err() || ConditionSystem::new(&infinite.unwrap(), 0).is_err());
}

#[test]
fn a_small_step_needs_no_products() {
    let before = hessian("digits-30");
    let known = spectrum(&before, &SpectrumOptions::default()).unwrap();
    let step = crate::conditioning::add_to_diagonal(&before, 0.01 * known.smallest);
    let warm = WarmStart::new(before, &known);
    let kappa = spectrum(&step, &SpectrumOptions::default()).unwrap().condition_number.unwrap();
    let system = ConditionSystem::new(&step, 0).unwrap();
    let (cold, warm) =
        (Lanczos.estimate(&system, None).unwrap(), Lanczos.estimate(&system, Some(&warm)).unwrap());
    assert!(warm.contains(kappa) && warm.width() <= 1.25, "{warm:?}");
    assert!(warm.products + warm.substitutions == 0 && cold.products > 0);
}

#[test]
fn an_operator_needs_no_matrix() {
    let apply = |vector: &[f64]| {
        vector.iter().enumerate().map(|(index, value)| (1.0 + (index % 7) as f64) * value).collect()
    };
    let estimate = condition_of_operator(5000, apply, 0.0, 3).unwrap();
    assert!(estimate.contains(7.0) && estimate.width() < 1.01 && estimate.products <= 60, "{estimate:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_matrices_are_within_every_interval(
        dimension in 8_usize..128,
        exponent in 0.0..10.0_f64,
        definite: bool,
        seed in 0_u64..1000,
    ) {
        let kappa = 10_f64.powf(exponent);
        check(&with_condition(dimension, kappa, definite, seed), kappa, "random");
    }
}
