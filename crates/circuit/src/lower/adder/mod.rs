//! Addition of a constant, by the network that needs the fewest `cx` for the sizes, the constant, and the free
//! qubits.
//!
//! Bits below the lowest 1 of the constant take no part, and what is left of the constant is odd. For n bits
//! and at most one control:
//!
//! | network | free qubits | `cx` |
//! |---|---|---|
//! | `Carries` | n - 3 clean, one more under a control | 7n - 16; under a control 7n - 9 and 2 for each change in the constant's bits |
//! | `Carries` | fewer clean ones | that up to a bit, and another network from there on |
//! | `Fourier` | none | 2n(n - 1), under a control 2n more |
//! | `Chain` | none, dirty ones help | few for few bits and many controls |
//! | `Borrowed` | n dirty, one more under a control | 22n for a constant of +-1 |
//!
//! More controls are first gathered into one clean qubit where there is one.

mod borrowed;
mod carries;
mod chain;
mod fourier;

use super::multi_controlled::{Workspace, relative_phase_mcx};
use super::sink::Sink;
use crate::count::Counts;
use crate::ids::QubitId;

/// |k> -> |k + constant mod 2^n>, or |k - constant mod 2^n> if `inverse`, under `controls`.
pub(super) fn add_constant<S: Sink>(
    sink: &mut S,
    qubits: &[QubitId],
    constant: u64,
    inverse: bool,
    controls: &[QubitId],
    work: Workspace,
) {
    let mut bits: Vec<bool> =
        (0..qubits.len()).map(|bit| bit < 64 && constant >> bit.min(63) & 1 == 1).collect();
    let Some(lowest) = bits.iter().position(|&bit| bit) else { return };
    if inverse {
        // Two's complement: the lowest 1 stays, all above it flip.
        bits[lowest + 1..].iter_mut().for_each(|bit| *bit = !*bit);
    }
    // Qubits that take no part can be borrowed.
    let dirty = [work.dirty, &qubits[..lowest]].concat();
    let work = Workspace { dirty: &dirty, ..work };
    Addition { qubits: &qubits[lowest..], bits: &bits[lowest..], controls, work }.emit(sink);
}

/// The addition of an odd constant to at least one bit.
#[derive(Clone, Copy)]
struct Addition<'a> {
    qubits: &'a [QubitId],
    /// The bits of the constant, the lowest of which is 1; as many as there are qubits.
    bits: &'a [bool],
    controls: &'a [QubitId],
    work: Workspace<'a>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Network {
    /// [`carries`]: with at most one control.
    Carries,
    /// [`fourier`].
    Fourier,
    /// [`chain`].
    Chain,
    /// [`borrowed`]: constants +-1 with at most one control.
    Borrowed,
    /// The conjunction of all controls in a clean qubit, and the rest under that one.
    Gathered,
    /// Constants +-1: the controls are low bits of a longer number, which are then counted back.
    Prolonged,
}

impl Addition<'_> {
    /// Emits the cheapest network.
    fn emit<S: Sink>(self, sink: &mut S) {
        self.emit_network(self.network(), sink);
    }

    /// The network with the fewest `cx`, of those the one with the fewest gates.
    fn network(&self) -> Network {
        let cost = |&network: &Network| {
            let mut counts = Counts::default();
            self.emit_network(network, &mut counts);
            (counts.two_qubit(), counts.total())
        };
        match self.networks()[..] {
            [network] => network,
            ref several => several.iter().copied().min_by_key(cost).unwrap_or(Network::Fourier),
        }
    }

    /// The networks that may be the cheapest.
    fn networks(&self) -> Vec<Network> {
        let (bits, controls) = (self.qubits.len(), self.controls.len());
        if bits == 1 {
            return vec![Network::Chain];
        }
        if controls <= 1 && carries::clean_needed(bits, controls) <= self.work.clean.len() {
            return vec![Network::Carries];
        }
        let mut networks = vec![Network::Fourier];
        if bits <= 6 && bits + controls <= 16 {
            networks.push(Network::Chain);
        }
        let unit = self.unit().is_some();
        if controls <= 1 {
            // A single control is the lowest carry already: without clean qubits there is no other.
            if controls == 0 || !self.work.clean.is_empty() {
                networks.push(Network::Carries);
            }
            let free = self.work.clean.len() + self.work.dirty.len();
            if unit && free >= bits + controls {
                networks.push(Network::Borrowed);
            }
        } else if !self.work.clean.is_empty() {
            networks.push(Network::Gathered);
        } else if unit {
            networks.push(Network::Prolonged);
        }
        networks
    }

    fn emit_network<S: Sink>(self, network: Network, sink: &mut S) {
        match network {
            Network::Carries => carries::add(self, sink),
            Network::Fourier => {
                let addend = fourier::Addend { bits: self.bits.to_vec(), controls: self.controls };
                fourier::add(sink, self.qubits, &[addend], self.work);
            }
            Network::Chain => chain::add(self, sink),
            Network::Borrowed => self.as_increment(sink, |sink| {
                let free = [self.work.dirty, self.work.clean].concat();
                borrowed::increment(sink, &[self.controls, self.qubits].concat(), &free);
                self.controls.iter().for_each(|&control| sink.x(control));
            }),
            Network::Gathered => {
                if let Some((&all, rest)) = self.work.clean.split_first() {
                    let work = Workspace { clean: rest, ..self.work };
                    // What is under its control is diagonal in it, so the phases cancel.
                    relative_phase_mcx(sink, self.controls, all, work, false);
                    Addition { controls: &[all], work, ..self }.emit(sink);
                    relative_phase_mcx(sink, self.controls, all, work, true);
                }
            }
            Network::Prolonged => {
                let long = [self.controls, self.qubits].concat();
                self.as_increment(sink, |sink| {
                    let one = unit(long.len(), false);
                    Addition { qubits: &long, bits: &one, controls: &[], work: self.work }.emit(sink);
                });
                let dirty = [self.work.dirty, self.qubits].concat();
                let work = Workspace { dirty: &dirty, ..self.work };
                let minus_one = unit(self.controls.len(), true);
                Addition { qubits: self.controls, bits: &minus_one, controls: &[], work }.emit(sink);
            }
        }
    }

    /// Whether the constant is 1 or -1: `Some(true)` for -1.
    fn unit(&self) -> Option<bool> {
        let negative = *self.bits.last()?;
        self.bits[1..].iter().all(|&bit| bit == negative).then_some(negative)
    }

    /// Runs an increment where the constant is 1, and turns it into the decrement where it is -1:
    /// k - 1 = not(not(k) + 1).
    fn as_increment<S: Sink>(&self, sink: &mut S, increment: impl FnOnce(&mut S)) {
        let flip = |sink: &mut S| {
            if self.unit() == Some(true) {
                self.qubits.iter().for_each(|&qubit| sink.x(qubit));
            }
        };
        flip(sink);
        increment(sink);
        flip(sink);
    }
}

/// The bits of 1 or of -1.
fn unit(bits: usize, negative: bool) -> Vec<bool> {
    (0..bits).map(|bit| bit == 0 || negative).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_free_qubits_decide_the_network() {
        let qubits: Vec<QubitId> = (0..80).map(QubitId).collect();
        let network = |bits: usize, controls: usize, clean: usize, dirty: usize| {
            let (own, rest) = qubits.split_at(bits);
            let (controls, rest) = rest.split_at(controls);
            let work = Workspace { clean: &rest[..clean], dirty: &rest[clean..clean + dirty] };
            Addition { qubits: own, bits: &unit(bits, false), controls, work }.network()
        };
        assert_eq!(network(1, 5, 0, 0), Network::Chain);
        assert_eq!(network(3, 0, 0, 0), Network::Carries);
        assert_eq!(network(20, 0, 17, 0), Network::Carries);
        assert_eq!(network(20, 1, 17, 20), Network::Carries);
        assert_eq!(network(6, 1, 0, 0), Network::Fourier);
        assert_eq!(network(2, 6, 0, 6), Network::Chain);
        assert_eq!(network(20, 0, 0, 20), Network::Borrowed);
        assert_eq!(network(20, 3, 1, 0), Network::Gathered);
        assert_eq!(network(6, 8, 0, 0), Network::Prolonged);
    }
}
