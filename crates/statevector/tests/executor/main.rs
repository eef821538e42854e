//! Tests of the executor, and of the lowering of circuits by means of it.

#![allow(
    clippy::unwrap_used,
    unreachable_pub,
    reason = "all of this is test code, though clippy sees only functions marked as tests so"
)]

mod addition;
mod common;
mod counting;
mod distributed;
mod engines;
mod errors;
mod expectation;
mod lowering;
mod measurement;
mod noise;
mod precision;
mod reference;
mod suspension;
mod tables;
mod workspace;
