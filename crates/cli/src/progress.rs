//! Progress on a terminal, and cancellation by Ctrl-C.

use crate::failure::Failure;
use crate::output::write_error;
use crate::text;
use indicatif::{ProgressBar, ProgressStyle};
use qnewton::Monitor;
use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Time between lines about progress where there is no terminal.
const LINES_EVERY: Duration = Duration::from_secs(60);

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

/// Shows the stages of long work on standard error: as a bar if that is a terminal, else as a line now and then.
#[derive(Debug)]
pub(crate) struct Progress {
    bar: Option<ProgressBar>,
    lines: Option<Mutex<Lines>>,
    interrupt: Interrupt,
}

/// The stage that lines are about.
#[derive(Debug)]
struct Lines {
    stage: String,
    done: u64,
    total: u64,
    start: Instant,
    last: Instant,
}

impl Lines {
    fn of(stage: &str, total: u64) -> Self {
        let now = Instant::now();
        Lines { stage: stage.to_string(), done: 0, total, start: now, last: now }
    }

    /// What there is to say after `elapsed` of the stage.
    fn line(&self, elapsed: Duration) -> String {
        let stage = &self.stage;
        if self.total == 0 || self.done == 0 {
            return format!("{stage}: {} so far\n", text::seconds(elapsed.as_secs_f64()));
        }
        let share = (self.done as f64 / self.total as f64).min(1.0);
        let left = elapsed.as_secs_f64() * (1.0 / share - 1.0);
        format!("{stage}: {:.1} %, about {} left\n", 100.0 * share, text::seconds(left))
    }
}

impl Progress {
    /// A bar on a terminal and lines elsewhere, unless `quiet` is asked for.
    pub(crate) fn new(interrupt: &Interrupt, quiet: bool) -> Self {
        let terminal = std::io::stderr().is_terminal();
        let bar = (!quiet && terminal).then(|| {
            let bar = ProgressBar::new_spinner();
            bar.enable_steady_tick(Duration::from_millis(100));
            bar
        });
        let lines = (!quiet && !terminal).then(|| Mutex::new(Lines::of("", 0)));
        Progress { bar, lines, interrupt: interrupt.clone() }
    }

    /// Shows nothing, but cancels as others do: for stages inside of a stage.
    pub(crate) fn hidden(interrupt: &Interrupt) -> Self {
        Progress { bar: None, lines: None, interrupt: interrupt.clone() }
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
        if let Some(mut lines) = self.lines.as_ref().and_then(|lines| lines.lock().ok()) {
            *lines = Lines { last: lines.last, ..Lines::of(stage, total) };
        }
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
        if let Some(mut lines) = self.lines.as_ref().and_then(|lines| lines.lock().ok()) {
            lines.done = lines.done.saturating_add(steps);
            if lines.last.elapsed() >= LINES_EVERY {
                lines.last = Instant::now();
                write_error(&lines.line(lines.start.elapsed()));
            }
        }
    }

    fn is_cancelled(&self) -> bool {
        self.interrupt.is_set()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_say_how_much_is_left() {
        let mut lines = Lines::of("executing", 400);
        assert_eq!(lines.line(Duration::from_secs(90)), "executing: 90 s so far\n");
        lines.done = 100;
        assert_eq!(lines.line(Duration::from_secs(20)), "executing: 25.0 %, about 60 s left\n");
    }
}
