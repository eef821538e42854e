//! What no timeline can beat.
//!
//! For a makespan T, the jobs released at r or later run in [r, T]. Let a_j and b_j be the seconds of job j on the two
//! sides. A job with r_j + a_j > T is for the second side, one with r_j + b_j > T for the first, and the others may be
//! shared out fractionally, x_j on the first: T is out of reach unless for each r some x in [0, 1] has
//! sum a_j x_j <= c (T - r) and sum b_j (1 - x_j) <= q (T - r), both over the jobs with r_j >= r. That is a fractional
//! knapsack: jobs go to the first side by increasing a_j / b_j until it is full. (The linear program of Lenstra, Shmoys
//! and Tardos, Mathematical Programming 46, 1990, with its group of identical machines as one row each.) The bound is
//! the least T that is not out of reach, found by bisection.

use super::problem::Problem;

/// Bisection ends at this relative width.
const WIDTH: f64 = 1e-12;
/// Loads that exceed what fits by less than this are rounding errors.
const ROUNDING: f64 = 1e-11;

/// No timeline ends before, up to rounding.
pub(super) fn lower_bound(problem: &Problem) -> f64 {
    let relaxation = Relaxation::new(problem);
    let mut low = problem.items.iter().map(|item| item.release + item.least()).fold(0.0, f64::max);
    if relaxation.fits(low) {
        return low;
    }
    let mut high = 2.0 * low;
    while !relaxation.fits(high) {
        (low, high) = (high, 2.0 * high);
    }
    while high - low > WIDTH * high {
        let middle = low + 0.5 * (high - low);
        if relaxation.fits(middle) { high = middle } else { low = middle }
    }
    low
}

/// Which side each job is for, where the relaxation at makespan T says so, releases aside.
pub(super) fn sides(problem: &Problem, makespan: f64) -> Vec<Option<usize>> {
    let relaxation = Relaxation::new(problem);
    let earliest = problem.items.iter().map(|item| item.release).fold(f64::INFINITY, f64::min);
    let mut room = problem.machines[0] as f64 * (makespan - earliest);
    let mut sides = vec![None; problem.items.len()];
    for (job, item) in problem.items.iter().enumerate() {
        if item.release + item.seconds[1] > makespan {
            sides[job] = Some(0);
            room -= item.seconds[0];
        } else if item.release + item.seconds[0] > makespan {
            sides[job] = Some(1);
        }
    }
    for &job in &relaxation.by_ratio {
        if sides[job].is_none() {
            let full = room <= 0.0;
            room -= problem.items[job].seconds[0];
            // The one that is cut in two may go either way.
            sides[job] = if full { Some(1) } else { (room >= 0.0).then_some(0) };
        }
    }
    sides
}

struct Relaxation<'a> {
    problem: &'a Problem,
    /// Jobs by increasing a_j / b_j.
    by_ratio: Vec<usize>,
    /// Where each job stands there.
    rank: Vec<usize>,
    /// Jobs by decreasing release time.
    by_release: Vec<usize>,
}

impl<'a> Relaxation<'a> {
    fn new(problem: &'a Problem) -> Self {
        let items = &problem.items;
        // A job that takes no time on a side goes there; one that takes none on both, anywhere.
        let ratio = |job: usize| {
            let [first, second] = items[job].seconds;
            if first == 0.0 { 0.0 } else { first / second }
        };
        let mut by_ratio: Vec<usize> = (0..items.len()).collect();
        by_ratio.sort_by(|&left, &right| ratio(left).total_cmp(&ratio(right)));
        let mut rank = vec![0; items.len()];
        for (place, &job) in by_ratio.iter().enumerate() {
            rank[job] = place;
        }
        let mut by_release: Vec<usize> = (0..items.len()).collect();
        by_release.sort_by(|&left, &right| problem.order(right, left));
        Relaxation { problem, by_ratio, rank, by_release }
    }

    /// Whether nothing here rules out this makespan, which is at least every r_j + min(a_j, b_j).
    fn fits(&self, makespan: f64) -> bool {
        let items = &self.problem.items;
        let machines = self.problem.machines.map(|count| count as f64);
        let mut forced = [0.0, 0.0];
        let mut shared = PrefixSums::new(items.len());
        for (place, &job) in self.by_release.iter().enumerate() {
            let item = &items[job];
            let allowed = item.seconds.map(|seconds| item.release + seconds <= makespan);
            match allowed {
                [true, true] => shared.add(self.rank[job], item.seconds),
                [first, _] => {
                    let side = usize::from(!first);
                    forced[side] += item.seconds[side];
                }
            }
            let next = self.by_release.get(place + 1).map(|&next| items[next].release);
            if next == Some(item.release) {
                continue;
            }
            let time = makespan - item.release;
            let room = machines.map(|count| count * time * (1.0 + ROUNDING));
            if forced[0] > room[0] {
                return false;
            }
            let (full, taken) = shared.prefix_within(room[0] - forced[0]);
            let mut rest = shared.total[1] - taken[1];
            if full < items.len() {
                let [first, second] = items[self.by_ratio[full]].seconds;
                if first > 0.0 {
                    rest -= second * ((room[0] - forced[0] - taken[0]) / first).min(1.0);
                }
            }
            if forced[1] + rest > room[1] + ROUNDING * shared.total[1] {
                return false;
            }
        }
        true
    }
}

/// Sums over jobs by rank, in logarithmic time (a Fenwick tree).
struct PrefixSums {
    /// Node k holds the sum of the (k & -k) entries up to entry k, counted from 1.
    tree: Vec<[f64; 2]>,
    total: [f64; 2],
}

impl PrefixSums {
    fn new(length: usize) -> Self {
        PrefixSums { tree: vec![[0.0, 0.0]; length + 1], total: [0.0, 0.0] }
    }

    fn add(&mut self, rank: usize, seconds: [f64; 2]) {
        let mut node = rank + 1;
        while node < self.tree.len() {
            self.tree[node][0] += seconds[0];
            self.tree[node][1] += seconds[1];
            node += node & node.wrapping_neg();
        }
        self.total[0] += seconds[0];
        self.total[1] += seconds[1];
    }

    /// The longest prefix whose first sum is at most `room`: its length and its sums.
    fn prefix_within(&self, room: f64) -> (usize, [f64; 2]) {
        let (mut length, mut taken) = (0, [0.0, 0.0]);
        let mut step = (self.tree.len() / 2 + 1).next_power_of_two();
        while step > 0 {
            if let Some(node) = self.tree.get(length + step)
                && taken[0] + node[0] <= room
            {
                length += step;
                taken = [taken[0] + node[0], taken[1] + node[1]];
            }
            step /= 2;
        }
        (length, taken)
    }
}
