//! The program from the outside: what it prints, which files it leaves, with which code it ends.

#![allow(clippy::unwrap_used, reason = "a failure is what a test reports")]

mod amplified;
mod bad_input;
mod breakeven;
mod check;
mod complex;
mod convert;
mod directions;
mod draw;
mod emitted;
mod encode;
mod equal;
mod estimate;
mod given;
mod gram;
mod harness;
mod help;
mod json;
mod kappa;
mod launched;
mod observe;
mod regularize;
mod run;
mod schedule;
mod signals;
mod solve;
mod training;
