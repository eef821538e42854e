//! The program from the outside: what it prints, which files it leaves, with which code it ends.

mod bad_input;
mod emitted;
mod harness;
mod help;
mod json;
mod run;
mod signals;
mod solve;
mod training;
