//! `qnewton train`.

use crate::failure::Failure;
use crate::progress::Interrupt;
use clap::Args;

/// Options of `qnewton train`.
#[derive(Debug, Args)]
pub(crate) struct Train {}

impl Train {
    pub(crate) fn run(self, _interrupt: &Interrupt) -> Result<(), Failure> {
        Ok(())
    }
}
