//! Where the model of the classical solvers comes from.

use crate::failure::Failure;
use crate::output::note;
use qnewton::core::Silent;
use qnewton::scheduler::{Calibration, ClassicalModel, Effort, ScheduledSystem, Solver};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// Where the calibration of this machine is kept; `None` without a home folder.
pub(crate) fn stored_at() -> Option<PathBuf> {
    let folder =
        |variable: &str| std::env::var_os(variable).map(PathBuf::from).filter(|path| path.is_absolute());
    let data = folder("XDG_DATA_HOME").or_else(|| Some(folder("HOME")?.join(".local/share")))?;
    Some(data.join("qnewton/classical.toml"))
}

/// The model that `--classical` asks for: of a file, or measured now; else the calibration that is kept, if it is of this
/// machine, else a quick one, which is kept so that predictions are the same the next time.
pub(crate) fn classical_model(asked: Option<&str>, quiet: bool) -> Result<ClassicalModel, Failure> {
    match asked {
        Some("measure") => return Ok(measured()?.model),
        Some(file) => return Ok(Calibration::load(Path::new(file)).map_err(Failure::work)?.refined()),
        None => {}
    }
    let path = stored_at();
    if let Some(path) = path.as_deref().filter(|path| path.exists()) {
        match Calibration::load(path) {
            Ok(kept) if kept.is_of_this_machine() => return Ok(kept.refined()),
            Ok(_) => note(quiet, &format!("{} is of another machine", path.display())),
            Err(error) => note(quiet, &error.to_string()),
        }
    }
    let calibration = measured()?;
    // What is there already, of another machine or by hand, is left alone.
    if let Some(path) = path.filter(|path| !path.exists()) {
        match calibration.save(&path) {
            Ok(()) => note(
                quiet,
                &format!(
                    "measured the classical solvers in a second, kept in {}; `qnewton calibrate` takes a minute and is more exact",
                    path.display()
                ),
            ),
            Err(error) => note(quiet, &format!("the measured classical solvers could not be kept: {error}")),
        }
    }
    Ok(calibration.model)
}

/// What executions have changed.
#[derive(Serialize)]
pub(crate) struct Refined {
    /// Executions that were long enough to say something.
    pub(crate) solves: u64,
    /// Seconds they took over seconds that were predicted, the median.
    pub(crate) ratio: f64,
    /// The factor by which predictions of the calibration become longer from now on.
    pub(crate) factor: f64,
}

/// Takes classical solutions that were executed into the calibration that is kept and has predicted them; `None` if there
/// is nothing to learn or to keep.
pub(crate) fn refine(systems: &[ScheduledSystem], quiet: bool) -> Option<Refined> {
    let path = stored_at()?;
    let mut calibration = Calibration::load(&path).ok().filter(Calibration::is_of_this_machine)?;
    let before = calibration.refinement.factor();
    let mut ratios: Vec<f64> = Vec::new();
    for execution in systems.iter().filter_map(|system| system.execution.as_ref()) {
        if execution.solver == Solver::Classical
            && let (Some(actual), Some(predicted)) = (execution.seconds, execution.predicted_seconds)
            && calibration.refinement.observe(predicted / before, actual)
        {
            ratios.push(actual / predicted);
        }
    }
    ratios.sort_by(f64::total_cmp);
    let ratio = *ratios.get(ratios.len() / 2)?;
    match calibration.save(&path) {
        Ok(()) => {
            Some(Refined { solves: ratios.len() as u64, ratio, factor: calibration.refinement.factor() })
        }
        Err(error) => {
            note(quiet, &format!("what executions took could not be kept: {error}"));
            None
        }
    }
}

fn measured() -> Result<Calibration, Failure> {
    Calibration::measure(Effort::Quick, &Silent).map_err(Failure::work)
}
