//! Right-hand sides, one or several, and circuits that are brought along.

use crate::failure::Failure;
use crate::options::positive;
use clap::Args;
use qnewton::pipeline::{GivenBlock, GivenError, GivenRightHandSide, read_program};
use qnewton::{Circuit, CompileOptions, LinearSystem, Monitor};
use std::path::{Path, PathBuf};

/// Where the right-hand side comes from.
#[derive(Debug, Args)]
pub(crate) struct RightHandSideOptions {
    /// The right-hand side, in the same formats; the columns of a matrix are several, and so are repetitions of the option
    #[arg(long, value_name = "FILE", required_unless_present = "rhs_circuit")]
    rhs: Vec<PathBuf>,
    /// OpenQASM on log2 N qubits that prepares the right-hand side from |0>, real up to a global phase, in place of --rhs
    #[arg(long, value_name = "FILE", conflicts_with = "rhs")]
    rhs_circuit: Option<PathBuf>,
    /// With --rhs-circuit: the norm of the right-hand side
    #[arg(
        long,
        value_name = "V",
        default_value_t = 1.0,
        requires = "rhs_circuit",
        conflicts_with = "rhs",
        value_parser = positive,
        allow_hyphen_values = true
    )]
    rhs_norm: f64,
}

/// A block encoding from elsewhere.
#[derive(Debug, Args)]
pub(crate) struct BlockOptions {
    /// OpenQASM whose block, all registers but one projected on 0, is A / alpha, in place of an encoding of this program's
    #[arg(
        long,
        value_name = "FILE",
        requires = "alpha",
        conflicts_with_all = ["encoding", "encoding_error", "allow_spectral"]
    )]
    block: Option<PathBuf>,
    /// With --block: its subnormalization
    #[arg(long, value_name = "V", requires = "block", value_parser = positive, allow_hyphen_values = true)]
    alpha: Option<f64>,
    /// With --block: the register of the rows of A, its first qubit the least significant
    #[arg(long, value_name = "REGISTER", default_value = "system", requires = "block")]
    system: String,
}

/// One right-hand side and where it stands.
pub(crate) struct RightHandSide {
    pub(crate) file: PathBuf,
    /// From 0.
    pub(crate) column: usize,
}

impl RightHandSideOptions {
    /// The files that are read.
    pub(crate) fn files(&self) -> impl Iterator<Item = &PathBuf> {
        self.rhs.iter().chain(&self.rhs_circuit)
    }

    /// All right-hand sides of a system, prepared, with their places; a circuit goes into the options too. The system
    /// becomes its real form if one of them is complex.
    pub(crate) fn read(
        &self,
        system: &mut LinearSystem,
        options: &mut CompileOptions,
        monitor: &dyn Monitor,
    ) -> Result<(Vec<Vec<f64>>, Vec<RightHandSide>), Failure> {
        let (mut values, mut places) = (Vec::new(), Vec::new());
        if let Some(file) = &self.rhs_circuit {
            let refused = |error| refused(file, error);
            let circuit =
                GivenRightHandSide::new(&read(file)?, system.dimension(), monitor).map_err(refused)?;
            values.push(circuit.right_hand_side(self.rhs_norm).map_err(refused)?);
            places.push(RightHandSide { file: file.clone(), column: 0 });
            options.rhs_circuit = Some(circuit);
        }
        for (file, columns) in self.rhs.iter().zip(system.read_right_hand_sides(&self.rhs)?) {
            for (column, rhs) in columns.into_iter().enumerate() {
                values.push(rhs);
                places.push(RightHandSide { file: file.clone(), column });
            }
        }
        Ok((values, places))
    }
}

impl BlockOptions {
    /// The file that is read.
    pub(crate) fn file(&self) -> Option<&PathBuf> {
        self.block.as_ref()
    }

    /// The encoding, if there is one.
    pub(crate) fn read(&self, monitor: &dyn Monitor) -> Result<Option<GivenBlock>, Failure> {
        let (Some(file), Some(alpha)) = (&self.block, self.alpha) else { return Ok(None) };
        let block = GivenBlock::new(&read(file)?, &self.system, alpha, monitor);
        Ok(Some(block.map_err(|error| refused(file, error))?))
    }
}

fn read(file: &Path) -> Result<Circuit, Failure> {
    Ok(read_program(file)?.circuit)
}

/// What is wrong with which file.
fn refused(file: &Path, error: GivenError) -> Failure {
    let message = format!("{}: {error}", file.display());
    match error {
        GivenError::NoSystem { .. } => Failure::with_hint(message, "--system REGISTER names another one"),
        _ => Failure::work(message),
    }
}
