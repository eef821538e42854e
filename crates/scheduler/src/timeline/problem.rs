//! A batch as the searches see it: two sides, each with its machines.

use super::{Job, Machines, TimelineError};
use crate::decision::Solver;
use std::cmp::Ordering;

/// What the machines of side 0 and of side 1 are.
pub(super) const KINDS: [Solver; 2] = [Solver::Classical, Solver::Quantum];

/// A job: when it is released, and what it takes on either side, data movement included.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item {
    pub(super) release: f64,
    pub(super) seconds: [f64; 2],
}

impl Item {
    /// Seconds on the faster side.
    pub(super) fn least(&self) -> f64 {
        self.seconds[self.faster()]
    }

    /// The faster side; the first between equal ones.
    pub(super) fn faster(&self) -> usize {
        usize::from(self.seconds[1] < self.seconds[0])
    }
}

#[derive(Clone, Debug)]
pub(super) struct Problem {
    pub(super) items: Vec<Item>,
    pub(super) machines: [usize; 2],
    /// Whether the order of the jobs of a machine does not matter.
    pub(super) released_together: bool,
}

impl Problem {
    pub(super) fn new(jobs: &[Job], machines: Machines) -> Result<Self, TimelineError> {
        let machines = [machines.classical, machines.quantum];
        let mut items = Vec::with_capacity(jobs.len());
        let (mut latest, mut total) = (0.0_f64, 0.0_f64);
        for (position, job) in jobs.iter().enumerate() {
            let times =
                [job.release, job.classical, job.quantum, job.classical_movement, job.quantum_movement];
            let refused = |&&seconds: &&f64| seconds.is_nan() || seconds < 0.0;
            if let Some(&seconds) = times.iter().find(refused) {
                return Err(TimelineError::Time { job: position, seconds });
            }
            if job.release.is_infinite() {
                return Err(TimelineError::Time { job: position, seconds: job.release });
            }
            let mut seconds = [job.classical + job.classical_movement, job.quantum + job.quantum_movement];
            for (seconds, &machines) in seconds.iter_mut().zip(&machines) {
                if machines == 0 {
                    *seconds = f64::INFINITY;
                }
            }
            let item = Item { release: job.release, seconds };
            if item.least().is_infinite() {
                let [classical, quantum] = machines;
                return Err(TimelineError::Nowhere { job: position, classical, quantum });
            }
            latest = latest.max(item.release);
            total += seconds.iter().filter(|seconds| seconds.is_finite()).sum::<f64>();
            items.push(item);
        }
        // Makespans up to twice that are tried, and as many seconds on each machine.
        if !(4.0 * jobs.len() as f64 * (latest + total)).is_finite() {
            return Err(TimelineError::Overflow);
        }
        let released_together = items.windows(2).all(|pair| pair[0].release == pair[1].release);
        // No more machines than jobs: the others would stay idle, and take memory.
        let machines = machines.map(|count| count.min(items.len()));
        Ok(Problem { items, machines, released_together })
    }

    /// Machines of both sides, those of side 0 first.
    pub(super) fn machine_count(&self) -> usize {
        self.machines[0] + self.machines[1]
    }

    pub(super) fn side(&self, machine: usize) -> usize {
        usize::from(machine >= self.machines[0])
    }

    /// The order in which the jobs of a machine run.
    pub(super) fn order(&self, left: usize, right: usize) -> Ordering {
        self.items[left].release.total_cmp(&self.items[right].release).then(left.cmp(&right))
    }
}
