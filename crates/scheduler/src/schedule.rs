//! A list of systems: for each, both predictions, the decision, and on demand its execution.

use crate::break_even::break_even_gate_time;
use crate::classical::{ClassicalModel, ClassicalProblem};
use crate::decision::{Decision, Mode, QuantumSide, Solver, decide};
use crate::device::DeviceProfile;
use crate::plan::{CompileLimits, Plan, plan};
use crate::quantum_cost::{CostOptions, QuantumCost, quantum_cost};
use crate::workload::QuantumWorkload;
use qnewton_core::{Cancelled, Monitor};
use qnewton_matrix::{LinearSystem, SolveError, solve};
use qnewton_pipeline::{
    CompileOptions, CompiledSystem, ExecuteOptions, PipelineError, SystemFacts, compare, execute,
};
use serde::Serialize;
use thiserror::Error;

/// How systems are scheduled.
#[derive(Clone, Debug, Default)]
pub struct ScheduleOptions {
    /// How systems are compiled; the relative error of the solution is here.
    pub compile: CompileOptions,
    /// What is compiled in order to be counted.
    pub limits: CompileLimits,
    /// What the quantum prediction takes into account.
    pub cost: CostOptions,
    /// Which solver may be chosen.
    pub mode: Mode,
    /// The classical model; `None` measures this machine.
    pub classical: Option<ClassicalModel>,
    /// Executes what was decided, the quantum solver on the state-vector executor; `None` only decides.
    pub execute: Option<ExecuteOptions>,
}

/// A list of systems with its decisions.
#[derive(Clone, Debug, Serialize)]
pub struct Schedule {
    /// The device's name.
    pub device: String,
    /// Relative error of the solutions.
    pub epsilon: f64,
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
    /// Condition number; `None` if the matrix is singular to working precision.
    pub condition_number: Option<f64>,
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
    /// What the execution gave; `None` if none was asked for.
    pub execution: Option<ExecutionOutcome>,
}

/// What the execution of a decision gave.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ExecutionOutcome {
    /// Seconds on this machine; of a simulation, if the quantum solver was chosen.
    pub seconds: Option<f64>,
    /// ||x_hat - x|| / ||x|| of the quantum solver, x the classical solution.
    pub relative_error: Option<f64>,
    /// ||b - A x|| / ||b|| of the classical solver.
    pub relative_residual: Option<f64>,
    /// Why there is no solution; `None` if there is one.
    pub problem: Option<String>,
    /// The solution.
    #[serde(skip)]
    pub solution: Option<Vec<f64>>,
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

/// Schedules a list of systems, each with the name of its file.
///
/// A system without a right-hand side is predicted with a uniform one. Where compiling is not affordable
/// ([`CompileLimits`]), a bound predicts the quantum solver, and the reason says so.
pub fn schedule(
    systems: &[(String, LinearSystem)],
    device: &DeviceProfile,
    options: &ScheduleOptions,
    monitor: &dyn Monitor,
) -> Result<Schedule, ScheduleError> {
    let classical = classical_model(options)?;
    let mut scheduled = Vec::with_capacity(systems.len());
    for (file, system) in systems {
        monitor.check()?;
        scheduled.push(schedule_system(file, system, device, options, monitor)?);
    }
    Ok(Schedule {
        device: device.name.clone(),
        epsilon: options.compile.epsilon,
        mode: options.mode,
        cost: options.cost,
        classical,
        systems: scheduled,
    })
}

/// Schedules one system.
pub fn schedule_system(
    file: &str,
    system: &LinearSystem,
    device: &DeviceProfile,
    options: &ScheduleOptions,
    monitor: &dyn Monitor,
) -> Result<ScheduledSystem, ScheduleError> {
    let analysed = |source| match source {
        PipelineError::Cancelled(cancelled) => ScheduleError::Cancelled(cancelled),
        source => ScheduleError::System { file: file.to_string(), source: Box::new(source) },
    };
    let classical_model = classical_model(options)?;
    monitor.begin("spectrum", 0);
    let facts = SystemFacts::of(&system.matrix).map_err(analysed)?;
    monitor.check()?;
    let uniform_rhs = system.rhs.is_none();
    let mut system = system.clone();
    let rhs = system.rhs.get_or_insert_with(|| vec![1.0; facts.n]).clone();

    let classical = classical_model.predict(&ClassicalProblem {
        unknowns: facts.n as u64,
        nonzeros: facts.nnz as u64,
        positive_definite: facts.spectrum.positive_definite == Some(true),
        condition_number: facts.spectrum.condition_number,
        epsilon: options.compile.epsilon,
    });
    let plan = match facts.spectrum.condition_number {
        None => None,
        Some(kappa) => Some(
            plan(&system, &facts, kappa, &options.compile, &options.limits, monitor)
                .map_err(|error| analysed(*error))?,
        ),
    };
    let quantum = plan.as_ref().map(|plan| quantum_cost(&plan.workload, device, &options.cost));
    let side = match &quantum {
        Some(cost) => QuantumSide::Predicted(cost),
        None => QuantumSide::Singular { smallest_singular_value: facts.spectrum.smallest },
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
    let execution = match &options.execute {
        None => None,
        Some(execute_options) => Some(match decision.decision {
            Solver::Quantum => execute_quantum(compiled.as_ref(), execute_options, monitor)?,
            Solver::Classical => execute_classical(&system, &rhs),
        }),
    };
    Ok(ScheduledSystem {
        file: file.to_string(),
        decision,
        condition_number: facts.spectrum.condition_number,
        unknowns: facts.n,
        uniform_rhs,
        workload,
        quantum,
        break_even_gate_time: break_even,
        execution,
    })
}

fn classical_model(options: &ScheduleOptions) -> Result<ClassicalModel, SolveError> {
    match &options.classical {
        Some(model) => Ok(model.clone()),
        None => ClassicalModel::of_this_machine().cloned(),
    }
}

fn execute_quantum(
    compiled: Option<&CompiledSystem>,
    options: &ExecuteOptions,
    monitor: &dyn Monitor,
) -> Result<ExecutionOutcome, Cancelled> {
    let failed = |problem: String| ExecutionOutcome { problem: Some(problem), ..ExecutionOutcome::default() };
    let Some(compiled) = compiled else {
        return Ok(failed("there is no circuit to execute, only a bound on its cost".to_string()));
    };
    match execute(compiled, options, monitor) {
        Ok(execution) => Ok(ExecutionOutcome {
            seconds: Some(execution.seconds),
            relative_error: Some(compare(&execution.solution, &compiled.classical_solution).0),
            solution: Some(execution.solution),
            ..ExecutionOutcome::default()
        }),
        Err(PipelineError::Cancelled(cancelled)) => Err(cancelled),
        Err(error) => Ok(failed(error.to_string())),
    }
}

fn execute_classical(system: &LinearSystem, rhs: &[f64]) -> ExecutionOutcome {
    match solve(&system.matrix, rhs) {
        Ok(solution) => ExecutionOutcome {
            seconds: Some(solution.seconds),
            relative_residual: Some(solution.relative_residual),
            solution: Some(solution.x),
            ..ExecutionOutcome::default()
        },
        Err(error) => ExecutionOutcome { problem: Some(error.to_string()), ..ExecutionOutcome::default() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classical::{CubicTime, IterationTime};
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
        let time = CubicTime { cubic: 1e-10, quadratic: 1e-9, constant: 1e-6 };
        let iteration = IterationTime { per_nonzero: 1e-9, per_unknown: 1e-8 };
        ScheduleOptions {
            classical: Some(ClassicalModel { cholesky: time, lu: time, iteration }),
            ..ScheduleOptions::default()
        }
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
        let share = workload.loading_share.unwrap();
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
