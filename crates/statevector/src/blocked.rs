//! Many operations in one pass over a large state.
//!
//! Operations wait until there are many. Then qubits are chosen so that as many of the operations as possible have
//! their targets among them; every block of amplitudes that agree on all other qubits is brought into the cache,
//! goes through all these operations, and is written back. Controls, diagonals and selects may be anywhere: within a
//! block the other qubits are constants. Operations that have to wait are passed by those that commute with them.

use crate::bits::{Condition, mask_of};
use crate::chained::Chained;
use crate::engine::{Direct, Engine};
use crate::fuse::fuse;
use crate::real::Real;
use crate::regions::for_each_block;
use crate::resolved::{Placement, Prepared, Resolved, ResolvedAction};
use crate::run::RunOptions;
use crate::simd::Instructions;
use num_complex::Complex;
use std::sync::Arc;

/// Bytes of a block of a large state: they stay in a core's second-level cache.
const BLOCK_BYTES: usize = 1 << 18;

/// Bytes of the contiguous runs that blocks are made of, at least.
const RUN_BYTES: usize = 1 << 8;

/// Qubits of a block at most: kernels share what is larger among threads.
const MAXIMUM_BLOCK_QUBITS: usize = 16;

/// Operations that wait at most.
pub(crate) const WAITING: usize = 1 << 13;

/// Amplitudes in the memory of this process, several operations per pass.
pub(crate) struct Blocked<'a, R: Real> {
    amplitudes: &'a mut [Complex<R>],
    instructions: Instructions,
    /// Qubits of a block.
    qubits: usize,
    waiting: Vec<Resolved<R>>,
}

/// An engine for a state, whichever is faster for its size; `exact`: every operation stays what it is.
pub(crate) fn engine<'a, R: Real>(
    amplitudes: &'a mut [Complex<R>],
    options: &RunOptions,
    exact: bool,
) -> Box<dyn Engine<R> + 'a> {
    let (instructions, qubits) = (options.instructions(), block_qubits::<R>(options));
    if exact || amplitudes.len() <= 1 << qubits {
        Box::new(Chained::new(amplitudes, instructions))
    } else {
        Box::new(Blocked { amplitudes, instructions, qubits, waiting: Vec::new() })
    }
}

/// Qubits of a block; smaller states are a block.
pub(crate) fn block_qubits<R: Real>(options: &RunOptions) -> usize {
    let fitting = (BLOCK_BYTES / size_of::<Complex<R>>()).trailing_zeros() as usize;
    options.block_qubits.unwrap_or(fitting).min(MAXIMUM_BLOCK_QUBITS)
}

impl<R: Real> Engine<R> for Blocked<'_, R> {
    fn qubits(&self) -> usize {
        self.amplitudes.len().trailing_zeros() as usize
    }

    fn push(&mut self, operation: Resolved<R>) {
        self.waiting.push(operation);
        if self.waiting.len() == WAITING {
            self.flush();
        }
    }

    fn flush(&mut self) {
        let mut waiting = fuse(std::mem::take(&mut self.waiting));
        while !waiting.is_empty() {
            let (positions, taken, left) = choose(waiting, self.qubits);
            waiting = left;
            sweep(self.amplitudes, self.instructions, &positions, taken);
        }
    }

    fn turn(&mut self, angle: f64) {
        self.flush();
        self.direct().turn(angle);
    }

    fn probability_of_one(&mut self, position: u8) -> f64 {
        self.flush();
        self.direct().probability_of_one(position)
    }

    fn collapse(&mut self, position: u8, one: bool, probability: f64) {
        self.flush();
        self.direct().collapse(position, one, probability);
    }
}

impl<R: Real> Blocked<'_, R> {
    fn direct(&mut self) -> Direct<'_, R> {
        Direct::new(self.amplitudes, self.instructions)
    }
}

/// Executes operations, whose targets are among `positions`, block by block; these are those of a block, in increasing
/// order.
pub(crate) fn sweep<R: Real>(
    amplitudes: &mut [Complex<R>],
    instructions: Instructions,
    positions: &[u8],
    mut operations: Vec<Resolved<R>>,
) {
    if operations.len() == 1 {
        let mut direct = Direct::new(amplitudes, instructions);
        operations.drain(..).for_each(|operation| direct.push(operation));
        return;
    }
    let local: Vec<Local<R>> =
        operations.into_iter().map(|operation| localize(operation, positions, instructions)).collect();
    for_each_block(amplitudes, instructions, positions, |base, block| {
        for operation in &local {
            operation.apply(base, block);
        }
    });
}

/// Positions of a block in increasing order, the operations that are executed on it, and those that are left.
///
/// Positions are added one operation after another, always the one that could be next and needs the fewest new ones.
pub(crate) fn choose<R: Real>(
    waiting: Vec<Resolved<R>>,
    qubits: usize,
) -> (Vec<u8>, Vec<Resolved<R>>, Vec<Resolved<R>>) {
    let run = (RUN_BYTES / size_of::<Complex<R>>()).trailing_zeros() as usize;
    let mut chosen = (1usize << run.min(qubits / 2)) - 1;
    let concerned: Vec<(usize, usize)> =
        waiting.iter().map(|operation| (operation.targets(), operation.constants())).collect();
    let mut taken = vec![false; waiting.len()];
    loop {
        // What operations that are left change, and what they rely on.
        let (mut changed, mut relied) = (0usize, 0usize);
        let mut next = (u32::MAX, 0);
        for (taken, &(targets, constants)) in taken.iter_mut().zip(&concerned) {
            let passes = targets & (changed | relied) == 0 && constants & changed == 0;
            *taken = passes && targets & !chosen == 0;
            if !*taken {
                if passes {
                    next = next.min(((targets & !chosen).count_ones(), targets));
                }
                changed |= targets;
                relied |= constants;
            }
        }
        if next.0 == u32::MAX || (chosen | next.1).count_ones() as usize > qubits {
            break;
        }
        chosen |= next.1;
    }
    if !taken.contains(&true) {
        // An operation on more qubits than a block has is alone.
        taken[0] = true;
    }
    let (mut now, mut left) = (Vec::new(), Vec::new());
    for (operation, taken) in waiting.into_iter().zip(taken) {
        if taken { now.push(operation) } else { left.push(operation) }
    }
    (filled(chosen, qubits), now, left)
}

/// The positions of a mask and as many of the lowest others as make `qubits`: runs become longer.
pub(crate) fn filled(mask: usize, qubits: usize) -> Vec<u8> {
    let (mut chosen, mut position) = (mask, 0);
    while (chosen.count_ones() as usize) < qubits {
        chosen |= 1 << position;
        position += 1;
    }
    (0..usize::BITS as u8).filter(|position| chosen >> position & 1 == 1).collect()
}

/// An operation within blocks.
struct Local<R: Real> {
    /// What the block's own index must satisfy.
    outside: Condition,
    /// Positions outside, with the bits of a table entry's number that they are.
    selects: Vec<(u8, u8)>,
    prepared: Prepared<R>,
}

impl<R: Real> Local<R> {
    fn apply(&self, base: usize, block: &mut [Complex<R>]) {
        if base & self.outside.mask == self.outside.value {
            let bit = |&(position, bit): &(u8, u8)| (base >> position & 1) << bit;
            self.prepared.apply(block, self.selects.iter().map(bit).sum());
        }
    }
}

/// The operation in terms of the places of `positions` among themselves. Its targets are among them.
fn localize<R: Real>(operation: Resolved<R>, positions: &[u8], instructions: Instructions) -> Local<R> {
    let inside = mask_of(positions);
    let mut place = [0u8; usize::BITS as usize];
    for (number, &position) in positions.iter().enumerate() {
        place[usize::from(position)] = number as u8;
    }
    let at = |position: u8| place[usize::from(position)];
    let Condition { mask, value } = operation.condition;
    let outside = Condition { mask: mask & !inside, value: value & !inside };
    let mut condition = Condition::default();
    for &position in positions.iter().filter(|&position| mask >> position & 1 == 1) {
        condition = condition.and(at(position), value >> position & 1 == 1);
    }
    let mut selects = Vec::new();
    macro_rules! moved {
        ($placement:expr) => {{
            let (within, without): (Vec<_>, Vec<_>) =
                $placement.selects.iter().partition(|select| inside >> select.0 & 1 == 1);
            selects = without;
            let within = within.into_iter().map(|(position, bit)| (at(position), bit)).collect();
            let own = $placement.own.iter().map(|&position| at(position)).collect();
            Arc::new(Placement::new(within, own, Arc::clone(&$placement.table), positions.len()))
        }};
    }
    let action = match operation.action {
        ResolvedAction::Scale(factor) => ResolvedAction::Scale(factor),
        ResolvedAction::Single { target, operator } => {
            ResolvedAction::Single { target: at(target), operator }
        }
        ResolvedAction::Swap(targets) => ResolvedAction::Swap(targets.map(at)),
        ResolvedAction::RotateXx { targets, angle } => {
            ResolvedAction::RotateXx { targets: targets.map(at), angle }
        }
        ResolvedAction::Matrix { targets, entries } => {
            ResolvedAction::Matrix { targets: targets.iter().map(|&target| at(target)).collect(), entries }
        }
        ResolvedAction::Rotation { axis, target, placement, inverse } => {
            ResolvedAction::Rotation { axis, target: at(target), placement: moved!(placement), inverse }
        }
        ResolvedAction::Diagonal { placement, inverse } => {
            ResolvedAction::Diagonal { placement: moved!(placement), inverse }
        }
        ResolvedAction::Permutation { placement, inverse } => {
            ResolvedAction::Permutation { placement: moved!(placement), inverse }
        }
        ResolvedAction::AddConstant { placement, constant } => {
            ResolvedAction::AddConstant { placement: moved!(placement), constant }
        }
        ResolvedAction::Lookup { placement, phase } => {
            ResolvedAction::Lookup { placement: moved!(placement), phase }
        }
    };
    let prepared = Resolved { condition, action }.prepare(instructions, positions.len());
    Local { outside, selects, prepared }
}
