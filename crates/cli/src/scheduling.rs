//! Options of the commands that decide between quantum and classical solvers.

use crate::failure::Failure;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, builder::PossibleValue};
use qnewton::scheduler::{
    Component, CostOptions, DeviceError, DeviceProfile, FreeComponents, Mode, ReadOut, device_names,
};

/// The device, and what is taken into account.
#[derive(Debug, Args)]
pub(crate) struct SchedulingOptions {
    /// The quantum computer: a bundled profile (see below) or a TOML file
    #[arg(long, value_name = "NAME|FILE.toml", default_value = "error-corrected")]
    device: String,
    /// Who decides
    #[arg(long, value_name = "WHO", default_value = "auto", value_parser = mode_parser())]
    pub(crate) decide: Mode,
    /// Cost components that are taken to be free, separated by commas (see below)
    #[arg(long, value_name = "LIST", default_value = "", hide_default_value = true, value_parser = free_components)]
    free: FreeComponents,
    /// How the solution is read from the state
    #[arg(long, value_name = "HOW", default_value = "sampling", value_parser = read_out_parser())]
    read_out: ReadOut,
    /// Amplify the success probability instead of repeating
    #[arg(long)]
    amplification: bool,
}

impl SchedulingOptions {
    /// The device's profile.
    pub(crate) fn profile(&self) -> Result<DeviceProfile, Failure> {
        DeviceProfile::named_or_file(&self.device).map_err(|error| match error {
            DeviceError::UnknownName { .. } => Failure::Usage(error.to_string()),
            error => Failure::work(error),
        })
    }

    /// What the quantum prediction takes into account.
    pub(crate) fn cost(&self) -> CostOptions {
        CostOptions { free: self.free, amplification: self.amplification, read_out: self.read_out }
    }
}

/// Devices and cost components, for help texts.
pub(crate) fn names_help() -> String {
    let mut text = String::from("Devices:\n");
    for name in device_names() {
        let description = DeviceProfile::bundled(name).map_or(String::new(), |profile| profile.description);
        text.push_str(&format!("  {name}\n      {description}\n"));
    }
    text.push_str("\nCost components:\n");
    for component in Component::ALL {
        text.push_str(&format!("  {:<16} {}\n", component.name(), component.description()));
    }
    text
}

fn mode_parser() -> impl TypedValueParser<Value = Mode> {
    let values = Mode::ALL.iter().map(|mode| {
        PossibleValue::new(mode.name()).help(match mode {
            Mode::Auto => "the scheduler, by predicted time",
            Mode::Quantum => "you: the quantum solver",
            Mode::Classical => "you: the classical solver",
        })
    });
    // Only names of modes get past the first parser.
    PossibleValuesParser::new(values).try_map(|name| Mode::from_name(&name).ok_or("no such mode"))
}

fn read_out_parser() -> impl TypedValueParser<Value = ReadOut> {
    let values = [
        (ReadOut::Sampling, "measurements, 2 N / epsilon^2 of them"),
        (ReadOut::Coherent, "N / epsilon uses of the circuit, constants left out"),
    ];
    PossibleValuesParser::new(values.map(|(value, help)| PossibleValue::new(value.name()).help(help)))
        .try_map(|name| ReadOut::from_name(&name).ok_or("no such read-out"))
}

fn free_components(list: &str) -> Result<FreeComponents, String> {
    list.parse().map_err(|error: qnewton::scheduler::UnknownComponent| error.to_string())
}
