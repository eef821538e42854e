//! Dropping small entries so that a quantum oracle has few non-zeros per row to answer for.

use serde::{Deserialize, Serialize};

use crate::conditioning::{ConditioningError, combine};
use crate::sparse::SparseMatrix;

/// Which entries stay.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PruneRule {
    /// Entries (i, j) and (j, i) together, the diagonal always.
    #[default]
    Symmetric,
    /// The largest of each row, whatever becomes of symmetry and diagonal: that of the Q-Newton paper's programs (arXiv
    /// 2405.00252), to compare with. Columns may keep more entries than rows.
    Paper,
}

impl PruneRule {
    /// All of them.
    pub const ALL: [PruneRule; 2] = [PruneRule::Symmetric, PruneRule::Paper];

    /// The name, as `--prune-rule` takes it.
    pub fn name(self) -> &'static str {
        match self {
            PruneRule::Symmetric => "symmetric",
            PruneRule::Paper => "paper",
        }
    }

    /// The rule of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.name() == name)
    }
}

/// What pruning took away.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PruneReport {
    /// The bound K on the non-zeros of a row that was asked for.
    pub entries_per_row: usize,
    /// Number of entries that were dropped.
    pub dropped: usize,
    /// Upper bound of the spectral norm of the dropped part, in units of the matrix. No eigenvalue of a symmetric
    /// matrix, and no singular value of any matrix, moved further than this (Weyl's inequality).
    pub eigenvalue_shift_bound: f64,
    /// Largest number of non-zeros in any row or column before.
    pub sparsity_before: usize,
    /// Largest number of non-zeros in any row or column after.
    pub sparsity_after: usize,
}

/// Keeps at most `entries_per_row` entries in every row of a square matrix, the largest first.
///
/// By the symmetric rule in every column too: the diagonal is always kept, and counted. The entries (i, j) and (j, i) stay or go together, so a symmetric
/// matrix stays symmetric. Pairs are taken by decreasing max(|a_ij|, |a_ji|), equal ones by increasing (i, j); a pair
/// stays if both of its rows still have room.
pub fn prune(
    matrix: &SparseMatrix<f64>,
    entries_per_row: usize,
    rule: PruneRule,
) -> Result<(SparseMatrix<f64>, PruneReport), ConditioningError> {
    if !matrix.is_square() {
        return Err(ConditioningError::NotSquare { rows: matrix.rows(), columns: matrix.cols() });
    }
    if entries_per_row == 0 {
        return Err(ConditioningError::NothingKept);
    }
    let sparsity_before = matrix.sparsity();
    let pruned = if sparsity_before <= entries_per_row {
        matrix.clone()
    } else {
        let kept = match rule {
            PruneRule::Symmetric => pairs_to_keep(matrix, entries_per_row),
            PruneRule::Paper => largest_of_rows(matrix, entries_per_row),
        };
        matrix.filter_map(|row, column, value| {
            let stays = match rule {
                PruneRule::Symmetric => {
                    let pair = (row.min(column) as u32, row.max(column) as u32);
                    row == column || kept.binary_search(&pair).is_ok()
                }
                PruneRule::Paper => kept.binary_search(&(row as u32, column as u32)).is_ok(),
            };
            stays.then_some(value)
        })
    };
    let dropped = combine(matrix, &pruned, |before, after| before - after);
    let spectral_norm_bound =
        dropped.frobenius_norm().min((dropped.max_row_sum() * dropped.max_column_sum()).sqrt());
    let report = PruneReport {
        entries_per_row,
        dropped: dropped.nnz(),
        eigenvalue_shift_bound: spectral_norm_bound,
        sparsity_before,
        sparsity_after: pruned.sparsity(),
    };
    Ok((pruned, report))
}

/// The off-diagonal pairs (smaller index, larger index) that stay, sorted.
fn pairs_to_keep(matrix: &SparseMatrix<f64>, entries_per_row: usize) -> Vec<(u32, u32)> {
    let magnitude = combine(matrix, &matrix.transpose(), |value, mirrored| value.abs().max(mirrored.abs()));
    let mut pairs: Vec<(f64, u32, u32)> = magnitude
        .iter()
        .filter(|&(row, column, _)| row < column)
        .map(|(row, column, size)| (size, row as u32, column as u32))
        .collect();
    // Stable, so that equal magnitudes stay in the order of (row, column).
    pairs.sort_by(|left, right| right.0.total_cmp(&left.0));
    let mut room: Vec<usize> = matrix
        .diagonal()
        .into_iter()
        .map(|value| if value == 0.0 { entries_per_row } else { entries_per_row - 1 })
        .collect();
    let mut kept = Vec::new();
    for (_, first, second) in pairs {
        if room[first as usize] > 0 && room[second as usize] > 0 {
            room[first as usize] -= 1;
            room[second as usize] -= 1;
            kept.push((first, second));
        }
    }
    kept.sort_unstable();
    kept
}

/// The places (row, column) of the largest entries of each row, equal ones by increasing column, sorted.
fn largest_of_rows(matrix: &SparseMatrix<f64>, entries_per_row: usize) -> Vec<(u32, u32)> {
    let mut entries: Vec<(u32, f64, u32)> =
        matrix.iter().map(|(row, column, value)| (row as u32, value.abs(), column as u32)).collect();
    // Stable, as above.
    entries.sort_by(|left, right| left.0.cmp(&right.0).then(right.1.total_cmp(&left.1)));
    let rows = entries.chunk_by(|left, right| left.0 == right.0);
    let mut kept: Vec<(u32, u32)> =
        rows.flat_map(|row| row.iter().take(entries_per_row).map(|entry| (entry.0, entry.2))).collect();
    kept.sort_unstable();
    kept
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::dense::{singular_values, symmetric_eigenvalues, to_dense};
    use crate::test_matrices::{hessian, square_matrix, symmetric_matrix};

    #[test]
    fn the_largest_pairs_stay_as_long_as_both_rows_have_room() {
        let upper = [(0, 1, 5.0), (0, 2, 4.0), (1, 2, 3.0), (2, 3, 1.0)];
        let triplets =
            upper.into_iter().flat_map(|(row, column, value)| [(row, column, value), (column, row, value)]);
        let diagonal = (0..4).map(|index| (index, index, 0.5));
        let matrix = SparseMatrix::from_triplets(4, 4, triplets.chain(diagonal)).unwrap();
        let (pruned, report) = prune(&matrix, 2, PruneRule::Symmetric).unwrap();
        // (0, 1) uses up rows 0 and 1, so (2, 3) is next although it is the smallest.
        let kept: Vec<_> = pruned.iter().filter(|&(row, column, _)| row < column).collect();
        assert_eq!(kept, [(0, 1, 5.0), (2, 3, 1.0)]);
        assert_eq!(report.dropped, 4);
        assert_eq!((report.sparsity_before, report.sparsity_after), (4, 2));
        // The dropped part has rows (4), (3), (4, 3): norm 5, Frobenius norm sqrt(50), largest row sum 7.
        assert!((report.eigenvalue_shift_bound - 7.0).abs() < 1e-12);
    }

    #[test]
    fn one_entry_per_row_leaves_the_diagonal() {
        let matrix = hessian("digits-12");
        let (pruned, report) = prune(&matrix, 1, PruneRule::Symmetric).unwrap();
        assert_eq!(pruned.nnz(), 12);
        assert_eq!(pruned.diagonal(), matrix.diagonal());
        assert_eq!(report.dropped, matrix.nnz() - 12);
        assert_eq!(prune(&matrix, 0, PruneRule::Symmetric), Err(ConditioningError::NothingKept));
    }

    proptest! {
        #[test]
        fn symmetry_and_the_bound_hold(matrix in symmetric_matrix(12), entries_per_row in 1_usize..6) {
            let (pruned, report) = prune(&matrix, entries_per_row, PruneRule::Symmetric).unwrap();
            prop_assert!(pruned.sparsity() <= entries_per_row);
            prop_assert_eq!(&pruned, &pruned.transpose());
            prop_assert_eq!(pruned.diagonal(), matrix.diagonal());
            prop_assert!(pruned.iter().all(|(row, column, value)| matrix.get(row, column) == value));
            prop_assert_eq!(report.dropped, matrix.nnz() - pruned.nnz());
            let before = symmetric_eigenvalues(to_dense(&matrix).as_ref()).unwrap();
            let after = symmetric_eigenvalues(to_dense(&pruned).as_ref()).unwrap();
            for (before, after) in before.iter().zip(after) {
                prop_assert!((before - after).abs() <= report.eigenvalue_shift_bound + 1e-12 * matrix.max_abs());
            }
        }

        #[test]
        fn rows_and_columns_of_any_square_matrix_are_bounded(
            matrix in square_matrix(10),
            entries_per_row in 1_usize..5,
        ) {
            let (pruned, report) = prune(&matrix, entries_per_row, PruneRule::Symmetric).unwrap();
            prop_assert!(pruned.sparsity() <= entries_per_row);
            prop_assert_eq!(report.sparsity_after, pruned.sparsity());
            for (row, column, value) in pruned.iter() {
                prop_assert_eq!(value, matrix.get(row, column));
                prop_assert_eq!(pruned.get(column, row), matrix.get(column, row));
            }
            let before = singular_values(to_dense(&matrix).as_ref()).unwrap();
            let after = singular_values(to_dense(&pruned).as_ref()).unwrap();
            for (before, after) in before.iter().zip(after) {
                prop_assert!((before - after).abs() <= report.eigenvalue_shift_bound + 1e-12 * matrix.max_abs());
            }
        }
    }

    #[test]
    fn the_rule_of_the_paper_takes_each_row_for_itself() {
        let rows = [[1.0, -5.0, 2.0], [-5.0, 1.0, 4.0], [2.0, 4.0, 3.0]];
        let entries = (0..9).map(|k| (k / 3, k % 3, rows[k / 3][k % 3]));
        let matrix = SparseMatrix::from_triplets(3, 3, entries).unwrap();
        let (pruned, report) = prune(&matrix, 1, PruneRule::Paper).unwrap();
        assert_eq!(pruned.iter().collect::<Vec<_>>(), [(0, 1, -5.0), (1, 0, -5.0), (2, 1, 4.0)]);
        assert_eq!((report.dropped, report.sparsity_after), (6, 2));
        for rule in PruneRule::ALL {
            assert_eq!(PruneRule::from_name(rule.name()), Some(rule));
            assert_eq!(prune(&matrix, 3, rule).unwrap().0, matrix);
        }
    }
}
