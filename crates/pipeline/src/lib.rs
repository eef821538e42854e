//! One linear system through everything: compile, emit, execute, recover the solution, verify, report.
//!
//! [`compile()`] turns a [`qnewton_matrix::LinearSystem`] into a [`CompiledSystem`]; [`execute`] runs it and recovers
//! x with sign and norm; [`solve()`] adds the classical reference. [`emit`] writes OpenQASM and the manifest beside
//! it; [`verify()`] holds a file against its manifest, [`run_file`] executes any OpenQASM file. `solve`,
//! `schedule --execute` and `train` all come here. This crate knows nothing of command lines.

mod amplify;
mod assemble;
mod block;
mod checkpoint;
mod choice;
mod comparison;
mod compile;
mod distributed;
mod documents;
mod emit;
mod equal;
mod error;
mod estimate;
mod execute;
mod facts;
mod file;
mod fingerprint;
mod given;
mod inversion;
mod manifest;
mod norm;
mod observe;
mod preprocessing;
mod published;
mod readout;
mod several;
mod solve;
mod source;
mod verify;

pub use amplify::{Amplification, AmplificationRecord};
pub use assemble::Solver;
pub use block::{BlockOptions, EncodedMatrix, RANKING_EPSILON, encode};
pub use checkpoint::CheckpointOptions;
pub use choice::{EncodingChoice, compare_encodings, encode_chosen, queries};
pub use comparison::{AmplifiedCost, SolverCandidate, SolverCost, compare_solvers};
pub use compile::{CompileOptions, CompiledSystem, compile};
pub use distributed::{DistributedRun, run_file_distributed};
pub use documents::{
    CircuitFields, EncodingFields, SCHEMA_VERSION, Seconds, SolverFields, SystemFields, gate_counts,
    ledger_fields,
};
pub use emit::{
    EmitOptions, circuit_fields, emit, emit_block, encoding_fields, omitted_phase, solver_fields,
};
pub use equal::{EqualMethod, EqualOptions, Equality, equal};
pub use error::PipelineError;
pub use estimate::{
    CostEstimate, EstimateRequest, EstimateTarget, SolverPlan, SpectralBounds, TargetEstimate, estimate,
    estimate_plan, family_bounds, in_basis, magic,
};
pub use execute::{ExecuteOptions, Execution, execute, predict_seconds};
pub use facts::SystemFacts;
pub use file::{
    CircuitFacts, FileRun, RunFileOptions, Shots, inspect, parse_program, read_program, read_program_with,
    run_file, write_state,
};
pub use fingerprint::fingerprint;
pub use given::{GivenBlock, GivenError, GivenRightHandSide};
pub use manifest::{
    DeflationRecord, EvolutionRecord, GramRecord, Kind, Manifest, PolynomialRecord, PositiveRecord,
    PreparationRecord, ReflectionRecord, WalkRecord, manifest_path,
};
pub use norm::{Direction, NormEstimate, NormMethod};
pub use observe::{Expectation, ObservableKind, ObservableRequest};
pub use preprocessing::{PreprocessedCost, PreprocessingCandidate, compare_preprocessing};
pub use published::{PublishedQueries, published_queries};
pub use readout::{
    Allocation, Amplitude, Counts, Estimate, Readable, Readout, ReadoutError, ReadoutOptions, Scale,
    expected_error, overlap, quadratic_form, read_out, read_solution, shots_for, shots_with_norm_for,
    with_read_out,
};
pub use several::{compile_several, solve_several};
pub use solve::{SolveReport, compare, solve};
pub use source::{MatrixSource, SourceOptions};
pub use verify::{Check, Verification, verify, verify_encoding};
