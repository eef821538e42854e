//! Branch and bound over the assignments of jobs to machines.

use super::lanes::Lanes;
use super::problem::Problem;

/// Makespans that differ by less, relative to them, count as equal.
const EQUAL: f64 = 1e-10;

/// An assignment of least makespan; `None` if more than so many nodes would be needed to prove it.
pub(super) fn best<'a>(
    problem: &'a Problem,
    start: &Lanes<'a>,
    bound: f64,
    node_limit: u64,
) -> Option<Lanes<'a>> {
    let mut order: Vec<usize> = (0..problem.items.len()).collect();
    // Long jobs first: they decide. Equal jobs come one after the other.
    let key = |job: usize| {
        let item = &problem.items[job];
        [item.least(), item.seconds[0], item.seconds[1], item.release]
    };
    order.sort_by(|&left, &right| {
        key(right).partial_cmp(&key(left)).unwrap_or(std::cmp::Ordering::Equal).then(left.cmp(&right))
    });
    let equal_to_previous =
        (0..order.len()).map(|place| place > 0 && key(order[place]) == key(order[place - 1])).collect();
    let ratio = |job: usize| {
        let [first, second] = problem.items[job].seconds;
        // Those that the second side cannot do come first, also before those that take the first side no time.
        if second.is_infinite() { -1.0 } else { first / second }
    };
    let mut place = vec![0; order.len()];
    for (position, &job) in order.iter().enumerate() {
        place[job] = position;
    }
    let mut by_ratio = order.clone();
    by_ratio.sort_by(|&left, &right| ratio(left).total_cmp(&ratio(right)));
    let earliest = problem.items.iter().map(|item| item.release).fold(f64::INFINITY, f64::min);
    let mut search = Search {
        problem,
        order,
        equal_to_previous,
        by_ratio: by_ratio.into_iter().map(|job| (place[job], problem.items[job].seconds)).collect(),
        earliest,
        bound,
        lanes: Lanes::new(problem),
        loads: [0.0, 0.0],
        least: start.makespan(),
        best: start.clone(),
        nodes_left: node_limit,
    };
    search.place(0, 0);
    (search.nodes_left > 0).then_some(search.best)
}

struct Search<'a> {
    problem: &'a Problem,
    /// Jobs in the order in which they are placed.
    order: Vec<usize>,
    equal_to_previous: Vec<bool>,
    /// Place in `order` and seconds of the jobs, by increasing ratio of the seconds.
    by_ratio: Vec<(usize, [f64; 2])>,
    /// The first release time.
    earliest: f64,
    bound: f64,
    lanes: Lanes<'a>,
    /// Seconds of what was placed on either side.
    loads: [f64; 2],
    least: f64,
    best: Lanes<'a>,
    nodes_left: u64,
}

impl Search<'_> {
    /// Places the jobs from `depth` on in every way that may end earlier than the best so far. The previous job is on
    /// machine `previous`.
    fn place(&mut self, depth: usize, previous: usize) {
        if self.nodes_left == 0 || self.enough() {
            return;
        }
        self.nodes_left -= 1;
        let Some(&job) = self.order.get(depth) else {
            self.least = self.lanes.makespan();
            self.best = self.lanes.clone();
            return;
        };
        if !self.better(self.relaxed(depth)) {
            return;
        }
        let mut ends: Vec<(f64, usize)> = (0..self.problem.machine_count())
            .filter(|&machine| !self.equal_to_previous[depth] || machine >= previous)
            .filter(|&machine| !self.interchangeable_with_an_earlier_one(machine))
            .map(|machine| (self.lanes.changed(machine, None, Some(job)), machine))
            .collect();
        ends.sort_by(|left, right| left.0.total_cmp(&right.0));
        for (end, machine) in ends {
            // Completion times only grow as jobs are added.
            if !self.better(end) {
                return;
            }
            let side = self.problem.side(machine);
            let load = self.loads[side];
            self.loads[side] += self.problem.items[job].seconds[side];
            self.lanes.insert(machine, job);
            self.place(depth + 1, machine);
            self.lanes.remove(machine, job);
            self.loads[side] = load;
        }
    }

    fn better(&self, makespan: f64) -> bool {
        makespan < self.least * (1.0 - EQUAL)
    }

    /// Whether the best is as good as the bound.
    fn enough(&self) -> bool {
        self.least <= self.bound * (1.0 + EQUAL)
    }

    /// Whether an earlier machine of the same side could take the jobs to come in the same way.
    fn interchangeable_with_an_earlier_one(&self, machine: usize) -> bool {
        let side = self.problem.side(machine);
        let first = side * self.problem.machines[0];
        (first..machine).any(|earlier| {
            if self.problem.released_together {
                self.lanes.completion[earlier] == self.lanes.completion[machine]
            } else {
                self.lanes.jobs[earlier].is_empty() && self.lanes.jobs[machine].is_empty()
            }
        })
    }

    /// A bound for the jobs from `depth` on shared out fractionally, on top of what is placed, all released at once.
    fn relaxed(&self, depth: usize) -> f64 {
        let machines = self.problem.machines.map(|count| count as f64);
        let remaining =
            || self.by_ratio.iter().filter(|(place, _)| *place >= depth).map(|(_, seconds)| *seconds);
        let finite = remaining().map(|seconds| seconds[1]).filter(|seconds| seconds.is_finite());
        let (mut first, mut second) = (self.loads[0], self.loads[1] + finite.sum::<f64>());
        // To the first side by increasing ratio, until both sides are done together.
        for [on_first, on_second] in remaining() {
            if on_second.is_infinite() {
                first += on_first;
                continue;
            }
            let lead = second * machines[0] - first * machines[1];
            if on_first.is_infinite() || lead <= 0.0 {
                break;
            }
            let share = (lead / (on_first * machines[1] + on_second * machines[0])).min(1.0);
            first += share * on_first;
            second -= share * on_second;
            if share < 1.0 {
                break;
            }
        }
        let per_machine = |load: f64, count: f64| if load > 0.0 { load / count } else { 0.0 };
        self.earliest + per_machine(first, machines[0]).max(per_machine(second.max(0.0), machines[1]))
    }
}
