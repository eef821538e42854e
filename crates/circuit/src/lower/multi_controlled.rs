//! Multi-controlled gates, by the cheapest network that the free qubits allow.

use super::sink::Sink;
use crate::angle::Angle;
use crate::count::Counts;
use crate::gate::{Core, Gate};
use crate::ids::QubitId;
use crate::operation::Control;
use std::f64::consts::{FRAC_PI_2, FRAC_PI_4, PI};

/// Qubits that a lowering may use besides its operands.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Workspace<'a> {
    /// In |0>, returned to |0>.
    pub clean: &'a [QubitId],
    /// In any state, restored.
    pub dirty: &'a [QubitId],
}

/// Runs `body` with all controls of polarity 1: the others are conjugated with X.
pub(super) fn with_polarity<S: Sink>(
    sink: &mut S,
    controls: &[Control],
    body: impl FnOnce(&mut S, &[QubitId]),
) {
    let qubits: Vec<QubitId> = controls.iter().map(|control| control.qubit).collect();
    let flip = |sink: &mut S| {
        controls.iter().filter(|control| !control.on).for_each(|control| sink.x(control.qubit))
    };
    flip(sink);
    body(sink, &qubits);
    flip(sink);
}

/// A standard gate under `controls` (all of polarity 1).
pub(super) fn controlled_gate<S: Sink>(
    sink: &mut S,
    controls: &[QubitId],
    gate: Gate,
    qubits: &[QubitId],
    angles: &[Angle],
    work: Workspace,
) {
    let info = gate.info();
    let (own, targets) = qubits.split_at(info.controls);
    let all: Vec<QubitId> = controls.iter().chain(own).copied().collect();
    match info.core {
        Core::Single(core) => controlled_single(sink, &all, core, targets[0], angles, work),
        Core::Swap => {
            let (a, b) = (targets[0], targets[1]);
            sink.cx(b, a);
            mcx(sink, &[all.as_slice(), &[a]].concat(), b, work);
            sink.cx(b, a);
        }
        Core::Rzz => {
            sink.cx(targets[0], targets[1]);
            controlled_single(sink, &all, Gate::Rz, targets[1], angles, work);
            sink.cx(targets[0], targets[1]);
        }
        Core::Rxx => {
            targets.iter().for_each(|&target| sink.h(target));
            controlled_gate(sink, &all, Gate::Rzz, targets, angles, work);
            targets.iter().for_each(|&target| sink.h(target));
        }
    }
}

/// A single-qubit gate under `controls`; without controls, the gate itself.
fn controlled_single<S: Sink>(
    sink: &mut S,
    controls: &[QubitId],
    gate: Gate,
    target: QubitId,
    angles: &[Angle],
    work: Workspace,
) {
    if controls.is_empty() {
        return sink.push(gate, &[target], angles);
    }
    let phase = |sink: &mut S, angle: Angle| {
        mcp(sink, &[controls, &[target]].concat(), &angle, work);
    };
    let conjugated = |sink: &mut S, before: (Gate, f64), core: Gate, angles: &[Angle]| {
        let (basis, angle) = before;
        let constant = [Angle::from(angle)];
        let own: &[Angle] = if basis.angles() == 0 { &[] } else { &constant };
        let undone = if basis.angles() == 0 { vec![] } else { vec![Angle::from(-angle)] };
        sink.push(basis, &[target], &undone);
        controlled_single(sink, controls, core, target, angles, work);
        sink.push(basis, &[target], own);
    };
    match gate {
        Gate::I => {}
        Gate::X => mcx(sink, controls, target, work),
        // Y = Rz(pi/2) X Rz(-pi/2).
        Gate::Y => conjugated(sink, (Gate::Rz, FRAC_PI_2), Gate::X, &[]),
        // H = Ry(pi/4) Z Ry(-pi/4); Z = H X H.
        Gate::H => conjugated(sink, (Gate::Ry, FRAC_PI_4), Gate::Z, &[]),
        Gate::Z => conjugated(sink, (Gate::H, 0.0), Gate::X, &[]),
        Gate::Rx => conjugated(sink, (Gate::H, 0.0), Gate::Rz, angles),
        Gate::S => phase(sink, FRAC_PI_2.into()),
        Gate::Sdg => phase(sink, (-FRAC_PI_2).into()),
        Gate::T => phase(sink, FRAC_PI_4.into()),
        Gate::Tdg => phase(sink, (-FRAC_PI_4).into()),
        Gate::P | Gate::U1 => phase(sink, angles[0].clone()),
        Gate::Sx => conjugated(sink, (Gate::H, 0.0), Gate::S, &[]),
        Gate::Sxdg => conjugated(sink, (Gate::H, 0.0), Gate::Sdg, &[]),
        Gate::Rz => controlled_rz(sink, controls, target, &angles[0], work),
        Gate::Ry => {
            sink.ry(angles[0].scaled(0.5), target);
            mcx(sink, controls, target, work);
            sink.ry(angles[0].scaled(-0.5), target);
            mcx(sink, controls, target, work);
        }
        Gate::U2 => {
            let angles = [FRAC_PI_2.into(), angles[0].clone(), angles[1].clone()];
            controlled_single(sink, controls, Gate::U3, target, &angles, work);
        }
        Gate::U3 | Gate::U => controlled_u3(sink, controls, target, angles, work),
        _ => unreachable!("the core of a gate acts on a single qubit"),
    }
}

/// u3 = e^(i (phi + lambda)/2) A X B X C with A B C = 1 (Barenco et al., quant-ph/9503016, Lemma 4.3).
fn controlled_u3<S: Sink>(
    sink: &mut S,
    controls: &[QubitId],
    target: QubitId,
    angles: &[Angle],
    work: Workspace,
) {
    let (theta, phi, lambda) = (&angles[0], &angles[1], &angles[2]);
    let (sum, difference) = (phi.plus(lambda), lambda.plus(&phi.scaled(-1.0)));
    sink.rz(difference.scaled(0.5), target);
    mcx(sink, controls, target, work);
    sink.rz(sum.scaled(-0.5), target);
    sink.ry(theta.scaled(-0.5), target);
    mcx(sink, controls, target, work);
    sink.ry(theta.scaled(0.5), target);
    sink.rz(phi.clone(), target);
    mcp(sink, controls, &sum.scaled(0.5), work);
}

/// rz under controls. The two multi-controlled X may differ from X by phases: what is between them is diagonal.
pub(super) fn controlled_rz<S: Sink>(
    sink: &mut S,
    controls: &[QubitId],
    target: QubitId,
    angle: &Angle,
    work: Workspace,
) {
    sink.rz(angle.scaled(0.5), target);
    relative_phase_mcx(sink, controls, target, work, false);
    sink.rz(angle.scaled(-0.5), target);
    relative_phase_mcx(sink, controls, target, work, true);
}

/// The phase e^(i angle) where all qubits are |1>.
pub(super) fn mcp<S: Sink>(sink: &mut S, qubits: &[QubitId], angle: &Angle, work: Workspace) {
    match qubits {
        [] => sink.phase(angle),
        [qubit] => sink.p(angle.clone(), *qubit),
        _ if qubits.len() <= 5 => parity_phases(sink, qubits, angle),
        [rest @ .., last, target] => {
            // Barenco et al., Lemma 7.5.
            let pair = [*last, *target];
            let dirty: Vec<QubitId> = work.dirty.iter().chain([target]).copied().collect();
            let inner = Workspace { dirty: &dirty, ..work };
            parity_phases(sink, &pair, &angle.scaled(0.5));
            mcx(sink, rest, *last, inner);
            parity_phases(sink, &pair, &angle.scaled(-0.5));
            mcx(sink, rest, *last, inner);
            let dirty: Vec<QubitId> = work.dirty.iter().chain([last]).copied().collect();
            mcp(sink, &[rest, &[*target]].concat(), &angle.scaled(0.5), Workspace { dirty: &dirty, ..work });
        }
    }
}

/// The same phase from all parities: 2^n - 2 `cx`, since the product of n bits is the sum over non-empty
/// sets of +-2^(1-n) times the parity of the set.
fn parity_phases<S: Sink>(sink: &mut S, qubits: &[QubitId], angle: &Angle) {
    let unit = angle.scaled(0.5f64.powi(qubits.len() as i32 - 1));
    for (position, &target) in qubits.iter().enumerate().rev() {
        let mut parity = 0usize;
        for step in 0..1usize << position {
            let mask = step ^ (step >> 1);
            let changed = parity ^ mask;
            if changed != 0 {
                sink.cx(qubits[changed.trailing_zeros() as usize], target);
            }
            parity = mask;
            let sign = if mask.count_ones() % 2 == 0 { 1.0 } else { -1.0 };
            sink.p(unit.scaled(sign), target);
        }
        if parity != 0 {
            sink.cx(qubits[parity.trailing_zeros() as usize], target);
        }
    }
}

/// X on `target` where all controls are |1>.
pub(super) fn mcx<S: Sink>(sink: &mut S, controls: &[QubitId], target: QubitId, work: Workspace) {
    let count = controls.len();
    match controls {
        [] => return sink.x(target),
        [control] => return sink.cx(*control, target),
        [a, b] => return toffoli(sink, *a, *b, target),
        _ => {}
    }
    let free = work.clean.len() + work.dirty.len();
    if work.clean.len() >= count - 2 {
        return clean_chain(sink, controls, target, work.clean);
    }
    if count <= 4 || free == 0 && count <= 5 {
        sink.h(target);
        parity_phases(sink, &[controls, &[target]].concat(), &PI.into());
        sink.h(target);
        return;
    }
    let dirty: Vec<QubitId> = work.clean.iter().chain(work.dirty).copied().collect();
    if free >= count - 2 {
        dirty_chain(sink, controls, target, &dirty);
    } else if let Some(&helper) = dirty.first() {
        // Barenco et al., Lemma 7.3: two halves, each of which lends the other its qubits.
        let (first, second) = controls.split_at(count.div_ceil(2));
        let with_helper = [second, &[helper]].concat();
        let lent_to_first = [second, &[target], &dirty[1..]].concat();
        let lent_to_second = [first, &dirty[1..]].concat();
        for _ in 0..2 {
            mcx(sink, first, helper, Workspace { clean: &[], dirty: &lent_to_first });
            mcx(sink, &with_helper, target, Workspace { clean: &[], dirty: &lent_to_second });
        }
    } else {
        sink.h(target);
        mcp(sink, &[controls, &[target]].concat(), &PI.into(), work);
        sink.h(target);
    }
}

/// X on `target` where all controls are |1>, up to phases in the computational basis. `inverse` gives the
/// inverse operation, phases included.
pub(super) fn relative_phase_mcx<S: Sink>(
    sink: &mut S,
    controls: &[QubitId],
    target: QubitId,
    work: Workspace,
    inverse: bool,
) {
    match controls {
        [a, b] => margolus(sink, *a, *b, target),
        [a, b, c] => relative_phase_c3x(sink, [*a, *b, *c], target, inverse),
        [_, _, _, ..] if work.clean.len() >= controls.len() - 2 => {
            // An and-chain into clean qubits, then the last pair onto the target.
            and_chain(sink, controls, work.clean, false);
            margolus(sink, controls[controls.len() - 1], work.clean[controls.len() - 3], target);
            and_chain(sink, controls, work.clean, true);
        }
        [rest @ .., a, b]
            if matches!(rest.len(), 2 | 3) && !(work.clean.is_empty() && work.dirty.is_empty()) =>
        {
            // The helper toggles by the rest between two toggles of the target by the helper: up to phases,
            // the helper is restored and the target toggled by all controls, whatever the helper was.
            let helper = work.clean.first().or(work.dirty.first()).copied().unwrap_or(target);
            let toggle_target =
                |sink: &mut S, inverse| relative_phase_c3x(sink, [*a, *b, helper], target, inverse);
            let toggle_helper =
                |sink: &mut S, inverse| relative_phase_mcx(sink, rest, helper, Workspace::default(), inverse);
            for undo in [false, true] {
                if inverse {
                    toggle_helper(sink, undo);
                    toggle_target(sink, undo);
                } else {
                    toggle_target(sink, undo);
                    toggle_helper(sink, undo);
                }
            }
        }
        _ => mcx(sink, controls, target, work),
    }
}

/// Computes controls\[0\] and controls\[1\] and ... into clean\[count - 3\], all but the last control.
fn and_chain<S: Sink>(sink: &mut S, controls: &[QubitId], clean: &[QubitId], inverse: bool) {
    let last = controls.len() - 2;
    let mut step = |position: usize| {
        let other = if position == 1 { controls[0] } else { clean[position - 2] };
        margolus(sink, controls[position], other, clean[position - 1]);
    };
    if inverse { (1..=last).rev().for_each(&mut step) } else { (1..=last).for_each(&mut step) }
}

fn clean_chain<S: Sink>(sink: &mut S, controls: &[QubitId], target: QubitId, clean: &[QubitId]) {
    and_chain(sink, controls, clean, false);
    toffoli(sink, controls[controls.len() - 1], clean[controls.len() - 3], target);
    and_chain(sink, controls, clean, true);
}

/// Barenco et al., Lemma 7.2. All Toffolis but those on the target come in pairs that undo each other's phases.
fn dirty_chain<S: Sink>(sink: &mut S, controls: &[QubitId], target: QubitId, dirty: &[QubitId]) {
    let count = controls.len();
    let ladder = |sink: &mut S| {
        let step = |sink: &mut S, position: usize| {
            margolus(sink, controls[position + 1], dirty[position - 1], dirty[position]);
        };
        (1..count - 2).rev().for_each(|position| step(sink, position));
        margolus(sink, controls[0], controls[1], dirty[0]);
        (1..count - 2).for_each(|position| step(sink, position));
    };
    for _ in 0..2 {
        toffoli(sink, controls[count - 1], dirty[count - 3], target);
        // The ladder of relative-phase Toffolis is its own inverse: Margolus' gate is one.
        ladder(sink);
    }
}

/// Toffoli in six `cx`.
fn toffoli<S: Sink>(sink: &mut S, a: QubitId, b: QubitId, target: QubitId) {
    peres(sink, a, b, target);
    sink.cx(a, b);
}

/// Toffoli and then a `cx` from `a` to `b` (Peres' gate) in five `cx`.
pub(super) fn peres<S: Sink>(sink: &mut S, a: QubitId, b: QubitId, target: QubitId) {
    let t = |sink: &mut S, qubit| sink.push(Gate::T, &[qubit], &[]);
    let tdg = |sink: &mut S, qubit| sink.push(Gate::Tdg, &[qubit], &[]);
    sink.h(target);
    sink.cx(b, target);
    tdg(sink, target);
    sink.cx(a, target);
    t(sink, target);
    sink.cx(b, target);
    tdg(sink, target);
    sink.cx(a, target);
    t(sink, b);
    t(sink, target);
    sink.h(target);
    sink.cx(a, b);
    t(sink, a);
    tdg(sink, b);
}

/// Margolus' gate: Toffoli up to a sign of |a b t> = |1 0 1>, three `cx`, its own inverse.
pub(super) fn margolus<S: Sink>(sink: &mut S, a: QubitId, b: QubitId, target: QubitId) {
    sink.ry(FRAC_PI_4, target);
    sink.cx(b, target);
    sink.ry(FRAC_PI_4, target);
    sink.cx(a, target);
    sink.ry(-FRAC_PI_4, target);
    sink.cx(b, target);
    sink.ry(-FRAC_PI_4, target);
}

/// Triply controlled X up to phases, six `cx` (Maslov, arXiv 1508.03273, Fig. 4).
fn relative_phase_c3x<S: Sink>(sink: &mut S, controls: [QubitId; 3], target: QubitId, inverse: bool) {
    let [a, b, c] = controls;
    enum Step {
        H,
        T(f64),
        Cx(QubitId),
    }
    use Step::{Cx, H, T};
    let steps = [
        H,
        T(1.0),
        Cx(c),
        T(-1.0),
        H,
        Cx(a),
        T(1.0),
        Cx(b),
        T(-1.0),
        Cx(a),
        T(1.0),
        Cx(b),
        T(-1.0),
        H,
        T(1.0),
        Cx(c),
        T(-1.0),
        H,
    ];
    let mut apply = |step: &Step| match step {
        H => sink.h(target),
        T(sign) if (*sign > 0.0) != inverse => sink.push(Gate::T, &[target], &[]),
        T(_) => sink.push(Gate::Tdg, &[target], &[]),
        Cx(control) => sink.cx(*control, target),
    };
    if inverse { steps.iter().rev().for_each(&mut apply) } else { steps.iter().for_each(&mut apply) }
}

/// The gates of [`mcx`], counted.
pub(super) fn mcx_cost(controls: usize, clean: usize, dirty: usize) -> Counts {
    let mut counts = Counts::default();
    with_numbered_qubits(controls, clean, dirty, |own, target, work| mcx(&mut counts, own, target, work));
    counts
}

/// The gates of [`relative_phase_mcx`], counted.
pub(super) fn relative_phase_mcx_cost(controls: usize, clean: usize, dirty: usize) -> Counts {
    let mut counts = Counts::default();
    with_numbered_qubits(controls, clean, dirty, |own, target, work| {
        relative_phase_mcx(&mut counts, own, target, work, false);
    });
    counts
}

fn with_numbered_qubits(
    controls: usize,
    clean: usize,
    dirty: usize,
    body: impl FnOnce(&[QubitId], QubitId, Workspace),
) {
    let qubits: Vec<QubitId> = (0..(controls + clean + dirty + 1) as u32).map(QubitId).collect();
    let (own, rest) = qubits.split_at(controls);
    body(own, rest[0], Workspace { clean: &rest[1..1 + clean], dirty: &rest[1 + clean..] });
}
