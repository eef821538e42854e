//! The claims of Q-Newton (Li et al., arXiv 2405.00252) as experiments: trains a network, records every Newton system, and prices
//! them under the paper's assumptions and without them, one after another. Prints docs/paper-claims.md:
//!
//! `cargo run --release -p qnewton-tests --example paper_claims > docs/paper-claims.md`

use qnewton::core::Silent;
use qnewton::matrix::{
    LinearSystem, Preparation, SparseMatrix, SpectrumMethod, SpectrumOptions, solve, spectrum,
};
use qnewton::scheduler::{
    Calibration, ClassicalModel, ClassicalProblem, CostModel, CostOptions, DeviceProfile, Effort, ModelInput,
    QuantumWorkload, QueryInput, cost_model, dense_query, quantum_cost,
};
use qnewton::train::{
    ClassicalNewton, LayerStep, LayerSystem, Newton, NewtonOptions, NewtonSolver, SolverError,
    TrainingConfig, TrainingLength, train,
};
use std::error::Error;

/// Relative error of solutions.
const EPSILON: f64 = 1e-2;
/// Damping of the paper's pruning experiment, in units of the largest magnitude of a Hessian.
const DAMPING: f64 = 5e-3;
/// Layers of the recorded run: Hessian blocks of 1024, 256 and 160 unknowns.
const LAYERS: [usize; 4] = [64, 16, 16, 10];
const STEPS: usize = 30;

type Failure = Box<dyn Error>;

fn main() -> Result<(), Failure> {
    let classical = Calibration::measure(Effort::Quick, &Silent)?.model;
    let mut recorder = Recorder::default();
    let config = TrainingConfig {
        layers: LAYERS.to_vec(),
        length: TrainingLength::Steps(STEPS),
        ..TrainingConfig::default()
    };
    let mut newton = Newton::new(NewtonOptions::default(), &mut recorder)?;
    let log = train(&config, &mut newton, &Silent)?;
    let systems = recorder.systems;
    println!("# The paper's claims\n");
    println!(
        "Q-Newton (Li et al., [arXiv 2405.00252](https://arxiv.org/abs/2405.00252)) decides block by block whether a quantum or a classical\n\
         solver takes a Newton system. Its costs are formulas; here they are held against a recorded run. Made by\n\
         `cargo run --release -p qnewton-tests --example paper_claims > docs/paper-claims.md`; seconds of classical solvers are those of the machine\n\
         that made it.\n"
    );
    let accuracy = log.evaluations.last().map_or(0.0, |scored| scored.test.accuracy);
    println!(
        "The run: a {} network of ReLU layers on the bundled digits, {STEPS} Newton steps, exact Hessian blocks, damping {DAMPING} max|H|, relative\n\
         error {EPSILON}: {} systems, {:.1} % of test samples right at the end.\n",
        LAYERS.map(|size| size.to_string()).join("-"),
        systems.len(),
        100.0 * accuracy
    );
    threshold(&classical)?;
    falling(&systems);
    saved(&systems, &classical)?;
    regret(&systems, &classical)?;
    Ok(())
}

/// A Newton system of the run.
struct Recorded {
    step: usize,
    layer: usize,
    unknowns: u64,
    nonzeros: u64,
    sparsity: u64,
    positive_definite: bool,
    condition_number: f64,
    /// The estimate is exact, not an interval's middle.
    exact: bool,
    /// Subnormalization of the dense encoding over the norm.
    relative_alpha: f64,
    /// Measured seconds of a factorization and substitution.
    seconds: f64,
}

/// Solves classically and records.
#[derive(Default)]
struct Recorder {
    systems: Vec<Recorded>,
}

impl NewtonSolver for Recorder {
    fn solve(&mut self, system: &LayerSystem<'_>) -> Result<LayerStep, SolverError> {
        let preparation = Preparation { damping: DAMPING, ..Preparation::default() };
        let matrix = SparseMatrix::from_dense(system.hessian);
        let linear = LinearSystem::new("block", matrix, Some(system.gradient.to_vec()), &preparation)?;
        let matrix = &linear.matrix;
        let found = spectrum(matrix, &SpectrumOptions::default())?;
        let unknowns = matrix.rows();
        self.systems.push(Recorded {
            step: system.step,
            layer: system.layer,
            unknowns: unknowns as u64,
            nonzeros: matrix.nnz() as u64,
            sparsity: matrix.sparsity() as u64,
            positive_definite: found.positive_definite == Some(true),
            condition_number: found.condition_number.unwrap_or(f64::INFINITY),
            exact: found.method == SpectrumMethod::Exact,
            relative_alpha: unknowns.next_power_of_two() as f64 * matrix.max_abs() / found.norm,
            seconds: solve(matrix, system.gradient)?.seconds,
        });
        ClassicalNewton { preparation }.solve(system)
    }
}

impl Recorded {
    fn input(&self) -> ModelInput {
        let queries = QueryInput {
            condition_number: self.condition_number,
            sparsity: self.sparsity,
            epsilon: EPSILON,
            relative_alpha: self.relative_alpha.max(1.0),
        };
        ModelInput { unknowns: self.unknowns, queries, query: dense_query(self.unknowns) }
    }

    /// Seconds of a dense inverse, 2 N^3 operations: three times a factorization.
    fn inversion(&self, classical: &ClassicalModel) -> f64 {
        3.0 * classical.lu.seconds(self.unknowns)
    }

    fn best(&self, classical: &ClassicalModel) -> f64 {
        let problem = ClassicalProblem {
            unknowns: self.unknowns,
            nonzeros: self.nonzeros,
            symmetric: true,
            positive_definite: self.positive_definite,
            condition_number: Some(self.condition_number),
            epsilon: EPSILON,
            ..ClassicalProblem::default()
        };
        classical.predict(&problem).seconds
    }

    /// Infinite where the model states nothing, or the device cannot do it.
    fn quantum(&self, assumption: &Assumption) -> f64 {
        match QuantumWorkload::from_model(assumption.model, &self.input()) {
            Some(workload) => quantum_cost(&workload, &assumption.device, &assumption.options).seconds,
            None => f64::INFINITY,
        }
    }
}

/// What the quantum side is taken to cost.
struct Assumption {
    model: &'static dyn CostModel,
    device: DeviceProfile,
    options: CostOptions,
}

impl Assumption {
    fn new(model: &str, device: &str, free: &str) -> Result<Self, Failure> {
        let options = CostOptions { free: free.parse()?, ..CostOptions::default() };
        let model = cost_model(model).ok_or("no such cost model")?;
        Ok(Assumption { model, device: DeviceProfile::bundled(device)?, options })
    }
}

const ALL_FREE: &str = "loading,state_preparation,read_out,overhead,noise";

fn number(value: f64) -> String {
    if value.is_finite() { format!("{value:.2e}") } else { "infinite".to_string() }
}

fn threshold(classical: &ClassicalModel) -> Result<(), Failure> {
    println!("## \"Condition numbers above 1e4 go to the classical solver\"\n");
    println!(
        "The condition number at which both sides take equally long, for blocks with 10 % of their entries. The paper's assumptions: its query count\n\
         (Jennings et al. with the extra factor d), a gate of 1e-18 s per query, loading, state preparation and read-out free, against a dense inverse.\n"
    );
    println!("| N | paper's assumptions | the same against the best classical solver | read-out charged |");
    println!("|---|---|---|---|");
    let paper = Assumption::new("qnewton-paper", "attosecond", ALL_FREE)?;
    let read = Assumption::new("qnewton-paper", "attosecond", "loading,state_preparation,overhead,noise")?;
    let mut within = true;
    for unknowns in [64u64, 256, 1024, 4096] {
        let at = |condition_number: f64| Recorded {
            step: 0,
            layer: 0,
            unknowns,
            nonzeros: unknowns * unknowns / 10,
            sparsity: unknowns / 10,
            positive_definite: true,
            condition_number,
            exact: true,
            relative_alpha: 1.0,
            seconds: 0.0,
        };
        let border = |quantum: &Assumption, competitor: &dyn Fn(&Recorded) -> f64| {
            let wins = |kappa: f64| at(kappa).quantum(quantum) < competitor(&at(kappa));
            if !wins(1.0) {
                return 0.0;
            }
            let (mut low, mut high) = (0.0f64, 40.0f64);
            for _ in 0..60 {
                let middle = 0.5 * (low + high);
                if wins(10f64.powf(middle)) { low = middle } else { high = middle }
            }
            10f64.powf(low)
        };
        let shown = |kappa: f64| if kappa == 0.0 { "always classical".to_string() } else { number(kappa) };
        let inversion = |system: &Recorded| system.inversion(classical);
        let best = |system: &Recorded| system.best(classical);
        let first = border(&paper, &inversion);
        within &= (1e3..1e5).contains(&first);
        println!(
            "| {unknowns} | {} | {} | {} |",
            shown(first),
            shown(border(&paper, &best)),
            shown(border(&read, &best))
        );
    }
    let verdict = if within { "True" } else { "Not so in general" };
    println!(
        "\n**{verdict}**: the border is no constant. It grows with N under the paper's assumptions, and is what the assumed gate time makes it.\n"
    );
    Ok(())
}

fn falling(systems: &[Recorded]) {
    println!("## \"The condition number falls to a thousandth during training\"\n");
    println!(
        "Condition number of the damped blocks of the run{}.\n",
        if systems.iter().all(|system| system.exact) {
            ""
        } else {
            ", by Lanczos' method where they are large"
        }
    );
    println!("| layer | N | first step | largest | last step | first / last |");
    println!("|---|---|---|---|---|---|");
    let mut least = f64::INFINITY;
    for layer in 0..LAYERS.len() - 1 {
        let of: Vec<&Recorded> = systems.iter().filter(|system| system.layer == layer).collect();
        let (Some(first), Some(last)) = (of.first(), of.last()) else { continue };
        let largest = of.iter().map(|system| system.condition_number).fold(0.0, f64::max);
        let ratio = first.condition_number / last.condition_number;
        least = least.min(1.0 / ratio);
        println!(
            "| {layer} | {} | {} | {} | {} (step {}) | {ratio:.2} |",
            first.unknowns,
            number(first.condition_number),
            number(largest),
            number(last.condition_number),
            last.step
        );
    }
    println!(
        "\n**{}** in this run: the most that a layer's condition number fell is to {least:.2} of what it was. Damping by a multiple of max|H| bounds the\n\
         condition number by λ_max/({DAMPING} max|H|) from the first step on.\n",
        if least <= 1e-3 { "True" } else { "False" }
    );
}

fn saved(systems: &[Recorded], classical: &ClassicalModel) -> Result<(), Failure> {
    println!("## \"Up to 90 % of the time saved\"\n");
    println!(
        "Time of all systems of the run if each goes to the faster side, against the classical side alone. The first row has the paper's assumptions; each\n\
         row below replaces one more by an honest one.\n"
    );
    println!("| assumption replaced | classical side | hybrid | saved | quantum systems |");
    println!("|---|---|---|---|---|");
    let rows: [(&str, &str, &str, &str, bool); 7] = [
        ("none", "qnewton-paper", "attosecond", ALL_FREE, true),
        ("a solution instead of an inverse", "qnewton-paper", "attosecond", ALL_FREE, false),
        (
            "the theorem's query count, and the gates of every query",
            "jennings",
            "attosecond",
            "loading,state_preparation,read_out,overhead,noise",
            false,
        ),
        (
            "loading of the matrix",
            "jennings",
            "attosecond",
            "state_preparation,read_out,overhead,noise",
            false,
        ),
        ("preparation of the right-hand side", "jennings", "attosecond", "read_out,overhead,noise", false),
        ("read-out of N numbers", "jennings", "attosecond", "overhead,noise", false),
        (
            "a device with error correction and microsecond gates, shots included",
            "jennings",
            "error-corrected",
            "",
            false,
        ),
    ];
    let mut first = 0.0;
    let mut last = 0.0;
    for (position, (replaced, model, device, free, inverse)) in rows.into_iter().enumerate() {
        let assumption = Assumption::new(model, device, free)?;
        let (mut alone, mut hybrid, mut quantum) = (0.0, 0.0, 0);
        for system in systems {
            let competitor = if inverse { system.inversion(classical) } else { system.best(classical) };
            let cost = system.quantum(&assumption);
            alone += competitor;
            hybrid += cost.min(competitor);
            quantum += usize::from(cost < competitor);
        }
        last = 100.0 * (1.0 - hybrid / alone);
        if position == 0 {
            first = last;
        }
        println!(
            "| {replaced} | {} s | {} s | {last:.1} % | {quantum} of {} |",
            number(alone),
            number(hybrid),
            systems.len()
        );
    }
    println!(
        "\n**{}** under the paper's assumptions: {first:.1} % saved. **{}** without them: {last:.1} %.\n",
        if first >= 90.0 { "True" } else { "Not reached" },
        if last > 0.0 { "Something is left" } else { "Nothing is left" }
    );
    Ok(())
}

fn regret(systems: &[Recorded], classical: &ClassicalModel) -> Result<(), Failure> {
    println!("## Regret\n");
    println!(
        "The decisions by predicted times against those of an oracle that knows how long the classical solver took: the time lost, relative to the oracle's.\n"
    );
    println!("| device, free components | quantum systems | oracle's | regret |");
    println!("|---|---|---|---|");
    let mut near = Assumption::new("dalzell-unknown", "attosecond", ALL_FREE)?;
    // The gate time at which half of the systems go either way: where decisions are hardest.
    let mut factors: Vec<f64> = systems
        .iter()
        .map(|system| classical.cholesky.seconds(system.unknowns) / system.quantum(&near))
        .collect();
    factors.sort_by(f64::total_cmp);
    near.device = near.device.with_gate_times_scaled(factors.get(factors.len() / 2).copied().unwrap_or(1.0));
    let slowed = format!("gates of {} s, {}", number(near.device.gate_time()), ALL_FREE.replace(',', ", "));
    let mut assumptions = vec![(slowed, near)];
    for (device, free) in [
        ("attosecond", ALL_FREE),
        ("attosecond", "loading,read_out"),
        ("attosecond", ""),
        ("error-corrected", ""),
    ] {
        let shown = if free.is_empty() { "none".to_string() } else { free.replace(',', ", ") };
        assumptions.push((format!("{device}, {shown}"), Assumption::new("dalzell-unknown", device, free)?));
    }
    for (shown, assumption) in assumptions {
        let (mut ours, mut oracle) = (0.0, 0.0);
        let (mut chosen, mut right) = (0, 0);
        for system in systems {
            let cost = system.quantum(&assumption);
            let predicted = classical.cholesky.seconds(system.unknowns);
            chosen += usize::from(cost < predicted);
            right += usize::from(cost < system.seconds);
            ours += if cost < predicted { cost } else { system.seconds };
            oracle += cost.min(system.seconds);
        }
        println!("| {shown} | {chosen} | {right} | {:.2} % |", 100.0 * (ours / oracle - 1.0));
    }
    Ok(())
}
