//! Options of the commands that decide between quantum and classical solvers.

use crate::calibration::classical_model;
use crate::failure::Failure;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, builder::PossibleValue};
use qnewton::scheduler::{
    COST_MODELS, ClassicalModel, Component, CostModel, CostOptions, DeviceError, DeviceProfile,
    FreeComponents, Mode, ReadOut, cost_model, device_names,
};

/// The device, what is taken into account, and who decides.
#[derive(Debug, Args)]
pub(crate) struct SchedulingOptions {
    #[command(flatten)]
    device: DeviceOptions,
    /// Who decides
    #[arg(long, value_name = "WHO", default_value = "auto", value_parser = mode_parser())]
    pub(crate) decide: Mode,
}

impl SchedulingOptions {
    /// The device's profile.
    pub(crate) fn profile(&self) -> Result<DeviceProfile, Failure> {
        self.device.profile()
    }

    /// What the quantum prediction takes into account.
    pub(crate) fn cost(&self) -> CostOptions {
        self.device.cost()
    }

    /// What predicts the quantum solver in place of the compiled circuit.
    pub(crate) fn model(&self) -> Option<&'static dyn CostModel> {
        self.device.model()
    }

    /// The times of the classical solvers.
    pub(crate) fn classical(&self, quiet: bool) -> Result<ClassicalModel, Failure> {
        self.device.classical(quiet)
    }

    /// Whether these are the times that are kept for this machine.
    pub(crate) fn classical_is_kept(&self) -> bool {
        self.device.classical.is_none()
    }
}

/// The device, and what is taken into account.
#[derive(Debug, Args)]
pub(crate) struct DeviceOptions {
    /// The quantum computer: a bundled profile (see below) or a TOML file
    #[arg(long, value_name = "NAME|FILE.toml", default_value = "error-corrected")]
    device: String,
    /// Cost components that are taken to be free, separated by commas (see below)
    #[arg(long, value_name = "LIST", default_value = "", hide_default_value = true, value_parser = free_components)]
    free: FreeComponents,
    /// What predicts the quantum solver: the compiled circuit (where it is too large, the bound of Jennings et al.), or a
    /// model (see below)
    #[arg(long, value_name = "NAME", default_value = "compiled", value_parser = model_parser())]
    cost_model: Model,
    /// Times of the classical solvers: a file that `qnewton calibrate` wrote, or `measure` for a second of measurements now;
    /// by default what is kept for this machine
    #[arg(long, value_name = "FILE.toml|measure")]
    classical: Option<String>,
    /// How the solution is read from the state
    #[arg(long, value_name = "HOW", default_value = "sampling", value_parser = read_out_parser())]
    read_out: ReadOut,
    /// Amplify the success probability instead of repeating
    #[arg(long)]
    amplification: bool,
}

/// A cost model; `None` is the compiled circuit.
#[derive(Clone, Copy)]
struct Model(Option<&'static dyn CostModel>);

impl std::fmt::Debug for Model {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.0.map_or("compiled", |model| model.name()))
    }
}

impl DeviceOptions {
    /// What predicts the quantum solver in place of the compiled circuit.
    pub(crate) fn model(&self) -> Option<&'static dyn CostModel> {
        self.cost_model.0
    }

    /// The times of the classical solvers.
    pub(crate) fn classical(&self, quiet: bool) -> Result<ClassicalModel, Failure> {
        classical_model(self.classical.as_deref(), quiet)
    }

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
    text.push_str("\nCost models:\n  compiled\n      counts of the circuit of this system\n");
    for model in COST_MODELS {
        text.push_str(&format!("  {}\n      {}\n", model.name(), model.description()));
    }
    text
}

fn model_parser() -> impl TypedValueParser<Value = Model> {
    let names = std::iter::once("compiled").chain(COST_MODELS.iter().map(|model| model.name()));
    PossibleValuesParser::new(names.map(PossibleValue::new)).map(|name| Model(cost_model(&name)))
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
