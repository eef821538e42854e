//! Other labels for the unknowns, such that the entries of a matrix lie on few exclusive-or masks.

use qnewton_matrix::{Scalar, SparseMatrix};
use std::collections::{BTreeMap, VecDeque};

/// Larger matrices keep their labels: a permutation of so many basis states costs more than it can save.
const DIMENSION_LIMIT: usize = 256;

/// Labels 0..N for the unknowns of a matrix, found greedily: the unknowns are visited breadth first from one with the
/// most entries, and each takes the free label that adds least to the sum over masks of their largest magnitudes. `None`
/// for large matrices.
pub(crate) fn greedy_labels<S: Scalar>(matrix: &SparseMatrix<S>) -> Option<Vec<u32>> {
    let size = matrix.rows();
    if size > DIMENSION_LIMIT {
        return None;
    }
    let mut neighbours: Vec<Vec<(usize, f64)>> = vec![Vec::new(); size];
    for (row, column, value) in matrix.iter().filter(|(row, column, _)| row != column) {
        neighbours[row].push((column, value.magnitude()));
        neighbours[column].push((row, value.magnitude()));
    }
    let mut labels: Vec<Option<usize>> = vec![None; size];
    let mut taken = vec![false; size];
    let mut weights: BTreeMap<usize, f64> = BTreeMap::new();
    // Of the span of all masks over GF(2); no two share their highest bit.
    let mut basis: Vec<usize> = Vec::new();
    let mut order: Vec<usize> = (0..size).collect();
    order.sort_by_key(|&unknown| (std::cmp::Reverse(neighbours[unknown].len()), unknown));
    let mut queue = VecDeque::new();
    for start in order {
        queue.push_back(start);
        while let Some(unknown) = queue.pop_front() {
            if labels[unknown].is_some() {
                continue;
            }
            let placed: Vec<(usize, f64)> = neighbours[unknown]
                .iter()
                .filter_map(|&(other, weight)| Some((labels[other]?, weight)))
                .collect();
            let cost = |label: usize| -> f64 {
                let mut added: BTreeMap<usize, f64> = BTreeMap::new();
                for &(other, weight) in &placed {
                    let known = weights.get(&(label ^ other)).copied().unwrap_or(0.0);
                    let entry = added.entry(label ^ other).or_insert(0.0);
                    *entry = entry.max(weight - known);
                }
                added.values().sum()
            };
            let free = (0..size).filter(|&label| !taken[label]);
            // Among equals masks that are no combination of others, which leave room for the rest, then the smallest
            // label, so that nothing moves without need.
            let dependent = |label: usize| {
                placed
                    .iter()
                    .filter(|&&(other, _)| !weights.contains_key(&(label ^ other)))
                    .filter(|&&(other, _)| reduced(&basis, label ^ other) == 0)
                    .count()
            };
            let best = free
                .map(|label| (cost(label), dependent(label), label))
                .min_by(|a, b| a.0.total_cmp(&b.0).then((a.1, a.2).cmp(&(b.1, b.2))));
            let Some((_, _, label)) = best else { continue };
            labels[unknown] = Some(label);
            taken[label] = true;
            for (other, weight) in placed {
                let rest = reduced(&basis, label ^ other);
                if rest != 0 {
                    basis.push(rest);
                }
                let entry = weights.entry(label ^ other).or_insert(0.0);
                *entry = entry.max(weight);
            }
            let mut next: Vec<(usize, f64)> = neighbours[unknown].clone();
            next.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            queue.extend(next.into_iter().map(|(other, _)| other));
        }
    }
    labels.into_iter().map(|label| label.map(|label| label as u32)).collect()
}

/// What is left of a mask after elimination by a basis over GF(2).
fn reduced(basis: &[usize], mask: usize) -> usize {
    basis.iter().fold(mask, |rest, &element| rest.min(rest ^ element))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Exclusive-or masks of the entries under these labels.
    fn masks(matrix: &SparseMatrix<f64>, labels: &[u32]) -> usize {
        let mut masks: Vec<u32> =
            matrix.iter().map(|(row, column, _)| labels[row] ^ labels[column]).collect();
        masks.sort_unstable();
        masks.dedup();
        masks.len()
    }

    #[test]
    fn a_scrambled_hypercube_gets_its_masks_back() {
        let scrambled = |k: usize| [3, 14, 0, 9, 5, 12, 7, 1, 10, 15, 2, 8, 13, 6, 11, 4][k];
        let edges = (0..16usize).flat_map(|k| (0..4).map(move |bit| (k, k ^ (1 << bit))));
        let entries = edges.map(|(a, b)| (scrambled(a), scrambled(b), 1.0));
        let matrix = SparseMatrix::from_triplets(16, 16, entries).unwrap();
        let own: Vec<u32> = (0..16).collect();
        let found = greedy_labels(&matrix).unwrap();
        let mut sorted = found.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, own);
        assert_eq!(masks(&matrix, &found), 4);
        assert!(masks(&matrix, &own) > 4);
    }
}
