//! What all Q-Newton crates share, and nothing else: the [`ErrorLedger`], the [`Provenance`] of a cost,
//! [`Monitor`] for progress and cancellation, and the numeric types. This crate does no input or output.

mod ledger;
mod monitor;
mod provenance;

pub use ledger::{ErrorLedger, LedgerEntry, Stage};
pub use monitor::{Cancelled, Monitor, Silent};
pub use num_complex::{Complex, Complex32, Complex64};
pub use provenance::Provenance;
