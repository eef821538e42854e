//! Increments with as many qubits in any state: g + not(g) = -1 whatever g is (Gidney, "Constructing large
//! increment gates", 2015).

use crate::ids::QubitId;
use crate::lower::multi_controlled::margolus;
use crate::lower::sink::Sink;

/// |k> -> |k + 1 mod 2^n>; `borrowed` are at least n qubits in any state, which are restored.
pub(super) fn increment<S: Sink>(sink: &mut S, qubits: &[QubitId], borrowed: &[QubitId]) {
    let borrowed = &borrowed[..qubits.len()];
    let flip = |sink: &mut S, qubits: &[QubitId]| qubits.iter().for_each(|&qubit| sink.x(qubit));
    // not(not(k) + g + not(g)) = not(not(k) - 1) = k + 1.
    flip(sink, qubits);
    add(sink, borrowed, qubits);
    flip(sink, borrowed);
    add(sink, borrowed, qubits);
    flip(sink, borrowed);
    flip(sink, qubits);
}

/// |a>|b> -> |a>|b + a mod 2^n> without further qubits (Takahashi, Tani, Kunihiro, arXiv 0910.2530): bit i + 1
/// of a holds a(i + 1) xor the carry into it, until that is undone. Its Toffolis come in pairs that undo each
/// other's phases.
fn add<S: Sink>(sink: &mut S, a: &[QubitId], b: &[QubitId]) {
    let count = a.len();
    (1..count).for_each(|bit| sink.cx(a[bit], b[bit]));
    (1..count.saturating_sub(1)).rev().for_each(|bit| sink.cx(a[bit], a[bit + 1]));
    (1..count).for_each(|bit| margolus(sink, a[bit - 1], b[bit - 1], a[bit]));
    for bit in (1..count).rev() {
        sink.cx(a[bit], b[bit]);
        margolus(sink, a[bit - 1], b[bit - 1], a[bit]);
    }
    (1..count.saturating_sub(1)).for_each(|bit| sink.cx(a[bit], a[bit + 1]));
    (0..count).for_each(|bit| sink.cx(a[bit], b[bit]));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::angle::Angle;
    use crate::gate::Gate;

    /// A real state: the network consists of X, cx and Ry.
    struct State(Vec<f64>);

    impl Sink for State {
        fn push(&mut self, gate: Gate, qubits: &[QubitId], angles: &[Angle]) {
            let bits: Vec<usize> = qubits.iter().map(|qubit| 1 << qubit.index()).collect();
            let (control, target) = if gate == Gate::Cx { (bits[0], bits[1]) } else { (0, bits[0]) };
            let (sin, cos) = angles.first().map_or((1.0, 0.0), |angle| (angle.constant / 2.0).sin_cos());
            let sign = if gate == Gate::Ry { -1.0 } else { 1.0 };
            assert!(matches!(gate, Gate::X | Gate::Cx | Gate::Ry));
            for low in (0..self.0.len()).filter(|k| k & target == 0 && k & control == control) {
                let (a, b) = (self.0[low], self.0[low | target]);
                (self.0[low], self.0[low | target]) = (cos * a + sign * sin * b, sin * a + cos * b);
            }
        }
        fn phase(&mut self, _angle: &Angle) {}
    }

    #[test]
    fn borrowed_qubits_are_restored_and_no_phase_is_left() {
        for count in 1..=5usize {
            let all: Vec<QubitId> = (0..2 * count as u32).map(QubitId).collect();
            let before: Vec<f64> = (0..1usize << (2 * count)).map(|k| 1.0 + (k * k % 37) as f64).collect();
            let mut state = State(before.clone());
            increment(&mut state, &all[..count], &all[count..]);
            let low = (1 << count) - 1;
            for (k, amplitude) in before.iter().enumerate() {
                let image = k & !low | (k + 1) & low;
                assert!((state.0[image] - amplitude).abs() < 1e-12, "{count} qubits, {k}");
            }
        }
    }
}
