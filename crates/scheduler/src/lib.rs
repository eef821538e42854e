//! Cost models, device profiles and the quantum-or-classical decision.
//!
//! A [`DeviceProfile`] says what a quantum computer is capable of, a [`QuantumWorkload`] what a circuit asks of it,
//! and [`quantum_cost()`] predicts from both how long a solution takes from end to end, by named [`Component`]. A
//! [`ClassicalModel`], measured on this machine, predicts the competitor. [`decide`] compares the two. Every number
//! says where it comes from: counted on a compiled circuit, a proven bound, or measured. [`schedule()`] does all of it
//! for a list of systems, and [`timeline()`] shares them out among several machines. This crate knows nothing of
//! networks.

mod break_even;
mod classical;
mod component;
mod cost_model;
mod decision;
mod device;
mod error_correction;
mod execution;
mod plan;
mod quantum_cost;
mod query_bound;
mod read_out;
mod regularization;
mod repetition;
mod schedule;
mod screening;
mod serialize;
mod synthesis;
mod timeline;
mod workload;

pub use break_even::{Axis, Circumstances, Freed, SweepPoint, break_even_gate_time};
pub use classical::{
    Calibration, CalibrationError, Check, ClassicalCost, ClassicalMethod, ClassicalModel, ClassicalProblem,
    Curve, Effort, IterationTime, Refinement, SparseTime,
};
pub use component::{Breakdown, Component, FreeComponents, UnknownComponent};
pub use cost_model::{COST_MODELS, CostModel, Jennings, QueryInput, cost_model};
pub use decision::{Decision, Mode, Predicted, PredictedProvenance, QuantumSide, Solver, decide};
pub use device::{
    DeviceError, DeviceKind, DeviceProfile, Operations, Parallelism, PhysicalOperations, ShotTimes,
    names as device_names,
};
pub use error_correction::ErrorCorrection;
pub use execution::ExecutionOutcome;
pub use plan::CompileLimits;
pub use quantum_cost::{CostOptions, Infeasible, QuantumCost, SMALLEST_FIDELITY, quantum_cost};
pub use query_bound::jennings_queries;
pub use read_out::ReadOut;
pub use regularization::{
    LARGEST_REGULARIZED, Regularization, RegularizationError, RegularizationGrid, Regularized, StepQuality,
    regularize,
};
pub use schedule::{Schedule, ScheduleError, ScheduleOptions, ScheduledSystem, schedule, schedule_system};
pub use screening::SCREENED_CONDITION_NUMBER;
pub use synthesis::SynthesisRule;
pub use timeline::{
    Job, Machines, Placement, Timeline, TimelineError, TimelineMethod, TimelineOptions, one_at_a_time,
    timeline,
};
pub use workload::{GateClasses, ModelInput, QuantumWorkload, dense_preparation, dense_query};
