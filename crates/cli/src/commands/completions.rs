//! `qnewton completions`.

use crate::arguments::Arguments;
use crate::failure::Failure;
use crate::output::print;
use clap::{Args, CommandFactory};
use clap_complete::{Shell, generate};

const EXAMPLES: &str = "\
Examples:
  qnewton completions bash > ~/.local/share/bash-completion/completions/qnewton
  qnewton completions zsh > ~/.zfunc/_qnewton";

/// Options of `qnewton completions`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let mut script = Vec::new();
        generate(self.shell, &mut Arguments::command(), "qnewton", &mut script);
        print(&String::from_utf8_lossy(&script))
    }
}
