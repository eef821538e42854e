//! Multiplexed rotations and diagonals as walks over parities in Gray-code order.

use super::sink::Sink;
use crate::gate::Gate;
use crate::ids::QubitId;
use crate::structured::Axis;

/// Among L transformed angles those up to this multiple of the largest one, divided by sqrt(L), are rounding errors of
/// the transform and are elided. All of them together change no angle by more than sqrt(L) times this.
const NEGLIGIBLE: f64 = 16.0 * f64::EPSILON;

/// Emits rotations of `target` by `coefficient(mask)` under the parity of the selects in `mask`, for all masks,
/// in Gray-code order: 2^k rotations and 2^k `cx` for k >= 1 selects (Möttönen et al., quant-ph/0404089).
///
/// With `elide`, rotations by zero vanish and with them the `cx` that cancel.
pub(super) fn parity_walk(
    sink: &mut impl Sink,
    axis: Axis,
    selects: &[QubitId],
    target: QubitId,
    coefficient: impl Fn(usize) -> f64,
    elide: bool,
) {
    if axis == Axis::X {
        sink.h(target);
        parity_walk(sink, Axis::Z, selects, target, coefficient, elide);
        sink.h(target);
        return;
    }
    let length = 1usize << selects.len();
    let largest = (0..length).map(|mask| coefficient(mask).abs()).fold(0.0, f64::max);
    let negligible = NEGLIGIBLE * largest / (length as f64).sqrt();
    let rotation = if axis == Axis::Y { Gate::Ry } else { Gate::Rz };
    let mut parity = 0;
    let move_to = |sink: &mut _, from: usize, to: usize| {
        for (bit, &select) in selects.iter().enumerate() {
            if (from ^ to) >> bit & 1 == 1 {
                Sink::cx(sink, select, target);
            }
        }
    };
    for step in 0..length {
        let mask = step ^ (step >> 1);
        let angle = coefficient(mask);
        if elide && angle.abs() <= negligible {
            continue;
        }
        move_to(sink, parity, mask);
        parity = mask;
        sink.push(rotation, &[target], &[angle.into()]);
    }
    move_to(sink, parity, 0);
}

/// Emits the diagonal whose phases have the Walsh coefficients `walsh` (one per mask over `qubits`):
/// 2^n - 1 `rz` and 2^n - 2 `cx`. The mean phase is returned, for the caller to emit.
pub(super) fn diagonal_walk(sink: &mut impl Sink, qubits: &[QubitId], walsh: &[f64], elide: bool) -> f64 {
    for (position, &target) in qubits.iter().enumerate().rev() {
        let top = 1 << position;
        parity_walk(sink, Axis::Z, &qubits[..position], target, |mask| -2.0 * walsh[mask | top], elide);
    }
    walsh[0]
}
