//! The command-line program `qnewton`.
//!
//! A thin shell: every command parses its options, calls the library, and shows what came back, as text for people
//! or as one JSON document. `docs/cli.md` describes the commands, `docs/json.md` the documents.

mod arguments;
mod calibration;
mod commands;
mod comparison;
mod emit_after;
mod failure;
mod family;
mod files;
mod gantt;
mod given;
mod launch;
mod network;
mod observation;
mod options;
mod output;
mod plot;
mod plot_bars;
mod plot_front;
mod plot_sweeps;
mod preprocessing_comparison;
mod progress;
mod report;
mod scheduling;
mod shots;
mod solver_comparison;
mod systems;
mod text;
mod timeline;
mod unknowns;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    let launch = launch::Launch::detect();
    let arguments = match arguments::Arguments::try_parse() {
        Ok(arguments) => arguments,
        // What is wrong, or was asked, is said once.
        Err(_) if launch.rank > 0 => return ExitCode::SUCCESS,
        Err(error) => error.exit(),
    };
    match commands::run(arguments.command, &launch) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
