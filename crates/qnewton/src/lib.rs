//! Q-Newton as a library: compile a linear system to a quantum circuit, execute it, and let a scheduler decide
//! who should solve it.
//!
//! This crate re-exports every crate of the workspace under the name of its room, and the few items of the common
//! road at the top. The road is: a [`LinearSystem`] is compiled ([`compile()`]) into a circuit with an error bound,
//! which is written as OpenQASM ([`emit`]) or executed ([`execute`]); [`solve()`] does both and compares with the
//! classical solution.
//!
//! ```
//! use qnewton::{CompileOptions, ExecuteOptions, LinearSystem, Preparation, Silent, SparseMatrix, solve};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let matrix = SparseMatrix::from_triplets(2, 2, [(0, 0, 2.0), (0, 1, 1.0), (1, 0, 1.0), (1, 1, 3.0)])?;
//! let system = LinearSystem::new("example", matrix, Some(vec![1.0, 0.0]), &Preparation::default())?;
//!
//! let options = CompileOptions { epsilon: 1e-3, ..CompileOptions::default() };
//! let report = solve(&system, &options, &ExecuteOptions::default(), &Silent)?;
//!
//! // The promise: measured error <= sum of the bounds of all stages <= epsilon.
//! assert!(report.relative_error <= report.compiled.ledger.total());
//! assert!(report.compiled.ledger.total() <= 1e-3);
//! // x = A^-1 b = (3/5, -1/5), sign and norm included.
//! assert!((report.execution.solution[0] - 0.6).abs() < 1e-3);
//! assert!((report.execution.solution[1] + 0.2).abs() < 1e-3);
//! # Ok(())
//! # }
//! ```

pub use qnewton_circuit as circuit;
pub use qnewton_core as core;
pub use qnewton_encoding as encoding;
pub use qnewton_matrix as matrix;
pub use qnewton_pipeline as pipeline;
pub use qnewton_qasm as qasm;
pub use qnewton_qlsa as qlsa;
pub use qnewton_scheduler as scheduler;
pub use qnewton_statevector as statevector;
pub use qnewton_train as train;

pub use qnewton_circuit::Circuit;
pub use qnewton_core::{Monitor, Silent};
pub use qnewton_matrix::{LinearSystem, Preparation, SparseMatrix};
pub use qnewton_pipeline::{
    CompileOptions, CompiledSystem, EmitOptions, ExecuteOptions, Execution, PipelineError, SolveReport,
    compile, emit, execute, solve,
};
