//! Timelines: which machine solves which system of a batch, and when.
//!
//! A batch (all layers of a step, all steps of a run) is given to c classical workers and q quantum devices so that the
//! last solution comes as early as possible: unrelated machines in two groups of identical ones, with release times
//! (R | r_j | C_max in the notation of Graham et al., Annals of Discrete Mathematics 5, 1979). Small batches are solved
//! exactly by branch and bound, large ones by list scheduling and local search; a lower bound says what is lost at most.
//!
//! A job runs on one machine without interruption. Between jobs with the same release time on one machine the order does
//! not matter, and the order of release times is optimal on it, so that an assignment of jobs to machines is all there
//! is to find.

mod bound;
mod exact;
mod lanes;
mod local_search;
mod problem;
mod systems;

use crate::decision::Solver;
use crate::serialize::finite_or_null;
use problem::Problem;
use serde::Serialize;
use thiserror::Error;

/// One system to be solved. Times in seconds; infinite where a kind of machine cannot do it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Job {
    /// It cannot start earlier.
    pub release: f64,
    /// On a classical worker.
    pub classical: f64,
    /// On a quantum device.
    pub quantum: f64,
    /// Moving the data to and from a worker; the worker is busy meanwhile.
    pub classical_movement: f64,
    /// Moving the data to and from a device; the device is busy meanwhile.
    pub quantum_movement: f64,
}

/// How many machines there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Machines {
    /// Classical workers, equally fast.
    pub classical: usize,
    /// Quantum devices, equally fast.
    pub quantum: usize,
}

/// How much work a timeline is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimelineOptions {
    /// Batches of at most so many jobs are solved exactly,
    pub exact_jobs: usize,
    /// unless that takes more nodes of the search tree than this.
    pub node_limit: u64,
    /// Jobs that the local search looks at, from each of its starts.
    pub search_steps: u64,
}

impl Default for TimelineOptions {
    /// Well below a second for 10 000 jobs.
    fn default() -> Self {
        TimelineOptions { exact_jobs: 12, node_limit: 400_000, search_steps: 3_000_000 }
    }
}

/// How a timeline was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TimelineMethod {
    /// Branch and bound: no timeline ends earlier.
    Exact,
    /// List scheduling and local search.
    LocalSearch,
    /// One system after the other, each on the faster kind of machine.
    OneAtATime,
}

impl TimelineMethod {
    /// The name in documents.
    pub fn name(self) -> &'static str {
        match self {
            TimelineMethod::Exact => "exact",
            TimelineMethod::LocalSearch => "local_search",
            TimelineMethod::OneAtATime => "one_at_a_time",
        }
    }
}

/// Where and when a job runs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Placement {
    /// The job's position in the batch.
    pub job: usize,
    /// The kind of machine.
    pub kind: Solver,
    /// Which machine of that kind, from 0.
    pub machine: usize,
    /// Seconds from the start of the batch.
    pub start: f64,
    /// Seconds from the start of the batch, data movement included.
    pub end: f64,
}

/// A batch with its placements.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Timeline {
    /// When the last job ends, in seconds from the start of the batch.
    pub makespan: f64,
    /// No timeline of this batch ends before, up to rounding.
    pub lower_bound: f64,
    /// makespan / lower_bound - 1; 0 if both are 0. Infinite (null in documents) if only the bound is.
    #[serde(serialize_with = "finite_or_null")]
    pub gap: f64,
    /// How it was found.
    pub method: TimelineMethod,
    /// Every job once, in the order of the batch.
    pub placements: Vec<Placement>,
}

/// Why there is no timeline.
#[derive(Clone, Copy, Debug, Error, PartialEq)]
pub enum TimelineError {
    /// A time that is negative or no number, or a release time that is infinite.
    #[error(
        "job {job} (counted from 0) has a time of {seconds} s; at least 0 is needed, and finite release times"
    )]
    Time {
        /// The job's position.
        job: usize,
        /// The time.
        seconds: f64,
    },
    /// No machine can do a job.
    #[error(
        "job {job} (counted from 0) has no finite time on any of {classical} classical workers and {quantum} quantum devices"
    )]
    Nowhere {
        /// The job's position.
        job: usize,
        /// Classical workers.
        classical: usize,
        /// Quantum devices.
        quantum: usize,
    },
    /// The times add up to more than a number can hold.
    #[error("the times of the jobs add up to more than a number can hold")]
    Overflow,
}

/// The timeline of a batch with the least makespan that the options allow to find.
pub fn timeline(
    jobs: &[Job],
    machines: Machines,
    options: &TimelineOptions,
) -> Result<Timeline, TimelineError> {
    let problem = Problem::new(jobs, machines)?;
    let bound = bound::lower_bound(&problem);
    let heuristic = local_search::best(&problem, bound, options.search_steps);
    if jobs.len() <= options.exact_jobs
        && let Some(lanes) = exact::best(&problem, &heuristic, bound, options.node_limit)
    {
        let makespan = lanes.makespan();
        return Ok(finished(lanes.placements(), makespan, TimelineMethod::Exact));
    }
    Ok(finished(heuristic.placements(), bound, TimelineMethod::LocalSearch))
}

/// The timeline of a loop that solves one system after the other, in the order of their release and then of the batch,
/// each on the faster kind of machine (Q-Newton, Li et al., arXiv 2405.00252). Ties are classical.
pub fn one_at_a_time(jobs: &[Job], machines: Machines) -> Result<Timeline, TimelineError> {
    let problem = Problem::new(jobs, machines)?;
    let mut order: Vec<usize> = (0..jobs.len()).collect();
    order.sort_by(|&left, &right| problem.order(left, right));
    let mut time = 0.0_f64;
    let mut placements: Vec<Placement> = order
        .into_iter()
        .map(|job| {
            let item = &problem.items[job];
            let side = item.faster();
            let start = time.max(item.release);
            time = start + item.seconds[side];
            Placement { job, kind: problem::KINDS[side], machine: 0, start, end: time }
        })
        .collect();
    placements.sort_by_key(|placement| placement.job);
    Ok(finished(placements, bound::lower_bound(&problem), TimelineMethod::OneAtATime))
}

fn finished(placements: Vec<Placement>, bound: f64, method: TimelineMethod) -> Timeline {
    let makespan = placements.iter().fold(0.0, |latest: f64, placement| latest.max(placement.end));
    // The bound is rounded on its own.
    let lower_bound = bound.min(makespan);
    let gap = if makespan == lower_bound { 0.0 } else { makespan / lower_bound - 1.0 };
    Timeline { makespan, lower_bound, gap, method, placements }
}

#[cfg(test)]
mod tests;
