//! `qnewton kappa`.

use crate::failure::Failure;
use crate::options::{OutputOptions, PreparationOptions};
use crate::output::{print, print_document};
use crate::progress::Interrupt;
use crate::text;
use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser};
use qnewton::LinearSystem;
use qnewton::matrix::{
    CONDITION_ESTIMATORS, ConditionEstimate, ConditionEstimator, ConditionSystem, CostClass,
};
use qnewton::pipeline::SCHEMA_VERSION;
use serde::Serialize;
use std::path::PathBuf;

/// All singular values of a larger matrix are computed only if they are asked for.
const EXACT_LIMIT: usize = 1024;

const EXAMPLES: &str = "\
Examples:
  qnewton kappa A.mtx
  qnewton kappa A.mtx B.mtx --json
  qnewton kappa H.mtx --damping 1e-3 --semidefinite
  qnewton kappa A.npz --method lanczos,condest

Intervals are `rigorous`, certain up to the rounding that they allow for, or `probabilistic`, missed with a probability
below 1e-8 over random vectors. `exact` is the true value; above 1024 unknowns it is left out unless --method names it.";

/// Options of `qnewton kappa`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Kappa {
    /// The matrices: MatrixMarket (.mtx, .mtx.gz), NumPy (.npy, .npz) or SciPy sparse (.npz)
    #[arg(value_name = "A", required = true)]
    matrices: Vec<PathBuf>,
    /// The estimators, separated by commas; without it all that are affordable
    #[arg(long, value_name = "NAME", value_delimiter = ',', value_parser = methods())]
    method: Vec<String>,
    /// The matrix is positive semidefinite before it is damped: its eigenvalues are then at least what --damping added
    #[arg(long, conflicts_with_all = ["prune", "jacobi"])]
    semidefinite: bool,
    /// Seed of the random vectors
    #[arg(long, value_name = "S", default_value_t = 0)]
    seed: u64,
    #[command(flatten)]
    preparation: PreparationOptions,
    #[command(flatten)]
    show: OutputOptions,
}

fn methods() -> PossibleValuesParser {
    PossibleValuesParser::new(
        CONDITION_ESTIMATORS
            .iter()
            .map(|estimator| PossibleValue::new(estimator.name()).help(estimator.description())),
    )
}

/// The document of `qnewton kappa --json`.
#[derive(Serialize)]
struct Document {
    schema_version: u32,
    systems: Vec<System>,
}

#[derive(Serialize)]
struct System {
    file: String,
    n: usize,
    singular: bool,
    estimates: Vec<ConditionEstimate>,
}

impl Kappa {
    pub(crate) fn run(self, interrupt: &Interrupt) -> Result<(), Failure> {
        let mut systems = Vec::with_capacity(self.matrices.len());
        for file in &self.matrices {
            let system = LinearSystem::load(file, None, &self.preparation.into())?;
            systems.push(self.estimates(file.display().to_string(), &system, interrupt)?);
        }
        if self.show.json {
            return print_document(&Document { schema_version: SCHEMA_VERSION, systems });
        }
        print(&systems.iter().map(rendered).collect::<Vec<_>>().join("\n"))
    }

    fn estimates(
        &self,
        file: String,
        system: &LinearSystem,
        interrupt: &Interrupt,
    ) -> Result<System, Failure> {
        let mut shared = ConditionSystem::new(&system.matrix, self.seed).map_err(Failure::work)?;
        if let (true, Some(damping)) = (self.semidefinite, &system.reports.damping) {
            shared = shared.with_floor(damping.added / system.matrix.max_abs());
        }
        let n = system.dimension();
        let mut estimates = Vec::new();
        for estimator in CONDITION_ESTIMATORS.iter().filter(|estimator| self.wanted(**estimator, n)) {
            if interrupt.is_set() {
                return Err(Failure::Cancelled);
            }
            estimates.push(estimator.estimate(&shared, None).map_err(Failure::work)?);
        }
        let singular = estimates.iter().any(|estimate| {
            estimate.cost >= CostClass::Products
                && estimate.method != "norm-det"
                && estimate.value.is_infinite()
        });
        Ok(System { file, n, singular, estimates })
    }

    fn wanted(&self, estimator: &dyn ConditionEstimator, n: usize) -> bool {
        if self.method.is_empty() {
            return estimator.cost() != CostClass::Decomposition || n <= EXACT_LIMIT;
        }
        self.method.iter().any(|name| name == estimator.name())
    }
}

fn rendered(system: &System) -> String {
    let rows = system.estimates.iter().map(|estimate| {
        let value = match estimate.value.is_infinite() && estimate.log10.is_finite() {
            true => format!("10^{:.0}", estimate.log10),
            false => text::number(estimate.value),
        };
        vec![
            estimate.method.to_string(),
            estimate.certainty.name().to_string(),
            value,
            text::number(estimate.interval[0]),
            text::number(estimate.interval[1]),
            text::count(estimate.products as u64),
            text::count(estimate.substitutions as u64),
            text::seconds(estimate.seconds),
        ]
    });
    let header = ["method", "interval", "value", "from", "to", "products", "substitutions", "time"];
    let mut shown = format!("{}, {} unknowns\n", system.file, text::count(system.n as u64));
    if system.singular {
        shown += "singular to working precision: the condition number is infinite; --damping would help\n";
    }
    shown + &text::table(&header, 2, rows)
}
