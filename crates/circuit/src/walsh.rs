//! The fast Walsh-Hadamard transform, and expansions of sparse ones.

/// Blocks of this many values are transformed level by level: they fit the first-level cache.
const BLOCK: usize = 1 << 12;

/// The Walsh-Hadamard transform with factor 1/length, in place:
/// result(m) = 1/length * sum over k of value(k) * (-1)^popcount(k & m). The length must be a power of two.
///
/// Each result is one fixed tree of additions, the highest bit of k first, so the same values give the same bits on every
/// machine, and the coefficients of masks with the highest bit do not lose digits to a large mean.
pub fn walsh_hadamard(values: &mut [f64]) {
    walsh_hadamard_unnormalised(values);
    let factor = 1.0 / values.len() as f64;
    values.iter_mut().for_each(|value| *value *= factor);
}

/// The Walsh-Hadamard transform without a factor, in place:
/// result(m) = sum over k of value(k) * (-1)^popcount(k & m). The length must be a power of two.
///
/// It is its own inverse up to the factor 1/length, and turns Walsh coefficients into values.
pub fn walsh_hadamard_unnormalised(values: &mut [f64]) {
    debug_assert!(values.len().is_power_of_two());
    if values.len() <= BLOCK {
        return transform_block(values);
    }
    // Two levels in one pass over all; then quarters, each in cache for as many levels as possible.
    combine_quarters(values);
    let quarter = values.len() / 4;
    values.chunks_exact_mut(quarter).for_each(walsh_hadamard_unnormalised);
}

fn transform_block(values: &mut [f64]) {
    let mut length = values.len();
    while length >= 32 {
        values.chunks_exact_mut(length).for_each(combine_quarters);
        length /= 4;
    }
    while length > 8 || (2..8).contains(&length) {
        values.chunks_exact_mut(length).for_each(combine_halves);
        length /= 2;
    }
    if length == 8 {
        let (eights, _) = values.as_chunks_mut::<8>();
        for v in eights {
            let a = [
                v[0] + v[4],
                v[1] + v[5],
                v[2] + v[6],
                v[3] + v[7],
                v[0] - v[4],
                v[1] - v[5],
                v[2] - v[6],
                v[3] - v[7],
            ];
            let b = [
                a[0] + a[2],
                a[1] + a[3],
                a[0] - a[2],
                a[1] - a[3],
                a[4] + a[6],
                a[5] + a[7],
                a[4] - a[6],
                a[5] - a[7],
            ];
            *v = [
                b[0] + b[1],
                b[0] - b[1],
                b[2] + b[3],
                b[2] - b[3],
                b[4] + b[5],
                b[4] - b[5],
                b[6] + b[7],
                b[6] - b[7],
            ];
        }
    }
}

/// One level: (a, b) -> (a + b, a - b).
fn combine_halves(values: &mut [f64]) {
    let (low, high) = values.split_at_mut(values.len() / 2);
    for (a, b) in low.iter_mut().zip(high) {
        (*a, *b) = (*a + *b, *a - *b);
    }
}

/// Two levels, with the same additions as one after the other.
fn combine_quarters(values: &mut [f64]) {
    let quarter = values.len() / 4;
    let (low, high) = values.split_at_mut(2 * quarter);
    let (first, second) = low.split_at_mut(quarter);
    let (third, fourth) = high.split_at_mut(quarter);
    for (((a, b), c), d) in first.iter_mut().zip(second).zip(third).zip(fourth) {
        let (s, t, x, y) = (*a + *c, *b + *d, *a - *c, *b - *d);
        (*a, *b, *c, *d) = (s + t, s - t, x + y, x - y);
    }
}

/// The first `length` values of a sum of Walsh functions: value(k) = sum over (mask, c) of
/// c * (-1)^popcount(k & mask). The transform runs over the bits that occur in a mask only.
pub(crate) fn expand(length: usize, coefficients: &[(u64, f64)]) -> Vec<f64> {
    if length == 0 {
        return Vec::new();
    }
    let padded = length.next_power_of_two();
    let bits = coefficients.iter().fold(0, |bits, (mask, _)| bits | mask) & (padded as u64 - 1);
    let compress = compress(bits);
    let compact = |position: usize| compress(position as u64) as usize;
    let mut values = vec![0.0; 1 << bits.count_ones()];
    for &(mask, c) in coefficients {
        values[compress(mask) as usize] += c;
    }
    walsh_hadamard_unnormalised(&mut values);
    if values.len() < padded {
        // Bits that occur nowhere repeat what is there.
        let half = padded.trailing_zeros() / 2;
        let low: Vec<usize> = (0..1 << half).map(compact).collect();
        let mut repeated = Vec::with_capacity(padded);
        for high in 0..padded >> half {
            let base = compact(high << half);
            repeated.extend(low.iter().map(|offset| values[base + offset]));
        }
        values = repeated;
    }
    values.truncate(length);
    values
}

/// The map that moves the given bits of a number together, the lowest one to position 0.
pub(crate) fn compress(bits: u64) -> impl Fn(u64) -> u64 {
    move |number| {
        let (mut rest, mut position, mut result) = (bits, 0, 0);
        while rest != 0 {
            result |= (number >> rest.trailing_zeros() & 1) << position;
            rest &= rest - 1;
            position += 1;
        }
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values that round differently in different orders.
    fn samples(length: usize) -> Vec<f64> {
        (0..length).map(|k| ((k * 2654435761) % 1013) as f64 / 7.0 - 40.0).collect()
    }

    #[test]
    fn the_transform_is_the_sum_with_signs() {
        for qubits in 0..=7 {
            let values = samples(1 << qubits);
            let mut transformed = values.clone();
            walsh_hadamard(&mut transformed);
            for (mask, found) in transformed.iter().enumerate() {
                let sign = |k: usize| if (k & mask).count_ones() % 2 == 1 { -1.0 } else { 1.0 };
                let sum: f64 = values.iter().enumerate().map(|(k, v)| sign(k) * v).sum();
                assert!((found - sum / values.len() as f64).abs() < 1e-13);
            }
        }
    }

    #[test]
    fn blocks_do_not_change_the_order_of_additions() {
        for qubits in 0..=15 {
            let mut level_by_level = samples(1 << qubits);
            let mut blocked = level_by_level.clone();
            walsh_hadamard_unnormalised(&mut blocked);
            for level in (0..qubits).rev() {
                level_by_level.chunks_exact_mut(2 << level).for_each(combine_halves);
            }
            assert_eq!(blocked, level_by_level);
        }
    }

    #[test]
    fn expansions_are_the_sums_whatever_bits_occur() {
        for masks in [vec![], vec![0], vec![6, 20], vec![1, 2, 3, 64], vec![127, 5], vec![96]] {
            let coefficients: Vec<(u64, f64)> =
                masks.iter().enumerate().map(|(position, &mask)| (mask, 0.3 + position as f64)).collect();
            for length in [0, 1, 100, 128] {
                assert_eq!(expand(length, &coefficients), expand(128, &coefficients)[..length]);
            }
            let values = expand(128, &coefficients);
            for (k, value) in values.iter().enumerate() {
                let signed =
                    |&(mask, c): &(u64, f64)| if (k as u64 & mask).count_ones() % 2 == 1 { -c } else { c };
                assert!((value - coefficients.iter().map(signed).sum::<f64>()).abs() < 1e-14);
            }
        }
    }
}
