//! `qnewton schedule`.

use crate::failure::Failure;
use crate::progress::Interrupt;
use clap::Args;

/// Options of `qnewton schedule`.
#[derive(Debug, Args)]
pub(crate) struct Schedule {}

impl Schedule {
    pub(crate) fn run(self, _interrupt: &Interrupt) -> Result<(), Failure> {
        Ok(())
    }
}
