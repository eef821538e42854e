//! Progress and cancellation of long work, without knowing how either is shown or requested.

use thiserror::Error;

/// Watches long work. Library code reports steps to it and asks it, between steps, whether to stop.
pub trait Monitor: Sync {
    /// A stage of `total` steps begins; it replaces the stage before it.
    fn begin(&self, stage: &str, total: u64);
    /// `steps` more steps of the current stage are done.
    fn advance(&self, steps: u64);
    /// Whether the user asked to stop.
    fn is_cancelled(&self) -> bool;

    /// `Err(Cancelled)` once the user asked to stop.
    fn check(&self) -> Result<(), Cancelled> {
        if self.is_cancelled() { Err(Cancelled) } else { Ok(()) }
    }
}

/// A monitor that shows nothing and never cancels.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Monitor for Silent {
    fn begin(&self, _stage: &str, _total: u64) {}
    fn advance(&self, _steps: u64) {}
    fn is_cancelled(&self) -> bool {
        false
    }
}

/// The work was stopped at the user's request; nothing was left half-written.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("cancelled")]
pub struct Cancelled;
