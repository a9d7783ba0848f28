//! Structure sets: written, held against validators and foreign readers, and read from any system.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a skipped test must say so, a helper may fail the test"
)]

mod approval;
mod foreign;
mod reading;
mod study;
mod writing;
