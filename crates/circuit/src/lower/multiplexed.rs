//! Multiplexed rotations and diagonals as walks over parities.

use super::multi_controlled::{
    Workspace, mcx, mcx_cost, relative_phase_mcx, relative_phase_mcx_cost, with_polarity,
};
use super::sink::Sink;
use super::tour::{Term, closed_length, closed_then_open_length, open_length, shorten};
use crate::count::{Counts, Kind};
use crate::gate::Gate;
use crate::ids::QubitId;
use crate::operation::Control;
use crate::structured::Axis;
use std::f64::consts::FRAC_PI_2;

/// Among L coefficients those up to this multiple of the largest one, divided by sqrt(L), are rounding errors of
/// the transform and are elided. All of them together change no angle by more than sqrt(L) times this.
const NEGLIGIBLE: f64 = 16.0 * f64::EPSILON;

/// Rotations of a target, each under the parity of some selects: masks of selects with their angles, in the
/// order in which they are visited. Select value k turns by the sum of the angles, each with sign
/// (-1)^popcount(k & mask).
pub(super) struct Walk {
    terms: Vec<Term>,
}

impl Walk {
    /// All masks in the order of the Gray code (Möttönen et al., quant-ph/0404089). With `elide`, angles that
    /// are zero up to rounding are left out and the others visited on a short tour; under controls a walk
    /// need not return before it is undone, so that among short tours one that ends far off is the best.
    pub(super) fn dense(angles: &[f64], elide: bool, controlled: bool) -> Self {
        let gray = (0..angles.len()).map(|step| step ^ (step >> 1));
        let walk = Walk { terms: gray.map(|mask| (mask as u64, angles[mask])).collect() };
        if elide { walk.elided(controlled) } else { walk }
    }

    /// These masks on a short tour; with `elide`, without angles that are zero up to rounding.
    pub(super) fn sparse(angles: &[Term], elide: bool, controlled: bool) -> Self {
        let walk = Walk { terms: shorten(angles.to_vec(), length(controlled)) };
        if elide { walk.elided(controlled) } else { walk }
    }

    /// The same angle for all select values.
    pub(super) fn constant(angle: f64, elide: bool) -> Self {
        let walk = Walk { terms: vec![(0, angle)] };
        if elide { walk.elided(false) } else { walk }
    }

    fn elided(mut self, controlled: bool) -> Self {
        let count = self.terms.len();
        let largest = self.terms.iter().map(|term| term.1.abs()).fold(0.0, f64::max);
        let negligible = NEGLIGIBLE * largest / (count as f64).sqrt();
        self.terms.retain(|term| term.1.abs() > negligible);
        if self.terms.len() < count {
            self.terms = shorten(self.terms, length(controlled));
        }
        self
    }

    /// Whether nothing is left to do.
    pub(super) fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    fn size(&self) -> WalkSize {
        WalkSize {
            terms: self.terms.len() as u128,
            closed: u128::from(closed_length(&self.terms)),
            open: u128::from(open_length(&self.terms)),
        }
    }

    /// Emits the rotations by `factor` times the angles.
    pub(super) fn emit(
        &self,
        sink: &mut impl Sink,
        axis: Axis,
        selects: &[QubitId],
        target: QubitId,
        factor: f64,
    ) {
        let mut visitor = Visitor { sink, rotation: rotation(axis), selects, target, parity: 0 };
        let before = frame(axis, rotation(axis));
        before.enter(visitor.sink, target);
        visitor.visit(&self.terms, factor);
        visitor.move_to(0);
        before.leave(visitor.sink, target);
    }

    /// The same under controls: half of each angle, X on the target under the controls, minus the other half,
    /// and X again. [`WalkSize::count_controlled`] counts the gates.
    #[expect(clippy::too_many_arguments, reason = "the parts of one structured operation")]
    pub(super) fn emit_controlled<S: Sink>(
        &self,
        sink: &mut S,
        axis: Axis,
        selects: &[QubitId],
        target: QubitId,
        factor: f64,
        controls: &[Control],
        work: Workspace,
    ) {
        let dirty = [work.dirty, selects].concat();
        let work = Workspace { dirty: &dirty, ..work };
        let returns = self.size().returns_between(controls.len(), work.clean.len(), dirty.len());
        let rotation = if returns { Gate::Rz } else { rotation(axis) };
        let flip = |sink: &mut S, inverse| {
            with_polarity(sink, controls, |sink, controls| match returns {
                // What is between the two is diagonal, so their phases cancel.
                true => relative_phase_mcx(sink, controls, target, work, inverse),
                false => mcx(sink, controls, target, work),
            });
        };
        let mut terms = self.terms.clone();
        let ends = [terms.first(), terms.last()].map(|end| end.map_or(0, |end| end.0.count_ones()));
        if ends[0] > ends[1] {
            terms.reverse();
        }
        let mut visitor = Visitor { sink, rotation, selects, target, parity: 0 };
        let before = frame(axis, rotation);
        before.enter(visitor.sink, target);
        visitor.visit(&terms, factor / 2.0);
        if returns {
            visitor.move_to(0);
        }
        flip(visitor.sink, false);
        terms.reverse();
        visitor.visit(&terms, -factor / 2.0);
        visitor.move_to(0);
        flip(visitor.sink, true);
        before.leave(visitor.sink, target);
    }
}

fn length(controlled: bool) -> fn(&[Term]) -> u64 {
    if controlled { closed_then_open_length } else { closed_length }
}

fn rotation(axis: Axis) -> Gate {
    if axis == Axis::Y { Gate::Ry } else { Gate::Rz }
}

/// Emits rotations of `target`, whose value is that of the target of the whole xor a parity of the selects.
struct Visitor<'a, S> {
    sink: &'a mut S,
    rotation: Gate,
    selects: &'a [QubitId],
    target: QubitId,
    parity: u64,
}

impl<S: Sink> Visitor<'_, S> {
    fn move_to(&mut self, mask: u64) {
        let mut changes = self.parity ^ mask;
        while changes != 0 {
            if let Some(&select) = self.selects.get(changes.trailing_zeros() as usize) {
                self.sink.cx(select, self.target);
            }
            changes &= changes - 1;
        }
        self.parity = mask;
    }

    fn visit(&mut self, terms: &[Term], factor: f64) {
        for &(mask, angle) in terms {
            self.move_to(mask);
            self.sink.push(self.rotation, &[self.target], &[(factor * angle).into()]);
        }
    }
}

/// A change of basis of the target in which a rotation about an axis is one about another.
#[derive(Clone, Copy)]
enum Frame {
    Own,
    /// Rx = H Rz H.
    Hadamard,
    /// Ry = Rx(-pi/2) Rz Rx(pi/2).
    QuarterTurn,
}

fn frame(axis: Axis, rotation: Gate) -> Frame {
    match (axis, rotation) {
        (Axis::X, _) => Frame::Hadamard,
        (Axis::Y, Gate::Rz) => Frame::QuarterTurn,
        _ => Frame::Own,
    }
}

impl Frame {
    fn enter(self, sink: &mut impl Sink, target: QubitId) {
        self.change(sink, target, FRAC_PI_2);
    }

    fn leave(self, sink: &mut impl Sink, target: QubitId) {
        self.change(sink, target, -FRAC_PI_2);
    }

    fn change(self, sink: &mut impl Sink, target: QubitId, angle: f64) {
        match self {
            Frame::Own => {}
            Frame::Hadamard => sink.h(target),
            Frame::QuarterTurn => sink.push(Gate::Rx, &[target], &[angle.into()]),
        }
    }
}

/// How long a walk is, before data lets parts of it vanish.
#[derive(Clone, Copy, Debug)]
pub(super) struct WalkSize {
    /// Number of rotations.
    terms: u128,
    /// `cx` of the walk when it returns to where it started.
    closed: u128,
    /// `cx` of the walk when it stops at its last rotation.
    open: u128,
}

impl WalkSize {
    /// A walk through all masks of the selects, of which there are at most 126.
    pub(super) fn dense(selects: usize) -> Self {
        let length = 1u128 << selects;
        WalkSize {
            terms: length,
            closed: if selects == 0 { 0 } else { length },
            open: if selects == 0 { 0 } else { length - 1 },
        }
    }

    /// A bound for a walk through that many masks. In the order of the Gray code, bit j of k changes
    /// 2^(k-1-j) times, at least twice, on the way through all masks and back, and no more often on the way
    /// through some of them; nor does it change more often than there are steps, and it changes an even
    /// number of times.
    pub(super) fn bound(selects: usize, terms: u64) -> Self {
        let terms = u128::from(terms);
        let even = terms.next_multiple_of(2);
        let changes = |bit: usize| if bit + 1 < selects { 1u128 << (selects - 1 - bit) } else { 2 };
        let closed = (0..selects).map(|bit| changes(bit).min(even)).sum::<u128>();
        WalkSize { terms, closed, open: closed.saturating_sub(1) }
    }

    /// The gates of [`Walk::emit`].
    pub(super) fn count(self, counts: &mut Counts, axis: Axis) {
        counts.add(Kind::Gate(rotation(axis)), self.terms);
        counts.add(Kind::Gate(Gate::Cx), self.closed);
        frame(axis, rotation(axis)).count(counts);
    }

    /// The gates of [`Walk::emit_controlled`]: the work qubits do not include the selects.
    pub(super) fn count_controlled(
        self,
        counts: &mut Counts,
        axis: Axis,
        selects: usize,
        controls: &[Control],
        clean: usize,
        dirty: usize,
    ) {
        let dirty = dirty + selects;
        let returns = self.returns_between(controls.len(), clean, dirty);
        let (rotation, cx) = if returns { (Gate::Rz, self.closed) } else { (rotation(axis), self.open) };
        counts.add(Kind::Gate(rotation), 2 * self.terms);
        counts.add(Kind::Gate(Gate::Cx), 2 * cx);
        let flip = if returns { relative_phase_mcx_cost } else { mcx_cost };
        counts.add_all(&flip(controls.len(), clean, dirty), 2);
        let negative = controls.iter().filter(|control| !control.on).count() as u128;
        counts.add(Kind::Gate(Gate::X), 4 * negative);
        frame(axis, rotation).count(counts);
    }

    /// Whether the walk returns to the unchanged target before the X under controls: then these may differ
    /// from X by phases, which are cheaper.
    fn returns_between(self, controls: usize, clean: usize, dirty: usize) -> bool {
        let exact = mcx_cost(controls, clean, dirty).two_qubit();
        let relative = relative_phase_mcx_cost(controls, clean, dirty).two_qubit();
        relative + self.closed < exact + self.open
    }
}

impl Frame {
    fn count(self, counts: &mut Counts) {
        match self {
            Frame::Own => {}
            Frame::Hadamard => counts.add(Kind::Gate(Gate::H), 2),
            Frame::QuarterTurn => counts.add(Kind::Gate(Gate::Rx), 2),
        }
    }
}

/// The phases of a diagonal as Walsh coefficients.
pub(super) enum Phases<'a> {
    /// One for each mask.
    Dense(&'a [f64]),
    /// Some masks, increasing, with theirs.
    Sparse(&'a [Term]),
}

/// Emits the diagonal with these phases: each mask but 0 is a rotation of its highest qubit under the parity of
/// the others, 2^n - 1 `rz` and 2^n - 2 `cx` for all masks. The mean phase is returned, for the caller to emit.
pub(super) fn diagonal_walk(
    sink: &mut impl Sink,
    qubits: &[QubitId],
    phases: Phases<'_>,
    elide: bool,
) -> f64 {
    for (position, &target) in qubits.iter().enumerate().rev() {
        let top = 1u64 << position;
        let walk = match &phases {
            Phases::Dense(walsh) => Walk::dense(&walsh[top as usize..2 * top as usize], elide, false),
            Phases::Sparse(terms) => {
                let start = terms.partition_point(|term| term.0 < top);
                let end = terms.partition_point(|term| term.0 >> position < 2);
                let own: Vec<Term> = terms[start..end].iter().map(|&(mask, c)| (mask ^ top, c)).collect();
                Walk::sparse(&own, elide, false)
            }
        };
        walk.emit(sink, Axis::Z, &qubits[..position], target, -2.0);
    }
    match phases {
        Phases::Dense(walsh) => walsh[0],
        Phases::Sparse(terms) => terms.first().filter(|term| term.0 == 0).map_or(0.0, |term| term.1),
    }
}
