//! Several systems on one command line.

use crate::failure::Failure;
use crate::files::rhs_beside;
use crate::options::PreparationOptions;
use crate::output::note;
use clap::Args;
use qnewton::LinearSystem;
use std::path::PathBuf;

/// Matrices and their right-hand sides.
#[derive(Debug, Args)]
pub(crate) struct SystemsOptions {
    /// The matrices: MatrixMarket (.mtx, .mtx.gz), NumPy (.npy, .npz) or SciPy sparse (.npz)
    #[arg(value_name = "A", required = true)]
    matrices: Vec<PathBuf>,
    /// The right-hand side; once for every matrix, in their order
    #[arg(long, value_name = "FILE")]
    rhs: Vec<PathBuf>,
    #[command(flatten)]
    preparation: PreparationOptions,
}

impl SystemsOptions {
    /// The systems with the names of their files.
    pub(crate) fn load(mut self, quiet: bool) -> Result<Vec<(String, LinearSystem)>, Failure> {
        self.skip_right_hand_sides(quiet);
        if !self.rhs.is_empty() && self.rhs.len() != self.matrices.len() {
            let (found, needed) = (self.rhs.len(), self.matrices.len());
            return Err(Failure::Usage(format!(
                "--rhs is given {found} times for {needed} matrices; once for each is needed"
            )));
        }
        let mut systems = Vec::with_capacity(self.matrices.len());
        for (position, matrix) in self.matrices.iter().enumerate() {
            let rhs = match self.rhs.get(position) {
                Some(rhs) => Some(rhs.clone()),
                None => Some(rhs_beside(matrix)).filter(|beside| beside.exists()),
            };
            if let (Some(rhs), true) = (&rhs, self.rhs.is_empty()) {
                note(quiet, &format!("right-hand side of {}: {}", matrix.display(), rhs.display()));
            }
            let system = LinearSystem::load(matrix, rhs.as_deref(), &self.preparation.into())?;
            systems.push((matrix.display().to_string(), system));
        }
        Ok(systems)
    }

    /// `schedule *.mtx` names the right-hand sides beside the matrices too.
    fn skip_right_hand_sides(&mut self, quiet: bool) {
        let all = self.matrices.clone();
        self.matrices.retain(|file| !all.iter().any(|matrix| matrix != file && rhs_beside(matrix) == *file));
        let skipped = all.len() - self.matrices.len();
        if skipped > 0 {
            let text =
                format!("{skipped} files are taken as the right-hand sides of the matrices beside them");
            note(quiet, &text);
        }
    }
}
