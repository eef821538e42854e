//! The command line as a whole.

use crate::commands::{
    breakeven::Breakeven, calibrate::Calibrate, check::Check, compile::Compile, completions::Completions,
    convert::Convert, count::Count, draw::Draw, encode::Encode, equal::Equal, estimate::Estimate,
    hessian::Hessian, kappa::Kappa, phases::Phases, regularize::Regularize, run::Run, schedule::Schedule,
    solve::Solve, train::Train, verify::Verify,
};
use clap::{Parser, Subcommand};

const EXAMPLES: &str = "\
Examples:
  qnewton solve A.mtx --rhs b.mtx                    compile, execute, compare with the classical x
  qnewton compile A.mtx --rhs b.mtx -o solve.qasm    write the circuit as OpenQASM
  qnewton run solve.qasm                             execute the file and recover x
  qnewton schedule A.mtx B.mtx --device trapped-ion  decide who should solve which system

Exit codes:
  0 done   1 the work failed or a promise was not kept   2 wrong usage   130 interrupted";

/// Quantum linear-system compiler and hybrid Newton scheduler.
#[derive(Debug, Parser)]
#[command(name = "qnewton", version, max_term_width = 100, after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Solve a linear system: compile, execute, compare with the classical solution.
    Solve(Solve),
    /// Compile a linear system to OpenQASM, with a manifest beside the file.
    Compile(Compile),
    /// Compile the block encoding of a matrix alone.
    Encode(Encode),
    /// Count what solving would take, without building the circuit.
    Estimate(Estimate),
    /// Write an OpenQASM file in the dialect of another tool.
    Convert(Convert),
    /// Execute an OpenQASM file; with a manifest beside it, recover x.
    Run(Run),
    /// Check that an OpenQASM file does what its manifest says.
    Verify(Verify),
    /// Count qubits, gates and depth of an OpenQASM file.
    Count(Count),
    /// Draw an OpenQASM file, calls folded into boxes, on the terminal or as SVG.
    Draw(Draw),
    /// Tell whether two OpenQASM files are the same unitary, or prepare the same state.
    Equal(Equal),
    /// Read OpenQASM files and report what they contain, what is unusual, and what is wrong.
    Check(Check),
    /// Decide for each system whether a quantum computer or a classical solver should take it.
    Schedule(Schedule),
    /// Tell under what circumstances the quantum solver would win: gate time, condition number, size, read-out.
    Breakeven(Breakeven),
    /// Measure the classical solvers of this machine and keep the result for predictions.
    Calibrate(Calibrate),
    /// Choose damping and pruning of a Hessian: the cheapest system whose step is still good.
    Regularize(Regularize),
    /// Estimate condition numbers by several methods side by side, each with an interval.
    Kappa(Kappa),
    /// Train a small network on the bundled digits and write one layer's Hessian and gradient.
    Hessian(Hessian),
    /// Train a small network on the bundled digits; Newton's systems go through the scheduler.
    Train(Train),
    /// Compute phase factors of quantum signal processing for a polynomial.
    Phases(Phases),
    /// Print the completion script of a shell.
    Completions(Completions),
}
