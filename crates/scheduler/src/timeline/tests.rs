//! Timelines against brute force, their own rules, and the bound.

use super::*;
use proptest::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;

const INFINITE: f64 = f64::INFINITY;

fn job(release: f64, classical: f64, quantum: f64) -> Job {
    Job { release, classical, quantum, classical_movement: 0.0, quantum_movement: 0.0 }
}

fn machines(classical: usize, quantum: usize) -> Machines {
    Machines { classical, quantum }
}

/// Seconds of a job on a kind of machine, data movement included.
fn seconds(job: &Job, kind: Solver) -> f64 {
    match kind {
        Solver::Classical => job.classical + job.classical_movement,
        Solver::Quantum => job.quantum + job.quantum_movement,
    }
}

/// What every timeline must be.
fn check(jobs: &[Job], machines: Machines, timeline: &Timeline) {
    assert_eq!(timeline.placements.len(), jobs.len());
    for (position, (placement, job)) in timeline.placements.iter().zip(jobs).enumerate() {
        assert_eq!(placement.job, position);
        assert!(placement.start >= job.release);
        assert_eq!(placement.end, placement.start + seconds(job, placement.kind));
        let count = if placement.kind == Solver::Quantum { machines.quantum } else { machines.classical };
        assert!(placement.machine < count);
        assert!(placement.end <= timeline.makespan);
    }
    assert!(
        jobs.is_empty() || timeline.placements.iter().any(|placement| placement.end == timeline.makespan)
    );
    let mut sorted = timeline.placements.clone();
    sorted.sort_by(|left, right| left.start.total_cmp(&right.start).then(left.end.total_cmp(&right.end)));
    for kind in [Solver::Classical, Solver::Quantum] {
        for machine in 0..machines.classical.max(machines.quantum) {
            let on_it: Vec<&Placement> =
                sorted.iter().filter(|one| one.kind == kind && one.machine == machine).collect();
            assert!(on_it.windows(2).all(|pair| pair[0].end <= pair[1].start), "{on_it:?}");
        }
    }
    assert!(timeline.lower_bound <= timeline.makespan);
    if timeline.makespan > timeline.lower_bound {
        assert_eq!(timeline.gap, timeline.makespan / timeline.lower_bound - 1.0);
    } else {
        assert_eq!(timeline.gap, 0.0);
    }
}

/// The least makespan over all assignments.
fn brute_force(jobs: &[Job], machines: Machines) -> f64 {
    let count = machines.classical + machines.quantum;
    let mut by_release: Vec<&Job> = jobs.iter().collect();
    by_release.sort_by(|left, right| left.release.total_cmp(&right.release));
    let mut least = f64::INFINITY;
    for assignment in 0..count.pow(jobs.len() as u32) {
        let mut done = vec![0.0_f64; count];
        let mut rest = assignment;
        for job in &by_release {
            let machine = rest % count;
            rest /= count;
            let kind = if machine < machines.classical { Solver::Classical } else { Solver::Quantum };
            done[machine] = done[machine].max(job.release) + seconds(job, kind);
        }
        least = least.min(done.into_iter().fold(0.0, f64::max));
    }
    least
}

/// Jobs of few distinct times, so that ties and infinite and vanishing times come up, or of any times.
fn any_job() -> impl Strategy<Value = Job> {
    let time = || prop_oneof![1 => Just(INFINITE), 1 => Just(0.0), 4 => (1..5_u8).prop_map(f64::from), 4 => 0.1..9.0];
    let release = prop_oneof![3 => Just(0.0), 2 => 0.0..9.0];
    let movement = || prop_oneof![Just(0.0), 0.0..2.0];
    (release, time(), time(), movement(), movement())
        .prop_filter("some machine can do it", |(_, classical, quantum, ..)| {
            classical.is_finite() || quantum.is_finite()
        })
        .prop_map(|(release, classical, quantum, classical_movement, quantum_movement)| Job {
            release,
            classical,
            quantum,
            classical_movement,
            quantum_movement,
        })
}

fn without_search() -> TimelineOptions {
    TimelineOptions { exact_jobs: 0, ..TimelineOptions::default() }
}

proptest! {
    #[test]
    fn small_batches_are_solved_exactly(
        jobs in prop::collection::vec(any_job(), 1..7),
        classical in 1..4_usize,
        quantum in 1..3_usize,
    ) {
        let machines = machines(classical, quantum);
        let exact = timeline(&jobs, machines, &TimelineOptions::default()).unwrap();
        check(&jobs, machines, &exact);
        prop_assert_eq!(exact.method, TimelineMethod::Exact);
        prop_assert_eq!(exact.gap, 0.0);
        let least = brute_force(&jobs, machines);
        prop_assert!((exact.makespan - least).abs() <= 1e-9 * least, "{} {least}", exact.makespan);
        let bound = bound::lower_bound(&Problem::new(&jobs, machines).unwrap());
        prop_assert!(bound <= least * (1.0 + 1e-12), "{bound} {least}");
        let searched = timeline(&jobs, machines, &without_search()).unwrap();
        check(&jobs, machines, &searched);
        prop_assert_eq!(searched.method, TimelineMethod::LocalSearch);
        prop_assert!(exact.makespan <= searched.makespan * (1.0 + 1e-12));
    }

    #[test]
    fn one_machine_of_each_kind_is_shared_exactly(jobs in prop::collection::vec(any_job(), 7..12)) {
        let exact = timeline(&jobs, machines(1, 1), &TimelineOptions::default()).unwrap();
        prop_assert_eq!(exact.method, TimelineMethod::Exact);
        let least = brute_force(&jobs, machines(1, 1));
        prop_assert!((exact.makespan - least).abs() <= 1e-9 * least, "{} {least}", exact.makespan);
    }

    #[test]
    fn batches_of_any_size_keep_the_rules(
        jobs in prop::collection::vec(any_job(), 0..60),
        classical in 1..5_usize,
        quantum in 1..4_usize,
    ) {
        let machines = machines(classical, quantum);
        let best = timeline(&jobs, machines, &TimelineOptions::default()).unwrap();
        check(&jobs, machines, &best);
        let sequential = one_at_a_time(&jobs, machines).unwrap();
        check(&jobs, machines, &sequential);
        prop_assert!(best.makespan <= sequential.makespan * (1.0 + 1e-12));
    }
}

/// A batch whose times on either side spread over two decades, independently, with release times up to about a third
/// of its makespan in every other batch.
fn random_batch(random: &mut Pcg64) -> (Vec<Job>, Machines) {
    let machines = machines(random.random_range(1..=8), random.random_range(1..=4));
    let count = random.random_range(50..=1000);
    let spread = if random.random_bool(0.5) {
        count as f64 / (machines.classical + machines.quantum) as f64
    } else {
        0.0
    };
    let jobs = (0..count)
        .map(|_| Job {
            release: spread * random.random::<f64>(),
            classical: 10f64.powf(random.random_range(-1.0..1.0)),
            quantum: 10f64.powf(random.random_range(-1.0..1.0)),
            classical_movement: 0.0,
            quantum_movement: 0.05,
        })
        .collect();
    (jobs, machines)
}

#[test]
fn large_batches_come_close_to_the_bound() {
    let mut random = Pcg64::seed_from_u64(7);
    for batch in 0..100 {
        let (jobs, machines) = random_batch(&mut random);
        let found = timeline(&jobs, machines, &TimelineOptions::default()).unwrap();
        check(&jobs, machines, &found);
        assert!(found.gap <= 0.05, "batch {batch}: {} jobs, {machines:?}, gap {}", jobs.len(), found.gap);
    }
}

#[test]
fn the_bound_knows_machines_releases_and_impossible_sides() {
    let bound = |jobs: &[Job], machines| bound::lower_bound(&Problem::new(jobs, machines).unwrap());
    let close = |value: f64, expected: f64| assert!((value - expected).abs() < 1e-9, "{value} {expected}");
    // Four seconds on each side, one machine each: two jobs there, two here.
    close(bound(&[job(0.0, 4.0, 4.0); 4], machines(1, 1)), 8.0);
    close(bound(&[job(0.0, 4.0, INFINITE); 4], machines(2, 1)), 8.0);
    // Done together at T, by T jobs on one side and T / 10 on the other.
    close(bound(&[job(0.0, 1.0, 10.0); 30], machines(1, 1)), 300.0 / 11.0);
    // That would be 90 / 11 here, too early for any job on the slow side.
    close(bound(&[job(0.0, 1.0, 10.0); 9], machines(1, 1)), 9.0);
    // Little work in all, but the last three are released late and share two machines.
    let mut jobs = vec![job(0.0, 1.0, 1.0)];
    jobs.extend([job(50.0, 4.0, 4.0); 3]);
    close(bound(&jobs, machines(1, 1)), 56.0);
    // Not in time for the deadline on the slow side, so that all of them queue up for the fast one.
    close(bound(&[job(0.0, 1.0, 100.0); 20], machines(1, 4)), 20.0);
}

#[test]
fn batches_that_cannot_be_are_refused() {
    let cases = [
        (vec![job(0.0, 1.0, 1.0), job(0.0, -1.0, 1.0)], machines(1, 1)),
        (vec![job(0.0, f64::NAN, 1.0)], machines(1, 1)),
        (vec![job(INFINITE, 1.0, 1.0)], machines(1, 1)),
        (vec![job(0.0, INFINITE, INFINITE)], machines(1, 1)),
        (vec![job(0.0, 1.0, INFINITE)], machines(0, 3)),
        (vec![job(0.0, 1.0, 1.0)], machines(0, 0)),
        (vec![job(0.0, 1e308, 1e308); 3], machines(1, 1)),
    ];
    let messages: Vec<String> = cases
        .iter()
        .map(|(jobs, machines)| {
            timeline(jobs, *machines, &TimelineOptions::default()).unwrap_err().to_string()
        })
        .collect();
    insta::assert_snapshot!(messages.join("\n"));
    let none = timeline(&[], machines(0, 0), &TimelineOptions::default()).unwrap();
    assert_eq!((none.makespan, none.gap, none.placements.len()), (0.0, 0.0, 0));
}

#[test]
fn a_search_that_is_cut_short_says_so() {
    let jobs: Vec<Job> = (0..12).map(|k| job(0.0, 3.0 + f64::from(k % 5), 4.0 + f64::from(k % 7))).collect();
    let options = TimelineOptions { node_limit: 3, ..TimelineOptions::default() };
    let found = timeline(&jobs, machines(3, 2), &options).unwrap();
    assert_eq!(found.method, TimelineMethod::LocalSearch);
    let exact = timeline(&jobs, machines(3, 2), &TimelineOptions::default()).unwrap();
    assert_eq!(exact.method, TimelineMethod::Exact);
    assert!(found.lower_bound <= exact.makespan && exact.makespan <= found.makespan);
}

#[test]
fn one_at_a_time_waits_for_each_solution() {
    let jobs = [job(0.0, 2.0, 1.0), job(10.0, 1.0, 1.0), job(0.0, 3.0, INFINITE)];
    let found = one_at_a_time(&jobs, machines(4, 4)).unwrap();
    let places: Vec<(Solver, f64, f64)> =
        found.placements.iter().map(|one| (one.kind, one.start, one.end)).collect();
    assert_eq!(
        places,
        [(Solver::Quantum, 0.0, 1.0), (Solver::Classical, 10.0, 11.0), (Solver::Classical, 1.0, 4.0)]
    );
    assert_eq!(found.makespan, 11.0);
}
