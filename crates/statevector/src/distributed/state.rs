//! State vectors that are shared out among ranks.

use super::collective::{agree, broadcast, chain, merge, share};
use super::communicator::{CommunicationError, Communicator};
use super::exchange::{Exchange, chunk_length};
use super::layout::{Layout, available_per_rank};
use super::qubit_map::QubitMap;
use crate::error::ExecutorError;
use crate::measurement::{Outcomes, Stream, Walk, for_each_batch};
use crate::program::Program;
use crate::projection::scatter_of;
use crate::real::{Real, widen};
use crate::simd::Amplitudes;
use crate::state::{CHUNK, check_qubits, partial_sums, sum_over};
use num_complex::Complex;
use num_traits::Zero;
use qnewton_circuit::QubitId;
use std::collections::BTreeMap;

/// The amplitudes of a pure state, 2^local of them at each active rank: rank k holds those of the indices from
/// k 2^local on. Qubit 0 is the least significant bit of an index.
///
/// All functions but the simplest are collective: every rank calls them, with the same arguments and in the same order.
pub struct DistributedState<'c, R: Real = f64> {
    ranks: &'c dyn Communicator,
    layout: Layout,
    /// Where the qubits are; at home but for the time of a run.
    pub(super) map: QubitMap,
    pub(super) amplitudes: Amplitudes<R>,
    exchange: Exchange<R>,
}

/// What ranks have told each other about amplitudes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Number of exchanges: each moves one or more qubits between index and rank.
    pub exchanges: u64,
    /// Bytes that this rank has sent in them.
    pub bytes_sent: u64,
}

impl<'c, R: Real> DistributedState<'c, R> {
    /// |0...0> for a program, if the memory that is available now suffices at every rank; otherwise an error that says
    /// how many ranks would do, before anything is allocated. Collective.
    pub fn zero(program: &Program<R>, ranks: &'c dyn Communicator) -> Result<Self, ExecutorError> {
        let available = available_per_rank(ranks, Layout::new(program, ranks.size()).active)?;
        Self::zero_within(program, ranks, available)
    }

    /// |0...0> for a program, if `available` bytes at each rank suffice. Collective.
    pub fn zero_within(
        program: &Program<R>,
        ranks: &'c dyn Communicator,
        available: u128,
    ) -> Result<Self, ExecutorError> {
        let layout = Layout::new(program, ranks.size());
        layout.check(program, available)?;
        let length = if ranks.rank() < layout.active { 1usize << layout.local } else { 0 };
        let amplitudes = Amplitudes::zero(length).map_err(|_| ExecutorError::Memory {
            qubits: layout.local,
            needed: crate::memory::memory_needed::<R>(layout.local),
            available,
        });
        let amplitudes = agree(ranks, amplitudes)?;
        let map = QubitMap::identity(layout.qubits as u8, layout.local as u8);
        let exchange = Exchange::new(if layout.active > 1 { length } else { 0 });
        let mut state = DistributedState { ranks, layout, map, amplitudes, exchange };
        state.reset();
        Ok(state)
    }

    /// Number of qubits.
    pub fn qubits(&self) -> usize {
        self.layout.qubits
    }

    /// How the state is shared out.
    pub fn layout(&self) -> Layout {
        self.layout
    }

    /// The ranks.
    pub fn ranks(&self) -> &'c dyn Communicator {
        self.ranks
    }

    /// What was exchanged so far.
    pub fn traffic(&self) -> Traffic {
        Traffic { exchanges: self.exchange.number, bytes_sent: self.exchange.bytes }
    }

    /// The Euclidean norm. Collective.
    pub fn norm(&self) -> Result<f64, ExecutorError> {
        Ok(self.sum(|_, amplitude| widen(amplitude).norm_sqr())?.sqrt())
    }

    /// The probability that `qubit` is measured as 1; an error if there is no such qubit. Collective.
    pub fn probability(&self, qubit: QubitId) -> Result<f64, ExecutorError> {
        check_qubits(&[qubit], self.qubits())?;
        let bit = 1usize << qubit.index();
        let term = |index: usize, amplitude| if index & bit != 0 { widen(amplitude).norm_sqr() } else { 0.0 };
        Ok(self.sum(term)?)
    }

    /// Passes the first `length` amplitudes to `visit`, in order and in pieces, at rank 0; the other ranks send theirs.
    /// Collective.
    pub fn visit(&self, length: usize, mut visit: impl FnMut(&[Complex<R>])) -> Result<(), ExecutorError> {
        let (rank, own) = (self.rank(), 1usize << self.layout.local);
        let chunk = chunk_length(own);
        if rank == 0 {
            visit(&self.amplitudes[..length.min(own)]);
        }
        let mut piece = if rank == 0 { vec![Complex::zero(); chunk] } else { Vec::new() };
        for other in 1..self.layout.active {
            for start in (0..length.saturating_sub(other * own).min(own)).step_by(chunk) {
                let wanted = chunk.min(length - other * own - start);
                if rank == 0 {
                    self.ranks.receive(other, bytemuck::cast_slice_mut(&mut piece[..wanted]))?;
                    visit(&piece[..wanted]);
                } else if rank == other {
                    self.ranks.send(0, bytemuck::cast_slice(&self.amplitudes[start..start + wanted]))?;
                }
            }
        }
        Ok(())
    }

    /// The amplitudes of `system` where all other qubits are |0>, not normalised; see [`project`](crate::project). At
    /// rank 0 only, whose memory has to hold them; the others get nothing. Collective.
    pub fn project(&self, system: &[QubitId]) -> Result<Vec<Complex<R>>, ExecutorError> {
        check_qubits(system, self.qubits())?;
        let (scatter, local) = (scatter_of(system), self.layout.local);
        let values = 1usize << system.len();
        let mut projected = Vec::new();
        let chunk = values.min(1 << 16);
        let mut part = vec![Complex::<R>::zero(); chunk];
        for start in (0..values).step_by(chunk) {
            for (value, amplitude) in (start..).zip(&mut part) {
                let index = scatter.get(value);
                let here = index >> local == self.rank() && !self.is_idle();
                *amplitude = if here { self.amplitudes[index & ((1 << local) - 1)] } else { Complex::zero() };
            }
            merge(self.ranks, bytemuck::cast_slice_mut(&mut part))?;
            if self.rank() == 0 {
                projected.extend_from_slice(&part);
            }
        }
        Ok(projected)
    }

    /// Measures `qubits` `shots` times; see [`sample`](crate::sample), whose outcomes these are. Collective.
    pub fn sample(
        &self,
        qubits: &[QubitId],
        shots: u64,
        seed: u64,
    ) -> Result<BTreeMap<u64, u64>, ExecutorError> {
        let outcome = Outcomes::new(qubits, self.qubits())?;
        let total = self.sum(|_, amplitude| widen(amplitude).norm_sqr())?;
        let first = self.rank() << self.layout.local;
        let mut counts = BTreeMap::new();
        for_each_batch(shots, total, &mut Stream::new(seed), |draws| {
            let walk = chain(self.ranks, self.layout.active, Walk::default(), |mut walk| {
                let report = |index, number| outcome.count(&mut counts, index, number);
                walk.pass(&self.amplitudes, first, draws, report);
                walk
            })?;
            if self.rank() == 0 {
                walk.finish(draws, |index, number| outcome.count(&mut counts, index, number));
            }
            Ok(())
        })?;
        Ok(self.united(counts)?)
    }

    /// The sum of the counts of all ranks, at all ranks.
    fn united(&self, counts: BTreeMap<u64, u64>) -> Result<BTreeMap<u64, u64>, CommunicationError> {
        let (ranks, rank) = (self.ranks, self.rank());
        let own: Vec<[u64; 2]> = counts.iter().map(|(&outcome, &number)| [outcome, number]).collect();
        let mut united = counts;
        for other in 1..self.layout.active {
            let mut length = [own.len() as u64];
            if rank == other {
                ranks.send(0, bytemuck::cast_slice(&length))?;
                ranks.send(0, bytemuck::cast_slice(&own))?;
            } else if rank == 0 {
                ranks.receive(other, bytemuck::cast_slice_mut(&mut length))?;
                let mut theirs = vec![[0u64; 2]; length[0] as usize];
                ranks.receive(other, bytemuck::cast_slice_mut(&mut theirs))?;
                theirs
                    .into_iter()
                    .for_each(|[outcome, number]| *united.entry(outcome).or_insert(0) += number);
            }
        }
        let all: Vec<[u64; 2]> = united.into_iter().map(|(outcome, number)| [outcome, number]).collect();
        let all = share(ranks, bytemuck::cast_slice(&all).to_vec())?;
        let pairs = all.chunks_exact(16).map(bytemuck::pod_read_unaligned::<[u64; 2]>);
        Ok(pairs.map(|[outcome, number]| (outcome, number)).collect())
    }

    /// Sums `term` over all amplitudes, in the order in which one process does. Collective.
    pub(super) fn sum(
        &self,
        term: impl Fn(usize, Complex<R>) -> f64 + Sync,
    ) -> Result<f64, CommunicationError> {
        let (local, active) = (self.layout.local, self.layout.active);
        if 1 << local < CHUNK && active > 1 {
            // Partial sums span several ranks, which hold little.
            let mut all = vec![Complex::<R>::zero(); active << local];
            if !self.is_idle() {
                all[self.rank() << local..][..1 << local].copy_from_slice(&self.amplitudes);
            }
            merge(self.ranks, bytemuck::cast_slice_mut(&mut all))?;
            broadcast(self.ranks, bytemuck::cast_slice_mut(&mut all))?;
            return Ok(sum_over(&all, term));
        }
        let first = self.rank() << local;
        let partials = partial_sums(&self.amplitudes, |index, amplitude| term(first + index, amplitude));
        chain(self.ranks, active, 0.0, |sum| partials.into_iter().fold(sum, |sum, partial| sum + partial))
    }

    /// Back to |0...0>.
    pub(crate) fn reset(&mut self) {
        self.amplitudes.fill(Complex::zero());
        if self.rank() == 0 {
            self.amplitudes[0] = Complex::from(R::one());
        }
    }

    /// Trades the qubits of each pair (position within a rank, bit of the rank's number).
    pub(super) fn trade(&mut self, pairs: &[(u8, u8)]) -> Result<(), CommunicationError> {
        let local = self.map.local();
        pairs.iter().for_each(|&(inner, outer)| self.map.trade(inner, outer + local));
        self.exchange.trade(self.ranks, &mut self.amplitudes, pairs)
    }

    pub(super) fn rank(&self) -> usize {
        self.ranks.rank()
    }

    /// Whether this rank holds nothing.
    pub(super) fn is_idle(&self) -> bool {
        self.rank() >= self.layout.active
    }
}
