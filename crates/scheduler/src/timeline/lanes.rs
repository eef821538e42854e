//! An assignment of jobs to machines.

use super::Placement;
use super::problem::{KINDS, Problem};

/// The jobs of every machine in the order in which they run, and when each machine is done.
#[derive(Clone, Debug)]
pub(super) struct Lanes<'a> {
    pub(super) problem: &'a Problem,
    pub(super) jobs: Vec<Vec<usize>>,
    pub(super) completion: Vec<f64>,
}

impl<'a> Lanes<'a> {
    pub(super) fn new(problem: &'a Problem) -> Self {
        let machines = problem.machine_count();
        Lanes { problem, jobs: vec![Vec::new(); machines], completion: vec![0.0; machines] }
    }

    pub(super) fn makespan(&self) -> f64 {
        self.completion.iter().copied().fold(0.0, f64::max)
    }

    /// When a machine would be done without one of its jobs and with another one, or either of them.
    pub(super) fn changed(&self, machine: usize, without: Option<usize>, with: Option<usize>) -> f64 {
        let side = self.problem.side(machine);
        let seconds = |job: usize| self.problem.items[job].seconds[side];
        if let Some(job) = with
            && seconds(job).is_infinite()
        {
            return f64::INFINITY;
        }
        let step = |time: f64, job: usize| time.max(self.problem.items[job].release) + seconds(job);
        let lane = &self.jobs[machine];
        let appended = |job: usize| lane.last().is_none_or(|&last| self.problem.order(last, job).is_lt());
        match (without, with) {
            (None, None) => self.completion[machine],
            (None, Some(job)) if self.problem.released_together || appended(job) => {
                step(self.completion[machine], job)
            }
            (Some(old), _) if self.problem.released_together => {
                let left = self.completion[machine] - seconds(old);
                with.map_or(left, |job| step(left, job))
            }
            _ => {
                let (mut time, mut pending) = (0.0, with);
                for &job in lane.iter().filter(|&&job| Some(job) != without) {
                    if let Some(new) = pending
                        && self.problem.order(new, job).is_lt()
                    {
                        time = step(time, new);
                        pending = None;
                    }
                    time = step(time, job);
                }
                pending.map_or(time, |job| step(time, job))
            }
        }
    }

    /// How many jobs [`Lanes::changed`] looks at.
    pub(super) fn effort(&self, machine: usize) -> u64 {
        if self.problem.released_together { 1 } else { 1 + self.jobs[machine].len() as u64 }
    }

    /// Gives a job to a machine.
    pub(super) fn insert(&mut self, machine: usize, job: usize) {
        let lane = &mut self.jobs[machine];
        let place = lane.partition_point(|&other| self.problem.order(other, job).is_lt());
        lane.insert(place, job);
        self.complete(machine);
    }

    /// Takes a job from its machine.
    pub(super) fn remove(&mut self, machine: usize, job: usize) {
        self.jobs[machine].retain(|&other| other != job);
        self.complete(machine);
    }

    /// Adds up anew, so that rounding errors of many changes do not pile up.
    fn complete(&mut self, machine: usize) {
        self.completion[machine] = self.run(machine).last().map_or(0.0, |placement| placement.end);
    }

    fn run(&self, machine: usize) -> impl Iterator<Item = Placement> {
        let side = self.problem.side(machine);
        let number = machine - side * self.problem.machines[0];
        let mut time = 0.0_f64;
        self.jobs[machine].iter().map(move |&job| {
            let item = &self.problem.items[job];
            let start = time.max(item.release);
            time = start + item.seconds[side];
            Placement { job, kind: KINDS[side], machine: number, start, end: time }
        })
    }

    /// Where and when every job runs, in the order of the batch.
    pub(super) fn placements(&self) -> Vec<Placement> {
        let mut placements: Vec<Placement> =
            (0..self.jobs.len()).flat_map(|machine| self.run(machine)).collect();
        placements.sort_by_key(|placement| placement.job);
        placements
    }
}
