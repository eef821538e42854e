//! Progress on a terminal, and cancellation by Ctrl-C.

use crate::failure::Failure;
use indicatif::{ProgressBar, ProgressStyle};
use qnewton::Monitor;
use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Whether the user pressed Ctrl-C.
#[derive(Clone, Debug, Default)]
pub(crate) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// From now on the first Ctrl-C asks the work to stop, the second ends the program.
    pub(crate) fn install() -> Result<Self, Failure> {
        let interrupt = Interrupt::default();
        let flag = Arc::clone(&interrupt.0);
        let handler = move || {
            if flag.swap(true, Ordering::SeqCst) {
                std::process::exit(130);
            }
        };
        ctrlc::set_handler(handler)
            .map_err(|error| Failure::work(format!("cannot handle Ctrl-C: {error}")))?;
        Ok(interrupt)
    }

    /// Whether Ctrl-C was pressed.
    pub(crate) fn is_set(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// Shows the stages of long work as a bar on standard error if that is a terminal.
#[derive(Debug)]
pub(crate) struct Progress {
    bar: Option<ProgressBar>,
    interrupt: Interrupt,
}

impl Progress {
    /// A bar, unless standard error is no terminal or `quiet` is asked for.
    pub(crate) fn new(interrupt: &Interrupt, quiet: bool) -> Self {
        let bar = (!quiet && std::io::stderr().is_terminal()).then(|| {
            let bar = ProgressBar::new_spinner();
            bar.enable_steady_tick(Duration::from_millis(100));
            bar
        });
        Progress { bar, interrupt: interrupt.clone() }
    }

    /// Shows nothing, but cancels as others do: for stages inside of a stage.
    pub(crate) fn hidden(interrupt: &Interrupt) -> Self {
        Progress { bar: None, interrupt: interrupt.clone() }
    }

    /// Removes the bar, so that results can be printed.
    pub(crate) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.finish();
    }
}

impl Monitor for Progress {
    fn begin(&self, stage: &str, total: u64) {
        let Some(bar) = &self.bar else { return };
        let template = match total {
            0 => "{spinner} {msg} {elapsed}",
            _ => "{spinner} {msg} [{bar:40}] {percent}% {elapsed} (about {eta} left)",
        };
        bar.reset();
        bar.set_length(total);
        bar.set_message(stage.to_string());
        // The templates are literals; were one malformed, the bar would keep its style.
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("=> "));
        }
    }

    fn advance(&self, steps: u64) {
        if let Some(bar) = &self.bar {
            bar.inc(steps);
        }
    }

    fn is_cancelled(&self) -> bool {
        self.interrupt.is_set()
    }
}
