//! List scheduling, and local search from there.

use super::bound;
use super::lanes::Lanes;
use super::problem::Problem;

/// Smaller improvements are rounding errors.
const IMPROVEMENT: f64 = 1.0 - 1e-12;
/// A makespan this close to the bound, relative to it, is not improved further.
const CLOSE: f64 = 1e-4;

/// The best assignment found from several starts, with about so many `steps` of local search for each.
pub(super) fn best<'a>(problem: &'a Problem, bound: f64, steps: u64) -> Lanes<'a> {
    let items = &problem.items;
    let mut longest_first: Vec<usize> = (0..items.len()).collect();
    longest_first.sort_by(|&left, &right| items[right].least().total_cmp(&items[left].least()));
    let mut in_turn: Vec<usize> = (0..items.len()).collect();
    in_turn.sort_by(|&left, &right| problem.order(left, right));
    let faster: Vec<Option<usize>> = items.iter().map(|item| Some(item.faster())).collect();
    let relaxed = bound::sides(problem, bound);
    let free = vec![None; items.len()];
    // Never later than one system at a time: that holds for every job in turn.
    let mut best = list(problem, &in_turn, &faster);
    for (order, sides) in
        [(&longest_first, &relaxed), (&longest_first, &free), (&in_turn, &relaxed), (&in_turn, &free)]
    {
        if best.makespan() <= bound * (1.0 + CLOSE) {
            break;
        }
        let mut other = list(problem, order, sides);
        improve(&mut other, bound, steps);
        if other.makespan() < best.makespan() {
            best = other;
        }
    }
    best
}

/// Gives the jobs, one after the other, to the machine that is then done first, of the given side where there is one.
fn list<'a>(problem: &'a Problem, order: &[usize], sides: &[Option<usize>]) -> Lanes<'a> {
    let mut lanes = Lanes::new(problem);
    for &job in order {
        let ends = (0..problem.machine_count())
            .filter(|&machine| sides[job].is_none_or(|side| side == problem.side(machine)))
            .map(|machine| (lanes.changed(machine, None, Some(job)), machine));
        if let Some((_, machine)) = ends.min_by(|left, right| left.0.total_cmp(&right.0)) {
            lanes.insert(machine, job);
        }
    }
    lanes
}

/// Makes the machine that is done last be done earlier, until that fails, by moving one of its jobs to another machine
/// or else by swapping one with a job of another machine. The sorted completion times fall in lexicographic order, so that
/// this ends.
fn improve(lanes: &mut Lanes<'_>, bound: f64, steps: u64) {
    let mut left = steps;
    while left > 0 && lanes.makespan() > bound * (1.0 + CLOSE) {
        let Some(last) = (0..lanes.completion.len())
            .max_by(|&one, &other| lanes.completion[one].total_cmp(&lanes.completion[other]))
        else {
            return;
        };
        if let Some((job, machine)) = best_move(lanes, last, &mut left) {
            lanes.remove(last, job);
            lanes.insert(machine, job);
        } else if let Some((job, other, machine)) = swap(lanes, last, &mut left) {
            lanes.remove(last, job);
            lanes.remove(machine, other);
            lanes.insert(machine, job);
            lanes.insert(last, other);
        } else {
            return;
        }
    }
}

/// The job of the machine and the machine it is moved to, so that both are done as early as possible.
fn best_move(lanes: &Lanes<'_>, last: usize, left: &mut u64) -> Option<(usize, usize)> {
    let mut least = lanes.completion[last] * IMPROVEMENT;
    let mut found = None;
    for &job in &lanes.jobs[last] {
        let without = lanes.changed(last, Some(job), None);
        *left = left.saturating_sub(lanes.effort(last));
        for machine in (0..lanes.jobs.len()).filter(|&machine| machine != last) {
            *left = left.saturating_sub(lanes.effort(machine));
            let end = without.max(lanes.changed(machine, None, Some(job)));
            if end < least {
                least = end;
                found = Some((job, machine));
            }
        }
        if *left == 0 {
            break;
        }
    }
    found
}

/// A job of the machine, a job of another machine, and that machine: of the first job that can be swapped so that both
/// are done earlier, the best one to swap it with.
fn swap(lanes: &Lanes<'_>, last: usize, left: &mut u64) -> Option<(usize, usize, usize)> {
    for &job in &lanes.jobs[last] {
        let mut least = lanes.completion[last] * IMPROVEMENT;
        let mut found = None;
        for machine in (0..lanes.jobs.len()).filter(|&machine| machine != last) {
            for &other in &lanes.jobs[machine] {
                *left = left.saturating_sub(lanes.effort(machine));
                let end = lanes.changed(machine, Some(other), Some(job));
                if end < least {
                    *left = left.saturating_sub(lanes.effort(last));
                    let end = end.max(lanes.changed(last, Some(job), Some(other)));
                    if end < least {
                        least = end;
                        found = Some((job, other, machine));
                    }
                }
            }
        }
        if found.is_some() || *left == 0 {
            return found;
        }
    }
    None
}
