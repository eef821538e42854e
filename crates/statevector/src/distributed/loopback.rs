//! Ranks that are threads of one process: what distribution means, without an engine below.

use super::communicator::{CommunicationError, Communicator};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};

/// One of several ranks within a process; each belongs to a thread of its own.
#[derive(Debug)]
pub struct Loopback {
    rank: usize,
    /// To each rank.
    outgoing: Vec<Sender<Vec<u8>>>,
    /// From each rank.
    incoming: Vec<Mutex<Receiver<Vec<u8>>>>,
}

impl Loopback {
    /// All ranks of a world of `size`, by increasing number.
    pub fn world(size: usize) -> Vec<Loopback> {
        let mut outgoing: Vec<Vec<Sender<Vec<u8>>>> = (0..size).map(|_| Vec::new()).collect();
        let mut incoming: Vec<Vec<Mutex<Receiver<Vec<u8>>>>> = (0..size).map(|_| Vec::new()).collect();
        for senders in &mut outgoing {
            for receivers in &mut incoming {
                let (sender, receiver) = channel();
                senders.push(sender);
                receivers.push(Mutex::new(receiver));
            }
        }
        let ends = outgoing.into_iter().zip(incoming).enumerate();
        ends.map(|(rank, (outgoing, incoming))| Loopback { rank, outgoing, incoming }).collect()
    }

    fn broken(&self, partner: usize, problem: &str) -> CommunicationError {
        CommunicationError::Broken { rank: self.rank, partner, problem: problem.to_string() }
    }
}

impl Communicator for Loopback {
    fn rank(&self) -> usize {
        self.rank
    }

    fn size(&self) -> usize {
        self.outgoing.len()
    }

    fn send(&self, to: usize, data: &[u8]) -> Result<(), CommunicationError> {
        let sender = self.outgoing.get(to).ok_or_else(|| self.broken(to, "there is no such rank"))?;
        sender.send(data.to_vec()).map_err(|_| self.broken(to, "it has ended"))
    }

    fn receive(&self, from: usize, data: &mut [u8]) -> Result<(), CommunicationError> {
        let receiver = self.incoming.get(from).ok_or_else(|| self.broken(from, "there is no such rank"))?;
        let receiver = receiver.lock().map_err(|_| self.broken(from, "another thread has failed"))?;
        let message = receiver.recv().map_err(|_| self.broken(from, "it has ended"))?;
        if message.len() != data.len() {
            let problem = format!("{} bytes were expected, {} came", data.len(), message.len());
            return Err(self.broken(from, &problem));
        }
        data.copy_from_slice(&message);
        Ok(())
    }

    fn exchange(&self, partner: usize, sent: &[u8], received: &mut [u8]) -> Result<(), CommunicationError> {
        self.send(partner, sent)?;
        self.receive(partner, received)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rank_that_has_ended_and_a_wrong_length_are_errors() {
        let mut world = Loopback::world(2);
        let (second, first) = (world.pop().unwrap(), world.pop().unwrap());
        first.send(1, &[1, 2]).unwrap();
        assert!(second.receive(0, &mut [0; 3]).is_err());
        assert!(second.receive(7, &mut []).is_err());
        drop(second);
        assert!(first.send(1, &[0]).is_err());
        assert!(first.receive(1, &mut [0]).is_err());
    }
}
