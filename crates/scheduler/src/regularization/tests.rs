//! The search against dense solutions, its bounds, and its front.

use super::*;
use proptest::prelude::*;
use qnewton_matrix::{SpectrumOptions, solve};
use std::convert::Infallible;

/// A symmetric matrix: entries of the lower triangle, row by row.
fn symmetric(unknowns: usize, entries: &[f64]) -> SparseMatrix<f64> {
    let mut next = entries.iter();
    let lower = (0..unknowns).flat_map(|row| (0..=row).map(move |column| (row, column)));
    let triplets: Vec<(usize, usize, f64)> = lower
        .zip(&mut next)
        .flat_map(|((row, column), &value)| {
            let mirrored = (row != column).then_some((column, row, value));
            std::iter::once((row, column, value)).chain(mirrored)
        })
        .collect();
    SparseMatrix::from_triplets(unknowns, unknowns, triplets).unwrap()
}

fn spectrum(matrix: &SparseMatrix<f64>) -> qnewton_matrix::Spectrum {
    qnewton_matrix::spectrum(matrix, &SpectrumOptions::default()).unwrap()
}

/// Seconds that grow with sparsity and condition number.
fn seconds(system: &LinearSystem) -> Result<f64, Infallible> {
    let found = spectrum(&system.matrix);
    Ok(system.matrix.sparsity() as f64 * found.condition_number.unwrap())
}

fn search(matrix: &SparseMatrix<f64>, rhs: &[f64], cosine: f64) -> Regularization {
    let grid = RegularizationGrid::for_unknowns(matrix.rows());
    regularize(matrix, rhs, &grid, StepQuality { cosine, relative_error: None }, &mut seconds).unwrap()
}

fn symmetric_system() -> impl Strategy<Value = (SparseMatrix<f64>, Vec<f64>)> {
    (2..7_usize).prop_flat_map(|unknowns| {
        let entries = prop::collection::vec(-3.0..3.0, unknowns * (unknowns + 1) / 2);
        let rhs = prop::collection::vec(0.1..2.0, unknowns);
        (entries, rhs).prop_map(move |(entries, rhs)| (symmetric(unknowns, &entries), rhs))
    })
}

proptest! {
    #[test]
    fn candidates_are_what_their_systems_are((matrix, rhs) in symmetric_system()) {
        let found = search(&matrix, &rhs, 0.9);
        let reference =
            solve(&add_to_diagonal(&matrix, found.reference_damping * matrix.max_abs()), &rhs).unwrap().x;
        for candidate in &found.candidates {
            prop_assert!(candidate.sparsity <= candidate.entries_per_row);
            prop_assert!(
                candidate.eigenvalue_shift <= candidate.eigenvalue_shift_bound + 1e-11 * (1.0 + matrix.max_abs())
            );
            prop_assert_eq!(candidate.seconds.is_some(), candidate.descent);
            let preparation = Preparation {
                damping: candidate.damping,
                prune: Some(candidate.entries_per_row),
                ..Preparation::default()
            };
            let system =
                LinearSystem::new("s", matrix.clone(), Some(rhs.clone()), &preparation).unwrap();
            let facts = spectrum(&system.matrix);
            if candidate.condition_number > 1e6 {
                continue;
            }
            let kappa = facts.condition_number.unwrap();
            prop_assert!((kappa - candidate.condition_number).abs() <= 1e-6 * kappa);
            prop_assert_eq!(facts.positive_definite, Some(candidate.positive_definite));
            let x = solve(&system.matrix, &rhs).unwrap().x;
            let cosine = dot(&x, &reference) / (norm(&x) * norm(&reference));
            prop_assert!((cosine - candidate.cosine).abs() <= 1e-6);
            prop_assert_eq!(candidate.descent, candidate.positive_definite && dot(&x, &rhs) > 0.0);
        }
    }

    #[test]
    fn nothing_beats_the_front_and_the_best_is_the_cheapest_accepted((matrix, rhs) in symmetric_system()) {
        let found = search(&matrix, &rhs, 0.8);
        let beats = |one: &Regularized, other: &Regularized| {
            let (cheaper, closer) = (cost(one) < cost(other), one.cosine > other.cosine);
            (cheaper && one.cosine >= other.cosine) || (closer && cost(one) <= cost(other))
        };
        let usable = || found.candidates.iter().filter(|candidate| candidate.descent);
        for candidate in usable() {
            let beaten = usable().any(|other| beats(other, candidate));
            prop_assert!(!(candidate.on_front && beaten));
            let twin = usable().any(|other| {
                other.on_front && cost(other) == cost(candidate) && other.cosine == candidate.cosine
            });
            prop_assert!(beaten || twin);
        }
        let least = usable().filter(|candidate| candidate.cosine >= 0.8).map(cost).reduce(f64::min);
        prop_assert_eq!(found.best.map(|index| cost(&found.candidates[index])), least);
    }
}

#[test]
fn a_singular_hessian_is_compared_with_its_least_damped_step() {
    let found = search(&symmetric(2, &[1.0, 1.0, 1.0]), &[1.0, 0.5], 0.99);
    assert_eq!(found.reference_damping, RegularizationGrid::for_unknowns(2).dampings[0]);
    assert!(!found.positive_definite);
    let best = &found.candidates[found.best.unwrap()];
    assert!(best.cosine >= 0.99 && best.descent);
    // The reference itself is on the grid.
    let same = found
        .candidates
        .iter()
        .find(|one| one.damping == found.reference_damping && one.entries_per_row == 2)
        .unwrap();
    assert!(same.relative_error < 1e-12 && same.cosine > 1.0 - 1e-12);
}

#[test]
fn what_cannot_be_searched_is_refused() {
    let quality = StepQuality { cosine: 0.9, relative_error: None };
    let identity = SparseMatrix::identity(2);
    let lopsided = SparseMatrix::from_triplets(2, 2, [(0, 0, 1.0), (0, 1, 1.0), (1, 1, 1.0)]).unwrap();
    let grid = RegularizationGrid::for_unknowns(2);
    let no_damping = RegularizationGrid { dampings: vec![0.0], ..grid.clone() };
    let nothing_kept = RegularizationGrid { entries_per_row: vec![0], ..grid.clone() };
    let message = |matrix: &SparseMatrix<f64>, rhs: &[f64], grid: &RegularizationGrid| {
        regularize(matrix, rhs, grid, quality, &mut seconds).unwrap_err().to_string()
    };
    assert!(message(&identity, &[1.0, 0.0], &no_damping).contains("above 0"));
    assert!(message(&identity, &[1.0, 0.0], &nothing_kept).contains("at least 1 entry"));
    assert!(message(&identity, &[0.0, 0.0], &grid).contains("not all zero"));
    assert!(message(&identity, &[1.0], &grid).contains("2 entries"));
    assert!(message(&lopsided, &[1.0, 0.0], &grid).contains("not symmetric"));
    assert!(message(&SparseMatrix::identity(4096), &[1.0; 4096], &grid).contains("4096"));
}
