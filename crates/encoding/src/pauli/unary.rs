//! Unary iteration (Babbush et al., arXiv 1805.03662, Fig. 7), with the difference of neighbours applied.
//!
//! The strings are the leaves of a binary tree whose levels are the qubits of the term register. The string of the
//! first leaf is applied without a control. Then, at every inner node, whatever the first leaf of its second child has
//! more than that of its first child is applied under the conjunction of the bits that lead to the second child; so
//! every leaf collects its own string. Conjunctions are computed into clean qubits by relative-phase Toffolis, three
//! `cx` each, exact on a clean target; the one of the second child follows from that of the first by one more, and at
//! the lowest level no first child needs one: 7 or 6 `cx` for each node but the root, and one for each letter.
//! Unused values of the register select what the leaves before them do.

use super::{PauliString, Phased, push_controlled};
use qnewton_circuit::{Angle, Definition, Gate, QubitId, Register, RegisterKind};
use std::f64::consts::{FRAC_PI_4, PI};

/// Phases within this of a multiple of 2 pi are none.
const NEGLIGIBLE: f64 = 8.0 * f64::EPSILON;

/// Applies string k with its phase, k the value of `term`.
pub(super) fn select(
    definition: &mut Definition,
    system: &Register,
    term: &[QubitId],
    strings: &[PauliString],
    phases: &[f64],
) {
    let levels = term.len().saturating_sub(1);
    let path: Vec<QubitId> = if levels > 0 {
        definition.add_register_of("path", levels, RegisterKind::CleanAncilla).qubits().collect()
    } else {
        Vec::new()
    };
    let leaf = |k: usize| Phased { string: strings[k], phase: phases[k] };
    let mut iteration = Iteration { definition, system, term, path, count: strings.len(), leaf: &leaf };
    iteration.first();
    iteration.node(term.len(), 0, None);
}

struct Iteration<'a> {
    definition: &'a mut Definition,
    system: &'a Register,
    term: &'a [QubitId],
    /// Qubit l holds the conjunction that leads to the current node of level l + 1 (counted from the leaves).
    path: Vec<QubitId>,
    count: usize,
    leaf: &'a dyn Fn(usize) -> Phased,
}

impl Iteration<'_> {
    /// The first string, without a control.
    fn first(&mut self) {
        let Phased { string, phase } = (self.leaf)(0);
        for (bit, qubit) in self.system.qubits().enumerate() {
            let gate = match (string.x >> bit & 1, string.z >> bit & 1) {
                (0, 0) => continue,
                (1, 0) => Gate::X,
                (0, _) => Gate::Z,
                _ => Gate::Y,
            };
            self.definition.gate(gate, &[qubit], &[]);
        }
        let phase = wrapped(phase - Phased::plain(string).phase);
        if phase != 0.0 {
            self.definition.global_phase(&Angle::from(phase));
        }
    }

    /// The subtree of the 2^level leaves from `start`, under the conjunction in `control`; without one, always.
    fn node(&mut self, level: usize, start: usize, control: Option<QubitId>) {
        let Some(level) = level.checked_sub(1) else { return };
        let second = start + (1 << level);
        if second >= self.count {
            return self.node(level, start, control);
        }
        let bit = self.term[level];
        // The first child has all its leaves.
        let descend = level > 0;
        let Some(control) = control else {
            if descend {
                self.flip(bit);
                self.node(level, start, Some(bit));
                self.flip(bit);
            }
            self.difference(start, second, bit);
            return self.node(level, second, Some(bit));
        };
        let conjunction = self.path[level];
        if descend {
            self.flip(bit);
            self.and(control, bit, conjunction);
            self.flip(bit);
            self.node(level, start, Some(conjunction));
            self.definition.gate(Gate::Cx, &[control, conjunction], &[]);
        } else {
            self.and(control, bit, conjunction);
        }
        self.difference(start, second, conjunction);
        self.node(level, second, Some(conjunction));
        self.and(control, bit, conjunction);
    }

    fn flip(&mut self, qubit: QubitId) {
        self.definition.gate(Gate::X, &[qubit], &[]);
    }

    /// What turns string `from` into string `to`, under a control.
    fn difference(&mut self, from: usize, to: usize, control: QubitId) {
        let Phased { string, phase } = (self.leaf)(to).after((self.leaf)(from).inverse());
        let phase = wrapped(phase - Phased::plain(string).phase);
        if phase != 0.0 {
            self.definition.gate(Gate::P, &[control], &[phase]);
        }
        push_controlled(self.definition, string, control, self.system);
    }

    /// target xor= a and b, for a target that is clean before or after (Margolus' gate): its only sign is at
    /// a = 1, b = 0, target = 1.
    fn and(&mut self, a: QubitId, b: QubitId, target: QubitId) {
        for (angle, control) in [(FRAC_PI_4, b), (FRAC_PI_4, a), (-FRAC_PI_4, b)] {
            self.definition.gate(Gate::Ry, &[target], &[angle]);
            self.definition.gate(Gate::Cx, &[control, target], &[]);
        }
        self.definition.gate(Gate::Ry, &[target], &[-FRAC_PI_4]);
    }
}

/// A phase between -pi and pi, 0 if it is that up to rounding.
fn wrapped(phase: f64) -> f64 {
    let phase = phase - (phase / (2.0 * PI)).round() * 2.0 * PI;
    if phase.abs() <= NEGLIGIBLE { 0.0 } else { phase }
}
