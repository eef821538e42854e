//! A list of systems: for each, both predictions, the decision, and on demand its execution.

use crate::break_even::break_even_gate_time;
use crate::classical::{ClassicalModel, ClassicalProblem};
use crate::cost_model::CostModel;
use crate::decision::{Decision, Mode, QuantumSide, decide};
use crate::device::DeviceProfile;
use crate::execution::{ExecutionOutcome, Pending, execute_all};
use crate::plan::{CompileLimits, Plan, plan};
use crate::quantum_cost::{CostOptions, QuantumCost, quantum_cost};
use crate::screening::{SCREENED_CONDITION_NUMBER, condition_at_least, screened};
use crate::workload::QuantumWorkload;
use qnewton_core::{Cancelled, Monitor};
use qnewton_matrix::{Factorization, LinearSystem, SolveError, SpectrumMethod, is_symmetric};
use qnewton_pipeline::{CompileOptions, ExecuteOptions, PipelineError, SystemFacts};
use serde::Serialize;
use thiserror::Error;

/// How systems are scheduled.
#[derive(Clone)]
pub struct ScheduleOptions {
    /// How systems are compiled; the relative error of the solution is here.
    pub compile: CompileOptions,
    /// What is compiled in order to be counted.
    pub limits: CompileLimits,
    /// Predicts the quantum solver in place of the compiled circuit.
    pub model: Option<&'static dyn CostModel>,
    /// What the quantum prediction takes into account.
    pub cost: CostOptions,
    /// Which solver may be chosen.
    pub mode: Mode,
    /// Condition number from which on a system is only screened, if a lower bound of the quantum time is longer than the
    /// classical time; infinite for never.
    pub screen_above: f64,
    /// The classical model; `None` measures this machine.
    pub classical: Option<ClassicalModel>,
    /// Executes what was decided, the quantum solver on the state-vector executor; `None` only decides.
    pub execute: Option<ExecuteOptions>,
}

impl Default for ScheduleOptions {
    fn default() -> Self {
        ScheduleOptions {
            compile: CompileOptions::default(),
            limits: CompileLimits::default(),
            model: None,
            cost: CostOptions::default(),
            mode: Mode::default(),
            screen_above: SCREENED_CONDITION_NUMBER,
            classical: None,
            execute: None,
        }
    }
}

/// A list of systems with its decisions.
#[derive(Clone, Debug, Serialize)]
pub struct Schedule {
    /// The device's name.
    pub device: String,
    /// Relative error of the solutions.
    pub epsilon: f64,
    /// What predicted the quantum solver: `compiled`, or the name of a cost model.
    pub cost_model: &'static str,
    /// Which solver could be chosen.
    pub mode: Mode,
    /// What the quantum predictions took into account.
    pub cost: CostOptions,
    /// The classical model.
    pub classical: ClassicalModel,
    /// The systems, in the order in which they were given.
    pub systems: Vec<ScheduledSystem>,
}

/// One system with its decision.
#[derive(Clone, Debug, Serialize)]
pub struct ScheduledSystem {
    /// The file, or another name.
    pub file: String,
    /// The solver, the reason, the predicted seconds.
    #[serde(flatten)]
    pub decision: Decision,
    /// Condition number; `None` if the matrix is singular to working precision. A lower bound if nothing else is known.
    pub condition_number: Option<f64>,
    /// How it was computed: `exact`, `lanczos`, or `lower_bound`.
    pub condition_number_method: &'static str,
    /// Number of unknowns.
    pub unknowns: usize,
    /// Whether the system had no right-hand side, so that predictions are for a uniform one.
    pub uniform_rhs: bool,
    /// What the circuit asks of a device; `None` if the matrix is singular.
    pub workload: Option<QuantumWorkload>,
    /// The quantum prediction; `None` if the matrix is singular.
    pub quantum: Option<QuantumCost>,
    /// The gate time in seconds below which the quantum solver would win; `None` if there is none.
    pub break_even_gate_time: Option<f64>,
    /// The system as classical solvers see it.
    #[serde(skip)]
    pub problem: ClassicalProblem,
    /// What the execution gave; `None` if none was asked for.
    pub execution: Option<ExecutionOutcome>,
}

/// Why there is no schedule.
#[derive(Debug, Error)]
pub enum ScheduleError {
    /// A system could not be analysed.
    #[error("{file}: {source}")]
    System {
        /// The file, or another name.
        file: String,
        /// The reason.
        source: Box<PipelineError>,
    },
    /// The classical solvers of this machine could not be measured.
    #[error("the classical solvers of this machine could not be measured: {0}")]
    Measurement(#[from] SolveError),
    /// Stopped by the user.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// Schedules a list of systems, each with the name of its file, and executes what was decided, if that is asked for: several
/// systems at a time, after all decisions.
///
/// A system without a right-hand side is predicted with a uniform one. Where compiling is not affordable
/// ([`CompileLimits`]), a bound predicts the quantum solver, and the reason says so. A system of a condition number above
/// [`ScheduleOptions::screen_above`] that loses by a lower bound of the quantum time is not analysed any further.
pub fn schedule(
    systems: &[(String, LinearSystem)],
    device: &DeviceProfile,
    options: &ScheduleOptions,
    monitor: &dyn Monitor,
) -> Result<Schedule, ScheduleError> {
    let classical = classical_model(options)?;
    let mut decided = Vec::with_capacity(systems.len());
    for (file, system) in systems {
        monitor.check()?;
        decided.push(decide_system(file, system, device, &classical, options, monitor)?);
    }
    if let Some(execute) = &options.execute {
        execute_all(&mut decided, &classical, execute, monitor)?;
    }
    Ok(Schedule {
        device: device.name.clone(),
        epsilon: options.compile.epsilon,
        cost_model: options.model.map_or("compiled", |model| model.name()),
        mode: options.mode,
        cost: options.cost,
        classical,
        systems: decided.into_iter().map(|(scheduled, _)| scheduled).collect(),
    })
}

/// Schedules one system, and executes what was decided, if that is asked for.
pub fn schedule_system(
    file: &str,
    system: &LinearSystem,
    device: &DeviceProfile,
    options: &ScheduleOptions,
    monitor: &dyn Monitor,
) -> Result<ScheduledSystem, ScheduleError> {
    let classical = classical_model(options)?;
    let (mut scheduled, pending) = decide_system(file, system, device, &classical, options, monitor)?;
    if let Some(options) = &options.execute {
        scheduled.execution = Some(pending.execute(&classical, options, monitor)?);
    }
    Ok(scheduled)
}

/// Decides; what an execution will need comes with it.
fn decide_system(
    file: &str,
    system: &LinearSystem,
    device: &DeviceProfile,
    classical_model: &ClassicalModel,
    options: &ScheduleOptions,
    monitor: &dyn Monitor,
) -> Result<(ScheduledSystem, Pending), ScheduleError> {
    let analysed = |source| match source {
        PipelineError::Cancelled(cancelled) => ScheduleError::Cancelled(cancelled),
        source => ScheduleError::System { file: file.to_string(), source: Box::new(source) },
    };
    let epsilon = options.compile.epsilon;
    let uniform_rhs = system.rhs.is_none();
    let mut system = system.clone();
    system.rhs.get_or_insert_with(|| vec![1.0; system.matrix.rows()]);
    let matrix = &system.matrix;

    let mut problem = ClassicalProblem {
        unknowns: matrix.rows() as u64,
        nonzeros: matrix.nnz() as u64,
        symmetric: is_symmetric(matrix),
        epsilon,
        samples: system.factor.as_ref().map(|factor| factor.gradients.rows() as u64),
        ..ClassicalProblem::default()
    };
    let screening = options.mode == Mode::Auto && options.screen_above.is_finite();
    let screen = |condition_number: f64, problem: &ClassicalProblem| {
        let asked = screening && condition_number >= options.screen_above;
        let classical = classical_model.predict(problem);
        let screened = screened(condition_number, matrix.rows(), epsilon, device, &options.cost, &classical);
        screened.filter(|_| asked)
    };
    let bound = match screening {
        true => condition_at_least(matrix, options.screen_above).map_err(|error| analysed(error.into()))?,
        false => 1.0,
    };
    let mut condition_number = ConditionNumber::AtLeast(bound);
    // What may be singular to working precision is looked at closely.
    let mut lost = condition_number
        .value()
        .filter(|&kappa| kappa < LARGEST_SCREENED)
        .and_then(|kappa| screen(kappa, &problem));
    let mut facts = None;
    if lost.is_none() {
        monitor.begin("spectrum", 0);
        let found = SystemFacts::of(matrix).map_err(analysed)?;
        monitor.check()?;
        problem.positive_definite = found.spectrum.positive_definite == Some(true);
        problem.condition_number = found.spectrum.condition_number;
        let entries = Factorization::sparse_cholesky_entries(matrix).filter(|_| problem.positive_definite);
        problem.factor_nonzeros = entries.map(|entries| entries as u64);
        condition_number = ConditionNumber::Known(found.spectrum.condition_number, found.spectrum.method);
        lost = found.spectrum.condition_number.and_then(|kappa| screen(kappa, &problem));
        facts = Some(found);
    }
    let classical = classical_model.predict(&problem);
    let plan = match (&facts, problem.condition_number, &lost) {
        (Some(facts), Some(kappa), None) => Some(
            plan(&system, facts, kappa, &options.compile, &options.limits, options.model, monitor)
                .map_err(|error| analysed(*error))?,
        ),
        _ => None,
    };
    let quantum = plan.as_ref().map(|plan| quantum_cost(&plan.workload, device, &options.cost));
    let side = match (&quantum, &lost, &facts) {
        (Some(cost), ..) => QuantumSide::Predicted(cost),
        (None, Some(lost), _) => {
            QuantumSide::AtLeast { seconds: lost.seconds, condition_number: lost.condition_number }
        }
        (None, None, facts) => {
            let smallest_singular_value = facts.as_ref().map_or(0.0, |facts| facts.spectrum.smallest);
            QuantumSide::Singular { smallest_singular_value }
        }
    };
    let mut decision = decide(side, &classical, options.mode);
    if let Some(note) = plan.as_ref().and_then(|plan| plan.note.as_ref()) {
        decision.reason += &format!("; the quantum time is {note}");
    }
    if uniform_rhs && plan.is_some() {
        decision.reason += "; predicted for a uniform right-hand side, since there is none";
    }
    let break_even = plan
        .as_ref()
        .and_then(|plan| break_even_gate_time(&plan.workload, device, &options.cost, classical.seconds));
    let (workload, compiled) = match plan {
        Some(Plan { workload, compiled, .. }) => (Some(workload), compiled),
        None => (None, None),
    };
    let scheduled = ScheduledSystem {
        file: file.to_string(),
        decision,
        condition_number: condition_number.value(),
        condition_number_method: condition_number.method(),
        unknowns: matrix.rows(),
        uniform_rhs,
        workload,
        quantum,
        break_even_gate_time: break_even,
        problem,
        execution: None,
    };
    let pending = Pending { solver: scheduled.decision.decision, system, problem, compiled };
    Ok((scheduled, pending))
}

/// A lower bound from here on does not tell an ill-conditioned matrix from a singular one.
const LARGEST_SCREENED: f64 = 1e12;

/// What is known of a condition number.
enum ConditionNumber {
    AtLeast(f64),
    /// `None` for a singular matrix.
    Known(Option<f64>, SpectrumMethod),
}

impl ConditionNumber {
    fn value(&self) -> Option<f64> {
        match *self {
            ConditionNumber::AtLeast(bound) => Some(bound).filter(|bound| bound.is_finite()),
            ConditionNumber::Known(value, _) => value,
        }
    }

    fn method(&self) -> &'static str {
        match self {
            ConditionNumber::AtLeast(_) => "lower_bound",
            ConditionNumber::Known(_, SpectrumMethod::Exact) => "exact",
            ConditionNumber::Known(_, SpectrumMethod::Lanczos | SpectrumMethod::NormOnly) => "lanczos",
        }
    }
}

fn classical_model(options: &ScheduleOptions) -> Result<ClassicalModel, SolveError> {
    match &options.classical {
        Some(model) => Ok(model.clone()),
        None => ClassicalModel::of_this_machine().cloned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classical::tests::model;
    use crate::decision::Solver;
    use crate::screening::least_workload;
    use qnewton_core::{Provenance, Silent};
    use qnewton_matrix::{Preparation, SparseMatrix};

    /// A symmetric positive definite tridiagonal system of condition number below 3.
    fn tridiagonal(unknowns: usize, diagonal: f64, rhs: bool) -> LinearSystem {
        let entries: Vec<(usize, usize, f64)> = (0..unknowns)
            .flat_map(|row| {
                let neighbour = (row + 1 < unknowns).then_some(row + 1);
                let off =
                    neighbour.into_iter().flat_map(move |column| [(row, column, -1.0), (column, row, -1.0)]);
                off.chain([(row, row, diagonal)])
            })
            .collect();
        let matrix = SparseMatrix::from_triplets(unknowns, unknowns, entries).unwrap();
        let rhs = rhs.then(|| (0..unknowns).map(|row| 1.0 + row as f64).collect());
        LinearSystem::new("tridiagonal", matrix, rhs, &Preparation::default()).unwrap()
    }

    /// A classical model that does not depend on the machine.
    fn options() -> ScheduleOptions {
        ScheduleOptions { classical: Some(model()), ..ScheduleOptions::default() }
    }

    fn device(name: &str) -> DeviceProfile {
        DeviceProfile::bundled(name).unwrap()
    }

    #[test]
    fn gates_of_1e_minus_30_seconds_and_free_data_make_a_well_conditioned_system_quantum() {
        let device = device("attosecond").with_gate_times_scaled(1e-12);
        let mut options = ScheduleOptions { execute: Some(ExecuteOptions::default()), ..options() };
        options.cost.free = "read_out,loading".parse().unwrap();
        let result =
            schedule_system("t.mtx", &tridiagonal(8, 4.0, true), &device, &options, &Silent).unwrap();
        assert_eq!(result.decision.decision, Solver::Quantum);
        assert_eq!(result.decision.provenance.quantum, Some(Provenance::Compiled));
        assert!(result.decision.reason.starts_with("quantum wins"), "{}", result.decision.reason);
        let execution = result.execution.unwrap();
        assert!(execution.relative_error.unwrap() <= options.compile.epsilon);
        assert_eq!(execution.solution.unwrap().len(), 8);
    }

    #[test]
    fn todays_devices_leave_the_system_to_the_classical_solver() {
        for name in ["superconducting", "trapped-ion", "error-corrected"] {
            let options = ScheduleOptions { execute: Some(ExecuteOptions::default()), ..options() };
            let result =
                schedule_system("t.mtx", &tridiagonal(8, 4.0, true), &device(name), &options, &Silent)
                    .unwrap();
            assert_eq!(result.decision.decision, Solver::Classical, "{name}");
            assert!(result.execution.unwrap().relative_residual.unwrap() < 1e-14);
        }
    }

    #[test]
    fn compiled_workloads_count_the_circuit() {
        let result =
            schedule_system("t.mtx", &tridiagonal(8, 4.0, true), &device("attosecond"), &options(), &Silent)
                .unwrap();
        let workload = result.workload.unwrap();
        assert_eq!(workload.provenance, Provenance::Compiled);
        assert!(workload.two_qubit_depth <= workload.depth);
        assert!(workload.depth <= workload.single_qubit_gates + workload.two_qubit_gates);
        assert!(workload.rotations <= workload.single_qubit_gates * 3);
        // A query is most of a step, and the preparation adds to it; projector phases are the rest.
        let share = workload.loading_share + workload.preparation_share;
        assert!(share > 0.5 && share < 1.0, "{share}");
    }

    #[test]
    fn what_is_too_large_to_compile_gets_a_bound_and_says_so() {
        let mut options = options();
        options.limits.unknowns = 4;
        let system = tridiagonal(8, 4.0, false);
        let result = schedule_system("t.mtx", &system, &device("attosecond"), &options, &Silent).unwrap();
        assert_eq!(result.decision.provenance.quantum, Some(Provenance::Bound));
        assert!(result.uniform_rhs);
        let tail = result.decision.reason.split_once("; the quantum time").unwrap().1.to_string();
        options.limits = CompileLimits { degree: 3.0, ..CompileLimits::default() };
        let result = schedule_system("t.mtx", &system, &device("attosecond"), &options, &Silent).unwrap();
        let second = result.decision.reason.split_once("; the quantum time").unwrap().1.to_string();
        insta::assert_snapshot!(format!("{tail}\n{second}"));
    }

    #[test]
    fn a_singular_system_is_left_to_the_classical_solver_whatever_was_asked_for() {
        let matrix =
            SparseMatrix::from_triplets(2, 2, [(0, 0, 1.0), (0, 1, 1.0), (1, 0, 1.0), (1, 1, 1.0)]).unwrap();
        let system =
            LinearSystem::new("ones", matrix, Some(vec![1.0, 2.0]), &Preparation::default()).unwrap();
        let options =
            ScheduleOptions { mode: Mode::Quantum, execute: Some(ExecuteOptions::default()), ..options() };
        let result = schedule_system("ones.mtx", &system, &device("attosecond"), &options, &Silent).unwrap();
        assert_eq!(result.decision.decision, Solver::Classical);
        assert!(result.decision.reason.contains("sigma_min"), "{}", result.decision.reason);
        assert_eq!(result.condition_number, None);
        assert!(result.execution.unwrap().problem.unwrap().contains("singular"));
    }

    #[test]
    fn systems_of_any_small_size_are_scheduled() {
        for unknowns in [1, 2, 3, 5] {
            let system = tridiagonal(unknowns, 3.0, true);
            let result =
                schedule_system("t.mtx", &system, &device("attosecond"), &options(), &Silent).unwrap();
            assert_eq!(result.unknowns, unknowns);
            assert_eq!(result.decision.provenance.quantum, Some(Provenance::Compiled));
        }
    }

    /// Diagonal entries from 1 down to 1e-8.
    fn ill_conditioned(unknowns: usize) -> LinearSystem {
        let entry = |k: usize| (k, k, 10f64.powf(-8.0 * k as f64 / (unknowns - 1) as f64));
        let matrix = SparseMatrix::from_triplets(unknowns, unknowns, (0..unknowns).map(entry)).unwrap();
        LinearSystem::new("ill", matrix, Some(vec![1.0; unknowns]), &Preparation::default()).unwrap()
    }

    #[test]
    fn ill_conditioned_systems_are_left_to_the_classical_solver_without_compiling() {
        let system = ill_conditioned(64);
        let result =
            schedule_system("i.mtx", &system, &device("error-corrected"), &options(), &Silent).unwrap();
        assert_eq!(result.decision.decision, Solver::Classical);
        assert_eq!(result.condition_number_method, "lower_bound");
        assert!((result.condition_number.unwrap() / 1e8 - 1.0).abs() < 1e-6);
        assert!(result.workload.is_none() && result.decision.reason.contains("nothing was compiled"));
        assert_eq!(result.decision.provenance.quantum, Some(Provenance::Bound));
        // Where the bound loses nothing, the system is analysed like any other; and so it is if that is asked for.
        let fast = device("attosecond").with_gate_times_scaled(1e-30);
        let free = ScheduleOptions {
            cost: CostOptions { free: "read_out,overhead".parse().unwrap(), ..CostOptions::default() },
            ..options()
        };
        let never = ScheduleOptions { screen_above: f64::INFINITY, ..options() };
        for (device, options) in [(fast, free), (device("error-corrected"), never)] {
            let result = schedule_system("i.mtx", &system, &device, &options, &Silent).unwrap();
            assert_eq!(result.condition_number_method, "exact");
            assert!(result.workload.is_some());
        }
    }

    #[test]
    fn the_screening_bound_is_below_every_prediction() {
        for (unknowns, diagonal) in [(4, 4.0), (8, 2.5), (16, 2.01)] {
            for name in ["superconducting", "error-corrected", "attosecond"] {
                for free in ["", "read_out", "loading,gates", "overhead,noise,repetition"] {
                    let cost = CostOptions { free: free.parse().unwrap(), ..CostOptions::default() };
                    let mut device = device(name);
                    device.qubits = None;
                    let options = ScheduleOptions { cost, ..options() };
                    let system = tridiagonal(unknowns, diagonal, true);
                    let result = schedule_system("t.mtx", &system, &device, &options, &Silent).unwrap();
                    let least =
                        least_workload(result.condition_number.unwrap(), unknowns, options.compile.epsilon);
                    let bound = quantum_cost(&least, &device, &options.cost).seconds;
                    let predicted = result.quantum.unwrap().seconds;
                    assert!(bound <= predicted, "{name} {free}: {bound} {predicted}");
                }
            }
        }
    }

    #[test]
    fn what_the_executor_refuses_is_solved_classically_and_says_so() {
        let execute = Some(ExecuteOptions { time_limit: 0.0, ..ExecuteOptions::default() });
        let options = ScheduleOptions { mode: Mode::Quantum, execute, ..options() };
        let systems: Vec<(String, LinearSystem)> =
            (4..9).map(|unknowns| (format!("{unknowns}.mtx"), tridiagonal(unknowns, 4.0, true))).collect();
        let result = schedule(&systems, &device("attosecond"), &options, &Silent).unwrap();
        for (scheduled, unknowns) in result.systems.iter().zip(4..9) {
            assert_eq!(scheduled.decision.decision, Solver::Quantum);
            let execution = scheduled.execution.as_ref().unwrap();
            assert_eq!(execution.solver, Solver::Classical);
            assert!(execution.fallback.is_some() && execution.problem.is_none());
            assert!(execution.predicted_seconds.unwrap() > 0.0);
            assert_eq!(execution.solution.as_ref().unwrap().len(), unknowns);
        }
    }

    #[test]
    fn the_document_has_its_fields() {
        let systems = [
            ("small.mtx".to_string(), tridiagonal(4, 4.0, true)),
            ("large.mtx".to_string(), tridiagonal(300, 2.001, true)),
        ];
        let schedule = schedule(&systems, &device("superconducting"), &options(), &Silent).unwrap();
        let document = serde_json::to_value(&schedule).unwrap();
        assert_eq!(document["systems"].as_array().unwrap().len(), 2);
        let large = &document["systems"][1];
        assert_eq!(large["file"], "large.mtx");
        assert_eq!(large["decision"], "classical");
        // The error rates of the device allow no such circuit: infinite is null.
        assert!(large["predicted_seconds"]["quantum"].is_null());
        assert!(large["predicted_seconds"]["classical"].as_f64().unwrap() > 0.0);
        assert!(large["condition_number"].as_f64().unwrap() > 1.0);
        assert!(large["reason"].as_str().unwrap().contains("cannot do it"));
        assert_eq!(large["provenance"]["quantum"], "compiled");
        assert_eq!(large["provenance"]["classical"], "empirical");
        assert!(large["quantum_breakdown"]["read_out"].is_number());
        assert_eq!(large["workload"]["unknowns"], 300);
    }

    #[test]
    fn a_user_can_stop() {
        struct Stopped;
        impl Monitor for Stopped {
            fn begin(&self, _stage: &str, _total: u64) {}
            fn advance(&self, _steps: u64) {}
            fn is_cancelled(&self) -> bool {
                true
            }
        }
        let systems = [("t.mtx".to_string(), tridiagonal(4, 4.0, true))];
        let result = schedule(&systems, &device("attosecond"), &options(), &Stopped);
        assert!(matches!(result, Err(ScheduleError::Cancelled(_))));
    }
}
