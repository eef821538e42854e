//! Ranks of an MPI job (Open MPI, MPICH, and whatever else speaks the standard).

use super::communicator::{CommunicationError, Communicator};
use mpi::environment::Universe;
use mpi::request::scope;
use mpi::topology::{Communicator as _, SimpleCommunicator};
use mpi::traits::{Destination, Source};
use mpi::{Rank, Threading};

/// Bytes of one message at most: counts of MPI are 32-bit numbers.
const MESSAGE: usize = 1 << 30;

/// The ranks that `mpirun` started. MPI ends all of them when one fails.
pub struct Mpi {
    rank: usize,
    size: usize,
    /// MPI is left when this is dropped.
    _universe: Universe,
}

impl Mpi {
    /// Enters MPI: once in a process. An error if MPI cannot be called from threads other than the first, one at a time.
    pub fn new() -> Result<Self, CommunicationError> {
        let refuse = |problem: &str| CommunicationError::Engine { problem: problem.to_string() };
        let (universe, threading) = mpi::initialize_with_threading(Threading::Serialized)
            .ok_or_else(|| refuse("MPI was entered before in this process; that is possible once"))?;
        if threading < Threading::Serialized {
            return Err(refuse("this MPI allows no calls from threads: MPI_THREAD_SERIALIZED is needed"));
        }
        let world = universe.world();
        Ok(Mpi { rank: world.rank() as usize, size: world.size() as usize, _universe: universe })
    }

    /// Ends all ranks at once with an exit code: for failures that only one rank knows of.
    pub fn abort(&self, code: i32) -> ! {
        SimpleCommunicator::world().abort(code)
    }
}

impl Communicator for Mpi {
    fn rank(&self) -> usize {
        self.rank
    }

    fn size(&self) -> usize {
        self.size
    }

    fn send(&self, to: usize, data: &[u8]) -> Result<(), CommunicationError> {
        let world = SimpleCommunicator::world();
        let process = world.process_at_rank(to as Rank);
        data.chunks(MESSAGE).for_each(|part| process.send(part));
        Ok(())
    }

    fn receive(&self, from: usize, data: &mut [u8]) -> Result<(), CommunicationError> {
        let world = SimpleCommunicator::world();
        let process = world.process_at_rank(from as Rank);
        data.chunks_mut(MESSAGE).for_each(|part| {
            process.receive_into(part);
        });
        Ok(())
    }

    fn exchange(&self, partner: usize, sent: &[u8], received: &mut [u8]) -> Result<(), CommunicationError> {
        let world = SimpleCommunicator::world();
        let process = world.process_at_rank(partner as Rank);
        for (sent, received) in sent.chunks(MESSAGE).zip(received.chunks_mut(MESSAGE)) {
            scope(|scope| {
                let request = process.immediate_receive_into(scope, received);
                process.send(sent);
                request.wait();
            });
        }
        Ok(())
    }
}
