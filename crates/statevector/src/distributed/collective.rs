//! What all ranks do together, made of messages between two: every rank calls the same functions in the same order.

use super::communicator::{CommunicationError, Communicator};
use bytemuck::{Pod, Zeroable, bytes_of, bytes_of_mut};

/// Bytes of a message about a failure at most.
const LONGEST_MESSAGE: usize = 1 << 12;

/// What rank 0 holds, at all ranks: along a binomial tree.
pub(crate) fn broadcast(ranks: &dyn Communicator, data: &mut [u8]) -> Result<(), CommunicationError> {
    let (rank, size) = (ranks.rank(), ranks.size());
    let mut width = 1;
    while width < size {
        if rank < width && rank + width < size {
            ranks.send(rank + width, data)?;
        } else if (width..2 * width).contains(&rank) {
            ranks.receive(rank - width, data)?;
        }
        width *= 2;
    }
    Ok(())
}

/// Combines the data of all ranks at rank 0: `combine(mine, theirs)`, along a binomial tree.
pub(crate) fn reduce(
    ranks: &dyn Communicator,
    data: &mut [u8],
    combine: impl Fn(&mut [u8], &[u8]),
) -> Result<(), CommunicationError> {
    let (rank, size) = (ranks.rank(), ranks.size());
    let mut other = vec![0; if size > 1 { data.len() } else { 0 }];
    let mut width = 1;
    while width < size {
        if rank % (2 * width) == width {
            return ranks.send(rank - width, data);
        }
        if rank + width < size {
            ranks.receive(rank + width, &mut other)?;
            combine(data, &other);
        }
        width *= 2;
    }
    Ok(())
}

/// Combines the data of all ranks at rank 0, where each byte is other than zero at one rank at most.
pub(crate) fn merge(ranks: &dyn Communicator, data: &mut [u8]) -> Result<(), CommunicationError> {
    reduce(ranks, data, |mine, theirs| mine.iter_mut().zip(theirs).for_each(|(a, b)| *a |= b))
}

/// One value of each rank, by rank, at all ranks.
pub(crate) fn gather_all<T: Pod>(ranks: &dyn Communicator, value: T) -> Result<Vec<T>, CommunicationError> {
    let mut values = vec![T::zeroed(); ranks.size()];
    values[ranks.rank()] = value;
    merge(ranks, bytemuck::cast_slice_mut(&mut values))?;
    broadcast(ranks, bytemuck::cast_slice_mut(&mut values))?;
    Ok(values)
}

/// Passes a value through the first `active` ranks, each of which changes it in turn: the result, at all ranks. It is
/// what one process would compute that did the same steps one after another.
pub(crate) fn chain<T: Pod>(
    ranks: &dyn Communicator,
    active: usize,
    start: T,
    step: impl FnOnce(T) -> T,
) -> Result<T, CommunicationError> {
    let rank = ranks.rank();
    let mut value = start;
    if rank < active {
        if rank > 0 {
            ranks.receive(rank - 1, bytes_of_mut(&mut value))?;
        }
        value = step(value);
        if active > 1 {
            ranks.send((rank + 1) % active, bytes_of(&value))?;
        }
        if rank == 0 && active > 1 {
            ranks.receive(active - 1, bytes_of_mut(&mut value))?;
        }
    }
    broadcast(ranks, bytes_of_mut(&mut value))?;
    Ok(value)
}

/// Bytes that rank 0 holds, at all ranks, which need not know their number.
pub(crate) fn share(ranks: &dyn Communicator, data: Vec<u8>) -> Result<Vec<u8>, CommunicationError> {
    let mut length = data.len() as u64;
    broadcast(ranks, bytes_of_mut(&mut length))?;
    let mut data = data;
    data.resize(length as usize, 0);
    broadcast(ranks, &mut data)?;
    Ok(data)
}

/// The result of this rank if all ranks succeeded; otherwise every rank gets an error: its own, or that of the first
/// rank that failed. What one rank alone notices so stops all of them.
pub fn agree<T, E>(ranks: &dyn Communicator, result: Result<T, E>) -> Result<T, E>
where
    E: From<CommunicationError> + ToString,
{
    if ranks.size() == 1 {
        return result;
    }
    let failed: Vec<u8> = gather_all(ranks, u8::from(result.is_err()))?;
    let Some(first) = failed.iter().position(|&failed| failed == 1) else { return result };
    let mut message = Message::zeroed();
    if ranks.rank() == first
        && let Err(error) = &result
    {
        message = Message::new(&error.to_string());
        if first > 0 {
            ranks.send(0, bytes_of(&message))?;
        }
    }
    if ranks.rank() == 0 && first > 0 {
        ranks.receive(first, bytes_of_mut(&mut message))?;
    }
    broadcast(ranks, bytes_of_mut(&mut message))?;
    match result {
        Err(error) => Err(error),
        Ok(_) => Err(CommunicationError::Elsewhere { rank: first, message: message.text() }.into()),
    }
}

/// A text of bounded length.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
struct Message {
    length: u64,
    bytes: [u8; LONGEST_MESSAGE],
}

impl Message {
    fn new(text: &str) -> Self {
        let mut message = Message::zeroed();
        let length = text.len().min(LONGEST_MESSAGE);
        message.bytes[..length].copy_from_slice(&text.as_bytes()[..length]);
        message.length = length as u64;
        message
    }

    fn text(&self) -> String {
        let length = (self.length as usize).min(LONGEST_MESSAGE);
        String::from_utf8_lossy(&self.bytes[..length]).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::distributed::loopback::Loopback;

    /// What each rank of a world gets, by rank.
    fn everywhere<T: Send>(size: usize, work: impl Fn(&Loopback) -> T + Sync) -> Vec<T> {
        let world = Loopback::world(size);
        let work = &work;
        std::thread::scope(|scope| {
            let threads: Vec<_> = world.iter().map(|rank| scope.spawn(move || work(rank))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        })
    }

    #[test]
    fn collectives_reach_every_rank_of_every_world() {
        for size in 1..=9 {
            let found = everywhere(size, |rank| {
                let mut text = if rank.rank() == 0 { *b"from zero" } else { *b"         " };
                broadcast(rank, &mut text).unwrap();
                let shared = share(rank, if rank.rank() == 0 { vec![7; 5] } else { Vec::new() }).unwrap();
                (text, shared, gather_all(rank, rank.rank() as u64 + 1).unwrap())
            });
            for (text, shared, gathered) in found {
                assert_eq!(&text, b"from zero");
                assert_eq!(shared, [7; 5]);
                assert!(gathered.into_iter().eq(1..=size as u64));
            }
        }
    }

    #[test]
    fn a_chain_passes_the_active_ranks_in_order() {
        for active in 1..=5 {
            let found = everywhere(5, |rank| {
                chain(rank, active, 1u64, |value| value * 10 + rank.rank() as u64).unwrap()
            });
            let expected = (0..active as u64).fold(1, |value, rank| value * 10 + rank);
            assert_eq!(found, [expected; 5]);
        }
    }

    #[test]
    fn the_failure_of_one_rank_stops_all() {
        let found = everywhere(4, |rank| {
            let own = if rank.rank() == 2 {
                Err(CommunicationError::Engine { problem: "broken".to_string() })
            } else {
                Ok(rank.rank())
            };
            (agree(rank, own), agree::<_, CommunicationError>(rank, Ok(rank.rank())))
        });
        for (rank, (failed, fine)) in found.into_iter().enumerate() {
            let expected = match rank {
                2 => CommunicationError::Engine { problem: "broken".to_string() },
                _ => CommunicationError::Elsewhere { rank: 2, message: "broken".to_string() },
            };
            assert_eq!(failed, Err(expected));
            assert_eq!(fine, Ok(rank));
        }
    }
}
