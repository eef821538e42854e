//! Sums of shifts: A = sum over terms of D S, S moving the index within a group of the system's bits by a distance, D
//! diagonal or constant.
//!
//! A register `term` chooses the term, with amplitudes as in [`crate::lcu`]. In a symmetric sum each distance stands
//! for the shift and its inverse: a qubit `direction` in a uniform superposition chooses between them and is flipped,
//! so that applying the circuit twice goes there and back, U^2 = 1. Going back by d is going forth among complemented
//! indices, not(not(x) + d) = x - d: a single addition of a constant, or of a number made of qubits of the register,
//! serves all terms and both directions. Where the ends of a group are open, a qubit `overflow` is its highest bit:
//! what leaves the group raises it and is projected out.
//!
//! With one distance 2^s and constant coefficients the direction can be told from bit s itself (`staggered`): the
//! pairs of the graph that differ in bit s only are exchanged by X, the others by X and a carry.
//!
//! Where the coefficients vary, both ends of a pair must read the same one. So the index first goes to the pair's lower
//! end, if it is not there already, the flag is rotated by what is found there, and the index goes on to the upper end
//! if it came from the lower one (`framed`).

mod adder;
mod circuit;
mod codes;
mod padding;
mod preparation;
mod signs;

pub(crate) use circuit::Body;
pub(crate) use codes::{Codes, Shift};
pub(crate) use padding::Padding;
pub(crate) use preparation::Amplitudes;
pub(crate) use signs::Signs;

use qnewton_circuit::AngleTable;
use std::ops::Range;

/// Bits of the system that shifts move together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Group {
    /// The bits.
    pub bits: Range<usize>,
    /// Whether what leaves the range of indices is lost, rather than coming in at the other end.
    pub open: bool,
}

/// Whether a shift is its own inverse.
fn is_involution(groups: &[Group], shift: Shift) -> bool {
    let half = |group: &Group| !group.open && shift.distance == 1 << (group.bits.len() - 1);
    shift.distance == 0 || groups.get(shift.group).is_some_and(half)
}

/// A term: a shift, forth or, if the sum is symmetric, both ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Term {
    /// The shift.
    pub shift: Shift,
    /// Whether it goes back; never in symmetric sums.
    pub back: bool,
}

/// What tells forth from back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    /// All shifts go forth.
    Forth,
    /// All shifts go back.
    Back,
    /// The highest qubit of the register of terms: 1 is back.
    Term,
    /// A qubit of its own, which is flipped.
    Flipped,
}

/// The shape of a sum of shifts, without values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    /// Number of system qubits.
    pub system_qubits: usize,
    /// Disjoint groups.
    pub groups: Vec<Group>,
    /// Distinct terms.
    pub terms: Vec<Term>,
    /// Whether distances stand for both directions.
    pub symmetric: bool,
    direction: Direction,
    codes: Codes,
    /// The code of each term, direction included.
    term_codes: Vec<u64>,
}

impl Layout {
    /// All layouts of these terms that may be the best. `directed` says that even a symmetric sum of shifts that are
    /// their own inverses needs a direction, as for coefficients that are not real.
    pub(crate) fn candidates(
        system_qubits: usize,
        groups: &[Group],
        terms: &[Term],
        symmetric: bool,
        directed: bool,
    ) -> Vec<Layout> {
        let mut shifts: Vec<Shift> = Vec::new();
        for term in terms {
            if !shifts.contains(&term.shift) {
                shifts.push(term.shift);
            }
        }
        let moving = || terms.iter().filter(|term| term.shift != Shift::NONE);
        let direction = if symmetric {
            let reversible = terms.iter().all(|term| is_involution(groups, term.shift));
            if reversible && !directed { Direction::Forth } else { Direction::Flipped }
        } else if moving().all(|term| !term.back) {
            Direction::Forth
        } else if moving().all(|term| term.back) {
            Direction::Back
        } else {
            Direction::Term
        };
        let layout = |codes: Codes| {
            let code = |term: &Term| {
                let position = shifts.iter().position(|shift| *shift == term.shift).unwrap_or(0);
                let back = u64::from(direction == Direction::Term && term.back);
                codes.codes[position] | back << codes.qubits
            };
            Layout {
                system_qubits,
                groups: groups.to_vec(),
                terms: terms.to_vec(),
                symmetric,
                direction,
                term_codes: terms.iter().map(code).collect(),
                codes,
            }
        };
        Codes::candidates(&shifts).into_iter().map(layout).collect()
    }

    /// Qubits of the register of terms.
    pub(crate) fn term_qubits(&self) -> usize {
        self.codes.qubits + usize::from(self.direction == Direction::Term)
    }

    /// The code of each term.
    pub(crate) fn codes(&self) -> &[u64] {
        &self.term_codes
    }

    /// Whether there is a register `direction`.
    pub(crate) fn has_direction(&self) -> bool {
        self.direction == Direction::Flipped
    }

    /// How many times the largest magnitude of its coefficients a term adds to alpha: twice where it stands for two
    /// shifts.
    pub(crate) fn multiplicity(&self, term: &Term) -> f64 {
        let once = !self.symmetric || is_involution(&self.groups, term.shift);
        if once { 1.0 } else { 2.0 }
    }

    /// Subnormalization for the largest magnitudes of the terms' coefficients.
    pub(crate) fn alpha(&self, weights: &[f64]) -> f64 {
        self.terms.iter().zip(weights).map(|(term, weight)| self.multiplicity(term) * weight).sum()
    }

    /// Amplitudes of the register of terms, by code.
    pub(crate) fn amplitudes(&self, weights: &[f64]) -> Vec<f64> {
        let mut amplitudes = vec![0.0; 1 << self.term_qubits()];
        for ((term, weight), &code) in self.terms.iter().zip(weights).zip(&self.term_codes) {
            amplitudes[code as usize] = (self.multiplicity(term) * weight).sqrt();
        }
        amplitudes
    }

    /// Amplitudes without values.
    pub(crate) fn symbolic_amplitudes(&self) -> Amplitudes {
        Amplitudes::Any(AngleTable::Symbolic { length: 1 << self.term_qubits() })
    }

    /// Names of the registers that must be projected, of those that there may be.
    pub(crate) fn projected(&self, flag: bool, padded: bool) -> Vec<String> {
        let open = self.groups.iter().any(|group| group.open) || padded;
        let registers = [
            ("term", self.term_qubits() > 0),
            ("direction", self.has_direction()),
            ("flag", flag),
            ("overflow", open),
        ];
        registers.into_iter().filter(|(_, present)| *present).map(|(name, _)| name.to_string()).collect()
    }
}
