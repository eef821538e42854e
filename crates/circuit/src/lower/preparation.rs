//! Preparation of states with real amplitudes (Möttönen et al., quant-ph/0407010).

use super::multiplexed::Walk;
use crate::error::CircuitError;
use crate::table::{AngleTable, walsh_hadamard};
use std::f64::consts::FRAC_PI_2;

/// The angles of the multiplexed rotations that prepare `amplitudes`: level l has 2^l angles and rotates the
/// qubit l places below the most significant one, selected by those above it.
///
/// A branch without amplitude may turn by any angle; it turns as its sibling does (the block of branches that differs
/// in the lowest bit that leads to amplitudes), so that the rotation depends on fewer selects.
pub fn state_preparation_angles(amplitudes: &[f64]) -> Vec<Vec<f64>> {
    let mut levels = Vec::new();
    let mut current = amplitudes.to_vec();
    while current.len() > 1 {
        // The bit that is rotated is the lowest one of what remains.
        let pairs = current.chunks_exact(2);
        let angle = |pair: &[f64]| (pair != [0.0, 0.0]).then(|| 2.0 * pair[1].atan2(pair[0]));
        levels.push(with_siblings(pairs.clone().map(angle).collect()));
        current = pairs.map(|pair| pair[0].hypot(pair[1])).collect();
    }
    levels.reverse();
    levels
}

/// Free angles become those of the sibling block, for blocks of 1, 2, 4, ...: a block is free as a whole or not at all.
fn with_siblings(mut angles: Vec<Option<f64>>) -> Vec<f64> {
    let mut width = 1;
    while width < angles.len() {
        for block in angles.chunks_exact_mut(2 * width) {
            let (low, high) = block.split_at_mut(width);
            match (low[0], high[0]) {
                (None, Some(_)) => low.copy_from_slice(high),
                (Some(_), None) => high.copy_from_slice(low),
                _ => {}
            }
        }
        width *= 2;
    }
    angles.into_iter().map(|angle| angle.unwrap_or(0.0)).collect()
}

/// One walk for each qubit, the most significant one first.
pub(super) fn walks(
    amplitudes: &AngleTable,
    qubits: usize,
    elide: bool,
    controlled: bool,
) -> Result<Vec<Walk>, CircuitError> {
    if let AngleTable::Constant { value, .. } = amplitudes {
        // Halves of equal norm; the sign is that of the last rotation, 2 atan2(value, value).
        let last = if *value < 0.0 { -3.0 * FRAC_PI_2 } else { FRAC_PI_2 };
        let angle = |level| if level + 1 == qubits { last } else { FRAC_PI_2 };
        return Ok((0..qubits).map(|level| Walk::constant(angle(level), elide)).collect());
    }
    let tree = state_preparation_angles(&amplitudes.to_dense()?);
    Ok(tree
        .into_iter()
        .map(|mut level| {
            walsh_hadamard(&mut level);
            Walk::dense(&level, elide, controlled)
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::count::Counts;
    use crate::gate::Gate;
    use crate::ids::QubitId;
    use crate::structured::Axis;

    fn cx(amplitudes: &[f64]) -> u128 {
        let qubits = amplitudes.len().trailing_zeros() as usize;
        let selects: Vec<QubitId> = (0..qubits as u32).map(QubitId).collect();
        let mut counts = Counts::default();
        for walk in walks(&AngleTable::Dense(amplitudes.to_vec()), qubits, true, false).unwrap() {
            walk.emit(&mut counts, Axis::Y, &selects, QubitId(100), 1.0);
        }
        counts.gate(Gate::Cx)
    }

    #[test]
    fn branches_without_amplitude_turn_as_their_siblings() {
        let angles = |amplitudes: &[f64]| state_preparation_angles(amplitudes);
        let half = FRAC_PI_2;
        assert_eq!(angles(&[0.0, 0.0, 1.0, 1.0]), [vec![2.0 * half], vec![half, half]]);
        assert_eq!(angles(&[1.0, 1.0, 0.0, 0.0]), [vec![0.0], vec![half, half]]);
        let found = angles(&[0.0, 0.0, 0.0, 3.0, 0.0, 0.0, 0.0, 0.0]);
        assert_eq!(found, [vec![0.0], vec![2.0 * half; 2], vec![2.0 * half; 4]]);
        let found = angles(&[0.0, 0.0, 1.0, 1.0, 2.0, 0.0, 0.0, 0.0]);
        assert_eq!(found[2], [half, half, 0.0, 0.0]);
        assert_eq!(angles(&[1.0, -1.0]), [vec![-half]]);
    }

    #[test]
    fn zeros_save_cx() {
        let [a, b] = [0.5f64.sqrt(), 0.25f64.sqrt()];
        assert_eq!(cx(&[a, b, b, 0.0]), 2);
        assert_eq!((cx(&[a, b, 0.0, 0.0]), cx(&[0.0, 0.0, a, b]), cx(&[a, 0.0, b, 0.0])), (0, 0, 0));
        assert_eq!((cx(&[1.0; 8]), cx(&[0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0])), (0, 0));
        // A half without amplitude costs what the other half costs.
        assert_eq!(cx(&[0.1, 0.2, 0.3, 0.4, 0.0, 0.0, 0.0, 0.0]), 2);
        assert_eq!(cx(&[0.1, 0.2, 0.0, 0.0, 0.3, 0.4, 0.0, 0.0]), 2);
    }
}
