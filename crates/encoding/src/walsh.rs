//! Angles of the flag as few Walsh functions: a multiplexed rotation costs one rotation for each of them.

use crate::lcu::value_angle;
use qnewton_circuit::AngleTable;
use qnewton_circuit::table::walsh_hadamard_unnormalised;
use std::collections::BTreeMap;
use std::f64::consts::PI;
use std::ops::Range;

/// A Walsh function's mask, and its coefficient.
pub(crate) type Coefficient = (u64, f64);

/// Angles of one diagonal as a sum of Walsh functions of the index.
#[derive(Clone, Debug)]
pub(crate) struct WalshFit {
    /// Masks, increasing, with their coefficients.
    pub coefficients: Vec<Coefficient>,
    /// Largest |weight cos(angle/2) - value|, 0 if it is no more than rounding.
    pub error: f64,
}

/// The fewest Walsh functions found that keep |weight cos(angle/2) - value| within `allowed`, and within rounding if that
/// is 0; `None` if that takes more than `limit`. Angles at `free` indices, at one end, do not matter.
pub(crate) fn fit(
    values: &[f64],
    weight: f64,
    free: Range<usize>,
    allowed: f64,
    limit: usize,
) -> Option<WalshFit> {
    let angles: Vec<f64> = values.iter().map(|&value| value_angle(value, weight)).collect();
    let rounding = weight * f64::EPSILON * (16.0 + 8.0 * f64::from(values.len().trailing_zeros()));
    let search = Search { values, weight, free, target: (allowed - rounding).max(rounding) };
    let mut best: Option<WalshFit> = None;
    for transformed in completions(angles, &search.free) {
        let limit = best.as_ref().map_or(limit, |best| best.coefficients.len().saturating_sub(1));
        let limit = limit.min(transformed.len());
        let Some((mut masks, error)) = search.fewest(&transformed, limit) else { continue };
        masks.sort_unstable();
        let coefficients = masks.into_iter().map(|mask| (mask as u64, transformed[mask])).collect();
        let error = if error <= rounding { 0.0 } else { error + rounding };
        best = Some(WalshFit { coefficients, error });
        if best.as_ref().is_some_and(|best| best.coefficients.len() <= transformed.len() / FEW) {
            break;
        }
    }
    best
}

/// One part in this many is few.
const FEW: usize = 64;

/// Coefficients below this part of the target do not reach it together, as a rule.
const CERTAIN: f64 = 1.0 / 64.0;

/// Tables of at least this length are not looked at closely where the mean error is hopeless.
const LARGE: usize = 1 << 14;

/// What coefficients are searched for.
struct Search<'a> {
    values: &'a [f64],
    weight: f64,
    free: Range<usize>,
    /// The largest error.
    target: f64,
}

impl Search<'_> {
    /// The masks of the fewest coefficients, at most `limit`, and the error that they leave.
    fn fewest(&self, transformed: &[f64], limit: usize) -> Option<(Vec<usize>, f64)> {
        // Where few coefficients stand out, they are it.
        let small = CERTAIN * self.target / self.weight;
        let large: Vec<usize> =
            (0..transformed.len()).filter(|&mask| transformed[mask].abs() > small).collect();
        if large.len() <= limit.min(transformed.len() / FEW) {
            let error = self.error(transformed, &large);
            if error <= self.target {
                return Some((large, error));
            }
        }
        let mut order: Vec<usize> = (0..transformed.len()).collect();
        let by_size =
            |&a: &usize, &b: &usize| transformed[b].abs().total_cmp(&transformed[a].abs()).then(a.cmp(&b));
        if limit < order.len() {
            order.select_nth_unstable_by(limit, by_size);
            if self.is_hopeless(transformed, &order[limit..]) {
                return None;
            }
        }
        if self.error(transformed, &order[..limit]) > self.target {
            return None;
        }
        order[..limit].sort_unstable_by(by_size);
        // The error need not fall with every function that is added: whatever count the bisection ends at keeps it.
        let (mut too_few, mut enough) = (0, limit);
        if self.error(transformed, &[]) <= self.target {
            enough = 0;
        }
        while enough > too_few + 1 {
            let middle = too_few.midpoint(enough);
            if self.error(transformed, &order[..middle]) <= self.target {
                enough = middle
            } else {
                too_few = middle
            }
        }
        order.truncate(enough);
        let error = self.error(transformed, &order);
        Some((order, error))
    }

    /// Whether angles without these coefficients are so wrong that the error is far above the target: by Parseval's
    /// theorem the coefficients say how wrong they are on average. A guess, which costs no transform.
    fn is_hopeless(&self, transformed: &[f64], dropped: &[usize]) -> bool {
        let squares: f64 = dropped.iter().map(|&mask| transformed[mask].powi(2)).sum();
        transformed.len() >= LARGE && self.weight * squares.sqrt() > 1000.0 * self.target
    }

    /// The error of the coefficients with these masks.
    fn error(&self, transformed: &[f64], masks: &[usize]) -> f64 {
        let mut kept = vec![0.0; transformed.len()];
        masks.iter().for_each(|&mask| kept[mask] = transformed[mask]);
        walsh_hadamard_unnormalised(&mut kept);
        let all = kept.iter().zip(self.values).enumerate().filter(|(index, _)| !self.free.contains(index));
        all.map(|(_, (angle, value))| (self.weight * (angle / 2.0).cos() - value).abs()).fold(0.0, f64::max)
    }
}

/// The coefficients of the angles with different choices for those that do not matter.
fn completions(angles: Vec<f64>, free: &Range<usize>) -> impl Iterator<Item = Vec<f64>> + use<> {
    let length = angles.len();
    let decided = free.is_empty() || free.len() >= length;
    let free = if decided { 0..0 } else { free.clone() };
    let neighbour = match free.start {
        0 => angles[free.end.min(length - 1)],
        start => angles[start - 1],
    };
    let mut without = angles;
    without[free.clone()].fill(0.0);
    walsh_hadamard_unnormalised(&mut without);
    // What an angle of 1 at all free indices adds.
    let ones: Vec<f64> = match free.len() {
        0 => vec![0.0; length],
        1 => (0..length).map(|mask| sign(mask, free.start)).collect(),
        _ => {
            let mut ones = vec![0.0; length];
            ones[free.clone()].fill(1.0);
            walsh_hadamard_unnormalised(&mut ones);
            ones
        }
    };
    let mut angles = if decided { vec![0.0] } else { vec![neighbour, PI] };
    if free.len() == 1 {
        // If most coefficients vanish, the angle that makes one vanish is the median of those angles.
        let mut wanted: Vec<f64> = without.iter().zip(&ones).map(|(value, one)| -value * one).collect();
        let (_, median, _) = wanted.select_nth_unstable_by(length / 2, f64::total_cmp);
        angles.insert(0, *median);
    }
    angles.into_iter().map(move |angle| {
        without.iter().zip(&ones).map(|(value, one)| (value + angle * one) / length as f64).collect()
    })
}

/// (-1)^popcount(index & mask).
fn sign(mask: usize, index: usize) -> f64 {
    if (mask & index).count_ones().is_multiple_of(2) { 1.0 } else { -1.0 }
}

/// One table over the index and the codes above it, from Walsh functions of the index for some codes. Other codes get
/// whatever saves rotations: k codes need k functions of the code for each function of the index.
pub(crate) fn combine(
    terms: &[(u64, &[Coefficient])],
    system_qubits: usize,
    code_qubits: usize,
) -> AngleTable {
    let codes: Vec<u64> = terms.iter().map(|(code, _)| *code).collect();
    let (masks, inverse) = interpolation(&codes, code_qubits);
    let mut columns: BTreeMap<u64, Vec<f64>> = BTreeMap::new();
    for (position, (_, coefficients)) in terms.iter().enumerate() {
        for &(mask, value) in *coefficients {
            columns.entry(mask).or_insert_with(|| vec![0.0; terms.len()])[position] += value;
        }
    }
    let mut combined = BTreeMap::new();
    for (mask, values) in columns {
        let largest = values.iter().fold(0.0f64, |largest, value| largest.max(value.abs()));
        let interpolated = || {
            let value = |row: &Vec<f64>| row.iter().zip(&values).map(|(a, b)| a * b).sum();
            masks.iter().copied().zip(inverse.iter().map(value)).collect()
        };
        let found: Vec<Coefficient> = two_valued(&codes, code_qubits, &values).unwrap_or_else(interpolated);
        for (code_mask, value) in found {
            if value.abs() > 4.0 * f64::EPSILON * largest {
                combined.insert(mask | code_mask << system_qubits, value);
            }
        }
    }
    AngleTable::WalshSparse {
        length: 1 << (system_qubits + code_qubits),
        coefficients: combined.into_iter().collect(),
    }
}

/// Coefficients of 1 and of another Walsh function, if values at the codes are one value where that function is 1 and
/// another where it is -1: so are those that a single code has.
fn two_valued(codes: &[u64], code_qubits: usize, values: &[f64]) -> Option<Vec<Coefficient>> {
    let first = *values.first()?;
    let Some(second) = values.iter().copied().find(|value| *value != first) else {
        return Some(vec![(0, first)]);
    };
    let sides: Vec<bool> = values.iter().map(|value| *value != first).collect();
    if values.iter().any(|value| *value != first && *value != second) {
        return None;
    }
    let separates = |mask: &u64| {
        let parity = |code: u64| (code & mask).count_ones() % 2 == 1;
        codes.iter().zip(&sides).all(|(&code, side)| (parity(code) ^ parity(codes[0])) == *side)
    };
    let mask = (1..1 << code_qubits).find(separates)?;
    // The function is that of the first code times what separates.
    let half = f64::midpoint(first, -second);
    let odd = (codes[0] & mask).count_ones() % 2 == 1;
    Some(vec![(0, f64::midpoint(first, second)), (mask, if odd { -half } else { half })])
}

/// As many masks as codes, of few bits, such that the Walsh functions with these masks interpolate any values at the
/// codes, and the matrix that turns values into coefficients.
fn interpolation(codes: &[u64], code_qubits: usize) -> (Vec<u64>, Vec<Vec<f64>>) {
    let count = codes.len();
    let mut candidates: Vec<u64> = (0..1 << code_qubits).collect();
    candidates.sort_by_key(|mask| mask.count_ones());
    let walsh = |mask: u64| -> Vec<f64> {
        codes.iter().map(|code| if (code & mask).count_ones() % 2 == 1 { -1.0 } else { 1.0 }).collect()
    };
    // Rows (values of a function, combination of functions), reduced as they come.
    let mut masks = Vec::new();
    let mut rows: Vec<(usize, Vec<f64>, Vec<f64>)> = Vec::new();
    for mask in candidates {
        if masks.len() == count {
            break;
        }
        let mut values = walsh(mask);
        let mut combination = vec![0.0; count];
        combination[masks.len()] = 1.0;
        for (pivot, row, by) in &rows {
            let factor = values[*pivot];
            values.iter_mut().zip(row).for_each(|(value, other)| *value -= factor * other);
            combination.iter_mut().zip(by).for_each(|(value, other)| *value -= factor * other);
        }
        let largest = (0..count).max_by(|&a, &b| values[a].abs().total_cmp(&values[b].abs())).unwrap_or(0);
        let pivot = values[largest];
        if pivot.abs() < 1e-9 {
            continue;
        }
        values.iter_mut().for_each(|value| *value /= pivot);
        combination.iter_mut().for_each(|value| *value /= pivot);
        for (_, row, by) in &mut rows {
            let factor = row[largest];
            row.iter_mut().zip(&values).for_each(|(value, other)| *value -= factor * other);
            by.iter_mut().zip(&combination).for_each(|(value, other)| *value -= factor * other);
        }
        rows.push((largest, values, combination));
        masks.push(mask);
    }
    // Row (pivot k) says: this combination of functions is 1 at code k and 0 at the others.
    let mut inverse = vec![vec![0.0; count]; count];
    for (pivot, _, combination) in rows {
        for (function, value) in combination.into_iter().enumerate() {
            inverse[function][pivot] = value;
        }
    }
    (masks, inverse)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn expand(table: &AngleTable) -> Vec<f64> {
        table.to_dense().unwrap().into_owned()
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn combined_tables_hold_every_term(
            codes in proptest::collection::btree_set(0u64..16, 1..=16),
            seeds in proptest::collection::vec((0u64..8, -1.0..1.0f64), 1..6),
        ) {
            let codes: Vec<u64> = codes.into_iter().collect();
            let own: Vec<Vec<Coefficient>> = codes
                .iter()
                .map(|code| seeds.iter().map(|&(mask, c)| (mask ^ (code & 3), c * (1.0 + *code as f64))).collect())
                .collect();
            let terms: Vec<(u64, &[Coefficient])> =
                codes.iter().zip(&own).map(|(code, own)| (*code, own.as_slice())).collect();
            let table = combine(&terms, 3, 4);
            let AngleTable::WalshSparse { coefficients, .. } = &table else { unreachable!() };
            let masks: std::collections::BTreeSet<u64> = own.iter().flatten().map(|(mask, _)| *mask).collect();
            prop_assert!(coefficients.len() <= masks.len() * codes.len());
            let values = expand(&table);
            for (code, own) in terms {
                for index in 0..8u64 {
                    let sign = |mask: u64| if (mask & index).count_ones() % 2 == 1 { -1.0 } else { 1.0 };
                    let expected: f64 = own.iter().map(|(mask, c)| sign(*mask) * c).sum();
                    prop_assert!((values[(index + 8 * code) as usize] - expected).abs() < 1e-12);
                }
            }
        }

        #[test]
        fn sparse_angles_are_found_and_a_missing_one_is_restored(
            masks in proptest::collection::btree_map(1u64..64, 0.05..0.4f64, 1..4),
            missing in any::<bool>(),
        ) {
            // All angles are between 0 and 2 pi, where the cosine of the half tells them apart.
            let coefficients: Vec<Coefficient> = [(0, 1.6)].into_iter().chain(masks).collect();
            let table = AngleTable::WalshSparse { length: 64, coefficients: coefficients.clone() };
            let values: Vec<f64> = expand(&table).iter().map(|angle| 2.0 * (angle / 2.0).cos()).collect();
            let mut given = values.clone();
            if missing {
                given[63] = 0.0;
            }
            let free = if missing { 63..64 } else { 64..64 };
            let found = fit(&given, 2.0, free, 0.0, 32).unwrap();
            prop_assert_eq!(found.error, 0.0);
            prop_assert!(found.coefficients.len() <= coefficients.len());
        }

        #[test]
        fn the_error_is_kept(values in proptest::collection::vec(-1.0..1.0f64, 32), allowed in 0.01..0.5f64) {
            let found = fit(&values, 1.0, 32..32, allowed, 32).unwrap();
            let table = AngleTable::WalshSparse { length: 32, coefficients: found.coefficients.clone() };
            for (angle, value) in expand(&table).iter().zip(&values) {
                prop_assert!(((angle / 2.0).cos() - value).abs() <= found.error + 1e-14);
            }
            prop_assert!(found.error <= allowed + 1e-14);
        }
    }
}
