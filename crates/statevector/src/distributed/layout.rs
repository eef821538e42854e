//! How many ranks hold a state, and what that takes.

use super::collective::gather_all;
use super::communicator::{CommunicationError, Communicator};
use super::exchange::chunk_length;
use crate::error::ExecutorError;
use crate::memory::{memory_available, memory_needed};
use crate::program::{Action, Kernel, Program, Step};
use crate::real::Real;
use num_complex::Complex;
use std::hash::{DefaultHasher, Hash, Hasher};

/// The lowest qubits never leave their positions, which vectors of amplitudes span: so an operation is computed in the
/// same way wherever the other qubits are, and its results are those of one process.
pub(crate) const PINNED: usize = 3;

/// More qubits than any memory holds.
const LARGEST_STATE: usize = usize::BITS as usize - 5;

/// How a state is shared out: each of the first `active` ranks holds 2^local amplitudes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Number of qubits.
    pub qubits: usize,
    /// Number of qubits within a rank; those above are bits of the rank's number.
    pub local: usize,
    /// Number of ranks that hold amplitudes, a power of two. The others wait for results.
    pub active: usize,
}

impl Layout {
    /// For a program on at most `ranks` ranks: as many as possible, such that the targets of any one operation fit
    /// within a rank.
    pub fn new<R: Real>(program: &Program<R>, ranks: usize) -> Self {
        let qubits = program.qubits();
        let bits = (ranks.max(1).ilog2() as usize).min(rank_bits(program));
        Layout { qubits, local: qubits - bits, active: 1 << bits }
    }

    /// Refuses a state that needs more than `available` bytes at each rank.
    pub fn check<R: Real>(&self, program: &Program<R>, available: u128) -> Result<(), ExecutorError> {
        let needed = memory_per_rank::<R>(self.qubits, self.qubits - self.local);
        if needed <= available && self.local < LARGEST_STATE {
            return Ok(());
        }
        let sufficient = sufficient_ranks::<R>(self.qubits, available);
        Err(ExecutorError::RankMemory {
            qubits: self.qubits,
            ranks: self.active,
            needed,
            available,
            sufficient: sufficient.filter(|ranks| ranks.ilog2() as usize <= rank_bits(program)),
        })
    }
}

/// Bytes that each of 2^`rank_bits` ranks needs for a state: its amplitudes and the messages under way, at most 1/20 of
/// them for states of which each rank holds 2^16 amplitudes or more. Saturates at `u128::MAX`.
pub fn memory_per_rank<R: Real>(qubits: usize, rank_bits: usize) -> u128 {
    let local = qubits.saturating_sub(rank_bits);
    let amplitudes = memory_needed::<R>(local);
    let chunk = chunk_length(1usize.checked_shl(local as u32).unwrap_or(1 << (usize::BITS - 1)));
    amplitudes.saturating_add(2 * (chunk * size_of::<Complex<R>>()) as u128)
}

/// The smallest number of ranks, a power of two, such that a state fits where each may use `available` bytes; none if
/// not even 2^qubits would do.
pub fn sufficient_ranks<R: Real>(qubits: usize, available: u128) -> Option<u128> {
    let fits =
        |bits: &usize| memory_per_rank::<R>(qubits, *bits) <= available && qubits - bits < LARGEST_STATE;
    (0..=qubits.min(127)).find(fits).map(|bits| 1 << bits)
}

/// Bytes that each of the first `active` ranks may use, at the one where they are fewest: ranks on the same machine
/// share its memory.
pub(crate) fn available_per_rank(
    ranks: &dyn Communicator,
    active: usize,
) -> Result<u128, CommunicationError> {
    let mut hasher = DefaultHasher::new();
    machine().hash(&mut hasher);
    let machines = gather_all(ranks, hasher.finish())?;
    let own = machines[ranks.rank()];
    let sharing = machines[..active].iter().filter(|&&machine| machine == own).count();
    let available = memory_available() / sharing.max(1) as u128;
    let all = gather_all(ranks, available)?;
    Ok(all[..active].iter().copied().min().unwrap_or(available))
}

/// A name of this machine.
fn machine() -> String {
    std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default()
}

/// The largest logarithm of a number of ranks on which a program can run.
fn rank_bits<R: Real>(program: &Program<R>) -> usize {
    program.qubits().saturating_sub(widest(program) + PINNED)
}

/// The largest number of qubits that one operation changes.
fn widest<R: Real>(program: &Program<R>) -> usize {
    let steps = program.bodies.iter().flat_map(|body| &body.steps);
    let widths = steps.map(|step| match step {
        Step::Kernel(kernel) => width(kernel),
        Step::Reset(_) => 1,
        Step::Call(_) | Step::Conjugate(_) | Step::Conditional(_) | Step::Measure { .. } => 0,
    });
    widths.max().unwrap_or(0)
}

fn width<R: Real>(kernel: &Kernel<R>) -> usize {
    match &kernel.action {
        Action::Phase { .. } | Action::Reflection { .. } | Action::Diagonal { .. } => 0,
        Action::RotateZz { .. } => 0,
        Action::Single { .. } | Action::Parametric { .. } | Action::Rotation { .. } => 1,
        Action::Swap { .. } | Action::RotateXx { .. } => 2,
        Action::Permutation { qubits, .. } | Action::AddConstant { qubits, .. } => qubits.len(),
        Action::Lookup { target, .. } => target.len(),
        Action::Matrix { targets, .. } => targets.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use qnewton_circuit::{Circuit, Definition, Structured};

    fn adder(qubits: usize, width: usize) -> Program<f64> {
        let mut definition = Definition::new("main");
        let all: Vec<_> = definition.add_register("q", qubits).qubits().collect();
        definition.push_structured(Structured::AddConstant { qubits: all[..width].to_vec(), constant: 1 });
        let mut circuit = Circuit::new();
        circuit.add(definition);
        Program::prepare(&circuit, false, || u128::MAX).unwrap()
    }

    #[test]
    fn as_many_ranks_work_as_leave_room_for_the_widest_operation() {
        for (ranks, active) in [(0, 1), (1, 1), (2, 2), (3, 2), (8, 8), (9, 8), (1000, 32usize)] {
            let layout = Layout::new(&adder(12, 4), ranks);
            assert_eq!(layout, Layout { qubits: 12, local: 12 - active.ilog2() as usize, active });
        }
        assert_eq!(Layout::new(&adder(6, 6), 8).active, 1);
    }

    #[test]
    fn a_state_that_is_too_large_is_refused_with_the_ranks_that_would_do() {
        let program = adder(40, 4);
        let available = 20 << 30;
        let refused = Layout::new(&program, 8).check(&program, available).unwrap_err();
        // 16 TiB and 1/32 of that on machines of 20 GiB.
        let ExecutorError::RankMemory { qubits: 40, ranks: 8, needed, sufficient: Some(ranks), .. } = refused
        else {
            panic!("{refused}");
        };
        assert!(needed > 2 << 40 && needed < 22 << 37, "{needed}");
        assert_eq!(ranks, 1024);
        assert!(refused.to_string().ends_with("1024 ranks with as much memory each would do"), "{refused}");
        Layout::new(&program, 1024).check(&program, available).unwrap();
        Layout::new(&program, 512).check(&program, available).unwrap_err();
        let wide = adder(40, 36);
        let refused = Layout::new(&wide, 1 << 20).check(&wide, available).unwrap_err();
        assert!(matches!(refused, ExecutorError::RankMemory { ranks: 2, sufficient: None, .. }), "{refused}");
        assert_eq!(sufficient_ranks::<f64>(40, 10), None);
    }
}
