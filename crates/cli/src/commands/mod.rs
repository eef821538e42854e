//! One module per command.

pub(crate) mod breakeven;
pub(crate) mod calibrate;
pub(crate) mod check;
pub(crate) mod compile;
pub(crate) mod completions;
pub(crate) mod convert;
pub(crate) mod count;
pub(crate) mod draw;
pub(crate) mod encode;
pub(crate) mod equal;
pub(crate) mod estimate;
pub(crate) mod hessian;
pub(crate) mod kappa;
pub(crate) mod phases;
pub(crate) mod regularize;
pub(crate) mod run;
pub(crate) mod schedule;
pub(crate) mod solve;
pub(crate) mod train;
pub(crate) mod verify;

use crate::arguments::Command;
use crate::failure::Failure;
use crate::launch::Launch;
use crate::progress::Interrupt;

/// Runs a command to its end.
pub(crate) fn run(command: Command, launch: &Launch) -> Result<(), Failure> {
    if launch.size > 1 {
        return run_on_ranks(command, launch);
    }
    let interrupt = Interrupt::install()?;
    let result = match command {
        Command::Solve(command) => command.run(&interrupt),
        Command::Compile(command) => command.run(&interrupt),
        Command::Encode(command) => command.run(&interrupt),
        Command::Estimate(command) => command.run(&interrupt),
        Command::Convert(command) => command.run(),
        Command::Run(command) => command.run(&interrupt),
        Command::Verify(command) => command.run(&interrupt),
        Command::Count(command) => command.run(),
        Command::Draw(command) => command.run(),
        Command::Equal(command) => command.run(&interrupt),
        Command::Check(command) => command.run(),
        Command::Schedule(command) => command.run(&interrupt),
        Command::Breakeven(command) => command.run(&interrupt),
        Command::Calibrate(command) => command.run(&interrupt),
        Command::Regularize(command) => command.run(&interrupt),
        Command::Kappa(command) => command.run(&interrupt),
        Command::Hessian(command) => command.run(&interrupt),
        Command::Train(command) => command.run(&interrupt),
        Command::Phases(command) => command.run(&interrupt),
        Command::Completions(command) => command.run(),
    };
    // Whatever the work says when it is interrupted, the reason is the interrupt.
    result.map_err(|failure| if interrupt.is_set() { Failure::Cancelled } else { failure })
}

/// Runs a command in one of several processes that a launcher has started; rank 0 speaks for all. They end when the
/// launcher says so: an interrupt is not handled.
fn run_on_ranks(command: Command, launch: &Launch) -> Result<(), Failure> {
    let refused = match command {
        #[cfg(feature = "mpi")]
        Command::Run(command) => return command.run_on_ranks(launch),
        #[cfg(not(feature = "mpi"))]
        Command::Run(_) => Failure::with_hint(
            format!(
                "{} processes were started, but this qnewton was built without MPI: each would do the same work",
                launch.size
            ),
            "build it with `--features mpi` (docs/distributed.md), or start one process",
        ),
        _ => Failure::with_hint(
            format!(
                "{} processes were started, but only `qnewton run` shares its work among them",
                launch.size
            ),
            "leave out mpirun or srun, or start one process",
        ),
    };
    if launch.rank == 0 { Err(refused) } else { Ok(()) }
}
