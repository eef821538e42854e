//! The localiser: executes operations on qubits by operations on the positions of a rank.

use super::choice::trades;
use super::communicator::CommunicationError;
use super::layout::PINNED;
use super::qubit_map::bits;
use super::relocation::Relocations;
use super::state::DistributedState;
use crate::bits::Condition;
use crate::blocked::{WAITING, block_qubits, choose, filled, sweep};
use crate::engine::{Direct, Engine};
use crate::fuse::fuse;
use crate::kernels::{Cycles, Diagonal, Lookup, Operator, Rotation, scale};
use crate::real::{Real, widen};
use crate::resolved::{Resolved, ResolvedAction};
use crate::run::RunOptions;
use crate::simd::Instructions;
use num_complex::Complex64;
use std::collections::VecDeque;

/// Steps ahead that an exchange considers.
const AHEAD: usize = 512;

/// Executes operations on a distributed state, whose ranks all get the same operations. They are fused and gathered in
/// passes as one process does it, so that results are the same; then each pass is brought to where its qubits are.
pub(crate) struct Localiser<'a, 'c, R: Real> {
    state: &'a mut DistributedState<'c, R>,
    instructions: Instructions,
    /// Qubits of a block.
    block: usize,
    exact: bool,
    waiting: Vec<Resolved<R>>,
    rotations: Relocations<Rotation<R>>,
    diagonals: Relocations<Diagonal<R>>,
    permutations: Relocations<Cycles>,
    constants: Relocations<()>,
    lookups: Relocations<Lookup>,
    failure: Option<CommunicationError>,
}

impl<'a, 'c, R: Real> Localiser<'a, 'c, R> {
    /// An engine for a state; see [`engine`](crate::blocked::engine).
    pub(crate) fn new(state: &'a mut DistributedState<'c, R>, options: &RunOptions, exact: bool) -> Self {
        let block = block_qubits::<R>(options);
        let exact = exact || state.qubits() <= block;
        Localiser {
            state,
            instructions: options.instructions(),
            block,
            exact,
            waiting: Vec::new(),
            rotations: Relocations::default(),
            diagonals: Relocations::default(),
            permutations: Relocations::default(),
            constants: Relocations::default(),
            lookups: Relocations::default(),
            failure: None,
        }
    }

    /// Executes what is left and brings every qubit to the position of its number. An error if at any time ranks could
    /// not talk to each other; then the amplitudes mean nothing.
    pub(crate) fn finish(mut self) -> Result<(), CommunicationError> {
        self.flush();
        self.go_home();
        self.failure.map_or(Ok(()), Err)
    }

    /// Gathers the waiting operations in passes that fit within a rank.
    fn passes(&mut self) -> VecDeque<Vec<Resolved<R>>> {
        let waiting = std::mem::take(&mut self.waiting);
        if self.exact {
            return waiting.into_iter().map(|operation| vec![operation]).collect();
        }
        let room = usize::from(self.state.map.local()) - PINNED;
        let mut passes = VecDeque::new();
        let mut waiting = fuse(waiting);
        while !waiting.is_empty() {
            let (_, taken, left) = choose(waiting, self.block);
            waiting = left;
            if (moved(&taken) >> PINNED).count_ones() as usize <= room {
                passes.push_back(taken);
            } else {
                passes.extend(taken.into_iter().map(|operation| vec![operation]));
            }
        }
        passes
    }

    /// Executes a pass, whose targets are within the ranks.
    fn execute(&mut self, pass: Vec<Resolved<R>>) {
        if let Some([a, b]) = relabelled(&pass) {
            let (a, b) = (self.state.map.position(a), self.state.map.position(b));
            self.state.map.trade(a, b);
            return;
        }
        let targets = self.state.map.positions(moved(&pass));
        let localised: Vec<Resolved<R>> =
            pass.into_iter().filter_map(|operation| self.localised(operation)).collect();
        let amplitudes = &mut self.state.amplitudes;
        let block = self.block;
        if usize::from(self.state.map.local()) <= block {
            let mut direct = Direct::new(amplitudes, self.instructions);
            localised.into_iter().for_each(|operation| direct.push(operation));
        } else if !localised.is_empty() {
            sweep(amplitudes, self.instructions, &filled(targets, block), localised);
        }
    }

    /// An operation at the positions of this rank; none if it does nothing here. Its targets are within the ranks.
    fn localised(&mut self, operation: Resolved<R>) -> Option<Resolved<R>> {
        let (map, rank) = (&self.state.map, self.state.rank());
        let mut condition = Condition::default();
        let set = |position: u8| rank >> (position - map.local()) & 1 == 1;
        for qubit in bits(operation.condition.mask) {
            let (position, on) = (map.position(qubit), operation.condition.value >> qubit & 1 == 1);
            if position < map.local() {
                condition = condition.and(position, on);
            } else if set(position) != on {
                return None;
            }
        }
        let at = |target: u8| map.position(target);
        let action = match operation.action {
            ResolvedAction::Scale(factor) => ResolvedAction::Scale(factor),
            ResolvedAction::Single { target, operator: Operator::Diagonal(factors) }
                if !map.is_local(target) =>
            {
                ResolvedAction::Scale(factors[usize::from(set(map.position(target)))])
            }
            ResolvedAction::Single { target, operator } => {
                ResolvedAction::Single { target: at(target), operator }
            }
            ResolvedAction::Swap(targets) => ResolvedAction::Swap(targets.map(at)),
            ResolvedAction::RotateXx { targets, angle } => {
                ResolvedAction::RotateXx { targets: targets.map(at), angle }
            }
            ResolvedAction::Matrix { targets, entries } => ResolvedAction::Matrix {
                targets: targets.iter().map(|&target| at(target)).collect(),
                entries,
            },
            ResolvedAction::Rotation { axis, target, placement, inverse } => {
                let placement = self.rotations.get(&placement, map, rank);
                ResolvedAction::Rotation { axis, target: at(target), placement, inverse }
            }
            ResolvedAction::Diagonal { placement, inverse } => {
                let placement = self.diagonals.get(&placement, map, rank);
                ResolvedAction::Diagonal { placement, inverse }
            }
            ResolvedAction::Permutation { placement, inverse } => {
                let placement = self.permutations.get(&placement, map, rank);
                ResolvedAction::Permutation { placement, inverse }
            }
            ResolvedAction::AddConstant { placement, constant } => {
                let placement = self.constants.get(&placement, map, rank);
                ResolvedAction::AddConstant { placement, constant }
            }
            ResolvedAction::Lookup { placement, phase } => {
                let placement = self.lookups.get(&placement, map, rank);
                ResolvedAction::Lookup { placement, phase }
            }
        };
        let nothing = matches!(action, ResolvedAction::Scale(factor) if factor == Complex64::new(1.0, 0.0));
        (!nothing).then_some(Resolved { condition, action })
    }

    /// Brings every qubit to the position of its number.
    fn go_home(&mut self) {
        while self.failure.is_none() {
            let pairs = self.state.map.homeward();
            if pairs.is_empty() {
                break;
            }
            let local = self.state.map.local();
            let pairs: Vec<(u8, u8)> =
                pairs.into_iter().map(|(inner, outer)| (inner, outer - local)).collect();
            self.failure = self.state.trade(&pairs).err();
        }
        for position in 0..self.state.map.local() {
            let away = self.state.map.position(position);
            if away != position && self.failure.is_none() {
                self.state.map.trade(position, away);
                let action = ResolvedAction::Swap([position, away]);
                let swap = Resolved { condition: Condition::default(), action };
                Direct::new(&mut self.state.amplitudes, self.instructions).push(swap);
            }
        }
    }
}

impl<R: Real> Engine<R> for Localiser<'_, '_, R> {
    fn qubits(&self) -> usize {
        self.state.qubits()
    }

    fn push(&mut self, operation: Resolved<R>) {
        if self.state.is_idle() {
            return;
        }
        self.waiting.push(operation);
        if self.waiting.len() == WAITING {
            self.flush();
        }
    }

    fn flush(&mut self) {
        let mut passes = self.passes();
        while let Some(next) = passes.front()
            && self.failure.is_none()
        {
            let map = &self.state.map;
            if map.positions(moved(next)) >> map.local() != 0 {
                let pairs = trades(map, passes.iter().take(AHEAD).map(|pass| moved(pass)));
                self.failure = self.state.trade(&pairs).err();
            }
            if let Some(pass) = passes.pop_front() {
                self.execute(pass);
            }
        }
    }

    fn turn(&mut self, angle: f64) {
        if !self.state.is_idle() {
            Direct::new(&mut self.state.amplitudes, self.instructions).turn(angle);
        }
    }

    /// Summed in the order of one process, so that the result is the same: qubits go home for that.
    fn probability_of_one(&mut self, position: u8) -> f64 {
        self.go_home();
        if self.failure.is_some() {
            return 0.0;
        }
        let bit = 1usize << position;
        let mut part = |wanted: usize| {
            let term = |index: usize, amplitude| {
                if index & bit == wanted { widen(amplitude).norm_sqr() } else { 0.0 }
            };
            self.state.sum(term).unwrap_or_else(|failure| {
                self.failure = Some(failure);
                0.0
            })
        };
        let (zero, one) = (part(0), part(bit));
        one / (zero + one)
    }

    fn collapse(&mut self, position: u8, one: bool, probability: f64) {
        if self.state.is_idle() || self.failure.is_some() {
            return;
        }
        let condition = Condition::default();
        let zero = Complex64::new(0.0, 0.0);
        let factor = Complex64::new(1.0 / probability.sqrt(), 0.0);
        let (map, rank) = (&self.state.map, self.state.rank());
        let (position, local) = (map.position(position), map.local());
        let amplitudes = &mut self.state.amplitudes;
        if position < local {
            scale(amplitudes, self.instructions, condition.and(position, !one), zero);
            scale(amplitudes, self.instructions, condition.and(position, one), factor);
        } else {
            let kept = (rank >> (position - local) & 1 == 1) == one;
            scale(amplitudes, self.instructions, condition, if kept { factor } else { zero });
        }
    }
}

/// The qubits that have to be within the ranks.
fn moved<R: Real>(pass: &[Resolved<R>]) -> usize {
    if relabelled(pass).is_some() {
        return 0;
    }
    pass.iter().fold(0, |mask, operation| mask | operation.targets())
}

/// The qubits of an exchange that happens by giving their names to each other.
fn relabelled<R: Real>(pass: &[Resolved<R>]) -> Option<[u8; 2]> {
    match pass {
        [Resolved { condition: Condition { mask: 0, .. }, action: ResolvedAction::Swap([a, b]) }]
            if usize::from(*a.min(b)) >= PINNED =>
        {
            Some([*a, *b])
        }
        _ => None,
    }
}
