//! One rank, which has nobody to talk to.

use super::communicator::{CommunicationError, Communicator};

/// The only rank of a single process.
#[derive(Clone, Copy, Debug, Default)]
pub struct Serial;

impl Serial {
    fn nobody(partner: usize) -> Result<(), CommunicationError> {
        Err(CommunicationError::Broken { rank: 0, partner, problem: "there is one rank only".to_string() })
    }
}

impl Communicator for Serial {
    fn rank(&self) -> usize {
        0
    }

    fn size(&self) -> usize {
        1
    }

    fn send(&self, to: usize, _data: &[u8]) -> Result<(), CommunicationError> {
        Self::nobody(to)
    }

    fn receive(&self, from: usize, _data: &mut [u8]) -> Result<(), CommunicationError> {
        Self::nobody(from)
    }

    fn exchange(&self, partner: usize, _sent: &[u8], _received: &mut [u8]) -> Result<(), CommunicationError> {
        Self::nobody(partner)
    }
}
